"""The story's appendix: what the audit rests on, what its words mean, which limits were changed, what the data cannot show."""

from collections.abc import Iterator, Sequence

from linkkit.deck.definitions import PAGE_COLUMNS
from linkkit.deck.story.differences import Difference, differences
from linkkit.deck.story.frame import limit_lines, scope_lines
from linkkit.deck.story.parts import Slide, Table, TableColumn
from linkkit.deck.story.telling import MOST_ROWS, Telling

CHAPTER = "appendix"
_DEFINED = (
    "crawl_depth",
    "linking_pages",
    "content_inlinks",
    "link_share",
    "authority",
    "landing_yield",
    "importance",
    "is_money_page",
    "pagerank",
)
"""Measures that the appendix explains, by their column of the Pages sheet."""


def appendix_slides(t: Telling) -> Iterator[Slide]:
    """Method, definitions, changed limits, limits of the data."""
    yield _method(t)
    yield _definitions(t)
    changed = list(differences(t.audit.thresholds, t.audit.graph.model, t.lang))
    if changed:
        yield _thresholds(t, changed)
    yield _limits(t, has_defaults=not changed)


def _kicker(t: Telling) -> str:
    return t.lang.text("Appendix")


def _method(t: Telling) -> Slide:
    lang = t.lang
    return Slide(
        name="appendix.method",
        chapter=CHAPTER,
        title=lang.text("What this audit rests on"),
        kicker=_kicker(t),
        lines=scope_lines(t)[:4],
        notes="\n\n".join(
            [
                lang.text("Every page of the site is crawled or imported with its links; redirects and canonicals are folded into the page they lead to. Checks hold measures against limits; no check passes for want of data."),
                t.model,
            ]
        ),
    )  # fmt: skip


def _definitions(t: Telling) -> Slide:
    lang = t.lang
    columns = {column.name: column for column in PAGE_COLUMNS}
    rows = tuple(
        (lang.text(columns[name].heading), lang.text(columns[name].meaning))
        for name in _DEFINED
        if name in columns
    )
    return Slide(
        name="appendix.definitions",
        chapter=CHAPTER,
        title=lang.text("What the words mean"),
        kicker=_kicker(t),
        table=Table(
            "appendix.definitions",
            lang.text("Measures"),
            (TableColumn(lang.text("Word"), "text", 1.0), TableColumn(lang.text("Meaning"), "text", 5.0)),
            rows,
            len(rows),
        ),
        notes=lang.text("The workbook explains every column and every word of its tables."),
    )


def _thresholds(t: Telling, changed: Sequence[Difference]) -> Slide:
    lang = t.lang
    note = ""
    if len(changed) > MOST_ROWS:
        note = lang.text("The first {shown} of {all}; the workbook lists them all.", shown=lang.number(MOST_ROWS), all=lang.number(len(changed)))  # fmt: skip
    return Slide(
        name="appendix.thresholds",
        chapter=CHAPTER,
        title=lang.plural(
            "{number} limit differs from the default", "{number} limits differ from the default", len(changed)
        ),
        kicker=_kicker(t),
        table=Table(
            "appendix.thresholds",
            lang.text("Limits that differ from the default"),
            (
                TableColumn(lang.text("Limit"), "text", 4.4),
                TableColumn(lang.text("Here"), "text", 1.0),
                TableColumn(lang.text("Default"), "text", 1.0),
            ),
            tuple((each.meaning, each.value, each.default) for each in changed[:MOST_ROWS]),
            len(changed),
            note,
        ),
        notes=lang.text("Limits are set for the client's kind of site; a finding is judged by the limits shown here."),
    )  # fmt: skip


def _limits(t: Telling, *, has_defaults: bool) -> Slide:
    lang = t.lang
    open_ones = t.unjudged()
    title = (
        lang.text("What the data cannot show")
        if open_ones or not t.audit.manifest.complete
        else lang.text("Every check could be judged")
    )
    table = None
    if open_ones:
        table = Table(
            "appendix.limits",
            lang.text("Not judged, and no all-clear"),
            (TableColumn(lang.text("Check"), "text", 2.4), TableColumn(lang.text("Reason"), "text", 3.6)),
            tuple(open_ones[:MOST_ROWS]),
            len(open_ones),
        )
    lines = limit_lines(t)[: 3 if has_defaults else 4]
    if has_defaults:
        lines += (lang.text("Every limit is at its default; the workbook lists them all, with where the defaults come from."),)  # fmt: skip
    return Slide(
        name="appendix.limits",
        chapter=CHAPTER,
        title=title,
        kicker=_kicker(t),
        lines=lines,
        table=table,
        tone="unknown" if open_ones or not t.audit.manifest.complete else "good",
    )
