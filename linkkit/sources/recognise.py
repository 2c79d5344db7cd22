"""What a file is, found in its content and never in its name."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from linkkit.errors import SourceError
from linkkit.sources import (
    analytics,
    backlinks,
    cluster_files,
    edges,
    lists,
    logs,
    screaming_frog,
    search_console,
    sitemaps,
)
from linkkit.sources.bots import verify_by_dns
from linkkit.sources.cluster_files import ClusterFile
from linkkit.sources.reading import Reading
from linkkit.sources.tabular import Table, detect_encoding, leading_bytes, leading_unpacked, open_tables

_XML_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_ROOT = re.compile(rb"<(?:!doctype\s+)?([A-Za-z][\w.:-]*)", re.IGNORECASE)
_JSON_NAME = re.compile(rb'"([^"\\]{1,40})"\s*:')
EXPECTED = (
    "a crawl (advertools .jl or Parquet; a URL list or link list of Screaming Frog, Sitebulb or the like; an edge list with "
    "source and target), a sitemap, a Search Console export, a GA4 export of pages or page transitions, a backlink export "
    "(Ahrefs, Semrush, Majestic, Moz, Search Console, or target and referring_domains), an access log (combined, CloudFront, "
    "IIS), topic clusters (url or pattern, cluster, pillar), a page inventory with a column of addresses, or a list of addresses, one a line"
)


@dataclass(frozen=True)
class Part:
    """One table or document of a file, and what it is.

    Attributes
    ----------
    path : Path
        The file.
    name : str
        The file and the part of it, for messages.
    kind : str
        What it was recognised as, in words.
    signal : str or None
        The signal it feeds (`linkkit.sources.reading.Reading`).
    crawl : str or None
        What part of a crawl it is: ``rows`` (pages with their links), ``pages``, ``links``, ``edges``.
    read : callable or None
        Reads the signal. Without signal, crawl and clusters, the part is known and of no use here.
    clusters : callable or None
        Reads topic clusters, which are a setting of the client and no signal.
    """

    path: Path
    name: str
    kind: str
    signal: str | None = None
    crawl: str | None = None
    read: Callable[[], Reading] | None = None
    clusters: Callable[[], ClusterFile] | None = None


def read_part(part: Part, *, verify_bots: bool = False) -> Reading:
    """Read a part that feeds a signal; `verify_bots` asks the DNS whether robots in a log are what they claim to be."""
    if verify_bots and part.signal == "logs":
        return logs.read_log(part.path, verify=verify_by_dns)
    if part.read is None:
        raise SourceError(f"{part.name}: {part.kind} feeds no signal")
    return part.read()


def recognise(path: Path, columns: Mapping[str, str] | None = None) -> list[Part]:
    """Tell what a file holds: one part of most files, several of a zip or a workbook.

    Parameters
    ----------
    path : Path
    columns : mapping, optional
        Columns of edge lists under the names of their own (`linkkit.sources.edges.read_edges`): a table that has its source and
        its target is one.

    Raises
    ------
    SourceError
        If the file is missing, damaged or not understood; it says what was seen and what is expected.
    """
    start = leading_bytes(path)
    if start.startswith(b"PAR1"):
        return [_parquet(path, columns)]
    return _document(path, leading_unpacked(path, start)) or _tables(path, columns)


def _document(path: Path, start: bytes) -> list[Part]:
    """What is told by a file's beginning alone; nothing where it is a table."""
    if sitemaps.is_sitemap(start):
        return [Part(path, str(path), "XML sitemap", "sitemap", read=lambda: sitemaps.read_sitemap(path))]
    if _is_crawl(start):
        return [Part(path, str(path), "advertools crawl", crawl="rows")]
    if logs.is_log(start):
        return [Part(path, str(path), "access log", "logs", read=lambda: logs.read_log(path))]
    if start.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return []
    foreign = _foreign(start)
    if foreign:
        raise SourceError(f"{path}: not understood; seen: {foreign}. Expected: {EXPECTED}")
    lines = start.decode(detect_encoding(start, str(path)), "replace").splitlines()
    if lists.is_list(lines):
        return [plain_list(path, "money_pages" if any(map(lists.is_pattern, lines)) else "urls")]
    return []


def _foreign(start: bytes) -> str:
    """What a document is that cannot be a table, in words; empty where it may be one."""
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text.startswith(b"%PDF-"):
        return "a PDF document"
    if text.startswith(b"<"):
        root = _ROOT.search(_XML_COMMENT.sub(b"", text))
        name = root[1].decode("ascii") if root else ""
        return "a web page (HTML)" if name.lower() in {"", "html"} else f"an XML document of <{name}>"
    if text.startswith(b"{"):
        names = ", ".join(
            name.decode("utf-8", "replace") for name in _JSON_NAME.findall(text.split(b"\n", 1)[0])[:8]
        )
        return f"JSON with {names or 'no names'}"
    return ""


def plain_list(path: Path, signal: str) -> Part:
    """A list of addresses as the signal it is meant for, which the addresses themselves do not tell."""
    return Part(path, str(path), "list of addresses", signal, read=lambda: lists.read_list(path, signal))


