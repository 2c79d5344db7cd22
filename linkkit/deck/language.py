"""Texts, numbers and dates of exports in the client's language.

Every text of an export is looked up by its English words; ``locales/<code>.po`` holds the other languages. Values go in by
name, never by joining pieces of sentences: word order and endings differ between languages. `linkkit.deck.catalog` collects
the English texts, and ``make translations`` brings the files up to date.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from linkkit.errors import SettingsError
from linkkit.sentence import filled
from linkkit.wording import unit_digits

LOCALES = Path(__file__).parent / "locales"
SPACE = "\N{NO-BREAK SPACE}"
"""Between a number and its sign, so that no line breaks there."""
UNKNOWN = "\N{EN DASH}"
"""In place of a number that is not known."""


@dataclass(frozen=True)
class Language:
    """A language of exports; made by `language`.

    Attributes
    ----------
    code : str
        Such as ``en`` or ``de``.
    """

    code: str

    def text(self, message: str, **values: object) -> str:
        """The message in this language, with ``{name}`` replaced by each value.

        Values stand there as they are: braces and percent signs of a crawled title mean nothing. Numbers are to be given as
        `number` or `percent` write them.

        Raises
        ------
        KeyError
            If the message names a value that is not given.

        Examples
        --------
        >>> language("en").text("{pages} of {all} pages", pages="3", all="1,204")
        '3 of 1,204 pages'
        """
        known = _messages(self.code).get(message, message)
        return filled(known, values) if values else known

    def plural(self, one: str, many: str, number: float, **values: object) -> str:
        """The form for that many, ``{number}`` and the values filled in; zero and fractions take the form of many.

        Examples
        --------
        >>> language("en").plural("{number} page", "{number} pages", 1204)
        '1,204 pages'
        """
        index = 0 if number == 1 else 1
        forms = _plurals(self.code).get((one, many), (one, many))
        return filled(forms[index], {"number": self.number(number), **values})

    def number(self, value: float, digits: int = 0) -> str:
        """A number with the language's separators, rounded to so many digits behind the point; `UNKNOWN` for NaN."""
        if not math.isfinite(value):
            return UNKNOWN if math.isnan(value) else f"{'-' if value < 0 else ''}\N{INFINITY}"
        # Adding 0 takes the sign from what rounds to nothing.
        return self._spelt(f"{round(value, digits) + 0:,.{digits}f}")

    def decimal(self, value: float) -> str:
        """A number with as many digits as it needs, three that tell something at most: ``3``, ``0.015``, ``2.5``.

        Examples
        --------
        >>> language("de").decimal(0.015), language("de").decimal(1204.0)
        ('0,015', '1.204')
        """
        if not math.isfinite(value) or float(value).is_integer() or abs(value) >= 100:
            return self.number(value)
        digits = max(2 - math.floor(math.log10(abs(value))), 0)
        return self._spelt(f"{value:.{digits}f}".rstrip("0").rstrip("."))

    def percent(self, share: float, digits: int = 0) -> str:
        r"""A share (0-1) as percent, never rounded to a false 0 or 100; `UNKNOWN` for NaN.

        Examples
        --------
        >>> language("en").percent(0.0427, 1), language("en").percent(0.0002), language("en").percent(0.999)
        ('4.3\xa0%', '<\xa01\xa0%', '>\xa099\xa0%')
        """
        least = 10.0 ** -(digits + 2)
        if 0 < share < least:
            return f"<{SPACE}{self._per_cent(least, digits)}"
        if 1 - least < share < 1:
            return f">{SPACE}{self._per_cent(1 - least, digits)}"
        return self._per_cent(share, digits)

    def units(self, share: float) -> str:
        r"""A share of all authority as units of a hundred, as `linkkit.wording.units`; `UNKNOWN` for NaN.

        Examples
        --------
        >>> language("de").units(0.4567), language("de").units(0.0001), language("de").units(1)
        ('45,7', '<\xa00,1', '100')
        """
        if 0 < share < 0.0005:
            return f"<{SPACE}{self.number(0.1, 1)}"
        return self.number(share * 100, unit_digits(share))

    def span(self, low: str, high: str) -> str:
        """From one number to another, each as `number` or `percent` writes it; one alone where they are the same."""
        return low if low == high else f"{low}\N{EN DASH}{high}"

    def listed(self, items: Sequence[str]) -> str:
        """Items in a row, with the language's word before the last.

        Examples
        --------
        >>> language("de").listed(["A", "B", "C"])
        'A, B und C'
        """
        return str(format_list(list(items), locale=self._locale)) if items else ""

    def quoted(self, text: str) -> str:
        """Text in the language's quotation marks.

        Examples
        --------
        >>> language("de").quoted("mehr")
        '„mehr“'
        """
        return f"{self._quotes[0]}{text}{self._quotes[1]}"

    def date(self, day: date) -> str:
        """A day, written out; in English as notebooks write it, day first."""
        form = "d MMMM y" if self.code == "en" else "long"
        return str(format_date(day, format=form, locale=self._locale))

    def localised(self, number: str) -> str:
        """A number in English writing (``1,204.5``, ``12.3%``, ``< 1 %``) as the language writes it."""
        bare = number.removesuffix("%").rstrip()
        spelt = self._spelt(bare.replace(" ", SPACE))
        return spelt if bare == number else self._percent_sign(spelt)

    def _per_cent(self, share: float, digits: int) -> str:
        return self._percent_sign(self.number(share * 100, digits)) if not math.isnan(share) else UNKNOWN

    def _percent_sign(self, number: str) -> str:
        return f"{number}{SPACE}%"

    def _spelt(self, english: str) -> str:
        """Digits in English writing with the separators of the language: a table of signs, since cells come by the million."""
        return english.translate(_separators(self.code))

    @property
    def _locale(self) -> Locale:
        return _locale_of(self.code)

    @property
    def _quotes(self) -> tuple[str, str]:
        return ("„", "“") if self.code == "de" else ("“", "”")


