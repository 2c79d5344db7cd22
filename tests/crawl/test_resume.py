"""A crawl that is stopped, in whatever way, and taken up again: nothing lost, nothing asked for twice."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from linkkit.crawler.files import CrawlFiles, rows
from linkkit.crawler.resume import load_state
from linkkit.crawler.run import run_crawl
from linkkit.crawler.scope import Scope
from linkkit.crawler.status import read_status
from linkkit.errors import CrawlError, SettingsError
from tests.crawl.conftest import Page, Rows, WebServer, links, status_of, tree

PAGES, CHILDREN = 240, 5
SITE: dict[str, Page | str] = {
    **tree(PAGES, CHILDREN),
    "/sitemap.xml": Page("<urlset><url><loc>{origin}/lost</loc></url></urlset>", content_type="text/xml"),
    "/lost": "<a href='/lost-2'>only from here</a>",
    "/lost-2": "<title>Lost</title>",
}
NOT_PAGES = {"/robots.txt", "/sitemap.xml"}


def undisturbed() -> dict[str, int | None]:
    """What the site's own construction says: every page and its depth."""
    depths: dict[str, int | None] = {"/": 0, "/lost": None, "/lost-2": None}
    for n in range(1, PAGES):
        parent = (n - 1) // CHILDREN
        depths[f"/p{n}"] = 1 + (depths["/" if parent == 0 else f"/p{parent}"] or 0)
    return depths


def crawler_pids(folder: Path) -> list[int]:
    """Processes working in the crawl folder."""
    found = []
    for process in Path("/proc").iterdir():
        try:
            if process.name.isdigit() and os.readlink(process / "cwd") == str(folder / "crawl"):
                found.append(int(process.name))
        except OSError:
            continue
    return found


class At:
    """Calls something while the server holds the n-th page request, which is then under way."""

    def __init__(self, server: WebServer, number: int, act: Callable[[], object]) -> None:
        self._left, self._act, self._lock = number, act, threading.Lock()
        server.on_request = self

    def __call__(self, path: str) -> Page | None:
        if path not in NOT_PAGES:
            with self._lock:
                self._left -= 1
                if self._left == 0:
                    self._act()
        return None


def crawled(folder: Path) -> set[str]:
    return {"/" + row["url"].split("/", 3)[3] for row in rows(CrawlFiles(folder / "crawl").parts)}


def crawl(server: WebServer, folder: Path, **options: object) -> object:
    return run_crawl(server.url(), folder, delay=0, concurrency=4, **options)  # type: ignore[arg-type]


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks for processes in /proc")
def test_stopped_in_four_ways_gives_the_undisturbed_crawl(server: WebServer, tmp_path: Path) -> None:  # noqa: PLR0915
    server.pages, server.delay = SITE, 0.01

    # 1. The caller is killed while its crawler is at work: the crawler ends with it.
    script = "import sys; from linkkit.crawler.run import run_crawl; run_crawl(*sys.argv[1:], delay=0, concurrency=4)"
    caller = subprocess.Popen([sys.executable, "-c", script, server.url(), str(tmp_path)], cwd=Path.cwd())
    At(server, 12, caller.kill)
    caller.wait(120)
    deadline = time.monotonic() + 10
    while crawler_pids(tmp_path) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not crawler_pids(tmp_path)
    status = read_status(tmp_path)
    assert status is not None
    assert (status.complete, status.stopped_by) == (False, "killed")
    # A row that was being written.
    part = CrawlFiles(tmp_path / "crawl").parts[-1]
    part.write_bytes(part.read_bytes() + b'{"url": "' + server.url("/p59").encode() + b'", "linkk')

    def on_disk_is_not_asked_for_again(run: Callable[[], object]) -> None:
        before, asked = crawled(tmp_path), len(server.requests)
        run()
        assert not {path for path, _ in server.requests[asked:]} & before
        assert crawled(tmp_path) >= before
        assert not crawler_pids(tmp_path)

    # 2. The crawler itself is killed.
    def killed() -> None:
        At(server, 10, lambda: os.kill(crawler_pids(tmp_path)[0], signal.SIGKILL))
        with pytest.raises(CrawlError, match=r"(?s)exit status -9.*the next call goes on from there"):
            crawl(server, tmp_path)
        assert (status_of(tmp_path)["complete"], status_of(tmp_path)["stopped_by"]) == (False, "killed")

    on_disk_is_not_asked_for_again(killed)

    # 3. Ctrl-C.
    def interrupted() -> None:
        At(server, 8, lambda: os.kill(os.getpid(), signal.SIGINT))
        asked = len(server.requests)
        with pytest.raises(KeyboardInterrupt):
            crawl(server, tmp_path)
        status = status_of(tmp_path)
        assert (status["complete"], status["stopped_by"]) == (False, "interrupted")
        assert status["pages"] == len(crawled(tmp_path))
        assert status["queued"] > 0
        # What was under way was waited for: each request got its row.
        assert {path for path, _ in server.requests[asked:]} - NOT_PAGES <= crawled(tmp_path)

    on_disk_is_not_asked_for_again(interrupted)

    # 4. Cancelled from another thread, while its caller waits.
    def cancelled() -> None:
        stop = threading.Event()
        server.delay = 0.1
        At(server, 4, stop.set)
        result = run_crawl(server.url(), tmp_path, delay=0, concurrency=4, cancel=stop)
        assert (result.status.complete, result.status.stopped_by) == (False, "interrupted")

    on_disk_is_not_asked_for_again(cancelled)
    assert len(crawled(tmp_path)) < PAGES

    # 5. To the end.
    server.on_request, server.delay = None, 0.0
    on_disk_is_not_asked_for_again(lambda: crawl(server, tmp_path))
    found = Rows(tmp_path)
    assert {path: row["depth"] for path, row in found.by_path.items()} == undisturbed()
    assert len(found.all) == len(undisturbed())
    assert all(row["status"] == 200 for row in found.all)
    assert (status_of(tmp_path)["complete"], status_of(tmp_path)["pages"]) == (True, len(undisturbed()))

    # A folder in use, and settings that would mix two crawls: refused, without a request.
    asked = len(server.requests)
    with (
        FileLock(CrawlFiles(tmp_path / "crawl").lock),
        pytest.raises(CrawlError, match="another crawl is running in this folder"),
    ):
        crawl(server, tmp_path)
    with pytest.raises(SettingsError, match=r"exclude: was \[\], is \['x'\].*restart=True"):
        crawl(server, tmp_path, exclude=["x"])
    with pytest.raises(SettingsError, match="headers, basic_auth and cookies"):
        crawl(server, tmp_path, basic_auth=("a", "b"))
    assert len(server.requests) == asked


