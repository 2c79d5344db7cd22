"""The audit as an Excel workbook: every crawled text is a string, nothing is a formula, and no link leaves the workbook."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from linkkit.audit import Audit
from linkkit.charts import answer
from linkkit.checks import CHECKS
from linkkit.checks.registry import CHAPTERS
from linkkit.deck.about import About, about
from linkkit.deck.brand import Brand
from linkkit.deck.cells import MAX_ROWS
from linkkit.deck.definitions import (
    CHAPTER_COLUMNS,
    CHECK_COLUMNS,
    DEFINITION_COLUMNS,
    FINDING_COLUMNS,
    PAGE_COLUMNS,
    PLAN_COLUMNS,
    READINESS_COLUMNS,
    TARGET_COLUMNS,
    WIN_COLUMNS,
    WORDS,
    Column,
    defined,
    worded,
)
from linkkit.deck.evidence import findings_in
from linkkit.deck.gates import readiness_export
from linkkit.deck.language import Language
from linkkit.deck.plan import plan_export, targets_export
from linkkit.deck.saying import say
from linkkit.deck.sheets import Grid, Jumps, open_book, write_grid
from linkkit.deck.story.parts import Story
from linkkit.deck.story.telling import UNJUDGED
from linkkit.deck.summary import Contents, told_reason, write_summary
from linkkit.deck.tickets import offer_states, work_list
from linkkit.plan import (
    EffortModel,
    ImpactWeights,
    Planning,
    PlanSettings,
    Proposal,
    QuickWins,
    WorkPlan,
    quick_wins,
    work_plan,
)
from linkkit.plan.work_plan import HOURS_PER_WEEK
from linkkit.schema import CheckState
from linkkit.thresholds import knobs

CHAPTER_ROWS = 5_000
"""Findings on the sheet of a chapter; all of them stand on the sheet Findings."""
LARGE = 50_000
"""Rows of findings and pages from which on cells are written to disk as they come, and no finding leads to its page."""
DOMAINS = 10.0
"""New referring domains that the gains of backlink targets are for."""

_GREEN, _ORANGE, _BLUE, _SKY, _GREY = "#009E73", "#D55E00", "#0072B2", "#56B4E9", "#7F7F7F"


def _printed(columns: Sequence[Column], last: str) -> int:
    """Columns that go on paper, up to one of them; the rest is for the screen."""
    return [column.name for column in columns].index(last) + 1


@dataclass(frozen=True, eq=False)
class Work:
    """What is to be done, where it was planned: the link plan, and the order of work.

    Attributes
    ----------
    proposal : Proposal or None
        The link plan and the pages to build backlinks to.
    order : WorkPlan or None
        The quick wins, week by week.
    """

    proposal: Proposal | None = None
    order: WorkPlan | None = None

    @property
    def wins(self) -> QuickWins | None:
        """The quick wins alone."""
        return self.order.wins if self.order is not None else None

    @classmethod
    def of(
        cls,
        audit: Audit,
        *,
        hours_per_week: float = HOURS_PER_WEEK,
        weights: ImpactWeights | None = None,
        effort: EffortModel | None = None,
    ) -> "Work":
        """The plan that readiness rests on, and the order of work under these hours and weights."""
        basis = audit.readiness_basis
        proposal = Proposal(Planning(audit), PlanSettings(), basis.plan, basis.lacks)
        wins = quick_wins(audit, plan=basis.plan, weights=weights, effort=effort)
        return cls(proposal, work_plan(wins, hours_per_week=hours_per_week))


def write_workbook(
    audit: Audit,
    path: Path,
    *,
    work: Work | None = None,
    story: Story | None = None,
    lang: Language | None = None,
    brand: Brand | None = None,
    client: str = "",
    max_rows: int = MAX_ROWS,
) -> None:
    """Write an audit to an ``.xlsx`` file.

    Sheets: the summary; readiness; the order of work, the link plan and backlink targets where they are known; one for each chapter, its
    answer on top; all findings, all pages, all checks; definitions. A sheet ends at `max_rows` rows, and one of a chapter after the
    first `CHAPTER_ROWS`; the summary then says how many there are. Findings lead to their page's row by a link inside the
    workbook; no text of a site becomes a link, a formula or a number.

    Parameters
    ----------
    audit : Audit
    path : Path
    work : Work, optional
    story : Story, optional
        Gives the summary its headlines and each chapter its answer, the same as in the other exports.
    lang : Language, optional
        English without it. Numbers and dates are written as such, and shown the way the reader's spreadsheet writes them.
    brand : Brand, optional
    client : str
        Name of the client.
    max_rows : int
        Rows below the header that a sheet may have; Excel's limit by default.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    said = lang or Language("en")
    carried = about(audit, said, client=client)
    title = said.text("Internal link audit of {site}", site=audit.manifest.start_url)
    sheets = _Sheets(audit, work or Work(), story, said, carried, max_rows)
    grids = [*sheets.grids()]
    contents = [sheets.listed(grid, meaning, chapter) for grid, meaning, chapter in grids]
    with open_book(path, title, carried, lang=said, brand=brand, constant_memory=sheets.is_large) as book:
        book.workbook.set_size(2400, 1500)
        write_summary(book, audit, carried, contents, headlines=sheets.headlines)
        for grid, _, _ in grids:
            sheet = write_grid(book, grid, max_rows=max_rows)
            if grid.name == said.text("Order of work"):
                offer_states(book, sheet, grid)