def languages() -> tuple[str, ...]:
    """Codes of the languages that exports can be written in; English first."""
    return ("en", *sorted(path.stem for path in LOCALES.glob("*.po")))


def language(code: str) -> Language:
    """The language of that code.

    Raises
    ------
    SettingsError
        If exports cannot be written in it.
    """
    if code not in languages():
        raise SettingsError(f"language = {code!r}: exports are written in {', '.join(languages())}")
    return Language(code)


@cache
def _locale_of(code: str) -> Locale:
    return Locale.parse(code)


@cache
def _separators(code: str) -> dict[int, str]:
    """Sign of English numbers -> sign of the language; groups of three digits, as in all languages of exports."""
    signs = _locale_of(code).number_symbols["latn"]
    return str.maketrans({",": signs["group"], ".": signs["decimal"]})


@cache
def _messages(code: str) -> Mapping[str, str]:
    """English message -> message, those that have one in the language; none of them fuzzy."""
    return {
        str(each.id): str(each.string)
        for each in _catalog(code)
        if each.id and each.string and not each.pluralizable and not each.fuzzy
    }


@cache
def _plurals(code: str) -> Mapping[tuple[str, str], tuple[str, str]]:
    """English forms -> forms for one and for many, where the language has both."""
    found = {}
    for each in _catalog(code):
        forms = tuple(each.string or ())
        if each.pluralizable and not each.fuzzy and len(forms) == 2 and all(forms):
            found[each.id[0], each.id[1]] = (forms[0], forms[1])
    return found


@cache
def _catalog(code: str) -> tuple[Message, ...]:
    path = LOCALES / f"{code}.po"
    if not path.is_file():
        return ()
    with path.open("rb") as file:
        return tuple(each for each in read_po(file, locale=code) if each.id)
