"""Numbers and sources in words, the same in every chart, sentence and table."""

import math
import re
from collections.abc import Sequence
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


def in_hundreds(shares: Sequence[float]) -> list[str]:
    """Shares of a whole as units of a hundred that add up to what they add up to; ``< 1`` where something rounds to nothing.

    Examples
    --------
    >>> in_hundreds([0.1107, 0.7094, 0.1799]), in_hundreds([1 / 3] * 3), in_hundreds([0.998, 0.002])
    (['11', '71', '18'], ['34', '33', '33'], ['100', '< 1'])
    """
    units = [share * 100 for share in shares]
    whole = [math.floor(each + 1e-9) for each in units]
    missing = round(sum(units)) - sum(whole)
    by_rest = sorted(range(len(units)), key=lambda place: whole[place] - units[place])
    for place in by_rest[: max(missing, 0)]:
        whole[place] += 1
    return [
        "< 1" if number == 0 and share > 1e-12 else f"{number:,}"
        for number, share in zip(whole, shares, strict=True)
    ]


def units(share: float) -> str:
    """A share of all authority as units of a hundred, with one digit behind the point where it tells something.

    Examples
    --------
    >>> units(0.4567), units(0.0123), units(0.0001), units(0), units(1)
    ('45.7', '1.2', '< 0.1', '0', '100')
    """
    if 0 < share < 0.0005:
        return "< 0.1"
    return f"{share * 100:.1f}".removesuffix(".0")


def entry_words(audit: Audit) -> str:
    """What enters the site, for a title: authority that backlinks bring, or that enters at the start page."""
    if audit.authority.entry.basis == "start page":
        return "authority that enters at the start page"
    return "authority that backlinks bring"


def model_note(audit: Audit) -> str:
    """The model behind every number on authority, and where authority enters: for the foot of a chart."""
    entry = audit.authority.entry
    landing = int(((entry.shares + entry.lost) > 0).sum())
    if entry.basis == "start page":
        enters = "No backlinks are known: everything is taken to enter at the start page."
    else:
        enters = f"Enters by {entry.basis} ({count(landing, 'page')})."
    return f"{enters} {audit.graph.model.words()}; unconfirmed by Google."


def distinct(labels: Sequence[str]) -> list[str]:
    """The labels, with a number behind those that would read alike, so that each keeps a row of its own.

    Examples
    --------
    >>> distinct(["/a/", "/b/", "/a/"])
    ['/a/', '/b/', '/a/ (2)']
    """
    seen: dict[str, int] = {}
    made = []
    for label in labels:
        seen[label] = seen.get(label, 0) + 1
        made.append(label if seen[label] == 1 else f"{label} ({seen[label]})")
    return made


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
