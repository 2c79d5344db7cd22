"""Scrapy spider middleware around advertools' spider: what to request, in which order, and what a row holds.

advertools downloads and extracts its columns; this middleware replaces its list of start addresses by the frontier,
adds the ``linkkit`` object to each row, finds the next addresses, and gives every request exactly one row: failed,
blocked and unreadable ones too.
"""

import logging
import os
import secrets
import threading
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from filelock import FileLock
from scrapy import signals
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.defer import Deferred
from twisted.internet.task import LoopingCall

from linkkit.crawler import control, feed
from linkkit.crawler.conductor import Conductor, Item, Probe
from linkkit.crawler.files import CrawlFiles, rows, write_json
from linkkit.crawler.frontier import Entry, Rank
from linkkit.crawler.plan import shared_plan
from linkkit.crawler.resolver import crawl_reach, refused
from linkkit.crawler.robots import RobotsUnreadableError
from linkkit.crawler.rows import (
    META,
    NOT_THERE,
    bare_item,
    complete_item,
    error_code,
    failure_row,
    response_row,
)
from linkkit.crawler.secrets import take_secrets
from linkkit.crawler.sitemaps import SitemapReader, to_json
from linkkit.crawler.soft_404 import soft_404_limits
from linkkit.urls import host

logger = logging.getLogger(__name__)

WRITER_LOCK_SECONDS = 60.0
STOP_GRACE_SECONDS = 12.0
"""How long requests under way may still answer after a stop."""

PROGRESS_SECONDS = 0.4
UNKNOWN_SECONDS = 10.0
"""How long the answer for a page that does not exist is waited for."""


