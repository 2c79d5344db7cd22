"""Better words for a link: what stands beside it already, else what its target is called."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import islice

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from linkkit.marks import LINK_END, LINK_START
from linkkit.site import Site
from linkkit.steps import step
from linkkit.text.anchors import GOOD_LINE
from linkkit.text.generic import normalise_anchor
from linkkit.text.kinds import POOR, is_reference
from linkkit.text.language import function_words
from linkkit.text.names import MAX_HOLDERS, is_descriptive, title_parts
from linkkit.text.stored import page_texts
from linkkit.text.words import is_character, is_word, token_spans, tokens

MAX_LETTERS, MAX_WORDS = 60, 8
"""An anchor longer than this is a sentence, not a name."""
MIN_WORDS = 2
"""Words of a part of a title that is looked for beside a link: one alone may be meant otherwise."""

_ASKED = ["normalised", "target_id", "anchor", "example_source"]
_USED = ["normalised", "target_id", "anchor", "source_pages"]
_SEVERAL, _NOBODY = -1, np.iinfo(np.int64).max

_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|(?<=[。！？।۔])|\n")
_IN_LINK = re.compile(f"{LINK_START}([^{LINK_END}]*){LINK_END}")
_LESS = re.compile(r"\s*[(\[].*$|[:;,.?!]\s.*$|\s+[\u2013\u2014-]\s.*$")

Ids = npt.NDArray[np.int64]


@dataclass(frozen=True)
class _Name:
    text: str
    normal: str
    because: str


@dataclass(frozen=True, eq=False)
class BetterAnchors:
    """Better words for links, made for those that somebody asks for: few of a site's texts are found fault with.

    Words that stand in the sentence of the link come first: making them the link changes nothing of the text. Then anchors
    that other pages use for the target, most used first, its h1, and the parts of its title. Names longer than
    `MAX_LETTERS` or `MAX_WORDS` are cut at their first pause, or passed over; so are words that are the name of another
    page, or an anchor used for one.

    Attributes
    ----------
    site : Site
        Its running text is read for the sentences.
    uses : DataFrame
        Anchors in use (`linkkit.metrics.anchors.anchor_uses`).
    judged : DataFrame, optional
        Those of them that were held against their targets (`linkkit.text.anchors.AnchorVerdicts.pairs`): only what fits its target
        names it then.
    languages : sequence of str
        ISO 639-1 code of each page, for function words; empty where unknown.
    """

    site: Site
    uses: pd.DataFrame
    judged: pd.DataFrame | None
    languages: Sequence[str]
    _known: dict[tuple[str, int], tuple[str, str] | None] = field(default_factory=dict)

    def of(self, normalised: Sequence[str], targets: Sequence[int]) -> list[tuple[str, str] | None]:
        """Suggestions for some texts and targets.

        Parameters
        ----------
        normalised : sequence of str
            Anchor texts (`linkkit.text.generic.normalise_anchor`).
        targets : sequence of int
            Page id that each of them leads to.

        Returns
        -------
        list of (better words, where they come from) or None
            None where nothing can be said.
        """
        keys = list(zip(normalised, targets, strict=True))
        fresh = {key for key in keys if key not in self._known}
        if fresh:
            self._known.update(dict.fromkeys(fresh) | self._made(fresh))
        return [self._known[key] for key in keys]

    @step("better anchors")
    def _made(self, keys: set[tuple[str, int]]) -> dict[tuple[str, int], tuple[str, str]]:
        targets = {target for _, target in keys}
        leads = self.uses["target_id"].isin(targets)
        is_name = leads & _is_name(self.uses)
        said = self.uses["normalised"].isin({text for text, _ in keys})
        # Of several rows of a text and target the first tells where it stands: in running text, if that was judged.
        asked = [
            self.uses.loc[leads & said & self.uses["kind"].isin(POOR), _ASKED],
            self.uses.loc[is_name & said, _ASKED],
        ]
        if self.judged is None:
            used = self.uses.loc[is_name, _USED].rename(columns={"source_pages": "sources"})
        else:
            pairs = self.judged[self.judged["target_id"].isin(targets)]
            used = pairs[_fits(pairs)]
            asked.insert(0, pairs.loc[~_fits(pairs) | (pairs["kind"] == "generic"), _ASKED])
        wanted = pd.concat(asked).drop_duplicates(["normalised", "target_id"])
        is_wanted = [key in keys for key in zip(wanted["normalised"].tolist(), wanted["target_id"].tolist(), strict=True)]  # fmt: skip
        wanted = wanted[np.array(is_wanted, dtype=bool)]
        namer = _Namer(self.site.pages[["title", "h1"]], used, [self._parts, self._texts], targets)
        sentences = _sentences(self.site, wanted)
        made: dict[tuple[str, int], tuple[str, str]] = {}
        waiting: list[tuple[str, int]] = []
        rows = list(zip(*(wanted[name].tolist() for name in _ASKED), strict=True))
        namer.look_up({target for _, target, anchor, source in rows if (source, anchor) in sentences})
        for normal, target, anchor, source in rows:
            sentence = sentences.get((source, anchor))
            if sentence and (
                found := _beside(sentence, namer.phrases(target, self.languages[source]), normal)
            ):
                made[normal, target] = (found, "stands beside the link")
            else:
                waiting.append((normal, target))
        # Most pages are called something of their own at once; a few must be asked for all they are called.
        for most in (2, 8, None):
            namer.look_up({target for _, target in waiting}, most)
            others = [
                next((name for name in namer.of(target) if name.normal != normal), None)
                for normal, target in waiting
            ]
            made |= {
                key: (name.text, name.because) for key, name in zip(waiting, others, strict=True) if name
            }
            waiting = [key for key, name in zip(waiting, others, strict=True) if not name]
        return made

    @cached_property
    def _parts(self) -> "_Holders":
        """Parts of titles and h1s, normalised, with the pages that have them."""
        titles, h1s = (self.site.pages[name].fillna("").astype("str").tolist() for name in ("title", "h1"))
        parts: list[str] = []
        pages: list[int] = []
        for page, both in enumerate(zip(titles, h1s, strict=True)):
            own = {normalise_anchor(part) for text in set(both) for part in title_parts(text)} - {""}
            parts += own
            pages += [page] * len(own)
        return _Holders(pd.Series(parts, dtype="str"), np.array(pages, dtype=np.int64))

    @cached_property
    def _texts(self) -> "_Holders":
        """Good anchors in use, with the pages they lead to."""
        own = ["normalised", "target_id"]
        names = (
            self.uses.loc[_is_name(self.uses), own]
            if self.judged is None
            else self.judged.loc[_fits(self.judged), own]
        )
        return _Holders(names["normalised"], names["target_id"].to_numpy(dtype=np.int64))


def _is_name(uses: pd.DataFrame) -> pd.Series:
    return uses["in_content"] & (uses["kind"] == "descriptive")


def _fits(pairs: pd.DataFrame) -> pd.Series:
    return (pairs["score"] >= GOOD_LINE) | pairs["is_exact"]


class _Holders:
    """Which page each text stands for, if it is one."""

    def __init__(self, texts: pd.Series, pages: Ids) -> None:
        each = pa.array(texts).cast(pa.large_string()).dictionary_encode()
        self._texts, self._number, self._pages = each.dictionary, each.indices.to_numpy(), pages

    def of(self, texts: list[str]) -> tuple[Ids, Ids, Ids]:
        """Lowest and highest page of each text (`_NOBODY` and -1 where there is none), and how many times it is held."""
        place = pc.index_in(self._texts, value_set=pa.array(texts, pa.large_string())).fill_null(-1)
        asked = place.to_numpy()[self._number]
        held = np.flatnonzero(asked >= 0)
        code, pages = asked[held].astype(np.int64), self._pages[held]
        lowest, highest = (
            np.full(len(texts), _NOBODY, dtype=np.int64),
            np.full(len(texts), -1, dtype=np.int64),
        )
        np.minimum.at(lowest, code, pages)
        np.maximum.at(highest, code, pages)
        return lowest, highest, np.bincount(code, minlength=len(texts)).astype(np.int64)


class _Namer:
    """What some pages can be called without being taken for another."""

    def __init__(
        self, names: pd.DataFrame, used: pd.DataFrame, holders: list[_Holders], asked: set[int]
    ) -> None:
        own = names.loc[sorted(asked)].fillna("").astype("str")
        self._titles = dict(
            zip(own.index.tolist(), zip(own["title"].tolist(), own["h1"].tolist(), strict=True), strict=True)
        )
        self._used: dict[int, list[tuple[int, str]]] = defaultdict(list)
        mine = used.groupby(["normalised", "target_id"], as_index=False).agg(
            anchor=("anchor", "first"), sources=("sources", "sum")
        )
        for anchor, target, sources in zip(
            mine["anchor"].tolist(), mine["target_id"].tolist(), mine["sources"].tolist(), strict=True
        ):
            self._used[target].append((-sources, anchor))
        self._holders = holders
        self._more = {target: self._every(target) for target in asked}
        self._found: dict[int, dict[str, _Name]] = {target: {} for target in asked}
        # Each text's one page, else `_NOBODY` or `_SEVERAL`.
        self._owner: dict[str, int] = {}
        self._common: set[str] = set()

    def look_up(self, targets: set[int], most: int | None = None) -> None:
        """Find out which of the next texts that may name these pages do; of all of them, and the parts of titles, without `most`."""
        texts = [(target, *text) for target in targets for text in islice(self._more[target], most)]
        asked = {normal for _, _, normal, _ in texts}
        if most is None:
            asked |= {
                normalise_anchor(part)
                for target in targets
                for text in self._titles[target]
                for part in title_parts(text)
            }
        told = sorted(asked - self._owner.keys())
        (lowest, highest, count), (first, last, _) = (each.of(told) for each in self._holders)
        lowest, highest = np.minimum(lowest, first), np.maximum(highest, last)
        self._owner |= {
            text: low if low == high else _NOBODY if high < 0 else _SEVERAL
            for text, low, high in zip(told, lowest.tolist(), highest.tolist(), strict=True)
        }
        self._common |= {told[place] for place in np.flatnonzero(count > MAX_HOLDERS).tolist()}
        for target, text, normal, because in texts:
            # What was cut short may be nobody's yet.
            if self._owner[normal] in {target, _NOBODY} and normal not in self._common:
                self._found[target].setdefault(normal, _Name(text, normal, because))

    def of(self, target: int) -> Iterable[_Name]:
        """Names of a page that are nobody else's, as far as they were looked up; best first, each once."""
        return self._found[target].values()

    def phrases(self, target: int, language: str) -> list[str]:
        """Names of a page, and runs of words of its title and h1, that can be looked for in a sentence; the longest first."""
        little = function_words().get(language, frozenset())
        found = {name.text.casefold(): None for name in self.of(target)}
        for text in self._titles.get(target, ("", "")):
            for part in title_parts(text):
                if normalise_anchor(part) not in self._common:
                    found |= dict.fromkeys(_runs(part, little))
        return sorted(found, key=lambda phrase: (-len(phrase), phrase))

    def _every(self, target: int) -> Iterator[tuple[str, str, str]]:
        """Every text that may name a page, as an anchor, normalised, and where it comes from; best first."""
        title, h1 = self._titles[target]
        used = sorted(self._used.get(target, ()))
        for less, anchor in used:
            if -less > 1 and (fitting := _fitting(anchor)):
                yield fitting, normalise_anchor(fitting), f"{-less:,} pages use it"
        for what, text in (("heading", h1), ("title", title)):
            parts = title_parts(text)
            # The whole first, if it is no longer than a name; brands and the like go with the parts.
            for part in parts[1:] + parts[:1] if len(parts) > 1 else parts:
                if fitting := _fitting(part):
                    yield fitting, normalise_anchor(fitting), f"from its {what}"
        for _, anchor in used:
            if fitting := _fitting(anchor):
                yield fitting, normalise_anchor(fitting), "a page uses it"


@lru_cache(maxsize=1 << 14)
def _fitting(text: str) -> str:
    """A text as an anchor, cut at its first pause if it is too long; empty where it is no name."""
    plain = " ".join(text.split()).strip(" .,:;!|\u2013\u2014-»›→")
    candidate = plain if _is_short(plain) else _LESS.sub("", plain)
    good = (
        _is_short(candidate) and is_descriptive(candidate) and not is_reference(normalise_anchor(candidate))
    )
    return candidate if good else ""


def _is_short(text: str) -> bool:
    return len(text) <= MAX_LETTERS and (
        sum(is_word(token) and not is_character(token) for token in tokens(text)) <= MAX_WORDS
    )


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
