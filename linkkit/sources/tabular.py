"""Tables that people export: CSV in any encoding and separator, spreadsheets, zips of either.

What a file is, is found in its bytes, never in its name: encoding by charset-normalizer, separator by CleverCSV,
spreadsheets by python-calamine. Rows are streamed; only the first few are kept for a look.
"""

import csv
import gzip
import io
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import islice
from pathlib import Path
from typing import IO

import charset_normalizer
import python_calamine

from linkkit.errors import SourceError
from linkkit.sources.archives import (
    FAULTS,
    check_workbook,
    damaged,
    is_workbook,
    open_gzip,
    open_member,
    table_members,
)

Row = tuple[int, list[str]]
HEAD_ROWS = 60
_SAMPLE_BYTES = 1 << 18
_DELIMITERS = [",", ";", "\t", "|"]
_WESTERN = ["cp1252", "cp1250", "cp1254"]
_OTHER = ["cp1251", "cp1253", "cp1255", "cp1256", "cp932", "gb18030", "big5", "cp949"]
# The sniffer's time grows with the square of a word's length.
_LONG_WORD = re.compile(r"""([^\s,;|"']{80})[^\s,;|"']+""")
_MOST_SNIFFED = 1 << 16
_ZIP, _OLE, _GZIP = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x1f\x8b"

# A page title or a log line in one cell may be longer than the reader's own limit.
csv.field_size_limit(1 << 24)


@dataclass(frozen=True)
class Table:
    """A table of text cells with a header, not yet read.

    Attributes
    ----------
    path : Path
        The file it lies in.
    name : str
        The file and, in a zip or workbook, the part; for messages.
    encoding, delimiter : str
        As found; ``spreadsheet`` and the empty string for a workbook.
    preamble : tuple of str
        Lines above the header: title rows, comments.
    header : tuple of str
        Cells of the header row, stripped.
    header_row : int
        Its row number, counted from 1 as a spreadsheet does.
    """

    path: Path
    name: str
    encoding: str
    delimiter: str
    preamble: tuple[str, ...]
    header: tuple[str, ...]
    header_row: int
    _rows: Callable[[], Iterator[Row]]

    def rows(self) -> Iterator[Row]:
        """Row number and cells of each row below the header, as they stand; blank rows are left out."""
        return (row for row in self._rows() if row[0] > self.header_row and any(map(str.strip, row[1])))

    @cached_property
    def head(self) -> list[list[str]]:
        """The first rows below the header."""
        return [cells for _, cells in islice(self.rows(), HEAD_ROWS)]

    def column(self, place: int) -> list[str]:
        """Cells of one column in the first rows, stripped; rows that are too short are left out."""
        return [cells[place].strip() for cells in self.head if place < len(cells)]


def open_tables(path: Path) -> list[Table]:
    """The tables in a file: one of a CSV, one a sheet of a workbook, one a member of a zip.

    Raises
    ------
    SourceError
        If the file is missing, empty, or no text, workbook or zip.
    """
    start = leading_bytes(path)
    if start.startswith(_ZIP) and not is_workbook(path):
        return _zip_tables(path)
    if start.startswith((_ZIP, _OLE)):
        if start.startswith(_ZIP):
            check_workbook(path)
        return _workbook_tables(path)
    if start.startswith(_GZIP):
        start = leading_unpacked(path, start)
        return [
            _text_table(
                path,
                str(path),
                detect_encoding(start, str(path)),
                start,
                lambda: open_gzip(path),
            )
        ]
    return [_text_table(path, str(path), detect_encoding(start, str(path)), start, lambda: path.open("rb"))]


def leading_unpacked(path: Path, start: bytes) -> bytes:
    """The first bytes of a file, unpacked where it is gzip.

    Raises
    ------
    SourceError
        If the archive is damaged.
    """
    if not start.startswith(_GZIP):
        return start
    try:
        with gzip.open(path) as body:
            return body.read(_SAMPLE_BYTES)
    except (OSError, EOFError, zlib.error) as error:
        raise SourceError(f"{path}: the gzip file is damaged ({error}); download it again") from error


def leading_bytes(path: Path) -> bytes:
    """The first bytes of a file, enough to tell what it is."""
    try:
        with path.open("rb") as file:
            start = file.read(_SAMPLE_BYTES)
    except FileNotFoundError:
        raise SourceError(f"{path}: no such file") from None
    except OSError as error:
        raise SourceError(f"{path}: cannot be read ({error.strerror})") from error
    if not start.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00"):
        raise SourceError(f"{path}: the file is empty")
    return start


def detect_encoding(start: bytes, name: str) -> str:
    """Encoding of a text file, from its first bytes.

    Raises
    ------
    SourceError
        If the bytes are no text.
    """
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if start.startswith(mark):
            return encoding
    try:
        # The sample may end within a character.
        start[: len(start) - 3 if len(start) == _SAMPLE_BYTES else len(start)].decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(start) - 4:
            return _code_page(start, name)
    if b"\x00" in start:
        best = charset_normalizer.from_bytes(start).best()
        if best is None or "\x00" in str(best)[:1000]:
            raise SourceError(f"{name}: a binary file, neither text nor a workbook nor a zip")
        return best.encoding
    return "utf-8"