class LinkkitMiddleware:
    """The crawl of one run; see the module's text."""

    def __init__(self, crawler: Any) -> None:
        self.crawler = crawler
        self.files = CrawlFiles(Path(crawler.settings["LINKKIT_FOLDER"]))
        # A crawler that a killed caller left behind may still be ending.
        self._lock = FileLock(self.files.writer_lock)
        self._lock.acquire(timeout=WRITER_LOCK_SECONDS)
        self.plan = shared_plan(self.files.plan)
        self.conductor = Conductor(self.plan, is_sitemap_done=not self.plan.fetch_sitemap)
        self.secrets = take_secrets()
        self._is_sitemap_begun = False
        self._wakeup: Deferred[None] | None = None
        self._progress = LoopingCall(self._write_progress)

    @classmethod
    def from_crawler(cls, crawler: Any) -> Self:
        """Scrapy's constructor."""
        middleware = cls(crawler)
        connect = crawler.signals.connect
        connect(middleware.spider_opened, signal=signals.spider_opened)
        connect(middleware.spider_closed, signal=signals.spider_closed)
        connect(middleware.item_scraped, signal=signals.item_scraped)
        connect(middleware.item_error, signal=signals.item_error)
        connect(middleware.spider_error, signal=signals.spider_error)
        return middleware

    # -- what to request ------------------------------------------------------------------------------------------

    async def process_start(self, start: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """Requests and late items, one at a time, until nothing is left; advertools' own start list is not used."""
        self._begin_sitemap()
        while not self.conductor.is_finished:
            step = self.conductor.step()
            if step is None:
                # What waited may have been left out.
                if not self.conductor.is_finished:
                    await self._outcome()
            elif isinstance(step, Entry):
                request = self._request(step)
                if request is not None:
                    yield request
            elif isinstance(step, Probe):
                yield self._probe(step)
            else:
                yield step
        if self.conductor.stopped_by is None and self.conductor.state.is_started:
            yield self._unknown()

    def _request(self, entry: Entry) -> Request | None:
        try:
            return Request(
                entry.url,
                callback=self.crawler.spider.parse,
                errback=self.request_failed,
                meta={META: entry, "dont_redirect": True, "depth": entry.depth or 0},
                dont_filter=True,
            )
        except ValueError as error:
            self._lost(entry, error)
            return None

    def _probe(self, probe: Probe) -> Request:
        return Request(
            probe.url,
            callback=self._probe_answered,
            errback=self._probe_failed,
            meta={META: None, "dont_redirect": True},
            dont_filter=True,
            priority=100,
        )

    def _unknown(self) -> Request:
        """Ask for a page that does not exist: what the site shows then, it may show under addresses that seem to."""
        return Request(
            f"{self.conductor.state.primary}/linkkit-{secrets.token_hex(8)}",
            callback=self._unknown_answered,
            errback=self._unknown_failed,
            meta={META: None, "dont_redirect": True, "dont_retry": True, "download_timeout": UNKNOWN_SECONDS},
            dont_filter=True,
        )

    async def _outcome(self) -> None:
        self._wakeup = Deferred()
        await maybe_deferred_to_future(self._wakeup)

    def wake(self) -> None:
        """Let `process_start` look again: something has changed."""
        waiting, self._wakeup = self._wakeup, None
        if waiting is not None and not waiting.called:
            waiting.callback(None)

    # -- what came back -------------------------------------------------------------------------------------------

    async def process_spider_output(
        self, response: Response, result: AsyncIterator[Any], spider: Any = None
    ) -> AsyncIterator[Any]:
        """The item advertools made of a page, with the ``linkkit`` object in it."""
        async for item in result:
            if isinstance(item, dict):
                for each in self._answered(response, item):
                    yield each

    def process_spider_exception(
        self, response: Response, exception: Exception, spider: Any = None
    ) -> list[Item]:
        """A page that advertools' extraction fails on (binary files, odd HTML): its row has fewer columns."""
        if not isinstance(response.meta.get(META), Entry):
            return []
        logger.debug("advertools has no columns for %s: %r", response.url, exception)
        return self._answered(response, None)

    def request_failed(self, failure: Any) -> list[Item]:
        """The row of a request that got no answer, or that robots.txt forbids."""
        entry = failure.request.meta[META]
        if failure.check(RobotsUnreadableError) and str(failure.value) not in NOT_THERE:
            return self._robots_unread(entry, str(failure.value))
        is_blocked = bool(failure.check(IgnoreRequest)) and str(failure.value) == "Forbidden by robots.txt"
        is_unread = bool(failure.check(RobotsUnreadableError))
        error = None if is_blocked else str(failure.value) if is_unread else error_code(failure.value)
        if error == "dns" and host(entry.url) in refused:
            error = "forbidden"
        if error is not None:
            logger.info("No answer from %s: %s", entry.url, refused.get(host(entry.url), error))
        row = failure_row(entry, error)
        return self._outcome_of(self._item(bare_item(row), row))

    def _robots_unread(self, entry: Entry, why: str) -> list[Item]:
        """A page of a host whose robots.txt cannot be read: for a later run, but the start page's failure is the crawl's."""
        logger.warning("robots.txt of %s could not be read: %s", entry.url, why)
        if not self.conductor.state.is_started:
            row = failure_row(entry, why) | {"robots_unread": True}
            return self._outcome_of(self._item(bare_item(row), row))
        is_stopped = self.conductor.stopped_by is not None
        self.conductor.postpone(entry, why)
        if self.conductor.stopped_by is not None and not is_stopped:
            self._reactor.callLater(STOP_GRACE_SECONDS, self._give_up)
        self.wake()
        return []

    def _answered(self, response: Response, item: Item | None) -> list[Item]:
        entry = response.meta[META]
        row, columns = response_row(response, entry)
        return self._outcome_of(self._item(bare_item(row, response) if item is None else columns | item, row))

    def _item(self, item: Item, row: Item) -> Item:
        return complete_item(item, row, self.secrets.names)

    def _outcome_of(self, item: Item) -> list[Item]:
        items = self.conductor.outcome(item)
        self._begin_sitemap()
        self.wake()
        return items

    def _lost(self, entry: Entry, error: BaseException) -> None:
        """Something unforeseen happened to a request: it gets its row all the same."""
        row = failure_row(entry, error_code(error))
        self.conductor.outcome_later(self._item(bare_item(row), row))
        self.wake()

    def _probe_answered(self, response: Response) -> list[Item]:
        self.conductor.probed(response.status, None)
        self.wake()
        return []

    def _probe_failed(self, failure: Any) -> list[Item]:
        self.conductor.probed(None, error_code(failure.value))
        self.wake()
        return []

    def _unknown_answered(self, response: Response) -> list[Item]:
        row, _ = response_row(response, Entry(response.url, None, Rank(True, 0)))
        self.conductor.limits = soft_404_limits(row, rows(self.files.parts), self.plan.scope)
        return []

    def _unknown_failed(self, failure: Any) -> list[Item]:
        logger.info("How the site answers for pages that do not exist is not known: %s", failure.value)
        return []

    # -- signals --------------------------------------------------------------------------------------------------

    def spider_opened(self, spider: Any) -> None:
        """Start listening to the caller, the clock and the progress file."""
        from twisted.internet import reactor as installed  # noqa: PLC0415  (importing it earlier would install the wrong reactor)

        reactor: Any = installed
        self._reactor = reactor
        control.watch(lambda: reactor.callFromThread(self.stop, "interrupted"))
        self._progress.start(PROGRESS_SECONDS)
        if self.plan.max_seconds is not None:
            self._reactor.callLater(
                self.plan.max_seconds, self.stop, f"time limit {self.plan.max_seconds:g} s"
            )

    def stop(self, reason: str, *, is_fault: bool = False) -> None:
        """Start nothing new, let requests under way answer for a while, then end."""
        if self.conductor.stopped_by is None:
            logger.info("Stopping: %s", reason)
            self._reactor.callLater(STOP_GRACE_SECONDS, self._give_up)
        self.conductor.stop(reason, is_fault=is_fault)
        self.wake()

    def _give_up(self) -> None:
        # Rows are written through, so nothing on disk is lost by leaving at once.
        self._save_report()
        os._exit(0)

    def item_scraped(self, item: Item, response: Any, spider: Any) -> None:
        """A row is on disk."""
        if feed.failure:
            self.stop(f"the crawl file could not be written: {feed.failure[0]}", is_fault=True)
        self.conductor.row_written(item)
        self.wake()

    def item_error(self, item: Item, response: Any, spider: Any, failure: Any) -> None:
        """A row could not be written."""
        self.stop(f"a row could not be written: {failure.value!r}", is_fault=True)
        self.conductor.row_written(item)
        self.wake()

    def spider_error(self, failure: Any, response: Any, spider: Any) -> None:
        """A fault on the way from answer to row."""
        request = getattr(response, "request", None)
        entry = request.meta.get(META) if request is not None else None
        if isinstance(entry, Entry):
            self._lost(entry, failure.value)

    def spider_closed(self, spider: Any, reason: str) -> None:
        """Tell the caller how it went."""
        if reason != "finished":
            self.conductor.stop("interrupted")
        if self._progress.running:
            self._progress.stop()
        self._save_report()

    def _save_report(self) -> None:
        self._write_progress()
        self.conductor.make_report().save(self.files.report)

    def _write_progress(self) -> None:
        # On Windows the file cannot be replaced while the caller reads it: then the next tick does it.
        with suppress(OSError):
            write_json(self.files.progress, self.conductor.progress())

    # -- sitemap --------------------------------------------------------------------------------------------------

    def _begin_sitemap(self) -> None:
        """Read the sitemaps in a thread beside the crawl, once the start page has shown the site's origin."""
        if self._is_sitemap_begun or not self.plan.fetch_sitemap or not self.conductor.state.is_started:
            return
        self._is_sitemap_begun = True
        threading.Thread(target=self._read_sitemap, name="linkkit-sitemap", daemon=True).start()

    def _read_sitemap(self) -> None:
        reader = SitemapReader(
            self.plan.scope,
            self.conductor.state.primary,
            self.plan.user_agent,
            self.secrets,
            crawl_reach(self.crawler.settings),
        )
        try:
            reader.read()
        except Exception as error:
            logger.exception("Sitemaps could not be read")
            reader.notes.append(f"sitemaps could not be read: {error!r}")
        self._reactor.callFromThread(self._sitemap_read, reader)

    def _sitemap_read(self, reader: SitemapReader) -> None:
        self.conductor.report.notes.extend(reader.notes)
        for note in reader.notes:
            logger.warning("%s", note)
        write_json(self.files.sitemap, to_json(reader.entries))
        self.conductor.add_seeds(reader.seeds)
        self.wake()
