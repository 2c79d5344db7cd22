"""Hubs and authorities by HITS: a second view, in which a page is good that good pages link to."""

import numpy as np
import numpy.typing as npt
from scipy.sparse.linalg import svds

from linkkit.graph import LinkGraph


def hits(graph: LinkGraph) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Hub and authority scores over followed content links, unweighted.

    Parameters
    ----------
    graph : LinkGraph

    Returns
    -------
    hubs, authorities : float64 arrays, one value per page
        Each sums to 1; all 0 where there is no content link. Hubs lead to good pages, authorities are led to.

    References
    ----------
    Kleinberg (1999), Authoritative sources in a hyperlinked environment. Equal to ``networkx.hits`` where the largest
    singular value is simple; where it is not, the scores depend on the start and are those of the uniform one.
    """
    links = graph.content.astype(np.float64)
    links.data = np.ones_like(links.data)
    nothing = np.zeros(len(graph))
    if links.nnz == 0:
        return nothing, nothing.copy()
    if len(graph) < 3:
        left, _, right = np.linalg.svd(links.toarray())
        hubs, authorities = np.abs(left[:, 0]), np.abs(right[0])
    else:
        left, _, right = svds(links, k=1, v0=np.ones(len(graph)), tol=1e-12)
        hubs, authorities = np.abs(left[:, 0]), np.abs(right[0])
    return hubs / hubs.sum(), authorities / authorities.sum()
