"""Charts of a comparison: findings that came and went, pages gained and lost, authority moved, the plan against what happened."""

import math
from typing import Any

import altair as alt
import pandas as pd

from linkkit.charts.changes_words import basis_words, comparison_source, state_words
from linkkit.charts.findings import SEVERITY_MARKS
from linkkit.charts.theme import (
    BLUE,
    GREEN,
    GREY,
    INK,
    MUTED,
    ORANGE,
    PALE,
    SKY,
    VERMILLION,
    WIDTH,
    check_rows,
    empty_chart,
    finish,
)
from linkkit.charts.words import count, distinct, model_note, units, verb
from linkkit.comparison import Comparison
from linkkit.comparison.comparison import totals
from linkkit.comparison.findings import FIXED, GONE, NEW, REDEFINED
from linkkit.comparison.pages import GAINED, LOST
from linkkit.comparison.planned import STATES, PlanOutcome
from linkkit.schema import Severity
from linkkit.wording import capitalised, fine

CHECKS_SHOWN, SECTIONS_SHOWN = 18, 14
NEW_WORDS, FIXED_WORDS, GONE_WORDS = "▲ new", "● fixed", "■ gone, not fixed"
_FINDING_COLOURS = {FIXED_WORDS: GREEN, GONE_WORDS: GREY, NEW_WORDS: VERMILLION}
_PAGE_COLOURS = {"+ gained": BLUE, "− lost": ORANGE}
FINDINGS, PAGES, AUTHORITY, PLAN = "changes_findings", "changes_pages", "changes_authority", "changes_plan"
CHARTS = (FINDINGS, PAGES, AUTHORITY, PLAN)
"""Names of the charts of a comparison."""
_ROW = 26


def finding_changes_table(comparison: Comparison, *, most: int = CHECKS_SHOWN) -> pd.DataFrame:
    """Findings that are new or gone, by check.

    Returns
    -------
    DataFrame
        One row per check and kind, checks with most changes first, at most `most` checks (the rest as one): ``title``, ``kind``
        (new, fixed, gone for another reason), ``findings``, ``size`` (negative for what is gone), ``worst`` (severity).
    """
    rows = comparison.findings
    rows = rows[rows["status"].isin([NEW, GONE]) & (rows["reason"] != REDEFINED)]
    titles = comparison.checks.set_index("check_id")["title"]
    kinds = (
        rows["reason"].map({FIXED: FIXED_WORDS}).where(rows["status"] == GONE, NEW_WORDS).fillna(GONE_WORDS)
    )
    rank = {str(each): place for place, each in enumerate(Severity)}
    told = rows.assign(title=rows["check_id"].map(titles).fillna(rows["check_id"]), kind=kinds)
    told["rank"] = told["severity"].map(rank)
    order = told["title"].value_counts().index
    if len(order) > most:
        kept = set(order[: most - 1])
        told["title"] = told["title"].where(told["title"].isin(kept), f"{len(order) - most + 1} other checks")
    counted = told.groupby(["title", "kind"], as_index=False, sort=False).agg(findings=("kind", "size"), rank=("rank", "min"))  # fmt: skip
    counted["size"] = counted["findings"].where(counted["kind"] == NEW_WORDS, -counted["findings"])
    counted["total"] = counted.groupby("title")["findings"].transform("sum")
    counted["last"] = counted["title"].str.endswith(" other checks")
    counted = counted.sort_values(["last", "total", "title", "kind"], ascending=[True, False, True, True])
    counted["worst"] = counted["rank"].map({place: name for name, place in rank.items()})
    return counted[["title", "kind", "findings", "size", "worst"]].reset_index(drop=True)


