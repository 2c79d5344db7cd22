"""The link plan against brute force: every gain re-solved, every greedy choice checked against all others."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import linkkit as lk
from linkkit.graph import LinkGraph
from linkkit.linkmodel import LinkModel
from linkkit.metrics.authority import Flow
from linkkit.plan import gains as gains_module
from linkkit.plan.choosing import choose_pages, link_block
from linkkit.plan.edits import Edits, added_weight, edited
from linkkit.plan.gains import LinkGains
from linkkit.plan.link_plan import Constraints, _take, plan_links
from tests.bench.docs_site import random_graph
from tests.random_graphs import link_graphs
from tests.site_factory import build, paths


def _captured(graph: LinkGraph, entry: np.ndarray, goal: np.ndarray) -> float:
    flow = Flow.from_graph(graph)
    dense = np.eye(len(graph)) - flow.damping * flow.moves.toarray()
    return float((1 - flow.damping) * entry @ np.linalg.inv(dense) @ goal)


def _missing(graph: LinkGraph) -> np.ndarray:
    """Every link that could be added between two live pages."""
    there = graph.followed.toarray() > 0
    live = np.flatnonzero(graph.stands)
    return np.array(
        [(s, t) for s in live for t in live if s != t and not there[s, t]], dtype=np.int64
    ).reshape(-1, 2)


@st.composite
def _problems(draw: st.DrawFn, most: int = 9) -> tuple[LinkGraph, np.ndarray, np.ndarray]:
    graph = draw(link_graphs(most=most))
    entry = np.array(
        draw(st.lists(st.sampled_from([0.0, 1.0, 4.0]), min_size=len(graph), max_size=len(graph)))
    )
    entry = np.where(graph.stands, entry, 0.0)
    goal = np.array(draw(st.lists(st.sampled_from([0.0, 1.0]), min_size=len(graph), max_size=len(graph))))
    return graph, entry / max(entry.sum(), 1.0), np.where(graph.stands & graph.indexable, goal, 0.0)


@settings(max_examples=60, deadline=None)
@given(_problems())
def test_the_gain_of_every_possible_link_is_what_solving_again_finds(problem: tuple) -> None:  # type: ignore[type-arg]
    graph, entry, goal = problem
    pairs = _missing(graph)
    assume(len(pairs))
    flow = Flow.from_graph(graph)
    gains = LinkGains(
        flow, flow.visits(entry).values, flow.landing_yield(goal).values, added_weight(graph.model)
    )
    exact, bound = gains.exact(pairs[:, 0], pairs[:, 1]), gains.bounds(pairs[:, 0], pairs[:, 1])
    before = _captured(graph, entry, goal)
    for place, pair in enumerate(pairs):
        after = _captured(edited(graph, Edits(add=pair[None])), entry, goal)
        assert exact[place] == pytest.approx(after - before, abs=1e-9)
        assert exact[place] <= bound[place] + 1e-9


def test_gains_of_many_links_are_near_the_exact_ones_and_little_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    graph, chance = random_graph(400, 4_000), np.random.default_rng(2)
    flow = Flow.from_graph(graph)
    entry, goal = np.zeros(400), np.zeros(400)
    entry[chance.integers(0, 400, 20)], goal[chance.integers(0, 400, 20)] = 1 / 20, 1.0
    made = [
        LinkGains(flow, flow.visits(entry).values, flow.landing_yield(goal).values, 1.0) for _ in range(2)
    ]
    sources, targets = chance.integers(0, 400, 3_000), chance.integers(0, 400, 3_000)
    exact = made[0].exact(sources, targets)
    assert made[0].near(sources, targets) == pytest.approx(exact, rel=2e-3, abs=1e-12)
    # Three columns fit; the others are solved for again where they are asked for again.
    monkeypatch.setattr(gains_module, "COLUMN_BYTES", 3 * exact[:400].nbytes)
    few = np.argsort(sources[:200], kind="stable")
    again = np.concatenate([made[1].exact(sources[:200][few], targets[:200][few]) for _ in range(2)])
    assert again == pytest.approx(np.tile(exact[:200][few], 2), rel=1e-9, abs=1e-15)
    assert len(made[1].columns) == 3


def test_columns_of_an_earlier_state_are_solved_again() -> None:
    chance, columns = np.random.default_rng(4), {}
    graph = random_graph(30, 60)
    pairs = _missing(graph)[chance.integers(0, 700, 60)]
    goal, entry = np.zeros(30), np.full(30, 1 / 30)
    goal[:3] = 1.0
    for state in (graph, edited(graph, Edits(add=pairs[:20]))):
        flow = Flow.from_graph(state)
        known = flow, flow.visits(entry).values, flow.landing_yield(goal).values, 1.0
        again = LinkGains(*known, columns).exact(pairs[20:, 0], pairs[20:, 1])
        assert again == pytest.approx(
            LinkGains(*known).exact(pairs[20:, 0], pairs[20:, 1]), rel=1e-6, abs=1e-12
        )


def _audit_of(graph: LinkGraph, entry: np.ndarray, goal: np.ndarray) -> lk.Audit:
    """An audit whose parts that planning reads are these; nothing else of it is used."""
    from types import SimpleNamespace

    authority = SimpleNamespace(entry=SimpleNamespace(shares=entry), money=goal > 0, settled=None)
    return SimpleNamespace(
        graph=graph,
        authority=authority,
        metrics=pd.DataFrame({"section": [""] * len(graph)}),
        site=SimpleNamespace(pages=pd.DataFrame({"cluster": pd.Series(dtype=object), "is_pillar": []})),
    )  # type: ignore[return-value]


@settings(max_examples=30, deadline=None)
@given(_problems(most=7), st.integers(1, 3), st.integers(1, 2))
def test_each_choice_is_the_best_of_all(problem: tuple, per_page: int, per_target: int) -> None:  # type: ignore[type-arg]
    graph, entry, goal = problem
    graph = replace(graph, crawled=np.ones(len(graph), dtype=bool))
    pairs = _missing(graph)
    pairs = pairs[graph.indexable[pairs[:, 1]]]
    assume(len(pairs) > 2 and goal.any() and entry.any())
    candidates = pd.DataFrame(pairs, columns=["source_id", "target_id"])
    limits = Constraints(links=4, per_page=per_page, per_target=per_target)
    plan = plan_links(_audit_of(graph, entry, goal), candidates, constraints=limits)
    chosen: list[tuple[int, int]] = []
    state, share = graph, _captured(graph, entry, goal)
    assert plan.before == pytest.approx(share, abs=1e-9)
    for row in plan.links.itertuples():
        options = {}
        for s, t in map(tuple, pairs.tolist()):
            if (
                (s, t) in chosen
                or sum(a == s for a, _ in chosen) >= per_page
                or sum(b == t for _, b in chosen) >= per_target
            ):
                continue
            options[s, t] = _captured(edited(state, Edits(add=np.array([[s, t]]))), entry, goal) - share
        assert row.gain == pytest.approx(max(options.values()), abs=1e-9)
        assert options[row.source_id, row.target_id] == pytest.approx(row.gain, abs=1e-9)
        chosen.append((row.source_id, row.target_id))
        state = edited(state, Edits(add=np.array([chosen[-1]])))
        share += row.gain
        assert row.goal_after == pytest.approx(share, abs=1e-9)
    assert plan.after == pytest.approx(share, abs=1e-9)
    assert plan.comparison["method"].iloc[0] == "this plan"
    if len(chosen) < limits.links:
        rest = [
            _captured(edited(state, Edits(add=np.array([[s, t]]))), entry, goal) - share
            for s, t in map(tuple, pairs.tolist())
            if (s, t) not in chosen
            and sum(a == s for a, _ in chosen) < per_page
            and sum(b == t for _, b in chosen) < per_target
        ]
        assert max(rest, default=0.0) <= 1e-8


@pytest.mark.parametrize(
    ("relevance", "best"),
    [
        ((0.1, 0.9), "/b"),
        ((0.9, 0.1), "/a"),
        ((0.5, 0.5), "/a"),
        ((np.nan, 0.5), "/b"),
        ((np.nan, 0.0), "/a"),
    ],
)
def test_of_links_that_gain_the_same_the_more_relevant_one_comes_first(relevance: tuple[float, float], best: str) -> None:  # fmt: skip
    # What arrives at /a comes back over /buy-a: at damping 0.5 that makes three domains there worth four at /b.
    pages = [
        "/",
        {"path": "/a", "referring_domains": 3},
        {"path": "/b", "referring_domains": 4},
        {"path": "/buy-a", "is_money_page": True},
        {"path": "/buy-b", "is_money_page": True},
    ]
    audit = lk.run_audit(build(pages, ["/buy-a -> /a"]), model=LinkModel(damping=0.5, entry="additive"))
    pairs = pd.DataFrame({"source_id": [1, 2], "target_id": [3, 4], "relevance": relevance})
    plan = plan_links(audit, pairs, constraints=Constraints(links=2))
    assert plan.links["gain"].tolist() == pytest.approx([1 / 7, 1 / 7], rel=1e-9)
    assert paths(plan.links["source"])[0] == best


@pytest.mark.parametrize(
    ("per_page", "per_target", "made", "taken"),
    [
        (2, 2, [], [(0, 2), (0, 3), (1, 2), (1, 3)]),
        (2, 1, [], [(0, 2), (0, 3), (1, 4)]),
        (1, 2, [], [(0, 2), (1, 2)]),
        (2, 2, [(0, 9)], [(0, 2), (1, 2), (1, 3)]),
        (2, 2, [(9, 2)], [(0, 2), (0, 3), (1, 3), (1, 4)]),
    ],
)
def test_links_chosen_in_other_ways_keep_to_the_limits(per_page: int, per_target: int, made: list[tuple[int, int]], taken: list[tuple[int, int]]) -> None:  # fmt: skip
    pairs = np.array([(source, target) for source in (0, 1) for target in (2, 3, 4)])
    before = np.array(made, dtype=np.int64).reshape(-1, 2)
    table, limits = (
        pd.DataFrame(pairs, columns=["source_id", "target_id"]),
        Constraints(9, per_page, per_target),
    )
    for count in (9, 2):
        rows = _take(table, np.arange(6), limits, before, count)
        assert [tuple(pair) for pair in pairs[rows].tolist()] == taken[:count]


def test_a_plan_keeps_to_its_limits_and_names_its_links() -> None:
    pages = [
        {"path": "/", "referring_domains": 9},
        *[{"path": f"/post-{n}", "referring_domains": n} for n in range(6)],
        {"path": "/buy", "is_money_page": True},
        {"path": "/hire", "is_money_page": True},
        {"path": "/legal", "robots": ["noindex"]},
        {"path": "/r", "status": 301, "redirect_to": "/buy"},
    ]
    links = (
        [f"/ -> /post-{n}" for n in range(6)]
        + [f"/post-{n} -> /legal" for n in range(6)]
        + ["/post-5 -> /buy"]
    )
    audit = lk.run_audit(build(pages, links))
    count = len(pages)
    every = pd.DataFrame(
        [(s, t, s / 10) for s in range(count) for t in range(count) if s != 9],
        columns=["source_id", "target_id", "relevance"],
    )
    plan = plan_links(audit, every, constraints=Constraints(links=5, per_page=1, per_target=3))
    assert len(plan.links) == 5
    assert plan.links["source_id"].is_unique
    assert plan.links["target_id"].value_counts().max() <= 3
    assert paths(plan.links["target"]).count("/buy") == 3
    assert "/post-5 /buy" not in set(paths(plan.links["source"]) + paths(plan.links["target"]))
    assert plan.multiple == pytest.approx(plan.after / audit.authority.captured)
    assert plan.links["gain"].sum() == pytest.approx(plan.after - plan.before)
    assert plan.goal == "money pages"
    assert plan.model.startswith("Model: reasonable surfer weights, damping 0.85")
    table = plan.comparison.set_index("method")
    assert table.loc["this plan", "after"] >= table["after"].max() - 1e-12
    assert (table["links"] == 5).all()
    again = plan_links(
        audit,
        every.sample(frac=1, random_state=3),
        constraints=Constraints(links=5, per_page=1, per_target=3),
    )
    pd.testing.assert_frame_equal(plan.links, again.links)


def test_orphans_first_gives_each_page_out_of_reach_its_best_link() -> None:
    pages = [
        {"path": "/", "referring_domains": 9},
        "/a",
        "/b",
        {"path": "/buy", "is_money_page": True},
        "/lost",
        "/gone",
    ]
    audit = lk.run_audit(build(pages, ["/ -> /a", "/ -> /b", "/a -> /b", "/b -> /a"]))
    every = pd.DataFrame([(s, t) for s in range(6) for t in range(6)], columns=["source_id", "target_id"])
    plan = plan_links(audit, every, goal="orphans first", constraints=Constraints(links=6, per_page=3))
    firsts = plan.links[plan.links["goal"] == "orphans"]
    assert sorted(paths(firsts["target"])) == ["/buy", "/gone", "/lost"]
    rest = plan.links[plan.links["goal"] == "money pages"]
    assert paths(rest["target"])[0] == "/buy"
    assert (rest["gain"] > 0).all()
    assert plan.before == 0.0
    assert plan.after > 0.05
    assert np.isnan(plan.multiple)
    few = plan_links(audit, every, goal="orphans first", constraints=Constraints(links=2))
    assert few.links["goal"].tolist() == ["orphans", "orphans"]


@pytest.mark.parametrize(("per_page", "per_target"), [(1, 1), (2, 1), (2, 2), (3, 2)])
def test_orphans_first_keeps_to_its_limits_over_both_parts(per_page: int, per_target: int) -> None:
    pages = [
        {"path": "/", "referring_domains": 3},
        "/hub",
        *({"path": f"/buy{number}", "is_money_page": True} for number in range(3)),
        "/lost1",
        "/lost2",
        "/lost3",
    ]
    audit = lk.run_audit(build(pages, ["/ -> /hub", "/hub -> /buy0", "/lost1 -> /buy1", "/lost2 -> /buy1"]))
    count = len(audit.graph)
    every = pd.DataFrame(
        [(s, t) for s in range(count) for t in range(count)], columns=["source_id", "target_id"]
    )
    limits = Constraints(20, per_page, per_target)
    plan = plan_links(audit, every, goal="orphans first", constraints=limits)
    assert set(plan.links["goal"]) == {"orphans", "money pages"}
    assert plan.links["source_id"].value_counts().max() <= per_page
    assert plan.links["target_id"].value_counts().max() <= per_target


def test_no_link_is_planned_on_a_page_whose_links_are_not_known() -> None:
    pages = [
        {"path": "/", "referring_domains": 2},
        {"path": "/unseen", "crawled": False},
        {"path": "/buy", "is_money_page": True},
    ]
    audit = lk.run_audit(build(pages, ["/ -> /unseen"]))
    both = pd.DataFrame({"source_id": [0, 1], "target_id": [2, 2]})
    assert plan_links(audit, both).links["source"].tolist() == ["https://shop.example/"]


def test_goals_and_faults() -> None:
    audit = lk.run_audit(
        build(
            [
                "/",
                {"path": "/g/a", "cluster": "Tents", "is_pillar": True},
                {"path": "/g/b", "cluster": "Tents"},
                {"path": "/n", "robots": ["noindex"]},
            ],
            ["/ -> /g/a", "/g/a -> /g/b", "/ -> /n"],
        )
    )
    pair = pd.DataFrame({"source_id": [2], "target_id": [1]})
    for goal in ("Tents", "pillars", "/g/", "/g/*", "https://shop.example/g/a", ["/g/a", "/g/b"]):
        plan = plan_links(audit, pair, goal=goal)
        assert plan.links["target"].tolist() == ["https://shop.example/g/a"], goal
    with pytest.raises(lk.SettingsError, match="'money pages' fits no live page"):
        plan_links(audit, pair)
    with pytest.raises(lk.SettingsError, match="'/n' holds no indexable page"):
        plan_links(audit, pair, goal="/n")
    with pytest.raises(lk.SettingsError, match="1 not known on this site: 'tents'"):
        plan_links(audit, pair, goal="tents")
    with pytest.raises(lk.SettingsError, match="no column target_id; found source_id, to"):
        plan_links(audit, pair.rename(columns={"target_id": "to"}), goal="Tents")
    with pytest.raises(lk.SettingsError, match=r"links = 0(.|\n)*per_page = 1.5"):
        Constraints(links=0, per_page=1.5)  # type: ignore[arg-type]


def test_blocks_of_links_by_rule() -> None:
    pages = [
        "/",
        {"path": "/guides/", "cluster": "Tents", "is_pillar": True},
        *[{"path": f"/guides/{n}/", "cluster": "Tents"} for n in range(3)],
        "/blog/x/",
    ]
    audit = lk.run_audit(
        build(
            pages,
            [
                "/ -> /guides/",
                "/guides/0/ -> /guides/",
                {"source": "/guides/1/", "target": "/guides/", "position": "footer"},
            ],
        )
    )

    def arrows(block: pd.DataFrame) -> list[str]:
        return [f"{s} {t}" for s, t in zip(paths(block["source"]), paths(block["target"]), strict=True)]

    expected = ["/guides/1/ /guides/", "/guides/2/ /guides/"]
    assert arrows(link_block(audit, "Tents", "its pillar")) == expected
    assert arrows(link_block(audit, "/guides/*", "its section")) == expected
    assert arrows(link_block(audit, ["/blog/x/"], "/guides/", most=2)) == [
        "/blog/x/ /guides/",
        "/blog/x/ /guides/0/",
    ]
    with pytest.raises(lk.SettingsError, match="none of the 1 pages chosen has a pillar"):
        link_block(audit, "/blog/", "its pillar")
    assert choose_pages(audit, ["/", "start page"]).tolist() == [0]
    dead = lk.run_audit(build(["/", {"path": "/gone", "status": 404}], ["/ -> /gone"]))
    with pytest.raises(lk.SettingsError, match="'/gone' fits no live page"):
        link_block(dead, "/gone", "/")


def test_weight_of_a_new_link() -> None:
    from linkkit.schema import Position

    assert added_weight(LinkModel()) == 1.0
    assert added_weight(LinkModel(), Position.FOOTER) == 0.1
    assert added_weight(LinkModel(weights="uniform"), Position.FOOTER) == 1.0
