"""Charts of the way to money pages: from entrance pages, click by click, and between pages about the same."""

from itertools import pairwise

import altair as alt
import numpy as np
import pandas as pd

from linkkit.audit import Audit
from linkkit.charts.theme import (
    BLUE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    ROW,
    SKY,
    VERMILLION,
    WIDTH,
    check_rows,
    empty_chart,
    finish,
    palette,
)
from linkkit.charts.words import count, distinct, percent, short_url, shorten, verb
from linkkit.graph import scaled_rows
from linkkit.metrics.navigation import BASIS_WORDS, MAX_CLICKS, Navigation
from linkkit.metrics.reader import Floats, Reader, reader_of
from linkkit.metrics.related import EACH, FAR, content_clicks, related_pages

NO_MONEY = "No money pages are known: name them in notebook 01, and this shows how many visits get to them."
FIRST_ORDER = (
    "Ways of several clicks are chained from single steps, as if people forgot where they came from."
)
LANDED, NEXT, LATER, ELSEWHERE, LEFT = (
    "begin on a money page",
    "reach one with the first click",
    "reach one with a later click",
    "go on, but reach none",
    "leave at once",
)
_OUTCOMES = {LANDED: GREEN, NEXT: BLUE, LATER: SKY, ELSEWHERE: "#C9D1D6", LEFT: ORANGE}
SEEN, ALL_LINKS, CONTENT_LINKS = (
    "visitors' steps, model where few",
    "model: every link",
    "model: content links alone",
)
_READERS = {SEEN: VERMILLION, ALL_LINKS: BLUE, CONTENT_LINKS: GREEN}
_OTHERS = "(other sections)"
_DISTANCES = {"1 click": BLUE, "2 clicks": SKY, "3 clicks or more": ORANGE}


def navigation_of_audit(audit: Audit) -> Navigation:
    """The audit's navigation.

    Raises
    ------
    ValueError
        If the audit was made without one.
    """
    if audit.facts.navigation is None:
        raise ValueError("this audit knows nothing of navigation: run it with linkkit.run_audit")
    return audit.facts.navigation


def reader_words(audit: Audit) -> str:
    """What the chances rest on, for the foot of a chart."""
    n, model = navigation_of_audit(audit), audit.graph.model
    after = (
        f"{model.words()}: after each page {percent(model.damping)} of the model's readers take another link"
    )
    if not n.has_steps:
        return f"A model, no measurement: no steps of visitors are known. {after}."
    weight = n.pages["passes"].clip(lower=0)
    observed = float(np.average(n.pages["observed"], weights=weight)) if weight.sum() > 0 else 0.0
    return f"{percent(observed)} by visitors' steps (GA4), the rest by the model. {FIRST_ORDER} {after}."


def entrance_weights(audit: Audit) -> Floats:
    """Visits that begin on each page; 1 for every indexable page where none are known."""
    n = navigation_of_audit(audit)
    if n.basis == "none":
        return (audit.graph.indexable & audit.graph.stands).astype(np.float64)
    return n.pages["entrances"].fillna(0.0).to_numpy()


def entrance_outcomes_table(audit: Audit, *, top: int = 12) -> pd.DataFrame:
    """What becomes of visits, by the page they begin on: the entrances with most visits, at most `top`.

    Returns
    -------
    DataFrame
        One row per page and outcome: ``page_id``, ``url``, ``entrances``, ``outcome`` (of five), ``share`` (0-1 of the page's
        visits, together 1). Within the audit's ``max_journey_clicks``. No rows where no money page is known.
    """
    n, clicks = navigation_of_audit(audit), audit.thresholds.max_journey_clicks
    visits = np.where(audit.graph.stands, entrance_weights(audit), 0.0)
    order = np.lexsort((np.arange(len(visits)), -visits))[:top]
    pages = order[visits[order] > 0]
    if not audit.authority.money.any() or not len(pages):
        return pd.DataFrame(columns=["page_id", "url", "entrances", "outcome", "share"])
    landed, first, reached = (n.reach[pages, each] for each in (0, 1, clicks))
    left = np.where(landed > 0, 0.0, np.maximum(1 - n.reader.moves[pages].sum(axis=1), 0.0))
    shares = {
        LANDED: landed,
        NEXT: first - landed,
        LATER: reached - first,
        ELSEWHERE: np.maximum(1 - reached - left, 0.0),
        LEFT: left,
    }
    return pd.concat(
        [
            pd.DataFrame(
                {"page_id": pages, "url": audit.graph.urls[pages], "entrances": visits[pages], "outcome": name, "share": share}
            )
            for name, share in shares.items()
        ],
        ignore_index=True,
    )  # fmt: skip


