"""Chapter six told: the site's sections, their hubs, and the links between them."""

from collections.abc import Hashable, Iterator
from typing import Any

import pandas as pd

from linkkit.charts.architecture import (
    NO_SECTION,
    OTHER,
    TOP_LABEL,
    hierarchy_for,
    section_links_table,
    sections_table,
    single_links_table,
)
from linkkit.checks.architecture import sections_that_need_a_hub
from linkkit.deck.story import terms
from linkkit.deck.story.parts import Chart, Role, Slide, Table, TableColumn
from linkkit.deck.story.telling import MOST_CATEGORIES, MOST_ROWS, Telling, described, described_rows, series

CHAPTER = "architecture"
_SECTIONS = 8
_ALL = 10_000


def architecture_slides(t: Telling) -> Iterator[Slide]:
    """The chapter's slides, the main one first."""
    yield _main(t)
    for each in (_links(t), _single(t)):
        if each is not None:
            yield each


def _main(t: Telling) -> Slide:
    lang = t.lang
    table = sections_table(t.audit, sections=MOST_CATEGORIES - 2)
    top = table[table["level"] == 1]
    named = top[~top["section"].isin([OTHER, TOP_LABEL])]
    needing = _sections_that_need_a_hub(t)
    bare = needing[needing["hub_id"].isna()]
    least = terms.quantity(lang, t.audit.thresholds.min_section_pages, "pages")
    if top.empty:
        title = lang.text("There is no indexable page to judge")
    elif named.empty:
        title = lang.text("The site has no sections: its pages share no folder, breadcrumb or menu entry")
    elif len(bare):
        title = lang.plural(
            "{number} of {all} sections that need a hub page has none",
            "{number} of {all} sections that need a hub page have none",
            len(bare),
            all=lang.number(len(needing)),
        )
    elif len(needing):
        title = lang.plural(
            "{number} section needs a hub page, and has one",
            "{number} sections need a hub page, and each has one",
            len(needing),
        )
    else:
        title = lang.text("No section has {least} or more, from which on it needs a hub page", least=least)
    chart = None
    if len(top):
        names = t.names(top["section"])
        chart = Chart(
            name="architecture",
            kind="bars",
            title=title,
            categories=names,
            series=(series(lang.text("Pages"), top["pages"]),),
            roles=tuple(_role(row, set(bare["section"])) for row in top.to_dict("records")),
            value_title=lang.text("Indexable pages"),
            note=lang.text("Red: sections of {least} or more without a hub page. Grey: pages in no section. Further pages of lists are left out.", least=least),
            alt=described(title, names, [lang.number(pages) for pages in top["pages"]]),
        )  # fmt: skip
    return t.main_slide(
        CHAPTER,
        title,
        _lines(t, named),
        chart,
        _taken(t),
        lang.text(
            "A hub page stands for its section: it names and links the section's pages, and hands what it receives to all of them."
        ),
    )


def _sections_that_need_a_hub(t: Telling) -> pd.DataFrame:
    """The sections that the gate and the check judge, and no smaller one: slides and gate count the same."""
    hierarchy = hierarchy_for(t.audit)
    limits = t.audit.thresholds.limits("min_section_pages", hierarchy.sections["address"] + "/")
    return sections_that_need_a_hub(hierarchy, limits)


def _role(row: dict[Hashable, Any], bare: set[str]) -> Role:
    return "quiet" if row["hub"] == NO_SECTION else "bad" if row["section"] in bare else "main"


def _taken(t: Telling) -> str:
    lang, source = t.lang, hierarchy_for(t.audit).source
    if source == "breadcrumbs":
        return lang.text("Method: sections are taken from the breadcrumbs of the pages.")
    if source == "menu":
        return lang.text("Method: sections are taken from the menu.")
    return lang.text("Method: sections are taken from the folders of addresses.")


