"""Authority: where the value that backlinks bring arrives, settles, and leaks.

Authority enters at the pages that backlinks land on and walks the links. At each page a share ``1 - d`` settles and
``d`` moves on along the page's links, by weight. No page is paid for existing. What leads to no live page is lost, by
cause. Everything that enters is somewhere in the ledger.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array

from linkkit.errors import SettingsError
from linkkit.folding import Bools, Leak
from linkkit.graph import LinkGraph, row_starts
from linkkit.metrics.solver import TOLERANCE, Floats, Solution, Watch, solve
from linkkit.steps import step

Basis = Literal["referring domains", "backlinks", "start page"]

LEAKS = tuple(str(leak) for leak in Leak)
MONEY, OTHER, NON_INDEXABLE = "money_pages", "other_indexable", "non_indexable"
LEDGER = (MONEY, OTHER, NON_INDEXABLE, *LEAKS)
"""Where a unit of authority can end: settled on three kinds of page, or lost by one of the causes."""


@dataclass(frozen=True, eq=False)
class Entry:
    """Where authority enters.

    Attributes
    ----------
    shares : float64 array
        Share (0-1) of all authority that enters at each page, after folding.
    lost : float64 array
        For each URL the share that lands on it and is lost at once: it leads to no live page.
    domains : float64 array
        Referring domains (or backlinks) of each page after folding; of lost URLs their own.
    basis : str
        What it rests on: ``referring domains``, ``backlinks``, or, where neither is known, ``start page``.
    total : float
        All authority that backlinks bring, in units of `entry_worth`; what the shares are shares of.
    """

    shares: Floats
    lost: Floats
    domains: Floats
    basis: Basis
    total: float


def authority_entry(pages: pd.DataFrame, graph: LinkGraph) -> Entry:
    """How the backlinks of a site are spread over its pages; everything on the start page where none are known.

    Lost links and those marked nofollow, ugc, sponsored or spam are not in the numbers: their readers leave them out.

    Parameters
    ----------
    pages : DataFrame
        Pages of a Site: ``referring_domains``, else ``backlinks``.
    graph : LinkGraph
        Its model's ``entry`` tells what a domain is worth.
    """
    for basis, column in (("referring domains", "referring_domains"), ("backlinks", "backlinks")):
        given = pages[column].astype("float64").fillna(0.0).to_numpy()
        if given.sum() > 0:
            return _entry(graph, given, basis)  # type: ignore[arg-type]
    given = np.zeros(len(graph))
    if len(graph):
        given[graph.start] = 1.0
    return _entry(graph, given, "start page")


def entry_from(graph: LinkGraph, domains: Floats, basis: Basis = "referring domains") -> Entry:
    """The entry that these referring domains, one number a URL, would bring."""
    return _entry(graph, np.asarray(domains, dtype=np.float64), basis)


def _entry(graph: LinkGraph, given: Floats, basis: Basis) -> Entry:
    domains = _sums(graph.final, given, len(graph))
    worth = entry_worth(domains, graph.model.entry)
    total = worth.sum()
    shares = worth / total if total > 0 else worth
    lands = graph.stands
    return Entry(np.where(lands, shares, 0.0), np.where(lands, 0.0, shares), domains, basis, float(total))


def entry_worth(domains: Floats, entry: str) -> Floats:
    """Authority that so many referring domains bring to one page, in units of the first domain under ``log``."""
    return np.log1p(domains) / np.log(2.0) if entry == "log" else np.asarray(domains, dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Flow:
    """How authority moves on from each page: shares of what does not settle.

    Attributes
    ----------
    moves : csr_array, source x target
        Share that each page hands to each other.
    lost : float64 array, page x cause (`LEAKS`)
        Share that is lost. Both together are 1 for every page that stands for itself, 0 for the others.
    damping : float
        Share of what arrives that moves on.
    weight : float64 array
        Weight of all links of each page together, lost ones included, in the unit of `LinkGraph.weight`.
    """

    moves: csr_array
    lost: Floats
    damping: float
    weight: Floats

    @classmethod
    def from_graph(cls, graph: LinkGraph) -> "Flow":
        """Shares from a graph's weights; a page without links loses everything as a dead end."""
        count, weight = len(graph), graph.weight
        # A page that hands its authority to another site is the end of every link to it.
        off_site = (graph.leak == Leak.OFF_SITE_CANONICAL)[graph.target]
        handed_off = np.zeros(count)
        if off_site.any():
            handed_off = _sums(graph.source[off_site], weight[off_site], count)
            weight = np.where(off_site, 0.0, weight)
        lost, scale, total = shares(graph, _sums(graph.source, weight, count), handed_off)
        moves = csr_array(
            (weight * scale[graph.source], graph.target, row_starts(graph.source, count)),
            shape=(count, count),
        )
        return cls(moves, lost, graph.model.damping, total)

    def visits(
        self, entry: Floats, *, tolerance: float = TOLERANCE, start: Floats | None = None, watch: Watch = None
    ) -> Solution:
        """Authority that passes each page, ``m = entry + d P' m``; error in L1. What settles is ``(1 - d) m``."""
        return solve(
            self.moves.T, entry, self.damping, norm="sum", tolerance=tolerance, start=start, watch=watch
        )

    def worth(
        self, goal: Floats, *, tolerance: float = TOLERANCE, start: Floats | None = None, watch: Watch = None
    ) -> Solution:
        """What a unit of authority landing on each page brings to the goal, ``v = goal + d P v``; largest error."""
        return solve(
            self.moves, goal, self.damping, norm="max", tolerance=tolerance, start=start, watch=watch
        )

    def landing_yield(
        self, goal: Floats, *, tolerance: float = TOLERANCE, start: Floats | None = None, watch: Watch = None
    ) -> Solution:
        """Share of a unit landing on each page that settles on the goal's pages, by their weight (0-1)."""
        return self.worth((1 - self.damping) * goal, tolerance=tolerance, start=start, watch=watch)


