"""Topics that pages seem to share, proposed from their words and the links between them.

Proposals, never facts: they agree only moderately with what people would group (NMI 0.7 to 0.8 on two
documentation sites), and another seed gives other borders. What moves with the seed is marked.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array, csr_matrix

from linkkit.graph import LinkGraph
from linkkit.text.corpus import Basis, Corpus
from linkkit.text.site_words import SiteWords
from linkkit.text.vectors import Vectors, heaviest
from linkkit.text.words import Ints

NEIGHBOURS = 15
"""Nearest pages by text that a page is tied to."""
RESOLUTION = 2.0
"""Default: higher gives more and smaller topics."""
SEEDS = 4
MIN_PAGES = 3
"""Fewer pages than this are no topic."""
BETWEEN = 0.7
"""A page that on average keeps less than this share of its topic's pages, over the seeds, stands between topics."""
TERMS, MIN_LETTERS = 3, 3
"""Words that name a topic, and the letters that each of them has at least."""
UNCLUSTERED = -1

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Topics:
    """A proposal: which pages belong together.

    Attributes
    ----------
    pages : int32 array
        Page id of each row.
    labels : int64 array
        Topic of each row, numbered from the largest; `UNCLUSTERED` where its group is too small.
    stability : float64 array
        Share (0-1) of its topic's other pages that a page keeps on average under the other seeds; NaN where unclustered.
    names : tuple of str
        A name for each topic, from its terms; no two alike.
    terms : tuple of tuple of str
        What sets each topic apart, most telling first.
    resolution : float
    agreement : float
        Mean `nmi` of the run that is shown with those under the other seeds (0-1).
    basis : str
        What the texts are (`linkkit.text.corpus.Corpus.basis`); links count beside them.
    """

    pages: Ints
    labels: Labels
    stability: Floats
    names: tuple[str, ...]
    terms: tuple[tuple[str, ...], ...]
    resolution: float
    agreement: float
    basis: Basis

    def __len__(self) -> int:
        return len(self.names)

    @property
    def between(self) -> npt.NDArray[np.bool_]:
        """Rows that stand between topics: another seed puts them elsewhere (`BETWEEN`)."""
        return np.asarray((self.labels != UNCLUSTERED) & (self.stability < BETWEEN))


@dataclass(frozen=True, eq=False)
class TopicSpace:
    """What proposals rest on; computed once, so that another resolution costs little.

    Attributes
    ----------
    words : SiteWords
    links : csr_array
        Row x row, 1 where a page links another (`own_links`).
    """

    words: SiteWords
    links: csr_array

    @classmethod
    def of(cls, words: SiteWords, graph: LinkGraph) -> "TopicSpace":
        """Add the links of a graph to the words of the same Site."""
        return cls(words, own_links(graph, words.corpus))

    @cached_property
    def ties(self) -> csr_array:
        """How strongly any two rows belong together: nearness of their texts plus links, each 1 on average.

        Nearness is the larger of the two cosines where one page is among the other's `NEIGHBOURS`; a link weighs less
        the more links its two pages have, in both directions together.
        """
        near = heaviest(self.words.neighbours, NEIGHBOURS)
        near = csr_array(near.maximum(near.T)).astype(np.float64)
        both = csr_array(self.links + self.links.T).astype(np.float64)
        degree = np.asarray(both.sum(axis=0)).ravel()
        scale = np.divide(1.0, np.sqrt(degree), out=np.zeros(len(degree)), where=degree > 0)
        rows = np.repeat(np.arange(len(degree)), np.diff(both.indptr))
        both.data = both.data * scale[rows] * scale[both.indices]
        parts = [part / part.data.mean() for part in (near, both) if part.nnz]
        return csr_array(sum(parts[1:], start=parts[0])) if parts else near

    def propose(self, resolution: float = RESOLUTION, *, seeds: int = SEEDS) -> Topics:
        """Group the pages.

        Parameters
        ----------
        resolution : float
            Higher gives more and smaller topics.
        seeds : int
            Runs; the one that agrees best with the others is shown, the lowest seed among equals.
        """
        runs = [communities(self.ties, resolution, seed) for seed in range(max(1, seeds))]
        agreement = [
            sum(nmi(run, other) for other in runs if other is not run) / (len(runs) - 1)
            if len(runs) > 1
            else 1.0
            for run in runs
        ]
        best = max(range(len(runs)), key=lambda place: (round(agreement[place], 12), -place))
        labels = _by_size(runs[best])
        kept = kept_mates(labels, [run for place, run in enumerate(runs) if place != best])
        stability = np.where(labels == UNCLUSTERED, np.nan, kept)
        corpus = self.words.corpus
        terms = topic_terms(corpus, self.words.vectors, labels)
        return Topics(
            corpus.pages,
            labels,
            stability,
            distinct_names(terms),
            terms,
            resolution,
            float(agreement[best]),
            corpus.basis,
        )


def own_links(graph: LinkGraph, corpus: Corpus) -> csr_array:
    """Followed links between rows of a corpus that no template repeats, wherever they stand: text, lists, contents."""
    rows = corpus.rows[graph.source], corpus.rows[graph.target]
    kept = ~graph.is_boilerplate & (rows[0] >= 0) & (rows[1] >= 0)
    source, target = rows[0][kept], rows[1][kept]
    return csr_array(
        (np.ones(len(source), dtype=np.float32), (source, target)), shape=(len(corpus), len(corpus))
    )


