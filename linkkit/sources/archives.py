"""Zips, workbooks and gzip files from strangers: looked through before anything of them is unpacked into memory."""

import gzip
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

from linkkit.errors import SourceError

MAX_MEMBER_BYTES = 512 << 20
"""Unpacked size of one file of a zip, and of a whole workbook."""
MAX_TOTAL_BYTES = 1 << 30
"""Unpacked size of all files of a zip."""
MAX_MEMBERS = 200
MAX_CELLS = 50_000_000
"""Cells between the first and the last one of a sheet, empty ones included: they all take memory."""
MAX_RATIO = 200
"""How many times its size a large gzip file may unpack to; tables and logs reach 5 to 30."""
FAULTS = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, OSError, EOFError, NotImplementedError, RuntimeError, ValueError,
)  # fmt: skip
"""What reading a damaged archive raises: encrypted files and unknown methods among them."""

_BLOCK = 1 << 20
_WORKBOOKS = {"xl/workbook.xml", "xl/workbook.bin", "content.xml"}
_SHEET = re.compile(r"xl/worksheets/[^/]*\.xml")
_PLACE = re.compile(rb"""\br\s*=\s*["']([A-Z]{0,3})(\d{1,9})["']""")
_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")


def is_workbook(path: Path) -> bool:
    """Whether a zip is a workbook.

    Raises
    ------
    SourceError
        If it is damaged.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return not _WORKBOOKS.isdisjoint(archive.namelist())
    except FAULTS as error:
        raise damaged(path, error) from error


def check_workbook(path: Path) -> None:
    """Hold that a workbook can be read in bounded memory, whatever its own index says of its sizes.

    Raises
    ------
    SourceError
        If it is damaged, unpacks to too much, or a sheet of it spans too many cells.
    """
    total = 0
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as file:
            for member in archive.infolist():
                reach = _Reach() if _SHEET.fullmatch(member.filename) else None
                for block in _unpacked(file, member):
                    total += len(block)
                    if total > MAX_MEMBER_BYTES:
                        raise SourceError(
                            f"{path}: the workbook unpacks to more than {MAX_MEMBER_BYTES >> 20} MB; save the sheet as CSV"
                        )
                    if reach is not None:
                        reach.add(block)
                if reach is not None and reach.cells > MAX_CELLS:
                    raise SourceError(
                        f"{path}: {member.filename} spans {reach.cells:,} cells, most of them empty; {MAX_CELLS:,} can be read. "
                        "Delete what stands far right or far below, or save the sheet as CSV"
                    )
    except SourceError:
        raise
    except FAULTS as error:
        raise damaged(path, error) from error


def table_members(path: Path) -> list[str]:
    """Names of the files in a zip, which are never used as paths.

    Raises
    ------
    SourceError
        If the zip is damaged, or holds too many or too large files.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = [each for each in archive.infolist() if not each.is_dir()]
    except FAULTS as error:
        raise damaged(path, error) from error
    if len(members) > MAX_MEMBERS:
        raise SourceError(f"{path}: {len(members):,} files in one zip; expected an export of a few tables")
    for member in members:
        if member.file_size > MAX_MEMBER_BYTES:
            raise SourceError(f"{path}: {member.filename} has {member.file_size >> 20:,} MB; unpack it first")
    if sum(member.file_size for member in members) > MAX_TOTAL_BYTES:
        raise SourceError(f"{path}: unpacks to more than {MAX_TOTAL_BYTES >> 20:,} MB; unpack it first")
    return list(dict.fromkeys(member.filename for member in members))


def open_member(path: Path, name: str) -> IO[bytes]:
    """A file in a zip, to be read as it is unpacked: no more of it than the zip's index says.

    Raises
    ------
    SourceError
        If it is damaged or encrypted; reading it raises what `FAULTS` lists.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.open(name)
    except (*FAULTS, KeyError) as error:
        raise damaged(path, error) from error


def open_gzip(path: Path) -> IO[bytes]:
    """A gzip file, to be read as it is unpacked; reading raises SourceError where it is a bomb."""
    return cast("IO[bytes]", _Gzip(path))


def damaged(path: Path, error: Exception) -> SourceError:
    """The error for an archive that cannot be read."""
    return SourceError(f"{path}: a damaged zip or workbook ({error}); export or download it again")


class _Gzip(gzip.GzipFile):
    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._path = path
        self._left = max(MAX_TOTAL_BYTES, path.stat().st_size * MAX_RATIO)

    def read1(self, size: int = -1) -> bytes:
        block = super().read1(size)
        self._left -= len(block)
        if self._left < 0:
            raise SourceError(
                f"{self._path}: unpacks to more than {MAX_RATIO} times its size; unpack it yourself if that is right"
            )
        return block


class _Reach:
    """How far the cells of a sheet reach, from its XML."""

    def __init__(self) -> None:
        self._rows = self._columns = self._unplaced = 0
        self._rest = b""

    def add(self, block: bytes) -> None:
        text = self._rest + block
        end = text.rfind(b"<")
        # A tag may go on in the next block; one without end is none.
        self._rest = text[end:] if end >= 0 and len(text) - end < _BLOCK else b""
        if self._rest:
            text = text[:end]
        places = _PLACE.findall(text)
        cells = [column for column, _ in places if column]
        self._rows = max(self._rows, max(map(int, {row for _, row in places}), default=0))
        self._columns = max(self._columns, max(map(_number, set(cells)), default=0))
        # Cells that do not say where they stand follow each other.
        self._unplaced += max(len(_CELL.findall(text)) - len(cells), 0)

    @property
    def cells(self) -> int:
        return self._rows * (self._columns + self._unplaced)


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _unpacked(file: IO[bytes], member: zipfile.ZipInfo) -> Iterator[bytes]:
    """What a member really unpacks to, block by block; its index may say less."""
    file.seek(member.header_offset)
    head = file.read(30)
    name, extra = struct.unpack("<HH", head[26:30])
    file.seek(name + extra, 1)
    if member.compress_type == zipfile.ZIP_STORED:
        yield from _stored(file, member.compress_size)
        return
    if member.compress_type != zipfile.ZIP_DEFLATED:
        raise zipfile.BadZipFile(f"{member.filename} is packed by a method that workbooks do not use")
    engine = zlib.decompressobj(-zlib.MAX_WBITS)
    for packed in _stored(file, member.compress_size):
        waiting = packed
        while waiting and not engine.eof:
            yield engine.decompress(waiting, _BLOCK)
            waiting = engine.unconsumed_tail


def _stored(file: IO[bytes], size: int) -> Iterator[bytes]:
    while size > 0 and (block := file.read(min(size, _BLOCK))):
        size -= len(block)
        yield block
