"""Kinds of anchor text that can be told from the text alone: empty, an address, generic, a page number."""

import re

import pandas as pd

from linkkit.text.generic import every_generic_text, generic_texts

_URL_TEXT = re.compile(r"^(?:https?://|www\.)\S+$|^[\w-]+(?:\.[\w-]+)+/\S*$", re.IGNORECASE)
_PAGINATION = re.compile(
    r"^(?:page |seite |página |pagina |strona |сторінка |страница )?\d{1,4}$|^(?:next|previous|prev|older|newer|first|last)"
    r"(?: page| posts| entries)?$"
)
_PARTS = (
    "chapter|section|part|appendix|annex|table|figure|fig|example|step|note|footnote|item|article|kapitel|abschnitt|teil|anhang|tabelle"
    "|abbildung|abb|beispiel|schritt|chapitre|partie|annexe|tableau|étape|capítulo|sección|parte|anexo|tabla|figura|paso|seção|capitolo"
    "|sezione|tabella|hoofdstuk|sectie|deel|bijlage|rozdział|sekcja|część|tabela|rysunek|kapitola|část|fejezet|bölüm|глава|часть|раздел"
    "|таблица|рисунок|шаг|розділ|частина|الفصل|القسم|الجزء|فصل|بخش|פרק|חלק|장|절"
)
_NUMBER = r"[\d.()\u2013-]*\d[\d.()\u2013-]*"
_REFERENCE = re.compile(
    rf"^(?:(?:{_PARTS})\.?\s+)?(?:§\s*|№\s*|no\.?\s*|n°\s*)?{_NUMBER}$|^(?:{_PARTS})\.?\s+(?:[a-z]|[ivx]+)$"
    r"|^第\s*[\d一二三四五六七八九十百]+\s*[章节節部回編条條]$|^제?\s*\d+\s*[장절]$",
    re.IGNORECASE,
)
POOR = ("generic", "empty", "url")
"""Kinds of text that do not say where a link leads."""
# Declared codes that the lists know by another.
_SAME_LANGUAGE = {"nb": "no", "nn": "no", "iw": "he"}


def classify_anchors(uses: pd.DataFrame) -> pd.Series:
    """Kind of each anchor use: ``empty``, ``url``, ``generic``, ``pagination`` (arrows too) or ``descriptive``.

    Parameters
    ----------
    uses : DataFrame
        ``anchor`` (as written), ``normalised`` (`linkkit.text.generic.normalise_anchor`), ``language`` (ISO 639-1 of the
        page it stands on, empty where unknown: judged by the lists of all languages).
    """
    kind = pd.Series("descriptive", index=uses.index, dtype="str")
    kind[is_pagination(uses)] = "pagination"
    kind[is_generic(uses)] = "generic"
    kind[is_url(uses)] = "url"
    kind[uses["anchor"] == ""] = "empty"
    return kind


def is_generic(uses: pd.DataFrame) -> pd.Series:
    """Whether the whole text is in the generic list of the page's language, or the English one."""
    lists = generic_texts()
    result = pd.Series(False, index=uses.index)
    for language, rows in uses.groupby("language"):
        # An unknown language is judged by English only.
        code = _SAME_LANGUAGE.get(str(language), str(language))
        known = lists.get(code, frozenset()) | lists["en"] if code else every_generic_text()
        result[rows.index] = rows["normalised"].isin(list(known))
    # The name of a function is one, whatever it is: read().
    is_code = uses["anchor"].astype(str).str.strip().str.endswith("()")
    return result & ~is_code & ~is_pagination(uses)


def is_url(uses: pd.DataFrame) -> pd.Series:
    """Whether the text is an address."""
    found = {text for text in uses["anchor"].drop_duplicates().tolist() if _URL_TEXT.match(text.strip())}
    return uses["anchor"].isin(list(found))


def is_pagination(uses: pd.DataFrame) -> pd.Series:
    """Whether the text is a page number, next and its like, or symbols alone."""
    texts = uses["normalised"].drop_duplicates().tolist()
    # What normalises to nothing but is not empty is made of symbols: the arrows beside the numbers.
    return uses["normalised"].isin([text for text in texts if not text or _PAGINATION.match(text)])


def is_reference(normalised: str) -> bool:
    """Whether a text only refers to a numbered part of a larger work.

    Examples
    --------
    >>> [is_reference(text) for text in ("section 30.5", "§ 12", "chapter 8", "第3章", "top 10 tents", "python 3")]
    [True, True, True, True, False, False]
    """
    return _REFERENCE.match(normalised) is not None
