"""A story as a PowerPoint deck."""

import io
import uuid
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from babel import Locale
from babel.core import get_global
from lxml import etree
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml.ns import qn
from pptx.slide import Slide as Native

from linkkit.deck.files import replacing
from linkkit.deck.slides.charts import add_chart
from linkkit.deck.slides.fitting import (
    LINE,
    cut_lines,
    fitted,
    fitting_size,
    one_line,
    text_height,
    text_width,
)
from linkkit.deck.slides.geometry import GAP, Box
from linkkit.deck.slides.grids import Grid, add_grid, heat_grid, table_grid
from linkkit.deck.slides.shapes import (
    Paragraph,
    add_block,
    add_footer,
    add_text,
    fill_placeholder,
    place,
)
from linkkit.deck.slides.stage import Stage, box_of, open_stage
from linkkit.deck.slides.template import BODY_SIZE, KICKER, KICKER_SIZE, SCOPE
from linkkit.deck.story import Card, Chart, Slide, Story, Table
from linkkit.deck.story.parts import Tone
from linkkit.deck.story.writing import TONE_SIGNS, tone_word

_SMALLEST_TITLE, _LARGEST_TITLE = 20.0, 28.0
_LINE_SIZE, _SMALLEST = 16.0, 12.0
_NOTE_SIZE = 10.0
_CARD_HEIGHT = 84.0
_SECTIONS = "http://schemas.microsoft.com/office/powerpoint/2010/main"
_FIXED = (1980, 1, 1, 0, 0, 0)


def write_slides(story: Story, path: Path) -> Path:
    """Write a story as a PowerPoint deck with native, editable charts and tables.

    One slide or more of the deck per slide of the story: tables that are too long for one go on on further slides. The same story gives
    the same bytes, but for the time in the document's properties. Nothing in it is a link, and nothing is fetched when it is opened.

    Parameters
    ----------
    story : Story
        Its brand says colours, font, logo, and the agency's template if there is one.
    path : Path
        ``.pptx``; replaced if it is there.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ExportError
        If the template or the logo cannot be used, or the file cannot be written.
    """
    writer = _Writer(story, open_stage(story.brand), _tag(story.language.code))
    chapters: list[tuple[str, str, int]] = []
    for slide in story.slides:
        first = len(writer.stage.deck.slides)
        writer.add(slide)
        for native in list(writer.stage.deck.slides)[first:]:
            chapters.append((slide.chapter, one_line(slide.kicker or slide.title), native.slide_id))
    _add_sections(writer.stage.deck, chapters)
    _set_properties(writer.stage.deck, story, writer.tag)
    package = io.BytesIO()
    writer.stage.deck.save(package)
    with replacing(path) as partial:
        partial.write_bytes(_without_times(package))
    return path