def entrance_outcomes_chart(
    table: pd.DataFrame, *, clicks: int, basis: str, model: str, source: str = ""
) -> alt.Chart:
    """Stacked bars: of 100 visits that begin on a page, how many reach a money page, go on or leave."""
    if table.empty:
        return empty_chart(NO_MONEY, title="What becomes of visits cannot be said", notes=(source,))
    shown = check_rows(table[table.groupby("outcome")["share"].transform("sum") > 0]).copy()
    order = list(dict.fromkeys(table["page_id"]))
    urls = shown.drop_duplicates("page_id").set_index("page_id")
    visits = basis != BASIS_WORDS["none"]
    labels = distinct([short_url(urls["url"][page], 40) for page in order])
    notes = [f" · {urls['entrances'][page]:,.0f}" if visits else "" for page in order]
    names = {page: f"{label}{note}" for page, label, note in zip(order, labels, notes, strict=True)}
    shown["name"] = shown["page_id"].map(names)
    shown["place"] = shown["outcome"].map({name: place for place, name in enumerate(_OUTCOMES)})
    money = shown[shown["outcome"].isin([LANDED, NEXT, LATER])].groupby("page_id")["share"].sum()
    ends = pd.DataFrame(
        {"name": [names[page] for page in order], "note": [percent(money[page]) for page in order]}
    )
    y = alt.Y("name:N", sort=list(names.values()), title=f"Page{', visits that begin there' if visits else ''}",
              axis=alt.Axis(domain=False, tickSize=0, labelLimit=330))  # fmt: skip
    bars = alt.Chart(shown).mark_bar(stroke="white", strokeWidth=1).encode(
        y=y,
        x=alt.X("share:Q", title="Share of the visits that begin on the page", scale=alt.Scale(domain=[0, 1.0], nice=False),
                axis=alt.Axis(format=".0%", tickCount=5), stack="zero"),
        color=alt.Color("outcome:N", scale=palette(list(shown["outcome"]), _OUTCOMES), legend=alt.Legend(columns=3)),
        order=alt.Order("place:Q"),
        tooltip=[alt.Tooltip("url:N", title="Page"), alt.Tooltip("outcome:N", title="Visits that"), alt.Tooltip("share:Q", title="Share", format=".1%")],
    )  # fmt: skip
    numbers = (
        alt.Chart(ends)
        .mark_text(align="left", dx=6, color=INK, fontSize=12)
        .encode(y=y, x=alt.value(WIDTH - 250), text=alt.Text("note:N"))
    )
    return finish(
        alt.layer(bars, numbers).properties(width=WIDTH - 250, height=ROW * len(order)),
        title=entrance_headline(table, clicks=clicks),
        notes=(f"Percent at the end of a bar: visits that reach a money page within {count(clicks, 'click')}. {basis[:1].upper()}{basis[1:]}.", model, source),
        description="; ".join(f"{names[page]}: {percent(money[page])} reach a money page" for page in order),
    )  # fmt: skip


def entrance_headline(table: pd.DataFrame, *, clicks: int) -> str:
    """What the chart of entrances shows, in a sentence."""
    wide = table.pivot_table(index="page_id", columns="outcome", values="share", aggfunc="sum").fillna(0.0)
    visits = table.drop_duplicates("page_id").set_index("page_id")["entrances"]
    reach = wide.reindex(columns=[LANDED, NEXT, LATER], fill_value=0.0).sum(axis=1)
    share = float(np.average(reach, weights=visits.reindex(reach.index)))
    many = f"the {count(len(reach), 'page')}" if len(reach) > 1 else "the page"
    return f"Of the visits that begin on {many} with most of them, {percent(share)} reach a money page within {count(clicks, 'click')}"


