"""Writing the crawl file: every row reaches the operating system as one write, before the next page is handled."""

from pathlib import Path
from typing import Any

from scrapy.exporters import JsonLinesItemExporter

failure: list[str] = []
"""What went wrong when writing, at most one message; Scrapy itself only logs it and crawls on."""


class LineFile:
    """A file that writes through, and writes nothing more once a write failed: no row follows half a row."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab", buffering=0)

    def write(self, data: bytes) -> int:
        """Write all of `data`."""
        if failure:
            raise OSError(failure[0])
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[self._file.write(rest) or 0 :]
        except OSError as error:
            failure.append(f"{error.strerror or error} ({self._file.name})")
            raise
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class LineStorage:
    """Scrapy feed storage (setting FEED_STORAGES) for a file in the working folder."""

    def __init__(self, uri: str, *, feed_options: dict[str, Any] | None = None) -> None:
        self._path = Path(uri)

    def open(self, spider: Any) -> LineFile:
        """Open the part file for appending."""
        return LineFile(self._path)

    def store(self, file: LineFile) -> None:
        """Close it; the rows are there already."""
        file.close()


class LineExporter(JsonLinesItemExporter):
    """Scrapy feed exporter (setting FEED_EXPORTERS) of plain dictionaries: written whole, whatever the settings say of fields."""

    def export_item(self, item: dict[str, Any]) -> None:
        """Write one row."""
        self.file.write(self.encoder.encode(item).encode(self.encoding or "ascii") + b"\n")
