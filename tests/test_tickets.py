"""Tickets and the panel of quick wins: what importers read, what people see, and that nothing of a page runs."""

import csv
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from linkkit import charts, deck, widgets
from linkkit.audit import Audit
from linkkit.client import Client
from linkkit.plan import QuickWins, WorkPlan, quick_wins, work_plan
from linkkit.widgets.display import HEADLESS
from linkkit.widgets.errors import STRICT
from linkkit.widgets.quick_wins import WinsExport, win_html
from tests.small_site import HOSTILE, make_client

_FORMULA = re.compile(r"^\s*[=+\-@]")


@pytest.fixture(autouse=True)
def strict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(STRICT, "1")
    monkeypatch.delenv(HEADLESS, raising=False)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Client:
    return make_client(tmp_path_factory.mktemp("clients"))


@pytest.fixture(scope="module")
def wins(client: Client) -> QuickWins:
    return quick_wins(client.audit())


@pytest.fixture(scope="module")
def plan(wins: QuickWins) -> WorkPlan:
    return work_plan(wins, hours_per_week=6, weeks=3)


@pytest.fixture(scope="module")
def files(wins: QuickWins, plan: WorkPlan, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    written = deck.export_tickets(wins, tmp_path_factory.mktemp("out"), plan=plan)
    return {path.name: path for path in written}


def _rows(path: Path) -> tuple[list[str], list[list[str]]]:
    raw = path.read_bytes()
    assert not raw.startswith(b"\xef\xbb\xbf"), (
        "importers take a byte order mark for a part of the first name"
    )
    assert raw.endswith(b"\r\n")
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert {len(row) for row in rows} == {len(header)}
    return header, rows


def test_jira_gets_the_columns_it_needs(files: dict[str, Path], wins: QuickWins, plan: WorkPlan) -> None:
    header, rows = _rows(files["tickets-jira.csv"])
    assert header == [
        "Summary",
        "Issue Type",
        "Priority",
        "Labels",
        "Labels",
        "Labels",
        "Description",
        "Hours",
    ]
    assert len(rows) == len(wins.table)
    summaries = [row[0] for row in rows]
    assert len(set(summaries)) == len(rows)
    assert all(name and len(name) <= 255 and "\n" not in name for name in summaries)
    assert {row[2] for row in rows} <= {"High", "Medium", "Low", "Lowest"}
    assert all(" " not in label for row in rows for label in row[3:6])
    assert [name.split()[0] for name in summaries[: len(plan.steps)]] == plan.steps["win"].tolist()
    assert [float(row[7]) for row in rows[: len(plan.steps)]] == plan.steps["hours"].tolist()
    assert rows[0][5] == "week-01"
    assert rows[-1][5] == "later"


def test_asana_gets_the_name_first_and_what_comes_before(files: dict[str, Path]) -> None:
    header, rows = _rows(files["tickets-asana.csv"])
    assert header[:4] == ["Name", "Description", "Section", "Dependencies"]
    above: set[str] = set()
    for row in rows:
        assert "," not in row[0]
        assert all(each in above for each in row[3].split(",") if each)
        above.add(row[0])
    assert {row[2] for row in rows} <= {"Week 1", "Week 2", "Week 3", "Later"}


def test_trello_gets_the_names_of_its_own_export(files: dict[str, Path], wins: QuickWins) -> None:
    header, rows = _rows(files["tickets-trello.csv"])
    assert header == ["Card Name", "Card Description", "Labels", "List Name"]
    first = wins.table[wins.table["win"] == rows[0][0].split()[0]].iloc[0]
    for line in first["instructions"].split("\n"):
        assert line in rows[0][1]
    assert f"Takes: {first['hours']:g} hours" in rows[0][1]


def _hostile(wins: QuickWins) -> QuickWins:
    """The same wins, as if the site's own words stood in them."""
    table = wins.table.assign(
        title=[
            f'=HYPERLINK("https://evil.example") {HOSTILE}\nsecond, line {n}' for n in range(len(wins.table))
        ],
        instructions=f"@SUM(1)\n-2+3 {HOSTILE}",
        unsure=HOSTILE,
    )
    return replace(wins, table=table)


def test_no_cell_of_a_hostile_site_runs(wins: QuickWins, tmp_path: Path) -> None:
    written = deck.export_tickets(_hostile(wins), tmp_path)
    for path in written[:3]:
        _, rows = _rows(path)
        assert len(rows) == len(wins.table)
        cells = [cell for row in rows for cell in row if not cell.replace(".", "").isdigit()]
        assert not [cell for cell in cells if _FORMULA.match(cell)]
        assert all("\n" not in row[0] for row in rows)
        assert "<script>" in rows[0][0]
        # A line of a cell is where another program would begin one.
        assert not [line for row in rows for line in row[1].split("\n") if _FORMULA.match(line)]
    book = openpyxl.load_workbook(written[3])
    cells = [cell for row in book["Work list"].iter_rows(min_row=2) for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert any(str(cell.value).startswith("=HYPERLINK") for cell in cells)


def test_the_work_list_can_be_worked_through(files: dict[str, Path], wins: QuickWins, plan: WorkPlan) -> None:
    book = openpyxl.load_workbook(files["quick-wins.xlsx"])
    assert book.sheetnames == ["Work list", "Weeks", "Pages", "Definitions", "About this file", "Team"]
    sheet = book["Work list"]
    header = [cell.value for cell in sheet[1]]
    assert header[:4] == ["No.", "What to do", "Status", "Owner"]
    assert sheet.max_row == len(wins.table) + 1
    assert {cell.value for cell in sheet["C"][1:]} == {"To do"}
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref is not None
    rules = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
    last = len(wins.table) + 1
    assert rules == {
        f"C2:C{last}": '"To do,In progress,Done,Will not be done"',
        f"D2:D{last}": "'Team'!$A$2:$A$31",
    }
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert book["Weeks"].max_row == len(plan.weeks)
    assert book["Pages"].max_row == len(wins.affected) + 1
    words = [str(row[1].value) for row in book["Definitions"].iter_rows(min_row=2)]
    assert "Ranking" in words
    assert "3 hours" in words


def test_a_site_without_work_gives_empty_files(tmp_path: Path) -> None:
    import linkkit as lk
    from tests.site_factory import build

    wins = quick_wins(lk.run_audit(build([])))
    written = deck.export_tickets(wins, tmp_path)
    assert [path.name for path in written] == [
        "tickets-jira.csv",
        "tickets-asana.csv",
        "tickets-trello.csv",
        "quick-wins.xlsx",
    ]
    assert written[1].read_text("utf-8") == "Name,Description,Section,Dependencies,Priority,Hours,Chapter\n"
    drawn = charts.quick_wins_charts(wins, work_plan(wins))
    assert _title(drawn["quick_wins"]) == "There is nothing to do"
    assert _title(drawn["work_plan"]) == "There is no work to plan"
    assert charts.wins_answer(wins, work_plan(wins)).verdict == "good"


# Charts and panel


def _title(chart: Any) -> str:
    text = chart.to_dict()["title"]["text"]
    return text if isinstance(text, str) else " ".join(text)


def test_charts_say_what_the_tables_say(wins: QuickWins, plan: WorkPlan) -> None:
    drawn = charts.quick_wins_charts(wins, plan)
    table = charts.effort_table(wins)
    best = table[table["named"]]
    assert len(best) == 10
    assert (
        f"The best 10 of {len(table)} pieces of work take {best['hours'].sum():.1f} of {table['hours'].sum():,.0f} hours"
        in _title(drawn["quick_wins"])
    )
    assert f"after {len(plan.weeks) - 1} weeks of 6 hours" in _title(drawn["work_plan"])
    short = charts.quick_wins_charts(wins, work_plan(wins, hours_per_week=1, weeks=2))
    assert "after 2 weeks of 1 hour:" in _title(short["work_plan"])
    values = drawn["work_plan"].to_dict()["datasets"]
    shown = next(rows for rows in values.values() if "more" in rows[0] and len(rows) == len(plan.weeks))
    assert [row["more"] for row in shown] == pytest.approx((plan.weeks["gain"] * 100).tolist())


def test_the_panel_follows_chapter_kind_of_work_and_hours(wins: QuickWins) -> None:
    panel = widgets.WinsPanel(wins, hours_per_week=6)
    assert len(panel.wins.table) == len(wins.table)
    assert wins.table["title"].iloc[0].split()[-1] in panel.table.value
    panel.chapter.value = "links"
    assert set(panel.wins.table["chapter"]) == {"links"}
    assert panel.plan.steps["win"].tolist() == panel.wins.table["win"].tolist()[: len(panel.plan.steps)]
    panel.work.value = "reword"
    assert set(panel.wins.table["work"]) <= {"reword"}
    panel.chapter.value = panel.work.value = ""
    panel.slider.value = 40
    assert panel.plan.hours_per_week == 40
    panel.one.value = wins.table["win"].iloc[2]
    assert panel.letter.value == win_html(wins, wins.table["win"].iloc[2])
    panel.effort["template"].value = 30
    assert panel.wins.effort.template == 30
    for weight in panel.weights.values():
        weight.value = 1 if weight is panel.weights["severity"] else 0
        if weight is panel.weights["gain"]:
            panel.weights["severity"].value = 1
    assert panel.wins.table["severity"].iloc[0] == "high"


def test_weights_that_are_all_nothing_are_told_in_the_panel(
    wins: QuickWins, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(STRICT)
    panel = widgets.WinsPanel(wins)
    for weight in panel.weights.values():
        weight.value = 0
    assert "at least one weight must be above 0" in panel.errors.value


def test_nothing_of_a_page_is_markup_in_the_panel(wins: QuickWins) -> None:
    panel = widgets.WinsPanel(_hostile(wins))
    shown = panel.table.value + panel.weeks.value + panel.told.value + panel.letter.value
    assert "<script>" not in shown
    assert "<img" not in shown
    assert shown.count("&lt;script&gt;") > 10


def test_the_button_writes_what_is_shown(wins: QuickWins, client: Client) -> None:
    panel = widgets.WinsPanel(wins)
    panel.chapter.value = "links"
    button = widgets.wins_export_panel(panel, client)
    assert isinstance(button, WinsExport)
    button.write.click()
    assert "tickets-jira.csv" in button.told.value
    _, rows = _rows(client.exports / "tickets-jira.csv")
    assert {row[4] for row in rows} == {"links"}
    assert (client.exports / "charts" / "quick-wins.png").exists() or (
        client.exports / "charts" / "quick_wins.png"
    ).exists()


def test_an_unattended_run_shows_the_same_numbers(
    wins: QuickWins, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(HEADLESS, "1")
    shell = InteractiveShell.instance()
    try:
        audit: Audit = wins.audit
        with capture_output() as captured:
            source = widgets.wins_panel(audit, 6)
            assert isinstance(source, widgets.StillWins)
            source._ipython_display_()
            widgets.show_wins_answer(source)
            assert widgets.wins_export_panel(source, client) is None
    finally:
        shell.clear_instance()
    said = "".join(str(output.data.get("text/html", "")) for output in captured.outputs)
    first = widgets.wins_view(wins).iloc[0]
    assert f"Begin with: {first['What to do']}".replace("&", "&amp;") in said
    assert "Wrote " in said
    assert sum("image/png" in output.data for output in captured.outputs) == 2
    weeks = widgets.weeks_view(source.plan)
    assert weeks["Week"].tolist() == list(range(1, len(source.plan.weeks)))
    assert "More for money pages so far, units of 100" in weeks.columns, "hours are of the week, this is not"
