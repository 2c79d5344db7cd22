"""Where a link could stand: the exact words in a page's running text that name the target, and the sentence around them."""

import re
import sys
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from linkkit.marks import LINK_END, LINK_START
from linkkit.site import Site
from linkkit.text.compounds import NOUNS_HAVE_CAPITALS
from linkkit.text.corpus import with_links
from linkkit.text.scores import Relevance
from linkkit.text.stored import page_texts
from linkkit.text.words import STOP, Ints, spans, tokens

Kind = Literal["anchor", "title", "part of the title", "topic"]
Proof = Literal["", "name", "company"]
"""What shows that a word on its own means the page called so: it is written as a name, or stands beside words typical of the page."""

SHARED_PAGES = 3
"""A sentence that stands on at least this many pages is the template's, not the page's."""
MIN_PHRASE_SCORE = 0.2
"""Phrases that say less are not offered; a new sentence is better."""
MIN_WORD_RARITY = 0.8
"""A single word of a longer title names the page only if it is as rare as this (`linkkit.text.names.idf`)."""
TYPICAL_TERMS = 20
"""Heaviest terms of a page that two words in a row must be among to stand for its topic."""
MIN_ANCHOR_SHARE = 0.05
"""An anchor that fewer of the pages with these words use for the target does not name it."""
MAX_ALTERNATIVES = 3
CONTEXT = 120
"""Characters shown on each side of a phrase, within its sentence."""

# Read by Python and by the engine alike.
_SENTENCE = r"[.!?…]\s+|[。！？।۔]|\n"
_SENTENCE_END = re.compile(_SENTENCE)
_NO_ROWS: Ints = np.empty(0, dtype=np.int32)
_NONE: npt.NDArray[np.int64] = np.empty(0, dtype=np.int64)
_BREAK = re.compile("\n")
_PAIR = 1 << 31


@dataclass(frozen=True)
class Phrase:
    """Words of the source that could become the link.

    Attributes
    ----------
    text : str
        Exactly as they stand in the source's running text.
    sentence : str
        The sentence they stand in, shortened on both sides.
    kind : {"anchor", "title", "part of the title", "topic"}
        How they name the target. Topic: two words in a row that are typical of the target and stand there too; no
        words for a link, but a place for a sentence with one.
    score : float
        How well they do; the scale orders phrases, nothing else.
    uses, holders : int
        For an anchor: pages that link the target with these words, of so many pages that have them. Else 0.
    """

    text: str
    sentence: str
    kind: Kind
    score: float
    uses: int = 0
    holders: int = 0


