"""Would the advice be the same under other models? Damping, link weights and the crawl's completeness, varied in turn."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from linkkit.audit import Audit
from linkkit.folding import Bools
from linkkit.graph import LinkGraph
from linkkit.linkmodel import WeightModel
from linkkit.metrics.solver import Floats
from linkkit.plan.choosing import MONEY_PAGES, ORPHANS
from linkkit.plan.edits import added_weight
from linkkit.plan.gains import LinkGains
from linkkit.plan.link_plan import LEAST_GAIN, ORPHANS_FIRST, LinkPlan, goal_weights

DAMPINGS = (0.5, 0.65, 0.75, 0.85, 0.95)
WEIGHTS: tuple[WeightModel, ...] = ("reasonable_surfer", "uniform")
COVERAGES = (0.9, 0.75)
TOP = 10
CHAPTER = "authority"


@dataclass(frozen=True, eq=False)
class Robustness:
    """How far results depend on choices nobody can prove.

    Attributes
    ----------
    variants : DataFrame
        One row per variant, the audit's own model first: ``weights``, ``damping``, ``coverage`` (share of the pages whose links
        are taken as known, in the order a crawl finds them), ``captured`` (by the goal) and ``lost`` (shares of all authority),
        ``rank_correlation`` (Spearman, of landing yields against the audit's own; NaN where the goal is unknown),
        ``top_kept`` (share of the best pages for backlinks that stay among the best).
    pages : DataFrame
        One row per live indexable page: ``page_id``, ``url``, ``authority_rank`` and ``yield_rank`` (1 is best) under the audit's
        own model, each with ``_low`` and ``_high``: its best and worst rank over all variants.
    targets : DataFrame
        The best pages for backlinks under the audit's own model, those of the goal and others apart: ``page_id``, ``url``, ``is_goal``,
        ``holds_in`` (variants in which it is among the best of its kind), ``variants``, ``flips`` (not in all).
    findings : DataFrame
        Findings of the authority chapter under any variant: ``check_id``, ``url``, ``reported`` (under the audit's own
        model), ``holds_in``, ``variants``, ``flips``.
    """

    variants: pd.DataFrame
    pages: pd.DataFrame
    targets: pd.DataFrame
    findings: pd.DataFrame


def robustness(
    audit: Audit,
    *,
    goal: str | Sequence[str] = MONEY_PAGES,
    dampings: Sequence[float] = DAMPINGS,
    weights: Sequence[WeightModel] = WEIGHTS,
    coverages: Sequence[float] = COVERAGES,
    top: int = TOP,
) -> Robustness:
    """Audit the site under every damping and weight model, and with less of it crawled.

    Parameters
    ----------
    audit : Audit
    goal : str or sequence of str
        Pages that authority should reach (`linkkit.plan.choosing.choose_pages`).
    dampings, weights
        Varied together.
    coverages : sequence of float
        Shares (0-1) of the pages whose links are known; under the audit's own model.
    top : int
        How many pages of the goal, and how many others, count as the best for backlinks.

    Raises
    ------
    SettingsError
        If the goal fits no page. Where no money pages are known, nothing reaches them and no page is better than another.
    """
    has_none = goal == MONEY_PAGES and not audit.authority.money.any()
    aim = np.zeros(len(audit.graph)) if has_none else goal_weights(audit, goal)[0]
    is_goal = aim > 0
    chosen = np.flatnonzero(audit.graph.stands & audit.graph.indexable)
    labels, found = [], []
    columns: dict[str, list[Floats]] = {"settled": [], "yields": []}
    # One variant at a time: a whole audit of each would not fit for a large site.
    for label, each in _variants(audit, dampings, weights, coverages):
        labels.append((*label, float(each.authority.settled @ aim), float(each.ledger.iloc[3:].sum())))
        found.append(_found(each))
        columns["settled"].append(each.authority.settled[chosen])
        columns["yields"].append(each.authority.flow.landing_yield(aim).values[chosen])
    settled, yields = (pd.DataFrame(dict(enumerate(values)), index=chosen) for values in columns.values())
    ranks = {name: _ranks(values) for name, values in (("authority", settled), ("yield", yields))}
    pages = pd.DataFrame({"page_id": chosen, "url": audit.graph.urls[chosen]})
    for name, rank in ranks.items():
        pages[f"{name}_rank"] = rank[0].to_numpy()
        pages[f"{name}_rank_low"] = rank.min(axis=1).to_numpy()
        pages[f"{name}_rank_high"] = rank.max(axis=1).to_numpy()
    places = range(len(labels))
    best = {place: _best(yields[place], is_goal[chosen], top) for place in places} if is_goal.any() else {}
    table = pd.DataFrame(labels, columns=["weights", "damping", "coverage", "captured", "lost"])
    table["rank_correlation"] = [
        _correlation(yields[0], yields[place]) if best else np.nan for place in places
    ]
    table["top_kept"] = [
        len(best[0] & best[place]) / max(len(best[0]), 1) if best else np.nan for place in places
    ]
    return Robustness(table, pages, _targets(audit, best, yields, is_goal), _findings(found))


def plan_robustness(
    audit: Audit,
    plan: LinkPlan,
    *,
    goal: str | Sequence[str] = MONEY_PAGES,
    dampings: Sequence[float] = DAMPINGS,
    weights: Sequence[WeightModel] = WEIGHTS,
) -> pd.DataFrame:
    """Does each link of a plan gain under every model, added alone to the site as it is?

    Parameters
    ----------
    audit : Audit
    plan : LinkPlan
    goal : str or sequence of str
        As the plan's. Under ``"orphans first"`` each link counts by what it was chosen for.
    dampings, weights
        Varied together.

    Returns
    -------
    DataFrame
        One row per link of the plan, in its order: ``source``, ``target``, ``gain_low``, ``gain_high`` (share of all
        authority, least and most over the models), ``holds_in`` (models under which it gains), ``variants``, ``flips``.
    """
    pairs = plan.links[["source_id", "target_id"]].to_numpy(dtype=np.int64)
    goals = _goals(audit, plan, goal)
    gains = []
    for _, each in _variants(audit, dampings, weights, ()):
        authority, gained = each.authority, np.zeros(len(pairs))
        columns: dict[int, Floats] = {}
        for rows, weight in goals:
            value = authority.flow.landing_yield(weight).values
            state = LinkGains(
                authority.flow, authority.visits.values, value, added_weight(each.graph.model), columns
            )
            gained[rows] = state.exact(pairs[rows, 0], pairs[rows, 1])
        gains.append(gained)
    table = pd.DataFrame(np.array(gains).reshape(len(gains), len(pairs))).T
    holds = (table > LEAST_GAIN).sum(axis=1)
    return pd.DataFrame(
        {
            "source": plan.links["source"],
            "target": plan.links["target"],
            "gain_low": table.min(axis=1),
            "gain_high": table.max(axis=1),
            "holds_in": holds,
            "variants": len(gains),
            "flips": holds < len(gains),
        }
    )


def _goals(audit: Audit, plan: LinkPlan, goal: str | Sequence[str]) -> list[tuple[Bools, Floats]]:
    """Which links of a plan count by the weights of which goal."""
    if goal != ORPHANS_FIRST:
        return [(np.ones(len(plan.links), dtype=bool), goal_weights(audit, goal)[0])]
    chosen_for = [(plan.links["goal"] == name).to_numpy(dtype=bool) for name in (ORPHANS, MONEY_PAGES)]
    return [
        (rows, goal_weights(audit, name)[0])
        for rows, name in zip(chosen_for, (ORPHANS, MONEY_PAGES), strict=True)
        if rows.any()
    ]


def _variants(
    audit: Audit, dampings: Sequence[float], weights: Sequence[WeightModel], coverages: Sequence[float]
) -> Iterator[tuple[tuple[str, float, float], Audit]]:
    """The audit itself, then each other model, then less of the crawl."""
    own = audit.graph.model
    yield (own.weights, own.damping, 1.0), audit
    for graph in other_models(audit, dampings, weights):
        label = graph.model.weights, graph.model.damping, 1.0
        yield label, audit.with_graph(graph, chapters=[CHAPTER])
    for share in coverages:
        partly = partly_crawled(audit, share)
        yield (own.weights, own.damping, share), audit.with_graph(partly, chapters=[CHAPTER])


def other_models(
    audit: Audit, dampings: Sequence[float] = DAMPINGS, weights: Sequence[WeightModel] = WEIGHTS
) -> Iterator[LinkGraph]:
    """The site's graph under every damping and weight model but the audit's own, by weights and damping."""
    own = audit.graph.model
    for name in weights:
        graph = (
            audit.graph if name == own.weights else LinkGraph.from_site(audit.site, model=own, weights=name)
        )
        for damping in dampings:
            if (name, damping) != (own.weights, own.damping):
                yield replace(graph, model=graph.model.replace(damping=damping))


def partly_crawled(audit: Audit, share: float) -> LinkGraph:
    """The graph as a crawl would know it that stopped after this share of the pages, found click by click."""
    graph = audit.graph
    depth = audit.metrics["crawl_depth"].fillna(np.inf).to_numpy(dtype=float)
    order = np.lexsort((np.arange(len(graph)), depth))
    order = order[graph.stands[order] & graph.crawled[order]]
    known = np.zeros(len(graph), dtype=bool)
    known[order[: max(1, round(len(order) * share))]] = True
    kept = known[graph.source]
    return replace(
        graph,
        source=graph.source[kept],
        target=graph.target[kept],
        weight=graph.weight[kept],
        is_content=graph.is_content[kept],
        is_boilerplate=graph.is_boilerplate[kept],
        leaks=graph.leaks[known[graph.leaks["page_id"].to_numpy(dtype=np.int64)]],
        crawled=graph.crawled & known,
    )


def _ranks(values: pd.DataFrame) -> pd.DataFrame:
    # Rounded first: what differs by less than the solver's error is a tie.
    return values.round(9).rank(ascending=False, method="min").astype(int)


def _best(values: pd.Series, is_goal: Bools, top: int) -> set[int]:
    """The best pages of the goal, and the best others: whoever builds to articles compares articles."""
    best: set[int] = set()
    for group in (is_goal, ~is_goal):
        ordered = values[group].round(9).sort_values(ascending=False, kind="stable")
        best.update(ordered[ordered > 0].index[:top].tolist())
    return best


def _correlation(one: pd.Series, other: pd.Series) -> float:
    one, other = one.round(9), other.round(9)
    if one.nunique() < 2 or other.nunique() < 2:
        return float("nan")
    return float(one.corr(other, method="spearman"))


def _targets(audit: Audit, best: dict[int, set[int]], yields: pd.DataFrame, is_goal: Bools) -> pd.DataFrame:
    own = sorted(best.get(0, ()), key=lambda page: (not is_goal[page], -round(yields[0][page], 9), page))
    holds = [sum(page in pages for pages in best.values()) for page in own]
    return pd.DataFrame(
        {
            "page_id": pd.Series(own, dtype="int64"),
            "url": pd.Series(audit.graph.urls[own] if own else [], dtype="str"),
            "is_goal": pd.Series([bool(is_goal[page]) for page in own], dtype="bool"),
            "holds_in": pd.Series(holds, dtype="int64"),
            "variants": pd.Series([len(best)] * len(own), dtype="int64"),
            "flips": pd.Series([each < len(best) for each in holds], dtype="bool"),
        }
    )


def _found(audit: Audit) -> set[tuple[str, str]]:
    """Check and page of each finding on authority."""
    rows = audit.findings[audit.findings["chapter"] == CHAPTER]
    return set(zip(rows["check_id"], rows["url"], strict=True))


def _findings(found: Sequence[set[tuple[str, str]]]) -> pd.DataFrame:
    """Findings on authority under any variant, the audit's own first; one per check and page."""
    counts = Counter(key for each in found for key in each)
    rows = [
        (check, url, (check, url) in found[0], count, len(found), count < len(found))
        for (check, url), count in sorted(counts.items())
    ]
    table = pd.DataFrame(rows, columns=["check_id", "url", "reported", "holds_in", "variants", "flips"])
    # Without rows the columns would have no type, and no mask could be made of them.
    return table.astype({"reported": bool, "holds_in": "int64", "variants": "int64", "flips": bool})
