"""The link plan: the few new links that bring most of what backlinks bring to where it is wanted."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from linkkit.audit import Audit
from linkkit.errors import SettingsError
from linkkit.graph import LinkGraph
from linkkit.metrics.authority import Flow
from linkkit.metrics.solver import Floats
from linkkit.plan.choosing import MONEY_PAGES, ORPHANS, choose_pages
from linkkit.plan.edits import NO_PAIRS, Edits, Pairs, added_weight, edited
from linkkit.plan.gains import Ids, LinkGains

ORPHANS_FIRST = "orphans first"
LEAST_GAIN = 1e-9
"""Share of all authority below which a link is no gain but rounding."""
RANDOM_RUNS = 20


@dataclass(frozen=True)
class Constraints:
    """What a plan may do.

    Attributes
    ----------
    links : int
        New links at most.
    per_page : int
        New links on one page at most.
    per_target : int
        New links to one page at most.
    """

    links: int = 20
    per_page: int = 2
    per_target: int = 5

    def __post_init__(self) -> None:
        faults = [f"{name} = {value!r}: a whole number of at least 1 is expected" for name, value in vars(self).items() if not isinstance(value, int) or isinstance(value, bool) or value < 1]  # fmt: skip
        if faults:
            raise SettingsError("link plan:\n  " + "\n  ".join(faults))


@dataclass(frozen=True, eq=False)
class LinkPlan:
    """New links in the order to make them, and what they bring.

    Attributes
    ----------
    links : DataFrame
        One row per link, best first: ``source_id``, ``target_id``, ``source``, ``target`` (URLs), ``gain`` (share of all
        authority, 0-1, that it brings to the goal after the ones before it), ``goal_after`` (share that reaches the goal
        then), ``goal`` (what the link was chosen for), and the columns of the candidates beside the ids, such as
        ``relevance`` and ``phrase``.
    before, after : float
        Share of all authority that reaches the goal.
    comparison : DataFrame
        One row per way to choose as many links from the same candidates under the same constraints: ``method``, ``links``
        (count), ``after`` (share that reaches the goal), ``gain``, ``low``, ``high`` (of random choices, the rest as `after`).
    goal : str
        What was aimed at, in words.
    candidates : int
        Links that were considered.
    constraints : Constraints
    model : str
        The link model in words.
    """

    links: pd.DataFrame
    before: float
    after: float
    comparison: pd.DataFrame
    goal: str
    candidates: int
    constraints: Constraints
    model: str

    @property
    def multiple(self) -> float:
        """How many times as much reaches the goal as before; NaN where nothing did."""
        return self.after / self.before if self.before > 0 else float("nan")


def plan_links(
    audit: Audit,
    candidates: pd.DataFrame,
    *,
    goal: str | Sequence[str] = MONEY_PAGES,
    constraints: Constraints | None = None,
) -> LinkPlan:
    """Choose links greedily by their exact gain, solving the site again after each.

    In each round the link with the largest gain of all candidates left is taken. Gains are exact: candidates are ranked by a bound
    that needs no solve, and solved from the top until no other can beat the best. A link is taken only if it gains.

    Parameters
    ----------
    audit : Audit
    candidates : DataFrame
        One row per link that may be added: ``source_id``, ``target_id`` (page ids), and what else is to stand in the plan;
        ``relevance`` (larger is better) breaks ties and serves the comparison. Links that are there already, links from or to pages
        that are not live, from pages that were never requested (what else they link to is not known) and to pages that are not
        indexable are left out.
    goal : str or sequence of str
        Pages that authority should reach (`linkkit.plan.choosing.choose_pages`), or ``"orphans first"``: the best link to every
        page out of reach, then links for money pages.
    constraints : Constraints, optional

    Raises
    ------
    SettingsError
        If the goal fits no page, or the candidates lack their columns.
    """
    limits = constraints or Constraints()
    usable = _usable(audit, candidates)
    if goal == ORPHANS_FIRST:
        return _orphans_first(audit, usable, limits)
    weights, words = goal_weights(audit, goal)
    return _plan(audit, audit.graph, usable, weights, words, limits)


def goal_weights(audit: Audit, goal: str | Sequence[str]) -> tuple[Floats, str]:
    """1 for each indexable page of a goal, 0 for the others; and the goal in words.

    Raises
    ------
    SettingsError
        If no indexable page is among them.
    """
    pages = choose_pages(audit, goal)
    pages = pages[audit.graph.indexable[pages]]
    words = goal if isinstance(goal, str) else f"{len(pages):,} chosen pages"
    if not len(pages):
        raise SettingsError(f"goal {words!r} holds no indexable page")
    weights = np.zeros(len(audit.graph))
    weights[pages] = 1.0
    return weights, words


def _usable(audit: Audit, candidates: pd.DataFrame) -> pd.DataFrame:
    missing = {"source_id", "target_id"} - set(candidates.columns)
    if missing:
        raise SettingsError(
            f"candidates: no column {', '.join(sorted(missing))}; found {', '.join(map(str, candidates.columns))}"
        )
    graph = audit.graph
    source = candidates["source_id"].to_numpy(dtype=np.int64)
    target = candidates["target_id"].to_numpy(dtype=np.int64)
    sound = graph.stands[source] & graph.crawled[source] & (source != target)
    sound &= graph.stands[target] & graph.indexable[target]
    if len(candidates):
        sound &= np.asarray(graph.followed[source, target]).ravel() == 0
    kept = candidates[sound].drop_duplicates(["source_id", "target_id"])
    return kept.sort_values(["source_id", "target_id"], kind="stable").reset_index(drop=True)


def _plan(
    audit: Audit, graph: LinkGraph, candidates: pd.DataFrame, goal: Floats, words: str, limits: Constraints,
    made: Pairs = NO_PAIRS,
) -> LinkPlan:  # fmt: skip
    """The plan for one goal; links `made` before it count against the limits of their pages."""
    entry = audit.authority.entry.shares
    state = _State.of(graph, entry, goal)
    before = state.captured
    chosen, rows = _greedy(state, candidates, limits, made)
    links = candidates.iloc[[place for place, _, _ in chosen]].reset_index(drop=True)
    links = links.assign(
        source=graph.urls[links["source_id"]] if len(links) else pd.Series(dtype="str"),
        target=graph.urls[links["target_id"]] if len(links) else pd.Series(dtype="str"),
        gain=[gain for _, gain, _ in chosen],
        goal_after=[after for _, _, after in chosen],
        goal=words,
    )
    first = ["source_id", "target_id", "source", "target", "gain", "goal_after", "goal"]
    links = links[first + [name for name in links.columns if name not in first]]
    return LinkPlan(
        links=links,
        before=before,
        after=rows.captured,
        comparison=_comparison(state, candidates, limits, made, rows.captured, len(links)),
        goal=words,
        candidates=len(candidates),
        constraints=limits,
        model=graph.model.words(),
    )


@dataclass(frozen=True, eq=False)
class _State:
    """A site between two links of a plan."""

    graph: LinkGraph
    flow: Flow
    entry: Floats
    goal: Floats
    visits: Floats
    value: Floats

    @classmethod
    def of(cls, graph: LinkGraph, entry: Floats, goal: Floats, before: "_State | None" = None) -> "_State":
        flow = Flow.from_graph(graph)
        visits = flow.visits(entry, start=before.visits if before else None).values
        value = flow.landing_yield(goal, start=before.value if before else None).values
        return cls(graph, flow, entry, goal, visits, value)

    @property
    def captured(self) -> float:
        return float((1 - self.flow.damping) * self.visits @ self.goal)

    def plus(self, source: int, target: int) -> "_State":
        graph = edited(self.graph, Edits(add=np.array([[source, target]], dtype=np.int64)))
        return _State.of(graph, self.entry, self.goal, self)


def _greedy(
    state: _State, candidates: pd.DataFrame, limits: Constraints, made: Pairs
) -> tuple[list[tuple[int, float, float]], _State]:
    """Chosen candidates (place, gain, share that reaches the goal), and the site with them."""
    source, target = (candidates[name].to_numpy(dtype=np.int64) for name in ("source_id", "target_id"))
    relevance = _relevance(candidates)
    count = len(state.graph)
    on, to = (np.bincount(ends, minlength=count) for ends in made.T)
    open_ = (on[source] < limits.per_page) & (to[target] < limits.per_target)
    columns: dict[int, Floats] = {}
    chosen: list[tuple[int, float, float]] = []
    while len(chosen) < limits.links and open_.any():
        gains = LinkGains(state.flow, state.visits, state.value, added_weight(state.graph.model), columns)
        best = _best(gains, source, target, relevance, np.flatnonzero(open_))
        if best is None:
            break
        following = state.plus(int(source[best]), int(target[best]))
        chosen.append((best, following.captured - state.captured, following.captured))
        state = following
        open_[best] = False
        on[source[best]] += 1
        to[target[best]] += 1
        open_ &= (on[source] < limits.per_page) & (to[target] < limits.per_target)
    return chosen, state


def _best(gains: LinkGains, source: Ids, target: Ids, relevance: Floats, places: Ids) -> int | None:
    """The candidate that gains most, found without solving for those that cannot; ties go to relevance, then page id."""
    bounds = gains.bounds(source[places], target[places])
    order = places[np.argsort(-bounds, kind="stable")]
    bounds = np.sort(bounds)[::-1]
    best, most = None, LEAST_GAIN
    for place, bound in zip(order.tolist(), bounds.tolist(), strict=True):
        if bound < most * (1 - 1e-12):
            break
        gain = float(gains.exact(source[[place]], target[[place]])[0])
        is_tie = best is not None and abs(gain - most) <= 1e-12 * most
        if gain > most and not is_tie:
            best, most = place, gain
        elif is_tie and best is not None and (relevance[place], -place) > (relevance[best], -best):
            best = place
    return best


def _relevance(candidates: pd.DataFrame) -> Floats:
    if "relevance" not in candidates:
        return np.zeros(len(candidates))
    return candidates["relevance"].fillna(0.0).to_numpy(dtype=np.float64)


def _orphans_first(audit: Audit, candidates: pd.DataFrame, limits: Constraints) -> LinkPlan:
    """The best link to every page out of reach, then links for money pages with what is left.

    What is compared is the second part: the links to pages out of reach are made in any case.
    """
    weights, words = goal_weights(audit, MONEY_PAGES)
    lost = audit.metrics["crawl_depth"].isna().to_numpy() & audit.graph.indexable & audit.graph.stands
    reachable = ~np.isnan(audit.metrics["crawl_depth"].to_numpy(dtype=float))
    to_lost = candidates[lost[candidates["target_id"]] & reachable[candidates["source_id"]]]
    orphan_goal = lost.astype(np.float64)
    one_each = Constraints(links=limits.links, per_page=limits.per_page, per_target=1)
    first = _plan(audit, audit.graph, to_lost.reset_index(drop=True), orphan_goal, ORPHANS, one_each)
    pairs = first.links[["source_id", "target_id"]].to_numpy(dtype=np.int64)
    graph = edited(audit.graph, Edits(add=pairs)) if len(pairs) else audit.graph
    before = float(audit.authority.settled @ weights)
    if len(pairs) >= limits.links:
        state = _State.of(graph, audit.authority.entry.shares, weights)
        after, links, comparison = state.captured, first.links, first.comparison
    else:
        used = pd.MultiIndex.from_frame(first.links[["source_id", "target_id"]])
        rest = candidates[~pd.MultiIndex.from_frame(candidates[["source_id", "target_id"]]).isin(used)]
        left = Constraints(limits.links - len(pairs), limits.per_page, limits.per_target)
        second = _plan(audit, graph, rest.reset_index(drop=True), weights, words, left, pairs)
        after, links = second.after, pd.concat([first.links, second.links], ignore_index=True)
        comparison = second.comparison
    return LinkPlan(
        links, before, after, comparison, ORPHANS_FIRST, len(candidates), limits, graph.model.words()
    )


# The same number of links chosen in other ways


def _comparison(
    state: _State, candidates: pd.DataFrame, limits: Constraints, made: Pairs, planned: float, count: int
) -> pd.DataFrame:
    """The plan beside what analysts do without one: at random, from the strongest pages, by hand-set weights."""

    def reached(order: Ids) -> float:
        pairs = candidates[["source_id", "target_id"]].to_numpy(dtype=np.int64)[
            _take(candidates, order, limits, made, count)
        ]
        changed = edited(state.graph, Edits(add=pairs)) if len(pairs) else state.graph
        flow = Flow.from_graph(changed)
        return float((1 - flow.damping) * flow.visits(state.entry, start=state.visits).values @ state.goal)

    before = state.captured
    rng = np.random.default_rng(0)
    runs = [reached(rng.permutation(len(candidates))) for _ in range(RANDOM_RUNS)] if count else [before]
    rows = [("this plan", planned, planned, planned)]
    for name, score in _SCORES.items():
        value = (
            reached(np.argsort(-score(candidates, state.visits, state.goal), kind="stable"))
            if count
            else before
        )
        rows.append((name, value, value, value))
    rows.append(("at random", float(np.mean(runs)), min(runs), max(runs)))
    table = pd.DataFrame(rows, columns=["method", "after", "low", "high"])
    table.insert(1, "links", count)
    table.insert(3, "gain", table["after"] - before)
    return table


def _take(candidates: pd.DataFrame, order: Ids, limits: Constraints, made: Pairs, count: int) -> Ids:
    """The first `count` candidates in an order that keep to the limits."""
    source, target = (candidates[name].to_numpy(dtype=np.int64) for name in ("source_id", "target_id"))
    on, to = Counter(made[:, 0].tolist()), Counter(made[:, 1].tolist())
    taken: list[int] = []
    for place in order:
        s, t = int(source[place]), int(target[place])
        if on[s] < limits.per_page and to[t] < limits.per_target:
            on[s] += 1
            to[t] += 1
            taken.append(int(place))
            if len(taken) == count:
                break
    return np.array(taken, dtype=np.int64)


def _donor(candidates: pd.DataFrame, visits: Floats, goal: Floats) -> Floats:
    return np.asarray(
        visits[candidates["source_id"]] * (1 + 1e-9 * _scaled(_relevance(candidates))), dtype=np.float64
    )


def _by_hand(candidates: pd.DataFrame, visits: Floats, goal: Floats) -> Floats:
    """What spreadsheets do: relevance, the source's authority and the target's importance, each from 0 to 1, weighted."""
    importance = goal[candidates["target_id"]]
    score = (
        0.4 * _scaled(_relevance(candidates))
        + 0.4 * _scaled(visits[candidates["source_id"]])
        + 0.2 * importance
    )
    return np.asarray(score, dtype=np.float64)


def _scaled(values: Floats) -> Floats:
    ranks = pd.Series(values).rank(pct=True)
    return np.asarray(ranks, dtype="float64")


_SCORES: dict[str, Callable[[pd.DataFrame, Floats, Floats], npt.NDArray[np.float64]]] = {
    "from the pages with most authority": _donor,
    "by hand-set weights": _by_hand,
}
