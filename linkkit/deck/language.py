"""Texts, numbers and dates of exports in the client's language.

Every text of an export is looked up by its English words; ``locales/<code>.po`` holds the other languages. Values go in by
name, never by joining pieces of sentences: word order and endings differ between languages.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from babel import Locale
from babel.dates import format_date
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

from linkkit.errors import SettingsError

LOCALES = Path(__file__).parent / "locales"


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

        Examples
        --------
        >>> language("en").text("{pages} of {all} pages", pages="3", all="1,204")
        '3 of 1,204 pages'
        """
        return _filled(self._found(message), values)

    def plural(self, one: str, many: str, number: int, **values: object) -> str:
        """The form for that many, ``{number}`` and the values filled in; zero takes the form of many.

        Examples
        --------
        >>> language("en").plural("{number} page", "{number} pages", 1204)
        '1,204 pages'
        """
        catalog = _catalog(self.code)
        found = catalog.get((one, many)) if catalog is not None else None
        forms = tuple(found.string or ()) if found is not None and not found.fuzzy else ()
        index = 0 if number == 1 else 1
        form = forms[index] if len(forms) > index and forms[index] else (one, many)[index]
        return _filled(form, {"number": self.number(number), **values})

    def number(self, value: float, digits: int = 0) -> str:
        """A number with the language's separators, rounded to so many digits behind the point."""
        return format_decimal(
            round(value, digits), format="#,##0." + "0" * digits if digits else "#,##0", locale=self._locale
        )

    def percent(self, share: float) -> str:
        """A share (0-1) as percent, never rounded to a false 0 or 100."""
        if 0 < share < 0.01:
            return f"< {format_percent(0.01, locale=self._locale)}"
        if 0.99 < share < 1:
            return f"> {format_percent(0.99, locale=self._locale)}"
        return format_percent(share, format="#,##0 %", locale=self._locale)

    def date(self, day: date) -> str:
        """A day, written out."""
        return format_date(day, format="long", locale=self._locale)

    @property
    def _locale(self) -> Locale:
        return Locale.parse(self.code)

    def _found(self, message: str) -> str:
        catalog = _catalog(self.code)
        found = catalog.get(message) if catalog is not None else None
        return str(found.string) if found is not None and found.string and not found.fuzzy else message


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
def _catalog(code: str) -> Catalog | None:
    if code == "en":
        return None
    with (LOCALES / f"{code}.po").open("rb") as file:
        return read_po(file, locale=code)


def _filled(message: str, values: dict[str, object]) -> str:
    """The message with each ``{name}`` replaced; what a value holds is never looked at again."""
    return message.format(**values) if values else message
