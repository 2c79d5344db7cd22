"""Findings as a CSV file and as a workbook."""

from pathlib import Path

import pandas as pd

from linkkit.audit import Audit
from linkkit.deck.evidence import findings_in
from linkkit.deck.files import export_folder, replacing, safe_name
from linkkit.deck.language import language as language_of
from linkkit.deck.tables import write_csv
from linkkit.deck.workbook import write_workbook
from linkkit.schema import FINDINGS


def export_findings(
    audit: Audit,
    folder: Path | str,
    *,
    name: str = "findings",
    client: str = "",
    language: str = "en",
) -> list[Path]:
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
    client : str
        Name of the client.
    language : str
        Of the workbook, and of what stands in the CSV as a sentence; names of columns and codes stay English.

    Returns
    -------
    list of Path
        The CSV, then the workbook.

    Raises
    ------
    ExportError
        If a file cannot be written, for instance because it is open in Excel.
    """
    lang, target = language_of(language), export_folder(folder)
    base = safe_name(name, fallback="findings")
    table, book = target / f"{base}.csv", target / f"{base}.xlsx"
    with replacing(table) as partial:
        write_csv(findings_in(lang, audit.findings), FINDINGS, partial)
    with replacing(book) as partial:
        write_workbook(audit, partial, lang=lang, client=client)
    return [table, book]


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
