"""Thresholds of their own for parts of a site: which page takes which, and that checks follow them."""

from dataclasses import replace
from functools import cache
from itertools import pairwise
from types import SimpleNamespace
from unittest.mock import patch

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import linkkit as lk
from linkkit.audit import gather_facts
from linkkit.checks import CHECKS, Facts, run_by_section, run_check
from linkkit.checks import sections as by_section
from linkkit.checks.found import nothing_found
from linkkit.schema import CheckState
from linkkit.thresholds import knobs
from linkkit.urls import UrlError, folder, lies_in
from tests.site_factory import ORIGIN, build
from tests.small_site import small_site

CHAIN = ["/", "/a", "/blog/", "/blog/one", "/blog/news/", "/blog/news/x", "/shop/", "/shop/y", "/blogger/z"]


@cache
def _audit() -> lk.Audit:
    """A chain of links: the n-th page lies n clicks deep."""
    chain = [f"{one} -> {two}" for one, two in pairwise(CHAIN)]
    return lk.run_audit(build(CHAIN, chain))


def _deep(audit: lk.Audit) -> dict[str, tuple[float, float]]:
    found = audit.findings[audit.findings["check_id"] == "deep-page"]
    return {row.url.removeprefix(ORIGIN): (row.value, row.threshold) for row in found.itertuples(index=False)}


def test_a_section_has_its_own_limit_and_the_rest_the_sites() -> None:
    thresholds = lk.Thresholds().with_sections({"/blog/": {"max_crawl_depth": 4}})
    assert _deep(_audit().with_thresholds(thresholds)) == {
        "/blog/news/x": (5, 4),
        "/shop/": (6, 3),
        "/shop/y": (7, 3),
        "/blogger/z": (8, 3),
    }


def test_the_longest_prefix_wins_and_a_value_it_does_not_name_comes_from_around_it() -> None:
    thresholds = lk.Thresholds().with_sections(
        {"/blog": {"max_crawl_depth": 10, "weak_linking_pages": 0}, "/blog/news/": {"max_crawl_depth": 2}}
    )
    audit = _audit().with_thresholds(thresholds)
    assert {url for url in _deep(audit) if url.startswith("/blog/")} == {"/blog/news/", "/blog/news/x"}
    assert thresholds.of_section("/blog/news/").weak_linking_pages == 0
    weak = audit.findings.loc[audit.findings["check_id"] == "weak-page", "url"]
    assert not weak.str.startswith(f"{ORIGIN}/blog/").any()
    assert weak.str.startswith(f"{ORIGIN}/shop/").any()


def test_a_section_of_one_host() -> None:
    pages = [f"https://{host}.example{path}" for host in ("shop", "www.shop") for path in ("/", "/b/x")]
    thresholds = lk.Thresholds().with_sections({"https://SHOP.example/b": {"max_crawl_depth": 5}})
    assert thresholds.sections[0].prefix == "https://shop.example/b/"
    assert thresholds.limits("max_crawl_depth", pages).tolist() == [3, 5, 3, 5]
    assert thresholds.limits("max_crawl_depth", ["https://blog.example/b/x"]).tolist() == [3]


def test_a_section_that_loosens_a_limit_can_clear_a_check() -> None:
    loose = {prefix: {"max_crawl_depth": 10} for prefix in ("/blog/", "/shop/", "/blogger/")}
    audit = _audit().with_thresholds(lk.Thresholds().with_sections(loose))
    state = audit.checks.set_index("check_id").loc["deep-page"]
    assert (state["state"], state["findings"]) == ("passed", 0)
    strict = lk.Thresholds(max_crawl_depth=10).with_sections({"/shop/": {"max_crawl_depth": 2}})
    audit = _audit().with_thresholds(strict)
    state = audit.checks.set_index("check_id").loc["deep-page"]
    assert (state["state"], state["findings"]) == ("failed", 2)


def test_what_could_not_be_judged_stays_so() -> None:
    thresholds = lk.Thresholds().with_sections({"/blog/": {"bot_waste_hits": 9}})
    before = _audit().checks.set_index("check_id").loc["bot-waste"]
    after = _audit().with_thresholds(thresholds).checks.set_index("check_id").loc["bot-waste"]
    assert before["state"] == after["state"] == "not_applicable"
    assert before["reason"] == after["reason"] != ""


