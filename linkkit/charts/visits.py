"""Charts of visitors' steps against the links there are: by which way they go, what they lack, what they leave."""

import altair as alt
import numpy as np
import pandas as pd
from scipy.stats import t as student

from linkkit.audit import Audit
from linkkit.charts.reach import entrance_weights, navigation_of_audit
from linkkit.charts.theme import (
    BLUE,
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
)
from linkkit.charts.words import count, distinct, percent, short_url, verb
from linkkit.checks.found import Found
from linkkit.metrics.navigation import BACK, CONTENT, HOME, SEARCH, TEMPLATE, UNKNOWN, UNLINKED, WAYS

NO_STEPS = "Export previous page path, page path and views from GA4 (Explore, free form), and add the file in notebook 01."
_TITLE = "Visitors' steps from page to page are not known"
_COLOURS = {
    CONTENT: BLUE,
    TEMPLATE: SKY,
    BACK: GREY,
    SEARCH: PURPLE,
    HOME: ORANGE,
    UNLINKED: VERMILLION,
    UNKNOWN: "#C9D1D6",
}
_FEWEST = 5
BINS = (0, 1, 3, 6, 11, 21)
"""Content links out of a page at which each bin of the chart of engagement begins."""


def visitor_ways_table(audit: Audit) -> pd.DataFrame:
    """By which ways visitors go on, and how many begin, go back to the start page or search.

    Returns
    -------
    DataFrame
        One row per way that occurs: ``way`` (of `linkkit.metrics.navigation.WAYS`), ``steps``, ``share`` (0-1 of all steps). Steps
        without a link that the way back explains in part count as ``no link found`` for the rest alone.
    """
    steps = navigation_of_audit(audit).steps
    sums = steps.groupby("way")["steps"].sum()
    back = float((steps["steps"] - steps["unexplained"])[steps["way"] == UNLINKED].sum())
    if back > 0:
        sums[UNLINKED] -= back
        sums[BACK] = sums.get(BACK, 0.0) + back
    table = sums.reindex([way for way in WAYS if way in sums.index]).rename("steps").reset_index()
    return table.assign(share=table["steps"] / max(float(table["steps"].sum()), 1.0)).astype({"way": "str"})


def visitor_ways_chart(table: pd.DataFrame, *, to_start: float = 0.0, source: str = "") -> alt.Chart:
    """Bars: by which ways visitors take their steps."""
    if table.empty:
        return empty_chart(NO_STEPS, title=_TITLE, notes=(source,))
    shown = check_rows(table).copy()
    shown["note"] = [
        f"{steps:,.0f}  ({percent(share)})"
        for steps, share in zip(shown["steps"], shown["share"], strict=True)
    ]
    base = alt.Chart(shown).encode(
        y=alt.Y("way:N", sort=shown["way"].tolist(), title=None, axis=alt.Axis(domain=False, tickSize=0, labelLimit=260)),
        x=alt.X("share:Q", title="Share of all steps from page to page", scale=alt.Scale(domain=[0, float(shown["share"].max()) * 1.25], nice=False), axis=alt.Axis(format=".0%", tickCount=5)),
    )  # fmt: skip
    bars = base.mark_bar().encode(
        color=alt.Color("way:N", scale=alt.Scale(domain=list(_COLOURS), range=list(_COLOURS.values())), legend=None),
        tooltip=[alt.Tooltip("way:N", title="Way"), alt.Tooltip("steps:Q", title="Steps", format=",.0f"), alt.Tooltip("share:Q", title="Share", format=".1%")],
    )  # fmt: skip
    numbers = base.mark_text(align="left", dx=6, color=INK, fontSize=12).encode(text=alt.Text("note:N"))
    shares = shown.set_index("way")["share"]
    linked = float(shares.reindex([CONTENT, TEMPLATE]).fillna(0.0).sum())
    return finish(
        alt.layer(bars, numbers).properties(width=WIDTH - 220, height=ROW * len(shown)),
        title=f"{percent(linked)} of visitors' steps follow a link that was crawled, {percent(float(shares.get(CONTENT, 0.0)))} one in the content",
        notes=(
            f"{shown['steps'].sum():,.0f} steps (GA4). {percent(to_start)} of all steps, by whatever way, go to the start page. Way back: no more than came "
            "the other way. No link found: typed, bookmarked, or through menus that only scripts show.",
            source,
        ),
        description="; ".join(f"{way}: {note}" for way, note in zip(shown["way"], shown["note"], strict=True)),
    )  # fmt: skip


