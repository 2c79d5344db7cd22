"""Everything that leaves the building for one audit, or for one chapter of it."""

from collections.abc import Callable, Collection, Mapping
from pathlib import Path

import altair as alt
import pandas as pd

from linkkit.audit import Audit
from linkkit.checks.registry import CHAPTERS
from linkkit.deck.about import about
from linkkit.deck.basket import Basket
from linkkit.deck.brand import Brand
from linkkit.deck.definitions import (
    PAGE_COLUMNS,
    PLAN_COLUMNS,
    READINESS_COLUMNS,
    TARGET_COLUMNS,
    WIN_COLUMNS,
)
from linkkit.deck.evidence import findings_in
from linkkit.deck.files import check_free, export_folder, replacing, safe_name
from linkkit.deck.gates import readiness_export
from linkkit.deck.images import export_charts
from linkkit.deck.language import Language
from linkkit.deck.language import language as language_of
from linkkit.deck.pictures import write_pictures
from linkkit.deck.plan import plan_export, targets_export
from linkkit.deck.report import write_report
from linkkit.deck.slides import write_slides
from linkkit.deck.story import build_story
from linkkit.deck.story.findings import findings_table
from linkkit.deck.story.telling import Telling
from linkkit.deck.summary import checks_in
from linkkit.deck.tables import CHECKS, write_about, write_csv, write_tables
from linkkit.deck.tickets import work_list
from linkkit.deck.workbook import DOMAINS, Work, filled, pages_table, write_workbook
from linkkit.errors import SettingsError
from linkkit.schema import FINDINGS

Step = Callable[[str], None]
"""Called with a few words when a step begins."""

FORMATS = ("pptx", "html", "xlsx", "pictures", "csv")
"""What `export` writes: slides, report, workbook, pictures, tables."""
REPORT_ROWS = 500
"""Findings that the report lists behind its parts; the workbook has all of them."""
CHARTS, FURTHER, TABLES = "charts", "further", "csv"
"""Folders of pictures, of those that are no part of the story below it, and of tables."""


def export(
    audit: Audit,
    folder: Path | str,
    *,
    brand: Brand | None = None,
    language: str | None = None,
    client: str = "",
    charts: Mapping[str, alt.TopLevelMixin] | None = None,
    work: Work | None = None,
    basket: Basket | None = None,
    history: pd.DataFrame | None = None,
    formats: Collection[str] = FORMATS,
    step: Step = lambda words: None,
) -> list[Path]:
    """Write what a client is told of an audit: slides, report, workbook, pictures and tables, all from the same story.

    ``<client>-audit.pptx`` has native charts and tables, ``<client>-audit.html`` needs no network, ``<client>-audit.xlsx`` holds every
    finding and page, ``charts/`` the pictures with their numbers, ``csv/`` the tables for programs.

    Parameters
    ----------
    audit : Audit
    folder : path
        Made if it is missing. Files of the same names are replaced, each at once and whole, and kept in ``earlier/`` where they say something else
        (`linkkit.deck.files.replaced_for_good` does not keep them); other files are left alone.
    brand : Brand, optional
        linkkit's own look without it.
    language : str, optional
        Code of a language of `linkkit.deck.language.languages`; the brand's without it. The CSV files stay as they are, for programs.
    client : str
        Name of the client: on every file, and in their names.
    charts : mapping of name to Altair chart, optional
        Further pictures, for ``charts/further/``.
    work : Work, optional
        Link plan and order of work, where they are at hand already or others than the default ones are meant; see `Work.of`.
    basket : Basket, optional
        Which slides of the story there are, their order and the analyst's comments; the whole story without it.
    history : DataFrame, optional
        Earlier audits of the client (`Client.history`), told where there are some.
    formats : collection of str
        Some of `FORMATS`.
    step : callable
        Told in a few words what is being written.

    Returns
    -------
    list of Path
        Every file written.

    Raises
    ------
    SettingsError
        If a format or the language is unknown.
    ExportError
        If a file cannot be written, for instance because it is open in PowerPoint or Excel, which is told before any work is
        done; or if the template, the logo or a chart cannot be used. What was there before stays.
    """
    look = brand or Brand()
    lang = language_of(language or look.language)
    chosen = known_formats(formats)
    target = export_folder(folder)
    name = f"{safe_name(client)}-audit" if client else "audit"
    files = {each: target / f"{name}.{each}" for each in ("pptx", "html", "xlsx") if each in chosen}
    check_free(files.values())
    if work is None:
        step("planning links and the order of work")
        work = Work.of(audit)
    step("telling the story")
    story = build_story(audit, client=client, brand=look, language=lang, history=history, wins=work.wins)
    story = basket.arrange(story) if basket is not None else story
    written: list[Path] = []
    if "pptx" in chosen:
        step("writing the slides")
        written.append(write_slides(story, files["pptx"]))
    if "html" in chosen:
        step("writing the report")
        told = Telling(audit, lang, work.wins)
        every = (findings_table(told, None, most=REPORT_ROWS),) if len(audit.findings) else ()
        written.append(write_report(story, files["html"], tables=every))
    if "xlsx" in chosen:
        step("writing the workbook")
        with replacing(files["xlsx"]) as partial:
            write_workbook(audit, partial, work=work, story=story, lang=lang, brand=look, client=client)
        written.append(files["xlsx"])
    if "pictures" in chosen:
        step("drawing the pictures")
        written += write_pictures(story, target / CHARTS)
        written += export_charts(charts or {}, target / CHARTS / FURTHER)
    if "csv" in chosen:
        step("writing the tables")
        written += export_tables(audit, target / TABLES, work=work, client=client, lang=lang)
    return written


