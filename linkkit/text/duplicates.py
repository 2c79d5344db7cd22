"""Pages that say nearly the same: every pair above a limit, found without comparing all pages with all."""

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array

from linkkit.text.corpus import Corpus
from linkkit.text.vectors import Vectors, heaviest

FLOOR = 0.6
"""Pairs below this similarity are not looked for."""
TWINS = 20
"""Pairs kept per page: of a template with little text, every page is like every other."""
_BLOCK, _PAIRS = 512, 100_000


def similar_pages(
    corpus: Corpus, vectors: Vectors, *, floor: float = FLOOR, most: int = TWINS
) -> pd.DataFrame:
    """Pairs of pages with text whose vectors have a cosine of at least `floor`.

    Exact, and cheap: of each page first only the rarest terms are compared, so many that the rest, which is shorter
    than half the limit, can add no more than that to a cosine (after Bayardo et al. 2007).

    Parameters
    ----------
    corpus : Corpus
    vectors : Vectors
        Of that corpus.
    floor : float
        Lowest cosine (0-1, above 0).
    most : int
        Pairs per page at most, the most similar ones; a pair stays if it is among those of either page.

    Returns
    -------
    DataFrame
        One row per pair, most alike first: ``page_id``, ``other_id`` (page ids, the lower first), ``similarity``.
    """
    has_text = corpus.names["has_text"].to_numpy(dtype=bool)
    rows = np.flatnonzero(has_text)
    pages = csr_array(vectors.pages[rows])
    heads = _heads(pages, floor / 2)
    across = csr_array(heads.T)
    found = [np.empty((0, 3))]
    for begin in range(0, len(rows), _BLOCK):
        near = (heads[begin : begin + _BLOCK] @ across).tocoo()
        one, other = near.row + begin, near.col
        keep = (one < other) & (near.data >= floor / 2 - 1e-4)
        one, other = one[keep], other[keep]
        for piece in range(0, len(one), _PAIRS):
            a, b = one[piece : piece + _PAIRS], other[piece : piece + _PAIRS]
            cosine = np.asarray(pages[a].multiply(pages[b]).sum(axis=1)).ravel()
            good = cosine >= floor
            found.append(np.column_stack([a[good], b[good], cosine[good]]))
    pairs = np.concatenate(found)
    first, second = pairs[:, 0].astype(np.int64), pairs[:, 1].astype(np.int64)
    kept = _strongest(first, second, pairs[:, 2], len(rows), most)
    ids = corpus.pages[rows]
    table = pd.DataFrame(
        {
            "page_id": ids[first[kept]].astype("int64"),
            "other_id": ids[second[kept]].astype("int64"),
            "similarity": np.minimum(np.round(pairs[kept, 2], 6), 1.0),
        }
    )
    return table.sort_values(
        ["similarity", "page_id", "other_id"], ascending=[False, True, True], ignore_index=True
    )


def _heads(pages: csr_array, rest: float) -> csr_array:
    """Each row's rarest terms, as many as it takes for the others together to be shorter than `rest`."""
    count = np.bincount(pages.indices, minlength=pages.shape[1])
    row = np.repeat(np.arange(pages.shape[0]), np.diff(pages.indptr))
    order = np.lexsort((pages.indices, count[pages.indices], row))
    data, column, row = pages.data[order], pages.indices[order], row[order]
    before = np.concatenate([[0.0], np.cumsum(data.astype(np.float64) ** 2)])
    spent = before[:-1] - before[pages.indptr[row]]
    whole = before[pages.indptr[row + 1]] - before[pages.indptr[row]]
    # A little more than needed, for the arithmetic is single precision.
    head = whole - spent >= rest**2 - 1e-5
    return csr_array((data[head], (row[head], column[head])), shape=pages.shape)


def _strongest(
    one: npt.NDArray[np.int64],
    other: npt.NDArray[np.int64],
    value: npt.NDArray[np.float64],
    size: int,
    most: int,
) -> npt.NDArray[np.int64]:
    """Places of the pairs that are among the `most` strongest of one of their pages."""
    if not len(one):
        return np.empty(0, dtype=np.int64)
    both = csr_array(
        (np.concatenate([value, value]), (np.concatenate([one, other]), np.concatenate([other, one]))),
        shape=(size, size),
    )
    kept = heaviest(both, most).tocoo()
    key = np.unique(np.minimum(kept.row, kept.col).astype(np.int64) * size + np.maximum(kept.row, kept.col))
    return np.flatnonzero(np.isin(one * size + other, key))
