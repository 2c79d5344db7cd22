"""Sections, hubs, parents, series, and how links follow them, on small sites counted by hand."""

import numpy as np
import pandas as pd
import pytest

import linkkit as lk
from linkkit.metrics import compute_metrics
from linkkit.metrics.hierarchy import Hierarchy, hierarchy_of
from linkkit.metrics.series import page_kinds
from linkkit.metrics.structure import section_links, section_summary, tangle_of
from linkkit.metrics.trails import one_step_down
from linkkit.site import Site
from tests.site_factory import ORIGIN, build, metric, paths


def hierarchy(site: Site, **options: object) -> Hierarchy:
    return hierarchy_of(site, lk.LinkGraph.from_site(site), **options)  # type: ignore[arg-type]


def by_path(site: Site, found: Hierarchy, column: str) -> dict[str, object]:
    return metric(found.pages.assign(url=site.pages["url"]), column)


def parents(site: Site, found: Hierarchy) -> dict[str, str | None]:
    every = paths(site.pages["url"])
    return {
        path: every[up] if up >= 0 else None for path, up in zip(every, found.parent.tolist(), strict=True)
    }


def sections(found: Hierarchy) -> list[tuple[str, int, str]]:
    return list(found.sections[["section", "pages", "hub_reason"]].itertuples(index=False, name=None))


SHOP = [
    "/",
    "/shop/",
    "/shop/tents/",
    "/shop/tents/a/",
    "/shop/tents/b/",
    "/shop/tents/c/",
    "/blog/x/",
    "/blog/y/",
    "/blog/z/",
    "/about/",
]


def test_sections_from_folders() -> None:
    site = build(SHOP, ["/ -> /shop/", "/shop/ -> /shop/tents/"])
    found = hierarchy(site)
    assert found.source == "folders"
    assert sections(found) == [("/shop/", 5, "address"), ("/blog/", 3, ""), ("/", 2, "start")]
    assert found.sections["at_address"].tolist() == ["", "no known page", ""]
    assert by_path(site, found, "subsection")["/shop/tents/a/"] == "/shop/tents/"
    assert by_path(site, found, "subsection")["/shop/tents/"] == "/shop/tents/"
    up = parents(site, found)
    assert (up["/"], up["/shop/"], up["/shop/tents/a/"], up["/blog/x/"]) == (None, "/", "/shop/tents/", "/")


@pytest.mark.parametrize("trail_by", ["data", "links"])
def test_sections_from_breadcrumbs(trail_by: str) -> None:
    """Addresses that lie in no folder get their section from what stands above them; a redirect in a trail is where it ends."""
    goods = ["/p1", "/p2", "/p3"]
    moved = {"path": "/old-tents", "status": 301, "redirect_to": "/tents"}
    above = [["Home", f"{ORIGIN}/"], ["Tents", f"{ORIGIN}/old-tents"]]
    data = [{"path": path, "breadcrumb": above} for path in goods]
    links = [{"source": p, "target": t, "position": "breadcrumb"} for p in goods for t in ("/", "/old-tents")]
    site = build(
        ["/", "/tents", moved, *(data if trail_by == "data" else goods)], links if trail_by == "links" else []
    )
    found = hierarchy(site)
    assert found.source == "breadcrumbs"
    assert sections(found) == [("/tents/", 4, "address"), ("/", 1, "start")]
    assert parents(site, found)["/p2"] == "/tents"
    assert set(by_path(site, found, "section_source").values()) == {"breadcrumb", "none", "folder"}
    assert hierarchy(site, source="folders").sections["section"].tolist() == ["/"]


def test_a_section_without_an_address_is_called_as_its_breadcrumb_step() -> None:
    above = [["Tents", ""], ["Small", f"{ORIGIN}/small/"]]
    found = hierarchy(build(["/", *({"path": f"/p{n}", "breadcrumb": above} for n in range(3))]))
    assert sections(found) == [("Tents", 3, ""), ("/", 1, "start")]
    assert found.sections["address"].tolist() == ["", ""]