def test_a_fault_in_one_section_is_named() -> None:
    check = CHECKS["deep-page"]
    thresholds = lk.Thresholds().with_sections({"/blog/": {"max_crawl_depth": 9}})

    def rule(facts: Facts, t: lk.Thresholds) -> pd.DataFrame:
        if t.max_crawl_depth == 9:
            raise ValueError("nine")
        return check.rule(facts, t)

    facts = gather_facts(_audit().site, _audit().graph)
    result = run_by_section(replace(check, rule=rule), facts, thresholds)
    assert (result.state, result.reason) == (CheckState.ERROR, "in /blog/: ValueError: nine")
    # One of the whole site is none of a section.
    whole = run_by_section(replace(check, rule=rule), facts, lk.Thresholds(max_crawl_depth=9).with_sections({"/blog/": {"max_crawl_depth": 4}}))  # fmt: skip
    assert (whole.state, whole.reason) == (CheckState.ERROR, "ValueError: nine")


def test_findings_of_one_page_stand_in_the_order_of_the_addresses_they_name() -> None:
    """Page 0 is a page like any other; none at all comes first."""
    facts = SimpleNamespace(url_place=np.array([2, 0, 1, 3]), worst_first=np.array([2, 0, 1, 3]))
    numbers = np.arange(4)
    found = replace(nothing_found(), page=np.full(4, 3), related=np.array([0, 1, 2, -1]), severity=np.zeros(4, dtype=np.int64), value=numbers * 1.0, impact=numbers * 0.0, source=numbers * 0, place=numbers)  # fmt: skip
    assert by_section._in_order(facts, found).related.tolist() == [-1, 1, 2, 0]  # type: ignore[arg-type]


def test_sections_without_pages_are_named() -> None:
    thresholds = lk.Thresholds().with_sections(
        {"/blog/": {"max_crawl_depth": 4}, "/blgo/": {"max_crawl_depth": 4}}
    )
    audit = _audit().with_thresholds(thresholds)
    warning = "thresholds are set for /blgo/, but no page lies there: check how it is spelt"
    assert audit.warnings == [warning]
    assert warning in audit.headlines()
    assert _audit().warnings == []
    # What only the verdict reads is no matter of a section.
    unread = set(knobs()) - {name for check in CHECKS.values() for name in check.thresholds}
    for name in unread:
        own = {"/blog/": {name: knobs()[name].low}}
        assert _audit().with_thresholds(lk.Thresholds().with_sections(own)).warnings == [
            f"{name} is judged for the whole site only: its value for /blog/ changes nothing"
        ]


def test_a_moving_slider_does_not_run_sections_again() -> None:
    facts = gather_facts(_audit().site, _audit().graph)
    thresholds = lk.Thresholds().with_sections({"/blog/": {"max_crawl_depth": 5}})
    with patch.object(by_section, "run_check", wraps=run_check) as runs:
        for depth in (1, 2, 3, 4):
            lk.run_checks(facts, thresholds.replace(max_crawl_depth=depth), chapters=["depth"])
        readers = [each for each in CHECKS.values() if "max_crawl_depth" in each.thresholds]
        depth_checks = sum(each.chapter == "depth" for each in CHECKS.values())
        assert runs.call_count == 4 * depth_checks + sum(each.chapter == "depth" for each in readers)


class _Watched:
    """Thresholds that note which of them are read."""

    def __init__(self) -> None:
        self.read: set[str] = set()

    def __getattr__(self, name: str) -> object:
        self.read.add(name)
        return getattr(lk.Thresholds(), name)


def test_checks_read_only_the_thresholds_they_declare() -> None:
    # Sections rest on it: a check whose declared thresholds do not change in a section is not run for it.
    small_audit = lk.run_audit(small_site())
    for check in CHECKS.values():
        watched = _Watched()
        if run_check(check, small_audit.facts, lk.Thresholds()).state is CheckState.NOT_APPLICABLE:
            continue
        check.rule(small_audit.facts, watched)  # type: ignore[arg-type]
        assert watched.read & set(knobs()) <= set(check.thresholds), check.id


@cache
def _found(thresholds: lk.Thresholds) -> set[tuple[str, str, str]]:
    results = lk.run_checks(_audit().facts, thresholds, chapters=["discovery", "depth"])
    found = pd.concat([result.findings for result in results])
    return set(map(tuple, found[["check_id", "url", "threshold"]].astype(str).to_numpy()))


