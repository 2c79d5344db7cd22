"""Quick wins as files: tickets that Jira, Asana and Trello read, and a work list as a workbook to work through."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd

from linkkit.checks import CHECKS
from linkkit.deck.about import About, about, model_words
from linkkit.deck.cells import csv_text, number_text
from linkkit.deck.definitions import (
    AFFECTED_COLUMNS,
    DEFINITION_COLUMNS,
    WEEK_COLUMNS,
    WIN_COLUMNS,
    WORDS,
    Column,
    defined,
    worded,
)
from linkkit.deck.files import export_folder, replacing
from linkkit.deck.images import export_charts
from linkkit.deck.language import Language
from linkkit.deck.language import language as language_of
from linkkit.deck.saying import say, wins_in
from linkkit.deck.sheets import Book, Grid, about_grid, open_book, write_grid
from linkkit.plan import QuickWins, WorkPlan, work_plan
from linkkit.plan.effort import MEASURES, WORK_WORDS
from linkkit.plan.quick_wins import CHAPTER_TITLES
from linkkit.schema import Severity

WORK_LIST = "quick-wins"
TEAM = 30
"""Rows for names on the sheet Team."""
_SUMMARY = 250
"""Letters of a ticket's name: Jira takes 255."""
_NAMED = 25
_PRIORITY = {Severity.HIGH: "High", Severity.MEDIUM: "Medium", Severity.LOW: "Low", Severity.INFO: "Lowest"}
"""Severity -> priority, in the words that Jira comes with."""

JIRA = ("Summary", "Issue Type", "Priority", "Labels", "Labels", "Labels", "Description", "Hours")
"""Columns for Jira's importer: it needs Summary, takes repeated Labels (without spaces), and names without punctuation."""
ASANA = ("Name", "Description", "Section", "Dependencies", "Priority", "Hours", "Chapter")
"""Columns for Asana's importer: the name first; dependencies by name, each on a row above, between commas."""
TRELLO = ("Card Name", "Card Description", "Labels", "List Name")
"""Columns as Trello's own export calls them: it reads no CSV itself, Power-Ups that do let one choose columns."""


def export_tickets(
    wins: QuickWins,
    folder: Path | str,
    *,
    plan: WorkPlan | None = None,
    charts: Mapping[str, alt.TopLevelMixin] | None = None,
    client: str = "",
    language: str = "en",
) -> list[Path]:
    """Write ``tickets-jira.csv``, ``tickets-asana.csv``, ``tickets-trello.csv``, a work list ``quick-wins.xlsx``, and charts.

    Tickets stand in the order of work. The CSV files are UTF-8 without a byte order mark, as importers expect, CRLF, comma; text that a
    spreadsheet would run has a leading apostrophe, as in every export. The workbook has a row for each win with columns for status
    and owner, the weeks, every affected page, and what each column means.

    Parameters
    ----------
    wins : QuickWins
    folder : path
        Made if it is missing. Files of the same names are replaced, other files left alone.
    plan : WorkPlan, optional
        Of the same wins; made with the default hours without it.
    charts : mapping of name to Altair chart, optional
    client : str
        Name of the client.
    language : str
        Of tickets and work list. What importers match by name stays English: headings of columns, types, priorities, labels.

    Returns
    -------
    list of Path
        Every file written.

    Raises
    ------
    SettingsError
        If there is no such language.
    ExportError
        If a file cannot be written or a chart not drawn.
    """
    lang = language_of(language)
    target = export_folder(folder)
    order = plan or work_plan(wins)
    tickets = tickets_table(wins, order, lang)
    written = []
    for name, columns, rows in (
        ("tickets-jira", JIRA, _jira(tickets)),
        ("tickets-asana", ASANA, _asana(tickets, lang)),
        ("tickets-trello", TRELLO, _trello(tickets, lang)),
    ):
        path = target / f"{name}.csv"
        with replacing(path) as partial:
            _write(partial, columns, rows)
        written.append(path)
    book = target / f"{WORK_LIST}.xlsx"
    with replacing(book) as partial:
        carried = about(wins.audit, lang, client=client, title=lang.text("Quick wins"))
        _write_book(wins, order, carried, lang, partial)
    return [*written, book, *export_charts(charts or {}, target / "charts")]


