"""The random reader: how likely a visitor gets from a page to one that earns, and by which clicks.

A model, not a measurement, and named as one wherever it is shown. On each page the reader takes one of its links, each by
its weight, or leaves; with visitors' steps known, they decide as far as there are enough of them. What the reader does
next depends on the page alone, not on how it was reached: real visitors remember where they came from and what they want.
`tests/bench/bench_reader.py` measures how well such readers foretell what people click. On the unfinished games of Wikispeedia (West &
Leskovec 2012; 24,875 paths, a fifth of them held out, 18,423 clicks, position and text of links unknown) the model without steps is as
good as a choice among 40 links alike, the clicked one being among its first five in 18 % of clicks; with the other paths' steps on the
same pages 24 and 46 %. Links weighed by the linking pages of their target come first more often (24 % among five) but do worse on the whole (63).
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from linkkit.folding import Bools
from linkkit.graph import CLICK_PRIOR, scaled_rows
from linkkit.metrics.solver import solve

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

LEAST_LEAVING = 0.001
"""Share of readers that leaves at every page at least, whatever the steps say: no export knows every exit."""


@dataclass(frozen=True, eq=False)
class Reader:
    """Chances of a reader's next click, and the pages that the way is asked to.

    Attributes
    ----------
    moves : csr_array, source x target
        Chance that the reader on a page goes to another one next; what a row lacks to 1 leaves the site.
    goal : bool array
        Pages where the way ends: those that earn.
    observed : float64 array
        Share (0-1) of each page's row that rests on visitors' steps; the rest is the link model's.
    """

    moves: csr_array
    goal: Bools
    observed: Floats

    def __len__(self) -> int:
        return len(self.goal)

    @cached_property
    def _onward(self) -> csr_array:
        """Moves of pages that are no goal: there the way goes on."""
        return scaled_rows(self.moves, np.where(self.goal, 0.0, 1.0))

    def within(self, clicks: int) -> Floats:
        """Chance to have reached the goal by each click.

        ``h_0 = goal``; ``h_k = goal + R h_(k-1)`` on all other pages.

        Returns
        -------
        float64 array, page x (clicks + 1)
            Column k: within k clicks of landing on the page. Never falls from left to right.
        """
        reached = np.zeros((len(self), clicks + 1))
        reached[:, 0] = self.goal
        for click in range(1, clicks + 1):
            reached[:, click] = np.where(self.goal, 1.0, self._onward @ reached[:, click - 1])
        return reached

    @cached_property
    def chance(self) -> Floats:
        """Chance that a reader who lands on each page reaches the goal before leaving: ``h = goal + R h``."""
        return np.minimum(self._solve(self.goal.astype(np.float64)), 1.0)

    @cached_property
    def clicks(self) -> Floats:
        """Mean clicks to the goal of those who reach it; NaN where nobody can.

        With T clicks: ``E[T; reached] = h + R E[T; reached]`` on pages that are no goal (0 there), over ``h``.
        """
        total = self._solve(np.where(self.goal, 0.0, self.chance))
        return np.divide(total, self.chance, out=np.full(len(self), np.nan), where=self.chance > 0)

    def _solve(self, constant: Floats) -> Floats:
        most = float(self._onward.sum(axis=1).max()) if len(self) else 0.0
        if most == 0:
            return constant
        return solve(
            scaled_rows(self._onward, np.full(len(self), 1 / most)), constant, most, norm="max"
        ).values

    @cached_property
    def next_page(self) -> Ints:
        """Next page on the likeliest way from each page to the goal (largest product of chances); -1 where there is none."""
        if not self.goal.any():
            return np.full(len(self), -1, dtype=np.int64)
        costs = self._onward.copy()
        costs.eliminate_zeros()
        costs.data = -np.log(costs.data)
        _, before, _ = dijkstra(
            csr_array(costs.T), indices=np.flatnonzero(self.goal), min_only=True, return_predecessors=True
        )
        return np.where(before < 0, -1, before).astype(np.int64)

    def path(self, page: int) -> list[tuple[int, float]]:
        """The likeliest way from a page to the goal.

        Returns
        -------
        list of (page id, chance)
            The page itself with 1, then each page with the chance of the click to it; empty where there is no way.
        """
        steps, here = [(page, 1.0)], page
        while not self.goal[here]:
            onward = int(self.next_page[here])
            if onward < 0:
                return []
            steps.append((onward, float(self.moves[here, onward])))
            here = onward
        return steps


def reader_of(
    moves: csr_array,
    goal: Bools,
    damping: float,
    *,
    steps: csr_array | None = None,
    passes: Floats | None = None,
    hidden: float = 0.0,
) -> Reader:
    """A reader who follows the link model, and visitors' steps where they are known.

    ``R = (N + H + K d P) / (V + K)``: N the observed steps, P the model's shares, V how often the page was passed, K =
    `linkkit.graph.CLICK_PRIOR`. H stands for steps that the file may not list: along a link without any, what the model gives,
    at most `hidden`. Without steps ``R = d P``.

    Parameters
    ----------
    moves : csr_array
        Share of each link of its page (`linkkit.metrics.authority.Flow.moves`).
    goal : bool array
        Pages where the way ends.
    damping : float
        Chance that the model's reader takes another click.
    steps : csr_array, source x target, optional
        Visitors' steps.
    passes : float64 array, optional
        How often each page was passed, never less than the steps out of it; needed with `steps`.
    hidden : float
        Steps up to which a pair of pages may be missing: GA4 withholds small counts, and exports are cut.
    """
    model = scaled_rows(moves, np.full(len(goal), damping))
    if steps is None or passes is None or not steps.nnz:
        return Reader(_capped(model), goal, np.zeros(len(goal)))
    known = passes / (passes + CLICK_PRIOR)
    if hidden > 0:
        listed = steps.copy()
        listed.data = np.ones_like(listed.data)
        passed = scaled_rows(model, passes)
        unlisted = csr_array(passed - passed.multiply(listed))
        unlisted.data = np.clip(unlisted.data, 0.0, hidden)
        steps = csr_array(steps + unlisted)
        passes = np.maximum(passes, steps.sum(axis=1))
    scale = 1 / (passes + CLICK_PRIOR)
    return Reader(_capped(scaled_rows(csr_array(steps + model * CLICK_PRIOR), scale)), goal, known)


def _capped(moves: csr_array) -> csr_array:
    total = np.asarray(moves.sum(axis=1), dtype=np.float64)
    scale = np.minimum(1.0, (1 - LEAST_LEAVING) / np.maximum(total, 1e-300))
    return scaled_rows(moves, scale)
