"""How far a crawl has got: status.json, and the verdict whether a crawl is complete."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from filelock import FileLock, Timeout

from linkkit.crawler.files import CrawlFiles, read_record
from linkkit.crawler.plan import RunReport
from linkkit.crawler.render.decision import FAILED_SHARE, SHELL_SHARE


@dataclass(frozen=True)
class CrawlStatus:
    """How far a crawl has got, as kept in status.json.

    Attributes
    ----------
    complete : bool
        Everything reachable under the settings was requested.
    stopped_by : str or None
        What ended the last run early: ``page limit 500``, ``time limit 60 s``, ``depth limit 3``, ``interrupted``,
        ``killed``, ``running``, or a sentence. None if complete.
    pages, errors : int
        Rows in the part files; those among them whose request got no answer.
    queued : int
        Addresses known and left over.
    started, finished : str
        First run's begin and last run's end, ISO 8601 in UTC; `finished` None while running or when killed.
    start_url : str
        Where the start page's redirects lead, on the crawl's origin.
    notes : tuple of str
        What an analyst should know, such as a sitemap that could not be read.
    limits : tuple of str
        What was left out of the crawl, or makes its data doubtful: endless patterns, session ids, soft 404s.
    rendering : mapping
        Whether pages were rendered and why (`linkkit.crawler.render.decision.Rendering`), and how many were (`RunReport`).
    """

    complete: bool = False
    stopped_by: str | None = "running"
    pages: int = 0
    queued: int = 0
    errors: int = 0
    started: str | None = None
    finished: str | None = None
    start_url: str = ""
    notes: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    rendering: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path) -> Self | None:
        """Read status.json; None if there is none, or it is damaged."""
        return read_record(path, cls)


def read_status(folder: str | Path) -> CrawlStatus | None:
    """How far the crawl in a folder has got, also while it runs; None if there is none.

    A crawl whose caller died without a word is told from a running one by its lock: ``stopped_by`` is ``killed``.
    """
    files = CrawlFiles(Path(folder) / "crawl")
    status = CrawlStatus.load(files.status)
    if status is None or status.stopped_by != "running":
        return status
    lock = FileLock(files.lock)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return status
    lock.release()
    return replace(status, stopped_by="killed")


def incomplete_because(report: RunReport, *, max_depth: int | None, has_patterns: bool) -> str | None:
    """Why a run that ended in order is not a complete crawl; None if it is one.

    A crawl that found one page is never complete: either its links are not in its HTML, or they were not followed.
    """
    if report.stopped_by or report.cut:
        return report.stopped_by or f"depth limit {max_depth}"
    if report.waiting:
        return f"{report.waiting} addresses were left over"
    if (unseen := _not_rendered(report)) is not None:
        return unseen
    if report.start_links and report.pages > 1:
        return None
    if report.start_frames:
        reason = "it is a frameset, and its links are in the frames"
    elif not report.start_links and report.start_scripts:
        scripts = "a script" if report.start_scripts == 1 else f"{report.start_scripts} scripts"
        reason = f"it holds {scripts} and no link to a page of the site, so that its links need JavaScript"
    elif not report.start_links:
        reason = "it holds neither links to other pages of the site nor scripts"
    elif has_patterns:
        reason = f"include and exclude leave out all {report.start_links} pages it links to"
    else:
        reason = f"none of the {report.start_links} pages it links to could be read"
    only = (
        "only the start page was found"
        if report.pages <= 1
        else "the start page has no links to the site's pages"
    )
    return f"{only}: {reason}"


def _not_rendered(report: RunReport) -> str | None:
    """Why links that scripts add are missing, where it is so of many pages."""
    shells, failed = (report.rendering.get(name, 0) for name in ("shells", "failed"))
    if report.pages > 1 and shells >= SHELL_SHARE * report.pages:
        return f"{shells} of {report.pages} pages look like empty shells of an application, whose links scripts add"
    if failed and failed >= FAILED_SHARE * (failed + report.rendering.get("rendered", 0)):
        return f"{failed} of {report.pages} pages could not be rendered, so that links that scripts add are missing"
    return None