def tickets_table(wins: QuickWins, plan: WorkPlan, lang: Language) -> pd.DataFrame:
    """One row per win in the order of work: the columns of `QuickWins.table`, ``week`` (NaN where later), ``after``, ``name`` and ``text``.

    ``name`` is the ticket's, each once, in one line; ``text`` its description.
    """
    steps = plan.steps.set_index("win")
    table = (
        wins_in(lang, wins)
        .assign(
            week=wins.table["win"].map(steps["week"]),
            after=wins.table["win"].map(steps["after"]).fillna(""),
            place=wins.table["win"].map(steps["place"]),
        )
        .sort_values(["place", "rank"], na_position="last")
    )
    pages = wins.affected.groupby("win", sort=False)["url"].agg(list)
    table["name"] = [
        f"{win} {_line(title)}"[:_SUMMARY] for win, title in zip(table["win"], table["title"], strict=True)
    ]
    goal = lang.text(wins.trials.goal)
    table["text"] = [_text(lang, row, pages.get(row["win"], []), goal) for row in table.to_dict("records")]
    return table.reset_index(drop=True)


def _text(lang: Language, row: dict[Any, Any], pages: Sequence[str], goal: str) -> str:
    """A ticket's description: what to do, then what it rests on."""
    sure = {"severity": lang.text(row["severity"]), "confidence": lang.text(row["confidence"])}
    lines = [
        row["instructions"],
        "",
        lang.text("Brings: not known ({how})", how=row["gain_note"])
        if row["gain"] != row["gain"]
        else lang.text("Brings: {gain} of every 100 units of authority for {goal} ({how})", gain=lang.localised(f"{100 * row['gain']:+.3f}"), goal=goal, how=row["gain_note"]),
        lang.text("Takes: {hours} hours ({effort})", hours=lang.localised(f"{row['hours']:g}"), effort=row["effort"]),
        lang.text("Severity: {severity}; confidence: {confidence} ({unsure})", unsure=row["unsure"], **sure)
        if row["unsure"] not in ("", row["gain_note"])
        else lang.text("Severity: {severity}; confidence: {confidence}", **sure),
    ]  # fmt: skip
    if row["checks"]:
        titles = [
            lang.text(CHECKS[each].title) if each in CHECKS else each for each in row["checks"].split(", ")
        ]
        lines.append(lang.text("Settles: {checks}", checks="; ".join(titles)))
    known = []
    if row["clicks"] > 0:
        known.append(lang.plural("{number} search click", "{number} search clicks", round(row["clicks"])))
    if row["sessions"] > 0:
        known.append(lang.plural("{number} session", "{number} sessions", round(row["sessions"])))
    if known:
        lines.append(lang.text("At stake: {traffic}", traffic=", ".join(known)))
    if row["after"]:
        lines.append(lang.text("Do first: {wins}", wins=row["after"]))
    lines += ["", lang.text("Pages ({number}):", number=lang.number(len(pages))), *pages[:_NAMED]]
    if len(pages) > _NAMED:
        lines.append(lang.text("... and {number} more in the work list {file}", number=lang.number(len(pages) - _NAMED), file=f"{WORK_LIST}.xlsx"))  # fmt: skip
    return "\n".join(lines)


def _line(text: object) -> str:
    return " ".join(str(text).split())


def _labels(row: Any) -> tuple[str, str, str]:
    """Labels without spaces: what it is, chapter, week."""
    week = "later" if pd.isna(row.week) else f"week-{int(row.week):02d}"
    return "internal-links", str(row.chapter), week


def _jira(tickets: pd.DataFrame) -> list[tuple[object, ...]]:
    return [
        (row.name_, "Task", _PRIORITY[Severity(row.severity)], *_labels(row), row.text, row.hours)
        for row in _rows(tickets)
    ]


