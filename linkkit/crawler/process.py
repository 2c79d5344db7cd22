"""Starting, watching and ending the crawler: a Scrapy process.

It runs `linkkit.crawler.spider`, advertools' spider with a faster reader, or advertools' own through ``advertools.crawl``. advertools runs Scrapy through its module's ``subprocess.run``: a bare ``scrapy`` from the PATH, in the caller's folder,
terminal and process group, its exit status ignored. While linkkit crawls, that one call, made in linkkit's thread, is
answered by `CrawlerProcess` instead; everybody else's goes to `subprocess` as before.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from linkkit.crawler import control
from linkkit.crawler.files import CrawlFiles
from linkkit.crawler.options import CrawlOptions, scrapy_settings
from linkkit.errors import CrawlError

GRACE_SECONDS = 16.0
"""How long the crawler may take to end after it was asked to; more than it gives its own requests."""

_SCRAPY = str(Path(__file__).with_name("scrapy_main.py").resolve())
_SPIDER = str(Path(__file__).with_name("spiders").resolve() / "linkkit_spider.py")


def run_crawler(
    files: CrawlFiles,
    options: CrawlOptions,
    part: str,
    follow: Callable[["CrawlerProcess"], int],
    *,
    renders: bool = False,
) -> int:
    """Crawl; returns Scrapy's exit status.

    Parameters
    ----------
    files : CrawlFiles
        The crawl's folder; the plan is written already.
    options : CrawlOptions
        The crawl's options; `engine` says whose spider runs.
    part : str
        Name of the part file to write.
    follow : callable
        Waits for the process and returns its exit status. Whatever it raises, the process is ended.
    renders : bool
        Whether pages are rendered, or it is to be decided whether they are.

    Raises
    ------
    CrawlError
        If the process cannot be started.
    """
    # Paths are relative to the process' working folder: Scrapy reads "%" and ":" in them in its own way.
    settings = scrapy_settings(options, ".", files.log.name, renders=renders)
    statuses: list[int] = []

    def launch(command: list[str]) -> None:
        try:
            process = CrawlerProcess(files, options, command)
        except OSError as error:
            raise CrawlError(f"the crawler could not be started: {error}") from error
        try:
            statuses.append(follow(process))
        except BaseException:
            process.end()
            raise
        finally:
            process.kill()

    if options.engine == "advertools":
        _launch_advertools(options, part, settings, launch)
    else:
        given = (
            f"{name}={json.dumps(value) if isinstance(value, dict | list) else value}"
            for name, value in settings.items()
        )
        hosts = f"allowed_domains={','.join(options.scope.hosts)}"
        launch(
            ["scrapy", "runspider", _SPIDER, "-a", hosts, "-o", part]
            + [word for each in given for word in ("-s", each)]
        )
    if not statuses:
        raise CrawlError("advertools.crawl did not start Scrapy: this version of advertools is not supported")
    return statuses[0]


def _launch_advertools(
    options: CrawlOptions, part: str, settings: dict[str, Any], launch: Callable[[list[str]], None]
) -> None:
    from advertools import spider  # noqa: PLC0415  (takes seconds to import, and only this needs it)

    if not isinstance(spider.subprocess, _Subprocess):
        spider.subprocess = _Subprocess()
    with spider.subprocess.replaced_by(launch):
        spider.crawl(
            # Never requested: the plan says what is. Commas would split it.
            options.scope.start_url.split("?", 1)[0].replace(",", "%2C"),
            part,
            follow_links=False,
            allowed_domains=list(options.scope.hosts),
            custom_settings=settings,
        )


class CrawlerProcess:
    """A Scrapy process in a session of its own: Ctrl-C in the terminal reaches the caller only.

    Parameters
    ----------
    files : CrawlFiles
        The crawl's folder, in which the process works.
    options : CrawlOptions
        For the secrets, which it gets by environment.
    command : list of str
        ``scrapy runspider ...``, as advertools would run it.
    """

    def __init__(self, files: CrawlFiles, options: CrawlOptions, command: list[str]) -> None:
        with files.output.open("ab") as output:
            self._process = subprocess.Popen(
                # Not the "scrapy" of the PATH, which a notebook kernel in an inactive environment does not have.
                [sys.executable, "-P", _SCRAPY, *command[1:]],
                cwd=files.folder,
                env=_environment(options),
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                **_own_group(),
            )

    def wait(self, seconds: float) -> int | None:
        """The exit status, None if the process is still running after so many seconds."""
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def ask_to_stop(self) -> None:
        """Ask for a graceful end."""
        if self._process.stdin is not None:
            with suppress(OSError, ValueError):
                self._process.stdin.write(control.STOP)
                self._process.stdin.flush()

    def end(self) -> None:
        """Ask for a graceful end, wait for it, and make sure of it; a second Ctrl-C skips the wait."""
        try:
            self.ask_to_stop()
            deadline = time.monotonic() + GRACE_SECONDS
            while self.wait(0.2) is None and time.monotonic() < deadline:
                pass
        finally:
            self.kill()

    def kill(self) -> None:
        """Leave nothing of it behind."""
        if self._process.stdin is not None:
            with suppress(OSError):
                self._process.stdin.close()
        if sys.platform == "win32":
            self._process.kill()
        else:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


class _Subprocess:
    """Stands in for the subprocess module inside advertools' spider module."""

    def __init__(self) -> None:
        self._here = threading.local()

    def __getattr__(self, name: str) -> Any:
        return getattr(subprocess, name)

    def run(self, command: list[str], **options: Any) -> Any:
        launch: Callable[[list[str]], None] | None = getattr(self._here, "launch", None)
        return subprocess.run(command, **options) if launch is None else launch(command)  # noqa: PLW1510

    def replaced_by(self, launch: Callable[[list[str]], None]) -> "_Replaced":
        return _Replaced(self._here, launch)


class _Replaced:
    """Answers the calls of one thread for the length of a with block."""

    def __init__(self, here: threading.local, launch: Callable[[list[str]], None]) -> None:
        self._here = here
        self._launch = launch

    def __enter__(self) -> None:
        self._here.launch = self._launch

    def __exit__(self, *_: object) -> None:
        del self._here.launch


def _own_group() -> dict[str, Any]:
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def _environment(options: CrawlOptions) -> dict[str, str]:
    """Environment of the crawler: this process' own, and the secrets."""
    # A Scrapy project of the caller's is none of ours.
    ignored = {"SCRAPY_SETTINGS_MODULE", "SCRAPY_PROJECT"}
    environment = {name: value for name, value in os.environ.items() if name not in ignored}
    environment["PYTHONUTF8"] = "1"
    environment[control.VARIABLE] = "1"
    return environment | options.secrets.to_environment()
