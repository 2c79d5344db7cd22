"""Links a plan may choose from: never linked already, only from pages that may be edited, and something for each orphan."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import linkkit as lk
from linkkit.plan import (
    Planning,
    PlanSettings,
    backlink_targets,
    candidates,
    link_plan,
    plan_candidates,
    suggest_links,
    topical_fit,
)
from linkkit.plan.gains import LinkGains
from linkkit.plan.simulation import simulate
from linkkit.text.candidates import COLUMNS
from linkkit.text.scores import Relevance
from tests.text_site import prose_site

MENU = "<nav><a href=/>Home</a> <a href=/guides/pegs/>Pegs</a> <a href=/terms/>Terms and conditions</a></nav>"
TENT = "Our ridge tent stands in any storm. Pitch a ridge tent with steel pegs and tight guy lines. "
PAGES = {
    "/": f"{MENU}<h1>Fell shop</h1><p>Gear for hills. <a href=/guides/pitching/>Pitching guide</a> and <a href=/tent/>the ridge tent</a>.</p>",
    "/tent/": f"{MENU}<h1>Ridge tent</h1><p>{TENT}Made for two people.</p>",
    "/stove/": f"{MENU}<h1>Gas stove</h1><p>A gas stove boils water for coffee. The gas stove folds flat.</p>",
    "/guides/pitching/": f"{MENU}<h1>Pitching a ridge tent</h1><p>{TENT}A gas stove warms you later. Choose flat ground first.</p>",
    "/guides/pegs/": f"{MENU}<h1>Steel pegs</h1><p>Steel pegs hold the ridge tent. {TENT}See <a href=/tent/ rel=nofollow>this tent</a>.</p>",
    "/guides/coffee/": f"{MENU}<h1>Coffee outside</h1><p>Water from a gas stove makes good coffee. Grind beans before you go.</p>",
    "/guides/lost/": f"<h1>Guy lines</h1><p>Guy lines of a ridge tent need care. {TENT}</p>",
    "/terms/": f"{MENU}<h1>Terms and conditions</h1><p>A ridge tent and a gas stove are sold under these terms.</p>",
    "/copy/": f"{MENU}<h1>Ridge tent old</h1><p>{TENT}</p>",
}  # fmt: skip


@pytest.fixture(scope="module")
def audit() -> lk.Audit:
    site = prose_site(PAGES, facts={"/copy/": {"robots_noindex": True}, "/guides/lost/": {"canonical": None}})
    pages = site.pages.copy()
    for path, values in {
        "/": {"referring_domains": 9.0},
        "/guides/pitching/": {"referring_domains": 4.0},
        "/tent/": {"is_money_page": True},
        "/stove/": {"is_money_page": True},
    }.items():
        for name, value in values.items():
            pages.loc[site.page_id(f"https://shop.example{path}"), name] = value
    return lk.run_audit(site.with_pages(pages))


@pytest.fixture(scope="module")
def relevance(audit: lk.Audit) -> Relevance:
    return Relevance.from_site(audit.site, audit.graph)


def _pairs(audit: lk.Audit, table: pd.DataFrame) -> set[tuple[str, str]]:
    def path(page: int) -> str:
        return str(audit.graph.urls[page]).removeprefix("https://shop.example")

    return {(path(s), path(t)) for s, t in zip(table["source_id"], table["target_id"], strict=True)}


def _sources(pairs: set[tuple[str, str]]) -> set[str]:
    return {source for source, _ in pairs}


def test_linked_pairs_are_never_offered(audit: lk.Audit, relevance: Relevance) -> None:
    pairs = _pairs(audit, plan_candidates(audit, goal="money pages", min_score=-99.0, relevance=relevance))
    there = audit.site.engine.arrow(
        "SELECT DISTINCT source_id, target_id FROM links WHERE source_id <> target_id"
    )
    linked = _pairs(audit, there.to_pandas())
    assert ("/guides/pegs/", "/tent/") in linked  # by nofollow: a link all the same
    assert ("/guides/pitching/", "/tent/") in pairs
    assert pairs & linked == set()
    assert all(source != target for source, target in pairs)


def test_weights_fitted_to_a_site_are_those_that_score(audit: lk.Audit, relevance: Relevance) -> None:
    shy = replace(relevance, weights=replace(relevance.weights, constant=relevance.weights.constant - 1))
    tables = [
        plan_candidates(audit, goal="money pages", min_score=-99.0, relevance=each)
        for each in (relevance, shy)
    ]
    assert tables[1]["score"].to_numpy() == pytest.approx(tables[0]["score"].to_numpy() - 1, abs=1e-5)
    plans = [link_plan(audit, 2, min_score=-99.0, relevance=each).links for each in (relevance, shy)]
    assert plans[1]["score"].to_numpy() == pytest.approx(plans[0]["score"].to_numpy() - 1, abs=1e-5)


LEADING = {
    "/": "Gear for hills <a href=/hub/>Hub</a> <a href=/side/>Side</a>",
    "/hub/": "Where tents come from <a href=/buy/>Buy</a>",
    "/side/": "How stoves boil <a href=/>Home</a>",
    "/buy/": "Boots of leather",
    "/hall/": "Boats and paddles <a href=/buy/>Buy</a> <a href=/side/>Side</a>",
    "/lost/": "Guy lines <a href=/side/>Side</a>",
}


@pytest.mark.parametrize(
    ("goal", "hubs", "expected"),
    [
        # Of a unit that lands there reach /buy/: /hub/ 0.85, / 0.57, /side/ 0.48, /hall/ 0.63, /lost/ 0.41; of /buy/ 1; 0.66 on average.
        ("money pages", 100, ["/buy/", "/hub/"]),
        ("money pages", 1, ["/buy/", "/hub/"]),
        ("/side/", 100, ["/side/", "/lost/"]),
        ("/side/", 0, ["/side/"]),
        ("orphans first", 100, ["/hall/", "/lost/", "/buy/", "/hub/"]),
    ],
)
def test_targets_are_the_goal_and_what_leads_to_it_better_than_most_pages(
    monkeypatch: pytest.MonkeyPatch, goal: str, hubs: int, expected: list[str]
) -> None:
    site = prose_site(LEADING)
    pages = site.pages.assign(is_money_page=site.pages["url"].str.endswith("/buy/"))
    audit = lk.run_audit(site.with_pages(pages))
    monkeypatch.setattr(candidates, "HUBS", hubs)
    offered = plan_candidates(audit, goal=goal, from_money_pages=True, min_score=-99.0)
    assert [
        str(audit.graph.urls[page]).removeprefix("https://shop.example")
        for page in offered["target_id"].unique()
    ] == expected
    assert not offered.duplicated(["source_id", "target_id"]).any()


def test_fit_is_the_closest_of_the_other_pages_of_the_goal() -> None:
    audit = lk.run_audit(
        prose_site(
            {
                "/": "Steel pegs hold tents",
                "/a": "Tents of canvas",
                "/b": "Steel pegs",
                "/c": "Boats",
                "/d": "Steel pegs",
            },
            facts={"/d": {"robots_noindex": True}},
        )
    )
    goal = np.array([1.0, 1.0, 0.0, 0.0, 0.0])
    texts = audit.relevance.vectors.pages.toarray()
    assert len(texts) == 4
    alike = texts @ texts.T
    fit = topical_fit(audit, audit.relevance, goal)
    expected = [alike[0, 1], alike[1, 0], max(alike[2, 0], alike[2, 1]), 0.0]
    assert fit[:4].tolist() == pytest.approx(expected)
    assert expected[0] > 0
    assert alike[2, 0] > alike[2, 1]
    assert np.isnan(fit[4])
    alone = topical_fit(audit, audit.relevance, np.array([1.0, 0.0, 0.0, 0.0, 0.0]))
    assert np.isnan(alone[0])
    assert alone[3] == 0.0


def test_sources_are_pages_that_may_be_edited(audit: lk.Audit, relevance: Relevance) -> None:
    offered = _pairs(audit, plan_candidates(audit, goal="money pages", min_score=-99.0, relevance=relevance))
    assert _sources(offered) & {"/tent/", "/stove/", "/terms/", "/copy/"} == set()
    assert {target for _, target in offered} <= {"/", *PAGES} - {"/copy/"}
    with_money = _pairs(
        audit,
        plan_candidates(
            audit, goal="money pages", from_money_pages=True, min_score=-99.0, relevance=relevance
        ),
    )
    assert {"/tent/", "/stove/"} & _sources(with_money)
    only = _pairs(
        audit,
        plan_candidates(audit, goal="money pages", sources="/guides/*", min_score=-99.0, relevance=relevance),
    )
    assert _sources(only) == {path for path in PAGES if path.startswith("/guides/")}
    named = _pairs(
        audit,
        plan_candidates(audit, goal="money pages", sources="/terms/", min_score=-99.0, relevance=relevance),
    )
    assert _sources(named) == {"/terms/"}  # asked for by name, whatever its role
    with pytest.raises(lk.SettingsError, match="'/none/'"):
        plan_candidates(audit, goal="money pages", sources="/none/", relevance=relevance)


def test_the_score_is_a_floor_and_phrases_can_be_asked_for(audit: lk.Audit, relevance: Relevance) -> None:
    every = plan_candidates(audit, goal="money pages", min_score=-99.0, relevance=relevance)
    line = float(every["score"].median())
    kept = plan_candidates(audit, goal="money pages", min_score=line, relevance=relevance)
    assert len(kept) == (every["score"] >= line).sum() < len(every)
    assert list(every.columns) == ["source_id", "target_id", "relevance", "score"]
    worded = plan_candidates(
        audit, goal="money pages", min_score=-99.0, need_phrase=True, relevance=relevance
    )
    assert len(worded)
    assert set(worded.columns) == set(COLUMNS)
    assert (worded["phrase"] != "").all()
    texts = audit.site.engine.arrow("SELECT page_id, text FROM text").to_pandas().set_index("page_id")["text"]
    for row in worded.itertuples():
        assert row.phrase in texts[row.source_id]
    assert _pairs(audit, worded) <= _pairs(audit, every)


def test_pages_out_of_reach_are_offered_whatever_they_score(audit: lk.Audit, relevance: Relevance) -> None:
    assert np.isnan(audit.metrics.set_index("url").loc["https://shop.example/guides/lost/", "crawl_depth"])
    strict = plan_candidates(audit, goal="orphans first", min_score=99.0, relevance=relevance)
    assert {target for _, target in _pairs(audit, strict)} == {"/guides/lost/", "/guides/coffee/", "/stove/"}
    assert strict["target_id"].value_counts().max() <= 3
    usual = plan_candidates(audit, goal="money pages", min_score=99.0, relevance=relevance)
    assert usual.empty
    plan = link_plan(audit, 5, goal="orphans first", relevance=relevance)
    firsts = plan.links[plan.links["goal"] == "orphans"]
    assert sorted(url.removeprefix("https://shop.example") for url in firsts["target"]) == [
        "/guides/coffee/",
        "/guides/lost/",
        "/stove/",
    ]


def test_a_plan_carries_words_and_its_settings_reach_it(audit: lk.Audit) -> None:
    planning = Planning(audit)
    proposal = planning.propose(PlanSettings(links=4, need_phrase=True, per_page=1))
    assert proposal.plan is not None
    assert len(proposal.links)
    assert (proposal.links["phrase"] != "").all()
    assert proposal.links["source_id"].is_unique
    assert proposal.steps["goal_share"].tolist() == pytest.approx(
        [proposal.plan.before, *proposal.links["goal_after"]]
    )
    assert proposal.steps["gain"].tolist() == pytest.approx([0.0, *proposal.links["gain"]])
    assert proposal.steps["number"].tolist() == list(range(len(proposal.links) + 1))


def test_what_plans_share_is_measured_once_for_each_goal(
    audit: lk.Audit, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr("linkkit.plan.planning.robustness", lambda audit, goal: asked.append(goal) or goal)
    planning = Planning(audit)
    for goal in ("money pages", "orphans first", ["/tent/"], "orphans first", ["/tent/"]):
        planning.propose(PlanSettings().replace(links=1, goal=goal)).robustness  # noqa: B018
    assert asked == ["money pages", ("/tent/",)]
    assert planning.landings("orphans first") is planning.landings()
    targets = planning.propose(PlanSettings(links=1, goal=["/tent/"])).targets(3)
    expected = backlink_targets(audit, domains=3, goal=["/tent/"], relevance=audit.relevance)
    pd.testing.assert_frame_equal(targets, expected)


def test_without_money_pages_there_is_nothing_to_plan() -> None:
    proposal = Planning(lk.run_audit(prose_site({"/": "Tents"}))).propose()
    assert proposal.lacks.startswith("No money pages are known")
    assert list(proposal.links.columns) == ["source", "target"]
    assert proposal.links.empty
    assert proposal.steps.empty
    assert proposal.targets() is None


def test_steps_of_an_orphans_first_plan_are_what_money_pages_get(audit: lk.Audit) -> None:
    proposal = Planning(audit).propose(PlanSettings(links=3, goal="orphans first"))
    for number, share in zip(proposal.steps["number"], proposal.steps["goal_share"], strict=True):
        simulated = simulate(audit, add_links=proposal.links.head(number))
        assert share == pytest.approx(simulated.after.authority.captured, abs=1e-9)
    assert proposal.holds is not None
    assert proposal.holds["holds_in"].iloc[0] == 10


def test_suggestions_tell_what_each_link_alone_brings(audit: lk.Audit, relevance: Relevance) -> None:
    table = suggest_links(audit, targets=["/tent/", "/stove/", "/guides/lost/"], relevance=relevance)
    assert len(table) > 3
    for row in table.itertuples():
        simulated = simulate(audit, add_links=[(row.source, row.target)])
        won = simulated.after.authority.captured - simulated.before.authority.captured
        assert row.gain == pytest.approx(won, abs=1e-9)
    pages = audit.site.pages.assign(is_money_page=pd.NA)
    poor = lk.run_audit(audit.site.with_pages(pages.astype({"is_money_page": "boolean"})))
    assert suggest_links(poor, targets="/tent/")["gain"].isna().all()


def test_links_from_pages_that_nothing_passes_need_no_solve(audit: lk.Audit) -> None:
    authority = audit.authority
    gains = LinkGains(authority.flow, authority.visits.values, authority.yields.values, 1.0)
    lost, tent = (audit.site.page_id(f"https://shop.example{path}") for path in ("/guides/lost/", "/tent/"))
    assert gains.exact(np.array([lost]), np.array([tent])).tolist() == [0.0]
    assert gains.columns == {}
