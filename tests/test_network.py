"""Pictures of the link graph: bounded, told in words and tables as well, and deaf to what crawled pages say."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import linkkit as lk
from linkkit import network
from linkkit.network import MAX_NODES
from tests.small_site import HOSTILE_URL, ISLAND, ORPHANS, START, build_small_site, with_signals

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.fixture(scope="module")
def audit(tmp_path_factory: pytest.TempPathFactory) -> lk.Audit:
    return lk.run_audit(with_signals(build_small_site(), tmp_path_factory.mktemp("signals")))


def pictures(audit: lk.Audit) -> dict[str, network.Picture]:
    return {
        "ego": network.ego_network(audit, HOSTILE_URL),
        "rings": network.depth_rings(audit),
        "lost": network.orphan_map(audit),
    }


def test_ego_shows_the_links_of_one_page(audit: lk.Audit) -> None:
    picture = network.ego_network(audit, f"{START}guides/")
    graph = audit.graph
    page = audit.site.page_id(f"{START}guides/")
    roles = picture.nodes.groupby("role")["url"].agg(set)
    assert roles["source"] <= {graph.urls[each] for each in graph.source[graph.target == page]}
    assert roles["target"] <= {graph.urls[each] for each in graph.target[graph.source == page]}
    assert (
        min(15, int((graph.target == page).sum()))
        == (picture.nodes[(picture.nodes["role"] == "source") & (picture.nodes["url"] != "")].shape[0])
    )
    assert picture.nodes.loc[picture.nodes["role"] == "source", "x"].max() < 0


def test_rings_hold_each_reachable_page_once_at_its_depth(audit: lk.Audit) -> None:
    picture = network.depth_rings(audit)
    metrics = audit.metrics
    reachable = metrics[
        metrics["crawl_depth"].notna() & audit.site.pages["is_indexable"] & metrics["folds_into"].isna()
    ]
    shown = picture.nodes[picture.nodes["url"] != ""]
    assert sorted(shown["url"]) == sorted(reachable["url"])
    assert len(picture.edges) == len(shown) - 1
    assert len(picture.nodes) <= MAX_NODES
    assert f"{len(shown)} of {len(reachable)}" in picture.caption


def test_the_map_of_the_lost_names_orphans_and_islands(audit: lk.Audit) -> None:
    shown = set(network.orphan_map(audit).nodes["url"])
    assert {START + path for path in (*ORPHANS, *ISLAND)} <= shown


@pytest.mark.parametrize("name", ["ego", "rings", "lost"])
def test_a_picture_loads_nothing_and_holds_no_markup_of_the_site(audit: lk.Audit, name: str) -> None:
    page = pictures(audit)[name].html()
    assert re.findall(r"""(?:src|href)\s*=\s*["']?(?:https?:)?//""", page) == []
    assert "bootstrap" not in page.lower()
    assert "<img src=x" not in page
    assert "<script>window.pwned" not in page


@pytest.mark.browser
@pytest.mark.parametrize("name", ["ego", "rings", "lost"])
def test_a_hostile_page_fires_nothing_in_a_browser(
    audit: lk.Audit, name: str, page: "Page", tmp_path: Path
) -> None:
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    file = tmp_path / "picture.html"
    file.write_text(f"<meta charset=utf-8>{pictures(audit)[name]._repr_html_()}", "utf-8")
    page.goto(file.as_uri())
    frame = page.frame_locator("iframe")
    frame.locator("canvas").wait_for(timeout=20_000)
    box = page.locator("iframe").bounding_box()
    assert box is not None
    # Tooltips are where pyvis would put a title into the page as HTML: the pointer goes over the whole picture.
    for x in range(10, int(box["width"]), 60):
        for y in range(10, int(box["height"]), 40):
            page.mouse.move(box["x"] + x, box["y"] + y)
    page.wait_for_timeout(500)
    assert [each.evaluate("window.pwned") for each in page.frames] == [None] * len(page.frames)
    assert [url for url in requests if not url.startswith(("file:", "data:", "about:", "blob:"))] == []


def test_an_unknown_page_is_an_error(audit: lk.Audit) -> None:
    with pytest.raises(lk.SiteError, match="is not a page of this site"):
        network.ego_network(audit, f"{START}nowhere/")
