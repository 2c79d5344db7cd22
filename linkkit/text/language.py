"""Language of each page: what it declares, else what its script or its most frequent words tell."""

import re
import tomllib
from functools import cache
from importlib.resources import files

import pandas as pd

from linkkit.text.words import is_word, tokens

_SAMPLE = 2_000
_SCRIPTS = (
    # Kana before Han: Japanese is written with both.
    ("ja", re.compile("[\u3041-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("th", re.compile("[\u0e01-\u0e7f]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("ta", re.compile("[\u0b80-\u0bff]")),
)
"""Scripts that one language of the web is written in; Latin, Cyrillic and Arabic tell none."""
_SHARE = 0.1
MIN_WORDS, MIN_HITS, MIN_SHARE = 6, 3, 0.15
"""A text tells its language by its words if it has this many, so many different function words of it, and they are this share of all."""
MIN_LEAD, SHORT, SHORT_LEAD = 1.1, 20, 1.3
"""And so many times as many as of any other language; below this many words, the second figure."""


@cache
def function_words() -> dict[str, frozenset[str]]:
    """Most frequent function words by language (ISO 639-1), case-folded."""
    listed = tomllib.loads(files("linkkit.text").joinpath("function_words.toml").read_text("utf-8"))
    return {language: frozenset(words.casefold().split()) for language, words in listed.items()}


def page_language(declared: str, title: str, h1: str, text: str) -> str:
    """ISO 639-1 code of a page: what it declares (`primary_languages`), else what a tenth of its letters or its function words tell.

    The empty string where nothing does.
    """
    return declared or text_language(f"{title} {h1} {text[:_SAMPLE]}")


_BETWEEN_SUBTAGS = re.compile(r"[-_]")


def primary_languages(declared: pd.Series) -> list[str]:
    """Primary subtag of declared languages, lower case; the empty string where there is none.

    Examples
    --------
    >>> primary_languages(pd.Series(["en-GB", "ZH_hant", None]))
    ['en', 'zh', '']
    """
    tags = declared.fillna("").astype(str).tolist()
    # A site has few languages and many pages.
    primary = {tag: _BETWEEN_SUBTAGS.split(tag.casefold())[0] for tag in set(tags)}
    return [primary[tag] for tag in tags]


def text_language(text: str) -> str:
    """Language of a text by its script, else by its function words; the empty string where it is too short or unclear.

    Examples
    --------
    >>> text_language("Les tentes que nous vendons sont faites pour le vent et la pluie de la montagne, et elles ne pèsent pas plus")
    'fr'
    """
    if not text.isascii():
        letters = max(1, sum(map(str.isalpha, text)))
        for code, script in _SCRIPTS:
            if len(script.findall(text)) >= _SHARE * letters:
                return code
    words = [token for token in tokens(text.casefold()) if is_word(token) and not token.isdecimal()]
    if len(words) < MIN_WORDS:
        return ""
    counts = sorted(
        ((sum(word in known for word in words), language) for language, known in function_words().items()),
        reverse=True,
    )
    (best, language), (second, _) = counts[:2]
    lead = SHORT_LEAD if len(words) < SHORT else MIN_LEAD
    # A word that a short page repeats says it once: "care" is Romanian, too.
    told = len(function_words()[language].intersection(words))
    is_clear = told >= MIN_HITS and best >= max(MIN_SHARE * len(words), lead * second)
    return language if is_clear else ""
