"""PageRank and breadth-first search against networkx, on a random graph: ``python -m tests.bench.bench_graph [pages links]``.

Prints CPU seconds and their ratio, and how far the results lie apart. Nothing is asserted on time.
"""

import sys
import time
from collections.abc import Callable
from typing import TypeVar

import networkx as nx
import numpy as np

from linkkit.metrics.depth import clicks_from
from linkkit.metrics.pagerank import pagerank
from tests.bench.docs_site import random_graph

T = TypeVar("T")


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
