"""Native tables: lists and heat maps, cut into parts that fit a slide at a size that can be read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

from lxml import etree
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.slide import Slide
from pptx.util import Pt

from linkkit.deck.language import Language
from linkkit.deck.slides.fitting import (
    LINE,
    address_lines,
    cut_lines,
    cut_middle,
    one_line,
    text_width,
    wrapped,
)
from linkkit.deck.slides.geometry import Box
from linkkit.deck.slides.look import Paint, Palette
from linkkit.deck.slides.shapes import Paragraph, describe, set_direction, write_run
from linkkit.deck.story import Chart, Table, TableColumn
from linkkit.deck.story.writing import cell_text, value_text

SMALLEST = 11.0
"""Points of the type in tables, at least."""

_SIZES = (16.0, 15.0, 14.0, 13.0, 12.0, SMALLEST)
_PLAIN_SIZE = 13.0
"""Larger type is for tables whose every row stays on one line."""
_MAX_ROWS = 14
_ENOUGH = 5
"""Rows of an excerpt that fill a slide: where so many fit, it shows no more."""
_MEASURED = 0.94
"""Share of its size at which text in cells is measured: a row that turns out a line higher does no harm, a slide's end has room for it."""
_MAX_LINES = 4
_PAD_X, _PAD_Y = 6.0, 3.5
_MORE = 9.0
"""Points that a row of a short table is made higher at most, so that the table fills its slide."""
_LONGEST_WORD, _LONGEST_ADDRESS, _SHORT_ADDRESS = 0.3, 0.34, 0.2
"""Share of a table's width that a single word, and an address, asks for at most, however long it is; an address where room is short."""
_LETTERS = 400
"""Of a text, as many as are measured."""
_NO_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # PowerPoint's "No Style, No Grid"
_NUMBERS = ("whole", "number", "share", "units")
Align = Literal["left", "right", "center"]


@dataclass(frozen=True)
class Cell:
    """What stands in one cell; `fill` is the colour behind it. Addresses run from left to right, whatever they are written in."""

    text: str
    align: Align = "left"
    bold: bool = False
    fill: Paint | None = None
    ink: Paint | None = None
    is_address: bool = False


