"""SiteBuilder: the one way that pages and links become the tables of a Site."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zlib import crc32

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from linkkit.errors import SourceError
from linkkit.folders import TemporaryFolder, new_folder
from linkkit.schema import (
    ANCHORS,
    BREADCRUMB_SOURCES,
    EXTERNAL_LINKS,
    LINKS,
    PAGES,
    TEXT,
    TRANSITIONS,
    FoundIn,
    Indexability,
    Position,
)
from linkkit.scope import SiteScope
from linkkit.site import AUDIT_FILE, Manifest, Site, load, write_manifest
from linkkit.sources.breadcrumbs import MAX_STEPS, Step, own_trail, packed
from linkkit.sources.link_columns import (
    FIRST_OUTSIDE,
    NO_URL,
    Link,
    LinkColumns,
    Numbers,
    SeenLink,
    WaitingLinks,
    external_by_page,
)
from linkkit.sources.rejected import Rejected
from linkkit.urls import (
    UrlError,
    normalise,
    origin,
    rebase,
    sibling_origins,
    template_group,
    try_normalise,
)

_BATCH, _TEXT_BATCH = 200_000, 5_000
"""Rows kept until they are written; texts are long, and read a few thousand pages at a time."""
# C0 and C1 controls but tab and line breaks, lone surrogates, noncharacters: a chart renderer dies of some.
_UNSTORABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
# The last part of the path bears no suffix, or one of a page.
_PAGE_PATH = re.compile(r"(?:^|/)[^/.]*$|\.(?:x?html?|php\d?|aspx?|jsp|cfm|do)$", re.IGNORECASE)
_HTML_TYPES = ("text/html", "application/xhtml+xml")


class SiteBuilder:
    """Collects pages and links one by one and writes a Site; link rows stream to disk, pages stay in memory.

    Parameters
    ----------
    start_url : str
        Start page; its origin, with and without ``www.``, http or https, is the site.
    public_url : str, optional
        Address the site is known by, when it was crawled on a copy (staging host, other port). Every URL of the
        crawl origin is stored under it.
    hosts, folders : iterable of str, optional
        Other hosts of the site, and the folders that narrow it (`linkkit.scope.SiteScope.of`).
    folder : Path, optional
        Where the Site goes; without it, a temporary folder that lives as long as the Site.

    Raises
    ------
    SourceError
        If the start page or the public address is no http(s) URL.
    SettingsError
        If a host or folder is none.
    """

    def __init__(
        self,
        start_url: str,
        *,
        public_url: str | None = None,
        hosts: Iterable[str] = (),
        folders: Iterable[str] = (),
        folder: Path | None = None,
        overwrite: bool = False,
    ) -> None:
        try:
            start_url, public = normalise(start_url), normalise(public_url or start_url)
        except UrlError as error:
            raise SourceError(
                f"start URL: {error}; expected one such as https://www.client.example/"
            ) from error
        self._public = origin(public)
        self._crawled = sibling_origins(start_url) if public_url else ()
        at_public = rebase(start_url, self._crawled, self._public)
        self.scope = SiteScope.of(at_public, hosts, folders)
        self._temporary = None if folder else TemporaryFolder()
        self._target = folder or self._temporary.path / "site"  # type: ignore[union-attr]
        self._new = new_folder(self._target, overwrite=overwrite, foreign=AUDIT_FILE)
        self._partial = self._new.__enter__()
        self.start_url = self.identity(start_url) or start_url
        self._ids: dict[str, int] = {}
        self._raw = Numbers[str](self._number_of_address)
        self._elsewhere: dict[str, int] = {}
        self._facts: dict[int, dict[str, Any]] = {}
        self._found: list[int] = []
        self._crumbs: dict[int, list[Step]] = {}
        self._linking: set[int] = set()
        self._links_itself: set[int] = set()
        self._followed: set[int] = set()
        self._anchors: dict[str, int] = {"": 0}
        # The same by names as sources write them.
        self._names = Numbers[str | None](self._number_of_name)
        self._containers = Numbers[str](container_id)
        self._waiting = WaitingLinks()
        self._links = _Batches(self._partial / "links.parquet", LINKS)
        self._text = _Batches(self._partial / "text.parquet", TEXT)
        self._external = _Batches(self._partial / "external_links.parquet", EXTERNAL_LINKS)
        self.rejected = Rejected()
        self.target_id(self.start_url)

    def identity(self, url: str) -> str | None:
        """The URL's one spelling, under the public address; None where it is no http(s) URL."""
        normal = try_normalise(url)
        return rebase(normal, self._crawled, self._public) if normal and self._crawled else normal

    def is_internal(self, url: str) -> bool:
        """Whether a normalised URL belongs to the site."""
        return self.scope.contains(url)

    def has_facts(self, url: str) -> bool:
        """Whether a page with this URL was added already."""
        page = self.target_id(url)
        return page is not None and page in self._facts

    def knows(self, url: str) -> bool:
        """Whether a URL is a page already, described or not; adds nothing."""
        normal = self.identity(url)
        return normal is not None and normal in self._ids

    def described(self) -> int:
        """Number of pages that a row describes."""
        return len(self._facts)

    def target_id(self, raw: str) -> int | None:
        """Page id of a URL as written in a source; None where it is external or no URL. New URLs become pages."""
        page = self._raw[raw]
        return page if page >= 0 else None

    def _number_of_address(self, raw: str) -> int:
        url = self.identity(raw)
        if url is None:
            return NO_URL
        if not self.is_internal(url):
            return FIRST_OUTSIDE - self._elsewhere.setdefault(url, len(self._elsewhere))
        page = self._ids.setdefault(url, len(self._ids))
        if page == len(self._found):
            self._found.append(0)
        return page

    def add_page(
        self,
        url: str,
        facts: Mapping[str, Any],
        *,
        text: str | None = None,
        linkable: str | None = None,
        headings: str | None = None,
        found_by_crawl: bool = True,
    ) -> int | None:
        """Add what is known of one page; the first row of a URL wins.

        Parameters
        ----------
        url : str
        facts : mapping
            Columns of the pages table; ``breadcrumb`` as a list of (name, address), the page's own step included or not.
        text, linkable, headings : str, optional
            The page's body text, the part of it an editor could link, its headings (`linkkit.schema.TEXT`).
        found_by_crawl : bool
            Whether links lead the crawl to it; False for a page that was requested because a file named it.

        Returns
        -------
        int or None
            The page's id; None where the URL is not of this site or was there before (counted in `rejected`).
        """
        page = self.target_id(url)
        if page is None:
            self.rejected.note(self._outside(url))
            return None
        if page in self._facts:
            self.rejected.note("second row of the same URL")
            return None
        stated = facts.get("breadcrumb") or ()
        kept = {
            name: sound
            for name, value in facts.items()
            if name != "breadcrumb" and (sound := _sound(name, value)) is not None
        }
        if "redirect_to" in kept:
            kept["redirect_to"] = self.identity(kept["redirect_to"]) or kept["redirect_to"]
            # The page it leads to exists for the site, whether or not it was requested.
            self.target_id(kept["redirect_to"])
        if "canonical" in kept:
            kept["canonical"] = self.identity(kept["canonical"])
        for name in ("rel_next", "rel_prev"):
            if name in kept:
                kept[name] = self.identity(kept[name])
        self._facts[page] = kept | ({"breadcrumb": [tuple(step) for step in stated]} if stated else {})
        if found_by_crawl:
            self.mark_found(page, FoundIn.CRAWL)
        if text or linkable or headings:
            # An empty text is known to be empty, which is not the same as unknown.
            parts = (None if part is None else _storable(part) for part in (text, linkable, headings))
            self._text.add((page, *parts))
        return page

    def _outside(self, url: str) -> str:
        own = self.identity(url)
        is_own_host = own is not None and origin(own) in self.scope.origins
        return "page outside the site's folders" if is_own_host else "page outside the site"

    def mark_found(self, page: int, source: FoundIn) -> None:
        """Note that a page is known from `source`."""
        self._found[page] |= int(source)

    def add_links(self, source: int, links: LinkColumns | Iterable[Link | SeenLink]) -> None:
        """Add the links of one page, in their order; names of None are not known, which is not the same as empty ones."""
        columns = links if isinstance(links, LinkColumns) else LinkColumns.of(links)
        # All that can fail comes before the first column grows.
        targets = list(map(self._raw.__getitem__, columns.urls))
        # What links to other sites say is no anchor of the site.
        names = (
            columns.names
            if min(targets, default=0) >= 0
            else [name if target >= 0 else None for name, target in zip(columns.names, targets, strict=True)]
        )
        anchors = list(map(self._names.__getitem__, names))
        containers = list(map(self._containers.__getitem__, columns.containers))
        for _ in range(targets.count(NO_URL)):
            self.rejected.note("link that is no http(s) URL")
        if Position.BREADCRUMB in columns.positions:
            crumbs = self._crumbs.setdefault(source, [])
            steps = (
                (name or "", url)
                for url, name, position, target in zip(
                    columns.urls, columns.names, columns.positions, targets, strict=True
                )
                if position == Position.BREADCRUMB and target >= 0
            )
            crumbs += islice(steps, MAX_STEPS - len(crumbs))
        self._waiting.add(source, targets, anchors, containers, columns)
        if len(self._waiting.targets) >= _BATCH:
            self._settle()

    def _number_of_name(self, name: str | None) -> int:
        """Number of a name as a source writes it; None's is no anchor's."""
        if name is None:
            return -1
        return self._anchors.setdefault(_storable(" ".join(name.split())), len(self._anchors))

    def _settle(self) -> None:
        """Put the links that wait into their tables, and note which pages they concern."""
        links, self._waiting = self._waiting.table(), WaitingLinks()
        number = links["target_id"].to_numpy()
        self._external.write(external_by_page(links.filter(pa.array(number <= FIRST_OUTSIDE))))
        own = links.filter(pa.array(number >= 0))
        self._links.write(own)
        source, target = own["source_id"].to_numpy(), own["target_id"].to_numpy()
        followed = ~own["nofollow"].to_numpy()
        self._followed.update(np.unique(target[followed]).tolist())
        self._links_itself.update(np.unique(source[source == target]).tolist())
        self._linking.update(np.unique(source[source != target]).tolist())

    def fill_missing(self, facts: Mapping[str, Any]) -> None:
        """Give every page without facts the same ones; for sources that know links only."""
        for page in range(len(self._ids)):
            if page not in self._facts:
                self._facts[page] = dict(facts)
                self.mark_found(page, FoundIn.CRAWL)

    def leads_nowhere(self) -> str | None:
        """Why the links of the start page cannot be all there are; None where it links to other pages of the site.

        A start page that shows no link to a reader of HTML builds its links by JavaScript, or is a frameset, or a holding page.
        """
        self._settle()
        page, seen = self.target_id(self.start_url), set[int]()
        while page is not None and page not in seen:
            seen.add(page)
            moved = self._facts.get(page, {}).get("redirect_to")
            if not moved:
                break
            page = self.target_id(moved)
        # A site of one page may well link to itself only.
        if page in self._linking or (len(self._ids) < 2 and page in self._links_itself):
            return None
        return "the start page has no links to the site's pages: its links may need JavaScript, or it is a frameset"

    def uncrawled(self) -> int:
        """Number of linked URLs of the site that no row describes."""
        return len(self._ids) - len(self._facts)

    def unseen_pages(self) -> int:
        """Number of URLs that a followed link leads to, that look like pages, and that no row describes."""
        self._settle()
        return sum(
            page in self._followed and page not in self._facts and looks_like_a_page(url)
            for url, page in self._ids.items()
        )

    def finish(self, manifest: Manifest) -> Site:
        """Write the tables and give the Site.

        Raises
        ------
        OSError
            If the folder cannot be written; nothing is left behind then.
        """
        try:
            self._settle()
            pages = self._page_table()
            pq.write_table(pages, self._partial / "pages.parquet", compression="zstd")
            anchors = {"anchor_id": range(len(self._anchors)), "text": list(self._anchors)}
            pq.write_table(
                pa.table({name: list(column) for name, column in anchors.items()}, schema=ANCHORS),
                self._partial / "anchors.parquet",
                compression="zstd",
            )
            pq.write_table(TRANSITIONS.empty_table(), self._partial / "transitions.parquet")
            for batches in (self._links, self._text, self._external):
                batches.close()
            write_manifest(
                self._partial, replace(manifest, settings={**manifest.settings, **self.scope.to_json()})
            )
        except BaseException:
            self.abandon()
            raise
        self._new.__exit__(None)
        site = load(self._target)
        return Site(site.folder, site.manifest, self._temporary)

    def abandon(self) -> None:
        """Drop what was collected; nothing is left behind."""
        for batches in (self._links, self._text, self._external):
            batches.close()
        self._new.__exit__(RuntimeError)

    def _trail(self, page: int, url: str, stated: Iterable[Step]) -> tuple[list[Step], str]:
        """The page's breadcrumb and where it was read: the longer of structured data and links, the former in a tie."""
        structured = own_trail(stated, url, self.identity)
        visible = own_trail(self._crumbs.get(page, ()), url, self.identity)
        by_links = len(visible) > len(structured)
        return (visible, BREADCRUMB_SOURCES[1]) if by_links else (structured, BREADCRUMB_SOURCES[0])

    def _page_table(self) -> pa.Table:
        urls = list(self._ids)
        rows = [self._facts.get(page, {}) for page in range(len(urls))]
        names = [
            name for name in PAGES.names if name not in {"page_id", "url", "found_in", "section", "page_type"}
        ]
        frame = pd.DataFrame({name: [row.get(name) for row in rows] for name in names}, dtype=object)
        frame["page_id"] = np.arange(len(urls), dtype="int32")
        frame["url"] = urls
        frame["found_in"] = self._found
        frame["section"] = [self.scope.section(url) for url in urls]
        frame["page_type"] = [template_group(url) for url in urls]
        for name in ("robots_noindex", "robots_nofollow", "blocked_by_robots"):
            frame[name] = [bool(row.get(name)) for row in rows]
        trails = [self._trail(page, url, rows[page].get("breadcrumb", ())) for page, url in enumerate(urls)]
        frame["breadcrumb"] = [
            packed([(_storable(name), link) for name, link in trail]) for trail, _ in trails
        ]
        frame["breadcrumb_source"] = [source if trail else None for trail, source in trails]
        reasons = indexability(frame)
        frame["indexability_reason"] = reasons
        frame["is_indexable"] = [reason == Indexability.INDEXABLE for reason in reasons]
        return pa.Table.from_pandas(frame[PAGES.names], schema=PAGES, preserve_index=False)


