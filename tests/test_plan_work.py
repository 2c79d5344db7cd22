"""Pieces of work: what is to be done for each finding, on which pages, in how many edits, and in which words."""

from typing import Any

import pandas as pd
import pytest

import linkkit as lk
from linkkit.linkmodel import LinkModel
from linkkit.plan.decisions import Decisions
from linkkit.plan.effort import Work
from linkkit.plan.faults import Faults
from linkkit.plan.linking import Linking
from linkkit.plan.pieces import Desk, Piece
from linkkit.plan.repairs import Trials
from tests.site_factory import ORIGIN, build, url


def _audit(pages: list[Any], links: list[Any], *, template: int = 3) -> lk.Audit:
    """An audit in which so many pages make a template."""
    return lk.run_audit(build(pages, links), model=LinkModel(boilerplate_min_pages=template))


def _desk(audit: lk.Audit, *found: tuple[str, str, str]) -> Desk:
    """A desk for findings of one's own: check, page, related page."""
    rows = [
        {"check_id": check, "url": url(page), "related_url": url(other) if other else None, "value": 1.0, "unit": "",
         "effort": "small", "evidence": "seen", "fix": "Mend it."}
        for check, page, other in found
    ]  # fmt: skip
    return Desk.of(audit, pd.DataFrame(rows))


def _of(audit: lk.Audit, *checks: str) -> list[Piece]:
    """What is to be done about the findings of some checks."""
    return list(Decisions(Desk.of(audit, audit.findings[audit.findings["check_id"].isin(checks)])).pieces(()))


def _said(text: str) -> str:
    return text.replace(ORIGIN, "")


# Words of links


@pytest.fixture(scope="module")
def worded() -> lk.Audit:
    links: list[Any] = [*(f"/ -> {page}" for page in ("/1", "/2", "/3", "/4", "/a")), "/4 -> /b"]
    for page in ("/1", "/2", "/3"):
        links.append({"source": page, "target": "/a", "anchor": f"{ORIGIN}/a", "position": "footer"})
        links.append({"source": page, "target": "/b", "anchor": ""})
    links.append({"source": "/4", "target": "/c", "anchor": ""})
    links += [{"source": "/4", "target": page, "anchor": "tent pegs"} for page in ("/1", "/2", "/3")]
    return _audit(["/", "/1", "/2", "/3", "/4", "/a", "/b", "/c"], links)


def test_a_text_that_the_footer_repeats_is_one_change_of_the_template(worded: lk.Audit) -> None:
    (piece,) = _of(worded, "url-anchor")
    assert piece.title == "Links whose text is an address: one change of the template, 3 pages"
    assert (piece.jobs, piece.fixes) == (((Work.TEMPLATE, 1),), 3)
    assert _said(piece.steps[0]) == (
        "In the template, in the footer: “/a” is the text of links to 1 page on 3 pages, such as /1."
    )
    # Of the four pages that link to /a, three do so in the footer.
    assert piece.stake == ((5, 0.75),)


def test_texts_in_the_content_are_reworded_one_by_one(worded: lk.Audit) -> None:
    (piece,) = _of(worded, "empty-anchor")
    assert piece.title == "Links without any text: reword 4 links"
    assert piece.jobs == ((Work.REWORD, 4),)
    assert [_said(step).split(":")[0] for step in piece.steps] == ["On /1 and 2 more pages", "On /4"]
    assert dict(piece.stake) == {6: 0.75, 7: 1.0}
    (same,) = _of(worded, "ambiguous-anchor")
    assert same.title == "One link text for several pages: reword 1 link to /1"
    assert same.steps[0].startswith(f"Wherever it stands: the link to {ORIGIN}/1: ")


def test_a_text_for_many_pages_on_many_pages_is_the_templates_wherever_it_stands() -> None:
    pages = ["/1", "/2", "/3"]
    links = [
        {"source": page, "target": other, "anchor": ""} for page in pages for other in pages if page != other
    ]
    (piece,) = _of(_audit(["/", *pages], [*(f"/ -> {page}" for page in pages), *links]), "empty-anchor")
    assert piece.title == "Links without any text: one change of the template, 3 pages"
    assert len(piece.findings) == 3


# Lists, merges, templates


