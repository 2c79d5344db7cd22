"""Page metrics against oracles that others wrote, and against counting by hand."""

from collections import defaultdict
from itertools import pairwise

import igraph
import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from linkkit.graph import LinkGraph
from linkkit.metrics import agreement, compute_metrics
from linkkit.metrics.depth import clicks_from, path_to
from linkkit.metrics.importance import importance
from linkkit.metrics.links import crawler_counts, link_share
from linkkit.metrics.pagerank import pagerank
from linkkit.schema import OrphanState
from linkkit.site import Site
from tests.random_graphs import graph_of
from tests.site_factory import ORIGIN, build, metric, paths


def _matrix(edges: list[tuple[int, int]], pages: int) -> csr_array:
    unique = sorted(set(edges))
    ends = ([source for source, _ in unique], [target for _, target in unique])
    return csr_array((np.ones(len(unique)), ends), shape=(pages, pages))


_SIZE = 12
_EDGES = st.lists(st.tuples(st.integers(0, _SIZE - 1), st.integers(0, _SIZE - 1)), max_size=50)
_INDEXABLE = st.lists(st.booleans(), min_size=_SIZE, max_size=_SIZE)


@settings(max_examples=60, deadline=None)
@given(_EDGES, _INDEXABLE, st.sampled_from([0.5, 0.85, 0.95]))
def test_pagerank_equals_networkx(
    edges: list[tuple[int, int]], indexable: list[bool], damping: float
) -> None:
    graph = graph_of(edges, indexable)
    ours = pagerank(graph, damping=damping)
    if not any(indexable):
        assert ours.tolist() == [0.0] * _SIZE
        return
    paid = {page: float(flag) for page, flag in enumerate(indexable)}
    theirs = nx.pagerank(
        graph.to_networkx(),
        alpha=damping,
        personalization=paid,
        dangling=paid,
        weight=None,
        tol=1e-14,
        max_iter=5000,
    )
    assert ours.sum() == pytest.approx(1, abs=1e-12)
    assert np.abs(ours - [theirs[page] for page in range(_SIZE)]).sum() < 1e-9


@settings(max_examples=60, deadline=None)
@given(_EDGES, st.booleans())
def test_pagerank_equals_igraph(edges: list[tuple[int, int]], dangling: bool) -> None:
    # igraph spreads dangling pages by the reset vector with prpack: here over all pages, all of them indexable.
    every = edges if dangling else edges + [(page, (page + 1) % _SIZE) for page in range(_SIZE)]
    graph = graph_of(every, [True] * _SIZE)
    view = igraph.Graph(
        n=_SIZE, edges=list(zip(graph.source.tolist(), graph.target.tolist(), strict=True)), directed=True
    )
    theirs = view.personalized_pagerank(damping=0.85, reset=[1] * _SIZE, implementation="prpack")
    assert np.abs(pagerank(graph) - theirs).sum() < 1e-9


@settings(max_examples=40, deadline=None)
@given(_EDGES, _INDEXABLE)
def test_pagerank_equals_igraph_with_a_reset_vector(
    edges: list[tuple[int, int]], indexable: list[bool]
) -> None:
    # Without dangling pages nothing depends on where their rank goes; the reset vector is then all there is.
    if not any(indexable):
        return
    graph = graph_of(edges + [(page, (page + 1) % _SIZE) for page in range(_SIZE)], indexable)
    view = igraph.Graph(
        n=_SIZE, edges=list(zip(graph.source.tolist(), graph.target.tolist(), strict=True)), directed=True
    )
    theirs = view.personalized_pagerank(
        damping=0.85, reset=[int(each) for each in indexable], implementation="prpack"
    )
    assert np.abs(pagerank(graph) - theirs).sum() < 1e-9


def test_pagerank_ends_where_rounding_keeps_it_from_its_tolerance() -> None:
    """A start page with 20,000 pages below it, each of which links back: the exact rank is known."""
    leaves = 20_000
    edges = [(0, leaf) for leaf in range(1, leaves + 1)] + [(leaf, 0) for leaf in range(1, leaves + 1)]
    rank = pagerank(graph_of(edges, [True] * (leaves + 1)))
    entry = 0.15 / (leaves + 1)
    start = entry * (1 + 0.85 * leaves) / (1 - 0.85**2)
    assert rank[0] == pytest.approx(start, abs=1e-11)
    assert rank[1:] == pytest.approx(entry + 0.85 * start / leaves, abs=1e-14)


