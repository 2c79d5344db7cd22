"""All benchmarks in one table: ``make bench``, ``make bench SIZE=large``; written to ``docs/benchmarks.md`` with the machine's facts.

``growth`` is the whole audit at several sizes, ``crawl`` a crawler's memory while it crawls 100,000 pages, each with a picture.

Sites are made from a real crawl (`tests.bench.large_site`), ``quick`` of 10,000 pages, ``large`` of 100,000, ``huge`` of a million. Each
task runs in a process of its own, so that its peak of memory is its own. Peers do what notebooks do today: read the links with pandas,
build the graph, then depth, PageRank and links in; linkkit weighs the links, folds redirects, and adds authority and landing yield.
Peers that are not installed are left out. CPU time is of all threads; nothing is asserted.
"""

import importlib.util
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

import linkkit as lk
from linkkit import deck
from linkkit.metrics.authority import authority_of
from linkkit.metrics.depth import clicks_from
from linkkit.metrics.importance import fold_signals
from linkkit.metrics.pagerank import pagerank
from linkkit.site import Site
from tests.bench.bench_crawl_memory import crawled
from tests.bench.bench_reading import read_by_linkkit, read_by_pandas, write_crawl
from tests.bench.large_site import large_site
from tests.bench.meter import machine, taken

SIZES = {"quick": 1, "large": 10, "huge": 98}
"""Layers of the crawl of 10,251 pages."""
DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "benchmarks.md"
GROUPS = {
    "read a crawl file into links": ("read: linkkit", "read: pandas and explode"),
    "graph, depth, PageRank, links in": ("walks: linkkit", "walks: pandas and networkx", "walks: igraph", "walks: networkit"),
    "whole audit": ("audit",),
}  # fmt: skip
"""What is done; the first way is linkkit's, the others are held against it."""
_NEEDS = {"walks: igraph": "igraph", "walks: networkit": "networkit"}
_TOO_LARGE = {"walks: pandas and networkx": 10}
"""Layers from which on a way is not tried: networkx needs some 400 bytes an edge."""


def audit(site: Site) -> str:
    """Graph, depth, both authorities, yield, all checks, findings; no text, for the site has none."""
    done = lk.run_audit(site)
    return f"{len(done.findings):,} findings"


def walks(site: Site) -> str:
    """What the peers do, and more: folding, weights, leaks, authority, landing yield."""
    graph = lk.LinkGraph.from_site(site)
    clicks_from(graph.followed, [graph.start])
    pagerank(graph)
    authority_of(graph, site.pages, fold_signals(site.pages, graph.fold)["is_money_page"])
    np.bincount(graph.target, minlength=len(graph))
    return f"{len(graph.source):,} edges"


def _pairs(site: Site) -> pd.DataFrame:
    links = pd.read_parquet(site.places["links"], columns=["source_id", "target_id", "nofollow"])
    followed = links[~links["nofollow"] & (links["source_id"] != links["target_id"])]
    return followed[["source_id", "target_id"]].drop_duplicates()


def walks_networkx(site: Site) -> str:
    """The recipe of tutorials."""
    import networkx as nx

    pairs = _pairs(site)
    graph = nx.from_pandas_edgelist(pairs, "source_id", "target_id", create_using=nx.DiGraph)
    nx.single_source_shortest_path_length(graph, site.page_id(site.start_url))
    nx.pagerank(graph)
    pairs.groupby("target_id").size()
    return f"{graph.number_of_edges():,} edges"


def walks_igraph(site: Site) -> str:
    """The same in igraph."""
    import igraph

    pairs = _pairs(site)
    graph = igraph.Graph(n=len(site.pages), edges=pairs.to_numpy(), directed=True)
    graph.distances(site.page_id(site.start_url), mode="out")
    graph.pagerank()
    graph.indegree()
    return f"{graph.ecount():,} edges"


def walks_networkit(site: Site) -> str:
    """The same in networkit."""
    import networkit

    pairs = _pairs(site)
    ends = (pairs["source_id"].to_numpy(), pairs["target_id"].to_numpy())
    graph = networkit.GraphFromCoo(ends, n=len(site.pages), directed=True)
    networkit.distance.BFS(graph, site.page_id(site.start_url), storePaths=False).run()
    networkit.centrality.PageRank(graph, tol=1e-10).run()
    [graph.degreeIn(page) for page in range(graph.numberOfNodes())]
    return f"{graph.numberOfEdges():,} edges"


WORK: dict[str, Callable[[Any], Any]] = {
    "audit": audit,
    "walks: linkkit": walks,
    "walks: pandas and networkx": walks_networkx,
    "walks: igraph": walks_igraph,
    "walks: networkit": walks_networkit,
    "read: linkkit": read_by_linkkit,
    "read: pandas and explode": read_by_pandas,
}


