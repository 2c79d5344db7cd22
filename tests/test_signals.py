"""Signal files: each format with the quirks it comes with, and how rows find their page."""

import gzip
from pathlib import Path

import pandas as pd
import pytest

import linkkit as lk
from linkkit.site import Site
from linkkit.sources.signals import read_signal
from tests.site_factory import build, metric, paths


def _site() -> Site:
    return build(["/", "/a/", "/b", {"path": "/gone", "status": 404}], ["/ -> /a/", "/ -> /b", "/ -> /gone"])


def _file(folder: Path, name: str, text: str | bytes) -> Path:
    file = folder / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def _known(site: Site, name: str) -> dict[str, object]:
    return {path: value for path, value in metric(site.pages, name).items() if value is not None}


def _read(name: str, file: Path) -> pd.DataFrame:
    return pd.concat([reading.rows for reading in read_signal(name, file)])


def test_search_console_by_position(tmp_path: Path) -> None:
    text = (
        "\ufeffКлючевые страницы,Kлики,Показы,CTR,Позиция\r\n"
        'https://shop.example/a/,"1,200",30000,4.86%,3.1\r\n'
        "https://shop.example/a/#part,3,7,1%,9\r\n"
        "http://www.shop.example/a,1,1,0%,9\r\n"
        "https://shop.example/never-seen,5,50,10%,2\r\n"
        "https://cdn.other.example/x.png,9,9,9%,9\r\n"
    )
    site = lk.add_signals(_site(), search_console=_file(tmp_path, "pages.csv", text))
    assert _known(site, "clicks") == {"/a/": 1204, "/never-seen": 5}
    assert _known(site, "impressions") == {"/a/": 30008, "/never-seen": 50}
    assert metric(site.pages, "found_in") == {"/": 1, "/a/": 5, "/b": 1, "/gone": 1, "/never-seen": 4}
    assert metric(site.pages, "indexability_reason")["/never-seen"] == "not_crawled"
    assert site.manifest.signals == {
        "search_console": {"rows": 5, "matched": 3, "not crawled": 1, "outside the site": 1}
    }
    assert site.manifest.rows["pages"] == 5


def test_analytics_with_comments_and_doubled_slashes(tmp_path: Path) -> None:
    text = (
        "# ---\n# Account: Shop, Ltd\n# Start date: 20260101\n"
        "Page path and screen class,Views,Sessions,Engagement rate,Key events\n"
        "/a/,50,40,0.5,2\n/a,10,5,0.7,1\n//b,3,2,50%,0\n(not set),9,9,0.1,0\nshop.example/b,1,1,0.1,0\n,7,7,7,7\nshort,1\n"
        "# a second block\nNth day,Views\n0,10\n"
    )
    site = lk.add_signals(_site(), analytics=_file(tmp_path, "ga4.csv", text))
    assert _known(site, "sessions") == {"/a/": 45, "/b": 3}
    assert _known(site, "conversions") == {"/a/": 3, "/b": 0}
    assert _known(site, "engagement_rate") == pytest.approx(
        {"/a/": (40 * 0.5 + 5 * 0.7) / 45, "/b": (2 * 0.5 + 1 * 0.1) / 3}
    )
    assert site.manifest.signals["analytics"] == {
        "rows": 7, "matched": 4, "not crawled": 0, "outside the site": 0, "not used": 3,
    }  # fmt: skip