@pytest.mark.parametrize("tolerance", [1e-2, 1e-4, 1e-6])
def test_pagerank_stops_as_soon_as_it_is_near_enough(tolerance: float) -> None:
    """Two halves with one link to and fro between them: what one lacks comes over as slowly as the damping lets it."""
    halves = [range(12), range(12, 24)]
    inside = [(source, target) for half in halves for source in half for target in half]
    graph = graph_of([(0, 12), (12, 0), *inside], [page < 12 for page in range(24)])
    paid = {page: float(page < 12) for page in range(24)}
    exact = nx.pagerank(
        graph.to_networkx(), alpha=0.85, personalization=paid, weight=None, tol=1e-15, max_iter=1000
    )
    error = np.abs(pagerank(graph, tolerance=tolerance) - [exact[page] for page in range(24)]).sum()
    assert 0.75 * tolerance <= error < tolerance


def test_shares_leave_the_graph_as_it_is() -> None:
    graph = graph_of([(0, 1), (0, 2), (1, 2)], [True] * 3, weights={(0, 1): 2.0, (0, 2): 6.0, (1, 2): 0.1})
    assert link_share(graph) == pytest.approx([0.0, 0.125, 0.875])
    pagerank(graph)
    assert graph.followed.data.tolist() == [2.0, 6.0, 0.1]


@settings(max_examples=80, deadline=None)
@given(_EDGES, st.integers(0, _SIZE - 1))
def test_depth_equals_networkx(edges: list[tuple[int, int]], start: int) -> None:
    depth = clicks_from(_matrix(edges, _SIZE), [start])
    view = nx.DiGraph(edges)
    view.add_nodes_from(range(_SIZE))
    theirs = nx.single_source_shortest_path_length(view, start)
    assert {page: clicks for page, clicks in enumerate(depth.tolist()) if not np.isnan(clicks)} == theirs


@settings(max_examples=60, deadline=None)
@given(_EDGES, st.tuples(st.integers(0, _SIZE - 1), st.integers(0, _SIZE - 1)))
def test_a_new_link_never_makes_a_page_deeper(edges: list[tuple[int, int]], new: tuple[int, int]) -> None:
    before = np.nan_to_num(clicks_from(_matrix(edges, _SIZE), [0]), nan=np.inf)
    after = np.nan_to_num(clicks_from(_matrix([*edges, new], _SIZE), [0]), nan=np.inf)
    assert (after <= before).all()


@settings(max_examples=60, deadline=None)
@given(_EDGES)
def test_path_to(edges: list[tuple[int, int]]) -> None:
    links = _matrix(edges, _SIZE)
    depth = clicks_from(links, [0])
    for page in range(_SIZE):
        path = path_to(links, depth, page)
        if np.isnan(depth[page]):
            assert path == []
            continue
        assert (path[0], path[-1], len(path)) == (0, page, depth[page] + 1)
        assert set(pairwise(path)) <= set(edges)


def test_path_to_prefers_the_lowest_page() -> None:
    links = _matrix([(0, 2), (0, 1), (2, 3), (1, 3)], 4)
    assert path_to(links, clicks_from(links, [0]), 3) == [0, 1, 3]


def test_clicks_from_several_starts_and_none() -> None:
    links = _matrix([(0, 1), (1, 2), (3, 2)], 4)
    assert clicks_from(links, [0, 3]).tolist() == [0, 1, 1, 0]
    assert np.isnan(clicks_from(links, [])).all()


@settings(max_examples=60, deadline=None)
@given(_EDGES, _INDEXABLE)
def test_link_share_sums_to_one(edges: list[tuple[int, int]], indexable: list[bool]) -> None:
    graph = graph_of(edges, indexable)
    shares = link_share(graph)
    assert shares.min() >= 0
    assert shares.sum() == pytest.approx(1 if graph.source.size else 0, abs=1e-12)


