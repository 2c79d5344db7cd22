"""Visitors' ways and the reader model: against dense solves and brute force, on small tables, and where nothing is known."""

import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

import linkkit as lk
from linkkit.charts import (
    answer,
    chapter_charts,
    engagement_table,
    entrance_chance_table,
    entrance_outcomes_table,
    reach_curve_table,
    related_reach_table,
    shortcuts_table,
    visitor_ways_table,
)
from linkkit.metrics.navigation import Navigation
from linkkit.metrics.reader import LEAST_LEAVING, Reader, reader_of
from linkkit.metrics.related import FAR, LEAST_LIKENESS, content_clicks, related_pages
from linkkit.network import visitor_flow
from linkkit.text.site_words import SiteWords
from linkkit.widgets import dead_ends_view, journeys_view, next_pages_view, visit_words, visited_pages
from tests.bench import bench_reader
from tests.site_factory import build, paths, url
from tests.small_site import HOSTILE_URL, START, build_small_site, with_signals

SHOP = {
    "pages": [
        {"path": "/", "sessions": 500, "engagement_rate": 0.6},
        {"path": "/post", "sessions": 300, "engagement_rate": 0.5},
        "/x",
        {"path": "/end", "sessions": 80, "engagement_rate": 0.2},
        {"path": "/buy", "is_money_page": True, "sessions": 60},
    ],
    "links": ["/ -> /post", "/ -> /x", "/post -> /x", "/post -> /end", "/x -> /buy", "/x -> /", "/buy -> /"],
}
STEPS = ["-> / 400", "-> /post 200", "/ -> /post 90", "/post -> /x 120", "/x -> /buy 60", "/x -> /post 20"]


def of(audit: lk.Audit) -> Navigation:
    assert audit.facts.navigation is not None
    return audit.facts.navigation


@pytest.fixture(scope="module")
def shop() -> lk.Audit:
    return lk.run_audit(build(**SHOP, steps=STEPS))


# The reader