class Places:
    """Finds the words that could become a link, for one set of pairs after the other.

    Only running text counts (`linkkit.schema.TEXT`): no headings, no links, no chrome, no code; and no sentence that
    stands on `SHARED_PAGES` pages or more. A page without such text has no places.

    Parameters
    ----------
    site : Site
    relevance : Relevance
        Of the same site.
    """

    def __init__(self, site: Site, relevance: Relevance) -> None:
        self._site, self._relevance, self._naming = site, relevance, _Naming(relevance)

    def may_name(
        self, sources: npt.NDArray[np.integer], targets: npt.NDArray[np.integer]
    ) -> npt.NDArray[np.bool_]:
        """Whether words that name the target stand anywhere in the source; without them `find` gives its topic at best."""
        result = np.zeros(len(sources), dtype=np.bool_)
        order = np.argsort(targets, kind="stable")
        cuts = np.flatnonzero(np.diff(targets[order])) + 1
        for cases in np.split(order, cuts) if len(order) else ():
            holders = [name.sources for name in self._naming.every(int(targets[cases[0]]))]
            result[cases] = np.isin(sources[cases], np.concatenate([_NO_ROWS, *holders]))
        return result

    def find(self, sources: npt.NDArray[np.integer], targets: npt.NDArray[np.integer]) -> list[list[Phrase]]:
        """Phrases for each pair of rows, best first, at most one and `MAX_ALTERNATIVES` more.

        Where none names the target, those of its topic; empty where there is none either.
        """
        by_source: dict[int, list[int]] = defaultdict(list)
        for case, source in enumerate(sources.tolist()):
            by_source[source].append(case)
        found: list[list[Phrase]] = [[] for _ in range(len(sources))]
        corpus = self._relevance.corpus
        rows = np.array(sorted(by_source), dtype=np.int64)
        row_of = dict(zip(corpus.pages[rows].tolist(), rows.tolist(), strict=True))
        own = self._own_pages(np.unique(targets))
        for each, text in page_texts(self._site, "linkable", wanted=list(row_of)):
            if not text:
                continue
            source = row_of[each]
            page = _Page(text, corpus.running[source], self._shared)
            for case in by_source[source]:
                target = int(targets[case])
                names = self._naming.of(source, target, own.get(target))
                found[case] = _phrases(page, names, self._naming.typical(target)) or _phrases(
                    page, self._naming.topics(target, page.pairs)
                )
        return found

    def _own_pages(self, targets: npt.NDArray[np.integer]) -> dict[int, "_Page"]:
        """Running texts of the targets whose title of one word needs a proof (`_Naming.of`)."""
        corpus = self._relevance.corpus
        unsure = [target for target in targets.tolist() if self._naming.has_capital_name(target)]
        row_of = dict(zip(corpus.pages[unsure].tolist(), unsure, strict=True))
        return {
            row_of[each]: _Page(text, corpus.running[row_of[each]], frozenset())
            for each, text in page_texts(self._site, "linkable", wanted=list(row_of))
            if text is not None
        }

    @cached_property
    def _shared(self) -> frozenset[str]:
        """Sentences that stand on `SHARED_PAGES` pages of the site or more."""
        table = self._site.engine.arrow(
            f"""WITH cut AS (
                SELECT page_id, explode(split(linkable, '{_SENTENCE}')) AS part
                FROM text WHERE linkable <> ''
            ),
            parts AS (SELECT DISTINCT page_id, trim(part) AS sentence FROM cut)
            SELECT sentence FROM parts WHERE sentence <> '' GROUP BY sentence HAVING count(*) >= {SHARED_PAGES}"""
        )
        return frozenset(table["sentence"].to_pylist())


@dataclass(frozen=True, eq=False)
class _Name:
    """One phrase that names a target: its words, the sources (rows) that hold it, what it says; what proof a place needs.

    `has_capital`: one word, written with a capital in the title.
    """

    words: Ints
    sources: Ints
    phrase: Phrase
    has_capital: bool = False
    proof: Proof = ""


