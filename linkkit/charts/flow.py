"""Charts of authority between sections: what hands on to what, and the whole journey from landing to end."""

from typing import Any, Literal

import altair as alt
import numpy as np
import pandas as pd

from linkkit.audit import Audit
from linkkit.charts.authority import END_COLOURS, ENDS
from linkkit.charts.theme import BLUE, GREY, INK, ROW, WIDTH, check_rows, empty_chart, finish
from linkkit.charts.words import distinct, percent, shorten, units
from linkkit.metrics.authority import MONEY, section_flow
from linkkit.metrics.journeys import section_journeys

SECTIONS = 8
REST = "other sections"
_SAMPLES = 15
"""Points of a ribbon's edge: enough for a smooth curve, few enough for a hundred ribbons."""
_PAD = 0.022
_BAR = 0.016


def _grouped(audit: Audit, sections: int) -> pd.Series:
    """Section of each page: the largest by what lands and passes there, the others together."""
    authority = audit.authority
    name = audit.metrics["section"].astype(str)
    weight = pd.Series(
        authority.entry.shares + authority.entry.lost + authority.visits.values, index=name.index
    )
    by_section = weight.groupby(name).sum()
    order = by_section[by_section > 0].sort_index().sort_values(ascending=False, kind="stable")
    # One section left over keeps its name.
    kept = order.index if len(order) <= sections + 1 else order.index[:sections]
    return name.where(name.isin(set(kept)), REST)


def section_flow_table(audit: Audit, *, sections: int = SECTIONS) -> pd.DataFrame:
    """Authority that moves along links from section to section: the `sections` through which most passes, the rest together.

    Returns
    -------
    DataFrame
        One row per pair that any moves between: ``from_section``, ``to_section``, ``share`` of all authority that enters; what is
        handed on several times counts each time, so that shares add up to more than 1. Sorted by the sections' own order: the
        most passing first, the rest last.
    """
    rows = section_flow(audit.authority, _grouped(audit, sections))
    passing = pd.concat(
        [rows.groupby("from_section")["share"].sum(), rows.groupby("to_section")["share"].sum()]
    )
    order = passing.groupby(level=0).sum().sort_index().sort_values(ascending=False, kind="stable").index
    place = {name: (name == REST, rank) for rank, name in enumerate(order)}
    keys = [(place[s], place[t]) for s, t in zip(rows["from_section"], rows["to_section"], strict=True)]
    return rows.iloc[sorted(range(len(rows)), key=keys.__getitem__)].reset_index(drop=True)


def section_flow_chart(table: pd.DataFrame, *, model: str = "", source: str = "") -> alt.Chart:
    """Heat map: which section hands authority on to which; every cell carries its number."""
    if table.empty:
        return empty_chart("No link carries authority from page to page.", title="Authority moves nowhere", notes=(model, source))  # fmt: skip
    shown = check_rows(table).copy()
    order = list(dict.fromkeys([*shown["from_section"], *shown["to_section"]]))
    order.sort(key=lambda name: name == REST)
    names = dict(zip(order, distinct([shorten(name, 26) for name in order]), strict=True))
    shown["from"], shown["to"] = shown["from_section"].map(names), shown["to_section"].map(names)
    shown["units"] = shown["share"] * 100
    shown["note"] = [f"{each:,.0f}" if each >= 9.95 else units(each / 100) for each in shown["units"]]
    labels = list(names.values())
    most = float(shown["units"].max())
    base = alt.Chart(shown).encode(
        x=alt.X("to:N", sort=labels, title="… on to section", axis=alt.Axis(orient="top", labelAngle=-35, domain=False, tickSize=0)),
        y=alt.Y("from:N", sort=labels, title="From section …", axis=alt.Axis(domain=False, tickSize=0)),
    )  # fmt: skip
    cells = base.mark_rect(cornerRadius=2, stroke="white", strokeWidth=2).encode(
        color=alt.Color("units:Q", scale=alt.Scale(type="sqrt", domain=[0, most], range=["#F3F7FB", BLUE]), legend=None),
        tooltip=[alt.Tooltip("from:N", title="From"), alt.Tooltip("to:N", title="To"), alt.Tooltip("units:Q", title="Units per 100 that enter", format=".2f")],
    )  # fmt: skip
    numbers = base.mark_text(fontSize=11.5).encode(
        text=alt.Text("note:N"),
        color=alt.condition(f"datum.units > {most * 0.3:.6g}", alt.value("white"), alt.value(INK)),
    )
    stays = float(shown.loc[shown["from"] == shown["to"], "share"].sum() / shown["share"].sum())
    across = shown[shown["from"] != shown["to"]].sort_values("share", ascending=False)
    title = f"{percent(stays)} of what pages hand on stays in its section"
    if len(across):
        first = across.iloc[0]
        title += f"; the strongest way out leads from {first['from']} to {first['to']}"
    return finish(
        alt.layer(cells, numbers).properties(width=min(WIDTH - 120, 76 * len(labels)), height=ROW * len(labels)),
        title=title,
        notes=("Units handed on along links per 100 that enter the site; what is handed on several times counts each time.", model, source),
        description="; ".join(f"{s} to {t}: {note}" for s, t, note in zip(shown["from"], shown["to"], shown["note"], strict=True)),
    )  # fmt: skip


