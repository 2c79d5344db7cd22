"""An Audit: every check's outcome, typed findings in a fixed order, and what is uncertain said aloud."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import linkkit as lk
from linkkit.audit import run_checks
from linkkit.checks import CHECKS, run_check
from linkkit.checks.definitions import definitions
from linkkit.checks.found import empty_findings
from linkkit.checks.registry import CHAPTERS, Facts, check, sort_findings
from linkkit.linkmodel import LinkModel
from linkkit.schema import FINDINGS, CheckState, FoundIn
from linkkit.site import Site
from tests.site_factory import build, paths
from tests.small_site import build_small_site


def _site(**options: object) -> Site:
    pages = [
        "/",
        {"path": "/a", "clicks": 90.0},
        {"path": "/buy", "is_money_page": True},
        {"path": "/gone", "status": 404},
        "/lost",
        "/lost-too",
    ]
    links = [
        "/ -> /a",
        "/a -> /gone",
        {"source": "/a", "target": "/", "anchor": "here"},
        "/a -> /buy",
        "/buy -> /",
    ]
    return build(pages, links, **options)  # type: ignore[arg-type]


def test_findings_have_their_schema() -> None:
    for findings in (
        lk.run_audit(_site()).findings,
        lk.run_audit(build(["/"], ["/ -> /"])).findings,
        empty_findings(),
    ):
        assert {name: str(kind) for name, kind in findings.dtypes.items()} == FINDINGS
        assert list(findings.index) == list(range(len(findings)))


def test_an_empty_findings_table_belongs_to_its_caller() -> None:
    mine = empty_findings()
    mine.loc[0, "check_id"] = "changed"
    assert len(empty_findings()) == 0


def test_findings_are_sorted_worst_first_and_complete() -> None:
    audit = lk.run_audit(_site())
    found = audit.findings
    ranks = found["severity"].map({"high": 0, "medium": 1, "low": 2, "info": 3})
    assert ranks.is_monotonic_increasing
    assert found.groupby("severity")["impact"].apply(lambda each: each.is_monotonic_decreasing).all()
    assert found["impact"].between(0, 1).all()
    assert paths(found.query("check_id == 'orphan-page'")["url"]) == ["/lost", "/lost-too"]
    for row in found.itertuples():
        assert row.chapter == CHECKS[row.check_id].chapter
        assert row.why
        assert row.evidence
        assert row.fix
        assert row.effort in {"small", "medium", "large"}
    counts = audit.checks.set_index("check_id")["findings"]
    assert counts.sum() == len(found)
    assert counts["orphan-page"] == 2


def test_the_same_site_gives_the_same_audit() -> None:
    first, second = lk.run_audit(_site()), lk.run_audit(_site())
    pd.testing.assert_frame_equal(first.findings, second.findings)
    pd.testing.assert_frame_equal(first.metrics, second.metrics)
    pd.testing.assert_frame_equal(first.checks, second.checks)


def test_every_check_has_an_outcome_in_the_order_of_the_chapters() -> None:
    audit = lk.run_audit(_site())
    assert set(audit.checks["check_id"]) == set(CHECKS)
    assert list(dict.fromkeys(audit.checks["chapter"])) == list(CHAPTERS)
    assert set(audit.checks["state"]) == {"passed", "failed", "not_applicable"}
    assert (audit.checks.query("state == 'not_applicable'")["reason"] != "").all()
    assert (audit.checks.query("state == 'failed'")["findings"] > 0).all()
    only = run_checks(audit.facts, audit.thresholds, chapters=["depth"])
    assert [result.check.id for result in only] == ["deep-page", "dead-end"]


def test_with_thresholds_runs_the_checks_again_and_nothing_else() -> None:
    audit = lk.run_audit(_site())
    again = audit.with_thresholds(lk.Thresholds(weak_linking_pages=0))
    assert again.facts is audit.facts
    assert again.graph is audit.graph
    assert again.thresholds.weak_linking_pages == 0
    assert set(audit.findings["check_id"]) - set(again.findings["check_id"]) == {"weak-page"}
    assert "weak-page" in set(audit.findings["check_id"])


def test_a_check_that_fails_is_an_error_and_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(facts: Facts, t: lk.Thresholds) -> pd.DataFrame:
        raise KeyError("no such column")

    monkeypatch.setitem(CHECKS, "dead-end", replace(CHECKS["dead-end"], rule=broken))
    audit = lk.run_audit(_site())
    states = audit.checks.set_index("check_id")
    assert states.loc["dead-end", ["state", "reason", "findings"]].tolist() == [
        "error",
        "KeyError: 'no such column'",
        0,
    ]
    assert (states["state"] == "error").sum() == 1
    assert len(audit.findings) > 0


@pytest.mark.parametrize("pages", [[float("nan")], [0, -1], [0, 6]])
def test_a_rule_that_names_no_page_is_an_error(pages: list[float]) -> None:
    audit = lk.run_audit(_site())
    odd = replace(CHECKS["dead-end"], rule=lambda facts, t: pd.DataFrame({"page": pages}))
    assert run_check(odd, audit.facts, audit.thresholds).state == CheckState.ERROR


def test_links_of_scripts_are_not_judged_by_a_sample() -> None:
    audit = lk.run_audit(_site())
    settings = {"crawl": {"rendering": {"sampled": 9, "failed": 2}}}
    facts = replace(audit.facts, manifest=replace(audit.manifest, settings=settings))
    result = run_check(CHECKS["rendered-only-links"], facts, audit.thresholds)
    assert result.state == CheckState.NOT_APPLICABLE
    assert result.reason == "pages were not rendered, but for a sample of 7, in which scripts change next to nothing"  # fmt: skip


def test_registering_twice_or_in_no_chapter_is_refused() -> None:
    about = {"title": "x", "severity": "low", "unit": "x", "why": "x", "fix": "x"}
    with pytest.raises(ValueError, match="two checks are called dead-end"):
        check(id="dead-end", chapter="depth", **about)(lambda facts, t: pd.DataFrame())  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="new: unknown chapter weather"):
        check(id="new", chapter="weather", **about)(lambda facts, t: pd.DataFrame())  # type: ignore[arg-type]
    assert "new" not in CHECKS


def test_every_check_has_a_fingerprint_of_its_own() -> None:
    """Saved audits hold them: what is made otherwise is told as a change of definition."""
    made = definitions()
    assert list(made) == list(CHECKS)
    assert len(set(made.values())) == len(made)
    assert all(len(each) == 16 and int(each, 16) >= 0 for each in made.values())


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("chapter", "depth"), ("severity", "high"), ("unit", "clicks"), ("needs", ("clicks",)), ("needs_source", FoundIn.SITEMAP),
        ("needs_importance", True), ("needs_complete", False), ("needs_requested", True), ("needs_anchors", True), ("needs_text", True),
        ("needs_rendering", True), ("needs_visits", "steps"), ("thresholds", ()), ("rule", _site),
    ],
)  # fmt: skip
def test_whatever_decides_a_check_changes_its_fingerprint(
    monkeypatch: pytest.MonkeyPatch, name: str, other: Any
) -> None:
    changed = replace(CHECKS["weak-page"], **{name: other})
    monkeypatch.setattr("linkkit.checks.definitions.CHECKS", {"few": changed})
    assert definitions.__wrapped__()["few"] != definitions()["weak-page"]


def test_words_of_a_check_leave_its_fingerprint(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = replace(CHECKS["weak-page"], title="x", why="y", fix="z")
    monkeypatch.setattr("linkkit.checks.definitions.CHECKS", {"few": changed})
    assert definitions.__wrapped__()["few"] == definitions()["weak-page"]


def test_headlines() -> None:
    lines = lk.run_audit(_site()).headlines()
    assert lines[0].startswith("Fix first: 2 of 7 gates do not hold: 1 of 4 content links")
    assert "authority that enters at the start page" in lines[1]
    assert lines[2].startswith("Not judged, and no all-clear: Important pages have links (")
    assert lines[3] == "6 URLs known, 5 pages can stand in an index, 5 internal links"
    assert "high: 2 x Pages no other page links to" in lines
    order = [line.split(":")[0] for line in lines[4:]]
    assert order == sorted(order, key=["high", "medium", "low", "info"].index)
    stopped = lk.run_audit(_site(complete=False, stopped_by="page limit of 6")).headlines()
    assert stopped[0].startswith("Fix first: ")
    assert stopped[4] == "the crawl is incomplete (page limit of 6): some checks cannot be judged"
    assert not any("no other page links to" in line for line in stopped)
    assert lk.run_audit(build([{"path": "/", "crawled": False}])).headlines()[2:] == [
        "1 URL known, no pages can stand in an index, no internal links"
    ]


def test_save(tmp_path: Path) -> None:
    audit = lk.run_audit(_site(), lk.Thresholds(max_crawl_depth=4), weights="uniform")
    folder = audit.save(tmp_path / "audit")
    pd.testing.assert_frame_equal(
        pd.read_parquet(folder / "findings.parquet").astype(FINDINGS), audit.findings
    )
    assert len(pd.read_parquet(folder / "metrics.parquet")) == 6
    assert len(pd.read_parquet(folder / "checks.parquet")) == len(CHECKS)
    about = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert (about["thresholds"]["max_crawl_depth"], about["weight_model"]) == (4, "uniform")
    assert about["importance_signals"] == ["is_money_page", "clicks"]
    assert about["site"]["start_url"] == "https://shop.example/"
    with pytest.raises(lk.SiteError, match="exists already"):
        audit.save(folder)
    assert audit.save(folder, overwrite=True) == folder
    site = audit.site.save(tmp_path / "site").folder
    with pytest.raises(lk.SiteError, match="left alone"):
        audit.save(site, overwrite=True)
    assert lk.load(site).manifest.rows["pages"] == 6


def test_the_weight_model_moves_shares_only() -> None:
    site = _site()
    surfer, uniform = (lk.run_audit(site, weights=model) for model in ("reasonable_surfer", "uniform"))
    pd.testing.assert_frame_equal(
        surfer.metrics.drop(columns="link_share"), uniform.metrics.drop(columns="link_share")
    )


def test_another_link_model_gives_what_an_audit_under_it_would() -> None:
    site = _site()
    audit = lk.run_audit(site)
    for model in (LinkModel(damping=0.6, entry="additive"), LinkModel(weights="uniform", nofollow="keep")):
        moved, fresh = audit.with_model(model), lk.run_audit(site, model=model)
        pd.testing.assert_frame_equal(moved.metrics, fresh.metrics)
        pd.testing.assert_frame_equal(moved.findings, fresh.findings)
        assert moved.graph.model == model
        assert moved.ledger.sum() == pytest.approx(1.0, abs=1e-9)
    assert audit.with_model(LinkModel()) is audit


def test_findings_of_all_checks_are_in_the_order_of_one_sort() -> None:
    audit = lk.run_audit(build_small_site())
    together = pd.concat([result.findings for result in audit.results], ignore_index=True)
    pd.testing.assert_frame_equal(audit.findings, sort_findings(together))
    assert audit.findings["check_id"].nunique() > 5


def test_only_checks_that_read_what_moved_run_again() -> None:
    audit = lk.run_audit(build_small_site())
    other = audit.with_thresholds(audit.thresholds.replace(max_crawl_depth=5))
    ran = {one.check.id for one, two in zip(audit.results, other.results, strict=True) if one is not two}
    assert ran == {
        result.check.id for result in audit.results if "max_crawl_depth" in result.check.thresholds
    }
    fresh = lk.run_audit(audit.site, other.thresholds)
    pd.testing.assert_frame_equal(other.findings, fresh.findings)
