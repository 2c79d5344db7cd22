"""Words of a text in any script: tokens, their normal form, and the numbers they go by.

Scripts written without spaces (Han, kana, Thai, Lao, Khmer, Burmese) and Hangul, whose particles hang on the word, give
one token a character; every other script one token a word, a number such as 30.5 one too. Punctuation and signs that end a
phrase are tokens of their own, so that a phrase is only found where the text holds it whole.
"""

import re
import sys
import unicodedata
from array import array
from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache
from itertools import groupby

import numpy as np
import numpy.typing as npt
import Stemmer

from linkkit.marks import LINK_END, LINK_START

Ints = npt.NDArray[np.int32]

UNKNOWN, STOP, LINK_OPENS, LINK_CLOSES = -1, -2, -3, -4
"""Numbers of a word that no page of the site uses, of a line break, and of the marks around a link's text."""

_MAX_WORD, _MAX_PIECE = 80, 40
_CHARACTERS = (
    "\u0e01-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3041-\u30ff\u3105-\u312f\u3131-\u318e"
    "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff66-\uff9f"
    "\U0001b000-\U0001b16f\U00020000-\U0003ffff"
)


def _marks() -> str:
    """Combining marks, joiners and the soft hyphen, as a character class: they belong to the word they stand in."""
    codes = [code for code in range(0x10000) if unicodedata.category(chr(code))[0] == "M"]
    runs = groupby(enumerate(codes), key=lambda pair: pair[1] - pair[0])
    spans = ([code for _, code in run] for _, run in runs)
    return "\u00ad\u200c\u200d" + "".join(f"\\u{span[0]:04x}-\\u{span[-1]:04x}" for span in spans)


_MARK = _marks()
_CHARACTER = re.compile(f"[{_CHARACTERS}]")
_PAUSE = (
    r"[.,:;!?](?=\s|$)|[\u3001\u3002\uff01\uff0c\uff1a\uff1b\uff1f\u060c\u061b\u061f\u06d4\u0964]"
    r"|[|\u2026()\[\]{}<>=*\"\u201c-\u201e\u00ab\u00bb\u2013\u2014\u2022\u2600-\u27bf\U0001f000-\U0001faff]"
)
_NUMBER = r"\d+(?:\.\d+)+(?!\w)"
_STOP = f"[\n{LINK_START}{LINK_END}]"
# Two patterns for one thing: texts of plain letters need not be matched against the scripts of the world.
_PLAIN = re.compile(rf"{_NUMBER}|\w+|{_STOP}|{_PAUSE}")
_ANY = re.compile(
    rf"{_NUMBER}|[{_CHARACTERS}][{_MARK}]*|[^\W{_CHARACTERS}]+(?:[{_MARK}]+[^\W{_CHARACTERS}]*)*|{_STOP}|{_PAUSE}"
)
_PLAIN_TEXT = re.compile(
    f"[\u0000-\u00ac\u00ae-\u024f\u2010-\u2027\u20a0-\u20cf\u2100-\u2bff{LINK_START}{LINK_END}]*"
)
_STOPS = {"\n": STOP, LINK_START: LINK_OPENS, LINK_END: LINK_CLOSES}
_DROPPED = dict.fromkeys(
    [
        0xAD,
        0x200C,
        0x200D,
        0x640,
        0x670,
        *range(0x64B, 0x660),
    ]  # soft hyphen, joiners, Arabic vowel signs and tatweel
)
_ALIKE = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ё": "е", "\u0307": None})
_CODE = re.compile(r"[\d_]")
_STEMMERS = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish",
    "eu": "basque", "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian",
    "id": "indonesian", "it": "italian", "lt": "lithuanian", "nb": "norwegian", "ne": "nepali", "nl": "dutch",
    "nn": "norwegian", "no": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian",
    "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
"""Snowball stemmer of each language (ISO 639-1); words of other languages stay as they are."""


def tokens(text: str) -> list[str]:
    """Tokens of a text as they stand in it, in reading order."""
    return _pattern(text).findall(text)


def token_spans(text: str) -> Iterator[tuple[str, int, int]]:
    """`tokens` with the place of each: token, begin, end."""
    for match in _pattern(text).finditer(text):
        yield match[0], match.start(), match.end()


def spans(text: str) -> list[tuple[int, int]]:
    """Begin and end of each of `tokens`."""
    return [match.span() for match in _pattern(text).finditer(text)]


def _pattern(text: str) -> re.Pattern[str]:
    return _PLAIN if text.isascii() or _PLAIN_TEXT.fullmatch(text) else _ANY


def is_word(token: str) -> bool:
    """Whether a token is a word or a character of one, and no punctuation."""
    return token[0].isalnum() or token[0] == "_"


def is_character(token: str) -> bool:
    """Whether a token is one character of a script that is read without word boundaries."""
    return not token.isascii() and _CHARACTER.match(token) is not None


