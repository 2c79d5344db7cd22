"""Roles of pages that are typically of little value for links: legal texts, accounts and baskets, tags, lists, searches.

Told by the words of the address (`roles.toml`), in some twenty languages, and only where they leave no doubt. What earns
money or matters more than the average page by the analyst's own signals has no such role, whatever it is called.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files
from urllib.parse import unquote

import numpy as np
import numpy.typing as npt
import pandas as pd

from linkkit.folding import Bools
from linkkit.graph import LinkGraph
from linkkit.steps import step
from linkkit.urls import address_parts, is_pagination

HUB_PAGES = 3
"""Pages below its own folder that a page leads to, from which on it is a hub."""

_YEAR = re.compile(r"(?:19|20)\d\d")
_MONTH_OR_DAY = re.compile(r"\d{1,2}")
_LANGUAGE = re.compile(r"[a-z]{2}(?:[-_][a-z]{2})?", re.IGNORECASE)
_FILE_ENDING = re.compile(r"\.(?:html?|php\d?|aspx?|jsp|cfm)$", re.IGNORECASE)
_TITLE_END = re.compile(r"\s[|\-\u2013\u2014\u00b7\u00bb:]\s|[|:]")
# What tells nothing of a page: numbers, and the names of scripts.
_OPAQUE = re.compile(r"(?:\d+|index|default|page|node|content|article|view|show|p|id)?", re.IGNORECASE)
# Folders that hold pages of the site itself, not of a subject: what lies in them lies at the top.
_PLAIN_FOLDERS = frozenset(
    "pages page policies policy info information about company legal help support service services site content".split()
)


class Role(StrEnum):
    """What a page of typically low value for links is."""

    LEGAL = "legal"
    ACCOUNT = "account"
    ARCHIVE = "archive"
    PAGINATION = "pagination"
    SEARCH = "search"
    COPY = "copy"


ROLE_WORDS = {
    "legal": "a legal page",
    "account": "a page of the account or basket",
    "archive": "a tag, author or date page",
    "pagination": "a further page of a list",
    "search": "a page of search results",
    "copy": "a feed or print version",
}
"""Each role in words, for evidence and charts."""


@dataclass(frozen=True)
class _Words:
    """Where the words of one role may stand, each in its `_key` form."""

    pages: frozenset[str]
    top: frozenset[str]
    folders: frozenset[str]
    parameters: frozenset[str]


@step("page roles")
def page_roles(pages: pd.DataFrame, *, is_money: pd.Series, importance: pd.Series) -> pd.Series:
    """Role of every page.

    Parameters
    ----------
    pages : DataFrame
        Pages of a Site: ``url``, ``title``, ``is_indexable``.
    is_money : Series
        Whether each page earns money, after folding.
    importance : Series
        Share (0-1) of each page, NaN where no signal tells. A page above the average indexable one has no role.

    Returns
    -------
    Series
        One `Role` per page; the empty string for ordinary pages.
    """
    titles = pages["title"].fillna("")
    roles = pd.Series(
        [page_role(url, title) for url, title in zip(pages["url"].tolist(), titles.tolist(), strict=True)],
        index=pages.index,
        dtype="str",
    )
    average = 1 / max(int(pages["is_indexable"].sum()), 1)
    matters = is_money.astype(bool) | (importance.fillna(0.0) > average)
    return roles.mask(matters, "")


def page_role(url: str, title: str = "") -> str:
    """Role that the address of a page tells, and of addresses that tell nothing its title; the empty string for none.

    Examples
    --------
    >>> page_role("https://client.example/de/datenschutz/"), page_role("https://client.example/blog/tag/winter/")
    ('legal', 'archive')
    >>> page_role("https://client.example/cookies"), page_role("https://client.example/recipes/cookies")
    ('legal', '')
    """
    _, path, query = address_parts(url)
    raw = [unquote(part) for part in path.split("/") if part]
    names = {pair.partition("=")[0].casefold() for pair in query.split("&") if "=" in pair}
    lists = _lists()
    role = _by_parameters(names, lists) or _by_path(raw, lists)
    if not role and is_pagination(url):
        role = Role.PAGINATION
    if not role and _is_date_archive(raw):
        role = Role.ARCHIVE
    if not role and raw and _OPAQUE.fullmatch(_FILE_ENDING.sub("", raw[-1])):
        said = _key(_TITLE_END.split(title.strip(), maxsplit=1)[0])
        role = next((name for name, words in lists.items() if said and said in words.pages), "")
    return str(role)


@step("hub pages")
def hub_pages(pages: pd.DataFrame, graph: LinkGraph) -> Bools:
    """Which pages are the hub of a section: pillars, and pages whose content leads to `HUB_PAGES` pages of their own folder.

    A page's folder is its address: ``/shop/tents/`` (or ``/shop/tents.html``) for all that lies below ``/shop/tents/``, down
    to two levels. Links count as in the graph: followed, redirects and canonicals folded.

    Returns
    -------
    bool array
        One per page; False for pages that do not stand for themselves.
    """
    urls = pages["url"].astype(str).str.partition("?")[0]
    plain = urls.str.replace(_FILE_ENDING, "", regex=True).str.rstrip("/")
    # Where spellings share a folder (/a and /a/), the first page stands for it; what does not stand is out.
    standing = plain[graph.stands]
    owner = {folder: page for page, folder in reversed(list(standing.items()))}
    parent = plain.str.rpartition("/")[0]
    above = parent.str.rpartition("/")[0]
    below: npt.NDArray[np.bool_] = np.zeros(graph.is_content.sum(), dtype=bool)
    source, target = graph.source[graph.is_content], graph.target[graph.is_content]
    for folder in (parent, above):
        below |= folder.map(owner).to_numpy(dtype=float)[target] == source
    led = np.bincount(source[below], minlength=len(graph))
    pillars = pages["is_pillar"].fillna(False).to_numpy(dtype=bool)
    return np.asarray(graph.stands & (pillars | (led >= HUB_PAGES)), dtype=bool)


def _by_parameters(names: Iterable[str], lists: dict[str, _Words]) -> str:
    given = set(names)
    return next((role for role, words in lists.items() if given & words.parameters), "")


def _by_path(raw: list[str], lists: dict[str, _Words]) -> str:
    """Role that the parts of a path tell: folders first, for they hold whatever lies in them."""
    within = raw[1:] if len(raw) > 1 and _LANGUAGE.fullmatch(raw[0]) else raw
    if not within:
        return ""
    folders = [_key(part) for part in within[:-1]]
    last = _key(_FILE_ENDING.sub("", within[-1]))
    if _every_word().isdisjoint((*folders[:2], last)):
        return ""
    for role, words in lists.items():
        if words.folders.intersection(folders[:2]) or last in words.pages:
            return role
        if last in words.top and all(folder in _PLAIN_FOLDERS for folder in folders):
            return role
    return ""


def _is_date_archive(raw: list[str]) -> bool:
    """Whether a path ends in year, month or day: ``/2019/``, ``/blog/2019/05/``."""
    at = next((place for place, part in enumerate(raw[:2]) if _YEAR.fullmatch(part)), None)
    return at is not None and all(_MONTH_OR_DAY.fullmatch(part) for part in raw[at + 1 :])


@lru_cache(maxsize=1 << 16)
def _key(text: str) -> str:
    """Letters and digits alone, in lower case and without accents: what spellings of one word share."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in plain if char.isalnum())


@cache
def _every_word() -> frozenset[str]:
    """Every word of a path that tells a role: most addresses have none of them."""
    return frozenset().union(*(words.folders | words.pages | words.top for words in _lists().values()))


@cache
def _lists() -> dict[str, _Words]:
    listed = tomllib.loads(files("linkkit.metrics").joinpath("roles.toml").read_text("utf-8"))
    return {
        role: _Words(
            **{
                place: frozenset(_key(word) for words in places.get(place, {}).values() for word in words)
                for place in ("pages", "top", "folders", "parameters")
            }
        )
        for role, places in listed.items()
    }
