"""The findings of an audit as a table to search and filter, and the advice that goes with them."""

import math
from collections.abc import Sequence
from typing import Any

import ipywidgets
import pandas as pd
from IPython.display import HTML, display
from itables.widget import ITable

from linkkit.audit import Audit
from linkkit.charts.findings import SEVERITY_MARKS
from linkkit.charts.words import count, percent, quantity
from linkkit.checks import CHECKS
from linkkit.schema import Severity
from linkkit.urls import origin
from linkkit.widgets.display import is_headless, show
from linkkit.widgets.errors import ErrorBox, Panel, guarded
from linkkit.widgets.layout import advice_html, note_html
from linkkit.widgets.tuning import StillTuning, Tuned, TuningPanel, audit_of, chapter_of

TOP = 200
_HEADLESS_TOP = 20


def findings_view(
    findings: pd.DataFrame,
    *,
    search: str = "",
    severities: Sequence[str] = (),
    check_id: str | None = None,
) -> pd.DataFrame:
    """Findings as an analyst reads them, worst first.

    Parameters
    ----------
    findings : DataFrame
        ``audit.findings``.
    search : str
        Text that must occur in a URL or the evidence; case is ignored.
    severities : sequence of str
        Severities to keep; all without it.
    check_id : str, optional
        Only findings of this check.

    Returns
    -------
    DataFrame
        One row per finding: ``Severity`` (sign and word), ``What``, ``Page``, ``Measured`` (value, unit and limit),
        ``Evidence``, ``Related page``, ``What to do``, ``Effort``.
    """
    rows = findings
    if severities:
        rows = rows[rows["severity"].isin(list(severities))]
    if check_id:
        rows = rows[rows["check_id"] == check_id]
    if search.strip():
        rows = rows[_matches(rows, search.strip())]
    titles = {check.id: check.title for check in CHECKS.values()}
    return pd.DataFrame(
        {
            "Severity": [f"{SEVERITY_MARKS[Severity(each)]} {each}" for each in rows["severity"]],
            "What": rows["check_id"].map(titles),
            "Page": rows["url"],
            "Measured": [
                _measured(value, unit, limit)
                for value, unit, limit in zip(rows["value"], rows["unit"], rows["threshold"], strict=True)
            ],
            "Evidence": rows["evidence"],
            "Related page": rows["related_url"],
            "What to do": rows["fix"],
            "Effort": rows["effort"],
        }
    ).reset_index(drop=True)


def advice(audit: Audit, chapter: str | None = None) -> pd.DataFrame:
    """What to do: one row per check that has findings, worst first.

    Returns
    -------
    DataFrame
        ``Findings`` (count), ``What``, ``Why it matters``, ``What to do``, ``Effort`` of one fix.
    """
    findings = audit.findings if chapter is None else audit.findings[audit.findings["chapter"] == chapter]
    counts = findings["check_id"].value_counts(sort=False)
    checks = [CHECKS[str(check)] for check in dict.fromkeys(findings["check_id"])]
    return pd.DataFrame(
        {
            "Findings": [int(counts[check.id]) for check in checks],
            "What": [check.title for check in checks],
            "Why it matters": [check.why for check in checks],
            "What to do": [check.fix for check in checks],
            "Effort": [str(check.effort) for check in checks],
        }
    )


def show_advice(audit: Audit, chapter: str | None = None, *, top: int = 10) -> None:
    """Show the worst of `advice` as a list to work through, and how much more there is."""
    rows = advice(audit, chapter)
    more = len(rows) - top
    rest = (
        f"And {count(more, 'more kind')} of findings, less severe: see the table and the chapters."
        if more > 0
        else ""
    )
    display(HTML(advice_html(rows.head(top)) + note_html(rest)))


