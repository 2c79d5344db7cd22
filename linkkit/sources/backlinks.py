"""Backlink exports: Ahrefs, Semrush, Majestic, Moz, or any table of links, or of pages with their referring domains."""

import re
from functools import cache
from typing import TYPE_CHECKING

import pandas as pd

from linkkit.sources.columns import cells, find, is_url, share, without_copies, without_short_rows
from linkkit.sources.reading import Reading, number, rejects
from linkkit.sources.tabular import Table
from linkkit.urls import host

if TYPE_CHECKING:
    import tldextract

_SOURCE = (
    "referring page url", "source url", "source page", "linking page", "linking url", "backlink url", "backlink", "url from",
    "source", "from", "referring page", "url",
)  # fmt: skip
_TARGET = (
    "target url",
    "target page",
    "target",
    "link url",
    "url to",
    "linked url",
    "landing page",
    "to",
    "destination url",
)
_PAGE = (*_TARGET, "page url", "url", "page", "top page", "address", "path", "source url")
DOMAINS = (
    "referring domains", "linking sites", "linking domains", "linking root domains", "root domains linking", "ref domains",
    "refdomains", "domains", "number of domains linking to this page",
)  # fmt: skip
"""Names of the column that counts domains with a link to a page."""
_LINKS = (
    "backlinks", "incoming links", "external backlinks", "ext backlinks", "inbound links", "external links", "total links",
    "links", "dofollow",
)  # fmt: skip
_LOST = (
    "lost status",
    "lost link",
    "lost",
    "date lost",
    "lost date",
    "flag deleted",
    "flagdeleted",
    "datelost",
)
_FLAGS = ("nofollow", "flag nofollow", "flagnofollow", "ugc", "sponsored", "no follow")
_TYPES = ("type", "link type", "link subtype", "rel", "link attributes", "follow", "link attribute")
_STATES = ("link state", "link status", "backlink status")
_GONE = re.compile(r"lost|deleted|removed|dropped|broken", re.I)
_TOOLS = {
    "Ahrefs": ("domain rating", "ahrefs rank", "url rating", "referring page url"),
    "Majestic": (
        "source trustflow",
        "source trust flow",
        "trustflow",
        "trust flow",
        "sourcetrustflow",
        "citationflow",
    ),
    "Moz": ("page authority", "domain authority", "spam score"),
    "Semrush": ("page ascore", "page score", "source url"),
}
_SPAM = ("is spam", "spam", "spammy")
_SPAM_SCORES = ("spam score", "toxicity score", "toxic score", "toxicity")
SPAM_SCORE = 60
"""Spam or toxicity score, in per cent, from which a link counts as spam: both Moz and Semrush call 60 and more high."""
_NO = frozenset(("", "0", "false", "no", "n", "-", "none", "follow", "dofollow"))
_NOT_FOLLOWED = re.compile(r"no[ -]?follow|ugc|sponsored", re.I)


def is_backlinks(table: Table) -> bool:
    """Whether a table lists links from other sites, or pages with the number of domains that link to them."""
    return _is_list_of_links(table) or _is_list_of_pages(table)


