"""The sample site holds what it says: planted facts one by one, and the whole list of expected findings.

Everything here is judged by `tests.sample_site_oracle`, which shares no code with linkkit.
"""

import csv
import filecmp
import json
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path

import pytest
from lxml import html

from tests.sample_site_oracle import DAMPING, ORIGIN, ROOT, START, SampleSite

HOSTILE = f"{ORIGIN}/blog/%22%3E%3Cscript%3Ewindow.pwned=1%3C%2Fscript%3E%7B%7B7*7%7D%7D/"


@pytest.fixture(scope="module")
def site() -> SampleSite:
    return SampleSite()


@pytest.fixture(scope="module")
def expected() -> list[dict[str, str]]:
    with (ROOT / "expected_findings.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _same(one: Path, other: Path) -> bool:
    names = [
        sorted(p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file())
        for root in (one, other)
    ]
    return names[0] == names[1] and filecmp.cmpfiles(one, other, names[0], shallow=False)[1:] == ([], [])


def test_building_again_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        subprocess.run(
            [sys.executable, ROOT / "build.py", "--out", tmp_path / name], check=True, capture_output=True
        )
    assert _same(tmp_path / "a", tmp_path / "b")
    assert _same(tmp_path / "a", ROOT / "site"), "sample_data/site is stale: run sample_data/build.py"


def test_the_findings_are_exactly_the_expected_ones(site: SampleSite, expected: list[dict[str, str]]) -> None:
    rows = Counter((row["check_id"], row["url"], row["related_url"]) for row in expected)
    assert max(rows.values()) == 1
    assert all(row["note"] for row in expected)
    found = site.findings()
    assert sorted(set(rows) - found) == []
    assert sorted(found - set(rows)) == []


def test_without_the_plants_there_is_nothing_to_find(tmp_path: Path) -> None:
    command = [sys.executable, ROOT / "build.py", "--clean", "--out", tmp_path / "site"]
    subprocess.run(command, check=True, capture_output=True)
    clean = SampleSite(tmp_path / "site")
    assert sum(clean.indexable(url) for url in clean.pages) >= 150
    # Log, backlinks, analytics and client.toml are of the site with its plants: pages that the clean one has not are asked for and linked in
    # vain, visitors go the ways planted for them, and one cluster has no pillar yet.
    found = {(check, url) for check, url, _ in clean.findings()}
    assert {check for check, _ in found} <= {
        "bot-waste",
        "backlinks-lost",
        "cluster-without-pillar",
        "entrance-without-path",
        "missing-shortcut",
        "step-without-link",
        "unused-link",
        "search-dependence",
    }
    assert all(clean.pages[url].status != 200 for check, url in found if check == "backlinks-lost")


def test_the_site_is_a_real_one(site: SampleSite) -> None:
    live = [page for page in site.pages.values() if page.status == 200]
    assert len(live) >= 150
    titles = Counter(page.title for page in live if site.indexable(page.url))
    # The two twin pairs are one file each.
    assert sorted(title for title, n in titles.items() if n > 1) == [
        "Gift cards, by post or email | Fell & Ford",
        "Merino hike sock, mid-weight crew | Fell & Ford",
    ]
    assert all(page.h1 for page in live)
    for file in sorted((ROOT / "site").rglob("*.html")):
        tree = html.fromstring(file.read_bytes(), parser=html.HTMLParser(encoding="utf-8"))
        assert tree.getroottree().getroot().get("lang") == "en-GB", file
        assert len(tree.findall(".//h1")) == 1, file
        for script in tree.iter("script"):
            assert script.get("type") == "application/ld+json", file
            json.loads(script.text)


def test_the_prose_is_not_stamped_out() -> None:
    first = Counter()
    for file in (ROOT / "content").glob("*/*.md"):
        body = file.read_text(encoding="utf-8").split("+++\n", 2)[2].strip()
        assert len(body.split()) > 50, file
        first[" ".join(body.split()[:6])] += 1
    assert [opening for opening, n in first.items() if n > 1] == []


@pytest.mark.parametrize(
    ("path", "depth"),
    [
        ("/", 0),
        ("/shop/", 1),
        ("/blog/", 1),
        ("/blog/page/4/", 2),
        ("/blog/island-hopping-with-a-raft/", 3),
        ("/hire/packraft-weekend/", 4),
        ("/hire/group-river-day/", 5),
        ("/hire/schools-programme/", 6),
        ("/archive/founders-letter/", 4),
        ("/archive/tent-fabric-notebook/", 4),
        ("/shop/tents/whernside-2/", 3),
    ],
)
def test_depths(site: SampleSite, path: str, depth: int) -> None:
    assert site.depth[ORIGIN + path] == depth


def test_no_written_page_is_deeper_than_three(site: SampleSite) -> None:
    assert {url for url, depth in site.depth.items() if depth > 3} == {
        ORIGIN + path
        for path in (
            "/hire/packraft-weekend/",
            "/hire/group-river-day/",
            "/hire/schools-programme/",
            "/archive/founders-letter/",
            "/archive/tent-fabric-notebook/",
        )
    }


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("/events/kendal-film-night/", "sitemap"),
        ("/hill-weather-words/", "sitemap"),
        ("/winter-kit-list-2023/", "search_console"),
        ("/lp/spring-hire-offer/", "analytics"),
        ("/press/fort-william-opening/", "backlinks"),
        ("/archive/2019-catalogue-notes/", "logs"),
        ("/services/corporate-days/", "list"),
    ],
)
def test_each_orphan_is_known_from_one_source_only(site: SampleSite, path: str, source: str) -> None:
    assert site.known[ORIGIN + path] == {source}
    assert site.indexable(ORIGIN + path)
    assert ORIGIN + path not in {
        link.target for page in site.pages.values() if page.url != ORIGIN + path for link in page.links
    }
    assert site.content_graph.out_degree(ORIGIN + path) >= 1


