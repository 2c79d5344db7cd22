"""Pictures of the link graph against networkx, their limits and captions, and their tooltips in a browser."""

import html as html_module
import re
from pathlib import Path
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from linkkit import network
from linkkit.audit import Audit, run_audit
from linkkit.network.labels import distinct_labels, page_label
from linkkit.network.picture import Picture, edges_frame, nodes_frame
from linkkit.sources.edges import read_edges
from tests.small_site import HOSTILE_URL, ISLAND, ORPHANS, START, small_site, with_signals

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.fixture(scope="module")
def audit(tmp_path_factory: pytest.TempPathFactory) -> Audit:
    return run_audit(with_signals(small_site(), tmp_path_factory.mktemp("signals")))


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Audit:
    """A random site of 700 pages."""
    random = np.random.default_rng(7)
    source, target = random.integers(0, 700, (2, 2_500))
    rows = pd.DataFrame({"source": source, "target": target}).map(
        lambda page: f"{START}p{page}/" if page else START
    )
    tree = pd.DataFrame({"source": [f"{START}p{i // 3}/" if i >= 3 else START for i in range(1, 700)],
                         "target": [f"{START}p{i}/" for i in range(1, 700)]})  # fmt: skip
    file = tmp_path_factory.mktemp("large") / "edges.csv"
    pd.concat([rows, tree]).to_csv(file, index=False)
    return run_audit(read_edges(file, start_url=START))


def _pages(picture: Picture, role: str) -> set[str]:
    return set(picture.nodes.loc[picture.nodes["role"] == role, "url"])


def test_ego_has_both_sides(audit: Audit) -> None:
    url = f"{START}shop/tents/corrie/"
    picture = network.ego_network(audit, url, each_side=100)
    graph = audit.graph.to_networkx()
    page = audit.site.page_id(url)
    names = nx.get_node_attributes(graph, "url")
    assert _pages(picture, "source") == {names[each] for each in graph.predecessors(page)}
    assert _pages(picture, "target") == {names[each] for each in graph.successors(page)}
    assert picture.nodes.loc[picture.nodes["role"] == "source", "x"].max() < 0
    assert picture.nodes.loc[picture.nodes["role"] == "target", "x"].min() > 0
    assert picture.title == f"13 pages link to {url}, which links to 5 others"


def test_ego_is_bounded_and_says_so(audit: Audit) -> None:
    picture = network.ego_network(audit, f"{START}guides/", each_side=5)
    assert (picture.nodes["role"] == "source").sum() == 5
    assert "Showing 5 of 35 pages that link here" in picture.caption
    assert "strongest by PageRank" in picture.caption


def test_ego_shows_content_links_first_with_their_text(audit: Audit) -> None:
    picture = network.ego_network(audit, f"{START}shop/tents/corrie/")
    into = picture.edges[picture.edges["target"] == 0]
    assert into["kind"].tolist() == ["content"] * len(into)
    assert {"Corrie tent", "Corrie"} == set(into["anchor"])


def test_ego_of_a_redirect_is_its_target(audit: Audit) -> None:
    picture = network.ego_network(audit, f"{START}old/")
    assert picture.nodes.loc[0, "url"] == f"{START}guides/guide-1/"


def test_ego_of_an_orphan_has_no_left_side(audit: Audit) -> None:
    picture = network.ego_network(audit, START + ORPHANS[0])
    assert _pages(picture, "source") == set()
    assert picture.title.startswith("No page links to ")


def test_rings_are_a_tree_of_shortest_paths(audit: Audit) -> None:
    picture = network.depth_rings(audit)
    depth = audit.metrics["crawl_depth"]
    assert len(picture.edges) == len(picture.nodes) - 1
    steps = depth[picture.edges["target"]].to_numpy() - depth[picture.edges["source"]].to_numpy()
    assert steps.tolist() == [1.0] * len(steps)
    followed = audit.graph.to_networkx()
    assert all(
        followed.has_edge(s, t) for s, t in zip(picture.edges["source"], picture.edges["target"], strict=True)
    )
    assert "Showing 34 of 34 indexable pages" in picture.caption
    assert picture.title == "4 of 34 reachable indexable pages lie beyond 3 clicks"


