"""Anchor texts that could lead anywhere, by language, and how texts are made comparable with them."""

import tomllib
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files

_OUTER = "".join(char for char in map(chr, range(128)) if not char.isalnum())
"""What ASCII has of punctuation, symbols and space."""


@cache
def generic_texts() -> dict[str, frozenset[str]]:
    """Generic anchor texts by language (ISO 639-1), as `normalise_anchor` gives them."""
    listed = tomllib.loads(files("linkkit.text").joinpath("generic_anchors.toml").read_text("utf-8"))
    return {language: frozenset(map(normalise_anchor, texts)) for language, texts in listed.items()}


@cache
def every_generic_text() -> frozenset[str]:
    """Generic anchor texts of all languages together."""
    return frozenset().union(*generic_texts().values())


@lru_cache(maxsize=1 << 16)
def normalise_anchor(text: str) -> str:
    """Anchor text for comparing: case-folded, width and ligatures unified, outer punctuation and symbols gone.

    Examples
    --------
    >>> normalise_anchor("  Read  MORE »")
    'read more'
    """
    if text.isascii():
        return " ".join(text.lower().strip(_OUTER).split())
    folded = unicodedata.normalize("NFKC", text).casefold()
    begin, end = 0, len(folded)
    while begin < end and not _is_word(folded[begin]):
        begin += 1
    while end > begin and not _is_word(folded[end - 1]):
        end -= 1
    return " ".join(folded[begin:end].split())


def _is_word(char: str) -> bool:
    return unicodedata.category(char)[0] in "LNM"