def test_backlinks_of_ahrefs_in_utf16_with_tabs(tmp_path: Path) -> None:
    rows = [
        '"Referring page title"\t"Referring page URL"\t"Target URL"\t"Nofollow"\t"Lost status"',
        '"a\ntitle"\t"https://blog.one.co.uk/1"\t"https://shop.example/a/?utm_source=x"\t"false"\t""',
        '"t"\t"https://www.one.co.uk/2"\t"https://shop.example/a/"\t"false"\t""',
        '"t"\t"https://two.example.com/"\t"http://shop.example/a"\t"false"\t""',
        '"t"\t"https://three.com/"\t"https://shop.example/a/"\t"true"\t""',
        '"t"\t"https://four.com/"\t"https://shop.example/a/"\t"false"\t"Link removed"',
        '"t"\t"https://five.com/"\t"https://shop.example/old"\t"false"\t""',
    ]
    site = lk.add_signals(
        _site(), backlinks=_file(tmp_path, "ahrefs.csv", "\r\n".join(rows).encode("utf-16"))
    )
    assert _known(site, "backlinks") == {"/a/": 3, "/old": 1}
    assert _known(site, "referring_domains") == {"/a/": 2, "/old": 1}


@pytest.mark.parametrize(
    "text",
    [
        "target,referring_domains\n/a/,3\n/b,1\n",
        "Target page;Incoming links;Linking sites\nhttps://shop.example/a/;9;3\nhttps://shop.example/b;1;1\n",
        "URL,Referring domains,Other\nhttps://shop.example/a/,3,x\nshop.example/b,1,x\n",
        "Source url,Target url\nhttps://one.com/,/a/\nhttps://two.com/,/a/\nhttps://three.com/,/a/\nhttps://one.com/,/b\n",
    ],
)
def test_backlinks_in_other_forms(tmp_path: Path, text: str) -> None:
    site = lk.add_signals(_site(), backlinks=_file(tmp_path, "links.csv", text))
    assert _known(site, "referring_domains") == {"/a/": 3, "/b": 1}


_LINE = '{ip} - - [10/Oct/2026:13:55:36 +0000] "{request}" {status} 2326 "-" "{agent}"\n'
_BOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


def _log(*entries: tuple[str, int, str]) -> str:
    return "".join(_LINE.format(ip="1.2.3.4", request=r, status=s, agent=a) for r, s, a in entries)


def test_logs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = _log(
        ("GET /a/?utm_source=x HTTP/1.1", 200, _BOT),
        ("GET /a/ HTTP/1.1", 200, _BOT),
        ("GET /b HTTP/2.0", 200, "Mozilla/5.0 (X11) é"),
        ("GET /hidden HTTP/1.1", 200, "bingbot/2.0"),
        ("GET /gone HTTP/1.1", 404, _BOT),
        ("POST /b HTTP/1.1", 200, _BOT),
        ("GET /style.css?v=2 HTTP/1.1", 200, _BOT),
    )
    cut = _LINE.format(ip="1.2.3.4", request="GET /b", status=200, agent="x")[:60] + "\n"
    file = _file(tmp_path, "access.log", (text + cut).encode("latin-1"))
    site = lk.add_signals(_site(), logs=file)
    assert _known(site, "bot_hits") == {"/a/": 2, "/b": 0, "/hidden": 1, "/gone": 1}
    assert site.manifest.signals["logs"] == {
        "rows": 5, "matched": 4, "not crawled": 1, "outside the site": 0, "lines": 8, "unreadable": 1,
        "hits of Googlebot": 3, "hits of Bingbot": 1, "of these claimed by the agent alone, not verified": 4, "hits of people": 1,
    }  # fmt: skip
    assert capsys.readouterr().out == ""


