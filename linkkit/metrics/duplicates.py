"""Pages that compete for the same searches: nearly the same text, and what else speaks for one intent."""

from collections import Counter, defaultdict

import numpy as np
import pandas as pd

from linkkit.site import Site
from linkkit.steps import step
from linkkit.text.duplicates import similar_pages
from linkkit.text.generic import normalise_anchor
from linkkit.text.names import is_descriptive
from linkkit.text.site_words import SiteWords
from linkkit.urls import twin_key

DUPLICATES = {
    "page_id": "int64",
    "other_id": "int64",
    "similarity": "float64",
    "same_title": "bool",
    "shared_anchor": "str",
}
"""Columns of `near_duplicates`, with their pandas types."""


@step("near-duplicates")
def near_duplicates(site: Site, words: SiteWords, anchor_uses: pd.DataFrame) -> pd.DataFrame:
    """Pairs of pages with nearly the same text.

    Parameters
    ----------
    site : Site
    words : SiteWords
        Of the same Site.
    anchor_uses : DataFrame
        `linkkit.metrics.anchors.anchor_uses` of the same Site.

    Returns
    -------
    DataFrame
        One row per pair that `linkkit.text.duplicates.similar_pages` finds, most alike first, twins by address left out
        (`linkkit.urls.twin_key`: one page under two addresses): ``page_id``, ``other_id``, ``similarity`` (cosine, 0-1);
        ``same_title`` (title or h1 alike but for case and punctuation); ``shared_anchor`` (a descriptive anchor that
        links use for both; empty where there is none).
    """
    pairs = similar_pages(words)
    urls = site.pages["url"].to_numpy(dtype=object)
    one, other = pairs["page_id"].to_numpy(), pairs["other_id"].to_numpy()
    keys = {page: twin_key(urls[page]) for page in np.unique(np.concatenate([one, other])).tolist()}
    apart = [keys[a] != keys[b] for a, b in zip(one.tolist(), other.tolist(), strict=True)]
    pairs = pairs[np.array(apart, dtype=bool)].reset_index(drop=True)
    one, other = pairs["page_id"].to_numpy(), pairs["other_id"].to_numpy()
    titles = {
        column: site.pages[column].fillna("").loc[list(keys)].map(normalise_anchor)
        for column in ("title", "h1")
    }
    alike = [
        (texts[one].to_numpy() == texts[other].to_numpy()) & (texts[one].to_numpy() != "")
        for texts in titles.values()
    ]
    return pairs.assign(
        same_title=alike[0] | alike[1], shared_anchor=_shared_anchors(pairs, anchor_uses)
    ).astype(DUPLICATES)


def _shared_anchors(pairs: pd.DataFrame, anchor_uses: pd.DataFrame) -> list[str]:
    """For each pair the descriptive anchor that most pages link the two with; ties go to the first by spelling."""
    chosen = set(pairs["page_id"]) | set(pairs["other_id"])
    uses = anchor_uses[anchor_uses["target_id"].isin(chosen) & anchor_uses["in_content"]]
    texts = uses["normalised"].drop_duplicates()
    uses = uses[uses["normalised"].isin([text for text in texts if is_descriptive(text)])]
    said: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for target, text, pages in zip(uses["target_id"], uses["normalised"], uses["source_pages"], strict=True):
        said[target][text] += pages
    found = []
    for one, other in zip(pairs["page_id"], pairs["other_id"], strict=True):
        first, second = said[one], said[other]
        both = sorted(set(first) & set(second), key=lambda text: (-first[text] - second[text], text))
        found.append(both[0] if both else "")
    return found
