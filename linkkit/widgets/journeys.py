"""Panel: what becomes of authority that lands on one page, and through which links that page loses some."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from IPython.display import HTML, display

from linkkit.audit import Audit
from linkkit.charts import hubs_table
from linkkit.charts.authority import CAUSES
from linkkit.charts.words import count, short_url, units
from linkkit.folding import Leak
from linkkit.metrics.authority import LEAKS
from linkkit.metrics.leaks import costliest_links, leaking_links
from linkkit.network import Picture, authority_journey
from linkkit.urls import origin
from linkkit.widgets.display import is_headless, show
from linkkit.widgets.explorer import PageExplorer
from linkkit.widgets.layout import note_html
from linkkit.widgets.tuning import StillTuning, Tuned, audit_of

_OFFERED = 500
_LEAKS = 100


def flow_pages(audit: Audit, *, top: int = _OFFERED) -> list[str]:
    """Pages worth following: those that most authority lands on, then those that lose most, then those where most settles."""
    authority = audit.authority
    orders = (authority.entry.shares + authority.entry.lost, authority.lost.sum(axis=1), authority.settled)
    pages = [
        int(page)
        for values in orders
        for page in np.argsort(-values, kind="stable")[:top]
        if values[page] > 0
    ]
    urls = audit.graph.urls
    return [str(urls[page]) for page in dict.fromkeys(pages)][:top]


def landing_words(audit: Audit, url: str) -> str:
    """What lands on a page and where it ends, in a sentence or two."""
    authority = audit.authority
    page = _final(audit, url)
    landed = float(authority.entry.shares[page] + authority.entry.lost[page])
    settled = float(authority.settled[page])
    name = short_url(str(audit.graph.urls[page]), 80)
    domains = authority.entry.domains[page]
    by = (
        f" ({count(float(domains), authority.entry.basis.removesuffix('s'))})"
        if authority.entry.basis != "start page" and domains > 0
        else ""
    )
    first = f"{units(landed)} of every 100 units land on {name}{by}, and {units(settled)} settle there."
    money = (
        f"Of 100 units that land there, {units(float(authority.landing_yield[page]))} reach money pages and"
        if authority.money.any()
        else "Of 100 units that land there,"
    )
    return f"{first} {money} {units(float(authority.landing_lost[page]))} are lost."


def leaks_view(audit: Audit, url: str, *, top: int = _LEAKS) -> pd.DataFrame:
    """Links of one page that lead to no live page of the site, costliest first, at most `top`.

    Returns
    -------
    DataFrame
        One row per target and cause: ``Lost through``, ``Leads to``, ``Anchor text``, ``Place``, ``Links``, ``Of what the page hands on``
        (percent), ``Units of 100`` (of all that enters the site).
    """
    page = _final(audit, url)
    return _priced(audit, page, leaking_links(audit.site, audit.graph, page, top))


def _final(audit: Audit, url: str) -> int:
    """The page that a URL leads to."""
    return int(audit.graph.final[audit.site.page_id(url)])


def _priced(audit: Audit, page: int, links: pd.DataFrame) -> pd.DataFrame:
    """A page's leaking links as people read them, with what is lost through each."""
    carried = audit.authority.flow.damping * float(audit.authority.visits.values[page])
    return _links_view(audit, links.assign(lost=links["share"] * carried))


def repair_list(audit: Audit, *, pages: int = 500, top: int = 100) -> pd.DataFrame:
    """Links through which most authority is lost, one row for a link that many pages repeat; links to other sites left out.

    Parameters
    ----------
    audit : Audit
    pages : int
        Pages looked at: those that lose most through their links.
    top : int
        Rows at most.

    Returns
    -------
    DataFrame
        One row per target, cause and place on the page, costliest first: ``Lost through``, ``Leads to``, ``Anchor text`` (of the
        costliest), ``Place``, ``On pages`` (of those looked at), ``For example on``, ``Units of 100`` (of all that enters the
        site, together).
    """
    links = costliest_links(audit.site, audit.authority, pages=pages, limit=pages * 100)
    links = links[links["cause"] != Leak.EXTERNAL]
    rows = (
        links.groupby(["target", "cause", "position"], sort=False)
        .agg(anchor=("anchor", "first"), pages=("page_id", "nunique"), page=("page_id", "first"), lost=("lost", "sum"))
        .reset_index()
        .sort_values(["lost", "target"], ascending=[False, True], kind="stable")
        .head(top)
        .reset_index(drop=True)
    )  # fmt: skip
    view = _links_view(audit, rows.assign(links=0, share=0.0))
    return pd.DataFrame(
        {
            **{name: view[name] for name in ("Lost through", "Leads to", "Anchor text", "Place")},
            "On pages": rows["pages"],
            "For example on": _paths(audit, audit.graph.urls[rows["page"].to_numpy(dtype=np.int64)]),
            "Units of 100": view["Units of 100"],
        }
    )


