"""A site whose links come by script, crawled with a Chromium: what is found, and what its pages do not get away with."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import linkkit as lk
from linkkit.crawler.render.browser import find_chromium, missing
from linkkit.crawler.run import CrawlResult, run_crawl
from linkkit.crawler.site import site_of
from tests.crawl.conftest import Page, Rows, WebServer, links
from tests.crawl.js_site import js_site, stall

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(bool(missing()), reason=f"pages cannot be rendered: {missing()}"),
]
TOKEN = "token-4711"


class Crawl:
    def __init__(self, server: WebServer, private: WebServer, folder: Path) -> None:
        self.server, self.private, self.folder = server, private, folder
        server.pages = js_site(private.origin)
        stall(server)
        self.notes: list[str] = []
        self.result: CrawlResult = run_crawl(
            server.url(), folder, delay=0, sitemap=False, headers={"X-Preview": TOKEN}, render_seconds=60,
            progress=lambda progress: self.notes.append(progress.note),
        )  # fmt: skip
        self.rows = Rows(folder)
        self.counts = server.counts

    def seen(self, path: str) -> dict[str, int]:
        """Targets of a page's links, with the forms in which they stand."""
        return {each[0].removeprefix(self.server.origin): each[6] for each in self.rows[path]["links"]}


@pytest.fixture(scope="module")
def crawl(module_server: WebServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawl]:
    private = WebServer({"/": "secret", "/by-redirect": "secret"})
    yield Crawl(module_server, private, tmp_path_factory.mktemp("js"))
    private.close()


def test_a_sample_decides_that_pages_are_rendered(crawl: Crawl) -> None:
    told = crawl.result.status.rendering
    assert (told["asked"], told["mode"]) == ("auto", "always")
    assert told["why"].endswith("sampled pages have links that only scripts show")
    assert told["links_added"] >= 10
    assert told["hidden"] >= 10
    assert json.loads((crawl.folder / "crawl" / "rendering.json").read_text())["why"] == told["why"]
    # Two at least are told: that a sample is taken, and what came of it.
    assert [note for note in dict.fromkeys(crawl.notes) if note][-1] == f"Pages are rendered: {told['why']}"


def test_no_page_is_requested_twice(crawl: Crawl) -> None:
    assert {path: number for path, number in crawl.counts.items() if number > 1} == {}
    assert crawl.counts["/menu.js"] == crawl.counts["/menu.json"] == 1
    assert len(crawl.rows.all) == len(crawl.rows.by_path)


def test_links_are_found_in_either_form(crawl: Crawl) -> None:
    home = crawl.seen("/")
    assert home["/both"] == 3
    assert {home[path] for path in ("/routed", "/lazy", "/shadow", "/leaves", "/hostile")} == {2}
    assert crawl.seen("/both") == {"/": 3, "/taken-away": 1}
    assert crawl.seen("/lazy") == {"/from-lazy": 2}
    assert crawl.seen("/shadow") == {"/from-shadow": 2}
    assert crawl.seen("/slow") == {"/after-slow": 2}
    # A router has changed the page's address; what is there for browsers without scripts is not in the rendered page.
    assert crawl.seen("/routed") == {"/routed/deep/sibling": 2, "/noscript": 1}
    assert crawl.rows["/routed"]["h1"] == "Routed"
    assert (crawl.rows["/routed"]["raw_words"], crawl.rows["/routed"]["word_count"] > 80) == (0, True)
    assert [
        crawl.rows[path]["status"] for path in ("/from-lazy", "/from-shadow", "/after-slow", "/noscript")
    ] == [200] * 4


def test_a_script_that_sends_visitors_elsewhere_is_a_redirect(crawl: Crawl) -> None:
    assert crawl.rows["/leaves"]["redirect_to"] == crawl.server.url("/landed")
    assert crawl.rows["/landed"]["status"] == 200


def test_a_hostile_page_reaches_nothing(crawl: Crawl) -> None:
    assert crawl.seen("/hostile") == {"/after-hostile": 2}
    assert crawl.rows["/hostile"]["title"] == "JS"
    assert crawl.private.requests == []
    assert crawl.counts["/leads-inside"] == 1
    unwanted = (
        "/popup",
        "/blank",
        "/download.zip",
        "/worker.js",
        "/located",
        "/beacon",
        "/pixel.gif",
        "/socket",
    )
    assert [path for path in unwanted if crawl.counts[path]] == []


