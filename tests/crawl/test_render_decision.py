"""Whether pages are rendered, what a page may ask for, and which links stand in which form: all of it without a browser."""

import asyncio
from collections import Counter
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from linkkit.crawler.extract import PageFacts, extract_page
from linkkit.crawler.frontier import Frontier
from linkkit.crawler.options import check_options
from linkkit.crawler.plan import CrawlPlan, RunReport
from linkkit.crawler.render import browser, choice
from linkkit.crawler.render.compare import Outcome, merged_links, rendered_parts
from linkkit.crawler.render.decision import Rendering, SampledPage, decide, limits_of, pick
from linkkit.crawler.render.policy import Verdict, judge
from linkkit.crawler.render.sample import Forms, Sampler
from linkkit.crawler.resume import CrawlState
from linkkit.crawler.run import run_crawl
from linkkit.crawler.scope import Scope
from linkkit.crawler.status import incomplete_because
from linkkit.errors import CrawlError, SettingsError
from tests.crawl.conftest import Rows, WebServer, links

HOME = "https://client.example/"


def _page(
    url: str, served: str, rendered: str, words: tuple[int, int] = (100, 100), error: str | None = None
) -> SampledPage:
    return SampledPage(HOME + url, frozenset(served.split()), frozenset(rendered.split()), *words, error=error)  # fmt: skip


# The decision


def test_one_page_that_only_scripts_lead_to_is_enough() -> None:
    same = [_page(f"p{n}", "a b", "a b") for n in range(20)]
    judged = decide([*same, _page("q", "a", "a hidden")])
    assert (judged.mode, judged.hidden, judged.changed, judged.links_added) == ("always", 1, 1, 1)
    assert judged.why == "1 of 21 sampled pages have links that only scripts show"
    assert (judged.links_served, judged.links_rendered) == (41, 42)


@pytest.mark.parametrize(("changed", "mode"), [(1, "never"), (2, "always")])
def test_links_that_the_site_has_elsewhere_count_from_a_tenth_of_the_pages_on(
    changed: int, mode: str
) -> None:
    pages = [_page("home", "a b c", "a b c")]
    pages += [_page(f"p{n}", "a", "a b" if n < changed else "a") for n in range(19)]
    assert decide(pages).mode == mode


@pytest.mark.parametrize(
    ("served", "rendered", "mode"),
    [(100, 149, "never"), (100, 150, "always"), (1000, 1400, "never"), (0, 60, "always")],
)
def test_text_that_only_scripts_show_counts_as_well(served: int, rendered: int, mode: str) -> None:
    judged = decide([_page("", "a", "a", (served, rendered))])
    assert judged.mode == mode
    assert judged.grown == (mode == "always")
    assert ("text that only scripts show" in judged.why) == (mode == "always")


def test_pages_that_could_not_be_rendered_say_nothing() -> None:
    judged = decide([_page("", "a", "", error="timeout"), _page("b", "b", "", error="crashed")])
    assert (judged.mode, judged.failed, judged.links_served) == ("never", 2, 0)
    assert judged.why == "none of 2 sampled pages could be rendered (timeout)"
    # What they link to as served is known all the same.
    assert (
        decide([_page("", "a b", "", error="timeout"), *[_page(f"{n}", "a", "a") for n in range(9)]]).mode
        == "never"
    )


def test_a_sample_is_spread_over_kinds_of_pages_and_always_the_same() -> None:
    urls = (
        [f"{HOME}products/{n}" for n in range(50)] + [f"{HOME}blog/{n}" for n in range(3)] + [f"{HOME}about"]
    )
    chosen = pick(urls, {"/products/*": 5}, 6)
    assert [url.removeprefix(HOME).split("/")[0] for url in chosen] == [
        "about",
        "blog",
        "blog",
        "blog",
        "products",
        "products",
    ]
    assert pick(reversed(urls), {"/products/*": 5}, 6) == chosen
    assert sorted(pick(urls, {}, 100)) == sorted(urls)
    assert pick([], {}, 5) == []


def _sampled(site: dict[str, list[str]], **limits: Any) -> tuple[Sampler, list[SampledPage], list[str]]:
    """Sample a site given by the links of its pages as served; each also shows a link to /js-<page> once rendered."""
    depth = limits.pop("max_depth", None)
    state = CrawlState(Frontier(depth), HOME)
    plan = CrawlPlan(Scope(HOME, exclude=("secret",)), state, **limits)
    asked: list[str] = []

    def forms(url: str) -> Forms:
        facts = extract_page(url, links(*site[url]))
        return Forms("served", "shown", Outcome(facts, is_rendered=True), 7, (*site[url], f"{url}js"))

    async def fetch(url: str) -> Forms | None:
        asked.append(url)
        return forms(url) if url in site else Forms("moved", "moved")

    sampler = Sampler(plan, fetch, lambda done, wanted: None)
    return sampler, asyncio.run(sampler.take(HOME, forms(HOME))), asked