class _Naming:
    """The phrases of each target that some source holds, with what each says."""

    def __init__(self, relevance: Relevance) -> None:
        self._relevance = relevance
        self._titles = relevance.titles.table.groupby("target").indices
        self._anchors = relevance.anchor_shares.groupby("target").indices
        self._uses = relevance.anchors.table.groupby(["phrase", "target"]).indices
        self._rarity = relevance.title_rarity()
        # Arrays: a row at a time, a frame costs more than what is looked up in it.
        self._title = {
            name: relevance.titles.table[name].to_numpy()
            for name in ("phrase", "is_whole", "share", "holders")
        }
        self._anchor = {name: relevance.anchor_shares[name].to_numpy() for name in ("phrase", "uses")}
        self._users = relevance.anchors.table["source"].to_numpy()
        self._names = {name: relevance.corpus.names[name].tolist() for name in ("language", "title", "h1")}
        self._known: dict[int, list[_Name]] = {}
        self._topics: dict[int, dict[int, float]] = {}
        self._marked = np.zeros(len(relevance.corpus.vocabulary) + 1, dtype=np.bool_)
        self._typical: dict[int, frozenset[int]] = {}

    def of(self, source: int, target: int, own: "_Page | None" = None) -> list[_Name]:
        """Names of a target that the scan found in a source.

        A title of one word that has a capital there needs a proof, which the target's `own` text tells: "Moss" is a
        sleeping bag, "moss" grows on stones.
        """
        names = [name for name in self.every(target) if _holds(name.sources, source)]
        if own is None:
            return names
        return [
            replace(name, proof=own.proof(int(name.words[0]))) if name.has_capital else name for name in names
        ]

    def has_capital_name(self, target: int) -> bool:
        """Whether some name of a target is one word that has a capital in the title."""
        return any(name.has_capital for name in self.every(target))

    def every(self, target: int) -> list[_Name]:
        """Names of a target, and the sources that the scan found each in."""
        names = self._known.get(target)
        if names is None:
            names = self._known[target] = [*self._anchor_names(target), *self._title_names(target)]
        return names

    def typical(self, target: int) -> frozenset[int]:
        """Heaviest words of a target (`TYPICAL_TERMS`)."""
        known = self._typical.get(target)
        if known is None:
            known = self._typical[target] = frozenset(self._heavy(target))
        return known

    def topics(self, target: int, pairs: frozenset[int]) -> list[_Name]:
        """Of the source's words in a row (`_Page.pairs`), those that are typical of the target and stand there too."""
        known = self._topics.get(target)
        if known is None:
            known = self._topics[target] = self._typical_pairs(target)
        return [
            _Name(
                np.array(divmod(pair, _PAIR), dtype=np.int32), _NO_ROWS, Phrase("", "", "topic", known[pair])
            )
            for pair in sorted(known.keys() & pairs)
        ]

    def _heavy(self, target: int) -> dict[int, float]:
        vectors = self._relevance.vectors
        begin, end = vectors.pages.indptr[target], vectors.pages.indptr[target + 1]
        columns, weights = vectors.pages.indices[begin:end], vectors.pages.data[begin:end]
        heavy = np.argsort(-weights, kind="stable")[:TYPICAL_TERMS]
        return dict(zip(vectors.terms[columns[heavy]].tolist(), weights[heavy].tolist(), strict=True))

    def _typical_pairs(self, target: int) -> dict[int, float]:
        """Every two words in a row of a target that are both among its heaviest (as in `_Page.pairs`), and what they weigh."""
        weight = self._heavy(target)
        body = self._relevance.corpus.bodies[target]
        heavy = list(weight)
        self._marked[heavy] = True
        is_heavy = self._marked[np.maximum(body, 0)] & (body >= 0)
        self._marked[heavy] = False
        both = np.flatnonzero(is_heavy[:-1] & is_heavy[1:] & (body[:-1] != body[1:]))
        pairs = zip(body[both].tolist(), body[both + 1].tolist(), strict=True)
        return {one * _PAIR + other: (weight[one] + weight[other]) / 10 for one, other in pairs}

    def _anchor_names(self, target: int) -> Iterator[_Name]:
        hits = self._relevance.anchors.hits
        places = self._anchors.get(target, _NONE)
        columns = (self._anchor[name][places].tolist() for name in ("phrase", "uses"))
        for number, uses in zip(*columns, strict=True):
            holders = hits.pages.indices[hits.pages.indptr[number] : hits.pages.indptr[number + 1]]
            every = len(np.union1d(holders, self._users[self._uses[number, target]]))
            share = uses / (every + 1)
            if share >= MIN_ANCHOR_SHARE:
                yield _Name(hits.words[number], holders, Phrase("", "", "anchor", share + 0.2, uses, every))

    def _title_names(self, target: int) -> Iterator[_Name]:
        hits = self._relevance.titles.hits
        places = self._titles.get(target, _NONE)
        columns = (self._title[name][places].tolist() for name in ("phrase", "is_whole", "share", "holders"))
        for number, is_whole, share, holders, rarity in zip(
            *columns, self._rarity[places].tolist(), strict=True
        ):
            words = hits.words[number]
            score = 0.25 + 0.6 * rarity / holders if is_whole else 0.5 * rarity * share + 0.05 * len(words)
            if score >= MIN_PHRASE_SCORE and (is_whole or len(words) > 1 or rarity >= MIN_WORD_RARITY):
                sources = hits.pages.indices[hits.pages.indptr[number] : hits.pages.indptr[number + 1]]
                kind: Kind = "title" if is_whole else "part of the title"
                yield _Name(words, sources, Phrase("", "", kind, score), self._has_capital(target, words))

    def _has_capital(self, target: int, words: Ints) -> bool:
        """Whether a name of one word has a capital in the title, in a language where that means something."""
        if len(words) > 1:
            return False
        language = str(self._names["language"][target])
        number = self._relevance.corpus.vocabulary.number
        return language not in NOUNS_HAVE_CAPITALS and any(
            token[0].isupper() and number(token, language) == int(words[0])
            for name in ("title", "h1")
            for token in tokens(str(self._names[name][target]))
        )


