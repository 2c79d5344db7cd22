"""Chapter anchors: does the text of a link say what it leads to?"""

import re

import numpy as np
import pandas as pd

from linkkit.checks.found import Rows
from linkkit.checks.registry import Facts, check, kept
from linkkit.metrics.anchors import anchor_mix
from linkkit.schema import Severity
from linkkit.text.anchors import DEFAULT_LINE, IRRELEVANT, WEAK, AnchorVerdicts
from linkkit.text.generic import normalise_anchor
from linkkit.thresholds import Thresholds
from linkkit.wording import percent

# Scripts written without spaces: each character stands for a word.
_WORD = re.compile(
    r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]|[^\W_\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]+"
)
_ALT = "Give the link a text; for an image, an alt text that names the target."
_WORDS = "Use words that name the target, such as its title or subject."
_ADDRESS = "Replace the address by words that name the target."
_APART = "Keep the words for one page and describe the others by what sets them apart."
_NAMED = "Point the link at the page it names, or name the page it leads to."
_REVIEW = "Read the sentence. Where the words do not say what the target is about, name it."
_STOP_WORDS = frozenset(
    "the a an of and or to in on for at by with how our your is are we it as from".split()
)


@check(
    id="empty-anchor",
    chapter="anchors",
    severity=Severity.MEDIUM,
    unit="linking pages",
    needs_anchors=True,
    title="Links without any text",
    why="Neither a search engine nor a screen reader learns what the link leads to (WCAG 2.4.4).",
    fix=_ALT,
)
def empty_anchors(facts: Facts, t: Thresholds) -> Rows:
    """Links without an accessible name, anywhere on the page; value = linking pages."""
    uses = facts.anchor_uses
    return _by_target(facts, uses[uses["anchor"] == ""], _ALT)


@check(
    id="generic-anchor",
    chapter="anchors",
    severity=Severity.MEDIUM,
    unit="linking pages",
    needs_anchors=True,
    title="Links whose text could lead anywhere",
    why='"Read more" tells a search engine nothing about the target; the words of an internal link are the cheapest '
    "way to say what a page is about.",
    fix=_WORDS,
)
def generic_anchors(facts: Facts, t: Thresholds) -> Rows:
    """Links whose whole text is in the generic list of the page's language, unless the target is called so; value = linking pages."""
    uses = facts.anchor_uses
    found = uses[uses["kind"] == "generic"]
    titles = facts.pages[["title", "h1"]].fillna("").astype(str)
    own = [
        text in {normalise_anchor(str(name)) for name in titles.loc[target]}
        for text, target in zip(found["normalised"].tolist(), found["target_id"].tolist(), strict=True)
    ]
    return _by_target(facts, found[~np.array(own, dtype=bool)], _WORDS)


@check(
    id="url-anchor",
    chapter="anchors",
    severity=Severity.LOW,
    unit="linking pages",
    needs_anchors=True,
    title="Links whose text is an address",
    why="A bare address is hard to read and carries few words that describe the page.",
    fix=_ADDRESS,
)
def url_anchors(facts: Facts, t: Thresholds) -> Rows:
    """Links whose text is a URL; value = linking pages."""
    uses = facts.anchor_uses
    return _by_target(facts, uses[uses["kind"] == "url"], _ADDRESS)


@check(
    id="ambiguous-anchor",
    chapter="anchors",
    severity=Severity.MEDIUM,
    unit="targets",
    needs_anchors=True,
    thresholds=("ambiguous_anchor_targets",),
    title="One link text for several pages",
    why="The same words point to different pages, so the pages compete for them, and readers cannot tell them apart.",
    fix=_APART,
)
def ambiguous_anchors(facts: Facts, t: Thresholds) -> Rows:
    """Content anchors used for several targets; one row per text, value = number of targets."""
    several = _texts_of_several(facts)
    rows = several[several["value"] >= t.ambiguous_anchor_targets].reset_index(drop=True)

    def fix(some: pd.DataFrame) -> list[str]:
        others = some.assign(target_id=some["related"])
        return _fixes(facts, others, _APART, "Suggested for the other page")

    def evidence(some: pd.DataFrame) -> list[str]:
        return [
            f"{_quoted(text)} leads to {count} pages"
            for text, count in zip(some["anchor"].tolist(), some["value"].tolist(), strict=True)
        ]

    return Rows(rows, evidence=evidence, fix=fix)


