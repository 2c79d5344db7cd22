"""A crawl that is stopped, in whatever way, and taken up again: nothing lost, nothing asked for twice."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from linkkit.crawl.files import CrawlFiles, rows
from linkkit.crawl.resume import load_state
from linkkit.crawl.run import run_crawl
from linkkit.crawl.scope import Scope
from linkkit.crawl.status import read_status
from linkkit.errors import CrawlError, SettingsError
from tests.crawl.conftest import Page, Rows, WebServer, status_of, tree

SITE: dict[str, Page | str] = {
    **tree(60),
    "/sitemap.xml": Page("<urlset><url><loc>{origin}/lost</loc></url></urlset>", content_type="text/xml"),
    "/lost": "<a href='/lost-2'>only from here</a>",
    "/lost-2": "<title>Lost</title>",
}
POSIX_ONLY = pytest.mark.skipif(not Path("/proc").exists(), reason="looks for processes in /proc")


def crawler_pids(folder: Path) -> dict[str, int]:
    """Processes working in the crawl folder: the child and Scrapy."""
    found = {}
    for process in Path("/proc").iterdir():
        try:
            if process.name.isdigit() and os.readlink(process / "cwd") == str(folder / "crawl"):
                words = (process / "cmdline").read_bytes()
                found["scrapy" if b"runspider" in words else "child"] = int(process.name)
        except OSError:
            continue
    return found


class At:
    """Calls something while the server holds the n-th page request, which is then under way."""

    def __init__(self, server: WebServer, number: int, act: Callable[[], object]) -> None:
        self._left, self._act, self._lock = number, act, threading.Lock()
        server.on_request = self

    def __call__(self, path: str) -> Page | None:
        if path not in {"/robots.txt", "/sitemap.xml"}:
            with self._lock:
                self._left -= 1
                if self._left == 0:
                    self._act()
        return None


def crawled(folder: Path) -> set[str]:
    return {row["url"] for row in rows(CrawlFiles(folder / "crawl").parts)}


def crawl(server: WebServer, folder: Path, **options: object) -> object:
    return run_crawl(server.url(), folder, delay=0, concurrency=4, **options)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[object, ...]]:
    server = WebServer(SITE)
    folder = tmp_path_factory.mktemp("undisturbed")
    crawl(server, folder)
    found = {(row[0].replace(server.origin, ""), *row[1:]) for row in Rows(folder).essence()}
    server.close()
    assert len(found) == 62
    return found


@POSIX_ONLY
def test_killed_three_times_gives_the_undisturbed_crawl(
    undisturbed: set[tuple[object, ...]], server: WebServer, tmp_path: Path
) -> None:
    server.pages, server.delay = SITE, 0.01
    # First the caller dies, and with it its crawler.
    script = "import sys; from linkkit.crawl.run import run_crawl; run_crawl(sys.argv[1], sys.argv[2], delay=0, concurrency=4)"
    caller = subprocess.Popen([sys.executable, "-c", script, server.url(), str(tmp_path)], cwd=Path.cwd())
    At(server, 12, caller.kill)
    caller.wait(60)
    deadline = time.monotonic() + 10
    while crawler_pids(tmp_path) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not crawler_pids(tmp_path)
    status = read_status(tmp_path)
    assert status is not None
    assert (status.complete, status.stopped_by) == (False, "killed")
    # A line that was being written.
    part = CrawlFiles(tmp_path / "crawl").parts[-1]
    part.write_bytes(part.read_bytes() + b'{"url": "' + server.url("/p59").encode() + b'", "linkk')

    # Then Scrapy, then the child between the two.
    for victim, number in (("scrapy", 15), ("child", 10)):
        before, asked = crawled(tmp_path), len(server.requests)
        At(server, number, lambda victim=victim: os.kill(crawler_pids(tmp_path)[victim], signal.SIGKILL))  # type: ignore[misc]
        with pytest.raises(CrawlError, match="the next call goes on from there"):
            crawl(server, tmp_path)
        assert not crawler_pids(tmp_path)
        assert status_of(tmp_path)["stopped_by"] == "killed"
        assert status_of(tmp_path)["complete"] is False
        again = {server.url(path) for path, _ in server.requests[asked:]}
        assert not again & before
        assert crawled(tmp_path) > before

    server.on_request = None
    before, asked = crawled(tmp_path), len(server.requests)
    crawl(server, tmp_path)
    assert not {server.url(path) for path, _ in server.requests[asked:]} & before
    found = Rows(tmp_path)
    assert {(row[0].replace(server.origin, ""), *row[1:]) for row in found.essence()} == undisturbed
    assert len(found.all) == len(undisturbed)
    assert status_of(tmp_path)["complete"] is True
    assert status_of(tmp_path)["pages"] == len(undisturbed)


@POSIX_ONLY
def test_interrupted_by_ctrl_c_then_cancelled_then_finished(server: WebServer, tmp_path: Path) -> None:
    server.pages, server.delay = SITE, 0.03
    At(
        server,
        10,
        lambda: os.kill(os.getpid(), signal.SIGINT),
    )
    with pytest.raises(KeyboardInterrupt):
        crawl(server, tmp_path)
    assert not crawler_pids(tmp_path)
    status = status_of(tmp_path)
    assert (status["complete"], status["stopped_by"]) == (False, "interrupted")
    assert 4 <= status["pages"] == len(crawled(tmp_path)) < 40
    assert status["queued"] > 0
    # What was under way was awaited: each request got its row.
    assert set(server.counts) - {"/robots.txt", "/sitemap.xml"} == {
        url.replace(server.origin, "") for url in crawled(tmp_path)
    }

    stop = threading.Event()
    At(server, 8, stop.set)
    result = run_crawl(server.url(), tmp_path, delay=0, concurrency=4, cancel=stop)
    assert result.status.stopped_by == "interrupted"
    assert result.status.pages > status["pages"]

    server.on_request = None
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(crawl, server, tmp_path)
        while not crawler_pids(tmp_path):
            time.sleep(0.02)
        with pytest.raises(CrawlError, match="another crawl is running in this folder"):
            crawl(server, tmp_path)
        assert read_status(tmp_path).stopped_by == "running"  # type: ignore[union-attr]
        running.result()
    assert len(Rows(tmp_path).all) == 62
    assert (
        max(count for path, count in server.counts.items() if path not in {"/robots.txt", "/sitemap.xml"})
        == 1
    )

    with pytest.raises(SettingsError, match=r"exclude: was \[\], is \['x'\].*restart=True"):
        crawl(server, tmp_path, exclude=["x"])
    with pytest.raises(SettingsError, match="headers, basic_auth and cookies"):
        crawl(server, tmp_path, basic_auth=("a", "b"))


def test_state_is_computed_from_whole_lines_only(tmp_path: Path) -> None:
    part = tmp_path / "part-000.jl"
    row = b'{"url":"x","linkkit":{"url":"http://h.example/","status":200,"error":null,"redirect_to":null,"depth":0,"links":[["http://h.example/a","a"]]}}\n'
    part.write_bytes(row + b'{"other": 1}\n' + row + row[:40])
    state = load_state((part,), Scope("http://h.example/"))
    assert (state.rows, state.is_started, state.start_links) == (1, True, 1)
    entry = state.frontier.next()
    assert entry is not None
    assert (entry.url, entry.depth) == ("http://h.example/a", 1)
