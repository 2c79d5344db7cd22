"""Memory of a crawler while it crawls a large site: ``make bench SIZE=crawl``, ``python -m tests.bench.suite crawl [PAGES]``.

A web server on this machine makes up a site of so many pages (100,000 without a number): a menu, forty links among the pages near
by, home and a few far away, and two paragraphs. Printed: resident megabytes of the crawler process each time another part of the
pages is on disk, and the slope between a tenth of the site and its end.
"""

import os
import subprocess
import sys
import tempfile
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pandas as pd

from linkkit.crawler.progress import CrawlProgress
from linkkit.crawler.run import run_crawl
from tests.bench.bench_crawl import answer_with

STEPS = 20
_TEXT = (
    "Tents keep the rain off, and the wind as well, if they are pitched with care and dried before they are packed again. "
    * 8
)


def page(number: int, pages: int) -> str:
    """One page of the made-up site."""
    near = [number * 10 + each for each in range(1, 11)] + [number + each for each in range(1, 26)]
    far = [(number * 7_919 + each * 104_729) % pages for each in range(5)]
    links = "".join(
        f'<li><a href="/section-{each % 40}/page-{each}.html">Tents and more {each}</a></li>'
        for each in (*near, *far)
        if each < pages
    )
    menu = "".join(
        f'<a href="/section-{each}/page-{each}.html">Section {each}</a>' for each in range(40) if each < pages
    )
    return (
        f"<!doctype html><html lang=en><head><title>Page {number}</title></head><body><nav>{menu}</nav>"
        f"<main><h1>Page {number}</h1><p>{_TEXT}</p><ul>{links}</ul><p>{_TEXT}</p></main></body></html>"
    )


def serve(pages: int) -> None:
    """Serve the site on loopback until standard input ends; prints the port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            name = self.path.rpartition("page-")[2].removesuffix(".html")
            number = 0 if self.path == "/" else int(name) if name.isdigit() else pages
            body = page(number, pages).encode() if number < pages else b""
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    answer_with(Handler)


def resident(folder: Path) -> float:
    """Megabytes of the process that works in a folder."""
    for process in Path("/proc").iterdir():
        try:
            if process.name.isdigit() and os.readlink(process / "cwd") == str(folder):
                return int((process / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
        except OSError:
            continue
    return 0.0


def crawled(pages: int = 100_000) -> pd.DataFrame:
    """Crawl such a site.

    Returns
    -------
    DataFrame
        Each time another part is on disk: ``pages``, ``resident_mb`` of the crawler process, ``seconds`` since the start.
    """
    code = f"from tests.bench.bench_crawl_memory import serve; serve({pages})"
    seen: list[tuple[int, float, float]] = []
    began = time.monotonic()
    with (
        subprocess.Popen(
            [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as server,
        tempfile.TemporaryDirectory() as scratch,
    ):
        assert server.stdin
        assert server.stdout
        folder = Path(scratch).resolve()

        def watch(progress: CrawlProgress) -> None:
            is_due = progress.pages >= (len(seen) + 0.2) * pages / STEPS
            if is_due and (size := resident(folder / "crawl")):
                seen.append((progress.pages, size, time.monotonic() - began))
                print(f"{progress.pages:>9,} pages {size:7.0f} MB {seen[-1][2]:7.0f} s", flush=True)

        url = f"http://127.0.0.1:{int(server.stdout.readline())}/"
        result = run_crawl(url, folder, delay=0, concurrency=8, sitemap=False, trap_pages=0, progress=watch)
        server.stdin.close()
    assert result.status.complete
    assert result.status.pages >= pages
    return pd.DataFrame(seen, columns=["pages", "resident_mb", "seconds"])