def is_named_list(path: Path) -> bool:
    """Whether a file that was named as a list of addresses can be one: half of its lines and the first are."""
    start = leading_bytes(path)
    try:
        lines = start.decode(detect_encoding(start, str(path)), "replace").splitlines()
    except SourceError:
        return False
    return lists.is_list(lines, least=0.5)


def inventory(table: Table) -> Part:
    """A table with a column of addresses as pages that should exist."""
    return Part(table.path, table.name, "page inventory", "urls", read=lambda: lists.read_inventory(table))


def inventories(path: Path) -> list[Part]:
    """The tables of a file that have a column of addresses, whatever else is noted beside them."""
    return [inventory(table) for table in open_tables(path) if table.head and lists.is_inventory(table)]


def _parquet(path: Path, columns: Mapping[str, str] | None) -> Part:
    try:
        names = set(pq.read_schema(path).names)
    except (OSError, pa.ArrowException, UnicodeDecodeError) as error:
        raise SourceError(f"{path}: a damaged Parquet file ({error}); write it again") from error
    if {"url", "status"} <= names:
        return Part(path, str(path), "advertools crawl", crawl="rows")
    if edges.has_source_and_target(names, columns):
        return Part(path, str(path), "edge list", crawl="edges")
    raise SourceError(
        f"{path}: not understood. Seen: Parquet with the columns {', '.join(sorted(names)[:12])}. Expected: a crawl of "
        "advertools (url, status, ...) or an edge list (source, target)"
    )


def _is_crawl(start: bytes) -> bool:
    """Whether the first line is a row of a crawl: a JSON object with a URL. A long line may be cut by the sample."""
    line = start.lstrip(b"\xef\xbb\xbf \t\r\n").split(b"\n", 1)[0]
    if not line.startswith(b"{"):
        return False
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return b'"url":' in line[:4096] and b"\n" not in start
    return isinstance(row, dict) and isinstance(row.get("url"), str)


def _tables(path: Path, columns: Mapping[str, str] | None) -> list[Part]:
    tables = open_tables(path)
    if columns and len(tables) == 1 and edges.has_source_and_target(tables[0].header, columns):
        return [Part(path, tables[0].name, "edge list", crawl="edges")]
    parts = [_table(table) if table.head else _empty(table) for table in tables]
    if not any(part.signal or part.crawl or part.clusters for part in parts):
        reasons = {part.kind for part in parts}
        raise SourceError(
            "; ".join(f"{part.name}: {part.kind}" for part in parts[:5])
            + (
                f". Expected: {EXPECTED}"
                if any(reason.startswith("not understood") for reason in reasons)
                else ""
            )
        )
    return parts


def _empty(table: Table) -> Part:
    columns = ", ".join(repr(name[:40]) for name in table.header[:8])
    return Part(table.path, table.name, f"no row below the header ({columns})")


def _table(table: Table) -> Part:
    for is_kind, kind, crawl in (
        (screaming_frog.is_link_list, "list of links from a crawler", "links"),
        (screaming_frog.is_url_list, "list of URLs from a crawler", "pages"),
    ):
        if is_kind(table):
            return Part(table.path, table.name, kind, crawl=crawl)
    for recognised, kind, signal, read in _SIGNALS:
        if recognised(table):
            return Part(table.path, table.name, kind, signal, read=lambda read=read: read(table))  # type: ignore[misc]
    return _other(table)


def _other(table: Table) -> Part:
    """What is told by few columns: the more telling ones come before."""
    if edges.is_edge_list(table):
        return Part(table.path, table.name, "edge list", crawl="edges")
    if search_console.is_other_sheet(table):
        return Part(table.path, table.name, "another sheet of a Search Console export, which names no page")
    if cluster_files.is_clusters(table):
        return Part(
            table.path, table.name, "topic clusters", clusters=lambda: cluster_files.read_table(table)
        )
    if lists.is_inventory(table):
        return inventory(table)
    return Part(table.path, table.name, f"not understood; seen: {_seen(table)}")


def _seen(table: Table) -> str:
    columns = ", ".join(repr(name[:40]) for name in table.header[:8]) + (
        ", ..." if len(table.header) > 8 else ""
    )
    first = ", ".join(repr(cell[:40]) for cell in table.head[0][:8])
    return f"a table with the columns {columns}; its first row: {first}"


_SIGNALS: tuple[tuple[Callable[[Table], bool], str, str, Callable[[Table], Reading]], ...] = (
    (
        search_console.is_performance,
        "Search Console pages",
        "search_console",
        search_console.read_performance,
    ),
    (
        search_console.is_queries_of_pages,
        "Search Console queries and pages",
        "search_console",
        search_console.read_queries_of_pages,
    ),
    (
        search_console.is_links_report,
        "Search Console links report",
        "backlinks",
        search_console.read_links_report,
    ),
    (analytics.is_transitions, "GA4 page transitions", "transitions", analytics.read_transitions),
    (analytics.is_pages, "GA4 pages", "analytics", analytics.read_pages),
    (backlinks.is_backlinks, "backlink export", "backlinks", backlinks.read_backlinks),
)
