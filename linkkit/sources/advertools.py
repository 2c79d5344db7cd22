"""Read a crawl file that advertools wrote, by linkkit's own crawl or by somebody's notebook, into a Site.

Rows of linkkit's crawl carry a ``linkkit`` object with everything advertools loses; rows of a plain advertools crawl
are read from its columns, whose multi-values are joined by ``@@``. The file is streamed line by line.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from linkkit.errors import SourceError
from linkkit.schema import Position, SeenIn
from linkkit.site import Manifest, Site
from linkkit.sources.breadcrumbs import Step, trail_from_data
from linkkit.sources.builder import SiteBuilder
from linkkit.sources.link_columns import LinkColumns, transposed
from linkkit.sources.prose import linkable_by_subtraction
from linkkit.sources.rejected import Rejected
from linkkit.urls import origin, try_normalise

_POSITIONS = {position.name.lower(): position for position in Position}
_NOFOLLOW = frozenset({"nofollow", "ugc", "sponsored"})


def read_crawl(
    path: Path | str | Sequence[Path | str],
    *,
    start_url: str | None = None,
    public_url: str | None = None,
    complete: bool | None = None,
    folder: Path | str | None = None,
    hosts: Iterable[str] = (),
    folders: Iterable[str] = (),
) -> Site:
    """Read an advertools crawl (JSON lines, or the Parquet made of them) into a Site.

    Parameters
    ----------
    path : path or list of paths
        The file, or the files of a crawl in parts: what advertools.crawl writes, or `advertools.crawlytics.jl_to_parquet`
        makes of it.
    start_url : str, optional
        Start page; the first row's URL where it is not given.
    public_url : str, optional
        Address the site is known by, when a copy was crawled: all URLs are stored under it.
    complete : bool, optional
        Whether the crawl followed every internal link. Unknown in a plain advertools file: taken as true if every
        linked URL of the site has a row.
    folder : path, optional
        Where the Site is saved; a temporary folder without it.
    hosts, folders : iterable of str, optional
        Other hosts of the site, and the folders that narrow it (`linkkit.scope.SiteScope.of`); rows outside are counted.

    Raises
    ------
    SourceError
        If a file is missing or empty, or holds no row of a crawl.
    """
    files = [Path(path)] if isinstance(path, str | Path) else [Path(each) for each in path]
    for file in files:
        if not file.is_file():
            raise SourceError(f"{file}: no such file; give the .jl file that advertools.crawl wrote")
    start = start_url or _first_url(files)
    return build_site(
        files,
        start_url=start,
        public_url=public_url,
        hosts=hosts,
        folders=folders,
        folder=Path(folder) if folder else None,
        complete=complete,
    )


def build_site(
    files: Sequence[Path],
    *,
    start_url: str,
    public_url: str | None = None,
    hosts: Iterable[str] = (),
    folders: Iterable[str] = (),
    folder: Path | None = None,
    overwrite: bool = False,
    complete: bool | None = None,
    stopped_by: str | None = None,
    settings: Mapping[str, Any] | None = None,
    tool: str = "advertools",
    rejected: Mapping[str, int] | None = None,
) -> Site:
    """Stream crawl files into a Site; what `read_crawl` and `linkkit.crawl` share."""
    builder = SiteBuilder(
        start_url, public_url=public_url, hosts=hosts, folders=folders, folder=folder, overwrite=overwrite
    )
    builder.rejected.update(rejected or {})
    try:
        pages = 0
        for row in rows(files, builder.rejected):
            try:
                pages += _add_row(builder, row)
            except (TypeError, ValueError, KeyError, AttributeError, OverflowError, RecursionError):
                # A damaged or foreign line can hold a value of any kind anywhere.
                builder.rejected.note("row of a crawl with a value that cannot stand there")
        if not pages:
            raise SourceError(
                f"{', '.join(map(str, files))}: no row belongs to {origin(start_url)}; is this the right start URL?"
            )
    except BaseException:
        builder.abandon()
        raise
    missing = builder.uncrawled()
    if complete is None:
        stopped_by = (
            f"{missing:,} linked URLs have no row in the file" if missing else builder.leads_nowhere()
        )
        complete = stopped_by is None
    elif not complete and stopped_by is None:
        stopped_by = "said to be partial when it was read"
    manifest = Manifest(
        start_url=builder.start_url,
        tool=tool,
        complete=complete,
        stopped_by=stopped_by,
        collected=datetime.fromtimestamp(max(file.stat().st_mtime for file in files), UTC).isoformat(
            timespec="seconds"
        ),
        settings=dict(settings or {}),
        rejected=dict(builder.rejected),
        rejected_at=builder.rejected.places,
    )
    return builder.finish(manifest)


def rows(files: Iterable[Path], rejected: Rejected) -> Iterator[dict[str, Any]]:
    """Rows of crawl files, one by one; lines that are no JSON object are noted in `rejected`, with their numbers."""
    for file in files:
        with file.open("rb") as lines:
            if lines.read(4) == b"PAR1":
                rejected.here = ""
                yield from _parquet_rows(file)
                continue
            lines.seek(0)
            for number, line in enumerate(lines, start=1):
                rejected.here = f"{file.name}:{number}"
                if not line.strip():
                    continue
                try:
                    row = json.loads(line)
                except (ValueError, RecursionError):
                    rejected.note("line that is no JSON (cut short)")
                    continue
                if isinstance(row, dict) and isinstance(row.get("url"), str):
                    yield row
                else:
                    rejected.note("line that is no row of a crawl")


def _parquet_rows(file: Path) -> Iterator[dict[str, Any]]:
    try:
        for batch in pq.ParquetFile(file).iter_batches(batch_size=1000):
            for row in batch.to_pylist():
                if isinstance(row.get("url"), str):
                    yield {name: value for name, value in row.items() if not pd.isna(value)}
    except (OSError, pa.ArrowException, UnicodeDecodeError) as error:
        raise SourceError(f"{file}: a damaged Parquet file ({error}); write it again") from error


def _first_url(files: Sequence[Path]) -> str:
    for row in rows(files, Rejected()):
        own, chain = row.get("linkkit"), _split(row.get("redirect_urls"))
        return str(own["url"]) if isinstance(own, dict) else chain[0] if chain else str(row["url"])
    raise SourceError(
        f"{', '.join(map(str, files))}: no line is a row of a crawl; expected JSON lines with a 'url' key, "
        "as advertools.crawl writes them"
    )


def _add_row(builder: SiteBuilder, row: Mapping[str, Any]) -> int:
    """Add one row; gives 1 if it became a page."""
    own, text = row.get("linkkit"), row.get("body_text")
    text = text if isinstance(text, str) else None
    # linkkit's crawl has said already what a page's words are.
    is_told = isinstance(own, dict) and "linkable" in own
    words = None if text is None or is_told else text.split()
    if isinstance(own, dict):
        facts, links, url = _own_facts(own), _own_links(own), str(own["url"])
    else:
        own = {}
        _add_redirects(builder, row)
        facts, url = _plain_facts(row, words), row["url"]
        links = _plain_links(row, builder.rejected)
    linkable, headings = _prose(row, words, own, links)
    # A page without a depth of its own was requested because a file named it, or lies behind such a page.
    by_crawl = not own or own.get("depth") is not None or own.get("archived") is True
    page = builder.add_page(
        url, facts, text=text, linkable=linkable, headings=headings, found_by_crawl=by_crawl
    )
    if page is None:
        return 0
    builder.add_links(page, links)
    return 1


def _prose(
    row: Mapping[str, Any], words: Sequence[str] | None, own: Mapping[str, Any], links: LinkColumns
) -> tuple[str | None, str | None]:
    """The linkable part of a page's text, and its headings: as the crawl kept them, else by subtraction."""
    if "linkable" in own:
        return own["linkable"], own.get("headings")
    if words is None:
        return None, None
    headings = [part for level in range(1, 7) for part in _split(row.get(f"h{level}")) if part.strip()]
    linkable = linkable_by_subtraction(words, anchors=links.names, headings=headings)
    return linkable, "\n".join(" ".join(each.split()) for each in headings)


