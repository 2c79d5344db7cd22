"""Readers meet damaged and hostile files: a table or an error that names the file, in bounded time and memory."""

import gzip
import io
import json
import resource
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import linkkit as lk
from linkkit.errors import LinkkitError
from linkkit.sources import archives
from linkkit.sources.archives import check_workbook
from linkkit.sources.sitemaps import read_sitemap
from linkkit.sources.tabular import open_tables
from tests import hostile
from tests.fuzz import TARGETS, attack, run
from tests.site_factory import ORIGIN, START, build

INPUTS = 12
"""Damaged files for each reader; ``make fuzz`` gives thousands."""


@pytest.mark.parametrize("name", TARGETS)
def test_damaged_files_are_read_or_refused(name: str, tmp_path: Path) -> None:
    told = run(name, range(INPUTS))
    assert told.faults == []
    assert told.taken + told.refused == INPUTS
    # A tenth of the files is not damaged at all.
    assert any(attack(name, seed, tmp_path)[0] == "taken" for seed in range(200))


@pytest.mark.parametrize(
    ("name", "seed"),
    [
        ("edge lists, Parquet", 18),  # a page of a column that does not unpack
        ("advertools", 10),  # an object where an address is expected
        ("advertools", 17),  # JSON nested thousands deep
        ("search console", 4),  # a zip whose index points outside of it
        ("search console", 23),  # a zip whose members are not where they should be
        ("deck basket", 14),  # TOML nested thousands deep
        ("crawl status", 28),
        ("advertools, Parquet", 1379),  # numbers of less than eight bits
        ("advertools, Parquet", 1609),  # a name of a column that is no UTF-8
        ("sitemaps by name", 1006),  # an index that names a file of 3,000 characters
        ("sitemaps by name", 10191),  # an index that names an address that is none
        ("sitemaps by name", 90),  # a name of an element that is none
    ],
)  # fmt: skip
def test_files_that_once_broke_a_reader(tmp_path: Path, name: str, seed: int) -> None:
    assert attack(name, seed, tmp_path)[0] in ("taken", "refused")


@settings(max_examples=15)
@given(hostile.texts, hostile.texts, hostile.texts, st.sampled_from(["utf-8", "utf-16", "cp1252"]))
def test_any_text_may_stand_in_any_cell(
    tmp_path_factory: pytest.TempPathFactory, source: str, target: str, anchor: str, encoding: str
) -> None:
    cells = ['"' + text.replace('"', '""') + '"' for text in (source, target, anchor)]
    file = tmp_path_factory.mktemp("cells") / "edges.csv"
    rows = f"source,target,anchor\n{START},{ORIGIN}/a/,Tents\n{START},{cells[1]},{cells[2]}\n{cells[0]},{ORIGIN}/a/,\n"
    file.write_bytes(rows.encode(encoding, "replace"))
    fault, pages = "", [START]
    try:
        pages = lk.read_edges(file, start_url=START).pages["url"].tolist()
    except LinkkitError as error:
        fault = str(error)
    assert file.name in fault or not fault
    assert pages[0] == START
    assert all(url.startswith(ORIGIN) for url in pages)


def test_what_a_page_says_is_stored_as_text_that_every_file_can_hold() -> None:
    pages = [
        {
            "path": f"/{place}/",
            "title": text,
            "h1": text,
            "meta_description": text,
            "language": text,
            "text": text,
            "headings": text,
        }
        for place, text in enumerate(hostile.TEXTS)
    ]
    links = [
        {"source": "/", "target": f"/{place}/", "anchor": text} for place, text in enumerate(hostile.TEXTS)
    ]
    site = build(["/", *pages], links)
    anchors = site.engine.arrow("SELECT text FROM anchors")["text"].to_pylist()
    texts = site.engine.arrow("SELECT text FROM text")["text"].to_pylist()
    stored = [*site.pages["title"].dropna(), *site.pages["h1"].dropna(), *anchors, *texts]
    held = "".join(stored)
    assert not set(held) & {
        chr(code) for code in (*range(9), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F, 0x9B, 0xD800, 0xDFFF, 0xFFFE)
    }
    assert held.encode("utf-8").decode("utf-8") == held
    for text in hostile.MARKUP + hostile.FORMULAS[:4]:
        assert text in stored
    assert len(stored) > 3 * len(hostile.TEXTS) - 40


# Bombs


