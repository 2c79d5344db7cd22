"""Panel: crawl the client's site while the notebook stays usable; start, watch, pause, resume, stop, go on later."""

import html
import threading
import time
from collections.abc import Callable
from typing import Any

import ipywidgets
from IPython.display import HTML, display

from linkkit.charts.words import count
from linkkit.client import Client
from linkkit.crawler.files import CrawlFiles, tail
from linkkit.crawler.progress import CrawlProgress
from linkkit.crawler.render.browser import missing
from linkkit.crawler.status import CrawlStatus, read_status
from linkkit.site import Site
from linkkit.widgets.display import is_headless
from linkkit.widgets.errors import ErrorBox, Panel, guarded
from linkkit.widgets.folding import Folds
from linkkit.widgets.layout import heading_html, note_html

_LOG_LINES, _LOG_LETTERS = 12, 220
_LOG_SECONDS = 2.0
_UNFINISHED = {"interrupted", "killed", "running"}


def crawl_words(client: Client) -> str:
    """How far the client's latest crawl is, in a sentence."""
    status = _latest(client)
    if not client.crawls:
        return "No crawl yet."
    when = client.crawls[-1].name
    if status is None:
        return f"The latest data, {when}, was imported."
    pages = count(status.pages, "URL")
    if status.complete:
        told = (*_rendering(status), *status.limits)
        limits = "".join(f" {each[:1].upper()}{each[1:]}." for each in told)
        return f"The crawl of {when} is complete: {pages}, {count(status.errors, 'error')}.{limits}"
    if status.stopped_by == "running":
        return f"A crawl is running, in this or another notebook: {pages} so far."
    if status.stopped_by in _UNFINISHED:
        return f"The crawl of {when} was {status.stopped_by} after {pages}; {status.queued:,} are waiting. Start goes on there."
    return f"The crawl of {when} stopped at {pages}: {status.stopped_by}. It is incomplete."


def crawl_log(client: Client, *, lines: int = _LOG_LINES) -> str:
    """The last lines of the latest crawl's log; empty where there is none."""
    if not client.crawls:
        return ""
    said = tail(CrawlFiles(client.crawls[-1] / "crawl").log, lines)
    return "\n".join(line[:_LOG_LETTERS] for line in said.splitlines())


def _rendering(status: CrawlStatus) -> tuple[str, ...]:
    """Whether scripts were run, where somebody would ask."""
    rendering = status.rendering
    if rendering.get("mode") == "always":
        number = int(rendering.get("rendered", 0))
        why = "as chosen" if rendering.get("asked") == "always" else rendering.get("why")
        return (f"scripts were run on {count(number, 'page')}: {why}",)
    return ()


def _latest(client: Client) -> CrawlStatus | None:
    return read_status(client.crawls[-1]) if client.crawls else None


