"""Chart of how far the plan depends on what nobody can prove: damping, link weights, and how much of the site was crawled."""

from typing import Any

import altair as alt
import pandas as pd

from linkkit.charts.theme import BLUE, GREEN, GREY, INK, ORANGE, WIDTH, check_rows, empty_chart, finish
from linkkit.charts.words import count, percent, units
from linkkit.plan.choosing import MONEY_PAGES
from linkkit.plan.headline import goal_words
from linkkit.plan.robustness import Robustness

OWN, MODELS, CRAWLS = "this audit", "other models", "less of the site crawled"
_COLOURS = {OWN: GREEN, MODELS: BLUE, CRAWLS: ORANGE}
_SHAPES = {OWN: "square", MODELS: "circle", CRAWLS: "triangle-up"}
_HALF = 190


def robustness_table(known: Robustness) -> pd.DataFrame:
    """Variants as people read them.

    Returns
    -------
    DataFrame
        One row per variant, the audit's own first, then models by weights and damping, then crawls: ``label``, ``kind``
        (`OWN`, `MODELS`, `CRAWLS`), ``captured``, ``lost`` (shares 0-1), ``rank_correlation`` (-1 to 1), ``top_kept`` (0-1).
    """
    rows = known.variants.copy()
    own = rows.iloc[0]
    rows["kind"] = MODELS
    rows.loc[rows["coverage"] < 1, "kind"] = CRAWLS
    rows.loc[rows.index[0], "kind"] = OWN
    rows["label"] = [
        f"{percent(coverage)} of the pages crawled"
        if coverage < 1
        else f"{weights.replace('_', ' ')}, damping {damping:g}"
        for weights, damping, coverage in zip(rows["weights"], rows["damping"], rows["coverage"], strict=True)
    ]
    rows["order"] = rows["kind"].map({OWN: 0, MODELS: 1, CRAWLS: 2})
    rows["other"] = rows["weights"] != own["weights"]
    rows = rows.sort_values(
        ["order", "other", "damping", "coverage"], ascending=[True, True, True, False], kind="stable"
    )
    names = ["label", "kind", "captured", "lost", "rank_correlation", "top_kept"]
    return rows[names].reset_index(drop=True)


def robustness_chart(table: pd.DataFrame, *, goal: str = MONEY_PAGES, source: str = "") -> alt.Chart:
    """Dots: what reaches the goal under each variant, and how far the order of pages stays the same.

    Parameters
    ----------
    table : DataFrame
        `robustness_table`.
    """
    if table.empty or table["rank_correlation"].isna().all():
        return empty_chart(
            "List money pages in notebook 01: without them no page is better than another.",
            title="How sure the plan is cannot be said: no money pages are known",
            notes=(source,),
        )
    shown = check_rows(table).copy()
    shown["units"] = shown["captured"] * 100
    shown["note"] = [units(share) for share in shown["captured"]]
    shown["kept_note"] = [f"{rank:.2f} · {percent(kept)}" for rank, kept in zip(shown["rank_correlation"], shown["top_kept"], strict=True)]  # fmt: skip
    shown["beyond"] = shown["captured"] >= shown["captured"].iloc[0]
    order = list(shown["label"])
    height = 24 * len(order)
    kinds = [kind for kind in _COLOURS if kind in set(shown["kind"])]
    look = {
        "color": alt.Color("kind:N", scale=alt.Scale(domain=kinds, range=[_COLOURS[kind] for kind in kinds]), legend=alt.Legend(title=None)),
        "shape": alt.Shape("kind:N", scale=alt.Scale(domain=kinds, range=[_SHAPES[kind] for kind in kinds]), legend=None),
        "tooltip": [alt.Tooltip("label:N", title="Variant"), alt.Tooltip("units:Q", title="Reach the goal, of 100", format=".2f"),
                    alt.Tooltip("lost:Q", title="Lost", format=".1%"),
                    alt.Tooltip("rank_correlation:Q", title="Order of pages (1 is the same)", format=".3f"),
                    alt.Tooltip("top_kept:Q", title="Best pages that stay among the best", format=".0%")],
    }  # fmt: skip
    base = alt.Chart(shown)
    named = alt.Y("label:N", sort=order, title=None, axis=alt.Axis(domain=False, tickSize=0, labelPadding=8))  # fmt: skip
    bare = alt.Y("label:N", sort=order, title=None, axis=None)  # fmt: skip
    reach = alt.X("units:Q", title=f"Reach {goal_words(goal)}, of 100", scale=alt.Scale(domain=[0, max(float(shown["units"].max()) * 1.25, 1e-6)], nice=False), axis=alt.Axis(tickCount=4))  # fmt: skip
    low = min(float(shown["rank_correlation"].min()), 0.0)
    rank = alt.X("rank_correlation:Q", title="Order of pages: 1 is the same · best that stay", scale=alt.Scale(domain=[low, 1.42], nice=False), axis=alt.Axis(values=[0, 0.25, 0.5, 0.75, 1], format=".2f"))  # fmt: skip
    today = alt.Chart(shown.head(1)).mark_rule(color=GREY, strokeWidth=1.5).encode(x=alt.X("units:Q"))
    said: dict[str, Any] = {"fontSize": 11.5, "color": INK}
    left = alt.layer(
        today,
        base.mark_point(filled=True, size=80, opacity=1).encode(y=named, x=reach, **look),
        # Away from the line of this audit, so that it strikes no number through.
        base.transform_filter("datum.beyond")
        .mark_text(align="left", dx=9, **said)
        .encode(y=named, x=reach, text=alt.Text("note:N")),
        base.transform_filter("!datum.beyond")
        .mark_text(align="right", dx=-9, **said)
        .encode(y=named, x=reach, text=alt.Text("note:N")),
    ).properties(width=_HALF + 10, height=height)
    right = alt.layer(
        base.mark_point(filled=True, size=80, opacity=1).encode(y=bare, x=rank, **look),
        base.mark_text(align="left", dx=9, **said).encode(y=bare, x=rank, text=alt.Text("kept_note:N")),
    ).properties(width=WIDTH - 2 * _HALF + 10, height=height)
    return finish(
        alt.hconcat(left, right, spacing=16),
        title=robustness_headline(table, goal),
        notes=(
            "Order: rank correlation of the landing yields of all pages with this audit's. Behind it: how many of the best pages for backlinks (of the goal and others) stay among the best.",
            "Less crawled: as if the crawl had stopped after so many pages. Grey line: this audit. No search engine publishes its model.",
            source,
        ),
        description="; ".join(
            f"{label}: {note} of 100, order {kept}"
            for label, note, kept in zip(shown["label"], shown["note"], shown["kept_note"], strict=True)
        ),
    )


def robustness_headline(table: pd.DataFrame, goal: str) -> str:
    """How sure the order of pages is, in a sentence."""
    models = table[table["kind"] != CRAWLS]
    low, high = float(models["captured"].min()), float(models["captured"].max())
    kept = float(models["top_kept"].min())
    return (
        f"Under {count(len(models), 'model')} {units(low)} to {units(high)} of 100 units reach {goal_words(goal)}; "
        f"at least {percent(kept)} of the best pages for backlinks stay among the best"
    )
