"""Text of a crawled site made safe for spreadsheets: nothing of it may run, and nothing of it may break the file."""

import math
import re
from collections.abc import Callable
from typing import Any

import pandas as pd

MAX_ROWS = 1_048_575
"""Rows below the header that one sheet of a workbook can hold."""

MAX_LINKS = 65_530
"""Links that one sheet of a workbook can hold."""

MAX_TEXT = 32_767
"""UTF-16 units that one cell of a workbook can hold."""

# C0 and C1 controls but tab and line breaks; halves of surrogate pairs and non-characters, which no file can hold.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# What a spreadsheet takes for a formula, in its full-width forms too, where a cell begins: after white space,
# invisible characters or quotes that it may skip, and after what another locale takes for the end of a cell.
_FORMULA = re.compile("(^|[;|\t\r\n])(?=[\\s\"'\u200b-\u200f\u2060\ufeff]*[=+\\-@\uff1d\uff0b\uff0d\uff20])")
_LEADING = ("\t", "\r", "\n")


def clean_text(value: object) -> str:
    """Text without control characters; tabs and line breaks stay. Empty for a missing value."""
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return ""
    return _CONTROL.sub("", str(value))


def csv_text(value: object) -> str:
    """Text for a cell of a CSV file, which a spreadsheet will take for text.

    A cell that begins with ``= + - @``, a tab or a line break gets a leading apostrophe. So does what follows a
    semicolon, bar, tab or line break inside the cell if it begins like a formula: a spreadsheet of a locale with other
    separators would begin a cell there.
    """
    text = clean_text(value)
    if text[:1].isalnum() and text.isascii() and text.isprintable() and ";" not in text and "|" not in text:
        return text  # most texts, and the pattern is slow
    guarded = _FORMULA.sub(r"\1'", text)
    return f"'{guarded}" if guarded.startswith(_LEADING) else guarded


def sheet_text(value: object) -> str:
    """Text for a cell of a workbook, to be written as a string: whole, or cut where a cell ends and saying so."""
    text = clean_text(value)
    if len(text) * 2 > MAX_TEXT and len(text.encode("utf-16-le")) // 2 > MAX_TEXT:
        note = f" ... [cut; {len(text):,} characters in all]"
        room = (MAX_TEXT - len(note)) * 2
        text = text.encode("utf-16-le")[:room].decode("utf-16-le", "ignore") + note
    # XlsxWriter takes text in these tags for its own markup and writes it into the file unescaped.
    return f"{text} " if text.startswith("<r>") and text.endswith("</r>") else text


def number_text(value: Any) -> str:
    """A number for a CSV file: no thousands separators, whole numbers without a fraction, empty where missing."""
    number = float(value)
    if math.isnan(number):
        return ""
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)


def map_unique(values: pd.Series, convert: Callable[[object], str]) -> list[str]:
    """`convert` of each value, computed once for each distinct one: most columns of findings repeat a few texts."""
    codes, distinct = pd.factorize(values, use_na_sentinel=True)
    texts = [convert(each) for each in distinct]
    texts.append("")  # code -1: missing
    return [texts[code] for code in codes]
