"""CPU seconds of a whole crawl: linkkit, linkkit with advertools' own spider, ``advertools.crawl``, and a bare Scrapy spider.

Run as ``python -m tests.bench.bench_crawl [python|postgresql|jdk] [rounds]``. Crawls an installed documentation from a web server
on this machine, the engines in turn, each in a process of its own whose CPU time (with its children's, without the server's) and
peak memory the operating system counts. Prints the median of each and its ratio to linkkit's, and whether the sets of pages and
of links agree with advertools'.
"""

import compileall
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.bench.docs_site import DOCS
from tests.conftest import ROOT

BARE = """
import sys, scrapy
from lxml import etree
from urllib.parse import urljoin, urldefrag


class Bare(scrapy.Spider):
    name = "bare"
    start_urls = [sys.argv[-1]]
    custom_settings = {"CONCURRENT_REQUESTS_PER_DOMAIN": 8, "DOWNLOAD_DELAY": 0, "LOG_LEVEL": "ERROR"}

    def parse(self, response):
        if not isinstance(response, scrapy.http.HtmlResponse):
            return
        seen = self.__dict__.setdefault("seen", set(self.start_urls))
        root = etree.fromstring(response.body, parser=etree.HTMLParser())
        links = [] if root is None else [urljoin(response.url, each.get("href")) for each in root.iter("a") if each.get("href")]
        yield {"url": response.url, "links": links}
        for link in links:
            link = urldefrag(link)[0]
            if link not in seen and link.startswith(ORIGIN):
                seen.add(link)
                yield scrapy.Request(link, dont_filter=True)


from scrapy.crawler import CrawlerProcess
ORIGIN = "/".join(sys.argv[-1].split("/")[:3]) + "/"
process = CrawlerProcess({"FEEDS": {sys.argv[-2]: {"format": "jsonlines"}}, "TELNETCONSOLE_ENABLED": False, "HTTPERROR_ALLOW_ALL": True})
process.crawl(Bare)
process.start()
"""
ADVERTOOLS = """
import sys, advertools
advertools.crawl(sys.argv[-1], sys.argv[-2], follow_links=True, allowed_domains=["127.0.0.1"], custom_settings={
    "LOG_LEVEL": "ERROR", "CONCURRENT_REQUESTS_PER_DOMAIN": 8, "DOWNLOAD_DELAY": 0})
"""
LINKKIT = """
import sys
from pathlib import Path
from linkkit.crawler.run import run_crawl
run_crawl(sys.argv[-1], Path(sys.argv[-2]), delay=0, concurrency=8, sitemap=False, render='never', engine={engine!r})
"""
ENGINES = {
    "linkkit": LINKKIT.format(engine="linkkit"),
    "linkkit, advertools' spider": LINKKIT.format(engine="advertools"),
    "advertools": ADVERTOOLS,
    "bare Scrapy": BARE,
}


class _Quiet(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        pass


def serve(folder: str) -> None:
    """Serve a folder on loopback until standard input ends; prints the port."""
    answer_with(partial(_Quiet, directory=folder))


def answer_with(handler: Callable[..., BaseHTTPRequestHandler]) -> None:
    """Answer requests on loopback until standard input ends; prints the port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    sys.stdin.read()


def crawl(code: str, out: Path, start: str) -> tuple[float, float, float]:
    """CPU seconds, wall seconds and peak megabytes (of the largest process) of one crawl."""
    begun = time.monotonic()
    # The first child only starts the crawl and waits: the kernel adds up what it and its children used.
    counter = (
        "import resource, subprocess, sys; subprocess.run([sys.executable, '-c', *sys.argv[1:]], check=True);"
        "u = resource.getrusage(resource.RUSAGE_CHILDREN); print(u.ru_utime + u.ru_stime, u.ru_maxrss / 1024)"
    )
    done = subprocess.run(
        [sys.executable, "-c", counter, code, str(out), start],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ
        | {
            "PYTHONPATH": str(ROOT),
            # As for a user, nothing is compiled anew each time.
            "PYTHONDONTWRITEBYTECODE": "",
            # advertools starts a bare "scrapy".
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        },
    )
    cpu, memory = map(float, done.stdout.splitlines()[-1].split())
    return cpu, time.monotonic() - begun, memory


def pages_and_links(out: Path, origin: str) -> tuple[set[str], set[tuple[str, str]]]:
    """Addresses of HTML pages that answered 200, and (page, target) pairs, without fragments."""
    files = sorted((out / "crawl").glob("part-*.jl")) if out.is_dir() else [out]
    pages: set[str] = set()
    links: set[tuple[str, str]] = set()
    for file in files:
        for line in file.open("rb"):
            row = json.loads(line)
            if row.get("status") != 200 or "html" not in (row.get("resp_headers_Content-Type") or ""):
                continue
            url = row["url"].split("#")[0]
            pages.add(url)
            links |= {(url, each.split("#")[0]) for each in (row.get("links_url") or "").split("@@") if each}
    return pages, links


def main(name: str = "python", rounds: int = 3) -> None:
    """Print the table for one documentation."""
    folder, start = DOCS[{"python": "Python docs", "postgresql": "PostgreSQL docs", "jdk": "JDK docs"}[name]]
    compileall.compile_dir(ROOT / "linkkit", quiet=2)
    figures: dict[str, list[tuple[float, float, float]]] = {each: [] for each in ENGINES}
    found: dict[str, Any] = {}
    with (
        subprocess.Popen(
            [sys.executable, "-c", f"from tests.bench.bench_crawl import serve; serve({str(folder)!r})"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as server,
        tempfile.TemporaryDirectory() as scratch,
    ):
        assert server.stdout
        assert server.stdin
        origin = f"http://127.0.0.1:{int(server.stdout.readline())}/"
        for turn in range(rounds):
            for place, (engine, code) in enumerate(ENGINES.items()):
                out = Path(scratch) / f"{place}-{turn}"
                out = out if engine.startswith("linkkit") else out.with_suffix(".jl")
                figures[engine].append(crawl(code, out, origin + start))
                if engine in ("linkkit", "advertools") and turn == 0:
                    found[engine] = pages_and_links(out, origin)
                print(f"  {engine}: {figures[engine][-1][0]:.1f} CPU s", flush=True)
        server.stdin.close()
    own = statistics.median(cpu for cpu, _, _ in figures["linkkit"])
    print(f"{name} docs, {rounds} rounds, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print(f"{'engine':30} {'CPU s':>7} {'wall s':>7} {'MB':>6} {'CPU to linkkit':>15}")
    for engine, runs in figures.items():
        cpu, wall, memory = (statistics.median(each) for each in zip(*runs, strict=True))
        print(f"{engine:30} {cpu:7.1f} {wall:7.1f} {memory:6.0f} {cpu / own:14.2f}x")
    (pages, links), (their_pages, their_links) = found["linkkit"], found["advertools"]
    print(
        f"pages: {len(pages)}, only here {len(pages - their_pages)}, only advertools {len(their_pages - pages)}"
    )
    print(
        f"links: {len(links)}, only here {len(links - their_links)}, only advertools {len(their_links - links)}"
    )
    for pair in [*sorted(links - their_links)[:3], *sorted(their_links - links)[:3]]:
        print("  ", *pair)


if __name__ == "__main__":
    main(*sys.argv[1:2], *map(int, sys.argv[2:3]))
