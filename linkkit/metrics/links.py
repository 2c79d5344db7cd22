"""Link counts per page: as crawlers count them, and as checks judge by."""

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from linkkit.folding import link_origins
from linkkit.graph import LinkGraph
from linkkit.metrics.pagerank import transition_matrix
from linkkit.site import Site
from linkkit.steps import step


@step("links as crawlers count")
def crawler_counts(site: Site) -> pd.DataFrame:
    """Hyperlinks to and from exactly each URL: nofollow and self-links included, nothing folded.

    Returns
    -------
    DataFrame
        One row per page, indexed by page id: ``inlinks``, ``outlinks`` (occurrences), ``unique_inlinks``,
        ``unique_outlinks`` (distinct pages), all internal; ``linked_from_others`` (distinct other pages),
        ``nofollow_inlinks`` (occurrences), ``example_source`` and ``example_nofollow_source`` (lowest page id that
        links here, NaN where none; content links first).
    """
    pages = len(site.pages)
    into = site.engine.arrow(
        """WITH pairs AS (
            SELECT target_id, source_id, count(*) AS links, count(*) FILTER (WHERE nofollow) AS nofollow,
                bool_or(position = 0) AS in_content
            FROM links GROUP BY target_id, source_id
        )
        SELECT target_id AS page, CAST(sum(links) AS BIGINT) AS inlinks, count(*) AS unique_inlinks,
            count(*) FILTER (WHERE source_id <> target_id) AS linked_from_others,
            CAST(sum(nofollow) FILTER (WHERE source_id <> target_id) AS BIGINT) AS nofollow_inlinks,
            coalesce(min(source_id) FILTER (WHERE source_id <> target_id AND in_content),
                     min(source_id) FILTER (WHERE source_id <> target_id)) AS example_source,
            min(source_id) FILTER (WHERE source_id <> target_id AND nofollow > 0) AS example_nofollow_source
        FROM pairs GROUP BY target_id"""
    )
    out = site.engine.arrow(
        """SELECT source_id AS page, count(*) AS outlinks, count(DISTINCT target_id) AS unique_outlinks
        FROM links GROUP BY source_id"""
    )
    every = pd.RangeIndex(pages)
    counts = (
        into.to_pandas()
        .set_index("page")
        .reindex(every)
        .join(out.to_pandas().set_index("page"), how="left")
        .rename_axis(None)
    )
    examples = ["example_source", "example_nofollow_source"]
    whole = [name for name in counts.columns if name not in examples]
    counts[whole] = counts[whole].fillna(0).astype("int64")
    counts[examples] = counts[examples].astype("float64")
    return counts


def folded_counts(graph: LinkGraph) -> pd.DataFrame:
    """Distinct other pages with a followed link after folding.

    Returns
    -------
    DataFrame
        One row per page: ``linking_pages``, ``indexable_linking_pages``, ``content_inlinks``, ``content_outlinks``
        (distinct pages), ``example_linking_page`` (lowest id, NaN where none). Pages that fold into another have 0.
    """
    pages = len(graph)
    content = graph.is_content
    first = np.full(pages, np.nan)
    # Edges are sorted by source: writing them in reverse leaves the lowest source.
    first[graph.target[::-1]] = graph.source[::-1]
    return pd.DataFrame(
        {
            "linking_pages": np.bincount(graph.target, minlength=pages),
            "indexable_linking_pages": np.bincount(
                graph.target[graph.indexable[graph.source]], minlength=pages
            ),
            "content_inlinks": np.bincount(graph.target[content], minlength=pages),
            "content_outlinks": np.bincount(graph.source[content], minlength=pages),
            "example_linking_page": first,
        }
    )


