"""Findings of two audits: new, gone and remaining, and whether one that is gone was really fixed."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from linkkit.checks import CHECKS
from linkkit.comparison.mapping import Moves
from linkkit.comparison.pages import GAINED, LOST
from linkkit.comparison.saved import Judged
from linkkit.schema import FINDINGS, CheckState, Indexability, Severity

NEW, GONE, REMAINING = "new", "gone", "remaining"
APPEARED, FIXED = "appeared", "fixed"
PAGE_NEW, PAGE_GONE = "page is new", "page is gone"
RELATED_NEW, RELATED_GONE = "related page is new", "related page is gone"
NOT_CRAWLED_BEFORE, NOT_CRAWLED_NOW = "page was not crawled before", "page was not crawled now"
NOT_JUDGED_BEFORE, NOT_JUDGED_NOW = "check could not be judged before", "check could not be judged now"
REDEFINED = "settings or definition changed"
REASONS = (APPEARED, FIXED, PAGE_NEW, PAGE_GONE, RELATED_NEW, RELATED_GONE, NOT_CRAWLED_BEFORE, NOT_CRAWLED_NOW,
           NOT_JUDGED_BEFORE, NOT_JUDGED_NOW, REDEFINED)  # fmt: skip

EXAMPLES = frozenset(
    {
        "ambiguous-anchor", "authority-leak", "deep-page", "deep-money-page", "empty-anchor", "entrance-without-path", "generic-anchor", "island-page",
        "link-to-blocked", "link-to-broken", "link-to-canonicalised", "link-to-noindex", "link-to-redirect", "misleading-anchor",
        "nofollow-link", "nofollow-only-page", "non-indexable-sources-only", "redirect-loop", "stalled-landing-page",
        "under-linked-page", "url-anchor", "weak-anchor", "weak-page",
    }
)  # fmt: skip
"""Checks whose related page is an example of a linking page, which may change although the finding is the same."""

_QUOTED = r'"(.*?)"'
"""Words of a link in a finding's evidence, as the checks on anchors write them."""
_COLUMNS = (*FINDINGS, "status", "reason", "old_value", "old_evidence", "as_reported")


@dataclass(frozen=True, eq=False)
class _Sides:
    """What is known of each address and check on both sides."""

    pages: pd.DataFrame
    old_states: dict[str, str]
    new_states: dict[str, str]


def finding_changes(
    old: Judged,
    new: Judged,
    pages: pd.DataFrame,
    moves: Moves | None = None,
    *,
    reported: Judged | None = None,
) -> pd.DataFrame:
    """Match the findings of two audits.

    A finding is the same where check, page and related page are; where the related page is only an example, check, page and
    the words of the link are enough.

    Parameters
    ----------
    old : Judged
        Under the thresholds, link model and code of `new`.
    new : Judged
    pages : DataFrame
        `linkkit.comparison.pages.Paired.pages`.
    moves : Moves, optional
        URL mapping of the old addresses.
    reported : Judged, optional
        The old audit as it was reported in its day, where that is known.

    Returns
    -------
    DataFrame
        One row per finding of either: the columns of `linkkit.schema.FINDINGS` (of the new audit where it has the finding),
        ``status`` (new, gone, remaining), ``reason`` (of `REASONS`; empty for remaining ones), ``old_value``,
        ``old_evidence``, and ``as_reported``: the status against the old audit as reported, empty where that is not known.
        New ones first, then gone, then remaining, each worst first.
    """
    sides = _Sides(pages.set_index("url"), _states(old), _states(new))
    before, after = _mapped(old.findings, moves), _mapped(new.findings, None)
    pairs = _matched(before, after)
    rows = [
        _remaining(before, after, pairs),
        _alone(after, pairs["after"], NEW).pipe(_reasoned, sides, NEW),
        _alone(before, pairs["before"], GONE).pipe(_reasoned, sides, GONE),
    ]
    table = pd.concat([part for part in rows if len(part)] or rows[:1], ignore_index=True)
    table["as_reported"] = ""
    if reported is not None:
        table = _with_reported(table, before, _mapped(reported.findings, moves))
    return _in_order(table)


