"""Checks under thresholds that differ from section to section.

A check runs under the thresholds of the whole site, and once more under those of every section that changes one of the
thresholds it reads. A finding counts if its ``url`` lies where the thresholds it was made under hold; a finding without a
page follows the whole site.
"""

from collections import OrderedDict
from weakref import WeakKeyDictionary

import numpy as np

from linkkit.checks.found import Found, Ints
from linkkit.checks.registry import Check, CheckResult, Facts, run_check
from linkkit.schema import CheckState
from linkkit.steps import step
from linkkit.thresholds import Thresholds

_Values = tuple[float, ...]
_KEPT = 512
# What a section's own values gave: while a slider of the whole site moves, they stay. Gone with the facts.
_RUNS: "WeakKeyDictionary[Facts, OrderedDict[tuple[str, _Values], CheckResult]]" = WeakKeyDictionary()
_PLACES: "WeakKeyDictionary[Facts, tuple[tuple[str, ...], Ints]]" = WeakKeyDictionary()


def run_by_section(check: Check, facts: Facts, thresholds: Thresholds) -> CheckResult:
    """Run one check (`run_check`), in each section under the thresholds that hold there."""
    with step(check.id):
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
    parts = [base.found.take(~np.isin(places[base.found.page], list(own)))]
    for values in dict.fromkeys(own.values()):
        here = [place for place, each in own.items() if each == values]
        found = results[values].found
        parts.append(found.take(np.isin(places[found.page], here)))
    found = _in_order(facts, Found.together(parts))
    if len(found):
        return CheckResult(check, CheckState.FAILED, base.reason, found)
    return CheckResult(check, CheckState.NOT_APPLICABLE if base.reason else CheckState.PASSED, base.reason)


def _in_order(facts: Facts, found: Found) -> Found:
    """Findings of one check made under several thresholds, in the order that one run has."""
    related = np.where(found.related < 0, -1, facts.url_place[found.related])
    return found.take(np.lexsort((related, facts.worst_first[found.page], found.severity)))


def empty_sections(facts: Facts, thresholds: Thresholds) -> tuple[str, ...]:
    """Prefixes of sections with thresholds of their own in which no page lies: misspelt, or gone from the site."""
    places = set(_places(facts, thresholds).tolist())
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


def _places(facts: Facts, thresholds: Thresholds) -> Ints:
    """Which section with thresholds of its own each page lies in; -1 for none."""
    prefixes = tuple(each.prefix for each in thresholds.sections)
    known = _PLACES.get(facts)
    if known is None or known[0] != prefixes:
        found = np.asarray(thresholds.places(facts.metrics["url"]), dtype=np.int64)
        known = _PLACES[facts] = (prefixes, found)
    return known[1]