def finding_changes_chart(table: pd.DataFrame, *, title: str = "", notes: tuple[str, ...] = ()) -> alt.Chart:
    """Bars to both sides: findings gone to the left, new ones to the right, by check.

    Parameters
    ----------
    table : DataFrame
        `finding_changes_table`.
    title : str
        `findings_headline`.
    """
    if table.empty:
        return empty_chart("No finding is new, none is gone.", title=title or "The findings are the same", notes=notes)  # fmt: skip
    shown = check_rows(table).copy()
    order = list(dict.fromkeys(shown["title"]))
    shown["mark"] = [
        f"{number:,} {SEVERITY_MARKS[Severity(worst)]}"
        for number, worst in zip(shown["findings"], shown["worst"], strict=True)
    ]
    sides = shown.assign(side=shown["size"] > 0).groupby(["title", "side"], sort=False)["size"].sum()
    most = float(sides.abs().max())
    kinds = [kind for kind in _FINDING_COLOURS if kind in set(shown["kind"])]
    y = alt.Y("title:N", sort=order, title=None, axis=alt.Axis(domain=False, tickSize=0, labelPadding=8, labelLimit=330))  # fmt: skip
    scale = alt.Scale(domain=[-most * 1.18, most * 1.18], nice=False)
    axis = alt.Axis(labelExpr="format(abs(datum.value), ',d')", tickMinStep=1, tickCount=6)
    bars = (
        alt.Chart(shown)
        .mark_bar(height=alt.RelativeBandSize(0.62), stroke="white", strokeWidth=0.5)
        .encode(
            y=y,
            x=alt.X("size:Q", title="← gone · findings · new →", scale=scale, axis=axis, stack="zero"),
            color=alt.Color("kind:N", scale=alt.Scale(domain=kinds, range=[_FINDING_COLOURS[kind] for kind in kinds])),
            order=alt.Order("kind:N", sort="descending"),
            tooltip=[alt.Tooltip("title:N", title="Check"), alt.Tooltip("kind:N", title="Since then"), alt.Tooltip("findings:Q", title="Findings", format=","), alt.Tooltip("worst:N", title="Worst severity")],
        )
    )  # fmt: skip
    ends = sides.reset_index(name="end").assign(text=lambda rows: rows["end"].abs().astype("int64").map("{:,}".format))  # fmt: skip
    words: dict[str, Any] = {"color": INK, "fontSize": 12}
    said = alt.layer(
        alt.Chart(ends[ends["side"]])
        .mark_text(align="left", dx=5, **words)
        .encode(y=y, x=alt.X("end:Q"), text=alt.Text("text:N")),
        alt.Chart(ends[~ends["side"]])
        .mark_text(align="right", dx=-5, **words)
        .encode(y=y, x=alt.X("end:Q"), text=alt.Text("text:N")),
    )
    zero = alt.Chart(pd.DataFrame({"at": [0]})).mark_rule(color=MUTED).encode(x=alt.X("at:Q"))
    return finish(
        alt.layer(bars, zero, said).properties(width=WIDTH - 230, height=_ROW * len(order)),
        title=title,
        notes=notes,
        description="; ".join(f"{t}: {n} {k}" for t, n, k in zip(shown["title"], shown["findings"], shown["kind"], strict=True)),
    )  # fmt: skip


def page_changes_table(comparison: Comparison, *, most: int = SECTIONS_SHOWN) -> pd.DataFrame:
    """Pages gained and lost, by section.

    Returns
    -------
    DataFrame
        One row per section and change, sections with most changes first, at most `most` (the rest as one): ``section``,
        ``change`` (gained, lost), ``pages``, ``why`` (the reasons with their counts).
    """
    rows = comparison.pages
    rows = rows[rows["change"].isin([GAINED, LOST])]
    order = rows["section"].value_counts().index
    section = rows["section"]
    if len(order) > most:
        kept = set(order[: most - 1])
        section = section.where(section.isin(kept), f"{len(order) - most + 1} other sections")
    told = rows.assign(section=section, reason=rows["why"].str.split(" to http").str[0])
    whys = told.groupby(["section", "change", "reason"], sort=False).size().rename("n").reset_index()
    whys = whys.sort_values("n", ascending=False, kind="stable")
    whys["words"] = [f"{n:,} {reason}" for n, reason in zip(whys["n"], whys["reason"], strict=True)]
    joined = whys.groupby(["section", "change"], sort=False).agg(pages=("n", "sum"), why=("words", ", ".join))
    table = joined.reset_index()
    table["total"] = table.groupby("section")["pages"].transform("sum")
    table["last"] = table["section"].str.endswith(" other sections")
    table = table.sort_values(["last", "total", "section", "change"], ascending=[True, False, True, True])
    return table[["section", "change", "pages", "why"]].reset_index(drop=True)


