"""The site's sitemaps: found through robots.txt or at the usual place, read by advertools, failing softly.

advertools fetches through urllib. The opener installed here gives it a time limit, a size limit, gzip whatever the
file's name, plain-text sitemaps, only http(s), and secrets for the crawl's own origins only, across redirects too.
"""

import gzip
import io
import logging
import re
import time
import urllib.request
from dataclasses import dataclass
from email.message import Message
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urljoin
from urllib.response import addinfourl
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from linkkit.crawler.reach import MAX_REQUEST_SECONDS, Reach, guarded_handlers
from linkkit.crawler.scope import Scope
from linkkit.crawler.secrets import Secrets
from linkkit.urls import origin, try_normalise

logger = logging.getLogger(__name__)

TIMEOUT_SECONDS = 20.0
MAX_BYTES = 64 << 20
MAX_FILES = 500
"""Sitemap files read at most; more are noted."""

_SITEMAP_LINE = re.compile(r"^\s*sitemap\s*:\s*(\S+)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class SitemapEntry:
    """One address listed in a sitemap: both as public addresses; `lastmod` as ISO 8601 or as found."""

    sitemap: str
    url: str
    lastmod: str | None = None


def to_json(entries: list[SitemapEntry]) -> list[dict[str, Any]]:
    """Entries as plain JSON types."""
    return [{"sitemap": entry.sitemap, "url": entry.url, "lastmod": entry.lastmod} for entry in entries]


def from_json(data: Any) -> tuple[SitemapEntry, ...]:
    """Read back what `to_json` gave; no entries for anything else."""
    try:
        return tuple(SitemapEntry(**entry) for entry in data)
    except TypeError:
        return ()


class SitemapReader:
    """Reads all sitemaps of one site.

    Attributes
    ----------
    entries : list of SitemapEntry
        Every listed address, as a public one, in file order.
    seeds : list of str
        Those on the site, normalised, on the crawl's origin.
    notes : list of str
        What could not be read.
    """

    def __init__(self, scope: Scope, primary: str, user_agent: str, secrets: Secrets, reach: Reach) -> None:
        self.scope = scope
        self.primary = primary
        self.entries: list[SitemapEntry] = []
        self.seeds: list[str] = []
        self.notes: list[str] = []
        self._headers = {"User-Agent": user_agent}
        self._fetcher = _Fetcher(frozenset(scope.secret_origins), secrets)
        self._opener = urllib.request.OpenerDirector()
        for handler in (
            urllib.request.ProxyHandler(),
            urllib.request.UnknownHandler(),
            *guarded_handlers(reach),
            urllib.request.HTTPDefaultErrorHandler(),
            _Redirects(),
            urllib.request.HTTPErrorProcessor(),
            self._fetcher,
        ):
            self._opener.add_handler(handler)

    def read(self) -> None:
        """Find and read the sitemaps; faults become notes."""
        # advertools calls urllib.request.urlopen; this process fetches nothing else through urllib.
        urllib.request.install_opener(self._opener)
        seen: set[str] = set()
        for home in (self.primary, *self.scope.more_hosts):
            self._read_of(home, seen)

    def _read_of(self, home: str, seen: set[str]) -> None:
        """Read the sitemaps of one host."""
        robots = f"{home}/robots.txt"
        listed = self._listed_in(robots)
        waiting = listed or [f"{home}/sitemap.xml"]
        while waiting:
            address = self.scope.address(waiting[0], self.primary, robots) or try_normalise(
                waiting[0], robots
            )
            waiting = waiting[1:]
            if address is None or address in seen:
                continue
            if len(seen) >= MAX_FILES:
                self.notes.append(f"only the first {MAX_FILES} sitemap files were read")
                break
            seen.add(address)
            waiting += self._read_one(address, is_guess=not listed)

    def _listed_in(self, robots: str) -> list[str]:
        try:
            with self._opener.open(urllib.request.Request(robots, headers=self._headers)) as answer:  # noqa: S310
                text = answer.read().decode("utf-8", "replace")
        except (OSError, ValueError):
            return []
        return _SITEMAP_LINE.findall(text)

    def _read_one(self, address: str, *, is_guess: bool) -> list[str]:
        """Read one file; returns the sitemaps it lists."""
        from advertools.sitemaps import sitemap_to_df  # noqa: PLC0415  (slow to import, and only needed with sitemaps)

        public = self.scope.to_public(address)
        try:
            table = sitemap_to_df(address, recursive=False, request_headers=self._headers)
        except HTTPError as error:
            if not (is_guess and error.code in {404, 410}):
                self.notes.append(f"sitemap {public} could not be read: status {error.code}")
            return []
        except Exception as error:
            # Anything can be wrong in a file made elsewhere; what was wrong is in the note.
            self.notes.append(f"sitemap {public} could not be read: {' '.join(str(error).split())[:200]}")
            return []
        if "loc" not in table:
            self.notes.append(f"sitemap {public} lists no address")
            return []
        listed = [str(each).strip() for each in table["loc"].dropna()]
        if self._fetcher.last_root == "sitemapindex":
            return [urljoin(address, each) for each in listed]
        rows = table[table["loc"].notna()]
        dates = rows["lastmod"] if "lastmod" in rows else [None] * len(rows)
        for location, date in zip(listed, dates, strict=True):
            url = urljoin(address, location)
            crawl_url = self.scope.to_crawl(url, self.primary)
            self.entries.append(SitemapEntry(public, self.scope.to_public(crawl_url or url), _date(date)))
            if crawl_url is not None:
                self.seeds.append(crawl_url)
        return []


def _date(value: Any) -> str | None:
    # What is missing comes as NaN or NaT, which equal nothing, themselves included.
    if value is None or value != value:  # noqa: PLR0124
        return None
    return str(value.isoformat()) if hasattr(value, "isoformat") else str(value)


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Redirects start without the headers of the request before: `_Fetcher` adds what the new origin may see."""

    def redirect_request(
        self, req: urllib.request.Request, fp: Any, code: int, msg: str, headers: Message, newurl: str
    ) -> urllib.request.Request | None:
        agent = req.get_header("User-agent")
        return urllib.request.Request(newurl, headers={"User-Agent": agent} if agent else {})  # noqa: S310


class _Fetcher(urllib.request.BaseHandler):
    """Prepares each request and unpacks each answer."""

    handler_order = 400

    def __init__(self, origins: frozenset[str], secrets: Secrets) -> None:
        self._origins = origins
        self._secrets = secrets
        self.last_root = ""

    def http_request(self, request: urllib.request.Request) -> urllib.request.Request:
        request.timeout = TIMEOUT_SECONDS
        if origin(request.full_url) in self._origins:
            for name, value in self._secrets.headers.items():
                request.add_header(name, value)
        return request

    https_request = http_request

    def http_response(self, request: urllib.request.Request, response: Any) -> Any:
        if not 200 <= response.status < 300:
            return response
        body = _read(response)
        packed = body
        if body[:2] == b"\x1f\x8b":
            with gzip.GzipFile(fileobj=io.BytesIO(body)) as file:
                body = file.read(MAX_BYTES + 1)
            if len(body) > MAX_BYTES:
                raise ValueError(f"larger than {MAX_BYTES >> 20} MB when unpacked")
        body = _as_xml(body)
        self.last_root = _root_name(body)
        # advertools unpacks files by this name itself.
        out = (
            packed
            if packed is not body and request.full_url.endswith("xml.gz") and packed[:2] == b"\x1f\x8b"
            else body
        )
        answer: Any = addinfourl(io.BytesIO(out), response.headers, response.url, response.status)
        answer.msg = response.reason
        answer.getheaders = response.headers.items
        return answer

    https_response = http_response


def _read(response: Any) -> bytes:
    """The body of an answer that is neither too large nor too slow, and whole."""
    deadline = time.monotonic() + MAX_REQUEST_SECONDS
    parts: list[bytes] = []
    size = 0
    while block := response.read1(1 << 16):
        parts.append(block)
        size += len(block)
        if size > MAX_BYTES:
            raise ValueError(f"larger than {MAX_BYTES >> 20} MB")
        if time.monotonic() > deadline:
            raise ValueError(f"not read within {MAX_REQUEST_SECONDS:g} s")
    if response.length:
        raise ValueError(f"cut short: {response.length:,} bytes are missing")
    response.close()
    return b"".join(parts)


def _as_xml(body: bytes) -> bytes:
    """A plain-text sitemap (one address a line) as XML; anything else as it is, without leading blanks."""
    stripped = body.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not stripped[:8].lower().startswith((b"http://", b"https://")):
        return stripped
    lines = stripped.decode("utf-8", "replace").split()
    return (
        "<urlset>" + "".join(f"<url><loc>{escape(line)}</loc></url>" for line in lines) + "</urlset>"
    ).encode()


def _root_name(body: bytes) -> str:
    try:
        for _, element in ElementTree.iterparse(io.BytesIO(body), events=("start",)):  # noqa: S314  (expat limits expansion)
            return str(element.tag).split("}")[-1]
    except ElementTree.ParseError:
        pass
    return ""
