"""How each page hangs on the site's internal links."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from linkkit.graph import LinkGraph
from linkkit.schema import OrphanState


def orphan_states(
    graph: LinkGraph,
    counts: pd.DataFrame,
    crawl_depth: npt.NDArray[np.float64],
    *,
    crawled: npt.NDArray[np.bool_],
    complete: bool,
) -> npt.NDArray[np.object_]:
    """State of each page (`linkkit.schema.OrphanState`); the worst that holds.

    Only indexable pages that do not fold into another are judged; the rest are ``not_indexable``. The start page is
    always ``linked``. With an incomplete crawl, every state that rests on a link *not* being there is
    ``inconclusive``.

    Parameters
    ----------
    graph : LinkGraph
    counts : DataFrame
        `links_from_others` joined with `folded_counts`, one row per page.
    crawl_depth : float64 array
        Clicks from the start page, NaN where unreachable.
    crawled : bool array
        Whether each URL was requested at all.
    complete : bool
        Whether the crawl followed every internal link.
    """
    nowhere_linked = counts["sources_any"].to_numpy() == 0
    conditions = [
        nowhere_linked,
        counts["sources_followed"].to_numpy() == 0,
        counts["indexable_linking_pages"].to_numpy() == 0,
        np.isnan(crawl_depth),
        counts["content_inlinks"].to_numpy() == 0,
    ]
    states = [
        OrphanState.ORPHAN,
        OrphanState.NOFOLLOW_ONLY,
        OrphanState.NON_INDEXABLE_SOURCES_ONLY,
        OrphanState.ISLAND,
        OrphanState.CHROME_ONLY,
    ]
    found = np.select(conditions, [str(state) for state in states], str(OrphanState.LINKED)).astype(object)
    if not complete:
        found[found != OrphanState.LINKED] = str(OrphanState.INCONCLUSIVE)
    found[graph.start] = str(OrphanState.LINKED)
    stands = graph.fold == np.arange(len(graph))
    found = np.where(graph.indexable & stands, found, str(OrphanState.NOT_INDEXABLE)).astype(object)
    # Known from a file, linked from nowhere, and never looked at: whether it is an orphan cannot be said.
    found[~crawled & stands & nowhere_linked] = str(OrphanState.INCONCLUSIVE)
    return found
