"""One crawl of a site with every kind of trouble, and what a second call makes of it."""

import gzip
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from linkkit.crawler.progress import CrawlProgress
from linkkit.crawler.run import CrawlResult, run_crawl
from tests.crawl.conftest import Page, Rows, WebServer, links, status_of

INDEX = """<?xml version="1.0"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<sitemap><loc>https://www.client.example/sitemap-a.xml.gz</loc></sitemap>
<sitemap><loc>{origin}/sitemap-b.txt</loc></sitemap><sitemap><loc>{origin}/sitemap-gone.xml</loc></sitemap>
<sitemap><loc>file:///etc/hostname</loc></sitemap></sitemapindex>"""
SITEMAP_A = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<url><loc>https://www.client.example/island-1</loc><lastmod>2025-06-01</lastmod></url>
<url><loc>https://www.client.example/</loc></url><url><loc>https://elsewhere.example/x</loc></url></urlset>"""

PAGES: dict[str, Page | str] = {
    "/robots.txt": Page(
        "User-agent: *\nDisallow: /private/\nSitemap: https://www.client.example/index.xml\n",
        content_type="text/plain",
    ),
    "/index.xml": Page(INDEX, content_type="application/xml"),
    "/sitemap-a.xml.gz": Page(gzip.compress(SITEMAP_A.encode()), content_type="application/gzip"),
    "/sitemap-b.txt": Page("{origin}/orphan\n{origin}/orphan?utm_source=mail\n", content_type="text/plain"),
    "/": Page(
        """<html lang=en><head><title>Home</title></head><body><header><a href="/"><img alt=Logo></a></header>
        <nav><a href="/a,b.html">Comma</a> <a href="/list@@1">prices @@ home</a></nav><main>
        <a href="/c?utm_source=x&gclid=1#top">C</a> <a href="/c#end">C again</a> <a href="/c?page=2&utm_medium=y">C2</a>
        <a href="/private/x">Hidden</a> <a href="/gone">Gone</a> <a href="/boom">Boom</a> <a href="/old">Old</a>
        <a href="/loop1">Loop</a> <a href="/self">Self</a> <a href="/doc.pdf">PDF</a> <a href="/data.json">JSON</a>
        <a href="/blob">Blob</a> <a href="/plain">Plain</a> <a href="/refresh">Refresh</a> <a href="/broken">Broken</a>
        <a href="/hang">Hang</a> <a href="https://www.client.example/public">Public</a> <a href="/out">Out</a>
        <a href="https://elsewhere.example/">Elsewhere</a> <a href="mailto:a@b.example">Mail</a>
        <a href="/nofollowed" rel=nofollow>No</a> <a href="/attrless">Img</a> <a href="/empty">Empty</a>
        </main><footer><a href="/sub/base">Base</a></footer></body></html>"""
    ),
    "/a,b.html": links("/", "/deep"),
    "/list@@1": "<h1>List</h1><a href='/a,b.html'>a@@b</a>",
    "/c": Page("<title>C</title>", headers={"X-Robots-Tag": "noindex"}),
    "/c?page=2": "<link rel=canonical href='https://www.client.example/c'><meta name=robots content='NoFollow'>",
    "/deep": links("/deeper"),
    "/deeper": "<title>Deeper</title>",
    "/gone": Page("<title>Gone</title>" + links("/from-404"), 404),
    "/from-404": "found on an error page",
    "/boom": Page("<title>Boom</title>", 500),
    "/old": Page("", 301, {"Location": "/older"}),
    "/older": Page("", 302, {"Location": "{origin}/c#frag"}),
    "/loop1": Page("", 301, {"Location": "/loop2"}),
    "/loop2": Page("", 301, {"Location": "/loop1"}),
    "/self": Page("", 302, {"Location": "/self"}),
    "/out": Page("", 302, {"Location": "https://elsewhere.example/landing"}),
    "/doc.pdf": Page(
        b"%PDF-1.7\n" + b"x" * 500_000,
        headers={"Link": '</doc>; rel="canonical"'},
        content_type="application/pdf",
    ),
    "/data.json": Page('{"a": "<a href=/not-a-page>x</a>"}', content_type="application/json"),
    "/blob": Page(b"\x00\x01\x02\xff" * 4000, content_type=None),
    "/plain": Page("<a href='/not-a-page'>looks like HTML</a>", content_type="text/plain"),
    "/refresh": "<meta http-equiv=refresh content='0; url=/refreshed'>",
    "/refreshed": "<title>Refreshed</title>",
    "/broken": Page(
        b"<title>Bro\xff\xfeken</title><a href='/deeper'>\xe9t\xe9</a><script type='application/ld+json'>{bad</script>"
    ),
    "/public": "<title>Public</title>",
    "/nofollowed": "<title>No</title>",
    "/attrless": "<title>Images without attributes</title><img><img>",
    "/empty": "",
    "/sub/base": "<base href='/other/'><a href='page'>p</a>",
    "/other/page": "<script type='application/ld+json'>{\"n\": 1}</script>",
    "/island-1": links("/island-2"),
    "/island-2": links("/island-1"),
    "/orphan": "<title>Orphan</title>",
    "/signal": "<title>Known from signals</title>",
}


