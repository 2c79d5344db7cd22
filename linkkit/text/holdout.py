"""Hiding known links: the site as it would be without them, so that suggestions can be held against them."""

from collections import defaultdict
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from linkkit.text.corpus import Words, opened
from linkkit.text.names import Anchors
from linkkit.text.scores import Relevance
from linkkit.text.words import Ints

Pairs = npt.NDArray[np.integer]


def editorial_pairs(relevance: Relevance) -> Pairs:
    """Source and target (rows) of every contextual link, each pair once: pair x 2, sorted."""
    return _pairs(relevance.contextual)


def split_pairs(pairs: Pairs, share: float, chance: np.random.Generator) -> tuple[Pairs, Pairs]:
    """A share of the pairs drawn at random, and the rest; both in their order."""
    order = chance.permutation(len(pairs))
    cut = round(share * len(pairs))
    return pairs[np.sort(order[:cut])], pairs[np.sort(order[cut:])]


def hide(relevance: Relevance, pairs: Pairs) -> Relevance:
    """The same site without the links of some pairs; the words that were linked stay, unlinked.

    Parameters
    ----------
    relevance : Relevance
    pairs : int array, pair x 2
        Source and target rows. All their links go, in any position.
    """
    size = len(relevance.corpus)
    gone = csr_array((np.ones(len(pairs), dtype=np.float32), (pairs[:, 0], pairs[:, 1])), shape=(size, size))
    running = _unlinked(relevance, pairs)
    corpus = replace(relevance.corpus, running=running)
    return replace(
        relevance,
        corpus=corpus,
        anchors=Anchors.of(corpus, relevance.links),
        contextual=_without(relevance.contextual, gone),
        linked=_without(relevance.linked, gone),
    )


def _unlinked(relevance: Relevance, pairs: Pairs) -> Words:
    """Running text of every page with the anchors of these pairs opened."""
    corpus, uses = relevance.corpus, relevance.links.uses
    size = len(corpus)
    hidden = np.isin(
        uses["source"] * size + uses["target"], pairs[:, 0].astype(np.int64) * size + pairs[:, 1]
    )
    anchors: dict[int, list[Ints]] = defaultdict(list)
    languages = corpus.names["language"].to_numpy()
    for source, anchor in uses.loc[hidden, ["source", "anchor_id"]].itertuples(index=False):
        if anchor >= 0:
            text = relevance.links.anchors[anchor]
            anchors[source].append(corpus.vocabulary.encode(text, languages[source]))
    return Words.of(
        [
            opened(corpus.running[row], anchors[row]) if row in anchors else corpus.running[row]
            for row in range(size)
        ]
    )


def _without(matrix: csr_array, gone: csr_array) -> csr_array:
    kept = csr_array(matrix - matrix.multiply(gone))
    kept.eliminate_zeros()
    return kept


def _pairs(matrix: csr_array) -> Pairs:
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    pairs = np.column_stack([rows, matrix.indices])
    return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
