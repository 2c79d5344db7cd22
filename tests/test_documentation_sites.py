"""A crawl of real documentation sites against an independent reading of the same files."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import lxml.html
import networkx as nx
import numpy as np
import pytest

import linkkit as lk
from linkkit.schema import OrphanState

pytestmark = pytest.mark.docs

SITES = {"postgresql": "postgresql_docs", "python": "python_docs"}
NEVER_TRUE_HERE = {
    "orphan-page",
    "island-page",
    "deep-page",
    "nofollow-only-page",
    "non-indexable-sources-only",
}


def links_on_disk(folder: Path, start: str) -> nx.DiGraph:
    """Links between the HTML files that a reader who starts at `start` can reach, read from the files themselves."""
    graph = nx.DiGraph()
    graph.add_node(start)
    waiting = [start]
    while waiting:
        page = waiting.pop()
        document = lxml.html.fromstring((folder / page.lstrip("/")).read_bytes())
        for href in document.xpath("//a/@href | //area/@href"):
            target = urldefrag(urljoin(f"http://site{page}", href.strip())).url
            parts = urlsplit(target)
            path = unquote(parts.path)
            path = path + "index.html" if path.endswith("/") else path
            file = folder / path.lstrip("/")
            if (
                parts.netloc != "site"
                or parts.scheme != "http"
                or not file.is_file()
                or file.suffix != ".html"
            ):
                continue
            if path not in graph:
                waiting.append(path)
            graph.add_edge(page, path)
    return graph


@pytest.fixture(scope="module", params=list(SITES))
def crawled(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, serve: Callable[[Path], str]
) -> tuple[lk.Audit, nx.DiGraph]:
    folder: Path = request.getfixturevalue(SITES[request.param])
    site = lk.crawl(serve(folder) + "index.html", tmp_path_factory.mktemp(request.param), delay=0)
    return lk.run_audit(site), links_on_disk(folder, "/index.html")


def path_of(url: str) -> str:
    path = unquote(urlsplit(url).path)
    return path + "index.html" if path.endswith("/") else path


def test_every_reachable_page_is_found(crawled: tuple[lk.Audit, nx.DiGraph]) -> None:
    audit, truth = crawled
    answered = audit.site.pages[
        (audit.site.pages["status"] == 200) & audit.site.pages["url"].str.contains(r"\.html|/$")
    ]
    assert set(truth) == {path_of(url) for url in answered["url"]}
    assert len(truth) > 400
    assert audit.manifest.complete, audit.manifest.stopped_by


def test_depth_is_the_number_of_clicks(crawled: tuple[lk.Audit, nx.DiGraph]) -> None:
    audit, truth = crawled
    clicks = nx.single_source_shortest_path_length(truth, "/index.html")
    depth = {
        path_of(url): value
        for url, value in zip(audit.metrics["url"], audit.metrics["crawl_depth"], strict=True)
    }
    assert {path: depth[path] for path in clicks} == clicks
    assert max(clicks.values()) <= 3


def test_no_page_is_called_deep_or_orphaned(crawled: tuple[lk.Audit, nx.DiGraph]) -> None:
    audit, _ = crawled
    assert not set(audit.findings["check_id"]) & NEVER_TRUE_HERE
    states = set(audit.metrics["orphan_state"])
    assert states <= {OrphanState.LINKED, OrphanState.CHROME_ONLY, OrphanState.NOT_INDEXABLE}
    assert not (audit.checks["state"] == "error").any()
    assert np.isclose(audit.metrics["pagerank"].sum(), 1)


def test_everything_that_enters_is_in_the_ledger(crawled: tuple[lk.Audit, nx.DiGraph]) -> None:
    audit, _ = crawled
    assert audit.ledger.sum() == pytest.approx(1.0, abs=1e-9)
    assert np.abs(audit.authority.landing_ledgers.sum(axis=1) - 1).max() < 1e-9
    # Authority is personalised PageRank where what is lost goes to a place of its own.
    flow = audit.authority.flow
    graph = nx.DiGraph()
    moves = flow.moves.tocoo()
    graph.add_weighted_edges_from(
        zip(moves.coords[0].tolist(), moves.coords[1].tolist(), moves.data.tolist(), strict=True)
    )
    lost = flow.lost.sum(axis=1)
    graph.add_weighted_edges_from((page, "lost", lost[page]) for page in np.flatnonzero(lost).tolist())
    graph.add_edge("lost", "lost", weight=1.0)
    entry = {page: share for page, share in enumerate(audit.authority.entry.shares.tolist()) if share > 0}
    theirs = nx.pagerank(graph, alpha=flow.damping, personalization=entry, tol=1e-16, max_iter=1000)
    ours = audit.authority.settled
    assert sum(abs(theirs.get(page, 0.0) - ours[page]) for page in range(len(ours))) < 1e-9
