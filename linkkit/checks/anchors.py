"""Chapter anchors: does the text of a link say what it leads to?"""

import re

import pandas as pd

from linkkit.checks.registry import Facts, check
from linkkit.schema import Position, Severity
from linkkit.text.generic import generic_texts, normalise_anchor
from linkkit.thresholds import Thresholds

_URL_TEXT = re.compile(r"^(?:https?://|www\.)\S+$|^[\w-]+(?:\.[\w-]+)+/\S*$", re.IGNORECASE)
# Scripts written without spaces: each character stands for a word.
_WORD = re.compile(
    r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]|[^\W_\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]+"
)
_PAGINATION = re.compile(
    r"^(?:page |seite |página |pagina |strona |сторінка |страница )?\d{1,4}$|^(?:next|previous|prev|older|newer|first|last)"
    r"(?: page| posts| entries)?$"
)
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
    fix="Give the link a text; for an image, an alt text that names the target.",
)
def empty_anchors(facts: Facts, t: Thresholds) -> pd.DataFrame:
    """Links without an accessible name, anywhere on the page; value = linking pages."""
    uses = facts.anchor_uses
    return _by_target(uses[uses["anchor"] == ""], "")


@check(
    id="generic-anchor",
    chapter="anchors",
    severity=Severity.MEDIUM,
    unit="linking pages",
    needs_anchors=True,
    title="Links whose text could lead anywhere",
    why='"Read more" tells a search engine nothing about the target; the words of an internal link are the cheapest '
    "way to say what a page is about.",
    fix="Use words that name the target, such as its title or subject.",
)
def generic_anchors(facts: Facts, t: Thresholds) -> pd.DataFrame:
    """Links whose whole text is in the generic list of the page's language; value = linking pages."""
    uses = facts.anchor_uses
    return _by_target(uses[_is_generic(uses)], None)


@check(
    id="url-anchor",
    chapter="anchors",
    severity=Severity.LOW,
    unit="linking pages",
    needs_anchors=True,
    title="Links whose text is an address",
    why="A bare address is hard to read and carries few words that describe the page.",
    fix="Replace the address by words that name the target.",
)
def url_anchors(facts: Facts, t: Thresholds) -> pd.DataFrame:
    """Links whose text is a URL; value = linking pages."""
    uses = facts.anchor_uses
    return _by_target(uses[_is_url(uses)], None)


@check(
    id="ambiguous-anchor",
    chapter="anchors",
    severity=Severity.MEDIUM,
    unit="targets",
    needs_anchors=True,
    thresholds=("ambiguous_anchor_targets",),
    title="One link text for several pages",
    why="The same words point to different pages, so the pages compete for them, and readers cannot tell them apart.",
    fix="Keep the words for one page and describe the others by what sets them apart.",
)
def ambiguous_anchors(facts: Facts, t: Thresholds) -> pd.DataFrame:
    """Content anchors used for several targets; one row per text, value = number of targets."""
    uses = _descriptive(facts.anchor_uses)
    pairs = uses.groupby(["normalised", "target_id"], sort=False)["source_pages"].sum().reset_index()
    pairs = pairs.sort_values(["normalised", "source_pages", "target_id"], ascending=[True, False, True])
    targets = pairs.groupby("normalised")["target_id"].transform("size")
    several = pairs[targets >= t.ambiguous_anchor_targets].groupby("normalised")["target_id"]
    firsts = pd.DataFrame(
        {"page": several.first(), "related": several.nth(1).to_numpy(), "value": several.size()}
    )
    written = uses.drop_duplicates("normalised").set_index("normalised")["anchor"]
    rows = firsts.reset_index()
    return rows.assign(
        evidence=[
            f"{_quoted(written[text])} leads to {count} pages"
            for text, count in zip(rows["normalised"], rows["value"], strict=True)
        ]
    )