def start_share(audit: Audit) -> float:
    """Share (0-1) of visitors' steps that go to the start page."""
    pages = navigation_of_audit(audit).pages
    return float(pages["to_start"].sum() / max(pages["steps_out"].sum(), 1.0))


def shortcuts_table(audit: Audit, *, top: int = 8) -> pd.DataFrame:
    """Ways over another page that deserve a link, under the audit's share; most visitors first, at most `top`.

    Returns
    -------
    DataFrame
        One row per way A over X to C: ``source``, ``via``, ``target`` (URLs), ``share`` (of those on X that go on to C), ``steps``
        (estimate), ``least``, ``most``, ``is_found`` (a finding of ``missing-shortcut``).
    """
    t, urls = audit.thresholds, audit.graph.urls
    ways = navigation_of_audit(audit).shortcuts
    ways = ways[ways["share"] >= t.min_shortcut_share].head(top).reset_index(drop=True)
    together = ways.groupby(["source", "target"])["steps"].transform("sum")
    return ways.assign(
        is_found=together >= t.min_shortcut_steps,
        **{name: urls[ways[name].to_numpy(dtype=np.int64)] for name in ("source", "via", "target")},
    )


def shortcuts_chart(table: pd.DataFrame, *, least: int, has_steps: bool, source: str = "") -> alt.Chart:
    """Bars with bounds: estimated visitors of each way over another page that has no direct link."""
    if not has_steps:
        return empty_chart(NO_STEPS, title=_TITLE, notes=(source,))
    if table.empty:
        return empty_chart(
            "Wherever many go on from one page to another, a link leads there.",
            title="No shortcut is missing",
            notes=(source,),
        )
    shown = check_rows(table).copy()
    shown["name"] = distinct(
        [
            f"{short_url(a, 30)} → {short_url(c, 30)}"
            for a, c in zip(shown["source"], shown["target"], strict=True)
        ]
    )
    shown["note"] = [
        f"{steps:,.0f}, over {short_url(via, 30)}"
        for steps, via in zip(shown["steps"], shown["via"], strict=True)
    ]
    shown["kind"] = np.where(shown["is_found"], "deserves a link", "fewer than the limit")
    most = max(float(shown["most"].max()), least) * 1.1
    # In data units: names first, the words of each bar above it.
    y = alt.Y(
        "name:N",
        sort=shown["name"].tolist(),
        title=None,
        axis=alt.Axis(domain=False, tickSize=0, labelLimit=420),
    )
    x = alt.X(
        "steps:Q",
        title="Visitors, estimated; line: bounds without the estimate's assumption",
        scale=alt.Scale(domain=[0, most], nice=False),
    )
    base = alt.Chart(shown)
    bars = base.mark_bar(height=12).encode(
        y=y, x=x, color=alt.Color("kind:N", scale=alt.Scale(domain=["deserves a link", "fewer than the limit"], range=[VERMILLION, GREY])),
        tooltip=[alt.Tooltip("source:N", title="From"), alt.Tooltip("via:N", title="Over"), alt.Tooltip("target:N", title="To"),
                 alt.Tooltip("steps:Q", title="Estimated", format=",.0f"), alt.Tooltip("least:Q", title="At least", format=",.0f"), alt.Tooltip("most:Q", title="At most", format=",.0f")],
    )  # fmt: skip
    bounds = base.mark_rule(color=INK, strokeWidth=1.5).encode(y=y, x=alt.X("least:Q"), x2=alt.X2("most:Q"))
    words = base.mark_text(align="left", dy=-13, color=MUTED, fontSize=11).encode(
        y=y, x=alt.value(3), text=alt.Text("note:N")
    )
    found = int(shown["is_found"].sum())
    line = (
        alt.Chart(pd.DataFrame({"least": [least]}))
        .mark_rule(color=GREY, strokeDash=[5, 4])
        .encode(x=alt.X("least:Q"))
    )
    title = (
        f"{count(found, 'way')} over another page {verb(found, 'deserves')} a link of {'its' if found == 1 else 'their'} own: about {shown.loc[shown['is_found'], 'steps'].sum():,.0f} visitors take the detour"
        if found
        else f"No way over another page has {least:,} visitors or more"
    )
    return finish(
        alt.layer(line, bars, bounds, words).properties(width=WIDTH - 260, height=42 * len(shown)),
        title=title,
        notes=("Estimated from pairs of steps (first order): those who come from the page go on like everybody on the page between.", source),
        description="; ".join(f"{name}: {note}" for name, note in zip(shown["name"], shown["note"], strict=True)),
    )  # fmt: skip


