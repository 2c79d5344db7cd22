"""What stands where on a slide, measured before anything is drawn: drawing and the question whether there is room ask here alike."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from linkkit.deck.slides.fitting import LINE, fitted, one_line, text_height, text_width
from linkkit.deck.slides.geometry import GAP, Box
from linkkit.deck.slides.native import LYING
from linkkit.deck.slides.template import BODY_SIZE
from linkkit.deck.story import Chart, Slide

NARROW = 650.0
"""Width of the content of a 4:3 slide, in points."""
SMALLEST = 12.0
"""Points of the type of sentences, at least."""
LINE_SIZE, NOTE_SIZE, _LEGEND_SIZE = 16.0, 10.0, 11.0
"""Points of the type of sentences, at most, of notes and of legends."""
_CARD_HEIGHT, _LARGE_CARD = 84.0, 116.0
_TODO = 54.0
"""Most that the words of what to do take below everything else, in points."""
_TODO_MARGIN = 28.0
_ROW, _TALL, _WIDEST = 17.0, 50.0, 90.0
"""Least height of a bar's row whose number can be read, what it may have beyond, and the widest that one column stands."""


@dataclass(frozen=True)
class Words:
    """Text as it fits a box: what was given, what was kept of it, at which size, where it stands, and points after each paragraph."""

    given: tuple[str, ...]
    kept: tuple[str, ...]
    size: float
    box: Box
    after: float = 0.0


@dataclass(frozen=True)
class Room:
    """A slide's content: each part where it stands.

    Attributes
    ----------
    todo, lines : Words or None
        What to do; sentences.
    cards : tuple of Box
        Rows of cards.
    is_large : bool
        Whether cards have the slide to themselves.
    rest : Box
        What is left for a chart or a table.
    """

    todo: Words | None
    cards: tuple[Box, ...]
    is_large: bool
    lines: Words | None
    rest: Box


@dataclass(frozen=True)
class Frame:
    """A chart between its title and its note; both None where there is none to be said."""

    title: Words | None
    note: Words | None
    plot: Box


def words(texts: Sequence[str], box: Box, *, most: float, largest: float, smallest: float = SMALLEST, after: float = 0,
          bold: bool = False) -> Words:  # fmt: skip
    """Paragraphs at the top of a box, `most` points high at most; they are cut where even the smallest type is too large."""
    given = tuple(one_line(each) for each in texts)
    kept, size = fitted(given, box.width, most, largest=largest, smallest=smallest, after=after, bold=bold)
    return Words(given, tuple(kept), size, box.top(text_height(kept, box.width, size, after=after, bold=bold)), after)  # fmt: skip


def todo_room(slide: Slide, body: Box, *, most: float = _TODO) -> Words | None:
    """What to do, in a box at the foot of a slide or a column; None where there is nothing to do."""
    if not slide.todo:
        return None
    inner = replace(body, width=body.width - _TODO_MARGIN)
    found = words([slide.todo], inner, most=most, largest=14)
    height = text_height(found.kept, inner.width, found.size) + 13 * LINE + 22
    return replace(found, box=body.foot(height))


def above_todo(body: Box, todo: Words | None) -> Box:
    """What is left of a box over what to do at its foot."""
    return body if todo is None else body.above(todo.box.height)


def stacked(slide: Slide, body: Box) -> Room:
    """Cards, sentences, chart or table one below the other, what to do at the foot."""
    todo = todo_room(slide, body)
    rest = above_todo(body, todo)
    alone = slide.chart is None and slide.table is None
    is_large = alone and len(slide.cards) <= 6
    height, rows = _LARGE_CARD if is_large else _CARD_HEIGHT, []
    for _ in range(-(-len(slide.cards) // 6)):
        rows.append(rest.top(height))
        rest = rest.below(height, gap=GAP * 1.5 if is_large else GAP)
    lines = None
    if slide.lines:
        most, largest = rest.height * (1 if alone else 0.32), BODY_SIZE if alone else LINE_SIZE
        lines = words(slide.lines, rest, most=most, largest=largest, after=6)
        rest = rest.below(lines.box.height)
    return Room(todo, tuple(rows), is_large, lines, rest)


def beside(slide: Slide, body: Box) -> Room:
    """Sentences and what to do on the left, a chart beside them over the whole height."""
    shares = [3.6, 6.4] if body.width <= NARROW else [3.2, 6.8]
    left, right = body.columns(shares, gap=GAP * 1.5)
    todo = todo_room(slide, left, most=left.height * 0.5)
    above = above_todo(left, todo)
    if text_height(slide.lines, left.width, SMALLEST, after=8) > above.height:
        # What to do below both columns: rather that than a sentence cut.
        todo = todo_room(slide, body)
        above, right = above_todo(body, todo).columns(shares, gap=GAP * 1.5)
    lines = words(slide.lines, above, most=above.height, largest=LINE_SIZE, after=8)
    return Room(todo, (), is_large=False, lines=lines, rest=right)


def framed(chart: Chart, area: Box, slide_title: str) -> Frame:
    """A chart in an area, its title above it where the slide does not say the same, its note at the foot."""
    title = note = None
    said = one_line(chart.title)
    if said and said.rstrip(".") != one_line(slide_title).rstrip("."):
        title = words([said], area, most=14 * LINE * 2, largest=14, bold=True)
        area = area.below(title.box.height + 2, gap=6)
    if chart.note:
        note = words([chart.note], area, most=2 * NOTE_SIZE * LINE, largest=NOTE_SIZE, smallest=9)
        note = replace(note, box=area.foot(note.box.height + 1))
        area = area.above(note.box.height, gap=6)
    return Frame(title, note, area)


def plot_box(chart: Chart, plot: Box) -> Box:
    """What a chart takes of its plot: one or two bars over a whole slide would shout."""
    if chart.kind in LYING:
        return plot.top(_rows_height(chart, plot.width) + _TALL * len(chart.categories))
    if chart.kind in ("columns", "stacked_columns"):
        several = 1 if chart.kind == "stacked_columns" else len(chart.series)
        most = plot.width * 0.25 + _WIDEST * len(chart.categories) * several
        return replace(plot, width=min(plot.width, most))
    return plot


def is_cramped(chart: Chart, plot: Box, body: Box) -> bool:
    """Whether a chart of bars has less than its rows and its legend take, and would have more with a slide's body to itself."""
    return chart.kind in LYING and plot.height < min(
        _rows_height(chart, plot.width), framed(chart, body, chart.title).plot.height
    )


def _rows_height(chart: Chart, width: float) -> float:
    """Points that a chart of bars takes at least: its rows, its legend and the title of its axis."""
    several = 1 if chart.kind == "stacked_bars" else len(chart.series)
    height = len(chart.categories) * max(_ROW, several * NOTE_SIZE)
    if len(chart.series) > 1:
        names = sum(text_width(one_line(each.name), _LEGEND_SIZE) + 24 for each in chart.series)
        height += -(-names // width) * _LEGEND_SIZE * LINE + 8
    return height + (2 * _LEGEND_SIZE * LINE if chart.value_title else 0)
