"""Parts of a site put together are the site."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import linkkit as lk
from linkkit.graph import repeated_links
from linkkit.linkmodel import LinkModel
from linkkit.schema import OUTSIDE, TRANSITIONS, FoundIn, Position
from linkkit.site import Manifest, Site
from linkkit.sources.builder import SiteBuilder
from linkkit.sources.merging import merge_sites

WWW, SHOP = "https://www.client.example", "https://shop.client.example"
ADDRESSES = [
    f"{WWW}/",
    *(f"{WWW}/guide/{number}" for number in range(14)),
    f"{SHOP}/",
    *(f"{SHOP}/tent/{number}" for number in range(12)),
]


def _facts(address: str) -> dict[str, object]:
    if address.endswith("/guide/3"):
        return {"status": 301, "redirect_to": f"{SHOP}/tent/1"}
    name = address.rsplit("/", 1)[-1] or "home"
    return {
        "status": 200,
        "content_type": "text/html",
        "title": name,
        "h1": name,
        "language": "en",
        "word_count": 50,
    }


def _links(address: str) -> list[tuple[str, str, Position, bool, bool, str]]:
    chance = np.random.default_rng(sum(address.encode()))
    menu = [
        (f"{WWW}/", "Home", Position.NAVIGATION, False, False, "nav"),
        (f"{SHOP}/", "Shop", Position.NAVIGATION, False, False, "nav"),
    ]
    # A list in the content that every page of a template repeats, whichever crawl saw it.
    menu += [(f"{SHOP}/tent/2", "Tent of the week", Position.CONTENT, False, False, "main aside ul")]
    wanted = [ADDRESSES[each] for each in chance.integers(0, len(ADDRESSES), 3)]
    content = [
        (each, f"about {each[-1]}", Position.CONTENT, bool(chance.integers(5) == 0), False, "main p")
        for each in wanted
    ]
    return [
        *menu,
        *content,
        ("https://other.example/", "elsewhere", Position.CONTENT, False, False, "main p"),
    ]


def _part(
    start: str, host: str, addresses: list[str], *, stopped_by: str | None = None, folder: Path | None = None
) -> Site:
    builder = SiteBuilder(start, hosts=[host], folder=folder)
    for address in addresses:
        page = builder.add_page(address, _facts(address), text=f"text of {address}", linkable="", headings="")
        assert page is not None
        if not address.endswith("/guide/3"):
            builder.add_links(page, _links(address))
    manifest = Manifest(
        start_url=builder.start_url, tool="test", complete=stopped_by is None, stopped_by=stopped_by
    )
    return builder.finish(manifest)


@pytest.fixture(scope="module")
def whole() -> Site:
    return _part(f"{WWW}/", SHOP, ADDRESSES)


@pytest.fixture(scope="module")
def parts() -> tuple[Site, Site]:
    """The two hosts; the second crawl met the first host's start page as well, and stopped at a limit."""
    www = [each for each in ADDRESSES if each.startswith(WWW)]
    shop = [*(each for each in ADDRESSES if each.startswith(SHOP)), f"{WWW}/"]
    return _part(f"{WWW}/", SHOP, www), _part(f"{SHOP}/", WWW, shop, stopped_by="page limit 14")


def _by_url(audit: lk.Audit) -> pd.DataFrame:
    # Ids are the parts' own affair.
    ids = [
        name
        for name in audit.metrics
        if name.startswith("example") or name in {"page_id", "leak_example", "folds_into"}
    ]
    return audit.metrics.drop(columns=ids).set_index("url").sort_index()


def _told(audit: lk.Audit) -> set[tuple[object, ...]]:
    columns = audit.findings[["check_id", "url", "value", "severity"]].round(9)
    return set(columns.itertuples(index=False, name=None))


def assert_same_site(merged: Site, whole: Site) -> None:
    one, two = lk.run_audit(merged), lk.run_audit(whole)
    pd.testing.assert_frame_equal(_by_url(one), _by_url(two), rtol=0, atol=1e-9)
    assert np.abs(one.ledger - two.ledger).sum() < 1e-9
    assert _told(one) == _told(two)
    assert {name: merged.manifest.rows[name] for name in ("pages", "links", "text")} == {
        name: whole.manifest.rows[name] for name in ("pages", "links", "text")
    }


