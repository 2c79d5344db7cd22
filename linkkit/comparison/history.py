"""Every saved audit of a client in one row each."""

from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from linkkit.comparison.saved import Judged, read_manifest
from linkkit.errors import SiteError
from linkkit.folders import MANIFEST
from linkkit.schema import OrphanState, Severity

HISTORY: dict[str, str] = {
    "audit": "str",
    "pages": "Int64",
    "orphans": "Int64",
    "deep_money_pages": "Int64",
    **{str(severity): "Int64" for severity in Severity},
    "captured": "float64",
    "verdict": "object",
    "is_complete": "bool",
    "settings_changed": "bool",
    "linkkit": "str",
    "fault": "str",
}
"""Columns of a history, with their pandas types."""


def history(audits: Path | str, *, max_crawl_depth: int) -> pd.DataFrame:
    """One row per saved audit, oldest first.

    Findings and the share that reaches money pages are as they were reported; where thresholds, link model or version differ
    from the audit before, ``settings_changed`` says so. Deep money pages are counted alike in all audits.

    Parameters
    ----------
    audits : path
        Folder of a client's audits, each a folder named by its crawl.
    max_crawl_depth : int
        Clicks beyond which a money page is deep.

    Returns
    -------
    DataFrame
        ``audit`` (name of the crawl), ``pages`` (indexable; missing where the audit did not keep it), ``orphans`` (no internal link leads there), ``deep_money_pages`` (or out
        of reach), ``high``, ``medium``, ``low``, ``info`` (findings), ``captured`` (share 0-1 of all authority that reaches money pages;
        missing where the audit did not keep it), ``verdict`` (of the readiness gates; missing where there is none), ``is_complete``,
        ``settings_changed``, ``linkkit`` (version), ``fault`` (why the audit cannot be read; empty for those that can).
    """
    folder = Path(audits)
    folders = (
        sorted(path for path in folder.glob("*") if (path / MANIFEST).is_file()) if folder.is_dir() else []
    )
    rows, before = [], None
    for path in folders:
        try:
            row, settings = _row(path, max_crawl_depth)
        except (SiteError, OSError, KeyError, pa.ArrowException) as error:
            rows.append(
                {"audit": path.name, "is_complete": False, "settings_changed": False, "fault": str(error)}
            )
            continue
        row["settings_changed"] = before is not None and settings != before
        before = settings
        rows.append(row)
    table = pd.DataFrame(rows, columns=list(HISTORY))
    texts = [name for name, kind in HISTORY.items() if kind == "str"]
    return table.fillna(dict.fromkeys(texts, "")).astype(HISTORY)


def _row(path: Path, max_crawl_depth: int) -> tuple[dict[str, Any], tuple[object, ...]]:
    about, judged = read_manifest(path), Judged.load(path)
    names = ["orphan_state", "crawl_depth", "is_money_page"]
    metrics = pd.read_parquet(path / "metrics.parquet", columns=names)
    money = metrics["is_money_page"].eq(True)
    deep = money & ~(metrics["crawl_depth"] <= max_crawl_depth)
    severities = judged.findings["severity"].value_counts()
    verdict = about.get("readiness")
    if isinstance(verdict, dict):
        verdict = verdict.get("verdict")
    row = {
        "audit": path.name,
        "pages": int(known) if (known := about.get("pages", {}).get("indexable")) is not None else pd.NA,
        "orphans": int((metrics["orphan_state"] == OrphanState.ORPHAN).sum()),
        "deep_money_pages": int(deep.sum()) if money.any() else pd.NA,
        **{str(severity): int(severities.get(str(severity), 0)) for severity in Severity},
        "captured": judged.captured,
        "verdict": str(verdict) if verdict else None,
        "is_complete": bool(judged.site.get("complete", True)),
        "linkkit": judged.linkkit,
        "fault": "",
    }
    return row, (judged.thresholds, judged.model, judged.linkkit, judged.definitions)
