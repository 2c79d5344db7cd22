"""Chart of the hold-out: how many of a site's own hidden links came back."""

import altair as alt
import pandas as pd

from linkkit.charts.theme import (
    BLUE,
    GREY,
    INK,
    PURPLE,
    ROW,
    SKY,
    WIDTH,
    check_rows,
    empty_chart,
    finish,
    palette,
)
from linkkit.charts.words import count, percent

QUESTIONS = {
    "targets": "Targets for a page",
    "sources": "Sources for a page",
    "orphans": "Sources for an orphan",
}
_METHODS = {
    "linkkit": "linkkit",
    "tf-idf alone": "similar text alone",
    "popularity": "most linked first",
    "chance": "chance",
}
_COLOURS = {"linkkit": BLUE, "similar text alone": SKY, "most linked first": PURPLE, "chance": GREY}


def holdout_view(table: pd.DataFrame) -> pd.DataFrame:
    """`linkkit.plan.Verification.table` as people read it.

    Returns
    -------
    DataFrame
        One row per question and method; empty where nothing was hidden: ``Question``, ``Ranked by``, ``Cases`` (hidden links; orphans), ``In first place``, ``Among the first 5``, ``Among
        the first 10`` (with the 95 % interval), ``Mean reciprocal rank`` (with it).
    """
    if table.empty:
        return pd.DataFrame()
    return pd.DataFrame(
        {
            "Question": [QUESTIONS[each] for each in table["protocol"]],
            "Ranked by": [_METHODS.get(each, each) for each in table["method"]],
            "Cases": table["cases"],
            "In first place": [percent(share) for share in table["hit1"]],
            "Among the first 5": [percent(share) for share in table["hit5"]],
            "Among the first 10": [
                f"{percent(share)} ({percent(low)} to {percent(high)})"
                for share, low, high in zip(
                    table["hit10"], table["hit10_low"], table["hit10_high"], strict=True
                )
            ],
            "Mean reciprocal rank": [
                f"{mean:.2f} ({low:.2f} to {high:.2f})"
                for mean, low, high in zip(table["mrr"], table["mrr_low"], table["mrr_high"], strict=True)
            ],
        }
    )


def holdout_chart(table: pd.DataFrame, *, why: str = "", source: str = "") -> alt.Chart:
    """Bars with intervals: hidden links among the first ten suggestions, by question and method."""
    if table.empty:
        return empty_chart(
            why[:1].upper() + why[1:] or "There is nothing to show.",
            title="The suggestions cannot be verified on this site's own links",
            notes=(source,),
        )
    shown = check_rows(table).assign(
        question=table["protocol"].map(QUESTIONS),
        ranked=[_METHODS.get(each, each) for each in table["method"]],
        note=[percent(share) for share in table["hit10"]],
    )
    questions = [QUESTIONS[each] for each in QUESTIONS if each in set(shown["protocol"])]
    base = alt.Chart(shown).encode(
        y=alt.Y(
            "ranked:N",
            sort=list(_COLOURS),
            title=None,
            axis=alt.Axis(domain=False, tickSize=0, labelPadding=8),
        )
    )
    x = alt.X("hit10:Q", title="Hidden links among the first 10", scale=alt.Scale(domain=[0, 1.15], nice=False),
              axis=alt.Axis(format="%", values=[0, 0.25, 0.5, 0.75, 1]))  # fmt: skip
    bars = base.mark_bar(height=alt.RelativeBandSize(0.62)).encode(
        x=x,
        color=alt.Color("ranked:N", scale=palette(list(shown["ranked"]), _COLOURS), legend=None),
        tooltip=[alt.Tooltip("question:N", title="Question"), alt.Tooltip("ranked:N", title="Ranked by"), alt.Tooltip("cases:Q", title="Hidden links"),
                 alt.Tooltip("hit1:Q", title="First", format=".0%"), alt.Tooltip("hit5:Q", title="First 5", format=".0%"),
                 alt.Tooltip("hit10:Q", title="First 10", format=".0%"), alt.Tooltip("mrr:Q", title="Mean reciprocal rank", format=".2f")],
    )  # fmt: skip
    spread = base.mark_rule(color=INK, strokeWidth=1.5).encode(
        x=alt.X("hit10_low:Q"), x2=alt.X2("hit10_high:Q")
    )
    numbers = base.mark_text(align="left", dx=6, color=INK, fontSize=12).encode(
        x=alt.X("hit10_high:Q"), text=alt.Text("note:N")
    )
    ranked = shown["ranked"].nunique()
    chart = (
        alt.layer(bars, spread, numbers)
        .properties(width=(WIDTH - 80) // len(questions) - 30, height=ROW * ranked)
        .facet(
            column=alt.Column(
                "question:N", sort=questions, header=alt.Header(labelAnchor="start", labelLimit=230)
            ),
            spacing=28,
        )
    )
    cases = int(shown.groupby("protocol")["cases"].max().sum())
    return finish(
        chart,
        title=holdout_headline(table),
        notes=(f"A fifth of the site's own editorial links hidden, three times over; {count(cases, 'question')} asked. Lines: 95 % bootstrap intervals. "
               "The words of a hidden link stay in the text. It counts as right and every other good idea as wrong.", source),
        description="; ".join(f"{q} {r}: {n}" for q, r, n in zip(shown["question"], shown["ranked"], shown["note"], strict=True)),
    )  # fmt: skip


def holdout_headline(table: pd.DataFrame) -> str:
    """What came back, in a sentence."""
    first = next(each for each in QUESTIONS if (table["protocol"] == each).any())
    rows = table[table["protocol"] == first]
    found = dict(zip(rows["method"].tolist(), rows["hit10"].astype(float).tolist(), strict=True))
    best = max(found["popularity"], found["chance"])
    return f"{percent(found['linkkit'])} of hidden links come back among the first ten suggestions; the better of most linked first and chance finds {percent(best)}"
