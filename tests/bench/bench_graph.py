"""PageRank and breadth-first search against networkx, on a random graph: ``python -m tests.bench.bench_graph [pages links]``.

Prints CPU seconds and their ratio, and how far the results lie apart. Nothing is asserted on time.
"""

import sys
import time
from collections.abc import Callable
from typing import TypeVar

import networkx as nx
import numpy as np
import pandas as pd

from linkkit.graph import LinkGraph
from linkkit.metrics.depth import clicks_from
from linkkit.metrics.pagerank import pagerank

T = TypeVar("T")


def random_graph(pages: int, links: int, seed: int = 7) -> LinkGraph:
    """Links from anywhere to mostly a few popular pages; a tenth of the pages is not indexable."""
    chance = np.random.default_rng(seed)
    ends = np.column_stack(
        [chance.integers(0, pages, links), (pages * chance.random(links) ** 3).astype(np.int64)]
    )
    ends = np.unique(ends[ends[:, 0] != ends[:, 1]], axis=0).astype(np.int32)
    return LinkGraph(
        urls=np.array([f"https://shop.example/{page}" for page in range(pages)], dtype=object),
        start=0,
        fold=np.arange(pages, dtype=np.int32),
        leak=np.full(pages, "", dtype=object),
        source=ends[:, 0],
        target=ends[:, 1],
        weight=np.ones(len(ends)),
        is_content=np.ones(len(ends), dtype=bool),
        leaks=pd.DataFrame({"page_id": [], "cause": [], "weight": []}),
        indexable=chance.random(pages) > 0.1,
        model="uniform",
    )


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """Result and CPU seconds."""
    start = time.process_time()
    result = work()
    return result, time.process_time() - start


def main(pages: int = 10_000, links: int = 200_000) -> None:
    """Compare and print."""
    graph = random_graph(pages, links)
    view, building = timed(graph.to_networkx)
    print(f"{pages:,} pages, {len(graph.source):,} links; networkx needs {building:.2f} s to hold them")
    paid = {page: float(flag) for page, flag in enumerate(graph.indexable.tolist())}

    ours, own = timed(lambda: pagerank(graph))
    theirs, other = timed(
        lambda: nx.pagerank(
            view, personalization=paid, dangling=paid, weight=None, tol=1e-12 / pages, max_iter=1000
        )
    )
    apart = np.abs(ours - np.array([theirs[page] for page in range(pages)])).sum()
    print(
        f"PageRank   {own:7.3f} s   networkx {other:7.3f} s   {other / own:5.1f}x   L1 distance {apart:.1e}"
    )

    depth, own = timed(lambda: clicks_from(graph.followed, [graph.start]))
    lengths, other = timed(lambda: nx.single_source_shortest_path_length(view, graph.start))
    wrong = sum(depth[page] != clicks for page, clicks in lengths.items())
    print(f"BFS depth  {own:7.3f} s   networkx {other:7.3f} s   {other / own:5.1f}x   different {wrong}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