def test_rings_lie_at_their_depth(audit: Audit) -> None:
    picture = network.depth_rings(audit)
    radius = np.hypot(picture.nodes["x"], picture.nodes["y"])
    depth = audit.metrics["crawl_depth"][picture.nodes["node"]].to_numpy().astype(int)
    by_depth = dict(zip(range(1, 7), (r for r, _ in picture.rings), strict=True)) | {0: 0.0}
    assert radius.tolist() == pytest.approx([by_depth[d] for d in depth])
    assert [label for _, label in picture.rings][:2] == ["1 click", "2 clicks"]


def test_rings_follow_the_limit(audit: Audit) -> None:
    assert (network.depth_rings(audit, max_depth=3).nodes["role"] == "beyond").sum() == 4
    assert (network.depth_rings(audit, max_depth=6).nodes["role"] == "beyond").sum() == 0


def test_rings_of_a_large_site_are_bounded(large: Audit) -> None:
    picture = network.depth_rings(large)
    assert len(picture.nodes) == 300
    assert len(picture.edges) == 299
    assert set(picture.edges["source"]) <= set(picture.nodes["node"])
    assert "Showing 300 of 700 indexable pages, money pages and strongest by PageRank" in picture.caption
    assert network.depth_rings(large).nodes.equals(picture.nodes), "the same picture every time"


def test_orphan_map_groups_by_state(audit: Audit) -> None:
    picture = network.orphan_map(audit)
    assert _pages(picture, "lost") == {START + path for path in (*ORPHANS, *ISLAND, "secret/")}
    headings = picture.nodes.loc[picture.nodes["role"] == "heading", "label"].tolist()
    assert headings == ["Orphans (2)", "Islands (2)", "Nofollow only (1)"]
    ends = {audit.site.page_id(START + path) for path in ISLAND}
    assert set(picture.edges["source"]) == set(picture.edges["target"]) == ends


def test_orphan_map_says_what_is_left_out(audit: Audit) -> None:
    picture = network.orphan_map(audit, each=1)
    assert "Showing 3 of 5 pages" in picture.caption
    assert picture.nodes.loc[picture.nodes["role"] == "more", "label"].tolist() == [
        "… and 1 more",
        "… and 1 more",
    ]
    assert picture.nodes.loc[picture.nodes["role"] == "lost", "url"].iloc[0] == START + ORPHANS[0], (
        "backlinks first"
    )


def test_too_large_a_picture_is_refused() -> None:
    row = {"url": "", "title": "", "label": "", "detail": "", "role": "lost", "shape": "dot", "size": 1.0,
           "is_money_page": False, "x": 0.0, "y": 0.0}  # fmt: skip
    with pytest.raises(ValueError, match="301 nodes"):
        Picture(nodes_frame([{**row, "node": n} for n in range(301)]), edges_frame([]), "t", "c")


def _html(audit: Audit) -> dict[str, str]:
    return {
        "ego": network.ego_network(audit, f"{START}guides/").html(),
        "hostile": network.ego_network(audit, HOSTILE_URL).html(),
        "rings": network.depth_rings(audit).html(),
        "lost": network.orphan_map(audit).html(),
    }


def test_pages_load_nothing(audit: Audit) -> None:
    for name, page in _html(audit).items():
        without_data = re.sub(r"new vis\.DataSet\(.*?\]\);", "", page, flags=re.DOTALL)
        markup = re.sub(r"<(script|style)\b.*?</\1>|<!--.*?-->", "", without_data, flags=re.DOTALL)
        assert not re.search(r"(?:src|href)\s*=", markup), name
        assert not re.search(r"<script[^>]+src|@import|bootstrap", without_data), name
        assert "default-src 'none'" in page.split("<script")[0], name
        assert page.startswith("<!DOCTYPE html>"), name


def test_hostile_text_is_data_only(audit: Audit) -> None:
    pages = _html(audit)
    for name in ("ego", "hostile"):
        page = pages[name]
        assert "window.pwned" in page, name
        assert "<script>window.pwned" not in page, name
        assert "<img src=x" not in page, name
        assert "popup.innerHTML" not in page, name
    # A title with "href" in it is what makes pyvis show all titles as HTML.
    assert "popup.innerText = nodeData[0].title;" in pages["hostile"]