def test_link_share_by_hand() -> None:
    site = build(
        ["/", "/a", "/b"], ["/ -> /a", {"source": "/", "target": "/b", "position": "footer"}, "/a -> /b"]
    )
    shares = dict(zip("/ /a /b".split(), link_share(LinkGraph.from_site(site)), strict=True))
    assert shares == pytest.approx({"/": 0, "/a": 1 / 1.1 / 2, "/b": (0.1 / 1.1 + 1) / 2})


_OCCURRENCES = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 5), st.sampled_from(["content", "header"]), st.booleans()),
    max_size=30,
)


@settings(max_examples=6, deadline=None)
@given(_OCCURRENCES)
def test_link_counts_equal_counting(links: list[tuple[int, int, str, bool]]) -> None:
    names = [f"/p{page}" for page in range(6)]
    site = build(
        names,
        [
            {"source": names[source], "target": names[target], "position": position, "nofollow": nofollow}
            for source, target, position, nofollow in links
        ],
        start="/p0",
    )
    counts = crawler_counts(site)
    m = compute_metrics(site, LinkGraph.from_site(site))
    for page in range(6):
        into = [link for link in links if link[1] == page]
        out = [link for link in links if link[0] == page]
        others = [link for link in into if link[0] != page]
        followed = {link[0] for link in others if not link[3]}
        in_content = {link[0] for link in others if not link[3] and link[2] == "content"}
        found = counts.loc[page]
        assert (found["inlinks"], found["unique_inlinks"]) == (len(into), len({link[0] for link in into}))
        assert (found["outlinks"], found["unique_outlinks"]) == (len(out), len({link[1] for link in out}))
        assert found["linked_from_others"] == len({link[0] for link in others})
        assert found["nofollow_inlinks"] == sum(link[3] for link in others)
        examples = [link[0] for link in others if link[2] == "content"] or [link[0] for link in others]
        assert (None if np.isnan(found["example_source"]) else found["example_source"]) == min(
            examples, default=None
        )
        assert (m["linking_pages"][page], m["content_inlinks"][page]) == (len(followed), len(in_content))
        assert m["sources_any"][page] == len({link[0] for link in others})
        assert m["sources_followed"][page] == len(followed)


def test_counts_of_a_tool_are_compared_where_it_tells_them() -> None:
    """A redirect is a step of its own to crawlers; addresses that are none, or of no page here, and empty cells are left out."""
    site = build(
        ["/", "/a", {"path": "/old", "status": 301, "redirect_to": "/a"}], ["/ -> /old", "/a -> /", "/a -> /"]
    )
    told = pd.DataFrame(
        {"url": [f"{ORIGIN}/", f"{ORIGIN}/nowhere", "no address", f"{ORIGIN}/a"], "inlinks": [2, 7, 7, None],
         "unique_inlinks": [2, 7, 7, 0], "outlinks": None, "unique_outlinks": [1, 7, 7, 1], "crawl_depth": [0, 7, 7, 2]}
    )  # fmt: skip
    found = agreement(site, told)
    assert found.index.tolist() == [*range(7)]
    rows = found.assign(url=paths(found["url"])).itertuples(index=False, name=None)
    assert [*rows] == [
        ("inlinks", "/", 2, 2), ("unique_inlinks", "/", 2, 1), ("unique_inlinks", "/a", 0, 0),
        ("unique_outlinks", "/", 1, 1), ("unique_outlinks", "/a", 1, 1), ("crawl_depth", "/", 0, 0), ("crawl_depth", "/a", 2, 2),
    ]  # fmt: skip


def _metrics(site: Site):  # type: ignore[no-untyped-def]
    return compute_metrics(site, LinkGraph.from_site(site))


def _noindex(path: str) -> dict[str, object]:
    return {"path": path, "robots": ["noindex"]}


_NOFOLLOW = {"source": "/", "target": "/a", "nofollow": True}
_MENU = {"source": "/", "target": "/a", "position": "navigation"}


