"""Charts of quick wins: impact against effort, and what the work brings week by week."""

from typing import Literal

import altair as alt
import numpy as np
import pandas as pd

from linkkit.charts.answers import Answer
from linkkit.charts.findings import SEVERITY_MARKS
from linkkit.charts.theme import (
    BLUE,
    GREEN,
    INK,
    MUTED,
    ORANGE,
    PALE,
    PURPLE,
    SKY,
    VERMILLION,
    WIDTH,
    check_rows,
    empty_chart,
    finish,
    gain_scale,
)
from linkkit.charts.words import count, model_note, shorten, source_note, units, verb
from linkkit.plan import QuickWins, WorkPlan
from linkkit.plan.effort import WORK_WORDS, Work
from linkkit.schema import Severity
from linkkit.wording import fine, quantity, signed, times

NAMED = 10
"""Wins that are numbered and named."""
_LETTERS = 58
_HEIGHT = 300
_SHAPES = {
    Work.LINK: ("circle", BLUE),
    Work.SENTENCE: ("square", SKY),
    Work.REWORD: ("triangle-up", GREEN),
    Work.SETTING: ("diamond", ORANGE),
    Work.FILE: ("cross", PURPLE),
    Work.TEMPLATE: ("triangle-down", VERMILLION),
    Work.DECISION: ("triangle-right", MUTED),
    Work.CONTENT: ("triangle-left", INK),
}
"""Kind of work -> shape and colour."""


def effort_table(wins: QuickWins) -> pd.DataFrame:
    """Wins as the matrix draws them.

    Returns
    -------
    DataFrame
        One row per win, best first: ``rank``, ``title``, ``hours``, ``value`` (0-1), ``work`` (`Work`), ``severity``, ``gain``, ``per_hour``,
        ``named`` (one of the best `NAMED`).
    """
    table = wins.table[["rank", "title", "hours", "value", "work", "severity", "gain", "per_hour", "unsure"]]
    return table.assign(named=np.arange(len(table)) < NAMED)


