"""What pages ask for while they are rendered, fetched by the crawler: its limits, robots.txt and secrets hold for all of it."""

import asyncio
import logging
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request

from linkkit.crawler.scope import Scope
from linkkit.urls import origin, rebase

logger = logging.getLogger(__name__)

ASSET = "linkkit_asset"
"""Key in the meta of requests that a page made."""

SLOT = "linkkit-assets"
"""Scrapy's queue for them: pages wait for what they ask for, and may not wait behind further pages."""

MAX_ASSET, MAX_CACHE = 8 << 20, 64 << 20
"""Bytes of one answer, and of all that are kept for the next page; scripts are the same on every page."""

_OWN_HEADERS = frozenset(
    "host connection content-length accept-encoding cookie user-agent proxy-connection".split()
)
_HOP_HEADERS = frozenset(
    "connection content-disposition content-encoding content-length keep-alive set-cookie strict-transport-security"
    " alt-svc nel report-to reporting-endpoints transfer-encoding".split()
)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as the browser gets it."""

    status: int
    headers: dict[str, str]
    body: bytes


class Assets:
    """Fetches for pages, each address once.

    Parameters
    ----------
    crawler : scrapy Crawler
    scope : Scope
    """

    def __init__(self, crawler: Any, scope: Scope) -> None:
        self.crawler = crawler
        self.scope = scope
        self._kept: OrderedDict[str, Answer] = OrderedDict()
        self._size = 0
        self._coming: dict[str, asyncio.Future[Answer | None]] = {}

    def own_address(self, url: str, primary: str) -> str | None:
        """Where an address of the site's own hosts is fetched: on the copy, where one is crawled; None for others' hosts."""
        mapped = self.scope.address(url, primary)
        if mapped is None:
            return None
        return url if origin(mapped) == origin(url) else rebase(url, (origin(url),), origin(mapped))

    async def get(
        self, url: str, *, method: str, headers: dict[str, str], body: bytes | None
    ) -> Answer | None:
        """Fetch an address; None where there is no answer, or none that a page may have."""
        if method != "GET" or "authorization" in headers:
            return await self._fetch(url, method, headers, body)
        kept = self._kept.get(url)
        if kept is not None:
            self._kept.move_to_end(url)
            return kept
        coming = self._coming.get(url)
        if coming is not None:
            return await asyncio.shield(coming)
        coming = self._coming[url] = asyncio.get_running_loop().create_future()
        answer = None
        try:
            answer = await self._fetch(url, method, headers, None)
            if answer is not None and answer.status == 200:
                self._keep(url, answer)
            return answer
        finally:
            del self._coming[url]
            coming.set_result(answer)

    def check(self, request: Request) -> None:
        """Refuse what a page may not ask for, redirects included: other ports than the web's, and of the site's machines.

        That a host of somebody else is not inside a network is seen to when it is connected to (`linkkit.crawler.reach`).

        Raises
        ------
        IgnoreRequest
        """
        if self.scope.address(request.url, origin(self.scope.start_url)) is not None:
            return
        parts = urlsplit(request.url)
        is_web = parts.scheme in {"http", "https"} and parts.port in {None, 80, 443}
        if not is_web or parts.hostname in self.scope.hosts:
            raise IgnoreRequest(f"a page asked for {request.url}")

    async def _fetch(
        self, url: str, method: str, headers: dict[str, str], body: bytes | None
    ) -> Answer | None:
        try:
            response = await self.crawler.engine.download_async(
                Request(
                    url,
                    method=method,
                    headers={name: text for name, text in headers.items() if name not in _OWN_HEADERS},
                    body=body or b"",
                    meta={
                        ASSET: True,
                        "download_slot": SLOT,
                        "download_maxsize": MAX_ASSET,
                        "dont_retry": True,
                    },
                    dont_filter=True,
                )
            )
        except asyncio.CancelledError:
            raise
        except Exception as error:
            logger.debug("Nothing for a page from %s: %s", url, error)
            return None
        return Answer(response.status, passed_headers(response), response.body)

    def _keep(self, url: str, answer: Answer) -> None:
        self._kept[url] = answer
        self._size += len(answer.body)
        while self._size > MAX_CACHE:
            _, gone = self._kept.popitem(last=False)
            self._size -= len(gone.body)


def passed_headers(response: Any) -> dict[str, str]:
    """Headers of an answer for the browser: those of the connection, of cookies and of downloads stay out."""
    return {
        name.decode("latin-1").lower(): ", ".join(
            each.decode("latin-1") for each in response.headers.getlist(name)
        )
        for name in response.headers
        if name.decode("latin-1").lower() not in _HOP_HEADERS
    }