def test_sections_from_the_menu() -> None:
    """No folders, no breadcrumbs: pages belong to the entry that text links lead from; the menu's own links tell nothing."""
    pages = ["/", *(f"/t{n}" for n in range(5)), *(f"/b{n}" for n in range(5))]
    menu = [
        {"source": s, "target": t, "position": "navigation"}
        for s in pages
        for t in ("/t0", "/b0", "/")
        if s != t
    ]
    site = build(pages, [*menu, "/t0 -> /t1", "/t0 -> /t2", "/t1 -> /t3", "/t2 -> /t4", "/b0 -> /b1", "/b1 -> /b2", "/b2 -> /b3", "/b3 -> /b4"])  # fmt: skip
    found = hierarchy(site)
    assert found.source == "menu"
    assert sections(found) == [("/b0/", 5, "address"), ("/t0/", 5, "address"), ("/", 1, "start")]
    assert by_path(site, found, "site_section")["/t4"] == "/t0/"


def test_a_folder_of_few_pages_does_not_make_folders_the_source() -> None:
    pages = ["/", *(f"/t{n}" for n in range(5)), "/old/1"]
    menu = [{"source": s, "target": "/t0", "position": "header"} for s in pages if s != "/t0"]
    found = hierarchy(build(pages, [*menu, *(f"/t0 -> /t{n}" for n in range(1, 5))]))
    assert (found.source, sections(found)[0]) == ("menu", ("/t0/", 5, "address"))


@pytest.mark.parametrize(("inside", "outside", "steps_down"), [(8, 4, True), (7, 5, False), (4, 4, False)])
def test_a_top_that_holds_four_fifths_is_the_site_itself(inside: int, outside: int, steps_down: bool) -> None:
    """The start page and the top's own page lie in no section: of 12 pages 8 are enough, of 8 pages 4 are not."""
    trails = [*([("docs", f"docs/{n % 2}") for n in range(inside)]), *([()] * outside)]
    down = one_step_down(trails, np.ones(len(trails), dtype=bool), 0.8)
    assert down == ([trail[1:] for trail in trails] if steps_down else trails)


def test_a_folder_of_which_half_speaks_its_language_is_a_section() -> None:
    pages = [{"path": f"/it/{part}/{n}", "language": "it" if n else "en"} for part in "ab" for n in range(2)]
    news = [f"/news/{n}" for n in range(3)]
    assert hierarchy(build(["/", *pages, *news])).sections["section"].tolist() == ["/it/", "/news/", "/"]


def test_a_language_folder_and_a_folder_of_everything_are_no_sections() -> None:
    tree = [f"/en/{part}/{n}" for part in ("shop", "blog") for n in range(3)]
    languages = [{"path": path, "language": "en-GB"} for path in tree]
    assert hierarchy(build(["/", *languages])).sections["section"].tolist() == ["/en/blog/", "/en/shop/", "/"]
    news = [f"/news/{n}" for n in range(3)]
    found = hierarchy(build(["/", *languages, *news])).sections["section"].tolist()
    assert found == ["/en/blog/", "/en/shop/", "/news/", "/"]
    italian = [{"path": path.replace("/en/", "/it/"), "language": "en"} for path in tree]
    other = [f"/news/{n}" for n in range(3)]
    assert hierarchy(build(["/", *italian, *other])).sections["section"].tolist() == ["/it/", "/news/", "/"]
    docs = [path.replace("/en/", "/docs/") for path in tree]
    assert hierarchy(build(["/", "/docs/", *docs])).sections["section"].tolist() == [
        "/docs/blog/",
        "/docs/shop/",
        "/",
    ]


