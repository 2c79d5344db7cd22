"""Small sites in a few lines, built the way real ones are: SiteBuilder -> Site.

A page is a mapping with ``path`` (or ``url``) and what is known of it; a link is ``"/a -> /b"`` or a mapping. What is
not said is an indexable HTML page, a followed content link. ``build`` gives the Site; ``links`` reads arrows.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from linkkit.schema import OUTSIDE, PAGES, TRANSITIONS, FoundIn, Position, SeenIn
from linkkit.site import Manifest, Site
from linkkit.sources.builder import SiteBuilder

ORIGIN = "https://shop.example"
START = f"{ORIGIN}/"
_SIGNALS = frozenset(
    "clicks impressions sessions engagement_rate conversions backlinks referring_domains bot_hits is_money_page"
    " importance cluster is_pillar".split()
)
_FACTS = frozenset(PAGES.names) - _SIGNALS - {"page_id", "url", "found_in"}
_TEXTS = ("text", "linkable", "headings")
_LINK_KEYS = frozenset("source target anchor position nofollow is_image times seen_in".split())

Page = Mapping[str, Any]
Link = str | Mapping[str, Any]


def url(path: str) -> str:
    """Absolute URL of a path of the toy site; a URL stays as it is."""
    return path if "://" in path else ORIGIN + path


def build(
    pages: Iterable[Page | str] = (),
    links: Iterable[Link] = (),
    *,
    steps: Iterable[str] = (),
    start: str = "/",
    complete: bool = True,
    stopped_by: str | None = None,
    folder: Path | None = None,
) -> Site:
    """A Site of these pages and links; pages that only links name were not crawled.

    Parameters
    ----------
    pages : paths, or mappings
        ``path`` or ``url``; ``text``, ``linkable`` and ``headings``; any column of `linkkit.schema.PAGES`; ``robots`` as a list; ``found_in`` as a list of names
        (crawl, sitemap, ...); ``crawled = false`` for a page nobody requested.
    links : ``"/a -> /b"``, or mappings
        ``source``, ``target``, ``anchor`` (the target's path where not given; false: not told by the source),
        ``position``, ``nofollow``, ``is_image``, ``times``; ``seen_in`` as a list (html, rendered).
    steps : ``"/a -> /b 30"``
        Visitors' steps; without a source (``"-> /a 90"``) visits that begin there.
    """
    given = [{"path": page} if isinstance(page, str) else dict(page) for page in pages]
    for page in given:
        page["url"] = url(page.pop("path", page.get("url", "")))
    builder = SiteBuilder(url(start), folder=folder)
    for page in given:
        if page.get("crawled", True):
            builder.add_page(page["url"], _facts(page), **{name: page.get(name) for name in _TEXTS})
        else:
            builder.target_id(page["url"])
    for link in links:
        _add_link(builder, link)
    reason = stopped_by or (None if complete else "page limit")
    site = builder.finish(
        Manifest(
            start_url=builder.start_url,
            tool="test",
            complete=complete,
            stopped_by=reason,
            rejected=dict(builder.rejected),
        )
    )
    return _with_steps(_with_signals(site, given), steps)


def _with_steps(site: Site, steps: Iterable[str]) -> Site:
    rows = []
    for step in steps:
        source, _, rest = step.partition("->")
        target, count = rest.split()
        rows.append(
            {
                "source_id": site.page_id(url(source.strip())) if source.strip() else OUTSIDE,
                "target_id": site.page_id(url(target)),
                "transitions": float(count),
            }
        )
    if not rows:
        return site
    return site.with_pages(site.pages, transitions=pa.Table.from_pylist(rows, schema=TRANSITIONS))


def _facts(page: Page) -> dict[str, Any]:
    known = {"path", "url", "robots", "found_in", "crawled", *_TEXTS} | _SIGNALS | _FACTS
    assert set(page) <= known, f"unknown: {set(page) - known}"
    facts = {"status": 200, "content_type": "text/html"} | {
        name: value for name, value in page.items() if name in _FACTS
    }
    if facts.get("error") or facts.get("blocked_by_robots"):
        facts["status"] = None
    for name in ("redirect_to", "canonical"):
        if name in facts:
            facts[name] = url(facts[name])
    robots = page.get("robots", ())
    facts["robots_noindex"] = "noindex" in robots
    facts["robots_nofollow"] = "nofollow" in robots
    return facts


def _add_link(builder: SiteBuilder, link: Link) -> None:
    if isinstance(link, str):
        source, _, target = link.partition("->")
        link = {"source": source.strip(), "target": target.strip()}
    assert set(link) <= _LINK_KEYS, f"unknown: {set(link) - _LINK_KEYS}"
    anchor = link.get("anchor", link["target"].strip("/").replace("/", " ") or "home")
    page = builder.target_id(url(link["source"]))
    assert page is not None, f"{link['source']} is outside the site"
    builder.add_links(
        page,
        [
            (
                url(link["target"]),
                None if anchor is False else anchor,
                Position[link.get("position", "content").upper()],
                link.get("nofollow", False),
                link.get("is_image", False),
                "",
                SeenIn(sum(SeenIn[form.upper()] for form in link.get("seen_in", ()))),
            )
        ]
        * link.get("times", 1),
    )


def _with_signals(site: Site, given: list[dict[str, Any]]) -> Site:
    if not any(("found_in" in page) or (_SIGNALS & set(page)) for page in given):
        return site
    pages = site.pages.copy()
    for page in given:
        row = site.page_id(page["url"])
        for name in _SIGNALS & set(page):
            pages.loc[row, name] = page[name]
        if "found_in" in page:
            pages.loc[row, "found_in"] = int(sum(FoundIn[name.upper()] for name in page["found_in"]))
    return site.with_pages(pages)


def paths(urls: Iterable[str]) -> list[str]:
    """URLs of the toy site as paths."""
    return [each.removeprefix(ORIGIN) for each in urls]


def metric(metrics: pd.DataFrame, name: str) -> dict[str, Any]:
    """One column by path; missing values as None."""
    return {
        path: None if pd.isna(value) else value
        for path, value in zip(paths(metrics["url"]), metrics[name], strict=True)
    }