def shares(graph: LinkGraph, handed_on: Floats, handed_off: Floats) -> tuple[Floats, Floats, Floats]:
    """What becomes of the weight of each page's links: the page-sized part of `Flow.from_graph`.

    Parameters
    ----------
    graph : LinkGraph
        Only its leaks are read, not its edges.
    handed_on, handed_off : float64 array
        Weight of each page's edges to pages of the site, and to pages whose canonical names another site.

    Returns
    -------
    lost : float64 array, page x cause (`LEAKS`)
        Share that is lost; 0 for pages that do not stand for themselves.
    scale : float64 array
        What makes shares of a page's weights; 0 where it has none.
    total : float64 array
        Weight of all links of each page together.
    """
    count, stands = len(graph), graph.stands
    lost = np.zeros((count, len(LEAKS)))
    causes = graph.leaks["cause"].map({cause: place for place, cause in enumerate(LEAKS)})
    np.add.at(
        lost,
        (graph.leaks["page_id"].to_numpy(dtype=np.int64), causes.to_numpy(dtype=np.int64)),
        graph.leaks["weight"].to_numpy(),
    )
    lost[:, LEAKS.index(Leak.OFF_SITE_CANONICAL)] += handed_off
    lost[~stands] = 0.0
    total = handed_on + lost.sum(axis=1)
    scale = np.divide(1.0, total, out=np.zeros(count), where=stands & (total > 0))
    lost *= scale[:, None]
    ends = stands & (total == 0)
    lost[ends & graph.crawled, LEAKS.index(Leak.DEAD_END)] = 1.0
    lost[ends & ~graph.crawled, LEAKS.index(Leak.NOT_CRAWLED)] = 1.0
    return lost, scale, np.where(stands, total, 0.0)