@dataclass(frozen=True, eq=False)
class _Sheets:
    """The tables of a workbook, in their order."""

    audit: Audit
    work: Work
    story: Story | None
    lang: Language
    about: About
    max_rows: int

    @cached_property
    def findings(self) -> pd.DataFrame:
        titles = {check.id: check.title for check in CHECKS.values()}
        found = findings_in(self.lang, self.audit.findings)
        return found.assign(
            # Units say how a value is written; they are translated cell by cell.
            unit=self.audit.findings["unit"],
            title=found["check_id"].map(titles).fillna(found["check_id"]),
            code=found["chapter"],
            chapter=found["chapter"].map(CHAPTERS).fillna(found["chapter"]),
        )

    @cached_property
    def pages(self) -> pd.DataFrame:
        return pages_table(self.audit)

    @property
    def is_large(self) -> bool:
        return len(self.findings) + len(self.pages) > LARGE

    @property
    def headlines(self) -> Sequence[str]:
        """The audit in a few sentences: those of the story's summary, or the verdict's."""
        told = [] if self.story is None else [each for each in self.story.slides if each.chapter == "summary"]
        if told:
            return [line for slide in told for line in (slide.title, *slide.lines)]
        ready = self.audit.readiness
        return [each for each in (ready.sentence, ready.headline, ready.caveat, *self.audit.warnings) if each]

    @cached_property
    def jumps(self) -> Jumps | None:
        """Where each page stands on the sheet of all pages."""
        if self.is_large:
            return None
        rows = {url: row for row, url in enumerate(self.pages["url"].head(self.max_rows), start=1)}
        return Jumps("url", self.lang.text("Pages"), rows)

    def listed(self, grid: Grid, meaning: str, chapter: str) -> Contents:
        """A sheet as the summary lists it."""
        rows = len(grid.table)
        if chapter:
            rows = int((self.findings["code"] == chapter).sum())
        return Contents(
            grid.name, meaning, rows, min(len(grid.table), max(self.max_rows - grid.first, 0)), chapter
        )

    def grids(self) -> Iterator[tuple[Grid, str, str]]:
        """Every table with what it holds, and its chapter."""
        lang, audit = self.lang, self.audit
        yield (
            Grid(
                lang.text("Readiness"), READINESS_COLUMNS, readiness_export(audit.readiness, lang), tab=_SKY
            ),
            lang.text("May backlinks be built now: the verdict, and the gates that it rests on."),
            "",
        )
        yield from self._planned()
        for chapter in CHAPTERS:
            yield (
                self._chapter(chapter),
                lang.text("Findings of this chapter, worst first, below its answer."),
                chapter,
            )
        yield (
            Grid(lang.text("Findings"), FINDING_COLUMNS, self.findings, tab=_ORANGE, printed=_printed(FINDING_COLUMNS, "fix"), jumps=self.jumps),
            lang.text("Every finding of every chapter, worst first."),
            "",
        )  # fmt: skip
        yield (
            Grid(lang.text("Pages"), filled(PAGE_COLUMNS, self.pages), self.pages, tab=_GREEN, wrap=False, printed=15, limit=audit.thresholds.max_crawl_depth),
            lang.text("Every page that is known, most important first, and what was measured."),
            "",
        )  # fmt: skip
        yield (
            Grid(lang.text("Checks"), CHECK_COLUMNS, self._checks(), tab=_BLUE),
            lang.text("Every check, and whether it found something, passed, or could not be judged."),
            "",
        )
        yield (
            Grid(lang.text("Definitions"), DEFINITION_COLUMNS, self._definitions(), tab=_GREY),
            lang.text("What every column, word and threshold means."),
            "",
        )

    def _planned(self) -> Iterator[tuple[Grid, str, str]]:
        lang = self.lang
        if self.work.order is not None:
            yield (
                Grid(
                    lang.text("Order of work"),
                    WIN_COLUMNS,
                    work_list(self.work.order, lang),
                    tab=_GREEN,
                    printed=_printed(WIN_COLUMNS, "gain"),
                ),
                lang.text("What to do, best value for an hour first, with the week in which it can be done."),
                "",
            )
        proposal = self.work.proposal
        if proposal is None:
            return
        yield (
            Grid(lang.text("Link plan"), PLAN_COLUMNS, plan_export(proposal, lang), tab=_GREEN, printed=_printed(PLAN_COLUMNS, "goal_after")),
            say(lang, proposal.lacks) if proposal.lacks else lang.text("New links in the order to make them, each with words to carry it."),
            "",
        )  # fmt: skip
        yield (
            Grid(lang.text("Backlink targets"), TARGET_COLUMNS, targets_export(proposal, DOMAINS, lang), tab=_BLUE, printed=_printed(TARGET_COLUMNS, "gain"), jumps=self.jumps),
            lang.text("Pages that could take backlinks, those first from which most reaches the money pages."),
            "",
        )  # fmt: skip

    def _chapter(self, chapter: str) -> Grid:
        lang, audit = self.lang, self.audit
        found = self.findings[self.findings["code"] == chapter].head(CHAPTER_ROWS)
        metrics = audit.metrics.drop_duplicates("url").set_index("url")
        beside = {
            name: found["url"].map(metrics[name]) for name in ("crawl_depth", "linking_pages", "authority")
        }
        checks = audit.checks[audit.checks["chapter"] == chapter]
        counted = lang.text(
            "Checks with findings: {failed}. Passed: {passed}. Not judged: {unjudged}.",
            failed=lang.number(int((checks["state"] == CheckState.FAILED).sum())),
            passed=lang.number(int((checks["state"] == CheckState.PASSED).sum())),
            unjudged=lang.number(int(checks["state"].isin(UNJUDGED).sum())),
        )
        lines = (*self._answer(chapter), counted)
        total = int((self.findings["code"] == chapter).sum())
        if len(found) < total:
            lines += (lang.text("The first {shown} of {rows} findings; all of them stand on the sheet Findings.", shown=lang.number(len(found)), rows=lang.number(total)),)  # fmt: skip
        return Grid(
            lang.text(CHAPTERS[chapter]),
            CHAPTER_COLUMNS,
            found.assign(**beside),
            tab=_ORANGE,
            printed=_printed(CHAPTER_COLUMNS, "fix"),
            title=lang.text(CHAPTERS[chapter]),
            lines=lines,
            back=lang.text("Summary"),
            jumps=self.jumps,
            limit=audit.thresholds.max_crawl_depth,
        )

    def _answer(self, chapter: str) -> tuple[str, ...]:
        """What the chapter found: the title of its first slide and what stands below it, or the chapter's answer."""
        slides = [] if self.story is None else [each for each in self.story.slides if each.chapter == chapter]
        if not slides:
            said = answer(self.audit, chapter)
            return tuple(each for each in (said.sentence, said.caveat) if each)
        first = slides[0]
        rest = (" ".join(first.lines), first.comment)
        return (first.title, *(each for each in rest if each))

    def _checks(self) -> pd.DataFrame:
        """One row per check, in the order of the chapters."""
        checks, states = (
            self.audit.checks,
            zip(self.audit.checks["state"], self.audit.checks["reason"], strict=True),
        )
        return checks.assign(
            why=[result.check.why for result in self.audit.results],
            chapter=checks["chapter"].map(CHAPTERS),
            reason=[told_reason(self.lang, *each) for each in states],
        )

    def _definitions(self) -> pd.DataFrame:
        lang = self.lang
        sheets = [
            (lang.text("Readiness"), READINESS_COLUMNS),
            (lang.text("Chapters"), CHAPTER_COLUMNS),
            (lang.text("Findings"), FINDING_COLUMNS),
            (lang.text("Checks"), CHECK_COLUMNS),
            (lang.text("Pages"), PAGE_COLUMNS),
        ]
        if self.work.proposal is not None:
            sheets[1:1] = [(lang.text("Link plan"), PLAN_COLUMNS), (lang.text("Backlink targets"), TARGET_COLUMNS)]  # fmt: skip
        if self.work.order is not None:
            sheets[1:1] = [(lang.text("Order of work"), WIN_COLUMNS)]
        links = lang.text("Pages in blue lead to their row on the sheet Pages, as long as that sheet is in its first order.")  # fmt: skip
        rows = [(lang.text("This workbook"), lang.text("Links"), "", links)] if self.jumps else []
        rows += [row for sheet, columns in sheets for row in defined(sheet, columns, lang)]
        rows += [row for group, words in WORDS.items() for row in worded(group, words, lang)]
        for name, knob in knobs().items():
            value = lang.text("{number} {unit}", number=lang.localised(f"{getattr(self.audit.thresholds, name):g}"), unit=lang.text(knob.unit))  # fmt: skip
            source = lang.text("{help} Source: {source}.", help=lang.text(knob.help), source=lang.text(knob.source))  # fmt: skip
            rows.append((lang.text("Threshold"), value, name, source))
        return pd.DataFrame(rows, columns=[column.name for column in DEFINITION_COLUMNS])


def pages_table(audit: Audit) -> pd.DataFrame:
    """One row per page, most important first: the columns of `linkkit.deck.definitions.PAGE_COLUMNS` that are known."""
    metrics, pages = audit.metrics, audit.site.pages
    named = audit.findings["url"].value_counts()
    columns = [column.name for column in PAGE_COLUMNS if column.name in metrics]
    known = [each.name for each in PAGE_COLUMNS if each.name not in columns and each.name in pages]
    table = metrics[columns].join(pages[known])
    table["findings"] = table["url"].map(named).fillna(0).astype("int64")
    by = [name for name in ("importance", "pagerank") if name in table]
    return table.sort_values([*by, "url"], ascending=[False] * len(by) + [True], na_position="last")


def filled(columns: tuple[Column, ...], table: pd.DataFrame) -> tuple[Column, ...]:
    """The columns that say something about at least one row; the address always."""

    def is_filled(column: Column) -> bool:
        if column.name not in table:
            return False
        values = table[column.name]
        if column.kind == "flag":
            return bool(values.fillna(False).astype(bool).any())
        return bool(values.notna().any() and (column.is_number or (values.fillna("") != "").any()))

    return tuple(column for column in columns if column.name in ("url", "findings") or is_filled(column))