def _links_view(audit: Audit, links: pd.DataFrame) -> pd.DataFrame:
    words = {str(cause): said for cause, said in CAUSES.items()}
    return pd.DataFrame(
        {
            "Lost through": links["cause"].map(words),
            "Leads to": _paths(audit, links["target"]),
            "Anchor text": links["anchor"].where(links["anchor"] != "", "(no text)").fillna(""),
            "Place": links["position"],
            "Links": links["links"],
            "Of what the page hands on": [f"{units(share)} %" for share in links["share"]],
            "Units of 100": [units(share) for share in links["lost"]],
        }
    )


def _paths(audit: Audit, urls: Iterable[str]) -> list[str]:
    """Addresses without the site's own host, as in the findings."""
    home = origin(audit.site.start_url)
    return [str(url).removeprefix(home) for url in urls]


def leaks_words(audit: Audit, url: str) -> str:
    """Why the table of a page's leaking links is empty, if it is."""
    page = _final(audit, url)
    if not audit.graph.stands[page]:
        cause = audit.graph.leak[page]
        return f"This URL is no live page of the site: whatever lands on it is lost ({CAUSES[Leak(cause)]})."
    if audit.authority.flow.lost[page, LEAKS.index(Leak.DEAD_END)] > 0:
        return "This page has no link at all: what it would hand on is lost."
    return "Every link of this page leads to a live page of the site."


class AuthorityExplorer(PageExplorer):
    """Choose or type a page; how authority travels from it, and through which of its links some is lost, follow."""

    _tells_findings = False
    _found: tuple[object, int, pd.DataFrame] | None = None
    """Graph (its weights: damping and entry leave them as they are), page and its leaking links, which are searched for once."""

    def _offered(self) -> list[str]:
        return flow_pages(self._audit)

    def _about(self, url: str) -> tuple[str, list[Picture | pd.DataFrame]]:
        page = _final(self._audit, url)
        words, links = landing_words(self._audit, url), _priced(self._audit, page, self._leaks(page))
        if links.empty:
            words = f"{words} {leaks_words(self._audit, url)}"
        tables = [] if links.empty else [links]
        return words, [authority_journey(self._audit, url), *tables]

    def _leaks(self, page: int) -> pd.DataFrame:
        graph = self._audit.graph
        if self._found is None or self._found[0] is not graph.weight or self._found[1] != page:
            self._found = graph.weight, page, leaking_links(self._audit.site, graph, page, _LEAKS)
        return self._found[2]


def authority_explorer(source: Tuned, *, url: str | None = None) -> AuthorityExplorer | None:
    """The panel; in an unattended run the page it would begin with."""
    if not is_headless() and not isinstance(source, StillTuning):
        return AuthorityExplorer(source, url=url)
    audit = audit_of(source)
    page = url or next(iter(flow_pages(audit, top=1)), audit.site.start_url)
    links = leaks_view(audit, page)
    more = f" {leaks_words(audit, page)}" if links.empty else ""
    display(HTML(note_html(landing_words(audit, page) + more)))
    show(authority_journey(audit, page))
    if len(links):
        show(links, top=10)
    return None


def hubs_view(audit: Audit, *, top: int = 10) -> pd.DataFrame:
    """Hubs by HITS as people read them.

    Returns
    -------
    DataFrame
        One row per hub, best first: ``Hub``, ``Pages it leads to``, ``Hub score``, ``Authority score (HITS)``, ``Authority, units of
        100``. Scores are percent of the site's.
    """
    rows = hubs_table(audit, top=top)
    return pd.DataFrame(
        {
            "Hub": _paths(audit, rows["url"]),
            "Pages it leads to": rows["content_outlinks"],
            "Hub score": [f"{units(share)} %" for share in rows["hub_share"]],
            "Authority score (HITS)": [f"{units(share)} %" for share in rows["hits_authority_share"]],
            "Authority, units of 100": [units(share) for share in rows["authority"]],
        }
    )