def container_id(signature: str) -> int:
    """Number of a container by its signature, the same in every crawl, so that parts of a site can be put together.

    Two of a site's few thousand containers seldom share a number; a link would have to stand in both for that to matter.
    """
    return crc32(signature.encode("utf-8", "surrogatepass")) - (1 << 31) if signature else 0


def looks_like_a_page(url: str) -> bool:
    """Whether the address ends as those of pages do, not as those of pictures and documents."""
    return _PAGE_PATH.search(urlsplit(url).path) is not None


def indexability(pages: pd.DataFrame) -> list[str]:
    """Why each page can, or cannot, stand in an index; the first reason of `linkkit.schema.Indexability` that holds.

    A canonical that leads back to the page over redirects (``http`` to ``https``, a missing slash) names the page
    itself.
    """
    moved = {
        url: target
        for url, target, status in zip(pages["url"], pages["redirect_to"], pages["status"], strict=True)
        if target and target != url and status is not None and status < 400
    }

    def end(url: str) -> str:
        seen = set()
        while url in moved and url not in seen:
            seen.add(url)
            url = moved[url]
        return url

    def reason(row: Any) -> Indexability:  # noqa: PLR0911 - one line a reason, in order
        if row.blocked_by_robots:
            return Indexability.BLOCKED_BY_ROBOTS
        if row.status is None and row.error is None:
            return Indexability.NOT_CRAWLED
        if row.status is None or row.status < 100:
            return Indexability.NO_RESPONSE
        # An instant meta refresh is a redirect as well, except on an error page.
        if 300 <= row.status < 400 or (row.status < 300 and row.redirect_to and row.redirect_to != row.url):
            return Indexability.REDIRECT
        if row.status >= 500:
            return Indexability.SERVER_ERROR
        if row.status >= 400:
            return Indexability.CLIENT_ERROR
        if row.content_type and not str(row.content_type).lower().startswith(_HTML_TYPES):
            return Indexability.NOT_HTML
        if row.robots_noindex:
            return Indexability.NOINDEX
        if row.canonical and row.canonical != row.url and end(row.canonical) != row.url:
            return Indexability.CANONICALISED
        return Indexability.INDEXABLE

    return [str(reason(row)) for row in pages.itertuples(index=False)]


