"""Chapter eight told: how visitors get from where they land to the pages that earn."""

from collections.abc import Iterator

import numpy as np

from linkkit.charts.reach import (
    ELSEWHERE,
    LANDED,
    LATER,
    LEFT,
    NEXT,
    entrance_outcomes_table,
    reach_curve_table,
)
from linkkit.charts.visits import shortcuts_table, visitor_ways_table
from linkkit.deck.story import terms
from linkkit.deck.story.parts import Chart, Role, Slide, Table, TableColumn
from linkkit.deck.story.telling import MOST_ROWS, Telling, described, series
from linkkit.metrics.navigation import BASIS_WORDS, CONTENT, Navigation

CHAPTER = "navigation"
_OUTCOMES: dict[str, Role] = {LANDED: "money", NEXT: "good", LATER: "main", ELSEWHERE: "quiet", LEFT: "warn"}
_READERS: tuple[Role, ...] = ("main", "second", "good")
_ENTRANCES = 8


def navigation_slides(t: Telling) -> Iterator[Slide]:
    """The chapter's slides, the main one first."""
    lang, n = t.lang, t.audit.facts.navigation
    if n is None or not t.audit.authority.money.any():
        yield Slide(
            name="navigation",
            chapter=CHAPTER,
            title=lang.text("How visitors reach money pages could not be judged: none are known"),
            kicker=t.chapter(CHAPTER),
            lines=(lang.text("A money page is one that earns: a product, a service, an enquiry form."),),
            todo=lang.text("List the pages that earn money, one address, path or pattern a line."),
            tone="unknown",
            notes=t.notes(CHAPTER),
        )
    else:
        yield _main(t, n)
    for each in (_reach(t), _shortcuts(t), _ways(t)) if n is not None else ():
        if each is not None:
            yield each


def _main(t: Telling, n: Navigation) -> Slide:
    lang = t.lang
    clicks = terms.quantity(lang, t.audit.thresholds.max_journey_clicks, "clicks")
    share = _reached(t)
    if share is None:
        title = lang.text("How many visits reach a money page cannot be said: no page was visited")
    elif n.basis == "none":
        title = lang.text(
            "Of readers who land on any page, {share} would reach a money page within {clicks}",
            share=lang.percent(share),
            clicks=clicks,
        )
    else:
        title = lang.text(
            "{share} of visits reach a money page within {clicks}", share=lang.percent(share), clicks=clicks
        )
    return t.main_slide(CHAPTER, title, _lines(t), _outcomes(t, title), _method(t))


def _reached(t: Telling) -> float | None:
    """Share of visits that reach a money page within the limit, as the chapter's curve tells it; None without visits."""
    curve = reach_curve_table(t.audit)
    if curve.empty:
        return None
    own = curve[curve["reader"] == curve["reader"].iloc[0]]
    row = own[own["clicks"] == t.audit.thresholds.max_journey_clicks]
    share = float(row["share"].iloc[0]) if len(row) else float("nan")
    return None if np.isnan(share) else share


def _method(t: Telling) -> str:
    lang, n = t.lang, t.audit.facts.navigation
    if n is None:
        return ""
    basis = lang.text(BASIS_WORDS[n.basis])
    if n.has_steps:
        return lang.text(
            "Method: visitors' steps from page to page where enough are known, else a model of readers who take links by their weight. Counted: {basis}.",
            basis=basis,
        )
    return lang.text(
        "Method: a model of readers who take links by their weight; no measurement of visitors. Counted: {basis}.",
        basis=basis,
    )


def _lines(t: Telling) -> Iterator[str]:
    lang = t.lang
    for check, said in (
        ("entrance-without-path", _entrances),
        ("missing-shortcut", _missing),
        ("step-without-link", _unlinked),
        ("search-dependence", _searches),
    ):
        number = t.number(check)
        if number:
            yield said(t, number)
    n = t.audit.facts.navigation
    if n is not None and not n.has_steps:
        yield lang.text("Visitors' steps are not known: this is a model of readers, no measurement.")


def _entrances(t: Telling, number: int) -> str:
    return t.lang.plural(
        "{number} entrance page leads hardly anybody to a money page.",
        "{number} entrance pages lead hardly anybody to a money page.",
        number,
    )


def _missing(t: Telling, number: int) -> str:
    return t.lang.plural(
        "{number} way over another page deserves a link of its own.",
        "{number} ways over another page deserve a link of their own.",
        number,
    )


def _unlinked(t: Telling, number: int) -> str:
    return t.lang.plural(
        "{number} page is visited from a page without a link to it.",
        "{number} pages are visited from a page without a link to them.",
        number,
    )


def _searches(t: Telling, number: int) -> str:
    return t.lang.plural(
        "{number} page sends many visitors into the site's search.",
        "{number} pages send many visitors into the site's search.",
        number,
    )


