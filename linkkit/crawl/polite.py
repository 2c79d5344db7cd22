"""Downloader middlewares: robots.txt, who gets the secrets, how fast requests go, and which bodies are not worth fetching."""

import logging
from typing import Any, Self
from urllib.parse import urlsplit

from scrapy import signals
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import StopDownload
from scrapy.http import Request, Response
from scrapy.robotstxt import RobotParser
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.defer import Deferred

from linkkit.crawl.rows import META
from linkkit.crawl.secrets import take_secrets
from linkkit.urls import origin

logger = logging.getLogger(__name__)

MAX_CRAWL_DELAY = 10.0
"""Seconds between requests that a robots.txt can ask for at most; more would make any audit impossible."""

MAX_BACKOFF = 30.0
_TEXT_TYPES = ("text/", "application/xhtml", "application/xml", "application/vnd.wap.xhtml")


class RobotsMiddleware(RobotsTxtMiddleware):
    """Scrapy's own, but for requests that wait while robots.txt is on its way.

    In Scrapy 2.19 they all await one Deferred, whose result the first of them uses up: to the others robots.txt says
    nothing, and they go ahead. A crawl that is taken up again begins with many requests at once.
    """

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


class PoliteMiddleware:
    """Adds secrets for the crawl's own hosts, obeys Crawl-delay, slows down when the server says so."""

    def __init__(self, crawler: Any) -> None:
        self.crawler = crawler
        self.secrets = take_secrets()
        self.origins = frozenset(crawler.settings.get("LINKKIT_SECRET_ORIGINS", "").split())
        self.user_agent = crawler.settings["ROBOTSTXT_USER_AGENT"] or crawler.settings["USER_AGENT"]

    @classmethod
    def from_crawler(cls, crawler: Any) -> Self:
        """Scrapy's constructor."""
        middleware = cls(crawler)
        crawler.signals.connect(middleware.robots_parsed, signal=signals.robots_parsed)
        crawler.signals.connect(middleware.headers_received, signal=signals.headers_received)
        return middleware

    def process_request(self, request: Request, spider: Any = None) -> None:
        """Give a request its secrets, or take away what a redirect of robots.txt has carried to another host."""
        is_own = origin(request.url) in self.origins
        for name, value in self.secrets.headers.items():
            if is_own:
                request.headers[name] = value
            else:
                request.headers.pop(name, None)
        if META not in request.meta:
            # Only robots.txt is requested by anyone but the crawl; it may lie behind a redirect to another host.
            request.meta["allow_offsite"] = True

    def process_response(self, request: Request, response: Response, spider: Any = None) -> Response:
        """Slow down on 429 and 503, as far as Retry-After asks."""
        if response.status in {429, 503}:
            wanted = response.headers.get("Retry-After") or b""
            seconds = float(wanted) if wanted.isdigit() else 0.0
            delay = self._delay(request)
            self._slow_down(
                request, min(max(2 * delay, 1.0, seconds), MAX_BACKOFF), f"status {response.status}"
            )
        return response

    def robots_parsed(self, robotparser: Any, request: Request) -> None:
        """Take over the Crawl-delay of robots.txt where it is longer than the crawl's own."""
        try:
            wanted = self._crawl_delay(robotparser)
        except Exception:
            logger.exception("Crawl-delay of robots.txt could not be read")
            return
        if wanted:
            self._slow_down(
                request, min(float(wanted), MAX_CRAWL_DELAY), f"Crawl-delay {wanted:g} s in robots.txt"
            )

    def headers_received(self, headers: Any, body_length: Any, request: Request, spider: Any) -> None:
        """Leave the body of images, archives and documents where it is: its address and status are the row."""
        if META not in request.meta:
            return
        content_type = (headers.get("Content-Type") or b"").decode("latin-1").strip().lower()
        if content_type and not content_type.startswith(_TEXT_TYPES):
            raise StopDownload(fail=False)

    def _crawl_delay(self, robotparser: Any) -> float | None:
        # Scrapy's own accessor is newer than the versions linkkit runs with; the parser behind it is not.
        delay = robotparser.rp.crawl_delay(self.user_agent)
        return None if delay is None else float(delay)

    def _delay(self, request: Request) -> float:
        downloader = self.crawler.engine.downloader
        slot = downloader.slots.get(downloader.get_slot_key(request))
        return float(slot.delay) if slot else 0.0

    def _slow_down(self, request: Request, delay: float, reason: str) -> None:
        downloader = self.crawler.engine.downloader
        key = downloader.get_slot_key(request)
        slot = downloader.slots.get(key)
        default = self.crawler.settings.getfloat("DOWNLOAD_DELAY")
        if delay <= (slot.delay if slot else default):
            return
        if slot:
            slot.delay = delay
        # An idle slot is thrown away and made anew from these settings.
        downloader.per_slot_settings[key] = {**downloader.per_slot_settings.get(key, {}), "delay": delay}
        logger.info("One request every %.2g s from now on: %s", delay, reason)
