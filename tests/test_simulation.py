"""What-if: the edited graph is the graph of the site where the change was made."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

import linkkit as lk
from linkkit.linkmodel import LinkModel
from linkkit.plan.simulation import Simulation, simulate
from tests.site_factory import build

PAGES: list[Any] = [
    {"path": "/", "referring_domains": 5},
    {"path": "/a", "referring_domains": 2},
    "/b",
    {"path": "/buy", "is_money_page": True},
    {"path": "/old", "status": 301, "redirect_to": "/b", "referring_domains": 1},
    {"path": "/gone", "status": 404, "referring_domains": 4},
    {"path": "/copy", "canonical": "/a"},
    "/lost",
    {"path": "/n", "robots": ["noindex"]},
]
LINKS: list[Any] = [
    "/ -> /a",
    "/ -> /b",
    "/ -> /gone",
    {"source": "/", "target": "/buy", "position": "footer"},
    "/a -> /old",
    "/a -> /gone",
    "/a -> https://other.example/",
    "/b -> /a",
    "/b -> /copy",
    "/copy -> /n",
    "/n -> /b",
    {"source": "/b", "target": "/gone", "nofollow": True},
]


def _audit(pages: list[Any] = PAGES, links: list[Any] = LINKS, **model: Any) -> lk.Audit:
    return lk.run_audit(build(pages, links), model=LinkModel(**model))


def _page(path: str, **facts: Any) -> list[Any]:
    """The site's pages, one of them otherwise."""
    return [
        {**(page if isinstance(page, dict) else {"path": page}), **facts}
        if (page if isinstance(page, str) else page["path"]) == path
        else page
        for page in PAGES
    ]


def _same(simulated: Simulation, real: lk.Audit) -> None:
    """Authority, ledger, yields and depth are those of the site where it was done."""
    after = simulated.after
    order = [real.site.page_id(url) for url in simulated.before.graph.urls]
    assert np.abs(after.authority.settled - real.authority.settled[order]).max() < 1e-9
    assert np.abs(after.authority.ledger - real.ledger).max() < 1e-9
    assert np.abs(after.authority.landing_yield - real.authority.landing_yield[order]).max() < 1e-9
    np.testing.assert_array_equal(
        after.depth[after.graph.final], real.metrics["crawl_depth"].to_numpy(dtype=float)[order]
    )
    np.testing.assert_array_equal(after.linking_pages, real.metrics["linking_pages"].to_numpy()[order])


MODELS: list[dict[str, Any]] = [
    {},
    {"weights": "uniform"},
    {"duplicates": "sum", "nofollow": "drop"},
    {"nofollow": "keep", "external": "ignore", "entry": "additive"},
]


@pytest.mark.parametrize("model", MODELS, ids=str)
def test_links_added(model: dict[str, Any]) -> None:
    simulated = simulate(_audit(**model), add_links=[("/b", "/buy"), ("/", "/buy"), ("/a", "/lost")])
    _same(simulated, _audit(links=[*LINKS, "/b -> /buy", "/ -> /buy", "/a -> /lost"], **model))
    assert simulated.changes["action"].tolist() == ["add link"] * 3


@pytest.mark.parametrize("model", MODELS, ids=str)
def test_links_taken_out(model: dict[str, Any]) -> None:
    gone = {"/ -> /b", "/a -> /gone", "/b -> /copy", "/b -> /a"}
    frame = pd.DataFrame({"source": ["/", "/a", "/b"], "target": ["/b", "/gone", "/copy"]})
    rest = [link for link in LINKS if not (isinstance(link, str) and link in gone)]
    # /copy folds into /a: taking out the link to it takes out that to /a.
    _same(simulate(_audit(**model), remove_links=frame), _audit(links=rest, **model))


