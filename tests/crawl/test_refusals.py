"""Sites that cannot be crawled: a clear error, or a crawl that says it is incomplete."""

import socket
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from linkkit.crawler.run import CrawlResult, run_crawl
from linkkit.errors import CrawlError
from tests.crawl.conftest import Page, Rows, WebServer, links, status_of


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Future[CrawlResult]]]:
    """Crawls of unfriendly sites, two at a time."""
    sites: dict[str, dict[str, Page | str]] = {
        "robots": {"/": "x", "/robots.txt": Page("User-agent: *\nDisallow: /\n", content_type="text/plain")},
        "script": {
            "/": "<title>App</title><div id=app></div><script src=app.js></script><a href='https://elsewhere.example/'>x</a>"
        },
    }
    found: dict[str, tuple[Path, Future[CrawlResult]]] = {}
    servers = []
    with ThreadPoolExecutor(2) as pool:
        for name, pages in sites.items():
            server = WebServer(pages)
            servers.append(server)
            folder = tmp_path_factory.mktemp(name)
            found[name] = folder, pool.submit(run_crawl, server.url(), folder, delay=0)
        folder = tmp_path_factory.mktemp("closed")
        found["closed"] = (
            folder,
            pool.submit(run_crawl, f"http://127.0.0.1:{closed_port()}/", folder, delay=0),
        )
    for server in servers:
        server.close()
    return found


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("robots", "robots.txt forbids the start page"),
        ("closed", "could not be reached: it refused the connection"),
    ],
)
def test_no_crawl_is_an_error_and_leaves_no_rows(
    outcomes: dict[str, tuple[Path, Future[CrawlResult]]], name: str, words: str
) -> None:
    folder, outcome = outcomes[name]
    with pytest.raises(CrawlError, match=words):
        outcome.result()
    assert not list((folder / "crawl").glob("part-*.jl"))
    status = status_of(folder)
    assert status["complete"] is False
    assert status["pages"] == 0
    assert status["stopped_by"]


def test_one_page_is_incomplete(outcomes: dict[str, tuple[Path, Future[CrawlResult]]]) -> None:
    folder, outcome = outcomes["script"]
    status = outcome.result().status
    assert (status.complete, status.pages) == (False, 1)
    assert status.stopped_by == (
        "only the start page was found: it holds a script and no link to a page of the site, so that its links need JavaScript"
    )
    assert list(Rows(folder).by_path) == ["/"]


def test_a_site_that_goes_down_is_not_a_site_of_broken_pages(server: WebServer, tmp_path: Path) -> None:
    server.pages = {"/": links(*(f"/p{n}" for n in range(40)))} | {f"/p{n}": links("/") for n in range(40)}
    blocked = Page("Go away", 403)
    server.on_request = lambda path: blocked if len(server.requests) > 12 else None
    status = run_crawl(server.url(), tmp_path, delay=0, sitemap=False).status
    assert not status.complete
    assert "the site stopped answering" in str(status.stopped_by)
    assert "the start page: status 403" in str(status.stopped_by)
    assert status.pages + status.queued == 41
    assert all(row["status"] == 200 for row in Rows(tmp_path).all)


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(CrawlError, match="cannot be made"):
        run_crawl("http://127.0.0.1:9/", tmp_path / "file" / "below")
