"""Crawl a site into a folder: one call that starts, resumes or finishes a crawl."""

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from linkkit.crawler.files import CrawlFiles
from linkkit.crawler.options import CrawlOptions, check_options
from linkkit.crawler.progress import ProgressCallback
from linkkit.crawler.session import Session
from linkkit.crawler.sitemaps import SitemapEntry
from linkkit.crawler.status import CrawlStatus
from linkkit.crawler.traps import TRAP_PAGES
from linkkit.errors import CrawlError

__all__ = ["CrawlResult", "CrawlStatus", "run_crawl"]

WRITER_LOCK_SECONDS = 30.0
"""How long to wait for the crawler of a killed caller to end."""


@dataclass(frozen=True)
class CrawlResult:
    """A crawl on disk.

    Attributes
    ----------
    folder : Path
        The folder given to `run_crawl`; the crawl lies in ``crawl/`` below it.
    parts : tuple of Path
        Crawl files in the order they were written; one row per requested address over all of them.
    status : CrawlStatus
        Whether the crawl is complete, and if not what stopped it.
    sitemap_urls : tuple of SitemapEntry
        Addresses listed in the site's sitemaps, as public addresses.
    start_url : str
        The start page as finally resolved, on the crawl's origin.
    public_url : str or None
        An address on the public origin, where it differs from the crawl's.
    hosts, folders : tuple of str
        The scope beside the start page's host (`linkkit.scope.SiteScope`).
    """

    folder: Path
    parts: tuple[Path, ...]
    status: CrawlStatus
    sitemap_urls: tuple[SitemapEntry, ...]
    start_url: str
    public_url: str | None
    hosts: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()


def run_crawl(
    url: str,
    folder: str | Path,
    *,
    max_pages: int | None = None,
    max_seconds: float | None = None,
    max_depth: int | None = None,
    delay: float = 0.25,
    concurrency: int = 8,
    obey_robots: bool = True,
    user_agent: str | None = None,
    include: Iterable[str] | str = (),
    exclude: Iterable[str] | str = (),
    headers: Mapping[str, str] | None = None,
    basic_auth: tuple[str, str] | None = None,
    cookies: Mapping[str, str] | str | None = None,
    sitemap: bool = True,
    seeds: Iterable[str] = (),
    public_url: str | None = None,
    hosts: Iterable[str] = (),
    folders: Iterable[str] = (),
    trap_pages: int = TRAP_PAGES,
    engine: str = "linkkit",
    render: str = "auto",
    render_seconds: float = 10.0,
    render_external: bool = True,
    progress: ProgressCallback | None = None,
    cancel: threading.Event | None = None,
    restart: bool = False,
) -> CrawlResult:
    """Crawl a site breadth first, or take up a crawl that was stopped.

    Everything is kept in ``<folder>/crawl``. A call on a folder with an unfinished crawl goes on where it ended,
    however it ended; no page is requested again. A call on a finished crawl returns it without a request.

    Parameters
    ----------
    url : str
        Start page. ``user:password@`` in it counts as `basic_auth`. Its redirects are followed within the site, which
        is the host with and without ``www.``, over http and https, on the same port.
    folder : str or Path
        Where the crawl is kept; made if missing.
    max_pages, max_seconds, max_depth : optional
        Stop at this many rows (redirects and failures count) over all runs together; stop this run after so many seconds; request
        only pages within so many clicks of the start page, or of a seed.
    delay, concurrency : float, default 0.25; int, default 8
        Seconds between two requests (a longer Crawl-delay in robots.txt holds instead, up to 10 s; after a 429 or 503 answer it is
        doubled); requests under way at a time.
    obey_robots : bool, default True
        Leave out what robots.txt forbids; such pages get a row with ``blocked_by_robots``.
    user_agent : str, optional
        Sent with each request, and the name that robots.txt is read for.
    include, exclude : regular expressions, optional
        Request only addresses in which a pattern of `include` is found and none of `exclude`.
    headers, basic_auth, cookies : optional
        For staging sites. Sent to the crawl's own hosts only; never written anywhere.
    sitemap, seeds : bool, default True; iterable of str, optional
        Look for sitemaps and request what they list after everything that links reach; more addresses to request then, such as those
        known from signals; public ones are mapped to the crawl's origin.
    public_url : str, optional
        Where the site lives for its visitors, if `url` is a copy: links to that host are requested on the copy.
    hosts, folders : iterable of str, optional
        Other hosts of the site, requested where they are and without credentials; the folders that narrow it (`SiteScope.of`).
    trap_pages : int, default 200
        Leave an endless pattern of addresses alone (a calendar, filters) after so many of its pages in a row that led to nothing
        new, and ask for each page once where a parameter changes nothing (session ids); 0 follows everything. What is left out
        is told by ``status.limits``.
    engine : {"linkkit", "advertools"}, default "linkkit"
        Whose spider reads the pages: one that looks at each element once, or advertools' own as it is. The rows are the same.
    render, render_seconds, render_external : {"auto", "always", "never"}; float, default 10; bool, default True
        Whether pages are read after their scripts have run, in a Chromium of this machine (extra ``js``); how long the scripts of one
        may take; whether they load scripts, styles and data of other public hosts. With auto a sample of at most 25 pages decides;
        nothing is rendered where the start page runs no script, or extra or Chromium are missing.
    progress, cancel : callable, optional; threading.Event, optional
        Called about twice a second with a `CrawlProgress`; once set, the crawl ends as on Ctrl-C, without the exception.
    restart : bool, default False
        Delete an earlier crawl in the folder first.

    Returns
    -------
    CrawlResult
        Look at ``status.complete`` before concluding that a page has no links.

    Raises
    ------
    SettingsError
        An argument is out of range, or differs from the earlier run's in a way that would mix two crawls.
    CrawlError
        The start page cannot be crawled from or rendered, another crawl works in the folder, or the crawler died.
    KeyboardInterrupt
        After Ctrl-C, when the crawler has ended and the status is written.
    """
    options = check_options(
        url, max_pages=max_pages, max_seconds=max_seconds, max_depth=max_depth, delay=delay, concurrency=concurrency,
        obey_robots=obey_robots, user_agent=user_agent, include=include, exclude=exclude, headers=headers,
        basic_auth=basic_auth, cookies=cookies, sitemap=sitemap, seeds=seeds, public_url=public_url, hosts=hosts,
        folders=folders, trap_pages=trap_pages, engine=engine, render=render, render_seconds=render_seconds, render_external=render_external,
    )  # fmt: skip
    return _crawl_into(Path(folder), options, progress, cancel, restart=restart)