def _dense(moves: np.ndarray, goal: np.ndarray, clicks: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Absorbing chain by dense algebra: chance at all, mean clicks of those who get there, chance within some clicks.

    The goal absorbs; so does the world outside, which gets what a row lacks. Mean clicks by Doob's transform: the chain of those
    who arrive.
    """
    inner = ~goal
    chain, last = moves[np.ix_(inner, inner)], moves[np.ix_(inner, goal)].sum(axis=1)
    chance = goal.astype(float)
    chance[inner] = np.linalg.solve(np.eye(len(chain)) - chain, last)
    mean = np.where(goal, 0.0, np.nan)
    arrive = np.flatnonzero(inner & (chance > 0))
    kept = moves[np.ix_(arrive, arrive)] * chance[arrive][None, :] / chance[arrive][:, None]
    mean[arrive] = np.linalg.solve(np.eye(len(arrive)) - kept, np.ones(len(arrive)))
    whole = moves.copy()
    whole[goal] = 0.0
    whole[goal, np.flatnonzero(goal)] = 1.0
    return chance, mean, np.linalg.matrix_power(whole, clicks)[:, goal].sum(axis=1)


def _chains(size: int) -> st.SearchStrategy[tuple[np.ndarray, np.ndarray]]:
    rows = st.lists(st.lists(st.integers(0, 4), min_size=size, max_size=size), min_size=size, max_size=size)
    goals = st.lists(st.booleans(), min_size=size, max_size=size)
    return st.tuples(rows.map(lambda each: np.array(each, dtype=float)), goals.map(np.array))


@settings(max_examples=60, deadline=None)
@given(chain=st.integers(1, 7).flatmap(_chains), damping=st.floats(0.3, 0.95))
def test_chances_and_clicks_are_those_of_a_dense_absorbing_chain(
    chain: tuple[np.ndarray, np.ndarray], damping: float
) -> None:
    weights, goal = chain
    np.fill_diagonal(weights, 0.0)
    total = weights.sum(axis=1, keepdims=True)
    shares = np.divide(weights, total, out=np.zeros_like(weights), where=total > 0)
    reader = reader_of(csr_array(shares), goal, damping)
    chance, mean, within = _dense(damping * shares, goal, 4)
    np.testing.assert_allclose(reader.chance, chance, atol=1e-9)
    np.testing.assert_allclose(reader.within(4)[:, 4], within, atol=1e-12)
    assert (reader.next_page[(chance == 0) | goal] == -1).all()
    sure = chance > 1e-9
    np.testing.assert_allclose(reader.clicks[sure], mean[sure], rtol=1e-6, atol=1e-9)
    reach = reader.within(12)
    assert (np.diff(reach, axis=1) >= -1e-15).all()
    assert (reach[:, -1] <= reader.chance + 1e-9).all()
    for page in range(len(goal)):
        _is_likeliest(reader, damping * shares, page)


def _is_likeliest(reader: Reader, moves: np.ndarray, page: int) -> None:
    """The path is one of the largest product: no other simple path has a larger one."""
    best, stack = 0.0, [(page, 1.0, {page})]
    while stack:
        here, product, seen = stack.pop()
        if reader.goal[here]:
            best = max(best, product)
            continue
        stack += [
            (int(onward), product * moves[here, onward], seen | {int(onward)})
            for onward in np.flatnonzero(moves[here])
            if onward not in seen
        ]
    path = reader.path(page)
    assert math.prod(chance for _, chance in path) == pytest.approx(best if path else 1.0, rel=1e-9)
    assert bool(path) == (best > 0)
    assert all(moves[a, b] > 0 for (a, _), (b, _) in pairwise(path))


def test_steps_outweigh_the_model_as_they_grow_and_hidden_ones_are_bounded() -> None:
    moves = csr_array(np.array([[0, 0.5, 0.5], [0, 0, 0], [0, 0, 0]]))
    goal, passes = np.array([False, True, False]), np.array([180.0, 0, 0])
    steps = csr_array((np.array([90.0]), (np.array([0]), np.array([2]))), shape=(3, 3))
    assert reader_of(moves, goal, 0.8).chance[0] == pytest.approx(0.4)
    seen = reader_of(moves, goal, 0.8, steps=steps, passes=passes)
    assert seen.chance[0] == pytest.approx(20 * 0.4 / 200)
    assert seen.observed[0] == pytest.approx(180 / 200)
    # A file that lists nothing below 10 may hide 9 steps along the other link; never more than the model would give.
    assert reader_of(moves, goal, 0.8, steps=steps, passes=passes, hidden=9.0).chance[0] == pytest.approx(
        (9 + 8) / 200
    )
    most = reader_of(moves, goal, 0.8, steps=steps, passes=passes, hidden=1e6).chance[0]
    assert most == pytest.approx((180 * 0.4 + 8) / 200)
    # Of five readers the model sends two along that link, however many steps the file may hide.
    few = reader_of(moves, goal, 0.8, steps=steps / 90, passes=np.array([1.0, 0, 0]), hidden=9.0).chance[0]
    assert few == pytest.approx((0.4 + 8) / 21.4)
    full = reader_of(moves, goal, 0.8, steps=steps * 1e6, passes=passes * 5e5).moves.sum(axis=1)[0]
    assert full == pytest.approx(1 - LEAST_LEAVING)


# Steps


def test_pages_count_what_came_and_went(shop: lk.Audit) -> None:
    pages = of(shop).pages.set_index(np.array(paths(shop.metrics["url"])))
    assert pages["entrances"].to_dict() == {"/": 400, "/post": 200, "/x": 0, "/end": 0, "/buy": 0}
    # Steps and entrances in (200 + 90 + 20), or steps out (120); sessions may be of other days.
    assert pages["passes"].to_dict() == {"/": 400, "/post": 310, "/x": 120, "/end": 0, "/buy": 60}
    counted = build(**SHOP, steps=[step for step in STEPS if not step.startswith("->")])
    assert of(lk.run_audit(counted)).pages["passes"].tolist() == [500, 300, 120, 80, 60]
    assert pages["steps_out"].to_dict() == {"/": 90, "/post": 120, "/x": 80, "/end": 0, "/buy": 0}
    assert pages["observed"]["/post"] == pytest.approx(310 / 330)
    assert of(shop).basis == "entrances"
    ways = {
        (*paths(shop.graph.urls[[row.source, row.target]]), row.way): row.unexplained
        for row in of(shop).steps.itertuples()
    }
    assert ways["/x", "/post", "way back"] == 0
    assert visitor_ways_table(shop)["steps"].to_dict() == {0: 270, 1: 20}
    assert visitor_ways_table(shop)["way"].tolist() == ["content link", "way back"]


def test_shortcuts_are_those_of_brute_force(shop: lk.Audit) -> None:
    table = of(shop).shortcuts
    found = {
        tuple(paths(shop.graph.urls[[row.source, row.via, row.target]])): (row.steps, row.least, row.most)
        for row in table.itertuples()
    }
    # / -> /post -> /x has a link / -> /x; only these two ways lack one.
    assert found == {
        ("/post", "/x", "/buy"): (pytest.approx(120 * 60 / 120), 60.0, 60.0),
    }
    assert shortcuts_table(shop)["is_found"].tolist() == [True]


@settings(max_examples=10, deadline=None)
@given(
    counts=st.dictionaries(st.tuples(st.integers(0, 4), st.integers(0, 4)), st.integers(1, 60), max_size=12),
    extra=st.integers(0, 50),
)
def test_bounds_hold_whatever_people_remember(counts: dict[tuple[int, int], int], extra: int) -> None:
    names = ["/", "/a", "/b", "/c", "/d"]
    steps = [f"{names[s]} -> {names[t]} {count}" for (s, t), count in counts.items() if s != t]
    if not steps:
        return
    audit_site = build(
        names, ["/a -> /b", "/b -> /c", "/c -> /d", "/d -> /a"], steps=[*steps, f"-> /b {extra + 1}"]
    )
    table = of(lk.run_audit(audit_site)).shortcuts
    assert (table["least"] <= table["steps"] + 1e-9).all()
    assert (table["steps"] <= table["most"] + 1e-9).all()
    linked = {("/a", "/b"), ("/b", "/c"), ("/c", "/d"), ("/d", "/a")}
    expected = set()
    came: dict[int, float] = {2: extra + 1.0}
    gone: dict[int, float] = {}
    for (s, t), count in counts.items():
        if s != t:
            came[t], gone[s] = came.get(t, 0) + count, gone.get(s, 0) + count
    for (a, x), first in counts.items():
        for (x2, c), second in counts.items():
            if (
                x == x2
                and x not in (a, c)
                and a != c
                and x != 0
                and c != 0
                and a != 0
                and (names[a], names[c]) not in linked
            ):
                share = second / max(came.get(x, 0), gone.get(x, 0), 1)
                if share >= 0.05 and first * share >= 1:
                    expected.add((names[a], names[x], names[c], round(first * share, 6)))
    urls = paths(audit_site.pages["url"])
    assert {
        (urls[r.source], urls[r.via], urls[r.target], round(r.steps, 6)) for r in table.itertuples()
    } == expected


def test_folding_joins_the_steps_of_a_pages_addresses() -> None:
    site = build(
        ["/", {"path": "/r", "status": 301, "redirect_to": "/a"}, "/a", {"path": "/c", "canonical": "/a"}],
        ["/ -> /r", "/ -> /c"],
        steps=["/ -> /r 5", "/ -> /c 7", "/c -> /a 9", "-> /r 4", "/ -> /a 1"],
    )
    n = of(lk.run_audit(site))
    assert n.has_steps
    assert n.steps[["source", "target", "steps", "way"]].to_numpy().tolist() == [[0, 2, 13.0, "content link"]]
    assert n.pages["entrances"].tolist() == [0, 0, 4, 0]


# Tables, charts, pictures


def test_outcomes_of_entrances_are_a_whole_and_follow_the_clicks(shop: lk.Audit) -> None:
    table = entrance_outcomes_table(shop)
    assert table.groupby("url")["share"].sum().to_numpy() == pytest.approx([1.0, 1.0])
    chance = entrance_chance_table(shop).set_index("url")
    reached = table[table["outcome"].str.contains("reach one|begin on")].groupby("url")["share"].sum()
    for page, share in reached.items():
        assert share == pytest.approx(chance["within_3"][page])
    near = entrance_outcomes_table(shop.with_thresholds(lk.Thresholds(max_journey_clicks=1)))
    near_share = near[near["outcome"].str.contains("reach one|begin on")].groupby("url")["share"].sum()
    assert near_share[url("/post")] == 0.0
    assert reached[url("/post")] > 0.1


def test_the_curve_weighs_pages_by_visits(shop: lk.Audit) -> None:
    table = reach_curve_table(shop)
    seen = table[table["reader"] == "visitors' steps, model where few"]["share"].to_numpy()
    reach = of(shop).reach
    assert seen == pytest.approx((400 * reach[0] + 200 * reach[1]) / 600)
    assert table["reader"].nunique() == 3
    modelled = reach_curve_table(lk.run_audit(build(**SHOP)))
    assert modelled["reader"].unique().tolist() == ["model: every link", "model: content links alone"]


def test_engagement_by_links() -> None:
    pages = [
        {"path": f"/p{number}", "sessions": 100 * (1 + number % 2), "engagement_rate": 0.4 + 0.05 * number}
        for number in range(6)
    ]
    links = [f"/p{number} -> /" for number in range(5)] + ["/ -> /p0"]
    table = engagement_table(lk.run_audit(build(["/", *pages], links))).set_index("links")
    assert table["pages"].to_dict() == {"0": 1, "1-2": 5}
    rates, weights = np.array([0.4, 0.45, 0.5, 0.55, 0.6]), np.array([100, 200, 100, 200, 100])
    mean = (rates * weights).sum() / 700
    spread = math.sqrt(((weights * (rates - mean)) ** 2).sum() * 5 / 4) / 700
    assert table.loc["1-2", "rate"] == pytest.approx(mean)
    assert table.loc["1-2", "high"] == pytest.approx(mean + 2.776445 * spread)
    assert math.isnan(table.loc["0", "low"])


def test_related_pages_without_text_are_those_of_a_cluster() -> None:
    pages = [{"path": f"/a/{name}", "cluster": "A"} for name in "123"]
    audit = lk.run_audit(build(["/", *pages], ["/a/1 -> /a/2", "/a/2 -> /a/3", "/ -> /a/1"]))
    pairs, basis = related_pages(
        audit.graph, audit.facts.words, [("the same cluster", audit.metrics["cluster"])]
    )
    assert basis == "the same cluster"
    apart = {
        (a, b): clicks
        for a, b, clicks in zip(
            pairs["page"], pairs["related"], content_clicks(audit.graph, pairs), strict=True
        )
    }
    assert apart == {(1, 2): 1, (1, 3): 2, (2, 3): 1, (2, 1): FAR, (3, 1): FAR, (3, 2): FAR}
    assert related_reach_table(audit)["pairs"].sum() == 6


def test_related_pages_by_text_are_those_of_the_dense_product() -> None:
    words = "tent pole peg flysheet porch guyline groundsheet pitch tunnel geodesic stove gas boil pan canister".split()
    texts = np.random.default_rng(2).permuted(np.tile(words, (9, 1)), axis=1)[:, :5]
    pages = [{"path": f"/{n}", "text": " ".join(text)} for n, text in enumerate(texts.tolist())]
    pages[4]["robots"] = ["noindex"]
    site = build(["/", *pages])
    graph = lk.LinkGraph.from_site(site)
    about = SiteWords.from_site(site, graph)
    near = about.neighbours.toarray()
    ids = np.asarray(about.corpus.pages)
    expected = {
        (int(ids[one]), int(ids[other]))
        for one in range(len(ids))
        for other in np.argsort(-near[one], kind="stable")[:3]
        if near[one, other] >= LEAST_LIKENESS and {int(ids[one]), int(ids[other])} <= set(np.flatnonzero(graph.indexable))
    }  # fmt: skip
    pairs, basis = related_pages(graph, about, [], each=3)
    assert (basis, list(pairs)) == ("text", ["page", "related"])
    assert pairs.index.equals(pd.RangeIndex(len(pairs)))
    assert {*pairs.itertuples(index=False, name=None)} == expected
    assert 5 not in {*pairs["page"], *pairs["related"]}


def test_related_pages_by_groups_are_others_of_the_group() -> None:
    """The first grouping that groups any page; those outside the index and those alone have none."""
    graph = lk.LinkGraph.from_site(
        build(["/", *(f"/{each}" for each in "abcdef"), {"path": "/g", "robots": ["noindex"]}, "/h"])
    )
    group = pd.Series([None, *["x"] * 7, "y"], dtype="object")
    pairs, basis = related_pages(
        graph, None, [("nothing", group.where(group == "y")), ("topics", group)], each=2
    )
    assert basis == "topics"
    assert pairs["page"].tolist() == [page for page in range(1, 7) for _ in range(2)]
    assert not pairs.duplicated().any()
    assert pairs["related"].between(1, 6).all()
    assert (pairs["page"] != pairs["related"]).all()
    assert pairs.index.equals(pd.RangeIndex(12))
    none, basis = related_pages(graph, None, [("nothing", group.where(group == "y"))])
    assert (len(none), basis, content_clicks(graph, none).tolist()) == (0, "", [])


def test_unused_links_and_steps_over_the_search() -> None:
    """Of 100 steps out of a page a third should take each link; a file that lists no pair below 5 may hide 4 of them."""
    site = build(
        ["/", "/a", "/b", {"path": "/p.pdf", "content_type": "application/pdf"}, "/search?q=x"],
        ["/ -> /a", "/ -> /b", "/ -> /p.pdf", "/b -> /", "/b -> /a", "/search?q=x -> /a", "/search?q=x -> /b"],
        steps=["/ -> /search?q=x 95", "/ -> /a 5", "/search?q=x -> /a 60", "/search?q=x -> /p.pdf 9", "/b -> /search?q=x 200"],
    )  # fmt: skip
    n = of(lk.run_audit(site))
    found = [(*paths(site.pages["url"][[row.source, row.target]]), row.expected, row.missed) for row in n.unused.itertuples()]  # fmt: skip
    assert found == [
        ("/b", "/", pytest.approx(100), pytest.approx(96)),
        ("/b", "/a", pytest.approx(100), pytest.approx(96)),
        ("/", "/b", pytest.approx(100 / 3), pytest.approx(100 / 3 - 4)),
    ]
    assert n.unused.index.equals(pd.RangeIndex(3))
    assert set(n.steps["way"]) == {"site search", "content link"}
    assert n.pages["to_search"].tolist() == [95, 0, 200, 0, 0]
    assert n.shortcuts.empty


def test_shortcuts_stand_most_used_first_then_by_page() -> None:
    """A twentieth of those who pass the page between is just enough."""
    names = ["/", "/a", "/b", "/via", "/c", "/d", "/e", "/f"]
    links = ["/a -> /via", "/b -> /via", *(f"/via -> /{each}" for each in "cdef"), "/c -> /", "/d -> /"]
    steps = [
        "/a -> /via 50",
        "/b -> /via 50",
        "/via -> /c 20",
        "/via -> /d 40",
        "/via -> /e 5",
        "/via -> /f 4.9",
    ]
    table = of(lk.run_audit(build(names, links, steps=steps))).shortcuts
    assert table[["source", "via", "target", "steps"]].to_numpy().tolist() == [
        [1, 3, 5, 20], [2, 3, 5, 20], [1, 3, 4, 10], [2, 3, 4, 10], [1, 3, 6, 2.5], [2, 3, 6, 2.5],
    ]  # fmt: skip


def test_views_say_what_is_known(shop: lk.Audit) -> None:
    assert visited_pages(shop)[:2] == [url("/post"), url("/")]
    words = visit_words(shop, url("/post"))
    assert words.startswith("200 visits began on /post (entrances of GA4).")
    assert "Likeliest way: /post → /x → /buy." in words
    assert next_pages_view(shop, url("/x"))["Goes on to"].tolist() == ["/buy", "/post"]
    assert dead_ends_view(shop).to_numpy().tolist() == [["/end", "80", ""]]
    ways = journeys_view(shop).set_index("Visits begin on")
    assert ways.loc["/post", "Likeliest way"] == "/x → /buy"
    flow = visitor_flow(shop, url("/x"))
    assert [label for label in flow.nodes["label"] if label.startswith(("post", "buy", "leave"))] == [
        "post  120",
        "buy  60",
        "post  20",
        "leave  40",
    ]


def test_a_picture_of_many_hostile_pages_is_bounded_and_runs_nothing(tmp_path: Path) -> None:
    audit = lk.run_audit(with_signals(build_small_site(), tmp_path))
    for page in (START, HOSTILE_URL):
        picture = visitor_flow(audit, page, each=4)
        assert len(picture.nodes) <= 12
        assert "By the reader model" in picture.title
        assert "<script>window.pwned" not in picture.html()
        assert 'onerror="window' not in picture.html()
    assert "window.pwned" not in visit_words(audit, HOSTILE_URL)


@pytest.mark.parametrize(
    "site",
    [
        {"pages": [{"path": "/", "crawled": False}]},
        {"pages": ["/"]},
        {"pages": [{"path": "/", "is_money_page": True, "sessions": 5}]},
        {"pages": ["/", "/a"], "links": ["/ -> /a"], "steps": ["-> /a 5"]},
        {"pages": ["/", "/a"], "steps": ["/ -> /a 5"], "complete": False},
    ],
    ids=["nothing crawled", "one page", "one page that earns", "entrances alone", "incomplete"],
)
def test_sites_of_which_little_is_known(site: dict[str, object]) -> None:
    audit = lk.run_audit(build(**site))  # type: ignore[arg-type]
    assert "error" not in set(audit.checks["state"])
    assert str(answer(audit, "navigation"))
    for chart in chapter_charts(audit, "navigation").values():
        assert chart.to_dict()["title"]
    start = audit.site.start_url
    assert visit_words(audit, start)
    assert visitor_flow(audit, start).html()
    journeys_view(audit)
    assert len(next_pages_view(audit, start)) <= 1


def test_another_damping_moves_the_reader_and_leaves_the_steps(shop: lk.Audit) -> None:
    tired = shop.with_model(shop.graph.model.replace(damping=0.5))
    assert of(tired).pages["money_chance"][0] < of(shop).pages["money_chance"][0]
    assert of(tired).steps.equals(of(shop).steps)


def test_bench_of_human_paths(tmp_path: Path) -> None:
    (tmp_path / "links.tsv").write_text("# links\n\nA\tB\nA\tC\nB\tC\nC\tA\nC\tB\n", "utf-8")
    lines = ["h\t1\t9\tA;B;<;C;B;C\tNULL"] * 40 + ["h\t1\t9\tC;A;X;B\tNULL"] * 10
    (tmp_path / "paths_finished.tsv").write_text("# paths\n" + "\n".join(lines) + "\n", "utf-8")
    ids, matrix, read = bench_reader.read(tmp_path)
    assert ids == {"A": 0, "B": 1, "C": 2}
    assert read[0] == [0, 1, -1, 0, 2, 1, 2]
    assert bench_reader.clicks(read[:1], matrix).tolist() == [[0, 1], [0, 2], [2, 1], [1, 2]]
    table, ways = bench_reader.measure(tmp_path)
    held = table.loc["uniform", "clicks"]
    # Clicks from A and C choose between two links, those from B have one; every whole path holds three of the first kind in four.
    assert 0 < held <= 200
    assert table.loc["uniform", "perplexity"] < 2
    assert table.loc["observed", "log_likelihood"] >= table.loc["uniform", "log_likelihood"]
    assert ways == {"ways": 0}
