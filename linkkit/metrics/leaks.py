"""Through which links pages lose authority."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from linkkit.folding import Leak
from linkkit.graph import LinkGraph, links_not_followed
from linkkit.metrics.authority import Authority
from linkkit.schema import Position
from linkkit.site import Site

OTHER_SITES = "other sites"


def leaking_links(site: Site, graph: LinkGraph, page: int, limit: int = 100) -> pd.DataFrame:
    """Links of one page that lead to no live page of the site, with what each costs.

    Parameters
    ----------
    site : Site
    graph : LinkGraph
        Of the same site.
    page : int
        Page id; one that folds into another gives that other one's.
    limit : int
        Rows at most, the costliest first.

    Returns
    -------
    DataFrame
        One row per target and cause: ``target`` (URL; `OTHER_SITES` for links that leave, which are kept as numbers only),
        ``anchor`` (of the strongest link; missing where not told), ``position`` (content, navigation, ...), ``links``
        (occurrences), ``cause`` (`Leak`), ``share`` (0-1) of what the page hands on. All rows together: what
        `linkkit.metrics.authority.Flow` calls lost; a page without any link has no row.
    """
    return _leaking(site, graph, [int(graph.final[page])]).drop(columns="page_id").head(limit)


def costliest_links(site: Site, authority: Authority, *, pages: int = 20, limit: int = 100) -> pd.DataFrame:
    """The links through which most authority is lost, among those of the pages that lose most.

    Parameters
    ----------
    site : Site
    authority : Authority
        Of the same site.
    pages : int
        Pages looked at: those that lose most through their links.
    limit : int
        Rows at most, the costliest first.

    Returns
    -------
    DataFrame
        The rows of `leaking_links` with ``page_id`` and ``lost`` (share 0-1 of all authority that enters the site).
    """
    flow = authority.flow
    passed = flow.damping * authority.visits.values
    total = passed * flow.lost.sum(axis=1)
    chosen = [int(page) for page in np.lexsort((np.arange(len(total)), -total))[:pages] if total[page] > 0]
    rows = _leaking(site, authority.graph, chosen)
    rows["lost"] = rows["share"] * passed[rows["page_id"].to_numpy(dtype=np.int64)]
    ordered = rows.sort_values(["lost", "page_id", "target"], ascending=[False, True, True], kind="stable")
    return ordered.head(limit).reset_index(drop=True)


def _leaking(site: Site, graph: LinkGraph, pages: Sequence[int]) -> pd.DataFrame:
    rows = links_not_followed(site, graph, pages)
    target = rows["target_id"].to_numpy(dtype=np.int64)
    rows["target"] = np.where(target >= 0, graph.urls[target], OTHER_SITES)
    rows["position"] = rows["position"].map({p.value: p.name.lower() for p in Position})
    edges = np.isin(graph.source, pages)
    handed = pd.Series(np.bincount(graph.source[edges], weights=graph.weight[edges], minlength=len(graph)))
    handed = handed.add(rows.groupby("page_id")["weight"].sum(), fill_value=0.0)
    away = np.flatnonzero(edges & (graph.leak[graph.target] == Leak.OFF_SITE_CANONICAL))
    parts = [rows, *(_to_canonicals_elsewhere(site, graph, page, away) for page in pages if len(away))]
    found = pd.concat(parts, ignore_index=True)
    found["share"] = found["weight"] / found["page_id"].map(handed)
    ordered = found.sort_values(["share", "target", "cause"], ascending=[False, True, True], kind="stable")
    columns = ["page_id", "target", "anchor", "position", "links", "cause", "share"]
    return ordered[columns].reset_index(drop=True).astype({"cause": "str", "target": "str"})


def _to_canonicals_elsewhere(site: Site, graph: LinkGraph, page: int, edges: np.ndarray) -> pd.DataFrame:
    """Followed links of a page to pages that hand what they get to another site."""
    own = edges[graph.source[edges] == page]
    sample = site.sample_links(str(graph.urls[page]), limit=10_000)
    named, counted = sample.drop_duplicates("target").set_index("target"), sample["target"].value_counts()
    target = graph.urls[graph.target[own]]
    return pd.DataFrame(
        {
            "page_id": page,
            "target_id": graph.target[own],
            "cause": str(Leak.OFF_SITE_CANONICAL),
            "anchor": named["anchor"].reindex(target).to_numpy(),
            "position": named["position"].reindex(target).to_numpy(),
            "links": counted.reindex(target).fillna(1).astype("int64").to_numpy(),
            "weight": graph.weight[own],
            "target": target,
        }
    )
