"""Pages to build backlinks to: yields and gains by hand, and as the simulation of the same backlinks finds them."""

from typing import Any

import numpy as np
import pytest

import linkkit as lk
from linkkit.linkmodel import LinkModel
from linkkit.plan import Planning, backlink_targets, simulate
from linkkit.text.scores import Relevance
from tests.site_factory import build, paths
from tests.text_site import prose_site

PAGES: list[Any] = [
    {"path": "/", "referring_domains": 7},
    {"path": "/guide/", "referring_domains": 25},
    "/post/",
    {"path": "/buy/", "is_money_page": True},
    {"path": "/n/", "robots": ["noindex"], "referring_domains": 1},
    {"path": "/old/", "status": 301, "redirect_to": "/guide/"},
    {"path": "/gone/", "status": 404},
]
LINKS: list[Any] = ["/ -> /guide/", "/ -> /post/", "/guide/ -> /buy/", "/guide/ -> /post/", "/post/ -> /", "/n/ -> /buy/"]  # fmt: skip


def _audit(pages: list[Any] = PAGES, **model: Any) -> lk.Audit:
    return lk.run_audit(build(pages, LINKS), model=LinkModel(**model))


def test_yields_by_hand_and_the_reason_in_words() -> None:
    table = backlink_targets(_audit()).set_index("url")
    table.index = paths(table.index)
    d = 0.85
    # buy keeps (1 - d); guide hands half of what moves on to buy and half to post; post all to home; home half to each.
    buy = 1 - d
    home = d / 2 * d / 2 * buy / (1 - d / 2 * d - d / 2 * d / 2 * d)
    guide, post = d / 2 * (buy + d * home), d * home
    assert table["landing_yield"].to_dict() == pytest.approx(
        {"/buy/": buy, "/guide/": guide, "/": home, "/post/": post}
    )
    assert table["rank"].to_dict() == {"/buy/": 1, "/guide/": 2, "/": 3, "/post/": 4}
    assert table["direct_links"].to_dict() == {"/buy/": 0, "/guide/": 1, "/": 0, "/post/": 0}
    assert table["is_goal"].to_dict() == {"/buy/": True, "/guide/": False, "/": False, "/post/": False}
    assert table["referring_domains"].to_dict() == {"/buy/": 0, "/guide/": 25, "/": 7, "/post/": 0}
    mean = 100 * (buy + guide + home + post) / 4
    assert table.loc["/guide/", "reason"] == (
        f"Of every 100 units landing here {100 * guide:.1f} reach money pages; of the average page {mean:.1f}. "
        "It links straight to 1 of them in its text. With 25 referring domains already, more bring less."
    )
    assert "over other pages only" in table.loc["/post/", "reason"]
    assert "It is one of them itself." in table.loc["/buy/", "reason"]


def test_that_more_domains_bring_less_is_said_from_twenty_on_where_it_is_so() -> None:
    for domains, entry, is_said in ((19, "log", False), (20, "log", True), (20, "additive", False)):
        pages = [{"path": "/", "referring_domains": domains}, {"path": "/buy/", "is_money_page": True}]
        table = backlink_targets(lk.run_audit(build(pages, ["/ -> /buy/"]), model=LinkModel(entry=entry)))
        assert table["reason"].str.contains("referring domains already, more bring less").tolist() == [
            False,
            is_said,
        ]
        assert table.columns[:2].tolist() == ["page_id", "url"]


def test_one_domain_and_a_goal_that_nothing_reaches() -> None:
    pages = [
        {"path": "/", "referring_domains": 1},
        {"path": "/buy/", "is_money_page": True},
        {"path": "/lost/", "is_money_page": True},
    ]
    audit = lk.run_audit(build(pages, ["/ -> /buy/"]))
    # Twice the one domain's worth at the start page; the other goal gets nothing from it today.
    home = backlink_targets(audit, domains=1).set_index("url").loc["https://shop.example/"]
    simulated = simulate(audit, backlinks={"/": 1})
    assert home["gain"] == pytest.approx(simulated.multiple - 1)
    assert home["captured"] == pytest.approx(1.0)
    lost = backlink_targets(audit, domains=1, goal="/lost/").set_index("url")
    assert (lost["captured"] == 0).all()
    # Of the whole entry, one domain: what lands on /lost/ settles there but for what moves on.
    assert lost["gain"].tolist() == pytest.approx([0.15, 0.0, 0.0])


def test_one_of_many_pages_that_earn_may_be_the_goal() -> None:
    pages = [{"path": path, "is_money_page": True} for path in ("/", "/buy/")]
    table = backlink_targets(lk.run_audit(build(pages, ["/ -> /buy/"])), goal="/").set_index("url")
    assert table["landing_yield"].to_dict() == pytest.approx(
        {"https://shop.example/": 0.15, "https://shop.example/buy/": 0.0}
    )


def test_pages_without_a_path_say_so() -> None:
    audit = lk.run_audit(build([*PAGES, "/dead-end/"], [*LINKS, "/ -> /dead-end/"]))
    row = backlink_targets(audit).set_index("url").loc["https://shop.example/dead-end/"]
    assert row["landing_yield"] == 0
    assert row["gain"] == 0
    assert row["reason"].endswith("No path of followed links leads from it to them.")


