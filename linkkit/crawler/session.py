"""One run of a crawl: where it stands, the crawler process, and what came of it."""

import logging
import threading
import time
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

from linkkit.crawler.files import CrawlFiles, count_lines, read_json, tail, write_json
from linkkit.crawler.options import CrawlOptions
from linkkit.crawler.plan import CrawlPlan, RunReport
from linkkit.crawler.process import GRACE_SECONDS, CrawlerProcess, run_crawler
from linkkit.crawler.progress import CrawlProgress, ProgressCallback
from linkkit.crawler.render.choice import choose
from linkkit.crawler.render.decision import Rendering, limits_of
from linkkit.crawler.resume import CrawlState, load_state
from linkkit.crawler.sitemaps import SitemapEntry, from_json
from linkkit.crawler.status import CrawlStatus, incomplete_because
from linkkit.errors import CrawlError, SettingsError, StartError

logger = logging.getLogger(__name__)

TICK_SECONDS = 0.5


class Session:
    """One call of `run_crawl`; the folder is locked by it.

    Parameters
    ----------
    files : CrawlFiles
        The crawl's folder.
    options : CrawlOptions
        Checked options.
    """

    def __init__(self, files: CrawlFiles, options: CrawlOptions) -> None:
        self.files = files
        self.options = options

    def sitemap_entries(self) -> tuple[SitemapEntry, ...]:
        """What the sitemaps list; empty if they were not read or there are none."""
        return from_json(read_json(self.files.sitemap))

    def crawl(self, progress: ProgressCallback | None, cancel: threading.Event | None) -> CrawlStatus:
        """Do what is left to do; returns the status as saved."""
        state = load_state(
            self.files.parts,
            self.options.scope,
            max_depth=self.options.max_depth,
            trap_pages=self.options.trap_pages,
        )
        self._check_settings(state)
        rendering = choose(
            self.options.render, Rendering.load(self.files.rendering), has_rows=bool(state.rows)
        )
        earlier = CrawlStatus.load(self.files.status) if state.rows else None
        notes = earlier.notes if earlier else ()
        fetch_sitemap = self.options.sitemap and not self.files.sitemap.exists()
        seeds = [
            *self.options.seeds,
            *(entry.url for entry in self.sitemap_entries() if self.options.sitemap),
        ]
        started = (earlier.started if earlier else None) or _now()
        begun = CrawlStatus(
            pages=state.rows,
            errors=state.errors,
            started=started,
            start_url=state.start_url,
            notes=notes,
            limits=earlier.limits if earlier else (),
        )
        if state.is_started:
            state.frontier.add_seeds(self.options.scope.seeds(seeds, state.primary))
            if not fetch_sitemap and (not state.frontier.waiting or self._is_full(state)):
                return self._settle(begun, self._report_of(state, begun), state.rows)
        plan = CrawlPlan(
            scope=self.options.scope,
            state=state,
            concurrency=self.options.concurrency,
            max_pages=self.options.max_pages,
            max_seconds=self.options.max_seconds,
            fetch_sitemap=fetch_sitemap,
            user_agent=self.options.user_agent,
            seeds=seeds,
            render=self.options.render,
            render_seconds=self.options.render_seconds,
            render_external=self.options.render_external,
        )
        self._write(self.files.settings, self.options.to_json())
        self._keep(rendering)
        self._write(self.files.status, asdict(begun))
        try:
            return self._run(plan, begun, progress, cancel)
        finally:
            for path in (self.files.plan, self.files.report, self.files.progress):
                with suppress(OSError):
                    path.unlink(missing_ok=True)

    def _keep(self, rendering: Rendering | None) -> None:
        if rendering is None:
            # A sample that was not finished is taken anew.
            self.files.rendering.unlink(missing_ok=True)
        else:
            self._write(self.files.rendering, asdict(rendering))

    def _check_settings(self, state: CrawlState) -> None:
        earlier = read_json(self.files.settings)
        if not state.rows or not isinstance(earlier, dict):
            return
        differences = self.options.differences(earlier)
        if differences:
            raise SettingsError(
                f"{self.files.folder} holds {state.rows} rows of a crawl with other settings ("
                + "; ".join(differences)
                + "). Crawl with the earlier settings to go on with it, with restart=True to begin anew, or into another folder."
            )

    @property
    def _mode(self) -> str | None:
        rendering = Rendering.load(self.files.rendering)
        return rendering.mode if rendering else None

    def _is_full(self, state: CrawlState) -> bool:
        return self.options.max_pages is not None and state.rows >= self.options.max_pages

    def _run(
        self,
        plan: CrawlPlan,
        begun: CrawlStatus,
        progress: ProgressCallback | None,
        cancel: threading.Event | None,
    ) -> CrawlStatus:
        rows = plan.state.rows
        for path in (self.files.report, self.files.progress):
            path.unlink(missing_ok=True)
        plan.save(self.files.plan)
        part = self.files.next_part
        watch = _Watch(self.files, part, rows)
        try:
            exit_status = run_crawler(
                self.files,
                self.options,
                part.name,
                lambda process: _follow(process, watch, progress, cancel),
                renders=self._mode != "never",
            )
        except BaseException:
            # Ctrl-C, or a progress callback that failed: the crawler has ended in order.
            self._settle_interrupted(begun, watch)
            raise
        finally:
            close = getattr(progress, "close", None)
            if close is not None:
                close()
        report = RunReport.load(self.files.report)
        if report is None:
            if cancel is not None and cancel.is_set():
                return self._settle_interrupted(begun, watch)
            self._settle_interrupted(begun, watch, "killed")
            raise CrawlError(self._died(exit_status, watch.rows()))
        if report.failure is not None:
            message = report.failure.message(self.options.scope.start_url)
            # Rows of a start page that is no start would be taken for a crawl by the next run.
            for path in self.files.parts:
                path.unlink()
            self._write(
                self.files.status,
                asdict(replace(begun, stopped_by=message, finished=_now(), pages=0, errors=0)),
            )
            raise StartError(message)
        status = self._settle(begun, report, watch.rows())
        if not status.pages:
            raise CrawlError(self._died(exit_status, 0))
        return status

    def _settle(self, begun: CrawlStatus, report: RunReport, rows: int) -> CrawlStatus:
        """Judge a run that ended in order, and save the status."""
        scope = self.options.scope
        reason = incomplete_because(
            report, max_depth=self.options.max_depth, has_patterns=bool(scope.include or scope.exclude)
        )
        if reason is None and rows != report.rows:
            reason = f"{report.rows - rows} rows are missing in the crawl file: see {self.files.log.name}"
        rendering = {**asdict(Rendering.load(self.files.rendering) or Rendering()), **report.rendering}
        status = CrawlStatus(
            complete=reason is None,
            stopped_by=reason,
            pages=rows,
            queued=report.waiting + report.cut,
            errors=report.errors,
            started=begun.started,
            finished=_now(),
            start_url=report.start_url,
            limits=tuple(
                dict.fromkeys((*report.limits, *limits_of(rendering, report.rendering, report.pages)))
            ),
            notes=tuple(dict.fromkeys((*begun.notes, *report.notes))),
            rendering=rendering,
        )
        self._write(self.files.status, asdict(status))
        return status

    def _settle_interrupted(
        self, begun: CrawlStatus, watch: "_Watch", reason: str = "interrupted"
    ) -> CrawlStatus:
        report = RunReport.load(self.files.report)
        if report is not None and report.failure is None:
            report.stopped_by = report.stopped_by or reason
            return self._settle(begun, report, watch.rows())
        latest = watch.progress(0.0)
        status = replace(
            begun,
            stopped_by=reason,
            pages=watch.rows(),
            queued=latest.queued,
            errors=latest.errors,
            finished=_now(),
        )
        self._write(self.files.status, asdict(status))
        return status

    def _report_of(self, state: CrawlState, begun: CrawlStatus) -> RunReport:
        """What a run with nothing to do would report."""
        waiting = state.frontier.waiting
        return RunReport(
            stopped_by=f"page limit {self.options.max_pages}" if waiting else None,
            rows=state.rows,
            errors=state.errors,
            pages=state.pages,
            waiting=waiting,
            cut=state.frontier.cut,
            start_url=state.start_url,
            start_links=state.start_links,
            start_frames=state.start_frames,
            start_scripts=state.start_scripts,
            limits=list(begun.limits),
            rendering=state.rendering,
        )

    def _died(self, exit_status: int, rows: int) -> str:
        words = "\n".join(filter(None, (tail(self.files.output), tail(self.files.log)))) or "(nothing)"
        kept = f"{rows} pages are kept, the next call goes on from there" if rows else "nothing was crawled"
        return (
            f"{self.options.scope.start_url}: the crawler ended before its work was done (exit status {exit_status}); {kept}."
            f" The last words of its log, {self.files.log}:\n{words}"
        )

    def _write(self, path: Any, data: Any) -> None:
        try:
            write_json(path, data)
        except OSError as error:
            raise CrawlError(f"{path} cannot be written: {error.strerror or error}") from error


