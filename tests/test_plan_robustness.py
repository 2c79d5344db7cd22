"""Robustness: what varies with the model, by hand and against audits made under each model."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import linkkit as lk
from linkkit.linkmodel import LinkModel
from linkkit.plan import plan_links, plan_robustness, robustness, simulate
from linkkit.plan.link_plan import goal_weights
from linkkit.plan.robustness import partly_crawled
from tests.site_factory import build, paths
from tests.small_site import small_site, with_signals


@pytest.fixture(scope="module")
def audit(tmp_path_factory: pytest.TempPathFactory) -> lk.Audit:
    return lk.run_audit(with_signals(small_site(), tmp_path_factory.mktemp("signals")))


@pytest.fixture(scope="module")
def known(audit: lk.Audit) -> lk.plan.Robustness:
    return robustness(audit)


def test_variants_are_those_models(audit: lk.Audit, known: lk.plan.Robustness) -> None:
    table = known.variants
    assert len(table) == 12
    assert table.iloc[0][["weights", "damping", "coverage"]].tolist() == ["reasonable_surfer", 0.85, 1.0]
    assert table.iloc[0][["rank_correlation", "top_kept"]].tolist() == [1.0, 1.0]
    assert not table.duplicated(["weights", "damping", "coverage"]).any()
    assert sorted(table["coverage"].unique()) == [0.75, 0.9, 1.0]
    for row in table[table["coverage"] == 1].itertuples():
        other = lk.run_audit(audit.site, model=LinkModel(weights=row.weights, damping=row.damping))
        assert row.captured == pytest.approx(other.authority.captured, abs=1e-9)
        assert row.lost == pytest.approx(other.ledger.iloc[3:].sum(), abs=1e-9)
        ours, theirs = (a.authority.yields.values[known.pages["page_id"]].round(9) for a in (audit, other))
        expected = pd.Series(ours).corr(pd.Series(theirs), method="spearman")
        assert row.rank_correlation == pytest.approx(expected)


def test_intervals_hold_the_audits_own_rank(audit: lk.Audit, known: lk.plan.Robustness) -> None:
    pages = known.pages
    for name in ("authority", "yield"):
        own, low, high = (pages[f"{name}_rank{end}"] for end in ("", "_low", "_high"))
        assert ((low <= own) & (own <= high)).all()
        assert own.min() == 1
    assert (pages["yield_rank_low"] < pages["yield_rank_high"]).any()
    assert len(pages) == int((audit.graph.stands & audit.graph.indexable).sum())


def test_the_best_of_the_goal_and_the_best_others_are_told_apart(known: lk.plan.Robustness) -> None:
    best = known.targets
    assert best["is_goal"].tolist() == [True] * 2 + [False] * 10
    assert (best["flips"] == (best["holds_in"] < 12)).all()
    assert best["flips"].any()
    assert not best["flips"].all()
    assert (best["variants"] == 12).all()
    money = best[best["is_goal"]]
    assert set(paths(money["url"])) == {"/shop/tents/corrie/", "/shop/tents/deep-tent/"}
    assert not money["flips"].any()


def test_findings_that_flip_and_that_do_not(audit: lk.Audit, known: lk.plan.Robustness) -> None:
    table = known.findings.set_index(["check_id", "url"])
    own = audit.findings[audit.findings["chapter"] == "authority"]
    assert set(table[table["reported"]].index) == set(zip(own["check_id"], own["url"], strict=True))
    stays = table.loc[("stalled-landing-page", "https://shop.example/orphans/lost-guide/")]
    assert not stays["flips"]
    assert stays["holds_in"] == stays["variants"] == 12
    flips = table[table["reported"] & table["flips"]]
    check, url = flips.index[0]
    under = 0
    for row in known.variants[known.variants["coverage"] == 1].itertuples():
        other = lk.run_audit(audit.site, model=LinkModel(weights=row.weights, damping=row.damping))
        under += int(((other.findings["check_id"] == check) & (other.findings["url"] == url)).any())
    assert under <= flips.iloc[0]["holds_in"] <= under + 2
    unseen = table[~table["reported"]]
    assert len(unseen)
    assert unseen["flips"].all()


def test_less_of_the_crawl_leaves_the_last_pages_links_unknown() -> None:
    pages = [{"path": "/", "referring_domains": 1}, "/a", "/b", {"path": "/buy", "is_money_page": True}]
    audit = lk.run_audit(build(pages, ["/ -> /a", "/a -> /b", "/b -> /buy"]))
    table = robustness(
        audit, dampings=(0.85,), weights=("reasonable_surfer",), coverages=(0.75, 0.5)
    ).variants
    # All: what is left after three steps settles on the money page, which loses the rest as a dead end.
    assert table["captured"].tolist() == pytest.approx([0.15 * 0.85**3, 0.15 * 0.85**3, 0.0])
    # With three pages known nobody looked at the money page; with two, nobody at the page that links it.
    assert table["lost"].tolist() == pytest.approx([0.85**4, 0.85**4, 0.85**3])
    assert table["coverage"].tolist() == [1.0, 0.75, 0.5]


def test_of_a_partial_crawl_only_live_pages_that_were_fetched_count() -> None:
    pages = [
        "/",
        {"path": "/old", "status": 301, "redirect_to": "/a"},
        {"path": "/unseen", "crawled": False},
        "/a",
        "/b",
        "/buy",
    ]
    audit = lk.run_audit(build(pages, ["/ -> /old", "/ -> /unseen", "/ -> /a", "/a -> /b", "/b -> /buy"]))
    for share, known in ((0.5, ["/", "/a"]), (0.75, ["/", "/a", "/b"]), (0.01, ["/"])):
        graph = partly_crawled(audit, share)
        assert paths(graph.urls[graph.crawled & graph.stands]) == known
        assert set(paths(graph.urls[graph.source])) == set(known)


@pytest.mark.parametrize(
    ("earning", "links", "expected"),
    [
        ((False, True), ["/ -> /buy"], 1.0),
        ((False, True), ["/ -> /buy", "/buy -> /"], 1.0),
        # All that lands anywhere settles on one of the two, but for what rounding leaves.
        ((True, True), ["/ -> /buy", "/buy -> /"], np.nan),
        ((True,), [], np.nan),
    ],
)  # fmt: skip
def test_two_pages_can_be_compared_and_pages_alike_cannot(earning: tuple[bool, ...], links: list[str], expected: float) -> None:  # fmt: skip
    pages = [
        {"path": path, "is_money_page": each} for path, each in zip(("/", "/buy"), earning, strict=False)
    ]
    found = robustness(lk.run_audit(build(pages, links)), dampings=(0.5,), weights=("uniform",), coverages=())
    assert found.variants["rank_correlation"].tolist() == pytest.approx([expected] * 2, nan_ok=True)


def test_the_best_pages_are_those_of_the_audits_own_model() -> None:
    # The menu's link of /a weighs a tenth of that in its text, or as much: /b leads to /buy better, or worse.
    pages = ["/", "/a", "/b", {"path": "/buy", "is_money_page": True}, "/x", "/y"]
    links = [
        "/ -> /x",
        {"source": "/a", "target": "/buy", "position": "navigation"},
        "/a -> /x",
        "/b -> /buy",
        "/b -> /x",
        "/b -> /y",
    ]
    audit = lk.run_audit(build(pages, links))
    for top, urls, holds, kept in (
        (1, ["/buy", "/b"], [2, 1], 0.5),
        (2, ["/buy", "/b", "/a"], [2, 2, 2], 1.0),
    ):
        found = robustness(audit, dampings=(0.85,), weights=("uniform",), coverages=(), top=top)
        assert paths(found.targets["url"]) == urls
        assert found.targets["holds_in"].tolist() == holds
        assert found.variants["top_kept"].tolist() == [1.0, kept]


@pytest.mark.parametrize("goal", ["money pages", "/guides/"])
def test_each_link_of_a_plan_is_what_simulating_it_under_that_model_finds(audit: lk.Audit, goal: str) -> None:
    live = np.flatnonzero(audit.graph.stands & audit.graph.indexable)[:14]
    every = pd.DataFrame([(s, t) for s in live for t in live if s != t], columns=["source_id", "target_id"])
    plan = plan_links(audit, every, goal=goal, constraints=lk.plan.Constraints(4))
    table = plan_robustness(audit, plan, goal=goal)
    gains = []
    for weights in ("reasonable_surfer", "uniform"):
        for damping in (0.5, 0.65, 0.75, 0.85, 0.95):
            other = lk.run_audit(audit.site, model=LinkModel(weights=weights, damping=damping))
            aim = goal_weights(audit, goal)[0]
            gains.append(
                [
                    float((after.settled - other.authority.settled) @ aim)
                    for source, target in zip(plan.links["source"], plan.links["target"], strict=True)
                    if (after := simulate(other, add_links=[(source, target)]).after.authority)
                ]
            )
    found = np.array(gains)
    assert table["gain_low"].tolist() == pytest.approx(found.min(axis=0).tolist(), abs=1e-9)
    assert table["gain_high"].tolist() == pytest.approx(found.max(axis=0).tolist(), abs=1e-9)
    assert table["holds_in"].tolist() == (found > 1e-9).sum(axis=0).tolist()
    assert (table["flips"] == (table["holds_in"] < 10)).all()


def test_a_link_that_gains_under_some_models_only_flips() -> None:
    # Menu links weigh a tenth under one model and all under the other: whether the new link leads to a better place depends on it.
    pages = [{"path": "/", "referring_domains": 1}, "/a", "/b", {"path": "/buy", "is_money_page": True}, "/x"]
    links = [
        "/ -> /a",
        {"source": "/a", "target": "/buy", "position": "navigation"},
        "/a -> /x",
        "/b -> /buy",
        "/b -> /x",
    ]
    audit = lk.run_audit(build(pages, links))
    pair = pd.DataFrame({"source_id": [1], "target_id": [2]})
    plan = plan_links(audit, pair)
    assert len(plan.links) == 1
    table = plan_robustness(audit, plan).iloc[0]
    assert table["flips"]
    assert 0 < table["holds_in"] < table["variants"] == 10
    assert table["gain_low"] < 0 < table["gain_high"]


def test_another_goal_and_none_at_all(audit: lk.Audit, tmp_path: Path) -> None:
    guides = robustness(audit, goal="/guides/", dampings=(0.85,), coverages=())
    aim = audit.metrics["section"].eq("/guides/").to_numpy() & audit.graph.indexable & audit.graph.stands
    assert guides.variants["captured"].iloc[0] == pytest.approx(float(audit.authority.settled @ aim))
    assert guides.targets["is_goal"].sum() == 10
    poor = robustness(lk.run_audit(small_site()), dampings=(0.85,), coverages=())
    assert poor.variants["captured"].tolist() == [0.0, 0.0]
    assert poor.variants[["rank_correlation", "top_kept"]].isna().all().all()
    assert poor.targets.empty
    with pytest.raises(lk.SettingsError, match="'/none/'"):
        robustness(audit, goal="/none/")


def test_whether_links_hold_for_money_pages_cannot_be_said_where_none_are_known() -> None:
    audit = lk.run_audit(small_site())
    every = lk.plan.link_plan(audit, 2, goal="/guides/")
    said = "'money pages' fits no live page of this site; give a list of money pages to lk.add_signals"
    for ask in (lambda: lk.plan.link_plan(audit, 2), lambda: lk.plan.backlink_targets(audit), lambda: plan_robustness(audit, every)):  # fmt: skip
        with pytest.raises(lk.SettingsError, match=said):
            ask()
    assert plan_robustness(audit, every, goal="/guides/")["variants"].eq(10).all()
    # The ranks of pages and the findings that depend on the model need no goal.
    known = robustness(audit, dampings=(0.85,), coverages=())
    assert known.pages["authority_rank"].min() == 1
    assert len(known.findings)
