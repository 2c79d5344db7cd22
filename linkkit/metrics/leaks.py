"""Through which links a page loses authority."""

import numpy as np
import pandas as pd

from linkkit.folding import Leak
from linkkit.graph import LinkGraph, links_not_followed
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
    own = int(graph.final[page])
    rows = links_not_followed(site, graph, own)
    urls = graph.urls
    target = rows["target_id"].to_numpy(dtype=np.int64)
    rows["target"] = np.where(target >= 0, urls[target], OTHER_SITES)
    rows["position"] = rows["position"].map({p.value: p.name.lower() for p in Position})
    edges = graph.source == own
    handed = float(graph.weight[edges].sum()) + float(rows["weight"].sum())
    away = edges & (graph.leak[graph.target] == Leak.OFF_SITE_CANONICAL)
    if away.any():
        rows = pd.concat([rows, _to_canonicals_elsewhere(site, graph, own, np.flatnonzero(away))])
    share = rows["weight"] / handed if handed > 0 else rows["weight"] * 0.0
    found = rows.assign(share=share).sort_values(
        ["share", "target", "cause"], ascending=[False, True, True], kind="stable"
    )
    columns = ["target", "anchor", "position", "links", "cause", "share"]
    return found[columns].head(limit).reset_index(drop=True).astype({"cause": "str", "target": "str"})


def _to_canonicals_elsewhere(site: Site, graph: LinkGraph, page: int, edges: np.ndarray) -> pd.DataFrame:
    """Followed links to pages that hand what they get to another site."""
    sample = site.sample_links(str(graph.urls[page]), limit=10_000)
    named, counted = sample.drop_duplicates("target").set_index("target"), sample["target"].value_counts()
    target = graph.urls[graph.target[edges]]
    return pd.DataFrame(
        {
            "target_id": graph.target[edges],
            "cause": str(Leak.OFF_SITE_CANONICAL),
            "anchor": named["anchor"].reindex(target).to_numpy(),
            "position": named["position"].reindex(target).to_numpy(),
            "links": counted.reindex(target).fillna(1).astype("int64").to_numpy(),
            "weight": graph.weight[edges],
            "target": target,
        }
    )
