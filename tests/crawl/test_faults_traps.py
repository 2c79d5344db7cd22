"""Addresses without end

Crawls without a network: the frontier asks, a function answers with the row of a page. One of them is crawled over HTTP as well.
"""

import json
import random
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

import linkkit as lk
from linkkit.crawler.frontier import Entry, Frontier, Rank
from linkkit.crawler.plan import CrawlPlan
from linkkit.crawler.resume import CrawlState, note_row
from linkkit.crawler.rows import failure_row
from linkkit.crawler.scope import Scope
from linkkit.crawler.traps import MAX_REDIRECTS, Traps
from linkkit.deck.crawl_words import LIMITS
from linkkit.urls import normalise
from tests.crawl.conftest import Page, Rows, WebServer, links

HOME = "http://site.example/"
LIMIT, STOP = 20, 1_000
NAV = ("/", "/about", "/shop/", "/blog/")
Shown = tuple[str, tuple[str, ...]] | str
"""Title (and text) of a page and where it links to, or where it redirects to."""


def row_of(entry: Entry, shown: Shown) -> dict[str, Any]:
    row = failure_row(entry, None) | {"blocked_by_robots": False, "content_type": "text/html"}
    if isinstance(shown, str):
        return row | {"status": 302, "redirect_to": normalise(shown, entry.url)}
    title, targets = shown
    found = [[normalise(target, entry.url), "", "content", "", 0, ""] for target in (*NAV, *targets)]
    return row | {"status": 200, "title": title, "linkable": title, "word_count": 9, "links": found}


def crawl(
    site: Callable[[str], Shown], limit: int | None = LIMIT, *, turn: int = STOP
) -> tuple[list[str], CrawlState]:
    """Addresses requested, in order; the state goes through its file after `turn` pages, as it does when a crawl is taken up."""
    state = CrawlState(Frontier(), HOME, traps=Traps(limit))
    state.frontier.add(HOME, 0)
    asked: list[str] = []
    while len(asked) < STOP:
        entry = state.frontier.next()
        if entry is None:
            break
        state.traps.requested(entry.url)
        asked.append(entry.url[len(HOME) - 1 :])
        note_row(state, Scope(HOME), row_of(entry, site(asked[-1])))
        state.frontier.done(entry.rank)
        if len(asked) == turn:
            state = saved(state)
    return asked, state


def saved(state: CrawlState) -> CrawlState:
    frontier = Frontier.from_json(json.loads(json.dumps(state.frontier.to_json())))
    traps = Traps.from_json(json.loads(json.dumps(state.traps.to_json())))
    rest = {name: value for name, value in vars(state).items() if name not in {"frontier", "traps"}}
    return CrawlState(frontier, traps=traps, **rest)


def sound(path: str) -> tuple[str, tuple[str, ...]] | None:
    """A site with 100 products in a shop whose list has 10 pages, and a blog by date: nothing in it is endless."""
    query = parse_qs(urlsplit(path).query)
    if path == "/shop/" or path.startswith("/shop/?page="):
        page = int(query.get("page", ["1"])[0])
        more = (f"/shop/?page={page + 1}",) if page < 10 else ()
        return f"Shop, page {page}", (*(f"/product?id={10 * page + n}" for n in range(10)), *more)
    if path.startswith("/product?id="):
        n = int(query["id"][0])
        return f"Lamp{n} of glass{n} and brass{n}", (
            f"/product?id={max(10, n - 1)}",
            f"/product?id={min(109, n + 1)}",
        )
    if path == "/blog/":
        return "Blog", tuple(f"/blog/2024/{month:02}/" for month in range(1, 13))
    if path.startswith("/blog/2024/") and len(path) == len("/blog/2024/05/"):
        return f"Month {path[-3:-1]}", (f"{path}post-about-{path[-3:-1]}/",)
    return (path, ()) if path in NAV or path.startswith("/blog/") else None


def site_with(trap: Callable[[str], Shown | None], entrance: str) -> Callable[[str], Shown]:
    def shown(path: str) -> Shown:
        if path == "/":
            return "Home", (entrance,)
        found = trap(path)
        return found if found is not None else sound(path) or (path, ())

    return shown


SOUND = set(crawl(site_with(lambda path: None, "/about"), None)[0])


