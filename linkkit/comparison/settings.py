"""What changed between two audits beside the site: thresholds, link model, signals, crawl, versions, definitions."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from linkkit.checks import CHECKS
from linkkit.comparison.saved import Judged
from linkkit.linkmodel import LinkModel
from linkkit.sentence import Figure, Note, Sentence, plural, sentence
from linkkit.site import collected_with
from linkkit.thresholds import Thresholds

THRESHOLD, MODEL, SIGNAL, CLUSTER, CRAWL, VERSION, DEFINITION = (
    "threshold", "link model", "signal", "topic cluster", "crawl", "version", "check definition",
)  # fmt: skip
KINDS = (THRESHOLD, MODEL, SIGNAL, CLUSTER, CRAWL, VERSION, DEFINITION)
EVENED_OUT = sentence("evened out: the old crawl is judged as the new one is")
_CRAWL_SETTINGS = ("max_pages", "max_depth", "max_seconds", "obey_robots", "include", "exclude", "user_agent",
                   "hosts", "folders")  # fmt: skip
_UNKNOWN = sentence("not recorded")
_THERE, _MISSING = sentence("there"), sentence("missing")
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
        ``old``, ``new``, ``effect`` (`linkkit.sentence.Sentence` where they are words), ``is_evened_out`` (whether judging the old crawl anew takes the effect away).
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
    columns = ["kind", "name", "old", "new", "is_evened_out", "effect"]
    # Sentences stay sentences in columns of objects; as texts they could not be said in another language.
    return pd.DataFrame(rows, columns=columns, dtype="object").astype(
        {"kind": "str", "is_evened_out": "bool"}
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
            effect = sentence("findings and shares that rest on it differ between the two audits for this reason alone")  # fmt: skip
            yield SIGNAL, name, before, after, False, effect
        elif then != after:
            yield SIGNAL, name, then, after, True, EVENED_OUT
        elif name != "sitemap" and _far_apart(_matched(old.signals, name), _matched(new.signals, name)):
            effect = sentence("the same file names other pages of the two crawls; in a move, its addresses fit only one of them")  # fmt: skip
            yield SIGNAL, name, _rows(old.signals, name), _rows(new.signals, name), False, effect


def _present(signals: Mapping[str, Any], name: str) -> Sentence:
    return _THERE if name in signals else _MISSING


def _matched(signals: Mapping[str, Any], name: str) -> int:
    told = signals.get(name)
    return int(told.get("matched") or 0) if isinstance(told, Mapping) else 0


def _far_apart(a: int, b: int) -> bool:
    return min(a, b) < FAR_APART * max(a, b)


def _rows(signals: Mapping[str, Any], name: str) -> Sentence:
    return plural("{number} row matches a page", "{number} rows match a page", _matched(signals, name))


def _clusters(was: Iterable[str], now: Iterable[str]) -> Iterable[Row]:
    for name in sorted(set(was) ^ set(now)):
        effect = sentence("the cluster has no page in one of the crawls: its findings there say nothing")
        yield (
            CLUSTER,
            name,
            _THERE if name in was else _MISSING,
            _THERE if name in now else _MISSING,
            False,
            effect,
        )


def _crawls(was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterable[Row]:
    before, after = (collected_with(each) for each in (was, now))
    if before != after:
        effect = sentence("tools see other links and call their places by other names; links gained or lost may be the tool's")  # fmt: skip
        yield CRAWL, sentence("tool"), _said(before), _said(after), False, effect
    if was.get("start_url") != now.get("start_url"):
        effect = sentence("depth is counted from another page unless the URL mapping leads from one to the other")  # fmt: skip
        yield (
            CRAWL,
            sentence("start page"),
            _said(was.get("start_url")),
            _said(now.get("start_url")),
            False,
            effect,
        )
    then, after = _completeness(was), _completeness(now)
    if (then, after) != ("complete", "complete"):
        effect = sentence("pages and links that were not crawled are neither gained nor lost, and some checks are not judged")  # fmt: skip
        yield CRAWL, sentence("completeness"), then, after, False, effect
    a, b = was.get("settings", {}), now.get("settings", {})
    for name in _CRAWL_SETTINGS:
        # What a version did not write down matters only where the other one says something.
        both = name in a and name in b
        if a.get(name) != b.get(name) and (both or a.get(name) or b.get(name)):
            effect = sentence("what was requested differs; pages and links outside of it are neither gained nor lost")  # fmt: skip
            yield CRAWL, name, _said(a.get(name, _UNKNOWN)), _said(b.get(name, _UNKNOWN)), False, effect


def _completeness(site: Mapping[str, Any]) -> Sentence:
    if site.get("complete", True):
        return sentence("complete")
    return sentence("incomplete: {why}", why=Note(str(site.get("stopped_by") or "for an unknown reason"), "stopped"))  # fmt: skip


def _versions(reported: Judged, old: Judged, new: Judged) -> Iterable[Row]:
    if reported.linkkit != new.linkkit:
        yield (
            VERSION,
            sentence("linkkit, of the audit"),
            _said(reported.linkkit or _UNKNOWN),
            new.linkkit,
            True,
            EVENED_OUT,
        )
    for name, key in (
        (sentence("linkkit, of the crawl"), "linkkit"),
        (sentence("schema of the crawl"), "schema_version"),
    ):
        a, b = old.site.get(key), new.site.get(key)
        if a != b:
            effect = sentence("pages were read by another version, which may see links or texts in another way")  # fmt: skip
            yield VERSION, name, _said(a), _said(b), False, effect


def _definitions(was: Mapping[str, str], now: Mapping[str, str]) -> Iterable[Row]:
    if not was:
        return
    for name in dict.fromkeys([*now, *was]):
        if was.get(name) != now.get(name):
            title = sentence(CHECKS[name].title) if name in CHECKS else name
            a = sentence("unknown check") if name not in was else sentence("as it was")
            b = sentence("no longer a check") if name not in now else sentence("changed") if name in was else sentence("new check")  # fmt: skip
            yield DEFINITION, sentence("{check}: {title}", check=name, title=title), a, b, True, EVENED_OUT


def _said(value: object) -> str:
    if value is None:
        return sentence("none")
    if isinstance(value, bool):
        return sentence("yes") if value else sentence("no")
    if isinstance(value, float):
        return Figure(f"{value:g}")
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