def test_the_hub_is_where_the_address_leads_or_the_page_linked_up_to() -> None:
    members = [f"/lab/{n}" for n in range(4)]
    moved = {"path": "/lab/", "status": 301, "redirect_to": "/research"}
    found = hierarchy(build(["/", moved, "/research", "/x", *members]))
    assert sections(found)[0] == ("/lab/", 4, "redirect")
    gone = {"path": "/lab/", "status": 404}
    up = [f"{member} -> /research" for member in members[:2]]
    site = build(["/", gone, "/research", "/x", *members], up)
    found = hierarchy(site)
    assert sections(found)[0] == ("/lab/", 4, "links")
    assert parents(site, found)["/lab/3"] == "/research"
    assert sections(hierarchy(build(["/", gone, "/research", "/x", *members], up[:1])))[0] == ("/lab/", 4, "")
    from_everywhere = [*up, "/x -> /research", "/ -> /research"]
    assert sections(hierarchy(build(["/", gone, "/research", "/x", *members], from_everywhere)))[0][2] == ""
    clique = [f"{a} -> {b}" for a in members for b in members if a != b]
    assert sections(hierarchy(build(["/", "/x", *members], clique)))[0][2] == ""
    noindex = {"path": "/lab/", "robots": ["noindex"]}
    assert hierarchy(build(["/", noindex, *members])).sections["at_address"].tolist() == ["noindex", ""]


def test_the_start_page_is_the_hub_of_the_section_whose_address_it_has() -> None:
    pages = ["/shop/", *(f"/shop/{n}" for n in range(4)), "/blog/", *(f"/blog/{n}" for n in range(4))]
    found = hierarchy(build(pages, start="/shop/"))
    assert sections(found)[:2] == [("/blog/", 5, "address"), ("/shop/", 4, "address")]
    sent_home = {"path": "/shop", "status": 301, "redirect_to": "/"}
    found = hierarchy(build(["/", sent_home, "/x", *pages[1:5]]))
    assert sections(found)[0] == ("/shop/", 4, "")


def test_what_hangs_on_the_start_page_says_why() -> None:
    """Page 0, the start page, is a page like any other, not the lack of one: a folder's page, a list, an address that is taken."""
    site = build(
        ["/en/", *(f"/en/{n}" for n in range(3)), "/en/?page=2", *(f"/de/{n}" for n in range(3))],
        start="/en/",
    )
    found = hierarchy(site)
    assert found.sections[["section", "hub_reason", "at_address"]].to_numpy().tolist() == [
        ["/de/", "", "no known page"], ["/en/", "address", ""], ["/", "start", ""],
    ]  # fmt: skip
    why = by_path(site, found, "parent_source")
    assert (why["/en/1"], why["/en/?page=2"], why["/de/1"]) == ("folder", "series", "start")
    assert [up for path, up in parents(site, found).items() if path != "/en/"] == ["/en/"] * 7


def test_pages_hang_on_the_hub_that_links_tell() -> None:
    members = [f"/lab/{n}" for n in range(4)]
    site = build(["/", "/research", "/x", *members], [f"{member} -> /research" for member in members[:2]])
    found = hierarchy(site)
    assert sections(found)[0] == ("/lab/", 4, "links")
    assert parents(site, found)["/lab/3"] == "/research"
    assert by_path(site, found, "parent_source")["/lab/3"] == "hub"


def test_further_pages_of_a_list_hang_on_the_list() -> None:
    site = build(["/", "/blog/", *(f"/blog/{n}" for n in range(3)), "/blog/page/2/", "/notes?page=2"])
    found = hierarchy(site)
    up, why = parents(site, found), by_path(site, found, "parent_source")
    assert (up["/blog/page/2/"], why["/blog/page/2/"]) == ("/blog/", "series")
    assert (up["/notes?page=2"], why["/notes?page=2"]) == ("/", "start")
    assert (up["/blog/1"], why["/blog/1"], why["/"]) == ("/blog/", "folder", "")


