"""Charts, answer and tree of the chapter architecture: their values on a site counted by hand, bounds, hostile names."""

import pytest

import linkkit as lk
from linkkit import charts, network
from linkkit.audit import run_audit
from linkkit.charts.answers import answer
from linkkit.network.picture import MAX_NODES
from tests.site_factory import ORIGIN, build

HOSTILE = "<script>window.pwned=1</script>"


@pytest.fixture(scope="module")
def audit() -> lk.Audit:
    """/s/ with a hub of five pages, /lab/ of six without one; /lab/x hangs on one link and two money pages on it."""
    money = [{"path": f"/lab/m{n}", "is_money_page": True, "sessions": 10} for n in range(2)]
    shop = [f"/s/{n}" for n in range(4)]
    lab = ["/lab/x", *(f"/lab/{n}" for n in range(3))]
    links = (
        [f"/s/ -> {page}" for page in shop]
        + [f"{page} -> /s/" for page in shop]
        + ["/s/0 -> /s/1", "/ -> /s/", "/s/ -> /"]
    )
    links += [
        "/ -> /lab/0",
        "/ -> /lab/1",
        "/ -> /lab/2",
        "/s/0 -> /lab/0",
        "/lab/0 -> /lab/x",
        "/lab/x -> /lab/m0",
        "/lab/x -> /lab/m1",
    ]
    return run_audit(build(["/", "/s/", *shop, *lab, *money, "/about"], [*links, "/ -> /about"]))


def test_sections(audit: lk.Audit) -> None:
    table = charts.sections_table(audit)
    rows = list(table[["section", "pages", "hub", "hub_reason"]].itertuples(index=False, name=None))
    assert rows == [
        ("/lab/", 6, "no hub page", ""),
        ("/s/", 5, "has a hub page", "address"),
        ("no section", 2, "in no section", ""),
    ]
    assert table["share"].tolist() == pytest.approx([6 / 13, 5 / 13, 2 / 13])
    facts = charts.section_facts_table(audit).set_index("Section")
    assert facts.loc["/s/", "Reached over hub or parent"] == "100 %"
    assert (facts.loc["/lab/", "Hub page"], facts.loc["/s/", "Hub page"]) == ("none", f"{ORIGIN}/s/")


def test_links_from_section_to_section(audit: lk.Audit) -> None:
    table = charts.section_links_table(audit).set_index(["source_section", "target_section"])
    assert table["links"].to_dict() == {
        ("/lab/", "/lab/"): 3, ("/lab/", "/s/"): 0, ("/lab/", "no section"): 0,
        ("/s/", "/lab/"): 1, ("/s/", "/s/"): 9, ("/s/", "no section"): 1,
        ("no section", "/lab/"): 3, ("no section", "/s/"): 1, ("no section", "no section"): 1,
    }  # fmt: skip
    assert table.loc[("/s/", "/s/"), "expected_share"] == pytest.approx(5 * 4 / (13 * 12))


def test_kinds_of_links(audit: lk.Audit) -> None:
    table = charts.link_kinds_table(audit).set_index("kind")
    # Pages of the lab have no hub: their parent is the start page, and they are siblings.
    assert table["links"].to_dict() == {"up": 5, "down": 9, "sibling": 4, "same section": 0, "across": 1}


def test_single_links(audit: lk.Audit) -> None:
    table = charts.single_links_table(audit)
    first = table.iloc[0]
    assert (first["page"], first["source"]) == (f"{ORIGIN}/lab/x", f"{ORIGIN}/lab/0")
    assert first[["pages", "money_pages", "sessions"]].tolist() == [3, 2, 20]


def test_the_answer_names_what_matters(audit: lk.Audit) -> None:
    said = answer(audit, "architecture")
    assert said.verdict == "fix"
    for part in (
        "2 sections",
        "/lab/, holds 46 %",
        "taken from the folders",
        "5 % of the links lead neither",
        "clean tree: 0 %",
    ):
        assert part in said.sentence


def test_every_chart_draws_and_says_what_it_shows(audit: lk.Audit) -> None:
    made = charts.chapter_charts(audit, "architecture")
    assert list(made) == ["sections", "section_links", "link_kinds", "single_links"]
    for chart in made.values():
        assert len(str(chart.to_dict()["description"])) > 40
    empty = run_audit(build(["/"]))
    assert all(chart.to_dict() for chart in charts.chapter_charts(empty, "architecture").values())
    assert answer(empty, "architecture").sentence.startswith("The site has no sections")


def test_the_tree(audit: lk.Audit) -> None:
    picture = network.section_tree(audit)
    assert dict(zip(picture.nodes["label"], picture.nodes["role"], strict=True)) == {
        "Start page": "start", "/lab/ (6)": "missing", "/s/ (5)": "hub",
    }  # fmt: skip
    assert picture.edges["kind"].tolist() == ["content"]
    assert "Showing 2 of 2 sections" in picture.caption


def test_many_sections_stay_within_bounds() -> None:
    pages = [
        f"/{name}{n}/{part}/{page}" for name in "ab" for n in range(20) for part in "pq" for page in range(3)
    ]
    hubs = [f"/{name}{n}/{part}" for name in "ab" for n in range(20) for part in ("", "p/", "q/")]
    many = run_audit(build(["/", *hubs, *pages]))
    picture = network.section_tree(many)
    assert len(picture.nodes) <= MAX_NODES
    assert "Showing 12 of 40 sections" in picture.caption
    assert len(charts.section_links_table(many)) == 14 * 14
    assert charts.sections_table(many)["section"].tolist()[-2:] == ["other sections", "no section"]
    assert charts.sections_table(many).query("level == 1")["pages"].sum() == 1 + len(hubs) + len(pages)


def test_hostile_names_are_text() -> None:
    crumb = [[HOSTILE, f"{ORIGIN}/a"], [f"{HOSTILE}2", ""], ["x", f"{ORIGIN}/%3Cscript%3E/"]]
    pages = [{"path": f"/p{n}", "title": HOSTILE, "breadcrumb": crumb[1:]} for n in range(6)]
    site = run_audit(build(["/", *pages], [f"/ -> /p{n}" for n in range(6)]))
    assert charts.sections_table(site)["section"].tolist()[0] == f"{HOSTILE}2"
    page = network.section_tree(site)._repr_html_()
    assert "<script>window.pwned" not in page
    for chart in charts.chapter_charts(site, "architecture").values():
        assert chart.to_dict()
