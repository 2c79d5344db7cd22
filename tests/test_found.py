"""Findings as numbers: the same as in words, and no words are made for rows that nobody reads."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache

import altair as alt
import numpy as np
import pandas as pd
import pytest

import linkkit as lk
from linkkit import widgets
from linkkit.checks import CHECKS, Facts, run_check
from linkkit.checks.found import Found, Rows, graded, nothing_found
from linkkit.checks.registry import kept
from linkkit.schema import Severity
from linkkit.site import Manifest
from linkkit.widgets import live_chart
from tests.small_site import build_small_site


@cache
def _audit() -> lk.Audit:
    return lk.run_audit(build_small_site())


@pytest.mark.parametrize("chapter", [None, "discovery", "depth", "authority"])
def test_numbers_agree_with_the_words(chapter: str | None) -> None:
    found = _audit().found(chapter)
    told = _audit().findings
    told = told if chapter is None else told[told["chapter"] == chapter].reset_index(drop=True)
    pd.testing.assert_frame_equal(found.table(), told)
    pd.testing.assert_frame_equal(found.head(3).table(), told.head(3))
    assert found.numbers == told["check_id"].value_counts().to_dict()
    assert {name: n for name, n in found.severities.items() if n} == told["severity"].value_counts().to_dict()
    urls = _audit().metrics["url"].to_numpy()
    assert urls[found.page].tolist() == told["url"].tolist()
    assert [urls[page] if page >= 0 else "" for page in found.related] == told["related_url"].tolist()
    np.testing.assert_allclose(found.value, told["value"])
    one = next(iter(found.numbers))
    assert set(found.of_checks(one).table()["check_id"]) == {one}
    assert len(found.of_severities(Severity.LOW, Severity.INFO)) == sum(
        found.severities[each] for each in (Severity.LOW, Severity.INFO)
    )


def test_words_are_made_for_the_rows_that_are_read() -> None:
    asked: list[int] = []

    def rule(facts: Facts, t: lk.Thresholds) -> Rows:
        rows = pd.DataFrame({"page": facts.metrics["page_id"], "severity": graded(facts.metrics["crawl_depth"] > 1, Severity.HIGH, Severity.INFO)})  # fmt: skip

        def told(rows: pd.DataFrame) -> list[str]:
            asked.append(len(rows))
            return [f"page {page}" for page in rows["page"]]

        return Rows(rows, evidence=told)

    result = run_check(replace(CHECKS["dead-end"], rule=rule), _audit().facts, lk.Thresholds())
    assert len(result.found) == len(_audit().metrics)
    assert result.found.severities[Severity.HIGH] > 0
    assert asked == []
    two = result.found.head(2).table()
    assert asked == [2]
    assert two["evidence"].tolist() == [f"page {page}" for page in result.found.page[:2]]
    assert set(two["severity"]) == {"high"}
    assert two["impact"].is_monotonic_decreasing


def test_findings_in_words_keep_their_order() -> None:
    told = _audit().findings.iloc[::-1].reset_index(drop=True)
    found = Found.told(told)
    pd.testing.assert_frame_equal(found.table(), told)
    pd.testing.assert_frame_equal(
        found.take(np.array([4, 0])).table(), told.iloc[[4, 0]].reset_index(drop=True)
    )
    # Kept from whoever asked first: made anew here.
    nothing_found.cache_clear()
    assert len(nothing_found().table()) == 0
    assert len(nothing_found().value) == len(nothing_found().impact) == len(nothing_found().page) == 0
    assert list(nothing_found().table()) == list(told)


def test_what_no_threshold_changes_is_counted_once() -> None:
    counted: list[int] = []

    @kept
    def pages(audit: lk.Audit) -> int:
        counted.append(1)
        return len(audit.metrics)

    other = _audit().with_thresholds(lk.Thresholds(max_crawl_depth=1))
    assert pages(_audit()) == pages(other) == len(other.metrics)
    assert counted == [1]
    assert pages(lk.run_audit(build_small_site())) == len(other.metrics)
    assert counted == [1, 1]


def test_what_is_counted_is_kept_for_its_facts_alone() -> None:
    counted: list[int] = []

    @kept
    def pages(facts: Facts) -> int:
        counted.append(1)
        return len(facts.metrics)

    manifest = Manifest(start_url="https://shop.example/", tool="test", complete=True)
    tables = [pd.DataFrame({"page_id": range(size)}) for size in (2, 3)]
    two, three = (Facts(pages=each, metrics=each, anchor_uses=each, manifest=manifest) for each in tables)
    assert [pages(each) for each in (two, three, two, three)] == [2, 3, 2, 3]
    assert len(counted) == 2


def test_pictures_beside_the_one_shown_are_drawn_while_nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linkkit.widgets.live_chart._PAUSE", 0.0)
    panel = widgets.ThresholdPanel(_audit(), "depth")
    row = panel.knobs["max_crawl_depth"]

    async def move() -> None:
        row.box.value = 4
        for _ in range(20):
            await asyncio.sleep(0.01)

    # In a thread of its own: a browser test before may have left a loop running in this one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, move()).result()
    assert set(panel._pictures.known) == {(3,), (4,), (5,)}
    ahead = panel._pictures.known[5,]
    row.box.value = 5
    assert panel.chart.spec is ahead.spec
    assert "limit of 5 clicks" in str(panel.chart.spec)
    assert not panel.errors.value


def test_a_picture_that_is_known_stands_before_the_checks_have_run(monkeypatch: pytest.MonkeyPatch) -> None:
    panel = widgets.ThresholdPanel(_audit(), "authority")
    row = panel.knobs["under_linked_ratio"]
    usual, other = row.value, row.value + row.box.step
    row.box.value = other
    known = panel.chart.spec
    row.box.value = usual
    assert panel.chart.spec is not known
    stood: list[bool] = []

    def checked(audit: lk.Audit, thresholds: lk.Thresholds) -> lk.Audit:
        stood.append(panel.chart.spec is known)
        return audit.with_thresholds(thresholds)

    monkeypatch.setattr("linkkit.widgets.thresholds.retuned", checked)
    row.box.value = other
    assert stood == [True]
    assert panel.audit.thresholds.under_linked_ratio == other
    assert panel.chart.spec is known


def test_rows_of_a_live_chart_are_those_that_altair_writes() -> None:
    table = pd.DataFrame(
        {
            "label": ["a", None, "<b>"], "share": [0.1, np.nan, np.inf], "pages": [1, 2, 3], "kept": [True, False, True],
            "dash": [[1, 0], [5, 4], None], "text": pd.array(["x", pd.NA, "z"], dtype="string"),
        }
    )  # fmt: skip
    assert live_chart._rows(table) == [
        {"label": "a", "share": 0.1, "pages": 1, "kept": True, "dash": [1, 0], "text": "x"},
        {"label": None, "share": None, "pages": 2, "kept": False, "dash": [5, 4], "text": None},
        {"label": "<b>", "share": None, "pages": 3, "kept": True, "dash": None, "text": "z"},
    ]
    for each in (
        table,
        table.assign(day=pd.Timestamp("2026-01-02"), clicks=pd.array([1.5, None, 2.0], dtype="Float64")),
        table[:0],
    ):
        assert live_chart._rows(each) == list(alt.default_data_transformer(each)["values"])


def test_a_picture_stays_while_thresholds_move_that_it_does_not_read() -> None:
    panel = widgets.ThresholdPanel(_audit(), "authority")
    before, leaked = panel.chart.spec, panel.knobs["max_leaked_share"]
    leaked.box.value = leaked.box.min
    assert panel.audit.thresholds.max_leaked_share == leaked.value
    assert panel.chart.spec is before
    assert panel._pictures.known == {}
    panel.knobs["under_linked_ratio"].box.value = 2.0
    assert list(panel._pictures.known) == [panel._read(panel.thresholds)]
    assert panel._drawn == next(iter(panel._pictures.known))
