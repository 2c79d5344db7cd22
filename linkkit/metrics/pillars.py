"""The pillar of a cluster: the page that the analyst names, or the one that leads to most of the others."""

from collections import Counter

import numpy as np
import pandas as pd

from linkkit.folding import Bools
from linkkit.graph import LinkGraph
from linkkit.text.words import tokens

PILLARS = {"cluster": "str", "pillar_id": "int64", "is_given": "bool", "reason": "str"}
"""Columns of a table of pillars, with their pandas types."""


def editorial(graph: LinkGraph) -> Bools:
    """Edges whose links stand in the content and are not all repeated by the template."""
    return np.asarray(graph.is_content & ~graph.is_boilerplate)


def given_pillars(pages: pd.DataFrame, graph: LinkGraph, cluster: pd.Series) -> pd.DataFrame:
    """Pillars that the analyst named, after redirects and canonicals, where they can be linked.

    Returns
    -------
    DataFrame
        One row per cluster: `PILLARS`; of several, the lowest page id.
    """
    chosen = np.flatnonzero(pages["is_pillar"].fillna(False).to_numpy(dtype=bool))
    table = pd.DataFrame(
        {
            "cluster": pages["cluster"].to_numpy(dtype=object)[chosen],
            "pillar_id": graph.final[chosen].astype(np.int64),
            "is_given": True,
            "reason": "named by the analyst",
        }
    )
    table = table[graph.indexable[table["pillar_id"]] & graph.stands[table["pillar_id"]]]
    return table.dropna(subset="cluster").drop_duplicates("cluster").astype(PILLARS)


def propose_pillars(
    pages: pd.DataFrame, graph: LinkGraph, cluster: pd.Series, depth: pd.Series
) -> pd.DataFrame:
    """For each cluster the page with content links to most of its other pages.

    Measured on two documentation sites, links out tell the chapter's own page where inlinks, PageRank and length do not.
    Ties go to the page fewest clicks from the start page, then to the title that shares most with the others' titles,
    then to the lower page id.

    Parameters
    ----------
    pages : DataFrame
        Pages of the Site: ``title``, ``h1``.
    graph : LinkGraph
    cluster : Series
        Cluster of each page; missing where it is in none.
    depth : Series
        Clicks from the start page; NaN where unreachable.

    Returns
    -------
    DataFrame
        One row per cluster, by name: `PILLARS`, with the reason in words.
    """
    codes, names = pd.factorize(cluster, sort=True)
    kept = editorial(graph)
    source, target = graph.source[kept], graph.target[kept]
    inside = (codes[source] >= 0) & (codes[source] == codes[target])
    out = np.bincount(source[inside], minlength=len(graph))
    members = np.flatnonzero(codes >= 0)
    table = pd.DataFrame(
        {
            "code": codes[members],
            "page": members,
            "out": out[members],
            "depth": depth.to_numpy(dtype=float)[members],
            "overlap": _title_overlap(pages, members, codes[members]),
        }
    )
    table = table.sort_values(
        ["code", "out", "depth", "overlap", "page"],
        ascending=[True, False, True, False, True],
        na_position="last",
    )
    groups = table.groupby("code", sort=True)
    first, second = groups.nth(0), groups.nth(1).set_index("code")
    rows = []
    for row in first.itertuples(index=False):
        runner_up = second.loc[row.code] if row.code in second.index else None
        others = int((table["code"] == row.code).sum()) - 1
        reason = _reason(int(row.out), float(row.depth), others, runner_up)
        rows.append((str(names[row.code]), int(row.page), False, reason))
    return pd.DataFrame(rows, columns=list(PILLARS)).astype(PILLARS)


def _reason(out: int, depth: float, others: int, runner_up: "pd.Series | None") -> str:
    clicks = "" if np.isnan(depth) else f" ({depth:.0f} click{'' if depth == 1 else 's'} from the start page)"
    if runner_up is None:
        return "the only page"
    if not out:
        closest = (
            f"the closest to the start page{clicks}"
            if depth < runner_up["depth"]
            else "the likeliest by its title"
        )
        return f"no page links to another of the cluster; {closest}"
    links = f"links to {out:,} of the {others:,} other pages"
    if out > runner_up["out"]:
        return f"{links}, more than any other page"
    if depth < runner_up["depth"] or (np.isnan(runner_up["depth"]) and not np.isnan(depth)):
        return f"{links}, as another page does, and lies closer to the start page{clicks}"
    return f"{links}, as another page does; its title shares most with the others'"


def _title_overlap(
    pages: pd.DataFrame,
    members: "np.ndarray[tuple[int], np.dtype[np.int64]]",
    codes: "np.ndarray[tuple[int], np.dtype[np.int64]]",
) -> list[float]:
    """Mean share of the cluster's titles that hold each word of a page's own title."""
    lines = (pages["title"].fillna("") + "\n" + pages["h1"].fillna("")).iloc[members]
    words = [frozenset(filter(str.isalpha, tokens(line.lower()))) for line in lines]
    holders = Counter((code, word) for code, own in zip(codes, words, strict=True) for word in own)
    size = Counter(codes.tolist())
    return [
        round(sum(holders[code, word] for word in own) / (len(own) * size[code]), 9) if own else 0.0
        for code, own in zip(codes.tolist(), words, strict=True)
    ]
