"""What the crawl does next: pure decisions, told outcomes by the Scrapy middleware and asked for the next step."""

from dataclasses import dataclass, field
from typing import Any

from linkkit.crawler.frontier import Entry, Rank
from linkkit.crawler.plan import CrawlPlan, RunReport
from linkkit.crawler.resume import note_row
from linkkit.crawler.rows import META
from linkkit.crawler.start import judge_start
from linkkit.urls import origin

Item = dict[str, Any]

OUTAGE_STREAK = 20
"""Refused or failed requests in a row after which the start page is asked whether the site still answers."""

SMALL_STREAK = 3
_TROUBLE = frozenset({401, 403, 407, 429})


@dataclass(frozen=True, slots=True)
class Probe:
    """Step: request the start page once more, to learn whether the site still answers."""

    url: str


@dataclass
class Conductor:
    """The state of one run.

    The row of a refused or failed request is held back until a request made after it is answered well: then the page
    is broken, not the site. If a whole streak fails and the start page fails too, the site is down or blocks us: the
    held rows are dropped, so that a later run asks for those pages again instead of calling them broken.
    """

    plan: CrawlPlan
    is_sitemap_done: bool = True
    stopped_by: str | None = None
    report: RunReport = field(default_factory=RunReport)
    limits: list[str] = field(default_factory=list)
    _held: list[tuple[int, Item]] = field(
        default_factory=list
    )  # with how many requests had been made by then
    _ready: list[Item] = field(default_factory=list)
    _made: int = 0
    _numbers: dict[str, int] = field(default_factory=dict)  # of the requests under way
    _is_probing: bool = False
    _is_polite_stop: bool = False
    _start_hops: int = 0
    _postponed: dict[str, list[Any]] = field(default_factory=dict)  # origin -> why, how many addresses

    def __post_init__(self) -> None:
        self.state = self.plan.state
        self.frontier = self.plan.state.frontier
        self.written = self.plan.state.rows
        self._add_planned_seeds()

    @property
    def active(self) -> int:
        """Requests under way, without those whose row is held back."""
        return self.frontier.in_flight - len(self._held)

    @property
    def is_finished(self) -> bool:
        """Whether nothing is left to do or to wait for."""
        if self.active or self._is_probing or self._ready:
            return False
        if self.stopped_by:
            return True
        return self.is_sitemap_done and not self._held and (self._is_full or not self.frontier.waiting)

    def step(self) -> Entry | Probe | Item | None:
        """An address to request, a probe, an item to write, or None: wait for an outcome."""
        if self._ready:
            return self._ready.pop(0)
        if self.stopped_by or self._is_probing:
            return None
        entry = None
        is_streak = len(self._held) >= OUTAGE_STREAK
        if not is_streak and self.active < self.plan.concurrency and not self._is_full:
            entry = self.frontier.next(with_seeds=self.is_sitemap_done)
        if entry is not None:
            self.state.traps.requested(entry.url)
            self._made += 1
            self._numbers[entry.url] = self._made
        if entry is not None or not self._held or (self.active and not is_streak):
            return entry
        if len(self._held) >= SMALL_STREAK:
            self._is_probing = True
            return Probe(self.state.start_url)
        self._release(self._made)
        return self._ready.pop(0)

    def outcome(self, item: Item) -> list[Item]:
        """Take a request's outcome; returns the items to write now, in order."""
        row = item[META]
        if not self.state.is_started and row["url"] == self.state.start_url:
            failure = judge_start(row, self.state, self.plan.scope, self._start_hops)
            self._start_hops += 1
            if failure is not None:
                self.report.start_failure = failure.to_json()
                self.stop("start page", is_fault=True)
                return [item]
        was_started = self.state.is_started
        note_row(self.state, self.plan.scope, row)
        if not was_started:
            self._add_planned_seeds()
        number = self._numbers.pop(row["url"], 0)
        if row["error"] is not None or row["status"] in _TROUBLE or (row["status"] or 0) >= 500:
            self._held.append((self._made, item))
            return []
        if row["status"] is not None:
            self._release(number - 1)
        items, self._ready = [*self._ready, item], []
        return items

    def outcome_later(self, item: Item) -> None:
        """Take an outcome whose items come as later steps."""
        self._ready = [*self.outcome(item), *self._ready]

    def postpone(self, entry: Entry, why: str) -> None:
        """Leave an address to a later run: robots.txt of its host cannot be read, and until it can nothing there may be requested.

        Where that host is the start page's, nothing is left to do.
        """
        own = origin(entry.url)
        self._numbers.pop(entry.url, None)
        self.frontier.done(entry.rank)
        self._postponed.setdefault(own, [why, 0])[1] += 1
        if own == self.state.primary:
            self.stop(f"robots.txt of {own} could not be read: {why}", is_fault=True)

    def row_written(self, item: Item) -> None:
        """Note that an item is on disk."""
        self.written += 1
        row = item[META]
        is_by_seed = "from_seed" in row
        self.frontier.done(Rank(is_by_seed, row["from_seed"] if is_by_seed else row["depth"]))

    def probed(self, status: int | None, error: str | None) -> None:
        """Take a probe's outcome."""
        self._is_probing = False
        if status is not None and status < 400:
            self._release(self._made)
        else:
            found = f"status {status}" if status is not None else error
            self.stop(
                f"the site stopped answering: {len(self._held)} requests in a row failed, and the start page: {found}",
                is_fault=True,
            )

    def add_seeds(self, urls: list[str]) -> None:
        """Note addresses from the sitemap, on the crawl's origin."""
        self.is_sitemap_done = True
        self.frontier.add_seeds(self.plan.scope.seeds(urls, self.state.primary))

    def stop(self, reason: str, *, is_fault: bool = False) -> None:
        """Start nothing new; the first reason stays, unless a fault comes on top."""
        if self.stopped_by is None or is_fault:
            self.stopped_by = reason
            self._is_polite_stop = not is_fault

    def progress(self) -> dict[str, int]:
        """Counters for a progress bar."""
        return {
            "pages": self.written,
            "queued": self.frontier.waiting + self.active,
            "errors": self.state.errors,
            "left_out": self.state.traps.left_out,
        }

    def make_report(self) -> RunReport:
        """How things stand."""
        report, state = self.report, self.state
        report.rows, report.pages = self.written, state.pages
        report.errors = state.errors - sum(item[META]["error"] is not None for _, item in self._held)
        report.waiting = (
            self.frontier.waiting + self.frontier.in_flight + sum(n for _, n in self._postponed.values())
        )
        report.limits = [*state.traps.limits(), *self.limits]
        report.cut = self.frontier.cut
        report.start_url, report.start_links, report.start_frames, report.start_scripts = (
            state.start_url,
            state.start_links,
            state.start_frames,
            state.start_scripts,
        )
        report.rendering = dict(state.rendering)
        # A stop that came when everything was done stopped nothing.
        is_late = self.is_sitemap_done and not report.waiting and self._is_polite_stop
        report.stopped_by = None if is_late else self.stopped_by
        if report.stopped_by is None and self._is_full and report.waiting:
            report.stopped_by = f"page limit {self.plan.max_pages}"
        for own, (why, _) in self._postponed.items():
            report.stopped_by = report.stopped_by or f"robots.txt of {own} could not be read: {why}"
        return report

    @property
    def _is_full(self) -> bool:
        limit = self.plan.max_pages
        return limit is not None and self.written + self.frontier.in_flight >= limit

    def _add_planned_seeds(self) -> None:
        if self.state.is_started:
            self.frontier.add_seeds(self.plan.scope.seeds(self.plan.seeds, self.state.primary))

    def _release(self, made: int) -> None:
        """Let go of the rows held back when at most so many requests had been made."""
        self._ready += [item for number, item in self._held if number <= made]
        self._held = [(number, item) for number, item in self._held if number > made]
