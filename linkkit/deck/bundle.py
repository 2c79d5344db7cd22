"""Everything that leaves the building for one audit, or for one chapter of it."""

from collections.abc import Mapping
from pathlib import Path

import altair as alt

from linkkit.audit import Audit
from linkkit.checks.registry import CHAPTERS
from linkkit.deck.files import export_folder, replacing
from linkkit.deck.findings import export_findings, write_csv
from linkkit.deck.images import export_charts
from linkkit.errors import SettingsError
from linkkit.schema import FINDINGS

_CHECKS = {
    "check_id": "str",
    "chapter": "str",
    "title": "str",
    "state": "str",
    "reason": "str",
    "findings": "int64",
}


def export(
    audit: Audit, folder: Path | str, *, charts: Mapping[str, alt.TopLevelMixin] | None = None
) -> list[Path]:
    """Write findings (``findings.csv``, ``findings.xlsx``) and charts (``charts/``) to a folder.

    Parameters
    ----------
    audit : Audit
    folder : path
        Made if it is missing. Files of the same names are replaced, other files left alone.
    charts : mapping of name to Altair chart, optional

    Returns
    -------
    list of Path
        Every file written.

    Raises
    ------
    ExportError
        If a file cannot be written or a chart not drawn.
    """
    target = export_folder(folder)
    return [*export_findings(audit, target), *export_charts(charts or {}, target / "charts")]


def export_chapter(
    audit: Audit, chapter: str, charts: Mapping[str, alt.TopLevelMixin], folder: Path | str
) -> list[Path]:
    """Write one chapter: its findings, the states of its checks, and its charts.

    Parameters
    ----------
    audit : Audit
    chapter : str
        A chapter of `linkkit.checks.registry.CHAPTERS`.
    charts : mapping of name to Altair chart
        May be empty.
    folder : path
        Gets ``findings-<chapter>.csv``, ``checks-<chapter>.csv`` (without it, a chapter that could not be judged would
        look like one without findings) and ``charts/``.

    Returns
    -------
    list of Path
        Every file written; the findings first.

    Raises
    ------
    SettingsError
        If there is no such chapter.
    ExportError
        If a file cannot be written or a chart not drawn.
    """
    if chapter not in CHAPTERS:
        raise SettingsError(f"unknown chapter {chapter!r}; known are {', '.join(CHAPTERS)}")
    target = export_folder(folder)
    written = []
    for kind, table, columns in (("findings", audit.findings, FINDINGS), ("checks", audit.checks, _CHECKS)):
        path = target / f"{kind}-{chapter}.csv"
        with replacing(path) as partial:
            write_csv(table[table["chapter"] == chapter], columns, partial)
        written.append(path)
    return [*written, *export_charts(charts, target / "charts")]
