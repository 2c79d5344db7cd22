"""The client's deck: one call writes every format, each says the same, and nothing is lost on the way."""

import os
import re
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from pptx import Presentation
from typer.testing import CliRunner

import linkkit as lk
from linkkit import deck
from linkkit.checks import CHECKS
from linkkit.checks.registry import CHAPTERS
from linkkit.cli import app
from linkkit.deck.basket import Basket
from linkkit.deck.language import language
from linkkit.deck.sheets import sheet_name
from linkkit.errors import LinkkitError, SettingsError
from linkkit.thresholds import Thresholds
from tests.small_site import START, make_client

runner = CliRunner()


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> lk.Client:
    made = make_client(tmp_path_factory.mktemp("clients"), "Fell Söhne")
    basket = Basket(left_out=("navigation",), comments={"depth": "Please begin here."})
    basket.save(made.folder)
    return made


@pytest.fixture(scope="module")
def audit(client: lk.Client) -> lk.Audit:
    return client.audit(Thresholds(max_crawl_depth=2))


@pytest.fixture(scope="module")
def steps() -> list[str]:
    return []


@pytest.fixture(scope="module")
def work(audit: lk.Audit) -> deck.Work:
    return deck.Work.of(audit)


@pytest.fixture(scope="module")
def made(
    client: lk.Client,
    audit: lk.Audit,
    work: deck.Work,
    steps: list[str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """The folder of a German deck."""
    folder = tmp_path_factory.mktemp("deck")
    (folder / "notes.txt").write_text("mine")
    files = deck.export(
        audit,
        folder,
        language="de",
        client="Fell Söhne",
        work=work,
        basket=Basket.load(client.folder),
        step=steps.append,
    )
    on_disk = {path for path in folder.rglob("*") if path.is_file()}
    assert on_disk == {folder / "notes.txt", *files}
    assert len(files) == len(set(files))
    return folder


def test_every_format_is_written_under_a_safe_name(made: Path, steps: list[str]) -> None:
    names = {path.name for path in made.iterdir()}
    assert {path.suffix for path in (made / "charts").iterdir()} == {".png", ".svg", ".pdf", ".csv", ".txt"}
    assert names >= {
        "fell-söhne-audit.pptx",
        "fell-söhne-audit.html",
        "fell-söhne-audit.xlsx",
        "csv",
        "notes.txt",
    }
    assert (made / "notes.txt").read_text() == "mine"
    assert {path.name for path in (made / "csv").iterdir()} == {
        "findings.csv",
        "pages.csv",
        "checks.csv",
        "readiness.csv",
        "link-plan.csv",
        "backlink-targets.csv",
        "order-of-work.csv",
        "about.txt",
    }
    assert len(steps) == 1 + len(deck.FORMATS)


def test_every_file_says_for_whom_it_is_and_what_it_rests_on(made: Path, audit: lk.Audit) -> None:
    book = openpyxl.load_workbook(made / "fell-söhne-audit.xlsx")
    slides = Presentation(str(made / "fell-söhne-audit.pptx"))
    told = {
        "xlsx": "\n".join(
            str(cell) for row in book.worksheets[0].iter_rows(values_only=True) for cell in row if cell
        ),
        "pptx": "\n".join(
            [
                shape.text_frame.text
                for slide in slides.slides
                for shape in slide.shapes
                if shape.has_text_frame
            ]
            + [slide.notes_slide.notes_text_frame.text for slide in slides.slides if slide.has_notes_slide]
        ),
        "html": re.sub(r"<[^>]+>", " ", (made / "fell-söhne-audit.html").read_text("utf-8")).replace(
            "&amp;", "&"
        ),
        "csv": (made / "csv" / "about.txt").read_text("utf-8-sig"),
        "pictures": (made / "charts" / "about.txt").read_text("utf-8-sig"),
    }
    limit = CHECKS["deep-page"].thresholds[0]
    meaning = language("de").text(lk.Thresholds.__dataclass_fields__[limit].metadata["knob"].help)
    for name, text in told.items():
        assert "Fell Söhne" in text, name
        assert START in text, name
        assert "12. März 2026" in text, name
        assert meaning in text, name
        assert "2 Zeilen" in text, name


def test_german_workbook(made: Path, audit: lk.Audit) -> None:
    book = openpyxl.load_workbook(made / "fell-söhne-audit.xlsx")
    de = language("de")
    chapters = [sheet_name(de.text(title), []) for title in CHAPTERS.values()]
    assert book.sheetnames[5:13] == chapters
    assert book.sheetnames[0] == "Zusammenfassung"
    sheet = book[de.text("Findings")]
    heads = [cell.value for cell in sheet[1]]
    assert heads[:3] == [de.text("Severity"), de.text("What is wrong"), de.text("Page")]
    assert heads != ["Severity", "What is wrong", "Page"]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert [row[2] for row in rows] == list(audit.findings["url"])
    assert {row[0] for row in rows} <= {"Hoch", "Mittel", "Niedrig", "Hinweis"}
    assert [row[1] for row in rows] == [de.text(CHECKS[each].title) for each in audit.findings["check_id"]]
    # Numbers are numbers, to be shown the way their reader is used to.
    place = heads.index(de.text("Value"))
    values = [None if pd.isna(each) else pytest.approx(each, rel=1e-12) for each in audit.findings["value"]]
    assert [row[place] for row in rows] == values
    severity = [
        rule.formula[0]
        for area, rules in sheet.conditional_formatting._cf_rules.items()
        for rule in rules
        if str(area.sqref).startswith("A2:")
    ]
    assert severity == ['"Hoch"', '"Mittel"', '"Niedrig"', '"Hinweis"']
    days = [
        cell.value
        for row in book.worksheets[0].iter_rows(max_row=8)
        for cell in row
        if isinstance(cell.value, datetime)
    ]
    assert [each.date() for each in days] == [date(2026, 3, 12)]


def test_the_workbook_has_the_plan_and_the_order_of_work(
    made: Path, audit: lk.Audit, work: deck.Work
) -> None:
    book = openpyxl.load_workbook(made / "fell-söhne-audit.xlsx")
    de = language("de")
    assert work.proposal is not None
    assert work.order is not None
    plan = list(book[de.text("Link plan")].iter_rows(min_row=2, values_only=True))
    links = work.proposal.links
    assert [row[1:3] for row in plan] == list(zip(links["source"], links["target"], strict=True))
    order = book[de.text("Order of work")]
    heads = [cell.value for cell in order[1]]
    wins = [row[0] for row in order.iter_rows(min_row=2, values_only=True)]
    assert sorted(wins) == sorted(work.order.wins.table["win"])
    (choice,) = order.data_validations.dataValidation
    letter = order.cell(1, heads.index(de.text("Status")) + 1).column_letter
    assert str(choice.sqref) == f"{letter}2:{letter}{len(wins) + 1}"
    assert order[f"{letter}2"].value in choice.formula1
    targets = book[de.text("Backlink targets")]
    best = work.proposal.targets()
    assert best is not None
    assert [row[0] for row in targets.iter_rows(min_row=2, values_only=True)] == list(best["url"])


def test_the_basket_decides_what_is_told(made: Path) -> None:
    page = (made / "fell-söhne-audit.html").read_text("utf-8")
    assert "Please begin here." in page
    book = openpyxl.load_workbook(made / "fell-söhne-audit.xlsx")
    depth = book[language("de").text(CHAPTERS["depth"])]
    assert "Please begin here." in [row[0].value for row in depth.iter_rows(max_row=5)]


def test_a_locked_file_is_told_before_any_work(
    audit: lk.Audit, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {path: path.read_bytes() for path in made.rglob("*") if path.is_file()}
    free: Callable[..., object] = Path.open

    def locked(path: Path, mode: str = "r", *given: object, **named: object) -> object:
        if path.suffix in (".pptx", ".xlsx") and mode == "r+b":
            raise PermissionError(13, "Permission denied")
        return free(path, mode, *given, **named)

    monkeypatch.setattr(Path, "open", locked)
    begun: list[str] = []
    with pytest.raises(
        LinkkitError, match=r"audit\.pptx cannot be written.*close it there(.|\n)*audit\.xlsx cannot"
    ) as fault:
        deck.export(audit, made, client="Fell Söhne", step=begun.append)
    assert str(fault.value).count("left as it is") == 2
    assert begun == []
    monkeypatch.undo()
    assert {path: path.read_bytes() for path in made.rglob("*") if path.is_file()} == before


def test_a_fault_on_the_way_leaves_the_old_workbook(
    audit: lk.Audit, work: deck.Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "audit.xlsx").write_text("old")
    rename: Callable[..., None] = os.replace

    def locked(source: Path, target: Path) -> None:
        if Path(target).suffix == ".xlsx":
            raise PermissionError(13, "Permission denied")
        rename(source, target)

    monkeypatch.setattr(os, "replace", locked)
    with pytest.raises(deck.ExportError, match=r"audit\.xlsx cannot be written.*left as it is"):
        deck.export(audit, tmp_path, work=work, formats=("xlsx",))
    assert [path.name for path in tmp_path.iterdir()] == ["audit.xlsx"]
    assert (tmp_path / "audit.xlsx").read_text() == "old"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"formats": ("pdf",)}, "unknown format 'pdf'; known are pptx, html, xlsx, pictures, csv"),
        ({"formats": ()}, "no format is given"),
        ({"language": "xx"}, "exports are written in en, de"),
    ],
)
def test_what_is_not_known_is_said_before_anything_is_written(
    audit: lk.Audit, tmp_path: Path, options: dict[str, object], message: str
) -> None:
    with pytest.raises(SettingsError, match=message):
        deck.export(audit, tmp_path / "new", **options)  # type: ignore[arg-type]
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("text", "taken", "expected"),
    [
        ("a" * 40, [], "a" * 31),
        ("a" * 40, ["A" * 31], "a" * 29 + " 2"),
        ("Links: in/out?", [], "Links in out"),
        ("'quoted'", [], "quoted"),
        ("History", [], "History 2"),
        ("[]*", [], "-"),
        ("Links, die ins Leere oder auf Umwege führen", [], "Links, die ins Leere oder auf"),
        ("Themencluster und Nachbarn, alle", ["themencluster und nachbarn"], "Themencluster und Nachbarn 2"),
        ("Alle " + "e" * 40, [], "Alle " + "e" * 26),
        ("\U0001f600" * 20, [], "\U0001f600" * 15),
        ("bell\x07", [], "bell"),
    ],
)
def test_names_of_sheets(text: str, taken: list[str], expected: str) -> None:
    name = sheet_name(text, taken)
    assert name == expected
    assert len(name.encode("utf-16-le")) <= 62


