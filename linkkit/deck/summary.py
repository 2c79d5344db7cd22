"""The first sheet of a workbook: what was found, where it stands, and what that rests on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from linkkit.audit import Audit
from linkkit.checks import CHECKS
from linkkit.checks.registry import CHAPTERS
from linkkit.deck.about import About, none_differs
from linkkit.deck.cells import sheet_text
from linkkit.deck.evidence import reason_text
from linkkit.deck.language import Language
from linkkit.deck.looks import COLOURS, RULE, add_counts
from linkkit.deck.sheets import Book, lines_of
from linkkit.deck.story.telling import UNJUDGED
from linkkit.schema import CheckState, Severity

_CHIP, _LABEL, _CELLS, _CELL = 13, 26, 7, 13
_TEXT = _CELLS * _CELL
_LAST = _CELLS + 2
_RANK = {str(severity): place for place, severity in enumerate(Severity)}


@dataclass(frozen=True)
class Contents:
    """One sheet of a workbook, as the summary lists it.

    Attributes
    ----------
    sheet : str
        Its name.
    meaning : str
        What it holds.
    rows, shown : int
        Rows that there are, and that it shows.
    chapter : str
        Of the audit; empty for sheets of no chapter.
    """

    sheet: str
    meaning: str
    rows: int
    shown: int
    chapter: str = ""


def write_summary(
    book: Book, audit: Audit, about: About, contents: Sequence[Contents], *, headlines: Sequence[str]
) -> None:
    """Write the first sheet.

    Parameters
    ----------
    book : Book
    audit : Audit
    about : About
    contents : sequence of Contents
        The other sheets, in their order.
    headlines : sequence of str
        The audit in a few sentences.
    """
    lang = book.lang
    sheet = book.sheet(lang.text("Summary"), tab=book.brand.primary)
    sheet.set_column(0, 0, 2)
    sheet.set_column(1, 1, _CHIP)
    sheet.set_column(2, 2, _LABEL)
    sheet.set_column(3, _LAST, _CELL)
    page = _Page(book, sheet)
    page.line(about.title, height=30, font_size=20, bold=True, font_color=book.brand.primary)
    page.line(about.client, font_size=12, bold=True)
    if about.site != about.client:
        page.line(about.site, font_size=11, font_color="#52606B")
    page.day(about)
    page.banner(about.limits[0], "passed" if audit.manifest.complete else "high")
    for each in contents:
        if each.shown < each.rows and not each.chapter:
            page.banner(
                lang.text(
                    "The sheet {sheet} holds the first {shown} of {rows} rows, which is what a sheet can hold.",
                    sheet=each.sheet,
                    shown=lang.number(each.shown),
                    rows=lang.number(each.rows),
                ),
                "medium",
            )
    page.heading(lang.text("Headlines"))
    for line in headlines:
        page.bullet(line)
    page.heading(lang.text("Findings by chapter"))
    _chapters(page, audit, contents)
    page.heading(lang.text("Other sheets of this workbook"))
    for each in contents:
        if not each.chapter:
            page.contents(each)
    page.heading(lang.text("What was found, worst first"))
    _found(page, audit, contents)
    page.heading(lang.text("Not judged: no all-clear"))
    page.pairs(_not_judged(book, audit), none=lang.text("Every check could be judged."))
    page.heading(lang.text("What this rests on"))
    page.pairs(about.scope)
    page.heading(lang.text("Thresholds that differ from the default"))
    page.pairs(about.thresholds, none=none_differs(lang))
    page.heading(lang.text("Limits of the data"))
    for line in about.limits:
        page.bullet(line)


def _chapters(page: "_Page", audit: Audit, contents: Sequence[Contents]) -> None:
    """Counts by chapter and severity; each chapter leads to its sheet."""
    book, lang = page.book, page.book.lang
    severities = [str(severity) for severity in Severity]
    counted = audit.findings.groupby(["chapter", "severity"]).size()
    unjudged = audit.checks[audit.checks["state"].isin(UNJUDGED)]["chapter"].value_counts()
    sheets = {each.chapter: each.sheet for each in contents if each.chapter}
    rows: list[tuple[str, list[int], str]] = []
    for chapter, title in CHAPTERS.items():
        counts = [int(counted.get((chapter, severity), 0)) for severity in severities]
        rows.append(
            (lang.text(title), [*counts, sum(counts), int(unjudged.get(chapter, 0))], sheets.get(chapter, ""))
        )
    totals = [sum(counts[place] for _, counts, _ in rows) for place in range(len(severities) + 2)]
    header = [book.spoken(severity) for severity in severities]
    page.table(
        [lang.text("Chapter"), *header, lang.text("All"), lang.text("Not judged")],
        [*rows, (lang.text("All chapters"), totals, "")],
    )


def _found(page: "_Page", audit: Audit, contents: Sequence[Contents]) -> None:
    """One line per check and severity: how bad, what, how many; each leads to the sheet of its chapter."""
    lang = page.book.lang
    sheets = {each.chapter: each.sheet for each in contents if each.chapter}
    counts = audit.findings.groupby(["check_id", "severity"], sort=False).agg(
        count=("url", "size"), impact=("impact", "max"), chapter=("chapter", "first")
    )
    counts = counts.reset_index().assign(rank=lambda c: c["severity"].map(_RANK))
    counts = counts.sort_values(["rank", "impact", "count"], ascending=[True, False, False], kind="stable")
    for row in counts.to_dict("records"):
        check = CHECKS.get(row["check_id"])
        title = lang.text(check.title) if check else str(row["check_id"])
        said = lang.text("{number} x {title}", number=lang.number(row["count"]), title=title)
        page.chip(str(row["severity"]), said, sheets.get(row["chapter"], ""))
    if counts.empty:
        page.bullet(lang.text("No check has a finding."))


def _not_judged(book: Book, audit: Audit) -> Iterable[tuple[str, str]]:
    checks = audit.checks[audit.checks["state"].isin(UNJUDGED)]
    for title, state, reason in zip(checks["title"], checks["state"], checks["reason"], strict=True):
        said = told_reason(book.lang, state, reason)
        yield book.lang.text(title), said


def told_reason(lang: Language, state: str, reason: str) -> str:
    """Why a check could not be judged, in words; empty for one that was."""
    if state not in UNJUDGED:
        return reason
    if not reason:
        return lang.text("no reason given")
    if state == str(CheckState.ERROR):
        return lang.text("The check itself broke: {error}", error=reason)
    return reason_text(lang, reason)


def checks_in(lang: Language, checks: pd.DataFrame) -> pd.DataFrame:
    """Checks with ``title`` and ``reason`` in a language; codes stay."""
    states = zip(checks["state"], checks["reason"], strict=True)
    return checks.assign(
        title=[lang.text(str(title)) for title in checks["title"]],
        reason=[told_reason(lang, *each) for each in states],
    )


@dataclass
class _Page:
    """Writes a sheet from top to bottom."""

    book: Book
    sheet: Any
    row: int = 0

    def line(self, text: str, *, height: float = 20, **style: Any) -> None:
        """One line over the whole width."""
        self.sheet.set_row(self.row, height)
        self.sheet.write_string(self.row, 1, sheet_text(text), self.book.format(valign="vcenter", **style))
        self.row += 1

    def day(self, about: About) -> None:
        """When the site was crawled, as a date that the reader's spreadsheet writes in its own way."""
        style = self.book.format(valign="vcenter", font_color="#52606B")
        self.sheet.write_string(self.row, 1, self.book.lang.text("Crawled"), style)
        # Format 14 is the short date of whoever opens the file.
        dated = self.book.format(valign="vcenter", align="left", font_color="#52606B", num_format=14)
        if about.day is None:
            self.sheet.write_string(self.row, 2, about.said_day, style)
        else:
            self.sheet.write_datetime(self.row, 2, about.day, dated)
        self.row += 1

    def banner(self, text: str, colour: str) -> None:
        """A coloured box over the whole width, after an empty row."""
        fill, ink = COLOURS[colour]
        self.sheet.set_row(self.row, 6)
        self.row += 1
        style = self.book.format(
            bg_color=fill,
            font_color=ink,
            bold=True,
            font_size=11,
            text_wrap=True,
            valign="vcenter",
            align="left",
            indent=1,
        )
        self._wide(1, text, style, _CHIP + _LABEL + _TEXT, least=24)

    def heading(self, text: str) -> None:
        """The title of a block, after an empty row."""
        colour = self.book.brand.primary
        self.sheet.set_row(self.row, 10)
        self.row += 1
        self.sheet.set_row(self.row, 22)
        style = self.book.format(
            bold=True, font_size=13, font_color=colour, valign="vcenter", bottom=2, bottom_color=colour
        )
        self.sheet.write_string(self.row, 1, text, style)
        for place in range(2, _LAST + 1):
            self.sheet.write_blank(self.row, place, None, style)
        self.row += 1

    def bullet(self, text: str) -> None:
        """One statement over the whole width."""
        self._wide(1, text[:1].upper() + text[1:], self.book.ruled, _CHIP + _LABEL + _TEXT)

    def chip(self, severity: str, text: str, to: str) -> None:
        """One statement with its severity in its colour beside it; it leads to a sheet."""
        self.sheet.write_string(self.row, 1, self.book.spoken(severity), self.coloured(severity))
        self._wide(2, text, self.book.ruled, _LABEL + _TEXT, to=to)

    def contents(self, each: Contents) -> None:
        """A sheet, what it holds, and how many rows of it."""
        lang = self.book.lang
        said = lang.plural("{number} row. {meaning}", "{number} rows. {meaning}", each.rows, meaning=each.meaning)  # fmt: skip
        if each.shown < each.rows:
            said = lang.text("The first {shown} of {rows} rows. {meaning}", shown=lang.number(each.shown), rows=lang.number(each.rows), meaning=each.meaning)  # fmt: skip
        self._merged(1, 2, each.sheet, self.book.jump, to=each.sheet)
        self._wide(3, said, self.book.ruled, _TEXT)

    def coloured(self, word: str) -> Any:
        """Format of a cell that holds a word of `COLOURS`."""
        fill, text = COLOURS[word]
        return self.book.format(
            bg_color=fill, font_color=text, bold=True, align="left", indent=1, bottom=1, bottom_color=RULE
        )

    def pairs(self, pairs: Iterable[tuple[str, str]], *, none: str = "") -> None:
        """A label and what belongs to it, line by line; `none` where there is nothing."""
        written = False
        for label, text in pairs:
            lines = lines_of(label, _CHIP + _LABEL)
            style = self.book.format(
                bold=True, text_wrap=True, align="left", indent=1, bottom=1, bottom_color=RULE
            )
            self._merged(1, 2, label, style)
            self._wide(3, text, self.book.ruled, _TEXT, least=13.0 * lines + 5)
            written = True
        if not written:
            self._wide(1, none, self.book.ruled, _CHIP + _LABEL + _TEXT)

    def table(self, header: Sequence[str], rows: Sequence[tuple[str, list[int], str]]) -> None:
        """A small table of counts, each row with a sheet that it leads to; the last row holds the totals."""
        plain = self.book.format(bold=True, align="left", indent=1, bottom=1, bottom_color=RULE)
        self._merged(1, 2, header[0], plain)
        severities = list(Severity)
        for place, name in enumerate(header[1:]):
            style = self.coloured(severities[place]) if place < len(severities) else plain
            self.sheet.write_string(self.row, 3 + place, name, style)
        self.row += 1
        first = self.row
        for number, (label, counts, to) in enumerate(rows):
            total = number == len(rows) - 1
            rule: Mapping[str, Any] = (
                {"top": 1, "top_color": self.book.brand.primary}
                if total
                else {"bottom": 1, "bottom_color": RULE}
            )
            style = self.book.format(
                bold=total, num_format='#,##0;-#,##0;"-"', align="left", indent=1, **rule
            )
            self._merged(1, 2, label, style if not to else self.book.jump, to=to)
            for place, value in enumerate(counts, start=3):
                self.sheet.write_number(self.row, place, value, style)
            self.row += 1
        add_counts(self.book, self.sheet, first, self.row - 2, 3)

    def _wide(
        self, first: int, text: str, style: Any, width: int, *, least: float = 18.0, to: str = ""
    ) -> None:
        """Text in one cell merged to the right edge, and on to the next row."""
        self.sheet.set_row(self.row, max(least, 13.0 * lines_of(sheet_text(text), width) + 5))
        self._merged(first, _LAST, text, style, to=to)
        self.row += 1

    def _merged(self, first: int, last: int, text: str, style: Any, *, to: str = "") -> None:
        self.sheet.merge_range(self.row, first, self.row, last, "", style)
        # Written apart: merging guesses what a text might be.
        if to:
            self.book.link(self.sheet, self.row, first, to, text, style=style)
        else:
            self.sheet.write_string(self.row, first, sheet_text(text), style)
