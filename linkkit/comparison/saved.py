"""An audit as far as a comparison needs it: live, or as it was saved in its day."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from linkkit import folders
from linkkit.audit import AUDIT_FILES, Audit
from linkkit.checks.definitions import definitions
from linkkit.errors import SiteError
from linkkit.folders import MANIFEST
from linkkit.plan.saved import stored_number
from linkkit.site import linkkit_version


@dataclass(frozen=True, eq=False)
class Judged:
    """What an audit said, and under which settings.

    Attributes
    ----------
    findings : DataFrame
        `linkkit.schema.FINDINGS`.
    checks : DataFrame
        `linkkit.audit.Audit.checks`.
    thresholds, model : mapping
        Settings by name.
    signals : mapping
        Signals that were present, as the site's manifest describes them.
    site : mapping
        The site's manifest: tool, settings of the crawl, completeness, schema version.
    linkkit : str
        Version that judged.
    definitions : mapping of check id to fingerprint
        Empty where the audit was saved by a version that did not keep them.
    written : str
        When it was saved; empty for a live audit.
    captured : float
        Share of all authority that reached money pages; NaN where it is not known.
    clusters : tuple of str, optional
        Topic clusters that had a page; None where that is not known.
    """

    findings: pd.DataFrame
    checks: pd.DataFrame
    thresholds: Mapping[str, Any] = field(default_factory=dict)
    model: Mapping[str, Any] = field(default_factory=dict)
    site: Mapping[str, Any] = field(default_factory=dict)
    linkkit: str = ""
    definitions: Mapping[str, str] = field(default_factory=dict)
    written: str = ""
    captured: float = float("nan")
    clusters: tuple[str, ...] | None = None

    @property
    def signals(self) -> Mapping[str, Any]:
        """Signals that were present, as the site's manifest describes them."""
        return self.site.get("signals", {})

    @classmethod
    def of(cls, audit: Audit) -> "Judged":
        """A live audit."""
        return cls(
            findings=audit.findings,
            checks=audit.checks,
            thresholds=audit.thresholds.to_json(),
            model=asdict(audit.graph.model),
            site=asdict(audit.manifest),
            linkkit=linkkit_version(),
            definitions=definitions(),
            captured=audit.captured,
            clusters=tuple(sorted(audit.site.pages["cluster"].dropna().unique())),
        )

    @classmethod
    def load(cls, folder: Path | str) -> "Judged":
        """An audit that `linkkit.audit.Audit.save` wrote.

        Raises
        ------
        SiteError
            If the folder holds no audit, or one that is damaged.
        """
        path = Path(folder)
        about = read_manifest(path)
        try:
            findings = pd.read_parquet(path / "findings.parquet")
            checks = pd.read_parquet(path / "checks.parquet")
        except (OSError, pa.ArrowException) as error:
            raise SiteError(
                f"{path} is a damaged audit ({error}). Run `linkkit audit` for this client again."
            ) from error
        lacking = {"check_id", "url", "related_url", "severity", "evidence"} - set(findings.columns)
        if lacking or not {"check_id", "state"} <= set(checks.columns):
            raise SiteError(
                f"{path}: its findings or checks lack columns ({', '.join(sorted(lacking)) or 'state'})"
            )
        return cls(
            findings=findings,
            checks=checks,
            thresholds=about.get("thresholds", {}),
            model=about.get("link_model", {}),
            site=about.get("site", {}),
            linkkit=str(about.get("linkkit") or about.get("site", {}).get("linkkit", "")),
            definitions=about.get("definitions", {}),
            written=str(about.get("written", "")),
            captured=stored_number(about.get("captured")),
        )


def read_manifest(folder: Path) -> dict[str, Any]:
    """``manifest.json`` of a saved audit.

    Raises
    ------
    SiteError
        If it is missing or no audit's.
    """
    try:
        about = folders.read_manifest(folder)
    except OSError as error:
        raise SiteError(f"{folder} holds no audit: {MANIFEST} cannot be read ({error.strerror})") from error
    except SiteError as error:
        raise SiteError(f"{error}; run `linkkit audit` for this client again") from error
    if not isinstance(about.get("thresholds"), dict):
        raise SiteError(f"{folder} holds no audit: {MANIFEST} names no thresholds")
    tables = ("site", "link_model", "definitions", "pages", "ledger")
    wrong = [name for name in tables if not isinstance(about.get(name, {}), dict)]
    faults = (
        {MANIFEST: f"{', '.join(wrong)}: a table is expected"}
        if wrong
        else folders.damage(folder, about, AUDIT_FILES)
    )
    if faults:
        raise SiteError(
            f"{folder} is a damaged audit; run `linkkit audit` for this client again:\n  "
            + "\n  ".join(f"{name}: {fault}" for name, fault in faults.items())
        )
    return about
