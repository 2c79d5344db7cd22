"""How well an anchor text fits the page it leads to: seven features, fixed weights, one score.

The features look at everything a page says of itself (title, h1, address, headings, text) and at what other pages call it;
a test against titles alone is the weak one. What tells most is whether any other page of the site is closer to the words.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array

from linkkit.text.compounds import LANGUAGES, Compounds
from linkkit.text.contextual import SiteLinks
from linkkit.text.corpus import Corpus, Words
from linkkit.text.generic import normalise_anchor
from linkkit.text.language import function_words
from linkkit.text.phrases import find_phrases, phrase_hashes
from linkkit.text.site_words import SiteWords
from linkkit.text.vectors import heaviest, pruned, term_keys
from linkkit.text.words import UNKNOWN, Vocabulary, join, tokens

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]

FEATURES = ("name", "headings", "body", "cosine", "phrase", "grams", "others")
WEIGHTS = (1.5, 0.5, 1.0, 4.7, 2.5, 1.5, 3.5)
CONSTANT = -4.7
"""Of a logistic regression over three sites, weights at least 0, rounded; fitted to two of them, it does as well on the third."""

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|_+")
_GRAM, _LETTER_BITS = 3, 21
_BLOCK, _PAIRS = 2_000, 100_000


@dataclass(frozen=True, eq=False)
class AnchorTexts:
    """Distinct anchor texts, each in the language of the pages it is held against.

    Attributes
    ----------
    table : DataFrame
        One row per text and language: ``anchor`` (as first written), ``normalised``, ``language``.
    words : Words
        The text itself, for finding it as a phrase.
    wide : Words
        Its words, and the parts of names in code and of compounds.
    unknown : int64 array
        Words of each that no page uses.
    """

    table: pd.DataFrame
    words: Words
    wide: Words
    unknown: Rows

    @classmethod
    def of(cls, table: pd.DataFrame, corpus: Corpus) -> "AnchorTexts":
        """Encode texts given as ``anchor``, ``normalised`` and ``language``."""
        vocabulary, parts = corpus.vocabulary, WordParts(corpus.vocabulary)
        is_word, _ = vocabulary.flags()
        narrow, wide = [], []
        for anchor, language in zip(table["anchor"].tolist(), table["language"].tolist(), strict=True):
            narrow.append(_bare(vocabulary.encode(anchor, language), is_word))
            wide.append(vocabulary.encode(parts.widened(anchor, language), language))
        unknown = np.array([int((numbers == UNKNOWN).sum()) for numbers in narrow], dtype=np.int64)
        return cls(table, Words.of(narrow), Words.of(wide), unknown)

    def __len__(self) -> int:
        return len(self.table)


def split_names(text: str) -> str:
    """The parts of names in code, spaced; the empty string where there is nothing to split.

    Examples
    --------
    >>> split_names("HTTPServer.serve_forever()"), split_names("Corrie tents")
    ('HTTP Server serve forever', '')
    """
    parts = [part for token in re.findall(r"\w+", text) for part in _CAMEL.split(token) if part]
    split = " ".join(parts)
    return split if split != " ".join(re.findall(r"\w+", text)) else ""


class WordParts:
    """Splits what is several words in one: names in code, and compounds, into words that the site uses on their own.

    Parameters
    ----------
    vocabulary : Vocabulary
        Of the site.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._compounds = Compounds(vocabulary)

    def widened(self, text: str, language: str) -> str:
        """A text, the parts of its names in code, and of its compounds."""
        if language not in LANGUAGES:
            return join((text, split_names(text)))
        parts = [
            part for token in dict.fromkeys(tokens(text)) for part in self._compounds.parts(token, language)
        ]
        return join((text, split_names(text), " ".join(parts)))


@dataclass(frozen=True, eq=False)
class _Sets:
    """Which of the anchors' terms each row has: sorted keys, row x terms + term."""

    keys: Rows
    terms: int

    def holds(self, rows: Rows, terms: Rows) -> npt.NDArray[np.bool_]:
        wanted = rows * self.terms + terms
        if not len(self.keys):
            return np.zeros(len(wanted), dtype=np.bool_)
        place = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        return np.asarray(self.keys[place] == wanted)


