"""Links between the pages of topic clusters and their pillars, and what authority the pillars pass on."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from linkkit.graph import LinkGraph
from linkkit.metrics.authority import Authority
from linkkit.metrics.groups import Grouping, linkable
from linkkit.metrics.pillars import editorial

NO_CLUSTER = "(no cluster)"

MEASURES: dict[str, str] = {
    "cluster": "str",
    "pages": "int64",
    "pillar_id": "int64",
    "pillar": "str",
    "pillar_is_given": "bool",
    "pillar_reason": "str",
    "members": "int64",
    "to_pillar": "int64",
    "to_pillar_share": "float64",
    "from_pillar": "int64",
    "from_pillar_share": "float64",
    "density": "float64",
    "site_density": "float64",
    "density_ratio": "float64",
    "links_out": "int64",
    "inside_share": "float64",
    "inside_expected": "float64",
    "inside_ratio": "float64",
    "leaving_to": "str",
    "isolated": "int64",
    "money_pages": "int64",
    "passed_kept": "float64",
    "passed_cluster": "float64",
    "passed_money": "float64",
    "passed_own_money": "float64",
    "passed_lost": "float64",
}
"""Columns of `cluster_measures`, with their pandas types."""


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
        the pillar itself), ``links_to_pillar``, ``linked_from_pillar`` (bool, False where there is no pillar),
        ``cluster_inlinks`` (distinct other pages of its cluster with a content link to it; NaN where it is in none).
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
    return pd.DataFrame(
        {
            "pillar_id": own,
            "links_to_pillar": up,
            "linked_from_pillar": down,
            "cluster_inlinks": _cluster_inlinks(pages, graph),
        }
    )


def _cluster_inlinks(pages: pd.DataFrame, graph: LinkGraph) -> npt.NDArray[np.float64]:
    codes = pd.factorize(pages["cluster"])[0]
    # What a page that moved is in, the page it leads to is in as well.
    moved = np.flatnonzero((codes >= 0) & (graph.final != np.arange(len(graph))))
    codes[graph.final[moved]] = np.where(
        codes[graph.final[moved]] < 0, codes[moved], codes[graph.final[moved]]
    )
    source, target = graph.source[graph.is_content], graph.target[graph.is_content]
    inside = (codes[target] >= 0) & (codes[source] == codes[target])
    found = np.bincount(target[inside], minlength=len(graph)).astype(float)
    return np.where(codes >= 0, found, np.nan)


def cluster_measures(
    grouping: Grouping, graph: LinkGraph, authority: Authority | None = None
) -> pd.DataFrame:
    """How each cluster of a grouping hangs together.

    Content links after folding; links that the template repeats count for the links with the pillar, but neither for
    density nor for what stays inside. No value is good or bad in itself: well-kept documentation seldom links back to
    its hubs. Compare clusters of one site.

    Parameters
    ----------
    grouping : Grouping
    graph : LinkGraph
    authority : Authority, optional
        Of the same graph; without it the ``passed`` columns are missing.

    Returns
    -------
    DataFrame
        One row per cluster, the largest first (`MEASURES`): ``pages``; ``pillar_id``, ``pillar`` (URL),
        ``pillar_is_given`` and the reason; ``members`` (pages beside the pillar); ``to_pillar``, ``from_pillar`` (members that
        link to it, that it links to) and their shares of the members; ``density`` (share 0-1 of the ordered pairs of members that are linked), ``site_density`` (the same of
        all indexable pages), their ratio; ``links_out`` (links of its pages to indexable pages), ``inside_share`` of
        them that stay, ``inside_expected`` (if they led anywhere alike: the share of the other pages that are in the
        cluster), their ratio; ``leaving_to`` (clusters that most of the others lead to); ``isolated`` (members without
        a link from the cluster); ``money_pages`` in it; of a unit of authority that lands on the pillar (shares 0-1)
        ``passed_cluster`` (settles on the members), ``passed_money`` (on money pages anywhere),
        ``passed_own_money`` (on those of the cluster, the pillar included), ``passed_kept`` (on the pillar itself),
        ``passed_lost`` (leaks).
    """
    open_ = linkable(graph)
    names = [str(name) for name in grouping.pillars["cluster"]]
    codes = grouping.cluster.map({name: place for place, name in enumerate(names)}).fillna(-1)
    code = np.array(codes, dtype=np.int64)
    pillar = grouping.pillars["pillar_id"].to_numpy(dtype=np.int64)
    # A pillar is of its cluster even where no pattern matches it.
    code[pillar] = np.arange(len(names))
    is_pillar = np.zeros(len(graph), dtype=bool)
    is_pillar[pillar] = True
    member = (code >= 0) & open_ & ~is_pillar
    size = np.bincount(code[member], minlength=len(names))
    hub = pillar[np.maximum(code, 0)] if names else np.zeros(len(graph), dtype=np.int64)
    content, kept = graph.is_content, editorial(graph) & open_[graph.source] & open_[graph.target]
    s, t = graph.source[content], graph.target[content]
    up = _counts(code[s][member[s] & (t == hub[s])], len(names))
    down = _counts(code[t][member[t] & (s == hub[t])], len(names))
    s_in = member[t] & (code[s] == code[t])
    reached = np.zeros(len(graph), dtype=bool)
    reached[t[s_in]] = True
    isolated = _counts(code[member & ~reached], len(names))
    s, t = graph.source[kept], graph.target[kept]
    siblings = _counts(code[s][member[s] & member[t] & (code[s] == code[t])], len(names))
    out = _counts(code[s][code[s] >= 0], len(names))
    inside = _counts(code[s][(code[s] >= 0) & (code[s] == code[t])], len(names))
    every = int(open_.sum())
    whole = _share(len(s), every * (every - 1))
    density = _shares(siblings, size * (size - 1))
    stays, expected = _shares(inside, out), _shares(size, np.full(len(names), every - 1))
    table = pd.DataFrame(
        {
            "cluster": names,
            "pages": size + 1,
            "pillar_id": pillar,
            "pillar": graph.urls[pillar],
            "pillar_is_given": grouping.pillars["is_given"].to_numpy(),
            "pillar_reason": grouping.pillars["reason"].to_numpy(),
            "members": size,
            "to_pillar": up,
            "to_pillar_share": _shares(up, size),
            "from_pillar": down,
            "from_pillar_share": _shares(down, size),
            "density": density,
            "site_density": whole,
            "density_ratio": density / whole if whole else np.nan,
            "links_out": out,
            "inside_share": stays,
            "inside_expected": expected,
            "inside_ratio": np.divide(stays, expected, out=np.full(len(names), np.nan), where=expected > 0),
            "leaving_to": _leaving(code, s, t, names),
            "isolated": isolated,
            "money_pages": _counts(code[(code >= 0) & authority.money], len(names)) if authority else 0,
        }
    )
    passed = _passed_on(authority, pillar, code, member)
    table = pd.concat([table, passed], axis=1).astype(MEASURES)
    return table.sort_values(["pages", "cluster"], ascending=[False, True], ignore_index=True)


def cluster_flow(grouping: Grouping, graph: LinkGraph) -> pd.DataFrame:
    """Content links from cluster to cluster, template links left out.

    Returns
    -------
    DataFrame
        One row per pair that is linked: ``from_cluster``, ``to_cluster`` (`NO_CLUSTER` for pages in none), ``links`` (pairs of pages),
        ``share`` (0-1 of all that leave pages of ``from_cluster``, to itself included).
    """
    names = grouping.cluster.fillna(NO_CLUSTER).astype(str).to_numpy(dtype=object)
    for name, page in zip(grouping.pillars["cluster"], grouping.pillars["pillar_id"], strict=True):
        names[page] = name
    open_ = linkable(graph)
    kept = editorial(graph) & open_[graph.source] & open_[graph.target]
    pairs = pd.DataFrame(
        {"from_cluster": names[graph.source[kept]], "to_cluster": names[graph.target[kept]]}, dtype="object"
    )
    flow = pairs.groupby(["from_cluster", "to_cluster"]).size().rename("links").reset_index()
    flow["share"] = flow["links"] / flow.groupby("from_cluster")["links"].transform("sum")
    return flow


def missing_links(grouping: Grouping, graph: LinkGraph) -> pd.DataFrame:
    """Links between pillars and members that are not there.

    Returns
    -------
    DataFrame
        One row per missing content link, by cluster and address: ``cluster``, ``source_id``, ``target_id``, ``kind`` (``to pillar`` or
        ``from pillar``).
    """
    open_ = linkable(graph)
    rows = []
    for name, page in zip(grouping.pillars["cluster"], grouping.pillars["pillar_id"], strict=True):
        members = np.flatnonzero((grouping.cluster == name).to_numpy(dtype=bool) & open_)
        members = members[members != page]
        up = np.asarray(graph.content[members][:, [page]].toarray()).ravel() > 0
        down = np.asarray(graph.content[[page]].toarray()).ravel()[members] > 0
        rows += [(name, int(each), int(page), "to pillar") for each in members[~up]]
        rows += [(name, int(page), int(each), "from pillar") for each in members[~down]]
    return pd.DataFrame(rows, columns=["cluster", "source_id", "target_id", "kind"]).astype(
        {"cluster": "str", "source_id": "int64", "target_id": "int64", "kind": "str"}
    )


def _passed_on(
    authority: Authority | None,
    pillar: npt.NDArray[Any],
    code: npt.NDArray[Any],
    member: npt.NDArray[np.bool_],
) -> pd.DataFrame:
    """Where a unit that lands on each pillar ends: one exact solve a pillar."""
    columns = ["passed_kept", "passed_cluster", "passed_money", "passed_own_money", "passed_lost"]
    rows = np.full((len(pillar), len(columns)), np.nan)
    if authority is not None:
        flow = authority.flow
        for place, page in enumerate(pillar.tolist()):
            entry = np.zeros(len(code))
            entry[page] = 1.0
            settled = (1 - flow.damping) * flow.visits(entry).values
            rows[place] = (
                settled[page],
                settled[member & (code == place)].sum(),
                settled[authority.money].sum(),
                settled[authority.money & (code == place)].sum(),
                max(0.0, 1.0 - settled.sum()),
            )
    return pd.DataFrame(rows, columns=columns)


def _leaving(
    code: npt.NDArray[Any],
    source: npt.NDArray[np.int32],
    target: npt.NDArray[np.int32],
    names: list[str],
) -> list[str]:
    """For each cluster the clusters that most of its links to others lead to, with their numbers."""
    leaves = (code[source] >= 0) & (code[source] != code[target])
    pairs = pd.DataFrame({"source": code[source][leaves], "target": code[target][leaves]})
    counts = pairs.groupby(["source", "target"]).size().rename("links").reset_index()
    counts = counts.sort_values(["source", "links", "target"], ascending=[True, False, True])
    said: dict[int, list[str]] = {}
    for own, other, links in counts.to_numpy().tolist():
        name = names[other] if other >= 0 else "pages of no cluster"
        said.setdefault(own, []).append(f"{name} ({links:,})")
    return ["; ".join(said.get(place, [])[:3]) for place in range(len(names))]


def _counts(codes: npt.NDArray[Any], size: int) -> npt.NDArray[np.int64]:
    return np.bincount(codes, minlength=size)[:size].astype(np.int64)


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _shares(part: npt.NDArray[np.int64], whole: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Shares (0-1); NaN where there is nothing to be a part of."""
    return np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0)