def calendar(path: str) -> Shown | None:
    if not path.startswith("/calendar/"):
        return None
    year, month = (int(part) for part in path.split("/")[2:4])
    following = f"/calendar/{year + month // 12}/{month % 12 + 1}/"
    before = f"/calendar/{year - (month == 1)}/{(month - 2) % 12 + 1}/"
    return f"{month} {year}", (
        following,
        before,
        *(f"/calendar/{year}/{month}/{day}/" for day in range(1, 29)),
    )


def facets(path: str) -> Shown | None:
    if not path.startswith("/find"):
        return None
    chosen = frozenset(urlsplit(path).query.split("&")) - {""}
    known = [f"f{n}={value}" for n in range(5) for value in "abcd"]
    others = [each for each in known if each not in chosen and each[:2] not in {one[:2] for one in chosen}]
    return f"Lamps {' '.join(sorted(chosen))}", tuple(
        f"/find?{'&'.join(sorted({*chosen, each}))}" for each in others
    )


def sessions(name: str, *, redirects: bool = False) -> Callable[[str], Shown | None]:
    """Twelve pages that link to each other under a new id each time."""
    rng = random.Random(5)

    def shown(path: str) -> Shown | None:
        parts = urlsplit(path)
        if not parts.path.startswith("/v"):
            return None
        token = f"{name}={rng.getrandbits(80):020x}"
        if redirects and name not in parts.query:
            return f"{parts.path}?{token}"
        return f"Page {parts.path}", tuple(f"/v{n}?{token}" for n in range(12))

    return shown


def path_sessions(path: str) -> Shown | None:
    token = f";jsessionid={random.Random(path).getrandbits(80):020x}"
    return ("A page", tuple(f"/v{n}{token}" for n in range(12))) if path.startswith("/v") else None


def returning(path: str) -> Shown | None:
    """A login that every page links to with its own address."""
    if path.startswith("/login?"):
        return "Log in", ()
    return (
        (path, (f"/login?back={path}", *(f"/member/{n}" for n in range(60))))
        if path.startswith("/member")
        else None
    )


def deeper(path: str) -> Shown | None:
    return ("A page", ("a/b/", "a/")) if path.startswith("/deep/") else None


def moving(path: str) -> Shown | None:
    return f"/go?step={int(path.rpartition('=')[2]) + 1}" if path.startswith("/go") else None


@pytest.mark.parametrize("turn", [STOP, 70])
def test_calendar(turn: int, fault: Callable[[str, int, str], None]) -> None:
    asked, state = crawl(site_with(calendar, "/calendar/2025/1/"), turn=turn)
    trapped = [path for path in asked if path.startswith("/calendar/")]
    assert LIMIT < len(trapped) <= 3 * LIMIT
    assert set(asked) >= SOUND
    assert len(asked) == len(set(asked))
    (limit,) = state.traps.limits()
    assert f"of the endless pattern http://site.example/calendar/#/, {LIMIT} pages" in limit
    fault(
        "endless calendar with days and months",
        len(trapped),
        f"closed after {LIMIT} pages in a row without anything new; told in the limits, no other page lost",
    )


def test_facets(fault: Callable[[str, int, str], None]) -> None:
    total = sum(4**n * len(list(combinations(range(5), n))) for n in range(6))
    asked, state = crawl(site_with(facets, "/find"))
    trapped = [path for path in asked if path.startswith("/find")]
    assert LIMIT < len(trapped) < total / 20
    assert set(asked) >= SOUND
    assert "endless pattern http://site.example/find?" in state.traps.limits()[0]
    fault(
        "filters that combine (parameter trap)",
        len(trapped),
        f"{len(trapped)} of {total:,} combinations requested, then closed; told in the limits",
    )


@pytest.mark.parametrize("name", ["sid", "visit"])
@pytest.mark.parametrize("redirects", [False, True])
def test_session_ids(name: str, redirects: bool, fault: Callable[[str, int, str], None]) -> None:
    asked, state = crawl(site_with(sessions(name, redirects=redirects), "/v0"))
    pages = [path for path in asked if path.startswith("/v")]
    assert {path.split("?")[0] for path in pages} == {f"/v{n}" for n in range(12)}
    # A name that is known needs no proof; another has to be seen to change nothing first.
    assert len(pages) <= (13 if name == "sid" else 60)
    assert set(asked) >= SOUND
    assert f"another value of {name}, which changes nothing" in state.traps.limits()[0]
    if name == "sid":
        fault("session id in the query, by its name", len(pages), "each page requested once")
    else:
        fault(
            "session id in the query, by what it changes",
            len(pages),
            "each page requested once, after proof that no value changes a page",
        )