@dataclass(frozen=True, eq=False)
class Authority:
    """Where the authority that enters a site ends up.

    Attributes
    ----------
    graph : LinkGraph
    flow : Flow
    entry : Entry
    money : bool array
        Indexable pages that earn money, after folding.
    visits : Solution
        Authority that passes each page.
    yields : Solution
        Landing yield of each page that stands for itself: share that settles on money pages.
    """

    graph: LinkGraph
    flow: Flow
    entry: Entry
    money: Bools
    visits: Solution
    yields: Solution

    @cached_property
    def settled(self) -> Floats:
        """Share of all authority that settles on each page: the page's authority."""
        return np.asarray((1 - self.flow.damping) * self.visits.values, dtype=np.float64)

    @cached_property
    def lost(self) -> Floats:
        """Share of all authority that each page loses, page x cause; what lands on no live page included."""
        lost = self.flow.damping * self.visits.values[:, None] * self.flow.lost
        return lost + self._lost_on_landing

    @property
    def _lost_on_landing(self) -> Floats:
        lost = np.zeros((len(self.graph), len(LEAKS)))
        pages = np.flatnonzero(self.entry.lost)
        causes = [LEAKS.index(cause) for cause in self.graph.leak[pages]]
        lost[pages, causes] = self.entry.lost[pages]
        return lost

    @cached_property
    def landing_yield(self) -> Floats:
        """Landing yield (0-1) of every URL: a redirect's is its target's; 0 where it leads to no live page.

        NaN everywhere where no page is known to earn money.
        """
        if not self.money.any():
            return np.full(len(self.graph), np.nan)
        lands = self.graph.stands[self.graph.final]
        return np.where(lands, self.yields.values[self.graph.final], 0.0)

    @cached_property
    def landing_lost(self) -> Floats:
        """Share (0-1) that is lost in the end of a unit landing on every URL; 1 where it leads to no live page."""
        stands, final = self.graph.stands, self.graph.final
        kept = self.flow.landing_yield(stands.astype(np.float64)).values
        return np.where(stands[final], np.clip(1.0 - kept[final], 0.0, 1.0), 1.0)

    @property
    def captured(self) -> float:
        """Share of all authority that settles on money pages."""
        return float(self.settled[self.money].sum())

    @cached_property
    def kinds(self) -> npt.NDArray[np.int64]:
        """For each page which of the ledger's first three rows it belongs to."""
        return np.where(self.money, 0, np.where(self.graph.indexable, 1, 2))

    @cached_property
    def ledger(self) -> pd.Series:
        """Where all authority ends: one share (0-1) for each of `LEDGER`, together 1."""
        settled = np.bincount(self.kinds, weights=self.settled, minlength=3)
        return pd.Series(np.concatenate((settled, self.lost.sum(axis=0))), index=list(LEDGER), name="share")

    @cached_property
    def landing_ledgers(self) -> pd.DataFrame:
        """Where a unit of authority ends that lands on each URL: one row per URL, the shares of `LEDGER`, together 1."""
        flow, count = self.flow, len(self.graph)
        rows = np.zeros((count, len(LEDGER)))
        for kind in range(3):
            rows[:, kind] = flow.landing_yield(np.where(self.kinds == kind, 1.0, 0.0)).values
        for place in range(len(LEAKS)):
            leaving = flow.lost[:, place]
            if leaving.any():
                rows[:, 3 + place] = flow.damping * flow.worth(leaving).values
        rows = rows[self.graph.final]
        nowhere = np.flatnonzero(~self.graph.stands[self.graph.final])
        rows[nowhere] = 0.0
        causes = self.graph.leak[np.where(self.graph.leak[nowhere] != "", nowhere, self.graph.final[nowhere])]
        rows[nowhere, [3 + LEAKS.index(cause) for cause in causes]] = 1.0
        return pd.DataFrame(rows, columns=list(LEDGER))


@step("authority and landing yield")
def authority_of(
    graph: LinkGraph, pages: pd.DataFrame, is_money: npt.ArrayLike, *, entry: Entry | None = None
) -> Authority:
    """Solve where authority enters, settles and leaks.

    Parameters
    ----------
    graph : LinkGraph
    pages : DataFrame
        Pages of a Site, for the entry.
    is_money : bool array
        Whether each page earns money, after folding (`linkkit.metrics.importance.fold_signals`).
    entry : Entry, optional
        Another entry than the one of the pages' backlinks.
    """
    flow = Flow.from_graph(graph)
    entry = entry or authority_entry(pages, graph)
    money = np.asarray(is_money, dtype=bool) & graph.indexable & graph.stands
    return Authority(
        graph=graph,
        flow=flow,
        entry=entry,
        money=money,
        visits=flow.visits(entry.shares),
        yields=flow.landing_yield(money.astype(np.float64)),
    )


AUTHORITY_COLUMNS = (
    "authority",
    "landing_yield",
    "entry_share",
    "entry_lost",
    "leaked",
    "leak_cause",
    "drain",
)


@step("authority by page")
def authority_metrics(authority: Authority, drain: Floats | None = None) -> pd.DataFrame:
    """Authority as page columns; `drain` where it is worked out elsewhere than by `drained`.

    Returns
    -------
    DataFrame
        One row per page: ``authority`` (share of all authority that settles there), ``landing_yield``,
        ``entry_share`` (of all authority, that enters there), ``entry_lost`` (that lands there and is lost at once),
        ``leaked`` (share of all authority that the page loses through its links, or for want of them) and
        ``leak_cause`` (the largest; empty where nothing is lost), ``drain`` (`drained`).
    """
    through_links = authority.lost - authority._lost_on_landing
    leaked = through_links.sum(axis=1)
    cause = (
        np.array(LEAKS, dtype=object)[through_links.argmax(axis=1)]
        if len(leaked)
        else np.array([], dtype=object)
    )
    return pd.DataFrame(
        {
            "authority": authority.settled,
            "landing_yield": authority.landing_yield,
            "entry_share": authority.entry.shares,
            "entry_lost": authority.entry.lost,
            "leaked": leaked,
            "leak_cause": pd.Series(np.where(leaked > 0, cause, ""), dtype="str"),
            "drain": drained(authority) if drain is None else drain,
        }
    )