def test_the_sample_begins_with_the_first_links_and_goes_one_kind_further() -> None:
    first = [f"{HOME}c{n}/" for n in range(8)]
    site = {
        HOME: [*first, f"{HOME}secret", "https://other.example/"],
        first[0]: [f"{HOME}c0/deep/{n}/" for n in range(30)],
    }
    site |= {url: [] for url in first[1:]}
    sampler, pages, asked = _sampled(site)
    assert asked[:4] == first[:4]
    # Then the others that the start page links to, by script as well; then those behind them.
    assert set(asked[4:9]) == {*first[4:], f"{HOME}js"}
    assert {url.removeprefix(HOME).split("/")[1] for url in asked if "/deep/" in url} == {"deep"}
    assert len(asked) == len(set(asked)) <= 24
    assert [page.url for page in pages] == [HOME, *(url for url in asked if url in site)]
    assert pages[0].served == frozenset(first)
    assert pages[0].rendered == {*first, f"{HOME}js"}
    # What is no page is kept as well: it need not be asked for again.
    assert set(sampler.kept) == set(asked)


@pytest.mark.parametrize(
    ("limits", "asked"),
    [({"max_pages": 3}, 2), ({"max_pages": 1}, 0), ({"max_depth": 0}, 0), ({"max_depth": 1}, 6)],
)
def test_the_sample_keeps_to_the_limits_of_the_crawl(limits: dict[str, int], asked: int) -> None:
    near = [f"{HOME}{n}" for n in range(5)]
    site = {HOME: near} | {url: [f"{url}/below"] for url in near}
    assert len(_sampled(site, **limits)[2]) == asked


# What was asked for, what an earlier run decided, what the machine can


def test_what_is_missing_is_named_with_the_way_to_get_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in (browser.VARIABLE, "PLAYWRIGHT_BROWSERS_PATH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(browser, "PLACES", ())
    monkeypatch.setattr(browser, "find_spec", lambda name: None)
    assert browser.missing().startswith(
        "the extra js is not installed (pip install 'linkkit[js]') and no Chromium was found"
    )
    monkeypatch.setattr(browser, "find_spec", lambda name: object())
    assert "python -m playwright install chromium" in browser.missing()
    monkeypatch.setenv(browser.VARIABLE, str(tmp_path / "none"))
    assert browser.missing() == f"LINKKIT_CHROMIUM names {tmp_path / 'none'}, which is no file"
    monkeypatch.delenv(browser.VARIABLE)
    own = tmp_path / "pw" / "chromium-1200" / "chrome-linux" / "chrome"
    own.parent.mkdir(parents=True)
    own.touch()
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "pw"))
    assert (browser.find_chromium(), browser.missing()) == (own, "")
    (tmp_path / "chromium").touch(0o755)
    assert browser.find_chromium() == tmp_path / "chromium"


def test_a_run_keeps_to_what_was_decided(monkeypatch: pytest.MonkeyPatch) -> None:
    lacking = ""
    monkeypatch.setattr(choice, "missing", lambda: lacking)
    always, never = Rendering(mode="always", why="x"), Rendering(mode="never", why="y")
    assert choice.choose("auto", None, has_rows=False) is None
    # What an earlier run decided holds only for its rows.
    assert choice.choose("auto", always, has_rows=False) is None
    assert choice.choose("auto", always, has_rows=True) is always
    assert choice.choose("auto", never, has_rows=True) is never
    assert choice.choose("always", None, has_rows=False) == Rendering("always", "always", "it was asked to")
    assert choice.choose("never", always, has_rows=False) == Rendering(
        "never", "never", "it was asked not to"
    )
    # Rows of a linkkit that could not render, or of a sample that was not finished.
    assert choice.choose("auto", Rendering(), has_rows=True) == Rendering(
        "auto", "never", "the crawl began without"
    )
    with pytest.raises(SettingsError, match="holds rows of a crawl that rendered no page"):
        choice.choose("always", None, has_rows=True)
    lacking = "no Chromium was found"
    assert choice.choose("auto", None, has_rows=False) == Rendering("auto", "never", "no Chromium was found")
    with pytest.raises(CrawlError, match=r"render='always': no Chromium was found\. Put that right"):
        choice.choose("always", None, has_rows=False)
    with pytest.raises(CrawlError, match="this crawl renders its pages, and cannot go on: no Chromium"):
        choice.choose("auto", always, has_rows=True)