class FindingsBrowser(Panel):
    """Findings with search, filters and the true count; follows a panel that changes the audit.

    Parameters
    ----------
    source : Audit or TuningPanel
        A panel's findings change with its sliders.
    chapter : str, optional
        Of the panel without it; all chapters of an audit.
    top : int
        Rows sent to the browser at most.
    """

    def __init__(self, source: Audit | TuningPanel, chapter: str | None = None, *, top: int = TOP) -> None:
        self.chapter = chapter_of(source, chapter)
        self.top = top
        self._audit = audit_of(source)
        self.search = ipywidgets.Text(
            placeholder="part of a URL or of the evidence",
            description="Search",
            continuous_update=False,
            layout=ipywidgets.Layout(width="270px"),
            style={"description_width": "50px"},
        )
        self.check = ipywidgets.Dropdown(
            description="Check", options=[("all checks", "")], layout=ipywidgets.Layout(width="260px"),
            style={"description_width": "50px"},
        )  # fmt: skip
        self.severities = {
            str(each): ipywidgets.Checkbox(
                value=True, description=f"{SEVERITY_MARKS[each]} {each}", indent=False,
                layout=ipywidgets.Layout(width="90px"),
            )
            for each in Severity
        }  # fmt: skip
        self.count = ipywidgets.HTML()
        self.table = ITable(self._rows(self._view().head(0)), **_TABLE)
        self.errors = ErrorBox()
        refresh = guarded(self.refresh, self.errors)
        for control in (self.search, self.check, *self.severities.values()):
            control.observe(refresh, "value")
        filters = ipywidgets.HBox([self.search, self.check, *self.severities.values()])
        filters.layout.flex_flow = "row wrap"
        super().__init__([filters, self.count, self.table, self.errors])
        self.refresh()
        if isinstance(source, TuningPanel):
            source.on_change(guarded(self.follow, self.errors))

    def follow(self, audit: Audit) -> None:
        """Show the findings of another audit of the same site."""
        self._audit = audit
        self.refresh()

    def refresh(self, change: Any = None) -> None:
        """Show what search and filters leave."""
        self._offer_checks()
        view = self._view()
        total = len(self._findings())
        shown = min(len(view), self.top)
        self.count.value = note_html(
            f"Showing {shown:,} of {len(view):,} findings, worst first"
            + (f" (filtered from {total:,})." if len(view) < total else ".")
            + (" Narrow the search, or take the export, for the rest." if shown < len(view) else "")
        )
        self.table.update(self._rows(view.head(self.top)), **_TABLE)

    def _rows(self, view: pd.DataFrame) -> pd.DataFrame:
        """What a screen has room for; what to do stands in the advice and, row by row, in the export."""
        home = origin(self._audit.site.start_url)
        shown = view[["Severity", "What", "Page", "Measured", "Evidence", "Related page"]].copy()
        for name in ("Page", "Related page"):
            shown[name] = [url.removeprefix(home) for url in shown[name]]
        shown["Evidence"] = shown["Evidence"].str.replace(f"{home}/", "/", regex=False)
        return shown

    def _findings(self) -> pd.DataFrame:
        findings = self._audit.findings
        return findings if self.chapter is None else findings[findings["chapter"] == self.chapter]

    def _view(self) -> pd.DataFrame:
        kept = [name for name, box in self.severities.items() if box.value]
        if not kept:
            return findings_view(self._findings().head(0))
        return findings_view(
            self._findings(), search=self.search.value, severities=kept, check_id=self.check.value or None
        )

    def _offer_checks(self) -> None:
        counts = self._findings()["check_id"].value_counts()
        options = [("all checks", "")] + [
            (f"{CHECKS[str(c)].title} ({n:,})", str(c)) for c, n in counts.items()
        ]
        if tuple(options) != tuple(self.check.options):
            kept = self.check.value
            self.check.options = options
            self.check.value = kept if kept in {value for _, value in options} else ""


def findings_browser(source: Tuned, chapter: str | None = None, *, top: int = TOP) -> FindingsBrowser | None:
    """Show findings: a browser of them in JupyterLab, the worst as a plain table in an unattended run."""
    if not is_headless() and not isinstance(source, StillTuning):
        return FindingsBrowser(source, chapter, top=top)
    findings, chosen = audit_of(source).findings, chapter_of(source, chapter)
    show(
        findings_view(findings if chosen is None else findings[findings["chapter"] == chosen]),
        top=_HEADLESS_TOP,
    )
    return None


# allow_html stays off: every cell holds text from a crawled site. maxBytes=0: no rows are dropped behind our back.
_TABLE: dict[str, Any] = {
    "maxBytes": 0,
    "allow_html": False,
    "showIndex": False,
    "pageLength": 10,
    "lengthMenu": [10, 25, 50, 100],
    "layout": {"topStart": None, "topEnd": None, "bottomStart": "info", "bottomEnd": "paging"},
    "ordering": {"indicators": True},
    "classes": "display compact cell-border",
    "style": "width:100%;table-layout:fixed;overflow-wrap:anywhere",
    "autoWidth": False,
    "columnDefs": [
        {"width": width, "targets": place, "className": "dt-left"}
        for place, width in enumerate(("9%", "18%", "22%", "12%", "24%", "15%"))
    ],
}


def _matches(rows: pd.DataFrame, text: str) -> pd.Series:
    columns = [rows[name] for name in ("url", "related_url", "evidence")]
    found = [column.str.contains(text, case=False, regex=False, na=False) for column in columns]
    return found[0] | found[1] | found[2]


def _measured(value: float, unit: str, limit: float) -> str:
    if math.isnan(value):
        return ""
    # A share of something reads as percent, and so does its limit.
    is_share = unit.startswith("of ")
    told = f"{percent(value, 1)} {unit}" if is_share else quantity(value, unit)
    return told + (
        "" if math.isnan(limit) else f" (limit {percent(limit, 1)})" if is_share else f" (limit {limit:g})"
    )
