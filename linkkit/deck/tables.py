"""Tables as CSV files that a spreadsheet reads as they are: numbers as numbers, everything else as text that cannot run."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from linkkit.deck.cells import csv_text, map_unique, number_text
from linkkit.deck.definitions import Column
from linkkit.deck.files import replacing

ABOUT = "about.txt"
CHECKS = {
    "check_id": "str",
    "chapter": "str",
    "title": "str",
    "state": "str",
    "reason": "str",
    "findings": "int64",
}
"""Columns of a table of checks, with their pandas types."""


def write_csv(table: pd.DataFrame, columns: dict[str, str], path: Path) -> None:
    """Write columns of a table, formula-safe; the header also where there is no row.

    Parameters
    ----------
    table : DataFrame
    columns : mapping of column name to pandas type
        Columns of type ``str`` are written as guarded text, all others as plain numbers.
    path : Path
    """
    cells = [
        map_unique(table[name], csv_text if kind == "str" else number_text) for name, kind in columns.items()
    ]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.writer(file, lineterminator="\r\n")
        rows.writerow(columns)
        rows.writerows(zip(*cells, strict=True))


def write_tables(folder: Path, tables: Mapping[str, tuple[pd.DataFrame, Sequence[Column]]]) -> list[Path]:
    """Write tables as ``<name>.csv``, each with the columns that describe it (`write_csv`); the files.

    Raises
    ------
    ExportError
        If a file cannot be written.
    """
    written = []
    for name, (table, columns) in tables.items():
        path = folder / f"{name}.csv"
        with replacing(path) as partial:
            write_csv(table, {each.name: "float64" if each.is_number else "str" for each in columns}, partial)
        written.append(path)
    return written


def write_about(text: str, folder: Path) -> Path:
    """Write ``about.txt``, a text of `linkkit.deck.about.about_text`, beside tables or pictures; the file.

    Raises
    ------
    ExportError
        If it cannot be written.
    """
    path = folder / ABOUT
    with replacing(path) as partial:
        # With a byte order mark and CRLF, as the tables: every editor shows it as it is.
        partial.write_bytes(text.replace("\n", "\r\n").encode("utf-8-sig"))
    return path
