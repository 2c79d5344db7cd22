"""Page, depth and time limits; include and exclude; Crawl-delay."""

import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest

from linkkit.crawl.run import CrawlResult, run_crawl
from tests.crawl.conftest import Page, Rows, WebServer, links, tree


def test_page_limit_is_exact_across_runs(server: WebServer, tmp_path: Path) -> None:
    server.pages = tree(30)
    first = run_crawl(server.url(), tmp_path, delay=0, max_pages=5)
    assert (first.status.pages, first.status.stopped_by, first.status.complete) == (5, "page limit 5", False)
    assert first.status.queued > 0
    asked = server.counts.total()
    assert run_crawl(server.url(), tmp_path, delay=0, max_pages=5).status.stopped_by == "page limit 5"
    assert server.counts.total() == asked
    second = run_crawl(server.url(), tmp_path, delay=0, max_pages=12)
    assert (second.status.pages, second.status.stopped_by) == (12, "page limit 12")
    assert len({row["url"] for row in Rows(tmp_path).all}) == 12
    assert len(second.parts) == 2


def test_depth_limit_then_raised(server: WebServer, tmp_path: Path) -> None:
    server.pages = {
        "/": links("/a"),
        "/a": links("/b", "/"),
        "/b": links("/c"),
        "/c": links("/d"),
        "/d": "",
        "/sitemap.xml": Page(
            "<urlset><url><loc>{origin}/d</loc></url><url><loc>{origin}/s</loc></url></urlset>"
        ),
        "/s": links("/behind-a-seed"),
    }
    first = run_crawl(server.url(), tmp_path, delay=0, max_depth=1)
    assert (first.status.complete, first.status.stopped_by, first.status.queued) == (
        False,
        "depth limit 1",
        1,
    )
    assert {path: row["depth"] for path, row in Rows(tmp_path).by_path.items()} == {
        "/": 0,
        "/a": 1,
        "/d": None,
        "/s": None,
        "/behind-a-seed": None,
    }
    second = run_crawl(server.url(), tmp_path, delay=0, max_depth=9)
    assert second.status.complete
    assert Rows(tmp_path)["/c"]["depth"] == 3
    assert Rows(tmp_path)["/behind-a-seed"]["depth"] is None
    assert server.counts["/d"] == 1


def test_time_limit_patterns_and_crawl_delay(tmp_path: Path) -> None:
    slow, chosen, polite = WebServer(tree(200)), WebServer(), WebServer()
    slow.delay = 0.2
    chosen.pages = {
        "/": links("/blog/", "/shop/", "/blog/draft-1"),
        "/blog/": links("/blog/one", "/shop/x", "/blog/draft-2"),
        "/blog/one": "",
    }
    polite.pages = {"/": links("/a", "/b"), "/a": "", "/b": ""}
    polite.pages["/robots.txt"] = Page("User-agent: linkkit\nCrawl-delay: 0.7\n", content_type="text/plain")
    times: dict[str, float] = {}
    polite.on_request = lambda path: times.__setitem__(path, time.monotonic())

    def timed() -> CrawlResult:
        return run_crawl(slow.url(), tmp_path / "slow", delay=0, concurrency=2, max_seconds=3, sitemap=False)

    def patterned() -> CrawlResult:
        return run_crawl(
            chosen.url(), tmp_path / "chosen", delay=0, include=["/blog/"], exclude=["draft"], sitemap=False
        )

    with ThreadPoolExecutor(2) as pool:
        by_time, by_pattern = pool.submit(timed), pool.submit(patterned)
        delayed = pool.submit(run_crawl, polite.url(), tmp_path / "polite", delay=0, sitemap=False)
    status = by_time.result().status
    assert (status.complete, status.stopped_by) == (False, "time limit 3 s")
    assert 0 < status.pages < 100
    assert status.pages == slow.counts.total() - slow.counts["/robots.txt"]

    assert by_pattern.result().status.complete
    assert set(Rows(tmp_path / "chosen").by_path) == {"/", "/blog/", "/blog/one"}

    assert delayed.result().status.complete
    pages = sorted(times[path] for path in ("/", "/a", "/b"))
    assert min(later - earlier for earlier, later in pairwise(pages)) == pytest.approx(0.7, abs=0.2)
    for server in (slow, chosen, polite):
        server.close()
