"""How well a page fits as the target of a link from another: seven features, fixed weights, one score z.

Weights come from logistic regressions over several sites (documentation, blogs, six languages), rounded; they were never
fitted on the site that is scored. `fit_weights` fits them to a site's own links, for those who can show that it helps.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csc_array, csr_array

from linkkit.graph import LinkGraph
from linkkit.site import Site
from linkkit.text.contextual import SiteLinks
from linkkit.text.corpus import Corpus
from linkkit.text.names import Anchors, Titles, idf
from linkkit.text.site_words import SiteWords
from linkkit.text.vectors import Vectors

Floats = npt.NDArray[np.float32]

FEATURES = ("tfidf", "title2body", "title_phrase", "title_ngram", "anchor", "knn_links", "knn_targets")
_BLOCK_CELLS = 4_000_000


@dataclass(frozen=True)
class Weights:
    """Weights of `FEATURES` and the constant; z = 0 is an even chance in the sense of the sites they come from.

    Attributes
    ----------
    constant : float
    tfidf : float
        Of the cosine of the two pages.
    title2body : float
        Of the cosine of the source and the target's title.
    title_phrase : float
        Of the target's whole title in the source, by its rarity, shared out over pages with that title.
    title_ngram : float
        Of the best part of the title in the source, by its rarity and share of the title.
    anchor : float
        Of the anchors already in use for the target that stand unlinked in the source's running text: chance that
        at least one is meant for it, each by the share of the pages with these words that link them to it.
    knn_links : float
        Of links to the target from pages like the source.
    knn_targets : float
        Of links from the source to pages like the target.
    """

    constant: float = -6.5
    tfidf: float = 10.0
    title2body: float = 7.0
    title_phrase: float = 2.0
    title_ngram: float = 4.0
    anchor: float = 8.0
    knn_links: float = 2.0
    knn_targets: float = 2.0

    def vector(self) -> npt.NDArray[np.float64]:
        """Weights in the order of `FEATURES`."""
        return np.array([getattr(self, name) for name in FEATURES])

    @classmethod
    def from_vector(cls, constant: float, weights: npt.NDArray[np.float64]) -> "Weights":
        """Weights given in the order of `FEATURES`."""
        return cls(constant, *map(float, weights))


@dataclass(frozen=True, eq=False)
class Sources:
    """What features read of some pages as sources of links.

    Attributes
    ----------
    vectors : csr_array, term x source
    titles, anchors : csc_array, source x phrase
        Phrases that the source's text holds.
    neighbours, contextual : csr_array, source x row
    """

    vectors: csr_array
    titles: csc_array
    anchors: csc_array
    neighbours: csr_array
    contextual: csr_array

    def __len__(self) -> int:
        return self.contextual.shape[0]


@dataclass(frozen=True, eq=False)
class Relevance:
    """Everything that scores rest on; knows all pages of a corpus and the links that are taken as known.

    Attributes
    ----------
    corpus : Corpus
    links : SiteLinks
    vectors : Vectors
    neighbours : csr_array
        `linkkit.text.site_words.SiteWords.neighbours`.
    titles : Titles
    anchors : Anchors
    contextual : csr_array, float32
        Row x row, 1 where a contextual link is known.
    linked : csr_array, bool
        Row x row, true where any link is known, in any position.
    weights : Weights
    """

    corpus: Corpus
    links: SiteLinks
    vectors: Vectors
    neighbours: csr_array
    titles: Titles
    anchors: Anchors
    contextual: csr_array
    linked: csr_array
    weights: Weights = field(default_factory=Weights)

    @classmethod
    def from_site(cls, site: Site, graph: LinkGraph, *, weights: Weights | None = None) -> "Relevance":
        """Read the texts and links of a Site and compute everything that scores rest on."""
        return cls.of(SiteWords.from_site(site, graph), weights)

    @classmethod
    def of(cls, words: SiteWords, weights: Weights | None = None) -> "Relevance":
        """Find the phrases that name pages, and what links are known."""
        corpus, links = words.corpus, words.links
        return cls(
            corpus,
            links,
            words.vectors,
            words.neighbours,
            Titles.of(corpus, links, words.vectors.word_pages),
            Anchors.of(corpus, links),
            _adjacency(links.uses["source"], links.uses["target"], len(corpus)),
            _adjacency(links.source, links.target, len(corpus)),
            weights or Weights(),
        )

    def blocks(
        self, targets: npt.NDArray[np.integer], sources: Sources | None = None
    ) -> Iterator[npt.NDArray[np.integer]]:
        """Targets in runs whose scores against the sources (all pages without it) fit into little memory."""
        size = max(1, _BLOCK_CELLS // max(1, len(self.corpus if sources is None else sources)))
        for begin in range(0, len(targets), size):
            yield targets[begin : begin + size]

    def scores(self, targets: npt.NDArray[np.integer]) -> Floats:
        """Z of every source (rows) for some targets (columns), linked pairs and the target itself included."""
        total = np.full((len(self.corpus), len(targets)), self.weights.constant, dtype=np.float32)
        for weight, values in zip(self.weights.vector(), self.features(targets), strict=True):
            if weight:
                total += np.float32(weight) * values
        return total

    def features(self, targets: npt.NDArray[np.integer], sources: Sources | None = None) -> Iterator[Floats]:
        """Each of `FEATURES` for some sources (rows; every page without it) and targets (columns), one after the other."""
        own = self._every if sources is None else sources
        yield (self.vectors.pages[targets] @ own.vectors).toarray().T
        yield (self.vectors.titles[targets] @ own.vectors).toarray().T
        titles, rarity = self.titles.table, self.title_rarity()
        whole = titles["is_whole"].to_numpy()
        column = np.full(len(self.corpus), -1, dtype=np.int64)
        column[targets] = np.arange(len(targets))
        shared_out = rarity[whole] / titles["holders"].to_numpy()[whole]
        yield _filled(np.maximum, own.titles, titles[whole], shared_out, column)
        yield _filled(np.maximum, own.titles, titles, rarity * titles["share"].to_numpy(), column)
        # Chance that at least one of the anchors is meant for the target.
        anchors = self.anchor_shares
        yield -np.expm1(_filled(np.add, own.anchors, anchors, np.log1p(-anchors["share"].to_numpy()), column))
        yield np.log1p((own.neighbours @ self.contextual[:, targets]).toarray())
        yield np.log1p((own.contextual @ self.neighbours[targets].T).toarray())

    def sources(self, pages: npt.NDArray[np.integer]) -> Sources:
        """Some pages as sources, in that order: where few are asked for, `features` need not work out all."""
        titles, anchors = (csc_array(each[pages]) for each in self._phrases)
        return Sources(
            csr_array(self.vectors.pages[pages].T), titles, anchors, self.neighbours[pages], self.contextual[pages]
        )  # fmt: skip

    @cached_property
    def _phrases(self) -> tuple[csr_array, csr_array]:
        """Titles and anchors that each page holds."""
        return csr_array(self.titles.hits.pages), csr_array(self.anchors.hits.pages)

    @cached_property
    def _every(self) -> Sources:
        return Sources(
            csr_array(self.vectors.pages.T), self.titles.hits.pages, self.anchors.hits.pages, self.neighbours, self.contextual
        )  # fmt: skip

    def title_rarity(self) -> npt.NDArray[np.float64]:
        """How much each phrase of `titles.table` tells, 0-1 (`idf`)."""
        return idf(self.titles.hits.df, len(self.corpus))[self.titles.table["phrase"]]

    @cached_property
    def anchor_shares(self) -> pd.DataFrame:
        """Anchors in use for each target, from known links only.

        One row per phrase and target: ``phrase``, ``target``, ``uses`` (pages that link the target with it),
        ``holders`` (pages on which it stands unlinked), ``share`` (0-1: chance that the words are meant for it).
        """
        table = self.anchors.table
        known = entries(self.contextual, table["source"].to_numpy(), table["target"].to_numpy()) > 0
        shares = table[known].groupby(["phrase", "target"], as_index=False).agg(uses=("source", "size"))
        holders = self.anchors.hits.df[shares["phrase"]]
        share = shares["uses"] / (np.maximum(holders, shares["uses"]) + 1)
        return shares.assign(holders=holders, share=share)

    def at(self, sources: npt.NDArray[np.integer], targets: npt.NDArray[np.integer]) -> Floats:
        """Features of given pairs: pair x `FEATURES`."""
        result = np.zeros((len(sources), len(FEATURES)), dtype=np.float32)
        wanted, places = np.unique(targets, return_inverse=True)
        known, rows = np.unique(sources, return_inverse=True)
        own = self.sources(known)
        for block in self.blocks(np.arange(len(wanted)), own):
            here = np.flatnonzero((places >= block[0]) & (places <= block[-1]))
            for column, values in enumerate(self.features(wanted[block], own)):
                result[here, column] = values[rows[here], places[here] - block[0]]
        return result

    def score(self, features: Floats) -> npt.NDArray[np.float64]:
        """Z of pairs whose features are given."""
        return self.weights.constant + features.astype(np.float64) @ self.weights.vector()


def entries(
    matrix: csr_array, rows: npt.NDArray[np.integer], columns: npt.NDArray[np.integer]
) -> npt.NDArray[np.float64]:
    """Entries of a sparse matrix at given places."""
    # Indexing with empty arrays would give a sparse array.
    return np.asarray(matrix[rows, columns]).ravel() if len(rows) else np.empty(0)


def _filled(
    fill: np.ufunc,
    holders: csc_array,
    table: pd.DataFrame,
    weight: npt.NDArray[np.float64],
    column: npt.NDArray[np.int64],
) -> Floats:
    """For every source and target the weights of the target's phrases that the source holds, put together; 0 where it holds none.

    `column` is that of each page as a target, -1 for none.
    """
    own = column[table["target"].to_numpy()]
    chosen = own >= 0
    phrase, own = table["phrase"].to_numpy()[chosen], own[chosen]
    begin, end = holders.indptr[phrase], holders.indptr[phrase + 1]
    counts = (end - begin).astype(np.int64)
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    rows = holders.indices[np.repeat(begin, counts) + within].astype(np.int64)
    filled = np.zeros((holders.shape[0], int((column >= 0).sum())), dtype=np.float32)
    cells = rows * filled.shape[1] + np.repeat(own, counts)
    fill.at(filled.reshape(-1), cells, np.repeat(weight[chosen].astype(np.float32), counts))
    return filled


def fit_weights(
    features: Floats, is_link: npt.NDArray[np.bool_], *, ridge: float = 1.0, rounds: int = 50
) -> Weights:
    """Logistic regression (L2, the constant unpenalised) by Newton's method: what the sites' own links say.

    Parameters
    ----------
    features : float array
        Pair x `FEATURES`.
    is_link : bool array
        Whether each pair is linked.
    """
    design = np.column_stack([np.ones(len(features)), features]).astype(np.float64)
    penalty = np.diag([1e-9] + [ridge] * len(FEATURES))
    beta = np.zeros(design.shape[1])
    for _ in range(rounds):
        chance = 1 / (1 + np.exp(-np.clip(design @ beta, -30, 30)))
        slope = design.T @ (is_link - chance) - penalty @ beta
        curve = (design * (chance * (1 - chance))[:, None]).T @ design + penalty
        step = np.linalg.solve(curve, slope)
        beta += step
        if np.abs(step).max() < 1e-8:
            break
    return Weights.from_vector(float(beta[0]), beta[1:])


def _adjacency(sources: npt.ArrayLike, targets: npt.ArrayLike, size: int) -> csr_array:
    matrix = csr_array(
        (np.ones(len(np.asarray(sources)), dtype=np.float32), (np.asarray(sources), np.asarray(targets))),
        shape=(size, size),
    )
    matrix.data[:] = 1  # A pair with several anchors is one link.
    return matrix
