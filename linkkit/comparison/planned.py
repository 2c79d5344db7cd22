"""Did the plan land: which of its links exist now, and what was predicted against what happened."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from linkkit.audit import Audit
from linkkit.comparison.pages import Paired
from linkkit.errors import SettingsError
from linkkit.metrics.authority import Flow
from linkkit.metrics.solver import Floats
from linkkit.plan.choosing import MONEY_PAGES
from linkkit.plan.edits import Edits, edited
from linkkit.plan.link_plan import ORPHANS_FIRST, goal_weights
from linkkit.plan.saved import SavedPlan

MADE, MADE_ELSEWHERE, MADE_NOFOLLOW, THERE_BEFORE, NOT_MADE, PAGE_GONE, NOT_CRAWLED = (
    "made", "made, but not in running text", "made, but nofollow or lost on the way", "was there before", "not made",
    "one of its pages is gone", "its page was not crawled",
)  # fmt: skip
STATES = (MADE, MADE_ELSEWHERE, MADE_NOFOLLOW, THERE_BEFORE, NOT_MADE, PAGE_GONE, NOT_CRAWLED)
"""What became of a planned link."""


@dataclass(frozen=True, eq=False)
class PlanOutcome:
    """A plan against the crawl after it.

    Attributes
    ----------
    plan : SavedPlan
    links : DataFrame
        One row per planned link, in the plan's order: ``source``, ``target`` (new addresses), ``phrase``, ``gain``
        (predicted, share of all authority), ``state`` (of `STATES`).
    before : float
        Share that reached the goal in the old crawl, by today's model and signals; NaN where the goal is not known.
    with_made : float
        What the links that were made alone would have brought the old crawl to.
    with_all : float
        What all links would have brought it to.
    after : float
        Share that reaches the goal in the new crawl: the links that were made, and everything else that changed.
    why_unknown : str
        Why the shares cannot be told; empty where they can.
    """

    plan: SavedPlan
    links: pd.DataFrame
    before: float
    with_made: float
    with_all: float
    after: float
    why_unknown: str = ""

    @property
    def predicted_after(self) -> float:
        """Share that was to reach the goal with every link, as the plan said in its day."""
        return self.plan.after

    @property
    def made(self) -> int:
        """Links that exist now as planned."""
        return int((self.links["state"] == MADE).sum())

    @property
    def elsewhere(self) -> float:
        """What everything but the planned links changed: the new share less what the links alone would have brought."""
        return self.after - self.with_made


def plan_outcome(plan: SavedPlan, old: Audit, new: Audit, paired: Paired) -> PlanOutcome:
    """Hold a plan's links against a crawl after it.

    A link counts as made where a followed link in content leads from the page to the target, redirects and canonicals
    followed on both ends.
    """
    links = plan.links[["source", "target", "phrase", "gain"]].copy()
    for name in ("source", "target"):
        links[name] = paired.moves(links[name])
    states, ends = _states(links, old, new, paired)
    links["state"] = states
    try:
        weights = [_goal(plan, audit) for audit in (old, new)]
        why = ""
    except SettingsError as error:
        weights, why = [], str(error)
    if not weights:
        nan = float("nan")
        return PlanOutcome(plan, links, nan, nan, nan, nan, why)
    made = ends[np.isin(states, [MADE, MADE_ELSEWHERE])]
    return PlanOutcome(
        plan=plan,
        links=links,
        before=float(old.authority.settled @ weights[0]),
        with_made=_with(old, made, weights[0]),
        with_all=_with(old, ends[(ends >= 0).all(axis=1)], weights[0]),
        after=float(new.authority.settled @ weights[1]),
    )


def _goal(plan: SavedPlan, audit: Audit) -> Floats:
    goal = MONEY_PAGES if plan.goal in ((ORPHANS_FIRST,), ()) else plan.goal
    if goal == (MONEY_PAGES,):
        goal = MONEY_PAGES
    weights, _ = goal_weights(audit, goal)
    return weights


def _with(audit: Audit, pairs: npt.NDArray[np.int64], weights: Floats) -> float:
    """Share that reaches the goal once the old site has these links too."""
    if not len(pairs):
        return float(audit.authority.settled @ weights)
    flow = Flow.from_graph(edited(audit.graph, Edits(add=pairs)))
    start = audit.authority.visits.values
    return float((1 - flow.damping) * flow.visits(audit.authority.entry.shares, start=start).values @ weights)


def _states(
    links: pd.DataFrame, old: Audit, new: Audit, paired: Paired
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.int64]]:
    """What became of each link; and its ends as page ids of the old site, -1 where it does not know them."""
    places = pd.Series(np.arange(len(paired.pages)), index=paired.pages["url"])
    joint = np.column_stack([links[name].map(places).fillna(-1).to_numpy(dtype=np.int64) for name in ("source", "target")])  # fmt: skip
    ends = {side: _ids(joint, ids, len(paired.pages)) for side, ids in (("old", paired.old_ids), ("new", paired.new_ids))}  # fmt: skip
    before, _ = _linked(old, ends["old"])
    now, anyhow = _linked(new, ends["new"])
    alive = _alive(new, ends["new"])
    source = ends["new"][:, 0]
    asked = np.zeros(len(links), dtype=bool)
    asked[source >= 0] = new.graph.crawled[source[source >= 0]]
    # An address that an incomplete crawl did not come to may be there all the same.
    missed = (source >= 0) & ~asked | ((ends["new"] < 0).any(axis=1) & (not new.manifest.complete))
    states = np.select(
        [
            (before == 2) & (now == 2),
            now == 2,
            (now == 1) & (before == 0),
            alive & anyhow & (now == 0),
            missed,
            ~alive,
        ],
        [THERE_BEFORE, MADE, MADE_ELSEWHERE, MADE_NOFOLLOW, NOT_CRAWLED, PAGE_GONE],
        default=NOT_MADE,
    ).astype(object)
    return states, ends["old"]


def _ids(joint: npt.NDArray[np.int64], ids: npt.NDArray[np.int64], count: int) -> npt.NDArray[np.int64]:
    # The last entry stands for addresses that neither site has.
    back = np.full(count + 1, -1, dtype=np.int64)
    back[ids] = np.arange(len(ids))
    return back[joint]


def _alive(audit: Audit, ends: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    known = (ends >= 0).all(axis=1)
    final = np.where(ends >= 0, audit.graph.fold[np.maximum(ends, 0)], -1)
    return np.asarray(known & (final >= 0).all(axis=1))


def _linked(audit: Audit, ends: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """For each pair 2 where a followed content link joins them, 1 another followed link, 0 none; and whether any link does."""
    strength = np.zeros(len(ends), dtype=np.int64)
    anyhow = np.zeros(len(ends), dtype=bool)
    alive = np.flatnonzero(_alive(audit, ends))
    if not len(alive):
        return strength, anyhow
    pairs = audit.graph.fold[ends[alive]].astype(np.int64)
    followed = np.asarray(audit.graph.followed[pairs[:, 0], pairs[:, 1]]).ravel() > 0
    content = np.asarray(audit.graph.content[pairs[:, 0], pairs[:, 1]]).ravel() > 0
    strength[alive] = np.where(content, 2, np.where(followed, 1, 0))
    asked = np.unique(ends[alive], axis=0).astype(np.int32)
    found = audit.site.engine.arrow(
        """SELECT DISTINCT l.source_id, l.target_id FROM links l
        JOIN asked a ON a.source = l.source_id AND a.target = l.target_id""",
        asked=pa.table({"source": asked[:, 0], "target": asked[:, 1]}),
    ).to_pandas()
    there = set(zip(found["source_id"].tolist(), found["target_id"].tolist(), strict=True))
    anyhow[alive] = [(a, b) in there for a, b in ends[alive].tolist()]
    return strength, anyhow
