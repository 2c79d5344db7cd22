"""Several hosts as one site, and folders that narrow it, crawled on loopback."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import linkkit as lk
from linkkit.crawler.frontier import Frontier
from linkkit.crawler.resume import CrawlState, note_row
from linkkit.crawler.scope import Scope
from tests.crawl.conftest import Page, WebServer, links

ELSEWHERE = "https://elsewhere.example/"


@pytest.fixture
def two_hosts() -> Iterator[tuple[WebServer, WebServer]]:
    """A site at 127.0.0.1 and its shop at localhost, which link to each other."""
    main, shop = WebServer(), WebServer()
    home = f"http://localhost:{shop.port}"
    main.pages = {
        "/": links("/a", f"{home}/", ELSEWHERE),
        "/a": links("/", f"{home}/s"),
    }
    shop.pages = {
        "/": links("/s", "/private/x", main.url("/b")),
        "/s": links("/t", "/t?utm_source=mail"),
        "/t": links("/"),
        "/robots.txt": Page(
            f"User-agent: *\nDisallow: /private/\nSitemap: {home}/list.txt\n", content_type="text/plain"
        ),
        "/list.txt": Page(f"{home}/alone\n{ELSEWHERE}x\n", content_type="text/plain"),
        "/alone": links("/"),
    }
    main.pages["/b"] = links("/a")
    yield main, shop
    main.close()
    shop.close()


def _paths(site: lk.Site) -> set[str]:
    return {
        f"{urlsplit(url).hostname}{urlsplit(url).path}"
        for url in site.pages["url"][site.pages["status"].notna()]
    }


def test_two_hosts_are_one_site(two_hosts: tuple[WebServer, WebServer], tmp_path: Path) -> None:
    main, shop = two_hosts
    site = lk.crawl(
        main.url(), tmp_path, delay=0, hosts=[f"localhost:{shop.port}"], basic_auth=("user", "secret")
    )
    assert site.manifest.complete, site.manifest.stopped_by
    assert _paths(site) == {
        "127.0.0.1/", "127.0.0.1/a", "127.0.0.1/b", "localhost/", "localhost/s", "localhost/t", "localhost/alone"
    }  # fmt: skip
    assert site.manifest.settings["hosts"] == [f"http://localhost:{shop.port}"]
    pages = site.pages.set_index("url")
    assert pages.loc[f"http://localhost:{shop.port}/private/x", "blocked_by_robots"]
    assert "/private/x" not in shop.counts
    # Credentials are the start page's host's alone.
    assert all("authorization" not in headers for _, headers in shop.requests)
    assert any("authorization" in headers for _, headers in main.requests)
    audit = lk.run_audit(site)
    depth = audit.metrics.set_index("url")["crawl_depth"]
    assert depth[f"http://localhost:{shop.port}/t"] == 3
    assert depth[main.url("/b")] == 2
    orphans = audit.findings[audit.findings["check_id"] == "orphan-page"]["url"]
    assert orphans.tolist() == [f"http://localhost:{shop.port}/alone"]
    # A third of the start page's links leaves the scope.
    alone = lk.crawl(main.url(), tmp_path / "alone", delay=0)
    assert _paths(alone) == {"127.0.0.1/", "127.0.0.1/a"}
    both, one = audit.ledger["external"], lk.run_audit(alone).ledger["external"]
    assert 0 < both < one


def test_a_crawl_goes_on_only_under_the_same_scope(
    two_hosts: tuple[WebServer, WebServer], tmp_path: Path
) -> None:
    main, shop = two_hosts
    lk.crawl(main.url(), tmp_path, delay=0, max_pages=2)
    with pytest.raises(lk.SettingsError, match=r"hosts: was .*, is "):
        lk.crawl(main.url(), tmp_path, delay=0, hosts=[f"localhost:{shop.port}"])
    with pytest.raises(lk.SettingsError, match=r"hosts: 'a/b' is no host"):
        lk.crawl(main.url(), tmp_path / "other", hosts=["a/b"])
    site = lk.crawl(main.url(), tmp_path / "both", delay=0, hosts=[f"localhost:{shop.port}"], max_pages=4)
    assert not site.manifest.complete
    site = lk.crawl(main.url(), tmp_path / "both", delay=0, hosts=[f"localhost:{shop.port}"])
    assert site.manifest.complete
    assert len(_paths(site)) == 7
    assert max((main.counts + shop.counts)[path] for path in ("/s", "/t", "/alone")) == 1


@pytest.fixture
def by_folder(server: WebServer) -> WebServer:
    """A site in two languages, whose start page sends visitors on."""
    server.pages = {
        "/": Page("", 302, {"Location": "/welcome"}),
        "/welcome": links("/en/", "/de/", "/en"),
        "/en": Page("", 301, {"Location": "/en/"}),
        "/en/": links("/en/a", "/de/", "/english", ELSEWHERE),
        "/en/a": links("/en/", "/welcome", "/old"),
        "/de/": links("/en/b"),
        "/english": links("/en/b"),
        "/old": Page("", 301, {"Location": "/en/b"}),
        "/sitemap.xml": Page("{origin}/en/c\n{origin}/de/c\n", content_type="text/plain"),
        "/en/c": links("/en/"),
        "/de/c": links("/de/"),
    }
    return server


def test_only_folders_are_crawled_and_links_out_of_them_are_external(
    by_folder: WebServer, tmp_path: Path
) -> None:
    site = lk.crawl(by_folder.url(), tmp_path, delay=0, folders=["/en"])
    assert site.manifest.complete, site.manifest.stopped_by
    assert _paths(site) == {f"127.0.0.1{path}" for path in ("/welcome", "/en", "/en/", "/en/a", "/en/c")}
    assert by_folder.counts["/de/"] == by_folder.counts["/english"] == by_folder.counts["/old"] == 0
    assert site.start_url == by_folder.url("/welcome")
    assert site.manifest.rejected == {"page outside the site's folders": 1}
    external = site.engine.arrow("SELECT sum(links) AS links FROM external_links")["links"][0].as_py()
    assert external == 5  # /de/ twice, /english, /old, elsewhere
    audit = lk.run_audit(site)
    assert audit.ledger["external"] > 0
    found = site.manifest.signals["sitemap"]
    assert (found["rows"], found["matched"], found["outside the site"]) == (2, 1, 1)


def test_a_copy_is_crawled_under_the_public_folders(by_folder: WebServer, tmp_path: Path) -> None:
    public = "https://www.client.example"
    by_folder.pages["/en/"] = links("/en/a", f"{public}/en/c", f"{public}/de/")
    site = lk.crawl(
        by_folder.url("/en/"), tmp_path, delay=0, sitemap=False, public_url=f"{public}/en/", folders=["www.client.example/en/"]
    )  # fmt: skip
    assert {urlsplit(url).path for url in site.pages["url"]} == {"/en/", "/en/a", "/en/c"}
    assert site.scope.words() == f"only {public}/en/"


def test_a_client_crawls_its_scope(by_folder: WebServer, tmp_path: Path) -> None:
    client = lk.Client.new("acme", by_folder.url("/en/"), clients=tmp_path, folders=["/en/"])
    (client.folder / "signals" / "urls.txt").write_text("/en/c\n/de/c\n", "utf-8")
    site = client.crawl(delay=0, sitemap=False)
    assert {urlsplit(url).path for url in site.pages["url"]} == {"/en/", "/en/a", "/en/c"}
    assert client.rejects()[["value", "reason"]].to_numpy().tolist() == [
        ["/de/c", "outside the site (not in /en/)"]
    ]
    assert by_folder.counts["/de/c"] == 0


def _row(url: str, *found: str, status: int = 200, to: str | None = None) -> dict[str, object]:
    return {"url": url, "status": status, "redirect_to": to, "links": [[each] for each in found], "depth": 0}


def test_another_host_is_crawled_where_it_answers_first() -> None:
    scope = Scope("https://a.example/", more_hosts=("https://b.example",))
    state = CrawlState(Frontier(), scope.start_url)
    note_row(state, scope, _row("https://a.example/", "https://b.example/"))
    note_row(state, scope, _row("https://b.example/", status=301, to="https://www.b.example/"))
    assert state.homes == []
    note_row(state, scope, _row("https://www.b.example/", "https://www.b.example/x"))
    assert state.homes == ["https://www.b.example"]
    # The same pages over http are a duplicate: its links are followed back only.
    note_row(state, scope, _row("http://b.example/", "http://b.example/y", "https://www.b.example/z"))
    waiting = []
    while (entry := state.frontier.next(with_seeds=True)) is not None:
        waiting.append(entry.url)
        state.frontier.done(entry.rank)
    assert "https://www.b.example/x" in waiting
    assert "https://www.b.example/z" in waiting
    assert "http://b.example/y" not in waiting


def test_a_scope_survives_the_way_to_the_crawler() -> None:
    scope = Scope("https://a.example/", None, ("x",), (), ("https://b.example",), ("/en/",))
    assert Scope.from_json(scope.to_json()) == scope
    earlier = {name: value for name, value in scope.to_json().items() if name not in ("hosts", "folders")}
    assert Scope.from_json(earlier).site.words() == ""
