"""Every knob: range, names, all faults at once; and what moving one may do to the findings."""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import linkkit as lk
from linkkit.audit import gather_facts
from linkkit.checks import CHECKS, Facts, run_check
from linkkit.readiness import GATE_THRESHOLDS
from linkkit.thresholds import knobs
from tests.site_factory import build

# Which way a threshold finds more. max_redirect_hops only changes how bad a finding is.
MORE_WHEN_LOWER = (
    "max_crawl_depth ambiguous_anchor_targets single_anchor_pages max_anchor_wordings too_many_links_ratio too_many_links_min over_linked_ratio"
    " over_linked_min_share over_linked_min_drain under_linked_ratio max_landing_clicks min_referring_domains max_leaked_share bot_waste_hits"
    " near_duplicate_similarity rendered_only_share min_section_pages max_hub_clicks min_hanging_pages min_entrances max_journey_clicks"
    " min_shortcut_steps min_shortcut_share min_unlinked_steps min_missed_steps max_search_share min_search_steps"
).split()
MORE_WHEN_HIGHER = ["weak_linking_pages", "weak_anchor_caught", "min_money_chance"]


def test_defaults_lie_in_their_range() -> None:
    default = lk.Thresholds()
    for name, knob in knobs().items():
        assert knob.low <= getattr(default, name) <= knob.high
        assert knob.help.endswith(".")
        assert knob.unit
        assert knob.source
    assert default.non_default() == {}


@pytest.mark.parametrize("name", sorted(knobs()))
def test_ends_of_a_range_are_allowed_and_no_more(name: str) -> None:
    knob = knobs()[name]
    for value in (knob.low, knob.high):
        assert getattr(lk.Thresholds(**{name: value}), name) == value
    for value in (knob.low - knob.step, knob.high + knob.step, float("nan"), float("inf"), "3", True, None):
        with pytest.raises(lk.SettingsError, match=name):
            lk.Thresholds(**{name: value})


def test_whole_numbers() -> None:
    assert lk.Thresholds(max_crawl_depth=4.0).max_crawl_depth == 4
    with pytest.raises(lk.SettingsError, match=r"max_crawl_depth = 3\.5: a whole number is expected"):
        lk.Thresholds(max_crawl_depth=3.5)


def test_all_faults_at_once() -> None:
    with pytest.raises(lk.SettingsError) as caught:
        lk.Thresholds.from_mapping(
            {"max_depth": 3, "deep": 1, "max_crawl_depth": 99, "over_linked_ratio": "much"}
        )
    message = str(caught.value)
    assert "unknown threshold max_depth, deep; known are max_crawl_depth, " in message
    assert "max_crawl_depth = 99: must lie between 1 and 10 clicks" in message
    assert "over_linked_ratio = 'much': a number is expected" in message


def test_a_table_is_expected() -> None:
    with pytest.raises(lk.SettingsError, match="thresholds = 3: a table"):
        lk.Thresholds.from_mapping(3)


def test_replace_and_non_default() -> None:
    changed = lk.Thresholds().replace(max_crawl_depth=4)
    assert changed.non_default() == {"max_crawl_depth": (4, 3)}
    assert changed.replace(max_crawl_depth=3) == lk.Thresholds()
    with pytest.raises(AttributeError):
        changed.max_crawl_depth = 5  # type: ignore[misc]


@cache
def _facts() -> Facts:
    leaves = [f"/l/{number}" for number in range(14)]
    pages = [
        "/",
        {"path": "/a", "clicks": 5},
        {"path": "/b", "clicks": 90, "is_money_page": True},
        {
            "path": "/c",
            "referring_domains": 4,
            "text": "pitching a tunnel tent in strong wind on open ground",
        },
        {
            "path": "/d",
            "referring_domains": 1,
            "is_money_page": True,
            "text": "pitching a tunnel tent in strong wind near trees",
        },
        "/e",
        *leaves,
    ]
    chain = ["/ -> /a", "/a -> /b", "/b -> /c", "/c -> /e", "/e -> /d", "/d -> /a", "/e -> /a", "/ -> /e"]
    links = [*chain, *[f"/a -> {leaf}" for leaf in leaves], *[f"{leaf} -> /a" for leaf in leaves]]
    alike = [{"source": "/", "target": target, "anchor": "Gear"} for target in ("/a", "/b", "/c", "/d")]
    steps = [
        "-> /a 900",
        "-> /e 60",
        "/a -> /l/1 300",
        "/l/1 -> /b 90",
        "/l/1 -> /e 20",
        "/b -> /c 40",
        "/e -> /s?q= 55",
        "/e -> /a 70",
    ]
    steps += ["/c -> /l/3 35", "/l/2 -> /a 8", "-> /l/5 2000"]
    site = build([*pages, {"path": "/s?q=", "robots": ["noindex"]}], [*links, *alike], steps=steps)
    return gather_facts(site, lk.LinkGraph.from_site(site))


def _found(name: str, value: float) -> set[tuple[str, str]]:
    """Findings of the checks that read a threshold, at one value of it."""
    thresholds = lk.Thresholds(**{name: value})
    return {
        (check.id, found)
        for check in CHECKS.values()
        if name in check.thresholds
        for found in run_check(check, _facts(), thresholds).findings["url"]
    }


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(MORE_WHEN_LOWER + MORE_WHEN_HIGHER), st.data())
def test_tightening_never_removes_a_finding(name: str, data: st.DataObject) -> None:
    knob = knobs()[name]
    steps = st.integers(0, int((knob.high - knob.low) / knob.step))
    low, high = sorted(knob.low + knob.step * data.draw(steps) for _ in range(2))
    loose, tight = (high, low) if name in MORE_WHEN_LOWER else (low, high)
    assert _found(name, loose) <= _found(name, tight)


def test_every_threshold_is_one_sided_or_named() -> None:
    read = {name for check in CHECKS.values() for name in check.thresholds}
    assert {*MORE_WHEN_LOWER, *MORE_WHEN_HIGHER, "max_redirect_hops"} == read
    # The others are limits of gates: no finding depends on them.
    assert set(knobs()) - read == set(GATE_THRESHOLDS) - read
