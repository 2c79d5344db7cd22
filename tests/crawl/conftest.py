"""A small configurable web server on loopback, and the way to read what a crawl wrote."""

import json
import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from linkkit.crawler import process
from tests.crawl.fault_table import VARIABLE, FaultTable
from tests.crawl.misbehaving import Raw


@dataclass
class Page:
    body: str | bytes = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str | None = "text/html; charset=utf-8"


Answer = Page | str | Raw


class WebServer:
    """Pages by path and query; records every request with its headers, in order."""

    def __init__(self, pages: Mapping[str, Answer] | None = None) -> None:
        self.pages: Mapping[str, Answer] = pages or {}
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.delay = 0.0
        self.on_request: Callable[[str], Answer | None] | None = None
        self._lock = threading.Lock()
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                owner.answer(self)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: Any, client_address: Any) -> None:
                pass  # a killed crawler leaves broken pipes behind

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        self.origin = f"http://127.0.0.1:{self.port}"
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        ).start()

    def url(self, path: str = "/") -> str:
        return self.origin + path

    @property
    def counts(self) -> Counter[str]:
        with self._lock:
            return Counter(path for path, _ in self.requests)

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        with self._lock:
            self.requests.append(
                (handler.path, {name.lower(): value for name, value in handler.headers.items()})
            )
        if self.delay and handler.path != "/robots.txt":
            time.sleep(self.delay)
        page = self.on_request(handler.path) if self.on_request else None
        if page is None:
            found = self.pages.get(handler.path, Page("<title>Not found</title>", 404))
            page = found
        if callable(page):
            page(handler)
            return
        page = Page(page) if isinstance(page, str) else page
        body = page.body.encode() if isinstance(page.body, str) else page.body
        body = body.replace(b"{origin}", self.origin.encode())
        handler.send_response(page.status)
        for name, value in page.headers.items():
            handler.send_header(name, value.replace("{origin}", self.origin))
        if page.content_type:
            handler.send_header("Content-Type", page.content_type)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Rows:
    """The rows of a crawl by path (query kept), and as they are."""

    KEYS: ClassVar[tuple[str, ...]] = ("url", "status", "depth", "error", "blocked_by_robots", "redirect_to")

    def __init__(self, folder: Path) -> None:
        self.lines = [
            json.loads(line)
            for part in sorted((folder / "crawl").glob("part-*.jl"))
            for line in part.open("rb")
            if line.endswith(b"\n")
        ]
        self.all = [line["linkkit"] for line in self.lines]
        self.by_path = {"/" + row["url"].split("/", 3)[3]: row for row in self.all}

    def __getitem__(self, path: str) -> dict[str, Any]:
        return self.by_path[path]

    def essence(self) -> set[tuple[Any, ...]]:
        return {(*(row[key] for key in self.KEYS), len(row["links"])) for row in self.all}

    def items(self) -> dict[str, dict[str, Any]]:
        """advertools' columns by path."""
        return {"/" + line["linkkit"]["url"].split("/", 3)[3]: line for line in self.lines}


def status_of(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "crawl" / "status.json").read_text())


@pytest.fixture(scope="session")
def fault_table() -> Iterator[FaultTable]:
    """What this run provokes; written to the documentation where the run is asked to."""
    table = FaultTable()
    yield table
    if os.environ.get(VARIABLE):
        table.write()


@pytest.fixture
def fault(fault_table: FaultTable) -> Callable[[str, int, str], None]:
    """``fault(name, times tried, outcome)`` notes a fault whose outcome the test has asserted."""
    return fault_table.note


@pytest.fixture
def server() -> Iterator[WebServer]:
    web = WebServer()
    yield web
    web.close()


@contextmanager
def scrapy_set(**settings: object) -> Iterator[None]:
    """Crawls within go by other settings of Scrapy: shorter waits, smaller pages."""
    usual = process.scrapy_settings
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(process, "scrapy_settings", lambda *given, **named: usual(*given, **named) | settings)
        yield


def assert_whole(folder: Path, paths: Iterable[str]) -> "Rows":
    """Every one of these addresses has one row, and nothing else has; returns the rows."""
    found = Rows(folder)
    assert Counter("/" + row["url"].split("/", 3)[3] for row in found.all) == Counter(list(paths))
    return found


@pytest.fixture(scope="module")
def module_server() -> Iterator[WebServer]:
    web = WebServer()
    yield web
    web.close()


def links(*paths: str) -> str:
    return "".join(f'<a href="{path}">{path}</a>' for path in paths)


def tree(pages: int, children: int = 4) -> dict[str, Page | str]:
    """A site where page n links to pages n*children+1 ..., and home."""
    site: dict[str, Page | str] = {}
    for n in range(pages):
        below = [f"/p{m}" for m in range(n * children + 1, n * children + children + 1) if m < pages]
        site["/" if n == 0 else f"/p{n}"] = f"<title>Page {n}</title><main>{links('/', *below)}</main>"
    return site
