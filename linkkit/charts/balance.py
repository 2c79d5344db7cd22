"""Charts of balance: links against importance, how few pages hold how much, and hubs as a second view."""

import math

import altair as alt
import numpy as np
import numpy.typing as npt
import pandas as pd

from linkkit.audit import Audit
from linkkit.charts.theme import (
    BLUE,
    GREEN,
    GREY,
    INK,
    MUTED,
    VERMILLION,
    WIDTH,
    check_rows,
    empty_chart,
    finish,
    palette,
)
from linkkit.charts.words import count, distinct, percent, short_url, verb
from linkkit.checks import CHECKS
from linkkit.checks.registry import kept
from linkkit.metrics.concentration import gini, lorenz, top_share
from linkkit.metrics.hits import hits

MOST_POINTS = 300
NAMED = 10
_LETTER, _LINE = 0.011, 0.036
"""Share of the frame that a letter and a line of text take."""
OVER, UNDER, EVEN = "▲ over-linked", "▼ under-linked", "● in proportion"
_COLOURS = {OVER: VERMILLION, UNDER: BLUE, EVEN: GREY}
_STATES = {"over-linked-page": OVER, "under-linked-page": UNDER}
SIGNAL_WORDS = {
    "is_money_page": "money pages",
    "conversions": "conversions",
    "clicks": "search clicks",
    "sessions": "sessions",
    "referring_domains": "referring domains",
}
AUTHORITY, IMPORTANCE = "authority", "importance"


def importance_words(audit: Audit) -> str:
    """The signals that importance rests on, for the foot of a chart; empty where there are none."""
    named = ", ".join(SIGNAL_WORDS.get(name, name) for name in audit.facts.importance_signals)
    return f"Importance: mean share of {named}." if named else ""


def link_balance_table(audit: Audit, *, most: int = MOST_POINTS) -> pd.DataFrame:
    """Indexable pages by the link weight they receive and by what they are worth.

    Returns
    -------
    DataFrame
        One row per page, at most `most`: those with a finding, then money pages, then the largest in either share. ``page_id``,
        ``url``, ``link_share`` and ``importance`` (0-1 of the site's), ``state`` (as the checks found it under the audit's
        thresholds), ``is_money_page``, ``pages`` (how many there are in all). Empty where no importance signal is known.
    """
    base, place = _by_size(audit)
    code = np.zeros(len(place), dtype=np.int8)
    names = [EVEN, *_STATES.values()]
    for number, check in enumerate(_STATES, start=1):
        code[audit.found(CHECKS[check].chapter).of_checks(check).page] = number
    flagged = np.flatnonzero((code > 0) & (place >= 0))
    first = flagged[np.argsort(place[flagged])[:most]]
    rest = base[:most][code[base[:most]] == 0]
    pages = np.concatenate([first, rest])[:most]
    rows = audit.metrics[["page_id", "url", "link_share", "importance", "is_money_page"]].iloc[pages].reset_index(drop=True)  # fmt: skip
    return rows.assign(state=[names[each] for each in code[pages].tolist()], pages=len(base))


