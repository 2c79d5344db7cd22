"""Fixtures that any test may use, and the rules by which tests skip.

A test marked ``browser`` needs a Chromium, one marked ``docs`` Debian's documentation packages, one marked ``spark`` PySpark and Java.
Without them it is skipped and says what to install. With LINKKIT_REQUIRE_BROWSER=1, LINKKIT_REQUIRE_DOCS=1 or
LINKKIT_REQUIRE_SPARK=1, as in CI, it fails instead: a green run there has run them.
"""

import asyncio
import os
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests.browser import MISSING, chromium, find_chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

    from linkkit.client import Client

# No test asserts a time: on a busy machine an example may take long, and so may finding one.
settings.register_profile(
    "linkkit",
    deadline=None,
    max_examples=50,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
settings.load_profile("linkkit")

ROOT = Path(__file__).resolve().parents[1]
DOCS = {
    "python": ("python3.11-doc", ("/usr/share/doc/python3.11/html", "/usr/share/doc/python3.11-doc/html")),
    "postgresql": ("postgresql-doc-15", ("/usr/share/doc/postgresql-doc-15/html",)),
}


def find_docs(name: str) -> Path | None:
    """Folder of a documentation site that Debian packages, or None where it is not installed."""
    return next((Path(place) for place in DOCS[name][1] if (Path(place) / "index.html").is_file()), None)


def _missing_docs() -> str | None:
    packages = [package for name, (package, _) in DOCS.items() if find_docs(name) is None]
    if not packages:
        return None
    names = " and ".join(packages)
    return f"no documentation site to crawl; install Debian's {names} to run the tests of a real site"


def _missing_spark() -> str | None:
    if find_spec("pyspark") is None or shutil.which("java") is None:
        return "no Spark; install the extra `spark` and Java 17 (Debian's openjdk-17-jre-headless) to run its tests"
    return None


def _required(variable: str) -> bool:
    return os.environ.get(variable, "") not in ("", "0")


def pytest_report_header() -> list[str]:
    return [
        f"browser tests: {find_chromium() or 'SKIPPED, ' + MISSING}",
        f"docs tests: {'SKIPPED, ' + missing if (missing := _missing_docs()) else 'installed'}",
        f"spark tests: {'SKIPPED, ' + missing if (missing := _missing_spark()) else 'installed'}",
    ]


def pytest_runtest_setup(item: pytest.Item) -> None:
    needs = (
        ("browser", "LINKKIT_REQUIRE_BROWSER", None if find_chromium() else MISSING),
        ("docs", "LINKKIT_REQUIRE_DOCS", _missing_docs()),
        ("spark", "LINKKIT_REQUIRE_SPARK", _missing_spark()),
    )
    for marker, variable, missing in needs:
        if missing is None or item.get_closest_marker(marker) is None:
            continue
        if _required(variable):
            pytest.fail(f"{missing} ({variable} is set, so this test may not be skipped)", pytrace=False)
        pytest.skip(missing)


@pytest.fixture(autouse=True)
def no_foreign_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """Playwright keeps an event loop running in the thread of the tests; widgets would take it for a kernel's, and wait for it."""
    later = sys.modules.get("linkkit.widgets.later")
    if later is None:
        return

    def running() -> asyncio.AbstractEventLoop:
        if threading.current_thread() is threading.main_thread():
            raise RuntimeError("no kernel runs here")
        return asyncio.get_running_loop()

    monkeypatch.setattr(later, "asyncio", SimpleNamespace(get_running_loop=running))


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """A headless Chromium for the whole run. The tests that use it are marked ``browser``."""
    with chromium() as started:
        yield started


@pytest.fixture
def context(browser: "Browser") -> Iterator["BrowserContext"]:
    """A fresh browser context: no cookies or storage from other tests."""
    made = browser.new_context(viewport={"width": 1400, "height": 1000})
    yield made
    made.close()


@pytest.fixture
def page(context: "BrowserContext") -> "Page":
    """A fresh tab."""
    return context.new_page()


@pytest.fixture(scope="session")
def python_docs() -> Path:
    """Folder of Debian's Python documentation. The tests that use it are marked ``docs``."""
    folder = find_docs("python")
    assert folder is not None
    return folder


@pytest.fixture(scope="session")
def postgresql_docs() -> Path:
    """Folder of Debian's PostgreSQL documentation. The tests that use it are marked ``docs``."""
    folder = find_docs("postgresql")
    assert folder is not None
    return folder


class _QuietHandler(SimpleHTTPRequestHandler):
    # Kept-alive connections: a crawl of a thousand pages should not open a thousand sockets.
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A crawler that is stopped hangs up in mid-answer: nothing to report."""


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[[Path], str]]:
    """``serve(folder)`` -> address (with a slash at its end) at which the folder's files stand on loopback."""
    with ExitStack() as stack:

        def start(folder: Path) -> str:
            server = _Server(("127.0.0.1", 0), partial(_QuietHandler, directory=str(folder)))
            stack.callback(server.server_close)
            thread = threading.Thread(
                target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
            )
            thread.start()
            stack.callback(thread.join)
            stack.callback(server.shutdown)
            return f"http://127.0.0.1:{server.server_port}/"

        yield start


@pytest.fixture(scope="session")
def sample_client(tmp_path_factory: pytest.TempPathFactory) -> "Client":
    """The sample client after a real crawl of its site over HTTP."""
    from linkkit.headless import sample_client as set_up

    with set_up(tmp_path_factory.mktemp("clients")) as (client, address):
        client.crawl(crawl_url=address, delay=0)
    return client
