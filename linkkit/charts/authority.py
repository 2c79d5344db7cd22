"""Charts of where authority ends: the ledger of the whole site, of each landing page, of each section."""

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from linkkit.audit import Audit
from linkkit.charts.theme import (
    BLUE,
    GREEN,
    GREY,
    INK,
    MUTED,
    ORANGE,
    PURPLE,
    ROW,
    SKY,
    VERMILLION,
    WIDTH,
    check_rows,
    empty_chart,
    finish,
    palette,
)
from linkkit.charts.words import count, distinct, short_url, units
from linkkit.folding import Leak
from linkkit.metrics.authority import LEAKS, MONEY, NON_INDEXABLE, OTHER, section_ledgers

ENDS = {
    MONEY: "■ money pages",
    OTHER: "● other indexable pages",
    NON_INDEXABLE: "○ pages outside the index",
    "lost": "× lost",
}
"""Where a unit of authority ends, in four groups; the sign tells them apart without colour."""
END_COLOURS = {ENDS[MONEY]: GREEN, ENDS[OTHER]: SKY, ENDS[NON_INDEXABLE]: GREY, ENDS["lost"]: VERMILLION}
CAUSES = {
    Leak.EXTERNAL: "links to other sites",
    Leak.NOFOLLOW: "nofollow links",
    Leak.BROKEN: "links to error pages",
    Leak.REDIRECT_LOOP: "redirect loops",
    Leak.BLOCKED: "links to pages that robots.txt blocks",
    Leak.OFF_SITE_CANONICAL: "canonicals that name another site",
    Leak.NOT_CRAWLED: "pages that nobody crawled",
    Leak.DEAD_END: "pages without any link",
}
"""Cause of a loss -> words that fit behind "lost through" or "lost to"."""
CAUSE_COLOURS = {
    Leak.EXTERNAL: ORANGE,
    Leak.NOFOLLOW: PURPLE,
    Leak.BROKEN: VERMILLION,
    Leak.REDIRECT_LOOP: BLUE,
    Leak.BLOCKED: MUTED,
    Leak.OFF_SITE_CANONICAL: SKY,
    Leak.NOT_CRAWLED: GREY,
    Leak.DEAD_END: INK,
}
TOP = 12


def ledger_table(audit: Audit) -> pd.DataFrame:
    """Where all authority that enters the site ends.

    Returns
    -------
    DataFrame
        One row per end that has a share, the money pages always first: ``outcome`` (of `LEDGER`), ``label``, ``end`` (of
        `ENDS`), ``share`` (0-1; NaN for the money pages where none are known), ``start`` and ``stop`` (0-1, of its
        bar in a waterfall). Causes of loss come last, the largest first.
    """
    ledger = audit.ledger
    known = bool(audit.authority.money.any()) or _lists_money(audit)
    lost = ledger[list(LEAKS)].sort_values(ascending=False, kind="stable")
    order = [MONEY, OTHER, NON_INDEXABLE, *lost.index]
    kept = [name for name in order if name == MONEY or ledger[name] > 0]
    share = ledger[kept].to_numpy()
    stop = np.cumsum(share)
    labels = {MONEY: "Money pages", OTHER: "Other indexable pages", NON_INDEXABLE: "Pages outside the index"}
    rows = pd.DataFrame(
        {
            "outcome": kept,
            "label": [labels.get(name) or f"Lost: {CAUSES[Leak(name)]}" for name in kept],
            "end": [ENDS.get(name, ENDS["lost"]) for name in kept],
            "share": share,
            "start": stop - share,
            "stop": stop,
        }
    )
    if not known:
        rows.loc[0, "share"] = np.nan
    return rows


def _lists_money(audit: Audit) -> bool:
    return bool(audit.metrics["is_money_page"].any())