def entrance_chance_table(audit: Audit) -> pd.DataFrame:
    """Every page that visits begin on and should lead on from, with its chance for each number of clicks.

    Returns
    -------
    DataFrame
        One row per page (legal texts, accounts and searches left out): ``page_id``, ``url``, ``entrances``, ``within_0`` .. ``within_10`` (share of visits that have
        reached a money page by that click). No rows where no money page or no visits are known.
    """
    n = navigation_of_audit(audit)
    columns = [f"within_{click}" for click in range(MAX_CLICKS + 1)]
    table = pd.DataFrame(n.reach, columns=columns)
    table.insert(0, "entrances", n.pages["entrances"].to_numpy())
    table.insert(0, "url", audit.graph.urls)
    table.insert(0, "page_id", np.arange(len(table)))
    known = n.pages["should_lead"].to_numpy() & bool(audit.authority.money.any())
    return table[known].reset_index(drop=True)


def entrance_chance_chart(
    table: pd.DataFrame, *, clicks: int, least: float, entrances: int, top: int = 15, source: str = ""
) -> alt.Chart:
    """Bars: the entrance pages with the smallest chance to lead to a money page, and the line below which they are found."""
    chosen = table[table["entrances"] >= entrances].copy() if len(table) else table
    if chosen.empty:
        why = f"No page has {entrances:,} visits or more that begin there, or no money page is known."
        return empty_chart(why, title="No entrance page can be judged", notes=(source,))
    chosen["chance"] = chosen[f"within_{clicks}"]
    below = chosen["chance"] < least
    shown = (
        chosen.sort_values(["chance", "entrances", "page_id"], ascending=[True, False, True]).head(top).copy()
    )
    shown["name"] = distinct([short_url(url, 44) for url in shown["url"]])
    shown["is_below"] = np.where(shown["chance"] < least, "below the line", "above it")
    shown["note"] = [
        f"{percent(chance, 1)} of {visits:,.0f}"
        for chance, visits in zip(shown["chance"], shown["entrances"], strict=True)
    ]
    shown["note_at"] = shown["chance"].clip(lower=least)
    most = max(float(shown["chance"].max()), least) * 1.35 + 1e-6
    y = alt.Y(
        "name:N",
        sort=shown["name"].tolist(),
        title="Page that visits begin on",
        axis=alt.Axis(domain=False, tickSize=0, labelLimit=330),
    )
    base = alt.Chart(shown).encode(
        y=y, x=alt.X("chance:Q", title=f"Share of visits that reach a money page within {count(clicks, 'click')}",
                     scale=alt.Scale(domain=[0, most], nice=False), axis=alt.Axis(format=".1~%", tickCount=5)),
    )  # fmt: skip
    bars = base.mark_bar().encode(
        color=alt.Color("is_below:N", scale=alt.Scale(domain=["below the line", "above it"], range=[VERMILLION, GREY])),
        tooltip=[alt.Tooltip("url:N", title="Page"), alt.Tooltip("entrances:Q", title="Visits", format=",.0f"), alt.Tooltip("chance:Q", title="Reach a money page", format=".2%")],
    )  # fmt: skip
    # Behind the line where the bar ends before it: the line would cross the number.
    numbers = base.mark_text(align="left", dx=5, color=INK, fontSize=11).encode(
        x=alt.X("note_at:Q"), text=alt.Text("note:N")
    )
    line = (
        alt.Chart(pd.DataFrame({"least": [least]}))
        .mark_rule(color=INK, strokeDash=[5, 4])
        .encode(x=alt.X("least:Q"))
    )
    lost = int(chosen.loc[below, "entrances"].sum())
    title = (
        f"{count(int(below.sum()), 'entrance page')} with {lost:,} visits {verb(int(below.sum()), 'leads')} hardly anybody to a money page"
        if below.any()
        else f"From every entrance page at least {percent(least, 1)} of visits reach a money page within {count(clicks, 'click')}"
    )
    return finish(
        alt.layer(bars, numbers, line).properties(width=WIDTH - 250, height=ROW * len(shown)),
        title=title,
        notes=(f"The {len(shown):,} lowest of {count(len(chosen), 'page')} with {entrances:,} visits or more. Dashed: {percent(least, 1)}.", source),
        description="; ".join(f"{name}: {note}" for name, note in zip(shown["name"], shown["note"], strict=True)),
    )  # fmt: skip


