"""Pages about the same: how many content clicks apart they are. Needs no visits; what is related, text or the analyst's groups tell."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from linkkit.graph import LinkGraph
from linkkit.text.site_words import SiteWords
from linkkit.text.vectors import heaviest

EACH = 5
"""Related pages looked at for each page."""
FAR = 3
"""Stands for three clicks or more, or no way at all."""
LEAST_LIKENESS = 0.1
"""Cosine below which the nearest page of a site is not called related."""


def related_pages(
    graph: LinkGraph, words: SiteWords | None, groups: Sequence[tuple[str, pd.Series]], *, each: int = EACH
) -> tuple[pd.DataFrame, str]:
    """For each indexable page those that are about the same.

    Parameters
    ----------
    graph : LinkGraph
    words : SiteWords, optional
        Text of the pages; with it, related are the nearest by words.
    groups : sequence of (words, Series)
        Without text: groupings of the pages in order of preference, each with what it is called; the first that groups any.
    each : int
        Related pages of a page at most.

    Returns
    -------
    pairs : DataFrame
        One row per pair: ``page``, ``related`` (page ids).
    basis : str
        What tells that they are related: ``text``, a name of `groups`, or empty where nothing does.
    """
    if words is not None:
        near = heaviest(words.neighbours, each).tocoo()
        pages = np.asarray(words.corpus.pages)
        pairs = pd.DataFrame({"page": pages[near.row], "related": pages[near.col]})
        return pairs[near.data >= LEAST_LIKENESS].reset_index(drop=True).astype("int64"), "text"
    for name, group in groups:
        named = group[graph.indexable & (group.fillna("") != "").to_numpy()]
        members = [np.asarray(ids) for ids in named.groupby(named.astype(str)).groups.values()]
        rows = [
            pd.DataFrame({"page": ids, "related": np.roll(ids, -step)})
            for ids in members
            for step in range(1, min(each, len(ids) - 1) + 1)
        ]
        if rows:
            pairs = pd.concat(rows).sort_values(["page", "related"], ignore_index=True)
            return pairs.astype("int64"), name
    return pd.DataFrame({"page": [], "related": []}).astype("int64"), ""


def content_clicks(graph: LinkGraph, pairs: pd.DataFrame) -> "pd.Series[int]":
    """Content clicks from each page to its related one: 1, 2, or `FAR`. Links that the template repeats do not count."""
    if pairs.empty:
        return pd.Series(index=pairs.index, dtype="int64")
    links = graph.editorial
    page, related = pairs["page"].to_numpy(), pairs["related"].to_numpy()
    onward, back = links[page], links.T.tocsr()[related]
    at_two = np.asarray(onward.multiply(back).sum(axis=1)).ravel() > 0
    at_one = np.asarray(links[page, related]).ravel() > 0
    return pd.Series(np.where(at_one, 1, np.where(at_two, 2, FAR)), index=pairs.index, dtype="int64")
