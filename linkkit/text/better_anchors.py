"""Better words for a link: what stands beside it already, else what its target is called."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from linkkit.marks import LINK_END, LINK_START
from linkkit.site import Site
from linkkit.text.generic import normalise_anchor
from linkkit.text.kinds import is_reference
from linkkit.text.language import function_words
from linkkit.text.names import MAX_HOLDERS, is_descriptive, title_parts
from linkkit.text.stored import page_texts
from linkkit.text.words import is_character, is_word, token_spans, tokens

MAX_LETTERS, MAX_WORDS = 60, 8
"""An anchor longer than this is a sentence, not a name."""
MIN_WORDS = 2
"""Words of a part of a title that is looked for beside a link: one alone may be meant otherwise."""

ADVICE: dict[str, str] = {"normalised": "str", "target_id": "int64", "better": "str", "because": "str"}
"""Columns of `better_anchors`, with their pandas types."""
_SEVERAL = -1

_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|(?<=[。！？।۔])|\n")
_IN_LINK = re.compile(f"{LINK_START}([^{LINK_END}]*){LINK_END}")
_LESS = re.compile(r"\s*[(\[].*$|[:;,.?!]\s.*$|\s+[\u2013\u2014-]\s.*$")


@dataclass(frozen=True)
class _Name:
    text: str
    normal: str
    because: str


def better_anchors(
    site: Site,
    names: pd.DataFrame,
    used: pd.DataFrame,
    bad: pd.DataFrame,
    *,
    languages: pd.Series | None = None,
) -> pd.DataFrame:
    """One suggestion for each anchor that should be better, where there is one.

    Words that stand in the sentence of the link come first: making them the link changes nothing of the text. Then anchors
    that other pages use for the target, most used first, its h1, and the parts of its title. Names longer than
    `MAX_LETTERS` or `MAX_WORDS` are cut at their first pause, or passed over; so are words that are the name of another
    page, or an anchor used for one.

    Parameters
    ----------
    site : Site
        Its running text is read for the sentences.
    names : DataFrame
        ``title`` and ``h1`` of each page, indexed by page id.
    used : DataFrame
        Good anchors in use: ``anchor``, ``normalised``, ``target_id``, ``sources`` (pages).
    bad : DataFrame
        What should be better: ``normalised``, ``anchor``, ``target_id``, ``example_source`` (page id).
    languages : Series, optional
        ISO 639-1 code by page id, for function words.

    Returns
    -------
    DataFrame
        One row per pair of `bad` that something can be said for: ``normalised``, ``target_id``, ``better``, ``because``
        (a clause).
    """
    asked = bad.drop_duplicates(["normalised", "target_id"])
    namer = _Namer(names, used, frozenset(asked["target_id"].tolist()))
    sentences = _sentences(site, asked)
    rows = []
    for normal, anchor, target, source in zip(
        asked["normalised"].tolist(),
        asked["anchor"].tolist(),
        asked["target_id"].tolist(),
        asked["example_source"].tolist(),
        strict=True,
    ):
        found = ""
        if sentence := sentences.get((source, anchor), ""):
            language = str(languages.get(source, "")) if languages is not None else ""
            found = _beside(sentence, namer.phrases(target, language), normal)
        if found:
            rows.append((normal, target, found, "stands beside the link"))
        elif other := next((name for name in namer.of(target) if name.normal != normal), None):
            rows.append((normal, target, other.text, other.because))
    return pd.DataFrame(rows, columns=list(ADVICE)).astype(ADVICE)


class _Namer:
    """What each page can be called without being taken for another."""

    def __init__(self, names: pd.DataFrame, used: pd.DataFrame, asked: frozenset[int]) -> None:
        pages = names.index.tolist()
        texts = [names[column].fillna("").astype("str").tolist() for column in ("title", "h1")]
        self._titles = {page: both for page, *both in zip(pages, *texts, strict=True) if page in asked}
        self._used: dict[int, list[tuple[int, str]]] = defaultdict(list)
        # Each name's one page; `_SEVERAL` where more are called so.
        self._owner: dict[str, int] = {}
        for anchor, normal, target, sources in zip(
            *(used[name].tolist() for name in ("anchor", "normalised", "target_id", "sources")), strict=True
        ):
            if target in asked:
                self._used[target].append((-sources, anchor))
            if self._owner.setdefault(normal, target) != target:
                self._owner[normal] = _SEVERAL
        shared: Counter[str] = Counter()
        for page, title, h1 in zip(pages, *texts, strict=True):
            parts = {normalise_anchor(part) for text in {title, h1} for part in title_parts(text)} - {""}
            shared.update(parts)
            for part in parts:
                if self._owner.setdefault(part, page) != page:
                    self._owner[part] = _SEVERAL
        self._common = {part for part, count in shared.items() if count > MAX_HOLDERS}
        self._known: dict[int, tuple[list[_Name], Iterator[_Name]]] = {}

    def of(self, target: int) -> Iterator[_Name]:
        """Names of a page, best first, each once; those that nobody asked for yet are not made."""
        if target not in self._known:
            self._known[target] = ([], self._own(target))
        known, more = self._known[target]
        place = 0
        while True:
            if place == len(known):
                name = next(more, None)
                if name is None:
                    return
                known.append(name)
            yield known[place]
            place += 1

    def _own(self, target: int) -> Iterator[_Name]:
        told: set[str] = set()
        for text, because in self._every(target):
            normal = normalise_anchor(text)
            its_own = self._owner.get(normal, target) == target
            if its_own and normal not in told and normal not in self._common:
                told.add(normal)
                yield _Name(text, normal, because)

    def phrases(self, target: int, language: str) -> list[str]:
        """Names of a page, and runs of words of its title and h1, that can be looked for in a sentence; the longest first."""
        little = function_words().get(language, frozenset())
        found = {name.text.casefold(): None for name in self.of(target)}
        for text in self._titles.get(target, ("", "")):
            for part in title_parts(text):
                if normalise_anchor(part) not in self._common:
                    found |= dict.fromkeys(_runs(part, little))
        return sorted(found, key=lambda phrase: (-len(phrase), phrase))

    def _every(self, target: int) -> Iterator[tuple[str, str]]:
        title, h1 = self._titles.get(target, ("", ""))
        for sources, anchor in sorted(self._used.get(target, ())):
            if -sources > 1 and (fitting := _fitting(anchor)):
                yield fitting, f"{-sources:,} pages use it"
        for what, text in (("heading", h1), ("title", title)):
            parts = title_parts(text)
            # The whole first, if it is no longer than a name; brands and the like go with the parts.
            for part in parts[1:] + parts[:1] if len(parts) > 1 else parts:
                if fitting := _fitting(part):
                    yield fitting, f"from its {what}"
        for _, anchor in sorted(self._used.get(target, ())):
            if fitting := _fitting(anchor):
                yield fitting, "a page uses it"


def _fitting(text: str) -> str:
    """A text as an anchor, cut at its first pause if it is too long; empty where it is no name."""
    plain = " ".join(text.split()).strip(" .,:;!|\u2013\u2014-»›→")
    for candidate in (plain, _LESS.sub("", plain)):
        words = sum(is_word(token) and not is_character(token) for token in tokens(candidate))
        if candidate and len(candidate) <= MAX_LETTERS and words <= MAX_WORDS:
            good = is_descriptive(candidate) and not is_reference(normalise_anchor(candidate))
            return candidate if good else ""
    return ""


def _runs(text: str, little: frozenset[str]) -> list[str]:
    """Runs of at least `MIN_WORDS` words of a text that neither begin nor end with a function word."""
    spans = [(word, begin, end) for word, begin, end in token_spans(text) if is_word(word)][: 2 * MAX_WORDS]
    return [
        text[spans[first][1] : spans[last][2]].casefold()
        for first in range(len(spans))
        for last in range(first + MIN_WORDS - 1, min(len(spans), first + MAX_WORDS))
        if spans[first][0].casefold() not in little and spans[last][0].casefold() not in little
    ]


def _sentences(site: Site, asked: pd.DataFrame) -> dict[tuple[int, str], str]:
    """The sentence in which each anchor is a link, by source and anchor; none where the crawl kept no running text."""
    anchors: dict[int, set[str]] = defaultdict(set)
    for source, anchor in zip(asked["example_source"].tolist(), asked["anchor"].tolist(), strict=True):
        anchors[source].add(anchor)
    found: dict[tuple[int, str], str] = {}
    for page, text in page_texts(site, "linkable", wanted=list(anchors)):
        for sentence in _SENTENCE_END.split(text or ""):
            for link in _IN_LINK.findall(sentence):
                anchor = " ".join(link.split())
                if anchor in anchors[page]:
                    found.setdefault((page, anchor), sentence)
    return found


def _beside(sentence: str, phrases: list[str], normal: str) -> str:
    """The longest of the phrases that stands in the sentence outside its links, as it is written there."""
    outside = _IN_LINK.sub("\n", sentence)
    low = outside.casefold()
    if len(low) != len(outside):
        return ""
    for phrase in phrases:
        place = low.find(phrase)
        while place >= 0:
            end = place + len(phrase)
            written = outside[place:end]
            if _is_bounded(low, place, end) and _fitting(written) and normalise_anchor(written) != normal:
                return written
            place = low.find(phrase, place + 1)
    return ""


def _is_bounded(text: str, begin: int, end: int) -> bool:
    def joins(left: str, right: str) -> bool:
        return left.isalnum() and right.isalnum() and not (is_character(left) or is_character(right))

    return not (begin > 0 and joins(text[begin - 1], text[begin])) and not (
        end < len(text) and joins(text[end - 1], text[end])
    )