class CrawlPanel(Panel):
    """Start, pause, resume and stop a crawl of the client's site, with a progress bar, counters and the end of its log.

    The crawler is a process of its own; a thread waits for it and keeps the bar moving, so cells can be run meanwhile. A
    pause ends that process in order and keeps what is waiting; to resume starts it again from there.

    Parameters
    ----------
    client : Client
        Its ``client.toml`` holds the crawl options; those in the panel win over them.

    Attributes
    ----------
    site : Site or None
        The crawled site, once it is there.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._cancel = threading.Event()
        self._pausing = False
        self._logged = 0.0
        self._thread: threading.Thread | None = None
        self.site: Site | None = None
        self.failure: BaseException | None = None
        options = client.settings.crawl
        style = {"description_width": "190px"}
        box = ipywidgets.Layout(width="320px")
        self.max_pages = ipywidgets.BoundedIntText(
            value=int(options.get("max_pages", 0)), min=0, max=10_000_000, description="Stop after pages (0: never)",
            style=style, layout=box,
        )  # fmt: skip
        self.delay = ipywidgets.BoundedFloatText(
            value=float(options.get("delay", 0.25)), min=0, max=60, step=0.05, description="Seconds between requests",
            style=style, layout=box,
        )  # fmt: skip
        self.render = ipywidgets.Dropdown(
            options=[("if a sample shows that links need it", "auto"), ("on every page", "always"), ("never", "never")],
            value=str(options.get("render", "auto")), description="Run JavaScript", style=style,
            layout=ipywidgets.Layout(width="470px"),
        )  # fmt: skip
        lacking = missing()
        self.render_note = ipywidgets.HTML(
            note_html(f"JavaScript cannot be run on this machine: {lacking}.") if lacking else ""
        )
        self.user = ipywidgets.Text(
            description="User", placeholder="staging sites only", style=style, layout=box
        )
        self.password = ipywidgets.Password(description="Password", style=style, layout=box)
        staging = Folds(
            [
                ipywidgets.VBox(
                    [
                        self.user,
                        self.password,
                        ipywidgets.HTML(note_html("Sent to the site only; never stored.")),
                    ]
                )
            ],
            titles=["The site asks for a password"],
        )
        self.start = ipywidgets.Button(description="Start crawl", icon="play", button_style="primary")
        self.pause = ipywidgets.Button(
            description="Pause", icon="pause", disabled=True, tooltip="No more requests within seconds; nothing is lost"
        )  # fmt: skip
        self.resume = ipywidgets.Button(
            description="Resume", icon="play", disabled=True, tooltip="Goes on where the crawl was paused"
        )
        self.stop = ipywidgets.Button(
            description="Stop",
            icon="stop",
            disabled=True,
            tooltip="Ends within seconds, and takes what there is; Start goes on from there",
        )
        self.anew = ipywidgets.Checkbox(
            value=False, description="Begin a new crawl, even where one is unfinished", indent=False,
            layout=ipywidgets.Layout(width="360px"),
        )  # fmt: skip
        self.log_lines = ipywidgets.HTML()
        log = Folds([self.log_lines], titles=["Last lines of the log"])
        self.bar = ipywidgets.IntProgress(
            value=0,
            max=1,
            description="Pages",
            layout=ipywidgets.Layout(width="520px"),
            style={"bar_color": "#0072B2"},
        )
        self.status = ipywidgets.HTML(note_html(crawl_words(client)))
        self.errors = ErrorBox()
        self.start.on_click(guarded(self._start, self.errors))
        self.pause.on_click(guarded(self._pause, self.errors))
        self.resume.on_click(guarded(self._resume, self.errors))
        self.stop.on_click(guarded(self._stop, self.errors))
        super().__init__(
            [
                ipywidgets.HTML(
                    heading_html(f"Crawl {client.settings.crawl_url or client.settings.start_url}")
                ),
                self.max_pages,
                self.delay,
                self.render,
                self.render_note,
                staging,
                self.anew,
                ipywidgets.HBox([self.start, self.pause, self.resume, self.stop]),
                self.bar,
                self.status,
                self.errors,
                log,
            ]
        )
        self._show_log()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for the crawl to end; for scripts and tests. True if it has ended."""
        if self._thread is not None:
            self._thread.join(seconds)
        return self._thread is None or not self._thread.is_alive()

    def _start(self, button: Any = None) -> None:
        self._begin(anew=self.anew.value)

    def _resume(self, button: Any = None) -> None:
        self._begin(anew=False)

    def _begin(self, *, anew: bool) -> None:
        if self._thread is not None and self._thread.is_alive():
            return
        options: dict[str, Any] = {
            "max_pages": self.max_pages.value or None,
            "delay": self.delay.value,
            "render": self.render.value,
        }
        if anew:
            options["anew"] = True
        if self.user.value:
            options["basic_auth"] = (self.user.value, self.password.value)
        # What a widget holds would be saved with the notebook by those who save widget state.
        self.password.value = ""
        self._cancel.clear()
        self._pausing = False
        self.failure = None
        self._running(True)
        self.status.value = note_html("Starting: robots.txt, sitemap, start page …")
        self._thread = threading.Thread(target=self._work, args=(options,), name="linkkit-crawl", daemon=True)
        self._thread.start()

    def _pause(self, button: Any = None) -> None:
        self._pausing = True
        self.pause.disabled = True
        self.status.value = note_html("Pausing: answers on their way are still written …")
        self._cancel.set()

    def _stop(self, button: Any = None) -> None:
        running = self._thread is not None and self._thread.is_alive()
        self._pausing = False
        self.stop.disabled = self.pause.disabled = self.resume.disabled = True
        if not running:
            # Paused before: what there is stays as it is.
            self.status.value = note_html(crawl_words(self._client))
            return
        self.status.value = note_html("Stopping: answers on their way are still written …")
        self._cancel.set()

    def _work(self, options: dict[str, Any]) -> None:
        # A thread has no cell to print to: whatever happens must end up in the panel.
        try:
            self.site = self._client.crawl(progress=self._progress(), cancel=self._cancel, **options)
        except Exception as error:
            self.failure = error
            self.errors.tell(error)
            self.bar.bar_style = "danger"
        else:
            self.bar.bar_style = "success" if self.site.manifest.complete else "warning"
            self.bar.value = self.bar.max
        paused = self._pausing and self.failure is None and not (self.site and self.site.manifest.complete)
        self.status.value = note_html(("Paused. " if paused else "") + crawl_words(self._client))
        self._show_log()
        self._running(False)
        if paused:
            self.resume.disabled = self.stop.disabled = False

    def _progress(self) -> Callable[[CrawlProgress], None]:
        began = time.monotonic()

        def show(progress: CrawlProgress) -> None:
            self.bar.max = max(progress.pages + progress.queued, 1)
            self.bar.value = progress.pages
            if time.monotonic() - self._logged > _LOG_SECONDS:
                self._show_log()
            if progress.note and not progress.pages and not self._cancel.is_set():
                self.status.value = note_html(f"{progress.note}. Waiting for the first page …")
            # Before the first answer there is nothing to count: robots.txt and sitemaps are being read.
            if progress.pages and not self._cancel.is_set():
                self.status.value = note_html(
                    f"{count(progress.pages, 'URL')} done, {progress.queued:,} waiting, {count(progress.errors, 'error')}, "
                    + (f"{count(progress.left_out, 'link')} left out, " if progress.left_out else "")
                    + f"{progress.pages_per_second:.1f} pages a second, {time.monotonic() - began:.0f} s{_left(progress)}. "
                    "The notebook stays usable meanwhile."
                )

        return show

    def _show_log(self) -> None:
        self._logged = time.monotonic()
        said = crawl_log(self._client) or "No log yet."
        # Addresses in it come from the site.
        self.log_lines.value = f"<pre style='white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.35'>{html.escape(said)}</pre>"

    def _running(self, running: bool) -> None:
        self.start.disabled = running
        self.resume.disabled = True
        self.stop.disabled = self.pause.disabled = not running
        for control in (self.anew, self.max_pages, self.delay, self.render, self.user, self.password):
            control.disabled = running
        if running:
            self.bar.bar_style = ""
            self.bar.value = 0


def _left(progress: CrawlProgress) -> str:
    """How long what is waiting will take at this rate; the queue still grows, so it is the least."""
    if progress.pages_per_second <= 0 or not progress.queued:
        return ""
    minutes = progress.queued / progress.pages_per_second / 60
    return f", at least {minutes:.0f} more minutes" if minutes >= 2 else ""


def crawl_panel(client: Client) -> CrawlPanel | None:
    """The panel; in an unattended run only a sentence on how far the latest crawl is."""
    if not is_headless():
        return CrawlPanel(client)
    display(HTML(note_html(crawl_words(client))))
    return None
