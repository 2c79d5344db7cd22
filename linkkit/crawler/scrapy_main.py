"""Scrapy's command line, as the crawler process runs it: this file, by its path, with Scrapy's arguments."""

import sys
from pathlib import Path

if __name__ == "__main__":
    root = str(Path(__file__).resolve().parents[2])
    # A checkout that is not installed.
    if root not in sys.path:
        sys.path.append(root)
    from scrapy.cmdline import execute

    execute()
