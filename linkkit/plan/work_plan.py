"""The order of work in weeks: best value for an hour first, what depends on other work after it, and what all of it brings."""

from collections.abc import Collection
from dataclasses import dataclass
from math import ceil

import numpy as np
import pandas as pd

from linkkit.errors import SettingsError
from linkkit.plan.pieces import Piece
from linkkit.plan.quick_wins import QuickWins
from linkkit.plan.repairs import together

HOURS_PER_WEEK = 8.0
MOST_WEEKS = 12

COLUMNS: dict[str, str] = {
    "place": "int64",
    "week": "int64",
    "win": "str",
    "title": "str",
    "after": "str",
    "hours": "float64",
    "hours_done": "float64",
    "gain": "float64",
    "per_hour": "float64",
}
"""Columns of `WorkPlan.steps`, with their pandas types."""


@dataclass(frozen=True, eq=False)
class WorkPlan:
    """Work in its order.

    Attributes
    ----------
    steps : DataFrame
        One row per win, in order: ``place``, ``week`` (in which it is done, from 1), ``win``, ``title``, ``after`` (wins that must be
        done first), ``hours``, ``hours_done`` (with all before it), ``gain`` (alone), ``per_hour`` (value).
    weeks : DataFrame
        One row for today (week 0) and one per week: ``week``, ``wins`` (done in it), ``hours`` (worked in it), ``reached`` (share of
        all authority that reaches the goal at its end, 0-1: the site solved again with all that is done), ``gain`` (against today),
        ``titles`` (what is done in it, best first).
    later : int
        Wins that do not fit into the weeks.
    hours_per_week : float
    wins : QuickWins
        What it is made from.
    """

    steps: pd.DataFrame
    weeks: pd.DataFrame
    later: int
    hours_per_week: float
    wins: QuickWins

    @property
    def multiple(self) -> float:
        """How many times as much reaches the goal after the last week; NaN where nothing did."""
        before = self.wins.trials.before
        return float(self.weeks["reached"].iloc[-1]) / before if before > 0 else float("nan")


def work_plan(
    wins: QuickWins, *, hours_per_week: float = HOURS_PER_WEEK, weeks: int = MOST_WEEKS
) -> WorkPlan:
    """Plan the work: greedily by value for an hour, what other work must come before it first.

    Work goes on over the end of a week; it counts in the week in which it is done. Wins that bring nothing that is known (value 0, or
    less) come last.

    Parameters
    ----------
    wins : QuickWins
        `linkkit.plan.quick_wins`, or a part of it.
    hours_per_week : float
        Hours that people can work on it.
    weeks : int
        Weeks to plan; what does not fit is counted as later.

    Raises
    ------
    SettingsError
        If one of the numbers is not above 0.
    """
    if not 0 < hours_per_week < np.inf or not weeks >= 1:
        raise SettingsError(
            f"work plan: hours_per_week = {hours_per_week!r}, weeks = {weeks!r}: numbers above 0 are expected"
        )
    needs = depends(wins.pieces, np.flatnonzero(np.isnan(wins.trials.depth)).tolist())
    order = _ordered(len(wins.pieces), needs)
    table = wins.table
    hours = table["hours"].to_numpy(dtype=float)[order]
    done = np.cumsum(hours)
    week = np.array([max(1, ceil(round(each / hours_per_week, 9))) for each in done], dtype=np.int64)
    names = table["win"].tolist()
    steps = pd.DataFrame(
        {
            "place": range(1, len(order) + 1),
            "week": week,
            "win": [names[place] for place in order],
            "title": table["title"].to_numpy(dtype=object)[order],
            "after": [", ".join(sorted(names[each] for each in needs[place])) for place in order],
            "hours": hours,
            "hours_done": done,
            "gain": table["gain"].to_numpy(dtype=float)[order],
            "per_hour": table["per_hour"].to_numpy(dtype=float)[order],
        }
    ).astype(COLUMNS)
    kept = steps[steps["week"] <= weeks].reset_index(drop=True)
    return WorkPlan(
        kept, _weeks(wins, kept, order, hours_per_week), len(steps) - len(kept), hours_per_week, wins
    )


def depends(pieces: tuple[Piece, ...], lost: Collection[int]) -> list[set[int]]:
    """For each piece the places of those that must come first.

    A link from a page that no path leads to today (`lost`) comes after the work that brings it into reach; a link to or from
    an address that other work redirects away after that, and is to be set on the page that stays.
    """
    apart = set(lost)
    opened: dict[int, int] = {}
    moved: dict[int, int] = {}
    for place, piece in enumerate(pieces):
        if piece.repair is None:
            continue
        if piece.key[0] in ("to", "nofollow") and piece.pages[0] in apart:
            opened.setdefault(piece.pages[0], place)
        for page in piece.repair.redirect:
            moved.setdefault(page, place)
    needs: list[set[int]] = []
    for place, piece in enumerate(pieces):
        repair = piece.repair
        links = np.concatenate((repair.add, repair.up)).tolist() if repair is not None else []
        own = {opened[s] for s, _ in links if s in opened} | {moved[end] for pair in links for end in pair if end in moved}  # fmt: skip
        needs.append(own - {place})
    return needs


def _ordered(count: int, needs: list[set[int]]) -> list[int]:
    """Places in order of rank, each after what it needs; of two that need each other the better one last, as if it alone did."""
    order: list[int] = []
    done: set[int] = set()

    def take(place: int, above: frozenset[int]) -> None:
        if place in done or place in above:
            return
        for other in sorted(needs[place]):
            take(other, above | {place})
        if place not in done:
            done.add(place)
            order.append(place)

    for place in range(count):
        take(place, frozenset())
    return order


def _weeks(wins: QuickWins, steps: pd.DataFrame, order: list[int], hours_per_week: float) -> pd.DataFrame:
    trials, pieces = wins.trials, wins.pieces
    rows: list[tuple[object, ...]] = [(0, 0, 0.0, trials.before, 0.0, "")]
    last = int(steps["week"].max()) if len(steps) else 0
    total = float(steps["hours"].sum())
    reached = trials.before
    for week in range(1, last + 1):
        own = steps[steps["week"] == week]
        if len(own):
            done = [pieces[place].repair for place in order[: int(own["place"].iloc[-1])]]
            whole = together([repair for repair in done if repair is not None])
            reached = trials.before if whole.is_empty else trials.reached(trials.repaired(whole))
        worked = min(hours_per_week, max(0.0, total - (week - 1) * hours_per_week))
        rows.append((week, len(own), worked, reached, reached - trials.before, "\n".join(own["title"])))
    columns = ["week", "wins", "hours", "reached", "gain", "titles"]
    return pd.DataFrame(rows, columns=columns)