def test_addresses_for_the_sitemap_are_listed_up_to_twenty() -> None:
    gone, new = [f"/gone-{n}" for n in range(20)], [f"/new-{n}" for n in range(21)]
    pages = [
        {"path": "/", "found_in": ["crawl", "sitemap"]},
        *({"path": path, "status": 404, "found_in": ["sitemap"]} for path in gone),
        *new,
    ]
    audit = _audit(pages, [f"/ -> {page}" for page in new])
    wrong, missing = _of(audit, "sitemap-not-indexable", "missing-from-sitemap")
    assert (wrong.title, missing.title) == (
        "Take 20 addresses out of the sitemap",
        "Add 21 addresses to the sitemap",
    )
    assert wrong.jobs == missing.jobs == ((Work.FILE, 1),)
    assert (len(wrong.steps), len(missing.steps)) == (21, 22)
    assert missing.steps[-1] == "... and 1 more, in the list of affected pages"
    assert wrong.stake == ()
    one = _audit([{"path": "/", "found_in": ["crawl", "sitemap"]}, "/new"], ["/ -> /new"])
    (single,) = _of(one, "missing-from-sitemap")
    assert single.title == "Add 1 address to the sitemap"
    assert dict(missing.stake) == {audit.site.page_id(url(page)): 0.1 for page in new}


@pytest.mark.parametrize(
    ("check", "page", "other", "title", "redirected", "unsure"),
    [
        ("url-twin", "/a", "/b", "Redirect /a to /b, the same page", True, ""),
        ("near-duplicate-pages", "/a", "/b", "Merge /a into /b", True, "simulated as a redirect; which of the two stays is for a person to decide"),
        ("url-twin", "/old", "/b", "Redirect /old to /b, the same page", False, "cannot be simulated: what is to be done is for a person to decide"),
        ("url-twin", "/a", "/old", "Redirect /a to /old, the same page", False, "cannot be simulated: what is to be done is for a person to decide"),
    ],
)  # fmt: skip
def test_pages_that_say_the_same_are_merged(check: str, page: str, other: str, title: str, redirected: bool, unsure: str) -> None:  # fmt: skip
    audit = _audit(
        ["/", "/a", "/b", {"path": "/old", "status": 301, "redirect_to": "/a"}], ["/ -> /a", "/ -> /b"]
    )
    (piece,) = Decisions(_desk(audit, (check, page, other))).pieces(())
    assert (piece.title, piece.unsure) == (title, unsure)
    assert piece.jobs == ((Work.SETTING if check == "url-twin" else Work.CONTENT, 1),)
    ids = [audit.site.page_id(url(each)) for each in (page, other)]
    assert (piece.repair is not None and piece.repair.redirect == {ids[0]: ids[1]}) == redirected
    assert (piece.repair is None) == (not redirected)


@pytest.mark.parametrize(("faulty", "every", "is_template"), [(3, 6, True), (3, 7, False), (2, 2, False)])
def test_what_half_of_a_kind_of_pages_share_is_a_fault_of_their_template(faulty: int, every: int, is_template: bool) -> None:  # fmt: skip
    posts = [f"/posts/{n}" for n in range(every)]
    audit = _audit(["/", *posts], [f"/ -> {post}" for post in posts])
    found = [("weak-page", post, "") for post in posts[:faulty]]
    pieces = list(Decisions(_desk(audit, *found)).pieces(()))
    title = "Pages that hang on a single linking page"
    if is_template:
        assert [piece.title for piece in pieces] == [
            f"{title}: one change of the template of /posts/* pages, 3 pages"
        ]
        assert pieces[0].steps[1].startswith("3 pages of 6 share the fault. Examples: ")
    else:
        assert [piece.title for piece in pieces] == [f"{title}: {path}" for _, path, _ in found]


def test_findings_of_a_check_of_ones_own_are_named_by_it() -> None:
    audit = _audit(["/", "/a"], ["/ -> /a"])
    (piece,) = Decisions(_desk(audit, ("our-own-check", "/a", ""))).pieces(())
    assert piece.title == "our-own-check: /a"
    assert piece.jobs == ((Work.REWORD, 1),)
    assert not list(Decisions(_desk(audit, ("our-own-check", "/a", ""))).pieces(("our-own-check",)))


# Links that are there


def _mended(audit: lk.Audit, *found: tuple[str, str, str]) -> list[Piece]:
    faults = Faults(_desk(audit, *found))
    return list(faults.pieces(Trials.of(audit, faults.targets)))


def _gist(pieces: list[Piece]) -> list[tuple[str, dict[Work, int], int]]:
    return [(piece.title, dict(piece.jobs), piece.fixes) for piece in pieces]


