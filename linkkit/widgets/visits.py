"""Panel: where visitors of one page come from and go on; and the tables of chapter navigation."""

import numpy as np
import pandas as pd
from IPython.display import HTML, display

from linkkit.audit import Audit
from linkkit.charts.reach import navigation_of_audit
from linkkit.charts.words import count, percent, short_url
from linkkit.network import Picture, visitor_flow
from linkkit.urls import origin
from linkkit.widgets.display import is_headless, show
from linkkit.widgets.explorer import PageExplorer
from linkkit.widgets.layout import note_html
from linkkit.widgets.tuning import StillTuning, Tuned, audit_of

_OFFERED = 500
_BEGAN = {
    "entrances": "entrances of GA4",
    "sessions": "sessions that saw it stand for them",
    "none": "none are known",
}


def visited_pages(audit: Audit, *, top: int = _OFFERED) -> list[str]:
    """Pages worth looking at: those with findings of the chapter, then by visits that begin there; the start page where none are known."""
    n = navigation_of_audit(audit)
    findings = audit.findings[audit.findings["chapter"] == "navigation"]
    visits = n.pages["entrances"].fillna(0.0).to_numpy()
    order = np.lexsort((np.arange(len(visits)), -visits))[:top]
    ranked = [str(audit.graph.urls[page]) for page in order if visits[page] > 0]
    own = [str(audit.graph.urls[audit.graph.start])] if len(audit.graph) else []
    return list(dict.fromkeys([*findings["url"], *ranked, *own]))[:top]


def visit_words(audit: Audit, url: str) -> str:
    """Visits that begin on a page and how many of them get to a money page, in a sentence or two."""
    n = navigation_of_audit(audit)
    page = int(audit.graph.final[audit.site.page_id(url)])
    row, name = n.pages.iloc[page], short_url(str(audit.graph.urls[page]), 80)
    clicks = audit.thresholds.max_journey_clicks
    begin = row["entrances"]
    first = (
        f"No visits that begin on {name} are known."
        if pd.isna(begin) or begin == 0
        else f"{count(float(begin), 'visit')} began on {name} ({_BEGAN[n.basis]})."
    )
    if not audit.authority.money.any():
        return f"{first} No money pages are known."
    chance = float(row["money_chance"])
    if chance == 0:
        return f"{first} From there nobody gets to a money page."
    way = " → ".join(short_url(str(audit.graph.urls[each]), 40) for each, _ in n.reader.path(page))
    said = f"{percent(n.reach[page, clicks], 1)} of those who land there get to a money page within {count(clicks, 'click')}, {percent(chance, 1)} at all"
    mean = f", with {row['money_clicks']:.1f} clicks on average" if chance < 1 else ""
    basis = (
        f"{percent(float(row['observed']))} by visitors' steps"
        if row["observed"] > 0
        else "by the reader model"
    )
    return f"{first} {said}{mean} ({basis}). Likeliest way: {way}."


def next_pages_view(audit: Audit, url: str, *, top: int = 100) -> pd.DataFrame:
    """Where visitors of a page go on, most steps first; by the reader model where no steps are known.

    Returns
    -------
    DataFrame
        One row per next page: ``Goes on to``, ``Steps`` (or ``Of 100, by the model``), ``Way``.
    """
    n = navigation_of_audit(audit)
    page = int(audit.graph.final[audit.site.page_id(url)])
    if n.has_steps:
        rows = (
            n.steps[n.steps["source"] == page]
            .sort_values(["steps", "target"], ascending=[False, True])
            .head(top)
        )
        return pd.DataFrame(
            {
                "Goes on to": _paths(audit, rows["target"]),
                "Steps": [f"{steps:,.0f}" for steps in rows["steps"]],
                "Way": rows["way"].tolist(),
            }
        )
    row = n.reader.moves[[page]].tocoo()
    order = np.lexsort((row.col, -row.data))[:top]
    return pd.DataFrame(
        {
            "Goes on to": _paths(audit, pd.Series(row.col[order])),
            "Of 100, by the model": [f"{100 * each:.1f}" for each in row.data[order]],
            "Way": ["link"] * len(order),
        }
    )


