"""The site as its owner meant it: sections, the hub page of each, and the page above every page."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from linkkit.folding import Bools
from linkkit.graph import LinkGraph
from linkkit.metrics.series import PAGE, page_kinds
from linkkit.metrics.trails import (
    SectionSource,
    Trail,
    breadcrumb_trails,
    folder_trail,
    menu_trails,
    one_step_down,
    place_label,
    place_of,
    without_locale,
)
from linkkit.schema import Indexability
from linkkit.site import Site
from linkkit.steps import step

Ids = npt.NDArray[np.int64]

TOP = "/"
"""Name of the section of pages that lie in none; the start page is its hub."""
SMALLEST = 3
"""Pages from which on a folder, or whatever the pages share, is a section: fewer are single pages."""
ENOUGH = 0.5
"""A source of sections is used for the site where it tells of at least this share of the pages."""
WHOLE_SITE = 0.8
"""A section that holds at least this share of the pages is the site itself: its parts are the sections."""
LINKS_UP = 0.5
"""A page that at least this share of a section links to may be its hub, where nothing stands at the section's address."""
LIFT = 2.0
"""Such a page must be linked this many times more often from the section than from elsewhere, and than its other pages are."""


@dataclass(frozen=True, eq=False)
class Hierarchy:
    """Sections, hubs and parents.

    Attributes
    ----------
    pages : DataFrame
        One row per page, indexed by page id: ``page_kind`` (`linkkit.metrics.series`), ``series_id``, ``is_placed``
        (an indexable page that stands for itself and continues or filters no list: what is judged), ``site_section``
        (`TOP` where in none), ``subsection`` (empty where in none), ``section_source`` (breadcrumb, folder, menu, none),
        ``hub_id``, ``parent_id`` (page ids, NaN where none; hubs have no hub but a parent), ``parent_source``
        (breadcrumb, folder, series, menu, hub, start).
    sections : DataFrame
        One row per section, largest first, `TOP` last: ``section``, ``address`` (URL without a slash at its end; empty where
        only a name is known), ``source``, ``pages`` (placed ones, the hub included), ``hub_id`` (NaN where none), ``hub_reason``
        (address, redirect, links, start, or empty), ``at_address`` (what is found there where that is no hub).
    source : {"breadcrumbs", "folders", "menu"}
        What sections rest on; folders stand in where a page tells nothing.
    start : int
        Page id of the start page, which has no parent.
    """

    pages: pd.DataFrame
    sections: pd.DataFrame
    source: SectionSource
    start: int

    @property
    def parent(self) -> Ids:
        """Page id of each page's parent; -1 for the start page and pages that fold into another."""
        return self.pages["parent_id"].fillna(-1).to_numpy().astype(np.int64)

    @property
    def hub(self) -> Ids:
        """Page id of the hub of each page's section; -1 where there is none, and for hubs."""
        return self.pages["hub_id"].fillna(-1).to_numpy().astype(np.int64)