def test_links_to_addresses_that_are_gone_are_mended_worst_first() -> None:
    pages = [
        "/",
        "/1",
        "/2",
        "/tents/",
        *({"path": path, "status": 404} for path in ("/old-tents", "/marl", "/peat")),
    ]
    links = [
        "/ -> /1",
        "/ -> /2",
        "/ -> /tents/",
        "/1 -> /peat",
        {"source": "/1", "target": "/peat", "anchor": "again"},
        "/2 -> /marl",
        "/1 -> /marl",
        "/2 -> /old-tents",
    ]
    audit = _audit(pages, links)
    pieces = _mended(audit, *(("link-to-broken", page, "") for page in ("/peat", "/marl", "/old-tents")))
    assert _gist(pieces) == [
        ("Take out 2 links to /peat, which leads to no page", {Work.REWORD: 2}, 1),
        ("Take out 2 links to /marl, which leads to no page", {Work.REWORD: 2}, 2),
        ("Point 1 link to /old-tents at /tents/", {Work.REWORD: 1}, 1),
    ]
    assert [piece.action for piece in pieces] == ["point links elsewhere"] * 3
    assert sorted(_said(step) for step in pieces[0].steps[1:]) == [
        "On /1: link “again” in the text", "On /1: link “peat” in the text"
    ]  # fmt: skip
    assert [piece.stake for piece in pieces] == [((page, 1.0),) for page in (6, 5, 4)]
    assert pieces[0].repair is not None
    assert pieces[0].repair.gone.size == 2
    assert (
        pieces[2].unsure
        == "/tents/ is a proposal: closest by the words of its address and of the links to it"
    )
    assert pieces[2].repair is not None
    assert list(pieces[2].repair.moved.values()) == [3]


def test_twenty_links_are_named_and_more_are_counted() -> None:
    pages = [f"/{n}" for n in range(21)]
    audit = _audit(
        ["/", *pages, {"path": "/marl", "status": 404}, {"path": "/peat", "status": 404}],
        [
            *(f"/ -> {page}" for page in pages),
            *(f"{page} -> /marl" for page in pages[:20]),
            *(f"{page} -> /peat" for page in pages),
        ],
        template=100,
    )
    twenty, more = _mended(audit, ("link-to-broken", "/marl", ""), ("link-to-broken", "/peat", ""))
    assert (len(twenty.steps), len(more.steps)) == (21, 22)
    assert more.steps[-1] == "... and 1 more link; the list of affected pages names all pages."


def test_lost_backlinks_are_won_back_by_a_redirect_or_a_decision() -> None:
    pages: list[Any] = [
        "/",
        "/1",
        "/tents/",
        *({"path": path, "status": 404} for path in ("/old-tents", "/older-tents", "/marl")),
    ]
    pages += [
        {"path": "/away", "status": 301, "redirect_to": "https://other.example/"},
        {"path": "/down", "status": 503},
        {"path": "/off", "status": 503},
    ]
    links = [
        "/ -> /1",
        "/ -> /tents/",
        "/1 -> /old-tents",
        "/ -> /marl",
        "/1 -> /marl",
        "/1 -> /down",
        "/ -> /down",
    ]
    found = [
        ("backlinks-lost", page, "")
        for page in ("/old-tents", "/older-tents", "/marl", "/away", "/down", "/off")
    ]
    pieces = _mended(_audit(pages, links), *found)
    assert _gist(pieces) == [
        ("Redirect /old-tents to /tents/", {Work.SETTING: 1, Work.REWORD: 1}, 1),
        ("Redirect /older-tents to /tents/", {Work.SETTING: 1}, 1),
        (
            "Find a page for /marl to redirect to: its backlinks are lost",
            {Work.SETTING: 1, Work.REWORD: 2},
            2,
        ),
        ("Decide where /away should lead: its backlinks are lost", {Work.SETTING: 1}, 1),
        ("Mend /down: seen", {Work.DECISION: 1}, 2),
        ("Mend /off: seen", {Work.DECISION: 1}, 1),
    ]
    assert {piece.stake[0][1] for piece in pieces} == {1.0}
    assert _said(pieces[4].steps[1]).endswith("2 pages link to it: /, /1.")
    assert pieces[5].steps[1] == "Bring the page back, or redirect it to the page that replaced it."


