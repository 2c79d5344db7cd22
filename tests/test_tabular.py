"""Tables as people export them: encodings, separators, title rows, comments, workbooks, zips."""

import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

import linkkit as lk
from linkkit.sources.reading import header_key, number
from linkkit.sources.tabular import Table, open_tables

TEXT = "Adresse;Größe;Titel\nhttps://shop.example/zelte/;1,5;Zelte für Wanderer\nhttps://shop.example/über/;2;Über uns\n"


def _one(tmp_path: Path, body: bytes) -> Table:
    file = tmp_path / "given"
    file.write_bytes(body)
    (table,) = open_tables(file)
    return table


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_encodings_and_line_ends(tmp_path: Path, encoding: str, end: str) -> None:
    table = _one(tmp_path, TEXT.replace("\n", end).encode(encoding))
    assert table.header == ("Adresse", "Größe", "Titel")
    assert [cells for _, cells in table.rows()] == [
        ["https://shop.example/zelte/", "1,5", "Zelte für Wanderer"],
        ["https://shop.example/über/", "2", "Über uns"],
    ]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp932", "アドレス,タイトル\n/a/,キャンプ用テントの選び方\n/b/,登山靴の手入れ\n"),
        ("cp1251", "Адрес,Заголовок\n/a/,Как выбрать палатку\n/b/,Уход за ботинками\n"),
        ("cp1250", "adres,tytuł\n/a/,Jak wybrać namiot na wędrówkę\n/b/,Pielęgnacja butów w góry, źle\n"),
    ],
)
def test_code_pages_of_other_countries(tmp_path: Path, encoding: str, text: str) -> None:
    table = _one(tmp_path, text.encode(encoding))
    assert [list(table.header), *table.head] == [line.split(",") for line in text.splitlines()]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators_are_found_beside_decimal_commas(tmp_path: Path, separator: str) -> None:
    rows = [["page", "clicks", "share"], ["/a,b", "3", "1,5"], ["/c;d", "4", "2,5"], ["/e|f\tg", "5", "3,5"]]
    body = "\n".join(separator.join(f'"{cell}"' for cell in row) for row in rows)
    table = _one(tmp_path, body.encode())
    assert (table.delimiter, table.column(0), table.column(2)) == (
        separator,
        ["/a,b", "/c;d", "/e|f\tg"],
        ["1,5", "2,5", "3,5"],
    )


def test_title_rows_and_comments_stand_above_the_header(tmp_path: Path) -> None:
    table = _one(tmp_path, b'"All Inlinks"\r\n"Type","Source"\r\n"HREF","/a"\r\n\r\n"HREF","/b"\r\n')
    assert (table.preamble, table.header, table.header_row) == (("All Inlinks",), ("Type", "Source"), 2)
    assert list(table.rows()) == [(3, ["HREF", "/a"]), (5, ["HREF", "/b"])]
    table = _one(tmp_path, b"# Account: Shop, Ltd\n#\nPage path,Views\n/a,1\n")
    assert (table.preamble, table.header, table.header_row) == (
        ("# Account: Shop, Ltd", "#"),
        ("Page path", "Views"),
        3,
    )


def test_cells_with_line_breaks_and_ragged_rows(tmp_path: Path) -> None:
    table = _one(tmp_path, b'title,url,count\n"two\nlines",/a,1\nshort,/b\n,,\nlong,/c,1,2,3\n')
    assert [cells for _, cells in table.rows()] == [
        ["two\nlines", "/a", "1"],
        ["short", "/b"],
        ["long", "/c", "1", "2", "3"],
    ]
    assert table.column(2) == ["1", "1"]


def test_one_column(tmp_path: Path) -> None:
    table = _one(tmp_path, b"url\nhttps://shop.example/a,b\nhttps://shop.example/c\n")
    assert table.header == ("url",)
    assert len(table.head) == 2


