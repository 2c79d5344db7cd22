"""Cells, formats and tables of a workbook: how a sheet looks, whatever it shows, in the client's language."""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from linkkit.deck.about import About, none_differs
from linkkit.deck.brand import FONT, Brand
from linkkit.deck.cells import MAX_LINKS, MAX_ROWS, clean_text, map_unique, sheet_text
from linkkit.deck.definitions import Column, spoken
from linkkit.deck.language import Language
from linkkit.deck.looks import INK, RULE, add_looks, ink_on

OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
"""No text of a site becomes a formula, a live link or a number."""

_LINE = 13.0
_MOST_LINES = 6
_HEAD_WIDTH = 150
"""Characters that the lines above a table run over at most."""
_NAME_LENGTH = 31
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']+")
_NUMBERS = {"whole": "#,##0", "share": "0.0%", "fine": "0.00%"}
_SHARES = frozenset({"of all authority", "of visits", "of steps", "share"})
"""Units of values that are shares (0-1)."""


@dataclass(frozen=True)
class Book:
    """An open workbook, and the formats and words its sheets share.

    Attributes
    ----------
    workbook : xlsxwriter.Workbook
    lang : Language
    brand : Brand
    footer : str
        Printed below every page: client, site and day.
    """

    workbook: Any
    lang: Language
    brand: Brand
    footer: str = ""
    _formats: dict[tuple[tuple[str, Any], ...], Any] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)

    def format(self, **properties: Any) -> Any:
        """A cell format; the same one for the same properties, since a workbook holds only so many."""
        font = "Calibri" if self.brand.font == FONT else self.brand.font
        chosen = {"font_name": font, "font_size": 10, "font_color": INK, "valign": "top"} | properties
        key = tuple(sorted(chosen.items()))
        if key not in self._formats:
            self._formats[key] = self.workbook.add_format(chosen)
        return self._formats[key]

    @property
    def header(self) -> Any:
        """Format of the headings of a table."""
        fill = self.brand.primary
        return self.format(bold=True, font_color=ink_on(fill), bg_color=fill, text_wrap=True, align="left", indent=1, valign="vcenter", border=1, border_color=RULE)  # fmt: skip

    @property
    def ruled(self) -> Any:
        """Format of text that may wrap, with a line below it."""
        return self.format(text_wrap=True, align="left", indent=1, bottom=1, bottom_color=RULE)

    @property
    def jump(self) -> Any:
        """Format of a link to another sheet."""
        return self.format(text_wrap=True, align="left", indent=1, bottom=1, bottom_color=RULE, font_color=self.brand.primary, underline=1)  # fmt: skip

    def spoken(self, code: object) -> str:
        """A code of the tables as people read it, in the workbook's language."""
        word = spoken(str(code))
        return self.lang.text(word) if word else ""

    def name_of(self, sheet: str) -> str:
        """What a sheet is called in the file: safe, at most 31 characters, no two alike."""
        if sheet not in self._names:
            self._names[sheet] = sheet_name(sheet, self._names.values())
        return self._names[sheet]

    def sheet(self, name: str, *, tab: str) -> Any:
        """A new sheet that prints on landscape pages as wide as the sheet."""
        sheet = self.workbook.add_worksheet(self.name_of(name))
        sheet.set_tab_color(tab)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        # What begins with & is an instruction in a footer.
        sheet.set_footer(f"&L&8{clean_text(self.footer)[:150].replace('&', '&&')}&C&8&A&R&8&P / &N")
        # A title such as "404" is text, and no mistake to be marked.
        sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
        return sheet

    def link(
        self, sheet: Any, row: int, place: int, to: str, text: str, *, at: str = "A1", style: Any = None
    ) -> None:
        """Text that leads to a place of another sheet; never to an address."""
        target = f"internal:'{self.name_of(to)}'!{at}"
        sheet.write_url(row, place, target, style or self.jump, sheet_text(text))


