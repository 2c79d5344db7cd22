"""Colours of a workbook: conditional formats that follow what people write into the cells."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from xlsxwriter.utility import xl_col_to_name

from linkkit.deck.definitions import Column
from linkkit.deck.story.writing import WHITE, contrast, mixed
from linkkit.readiness import State
from linkkit.readiness.verdict import Verdict
from linkkit.schema import CheckState, Severity

if TYPE_CHECKING:
    from linkkit.deck.sheets import Book

INK, RULE, PAPER = "#1F2933", "#D5DCE2", "#F3F6F8"
_RED, _AMBER, _GREEN = ("#F8CDB8", "#7A2300"), ("#FCE6BD", "#664400"), ("#D2EDE3", "#00523B")
_BLUE, _GREY, _PINK = ("#D3E8F7", "#0B4A75"), ("#E8EBEE", "#3C474E"), ("#F3D3E4", "#7A1F52")
COLOURS: dict[str, tuple[str, str]] = {
    Severity.HIGH: _RED,
    Severity.MEDIUM: _AMBER,
    Severity.LOW: _BLUE,
    Severity.INFO: _GREY,
    CheckState.PASSED: _GREEN,
    CheckState.FAILED: _RED,
    CheckState.NOT_APPLICABLE: _GREY,
    CheckState.ERROR: _PINK,
    State.PASS: _GREEN,
    State.FAIL: _RED,
    State.UNJUDGED: _GREY,
    Verdict.READY: _GREEN,
    Verdict.FIX_FIRST: _AMBER,
    Verdict.NOT_READY: _RED,
    Verdict.INCONCLUSIVE: _GREY,
}
"""Fill and text of each word that has a colour; the word itself always stands in the cell."""

DONE = ("Done", "Will not be done")
"""States of a piece of work after which it needs no more attention."""
_DEEP = "#E8875F"


def ink_on(fill: str) -> str:
    """White or dark, whichever can be read on a colour (contrast as WCAG 2 has it).

    Examples
    --------
    >>> ink_on("#22382d"), ink_on("#ffd166")
    ('#FFFFFF', '#1F2933')
    """
    return max(WHITE, INK, key=lambda ink: contrast(ink, fill))


def add_looks(
    book: "Book", sheet: Any, columns: Sequence[Column], first: int, last: int, *, limit: float
) -> None:
    """Add the conditional formats of a table's columns to its rows, counted from 0.

    Parameters
    ----------
    limit : float
        Clicks up to which a depth is no matter of concern.
    """
    for place, column in enumerate(columns):
        for rule in _rules(book, columns, place, first, limit):
            # What is done turns the whole row grey.
            start, end = (0, len(columns) - 1) if column.look == "progress" else (place, place)
            sheet.conditional_format(first, start, last, end, rule)


def _rules(
    book: "Book", columns: Sequence[Column], place: int, first: int, limit: float
) -> Iterator[dict[str, Any]]:
    column, letter = columns[place], xl_col_to_name(place)
    if column.kind == "severity":
        yield from (_word(book, word) for word in Severity)
    elif column.name in ("state", "verdict"):
        yield from (_word(book, word) for word in COLOURS if word not in list(Severity))
    if column.look in ("bar", "share_bar"):
        top: dict[str, Any] = {"max_type": "num", "max_value": 1} if column.look == "share_bar" else {}
        yield {"type": "data_bar", "data_bar_2010": True, "bar_solid": True, "bar_no_border": True, "bar_color": mixed(book.brand.primary, WHITE, 0.25), "min_type": "num", "min_value": 0, **top}  # fmt: skip
    elif column.look == "depth":
        colours = {"min_color": "#FFFFFF", "mid_color": _AMBER[0], "max_color": _DEEP}
        yield {"type": "3_color_scale", "min_type": "num", "mid_type": "num", "max_type": "num", "min_value": min(1.0, limit / 2), "mid_value": limit + 1, "max_value": 2 * limit + 2, **colours}  # fmt: skip
    elif column.look == "status":
        yield {"type": "cell", "criteria": ">=", "value": 400, "format": _format(book, _RED)}
        yield {"type": "cell", "criteria": "between", "minimum": 300, "maximum": 399, "format": _format(book, _AMBER)}  # fmt: skip
    elif column.look == "against_limit":
        beside = xl_col_to_name(place + 1)
        below = f"AND(ISNUMBER(${letter}{first + 1}),${letter}{first + 1}<${beside}{first + 1})"
        yield {"type": "formula", "criteria": f"={below}", "format": _format(book, _RED)}
    elif column.look == "progress":
        grey = book.workbook.add_format({"font_color": "#8A949B"})
        for state in DONE:
            yield {"type": "formula", "criteria": f"=${letter}{first + 1}={quoted(book.lang.text(state))}", "format": grey}  # fmt: skip


def _word(book: "Book", word: str) -> dict[str, Any]:
    return {"type": "cell", "criteria": "==", "value": quoted(book.spoken(word)), "format": _format(book, COLOURS[word])}  # fmt: skip


def _format(book: "Book", colours: tuple[str, str]) -> Any:
    return book.workbook.add_format({"bg_color": colours[0], "font_color": colours[1]})


def quoted(text: str) -> str:
    """A text of linkkit's own as a formula of a conditional format holds it."""
    return '"' + text.replace('"', '""') + '"'


def add_counts(book: "Book", sheet: Any, first: int, last: int, left: int) -> None:
    """Colour the numbers of a table of counts by severity where they are above 0; one column per severity from `left`."""
    for place, severity in enumerate(Severity, start=left):
        sheet.conditional_format(first, place, last, place, {"type": "cell", "criteria": ">", "value": 0, "format": _format(book, COLOURS[severity])})  # fmt: skip