class Crawl:
    def __init__(self, server: WebServer, folder: Path) -> None:
        self.server, self.folder = server, folder
        self.seen: list[CrawlProgress] = []
        server.pages = PAGES
        server.on_request = self.hang_up
        self.result = self.call()
        self.rows = Rows(folder)
        self.counts = server.counts

    def call(self) -> CrawlResult:
        return run_crawl(
            self.server.url("/?utm_source=start#x"),
            self.folder,
            delay=0,
            public_url="https://www.client.example/",
            seeds=["https://www.client.example/signal", "/deep", "https://elsewhere.example/"],
            progress=self.seen.append,
        )

    @staticmethod
    def hang_up(path: str) -> Page | None:
        if path == "/hang":
            raise ConnectionAbortedError
        return None


@pytest.fixture(scope="module")
def crawl(module_server: WebServer, tmp_path_factory: pytest.TempPathFactory) -> Crawl:
    # A folder with the characters that command lines, Scrapy's URIs and its format strings stumble over.
    return Crawl(module_server, tmp_path_factory.mktemp("client 50% , @@"))


def test_it_is_complete(crawl: Crawl) -> None:
    status = crawl.result.status
    assert (status.complete, status.stopped_by, status.queued) == (True, None, 0)
    assert status.pages == len(crawl.rows.all)
    assert status.errors == 1
    assert crawl.result.start_url == crawl.server.url("/")
    assert status_of(crawl.folder)["complete"] is True


def test_every_address_has_one_row_and_one_request(crawl: Crawl) -> None:
    expected = (set(PAGES) - {"/robots.txt", "/index.xml", "/sitemap-a.xml.gz", "/sitemap-b.txt"}) | {
        "/private/x",
        "/hang",
    }
    assert set(crawl.rows.by_path) == expected
    assert len(crawl.rows.all) == len(expected)
    for path in expected - {"/private/x", "/hang", "/boom"}:
        assert crawl.counts[path] == 1, path
    assert crawl.counts["/boom"] == 3
    # On a kept-alive connection the HTTP client tries again of its own accord.
    assert crawl.counts["/hang"] >= 3
    assert crawl.counts["/private/x"] == 0
    assert not [path for path in crawl.counts if "utm_" in path or path == "/not-a-page"]


def test_depth_is_breadth_first_and_a_redirect_is_no_click(crawl: Crawl) -> None:
    depths = {path: row["depth"] for path, row in crawl.rows.by_path.items()}
    assert [depths[path] for path in ("/", "/a,b.html", "/deep", "/deeper")] == [0, 1, 2, 2]
    assert [depths[path] for path in ("/old", "/older", "/refresh", "/refreshed")] == [1, 1, 1, 1]
    assert [depths[path] for path in ("/island-1", "/island-2", "/orphan", "/signal")] == [None] * 4
    assert {path for path, row in crawl.rows.by_path.items() if row["seed"]} == {
        "/island-1",
        "/orphan",
        "/signal",
    }


def test_links_have_name_position_rel_and_container(crawl: Crawl) -> None:
    by_name = {link[1]: link for link in crawl.rows["/"]["links"]}
    origin = crawl.server.origin
    assert by_name["Logo"] == [f"{origin}/", "Logo", "header", "", 1, "header"]
    assert by_name["prices @@ home"][0] == f"{origin}/list@@1"
    assert by_name["C"] == [f"{origin}/c?utm_source=x&gclid=1#top", "C", "content", "", 0, "main"]
    assert by_name["No"][3] == "nofollow"
    assert by_name["Public"][0] == "https://www.client.example/public"
    assert by_name["Elsewhere"][0] == "https://elsewhere.example/"
    assert by_name["Base"][2] == "footer"
    assert "Mail" not in by_name
    assert crawl.rows["/sub/base"]["links"][0][0] == f"{origin}/other/page"


