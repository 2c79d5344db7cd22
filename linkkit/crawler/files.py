"""The crawl folder: its files, atomic writing, and reading the crawl file row by row.

The truth of a crawl is the complete lines of ``part-000.jl``, ``part-001.jl``, ...: every run writes a new part, so a
line that a killed run left half written is never continued by another.
"""

import json
import logging
import os
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

logger = logging.getLogger(__name__)

Record = TypeVar("Record")


@dataclass(frozen=True)
class CrawlFiles:
    """Paths below ``<client folder>/crawl``."""

    folder: Path

    @property
    def settings(self) -> Path:
        """What the crawl was asked for; never a secret."""
        return self.folder / "settings.json"

    @property
    def status(self) -> Path:
        """How far the crawl got and what stopped it."""
        return self.folder / "status.json"

    @property
    def sitemap(self) -> Path:
        """The addresses listed in the site's sitemaps, as public addresses."""
        return self.folder / "sitemap.json"

    @property
    def plan(self) -> Path:
        """What the crawler process has to do; only there while it runs."""
        return self.folder / "plan.json"

    @property
    def report(self) -> Path:
        """How the crawler process ended; read by the parent, then removed."""
        return self.folder / "report.json"

    @property
    def rendering(self) -> Path:
        """Whether pages are rendered, and why (`linkkit.crawler.render.decision.Rendering`)."""
        return self.folder / "rendering.json"

    @property
    def progress(self) -> Path:
        """Counters of the running crawler process."""
        return self.folder / "progress.json"

    @property
    def log(self) -> Path:
        """Scrapy's log."""
        return self.folder / "crawl.log"

    @property
    def output(self) -> Path:
        """What the crawler process printed beside its log."""
        return self.folder / "output.log"

    @property
    def lock(self) -> Path:
        """Held by the caller for as long as the crawl runs."""
        return self.folder / ".lock"

    @property
    def writer_lock(self) -> Path:
        """Held by the process that writes a part file, which may outlive a killed caller by a moment."""
        return self.folder / ".writer.lock"

    @property
    def parts(self) -> tuple[Path, ...]:
        """The part files in the order they were written."""
        return tuple(sorted(self.folder.glob("part-*.jl")))

    @property
    def next_part(self) -> Path:
        """A part file that does not exist yet."""
        numbers = [int(path.stem.split("-")[1]) for path in self.parts if path.stem.split("-")[1].isdigit()]
        return self.folder / f"part-{max(numbers, default=-1) + 1:03d}.jl"


def write_json(path: Path, data: Any) -> None:
    """Write JSON so that a reader sees the old file or the new one, never half of either."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    temporary.write_text(json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False), encoding="utf-8")
    temporary.replace(path)


def read_json(path: Path) -> Any | None:
    """Read JSON; None if the file is not there or, said in the log, cannot be read."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        logger.warning("%s cannot be read and is ignored: %s", path, error)
        return None


def read_record(path: Path, kind: type[Record]) -> Record | None:
    """Read a dataclass of plain values back; None if the file is not there or, said in the log, does not hold one.

    Fields that the file does not have keep their default, what it has beside them is passed over: another version wrote it.
    """
    data = read_json(path)
    if data is None:
        return None
    hints: dict[str, Any] = _hints(kind)  # type: ignore[arg-type]
    known = {name: value for name, value in data.items() if name in hints} if isinstance(data, dict) else {}
    wrong = [name for name, value in known.items() if not _fits(value, hints[name])]
    if not isinstance(data, dict) or wrong:
        logger.warning("%s is damaged and ignored: %s", path, ", ".join(wrong) or "it holds no object")
        return None
    return kind(**{name: tuple(v) if get_origin(hints[name]) is tuple else v for name, v in known.items()})


@cache
def _hints(kind: Any) -> dict[str, Any]:
    names = {each.name for each in fields(kind)}
    return {name: hint for name, hint in get_type_hints(kind).items() if name in names}


def _fits(value: object, hint: Any) -> bool:
    """Whether a value from JSON is of a type: plain ones, unions of them, lists of text, mappings."""
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        return any(_fits(value, each) for each in get_args(hint))
    if origin in (tuple, list):
        return isinstance(value, list) and all(_fits(each, get_args(hint)[0]) for each in value)
    if origin in (dict, Mapping):
        return isinstance(value, dict) and all(_fits(each, get_args(hint)[1]) for each in value.values())
    if hint is Any:
        return True
    # True is an int to Python, and no number here.
    return isinstance(value, hint) and (hint is bool or not isinstance(value, bool))


def rows(parts: tuple[Path, ...]) -> Iterator[dict[str, Any]]:
    """The ``linkkit`` object of every complete line of the parts, in the order they were written.

    A line that is not whole (a killed run's last one) is passed over: its page counts as not crawled.
    """
    for part in parts:
        with part.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                row = _row(line)
                if row is None:
                    logger.info(
                        "%s, line %d is not a complete row: its page is crawled again", part.name, number
                    )
                else:
                    yield row


def _row(line: bytes) -> dict[str, Any] | None:
    if not line.endswith(b"\n"):
        return None
    with suppress(ValueError, KeyError, TypeError, RecursionError):
        row = json.loads(line)["linkkit"]
        if isinstance(row, dict) and isinstance(row["url"], str):
            return row
    return None


def count_lines(path: Path, offset: int) -> tuple[int, int]:
    """Complete lines written behind a byte offset, and the offset behind them."""
    lines = 0
    with suppress(OSError), path.open("rb") as file:
        file.seek(offset)
        while block := file.read(1 << 20):
            lines += block.count(b"\n")
            offset += len(block)
    return lines, offset


def tail(path: Path, lines: int = 12) -> str:
    """The last lines of a log, empty if there is none."""
    with suppress(OSError), path.open(encoding="utf-8", errors="replace") as file:
        return "".join(deque(file, maxlen=lines)).strip()
    return ""
