"""Verdict on every editorial anchor text: does it say what its target is about?

The line below which an anchor is called weak comes from the site itself: the same anchors shuffled over its pages. Weak is
what fits its target hardly better than a page drawn at random. "Weak" asks for a second look; an anchor is called irrelevant only where its words fit another page of the site.
"""

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from linkkit.site import Site
from linkkit.steps import step
from linkkit.text.contextual import SiteLinks
from linkkit.text.corpus import Corpus
from linkkit.text.fit import AnchorFit, AnchorTexts, Floats, Rows, content_terms, heading_lines
from linkkit.text.generic import normalise_anchor
from linkkit.text.kinds import classify_anchors, is_reference
from linkkit.text.language import function_words
from linkkit.text.names import MAX_HOLDERS, title_parts
from linkkit.text.site_words import SiteWords
from linkkit.text.stored import page_texts
from linkkit.text.words import is_word, tokens

EXACT, PARTIAL, DESCRIPTIVE = "exact title", "partial title", "descriptive"
REFERENCE, REVIEW, WEAK, IRRELEVANT = "numeric reference", "review", "weak - review", "irrelevant"
GENERIC, ADDRESS, EMPTY, PAGINATION = "generic", "address", "empty", "page number"
UNJUDGED = "not judged"
VERDICTS = (
    EXACT, PARTIAL, DESCRIPTIVE, REFERENCE, PAGINATION, REVIEW, WEAK, IRRELEVANT, GENERIC, ADDRESS, EMPTY, UNJUDGED,
)  # fmt: skip
"""In the order in which they are shown: what names its target first."""
GOOD = (EXACT, PARTIAL, DESCRIPTIVE)

DEFAULT_LINE, GOOD_LINE = 0.2, 0.5
"""Scores below which an anchor is weak where a site has too few pairs of its own, and from which on it is good."""
MIN_PAIRS = 50
"""Fewer true pairs than this place no line."""
MIN_AUC = 0.75
"""A site on which the score tells true from shuffled pairs less often than this is not judged by it."""
SHUFFLES, MAX_TRUE = 5, 20_000
"""Shuffled pairs per true one, and true pairs that are shuffled at most."""
PARTIAL_SHARE = 0.5
"""An anchor is a part of the title if at least this share of what it says is in title, h1 or address."""
IRRELEVANT_BELOW, FITS_ELSEWHERE, NAMED_ELSEWHERE, _ELSEWHERE = 0.1, 0.8, 0.8, 5
"""An anchor is irrelevant if it scores below the first, and another page above the second whose title, h1 or address hold this
share of what it says; of so many nearest pages."""

PAIRS: dict[str, str] = {
    "normalised": "str",
    "target_id": "int64",
    "anchor": "str",
    "language": "str",
    "kind": "str",
    "score": "float64",
    "title_share": "float64",
    "is_exact": "bool",
    "sources": "int64",
    "example_source": "int64",
    "other_id": "float64",
    "other_score": "float64",
    "words": "object",
}
"""Columns of `AnchorVerdicts.pairs`, with their pandas types."""