_XML = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">'
_XML += "<url><loc> https://shop.example/a/ </loc><image:image><image:loc>https://shop.example/i.png</image:loc></image:image></url>\r\n"
_XML += "<url><loc>/new?a=1&amp;b=2</loc></url></urlset>"


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("sitemap.xml", _XML.encode()),
        ("sitemap.xml", b'\xef\xbb\xbf<?xml version="1.0" encoding="UTF-8"?>' + _XML.encode()),
        ("sitemap.xml.gz", gzip.compress(_XML.encode())),
        ("odd-name", gzip.compress(_XML.encode())),
        ("sitemap.xml", f'<?xml version="1.0" encoding="UTF-16"?>\n{_XML}'.encode("utf-16")),
        ("sitemap.xml", f'\ufeff<?xml version="1.0" encoding="UTF-16"?>\n{_XML}'.encode("utf-16-be")),
        ("sitemap.xml.gz", gzip.compress(_XML.encode("utf-16-le"))),
        ("sitemap.xml", b"<?xml version='1.0'?><!-- " + b"made by a plugin " * 400 + b"-->" + _XML.encode()),
        ("sitemap.txt", b"https://shop.example/a/\r\nhttps://shop.example/new?a=1&b=2\r\n"),
        (
            "sitemap.json",
            b'[{"url": "https://shop.example/a/"}, {"url": "https://shop.example/new?a=1&b=2"}]',
        ),
    ],
)
def test_sitemaps(tmp_path: Path, name: str, body: bytes) -> None:
    site = lk.add_signals(_site(), sitemap=_file(tmp_path, name, body))
    assert metric(site.pages, "found_in") == {"/": 1, "/a/": 3, "/b": 1, "/gone": 1, "/new?a=1&b=2": 2}


@pytest.mark.parametrize(
    ("body", "found", "fault"),
    [
        # A parser that goes on drops "&b" of a bare ampersand.
        (_XML.replace("&amp;", "&"), {"/a/": 3, "/new?a=1&b=2": 2}, "line 2: EntityRef: expecting ';'"),
        (_XML[: _XML.index("?a=1")], {"/a/": 3}, "line 2: Premature end of data in tag loc line 2"),
    ],
)
def test_a_damaged_sitemap_invents_no_address(
    tmp_path: Path, body: str, found: dict[str, int], fault: str
) -> None:
    read = lk.read(_file(tmp_path, "sitemap.xml", body.encode()), site=_site())
    assert read.site is not None
    assert metric(read.site.pages, "found_in") == {"/": 1, "/a/": 1, "/b": 1, "/gone": 1} | found
    assert read.rejects["value"].tolist() == [f"sitemap.xml {fault}"]


def test_a_sitemap_cut_in_its_first_address_says_that_it_has_none(tmp_path: Path) -> None:
    file = _file(tmp_path, "sitemap.xml", b"<?xml version='1.0'?><urlset><loc>https://shop.exam")
    with pytest.raises(lk.SourceError, match="no <loc> found"):
        lk.add_signals(_site(), sitemap=file)


def test_lists_of_urls(tmp_path: Path) -> None:
    text = "\ufeff# what earns\n/a/  # tents\n\nhttps://www.shop.example/b#buy\nshop.example/contact\n/a\n"
    site = lk.add_signals(_site(), money_pages=_file(tmp_path, "money.txt", text), urls=["/", "/listed"])
    assert _known(site, "is_money_page") == {
        "/": False, "/a/": True, "/b": True, "/gone": False, "/contact": True, "/listed": False,
    }  # fmt: skip
    assert metric(site.pages, "found_in") == {
        "/": 65,
        "/a/": 65,
        "/b": 65,
        "/gone": 1,
        "/contact": 64,
        "/listed": 64,
    }
    assert site.manifest.signals["money_pages"] == {
        "rows": 4,
        "matched": 3,
        "not crawled": 1,
        "outside the site": 0,
    }


def test_a_page_nobody_crawled_is_added_once(tmp_path: Path) -> None:
    urls = [
        "/new",
        "http://shop.example/new",
        "https://www.shop.example/new/",
        "/new?x=1",
        "/new/?x=1",
        "/other",
    ]
    site = lk.add_signals(_site(), urls=urls, sitemap=["/new/", "/a/"])
    assert paths(site.pages["url"])[4:] == ["/new/", "/new?x=1", "/other"]
    assert site.manifest.signals["urls"] == {"rows": 6, "matched": 0, "not crawled": 3, "outside the site": 0}
    assert site.manifest.signals["sitemap"] == {
        "rows": 2,
        "matched": 1,
        "not crawled": 1,
        "outside the site": 0,
    }
    assert site.pages.index.tolist() == site.pages["page_id"].tolist() == list(range(7))


