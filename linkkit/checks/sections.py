"""Checks under thresholds that differ from section to section.

A check runs under the thresholds of the whole site, and once more under those of every section that changes one of the
thresholds it reads. A finding counts if its ``url`` lies where the thresholds it was made under hold; a finding without a
page follows the whole site.
"""

from collections import OrderedDict
from weakref import WeakKeyDictionary

import pandas as pd

from linkkit.checks.registry import Check, CheckResult, Facts, empty_findings, run_check, sort_findings
from linkkit.schema import CheckState
from linkkit.thresholds import Thresholds

_Values = tuple[float, ...]
_KEPT = 512
# What a section's own values gave: while a slider of the whole site moves, they stay. Gone with the facts.
_RUNS: "WeakKeyDictionary[Facts, OrderedDict[tuple[str, _Values], CheckResult]]" = WeakKeyDictionary()
_PLACES: "WeakKeyDictionary[Facts, tuple[tuple[str, ...], pd.Series]]" = WeakKeyDictionary()


def run_by_section(check: Check, facts: Facts, thresholds: Thresholds) -> CheckResult:
    """Run one check (`run_check`), in each section under the thresholds that hold there."""
    base = run_check(check, facts, thresholds)
    usual = _values(check, thresholds)
    sections = [thresholds.of_section(each.prefix) for each in thresholds.sections]
    own = {place: values for place, each in enumerate(sections) if (values := _values(check, each)) != usual}
    if not own or base.state is CheckState.ERROR:
        return base
    results = {values: _kept_run(check, facts, sections[place], values) for place, values in own.items()}
    for place, values in own.items():
        if results[values].state is CheckState.ERROR:
            return CheckResult(
                check, CheckState.ERROR, f"in {thresholds.sections[place].prefix}: {results[values].reason}"
            )
    places = _places(facts, thresholds)
    parts = [base.findings[~_place_of(base, places).isin(list(own))]]
    for values in dict.fromkeys(own.values()):
        here = [place for place, each in own.items() if each == values]
        parts.append(results[values].findings[_place_of(results[values], places).isin(here)])
    filled = [part for part in parts if len(part)]
    if filled:
        found = sort_findings(pd.concat(filled, ignore_index=True))
        return CheckResult(check, CheckState.FAILED, base.reason, found)
    return CheckResult(
        check, CheckState.NOT_APPLICABLE if base.reason else CheckState.PASSED, base.reason, empty_findings()
    )


def empty_sections(facts: Facts, thresholds: Thresholds) -> tuple[str, ...]:
    """Prefixes of sections with thresholds of their own in which no page lies: misspelt, or gone from the site."""
    places = set(_places(facts, thresholds))
    return tuple(each.prefix for place, each in enumerate(thresholds.sections) if place not in places)


def _values(check: Check, thresholds: Thresholds) -> _Values:
    return tuple(getattr(thresholds, name) for name in check.thresholds)


def _kept_run(check: Check, facts: Facts, thresholds: Thresholds, values: _Values) -> CheckResult:
    kept = _RUNS.setdefault(facts, OrderedDict())
    result = kept.get((check.id, values))
    if result is None:
        result = kept[check.id, values] = run_check(check, facts, thresholds)
        while len(kept) > _KEPT:
            kept.popitem(last=False)
    kept.move_to_end((check.id, values))
    return result


def _places(facts: Facts, thresholds: Thresholds) -> pd.Series:
    """Which section each page with thresholds of its own lies in, under the page's URL."""
    prefixes = tuple(each.prefix for each in thresholds.sections)
    known = _PLACES.get(facts)
    if known is None or known[0] != prefixes:
        urls = facts.metrics["url"]
        found = pd.Series(thresholds.places(urls), index=urls.to_numpy(), dtype="int64")
        known = _PLACES[facts] = (prefixes, found[found >= 0])
    return known[1]


def _place_of(result: CheckResult, places: pd.Series) -> pd.Series:
    return result.findings["url"].map(places).fillna(-1).astype("int64")