def sheet_name(text: str, taken: Iterable[str]) -> str:
    """A name that Excel accepts for a sheet: at most 31 characters, no brackets, slashes or quotes, unlike all others.

    Examples
    --------
    >>> sheet_name("Links: in/out", ["links in out"])
    'Links in out 2'
    """
    plain = " ".join(_NOT_IN_NAMES.sub(" ", clean_text(text)).split()) or "-"
    # "History" is a name that Excel keeps for itself.
    known = {each.casefold() for each in taken} | {"history"}
    number, ending = 1, ""
    while True:
        name = _cut(plain, _NAME_LENGTH - len(ending)) + ending
        if name.casefold() not in known:
            return name
        number += 1
        ending = f" {number}"


def _cut(text: str, units: int) -> str:
    """The text, or as many of its words as there is room for; of a word that leaves half the room free, a part."""
    cut = text.encode("utf-16-le")[: 2 * units].decode("utf-16-le", "ignore")
    if cut == text or text[len(cut)] == " ":
        return cut.strip()
    words = cut.rpartition(" ")[0].rstrip(" ,;:-")
    return words if len(words) >= units // 2 else cut.strip()


@dataclass(frozen=True, eq=False)
class Jumps:
    """Where the texts of a column lead to: a sheet, and the row of each text there."""

    column: str
    sheet: str
    rows: Mapping[str, int]


@dataclass(frozen=True, eq=False)
class Grid:
    """A table and how it is shown.

    Attributes
    ----------
    name : str
        Of the sheet, in the workbook's language.
    columns : tuple of Column
    table : DataFrame
        One row per row, with those columns.
    tab : str
        Colour of the sheet's tab.
    wrap : bool
        Whether long text wraps; else it is clipped.
    printed : int, optional
        Number of columns that are printed; all without it.
    title : str
        Above the table; without it the headings are the first row.
    lines : tuple of str
        Below the title; the first is the answer.
    back : str
        Sheet that a link beside the title leads to.
    jumps : Jumps, optional
    limit : float
        Clicks up to which a depth is no matter of concern.
    """

    name: str
    columns: tuple[Column, ...]
    table: pd.DataFrame
    tab: str
    wrap: bool = True
    printed: int | None = None
    title: str = ""
    lines: tuple[str, ...] = ()
    back: str = ""
    jumps: Jumps | None = None
    limit: float = 3.0

    @property
    def first(self) -> int:
        """Row of the headings, from 0."""
        return 1 + len(self.lines) if self.title else 0


