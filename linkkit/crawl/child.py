"""The crawler process: this file, run in the crawl folder, with its job on the command line.

It calls ``advertools.crawl``, which starts Scrapy and ignores how that ended; here the exit status is kept.
"""

import json
import signal
import subprocess
import sys
from typing import Any

UNRUNNABLE = 64


def main(argv: list[str] | None = None) -> int:
    """Crawl; returns Scrapy's exit status.

    Parameters
    ----------
    argv : list of str, optional
        One argument, a JSON object: ``start_url``, ``part``, ``hosts`` and ``settings`` (Scrapy's).
    """
    arguments = sys.argv[1:] if argv is None else argv
    if len(arguments) != 1:
        sys.stderr.write("this file is started by linkkit.crawl.run_crawl\n")
        return UNRUNNABLE
    job: dict[str, Any] = json.loads(arguments[0])
    # A handler, not "ignore", which Scrapy would inherit: an interrupt is Scrapy's, this process waits for it.
    signal.signal(signal.SIGINT, lambda *_: None)
    import advertools  # noqa: PLC0415  (after the handler: importing takes a second)
    from advertools import spider  # noqa: PLC0415

    statuses: list[int] = []

    class Recorder:
        """Stands in for the subprocess module inside advertools' spider module."""

        @staticmethod
        def run(command: list[str]) -> None:
            statuses.append(subprocess.run(command, check=False).returncode)

    spider.subprocess = Recorder
    advertools.crawl(
        job["start_url"],
        job["part"],
        follow_links=False,
        allowed_domains=job["hosts"],
        custom_settings=job["settings"],
    )
    return next((status for status in statuses if status), 0) if statuses else UNRUNNABLE


if __name__ == "__main__":
    sys.exit(main())
