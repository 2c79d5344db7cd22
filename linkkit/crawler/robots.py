"""robots.txt as RFC 9309 has it: unreadable means that nothing may be requested, missing means that everything may."""

import logging
from typing import Any
from urllib.parse import urlsplit

from scrapy import signals
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest, StopDownload
from scrapy.http import Request, Response
from scrapy.robotstxt import RobotParser
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.defer import Deferred

from linkkit.crawler.resolver import refused
from linkkit.crawler.rows import META, error_code
from linkkit.urls import host

logger = logging.getLogger(__name__)

MAX_ROBOTS_BYTES = 500 << 10
"""Bytes of a robots.txt that count (RFC 9309, 2.5); search engines read as many."""


class RobotsUnreadableError(IgnoreRequest):
    """robots.txt could not be read; the text says why: ``status 503``, or a code of `linkkit.crawler.rows.error_code`."""


class RobotsMiddleware(RobotsTxtMiddleware):
    """Scrapy's own, with what it leaves open.

    A robots.txt that answers with 5xx or 429, after as many tries as a page gets, or not at all, forbids everything; one that
    answers with another 4xx, or only redirects, nothing. Of a long one the beginning counts.

    In Scrapy 2.19 requests that wait for it all await one Deferred, whose result the first of them uses up: to the others
    robots.txt says nothing, and they go ahead. A crawl that is taken up again begins with many requests at once.
    """

    def __init__(self, crawler: Any) -> None:
        super().__init__(crawler)
        self._unreadable: dict[str, str] = {}
        self._moved: dict[str, str] = {}  # where redirects of robots.txt have led
        crawler.signals.connect(self._bytes_received, signal=signals.bytes_received)

    async def process_request(self, request: Request, spider: Any = None) -> None:
        """Keep back what robots.txt forbids, or does not allow because it cannot be read."""
        if request.meta.get("dont_obey_robotstxt"):
            # robots.txt itself: a long one is cut short, not refused.
            request.meta.update(download_maxsize=1 << 40, linkkit_received=0)
            for first in request.meta.get("redirect_urls", ())[:1]:
                self._moved[urlsplit(first).netloc] = request.url
            return
        parser = await self.robot_parser(request)
        why = self._unreadable.get(urlsplit(request.url).netloc)
        if why is not None:
            raise RobotsUnreadableError(why)
        self.process_request_2(parser, request)

    async def robot_parser(self, request: Request) -> RobotParser | None:
        """The parsed robots.txt of the request's host, None where there is none."""
        on_its_way = self._parsers.get(urlsplit(request.url).netloc)
        if not isinstance(on_its_way, Deferred):
            return await super().robot_parser(request)
        own: Deferred[RobotParser | None] = Deferred()

        def pass_on(parser: RobotParser | None) -> RobotParser | None:
            own.callback(parser)
            return parser

        on_its_way.addCallback(pass_on)
        return await maybe_deferred_to_future(own)

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status >= 500 or response.status == 429:
            self._unreadable[netloc] = f"status {response.status}"
        elif response.status >= 300:
            response = response.replace(body=b"")
        elif len(response.body) >= MAX_ROBOTS_BYTES:
            logger.warning("Only the first %d KiB of %s count", MAX_ROBOTS_BYTES >> 10, response.url)
            response = response.replace(body=response.body[:MAX_ROBOTS_BYTES].rpartition(b"\n")[0])
        await super()._parse_robots(response, netloc, request)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        if "max redirections" not in str(exc):
            code = error_code(exc)
            place = self._moved.get(netloc, f"//{netloc}")
            if code == "dns" and host(place) in refused:
                code = "forbidden"
            self._unreadable[netloc] = f"redirected to {place}, {code}" if netloc in self._moved else code
        super()._robots_error(exc, netloc)

    def _bytes_received(self, data: bytes, request: Request, spider: Any) -> None:
        """Hang up on a robots.txt that is longer than what counts of it."""
        if META in request.meta:
            return
        # That was for the download alone: what it unpacks to is bounded as any page.
        request.meta.pop("download_maxsize", None)
        received = request.meta["linkkit_received"] = request.meta.get("linkkit_received", 0) + len(data)
        if received > MAX_ROBOTS_BYTES:
            raise StopDownload(fail=False)