def _states(judged: Judged) -> dict[str, str]:
    return dict(zip(judged.checks["check_id"], judged.checks["state"], strict=True))


def _mapped(findings: pd.DataFrame, moves: Moves | None) -> pd.DataFrame:
    table = findings.reset_index(drop=True).copy()
    for name in ("url", "related_url"):
        if moves is not None and moves.rules and len(table):
            filled = table[name] != ""
            table.loc[filled, name] = moves(table.loc[filled, name])
    table["words"] = table["evidence"].str.extract(_QUOTED, expand=False).fillna("")
    table["place"] = np.arange(len(table))
    return table


def _matched(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Places of findings that are the same: columns ``before``, ``after``; each finding at most once."""
    found: list[pd.DataFrame] = []
    a, b = before.assign(before=range(len(before))), after.assign(after=range(len(after)))
    whole = ["check_id", "url", "related_url"]
    for key, only in (([*whole, "words"], None), (whole, None), (["check_id", "url", "words"], EXAMPLES)):
        left = a if only is None else a[a["check_id"].isin(only)]
        right = b if only is None else b[b["check_id"].isin(only)]
        ordered = [each.sort_values([*key, "evidence", "value"], kind="stable") for each in (left, right)]
        numbered = [each.assign(turn=each.groupby(key).cumcount()) for each in ordered]
        both = numbered[0][[*key, "turn", "before"]].merge(
            numbered[1][[*key, "turn", "after"]], on=[*key, "turn"]
        )
        found.append(both[["before", "after"]])
        a, b = a[~a["before"].isin(both["before"])], b[~b["after"].isin(both["after"])]
    return pd.concat(found, ignore_index=True).astype("int64")


def _remaining(before: pd.DataFrame, after: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    was = before.iloc[pairs["before"]].reset_index(drop=True)
    return (
        after.iloc[pairs["after"]]
        .reset_index(drop=True)
        .assign(
            status=REMAINING,
            reason="",
            old_value=was["value"],
            old_evidence=was["evidence"],
            was=was["place"],
        )
    )


def _alone(side: pd.DataFrame, matched: pd.Series, status: str) -> pd.DataFrame:
    rest = side[~np.isin(np.arange(len(side)), matched.to_numpy())].reset_index(drop=True)
    if status == NEW:
        return rest.assign(status=status, reason="", old_value=np.nan, old_evidence="", was=-1)
    was = {"old_value": rest["value"], "old_evidence": rest["evidence"], "was": rest["place"]}
    return rest.assign(status=status, reason="", **was)


def _reasoned(table: pd.DataFrame, sides: _Sides, status: str) -> pd.DataFrame:
    """Why findings are new or gone; the same questions whichever way one looks."""
    if table.empty:
        return table
    is_new = status == NEW
    other_states = sides.old_states if is_new else sides.new_states
    other = "old" if is_new else "new"
    unjudged = ~table["check_id"].map(other_states).isin([CheckState.PASSED, CheckState.FAILED]).to_numpy()
    page, related = (_facts(sides.pages, table[name], other) for name in ("url", "related_url"))
    missed = page["missed"] | related["missed"]
    reason = np.select(
        [
            unjudged,
            missed.to_numpy(),
            *((side["change"] == change).to_numpy() for side in (page, related) for change in (GAINED, LOST)),
        ],
        [
            NOT_JUDGED_BEFORE if is_new else NOT_JUDGED_NOW,
            NOT_CRAWLED_BEFORE if is_new else NOT_CRAWLED_NOW,
            PAGE_NEW,
            PAGE_GONE,
            RELATED_NEW,
            RELATED_GONE,
        ],
        default=APPEARED if is_new else FIXED,
    )
    return table.assign(reason=reason.astype(object))


def _facts(pages: pd.DataFrame, urls: pd.Series, other: str) -> pd.DataFrame:
    """Of the pages that findings name: whether they came or went, and whether the other crawl did not ask for them."""
    known = pages.reindex(urls)
    reason = known[f"{other}_indexability_reason"].to_numpy()
    missed = np.array([each == Indexability.NOT_CRAWLED for each in reason], dtype=bool)
    why = known["why"].fillna("").astype(str).str.startswith("not crawled").to_numpy()
    return pd.DataFrame(
        {"change": known["change"].fillna("").to_numpy(), "missed": missed | why}
    ).reset_index(drop=True)


def _with_reported(table: pd.DataFrame, before: pd.DataFrame, reported: pd.DataFrame) -> pd.DataFrame:
    """The status against what was reported, and findings that only other settings or definitions made, or took away."""
    pairs = _matched(reported, before)
    told = table["was"].isin(pairs["after"])
    status = table["status"].mask(~told & (table["status"] == REMAINING), NEW)
    # What today's settings find in the old crawl and is gone by now was never reported.
    status = status.mask(~told & (table["status"] == GONE), "")
    dropped = reported[~np.isin(np.arange(len(reported)), pairs["before"])].reset_index(drop=True)
    fresh = np.flatnonzero(table["status"] == NEW)
    # What is new by one measure and was reported by another was there all the time.
    again = _matched(dropped, table.iloc[fresh].reset_index(drop=True))
    status.iloc[fresh[again["after"]]] = REMAINING
    extra = dropped[~np.isin(np.arange(len(dropped)), again["before"])]
    extra = extra.assign(
        status=GONE, reason=REDEFINED, old_value=extra["value"], old_evidence=extra["evidence"]
    )
    whole = table.assign(as_reported=status)
    return pd.concat([whole, extra.assign(as_reported=GONE)], ignore_index=True) if len(extra) else whole


def reported_basis(findings: pd.DataFrame) -> pd.DataFrame:
    """The table of `finding_changes` against the old audit as reported; what only other settings explain says so."""
    table = findings[findings["as_reported"] != ""]
    same = table["as_reported"] == table["status"]
    reason = table["reason"].where(same, REDEFINED).mask(table["as_reported"] == REMAINING, "")
    return _in_order(table.assign(status=table["as_reported"], reason=reason))


def _in_order(table: pd.DataFrame) -> pd.DataFrame:
    rank = {str(severity): place for place, severity in enumerate(Severity)}
    order = {NEW: 0, GONE: 1, REMAINING: 2}
    ordered = table.assign(_status=table["status"].map(order), _rank=table["severity"].map(rank)).sort_values(
        ["_status", "_rank", "impact", "check_id", "url", "related_url", "evidence"],
        ascending=[True, True, False, True, True, True, True],
        kind="stable",
    )
    return ordered[list(_COLUMNS)].reset_index(drop=True)


def check_changes(findings: pd.DataFrame, old: Judged, new: Judged) -> pd.DataFrame:
    """Findings by check, in the order of the chapters.

    Returns
    -------
    DataFrame
        One row per check that either audit knows: ``check_id``, ``chapter``, ``title``, ``old_state``, ``new_state``
        (empty where the audit did not have it), ``new``, ``fixed``, ``otherwise_gone``, ``remaining`` (findings).
    """
    before, after = _states(old), _states(new)
    known = pd.concat([new.checks, old.checks]).drop_duplicates("check_id")
    names = [name for name in CHECKS if name in set(known["check_id"])]
    names += [name for name in known["check_id"] if name not in CHECKS]
    table = (
        known.set_index("check_id").reindex(names)[["chapter", "title"]].rename_axis("check_id").reset_index()
    )
    judged = findings[findings["reason"] != REDEFINED]
    kind = judged["status"].where(judged["status"] != GONE, judged["reason"].where(judged["reason"] == FIXED, "otherwise_gone"))  # fmt: skip
    counted = pd.crosstab(judged["check_id"], kind).reindex(names, fill_value=0)
    for name in ("new", "fixed", "otherwise_gone", "remaining"):
        table[name] = counted[name].to_numpy() if name in counted else 0
    table["old_state"] = table["check_id"].map(before).fillna("")
    table["new_state"] = table["check_id"].map(after).fillna("")
    return table