def section_journeys_table(audit: Audit, *, sections: int = SECTIONS) -> pd.DataFrame:
    """Journeys of authority: the section it lands in, the section it comes to rest or is lost in, and as what.

    Returns
    -------
    DataFrame
        One row per journey: ``from_section``, ``to_section``, ``end`` (of `linkkit.charts.authority.ENDS`), ``share`` of all
        authority that enters; together 1.
    """
    rows = section_journeys(audit.authority, _grouped(audit, sections))
    rows["end"] = [ENDS.get(outcome, ENDS["lost"]) for outcome in rows["outcome"]]
    return rows.groupby(["from_section", "to_section", "end"], sort=True)["share"].sum().reset_index()


def section_journeys_chart(table: pd.DataFrame, *, money_known: bool = True, model: str = "", source: str = "") -> alt.Chart:  # fmt: skip
    """Sankey diagram: landing section, section where it ends, and as what; widths are units of 100.

    Parameters
    ----------
    table : DataFrame
        `section_journeys_table`.
    money_known : bool
        Whether anybody told which pages earn money.
    """
    if table.empty or table["share"].sum() <= 0:
        return empty_chart(
            "No authority enters the site.", title="There is no journey to draw", notes=(model, source)
        )
    first = table.groupby(["from_section", "to_section"])["share"].sum().reset_index()
    second = table.groupby(["to_section", "end"])["share"].sum().reset_index()
    columns = [
        _stack(table.groupby("from_section")["share"].sum()),
        _stack(table.groupby("to_section")["share"].sum()),
        _stack(table.groupby("end")["share"].sum(), order=list(ENDS.values())),
    ]
    height = max(float(column["bottom"].iloc[-1]) for column in columns)
    ribbons = pd.concat(
        [
            _ribbons(first.set_axis(["source", "target", "share"], axis=1), columns[0], columns[1], 0),
            _ribbons(second.set_axis(["source", "target", "share"], axis=1), columns[1], columns[2], 1),
        ]
    )
    places = [0.0, 0.5, 1.0]
    nodes = pd.concat(
        [column.assign(x=places[at], column=at) for at, column in enumerate(columns)], ignore_index=True
    )
    nodes["x2"] = nodes["x"] + np.array([-_BAR, _BAR / 2, _BAR])[nodes["column"]]
    nodes["x1"] = nodes["x"] - np.where(nodes["column"] == 1, _BAR / 2, 0)
    nodes["middle"] = (nodes["top"] + nodes["bottom"]) / 2
    nodes["text"] = [
        f"{units(share)} {name}" if column == 2 else f"{shorten(name, 24)}  {units(share)}"
        for name, share, column in zip(nodes["name"], nodes["share"], nodes["column"], strict=True)
    ]
    nodes["colour"] = [END_COLOURS.get(name, INK) if column == 2 else INK for name, column in zip(nodes["name"], nodes["column"], strict=True)]  # fmt: skip
    x_scale = alt.Scale(domain=[-0.27, 1.30], nice=False, zero=False)
    y_scale = alt.Scale(domain=[height + 0.01, -0.07], nice=False, zero=False)
    x, y = alt.X("x:Q", axis=None, scale=x_scale), alt.Y("top:Q", axis=None, scale=y_scale)
    areas = (
        alt.Chart(check_rows(ribbons))
        .mark_area(opacity=0.5)
        .encode(
            x=x, y=y, y2=alt.Y2("bottom:Q"), detail=alt.Detail("ribbon:N"),
            color=alt.Color("colour:N", scale=None),
            tooltip=[alt.Tooltip("source:N", title="From"), alt.Tooltip("target:N", title="To"), alt.Tooltip("units:Q", title="Units of 100", format=".1f")],
        )
    )  # fmt: skip
    bars = alt.Chart(nodes).mark_rect().encode(
        x=alt.X("x1:Q", axis=None, scale=x_scale), x2=alt.X2("x2:Q"), y=y, y2=alt.Y2("bottom:Q"), color=alt.Color("colour:N", scale=None)
    )  # fmt: skip
    heads = pd.DataFrame({"x": places, "top": -0.04, "text": ["lands in", "ends in", "ends as"]})
    chart = alt.layer(areas, bars, *_texts(nodes, x_scale, y_scale),
        alt.Chart(heads).mark_text(fontSize=12, fontWeight=600, color=INK).encode(x=x, y=y, text=alt.Text("text:N")))  # fmt: skip
    return finish(
        chart.properties(width=WIDTH + 60, height=430),
        title=journeys_headline(table, money_known),
        notes=(
            "Width: units of 100 that enter. Left: where they land; middle: where they settle or are lost; right: as what.",
            "" if money_known else "No money pages are known.",
            model,
            source,
        ),
        description="; ".join(f"{s} to {t}, {end}: {units(share)}" for s, t, end, share in zip(table["from_section"], table["to_section"], table["end"], table["share"], strict=True) if share >= 0.005),
    )  # fmt: skip