@contextmanager
def open_book(
    path: Path,
    title: str,
    about: About,
    *,
    lang: Language,
    brand: Brand | None = None,
    constant_memory: bool = False,
) -> Iterator[Book]:
    """A new workbook, written when the block ends; with `constant_memory` cells go to disk as they come, row by row.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    chosen = brand or Brand()
    # XlsxWriter opens the target only when it closes: an open file of our own makes any fault come as an OSError.
    with path.open("wb") as file:
        workbook = xlsxwriter.Workbook(file, OPTIONS | {"constant_memory": constant_memory})
        workbook.use_zip64()
        properties = {
            "title": title,
            "subject": about.site,
            "author": chosen.name or about.client,
            "company": chosen.name,
            "category": lang.text("Internal link audit"),
            "comments": about.made_with,
        }
        workbook.set_properties({name: sheet_text(text)[:255] for name, text in properties.items()})
        for name, text in about.properties(lang):
            workbook.set_custom_property(name, sheet_text(text)[:255], "text")
        yield Book(workbook, lang, chosen, about.footer)
        workbook.close()


def write_grid(book: Book, grid: Grid, *, max_rows: int = MAX_ROWS) -> Any:
    """Write a table as a sheet: frozen and filterable header, one row per row, at most `max_rows`; the sheet."""
    sheet = book.sheet(grid.name, tab=grid.tab)
    table = grid.table.iloc[: max(max_rows - grid.first, 0)]
    headings = [book.lang.text(column.heading) if column.heading else "" for column in grid.columns]
    widths = [_width(column, heading) for column, heading in zip(grid.columns, headings, strict=True)]
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width)
    if grid.title:
        _head(book, sheet, grid, widths)
    first, last = grid.first, grid.first + max(len(table), 1)
    sheet.set_row(first, max(32, *(_LINE * lines_of(heading, int(width) - 2) + 8 for heading, width in zip(headings, widths, strict=True))))  # fmt: skip
    for place, heading in enumerate(headings):
        sheet.write_string(first, place, heading, book.header)
    sheet.freeze_panes(first + 1, 1 if grid.columns[0].name == "url" else 0)
    sheet.repeat_rows(first)
    if grid.printed is not None:
        sheet.set_paper(8)
        sheet.print_area(0, 0, last, min(grid.printed, len(grid.columns)) - 1)
    sheet.autofilter(first, 0, last, len(grid.columns) - 1)
    cells = [_cells(book, table[column.name], column) for column in grid.columns]
    writers = [_writer(book, sheet, place, grid, table) for place in range(len(grid.columns))]
    heights = _heights(grid.columns, widths, cells) if grid.wrap else None
    for number, values in enumerate(zip(*cells, strict=True)):
        row = first + 1 + number
        if heights is not None:
            sheet.set_row(row, heights[number])
        for write, value in zip(writers, values, strict=True):
            write(row, value)
    add_looks(book, sheet, grid.columns, first + 1, last, limit=grid.limit)
    return sheet


ABOUT_COLUMNS = (
    Column("what", "What", 34, "text", "What is told."),
    Column("said", "In words", 120, "text", "What this file rests on, and what it cannot show."),
)


def about_grid(about: About, lang: Language) -> Grid:
    """What an export says of itself, as the last sheet of a workbook."""
    rows = [*about.scope]
    differing, limit = lang.text("Threshold that differs"), lang.text("Limit of the data")
    rows += [(differing, f"{name}: {text}") for name, text in about.thresholds] or [
        (lang.text("Thresholds that differ from the default"), none_differs(lang))
    ]
    rows += [(limit, each) for each in about.limits]
    rows.append((lang.text("Made with"), about.made_with))
    table = pd.DataFrame(rows, columns=[column.name for column in ABOUT_COLUMNS])
    return Grid(lang.text("About this file"), ABOUT_COLUMNS, table, tab="#7F7F7F")


def _head(book: Book, sheet: Any, grid: Grid, widths: Sequence[float]) -> None:
    """Title, answer and notes above a table, and the way back."""
    last, reach = 0, widths[0]
    while last + 1 < len(widths) and reach + widths[last + 1] <= _HEAD_WIDTH:
        last += 1
        reach += widths[last]
    title = book.format(bold=True, font_size=16, font_color=book.brand.primary, valign="vcenter")
    sheet.set_row(0, 30)
    sheet.merge_range(0, 0, 0, last - 1, "", title)
    sheet.write_string(0, 0, sheet_text(grid.title), title)
    if grid.back:
        style = book.format(font_color=book.brand.primary, underline=1, align="right", valign="vcenter")
        book.link(sheet, 0, last, grid.back, f"\N{LEFTWARDS ARROW} {grid.back}", style=style)
    for number, line in enumerate(grid.lines, start=1):
        style = book.format(text_wrap=True, font_size=12, bold=True, valign="vcenter") if number == 1 else book.format(text_wrap=True, font_color="#52606B")  # fmt: skip
        height = (16.5 if number == 1 else _LINE) * lines_of(line, int(reach * (0.8 if number == 1 else 1)))
        sheet.set_row(number, height + 5)
        sheet.merge_range(number, 0, number, last, "", style)
        sheet.write_string(number, 0, sheet_text(line), style)


def _width(column: Column, heading: str) -> float:
    """Width of a column: as declared, or so that the longest word of its heading fits beside the filter's arrow."""
    longest = max((len(word) for word in heading.split()), default=0)
    return max(float(column.width), longest * 1.1 + 3.5)


