"""Chapter two told: how many clicks pages lie below the start page."""

from collections.abc import Iterator

import pandas as pd

from linkkit.charts.depth import GROUPS, OTHER, UNREACHABLE, depth_by_section_table, depth_table
from linkkit.deck.story.parts import Chart, Role, Slide
from linkkit.deck.story.telling import Telling, described_rows, series

CHAPTER = "depth"
_DEEPEST = 10
_SECTIONS = 10
_NAMED = 3
ALL, MONEY = GROUPS[:2]


def depth_slides(t: Telling) -> Iterator[Slide]:
    """The chapter's slides, the main one first."""
    yield _main(t)
    sections = _by_section(t)
    if sections is not None:
        yield sections


def too_deep(t: Telling) -> tuple[int, int, int]:
    """Reachable indexable pages deeper than the limit, money pages among all that are deeper or out of reach, reachable indexable pages."""
    table, limit = depth_table(t.audit), t.audit.thresholds.max_crawl_depth
    groups = list(dict.fromkeys(table["group"]))
    first = table[table["group"] == groups[0]] if groups else table
    money = table[table["group"] == MONEY]
    far = int(money.loc[(money["depth"] > limit) | (money["depth"] == UNREACHABLE), "pages"].sum())
    reached = first.loc[first["depth"] != UNREACHABLE]
    return int(reached.loc[reached["depth"] > limit, "pages"].sum()), far, int(reached["pages"].sum())


def _main(t: Telling) -> Slide:
    lang, table = t.lang, depth_table(t.audit)
    limit = t.audit.thresholds.max_crawl_depth
    deep, far, reached = too_deep(t)
    total = len(table)
    names, columns = _columns(t, table["depth"])
    if not total:
        title = lang.text("There is no indexable page to judge")
    elif deep:
        title = lang.plural(
            "{number} of {all} reachable pages lies deeper than {limit}",
            "{number} of {all} reachable pages lie deeper than {limit}",
            deep,
            all=lang.number(reached),
            limit=t.clicks_limit,
        )
    else:
        title = lang.text("No page that can be reached lies deeper than {limit}", limit=t.clicks_limit)
    groups: list[tuple[str, str, Role]] = [
        (ALL, lang.text("All indexable pages"), "main"),
        (MONEY, lang.text("Money pages"), "money"),
    ]
    drawn = tuple(
        series(name, _counts(table[table["group"] == group], columns), role)
        for group, name, role in groups
        if (table["group"] == group).any()
    )
    chart = None
    if total and drawn:
        chart = Chart(
            name="depth",
            kind="columns",
            title=title,
            categories=names,
            series=drawn,
            value_title=lang.text("Indexable pages"),
            category_title=lang.text("Clicks from the start page"),
            note=lang.text(
                "Fewest clicks over followed links; a redirect is not a click. Limit: {limit}.", limit=t.clicks_limit
            ),
            alt=described_rows(title, names, drawn, lang.number),
        )  # fmt: skip
    return t.main_slide(
        CHAPTER,
        title,
        _lines(t, table, far, limit),
        chart,
        lang.text(
            "Method: fewest clicks from the start page over followed links, redirects and canonicals counted for where they lead. The crawler's own number is not used."
        ),
        lang.text(
            "What a page hands on thins out with every click. Few clicks from the start page also tell search engines that a page matters; there is no official limit."
        ),
    )


def _columns(t: Telling, depths: pd.Series) -> tuple[tuple[str, ...], list[int]]:
    """Names and numbers of the columns: depths, the deepest as one, pages out of reach last."""
    lang = t.lang
    last = int(min(depths.max(), _DEEPEST)) if len(depths) and depths.max() >= 0 else 0
    numbers = list(range(last + 1))
    names = [lang.number(number) for number in numbers]
    if len(depths) and depths.max() > _DEEPEST:
        names[-1] = lang.text("{number} or more", number=lang.number(_DEEPEST))
    if (depths == UNREACHABLE).any():
        numbers.append(UNREACHABLE)
        names.append(lang.text("out of reach"))
    return tuple(names), numbers


def _counts(rows: pd.DataFrame, columns: list[int]) -> list[int]:
    pages = rows.assign(depth=rows["depth"].clip(upper=_DEEPEST)).groupby("depth")["pages"].sum()
    return [int(pages.get(depth, 0)) for depth in columns]


