"""Charts of single pages in the flow of authority: where it stalls, where it leaks, where a backlink would bring most."""

from typing import Any, cast

import altair as alt
import numpy as np
import pandas as pd

from linkkit.audit import Audit
from linkkit.charts.authority import CAUSE_COLOURS, CAUSES
from linkkit.charts.theme import (
    BLUE,
    GREEN,
    GREY,
    INK,
    PALE,
    SKY,
    WIDTH,
    check_rows,
    empty_chart,
    finish,
    palette,
)
from linkkit.charts.words import count, distinct, short_url, units, verb
from linkkit.folding import Leak
from linkkit.metrics.authority import LEAKS

TOP = 12
EACH = 8
_ROW = 24
_LETTERS = 40
BEST, WORST = "Best pages that are no money pages", "Worst pages"
_MONEY, _LINKED, _FREE = "■ money pages", "● other pages with backlinks", "○ other pages without backlinks"
KINDS = (_MONEY, _LINKED, _FREE)
_KIND_COLOURS = {_MONEY: GREEN, _LINKED: BLUE, _FREE: GREY}
BIN = 0.01
"""Width of a histogram's bin; twice that where yields spread widely."""
_HALF = 230


def stalls_table(audit: Audit, *, top: int = TOP) -> pd.DataFrame:
    """Pages where most authority settles that earn no money.

    Returns
    -------
    DataFrame
        One row per page, the most first: ``page_id``, ``url``, ``authority`` (share 0-1 of all that enters), ``to_money_share``
        (0-1: of what the page hands on, what settles on money pages in the end; NaN where none are known),
        ``referring_domains`` (NaN where none), ``is_indexable``. Without any money page every page counts.
    """
    authority, metrics = audit.authority, audit.metrics
    settled = np.where(authority.money, 0.0, authority.settled)
    pages = np.lexsort((np.arange(len(settled)), -settled))[:top]
    pages = pages[settled[pages] > 0]
    onward = authority.landing_yield[pages] / authority.flow.damping
    if not metrics["is_money_page"].any():
        onward = np.full(len(pages), np.nan)
    return pd.DataFrame(
        {
            "page_id": pages,
            "url": audit.site.pages["url"].to_numpy()[pages],
            "authority": settled[pages],
            "to_money_share": np.nan_to_num(onward) if metrics["is_money_page"].any() else onward,
            "referring_domains": metrics["referring_domains"].to_numpy(dtype=float)[pages],
            "is_indexable": audit.graph.indexable[pages],
        }
    )


def stalls_chart(table: pd.DataFrame, *, enters: str = "authority that backlinks bring", model: str = "", source: str = "") -> alt.Chart:  # fmt: skip
    """Bars: pages that earn nothing and keep most, with what they hand on to money pages."""
    if table.empty:
        return empty_chart(
            "Nothing settles on a page that is no money page.", title="Authority stalls nowhere", notes=(model, source)
        )  # fmt: skip
    shown = check_rows(table).copy()
    shown["label"] = distinct([short_url(url, _LETTERS) for url in shown["url"]])
    shown["units"] = shown["authority"] * 100
    shown["note"] = [
        units(share) + ("" if np.isnan(onward) else f"  → {units(onward)} %")
        for share, onward in zip(shown["authority"], shown["to_money_share"], strict=True)
    ]
    known = shown["to_money_share"].notna().all()
    total = float(shown["authority"].sum())
    first = shown.iloc[0]
    title = f"{count(len(shown), 'page')} that {verb(len(shown), 'earns')} no money {verb(len(shown), 'keeps')} {units(total)} of every 100 units; {first['label']} most, {units(first['authority'])}"  # fmt: skip
    if not known:
        title = f"{first['label']} keeps most of all pages, {units(first['authority'])} of every 100 units; no money pages are known"
    base = _bars_base(shown, "units", f"Units that settle there, of 100 units of {enters}")
    bars = base.mark_bar(height=alt.RelativeBandSize(0.62), color=SKY).encode(
        tooltip=[alt.Tooltip("label:N", title="Page"), alt.Tooltip("units:Q", title="Units of 100", format=".2f"),
                 alt.Tooltip("to_money_share:Q", title="Of what it hands on, to money pages", format=".1%"),
                 alt.Tooltip("referring_domains:Q", title="Referring domains", format=",d")],
    )  # fmt: skip
    numbers = base.mark_text(align="left", dx=6, color=INK, fontSize=12).encode(text=alt.Text("note:N"))
    reads = (
        "Behind the arrow: of what the page hands on, the part that settles on money pages in the end."
        if known
        else ""
    )
    return finish(
        alt.layer(bars, numbers).properties(width=WIDTH - 230, height=_ROW * len(shown)),
        title=title,
        notes=(reads, model, source),
        description="; ".join(f"{label}: {note}" for label, note in zip(shown["label"], shown["note"], strict=True)),
    )  # fmt: skip