# The command line


def test_deck_from_the_command_line(client: lk.Client, tmp_path: Path) -> None:
    clients = ["--clients", str(client.folder.parent)]
    output = tmp_path / "out"
    flags = ["--format", "xlsx", "--format", "csv", "--language", "de", "--output", str(output)]
    result = runner.invoke(app, ["deck", client.folder.name, *clients, *flags])
    assert result.exit_code == 0, result.output
    assert str(output / "fell-söhne-audit.xlsx") in result.output
    assert f"{output / 'csv'}: 8 files" in result.output
    assert {path.name for path in output.iterdir()} == {"fell-söhne-audit.xlsx", "csv"}
    assert (
        openpyxl.load_workbook(output / "fell-söhne-audit.xlsx", read_only=True).sheetnames[0]
        == "Zusammenfassung"
    )


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--format", "pdf"], "unknown format 'pdf'"),
        (["--language", "fr"], "exports are written in en, de"),
        (["--template", "nowhere.pptx"], "--template nowhere.pptx: there is no such file"),
        (["--logo", __file__], "a file of kind .png or .jpg or .jpeg is expected"),
        (["--client", "other"], "two clients are named"),
    ],
)
def test_mistakes_are_told_and_nothing_is_written(
    client: lk.Client, tmp_path: Path, flags: list[str], message: str
) -> None:
    arguments = [
        "deck",
        client.folder.name,
        "--clients",
        str(client.folder.parent),
        "--output",
        str(tmp_path / "out"),
    ]
    result = runner.invoke(app, [*arguments, *flags])
    assert result.exit_code != 0
    assert message in " ".join(result.output.replace("│", " ").split())
    assert not (tmp_path / "out").exists()


def test_a_deck_needs_a_client_with_a_crawl(tmp_path: Path) -> None:
    result = runner.invoke(app, ["deck", "nobody", "--clients", str(tmp_path)])
    assert result.exit_code == 1
    assert "no client 'nobody'" in result.output
    lk.Client.new("empty", START, clients=tmp_path)
    result = runner.invoke(app, ["deck", "empty", "--clients", str(tmp_path)])
    assert result.exit_code == 1
    assert "has no crawl yet" in result.output
    assert not (tmp_path / "empty" / "deck").exists()


def test_help_names_every_format() -> None:
    result = runner.invoke(app, ["deck", "--help"], env={"COLUMNS": "200", "TERM": "dumb"})
    for name in deck.FORMATS:
        assert name in result.output
    for name in deck.languages():
        assert name in result.output
