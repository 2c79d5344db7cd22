"""LinkGraph: which page a link counts for, what leaks, and that names and numbers of pages do not matter."""

import random

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import linkkit as lk
from linkkit.graph import LinkGraph
from linkkit.linkmodel import LinkModel
from tests.site_factory import build, metric, paths


def _graph(pages: list, links: list, **options: object) -> LinkGraph:  # type: ignore[type-arg]
    return LinkGraph.from_site(build(pages, links, **options))  # type: ignore[arg-type]


def _edges(graph: LinkGraph) -> dict[tuple[str, str], float]:
    names = paths(graph.urls)
    return {
        (names[source], names[target]): weight
        for source, target, weight in zip(
            graph.source.tolist(), graph.target.tolist(), graph.weight.tolist(), strict=True
        )
    }


def _folds(graph: LinkGraph) -> dict[str, str | None]:
    """Where each page that does not stand for itself leads; a leak by its cause."""
    names = paths(graph.urls)
    return {
        names[page]: names[final] if final >= 0 else f"leak: {graph.leak[page]}"
        for page, final in enumerate(graph.fold.tolist())
        if final != page
    }


def _redirect(path: str, target: str, status: int = 301) -> dict[str, object]:
    return {"path": path, "status": status, "redirect_to": target}


@pytest.mark.parametrize(
    ("pages", "expected"),
    [
        ([_redirect("/r", "/a")], {"/r": "/a"}),
        (
            [_redirect("/r", "/s"), _redirect("/s", "/t"), _redirect("/t", "/a")],
            dict.fromkeys(("/r", "/s", "/t"), "/a"),
        ),
        ([_redirect("/r", "/a", 200)], {"/r": "/a"}),
        ([_redirect("/r", "/s"), _redirect("/s", "/r")], dict.fromkeys(("/r", "/s"), "leak: redirect_loop")),
        ([_redirect("/r", "/r")], {"/r": "leak: redirect_loop"}),
        (
            [_redirect("/in", "/r"), _redirect("/r", "/r")],
            dict.fromkeys(("/r", "/in"), "leak: redirect_loop"),
        ),
        (
            [_redirect("/in", "/r"), _redirect("/r", "/s"), _redirect("/s", "/r")],
            dict.fromkeys(("/in", "/r", "/s"), "leak: redirect_loop"),
        ),
        ([_redirect("/r", "https://other.example/")], {"/r": "leak: external"}),
        ([_redirect("/r", "mailto:x@y.example")], {"/r": "leak: external"}),
        ([{"path": "/r", "status": 304}], {"/r": "leak: broken"}),
        (
            [_redirect("/r", "/gone"), {"path": "/gone", "status": 410}],
            dict.fromkeys(("/r", "/gone"), "leak: broken"),
        ),
        (
            [{"path": "/x", "error": "dns"}, {"path": "/y", "status": 500}],
            dict.fromkeys(("/x", "/y"), "leak: broken"),
        ),
        ([_redirect("/r", "/gone", 404), {"path": "/gone"}], {"/r": "leak: broken"}),
        ([{"path": "/x", "blocked_by_robots": True}], {"/x": "leak: blocked"}),
        (
            [_redirect("/r", "/x"), {"path": "/x", "blocked_by_robots": True}],
            dict.fromkeys(("/r", "/x"), "leak: blocked"),
        ),
        ([{"path": "/c", "canonical": "/a"}], {"/c": "/a"}),
        ([{"path": "/c", "canonical": "/r"}, _redirect("/r", "/a")], {"/c": "/a", "/r": "/a"}),
        ([_redirect("/r", "/c"), {"path": "/c", "canonical": "/a"}], {"/c": "/a", "/r": "/a"}),
        ([{"path": "/c", "canonical": "/d"}, {"path": "/d", "canonical": "/c"}], {}),
        ([{"path": "/c", "canonical": "/d"}, {"path": "/d", "canonical": "/a"}], {"/d": "/a"}),
        ([{"path": "/c", "canonical": "/x"}, {"path": "/x", "robots": ["noindex"]}], {}),
        ([{"path": "/c", "canonical": "/x"}, {"path": "/x", "status": 404}], {"/x": "leak: broken"}),
        ([{"path": "/c", "canonical": "https://other.example/c"}], {}),
        (
            [
                {"path": "/c", "canonical": "/c"},
                {"path": "/n", "robots": ["noindex"]},
                {"path": "/u", "crawled": False},
            ],
            {},
        ),
        ([{"path": "/c/", "canonical": "/c"}, _redirect("/c", "/c/")], {"/c": "/c/"}),
    ],
)
def test_folding(pages: list, expected: dict[str, str]) -> None:  # type: ignore[type-arg]
    assert _folds(_graph(["/", "/a", *pages], [])) == expected