@kept
def _by_size(audit: Audit) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Indexable pages, money pages first, then the largest in either share; and the place of each page among them, -1 for others."""
    metrics = audit.metrics
    share, worth = (metrics[name].to_numpy(dtype=float) for name in ("link_share", "importance"))
    own = np.flatnonzero(audit.graph.indexable & audit.graph.stands & ~np.isnan(worth))
    size = np.fmax(share[own], worth[own])
    base = own[np.lexsort((-size, ~metrics["is_money_page"].to_numpy(dtype=bool)[own]))]
    place = np.full(len(metrics), -1, dtype=np.int64)
    place[base] = np.arange(len(base))
    return base, place


def link_balance_chart(
    table: pd.DataFrame, *, over: float = 5.0, under: float = 10.0, importance: str = "", model: str = "", source: str = ""
) -> alt.Chart:  # fmt: skip
    """Scatter on log axes: share of link weight against share of importance, with the lines that checks draw.

    Parameters
    ----------
    table : DataFrame
        `link_balance_table`.
    over, under : float
        Ratios of the two shares beyond which a page may be called over- or under-linked.
    importance : str
        `importance_words`.
    """
    if table.empty:
        return empty_chart(
            "Add Search Console, GA4, backlinks or a list of money pages: they say what a page is worth.",
            title="Whether links go where they matter cannot be said: nothing tells what pages are worth",
            notes=(model, source),
        )
    shown = check_rows(table).copy()
    positive = pd.concat([shown["link_share"], shown["importance"]])
    floor = float(positive[positive > 0].min()) / 2 if (positive > 0).any() else 1e-6
    ceiling = float(positive.max()) * 2
    shown["x"], shown["y"] = (shown[name].clip(lower=floor) * 100 for name in ("link_share", "importance"))
    shown["label"] = distinct([short_url(url, 30) for url in shown["url"]])
    domain = [floor * 80, ceiling * 100]
    # Dicts, not alt.Axis and alt.Scale: each layer copies them, an Axis with all its 80 settings.
    scale = {"type": "log", "domain": domain, "nice": False}
    decades = range(math.floor(math.log10(domain[0])), math.ceil(math.log10(domain[1])) + 1)
    ticks = [10.0**power for power in decades if domain[0] <= 10.0**power <= domain[1]]
    axis = {"values": ticks, "labelExpr": "format(datum.value, '~g') + ' %'", "grid": False}
    x = alt.X("x:Q", title="Share of the site's link weight received", scale=scale, axis=axis)
    y = alt.Y("y:Q", title="Share of importance", scale=scale, axis=axis)
    # Hundreds of dots are no text alternative: the chart has one, and a browser takes a while to describe each.
    points = (
        alt.Chart(shown[["x", "y", "state", "is_money_page", "label", "link_share", "importance"]])
        .mark_point(filled=True, opacity=0.8, aria=False)
        .encode(
            x=x, y=y,
            color=alt.Color("state:N", scale={"domain": [OVER, UNDER, EVEN], "range": [_COLOURS[each] for each in (OVER, UNDER, EVEN)]}),
            shape=alt.Shape("state:N", scale={"domain": [OVER, UNDER, EVEN], "range": ["triangle-up", "triangle-down", "circle"]}),
            # Not by `alt.condition`: Altair looks up in all its classes which of them such a dict may be.
            size=alt.SizeValue(90, condition={"test": f"datum.state == '{EVEN}' && !datum.is_money_page", "value": 28}),
            stroke=alt.StrokeValue("transparent", condition={"test": "datum.is_money_page", "value": INK}),
            tooltip=[alt.Tooltip("label:N", title="Page"), alt.Tooltip("link_share:Q", title="Link weight", format=".2%"), alt.Tooltip("importance:Q", title="Importance", format=".2%"), alt.Tooltip("state:N", title="Found")],
        )
    )  # fmt: skip
    corners = pd.DataFrame([
        {"x": domain[1], "y": domain[0], "label": "more links than it is worth", "align": "right", "dx": -8, "dy": -22},
        {"x": domain[0], "y": domain[1], "label": "worth more links than it gets", "align": "left", "dx": 8, "dy": 12},
    ]).assign(colour=MUTED, size=12, style="italic")  # fmt: skip
    names = _names(shown, domain).assign(colour=INK, size=11, style="normal")
    words = _words(pd.concat([corners, names])).encode(x=x, y=y, text=alt.Text("label:N"))
    lines = _lines({1.0: [1, 0], 1 / over: [5, 4], under: [5, 4]}, domain).encode(x=x, y=y)
    chart = alt.layer(lines, points, words, width=WIDTH - 60, height=400)
    total, kept = int(shown["pages"].iloc[0]), len(shown)
    size = f"{count(total, 'indexable page')}" if kept == total else f"Showing {kept:,} of {count(total, 'indexable page')}, those with findings, money pages and the largest first"  # fmt: skip
    return finish(
        chart,
        title=balance_headline(table),
        notes=(
            f"{size}. Lines: as many links as it is worth; {over:g} x too many; {under:g} x too few. Outlined: money page.",
            importance, model, source,
        ),
        description="; ".join(f"{label}: {percent(share)} of the link weight, {percent(worth)} of the importance" for label, share, worth in list(zip(shown["label"], shown["link_share"], shown["importance"], strict=True))[:40]),
    )  # fmt: skip


def balance_headline(table: pd.DataFrame) -> str:
    """How many pages get too many or too few links, in a sentence."""
    over, under = int((table["state"] == OVER).sum()), int((table["state"] == UNDER).sum())
    parts = []
    if over:
        parts.append(f"{count(over, 'page')} {verb(over, 'gets')} far more links than {'it is' if over == 1 else 'they are'} worth")  # fmt: skip
    if under:
        parts.append(f"{count(under, 'money page')} far fewer")
        if not over:
            parts = [f"{count(under, 'money page')} {verb(under, 'gets')} far fewer links than {'it is' if under == 1 else 'they are'} worth"]  # fmt: skip
    return ", ".join(parts) if parts else "No page gets far more or far fewer links than it is worth"


def _lines(dashes: dict[float, list[int]], domain: list[float]) -> alt.Chart:
    """``importance = ratio * link share`` for each ratio, cut to the frame."""
    ends = []
    for ratio, dash in dashes.items():
        left, right = max(domain[0], domain[0] / ratio), min(domain[1], domain[1] / ratio)
        ends += [{"x": each, "y": each * ratio, "line": f"{ratio:g}", "dash": dash} for each in (left, right)]
    return (
        alt.Chart(pd.DataFrame(ends))
        .mark_line(color=GREY, strokeWidth=1)
        .encode(detail=alt.Detail("line:N"), strokeDash=alt.StrokeDash("dash:N", scale=None))
    )


def _words(table: pd.DataFrame) -> alt.Chart:
    """Texts placed and styled by the columns of their rows: one layer, and not one for each side and style."""
    align, dx, dy, colour, size, style = (
        alt.ExprRef(f"datum.{name}") for name in ("align", "dx", "dy", "colour", "size", "style")
    )
    return alt.Chart(table).mark_text(align=align, dx=dx, dy=dy, color=colour, fontSize=size, fontStyle=style)


def _names(shown: pd.DataFrame, domain: list[float]) -> pd.DataFrame:
    """Names of the pages furthest from the line, where a side of the point has room: no other name and, unless a check found the page, no other point."""
    whole = float(np.log(domain[1] / domain[0]))
    share = (np.log(shown["x"].to_numpy()) - np.log(domain[0])) / whole
    worth = (np.log(shown["y"].to_numpy()) - np.log(domain[0])) / whole
    labels = shown["label"].tolist()
    found = (shown["state"] != EVEN).to_numpy()
    far = np.abs(share - worth) * (1 + 9 * found)
    taken: list[tuple[float, float, float]] = []
    kept: dict[int, bool] = {}
    for row in np.argsort(-far, kind="stable")[: 6 * NAMED].tolist():
        wide = len(labels[row]) * _LETTER + 0.02
        sides = []
        for left in (bool(share[row] > 0.5), not share[row] > 0.5):
            low, high = (share[row] - wide, share[row]) if left else (share[row], share[row] + wide)
            near = (np.abs(worth - worth[row]) < _LINE) & (share > low) & (share < high)
            near[row] = False
            crossed = any(low < b and a < high and abs(at - worth[row]) < _LINE for a, b, at in taken)
            if low >= 0 and high <= 1 and not crossed and (not near.any() or found[row]):
                sides.append((int(near.sum()), left, (low, high, worth[row])))
        if sides and len(kept) < NAMED:
            _, kept[row], place = min(sides, key=lambda each: each[0])
            taken.append(place)
    to_left = np.array(list(kept.values()), dtype=bool)
    return shown.iloc[list(kept)][["x", "y", "label"]].assign(
        align=np.where(to_left, "right", "left"), dx=np.where(to_left, -9, 9), dy=0
    )


def concentration_table(audit: Audit) -> pd.DataFrame:
    """How few pages hold how much of the authority, and of the importance.

    Returns
    -------
    DataFrame
        One row per point of a Lorenz curve over the indexable pages that stand for themselves, richest first: ``group``
        (authority, importance where a signal is known), ``pages_share``, ``share`` (0-1), and the same in every row of
        a group: ``gini``, ``top_share`` (held by the richest 1 %, one page at least), ``pages``.
    """
    standing = audit.graph.indexable & audit.graph.stands
    metrics = audit.metrics[standing]
    parts = []
    for group in (AUTHORITY, IMPORTANCE):
        values = metrics[group].dropna().to_numpy(dtype=float)
        curve = lorenz(values)
        if len(curve):
            parts.append(
                curve.assign(
                    group=group, gini=gini(values), top_share=top_share(values, 0.01), pages=len(values)
                )
            )
    columns = ["group", "pages_share", "share", "gini", "top_share", "pages"]
    return (
        pd.concat(parts, ignore_index=True)[columns]
        if parts
        else pd.DataFrame({name: [] for name in columns})
    )


def concentration_chart(
    table: pd.DataFrame, *, importance: str = "", model: str = "", source: str = ""
) -> alt.Chart:
    """Lorenz curves from the richest page down, against even shares."""
    own = table[table["group"] == AUTHORITY] if len(table) else table
    if own.empty:
        return empty_chart("No authority settles on an indexable page.", title="There is nothing to share out", notes=(model, source))  # fmt: skip
    shown = check_rows(table).copy()
    names = {
        group: f"{group}, Gini {rows['gini'].iloc[0]:.2f}"
        for group, rows in shown.groupby("group", sort=False)
    }
    shown["name"] = shown["group"].map(names)
    colours = dict(zip(names.values(), (GREEN, BLUE), strict=False))
    axis = alt.Axis(format="%", values=[0, 0.25, 0.5, 0.75, 1])
    x = alt.X("pages_share:Q", title="Share of indexable pages, richest first", axis=axis)
    y = alt.Y("share:Q", title="Share that they hold", axis=axis)
    lines = (
        alt.Chart(shown)
        .mark_line(strokeWidth=2.5)
        .encode(
            x=x, y=y,
            color=alt.Color("name:N", scale=palette(list(names.values()), colours)),
            strokeDash=alt.StrokeDash("name:N", scale=alt.Scale(domain=list(names.values()), range=[[1, 0], [6, 4]])),
            tooltip=[alt.Tooltip("name:N", title="What"), alt.Tooltip("pages_share:Q", title="Pages", format=".1%"), alt.Tooltip("share:Q", title="Hold", format=".1%")],
        )
    )  # fmt: skip
    even = alt.Chart(pd.DataFrame({"pages_share": [0, 1], "share": [0, 1]})).mark_line(color=GREY, strokeDash=[2, 3]).encode(x=x, y=y)  # fmt: skip
    tenth = own.iloc[(own["pages_share"] - 0.1).abs().argmin()]
    mark = alt.Chart(own[own["pages_share"] == tenth["pages_share"]])
    dot = mark.mark_point(filled=True, size=70, color=INK, opacity=1).encode(x=x, y=y)
    word = (
        mark.transform_calculate(
            word=f"'the first {percent(tenth['pages_share'])} hold {percent(tenth['share'])}'"
        )
        .mark_text(align="left", dx=12, dy=8, color=INK, fontSize=12)
        .encode(x=x, y=y, text=alt.Text("word:N"))
    )
    return finish(
        alt.layer(even, lines, dot, word).properties(width=440, height=360),
        title=concentration_headline(table),
        notes=("Gini: 0 where all pages hold alike, towards 1 where one holds everything. Dotted: even shares.", importance, model, source),
        description="; ".join(names.values()),
    )  # fmt: skip


def concentration_headline(table: pd.DataFrame) -> str:
    """What the richest pages hold, in a sentence."""
    row = table[table["group"] == AUTHORITY].iloc[0]
    few = max(1, round(float(row["pages"]) * 0.01))
    who = "The page that holds most" if few == 1 else f"The top 1 % of pages ({few:,})"
    return f"{who} {'holds' if few == 1 else 'hold'} {percent(row['top_share'])} of all authority on indexable pages (Gini\u00a0{row['gini']:.2f})"


def hubs_table(audit: Audit, *, top: int = 10) -> pd.DataFrame:
    """Hubs by HITS, a second view beside authority: pages whose content leads to many well-linked pages.

    Returns
    -------
    DataFrame
        One row per page with a score, best first: ``url``, ``hub_share`` and ``hits_authority_share`` (0-1 of the site's scores),
        ``content_outlinks`` (distinct pages), ``authority`` (share 0-1 of all that enters).
    """
    hubs, authorities = hits(audit.graph)
    pages = np.lexsort((np.arange(len(hubs)), -hubs.round(12)))[:top]
    pages = pages[hubs[pages] > 1e-9]
    metrics = audit.metrics.iloc[pages]
    return pd.DataFrame(
        {
            "url": metrics["url"].to_numpy(),
            "hub_share": hubs[pages],
            "hits_authority_share": authorities[pages],
            "content_outlinks": metrics["content_outlinks"].to_numpy(),
            "authority": metrics["authority"].to_numpy(),
        }
    )