def test_redirects_are_rows_of_their_own(crawl: Crawl) -> None:
    found = {
        path: (row["status"], urlsplit(row["redirect_to"] or "").path)
        for path, row in crawl.rows.by_path.items()
    }
    assert found["/old"] == (301, "/older")
    assert found["/older"] == (302, "/c")
    assert (found["/loop1"], found["/loop2"], found["/self"]) == (
        (301, "/loop2"),
        (301, "/loop1"),
        (302, "/self"),
    )
    assert found["/refresh"] == (200, "/refreshed")
    assert crawl.rows["/out"]["redirect_to"] == "https://elsewhere.example/landing"


def test_blocked_failed_and_odd_pages_have_rows(crawl: Crawl) -> None:
    rows = crawl.rows
    assert (
        rows["/private/x"]["blocked_by_robots"],
        rows["/private/x"]["status"],
        rows["/private/x"]["error"],
    ) == (True, None, None)
    assert (rows["/hang"]["error"], rows["/hang"]["status"], rows["/hang"]["blocked_by_robots"]) == (
        "reset",
        None,
        False,
    )
    assert (rows["/gone"]["status"], rows["/boom"]["status"]) == (404, 500)
    assert {path: rows[path]["content_type"] for path in ("/doc.pdf", "/data.json", "/plain")} == {
        "/doc.pdf": "application/pdf",
        "/data.json": "application/json",
        "/plain": "text/plain",
    }
    assert not any(rows[path]["links"] for path in ("/doc.pdf", "/data.json", "/plain", "/blob"))
    assert rows["/doc.pdf"]["canonical"] == crawl.server.url("/doc")
    assert rows["/broken"]["links"][0][0] == crawl.server.url("/deeper")
    assert rows["/attrless"]["title"] == "Images without attributes"


def test_robots_and_canonical(crawl: Crawl) -> None:
    assert crawl.rows["/c"]["robots"] == ["noindex"]
    assert crawl.rows["/c?page=2"]["robots"] == ["nofollow"]
    assert crawl.rows["/c?page=2"]["canonical"] == "https://www.client.example/c"


def test_columns_of_advertools_stay(crawl: Crawl) -> None:
    home = crawl.rows.items()["/"]
    assert (home["title"], home["status"], home["depth"]) == ("Home", 200, 0)
    assert home["links_text"].startswith("@@Comma@@prices @@ home@@C@@C again")
    assert "linkkit" in home["request_headers_User-Agent"]
    assert "nav_links_url" in home
    assert crawl.rows.items()["/doc.pdf"]["status"] == 200
    assert crawl.rows.items()["/hang"]["errors"] == "reset"
    internal = {"is_start_request", "dont_redirect"}
    assert not [key for line in crawl.rows.lines for key in line if key in internal]


def test_sitemaps_are_found_read_and_kept_as_public_addresses(crawl: Crawl) -> None:
    public = "https://www.client.example"
    found = [(entry.sitemap, entry.url) for entry in crawl.result.sitemap_urls]
    assert found == [
        (f"{public}/sitemap-a.xml.gz", f"{public}/island-1"),
        (f"{public}/sitemap-a.xml.gz", f"{public}/"),
        (f"{public}/sitemap-a.xml.gz", "https://elsewhere.example/x"),
        (f"{public}/sitemap-b.txt", f"{public}/orphan"),
        (f"{public}/sitemap-b.txt", f"{public}/orphan"),
    ]
    assert crawl.result.sitemap_urls[0].lastmod == "2025-06-01T00:00:00+00:00"
    assert len(crawl.result.status.notes) == 1
    assert "sitemap-gone.xml could not be read: status 404" in crawl.result.status.notes[0]


def test_progress_was_told(crawl: Crawl) -> None:
    last = crawl.seen[-1]
    assert (last.pages, last.queued, last.errors) == (len(crawl.rows.all), 0, 1)
    assert last.pages_per_second > 0


def test_a_finished_crawl_is_returned_without_a_request(crawl: Crawl) -> None:
    before = crawl.server.counts.total()
    again = crawl.call()
    assert crawl.server.counts.total() == before
    assert again.parts == crawl.result.parts
    assert again.status.complete
    assert (again.status.pages, again.status.errors, again.status.notes) == (
        crawl.result.status.pages,
        crawl.result.status.errors,
        crawl.result.status.notes,
    )


def test_nothing_but_the_crawl_is_left_in_the_folder(crawl: Crawl) -> None:
    left = {path.name for path in (crawl.folder / "crawl").iterdir()}
    assert left == {
        "part-000.jl", "settings.json", "status.json", "sitemap.json", "rendering.json", "crawl.log", "output.log", ".lock", ".writer.lock"
    }  # fmt: skip
