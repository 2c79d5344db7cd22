"""Links between the pages of a topic cluster and its pillar."""

import numpy as np
import pandas as pd

from linkkit.graph import LinkGraph


def pillar_links(pages: pd.DataFrame, graph: LinkGraph) -> pd.DataFrame:
    """Whether cluster pages and their pillar link each other in the content.

    Parameters
    ----------
    pages : DataFrame
        Pages with ``cluster`` and ``is_pillar``, which the analyst defines.
    graph : LinkGraph

    Returns
    -------
    DataFrame
        One row per page: ``pillar_id`` (page id of the cluster's pillar; NaN where the page is in no cluster, or is
        the pillar itself), ``links_to_pillar``, ``linked_from_pillar`` (bool, False where there is no pillar).
    """
    pillar = pages["is_pillar"].fillna(False).to_numpy(dtype=bool)
    by_cluster = pages.loc[pillar].drop_duplicates("cluster").set_index("cluster")["page_id"]
    own = pages["cluster"].map(by_cluster).to_numpy(dtype=float, copy=True)
    own[pillar] = np.nan
    member = np.flatnonzero(~np.isnan(own))
    hub = own[member].astype(np.int64)
    # A pillar that redirects or canonicalises is the page it leads to.
    hub = np.where(graph.fold[hub] >= 0, graph.fold[hub], hub)
    up, down = np.zeros(len(pages), dtype=bool), np.zeros(len(pages), dtype=bool)
    if member.size:
        up[member] = np.asarray(graph.content[member, hub]).ravel() > 0
        down[member] = np.asarray(graph.content[hub, member]).ravel() > 0
    return pd.DataFrame({"pillar_id": own, "links_to_pillar": up, "linked_from_pillar": down})