def _holds(rows: Ints, row: int) -> bool:
    place = bisect_left(rows, row)
    return place < len(rows) and bool(rows[place] == row)


class _Spot(NamedTuple):
    """Where a phrase stands: its first token on the page, its begin and end in the text."""

    place: int
    begin: int
    end: int


@dataclass(frozen=True, eq=False)
class _Line:
    """One line of a text: place of its first token on the page, begin and end of every token and sentence in the text."""

    first: int
    spans: list[tuple[int, int]]
    sentences: list[tuple[int, int]]

    def sentence(self, place: int) -> tuple[int, int] | None:
        """Begin and end of the sentence that a place of the text lies in."""
        before = bisect_right(self.sentences, (place, sys.maxsize)) - 1
        return self.sentences[before] if before >= 0 and place < self.sentences[before][1] else None

    def tokens(self, sentence: tuple[int, int]) -> tuple[int, int]:
        """Places on the page of the first token of a sentence, and behind the last."""
        low, high = (self.first + bisect_left(self.spans, (place, place)) for place in sentence)
        return low, high


class _Page:
    """Running text of one source, with the place of every word.

    Only lines with a phrase in them are cut into words and sentences: no phrase reaches across a line break.
    """

    def __init__(self, text: str, numbers: Ints, shared: frozenset[str]) -> None:
        self.text, self._numbers, self._shared = text, numbers, shared
        self._lines: dict[int, _Line] = {}

    @cached_property
    def _breaks(self) -> npt.NDArray[np.signedinteger]:
        """Places of the tokens that are line breaks."""
        return np.flatnonzero(self._numbers == STOP)

    @cached_property
    def _line_ends(self) -> list[int]:
        """Where each line ends in the text."""
        return [*(match.start() for match in _BREAK.finditer(self.text)), len(self.text)]

    @cached_property
    def pairs(self) -> frozenset[int]:
        """Every two words in a row, as one number each: the first times `_PAIR`, and the second."""
        firsts, seconds = self._numbers[:-1].astype(np.int64), self._numbers[1:]
        return frozenset((firsts * _PAIR + seconds)[(firsts >= 0) & (seconds >= 0)].tolist())

    def _line(self, place: int) -> _Line:
        """The line that a token stands in."""
        number = int(np.searchsorted(self._breaks, place))
        line = self._lines.get(number)
        if line is None:
            begin = self._line_ends[number - 1] + 1 if number else 0
            # With its break, which belongs to what ends a sentence.
            own = self.text[begin : self._line_ends[number] + 1]
            line = self._lines[number] = _Line(
                int(self._breaks[number - 1]) + 1 if number else 0,
                [(begin + low, begin + high) for low, high in spans(own)],
                [(begin + low, begin + high) for low, high in _sentence_spans(own)],
            )
        return line

    def _places(self, words: list[int]) -> list[int]:
        """Where words stand in a row."""
        places = (self._numbers[: len(self._numbers) - len(words) + 1] == words[0]).nonzero()[0]
        for step in range(1, len(words)):
            if not len(places):
                break
            places = places[self._numbers[places + step] == words[step]]
        return places.tolist()

    def find(self, words: Ints, proof: Proof = "", beside: frozenset[int] = frozenset()) -> "_Spot | None":
        """The first place of a phrase in a sentence of the page's own.

        Parameters
        ----------
        words : int array
        proof : {"", "name", "company"}
            What the place must show besides.
        beside : frozenset of int
            Words that keep company with it.
        """
        for place in self._places(words.tolist()):
            line = self._line(place)
            begin, end = line.spans[place - line.first][0], line.spans[place - line.first + len(words) - 1][1]
            sentence = line.sentence(begin)
            if sentence is None or self.text[slice(*sentence)].strip() in self._shared:
                continue
            if not proof or self._is_proven(line, place, sentence, proof, beside):
                return _Spot(place, begin, self._balanced(begin, end))
        return None

    def _is_proven(
        self, line: _Line, place: int, sentence: tuple[int, int], proof: Proof, beside: frozenset[int]
    ) -> bool:
        low, high = line.tokens(sentence)
        read = with_links(self._numbers[low:high]).tolist()
        has_company = not beside.isdisjoint(read)
        if proof == "company":
            return has_company
        around = [other for other in (place - 1, place + 1) if low < other < high]
        # "Gale Road" is not the Gale.
        is_longer = any(
            self._letter(line, other).isupper() and read[other - low] not in beside for other in around
        )
        # A capital that begins a sentence says nothing.
        return not (self._letter(line, place).islower() or is_longer) and (low < place or has_company)

    def _letter(self, line: _Line, place: int) -> str:
        return self.text[line.spans[place - line.first][0]]

    def proof(self, word: int) -> Proof:
        """What proof the page's title of one word needs elsewhere, by how the page itself writes it.

        With small letters it is a word like any other; with a capital within a sentence a name; a page without it does not tell.
        """
        places = [(self._line(place), place) for place in self._places([word])]
        if not places:
            return "company"
        if any(self._letter(line, place).islower() for line, place in places):
            return ""
        return "name" if any(not _begins_sentence(line, place) for line, place in places) else ""

    def _balanced(self, begin: int, end: int) -> int:
        """The end of a phrase, with the bracket that closes one it opens."""
        opened = self.text.count("(", begin, end) - self.text.count(")", begin, end)
        while opened > 0 and self.text.startswith(")", end):
            end, opened = end + 1, opened - 1
        return end

    def sentence(self, spot: "_Spot") -> str:
        """The sentence around a phrase, link marks gone, cut between words to `CONTEXT` characters on each side."""
        _, begin, end = spot
        low, high = self._line(spot.place).sentence(begin) or (begin, end)
        left, right = max(low, begin - CONTEXT), min(max(high, end), end + CONTEXT)
        if left > low and (space := self.text.find(" ", left, begin)) >= 0:
            left = space + 1
        if right < high and (space := self.text.rfind(" ", end, right)) >= 0:
            right = space
        cut = self.text[left:right].replace(LINK_START, "").replace(LINK_END, "").strip()
        return f"{'… ' if left > low else ''}{cut}{' …' if right < high else ''}"


def _begins_sentence(line: _Line, place: int) -> bool:
    sentence = line.sentence(line.spans[place - line.first][0])
    return sentence is not None and line.tokens(sentence)[0] == place


def _phrases(page: _Page, names: list[_Name], typical: frozenset[int] = frozenset()) -> list[Phrase]:
    best: dict[str, Phrase] = {}
    for name in names:
        spot = page.find(name.words, name.proof, typical - {int(name.words[0])})
        if spot is None:
            continue
        text = page.text[spot.begin : spot.end]
        known = best.get(text.casefold())
        if known is None or name.phrase.score > known.score:
            best[text.casefold()] = replace(name.phrase, text=text, sentence=page.sentence(spot))
    ranked = sorted(best.values(), key=lambda phrase: (-phrase.score, phrase.text))
    return ranked[: 1 + MAX_ALTERNATIVES]


def _sentence_spans(text: str) -> list[tuple[int, int]]:
    cuts = [match.span() for match in _SENTENCE_END.finditer(text)]
    begins = [0, *(end for _, end in cuts)]
    return list(zip(begins, [*(begin for begin, _ in cuts), len(text)], strict=True))