def test_iframe_is_sandboxed(audit: Audit) -> None:
    frame = network.ego_network(audit, HOSTILE_URL).iframe()
    assert frame.startswith("<iframe title=")
    assert 'sandbox="allow-scripts"' in frame
    assert frame.count("<") == 2, "everything inside the attributes is escaped"
    assert html_module.unescape(frame).count("<!DOCTYPE html>") == 1


def test_numpy_numbers_are_fine(large: Audit) -> None:
    picture = network.depth_rings(large)
    assert picture.nodes["node"].dtype == "int64"
    assert '"id": 0' in picture.html()


def test_labels_tell_pages_apart() -> None:
    urls = [f"{START}a/x/", f"{START}b/x/", f"{START}y/", START, f"{START}s/?q=1"]
    assert distinct_labels(urls) == ["a/x", "b/x", "y", "shop.example", "s?q=1"]
    assert len(page_label(START + "z" * 500)) == 30
    assert page_label(f"{START}%E2%80%AEevil/") == "\ufffdevil"


@pytest.mark.browser
def test_pictures_draw_and_nothing_hostile_runs(audit: Audit, page: "Page", tmp_path: Path) -> None:
    requests: list[str] = []
    faults: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("pageerror", lambda error: faults.append(str(error)))
    frames = "".join(
        picture.iframe()
        for picture in (
            network.ego_network(audit, HOSTILE_URL),
            network.depth_rings(audit),
            network.orphan_map(audit),
        )
    )
    file = tmp_path / "pictures.html"
    file.write_text(f"<!DOCTYPE html><meta charset='utf-8'>{frames}", "utf-8")
    page.goto(file.as_uri())
    page.wait_for_timeout(1_500)
    inner = [frame for frame in page.frames if frame != page.main_frame]
    assert len(inner) == 3
    for frame in inner:
        assert frame.evaluate("network.getPositions() && nodes.length") > 1
        assert frame.evaluate("window.pwned") is None
    # Hover over the hostile page's box: its tooltip is text.
    box = page.locator("iframe").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    place = inner[0].evaluate(
        "(() => { const p = network.canvasToDOM(network.getPositions([0])[0]); return [p.x, p.y]; })()"
    )
    page.mouse.move(box["x"] + place[0] + 1, box["y"] + place[1] + 1)
    page.wait_for_timeout(800)
    shown = inner[0].evaluate(
        "[...document.querySelectorAll('.vis-tooltip, .popup')].map(e => [e.innerText, [...e.querySelectorAll('*')].map(c => c.tagName)])"
    )
    assert any("hreflang guide <img src=x" in text for text, _ in shown)
    assert {tag for _, tags in shown for tag in tags} <= {"BR"}
    assert page.evaluate("window.pwned") is None
    assert inner[0].evaluate("window.pwned") is None
    assert faults == []
    assert [url for url in requests if not url.startswith(("file:", "data:", "about:"))] == []


@pytest.mark.browser
@pytest.mark.parametrize("width", [700, 1500])
def test_pictures_are_whole_after_the_window_changed(
    audit: Audit, page: "Page", tmp_path: Path, width: int
) -> None:
    pictures = (network.ego_network(audit, START), network.depth_rings(audit), network.orphan_map(audit))
    file = tmp_path / "pictures.html"
    frames = "".join(picture.iframe() for picture in pictures)
    file.write_text(f"<!DOCTYPE html><meta charset='utf-8'>{frames}", "utf-8")
    page.set_viewport_size({"width": 1000, "height": 800})
    page.goto(file.as_uri())
    page.wait_for_timeout(1_500)
    page.set_viewport_size({"width": width, "height": 800})
    page.wait_for_timeout(1_500)
    for frame in page.frames[1:]:
        outside = frame.evaluate(
            """() => { const box = document.getElementById("mynetwork");
            return Object.values(network.getPositions()).map(at => network.canvasToDOM(at))
                .filter(at => at.x < 0 || at.y < 0 || at.x > box.clientWidth || at.y > box.clientHeight); }"""
        )
        assert outside == []