def test_a_redirect_to_an_unseen_page_keeps_the_page() -> None:
    site = build(["/", _redirect("/r", "/new")], ["/ -> /r"])
    graph = LinkGraph.from_site(site)
    assert _folds(graph) == {"/r": "/new"}
    assert _edges(graph) == {("/", "/new"): 1.0}
    assert site.pages["indexability_reason"].tolist() == ["indexable", "redirect", "not_crawled"]


def test_edges_are_folded_and_merged() -> None:
    graph = _graph(
        ["/", "/a", "/b", _redirect("/r", "/a"), {"path": "/a?x=1", "canonical": "/a"}],
        [
            {"source": "/", "target": "/r", "position": "footer"},
            "/ -> /a",
            "/ -> /a?x=1",
            {"source": "/a", "target": "/b", "position": "navigation"},
            "/a?x=1 -> /a",
            "/a?x=1 -> /",
            "/r -> /b",
            "/b -> /b",
        ],
    )
    assert _edges(graph) == {("/", "/a"): 1.0, ("/a", "/"): 1.0, ("/a", "/b"): 0.1}
    assert graph.is_content.tolist() == [True, True, False]
    assert graph.content.nnz == 2
    assert graph.followed.nnz == 3


def test_what_does_not_arrive_leaks_by_cause() -> None:
    nofollow = {"path": "/n", "robots": ["nofollow"]}
    graph = _graph(
        [
            "/",
            "/a",
            nofollow,
            {"path": "/gone", "status": 404},
            _redirect("/l", "/l"),
            {"path": "/x", "blocked_by_robots": True},
        ],
        [
            "/ -> /a",
            "/ -> /gone",
            {"source": "/", "target": "/gone", "position": "footer"},
            "/ -> /l",
            "/ -> /x",
            {"source": "/", "target": "/n", "nofollow": True},
            {"source": "/", "target": "https://one.example/", "times": 3},
            {"source": "/", "target": "https://two.example/", "position": "footer"},
            "/n -> /a",
            "/n -> https://one.example/",
            {"source": "/a", "target": "/a", "nofollow": True},
            "/gone -> /a",
        ],
    )
    names = paths(graph.urls)
    leaks = {(names[row.page_id], row.cause): round(row.weight, 9) for row in graph.leaks.itertuples()}
    assert leaks == {
        ("/", "broken"): 1.0,
        ("/", "redirect_loop"): 1.0,
        ("/", "blocked"): 1.0,
        ("/", "nofollow"): 1.0,
        ("/", "external"): 1.1,
        ("/n", "nofollow"): 2.0,
    }
    assert _edges(graph) == {("/", "/a"): 1.0}


def test_weight_models() -> None:
    site = build(["/", "/a", "/b"], ["/ -> /a", {"source": "/", "target": "/b", "position": "sidebar"}])
    assert LinkGraph.from_site(site, weights="uniform").weight.tolist() == [1.0, 1.0]
    assert LinkGraph.from_site(site).weight.tolist() == [1.0, 0.1]
    heavy = LinkModel(chrome_weight=0.5)
    assert LinkGraph.from_site(site, model=heavy).weight.tolist() == [1.0, 0.5]
    assert LinkGraph.from_site(site, weights="uniform", model=heavy).weight.tolist() == [1.0, 1.0]
    with pytest.raises(lk.SettingsError, match="weights = 'best': one of reasonable_surfer, uniform"):
        LinkGraph.from_site(site, weights="best")  # type: ignore[arg-type]


