"""Servers under load, and pages of a size"""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy.http import Request, Response
from scrapy.settings import Settings

from linkkit.crawler.polite import MAX_BACKOFF, MAX_RETRY_AFTER, RECOVERY, PaceMiddleware, retry_after
from linkkit.crawler.rows import META
from linkkit.crawler.run import run_crawl
from linkkit.errors import CrawlError
from tests.crawl.conftest import Page, WebServer, assert_whole, links

Note = Callable[[str, int, str], None]


def _site(pages: int) -> dict[str, Page | str]:
    return {"/": links(*(f"/p{n}" for n in range(pages)))} | {f"/p{n}": links("/") for n in range(pages)}


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_waited_for(server: WebServer, tmp_path: Path, status: int, fault: Note) -> None:
    server.pages = _site(4)
    times: list[tuple[float, str]] = []
    wait = 3

    def answer(path: str) -> Page | None:
        times.append((time.monotonic(), path))
        if path == "/p1" and server.counts[path] == 1:
            moment = datetime.now(UTC) + timedelta(seconds=wait + 1)
            header = str(wait) if status == 429 else format_datetime(moment, usegmt=True)
            return Page("later", status, {"Retry-After": header})
        return None

    server.on_request = answer
    assert run_crawl(server.url(), tmp_path, delay=0, concurrency=1, sitemap=False).status.complete
    rows = assert_whole(tmp_path, server.pages)
    assert all(row["status"] == 200 for row in rows.all)
    refused = next(moment for moment, path in times if path == "/p1")
    after = [moment for moment, _ in times if moment > refused]
    assert after[0] - refused >= wait - 0.1
    # The wait is for once: the crawl does not go at its pace from then on.
    assert all(later - earlier < wait for earlier, later in pairwise(after))
    if status == 429:
        fault("status 429 with Retry-After in seconds", 1, "waited for, then the page is asked for again")
    else:
        fault("status 503 with Retry-After as a date", 1, "waited for, then the page is asked for again")


class Downloader:
    """What the middleware sees of Scrapy's downloader: one host with its delay."""

    def __init__(self, delay: float) -> None:
        self.slot = SimpleNamespace(delay=delay, lastseen=0.0)
        self.slots, self.per_slot_settings = {"h.example": self.slot}, {}

    def get_slot_key(self, request: Request) -> str:
        return "h.example"


def _paced(delay: float) -> tuple[PaceMiddleware, Downloader]:
    downloader = Downloader(delay)
    settings = Settings(
        {
            "DOWNLOAD_DELAY": delay,
            "USER_AGENT": "x",
            "LINKKIT_START": "http://127.0.0.1",
            "LINKKIT_HOSTS": "127.0.0.1",
        }
    )
    crawler: Any = SimpleNamespace(settings=settings, engine=SimpleNamespace(downloader=downloader))
    return PaceMiddleware(crawler), downloader


def _answered(pace: PaceMiddleware, status: int, *, latency: float = 0.0, **headers: str) -> None:
    request = Request("http://h.example/", meta={META: None, "download_latency": latency})
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    pace.process_response(request, Response("http://h.example/", status=status, headers=given))


def test_waits_are_bounded_and_the_pace_recovers(fault: Note) -> None:
    pace, downloader = _paced(0.25)
    _answered(pace, 503, Retry_After="86400")
    now = time.monotonic()
    assert downloader.slot.delay == 1.0
    assert MAX_RETRY_AFTER - 2 < downloader.slot.lastseen + downloader.slot.delay - now <= MAX_RETRY_AFTER
    fault("Retry-After of a day", 1, f"waited for {MAX_RETRY_AFTER:g} s")
    # Eight requests under way are answered at once: that is one reason to slow down, not eight.
    for _ in range(8):
        _answered(pace, 503, latency=5.0)
    assert downloader.slot.delay == 1.0
    for _ in range(9):
        _answered(pace, 429)
    assert downloader.slot.delay == MAX_BACKOFF
    for _ in range(7 * RECOVERY):
        _answered(pace, 200)
    assert downloader.slot.delay == 0.25
    fault(
        "status 429 or 503 without Retry-After",
        18,
        f"twice as slow each time, up to {MAX_BACKOFF:g} s; twice as fast after {RECOVERY} good answers",
    )