def effort_chart(table: pd.DataFrame, *, formula: str = "", model: str = "", source: str = "") -> alt.Chart:
    """Matrix: impact against hours, the best wins numbered and named; lines through the medians.

    Parameters
    ----------
    table : DataFrame
        `effort_table`; of more than 2,000 wins the best are drawn.
    formula : str
        What the ranking rests on.
    """
    if table.empty:
        return empty_chart("No finding asks for work.", title="There is nothing to do", notes=(model, source))
    shown = check_rows(table.head(2_000)).copy()
    shown["kind"] = [WORK_WORDS[work] for work in shown["work"]]
    shown["label"] = [
        f"{rank}" if named else "" for rank, named in zip(shown["rank"], shown["named"], strict=True)
    ]
    shown["gain_note"] = [
        "not known" if np.isnan(gain) else f"{signed(gain)} of 100" for gain in shown["gain"]
    ]
    present = [work for work in Work if (shown["work"] == work).any()]
    kinds = [WORK_WORDS[work] for work in present]
    scale = alt.Scale(domain=kinds, range=[_SHAPES[work][1] for work in present])
    shapes = alt.Scale(domain=kinds, range=[_SHAPES[work][0] for work in present])
    low, high = float(shown["hours"].min()), float(shown["hours"].max())
    x = alt.X(
        "hours:Q", title="Hours (logarithmic)",
        scale=alt.Scale(type="log", domain=[low / 1.35, max(high, low * 2) * 1.35], nice=False),
        axis=alt.Axis(values=_ticks(low, high), format="~g", grid=False),
    )  # fmt: skip
    least, most = min(float(shown["value"].min()), 0.0), max(float(shown["value"].max()), 1e-6)
    y = alt.Y("value:Q", title="Impact, against the largest there could be (1)", scale=alt.Scale(domain=[least, most * 1.12], nice=False), axis=alt.Axis(tickCount=5))  # fmt: skip
    legend = alt.Legend(columns=3, symbolSize=90, labelLimit=230)
    marks = alt.Chart(shown).encode(
        x=x, y=y, color=alt.Color("kind:N", scale=scale, legend=legend), shape=alt.Shape("kind:N", scale=shapes, legend=legend),
        tooltip=[alt.Tooltip("rank:Q", title="Rank"), alt.Tooltip("title:N", title="What to do"), alt.Tooltip("hours:Q", title="Hours", format=".2f"),
                 alt.Tooltip("gain_note:N", title="Money pages gain"), alt.Tooltip("severity:N", title="Severity"),
                 alt.Tooltip("unsure:N", title="To be confirmed")],
    )  # fmt: skip
    dots = marks.mark_point(filled=True, size=70, opacity=0.85)
    middle = pd.DataFrame({"hours": [shown["hours"].median()], "value": [shown["value"].median()]})
    lines = alt.layer(
        alt.Chart(middle).mark_rule(color=PALE, strokeWidth=1.5).encode(x=x),
        alt.Chart(middle).mark_rule(color=PALE, strokeWidth=1.5).encode(y=y),
    )
    words = [
        alt.Chart(pd.DataFrame({"text": [text]}))
        .mark_text(align=align, baseline="top", fontSize=11.5, color=MUTED, x=place, y=2)
        .encode(text=alt.Text("text:N"))
        for text, align, place in _CORNERS
    ]
    numbers = (
        alt.Chart(_spread(shown[shown["named"]], most - least))
        .mark_text(align="left", dx=8, fontSize=11.5, fontWeight=600, color=INK)
        .encode(x=x, y=alt.Y("label_at:Q"), text=alt.Text("label:N"))
    )
    matrix = alt.layer(lines, dots, numbers, *words).properties(width=350, height=_HEIGHT)
    return finish(
        alt.hconcat(matrix, _list(shown[shown["named"]]), spacing=18),
        title=effort_headline(table),
        notes=(formula, model, source),
        description="; ".join(
            f"{rank}: {title}, {hours:g} hours"
            for rank, title, hours in shown.loc[shown["named"], ["rank", "title", "hours"]].itertuples(
                index=False
            )
        ),
    )


_Align = Literal["left", "right"]
_CORNERS: tuple[tuple[str, _Align, int], ...] = (("Do first: much for little", "left", 6), ("Plan: much, and costly", "right", 344))  # fmt: skip


def _list(named: pd.DataFrame) -> alt.LayerChart | alt.FacetChart:
    """The numbered wins, one a line."""
    rows = named.assign(
        at=range(len(named)),
        words=[
            f"{SEVERITY_MARKS[severity]} {shorten(title, _LETTERS)}"
            for severity, title in zip(named["severity"], named["title"], strict=True)
        ],
        told=[
            f"{hours:.2g} h{'' if np.isnan(gain) else f', {signed(gain)} of 100'}"
            for hours, gain in zip(named["hours"], named["gain"], strict=True)
        ],
    )
    base = alt.Chart(rows).encode(y=alt.Y("at:O", axis=None, sort=None))
    number = base.mark_text(align="right", fontSize=11.5, fontWeight=600, color=INK, x=14).encode(
        text=alt.Text("label:N")
    )
    first = base.mark_text(align="left", fontSize=11.5, color=INK, x=22, dy=-7).encode(
        text=alt.Text("words:N")
    )
    second = base.mark_text(align="left", fontSize=11, color=MUTED, x=22, dy=7).encode(
        text=alt.Text("told:N")
    )
    return alt.layer(number, first, second).properties(width=370, height=_HEIGHT)


def _spread(named: pd.DataFrame, span: float) -> pd.DataFrame:
    """Heights of the numbers, apart where their dots are not."""
    rows = named.sort_values("value", ascending=False).copy()
    gap = span * 0.045
    placed: list[tuple[float, float]] = []
    for hours, value in zip(np.log(rows["hours"]), rows["value"], strict=True):
        at = float(value)
        while any(abs(hours - other) < 0.18 and abs(at - height) < gap for other, height in placed):
            at -= gap * 0.25
        placed.append((hours, at))
    return rows.assign(label_at=[at for _, at in placed])