@kept
def _texts_of_several(facts: Facts) -> pd.DataFrame:
    """Content anchors that lead to more than one page: ``normalised``, ``page`` (most linked), ``related`` (next), ``value`` (pages), ``anchor``."""
    uses = _descriptive(facts)
    # Texts by number: a large site has ten million rows of them.
    code, texts = pd.factorize(uses["normalised"])
    rows = pd.DataFrame({"code": code, "target_id": uses["target_id"].to_numpy(), "pages": uses["source_pages"].to_numpy()})  # fmt: skip
    pairs = rows.groupby(["code", "target_id"], sort=False)["pages"].sum().reset_index()
    pairs = pairs[pairs.groupby("code")["target_id"].transform("size") > 1]
    pairs = pairs.sort_values(["code", "pages", "target_id"], ascending=[True, False, True])
    several = pairs.groupby("code")["target_id"]
    firsts = pd.DataFrame(
        {"page": several.first(), "related": several.nth(1).to_numpy(), "value": several.size()}
    )
    # Texts are numbered as they come: the first use of each is in their order.
    written = np.flatnonzero(~pd.Series(code).duplicated())
    chosen = firsts.index.to_numpy()
    return firsts.assign(
        normalised=texts.take(chosen).to_numpy(), anchor=uses["anchor"].take(written[chosen]).to_numpy()
    ).sort_values("normalised")


@check(
    id="misleading-anchor",
    chapter="anchors",
    severity=Severity.MEDIUM,
    unit="linking pages",
    needs_anchors=True,
    title="Links whose text names another page",
    why="The words promise one page and lead to another: they strengthen the wrong one, and readers feel cheated.",
    fix=_NAMED,
)
def misleading_anchors(facts: Facts, t: Thresholds) -> Rows:
    """Content anchors that name another page than their target; value = linking pages.

    Such a text is another page's title or h1 and shares no word with the target's; or, where the pages' text is known, it fits
    the target badly and another page well, whose title, h1 or address say it (`linkkit.text.anchors.IRRELEVANT`).
    """
    chosen, named = _names_of_others(facts)
    meant = chosen["normalised"].map(named)
    rest = _irrelevant(facts, chosen, t)
    urls = facts.pages["url"]
    rows = pd.concat([chosen.assign(meant=meant), rest])
    said = [
        f"{_quoted(text)} is the name of {urls[int(page)]}"
        if normal in named
        else f"{_quoted(text)} fits {urls[int(page)]}"
        for text, normal, page in zip(
            rows["anchor"].tolist(), rows["normalised"].tolist(), rows["meant"].tolist(), strict=True
        )
    ]
    return _by_target(facts, rows.assign(said=said), _NAMED)


@kept
def _names_of_others(facts: Facts) -> tuple[pd.DataFrame, dict[str, int]]:
    """Uses whose text is another page's name and shares no word with the target's; and the page of each name."""
    uses = _descriptive(facts)
    alive = facts.pages[facts.pages["is_indexable"]]
    named: dict[str, int] = {}
    for column in ("h1", "title"):
        told = alive[column].dropna()
        for page, text in zip(told.index.tolist(), told.tolist(), strict=True):
            named.setdefault(normalise_anchor(text), int(page))
    named.pop("", None)
    other = uses["normalised"].map(named)
    candidates = uses[other.notna() & (other != uses["target_id"])]
    own = (facts.pages["title"].fillna("") + " " + facts.pages["h1"].fillna("")).to_dict()

    def are_apart(said: frozenset[str], meant: frozenset[str]) -> bool:
        # A target without a title (a PDF) or a name of stop words alone contradicts nothing.
        return bool(said and meant) and said.isdisjoint(meant)

    apart = pd.Series(
        [
            are_apart(_words(text), _words(own[target]))
            for text, target in zip(
                candidates["normalised"].tolist(), candidates["target_id"].tolist(), strict=True
            )
        ],
        index=candidates.index,
        dtype=bool,
    )
    return candidates[apart], named


