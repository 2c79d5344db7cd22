"""Charts of site architecture: sections and their parts, links from section to section, kinds of links, single links."""

from typing import Any

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
from linkkit.charts.words import count, percent, shorten, source_note, verb
from linkkit.metrics.hierarchy import TOP, Hierarchy, hierarchy_of
from linkkit.metrics.structure import Tangle, section_links, section_summary, tangle_of

SECTIONS = 12
PARTS = 8
OTHER = "other sections"
_NAME = 16
"""Height in which a name can be read, px."""
_LEAST = 0.034
"""Share of the picture's height that a section takes at least, so that its name finds room."""
TOP_LABEL = "no section"
_TELLING = 5.0
"""Links that sizes must give before fewer of them mean anything."""
WITH_HUB, WITHOUT_HUB, NO_SECTION = "has a hub page", "no hub page", "in no section"
_HUB_COLOURS = {WITH_HUB: BLUE, WITHOUT_HUB: VERMILLION, NO_SECTION: GREY}
_KIND_WORDS = {
    "up": "up, to a page above",
    "down": "down, to a page below",
    "sibling": "to a sibling (same page above)",
    "same section": "elsewhere in the section",
    "across": "across, to another section",
}
FOLLOWS, LOOSE = "follows the tree", "does not follow it"


def architecture_charts(audit: Audit) -> dict[str, alt.Chart]:
    """Every chart of the chapter, by name, the main one first."""
    source = source_note(audit)
    return {
        "sections": sections_chart(sections_table(audit), source=source),
        "section_links": section_links_chart(section_links_table(audit), source=source),
        "link_kinds": link_kinds_chart(link_kinds_table(audit), source=source),
        "single_links": single_links_chart(
            single_links_table(audit), least=audit.thresholds.min_hanging_pages, source=source
        ),
    }


def hierarchy_for(audit: Audit) -> Hierarchy:
    """The audit's hierarchy, built where the audit was put together without one."""
    return audit.facts.hierarchy or hierarchy_of(audit.site, audit.graph)


def sections_table(audit: Audit, *, sections: int = SECTIONS, parts: int = PARTS) -> pd.DataFrame:
    """Sections and their parts, with their sizes.

    Returns
    -------
    DataFrame
        One row per section (``level`` 1) and part of it (``level`` 2): ``section``, ``part`` (empty at level 1, and for pages in no
        part), ``pages`` (placed ones), ``share`` of all, ``hub`` (`WITH_HUB`, ...), ``hub_url``, ``hub_reason``, ``source`` (what the
        section rests on), ``passing_hub_share`` (NaN where nothing can be said). Largest first, small ones as `OTHER`, pages of no
        section last.
    """
    summary = section_summary(hierarchy_for(audit), audit.metrics)
    urls = audit.metrics["url"]
    own = audit.metrics[audit.metrics["is_placed"]]
    total = max(len(own), 1)
    named = summary[summary["section"] != TOP].head(sections)
    rest = summary[(summary["section"] != TOP)].iloc[sections:]
    rows = []
    for row in _rows(named):
        hub = WITHOUT_HUB if np.isnan(row.hub_id) else WITH_HUB
        rows.append(
            (
                1,
                row.section,
                "",
                row.pages,
                hub,
                urls.get(row.hub_id, ""),
                row.hub_reason,
                row.source,
                row.passing_hub_share,
            )
        )
        inner = own[(own["site_section"] == row.section)]["subsection"].value_counts()
        ordered = sorted(
            ((str(part), int(pages)) for part, pages in inner.items() if part),
            key=lambda each: (-each[1], each[0]),
        )
        rows += [
            (2, row.section, part, pages, hub, "", "", row.source, np.nan) for part, pages in ordered[:parts]
        ]
    if len(rest):
        state = WITH_HUB if rest["hub_id"].notna().all() else WITHOUT_HUB
        rows.append((1, OTHER, "", int(rest["pages"].sum()), state, "", "", "", np.nan))
    loose = int((own["site_section"] == TOP).sum())
    if loose:
        rows.append((1, TOP_LABEL, "", loose, NO_SECTION, "", "", "", np.nan))
    columns = [
        "level",
        "section",
        "part",
        "pages",
        "hub",
        "hub_url",
        "hub_reason",
        "source",
        "passing_hub_share",
    ]
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(share=table["pages"] / total)


