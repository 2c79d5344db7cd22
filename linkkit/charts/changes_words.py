"""A comparison in words: the answer, the summary of a run, and the tables that people read."""

import math

import pandas as pd

from linkkit.charts.answers import Answer
from linkkit.charts.words import short_url
from linkkit.comparison import Comparison
from linkkit.comparison.comparison import totals
from linkkit.comparison.findings import (
    FIXED,
    GONE,
    NEW,
    NOT_CRAWLED_BEFORE,
    NOT_JUDGED_BEFORE,
    REDEFINED,
    REMAINING,
)
from linkkit.comparison.pages import BACK_IN_REACH, DEEPER, GAINED, LOST, NEARER, OUT_OF_REACH
from linkkit.comparison.planned import MADE, THERE_BEFORE, PlanOutcome
from linkkit.plan.pieces import page_count
from linkkit.schema import Severity
from linkkit.sentence import Figure, Sentence, capital, joined, plural, sentence
from linkkit.urls import origin
from linkkit.wording import fine

_EXAMPLES = 5


def comparison_source(comparison: Comparison) -> Sentence:
    """Which two crawls are compared, for the foot of a chart."""
    before, after = (int(each.site.pages["is_indexable"].sum()) for each in (comparison.old, comparison.new))
    return sentence(
        "Crawl {old} ({before}) against {new} ({after}), {site}",
        old=comparison.old_name, new=comparison.new_name, site=comparison.new.manifest.start_url,
        before=page_count(before), after=page_count(after),
    )  # fmt: skip


def basis_words(comparison: Comparison) -> Sentence:
    """What findings are held against, and how the other basis would count."""
    other = comparison.reported
    if other is None:
        return sentence("Both crawls are judged alike, by today's thresholds, link model and signals.")
    reported = plural("As reported then: {number} finding.", "As reported then: {number} findings.", len(other.findings))  # fmt: skip
    if comparison.basis == "as_reported":
        against = sentence("Findings are held against those reported on {day}.", day=comparison.old_name)
        return joined((against, reported), " ")
    again = int((comparison.findings["status"] == REMAINING).sum()) + int(
        ((comparison.findings["status"] == GONE) & (comparison.findings["reason"] != REDEFINED)).sum()
    )
    alike = plural(
        "Both crawls are judged alike, by today's thresholds, link model and signals: {number} finding in the old one.",
        "Both crawls are judged alike, by today's thresholds, link model and signals: {number} findings in the old one.",
        again,
    )
    return joined((alike, reported), " ")


def state_words(outcome: PlanOutcome) -> Sentence:
    """How many planned links were made."""
    made, whole = outcome.made, len(outcome.links)
    if made == whole == 1:
        return sentence("the planned link was made")
    every = plural("{number} planned link", "{number} planned links", whole)
    return plural("{number} of {links} was made", "{number} of {links} were made", made, links=every)


def comparison_answer(comparison: Comparison) -> Answer:
    """What changed, in a sentence; worst where high or medium findings are new."""
    numbers = totals(comparison.findings[comparison.findings["reason"] != REDEFINED])
    changes = comparison.pages["change"].value_counts()
    parts = [
        plural("{number} finding fixed, {new} new, {remaining} as before", "{number} findings fixed, {new} new, {remaining} as before", numbers["fixed"], new=numbers["new"], remaining=numbers["remaining"]),
        plural("{number} page gained, {lost} lost", "{number} pages gained, {lost} lost", int(changes.get(GAINED, 0)), lost=int(changes.get(LOST, 0))),
    ]  # fmt: skip
    then, now = comparison.captured
    if not math.isnan(then) and not math.isnan(now):
        same, told = fine(now) == fine(then), {"now": Figure(fine(now)), "then": Figure(fine(then))}
        parts.append(
            sentence("{now} of 100 units reach money pages, as before", now=told["now"])
            if same
            else sentence("{now} of 100 units reach money pages, instead of {then}", **told)
        )
    if comparison.plan is not None:
        parts.append(state_words(comparison.plan))
    bad = len(comparison.new_findings(Severity.MEDIUM))
    small = numbers["new"] - bad
    doubt = [audit for audit in (comparison.old, comparison.new) if not audit.manifest.complete]
    verdict = "fix" if bad else "unknown" if doubt else "look" if small else "good"
    return Answer(verdict, sentence("{parts}.", parts=capital(joined(parts))), _caveat(comparison))


def _reasons(rows: pd.DataFrame) -> Sentence:
    """How many findings came or went for which reason."""
    counts = rows["reason"].value_counts().items()
    return joined((sentence("{number} ({reason})", number=int(number), reason=sentence(str(reason))) for reason, number in counts), ", ")  # fmt: skip