def test_parts_are_the_whole(parts: tuple[Site, Site], whole: Site, tmp_path: Path) -> None:
    merged = merge_sites(parts, folder=tmp_path / "site")
    assert merged.manifest.complete
    assert [part["pages"] for part in merged.manifest.settings["parts"]] == [15, 13]
    assert_same_site(merged, whole)
    # The same list in both crawls is one pattern of the template.
    together = LinkModel(boilerplate_min_pages=20)
    patterns = repeated_links(merged, together)
    assert patterns["pages"].max() == repeated_links(whole, together)["pages"].max() > 20
    assert lk.load(tmp_path / "site").pages.equals(merged.pages)


def test_a_part_alone_leaves_pages_open(parts: tuple[Site, Site]) -> None:
    merged = merge_sites(parts[:1])
    assert not merged.manifest.complete
    assert merged.manifest.stopped_by == "9 linked pages were requested by no part"
    assert len(merged.pages) == 15 + 9


def test_the_whole_begins_where_it_is_told(parts: tuple[Site, Site]) -> None:
    merged = merge_sites(parts, start_url=f"{SHOP}/")
    assert merged.start_url == f"{SHOP}/"
    assert merged.pages.set_index("url").loc[f"{WWW}/guide/1", "section"] == "www.client.example/guide/"
    with pytest.raises(lk.SiteError, match="is a page of none of the sites"):
        merge_sites(parts, start_url=f"{WWW}/nowhere")


def test_a_fault_of_one_part_is_the_wholes(parts: tuple[Site, Site]) -> None:
    shop = [each for each in ADDRESSES if each.startswith(SHOP)]
    broken = _part(f"{SHOP}/", WWW, shop, stopped_by="only the start page was found: it is a frameset")
    merged = merge_sites([parts[0], broken])
    assert merged.manifest.stopped_by == f"{SHOP}/: only the start page was found: it is a frameset"


def test_signals_and_steps_of_the_parts_stay(parts: tuple[Site, Site]) -> None:
    first, second = (site.pages.copy() for site in parts)
    first.loc[parts[0].page_id(f"{SHOP}/tent/1"), "clicks"] = 5.0
    second.loc[parts[1].page_id(f"{SHOP}/tent/1"), ["clicks", "sessions"]] = [9.0, 70.0]
    second.loc[parts[1].page_id(f"{WWW}/"), "found_in"] = int(FoundIn.SITEMAP)
    steps = {
        "source_id": [OUTSIDE, parts[1].page_id(f"{SHOP}/")],
        "target_id": [parts[1].page_id(f"{SHOP}/"), parts[1].page_id(f"{SHOP}/tent/4")],
    }
    table = pa.table({**steps, "transitions": [30.0, 12.0]}).cast(TRANSITIONS)
    merged = merge_sites([parts[0].with_pages(first), parts[1].with_pages(second, transitions=table)])
    page = merged.pages.set_index("url").loc[f"{SHOP}/tent/1"]
    assert (page["clicks"], page["sessions"]) == (5.0, 70.0)
    assert merged.pages.set_index("url").loc[f"{WWW}/", "found_in"] == FoundIn.SITEMAP | FoundIn.CRAWL
    kept = merged.engine.arrow(
        "SELECT source_id, target_id, transitions FROM transitions ORDER BY transitions"
    ).to_pylist()
    shop, tent = merged.page_id(f"{SHOP}/"), merged.page_id(f"{SHOP}/tent/4")
    assert kept == [
        {"source_id": shop, "target_id": tent, "transitions": 12.0},
        {"source_id": OUTSIDE, "target_id": shop, "transitions": 30.0},
    ]


def test_sites_of_other_scopes_are_refused(parts: tuple[Site, Site], tmp_path: Path) -> None:
    alone = SiteBuilder(f"{SHOP}/")
    alone.add_page(f"{SHOP}/", _facts(f"{SHOP}/"))
    other = alone.finish(Manifest(start_url=f"{SHOP}/", tool="test"))
    with pytest.raises(lk.SiteError, match=r"not parts of one.*same hosts and folders"):
        merge_sites([parts[0], other], folder=tmp_path / "site")
    assert not (tmp_path / "site").exists()
    with pytest.raises(lk.SiteError, match="at least one"):
        merge_sites([])
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "notes.txt").write_text("mine")
    with pytest.raises(lk.SiteError, match="exists already"):
        merge_sites(parts, folder=tmp_path / "taken")
