"""Number formats of native charts: labels stay right when somebody edits the numbers."""

import math
from collections.abc import Iterable

from linkkit.deck.language import Language
from linkkit.deck.story.parts import ValueKind

# Separators in the language of the deck where the program goes by it; others go by the machine's settings.
_LOCALES = {"de": "[$-407]", "en": "[$-409]"}


def digits_of(values: Iterable[float | None], kind: ValueKind) -> int:
    """How many digits behind the point tell numbers of a kind apart."""
    known = [abs(each) for each in values if each is not None and math.isfinite(each)]
    if kind == "whole" or all(each == round(each) for each in known):
        return 0
    largest = max(known, default=0.0)
    return 1 if largest >= 10 else 2 if largest >= 0.1 else 3


def format_code(kind: ValueKind, lang: Language, digits: int = 0, *, hide_below: float = 0.0) -> str:
    """Number format of labels and axes of a native chart.

    Parameters
    ----------
    hide_below : float
        Smaller numbers show nothing: their segment has no room for a label.
    """
    locale = _LOCALES.get(lang.code, "")
    if kind == "share":
        plain = "0\\ %"
        if hide_below > 0:
            return f'[<{hide_below:.4g}]"";{plain}'
        # Like `Language.percent`: never rounded to a false nought.
        return f'[=0]{plain};[<0.01]"{lang.percent(0.001)}";{plain}'
    plain = f"{locale}#,##0" + (f".{'0' * digits}" if digits and kind != "whole" else "")
    return f'[<{hide_below:.4g}]"";{plain}' if hide_below > 0 else plain