def page_changes_chart(table: pd.DataFrame, *, title: str = "", notes: tuple[str, ...] = ()) -> alt.Chart:
    """Bars: pages gained and lost, by section, with the reasons behind them.

    Parameters
    ----------
    table : DataFrame
        `page_changes_table`.
    """
    if table.empty:
        return empty_chart("The same pages can stand in an index.", title=title or "No page was gained or lost", notes=notes)  # fmt: skip
    shown = check_rows(table).copy()
    shown["kind"] = shown["change"].map({GAINED: "+ gained", LOST: "− lost"})
    shown["said"] = [f"{why}"[:70] for why in shown["why"]]
    order = list(dict.fromkeys(shown["section"]))
    most = float(shown["pages"].max())
    kinds = [kind for kind in _PAGE_COLOURS if kind in set(shown["kind"])]
    base = alt.Chart(shown).encode(
        y=alt.Y("section:N", sort=order, title=None, axis=alt.Axis(domain=False, tickSize=0, labelPadding=8)),
        yOffset=alt.YOffset("kind:N", sort=list(_PAGE_COLOURS)),
        x=alt.X("pages:Q", title="Pages that can stand in an index", scale=alt.Scale(domain=[0, max(most * 2.2, 1)], nice=False), axis=alt.Axis(tickMinStep=1, tickCount=5, format=",d")),
    )  # fmt: skip
    bars = base.mark_bar().encode(
        color=alt.Color("kind:N", scale=alt.Scale(domain=kinds, range=[_PAGE_COLOURS[kind] for kind in kinds])),
        tooltip=[alt.Tooltip("section:N", title="Section"), alt.Tooltip("kind:N", title="Change"), alt.Tooltip("pages:Q", title="Pages", format=","), alt.Tooltip("why:N", title="Why")],
    )  # fmt: skip
    said = base.mark_text(align="left", dx=6, fontSize=11.5, color=INK, limit=330).encode(
        text=alt.Text("said:N")
    )
    return finish(
        alt.layer(bars, said).properties(width=WIDTH - 120, height=(16 * len(kinds) + 8) * len(order)),
        title=title,
        notes=notes,
        description="; ".join(f"{s}: {n} {c} ({w})" for s, n, c, w in zip(shown["section"], shown["pages"], shown["change"], shown["why"], strict=True)),
    )  # fmt: skip


def authority_changes_table(comparison: Comparison, *, most: int = 12) -> pd.DataFrame:
    """Where authority ends and what each section keeps, then and now.

    Returns
    -------
    DataFrame
        One row per line, money pages first, what is lost last, sections by their change between: ``label``, ``old``, ``new``,
        ``change`` (shares 0-1 of all authority).
    """
    old, new = comparison.old, comparison.new
    rows: list[tuple[str, float, float]] = []
    if not any(math.isnan(share) for share in comparison.captured):
        rows.append(("All money pages", comparison.captured[0], comparison.captured[1]))
    sections = comparison.sections.head(most)
    rows += [
        (f"Section {name}", float(then), float(now))
        for name, then, now in zip(sections["section"], sections["old"], sections["new"], strict=True)
    ]
    kept = ["money_pages", "other_indexable", "non_indexable"]
    rows.append(("Lost on the way", 1 - float(old.ledger[kept].sum()), 1 - float(new.ledger[kept].sum())))
    table = pd.DataFrame(rows, columns=["label", "old", "new"]).assign(change=lambda t: t["new"] - t["old"])
    table["label"] = distinct(list(table["label"]))
    return table