@step("links from others")
def links_from_others(site: Site, graph: LinkGraph) -> pd.DataFrame:
    """Links to each page from any other page, after folding, whether or not they are followed or their source is live.

    What orphan states are judged by: a page that only an error page links to is linked, if badly.

    Returns
    -------
    DataFrame
        One row per page: ``sources_any`` and ``sources_followed`` (distinct other pages), ``nofollow_links_in``
        (occurrences, by the link or by its page's robots directives), ``example_source_any`` (lowest id, NaN where
        none). Pages that fold into another have 0.
    """
    own = np.arange(len(graph), dtype=np.int32)
    fold = pa.table(
        {
            "page_id": own,
            "final": np.where(graph.fold >= 0, graph.fold, own),
            "nofollow": site.pages["robots_nofollow"].to_numpy(),
        }
    )
    # As a WHERE, "different pages" would become a join of every page with every other.
    table = site.engine.arrow(
        """WITH pairs AS (
            SELECT t.final AS page, s.final AS source, bool_or(NOT (l.nofollow OR s.nofollow)) AS is_followed,
                count(*) FILTER (WHERE l.nofollow OR s.nofollow) AS nofollow, min(l.source_id) AS example
            FROM links l JOIN fold s ON s.page_id = l.source_id JOIN fold t ON t.page_id = l.target_id
            GROUP BY t.final, s.final
        )
        SELECT page, count(*) FILTER (WHERE source <> page) AS sources_any,
            count(*) FILTER (WHERE source <> page AND is_followed) AS sources_followed,
            CAST(sum(nofollow) FILTER (WHERE source <> page) AS BIGINT) AS nofollow_links_in,
            min(example) FILTER (WHERE source <> page) AS example_source_any
        FROM pairs GROUP BY page""",
        fold=fold,
    )
    counts = table.to_pandas().set_index("page").reindex(pd.RangeIndex(len(graph))).rename_axis(None)
    whole = ["sources_any", "sources_followed", "nofollow_links_in"]
    counts[whole] = counts[whole].fillna(0).astype("int64")
    return counts.astype({"example_source_any": "float64"})


@step("examples of leaks")
def leak_examples(site: Site, graph: LinkGraph) -> pd.DataFrame:
    """For each page and cause an example of a link through which it loses authority.

    Returns
    -------
    DataFrame
        One row per page and cause (`linkkit.folding.Leak`): ``page``, ``cause``, ``example`` (page id of the link's target,
        before folding; links in content first, then the lowest id). Links to other sites have no example: their targets
        are counted, not kept.
    """
    nofollow = site.pages["robots_nofollow"].to_numpy() & (graph.model.nofollow != "keep")
    fold = pa.table(
        {
            "page_id": np.arange(len(graph), dtype=np.int32),
            "final": graph.fold,
            "origin": link_origins(site.pages, graph.fold),
            "cause": np.where(graph.fold >= 0, graph.leak[graph.final], graph.leak).astype(str),
            "nofollow": nofollow,
        }
    )
    rule = pa.table({"keeps_nofollow": [graph.model.nofollow == "keep"]})
    # a <> b would become a join of every page with every other; a - b <> 0 does not.
    return site.engine.arrow(
        """WITH judged AS (
            SELECT s.origin AS page, l.target_id, l.position,
                CASE WHEN (l.nofollow AND NOT r.keeps_nofollow) OR s.nofollow THEN 'nofollow' ELSE t.cause END AS cause
            FROM links l JOIN fold s ON s.page_id = l.source_id JOIN fold t ON t.page_id = l.target_id CROSS JOIN rule r
            WHERE s.origin >= 0 AND t.final - s.origin <> 0
        )
        SELECT page, cause,
            coalesce(min(target_id) FILTER (WHERE position = 0), min(target_id)) AS example
        FROM judged WHERE cause <> '' GROUP BY page, cause ORDER BY page, cause""",
        fold=fold,
        rule=rule,
    ).to_pandas()


def link_share(graph: LinkGraph) -> npt.NDArray[np.float64]:
    """Share of the site's link weight that each page receives; every linking page hands out 1.

    Returns
    -------
    float64 array
        Shares (0-1), summing to 1 where there is a link at all. Links that leak are not part of it.
    """
    shares, _ = transition_matrix(graph.followed, weighted=True)
    received = np.asarray(shares.sum(axis=0)).ravel()
    total = received.sum()
    return np.asarray(received / total if total else received, dtype=np.float64)