def _irrelevant(facts: Facts, known: pd.DataFrame, t: Thresholds) -> pd.DataFrame:
    """Pairs judged irrelevant that are not among the known ones, as uses, with the page ``meant``."""
    columns = [*known.columns, "meant"]
    if facts.anchors is None:
        return pd.DataFrame(columns=columns)
    pairs = facts.anchors.pairs[facts.anchors.verdicts(t.weak_anchor_caught) == IRRELEVANT]
    told = set(zip(known["normalised"], known["target_id"], strict=True))
    fresh = [key not in told for key in zip(pairs["normalised"], pairs["target_id"].tolist(), strict=True)]
    rows = pairs[np.array(fresh, dtype=bool)].rename(columns={"other_id": "meant", "sources": "source_pages"})
    return rows.assign(is_image=False).reindex(columns=columns)


@check(
    id="weak-anchor",
    chapter="anchors",
    severity=Severity.LOW,
    unit="share",
    needs_anchors=True,
    needs_text=True,
    thresholds=("weak_anchor_caught",),
    title="Links whose words hardly fit their target (weak - review)",
    why="Neither title, headings nor text of the target say what the link says, nor do other links to it: searchers and search "
    "engines learn nothing of the target. A free turn of phrase may be fine; that is for a reader to judge.",
    fix=_REVIEW,
)
def weak_anchors(facts: Facts, t: Thresholds) -> Rows:
    """Anchors in running text that fit their target hardly better than shuffled ones do; one row per text and target.

    Value = share of shuffled pairs that fit worse (0-1); missing where the site has too few links to place the line itself, which
    then is `linkkit.text.anchors.DEFAULT_LINE`. Texts that name another page are left to misleading-anchor.
    """
    judged = facts.anchors
    assert judged is not None, "needs_text"  # noqa: S101 - what run_check has made sure of
    rows = judged.pairs[judged.verdicts(t.weak_anchor_caught) == WEAK]
    evidence = [
        f"{_quoted(text)} on {sources:,} {'page' if sources == 1 else 'pages'}; {_how_weak(judged, rank, score)}"
        for text, sources, rank, score in zip(
            rows["anchor"],
            rows["sources"],
            judged.calibration.rank(rows["score"].to_numpy()),
            rows["score"],
            strict=True,
        )
    ]
    found = rows.assign(
        page=rows["target_id"],
        related=rows["example_source"],
        value=judged.calibration.rank(rows["score"].to_numpy()),
        evidence=evidence,
    )
    return Rows(found, fix=lambda some: _fixes(facts, some, _REVIEW))


def _how_weak(judged: AnchorVerdicts, rank: float, score: float) -> str:
    if judged.calibration.is_own:
        return f"fits better than {percent(rank)} of anchors drawn at random"
    return f"score {score:.2f}, below {DEFAULT_LINE:g}: this site has too few links in running text to place the line itself"


@check(
    id="anchor-monotony",
    chapter="anchors",
    severity=Severity.INFO,
    unit="linking pages",
    needs_anchors=True,
    needs_text=True,
    thresholds=("single_anchor_pages",),
    title="One text in every link to a page",
    why="All links say the same: the page is found for one wording where readers have several. Nothing is wrong with "
    "consistent names, so this only asks for variety where many links point at one page.",
    fix="Where the sentence allows, name the page by other words that readers use for it.",
)
def anchor_monotony(facts: Facts, t: Thresholds) -> pd.DataFrame:
    """Targets that many pages link to in running text, all with the same words; value = linking pages."""
    mix = _mix(facts, t)
    rows = mix[(mix["anchors"] == 1) & (mix["pages"] >= t.single_anchor_pages)]
    return pd.DataFrame(
        {
            "page": rows["target_id"],
            "value": rows["pages"],
            "evidence": [f"{_quoted(text)} in all of them" for text in rows["top_anchor"]],
        }
    )


