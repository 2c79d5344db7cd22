"""Which pages a plan means: words for them, groups in need of links, and pages that an older crawl did not come to."""

import pytest

import linkkit as lk
from linkkit.plan import choose_pages, link_block, link_targets, new_pages
from tests.site_factory import build, paths


@pytest.fixture(scope="module")
def audit() -> lk.Audit:
    pages = [
        {"path": "/", "cluster": "Shop", "is_pillar": True},
        {"path": "/hub/", "cluster": "Tents", "is_pillar": True},
        {"path": "/hub/a", "cluster": "Tents"},
        {"path": "/far"},
        {"path": "/m", "is_money_page": True, "cluster": "Shop"},
        {"path": "/m2", "is_money_page": True},
        {"path": "/lost"},
        {"path": "/n", "robots": ["noindex"]},
        {"path": "/lost-n", "robots": ["noindex"]},
    ]
    links = ["/ -> /hub/", "/hub/ -> /hub/a", "/hub/a -> /far", "/ -> /m", "/ -> /m2", "/hub/ -> /m2", "/m2 -> /n"]  # fmt: skip
    return lk.run_audit(build(pages, links), lk.Thresholds(max_crawl_depth=2, weak_linking_pages=1))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("orphans", ["/lost"]),
        ("pillars", ["/", "/hub/"]),
        ("money pages", ["/m", "/m2"]),
        ("start page", ["/"]),
        ("Tents", ["/hub/", "/hub/a"]),
        ("/hub/*", ["/hub/", "/hub/a"]),
        ("/far", ["/far"]),
        (["/far", "money pages", "/m"], ["/far", "/m", "/m2"]),
        ([], []),
    ],
)
def test_words_for_pages(audit: lk.Audit, words: str | list[str], expected: list[str]) -> None:
    assert paths(audit.graph.urls[choose_pages(audit, words)]) == expected


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        ("orphans", ["/lost"]),
        ("deep pages", ["/far"]),
        ("weak money pages", ["/m"]),
        ("weak pillars", ["/", "/hub/"]),
        ("weak pages", ["/", "/hub/", "/hub/a", "/far", "/m", "/lost"]),
    ],
)
def test_groups_in_need_of_links(audit: lk.Audit, group: str, expected: list[str]) -> None:
    found = link_targets(audit, group)
    assert paths(audit.graph.urls[found["page_id"]]) == expected
    assert set(found["group"]) == {group}


def test_a_page_of_two_groups_stands_in_the_first(audit: lk.Audit) -> None:
    found = link_targets(audit, ["deep pages", "weak pages", "/m2"])
    assert found.index.tolist() == list(range(7))
    assert found["group"].tolist() == ["deep pages", *["weak pages"] * 5, "/m2"]
    assert set(link_targets(audit)["group"]) <= {"orphans", "deep pages", "weak money pages", "weak pillars"}
    with pytest.raises(lk.SettingsError, match="'/n' holds no indexable page"):
        link_targets(audit, "/n")


def test_a_pillar_may_be_the_start_page(audit: lk.Audit) -> None:
    block = link_block(audit, ["/m", "/hub/a"], "its pillar")
    assert paths(block["source"]) == ["/hub/a", "/m"]
    assert paths(block["target"]) == ["/hub/", "/"]


def test_pages_that_an_older_crawl_did_not_come_to(audit: lk.Audit) -> None:
    older = build(["/", "/hub/", {"path": "/m", "crawled": False}], ["/ -> /hub/"])
    assert paths(new_pages(audit, older)) == ["/hub/a", "/far", "/m", "/lost"]