def test_what_pages_ask_for_gets_the_secrets_of_the_site_and_nobody_else_does(crawl: Crawl) -> None:
    headers = dict(crawl.server.requests)["/menu.json"]
    assert headers["x-preview"] == TOKEN
    assert headers["user-agent"] == dict(crawl.server.requests)["/"]["user-agent"]
    for path in (crawl.folder / "crawl").iterdir():
        assert TOKEN not in path.read_text(errors="replace"), path


def test_the_site_knows_the_forms_and_names_what_hangs_on_scripts(crawl: Crawl) -> None:
    site = site_of(crawl.result)
    forms = site.engine.arrow(
        "SELECT seen_in, count(*) AS links FROM links GROUP BY 1 ORDER BY 1"
    ).to_pydict()
    assert forms["seen_in"] == [1, 2, 3]
    assert site.manifest.settings["crawl"]["rendering"]["mode"] == "always"
    findings = lk.run_audit(site).findings
    hanging = findings[findings["check_id"] == "rendered-only-links"].set_index("url")
    assert hanging.loc[crawl.server.url("/from-lazy"), "evidence"] == (
        "1 of 1 linking page shows the link only after rendering"
    )
    assert crawl.server.url("/both") not in hanging.index
    text = site.engine.arrow(
        "SELECT text FROM text JOIN pages USING (page_id) WHERE url LIKE '%/routed'"
    ).to_pydict()
    assert "word word word" in text["text"][0]


def test_a_crawl_that_goes_on_keeps_the_decision(server: WebServer, tmp_path: Path) -> None:
    server.pages = {
        "/": '<title>Home</title><script src="/menu.js"></script>' + links("/a", "/b"),
        "/menu.js": Page(
            "document.addEventListener('DOMContentLoaded', () => 0)", content_type="text/javascript"
        ),
        "/a": links("/c"),
        "/b": links("/c"),
        "/c": "<title>C</title>",
    }
    options: dict[str, Any] = {"delay": 0, "sitemap": False}
    first = run_crawl(server.url(), tmp_path, max_pages=2, **options)
    assert first.status.rendering["why"] == "scripts change next to nothing on 2 sampled pages"
    assert first.status.stopped_by == "page limit 2"
    assert first.status.rendering["mode"] == "never"
    second = run_crawl(server.url(), tmp_path, **options)
    assert second.status.complete
    assert second.status.rendering["why"] == first.status.rendering["why"]
    assert server.counts["/menu.js"] == 1
    assert {path: server.counts[path] for path in ("/", "/a", "/b", "/c")} == dict.fromkeys(
        ("/", "/a", "/b", "/c"), 1
    )
    # Not rendered: each link is one of the HTML, whatever the sample saw.
    assert {len(link) for row in Rows(tmp_path).all for link in row["links"]} == {6}


def test_a_browser_that_does_not_start_is_said(
    server: WebServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert find_chromium() is not None
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("LINKKIT_CHROMIUM", str(broken))
    server.pages = {"/": "<script>1</script>" + links("/a"), "/a": "<p>A</p>"}
    with pytest.raises(
        lk.CrawlError, match=r"its pages cannot be rendered: Chromium \(.*chromium\) could not be started"
    ):
        run_crawl(server.url(), tmp_path / "always", delay=0, sitemap=False, render="always")
    result = run_crawl(server.url(), tmp_path / "auto", delay=0, sitemap=False)
    assert result.status.complete
    assert "could not be started" in result.status.rendering["why"]


def test_a_script_without_end_costs_one_page(server: WebServer, tmp_path: Path) -> None:
    server.pages = {
        "/": links("/hang", "/a"),
        "/hang": links("/b") + "<script>document.body.append('x'); for (;;) {}</script>",
        "/a": "<p>A</p>",
        "/b": "<p>B</p>",
    }
    result = run_crawl(server.url(), tmp_path, delay=0, sitemap=False, render="always", render_seconds=1)
    rows = Rows(tmp_path)
    assert (rows["/hang"]["render_error"], rows["/hang"].get("rendered")) == ("timeout", None)
    assert [link[0] for link in rows["/hang"]["links"]] == [server.url("/b")]
    # Pages without scripts are what they would be rendered.
    assert [rows[path]["links"][0][6] for path in ("/",)] == [3]
    assert {key: result.status.rendering[key] for key in ("rendered", "failed")} == {
        "rendered": 3,
        "failed": 1,
    }
    assert (
        result.status.stopped_by
        == "1 of 4 pages could not be rendered, so that links that scripts add are missing"
    )
    assert result.status.limits == (
        "1 of 4 pages could not be rendered: their links are those of the HTML as served",
    )