def test_signals_upon_signals() -> None:
    first = lk.add_signals(_site(), urls=["/new"])
    second = lk.add_signals(first, sitemap=["/new"], money_pages=["/new"])
    assert metric(second.pages, "found_in")["/new"] == 66
    assert set(second.manifest.signals) == {"urls", "sitemap", "money_pages"}
    assert second.manifest.signals["sitemap"]["not crawled"] == 1
    assert len(first.pages) == len(second.pages) == 5
    assert first.pages["is_money_page"].isna().all()


@pytest.mark.parametrize("given", [[], ["https://other.example/"], ["(not set)", "mailto:x@y.example", ""]])
def test_nothing_of_the_site(given: list[str]) -> None:
    site = lk.add_signals(_site(), money_pages=given)
    assert len(site.pages) == 4
    assert site.manifest.signals["money_pages"]["matched"] == 0
    check = lk.run_audit(site).checks.set_index("check_id").loc["under-linked-page"]
    assert (check["state"], check["reason"]) == ("not_applicable", "no data on is_money_page")


def test_the_way_from_signals_to_findings() -> None:
    site = build(["/", "/a", "/lost"], ["/ -> /a", "/a -> /"])
    site = lk.add_signals(site, sitemap=["/lost"], money_pages=["/lost"])
    audit = lk.run_audit(site)
    assert paths(audit.findings.query("check_id == 'orphan-page'")["url"]) == ["/lost"]
    assert "known from crawl, sitemap, list" in audit.findings["evidence"][0]


@pytest.mark.parametrize(
    ("name", "body", "match"),
    [
        (
            "search_console",
            "page,clicks\n/a,1\n",
            "recognised as page inventory; expected the zip of a performance export",
        ),
        ("search_console", "", "the file is empty"),
        (
            "search_console",
            b"a,b,c,d,e\n\xe9,1,2,3,4\n",
            "not understood; seen: a table with the columns 'a', 'b'.*'é', '1'",
        ),
        ("analytics", "# x\nDate,Views\n1,2\n", "columns 'Date', 'Views'.* a GA4 export with 'Page path"),
        ("analytics", "# only comments\n", "empty but for comments"),
        ("backlinks", "a,b\n1,2\n", "for backlinks the linking page and its target .* is expected"),
        (
            "backlinks",
            "target,referring_domains\n/a\n",
            "recognised as page inventory; expected the linking page",
        ),
        ("sitemap", "<urlset></urlset>", "no <loc> found; expected an XML sitemap"),
        (
            "sitemap",
            "<sitemapindex><sitemap><loc>x</loc></sitemap></sitemapindex>",
            "an index of 1 sitemaps, which lists no page",
        ),
        (
            "logs",
            "no log\nat all\n",
            "for logs an access log in the combined, CloudFront or IIS format is expected",
        ),
        ("logs", "", "the file is empty"),
        ("money_pages", b"\x89PNG\r\n\x00\x00\x00\rIHDR\xff\xfe", "(?:a binary file|no text|not understood)"),
    ],
)
def test_errors_say_what_was_seen_and_expected(
    tmp_path: Path, name: str, body: str | bytes, match: str
) -> None:
    with pytest.raises(lk.SourceError, match=match) as caught:
        _read(name, _file(tmp_path, "given.csv", body))
    assert "given.csv" in str(caught.value)


def test_unknown_and_missing(tmp_path: Path) -> None:
    with pytest.raises(lk.SourceError, match=r"unknown signal weather; known are sitemap, search_console,"):
        _read("weather", tmp_path)
    with pytest.raises(lk.SourceError, match=r"logs: .*none\.log: no such file"):
        _read("logs", tmp_path / "none.log")