def test_session_id_in_the_path(fault: Callable[[str, int, str], None]) -> None:
    asked, state = crawl(site_with(path_sessions, "/v0"))
    assert len([path for path in asked if path.startswith("/v")]) <= 14
    assert "jsessionid" in state.traps.limits()[0]
    fault("session id in the path", 12, "each page requested once")


def test_address_of_the_page_in_a_parameter(fault: Callable[[str, int, str], None]) -> None:
    asked, state = crawl(site_with(returning, "/member/0"))
    assert len([path for path in asked if path.startswith("/login")]) < 60
    assert {path for path in asked if path.startswith("/member")} == {f"/member/{n}" for n in range(60)}
    assert "another value of back, which changes nothing" in state.traps.limits()[0]
    fault(
        "login that is linked with the address of each page",
        60,
        "requested until it is proved that the parameter changes nothing",
    )


def test_folders_that_repeat(fault: Callable[[str, int, str], None]) -> None:
    asked, state = crawl(site_with(deeper, "/deep/"))
    assert len(asked) < 150
    assert not [path for path in asked if "/a/a/a/" in path or "/a/b/a/b/a/b/" in path]
    assert "repeat folders" in state.traps.limits()[0]
    fault(
        "relative links that repeat folders",
        len(asked),
        "addresses that hold the same folders three times in a row, or four times at all, are left out",
    )


def test_redirects_that_never_arrive(fault: Callable[[str, int, str], None]) -> None:
    asked, state = crawl(site_with(moving, "/go?step=0"))
    assert len([path for path in asked if path.startswith("/go")]) == MAX_REDIRECTS + 1
    assert f"behind {MAX_REDIRECTS} redirects in a row" in state.traps.limits()[0]
    assert set(asked) >= SOUND
    fault(
        "redirects that count up for ever",
        MAX_REDIRECTS + 1,
        f"{MAX_REDIRECTS} in a row are followed; told in the limits",
    )


def test_a_sound_site_loses_nothing_and_the_limit_can_be_lifted() -> None:
    asked, state = crawl(site_with(lambda path: None, "/about"), 5)
    assert set(asked) == SOUND
    assert len(asked) == len(SOUND)
    assert state.traps.limits() == []
    assert state.traps.left_out == 0
    assert len(crawl(site_with(calendar, "/calendar/2025/1/"), None)[0]) == STOP


def test_seeds_are_requested_whatever_is_closed() -> None:
    state = crawl(site_with(calendar, "/calendar/2025/1/"))[1]
    state.frontier.add_seeds([f"{HOME}calendar/1999/9/9/"])
    assert state.frontier.next() == Entry(f"{HOME}calendar/1999/9/9/", None, Rank(True, 0))


def test_the_plan_keeps_what_is_left_out(tmp_path: Path) -> None:
    state = crawl(site_with(calendar, "/calendar/2025/1/"))[1]
    CrawlPlan(Scope(HOME), state).save(tmp_path / "plan.json")
    again = CrawlPlan.load(tmp_path / "plan.json").state
    assert again.traps.to_json() == state.traps.to_json()
    assert again.traps.limits() == state.traps.limits()


def test_over_http_progress_and_manifest_say_what_was_left_out(server: WebServer, tmp_path: Path) -> None:
    shown = site_with(calendar, "/calendar/2025/1/")

    def answer(path: str) -> Page | None:
        if path == "/robots.txt" or path.startswith("/linkkit-"):
            return None
        title, targets = shown(path)
        return Page(f"<title>{title}</title><main>{links(*NAV, *targets)}</main>")

    server.on_request = answer
    told: list[int] = []
    site = lk.crawl(
        server.url(),
        tmp_path,
        delay=0,
        sitemap=False,
        trap_pages=LIMIT,
        progress=lambda each: told.append(each.left_out),
    )
    found = Rows(tmp_path)
    assert set(found.by_path) >= SOUND
    assert len(found.all) == len(found.by_path) < len(SOUND) + 3 * LIMIT
    assert site.manifest.complete
    assert told[-1] > 0
    (limit,) = site.manifest.settings["crawl"]["limits"]
    assert LIMITS.knows(limit)
    asked = server.counts.total()
    lk.crawl(server.url(), tmp_path, delay=0, sitemap=False, trap_pages=LIMIT)
    assert server.counts.total() == asked