def journeys_view(audit: Audit, *, top: int = 200) -> pd.DataFrame:
    """Entrance pages with the expected way to a money page, most visits first, at most `top`.

    Returns
    -------
    DataFrame
        One row per page: ``Visits begin on``, ``Visits``, ``Reach a money page`` (within the audit's clicks), ``At all``, ``Clicks`` (mean of
        those who do), ``Likeliest way``.
    """
    n, clicks = navigation_of_audit(audit), audit.thresholds.max_journey_clicks
    visits = np.where(audit.graph.stands, n.pages["entrances"].fillna(0.0), 0.0)
    if n.basis == "none":
        visits = np.where(audit.graph.indexable & audit.graph.stands, audit.metrics["pagerank"], 0.0)
    pages = [int(page) for page in np.lexsort((np.arange(len(visits)), -visits))[:top] if visits[page] > 0]
    if not audit.authority.money.any():
        pages = []
    rows = n.pages.iloc[pages]
    return pd.DataFrame(
        {
            "Visits begin on": _paths(audit, pd.Series(pages, dtype="int64")),
            "Visits": ["" if n.basis == "none" else f"{each:,.0f}" for each in rows["entrances"]],
            "Reach a money page": [percent(n.reach[page, clicks], 1) for page in pages],
            "At all": [percent(each, 1) for each in rows["money_chance"]],
            "Clicks": ["" if pd.isna(each) else f"{each:.1f}" for each in rows["money_clicks"]],
            "Likeliest way": [_way(audit, page) for page in pages],
        }
    )


def dead_ends_view(audit: Audit, *, top: int = 200) -> pd.DataFrame:
    """Pages with visits whose content leads nowhere (findings of ``dead-end``), most visits first, at most `top`.

    Returns
    -------
    DataFrame
        One row per page: ``Page``, ``Sessions``, ``Went on`` (share of the times it was passed; empty where no steps are known).
    """
    n = navigation_of_audit(audit)
    ends = audit.findings.loc[audit.findings["check_id"] == "dead-end", "url"]
    ids = audit.metrics.loc[audit.metrics["url"].isin(ends), "page_id"].to_numpy(dtype=np.int64)
    rows = n.pages.iloc[ids].assign(sessions=audit.metrics["sessions"].fillna(0.0)[ids].to_numpy())
    rows = rows[(rows["passes"] > 0) | (rows["sessions"] > 0)]
    rows = rows.sort_values(["sessions", "passes"], ascending=False, kind="stable").head(top)
    return pd.DataFrame(
        {
            "Page": _paths(audit, pd.Series(rows.index)),
            "Sessions": [f"{each:,.0f}" for each in rows["sessions"]],
            "Went on": [
                percent(min(out / passes, 1.0)) if n.has_steps and passes > 0 else ""
                for out, passes in zip(rows["steps_out"], rows["passes"], strict=True)
            ],
        }
    )


def _way(audit: Audit, page: int) -> str:
    path = navigation_of_audit(audit).reader.path(page)
    if not path:
        return "none"
    if len(path) == 1:
        return "(earns itself)"
    return " → ".join(short_url(str(audit.graph.urls[each]), 44) for each, _ in path[1:])


def _paths(audit: Audit, pages: "pd.Series[int]") -> list[str]:
    home = origin(audit.site.start_url)
    return [str(audit.graph.urls[page]).removeprefix(home) for page in pages]


class VisitExplorer(PageExplorer):
    """Choose or type a page; where its visitors come from and go on follows."""

    _tells_findings = False

    def _offered(self) -> list[str]:
        return visited_pages(self._audit)

    def _about(self, url: str) -> tuple[str, list[Picture | pd.DataFrame]]:
        return visit_words(self._audit, url), [
            visitor_flow(self._audit, url),
            next_pages_view(self._audit, url),
        ]


def visit_explorer(source: Tuned, *, url: str | None = None) -> VisitExplorer | None:
    """The panel; in an unattended run the page it would begin with."""
    if not is_headless() and not isinstance(source, StillTuning):
        return VisitExplorer(source, url=url)
    audit = audit_of(source)
    page = url or next(iter(visited_pages(audit, top=1)), audit.site.start_url)
    display(HTML(note_html(visit_words(audit, page))))
    show(visitor_flow(audit, page))
    show(next_pages_view(audit, page), top=10)
    return None
