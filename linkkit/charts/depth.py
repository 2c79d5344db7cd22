"""Charts of link depth: how many clicks pages lie from the start page."""

from typing import cast

import altair as alt
import numpy as np
import pandas as pd

from linkkit.audit import Audit
from linkkit.charts.theme import (
    BLUE,
    INK,
    MUTED,
    ROW,
    VERMILLION,
    WIDTH,
    check_rows,
    count_ticks,
    empty_chart,
    finish,
)
from linkkit.charts.words import count, percent, shorten, verb

DEEPEST = 12
"""Depths from here on share one bar: long pagination chains would stretch the axis out of sight."""
UNREACHABLE = -1
SECTIONS = 15
OTHER = "other sections"
GROUPS = ("All indexable pages", "Money pages", "Pages with backlinks")
WITHIN, BEYOND, NO_PATH = "within the limit", "beyond the limit", "no path of clicks"


def depth_table(audit: Audit) -> pd.DataFrame:
    """Indexable pages by crawl depth.

    Returns
    -------
    DataFrame
        One row per group and depth: ``group`` (all indexable pages, money pages, pages with backlinks; the latter two
        only where there are any), ``depth`` (clicks; `UNREACHABLE` where no path leads), ``pages``. Pages that fold into
        another are not counted.
    """
    pages = _standing(audit)
    depth = pages["crawl_depth"].fillna(UNREACHABLE).astype(int)
    groups = {
        GROUPS[0]: pd.Series(True, index=pages.index),
        GROUPS[1]: pages["is_money_page"],
        GROUPS[2]: pages["referring_domains"].fillna(0) > 0,
    }
    counted = [
        depth[member]
        .value_counts()
        .sort_index()
        .rename("pages")
        .rename_axis("depth")
        .reset_index()
        .assign(group=name)
        for name, member in groups.items()
        if member.any()
    ]
    if not counted:
        return pd.DataFrame({"group": [], "depth": [], "pages": []}).astype({"depth": int, "pages": int})
    return pd.concat(counted, ignore_index=True)[["group", "depth", "pages"]]


def depth_chart(table: pd.DataFrame, *, max_depth: int = 3, source: str = "") -> alt.Chart:
    """Pages by crawl depth, one row of bars for each group, with the limit as a line.

    Parameters
    ----------
    table : DataFrame
        `depth_table`.
    max_depth : int
        Deepest that a page may lie, in clicks.
    """
    if table.empty:
        return empty_chart(
            "The crawl holds no indexable page.", title="There is no page to measure", notes=(source,)
        )
    shown, ticks = _placed(check_rows(table), max_depth)
    label = (
        f"datum.value == {ticks[-1]} && {str(UNREACHABLE in set(table['depth'])).lower()} ? 'no path' : "
        + (f"datum.value == {DEEPEST} ? '{DEEPEST}+' : datum.value")
    )
    rows = [name for name in GROUPS if name in set(shown["group"])]
    chart = alt.vconcat(
        *(
            _bars(shown[shown["group"] == name], name, ticks, label, max_depth, is_last=name == rows[-1])
            for name in rows
        ),
        spacing=14,
    )
    total = int(table.loc[table["group"] == GROUPS[0], "pages"].sum())
    return finish(
        chart,
        title=depth_headline(table, max_depth),
        notes=(f"n = {count(total, 'indexable page')}. Dashed line: limit of {count(max_depth, 'click')}.", source),
        description="; ".join(f"{g}, depth {d}: {n}" for g, d, n in zip(shown["group"], shown["clicks"], shown["pages"], strict=True)),
    )  # fmt: skip


