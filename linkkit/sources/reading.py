"""What one file says: the rows that were understood, those that were not, and why."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

REJECTS = {"row": "Int64", "value": "str", "reason": "str"}
"""Columns of a table of rejected rows: row number in the file (missing where it has none), what stood there, why."""


def no_rejects() -> pd.DataFrame:
    """A table of rejected rows without rows."""
    return rejects([])


def rejects(rows: Sequence[tuple[int | None, str, str]]) -> pd.DataFrame:
    """A table of rejected rows: (row number, what stood there, reason) each."""
    return pd.DataFrame(list(rows), columns=list(REJECTS)).astype(REJECTS)


@dataclass(frozen=True, eq=False)
class Reading:
    """Rows of one signal file, before they are joined with a site.

    Attributes
    ----------
    signal : str
        Which signal it feeds: ``sitemap``, ``search_console``, ``analytics``, ``transitions``, ``backlinks``, ``logs``,
        ``money_pages``, ``urls``.
    kind : str
        What the file was recognised as, in words: ``Ahrefs backlinks``.
    rows : DataFrame
        One row per entry: ``url`` as the file writes it (a path without host is allowed), ``row`` (its number in the file,
        where it has one) and the columns that the signal fills.
    rejects : DataFrame
        Rows that could not be used (`REJECTS`).
    notes : mapping of words to count
        What else happened to rows: left out on purpose, masked.
    """

    signal: str
    kind: str
    rows: pd.DataFrame
    path: Path | None = None
    rejects: pd.DataFrame = field(default_factory=no_rejects)
    notes: Mapping[str, int] = field(default_factory=dict)


def header_key(name: str) -> str:
    """A column's name for comparing: no accents, case, marks or brackets.

    Examples
    --------
    >>> header_key("Type d\u2019élément  (octets)"), header_key("Referring_domains")
    ('type d element octets', 'referring domains')
    """
    plain = "".join(
        char for char in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(char)
    )
    return " ".join(re.sub(r"[^\w]+|_", " ", plain).split())


def number(text: str) -> float | None:
    """A count, share or decimal as exports write it; None where the text is no number.

    Thousands are separated by comma, dot, blank or apostrophe, decimals by dot or comma. A single mark before exactly
    three digits separates thousands (``1,234``), unless a zero stands before it (``0,125``).

    Examples
    --------
    >>> [number(each) for each in ("1,234", "4.86%", "1.234.567", "12,5", "1 234,5", "0,125", "-", "")]
    [1234.0, 0.0486, 1234567.0, 12.5, 1234.5, 0.125, None, None]
    """
    digits = re.sub(r"[\s\u00a0\u202f'\u2019]", "", text)
    percent = digits.endswith(("%", "\uff05"))
    digits = digits.rstrip("%\uff05")
    marks = [char for char in digits if char in ",."]
    if marks:
        last = marks[-1]
        after = len(digits) - digits.rfind(last) - 1
        thousands = (
            len(set(marks)) == 1
            and after == 3
            and (len(marks) > 1 or re.match(r"[+-]?[1-9]\d{0,2}[,.]", digits) is not None)
        )
        if not thousands and len(marks) > 1 and len(set(marks)) == 1:
            return None
        whole, decimals = (digits, "") if thousands else (digits[: -after - 1], digits[len(digits) - after :])
        digits = re.sub(r"[,.]", "", whole) + (f".{decimals}" if decimals else "")
    try:
        value = float(digits) if re.fullmatch(r"[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?", digits, re.I) else None
    except ValueError:
        return None
    return value / 100 if percent and value is not None else value
