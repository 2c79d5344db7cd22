"""The spider's columns are advertools' own, page by page."""

import json
from pathlib import Path
from typing import Any

import pytest
from advertools.spider import SEOSitemapSpider
from hypothesis import given, settings
from hypothesis import strategies as st
from scrapy.http import HtmlResponse, Request, Response

from linkkit.crawler.document import document_of
from linkkit.crawler.run import run_crawl
from linkkit.crawler.spider import AuditSpider
from linkkit.crawler.walk import walk
from tests.crawl.conftest import Page, Rows, WebServer, links

URL = "https://client.example/shop/tents/index.html"
OURS = AuditSpider("client.example")
THEIRS = SEOSitemapSpider(
    URL, "False", "client.example", *["None"] * 4, css_selectors="{}", xpath_selectors="{}", meta="None",
    keep_columns="None", discard_columns="None",
)  # fmt: skip
PAGES = {
    "every column": """<html><head><title>Tents</title><title>again</title><meta name=description content="All &amp; more">
        <meta name=viewport content=x><meta charset=utf-8><link rel=canonical href=/tents><link rel=alternate hreflang=de href=/de>
        <meta property=og:image content=1><meta property=og:image content=2><meta name=twitter:card content=s>
        <script type="application/ld+json">{"@type": "Product", "offers": {"price": 12, "empty": {}}, "tags": ["a"]}</script>
        </head><body><header><a href="/">Home</a></header><nav><a href="../x">Up</a><nav><a href="#y" rel="NOFOLLOW, me">in
        two</a></nav></nav><h1>One <b>bold</b></h1><h2>a</h2><h2>b</h2><p>Text <a href="page.html?q=ü&a=b#f">a<b>b</b>c</a> tail
        <!-- no --> more</p><img src=a.png alt=A><img alt=B width=3 onclick=x><form>no <p>form</p></form>
        <footer><a href="mailto:a@b">mail</a><a href="HTTP://Other.Example/%7Ea b">o</a></footer></body></html>""",
    "two JSON-LD elements": """<script type="application/ld+json">[{"a": 1, "b": {"c": null}}, {"d": 2}]</script>
        <script type="application/ld+json">{"a": "x"}</script><p>t</p>""",
    "JSON-LD that is none": '<script type="application/ld+json">{broken</script><p>t</p>',
    "JSON-LD of no object": '<script type="application/ld+json">["a"]</script><p>t</p>',
    "a base": '<base href="https://client.example/other/"><a href="a">a</a><a href="#b">b</a><img src=c>',
    "addresses": "".join(
        f'<a href="{href}">x</a>'
        for href in (
            "a/b.html", "./a", "../a", "../../../../a", "/a//b", "//cdn.example/x", "?q=1", "#", "", " a ", "a b", "a%20b", "a%zz",
            "a#", "a#b c", "ä", "javascript:void(0)", "data:text/html,x", "http://[bad", "tel:+1", "a/", "/", "a/../b", "/a/./b",
            "a..b", "a.b.c", "~a", "a;b", "a:b", "http://client.example:80/x", "https://client.example", "\\a", "ftp://x/y",
            "a.pdf", "/a.PY?x=1", "b.css;c", "https://client.sh", "a.tar.gz#b", "a.jpg/",
        )
    ),
    "no body": "",
    "text outside": "<html>before<body>in<p>p<p>q</body>after</html>",
    "nested and broken": "<div><ul><li>a<li>b<ul><li>c</ul></ul><table><tr><td>d<tfoot><tr><td>e</table><p>f<svg><title>s</title></svg>",
}  # fmt: skip


def response(html: str | bytes, url: str = URL) -> HtmlResponse:
    body = html if isinstance(html, bytes) else html.encode()
    return HtmlResponse(
        url, body=body, encoding="utf-8", headers={"Content-Type": "text/html"}, request=Request(url)
    )


def rows(answer: HtmlResponse) -> tuple[dict[str, Any], dict[str, Any]]:
    own, other = (next(iter(spider.parse(answer))) for spider in (OURS, THEIRS))
    own["body_text"] = walk(document_of(answer)).body_text
    for row in (own, other):
        row.pop("crawl_time")
    return own, json.loads(json.dumps(other), parse_constant=lambda _: None)


@pytest.mark.parametrize("name", PAGES)
def test_columns_are_those_of_advertools(name: str) -> None:
    own, other = rows(response(PAGES[name]))
    assert own == other


FRAGMENTS = st.lists(
    st.sampled_from(
        """<p> </p> <div> </div> <nav> </nav> <a_href="x/y.html"> <a_href="/z#f"> </a> <footer> </footer> <pre> </pre> text <br>
        <ul><li> </ul> <table><tr><td> </table> <svg> </svg> <h1> </h1> <b> </b> <!--c--> <form> </form> <img_src=i> <span> </span>
        <script>s</script> <template> </template> <header> </header> &amp; ü <select><option>o</select> <label> </label>""".split()
    ),
    max_size=30,
)


@settings(max_examples=40, deadline=None)
@given(FRAGMENTS)
def test_columns_of_any_markup(fragments: list[str]) -> None:
    own, other = rows(response(" ".join(fragments).replace("_", " ")))
    assert own == other


@pytest.mark.docs
def test_columns_of_real_pages() -> None:
    folder = Path("/usr/share/doc/python3.11/html")
    if not folder.is_dir():
        pytest.skip("python3.11-doc is not installed")
    for file in sorted(folder.rglob("*.html"))[::60]:
        own, other = rows(response(file.read_bytes(), f"https://docs.example/{file.name}"))
        assert own == other, file.name


def test_an_answer_that_is_no_page_has_the_columns_of_the_answer() -> None:
    row = next(iter(OURS.parse(Response(URL, body=b"%PDF", request=Request(URL)))))
    assert (row["url"], row["status"], row["size"]) == (URL, 200, 4)
    assert "title" not in row


VOLATILE = ("crawl_time", "download_latency", "resp_headers_Date", "_uncompressed_size")


def test_a_crawl_by_either_engine_leaves_the_same_rows(module_server: WebServer, tmp_path: Path) -> None:
    pages = {f"/p{number}": html for number, html in enumerate(PAGES.values())}
    module_server.pages = {
        "/": links(*pages, "/doc.pdf", "/old"),
        "/old": Page("", 301, {"Location": "/p1"}),
        "/doc.pdf": Page(b"%PDF", content_type="application/pdf"),
        **pages,
    }
    by_engine = {}
    for engine in ("linkkit", "advertools"):
        run_crawl(module_server.url(), tmp_path / engine, delay=0, sitemap=False, engine=engine)
        found = Rows(tmp_path / engine).items()
        assert all(line.get("crawl_time") for line in found.values())
        by_engine[engine] = {
            # advertools gives a redirect and a PDF an empty text, too.
            path: {name: value for name, value in line.items() if name not in VOLATILE and value != ""}
            for path, line in found.items()
        }
    assert len(by_engine["linkkit"]) > len(PAGES)
    assert by_engine["linkkit"] == by_engine["advertools"]
