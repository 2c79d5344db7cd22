"""What a page tells robots: meta robots and ``X-Robots-Tag``, including the forms that name one robot."""

import re
from collections.abc import Iterable

ROBOTS_NAMES = frozenset({"robots", "googlebot"})
"""Robots whose directives count: everybody's and Google's. Directives for other robots are not the search engine's."""

_VALUED = frozenset({"max-snippet", "max-image-preview", "max-video-preview", "unavailable_after"})
_PREFIX = re.compile(r"^\s*([a-z0-9_*-]+)\s*:\s*(.*)$", re.IGNORECASE | re.DOTALL)


def parse_directives(content: str) -> list[str]:
    """Directives of one list, lower case; ``none`` is spelled out.

    Examples
    --------
    >>> parse_directives("NoIndex , max-snippet:20")
    ['noindex', 'max-snippet:20']
    >>> parse_directives("none")
    ['noindex', 'nofollow']
    """
    found: list[str] = []
    for part in content.lower().split(","):
        word = " ".join(part.split())
        found.extend(("noindex", "nofollow") if word == "none" else (word,) if word else ())
    return found


def header_directives(values: Iterable[str]) -> list[str]:
    """Directives of ``X-Robots-Tag`` headers that hold for everybody or for Google.

    A robot's name holds until the next name in the same header: ``otherbot: noindex, googlebot: nofollow``.

    Examples
    --------
    >>> header_directives(["googlebot: nofollow, otherbot: noindex", "noarchive"])
    ['nofollow', 'noarchive']
    """
    found: list[str] = []
    for value in values:
        applies = True
        for part in value.split(","):
            match = _PREFIX.match(part)
            text = part
            if match and match[1].lower() not in _VALUED:
                applies = match[1].lower() in ROBOTS_NAMES or match[1] == "*"
                text = match[2]
            if applies:
                found.extend(parse_directives(text))
    return found


def unique(words: Iterable[str]) -> tuple[str, ...]:
    """The words in their order, each once."""
    return tuple(dict.fromkeys(words))
