"""Cells, formats and tables of a workbook: how a sheet looks, whatever it shows."""

import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from linkkit.deck.cells import MAX_ROWS, map_unique, sheet_text
from linkkit.deck.definitions import Column, Kind, spoken

INK, HEADER, RULE, PAPER = "#1F2933", "#22394D", "#D5DCE2", "#F3F6F8"
COLOURS = {
    "high": ("#F8CDB8", "#7A2300"),
    "medium": ("#FCE6BD", "#664400"),
    "low": ("#D3E8F7", "#0B4A75"),
    "info": ("#E8EBEE", "#3C474E"),
    "passed": ("#D2EDE3", "#00523B"),
    "failed": ("#F8CDB8", "#7A2300"),
    "not_applicable": ("#E8EBEE", "#3C474E"),
    "error": ("#F3D3E4", "#7A1F52"),
    "pass": ("#D2EDE3", "#00523B"),
    "fail": ("#F8CDB8", "#7A2300"),
    "cannot be judged": ("#E8EBEE", "#3C474E"),
    "ready": ("#D2EDE3", "#00523B"),
    "fix first": ("#FCE6BD", "#664400"),
    "not ready": ("#F8CDB8", "#7A2300"),
    "inconclusive": ("#E8EBEE", "#3C474E"),
}
"""Fill and text of each word that has a colour; the word itself always stands in the cell."""

OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
"""No text of a site becomes a formula, a live link or a number."""

_LINE = 13.0
_MOST_LINES = 6
_NUMBERS: dict[Kind, str] = {
    "whole": "#,##0",
    "number": "#,##0.##;-#,##0.##;0",
    "share": "0.0%",
    "fine": "0.00%",
}


@dataclass(frozen=True)
class Book:
    """An open workbook and the formats its sheets share."""

    workbook: Any
    _formats: dict[tuple[tuple[str, Any], ...], Any] = field(default_factory=dict)

    def format(self, **properties: Any) -> Any:
        """A cell format; the same one for the same properties, since a workbook holds only so many."""
        chosen = {"font_name": "Calibri", "font_size": 10, "font_color": INK, "valign": "top"} | properties
        key = tuple(sorted(chosen.items()))
        if key not in self._formats:
            self._formats[key] = self.workbook.add_format(chosen)
        return self._formats[key]

    @staticmethod
    def spoken(word: str) -> str:
        """A code of the tables as people read it."""
        return spoken(str(word))

    def sheet(self, name: str, *, tab: str) -> Any:
        """A new sheet that prints on landscape pages as wide as the sheet."""
        sheet = self.workbook.add_worksheet(name)
        sheet.set_tab_color(tab)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.set_footer("&L&8Internal link audit, linkkit&C&8&A&R&8&P / &N")
        return sheet

    def coloured(self, word: str) -> Any:
        """Format of a cell that holds a word of `COLOURS`."""
        fill, text = COLOURS.get(word, (PAPER, INK))
        return self.format(
            bg_color=fill, font_color=text, bold=True, align="left", indent=1, bottom=1, bottom_color=RULE
        )


@dataclass(frozen=True, eq=False)
class Grid:
    """A table and how it is shown.

    Attributes
    ----------
    name : str
        Of the sheet.
    columns : tuple of Column
    table : DataFrame
        One row per row, with those columns.
    tab : str
        Colour of the sheet's tab.
    wrap : bool
        Whether long text wraps; else it is clipped.
    printed : int, optional
        Number of columns that are printed; all without it.
    """

    name: str
    columns: tuple[Column, ...]
    table: pd.DataFrame
    tab: str
    wrap: bool = True
    printed: int | None = None