def authority_changes_chart(table: pd.DataFrame, *, title: str = "", names: tuple[str, str] = ("before", "now"), notes: tuple[str, ...] = ()) -> alt.Chart:  # fmt: skip
    """Dots joined by a line: what each part of the site keeps of 100 units, then and now.

    Parameters
    ----------
    table : DataFrame
        `authority_changes_table`.
    """
    if table.empty or table[["old", "new"]].sum().sum() <= 0:
        return empty_chart("No authority enters the site.", title=title, notes=notes)
    shown = check_rows(table).assign(a=table["old"] * 100, b=table["new"] * 100)
    shown["note"] = [
        "as before" if abs(change) < 0.00005 else f"{change * 100:+.2f}" for change in shown["change"]
    ]
    shown["right"] = shown[["a", "b"]].max(axis=1)
    order = list(shown["label"])
    top = max(float(shown["right"].max()) * 1.18, 1e-6)
    y = alt.Y("label:N", sort=order, title=None, axis=alt.Axis(domain=False, tickSize=0, labelPadding=8))
    scale = alt.Scale(domain=[0, top], nice=False)
    base = alt.Chart(shown).encode(y=y)
    line = base.mark_rule(color=GREY, strokeWidth=2).encode(x=alt.X("a:Q", scale=scale, title="Units, of 100 that enter"), x2=alt.X2("b:Q"))  # fmt: skip
    long = pd.concat([shown.assign(when=names[0], x=shown["a"]), shown.assign(when=names[1], x=shown["b"])])
    looks = {
        "color": alt.Color("when:N", scale=alt.Scale(domain=list(names), range=[SKY, BLUE]), sort=list(names)),
        "shape": alt.Shape("when:N", scale=alt.Scale(domain=list(names), range=["circle", "diamond"]), sort=list(names)),
    }  # fmt: skip
    dots = (
        alt.Chart(long)
        .mark_point(filled=True, size=90, opacity=1)
        .encode(
            y=y, x=alt.X("x:Q", scale=scale),
            tooltip=[alt.Tooltip("label:N", title="Where"), alt.Tooltip("when:N", title="When"), alt.Tooltip("x:Q", title="Units of 100", format=".2f")],
            **looks,
        )
    )  # fmt: skip
    said = base.mark_text(align="left", dx=10, fontSize=12, color=INK).encode(
        x=alt.X("right:Q"), text=alt.Text("note:N")
    )
    return finish(
        alt.layer(line, dots, said).properties(width=WIDTH - 200, height=_ROW * len(order)),
        title=title,
        notes=notes,
        description="; ".join(f"{name}: {units(then)} then, {units(now)} now" for name, then, now in zip(shown["label"], shown["old"], shown["new"], strict=True)),
    )  # fmt: skip


def plan_outcome_table(outcome: PlanOutcome) -> pd.DataFrame:
    """What the plan was to bring and what came.

    Returns
    -------
    DataFrame
        One row per step: ``label``, ``share`` (of all authority, 0-1), ``kind`` (predicted or measured).
    """
    rows = [
        ("Before", outcome.before, "measured"),
        ("With every planned link", outcome.with_all, "predicted"),
        ("With the links that were made", outcome.with_made, "predicted"),
        ("Now", outcome.after, "measured"),
    ]
    return pd.DataFrame(rows, columns=["label", "share", "kind"])


def plan_outcome_chart(
    outcome: PlanOutcome | None, *, title: str = "", notes: tuple[str, ...] = ()
) -> alt.Chart:
    """Bars: what reaches the plan's goal, predicted and measured."""
    if outcome is None:
        return empty_chart(
            "Accept a plan in notebook 09: the crawl after it is then held against it.",
            title=title or "No link plan was kept before this crawl",
            notes=notes,
        )
    table = plan_outcome_table(outcome)
    if table["share"].isna().any():
        why = outcome.why_unknown or "The goal's pages are not known in one of the crawls."
        return empty_chart(why, title=title, notes=notes)
    shown = check_rows(table).assign(units=table["share"] * 100)
    shown["text"] = [fine(share) for share in shown["share"]]
    order = list(shown["label"])
    scale = alt.Scale(domain=[0, max(float(shown["units"].max()) * 1.15, 1e-6)], nice=False)
    base = alt.Chart(shown).encode(
        y=alt.Y("label:N", sort=order, title=None, axis=alt.Axis(domain=False, tickSize=0, labelPadding=8)),
        x=alt.X("units:Q", title="Units, of 100 that enter, that reach the goal", scale=scale),
    )
    bars = base.mark_bar(height=alt.RelativeBandSize(0.6), strokeWidth=1.5).encode(
        color=alt.Color("kind:N", scale=alt.Scale(domain=["measured", "predicted"], range=[BLUE, PALE])),
        stroke=alt.Stroke("kind:N", scale=alt.Scale(domain=["measured", "predicted"], range=[BLUE, MUTED]), legend=None),
        strokeDash=alt.StrokeDash("kind:N", scale=alt.Scale(domain=["measured", "predicted"], range=[[1, 0], [4, 3]]), legend=None),
        tooltip=[alt.Tooltip("label:N", title="Step"), alt.Tooltip("kind:N", title="How known"), alt.Tooltip("units:Q", title="Units of 100", format=".3f")],
    )  # fmt: skip
    said = base.mark_text(align="left", dx=6, fontSize=12, color=INK).encode(text=alt.Text("text:N"))
    return finish(
        alt.layer(bars, said).properties(width=WIDTH - 220, height=34 * len(order)),
        title=title,
        notes=(*notes, states_note(outcome)),
        description="; ".join(f"{label}: {text}" for label, text in zip(shown["label"], shown["text"], strict=True)),
    )  # fmt: skip