@pytest.mark.parametrize("entry", ["log", "additive"])
@pytest.mark.parametrize("domains", [1, 10, 2.5])
def test_each_gain_is_what_the_simulation_of_these_backlinks_finds(entry: str, domains: float) -> None:
    audit = _audit(entry=entry)
    table = backlink_targets(audit, domains=domains)
    for row in table.itertuples():
        simulated = simulate(audit, backlinks={row.url: domains})
        won = simulated.after.units - simulated.before.units
        assert row.gain == pytest.approx(won / simulated.before.units, abs=1e-9)
        assert row.gain_per_domain == pytest.approx(row.gain / domains)
    assert table["gain"].is_monotonic_decreasing


def test_what_reaches_the_goal_is_linear_in_where_authority_enters() -> None:
    audit = _audit(entry="additive")
    table = backlink_targets(audit, domains=1)
    # Of 33 domains one lands on a noindex page, which is no target; the others' shares add up to all but its own.
    noindex = audit.authority.yields.values[4] * 1 / (audit.authority.captured * 33)
    assert table["captured"].sum() == pytest.approx(1 - noindex)
    twice = backlink_targets(audit, domains=2)
    assert twice["gain"].to_numpy() == pytest.approx(2 * table["gain"].to_numpy())
    more = backlink_targets(_audit(), domains=20).set_index("url")["gain"]
    assert (more < 2 * backlink_targets(_audit(), domains=10).set_index("url")["gain"]).all()


def test_without_backlinks_the_new_ones_are_the_entry_alone() -> None:
    bare = [{**page} if isinstance(page, dict) else page for page in PAGES]
    for page in bare:
        if isinstance(page, dict):
            page.pop("referring_domains", None)
    audit = _audit(bare)
    table = backlink_targets(audit, domains=3)
    assert (table["captured"] == 0).all()
    for row in table.itertuples():
        assert row.gain == pytest.approx(simulate(audit, backlinks={row.url: 3}).after.units, abs=1e-9)


def test_the_goal_may_be_any_pages() -> None:
    audit = _audit()
    table = backlink_targets(audit, goal="/guide/").set_index("url")
    assert table.index[table["is_goal"]].tolist() == ["https://shop.example/guide/"]
    assert table.loc["https://shop.example/guide/", "rank"] == 1
    yields = audit.authority.flow.landing_yield(np.eye(len(audit.graph))[1]).values
    assert table.loc["https://shop.example/", "landing_yield"] == pytest.approx(yields[0])
    assert "reach /guide/;" in table["reason"].iloc[0]
    both = backlink_targets(audit, goal=["/guide/", "/post/"])
    assert both["is_goal"].sum() == 2
    assert "reach 2 chosen pages;" in both["reason"].iloc[0]


def test_faults_are_named() -> None:
    for domains in (0, -1, float("nan")):
        with pytest.raises(lk.SettingsError, match=r"domains = .*above 0 is expected"):
            backlink_targets(_audit(), domains=domains)
    with pytest.raises(lk.SettingsError, match="1 not known on this site: '/nowhere/'"):
        backlink_targets(_audit(), goal="/nowhere/")
    poor = lk.run_audit(build(["/", "/a"], ["/ -> /a"]))
    with pytest.raises(lk.SettingsError, match="'money pages' fits no live page of this site; give a list"):
        backlink_targets(poor)
    planning = Planning(poor)
    assert planning.targets() is None
    assert planning.propose().plan is None
    assert "List them in notebook 01" in planning.propose().lacks


def test_topical_fit_is_the_cosine_with_the_closest_page_of_the_goal() -> None:
    site = prose_site(
        {
            "/": "<h1>Shop</h1><p>Everything for hills. <a href=/tent/>Tents</a> and <a href=/stove/>stoves</a>.</p>",
            "/tent/": "<h1>Ridge tent</h1><p>A light ridge tent with steel pegs for storm and rain.</p>",
            "/pegs/": "<h1>Pegs</h1><p>Steel pegs hold a ridge tent in storm and rain.</p>",
            "/stove/": "<h1>Gas stove</h1><p>Boil water for coffee with this burner.</p>",
            "/empty/": "",
        }
    )
    pages = site.pages.copy()
    pages.loc[pages["url"].str.endswith("/tent/"), "is_money_page"] = True
    audit = lk.run_audit(site.with_pages(pages))
    known = Relevance.from_site(audit.site, audit.graph)
    fit = backlink_targets(audit, relevance=known).set_index("url")["topical_fit"]
    fit.index = [url.removeprefix("https://shop.example") for url in fit.index]
    told = fit.dropna()
    assert ((told >= 0) & (told <= 1 + 1e-6)).all()
    assert fit["/pegs/"] == told.max()
    assert fit["/pegs/"] > 2 * fit["/stove/"]
    # The only page of the goal has no other to be compared with.
    assert np.isnan(fit["/tent/"])
    vectors, rows = known.vectors.pages, known.corpus.rows
    peg, tent = (rows[audit.site.page_id(f"https://shop.example{path}")] for path in ("/pegs/", "/tent/"))
    assert fit["/pegs/"] == pytest.approx(float((vectors[[peg]] @ vectors[[tent]].T).toarray()[0, 0]))
    assert backlink_targets(audit)["topical_fit"].isna().all()
