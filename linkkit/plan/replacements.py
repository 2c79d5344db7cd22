"""The live page that comes closest to an address that is gone, by the words of the address and of the links to it."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cached_property
from urllib.parse import unquote, urlsplit

import numpy as np

from linkkit.plan.pieces import Desk
from linkkit.sentence import sentence

CLOSE = 0.45
"""Likeness (cosine of words weighted by rarity, 0-1) from which a page may stand for another."""
_WORD = re.compile(r"[^\W_]+")
_STOP = frozenset("the a an and or of for to in on at by with your our html htm php aspx index www".split())


class Replacements:
    """Finds replacements on one site.

    Parameters
    ----------
    desk : Desk
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @cached_property
    def _index(self) -> tuple[dict[str, list[int]], dict[str, float], dict[int, float]]:
        """Pages of each word, the rarity of each word, the length of each page."""
        desk = self._desk
        pages = desk.audit.site.pages
        titles = pages["title"].fillna("").astype(str).to_numpy()
        words = {int(page): _words([_address(desk.urls[page]), titles[page]]) for page in self._eligible}
        holders: dict[str, list[int]] = defaultdict(list)
        for page, own in words.items():
            for word in own:
                holders[word].append(page)
        rarity = {word: math.log(1 + len(words) / len(pages)) for word, pages in holders.items()}
        length = {page: math.sqrt(sum(rarity[word] ** 2 for word in own)) for page, own in words.items()}
        return holders, rarity, length

    @cached_property
    def _eligible(self) -> list[int]:
        """Pages in reach that people look for: no legal or account pages."""
        m = self._desk.metrics
        fits = self._desk.live & m["crawl_depth"].notna().to_numpy() & (m["role"] == "").to_numpy()
        return [int(page) for page in np.flatnonzero(fits)]

    @cached_property
    def _by_path(self) -> dict[str, int]:
        return {urlsplit(self._desk.urls[page]).path: page for page in self._eligible}

    def closest(self, page: int, texts: Iterable[str] = ()) -> tuple[int, str] | None:
        """The page that may replace an address, and why; None where none comes close.

        Parameters
        ----------
        page : int
            Page id of the address.
        texts : iterable of str
            Words of links to it.
        """
        holders, rarity, length = self._index
        said = _words([_address(self._desk.urls[page]), *texts])
        # Words that no live page has weigh as much as the rarest: they are what is gone.
        most = max(rarity.values(), default=1.0)
        own = math.sqrt(sum(rarity.get(word, most) ** 2 for word in said))
        found: Counter[int] = Counter()
        for word in said:
            for other in holders.get(word, ()):
                found[other] += rarity[word] ** 2  # type: ignore[assignment]
        start = self._desk.audit.graph.start
        best = min(
            ((-value / (own * length[other]), other) for other, value in found.items() if other != start),
            default=None,
        )
        if best is not None and -best[0] >= CLOSE:
            return best[1], sentence("closest by the words of its address and of the links to it")
        return self._folder(page)

    def _folder(self, page: int) -> tuple[int, str] | None:
        """The nearest folder above an address that is a live page, the start page aside."""
        path = urlsplit(self._desk.urls[page]).path.rstrip("/")
        while path.count("/") > 1:
            path = path.rsplit("/", 1)[0]
            for address in (f"{path}/", path):
                above = self._by_path.get(address)
                if above is not None and above != self._desk.audit.graph.start:
                    return above, sentence("the folder above it; no page comes closer")
        return None


def _address(url: str) -> str:
    parts = urlsplit(url)
    return unquote(f"{parts.path} {parts.query}")


def _words(texts: Iterable[str]) -> frozenset[str]:
    found = (word for text in texts for word in _WORD.findall(text.lower()))
    # One and many of a thing are the same subject; both sides are cut alike, so that it harms no other language.
    cut = (word.removesuffix("s") if len(word) > 3 else word for word in found if word not in _STOP)
    return frozenset(word for word in cut if len(word) > 1)
