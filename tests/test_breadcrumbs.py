"""Breadcrumbs from the page to the Site: JSON-LD of many shapes, microdata, RDFa, links; hostile and broken ones."""

import json

import pytest

from linkkit.crawler.extract import extract_page
from linkkit.schema import Position
from linkkit.site import Manifest, Site
from linkkit.sources.advertools import read_crawl
from linkkit.sources.breadcrumbs import MAX_STEPS, trail_from_data, unpacked
from linkkit.sources.builder import SiteBuilder

ORIGIN = "https://shop.example"
PAGE = f"{ORIGIN}/tents/corrie/"


def item(position: object, name: str, target: object) -> dict[str, object]:
    return {"@type": "ListItem", "position": position, "name": name, "item": target}


SHOP, TENTS = item(1, "Shop", f"{ORIGIN}/"), item(2, "Tents", "/tents/")
BOTH = [("Shop", f"{ORIGIN}/"), ("Tents", f"{ORIGIN}/tents/")]


def listed(*items: object) -> dict[str, object]:
    return {"@type": "BreadcrumbList", "itemListElement": list(items)}


@pytest.mark.parametrize(
    "data",
    [
        listed(SHOP, TENTS),
        listed(TENTS, SHOP),
        [{"@type": "Organization"}, listed(SHOP, TENTS)],
        {"@graph": [{"@type": "WebPage", "breadcrumb": listed(SHOP, TENTS)}]},
        {"@type": ["ItemPage", "Thing"], "breadcrumb": {"@type": ["BreadcrumbList"], "itemListElement": [SHOP, TENTS]}},
        {"@type": "https://schema.org/BreadcrumbList", "itemListElement": [SHOP, TENTS]},
        listed(item("1", "Shop", {"@id": f"{ORIGIN}/"}), item("2", "", {"@id": "/tents/", "name": "Tents"})),
        [listed(SHOP), listed(SHOP, TENTS)],
    ],
)  # fmt: skip
def test_json_ld(data: object) -> None:
    page = extract_page(PAGE, f'<script type="application/ld+json">{json.dumps(data)}</script>')
    assert list(page.breadcrumb) == BOTH


@pytest.mark.parametrize(
    "html",
    [
        """<ol itemscope itemtype="https://schema.org/BreadcrumbList">
        <li itemprop="itemListElement" itemscope><a itemprop="item" href="/"><b itemprop="name">Shop</b></a></li>
        <li itemprop="itemListElement" itemscope><a itemprop="item" href="/tents/"><b itemprop="name">Tents</b></a></li></ol>""",
        """<div vocab="https://schema.org/" typeof="BreadcrumbList">
        <span property="itemListElement" typeof="ListItem"><a property="item" href="/"><i property="name">Shop</i></a></span>
        <span property="itemListElement" typeof="ListItem"><a property="item" href="/tents/">Tents</a></span></div>""",
    ],
    ids=["microdata", "RDFa"],
)
def test_marked_up_in_the_page(html: str) -> None:
    assert list(extract_page(PAGE, html).breadcrumb) == BOTH


@pytest.mark.parametrize(
    "script",
    [
        "{",
        '"BreadcrumbList"',
        '{"@type": "BreadcrumbList"}',
        '{"@type": "BreadcrumbList", "itemListElement": [1, null, "x", []]}',
        '{"@type": "BreadcrumbList", "itemListElement": ' + "[" * 3000 + "]" * 3000 + "}",
        "[" * 200_000 + '"BreadcrumbList"',
        '{"@type": {"BreadcrumbList": 1}}',
    ],
)
def test_broken_json_ld_is_no_breadcrumb(script: str) -> None:
    page = extract_page(PAGE, f'<title>t</title><script type="application/ld+json">{script}</script>')
    assert (page.breadcrumb, page.title) == ((), "t")


def test_a_list_without_end_is_cut() -> None:
    steps = trail_from_data(listed(*(item(n, "x" * 999, f"{ORIGIN}/{n}") for n in range(900))))
    assert len(steps) == MAX_STEPS
    assert {len(name) for name, _ in steps} == {120}


def test_neighbours_of_a_series() -> None:
    html = "<link rel=next href=/tents/?page=3><a rel='nofollow prev' href=/tents/>back</a>"
    page = extract_page(PAGE, html)
    assert (page.rel_next, page.rel_prev) == (f"{ORIGIN}/tents/?page=3", f"{ORIGIN}/tents/")


def _site(stated: object, links: list[tuple[str, str]]) -> Site:
    builder = SiteBuilder("http://127.0.0.1:80/", public_url=ORIGIN)
    page = builder.add_page("http://127.0.0.1:80/tents/corrie/", {"status": 200, "breadcrumb": stated})
    assert page is not None
    builder.add_links(page, [(url, name, Position.BREADCRUMB, False, False, "") for url, name in links])
    return builder.finish(Manifest(start_url=builder.start_url, tool="test"))


def _trail(site: Site) -> tuple[list[tuple[str, str]], object]:
    row = site.pages[site.pages["url"] == PAGE].iloc[0]
    return unpacked(row["breadcrumb"]), row["breadcrumb_source"]


def test_a_site_keeps_the_longer_trail_under_public_addresses() -> None:
    visible = [("http://127.0.0.1:80/", "Shop"), ("http://127.0.0.1:80/tents/", "Tents")]
    own = ("Corrie", PAGE)
    assert _trail(_site([*BOTH, own], visible)) == (BOTH, "structured data")
    assert _trail(_site([BOTH[0], own], visible)) == (BOTH, "links")
    assert _trail(_site([BOTH[0], BOTH[1], ("Corrie", "")], [])) == (BOTH, "structured data")
    assert _trail(_site(None, visible)) == (BOTH, "links")


def test_a_breadcrumb_adds_no_pages() -> None:
    site = _site([("Nowhere", f"{ORIGIN}/nowhere/"), ("Away", "https://other.example/")], [])
    assert sorted(site.pages["url"]) == [f"{ORIGIN}/", PAGE]


def test_json_ld_columns_of_advertools(tmp_path) -> None:  # type: ignore[no-untyped-def]
    rows = [
        {"url": f"{ORIGIN}/", "status": 200, "links_url": PAGE, "links_text": "x", "links_nofollow": "False"},
        {"url": PAGE, "status": 200, "jsonld_1_@type": "BreadcrumbList", "jsonld_1_itemListElement": [SHOP, TENTS]},
    ]  # fmt: skip
    file = tmp_path / "crawl.jl"
    file.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    assert _trail(read_crawl(file, start_url=f"{ORIGIN}/")) == (BOTH, "structured data")