def engagement_table(audit: Audit) -> pd.DataFrame:
    """Engagement of pages by the number of content links out of them.

    Returns
    -------
    DataFrame
        One row per bin with pages: ``links`` (0, 1-2, ...), ``pages``, ``sessions``, ``rate`` (0-1: mean engagement rate, by
        sessions), ``low``, ``high`` (95 % interval from the spread between pages: ratio estimator, Student's t; NaN for fewer than five pages). Indexable pages
        with sessions and a rate alone.
    """
    pages, m = audit.site.pages, audit.metrics
    rates = pd.DataFrame(
        {
            "links": m["content_outlinks"].astype("float64"),
            "sessions": pages["sessions"].astype("float64"),
            "rate": pages["engagement_rate"].astype("float64"),
        }
    )[pages["is_indexable"].to_numpy() & m["folds_into"].isna().to_numpy()].dropna()
    rates = rates[rates["sessions"] > 0]
    places = np.searchsorted(BINS, rates["links"], side="right") - 1
    rows = []
    for place in np.unique(places):
        own = rates[places == place]
        weight, rate, size = own["sessions"].to_numpy(), own["rate"].to_numpy(), len(own)
        mean = float(np.average(rate, weights=weight))
        enough = size >= _FEWEST
        spread = (
            np.sqrt((weight**2 * (rate - mean) ** 2).sum() * size / (size - 1)) / weight.sum()
            if enough
            else np.nan
        )
        reach = float(student.ppf(0.975, size - 1)) * spread if enough else np.nan
        rows.append(
            {
                "links": bin_words(int(place)),
                "pages": size,
                "sessions": float(weight.sum()),
                "rate": mean,
                "low": max(mean - reach, 0.0) if enough else np.nan,
                "high": min(mean + reach, 1.0) if enough else np.nan,
            }
        )
    return pd.DataFrame(rows, columns=["links", "pages", "sessions", "rate", "low", "high"])


def bin_words(place: int) -> str:
    """The links of one of `BINS`: ``0``, ``1-2``, ``21 or more``."""
    if place == len(BINS) - 1:
        return f"{BINS[-1]} or more"
    first, last = BINS[place], BINS[place + 1] - 1
    return f"{first}" if first == last else f"{first}-{last}"