@pytest.mark.parametrize("model", MODELS, ids=str)
def test_links_marked_nofollow(model: dict[str, Any]) -> None:
    links = [
        {"source": "/", "target": "/b", "nofollow": True} if link == "/ -> /b" else link for link in LINKS
    ]
    _same(simulate(_audit(**model), nofollow=[("/", "/b")]), _audit(links=links, **model))


@pytest.mark.parametrize("model", MODELS, ids=str)
def test_a_page_deleted(model: dict[str, Any]) -> None:
    _same(simulate(_audit(**model), delete=["/b"]), _audit(_page("/b", status=404), **model))


@pytest.mark.parametrize("model", MODELS, ids=str)
def test_a_page_redirected(model: dict[str, Any]) -> None:
    # /buy has a nofollow link to /b, which is one to itself then.
    links = [*LINKS, {"source": "/buy", "target": "/b", "nofollow": True}, "/buy -> /"]
    simulated = simulate(_audit(links=links, **model), redirect={"/b": "/buy"})
    _same(simulated, _audit(_page("/b", status=301, redirect_to="/buy"), links, **model))
    assert simulated.changes.iloc[0].tolist() == [
        "redirect",
        "https://shop.example/b",
        "https://shop.example/buy",
        "",
    ]


@pytest.mark.parametrize("model", MODELS, ids=str)
def test_a_dead_address_redirected_wins_its_backlinks_and_links(model: dict[str, Any]) -> None:
    simulated = simulate(_audit(**model), redirect={"/gone": "/buy"})
    _same(simulated, _audit(_page("/gone", status=301, redirect_to="/buy"), **model))
    assert simulated.multiple > 1
    # A nofollow link to it from the page it leads to is one to that page itself.
    to_itself = simulate(_audit(**model), redirect={"/gone": "/b"})
    _same(to_itself, _audit(_page("/gone", status=301, redirect_to="/b"), **model))


def test_a_dead_address_may_redirect_to_the_start_page() -> None:
    _same(simulate(_audit(), redirect={"/gone": "/"}), _audit(_page("/gone", status=301, redirect_to="/")))


def test_a_dead_money_page_that_is_redirected_hands_its_calling_on() -> None:
    simulated = simulate(_audit(_page("/gone", is_money_page=True)), redirect={"/gone": "/b"})
    _same(simulated, _audit(_page("/gone", status=301, redirect_to="/b", is_money_page=True)))


def test_a_dead_address_redirected_revives_what_redirects_to_it() -> None:
    chain = {"path": "/older", "status": 301, "redirect_to": "/gone", "referring_domains": 3}
    links = [*LINKS, "/ -> /older", "/n -> /older"]
    simulated = simulate(_audit([*PAGES, chain], links), redirect={"/gone": "/buy"})
    _same(simulated, _audit([*_page("/gone", status=301, redirect_to="/buy"), chain], links))


@pytest.mark.parametrize(("page", "end"), [("/b", "/"), ("/", "/b")])
def test_nofollow_links_to_the_start_page_are_none_where_it_is_the_same_page(page: str, end: str) -> None:
    links = [*LINKS, {"source": end, "target": page, "nofollow": True}]
    stays = [link for link in links if (link.split()[0] if isinstance(link, str) else link["source"]) != page]
    _same(
        simulate(_audit(links=links), redirect={page: end}),
        _audit(_page(page, status=301, redirect_to=end), stays),
    )


def test_nofollow_links_to_a_page_that_is_deleted_stay_lost() -> None:
    links = [*LINKS, {"source": "/b", "target": "/n", "nofollow": True}]
    lost = {"path": "/lost", "status": 301, "redirect_to": "/b"}
    pages = [lost if page == "/lost" else page for page in _page("/n", status=404)]
    simulated = simulate(_audit(links=links), redirect={"/lost": "/b"}, delete=["/n"])
    _same(simulated, _audit(pages, [link for link in links if link != "/n -> /b"]))


