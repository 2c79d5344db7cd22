"""Language of each page: what it declares, else what its script tells."""

import re
from collections.abc import Mapping

import pandas as pd

_SAMPLE = 2_000
_SCRIPTS = (
    # Kana before Han: Japanese is written with both.
    ("ja", re.compile("[\u3041-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("th", re.compile("[\u0e01-\u0e7f]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("he", re.compile("[\u0590-\u05ff]")),
)
"""Scripts that one language of the web is written in; Latin, Cyrillic and Arabic tell none."""
_SHARE = 0.1


def page_languages(pages: pd.DataFrame, texts: Mapping[int, str]) -> list[str]:
    """ISO 639-1 code of each page; the empty string where neither declaration nor script tells it.

    Parameters
    ----------
    pages : DataFrame
        Pages of a Site, any of them, indexed by page id.
    texts : mapping of page id to body text
        Where a page declares no language, a tenth of its letters decide.
    """
    declared = primary_languages(pages["language"])
    named = pages["title"].fillna("").astype(str) + " " + pages["h1"].fillna("").astype(str)
    return [
        code or _by_script(f"{name} {texts.get(page, '')[:_SAMPLE]}")
        for page, code, name in zip(pages.index.tolist(), declared, named, strict=True)
    ]


def primary_languages(declared: pd.Series) -> list[str]:
    """Primary subtag of declared languages, lower case; the empty string where there is none.

    Examples
    --------
    >>> primary_languages(pd.Series(["en-GB", "ZH_hant", None]))
    ['en', 'zh', '']
    """
    tags = declared.fillna("").astype(str).str.casefold().str.split(r"[-_]", regex=True).str[0]
    return [str(tag) for tag in tags]


def _by_script(text: str) -> str:
    if text.isascii():
        return ""
    letters = max(1, sum(map(str.isalpha, text)))
    return next((code for code, script in _SCRIPTS if len(script.findall(text)) >= _SHARE * letters), "")
