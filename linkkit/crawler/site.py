"""Crawl a site, into a Site."""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path

from linkkit.crawler.progress import ProgressCallback
from linkkit.crawler.run import CrawlResult, run_crawl
from linkkit.crawler.traps import TRAP_PAGES
from linkkit.site import Site
from linkkit.sources.advertools import build_site
from linkkit.sources.signals import add_signals


def crawl(
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
) -> Site:
    """Crawl a site breadth first into ``<folder>/site``, or take up a crawl that was stopped.

    The parameters are those of `run_crawl`. The Site knows which pages the sitemaps list; its manifest says whether
    the crawl is complete, and if not what stopped it.

    Raises
    ------
    CrawlError
        If the site cannot be reached, blocks the crawler, or gives no HTML; see `run_crawl`.

    Examples
    --------
    >>> import linkkit as lk
    >>> site = lk.crawl("https://www.client.example/", "crawl")  # doctest: +SKIP
    """
    # Lists, not what can be read only once: the manifest names them as well.
    include, exclude = ([each] if isinstance(each, str) else list(each) for each in (include, exclude))
    hosts, folders = list(hosts), list(folders)
    result = run_crawl(
        url,
        folder,
        max_pages=max_pages,
        max_seconds=max_seconds,
        max_depth=max_depth,
        delay=delay,
        concurrency=concurrency,
        obey_robots=obey_robots,
        user_agent=user_agent,
        include=include,
        exclude=exclude,
        headers=headers,
        basic_auth=basic_auth,
        cookies=cookies,
        sitemap=sitemap,
        seeds=seeds,
        public_url=public_url,
        hosts=hosts,
        folders=folders,
        trap_pages=trap_pages,
        engine=engine,
        render=render,
        render_seconds=render_seconds,
        render_external=render_external,
        progress=progress,
        cancel=cancel,
        restart=restart,
    )
    settings = {
        "max_pages": max_pages,
        "max_depth": max_depth,
        "max_seconds": max_seconds,
        "obey_robots": obey_robots,
        "user_agent": user_agent,
        "include": include,
        "exclude": exclude,
        "hosts": hosts,
        "folders": folders,
        "delay": delay,
        "trap_pages": trap_pages,
        "render": render,
    }
    return site_of(result, settings=settings)


def site_of(result: CrawlResult, *, settings: Mapping[str, object] | None = None) -> Site:
    """Read what a crawl left on disk into ``<folder>/site``, replacing an earlier reading of it."""
    site = build_site(
        result.parts,
        start_url=result.start_url,
        public_url=result.public_url,
        hosts=result.hosts,
        folders=result.folders,
        tool="linkkit",
        complete=result.status.complete,
        stopped_by=result.status.stopped_by,
        settings={**(settings or {}), "crawl": asdict(result.status)},
    )
    if result.sitemap_urls:
        site = add_signals(site, sitemap=[entry.url for entry in result.sitemap_urls])
    return site.save(result.folder / "site", overwrite=True)
