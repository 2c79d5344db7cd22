"""robots.txt that fails, by RFC 9309"""

from collections.abc import Callable
from pathlib import Path

import pytest

from linkkit.crawler.robots import MAX_ROBOTS_BYTES
from linkkit.crawler.run import run_crawl
from linkkit.errors import CrawlError
from tests.crawl.conftest import Answer, Page, Rows, WebServer, assert_whole, links, scrapy_set
from tests.crawl.misbehaving import bomb, endless, stalled

Note = Callable[[str, int, str], None]
SITE = {"/": links("/a", "/private/b"), "/a": links("/"), "/private/b": links("/")}


def _text(body: str | bytes, status: int = 200, **headers: str) -> Page:
    return Page(
        body, status, {name.replace("_", "-"): value for name, value in headers.items()}, "text/plain"
    )


@pytest.mark.parametrize(
    ("robots", "words", "asked"),
    [
        (_text("", 503), "status 503", 3),
        (stalled(), "it did not answer in time", 3),
        (_text(bomb("gzip", 40), Content_Encoding="gzip"), "it is larger than the crawler loads", 1),
    ],
    ids=["503", "stalled", "bomb"],
)
def test_unreadable_forbids_everything(
    server: WebServer, tmp_path: Path, robots: Answer, words: str, asked: int, fault: Note
) -> None:
    server.pages = {**SITE, "/robots.txt": robots}
    with (
        scrapy_set(DOWNLOAD_TIMEOUT=1.5),
        pytest.raises(
            CrawlError, match=rf"robots.txt could not be read \({words}\).*RFC 9309.*obey_robots=False"
        ),
    ):
        run_crawl(server.url(), tmp_path, delay=0, sitemap=False)
    assert set(server.counts) == {"/robots.txt"}
    assert server.counts["/robots.txt"] >= asked
    assert not list((tmp_path / "crawl").glob("part-*.jl"))
    if words == "status 503":
        server.pages = {**SITE, "/robots.txt": _text("", 404)}
        assert run_crawl(server.url(), tmp_path, delay=0, sitemap=False).status.complete
        assert_whole(tmp_path, SITE)
        fault(
            "robots.txt answers 5xx",
            3,
            "asked for 3 times, then nothing is requested and the error says so; the next call begins anew",
        )
    elif asked == 3:
        fault(
            "robots.txt does not answer",
            3,
            "asked for 3 times, then nothing is requested and the error says so",
        )
    else:
        fault("robots.txt as a gzip bomb", 1, "unpacked to the limit only; counts as unreadable")


def test_failing_for_a_moment(server: WebServer, tmp_path: Path, fault: Note) -> None:
    server.pages = SITE

    def answer(path: str) -> Page | None:
        if path != "/robots.txt":
            return None
        return _text("", 503) if server.counts[path] == 1 else _text("User-agent: *\nDisallow: /private/\n")

    server.on_request = answer
    assert run_crawl(server.url(), tmp_path, delay=0, sitemap=False).status.complete
    assert assert_whole(tmp_path, SITE)["/private/b"]["blocked_by_robots"]
    assert server.counts["/private/b"] == 0
    fault("robots.txt answers 503 once", 1, "asked for again, and obeyed")


def test_enormous(server: WebServer, tmp_path: Path, fault: Note) -> None:
    filler = b"# " + b"x" * 998 + b"\n"
    before = b"User-agent: *\nDisallow: /private/\n" + filler * (MAX_ROBOTS_BYTES // len(filler) + 9)
    server.pages = {
        **SITE,
        "/robots.txt": endless(filler, start=b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n" + before),
    }
    assert run_crawl(server.url(), tmp_path, delay=0, sitemap=False).status.complete
    assert assert_whole(tmp_path, SITE)["/private/b"]["blocked_by_robots"]
    assert "Only the first 500 KiB" in (tmp_path / "crawl" / "crawl.log").read_text()
    fault("robots.txt without end", 1, "its first 500 KiB count, then the crawler hangs up")


def test_of_another_host_of_the_site(server: WebServer, tmp_path: Path, fault: Note) -> None:
    shop = WebServer({"/": links("/s"), "/s": "<title>S</title>", "/robots.txt": _text("", 500)})
    home = f"http://localhost:{shop.port}"
    server.pages = {"/": links("/a", f"{home}/", f"{home}/s"), "/a": links("/")}
    result = run_crawl(server.url(), tmp_path, delay=0, sitemap=False, hosts=[f"localhost:{shop.port}"])
    assert (result.status.complete, result.status.queued) == (False, 2)
    assert result.status.stopped_by == f"robots.txt of {home} could not be read: status 500"
    assert set(Rows(tmp_path).by_path) == {"/", "/a"}
    assert set(shop.counts) == {"/robots.txt"}
    shop.pages = {**shop.pages, "/robots.txt": _text("")}
    assert run_crawl(
        server.url(), tmp_path, delay=0, sitemap=False, hosts=[f"localhost:{shop.port}"]
    ).status.complete
    shop.close()
    assert sorted(row["url"] for row in Rows(tmp_path).all) == sorted(
        [server.url(), server.url("/a"), f"{home}/", f"{home}/s"]
    )
    fault(
        "robots.txt of another host of the site answers 5xx",
        3,
        "the rest is crawled; the crawl is incomplete and the next call goes on there",
    )
