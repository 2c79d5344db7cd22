"""Pages to build backlinks to first, as the site is and with the plan made, with words that their links could use."""

import re
from collections import Counter

import numpy as np
import pandas as pd

from linkkit.audit import Audit
from linkkit.plan.targets import backlink_targets
from linkkit.readiness.verdict import Readiness
from linkkit.text.generic import normalise_anchor
from linkkit.text.names import is_descriptive, title_parts
from linkkit.text.topics import UNCLUSTERED, topic_terms
from linkkit.urls import host

TOP = 8
DOMAINS = 10.0
BRAND_SHARE, BRAND_PAGES = 0.3, 3
"""A part of the titles of at least this share of the pages, and of at least so many pages, is taken for the brand."""
_TERMS = 3
_WORD, _SHORT = re.compile(r"\w+"), 3

THEMES = ("brand", "exact", "partial", "topical")
"""Kinds of anchor texts, in the order in which they may be used most: a natural profile has few exact ones."""


def first_targets(readiness: Readiness, *, domains: float = DOMAINS, top: int = TOP) -> pd.DataFrame:
    """The best pages for backlinks now and with the plan's links, pages of the goal and others apart.

    Parameters
    ----------
    readiness : Readiness
    domains : float
        New referring domains that the gains are for, one page at a time.
    top : int
        Pages of each group, now and after; a page in both counts once.

    Returns
    -------
    DataFrame
        One row per page, others before money pages, by gain now: ``page_id``, ``url``, ``title``, ``is_goal``, ``referring_domains``
        (today), ``landing_yield`` and ``landing_yield_after`` (0-1), ``place`` and ``place_after`` (1 is best of its group, by
        gain), ``gain`` and ``gain_after`` (how much more reaches money pages with the new domains, against what reaches them then),
        and the `THEMES`: words that backlinks to the page could use. Empty where no money pages are known.

    Raises
    ------
    SettingsError
        If the number of domains is not above 0.
    """
    after = readiness.basis.planned
    if after is None:
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in _COLUMNS.items()})
    now, then = (backlink_targets(each, domains=domains) for each in (readiness.audit, after))
    for table in (now, then):
        table["place"] = table.groupby("is_goal").cumcount() + 1
    later = then.set_index("page_id")
    rows = now.assign(
        **{
            f"{name}_after": now["page_id"].map(later[name]).to_numpy()
            for name in ("landing_yield", "place", "gain")
        }
    )
    rows = rows[(rows["place"] <= top) | (rows["place_after"] <= top)]
    rows = rows.sort_values(["is_goal", "place"], kind="stable", ignore_index=True)
    themes = anchor_themes(readiness.audit, rows["page_id"].to_numpy(dtype=np.int64))
    return rows.join(themes)[list(_COLUMNS)].astype(_COLUMNS)


_COLUMNS = {
    "page_id": "int64", "url": "str", "title": "str", "is_goal": "bool", "referring_domains": "float64", "landing_yield": "float64",
    "landing_yield_after": "float64", "place": "int64", "place_after": "int64", "gain": "float64", "gain_after": "float64",
    **dict.fromkeys(THEMES, "str"),
}  # fmt: skip


def anchor_themes(audit: Audit, pages: np.ndarray) -> pd.DataFrame:
    """Words that links from other sites to each page could use, of four kinds, so that no campaign repeats one.

    Parameters
    ----------
    audit : Audit
    pages : int array
        Page ids.

    Returns
    -------
    DataFrame
        One row per page, in their order: ``brand`` (what most titles of the site share, else its host), ``exact`` (the page's own
        title without the brand), ``partial`` (what the site's editors call it otherwise, else its heading; empty where there is no
        other name), ``topical`` (words that set its text apart from the site's; empty where no text is known).
    """
    brand = site_brand(audit)
    names = audit.site.pages[["title", "h1", "url"]].loc[pages]
    exact = [
        _own_title(str(title), str(h1), brand)
        for title, h1 in zip(names["title"].fillna(""), names["h1"].fillna(""), strict=True)
    ]
    others = _other_names(audit)
    partial = [
        next((each for each in [*others.get(int(page), ()), str(h1)] if _is_another(each, title, brand)), "")
        for page, title, h1 in zip(pages.tolist(), exact, names["h1"].fillna(""), strict=True)
    ]
    return pd.DataFrame(
        {"brand": brand, "exact": exact, "partial": partial, "topical": _topical(audit, pages)},
        index=range(len(pages)), dtype="str",
    )  # fmt: skip


def site_brand(audit: Audit) -> str:
    """The part that most titles of indexable pages share, such as a shop's name; the host where they share none."""
    titles = audit.site.pages.loc[audit.graph.indexable & audit.graph.stands, "title"].fillna("")
    parts = Counter(part for title in titles for part in set(title_parts(str(title))[1:]))
    if parts:
        part, number = min(parts.items(), key=lambda each: (-each[1], each[0]))
        if number >= max(BRAND_PAGES, BRAND_SHARE * len(titles)):
            return part
    return host(audit.manifest.start_url).removeprefix("www.")


def _own_title(title: str, h1: str, brand: str) -> str:
    """The first part of a title that is not the brand; the heading without one."""
    parts = title_parts(title)
    own = [part for part in (parts[1:] or parts) if normalise_anchor(part) != normalise_anchor(brand)]
    return own[0] if own else h1


def _is_another(text: str, title: str, brand: str) -> bool:
    normal = normalise_anchor(text)
    return is_descriptive(text) and normal not in {normalise_anchor(title), normalise_anchor(brand)}


def _other_names(audit: Audit) -> dict[int, list[str]]:
    """Texts of content links to each page: those that share a word with its title first, then the most used.

    Texts that lead to several pages name none of them.
    """
    uses = audit.facts.anchor_uses
    content = uses[uses["in_content"]]
    content = content[content.groupby("normalised")["target_id"].transform("nunique") == 1]
    rows = content.groupby(["target_id", "normalised"], as_index=False).agg(
        anchor=("anchor", "first"), pages=("source_pages", "sum")
    )
    titles = audit.site.pages["title"].fillna("")
    apart = [
        _long_words(text).isdisjoint(_long_words(str(titles[page])))
        for text, page in zip(rows["normalised"], rows["target_id"], strict=True)
    ]
    rows = rows.assign(apart=apart).sort_values(
        ["target_id", "apart", "pages", "normalised"], ascending=[True, True, False, True]
    )
    return {int(str(page)): list(own) for page, own in rows.groupby("target_id")["anchor"]}


def _long_words(text: str) -> frozenset[str]:
    return frozenset(word for word in _WORD.findall(text.casefold()) if len(word) > _SHORT)


def _topical(audit: Audit, pages: np.ndarray) -> list[str]:
    words = audit.facts.words
    if words is None:
        return [""] * len(pages)
    rows = words.corpus.rows[pages]
    labels = np.full(len(words.corpus), UNCLUSTERED, dtype=np.int64)
    known = np.flatnonzero(rows >= 0)
    labels[rows[known]] = np.arange(len(known))
    terms = topic_terms(words.corpus, words.vectors, labels, most=_TERMS)
    said = [""] * len(pages)
    for place, own in zip(known.tolist(), terms, strict=True):
        said[place] = ", ".join(own)
    return said