def section_facts_table(audit: Audit) -> pd.DataFrame:
    """What each section is and how its links follow it, in words, for reading.

    Returns
    -------
    DataFrame
        One row per section, largest first: ``Section``, ``Pages``, ``Known by``, ``Hub page`` (URL), ``Why it is the hub``, and of its
        reachable pages but the hub the share ``Reached over hub or parent`` and ``Linking up``; ``Siblings linked``: of all pairs of pages
        with the same page above, the share linked in the content. Pages in no section are left out.
    """
    why = {
        "address": "at the section's address",
        "redirect": "its address redirects there",
        "links": "its pages link up to it",
    }
    table = section_summary(hierarchy_for(audit), audit.metrics)
    table = table[table["section"] != TOP]
    shares = {
        "Reached over hub or parent": "passing_hub_share", "Linking up": "linking_up_share", "Siblings linked": "sibling_density",
    }  # fmt: skip
    return pd.DataFrame(
        {
            "Section": table["section"],
            "Pages": table["pages"],
            "Known by": table["source"],
            "Hub page": table["hub_id"].map(audit.metrics["url"]).fillna("none"),
            "Why it is the hub": table["hub_reason"].map(why).fillna(""),
            **{
                heading: ["" if np.isnan(share) else percent(share) for share in table[name]]
                for heading, name in shares.items()
            },
        }
    ).reset_index(drop=True)


def sections_chart(table: pd.DataFrame, *, source: str = "") -> alt.Chart:
    """Icicle: the site, its sections, their parts; each as tall as it has pages.

    Parameters
    ----------
    table : DataFrame
        `sections_table`.
    """
    if table.empty:
        return empty_chart(
            "The crawl holds no indexable page.", title="There is no section to show", notes=(source,)
        )
    shown = _icicle(check_rows(table))
    total, reach = int(table.loc[table["level"] == 1, "pages"].sum()), float(shown["y2"].max())
    lowest = float((shown["y2"] - shown["y"]).min())
    height = max(220, 26 * int((table["level"] == 1).sum()), min(640, round(_NAME * reach / lowest)))
    base = alt.Chart(shown).encode(
        x=alt.X("x:Q", axis=None, scale=alt.Scale(domain=[0, 3], nice=False)),
        x2=alt.X2("x2:Q"),
        y=alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[reach, 0], nice=False)),
        y2=alt.Y2("y2:Q"),
    )
    rects = base.mark_rect(stroke="white", strokeWidth=1.5).encode(
        color=alt.Color("hub:N", scale=palette(list(shown["hub"]), _HUB_COLOURS)),
        opacity=alt.Opacity("tone:Q", scale=None),
        tooltip=[
            alt.Tooltip("name:N", title="Section"),
            alt.Tooltip("pages:Q", title="Pages", format=","),
            alt.Tooltip("share:Q", title="Share of the site", format=".0%"),
            alt.Tooltip("hub_url:N", title="Hub page"),
        ],
    )
    readable = shown[(shown["y2"] - shown["y"]) * height / reach >= _NAME - 3]
    words = (
        alt.Chart(readable)
        .mark_text(align="left", dx=7, fontSize=11.5)
        .encode(
            x=alt.X("x:Q", scale=alt.Scale(domain=[0, 3], nice=False)),
            y=alt.Y("middle:Q", scale=alt.Scale(domain=[reach, 0], nice=False)),
            text=alt.Text("words:N"),
            color=alt.condition(
                f"datum.level == 1 && datum.hub != '{NO_SECTION}'", alt.value("white"), alt.value(INK)
            ),
        )
    )
    return finish(
        alt.layer(rects, words).properties(width=WIDTH, height=height),
        title=_sections_headline(table),
        notes=(f"n = {count(total, 'indexable page')}, lists' further pages and filtered views left out. Height: number of pages; the smallest are drawn taller, for their names. Pale: parts of a section.", source),
        description="; ".join(f"{name}: {pages}" for name, pages in zip(shown["name"], shown["pages"], strict=True)),
    )  # fmt: skip


