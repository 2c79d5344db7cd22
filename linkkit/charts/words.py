"""Numbers and sources in words, the same in every chart, sentence and table."""

import re
from datetime import datetime
from urllib.parse import unquote, urlsplit

from linkkit.audit import Audit
from linkkit.urls import host

_PLURALS = re.compile(r"\b(?:pages|links|clicks|targets|redirects|domains|hops)\b")
_IRREGULAR = {"is": "are", "has": "have", "does": "do", "lies": "lie"}


def count(number: float, noun: str, plural: str | None = None) -> str:
    """A number with its noun: ``1 page``, ``1,204 pages``, ``no pages``.

    Examples
    --------
    >>> count(1, "page"), count(1204, "page"), count(0, "page")
    ('1 page', '1,204 pages', 'no pages')
    """
    many = plural or f"{noun}s"
    if number == 0:
        return f"no {many}"
    return f"{number:,.0f} {noun if number == 1 else many}"


def quantity(value: float, unit: str) -> str:
    """A value with its unit, singular for 1; fractions with as many digits as they need, two at most.

    Examples
    --------
    >>> quantity(1, "linking pages"), quantity(3, "clicks"), quantity(0.015, "share"), quantity(2.5, "x")
    ('1 linking page', '3 clicks', '0.015 share', '2.5 x')
    """
    number = f"{value:,.0f}" if float(value).is_integer() else f"{value:,.3g}"
    return f"{number} {_PLURALS.sub(_singular, unit) if value == 1 else unit}"


def _singular(match: re.Match[str]) -> str:
    return match.group()[:-1]


def verb(number: float, singular: str) -> str:
    """The verb's form for that many: ``is`` or ``are``, ``leads`` or ``lead``."""
    if number == 1:
        return singular
    return _IRREGULAR.get(singular, singular.removesuffix("s"))


def percent(share: float) -> str:
    """A share (0-1) as percent, never rounded to a false 0 or 100.

    Examples
    --------
    >>> percent(0.5), percent(0.001), percent(0.999), percent(0.043), percent(0)
    ('50 %', '< 1 %', '> 99 %', '4 %', '0 %')
    """
    if 0 < share < 0.01:
        return "< 1 %"
    if 0.99 < share < 1:
        return "> 99 %"
    return f"{share * 100:.0f} %"


def incomplete_words(audit: Audit) -> str:
    """Why the crawl is incomplete, and what to do about it."""
    why = audit.manifest.stopped_by or "for an unknown reason"
    do = next(advice for part, advice in _ADVICE.items() if part in why)
    return f"the crawl is incomplete ({why}). {do}"


# Part of the reason a crawl is incomplete -> what to do; the first that holds.
_ADVICE = {
    "JavaScript": "Crawl the site with a tool that renders JavaScript, such as Screaming Frog, and import its exports in notebook 01.",
    "frameset": "Crawl from the frame that holds the menu: give its address as the start page.",
    "neither links nor scripts": "Is it a holding page or a log-in? Give the page that holds the menu as the start page.",
    "holds no links": "Export all_inlinks as well, and read both files together in notebook 01.",
    "have no row": "Let the tool crawl the whole site, or crawl it in notebook 01. If they were left out on purpose, say so when you import it.",
    "include and exclude": "Loosen include and exclude in client.toml, and crawl again.",
    "limit": "Crawl on without the limit in notebook 01: it goes on where it stopped.",
    "interrupted": "Start the crawl again in notebook 01: it goes on where it stopped.",
    "killed": "Start the crawl again in notebook 01: it goes on where it stopped.",
    "": "Crawl the rest of the site in notebook 01.",
}


def source_note(audit: Audit) -> str:
    """Where the numbers come from: host, tool, date, and whether the crawl is complete."""
    manifest = audit.manifest
    try:
        date = datetime.fromisoformat(manifest.collected or manifest.written)
        when = f", {date.day} {date:%B %Y}"
    except ValueError:
        when = ""
    state = "complete" if manifest.complete else f"INCOMPLETE ({manifest.stopped_by})"
    return f"Source: {manifest.tool} crawl of {host(manifest.start_url)}{when}, {state}."


def short_url(url: str, letters: int = 60) -> str:
    """Path of a URL as people read it, shortened in the middle; control and direction characters made visible.

    Examples
    --------
    >>> short_url("https://shop.example/tents/corrie%2D1/"), short_url("https://shop.example/")
    ('/tents/corrie-1/', '/')
    """
    parts = urlsplit(url)
    path = unquote(parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return shorten(path, letters)


def shorten(text: str, letters: int) -> str:
    """One line of at most so many characters, cut in the middle; what does not print becomes a replacement sign."""
    line = "".join(char if char.isprintable() else "\ufffd" for char in " ".join(text.split()))
    if len(line) <= letters:
        return line
    head = (letters - 1) * 2 // 3
    return f"{line[:head]}…{line[-(letters - 1 - head) :]}"
