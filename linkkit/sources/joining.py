"""Which page a row of a file means: the rows' addresses find the pages of a crawl.

Every address goes through `linkkit.urls.normalise`; then, in order: the page of that very URL; the page of the same path
on a sibling origin (http or https, with or without ``www.``); the same with the slash at the end added or removed. Where
several pages answer at one of these steps, the site decides: the page they all lead to by redirect and canonical, else the
only indexable one. Where it does not decide, the row is listed and not guessed. An address of the site that is nobody's
becomes a page that was not crawled.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

import pandas as pd

from linkkit.schema import Indexability
from linkkit.scope import SiteScope
from linkkit.urls import host, origin, try_normalise

OUTSIDE = "outside the site"
_MAX_HOPS = 20
_BARE_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,24}(?::\d+)?(?=/)")
# What exports write where there is no page: GA4's words in brackets, and what people write into cells and below columns.
_PLACEHOLDER = re.compile(
    r"\((?:not set|other|none|entrance|not provided|data not available)\)|[-\u2013\u2014?]+|n/?a|nan|none|null|undefined|"
    r"totals?|gesamt|summe|totale",
    re.I,
)
_FILE = re.compile(
    r"\.(?:css|js|mjs|map|png|jpe?g|gif|svg|webp|avif|ico|bmp|woff2?|ttf|otf|eot|mp[34]|webm|ogg|webmanifest)$",
    re.I,
)
_Answer = tuple[int | None, str]


def is_file(url: str) -> bool:
    """Whether a URL names an image, a style, a script or the like: Search Console and logs list them among pages."""
    return _FILE.search(urlsplit(url).path) is not None


@dataclass(frozen=True, eq=False)
class Joined:
    """Pages of addresses.

    Attributes
    ----------
    page : Series of Int64
        Page id of each address, under the addresses' index; missing where there is none.
    rejects : DataFrame
        ``place`` (in the index), ``value`` and ``reason`` of each address that found no page.
    """

    page: pd.Series
    rejects: pd.DataFrame


class Joiner:
    """Finds the page that an address means, and collects addresses of the site that are not among its pages.

    Parameters
    ----------
    pages : DataFrame
        The pages table, whose index counts from 0 as its page ids do.
    scope : SiteScope
        What belongs to the site; a path without host belongs to the start page's origin.
    """

    def __init__(self, pages: pd.DataFrame, scope: SiteScope) -> None:
        self._scope = scope
        self._start = scope.start_url
        self._own_hosts = frozenset(each.partition("://")[2].casefold() for each in scope.origins)
        self._ids: dict[str, int] = dict(zip(pages["url"], range(len(pages)), strict=True))
        self._urls: list[str] = pages["url"].tolist()
        self._crawled: list[bool] = (pages["indexability_reason"] != Indexability.NOT_CRAWLED).tolist()
        self._indexable: list[bool] = pages["is_indexable"].astype(bool).tolist()
        leads = pages["redirect_to"].where(pages["redirect_to"].notna(), pages["canonical"])
        self._leads: dict[str, str] = {
            url: target
            for url, target in zip(pages["url"], leads, strict=True)
            if isinstance(target, str) and target != url
        }
        self._known = len(pages)
        self._found: dict[str, _Answer] = {}

    @property
    def new(self) -> list[str]:
        """Addresses of the site that were no page before; their ids follow those of the pages, in this order."""
        return self._urls[self._known :]

    def find(self, address: str) -> int | None:
        """Page that an address means; None where there is none, or more than one. Adds nothing."""
        return self._look(address)[0]

    def join(self, addresses: "pd.Series[str]") -> Joined:
        """Find the page of each address; addresses of the site that are no page become `new` ones."""
        answers = {address: self._answer(address) for address in pd.unique(addresses)}
        pages = pd.Series(
            pd.array([answers[address][0] for address in addresses], dtype="Int64"), index=addresses.index
        )
        lost = pages.isna().to_numpy()
        rejects = pd.DataFrame(
            {
                "place": addresses.index[lost],
                "value": addresses[lost].to_numpy(),
                "reason": [answers[address][1] for address in addresses[lost]],
            }
        )
        return Joined(pages, rejects)

    def absolute(self, address: str) -> str | None:
        """The normalised URL that an address of an export stands for; None where it names no page."""
        text = str(address).strip()
        if not text or _PLACEHOLDER.fullmatch(text):
            return None
        if re.search(r"\s", text) and not text.startswith("/") and "://" not in text:
            # A phrase, not an address: "Grand total".
            return None
        if text.startswith("//"):
            # GA4 writes doubled slashes where a tag joined paths badly; they are no hosts.
            first = text[2:].split("/", 1)[0].casefold()
            text = f"https:{text}" if first in self._own_hosts else "/" + text.lstrip("/")
        bare = _BARE_HOST.match(text)
        if bare or text.casefold() in self._own_hosts:
            # Some exports write the host without its scheme.
            text = f"{self._start.partition('://')[0]}://{text}"
        return try_normalise(text, origin(self._start) + "/")

    def _answer(self, address: str) -> _Answer:
        page, reason = self._look(address)
        if page is None and not reason:
            url = self.absolute(address)
            assert url is not None  # noqa: S101 - an address without a URL has a reason
            if is_file(url):
                return None, "a file that pages use, no page"
            page = self._ids[url] = len(self._urls)
            self._urls.append(url)
            self._crawled.append(False)
            self._indexable.append(False)
        return page, reason

    def _look(self, address: str) -> _Answer:
        """The page, or None with the reason; None and no reason for a page of the site that is not known yet."""
        known = self._found.get(address)
        if known is None:
            known = self._search(address)
            # An address that is no page yet may become one by the time it is looked up again.
            if known != (None, ""):
                self._found[address] = known
        return known

    def _search(self, address: str) -> _Answer:
        url = self.absolute(address)
        if url is None:
            return None, "names no page"
        own = origin(url)
        siblings = self._scope.siblings(own)
        if not siblings:
            return None, f"{OUTSIDE} ({host(url)})"
        exact = self._ids.get(url)
        if exact is not None:
            return exact, ""
        path, mark, query = url[len(own) :].partition("?")
        twin = (path[:-1] or "/") if path.endswith("/") else f"{path}/"
        for form in (path, twin):
            pages = {self._ids.get(each + form + mark + query) for each in siblings} - {None}
            if pages:
                return self._choose([page for page in pages if page is not None])
        return None, "" if self._scope.contains(url) else f"{OUTSIDE} ({self._scope.why_outside(url)})"

    def _choose(self, pages: list[int]) -> _Answer:
        pages = sorted([page for page in pages if self._crawled[page]] or pages)
        if len(pages) == 1:
            return pages[0], ""
        ends = sorted({self._end(page) for page in pages})
        for choice in (ends, [page for page in ends if self._indexable[page]]):
            if len(choice) == 1:
                return choice[0], ""
        named = ", ".join(self._urls[page] for page in ends[:4])
        return None, f"ambiguous: could be any of {named}"

    def _end(self, page: int) -> int:
        """Where redirects and canonicals lead from a page, as far as pages are known."""
        seen: set[int] = set()
        while page not in seen and len(seen) < _MAX_HOPS:
            seen.add(page)
            page = self._ids.get(self._leads.get(self._urls[page], ""), page)
        return page