def ledger_chart(table: pd.DataFrame, *, enters: str = "authority that backlinks bring", model: str = "", source: str = "") -> alt.Chart:  # fmt: skip
    """Waterfall: of every 100 units of authority, how many end where.

    Parameters
    ----------
    table : DataFrame
        `ledger_table`.
    enters : str
        `linkkit.charts.words.entry_words`.
    model : str
        `linkkit.charts.words.model_note`.
    """
    shown = check_rows(table).copy()
    is_unknown = bool(shown["share"].isna().any())
    shown = shown[shown["share"].notna()]
    if shown.empty or shown["share"].sum() <= 0:
        return empty_chart(
            "No authority enters the site: nothing lands on a live page.",
            title=ledger_headline(table, enters),
            notes=(model, source),
        )
    shown["units"] = shown["share"] * 100
    shown["note"] = [
        f"{units(share)} {end[0]}" for share, end in zip(shown["share"], shown["end"], strict=True)
    ]
    whole = pd.DataFrame([{"label": "Everything that enters", "start": 0.0, "stop": 1.0, "note": "100"}])
    order = ["Everything that enters", *shown["label"]]
    for name in ("start", "stop"):
        shown[name] *= 100
        whole[name] *= 100
    # The eye follows each bar's end down to where the next one begins.
    steps = pd.DataFrame(
        {"label": shown["label"], "below": [*shown["label"].iloc[1:], None], "at": shown["stop"]}
    )
    # Dicts, not alt.Axis and alt.Scale: each layer copies them, an Axis with all its 80 settings.
    scale = {"domain": [0, 109], "nice": False}
    y = alt.Y("label:N", sort=order, title=None, axis={"domain": False, "tickSize": 0, "labelPadding": 8})
    x = alt.X("start:Q", title="Units of authority, of 100 that enter", scale=scale, axis={"values": list(range(0, 101, 20))})  # fmt: skip
    height = alt.RelativeBandSize(0.62)
    all_of_it = alt.Chart(whole).mark_bar(height=height, color=INK).encode(y=y, x=x, x2=alt.X2("stop:Q"))
    bars = (
        alt.Chart(shown)
        .mark_bar(height=height)
        .encode(
            y=y, x=x, x2=alt.X2("stop:Q"),
            color=alt.Color("end:N", scale=palette(list(shown["end"]), END_COLOURS)),
            tooltip=[alt.Tooltip("label:N", title="Ends at"), alt.Tooltip("units:Q", title="Units of 100", format=".2f")],
        )
    )  # fmt: skip
    lines = (
        alt.Chart(steps[steps["below"].notna()])
        .mark_rule(color=GREY, strokeDash=[2, 2])
        .encode(x=alt.X("at:Q", scale=scale), y=alt.Y("label:N", sort=order), y2=alt.Y2("below:N"))
    )
    numbers = (
        alt.Chart(pd.concat([whole, shown]))
        .mark_text(align="left", dx=6, color=INK, fontSize=12)
        .encode(y=y, x=alt.X("stop:Q", scale=scale), text=alt.Text("note:N"))
    )
    unknown = "No money pages are known: list them, or what is earned cannot be told." if is_unknown else ""
    return finish(
        alt.layer(lines, all_of_it, bars, numbers, width=WIDTH - 230, height=ROW * len(order)),
        title=ledger_headline(table, enters),
        notes=(unknown, "Settled: what each page keeps of what arrives. Lost: what is passed to no live page of the site.", model, source),
        description="; ".join(f"{label}: {units(share)} of 100" for label, share in zip(shown["label"], shown["share"], strict=True)),
    )  # fmt: skip


def ledger_headline(table: pd.DataFrame, enters: str) -> str:
    """What the ledger says, in a sentence."""
    shares = table.set_index("outcome")["share"]
    lost = shares[[name for name in shares.index if name in LEAKS]]
    settled = float(shares.reindex([OTHER, NON_INDEXABLE]).fillna(0).sum())
    if shares.isna().any():
        rest, gone = units(settled), units(float(lost.sum()))
        return f"Of every 100 units of {enters}, {rest} settle on pages, {gone} are lost; which pages earn money is not known"
    money, rest, gone = units(float(shares[MONEY])), units(settled), units(float(lost.sum()))
    return (
        f"Of every 100 units of {enters}, {money} {_reach(money)} money pages, {rest} settle elsewhere, {gone} "
        + ("is lost" if gone == "1" else "are lost")
    )


def _reach(number: str) -> str:
    return "reaches" if number == "1" else "reach"


def landing_table(audit: Audit, *, top: int = TOP) -> pd.DataFrame:
    """The pages that most authority lands on, and where it ends.

    Returns
    -------
    DataFrame
        One row per page, the largest entry first: ``page_id``, ``url``, ``entry_share`` (0-1 of all authority that lands
        there), ``referring_domains`` (NaN where authority enters for want of backlinks), then the shares of `LEDGER`, together 1;
        ``money_pages`` is NaN where none are known. URLs that lead to no live page are in it: all of theirs is lost.
    """
    authority = audit.authority
    landed = authority.entry.shares + authority.entry.lost
    pages = np.lexsort((np.arange(len(landed)), -landed))[:top]
    pages = pages[landed[pages] > 0]
    domains = authority.entry.domains[pages].astype(np.float64)
    if authority.entry.basis == "start page":
        domains = np.full(len(pages), np.nan)
    ledgers = authority.landing_ledgers.iloc[pages].reset_index(drop=True)
    if not _lists_money(audit):
        ledgers[MONEY] = np.nan
    about = pd.DataFrame(
        {
            "page_id": pages,
            "url": audit.site.pages["url"].to_numpy()[pages],
            "entry_share": landed[pages],
            "referring_domains": domains,
        }
    )
    return pd.concat([about, ledgers], axis=1)