def test_a_workbook_gives_a_table_a_sheet(tmp_path: Path) -> None:
    file = tmp_path / "no-suffix"
    with xlsxwriter.Workbook(str(file)) as book:
        for name, rows in (
            ("Pages", [["URL", "Clicks"], ["/a", 12], ["/b", 0.5]]),
            ("Empty", []),
            ("Notes", [["x"], [None]]),
        ):
            sheet = book.add_worksheet(name)
            for place, row in enumerate(rows):
                sheet.write_row(place, 0, row)
    tables = open_tables(file)
    assert [table.name for table in tables] == [f"{file} (sheet Pages)", f"{file} (sheet Notes)"]
    assert list(tables[0].rows()) == [(2, ["/a", "12"]), (3, ["/b", "0.5"])]


def test_a_zip_gives_a_table_a_member(tmp_path: Path) -> None:
    file = tmp_path / "export"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("Pages.csv", "page,clicks\n/a,1\n")
        archive.writestr("../Chart.csv", "Date\tClicks\n2026-01-01\t3\n".encode("utf-16"))
        archive.writestr("picture.png", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00" * 40)
        archive.writestr("empty.csv", b"")
    tables = open_tables(file)
    assert [(table.name, table.header) for table in tables] == [
        (f"{file} (Pages.csv)", ("page", "clicks")),
        (f"{file} (../Chart.csv)", ("Date", "Clicks")),
    ]
    assert sorted(path.name for path in tmp_path.parent.iterdir()) == sorted(
        {tmp_path.name} | {path.name for path in tmp_path.parent.iterdir()}
    )
    assert not (tmp_path.parent / "Chart.csv").exists()


@pytest.mark.parametrize(
    ("body", "match"),
    [
        (b"", "the file is empty"),
        (b"\xef\xbb\xbf\r\n \n", "the file is empty"),
        (b"# only\n# comments\n", "empty but for comments"),
        (b"PK\x03\x04 no zip at all", "damaged zip or workbook"),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "workbook cannot be read"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 8, "binary file|no text"),
    ],
)
def test_what_is_no_table(tmp_path: Path, body: bytes, match: str) -> None:
    with pytest.raises(lk.SourceError, match=match) as caught:
        _one(tmp_path, body)
    assert "given" in str(caught.value)


def test_a_zip_without_tables_and_a_missing_file(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.writestr("empty.csv", "")
    with pytest.raises(lk.SourceError, match="the zip holds no table"):
        open_tables(tmp_path / "z.zip")
    with pytest.raises(lk.SourceError, match=r"none\.csv: no such file"):
        open_tables(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0), ("12", 12), ("1,234", 1234), ("1.234", 1234), ("1.234.567", 1234567), ("1,234,567.8", 1234567.8),
        ("1.234.567,8", 1234567.8), ("12,5", 12.5), ("12.5", 12.5), ("0,125", 0.125), ("0.125", 0.125), ("-3", -3),
        ("1\u202f234,5", 1234.5), ("1\u00a0234", 1234), ("1'234", 1234), ("4.86%", 0.0486), ("4,86\u00a0%", 0.0486),
        ("1e3", 1000), ("", None), ("-", None), ("n/a", None), ("12px", None), ("nan", None), ("1,2,3", None),
    ],
)  # fmt: skip
def test_numbers_of_every_locale(text: str, value: float | None) -> None:
    assert number(text) == (None if value is None else pytest.approx(value))


@given(st.integers(min_value=-(10**15), max_value=10**15))
def test_whole_numbers_come_back_with_any_separator(value: int) -> None:
    written = f"{value:,}"
    for text in (str(value), written, written.replace(",", "."), written.replace(",", "\u202f")):
        assert number(text) == value


def test_header_key() -> None:
    assert header_key("  Seitenpfad und -Bildschirmklasse ") == "seitenpfad und bildschirmklasse"
    assert header_key("Indexabilité") == "indexabilite"
    assert header_key("アドレス") == header_key("アドレス")
