"""Weighted word vectors of pages (TF-IDF) and each page's nearest neighbours, never as a page x page matrix."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array, vstack

from linkkit.text.corpus import Corpus, Words
from linkkit.text.words import Ints

Floats32 = npt.NDArray[np.float32]

TITLE_WEIGHT = 3
"""How often a title counts, against once for the body."""
MIN_PAGES, MAX_SHARE, MAX_TERMS = 2, 0.4, 200_000
"""A term counts if at least this many pages, and at most this share of them, have it; the most common terms at most."""
SMALL_SITE = 20
"""Below this many pages every term counts: shares of so few say nothing."""
PRUNE_ABOVE, PRUNED_TERMS = 20_000, 32
"""Above this many pages, neighbours are found by this many terms of each page."""
_BLOCK = 256


@dataclass(frozen=True, eq=False)
class Vectors:
    """TF-IDF of a corpus: sublinear term counts x smoothed idf, rows of length 1 (or 0: no term that counts).

    Terms are words, and pairs of neighbouring characters in scripts without spaces.

    Attributes
    ----------
    pages : csr_array, float32
        Row x term, of title and body.
    titles : csr_array, float32
        Row x term, of the title alone.
    terms : int64 array
        Key of each column, ascending (`term_keys`).
    idf : float32 array
    """

    pages: csr_array
    titles: csr_array
    terms: npt.NDArray[np.int64]
    idf: Floats32

    @classmethod
    def of(cls, corpus: Corpus) -> "Vectors":
        """Vectors of every row of a corpus."""
        count = len(corpus)
        rows, keys = term_keys(corpus.bodies, corpus)
        title_rows, title_keys = term_keys(corpus.titles, corpus)
        terms = _all_terms(keys, title_keys, len(corpus.vocabulary))
        bodies, titles = (
            _counts(at, _columns(own, terms, len(corpus.vocabulary)), (count, len(terms)))
            for at, own in ((rows, keys), (title_rows, title_keys))
        )
        pages = bodies + titles * (TITLE_WEIGHT - 1)
        df = np.bincount(pages.indices, minlength=len(terms))
        small = count < SMALL_SITE
        kept = np.flatnonzero(df > 0 if small else (df >= MIN_PAGES) & (df <= MAX_SHARE * count))
        if len(kept) > MAX_TERMS:
            kept = np.sort(kept[np.argsort(-df[kept], kind="stable")[:MAX_TERMS]])
        idf = (np.log((1 + count) / (1 + df[kept])) + 1).astype(np.float32)
        return cls(_weighted(pages, kept, idf), _weighted(titles, kept, idf), terms[kept], idf)

    def encode(self, texts: Words, corpus: Corpus) -> csr_array:
        """Vectors of other texts (anchors, queries) in the same space: row x term."""
        rows, keys = term_keys(texts, corpus)
        if not len(self.terms):
            return csr_array((len(texts), 0), dtype=np.float32)
        places = np.minimum(np.searchsorted(self.terms, keys), len(self.terms) - 1)
        known = self.terms[places] == keys
        shape = (len(texts), len(self.terms))
        counts = _counts(rows[known], places[known], shape)
        return _weighted(counts, np.arange(len(self.terms)), self.idf)


def term_keys(words: Words, corpus: Corpus) -> tuple[Ints, npt.NDArray[np.int64]]:
    """Row and key of every term: a word's number, or for two neighbouring characters a number above all words'."""
    is_word, is_character = corpus.vocabulary.flags()
    numbers, rows, size = words.numbers, words.rows, len(is_word)
    known = numbers >= 0
    character = np.zeros(len(numbers), dtype=np.bool_)
    character[known] = is_character[numbers[known]]
    plain = np.zeros(len(numbers), dtype=np.bool_)
    plain[known] = is_word[numbers[known]]
    plain &= ~character
    pairs = np.flatnonzero(character[:-1] & character[1:] & (rows[:-1] == rows[1:]))
    pair_keys = (numbers[pairs].astype(np.int64) + 1) * size + numbers[pairs + 1]
    keys = np.concatenate([numbers[plain].astype(np.int64), pair_keys])
    return np.concatenate([rows[plain], rows[pairs]]), keys


def nearest(vectors: csr_array, count: int) -> csr_array:
    """Cosines of each row to its `count` nearest other rows; ties go to the lower row.

    Beyond `PRUNE_ABOVE` rows only the `PRUNED_TERMS` heaviest terms of each row are compared, and cosines are a little
    too small: the time would grow with the square of the rows.

    Parameters
    ----------
    vectors : csr_array
        Rows of length 1.
    count : int
        Neighbours kept per row; those without a common term never are.

    Returns
    -------
    csr_array, float32
        Row x row, at most `count` a row, columns ascending.
    """
    size = vectors.shape[0]
    is_large = size > PRUNE_ABOVE
    compared = heaviest(vectors, PRUNED_TERMS) if is_large else vectors
    across = csr_array(compared.T)
    blocks = []
    for begin in range(0, size, _BLOCK):
        cosines = compared[begin : begin + _BLOCK] @ across
        if is_large:
            rows = cosines.tocoo()
            other = rows.col != rows.row + begin
            cosines = csr_array((rows.data[other], (rows.row[other], rows.col[other])), shape=cosines.shape)
            blocks.append(heaviest(cosines, count))
        else:
            dense = cosines.toarray()
            here = np.arange(len(dense))
            dense[here, begin + here] = 0
            blocks.append(top_of_rows(dense, count))
    return csr_array(vstack(blocks)) if blocks else csr_array((0, 0), dtype=np.float32)


def heaviest(matrix: csr_array, count: int) -> csr_array:
    """A sparse matrix with only the `count` largest entries of each row; ties go to the lower column."""
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    order = np.lexsort((matrix.indices, -matrix.data, rows))
    kept = order[np.arange(len(order)) - matrix.indptr[rows[order]] < count]
    return csr_array((matrix.data[kept], (rows[kept], matrix.indices[kept])), shape=matrix.shape)


def top_of_rows(values: npt.NDArray[np.floating], count: int) -> csr_array:
    """The `count` largest positive values of each row; ties go to the lower column."""
    width = values.shape[1]
    if count < width:
        # The count-th largest of each row; what equals it is cut by column.
        limit = np.partition(values, width - count, axis=1)[:, width - count]
        above = values > limit[:, None]
        equal = (values == limit[:, None]) & (values > 0)
        room = count - above.sum(axis=1)
        kept = above | (equal & (np.cumsum(equal, axis=1) <= room[:, None]))
        kept &= values > 0
    else:
        kept = values > 0
    rows, columns = np.nonzero(kept)
    return csr_array((values[rows, columns], (rows, columns)), shape=values.shape)


def _all_terms(
    keys: npt.NDArray[np.int64], title_keys: npt.NDArray[np.int64], size: int
) -> npt.NDArray[np.int64]:
    """Keys of all columns, ascending: every word, then the pairs of characters in use."""
    pairs = np.unique(np.concatenate([keys[keys >= size], title_keys[title_keys >= size]]))
    return np.concatenate([np.arange(size, dtype=np.int64), pairs])


def _columns(keys: npt.NDArray[np.int64], terms: npt.NDArray[np.int64], size: int) -> npt.NDArray[np.int64]:
    # A word's column is its number; only pairs have to be looked up.
    columns = keys.copy()
    pairs = keys >= size
    columns[pairs] = np.searchsorted(terms, keys[pairs])
    return columns


def _counts(rows: Ints, columns: npt.NDArray[np.int64], shape: tuple[int, int]) -> csr_array:
    matrix = csr_array((np.ones(len(rows), dtype=np.float32), (rows, columns)), shape=shape)
    matrix.sum_duplicates()
    return matrix


def _weighted(counts: csr_array, columns: npt.NDArray[np.int64], idf: Floats32) -> csr_array:
    matrix = csr_array(counts[:, columns], dtype=np.float32)
    matrix.data = (1 + np.log(matrix.data)) * idf[matrix.indices]
    length = np.sqrt(np.add.reduceat(np.append(matrix.data**2, 0), matrix.indptr[:-1])) if matrix.nnz else 0
    length = np.where(np.diff(matrix.indptr) > 0, length, 1)
    matrix.data = (matrix.data / np.repeat(length, np.diff(matrix.indptr))).astype(np.float32)
    matrix.sort_indices()
    return matrix
