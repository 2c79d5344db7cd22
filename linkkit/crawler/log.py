"""What the crawler's log says of single pages."""

from typing import Any

from scrapy.logformatter import LogFormatter


class FaultsOnly(LogFormatter):
    """Scrapy's messages without those for each page that went well, which are made up before they are thrown away."""

    def crawled(self, *_: Any) -> None:  # type: ignore[override]
        """Nothing."""

    def scraped(self, *_: Any) -> None:  # type: ignore[override]
        """Nothing."""