def reach_curve_table(audit: Audit) -> pd.DataFrame:
    """How many visits have reached a money page by each click, under each reader.

    Returns
    -------
    DataFrame
        One row per reader and number of clicks (0 to 10): ``reader``, ``clicks``, ``share`` (0-1 of all visits, by the page they begin
        on). No rows where no money page is known.
    """
    n, graph, visits = navigation_of_audit(audit), audit.graph, entrance_weights(audit)
    if not audit.authority.money.any() or visits.sum() <= 0:
        return pd.DataFrame(columns=["reader", "clicks", "share"])
    flow, money = audit.authority.flow, audit.authority.money
    total = graph.editorial.sum(axis=1)
    scale = np.divide(1.0, total, out=np.zeros(len(graph)), where=total > 0)
    readers: dict[str, Reader] = {SEEN: n.reader} if n.has_steps else {}
    readers[ALL_LINKS] = reader_of(flow.moves, money, flow.damping)
    readers[CONTENT_LINKS] = reader_of(scaled_rows(graph.editorial, scale), money, flow.damping)
    weights = visits / visits.sum()
    return pd.DataFrame(
        [
            {"reader": name, "clicks": click, "share": share}
            for name, reader in readers.items()
            for click, share in enumerate((weights @ reader.within(MAX_CLICKS)).tolist())
        ]
    )


def reach_curve_chart(table: pd.DataFrame, *, basis: str, model: str, source: str = "") -> alt.Chart:
    """Lines: share of visits that have reached a money page by each click, one line a reader."""
    if table.empty:
        return empty_chart(
            NO_MONEY, title="How many visits reach a money page cannot be said", notes=(source,)
        )
    shown = check_rows(table).copy()
    most = max(float(shown["share"].max()), 0.01) * 1.12
    base = alt.Chart(shown).encode(
        x=alt.X("clicks:Q", title="Clicks after landing", axis=alt.Axis(values=list(range(MAX_CLICKS + 1)), format="d", grid=False)),
        y=alt.Y("share:Q", title="Share of visits that have reached a money page", scale=alt.Scale(domain=[0, most], nice=False), axis=alt.Axis(format=".0%")),
        color=alt.Color("reader:N", scale=palette(list(shown["reader"]), _READERS), legend=None),
        strokeDash=alt.StrokeDash("reader:N", scale=alt.Scale(domain=list(_READERS), range=[[1, 0], [7, 4], [2, 3]]), legend=None),
        tooltip=[alt.Tooltip("reader:N", title="By"), alt.Tooltip("clicks:Q", title="Clicks"), alt.Tooltip("share:Q", title="Visits", format=".1%")],
    )  # fmt: skip
    ends = shown[shown["clicks"] == MAX_CLICKS].copy()
    ends["note"] = [
        f"{percent(share)}  {name}" for share, name in zip(ends["share"], ends["reader"], strict=True)
    ]
    ends["place"] = _spread(ends["share"].to_numpy(), most * 0.055)
    words = alt.Chart(ends).mark_text(align="left", dx=8, fontSize=12, fontWeight=600).encode(
        x=alt.X("clicks:Q"), y=alt.Y("place:Q"), text=alt.Text("note:N"), color=alt.Color("reader:N", scale=palette(list(shown["reader"]), _READERS), legend=None)
    )  # fmt: skip
    chart = alt.layer(
        base.mark_line(strokeWidth=2.5), base.mark_point(filled=True, size=28, opacity=1), words
    )
    first = shown["reader"].iloc[0]
    own = shown[shown["reader"] == first].set_index("clicks")["share"]
    return finish(
        chart.properties(width=WIDTH - 220, height=260),
        title=f"{percent(float(own[3]))} of visits reach a money page within 3 clicks, {percent(float(own[MAX_CLICKS]))} within {MAX_CLICKS} ({first})",
        notes=(f"{basis[:1].upper()}{basis[1:]}.", model, source),
        description="; ".join(f"{name}: {percent(float(group['share'].iloc[-1]))} within {MAX_CLICKS} clicks" for name, group in shown.groupby("reader", sort=False)),
    )  # fmt: skip


def _spread(values: Floats, gap: float) -> list[float]:
    """Places for labels at these values, at least `gap` apart."""
    placed = np.array(values, dtype=np.float64)
    order = np.argsort(placed, kind="stable")
    for one, two in pairwise(order):
        placed[two] = max(placed[two], placed[one] + gap)
    return [float(each) for each in placed]


