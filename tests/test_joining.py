"""Rows find their page: one identity rule, and nothing guessed."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import linkkit as lk
from linkkit.scope import SiteScope
from linkkit.site import Manifest
from linkkit.sources.builder import SiteBuilder
from linkkit.sources.joining import Joiner
from tests.site_factory import ORIGIN, START, build, paths


@pytest.fixture(scope="module")
def site() -> lk.Site:
    return build(
        [
            "/",
            "/a/",
            "/b",
            "/caf%C3%A9",
            {"path": "/old", "status": 301, "redirect_to": "/a/"},
            {"path": "/both", "status": 301, "redirect_to": "/both/"},
            "/both/",
            "/twice?x=1",
            "/twice/?x=1",
        ],
        [
            "/ -> /a/",
            "/ -> /b",
            "/ -> /old",
            "/ -> /both",
            "/ -> /twice?x=1",
            "/ -> /twice/?x=1",
            "/ -> /caf%C3%A9",
        ],
    )


def _join(site: lk.Site, *addresses: str, start: str = START) -> tuple[list[str | None], list[str]]:
    joiner = Joiner(site.pages, SiteScope(start))
    found = joiner.join(pd.Series(addresses, dtype="str"))
    urls = [*site.pages["url"], *joiner.new]
    places = [None if pd.isna(page) else paths([urls[page]])[0] for page in found.page]
    return places, found.rejects["reason"].tolist()


@pytest.mark.parametrize(
    ("address", "path"),
    [
        (f"{ORIGIN}/a/", "/a/"),
        (f"{ORIGIN}/a", "/a/"),
        (f"{ORIGIN}/b/", "/b"),
        ("http://www.shop.example/a/", "/a/"),
        ("HTTPS://SHOP.example:443/a/#part", "/a/"),
        (f"{ORIGIN}/a/?utm_source=x&gclid=1", "/a/"),
        (f"{ORIGIN}/x/../a/", "/a/"),
        (f"{ORIGIN}/caf%c3%a9", "/caf%C3%A9"),
        (f"{ORIGIN}/café", "/caf%C3%A9"),
        ("/a/", "/a/"),
        ("/a", "/a/"),
        ("a/", "/a/"),
        ("//a/", "/a/"),
        ("//shop.example/a/", "/a/"),
        ("shop.example/a/", "/a/"),
        ("www.shop.example", "/"),
        ("/old", "/old"),
        ("/old/", "/old"),
        ("/both", "/both"),
        ("  /a/  ", "/a/"),
    ],
)
def test_every_spelling_of_a_page_finds_it(site: lk.Site, address: str, path: str) -> None:
    assert _join(site, address) == ([path], [])


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("", "names no page"),
        ("(not set)", "names no page"),
        ("(other)", "names no page"),
        ("Grand total", "names no page"),
        ("Total", "names no page"),
        ("n/a", "names no page"),
        ("-", "names no page"),
        ("mailto:x@y.example", "names no page"),
        ("javascript:alert(1)", "names no page"),
        ("http://[bad", "names no page"),
        ("https://other.example/a/", "outside the site (other.example)"),
        ("other.example/a/", "outside the site (other.example)"),
        ("https://blog.shop.example/", "outside the site (blog.shop.example)"),
        ("https://shop.example:8443/a/", "outside the site (shop.example)"),
        ("/new/logo.SVG?v=2", "a file that pages use, no page"),
    ],
)
def test_what_finds_no_page_says_why(site: lk.Site, address: str, reason: str) -> None:
    assert _join(site, address) == ([None], [reason])


def test_addresses_of_the_site_become_pages_once(site: lk.Site) -> None:
    places, _ = _join(site, "/new", "http://shop.example/new/", "/new?x=1", "/new", "new/index.html")
    assert places == ["/new", "/new", "/new?x=1", "/new", "/new/index.html"]


def _hosts(*rows: dict[str, object]) -> lk.Site:
    builder = SiteBuilder(START)
    builder.add_page(START, {"status": 200, "content_type": "text/html"})
    for row in rows:
        builder.add_page(str(row.pop("url")), {"content_type": "text/html", **row})
    return builder.finish(Manifest(start_url=START, tool="test"))


def test_redirects_and_canonicals_decide_between_variants() -> None:
    http, www = "http://shop.example/a", "http://www.shop.example/a"
    moved = _hosts(
        {"url": http, "status": 301, "redirect_to": "https://www.shop.example/a"},
        {"url": www, "status": 301, "redirect_to": "https://www.shop.example/a"},
        {"url": "https://www.shop.example/a", "status": 200},
    )
    joiner = Joiner(moved.pages, SiteScope(START))
    assert moved.pages["url"][joiner.find("https://shop.example/a")] == "https://www.shop.example/a"
    assert moved.pages["url"][joiner.find("https://shop.example/a/")] == "https://www.shop.example/a"
    canonical = _hosts(
        {"url": http, "status": 200, "canonical": www},
        {"url": www, "status": 200},
    )
    assert canonical.pages["url"][Joiner(canonical.pages, SiteScope(START)).find("/a")] == www
    dead = _hosts({"url": http, "status": 404}, {"url": www, "status": 200})
    assert dead.pages["url"][Joiner(dead.pages, SiteScope(START)).find("/a")] == www


def test_what_stays_ambiguous_is_listed_and_not_guessed() -> None:
    site = _hosts(
        {"url": "http://shop.example/a", "status": 200}, {"url": "http://www.shop.example/a", "status": 200}
    )
    joiner = Joiner(site.pages, SiteScope(START))
    found = joiner.join(pd.Series(["/b", "/a"], index=[7, 9]))
    assert found.rejects.to_dict("records") == [
        {
            "place": 9,
            "value": "/a",
            "reason": "ambiguous: could be any of http://shop.example/a, http://www.shop.example/a",
        }
    ]
    assert joiner.new == [f"{ORIGIN}/b"]
    merged = lk.add_signals(site, urls=["/a"])
    assert merged.manifest.signals["urls"] == {
        "rows": 1,
        "matched": 0,
        "not crawled": 0,
        "outside the site": 0,
        "not used": 1,
    }
    assert len(merged.pages) == len(site.pages)


def test_a_redirect_loop_ends() -> None:
    site = _hosts(
        {"url": "http://shop.example/a", "status": 301, "redirect_to": "http://www.shop.example/a"},
        {"url": "http://www.shop.example/a", "status": 301, "redirect_to": "http://shop.example/a"},
    )
    page = Joiner(site.pages, SiteScope(START)).join(pd.Series(["/a"])).page[0]
    assert pd.isna(page) or page in (1, 2)


@given(st.lists(st.text(alphabet="ab/.%?=#:@é ", max_size=12), max_size=8))
def test_any_text_is_a_page_or_a_reject_and_joins_the_same_twice(site: lk.Site, texts: list[str]) -> None:
    joiner = Joiner(site.pages, SiteScope(START))
    addresses = pd.Series(texts, dtype="str")
    one, other = joiner.join(addresses), joiner.join(addresses)
    assert one.page.isna().sum() == len(one.rejects)
    pd.testing.assert_series_equal(one.page, other.page)
    known = len(site.pages)
    assert len(set(joiner.new)) == len(joiner.new)
    for page in one.page.dropna():
        if page >= known:
            assert joiner.find(joiner.new[page - known]) == page
