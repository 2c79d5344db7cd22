"""Web archives as a source: WARC and WAT files, such as those of Common Crawl, read by the crawler's own extraction."""

import json
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from linkkit.crawler.directives import parse_directives
from linkkit.crawler.extract import absolute
from linkkit.crawler.frontier import Entry, Rank
from linkkit.crawler.names import clean
from linkkit.errors import SourceError
from linkkit.scope import SiteScope
from linkkit.site import Site
from linkkit.sources.advertools import build_site
from linkkit.urls import UrlError, normalise, try_normalise

OUTSIDE, NO_PAGE, DAMAGED = (
    "record of another site",
    "record without a response (requests, revisits, notes)",
    "record that cannot be read",
)
# Bodies are stored as they are after decoding; the header of the original stays in some archives.
_ENCODED = {"content-encoding", "transfer-encoding", "content-length"}


def read_warc(
    *paths: Path | str,
    start_url: str,
    folder: Path | str | None = None,
    complete: bool = False,
    hosts: Iterable[str] = (),
    folders: Iterable[str] = (),
) -> Site:
    """Read pages and links of one site out of web archives.

    Responses of WARC files are read as the crawl reads pages: positions, accessible names, robots, canonicals, text. WAT files hold
    no page, only what Common Crawl took from it: links are taken for content links then, and there is no text.

    Parameters
    ----------
    *paths : files
        WARC, ARC or WAT, compressed or not. They are streamed: only the site's records are parsed, and none is kept in memory.
    start_url : str
        Start page.
    folder : path, optional
        Where the Site is saved; a temporary folder without it.
    complete : bool
        Whether the archive holds every page of the site. Those of Common Crawl never do: a sample of the pages, so that what depends on
        links that are *not* there stays inconclusive.
    hosts, folders : iterable of str, optional
        Other hosts of the site, and the folders that narrow it (`linkkit.scope.SiteScope.of`).

    Returns
    -------
    Site
        Records of other sites, and those that are no pages, are counted in its manifest's ``rejected``.

    Raises
    ------
    SourceError
        If a file is missing or no archive, holds no page of the site, or warcio is not installed.

    Examples
    --------
    >>> site = lk.read_warc("crawl.warc.gz", start_url="https://client.example/")  # doctest: +SKIP
    """
    files = [Path(path) for path in paths]
    if not files:
        raise SourceError("no archive given: expected WARC or WAT files")
    for file in files:
        if not file.is_file():
            raise SourceError(f"{file}: no such file; expected a WARC or WAT file")
    try:
        scope = SiteScope.of(normalise(start_url), hosts, folders)
    except UrlError as error:
        raise SourceError(f"start URL: {error}") from error
    rejected: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="linkkit-") as temporary:
        part = Path(temporary) / "part-000.jl"
        with part.open("w", encoding="utf-8") as lines:
            for file in files:
                for row in _rows(file, scope, rejected):
                    lines.write(json.dumps(row, ensure_ascii=False) + "\n")
        if not part.stat().st_size:
            told = ", ".join(f"{why}: {count:,}" for why, count in rejected.items()) or "no record"
            raise SourceError(f"{', '.join(map(str, files))}: no page of {start_url}; found {told}")
        return build_site(
            [part],
            start_url=start_url,
            hosts=hosts,
            folders=folders,
            folder=Path(folder) if folder else None,
            complete=complete,
            stopped_by=None if complete else "a web archive holds a sample of the pages",
            settings={"files": [file.name for file in files]},
            tool="web archive",
            rejected=rejected,
        )


