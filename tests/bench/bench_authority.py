"""Authority, what-if and the link plan: speed against networkx and igraph, and the plan against other ways to choose links.

``python -m tests.bench.bench_authority [speed] [plan] [panel] [large]`` prints; nothing is asserted on time. ``large`` takes minutes and
8 GB: a million pages.
"""

import statistics
import sys
import time
from collections.abc import Callable
from typing import TypeVar

import igraph
import networkx as nx
import numpy as np
import pandas as pd

import linkkit as lk
from linkkit.charts import summary_view, whatif_table
from linkkit.graph import LinkGraph
from linkkit.metrics.authority import Authority, Flow, authority_of, entry_from
from linkkit.metrics.depth import clicks_from
from linkkit.plan import backlink_targets, plan_robustness, robustness, simulate_changes
from linkkit.plan.edits import Edits, edited
from linkkit.plan.link_plan import Constraints, plan_links
from linkkit.plan.simulation import Outcome, outcome
from linkkit.site import Site
from linkkit.widgets import simulated_pages
from tests.bench.docs_site import docs_site, random_graph, sample_site
from tests.bench.large_site import large_site

T = TypeVar("T")


def timed(work: Callable[[], T], runs: int = 1) -> tuple[T, float]:
    """Result and the median of the wall seconds."""
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        result = work()
        seconds.append(time.perf_counter() - start)
    return result, statistics.median(seconds)


