"""Answers that are slow, broken, endless or lies

One crawl of a site on which every address of a fault misbehaves in the same way; the pages around them are sound.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from linkkit.crawler.run import run_crawl
from tests.crawl.conftest import Answer, Page, Rows, WebServer, assert_whole, links, scrapy_set, status_of
from tests.crawl.misbehaving import bomb, endless, head, raw, stalled

BODY = b"<title>Sound</title><a href='/sound'>a link</a>"
GERMAN = "<title>Größe</title>"
SECONDS, BYTES, TIMES = 2, 1 << 20, 3
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40


def _page(body: str | bytes, content_type: str | None = "text/html", **headers: str) -> Page:
    return Page(body, headers={name.replace("_", "-"): value for name, value in headers.items()}, content_type=content_type)  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """A fault, the answer that shows it, the outcome in words, what the row then holds, and how often it is asked for."""

    name: str
    answer: Answer
    outcome: str
    row: dict[str, Any] = field(default_factory=dict)
    asked: int = 1

    @property
    def path(self) -> str:
        return "/" + "".join(letter if letter.isalnum() else "-" for letter in self.name)


def failed(error: str) -> dict[str, Any]:
    return {"status": None, "error": error, "links": [], "blocked_by_robots": False}


def read(title: str | None, links: int, **facts: Any) -> dict[str, Any]:
    return {"status": 200, "error": None, "title": title, "content_type": "text/html", **facts} | {
        "links": links
    }


FAULTS = (
    Fault("slow answer", raw(head(length=len(BODY)), BODY[:9], BODY[9:], seconds=0.4), "read", read("Sound", 1)),
    Fault("stall before the answer", stalled(), "error `timeout` after 3 tries", failed("timeout"), 3),
    Fault("stall within the body", stalled(BODY), "error `timeout` after 3 tries", failed("timeout"), 3),
    Fault("body that drips without end", endless(b"x", pause=0.1), "error `timeout` after 3 tries", failed("timeout"), 3),
    Fault(
        "headers without end", endless(b"X-More: yes\r\n", pause=0.05, start=b"HTTP/1.1 200 OK\r\n"),
        "error `timeout` after 3 tries", failed("timeout"), 3,
    ),
    Fault("connection reset before the answer", raw(b"", reset=True), "error `reset` after 3 tries", failed("reset"), 3),
    Fault("connection reset within the body", raw(head(length=999) + BODY, reset=True), "error `reset` after 3 tries", failed("reset"), 3),
    Fault("Content-Length larger than the body", raw(head(length=999) + BODY), "error `reset` after 3 tries: no half page is read", failed("reset"), 3),
    Fault("Content-Length smaller than the body", raw(head(length=20) + BODY), "read as far as said", read("Sound", 0)),
    Fault("Content-Length below zero", raw(head(length=b"-5") + BODY), "error, 3 tries", failed("other: ValueError"), 3),
    Fault("two Content-Lengths", raw(head(b"Content-Length: 5", length=len(BODY)) + BODY), "error, 3 tries", failed("other: ValueError"), 3),
    Fault("broken chunks", raw(head(b"Transfer-Encoding: chunked") + b"zz\r\nhello\r\n"), "error `reset` after 3 tries", failed("reset"), 3),
    Fault("answer that is no HTTP", raw(b"\x00\xff what?\r\n\r\n"), "error, 3 tries", failed("other: ParseError"), 3),
    Fault("gzip bomb", _page(bomb("gzip", 40), Content_Encoding="gzip"), "error `too_large`, unpacked to the limit only", failed("too_large")),
    Fault("brotli bomb", _page(bomb("br", 40), Content_Encoding="br"), "error `too_large`, unpacked to the limit only", failed("too_large")),
    Fault("bomb named robots.txt", _page(bomb("gzip", 40), Content_Encoding="gzip"), "error `too_large`, not taken for blocked", failed("too_large")),
    Fault("coding that the body does not have", _page(BODY, Content_Encoding="gzip"), "error", failed("other: BadGzipFile")),
    Fault("unknown coding", _page(BODY, Content_Encoding="rot13"), "a row without title and links", read(None, 0)),
    Fault("endless body", endless(b"<p>more</p>" * 9000), "error `too_large`", failed("too_large")),
    Fault("50 MB page", _page(b"<p>x</p>" * (50 << 17)), "error `too_large`, not fetched", failed("too_large")),
    Fault("charset said to be Latin-1, is UTF-8", _page(GERMAN, "text/html; charset=iso-8859-1"), "read as said, as browsers do", read("GrÃ¶ÃŸe", 0)),
    Fault("charset said to be UTF-8, is Latin-1", _page(GERMAN.encode("latin-1"), "text/html; charset=utf-8"), "read, unreadable letters marked", read("Gr\ufffd\ufffde", 0)),
    Fault("unknown charset", _page(GERMAN, "text/html; charset=klingon"), "read, charset found by its content", read("Größe", 0)),
    Fault("UTF-16 said to be UTF-8", _page(GERMAN.encode("utf-16"), "text/html; charset=utf-8"), "read by its byte order mark", read("Größe", 0)),
    Fault("picture said to be HTML", _page(PNG), "a row without title and links", read(None, 0)),
    Fault("HTML said to be a picture", _page(BODY, "image/png"), "a row as a picture, nothing read", read(None, 0, content_type="image/png")),
    Fault("JSON said to be HTML", _page('{"a": "<a href=/nowhere>x</a>"}'), "read as browsers do", read(None, 1)),
    Fault("invalid HTML", _page("<body><p <b><table><a href='/sound'>one<p><a href=/sound>two</table></b></html><!-- <a href=/no>"), "read as browsers do"),
    Fault("status that no standard knows", raw(head(status=b"999 Denied", length=0)), "a row with the status", {"status": 999}),
    Fault("redirect without target", Page("", 301), "a row with the status", {"status": 301, "redirect_to": None}),
    Fault("redirect to javascript:", Page("", 302, {"Location": "javascript:alert(1)"}), "a row with the status, not followed", {"status": 302, "redirect_to": None}),
    Fault("frameset", _page("<frameset><frame src='/sound'></frameset>"), "a row that counts its frames", {"status": 200, "frames": 1, "links": 0}),
    Fault("meta refresh", _page("<meta http-equiv=refresh content='0;url=/sound'>"), "followed as a redirect", {"status": 200, "redirect_to": "/sound"}),
    Fault("meta refresh to itself", _page("<meta http-equiv=refresh content='0;url=#top'><title>Again</title>"), "a page, asked for once", read("Again", 0, redirect_to=None)),
    Fault("base href to another host", _page("<base href='http://elsewhere.example/'><a href='x'>x</a>"), "its links are external, not requested", read(None, 1)),
    Fault("javascript:, data:, file: and broken links", _page("<a href='javascript:x'>a</a><a href='data:text/html,y'>b</a><a href='file:///etc/passwd'>c</a><a href='http://['>d</a><a href='tel:1'>e</a>"), "not followed", read(None, 0)),
)  # fmt: skip


class Outcome:
    """The crawl of all of them."""

    def __init__(self, server: WebServer, folder: Path) -> None:
        self.server, self.folder = server, folder
        pages: dict[str, Answer] = {
            "/sound": "<title>Sound</title>",
            "/nowhere": "",
            "/no": "<title>Commented out</title>",
        }
        for each in FAULTS:
            pages |= {f"{each.path}-{n}": each.answer for n in range(TIMES)}
        self.long = f"/long/{'x' * 8000}"
        self.odd = ("/%C3%BCml%C3%A4ut?q=%C3%A9", "/%E6%97%A5%E6%9C%AC", "/a%20b%22%3C%3E")
        pages |= {self.long: "<title>Long</title>"} | dict.fromkeys(self.odd, "<title>Odd</title>")
        hrefs = [*pages, "/ümläut?q=é", "/日本", '/a b"<>', "/" + "y" * 20_000]
        server.pages = pages | {"/": links(*(each.replace('"', "&quot;") for each in hrefs))}
        with scrapy_set(DOWNLOAD_TIMEOUT=SECONDS, DOWNLOAD_MAXSIZE=BYTES):
            self.result = run_crawl(server.url(), folder, delay=0, concurrency=16, sitemap=False)
        self.paths = {*server.pages}
        self.rows = Rows(folder)


@pytest.fixture(scope="module")
def outcome(module_server: WebServer, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return Outcome(module_server, tmp_path_factory.mktemp("answers"))


def test_the_crawl_comes_to_its_end_with_one_row_for_each_address(outcome: Outcome) -> None:
    assert outcome.result.status.complete, outcome.result.status.stopped_by
    assert_whole(outcome.folder, outcome.paths)
    assert status_of(outcome.folder)["pages"] == len(outcome.paths)
    assert outcome.result.status.errors == TIMES * sum(each.row.get("error") is not None for each in FAULTS)


@pytest.mark.parametrize("case", FAULTS, ids=lambda case: case.path[1:])
def test_outcome(outcome: Outcome, case: Fault, fault: Callable[[str, int, str], None]) -> None:
    for n in range(TIMES):
        path = f"{case.path}-{n}"
        row = outcome.rows[path]
        for name, expected in case.row.items():
            found = row.get(name)
            if name == "error" and expected is not None and expected.startswith("other"):
                assert found.startswith(expected), path
            elif name == "links" and isinstance(expected, int):
                assert len(found) == expected, path
            elif name == "redirect_to" and expected is not None:
                assert found == outcome.server.url(expected), path
            else:
                assert found == expected, (path, name)
        # On a kept-alive connection the HTTP client tries again of its own accord.
        assert outcome.server.counts[path] >= case.asked, path
    if case.name == "invalid HTML":
        assert [link[1] for link in outcome.rows[f"{case.path}-0"]["links"]][-1] == "two"
    fault(case.name, TIMES, case.outcome)


def test_long_and_foreign_addresses(outcome: Outcome, fault: Callable[[str, int, str], None]) -> None:
    assert outcome.rows[outcome.long]["title"] == "Long"
    fault("address of 8,000 characters", 1, "requested as any other")
    assert outcome.result.status.limits[0].startswith(
        "links not followed: 1, with addresses longer than 16,000"
    )
    fault("address of 20,000 characters", 1, "left out, and told in the crawl's limits")
    for path in outcome.odd:
        assert (outcome.rows[path]["title"], outcome.server.counts[path]) == ("Odd", 1)
    fault(
        "non-ASCII addresses, raw and percent-encoded", 2 * len(outcome.odd), "one row each, requested once"
    )


def test_nothing_outside_the_site_was_asked_for(outcome: Outcome) -> None:
    assert not [path for path in outcome.server.counts if "passwd" in path or "alert" in path]
    assert {path for path in outcome.server.counts if path not in outcome.paths} == {
        "/robots.txt", *(path for path in outcome.server.counts if path.startswith("/linkkit-"))
    }  # fmt: skip
