"""How the links follow the hierarchy: ways over the hub, links up, among siblings and across, and how tangled they are."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from scipy.sparse import csr_array

from linkkit.folding import Bools
from linkkit.graph import LinkGraph
from linkkit.metrics.depth import clicks_from
from linkkit.metrics.dominators import dominators
from linkkit.metrics.hierarchy import Hierarchy
from linkkit.schema import Position
from linkkit.site import Site
from linkkit.steps import step

Floats = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]

LINK_KINDS = ("up", "down", "sibling", "same section", "across")
"""To a page above, to one below, to one with the same parent, elsewhere in the section, to another section."""
UP_BY = ("content", "breadcrumb", "template", "none")
_BITS = 64


@step("structure")
def structure_metrics(
    site: Site, graph: LinkGraph, hierarchy: Hierarchy, depth: Floats, signals: pd.DataFrame
) -> pd.DataFrame:
    """What the checks of the chapter architecture read.

    Parameters
    ----------
    site, graph, hierarchy
    depth : float64 array
        `clicks_from` the start page.
    signals : DataFrame
        `linkkit.metrics.importance.fold_signals`.

    Returns
    -------
    DataFrame
        One row per page: columns of `Hierarchy.pages`; ``passes_hub`` (some shortest path from the start page passes the
        hub of the page's section, or comes from its parent), ``hub_clicks`` (fewest clicks from the hub without leaving the section; NaN where none lead);
        ``up_by`` (how the page links to its parent or hub: content, breadcrumb, template, none); ``siblings`` (placed
        pages with the same parent), ``linked_siblings`` (those it links to in its content); ``dominator_id`` (the last page
        that every path to it passes, NaN for the start page and unreachable ones), ``on_one_link``, and what would be lost without the
        page: ``hanging_pages`` (indexable, itself included), ``hanging_money_pages``, ``hanging_sessions``, ``hanging_domains`` (referring
        domains).
    """
    tree = dominators(graph.followed, graph.start)
    counted = graph.indexable & graph.stands
    worth = signals.fillna(0.0)
    siblings, linked = sibling_links(graph, hierarchy)
    measured = pd.DataFrame(
        {
            "passes_hub": passes_hub(graph, hierarchy, depth),
            "hub_clicks": hub_clicks(graph, hierarchy),
            "up_by": pd.Series(links_up(site, graph, hierarchy), index=hierarchy.pages.index, dtype="str"),
            "siblings": siblings,
            "linked_siblings": linked,
            "dominator_id": np.where(tree.dominator >= 0, tree.dominator, np.nan),
            "on_one_link": tree.on_one_link,
            "hanging_pages": tree.hanging(counted).astype(np.int64),
            "hanging_money_pages": tree.hanging(counted & signals["is_money_page"].to_numpy()).astype(
                np.int64
            ),
            "hanging_sessions": tree.hanging(worth["sessions"].to_numpy(dtype=float)),
            "hanging_domains": tree.hanging(worth["referring_domains"].to_numpy(dtype=float)),
        },
        index=hierarchy.pages.index,
    )
    return pd.concat([hierarchy.pages, measured], axis=1)


@step("ways past the hub")
def passes_hub(graph: LinkGraph, hierarchy: Hierarchy, depth: Floats) -> Bools:
    """Whether some shortest path from the start page passes the hub of each page's section, or comes from its parent.

    A menu that names the parts of a section leads past its hub, and rightly so: coming from the page above is in order as well.
    False for pages whose section has no hub, and for hubs.
    """
    hub = hierarchy.hub
    hubs = np.unique(hub[hub >= 0])
    nearer = depth[graph.target] == depth[graph.source] + 1
    source, target = graph.source[nearer].astype(np.int64), graph.target[nearer].astype(np.int64)
    order = np.lexsort((target, depth[target]))
    source, target = source[order], target[order]
    deepest = int(np.nanmax(depth, initial=0))
    cuts = np.searchsorted(depth[target], np.arange(1, deepest + 2))
    passed = np.zeros(len(graph), dtype=bool)
    # Sixty-four hubs at a time: a bit for each, carried along all shortest paths.
    for low in range(0, len(hubs), _BITS):
        some = hubs[low : low + _BITS]
        carried = np.zeros(len(graph), dtype=np.uint64)
        carried[some] = np.uint64(1) << np.arange(len(some), dtype=np.uint64)
        for first, last in pairwise(cuts):
            if first == last:
                continue
            into, begins = np.unique(target[first:last], return_index=True)
            carried[into] |= np.bitwise_or.reduceat(carried[source[first:last]], begins)
        own = np.flatnonzero(np.isin(hub, some))
        bit = np.searchsorted(some, hub[own]).astype(np.uint64)
        passed[own] = (carried[own] >> bit) & np.uint64(1) > 0
    from_parent = hierarchy.parent[target] == source
    passed[target[from_parent]] = True
    return passed & (hub >= 0) & ~np.isnan(depth)


@step("clicks from the hub")
def hub_clicks(graph: LinkGraph, hierarchy: Hierarchy) -> Floats:
    """Fewest clicks to each page from the hub of its section over pages of the section only; NaN where none lead, or no hub is."""
    code = pd.factorize(hierarchy.pages["site_section"])[0].astype(np.int64)
    hub = hierarchy.hub
    source, target = graph.source.astype(np.int64), graph.target.astype(np.int64)
    inside = (code[source] == code[target]) & (source != hub[target])
    from_hub = source == hub[target]
    # A hub may stand in another section, so each section begins at a page of its own that has the hub's links.
    count, sections = len(graph), int(code.max(initial=0)) + 1
    rows = np.concatenate((source[inside], count + code[target[from_hub]]))
    columns = np.concatenate((target[inside], target[from_hub]))
    links = csr_array((np.ones(len(rows), dtype=bool), (rows, columns)), shape=(count + sections,) * 2)
    clicks = clicks_from(links, count + np.arange(sections))[:count]
    return np.where(hub >= 0, clicks, np.nan)


@step("links up")
def links_up(site: Site, graph: LinkGraph, hierarchy: Hierarchy) -> list[str]:
    """How each page links to its parent or its section's hub (`UP_BY`): the first kind that it does.

    Followed links after folding; those of a URL that folds into the page are the page's own. ``none`` also for the start page.
    """
    parent, hub = hierarchy.parent, hierarchy.hub
    # The start page is above a page that has a nearer one, but a link home does not lead there.
    hub = np.where(hub == graph.start, -1, hub)
    above = pa.table(
        {
            "page_id": np.arange(len(graph), dtype=np.int32),
            "final": graph.final,
            "parent": parent.astype(np.int32),
            "hub": hub.astype(np.int32),
            "nofollow": site.pages["robots_nofollow"].to_numpy(),
        }
    )
    content, crumb = int(Position.CONTENT), int(Position.BREADCRUMB)
    found = site.engine.arrow(
        f"""SELECT s.final AS page,
            min(CASE l.position WHEN {content} THEN 0 WHEN {crumb} THEN 1 ELSE 2 END) AS kind
        FROM links l JOIN above s ON s.page_id = l.source_id JOIN above t ON t.page_id = l.target_id
        JOIN above o ON o.page_id = s.final
        WHERE NOT l.nofollow AND NOT s.nofollow AND (t.final = o.parent OR t.final = o.hub)
        GROUP BY s.final""",
        above=above,
    )
    kind = np.full(len(graph), len(UP_BY) - 1)
    kind[found["page"].to_numpy()] = found["kind"].to_numpy()
    return [UP_BY[each] for each in kind.tolist()]


def sibling_links(graph: LinkGraph, hierarchy: Hierarchy) -> tuple[Ids, Ids]:
    """For each placed page how many placed pages have the same parent, and how many of them it links to in its content."""
    parent, placed = hierarchy.parent, hierarchy.pages["is_placed"].to_numpy()
    own = placed & (parent >= 0)
    children = np.bincount(parent[own], minlength=len(graph))
    siblings = np.where(own, children[parent] - 1, 0)
    source, target = graph.source[graph.is_content], graph.target[graph.is_content]
    both = own[source] & own[target] & (parent[source] == parent[target])
    return siblings, np.bincount(source[both], minlength=len(graph))


@dataclass(frozen=True, eq=False)
class Tangle:
    """How far the links between placed pages are from those of a clean tree of the same size.

    Attributes
    ----------
    kinds : DataFrame
        One row per `LINK_KINDS`: ``kind``, ``links`` (distinct pairs of pages), ``share`` (0-1), ``random_share`` (what the same
        number of links thrown at random between the same pages would give).
    links : int
        Links that were counted.
    loose_share, random_loose_share : float
        Share of links that lead neither up, nor down, nor to a sibling: 0 in a clean tree; and its expectation for random
        links. NaN without links.
    """

    kinds: pd.DataFrame
    links: int
    loose_share: float
    random_loose_share: float

    @property
    def tangle(self) -> float:
        """0 where every link follows the tree, 1 where links lie as if thrown at random; NaN where nothing can be said."""
        return self.loose_share / self.random_loose_share if self.random_loose_share else float("nan")


def tangle_of(graph: LinkGraph, hierarchy: Hierarchy, *, editorial: bool = True) -> Tangle:
    """Measure how tangled the site's links are.

    A clean tree links every page to its parent, its children and its siblings; pages further above (the start page, a
    breadcrumb's) or below count as up and down. What leads elsewhere is loose. ``tangle`` is the loose share against that of random
    links: loose links are not wrong, related pages should be linked across sections, but a site near 1 shows no
    structure to whoever follows its links.

    Parameters
    ----------
    graph, hierarchy
    editorial : bool
        Count only links in the content that no template repeats: a menu links every page with every hub.
    """
    source, target = _counted(graph, hierarchy, editorial=editorial)
    parent = hierarchy.parent
    section = pd.factorize(hierarchy.pages["site_section"])[0]
    kind = np.full(len(source), LINK_KINDS.index("across"))
    kind[section[source] == section[target]] = LINK_KINDS.index("same section")
    kind[(parent[source] == parent[target]) & (parent[source] >= 0)] = LINK_KINDS.index("sibling")
    for above, below, name in ((target, source, "up"), (source, target, "down")):
        step = parent[below]
        while (climbing := step >= 0).any():
            kind[step == above] = LINK_KINDS.index(name)
            step = np.where(climbing, parent[step], -1)
    counts = np.bincount(kind, minlength=len(LINK_KINDS))
    chance = _chances(hierarchy, section)
    total = len(source)
    kinds = pd.DataFrame(
        {
            "kind": list(LINK_KINDS),
            "links": counts,
            "share": counts / total if total else np.nan,
            "random_share": chance,
        }
    )
    loose = kinds["kind"].isin(["same section", "across"])
    return Tangle(
        kinds,
        total,
        float(kinds["share"][loose].sum(skipna=False)),
        float(kinds["random_share"][loose].sum()),
    )


def _chances(hierarchy: Hierarchy, section: npt.NDArray[np.int64]) -> Floats:
    """Share of all ordered pairs of placed pages that are of each kind of link."""
    parent, placed = hierarchy.parent, hierarchy.pages["is_placed"].to_numpy()
    count = int(placed.sum())
    if count < 2:
        return np.zeros(len(LINK_KINDS))
    # Pages above that are placed themselves: a link up may lead to any of them.
    above = np.zeros(len(parent), dtype=np.int64)
    step = parent.copy()
    while (step >= 0).any():
        above += (step >= 0) & placed[step]
        step = np.where(step >= 0, parent[step], -1)
    vertical = int(above[placed].sum())
    own = placed & (parent >= 0)
    children = np.bincount(parent[own], minlength=len(parent)).astype(np.float64)
    horizontal = float((children * (children - 1)).sum())
    sizes = np.bincount(section[placed]).astype(np.float64)
    together = float((sizes * (sizes - 1)).sum())
    # Vertical and sibling pairs across sections (the start page's) are no pairs "across".
    same = _pairs_inside(parent, placed, section)
    inside = together - same
    shares = np.array([vertical, vertical, horizontal, inside]) / (count * (count - 1))
    return np.append(shares, 1.0 - shares.sum())


def _pairs_inside(parent: Ids, placed: Bools, section: npt.NDArray[np.int64]) -> float:
    """Ordered pairs of placed pages of one section that are above, below or beside one another."""
    step, inside = parent.copy(), 0
    every = np.flatnonzero(placed)
    while (step >= 0).any():
        above = step[every]
        inside += int(((above >= 0) & placed[above] & (section[above] == section[every])).sum())
        step = np.where(step >= 0, parent[step], -1)
    own = every[parent[every] >= 0]
    groups = (
        pd.Series(1, index=pd.MultiIndex.from_arrays([parent[own], section[own]])).groupby(level=[0, 1]).sum()
    )
    return 2.0 * inside + float((groups * (groups - 1)).sum())


def section_links(graph: LinkGraph, hierarchy: Hierarchy, *, editorial: bool = False) -> pd.DataFrame:
    """Links from section to section, against what the sections' sizes would give.

    Returns
    -------
    DataFrame
        One row per ordered pair of sections, both in the order of `Hierarchy.sections`: ``source_section``, ``target_section``,
        ``links`` (distinct pairs of placed pages), ``share`` of all links, ``expected_share`` (of the possible pairs of pages),
        ``ratio`` (share against expected; NaN where no pair is possible).
    """
    source, target = _counted(graph, hierarchy, editorial=editorial)
    names = hierarchy.sections["section"].tolist()
    code = hierarchy.pages["site_section"].map({name: row for row, name in enumerate(names)}).to_numpy()
    size = len(names)
    counts = np.bincount(code[source] * size + code[target], minlength=size * size)
    pages = np.bincount(code[hierarchy.pages["is_placed"].to_numpy()], minlength=size).astype(np.float64)
    possible = np.outer(pages, pages) - np.diag(pages)
    expected = possible.ravel() / max(possible.sum(), 1.0)
    share = counts / max(len(source), 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(expected > 0, share / expected, np.nan)
    return pd.DataFrame(
        {
            "source_section": np.repeat(names, size),
            "target_section": np.tile(names, size),
            "links": counts,
            "share": share,
            "expected_share": expected,
            "ratio": ratio,
        }
    )


def section_summary(hierarchy: Hierarchy, metrics: pd.DataFrame) -> pd.DataFrame:
    """What each section is made of, and how its links follow it.

    Parameters
    ----------
    hierarchy : Hierarchy
    metrics : DataFrame
        `linkkit.metrics.compute_metrics`.

    Returns
    -------
    DataFrame
        The rows of `Hierarchy.sections`, and over the section's reachable placed pages but the hub: ``below_hub`` (number),
        ``passing_hub_share``, ``linking_up_share``, ``sibling_density`` (share of pairs of siblings that are linked in the
        content); NaN where there is nothing to divide by.
    """
    m = metrics[metrics["is_placed"] & metrics["crawl_depth"].notna()]
    hubs = set(hierarchy.sections["hub_id"].dropna().astype(int))
    below = m[~m["page_id"].isin(hubs)]
    grouped = below.groupby("site_section")
    summary = pd.DataFrame(
        {
            "below_hub": grouped.size(),
            "passing_hub_share": grouped["passes_hub"].mean(),
            "linking_up_share": (below["up_by"] != "none").groupby(below["site_section"]).mean(),
            "sibling_density": grouped["linked_siblings"].sum()
            / grouped["siblings"].sum().replace(0, np.nan),
        }
    )
    joined = hierarchy.sections.join(summary, on="section")
    joined.loc[joined["hub_id"].isna(), "passing_hub_share"] = np.nan
    return joined.fillna({"below_hub": 0}).astype({"below_hub": "int64"})


def _counted(graph: LinkGraph, hierarchy: Hierarchy, *, editorial: bool) -> tuple[Ids, Ids]:
    placed = hierarchy.pages["is_placed"].to_numpy()
    kept = placed[graph.source] & placed[graph.target]
    if editorial:
        kept &= graph.is_content & ~graph.is_boilerplate
    return graph.source[kept].astype(np.int64), graph.target[kept].astype(np.int64)