def _caveat(comparison: Comparison) -> Sentence:
    said: list[Sentence] = []
    gone = comparison.findings[(comparison.findings["status"] == GONE) & ~comparison.findings["reason"].isin([FIXED, REDEFINED])]  # fmt: skip
    if len(gone):
        said.append(sentence("Gone, but not fixed: {reasons}.", reasons=_reasons(gone)))
    unsure = comparison.findings[
        (comparison.findings["status"] == NEW)
        & comparison.findings["reason"].isin([NOT_CRAWLED_BEFORE, NOT_JUDGED_BEFORE])
    ]
    if len(unsure):
        said.append(sentence("New, but perhaps there before: {reasons}.", reasons=_reasons(unsure)))
    open_ = comparison.settings[~comparison.settings["is_evened_out"]]
    if len(open_):
        names = joined((sentence("{kind} ({name})", kind=sentence(row["kind"]), name=row["name"]) for row in open_.head(_EXAMPLES).to_dict("records")), ", ")  # fmt: skip
        said.append(sentence("Not only the site differs: {names}.", names=names))
    return joined(said, " ")


def comparison_lines(comparison: Comparison, *, severity: str = Severity.HIGH) -> list[str]:
    """The comparison in a few lines, for a run without Jupyter."""
    answer = comparison_answer(comparison)
    lines = [f"{comparison.old_name} -> {comparison.new_name}: {answer.sentence}"]
    lines += [answer.caveat] if answer.caveat else []
    lines.append(basis_words(comparison))
    lines += [
        f"differs: {row['kind']} {row['name']}: {row['old']} -> {row['new']} ({row['effect']})"
        for row in comparison.settings.to_dict("records")
    ]
    lines += [f"URL mapping: {rule}" + (f" ({rule.why})" if rule.why else "") for rule in comparison.rules]
    lines += [f"worth a mapping: --map '{rule}' ({rule.why})" for rule in comparison.suggested]
    if len(comparison.merged):
        example = comparison.merged.iloc[0]
        lines.append(
            f"the URL mapping makes one of several pages, {comparison.merged['url'].nunique():,} times, such as {example['url']}; "
            "the best linked one counts. Is a pattern too wide?"
        )
    drift = comparison.pages["drift"].value_counts()
    moved = [
        f"{drift[each]:,} {each}" for each in (DEEPER, OUT_OF_REACH, NEARER, BACK_IN_REACH) if each in drift
    ]
    lines += [f"pages by clicks from the start page: {', '.join(moved)}"] if moved else []
    links = comparison.links
    lines.append(f"links: {links.total(GAINED):,} gained, {links.total(LOST):,} lost, of {links.old_links:,}")
    worst = comparison.new_findings(severity)
    lines += [
        f"new, {row['severity']}: {row['check_id']} {short_url(row['url'], 90)}"
        for row in worst.head(_EXAMPLES * 2).to_dict("records")
    ]
    if len(worst) > _EXAMPLES * 2:
        lines.append(f"and {len(worst) - _EXAMPLES * 2:,} more")
    return lines


def settings_view(comparison: Comparison) -> pd.DataFrame:
    """What else changed, as people read it: ``What``, ``Which``, ``Then``, ``Now``, ``What it does``."""
    rows = comparison.settings
    return pd.DataFrame(
        {
            "What": rows["kind"].str.capitalize(),
            "Which": rows["name"].str.replace("_", " "),
            "Then": rows["old"],
            "Now": rows["new"],
            "What it does": rows["effect"],
        }
    )


def findings_view(comparison: Comparison, status: str | None = None) -> pd.DataFrame:
    """Findings that came or went, as people read them.

    Parameters
    ----------
    status : {"new", "gone", "remaining"}, optional
        Only these; new and gone ones without it.

    Returns
    -------
    DataFrame
        One row per finding: ``Since then``, ``Why``, ``Severity``, ``What``, ``Page``, ``Related page``, ``Evidence``.
    """
    rows = comparison.findings
    rows = rows[rows["status"] != REMAINING] if status is None else rows[rows["status"] == status]
    titles = comparison.checks.set_index("check_id")["title"]
    return pd.DataFrame(
        {
            "Since then": rows["status"],
            "Why": rows["reason"],
            "Severity": rows["severity"],
            "What": rows["check_id"].map(titles).fillna(rows["check_id"]),
            "Page": paths(comparison, rows["url"]),
            "Related page": paths(comparison, rows["related_url"]),
            "Evidence": rows["evidence"],
        }
    ).reset_index(drop=True)