def test_pages_outside_the_index_make_and_unmake_no_hub() -> None:
    members = [f"/lab/{n}" for n in range(4)]
    hidden = [{"path": f"/n{n}", "robots": ["noindex"]} for n in range(3)]
    up = [f"{path} -> /research" for path in (*members[:2], "/n0", "/n1", "/n2")]
    found = hierarchy(build(["/", "/research", "/x", *members, *hidden], up))
    assert sections(found)[0] == ("/lab/", 4, "links")


def test_a_page_of_the_section_is_its_hub_where_half_of_it_and_a_quarter_of_the_rest_link_there() -> None:
    members = [f"/lab/{n}" for n in range(5)]
    links = [f"{path} -> /lab/0" for path in (*members[1:3], "/x")]
    assert sections(hierarchy(build(["/", "/x", "/y", "/z", *members], links)))[0] == ("/lab/", 5, "links")
    assert sections(hierarchy(build(["/", "/x", "/y", *members], links)))[0] == ("/lab/", 5, "")


def test_the_next_folder_above_that_is_a_page_is_the_parent() -> None:
    site = build(["/", "/shop/", "/shop/x/y"])
    assert parents(site, hierarchy(site))["/shop/x/y"] == "/shop/"


def test_places_of_several_small_sections_are_no_subsection() -> None:
    crumbs = [
        {"path": f"/{top}{n}", "breadcrumb": [[top, f"{ORIGIN}/{top}/"], ["X", f"{ORIGIN}/x/"]]}
        for top in "ab"
        for n in range(2)
    ]
    site = build(["/", *crumbs])
    found = hierarchy(site, source="breadcrumbs")
    assert sections(found) == [("/", 5, "start")]
    assert set(found.pages["subsection"]) == {""}


def test_a_file_beside_its_folder_is_the_folders_page() -> None:
    site = build(["/", "/lab.html", *(f"/lab/{n}" for n in range(3)), "/lone.html"])
    found = hierarchy(site)
    assert sections(found) == [("/lab/", 4, "address"), ("/", 2, "start")]
    assert parents(site, found)["/lab/1"] == "/lab.html"
    assert by_path(site, found, "site_section")["/lab.html"] == "/lab/"


def test_parents_run_in_no_circle() -> None:
    crumb = {"/a": "/b", "/b": "/c", "/c": "/a", "/d": "/a"}
    site = build(["/", *({"path": p, "breadcrumb": [["x", ORIGIN + up]]} for p, up in crumb.items())])
    up = parents(site, hierarchy(site, source="breadcrumbs"))
    assert sum(above == "/" for above in up.values()) == 1
    for path in crumb:
        seen = []
        while up[path]:
            assert path not in seen
            seen.append(path)
            path = str(up[path])  # noqa: PLW2901 - climbing


def kinds(pages: list[object]) -> dict[str, tuple[str, str | None]]:
    site = build(["/", *pages])  # type: ignore[list-item]
    found = page_kinds(site.pages, lk.LinkGraph.from_site(site).final)
    every = paths(site.pages["url"])
    return {
        path: (kind, None if np.isnan(of) else every[int(of)])
        for path, kind, of in zip(every, found["page_kind"], found["series_id"], strict=True)
        if kind != "page"
    }