@dataclass(frozen=True)
class _Writer:
    """Puts the slides of one story into one presentation."""

    story: Story
    stage: Stage
    tag: str

    # One slide of the story

    def add(self, slide: Slide) -> None:
        if slide.chapter == "cover":
            self._add_cover(slide)
            return
        page = self.stage.page
        only_text = slide.lines and not (slide.cards or slide.chart or slide.table)
        if only_text and self.stage.text is not None:
            self._add_text_slide(slide, self.stage.text)
            return
        native = self._started(slide, self.stage.content)
        body = self._with_todo(native, slide, page.body)
        if slide.cards:
            body = self._with_cards(native, slide.cards, body)
        if slide.chart is not None:
            self._add_chart_and_lines(native, slide, slide.chart, body)
            if slide.table is not None:
                following = self._started(
                    replace(slide, notes="", comment="", chart=None), self.stage.content
                )
                self._add_table(following, slide, slide.table, page.body)
            return
        if slide.lines:
            small = bool(slide.table)
            body = self._with_lines(native, slide.lines, body, most=body.height * (0.32 if small else 1))
        if slide.table is not None:
            self._add_table(native, slide, slide.table, body)

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
            self._add_tone(native, slide.tone)
        self._finish(native, slide)
        return native

    def _finish(self, native: Native, slide: Slide) -> None:
        """Footer and speaker notes."""
        lines = [self.story.footer]
        if self.story.limits:
            room = self.stage.page.footer.width * 0.78
            lines.append(cut_lines(one_line(" ".join(self.story.limits)), room, 8, 1))
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

    def _add_tone(self, native: Native, tone: Tone) -> None:
        """A band at the slide's edge beside the title, and a word."""
        page, palette = self.stage.page, self.stage.palette
        paint = palette.tone(tone)
        top = min(page.kicker.y, page.title.y)
        add_block(native, Box(0, top, 8, page.title.bottom - top), paint, name="Tone")
        width = self._tone_width(tone)
        add_text(
            native, Box(page.body.right - width, page.kicker.y - 2, width, 20),
            [Paragraph(self._tone_word(tone), 11, palette.on(paint), bold=True)],
            name="Tone in a word", tag=self.tag, align="center", anchor="middle", fill=paint,
        )  # fmt: skip

    def _with_todo(self, native: Native, slide: Slide, body: Box) -> Box:
        """What to do, in a tinted box at the foot of a slide; returns what is left above it."""
        if not slide.todo:
            return body
        palette, lang = self.stage.palette, self.story.language
        inner = body.width - 32
        kept, size = fitted([one_line(slide.todo)], inner, 54, largest=14, smallest=_SMALLEST)
        height = text_height(kept, inner, size) + 13 * LINE + 22
        box = body.foot(height)
        heading = Paragraph(lang.text("What to do"), 11, palette.muted, bold=True, after=2)
        add_text(
            native, box, [heading, *(Paragraph(each, size, palette.ink) for each in kept)],
            name="What to do", tag=self.tag, anchor="middle", fill=palette.pale, inset=10,
        )  # fmt: skip
        add_block(native, Box(box.x, box.y, 4, box.height), palette.role("second"), name="Edge of what to do")
        return body.above(height)

    def _with_cards(self, native: Native, cards: Sequence[Card], body: Box) -> Box:
        """Cards side by side, six a row at most; returns what is left below them."""
        rows = [cards[start : start + 6] for start in range(0, len(cards), 6)]
        if len(cards) > 6:
            half = -(-len(cards) // len(rows))
            rows = [cards[start : start + half] for start in range(0, len(cards), half)]
        for row in rows:
            for card, box in zip(row, body.top(_CARD_HEIGHT).columns([1] * len(row), gap=12), strict=True):
                self._add_card(native, card, box)
            body = body.below(_CARD_HEIGHT)
        return body

    def _add_card(self, native: Native, card: Card, box: Box) -> None:
        palette = self.stage.palette
        room = box.width - 24
        value = one_line(card.value)
        size = fitting_size([value], room, 24 * LINE, largest=24, smallest=14, bold=True)
        value = cut_lines(value, room, size, 1 if size > 15 else 2, bold=True)
        label = cut_lines(one_line(card.label), room, 11, 1, bold=True)
        left = box.height - 16 - 11 * LINE - text_height([value], room, size, bold=True)
        detail, small = fitted([one_line(card.detail)], room, max(left, 11 * LINE), largest=12, smallest=10)
        paragraphs = [
            Paragraph(label, 11, palette.muted, bold=True),
            Paragraph(value, size, palette.ink, bold=True),
        ]
        if card.detail:
            paragraphs += [Paragraph(each, small, palette.muted) for each in detail]
        shape = add_text(
            native, box, paragraphs, name=label, tag=self.tag, fill=palette.pale, inset=8, anchor="middle"
        )
        shape.text_frame.margin_left = box_margin = shape.text_frame.margin_left + 50800
        shape.text_frame.margin_right = box_margin
        if card.tone is not None:
            add_block(
                native, Box(box.x, box.y, 4, box.height), palette.tone(card.tone), name="Tone of the card"
            )

    def _with_lines(self, native: Native, lines: Sequence[str], box: Box, *, most: float) -> Box:
        """Sentences over the width of the slide; returns what is left below them."""
        kept, size = fitted(
            [one_line(each) for each in lines],
            box.width,
            most,
            largest=_LINE_SIZE,
            smallest=_SMALLEST,
            after=6,
        )
        height = text_height(kept, box.width, size, after=6)
        paragraphs = [Paragraph(each, size, self.stage.palette.ink, after=6) for each in kept]
        add_text(native, box.top(height), paragraphs, name="Text", tag=self.tag)
        return box.below(height)

    # Kinds of slides

    def _add_cover(self, slide: Slide) -> None:
        native = self.stage.deck.slides.add_slide(self.stage.cover)
        story = self.story
        below = [f"{one_line(story.client)} · {one_line(story.site)}", one_line(story.date)]
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
                lines = [*slide.lines, *story.scope]
                fill_placeholder(
                    each, SCOPE, lines or [story.made_with], largest=11, smallest=9, bold=False, tag=self.tag
                )
            elif not taken:
                taken = True
                fill_placeholder(each, box, below, largest=18, smallest=_SMALLEST, bold=False, tag=self.tag)
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
        body = self._with_todo(native, slide, self.stage.page.body)
        shape = next(each for each in native.placeholders if each.placeholder_format.idx not in (0, KICKER, 11, 12)
                     and each.placeholder_format.type in (PP_PLACEHOLDER.BODY, PP_PLACEHOLDER.OBJECT))  # fmt: skip
        box = replace(body, width=min(body.width, 720)) if self.stage.is_own else body
        place(shape, box)
        fill_placeholder(
            shape, box, slide.lines, largest=BODY_SIZE, smallest=_SMALLEST, bold=False, tag=self.tag
        )

    def _add_chart_and_lines(self, native: Native, slide: Slide, chart: Chart, body: Box) -> None:
        """Sentences on the left, the chart on the right; or the chart alone over the whole width."""
        area = body
        if slide.lines:
            left, area = body.columns([3.2, 6.8] if body.width > 600 else [3.6, 6.4], gap=GAP * 1.5)
            kept, size = fitted(
                [one_line(each) for each in slide.lines], left.width, left.height,
                largest=_LINE_SIZE, smallest=_SMALLEST, after=8,
            )  # fmt: skip
            paragraphs = [Paragraph(each, size, self.stage.palette.ink, after=8) for each in kept]
            add_text(native, left, paragraphs, name="Text", tag=self.tag)
        self._add_chart(native, slide, chart, area)

    def _add_chart(self, native: Native, slide: Slide, chart: Chart, area: Box) -> None:
        palette = self.stage.palette
        title = one_line(chart.title)
        if title and title.rstrip(".") != one_line(slide.title).rstrip("."):
            kept, size = fitted([title], area.width, 14 * LINE * 2, largest=14, smallest=_SMALLEST, bold=True)
            height = text_height(kept, area.width, size, bold=True) + 2
            add_text(
                native, area.top(height), [Paragraph(kept[0], size, palette.ink, bold=True)],
                name="Title of the chart", tag=self.tag,
            )  # fmt: skip
            area = area.below(height, gap=6)
        if chart.note:
            kept, size = fitted(
                [one_line(chart.note)], area.width, 2 * _NOTE_SIZE * LINE, largest=_NOTE_SIZE, smallest=9
            )
            height = text_height(kept, area.width, size) + 1
            add_text(
                native, area.foot(height), [Paragraph(kept[0], size, palette.muted)], name="Note", tag=self.tag,
                anchor="bottom",
            )  # fmt: skip
            area = area.above(height, gap=6)
        if chart.is_empty:
            text = self.story.language.text("There are no numbers to show.")
            add_text(native, area, [Paragraph(text, _LINE_SIZE, palette.muted)], name="Chart", tag=self.tag)
        elif chart.kind == "heat_map":
            grid = heat_grid(chart, area, palette, self.story.language)
            self._add_grid(native, slide, grid, area)
        else:
            add_chart(native, area, chart, palette, self.story.language)

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
        heading = title if title and title.rstrip(".") != one_line(slide.title).rstrip(".") else ""
        used = (14 * LINE + 8 if heading else 0) + (_NOTE_SIZE * LINE * 2 + 8 if note else 0)
        grid = table_grid(table, area.width, self.story.site, self.stage.palette, lang, area.height - used)
        self._add_grid(native, slide, grid, area, heading=heading, note=note)

    def _add_grid(
        self, native: Native, slide: Slide, grid: Grid, area: Box, *, heading: str = "", note: str = ""
    ) -> None:
        palette, lang, body = self.stage.palette, self.story.language, self.stage.page.body
        top = 14 * LINE + 6 if heading else 0.0
        kept, size = fitted(
            [one_line(note)], body.width, 2 * _NOTE_SIZE * LINE, largest=_NOTE_SIZE, smallest=9
        )
        below = text_height(kept, area.width, size) + 6 if note else 0.0
        parts = grid.parts(area.height - top - below, body.height - top - below)
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
                place_ = Box(box.x, box.y + grid.height(rows) + 6, box.width, below)
                add_text(native, place_, [Paragraph(kept[0], size, palette.muted)], name="Note", tag=self.tag)


def _notes_text(parts: Sequence[str]) -> str:
    """Speaker notes: paragraphs as they are, each text cleaned, nothing said twice."""
    seen: list[str] = []
    for part in parts:
        lines = [one_line(line) for line in part.replace("\r", "\n").split("\n")]
        text = "\n".join(lines).strip()
        if text and text not in seen:
            seen.append(text)
    return "\n\n".join(seen)


def _tag(code: str) -> str:
    """A language with its most likely country, as Office wants it: ``de-DE``."""
    locale = Locale.parse(get_global("likely_subtags").get(code, code))
    return f"{locale.language}-{locale.territory}" if locale.territory else locale.language


def _add_sections(deck: Any, chapters: Sequence[tuple[str, str, int]]) -> None:
    """The chapters as sections of the slide sorter."""
    root = deck.element
    names = etree.Element(f"{{{_SECTIONS}}}sectionLst", nsmap={"p14": _SECTIONS})
    for index, (_, group) in enumerate(groupby(chapters, key=lambda each: each[0])):
        slides = list(group)
        identifier = str(uuid.uuid5(uuid.NAMESPACE_URL, f"section {index}")).upper()
        section = etree.SubElement(
            names, f"{{{_SECTIONS}}}section", name=slides[0][1][:60], id=f"{{{identifier}}}"
        )
        entries = etree.SubElement(section, f"{{{_SECTIONS}}}sldIdLst")
        for _, _, number in slides:
            etree.SubElement(entries, f"{{{_SECTIONS}}}sldId", id=str(number))
    extensions = etree.SubElement(root, qn("p:extLst"))
    etree.SubElement(extensions, qn("p:ext"), uri="{521415D9-36F7-43E2-AB2F-B90AF26B5E84}").append(names)
    notes = [
        identifier
        for identifier, relation in deck.part.rels.items()
        if relation.reltype == RELATIONSHIP_TYPE.NOTES_MASTER
    ]
    if notes and root.find(qn("p:notesMasterIdLst")) is None:
        masters = etree.Element(qn("p:notesMasterIdLst"))
        etree.SubElement(masters, qn("p:notesMasterId")).set(qn("r:id"), notes[0])
        root.find(qn("p:sldMasterIdLst")).addnext(masters)


def _set_properties(deck: Any, story: Story, tag: str) -> None:
    properties = deck.core_properties
    properties.title = one_line(story.title)[:255]
    properties.subject = one_line(f"{story.client} · {story.site}")[:255]
    properties.author = properties.last_modified_by = one_line(story.brand.name or story.made_with)[:255]
    properties.language = tag
    properties.comments = one_line(story.made_with)[:255]
    properties.keywords = ""
    properties.revision = 1
    properties.created = properties.modified = datetime.now(UTC).replace(tzinfo=None, microsecond=0)


def _without_times(package: io.BytesIO) -> bytes:
    """The same package with every file dated alike: a deck made twice is the same."""
    done = io.BytesIO()
    with zipfile.ZipFile(package) as old, zipfile.ZipFile(done, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            info = zipfile.ZipInfo(entry.filename, _FIXED)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            new.writestr(info, old.read(entry))
    return done.getvalue()
