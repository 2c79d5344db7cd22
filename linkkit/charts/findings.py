"""Charts of findings: what was found, how bad, and what could not be judged."""

import altair as alt
import pandas as pd

from linkkit.audit import Audit
from linkkit.charts.theme import (
    GREY,
    INK,
    ORANGE,
    ROW,
    SKY,
    VERMILLION,
    WIDTH,
    check_rows,
    count_scale,
    count_ticks,
    empty_chart,
    finish,
    palette,
)
from linkkit.charts.words import count
from linkkit.checks import CHECKS
from linkkit.schema import CheckState, Severity
from linkkit.wording import verb

SEVERITY_MARKS = {Severity.HIGH: "▲", Severity.MEDIUM: "■", Severity.LOW: "●", Severity.INFO: "○"}
"""A sign for each severity, so that colour is never the only difference."""
MOST = 20
"""Checks that the chart draws: more cannot be read on a slide."""
_COLOURS = {
    f"{SEVERITY_MARKS[Severity.HIGH]} high": VERMILLION,
    f"{SEVERITY_MARKS[Severity.MEDIUM]} medium": ORANGE,
    f"{SEVERITY_MARKS[Severity.LOW]} low": SKY,
    f"{SEVERITY_MARKS[Severity.INFO]} info": GREY,
}


def findings_table(audit: Audit, chapter: str | None = None) -> pd.DataFrame:
    """Findings by check and severity, of one chapter or all.

    Returns
    -------
    DataFrame
        One row per check and severity that has findings, worst first: ``check_id``, ``title``, ``chapter``,
        ``severity``, ``findings``.
    """
    found = audit.found(chapter)
    rows = pd.DataFrame(
        [
            (check, CHECKS[check].chapter if check in CHECKS else "", severity, number)
            for check in found.numbers
            for severity, number in found.of_checks(check).severities.items()
            if number
        ],
        columns=["check_id", "chapter", "severity", "findings"],
    )
    rank = {str(severity): place for place, severity in enumerate(Severity)}
    rows["rank"] = rows["severity"].map(rank)
    rows["title"] = rows["check_id"].map({check.id: check.title for check in CHECKS.values()})
    worst = rows.groupby("check_id")["rank"].transform("min")
    total = rows.groupby("check_id")["findings"].transform("sum")
    rows = rows.assign(worst=worst, total=total).sort_values(
        ["worst", "total", "check_id", "rank"], ascending=[True, False, True, True]
    )
    return rows.reset_index(drop=True)[["check_id", "title", "chapter", "severity", "findings"]]


def findings_chart(table: pd.DataFrame, *, checks: pd.DataFrame | None = None, source: str = "") -> alt.Chart:
    """Stacked bars: findings by check and severity, worst first; of many checks the first `MOST`, and how many there are besides.

    Parameters
    ----------
    table : DataFrame
        `findings_table`.
    checks : DataFrame, optional
        ``audit.checks`` of the same chapters: what could not be judged is said below the title.
    """
    unjudged = _unjudged(checks)
    if table.empty:
        title = (
            "Nothing to fix was found"
            if not unjudged
            else "Nothing was found, but not everything could be judged"
        )
        return empty_chart("No check has a finding.", title=title, notes=(unjudged, source))
    every = list(dict.fromkeys(table["title"]))
    is_shown = table["title"].isin(every[:MOST])
    rest, left = len(every) - MOST, int(table.loc[~is_shown, "findings"].sum())
    beyond = (
        f"{count(rest, 'more check')} with {count(left, 'finding')} {verb(rest, 'is')} not drawn."
        if rest > 0
        else ""
    )
    shown = check_rows(table[is_shown]).copy()
    shown["mark"] = [f"{SEVERITY_MARKS[Severity(each)]} {each}" for each in shown["severity"]]
    shown["rank"] = shown["severity"].map({str(each): place for place, each in enumerate(Severity)})
    order = list(dict.fromkeys(shown["title"]))
    totals = shown.groupby("title", sort=False)["findings"].sum().rename("total").reset_index()
    signs = shown.groupby("title", sort=False)["mark"].agg(lambda marks: " ".join(mark[0] for mark in marks))
    totals["note"] = [
        f"{total:,}  {signs[title]}" for title, total in zip(totals["title"], totals["total"], strict=True)
    ]
    scale, ticks = count_scale(totals["total"].max()), count_ticks(totals["total"].max())
    y = alt.Y(
        "title:N",
        sort=order,
        title=None,
        axis=alt.Axis(domain=False, tickSize=0, labelPadding=8, labelLimit=330),
    )
    bars = (
        alt.Chart(shown)
        .mark_bar(height=alt.RelativeBandSize(0.62), stroke="white", strokeWidth=0.5)
        .encode(
            y=y,
            x=alt.X("findings:Q", stack="zero", title="Findings (one per thing to fix)", scale=scale, axis=alt.Axis(values=ticks, format=",d")),
            color=alt.Color("mark:N", scale=palette(list(shown["mark"]), _COLOURS)),
            order=alt.Order("rank:Q"),
            tooltip=[alt.Tooltip("title:N", title="Check"), alt.Tooltip("severity:N", title="Severity"), alt.Tooltip("findings:Q", title="Findings", format=",")],
        )
    )  # fmt: skip
    numbers = (
        alt.Chart(totals)
        .mark_text(align="left", dx=6, color=INK, fontSize=12)
        .encode(y=y, x=alt.X("total:Q"), text=alt.Text("note:N"))
    )
    return finish(
        alt.layer(bars, numbers).properties(width=WIDTH - 250, height=ROW * len(order)),
        title=findings_headline(table),
        notes=(beyond, unjudged, source),
        description=f"{beyond} ".lstrip() + "; ".join(f"{t} ({s}): {n}" for t, s, n in zip(shown["title"], shown["severity"], shown["findings"], strict=True)),
    )  # fmt: skip


def findings_headline(table: pd.DataFrame) -> str:
    """What the findings chart shows, in a sentence."""
    total = int(table["findings"].sum())
    high = table[table["severity"] == Severity.HIGH]
    if high.empty:
        return f"{count(total, 'finding')}, none of high severity"
    kinds = high["check_id"].nunique()
    return f"{int(high['findings'].sum()):,} of {count(total, 'finding')} are of high severity, from {count(kinds, 'check')}"


def _unjudged(checks: pd.DataFrame | None) -> str:
    if checks is None:
        return ""
    open_ones = checks[checks["state"].isin([CheckState.NOT_APPLICABLE, CheckState.ERROR])]
    if open_ones.empty:
        return ""
    return f"{count(len(open_ones), 'check')} could not be judged: " + "; ".join(
        dict.fromkeys(str(reason) for reason in open_ones["reason"])
    )