@pytest.mark.parametrize(
    ("pages", "links", "state"),
    [
        (["/a"], ["/ -> /a"], "linked"),
        (["/a"], [], "orphan"),
        (["/a"], ["/a -> /a"], "orphan"),
        (["/a", "/b"], ["/a -> /b", "/b -> /a"], "island"),
        (["/a"], [_NOFOLLOW], "nofollow_only"),
        (["/a", "/b"], [_NOFOLLOW, "/b -> /a"], "island"),
        (["/a", _noindex("/n")], ["/ -> /n", "/n -> /a"], "non_indexable_sources_only"),
        (["/a", {"path": "/x", "status": 404}], ["/x -> /a"], "non_indexable_sources_only"),
        (
            ["/a", {"path": "/r", "status": 200, "redirect_to": "/b"}, "/b"],
            ["/r -> /a"],
            "non_indexable_sources_only",
        ),
        (["/a"], [_MENU], "chrome_only"),
        (["/a", {"path": "/r", "status": 301, "redirect_to": "/a"}], ["/ -> /r"], "linked"),
        (["/a", {"path": "/c", "canonical": "/a"}], ["/ -> /c"], "linked"),
        (["/a", {"path": "/c", "canonical": "/a"}], ["/c -> /a"], "orphan"),
        ([_noindex("/a")], [], "not_indexable"),
        ([{"path": "/a", "status": 404}], ["/ -> /a"], "not_indexable"),
        ([{"path": "/a", "canonical": "/b"}, "/b"], ["/ -> /b"], "not_indexable"),
        ([{"path": "/a", "crawled": False, "found_in": ["sitemap"]}], [], "inconclusive"),
        ([{"path": "/a", "crawled": False}], ["/ -> /a"], "not_indexable"),
    ],
)
def test_orphan_states(pages: list, links: list, state: str) -> None:  # type: ignore[type-arg]
    states = metric(_metrics(build(["/", *pages], links)), "orphan_state")
    assert states["/a"] == state
    assert states["/"] == "linked"
    stopped = metric(_metrics(build(["/", *pages], links, complete=False)), "orphan_state")
    judged = state in (OrphanState.LINKED, OrphanState.NOT_INDEXABLE)
    assert stopped["/a"] == (state if judged else "inconclusive")


def test_metrics_by_hand() -> None:
    site = build(
        ["/", {"path": "/a", "clicks": 30.0}, "/b", "/c", {"path": "/old", "status": 301, "redirect_to": "/b", "clicks": 10.0,
         "referring_domains": 2.0}, {"path": "/b?x=1", "canonical": "/b", "is_money_page": True}],
        ["/ -> /a", {"source": "/a", "target": "/old", "position": "footer"}, "/b -> /c", "/b?x=1 -> /"],
    )  # fmt: skip
    m = _metrics(site)
    assert metric(m, "crawl_depth") == {"/": 0, "/a": 1, "/b": 2, "/c": 3, "/old": 2, "/b?x=1": 2}
    assert metric(m, "content_depth") == {
        "/": 0,
        "/a": 1,
        "/b": None,
        "/c": None,
        "/old": None,
        "/b?x=1": None,
    }
    assert metric(m, "clicks")["/b"] == 10
    assert metric(m, "clicks")["/old"] is None
    assert metric(m, "referring_domains")["/b"] == 2
    assert metric(m, "is_money_page") == {path: path == "/b" for path in metric(m, "url")}
    assert metric(m, "importance") == pytest.approx(
        {"/": 0, "/a": 0.25, "/b": (1 + 0.25 + 1) / 3, "/c": 0, "/old": 0, "/b?x=1": 0}
    )
    assert metric(m, "clicks_to_money") == {
        "/": None,
        "/a": None,
        "/b": 0,
        "/c": None,
        "/old": None,
        "/b?x=1": None,
    }
    assert metric(m, "folds_into")["/old"] == metric(m, "folds_into")["/b?x=1"] == 2
    assert m["importance"].sum() == pytest.approx(1)
    assert importance(m)[1] == ("is_money_page", "clicks", "referring_domains")