def test_links_to_one_dead_address_go_from_the_pages_that_are_named() -> None:
    rest = [link for link in LINKS if link not in ("/ -> /gone", "/a -> /gone")]
    _same(simulate(_audit(), remove_links=[("/", "/gone"), ("/a", "/gone")]), _audit(links=rest))


@pytest.mark.parametrize("model", MODELS, ids=str)
def test_links_with_nofollow_are_taken_out_with_the_others(model: dict[str, Any]) -> None:
    # /copy counts for /a: a nofollow link to it is one to /a.
    twins: list[Any] = [
        {"source": "/b", "target": page, "nofollow": True, "anchor": "again"} for page in ("/a", "/copy")
    ]
    rest = [link for link in LINKS if link not in ("/b -> /a", "/b -> /copy")]
    simulated = simulate(_audit(links=[*LINKS, *twins], **model), remove_links=[("/b", "/a")])
    _same(simulated, _audit(links=rest, **model))


def test_redirects_in_a_circle_lose_what_arrives() -> None:
    simulated = simulate(_audit(), redirect={"/a": "/b", "/b": "/a"})
    assert simulated.after.authority.ledger["redirect_loop"] > 0.3
    assert simulated.after.authority.ledger.sum() == pytest.approx(1.0, abs=1e-9)


def test_backlinks_come_on_top() -> None:
    simulated = simulate(_audit(entry="additive"), backlinks={"/b": 4, "/old": 1})
    pages = [
        *_page("/b", referring_domains=4)[:4],
        {"path": "/old", "status": 301, "redirect_to": "/b", "referring_domains": 2},
        *PAGES[5:],
    ]
    _same(simulated, _audit(pages, entry="additive"))
    assert simulated.after.authority.entry.total == simulated.before.authority.entry.total + 5
    units = simulated.summary.set_index("what").loc["The same in first referring domains"]
    assert units["after"] == pytest.approx(simulated.after.authority.captured * 17)
    assert simulated.changes["detail"].tolist() == ["4 referring domains", "1 referring domain"]


def test_backlinks_of_a_site_without_any_are_the_entry_alone() -> None:
    audit = _audit(["/", "/a", {"path": "/buy", "is_money_page": True}], ["/ -> /a", "/a -> /buy"])
    simulated = simulate(audit, backlinks={"/a": 3})
    entry = simulated.after.authority.entry
    assert entry.shares.tolist() == [0.0, 1.0, 0.0]
    assert entry.basis == "referring domains"
    # What the start page was assumed to bring is no measure of real backlinks.
    assert np.isnan(simulated.multiple)
    none = simulate(audit, backlinks={"/a": 0})
    assert none.ledger["after"].sum() == pytest.approx(1.0, abs=1e-9)
    assert none.multiple == pytest.approx(1.0)


def test_nothing_changes_where_nothing_is_changed() -> None:
    audit = _audit()
    simulated = simulate(audit)
    assert np.abs(simulated.ledger["change"]).max() < 1e-9
    assert (simulated.summary["change"].abs() < 1e-9).all()
    assert simulated.multiple == pytest.approx(1.0)
    assert simulated.changes.empty
    anchors = simulate(audit, reanchor=[("/", "/b", "tents for two")])
    assert anchors.changes.iloc[0].tolist() == [
        "new anchor",
        "https://shop.example/",
        "https://shop.example/b",
        "tents for two",
    ]
    assert np.abs(anchors.ledger["change"]).max() < 1e-9