@pytest.mark.parametrize("value", [b"-1", b"1e9", b"Wed, 99 Foo", b"\xff", "²".encode(), b"0"])
def test_retry_after_that_says_nothing(value: bytes) -> None:
    assert retry_after(value) == 0.0


def test_a_storm_of_500_stops_the_crawl_and_is_not_taken_for_broken_pages(
    server: WebServer, tmp_path: Path, fault: Note
) -> None:
    server.pages = _site(60)
    storm = Page("down", 500)
    server.on_request = lambda path: storm if len(server.requests) > 20 else None
    status = run_crawl(server.url(), tmp_path, delay=0, sitemap=False).status
    assert "the site stopped answering" in str(status.stopped_by)
    assert status.pages + status.queued == 61
    server.on_request = None
    assert run_crawl(server.url(), tmp_path, delay=0, sitemap=False).status.complete
    rows = assert_whole(tmp_path, server.pages)
    assert all(row["status"] == 200 for row in rows.all)
    fault(
        "500 for everything, from one moment on",
        status.queued,
        "the crawl stops and says so; the next call asks for those pages again",
    )


def test_single_pages_that_answer_500_are_broken_pages(
    server: WebServer, tmp_path: Path, fault: Note
) -> None:
    server.pages = _site(40)
    broken = {f"/p{n}" for n in range(0, 40, 5)}
    server.on_request = lambda path: Page("oops", 500) if path in broken else None
    assert run_crawl(server.url(), tmp_path, delay=0, sitemap=False).status.complete
    rows = assert_whole(tmp_path, server.pages)
    assert {path for path, row in rows.by_path.items() if row["status"] == 500} == broken
    assert all(server.counts[path] == 3 for path in broken)
    fault(
        "500 for every fifth page", len(broken), "asked for 3 times, a row with the status, the crawl goes on"
    )


def test_100_000_links_on_a_page(server: WebServer, tmp_path: Path, fault: Note) -> None:
    number = 100_000
    server.pages = {
        "/": "<main>" + "".join(f"<a href='/p{n % 5}#{n}'>{n}</a>" for n in range(number)) + "</main>",
        **{f"/p{n}": "<title>P</title>" for n in range(5)},
    }
    assert run_crawl(server.url(), tmp_path, delay=0, sitemap=False).status.complete
    rows = assert_whole(tmp_path, server.pages)
    assert len(rows["/"]["links"]) == number
    assert rows["/"]["links"][-1][:2] == [server.url(f"/p{(number - 1) % 5}#{number - 1}"), str(number - 1)]
    fault("100,000 links on a page", number, "every link is kept; each target requested once")


def test_two_crawls_on_one_folder(server: WebServer, tmp_path: Path, fault: Note) -> None:
    server.pages, server.delay = _site(12), 0.05
    refusals: list[str] = []
    tried = threading.Event()

    def answer(path: str) -> None:
        if path == "/p3" and not tried.is_set():
            tried.set()
            for _ in range(3):
                with pytest.raises(CrawlError, match="another crawl is running in this folder") as caught:
                    run_crawl(server.url(), tmp_path, delay=0, sitemap=False)
                refusals.append(str(caught.value))

    server.on_request = answer  # type: ignore[assignment]
    assert run_crawl(server.url(), tmp_path, delay=0, sitemap=False).status.complete
    assert len(refusals) == 3
    assert_whole(tmp_path, server.pages)
    assert all(server.counts[path] == 1 for path in server.pages)
    fault("a second crawl on the same folder", 3, "refused at once; the first goes on undisturbed")