def _lines(t: Telling, named: pd.DataFrame) -> Iterator[str]:
    lang = t.lang
    if len(named):
        yield lang.text(
            "The largest section, {section}, holds {share} of the pages.",
            section=t.name(str(named["section"].iloc[0])),
            share=lang.percent(float(named["share"].iloc[0])),
        )
    links = section_links_table(t.audit, sections=_SECTIONS)
    total, inside = _inside(links)
    if total:
        yield lang.text(
            "{share} of the links in the content lead to another section.",
            share=lang.percent(1 - inside / total),
        )
    single, beside = t.number("single-link-page"), t.number("page-beside-hub")
    if single:
        yield lang.plural(
            "{number} part of the site hangs on a single link.",
            "{number} parts of the site hang on a single link each.",
            single,
        )
    if beside:
        yield lang.plural(
            "{number} page is not led to by the hub of its section.",
            "{number} pages are not led to by the hub of their section.",
            beside,
        )
    mute = t.number("page-without-link-up")
    if mute:
        yield lang.plural(
            "{number} page links neither to the page above it nor to its hub.",
            "{number} pages link neither to the page above them nor to their hub.",
            mute,
        )


def _inside(links: pd.DataFrame) -> tuple[int, int]:
    """Links of `section_links_table`: all, and those that stay in their section."""
    if links.empty:
        return 0, 0
    stays = links["source_section"] == links["target_section"]
    return int(links["links"].sum()), int(links.loc[stays, "links"].sum())


def _links(t: Telling) -> Slide | None:
    lang, table = t.lang, section_links_table(t.audit, sections=_SECTIONS)
    total, inside = _inside(table)
    order = list(dict.fromkeys(table["source_section"])) if len(table) else []
    if not total or len(order) < 2:
        return None
    names = t.names(order, 18)
    grid = table.pivot_table(index="source_section", columns="target_section", values="links", aggfunc="sum", fill_value=0)  # fmt: skip
    title = lang.text("{share} of the links in the content stay in their section", share=lang.percent(inside / total))  # fmt: skip
    rows = tuple(
        series(name, [float(grid.loc[source, target]) or None for target in order])
        for source, name in zip(order, names, strict=True)
    )
    chart = Chart(
        name="architecture.sections",
        kind="heat_map",
        title=title,
        categories=names,
        series=rows,
        value_title=lang.text("Links in the content"),
        category_title=lang.text("Section that links lead to"),
        note=lang.plural(
            "Rows: section that links stand in; {number} link, those of templates left out.",
            "Rows: section that links stand in; {number} links, those of templates left out.",
            total,
        ),
        alt=described_rows(title, names, rows, lang.number, between=" → "),
    )  # fmt: skip
    return Slide(
        name="architecture.sections",
        chapter=CHAPTER,
        title=title,
        kicker=t.chapter(CHAPTER),
        lines=(lang.text("Empty cells are sections that do not know each other: related pages there are worth a link."),),
        chart=chart,
        notes=t.notes(CHAPTER, _taken(t)),
    )  # fmt: skip


def _single(t: Telling) -> Slide | None:
    lang, table = t.lang, single_links_table(t.audit, top=_ALL)
    if table.empty:
        return None
    shown = table.head(MOST_ROWS)
    title = lang.plural(
        "{number} link holds pages on the site that nothing else leads to",
        "{number} links hold pages on the site that nothing else leads to",
        len(table),
    )
    return Slide(
        name="architecture.single",
        chapter=CHAPTER,
        title=title,
        kicker=t.chapter(CHAPTER),
        table=Table(
            "architecture.single",
            lang.text("Links that parts of the site hang on"),
            (
                TableColumn(lang.text("Page that would be cut off"), "url", 3.0),
                TableColumn(lang.text("Page with the only link"), "url", 3.0),
                TableColumn(lang.text("Pages"), "whole", 0.8),
                TableColumn(lang.text("Money pages"), "whole", 0.9),
            ),
            tuple(
                (str(row["page"]), str(row["source"]), int(row["pages"]), int(row["money_pages"]))
                for row in shown.to_dict("records")
            ),
            len(table),
        ),
        todo=lang.text("Link to each of these pages from a second place, best from the hub of its section."),
        tone="look",
        notes=t.notes(CHAPTER),
    )
