"""Charts of coverage: which sources know which pages, what the sitemap lists, what search engines' robots request."""

import altair as alt
import numpy as np
import pandas as pd

from linkkit.audit import Audit
from linkkit.charts.theme import (
    BLUE,
    GREY,
    INK,
    MUTED,
    ORANGE,
    PALE,
    ROW,
    VERMILLION,
    WIDTH,
    check_rows,
    count_scale,
    count_ticks,
    empty_chart,
    finish,
    palette,
)
from linkkit.charts.words import count, every, percent, verb
from linkkit.schema import FoundIn, Indexability
from linkkit.sources.logs import CLAIMED
from linkkit.sources.signals import IN_VAIN

NAMES = {
    FoundIn.CRAWL: "Crawl (links)",
    FoundIn.SITEMAP: "Sitemap",
    FoundIn.SEARCH_CONSOLE: "Search Console",
    FoundIn.ANALYTICS: "Analytics",
    FoundIn.BACKLINKS: "Backlinks",
    FoundIn.LOGS: "Server logs",
    FoundIn.LIST: "Lists",
}
"""Sources in words, in the order they are drawn."""
COMBINATIONS = 14
"""Combinations of sources drawn; the rest are counted in a note."""
BY_LINKS, NOT_BY_LINKS = "links lead to them", "known from other sources only"
IN_ORDER, UNFIT, ABSENT, UNSEEN = "in order", "does not belong in it", "missing from it", "not requested"
_FIT = {IN_ORDER: BLUE, UNFIT: VERMILLION, ABSENT: ORANGE, UNSEEN: GREY}
_SITEMAP_STATES = {
    Indexability.INDEXABLE: ("Listed and indexable", IN_ORDER),
    Indexability.REDIRECT: ("Listed, redirects", UNFIT),
    Indexability.CANONICALISED: ("Listed, canonical names another page", UNFIT),
    Indexability.NOINDEX: ("Listed, noindex", UNFIT),
    Indexability.BLOCKED_BY_ROBOTS: ("Listed, blocked by robots.txt", UNFIT),
    Indexability.CLIENT_ERROR: ("Listed, not found (4xx)", UNFIT),
    Indexability.SERVER_ERROR: ("Listed, server error (5xx)", UNFIT),
    Indexability.NO_RESPONSE: ("Listed, no answer", UNFIT),
    Indexability.NOT_HTML: ("Listed, a file (PDF or alike)", IN_ORDER),
    Indexability.NOT_CRAWLED: ("Listed, never requested", UNSEEN),
}
MISSING = "Indexable, missing from the sitemap"
DEEPEST = 9
"""Depths from here on share one bar."""
NO_PATH = "no path"
_BOT_COLUMNS = ["depth", "label", "pages", "hits", "hits_per_page", "unvisited", "elsewhere", "claimed"]


def found_in_matrix_table(audit: Audit) -> pd.DataFrame:
    """Pages by the set of sources that know them.

    Returns
    -------
    DataFrame
        One row per combination that occurs, most pages first: ``found_in`` (flags of `FoundIn`), one column of bool for
        each name in `NAMES`, ``pages``; and ``is_complete``, whether the crawl is, in each row. Counted are pages that can
        stand in an index and those that nobody requested.
    """
    pages = audit.site.pages
    wanted = pages["is_indexable"] | (pages["indexability_reason"] == Indexability.NOT_CRAWLED)
    numbers = pages.loc[wanted & (pages["found_in"] > 0), "found_in"].astype(int).value_counts()
    table = pd.DataFrame({"found_in": numbers.index, "pages": numbers.to_numpy()})
    for flag, name in NAMES.items():
        table[name] = (table["found_in"] & int(flag)) > 0
    table["is_complete"] = audit.manifest.complete
    return table.sort_values(["pages", "found_in"], ascending=[False, True], ignore_index=True)[
        ["found_in", *NAMES.values(), "pages", "is_complete"]
    ]


def found_in_overlap_table(table: pd.DataFrame) -> pd.DataFrame:
    """How many pages two sources both know, from `found_in_matrix_table`; on the diagonal, each by itself."""
    known = [name for name in NAMES.values() if table[name].any()]
    overlap = {
        one: [int(table.loc[table[one] & table[other], "pages"].sum()) for other in known] for one in known
    }
    return pd.DataFrame(overlap, index=known).T.rename_axis("Known from").reset_index()