def _icicle(table: pd.DataFrame) -> pd.DataFrame:
    total = int(table.loc[table["level"] == 1, "pages"].sum())
    least = total * _LEAST
    rows = []
    at = inner = 0.0
    for row in _rows(table):
        if row.level == 1:
            parts = table[(table["level"] == 2) & (table["section"] == row.section)]["pages"]
            tall = max(float(row.pages), least, float(parts.clip(lower=least).sum()))
            rows.append((row.section, 1, row.pages, at, at + tall, row.hub, row.hub_url, row.share))
            inner, at = at, at + tall
        else:
            tall = max(float(row.pages), least)
            rows.append((row.part, 2, row.pages, inner, inner + tall, row.hub, "", row.share))
            inner += tall
    rows.insert(0, ("All pages", 0, total, 0.0, at, NO_SECTION, "", 1.0))
    shown = pd.DataFrame(rows, columns=["name", "level", "pages", "y", "y2", "hub", "hub_url", "share"])
    # The whole site is narrow, parts have long names.
    left, right = np.array([0.0, 0.5, 1.6]), np.array([0.49, 1.59, 3.0])
    level = shown["level"].to_numpy()
    letters = np.where(level == 0, 11, 30)
    return shown.assign(
        x=left[level],
        x2=right[level],
        middle=(shown["y"] + shown["y2"]) / 2,
        tone=np.array([0.4, 1.0, 0.35])[level],
        words=[
            f"{shorten(name, size)}  {pages:,}"
            for name, pages, size in zip(shown["name"], shown["pages"], letters, strict=True)
        ],
    )


def _sections_headline(table: pd.DataFrame) -> str:
    sections = table[(table["level"] == 1) & ~table["section"].isin([OTHER, TOP_LABEL])]
    bare = sections[sections["hub"] == WITHOUT_HUB]
    if sections.empty:
        return "The site has no sections: its pages share no folder, breadcrumb or menu entry"
    largest = sections.iloc[0]
    head = (
        f"{count(len(sections), 'section')}; the largest, {shorten(str(largest['section']), 30)}, holds "
        f"{percent(largest['share'])} of the pages"
    )
    if bare.empty:
        return f"{head}; every one has a hub page"
    pages = int(bare["pages"].sum())
    return f"{head}; {len(bare):,} with {count(pages, 'page')} {verb(len(bare), 'has')} no hub page"


def sections_words(table: pd.DataFrame, audit: Audit) -> str:
    """What sections there are, in a sentence, and what they were taken from."""
    taken = {"breadcrumbs": "breadcrumbs", "folders": "the folders of addresses", "menu": "the menu"}
    return f"{_sections_headline(table)} (sections taken from {taken[hierarchy_for(audit).source]})"


def tangle_words(table: pd.DataFrame) -> str:
    """The tangle measure in a sentence; says so where there are no links to measure."""
    return (
        f"{tangle_headline(table)}."
        if int(table["links"].sum())
        else "There are no links in the content to judge."
    )


def section_links_table(audit: Audit, *, sections: int = SECTIONS) -> pd.DataFrame:
    """Links of the content, those of templates left out, from section to section; the smaller ones together.

    Returns
    -------
    DataFrame
        One row per ordered pair: ``source_section``, ``target_section``, ``links`` (distinct pairs of pages), ``share`` of all links,
        ``expected_share`` (what the sections' sizes would give), ``ratio`` (share against expected; NaN where nothing is expected).
    """
    full = section_links(audit.graph, hierarchy_for(audit), editorial=True)
    names = list(dict.fromkeys(full["source_section"]))
    kept = [name for name in names if name != TOP][:sections]
    label = {name: TOP_LABEL if name == TOP else name if name in kept else OTHER for name in names}
    order = [*kept, *([OTHER] if OTHER in label.values() else []), TOP_LABEL]
    grouped = (
        full.assign(
            source_section=full["source_section"].map(label), target_section=full["target_section"].map(label)
        )
        .groupby(["source_section", "target_section"])[["links", "share", "expected_share"]]
        .sum()
    )
    table = grouped.reindex(
        pd.MultiIndex.from_product([order, order], names=grouped.index.names)
    ).reset_index()
    ratio = table["share"] / table["expected_share"].where(table["expected_share"] > 0)
    return table.assign(ratio=ratio)