def test_options_are_checked_and_cannot_change_half_way() -> None:
    with pytest.raises(SettingsError, match="render: expected one of auto, always, never, found 'yes'"):
        check_options(HOME, render="yes")
    with pytest.raises(SettingsError, match="render_seconds: expected a number of at least 1, found 0"):
        check_options(HOME, render_seconds=0)
    told = check_options(HOME).to_json()
    assert check_options(HOME, render="never").differences(told) == ["render: was 'auto', is 'never'"]
    del told["render"]
    assert check_options(HOME, render="never").differences(told) == []


# What a page may ask for


@pytest.mark.parametrize(
    ("asked", "verdict"),
    [
        ({"kind": "document", "is_page": True, "is_first": True}, Verdict.DOCUMENT),
        ({"kind": "document", "is_page": True}, Verdict.LEAVE),
        ({"kind": "document"}, Verdict.ABORT),
        ({"kind": "script"}, Verdict.FETCH),
        ({"kind": "stylesheet", "is_own": True}, Verdict.FETCH),
        ({"kind": "fetch", "is_own": True, "method": "POST"}, Verdict.FETCH),
        ({"kind": "fetch", "method": "POST"}, Verdict.ABORT),
        ({"kind": "fetch", "is_own": True, "method": "DELETE"}, Verdict.ABORT),
        ({"kind": "script", "with_others": False}, Verdict.ABORT),
        ({"kind": "script", "with_others": False, "is_own": True}, Verdict.FETCH),
        *(({"kind": kind, "is_own": True}, Verdict.ABORT) for kind in ("image", "media", "font", "ping", "eventsource", "other")),
    ],
)  # fmt: skip
def test_what_a_page_may_ask_for(asked: dict[str, Any], verdict: Verdict) -> None:
    usual = {"method": "GET", "is_page": False, "is_first": False, "is_own": False, "with_others": True}
    assert judge(**(usual | asked)) is verdict


# Forms of a page


@pytest.mark.parametrize(
    ("body", "shell"),
    [
        ('<div id="root"></div><script src="/app.js"></script>', True),
        (
            '<div id="root"><noscript>You need JavaScript to run this app.</noscript></div><script src="/a.js"></script>',
            True,
        ),
        (links("/", "/a") + '<div id="app"> </div><script>1</script>', True),
        ("<p>Loading</p><script>1</script>", True),
        ('<div id="root"></div>', False),
        ('<div id="root"></div><script type="application/ld+json">{}</script>', False),
        (links("/", "/a") + "<p>Short</p><script>1</script>", False),
        (links("/a") + '<div id="app"><p>Hello</p></div><script>1</script>', False),
        ('<div id="root"></div><script>1</script><p>' + "word " * 60 + "</p>", False),
    ],
)
def test_an_empty_shell_is_told_from_a_short_page(body: str, shell: bool) -> None:
    assert extract_page(HOME, f"<html><body>{body}</body></html>").is_shell is shell


def test_links_are_told_apart_by_their_target() -> None:
    raw = extract_page(HOME, links("/a", "/gone", "/a#part")).links
    rendered = extract_page(HOME, "<nav>" + links("/new", "/a", "/b#top") + "</nav>").links
    merged = [
        (link.url.removeprefix(HOME), link.position, seen) for link, seen in merged_links(raw, rendered)
    ]
    assert merged == [
        ("new", "navigation", 2),
        ("a", "navigation", 3),
        ("b#top", "navigation", 2),
        ("gone", "content", 1),
    ]


def test_a_row_says_what_rendering_came_to() -> None:
    raw = PageFacts(word_count=3, robots=("noindex",), canonical=HOME + "raw")
    shown = PageFacts(word_count=90, robots=("nofollow", "noindex"))
    row = rendered_parts(shown, Outcome(raw, is_rendered=True))
    assert row == {
        "rendered": True, "raw_words": 3, "canonical": HOME + "raw", "robots": ["noindex", "nofollow"], "links": []
    }  # fmt: skip
    left = rendered_parts(raw, Outcome(raw, is_rendered=True, leaves_to=HOME + "there"))
    assert left["redirect_to"] == HOME + "there"
    assert rendered_parts(raw, Outcome(raw, error="timeout")) == {"render_error": "timeout"}


