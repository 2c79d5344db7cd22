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
PRUNE_ABOVE, PRUNED_TERMS, TERM_PAGES = 20_000, 32, 2_000
"""Above this many pages, neighbours are found by this many terms of each page, and by the pages in which a term weighs most."""
_BLOCK, _PAIRS = 256, 50_000


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
    word_pages : int64 array
        Rows that hold each word of the vocabulary, whether or not it counts as a term; 0 for punctuation.
    """

    pages: csr_array
    titles: csr_array
    terms: npt.NDArray[np.int64]
    idf: Floats32
    word_pages: npt.NDArray[np.int64]

    @classmethod
    def of(cls, corpus: Corpus) -> "Vectors":
        """Vectors of every row of a corpus."""
        count, size = len(corpus), len(corpus.vocabulary)
        terms = _all_terms(corpus)
        titles = _counted(corpus.titles, corpus, terms)
        pages = _counted(corpus.bodies, corpus, terms) + titles * (TITLE_WEIGHT - 1)
        df = np.bincount(pages.indices, minlength=len(terms))
        small = count < SMALL_SITE
        kept = np.flatnonzero(df > 0 if small else (df >= MIN_PAGES) & (df <= MAX_SHARE * count))
        if len(kept) > MAX_TERMS:
            kept = np.sort(kept[np.argsort(-df[kept], kind="stable")[:MAX_TERMS]])
        idf = (np.log((1 + count) / (1 + df[kept])) + 1).astype(np.float32)
        pages, titles = _weighted(pages[:, kept], idf), _weighted(titles[:, kept], idf)
        return cls(pages, titles, terms[kept], idf, df[:size])

    def encode(self, texts: Words, corpus: Corpus) -> csr_array:
        """Vectors of other texts (anchors, queries) in the same space: row x term."""
        rows, keys = term_keys(texts, corpus)
        if not len(self.terms):
            return csr_array((len(texts), 0), dtype=np.float32)
        places = np.minimum(np.searchsorted(self.terms, keys), len(self.terms) - 1)
        known = self.terms[places] == keys
        shape = (len(texts), len(self.terms))
        return _weighted(_counts(rows[known], places[known], shape), self.idf)


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

    Beyond `PRUNE_ABOVE` rows, twice as many candidates are found by the `PRUNED_TERMS` heaviest terms of each row among the `TERM_PAGES`
    rows in which each of these weighs most, and only these compared in full: the time would grow with the square of the rows.

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
    compared = pruned(vectors)
    across = csr_array(compared.T)
    if is_large:
        across = heaviest(across, TERM_PAGES)
    blocks = [csr_array((0, size), dtype=np.float32)]
    for begin in range(0, size, _BLOCK):
        cosines = compared[begin : begin + _BLOCK] @ across
        # One more, for each row is like itself.
        found = heaviest(cosines, (2 * count if is_large else count) + 1).tocoo()
        values = cosines_of(vectors, found.row + begin, found.col) if is_large else found.data
        values[found.row + begin == found.col] = 0
        blocks.append(heaviest(csr_array((values, (found.row, found.col)), shape=cosines.shape), count))
    return csr_array(vstack(blocks, format="csr"))


def pruned(vectors: csr_array) -> csr_array:
    """Of a large site, the `PRUNED_TERMS` heaviest terms of each row; what is nearest by these is nearest by all, mostly."""
    return heaviest(vectors, PRUNED_TERMS) if vectors.shape[0] > PRUNE_ABOVE else vectors


def cosines_of(
    vectors: csr_array, rows: npt.NDArray[np.integer], others: npt.NDArray[np.integer]
) -> Floats32:
    """Cosine of each pair of rows."""
    found = [np.empty(0, dtype=np.float32)]
    for begin in range(0, len(rows), _PAIRS):
        one, other = rows[begin : begin + _PAIRS], others[begin : begin + _PAIRS]
        found.append(np.asarray(vectors[one].multiply(vectors[other]).sum(axis=1)).ravel())
    return np.concatenate(found)


def heaviest(matrix: csr_array, count: int) -> csr_array:
    """A sparse matrix with only the `count` largest positive entries of each row; ties go to the lower column."""
    lengths = np.diff(matrix.indptr)
    limit = np.zeros(len(lengths), dtype=matrix.dtype)
    for row in np.flatnonzero(lengths > count).tolist():
        values = matrix.data[matrix.indptr[row] : matrix.indptr[row + 1]]
        limit[row] = np.partition(values, len(values) - count)[len(values) - count]
    # The few that are left have to be sorted, for what equals the limit is cut by column.
    left = np.flatnonzero((matrix.data >= np.repeat(limit, lengths)) & (matrix.data > 0))
    rows = np.searchsorted(matrix.indptr, left, side="right") - 1
    columns, values = matrix.indices[left], matrix.data[left]
    order = np.lexsort((columns, -values, rows))
    begins = np.searchsorted(rows, np.arange(len(lengths)))
    kept = np.sort(order[np.arange(len(order)) - begins[rows[order]] < count])
    result = csr_array((values[kept], (rows[kept], columns[kept])), shape=matrix.shape)
    result.sort_indices()
    return result


def _all_terms(corpus: Corpus) -> npt.NDArray[np.int64]:
    """Keys of all terms, ascending: every word, then the pairs of characters in use."""
    size = len(corpus.vocabulary)
    found = [np.arange(size, dtype=np.int64)]
    if corpus.vocabulary.flags()[1].any():
        for words in (corpus.titles, corpus.bodies):
            every = [np.unique(term_keys(part, corpus)[1]) for _, part in words.parts()]
            found += [keys[keys >= size] for keys in every]
    return np.unique(np.concatenate(found))


def _counted(words: Words, corpus: Corpus, terms: npt.NDArray[np.int64]) -> csr_array:
    """How often each text has each term."""
    size, blocks = len(corpus.vocabulary), [csr_array((0, len(terms)), dtype=np.float32)]
    for _, part in words.parts():
        rows, columns = term_keys(part, corpus)
        # A word's column is its number; only pairs have to be looked up.
        pairs = columns >= size
        columns[pairs] = np.searchsorted(terms, columns[pairs])
        blocks.append(_counts(rows, columns, (len(part), len(terms))))
    return csr_array(vstack(blocks, format="csr"))


def _counts(rows: Ints, columns: npt.NDArray[np.int64], shape: tuple[int, int]) -> csr_array:
    matrix = csr_array((np.ones(len(rows), dtype=np.float32), (rows, columns)), shape=shape)
    matrix.sum_duplicates()
    return matrix


def _weighted(counts: csr_array, idf: Floats32) -> csr_array:
    matrix = csr_array(counts, dtype=np.float32)
    matrix.data = (1 + np.log(matrix.data)) * idf[matrix.indices]
    length = np.sqrt(np.add.reduceat(np.append(matrix.data**2, 0), matrix.indptr[:-1])) if matrix.nnz else 0
    length = np.where(np.diff(matrix.indptr) > 0, length, 1)
    matrix.data = (matrix.data / np.repeat(length, np.diff(matrix.indptr))).astype(np.float32)
    matrix.sort_indices()
    return matrix