def _bomb(folder: Path, megabytes: int) -> Path:
    """Kilobytes that unpack to megabytes: long cells, a few to a line."""
    block = gzip.compress((b"x" * 100_000 + b",b\n") * 10 + b"\n" * (48_576 - 30))
    file = folder / "bomb.gz"
    file.write_bytes(block * megabytes)
    return file


def _limited(code: str, *arguments: str, memory: int = 3 << 30) -> str:
    """What Python prints with so much address space at most."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True, text=True, timeout=120, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (memory, memory)),
    )  # fmt: skip
    return done.stdout + done.stderr


def test_what_unpacks_to_gigabytes_is_refused_or_streamed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "MAX_TOTAL_BYTES", 1 << 22)
    bomb = _bomb(tmp_path, 70)
    (table,) = open_tables(bomb)
    with pytest.raises(lk.SourceError, match=r"bomb\.gz: unpacks to more than 200 times its size"):
        list(table.rows())
    with pytest.raises(lk.SourceError, match="a sitemap holds 50 MB at most"):
        read_sitemap(bomb)


def test_a_sitemap_with_entities_is_refused_unexpanded(tmp_path: Path) -> None:
    laughs = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 10))
    secret = tmp_path / "secret"
    secret.write_text(f"{ORIGIN}/secret")
    file = tmp_path / "sitemap.xml"
    for declared, used in (
        (f"<!ENTITY l0 'lol'>{laughs}", "&l9;"),
        (f'<!ENTITY x SYSTEM "{secret.as_uri()}">', "&x;"),
        (f'<!ENTITY % x SYSTEM "{secret.as_uri()}"> %x;', "x"),
        ("<!ENTITY x SYSTEM 'http://127.0.0.1:9/'>", "&x;"),
    ):
        entry = f"<url><loc>{ORIGIN}/a/</loc></url><url><loc>{used}</loc></url>"
        for text in (
            f"<!DOCTYPE urlset [{declared}]><urlset>{entry}</urlset>",
            f"<!DOCTYPE urlset [{declared}]><urlset xmlns:x='http://www.w3.org/1999/xhtml'>{entry}<url><x:link href='{used}'/></url></urlset>",
        ):
            file.write_text(text)
            with pytest.raises(lk.SourceError, match=r"sitemap\.xml"):
                lk.read(file)
            with pytest.raises(lk.SourceError, match=r"sitemap\.xml: declares entities|no <loc>|not XML"):
                read_sitemap(file)


def _workbook(folder: Path, sheet: str, *, strings: str = "", claims: int | None = None) -> Path:
    """A workbook of hand-made XML; `claims` is the size that its index gives for the sheet."""
    import xlsxwriter

    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        book.add_worksheet().write_row(0, 0, ["source", "target"])
    file = folder / "book.xlsx"
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                content = sheet.encode()
            elif name == "xl/sharedStrings.xml" and strings:
                content = strings.encode()
            new.writestr(name, content)
    if claims is not None:
        packed = bytearray(file.read_bytes())
        name = b"xl/worksheets/sheet1.xml"
        entry = packed.rfind(name) - 46
        packed[entry + 24 : entry + 28] = claims.to_bytes(4, "little")
        file.write_bytes(bytes(packed))
    return file


_SHEET = '<?xml version="1.0"?>{doctype}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>'
_ROW = '<row r="{row}"><c r="{cell}" t="inlineStr"><is><t>{text}</t></is></c></row>'


def test_a_sheet_that_reaches_to_the_end_of_the_world_is_refused(tmp_path: Path) -> None:
    rows = _ROW.format(row=1, cell="A1", text="source") + _ROW.format(
        row=1048576, cell="XFD1048576", text="x"
    )
    file = _workbook(tmp_path, _SHEET.format(doctype="", rows=rows))
    with pytest.raises(
        lk.SourceError, match=r"book\.xlsx: xl/worksheets/sheet1\.xml spans 17,179,869,184 cells"
    ):
        lk.read(file)
    unplaced = "<c><v>1</v></c>" * 10_000
    file = _workbook(
        tmp_path, _SHEET.format(doctype="", rows=f'<row r="1">{unplaced}</row><row r="1000000"/>')
    )
    with pytest.raises(lk.SourceError, match="spans 10,000,000,000 cells"):
        lk.read(file)


def test_a_workbook_larger_than_it_says_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_MEMBER_BYTES", 1 << 20)
    sheet = _SHEET.format(doctype="", rows=f"<!--{'x' * (3 << 20)}-->")
    for claims in (None, 100):
        file = _workbook(tmp_path, sheet, claims=claims)
        with pytest.raises(lk.SourceError, match=r"book\.xlsx: the workbook unpacks to more than 1 MB"):
            check_workbook(file)


def test_entities_of_a_workbook_are_never_expanded(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("pwned")
    laughs = "<!ENTITY l0 'lollollol'>" + "".join(
        f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 10)
    )
    for doctype, used in (
        (f"<!DOCTYPE x [{laughs}]>", "&l9;"),
        (f'<!DOCTYPE x [<!ENTITY s SYSTEM "{secret.as_uri()}">]>', "&s;"),
    ):
        rows = "".join(
            _ROW.format(row=row, cell=f"A{row}", text=text) for row, text in ((1, "url"), (2, used))
        )
        file = _workbook(tmp_path, _SHEET.format(doctype=doctype, rows=rows))
        fault, cells = "", []
        try:
            cells = [cell for table in open_tables(file) for _, row in table.rows() for cell in row]
        except lk.SourceError as error:
            fault = str(error)
        assert "book.xlsx" in fault or not fault
        assert not any("pwned" in cell or len(cell) > 100 for cell in cells)


def test_a_zip_never_leaves_its_folder_nor_fills_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = tmp_path / "in"
    inner.mkdir()
    file = inner / "export.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("../../out.csv", "/tmp/out.csv", "C:\\out.csv", "..\\out.csv", "con", "a\x1b[31m.csv"):
            archive.writestr(name, "page,clicks\n/a,1\n")
    tables = open_tables(file)
    assert len(tables) == 6
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["export.zip", "in"]
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(201):
            archive.writestr(f"{number}.csv", "page,clicks\n/a,1\n")
    with pytest.raises(lk.SourceError, match="201 files in one zip"):
        open_tables(file)
    monkeypatch.setattr(archives, "MAX_MEMBER_BYTES", 1 << 20)
    monkeypatch.setattr(archives, "MAX_TOTAL_BYTES", 3 << 20)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("big.csv", b"0" * (2 << 20))
    with pytest.raises(lk.SourceError, match=r"big\.csv has 2 MB; unpack it first"):
        open_tables(file)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(4):
            archive.writestr(f"{number}.csv", b"0" * (1 << 20))
    with pytest.raises(lk.SourceError, match="unpacks to more than 3 MB"):
        open_tables(file)


def test_hostile_files_are_read_in_bounded_memory(tmp_path: Path) -> None:
    """The whole way of an import, in a process that may not take more than so many gigabytes of addresses."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("a.csv", b"source,target\n" + b"x" * (40 << 20))
    (tmp_path / "b.xml").write_bytes(b"<urlset><url>" + b"<x>" * (1 << 20))
    (tmp_path / "c.csv").write_bytes(b'source,target\n"' + b"x" * (40 << 20))
    (tmp_path / "d.jl").write_bytes(
        b'{"url": "https://shop.example/", "status": 200, "x": ' + b"[" * (4 << 20)
    )
    code = """
import sys, linkkit as lk
for name in sys.argv[1:]:
    try:
        lk.read(name, start_url="https://shop.example/")
        print("read")
    except lk.LinkkitError as error:
        print("refused", name in str(error))
"""
    files = [str(tmp_path / name) for name in ("a.zip", "b.xml", "c.csv", "d.jl")]
    assert _limited(code, *files).split("\n")[:4] == ["refused True"] * 4


def test_a_file_name_that_is_no_text_is_no_fault(tmp_path: Path) -> None:
    file = Path(str(tmp_path / "links") + "\udcff\x1b[31m.csv")
    try:
        file.write_text(f"source,target\n{START},{ORIGIN}/a/\n")
    except OSError:
        pytest.skip("this file system takes no such name")
    site = lk.read_edges(file, start_url=START, folder=tmp_path / "site")
    assert lk.load(tmp_path / "site").manifest.settings["file"] == file.name == site.manifest.settings["file"]
    assert json.loads((tmp_path / "site" / "manifest.json").read_text("utf-8"))["tool"] == "edge list"


def test_gzip_that_says_nothing_of_its_size_is_bounded(tmp_path: Path) -> None:
    file = tmp_path / "list.gz"
    file.write_bytes(gzip.compress(f"source,target\n{START},{ORIGIN}/a/\n".encode()) * 3)
    (table,) = open_tables(file)
    assert next(row for _, row in table.rows()) == [START, f"{ORIGIN}/a/"]
