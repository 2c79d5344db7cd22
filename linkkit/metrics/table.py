"""The metrics table: one row per page, everything that checks, charts and plans read."""

import numpy as np
import pandas as pd

from linkkit.graph import LinkGraph
from linkkit.metrics.authority import Authority, authority_metrics, authority_of
from linkkit.metrics.clusters import pillar_links
from linkkit.metrics.depth import clicks_from
from linkkit.metrics.importance import fold_signals, importance
from linkkit.metrics.links import crawler_counts, folded_counts, link_share, links_from_others
from linkkit.metrics.orphans import orphan_states
from linkkit.metrics.pagerank import pagerank
from linkkit.schema import Indexability
from linkkit.site import Site


def compute_metrics(site: Site, graph: LinkGraph, authority: Authority | None = None) -> pd.DataFrame:
    """Every page metric of a Site.

    Parameters
    ----------
    site : Site
    graph : LinkGraph
    authority : Authority, optional
        `linkkit.metrics.authority.authority_of` the same graph, where it is known already.

    Returns
    -------
    DataFrame
        One row per page, indexed by ``page_id``: ``url``; ``crawl_depth`` and ``content_depth`` (clicks from the
        start page over followed, or content, links; NaN where unreachable; a page that folds into another has that
        one's depth); the counts of `crawler_counts`, `links_from_others` and `folded_counts`; ``pagerank``, ``link_share``,
        ``importance`` (shares 0-1); the columns of `authority_metrics`; the signals after `fold_signals`; ``clicks_to_money`` (content clicks to the nearest money page);
        ``orphan_state``, ``section``, ``page_type``, ``cluster``; `pillar_links`; ``folds_into`` (page id, NaN where
        the page stands for itself).
    """
    pages = site.pages
    depth = clicks_from(graph.followed, [graph.start])
    content_depth = clicks_from(graph.content, [graph.start])
    counts = pd.concat([crawler_counts(site), links_from_others(site, graph), folded_counts(graph)], axis=1)
    final = np.where(graph.fold >= 0, graph.fold, np.arange(len(graph)))
    states = orphan_states(
        graph,
        counts,
        depth,
        crawled=(pages["indexability_reason"] != Indexability.NOT_CRAWLED).to_numpy(),
        complete=site.manifest.complete,
    )
    signals = fold_signals(pages, graph.fold)
    shares, _ = importance(signals)
    authority = authority or authority_of(graph, pages, signals["is_money_page"])
    given = pages["importance"].astype("float64")
    metrics = pd.DataFrame(
        {
            "page_id": pages["page_id"],
            "url": pages["url"],
            "crawl_depth": depth[final],
            "content_depth": content_depth[final],
            "pagerank": pagerank(graph),
            "link_share": link_share(graph),
            "importance": given.where(given.notna(), shares),
            "clicks_to_money": clicks_from(graph.content.T.tocsr(), np.flatnonzero(signals["is_money_page"])),
            "orphan_state": pd.Series(states, index=pages.index, dtype="str"),
            "section": pages["section"],
            "page_type": pages["page_type"],
            "cluster": pages["cluster"],
            "folds_into": np.where(final == np.arange(len(graph)), np.nan, final),
        },
        index=pages.index,
    )
    return pd.concat(
        [metrics, authority_metrics(authority), counts, signals, pillar_links(pages, graph)], axis=1
    )