def test_the_start_page_is_where_it_redirects() -> None:
    graph = _graph([_redirect("/", "/en/"), "/en/", "/a"], ["/en/ -> /a"])
    assert paths([graph.urls[graph.start]]) == ["/en/"]
    broken = _graph([{"path": "/", "status": 500}], [])
    assert (broken.start, broken.fold.tolist()) == (0, [-1])


def test_networkx_view() -> None:
    graph = _graph(
        ["/", "/a", _redirect("/r", "/a"), {"path": "/gone", "status": 404}, "/lone"],
        ["/ -> /r", "/ -> /gone"],
    )
    view = graph.to_networkx()
    assert isinstance(view, nx.DiGraph)
    assert {data["url"].removeprefix("https://shop.example") for _, data in view.nodes(data=True)} == {
        "/",
        "/a",
        "/lone",
    }
    assert list(view.edges(data=True)) == [(0, 1, {"weight": 1.0, "is_content": True})]
    assert view.graph == {"start": 0, "model": "reasonable_surfer"}


def test_an_empty_site() -> None:
    graph = _graph([{"path": "/", "crawled": False}], [])
    assert (len(graph), graph.source.size, graph.followed.nnz, len(graph.leaks)) == (1, 0, 0, 0)
    assert graph.to_networkx().number_of_nodes() == 1


_NAMES = [f"/p{number}" for number in range(7)]
_PAGES = st.lists(
    st.sampled_from(
        [
            "live",
            "noindex",
            "nofollow",
            "gone",
            "redirect 1",
            "redirect 4",
            "canonical 2",
            "canonical 5",
            "unseen",
        ]
    ),
    min_size=7,
    max_size=7,
)
_LINKS = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 6), st.sampled_from(["content", "footer"]), st.booleans()),
    max_size=25,
)


@settings(max_examples=5, deadline=None)
@given(_PAGES, _LINKS, st.randoms(use_true_random=False))
def test_renumbering_pages_changes_nothing(kinds: list[str], links: list, chance: random.Random) -> None:  # type: ignore[type-arg]
    pages = [_page(name, kind) for name, kind in zip(_NAMES, kinds, strict=True)]
    arrows = [
        {"source": _NAMES[source], "target": _NAMES[target], "position": position, "nofollow": nofollow}
        for source, target, position, nofollow in links
    ]
    shuffled, stirred = chance.sample(pages, len(pages)), chance.sample(arrows, len(arrows))
    one, two = (
        lk.run_audit(build(["/", *p], [f"/ -> {_NAMES[0]}", *a]))
        for p, a in ((pages, arrows), (shuffled, stirred))
    )
    assert _edges(one.graph) == _edges(two.graph)
    assert _folds(one.graph) == _folds(two.graph)
    for name in (
        "crawl_depth",
        "content_depth",
        "inlinks",
        "unique_inlinks",
        "linking_pages",
        "orphan_state",
    ):
        assert metric(one.metrics, name) == metric(two.metrics, name)
    assert metric(one.metrics, "pagerank") == pytest.approx(metric(two.metrics, "pagerank"), abs=1e-10)
    columns = ["check_id", "severity", "url", "value"]
    assert sorted(map(str, one.findings[columns].to_numpy().tolist())) == sorted(
        map(str, two.findings[columns].to_numpy().tolist())
    )


def _page(name: str, kind: str) -> dict[str, object]:
    word, _, number = kind.partition(" ")
    known = {
        "live": {},
        "noindex": {"robots": ["noindex"]},
        "nofollow": {"robots": ["nofollow"]},
        "gone": {"status": 404},
        "redirect": {"status": 301, "redirect_to": f"/p{number}"},
        "canonical": {"canonical": f"/p{number}"},
        "unseen": {"crawled": False},
    }
    return {"path": name, **known[word]}