def landing_chart(table: pd.DataFrame, *, basis: str = "referring domains", model: str = "", source: str = "") -> alt.Chart:  # fmt: skip
    """Stacked bars: of what lands on each page, which part ends where.

    Parameters
    ----------
    table : DataFrame
        `landing_table`.
    basis : str
        What the numbers behind the addresses count (``audit.authority.entry.basis``).
    """
    if table.empty:
        return empty_chart("No authority enters the site.", title="There is no landing page to look at", notes=(model, source))  # fmt: skip
    labels = [
        short_url(url, 34) + ("" if np.isnan(domains) else f" · {domains:,.0f}")
        for url, domains in zip(table["url"], table["referring_domains"], strict=True)
    ]
    counted = f"Behind each address its {basis}. " if table["referring_domains"].notna().any() else ""
    return _stacked(
        table,
        distinct(labels),
        title=_landing_headline(table),
        notes=(
            f"{counted}The {count(len(table), 'page')} that most authority lands on."
            if len(table) > 1
            else counted,
            model,
            source,
        ),
    )


def _landing_headline(table: pd.DataFrame) -> str:
    if len(table) == 1 and table["referring_domains"].isna().all():
        return f"No backlinks are known; taking the start page: {_most_of(table.iloc[0])}"
    known = table[MONEY].notna().any()
    if not known:
        worst, _ = _extremes(table, table[list(LEAKS)].sum(axis=1))
        return (
            f"{short_url(str(worst['url']), 40)} loses most of what lands on it: "
            f"{units(worst[list(LEAKS)].sum())} of 100 units; no money pages are known"
        )
    best, worst = _extremes(table, table[MONEY])
    if len(table) == 1:
        return f"Of 100 units that land on {short_url(str(best['url']), 40)}, {units(best[MONEY])} reach money pages"
    return (
        f"A backlink to {short_url(str(best['url']), 40)} brings {units(best[MONEY])} of 100 units to money pages, "
        f"one to {short_url(str(worst['url']), 40)} only {units(worst[MONEY])}"
    )


def _most_of(row: pd.Series) -> str:
    if np.isnan(row[MONEY]):
        return f"{units(row[list(LEAKS)].sum())} of 100 units are lost; no money pages are known"
    return f"{units(row[MONEY])} of 100 units reach money pages"