def test_detours_are_cut_short_in_batches_of_twenty() -> None:
    old = [f"/old-{n}" for n in range(21)]
    audit = _audit(
        ["/", "/end", *({"path": path, "status": 301, "redirect_to": "/end"} for path in old)],
        ["/ -> /end", *(f"/ -> {path}" for path in old)],
    )
    pieces = _mended(audit, *(("link-to-redirect", path, "") for path in old))
    assert _gist(pieces) == [
        ("Point 20 links to redirects straight at the final page", {Work.REWORD: 20}, 1),
        ("Point 1 link to /old-20 straight at /end", {Work.REWORD: 1}, 1),
    ]
    home = _audit(
        ["/", "/a", {"path": "/home", "status": 301, "redirect_to": "/"}], ["/ -> /a", "/a -> /home"]
    )
    (straight,) = _mended(home, ("link-to-redirect", "/home", ""))
    assert straight.title == "Point 1 link to /home straight at /"
    assert pieces[1].steps == (f"On {ORIGIN}/: link “old-20”: change {ORIGIN}/old-20 to {ORIGIN}/end",)


def test_nofollow_is_taken_from_links_or_from_the_pages_that_hold_them() -> None:
    shy = [{"path": path, "robots": ["nofollow"]} for path in ("/shy", "/coy")]
    pages = ["/", *(f"/{n}" for n in range(3)), *shy, "/a", "/b", "/c"]
    links: list[Any] = [f"/ -> {each}" for each in ("/0", "/1", "/2", "/shy", "/coy", "/a")]
    links += [{"source": f"/{n}", "target": "/a", "nofollow": True, "position": "footer"} for n in range(3)]
    links += [{"source": "/0", "target": "/b", "nofollow": True}, "/1 -> /b", "/shy -> /c", "/coy -> /c"]
    found = [("nofollow-link", page, "") for page in ("/b", "/a", "/c")]
    pieces = _mended(_audit(pages, links), *found)
    assert _gist(pieces) == [
        ("Remove nofollow from 1 link to /b", {Work.REWORD: 1}, 1),
        ("The footer links to /a with nofollow: one change of the template, 3 pages", {Work.TEMPLATE: 1}, 3),
        ("Let search engines follow the links to /c", {Work.SETTING: 2}, 1),
    ]
    assert [piece.stake[0][1] for piece in pieces] == [0.5, 0.75, 1.0]
    assert _said(pieces[2].steps[0]).startswith("/shy, /coy: the page's robots directives say nofollow")


def test_of_too_many_links_those_nearest_to_the_start_page_stay() -> None:
    pages = ["/", "/1", "/2", "/3", "/big", {"path": "/big-copy", "canonical": "/big"}]
    links = [
        "/ -> /1",
        "/1 -> /2",
        "/2 -> /3",
        "/ -> /big-copy",
        *(f"{page} -> /big" for page in ("/3", "/2", "/1", "/", "/big-copy")),
    ]
    (piece,) = _mended(
        _audit(pages, [*links, {"source": "/1", "target": "/big", "nofollow": True}]),
        ("over-linked-page", "/big", ""),
    )
    assert _gist([piece]) == [
        ("Take out 2 links to /big, which gets 1 times the link weight that it is worth", {Work.REWORD: 2}, 2)
    ]
    assert _said(piece.steps[0]).endswith("it stays on /, /1:")
    assert [_said(step) for step in piece.steps[1:]] == [
        "On /2: link “big” in the text",
        "On /3: link “big” in the text",
    ]


def test_a_loss_through_a_link_that_is_mended_anyway_is_part_of_that_work() -> None:
    audit = _audit(
        ["/", "/a", "/b"],
        [
            "/ -> /a",
            "/ -> /b",
            {"source": "/a", "target": "/", "nofollow": True},
            {"source": "/b", "target": "https://other.example/"},
        ],
    )
    pieces = _mended(audit, ("authority-leak", "/a", "/"), ("authority-leak", "/b", ""))
    assert [piece.key for piece in pieces] == [("nofollow", 0), ("leak", 2)]
    assert pieces[1].title == "Stem the loss of authority on /b"
    assert pieces[1].unsure.startswith("cannot be simulated: links to other sites help readers")


# Links to add


def _told(path: str, text: str, **facts: Any) -> dict[str, Any]:
    title = text.split(".", maxsplit=1)[0]
    return {"path": path, "text": text, "title": title, "h1": title, "language": "en", **facts}