class AnchorFit:
    """Scores anchor texts against pages of one corpus.

    Parameters
    ----------
    words : SiteWords
        Pages, their vectors, and what other pages call them.
    headings : sequence of str
        Headings of each row, one a line.
    texts : AnchorTexts
    """

    def __init__(self, words: SiteWords, headings: Sequence[str], texts: AnchorTexts) -> None:
        corpus = words.corpus
        self._corpus, self._vectors, self.texts = corpus, words.vectors, texts
        rows, keys = content_terms(texts, corpus)
        self._terms = np.unique(keys)
        self._number = np.full(len(corpus.vocabulary), -1, dtype=np.int64)
        words_only = self._terms[self._terms < len(self._number)]
        self._number[words_only] = np.arange(len(words_only))
        own = np.unique(rows.astype(np.int64) * max(1, len(self._terms)) + np.searchsorted(self._terms, keys))
        self._anchor, self._term = np.divmod(own, max(1, len(self._terms)))
        self._starts = np.searchsorted(self._anchor, np.arange(len(texts) + 1))
        named, headed = self._names(headings)
        self._bodies = self._sets(corpus.bodies)
        self._named, self._headed = self._sets(named), self._sets(headed)
        df = np.bincount(self._bodies.keys % max(1, len(self._terms)), minlength=len(self._terms))
        count = len(corpus)
        self._idf = np.log((1 + count) / (1 + df)) + 1
        self._rarest = float(np.log(1 + count) + 1)
        self._sources = self._source_counts(words.links)

    def features(self, anchors: Rows, targets: Rows, own: Rows) -> Floats:
        """How each anchor fits each target: pair x `FEATURES`.

        Parameters
        ----------
        anchors : int array
            Rows of the texts.
        targets : int array
            Rows of the corpus.
        own : int array
            Pages that use the text for the target: a single one's own words are no witness for it.
        """
        # A few thousand pairs at a time: each has a row for every one of its words.
        parts = [
            self._features(anchors[each], targets[each], own[each])
            for begin in range(0, len(anchors), _PAIRS)
            for each in (slice(begin, begin + _PAIRS),)
        ]
        return np.concatenate([np.empty((0, len(FEATURES))), *parts])

    def _features(self, anchors: Rows, targets: Rows, own: Rows) -> Floats:
        pair, place = _runs(self._starts[anchors], self._starts[anchors + 1])
        term, row = self._term[place], targets[pair]
        weight = self._idf[term]
        total = _sums(pair, weight, len(anchors)) + self._rarest * self.texts.unknown[anchors]
        total = np.maximum(total, 1e-9)

        def cover(found: npt.NDArray[np.bool_]) -> Floats:
            return _sums(pair, weight * found, len(anchors)) / total

        named = self._named.holds(row, term)
        headed = named | self._headed.holds(row, term)
        sources = self._sources_of(row, term) - (own[pair] == 1)
        return np.column_stack(
            [
                cover(named),
                cover(headed),
                cover(named | self._bodies.holds(row, term)),
                self._relative(anchors, targets),
                self._phrase(anchors, targets),
                self._gram_share(anchors, targets),
                cover(sources > 0),
            ]
        )

    def chance(self, features: Floats) -> Floats:
        """Score of each pair, 0-1, in the sense of the sites that the weights come from."""
        return np.asarray(1 / (1 + np.exp(-(CONSTANT + features @ np.array(WEIGHTS)))))

    def nearest_pages(self, anchors: Rows, count: int) -> tuple[Rows, Rows]:
        """The pages whose words an anchor is most like: place in `anchors`, and row; at most `count` each."""
        places, rows = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
        for begin in range(0, len(anchors), _BLOCK):
            cosines = self._encoded[anchors[begin : begin + _BLOCK]] @ self._across
            near = heaviest(csr_array(cosines), count).tocoo()
            places.append(near.row.astype(np.int64) + begin)
            rows.append(near.col.astype(np.int64))
        return np.concatenate(places), np.concatenate(rows)

    @cached_property
    def _across(self) -> csr_array:
        """Term x page; of a large site the heaviest terms of each page."""
        return csr_array(pruned(self._vectors.pages).T)

    def _names(self, headings: Sequence[str]) -> tuple[Words, Words]:
        names, vocabulary = self._corpus.names, self._corpus.vocabulary
        parts = WordParts(vocabulary)
        named, headed = [], []
        for title, h1, slug, language, lines in zip(
            *(names[each].tolist() for each in ("title", "h1", "slug", "language")), headings, strict=True
        ):
            text = join((title, h1 if h1 != title else "", slug))
            named.append(vocabulary.encode(parts.widened(text, language), language))
            headed.append(vocabulary.encode(parts.widened(lines, language), language))
        return Words.of(named), Words.of(headed)

    def _sets(self, words: Words) -> _Sets:
        found = [np.empty(0, dtype=np.int64)]
        for begin, part in words.parts():
            rows, keys = term_keys(part, self._corpus)
            found.append(np.unique(self._known(rows.astype(np.int64) + begin, keys)))
        return _Sets(np.concatenate(found), max(1, len(self._terms)))

    def _known(self, rows: npt.NDArray[np.integer], keys: Rows) -> Rows:
        """Row x term of those keys that some anchor has."""
        if not len(self._terms):
            return np.empty(0, dtype=np.int64)
        if self._terms[-1] < len(self._number):
            # Without pairs of characters a table says where each word stands.
            place = np.where(
                keys < len(self._number), self._number[np.minimum(keys, len(self._number) - 1)], -1
            )
            found = place >= 0
        else:
            place = np.minimum(np.searchsorted(self._terms, keys), len(self._terms) - 1)
            found = self._terms[place] == keys
        return rows[found].astype(np.int64) * len(self._terms) + place[found]

    def _source_counts(self, links: SiteLinks) -> tuple[Rows, Rows]:
        """Row x term of what pages are called by others, and by how many distinct pages."""
        number = {
            key: place
            for place, key in enumerate(
                zip(*(self.texts.table[each].tolist() for each in ("normalised", "language")), strict=True)
            )
        }
        normal = {anchor: normalise_anchor(text) for anchor, text in links.anchors.items()}
        languages = self._corpus.names["language"].to_numpy()
        uses = links.uses
        text = np.array(
            [
                number.get((normal.get(anchor, ""), languages[target]), -1)
                for anchor, target in zip(uses["anchor_id"].tolist(), uses["target"].tolist(), strict=True)
            ],
            dtype=np.int64,
        )
        known = np.flatnonzero(text >= 0)
        pair, place = _runs(self._starts[text[known]], self._starts[text[known] + 1])
        target = uses["target"].to_numpy(dtype=np.int64)[known][pair]
        source = uses["source"].to_numpy(dtype=np.int64)[known][pair]
        cell = target * max(1, len(self._terms)) + self._term[place]
        each = np.unique(np.column_stack([cell, source]), axis=0)
        cells, counts = np.unique(each[:, 0], return_counts=True)
        return cells, counts

    def _sources_of(self, rows: Rows, terms: Rows) -> Rows:
        cells, counts = self._sources
        wanted = rows * max(1, len(self._terms)) + terms
        if not len(cells):
            return np.zeros(len(wanted), dtype=np.int64)
        place = np.minimum(np.searchsorted(cells, wanted), len(cells) - 1)
        return np.where(cells[place] == wanted, counts[place], 0)

    @cached_property
    def _encoded(self):  # type: ignore[no-untyped-def]  # a csr_array; SciPy is untyped
        return self._vectors.encode(self.texts.wide, self._corpus)

    def _cosine(self, anchors: Rows, targets: Rows) -> Floats:
        encoded, pages = self._encoded, self._vectors.pages
        pair, place = _runs(encoded.indptr[anchors], encoded.indptr[anchors + 1])
        if not len(pair):
            return np.zeros(len(anchors))
        theirs = np.asarray(pages[targets[pair], encoded.indices[place]]).ravel()
        return _sums(pair, encoded.data[place] * theirs, len(anchors))

    @cached_property
    def _highest(self) -> Floats:
        """Largest cosine of each text with any page."""
        blocks = [
            (self._encoded[begin : begin + _BLOCK] @ self._across).max(axis=1).toarray().ravel()
            for begin in range(0, len(self.texts), _BLOCK)
        ]
        return np.concatenate([np.zeros(0), *blocks])

    def _relative(self, anchors: Rows, targets: Rows) -> Floats:
        highest = self._highest[anchors]
        share = self._cosine(anchors, targets) / np.maximum(highest, 1e-9)
        return np.where(highest > 0, np.minimum(share, 1.0), 0)

    def _phrase(self, anchors: Rows, targets: Rows) -> Floats:
        hits, numbers = self._hits
        number = numbers[anchors]
        found = np.zeros(len(anchors))
        known = np.flatnonzero(number >= 0)
        if len(known):
            found[known] = np.asarray(hits[number[known], targets[known]]).ravel() > 0
        return found

    @cached_property
    def _hits(self):  # type: ignore[no-untyped-def]  # a csr_array, phrase x row, and each text's phrase
        found = find_phrases(self._corpus.bodies, self.texts.words)
        return found.pages.T.tocsr(), found.numbers(phrase_hashes(self.texts.words))

    def _gram_share(self, anchors: Rows, targets: Rows) -> Floats:
        """Share of an anchor's runs of `_GRAM` characters that are in title, h1 or address."""
        (starts, own), named = self._grams
        pair, place = _runs(starts[anchors], starts[anchors + 1])
        held = named.holds(targets[pair], own[place])
        counts = np.maximum(starts[anchors + 1] - starts[anchors], 1)
        return _sums(pair, held.astype(np.float64), len(anchors)) / counts

    @cached_property
    def _grams(self) -> tuple[tuple[Rows, Rows], _Sets]:
        """Runs of characters of each text, as begins and numbers; and those of each page's names."""
        names = self._corpus.names
        called = [
            normalise_anchor(f"{title} {h1} {slug}")
            for title, h1, slug in zip(
                *(names[each].tolist() for each in ("title", "h1", "slug")), strict=True
            )
        ]
        rows, grams = _grams(self.texts.table["normalised"].tolist())
        known, number = np.unique(grams, return_inverse=True)
        own = np.unique(rows * max(1, len(known)) + number)
        rows, number = np.divmod(own, max(1, len(known)))
        starts = np.searchsorted(rows, np.arange(len(self.texts) + 1))
        rows, grams = _grams(called)
        place = np.minimum(np.searchsorted(known, grams), max(0, len(known) - 1))
        found = known[place] == grams if len(known) else np.zeros(len(grams), dtype=np.bool_)
        held = np.unique(rows[found] * max(1, len(known)) + place[found])
        return (starts, number), _Sets(held, max(1, len(known)))


