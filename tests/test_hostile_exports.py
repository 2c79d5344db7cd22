"""A site whose pages say nothing but hostile things, exported in every format: text stays text everywhere."""

import csv
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from lxml import etree, html

from linkkit import deck
from tests import hostile
from tests.hostile_site import STOPPED_BY, hostile_audit

FORMULA = re.compile("^[\\s\u200b\ufeff]*[=+\\-@\uff1d]")
ADDRESS = re.compile(r"(?:https?://|#|data:image/(?:png|svg\+xml|jpeg);|\.\./|/?ppt/|slide)", re.IGNORECASE)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    deck.export(
        hostile_audit(),
        folder,
        client="<b>=1+1</b> ../\x1b[31mpwned",
        formats=("pptx", "html", "xlsx", "csv"),
    )
    return folder


def test_names_of_files_are_harmless(made: Path) -> None:
    names = [path.relative_to(made).as_posix() for path in made.rglob("*")]
    assert len(names) > 8
    assert all(re.fullmatch(r"[\w./-]+", name) and ".." not in name for name in names)


def test_no_cell_is_a_formula(made: Path) -> None:
    cells = [
        cell
        for file in made.rglob("*.csv")
        for row in csv.reader(file.open(encoding="utf-8-sig", newline=""))
        for cell in row
    ]
    numbers = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?")
    assert [cell for cell in cells if FORMULA.match(cell) and not numbers.fullmatch(cell)] == []
    assert any("<script>" in cell for cell in cells)
    (file,) = made.glob("*.xlsx")
    book = openpyxl.load_workbook(file)
    kinds = [cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row]
    assert len(kinds) > 1000
    assert "f" not in kinds
    targets = [link.target for sheet in book for link in sheet._hyperlinks if link.target]
    assert all(ADDRESS.match(target) for target in targets)


def test_every_part_of_slides_and_workbook_is_whole_and_leads_to_the_web_only(made: Path) -> None:
    parts = 0
    for file in (*made.glob("*.pptx"), *made.glob("*.xlsx")):
        with zipfile.ZipFile(file) as package:
            for name in package.namelist():
                assert not name.lower().endswith((".bin", ".vbs", ".exe"))
                if not name.endswith((".xml", ".rels")):
                    continue
                root = etree.fromstring(package.read(name))
                parts += 1
                assert root.getroottree().docinfo.internalDTD is None
                for each in root.iter("{*}Relationship"):
                    if each.get("TargetMode") == "External":
                        assert ADDRESS.match(each.get("Target")), (name, each.get("Target"))
    assert parts > 60


def test_the_report_holds_no_markup_of_a_page(made: Path) -> None:
    (file,) = made.glob("*.html")
    page = html.fromstring(file.read_text("utf-8").replace('<?xml version="1.0"?>', ""))
    elements = [each for each in page.iter() if isinstance(each.tag, str)]
    assert len(elements) > 500
    for each in elements:
        assert each.tag not in ("iframe", "object", "embed", "base", "form", "math"), each.tag
        assert not [name for name in each.attrib if name.lower().startswith("on")]
        for name in ("href", "src", "{http://www.w3.org/1999/xlink}href", "action"):
            assert name not in each.attrib or ADDRESS.match(each.get(name)), each.get(name)
        if each.tag == "script":
            assert hostile.MARK not in (each.text or "")
        if each.tag == "style":
            # The client's name stands on printed pages: in a string of CSS, every mark of it escaped.
            assert not re.search(
                r"(?<!\\)[<>]b|url\(\s*['\"]?(?!data:)|@import|expression\(|\x1b", each.text or ""
            )
    (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy.startswith("default-src 'none'")
    assert hostile.MARK in page.text_content()


def test_every_format_says_that_the_crawl_is_incomplete(made: Path) -> None:
    words = STOPPED_BY
    assert words in (made / "csv" / "about.txt").read_text("utf-8-sig")
    (report,) = made.glob("*.html")
    assert words in html.fromstring(report.read_text("utf-8")).text_content()
    (book,) = made.glob("*.xlsx")
    first = openpyxl.load_workbook(book, read_only=True).worksheets[0]
    assert any(words in str(cell) for row in first.iter_rows(values_only=True) for cell in row)