def _asana(tickets: pd.DataFrame, lang: Language) -> list[tuple[object, ...]]:
    # Commas separate the names of tasks that others depend on.
    names = {row.win: row.name_.replace(",", " ") for row in _rows(tickets)}
    return [
        (
            names[row.win],
            row.text,
            _week(lang, row.week),
            ",".join(names[each] for each in row.after.split(", ") if each),
            _PRIORITY[Severity(row.severity)],
            row.hours,
            lang.text(CHAPTER_TITLES.get(row.chapter, row.chapter)),
        )
        for row in _rows(tickets)
    ]


def _trello(tickets: pd.DataFrame, lang: Language) -> list[tuple[object, ...]]:
    return [
        (row.name_, row.text, ",".join(_labels(row)[1:]), _week(lang, row.week)) for row in _rows(tickets)
    ]


def _week(lang: Language, week: float) -> str:
    """The list or section of a week."""
    return lang.text("Later") if pd.isna(week) else lang.text("Week {number}", number=lang.number(week))


def _rows(tickets: pd.DataFrame) -> list[Any]:
    return list(tickets.rename(columns={"name": "name_"}).itertuples())


def _write(path: Path, columns: Sequence[str], rows: Sequence[tuple[object, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\r\n")
        out.writerow(columns)
        out.writerows(
            [number_text(each) if isinstance(each, float) else csv_text(each) for each in row] for row in rows
        )


# The work list


def work_list(plan: WorkPlan, lang: Language | None = None) -> pd.DataFrame:
    """One row per quick win in the order of work, with the columns of `linkkit.deck.definitions.WIN_COLUMNS`."""
    said = lang or Language("en")
    tickets = tickets_table(plan.wins, plan, said)
    return tickets.assign(
        status=work_states(said)[0],
        owner="",
        chapter=[said.text(CHAPTER_TITLES.get(each, each)) for each in tickets["chapter"]],
        effort=[said.text(WORK_WORDS[each]) for each in tickets["work"]],
    )


def work_states(lang: Language) -> tuple[str, ...]:
    """What the column Status of a work list offers; `linkkit.deck.looks.DONE` are those after which there is nothing left to do."""
    return (
        lang.text("To do"),
        lang.text("In progress"),
        lang.text("Done"),
        lang.text("Will not be done"),
    )


def offer_states(book: Book, sheet: Any, grid: Grid) -> None:
    """Let people choose the status of each piece of work of a sheet from a list; what is done turns grey."""
    if grid.table.empty:
        return
    lang, place = book.lang, [column.name for column in grid.columns].index("status")
    states = list(work_states(lang))
    sheet.data_validation(grid.first + 1, place, grid.first + len(grid.table), place, {
        "validate": "list",
        "source": states,
        "error_title": lang.text("Status"),
        "error_message": lang.text("One of: {states}", states=", ".join(states)),
    })  # fmt: skip


def _write_book(wins: QuickWins, plan: WorkPlan, carried: About, lang: Language, path: Path) -> None:
    planned = plan.weeks[plan.weeks["week"] > 0]
    titles = wins_in(lang, wins).set_index("win")["title"]
    done = plan.steps.assign(title=plan.steps["win"].map(titles)).groupby("week")["title"].agg("; ".join)
    weeks = planned.assign(titles=planned["week"].map(done).fillna(""))
    grids = (
        Grid(lang.text("Work list"), WIN_COLUMNS, work_list(plan, lang), tab="#009E73"),
        Grid(lang.text("Weeks"), WEEK_COLUMNS, weeks, tab="#0072B2"),
        Grid(lang.text("Pages"), AFFECTED_COLUMNS, wins.affected, tab="#E69F00"),
        Grid(lang.text("Definitions"), DEFINITION_COLUMNS, _definitions(wins, plan, lang), tab="#7F7F7F"),
        about_grid(carried, lang),
    )
    with open_book(path, lang.text("Quick wins of {site}", site=carried.site), carried, lang=lang) as book:
        for place, grid in enumerate(grids):
            sheet = write_grid(book, grid)
            if not place:
                offer_states(book, sheet, grid)
                _offer_owners(book, sheet, grid)
        _team(book)


def _offer_owners(book: Book, sheet: Any, grid: Grid) -> None:
    """Let people choose who does each piece of work from the names on the sheet Team."""
    if grid.table.empty:
        return
    lang, place = book.lang, [column.name for column in grid.columns].index("owner")
    team = book.name_of(lang.text("Team"))
    hint = lang.text("Names stand on the sheet {sheet}.", sheet=team)
    sheet.data_validation(grid.first + 1, place, grid.first + len(grid.table), place, {
        "validate": "list",
        "source": f"='{team}'!$A$2:$A${TEAM + 1}",
        "error_type": "information",
        "error_title": lang.text("Owner"),
        "error_message": lang.text("This name is not on the sheet {sheet}.", sheet=team),
        "input_title": lang.text("Owner"),
        "input_message": hint,
    })  # fmt: skip


def _team(book: Book) -> None:
    """A sheet for the names that the column Owner offers."""
    sheet = book.sheet(book.lang.text("Team"), tab="#7F7F7F")
    sheet.set_column(0, 0, 30)
    sheet.write_string(0, 0, book.lang.text("Names of those who do the work"), book.format(bold=True))
    for row in range(1, TEAM + 1):
        sheet.write_blank(row, 0, None, book.format(bottom=1))


def _formula(lang: Language, wins: QuickWins) -> str:
    """What the list is ranked by (`linkkit.plan.ImpactWeights.formula`)."""
    parts = [
        lang.text("{share} x {measure}", share=lang.number(share, 2), measure=lang.text(MEASURES[name]))
        for name, share in wins.weights.shares().items()
        if share > 0
    ]
    return lang.text("Value per hour = ({sum}) / hours; each measure against the largest of any win.", sum=" + ".join(parts))  # fmt: skip


def _definitions(wins: QuickWins, plan: WorkPlan, lang: Language) -> pd.DataFrame:
    here, hours, weights = lang.text("This list"), lang.text("Hours"), lang.text("Weights")
    before, last = 100 * wins.trials.before, 100 * float(plan.weeks["reached"].iloc[-1])
    goal = lang.text(wins.trials.goal)
    rows: list[tuple[str, str, str, str]] = [
        (here, lang.text("Ranking"), "per_hour", _formula(lang, wins)),
        (here, lang.text("Today: {units} of 100", units=lang.number(before, 2)), "", lang.text("Units of all authority that reach {goal} today.", goal=goal)),
        (here, lang.text("With all work of {weeks} weeks: {units} of 100", weeks=len(plan.weeks) - 1, units=lang.number(last, 2)), "", lang.text("The same when everything is done that can be simulated.")),
        (here, lang.text("Model"), "model", lang.text("{model}. No search engine has confirmed it.", model=model_words(lang, wins.audit.graph.model))),
    ]  # fmt: skip
    rows += [(here, lang.text("Note"), "", say(lang, note)) for note in wins.notes]
    for group, model in ((hours, wins.effort), (weights, wins.weights)):
        for name, knob in model.knobs().items():
            number = lang.localised(f"{getattr(model, name):g}")
            term = lang.text("{number} hours", number=number) if group == hours else number
            source = lang.text("{help} Source: {source}.", help=lang.text(knob.help), source=lang.text(knob.source))  # fmt: skip
            rows.append((group, term, name, source))
    columns: tuple[tuple[str, tuple[Column, ...]], ...] = (
        (lang.text("Work list"), WIN_COLUMNS),
        (lang.text("Weeks"), WEEK_COLUMNS),
        (lang.text("Pages"), AFFECTED_COLUMNS),
    )
    rows += [row for sheet, some in columns for row in defined(sheet, some, lang)]
    rows += [row for group in ("Severity", "Confidence") for row in worded(group, WORDS[group], lang)]
    return pd.DataFrame(rows, columns=[column.name for column in DEFINITION_COLUMNS])