# What it means for the crawl


def test_a_crawl_whose_links_scripts_add_is_incomplete() -> None:
    report = RunReport(pages=10, start_links=4, rendering={"rendered": 0, "failed": 0, "shells": 4})
    assert incomplete_because(report, max_depth=None, has_patterns=False) is None
    report.rendering["shells"] = 5
    assert incomplete_because(report, max_depth=None, has_patterns=False) == (
        "5 of 10 pages look like empty shells of an application, whose links scripts add"
    )
    failed = replace(report, rendering={"rendered": 9, "failed": 1, "shells": 0})
    assert incomplete_because(failed, max_depth=None, has_patterns=False) == (
        "1 of 10 pages could not be rendered, so that links that scripts add are missing"
    )
    failed.rendering["rendered"] = 10
    assert incomplete_because(failed, max_depth=None, has_patterns=False) is None


def test_an_analyst_is_told_what_was_not_seen() -> None:
    never = {"mode": "never", "why": "no Chromium was found"}
    assert limits_of(never, {"shells": 3}, 9) == [
        "3 of 9 pages look like empty shells of an application, whose links scripts add; they were not rendered"
    ]
    assert limits_of(never, {"shells": 0}, 9) == []
    assert limits_of({"mode": "always"}, {"rendered": 8, "failed": 1}, 9) == [
        "1 of 9 pages could not be rendered: their links are those of the HTML as served"
    ]


def test_without_a_browser_an_application_is_no_complete_crawl(
    server: WebServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(browser.VARIABLE, str(tmp_path / "none"))
    shell = '<div id="root"></div><script src="/app.js"></script>'
    server.pages = {"/": links("/a", "/b") + shell, "/a": shell, "/b": "<p>static</p>"}
    with pytest.raises(CrawlError, match=r"render='always': LINKKIT_CHROMIUM names .*none, which is no file"):
        run_crawl(server.url(), tmp_path / "always", delay=0, render="always")
    assert server.requests == []
    result = run_crawl(server.url(), tmp_path / "auto", delay=0, sitemap=False)
    assert (
        result.status.stopped_by
        == "2 of 3 pages look like empty shells of an application, whose links scripts add"
    )
    assert result.status.rendering["mode"] == "never"
    assert result.status.rendering["shells"] == 2
    assert result.status.limits == (
        "2 of 3 pages look like empty shells of an application, whose links scripts add; they were not rendered",
    )
    assert "which is no file" in result.status.rendering["why"]
    # Answers come in any order.
    assert Counter(row.get("shell") for row in Rows(tmp_path / "auto").all) == {True: 2, None: 1}
    assert "/app.js" not in server.counts
    # A finished crawl stays what it is, whatever the machine can do now.
    monkeypatch.delenv(browser.VARIABLE)
    again = run_crawl(server.url(), tmp_path / "auto", delay=0, sitemap=False)
    assert again.status.rendering == result.status.rendering


def test_what_a_page_asks_for_is_checked_address_by_address() -> None:
    from scrapy.exceptions import IgnoreRequest

    from linkkit.crawler.render.fetch import Assets

    assets = Assets(SimpleNamespace(), Scope("http://127.0.0.1:8000/", "https://www.client.example/"))
    # The public host is the copy that is crawled; another port of its machine is none of the site.
    assert (
        assets.own_address("https://client.example/a.js?v=1", "http://127.0.0.1:8000")
        == "http://127.0.0.1:8000/a.js?v=1"
    )
    assert (
        assets.own_address("http://127.0.0.1:8000/a.js?utm_source=x", "")
        == "http://127.0.0.1:8000/a.js?utm_source=x"
    )
    assert assets.own_address("http://127.0.0.1:9000/a.js", "http://127.0.0.1:8000") is None

    def is_refused(url: str) -> bool:
        try:
            assets.check(SimpleNamespace(url=url))
        except IgnoreRequest:
            return True
        return False

    allowed = (
        "http://127.0.0.1:8000/x",
        "https://client.example/a",
        "https://cdn.example/x",
        "http://cdn.example/x",
    )
    assert [url for url in allowed if is_refused(url)] == []
    refused = (
        "http://127.0.0.1/",
        "http://127.0.0.1:8888/",
        "ftp://cdn.example/",
        "https://cdn.example:22/",
        "https://cdn.example:8443/",
    )
    assert [url for url in refused if not is_refused(url)] == []