def _linked(
    audit: lk.Audit, *found: tuple[str, str, str], plan: tuple[tuple[str, str], ...] = ()
) -> list[Piece]:
    """Links to add for these findings; those of a plan are between these pages."""
    ids = [[audit.site.page_id(url(end)) for end in pair] for pair in plan]
    links = pd.DataFrame(ids, columns=["source_id", "target_id"], dtype="int64").assign(
        phrase="", sentence=""
    )
    return list(Linking(_desk(audit, *found), Trials.of(audit, []), links).pieces())


@pytest.fixture(scope="module")
def shop() -> lk.Audit:
    pages = [
        _told("/", "Walks and weather", referring_domains=5),
        _told("/wash", "Washing canvas. Canvas care keeps tents dry", cluster="Canvas"),
        _told("/dry", "Drying canvas. Canvas care after rain"),
        _told("/care", "Canvas care. How canvas is washed", cluster="Canvas"),
        _told("/x", "Boats. Boats and paddles"),
        _told("/y", "Stoves. Gas stoves boil water"),
        _told("/buy", "Boots. Leather boots", is_money_page=True),
        _told("/buy2", "Boots. Leather boots", is_money_page=True),
    ]  # fmt: skip
    links = [
        "/ -> /wash",
        "/ -> /x",
        "/ -> /y",
        "/wash -> /dry",
        "/wash -> /x",
        "/x -> /care",
        "/care -> /buy",
        "/ -> /buy2",
    ]
    return _audit(pages, links)


WEAK = ("weak-page", "/care", "")
STEPS = [("step-without-link", "/dry", page) for page in ("/x", "/y")]


@pytest.mark.parametrize(
    ("found", "source"),
    [
        # Of the two that speak of canvas /dry has no other link, so that its own is worth more; but not a third one.
        ([WEAK], "/dry"),
        ([WEAK, *STEPS[:1]], "/dry"),
        # A page that its cluster does not link to is freed by a page of its cluster only.
        ([("isolated-cluster-page", "/care", "")], "/wash"),
        ([WEAK, *STEPS], "/wash"),
        ([WEAK, ("step-without-link", "/y", "/dry"), ("step-without-link", "/x", "/dry")], "/dry"),
    ],
)
def test_a_weak_page_gets_the_link_that_brings_most(shop: lk.Audit, found: list[tuple[str, str, str]], source: str) -> None:  # fmt: skip
    *_, piece = _linked(shop, *found)
    assert piece.title == f"Link to /care from {source}"
    assert (piece.jobs, piece.stake) == (((Work.SENTENCE, 1),), ((3, 1.0),))
    assert _said(piece.steps[0]).startswith(
        f"On {source}: write a sentence that links to /care (“Canvas care”)."
    )


def test_an_orphan_gets_two_links_and_the_plans_come_first(shop: lk.Audit) -> None:
    (both,) = _linked(shop, ("orphan-page", "/care", ""))
    assert both.title == "Link to /care from /dry and /wash"
    assert both.jobs == ((Work.SENTENCE, 2),)
    (planned,) = _linked(shop, WEAK, plan=(("/wash", "/care"),))
    assert planned.title == "Link to /care from /wash"
    pieces = _linked(shop, WEAK, plan=(("/wash", "/care"), ("/x", "/buy")))
    assert [piece.title for piece in pieces] == ["Link to /care from /wash", "Link to /buy from /x"]


def test_a_link_that_another_finding_asks_for_settles_the_page(shop: lk.Audit) -> None:
    found = [
        ("missing-pillar-link", "/x", "/y"),
        ("weak-page", "/y", ""),
        ("page-without-link-up", "/x", "/dry"),
        ("weak-page", "/dry", ""),
    ]
    pieces = _linked(shop, *found)
    # A breadcrumb is no link in the text: /dry gets one of its own.
    assert [piece.key for piece in pieces] == [("link", 4, 5), ("link", 4, 2), ("link", 4, 5), ("to", 2)]
    assert pieces[1].steps == (
        f"On {ORIGIN}/x: add a breadcrumb, or a line at its head, that leads up to {ORIGIN}/dry (“Drying canvas”).",
    )