@dataclass(frozen=True, eq=False)
class Calibration:
    """What the scores of a site's own pairs, true and shuffled, say about a line between them.

    Attributes
    ----------
    true, shuffled : float arrays, ascending
        Scores (0-1) of the site's own (anchor, target) pairs, and of the same anchors with other targets.
    """

    true: Floats = field(default_factory=lambda: np.empty(0))
    shuffled: Floats = field(default_factory=lambda: np.empty(0))

    @property
    def is_own(self) -> bool:
        """Whether the site has enough pairs to place the line itself."""
        return len(self.true) >= MIN_PAIRS and len(self.shuffled) >= MIN_PAIRS

    @property
    def auc(self) -> float:
        """Chance that a true pair scores above a shuffled one, ties half; NaN without pairs."""
        if not len(self.true) or not len(self.shuffled):
            return float("nan")
        below = np.searchsorted(self.shuffled, self.true, side="left")
        upto = np.searchsorted(self.shuffled, self.true, side="right")
        return float((below + upto).mean() / 2 / len(self.shuffled))

    @property
    def tells(self) -> bool:
        """Whether the score can be used on this site: too few pairs, or it tells them apart (`MIN_AUC`)."""
        return not self.is_own or self.auc >= MIN_AUC

    def line(self, caught: float) -> float:
        """Score below which an anchor is weak: below it lies this share (0-1) of the shuffled pairs; `DEFAULT_LINE` without.

        Never above `GOOD_LINE`. A chatty site has many links below it, a plain one few: the line does not give way to them.
        """
        if not self.is_own:
            return DEFAULT_LINE
        place = min(int(np.ceil(caught * len(self.shuffled))), len(self.shuffled) - 1)
        return float(min(GOOD_LINE, self.shuffled[place]))

    def rank(self, scores: Floats) -> Floats:
        """Share of shuffled pairs that fit worse than each score, 0-1; NaN where the site has too few."""
        if not self.is_own:
            return np.full(len(scores), np.nan)
        rank = np.searchsorted(self.shuffled, scores, side="left") / len(self.shuffled)
        return np.asarray(np.where(np.isnan(scores), np.nan, rank))

    def rates(self, line: float) -> tuple[float, float]:
        """Share of true pairs below a line (false alarms, at most: some are weak indeed), and of shuffled ones (caught)."""
        if not len(self.true) or not len(self.shuffled):
            return float("nan"), float("nan")
        return tuple(  # type: ignore[return-value]
            float(np.searchsorted(scores, line, side="left") / len(scores))
            for scores in (self.true, self.shuffled)
        )


@dataclass(frozen=True, eq=False)
class AnchorVerdicts:
    """Editorial anchors held against their targets; independent of thresholds.

    Attributes
    ----------
    pairs : DataFrame
        One row per normalised text and target of a link in running text: ``normalised``, ``target_id`` (page id),
        ``anchor`` (as first written), ``language`` (of the source), ``kind`` (``empty``, ``url``, ``generic``, ``pagination``,
        ``reference`` or ``descriptive``), ``score`` (0-1; NaN where kind says enough, or the target has no text),
        ``title_share`` (0-1 of what it says that is in title, h1 or address), ``is_exact`` (the title, or a part of it),
        ``sources`` (distinct pages), ``example_source`` (lowest page id), ``other_id`` (page that the words fit, where they do not
        fit the target; NaN else), ``other_score``, ``words`` (frozenset of its content words' numbers, parts of compounds
        included). Sorted by target and text.
    calibration : Calibration
    """

    pairs: pd.DataFrame
    calibration: Calibration

    def verdicts(self, caught: float) -> pd.Series:
        """Verdict of each pair (`VERDICTS`) where the line must catch this share of shuffled pairs (`Calibration.line`)."""
        pairs, line = self.pairs, self.calibration.line(caught)
        score = pairs["score"]
        verdict = pd.Series(DESCRIPTIVE, index=pairs.index, dtype="str")
        verdict[pairs["title_share"] >= PARTIAL_SHARE] = PARTIAL
        if self.calibration.tells:
            verdict[score < GOOD_LINE] = REVIEW
            verdict[score < line] = WEAK
            verdict[pairs["other_id"].notna() & (score < IRRELEVANT_BELOW)] = IRRELEVANT
        verdict[score.isna()] = UNJUDGED
        names = {
            "generic": GENERIC,
            "reference": REFERENCE,
            "pagination": PAGINATION,
            "url": ADDRESS,
            "empty": EMPTY,
        }
        for kind, name in names.items():
            verdict[pairs["kind"] == kind] = name
        # Even "Details" or "12" is a name where the page is called so.
        verdict[pairs["is_exact"]] = EXACT
        return verdict


