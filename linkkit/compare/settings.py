"""What changed between two audits beside the site: thresholds, link model, signals, crawl, versions, definitions."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from linkkit.checks import CHECKS
from linkkit.compare.saved import Judged
from linkkit.linkmodel import LinkModel
from linkkit.thresholds import Thresholds

THRESHOLD, MODEL, SIGNAL, CLUSTER, CRAWL, VERSION, DEFINITION = (
    "threshold", "link model", "signal", "topic cluster", "crawl", "version", "check definition",
)  # fmt: skip
EVENED_OUT = "evened out: the old crawl is judged as the new one is"
_CRAWL_SETTINGS = ("max_pages", "max_depth", "max_seconds", "obey_robots", "include", "exclude", "user_agent",
                   "hosts", "folders")  # fmt: skip
_UNKNOWN = "not recorded"
FAR_APART = 0.5
"""A signal file that matches less than this share of the rows it matches in the other crawl is named."""


def setting_changes(reported: Judged, old: Judged, new: Judged) -> pd.DataFrame:
    """Everything that could make a difference although the site did not change.

    Parameters
    ----------
    reported : Judged
        The old audit as it was reported; `old` itself where that is not known.
    old, new : Judged
        The two audits as they are compared: under the same thresholds, link model and code.

    Returns
    -------
    DataFrame
        One row per setting that differs: ``kind`` (threshold, link model, signal, topic cluster, crawl, version, check definition), ``name``,
        ``old``, ``new`` (in words), ``is_evened_out`` (whether judging the old crawl anew takes the effect away), ``effect``.
    """
    rows = [
        *_numbers(THRESHOLD, reported.thresholds, new.thresholds, Thresholds().to_json()),
        *_numbers(MODEL, reported.model, new.model, dict(vars(LinkModel()))),
        *_signals(reported, old, new),
        *_clusters(old.clusters or (), new.clusters or ()),
        *_crawls(old.site, new.site),
        *_versions(reported, old, new),
        *_definitions(reported.definitions, new.definitions),
    ]
    return pd.DataFrame(rows, columns=["kind", "name", "old", "new", "is_evened_out", "effect"]).astype(
        {"is_evened_out": "bool"}
    )


Row = tuple[str, str, str, str, bool, str]


def _numbers(
    kind: str, was: Mapping[str, Any], now: Mapping[str, Any], defaults: Mapping[str, Any]
) -> Iterable[Row]:
    """Settings that differ. One that the old audit did not know had no say in it: that is named as well."""
    for name in dict.fromkeys([*now, *was]):
        # What a section does not set is there as everywhere.
        around = name.partition(" in ")[0]
        a = was.get(name, was.get(around, _UNKNOWN) if was else defaults.get(around))
        b = now.get(name, now.get(around, _UNKNOWN))
        if a != b:
            yield kind, name, _said(a), _said(b), True, EVENED_OUT


def _signals(reported: Judged, old: Judged, new: Judged) -> Iterable[Row]:
    for name in dict.fromkeys([*new.signals, *old.signals, *reported.signals]):
        then, before, after = (_present(each.signals, name) for each in (reported, old, new))
        if before != after:
            effect = "findings and shares that rest on it differ between the two audits for this reason alone"
            yield SIGNAL, name, before, after, False, effect
        elif then != after:
            yield SIGNAL, name, then, after, True, EVENED_OUT
        elif name != "sitemap" and _far_apart(_matched(old.signals, name), _matched(new.signals, name)):
            effect = "the same file names other pages of the two crawls; in a move, its addresses fit only one of them"
            yield SIGNAL, name, _rows(old.signals, name), _rows(new.signals, name), False, effect


def _present(signals: Mapping[str, Any], name: str) -> str:
    return "there" if name in signals else "missing"


def _matched(signals: Mapping[str, Any], name: str) -> int:
    told = signals.get(name)
    return int(told.get("matched") or 0) if isinstance(told, Mapping) else 0


def _far_apart(a: int, b: int) -> bool:
    return min(a, b) < FAR_APART * max(a, b)


def _rows(signals: Mapping[str, Any], name: str) -> str:
    return f"{_matched(signals, name):,} rows match a page"


def _clusters(was: Iterable[str], now: Iterable[str]) -> Iterable[Row]:
    for name in sorted(set(was) ^ set(now)):
        effect = "the cluster has no page in one of the crawls: its findings there say nothing"
        yield (
            CLUSTER,
            name,
            "there" if name in was else "missing",
            "there" if name in now else "missing",
            False,
            effect,
        )


def _crawls(was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterable[Row]:
    if was.get("tool") != now.get("tool"):
        effect = "tools see other links and call their places by other names; links gained or lost may be the tool's"
        yield CRAWL, "tool", _said(was.get("tool")), _said(now.get("tool")), False, effect
    if was.get("start_url") != now.get("start_url"):
        effect = "depth is counted from another page unless the URL mapping leads from one to the other"
        yield CRAWL, "start page", _said(was.get("start_url")), _said(now.get("start_url")), False, effect
    then, after = _completeness(was), _completeness(now)
    if (then, after) != ("complete", "complete"):
        effect = "pages and links that were not crawled are neither gained nor lost, and some checks are not judged"
        yield CRAWL, "completeness", then, after, False, effect
    a, b = was.get("settings", {}), now.get("settings", {})
    for name in _CRAWL_SETTINGS:
        # What a version did not write down matters only where the other one says something.
        both = name in a and name in b
        if a.get(name) != b.get(name) and (both or a.get(name) or b.get(name)):
            effect = "what was requested differs; pages and links outside of it are neither gained nor lost"
            yield CRAWL, name, _said(a.get(name, _UNKNOWN)), _said(b.get(name, _UNKNOWN)), False, effect


def _completeness(site: Mapping[str, Any]) -> str:
    return "complete" if site.get("complete", True) else f"incomplete: {site.get('stopped_by') or 'unknown reason'}"  # fmt: skip


def _versions(reported: Judged, old: Judged, new: Judged) -> Iterable[Row]:
    if reported.linkkit != new.linkkit:
        yield (
            VERSION,
            "linkkit, of the audit",
            _said(reported.linkkit or _UNKNOWN),
            new.linkkit,
            True,
            EVENED_OUT,
        )
    for name, key in (("linkkit, of the crawl", "linkkit"), ("schema of the crawl", "schema_version")):
        a, b = old.site.get(key), new.site.get(key)
        if a != b:
            effect = "pages were read by another version, which may see links or texts in another way"
            yield VERSION, name, _said(a), _said(b), False, effect


def _definitions(was: Mapping[str, str], now: Mapping[str, str]) -> Iterable[Row]:
    if not was:
        return
    for name in dict.fromkeys([*now, *was]):
        if was.get(name) != now.get(name):
            title = CHECKS[name].title if name in CHECKS else name
            a = "unknown check" if name not in was else "as it was"
            b = "no longer a check" if name not in now else "changed" if name in was else "new check"
            yield DEFINITION, f"{name}: {title}", a, b, True, EVENED_OUT


def _said(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
