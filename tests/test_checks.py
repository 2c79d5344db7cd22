"""Every check against its case file, over the whole path: SiteBuilder -> Site -> LinkGraph -> metrics -> check."""

import json
import math
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import linkkit as lk
from linkkit.audit import gather_facts
from linkkit.checks import CHECKS, Facts, run_check
from linkkit.deck.evidence import REASONS, unknown_words
from linkkit.schema import CheckState
from tests.site_factory import build, url

CASES = Path(__file__).parent / "cases"


def _cases() -> list[Any]:
    return [
        pytest.param(path.stem, case, id=f"{path.stem}: {case['name']}")
        for path in sorted(CASES.glob("*.toml"))
        for case in tomllib.loads(path.read_text("utf-8"))["case"]
    ]


@pytest.mark.parametrize(("check_id", "case"), _cases())
def test_case(check_id: str, case: dict[str, Any]) -> None:
    """A case: pages, links, steps, complete, thresholds -> expect (a list of findings, none else) or state and reason."""
    facts = facts_of(case)
    result = run_check(CHECKS[check_id], facts, lk.Thresholds(**case.get("thresholds", {})))
    expected = case.get("expect", [])
    state = case.get("state", CheckState.FAILED if expected else CheckState.PASSED)
    assert (result.state, result.reason) == (state, case.get("reason", result.reason))
    assert state != CheckState.NOT_APPLICABLE or case["reason"], "say the reason"
    found = [_comparable(row._asdict()) for row in result.findings.itertuples()]
    assert [_chosen(row, wanted) for row, wanted in zip(found, expected, strict=False)] == [
        _wanted(each) for each in expected
    ]
    assert len(found) == len(expected), found
    # Exports say it in other languages: what a check says is recognised by its form (`linkkit.deck.evidence`).
    assert unknown_words(result.findings) == []
    assert REASONS.knows(result.reason)


def facts_of(case: dict[str, Any]) -> Facts:
    """The facts of a case's site; gathered once for cases that share it."""
    site = {name: case[name] for name in ("pages", "links", "steps", "start", "complete") if name in case}
    return _facts(json.dumps({"pages": ["/"]} | site))


@cache
def _facts(site: str) -> Facts:
    built = build(**json.loads(site))
    facts = gather_facts(built, lk.LinkGraph.from_site(built))
    # Facts know their site, and an engine keeps nine threads: too many for hundreds of sites. It is made anew where one is asked.
    vars(built).pop("engine", None)
    return facts


def _comparable(row: dict[str, Any]) -> dict[str, Any]:
    return {name: None if value != value else value for name, value in row.items()}  # noqa: PLR0124 - NaN


def _chosen(row: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    """The fields of a finding that the case speaks of; ``says`` is a part of its evidence."""
    chosen = {name: row[name] for name in wanted if name != "says"}
    if "value" in chosen and chosen["value"] is not None:
        chosen["value"] = pytest.approx(chosen["value"], rel=1e-6)
    if "says" in wanted:
        chosen["says"] = wanted["says"] if wanted["says"] in row["evidence"] else row["evidence"]
    return chosen


def _wanted(expected: dict[str, Any]) -> dict[str, Any]:
    absolute = {
        name: url(value) if name in ("url", "related_url") and value else value
        for name, value in expected.items()
    }
    return {name: None if value == "none" else value for name, value in absolute.items()}


def test_a_drain_exactly_at_the_limit_is_none() -> None:
    facts = facts_of({
        "pages": ["/", {"path": "/buy", "is_money_page": True}, "/promise"],
        "links": [{"source": "/", "target": "/promise", "position": "footer"}, "/ -> /buy", "/buy -> /", "/promise -> /"],
    })  # fmt: skip
    drain = float(facts.metrics["drain"][facts.metrics["url"] == url("/promise")].iloc[0])
    found = [
        len(run_check(CHECKS["over-linked-page"], facts, lk.Thresholds(over_linked_min_drain=limit)).found)
        for limit in (drain, math.nextafter(drain, 0))
    ]
    assert found == [0, 1]


def test_every_finding_is_complete() -> None:
    """What a finding says comes from its check: texts, unit, and the first threshold it reads."""
    for check in CHECKS.values():
        assert check.why.endswith("."), check.id
        assert check.fix.endswith("."), check.id
        assert check.title, check.id
        assert check.unit, check.id
        assert set(check.thresholds) <= set(lk.Thresholds.__dataclass_fields__), check.id