def section_ledgers_table(audit: Audit, *, top: int = TOP) -> pd.DataFrame:
    """Where authority ends that lands in each section: those with most entry, then the largest without any.

    Returns
    -------
    DataFrame
        `linkkit.metrics.authority.section_ledgers` with ``pages`` (indexable, standing for themselves); ``money_pages`` is
        NaN where none are known. At least a third of the rows are kept for sections without backlinks.
    """
    sections = audit.metrics["section"]
    standing = audit.graph.indexable & audit.graph.stands
    pages = sections[standing].astype(str).value_counts()
    rows = section_ledgers(audit.authority, sections)
    rows["pages"] = rows["section"].map(pages).fillna(0).astype("int64")
    if not _lists_money(audit):
        rows[MONEY] = np.nan
    entered = rows[~rows["is_assumed"]].sort_values(["entry_share", "section"], ascending=[False, True])
    rest = rows[rows["is_assumed"] & (rows["pages"] > 0)].sort_values(
        ["pages", "section"], ascending=[False, True]
    )
    room = max(top - len(rest), top - top // 3)
    kept = entered.head(room)
    return pd.concat([kept, rest.head(top - len(kept))], ignore_index=True)


def section_ledgers_chart(table: pd.DataFrame, *, model: str = "", source: str = "") -> alt.Chart:
    """Stacked bars: of what lands in each section, which part ends where; sections without backlinks are marked."""
    if table.empty:
        return empty_chart("No section holds a page that could take a backlink.", title="There is no section to compare", notes=(model, source))  # fmt: skip
    labels = [
        f"{name} · no backlinks°" if assumed else f"{name} · {units(share)} of 100 land here"
        for name, share, assumed in zip(
            table["section"], table["entry_share"], table["is_assumed"], strict=True
        )
    ]
    note = (
        "° No backlink lands there: what a backlink to its average page would bring."
        if table["is_assumed"].any()
        else ""
    )
    return _stacked(
        table, distinct(labels), title=_section_headline(table), notes=(note, model, source),
        faint=list(table["is_assumed"]),
    )  # fmt: skip


def _section_headline(table: pd.DataFrame) -> str:
    if table[MONEY].isna().all():
        worst, _ = _extremes(table, table[list(LEAKS)].sum(axis=1))
        return f"Section {worst['section']} loses most: {units(worst[list(LEAKS)].sum())} of 100 units; no money pages are known"
    landed = table[~table["is_assumed"]]
    rows = landed if len(landed) else table
    best, worst = _extremes(rows, rows[MONEY])
    first = f"Of 100 units that land in {best['section']}, {units(best[MONEY])} reach money pages"
    return first if len(rows) == 1 else f"{first}; of 100 in {worst['section']}, {units(worst[MONEY])}"


def _extremes(table: pd.DataFrame, values: pd.Series) -> tuple[pd.Series, pd.Series]:
    """The rows of the largest and of the smallest value, the first of several."""
    ordered = values.to_numpy(dtype=float)
    return table.iloc[int(ordered.argmax())], table.iloc[int(ordered.argmin())]


def _stacked(
    table: pd.DataFrame,
    labels: Sequence[str],
    *,
    title: str,
    notes: Sequence[str],
    faint: Sequence[bool] = (),
) -> alt.Chart:
    """Bars of 100 units, split into the four ends."""
    lost = table[list(LEAKS)].sum(axis=1)
    ends = {
        MONEY: table[MONEY].fillna(0.0),
        OTHER: table[OTHER],
        NON_INDEXABLE: table[NON_INDEXABLE],
        "lost": lost,
    }
    rows = []
    for place, label in enumerate(labels):
        at = 0.0
        for name, shares in ends.items():
            share = float(shares.iloc[place])
            if share > 0:
                rows.append((label, ENDS[name], share, at, at + share, bool(faint and faint[place])))
            at += share
    shown = pd.DataFrame(rows, columns=["label", "end", "share", "start", "stop", "faint"])
    shown["units"] = shown["share"] * 100
    shown["middle"] = (shown["start"] + shown["stop"]) * 50
    shown["start"], shown["stop"] = shown["start"] * 100, shown["stop"] * 100
    # Narrow parts have room for the number alone, the narrowest for none.
    shown["note"] = [
        f"{units(share)} {end[0]}" if share >= 0.08 else units(share) if share >= 0.05 else ""
        for share, end in zip(shown["share"], shown["end"], strict=True)
    ]
    order = list(labels)
    y = alt.Y("label:N", sort=order, title=None, axis=alt.Axis(domain=False, tickSize=0, labelPadding=8))
    scale = alt.Scale(domain=[0, 100], nice=False)
    bars = (
        alt.Chart(check_rows(shown))
        .mark_bar(height=alt.RelativeBandSize(0.72), stroke="white", strokeWidth=1)
        .encode(
            y=y,
            x=alt.X("start:Q", title="Units, of 100 that land there", scale=scale, axis=alt.Axis(values=list(range(0, 101, 20)))),
            x2=alt.X2("stop:Q"),
            color=alt.Color("end:N", scale=palette(list(shown["end"]), END_COLOURS)),
            opacity=alt.condition("datum.faint", alt.value(0.55), alt.value(1)),
            tooltip=[alt.Tooltip("label:N", title="Lands on"), alt.Tooltip("end:N", title="Ends at"), alt.Tooltip("units:Q", title="Units of 100", format=".1f")],
        )
    )  # fmt: skip
    numbers = (
        alt.Chart(shown)
        .mark_text(fontSize=11, color=INK)
        .encode(y=y, x=alt.X("middle:Q", scale=scale), text=alt.Text("note:N"))
    )
    return finish(
        alt.layer(bars, numbers).properties(width=WIDTH - 190, height=ROW * len(order)),
        title=title,
        notes=notes,
        description="; ".join(f"{label}, {end}: {units(share)} of 100" for label, end, share in zip(shown["label"], shown["end"], shown["share"], strict=True)),
    )  # fmt: skip