@check(
    id="misleading-anchor",
    chapter="anchors",
    severity=Severity.MEDIUM,
    unit="linking pages",
    needs_anchors=True,
    title="Links whose text names another page",
    why="The words promise one page and lead to another: they strengthen the wrong one, and readers feel cheated.",
    fix="Point the link at the page it names, or name the page it leads to.",
)
def misleading_anchors(facts: Facts, t: Thresholds) -> pd.DataFrame:
    """Content anchors equal to another page's title or h1 that share no word with the target's; value = pages."""
    uses = _descriptive(facts.anchor_uses)
    alive = facts.pages[facts.pages["is_indexable"]]
    named: dict[str, int] = {}
    for column in ("h1", "title"):
        for page, text in alive[column].dropna().items():
            named.setdefault(normalise_anchor(str(text)), int(str(page)))
    named.pop("", None)
    other = uses["normalised"].map(named)
    candidates = uses[other.notna() & (other != uses["target_id"])]
    own = facts.pages["title"].fillna("") + " " + facts.pages["h1"].fillna("")

    def are_apart(said: frozenset[str], meant: frozenset[str]) -> bool:
        # A target without a title (a PDF) or a name of stop words alone contradicts nothing.
        return bool(said and meant) and said.isdisjoint(meant)

    apart = pd.Series(
        [
            are_apart(_words(text), _words(own[target]))
            for text, target in zip(candidates["normalised"], candidates["target_id"], strict=True)
        ],
        index=candidates.index,
        dtype=bool,
    )
    chosen = candidates[apart]
    urls = facts.pages["url"]
    said = [
        f"{_quoted(text)} is the name of {urls[named[normal]]}"
        for text, normal in zip(chosen["anchor"], chosen["normalised"], strict=True)
    ]
    return _by_target(chosen.assign(said=said), None)


def classify_anchors(uses: pd.DataFrame) -> pd.Series:
    """Kind of each anchor use: ``empty``, ``url``, ``generic``, ``pagination`` (arrows too) or ``descriptive``."""
    kind = pd.Series("descriptive", index=uses.index, dtype="str")
    kind[_is_pagination(uses)] = "pagination"
    kind[_is_generic(uses)] = "generic"
    kind[_is_url(uses)] = "url"
    kind[uses["anchor"] == ""] = "empty"
    return kind


def _is_generic(uses: pd.DataFrame) -> pd.Series:
    lists = generic_texts()
    every = frozenset().union(*lists.values())
    result = pd.Series(False, index=uses.index)
    for language, rows in uses.groupby("language"):
        # Norwegian is declared as nb or nn as well; an unknown language is judged by English only.
        code = {"nb": "no", "nn": "no", "iw": "he"}.get(str(language), str(language))
        known = lists.get(code, frozenset()) | lists["en"] if code else every
        result[rows.index] = rows["normalised"].isin(list(known))
    return result & ~_is_pagination(uses)


def _is_url(uses: pd.DataFrame) -> pd.Series:
    texts = uses["anchor"].drop_duplicates()
    found = {text for text in texts if _URL_TEXT.match(text.strip())}
    return uses["anchor"].isin(list(found))


def _is_pagination(uses: pd.DataFrame) -> pd.Series:
    texts = uses["normalised"].drop_duplicates()
    # What normalises to nothing but is not empty is made of symbols: the arrows beside the numbers.
    return uses["normalised"].isin([text for text in texts if not text or _PAGINATION.match(text)])


def _descriptive(uses: pd.DataFrame) -> pd.DataFrame:
    content = uses[(uses["position"] == Position.CONTENT) & uses["in_content"]]
    return content[classify_anchors(content) == "descriptive"]


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(normalise_anchor(text))) - _STOP_WORDS


def _quoted(text: str) -> str:
    return f'"{text}"' if len(text) <= 120 else f'"{text[:117]}..."'


def _by_target(uses: pd.DataFrame, missing: str | None) -> pd.DataFrame:
    """One row per text and target: linking pages summed over languages and positions."""
    if uses.empty:
        return pd.DataFrame({"page": []})
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
        .reset_index(drop=True)
    )
    if missing is not None:
        evidence = ["an image without alt text" if image else "no text" for image in rows["image"]]
    elif "said" in uses:
        evidence = list(rows["said"])
    else:
        evidence = [_quoted(text) for text in rows["anchor"]]
    return rows[["page", "related", "value"]].assign(evidence=evidence)
