"""Charts of discovery: where pages are known from, and whether links lead to them."""

from collections.abc import Mapping
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from linkkit.audit import Audit
from linkkit.charts.theme import (
    BLUE,
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
from linkkit.charts.words import capitalised, count, every, percent, verb
from linkkit.schema import FoundIn, Indexability, OrphanState

STATE_NAMES = {
    OrphanState.ORPHAN: "Orphan: no other page links to it",
    OrphanState.ISLAND: "Island: linked, but only from unreachable pages",
    OrphanState.NOFOLLOW_ONLY: "All links to it are nofollow",
    OrphanState.NON_INDEXABLE_SOURCES_ONLY: "Linked only from pages outside the index",
    OrphanState.CHROME_ONLY: "Linked only from menus, footers, sidebars",
    OrphanState.INCONCLUSIVE: "Cannot be judged: the data is incomplete",
}
_WASTED = {"clicks": "clicks", "sessions": "sessions", "referring_domains": "ref. domains"}
_STATE_COLOURS = {
    OrphanState.ORPHAN: VERMILLION,
    OrphanState.ISLAND: VERMILLION,
    OrphanState.NOFOLLOW_ONLY: VERMILLION,
    OrphanState.NON_INDEXABLE_SOURCES_ONLY: ORANGE,
    OrphanState.CHROME_ONLY: SKY,
    OrphanState.INCONCLUSIVE: GREY,
}
SOURCES = {
    FoundIn.SITEMAP: "Sitemap",
    FoundIn.SEARCH_CONSOLE: "Search Console",
    FoundIn.ANALYTICS: "Analytics",
    FoundIn.BACKLINKS: "Backlinks",
    FoundIn.LOGS: "Server logs",
    FoundIn.LIST: "Lists (money pages)",
}
REACHED, NOT_REACHED = "can be reached by clicking", "no followed path of clicks"
OUTSIDE, UNSEEN = "cannot stand in an index", "was not crawled"
UNSURE = "not reached by a crawl that is incomplete"
_REACH = {REACHED: BLUE, NOT_REACHED: VERMILLION, UNSURE: SKY, OUTSIDE: GREY, UNSEEN: PURPLE}
_SHORT = {
    REACHED: "reached",
    NOT_REACHED: "no path",
    UNSURE: "not reached",
    OUTSIDE: "not indexable",
    UNSEEN: "not crawled",
}
_INDEXABILITY = {
    Indexability.INDEXABLE: "Indexable",
    Indexability.REDIRECT: "Redirect",
    Indexability.CANONICALISED: "Canonical names another page",
    Indexability.NOINDEX: "noindex",
    Indexability.BLOCKED_BY_ROBOTS: "Blocked by robots.txt",
    Indexability.CLIENT_ERROR: "Not found (4xx)",
    Indexability.SERVER_ERROR: "Server error (5xx)",
    Indexability.NO_RESPONSE: "No answer",
    Indexability.NOT_HTML: "Not an HTML page",
    Indexability.NOT_CRAWLED: "Not crawled",
}


def orphan_states_table(audit: Audit) -> pd.DataFrame:
    """Pages that hang badly on the site's links.

    Returns
    -------
    DataFrame
        One row per state that is not *linked*: ``state`` (`OrphanState`), ``label``, ``pages``, ``with_signals`` (those
        with clicks, sessions or referring domains, or a money page), ``clicks``, ``sessions``, ``referring_domains`` (sums over
        these pages: what is wasted there), ``of`` (pages on which
        something could be said, all states together).
    """
    metrics = audit.metrics
    judged = metrics[metrics["orphan_state"] != OrphanState.NOT_INDEXABLE]
    earns = judged["is_money_page"] | (judged[["clicks", "sessions", "referring_domains"]].fillna(0) > 0).any(
        axis=1
    )
    told = int((judged["orphan_state"] != OrphanState.INCONCLUSIVE).sum())
    rows = []
    for state, label in STATE_NAMES.items():
        member = judged["orphan_state"] == state
        wasted = judged.loc[member, list(_WASTED)].sum()
        rows.append((str(state), label, int(member.sum()), int((member & earns).sum()), *wasted, told))
    return pd.DataFrame(rows, columns=["state", "label", "pages", "with_signals", *_WASTED, "of"])


def orphan_states_chart(table: pd.DataFrame, *, source: str = "") -> alt.Chart:
    """Bars: pages in each orphan state, and how many of them earn something."""
    total = int(table["of"].max()) if len(table) else 0
    shown = check_rows(table[table["pages"] > 0]).copy()
    if shown.empty:
        title = (
            "Every page can be reached and is linked from content" if total else "There is no page to judge"
        )
        return empty_chart(
            f"{count(total, 'page')} judged, none in a bad state.", title=title, notes=(source,)
        )
    shown["note"] = [_wasted_words(row) for row in shown.to_dict("records")]
    order = list(shown["label"])
    wasteful = bool(shown["note"].str.contains("(", regex=False).any())
    brackets = (
        " In brackets: search clicks, sessions and referring domains of these pages." if wasteful else ""
    )
    base = alt.Chart(shown).encode(
        y=alt.Y("label:N", sort=order, title=None, axis=alt.Axis(domain=False, tickSize=0, labelPadding=8)),
        x=alt.X(
            "pages:Q",
            title="Pages",
            scale=count_scale(shown["pages"].max(), room=1.3 if wasteful else 0.2),
            axis=alt.Axis(values=count_ticks(shown["pages"].max()), format=",d"),
        ),
    )
    bars = base.mark_bar(height=alt.RelativeBandSize(0.62)).encode(
        color=alt.Color("state:N", scale=palette(list(shown["state"]), {str(k): v for k, v in _STATE_COLOURS.items()}), legend=None),
        tooltip=[alt.Tooltip("label:N", title="State"), alt.Tooltip("pages:Q", title="Pages", format=","),
                 alt.Tooltip("with_signals:Q", title="With clicks, sessions, backlinks, or money pages", format=",")],
    )  # fmt: skip
    numbers = base.mark_text(align="left", dx=6, color=INK, fontSize=12).encode(text=alt.Text("note:N"))
    return finish(
        alt.layer(bars, numbers).properties(width=WIDTH - 240, height=ROW * len(shown)),
        title=orphan_headline(table),
        notes=(f"n = {count(total, 'indexable page')}.{brackets}", source),
        description="; ".join(
            f"{label}: {note}" for label, note in zip(shown["label"], shown["note"], strict=True)
        ),
    )


def _wasted_words(row: Mapping[Any, Any]) -> str:
    earned = [f"{row[name]:,.0f} {words}" for name, words in _WASTED.items() if row[name] > 0]
    return f"{row['pages']:,}" + (f"  ({', '.join(earned)})" if earned else "")


def orphan_headline(table: pd.DataFrame) -> str:
    """What the orphan chart shows, in a sentence."""
    pages = dict(zip(table["state"], table["pages"], strict=True))
    lost = sum(
        pages.get(state, 0) for state in (OrphanState.ORPHAN, OrphanState.ISLAND, OrphanState.NOFOLLOW_ONLY)
    )
    total = int(table["of"].max()) if len(table) else 0
    unsure = int(pages.get(OrphanState.INCONCLUSIVE, 0))
    if unsure and not lost:
        return f"{count(unsure, 'page')} cannot be judged: a missing link may only be a missing page of the crawl"
    if lost == 0:
        return (
            f"{capitalised(every(total, 'indexable page'))} can be reached by following links"
            if total
            else "No page to judge"
        )
    more = f"; {unsure:,} more cannot be judged" if unsure else ""
    return f"{lost:,} of {count(total, 'indexable page')} cannot be reached by following links{more}"


def found_in_table(audit: Audit) -> pd.DataFrame:
    """URLs by the source they are known from, and whether clicking leads to them.

    Returns
    -------
    DataFrame
        One row per source and state: ``source``, ``state`` (reachable, not reachable or, with an incomplete crawl, not reached
        yet, cannot be indexed, not crawled),
        ``pages``. A URL that several sources name is counted for each. A URL that folds into a page counts by that page.
    """
    pages, metrics = audit.site.pages, audit.metrics
    fold = np.where(audit.graph.fold >= 0, audit.graph.fold, np.arange(len(pages)))
    indexable = pages["is_indexable"].to_numpy()[fold]
    reachable = metrics["crawl_depth"].notna().to_numpy()
    unseen = (pages["indexability_reason"] == Indexability.NOT_CRAWLED).to_numpy()
    # What a crawl that stopped did not reach may well have a path.
    lost = NOT_REACHED if audit.manifest.complete else UNSURE
    state = pd.Series(
        np.select([unseen, ~indexable, reachable], [UNSEEN, OUTSIDE, REACHED], lost), index=pages.index
    )
    rows = []
    for flag, label in SOURCES.items():
        known = (pages["found_in"] & int(flag)) > 0
        for name, number in state[known].value_counts().items():
            rows.append((label, str(name), int(number)))
    return pd.DataFrame(rows, columns=["source", "state", "pages"])


def found_in_chart(table: pd.DataFrame, *, source: str = "") -> alt.Chart:
    """Stacked bars: URLs that each source knows, by whether clicking leads to them."""
    if table.empty:
        return empty_chart(
            "Add a sitemap, Search Console, analytics, backlinks or server logs: without a second list of pages,\n"
            "a page that nothing links to cannot be known.",
            title="No other source names this site's pages, so orphans cannot be found",
            notes=(source,),
        )
    shown = check_rows(table).copy()
    shown["rank"] = shown["state"].map({name: place for place, name in enumerate(_REACH)})
    sources = [label for label in SOURCES.values() if label in set(shown["source"])]
    total = shown.groupby("source")["pages"].transform("sum")
    ordered = shown.assign(_s=shown["source"].map(sources.index)).sort_values(["_s", "rank"])
    ordered["end"] = ordered.groupby("source")["pages"].cumsum()
    ordered["middle"] = ordered["end"] - ordered["pages"] / 2
    ordered["wide"] = ordered["pages"] / total.max() > 0.035
    shown = ordered.drop(columns="_s")
    # Segments too narrow for their number are told at the bar's end: few lost pages are what the chart is for.
    ends = pd.DataFrame(
        [
            (name, int(bar["pages"].sum()), ", ".join(f"{row.pages:,} {_SHORT[str(row.state)]}" for row in bar.itertuples() if not row.wide))
            for name, bar in shown.groupby("source")
        ],
        columns=["source", "pages", "note"],
    )  # fmt: skip
    scale = count_scale(total.max(), room=0.5 if ends["note"].any() else 0.08)
    y = alt.Y("source:N", sort=sources, title=None, axis=alt.Axis(domain=False, tickSize=0, labelPadding=8))
    bars = (
        alt.Chart(shown)
        .mark_bar(height=alt.RelativeBandSize(0.68), stroke="white", strokeWidth=1)
        .encode(
            y=y,
            x=alt.X("pages:Q", stack="zero", title="URLs that the source names", scale=scale, axis=alt.Axis(values=count_ticks(total.max()), format=",d")),
            color=alt.Color("state:N", scale=palette(list(shown["state"]), _REACH), legend=alt.Legend(columns=2)),
            order=alt.Order("rank:Q"),
            tooltip=[alt.Tooltip("source:N", title="Known from"), alt.Tooltip("state:N", title="State"), alt.Tooltip("pages:Q", title="URLs", format=",")],
        )
    )  # fmt: skip
    numbers = (
        alt.Chart(shown)
        .transform_filter("datum.wide")
        .mark_text(fontSize=12)
        .encode(
            y=y,
            x=alt.X("middle:Q"),
            text=alt.Text("pages:Q", format=","),
            color=alt.condition(f"datum.state == '{OUTSIDE}'", alt.value(INK), alt.value("white")),
        )
    )
    told = (
        alt.Chart(ends)
        .mark_text(align="left", dx=6, color=INK, fontSize=12)
        .encode(y=y, x=alt.X("pages:Q"), text=alt.Text("note:N"))
    )
    return finish(
        alt.layer(bars, numbers, told).properties(width=WIDTH - 140, height=ROW * len(sources)),
        title=_found_headline(shown),
        notes=("A URL that several sources name counts for each; a redirect or copy counts as its page.", source),
        description="; ".join(f"{s}, {state}: {n}" for s, state, n in zip(shown["source"], shown["state"], shown["pages"], strict=True)),
    )  # fmt: skip


_AS_SUBJECT = {
    "Sitemap": "The sitemap lists",
    "Search Console": "Search Console knows",
    "Analytics": "Analytics knows",
    "Backlinks": "Backlinks lead to",
    "Server logs": "The server logs name",
    "Lists (money pages)": "The lists name",
}


def _found_headline(table: pd.DataFrame) -> str:
    lost = table[table["state"] == NOT_REACHED].set_index("source")["pages"]
    if not lost.empty:
        worst, number = str(lost.idxmax()), int(lost.max())
        return f"{_AS_SUBJECT[worst]} {count(number, 'page')} that no path of clicks leads to"
    unsure = table[table["state"].isin([UNSURE, UNSEEN])].groupby("source")["pages"].sum()
    if unsure.empty:
        return "Every indexable page that another source knows can be reached by clicking"
    worst, number = str(unsure.idxmax()), int(unsure.max())
    return f"{_AS_SUBJECT[worst]} {count(number, 'URL')} that cannot be judged: the crawl did not reach {'it' if number == 1 else 'them'}"


def linking_pages_table(audit: Audit) -> pd.DataFrame:
    """Indexable pages by how many other pages link to them.

    Returns
    -------
    DataFrame
        One row per class: ``linking_pages`` (label), ``low`` (smallest number in it), ``pages``; single numbers up to
        10, then wider classes; classes without pages are in it.
    """
    metrics = audit.metrics
    standing = metrics[audit.site.pages["is_indexable"] & metrics["folds_into"].isna()]
    lows = np.array([*range(11), 11, 26, 101, 1001])
    place = np.searchsorted(lows, standing["linking_pages"].to_numpy(), side="right") - 1
    numbers = np.bincount(place, minlength=len(lows))
    labels = [*map(str, range(11)), "11–25", "26–100", "101–1k", "> 1k"]
    return pd.DataFrame({"linking_pages": labels, "low": lows, "pages": numbers})


def linking_pages_chart(table: pd.DataFrame, *, weak: int = 1, source: str = "") -> alt.Chart:
    """Bars: pages by the number of other pages that link to them; up to `weak` counts as weakly linked."""
    total = int(table["pages"].sum())
    if total == 0:
        return empty_chart(
            "The crawl holds no indexable page.", title="There is no page to count", notes=(source,)
        )
    last = int(np.flatnonzero(table["pages"].to_numpy() > 0).max())
    shown = check_rows(table.iloc[: max(last, weak + 1) + 1]).copy()
    strong, weakly = f"more than {count(weak, 'linking page')}", "weakly linked or not at all"
    shown["state"] = np.where(shown["low"] <= weak, weakly, strong)
    base = alt.Chart(shown).encode(
        x=alt.X("linking_pages:O", sort=list(shown["linking_pages"]), title="Other pages that link to the page (followed, redirects folded)",
                axis=alt.Axis(labelAngle=0, tickSize=0)),
        y=alt.Y("pages:Q", title="Indexable pages", scale=count_scale(shown["pages"].max()), axis=alt.Axis(values=count_ticks(shown["pages"].max(), ticks=4), format=",d")),
    )  # fmt: skip
    bars = base.mark_bar().encode(
        color=alt.Color("state:N", scale=palette(list(shown["state"]), {weakly: VERMILLION, strong: BLUE})),
        tooltip=[
            alt.Tooltip("linking_pages:N", title="Linking pages"),
            alt.Tooltip("pages:Q", title="Pages", format=","),
        ],
    )
    numbers = base.transform_filter("datum.pages > 0").mark_text(dy=-7, fontSize=12, color=INK).encode(
        text=alt.Text("pages:Q", format=",")
    )  # fmt: skip
    low = int(shown.loc[shown["state"] == weakly, "pages"].sum())
    title = (
        f"{count(low, 'page')} ({percent(low / total)}) {verb(low, 'hangs')} on {count(weak, 'linking page')} or fewer"
        if weak and low
        else f"{count(low, 'page')} {verb(low, 'has')} no linking page"
        if low
        else f"Every page has more than {count(weak, 'linking page')}"
    )
    return finish(
        alt.layer(bars, numbers).properties(width=WIDTH, height=200),
        title=title,
        notes=(f"n = {count(total, 'indexable page')}; the start page is among them.", source),
        description="; ".join(
            f"{k} linking pages: {n}" for k, n in zip(shown["linking_pages"], shown["pages"], strict=True)
        ),
    )


def indexability_table(audit: Audit) -> pd.DataFrame:
    """All known URLs by whether and why not they can stand in an index: ``reason``, ``label``, ``urls``."""
    reasons = audit.site.pages["indexability_reason"].value_counts()
    rows = [
        (str(reason), label, int(reasons[reason]))
        for reason, label in _INDEXABILITY.items()
        if reason in reasons
    ]
    return pd.DataFrame(rows, columns=["reason", "label", "urls"])


def indexability_chart(table: pd.DataFrame, *, source: str = "") -> alt.Chart:
    """Bars: what the crawl brought back, by indexability."""
    total = int(table["urls"].sum())
    if total == 0:
        return empty_chart("The crawl holds no URL.", title="Nothing was collected", notes=(source,))
    shown = check_rows(table).copy()
    shown["note"] = [f"{urls:,}  ({percent(urls / total)})" for urls in shown["urls"]]
    base = alt.Chart(shown).encode(
        y=alt.Y(
            "label:N",
            sort=list(shown["label"]),
            title=None,
            axis=alt.Axis(domain=False, tickSize=0, labelPadding=8),
        ),
        x=alt.X(
            "urls:Q",
            title="URLs",
            scale=count_scale(shown["urls"].max()),
            axis=alt.Axis(values=count_ticks(shown["urls"].max()), format=",d"),
        ),
    )
    colour = alt.condition(f"datum.reason == '{Indexability.INDEXABLE}'", alt.value(BLUE), alt.value(GREY))
    bars = base.mark_bar(height=alt.RelativeBandSize(0.62)).encode(
        color=colour,
        tooltip=[alt.Tooltip("label:N", title="State"), alt.Tooltip("urls:Q", title="URLs", format=",")],
    )
    numbers = base.mark_text(align="left", dx=6, color=INK, fontSize=12).encode(text=alt.Text("note:N"))
    good = int(shown.loc[shown["reason"] == Indexability.INDEXABLE, "urls"].sum())
    return finish(
        alt.layer(bars, numbers).properties(width=WIDTH - 160, height=ROW * len(shown)),
        title=f"{good:,} of {count(total, 'known URL')} can stand in a search index",
        notes=(source,),
        description="; ".join(
            f"{label}: {note}" for label, note in zip(shown["label"], shown["note"], strict=True)
        ),
    )
