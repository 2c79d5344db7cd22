"""Chart of a client's saved audits over time."""

import altair as alt
import pandas as pd

from linkkit.charts.theme import (
    BLUE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PURPLE,
    VERMILLION,
    WIDTH,
    check_rows,
    empty_chart,
    finish,
)
from linkkit.charts.words import count, units

PANELS = {
    "high": ("Findings of high severity", VERMILLION),
    "medium": ("Findings of medium severity", ORANGE),
    "orphans": ("Orphans", PURPLE),
    "deep_money_pages": ("Money pages too deep or out of reach", BLUE),
    "captured": ("Units of 100 that reach money pages", GREEN),
    "pages": ("Pages in the index", GREY),
}
"""Columns of a history that are drawn, each in a panel of its own: name, colour."""
SHOWN = 36
_HEIGHT = 58


def history_table(history: pd.DataFrame, *, most: int = SHOWN) -> pd.DataFrame:
    """A history as points to draw.

    Parameters
    ----------
    history : DataFrame
        `linkkit.comparison.history`.
    most : int
        Latest audits that are shown.

    Returns
    -------
    DataFrame
        One row per audit and measure that is known: ``audit``, ``measure`` (column of the history), ``value`` (the share that reaches
        money pages in units of 100), ``text``, ``is_complete``, ``settings_changed``.
    """
    rows = history[history["fault"] == ""].tail(most)
    long = rows.melt(
        ["audit", "is_complete", "settings_changed"], [name for name in PANELS if name in rows], "measure"
    ).dropna(subset="value")
    share = long["measure"] == "captured"
    text = [
        units(value) if is_share else f"{value:,.0f}"
        for value, is_share in zip(long["value"].astype("float64"), share, strict=True)
    ]
    value = long["value"].astype("float64")
    return long.assign(value=value.where(~share, value * 100), text=text).reset_index(drop=True)


def history_chart(history: pd.DataFrame, *, source: str = "") -> alt.Chart:
    """One line a measure over the audits, the last number behind each; dashed where settings changed.

    Parameters
    ----------
    history : DataFrame
        `linkkit.comparison.history`.
    """
    table = history_table(history)
    faults = int((history["fault"] != "").sum())
    notes = (f"{count(faults, 'saved audit')} cannot be read and {'is' if faults == 1 else 'are'} left out." if faults else "", source)  # fmt: skip
    audits = list(dict.fromkeys(table["audit"]))
    if not audits:
        return empty_chart(
            "Each run of `linkkit audit` saves one audit; from the second on there is a history.",
            title="No audit was saved yet",
            notes=notes,
        )
    shown = check_rows(table)
    changed = shown[shown["settings_changed"]].drop_duplicates("audit")
    measures = [name for name in PANELS if name in set(shown["measure"])]
    charts = [_panel(shown, name, audits, changed, last=name == measures[-1]) for name in measures]
    told = (
        "Dashed: thresholds, link model or linkkit's version differ from the audit before."
        if len(changed)
        else ""
    )
    hollow = "" if shown["is_complete"].all() else "Hollow: the crawl was incomplete."
    return finish(
        alt.vconcat(*charts, spacing=10),
        title=history_headline(history),
        notes=("Findings as each audit reported them.", told, hollow, *notes),
        description="; ".join(
            f"{PANELS[name][0]}: {', '.join(shown.loc[shown['measure'] == name, 'text'])}"
            for name in measures
        ),
    )


def _panel(
    table: pd.DataFrame, name: str, audits: list[str], changed: pd.DataFrame, *, last: bool
) -> alt.LayerChart | alt.FacetChart:
    words, colour = PANELS[name]
    rows = table[table["measure"] == name]
    axis = alt.Axis(labelAngle=0, labelOverlap=True, title=None, grid=False) if last else None
    x = alt.X("audit:N", sort=audits, scale=alt.Scale(domain=audits), axis=axis)
    top = max(float(rows["value"].max()) * 1.25, 1e-9)
    y = alt.Y("value:Q", title=None, scale=alt.Scale(domain=[0, top], nice=False), axis=alt.Axis(tickCount=2, format="~s"))  # fmt: skip
    base = alt.Chart(rows)
    rules = alt.Chart(changed).mark_rule(color=GREY, strokeDash=[3, 3]).encode(x=x)
    line = base.mark_line(color=colour, strokeWidth=2).encode(x=x, y=y)
    dots = base.mark_point(size=50, color=colour, strokeWidth=2, opacity=1).encode(
        x=x, y=y,
        fill=alt.condition("datum.is_complete", alt.value(colour), alt.value("white")),
        tooltip=[alt.Tooltip("audit:N", title="Audit"), alt.Tooltip("text:N", title=words)],
    )  # fmt: skip
    edge = audits[-1] if len(audits) == 1 else audits[0]
    ends = rows[rows["audit"].isin([edge, audits[-1]])]
    said = alt.Chart(ends).mark_text(dy=-11, fontSize=12, color=INK).encode(x=x, y=y, text=alt.Text("text:N"))
    title = alt.TitleParams(words, anchor="start", fontSize=12.5, fontWeight=600, color=INK, offset=4)  # fmt: skip
    return alt.layer(rules, line, dots, said).properties(width=WIDTH, height=_HEIGHT, title=title)


def history_headline(history: pd.DataFrame) -> str:
    """What became of the worst findings over all audits, in a sentence."""
    rows = history[history["fault"] == ""]
    if len(rows) < 2:
        return f"One audit so far: {count(int(rows['high'].iloc[-1]), 'finding')} of high severity" if len(rows) else "No audit was saved yet"  # fmt: skip
    first, last = int(rows["high"].iloc[0]), int(rows["high"].iloc[-1])
    step = "as many as" if first == last else "fewer than" if last < first else "more than"
    return f"{count(last, 'finding')} of high severity on {rows['audit'].iloc[-1]}, {step} the {first:,} on {rows['audit'].iloc[0]}"  # fmt: skip
