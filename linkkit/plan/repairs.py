"""Repairs of a site: what each does to the link graph, and what it brings, found by solving the repaired site."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from linkkit.audit import Audit
from linkkit.graph import LinkGraph, links_to
from linkkit.metrics.authority import Flow, entry_from
from linkkit.metrics.depth import clicks_from
from linkkit.metrics.solver import Floats
from linkkit.plan.edits import NO_PAIRS, Edits, Pairs, added_weight, edited, relinked
from linkkit.plan.gains import Ids, LinkGains
from linkkit.plan.simulation import redirect_edits
from linkkit.schema import Position

TOLERANCE = 1e-10
"""Error of a share that a repair reaches."""
NO_IDS: Ids = np.array([], dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Repair:
    """What changes on a site, by page ids and rows of `Trials.places`.

    Attributes
    ----------
    add : int array, n x 2
        Links to add in the content: source, target.
    up : int array, n x 2
        Links to add in the breadcrumb.
    gone, follow : int arrays
        Links to take out, and to set free of nofollow.
    moved : mapping of row to page id
        Links that lead elsewhere from now on.
    redirect : mapping of page id to page id
        Addresses that redirect from now on.
    indexable : int array
        Pages that can stand in an index from now on.
    """

    add: Pairs = field(default_factory=NO_PAIRS.copy)
    up: Pairs = field(default_factory=NO_PAIRS.copy)
    gone: Ids = field(default_factory=NO_IDS.copy)
    follow: Ids = field(default_factory=NO_IDS.copy)
    moved: Mapping[int, int] = field(default_factory=dict)
    redirect: Mapping[int, int] = field(default_factory=dict)
    indexable: Ids = field(default_factory=NO_IDS.copy)

    @property
    def is_empty(self) -> bool:
        """Whether nothing changes."""
        return not (len(self.add) or len(self.up) or self.relinks or self.redirect or len(self.indexable))

    @property
    def relinks(self) -> bool:
        """Whether links that are there change."""
        return bool(len(self.gone) or len(self.follow) or self.moved)


@dataclass(frozen=True)
class Trial:
    """What a repair brings.

    Attributes
    ----------
    gain : float
        Change of the share of all authority that reaches the goal.
    clicks_saved : float
        Over all indexable pages; negative where pages sink. A page out of reach counts as one click deeper than the deepest
        page in reach today.
    reached : int
        Indexable pages that come into reach.
    """

    gain: float
    clicks_saved: float
    reached: int


def together(repairs: Iterable[Repair]) -> Repair:
    """All repairs at once: of two redirects of one address, or places to lead a link to, the first counts."""
    parts = list(repairs)
    redirect: dict[int, int] = {}
    moved: dict[int, int] = {}
    for each in parts:
        redirect, moved = {**each.redirect, **redirect}, {**each.moved, **moved}
    return Repair(
        add=np.concatenate([NO_PAIRS, *(each.add for each in parts)]),
        up=np.concatenate([NO_PAIRS, *(each.up for each in parts)]),
        gone=np.unique(np.concatenate([NO_IDS, *(each.gone for each in parts)])),
        follow=np.unique(np.concatenate([NO_IDS, *(each.follow for each in parts)])),
        moved=moved,
        redirect=_without_circles(redirect),
        indexable=np.unique(np.concatenate([NO_IDS, *(each.indexable for each in parts)])),
    )


def _without_circles(redirect: Mapping[int, int]) -> dict[int, int]:
    """Redirects that lead to a page in the end; one that closes a circle is left out."""
    kept: dict[int, int] = {}
    for source, target in redirect.items():
        end = target
        while end in kept:
            end = kept[end]
        if end != source:
            kept[source] = target
    return kept


@dataclass(frozen=True, eq=False)
class Trials:
    """Repairs tried on one audit.

    Attributes
    ----------
    audit : Audit
    places : DataFrame
        `linkkit.graph.links_to` all URLs that some repair changes links to, and those that count for the same pages.
    """

    audit: Audit
    places: pd.DataFrame

    @classmethod
    def of(cls, audit: Audit, targets: Iterable[int]) -> "Trials":
        """Trials of repairs that change links to these URLs.

        Parameters
        ----------
        audit : Audit
        targets : iterable of int
            Page ids before folding.
        """
        graph = audit.graph
        asked = np.unique(np.fromiter(targets, dtype=np.int64))
        ends = np.unique(graph.fold[asked])
        alike = np.flatnonzero(np.isin(graph.fold, ends[ends >= 0]))
        return cls(audit, links_to(audit.site, graph, np.union1d(asked, alike).tolist()))

    @property
    def has_money(self) -> bool:
        """Whether pages that earn are known; else what stays on indexable pages is measured."""
        return bool(self.audit.authority.money.any())

    @property
    def goal(self) -> str:
        """What gains are measured at, in words."""
        return "money pages" if self.has_money else "indexable pages (no money pages are known)"

    @cached_property
    def _earning(self) -> npt.NDArray[np.bool_]:
        if not self.has_money:
            return np.ones(len(self.audit.graph), dtype=bool)
        return self.audit.metrics["is_money_page"].to_numpy(dtype=bool)

    @cached_property
    def _yields(self) -> Floats:
        """Share of a unit landing on each page that reaches the goal today."""
        known = self.audit.authority
        if self.has_money:
            return known.yields.values
        return known.flow.landing_yield(self._goal(self.audit.graph), tolerance=TOLERANCE).values

    @cached_property
    def before(self) -> float:
        """Share of all authority that reaches the goal today (0-1)."""
        return float(self._yields @ self.audit.authority.entry.shares)

    @cached_property
    def depth(self) -> Floats:
        """Clicks from the start page to each page today; NaN where unreachable."""
        return clicks_from(self.audit.graph.followed, [self.audit.graph.start])

    def _goal(self, graph: LinkGraph) -> Floats:
        """1 for each page of the goal. A page that redirects hands its calling on."""
        earns = np.zeros(len(graph), dtype=bool)
        earns[graph.final[self._earning]] = True
        return (earns & graph.indexable & graph.stands).astype(np.float64)

    def repaired(self, repair: Repair) -> LinkGraph:
        """The link graph of the repaired site."""
        graph = self.audit.graph
        if repair.redirect:
            graph = edited(graph, redirect_edits(self.audit, repair.redirect))
        if repair.relinks:
            graph = relinked(graph, self.places, gone=repair.gone, follow=repair.follow, moved=repair.moved)
        if len(repair.add):
            graph = edited(graph, Edits(add=repair.add))
        if len(repair.up):
            graph = edited(graph, Edits(add=repair.up, position=Position.BREADCRUMB))
        if len(repair.indexable):
            indexable = graph.indexable.copy()
            indexable[repair.indexable] = True
            graph = replace(graph, indexable=indexable)
        return graph

    def reached(self, graph: LinkGraph) -> float:
        """Share of all authority that reaches the goal on a repaired graph: the site solved again (0-1)."""
        entry = self.audit.authority.entry
        if graph.fold is not self.audit.graph.fold:
            entry = entry_from(graph, entry.domains, entry.basis)
        flow = Flow.from_graph(graph)
        goal = self._goal(graph)
        return float(flow.landing_yield(goal, tolerance=TOLERANCE, start=self._yields).values @ entry.shares)

    def tried(self, repair: Repair) -> Trial:
        """What a repair alone brings, exact."""
        if self._counts_already(repair):
            return Trial(0.0, 0.0, 0)
        link = self._new_link(repair)
        if link is not None:
            gain = float(self._gains.exact(np.array([link[0]]), np.array([link[1]]))[0])
            return Trial(gain, *self._saved(self._nearer(*link)))
        return self.solved(repair)

    def solved(self, repair: Repair) -> Trial:
        """The same by solving the whole site again, whatever the repair is."""
        graph = self.repaired(repair)
        gain = self.reached(graph) - self.before
        return Trial(gain, *self._clicks_saved(graph)) if self._may_move(repair) else Trial(gain, 0.0, 0)

    def _counts_already(self, repair: Repair) -> bool:
        """Whether all that changes are addresses which count for the same page: folding has done it before."""
        if not repair.moved or not replace(repair, moved={}).is_empty:
            return False
        fold = self.audit.graph.fold
        was = self.places["target_id"].to_numpy()[list(repair.moved)]
        ends = fold[list(repair.moved.values())]
        return bool((ends >= 0).all() and (fold[was] == ends).all())

    def _new_link(self, repair: Repair) -> tuple[int, int] | None:
        """The one link that a repair adds between two live pages where there was none; None for all other repairs.

        What such a link brings has a closed form (`LinkGains.exact`), which needs one solve for each source.
        """
        others = len(repair.up) or repair.relinks or repair.redirect or len(repair.indexable)
        if others or len(repair.add) != 1:
            return None
        graph = self.audit.graph
        source, target = graph.final[repair.add[0]].tolist()
        sound = graph.stands[source] and graph.stands[target] and source != target
        return (source, target) if sound and graph.followed[source, target] == 0 else None

    def _nearer(self, source: int, target: int) -> Floats:
        """Clicks to each page with one more link: only what lies behind it can come nearer."""
        depth = np.where(np.isnan(self.depth), np.inf, self.depth)
        level = depth[source] + 1
        if not level < depth[target]:
            return self.depth
        links = self.audit.graph.followed
        frontier = np.array([target], dtype=np.int64)
        while len(frontier):
            depth[frontier] = level
            level += 1
            reached = np.unique(
                np.concatenate(
                    [links.indices[links.indptr[page] : links.indptr[page + 1]] for page in frontier]
                )
            )
            frontier = reached[depth[reached] > level].astype(np.int64)
        return np.where(np.isinf(depth), np.nan, depth)

    def _clicks_saved(self, graph: LinkGraph) -> tuple[float, int]:
        """Clicks saved over all indexable pages, and how many of them come into reach."""
        return self._saved(clicks_from(graph.followed, [graph.start])[graph.final])

    def _saved(self, now: Floats) -> tuple[float, int]:
        was = self.depth[self.audit.graph.final]
        lowest = float(np.nanmax(self.depth, initial=0.0)) + 1
        counted = self.audit.graph.indexable & self.audit.graph.stands
        saved = np.where(np.isnan(was), lowest, was) - np.where(np.isnan(now), lowest, now)
        reached = int((counted & np.isnan(was) & ~np.isnan(now)).sum())
        return float(saved[counted].sum()), reached

    def _may_move(self, repair: Repair) -> bool:
        """Whether any page can come nearer or sink: most links to add lead to pages that are as near already."""
        if repair.relinks or repair.redirect:
            return True
        pairs = np.concatenate((repair.add, repair.up))
        if not len(pairs):
            return False
        source, target = self.depth[self.audit.graph.final[pairs]].T
        return bool((~np.isnan(source) & ~(target <= source + 1)).any())

    def first_order(self, repair: Repair) -> float:
        """Gain of links to add but for what they change about each other; NaN for other repairs."""
        if not len(repair.add) or len(repair.up) or repair.relinks or repair.redirect:
            return float("nan")
        ends = self.audit.graph.final[repair.add].astype(np.int64)
        return float(self.first_orders(ends[:, 0], ends[:, 1]).sum())

    def first_orders(self, sources: Ids, targets: Ids) -> Floats:
        """Gain of each link to add, to first order."""
        return self._gains.numerators(sources, targets)

    @cached_property
    def _gains(self) -> LinkGains:
        known = self.audit.authority
        return LinkGains(known.flow, known.visits.values, self._yields, added_weight(self.audit.graph.model))