def _ticks(low: float, high: float) -> list[float]:
    known = [0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64, 128, 256]
    return [each for each in known if low / 1.35 <= each <= high * 1.35] or [round(low, 2)]


def effort_headline(table: pd.DataFrame) -> str:
    """How much of the work the best wins are, in a sentence."""
    best = table[table["named"]]
    hours, whole = float(best["hours"].sum()), float(table["hours"].sum())
    if len(best) == len(table):
        return f"{count(len(table), 'piece of work', 'pieces of work')}, {count(round(whole, 1), 'hour') if whole.is_integer() else f'{whole:.1f} hours'} in all"
    share = float(best["value"].clip(lower=0).sum()) / max(float(table["value"].clip(lower=0).sum()), 1e-12)
    return (
        f"The best {len(best)} of {len(table):,} pieces of work take {hours:.1f} of {whole:,.0f} hours and hold "
        f"{share * 100:.0f}\u00a0% of the impact"
    )


# Week by week


def work_headline(plan: WorkPlan, enters: str = "authority that backlinks bring") -> str:
    """What the work brings, in a sentence."""
    before, after = plan.wins.trials.before, float(plan.weeks["reached"].iloc[-1])
    weeks = len(plan.weeks) - 1
    goal = plan.wins.trials.goal.partition(" (")[0]
    if not weeks:
        return "There is no work to plan"
    span = f"after {count(weeks, 'week')} of {quantity(plan.hours_per_week, 'hours')}"
    if before <= 0:
        return f"Nothing of the {enters} reaches {goal} today; {fine(after)} of every 100 units {verb(2, 'does')} {span}"
    now, then = units(before), units(after)
    now, then = (fine(before), fine(after)) if now == then else (now, then)
    if abs(plan.multiple - 1) < 0.005:
        return f"The work changes little in what reaches {goal} ({now} of every 100 units): it is for visitors, and for what cannot be simulated"
    return f"Of every 100 units of {enters}, {now} reach {goal} today, {then} {span}: {times(plan.multiple)} times as much"