NAMES = ["max_crawl_depth", "weak_linking_pages"]
PLACES = ["/blog/", "/blog/news/", "/shop/", "/nowhere/"]


@settings(max_examples=20, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(PLACES),
        st.dictionaries(st.sampled_from(NAMES), st.integers(2, 5), min_size=1),
    )
)
def test_a_finding_counts_exactly_where_a_run_under_that_sections_values_makes_it(
    sections: dict[str, dict[str, int]],
) -> None:
    thresholds = lk.Thresholds().with_sections(sections)
    found = _found(thresholds)
    expected = set()
    for url in _audit().metrics["url"]:
        path = url.removeprefix(ORIGIN)
        values: dict[str, int] = {}
        for prefix in sorted((each for each in sections if path.startswith(each)), key=len):
            values |= sections[prefix]
        expected |= {each for each in _found(lk.Thresholds(**values)) if each[1] == url}
    assert found == expected


def test_all_faults_of_sections_at_once() -> None:
    with pytest.raises(lk.SettingsError) as caught:
        lk.Thresholds().with_sections(
            {
                "blog": {"max_crawl_depth": 4},
                "/": {"max_crawl_depth": 4},
                "/a": {"max_depth": 4, "max_crawl_depth": 99},
                "/a/": {"max_crawl_depth": 4},
                "/b?x=1": {},
                "/c/": 3,  # type: ignore[dict-item]
            }
        )
    message = str(caught.value)
    for fault in (
        "sections.\"blog\": 'blog' is no folder: expected one such as /blog/",
        'sections."/": / is the whole site',
        'sections."/a": unknown threshold max_depth; known are max_crawl_depth',
        'sections."/a": max_crawl_depth = 99: must lie between 1 and 10 clicks',
        'sections."/a/": /a/ is given twice',
        "it holds ? or #",
        'sections."/c/": thresholds = 3: a table',
    ):
        assert fault in message, fault


def test_sections_stay_when_values_change() -> None:
    thresholds = lk.Thresholds().with_sections({"/blog/": {"max_crawl_depth": 5}})
    assert thresholds.replace(max_crawl_depth=4).section_values() == [("/blog/", "max_crawl_depth", 5, 4)]
    assert thresholds.with_sections({}) == lk.Thresholds()
    assert thresholds != lk.Thresholds()


@pytest.mark.parametrize(
    ("url", "place", "inside"),
    [
        ("https://a.example/blog", "/blog/", True),
        ("https://a.example/blog/", "/blog/", True),
        ("https://a.example/blog?page=2", "/blog/", True),
        ("https://a.example/blog/x?q=/shop/", "/shop/", False),
        ("https://a.example/blogs/", "/blog/", False),
        ("https://a.example/en/blog/", "/blog/", False),
        ("https://a.example/Blog/", "/blog/", False),
        ("https://a.example", "/", True),
        ("http://www.a.example/b/x", "https://a.example/b/", True),
        ("https://b.example/b/x", "https://a.example/b/", False),
        ("https://a.example.evil.example/b/x", "https://a.example/b/", False),
        ("https://a.example:8443/b/x", "https://a.example/b/", False),
        ("https://a.example/k%C3%A4se/x", "/k\u00e4se/", True),
    ],
)
def test_where_an_address_lies(url: str, place: str, inside: bool) -> None:
    assert lies_in(url, folder(place)) is inside


@pytest.mark.parametrize("text", ["", "blog/", "//blog.example/", "mailto:x@y.example", "/a#b"])
def test_what_is_no_folder(text: str) -> None:
    with pytest.raises(UrlError, match=r"no folder|not an http"):
        folder(text)


def test_many_pages_are_placed_in_a_moment() -> None:
    urls = [f"{ORIGIN}/{'blog' if each % 2 else 'shop'}/{each}" for each in range(20_000)]
    thresholds = lk.Thresholds().with_sections(
        {"/blog/": {"max_crawl_depth": 5}, "/x/": {"max_crawl_depth": 6}}
    )
    limits = thresholds.limits("max_crawl_depth", urls)
    assert np.array_equal(limits, np.where(np.arange(20_000) % 2, 5.0, 3.0))
