"""The worst findings of a chapter as a table."""

from linkkit.checks import CHECKS
from linkkit.deck.story import terms
from linkkit.deck.story.parts import Slide, Table, TableColumn
from linkkit.deck.story.telling import Telling
from linkkit.schema import Severity

SHOWN = 8


def findings_slide(t: Telling, chapter: str) -> Slide | None:
    """The first findings of a chapter, worst first; None where there are none."""
    lang, found = t.lang, t.findings(chapter)
    if found.empty:
        return None
    total, high = len(found), int((found["severity"] == Severity.HIGH).sum())
    name = t.chapter(chapter)
    if high:
        title = lang.plural(
            "{chapter}: {number} finding, {high} of high severity",
            "{chapter}: {number} findings, {high} of them of high severity",
            total,
            chapter=name,
            high=lang.number(high),
        )
    else:
        title = lang.plural(
            "{chapter}: {number} finding, not of high severity",
            "{chapter}: {number} findings, none of high severity",
            total,
            chapter=name,
        )
    return Slide(
        name=f"{chapter}.findings",
        chapter=chapter,
        title=title,
        kicker=name,
        table=findings_table(t, chapter),
        tone=t.tone(chapter),
        notes=_why(t, chapter),
    )


def findings_table(t: Telling, chapter: str | None, *, most: int = SHOWN) -> Table:
    """Severity, page, what is wrong, value against limit, and what to do: the worst `most`, with the true total."""
    lang, found = t.lang, t.findings(chapter)
    rows = []
    for row in found.head(most).to_dict("records"):
        check = CHECKS.get(row["check_id"])
        rows.append(
            (
                str(row["severity"]),
                str(row["url"]),
                lang.text(check.title) if check else str(row["check_id"]).replace("-", " "),
                _value(t, row["value"], row["threshold"], str(row["unit"]), bool(check and check.thresholds)),
                lang.text(check.fix) if check else "",
            )
        )
    columns = (
        TableColumn(lang.text("Severity"), "severity", 0.8),
        TableColumn(lang.text("Page"), "url", 2.6),
        TableColumn(lang.text("What is wrong"), "text", 2.2),
        TableColumn(lang.text("Value"), "text", 1.5),
        TableColumn(lang.text("What to do"), "text", 3.4),
    )

    def excerpt(shown: str) -> str:
        return lang.text(
            "The first {shown} of {all}, worst first; the workbook lists them all.",
            shown=shown,
            all=lang.number(len(found)),
        )

    note = excerpt(lang.number(len(rows))) if len(found) > len(rows) else ""
    title = lang.text("What was found") if chapter is None else t.chapter(chapter)
    return Table(
        f"{chapter or 'all'}.findings", title, columns, tuple(rows), len(found), note, excerpt("{shown}")
    )


def _value(t: Telling, value: float, limit: float, unit: str, has_limit: bool) -> str:
    if not terms.is_known(value):
        return ""
    said = terms.quantity(t.lang, value, unit)
    if not has_limit or not terms.is_known(limit):
        return said
    return t.lang.text("{value} (limit {limit})", value=said, limit=terms.amount(t.lang, limit, unit))


def _why(t: Telling, chapter: str) -> str:
    """Why each kind of finding matters, one a paragraph."""
    said = []
    for check_id in t.by_check(chapter)["check_id"]:
        check = CHECKS.get(str(check_id))
        if check is not None:
            title, why = t.lang.text(check.title), t.lang.text(check.why)
            said.append(t.lang.text("{title}: {why}", title=title, why=why))
    return t.notes(chapter, *said)