def leaks_table(audit: Audit, *, top: int = TOP) -> pd.DataFrame:
    """Pages that lose most authority, by cause.

    Returns
    -------
    DataFrame
        One row per page and cause, pages with most first, their causes largest first: ``page_id``, ``url``, ``cause``
        (`linkkit.folding.Leak`), ``share`` (0-1 of all that enters), ``total`` (of the page), ``is_landing`` (it is lost as it
        lands: backlinks to a URL that leads to no live page).
    """
    authority = audit.authority
    lost = authority.lost
    total = lost.sum(axis=1)
    pages = np.lexsort((np.arange(len(total)), -total))[:top]
    nowhere = authority.entry.lost > 0
    rows = [
        (int(page), str(audit.site.pages["url"][page]), LEAKS[cause], lost[page, cause], total[page], bool(nowhere[page]))
        for page in pages
        for cause in np.argsort(-lost[page], kind="stable")
        if lost[page, cause] > 0
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["page_id", "url", "cause", "share", "total", "is_landing"])


def leaks_chart(table: pd.DataFrame, *, enters: str = "authority that backlinks bring", model: str = "", source: str = "") -> alt.Chart:  # fmt: skip
    """Stacked bars: pages that lose most, by cause; the main cause stands behind each bar."""
    if table.empty:
        return empty_chart(
            "Every link leads to a live page of the site.",
            title="No authority is lost",
            notes=(model, source),
        )
    shown = check_rows(table).copy()
    pages = shown.drop_duplicates("page_id").copy()
    names = distinct([short_url(url, _LETTERS) for url in pages["url"]])
    pages["label"] = names
    shown["label"] = shown["page_id"].map(dict(zip(pages["page_id"], names, strict=True)))
    shown["words"] = shown["cause"].map({str(cause): words for cause, words in CAUSES.items()})
    shown["units"] = shown["share"] * 100
    pages["units"] = pages["total"] * 100
    main = shown.drop_duplicates("page_id").set_index("page_id")
    pages["note"] = [
        f"{units(total)}  {'backlinks land on it: ' if landing else ''}{main.loc[page, 'words']}"
        for page, total, landing in zip(pages["page_id"], pages["total"], pages["is_landing"], strict=True)
    ]
    colours = {words: CAUSE_COLOURS[cause] for cause, words in CAUSES.items()}
    x = _amount(pages["units"].max(), f"Units lost there, of 100 units of {enters}", room=0.5)
    y = alt.Y("label:N", sort=names, title=None, axis=alt.Axis(domain=False, tickSize=0, labelPadding=8))
    bars = (
        alt.Chart(shown)
        .mark_bar(height=alt.RelativeBandSize(0.62), stroke="white", strokeWidth=0.5)
        .encode(
            y=y, x=alt.X("units:Q", stack="zero", **x), order=alt.Order("units:Q", sort="descending"),
            color=alt.Color("words:N", scale=palette(list(shown["words"]), colours), legend=alt.Legend(columns=2)),
            tooltip=[alt.Tooltip("label:N", title="Page"), alt.Tooltip("words:N", title="Lost through"), alt.Tooltip("units:Q", title="Units of 100", format=".2f")],
        )
    )  # fmt: skip
    numbers = (
        alt.Chart(pages)
        .mark_text(align="left", dx=6, color=INK, fontSize=12)
        .encode(y=y, x=alt.X("units:Q", **x), text=alt.Text("note:N"))
    )
    first = pages.iloc[0]
    title = f"{first['label']} loses most, {units(first['total'])} of every 100 units, {_through(str(main.iloc[0]['cause']))} above all"
    return finish(
        alt.layer(bars, numbers).properties(width=WIDTH - 230, height=_ROW * len(pages)),
        title=title,
        notes=(f"The {count(len(pages), 'page')} that {verb(len(pages), 'loses')} most; behind each bar its main cause.", model, source),
        description="; ".join(f"{label}, {words}: {units(share)}" for label, words, share in zip(shown["label"], shown["words"], shown["share"], strict=True)),
    )  # fmt: skip


