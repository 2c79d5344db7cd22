"""How values of a story are written and coloured: the same on slides, in the report and in pictures."""

import math
from collections.abc import Iterable

from linkkit.charts.theme import GREEN, GREY, INK, ORANGE, PURPLE, VERMILLION
from linkkit.deck.brand import Brand
from linkkit.deck.language import Language
from linkkit.deck.story.parts import CellKind, Role, Tone, ValueKind
from linkkit.wording import unit_digits

SEVERITY_SIGNS = {"high": "▲", "medium": "■", "low": "●", "info": "○"}
TONE_SIGNS: dict[Tone, str] = {"good": "✓", "look": "○", "fix": "▲", "unknown": "?"}
"""A sign for each, so that colour is never the only difference."""
WHITE, BLACK = "#FFFFFF", "#000000"
_OTHER_RED = "#A3201B"
_ALIKE = 64.0
"""Distance in RGB, each 0-255, below which two colours are taken for one."""


def value_text(value: float | None, kind: ValueKind, lang: Language) -> str:
    """A number of a chart or table as the language writes it; never rounded to a false 0, empty where there is none.

    Examples
    --------
    >>> from linkkit.deck.language import language
    >>> [value_text(each, "number", language("en")) for each in (1204.4, 12.34, 0.123, 3.0)]
    ['1,204', '12.3', '0.12', '3']
    """
    if value is None or not math.isfinite(value):
        return ""
    if kind == "share":
        return f"> -{lang.percent(0.01)}" if -0.01 < value < 0 else lang.percent(value)
    if kind == "units" and 0 < abs(value) < 0.1:
        return f"< {lang.number(0.1, 1)}" if value > 0 else f"> {lang.number(-0.1, 1)}"
    if kind == "units":
        return lang.number(value, unit_digits(value / 100))
    if kind == "whole":
        return lang.number(round(value))
    size = abs(value)
    # Three digits tell numbers apart; more are noise.
    digits = 0 if size >= 100 or float(value).is_integer() else 1 if size >= 10 else 2
    return lang.number(value, digits)


def cell_text(value: str | float | None, kind: CellKind, lang: Language) -> str:
    """A cell of a table as the language writes it; a severity with its sign. Text stays as it is: renderers escape it."""
    if value is None:
        return ""
    if kind == "severity":
        code = str(value)
        word = severity_word(code, lang)
        return f"{SEVERITY_SIGNS[code]} {word}" if code in SEVERITY_SIGNS else word
    if isinstance(value, str) or kind in ("text", "url"):
        return str(value)
    return value_text(value, kind, lang)  # type: ignore[arg-type]


def severity_word(code: str, lang: Language) -> str:
    """A severity in the language; a code that is none of ours as it stands."""
    words = {
        "high": lang.text("High"),
        "medium": lang.text("Medium"),
        "low": lang.text("Low"),
        "info": lang.text("For information"),
    }
    return words.get(code, code)


def tone_word(tone: Tone, lang: Language) -> str:
    """What a tone says, in the language."""
    words: dict[Tone, str] = {
        "good": lang.text("In order"),
        "look": lang.text("Worth a look"),
        "fix": lang.text("To be fixed"),
        "unknown": lang.text("Could not be judged"),
    }
    return words[tone]


def role_colours(brand: Brand) -> dict[Role, str]:
    """Colour ``#rrggbb`` of each role: the brand's two, and Okabe and Ito's where a colour says right or wrong."""
    # An accent that looks like the colour of what is wrong would call every second series wrong.
    bad = VERMILLION if distance(brand.accent, VERMILLION) > 80 else _OTHER_RED
    return {
        "main": brand.primary,
        "second": brand.accent,
        "good": GREEN,
        "warn": ORANGE,
        "bad": bad,
        "quiet": GREY,
        "money": PURPLE,
    }


def text_colour(background: str) -> str:
    """White, ink or black: the first that is easy to read on a background ``#rrggbb``."""
    return next((each for each in (WHITE, INK) if contrast(each, background) >= 4.5), BLACK)


def contrast(one: str, other: str) -> float:
    """Contrast of two colours ``#rrggbb`` as WCAG 2 defines it, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def mixed(colour: str, other: str, share: float) -> str:
    """A colour between two: `share` (0-1) of the first."""
    parts = [round(a * share + b * (1 - share)) for a, b in zip(rgb_of(colour), rgb_of(other), strict=True)]
    return "#{:02X}{:02X}{:02X}".format(*parts)


def dark_enough(colour: str, *, ratio: float = 4.5) -> str:
    """The colour, darkened until text in it can be read on white paper."""
    share = 1.0
    while contrast(WHITE, mixed(colour, INK, share)) < ratio:
        share -= 0.05
    return mixed(colour, INK, share)


def rgb_of(colour: str) -> tuple[int, int, int]:
    """Red, green and blue of a colour ``#rrggbb``, each 0-255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)

    red, green, blue = (linear(each / 255) for each in rgb_of(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def is_near(colour: str, others: Iterable[str]) -> bool:
    """Whether a colour ``#rrggbb`` looks like one of the others: a chart that uses both shows the second role in another one."""
    return any(distance(colour, other) < _ALIKE for other in others)


def distance(one: str, other: str) -> float:
    """How far apart two colours ``#rrggbb`` are, in steps of 0-255."""
    return math.dist(rgb_of(one), rgb_of(other))
