"""Chapter one told: which pages no path of links leads to, and where they are known from."""

from collections.abc import Iterator

from linkkit.charts.coverage import sitemap_state_table
from linkkit.charts.discovery import (
    NOT_REACHED,
    OUTSIDE,
    REACHED,
    UNSEEN,
    UNSURE,
    found_in_table,
    orphan_states_table,
)
from linkkit.deck.story.parts import Chart, Role, Slide
from linkkit.deck.story.telling import Telling, described, series
from linkkit.schema import OrphanState

CHAPTER = "discovery"
_LOST = (OrphanState.ORPHAN, OrphanState.ISLAND, OrphanState.NOFOLLOW_ONLY)
_ROLES: dict[str, Role] = {
    OrphanState.ORPHAN: "bad",
    OrphanState.ISLAND: "bad",
    OrphanState.NOFOLLOW_ONLY: "bad",
    OrphanState.NON_INDEXABLE_SOURCES_ONLY: "warn",
    OrphanState.CHROME_ONLY: "second",
    OrphanState.INCONCLUSIVE: "quiet",
}
_REACH: dict[str, Role] = {REACHED: "main", NOT_REACHED: "bad", UNSURE: "warn", OUTSIDE: "quiet", UNSEEN: "second"}  # fmt: skip


def discovery_slides(t: Telling) -> Iterator[Slide]:
    """The chapter's slides, the main one first."""
    yield _main(t)
    sources = _sources(t)
    if sources is not None:
        yield sources


def lost_pages(t: Telling) -> tuple[int, int]:
    """Indexable pages that no followed path leads to, and of how many: of those judged, or of all where nothing can be said."""
    table = orphan_states_table(t.audit)
    lost = int(table.loc[table["state"].isin([str(state) for state in _LOST]), "pages"].sum())
    judged = int(table["of"].max()) if len(table) else 0
    unsure = int(table.loc[table["state"] == str(OrphanState.INCONCLUSIVE), "pages"].sum())
    return lost, judged if lost or (judged and t.audit.manifest.complete) else judged + unsure


def _main(t: Telling) -> Slide:
    lang, audit = t.lang, t.audit
    table = orphan_states_table(audit)
    lost, judged = lost_pages(t)
    everything = lang.number(judged)
    if not judged:
        title = lang.text("There is no indexable page to judge")
    elif not lost and (not audit.manifest.complete or not table["of"].max()):
        title = lang.plural(
            "Whether the only indexable page can be reached cannot be said: the crawl is incomplete",
            "Whether all {number} indexable pages can be reached cannot be said: the crawl is incomplete",
            judged,
        )
    elif lost:
        title = lang.plural(
            "{number} of {all} indexable pages cannot be reached by following links",
            "{number} of {all} indexable pages cannot be reached by following links",
            lost,
            all=everything,
        )
    elif judged == 1:
        title = lang.text("The only indexable page can be reached")
    else:
        title = lang.text("All {all} indexable pages can be reached by following links", all=everything)
    shown = table[table["pages"] > 0]
    chart = None
    if len(shown):
        names = [_state(t, OrphanState(state)) for state in shown["state"]]
        chart = Chart(
            name="discovery",
            kind="bars",
            title=title,
            categories=tuple(names),
            series=(series(lang.text("Pages"), shown["pages"]),),
            roles=tuple(_ROLES[str(state)] for state in shown["state"]),
            value_title=lang.text("Indexable pages"),
            note=lang.plural(
                "How pages are linked; {number} indexable page was judged. Red: cannot be reached.",
                "How pages are linked; {number} indexable pages were judged. Red: cannot be reached.",
                int(table["of"].max()),
            ),
            alt=described(title, names, [lang.number(pages) for pages in shown["pages"]]),
        )
    return t.main_slide(
        CHAPTER,
        title,
        _lines(t, lost),
        chart,
        lang.text(
            "Method: pages known from the sitemap, Search Console, analytics, backlinks, server logs and lists are held against those that followed links lead to from the start page."
        ),
        lang.text(
            "An orphan page has no internal link at all. An island has links, but only from pages that cannot be reached themselves. Links marked nofollow do not count as a path."
        ),
    )


def _state(t: Telling, state: OrphanState) -> str:
    """A state of pages, short enough for an axis."""
    lang = t.lang
    return {
        OrphanState.ORPHAN: lang.text("no link at all"),
        OrphanState.ISLAND: lang.text("from lost pages only"),
        OrphanState.NOFOLLOW_ONLY: lang.text("nofollow links only"),
        OrphanState.NON_INDEXABLE_SOURCES_ONLY: lang.text("from outside the index"),
        OrphanState.CHROME_ONLY: lang.text("from templates only"),
        OrphanState.INCONCLUSIVE: lang.text("cannot be judged"),
    }[state]