def journeys_headline(table: pd.DataFrame, money_known: bool = True) -> str:
    """What the journeys say: where most lands, and how much of that reaches money pages."""
    landed = table.groupby("from_section")["share"].sum()
    section = str(landed.idxmax())
    own = table[table["from_section"] == section]
    if not money_known:
        stays = float(own.loc[own["to_section"] == section, "share"].sum())
        return f"{units(landed[section])} of every 100 units land in {shorten(section, 30)}; {units(stays)} end there"
    money = float(own.loc[own["end"] == ENDS[MONEY], "share"].sum())
    return f"{units(landed[section])} of every 100 units land in {shorten(section, 30)}, more than in any other section; {units(money)} of them reach money pages"


def _stack(shares: pd.Series, order: list[str] | None = None) -> pd.DataFrame:
    """Nodes of one column from top to bottom: ``name``, ``share``, ``top``, ``bottom``."""
    names = (
        [name for name in order if name in shares.index]
        if order
        else sorted(shares.index, key=lambda name: (name == REST, -shares[name], name))
    )
    share = shares[names].to_numpy()
    top = np.concatenate(([0.0], np.cumsum(share + _PAD)[:-1]))
    return pd.DataFrame({"name": names, "share": share, "top": top, "bottom": top + share})


def _ribbons(flows: pd.DataFrame, left: pd.DataFrame, right: pd.DataFrame, column: int) -> pd.DataFrame:
    """Edges of curved bands from node to node, in the nodes' order on both sides, so that they cross as little as they can."""
    flows = flows[flows["share"] > 1e-6]
    begin, end = left.set_index("name")["top"], right.set_index("name")["top"]
    flows = flows.assign(at=flows["source"].map(begin), to=flows["target"].map(end))
    flows = flows.sort_values(["at", "to"])
    flows["leaves"] = flows["at"] + flows.groupby("source")["share"].cumsum() - flows["share"]
    flows = flows.sort_values(["to", "at"])
    flows["arrives"] = flows["to"] + flows.groupby("target")["share"].cumsum() - flows["share"]
    turn = np.linspace(0.0, 1.0, _SAMPLES)
    ease = turn**2 * (3 - 2 * turn)
    start, stop = (0.0, 0.5 - _BAR / 2) if column == 0 else (0.5 + _BAR / 2, 1.0)
    parts = []
    for place, flow in enumerate(flows.to_dict("records")):
        top, share = flow["leaves"] + (flow["arrives"] - flow["leaves"]) * ease, float(flow["share"])
        parts.append(
            pd.DataFrame(
                {
                    "ribbon": f"{column}-{place}", "source": flow["source"], "target": flow["target"], "units": share * 100,
                    "x": start + (stop - start) * turn, "top": top, "bottom": top + share,
                    "colour": GREY if column == 0 else END_COLOURS[str(flow["target"])],
                }
            )
        )  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def _texts(nodes: pd.DataFrame, x_scale: alt.Scale, y_scale: alt.Scale) -> list[alt.Chart]:
    """Names of the nodes: outside on the left and right, beside the bars in the middle, on a white halo."""
    layers = []
    places: tuple[tuple[int, Literal["left", "right"], int], ...] = (
        (0, "right", -14),
        (1, "left", 9),
        (2, "left", 16),
    )
    for column, align, dx in places:
        rows = nodes[nodes["column"] == column]
        for halo in (True, False) if column == 1 else (False,):
            style: dict[str, Any] = (
                {"stroke": "white", "strokeWidth": 3, "strokeOpacity": 0.8, "strokeJoin": "round"}
                if halo
                else {}
            )
            layers.append(
                alt.Chart(rows)
                .mark_text(align=align, dx=dx, fontSize=11.5, color=INK, baseline="middle", **style)
                .encode(
                    x=alt.X("x:Q", axis=None, scale=x_scale),
                    y=alt.Y("middle:Q", axis=None, scale=y_scale),
                    text=alt.Text("text:N"),
                )
            )
    return layers