def states_note(outcome: PlanOutcome) -> str:
    """What became of the planned links, in a line."""
    counted = outcome.links["state"].value_counts()
    return (
        "Planned links: "
        + "; ".join(f"{counted[state]:,} x {state}" for state in STATES if state in counted)
        + "."
    )


def comparison_charts(comparison: Comparison) -> dict[str, alt.Chart]:
    """Every chart of a comparison by its name: what a notebook and the deck show."""
    return {name: changes_chart(comparison, name) for name in CHARTS}


def changes_chart(comparison: Comparison, name: str) -> alt.Chart:
    """One of the charts of a comparison, by its name in `CHARTS`."""
    source, model = comparison_source(comparison), model_note(comparison.new)
    if name == FINDINGS:
        return finding_changes_chart(
            finding_changes_table(comparison),
            title=findings_headline(comparison),
            notes=(basis_words(comparison), source),
        )
    if name == PAGES:
        return page_changes_chart(
            page_changes_table(comparison), title=pages_headline(comparison), notes=(source,)
        )
    if name == PLAN:
        return plan_outcome_chart(
            comparison.plan, title=plan_outcome_headline(comparison.plan), notes=(model, source)
        )
    return authority_changes_chart(
        authority_changes_table(comparison),
        title=authority_headline(comparison),
        names=(comparison.old_name, comparison.new_name),
        notes=(model, source),
    )


def findings_headline(comparison: Comparison) -> str:
    """Findings that came and went, in a sentence."""
    numbers = totals(comparison.findings[comparison.findings["reason"] != REDEFINED])
    gone = numbers["otherwise gone"]
    other = f", {gone:,} {verb(gone, 'is')} gone for another reason" if gone else ""
    return capitalised(f"{count(numbers['fixed'], 'finding')} fixed{other}, {numbers['new']:,} new, {numbers['remaining']:,} as before")  # fmt: skip


def pages_headline(comparison: Comparison) -> str:
    """Pages that came and went, in a sentence."""
    changes = comparison.pages["change"].value_counts()
    gained, lost = int(changes.get(GAINED, 0)), int(changes.get(LOST, 0))
    if not gained and not lost:
        return "No page was gained or lost"
    return f"{count(gained, 'page')} gained, {lost:,} lost, of those that can stand in an index"


def authority_headline(comparison: Comparison) -> str:
    """What reaches money pages, then and now, in a sentence."""
    then, now = comparison.captured
    if math.isnan(then) or math.isnan(now):
        return "How far authority moved to money pages cannot be said: none are known"
    if fine(now) == fine(then):
        return f"As much reaches money pages as before: {fine(now)} of every 100 units"
    more = "more" if now > then else "less"
    return f"{fine(now)} of every 100 units reach money pages instead of {fine(then)}: {abs(now - then) * 100:.2f} {more}"


def plan_outcome_headline(outcome: PlanOutcome | None) -> str:
    """How much of the plan was made, and what came of it, in a sentence."""
    if outcome is None:
        return "No link plan was kept before this crawl"
    made = state_words(outcome)
    if math.isnan(outcome.after):
        return f"{made}; what it brought cannot be said"
    if fine(outcome.after) == fine(outcome.before):
        return f"{made}: as much reaches its goal as before, {fine(outcome.after)} of 100 units"
    return f"{made}: {fine(outcome.after)} of 100 units reach its goal instead of {fine(outcome.before)}"
