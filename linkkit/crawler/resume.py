"""Where a crawl stands: computed from its part files alone, by streaming them once."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from linkkit.crawler.files import rows
from linkkit.crawler.frontier import Frontier
from linkkit.crawler.scope import Scope, follow_ups
from linkkit.crawler.traps import TRAP_PAGES, Traps, pattern
from linkkit.urls import origin


@dataclass
class CrawlState:
    """How far a crawl has got.

    Attributes
    ----------
    frontier : Frontier
        What was crawled and what waits.
    start_url : str
        Where the start page's redirects have led so far.
    is_started : bool
        The start page was reached; only then anything else is requested.
    rows, errors : int
        Rows on disk; those among them whose request failed.
    pages : int
        Rows that are neither redirects nor failures nor blocked by robots.txt.
    start_links : int
        Links in the start page's HTML that lead to other pages of the site, patterns not applied.
    rendering : dict
        ``rendered``, ``failed``, ``shells``: pages that were rendered, that could not be, that look like empty shells.
    homes : list of str
        For other hosts of the site, the origin on which a page answered first.
    hops : dict of str to int
        For waiting targets of redirects, how many redirects in a row led there.
    traps : Traps
        What is left out, and why.
    """

    frontier: Frontier
    start_url: str
    is_started: bool = False
    rows: int = 0
    errors: int = 0
    pages: int = 0
    start_links: int = 0
    start_frames: int = 0
    start_scripts: int = 0
    rendering: dict[str, int] = field(default_factory=lambda: {"rendered": 0, "failed": 0, "shells": 0})
    homes: list[str] = field(default_factory=list)
    hops: dict[str, int] = field(default_factory=dict)
    traps: Traps = field(default_factory=Traps)

    def __post_init__(self) -> None:
        self.traps.is_seen = self.frontier.is_seen
        self.frontier.keeps = self.traps.still_admits

    @property
    def primary(self) -> str:
        """Origin on which the start page answers."""
        return origin(self.start_url)


def note_row(state: CrawlState, scope: Scope, row: dict[str, Any]) -> None:
    """Take one crawled row into the state: counts, the start page's redirects, and the links it adds.

    The frontier must know the row's address as requested already.
    """
    state.rows += 1
    state.errors += row.get("error") is not None
    state.pages += row.get("status") is not None and not row.get("redirect_to")
    if not state.is_started and row["url"] == state.start_url:
        target = (
            scope.address(row["redirect_to"], state.primary, row["url"]) if row.get("redirect_to") else None
        )
        if target is not None:
            state.start_url = target
            # The way to the start page may lead through folders that are not of the site.
            state.frontier.add(target, row.get("depth"))
        else:
            state.is_started = True
            state.start_links = count_internal_links(scope, row)
            state.start_frames = row.get("frames") or 0
            state.start_scripts = row.get("scripts") or 0
    for name, key in (("rendered", "rendered"), ("failed", "render_error"), ("shells", "shell")):
        state.rendering[name] += bool(row.get(key))
    _note_home(state, scope, row)
    depth, from_seed = row.get("depth"), row.get("from_seed")
    own, new_outside = pattern(row["url"]), 0
    hops = state.hops.pop(row["url"], 0) + 1
    for url, clicks in follow_ups(scope, row, state.primary, state.homes):
        if state.frontier.knows(url):
            state.traps.linked(url, row["url"])
        elif clicks == 0:
            if not state.traps.admits_redirect(url, row["url"], hops):
                continue
            state.hops[url] = hops
        elif not state.traps.admits(url, row["url"]):
            continue
        else:
            new_outside += pattern(url) != own
        state.frontier.add(
            url,
            None if depth is None else depth + clicks,
            from_seed=None if from_seed is None else from_seed + clicks,
        )
    state.traps.crawled(row, new_outside)


def _note_home(state: CrawlState, scope: Scope, row: dict[str, Any]) -> None:
    own = origin(row["url"])
    if scope.site.origins.get(own, 0) > 0 and row.get("status") == 200 and not row.get("redirect_to"):
        siblings = scope.site.siblings(own)
        if not any(each in siblings for each in state.homes):
            state.homes.append(own)


def count_internal_links(scope: Scope, row: dict[str, Any]) -> int:
    """Pages of the site, other than itself, that a row links to; patterns are not applied."""
    primary = origin(row["url"])
    targets = {scope.to_crawl(link[0], primary) for link in row.get("links") or ()}
    return len(targets - {None, row["url"]})


def load_state(
    parts: tuple[Path, ...],
    scope: Scope,
    *,
    max_depth: int | None = None,
    trap_pages: int | None = TRAP_PAGES,
) -> CrawlState:
    """Stream the part files of a crawl.

    Parameters
    ----------
    parts : tuple of Path
        Part files in the order they were written; none for a new crawl.
    scope : Scope
        The crawl's scope.
    max_depth : int, optional
        Depth limit of the run to come.
    trap_pages : int, optional
        When an endless pattern is left alone (`linkkit.crawler.traps`); None: never.
    """
    state = CrawlState(Frontier(max_depth), scope.start_url, traps=Traps(trap_pages))
    for row in rows(parts):
        if state.frontier.is_seen(row["url"]):
            continue
        row["depth"] = state.frontier.restore(row["url"], row.get("depth"))
        note_row(state, scope, row)
    if not state.is_started:
        state.frontier.add(state.start_url, 0)
    state.frontier.sift()
    return state