def _code_page(start: bytes, name: str) -> str:
    """Encoding of text that is no UTF-8, from the code pages that spreadsheets of the world write."""
    # Accented letters stand alone between plain ones; in East Asian and Cyrillic text they come in runs.
    runs = re.findall(rb"[\x80-\xff]+", start)
    alone = sum(len(run) for run in runs if len(run) > 3) < 0.2 * sum(map(len, runs))
    pages = _WESTERN if alone else [*_WESTERN, *_OTHER]
    best = charset_normalizer.from_bytes(start, cp_isolation=pages).best()
    if best is None or "\x00" in str(best)[:1000]:
        raise SourceError(f"{name}: no text in any known encoding, and no workbook or zip either")
    return best.encoding


def _text_table(path: Path, name: str, encoding: str, start: bytes, opened: Callable[[], IO[bytes]]) -> Table:
    sample = start.decode(encoding, "replace")
    lines = sample.splitlines()
    body = [line for line in lines if line.strip() and not line.startswith("#")]
    delimiter = _delimiter("\n".join(body[:HEAD_ROWS]))

    def rows() -> Iterator[Row]:
        with io.TextIOWrapper(opened(), encoding, "replace", newline="") as text:
            reader = csv.reader(text, delimiter=delimiter)
            try:
                yield from enumerate(reader, start=1)
            except SourceError:
                raise
            except csv.Error as error:
                raise SourceError(f"{name}: row {reader.line_num}: {error}") from error
            except FAULTS as error:
                raise SourceError(
                    f"{name}: damaged after row {reader.line_num} ({error}); export or download it again"
                ) from error

    return _with_header(path, name, encoding, delimiter, rows)


def _delimiter(sample: str) -> str:
    import clevercsv  # noqa: PLC0415 - a third of a second to import, for those who read CSV

    short = _LONG_WORD.sub(r"\1", sample)[:_MOST_SNIFFED]
    try:
        dialect = clevercsv.Sniffer().sniff(short, delimiters=_DELIMITERS)
    except clevercsv.Error:
        dialect = None
    return (dialect.delimiter if dialect else "") or ","


def _with_header(
    path: Path, name: str, encoding: str, delimiter: str, rows: Callable[[], Iterator[Row]]
) -> Table:
    """Find the header: the first row that is no comment and about as wide as the rows that follow."""
    head = [
        row for row in islice(rows(), HEAD_ROWS) if any(map(str.strip, row[1])) and not _is_comment(row[1])
    ]
    if not head:
        raise SourceError(f"{name}: the file is empty but for comments")
    widths = Counter(_width(cells) for _, cells in head)
    usual = max(widths, key=lambda width: (widths[width], width))
    # A title row ("All Inlinks") stands alone above a wider table.
    number, cells = next((row for row in head if _width(row[1]) > 1 or usual == 1), head[0])
    preamble = tuple(
        delimiter.join(each).strip()
        for place, each in islice(rows(), number - 1)
        if any(map(str.strip, each))
    )
    header = [cell.strip() for cell in cells]
    while len(header) > 1 and not header[-1]:
        header.pop()
    return Table(path, name, encoding, delimiter, preamble, tuple(header), number, rows)


def _is_comment(cells: list[str]) -> bool:
    # A column of row numbers is often headed by "#" alone.
    return cells[0].startswith("#") and (cells[0].strip() != "#" or _width(cells) == 1)


def _width(cells: list[str]) -> int:
    return max((place for place, cell in enumerate(cells, start=1) if cell.strip()), default=0)


def _workbook_tables(path: Path) -> list[Table]:
    try:
        workbook = python_calamine.load_workbook(str(path))
        names = list(workbook.sheet_names)
        sheets = {name: workbook.get_sheet_by_name(name) for name in names}
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise SourceError(
            f"{path}: the workbook cannot be read ({error}); save it again, or as CSV"
        ) from error
    tables = []
    for name, sheet in sheets.items():

        def rows(sheet: python_calamine.CalamineSheet = sheet) -> Iterator[Row]:
            for place, cells in enumerate(sheet.to_python(skip_empty_area=False), start=1):
                yield place, [_cell(cell) for cell in cells]

        if any(any(map(str.strip, cells)) for _, cells in islice(rows(), HEAD_ROWS)):
            tables.append(_with_header(path, f"{path} (sheet {name})", "spreadsheet", "", rows))
    if not tables:
        raise SourceError(f"{path}: every sheet of the workbook is empty")
    return tables


def _cell(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def _zip_tables(path: Path) -> list[Table]:
    """Tables of a zip; members are read where they are, nothing is unpacked to disk."""
    tables = []
    for member in table_members(path):
        name = f"{path} ({member})"
        try:
            with open_member(path, member) as file:
                body = file.read(_SAMPLE_BYTES)
        except FAULTS as error:
            raise error if isinstance(error, SourceError) else damaged(path, error) from error
        if not body.strip(b"\xef\xbb\xbf \t\r\n"):
            continue
        try:
            encoding = detect_encoding(body, name)
            tables.append(_text_table(path, name, encoding, body, partial(open_member, path, member)))
        except SourceError:
            continue
    if not tables:
        raise SourceError(f"{path}: the zip holds no table; expected the CSV files of an export")
    return tables
