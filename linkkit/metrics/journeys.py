"""Journeys of authority: from the section it lands in to where it ends, and click by click from one page."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from linkkit.folding import Ints
from linkkit.metrics.authority import LEAKS, LEDGER, Authority
from linkkit.metrics.solver import Floats


def section_journeys(authority: Authority, sections: pd.Series) -> pd.DataFrame:
    """Where authority lands, in which section it comes to rest or leaks, and as what.

    Parameters
    ----------
    authority : Authority
    sections : Series
        Section of each page; few ones: each is one solve.

    Returns
    -------
    DataFrame
        One row per journey that any authority takes: ``from_section`` (where it lands), ``to_section`` (of the page where
        it settles or is lost), ``outcome`` (of `LEDGER`), ``share`` of all authority that enters. All together 1.
    """
    flow, entry = authority.flow, authority.entry
    codes, names = pd.factorize(sections.astype(str), sort=True)
    on_landing = np.zeros((len(codes), len(LEAKS)))
    lands_nowhere = np.flatnonzero(entry.lost)
    causes = [LEAKS.index(cause) for cause in authority.graph.leak[lands_nowhere]]
    on_landing[lands_nowhere, causes] = entry.lost[lands_nowhere]
    rows = []
    for code, name in enumerate(names):
        own = codes == code
        if not (entry.shares[own].any() or entry.lost[own].any()):
            continue
        visits = flow.visits(np.where(own, entry.shares, 0.0)).values
        lost = flow.damping * visits[:, None] * flow.lost + np.where(own[:, None], on_landing, 0.0)
        table = np.zeros((len(names), len(LEDGER)))
        np.add.at(table, (codes, authority.kinds), (1 - flow.damping) * visits)
        np.add.at(table[:, 3:], codes, lost)
        rows += [
            (name, names[to], LEDGER[end], table[to, end]) for to, end in zip(*np.nonzero(table), strict=True)
        ]
    return pd.DataFrame(rows, columns=["from_section", "to_section", "outcome", "share"])


@dataclass(frozen=True, eq=False)
class Step:
    """What one click carries: amounts of the unit that landed.

    Attributes
    ----------
    arrives : float64 array
        At each page.
    lost : float
        On the way.
    """

    arrives: Floats
    lost: float


def clicks_from_landing(authority: Authority, page: int, *, clicks: int = 3) -> list[Step]:
    """How a unit of authority that lands on a page moves on, click by click.

    What arrives at click k is ``d^k e P^k``; of it ``1 - d`` settles there.

    Parameters
    ----------
    authority : Authority
    page : int
        Page id that stands for itself.
    clicks : int

    Returns
    -------
    list of Step
        The landing itself, then one step for each click.
    """
    flow = authority.flow
    lost = flow.lost.sum(axis=1)
    arrives = np.zeros(len(authority.graph))
    arrives[page] = 1.0
    steps = [Step(arrives, 0.0)]
    for _ in range(clicks):
        gone = float(flow.damping * (arrives @ lost))
        arrives = np.asarray(flow.damping * (flow.moves.T @ arrives), dtype=np.float64)
        steps.append(Step(arrives, gone))
    return steps


def carried(authority: Authority, step: Step, source: int) -> tuple[Ints, Floats]:
    """Pages that a page's links lead to at the click after a step, and what each of them gets, of the unit that landed."""
    moves = authority.flow.moves
    row = slice(moves.indptr[source], moves.indptr[source + 1])
    share = authority.flow.damping * step.arrives[source] * moves.data[row]
    return moves.indices[row], np.asarray(share, dtype=np.float64)