def solved(graph: LinkGraph, seed: int = 1) -> Authority:
    """Authority of a graph whose backlinks and money pages are drawn."""
    rng = np.random.default_rng(seed)
    count = len(graph)
    domains = np.zeros(count)
    domains[rng.choice(count, max(1, count // 50), replace=False)] = rng.zipf(1.6, max(1, count // 50)).clip(
        max=5000
    )
    money = np.zeros(count, dtype=bool)
    money[rng.choice(count, max(1, count // 200), replace=False)] = True
    return authority_of(graph, pd.DataFrame(), money, entry=entry_from(graph, domains))


def speed(graph: LinkGraph, *, peers: bool = True) -> None:
    """One site's authority from nothing, then what-if from what is known."""
    print(f"\n{len(graph):,} pages, {len(graph.source):,} edges")
    authority, cold = timed(lambda: solved(graph))
    print(
        f"  flow, authority and landing yield to 1e-12      {cold:8.3f} s   ({authority.visits.products} + {authority.yields.products} products)"
    )
    if peers:
        _against_peers(graph, authority)
    rng = np.random.default_rng(2)
    before = Outcome(graph, authority)
    for links in (1, 10, 100):
        seconds = []
        for _ in range(15 if peers else 3):
            pairs = rng.integers(0, len(graph), (links, 2))
            start = time.perf_counter()
            after = outcome(
                before, edited(graph, Edits(add=pairs)), entry=authority.entry, money=authority.money
            )
            after.authority.ledger  # noqa: B018
            after.depth  # noqa: B018
            seconds.append(time.perf_counter() - start)
        print(
            f"  what-if, {links:3} links: edit, authority, yield, ledger, depth  median {statistics.median(seconds) * 1000:8.1f} ms"
        )
    _, depth = timed(lambda: clicks_from(graph.followed, [graph.start]), 3)
    print(f"  of it depth {depth * 1000:.1f} ms")


def _against_peers(graph: LinkGraph, authority: Authority) -> None:
    """Personalised PageRank says the same where nothing leaks: the leaking share goes to one extra node that keeps it."""
    flow, count = authority.flow, len(graph)
    moves = flow.moves.tocoo()
    lost = flow.lost.sum(axis=1)
    leaking = np.flatnonzero(lost > 0)
    sources = np.concatenate((moves.coords[0], leaking, [count]))
    targets = np.concatenate((moves.coords[1], np.full(len(leaking), count), [count]))
    weights = np.concatenate((moves.data, lost[leaking], [1.0]))
    reset = np.append(authority.entry.shares, authority.entry.lost.sum())
    _, own = timed(lambda: Flow.from_graph(graph).visits(authority.entry.shares), 3)
    view = igraph.Graph(n=count + 1, edges=np.column_stack((sources, targets)), directed=True)
    view.es["weight"] = weights
    theirs, seconds = timed(
        lambda: view.personalized_pagerank(damping=flow.damping, reset=reset, weights="weight"), 3
    )
    gap = np.abs(np.array(theirs[:count]) - authority.settled).sum()
    print(
        f"  igraph personalized_pagerank (graph given)  {seconds:8.3f} s   {seconds / own:6.1f} x ours; L1 apart {gap:.1e}"
    )
    if len(sources) < 2_000_000:
        netx = nx.DiGraph()
        netx.add_weighted_edges_from(zip(sources.tolist(), targets.tolist(), weights.tolist(), strict=True))
        paid = {page: share for page, share in enumerate(reset.tolist()) if share > 0}
        answer, seconds = timed(
            lambda: nx.pagerank(
                netx,
                alpha=flow.damping,
                personalization=paid,
                dangling=paid,
                tol=1e-15 / count,
                max_iter=1000,
            )
        )
        gap = sum(abs(answer.get(page, 0.0) - authority.settled[page]) for page in range(count))
        print(
            f"  networkx pagerank (graph given)             {seconds:8.3f} s   {seconds / own:6.1f} x ours; L1 apart {gap:.1e}"
        )


def plan(name: str, site: Site, *, links: int = 20) -> None:
    """The link plan beside other ways to choose as many links from the same candidates."""
    rng = np.random.default_rng(11)
    pages = site.pages.copy()
    if not pages["referring_domains"].notna().any():
        html = np.flatnonzero(pages["is_indexable"])
        landing = rng.choice(html, len(html) // 20, replace=False)
        pages.loc[landing, "referring_domains"] = rng.zipf(1.6, len(landing)).clip(max=2000).astype(float)
        pages.loc[rng.choice(html, max(5, len(html) // 100), replace=False), "is_money_page"] = True
        site = site.with_pages(pages)
    audit, seconds = timed(lambda: lk.run_audit(site))
    print(f"\n{name}: {len(pages):,} URLs, {len(audit.graph.source):,} edges; audit {seconds:.1f} s")
    candidates = _candidates(audit, rng)
    result, seconds = timed(lambda: plan_links(audit, candidates, constraints=Constraints(links=links)))
    print(
        f"  {result.candidates:,} candidates, {len(result.links)} links planned in {seconds:.1f} s; {result.model}"
    )
    print(
        f"  of 100 units that backlinks bring, {100 * result.before:.2f} reach money pages; after the plan {100 * result.after:.2f}: {result.multiple:.2f} x"
    )
    for row in result.comparison.itertuples():
        spread = f" ({100 * row.low:.2f} to {100 * row.high:.2f})" if row.low != row.high else ""
        print(f"    {row.method:38} {100 * row.after:8.2f}{spread}")


def _candidates(audit: lk.Audit, rng: np.random.Generator) -> pd.DataFrame:
    """Pages near each money page (same section first), and some from anywhere."""
    live = np.flatnonzero(audit.graph.stands & audit.graph.indexable)
    sections = audit.metrics["section"].to_numpy()
    parts = []
    for page in np.flatnonzero(audit.authority.money):
        near = live[sections[live] == sections[page]]
        near = rng.choice(near, min(150, len(near)), replace=False)
        far = rng.choice(live, min(50, len(live)), replace=False)
        relevance = np.concatenate((rng.random(len(near)), rng.random(len(far)) * 0.5))
        parts.append(
            pd.DataFrame(
                {"source_id": np.concatenate((near, far)), "target_id": page, "relevance": relevance}
            )
        )
    return pd.concat(parts, ignore_index=True)


def panel() -> None:
    """What the what-if panel computes for one position of its slider, and what robustness and suggestions of a large site cost."""
    audit = lk.run_audit(large_site(1))
    pages, rng = len(audit.site.pages), np.random.default_rng(3)
    money = np.flatnonzero(audit.authority.money)
    candidates = pd.DataFrame(
        {"source_id": rng.integers(0, pages, 5_000), "target_id": rng.choice(money, 5_000)}
    )
    result, seconds = timed(lambda: plan_links(audit, candidates, constraints=Constraints(50)))
    print(
        f"\nWhat-if panel: {pages:,} pages, {len(audit.graph.source):,} edges; plan of {len(result.links)} links {seconds:.1f} s"
    )
    before, taken = None, []
    for number in range(len(result.links) + 1):
        start = time.perf_counter()
        simulated = simulate_changes(audit, [], planned=result.links.head(number), before=before)
        whatif_table(simulated), summary_view(simulated), simulated_pages(simulated)
        taken.append(time.perf_counter() - start)
        before = simulated.before
    print(
        f"  one position of the slider: simulation and its three tables  median {statistics.median(taken) * 1000:6.1f} ms, slowest {max(taken) * 1000:.1f} ms"
    )
    for name, work in (
        ("robustness over 12 variants", lambda: robustness(audit)),
        ("each link of the plan under 10 models", lambda: plan_robustness(audit, result)),
        ("backlink targets", lambda: backlink_targets(audit)),
    ):
        print(f"  {name:40} {timed(work)[1]:8.2f} s")


def main(*what: str) -> None:
    """Measure and print."""
    if not what or "speed" in what:
        speed(random_graph(10_000, 200_000))
        for name in ("PostgreSQL docs", "JDK docs"):
            if (site := docs_site(name)) is not None:
                speed(LinkGraph.from_site(site))
    if not what or "plan" in what:
        plan("Sample site", sample_site())
        for name in ("PostgreSQL docs", "JDK docs"):
            if (site := docs_site(name)) is not None:
                plan(name, site)
    if not what or "panel" in what:
        panel()
    if "large" in what:
        speed(random_graph(1_000_000, 50_000_000), peers=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
