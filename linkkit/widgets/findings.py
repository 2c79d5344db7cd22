"""The findings of an audit as a table to search and filter, and the advice that goes with them."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import ipywidgets
import numpy as np
import numpy.typing as npt
import pandas as pd
from IPython.display import HTML, display
from itables.widget import ITable

from linkkit import deck
from linkkit.audit import Audit
from linkkit.charts.findings import SEVERITY_MARKS
from linkkit.charts.words import count, percent, quantity, readable, shorten
from linkkit.checks import CHECKS
from linkkit.checks.found import Found, nothing_found
from linkkit.checks.registry import CHAPTERS, kept
from linkkit.client import Client
from linkkit.schema import Severity
from linkkit.urls import origin
from linkkit.widgets.display import is_headless, show
from linkkit.widgets.errors import ErrorBox, Panel, guarded
from linkkit.widgets.layout import advice_html, note_html
from linkkit.widgets.tuning import StillTuning, Tuned, TuningPanel, audit_of, chapter_of

TOP = 200
_SECTIONS = 50
_HEADLESS_TOP = 20


def filtered_findings(
    findings: pd.DataFrame,
    *,
    search: str = "",
    severities: Sequence[str] = (),
    check_id: str | None = None,
    chapter: str | None = None,
    sections: pd.Series | None = None,
    section: str | None = None,
) -> pd.DataFrame:
    """Findings that the filters leave, in their order.

    Parameters
    ----------
    findings : DataFrame
        ``audit.findings``.
    search : str
        Text that must occur in a URL or the evidence; case is ignored, and an address may be given as people write it.
    severities : sequence of str
        Severities to keep; all without it.
    check_id, chapter : str, optional
        Only findings of this check, of this chapter.
    sections : Series, optional
        Section of each URL (`page_sections`); needed for `section`.
    section : str, optional
        Only findings whose page lies in it.
    """
    rows = findings
    if severities:
        rows = rows[rows["severity"].isin(list(severities))]
    if check_id:
        rows = rows[rows["check_id"] == check_id]
    if chapter:
        rows = rows[rows["chapter"] == chapter]
    if section and sections is not None:
        rows = rows[rows["url"].map(sections) == section]
    if search.strip():
        rows = rows[_matches(rows, search.strip())]
    return rows


def page_sections(audit: Audit) -> pd.Series:
    """Section of each page, under its URL; findings without a page have none."""
    return pd.Series(audit.metrics["section"].astype(str).to_numpy(), index=audit.metrics["url"].to_numpy())


def findings_view(findings: pd.DataFrame, **filters: Any) -> pd.DataFrame:
    """Findings as an analyst reads them, worst first.

    Parameters
    ----------
    findings : DataFrame
        ``audit.findings``.
    **filters
        Of `filtered_findings`.

    Returns
    -------
    DataFrame
        One row per finding: ``Severity`` (sign and word), ``What``, ``Page``, ``Measured`` (value, unit and limit),
        ``Evidence``, ``Related page``, ``What to do``, ``Effort``.
    """
    rows = filtered_findings(findings, **filters)
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
    found = audit.found(chapter)
    counts = found.numbers
    checks = [CHECKS[found.checks[source]] for source in pd.unique(found.source)]
    return pd.DataFrame(
        {
            "Findings": [counts[check.id] for check in checks],
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
    """Findings with search, filters and the true count; rows can be chosen and exported; follows a panel that changes the audit.

    Parameters
    ----------
    source : Audit or TuningPanel
        A panel's findings change with its sliders.
    chapter : str, optional
        Of the panel without it; all chapters of an audit, which can then be chosen from.
    top : int
        Rows sent to the browser at most.
    client : Client, optional
        Into whose exports the chosen rows can be written; without it there is no button for that.
    """

    def __init__(
        self,
        source: Audit | TuningPanel,
        chapter: str | None = None,
        *,
        top: int = TOP,
        client: Client | None = None,
    ) -> None:
        self.chapter = chapter_of(source, chapter)
        self.top = top
        self._client = client
        self._audit = audit_of(source)
        self._left = nothing_found()
        self.search = ipywidgets.Text(
            placeholder="part of a URL or of the evidence",
            description="Search",
            continuous_update=False,
            layout=ipywidgets.Layout(width="270px"),
            style={"description_width": "60px"},
        )
        self.chapters = _choice(
            "Chapter", [("all chapters", ""), *((title, name) for name, title in CHAPTERS.items())]
        )
        self.chapters.layout.display = None if self.chapter is None else "none"
        self.section = _choice("Section", [("all sections", "")])
        self.check = _choice("Check", [("all checks", "")])
        self.severities = {
            str(each): ipywidgets.Checkbox(
                value=True, description=f"{SEVERITY_MARKS[each]} {each}", indent=False,
                tooltip=f"Show findings of severity {each}", layout=ipywidgets.Layout(width="max-content", margin="2px 12px 2px 2px"),
            )
            for each in Severity
        }  # fmt: skip
        self.count = ipywidgets.HTML()
        self.table = ITable(self._rows(self._left.table()), **_TABLE)
        self.write = ipywidgets.Button(
            icon="download", tooltip="Write the chosen findings, or all that the filters leave, as CSV into the client's exports",
            layout=ipywidgets.Layout(width="auto", display=None if client else "none"),
        )  # fmt: skip
        self.told = ipywidgets.HTML()
        self.errors = ErrorBox()
        refresh = guarded(self.refresh, self.errors)
        for control in (self.search, self.chapters, self.section, self.check, *self.severities.values()):
            control.observe(refresh, "value")
        self.table.observe(guarded(self._name_export, self.errors), "selected_rows")
        self.write.on_click(guarded(self._write, self.errors))
        # Together they go to the next line where there is no room.
        severities = ipywidgets.HBox(
            list(self.severities.values()), layout=ipywidgets.Layout(margin="0 0 0 12px")
        )
        filters = ipywidgets.HBox([self.search, self.chapters, self.section, self.check, severities])
        filters.layout.flex_flow = "row wrap"
        buttons = ipywidgets.HBox([self.write, self.told])
        super().__init__([filters, self.count, self.table, buttons, self.errors])
        self.refresh()
        if isinstance(source, TuningPanel):
            source.on_change(guarded(self.follow, self.errors))

    @property
    def chosen(self) -> pd.DataFrame:
        """The findings whose rows are marked; without any, all that the filters leave."""
        marked = [row for row in self.table.selected_rows if row < min(len(self._left), self.top)]
        return (self._left.take(np.array(marked, dtype=np.int64)) if marked else self._left).table()

    def follow(self, audit: Audit) -> None:
        """Show the findings of another audit of the same site."""
        self._audit = audit
        self.refresh()

    def refresh(self, change: Any = None) -> None:
        """Show what search and filters leave."""
        found = self._audit.found(self.chapter)
        self._offer(found)
        self._left = self._filtered(found)
        total, left = len(found), len(self._left)
        shown = min(left, self.top)
        self.count.value = note_html(
            f"Showing {shown:,} of {left:,} findings, worst first"
            + (f" (filtered from {total:,})." if left < total else ".")
            + (" Narrow the search, or take the export, for the rest." if shown < left else "")
            + (" Click on rows to choose them." if self._client and shown else "")
        )
        # Only what is shown is put into words: a site of a million pages has as many findings.
        self.table.update(self._rows(self._left.head(self.top).table()), **_TABLE, selected_rows=[])
        self.told.value = ""
        self._name_export()

    def _rows(self, findings: pd.DataFrame) -> pd.DataFrame:
        """What a screen has room for; what to do stands in the advice and, row by row, in the export."""
        home = origin(self._audit.site.start_url)
        view = findings_view(findings)
        shown = view[["Severity", "What", "Page", "Measured", "Evidence", "Related page"]].copy()
        for name in ("Page", "Related page"):
            shown[name] = [readable(url.removeprefix(home)) for url in shown[name]]
        shown["Evidence"] = shown["Evidence"].str.replace(f"{home}/", "/", regex=False)
        return shown

    def _filtered(self, found: Found) -> Found:
        left = found
        kept_severities = [name for name, box in self.severities.items() if box.value]
        if len(kept_severities) < len(self.severities):
            left = left.of_severities(*kept_severities)
        if self.check.value:
            left = left.of_checks(self.check.value)
        if self.chapters.value:
            left = left.of_checks(
                *(name for name, check in CHECKS.items() if check.chapter == self.chapters.value)
            )
        if self.section.value:
            codes, names = _section_codes(self._audit)
            left = left.take(codes[left.page] == list(names).index(self.section.value))
        if self.search.value.strip():
            # Only a search reads every word.
            left = left.take(_matches(left.table(), self.search.value.strip()).to_numpy(dtype=bool))
        return left

    def _offer(self, found: Found) -> None:
        counts = sorted(found.numbers.items(), key=lambda each: -each[1])
        titles = [(f"{CHECKS[check].title} ({number:,})", check) for check, number in counts]
        _set_options(self.check, [("all checks", ""), *titles])
        codes, names = _section_codes(self._audit)
        sizes = np.bincount(codes[found.page], minlength=len(names))
        largest = np.argsort(-sizes, kind="stable")[:_SECTIONS]
        named = [
            (f"{shorten(names[place], 40)} ({sizes[place]:,})", names[place]) for place in largest.tolist() if sizes[place]
        ]  # fmt: skip
        _set_options(self.section, [("all sections", ""), *named])

    def _name_export(self, change: Any = None) -> None:
        marked = sum(row < min(len(self._left), self.top) for row in self.table.selected_rows)
        number = marked or len(self._left)
        self.write.description = f"Export {count(number, 'chosen finding' if marked else 'finding')} (CSV)"
        self.write.disabled = number == 0

    def _write(self, button: Any = None) -> None:
        if self._client is None:
            return
        chosen = self.chosen
        file = export_chosen(chosen, self._client, self.chapter)
        self.told.value = note_html(f"Wrote {count(len(chosen), 'finding')} to {file}")


def export_chosen(findings: pd.DataFrame, client: Client, chapter: str | None = None) -> Path:
    """Write some findings as ``chosen-findings[-<chapter>].csv`` into the client's exports, safe to open in a spreadsheet."""
    name = "chosen-findings" if chapter is None else f"chosen-findings-{chapter}"
    return deck.export_table(findings, client.exports, f"{name}.csv")


