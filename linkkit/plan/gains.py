"""What one new link is worth: the exact gain in closed form, and its bound that needs no solve.

Adding the link s -> t turns row s of the moves ``P`` into ``P + e_s Delta'`` with ``Delta = alpha (e_t - p_s)``: the new
link takes the share ``alpha = w / (w_s + w)`` of the page's weight from all others, leaks included. By Sherman and
Morrison what reaches the goal grows by ::

    d m_s (Delta . y) / (1 - d Delta' N e_s),   N = (I - d P)^-1

with ``m`` the visits and ``y`` the yield for the goal. The numerator of every candidate comes from the two solutions
that are known already. The denominator needs one solve a source, but is at least ``1 - alpha d^2``, which bounds the gain.
"""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from linkkit.metrics.authority import Flow
from linkkit.metrics.solver import Floats

Ids = npt.NDArray[np.int64]
COLUMN_TOLERANCE = 1e-12
"""Error of a column of N, against entries of at least 1 where it divides."""
COLUMN_BYTES = 500_000_000
"""Columns that are kept take this much memory at most."""
FAINT_WAY = 3e-4
"""`LinkGains.near` follows no way that a smaller share of visits takes."""
_BLOCK = 256


@dataclass(frozen=True, eq=False)
class LinkGains:
    """Gains of links that could be added to one state of a site.

    Attributes
    ----------
    flow : Flow
    visits : float64 array
        Authority that passes each page.
    value : float64 array
        Share of a unit landing on each page that reaches the goal (its landing yield for the goal).
    weight : float
        Weight of a new link.
    columns : dict of page id to float64 array
        Columns of N known from this or an earlier state; those of an earlier one are where a solve starts.
    """

    flow: Flow
    visits: Floats
    value: Floats
    weight: float
    columns: dict[int, Floats] = field(default_factory=dict)
    _fresh: set[int] = field(default_factory=set)

    def share(self, sources: Ids) -> Floats:
        """Share of its weight that a page would give to a new link; 1 for a page without links."""
        return np.asarray(self.weight / (self.flow.weight[sources] + self.weight), dtype=np.float64)

    @cached_property
    def _onward(self) -> Floats:
        """Value of what each page hands on."""
        return np.asarray(self.flow.moves @ self.value, dtype=np.float64)

    def numerators(self, sources: Ids, targets: Ids) -> Floats:
        """First-order gain of each link: exact but for what the link does to the visits of its own page."""
        won = self.value[targets] - self._onward[sources]
        return np.asarray(
            self.flow.damping * self.visits[sources] * self.share(sources) * won, dtype=np.float64
        )

    def bounds(self, sources: Ids, targets: Ids) -> Floats:
        """No link gains more than this; 0 for those that lose."""
        first = np.maximum(self.numerators(sources, targets), 0.0)
        return np.asarray(first / (1 - self.share(sources) * self.flow.damping**2), dtype=np.float64)

    def exact(self, sources: Ids, targets: Ids) -> Floats:
        """Gain of each link, added alone: the difference that solving the changed site would find."""
        first = self.numerators(sources, targets)
        result = np.zeros(len(first))
        # Links from pages that nothing passes gain nothing, however they change: no solve is needed.
        for source in np.unique(sources[first != 0]):
            column = self._column(int(source))
            places = np.flatnonzero(sources == source)
            share = self.share(sources[places])
            # p_s . N e_s follows from the equation of the column itself.
            own = (column[source] - 1) / self.flow.damping
            result[places] = first[places] / (1 - self.flow.damping * share * (column[targets[places]] - own))
        return result

    def near(self, sources: Ids, targets: Ids) -> Floats:
        """`exact` to about a thousandth of each gain, for any number of sources: no solve, only the ways of a few clicks.

        Of the columns of N, what reaches a page over ways that fewer than `FAINT_WAY` of its visitors take is left out.
        """
        first = self.numerators(sources, targets)
        result = np.zeros(len(first))
        every = np.unique(sources[first != 0])
        onward = csr_array(self.flow.moves * self.flow.damping)
        for begin in range(0, len(every), _BLOCK):
            block = every[begin : begin + _BLOCK]
            step = csr_array(
                (np.ones(len(block)), (block, np.arange(len(block)))), shape=(len(self.value), len(block))
            )
            columns = step
            while step.nnz:
                step = onward @ step
                columns = columns + step
                step.data[step.data < FAINT_WAY] = 0
                step.eliminate_zeros()
            places = np.flatnonzero(np.isin(sources, block))
            number = np.searchsorted(block, sources[places])
            to, own = (np.asarray(columns[rows[places], number]).ravel() for rows in (targets, sources))
            share = self.share(sources[places])
            own = (own - 1) / self.flow.damping
            result[places] = first[places] / (1 - self.flow.damping * share * (to - own))
        return result

    def _column(self, page: int) -> Floats:
        """Visits to `page` of a unit that lands on each page: N e_s."""
        known = self.columns.pop(page, None)
        if known is None or page not in self._fresh:
            unit = np.zeros(len(self.value))
            unit[page] = 1.0
            known = self.flow.worth(unit, tolerance=COLUMN_TOLERANCE, start=known).values
            self._fresh.add(page)
        # Those not used for longest go first.
        self.columns[page] = known
        while len(self.columns) * known.nbytes > COLUMN_BYTES:
            del self.columns[next(iter(self.columns))]
        return known
