"""Authority against a dense solve, the ledger's identity, and the corner cases by name."""

from collections import defaultdict

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import linkkit as lk
from linkkit.folding import Leak
from linkkit.graph import LinkGraph
from linkkit.linkmodel import LinkModel
from linkkit.metrics.authority import (
    LEAKS,
    LEDGER,
    Authority,
    Flow,
    authority_of,
    drained,
    entry_from,
    ledger_of,
    section_flow,
    section_ledgers,
)
from linkkit.metrics.concentration import gini, lorenz, top_share
from linkkit.metrics.hits import hits
from linkkit.metrics.journeys import carried, clicks_from_landing, section_journeys
from linkkit.metrics.leaks import OTHER_SITES, costliest_links, leaking_links
from linkkit.metrics.solver import solve
from tests.random_graphs import graph_of, link_graphs
from tests.site_factory import build, metric, paths

FEW = settings(max_examples=80, deadline=None)


def _dense(graph: LinkGraph) -> tuple[np.ndarray, np.ndarray]:
    """Moves and losses of each page, written down pair by pair."""
    count = len(graph)
    moves, lost = np.zeros((count, count)), np.zeros((count, len(LEAKS)))
    for page in range(count):
        if graph.fold[page] != page or graph.leak[page]:
            continue
        parts = {
            ("page", int(t)): w
            for s, t, w in zip(graph.source, graph.target, graph.weight, strict=True)
            if s == page
        }
        for row in graph.leaks.itertuples():
            if row.page_id == page:
                parts[("lost", row.cause)] = row.weight
        total = sum(parts.values())
        if not parts:
            cause = Leak.DEAD_END if graph.crawled[page] else Leak.NOT_CRAWLED
            lost[page, LEAKS.index(cause)] = 1.0
        for (kind, end), weight in parts.items():
            if kind == "lost":
                lost[page, LEAKS.index(end)] += weight / total
            elif graph.leak[end]:
                lost[page, LEAKS.index(graph.leak[end])] += weight / total
            else:
                moves[page, end] += weight / total
    return moves, lost


def _authority(graph: LinkGraph, domains: list[float], money: list[bool]) -> Authority:
    pages = pd.DataFrame({"referring_domains": domains, "backlinks": np.nan})
    return authority_of(graph, pages, np.array(money))


@st.composite
def _cases(draw: st.DrawFn) -> Authority:
    graph = draw(link_graphs())
    domains = draw(
        st.lists(st.sampled_from([0.0, 1.0, 7.0, 300.0]), min_size=len(graph), max_size=len(graph))
    )
    money = draw(st.lists(st.booleans(), min_size=len(graph), max_size=len(graph)))
    return _authority(graph, domains, money)


@FEW
@given(_cases())
def test_authority_equals_a_dense_solve(authority: Authority) -> None:
    graph, d = authority.graph, authority.flow.damping
    moves, lost = _dense(graph)
    assert np.abs(authority.flow.moves.toarray() - moves).max() < 1e-12
    assert np.abs(authority.flow.lost - lost).max() < 1e-12
    n = np.linalg.inv(np.eye(len(graph)) - d * moves)
    visits = authority.entry.shares @ n
    assert np.abs(authority.visits.values - visits).sum() < 1e-9
    assert np.abs(authority.visits.values - visits).sum() <= authority.visits.error + 1e-12
    assert np.abs(authority.settled - (1 - d) * visits).sum() < 1e-9
    exact = (1 - d) * n @ authority.money
    assert np.abs(authority.yields.values - exact).max() < 1e-9
    assert authority.captured == pytest.approx(authority.entry.shares @ exact, abs=1e-9)