def findings_browser(
    source: Tuned, chapter: str | None = None, *, top: int = TOP, client: Client | None = None
) -> FindingsBrowser | None:
    """Show findings: a browser of them in JupyterLab, the worst as a plain table in an unattended run."""
    if not is_headless() and not isinstance(source, StillTuning):
        return FindingsBrowser(source, chapter, top=top, client=client)
    rows = audit_of(source).found(chapter_of(source, chapter))
    show(findings_view(rows.head(_HEADLESS_TOP).table()), top=_HEADLESS_TOP)
    if len(rows) > _HEADLESS_TOP:
        display(HTML(note_html(f"Showing {_HEADLESS_TOP} of {len(rows):,} findings; the exports hold all.")))
    return None


@kept
def _section_codes(audit: Audit) -> tuple[npt.NDArray[np.int64], list[str]]:
    """Section of each page as a number, and the sections' names."""
    codes, names = pd.factorize(audit.metrics["section"].astype(str))
    return codes.astype(np.int64), [str(name) for name in names]


def _choice(title: str, options: list[tuple[str, str]]) -> ipywidgets.Dropdown:
    return ipywidgets.Dropdown(
        description=title, options=options, value="", layout=ipywidgets.Layout(width="270px"), style={"description_width": "60px"}
    )  # fmt: skip


