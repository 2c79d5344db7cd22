"""Plain edge lists: source, target and whatever else is known of each link."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.parquet as pq

from linkkit.errors import SourceError
from linkkit.schema import Position
from linkkit.site import Manifest, Site
from linkkit.sources.builder import SiteBuilder
from linkkit.sources.columns import find
from linkkit.sources.reading import header_key
from linkkit.sources.tabular import Table, leading_bytes, open_tables
from linkkit.urls import origin

_POSITIONS = {position.name.lower(): position for position in Position}
_TRUE = frozenset({"1", "true", "yes", "nofollow", "ugc", "sponsored"})
COLUMNS = {
    "source": ("source", "source url", "from", "from url", "url from", "src"),
    "target": ("target", "target url", "to", "to url", "url to", "dst", "destination", "destination url"),
    "anchor": ("anchor", "anchor text", "link text", "text"),
    "position": ("position", "link position"),
    "nofollow": ("nofollow", "rel"),
}
"""What is read of an edge list, and the names (case and marks do not count) under which it is found."""
_Edge = tuple[str, str, str | None, str, str]


def is_edge_list(table: Table) -> bool:
    """Whether a table has a source and a target."""
    return has_source_and_target(table.header)


def has_source_and_target(names: Iterable[str], columns: Mapping[str, str] | None = None) -> bool:
    """Whether column names hold a source and a target, under names of their own where those are given."""
    header = tuple(names)
    return all(
        find(header, (columns[name],) if columns and name in columns else COLUMNS[name]) is not None
        for name in ("source", "target")
    )


def read_edges(
    path: Path | str,
    *,
    start_url: str,
    folder: Path | str | None = None,
    complete: bool = True,
    columns: Mapping[str, str] | None = None,
    hosts: Iterable[str] = (),
    folders: Iterable[str] = (),
) -> Site:
    """Read a list of links from a table: CSV in any encoding and separator, a spreadsheet, or Parquet.

    Parameters
    ----------
    path : path
        A table with a header row and the columns ``source`` and ``target`` (URLs; paths belong to the start page's
        host) and, if known, ``anchor``, ``position`` (content, navigation, header, footer, sidebar, breadcrumb) and
        ``nofollow`` (true/false, or the link's rel). Other columns are ignored.
    start_url : str
        Start page.
    folder : path, optional
        Where the Site is saved; a temporary folder without it.
    complete : bool
        Whether the list holds every internal link. Targets are taken for live pages: an edge list knows no status.
    columns : mapping, optional
        The table's own names where they are others: ``{"source": "Page", "target": "Links to"}``.
    hosts, folders : iterable of str, optional
        Other hosts of the site, and the folders that narrow it (`linkkit.scope.SiteScope.of`); rows outside are counted.

    Raises
    ------
    SourceError
        If the file is missing or damaged, lacks a column, or holds no link of the site.

    Examples
    --------
    >>> site = lk.read_edges("links.csv", start_url="https://client.example/", columns={"source": "Page"})  # doctest: +SKIP
    """
    file = Path(path)
    unknown = sorted(set(columns or {}) - set(COLUMNS))
    if unknown:
        raise SourceError(f"columns: {', '.join(unknown)} is none of {', '.join(COLUMNS)}")
    edges = _edges(file, columns or {})
    builder = SiteBuilder(start_url, hosts=hosts, folders=folders, folder=Path(folder) if folder else None)
    try:
        _add_edges(builder, edges, file, start_url)
    except BaseException:
        builder.abandon()
        raise
    why = builder.leads_nowhere() if complete else "said to be partial when it was read"
    manifest = Manifest(
        start_url=builder.start_url,
        tool="edge list",
        complete=why is None,
        stopped_by=why,
        settings={"file": file.name},
        rejected=dict(builder.rejected),
    )
    return builder.finish(manifest)


def _edges(file: Path, columns: Mapping[str, str]) -> Iterator[tuple[int, _Edge]]:
    if leading_bytes(file).startswith(b"PAR1"):
        return _parquet_edges(file, columns)
    tables = [table for table in open_tables(file) if is_edge_list(table)] or open_tables(file)
    return _table_edges(file, tables[0], columns)


def _places(file: Path, header: tuple[str, ...], columns: Mapping[str, str]) -> dict[str, int]:
    places = {name: find(header, (columns[name],) if name in columns else COLUMNS[name]) for name in COLUMNS}
    missing = [
        columns.get(name, name)
        for name in COLUMNS
        if places[name] is None and (name in columns or name in ("source", "target"))
    ]
    if missing:
        raise SourceError(
            f"{file}: column {' and '.join(missing)} missing; found {', '.join(header)}, expected at least source and "
            "target (and optionally anchor, position, nofollow); columns={'source': ..., 'target': ...} names others"
        )
    return {name: place for name, place in places.items() if place is not None}


def _table_edges(file: Path, table: Table, columns: Mapping[str, str]) -> Iterator[tuple[int, _Edge]]:
    places = _places(file, table.header, columns)
    source, target, anchor = places["source"], places["target"], places.get("anchor")
    position, nofollow = places.get("position"), places.get("nofollow")

    def rows() -> Iterator[tuple[int, _Edge]]:
        for number, row in table.rows():
            cells = [*row, *[""] * (len(table.header) - len(row))]
            yield (
                number,
                (
                    cells[source].strip(),
                    cells[target].strip(),
                    None if anchor is None else cells[anchor],
                    "" if position is None else header_key(cells[position]),
                    "" if nofollow is None else cells[nofollow].strip().lower(),
                ),
            )

    return rows()


def _parquet_edges(file: Path, columns: Mapping[str, str]) -> Iterator[tuple[int, _Edge]]:
    try:
        parquet = pq.ParquetFile(file)
        names = tuple(parquet.schema_arrow.names)
        places = _places(file, names, columns)
        wanted = {name: names[place] for name, place in places.items()}
    except (OSError, pa.ArrowException) as error:
        raise SourceError(f"{file}: a damaged Parquet file ({error}); write it again") from error

    def rows() -> Iterator[tuple[int, _Edge]]:
        number = 0
        batches = parquet.iter_batches(columns=list(wanted.values()))
        while (columns := _next_columns(batches, file)) is not None:
            cells = {
                name: ["" if value is None else str(value) for value in columns[own]]
                for name, own in wanted.items()
            }
            count = len(cells["source"])
            blank = [""] * count
            for source, target, anchor, position, nofollow in zip(
                cells["source"],
                cells["target"],
                cells.get("anchor", [None] * count),
                cells.get("position", blank),
                cells.get("nofollow", blank),
                strict=True,
            ):
                number += 1
                yield number, (source, target, anchor, header_key(position), nofollow.strip().lower())

    return rows()


def _next_columns(batches: Iterator[pa.RecordBatch], file: Path) -> dict[str, list[object]] | None:
    try:
        batch = next(batches, None)
        return None if batch is None else batch.to_pydict()
    except (OSError, pa.ArrowException, UnicodeDecodeError) as error:
        raise SourceError(f"{file}: a damaged Parquet file ({error}); write it again") from error


def _add_edges(builder: SiteBuilder, edges: Iterator[tuple[int, _Edge]], file: Path, start_url: str) -> None:
    sources = 0
    # Links of one page mostly stand together; they need not.
    for name, rows in groupby((edge for _, edge in _known_positions(edges, file)), key=itemgetter(0)):
        page = builder.target_id(_absolute(name, builder.start_url))
        if page is None:
            builder.rejected["link whose source is outside the site"] += sum(1 for _ in rows)
            continue
        sources += 1
        builder.add_links(
            page,
            (
                (
                    _absolute(target, builder.start_url),
                    anchor,
                    _POSITIONS.get(position, Position.CONTENT),
                    not _TRUE.isdisjoint(nofollow.split()),
                    False,
                    "",
                )
                for _, target, anchor, position, nofollow in rows
            ),
        )
    if not sources:
        raise SourceError(f"{file}: no link starts on the site of {start_url}; is this the right start URL?")
    builder.fill_missing({"status": 200, "content_type": "text/html"})


def _known_positions(edges: Iterator[tuple[int, _Edge]], file: Path) -> Iterator[tuple[int, _Edge]]:
    for number, edge in edges:
        if edge[3] and edge[3] not in _POSITIONS:
            raise SourceError(
                f"{file}: row {number}: position {edge[3]} is unknown; known are {', '.join(_POSITIONS)}"
            )
        yield number, edge


def _absolute(address: str, start_url: str) -> str:
    """A path belongs to the start page's host, an address without scheme has the start page's; everything else stays as it is."""
    if address.startswith("//"):
        return f"{urlsplit(start_url).scheme}:{address}"
    return origin(start_url) + address if address.startswith("/") else address