def found_in_matrix_chart(table: pd.DataFrame, *, source: str = "") -> alt.Chart:
    """Combinations of sources as columns of dots below bars of their pages (after UpSet; Lex et al. 2014)."""
    names = [name for name in NAMES.values() if table[name].any()]
    if len(names) < 2:
        return empty_chart(
            "Add a sitemap, Search Console, analytics, backlinks or server logs in notebook 01: only a second list\n"
            "of pages shows what links do not lead to.",
            title="The crawl is the only source, so that nothing can be compared",
            notes=(source,),
        )
    linked = NAMES[FoundIn.CRAWL]
    # What no link leads to is what the chart is for: small as it may be, it is not crowded out by what is in order.
    first = pd.concat([table[~table[linked].astype(bool)].head(COMBINATIONS // 2), table])
    first = first[~first.index.duplicated()]
    shown = check_rows(first.head(COMBINATIONS)).sort_index().copy()
    shown["column"] = range(len(shown))
    shown["state"] = np.where(shown[linked], BY_LINKS, NOT_BY_LINKS)
    sizes = {name: int(table.loc[table[name], "pages"].sum()) for name in names}
    labels = {name: f"{name}  ({size:,})" for name, size in sizes.items()}
    dots = shown.melt(["column", "state", "pages"], names, var_name="source", value_name="known")
    dots["label"] = dots["source"].map(labels)
    on = dots[dots["known"].astype(bool)]
    spans = on.assign(place=on["source"].map(names.index)).groupby("column")["place"].agg(["min", "max"])
    spans = pd.DataFrame(
        {
            "column": spans.index,
            "first": [labels[names[place]] for place in spans["min"]],
            "last": [labels[names[place]] for place in spans["max"]],
            "state": shown.set_index("column")["state"].reindex(spans.index).to_numpy(),
        }
    )
    order = [labels[name] for name in names]
    x = alt.X("column:O", axis=None, scale=alt.Scale(paddingInner=0.35))
    colour = alt.Color(
        "state:N", scale=palette(list(shown["state"]), {BY_LINKS: BLUE, NOT_BY_LINKS: VERMILLION})
    )
    # The domain itself, for layers with data of their own lose a sort.
    rows = alt.Scale(domain=order)
    axis = alt.Axis(domain=False, tickSize=0, labelPadding=10, labelLimit=200)
    y = alt.Y("label:N", scale=rows, title=None, axis=axis)
    tooltip = [alt.Tooltip("pages:Q", title="Pages", format=","), alt.Tooltip("state:N", title="State")]
    most = shown["pages"].max()
    bars = alt.Chart(shown).encode(
        x=x, y=alt.Y("pages:Q", title="Pages", scale=count_scale(most, room=0.14), axis=alt.Axis(values=count_ticks(most, ticks=3), format=",d"))
    )  # fmt: skip
    above = alt.layer(
        bars.mark_bar().encode(color=colour, tooltip=tooltip),
        bars.mark_text(dy=-8, fontSize=12, color=INK).encode(text=alt.Text("pages:Q", format=",")),
    ).properties(width=WIDTH - 170, height=150)
    below = alt.layer(
        alt.Chart(dots).mark_circle(size=110, color=PALE, opacity=1).encode(x=x, y=y),
        alt.Chart(spans).mark_rule(strokeWidth=2.5).encode(x=x, y=alt.Y("first:N", scale=rows, title=None, axis=axis), y2=alt.Y2("last:N"), color=colour),
        alt.Chart(on).mark_circle(size=130, opacity=1).encode(x=x, y=y, color=colour, tooltip=[*tooltip, alt.Tooltip("source:N", title="Known from")]),
    ).properties(width=WIDTH - 170, height=24 * len(names))  # fmt: skip
    total, rest = int(table["pages"].sum()), table.drop(shown.index)
    left = (
        f" {count(len(rest), 'more combination')} with {count(int(rest['pages'].sum()), 'page')} not drawn."
        if len(rest)
        else ""
    )
    return finish(
        alt.vconcat(above, below, spacing=6).resolve_scale(x="shared", color="shared"),
        title=found_in_matrix_headline(table),
        notes=(
            f"n = {count(total, 'page')}, each in one column: the sources with a dark dot know it. In brackets: pages that the "
            f"source knows in all.{left}",
            source,
        ),
        description="; ".join(
            " and ".join(name for name in names if row[name]) + f": {row['pages']:,}"
            for row in shown.to_dict("records")
        ),
    )


def found_in_matrix_headline(table: pd.DataFrame) -> str:
    """What the matrix shows, in a sentence."""
    lost = int(table.loc[~table[NAMES[FoundIn.CRAWL]].astype(bool), "pages"].sum())
    total = int(table["pages"].sum())
    if lost and not table["is_complete"].all():
        return (
            f"{lost:,} of {count(total, 'page')} {verb(lost, 'is')} known from other sources only; the crawl is incomplete and may "
            "not have come to them"
        )
    if lost:
        return f"{lost:,} of {count(total, 'page')} {verb(lost, 'is')} known from other sources only, not from links"
    return f"Links led the crawl to {every(total, 'page')} that any source knows"


def sitemap_state_table(audit: Audit) -> pd.DataFrame:
    """Entries of the sitemap by what they are, and the pages that it lacks.

    Returns
    -------
    DataFrame
        One row per state that occurs: ``state``, ``fit`` (in order, does not belong in it, missing from it, not requested),
        ``pages``. Missing pages are those of the check ``missing-from-sitemap``. Empty where no sitemap is known.
    """
    pages = audit.site.pages
    listed = pages[(pages["found_in"] & int(FoundIn.SITEMAP)) > 0]
    if listed.empty:
        return pd.DataFrame({"state": [], "fit": [], "pages": []}).astype({"pages": int})
    reasons = listed["indexability_reason"].value_counts()
    rows = [
        (words, fit, int(reasons[reason]))
        for reason, (words, fit) in _SITEMAP_STATES.items()
        if reason in reasons
    ]
    missing = audit.found("discovery").numbers.get("missing-from-sitemap", 0)
    return pd.DataFrame(
        [*rows, *([(MISSING, ABSENT, missing)] if missing else [])], columns=["state", "fit", "pages"]
    )


def sitemap_state_chart(table: pd.DataFrame, *, source: str = "") -> alt.Chart:
    """Bars: what the sitemap lists, and what it lacks."""
    if table.empty:
        return empty_chart(
            "None was found by the crawl and none was read. Add it in notebook 01, as a file or from its address.",
            title="No sitemap to judge",
            notes=(source,),
        )
    shown = check_rows(table).copy()
    base = alt.Chart(shown).encode(
        y=alt.Y("state:N", sort=list(shown["state"]), title=None, axis=alt.Axis(domain=False, tickSize=0, labelPadding=8)),
        x=alt.X("pages:Q", title="URLs", scale=count_scale(shown["pages"].max(), room=0.12), axis=alt.Axis(values=count_ticks(shown["pages"].max()), format=",d")),
    )  # fmt: skip
    bars = base.mark_bar(height=alt.RelativeBandSize(0.62)).encode(
        color=alt.Color("fit:N", scale=palette(list(shown["fit"]), _FIT)),
        tooltip=[alt.Tooltip("state:N", title="State"), alt.Tooltip("pages:Q", title="URLs", format=",")],
    )
    numbers = base.mark_text(align="left", dx=6, color=INK, fontSize=12).encode(
        text=alt.Text("pages:Q", format=",")
    )
    entries = int(shown.loc[shown["fit"] != ABSENT, "pages"].sum())
    return finish(
        alt.layer(bars, numbers).properties(width=WIDTH - 220, height=ROW * len(shown)),
        title=sitemap_headline(table),
        notes=(f"n = {count(entries, 'entry', 'entries')} of the sitemap.", source),
        description="; ".join(
            f"{state}: {pages:,}" for state, pages in zip(shown["state"], shown["pages"], strict=True)
        ),
    )


def sitemap_headline(table: pd.DataFrame) -> str:
    """What the sitemap's chart shows, in a sentence."""
    by_fit = table.groupby("fit")["pages"].sum()
    wrong, absent = int(by_fit.get(UNFIT, 0)), int(by_fit.get(ABSENT, 0))
    parts = []
    if wrong:
        parts.append(f"lists {count(wrong, 'URL')} that cannot stand in an index")
    if absent:
        parts.append(f"lacks {count(absent, 'indexable page')}")
    if parts:
        return f"The sitemap {' and '.join(parts)}"
    return "The sitemap lists every indexable page, and nothing else"


def bot_hits_table(audit: Audit) -> pd.DataFrame:
    """Requests of search engines' robots by link depth.

    Returns
    -------
    DataFrame
        One row per depth: ``depth`` (clicks, `DEEPEST` and more as one; NaN where no path leads), ``label``, ``pages``
        (indexable ones), ``hits``, ``hits_per_page``, ``unvisited`` (pages that no robot requested); the same in each row:
        ``elsewhere`` (requests of addresses that are no such page) and ``claimed`` (whether robots are what their user agents
        claim, nobody having asked the DNS). Requests of addresses that fold into a page count for it. Empty without a log.
    """
    metrics, pages = audit.metrics, audit.site.pages
    if pages["bot_hits"].isna().all():
        return pd.DataFrame({name: [] for name in _BOT_COLUMNS})
    fold = np.where(audit.graph.fold >= 0, audit.graph.fold, np.arange(len(pages)))
    hits = pd.Series(
        np.bincount(fold, weights=pages["bot_hits"].fillna(0).to_numpy(), minlength=len(pages)),
        index=pages.index,
    )
    standing = pages["is_indexable"] & metrics["folds_into"].isna()
    depth = metrics.loc[standing, "crawl_depth"].clip(upper=DEEPEST)
    frame = pd.DataFrame({"depth": depth, "hits": hits[standing]})
    grouped = frame.groupby("depth", dropna=False)["hits"].agg(
        pages="size", hits="sum", unvisited=lambda values: int((values == 0).sum())
    )
    table = grouped.reset_index()
    table["hits_per_page"] = table["hits"] / table["pages"]
    table["label"] = [
        NO_PATH if pd.isna(each) else f"{int(each)}+" if each == DEEPEST else str(int(each))
        for each in table["depth"]
    ]
    told = audit.manifest.signals.get("logs", {})
    table["elsewhere"] = hits[~standing].sum() + told.get(IN_VAIN, 0)
    table["claimed"] = CLAIMED in told
    return table[_BOT_COLUMNS]


def bot_hits_chart(table: pd.DataFrame, *, source: str = "") -> alt.Chart:
    """Bars: requests for each page by its depth, with the share of pages that were never requested."""
    if table.empty:
        return empty_chart(
            "Add an access log in notebook 01: it shows which pages search engines come for, and how often.",
            title="No server log, so that crawl priority is unknown",
            notes=(source,),
        )
    shown = check_rows(table).copy()
    shown["note"] = [
        f"{count(pages, 'page')}" + (f", {percent(unvisited / pages)} never asked for" if unvisited else "")
        for pages, unvisited in zip(shown["pages"], shown["unvisited"], strict=True)
    ]
    shown["words"] = [f"{each:,.1f}" for each in shown["hits_per_page"]]
    shown["name"] = [
        "start page"
        if label == "0"
        else label
        if label == NO_PATH
        else f"{label} click{'' if label == '1' else 's'}"
        for label in shown["label"]
    ]
    most = shown["hits_per_page"].max()
    base = alt.Chart(shown).encode(
        y=alt.Y("name:N", sort=list(shown["name"]), title="Link depth", axis=alt.Axis(domain=False, tickSize=0, labelPadding=8)),
        x=alt.X("hits_per_page:Q", title="Requests for each page", scale=count_scale(most, room=0.45), axis=alt.Axis(tickCount=5, grid=False)),
    )  # fmt: skip
    bars = base.mark_bar(height=alt.RelativeBandSize(0.62)).encode(
        color=alt.condition(f"datum.name == '{NO_PATH}'", alt.value(VERMILLION), alt.value(BLUE)),
        tooltip=[alt.Tooltip("name:N", title="Depth"), alt.Tooltip("pages:Q", title="Pages", format=","),
                 alt.Tooltip("hits:Q", title="Requests", format=","), alt.Tooltip("unvisited:Q", title="Never asked for", format=",")],
    )  # fmt: skip
    numbers = base.mark_text(align="left", dx=6, color=INK, fontSize=12, fontWeight=600).encode(
        text=alt.Text("words:N")
    )
    notes = base.mark_text(align="left", dx=44, color=MUTED, fontSize=12).encode(text=alt.Text("note:N"))
    elsewhere = table["elsewhere"].iloc[0]
    more = (
        f" {count(elsewhere, 'more request')} went to addresses that cannot stand in an index or were not crawled."
        if elsewhere
        else ""
    )
    claimed = " Robots are what their user agents claim, not verified." if table["claimed"].any() else ""
    return finish(
        alt.layer(bars, numbers, notes).properties(width=WIDTH - 110, height=ROW * len(shown)),
        title=bot_hits_headline(table),
        notes=(
            f"n = {count(int(table['pages'].sum()), 'indexable page')}, {count(table['hits'].sum(), 'request')} of them by "
            f"search engines' robots.{more}{claimed}",
            source,
        ),
        description="; ".join(f"{name}: {words} requests for each of {note}" for name, words, note in zip(shown["name"], shown["words"], shown["note"], strict=True)),
    )  # fmt: skip


def bot_hits_headline(table: pd.DataFrame) -> str:
    """What the robots' chart shows, in a sentence."""
    deep = table[table["depth"].fillna(DEEPEST + 1) > 2]
    near = table[table["depth"].fillna(DEEPEST + 1) <= 2]
    unvisited, total = int(table["unvisited"].sum()), int(table["pages"].sum())
    if deep["pages"].sum() and near["pages"].sum() and deep["hits"].sum():
        ratio = (near["hits"].sum() / near["pages"].sum()) / (deep["hits"].sum() / deep["pages"].sum())
        if ratio >= 1.2:
            return f"Robots ask for pages within 2 clicks {ratio:.1f} times as often as for deeper ones"
    if unvisited:
        return (
            f"Robots never asked for {unvisited:,} of {count(total, 'indexable page')} in the time of the log"
        )
    return f"Robots asked for {every(total, 'indexable page')} in the time of the log"