def _set_options(box: ipywidgets.Dropdown, options: list[tuple[str, str]]) -> None:
    """Offer other options; what was chosen stays where it is still offered."""
    if tuple(options) == tuple(box.options):
        return
    kept = box.value
    box.options = options
    box.value = kept if kept in {value for _, value in options} else ""


# allow_html stays off: every cell holds text from a crawled site. maxBytes=0: no rows are dropped behind our back.
_TABLE: dict[str, Any] = {
    "maxBytes": 0,
    "allow_html": False,
    "showIndex": False,
    "pageLength": 10,
    "lengthMenu": [10, 25, 50, 100],
    "layout": {"topStart": None, "topEnd": None, "bottomStart": "info", "bottomEnd": "paging"},
    "ordering": {"indicators": True},
    "select": "multi",
    "classes": "display compact cell-border",
    "style": "width:100%;table-layout:fixed;overflow-wrap:anywhere",
    "autoWidth": False,
    "columnDefs": [
        {"width": width, "targets": place, "className": "dt-left"}
        for place, width in enumerate(("9%", "18%", "22%", "12%", "24%", "15%"))
    ],
}


def _matches(rows: pd.DataFrame, text: str) -> pd.Series:
    # What the table shows as "größe" stands in the address as "gr%C3%B6%C3%9Fe".
    asked = {text, quote(text, safe="/:?&=%#+,;@~!$'()*")}
    columns = [rows[name] for name in ("url", "related_url", "evidence")]
    found = pd.Series(False, index=rows.index)
    for column in columns:
        for each in asked:
            found |= column.str.contains(each, case=False, regex=False, na=False)
    return found


def _measured(value: float, unit: str, limit: float) -> str:
    if math.isnan(value):
        return ""
    # A share of something reads as percent, and so does its limit.
    is_share = unit.startswith("of ")
    told = f"{percent(value, 1)} {unit}" if is_share else quantity(value, unit)
    return told + (
        "" if math.isnan(limit) else f" (limit {percent(limit, 1)})" if is_share else f" (limit {limit:g})"
    )
