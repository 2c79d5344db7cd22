"""Journeys of authority: from the section it lands in to where it ends, and click by click from one page."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from linkkit.metrics.authority import LEAKS, LEDGER, Authority


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
    moved : DataFrame
        One row per link that carried some: ``source``, ``target`` (page ids), ``share``, the largest first.
    lost : float
        On the way.
    """

    arrives: np.ndarray
    moved: pd.DataFrame
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
    arrives = np.zeros(len(authority.graph))
    arrives[page] = 1.0
    nothing = pd.DataFrame({"source": [], "target": [], "share": []}).astype({"source": int, "target": int})
    steps = [Step(arrives, nothing, 0.0)]
    for _ in range(clicks):
        sources = np.flatnonzero(arrives)
        block = flow.moves[sources].tocoo()
        share = flow.damping * arrives[sources][block.row] * block.data
        moved = pd.DataFrame({"source": sources[block.row], "target": block.col.astype(int), "share": share})
        moved = moved.sort_values(["share", "source", "target"], ascending=[False, True, True])
        lost = float(flow.damping * (arrives[sources] @ flow.lost[sources].sum(axis=1)))
        arrives = np.bincount(block.col, weights=share, minlength=len(arrives)).astype(np.float64)
        steps.append(Step(arrives, moved.reset_index(drop=True), lost))
    return steps
