"""Scrapy's command line, as the crawler process runs it: this file, by its path, with Scrapy's arguments.

The crawler needs a few modules of linkkit and none of what ``import linkkit`` brings along: tables, graphs, charts,
seconds of start-up and a hundred megabytes. So its packages are made known here without running their ``__init__``.
"""

import sys
from pathlib import Path
from types import ModuleType


def main() -> None:
    """Run Scrapy."""
    crawl = Path(__file__).resolve().parent
    for name, folder in (("linkkit", crawl.parent), ("linkkit.crawl", crawl)):
        package = ModuleType(name)
        package.__path__ = [str(folder)]
        sys.modules[name] = package
    from scrapy.cmdline import execute  # noqa: PLC0415  (must come after the packages)

    execute()


if __name__ == "__main__":
    main()
