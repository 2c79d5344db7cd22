"""Charts of anchor text: do the words of links say where they lead?"""

import altair as alt
import pandas as pd

from linkkit.audit import Audit
from linkkit.charts.theme import (
    GREEN,
    GREY,
    INK,
    ORANGE,
    PURPLE,
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
from linkkit.metrics.anchors import anchor_kinds
from linkkit.text.kinds import POOR

KINDS = {
    "descriptive": "Descriptive",
    "generic": "Generic (“read more”)",
    "empty": "Empty (no text, no alt)",
    "url": "An address",
    "pagination": "Page numbers",
}
SEVERAL = "One text for several pages"
_COLOURS = {KINDS["descriptive"]: GREEN, KINDS["generic"]: ORANGE, KINDS["empty"]: VERMILLION, KINDS["url"]: SKY, KINDS["pagination"]: GREY, SEVERAL: PURPLE}  # fmt: skip
CONTENT, TEMPLATE = "Links in the content", "Links in menus, footers, sidebars"


def anchor_kinds_table(audit: Audit) -> pd.DataFrame:
    """Internal links between different live pages, by kind of anchor text.

    Returns
    -------
    DataFrame
        One row per place and kind that occurs: ``place`` (content or template), ``kind``, ``label``, ``links``
        (occurrences, nofollow included), ``share`` (0-1 of the place's links). Kinds in the order of `KINDS`.
    """
    links = anchor_kinds(audit.facts.anchor_uses)
    links["place"] = links["in_content"].map({True: CONTENT, False: TEMPLATE})
    links["label"] = links["kind"].map(KINDS)
    links["share"] = links["links"] / links.groupby("place")["links"].transform("sum")
    order = {name: rank for rank, name in enumerate(KINDS)}
    return links.sort_values(
        ["place", "kind"], key=lambda c: c.map(order) if c.name == "kind" else c
    ).reset_index(drop=True)[["place", "kind", "label", "links", "share"]]


def anchor_kinds_chart(table: pd.DataFrame, *, source: str = "") -> alt.Chart:
    """Bars: share of links by kind of anchor text, in the content and in the template."""
    if table.empty:
        return empty_chart(
            "No page links to another one.", title="There is no anchor text to judge", notes=(source,)
        )
    shown = check_rows(table).copy()
    shown["note"] = [
        f"{percent(share)}  ({links:,})" for share, links in zip(shown["share"], shown["links"], strict=True)
    ]
    places = [place for place in (CONTENT, TEMPLATE) if place in set(shown["place"])]
    labels = [label for label in KINDS.values() if label in set(shown["label"])]
    base = alt.Chart(shown).encode(
        y=alt.Y("label:N", sort=labels, title=None, axis=alt.Axis(domain=False, tickSize=0, labelPadding=8)),
        x=alt.X("share:Q", title="Share of links", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%", values=[0, 0.25, 0.5, 0.75, 1])),
    )  # fmt: skip
    bars = base.mark_bar(height=alt.RelativeBandSize(0.62)).encode(
        color=alt.Color("label:N", scale=palette(labels, _COLOURS), legend=None),
        tooltip=[alt.Tooltip("place:N", title="Where"), alt.Tooltip("label:N", title="Anchor text"),
                 alt.Tooltip("links:Q", title="Links", format=","), alt.Tooltip("share:Q", title="Share", format=".1%")],
    )  # fmt: skip
    numbers = base.mark_text(align="left", dx=6, color=INK, fontSize=12).encode(text=alt.Text("note:N"))
    half = (WIDTH - 150) // len(places) - 40
    chart = (
        alt.layer(bars, numbers)
        .properties(width=half, height=ROW * len(labels))
        .facet(column=alt.Column("place:N", sort=places, header=alt.Header(labelAnchor="start")), spacing=70)
    )
    return finish(
        chart,
        title=anchor_headline(table),
        notes=(f"n = {count(int(table['links'].sum()), 'internal link')} between different pages.", source),
        description="; ".join(f"{p}, {label}: {note}" for p, label, note in zip(shown["place"], shown["label"], shown["note"], strict=True)),
    )  # fmt: skip


def anchor_headline(table: pd.DataFrame) -> str:
    """What the anchor chart shows, in a sentence: content links where there are any, else all."""
    rows = table[table["place"] == CONTENT]
    where = "content links"
    if rows.empty:
        rows, where = table, "links"
    total = int(rows["links"].sum())
    poor = int(rows.loc[rows["kind"].isin(POOR), "links"].sum())
    if poor == 0:
        return f"All {total:,} {where} have a text that can describe their target"
    return f"{percent(poor / total)} of {total:,} {where} {verb(poor, 'does')} not say where they lead"


def top_anchors_table(audit: Audit, *, top: int = 15) -> pd.DataFrame:
    """Anchor texts of content links: descriptive ones that lead to several pages first, then the most used.

    Returns
    -------
    DataFrame
        One row per normalised text: ``anchor`` (as written, shortened), ``kind``, ``label``, ``links``
        (occurrences), ``pages`` (linking pages, summed over targets), ``targets`` (distinct pages it leads to).
    """
    uses = audit.facts.anchor_uses
    grouped = (
        uses[uses["in_content"]]
        .groupby("normalised", sort=False)
        .agg(
            anchor=("anchor", "first"), kind=("kind", "first"), links=("links", "sum"),
            pages=("source_pages", "sum"), targets=("target_id", "nunique"),
        )
        .astype({"kind": "str"})
    )  # fmt: skip
    grouped["several"] = (grouped["targets"] > 1) & (grouped["kind"] == "descriptive")
    grouped["weight"] = grouped["targets"].where(grouped["several"], 0)
    rows = grouped.sort_values(
        ["several", "weight", "links", "anchor"], ascending=[False, False, False, True], kind="stable"
    )
    rows = rows.head(top).reset_index(drop=True)
    text = [shorten(anchor, 48) if anchor else "(no text)" for anchor in rows["anchor"]]
    return rows.assign(anchor=pd.Series(text, dtype="str"), label=rows["kind"].map(KINDS))[
        ["anchor", "kind", "label", "links", "pages", "targets"]
    ]


def top_anchors_chart(table: pd.DataFrame, *, ambiguous: int = 2, source: str = "") -> alt.Chart:
    """Bars: anchor texts of content links, with the number of pages each leads to."""
    if table.empty:
        return empty_chart(
            "No page links to another one in its content.",
            title="There is no anchor text to rank",
            notes=(source,),
        )
    shown = check_rows(table).copy()
    shown["note"] = [
        f"{links:,}  → {count(targets, 'page')}"
        for links, targets in zip(shown["links"], shown["targets"], strict=True)
    ]
    several = (shown["targets"] >= ambiguous) & (shown["kind"] == "descriptive")
    shown["label"] = shown["label"].where(~several, SEVERAL)
    # Texts that differ only after the cut, or hold markup, must stay separate bars: the row number keeps them apart.
    shown["row"] = range(len(shown))
    base = alt.Chart(shown).encode(
        y=alt.Y("row:O", title=None, axis=None),
        x=alt.X(
            "links:Q",
            title="Content links with this text",
            scale=count_scale(shown["links"].max(), room=0.16),
            axis=alt.Axis(values=count_ticks(shown["links"].max()), format=",d"),
        ),
    )
    bars = base.mark_bar(height=alt.RelativeBandSize(0.62)).encode(
        color=alt.Color("label:N", scale=palette(list(shown["label"]), _COLOURS)),
        tooltip=[alt.Tooltip("anchor:N", title="Anchor text"), alt.Tooltip("label:N", title="Kind"),
                 alt.Tooltip("links:Q", title="Links", format=","), alt.Tooltip("targets:Q", title="Pages it leads to", format=",")],
    )  # fmt: skip
    numbers = base.mark_text(align="left", dx=6, color=INK, fontSize=12).encode(text=alt.Text("note:N"))
    names = base.mark_text(align="right", color=INK, fontSize=12, limit=270).encode(
        x=alt.value(-8), text=alt.Text("anchor:N")
    )
    doubtful = int(several.sum())
    more = "at least " if doubtful == len(shown) else ""
    title = (
        f"{more.capitalize()}{count(doubtful, 'descriptive text')} {verb(doubtful, 'leads')} to {ambiguous} or more different pages"
        if doubtful
        else f"No descriptive text leads to {ambiguous} or more different pages"
    )
    chart = alt.layer(bars, numbers, names).properties(width=WIDTH - 200, height=ROW * len(shown))
    return finish(
        chart,
        title=title,
        notes=("Texts of content links: those for several pages first, then the most used; case and outer punctuation ignored.", source),
        description="; ".join(f"{anchor}: {note}" for anchor, note in zip(shown["anchor"], shown["note"], strict=True)),
    )  # fmt: skip