class _Watch:
    """Counts the rows of a running crawl where they are: in its part file."""

    def __init__(self, files: CrawlFiles, part: Any, rows: int) -> None:
        self._files = files
        self._part = part
        self._earlier = rows
        self._lines = 0
        self._offset = 0
        self._latest: dict[str, int] = {}

    def rows(self) -> int:
        """Rows on disk, with earlier runs'."""
        lines, self._offset = count_lines(self._part, self._offset)
        self._lines += lines
        return self._earlier + self._lines

    def progress(self, seconds: float) -> CrawlProgress:
        """The counters now."""
        rows = self.rows()
        self._latest = read_json(self._files.progress) or self._latest
        return CrawlProgress(
            pages=rows,
            queued=self._latest.get("queued", 0),
            errors=self._latest.get("errors", 0),
            left_out=self._latest.get("left_out", 0),
            seconds=seconds,
            pages_per_second=self._lines / seconds if seconds > 0 else 0.0,
            note=rendering.words if (rendering := Rendering.load(self._files.rendering)) else "",
        )


def _follow(
    process: CrawlerProcess, watch: _Watch, progress: ProgressCallback | None, cancel: threading.Event | None
) -> int:
    """Wait for the process to end, reporting progress; returns its exit status."""
    begin = time.monotonic()
    deadline: float | None = None
    while True:
        exit_status = process.wait(TICK_SECONDS)
        now = time.monotonic()
        if progress is not None:
            progress(watch.progress(now - begin))
        if exit_status is not None:
            return exit_status
        if cancel is not None and cancel.is_set() and deadline is None:
            process.ask_to_stop()
            deadline = now + GRACE_SECONDS
        if deadline is not None and now > deadline:
            process.kill()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