@FEW
@given(_cases())
def test_the_ledger_holds_everything_that_enters(authority: Authority) -> None:
    assert authority.ledger.index.tolist() == list(LEDGER)
    assert authority.ledger.sum() == pytest.approx(1.0, abs=1e-9)
    assert (authority.ledger >= 0).all()
    assert authority.ledger["money_pages"] == pytest.approx(authority.captured, abs=1e-12)
    landing = authority.landing_ledgers
    assert np.abs(landing.sum(axis=1) - 1).max() < 1e-9
    assert np.abs(landing[list(LEAKS)].sum(axis=1) - authority.landing_lost).max() < 1e-9
    entered = authority.entry.shares + authority.entry.lost
    assert np.abs(entered @ landing.to_numpy() - authority.ledger.to_numpy()).max() < 1e-9
    if authority.money.any():
        assert np.abs(landing["money_pages"] - authority.landing_yield).max() < 1e-9
    sections = pd.Series([f"/{page % 3}/" for page in range(len(authority.graph))])
    by_section = section_ledgers(authority, sections)
    assert np.abs(by_section[list(LEDGER)].sum(axis=1) - 1).max() < 1e-9 if len(by_section) else True
    assert by_section["entry_share"].sum() == pytest.approx(1.0)
    for row in by_section[~by_section["is_assumed"]].to_dict("records"):
        own = ledger_of(authority, np.flatnonzero(sections == row["section"]))
        assert np.abs(own - pd.Series(row)[list(LEDGER)].astype(float)).max() < 1e-12
    bare = np.flatnonzero(entered == 0)
    if len(bare):
        assert np.abs(ledger_of(authority, bare) - landing.loc[bare].mean()).max() < 1e-12
    everything = ledger_of(authority, range(len(authority.graph)))
    assert np.abs(everything - authority.ledger).max() < 1e-9


@FEW
@given(_cases())
def test_what_a_page_drains_is_the_first_order_of_taking_its_links_out(authority: Authority) -> None:
    graph, d = authority.graph, authority.flow.damping
    moves, _ = _dense(graph)
    found = drained(authority)
    y, visits = authority.yields.values, authority.visits.values
    for page in range(len(graph)):
        change = 0.0
        for source in np.flatnonzero(moves[:, page]):
            share = moves[source, page]
            rest = moves[source].copy()
            rest[page] = 0.0
            rest = rest / (1 - share) if share < 1 - 1e-12 else rest * 0
            change += d * visits[source] * ((rest - moves[source]) @ y)
        assert found[page] == pytest.approx(change if authority.money.any() else 0.0, abs=1e-9)


@pytest.mark.parametrize("weight", [0.1, 3.0, 49.0, 103.0])
def test_a_pages_only_link_drains_nothing_whatever_it_weighs(weight: float) -> None:
    # 49 * (1 / 49) is a little less than 1.
    graph = graph_of([(0, 1)], [True, True], weights={(0, 1): weight})
    signals = pd.DataFrame({"referring_domains": [1.0, 0.0], "backlinks": [np.nan, np.nan]})
    authority = authority_of(graph, signals, [False, True])
    assert drained(authority) == pytest.approx([0.0, -authority.captured], abs=1e-12)


def test_many_sections_take_no_table_of_all_their_pairs() -> None:
    count = 60_000
    graph = graph_of([(page, page + 1) for page in range(count - 1)], [True] * count)
    signals = pd.DataFrame({"referring_domains": np.ones(count), "backlinks": np.nan})
    authority = authority_of(graph, signals, np.arange(count) == count - 1)
    sections = pd.Series([f"/{page}/" for page in range(count)])
    assert len(section_flow(authority, sections)) == count - 1
    assert section_ledgers(authority, sections)[list(LEDGER)].sum(axis=1).to_numpy() == pytest.approx(1.0)


@FEW
@given(_cases())
def test_section_flow_adds_up_to_what_moves(authority: Authority) -> None:
    sections = pd.Series([f"/{-page % 3}/" for page in range(len(authority.graph))])
    moved = authority.flow.damping * authority.visits.values @ authority.flow.moves.toarray()
    table = section_flow(authority, sections)
    pairs = [*zip(table["from_section"], table["to_section"], strict=True)]
    assert pairs == sorted(set(pairs))
    assert table["share"].sum() == pytest.approx(moved.sum(), abs=1e-12)
    into = table.groupby("to_section")["share"].sum()
    expected = pd.Series(moved).groupby(sections).sum()
    assert np.abs(into.reindex(expected.index, fill_value=0.0) - expected).max() < 1e-12