@step("anchor verdicts")
def judge_anchors(site: Site, words: SiteWords, *, seed: int = 0) -> AnchorVerdicts:
    """Hold every editorial anchor of a site against its target, and shuffle them to see what the scores are worth.

    Parameters
    ----------
    site : Site
    words : SiteWords
        Of the same site.
    seed : int
        Of the shuffling.
    """
    corpus = words.corpus
    pairs = _pairs(corpus, words.links)
    if pairs.empty:
        return AnchorVerdicts(_typed(pairs, corpus), Calibration())
    headings = heading_lines(page_texts(site, "headings"), corpus)
    texts = AnchorTexts.of(_texts(pairs, corpus), corpus)
    fit = AnchorFit(words, headings, texts)
    target = pairs["target"].to_numpy(dtype=np.int64)
    text = _numbers(pairs, texts, corpus)
    features = fit.features(text, target, pairs["sources"].to_numpy(dtype=np.int64))
    scores = fit.chance(features)
    is_judged = (
        pairs["kind"].isin(["descriptive", "reference"])
        & corpus.names["has_text"].to_numpy(dtype=bool)[target]
    ).to_numpy()
    hollow = [
        _says_nothing(anchor, language)
        for anchor, language in zip(pairs["anchor"].tolist(), pairs["language"].tolist(), strict=True)
    ]
    # Function words are names as well where the page is about them: a manual's "in" and "from".
    pairs.loc[is_judged & np.array(hollow) & (scores < GOOD_LINE), "kind"] = "generic"
    is_judged = is_judged & (pairs["kind"] != "generic").to_numpy()
    pairs["score"] = np.where(is_judged, scores, np.nan)
    pairs["title_share"] = features[:, 0]
    pairs["is_exact"] = _exact(pairs, corpus)
    sound = np.flatnonzero(is_judged & (pairs["kind"] == "descriptive").to_numpy())
    calibration = _calibrate(fit, corpus, text[sound], target[sound], scores[sound], seed)
    unfit = np.flatnonzero(is_judged & (scores < IRRELEVANT_BELOW) & ~pairs["is_exact"].to_numpy())
    other, other_score = _elsewhere(fit, corpus, text[unfit], target[unfit])
    pairs["other_id"], pairs["other_score"] = np.nan, np.nan
    pairs.loc[pairs.index[unfit], "other_id"] = other
    pairs.loc[pairs.index[unfit], "other_score"] = other_score
    pairs["words"] = _content_words(pairs, texts, corpus, text)
    return AnchorVerdicts(_typed(pairs, corpus), calibration)


def _content_words(pairs: pd.DataFrame, texts: AnchorTexts, corpus: Corpus, text: Rows) -> pd.Series:
    """Words of each anchor, and pairs of characters, without function words; all where there are no others."""
    rows, keys = content_terms(texts, corpus)
    order = np.argsort(rows, kind="stable")
    ends = np.searchsorted(rows[order], np.arange(len(texts) + 1))
    own = [frozenset(keys[order[begin:end]].tolist()) for begin, end in pairwise(ends.tolist())]
    return pd.Series([own[each] for each in text.tolist()], index=pairs.index, dtype=object)


def _pairs(corpus: Corpus, links: SiteLinks) -> pd.DataFrame:
    uses = links.uses[links.uses["anchor_id"] >= 0]
    anchor = uses["anchor_id"].map(links.anchors).astype("str")
    normal = {text: normalise_anchor(text) for text in anchor.unique()}
    languages = corpus.names["language"].to_numpy(dtype=object)
    uses = uses.assign(
        anchor=anchor, normalised=anchor.map(normal), language=languages[uses["source"].to_numpy()]
    )
    # Symbols alone normalise to nothing as well, but are not empty.
    uses["is_empty"] = uses["anchor"] == ""
    pairs = (
        uses.groupby(["target", "normalised", "is_empty"], sort=True)
        .agg(
            anchor=("anchor", "first"),
            language=("language", "first"),
            sources=("source", "nunique"),
            example=("source", "min"),
        )
        .reset_index()
    )
    pairs["kind"] = classify_anchors(pairs) if len(pairs) else pd.Series(dtype="str")
    plain = pairs["kind"] == "descriptive"
    pairs.loc[plain & pairs["normalised"].map(is_reference).astype(bool), "kind"] = "reference"
    return pairs


def _says_nothing(text: str, language: str) -> bool:
    """Whether a text is made of function words alone; a word in capitals (IT, US) is a name."""
    known = function_words().get(language)
    words = [token for token in tokens(text) if is_word(token)]
    return bool(
        known
        and words
        and not text.endswith("()")
        and all(word.casefold() in known and not (len(word) > 1 and word.isupper()) for word in words)
    )