def read_backlinks(table: Table) -> Reading:
    """Read backlinks; lost links, those marked nofollow, ugc or sponsored, and spam pass nothing: left out, and counted.

    Rows that are the same in every column are one link. Spam is what the tool calls so, or gives a spam or toxicity score of `SPAM_SCORE` or more.

    Returns
    -------
    Reading
        Signal ``backlinks``. Of a list of links one row a link: ``url``, ``domain`` (registrable domain of the linking
        page). Of a list of pages: ``url``, ``referring_domains`` and, where known, ``backlinks``.
    """
    tool = next((tool for tool, names in _TOOLS.items() if find(table.header, names) is not None), None)
    if not _is_list_of_links(table):
        return _read_pages(table, f"{tool} linked pages" if tool else "pages with referring domains")
    source, target = _pair(table)
    assert source is not None and target is not None  # noqa: S101, PT018 - a list of links has both
    places = {"source": source, "url": target}
    flags = {
        name: place
        for name in (*_LOST, *_STATES, *_FLAGS, *_TYPES, *_SPAM, *_SPAM_SCORES)
        if (place := find(table.header, (name,))) is not None
    }
    rows, short = without_short_rows(table, max(source, target, *flags.values(), 0) + 1)
    rows, copies = without_copies(rows)
    frame = cells(table, places | flags, rows)
    lost = pd.Series(False, index=frame.index)
    unfollowed = pd.Series(False, index=frame.index)
    spam = pd.Series(False, index=frame.index)
    for name in flags:
        if name in _LOST:
            lost |= ~frame[name].str.casefold().isin(_NO)
        elif name in _STATES:
            lost |= frame[name].str.contains(_GONE)
        elif name in _FLAGS:
            unfollowed |= ~frame[name].str.casefold().isin(_NO)
        elif name in _SPAM:
            spam |= ~frame[name].str.casefold().isin(_NO)
        elif name in _SPAM_SCORES:
            spam |= frame[name].str.removesuffix("%").map(number).astype("float64").ge(SPAM_SCORE)
        else:
            unfollowed |= frame[name].str.contains(_NOT_FOLLOWED)
    kept = frame[~lost & ~unfollowed & ~spam]
    linking = kept["source"].map({source: _site(source) for source in pd.unique(kept["source"])})
    linked = kept["url"].map({url: _site(url) for url in pd.unique(kept["url"])})
    refused = [
        (row, source, "a link from the page's own host" if name else "no address of a linking page")
        for row, source, name, other in zip(kept["row"], kept["source"], linking, linked, strict=True)
        if name in ("", other)
    ]
    kept = kept[(linking != "") & (linking != linked)]
    by_source = {source: registrable_domain(source) for source in pd.unique(kept["source"])}
    notes = {
        "lost links left out": int(lost.sum()),
        "nofollow, ugc and sponsored links left out": int((unfollowed & ~lost).sum()),
        "spam links left out": int((spam & ~lost & ~unfollowed).sum()),
    }
    return Reading(
        "backlinks",
        f"{tool} backlinks" if tool else "list of backlinks",
        kept[["url", "row"]].assign(domain=kept["source"].map(by_source).astype("str")),
        table.path,
        pd.concat([short, rejects(refused)]),
        {words: count for words, count in notes.items() if count} | copies,
    )


def registrable_domain(url: str) -> str:
    """Domain somebody registered, by the list of public suffixes; the bare host where that knows none (intranets)."""
    name = _site(url)
    return _suffixes()(name).top_domain_under_public_suffix or name or url


def _site(url: str) -> str:
    """Host without ``www.``; empty where there is none."""
    return host(url if "//" in url else f"//{url}").removeprefix("www.").strip()


def _pair(table: Table) -> tuple[int | None, int | None]:
    target = find(table.header, _TARGET)
    names = _SOURCE if target is not None else _SOURCE[:-1]
    return find(table.header, names), target


def _is_list_of_links(table: Table) -> bool:
    source, target = _pair(table)
    if source is None or target is None or source == target or share(table.column(source), is_url) < 0.5:
        return False
    # Links within one site are a crawl's, not backlinks.
    pairs = [
        (registrable_domain(row[source].strip()), row[target].strip())
        for row in table.head
        if len(row) > max(source, target)
    ]
    foreign = sum(registrable_domain(to) != domain for domain, to in pairs)
    return foreign * 2 > len(pairs)


def _is_list_of_pages(table: Table) -> bool:
    page, domains = find(table.header, _PAGE), find(table.header, DOMAINS)
    return (
        page is not None
        and domains is not None
        and share(table.column(domains), lambda text: not text or number(text) is not None) > 0.5
        and share(table.column(page), lambda text: is_url(text) or "/" in text) >= 0.5
    )


def _read_pages(table: Table, kind: str) -> Reading:
    places = {"url": find(table.header, _PAGE), "referring_domains": find(table.header, DOMAINS)}
    places["backlinks"] = find(table.header, _LINKS)
    found = {name: place for name, place in places.items() if place is not None}
    rows, short = without_short_rows(table, max(found.values()) + 1)
    rows, copies = without_copies(rows, [found["url"]])
    frame = cells(table, found, rows)
    told = frame["referring_domains"]
    for name in found.keys() - {"url"}:
        frame[name] = frame[name].map(number).astype("float64")
    wrong = ~(frame["referring_domains"] >= 0) & (told != "")
    refused = [
        (row, text, "no number of referring domains")
        for row, text in zip(frame["row"][wrong], told[wrong], strict=True)
    ]
    return Reading("backlinks", kind, frame[~wrong], table.path, pd.concat([short, rejects(refused)]), copies)


@cache
def _suffixes() -> "tldextract.TLDExtract":
    import tldextract  # noqa: PLC0415 - brings an HTTP client along

    # The list of public suffixes that the package ships: nothing is asked over the network.
    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
