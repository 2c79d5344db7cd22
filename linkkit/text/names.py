"""The phrases that name each page: its title, parts of it, and the anchors that the site's editors use for it."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from linkkit.text.contextual import SiteLinks
from linkkit.text.corpus import Corpus, Words
from linkkit.text.generic import every_generic_text, normalise_anchor
from linkkit.text.phrases import PhraseHits, find_phrases, phrase_hashes
from linkkit.text.words import Ints

MAX_NGRAM_WORDS = 6
MAX_HOLDERS = 8
"""A phrase of more titles than this (the site's name, a kind of page) names none of them."""
COMMON_SHARE, COMMON_PAGES = 0.02, 20
"""A part of a title names a page only if its rarest word is on at most this share of pages, or this many."""
FILLER_SHARE = 0.2
"""A part of a title neither begins nor ends with a word on more than this share of pages ("the", "and")."""
ANCHOR_LENGTH = (2, 80)
"""Characters of an anchor text that can be a phrase."""

_NUMBERING = re.compile(
    r"^(?:(?:chapter|section|part|appendix|kapitel|abschnitt|teil|anhang|chapitre|partie|annexe|capítulo|parte|capitolo"
    r"|hoofdstuk|rozdział|глава|часть|раздел)\s+)?(?:[A-Z]|[IVX]{1,6}|\d{1,4})?(?:\.\d{1,4})*[.:)]\s+",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"^(?:([^\W\d_]+\s+(?:[A-Z]|[IVX]{1,6}|\d{1,4}(?:\.\d{1,4})*))|(\d{1,4}(?:\.\d{1,4})+))(?=[.:)]\s)"
)
_REFERENCE = re.compile(r"^([^\W\d_]+)\s\d{1,4}(?:\.\d{1,4})+$")
MIN_REFERENCES = 3
"""Links that must say a word before a dotted number ("Section 30.5") for it to count as the site's word for a part."""
_BETWEEN = re.compile(r"[\u2014\u2013|\u00b7\u00bb\u203a\uff5c\uff1a]|:\s|\s-\s")


@dataclass(frozen=True, eq=False)
class Titles:
    """Phrases of titles and where they stand, anywhere in a page's text.

    Attributes
    ----------
    hits : PhraseHits
        In the bodies of all pages.
    table : DataFrame
        One row per phrase (number in `hits`) and target (row): ``phrase``, ``target``, ``is_whole`` (a title, h1, or
        a part of one between separators), ``share`` (of the title's words, 0-1), ``holders`` (targets with this phrase).
    """

    hits: PhraseHits
    table: pd.DataFrame

    @classmethod
    def of(cls, corpus: Corpus, links: SiteLinks, word_pages: npt.NDArray[np.int64]) -> "Titles":
        """Collect the phrases of every page's title and h1 and find them in every body.

        Parameters
        ----------
        corpus : Corpus
        links : SiteLinks
        word_pages : int array
            Pages that use each word (`linkkit.text.vectors.Vectors.word_pages`).
        """
        table, words = _title_phrases(corpus, reference_words(links), word_pages)
        every = Words.of(words)
        hits = find_phrases(corpus.bodies, every)
        table = table.assign(phrase=hits.numbers(phrase_hashes(every)))
        # The same phrase as a whole and as a part of one title: the whole, and the larger share.
        table = (
            table[table["phrase"] >= 0]
            .groupby(["target", "phrase"], as_index=False)
            .agg(is_whole=("is_whole", "max"), share=("share", "max"))
        )
        table["holders"] = table.groupby("phrase")["target"].transform("size")
        common = hits.df[table["phrase"]] > max(COMMON_PAGES, COMMON_SHARE * len(corpus))
        kept = (table["holders"] <= MAX_HOLDERS) & (table["is_whole"] | ~common)
        return cls(hits, table[kept].reset_index(drop=True))


@dataclass(frozen=True, eq=False)
class Anchors:
    """Anchor texts in use and where they stand in running text that is not linked yet.

    Attributes
    ----------
    hits : PhraseHits
        In the running text of all pages, links left out.
    table : DataFrame
        One row per phrase (number in `hits`), target and source (rows) of a contextual link with that anchor:
        ``phrase``, ``target``, ``source``; sorted.
    """

    hits: PhraseHits
    table: pd.DataFrame

    @classmethod
    def of(cls, corpus: Corpus, links: SiteLinks) -> "Anchors":
        """Collect the descriptive anchors of contextual links and find them in all running text."""
        pairs, words = _anchor_phrases(corpus, links)
        every = Words.of(words)
        hits = find_phrases(corpus.running, every)
        pairs = pairs.assign(phrase=hits.numbers(phrase_hashes(every)))
        table = links.uses.merge(pairs[pairs["phrase"] >= 0], on=["anchor_id", "target"])
        table = table[["phrase", "target", "source"]].drop_duplicates()
        return cls(hits, table.sort_values(["phrase", "target", "source"], ignore_index=True))


def idf(df: npt.NDArray[np.int64], pages: int) -> npt.NDArray[np.float64]:
    """How much a phrase tells, 0-1: 1 for one that stands on a single page at most, 0 for one on all."""
    return np.log((1 + pages) / np.maximum(df, 1)) / np.log(1 + pages) if pages else np.zeros(len(df))


@lru_cache(maxsize=1 << 14)
def title_parts(title: str) -> tuple[str, ...]:
    """A title without its numbering, then its parts between separators, if there are several.

    Examples
    --------
    >>> title_parts("Chapter 30.5. Tents | Fell & Ford")
    ('Tents | Fell & Ford', 'Tents', 'Fell & Ford')
    """
    whole = _NUMBERING.sub("", title.strip()) or title.strip()
    parts = [part for each in _BETWEEN.split(whole) if (part := each.strip())]
    return (whole, *parts) if len(parts) > 1 else (whole,) if whole else ()


def title_labels(title: str, references: Iterable[str] = ()) -> list[str]:
    """What a numbered page is referred to by; empty where its title is not numbered.

    Parameters
    ----------
    title : str
    references : iterable of str
        Words that the site puts before a dotted number; without one such a number alone names nothing.

    Examples
    --------
    >>> title_labels("Chapter 8. Data Types"), title_labels("30.5. Tents", ["Section"]), title_labels("5 ways to pitch")
    (['Chapter 8'], ['Section 30.5'], [])
    """
    found = _LABEL.match(title.strip())
    if not found or not _NUMBERING.match(title.strip()):
        return []
    return [found[1]] if found[1] else [f"{word} {found[2]}" for word in references]


def reference_words(links: SiteLinks) -> list[str]:
    """Words that the site's links put before a dotted number, such as "Section"; by `MIN_REFERENCES`, sorted."""
    texts = Counter(
        found[1]
        for anchor in links.uses["anchor_id"]
        if (found := _REFERENCE.match(links.anchors.get(anchor, "")))
    )
    return sorted(word for word, count in texts.items() if count >= MIN_REFERENCES)


def is_descriptive(anchor: str) -> bool:
    """Whether an anchor text says anything: long enough, with a letter, and in no list of generic ones."""
    normal = normalise_anchor(anchor)
    low, high = ANCHOR_LENGTH
    return low <= len(normal) <= high and any(map(str.isalpha, normal)) and normal not in every_generic_text()


def _title_phrases(
    corpus: Corpus, references: list[str], word_pages: npt.NDArray[np.int64]
) -> tuple[pd.DataFrame, list[Ints]]:
    """Every phrase of every title and h1: its target, kind and share; and its words."""
    is_word, is_character = corpus.vocabulary.flags()
    has_letter = corpus.vocabulary.has_letter()
    # Punctuation makes no phrase rare, and neither begins nor ends one.
    common, filler = (
        ~is_word | (word_pages > max(COMMON_PAGES, share * len(corpus)))
        for share in (COMMON_SHARE, FILLER_SHARE)
    )
    parts = [
        [
            part
            for text in dict.fromkeys(both)
            for part in (*title_parts(text), *title_labels(text, references))
        ]
        for both in zip(corpus.names["title"].tolist(), corpus.names["h1"].tolist(), strict=True)
    ]
    shared = Counter(part for own in parts for part in set(own))
    rows, words = [], []
    for target, (own, language) in enumerate(zip(parts, corpus.names["language"].tolist(), strict=True)):
        for part in dict.fromkeys(own):
            if shared[part] > MAX_HOLDERS:
                continue
            numbers = _trimmed(corpus.vocabulary.encode(part, language), is_word)
            for phrase, share in _ngrams(numbers, is_character, common, filler):
                # A year or a size alone names nothing.
                if (has_letter[phrase]).any():
                    rows.append((target, share == 1.0, share))
                    words.append(phrase)
    frame = pd.DataFrame(rows, columns=["target", "is_whole", "share"])
    return frame.astype({"target": np.int64, "is_whole": bool, "share": np.float64}), words


def _ngrams(
    numbers: Ints,
    is_character: npt.NDArray[np.bool_],
    common: npt.NDArray[np.bool_],
    filler: npt.NDArray[np.bool_],
) -> Iterator[tuple[Ints, float]]:
    """The whole phrase, then the runs of its words that could name a page; each with its share of the words."""
    size = len(numbers)
    if not size or (numbers < 0).any():
        return
    single = bool(is_character[numbers].any())
    if size > 1 or not single:
        yield numbers, 1.0
    for length in range(2 if single else 1, min(MAX_NGRAM_WORDS, size - 1) + 1):
        for begin in range(size - length + 1):
            phrase = numbers[begin : begin + length]
            if single or not (common[phrase].all() or filler[phrase[0]] or filler[phrase[-1]]):
                yield phrase, length / size


def _anchor_phrases(corpus: Corpus, links: SiteLinks) -> tuple[pd.DataFrame, list[Ints]]:
    """Every descriptive anchor in the language of each target it is used for, and its words."""
    is_word, is_character = corpus.vocabulary.flags()
    texts = {anchor: text for anchor, text in links.anchors.items() if is_descriptive(text)}
    pairs = links.uses.loc[
        links.uses["anchor_id"].isin(list(texts)), ["anchor_id", "target"]
    ].drop_duplicates()
    languages = corpus.names["language"].to_numpy()[pairs["target"].to_numpy()]
    words = []
    for anchor, language in zip(pairs["anchor_id"].tolist(), languages, strict=True):
        numbers = _trimmed(corpus.vocabulary.encode(texts[anchor], language), is_word)
        alone = len(numbers) == 1 and numbers[0] >= 0 and is_character[numbers[0]]
        words.append(numbers[:0] if alone else numbers)
    return pairs.reset_index(drop=True), words


def _trimmed(numbers: Ints, is_word: npt.NDArray[np.bool_]) -> Ints:
    """A phrase without punctuation at its ends."""
    words = np.flatnonzero((numbers < 0) | is_word[np.maximum(numbers, 0)]) if len(numbers) else numbers
    return numbers[words[0] : words[-1] + 1] if len(words) else numbers[:0]
