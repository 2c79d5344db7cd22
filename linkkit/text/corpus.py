"""Corpus: the words of every page that can be linked, as numbers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

import numpy as np
import numpy.typing as npt
import pandas as pd

from linkkit.graph import LinkGraph
from linkkit.site import Site
from linkkit.text.language import page_language, primary_languages
from linkkit.text.stored import page_texts
from linkkit.text.words import LINK_CLOSES, LINK_OPENS, STOP, Ints, Vocabulary, join

Bools = npt.NDArray[np.bool_]
Basis = Literal["page text", "titles", "addresses", "nothing"]

_SLUG = re.compile(r"[\W_]+")
_PART_WORDS = 1_000_000
_FILE_ENDING = re.compile(r"\.(?:html?|php|aspx?|jsp)$", re.IGNORECASE)


@dataclass(frozen=True, eq=False)
class Words:
    """Texts as numbers, one after the other.

    Attributes
    ----------
    numbers : int32 array
        Numbers of `Vocabulary`; below 0 where no phrase may stand or reach across.
    starts : int64 array
        Where each text begins, and at last where the last one ends.
    """

    numbers: Ints
    starts: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, row: int) -> Ints:
        return self.numbers[self.starts[row] : self.starts[row + 1]]

    @property
    def rows(self) -> Ints:
        """Row of each number."""
        return np.repeat(np.arange(len(self), dtype=np.int32), np.diff(self.starts))

    def part(self, begin: int, end: int) -> "Words":
        """The texts of some rows."""
        first, last = self.starts[begin], self.starts[end]
        return Words(self.numbers[first:last], self.starts[begin : end + 1] - first)

    def parts(self) -> Iterator[tuple[int, "Words"]]:
        """All texts in runs of a million words, each with its first row: what is computed of them stays small."""
        begin = 0
        while begin < len(self):
            end = int(np.searchsorted(self.starts, self.starts[begin] + _PART_WORDS, side="right")) - 1
            end = min(max(end, begin + 1), len(self))
            yield begin, self.part(begin, end)
            begin = end

    def sizes(self) -> npt.NDArray[np.int64]:
        """Numbers of each text that are words or punctuation, breaks and closed ones aside."""
        counts = [np.bincount(part.rows[part.numbers >= 0], minlength=len(part)) for _, part in self.parts()]
        return np.concatenate([np.empty(0, dtype=np.int64), *counts])

    @classmethod
    def of(cls, texts: list[Ints]) -> "Words":
        """Words of texts that are numbers already."""
        starts = np.concatenate([[0], np.cumsum([len(text) for text in texts], dtype=np.int64)])
        return cls(np.concatenate([np.empty(0, np.int32), *texts]), starts.astype(np.int64))


@dataclass(frozen=True, eq=False)
class Corpus:
    """Words of the pages that links can be suggested between: live, indexable, standing for themselves.

    Attributes
    ----------
    pages : int32 array
        Page id of each row, ascending.
    rows : int32 array
        Row of each page id; that of the page it folds into where it folds, -1 where that is not in the corpus.
    names : DataFrame
        One row per row: ``url``, ``title``, ``h1``, ``slug`` (words of the address), ``language`` (ISO 639-1; empty
        where unknown), ``has_text``.
    titles, bodies : Words
        Title and h1 of each row; title, h1 and body text of it (without a body: description and words of the address).
    running : Words
        What an editor could link: text outside headings, links and chrome. Words that are linked already are closed
        (`closed_links`). Where a page's linkable part is unknown, its body.
    vocabulary : Vocabulary
    """

    pages: Ints
    rows: Ints
    names: pd.DataFrame
    titles: Words
    bodies: Words
    running: Words
    vocabulary: Vocabulary

    def __len__(self) -> int:
        return len(self.pages)

    @property
    def basis(self) -> Basis:
        """What relevance can rest on at best: suggestions without page text never name a phrase."""
        if self.names["has_text"].any():
            return "page text"
        if (self.names["title"] + self.names["h1"] != "").any():
            return "titles"
        return "addresses" if (self.names["slug"] != "").any() else "nothing"

    @classmethod
    def from_site(cls, site: Site, graph: LinkGraph, *, stemming: bool = True) -> "Corpus":
        """Read the texts of a Site.

        Parameters
        ----------
        site : Site
        graph : LinkGraph
            Of the same Site: which pages fold into which.
        stemming : bool
            Whether inflected forms count as one word, by the page's language.
        """
        own = np.arange(len(graph), dtype=np.int32)
        pages = own[graph.indexable & (graph.fold == own)]
        rows = np.full(len(graph) + 1, -1, dtype=np.int32)
        rows[pages] = np.arange(len(pages), dtype=np.int32)
        # Index -1, a page that leads nowhere, finds the last place, which is no row.
        rows = rows[graph.fold]
        known = site.pages.loc[pages]
        vocabulary = Vocabulary(stemming=stemming)
        titles, bodies, running, languages, has_text = [], [], [], [], []
        slugs = [slug_words(url) for url in known["url"]]
        declared = primary_languages(known["language"])
        lines = known[["title", "h1", "meta_description"]].fillna("").astype(str)
        stored = _in_step(pages.tolist(), page_texts(site, "text", "linkable"))
        for (text, linkable), code, slug, line in zip(
            stored, declared, slugs, lines.itertuples(index=False), strict=True
        ):
            language = page_language(code, line.title, line.h1, text)
            title = vocabulary.learn(join((line.title, line.h1 if line.h1 != line.title else "")), language)
            body = vocabulary.learn(text or join((line.meta_description, slug)), language)
            titles.append(title)
            bodies.append(np.concatenate([title, [STOP], body]).astype(np.int32))
            running.append(body if linkable is None else closed_links(vocabulary.learn(linkable, language)))
            languages.append(language)
            has_text.append(bool(text))
        names = pd.DataFrame(
            {
                "url": known["url"].to_numpy(dtype=object),
                "title": lines["title"].to_numpy(dtype=object),
                "h1": lines["h1"].to_numpy(dtype=object),
                "slug": slugs,
                "language": languages,
                "has_text": np.array(has_text, dtype=np.bool_),
            }
        )
        return cls(pages, rows, names, Words.of(titles), Words.of(bodies), Words.of(running), vocabulary)


def _in_step(pages: list[int], stored: Iterator[tuple[Any, ...]]) -> Iterator[tuple[str, str | None]]:
    """Body text and linkable part of each page in turn, of ascending ids; nothing where none is kept."""
    here = next(stored, None)
    for page in pages:
        while here is not None and here[0] < page:
            here = next(stored, None)
        is_kept = here is not None and here[0] == page
        yield (here[1] or "", here[2]) if is_kept and here is not None else ("", None)


_CLOSED = -10
"""A closed word is this, less its number."""


def closed_links(numbers: Ints) -> Ints:
    """A text with the words between link marks closed: no phrase is found there until `opened` opens them."""
    inside = np.cumsum(numbers == LINK_OPENS) - np.cumsum(numbers == LINK_CLOSES) > 0
    return np.where(inside & (numbers >= 0), _CLOSED - numbers, numbers)


def with_links(numbers: Ints) -> Ints:
    """A text of `closed_links` as it is read, the words of its links among the others."""
    return np.where(numbers <= _CLOSED, _CLOSED - numbers, numbers)


def opened(numbers: Ints, anchors: list[Ints]) -> Ints:
    """A text as if its links with these anchors were not there, the words still standing.

    Parameters
    ----------
    numbers : int32 array
        Of `closed_links`.
    anchors : list of int32 arrays
        Words of the anchors, as the vocabulary numbers them.
    """
    wanted = {tuple(anchor.tolist()) for anchor in anchors}
    result = numbers.copy()
    begins, ends = np.flatnonzero(numbers == LINK_OPENS), np.flatnonzero(numbers == LINK_CLOSES)
    for begin, end in zip(begins.tolist(), ends.tolist(), strict=False):
        words = _CLOSED - numbers[begin + 1 : end]
        if tuple(words.tolist()) in wanted:
            # The marks go as well: what stood around the link is one text with it again.
            result[begin + 1 : end] = words
            result[[begin, end]] = _DROPPED
    return result[result != _DROPPED]


_DROPPED = np.iinfo(np.int32).min


def slug_words(url: str) -> str:
    """Words of an address's path, its ending left out.

    Examples
    --------
    >>> slug_words("https://shop.example/guides/how-to_pitch.html?x=1")
    'guides how to pitch'
    """
    return _SLUG.sub(" ", _FILE_ENDING.sub("", unquote(urlsplit(url).path))).strip()
