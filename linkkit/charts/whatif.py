"""Chart of a simulation: where authority ends before and after changes."""

import altair as alt
import pandas as pd

from linkkit.charts.authority import CAUSES, END_COLOURS, ENDS
from linkkit.charts.theme import GREY, INK, WIDTH, check_rows, empty_chart, finish
from linkkit.charts.words import count, units
from linkkit.folding import Leak
from linkkit.metrics.authority import LEAKS, MONEY, NON_INDEXABLE, OTHER
from linkkit.plan.simulation import Simulation
from linkkit.wording import fine, times

_LABELS = {MONEY: "Money pages", OTHER: "Other indexable pages", NON_INDEXABLE: "Pages outside the index"}
BEFORE, AFTER = "today", "with the changes"


def whatif_table(simulated: Simulation) -> pd.DataFrame:
    """Where authority ends, before and after.

    Returns
    -------
    DataFrame
        One row per end that has a share before or after, money pages first, causes of loss last: ``outcome`` (of `LEDGER`),
        ``label``, ``end`` (of `linkkit.charts.authority.ENDS`), ``before``, ``after``, ``change`` (shares 0-1).
    """
    ledger = simulated.ledger
    kept = ledger[(ledger[["before", "after"]] > 0).any(axis=1) | (ledger.index == MONEY)]
    kept = kept.rename_axis("outcome").reset_index()
    kept["label"] = [_LABELS.get(name) or f"Lost: {CAUSES[Leak(name)]}" for name in kept["outcome"]]
    kept["end"] = [ENDS.get(name, ENDS["lost"]) for name in kept["outcome"]]
    kept["later"] = kept["outcome"].isin(LEAKS)
    kept["size"] = kept["before"].where(kept["later"], 2.0)
    kept = kept.sort_values(["later", "size"], ascending=[True, False], kind="stable")
    return kept[["outcome", "label", "end", "before", "after", "change"]].reset_index(drop=True)


def whatif_chart(table: pd.DataFrame, *, title: str = "", model: str = "", source: str = "") -> alt.Chart:
    """Paired bars: of every 100 units of authority, how many end where, today and with the changes.

    Parameters
    ----------
    table : DataFrame
        `whatif_table`.
    title : str
        `whatif_headline`.
    """
    if table.empty or table["before"].sum() + table["after"].sum() <= 0:
        return empty_chart("No authority enters the site.", title=title, notes=(model, source))
    shown = check_rows(table).copy()
    shown["note"] = [
        f"{fine(after)}  ({_change(change)})"
        for after, change in zip(shown["after"], shown["change"], strict=True)
    ]
    long = pd.concat(
        [
            shown.assign(state=BEFORE, units=shown["before"] * 100, text="", colour=GREY),
            shown.assign(
                state=AFTER,
                units=shown["after"] * 100,
                text=shown["note"],
                colour=shown["end"].map(END_COLOURS),
            ),
        ],
        ignore_index=True,
    )
    order = list(shown["label"])
    scale = alt.Scale(domain=[0, max(float(long["units"].max()) * 1.22, 1e-6)], nice=False)
    base = alt.Chart(long).encode(
        y=alt.Y("label:N", sort=order, title=None, axis=alt.Axis(domain=False, tickSize=0, labelPadding=8)),
        yOffset=alt.YOffset("state:N", sort=[BEFORE, AFTER]),
        x=alt.X("units:Q", title="Units, of 100 that enter", scale=scale),
    )
    bars = base.mark_bar().encode(
        color=alt.Color("colour:N", scale=None),
        tooltip=[alt.Tooltip("label:N", title="Ends at"), alt.Tooltip("state:N", title="When"), alt.Tooltip("units:Q", title="Units of 100", format=".3f")],
    )  # fmt: skip
    said = base.mark_text(align="left", dx=6, fontSize=12, color=INK).encode(text=alt.Text("text:N"))
    return finish(
        alt.layer(bars, said).properties(width=WIDTH - 230, height=38 * len(order)),
        title=title,
        notes=(f"Grey: {BEFORE}. Coloured: {AFTER}; in parentheses the change.", model, source),
        description="; ".join(
            f"{label}: {units(before)} before, {note} after"
            for label, before, note in zip(shown["label"], shown["before"], shown["note"], strict=True)
        ),
    )


def whatif_headline(simulated: Simulation, changes: int, *, enters: str = "authority that backlinks bring") -> str:  # fmt: skip
    """What the changes do, in a sentence.

    Parameters
    ----------
    changes : int
        How many there are, as the reader counts them.
    """
    if changes == 0:
        return "Nothing is changed yet: both bars show the site as it is"
    before, after = simulated.before, simulated.after
    head = f"With {'this change' if changes == 1 else f'these {changes:,} changes'}"
    lost = float(after.authority.ledger[list(LEAKS)].sum())
    if not (before.authority.money.any() or after.authority.money.any()):
        was = float(before.authority.ledger[list(LEAKS)].sum())
        return f"{head} {units(lost)} of every 100 units of {enters} are lost instead of {units(was)}; no money pages are known"
    if before.units <= 0:
        return f"{head} {fine(after.authority.captured)} of every 100 units reach money pages; none do today"
    then, now = after.authority.captured, before.authority.captured
    if abs(after.authority.entry.total - before.authority.entry.total) > 1e-9:
        return f"{head} money pages get {times(simulated.multiple)} times as much as today, {_bring(after.units)} instead of {before.units:,.1f}"
    if abs(then - now) < 5e-7:
        return f"{head} as much reaches money pages as today: {units(now)} of every 100 units"
    worth, what = times(simulated.multiple), "backlink" if enters.endswith("backlinks bring") else "unit"
    return f"{head} {fine(then)} of every 100 units of {enters} reach money pages instead of {fine(now)}: each {what} is worth {worth} times as much"


def _bring(number: float) -> str:
    return f"what {number:,.1f} first referring domains bring"


def _change(change: float) -> str:
    return "as today" if abs(change) < 0.00005 else f"{change * 100:+.2f}"


_UNITS = "The same in first referring domains"


def summary_view(simulated: Simulation) -> pd.DataFrame:
    """The change in numbers as people read them.

    Returns
    -------
    DataFrame
        One row per measure: ``Measure``, ``Today``, ``With the changes``, ``Change``.
    """
    rows = simulated.summary
    if not (simulated.before.authority.money.any() or simulated.after.authority.money.any()):
        rows = rows[~rows["what"].str.contains("oney pages|The same in", regex=True)]

    def said(value: float, unit: str) -> str:
        if unit == "share":
            return f"{fine(value)} of 100 units"
        return f"{value:,.2f}" if unit == "units" else count(value, "page")

    def step(value: float, unit: str) -> str:
        if abs(value) < 5e-7:
            return "as today"
        return f"{value * 100:+.2f}" if unit == "share" else f"{value:+,.2f}" if unit == "units" else f"{value:+,.0f}"  # fmt: skip

    return pd.DataFrame(
        {
            "Measure": rows["what"].replace(_UNITS, "The same, counted in first referring domains of a page"),
            "Today": [said(*each) for each in zip(rows["before"], rows["unit"], strict=True)],
            "With the changes": [said(*each) for each in zip(rows["after"], rows["unit"], strict=True)],
            "Change": [step(*each) for each in zip(rows["change"], rows["unit"], strict=True)],
        }
    ).reset_index(drop=True)
