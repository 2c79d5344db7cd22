"""Number formats of native charts: labels stay right when somebody edits the numbers."""

import math
from collections.abc import Iterable, Sequence

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


def format_code(
    kind: ValueKind,
    lang: Language,
    digits: int = 0,
    *,
    hide_below: float = 0.0,
    values: Iterable[float | None] = (),
) -> str:
    """Number format of labels and axes of a native chart.

    Parameters
    ----------
    hide_below : float
        Smaller numbers show nothing: their segment has no room for a label.
    values : iterable of float or None
        The numbers to be written: shares among them that would round to a false nought or whole say so, as `Language.percent` does.
    """
    locale = _LOCALES.get(lang.code, "")
    if kind == "share":
        return _share_code([each for each in values if each is not None], lang, locale, hide_below)
    plain = f"{locale}#,##0" + (f".{'0' * digits}" if digits and kind != "whole" else "")
    # The language stands in the first part too: LibreOffice looks for it there alone.
    return f'{locale}[<{hide_below:.4g}]"";{plain}' if hide_below > 0 else plain


def _share_code(shares: Sequence[float], lang: Language, locale: str, hide_below: float) -> str:
    """A format has room for two conditions: those that these shares need, or one more digit where they need more."""
    plain = "0\\ %"
    has_most, has_whole = any(0.99 < each < 1 for each in shares), 1.0 in shares
    most = f'[>0.99]"{lang.percent(0.999)}"'
    if hide_below > 0:
        hidden = f'[<{hide_below:.4g}]""'
        if has_most:
            return f"{hidden};{locale}0.0\\ %" if has_whole else f"{hidden};{most};{plain}"
        return f"{hidden};{plain}"
    least = f'[<0.01]"{lang.percent(0.001)}"'
    if not has_most:
        return f"[=0]{plain};{least};{plain}"
    if not any(0 < each < 0.01 for each in shares):
        return f"[=1]{plain};{most};{plain}"
    return f"{locale}0.0\\ %" if has_whole or 0.0 in shares else f"{least};{most};{plain}"