@dataclass(frozen=True)
class Grid:
    """A table laid out for a width: every text in it fits its cell.

    Attributes
    ----------
    widths : tuple of float
        Of the columns, in points.
    header : tuple of Cell
    rows : tuple of tuple of Cell
    heights : tuple of float
        Of the rows, in points.
    header_height, size : float
        Points.
    title, alt : str
    first_is_header : bool
        Whether the first column names the rows.
    is_cut : bool
        Whether some text is longer than its cell and was cut; addresses, which lose their middle, do not count.
    """

    widths: tuple[float, ...]
    header: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    heights: tuple[float, ...]
    header_height: float
    size: float
    title: str
    alt: str
    first_is_header: bool = False
    is_cut: bool = False
    gap: Paint | None = field(default=None)

    def parts(self, first: float, others: float, *, is_excerpt: bool = False) -> list[range]:
        """Rows that go on each slide, given the height for the first part and for each further one: each slide is filled in its turn.

        The first part is empty where not even one row fits it; the last two hold about as many rows each. An excerpt has no second part
        where the first shows a few rows.
        """
        parts: list[range] = []
        start, room, taken = 0, first, self.header_height
        for index, height in enumerate(self.heights):
            if (taken + height > room or index - start >= _MAX_ROWS) and (index > start or not parts):
                parts.append(range(start, index))
                start, room, taken = index, others, self.header_height
            taken += height
        parts.append(range(start, len(self.heights)))
        if is_excerpt and len(parts[0]) >= _ENOUGH:
            return parts[:1]
        if len(parts) > 1 and len(parts[-2]) > len(parts[-1]) + 1:
            begin, end = parts[-2].start, parts[-1].stop
            cut = begin + -(-(end - begin) // 2)
            if self.height(range(cut, end)) <= others:
                parts[-2:] = [range(begin, cut), range(cut, end)]
        return parts

    def height(self, rows: range) -> float:
        """Points that the header and these rows take."""
        return self.header_height + sum(self.heights[index] for index in rows)


def table_grid(table: Table, width: float, site: str, palette: Palette, lang: Language, room: float) -> Grid:
    """A story's table laid out for a width, in the largest type at which it fits into `room`, or the smallest.

    Columns are as wide as what stands in them asks for. Addresses are shortened to their path where they belong to `site`, and lose
    their middle where they are too long. Rows of a short table are higher than they need to be.
    """
    alt = lang.text(
        "Table: {title}. Columns: {columns}. {rows}.",
        title=one_line(table.title),
        columns=", ".join(one_line(column.heading) for column in table.columns),
        rows=lang.plural("{number} row", "{number} rows", len(table.rows)),
    )
    grid = None
    for size in _SIZES:
        grid = _laid_out(table, width, site, palette, lang, size, alt)
        spare = room - grid.height(range(len(grid.rows)))
        wraps = max(grid.heights, default=0.0) > _lines_height(1, size)
        is_whole = not wraps if size > _PLAIN_SIZE else not grid.is_cut or size == SMALLEST
        if spare >= 0 and is_whole:
            more = min(spare / max(len(grid.rows), 1), _MORE)
            return replace(grid, heights=tuple(each + more for each in grid.heights))
    assert grid is not None  # noqa: S101  there are sizes
    return grid


def _laid_out(
    table: Table, width: float, site: str, palette: Palette, lang: Language, size: float, alt: str
) -> Grid:
    columns = table.columns
    texts = [
        [_shown(value, column, site, lang) for value, column in zip(row, columns, strict=True)]
        for row in table.rows
    ]
    widths = _widths(columns, texts, width, size)
    rooms = [each - 2 * _PAD_X for each in widths]
    header = tuple(
        Cell(cut_lines(one_line(column.heading), room, (size - 1) * _MEASURED, _MAX_LINES, bold=True), align=_align(column), bold=True,
             ink=palette.muted)
        for column, room in zip(columns, rooms, strict=True)
    )  # fmt: skip
    rows = tuple(
        tuple(
            _cell(value, text, column, room, size, palette)
            for value, text, column, room in zip(row, some, columns, rooms, strict=True)
        )
        for row, some in zip(table.rows, texts, strict=True)
    )
    return Grid(
        widths=tuple(widths),
        header=header,
        rows=rows,
        heights=tuple(_row_height(row, rooms, size) for row in rows),
        header_height=_row_height(header, rooms, size - 1),
        size=size,
        title=table.title,
        alt=alt,
        is_cut=any(cell.text != text and not cell.is_address for row, some in zip(rows, texts, strict=True) for cell, text in zip(row, some, strict=True)),
    )  # fmt: skip


def _align(column: TableColumn) -> Align:
    return "right" if column.kind in _NUMBERS else "center" if column.kind == "severity" else "left"


def _shown(value: str | float | None, column: TableColumn, site: str, lang: Language) -> str:
    text = cell_text(value, column.kind, lang)
    if not text and column.kind in _NUMBERS:
        return "–"
    return short_url(text, site) if column.kind == "url" else one_line(text)


def _cell(
    value: str | float | None, text: str, column: TableColumn, room: float, size: float, palette: Palette
) -> Cell:
    if column.kind == "severity" and value is not None:
        fill = _severity_paint(str(value), palette)
        return Cell(text, align="center", bold=True, fill=fill, ink=palette.on(fill))
    if column.kind == "url":
        return Cell(_two_lines(text, room, size), is_address=True)
    return Cell(cut_lines(text, room, size * _MEASURED, _MAX_LINES), align=_align(column))


def _two_lines(address: str, room: float, size: float) -> str:
    """An address on two lines at most, its middle left out where it is longer."""
    tried = (cut_middle(address, room * share, size) for share in (1.9, 1.6, 1.3))
    return next((short for short in tried if address_lines(short, room, size) <= 2), cut_middle(address, room, size))  # fmt: skip


def _severity_paint(code: str, palette: Palette) -> Paint:
    return {"high": palette.role("bad"), "medium": palette.role("warn"), "low": palette.hairline}.get(
        code, palette.pale
    )


def short_url(address: str, site: str) -> str:
    """An address as a slide shows it: its path where it belongs to the site, else without its scheme; escapes written out.

    Examples
    --------
    >>> short_url("https://shop.example/caf%C3%A9/?a=1", "https://shop.example/"), short_url("https://other.example/a", "https://shop.example/")
    ('/café/?a=1', 'other.example/a')
    """
    short = address
    try:
        here, there = urlsplit(site), urlsplit(address)
        if there.scheme in ("http", "https") and there.netloc:
            after = address.split("://", 1)[1]
            same = here.netloc.lower() == there.netloc.lower()
            short = (after[len(there.netloc) :] or "/") if same else after
    except ValueError:
        pass
    try:
        written = unquote(short, errors="strict") if "%" in short and len(short) < 2000 else short
    except UnicodeDecodeError:
        written = short
    return one_line(written) if written.isprintable() else one_line(short)


def _widths(
    columns: Sequence[TableColumn], texts: Sequence[Sequence[str]], width: float, size: float
) -> list[float]:
    """Widths at which all rows together take the fewest lines and no word is broken; what is left goes where the story wants width."""
    choices = [
        _choices(column, [row[index][:_LETTERS] for row in texts], width, size)
        for index, column in enumerate(columns)
    ]
    fitting = [each for each in product(*choices) if sum(one for one, _ in each) <= width]
    if not fitting:
        least = [min(one for one, _ in each) for each in choices]
        return [each * width / sum(least) for each in least]
    best = min(fitting, key=lambda each: (_lines_of(lines for _, lines in each), sum(one for one, _ in each)))
    spare = width - sum(one for one, _ in best)
    shares = [0.0 if each.kind in (*_NUMBERS, "severity") else max(each.width, 0.05) for each in columns]
    shares = shares if any(shares) else [1.0] * len(columns)
    return [one + spare * share / sum(shares) for (one, _), share in zip(best, shares, strict=True)]


def _lines_of(columns: Iterable[Sequence[int]]) -> int:
    """Lines that the rows of a table take together, given those of each column's cells."""
    return sum(map(max, zip(*columns, strict=True)))


def _choices(
    column: TableColumn, cells: Sequence[str], width: float, size: float
) -> list[tuple[float, tuple[int, ...]]]:
    """Widths that a column may have, for cells of one line, of two and so on, each with the lines that its cells take there."""
    most = 1 if column.kind in (*_NUMBERS, "severity") else 3 if column.kind == "url" else _MAX_LINES
    choices: dict[float, tuple[int, ...]] = {}
    known: dict[tuple[str, float], int] = {}
    for lines in range(1, most + 1):
        asked = _asked(column, list(dict.fromkeys(cells)), width, size, lines)
        room = asked - 2 * _PAD_X
        for each in cells:
            if (each, asked) not in known:
                scale = size if column.kind == "url" else size * _MEASURED
                known[each, asked] = min(len(wrapped(each, room, scale)), 2 if column.kind == "url" else most)
        choices[asked] = tuple(known[each, asked] for each in cells)
    return list(choices.items())


def _asked(column: TableColumn, cells: Sequence[str], width: float, size: float, lines: int) -> float:
    """The least width at which a column's heading takes two lines and its cells so many."""
    if column.kind in (*_NUMBERS, "severity"):
        needed = [text_width(each, size, bold=column.kind == "severity") for each in cells]
    elif column.kind == "url":  # which breaks anywhere, takes two lines at most, and may lose its middle
        widest = width * (_LONGEST_ADDRESS if lines < 3 else _SHORT_ADDRESS)
        needed = [min(text_width(each, size) / (1 if lines == 1 else 1.9), widest) for each in cells]
    else:
        needed = [_width_for(each, size * _MEASURED, lines, width * _LONGEST_WORD) for each in cells]
    return max([_in_two(one_line(column.heading), size - 1), *needed]) + 2 * _PAD_X + 1


def _width_for(text: str, size: float, lines: int, longest: float) -> float:
    """The least width, within a few hundredths, at which a text takes so many lines; no word of it is broken but one that is too long."""
    whole = text_width(text, size)
    word = min(max((text_width(each, size) for each in text.split(" ")), default=0.0), longest)
    room = max(whole / lines, word)
    while room < whole and len(wrapped(text, room, size)) > lines:
        room *= 1.04
    return min(room, max(whole, word))


def _in_two(heading: str, size: float) -> float:
    """The least width at which a heading takes two lines and no word is broken."""
    words = [text_width(each, size, bold=True) for each in heading.split()]
    halves = (max(sum(words[:cut]), sum(words[cut:])) for cut in range(1, len(words)))
    return max(max(words, default=0.0), min(halves, default=0.0)) + text_width(" ", size) * max(
        len(words) - 2, 0
    )


def _row_height(cells: Sequence[Cell], rooms: Sequence[float], size: float) -> float:
    lines = max(
        address_lines(cell.text, room, size)
        if cell.is_address
        else len(wrapped(cell.text, room, size * _MEASURED, bold=cell.bold))
        for cell, room in zip(cells, rooms, strict=True)
    )
    return _lines_height(lines, size)


def _lines_height(lines: int, size: float) -> float:
    return lines * size * LINE + 2 * _PAD_Y + 1


# Heat maps


def heat_grid(chart: Chart, box: Box, palette: Palette, lang: Language) -> Grid:
    """A heat map as a table: the higher the number the stronger the brand's colour; text in whichever ink can be read on it."""
    values = [value for each in chart.series for value in each.values if value is not None]
    low, high = min(0.0, *values), max(values)
    names = [one_line(each.name) for each in chart.series]
    columns = max(len(chart.categories), 1)
    size = 12.0 if columns <= 8 and len(names) <= 10 else SMALLEST
    corner = (
        _width_for(one_line(chart.category_title), size - 1, 2, box.width) if chart.category_title else 0.0
    )
    wide = max((text_width(name, size) for name in names), default=0.0)
    first = min(max(wide, corner) + 2 * _PAD_X, box.width * 0.34)
    width = min((box.width - first) / columns, 130.0)
    header = (
        Cell(cut_lines(one_line(chart.category_title), first - 2 * _PAD_X, size - 1, 2), ink=palette.muted),
        *(
            Cell(_heading(one_line(each), width - 8, size - 1), "center", bold=True, ink=palette.muted, is_address=each.startswith("/"))
            for each in chart.categories
        ),
    )  # fmt: skip

    def cell(value: float | None) -> Cell:
        if value is None:
            return Cell("–", "center", ink=palette.muted)
        share = (value - low) / (high - low) if high > low else 0.0
        fill = palette.shade("main", share)
        return Cell(value_text(value, chart.value_kind, lang), "center", fill=fill, ink=palette.on(fill))

    rows = tuple(
        (
            Cell(cut_middle(name, first - 2 * _PAD_X, size), is_address=name.startswith("/")),
            *(cell(value) for value in each.values),
        )
        for name, each in zip(names, chart.series, strict=True)
    )
    rooms = [first - 2 * _PAD_X, *[width - 8] * columns]
    header_height = _row_height(header, rooms, size - 1)
    height = min(max((box.height - header_height) / max(len(rows), 1), size * LINE + 2 * _PAD_Y), 34.0)
    return Grid(
        widths=(first, *[width] * columns), header=header, rows=rows, heights=(height,) * len(rows),
        header_height=header_height, size=size, title=chart.title, alt=chart.alt or chart.title, first_is_header=True,
        gap=palette.paper,
    )  # fmt: skip


def _heading(text: str, width: float, size: float) -> str:
    if " " in text:
        # A word that is too long loses its end: broken without a hyphen it reads as two.
        words = (cut_lines(each, width, size * _MEASURED, 1, bold=True) for each in text.split(" "))
        return cut_lines(" ".join(words), width, size, 3, bold=True)
    return cut_middle(text, width, size * _MEASURED)


# Drawing


def add_grid(slide: Slide, box: Box, grid: Grid, rows: range, palette: Palette, tag: str) -> Any:
    """Put some rows of a grid on a slide as a native table with its header row."""
    height = grid.height(rows)
    frame: Any = slide.shapes.add_table(
        len(rows) + 1, len(grid.widths), Pt(box.x), Pt(box.y), Pt(sum(grid.widths)), Pt(height)
    )
    describe(frame, grid.title, grid.alt)
    native = frame.table
    properties = native._tbl.tblPr
    properties.find(qn("a:tableStyleId")).text = _NO_STYLE
    native.first_row, native.horz_banding, native.first_col = True, False, grid.first_is_header
    for index, width in enumerate(grid.widths):
        native.columns[index].width = Pt(width)
    lines = [(grid.header, grid.header_height), *((grid.rows[row], grid.heights[row]) for row in rows)]
    for index, (cells, line_height) in enumerate(lines):
        native.rows[index].height = Pt(line_height)
        for place, cell in enumerate(cells):
            size = grid.size - 1 if index == 0 else grid.size
            _fill(native.cell(index, place), cell, size, palette, tag, is_header=index == 0, gap=grid.gap)
    return frame


def _fill(
    native: Any, cell: Cell, size: float, palette: Palette, tag: str, *, is_header: bool, gap: Paint | None
) -> None:
    native.margin_left = native.margin_right = Pt(_PAD_X if gap is None or cell.align == "left" else 3)
    native.margin_top = native.margin_bottom = Pt(_PAD_Y)
    native.vertical_anchor = MSO_ANCHOR.BOTTOM if is_header else MSO_ANCHOR.MIDDLE
    paragraph = native.text_frame.paragraphs[0]
    paragraph.alignment = {"left": PP_ALIGN.LEFT, "right": PP_ALIGN.RIGHT, "center": PP_ALIGN.CENTER}[
        cell.align
    ]
    # Lines as high as reckoned, whatever the height of the reader's font: else a full slide runs over its end.
    paragraph.line_spacing = Pt(round(size * LINE, 1))
    write_run(paragraph, Paragraph(cell.text, size, cell.ink or palette.ink, bold=cell.bold), tag)
    if not cell.is_address:
        set_direction(paragraph, cell.text)
    if cell.fill is not None:
        native.fill.solid()
        cell.fill.apply(native.fill.fore_color)
    else:
        native.fill.background()
    if cell.fill is not None:
        for side in ("L", "R", "T", "B") if gap is not None else ("T", "B"):
            _border(native, side, palette.paper, 2.0)
    elif is_header and gap is None:
        _border(native, "B", palette.role("main"), 1.5)
    elif gap is None:
        _border(native, "B", palette.hairline, 0.75)


def _border(native: Any, side: str, paint: Paint, width: float) -> None:
    """A line at one side of a cell; python-pptx has no words for it."""
    properties = native._tc.get_or_add_tcPr()
    line = etree.Element(qn(f"a:ln{side}"), w=str(round(width * 12700)), cap="flat", cmpd="sng", algn="ctr")
    fill = etree.SubElement(line, qn("a:solidFill"))
    if paint.slot is not None:
        colour = etree.SubElement(fill, qn("a:schemeClr"), val=paint.slot.xml_value)
        if paint.brightness:
            etree.SubElement(colour, qn("a:lumMod"), val=str(round((1 - paint.brightness) * 100_000)))
            etree.SubElement(colour, qn("a:lumOff"), val=str(round(paint.brightness * 100_000)))
    else:
        etree.SubElement(fill, qn("a:srgbClr"), val=paint.shown[1:])
    etree.SubElement(line, qn("a:prstDash"), val="solid")
    before = [each for each in properties if each.tag in {qn(f"a:ln{other}") for other in "LRTB"}]
    properties.insert(len(before), line)
