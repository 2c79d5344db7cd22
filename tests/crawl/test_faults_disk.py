"""Disks that fail, and crawls that are killed"""

import json
import os
import random
import resource
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from linkkit.crawler.files import CrawlFiles, rows
from linkkit.crawler.run import run_crawl
from linkkit.crawler.status import read_status
from linkkit.errors import CrawlError
from tests.crawl.conftest import Page, Rows, WebServer, assert_whole, links, tree
from tests.crawl.test_resume import At, crawler_pids

Note = Callable[[str, int, str], None]
PROC = pytest.mark.skipif(not Path("/proc").exists(), reason="looks for processes in /proc")
KILLS = 20


def _site(pages: int) -> dict[str, Page | str]:
    text = "<p>" + "Words that fill the disk. " * 80
    return {"/": links(*(f"/p{n}" for n in range(pages)))} | {
        f"/p{n}": f"<title>Page {n}</title>{text}" for n in range(pages)
    }


def _mounted(*options: str) -> bool:
    return subprocess.run(["mount", *options], capture_output=True, check=False).returncode == 0


@contextmanager
def small_disk(folder: Path, kilobytes: int) -> Iterator[Callable[[], None]]:
    """A disk of so many kilobytes at a folder, or where none can be mounted files that cannot grow beyond them; what frees it."""
    folder.mkdir()
    if (
        os.name == "posix"
        and os.geteuid() == 0
        and _mounted("-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(folder))
    ):
        try:
            yield lambda: (_mounted("-o", "remount,size=64m", str(folder)), None)[1]
        finally:
            subprocess.run(["umount", "-l", str(folder)], check=True)
        return
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (kilobytes << 10, usual[1]))
    try:
        yield lambda: resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)


def test_disk_full(server: WebServer, tmp_path: Path, fault: Note) -> None:
    server.pages = _site(150)
    place = tmp_path / "disk"
    with small_disk(place, 200) as more_room:
        # Where not even the status can be written, that is the error.
        try:
            status = run_crawl(server.url(), place, delay=0, sitemap=False).status
            assert not status.complete
            said = str(status.stopped_by)
        except CrawlError as error:
            said = str(error)
        assert "No space left" in said or "File too large" in said
        before = [row["url"] for row in rows(CrawlFiles(place / "crawl").parts)]
        assert 0 < len(before) < 151
        more_room()
        assert run_crawl(server.url(), place, delay=0, sitemap=False).status.complete
        found = assert_whole(place, server.pages)
        assert [row["url"] for row in found.all][: len(before)] == before
        again = [path for path in server.pages if server.url(path) in before and server.counts[path] > 1]
        assert again == []
    fault(
        "disk full while rows are written",
        1,
        "the crawl stops and names file and fault; with room again it goes on, no row lost or torn",
    )


def test_folder_that_cannot_be_written(server: WebServer, tmp_path: Path, fault: Note) -> None:
    server.pages = _site(3)
    place = tmp_path / "disk"
    with small_disk(place, 4096):
        run_crawl(server.url(), place, delay=0, sitemap=False)
        kept = {path.name: path.read_bytes() for path in (place / "crawl").iterdir() if path.suffix == ".jl"}
        asked = len(server.requests)
        if _mounted("-o", "remount,ro", str(place)):
            unlock = lambda: _mounted("-o", "remount,rw", str(place))  # noqa: E731
        elif os.geteuid() != 0:
            os.chmod(place / "crawl", 0o500)
            unlock = lambda: os.chmod(place / "crawl", 0o700) is None  # noqa: E731
        else:
            pytest.skip("root may write everywhere, and no disk can be mounted here")
        try:
            for restart in (False, True):
                with pytest.raises(CrawlError, match="cannot be written"):
                    run_crawl(server.url(), place, delay=0, sitemap=False, restart=restart)
            with pytest.raises(CrawlError, match="cannot be made"):
                run_crawl(server.url(), place / "new" / "crawl", delay=0, sitemap=False)
        finally:
            unlock()
        assert {
            path.name: path.read_bytes() for path in (place / "crawl").iterdir() if path.suffix == ".jl"
        } == kept
        assert len(server.requests) == asked
    fault(
        "folder that cannot be written",
        3,
        "an error that names it before anything is requested; earlier rows stay",
    )


@PROC
def test_killed_at_20_moments(server: WebServer, tmp_path: Path, fault: Note) -> None:
    """``kill -9`` for the crawler, each time while the server holds another request; what is left is crawled to the end."""
    site = {**tree(160, 5), "/robots.txt": Page("User-agent: *\nDisallow: /p7\n", content_type="text/plain")}
    undisturbed = tmp_path / "undisturbed"
    server.pages = site
    run_crawl(server.url(), undisturbed, delay=0, sitemap=False)
    server.requests.clear()
    rng = random.Random(8)
    folder = tmp_path / "killed"
    done: set[str] = set()
    for _ in range(KILLS):
        At(server, rng.randint(1, 7), lambda: os.kill(crawler_pids(folder)[0], signal.SIGKILL))
        asked = len(server.requests)
        with pytest.raises(CrawlError, match="exit status -9"):
            run_crawl(server.url(), folder, delay=0, concurrency=4, sitemap=False)
        status = read_status(folder)
        assert status is not None
        assert (status.complete, status.stopped_by) == (False, "killed")
        # What is on disk is not asked for again, and stays.
        assert not {path for path, _ in server.requests[asked:]} & done
        now = {"/" + row["url"].split("/", 3)[3] for row in rows(CrawlFiles(folder / "crawl").parts)}
        assert now >= done
        done = now
    server.on_request = None
    assert run_crawl(server.url(), folder, delay=0, sitemap=False).status.complete
    assert Rows(folder).essence() == Rows(undisturbed).essence()
    # robots.txt forbids /p7, /p70 ...: what only they lead to is not found.
    assert len(Rows(folder).all) == len(Rows(undisturbed).all) == 155
    fault(
        "kill -9 of the crawler at 20 random moments",
        KILLS,
        "the crawl at the end is the undisturbed one: the same rows, none twice, none asked for again",
    )


@PROC
def test_rows_cut_at_20_places(server: WebServer, tmp_path: Path, fault: Note) -> None:
    """A machine that goes down may keep any beginning of the file: each gives a state that knows what is missing."""
    server.pages = tree(40, 3)
    run_crawl(server.url(), tmp_path, delay=0, sitemap=False)
    part = CrawlFiles(tmp_path / "crawl").parts[0]
    whole, rng = part.read_bytes(), random.Random(9)
    for _ in range(KILLS):
        cut = rng.randrange(1, len(whole))
        part.write_bytes(whole[:cut])
        kept = [row["url"] for row in rows((part,))]
        assert len(kept) == whole[:cut].count(b"\n")
        assert kept == [json.loads(line)["linkkit"]["url"] for line in whole.split(b"\n")[: len(kept)]]
    assert run_crawl(server.url(), tmp_path, delay=0, sitemap=False).status.complete
    assert_whole(tmp_path, server.pages)
    fault(
        "crawl file cut at 20 random bytes", KILLS, "whole rows count, the torn one's page is crawled again"
    )
