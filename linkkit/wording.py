"""Numbers and addresses in words, the same in every sentence, chart and table."""

import math
import re
from collections.abc import Sequence
from urllib.parse import unquote, urlsplit

_PLURALS = re.compile(
    r"\b(?:pages|links|outlinks|clicks|steps|visits|visitors|targets|wordings|redirects|domains|hops|rows|reloads|lines|hits|"
    r"requests|hours)\b"
)
_ONE = {"pages that hang on the link": "page that hangs on the link"}
_JOINERS = "\u200c\u200d"
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


def every(number: float, noun: str) -> str:
    """All of so many: ``the only page``, ``all 1,204 pages``.

    Examples
    --------
    >>> every(1, "indexable page"), every(1204, "page")
    ('the only indexable page', 'all 1,204 pages')
    """
    return f"the only {noun}" if number == 1 else f"all {count(number, noun)}"


def quantity(value: float, unit: str) -> str:
    """A value with its unit, singular for 1; fractions with as many digits as they need, two at most.

    Examples
    --------
    >>> quantity(1, "linking pages"), quantity(3, "clicks"), quantity(0.015, "share"), quantity(2.5, "x")
    ('1 linking page', '3 clicks', '0.015 share', '2.5 x')
    """
    number = f"{value:,.0f}" if float(value).is_integer() else f"{value:,.3g}"
    return f"{number} {singular(unit) if value == 1 else unit}"


def singular(unit: str) -> str:
    """A unit for a value of 1.

    Examples
    --------
    >>> singular("linking pages"), singular("unique outlinks"), singular("status")
    ('linking page', 'unique outlink', 'status')
    """
    return _ONE.get(unit) or _PLURALS.sub(lambda found: found.group()[:-1], unit)


def capitalised(words: str) -> str:
    """Words as a sentence begins: the first letter large, the rest as it is.

    Examples
    --------
    >>> capitalised("no findings fixed, 2 on /Shop/"), capitalised("3 findings")
    ('No findings fixed, 2 on /Shop/', '3 findings')
    """
    return words[:1].upper() + words[1:]


def verb(number: float, singular: str) -> str:
    """The verb's form for that many: ``is`` or ``are``, ``leads`` or ``lead``."""
    if number == 1:
        return singular
    return _IRREGULAR.get(singular, singular.removesuffix("s"))


def percent(share: float, digits: int = 0) -> str:
    """A share (0-1) as percent with so many digits behind the point, never rounded to a false 0 or 100.

    Examples
    --------
    >>> percent(0.5), percent(0.001), percent(0.999), percent(0.043), percent(0)
    ('50 %', '< 1 %', '> 99 %', '4 %', '0 %')
    >>> percent(0.0543, 1), percent(0.0004, 1), percent(0.05, 1), percent(1, 2)
    ('5.4 %', '< 0.1 %', '5 %', '100 %')
    """
    least = 10 ** -(digits + 2)
    if 0 < share < least:
        return f"< {least * 100:.{digits}f} %"
    if 1 - least < share < 1:
        return f"> {(1 - least) * 100:.{digits}f} %"
    number = f"{share * 100:.{digits}f}"
    return f"{number.rstrip('0').rstrip('.') if digits else number} %"


def units(share: float) -> str:
    """A share of all authority as units of a hundred, with one digit behind the point unless it is a whole number.

    Examples
    --------
    >>> units(0.4567), units(0.25), units(0.2502), units(0.0001), units(0), units(1)
    ('45.7', '25', '25.0', '< 0.1', '0', '100')
    """
    if 0 < share < 0.0005:
        return "< 0.1"
    return f"{share * 100:.{unit_digits(share)}f}"


def unit_digits(share: float) -> int:
    """Digits behind the point of units of a hundred: what only rounds to a whole number stands in a row with others' tenths."""
    return 0 if math.isfinite(share) and abs(share * 100 - round(share * 100)) < 1e-6 else 1


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


def one_line(text: str) -> str:
    r"""Text on one line; what does not print or turns the direction of writing becomes a replacement sign.

    Joiners stay: Persian, Hindi and emoji are written with them.

    Examples
    --------
    >>> one_line("two\n lines"), one_line("\u202e\u05d3"), one_line("\u0645\u06cc\u200c\u0631\u0648\u0645") == "\u0645\u06cc\u200c\u0631\u0648\u0645"
    ('two lines', '\ufffd\u05d3', True)
    """
    return "".join(
        char if char.isprintable() or char in _JOINERS else "\ufffd" for char in " ".join(text.split())
    )


def readable(url: str) -> str:
    """An address as people write it, on one line.

    Examples
    --------
    >>> readable("https://shop.example/gr%C3%B6%C3%9Fe/?q=1")
    'https://shop.example/größe/?q=1'
    """
    return one_line(unquote(url))


def shorten(text: str, letters: int) -> str:
    """One line of at most so many characters, cut in the middle; what does not print becomes a replacement sign.

    Paths are shown as people write them.

    Examples
    --------
    >>> shorten("/b%C3%BCcher/", 30), shorten("an anchor of 100 %", 12)
    ('/bücher/', 'an anch…00 %')
    """
    text = unquote(text) if text.startswith("/") else text
    line = one_line(text)
    if len(line) <= letters:
        return line
    head = (letters - 1) * 2 // 3
    return f"{line[:head]}…{line[-(letters - 1 - head) :]}"


def fine(share: float) -> str:
    """A share as units of a hundred with two digits behind the point, for gains that are small.

    Examples
    --------
    >>> fine(0.1107), fine(0.00004), fine(0.0), fine(-0.002)
    ('11.07', '< 0.01', '0', '-0.20')
    """
    if share == 0:
        return "0"
    if abs(share) < 0.00005:
        return "< 0.01" if share > 0 else "> -0.01"
    return f"{share * 100:.2f}"


def signed(share: float) -> str:
    """A change of a share as units of a hundred, with its sign.

    Examples
    --------
    >>> signed(0.0049), signed(-0.002), signed(0.00001)
    ('+0.49', '-0.20', '< 0.01')
    """
    return f"+{fine(share)}" if share >= 0.00005 else fine(share)


def times(multiple: float) -> str:
    """How many times as much, with as many digits as tell something.

    Examples
    --------
    >>> times(1.0726), times(2.345), times(14.2)
    ('1.07', '2.3', '14')
    """
    return f"{multiple:.2f}" if multiple < 2 else f"{multiple:.1f}" if multiple < 10 else f"{multiple:,.0f}"