def pages_view(comparison: Comparison) -> pd.DataFrame:
    """Pages gained and lost, money pages first: ``Change``, ``Page``, ``Why``, ``Money page``, ``Linking pages`` (of the side that has it)."""
    rows = comparison.pages
    rows = rows[rows["change"].isin([GAINED, LOST])]
    rows = rows.assign(
        links=rows["new_linking_pages"].where(rows["change"] == GAINED, rows["old_linking_pages"]).fillna(0)
    )
    rows = rows.sort_values(
        ["is_money_page", "change", "links", "url"], ascending=[False, False, False, True]
    )
    return pd.DataFrame(
        {
            "Change": rows["change"],
            "Page": paths(comparison, rows["url"]),
            "Why": rows["why"],
            "Money page": rows["is_money_page"].map({True: "yes", False: ""}),
            "Linking pages": rows["links"].astype("int64"),
        }
    ).reset_index(drop=True)


def drift_view(comparison: Comparison) -> pd.DataFrame:
    """Pages that drifted, money pages and the largest steps first: ``Page``, ``Clicks then``, ``Clicks now``, ``Drift``, ``Money page``."""
    rows = comparison.pages
    rows = rows[rows["drift"].isin([DEEPER, OUT_OF_REACH, NEARER, BACK_IN_REACH])]
    order = {OUT_OF_REACH: 0, DEEPER: 1, NEARER: 2, BACK_IN_REACH: 3}
    rows = rows.assign(order=rows["drift"].map(order), step=rows["depth_change"].abs().fillna(0)).sort_values(
        ["is_money_page", "order", "step", "url"], ascending=[False, True, False, True]
    )
    return pd.DataFrame(
        {
            "Page": paths(comparison, rows["url"]),
            "Clicks then": [_clicks(each) for each in rows["old_crawl_depth"]],
            "Clicks now": [_clicks(each) for each in rows["new_crawl_depth"]],
            "Drift": rows["drift"],
            "Money page": rows["is_money_page"].map({True: "yes", False: ""}),
        }
    ).reset_index(drop=True)


def paths(comparison: Comparison, urls: pd.Series) -> list[str]:
    """Addresses of the site as paths; what lies elsewhere, such as on the host it moved from, stays whole."""
    home = origin(comparison.new.site.start_url)
    return [url.removeprefix(home) if url.startswith(f"{home}/") else url for url in urls]


def _clicks(clicks: float) -> str:
    return "unreachable" if math.isnan(clicks) else f"{clicks:.0f}"


def links_view(comparison: Comparison) -> pd.DataFrame:
    """Links gained and lost by section and place: ``Change``, ``Section``, ``Place``, ``Why``, ``Links``."""
    rows = comparison.links.counts
    names = {"change": "Change", "section": "Section", "position": "Place", "why": "Why", "links": "Links"}
    return rows[list(names)].rename(columns=names).reset_index(drop=True)


def authority_view(comparison: Comparison, *, most: int = 40) -> pd.DataFrame:
    """Pages whose authority changed most: ``Page``, ``Then``, ``Now``, ``Change`` (units of 100), ``Yield then``, ``Yield now``."""
    rows = comparison.pages
    rows = rows[rows["authority_change"].abs() > 0.00005]
    rows = rows.loc[rows["authority_change"].abs().sort_values(ascending=False, kind="stable").index[:most]]
    return pd.DataFrame(
        {
            "Page": paths(comparison, rows["url"]),
            "Then": [fine(each) for each in rows["old_authority"].fillna(0.0)],
            "Now": [fine(each) for each in rows["new_authority"].fillna(0.0)],
            "Change": [f"{each * 100:+.2f}" for each in rows["authority_change"]],
            "Yield then": [_yield(each) for each in rows["old_landing_yield"]],
            "Yield now": [_yield(each) for each in rows["new_landing_yield"]],
        }
    ).reset_index(drop=True)


def _yield(share: float) -> str:
    return "" if math.isnan(share) else f"{share * 100:.1f}"


def planned_view(comparison: Comparison) -> pd.DataFrame:
    """Links of the plan, those not made first: ``State``, ``Put a link on``, ``It leads to``, ``Words to link``, ``Was to bring``."""
    if comparison.plan is None:
        return pd.DataFrame(
            columns=["State", "Put a link on", "It leads to", "Words to link", "Was to bring"]
        )
    rows = comparison.plan.links
    rows = rows.assign(done=rows["state"].isin([MADE, THERE_BEFORE])).sort_values("done", kind="stable")
    return pd.DataFrame(
        {
            "State": rows["state"],
            "Put a link on": paths(comparison, rows["source"]),
            "It leads to": paths(comparison, rows["target"]),
            "Words to link": rows["phrase"],
            "Was to bring": [fine(each) for each in rows["gain"]],
        }
    ).reset_index(drop=True)
