"""Downloader middlewares: who gets the secrets, where requests go, how fast, and which bodies are not worth fetching."""

import logging
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Self

from scrapy import signals
from scrapy.exceptions import IgnoreRequest, StopDownload
from scrapy.http import Request, Response

from linkkit.crawler.reach import ForbiddenAddressError
from linkkit.crawler.resolver import crawl_reach
from linkkit.crawler.rows import META
from linkkit.crawler.secrets import take_secrets
from linkkit.urls import origin

logger = logging.getLogger(__name__)

MAX_CRAWL_DELAY = 10.0
"""Seconds between requests that a robots.txt can ask for at most; more would make any audit impossible."""

MAX_BACKOFF = 30.0
"""Seconds between requests that 429 and 503 answers can lead to at most."""

MAX_RETRY_AFTER = 120.0
"""Seconds that a Retry-After is waited for at most."""

SMALL_BODY = 1 << 16
"""Bytes of a body that is read though nobody needs it: to end the connection would cost more, and where the body has come along with
its headers, the connection would be used once more while it ends, and the next page be asked for twice."""

RECOVERY = 10
"""Good answers in a row after which a crawl that was slowed down goes twice as fast again."""

_TEXT_TYPES = ("text/", "application/xhtml", "application/xml", "application/vnd.wap.xhtml")


class PoliteMiddleware:
    """Adds secrets for the crawl's own hosts, and keeps requests and bodies back that are not wanted."""

    def __init__(self, crawler: Any) -> None:
        self.crawler = crawler
        self.secrets = take_secrets()
        self.origins = frozenset(crawler.settings.get("LINKKIT_SECRET_ORIGINS", "").split())
        self._reach = crawl_reach(crawler.settings)

    @classmethod
    def from_crawler(cls, crawler: Any) -> Self:
        """Scrapy's constructor."""
        middleware = cls(crawler)
        crawler.signals.connect(middleware.headers_received, signal=signals.headers_received)
        return middleware

    def process_request(self, request: Request, spider: Any = None) -> None:
        """Give a request its secrets, or take away what a redirect of robots.txt has carried to another host.

        One to an address that the crawl may not connect to is not made.
        """
        try:
            self._reach.check_url(request.url)
        except ForbiddenAddressError as error:
            raise IgnoreRequest(str(error)) from error
        is_own = origin(request.url) in self.origins
        for name, value in self.secrets.headers.items():
            if is_own:
                request.headers[name] = value
            else:
                request.headers.pop(name, None)

    def headers_received(self, headers: Any, body_length: Any, request: Request, spider: Any) -> None:
        """Leave the body of images, archives and documents where it is: its address and status are the row."""
        if META not in request.meta:
            return
        content_type = (headers.get("Content-Type") or b"").decode("latin-1").strip().lower()
        if content_type and not content_type.startswith(_TEXT_TYPES):
            # The length is a number only where the server has told it.
            if isinstance(body_length, int) and body_length <= SMALL_BODY:
                return
            raise StopDownload(fail=False)


class PaceMiddleware:
    """Obeys Crawl-delay and Retry-After, slows down when the server says so, and recovers.

    It stands nearer to the server than Scrapy's retries, which answer a 429 or 503 with the next try.
    """

    def __init__(self, crawler: Any) -> None:
        self.crawler = crawler
        self.user_agent = crawler.settings["ROBOTSTXT_USER_AGENT"] or crawler.settings["USER_AGENT"]
        self._usual = crawler.settings.getfloat("DOWNLOAD_DELAY")
        self._paces: dict[str, _Pace] = {}

    @classmethod
    def from_crawler(cls, crawler: Any) -> Self:
        """Scrapy's constructor."""
        middleware = cls(crawler)
        crawler.signals.connect(middleware.robots_parsed, signal=signals.robots_parsed)
        return middleware

    def process_response(self, request: Request, response: Response, spider: Any = None) -> Response:
        """Wait on 429 and 503 as long as Retry-After asks, and go slower; faster again after good answers."""
        pace = self._paces.setdefault(self.crawler.engine.downloader.get_slot_key(request), _Pace())
        if response.status in {429, 503}:
            sent = time.monotonic() - float(request.meta.get("download_latency") or 0.0)
            # What was asked for before the crawl slowed down says nothing new.
            if sent >= pace.slowed:
                pace.slowed, pace.good = time.monotonic(), 0
                delay = min(max(2 * self._delay(request), 1.0), max(MAX_BACKOFF, self._delay(request)))
                self._set_delay(request, delay, f"status {response.status}")
                self._pause(request, retry_after(response.headers.get("Retry-After")))
        elif META in request.meta and response.status < 400:
            pace.good += 1
            if pace.good >= RECOVERY:
                pace.good = 0
                delay = max(self._delay(request) / 2, pace.least, self._usual)
                if delay < self._delay(request):
                    self._set_delay(request, delay, "the site answers again")
        return response

    def robots_parsed(self, robotparser: Any, request: Request) -> None:
        """Take over the Crawl-delay of robots.txt where it is longer than the crawl's own."""
        try:
            wanted = self._crawl_delay(robotparser)
        except Exception:
            logger.exception("Crawl-delay of robots.txt could not be read")
            return
        if wanted:
            delay = min(float(wanted), MAX_CRAWL_DELAY)
            key = self.crawler.engine.downloader.get_slot_key(request)
            self._paces.setdefault(key, _Pace()).least = delay
            if delay > self._delay(request):
                self._set_delay(request, delay, f"Crawl-delay {wanted:g} s in robots.txt")

    def _crawl_delay(self, robotparser: Any) -> float | None:
        # Scrapy's own accessor is newer than the versions linkkit runs with; the parser behind it is not.
        delay = robotparser.rp.crawl_delay(self.user_agent)
        return None if delay is None else float(delay)

    def _delay(self, request: Request) -> float:
        downloader = self.crawler.engine.downloader
        slot = downloader.slots.get(downloader.get_slot_key(request))
        return float(slot.delay) if slot else self._usual

    def _set_delay(self, request: Request, delay: float, reason: str) -> None:
        downloader = self.crawler.engine.downloader
        key = downloader.get_slot_key(request)
        slot = downloader.slots.get(key)
        if slot:
            slot.delay = delay
        # An idle slot is thrown away and made anew from these settings.
        downloader.per_slot_settings[key] = {**downloader.per_slot_settings.get(key, {}), "delay": delay}
        logger.info("One request every %.2g s from now on: %s", delay, reason)

    def _pause(self, request: Request, seconds: float) -> None:
        """Let no request go out for so long."""
        downloader = self.crawler.engine.downloader
        slot = downloader.slots.get(downloader.get_slot_key(request))
        wait = min(seconds, MAX_RETRY_AFTER)
        if slot and wait > slot.delay:
            # The next request goes out a delay after the last one was seen.
            slot.lastseen = time.monotonic() + wait - slot.delay
            logger.info("Waiting %.3g s: Retry-After %.3g s", wait, seconds)


@dataclass
class _Pace:
    """How a host is treated: not faster than `least` seconds, slowed down at `slowed`, `good` answers in a row since."""

    least: float = 0.0
    slowed: float = 0.0
    good: int = 0


def retry_after(value: bytes | None) -> float:
    """Seconds that a Retry-After asks to wait, which holds a number or a date; 0 where it holds neither.

    Examples
    --------
    >>> retry_after(b" 90"), retry_after(b"Wed, 21 Oct 2015 07:28:00 GMT"), retry_after(b"soon"), retry_after(None)
    (90.0, 0.0, 0.0, 0.0)
    """
    text = (value or b"").decode("latin-1").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return 0.0
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
