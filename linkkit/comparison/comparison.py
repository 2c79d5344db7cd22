"""Two audits of one site -> what changed, and what only seems to have changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import pandas as pd

from linkkit.audit import Audit
from linkkit.comparison.findings import (
    APPEARED,
    FIXED,
    GONE,
    NEW,
    PAGE_GONE,
    PAGE_NEW,
    RELATED_GONE,
    RELATED_NEW,
    REMAINING,
    check_changes,
    finding_changes,
    reported_basis,
)
from linkkit.comparison.links import LinkChanges, link_changes
from linkkit.comparison.mapping import MappingLike, Rules, origin_rules, read_rules, suggest_mapping
from linkkit.comparison.pages import (
    BACK_IN_REACH,
    DEEPER,
    GAINED,
    LOST,
    NEARER,
    OUT_OF_REACH,
    Paired,
    pair_pages,
)
from linkkit.comparison.planned import PlanOutcome, plan_outcome
from linkkit.comparison.saved import Judged
from linkkit.comparison.settings import setting_changes
from linkkit.metrics.authority import LEDGER
from linkkit.plan.saved import SavedPlan
from linkkit.schema import Severity

Basis = Literal["rejudged", "as_reported"]
_ROUNDING = 1e-9
"""Share of all authority below which two numbers are the same."""


@dataclass(frozen=True, eq=False)
class Comparison:
    """What changed between two audits.

    Attributes
    ----------
    old, new : Audit
        Both under the thresholds and the link model of the new one.
    rules : tuple of Rule
        URL mapping that was used, given or found.
    suggested : tuple of Rule
        Rules that the crawls speak for and that were not used.
    basis : {"rejudged", "as_reported"}
        Whether findings are held against the old crawl judged anew, or against what was reported in its day.
    pages : DataFrame
        One row per address of either: ``url``, ``old_url``, ``change`` (gained, lost, stayed, not a page), ``why``, ``drift``
        (deeper, nearer, out of reach, back in reach, same), ``status_changed``, ``indexability_changed``, ``title_changed``,
        ``section``, ``is_money_page``, and both sides' facts and metrics under ``old_`` and ``new_``.
    merged : DataFrame
        Old addresses that the mapping makes one: ``url``, ``old_url``.
    links : LinkChanges
    findings : DataFrame
        `linkkit.comparison.findings.finding_changes`.
    checks : DataFrame
        `linkkit.comparison.findings.check_changes`.
    settings : DataFrame
        What else changed (`linkkit.comparison.settings.setting_changes`).
    plan : PlanOutcome, optional
    old_name, new_name : str
        What the two audits are called, such as the dates of their crawls.
    """

    old: Audit
    new: Audit
    rules: Rules
    suggested: Rules
    basis: Basis
    pages: pd.DataFrame
    merged: pd.DataFrame
    links: LinkChanges
    findings: pd.DataFrame
    checks: pd.DataFrame
    settings: pd.DataFrame
    plan: PlanOutcome | None = None
    reported: Judged | None = None
    old_name: str = "before"
    new_name: str = "now"

    def __repr__(self) -> str:
        pages, findings = (
            ", ".join(f"{number:,} {what}" for what, number in column.value_counts().items())
            for column in (self.pages["change"], self.findings["status"])
        )
        return f"Comparison({self.old_name} and {self.new_name}; addresses: {pages}; findings: {findings or 'none'})"

    @property
    def has_differences(self) -> bool:
        """Whether anything of the site differs: pages, links, findings, depth, authority."""
        pages = self.pages
        flags = ["status_changed", "indexability_changed", "title_changed"]
        return bool(
            pages["change"].isin([GAINED, LOST]).any()
            or pages[flags].any(axis=None)
            or pages["drift"].isin([DEEPER, NEARER, OUT_OF_REACH, BACK_IN_REACH]).any()
            or len(self.links.counts)
            or (self.findings["status"] != REMAINING).any()
            or (pages["authority_change"].abs() > _ROUNDING).any()
        )

    @cached_property
    def ledger(self) -> pd.DataFrame:
        """Where all authority ends: one row per end (`linkkit.metrics.authority.LEDGER`): ``old``, ``new``, ``change`` (shares)."""
        table = (
            pd.DataFrame({"old": self.old.ledger, "new": self.new.ledger}).reindex(list(LEDGER)).fillna(0.0)
        )
        return table.assign(change=table["new"] - table["old"])

    @cached_property
    def sections(self) -> pd.DataFrame:
        """Authority by section, largest change first.

        Returns
        -------
        DataFrame
            One row per section: ``section``, ``old_pages``, ``new_pages`` (indexable), ``old``, ``new``, ``change`` (shares of
            all authority that settle there).
        """
        pages = self.pages
        summed = pages.assign(
            old_pages=pages["old_is_indexable"].astype("int64"),
            new_pages=pages["new_is_indexable"].astype("int64"),
            old=pages["old_authority"].fillna(0.0),
            new=pages["new_authority"].fillna(0.0),
        ).groupby("section", as_index=False)[["old_pages", "new_pages", "old", "new"]].sum()  # fmt: skip
        summed["change"] = summed["new"] - summed["old"]
        summed = summed[(summed[["old", "new", "old_pages", "new_pages"]] > 0).any(axis=1)]
        order = summed["change"].abs().sort_values(ascending=False, kind="stable").index
        return summed.loc[order].reset_index(drop=True)

    @property
    def captured(self) -> tuple[float, float]:
        """Share of all authority that reaches money pages, then and now; NaN where none are known."""
        return self.old.captured, self.new.captured

    def count(self, status: str, reason: str | None = None) -> int:
        """Findings of a status, and of a reason."""
        chosen = self.findings["status"] == status
        return int((chosen if reason is None else chosen & (self.findings["reason"] == reason)).sum())

    def new_findings(self, severity: str = Severity.HIGH) -> pd.DataFrame:
        """New findings at or above a severity, without those that may have been there all the time.

        That is: findings on pages that were not crawled before, of checks that could not be judged before, and those that
        only other settings or definitions explain.
        """
        rank = [str(each) for each in Severity]
        wanted = rank[: rank.index(str(severity)) + 1]
        new = (self.findings["status"] == NEW) & self.findings["reason"].isin(
            [APPEARED, PAGE_NEW, PAGE_GONE, RELATED_NEW, RELATED_GONE]
        )
        return self.findings[new & self.findings["severity"].isin(wanted)]


def compare(
    old: Audit,
    new: Audit,
    *,
    url_mapping: MappingLike | None = None,
    reported: Judged | None = None,
    plan: SavedPlan | None = None,
    basis: Basis = "rejudged",
    names: tuple[str, str] = ("before", "now"),
) -> Comparison:
    r"""Compare two audits of one site, so that what differs is the site.

    Where thresholds or link model differ, the old crawl is judged anew under those of the new audit; what was reported in its
    day stands beside it (``findings.as_reported``).

    Parameters
    ----------
    old, new : Audit
    url_mapping : iterable of rules, optional
        Old address to new one, as ``"pattern => replacement"``, pairs or `linkkit.comparison.Rule`; the first that fits counts.
        Without it a move of the whole site is found by itself (`linkkit.comparison.origin_rules`); an empty one maps nothing.
    reported : Judged, optional
        The old audit as it was saved; its own findings before it was judged anew without it.
    plan : SavedPlan, optional
        Whose links are held against the new crawl.
    basis : {"rejudged", "as_reported"}
        What the status of findings rests on.
    names : pair of str
        What the audits are called.

    Raises
    ------
    SettingsError
        If the URL mapping is faulty; all faults are named.

    Examples
    --------
    >>> import linkkit as lk
    >>> lk.compare(old, new, url_mapping=[r"^https://old\.example/(.*)$ => https://new.example/\1"])  # doctest: +SKIP
    """
    proposed = suggest_mapping(old.site, new.site)
    rules = origin_rules(old.site, new.site) if url_mapping is None else read_rules(url_mapping)
    told = reported
    if told is None and (old.thresholds != new.thresholds or old.graph.model != new.graph.model):
        told = Judged.of(old)
    again = old if old.graph.model == new.graph.model else old.with_model(new.graph.model)
    again = again if again.thresholds == new.thresholds else again.with_thresholds(new.thresholds)
    paired = pair_pages(again, new, rules)
    before, after = Judged.of(again), Judged.of(new)
    findings = finding_changes(before, after, paired.pages, paired.moves, reported=told)
    if basis == "as_reported" and told is not None:
        findings = reported_basis(findings)
    else:
        basis = "rejudged"
    return Comparison(
        old=again,
        new=new,
        rules=rules,
        suggested=tuple(rule for rule in proposed if str(rule) not in {str(each) for each in rules}),
        basis=basis,
        pages=paired.pages,
        merged=_unexpected(paired, again),
        links=link_changes(again.site, new.site, paired),
        findings=findings,
        checks=check_changes(findings, before, after),
        settings=setting_changes(told or before, before, after),
        plan=None if plan is None else plan_outcome(plan, again, new, paired),
        reported=told,
        old_name=names[0],
        new_name=names[1],
    )


def _unexpected(paired: Paired, old: Audit) -> pd.DataFrame:
    """Old addresses that become one although more than one of them was a page of the index."""
    merged = paired.merged
    live = set(old.site.pages["url"][old.site.pages["is_indexable"]])
    alive = merged["old_url"].isin(live)
    several = alive.groupby(merged["url"]).transform("sum") > 1
    return merged[alive & several].reset_index(drop=True)


def totals(findings: pd.DataFrame) -> dict[str, int]:
    """Findings in a few numbers: new, fixed, gone for another reason, remaining."""
    status, reason = findings["status"], findings["reason"]
    return {
        "new": int((status == NEW).sum()),
        "fixed": int(((status == GONE) & (reason == FIXED)).sum()),
        "otherwise gone": int(((status == GONE) & (reason != FIXED)).sum()),
        "remaining": int((status == REMAINING).sum()),
    }


def changed_pages(
    comparison: Comparison, kinds: Iterable[str] = ("status", "indexability", "title")
) -> pd.DataFrame:
    """Pages whose status, indexability or title changed, money pages first.

    Returns
    -------
    DataFrame
        One row per page and change: ``url``, ``what``, ``old``, ``new`` (as text), ``is_money_page``.
    """
    columns = {"status": "status", "indexability": "indexability_reason", "title": "title"}
    pages = comparison.pages
    parts = []
    for kind in kinds:
        rows = pages[pages[f"{kind}_changed"]]
        name = columns[kind]
        parts.append(
            pd.DataFrame(
                {
                    "url": rows["url"],
                    "what": kind,
                    "old": [_text(value) for value in rows[f"old_{name}"]],
                    "new": [_text(value) for value in rows[f"new_{name}"]],
                    "is_money_page": rows["is_money_page"],
                }
            )
        )
    whole = pd.concat(parts, ignore_index=True)
    return whole.sort_values(["is_money_page", "what", "url"], ascending=[False, True, True], kind="stable").reset_index(drop=True)  # fmt: skip


def _text(value: object) -> str:
    if value is None or value != value:  # noqa: PLR0124 - NaN
        return ""
    return f"{value:.0f}" if isinstance(value, float) else str(value)