def _bars(
    rows: pd.DataFrame, name: str, ticks: list[int], label: str, max_depth: int, *, is_last: bool
) -> alt.LayerChart:
    # Dicts, not alt.Axis and alt.Scale: a layered chart copies its parts again and again, an Axis with all its 80 settings each time.
    axis = {"values": ticks, "labelExpr": label, "grid": False, "tickSize": 0, "labels": is_last}
    most = rows["pages"].max()
    base = alt.Chart(rows).encode(
        x=alt.X(
            "place:Q",
            title="Crawl depth (clicks from the start page)" if is_last else None,
            axis=axis,
            scale={"domain": [-0.6, ticks[-1] + 0.6], "nice": False},
        )
    )
    bars = base.mark_bar(size=min(48, WIDTH / (len(ticks) + 2) * 0.72)).encode(
        y=alt.Y(
            "pages:Q",
            title="Pages",
            scale={"domain": [0, most * 1.25]},
            axis={"values": count_ticks(most, ticks=3), "format": "d"},
        ),
        color=alt.Color("state:N", scale={"domain": list(_STATES), "range": list(_STATES.values())}),
        tooltip=[
            alt.Tooltip("group:N", title="Pages"),
            alt.Tooltip("clicks:N", title="Crawl depth"),
            alt.Tooltip("pages:Q", title="Number", format=","),
        ],
    )
    numbers = base.mark_text(dy=-7, fontSize=12, color=INK).encode(
        y=alt.Y("pages:Q"), text=alt.Text("pages:Q", format=",")
    )
    limit = base.mark_rule(strokeDash=[5, 4], color=INK, strokeWidth=1.5).encode(
        x=alt.XDatum(max_depth + 0.5)
    )
    heading = {
        "text": f"{name} ({int(rows['pages'].sum()):,})",
        "fontSize": 13,
        "offset": 6,
        "frame": "group",
    }
    layered = alt.layer(bars, numbers, limit, width=WIDTH, height=150 if name == GROUPS[0] else 80, title=heading)  # fmt: skip
    return cast(alt.LayerChart, layered)


def depth_headline(table: pd.DataFrame, max_depth: int) -> str:
    """What the depth chart shows, in a sentence."""
    deep = table[table["depth"] > max_depth].groupby("group")["pages"].sum()
    lost = table[table["depth"] == UNREACHABLE].groupby("group")["pages"].sum()
    beyond, money = int(deep.get(GROUPS[0], 0)), int(deep.get(GROUPS[1], 0))
    unreachable = int(lost.get(GROUPS[0], 0))
    clicks = count(max_depth, "click")
    if beyond:
        first = f"{count(beyond, 'page')} {verb(beyond, 'lies')} deeper than {clicks}"
        first += f", {money:,} of them {'a money page' if money == 1 else 'money pages'}" if money else ""
    else:
        first = f"Every page that can be reached lies within {clicks}"
    return first + (f"; {count(unreachable, 'page')} cannot be reached at all" if unreachable else "")


def depth_by_section_table(audit: Audit, *, sections: int = SECTIONS) -> pd.DataFrame:
    """Indexable pages by section and crawl depth.

    Returns
    -------
    DataFrame
        One row per section and depth that has pages: ``section`` (the largest ones; the rest as `OTHER`), ``depth``
        (clicks; `UNREACHABLE` where no path leads), ``pages``.
    """
    pages = _standing(audit)
    largest = pages["section"].value_counts()
    kept = set(largest.index[:sections])
    name = pages["section"].where(pages["section"].isin(kept), OTHER)
    depth = pages["crawl_depth"].fillna(UNREACHABLE).astype(int)
    return pages.groupby([name.rename("section"), depth.rename("depth")]).size().rename("pages").reset_index()