def section_links_chart(table: pd.DataFrame, *, source: str = "") -> alt.Chart:
    """Heat map of links from section (row) to section (column): colour against what sizes would give, number of links in the cell."""
    total = int(table["links"].sum()) if len(table) else 0
    if not total:
        return empty_chart(
            "No page links to another one in its content.",
            title="There are no links in the content to compare",
            notes=(source,),
        )
    order = list(dict.fromkeys(table["source_section"]))
    short = {name: shorten(name, 24) for name in order}
    labels = [
        short[name] if list(short.values()).count(short[name]) == 1 else f"{short[name]} ({n})"
        for n, name in enumerate(order)
    ]
    label = dict(zip(order, labels, strict=True))
    shown = check_rows(table).assign(
        row=table["source_section"].map(label),
        column=table["target_section"].map(label),
        lift=_lift(table, total),
        words=[f"{links:,}" if links else "" for links in table["links"]],
    )
    base = alt.Chart(shown).encode(
        x=alt.X(
            "column:N",
            sort=labels,
            title="Links to",
            axis=alt.Axis(orient="top", labelAngle=-35, domain=False, tickSize=0),
        ),
        y=alt.Y("row:N", sort=labels, title="Links from", axis=alt.Axis(domain=False, tickSize=0)),
    )
    cells = base.mark_rect(stroke="white", strokeWidth=2, cornerRadius=2).encode(
        color=alt.Color(
            "lift:Q",
            scale=alt.Scale(domain=[-3, 0, 3], range=[ORANGE, "#F7F7F5", BLUE]),
            legend=alt.Legend(
                title=None, values=[-3, 0, 3], gradientLength=260, direction="horizontal",
                labelExpr="datum.value < 0 ? '1/8 or less' : datum.value > 0 ? '8 times or more' : 'as sizes give'",
            ),
        ),
        tooltip=[
            alt.Tooltip("source_section:N", title="From"),
            alt.Tooltip("target_section:N", title="To"),
            alt.Tooltip("links:Q", title="Links", format=","),
            alt.Tooltip("share:Q", title="Share of all", format=".1%"),
            alt.Tooltip("expected_share:Q", title="Sizes would give", format=".1%"),
        ],
    )  # fmt: skip
    numbers = base.mark_text(fontSize=12).encode(
        text=alt.Text("words:N"), color=alt.condition("datum.lift > 1.6", alt.value("white"), alt.value(INK))
    )
    return finish(
        alt.layer(cells, numbers).properties(
            width=min(WIDTH - 140, 62 * len(order)), height=ROW * len(order)
        ),
        title=_matrix_headline(table),
        notes=(
            f"n = {count(total, 'link')} in the content (distinct pairs of pages; links that a template repeats left out). "
            "Blue: more than the sections' sizes would give; orange: fewer, where they would give five or more.",
            source,
        ),
        description="; ".join(
            f"{row.source_section} to {row.target_section}: {row.links}" for row in _rows(table) if row.links
        ),
    )


def _lift(table: pd.DataFrame, total: int) -> pd.Series:
    """Links against what sizes would give, as doublings; half and twice as many lie equally far from 0.

    Where sizes would give hardly a link, having none says nothing.
    """
    lift = np.log2(table["ratio"].clip(1 / 8, 8)).fillna(0.0)
    telling = table["expected_share"] * total >= _TELLING
    return lift.where(telling | (lift > 0), 0.0)


def _matrix_headline(table: pd.DataFrame) -> str:
    own = table[table["source_section"] == table["target_section"]]
    inside, expected = float(own["share"].sum()), float(own["expected_share"].sum())
    head = f"{percent(inside)} of the links in the content stay in their section; sizes alone would give {percent(expected)}"
    named = table[
        ~table["source_section"].isin([OTHER, TOP_LABEL]) & ~table["target_section"].isin([OTHER, TOP_LABEL])
    ]
    never = named[(named["links"] == 0) & (named["source_section"] != named["target_section"])]
    if never.empty:
        return head
    worst = never.sort_values(
        ["expected_share", "source_section", "target_section"], ascending=[False, True, True]
    ).iloc[0]
    return f"{head}; {shorten(str(worst['source_section']), 24)} never links to {shorten(str(worst['target_section']), 24)}"