def _lines(t: Telling, lost: int) -> Iterator[str]:
    lang, audit = t.lang, t.audit
    orphans, islands = t.number("orphan-page"), t.number("island-page")
    if orphans:
        yield lang.plural(
            "{number} page has no internal link at all: no visitor and no crawler gets there by clicking.",
            "{number} pages have no internal link at all: no visitor and no crawler gets there by clicking.",
            orphans,
        )
    if islands:
        yield lang.plural(
            "{number} page is linked only from pages that cannot be reached themselves.",
            "{number} pages are linked only from pages that cannot be reached themselves.",
            islands,
        )
    table = orphan_states_table(audit)
    wasted = table[table["state"].isin([str(state) for state in _LOST])]
    sums = wasted[["clicks", "sessions", "referring_domains"]].sum()
    if lost and float(sums.sum()) > 0:
        clicks, sessions, domains = (float(each) for each in sums)
        earned = [
            said
            for number, said in (
                (clicks, lang.plural("{number} search click", "{number} search clicks", clicks)),
                (sessions, lang.plural("{number} session", "{number} sessions", sessions)),
                (domains, lang.plural("{number} referring domain", "{number} referring domains", domains)),
            )
            if number > 0
        ]
        yield lang.text("These pages earn something all the same: {earned}.", earned=", ".join(earned))
    weak, missing = t.number("weak-page"), t.number("missing-from-sitemap")
    if weak:
        yield lang.plural(
            "{number} page is linked from so few pages ({limit} or fewer) that an edit can cut it off.",
            "{number} pages are linked from so few pages ({limit} or fewer) that an edit can cut them off.",
            weak,
            limit=lang.number(t.audit.thresholds.weak_linking_pages),
        )
    if missing:
        yield lang.plural(
            "The sitemap lacks {number} indexable page.",
            "The sitemap lacks {number} indexable pages.",
            missing,
        )
    if not any([orphans, islands, weak, missing]) and lost == 0 and audit.manifest.complete:
        yield lang.text("Every page that could stand in a search index has a path of links that leads to it.")
    if found_in_table(audit).empty:
        yield lang.text(
            "No other source names this site's pages: pages without a link can only be found with a sitemap or another list."
        )


def _sources(t: Telling) -> Slide | None:
    lang, table = t.lang, found_in_table(t.audit)
    if table.empty:
        return None
    grid = table.pivot_table(index="source", columns="state", values="pages", aggfunc="sum", fill_value=0)
    order = list(dict.fromkeys(table["source"]))
    states = [state for state in _REACH if state in grid.columns]
    names = [lang.text(str(name)) for name in order]
    lost = table[table["state"] == NOT_REACHED].set_index("source")["pages"]
    unsure = table[table["state"].isin([UNSURE, UNSEEN])].groupby("source")["pages"].sum()
    if len(lost):
        title = lang.plural(
            "{source}: {number} page that no path of clicks leads to",
            "{source}: {number} pages that no path of clicks leads to",
            int(lost.max()),
            source=lang.text(str(lost.idxmax())),
        )
    elif len(unsure):
        title = lang.plural(
            "{source}: {number} address that cannot be judged, for the crawl did not reach it",
            "{source}: {number} addresses that cannot be judged, for the crawl did not reach them",
            int(unsure.max()),
            source=lang.text(str(unsure.idxmax())),
        )
    else:
        title = lang.text("Every indexable page that another source knows can be reached by clicking")
    chart = Chart(
        name="discovery.sources",
        kind="stacked_bars",
        title=title,
        categories=tuple(names),
        series=tuple(
            series(lang.text(state), [grid.loc[source, state] for source in order], _REACH[state])
            for state in states
        ),
        value_title=lang.text("Addresses that the source names"),
        note=lang.text(
            "An address that several sources name counts for each of them; a redirect or copy counts as the page it stands for."
        ),
        alt="; ".join(
            [
                title,
                *(
                    f"{lang.text(str(row['source']))}, {lang.text(str(row['state']))}: {lang.number(row['pages'])}"
                    for row in table.to_dict("records")
                ),
            ]
        ),
    )
    return Slide(
        name="discovery.sources",
        chapter=CHAPTER,
        title=title,
        kicker=t.chapter(CHAPTER),
        lines=tuple(_sitemap_lines(t)),
        chart=chart,
        tone="fix" if len(lost) else "unknown" if len(unsure) else "good",
        notes=t.notes(
            CHAPTER,
            lang.text(
                "Each source is held against the links: what it names and no path of clicks leads to is out of reach for visitors who begin at the start page."
            ),
        ),
    )


def _sitemap_lines(t: Telling) -> Iterator[str]:
    lang, table = t.lang, sitemap_state_table(t.audit)
    if table.empty:
        yield lang.text("No sitemap is known: it would be the easiest list of pages that should be found.")
        return
    wrong = t.number("sitemap-not-indexable")
    if wrong:
        yield lang.plural(
            "The sitemap lists {number} address that cannot stand in an index.",
            "The sitemap lists {number} addresses that cannot stand in an index.",
            wrong,
        )
    missing = t.number("missing-from-sitemap")
    if missing:
        yield lang.plural("It lacks {number} indexable page.", "It lacks {number} indexable pages.", missing)
    if not wrong and not missing:
        yield lang.text("The sitemap lists every indexable page, and nothing else.")
    waste = t.number("bot-waste")
    if waste:
        yield lang.plural(
            "Search engines' robots visit {number} address in vain.",
            "Search engines' robots visit {number} addresses in vain.",
            waste,
        )