def normal_word(token: str, language: str = "") -> str:
    """A token for comparing: width, case, ligatures and Arabic vowel signs unified, then stemmed by its language.

    Words with digits or underscores (names in code) and characters of scripts without spaces are not stemmed.

    Examples
    --------
    >>> normal_word("Boots", "en"), normal_word("STRASSE", "de") == normal_word("Straße", "de")
    ('boot', True)
    """
    folded = unicodedata.normalize("NFKC", token[:_MAX_WORD]).casefold()
    if not folded.isascii():
        folded = folded.translate(_DROPPED).translate(_ALIKE)
    if _CODE.search(folded) or is_character(token):
        return folded
    return _stemmed(folded, language)


@lru_cache(1 << 16)
def _stemmed(folded: str, language: str) -> str:
    stemmer = _stemmer(language)
    return stemmer.stemWord(folded) if stemmer is not None else folded


@cache
def _stemmer(language: str) -> "Stemmer.Stemmer | None":
    name = _STEMMERS.get(language)
    return None if name is None else Stemmer.Stemmer(name)


class _Pieces(dict[str, bytes]):
    """Numbers of the tokens of what stands between two spaces, as bytes; long ones, of scripts without spaces, are not kept."""

    def __init__(self, learn: Callable[[str], bytes]) -> None:
        super().__init__()
        self._learn = learn

    def __missing__(self, piece: str) -> bytes:
        numbers = self._learn(piece)
        if len(piece) <= _MAX_PIECE:
            self[piece] = numbers
        return numbers


class Vocabulary:
    """Numbers of normal words, given out in the order of first use; punctuation that ends a phrase has one too.

    Parameters
    ----------
    stemming : bool
        Whether inflected forms of a word share a number.
    """

    def __init__(self, *, stemming: bool = True) -> None:
        self._stemming = stemming
        self._ids: dict[str, int] = {}
        self._seen: dict[str, dict[str, int]] = {}
        self._pieces: dict[str, _Pieces] = {}
        self._texts: list[str] = []
        self._flags = (np.empty(0, np.bool_), np.empty(0, np.bool_))

    def __len__(self) -> int:
        return len(self._ids)

    def learn(self, text: str, language: str = "") -> Ints:
        """Numbers of a text's tokens; new words get new ones."""
        language = language if self._stemming else ""
        pieces = self._pieces.get(language)
        if pieces is None:
            pieces = self._pieces[language] = _Pieces(lambda piece: self._learn(piece, language))
        # What stands between spaces recurs, and need not be cut into tokens again.
        every = text.replace("\n", " \n ").split(" ")
        return np.frombuffer(b"".join(map(pieces.__getitem__, every)), np.int32)

    def _learn(self, text: str, language: str) -> bytes:
        seen = self._seen.setdefault(language, {})
        found = tokens(text)
        for token in found:
            if token not in seen:
                seen[token] = _STOPS[token] if token in _STOPS else self._number(token, language)
        return array("i", map(seen.__getitem__, found)).tobytes()

    def encode(self, text: str, language: str = "") -> Ints:
        """Numbers of a text's tokens; `UNKNOWN` for words never learnt."""
        seen = self._seen.get(language if self._stemming else "", {})
        return np.array([self._lookup(token, seen, language) for token in tokens(text)], dtype=np.int32)

    def word(self, number: int) -> str:
        """A word as it was first met, lower case."""
        return self._texts[number]

    def flags(self) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        """For each number: whether it is a word (no punctuation), and whether it is a single character's."""
        if len(self._flags[0]) != len(self._texts):
            count = len(self._texts)
            words = np.fromiter(map(is_word, self._texts), np.bool_, count)
            self._flags = words, np.fromiter(map(is_character, self._texts), np.bool_, count)
        return self._flags

    def has_letter(self) -> npt.NDArray[np.bool_]:
        """For each number, whether its word has a letter: numbers alone name nothing."""
        return np.fromiter((any(map(str.isalpha, text)) for text in self._texts), np.bool_, len(self._texts))

    def number(self, token: str, language: str = "") -> int:
        """Number of one token, `UNKNOWN` where no page uses it."""
        return self._lookup(token, self._seen.get(language if self._stemming else "", {}), language)

    def forms(self, language: str = "") -> list[str]:
        """Tokens of a language as they stand in the texts learnt, each spelling once."""
        return list(self._seen.get(language if self._stemming else "", {}))

    def _lookup(self, token: str, seen: dict[str, int], language: str) -> int:
        if token in _STOPS:
            return _STOPS[token]
        known = seen.get(token)
        return self._ids.get(self._normal(token, language), UNKNOWN) if known is None else known

    def _number(self, token: str, language: str) -> int:
        number = self._ids.setdefault(self._normal(token, language), len(self._ids))
        if number == len(self._texts):
            self._texts.append(sys.intern(token.lower()))
        return number

    def _normal(self, token: str, language: str) -> str:
        return normal_word(token, language if self._stemming else "")


def join(parts: Iterable[str | None], between: str = "\n") -> str:
    """Texts that are there, with a break between them that no phrase reaches across."""
    return between.join(part for part in parts if part)
