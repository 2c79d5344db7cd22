"""Plain lists of pages: money pages with patterns, any list of URLs, the page inventory of a CMS."""

import re
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from linkkit.errors import SourceError
from linkkit.sources.reading import Reading, header_key, rejects
from linkkit.sources.tabular import Table, detect_encoding, leading_bytes
from linkkit.urls import try_normalise

_URL_NAMES = (
    "url", "page url", "permalink", "link", "address", "loc", "path", "slug", "full url", "canonical url", "page", "uri",
    "page path", "adresse", "pagina", "seite", "href", "target",
)  # fmt: skip
_STATUS_NAMES = ("status", "post status", "published", "state", "visibility", "post_status")
_UNPUBLISHED = frozenset(
    "draft private trash pending auto-draft unpublished hidden false no 0 archived entwurf".split()
)
# A comment begins at the line's start or after a space; a # within an address is its fragment.
# Two addresses in a line are a row of a table without header.
_PAIR = re.compile(r"[,;|\"]\s*(?:https?://|/)")
_COMMENT = re.compile(r"(?:^|\s)#")


def is_address(text: str) -> bool:
    """Whether a cell looks like a URL, a path, or a host with a path; never a phrase or a number."""
    cell = text.strip()
    if not cell or re.search(r"\s", cell):
        return False
    if cell.startswith("/"):
        return True
    return (
        try_normalise(cell) is not None
        or re.match(r"[\w-]+(\.[\w-]+)*\.[a-z]{2,24}(/|$)", cell, re.I) is not None
    )


def is_list(lines: Iterable[str], *, least: float = 0.9) -> bool:
    """Whether the first line, and of all at least this share, are an address or a pattern (blank lines and comments aside)."""
    kept = [part for line in lines if (part := _bare(line))]
    are = [(is_address(each) and not _PAIR.search(each)) or is_pattern(each) for each in kept]
    # Were the first address taken for a table's header, its page would be lost.
    return bool(are) and are[0] and sum(are) >= len(are) * least - 1e-9


def is_pattern(text: str) -> bool:
    """Whether an entry stands for many pages: ``/shop/*``, or ``re:`` and a regular expression."""
    return text.startswith("re:") or ("*" in text and (text.startswith(("/", "http")) or "/" in text))


def pattern(text: str) -> re.Pattern[str]:
    """The expression of a pattern, to be matched whole against a path with its query, or an address.

    Raises
    ------
    SourceError
        If a regular expression is not valid.
    """
    if text.startswith("re:"):
        try:
            return re.compile(text[3:].strip())
        except re.error as error:
            raise SourceError(f"{text!r} is no regular expression: {error}") from error
    return re.compile(".*".join(re.escape(part) for part in text.split("*")))


def read_list(source: Path | Iterable[str], signal: str) -> Reading:
    """Read addresses, one a line; ``#`` starts a comment.

    Parameters
    ----------
    source : file, or the lines themselves
    signal : str
        ``money_pages``, ``urls`` or ``sitemap``. Money pages may be patterns (`is_pattern`).
    """
    path = source if isinstance(source, Path) else None
    lines = _lines(source) if isinstance(source, Path) else [str(line) for line in source]
    kept = [(place, part) for place, line in enumerate(lines, start=1) if (part := _bare(line))]
    refused: list[tuple[int | None, str, str]] = []
    if signal == "money_pages":
        for place, entry in kept:
            if is_pattern(entry):
                try:
                    pattern(entry)
                except SourceError as error:
                    refused.append((place, entry, str(error)))
    bad = {place for place, *_ in refused}
    rows = pd.DataFrame(
        {
            "url": [part for place, part in kept if place not in bad],
            "row": [place for place, _ in kept if place not in bad],
        }
    ).astype({"url": "str", "row": "Int64"})
    words = {"money_pages": "list of money pages", "sitemap": "plain-text sitemap"}.get(
        signal, "list of URLs"
    )
    return Reading(
        signal,
        words,
        rows if signal != "money_pages" else rows.assign(is_money_page=True),
        path,
        rejects(refused),
    )


def is_inventory(table: Table) -> bool:
    """Whether a table lists pages: a column named after URLs, or one that holds little else."""
    return _url_column(table) is not None


def read_inventory(table: Table, signal: str = "urls") -> Reading:
    """Read a page inventory, as a CMS or a spreadsheet gives it; drafts and private pages are left out, and counted.

    Raises
    ------
    SourceError
        If no column holds addresses.
    """
    place = _url_column(table)
    if place is None:
        raise SourceError(
            f"{table.name}: no column of addresses among {', '.join(table.header)}; expected one called url, permalink, "
            "path or the like"
        )
    names = [header_key(name) for name in table.header]
    status = next((names.index(name) for name in _STATUS_NAMES if name in names), None)
    kept: list[tuple[int, str]] = []
    refused: list[tuple[int | None, str, str]] = []
    drafts = 0
    for number, cells in table.rows():
        cell = cells[place].strip() if place < len(cells) else ""
        if status is not None and status < len(cells) and cells[status].strip().casefold() in _UNPUBLISHED:
            drafts += 1
        elif not cell:
            refused.append((number, "", "no address in the row"))
        else:
            kept.append((number, cell))
    rows = pd.DataFrame(kept, columns=["row", "url"]).astype({"row": "Int64", "url": "str"})
    if signal == "money_pages":
        rows = rows.assign(is_money_page=True)
    notes = {"drafts and private pages left out": drafts} if drafts else {}
    for name in _other_addresses(table, place):
        # The table may be a list of links whose columns go by names of their own.
        notes[
            f"addresses in the column {name[:40]!r}, not read (a list of links needs the columns source and target)"
        ] = len(kept)
    return Reading(signal, "page inventory", rows, table.path, rejects(refused), notes)


def _url_column(table: Table) -> int | None:
    names = [header_key(name) for name in table.header]
    for name in _URL_NAMES:
        if name in names and _share_of_addresses(table.column(names.index(name))) >= 0.5:
            return names.index(name)
    shares = [_share_of_addresses(table.column(place)) for place in range(len(names))]
    best = max(range(len(shares)), key=lambda place: shares[place], default=None)
    return best if best is not None and shares[best] >= 0.9 else None


def _other_addresses(table: Table, place: int) -> list[str]:
    """Columns beside that of the pages which hold little else than addresses other than the page's own."""
    own = table.column(place)
    return [
        name
        for other, name in enumerate(table.header)
        if other != place and _share_of_addresses(cells := table.column(other)) >= 0.9 and cells != own
    ]


def _share_of_addresses(cells: list[str]) -> float:
    return sum(map(is_address, cells)) / len(cells) if cells else 0.0


def _bare(line: str) -> str:
    return _COMMENT.split(line.strip("\ufeff"), maxsplit=1)[0].strip()


def _lines(path: Path) -> list[str]:
    encoding = detect_encoding(leading_bytes(path), str(path))
    return path.read_bytes().decode(encoding, "replace").splitlines()