@settings(max_examples=40, deadline=None)
@given(_cases())
def test_journeys_are_those_of_a_dense_solve(authority: Authority) -> None:
    """Every way from a page where authority lands to one where it rests, and to every leak, summed pair by pair."""
    graph, d, entry = authority.graph, authority.flow.damping, authority.entry
    moves, lost = _dense(graph)
    passes = entry.shares[:, None] * np.linalg.inv(np.eye(len(graph)) - d * moves)
    expected: dict[tuple[str, str, str], float] = defaultdict(float)
    names = [f"/{page % 3}/" for page in range(len(graph))]
    for landing, rest in np.ndindex(passes.shape):
        kind = LEDGER[0 if authority.money[rest] else 1 if graph.indexable[rest] else 2]
        expected[names[landing], names[rest], kind] += (1 - d) * passes[landing, rest]
        for cause, share in zip(LEAKS, lost[rest], strict=True):
            expected[names[landing], names[rest], cause] += d * passes[landing, rest] * share
    for page in np.flatnonzero(entry.lost):
        expected[names[page], names[page], graph.leak[page]] += entry.lost[page]
    found = section_journeys(authority, pd.Series(names))
    assert (found["share"] > 0).all()
    assert found["from_section"].is_monotonic_increasing
    shares = found.set_index(["from_section", "to_section", "outcome"])["share"].to_dict()
    assert shares == pytest.approx({way: share for way, share in expected.items() if share}, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(_cases(), st.integers(0, 11))
def test_clicks_from_a_landing_are_powers_of_the_moves(authority: Authority, place: int) -> None:
    graph, d = authority.graph, authority.flow.damping
    moves, lost = _dense(graph)
    page = place % len(graph)
    steps = clicks_from_landing(authority, page, clicks=2)
    assert len(steps) == 3
    for click, step in enumerate(steps):
        arrived = d**click * np.linalg.matrix_power(moves, click)[page]
        assert np.abs(step.arrives - arrived).max() < 1e-12
        before = steps[click - 1].arrives if click else np.zeros(len(graph))
        assert step.lost == pytest.approx(d * (before @ lost).sum())
        for source in range(len(graph)):
            targets, share = carried(authority, step, source)
            assert set(np.flatnonzero(moves[source])) <= set(targets.tolist())
            assert share == pytest.approx(d * arrived[source] * moves[source][targets])


@FEW
@given(link_graphs(), st.integers(0, 1000))
def test_numbers_do_not_depend_on_page_ids(graph: LinkGraph, seed: int) -> None:
    count = len(graph)
    order = np.random.default_rng(seed).permutation(count)
    place = np.argsort(order)
    renumbered = graph_of(
        [(int(place[s]), int(place[t])) for s, t in zip(graph.source, graph.target, strict=True)],
        graph.indexable[order].tolist(),
        fold=[-1 if graph.fold[p] < 0 else int(place[graph.fold[p]]) for p in order],
        leak=graph.leak[order].tolist(),
        leaks=[(int(place[row.page_id]), row.cause, row.weight) for row in graph.leaks.itertuples()],
        crawled=graph.crawled[order].tolist(),
        weights={
            (int(place[s]), int(place[t])): w
            for s, t, w in zip(graph.source, graph.target, graph.weight, strict=True)
        },
        model=graph.model,
        start=int(place[graph.start]),
    )
    domains = np.arange(count, dtype=float)
    money = np.arange(count) % 2 == 0
    one = _authority(graph, domains.tolist(), money.tolist())
    other = _authority(renumbered, domains[order].tolist(), money[order].tolist())
    assert np.abs(one.settled[order] - other.settled).sum() < 1e-9
    assert np.abs(one.ledger - other.ledger).max() < 1e-9


@pytest.mark.parametrize("damping", [0.5, 0.85, 0.95])
@pytest.mark.parametrize("kind", ["hubs", "chain", "ring"])
def test_the_error_bound_holds_and_a_warm_start_is_as_exact(damping: float, kind: str) -> None:
    count, rng = 400, np.random.default_rng(3)
    if kind == "hubs":
        edges = [(s, int(t)) for s in range(count) for t in (rng.pareto(1.1, 8) * 5).astype(int) % count]
    else:
        edges = [(s, s + 1) for s in range(count - 1)] + ([(count - 1, 0)] if kind == "ring" else [])
    graph = graph_of(edges, [True] * count, model=LinkModel(damping=damping))
    flow = Flow.from_graph(graph)
    entry = np.zeros(count)
    entry[:5] = 0.2
    exact = np.linalg.solve(np.eye(count) - damping * flow.moves.toarray().T, entry)
    cold = flow.visits(entry)
    assert np.abs(cold.values - exact).sum() <= cold.error + 1e-13
    assert cold.error <= 1e-12
    warm = flow.visits(entry, start=exact + 1e-6)
    assert np.abs(warm.values - exact).sum() <= 2e-12
    rough = flow.visits(entry, tolerance=1e-4)
    assert np.abs(rough.values - exact).sum() <= 1e-4
    assert rough.products < cold.products


def test_a_step_that_breaks_down_is_not_taken() -> None:
    # BiCGSTAB divides by zero on a pure shift; the walk alone must get there.
    count = 50
    graph = graph_of([(p, p + 1) for p in range(count - 1)], [True] * count, model=LinkModel(damping=0.95))
    entry = np.zeros(count)
    entry[0] = 1.0
    found = solve(Flow.from_graph(graph).moves.T, entry, 0.95, norm="sum")
    assert np.abs(found.values - 0.95 ** np.arange(count)).sum() < 1e-12


class _Counted:
    """A matrix that counts its products."""

    def __init__(self, matrix: object) -> None:
        self.matrix, self.products = matrix, 0

    def __matmul__(self, vector: np.ndarray) -> np.ndarray:
        self.products += 1
        return self.matrix @ vector  # type: ignore[no-any-return, operator]


@pytest.mark.parametrize("tolerance", [1e-12, 1e-300])
def test_products_are_counted_and_rounding_ends_the_walk(tolerance: float) -> None:
    rng = np.random.default_rng(3)
    edges = [(s, int(t)) for s in range(400) for t in (rng.pareto(1.1, 8) * 5).astype(int) % 400]
    counted = _Counted(Flow.from_graph(graph_of(edges, [True] * 400)).moves.T)
    entry = np.full(400, 1 / 400)
    found = solve(counted, entry, 0.85, norm="sum", tolerance=tolerance)  # type: ignore[arg-type]
    assert found.products == counted.products < 200
    exact = np.linalg.solve(np.eye(400) - 0.85 * counted.matrix.toarray(), entry)  # type: ignore[attr-defined]
    assert np.abs(found.values - exact).sum() < 1e-12


def test_a_walk_that_rounding_leads_in_a_circle_ends() -> None:
    """From here three guesses follow one another for ever, none of them exact."""
    rng = np.random.default_rng(3)
    edges = [(page, int(target)) for page in range(10) for target in rng.integers(0, 10, 3)]
    matrix, constant = Flow.from_graph(graph_of(edges, [True] * 10)).moves.T, rng.random(10)
    exact = np.linalg.solve(np.eye(10) - 0.999 * matrix.toarray(), constant)
    found = solve(matrix, constant, 0.999, norm="sum", tolerance=1e-300, start=exact)
    assert found.products < 1000
    assert found.values == pytest.approx(exact, rel=1e-9)


# Corner cases, each defined


def _small(pages: list, links: list, **model: object) -> lk.Audit:  # type: ignore[type-arg]
    return lk.run_audit(build(pages, links), model=LinkModel(**model))  # type: ignore[arg-type]


def test_a_site_of_one_page_keeps_what_settles_and_loses_the_rest() -> None:
    audit = _small([{"path": "/", "is_money_page": True, "referring_domains": 3}], [])
    assert audit.ledger["money_pages"] == pytest.approx(0.15)
    assert audit.ledger["dead_end"] == pytest.approx(0.85)
    assert metric(audit.metrics, "landing_yield") == {"/": pytest.approx(0.15)}


def test_a_link_to_itself_is_none() -> None:
    audit = _small(["/"], ["/ -> /"])
    assert audit.ledger["dead_end"] == pytest.approx(0.85)


def test_without_backlinks_the_start_page_is_where_authority_enters() -> None:
    audit = _small(["/", "/a", "/b"], ["/ -> /a", "/b -> /a"])
    assert audit.authority.entry.basis == "start page"
    assert metric(audit.metrics, "entry_share") == {"/": 1.0, "/a": 0.0, "/b": 0.0}
    assert metric(audit.metrics, "authority")["/b"] == 0.0
    assert metric(audit.metrics, "landing_yield") == {"/": None, "/a": None, "/b": None}


def test_backlinks_stand_in_for_referring_domains() -> None:
    audit = _small(["/", {"path": "/a", "backlinks": 8}], ["/ -> /a"])
    assert (audit.authority.entry.basis, metric(audit.metrics, "entry_share")["/a"]) == ("backlinks", 1.0)
    one = _small(
        ["/", {"path": "/a", "backlinks": 8}, {"path": "/b", "referring_domains": 1}], []
    ).authority.entry
    assert (one.basis, one.shares.tolist()) == ("referring domains", [0.0, 0.0, 1.0])


def test_log_and_additive_entry() -> None:
    pages = [{"path": "/", "referring_domains": 1}, {"path": "/a", "referring_domains": 3}]
    log = metric(_small(pages, []).metrics, "entry_share")
    assert log == {"/": pytest.approx(1 / 3), "/a": pytest.approx(2 / 3)}
    additive = metric(_small(pages, [], entry="additive").metrics, "entry_share")
    assert additive == {"/": pytest.approx(0.25), "/a": pytest.approx(0.75)}


def test_a_backlink_to_a_redirect_lands_where_it_ends_and_one_to_a_dead_url_is_lost() -> None:
    audit = _small(
        [
            "/",
            {"path": "/a", "referring_domains": 1},
            {"path": "/r", "status": 301, "redirect_to": "/a", "referring_domains": 2},
            {"path": "/gone", "status": 404, "referring_domains": 3},
            {"path": "/off", "canonical": "https://other.example/", "referring_domains": 3},
        ],
        ["/ -> /a", "/ -> /off", "/off -> /a"],
    )
    shares = metric(audit.metrics, "entry_share")
    assert shares == {"/": 0, "/a": pytest.approx(1 / 3), "/r": 0, "/gone": 0, "/off": 0}
    lost = metric(audit.metrics, "entry_lost")
    assert (lost["/gone"], lost["/off"]) == (pytest.approx(1 / 3), pytest.approx(1 / 3))
    assert audit.ledger[["broken", "off_site_canonical"]].tolist() == [pytest.approx(1 / 3)] * 2
    landing = audit.authority.landing_ledgers
    assert landing.loc[2].tolist() == landing.loc[1].tolist()
    assert landing.loc[3, "broken"] == 1.0


def test_a_money_page_that_backlinks_land_on() -> None:
    audit = _small([{"path": "/", "is_money_page": True}, "/a"], ["/ -> /a", "/a -> /"])
    # 1 - d settles at each visit: 0.15 / (1 - 0.85^2)
    assert audit.authority.captured == pytest.approx(0.15 / (1 - 0.85**2))


def test_a_money_page_that_cannot_be_indexed_earns_nothing() -> None:
    audit = _small(
        [{"path": "/", "is_money_page": True, "robots": ["noindex"]}, {"path": "/a", "is_money_page": True}],
        ["/ -> /a"],
    )
    assert audit.ledger["non_indexable"] == pytest.approx(0.15)
    assert audit.ledger["money_pages"] == pytest.approx(0.85 * 0.15)
    # Nor is it one that other pages should lead to.
    assert metric(audit.metrics, "clicks_to_money") == {"/": 1, "/a": 0}


def test_no_landing_page_has_no_ledger() -> None:
    audit = lk.run_audit(build(["/"], []))
    with pytest.raises(lk.SettingsError, match="at least one page id"):
        ledger_of(audit.authority, [])


def test_a_start_page_that_nothing_joins_to_the_rest() -> None:
    audit = _small(["/", {"path": "/a", "is_money_page": True}, "/b"], ["/a -> /b", "/b -> /a"])
    assert audit.authority.captured == 0.0
    assert audit.ledger["dead_end"] == pytest.approx(0.85)
    assert metric(audit.metrics, "landing_yield")["/b"] > 0.3


def test_a_start_page_that_answers_with_an_error_loses_everything() -> None:
    audit = _small([{"path": "/", "status": 500}, "/a"], ["/ -> /a"])
    assert audit.ledger["broken"] == 1.0


@pytest.mark.parametrize(
    ("mode", "cause", "kept"),
    [("evaporate", "nofollow", 0.0), ("drop", "dead_end", 0.0), ("keep", "dead_end", 0.85)],
)
def test_a_site_of_nofollow_links(mode: str, cause: str, kept: float) -> None:
    links = [{"source": "/", "target": "/a", "nofollow": True}]
    audit = _small(["/", "/a"], links, nofollow=mode)
    assert metric(audit.metrics, "authority")["/a"] == pytest.approx(kept * 0.15)
    assert audit.ledger[cause] == pytest.approx(0.85 * (kept or 1))
    robots = _small([{"path": "/", "robots": ["nofollow"]}, "/a"], ["/ -> /a"], nofollow=mode)
    assert robots.ledger.tolist() == audit.ledger.tolist()


def test_links_to_other_sites_take_their_share_or_none() -> None:
    links = [
        "/ -> /a",
        {"source": "/", "target": "https://one.example/", "times": 3},
        "/ -> https://two.example/",
    ]
    assert _small(["/", "/a"], links).ledger["external"] == pytest.approx(0.85 * 2 / 3)
    assert _small(["/", "/a"], links, duplicates="sum").ledger["external"] == pytest.approx(0.85 * 4 / 5)
    assert _small(["/", "/a"], links, external="ignore").ledger["external"] == 0.0


def test_several_links_to_one_page_are_one_or_each_counts() -> None:
    links = [{"source": "/", "target": "/a", "times": 3}, "/ -> /b"]
    once = metric(_small(["/", "/a", "/b"], links).metrics, "authority")
    each = metric(_small(["/", "/a", "/b"], links, duplicates="sum").metrics, "authority")
    assert once["/a"] == pytest.approx(once["/b"])
    assert each["/a"] == pytest.approx(3 * each["/b"])


def test_canonicals_fold_or_do_not() -> None:
    pages = ["/", "/a", {"path": "/copy", "canonical": "/a", "referring_domains": 1}]
    assert metric(_small(pages, []).metrics, "entry_share")["/a"] == 1.0
    kept = _small(pages, [], canonicals="keep")
    assert metric(kept.metrics, "entry_share")["/copy"] == 1.0
    assert kept.ledger["non_indexable"] == pytest.approx(0.15)


def test_links_that_leak_and_what_each_costs() -> None:
    """Shares counted by hand; dearest first, then by address. What a redirect leads to is known by its own address alone."""
    site = build(
        ["/", {"path": "/a", "referring_domains": 1}, {"path": "/b", "referring_domains": 1}, "/far",
         {"path": "/gone", "status": 404}, {"path": "/lost", "status": 404}, {"path": "/copy", "canonical": "https://other.example/x"},
         {"path": "/to-copy", "status": 301, "redirect_to": "/copy"}, {"path": "/a?x", "canonical": "/a"}, "/m"],
        ["/a -> /", "/a -> /gone", {"source": "/a", "target": "/lost", "position": "footer", "times": 2}, "/a -> https://other.example/",
         {"source": "/a", "target": "/far", "nofollow": True}, "/b -> /to-copy", "/b -> /a", "/b -> /gone", "/ -> /copy", "/ -> /copy",
         "/ -> /a", "/far -> /gone", {"source": "/m", "target": "/", "nofollow": True}, "/m -> /gone",
         {"source": "/m", "target": "/gone", "nofollow": True}],
    )  # fmt: skip
    graph = LinkGraph.from_site(site)

    def rows(table: pd.DataFrame, *more: str) -> list[tuple[object, ...]]:
        assert table.index.equals(pd.RangeIndex(len(table)))
        columns = [*more, "target", "position", "links", "cause", "share"]
        assert {*table} - {"lost"} == {*columns, "anchor"}
        named = table.assign(target=paths(table["target"]), position=table["position"].fillna("?"))
        return [*named[columns].itertuples(index=False, name=None)]

    of_a = [
        ("/far", "content", 1, "nofollow", pytest.approx(1 / 4.1)),
        ("/gone", "content", 1, "broken", pytest.approx(1 / 4.1)),
        (OTHER_SITES, "content", 1, "external", pytest.approx(1 / 4.1)),
        ("/lost", "footer", 2, "broken", pytest.approx(0.1 / 4.1)),
    ]
    of_b = [
        ("/copy", "?", 1, "off_site_canonical", pytest.approx(1 / 3)),
        ("/gone", "content", 1, "broken", pytest.approx(1 / 3)),
    ]
    of_start = ("/copy", "content", 2, "off_site_canonical", pytest.approx(0.5))
    assert rows(leaking_links(site, graph, 1)) == rows(leaking_links(site, graph, 8)) == of_a
    assert rows(leaking_links(site, graph, 1, limit=2)) == of_a[:2]
    assert rows(leaking_links(site, graph, 2)) == of_b
    assert rows(leaking_links(site, graph, 0)) == [of_start]
    assert rows(leaking_links(site, graph, 9)) == [
        (target, "content", 1, cause, pytest.approx(1 / 3))
        for target, cause in (("/", "nofollow"), ("/gone", "broken"), ("/gone", "nofollow"))
    ]
    authority = authority_of(graph, site.pages, [False] * len(graph))
    # Nothing passes /far, whatever it loses.
    costs = costliest_links(site, authority)
    assert rows(costs, "page_id") == [(page, *row) for page, row in [
        *((1, row) for row in of_a[:3]), *((2, row) for row in of_b), (0, of_start), (1, of_a[3]),
    ]]  # fmt: skip
    assert costs["lost"].tolist() == pytest.approx(
        costs["share"] * 0.85 * authority.visits.values[costs["page_id"]]
    )
    assert rows(costliest_links(site, authority, pages=1, limit=3), "page_id") == [
        (1, *row) for row in of_a[:3]
    ]
    pages = [{"path": f"/{name}", "referring_domains": 1} for name in "pq"]
    twins = build(["/", *pages, {"path": "/gone", "status": 404}], ["/q -> /gone", "/p -> /gone"])
    authority = authority_of(LinkGraph.from_site(twins), twins.pages, [False] * 4)
    alike = costliest_links(twins, authority)
    assert (alike["page_id"].tolist(), alike["lost"].tolist()) == ([1, 2], [0.425, 0.425])


def test_a_page_nobody_requested_is_not_called_a_dead_end() -> None:
    audit = _small(["/", {"path": "/u", "crawled": False}], ["/ -> /u"])
    assert audit.ledger["not_crawled"] == pytest.approx(0.85 * 0.85)
    assert metric(audit.metrics, "leak_cause") == {"/": "", "/u": "not_crawled"}


def test_an_empty_graph() -> None:
    graph = graph_of([], [])
    authority = _authority(graph, [], [])
    assert authority.ledger.tolist() == [0.0] * len(LEDGER)
    assert drained(authority).tolist() == []
    assert len(authority.landing_ledgers) == 0


def test_entry_of_given_domains() -> None:
    graph = graph_of([(0, 1)], [True, True], model=LinkModel(entry="additive"))
    assert entry_from(graph, np.array([1.0, 3.0])).shares.tolist() == [0.25, 0.75]
    assert entry_from(graph, np.zeros(2)).shares.tolist() == [0.0, 0.0]


# Clicks, concentration, hubs


def test_observed_clicks_move_weight_to_the_links_people_take() -> None:
    site = build(["/", "/a", "/b"], ["/ -> /a", "/ -> /b"])
    plain = LinkGraph.from_site(site, weights="observed_clicks")
    assert plain.weight.tolist() == [1.0, 1.0]
    import pyarrow as pa

    from linkkit.schema import TRANSITIONS

    steps = pa.table(
        {"source_id": [0, 0, 1], "target_id": [1, 2, 0], "transitions": [60.0, 20.0, 9.0]}, schema=TRANSITIONS
    )
    clicked = LinkGraph.from_site(site.with_pages(site.pages, transitions=steps), weights="observed_clicks")
    # (steps x 2 + 20 x 1) / (80 + 20); a step along no link counts for nothing.
    assert clicked.weight.tolist() == [pytest.approx(1.4), pytest.approx(0.6)]


def test_concentration() -> None:
    assert gini([2, 2, 2]) == pytest.approx(0.0)
    assert gini([0, 0, 3]) == pytest.approx(2 / 3)
    assert np.isnan(gini([0, 0]))
    values = np.array([5.0, 3.0, 1.0, 1.0])
    assert lorenz(values)["share"].tolist() == [0.0, 0.5, 0.8, 0.9, 1.0]
    assert len(lorenz(np.random.default_rng(0).random(5000), points=50)) == 51
    assert lorenz([0.0]).empty
    assert (top_share(values, 0.25), top_share(values, 0.01)) == (0.5, 0.5)
    # One page holds all; shares that add up to one are values like any other; rounding never gives more than everything.
    assert (gini([3.0]), lorenz([3.0])["share"].tolist(), top_share([3.0], 0.5)) == (0.0, [0.0, 1.0], 1.0)
    assert (gini([]), top_share([], 0.5)) == (pytest.approx(np.nan, nan_ok=True),) * 2
    assert top_share([0.6, 0.2], 0.5) == pytest.approx(0.75)
    assert lorenz([1.9, 1.9, 1.6, 1.5, 1.0, 0.9, 0.3, 0.1])["share"].max() == 1.0


@FEW
@given(st.lists(st.floats(0, 100), min_size=1, max_size=30))
def test_gini_is_the_mean_difference(values: list[float]) -> None:
    assume(sum(values) > 1e-3)
    x = np.array(values)
    expected = np.abs(x[:, None] - x).mean() / (2 * x.mean())
    assert gini(values) == pytest.approx(expected, abs=1e-9)


def test_hits_equals_networkx() -> None:
    rng = np.random.default_rng(5)
    edges = [(int(s), int(t)) for s, t in rng.integers(0, 40, (300, 2))]
    graph = graph_of(edges, [True] * 40)
    content = nx.DiGraph()
    content.add_nodes_from(range(40))
    content.add_edges_from(
        (int(s), int(t)) for s, t, c in zip(graph.source, graph.target, graph.is_content, strict=True) if c
    )
    theirs = nx.hits(content, tol=1e-12, max_iter=1000)
    for mine, other in zip(hits(graph), theirs, strict=True):
        assert np.abs(mine - np.array([other[page] for page in range(40)])).max() < 1e-8
    assert hits(graph_of([], [True] * 3))[0].tolist() == [0.0] * 3
    assert [each.tolist() for each in hits(graph_of([(0, 1)], [True] * 2))] == [[1.0, 0.0], [0.0, 1.0]]


# The model


def test_the_model_names_every_fault() -> None:
    with pytest.raises(
        lk.SettingsError, match=r"damping = 1: must lie(.|\n)*nofollow = 'no': one of evaporate, drop, keep"
    ):
        LinkModel(damping=1, nofollow="no")  # type: ignore[arg-type]
    with pytest.raises(lk.SettingsError, match=r"weights = \['uniform'\]: one of reasonable_surfer"):
        LinkModel.from_mapping({"weights": ["uniform"]})
    with pytest.raises(
        lk.SettingsError, match="unknown setting of the link model dampening; known are weights, damping"
    ):
        LinkModel().replace(dampening=0.5)
    assert LinkModel.from_mapping({"damping": 0.7}).non_default() == {"damping": (0.7, 0.85)}
    assert paths([]) == []
