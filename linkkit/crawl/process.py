"""Starting, watching and ending the crawler process."""

import json
import os
import signal
import subprocess
import sys
import sysconfig
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from linkkit.crawl import control
from linkkit.crawl.files import CrawlFiles
from linkkit.crawl.options import CrawlOptions, scrapy_settings

GRACE_SECONDS = 16.0
"""How long the crawler may take to end after it was asked to; more than it gives its own requests."""

# Run as a file: it needs advertools only, and not the seconds that importing the rest takes.
_CHILD = str(Path(__file__).with_name("child.py"))
_PACKAGE_PARENT = str(Path(__file__).resolve().parents[2])


class CrawlerProcess:
    """A crawler process in a session of its own: Ctrl-C in the terminal reaches the caller only.

    Parameters
    ----------
    files : CrawlFiles
        The crawl's folder; the plan is written already.
    options : CrawlOptions
        The crawl's options.
    part : str
        Name of the part file to write.
    """

    def __init__(self, files: CrawlFiles, options: CrawlOptions, part: str) -> None:
        job = {
            "start_url": options.scope.start_url.split("?", 1)[0].replace(",", "%2C"),
            "part": part,
            "hosts": list(options.scope.hosts),
            # Paths are relative to the process' working folder: Scrapy reads "%" and ":" in them in its own way.
            "settings": scrapy_settings(options, ".", files.log.name),
        }
        with files.output.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-P", _CHILD, json.dumps(job)],
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
            # The crawler ends by itself when this closes: the only way that reaches it on Windows.
            with suppress(OSError):
                self._process.stdin.close()
        if hasattr(os, "killpg"):
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        else:
            self._process.kill()
        self._process.wait()


def _own_group() -> dict[str, Any]:
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def _environment(options: CrawlOptions) -> dict[str, str]:
    """Environment of the crawler: this process' own, the secrets, the way to `scrapy` and to this package."""
    ignored = {"SCRAPY_SETTINGS_MODULE", "SCRAPY_PROJECT"}
    environment = {name: value for name, value in os.environ.items() if name not in ignored}
    # advertools starts a bare "scrapy", which is not on the PATH of a notebook kernel in an inactive environment.
    scripts = [os.path.dirname(sys.executable), sysconfig.get_path("scripts") or ""]
    environment["PATH"] = os.pathsep.join(filter(None, [*scripts, environment.get("PATH", "")]))
    environment["PYTHONPATH"] = os.pathsep.join(
        filter(None, [_PACKAGE_PARENT, environment.get("PYTHONPATH", "")])
    )
    environment["PYTHONUTF8"] = "1"
    environment[control.VARIABLE] = "1"
    return environment | options.secrets.to_environment()