def _lines(t: Telling, table: pd.DataFrame, far: int, limit: int) -> Iterator[str]:
    lang = t.lang
    own = table[table["group"] == ALL]
    out = int(own.loc[own["depth"] == UNREACHABLE, "pages"].sum())
    money = int(table.loc[table["group"] == MONEY, "pages"].sum())
    if money and far:
        yield lang.plural(
            "{number} of {all} money pages lies deeper than {limit} or out of reach: little of what backlinks bring gets there.",
            "{number} of {all} money pages lie deeper than {limit} or out of reach: little of what backlinks bring gets there.",
            far,
            all=lang.number(money),
            limit=t.clicks_limit,
        )
    elif money:
        yield lang.plural(
            "The only money page lies within {limit}.",
            "All {number} money pages lie within {limit}.",
            money,
            limit=t.clicks_limit,
        )
    else:
        yield lang.text("No money pages are known: whether the pages that earn lie near cannot be said.")
    if out:
        yield lang.plural(
            "{number} more page is out of reach: no path of followed links leads to it.",
            "{number} more pages are out of reach: no path of followed links leads to them.",
            out,
        )
    near = int(own.loc[(own["depth"] >= 0) & (own["depth"] <= limit), "pages"].sum())
    reached = int(own.loc[own["depth"] >= 0, "pages"].sum())
    if reached:
        yield lang.text(
            "{share} of the pages that can be reached lie within {limit}.",
            share=lang.percent(near / reached),
            limit=t.clicks_limit,
        )
    ends = t.number("dead-end")
    if ends:
        yield lang.plural(
            "{number} page leads nowhere: its content holds no link.",
            "{number} pages lead nowhere: their content holds no link.",
            ends,
        )


def _worst_sections(t: Telling, bad: pd.Series) -> str:
    """Where the pages lie that are too deep or out of reach; sections that have as many are named together."""
    lang, most = t.lang, int(bad.max())
    worst = [t.name(str(section)) for section in bad.index[bad == most]]
    if len(worst) == 1:
        return lang.text(
            "Pages too deep or out of reach: most in {section}, {number}",
            section=worst[0],
            number=lang.number(most),
        )
    if len(worst) > _NAMED:
        return lang.text(
            "Pages too deep or out of reach: at most {number} in a section", number=lang.number(most)
        )
    return lang.text(
        "Pages too deep or out of reach: most in {sections}, {number} each",
        sections=lang.listed(worst),
        number=lang.number(most),
    )


def _by_section(t: Telling) -> Slide | None:
    lang, table = t.lang, depth_by_section_table(t.audit, sections=_SECTIONS)
    if table.empty:
        return None
    sections = list(dict.fromkeys(table["section"]))
    names, columns = _columns(t, table["depth"])
    limit = t.audit.thresholds.max_crawl_depth
    bad = table[(table["depth"] > limit) | (table["depth"] == UNREACHABLE)].groupby("section")["pages"].sum()
    # "Other sections" is no place to go to.
    bad = bad.drop(OTHER, errors="ignore") if len(bad) > 1 else bad
    if len(bad):
        title = _worst_sections(t, bad)
    else:
        title = lang.text("Every section lies within {limit}", limit=t.clicks_limit)
    rows = tuple(
        series(name, [count or None for count in _counts(table[table["section"] == section], columns)])
        for section, name in zip(sections, t.names(sections), strict=True)
    )
    chart = Chart(
        name="depth.by_section",
        kind="heat_map",
        title=title,
        categories=names,
        series=rows,
        value_title=lang.text("Indexable pages"),
        category_title=lang.text("Clicks from the start page"),
        note=lang.text("Sections by the first folder of the address, the smaller ones together."),
        alt=described_rows(title, names, rows, lang.number),
    )  # fmt: skip
    return Slide(
        name="depth.by_section",
        chapter=CHAPTER,
        title=title,
        kicker=t.chapter(CHAPTER),
        chart=chart,
        tone="look" if len(bad) else "good",
        notes=t.notes(
            CHAPTER,
            lang.text("Each row is a section, each column a number of clicks; the cell holds the number of indexable pages."),
        ),
    )  # fmt: skip