def test_the_island_links_to_itself_only(site: SampleSite) -> None:
    island = {f"{ORIGIN}/trade/", f"{ORIGIN}/trade/price-list/", f"{ORIGIN}/trade/account-application/"}
    for url in island:
        assert {link.target for link in site.pages[url].links} - {url} == island - {url}
    assert {source for source, target, _ in site.edges if target in island} == island


def test_inlink_counts(site: SampleSite) -> None:
    everywhere, content = site.sources(), site.sources(content=True)
    assert len(content[f"{ORIGIN}/price-promise/"]) == 47
    kinds = {url.removeprefix(ORIGIN).split("/")[1] for url in content[f"{ORIGIN}/price-promise/"]}
    assert {"shop", "guides", "blog", "services", "terms", "about"} <= kinds
    for path in ("/services/custom-insoles/", "/shop/packrafts/otter-starter-bundle/"):
        assert len(everywhere[ORIGIN + path]) == len(content[ORIGIN + path]) == 2
    assert content[f"{ORIGIN}/newsletter/"] == content[f"{ORIGIN}/book/"] == set()
    assert len(everywhere[f"{ORIGIN}/newsletter/"]) > 190
    assert everywhere[f"{ORIGIN}/affiliates/"] == set()


def test_over_and_under_linked_pages_are_so_by_a_wide_margin(site: SampleSite) -> None:
    share, worth = site.weight_share, site.importance
    assert share[f"{ORIGIN}/price-promise/"] > 0.017
    assert worth[f"{ORIGIN}/price-promise/"] < 0.0002
    disclosure = f"{ORIGIN}/affiliate-disclosure/"
    assert share[disclosure] > 0.012
    assert disclosure not in worth
    planted = {f"{ORIGIN}/price-promise/", disclosure, START}
    assert not [
        u
        for u, s in share.items()
        if s >= 0.009 and site.indexable(u) and u not in planted and s > 4.2 * worth[u]
    ]
    ratios = {url: worth[url] / (share.get(url) or 1e-9) for url in site.signals.values["money"]}
    assert all(ratio < 6 or ratio > 20 for ratio in ratios.values()), ratios


def test_authority_is_lost_by_a_wide_margin(site: SampleSite) -> None:
    names, moves, lost = site.flow
    passing = site.passing(moves)
    through_links = dict(zip(names, DAMPING * passing * lost, strict=True))
    planted = {f"{ORIGIN}/lab/hydrostatic-head-tests/", f"{ORIGIN}/lab/tent-pole-snap-test/"}
    assert min(through_links[url] for url in planted) > 0.014
    assert max(share for url, share in through_links.items() if url not in planted) < 0.0085
    # Whatever enters settles, is lost through links, or was lost on landing.
    on_landing = sum(share for url, share in site.landing.items() if url not in names)
    settled = (1 - DAMPING) * passing.sum()
    assert settled + sum(through_links.values()) + on_landing == pytest.approx(1, abs=1e-9)
    assert on_landing == pytest.approx(0.0728, abs=1e-4)


def test_what_the_over_linked_pages_keep_from_money_pages(site: SampleSite) -> None:
    assert site.drain(f"{ORIGIN}/price-promise/") > 0.001
    assert site.drain(f"{ORIGIN}/affiliate-disclosure/") > 0.0003
    assert site.drain(f"{ORIGIN}/services/tent-repair/") < 0


