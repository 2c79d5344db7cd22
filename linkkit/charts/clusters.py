"""Charts of topic clusters: do their pages and pillars link each other, where do their links lead, what is passed on?"""

from typing import cast

import altair as alt
import pandas as pd

from linkkit.audit import Audit
from linkkit.charts.theme import (
    BLUE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PALE,
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
from linkkit.charts.words import count, percent, shorten, verb
from linkkit.metrics.clusters import NO_CLUSTER, cluster_flow, cluster_measures
from linkkit.metrics.groups import Grouping

MOST = 15
"""Clusters in a chart: the largest; how many there are is said."""
UNDEFINED = "No topic clusters are defined for this client"
ADVICE = "Notebook 07 proposes some, by text and links, folders or breadcrumbs; define or accept them there."
_ENDS = {
    "on the pillar itself": GREY,
    "on its cluster's pages": BLUE,
    "on money pages elsewhere": GREEN,
    "on other pages": SKY,
    "lost": VERMILLION,
}
_PROPOSED = "Proposal, not confirmed: "


def cluster_links_table(audit: Audit, grouping: Grouping | None = None) -> pd.DataFrame:
    """How each cluster hangs together.

    Parameters
    ----------
    audit : Audit
    grouping : Grouping, optional
        The analyst's clusters without it.

    Returns
    -------
    DataFrame
        `linkkit.metrics.clusters.cluster_measures`, the largest cluster first, and ``is_proposal``; no rows where
        there are no clusters.
    """
    chosen = grouping or audit.facts.clusters
    if chosen is None:
        return pd.DataFrame()
    return cluster_measures(chosen, audit.graph, audit.authority).assign(is_proposal=chosen.is_proposal)


def cluster_links_chart(table: pd.DataFrame, *, source: str = "") -> alt.Chart:
    """Three bars a cluster: pages that link to the pillar, pages it links to, links among siblings against the site."""
    if table.empty:
        return empty_chart(ADVICE, title=UNDEFINED, notes=(source,))
    shown = check_rows(table.head(MOST)).copy()
    # Names that differ only after the cut, or hold markup, must stay separate rows: the number keeps them apart.
    shown["row"] = range(len(shown))
    shown["name"] = [shorten(name, 34) for name in shown["cluster"]]
    shown["to_note"] = _parts(shown["to_pillar"], shown["members"])
    shown["from_note"] = _parts(shown["from_pillar"], shown["members"])
    shown["density_note"] = ["" if pd.isna(ratio) else f"{ratio:,.1f} x" for ratio in shown["density_ratio"]]
    panels = [
        _panel(shown, "to_pillar_share", "to_note", "Link to the pillar", BLUE, is_first=True),
        _panel(shown, "from_pillar_share", "from_note", "Linked from the pillar", ORANGE),
        _panel(shown, "density_ratio", "density_note", "Links among them, x the site", GREEN),
    ]
    chart = alt.hconcat(*panels, spacing=34)
    return finish(
        chart,
        title=cluster_headline(table),
        notes=(
            f"{_largest(table)}Content links; the pillar is not counted among the pages. Third panel: share of possible links "
            "among its pages that are there, against the same for all indexable pages.",
            source,
        ),
        description="; ".join(
            f"{name}: {to} link to the pillar, {back} linked from it, density {dense or 'unknown'}"
            for name, to, back, dense in zip(
                shown["name"], shown["to_note"], shown["from_note"], shown["density_note"], strict=True
            )
        ),
    )


def cluster_headline(table: pd.DataFrame) -> str:
    """What the chart of links shows, in a sentence."""
    wanted = int(2 * table["members"].sum())
    lacking = 2 * table["members"] - table["to_pillar"] - table["from_pillar"]
    missing = int(lacking.sum())
    start = _PROPOSED if table["is_proposal"].any() else ""
    if not wanted:
        return f"{start}No cluster has a page beside its pillar"
    if not missing:
        return f"{start}All {wanted:,} links between pillars and their pages are there"
    worst = table.loc[lacking.sort_values(ascending=False, kind="stable").index[0]]
    where = (
        f"most in {shorten(worst['cluster'], 40)} ({int(lacking.max()):,})"
        if len(table) > 1
        else "all in one cluster"
    )
    return f"{start}{missing:,} of {wanted:,} links between pillars and their pages {verb(missing, 'is')} missing, {where}"


def cluster_flow_table(audit: Audit, grouping: Grouping | None = None, *, most: int = MOST) -> pd.DataFrame:
    """Content links from cluster to cluster: the largest ones, and the pages in none together.

    Returns
    -------
    DataFrame
        One row per pair that is linked, the largest clusters first: ``from_cluster``, ``to_cluster``, ``links``, ``share`` (0-1 of all links of
        the pages of ``from_cluster``), ``is_proposal``; clusters beyond the largest count as in none.
    """
    chosen = grouping or audit.facts.clusters
    if chosen is None:
        return pd.DataFrame()
    kept = cluster_measures(chosen, audit.graph)["cluster"].head(most).tolist()
    flow = cluster_flow(chosen, audit.graph)
    for column in ("from_cluster", "to_cluster"):
        flow[column] = flow[column].where(flow[column].isin(kept), NO_CLUSTER)
    flow = flow.groupby(["from_cluster", "to_cluster"])["links"].sum().reset_index()
    # As in the chart of their links: the largest first, what is in none last.
    place = {name: number for number, name in enumerate(kept)}
    order = flow[["from_cluster", "to_cluster"]].apply(lambda column: column.map(place).fillna(len(kept)))
    flow = flow.loc[order.sort_values(["from_cluster", "to_cluster"]).index].reset_index(drop=True)
    flow["share"] = flow["links"] / flow.groupby("from_cluster")["links"].transform("sum")
    return flow.assign(is_proposal=chosen.is_proposal)


def cluster_flow_chart(table: pd.DataFrame, *, source: str = "") -> alt.Chart:
    """Heat map: of the content links of each cluster's pages, the share that leads to each cluster."""
    if table.empty:
        return empty_chart(ADVICE, title=UNDEFINED, notes=(source,))
    shown = check_rows(table).copy()
    seen = list(dict.fromkeys([*shown["from_cluster"], *shown["to_cluster"]]))
    names = sorted(seen, key=lambda name: name == NO_CLUSTER)
    labels = {name: f"{number}. {shorten(name, 30)}" for number, name in enumerate(names, start=1)}
    shown["from_name"], shown["to_name"] = shown["from_cluster"].map(labels), shown["to_cluster"].map(labels)
    shown["is_inside"] = (shown["from_cluster"] == shown["to_cluster"]) & (
        shown["from_cluster"] != NO_CLUSTER
    )
    order = list(labels.values())
    cell = min(64, (WIDTH - 60) // len(order))
    base = alt.Chart(shown).encode(
        x=alt.X("to_name:N", title="Leads to (number as on the left)", sort=order, scale=alt.Scale(domain=order),
                axis=alt.Axis(labelAngle=0, labelExpr="split(datum.label, '.')[0]", domain=False, tickSize=0)),
        y=alt.Y("from_name:N", title="Links of", sort=order, scale=alt.Scale(domain=order),
                axis=alt.Axis(domain=False, tickSize=0, labelLimit=230)),
    )  # fmt: skip
    cells = base.mark_rect(cornerRadius=2, stroke="white", strokeWidth=2).encode(
        color=alt.Color("share:Q", scale=alt.Scale(domain=[0, 0.6], range=["#EDF4FA", BLUE], clamp=True), legend=None),
        tooltip=[alt.Tooltip("from_cluster:N", title="Links of"), alt.Tooltip("to_cluster:N", title="Lead to"),
                 alt.Tooltip("links:Q", title="Links", format=","), alt.Tooltip("share:Q", title="Share", format=".1%")],
    )  # fmt: skip
    numbers = base.mark_text(fontSize=11 if len(order) < 12 else 9).encode(
        text=alt.Text("share:Q", format=".0%"),
        color=alt.condition("datum.share > 0.35", alt.value("white"), alt.value(INK)),
    )
    own = base.transform_filter("datum.is_inside").mark_rect(
        cornerRadius=2, filled=False, stroke=ORANGE, strokeWidth=2
    )
    chart = alt.layer(cells, own, numbers).properties(
        width=cell * len(order), height=max(ROW, cell // 2) * len(order)
    )
    return finish(
        chart,
        title=_flow_headline(shown),
        notes=(
            "Share of each row's content links, those that the template repeats left out. Outlined: links that stay inside.",
            source,
        ),
        description="; ".join(
            f"{a} to {b}: {percent(share)}"
            for a, b, share in zip(shown["from_name"], shown["to_name"], shown["share"], strict=True)
        ),
    )


def cluster_authority_chart(table: pd.DataFrame, *, source: str = "") -> alt.Chart:
    """Bars: where authority settles that lands on each pillar.

    Parameters
    ----------
    table : DataFrame
        `cluster_links_table`.
    """
    if table.empty:
        return empty_chart(ADVICE, title=UNDEFINED, notes=(source,))
    rows = table.head(MOST)
    own = rows["passed_kept"] + rows["passed_cluster"]
    elsewhere = (rows["passed_money"] - rows["passed_own_money"]).clip(lower=0)
    parts = dict(
        zip(
            _ENDS,
            (
                rows["passed_kept"],
                rows["passed_cluster"],
                elsewhere,
                (1 - own - elsewhere - rows["passed_lost"]).clip(lower=0),
                rows["passed_lost"],
            ),
            strict=True,
        )
    )
    names = [shorten(name, 34) for name in rows["cluster"]]
    shown = pd.concat(
        [
            pd.DataFrame(
                {"row": range(len(rows)), "name": names, "end": end, "rank": rank, "share": share.to_numpy()}
            )
            for rank, (end, share) in enumerate(parts.items())
        ],
        ignore_index=True,
    )
    base = alt.Chart(check_rows(shown)).encode(y=_row_axis(names))
    bars = base.mark_bar(height=alt.RelativeBandSize(0.62), stroke="white", strokeWidth=0.5).encode(
        x=alt.X("share:Q", stack="zero", title="Share of the authority that lands on the pillar",
                scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%", values=[0, 0.25, 0.5, 0.75, 1])),
        color=alt.Color("end:N", scale=palette(list(shown["end"]), _ENDS), sort=list(_ENDS),
                        legend=alt.Legend(columns=3)),
        order=alt.Order("rank:Q"),
        tooltip=[alt.Tooltip("name:N", title="Cluster"), alt.Tooltip("end:N", title="Settles"),
                 alt.Tooltip("share:Q", title="Share", format=".1%")],
    )  # fmt: skip
    low, high = rows["passed_cluster"].min(), rows["passed_cluster"].max()
    span = percent(low) if percent(low) == percent(high) else f"{percent(low)} to {percent(high)}"
    start = _PROPOSED if table["is_proposal"].any() else ""
    return finish(
        bars.properties(width=WIDTH - 170, height=ROW * len(rows)),
        title=f"{start}Of what lands on a pillar, {span} settles on its cluster's pages",
        notes=(f"{_largest(table)}One unit landing on each pillar, followed along all links until it settles or is lost. A model.", source),
        description="; ".join(f"{n}: {percent(s)} {e}" for n, e, s in zip(shown["name"], shown["end"], shown["share"], strict=True)),
    )  # fmt: skip


def _panel(
    rows: pd.DataFrame, value: str, note: str, title: str, colour: str, *, is_first: bool = False
) -> alt.LayerChart:
    names = list(rows["name"])
    is_share = value.endswith("_share")
    largest = 1.0 if is_share else max(float(rows[value].max()), 1.0)
    axis = (
        alt.Axis(format="%", values=[0, 0.5, 1])
        if is_share
        else alt.Axis(values=count_ticks(largest, ticks=3), format="d")
    )
    base = alt.Chart(rows).encode(
        y=_row_axis(names, labels=is_first),
        x=alt.X(f"{value}:Q", title=None, scale=count_scale(largest, room=0.42), axis=axis),
    )
    tips = [
        alt.Tooltip("cluster:N", title="Cluster"),
        alt.Tooltip("pillar:N", title="Pillar"),
        alt.Tooltip(f"{note}:N", title=title),
    ]
    bars = base.mark_bar(height=alt.RelativeBandSize(0.62), color=colour).encode(tooltip=tips)
    back = base.mark_bar(height=alt.RelativeBandSize(0.62), color=PALE).encode(x=alt.XDatum(largest))
    numbers = base.mark_text(align="left", dx=5, color=INK, fontSize=12).encode(text=f"{note}:N")
    heading = alt.TitleParams(title, fontSize=12.5, anchor="start", fontWeight=600, offset=6)
    layers = alt.layer(*([back] if is_share else []), bars, numbers)
    return cast(alt.LayerChart, layers.properties(width=148, height=ROW * len(rows), title=heading))


def _row_axis(names: list[str], *, labels: bool = True) -> alt.Y:
    """Rows by number, labelled with names that may repeat; names go in as data, never as an expression."""
    axis = alt.Axis(
        domain=False, tickSize=0, labelPadding=8, labels=labels, labelLimit=230,
        labelExpr=f"{_js(names)}[datum.value]",
    )  # fmt: skip
    return alt.Y("row:O", title=None, axis=axis if labels else None)


def _js(names: list[str]) -> str:
    """A list of texts for a Vega expression."""
    return "[" + ",".join(f"'{_escaped(name)}'" for name in names) + "]"


def _escaped(text: str) -> str:
    return "".join(
        char if char.isalnum() or char in " -/.,_" else "".join(f"\\u{u:04x}" for u in _units(char))
        for char in text
    )


def _units(char: str) -> list[int]:
    data = char.encode("utf-16-be")
    return [int.from_bytes(data[place : place + 2], "big") for place in range(0, len(data), 2)]


def _parts(part: pd.Series, whole: pd.Series) -> list[str]:
    return ["no pages" if not n else f"{m:,} of {n:,}" for m, n in zip(part, whole, strict=True)]


def _largest(table: pd.DataFrame) -> str:
    return f"The {MOST} largest of {count(len(table), 'cluster')}. " if len(table) > MOST else ""


def _flow_headline(table: pd.DataFrame) -> str:
    own = table[table["from_cluster"] != NO_CLUSTER]
    start = _PROPOSED if table["is_proposal"].any() else ""
    total, inside = int(own["links"].sum()), int(own.loc[own["is_inside"], "links"].sum())
    if not total:
        return f"{start}Pages of clusters have no content link to an indexable page"
    lost = int(own.loc[own["to_cluster"] == NO_CLUSTER, "links"].sum())
    return (
        f"{start}{percent(inside / total)} of {count(total, 'content link')} of clusters {verb(inside, 'stays')} inside, "
        f"{percent(lost / total)} {verb(lost, 'leads')} to pages of no cluster"
    )