def _crawl_into(
    place: Path,
    options: CrawlOptions,
    progress: ProgressCallback | None,
    cancel: threading.Event | None,
    *,
    restart: bool,
) -> CrawlResult:
    files = CrawlFiles((place / "crawl").resolve())
    try:
        files.folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CrawlError(f"{files.folder}: the crawl's folder cannot be made: {error.strerror}") from error
    with _locked(files):
        if restart:
            _clear(files)
        session = Session(files, options)
        status = session.crawl(progress, cancel)
        return CrawlResult(
            folder=place,
            parts=files.parts,
            status=status,
            sitemap_urls=session.sitemap_entries(),
            start_url=status.start_url,
            public_url=options.scope.public_url,
            hosts=options.scope.more_hosts,
            folders=options.scope.folders,
        )


@contextmanager
def _locked(files: CrawlFiles) -> Iterator[None]:
    lock = FileLock(files.lock)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise CrawlError(
            f"{files.folder}: another crawl is running in this folder. Wait for it or stop it, or choose another folder."
        ) from None
    except OSError as error:
        raise CrawlError(f"{files.folder}: the crawl's folder cannot be written to: {error}") from error
    try:
        writer = FileLock(files.writer_lock)
        try:
            writer.acquire(timeout=WRITER_LOCK_SECONDS)
        except Timeout:
            raise CrawlError(
                f"{files.folder}: the crawler of an earlier run is still writing. Try again in a moment."
            ) from None
        writer.release()
        yield
    finally:
        lock.release()


def _clear(files: CrawlFiles) -> None:
    for path in (
        *files.parts,
        files.settings,
        files.status,
        files.sitemap,
        files.rendering,
        files.plan,
        files.report,
        files.progress,
    ):
        path.unlink(missing_ok=True)
    for path in (files.log, files.output):
        path.unlink(missing_ok=True)
