"""Graphs above the cap: places, caps, and text that can become no markup."""

import sys

import pytest

import linkkit as lk
from linkkit.network import depth_rings, sigma_graph, sigma_view
from tests.small_site import HOSTILE_URL, build_small_site


@pytest.fixture(scope="module")
def audit() -> lk.Audit:
    return lk.run_audit(build_small_site())


def test_it_draws_the_pages_of_the_rings_at_the_same_places(audit: lk.Audit) -> None:
    graph, words = sigma_graph(audit)
    rings = depth_rings(audit).nodes.set_index("node")
    assert set(graph.nodes) == set(rings.index)
    assert all(
        (about["x"], about["y"]) == pytest.approx((rings["x"][node], -rings["y"][node]))
        for node, about in graph.nodes(data=True)
    )
    assert (
        words
        == f"{len(rings)} of {len(rings)} reachable indexable pages, {graph.number_of_edges()} of {graph.number_of_edges()} links among them"
    )


def test_caps_hold_and_are_told(audit: lk.Audit) -> None:
    graph, words = sigma_graph(audit, max_nodes=12, max_edges=11)
    assert (graph.number_of_nodes(), graph.number_of_edges()) == (12, 11)
    assert words.startswith("12 of 34 reachable indexable pages, 11 of ")
    # The path to each page comes before any other link.
    start = audit.graph.start
    reached = {start}
    for _ in range(12):
        reached |= {target for source, target in graph.edges if source in reached}
    assert reached == set(graph.nodes)


def test_nothing_crawled_can_become_markup(audit: lk.Audit) -> None:
    graph, _ = sigma_graph(audit)
    page = audit.site.page_id(HOSTILE_URL)
    assert "pwned" in graph.nodes[page]["title"]
    for _, about in graph.nodes(data=True):
        assert not set('<>&"') & set(f"{about['label']}{about['title']}{about['address']}")


def test_the_view_is_a_widget_that_fetches_nothing(audit: lk.Audit) -> None:
    pytest.importorskip("ipysigma", reason="needs the extra: pip install 'linkkit[sigma]'")
    view = sigma_view(audit, height=400)
    assert view.data["nodes"]
    assert "https://fonts" not in str(view.get_state())
    assert view.height == "400px"


def test_without_the_extra_it_says_what_to_install(audit: lk.Audit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ipysigma", None)
    with pytest.raises(lk.LinkkitError, match=r"pip install 'linkkit\[sigma\]'"):
        sigma_view(audit)
