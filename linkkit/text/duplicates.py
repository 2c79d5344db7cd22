"""Pages that say nearly the same."""

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from linkkit.text.site_words import SiteWords

FLOOR = 0.6
"""Pairs below this similarity are not looked for."""


def similar_pages(words: SiteWords, *, floor: float = FLOOR) -> pd.DataFrame:
    """Pairs of pages with text whose vectors have a cosine of at least `floor`, one of them among the other's neighbours.

    So each page stands in as many pairs as it has neighbours (`linkkit.text.site_words.NEIGHBOURS`), and more only where it is among
    others': of a template with little text, every page is like every other.

    Returns
    -------
    DataFrame
        One row per pair, most alike first: ``page_id``, ``other_id`` (page ids, the lower first), ``similarity`` (cosine, 0-1).
    """
    corpus = words.corpus
    near = csr_array(words.neighbours.maximum(words.neighbours.T)).tocoo()
    has_text = corpus.names["has_text"].to_numpy(dtype=bool)
    kept = (near.row < near.col) & (near.data >= floor) & has_text[near.row] & has_text[near.col]
    table = pd.DataFrame(
        {
            "page_id": corpus.pages[near.row[kept]].astype("int64"),
            "other_id": corpus.pages[near.col[kept]].astype("int64"),
            "similarity": np.minimum(np.round(near.data[kept].astype(np.float64), 6), 1.0),
        }
    )
    return table.sort_values(
        ["similarity", "page_id", "other_id"], ascending=[False, True, True], ignore_index=True
    )
