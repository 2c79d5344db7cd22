"""Page, depth and time limits, exclude patterns, Crawl-delay."""

import time
from itertools import pairwise
from pathlib import Path

from linkkit.crawler.run import CrawlStatus, run_crawl
from tests.crawl.conftest import Page, Rows, WebServer, links, tree


def test_page_limit_then_depth_limit_then_none(server: WebServer, tmp_path: Path) -> None:
    server.pages = {
        "/": links("/a", "/a2", "/private"),
        "/a": links("/b", "/"),
        "/a2": "",
        "/b": links("/c"),
        "/c": links("/d"),
        "/d": "",
        "/sitemap.xml": Page(
            "<urlset><url><loc>{origin}/d</loc></url><url><loc>{origin}/s</loc></url></urlset>"
        ),
        "/s": links("/behind-a-seed"),
        "/behind-a-seed": links("/far-behind"),
        "/far-behind": "",
    }

    def crawl(max_pages: int | None, max_depth: int | None) -> CrawlStatus:
        return run_crawl(
            server.url(),
            tmp_path,
            delay=0,
            max_pages=max_pages,
            max_depth=max_depth,
            exclude=["/priv", "^x"],
        ).status

    status = crawl(2, None)
    assert (status.complete, status.stopped_by, status.pages) == (False, "page limit 2", 2)
    assert status.queued == 4
    asked = server.counts.total()
    assert crawl(2, 7).stopped_by == "page limit 2"
    assert server.counts.total() == asked

    status = crawl(None, 1)
    assert (status.complete, status.stopped_by, status.queued) == (False, "depth limit 1", 2)
    assert {path: row["depth"] for path, row in Rows(tmp_path).by_path.items()} == {
        "/": 0,
        "/a": 1,
        "/a2": 1,
        "/d": None,
        "/s": None,
        "/behind-a-seed": None,
    }

    status = crawl(None, None)
    assert (status.complete, status.stopped_by, status.pages) == (True, None, 9)
    assert Rows(tmp_path)["/c"]["depth"] == 3
    assert {path: count for path, count in server.counts.items() if count > 1 and path != "/robots.txt"} == {}
    assert server.counts["/private"] == 0


def test_time_limit_and_crawl_delay(server: WebServer, tmp_path: Path) -> None:
    server.pages = tree(200)
    server.pages["/robots.txt"] = Page("User-agent: linkkit\nCrawl-delay: 0.6\n", content_type="text/plain")
    times: dict[str, float] = {}
    server.on_request = lambda path: times.__setitem__(path, time.monotonic())
    started = time.monotonic()
    status = run_crawl(server.url(), tmp_path, delay=0, max_seconds=3, sitemap=False).status
    assert (status.complete, status.stopped_by) == (False, "time limit 3 s")
    assert time.monotonic() - started < 60
    # Requests that were waiting for their turn when the time was up still go out.
    assert 3 <= status.pages <= 14
    assert status.pages == server.counts.total() - server.counts["/robots.txt"]
    pages = sorted(moment for path, moment in times.items() if path != "/robots.txt")
    assert min(later - earlier for earlier, later in pairwise(pages)) > 0.4