def _outcomes(t: Telling, title: str) -> Chart | None:
    lang, table = t.lang, entrance_outcomes_table(t.audit, top=_ENTRANCES)
    if table.empty:
        return None
    grid = table.pivot_table(index="page_id", columns="outcome", values="share", aggfunc="sum", fill_value=0.0)  # fmt: skip
    first = table.drop_duplicates("page_id")
    order = list(first["page_id"])
    names = t.pages(first["url"].astype(str), 30)
    # A bar of less than half a percent is none: the legend would name what nobody sees.
    kinds = [outcome for outcome in _OUTCOMES if outcome in grid.columns and grid[outcome].max() >= 0.005]
    drawn = tuple(
        series(lang.text(kind), [grid.loc[page, kind] for page in order], _OUTCOMES[kind]) for kind in kinds
    )
    good = [place for place, kind in enumerate(kinds) if kind in (LANDED, NEXT, LATER)]
    reach = [sum(drawn[place].values[row] or 0.0 for place in good) for row in range(len(order))]
    return Chart(
        name="navigation",
        kind="stacked_bars",
        title=lang.text("What becomes of visits, by the page they begin on"),
        categories=names,
        series=drawn,
        value_kind="share",
        value_title=lang.text("Share of the visits that begin on the page"),
        note=lang.plural(
            "The {number} entrance page with most visits.",
            "The {number} entrance pages with most visits.",
            len(order),
        ),
        alt=described(title, names, [lang.percent(share) for share in reach]),
    )


def _reach(t: Telling) -> Slide | None:
    lang, table = t.lang, reach_curve_table(t.audit)
    if table.empty:
        return None
    readers = list(dict.fromkeys(table["reader"]))[: len(_READERS)]
    clicks = sorted(set(table["clicks"]))
    names = tuple(lang.number(each) for each in clicks)
    drawn = tuple(
        series(lang.text(str(reader)), table[table["reader"] == reader].sort_values("clicks")["share"], role)
        for reader, role in zip(readers, _READERS, strict=False)
    )
    first, last = drawn[0].values[0] or 0.0, drawn[0].values[-1] or 0.0
    title = lang.text(
        "{first} of visits begin on a money page, {last} have reached one in the end",
        first=lang.percent(first),
        last=lang.percent(last),
    )
    chart = Chart(
        name="navigation.reach",
        kind="line",
        title=title,
        categories=names,
        series=drawn,
        value_kind="share",
        value_title=lang.text("Share of visits that have reached a money page"),
        category_title=lang.text("Clicks"),
        note=_method(t),
        alt="; ".join([title, *(described(each.name, names, [lang.percent(value or 0.0) for value in each.values]) for each in drawn)]),
    )  # fmt: skip
    return Slide(
        name="navigation.reach",
        chapter=CHAPTER,
        title=title,
        kicker=t.chapter(CHAPTER),
        lines=(lang.text("What is not reached with the first two clicks is seldom reached at all."),) if last - (drawn[0].values[min(2, len(names) - 1)] or 0.0) < 0.1 else (),
        chart=chart,
        notes=t.notes(CHAPTER, _method(t)),
    )  # fmt: skip


def _shortcuts(t: Telling) -> Slide | None:
    lang = t.lang
    table = shortcuts_table(t.audit, top=MOST_ROWS)
    total = t.number("missing-shortcut")
    table = table[table["is_found"].astype(bool)] if len(table) else table
    if table.empty or not total:
        return None
    rows = tuple(
        (str(row["source"]), str(row["via"]), str(row["target"]), float(round(row["steps"])))
        for row in table.to_dict("records")
    )
    return Slide(
        name="navigation.shortcuts",
        chapter=CHAPTER,
        title=lang.plural(
            "{number} way over another page deserves a link of its own",
            "{number} ways over another page deserve a link of their own",
            total,
        ),
        kicker=t.chapter(CHAPTER),
        table=Table(
            "navigation.shortcuts",
            lang.text("Ways that visitors take over another page"),
            (
                TableColumn(lang.text("From"), "url", 2.4),
                TableColumn(lang.text("Over"), "url", 2.4),
                TableColumn(lang.text("To"), "url", 2.4),
                TableColumn(lang.text("Visitors, estimated"), "whole", 1.0),
            ),
            rows,
            max(total, len(rows)),
        ),
        todo=lang.text("Link from the text of the first page straight to the last one."),
        tone="look",
        notes=t.notes(CHAPTER, _method(t)),
    )


def _ways(t: Telling) -> Slide | None:
    lang, table = t.lang, visitor_ways_table(t.audit)
    if table.empty:
        return None
    names = tuple(lang.text(str(way)) for way in table["way"])
    content = float(table.loc[table["way"] == CONTENT, "share"].sum())
    title = lang.text("{share} of visitors' steps follow links in the content", share=lang.percent(content))
    chart = Chart(
        name="navigation.ways",
        kind="bars",
        title=title,
        categories=names,
        series=(series(lang.text("Share of steps"), table["share"]),),
        value_kind="share",
        value_title=lang.text("Share of visitors' steps from page to page"),
        note=lang.plural("{number} step from page to page.", "{number} steps from page to page.", int(table["steps"].sum())),
        alt=described(title, names, [lang.percent(float(share)) for share in table["share"]]),
    )  # fmt: skip
    return Slide(
        name="navigation.ways",
        chapter=CHAPTER,
        title=title,
        kicker=t.chapter(CHAPTER),
        chart=chart,
        notes=t.notes(CHAPTER, _method(t)),
    )