def content_terms(texts: AnchorTexts, corpus: Corpus) -> tuple[Rows, Rows]:
    """Row and key of the terms of each text, function words of its language left out where others are left."""
    rows, keys = term_keys(texts.wide, corpus)
    rows = rows.astype(np.int64)
    language = texts.table["language"].to_numpy(dtype=object)
    little = np.zeros(len(rows), dtype=np.bool_)
    for code, words in function_words().items():
        if (language == code).any():
            numbers = [corpus.vocabulary.number(word, code) for word in sorted(words)]
            little |= np.isin(keys, numbers) & (language[rows] == code)
    others = np.bincount(rows, weights=~little, minlength=len(texts))
    kept = ~little | (others[rows] == 0)
    return rows[kept], keys[kept]


def _runs(begins: Rows, ends: Rows) -> tuple[Rows, Rows]:
    """Every place of some ranges: number of the range, and the place."""
    counts = (ends - begins).astype(np.int64)
    which = np.repeat(np.arange(len(counts)), counts)
    return which, np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts) + begins[which]


def _sums(places: Rows, values: Floats, size: int) -> Floats:
    # bincount gives whole numbers where there is nothing to add.
    return np.bincount(places, weights=values, minlength=size).astype(np.float64)


def _bare(numbers: npt.NDArray[np.int32], is_word: npt.NDArray[np.bool_]) -> npt.NDArray[np.int32]:
    """A phrase without punctuation at its ends."""
    words = np.flatnonzero((numbers < 0) | is_word[np.maximum(numbers, 0)]) if len(is_word) else numbers[:0]
    return numbers[words[0] : words[-1] + 1] if len(words) else numbers[:0]


def _grams(texts: list[str]) -> tuple[Rows, Rows]:
    """Row and code of every run of `_GRAM` characters; a shorter text is a run of its own, an empty one has none."""
    padded = [text.ljust(_GRAM, "\0") if text else "" for text in texts]
    sizes = np.array([len(text) for text in padded], dtype=np.int64)
    every = "".join(padded).encode("utf-32-le", "surrogatepass")
    letters = np.frombuffer(every, dtype=np.uint32).astype(np.int64)
    row, place = _runs(
        np.cumsum(sizes) - sizes, np.maximum(np.cumsum(sizes) - _GRAM + 1, np.cumsum(sizes) - sizes)
    )
    code = np.zeros(len(place), dtype=np.int64)
    for step in range(_GRAM):
        code = (code << _LETTER_BITS) | letters[place + step]
    return row, code


def heading_lines(site_texts: Iterable[tuple[int, str | None]], corpus: Corpus) -> list[str]:
    """Headings of each row of a corpus from (page id, headings) pairs; empty where none are kept."""
    found = defaultdict(str, {page: text or "" for page, text in site_texts})
    return [found[page] for page in corpus.pages.tolist()]
