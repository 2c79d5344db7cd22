"""Findings as a CSV file and as a workbook."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from linkkit.audit import Audit
from linkkit.deck.cells import csv_text, map_unique, number_text
from linkkit.deck.definitions import Column
from linkkit.deck.files import export_folder, replacing, safe_name
from linkkit.deck.workbook import write_workbook
from linkkit.schema import FINDINGS


def export_findings(audit: Audit, folder: Path | str, *, name: str = "findings") -> list[Path]:
    """Write the findings as ``<name>.csv`` and a workbook ``<name>.xlsx``.

    The CSV holds one row per finding and the columns of `linkkit.schema.FINDINGS`: UTF-8 with a byte order mark,
    CRLF, comma, as RFC 4180 has it; text that a spreadsheet would run has a leading apostrophe. The workbook holds
    the same rows as they are, as text, and what is needed to judge them: scope, completeness, thresholds, the state of every
    check, the metrics of every page, and definitions.

    Parameters
    ----------
    audit : Audit
    folder : path
        Made if it is missing. Files of the same name are replaced, other files left alone.
    name : str
        Of the files, without extension; made safe for every system.

    Returns
    -------
    list of Path
        The CSV, then the workbook.

    Raises
    ------
    ExportError
        If a file cannot be written, for instance because it is open in Excel.
    """
    target = export_folder(folder)
    base = safe_name(name, fallback="findings")
    table, book = target / f"{base}.csv", target / f"{base}.xlsx"
    with replacing(table) as partial:
        write_csv(audit.findings, FINDINGS, partial)
    with replacing(book) as partial:
        write_workbook(audit, partial)
    return [table, book]


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


def export_table(table: pd.DataFrame, folder: Path | str, file: str) -> Path:
    """Write any table as a CSV file in the same way, numbers as numbers and everything else as guarded text.

    Parameters
    ----------
    table : DataFrame
    folder : path
        Made if it is missing.
    file : str
        Name of the file, a plain one with ``.csv``.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ExportError
        If it cannot be written.
    """
    target = export_folder(folder) / f"{safe_name(Path(file).stem)}.csv"
    kinds = {
        str(name): "float64" if pd.api.types.is_numeric_dtype(table[name]) else "str"
        for name in table.columns
    }
    with replacing(target) as partial:
        write_csv(table, kinds, partial)
    return target
