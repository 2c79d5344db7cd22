"""Columns of exports, found under any of the names that tools give them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache

import pandas as pd

from linkkit.sources.reading import header_key, rejects
from linkkit.sources.tabular import Row, Table
from linkkit.urls import host


@cache
def keys(names: tuple[str, ...]) -> tuple[str, ...]:
    """Names as `header_key` compares them."""
    return tuple(map(header_key, names))


def find(header: Iterable[str], names: tuple[str, ...]) -> int | None:
    """Place of the first of some names in a header, whatever the case, accents, marks and blanks (``SourceURL``)."""
    present = [header_key(name) for name in header]
    joined = [name.replace(" ", "") for name in present]
    return next(
        (
            where.index(each)
            for key in keys(names)
            for where, each in ((present, key), (joined, key.replace(" ", "")))
            if each in where
        ),
        None,
    )


def cells(table: Table, places: Mapping[str, int], rows: Iterable[Row] | None = None) -> pd.DataFrame:
    """Cells of some columns as text, stripped, with the ``row`` they stand in; too short rows give empty cells."""
    found: dict[str, list[str]] = {name: [] for name in places}
    numbers: list[int] = []
    for number, row in table.rows() if rows is None else rows:
        numbers.append(number)
        for name, place in places.items():
            found[name].append(row[place].strip() if place < len(row) else "")
    frame = pd.DataFrame(found, dtype="str")
    frame["row"] = pd.array(numbers, dtype="Int64")
    return frame


def without_short_rows(table: Table, need: int) -> tuple[list[Row], pd.DataFrame]:
    """Rows that reach as far as some columns need, and the others as rejects: a file that was cut or edited."""
    whole: list[Row] = []
    short: list[tuple[int | None, str, str]] = []
    for number, row in table.rows():
        if len(row) >= need:
            whole.append((number, row))
        else:
            short.append(
                (number, table.delimiter.join(row)[:200], f"{len(row)} of {len(table.header)} columns")
            )
    return whole, rejects(short)


COPIES = "rows that repeat another one whole, counted once"
"""What a reading notes of rows that `without_copies` left out."""


def without_copies(
    rows: Sequence[Row], identity: Iterable[int] | None = None
) -> tuple[list[Row], dict[str, int]]:
    """Rows without those that repeat an earlier one cell by cell, and a note of how many those were: a table pasted twice.

    Parameters
    ----------
    rows : sequence of row number and cells
    identity : places of columns, optional
        Columns that tell rows apart. Where rows that differ share them, what told those apart is not in the table, equal rows
        may be two things, and all are kept. Without it, equal rows are always one.
    """
    first: dict[tuple[str, ...], Row] = {}
    for row in rows:
        first.setdefault(tuple(map(str.strip, row[1])), row)
    if identity is not None:
        places = tuple(identity)
        if len({tuple(cells[place : place + 1] for place in places) for cells in first}) < len(first):
            return list(rows), {}
    copies = len(rows) - len(first)
    return list(first.values()), {COPIES: copies} if copies else {}


def share(values: Sequence[str], is_kind: Callable[[str], object]) -> float:
    """Share of cells for which something holds."""
    return sum(bool(is_kind(value)) for value in values) / len(values) if values else 0.0


def is_url(text: str) -> bool:
    """Whether a cell is an absolute http(s) URL."""
    return text.lower().startswith(("http://", "https://")) and bool(host(text))


def chunks(rows: Iterable[Row], stop: str) -> Iterator[list[Row]]:
    """Runs of rows between those whose first cell begins with a mark."""
    run: list[Row] = []
    for row in rows:
        if row[1][0].startswith(stop):
            if run:
                yield run
            run = []
        else:
            run.append(row)
    if run:
        yield run
