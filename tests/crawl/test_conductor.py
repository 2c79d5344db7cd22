"""What a run does next: limits, the start page's outcomes, and telling broken pages from a site that is down."""

import pytest

from linkkit.crawler.conductor import OUTAGE_STREAK, Conductor, Item, Probe
from linkkit.crawler.frontier import Entry, Frontier, Rank
from linkkit.crawler.plan import CrawlPlan, RunReport
from linkkit.crawler.resume import CrawlState
from linkkit.crawler.rows import META, failure_row
from linkkit.crawler.scope import Scope
from linkkit.crawler.status import incomplete_because

HOME = "http://site.example/"


def make(concurrency: int = 100, **plan: object) -> Conductor:
    frontier = Frontier()
    frontier.add(HOME, 0)
    state = CrawlState(frontier, HOME)
    return Conductor(CrawlPlan(Scope(HOME), state, concurrency=concurrency, fetch_sitemap=False, **plan))  # type: ignore[arg-type]


def answer(url: str, depth: int = 0, **facts: object) -> Item:
    row = failure_row(Entry(url, depth, Rank(False, depth)), None)
    row |= {"status": 200, "content_type": "text/html", "blocked_by_robots": False, **facts}
    return {META: row}


def page(url: str, *targets: str, depth: int = 0, **facts: object) -> Item:
    return answer(
        url, depth, links=[[HOME + target, target, "content", "", 0, ""] for target in targets], **facts
    )


def started(*targets: str, **plan: object) -> Conductor:
    conductor = make(**plan)
    assert isinstance(conductor.step(), Entry)
    write(conductor, conductor.outcome(page(HOME, *targets)))
    return conductor


def write(conductor: Conductor, items: list[Item]) -> None:
    for item in items:
        conductor.row_written(item)


def entries(conductor: Conductor) -> list[Entry]:
    found = []
    while isinstance(step := conductor.step(), Entry):
        found.append(step)
    return found


def test_only_the_start_page_until_it_answered() -> None:
    conductor = make(seeds=[HOME + "seed"])
    assert [entry.url for entry in entries(conductor)] == [HOME]
    write(conductor, conductor.outcome(page(HOME, "a")))
    assert [entry.url for entry in entries(conductor)] == [HOME + "a"]


def test_page_limit_is_exact_and_counts_requests_under_way() -> None:
    conductor = started("a", "b", "c", max_pages=3)
    under_way = entries(conductor)
    assert len(under_way) == 2
    for entry in under_way:
        write(conductor, conductor.outcome(page(entry.url, depth=1)))
    assert conductor.is_finished
    report = conductor.make_report()
    assert (report.rows, report.stopped_by, report.waiting) == (3, "page limit 3", 1)


def test_no_page_limit_where_nothing_is_left() -> None:
    conductor = started("a", max_pages=2)
    (entry,) = entries(conductor)
    write(conductor, conductor.outcome(page(entry.url, depth=1)))
    assert conductor.is_finished
    assert conductor.make_report().stopped_by is None


def test_few_failures_are_rows() -> None:
    conductor = started("a", "b")
    for entry in entries(conductor):
        assert conductor.outcome(answer(entry.url, 1, status=403)) == []
    items = [conductor.step(), conductor.step()]
    assert [item[META]["status"] for item in items] == [403, 403]  # type: ignore[index]
    write(conductor, items)  # type: ignore[arg-type]
    assert conductor.is_finished


def test_failures_before_a_good_answer_are_written_with_it() -> None:
    conductor = started("a", "b", "c", "d", concurrency=3)
    first, second, third = entries(conductor)
    assert conductor.outcome(answer(first.url, 1, status=500)) == []
    # Asked for before the failure was known: says nothing about the site since. Nor does robots.txt.
    assert [item[META]["url"] for item in conductor.outcome(page(second.url, depth=1))] == [second.url]
    (fourth,) = entries(conductor)[:1]
    blocked = answer(third.url, 1, status=None, blocked_by_robots=True)
    assert [item[META]["url"] for item in conductor.outcome(blocked)] == [third.url]
    assert [item[META]["url"] for item in conductor.outcome(page(fourth.url, depth=1))] == [
        first.url,
        fourth.url,
    ]