def measured(name: str, given: Path) -> dict[str, Any]:
    """One piece of work in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.suite", "--one", name, str(given)]
    told = subprocess.run(command, check=True, capture_output=True, text=True)
    return dict(json.loads(told.stdout.splitlines()[-1]))


def one(name: str, given: str) -> None:
    """Do a piece of work and print what it took."""
    subject = Path(given) if name.startswith("read") else lk.load(given)
    done = taken(lambda: WORK[name](subject))
    print(json.dumps({"cpu": done.cpu, "wall": done.wall, "peak": done.peak, "result": str(done.result)}))


def table(size: str) -> pd.DataFrame:
    """Measure everything at one size.

    Returns
    -------
    DataFrame
        One row per task and way: ``task``, ``by``, ``size``, ``cpu_seconds``, ``seconds``, ``peak_gb``, ``ratio`` (CPU seconds against linkkit's).
    """
    layers = SIZES[size]
    site = large_site(layers)
    said = f"{len(site.pages):,} pages, {site.manifest.rows['links']:,} links"
    rows = []
    with tempfile.TemporaryDirectory(prefix="linkkit-bench-suite-") as folder:
        file = Path(folder) / "crawl.jl"
        write_crawl(file, layers)
        for task, ways in GROUPS.items():
            own = None
            for way in ways:
                missing = way in _NEEDS and importlib.util.find_spec(_NEEDS[way]) is None
                if missing or layers >= _TOO_LARGE.get(way, layers + 1):
                    continue
                took = measured(way, file if way.startswith("read") else site.folder)
                own = own or took["cpu"]
                rows.append(
                    {
                        "task": task,
                        "by": way.partition(": ")[2] or "linkkit",
                        "size": said,
                        "cpu_seconds": took["cpu"],
                        "seconds": took["wall"],
                        "peak_gb": took["peak"],
                        "ratio": took["cpu"] / own,
                    }
                )
                print(f"{task:36}{rows[-1]['by']:24}{took['cpu']:9.1f} CPU s{took['wall']:9.1f} s{took['peak']:7.2f} GB{rows[-1]['ratio']:8.1f} x", flush=True)  # fmt: skip
    return pd.DataFrame(rows)


def growth(*layers: int) -> pd.DataFrame:
    """The whole audit at several sizes: ``pages``, ``links``, ``cpu_seconds``, ``seconds``, ``peak_gb``."""
    rows = []
    for each in layers:
        site = large_site(each)
        took = measured("audit", site.folder)
        rows.append({"pages": len(site.pages), "links": site.manifest.rows["links"], "cpu_seconds": took["cpu"], "seconds": took["wall"], "peak_gb": took["peak"]})  # fmt: skip
        print(rows[-1], flush=True)
    return pd.DataFrame(rows)


def growth_chart(points: pd.DataFrame) -> alt.Chart:
    """CPU seconds by pages on logarithmic axes; the dashed line is what linear growth from the first point would be."""
    line = points[["pages"]].assign(
        cpu_seconds=points["cpu_seconds"][0] * points["pages"] / points["pages"][0]
    )
    axes = {
        "x": alt.X("pages:Q", scale=alt.Scale(type="log", nice=False), title="Pages (about 100 links each)"),
        "y": alt.Y(
            "cpu_seconds:Q", scale=alt.Scale(type="log", nice=False), title="CPU seconds of the whole audit"
        ),
    }
    linear = alt.Chart(line).mark_line(strokeDash=[4, 4], color="#888").encode(**axes)
    marks = alt.Chart(points).mark_line(point=True).encode(**axes)
    return (linear + marks).properties(
        width=520, height=320, title="An audit's cost grows with the site, not faster"
    )


def memory_chart(points: pd.DataFrame) -> alt.Chart:
    """Memory of a crawler by pages that are on disk."""
    axes = {
        "x": alt.X("pages:Q", title="Pages on disk (about 85 links each)"),
        "y": alt.Y("resident_mb:Q", title="Resident memory of the crawler, MB", scale=alt.Scale(zero=True)),
    }
    marks = alt.Chart(points).mark_line(point=True).encode(**axes)
    return marks.properties(width=520, height=320, title="A crawler's memory stays as the site goes on")


def write(section: str, body: str) -> None:
    """Put a section of `PAGE` in place of the one of that name, or at its end."""
    text = PAGE.read_text("utf-8") if PAGE.exists() else "# Benchmarks\n"
    block = f"## {section}\n\n{body.strip()}\n"
    found = re.search(rf"^## {re.escape(section)}\n.*?(?=^## |\Z)", text, re.M | re.S)
    PAGE.write_text(text.replace(found[0], block + "\n") if found else f"{text.rstrip()}\n\n{block}", "utf-8")


def markdown(rows: pd.DataFrame) -> str:
    """A table in Markdown."""
    shown = rows.copy()
    for name in shown.select_dtypes("float"):
        digits = 2 if name == "peak_gb" else 1
        shown[name] = [f"{value:,.{digits}f}" for value in shown[name]]
    for name in shown.select_dtypes("int"):
        shown[name] = [f"{value:,}" for value in shown[name]]
    lines = [list(shown.columns), ["---"] * len(shown.columns), *shown.astype(str).to_numpy().tolist()]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def write_points(
    section: str, about: str, points: pd.DataFrame, drawn: dict[str, alt.Chart], words: str
) -> None:
    """Write a table and the picture of it, by its name, as a section."""
    deck.export_charts(drawn, DOCS / "gallery")
    pictures = "".join(f"![{words}](gallery/{name}.png)" for name in drawn)
    write(section, f"{about}\n\n{markdown(points)}\n\n{pictures}")


def main(size: str = "quick", *layers: str) -> None:
    """Measure, print and write: a size of `SIZES`, ``growth`` and numbers of layers, or ``crawl`` and a number of pages."""
    about = f"{datetime.now(UTC):%Y-%m-%d}, {machine()}."
    if size == "growth":
        points = growth(*map(int, layers or ("1", "3", "10")))
        drawn = {"benchmarks-audit": growth_chart(points)}
        write_points("How an audit grows", about, points, drawn, "CPU seconds of an audit by pages")
    elif size == "crawl":
        points = crawled(*map(int, layers))
        drawn = {"benchmarks-crawl": memory_chart(points)}
        write_points("Memory of a crawl", about, points, drawn, "Memory of a crawler by pages")
    else:
        rows = table(size)
        write(f"Size {size}", f"{about}\n\n{markdown(rows)}")
    print(f"written to {PAGE}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        one(*sys.argv[2:4])
    else:
        main(*sys.argv[1:])