def related_reach_table(audit: Audit, *, most: int = 12) -> pd.DataFrame:
    """How far apart related pages are by content links, by section.

    Returns
    -------
    DataFrame
        One row per section and distance: ``section``, ``distance`` (1 click, 2 clicks, 3 clicks or more), ``pairs``, ``share`` (0-1 of the
        section's), ``basis`` (what tells that they are related). The largest sections, the others together.
    """
    m = audit.metrics
    pairs, basis = related_pages(
        audit.graph,
        audit.facts.words,
        [("the same cluster", m["cluster"]), ("the same section", m["section"])],
    )
    if pairs.empty:
        return pd.DataFrame(columns=["section", "distance", "pairs", "share", "basis"])
    names = dict(zip((1, 2, FAR), _DISTANCES, strict=True))
    pairs = pairs.assign(
        distance=content_clicks(audit.graph, pairs).map(names),
        section=m["section"].fillna("(none)").astype(str)[pairs["page"]].to_numpy(),
    )
    large = pairs["section"].value_counts().index[:most]
    pairs["section"] = pairs["section"].where(pairs["section"].isin(large), _OTHERS)
    rows = pairs.groupby(["section", "distance"]).size().rename("pairs").reset_index()
    rows["share"] = rows["pairs"] / rows.groupby("section")["pairs"].transform("sum")
    return rows.assign(basis=basis)


def related_reach_chart(table: pd.DataFrame, *, source: str = "") -> alt.Chart:
    """Stacked bars by section: how many content clicks lie between related pages."""
    if table.empty:
        return empty_chart(
            "The crawl kept no text, and no clusters or sections group the pages.",
            title="Which pages are related is not known", notes=(source,),
        )  # fmt: skip
    shown = check_rows(table).copy()
    totals = shown.groupby("section")["pairs"].sum().sort_values(ascending=False)
    totals = totals.reindex(sorted(totals.index, key=lambda name: (name == _OTHERS, -totals[name], name)))
    labels = dict(zip(totals.index, distinct([shorten(name, 30) for name in totals.index]), strict=True))
    shown["name"] = [f"{labels[name]} · {totals[name]:,}" for name in shown["section"]]
    shown["place"] = shown["distance"].map({name: place for place, name in enumerate(_DISTANCES)})
    shown["note"] = [percent(share) if share >= 0.08 else "" for share in shown["share"]]
    base = alt.Chart(shown).encode(
        y=alt.Y("name:N", sort=[f"{labels[name]} · {totals[name]:,}" for name in totals.index], title="Section, pairs of related pages",
                axis=alt.Axis(domain=False, tickSize=0)),
        x=alt.X("share:Q", stack="zero", title="Share of related pages", scale=alt.Scale(domain=[0, 1], nice=False), axis=alt.Axis(format=".0%", tickCount=5)),
        order=alt.Order("place:Q"),
    )  # fmt: skip
    bars = base.mark_bar(stroke="white", strokeWidth=1).encode(
        color=alt.Color("distance:N", scale=palette(list(shown["distance"]), _DISTANCES)),
        tooltip=[alt.Tooltip("section:N", title="Section"), alt.Tooltip("distance:N", title="Apart"), alt.Tooltip("pairs:Q", title="Pairs", format=","), alt.Tooltip("share:Q", format=".1%", title="Share")],
    )  # fmt: skip
    numbers = base.mark_text(fontSize=11, dx=-4, align="right").encode(
        text=alt.Text("note:N"), color=alt.condition("datum.place == 0", alt.value("white"), alt.value(INK))
    )
    everything, near = int(shown["pairs"].sum()), int(shown.loc[shown["place"] == 0, "pairs"].sum())
    far = int(shown.loc[shown["place"] == 2, "pairs"].sum())
    basis = str(shown["basis"].iloc[0])
    return finish(
        alt.layer(bars, numbers).properties(width=WIDTH - 200, height=ROW * len(totals)),
        title=f"{percent(near / everything)} of related pages are one content click apart, {percent(far / everything)} are three or more",
        notes=(
            (f"Related: for each page its {EACH} nearest by {basis}, fewer where none are alike. " if basis == "text" else f"Related: up to {EACH} other pages of {basis} (no text is known). ")
            + "Content links; those that the template repeats left out.",
            source,
        ),
        description="; ".join(f"{section}, {distance}: {percent(share)}" for section, distance, share in zip(shown["section"], shown["distance"], shown["share"], strict=True)),
    )  # fmt: skip