def _sound(name: str, value: Any) -> Any:
    """A fact in the type of its column; None where there is none, or where it cannot be that type."""
    if value is None or value != value:  # noqa: PLR0124 - NaN, as JSON written by pandas has it
        return None
    kind = PAGES.field(name).type
    if pa.types.is_string(kind):
        return _storable(str(value))
    if pa.types.is_integer(kind):
        try:
            return int(value)
        except (TypeError, ValueError):
            return None
    return value


def _storable(text: str) -> str:
    """The text without what no table, chart or spreadsheet can hold: control characters, lone surrogates."""
    plain = text.isascii() and text.replace("\n", "").isprintable()
    return text if plain else _UNSTORABLE.sub(" ", text)


class _Batches:
    """Rows on their way to a Parquet file."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._schema = schema
        self._writer = pq.ParquetWriter(path, schema, compression="zstd")
        self._rows: list[Sequence[Any]] = []

    def add(self, row: Sequence[Any]) -> None:
        """Add a row; it is written together with others."""
        self._rows.append(row)
        if len(self._rows) >= _TEXT_BATCH:
            self._flush()

    def write(self, table: pa.Table) -> None:
        """Write rows at once."""
        if len(table):
            self._writer.write_table(table)

    def close(self) -> None:
        """Write what is left, and close the file."""
        if self._writer.is_open:
            self._flush()
            self._writer.close()

    def _flush(self) -> None:
        if self._rows:
            columns = map(pa.array, zip(*self._rows, strict=True), self._schema.types)
            self.write(pa.table(list(columns), schema=self._schema))
            self._rows = []