def test_pages_behind_a_page_do_not_free_it_from_its_one_link() -> None:
    shelf = [_told(path, "Shelves", robots=["noindex"]) for path in ("/2", "/3")]
    care = [
        _told("/wash", "Canvas care. Washing canvas", is_money_page=True),
        *shelf,
        _told("/dry", "Rain and wind. Canvas dries slowly"),
    ]
    links = ["/ -> /wash", "/wash -> /2", "/2 -> /3", "/3 -> /dry", "/ -> /boots", "/boots -> /"]
    audit = _audit([_told("/", "Walks"), *care, _told("/boots", "Boots of leather")], links)
    planned = (("/dry", "/wash"),)
    weak, *_ = _linked(audit, ("weak-page", "/wash", ""), plan=planned)
    single, *_ = _linked(audit, ("single-link-page", "/wash", ""), plan=planned)
    assert weak.title == "Link to /wash from /dry"
    assert single.title == "Link to /wash from /boots"


def test_pages_that_lead_nowhere_lead_on_to_what_earns(shop: lk.Audit) -> None:
    pieces = _linked(
        shop,
        ("stalled-landing-page", "/wash", ""),
        ("authority-leak", "/x", ""),
        ("authority-leak", "/y", ""),
    )
    # Both pages that earn say the same: the first one is taken. /x loses nothing for want of links.
    assert [piece.title for piece in pieces] == ["Link from /wash to /buy", "Link from /y to /buy"]


def test_no_more_than_five_pages_lead_on_to_one_that_earns_while_there_is_another() -> None:
    money = [
        _told("/buy", "Canvas tents", is_money_page=True),
        _told("/buy2", "Leather boots", is_money_page=True),
    ]
    posts = [_told(f"/{n}", f"Canvas tents in storm {n}. How number {n} was pitched") for n in range(6)]
    audit = _audit([_told("/", "Walks"), *money, *posts], [f"/ -> {post['path']}" for post in posts])
    pieces = _linked(audit, *(("dead-end", post["path"], "") for post in posts))
    assert [piece.title.split(" to ")[1] for piece in pieces] == ["/buy"] * 5 + ["/buy2"]


def test_of_an_island_the_page_with_most_links_stands_for_all() -> None:
    pages = ["/", "/a", "/i1", "/i2", "/i3", "/j1", {"path": "/j2", "clicks": 5}]
    audit = _audit(pages, ["/ -> /a", "/i1 -> /i2", "/i3 -> /i2", "/i2 -> /i1", "/j1 -> /j2", "/j2 -> /j1"])
    pieces = _linked(audit, *(("island-page", page, "") for page in ("/i1", "/i2", "/i3", "/j1", "/j2")))
    assert [piece.title for piece in pieces] == ["Link to /i2 from /", "Link to /j2 from /"]
    assert [piece.findings for piece in pieces] == [(0, 1, 2), (3, 4)]


def test_without_texts_the_hub_lists_what_it_does_not_link_to() -> None:
    audit = _audit(["/", "/g/", "/g/a", "/g/b"], ["/ -> /g/", "/g/ -> /g/b", "/g/b -> /g/a"])
    listed, none = _linked(audit, *(("weak-page", page, "") for page in ("/g/a", "/g/b")))
    assert listed.title == "Link to /g/a from /g/"
    assert listed.jobs == ((Work.LINK, 1),)
    assert listed.steps == (f"On {ORIGIN}/g/: as the page that gathers its section, list {ORIGIN}/g/a.",)
    assert none.title == "Link to /g/b from a page that fits"
    assert none.unsure.startswith("cannot be simulated: no page could be found that fits")


@pytest.mark.parametrize(
    ("check", "count", "titles"),
    [
        ("page-beside-hub", 3, ["List 3 pages on /g/: one change of its list"]),
        ("page-beside-hub", 2, ["Link to /g/0 from /g/", "Link to /g/1 from /g/"]),
        ("page-without-link-up", 3, ["Add a breadcrumb to the template of /g/* pages: 3 pages"]),
        ("page-without-link-up", 2, ["Link to /g/ from /g/0", "Link to /g/ from /g/1"]),
    ],
)
def test_three_pages_that_a_hub_lacks_are_one_change(check: str, count: int, titles: list[str]) -> None:
    own = [f"/g/{n}" for n in range(6)]
    audit = _audit(["/", "/g/", *own], ["/ -> /g/", *(f"/ -> {page}" for page in own)])
    pieces = _linked(audit, *((check, page, "/g/") for page in own[:count]))
    assert [piece.title for piece in pieces] == titles
    assert sum(len(piece.stake) for piece in pieces) == count
    assert sum(times for piece in pieces for _, times in piece.jobs) == len(titles)