def test_pagination_and_filters() -> None:
    family = [{"path": f"/lamps?watt={n}", "title": "Lamps"} for n in (5, 10, 20)]
    chapters = [
        {"path": "/guide-1.html", "title": "Pitching"},
        {"path": "/guide-2.html", "title": "Cooking", "rel_prev": f"{ORIGIN}/guide-1.html"},
    ]
    parts = [
        {"path": "/list-1", "title": "List"},
        {"path": "/list-2", "title": "List 2", "rel_prev": f"{ORIGIN}/list-1"},
        {"path": "/list-3", "title": "List 3", "rel_prev": f"{ORIGIN}/list-2"},
        {"path": "/log", "title": "Log of May"},
        {"path": "/log/2", "title": "Log", "rel_prev": f"{ORIGIN}/log"},
        {"path": "/log/3", "title": "Log, continued", "rel_prev": f"{ORIGIN}/log/2"},
    ]
    found = kinds([
        "/blog/", "/blog/page/2/", "/tents?page=3", "/tents?sort=price&page=2", "/tents?filter%5Bcolour%5D=red", "/tents",
        "/?p=12", "/?page=2", "/tents?p=4", "/product?id=1", "/product?id=2", "/product?id=3", "/product", {"path": "/lamps", "title": "Lamps"},
        *family, *chapters, *parts,
    ])  # fmt: skip
    assert found == {
        "/blog/page/2/": ("pagination", "/blog/"),
        "/tents?page=3": ("pagination", "/tents"),
        "/tents?sort=price&page=2": ("facet", "/tents"),
        "/tents?filter%5Bcolour%5D=red": ("facet", "/tents"),
        **{page["path"]: ("facet", "/lamps") for page in family},
        "/list-2": ("pagination", "/list-1"),
        "/list-3": ("pagination", "/list-1"),
        "/log/2": ("pagination", "/log"),
        "/log/3": ("pagination", "/log"),
        "/?page=2": ("pagination", "/"),
        "/tents?p=4": ("pagination", "/tents"),
    }


TREE = ["/", "/s/", "/s/a", "/s/b", "/s/c", "/t/", "/t/a", "/t/b", "/t/c"]


def test_ways_over_the_hub() -> None:
    """/s/a is reached over its hub; /s/b as soon from elsewhere; /s/c from elsewhere only, and its hub leads to it over /s/a."""
    site = build(TREE, ["/ -> /s/", "/ -> /t/", "/s/ -> /s/a", "/s/ -> /s/b", "/t/ -> /s/b", "/t/ -> /s/c", "/s/a -> /s/c", "/t/ -> /t/a", "/t/a -> /t/b"])  # fmt: skip
    metrics = compute_metrics(site, lk.LinkGraph.from_site(site))
    passing = metric(metrics, "passes_hub")
    assert [path for path in TREE if passing[path]] == ["/s/a", "/s/b", "/t/a", "/t/b"]
    clicks = metric(metrics, "hub_clicks")
    assert {path: clicks[path] for path in TREE[2:5]} == {"/s/a": 1, "/s/b": 1, "/s/c": 2}
    assert (clicks["/t/b"], clicks["/t/c"]) == (2, None)


def test_links_up_and_beside() -> None:
    links = [
        "/s/a -> /s/", "/s/a -> /s/b", {"source": "/s/b", "target": "/s/", "position": "breadcrumb"},
        {"source": "/s/b", "target": "/s/a", "position": "navigation"}, {"source": "/s/c", "target": "/s/", "position": "footer"},
        {"source": "/t/a", "target": "/t/", "nofollow": True}, "/t/b -> /s/", "/s/deep/x -> /s/", "/more/x -> /",
    ]  # fmt: skip
    site = build([*TREE, "/s/deep/", "/s/deep/x", "/more/", "/more/x"], links)
    metrics = compute_metrics(site, lk.LinkGraph.from_site(site))
    up = metric(metrics, "up_by")
    assert {path: up[path] for path in ("/s/a", "/s/b", "/s/c", "/t/a", "/t/b")} == {
        "/s/a": "content", "/s/b": "breadcrumb", "/s/c": "template", "/t/a": "none", "/t/b": "none",
    }  # fmt: skip
    # To the hub of the section, past the page above; but a link home is no link up.
    assert (up["/s/deep/x"], up["/more/x"], up["/"]) == ("content", "none", "none")
    assert metric(metrics, "linked_siblings")["/s/a"] == 1
    assert metric(metrics, "linked_siblings")["/s/b"] == 0
    assert metric(metrics, "linked_siblings")["/t/b"] == 0
    assert metric(metrics, "siblings")["/s/a"] == 3