@step("hierarchy")
def hierarchy_of(site: Site, graph: LinkGraph, *, source: SectionSource | None = None) -> Hierarchy:
    """Sections, their hubs, and the parent of every page.

    A page's section is the topmost place of its breadcrumb (structured data or links), else of its folders; or the entry of
    the menu that leads to it. Without `source`, breadcrumbs are used where at least half of the pages have one that says
    more than the start page, else folders where at least half of the pages lie in one, else the menu. A first folder that is
    the pages' language, and a section that holds nearly all pages, count for nothing. Sections of fewer than `SMALLEST` pages are single
    pages of the top level.

    Parameters
    ----------
    site : Site
    graph : LinkGraph
    source : {"breadcrumbs", "folders", "menu"}, optional
        What sections are taken from; folders stand in for pages that it says nothing of.

    Returns
    -------
    Hierarchy
        The hub is the page at the section's address, or where that redirects to; else the page that most of the section's
        pages link up to (`LINKS_UP`, `LIFT`). The parent is the nearest live page of the trail, for a list's further pages
        the list, else the hub, else the start page; there are no circles.
    """
    kinds = page_kinds(site.pages, graph.final)
    # What can stand in an index was requested and stands for itself.
    placed = graph.indexable & (kinds["page_kind"] == PAGE).to_numpy()
    chosen, trails, sources = _trails(site, graph, placed, source)
    places = [place_of(url) for url in graph.urls.tolist()]
    at = _pages_at(graph, places)
    levels, labels = _levels(graph, trails, placed, places)
    sections, code = _sections(levels, placed, sources, graph)
    live = (
        graph.stands & graph.crawled & (site.pages["indexability_reason"] != Indexability.NOT_HTML).to_numpy()
    )
    sections = _with_hubs(sections, code, site, graph, at, placed)
    hub_of_section = sections["hub_id"].to_numpy(dtype=float)
    hub = hub_of_section[code]
    hub[hub == np.arange(len(graph))] = np.nan
    parent, parent_source = _parents(graph, trails, sources, kinds, hub, at, live)
    folded = graph.final != np.arange(len(graph))
    hub[folded | (np.arange(len(graph)) == graph.start)] = np.nan
    table = pd.DataFrame(
        {
            "page_kind": kinds["page_kind"],
            "series_id": kinds["series_id"],
            "is_placed": placed,
            "site_section": sections["section"].to_numpy(dtype=object)[code].astype(str),
            "subsection": _subsections(levels, labels, sections, code, placed),
            "section_source": pd.Series(sources, index=kinds.index, dtype="str").where(
                sections["section"].to_numpy()[code] != TOP, "none"
            ),
            "hub_id": hub,
            "parent_id": np.where(parent >= 0, parent, np.nan),
            "parent_source": pd.Series(parent_source, index=kinds.index, dtype="str"),
        },
        index=kinds.index,
    )
    return Hierarchy(table, sections, chosen, graph.start)


def _trails(
    site: Site, graph: LinkGraph, placed: Bools, source: SectionSource | None
) -> tuple[SectionSource, list[Trail], list[str]]:
    """The source that is used, and for each page its trail and where that came from."""
    folders = [folder_trail(str(graph.urls[end])) for end in graph.final.tolist()]
    total = max(int(placed.sum()) - int(placed[graph.start]), 1)
    crumbs: list[Trail] = []
    if source in {None, "breadcrumbs"}:
        crumbs = breadcrumb_trails(site, graph)
        told = sum(bool(trail) for trail, is_placed in zip(crumbs, placed, strict=True) if is_placed)
        source = "breadcrumbs" if source or told >= ENOUGH * total else None
    tidy = without_locale(folders, site.pages["language"], placed)
    if source is None:
        inside = sum(bool(trail) for trail, is_placed in zip(tidy, placed, strict=True) if is_placed)
        source = "folders" if inside >= ENOUGH * total else "menu"
    if source == "menu":
        crumbs = menu_trails(site, graph, placed)
        if not any(crumbs):
            source = "folders"
    word = {"breadcrumbs": "breadcrumb", "menu": "menu", "folders": "folder"}[source]
    own = crumbs if source != "folders" else [()] * len(graph)
    trails = [first or second for first, second in zip(own, folders, strict=True)]
    sources = [word if first else "folder" for first in own]
    trails = without_locale(trails, site.pages["language"], placed)
    return source, one_step_down(trails, placed, WHOLE_SITE), sources


def _pages_at(graph: LinkGraph, places: list[str]) -> dict[str, int]:
    """Page id at each place; where several addresses share it, one that stands for itself, else the lowest id."""
    at: dict[str, int] = {}
    for page in np.concatenate([np.flatnonzero(graph.stands), np.flatnonzero(~graph.stands)]).tolist():
        at.setdefault(places[page], page)
    for place, page in list(at.items()):
        for suffix in (".html", ".htm", ".php"):
            if place.endswith(suffix):
                at.setdefault(place.removesuffix(suffix), page)
    return at