def work_chart(plan: WorkPlan, *, enters: str = "authority that backlinks bring", model: str = "", source: str = "") -> alt.Chart:  # fmt: skip
    """Stairs: how much more reaches the goal at the end of each week of work."""
    if len(plan.weeks) < 2:
        return empty_chart(
            "No finding asks for work.", title="There is no work to plan", notes=(model, source)
        )
    goal = plan.wins.trials.goal.partition(" (")[0]
    shown = check_rows(plan.weeks).copy()
    shown["more"] = shown["gain"] * 100
    shown["share"] = shown["reached"] * 100
    shown["first"] = [shorten(titles.partition("\n")[0], 80) if titles else "" for titles in shown["titles"]]
    last = int(shown["week"].max())
    base = alt.Chart(shown).encode(
        x=alt.X("week:Q", title=f"Weeks of {quantity(plan.hours_per_week, 'hours')}", scale=alt.Scale(domain=[0, last * 1.12], nice=False), axis=alt.Axis(values=list(range(0, last + 1, max(1, round(last / 12)))), format="d", grid=False)),
        y=alt.Y("more:Q", title=f"More units that reach {goal}, of 100", axis=alt.Axis(tickCount=5), scale=gain_scale(float(shown["more"].min()), float(shown["more"].max()))),
    )  # fmt: skip
    stairs = base.mark_area(interpolate="step-after", color=SKY, opacity=0.35)
    edge = base.mark_line(interpolate="step-after", color=BLUE, strokeWidth=2)
    dots = base.mark_circle(size=52, color=BLUE, opacity=1).encode(
        tooltip=[alt.Tooltip("week:Q", title="End of week"), alt.Tooltip("wins:Q", title="Wins done in it"), alt.Tooltip("share:Q", title="Reach the goal, of 100", format=".2f"),
                 alt.Tooltip("first:N", title="The best of them")],
    )  # fmt: skip
    done = shown[shown["wins"] > 0].assign(said=lambda rows: [f"{number}" for number in rows["wins"]])
    number = (
        alt.Chart(done).mark_text(dy=-11, fontSize=11.5, color=INK)
        .encode(x=alt.X("week:Q"), y=alt.Y("more:Q"), text=alt.Text("said:N"))
    )  # fmt: skip
    end = (
        alt.Chart(shown.tail(1).assign(said=[signed(float(shown["gain"].iloc[-1]))]))
        .mark_text(align="left", dx=10, dy=4, fontSize=13, fontWeight=600, color=INK)
        .encode(x=alt.X("week:Q"), y=alt.Y("more:Q"), text=alt.Text("said:N"))
    )
    later = f" {count(plan.later, 'more piece', 'more pieces')} of work {verb(plan.later, 'does')} not fit into these weeks." if plan.later else ""  # fmt: skip
    dips = bool((np.diff(shown["gain"]) < -1e-9).any())
    why = " Where it falls, work is done that findings ask for, though it takes a little from money pages." if dips else ""  # fmt: skip
    return finish(
        alt.layer(stairs, edge, dots, number, end).properties(width=WIDTH - 40, height=240),
        title=work_headline(plan, enters),
        notes=(f"Above each dot: pieces of work done in the week, best value for an hour first.{why}{later}", model, source),
        description="; ".join(f"week {week}: {share:.2f} of 100" for week, share in zip(shown["week"], shown["share"], strict=True)),
    )  # fmt: skip


def quick_wins_charts(wins: QuickWins, plan: WorkPlan, *, enters: str = "") -> dict[str, alt.Chart]:
    """Both charts by name, the matrix first."""
    notes = {"model": model_note(wins.audit), "source": source_note(wins.audit)}
    told = enters or "authority that backlinks bring"
    return {
        "quick_wins": effort_chart(effort_table(wins), formula=wins.weights.formula(), **notes),
        "work_plan": work_chart(plan, enters=told, **notes),
    }


def wins_answer(wins: QuickWins, plan: WorkPlan, enters: str = "authority that backlinks bring") -> Answer:
    """The answer to what to do first: the first piece of work, what the first week brings, and what is uncertain."""
    if wins.table.empty:
        return Answer("good", "No finding asks for work.", " ".join(wins.notes))
    first = wins.table.iloc[0]
    gained = float(plan.weeks["gain"].iloc[1]) if len(plan.weeks) > 1 else 0.0
    done = int(plan.weeks["wins"].iloc[1]) if len(plan.weeks) > 1 else 0
    goal = wins.trials.goal.partition(" (")[0]
    week = (
        f"The first week of {quantity(plan.hours_per_week, 'hours')} does {count(done, 'piece', 'pieces')} of work and brings {goal} {signed(gained)} of every 100 units of {enters}"
        if done
        else f"The first piece of work takes more than a week of {quantity(plan.hours_per_week, 'hours')}"
    )
    title = str(first["title"])
    words = f"Begin with: {shorten(title, 110)} ({first['hours']:g} hours). {week}; {count(len(wins.table), 'piece', 'pieces')} of work in all, {wins.table['hours'].sum():,.0f} hours."
    guessed = int((wins.table["confidence"] == "medium").sum())
    unknown = int((wins.table["confidence"] == "low").sum())
    told = f"{count(guessed, 'piece', 'pieces')} {verb(guessed, 'rests')} on a proposal that a person must confirm, {unknown:,} cannot be simulated. {' '.join(wins.notes)}"
    severe = bool((wins.table["severity"] == Severity.HIGH).any())
    return Answer("fix" if severe else "look", words, told)
