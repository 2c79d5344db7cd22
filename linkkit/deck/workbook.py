"""The audit as an Excel workbook: every crawled text is a string, nothing is a formula or a live link."""

from pathlib import Path

import pandas as pd

from linkkit.audit import Audit
from linkkit.checks import CHECKS
from linkkit.checks.registry import CHAPTERS
from linkkit.deck.cells import MAX_ROWS
from linkkit.deck.definitions import (
    CHECK_COLUMNS,
    FINDING_COLUMNS,
    PAGE_COLUMNS,
    READINESS_COLUMNS,
    WORDS,
    Column,
)
from linkkit.deck.gates import readiness_export
from linkkit.deck.sheets import Book, Grid, open_book, write_grid
from linkkit.deck.summary import write_summary
from linkkit.schema import CheckState
from linkkit.thresholds import knobs

_LARGE = 50_000
"""Rows of findings and pages from which on cells are written to disk as they come, not kept in memory."""

_PRINTED = [column.name for column in FINDING_COLUMNS].index("fix") + 1
"""Columns of the Findings sheet that go on paper; the rest says the same for every finding of a check."""


def write_workbook(audit: Audit, path: Path, *, max_rows: int = MAX_ROWS) -> None:
    """Write an audit to an ``.xlsx`` file.

    Sheets: Summary, Readiness, Findings, Checks, Pages, Definitions. Findings and Pages end at `max_rows` rows; the summary then
    says how many there are.

    Parameters
    ----------
    audit : Audit
    path : Path
    max_rows : int
        Rows below the header that a sheet may have; Excel's limit by default.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    findings, pages, checks = _findings(audit), _pages(audit), _checks(audit)
    grids = (
        Grid("Readiness", READINESS_COLUMNS, readiness_export(audit.readiness), tab="#56B4E9"),
        Grid("Findings", FINDING_COLUMNS, findings, tab="#D55E00", printed=_PRINTED),
        Grid("Checks", CHECK_COLUMNS, checks, tab="#0072B2"),
        Grid("Pages", _filled(PAGE_COLUMNS, pages), pages, tab="#009E73", wrap=False),
    )
    cut = {grid.name: len(grid.table) for grid in grids if len(grid.table) > max_rows}
    large = len(findings) + len(pages) > _LARGE
    title = f"Internal link audit of {audit.manifest.start_url}"
    with open_book(path, title, constant_memory=large) as book:
        book.workbook.set_size(2400, 1500)
        write_summary(book, audit, cut=cut, max_rows=max_rows)
        for grid in grids:
            write_grid(book, grid, max_rows=max_rows)
        write_grid(book, Grid("Definitions", DEFINITION_COLUMNS, _definitions(audit), tab="#7F7F7F"))


def _findings(audit: Audit) -> pd.DataFrame:
    titles = {check.id: check.title for check in CHECKS.values()}
    findings = audit.findings
    return findings.assign(
        title=findings["check_id"].map(titles).fillna(findings["check_id"]),
        chapter=findings["chapter"].map(CHAPTERS).fillna(findings["chapter"]),
    )


def _checks(audit: Audit) -> pd.DataFrame:
    """One row per check, in the order of the chapters."""
    checks = audit.checks.assign(
        why=[result.check.why for result in audit.results], chapter=lambda c: c["chapter"].map(CHAPTERS)
    )
    unknown = checks["state"].isin([str(CheckState.NOT_APPLICABLE), str(CheckState.ERROR)])
    return checks.assign(
        reason=checks["reason"].where(~unknown | (checks["reason"] != ""), "no reason given"),
    )


def _pages(audit: Audit) -> pd.DataFrame:
    """One row per page, most important first."""
    metrics, pages = audit.metrics, audit.site.pages
    named = audit.findings["url"].value_counts()
    columns = [column.name for column in PAGE_COLUMNS if column.name in metrics]
    known = [c.name for c in PAGE_COLUMNS if c.name not in columns and c.name in pages]
    table = metrics[columns].join(pages[known])
    table["findings"] = table["url"].map(named).fillna(0).astype("int64")
    by = [name for name in ("importance", "pagerank") if name in table]
    return table.sort_values([*by, "url"], ascending=[False] * len(by) + [True], na_position="last")


def _filled(columns: tuple[Column, ...], table: pd.DataFrame) -> tuple[Column, ...]:
    """The columns that say something about at least one row; the address always."""

    def is_filled(column: Column) -> bool:
        if column.name not in table:
            return False
        values = table[column.name]
        if column.kind == "flag":
            return bool(values.fillna(False).astype(bool).any())
        return bool(values.notna().any() and (column.kind != "text" or (values.fillna("") != "").any()))

    return tuple(column for column in columns if column.name in ("url", "findings") or is_filled(column))


DEFINITION_COLUMNS = (
    Column("group", "Where", 22, "text", ""),
    Column("term", "Word", 30, "text", ""),
    Column("name", "Name in files", 28, "text", ""),
    Column("meaning", "Meaning", 100, "text", ""),
)


def _definitions(audit: Audit) -> pd.DataFrame:
    rows = [
        (sheet, column.heading, column.name, column.meaning)
        for sheet, columns in (
            ("Readiness", READINESS_COLUMNS),
            ("Findings", FINDING_COLUMNS),
            ("Checks", CHECK_COLUMNS),
            ("Pages", PAGE_COLUMNS),
        )
        for column in columns
    ]
    rows += [
        (group, Book.spoken(word), str(word), meaning)
        for group, words in WORDS.items()
        for word, meaning in words.items()
    ]
    rows += [
        (
            "Threshold",
            f"{getattr(audit.thresholds, name):g} {knob.unit}",
            name,
            f"{knob.help} Source: {knob.source}.",
        )
        for name, knob in knobs().items()
    ]
    return pd.DataFrame(rows, columns=[column.name for column in DEFINITION_COLUMNS])