@check(
    id="anchor-variety",
    chapter="anchors",
    severity=Severity.LOW,
    unit="wordings",
    needs_anchors=True,
    needs_text=True,
    thresholds=("max_anchor_wordings",),
    title="A page that goes by many unrelated names",
    why="Links to it share no word, so that none of its subjects is said clearly: it may serve too many of them.",
    fix="Choose the subject the page should be found for, and let most links say it; give another subject a page of its own.",
)
def anchor_variety(facts: Facts, t: Thresholds) -> pd.DataFrame:
    """Targets whose good anchors fall into many groups without a word in common; value = groups."""
    mix = _mix(facts, t)
    rows = mix[mix["wordings"] > t.max_anchor_wordings]
    judged = facts.anchors
    pairs = (
        judged.pairs if judged is not None and len(rows) else pd.DataFrame({"target_id": [], "anchor": []})
    )
    texts = {int(str(page)): list(own) for page, own in pairs.groupby("target_id")["anchor"]}
    return pd.DataFrame(
        {
            "page": rows["target_id"],
            "value": rows["wordings"],
            "evidence": [
                f"{count:,} texts, such as {', '.join(map(_quoted, texts[page][:4]))}"
                for page, count in zip(rows["target_id"].tolist(), rows["anchors"].tolist(), strict=True)
            ],
        }
    )


def _mix(facts: Facts, t: Thresholds) -> pd.DataFrame:
    assert facts.anchors is not None, "needs_text"  # noqa: S101 - what run_check has made sure of
    return anchor_mix(facts.anchors, facts.anchors.verdicts(t.weak_anchor_caught))


def _fixes(facts: Facts, rows: pd.DataFrame, otherwise: str, offer: str = "Suggested") -> list[str]:
    """What to do about each text and target (``normalised``, ``target_id``), with better words where some are known."""
    if facts.better_anchors is None:
        return [otherwise] * len(rows)
    found = facts.better_anchors.of(rows["normalised"].tolist(), rows["target_id"].tolist())
    return [f"{otherwise} {offer}: {_quoted(each[0])} ({each[1]})." if each else otherwise for each in found]


def _descriptive(facts: Facts) -> pd.DataFrame:
    """Texts in running text that say something, with what checks read of them."""
    uses = facts.anchor_uses
    columns = ["anchor", "normalised", "target_id", "source_pages", "example_source", "is_image"]
    return uses.loc[uses["in_content"] & (uses["kind"] == "descriptive"), columns]


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(normalise_anchor(text))) - _STOP_WORDS


def _quoted(text: str) -> str:
    return f'"{text}"' if len(text) <= 120 else f'"{text[:117]}..."'


def _by_target(facts: Facts, uses: pd.DataFrame, fix: str) -> Rows:
    """One row per text and target: linking pages summed over languages and positions."""
    if uses.empty:
        return Rows(pd.DataFrame({"page": []}))
    rows = (
        uses.groupby(["target_id", "normalised"], sort=True)
        .agg(
            page=("target_id", "first"),
            related=("example_source", "min"),
            value=("source_pages", "sum"),
            anchor=("anchor", "first"),
            image=("is_image", "all"),
            said=("said", "first") if "said" in uses else ("anchor", "first"),
        )
        .reset_index()
    )
    if "said" in uses:
        evidence = rows["said"].tolist()
    else:
        nameless = ["an image without alt text" if image else "no text" for image in rows["image"].tolist()]
        evidence = [
            _quoted(text) if text else none
            for text, none in zip(rows["anchor"].tolist(), nameless, strict=True)
        ]
    return Rows(rows.assign(evidence=evidence), fix=lambda some: _fixes(facts, some, fix))