def link_kinds_table(audit: Audit) -> pd.DataFrame:
    """Links in the content by how they follow the hierarchy.

    Returns
    -------
    DataFrame
        `Tangle.kinds` with ``words`` and ``follows`` (`FOLLOWS`, `LOOSE`); ``tangle`` repeats the measure in each row.
    """
    found: Tangle = tangle_of(audit.graph, hierarchy_for(audit))
    follows = np.where(found.kinds["kind"].isin(["same section", "across"]), LOOSE, FOLLOWS)
    return found.kinds.assign(
        words=found.kinds["kind"].map(_KIND_WORDS), follows=follows, tangle=found.tangle
    )


def link_kinds_chart(table: pd.DataFrame, *, source: str = "") -> alt.Chart:
    """Shares of the kinds of links, each beside what links thrown at random would give."""
    total = int(table["links"].sum())
    if not total:
        return empty_chart(
            "No page links to another one in its content.",
            title="There are no links in the content to judge",
            notes=(source,),
        )
    shown = check_rows(table).assign(
        label=[
            f"{percent(share)}  ({links:,})"
            for share, links in zip(table["share"], table["links"], strict=True)
        ]
    )
    most = float(max(shown["share"].max(), shown["random_share"].max()))
    base = alt.Chart(shown).encode(
        y=alt.Y("words:N", sort=None, title=None, axis=alt.Axis(domain=False, tickSize=0))
    )
    bars = base.mark_bar(size=17).encode(
        x=alt.X("share:Q", title="Share of the links in the content", scale=alt.Scale(domain=[0, min(1.0, most * 1.25)]), axis=alt.Axis(format="%", grid=False, tickCount=5)),
        color=alt.Color("follows:N", scale=palette(list(shown["follows"]), {FOLLOWS: BLUE, LOOSE: SKY})),
        tooltip=[
            alt.Tooltip("words:N", title="Links"),
            alt.Tooltip("links:Q", title="Number", format=","),
            alt.Tooltip("share:Q", title="Share", format=".1%"),
            alt.Tooltip("random_share:Q", title="At random", format=".1%"),
        ],
    )  # fmt: skip
    chance = base.mark_tick(color=INK, thickness=2.5, size=25).encode(x=alt.X("random_share:Q"))
    numbers = (
        base.mark_text(align="left", dx=6, fontSize=12, color=INK)
        .encode(x=alt.X("right:Q"), text=alt.Text("label:N"))
        .transform_calculate(
            right="datum.random_share - datum.share > 0.2 ? datum.share : max(datum.share, datum.random_share)"
        )
    )
    return finish(
        alt.layer(bars, chance, numbers).properties(width=WIDTH - 200, height=34 * len(shown)),
        title=tangle_headline(table),
        notes=(
            f"n = {count(total, 'link')} in the content (distinct pairs of pages; links that a template repeats left out). Black mark: the "
            "same number of links thrown at random. A clean tree of the same size has only the dark bars.",
            source,
        ),
        description="; ".join(f"{row.words}: {row.links} ({percent(row.share)})" for row in _rows(table)),
    )


def tangle_headline(table: pd.DataFrame) -> str:
    """The tangle measure in words."""
    loose = float(table.loc[table["follows"] == LOOSE, "share"].sum())
    chance = float(table.loc[table["follows"] == LOOSE, "random_share"].sum())
    return f"{percent(loose)} of the links lead neither up, down nor to a sibling; links at random: {percent(chance)}, a clean tree: 0 %"


def single_links_table(audit: Audit, *, top: int = 15) -> pd.DataFrame:
    """The links that most hangs on, whatever the threshold; of links one behind the other the first.

    Returns
    -------
    DataFrame
        One row per link: ``page`` (URL that it leads to), ``source`` (URL it stands on), ``pages``, ``money_pages``, ``sessions``,
        ``domains`` that would be cut off. Money pages first, then pages.
    """
    m = audit.metrics
    alone = m[m["on_one_link"] & (m["page_kind"] == "page") & (m["hanging_pages"] >= 1)]
    inner = alone["dominator_id"].isin(alone["page_id"])
    outer = alone[~inner].sort_values(
        ["hanging_money_pages", "hanging_pages", "hanging_sessions", "url"],
        ascending=[False, False, False, True],
    )
    return (
        pd.DataFrame(
            {
                "page": outer["url"],
                "source": outer["dominator_id"].map(m["url"]),
                "pages": outer["hanging_pages"],
                "money_pages": outer["hanging_money_pages"],
                "sessions": outer["hanging_sessions"],
                "domains": outer["hanging_domains"],
            }
        )
        .reset_index(drop=True)
        .head(top)
    )


