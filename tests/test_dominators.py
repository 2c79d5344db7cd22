"""Dominators and single links against networkx and against taking pages and links out one by one."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import coo_array, csr_array

from linkkit.metrics import dominators as module
from linkkit.metrics.dominators import dominators


def matrix(pages: int, links: list[tuple[int, int]]) -> csr_array:
    pairs = np.array(sorted({(a, b) for a, b in links if a != b}), dtype=np.int32).reshape(-1, 2)
    return csr_array(coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(pages, pages)))


def graph_of(links: csr_array) -> nx.DiGraph:
    return nx.from_scipy_sparse_array(links, create_using=nx.DiGraph)


@st.composite
def sites(draw: st.DrawFn) -> csr_array:
    pages = draw(st.integers(1, 16))
    page = st.integers(0, pages - 1)
    return matrix(pages, draw(st.lists(st.tuples(page, page), max_size=pages * 3)))


@pytest.mark.parametrize("few", [0, 10**6])
@given(links=sites(), place=st.integers(0, 15))
def test_what_hangs_on_what(few: int, links: csr_array, place: int) -> None:
    """Rounds alone (no graph is small) and semidominators alone give what taking out pages and links gives."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_FEW", few)
        patch.setattr(module, "_SHRINKING", 2.0)
        start = place % links.shape[0]
        found = dominators(links, start)
    graph = graph_of(links)
    oracle = {
        page: above
        for page, above in nx.immediate_dominators(graph, start).items()
        if page != start and above is not None
    }
    assert found.dominator.tolist() == [oracle.get(page, -1) for page in range(len(graph))]
    reached = nx.descendants(graph, start) | {start}
    ones = found.hanging(np.ones(len(graph)))
    for page in range(len(graph)):
        if page not in reached:
            assert (found.dominator[page], found.on_one_link[page], ones[page]) == (-1, False, 0)
            continue
        without = nx.restricted_view(graph, [page], [])
        left = (nx.descendants(without, start) | {start}) if page != start else set()
        assert set(found.pages_below(page).tolist()) == reached - left
        assert ones[page] == len(reached - left)
        cuts = [
            source
            for source in graph.predecessors(page)
            if page not in nx.descendants(nx.restricted_view(graph, [], [(source, page)]), start)
        ]
        assert found.on_one_link[page] == (page in reached - {start} and len(cuts) > 0)


def test_a_chain_walked_in_both_directions_hangs_on_nothing() -> None:
    """The case that rounds alone would take as many steps for as the chain is long."""
    long = 30_000
    chain = [(page, page + 1) for page in range(1, long)] + [(page + 1, page) for page in range(1, long)]
    found = dominators(matrix(long + 1, [(0, 1), (0, long), *chain]), 0)
    assert (found.dominator[1:] == 0).all()
    assert not found.on_one_link.any()


def test_sums_over_what_hangs_on_a_page() -> None:
    """0 -> 1 -> 2 -> 3 and 1 -> 4: everything hangs on the link to 1; a link from below back up is no second way."""
    found = dominators(matrix(6, [(0, 1), (1, 2), (2, 3), (1, 4), (3, 1), (5, 2)]), 0)
    assert found.hanging([1, 10, 100, 1000, 10000, 5]).tolist() == [11111, 11110, 1100, 1000, 10000, 0]
    assert found.on_one_link.tolist() == [False, True, True, True, True, False]


def test_ten_thousand_pages_agree_with_networkx() -> None:
    rng = np.random.default_rng(5)
    pages = 10_000
    deep = [(int(rng.integers(max(0, page - 300), page)), page) for page in range(1, pages)]
    more = zip(rng.integers(0, pages, 4_000).tolist(), rng.integers(0, pages, 4_000).tolist(), strict=True)
    links = matrix(pages, [*deep, *more])
    oracle = nx.immediate_dominators(graph_of(links), 0)
    found = dominators(links, 0).dominator
    assert all(found[page] == above for page, above in oracle.items() if page and above is not None)