def drained(authority: Authority) -> Floats:
    """What the links to each page keep from money pages: captured share won, to first order, if all were taken out.

    Taking out the link from s to t spreads its share over the page's other links: the gain is
    ``d m_s p / (1 - p) (y_s' - y_t)`` with p the link's share and ``y_s'`` the yield of what s hands on. Negative where
    a page passes on more than the links beside it would. 0 everywhere where no page is known to earn money.
    """
    moves, y = authority.flow.moves, authority.yields.values
    if not authority.money.any():
        return np.zeros(len(y))
    source = np.repeat(np.arange(len(y)), np.diff(moves.indptr))
    share = moves.data
    onward = moves @ y
    # A page's only link is its only way on: without it everything ends there. Its share is 1 but for rounding.
    only = share > 1 - 1e-9
    others = np.where(only, 0.0, share / np.where(only, 1.0, 1 - share))
    won = (
        authority.flow.damping
        * authority.visits.values[source]
        * others
        * (onward[source] - y[moves.indices])
    )
    won[only] = -authority.flow.damping * authority.visits.values[source[only]] * y[moves.indices[only]]
    return _sums(moves.indices, won, len(y))


def section_flow(authority: Authority, sections: pd.Series) -> pd.DataFrame:
    """Authority that moves from section to section along links.

    Parameters
    ----------
    authority : Authority
    sections : Series
        Section of each page.

    Returns
    -------
    DataFrame
        One row per pair that authority moves between, by name: ``from_section``, ``to_section``, ``share`` of all authority
        that enters the site; what a page hands on several times counts each time, so shares may add up to more than 1.
    """
    codes, names = pd.factorize(sections.astype(str), sort=True)
    moves = authority.flow.moves
    source = np.repeat(np.arange(moves.shape[0]), np.diff(moves.indptr))
    moved = authority.flow.damping * authority.visits.values[source] * moves.data
    # A sparse table: sections may be as many as a site has folders.
    table = csr_array((moved, (codes[source], codes[moves.indices])), shape=(len(names), len(names)))
    table.sort_indices()
    found = table.tocoo()
    kept = found.data > 0
    return pd.DataFrame(
        {
            "from_section": names[found.row[kept]],
            "to_section": names[found.col[kept]],
            "share": found.data[kept],
        }
    )


def section_ledgers(authority: Authority, sections: pd.Series) -> pd.DataFrame:
    """Where authority ends that lands in each section.

    Returns
    -------
    DataFrame
        One row per section: ``section``, ``entry_share`` (of all authority that lands there; lost on landing included),
        ``is_assumed`` (no backlink lands there: the row is that of its average indexable page), then the shares of
        `LEDGER`, together 1. Sections without a page that could take a backlink are left out.
    """
    landing = authority.landing_ledgers.to_numpy()
    codes, names = pd.factorize(sections.astype(str), sort=True)
    entry = authority.entry.shares + authority.entry.lost
    candidates = (authority.graph.indexable & authority.graph.stands) * 1.0
    entered = np.bincount(codes, weights=entry, minlength=len(names))
    weight = np.where(entered[codes] > 0, entry, candidates)
    total = np.bincount(codes, weights=weight, minlength=len(names))
    kept = np.flatnonzero(total > 0)
    shares = {
        name: np.bincount(codes, weights=weight * landing[:, place], minlength=len(names))[kept] / total[kept]
        for place, name in enumerate(LEDGER)
    }
    return pd.DataFrame(
        {"section": names[kept], "entry_share": entered[kept], "is_assumed": entered[kept] == 0, **shares}
    )


def ledger_of(authority: Authority, landing: Iterable[int]) -> pd.Series:
    """Where the authority ends that lands on some pages (ids) together: the shares of `LEDGER`, together 1.

    Pages without backlinks count alike where none of them has any.

    Raises
    ------
    SettingsError
        If no page is given.
    """
    chosen = np.fromiter(landing, dtype=np.int64)
    if not len(chosen):
        raise SettingsError("no landing page: at least one page id is expected")
    entry = (authority.entry.shares + authority.entry.lost)[chosen]
    weight = entry if entry.sum() > 0 else np.ones(len(chosen))
    shares = weight @ authority.landing_ledgers.to_numpy()[chosen] / weight.sum()
    return pd.Series(shares, index=list(LEDGER), name="share")


def _sums(keys: npt.NDArray[np.int32], values: Floats, count: int) -> Floats:
    """Sum of the values of each key 0..count-1."""
    return np.asarray(np.bincount(keys, weights=values, minlength=count), dtype=np.float64)