def communities(ties: csr_array, resolution: float, seed: int) -> Labels:
    """Groups of rows tied more to each other than by chance (Louvain; Blondel et al. 2008)."""
    from sknetwork.clustering import Louvain  # noqa: PLC0415 - a second that most runs need not pay

    if not ties.shape[0] or not ties.nnz:
        return np.arange(ties.shape[0], dtype=np.int64)
    found = Louvain(resolution=resolution, random_state=seed, shuffle_nodes=True)
    return np.asarray(found.fit_predict(csr_matrix(ties)), dtype=np.int64)


def nmi(one: Sequence[int] | Labels, other: Sequence[int] | Labels) -> float:
    """Normalised mutual information of two groupings (0-1, arithmetic mean; equals the V-measure)."""
    table = _contingency(np.asarray(one), np.asarray(other))
    total = table.sum()
    if not total:
        return 1.0
    cells = table.data / total
    rows, columns = (np.asarray(table.sum(axis=axis)).ravel() / total for axis in (1, 0))
    table = table.tocoo()
    shared = float((cells * np.log(cells / (rows[table.row] * columns[table.col]))).sum())
    own = sum(float(-(part[part > 0] * np.log(part[part > 0])).sum()) for part in (rows, columns)) / 2
    return 1.0 if own <= 0 else min(1.0, max(0.0, shared / own))


def kept_mates(labels: Labels, others: Iterable[Labels]) -> Floats:
    """For each row the share of its group's other rows that stay with it, on average over other groupings; 1 if alone."""
    if not len(labels):
        return np.ones(0)
    own = np.unique(labels, return_inverse=True)[1]
    size = np.bincount(own, minlength=1)[own]
    shares = []
    for run in others:
        other = np.unique(run, return_inverse=True)[1]
        together = np.asarray(_contingency(own, other)[own, other]).ravel()
        shares.append(np.where(size > 1, (together - 1) / np.maximum(size - 1, 1), 1.0))
    return np.mean(shares, axis=0) if shares else np.ones(len(labels))


def topic_terms(
    corpus: Corpus, vectors: Vectors, labels: Labels, *, most: int = TERMS * 4
) -> tuple[tuple[str, ...], ...]:
    """For each topic the words whose mean weight in it exceeds that on the whole site most; ties by the words' order."""
    count = int(labels.max(initial=-1)) + 1
    if not count or not len(vectors.terms):
        return ((),) * count
    inside = np.flatnonzero(labels >= 0)
    sums = csr_array(
        (np.ones(len(inside)), (labels[inside], inside)), shape=(count, len(labels))
    ) @ vectors.pages.astype(np.float64)
    size = np.bincount(labels[inside], minlength=count)
    everywhere = np.asarray(vectors.pages.sum(axis=0)).ravel() / max(1, len(labels))
    has_letter, words = corpus.vocabulary.has_letter(), len(corpus.vocabulary)
    named = []
    for topic in range(count):
        begin, end = sums.indptr[topic], sums.indptr[topic + 1]
        columns = sums.indices[begin:end]
        weight = sums.data[begin:end] / size[topic] - everywhere[columns]
        order = np.lexsort((columns, -np.round(weight, 9)))
        chosen: list[str] = []
        for column in columns[order].tolist():
            word = _term(corpus, int(vectors.terms[column]), words, has_letter)
            if word and word not in chosen:
                chosen.append(word)
            if len(chosen) == most:
                break
        named.append(tuple(chosen))
    return tuple(named)


def distinct_names(terms: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """A name of `TERMS` words for each topic; where two would read alike, the later one says more, or gets a number.

    Examples
    --------
    >>> distinct_names([("tent", "pitch", "peg"), ("tent", "pitch", "peg", "guy"), ()])
    ('tent, pitch, peg', 'tent, pitch, peg, guy', 'topic 3')
    """
    names: list[str] = []
    for place, words in enumerate(terms):
        for length in range(TERMS, len(words) + 1):
            name = ", ".join(words[:length])
            if name not in names:
                break
        else:
            name = ", ".join(words[:TERMS]) or "topic"
            name = f"{name} {place + 1}"
        names.append(name)
    return tuple(names)


def _term(corpus: Corpus, key: int, words: int, has_letter: npt.NDArray[np.bool_]) -> str:
    """The word, or pair of characters, behind a term; empty where it names nothing."""
    if key >= words:
        pair = key - words
        return corpus.vocabulary.word(pair // words) + corpus.vocabulary.word(pair % words)
    word = corpus.vocabulary.word(key)
    return word if has_letter[key] and len(word) >= MIN_LETTERS else ""


def _by_size(labels: Labels) -> Labels:
    """Groups numbered from the largest (ties: the one with the lowest row first), small ones `UNCLUSTERED`."""
    names, first, place, size = np.unique(labels, return_index=True, return_inverse=True, return_counts=True)
    order = np.lexsort((first, -size))
    number = np.full(len(names), UNCLUSTERED, dtype=np.int64)
    large = order[size[order] >= MIN_PAGES]
    number[large] = np.arange(len(large))
    return number[place]


def _contingency(one: Labels, other: Labels) -> csr_array:
    one, other = np.unique(one, return_inverse=True)[1], np.unique(other, return_inverse=True)[1]
    shape = (int(one.max(initial=-1)) + 1, int(other.max(initial=-1)) + 1)
    table = csr_array((np.ones(len(one)), (one, other)), shape=shape)
    table.sum_duplicates()
    return table
