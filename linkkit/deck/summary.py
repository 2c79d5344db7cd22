"""The first sheet of a workbook: what was found, and what that rests on."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from linkkit.audit import Audit
from linkkit.checks.registry import CHAPTERS
from linkkit.deck.cells import sheet_text
from linkkit.deck.definitions import WORDS
from linkkit.deck.sheets import COLOURS, HEADER, RULE, Book, lines_of
from linkkit.presets import model_words, threshold_words
from linkkit.schema import CheckState, Severity

_CHIP, _LABEL, _CELLS, _CELL = 13, 24, 7, 13
_TEXT = _CELLS * _CELL
_LAST = _CELLS + 2
_UNJUDGED = (str(CheckState.NOT_APPLICABLE), str(CheckState.ERROR))
_SIGNAL_NAMES = {
    "is_money_page": "list of money pages",
    "conversions": "conversions",
    "clicks": "search clicks",
    "sessions": "sessions",
    "referring_domains": "referring domains",
}


def write_summary(book: Book, audit: Audit, *, cut: Mapping[str, int], max_rows: int) -> None:
    """Write the Summary sheet.

    Parameters
    ----------
    book : Book
    audit : Audit
    cut : mapping of sheet name to rows
        Sheets that do not hold all their rows, and how many there are.
    max_rows : int
        How many they hold.
    """
    sheet = book.sheet("Summary", tab=HEADER)
    sheet.set_column(0, 0, 2)
    sheet.set_column(1, 1, _CHIP)
    sheet.set_column(2, 2, _LABEL)
    sheet.set_column(3, _LAST, _CELL)
    page = _Page(book, sheet)
    page.line("Internal link audit", height=30, font_size=20, bold=True, font_color=HEADER)
    page.line(audit.manifest.start_url, font_size=12, font_color="#0B4A75")
    page.banner(*_completeness(audit))
    for name, rows in cut.items():
        page.banner(
            f"The sheet {name} holds the first {max_rows:,} of {rows:,} rows, which is what a sheet can hold.",
            "medium",
        )
    page.heading("Headlines")
    for line in audit.headlines():
        page.bullet(line)
    page.heading("Findings by chapter")
    page.table(*_by_chapter(audit))
    page.heading("Not judged: no all-clear")
    page.pairs(_not_judged(audit), none="Every check could be judged.")
    page.heading("What this rests on")
    page.pairs(_basis(audit))
    page.heading("Thresholds that differ from the default")
    page.pairs(
        _thresholds(audit), none="None: every threshold is at its default. The Definitions sheet lists them."
    )


def _completeness(audit: Audit) -> tuple[str, str]:
    if audit.manifest.complete:
        return "The data is complete: every internal link that was found was followed.", "passed"
    reason = audit.manifest.stopped_by or "the reason is not known"
    return f"The data is incomplete ({reason}). What was not found may still be there.", "high"


def _by_chapter(audit: Audit) -> tuple[list[str], list[list[str | int]]]:
    severities = [str(severity) for severity in Severity]
    counted = audit.findings.groupby(["chapter", "severity"]).size()
    unjudged = audit.checks[audit.checks["state"].isin(_UNJUDGED)]["chapter"].value_counts()
    rows: list[list[str | int]] = []
    for chapter, title in CHAPTERS.items():
        counts = [int(counted.get((chapter, severity), 0)) for severity in severities]
        rows.append([title, *counts, sum(counts), int(unjudged.get(chapter, 0))])
    totals = [sum(int(row[place]) for row in rows) for place in range(1, len(severities) + 3)]
    return ["Chapter", *severities, "All", "Not judged"], [*rows, ["All chapters", *totals]]


def _not_judged(audit: Audit) -> Iterator[tuple[str, str]]:
    checks = audit.checks[audit.checks["state"].isin(_UNJUDGED)]
    for title, state, reason in zip(checks["title"], checks["state"], checks["reason"], strict=True):
        broke = "the check broke: " if state == str(CheckState.ERROR) else ""
        yield title, f"{broke}{reason or 'no reason given'}"


def _basis(audit: Audit) -> Iterator[tuple[str, str]]:
    manifest = audit.manifest
    pages = audit.site.pages
    yield "Start page", manifest.start_url
    yield (
        "Collected",
        f"{(manifest.collected or manifest.written or 'date not known').replace('T', ' ')}, with {manifest.tool}",
    )
    yield "Exported", f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, with linkkit {manifest.linkkit}"
    yield (
        "Scope",
        f"{len(pages):,} URLs known, {int(pages['is_indexable'].sum()):,} of them can stand in a search index; "
        f"{manifest.rows.get('links', 0):,} internal links",
    )
    yield "Settings", "; ".join(_flat(manifest.settings)) or "none recorded"
    yield "Complete", "yes" if manifest.complete else f"no: {manifest.stopped_by or 'reason not known'}"
    if manifest.rejected:
        yield "Rows not used", "; ".join(_flat(manifest.rejected))
    for name, about in manifest.signals.items():
        yield f"Signal: {name.replace('_', ' ')}", "; ".join(_flat(about)) or "added"
    if not manifest.signals:
        yield "Signals", "none: pages that nothing links to, and what pages are worth, cannot be known"
    named = ", ".join(_SIGNAL_NAMES.get(name, name) for name in audit.facts.importance_signals)
    yield "Importance rests on", named or "no signal; impact is PageRank"
    weights = audit.graph.model.weights
    yield "Link weight model", f"{weights.replace('_', ' ')}: {WORDS['Link weight model'].get(weights, '')}"
    yield "Link model", audit.graph.model.words()


def _thresholds(audit: Audit) -> Iterator[tuple[str, str]]:
    yield from threshold_words(audit.thresholds)
    yield from model_words(audit.thresholds, audit.graph.model)
    for warning in audit.warnings:
        yield "Without effect", warning[0].upper() + warning[1:]


def _flat(values: Mapping[str, Any], before: str = "") -> Iterator[str]:
    """``name: value`` of everything that says something, nested tables included."""
    for name, value in values.items():
        label = f"{before}{str(name).replace('_', ' ')}"
        if isinstance(value, Mapping):
            yield from _flat(value, f"{label}, ")
        elif value is not None and value not in ("", [], ()):
            listed = isinstance(value, list | tuple | set | frozenset)
            said = ", ".join(map(str, value)) if listed else value
            yield f"{label}: {f'{said:,}' if type(said) is int else said}"


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
        self.sheet.set_row(self.row, 10)
        self.row += 1
        self.sheet.set_row(self.row, 22)
        style = self.book.format(
            bold=True, font_size=13, font_color=HEADER, valign="vcenter", bottom=2, bottom_color=HEADER
        )
        self.sheet.write_string(self.row, 1, text, style)
        for place in range(2, _LAST + 1):
            self.sheet.write_blank(self.row, place, None, style)
        self.row += 1

    def bullet(self, text: str) -> None:
        """One statement; one that begins with a severity or a verdict has its colour beside it."""
        word, _, rest = text.partition(": ")
        if word.lower() in COLOURS and rest:
            self.sheet.write_string(self.row, 1, word.capitalize(), self.book.coloured(word.lower()))
            self._wide(2, rest, self._ruled(), _LABEL + _TEXT)
        else:
            self._wide(1, text[:1].upper() + text[1:], self._ruled(), _CHIP + _LABEL + _TEXT)

    def pairs(self, pairs: Iterable[tuple[str, str]], *, none: str = "") -> None:
        """A label and what belongs to it, line by line; `none` where there is nothing."""
        written = False
        for label, text in pairs:
            lines = lines_of(label, _CHIP + _LABEL)
            style = self.book.format(
                bold=True, text_wrap=True, align="left", indent=1, bottom=1, bottom_color=RULE
            )
            self._merged(1, 2, label, style)
            self._wide(3, text, self._ruled(), _TEXT, least=13.0 * lines + 5)
            written = True
        if not written:
            self._wide(1, none, self._ruled(), _CHIP + _LABEL + _TEXT)

    def table(self, header: list[str], rows: list[list[str | int]]) -> None:
        """A small table of counts; the last row holds the totals."""
        plain = self.book.format(bold=True, align="left", indent=1, bottom=1, bottom_color=RULE)
        self._merged(1, 2, header[0], plain)
        for place, name in enumerate(header[1:], start=3):
            style = self.book.coloured(name) if name in COLOURS else plain
            self.sheet.write_string(self.row, place, name.capitalize() if name in COLOURS else name, style)
        self.row += 1
        for number, row in enumerate(rows):
            rule = (
                {"top": 1, "top_color": HEADER}
                if number == len(rows) - 1
                else {"bottom": 1, "bottom_color": RULE}
            )
            style = self.book.format(
                bold=number == len(rows) - 1, num_format='#,##0;-#,##0;"-"', align="left", indent=1, **rule
            )
            self._merged(1, 2, str(row[0]), style)
            for place, value in enumerate(row[1:], start=3):
                self.sheet.write_number(self.row, place, int(value), style)
            self.row += 1

    def _ruled(self) -> Any:
        return self.book.format(text_wrap=True, align="left", indent=1, bottom=1, bottom_color=RULE)

    def _wide(self, first: int, text: str, style: Any, width: int, *, least: float = 18.0) -> None:
        """Text in one cell merged to the right edge, and on to the next row."""
        self.sheet.set_row(self.row, max(least, 13.0 * lines_of(sheet_text(text), width) + 5))
        self._merged(first, _LAST, text, style)
        self.row += 1

    def _merged(self, first: int, last: int, text: str, style: Any) -> None:
        self.sheet.merge_range(self.row, first, self.row, last, "", style)
        # Written apart: merging guesses what a text might be.
        self.sheet.write_string(self.row, first, sheet_text(text), style)