def _levels(
    graph: LinkGraph, trails: list[Trail], placed: Bools, places: list[str]
) -> tuple[list[Trail], dict[str, str]]:
    """Each page's places from the top down, its own included where other pages lie below it; and their labels."""
    above = {place for page, trail in enumerate(trails) if placed[page] for place in trail}
    levels: list[Trail] = []
    for page, (trail, end) in enumerate(zip(trails, graph.final.tolist(), strict=True)):
        here = places[end]
        bare = here.removesuffix(".html").removesuffix(".htm").removesuffix(".php")
        own = here if here in above else bare if bare in above else None
        levels.append((*trail, own) if own and own not in trail and page != graph.start else trail)
    return levels, {place: place_label(place) for place in sorted(above)}


def _sections(
    levels: list[Trail], placed: Bools, sources: list[str], graph: LinkGraph
) -> tuple[pd.DataFrame, Ids]:
    """The sections, largest first and `TOP` last, and the row of each page's section."""
    sizes: Counter[str] = Counter()
    told: dict[str, Counter[str]] = {}
    for page in np.flatnonzero(placed).tolist():
        if levels[page] and page != graph.start:
            sizes[levels[page][0]] += 1
            told.setdefault(levels[page][0], Counter())[sources[page]] += 1
    kept = sorted(
        (place for place, size in sizes.items() if size >= SMALLEST), key=lambda each: (-sizes[each], each)
    )
    row = {place: number for number, place in enumerate(kept)}
    code = np.array(
        [row.get(trail[0], len(kept)) if trail else len(kept) for trail in levels], dtype=np.int64
    )
    code[graph.start] = len(kept)
    frame = pd.DataFrame(
        {
            "section": pd.Series([*(place_label(place) for place in kept), TOP], dtype="str"),
            "address": pd.Series([*(place if "://" in place else "" for place in kept), ""], dtype="str"),
            "source": pd.Series(
                [*(min(told[place], key=lambda each: (-told[place][each], each)) for place in kept), "none"],
                dtype="str",
            ),
            "pages": np.bincount(code[placed], minlength=len(kept) + 1),
        }
    )
    # Two places may read alike (another host of the site): the label must tell them apart.
    twice = frame["section"].duplicated(keep=False) & (frame["address"] != "")
    frame["section"] = frame["section"].where(~twice, frame["address"] + "/")
    return frame, code


def _with_hubs(
    sections: pd.DataFrame, code: Ids, site: Site, graph: LinkGraph, at: dict[str, int], placed: Bools
) -> pd.DataFrame:
    hubs, reasons, found = [], [], []
    why = site.pages["indexability_reason"].to_numpy(dtype=object)
    for address in sections["address"].tolist()[:-1]:
        page = at.get(address, -1)
        end = int(graph.final[page]) if page >= 0 else -1
        # A site behind a folder begins at its section's address; a section that was sent home has no hub.
        fits = end >= 0 and placed[end] and (end != graph.start or page == end)
        hubs.append(float(end) if fits else np.nan)
        reasons.append(("address" if end == page else "redirect") if fits else "")
        found.append("" if fits else str(why[page]) if page >= 0 else "no known page")
    hubs.append(float(graph.start))
    reasons.append("start")
    found.append("")
    table = sections.assign(hub_id=hubs, hub_reason=reasons, at_address=found)
    lacking = np.flatnonzero(table["hub_id"].isna())
    for row, page in _hubs_by_links(graph, code, lacking, placed).items():
        hubs[row], reasons[row] = float(page), "links"
    table = table.assign(hub_id=hubs, hub_reason=reasons)
    return table.astype({"hub_reason": "str", "at_address": "str"})