def test_state_is_computed_from_whole_lines_only(tmp_path: Path) -> None:
    part = tmp_path / "part-000.jl"
    row = (
        b'{"url":"x","linkkit":{"url":"http://h.example/","status":200,"error":null,"redirect_to":null,'
        b'"depth":0,"links":[["http://h.example/a","a"]]}}\n'
    )
    part.write_bytes(row + b'{"other": 1}\n' + row + row[:40])
    state = load_state((part,), Scope("http://h.example/"))
    assert (state.rows, state.is_started, state.start_links) == (1, True, 1)
    entry = state.frontier.next()
    assert entry is not None
    assert (entry.url, entry.depth) == ("http://h.example/a", 1)


def test_an_interrupted_redirect_of_the_start_page_is_taken_up(tmp_path: Path) -> None:
    part = tmp_path / "part-000.jl"
    part.write_bytes(
        b'{"linkkit":{"url":"http://h.example/","status":301,"error":null,"redirect_to":"https://www.h.example/en/",'
        b'"depth":0,"links":[]}}\n'
    )
    state = load_state((part,), Scope("http://h.example/"))
    assert (state.is_started, state.start_url, state.primary) == (
        False,
        "https://www.h.example/en/",
        "https://www.h.example",
    )
    entry = state.frontier.next()
    assert entry is not None
    assert (entry.url, entry.depth) == ("https://www.h.example/en/", 0)


def test_robots_txt_holds_for_the_many_requests_that_a_resumed_crawl_begins_with(
    server: WebServer, tmp_path: Path
) -> None:
    open_pages = [f"/p{n}" for n in range(8)]
    private = [f"/private/{n}" for n in range(8)]
    server.pages = {
        "/": links(*[path for pair in zip(private, open_pages, strict=True) for path in pair]),
        **dict.fromkeys([*open_pages, *private], "<title>A page</title>"),
    }

    def slow_robots(path: str) -> Page | None:
        if path != "/robots.txt":
            return None
        time.sleep(0.5)
        return Page("User-agent: *\nDisallow: /private/\n", content_type="text/plain")

    server.on_request = slow_robots
    run_crawl(server.url(), tmp_path, max_pages=1, delay=0, sitemap=False)
    run_crawl(server.url(), tmp_path, delay=0, sitemap=False)
    found = Rows(tmp_path)
    assert all(found[path]["blocked_by_robots"] for path in private)
    assert {path for path in server.counts if path.startswith("/private")} == set()
    assert all(found[path]["status"] == 200 for path in open_pages)