def engagement_chart(table: pd.DataFrame, *, source: str = "") -> alt.Chart:
    """Points with intervals: engagement rate by number of content links out of the page."""
    if table.empty:
        return empty_chart(
            "Export pages and screens from GA4 with sessions and engagement rate, and add the file in notebook 01.",
            title="Engagement is not known", notes=(source,),
        )  # fmt: skip
    shown = check_rows(table).copy()
    shown["note"] = [
        f"{count(pages, 'page')}, {sessions:,.0f} sessions"
        for pages, sessions in zip(shown["pages"], shown["sessions"], strict=True)
    ]
    ends = shown[["low", "high", "rate"]].to_numpy(dtype=float)
    low, high = max(float(np.nanmin(ends)) - 0.06, 0.0), min(float(np.nanmax(ends)) + 0.06, 1.0)
    y = alt.Y(
        "rate:Q",
        title="Engagement rate (GA4)",
        scale=alt.Scale(domain=[low, high], nice=False, zero=False),
        axis=alt.Axis(format=".0%", tickCount=6),
    )
    x = alt.X(
        "links:N",
        sort=shown["links"].tolist(),
        title="Content links out of the page",
        axis=alt.Axis(labelAngle=0),
    )
    base = alt.Chart(shown)
    intervals = base.mark_rule(strokeWidth=3, color=SKY).encode(
        x=x, y=alt.Y("low:Q", title=""), y2=alt.Y2("high:Q")
    )
    points = base.mark_point(filled=True, size=110, color=BLUE, opacity=1).encode(
        x=x, y=y,
        tooltip=[alt.Tooltip("links:N", title="Content links"), alt.Tooltip("pages:Q", title="Pages", format=","), alt.Tooltip("sessions:Q", title="Sessions", format=",.0f"),
                 alt.Tooltip("rate:Q", title="Engagement", format=".1%"), alt.Tooltip("low:Q", title="From", format=".1%"), alt.Tooltip("high:Q", title="To", format=".1%")],
    )  # fmt: skip
    numbers = base.mark_text(fontSize=11, color=MUTED, lineBreak="\n").encode(
        x=x, y=alt.value(248), text=alt.Text("text:N")
    )
    numbers = numbers.transform_calculate(text="replace(datum.note, ', ', '\\n')")
    return finish(
        alt.layer(intervals, points, numbers).properties(width=WIDTH - 60, height=280),
        title=engagement_headline(shown),
        notes=("Mean by sessions; line: 95 % interval from the spread between pages, none for fewer than five. Correlation is not cause: pages with many links are also other kinds of pages.", source),
        description="; ".join(f"{links} links: {percent(rate)} ({note})" for links, rate, note in zip(shown["links"], shown["rate"], shown["note"], strict=True)),
    )  # fmt: skip


def engagement_headline(table: pd.DataFrame) -> str:
    """What the chart of engagement shows, careful about differences that the intervals do not bear out."""
    sound = table.dropna(subset=["low"])
    if len(sound) < 2:
        return "Too few pages to compare engagement by their links"
    best, worst = sound.iloc[int(sound["rate"].argmax())], sound.iloc[int(sound["rate"].argmin())]
    if best["low"] <= worst["high"]:
        return f"Engagement does not differ clearly by the number of links: {percent(worst['rate'])} to {percent(best['rate'])}"
    return f"Pages with {best['links']} content links engage {percent(best['rate'])} of sessions, those with {worst['links']} {percent(worst['rate'])}"


def navigation_sentence(audit: Audit, found: Found) -> str:
    """The chapter's answer: how many visits reach a money page, where none do, and which links people lack or leave."""
    n, t = navigation_of_audit(audit), audit.thresholds
    weights = entrance_weights(audit)
    clicks = count(t.max_journey_clicks, "click")
    if not audit.authority.money.any():
        head = "How many visits reach a money page cannot be said: no money pages are known."
    elif weights.sum() <= 0:
        head = "How many visits reach a money page cannot be said: no page was visited."
    else:
        share = float(weights @ n.reach[:, t.max_journey_clicks] / weights.sum())
        whose = "visits" if n.basis != "none" else "readers who land on any page"
        by = (
            "by visitors' steps and, where few, the reader model"
            if n.has_steps
            else "by the reader model, no measurement"
        )
        head = f"{percent(share)} of {whose} reach a money page within {clicks} ({by})."
    numbers = found.numbers
    said = [
        (int(numbers.get(check, 0)), singular, plural)
        for check, singular, plural in (
            (
                "entrance-without-path",
                "entrance page leads hardly anybody there",
                "entrance pages lead hardly anybody there",
            ),
            (
                "missing-shortcut",
                "way over another page deserves a link of its own",
                "ways over another page deserve a link of their own",
            ),
            ("step-without-link", "page is reached without a link", "pages are reached without a link"),
            ("unused-link", "content link is never taken", "content links are never taken"),
            ("search-dependence", "page sends many into the search", "pages send many into the search"),
        )
    ]
    parts = [
        f"{number:,} {singular if number == 1 else plural}" for number, singular, plural in said if number
    ]
    return f"{head} {'; '.join(parts)}." if parts else head