def _through(cause: str) -> str:
    words = CAUSES[Leak(cause)]
    return "for want of links" if cause == Leak.DEAD_END else f"through {words}"


def landing_yield_table(audit: Audit, *, each: int = EACH) -> pd.DataFrame:
    """Indexable pages by what a backlink to them would bring to money pages.

    Returns
    -------
    DataFrame
        One row per page, best first within each group: ``group`` (`BEST` and `WORST` of the pages that are no money pages;
        ``all``: bins of a histogram), ``page_id``, ``url``, ``landing_yield`` (share 0-1; of a bin its lower end),
        ``referring_domains`` (0 where none), ``kind`` (of `KINDS`), ``pages`` (1; of a bin its pages). Of pages that yield alike
        the one with more referring domains comes first. Empty where no money pages are known.
    """
    authority, metrics = audit.authority, audit.metrics
    columns = ["group", "page_id", "url", "landing_yield", "referring_domains", "kind", "pages"]
    pages = np.flatnonzero(audit.graph.indexable & audit.graph.stands)
    if not authority.money.any() or not len(pages):
        return pd.DataFrame({name: pd.Series(dtype="object") for name in columns})
    domains = metrics["referring_domains"].fillna(0.0).to_numpy(dtype=float)[pages]
    rows = pd.DataFrame(
        {
            "page_id": pages,
            "url": audit.site.pages["url"].to_numpy()[pages],
            "landing_yield": authority.landing_yield[pages],
            "referring_domains": domains,
            "kind": np.where(authority.money[pages], _MONEY, np.where(domains > 0, _LINKED, _FREE)),
            "pages": 1,
        }
    )
    others = rows[rows["kind"] != _MONEY]
    keys = ["landing_yield", "referring_domains", "page_id"]
    best = others.sort_values(keys, ascending=[False, False, True]).head(min(each, (len(others) + 1) // 2))
    left = others[~others["page_id"].isin(best["page_id"])]
    worst = left.sort_values(keys, ascending=[True, False, True]).head(each).iloc[::-1]
    step = BIN if rows["landing_yield"].max() <= 40 * BIN else 2 * BIN
    lower = (rows["landing_yield"] / step + 1e-9).astype(int) * step
    spread = rows.groupby([lower.rename("landing_yield"), rows["kind"]])["pages"].sum().reset_index()
    spread = spread.assign(group="all", page_id=-1, url="", referring_domains=0.0)
    return pd.concat([best.assign(group=BEST), worst.assign(group=WORST), spread], ignore_index=True)[columns]


def landing_yield_chart(table: pd.DataFrame, *, model: str = "", source: str = "") -> alt.Chart:
    """Dots: landing yield of the best and worst pages, with the referring domains they have; above them all pages."""
    if table.empty:
        return empty_chart(
            "List the pages that earn money (money_pages.txt): landing yield is what reaches them.",
            title="Which page a backlink should point to cannot be said: no money pages are known",
            notes=(model, source),
        )
    spread = check_rows(table[table["group"] == "all"]).copy()
    spread["units"] = spread["landing_yield"].astype(float) * 100
    step = 100 * (BIN if spread["units"].max() <= 4000 * BIN else 2 * BIN)
    spread["stop"] = spread["units"] + step
    end = max(float(spread["stop"].max()), 1.0)
    colours = alt.Color("kind:N", scale=palette(KINDS, _KIND_COLOURS), legend=alt.Legend(columns=3))
    panels = [
        _yield_dots(rows, group, end)
        for group in (BEST, WORST)
        if len(rows := table[table["group"] == group])
    ]
    width = 2 * _HALF + 230 if len(panels) == 2 else _HALF
    histogram = (
        alt.Chart(spread)
        .mark_bar(stroke="white", strokeWidth=0.5)
        .encode(
            x=alt.X("units:Q", bin="binned", title="Landing yield: units of 100 that settle on money pages", scale=alt.Scale(domain=[0, end], nice=False), axis=alt.Axis(grid=False, tickCount=10, format="~f")),
            x2=alt.X2("stop:Q"),
            y=alt.Y("pages:Q", title="Pages", axis=alt.Axis(tickCount=3, format="d")),
            color=colours,
            tooltip=[alt.Tooltip("kind:N", title="Pages"), alt.Tooltip("units:Q", title="Yield from", format="~f"), alt.Tooltip("pages:Q", title="Number", format=",")],
        )
        .properties(width=width, height=80, title=_heading(f"All {count(int(spread['pages'].sum()), 'indexable page')}"))
    )  # fmt: skip
    money = spread[spread["kind"] == _MONEY]
    themselves = f"Money pages themselves: {money['units'].min():g} to {money['stop'].max():g}. "
    return finish(
        alt.vconcat(histogram, alt.hconcat(*panels, spacing=20), spacing=16),
        title=yield_headline(table),
        notes=(f"Landing yield: units that settle on money pages, of 100 that land on a page. {themselves}In parentheses: referring domains today.", model, source),
        description="; ".join(f"{short_url(url, 60)}: {units(share)} of 100" for url, share in zip(table["url"], table["landing_yield"], strict=True) if url),
    )  # fmt: skip


def yield_headline(table: pd.DataFrame) -> str:
    """The best and the worst page for a backlink, in a sentence."""
    best, worst = table[table["group"] == BEST], table[table["group"] == WORST]
    if best.empty:
        return "Every indexable page is a money page: a backlink to any of them lands right"
    first = best.iloc[0]
    title = f"Beside money pages themselves, {short_url(first['url'], 34)} lands best: {units(first['landing_yield'])} of 100 units reach money pages"
    if worst.empty:
        return title
    last = worst.iloc[-1]
    return f"{title}; {short_url(last['url'], 34)} worst, {units(last['landing_yield'])}"


def _yield_dots(rows: pd.DataFrame, group: str, end: float) -> alt.LayerChart:
    shown = rows.copy()
    shown["label"] = distinct([short_url(url, 30) for url in shown["url"]])
    shown["units"] = shown["landing_yield"].astype(float) * 100
    shown["note"] = [
        f"{units(share)} ({domains:,.0f})"
        for share, domains in zip(shown["landing_yield"], shown["referring_domains"], strict=True)
    ]
    y = alt.Y(
        "label:N",
        sort=list(shown["label"]),
        title=None,
        axis=alt.Axis(domain=False, tickSize=0, labelPadding=8),
    )
    x = alt.X("units:Q", title="Landing yield", scale=alt.Scale(domain=[0, end * 1.15], nice=False), axis=alt.Axis(tickCount=4, format="~f"))  # fmt: skip
    base = alt.Chart(shown).encode(y=y, x=x)
    stems = base.mark_rule(color=PALE, strokeWidth=3).encode(x2=alt.X2Datum(0))
    dots = base.mark_point(filled=True, size=110, opacity=1).encode(
        color=alt.Color("kind:N", scale=palette(KINDS, _KIND_COLOURS)),
        tooltip=[alt.Tooltip("label:N", title="Page"), alt.Tooltip("units:Q", title="Landing yield", format=".2f"), alt.Tooltip("referring_domains:Q", title="Referring domains", format=",d")],
    )  # fmt: skip
    numbers = base.mark_text(align="left", dx=9, color=INK, fontSize=12).encode(text=alt.Text("note:N"))
    layered = cast(alt.LayerChart, alt.layer(stems, dots, numbers))
    return layered.properties(width=_HALF, height=_ROW * len(shown), title=_heading(group))


def _heading(text: str) -> alt.TitleParams:
    return alt.TitleParams(text, fontSize=13, offset=4, anchor="start", frame="group")


def _bars_base(shown: pd.DataFrame, column: str, title: str) -> alt.Chart:
    y = alt.Y(
        "label:N",
        sort=list(shown["label"]),
        title=None,
        axis=alt.Axis(domain=False, tickSize=0, labelPadding=8),
    )
    return alt.Chart(shown).encode(y=y, x=alt.X(f"{column}:Q", **_amount(shown[column].max(), title)))


def _amount(largest: float, title: str, *, room: float = 0.25) -> dict[str, Any]:
    scale = alt.Scale(domain=[0, max(float(largest), 1e-9) * (1 + room)], nice=False)
    return {"title": title, "scale": scale, "axis": alt.Axis(tickCount=5, format="~f")}