def single_links_chart(table: pd.DataFrame, *, least: int = 2, source: str = "") -> alt.Chart:
    """Bars of what would be cut off with one link; money pages in their own colour, the threshold as a line."""
    if table.empty:
        return empty_chart(
            "Every page can be reached in at least two ways.",
            title="No page hangs on a single link",
            notes=(source,),
        )
    labels: list[str] = []
    for page in table["page"]:
        label = shorten(f"/{page.split('://', 1)[-1].partition('/')[2]}", 44)
        labels.append(label if label not in labels else f"{label} ({len(labels)})")
    shown = check_rows(table).assign(
        label=labels,
        other=table["pages"] - table["money_pages"],
        # Words of bars that end before the limit begin behind it.
        end=table["pages"].where((table["pages"] >= least) | (least > table["pages"].max()), least - 0.5),
        says=[
            f"{count(row.pages, 'page')}" + (f", {row.sessions:,.0f} sessions" if row.sessions else "") + (f", {row.domains:,.0f} domains" if row.domains else "")
            for row in _rows(table)
        ],
    )  # fmt: skip
    parts = shown.melt(
        id_vars=["label", "page", "source", "pages"],
        value_vars=["money_pages", "other"],
        var_name="kind",
        value_name="number",
    )
    parts = parts[parts["number"] > 0]
    parts["kind"] = parts["kind"].map({"money_pages": "money pages", "other": "other pages"})
    most = int(shown["pages"].max())
    y = alt.Y("label:N", sort=labels, title=None, axis=alt.Axis(domain=False, tickSize=0))
    bars = alt.Chart(parts).mark_bar(size=16).encode(
        y=y,
        x=alt.X("number:Q", title="Pages that would be cut off", scale=count_scale(most, room=0.6), axis=alt.Axis(values=count_ticks(most), format="d", grid=False)),
        color=alt.Color("kind:N", scale=palette(list(parts["kind"]), {"money pages": PURPLE, "other pages": SKY})),
        order=alt.Order("kind:N"),
        tooltip=[alt.Tooltip("page:N", title="Link to"), alt.Tooltip("source:N", title="It stands on"), alt.Tooltip("kind:N", title="Cut off"), alt.Tooltip("number:Q", title="Number")],
    )  # fmt: skip
    words = (
        alt.Chart(shown)
        .mark_text(align="left", dx=6, fontSize=12, color=INK)
        .encode(y=y, x=alt.X("end:Q"), text=alt.Text("says:N"))
    )
    limit = (
        alt.Chart(pd.DataFrame({"x": [least - 0.5] if least <= most else []}, dtype="float64"))
        .mark_rule(strokeDash=[5, 4], color=MUTED)
        .encode(x=alt.X("x:Q"))
    )
    worst = table.iloc[0]
    beyond = int((table["pages"] >= least).sum())
    title = f"{count(len(table), 'page')} {verb(len(table), 'hangs')} on a single link" if not beyond else (
        f"{count(beyond, 'link')} {'carries' if beyond == 1 else 'carry'} {least} or more pages alone; the first, {count(int(worst['pages']), 'page')}"
        + (f", {int(worst['money_pages']):,} of them money pages" if worst["money_pages"] else "")
    )  # fmt: skip
    return finish(
        alt.layer(bars, limit, words).properties(width=WIDTH - 220, height=ROW * len(shown)),
        title=title,
        notes=(
            "Each bar: the page that only one link leads to, and how many indexable pages would be lost with that link. "
            f"Right of the dashed line: {least} or more.",
            source,
        ),
        description="; ".join(f"{row.page} (linked from {row.source}): {row.pages}" for row in _rows(table)),
    )


def _rows(table: pd.DataFrame) -> list[Any]:
    return list(table.itertuples(index=False))