def depth_by_section_chart(table: pd.DataFrame, *, max_depth: int = 3, source: str = "") -> alt.Chart:
    """Heat map of sections against crawl depth; every cell carries its number."""
    if table.empty:
        return empty_chart(
            "The crawl holds no indexable page.", title="There is no section to compare", notes=(source,)
        )
    shown, ticks = _placed(check_rows(table).assign(group=GROUPS[0]), max_depth, by=("section",))
    totals = shown.groupby("section")["pages"].sum().sort_values(ascending=False)
    totals = totals.reindex(sorted(totals.index, key=lambda name: (name == OTHER, -totals[name], name)))
    shown["share"] = shown["pages"] / shown["section"].map(totals)
    shown["row"] = [f"{shorten(section, 48)} ({totals[section]:,})" for section in shown["section"]]
    order = [f"{shorten(section, 48)} ({totals[section]:,})" for section in totals.index]
    columns = [str(tick) for tick in ticks]
    shown["column"] = shown["place"].astype(int).astype(str)
    last = f"'{ticks[-1]}'"
    has_lost = str(UNREACHABLE in set(table["depth"])).lower()
    label = f"datum.label == {last} && {has_lost} ? 'no path' : datum.label == '{DEEPEST}' ? '{DEEPEST}+' : datum.label"
    base = alt.Chart(shown).encode(
        x=alt.X(
            "column:O", title="Crawl depth (clicks from the start page)",
            scale=alt.Scale(domain=columns), axis=alt.Axis(labelAngle=0, labelExpr=label, domain=False, tickSize=0),
        ),
        y=alt.Y("row:N", title="Section (pages)", sort=order, axis=alt.Axis(domain=False, tickSize=0)),
    )  # fmt: skip
    cells = base.mark_rect(cornerRadius=2, stroke="white", strokeWidth=2).encode(
        color=alt.Color("share:Q", scale=alt.Scale(domain=[0, 1], range=["#EDF4FA", BLUE]), legend=None),
        tooltip=[
            alt.Tooltip("section:N", title="Section"),
            alt.Tooltip("clicks:N", title="Crawl depth"),
            alt.Tooltip("pages:Q", title="Pages", format=","),
            alt.Tooltip("share:Q", title="Share of the section", format=".0%"),
        ],
    )
    numbers = base.mark_text(fontSize=12).encode(
        text=alt.Text("pages:Q", format=","),
        color=alt.condition("datum.share > 0.55", alt.value("white"), alt.value(INK)),
    )
    beyond = base.transform_filter(f"datum.state == '{BEYOND}'").mark_rect(
        cornerRadius=2, filled=False, stroke=VERMILLION, strokeWidth=2
    )
    chart = alt.layer(cells, beyond, numbers).properties(width=WIDTH - 120, height=ROW * len(order))
    return finish(
        chart,
        title=_section_headline(table, max_depth),
        notes=(
            f"Pages per section and depth; darker: larger share of the section; outlined: deeper than {count(max_depth, 'click')}.",
            "Section: the first folder of the address; notebook 06 goes by breadcrumbs where pages have them.",
            source,
        ),
        description="; ".join(
            f"{section}, depth {depth}: {pages}"
            for section, depth, pages in zip(shown["section"], shown["clicks"], shown["pages"], strict=True)
        ),
    )


_STATES = {WITHIN: BLUE, BEYOND: VERMILLION, NO_PATH: MUTED}


def _section_headline(table: pd.DataFrame, max_depth: int) -> str:
    deep = table[table["depth"] > max_depth].groupby("section")["pages"].sum().sort_values(ascending=False)
    if deep.empty:
        return f"No section has pages deeper than {count(max_depth, 'click')}"
    total = int(deep.sum())
    if total == 1:
        return f"The only page deeper than {count(max_depth, 'click')} is in {deep.index[0]}"
    return (
        f"{deep.index[0]} holds {percent(deep.iloc[0] / total)} of the {count(total, 'page')} "
        f"deeper than {count(max_depth, 'click')}"
    )


def _standing(audit: Audit) -> pd.DataFrame:
    metrics = audit.metrics
    return metrics[audit.site.pages["is_indexable"] & metrics["folds_into"].isna()]


def _placed(
    table: pd.DataFrame, max_depth: int, by: tuple[str, ...] = ("group",)
) -> tuple[pd.DataFrame, list[int]]:
    """The table with a place on the axis for each depth, the deep ones together and the unreachable at the right."""
    reachable = table["depth"] != UNREACHABLE
    deepest = int(table.loc[reachable, "depth"].max()) if reachable.any() else 0
    end = min(max(deepest, max_depth + 1), max(DEEPEST, max_depth + 1))
    aside = end + 1
    place = table["depth"].clip(upper=end).where(reachable, aside)
    shown = table.assign(place=place).groupby([*by, "place"], sort=False)["pages"].sum().reset_index()
    unreached = (shown["place"] == aside) & (not reachable.all())
    shown["state"] = np.where(unreached, NO_PATH, np.where(shown["place"] > max_depth, BEYOND, WITHIN))
    shown["clicks"] = [
        "no path" if state == NO_PATH else f"{place}{'+' if place == DEEPEST < deepest else ''}"
        for place, state in zip(shown["place"], shown["state"], strict=True)
    ]
    return shown, list(range((aside if not reachable.all() else end) + 1))