def test_the_summary_counts_orphans_and_depth() -> None:
    audit = lk.run_audit(
        build(
            ["/", "/a", "/b", {"path": "/c", "is_money_page": True}, "/lost"],
            ["/ -> /a", "/a -> /b", "/b -> /c"],
        ),
        lk.Thresholds(max_crawl_depth=2),
    )
    summary = simulate(audit, add_links=[("/", "/c"), ("/a", "/lost")]).summary.set_index("what")
    assert summary.loc["Indexable pages no followed link leads to", ["before", "after"]].tolist() == [1, 0]
    assert summary.loc["Indexable pages out of reach of the start page", ["before", "after"]].tolist() == [
        1,
        0,
    ]
    assert summary.loc["Indexable pages deeper than the limit", ["before", "after"]].tolist() == [1, 0]
    assert summary.loc[
        "Money pages deeper than the limit, or out of reach", ["before", "after"]
    ].tolist() == [1, 0]
    pages = simulate(audit, add_links=[("/", "/c")]).pages.set_index("url")
    assert pages.loc["https://shop.example/c", ["crawl_depth_before", "crawl_depth_after"]].tolist() == [3, 1]


def test_faults_are_named() -> None:
    audit = _audit()
    with pytest.raises(lk.SettingsError, match=r"add_links: 2 not known on this site: '/x', '/y'"):
        simulate(audit, add_links=[("/x", "/y")])
    with pytest.raises(lk.SettingsError, match=r"add_links: \S+/gone leads to no live page \(broken\)"):
        simulate(audit, add_links=[("/", "/gone")])
    with pytest.raises(lk.SettingsError, match=r"remove_links: no followed link leads from \S+/a to \S+/buy"):
        simulate(audit, remove_links=[("/a", "/buy")])
    with pytest.raises(
        lk.SettingsError, match=r"remove_links: no followed link leads from \S+/buy to \S+/gone"
    ):
        simulate(_audit(links=[*LINKS, "/buy -> /n"]), remove_links=[("/buy", "/gone")])
    with pytest.raises(lk.SettingsError, match="backlinks: /a = -1: a number of referring domains"):
        simulate(audit, backlinks={"/a": -1})
    with pytest.raises(lk.SettingsError, match="/b = inf: a number of referring domains"):
        simulate(audit, backlinks={"/b": float("inf")})
    with pytest.raises(lk.SettingsError, match=r"\S+/n leads to no live page \(redirected or deleted here\)"):
        simulate(audit, add_links=[("/", "/n")], delete=["/n"])
    with pytest.raises(lk.SettingsError, match=r"\S+/gone leads to no live page \(broken\)"):
        simulate(audit, add_links=[("/", "/gone")], delete=["/n"])
    with pytest.raises(
        lk.SettingsError, match=r"\S+/old counts for \S+/b already(.|\n)*/copy counts for \S+/a"
    ):
        simulate(audit, redirect={"/old": "/buy"}, delete=["/copy"])
    with pytest.raises(lk.SettingsError, match=r"\S+/b can be one of them only"):
        simulate(audit, redirect={"/b": "/a"}, delete=["/b"])
    with pytest.raises(lk.SettingsError, match="nofollow: no column target; found source, to"):
        simulate(audit, nofollow=pd.DataFrame({"source": ["/"], "to": ["/a"]}))


def test_what_is_printed_is_a_line_each() -> None:
    """As a cell of a notebook shows it that ends with the object."""
    audit = _audit()
    assert repr(audit.graph) == "LinkGraph(9 pages, 7 edges)"
    assert repr(audit) == (
        f"Audit(Site(https://shop.example/, 9 pages, 11 links): {len(audit.findings)} findings of {len(audit.results)} checks, "
        f"{int((audit.checks['state'] == 'not_applicable').sum())} not judged)"
    )
    compared = lk.compare(audit, _audit(_page("/lost", status=404)))
    assert repr(compared).startswith(
        "Comparison(before and now; addresses: 4 stayed, 4 not a page, 1 lost; findings: "
    )
    assert repr(lk.readiness.readiness_of(audit)).startswith("Readiness(https://shop.example/: ")
    assert repr(simulate(audit, add_links=[("/a", "/buy")])) == (
        f"Simulation(1 change: {audit.authority.captured:.1%} of the authority reaches money pages before, "
        f"{_audit(links=[*LINKS, '/a -> /buy']).authority.captured:.1%} after)"
    )
