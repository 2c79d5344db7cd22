"""The metrics table: one row per page, everything that checks, charts and plans read."""

import numpy as np
import pandas as pd

from linkkit.graph import LinkGraph
from linkkit.metrics.authority import LEAKS, Authority, authority_metrics, authority_of
from linkkit.metrics.clusters import pillar_links
from linkkit.metrics.depth import clicks_from
from linkkit.metrics.hierarchy import Hierarchy, hierarchy_of
from linkkit.metrics.importance import fold_signals, importance
from linkkit.metrics.links import (
    crawler_counts,
    folded_counts,
    leak_examples,
    link_share,
    links_from_others,
)
from linkkit.metrics.orphans import orphan_states
from linkkit.metrics.pagerank import pagerank
from linkkit.metrics.rendered import rendered_links
from linkkit.metrics.roles import hub_pages, page_roles
from linkkit.metrics.structure import structure_metrics
from linkkit.schema import Indexability
from linkkit.site import Site
from linkkit.steps import step


@step("metrics")
def compute_metrics(
    site: Site, graph: LinkGraph, authority: Authority | None = None, hierarchy: Hierarchy | None = None
) -> pd.DataFrame:
    """Every page metric of a Site.

    Parameters
    ----------
    site : Site
    graph : LinkGraph
    authority : Authority, optional
        `linkkit.metrics.authority.authority_of` the same graph, where it is known already.
    hierarchy : Hierarchy, optional
        `linkkit.metrics.hierarchy.hierarchy_of` the same graph, where it is known already.

    Returns
    -------
    DataFrame
        One row per page, indexed by ``page_id``: ``url``; ``crawl_depth`` and ``content_depth`` (clicks from the
        start page over followed, or content, links; NaN where unreachable; a page that folds into another has that
        one's depth); the counts of `crawler_counts`, `links_from_others`, `folded_counts` and `rendered_links`; ``pagerank``, ``link_share``,
        ``importance`` (shares 0-1); the columns of `authority_metrics`; the signals after `fold_signals`; ``clicks_to_money`` (content clicks to the nearest indexable money page);
        ``landing_leak`` (`linkkit.folding.Leak`: why authority that lands on the URL is lost; empty where it leads to a live
        page), ``leak_example`` (page id of a link's target through which the page loses most, NaN for other sites and where nothing
        is lost); ``role`` (`linkkit.metrics.roles.Role`, empty for ordinary pages), ``is_hub`` (`hub_pages`);
        ``orphan_state``, ``section``, ``page_type``, ``cluster``; `pillar_links`; the columns of `structure_metrics`; ``folds_into`` (page id, NaN where
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
    worth = given.where(given.notna(), shares)
    metrics = pd.DataFrame(
        {
            "page_id": pages["page_id"],
            "url": pages["url"],
            "crawl_depth": depth[final],
            "content_depth": content_depth[final],
            "pagerank": pagerank(graph),
            "link_share": link_share(graph),
            "importance": worth,
            "role": page_roles(pages, is_money=signals["is_money_page"], importance=worth),
            "is_hub": hub_pages(pages, graph),
            "landing_leak": pd.Series(graph.leak.astype(str), index=pages.index, dtype="str"),
            "leak_example": _largest_leak(site, graph, authority),
            "clicks_to_money": clicks_from(graph.content.T.tocsr(), np.flatnonzero(authority.money)),
            "orphan_state": pd.Series(states, index=pages.index, dtype="str"),
            "section": pages["section"],
            "page_type": pages["page_type"],
            "cluster": pages["cluster"],
            "folds_into": np.where(final == np.arange(len(graph)), np.nan, final),
        },
        index=pages.index,
    )
    structure = structure_metrics(site, graph, hierarchy or hierarchy_of(site, graph), depth, signals)
    return pd.concat(
        [
            metrics,
            authority_metrics(authority),
            counts,
            rendered_links(site, graph),
            signals,
            pillar_links(pages, graph),
            structure,
        ],
        axis=1,
    )


def _largest_leak(site: Site, graph: LinkGraph, authority: Authority) -> pd.Series:
    """Target of a link by which each page loses most of what it hands on, whatever passes through the page."""
    lost = authority.flow.lost
    largest = pd.Series(lost.argmax(axis=1) if len(lost) else [], dtype="int64")
    found = leak_examples(site, graph)
    place = found["cause"].map({cause: number for number, cause in enumerate(LEAKS)})
    wanted = found[place.to_numpy() == largest.reindex(found["page"]).to_numpy()]
    return wanted.set_index("page")["example"].astype("float64").reindex(range(len(graph)))