def known_formats(formats: Collection[str]) -> set[str]:
    """The formats, each once.

    Raises
    ------
    SettingsError
        If one is unknown, or there is none.
    """
    given = [formats] if isinstance(formats, str) else list(formats)
    unknown = [each for each in given if each not in FORMATS]
    if unknown or not given:
        said = f"unknown format {', '.join(map(repr, unknown))}" if unknown else "no format is given"
        raise SettingsError(f"{said}; known are {', '.join(FORMATS)}")
    return set(given)


def export_tables(
    audit: Audit,
    folder: Path | str,
    *,
    work: Work | None = None,
    client: str = "",
    lang: Language | None = None,
) -> list[Path]:
    """Write every table of an audit as CSV, for programs, and ``about.txt`` beside them.

    ``findings.csv``, ``pages.csv``, ``checks.csv``, ``readiness.csv``; ``link-plan.csv``, ``backlink-targets.csv`` and
    ``order-of-work.csv`` where there is work. Columns keep the names that every export has them under; the workbook's sheet of
    definitions says what they mean.

    Returns
    -------
    list of Path
        Every file written.

    Raises
    ------
    ExportError
        If a file cannot be written.
    """
    target = export_folder(folder)
    said = lang or Language("en")
    written = []
    for name, table, columns in (
        ("findings", audit.findings, FINDINGS),
        ("checks", audit.checks, CHECKS),
    ):
        path = target / f"{name}.csv"
        with replacing(path) as partial:
            write_csv(table, columns, partial)
        written.append(path)
    pages = pages_table(audit)
    tables = {
        "pages": (pages, filled(PAGE_COLUMNS, pages)),
        "readiness": (readiness_export(audit.readiness), READINESS_COLUMNS),
    }
    if work is not None and work.proposal is not None:
        tables["link-plan"] = plan_export(work.proposal), PLAN_COLUMNS
        tables["backlink-targets"] = targets_export(work.proposal, DOMAINS), TARGET_COLUMNS
    if work is not None and work.order is not None:
        tables["order-of-work"] = work_list(work.order), WIN_COLUMNS
    written += write_tables(target, tables)
    return [*written, write_about(about(audit, said, client=client).text(said), target)]


def export_chapter(
    audit: Audit,
    chapter: str,
    charts: Mapping[str, alt.TopLevelMixin],
    folder: Path | str,
    *,
    client: str = "",
    language: str = "en",
) -> list[Path]:
    """Write one chapter: its findings, the states of its checks, and its charts.

    Parameters
    ----------
    audit : Audit
    chapter : str
        A chapter of `linkkit.checks.registry.CHAPTERS`.
    charts : mapping of name to Altair chart
        May be empty.
    folder : path
        Gets ``findings-<chapter>.csv``, ``checks-<chapter>.csv`` (without it, a chapter that could not be judged would
        look like one without findings), ``about.txt`` (what all of it rests on) and ``charts/``.
    client : str
        Name of the client.
    language : str
        Of what stands in the tables as a sentence; names of columns and codes stay English, and so do charts, which are a notebook's.

    Returns
    -------
    list of Path
        Every file written; the findings first.

    Raises
    ------
    SettingsError
        If there is no such chapter, or no such language.
    ExportError
        If a file cannot be written or a chart not drawn.
    """
    if chapter not in CHAPTERS:
        raise SettingsError(f"unknown chapter {chapter!r}; known are {', '.join(CHAPTERS)}")
    lang, target = language_of(language), export_folder(folder)
    own, states = (table[table["chapter"] == chapter] for table in (audit.findings, audit.checks))
    tables = (("findings", findings_in(lang, own), FINDINGS), ("checks", checks_in(lang, states), CHECKS))
    written = []
    for kind, table, columns in tables:
        path = target / f"{kind}-{chapter}.csv"
        with replacing(path) as partial:
            write_csv(table, columns, partial)
        written.append(path)
    written.append(write_about(about(audit, lang, client=client).text(lang), target))
    return [*written, *export_charts(charts, target / CHARTS)]
