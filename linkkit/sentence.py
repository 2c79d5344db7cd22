"""Sentences in English that know what they were made of, so that an export can say them in another language.

A `Sentence` is an ordinary text. Beside it stands the message it was made from, with ``{names}``, and what fills them:
`linkkit.deck.saying` looks the message up in the catalog of a language and fills in the same values, written the way of that
language. Nothing is taken apart again, and what computes needs to know of no language.
"""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Literal, Self

Kind = Literal["evidence", "fix", "stopped"]
Message = str | tuple[str, str]

_NAME = re.compile(r"\{(\w+)\}")
_NOTHING: Mapping[str, str] = MappingProxyType({})


class Sentence(str):
    """A text in English and what it was made of; made by `sentence`, `plural` and `joined`.

    Attributes
    ----------
    message : str or (str, str)
        With ``{names}`` for its values; or its forms for one and for many of ``{number}``. Empty where it is joined of others.
    values : mapping of str to str
        What fills the names: sentences, figures and notes in their turn, or texts of the site as they stand.
    parts : tuple of str
        What it is joined of.
    between : str
        What stands between the parts.
    is_capital : bool
        Whether it begins with a capital letter whatever it begins with.
    """

    __slots__ = ("between", "is_capital", "message", "parts", "values")

    message: Message
    values: Mapping[str, str]
    parts: tuple[str, ...]
    between: str
    is_capital: bool

    def __new__(
        cls,
        text: str,
        message: Message = "",
        values: Mapping[str, str] = _NOTHING,
        parts: tuple[str, ...] = (),
        between: str = "",
        *,
        is_capital: bool = False,
    ) -> Self:
        """As `sentence` and its like make it."""
        made = super().__new__(cls, text[:1].upper() + text[1:] if is_capital else text)
        made.message, made.values, made.parts, made.between, made.is_capital = (
            message,
            values,
            parts,
            between,
            is_capital,
        )
        return made

    @property
    def number(self) -> float:
        """Of how many it speaks, where it has forms for one and for many."""
        return float(self.values["number"].replace(",", ""))


class Figure(str):
    """A number in English writing, such as ``1,204``, ``2.5`` or ``< 1 %``."""

    __slots__ = ()


class Note(str):
    """What the audit noted in English of its own: it is said in another language by the forms of its kind.

    Attributes
    ----------
    kind : {"evidence", "fix", "stopped"}
        What a check saw, what it advises, or why a crawl stopped.
    check : str
        Id of the check whose words they are.
    """

    __slots__ = ("check", "kind")

    kind: Kind
    check: str

    def __new__(cls, text: str, kind: Kind = "evidence", check: str = "") -> Self:
        """A note of that kind."""
        made = super().__new__(cls, text)
        made.kind, made.check = kind, check
        return made


def sentence(message: str, **values: object) -> Sentence:
    """The message with ``{name}`` replaced by each value; whole numbers with separators, everything else as it stands.

    The message has to stand there as a literal: `linkkit.deck.catalog` collects it for translation from the source.

    Raises
    ------
    KeyError
        If the message names a value that is not given.

    Examples
    --------
    >>> made = sentence("Redirect {page}, one of {all}", page="/a/", all=1204)
    >>> made, made.values["all"]
    ('Redirect /a/, one of 1,204', '1,204')
    """
    kept = {name: _written(value) for name, value in values.items()}
    return Sentence(filled(message, kept), message, kept)


def plural(one: str, many: str, number: int, **values: object) -> Sentence:
    """The form for that many, with ``{number}`` and the values filled in.

    Examples
    --------
    >>> plural("{number} page", "{number} pages", 1), plural("{number} page", "{number} pages", 1204)
    ('1 page', '1,204 pages')
    """
    kept = {"number": Figure(f"{number:,}"), **{name: _written(value) for name, value in values.items()}}
    return Sentence(filled(one if number == 1 else many, kept), (one, many), kept)


def joined(parts: Iterable[str], between: str = "; ") -> Sentence:
    """Sentences one after the other; those that are empty are left out.

    Examples
    --------
    >>> joined([sentence("one"), "", sentence("two")])
    'one; two'
    """
    kept = tuple(part for part in parts if part)
    return Sentence(between.join(kept), parts=kept, between=between)


def capital(text: str) -> Sentence:
    """The same text with a capital letter at its beginning.

    Examples
    --------
    >>> capital(sentence("the menu links to {page}", page="/a/"))
    'The menu links to /a/'
    """
    if isinstance(text, Sentence):
        return Sentence(text, text.message, text.values, text.parts, text.between, is_capital=True)
    return Sentence(text, parts=(text,), is_capital=True)


def _written(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise TypeError(f"{value!r}: a text, a whole number or a Figure is expected")
    return Figure(f"{value:,}") if isinstance(value, int) else value


def filled(message: str, values: Mapping[str, object]) -> str:
    """The message with each ``{name}`` replaced; what a value holds is never looked at again.

    Raises
    ------
    KeyError
        If the message names a value that is not given.
    """
    return _NAME.sub(lambda found: str(values[found[1]]), message)
