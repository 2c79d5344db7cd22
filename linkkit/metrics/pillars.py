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
    """For each cluster the page with links to most of its other pages, those that a template repeats left out.

    Measured on two documentation sites, links out tell the chapter's own page (93 and 100 %) where inlinks, PageRank and
    length do not. Links count wherever they stand: a list of contents is often marked up as navigation.
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
    kept = ~graph.is_boilerplate
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
    sizes = np.bincount(table["code"], minlength=len(names))
    first = np.cumsum(sizes) - sizes
    page, links, clicks = (table[name].tolist() for name in ("page", "out", "depth"))
    rows = []
    for name, begin, size in zip(names, first.tolist(), sizes.tolist(), strict=True):
        second = begin + 1 if size > 1 else begin
        reason = _reason((links[begin], links[second]), (clicks[begin], clicks[second]), size - 1)
        rows.append((str(name), page[begin], False, reason))
    return pd.DataFrame(rows, columns=list(PILLARS)).astype(PILLARS)


def _reason(links: tuple[int, int], clicks: tuple[float, float], others: int) -> str:
    """Why the first of two pages is proposed: links to others of the cluster, clicks from the start page."""
    if not others:
        return "the only page"
    away = (
        ""
        if np.isnan(clicks[0])
        else f" ({clicks[0]:.0f} click{'' if clicks[0] == 1 else 's'} from the start page)"
    )
    is_closer = clicks[0] < clicks[1] or (np.isnan(clicks[1]) and not np.isnan(clicks[0]))
    if not links[0]:
        closest = f"the closest to the start page{away}" if is_closer else "the likeliest by its title"
        return f"no page links to another of the cluster; {closest}"
    said = f"links to {links[0]:,} of the {others:,} other page{'' if others == 1 else 's'}"
    if links[0] > links[1]:
        return f"{said}, more than any other page"
    if is_closer:
        return f"{said}, as another page does, and lies closer to the start page{away}"
    return f"{said}, as another page does; its title shares most with the others'"


def _title_overlap(
    pages: pd.DataFrame,
    members: "np.ndarray[tuple[int], np.dtype[np.int64]]",
    codes: "np.ndarray[tuple[int], np.dtype[np.int64]]",
) -> list[float]:
    """Mean share of the cluster's titles that hold each word of a page's own title."""
    lines = (pages["title"].fillna("") + "\n" + pages["h1"].fillna("")).iloc[members]
    words = [frozenset(word for word in tokens(line.lower()) if word.isalpha()) for line in lines]
    holders = Counter((code, word) for code, own in zip(codes.tolist(), words, strict=True) for word in own)
    size = Counter(codes.tolist())
    return [
        round(sum(holders[code, word] for word in own) / (len(own) * size[code]), 9) if own else 0.0
        for code, own in zip(codes.tolist(), words, strict=True)
    ]
