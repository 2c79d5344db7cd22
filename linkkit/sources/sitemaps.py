"""Sitemaps that lie in a file: XML, an index beside its sitemaps, gzip, one URL a line, JSON of a crawl."""

import gzip
import json
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pandas as pd
from lxml import etree

from linkkit.errors import SourceError
from linkkit.sources.reading import Reading, rejects

_GZIP = b"\x1f\x8b"
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
_UTF_16 = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"<\x00": "utf-16-le", b"\x00<": "utf-16-be"}
_BLANK = b"\xef\xbb\xbf \t\r\n"
# The parser drops it together with the name that follows, which makes another address.
_BARE_AMPERSAND = re.compile(rb"&(?!#?\w+;)")
_MOST_FAULTS = 5
_REFUSED = {
    "missing": "a sitemap that the index names and that does not lie beside it; add it as a file too",
    "damaged": "the XML is damaged: entries may be wrong or missing, and search engines may not read it at all",
}
MAX_BYTES = 64 << 20
"""Unpacked size at which a file is taken for a bomb; the sitemap protocol allows 50 MB."""


def unpacked(path: Path, limit: int = MAX_BYTES) -> bytes:
    """Bytes of a file, unpacked where it is gzip, in UTF-8 where they were UTF-16.

    Raises
    ------
    SourceError
        If the archive is damaged, or larger than `limit` when unpacked.
    """
    with path.open("rb") as file:
        packed = file.read(2) == _GZIP
        file.seek(0)
        try:
            with gzip.GzipFile(fileobj=file) if packed else file as body:
                content = body.read(limit + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise SourceError(f"{path}: the gzip file is damaged ({error}); download it again") from error
    if len(content) > limit:
        raise SourceError(f"{path}: more than {limit >> 20:,} MB; a sitemap holds 50 MB at most")
    return _in_utf_8(content)


def _in_utf_8(content: bytes) -> bytes:
    """XML in UTF-16 as UTF-8, without the declaration that names the other encoding; anything else as it is."""
    encoding = _UTF_16.get(content[:2])
    if encoding is None:
        return content
    # A sample may end within a character.
    return _DECLARATION.sub("", content.decode(encoding, "replace"), count=1).encode("utf-8", "replace")


def is_sitemap(start: bytes) -> bool:
    """Whether the (unpacked) first bytes are those of an XML sitemap, an index of them, or a crawl's list of entries."""
    # A generator may greet whoever looks at the file with a long comment.
    text = _COMMENT.sub(b"", _in_utf_8(start).lstrip(_BLANK))[:4096]
    return (
        text.startswith(b"<") and (b"<urlset" in text or b"<sitemapindex" in text or b":urlset" in text)
    ) or (text.startswith(b"[") and b'"url"' in text)


def read_sitemap(path: Path) -> Reading:
    """Read a sitemap file.

    An index is followed to the sitemaps it names where they lie beside it under their own names; the others are
    rejected rows. Images, videos and hreflang alternates of an entry are no entries of their own; how many alternates
    no entry lists is noted, for each should have one.

    Returns
    -------
    Reading
        Signal ``sitemap``; one row per ``<loc>``: ``url``.

    Raises
    ------
    SourceError
        If the file is damaged or lists no page.
    """
    body = unpacked(path)
    if body.lstrip(_BLANK).startswith(b"["):
        return Reading("sitemap", "sitemap entries of a crawl", _json_rows(path, body), path)
    urls: list[str] = []
    alternates: list[str] = []
    refused: list[tuple[int | None, str, str]] = []
    for kind, value in _entries(path, body, depth=0):
        if kind == "loc":
            urls.append(value)
        elif kind == "alternate":
            alternates.append(value)
        else:
            refused.append((None, value, _REFUSED[kind]))
    if not urls:
        missing = sum(reason == _REFUSED["missing"] for _, _, reason in refused)
        if missing:
            raise SourceError(
                f"sitemap: {path}: an index of {missing} sitemaps, which lists no page itself; put the sitemaps it "
                "names into the same folder, or let the crawl read them"
            )
        raise SourceError(f"sitemap: {path}: no <loc> found; expected an XML sitemap or one URL a line")
    unlisted = len(set(alternates) - set(urls))
    notes = {"hreflang alternates that no entry lists": unlisted} if unlisted else {}
    return Reading(
        "sitemap", "XML sitemap", pd.DataFrame({"url": urls}, dtype="str"), path, rejects(refused), notes
    )


def _json_rows(path: Path, body: bytes) -> pd.DataFrame:
    try:
        return pd.DataFrame({"url": [str(row["url"]) for row in json.loads(body)]}, dtype="str")
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise SourceError(f"sitemap: {path}: no list of sitemap entries ({error})") from error


def _entries(path: Path, body: bytes, depth: int) -> Iterator[tuple[str, str]]:
    root, faults = _root(path, body)
    for fault in faults:
        yield "damaged", f"{path.name} {fault}"
    # A damaged name is none that etree.QName would take.
    if root is not None and str(root.tag).rpartition("}")[2] == "sitemapindex":
        for each in root.iterfind("{*}sitemap/{*}loc"):
            address = (each.text or "").strip()
            # Only the last part of the address is used: an index cannot name a file elsewhere on this machine.
            beside = _beside(path, address)
            if depth == 0 and beside is not None and beside != path:
                yield from _entries(beside, unpacked(beside), depth + 1)
            else:
                yield "missing", address
        return
    entries = [] if root is None else root.findall("{*}url")
    if any("in tag loc" in fault for fault in faults):
        del entries[-1:]  # its address is cut off
    for entry in entries:
        # Images and videos of a page have a loc of their own, in another namespace than the page's.
        loc = entry.find("{*}loc")
        if loc is not None and loc.text and loc.text.strip():
            yield "loc", loc.text.strip()
        for link in entry.iterfind("{http://www.w3.org/1999/xhtml}link"):
            if link.get("href"):
                yield "alternate", link.get("href", "").strip()


def _beside(path: Path, address: str) -> Path | None:
    try:
        file = path.parent / Path(urlsplit(address).path).name
        return file if file.is_file() else None
    except (OSError, ValueError):
        # No address, or a name that no file system holds.
        return None


def _root(path: Path, body: bytes) -> tuple[etree._Element | None, list[str]]:
    """The document as far as it can be read, and its first faults."""
    body = body.lstrip(_BLANK)
    root, faults = _parsed(path, body)
    if faults and b"<![CDATA[" not in body and b"\x00" not in body:
        root, _ = _parsed(path, _BARE_AMPERSAND.sub(b"&amp;", body))
    return root, faults


def _parsed(path: Path, body: bytes) -> tuple[etree._Element | None, list[str]]:
    # Without huge_tree the parser's own limits on depth, text and entities hold.
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(body, parser=parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SourceError(f"sitemap: {path}: not XML ({error})") from error
    declared = None if root is None else root.getroottree().docinfo.internalDTD
    if declared is not None and next(declared.iterentities(), None) is not None:
        raise SourceError(
            f"sitemap: {path}: declares entities, which no sitemap needs and which can make a small file endless; "
            "it is not read. Take its <!DOCTYPE ...> out"
        )
    faults = [each for each in parser.error_log if each.level == etree.ErrorLevels.FATAL]
    return root, [f"line {each.line}: {each.message.strip()}" for each in faults[:_MOST_FAULTS]]