def test_redirects(site: SampleSite) -> None:
    assert site.hops(f"{ORIGIN}/boots/") == [
        f"{ORIGIN}/footwear/",
        f"{ORIGIN}/shop/boots/",
        f"{ORIGIN}/shop/footwear/",
    ]
    assert site.hops(f"{ORIGIN}/shop/tents") == [f"{ORIGIN}/shop/tents/"]
    assert site.hops(f"{ORIGIN}/old-size-chart/") == [f"{ORIGIN}/size-guide/"]
    assert site.hops(f"{ORIGIN}/sale/") is None


def test_anchor_facts_and_traps(site: SampleSite) -> None:
    names = Counter(link.name for page in site.pages.values() for link in page.links)
    for trap in (
        "Boots on the rock ramp",
        "Telephone either shop",
        "Basket",
        "Tent repair prices and turnaround",
        "Having your feet measured by us",
        "Stoves on the shelf in Fort William",
    ):
        assert names[trap] >= 1, trap
    assert names["Click here"] == names["click here"] == 1
    assert names[""] == 3
    raw = "".join(file.read_text(encoding="utf-8") for file in sorted((ROOT / "site").rglob("*.html")))
    assert 'href="/shop/tents/?utm_source=journal' in raw
    assert 'href="/services/boot-fitting/#what-can-be-altered"' in raw


def test_the_hostile_page(site: SampleSite) -> None:
    page = site.pages[HOSTILE]
    assert page.title.startswith('=HYPERLINK("https://evil.example","x") </script><script>')
    assert "<img src=x onerror=window.pwned=1>" in page.h1
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" in page.h1
    anchors = {link.name for _, target, link in site.edges if target == HOSTILE}
    assert anchors == {
        '=HYPERLINK("https://evil.example","x")',
        "@SUM(1+1)",
        "<script>window.pwned=1</script>",
    }
    # The site itself is harmless: the strings are text, never markup.
    tree = html.fromstring((ROOT / "site" / "_pages" / "hostile.html").read_bytes())
    assert [script.get("type") for script in tree.iter("script")] == ["application/ld+json"]
    assert [img.get("onerror") for img in tree.iter("img")] == [None] * len(list(tree.iter("img")))


def test_sitemap_and_robots(site: SampleSite) -> None:
    assert len(site.sitemap) == len(set(site.sitemap))
    assert [url for url in site.sitemap if not site.indexable(url)] == [
        f"{ORIGIN}/shop/last-season/",
        f"{ORIGIN}/hire/",
    ]
    missing = {url for url in site.depth if site.indexable(url)} - set(site.sitemap)
    assert missing == {f"{ORIGIN}/gift-cards", f"{ORIGIN}/shop/footwear/merino-hike-sock/?colour=heather"}
    robots = (ROOT / "site" / "robots.txt").read_text(encoding="utf-8")
    assert "Disallow: /checkout/" in robots
    assert f"Sitemap: {ORIGIN}/sitemap.xml" in robots


def test_signal_files_have_the_oddities_of_their_tools() -> None:
    folder = ROOT / "signals"
    console = (folder / "search_console.csv").read_text(encoding="utf-8")
    assert console.startswith("Top pages,Clicks,Impressions,CTR,Position\n")
    for part in (f"{ORIGIN}/gift-cards,", "http://www.fellandford.example/", "#what-can-be-altered,"):
        assert part in console
    analytics = (folder / "analytics.csv").read_text(encoding="utf-8")
    assert analytics.startswith("# ---")
    assert "\n(not set)," in analytics
    assert analytics.count("# Start date") == 2
    backlinks = (folder / "backlinks.csv").read_text(encoding="utf-8")
    assert (
        backlinks.count('"Link removed"') + backlinks.count('"Page not found"') + backlinks.count('"Noindex"')
        == 11
    )
    assert "?utm_source=partner" in backlinks
    log = (folder / "access.log").read_text(encoding="utf-8").splitlines()
    assert len(log) > 2000
    assert len([line for line in log if line.count('"') % 2]) == 1
    assert sum("Googlebot" in line for line in log) > 100


def test_the_client_file_names_files_that_exist() -> None:
    client = tomllib.loads((ROOT / "client.toml").read_text(encoding="utf-8"))
    assert client["start_url"] == START
    assert all((ROOT / "signals" / name).is_file() for name in client["signals"].values())
    for cluster in client["clusters"][:-1]:
        assert (ROOT / "site" / cluster["pillar"].strip("/") / "index.html").is_file()