def test_a_clean_tree_has_no_tangle() -> None:
    site = build(
        TREE,
        [
            f"{a} -> {b}"
            for a, b in (("/", "/s/"), ("/s/", "/s/a"), ("/s/a", "/"), ("/s/a", "/s/b"), ("/s/", "/t/"))
        ],
    )
    found = tangle_of(lk.LinkGraph.from_site(site), hierarchy(site))
    assert found.kinds["links"].tolist() == [1, 2, 2, 0, 0]
    assert (found.loose_share, found.tangle) == (0.0, 0.0)


def test_random_links_have_a_tangle_of_one() -> None:
    """Every pair of pages linked once: the shares are those that chance gives, kind by kind."""
    pages = [*TREE, "/s/deep/", "/s/deep/x", "/s/deep/y"]
    site = build(pages, [f"{a} -> {b}" for a in pages for b in pages if a != b])
    found = tangle_of(lk.LinkGraph.from_site(site), hierarchy(site), editorial=False)
    assert found.kinds["share"].tolist() == pytest.approx(found.kinds["random_share"].tolist())
    assert found.tangle == pytest.approx(1.0)
    matrix = section_links(lk.LinkGraph.from_site(site), hierarchy(site))
    assert matrix["ratio"].dropna().tolist() == pytest.approx([1.0] * matrix["ratio"].notna().sum())
    assert matrix["expected_share"].sum() == pytest.approx(1.0)


def test_one_page_and_two_pages() -> None:
    for pages, chances in ((["/"], [0, 0, 0, 0, 0]), (["/", "/a"], [0.5, 0.5, 0, 0, 0])):
        site = build(pages)
        found = tangle_of(lk.LinkGraph.from_site(site), hierarchy(site))
        assert found.kinds["random_share"].tolist() == chances


def test_no_links_no_tangle() -> None:
    site = build(TREE)
    found = tangle_of(lk.LinkGraph.from_site(site), hierarchy(site))
    assert (found.links, str(found.tangle)) == (0, "nan")
    summary = section_summary(hierarchy(site), compute_metrics(site, lk.LinkGraph.from_site(site)))
    assert summary["below_hub"].tolist() == [0, 0, 0]


@pytest.mark.parametrize("seed", range(6))
def test_any_site_has_a_tree(seed: int) -> None:
    """Random addresses, breadcrumbs, redirects and canonicals: every page that stands hangs on the start page, alike each time."""
    rng = np.random.default_rng(seed)
    names = ["/", *(f"/{'/'.join(rng.choice(list('abc'), rng.integers(1, 4)))}/{n}" for n in range(40))]
    odd = [{}, {}, {"status": 301}, {"canonical": "?"}, {"status": 404}, {"robots": ["noindex"]}]
    pages: list[dict[str, object]] = []
    for name in names:
        facts = dict(odd[int(rng.integers(len(odd)))]) if name != "/" else {}
        other = str(rng.choice(names))
        facts |= {"redirect_to": other} if facts.get("status") == 301 else {}
        facts |= {"canonical": other} if "canonical" in facts else {}
        facts |= (
            {"breadcrumb": [["x", ORIGIN + str(rng.choice(names))] for _ in range(2)]}
            if rng.random() < 0.6
            else {}
        )
        pages.append({"path": name, **facts})
    site = build(pages, [f"{a} -> {b}" for a, b in rng.choice(names, (90, 2))])
    graph = lk.LinkGraph.from_site(site)
    found = hierarchy_of(site, graph)
    pd.testing.assert_frame_equal(found.pages, hierarchy_of(site, graph).pages)
    up = found.parent
    for page in np.flatnonzero(graph.final == np.arange(len(graph))).tolist():
        steps, each = 0, page
        while up[each] >= 0:
            each, steps = int(up[each]), steps + 1
            assert steps <= len(graph)
        assert each == graph.start
    assert len(compute_metrics(site, graph)) == len(graph)
