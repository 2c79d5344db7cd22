"""What stands where on a slide: titles, cards, sentences, what to do, charts and tables, and what goes into the notes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.slide import Slide as Native
from pptx.util import Pt

from linkkit.deck.slides.charts import add_chart
from linkkit.deck.slides.fitting import (
    LINE,
    cut_lines,
    fitted,
    one_line,
    text_height,
    text_width,
    wrapped,
)
from linkkit.deck.slides.geometry import GAP, Box, box_of
from linkkit.deck.slides.grids import Grid, add_grid, heat_grid, table_grid
from linkkit.deck.slides.rooms import (
    LINE_SIZE,
    NARROW,
    NOTE_SIZE,
    SMALLEST,
    Frame,
    Room,
    Words,
    above_todo,
    beside,
    framed,
    is_cramped,
    plot_box,
    stacked,
    todo_room,
)
from linkkit.deck.slides.shapes import (
    Paragraph,
    add_block,
    add_footer,
    add_text,
    fill_placeholder,
    place,
)
from linkkit.deck.slides.stage import Stage, footers
from linkkit.deck.slides.template import BODY_SIZE, KICKER, KICKER_SIZE, SCOPE
from linkkit.deck.story import Card, Chart, Slide, Story, Table
from linkkit.deck.story.parts import Tone
from linkkit.deck.story.writing import TONE_SIGNS, tone_word

_SMALLEST_TITLE, _LARGEST_TITLE = 20.0, 28.0
_BELOW_TITLE = 8.0
_BELOW_COVER = (PP_PLACEHOLDER.SUBTITLE, PP_PLACEHOLDER.BODY, PP_PLACEHOLDER.OBJECT)


@dataclass(frozen=True)
class Composer:
    """Puts the slides of one story into one presentation.

    Attributes
    ----------
    story : Story
    stage : Stage
        What they are put into.
    tag : str
        Language of the texts, such as ``en-US``.
    """

    story: Story
    stage: Stage
    tag: str

    # One slide of the story

    def add(self, slide: Slide) -> None:
        """Put one slide of the story into the presentation, as one slide or several."""
        if slide.chapter == "cover":
            self._add_cover(slide)
            return
        only_text = slide.lines and not (slide.cards or slide.chart or slide.table)
        if only_text and self.stage.text is not None:
            self._add_text_slide(slide, self.stage.text)
            return
        native = self._started(slide, self.stage.content)
        wide = slide.chart is not None and _needs_width(slide.chart, self.stage.page.body.width)
        stands_beside = slide.chart is not None and bool(slide.lines) and not slide.cards and not wide
        body = self._body(slide.title)
        room = beside(slide, body) if stands_beside else stacked(slide, body)
        if slide.chart is None:
            self._add_words(native, slide, room)
            if slide.table is not None:
                self._add_table(native, slide, slide.table, room.rest)
            return
        frame = framed(slide.chart, room.rest, slide.title)
        if is_cramped(slide.chart, frame.plot, self._body(slide.chart.title)):
            told = replace(slide, chart=None, table=None)
            self._add_words(native, told, stacked(told, body))
            drawn = replace(slide, title=slide.chart.title or slide.title, notes="", comment="", tone=None)
            native = self._started(drawn, self.stage.content)
            frame = framed(slide.chart, self._body(drawn.title), drawn.title)
            self._add_chart(native, drawn, slide.chart, frame)
        else:
            self._add_words(native, slide, room)
            self._add_chart(native, slide, slide.chart, frame)
        if slide.table is not None:
            title = slide.table.title or slide.title
            listed = replace(slide, title=title, notes="", comment="", chart=None, tone=None)
            self._add_table(self._started(listed, self.stage.content), listed, slide.table, self._body(title))

    def _add_words(self, native: Native, slide: Slide, room: Room) -> None:
        """What to do, cards and sentences, where there is room for them."""
        if room.todo is not None:
            self._add_todo(native, room.todo)
        if room.cards:
            self._add_cards(native, slide.cards, room.cards, is_large=room.is_large)
        if room.lines is not None:
            self._add_lines(native, room.lines)

    def _body(self, title: str) -> Box:
        """Room below a title; on linkkit's own template a title of one line leaves what the second would take."""
        page = self.stage.page
        spare = page.title.bottom - self._title_bottom(title)
        return Box(page.body.x, page.body.y - spare, page.body.width, page.body.height + spare)

    def _title_bottom(self, title: str) -> float:
        """Where a title ends, rather too low than too high: agencies' titles stand anywhere in their box."""
        page, size = self.stage.page, self.stage.title_size
        if not self.stage.is_own or len(wrapped(one_line(title), page.title.width, size, bold=True)) > 1:
            return page.title.bottom
        return page.title.y + size * LINE + _BELOW_TITLE

    def _started(self, slide: Slide, layout: Any, part: str = "") -> Native:
        """A slide with its title, the line above it, its tone, footer and notes."""
        native = self.stage.deck.slides.add_slide(layout)
        page, palette = self.stage.page, self.stage.palette
        kicker = one_line(f"{slide.kicker} · {part}" if slide.kicker and part else slide.kicker or part)
        titles = (PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE)
        title = next(each for each in native.placeholders if each.placeholder_format.type in titles)
        if not self.stage.is_own and box_of(title) != page.title:
            place(title, page.title)
        room = page.title if self.stage.is_own else replace(page.title, width=page.title.width - 16)
        fill_placeholder(
            title, room, [slide.title],
            largest=min(self.stage.title_size, 44), smallest=min(_SMALLEST_TITLE, self.stage.title_size),
            bold=True, tag=self.tag,
        )  # fmt: skip
        chapter = next(
            (p for p in native.placeholders if self.stage.is_own and p.placeholder_format.idx == KICKER), None
        )
        chip = self._tone_width(slide.tone)
        line = replace(page.kicker, width=page.body.width - chip - GAP)
        text = cut_lines(kicker, line.width, KICKER_SIZE, 1)
        if chapter is not None and text:
            fill_placeholder(
                chapter, line, [text], largest=KICKER_SIZE, smallest=KICKER_SIZE, bold=False, tag=self.tag
            )
        elif chapter is not None:
            chapter._element.getparent().remove(chapter._element)
        elif text:
            add_text(
                native,
                line,
                [Paragraph(text, KICKER_SIZE, palette.muted)],
                name="Chapter",
                tag=self.tag,
                anchor="bottom",
            )
        # What a layout offers and nothing is put into would show as an invitation to type.
        unused: list[Any] = [each for each in native.placeholders if layout is not self.stage.text]
        for each in unused:
            if each.placeholder_format.type not in titles and not (
                each.has_text_frame and each.text_frame.text
            ):
                each._element.getparent().remove(each._element)
        if slide.tone is not None:
            self._add_tone(native, slide.tone, self._title_bottom(slide.title))
        self._finish(native, slide)
        return native

    def _finish(self, native: Native, slide: Slide) -> None:
        """Footer and speaker notes."""
        lines = [self.story.footer]
        if self.story.limits and not self.story.is_complete:
            room = self.stage.page.footer.width * 0.78
            given = next(footers(native.slide_layout, PP_PLACEHOLDER.FOOTER), None)
            box = box_of(given) if given is not None and self.stage.is_own else None
            room = min(room, box.width - 16) if box is not None else room
            lines.append(_whole_ones([one_line(each) for each in self.story.limits], room))
        add_footer(native, self.stage, lines, self.tag)
        notes = [slide.notes.strip(), slide.comment.strip()]
        if slide.title:
            notes.insert(0, one_line(slide.title))
        for each in (slide.chart, slide.table):
            if each is not None and each.note:
                notes.append(one_line(each.note))
        if self.story.limits:
            notes.append(
                self.story.language.text("Limits of the data: {limits}", limits=" ".join(self.story.limits))
            )
        frame: Any = native.notes_slide.notes_text_frame
        frame.text = _notes_text(notes)

    # Parts of a slide

    def _tone_word(self, tone: Tone) -> str:
        return f"{TONE_SIGNS[tone]} {tone_word(tone, self.story.language)}"

    def _tone_width(self, tone: Tone | None) -> float:
        return text_width(self._tone_word(tone), 11, bold=True) + 16 if tone is not None else 0.0

    def _add_tone(self, native: Native, tone: Tone, bottom: float) -> None:
        """A band at the slide's edge beside the title, and a word."""
        page, palette = self.stage.page, self.stage.palette
        paint = palette.tone(tone)
        top = min(page.kicker.y, page.title.y)
        add_block(native, Box(0, top, 8, bottom - top), paint, name="Tone")
        width = self._tone_width(tone)
        add_text(
            native, Box(page.body.right - width, page.kicker.y - 5, width, 20),
            [Paragraph(self._tone_word(tone), 11, palette.on(paint), bold=True)],
            name="Tone in a word", tag=self.tag, align="center", anchor="middle", fill=paint,
        )  # fmt: skip

    def _add_todo(self, native: Native, todo: Words) -> None:
        """What to do, in a tinted box."""
        palette, box = self.stage.palette, todo.box
        heading = Paragraph(self.story.language.text("What to do"), 11, palette.muted, bold=True, after=2)
        shape = add_text(
            native, box, [heading, *(Paragraph(each, todo.size, palette.ink) for each in todo.kept)],
            name="What to do", tag=self.tag, anchor="middle", fill=palette.pale, inset=10,
        )  # fmt: skip
        shape.text_frame.margin_left = Pt(16)
        add_block(native, Box(box.x, box.y, 4, box.height), palette.role("second"), name="Edge of what to do")
        _note_whole(native, todo.given, todo.kept)

    def _add_cards(
        self, native: Native, cards: Sequence[Card], rows: Sequence[Box], *, is_large: bool
    ) -> None:
        """Cards side by side, as many in each row."""
        most = -(-len(cards) // len(rows))
        for number, row in enumerate(rows):
            some = cards[number * most : (number + 1) * most]
            for card, box in zip(some, row.columns([1] * len(some), gap=12), strict=True):
                self._add_card(native, card, box, largest=30 if is_large else 24)

    def _add_card(self, native: Native, card: Card, box: Box, *, largest: float) -> None:
        palette = self.stage.palette
        room, height = box.width - 28, box.height - 16
        (label, *_), small = fitted(
            [one_line(card.label)], room, 2 * 11 * LINE, largest=12, smallest=10, bold=True
        )
        left = height - text_height([label], room, small, bold=True)
        (value, *_), size = fitted(
            [one_line(card.value)], room, min(largest * LINE, left), largest=largest, smallest=14, bold=True
        )
        left -= text_height([value], room, size, bold=True)
        paragraphs = [
            Paragraph(label, small, palette.muted, bold=True),
            Paragraph(value, size, palette.ink, bold=True),
        ]
        if card.detail and left >= 10 * LINE:
            detail, small = fitted([one_line(card.detail)], room, left, largest=13, smallest=10)
            paragraphs += [Paragraph(each, small, palette.muted) for each in detail]
        shape = add_text(
            native, box, paragraphs, name=label, tag=self.tag, fill=palette.pale, inset=8, anchor="middle"
        )
        shape.text_frame.margin_left = Pt(16)
        if card.tone is not None:
            add_block(
                native, Box(box.x, box.y, 4, box.height), palette.tone(card.tone), name="Tone of the card"
            )

    def _add_lines(self, native: Native, lines: Words) -> None:
        paragraphs = [
            Paragraph(each, lines.size, self.stage.palette.ink, after=lines.after) for each in lines.kept
        ]
        add_text(native, lines.box, paragraphs, name="Text", tag=self.tag)
        _note_whole(native, lines.given, lines.kept)

    # Kinds of slides

    def _add_cover(self, slide: Slide) -> None:
        native = self.stage.deck.slides.add_slide(self.stage.cover)
        story = self.story
        below = list(slide.lines[:3]) or [f"{story.client} · {story.site}", story.date]
        titles = (PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE)
        taken = False
        for each in list(native.placeholders):
            kind, box = each.placeholder_format.type, box_of(each) or self.stage.page.body
            if kind in titles:
                fill_placeholder(
                    each,
                    box,
                    [slide.title],
                    largest=self.stage.cover_size,
                    smallest=_SMALLEST_TITLE,
                    bold=True,
                    tag=self.tag,
                )
            elif self.stage.is_own and each.placeholder_format.idx == KICKER:
                lines = [*slide.lines[3:], *story.scope]
                fill_placeholder(
                    each, SCOPE, lines or [story.made_with], largest=11, smallest=9, bold=False, tag=self.tag
                )
            elif not taken and kind in _BELOW_COVER:
                taken = True
                fill_placeholder(
                    each, box, below, largest=18, smallest=SMALLEST, bold=False, tag=self.tag,
                    is_layouts=self.stage.is_own,
                )  # fmt: skip
            else:
                each._element.getparent().remove(each._element)
        notes = "\n\n".join(
            part
            for part in (slide.notes, "\n".join(story.scope), "\n".join(story.thresholds), story.made_with)
            if part
        )
        self._finish(native, replace(slide, notes=notes))

    def _add_text_slide(self, slide: Slide, layout: Any) -> None:
        native = self._started(slide, layout)
        body = self._body(slide.title)
        todo = todo_room(slide, body)
        if todo is not None:
            self._add_todo(native, todo)
        shape = next(each for each in native.placeholders if each.placeholder_format.idx not in (0, KICKER, 11, 12)
                     and each.placeholder_format.type in (PP_PLACEHOLDER.BODY, PP_PLACEHOLDER.OBJECT))  # fmt: skip
        box = above_todo(body, todo)
        box = replace(box, width=min(box.width, 720)) if self.stage.is_own else box
        place(shape, box)
        # An agency's text has margins, and bullets that stand in it.
        room = box if self.stage.is_own else replace(box, width=box.width - 48, height=box.height - 8)
        kept = fill_placeholder(
            shape, room, slide.lines, largest=BODY_SIZE, smallest=SMALLEST, bold=False, tag=self.tag,
            is_layouts=self.stage.is_own,
        )  # fmt: skip
        _note_whole(native, slide.lines, kept)

    def _add_chart(self, native: Native, slide: Slide, chart: Chart, frame: Frame) -> None:
        palette, lang, plot = self.stage.palette, self.story.language, frame.plot
        if frame.title is not None:
            add_text(
                native, frame.title.box, [Paragraph(frame.title.kept[0], frame.title.size, palette.ink, bold=True)],
                name="Title of the chart", tag=self.tag,
            )  # fmt: skip
        if frame.note is not None:
            add_text(
                native, frame.note.box, [Paragraph(frame.note.kept[0], frame.note.size, palette.muted)],
                name="Note", tag=self.tag, anchor="bottom",
            )  # fmt: skip
        if chart.is_empty:
            text = lang.text("There are no numbers to show.")
            add_text(native, plot, [Paragraph(text, LINE_SIZE, palette.muted)], name="Chart", tag=self.tag)
        elif chart.kind == "heat_map":
            self._add_grid(native, slide, heat_grid(chart, plot, palette, lang), plot)
        else:
            add_chart(native, plot_box(chart, plot), chart, palette, lang)

    def _add_table(self, native: Native, slide: Slide, table: Table, area: Box) -> None:
        """A table; on further slides too where it is longer than what is left of the first."""
        lang = self.story.language
        note = table.note
        if not note and table.total > len(table.rows):
            note = lang.text(
                "Shown: {shown} of {total}.",
                shown=lang.number(len(table.rows)),
                total=lang.number(table.total),
            )
        title = one_line(table.title)
        told = any(title.rstrip(".") in one_line(each) for each in (slide.title, slide.kicker))
        heading = "" if told else title
        used = (14 * LINE + 8 if heading else 0) + (NOTE_SIZE * LINE * 2 + 8 if note else 0)
        grid = table_grid(table, area.width, self.story.site, self.stage.palette, lang, area.height - used)
        self._add_grid(native, slide, grid, area, heading=heading, note=note, fewer=table.fewer)

    def _add_grid(
        self,
        native: Native,
        slide: Slide,
        grid: Grid,
        area: Box,
        *,
        heading: str = "",
        note: str = "",
        fewer: str = "",
    ) -> None:
        palette, lang, body = self.stage.palette, self.story.language, self._body(slide.title)
        top = 14 * LINE + 6 if heading else 0.0
        parts, below, kept, size = self._noted(
            grid, area.height - top, body, note, top, is_excerpt=bool(fewer)
        )
        if parts[-1].stop < len(grid.rows):
            # Not even all that the excerpt holds: its note says how many there are.
            note = fewer.replace("{shown}", lang.number(parts[-1].stop))
            parts, below, kept, size = self._noted(grid, area.height - top, body, note, top, is_excerpt=True)
            kept = [one_line(fewer.replace("{shown}", lang.number(parts[-1].stop)))]
        for number, rows in enumerate(parts):
            if number:
                part = lang.text(
                    "continued {part}/{parts}", part=lang.number(number + 1), parts=lang.number(len(parts))
                )
                native = self._started(replace(slide, notes="", comment=""), self.stage.content, part)
                area = body
            if not rows and len(parts) > 1:
                continue
            box = area
            if heading:
                line = Paragraph(cut_lines(heading, box.width, 14, 1, bold=True), 14, palette.ink, bold=True)
                add_text(native, box.top(14 * LINE), [line], name="Title of the table", tag=self.tag)
                box = box.below(14 * LINE, gap=6)
            add_grid(native, box, grid, rows, palette, self.tag)
            if note:
                low = Box(
                    box.x, min(box.y + grid.height(rows) + 8, box.bottom - below + 6), box.width, below - 6
                )
                add_text(native, low, [Paragraph(kept[0], size, palette.muted)], name="Note", tag=self.tag)

    def _noted(
        self, grid: Grid, first: float, body: Box, note: str, top: float, *, is_excerpt: bool
    ) -> tuple[list[range], float, list[str], float]:
        """The parts of a grid above a note, the height that the note takes, its text and its size."""
        kept, size = fitted([one_line(note)], body.width, 2 * NOTE_SIZE * LINE, largest=NOTE_SIZE, smallest=9)
        below = text_height(kept, body.width, size) + 6 if note else 0.0
        parts = grid.parts(first - below, body.height - top - below, is_excerpt=is_excerpt)
        return parts, below, kept, size


def _needs_width(chart: Chart, width: float) -> bool:
    """Whether a chart has too many columns, or too long a legend, for two thirds of a slide."""
    if chart.kind in ("columns", "stacked_columns", "waterfall", "heat_map"):
        return len(chart.categories) > 8
    return width <= NARROW and len(chart.series) > 3


def _whole_ones(sentences: Sequence[str], room: float) -> str:
    """As many of some sentences as a line of a footer holds; the first one in any case, cut where it has to be."""
    kept = sentences[0]
    for each in sentences[1:]:
        longer = f"{kept} · {each}"
        if text_width(longer, 8) > room:
            break
        kept = longer
    return cut_lines(kept, room, 8, 1)


def _note_whole(native: Native, given: Sequence[str], kept: Sequence[str]) -> None:
    """Put into the notes what had to be cut on the slide."""
    whole = [one_line(each) for each in given]
    if list(kept) != whole:
        frame: Any = native.notes_slide.notes_text_frame
        frame.text = _notes_text([frame.text, *whole])


def _notes_text(parts: Sequence[str]) -> str:
    """Speaker notes: paragraphs as they are, each text cleaned, nothing said twice."""
    seen: list[str] = []
    for part in parts:
        lines = [one_line(line) for line in part.replace("\r", "\n").split("\n")]
        text = "\n".join(lines).strip()
        if text and text not in seen:
            seen.append(text)
    return "\n\n".join(seen)