def _rows(file: Path, scope: SiteScope, rejected: Counter[str]) -> Iterator[dict[str, Any]]:
    """Rows of the site's pages, as a crawl file has them."""
    try:
        from warcio.archiveiterator import ArchiveIterator  # noqa: PLC0415 - an extra
        from warcio.exceptions import ArchiveLoadFailed  # noqa: PLC0415
    except ImportError as error:
        raise SourceError("web archives need warcio: pip install 'linkkit[warc]'") from error
    with file.open("rb") as stream:
        try:
            for record in ArchiveIterator(stream):
                url = record.rec_headers.get_header("WARC-Target-URI") or ""
                normal = try_normalise(url.strip("<> "))
                kind = record.content_type or ""
                is_response = record.rec_type == "response" and record.http_headers is not None
                is_extract = record.rec_type == "metadata" and kind.startswith("application/json")
                if not is_response and not is_extract:
                    rejected[NO_PAGE] += 1
                elif normal is None or not scope.contains(normal):
                    rejected[OUTSIDE] += 1
                else:
                    try:
                        row = _response(normal, record) if is_response else _extract(normal, record)
                    except ValueError:
                        # One record that is not as it should be must not cost the archive.
                        rejected[DAMAGED] += 1
                        continue
                    if row is None:
                        rejected[NO_PAGE] += 1
                    else:
                        yield row
        except ArchiveLoadFailed as error:
            raise SourceError(f"{file}: no web archive, or a damaged one ({error})") from error


def _response(url: str, record: Any) -> dict[str, Any]:
    # A second that only those pay who read archives.
    from scrapy.http import Headers, Request  # noqa: PLC0415
    from scrapy.responsetypes import responsetypes  # noqa: PLC0415

    from linkkit.crawler.rows import response_row  # noqa: PLC0415

    headers: dict[bytes, list[bytes]] = {}
    for name, value in record.http_headers.headers:
        if name.lower() not in _ENCODED:
            headers.setdefault(name.encode("latin-1", "replace"), []).append(value.encode("utf-8", "replace"))
    body = record.content_stream().read()
    kind = responsetypes.from_args(headers=Headers(headers), url=url, body=body)
    status = int(record.http_headers.get_statuscode())
    response = kind(url, status=status, headers=headers, body=body, request=Request(url))
    return _archived(*response_row(response, Entry(url, None, Rank(True, 0))))


def _extract(url: str, record: Any) -> dict[str, Any] | None:
    """The row of a WAT record: what Common Crawl took from a page; None where it is of no response."""
    try:
        envelope = json.loads(record.content_stream().read())["Envelope"]
        told = envelope["Payload-Metadata"].get("HTTP-Response-Metadata")
        return _taken(url, told) if told else None
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not the JSON of a WAT record: {error}") from error


def _taken(url: str, told: Mapping[str, Any]) -> dict[str, Any]:
    status = int(told["Response-Message"]["Status"])
    headers = {str(name).lower(): value for name, value in told.get("Headers", {}).items()}
    page: Mapping[str, Any] = told.get("HTML-Metadata") or {}
    head: Mapping[str, Any] = page.get("Head") or {}
    metas = {
        str(each.get("name", "")).lower(): str(each.get("content", "")) for each in head.get("Metas", ())
    }
    base = absolute(str(head["Base"]), url) if head.get("Base") else url
    canonical = next(
        (
            each.get("url")
            for each in head.get("Link", ())
            if "canonical" in str(each.get("rel", "")).lower().split()
        ),
        None,
    )
    links = []
    for each in page.get("Links", ()):
        if str(each.get("path", "")).split("@")[0].upper() not in {"A", "AREA"}:
            continue
        target = absolute(str(each.get("url", "")), base or url)
        if target:
            rel = " ".join(str(each.get("rel", "")).lower().split())
            links.append([target, clean(str(each.get("text", ""))), "content", rel, 0, ""])
    location = headers.get("location")
    row = {
        "v": 1,
        "url": url,
        "status": status,
        "error": None,
        "content_type": str(headers.get("content-type", "text/html")).split(";")[0].strip().lower(),
        "redirect_to": absolute(str(location), url) if 300 <= status < 400 and location else None,
        "title": clean(str(head.get("Title") or "")) or None,
        "meta_description": clean(metas.get("description", "")) or None,
        "canonical": absolute(str(canonical), base or url) if canonical else None,
        "robots": list(
            parse_directives(metas.get("robots", "") + "," + str(headers.get("x-robots-tag", "")))
        ),
        "depth": None,
        "links": links,
    }
    return _archived(row)


def _archived(row: dict[str, Any], columns: Mapping[str, Any] = MappingProxyType({})) -> dict[str, Any]:
    """A row of a crawl file. How the archive's crawler came to the page is not known, but a link led there."""
    return {"url": row["url"], **columns, "linkkit": {**row, "archived": True}}