def _own_facts(own: Mapping[str, Any]) -> dict[str, Any]:
    robots = frozenset(own.get("robots") or ())
    return {
        "status": own.get("status"),
        "error": own.get("error"),
        "content_type": own.get("content_type"),
        "title": own.get("title"),
        "h1": own.get("h1"),
        "meta_description": own.get("meta_description"),
        "word_count": own.get("word_count"),
        "language": own.get("lang"),
        "redirect_to": own.get("redirect_to"),
        "canonical": own.get("canonical"),
        "rel_next": own.get("rel_next"),
        "rel_prev": own.get("rel_prev"),
        "breadcrumb": own.get("breadcrumb"),
        "robots_noindex": bool(robots & {"noindex", "none"}),
        "robots_nofollow": bool(robots & {"nofollow", "none"}),
        "blocked_by_robots": bool(own.get("blocked_by_robots")),
        "discovered_depth": own.get("depth"),
    }


def _own_links(own: Mapping[str, Any]) -> LinkColumns:
    urls, names, positions, rels, images, containers, *told = transposed(own.get("links") or ())
    nofollow = {rel: not _NOFOLLOW.isdisjoint(str(rel).lower().split()) for rel in set(rels)}
    return LinkColumns(
        urls,
        names,
        bytes([_POSITIONS.get(position, Position.CONTENT) for position in positions]),
        bytes(map(nofollow.__getitem__, rels)),
        bytes(map(bool, images)),
        containers,
        # Only pages that were rendered as well tell the forms of a page apart.
        bytes(map(SeenIn, told[0])) if told else bytes([SeenIn.HTML]) * len(urls),
    )


def _split(value: object) -> list[str]:
    return value.split("@@") if isinstance(value, str) and value else []


def _first(value: object) -> str | None:
    return next(iter(_split(value)), None)