@contextmanager
def open_book(path: Path, title: str, *, constant_memory: bool = False) -> Iterator[Book]:
    """A new workbook, written when the block ends; with `constant_memory` cells go to disk as they come, row by row.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    # XlsxWriter opens the target only when it closes: an open file of our own makes any fault come as an OSError.
    with path.open("wb") as file:
        workbook = xlsxwriter.Workbook(file, OPTIONS | {"constant_memory": constant_memory})
        workbook.use_zip64()
        workbook.set_properties({"title": sheet_text(title)[:255], "comments": "Made with linkkit"})
        yield Book(workbook)
        workbook.close()


def write_grid(book: Book, grid: Grid, *, max_rows: int = MAX_ROWS) -> None:
    """Write a table as a sheet: frozen and filterable header, one row per row, at most `max_rows`."""
    sheet = book.sheet(grid.name, tab=grid.tab)
    table = grid.table.iloc[:max_rows]
    header = book.format(
        bold=True,
        font_color="#FFFFFF",
        bg_color=HEADER,
        text_wrap=True,
        align="left",
        indent=1,
        valign="vcenter",
        border=1,
        border_color=RULE,
    )
    for place, column in enumerate(grid.columns):
        sheet.set_column(place, place, column.width)
    sheet.set_row(0, 32)
    for place, column in enumerate(grid.columns):
        sheet.write_string(0, place, column.heading, header)
    sheet.freeze_panes(1, _frozen(grid.columns))
    sheet.repeat_rows(0)
    if grid.printed is not None:
        sheet.set_paper(8)
        sheet.print_area(0, 0, max(len(table), 1), grid.printed - 1)
    sheet.autofilter(0, 0, max(len(table), 1), len(grid.columns) - 1)
    writers = [_writer(book, sheet, place, column, grid.wrap) for place, column in enumerate(grid.columns)]
    cells = [_cells(table[column.name], column.kind) for column in grid.columns]
    heights = _heights(grid.columns, cells) if grid.wrap else None
    for row, values in enumerate(zip(*cells, strict=True), start=1):
        if heights is not None:
            sheet.set_row(row, heights[row - 1])
        for write, value in zip(writers, values, strict=True):
            write(row, value)


def _frozen(columns: tuple[Column, ...]) -> int:
    """Columns that stay in sight: up to the address, where that is near the left edge."""
    return 1 if columns[0].name == "url" else 0


def _cells(values: pd.Series, kind: Kind) -> list[Any]:
    """What is written into each cell: text, a number, or None."""
    if kind in ("text", "severity"):
        return list(map_unique(values, sheet_text))
    if kind == "flag":
        return ["yes" if flag else "" for flag in values.fillna(False).astype(bool)]
    return [
        None if math.isnan(number) else number if math.isfinite(number) else spoken(str(number))
        for number in values.astype("float64").tolist()
    ]


def _writer(book: Book, sheet: Any, place: int, column: Column, wrap: bool) -> Callable[[int, Any], object]:
    """How one column's cells are written. Never ``sheet.write``, which guesses what a text might be."""
    rule = {"bottom": 1, "bottom_color": RULE}
    blank = book.format(**rule)
    if column.kind in _NUMBERS:
        style = book.format(num_format=_NUMBERS[column.kind], **rule)

        def number(row: int, value: Any) -> None:
            if value is None:
                sheet.write_blank(row, place, None, blank)
            elif isinstance(value, str):
                sheet.write_string(row, place, value, style)
            else:
                sheet.write_number(row, place, value, style)

        return number
    worded = column.kind == "severity" or column.name in (
        "state",
        "effort",
        "orphan_state",
        "indexability_reason",
    )
    coloured = column.kind == "severity" or column.name == "state"
    style = book.format(text_wrap=wrap, align="left", indent=1, **rule)
    words: dict[str, tuple[str, Any]] = {}

    def text(row: int, value: str) -> None:
        if not value:
            sheet.write_blank(row, place, None, blank)
        elif worded:
            if value not in words:
                words[value] = spoken(value), book.coloured(value) if coloured else style
            sheet.write_string(row, place, *words[value])
        else:
            sheet.write_string(row, place, value, style)

    return text


def _heights(columns: tuple[Column, ...], cells: list[list[Any]]) -> list[float]:
    """Height of each row in points, so that wrapped text shows; a very long text does not push the rest away."""
    lines = [1] * (len(cells[0]) if cells else 0)
    for column, values in zip(columns, cells, strict=True):
        if column.kind != "text":
            continue
        counted: dict[str, int] = {}
        for row, value in enumerate(values):
            if value not in counted:
                counted[value] = lines_of(value, column.width)
            lines[row] = max(lines[row], counted[value])
    return [_LINE * count + 4 for count in lines]


def lines_of(text: str, width: int, *, most: int = _MOST_LINES) -> int:
    """Lines that a text takes in a column `width` characters wide, from 1 to `most`."""
    paragraphs: Iterable[str] = text.split("\n", most)[:most]
    # Type of 10 points is narrower than the digits of 11 points that widths are counted in; words break early.
    return max(1, min(most, sum(max(1, math.ceil(len(each) / (width * 1.1 - 1))) for each in paragraphs)))