@pytest.mark.parametrize("is_up", [True, False])
def test_a_streak_of_failures_asks_the_start_page(is_up: bool) -> None:
    conductor = started(*(f"p{n}" for n in range(OUTAGE_STREAK + 10)))
    under_way = entries(conductor)
    for entry in under_way[:OUTAGE_STREAK]:
        assert conductor.outcome(answer(entry.url, 1, status=None, error="timeout")) == []
    assert conductor.step() == Probe(HOME)
    assert conductor.step() is None
    if is_up:
        conductor.probed(200, None)
        items = [conductor.step() for _ in range(OUTAGE_STREAK)]
        assert all(isinstance(item, dict) for item in items)
        assert conductor.stopped_by is None
    else:
        conductor.probed(None, "timeout")
        for entry in under_way[OUTAGE_STREAK:]:
            conductor.outcome(answer(entry.url, 1, status=None, error="timeout"))
        assert conductor.is_finished
        report = conductor.make_report()
        assert report.rows == 1
        assert report.waiting == len(under_way)
        assert "stopped answering" in (report.stopped_by or "")


@pytest.mark.parametrize(
    ("facts", "kind", "words"),
    [
        ({"status": None, "error": "dns"}, "unreachable", "DNS"),
        ({"status": None, "error": "other: SSL"}, "unreachable", "SSL"),
        ({"status": None, "blocked_by_robots": True}, "robots", "obey_robots=False"),
        ({"status": 401}, "refused", "basic_auth"),
        ({"status": 429}, "refused", "blocks us: status 429"),
        ({"status": 503}, "server", "status 503"),
        ({"status": 404}, "missing", "status 404"),
        ({"content_type": "application/pdf"}, "not_html", "application/pdf"),
        ({"status": 301, "redirect_to": "https://other.example/"}, "redirect", "https://other.example/"),
        ({"status": 301, "redirect_to": HOME}, "loop", "loop"),
    ],
)
def test_start_pages_that_cannot_be_crawled_from(facts: dict[str, object], kind: str, words: str) -> None:
    conductor = make()
    conductor.step()
    write(conductor, conductor.outcome(answer(HOME, **facts)))
    assert conductor.is_finished
    failure = conductor.make_report().failure
    assert failure is not None
    assert failure.kind == kind
    assert words in failure.message(HOME)
    assert HOME in failure.message(HOME)


def test_start_page_on_the_secure_twin_host() -> None:
    conductor = make(seeds=["http://site.example/known"])
    conductor.step()
    twin = "https://www.site.example/"
    write(conductor, conductor.outcome(answer(HOME, status=301, redirect_to=twin)))
    assert [entry.url for entry in entries(conductor)] == [twin]
    write(conductor, conductor.outcome(answer(twin, links=[["/a"], [twin + "b"]])))
    assert conductor.state.start_url == twin
    assert entries(conductor)[0].url == twin + "b"


@pytest.mark.parametrize(
    ("report", "reason"),
    [
        ({"pages": 5, "start_links": 3}, None),
        ({"pages": 5, "start_links": 3, "cut": 2}, "depth limit 3"),
        ({"pages": 5, "start_links": 3, "stopped_by": "time limit 60 s"}, "time limit 60 s"),
        (
            {"pages": 1, "start_scripts": 1},
            "only the start page was found: it holds a script and no link to a page of the site, so that its links need JavaScript",
        ),
        (
            {"pages": 1},
            "only the start page was found: it holds neither links to other pages of the site nor scripts",
        ),
        (
            {"pages": 1, "start_frames": 2},
            "only the start page was found: it is a frameset, and its links are in the frames",
        ),
        (
            {"pages": 9, "start_scripts": 4},
            "the start page has no links to the site's pages: it holds 4 scripts and no link to a page of the site, so that its links need JavaScript",
        ),
        (
            {"pages": 1, "start_links": 4},
            "only the start page was found: include and exclude leave out all 4 pages it links to",
        ),
    ],
)
def test_when_a_crawl_is_complete(report: dict[str, object], reason: str | None) -> None:
    assert incomplete_because(RunReport(**report), max_depth=3, has_patterns=True) == reason  # type: ignore[arg-type]