def _hubs_by_links(graph: LinkGraph, code: Ids, lacking: Ids, placed: Bools) -> dict[int, int]:
    """For sections without a page at their address: the page that most of their pages link up to, if one stands out.

    What the whole site links to is a menu's entry, and where every page links to every other nobody is the hub.
    """
    if not lacking.size:
        return {}
    sizes = np.bincount(code[placed])
    total = int(placed.sum())
    counts = placed[graph.source] & placed[graph.target] & (graph.target != graph.start)
    source, target = graph.source[counts], graph.target[counts]
    everywhere = np.bincount(target, minlength=len(graph))
    hubs = {}
    for row in lacking.tolist():
        own = code[source] == row
        up = np.bincount(target[own], minlength=len(graph))
        members = placed & (code == row)
        others = sizes[row] - members
        share = up / np.maximum(others, 1)
        outside = (everywhere - up) / np.maximum(total - sizes[row] - (placed & ~members), 1)
        usual = share[members].mean()
        fits = placed & (share >= LINKS_UP) & (share >= LIFT * outside) & (share >= LIFT * usual)
        if fits.any():
            candidates = np.flatnonzero(fits)
            order = np.lexsort((candidates, -members[candidates].astype(int), -share[candidates]))
            hubs[row] = int(candidates[order[0]])
    return hubs


def _parents(
    graph: LinkGraph,
    trails: list[Trail],
    sources: list[str],
    kinds: pd.DataFrame,
    hub: npt.NDArray[np.float64],
    at: dict[str, int],
    live: Bools,
) -> tuple[Ids, list[str]]:
    count = len(graph)
    parent = np.full(count, -1, dtype=np.int64)
    reasons = [""] * count
    series = kinds["series_id"].to_numpy()
    for page in np.flatnonzero(graph.final == np.arange(count)).tolist():
        if page == graph.start:
            continue
        parent[page], reasons[page] = graph.start, "start"
        if series[page] >= 0 and live[int(series[page])] and int(series[page]) != page:
            parent[page], reasons[page] = int(series[page]), "series"
            continue
        above = next(
            (
                end
                for place in reversed(trails[page])
                if (end := _live_end(place, at, graph, live)) not in {-1, page}
            ),
            -1,
        )
        if above >= 0:
            parent[page], reasons[page] = above, sources[page]
        elif hub[page] >= 0 and hub[page] != graph.start:
            parent[page], reasons[page] = int(hub[page]), "hub"
    return _without_circles(parent, reasons, graph.start)


def _live_end(place: str, at: dict[str, int], graph: LinkGraph, live: Bools) -> int:
    page = at.get(place, -1)
    end = int(graph.final[page]) if page >= 0 else -1
    return end if end >= 0 and live[end] else -1


def _without_circles(parent: Ids, reasons: list[str], start: int) -> tuple[Ids, list[str]]:
    """Parents such that every page hangs on the start page: one page of each circle is hung there itself."""
    parent, reasons = parent.copy(), list(reasons)
    while True:
        end = np.where(parent >= 0, parent, np.arange(len(parent)))
        for _ in range(max(1, int(np.ceil(np.log2(len(parent) + 1))))):
            end = end[end]
        # So many steps up lies the start page, or a page of a circle.
        caught = np.unique(end[parent[end] >= 0])
        if not caught.size:
            return parent, reasons
        page = int(caught[0])
        parent[page], reasons[page] = start, "start"


def _subsections(
    levels: list[Trail], labels: dict[str, str], sections: pd.DataFrame, code: Ids, placed: Bools
) -> list[str]:
    """Label of the second place of each page's trail, where enough pages share it; empty where they do not."""
    second = [
        trail[1] if len(trail) > 1 and row < len(sections) - 1 else ""
        for trail, row in zip(levels, code.tolist(), strict=True)
    ]
    sizes = Counter(place for place, is_placed in zip(second, placed, strict=True) if is_placed and place)
    return [labels.get(place, place_label(place)) if sizes[place] >= SMALLEST else "" for place in second]
