"""Plain PageRank, for comparison with other tools."""

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from linkkit.graph import LinkGraph, scaled_rows
from linkkit.steps import step


@step("PageRank")
def pagerank(graph: LinkGraph, *, damping: float = 0.85, tolerance: float = 1e-12) -> npt.NDArray[np.float64]:
    """Textbook PageRank of the folded graph: unweighted, teleport over indexable pages, dangling pages spread alike.

    Only indexable pages are paid for existing. Links to dead URLs are left out: these get nothing. The sum is 1.

    Parameters
    ----------
    graph : LinkGraph
    damping : float
        Chance to follow a link.
    tolerance : float
        The iteration stops when the change in L1 guarantees an error below this, or rounding allows no smaller one.

    Returns
    -------
    float64 array, one share (0-1) per page
        All zero for a site without an indexable page.

    References
    ----------
    Page, Brin, Motwani, Winograd (1999), The PageRank Citation Ranking. Equal to ``networkx.pagerank`` with
    ``personalization`` and ``dangling`` uniform over indexable pages, and to igraph's likewise.
    """
    pages = graph.indexable & (graph.fold == np.arange(len(graph)))
    if not pages.any():
        return np.zeros(len(graph))
    teleport = pages / pages.sum()
    moves, dangling = transition_matrix(graph.followed, weighted=False)
    into = csr_array(moves.T)
    rank, before = teleport.copy(), np.inf
    while True:
        following = damping * (into @ rank + rank[dangling].sum() * teleport) + (1 - damping) * teleport
        following /= following.sum()
        # The iteration contracts by `damping`: the distance to the fixed point is at most change * d / (1 - d).
        # A change that does not shrink is rounding, which a page with thousands of links in keeps above the tolerance.
        change = np.abs(following - rank).sum()
        if change * damping / (1 - damping) < tolerance or change >= before:
            return np.asarray(following, dtype=np.float64)
        rank, before = following, change


def transition_matrix(links: csr_array, *, weighted: bool) -> tuple[csr_array, npt.NDArray[np.bool_]]:
    """Rows scaled to sum 1, and which rows have no link at all."""
    sums = np.asarray(links.sum(axis=1)).ravel() if weighted else np.diff(links.indptr).astype(np.float64)
    counted = (
        links if weighted else csr_array((np.ones(links.nnz), links.indices, links.indptr), shape=links.shape)
    )
    return scaled_rows(counted, 1 / np.where(sums > 0, sums, 1)), sums == 0
