"""Web archives: what the extraction reads out of WARC and WAT records."""

import json
from io import BytesIO
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

import linkkit as lk
from linkkit.schema import FoundIn, Position

START = "https://client.example/"
HOME = """<html lang=en><head><title>Home</title></head><body><nav><a href="/tents/">Tents</a></nav>
<main><p>Read our <a href="guide?a=1&amp;b=2">long guide</a> and <a rel=nofollow href="https://other.example/">others</a>.</p></main></body></html>"""
TENTS = '<html><head><title>Zelte für zwei</title><link rel=canonical href="/tents/"><meta name=robots content=noindex></head><body><h1>Zelte</h1><a href="/">Start</a></body></html>'


class _Archive:
    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("wb")
        self._writer = WARCWriter(self._file, gzip=path.suffix == ".gz")

    def page(self, url: str, body: bytes, status: str = "200 OK", **headers: str) -> None:
        named = {"Content_Type": "text/html; charset=utf-8"} | headers
        http = StatusAndHeaders(
            status, [(name.replace("_", "-"), value) for name, value in named.items()], protocol="HTTP/1.1"
        )
        self._writer.write_record(
            self._writer.create_warc_record(url, "response", payload=BytesIO(body), http_headers=http)
        )

    def record(self, url: str, kind: str, body: bytes, content_type: str) -> None:
        record = self._writer.create_warc_record(
            url, kind, payload=BytesIO(body), length=len(body), warc_content_type=content_type
        )
        self._writer.write_record(record)

    def close(self) -> Path:
        self._file.close()
        return self.path


@pytest.fixture
def warc(tmp_path: Path) -> Path:
    archive = _Archive(tmp_path / "crawl.warc.gz")
    archive.page(START, HOME.encode())
    archive.record(START, "request", b"GET / HTTP/1.1\r\n\r\n", "application/http; msgtype=request")
    archive.page(f"{START}tents/", TENTS.encode("latin-1"), Content_Type="text/html; charset=iso-8859-1")
    archive.page(f"{START}old", b"", "301 Moved", Location="/tents/")
    archive.page(f"{START}price.pdf", b"%PDF-1.4 \x00\xff", Content_Type="application/pdf")
    archive.page("https://else.example/", HOME.encode())
    archive.page(START, b"<title>Home again</title>")
    return archive.close()


def test_pages_of_a_warc_are_read_as_the_crawl_reads_them(warc: Path, tmp_path: Path) -> None:
    site = lk.read_warc(warc, start_url=START, folder=tmp_path / "site")
    pages = site.pages.set_index("url")
    assert pages.loc[START, "title"] == "Home"
    assert pages.loc[f"{START}tents/", "title"] == "Zelte für zwei"
    assert pages["indexability_reason"].to_dict() == {
        START: "indexable",
        f"{START}tents/": "noindex",
        f"{START}guide?a=1&b=2": "not_crawled",
        f"{START}old": "redirect",
        f"{START}price.pdf": "not_html",
    }
    assert pages.loc[START, "found_in"] == FoundIn.CRAWL
    links = site.sample_links(START)
    assert links[["target", "anchor", "position"]].to_numpy().tolist() == [
        [f"{START}tents/", "Tents", "navigation"],
        [f"{START}guide?a=1&b=2", "long guide", "content"],
    ]
    external = site.engine.arrow("SELECT position, nofollow, links FROM external_links").to_pylist()
    assert external == [{"position": Position.CONTENT, "nofollow": True, "links": 1}]
    text = site.engine.arrow(f"SELECT text FROM text WHERE page_id = {site.page_id(START)}")["text"][
        0
    ].as_py()
    assert "long guide" in text
    assert (site.manifest.complete, site.manifest.tool) == (False, "web archive")
    assert site.manifest.rejected["record of another site"] == 1
    assert site.manifest.rejected["second row of the same URL"] == 1
    assert site.manifest.rejected["record without a response (requests, revisits, notes)"] >= 1


def test_links_of_a_wat_are_content_links(tmp_path: Path) -> None:
    archive = _Archive(tmp_path / "crawl.wat.gz")
    html = {
        "Head": {
            "Title": " Home\n page ",
            "Metas": [{"name": "Robots", "content": "noindex"}],
            "Link": [{"path": "LINK@/href", "rel": "canonical", "url": "/"}],
        },
        "Links": [
            {"path": "A@/href", "url": "/a", "text": "an <b>a</b>"},
            {"path": "A@/href", "url": "javascript:x()", "text": "no"},
            {"path": "IMG@/src", "url": "/logo.png"},
            {"path": "A@/href", "url": "/b", "rel": "nofollow"},
        ],
    }
    told = {"Response-Message": {"Status": "200"}, "Headers": {"Content-Type": "text/html; charset=utf-8"}}
    for body in (
        {"Envelope": {"Payload-Metadata": {"HTTP-Response-Metadata": {**told, "HTML-Metadata": html}}}},
        {"Envelope": {"Payload-Metadata": {"HTTP-Request-Metadata": {}}}},
        {"Envelope": None},
    ):
        archive.record(START, "metadata", json.dumps(body).encode(), "application/json")
    site = lk.read_warc(archive.close(), start_url=START)
    assert site.pages["title"][0] == "Home page"
    assert site.pages["indexability_reason"][0] == "noindex"
    assert site.sample_links(START)[["target", "anchor", "position", "nofollow"]].to_numpy().tolist() == [
        [f"{START}a", "an <b>a</b>", "content", False],
        [f"{START}b", "", "content", True],
    ]
    assert site.manifest.rejected["record that cannot be read"] == 1


def test_what_is_no_archive_says_so(warc: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(
        lk.SourceError, match=r"no page of https://nobody.example/; found .*record of another site: 6"
    ):
        lk.read_warc(warc, start_url="https://nobody.example/")
    page = tmp_path / "page.html"
    page.write_text(HOME)
    with pytest.raises(lk.SourceError, match="no web archive, or a damaged one"):
        lk.read_warc(page, start_url=START)
    with pytest.raises(lk.SourceError, match="no such file"):
        lk.read_warc(tmp_path / "none.warc", start_url=START)
    with pytest.raises(lk.SourceError, match="no archive given"):
        lk.read_warc(start_url=START)
