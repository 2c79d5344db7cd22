"""How a running crawl tells how far it is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class CrawlProgress:
    """A running crawl's counters.

    Attributes
    ----------
    pages : int
        Rows on disk, with those of earlier runs.
    queued : int
        Addresses known and not crawled yet; grows while pages are found.
    errors : int
        Requests without an answer.
    seconds : float
        Time since this run began.
    pages_per_second : float
        This run's rows per second.
    left_out : int
        Links not followed because they lead into an endless pattern, or to pages crawled under another address
        (`linkkit.crawler.traps`).
    note : str
        What else there is to say, such as whether pages are rendered; empty where there is nothing.
    """

    pages: int
    queued: int
    errors: int
    seconds: float
    pages_per_second: float
    left_out: int = 0
    note: str = ""


ProgressCallback = Callable[[CrawlProgress], object]


def tqdm_progress(description: str = "Crawl") -> ProgressCallback:
    """A progress bar for terminals and notebooks, to be passed as ``progress=``.

    The bar's total is what is known so far, pages and queue together; it is closed when the run ends.
    """
    return _Bar(description)


class _Bar:
    def __init__(self, description: str) -> None:
        self._description = description
        self._note = ""
        self._bar: Any = None

    def __call__(self, progress: CrawlProgress) -> None:
        if self._bar is None:
            from tqdm.auto import tqdm  # noqa: PLC0415  (looks for a notebook when imported)

            self._bar = tqdm(desc=self._description, unit="page", initial=progress.pages, dynamic_ncols=True)
        self._bar.total = progress.pages + progress.queued
        self._bar.n = progress.pages
        left_out = {"left_out": progress.left_out} if progress.left_out else {}
        self._bar.set_postfix(queued=progress.queued, errors=progress.errors, **left_out, refresh=False)
        if progress.note and progress.note != self._note:
            # In a line of its own, which stays.
            self._note = progress.note
            self._bar.write(progress.note)
        self._bar.refresh()

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None