def _texts(pairs: pd.DataFrame, corpus: Corpus) -> pd.DataFrame:
    languages = corpus.names["language"].to_numpy(dtype=object)[pairs["target"].to_numpy()]
    table = pairs[["anchor", "normalised"]].assign(language=languages)
    return table.drop_duplicates(["normalised", "language"], ignore_index=True)


def _numbers(pairs: pd.DataFrame, texts: AnchorTexts, corpus: Corpus) -> Rows:
    table = texts.table
    number = {
        key: place
        for place, key in enumerate(
            zip(table["normalised"].tolist(), table["language"].tolist(), strict=True)
        )
    }
    languages = corpus.names["language"].to_numpy(dtype=object)[pairs["target"].to_numpy()]
    return np.array(
        [number[key] for key in zip(pairs["normalised"].tolist(), languages, strict=True)], dtype=np.int64
    )


def _exact(pairs: pd.DataFrame, corpus: Corpus) -> npt.NDArray[np.bool_]:
    """Whether each anchor is its target's title or h1, or a part of it that is not on many pages."""
    names = corpus.names
    parts = [
        {normalise_anchor(part) for text in (title, h1) for part in (*title_parts(text), text)} - {""}
        for title, h1 in zip(names["title"].tolist(), names["h1"].tolist(), strict=True)
    ]
    shared = pd.Series([part for own in parts for part in own]).value_counts()
    common = frozenset(shared.index[shared > MAX_HOLDERS])
    return np.array(
        [
            text in parts[target] and text not in common
            for text, target in zip(pairs["normalised"].tolist(), pairs["target"].tolist(), strict=True)
        ],
        dtype=np.bool_,
    )


def _calibrate(
    fit: AnchorFit, corpus: Corpus, text: Rows, target: Rows, scores: Floats, seed: int
) -> Calibration:
    """Scores of true pairs, and of their anchors with other linked pages of the target's language."""
    chance = np.random.default_rng(seed)
    chosen = np.arange(len(text))
    if len(chosen) > MAX_TRUE:
        chosen = np.sort(chance.choice(chosen, MAX_TRUE, replace=False))
    group = pd.factorize(corpus.names["language"])[0]
    known = np.unique(text * len(corpus) + target)
    texts, targets = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
    for each in np.unique(group[target]).tolist():
        own = chosen[group[target[chosen]] == each]
        pool = target[group[target] == each]
        other = chance.choice(pool, (len(own), SHUFFLES)).ravel()
        again = np.repeat(text[own], SHUFFLES)
        free = ~np.isin(again * len(corpus) + other, known)
        texts.append(again[free])
        targets.append(other[free])
    shuffled = np.concatenate(texts), np.concatenate(targets)
    features = fit.features(*shuffled, np.zeros(len(shuffled[0]), dtype=np.int64))
    return Calibration(np.sort(scores), np.sort(fit.chance(features)))


def _elsewhere(fit: AnchorFit, corpus: Corpus, text: Rows, target: Rows) -> tuple[Floats, Floats]:
    """Page id and score of the page that fits each anchor best, where one does (`FITS_ELSEWHERE`); NaN else."""
    best, best_score = np.full(len(text), np.nan), np.full(len(text), np.nan)
    if not len(text):
        return best, best_score
    place, row = fit.nearest_pages(text, _ELSEWHERE)
    kept = row != target[place]
    place, row = place[kept], row[kept]
    features = fit.features(text[place], row, np.zeros(len(place), dtype=np.int64))
    scores = fit.chance(features)
    order = np.lexsort((row, -scores, place))
    order = order[(scores[order] > FITS_ELSEWHERE) & (features[order, 0] >= NAMED_ELSEWHERE)]
    firsts = order[np.unique(place[order], return_index=True)[1]]
    best[place[firsts]] = corpus.pages[row[firsts]]
    best_score[place[firsts]] = scores[firsts]
    return best, best_score


def _typed(pairs: pd.DataFrame, corpus: Corpus) -> pd.DataFrame:
    if pairs.empty:
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in PAIRS.items()})
    known = pairs.assign(
        target_id=corpus.pages[pairs["target"].to_numpy()],
        example_source=corpus.pages[pairs["example"].to_numpy()],
    )
    return known[list(PAIRS)].astype(PAIRS).reset_index(drop=True)
