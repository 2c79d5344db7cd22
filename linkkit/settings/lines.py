"""Where in a ``client.toml`` a setting stands, so that a fault can name its line."""

import re
from collections.abc import Iterator

HEADER = re.compile(r"^\s*\[\[?\s*(.+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""^\s*("[^"]*"|'[^']*'|[\w-]+)\s*=""")


def tables(text: str) -> Iterator[tuple[int, str, str]]:
    """Lines of a TOML text from 1 on: (number, table that the line lies in, line). A list over lines is not told apart."""
    table = ""
    for number, line in enumerate(text.splitlines(), start=1):
        header = HEADER.match(line)
        if header and not line.rstrip().endswith(","):
            table = header[1].replace("'", '"').replace(" ", "")
        yield number, table, line


def line_of(text: str, table: str, key: str = "") -> int | None:
    """Number of the first line on which a key of a table, or the table's header, stands; None where none is found."""
    for number, inside, line in tables(text):
        if inside != table.replace(" ", ""):
            continue
        found = _KEY.match(line)
        if not key or (found and found[1].strip("\"'") == key):
            return number
    return None


def at_line(text: str, table: str, key: str, fault: str) -> str:
    """A fault with its line, where that is found."""
    number = line_of(text, table, key)
    return fault if number is None else f"line {number}: {fault}"