def test_what_folds_into_the_first_page_counts_there() -> None:
    """Page 0 is a page like any other, not the lack of one."""
    site = build(
        ["/", {"path": "/index", "canonical": "/", "clicks": 6.0, "referring_domains": 1.0, "is_money_page": True},
         {"path": "/a", "clicks": 2.0, "is_money_page": False}, "/b"],
        ["/ -> /a", {"source": "/a", "target": "/index", "seen_in": ["rendered"]}, {"source": "/b", "target": "/", "seen_in": ["rendered"]},
         {"source": "/a", "target": "/b", "seen_in": ["html"]}],
    )  # fmt: skip
    m = _metrics(site)
    assert metric(m, "folds_into") == {"/": None, "/index": 0, "/a": None, "/b": None}
    assert metric(m, "crawl_depth") == {"/": 0, "/index": 0, "/a": 1, "/b": 2}
    assert metric(m, "content_depth") == metric(m, "crawl_depth")
    assert metric(m, "clicks") == {"/": 6, "/index": None, "/a": 2, "/b": None}
    assert metric(m, "is_money_page") == {"/": True, "/index": False, "/a": False, "/b": False}
    assert metric(m, "sources_any") == {"/": 2, "/index": 0, "/a": 1, "/b": 1}
    assert metric(m, "example_source_any") == {"/": 2, "/index": None, "/a": 0, "/b": 2}
    assert metric(m, "rendered_linking_pages") == {"/": 2, "/index": 0, "/a": 0, "/b": 0}
    assert metric(m, "rendered_only_pages") == {"/": 2, "/index": 0, "/a": 0, "/b": 0}
    assert metric(m, "example_rendered_only") == {"/": 2, "/index": None, "/a": None, "/b": None}
    assert metric(m, "clicks_to_money") == {"/": 0, "/index": None, "/a": 1, "/b": 1}


def test_links_in_the_served_and_the_rendered_page() -> None:
    """One that stands in both counts as rendered, but not as rendered only; one whose form is not told as neither."""
    forms = {"/a": ["html"], "/b": ["rendered"], "/c": ["html", "rendered"], "/d": []}
    site = build(
        ["/", *forms], [{"source": "/", "target": path, "seen_in": form} for path, form in forms.items()]
    )
    m = _metrics(site)
    assert m["rendered_linking_pages"].tolist() == [0, 0, 1, 1, 0]
    assert m["rendered_only_pages"].tolist() == [0, 0, 1, 0, 0]


def test_without_signals_nothing_is_important() -> None:
    m = _metrics(build(["/", "/a"], ["/ -> /a"]))
    assert m["importance"].isna().all()
    assert importance(m)[1] == ()


@pytest.mark.parametrize(
    ("pages", "links", "depth", "rank"),
    [
        ([{"path": "/", "crawled": False}], [], [0], [0]),
        (["/"], [], [0], [1]),
        (["/", "/a"], [_NOFOLLOW], [0, None], [0.5, 0.5]),
        (["/", "/a", "/b"], ["/a -> /b", "/b -> /a"], [0, None, None], [3 / 43, 20 / 43, 20 / 43]),
        ([{"path": "/", "status": 500}, "/a"], ["/ -> /a"], [0, None], [0, 1]),
    ],
)
def test_small_sites(pages: list, links: list, depth: list, rank: list) -> None:  # type: ignore[type-arg]
    m = _metrics(build(pages, links))
    assert list(metric(m, "crawl_depth").values()) == depth
    assert m["pagerank"].tolist() == pytest.approx(rank, abs=1e-10)
    assert m.index.tolist() == list(range(len(depth)))


def test_clusters() -> None:
    site = build(
        [
            "/",
            {"path": "/p", "cluster": "x", "is_pillar": True},
            {"path": "/g", "cluster": "x"},
            {"path": "/h", "cluster": "x"},
        ],
        ["/g -> /p", "/p -> /h", {"source": "/p", "target": "/g", "position": "sidebar"}],
    )
    m = _metrics(site)
    pillar = defaultdict(lambda: None, metric(m, "pillar_id"))
    assert (pillar["/"], pillar["/p"], pillar["/g"], pillar["/h"]) == (None, None, 1, 1)
    assert metric(m, "links_to_pillar") == {"/": False, "/p": False, "/g": True, "/h": False}
    assert metric(m, "linked_from_pillar") == {"/": False, "/p": False, "/g": False, "/h": True}
    assert paths(m["url"]) == ["/", "/p", "/g", "/h"]