def _cells(book: Book, values: pd.Series, column: Column) -> list[Any]:
    """What is written into each cell: text, a number, or None."""
    if column.kind == "text":
        return list(map_unique(values, sheet_text))
    if column.kind == "phrase":
        return list(map_unique(values, lambda text: sheet_text(book.lang.text(str(text)) if text else "")))
    if column.kind in ("word", "severity"):
        return list(map_unique(values, book.spoken))
    if column.kind == "flag":
        yes = book.lang.text("yes")
        return [yes if flag else "" for flag in values.fillna(False).astype(bool)]
    return [
        None if math.isnan(number) else number if math.isfinite(number) else spoken(str(number))
        for number in values.astype("float64").tolist()
    ]


def _writer(
    book: Book, sheet: Any, place: int, grid: Grid, table: pd.DataFrame
) -> Callable[[int, Any], object]:
    """How one column's cells are written. Never ``sheet.write``, which guesses what a text might be."""
    column, rule = grid.columns[place], {"bottom": 1, "bottom_color": RULE}
    blank = book.format(**rule)
    if column.is_number:
        chosen = _number_format(book, column, table, grid.first + 1)

        def number(row: int, value: Any) -> None:
            if value is None:
                sheet.write_blank(row, place, None, blank)
            elif isinstance(value, str):
                sheet.write_string(row, place, value, blank)
            else:
                sheet.write_number(row, place, value, chosen(row, value))

        return number
    bold = {"bold": True} if column.kind == "severity" or column.name == "state" else {}
    style = book.format(text_wrap=grid.wrap, align="left", indent=1, **bold, **rule)
    jumps = grid.jumps if grid.jumps and grid.jumps.column == column.name else None
    shade = book.format(text_wrap=grid.wrap, align="left", indent=1, font_color=book.brand.primary, **rule)
    linked = 0

    def text(row: int, value: str) -> None:
        nonlocal linked
        if not value:
            sheet.write_blank(row, place, None, blank)
        elif jumps is not None and linked < MAX_LINKS - 1 and value in jumps.rows:
            linked += 1
            book.link(sheet, row, place, jumps.sheet, value, at=f"A{jumps.rows[value] + 1}", style=shade)
        else:
            sheet.write_string(row, place, value, style)

    return text


def _number_format(
    book: Book, column: Column, table: pd.DataFrame, first: int
) -> Callable[[int, float], Any]:
    """The format of each number of a column; a value whose unit says that it is a share is shown as percent."""
    rule = {"bottom": 1, "bottom_color": RULE}
    styles = {
        name: book.format(num_format=pattern, **rule)
        for name, pattern in {**_NUMBERS, "number": "#,##0.00"}.items()
    }
    if column.kind != "number":
        only = styles[column.kind]
        return lambda row, value: only
    told = column.name in ("value", "threshold") and "unit" in table
    shares = table["unit"].isin(_SHARES).tolist() if told else [False] * len(table)

    def chosen(row: int, value: float) -> Any:
        if shares[row - first]:
            return styles["fine"]
        return styles["whole" if value.is_integer() else "number"]

    return chosen


def _heights(columns: Sequence[Column], widths: Sequence[float], cells: list[list[Any]]) -> list[float]:
    """Height of each row in points, so that wrapped text shows; a very long text does not push the rest away."""
    lines = [1] * (len(cells[0]) if cells else 0)
    for column, width, values in zip(columns, widths, cells, strict=True):
        if column.kind not in ("text", "phrase", "word"):
            continue
        counted: dict[str, int] = {}
        for row, value in enumerate(values):
            if value not in counted:
                counted[value] = lines_of(value, int(width))
            lines[row] = max(lines[row], counted[value])
    return [_LINE * count + 4 for count in lines]


def lines_of(text: str, width: int, *, most: int = _MOST_LINES) -> int:
    """Lines that a text takes in a column `width` characters wide, from 1 to `most`."""
    paragraphs: Iterable[str] = text.split("\n", most)[:most]
    # Type of 10 points is narrower than the digits of 11 points that widths are counted in; words break early.
    room = max(width * 1.1 - 1, 1)
    return max(1, min(most, sum(max(1, math.ceil(len(each) / room)) for each in paragraphs)))