def _add_redirects(builder: SiteBuilder, row: Mapping[str, Any]) -> None:
    """Plain advertools rows stand at the end of a redirect; the hops before them become pages of their own."""
    hops = _split(row.get("redirect_urls"))
    statuses = _split(str(row.get("redirect_reasons") or ""))
    for place, hop in enumerate(hops):
        following = hops[place + 1] if place + 1 < len(hops) else row["url"]
        status = int(statuses[place]) if place < len(statuses) and statuses[place].isdigit() else 301
        # A hop that only adds tracking parameters or a fragment leads from a page to itself.
        if builder.identity(hop) != builder.identity(following) and not builder.has_facts(hop):
            builder.add_page(hop, {"status": status, "redirect_to": following})


def _plain_facts(row: Mapping[str, Any], words: Sequence[str] | None) -> dict[str, Any]:
    robots = " ".join(
        str(value) for name, value in row.items() if name.lower() == "resp_headers_x-robots-tag"
    ).lower()
    robots += " " + str(row.get("meta_robots") or row.get("robots") or "").lower()
    canonical = _first(row.get("canonical"))
    return {
        "status": row.get("status"),
        "error": row.get("errors"),
        "content_type": row.get("resp_headers_Content-Type") or row.get("resp_headers_content-type"),
        "title": _first(row.get("title")),
        "h1": _first(row.get("h1")),
        "meta_description": row.get("meta_desc"),
        "word_count": None if words is None else len(words),
        # As written in the page, which may be relative.
        "canonical": try_normalise(canonical, str(row["url"])) if canonical else None,
        "breadcrumb": _plain_trail(row),
        "robots_noindex": "noindex" in robots or "none" in robots.replace(",", " ").split(),
        "robots_nofollow": "nofollow" in robots or "none" in robots.replace(",", " ").split(),
        "discovered_depth": row.get("depth"),
    }


def _plain_trail(row: Mapping[str, Any]) -> list[Step]:
    """The breadcrumb of advertools' JSON-LD columns, one column a key: ``jsonld_itemListElement``, ``jsonld_1_@graph``."""
    page = str(row["url"])
    trails = []
    for name, value in row.items():
        if not name.startswith("jsonld_"):
            continue
        stem, _, key = name.rpartition("_")
        data = value
        if key == "itemListElement" and "BreadcrumbList" in str(row.get(f"{stem}_@type")):
            data = {"@type": "BreadcrumbList", key: value}
        elif key not in {"@graph", "breadcrumb"}:
            continue
        trails.append(trail_from_data(data, resolve=lambda url: try_normalise(url, page)))
    return max(trails, key=len, default=[])


def _plain_links(row: Mapping[str, Any], rejected: Rejected) -> LinkColumns:
    """Links of a plain advertools row; where ``@@`` parts do not line up its URLs are kept and its anchors unknown."""
    nofollow = _split(row.get("links_nofollow"))
    urls = _split(row.get("links_url"))
    if len(urls) != len(nofollow):
        rejected.note("page whose link columns do not line up (URLs holding @@)")
        return LinkColumns.of(())
    names: list[str | None] = [*str(row.get("links_text") or "").split("@@")] if urls else []
    if len(names) != len(urls):
        rejected.note("page whose anchor texts hold @@ (links kept, anchors unknown)")
        names = [None] * len(urls)
    return LinkColumns(
        urls,
        names,
        bytes(_positions(row, urls, names)),
        bytes([flag == "True" for flag in nofollow]),
        bytes(len(urls)),
        [""] * len(urls),
        bytes([SeenIn.HTML]) * len(urls),
    )


def _positions(row: Mapping[str, Any], urls: Sequence[str], names: Sequence[str | None]) -> bytearray:
    """Position of each link, from the lists of links in ``<nav>``, ``<header>`` and ``<footer>``.

    Each list is a part of the page's links in their order. The footer's is matched from the end, the others from the
    start, so that a link of the same text in the content stays content; within a header or footer, nav wins.
    """
    places = bytearray([Position.CONTENT]) * len(urls)
    for name, position in (
        ("header", Position.HEADER),
        ("footer", Position.FOOTER),
        ("nav", Position.NAVIGATION),
    ):
        region = [_split(row.get(f"{name}_links_url")), str(row.get(f"{name}_links_text") or "").split("@@")]
        is_told = len(region[0]) == len(region[1]) and None not in names[:1]
        links = [urls, names] if is_told else [urls]
        if position is Position.FOOTER:
            backwards = _in_order([each[::-1] for each in links], [each[::-1] for each in region])
            found: Iterable[int] = (len(urls) - 1 - each for each in backwards)
        else:
            found = _in_order(links, region)
        for each in found:
            places[each] = position
    return places


def _in_order(links: Sequence[Sequence[str | None]], region: Sequence[Sequence[str | None]]) -> Sequence[int]:
    """Where the rows of a region, given by columns, stand among a page's links: each the first after the row before it."""
    waiting = zip(*region[: len(links)], strict=True)
    wanted, found = next(waiting, None), list[int]()
    for place, row in enumerate(zip(*links, strict=True)):
        if wanted is None:
            break
        if row != wanted:
            continue
        end = place + len(region[0])
        # Mostly a region's links stand together.
        if not found and all(has[place:end] == all_of for has, all_of in zip(links, region, strict=False)):
            return range(place, end)
        found.append(place)
        wanted = next(waiting, None)
    return found
