"""Clicks from page to page."""

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from linkkit.steps import step


@step("clicks")
def clicks_from(links: csr_array, starts: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Fewest clicks to each page from the nearest of `starts`, by breadth-first search.

    Parameters
    ----------
    links : csr_array, source x target
        Followed, folded links; a redirect is therefore not a click.
    starts : array of page ids

    Returns
    -------
    float64 array, one value per page
        Clicks, 0 for the starts; NaN where no path leads.
    """
    depth = np.full(links.shape[0], np.nan)
    frontier = np.unique(np.asarray(starts, dtype=np.int64))
    depth[frontier] = 0
    first, targets = links.indptr.astype(np.int64), links.indices
    clicks = 0
    while frontier.size:
        clicks += 1
        counts = first[frontier + 1] - first[frontier]
        # Concatenated ranges first[i]..first[i+1] of the whole frontier, without a loop.
        begin = np.repeat(first[frontier] - np.concatenate(([0], np.cumsum(counts)[:-1])), counts)
        reached = targets[begin + np.arange(counts.sum())]
        # New pages first: most links lead back, and sorting them would cost more than all the rest.
        frontier = np.unique(reached[np.isnan(depth[reached])]).astype(np.int64)
        depth[frontier] = clicks
    return depth


def path_to(links: csr_array, depth: npt.NDArray[np.float64], page: int) -> list[int]:
    """One shortest path from the start page to `page`; the lowest page id wins a tie; empty where unreachable."""
    if np.isnan(depth[page]):
        return []
    into = links.T.tocsr()
    path = [page]
    while depth[path[-1]] > 0:
        sources = into.indices[into.indptr[path[-1]] : into.indptr[path[-1] + 1]]
        path.append(int(sources[depth[sources] == depth[path[-1]] - 1].min()))
    return path[::-1]
