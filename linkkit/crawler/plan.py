"""What the caller tells the crawler process, and what that tells back: two JSON files, no secret in either."""

import sqlite3
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Self

from linkkit.crawler.files import read_json, read_record, write_json
from linkkit.crawler.frontier import Frontier
from linkkit.crawler.resume import CrawlState
from linkkit.crawler.scope import Scope
from linkkit.crawler.start import StartFailure
from linkkit.crawler.traps import Traps
from linkkit.errors import CrawlError


@dataclass
class CrawlPlan:
    """One run's work.

    Attributes
    ----------
    scope : Scope
        Which addresses belong to the crawl.
    state : CrawlState
        How far earlier runs got.
    concurrency : int
        Requests under way at a time.
    max_pages : int or None
        Rows in all part files together at which the crawl stops.
    max_seconds : float or None
        Seconds after which this run stops.
    fetch_sitemap : bool
        Whether to look for sitemaps (an earlier run may have).
    user_agent : str
        Sent with every request.
    seeds : list of str
        Addresses to request even if no link leads there, as given: they are mapped to the crawl's origin when the
        start page has shown it.
    render : str
        Whether this run renders pages: auto (to be decided), always or never.
    render_seconds : float
        How long one page may take.
    render_external : bool
        Whether pages get scripts, styles and data of other public hosts.
    """

    scope: Scope
    state: CrawlState
    concurrency: int = 8
    max_pages: int | None = None
    max_seconds: float | None = None
    fetch_sitemap: bool = True
    user_agent: str = ""
    seeds: list[str] = field(default_factory=list)
    render: str = "never"
    render_seconds: float = 10.0
    render_external: bool = True

    def save(self, path: Path) -> None:
        """Write the plan."""
        state = {name: value for name, value in vars(self.state).items() if name not in {"frontier", "traps"}}
        write_json(
            path,
            {
                **{name: value for name, value in vars(self).items() if name not in {"scope", "state"}},
                "scope": self.scope.to_json(),
                "state": state,
                "frontier": self.state.frontier.to_json(),
                "traps": self.state.traps.to_json(),
            },
        )

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the plan back.

        Raises
        ------
        CrawlError
            If it is missing or damaged.
        """
        data: Any = read_json(path)
        try:
            frontier = Frontier.from_json(data.pop("frontier"))
            traps = Traps.from_json(data.pop("traps"))
            state = CrawlState(frontier=frontier, traps=traps, **data.pop("state"))
            return cls(scope=Scope.from_json(data.pop("scope")), state=state, **data)
        except (AttributeError, LookupError, OverflowError, TypeError, ValueError, sqlite3.Error) as error:
            raise CrawlError(f"{path}: the crawl's plan is missing or damaged ({error})") from error


@cache
def shared_plan(path: Path) -> CrawlPlan:
    """The plan of this process, read once: the middlewares work on the same one."""
    return CrawlPlan.load(path)


@dataclass
class RunReport:
    """How one run of the crawler process ended.

    Attributes
    ----------
    stopped_by : str or None
        What stopped it; None if everything was crawled.
    start_failure : dict or None
        Why the crawl could not begin (`StartFailure`).
    rows : int
        Rows the run believes are on disk, with earlier runs'.
    waiting, cut : int
        Addresses left over; addresses the depth limit left out.
    rendering : mapping
        ``rendered``, ``failed``, ``shells``: pages that were rendered, that could not be, that look like empty shells of an
        application.
    notes : list of str
        What an analyst should know, such as a sitemap that could not be read.
    limits : list of str
        What was left out of the crawl so far, or makes its data doubtful, a sentence each.
    """

    stopped_by: str | None = None
    start_failure: dict[str, Any] | None = None
    rows: int = 0
    errors: int = 0
    pages: int = 0
    waiting: int = 0
    cut: int = 0
    start_url: str = ""
    start_links: int = 0
    start_frames: int = 0
    start_scripts: int = 0
    rendering: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    limits: list[str] = field(default_factory=list)

    @property
    def failure(self) -> StartFailure | None:
        """The start failure as an object."""
        return StartFailure(**self.start_failure) if self.start_failure else None

    def save(self, path: Path) -> None:
        """Write the report."""
        write_json(path, asdict(self))

    @classmethod
    def load(cls, path: Path) -> Self | None:
        """Read the report; None if the process died without writing one."""
        return read_record(path, cls)
