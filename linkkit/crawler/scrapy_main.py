"""Scrapy's command line, as the crawler process runs it: this file, by its path, with Scrapy's arguments."""

import sys
from pathlib import Path

if __name__ == "__main__":
    # Instead of this folder, whose modules are none of the top level.
    sys.path[0] = str(Path(__file__).resolve().parents[2])
    from scrapy.cmdline import execute

    execute()
