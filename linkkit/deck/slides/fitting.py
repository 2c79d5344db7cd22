"""How much room text takes: an estimate on the safe side, since nobody knows the fonts of the machine that opens a deck."""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache

from PIL import ImageFont

from linkkit.deck.cells import clean_text

LINE = 1.22
"""Height of a line against the size of its type."""

# Pillow's built-in face is narrower than most: this makes room for wide ones such as Verdana.
_SAFETY = 1.15
_BOLD = 1.07
_EM = 100
_OTHER = 0.66  # widths in em of characters that the face does not have
_ELLIPSIS = "…"


def one_line(text: object) -> str:
    """Text without control characters, line breaks and marks that turn the direction of what follows."""
    plain = "".join(" " if unicodedata.category(c) in ("Zl", "Zp") else c for c in clean_text(text))
    kept = "".join(c for c in plain if not ("\u202a" <= c <= "\u202e" or "\u2066" <= c <= "\u2069"))
    # A no-break space stays: between a number and its sign no line may break.
    return re.sub(r"[ \t\r\n\f\v]+", " ", kept).strip()


def runs_to_left(text: str) -> bool:
    """Whether text runs from right to left: its first letter that has a direction says so, as ``dir="auto"`` has it.

    Examples
    --------
    >>> runs_to_left("12 – אוהלים"), runs_to_left("Tents (أوهل)"), runs_to_left("12 %")
    (True, False, False)
    """
    strong = (unicodedata.bidirectional(each) for each in text)
    return next((each for each in strong if each in ("L", "R", "AL")), "L") != "L"


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Points that a line of text takes, rather too many than too few."""
    return sum(map(_em, text)) * size * _SAFETY * (_BOLD if bold else 1)


def wrapped(text: str, width: float, size: float, *, bold: bool = False) -> list[str]:
    """The lines into which text breaks at that width; words that are too long for a line break anywhere."""
    scale = size * _SAFETY * (_BOLD if bold else 1)
    room, space = width / scale, _em(" ")
    lines, line, taken = [], "", 0.0
    for word in text.split(" "):
        long = sum(map(_em, word))
        if line and taken + space + long > room:
            lines.append(line)
            line, taken = "", 0.0
        while long > room and len(word) > 1:
            head = _prefix(word, room)
            lines.append(head)
            word = word[len(head) :]  # noqa: PLW2901  the rest of the same word
            long = sum(map(_em, word))
        line, taken = (f"{line} {word}", taken + space + long) if line else (word, long)
    return [*lines, line]


def address_lines(address: str, width: float, size: float) -> int:
    """Lines that an address takes: programs break it behind a slash, a hyphen or a question mark, and anywhere where they must.

    Examples
    --------
    >>> address_lines("/guides/fit/", 200, 12), address_lines("/<script>alert(document.cookie)</script>", 200, 12)
    (1, 3)
    """
    lines, taken = 1, 0.0
    for piece in re.findall(r"[^/\-? ]*[/\-? ]|[^/\-? ]+", address):
        long = text_width(piece, size)
        if taken and taken + long > width:
            lines, taken = lines + 1, 0.0
        more = len(wrapped(piece, width, size)) - 1
        lines, taken = lines + more, long - more * width if more else taken + long
    return lines


def text_height(
    paragraphs: Sequence[str], width: float, size: float, *, bold: bool = False, after: float = 0
) -> float:
    """Points that paragraphs take at that width, `after` points between two of them."""
    lines = sum(len(wrapped(each, width, size, bold=bold)) for each in paragraphs)
    return lines * size * LINE + after * max(len(paragraphs) - 1, 0)


def cut_lines(text: str, width: float, size: float, lines: int, *, bold: bool = False) -> str:
    """Text that takes so many lines at most; an ellipsis says that it was cut."""
    # No line holds more characters than this: keeps endless texts from being measured to their end.
    short = text[: max(int(lines * width / size * 8), 40)]
    broken = wrapped(short, width, size, bold=bold)
    if len(broken) <= lines and short == text:
        return text
    kept = broken[:lines]
    last = kept[-1]
    while last and text_width(f"{last}{_ELLIPSIS}", size, bold=bold) > width:
        last = last[:-1]
    return " ".join([*kept[:-1], f"{_whole(last).rstrip(' ,;:–-')}{_ELLIPSIS}"])


def cut_middle(text: str, width: float, size: float) -> str:
    """Text on one line, its middle left out where it is too long: of an address the end says most."""
    if text_width(text[:4000], size) <= width and len(text) <= 4000:
        return text
    room = width / (size * _SAFETY) - _em(_ELLIPSIS)
    head = _prefix(text[:4000], room * 0.45)
    tail = _prefix(text[-4000:][::-1], room - sum(map(_em, head)))[::-1]
    while tail and (unicodedata.combining(tail[0]) or tail[0] == "\u200d"):
        tail = tail[1:]
    return f"{_whole(head)}{_ELLIPSIS}{tail}"


def fitting_size(
    paragraphs: Sequence[str],
    width: float,
    height: float,
    *,
    largest: float,
    smallest: float,
    bold: bool = False,
    after: float = 0,
) -> float:
    """The largest size of type, in steps of a point, at which paragraphs fit; `smallest` where none does."""
    size = largest
    while size > smallest and text_height(paragraphs, width, size, bold=bold, after=after) > height:
        size -= 1
    return max(size, smallest)


def fitted(
    paragraphs: Sequence[str],
    width: float,
    height: float,
    *,
    largest: float,
    smallest: float,
    bold: bool = False,
    after: float = 0,
) -> tuple[list[str], float]:
    """Paragraphs and the size of type at which they fit: smaller type first, then the longest of them are cut."""
    size = fitting_size(paragraphs, width, height, largest=largest, smallest=smallest, bold=bold, after=after)
    kept = [each[:4000] for each in paragraphs]
    while text_height(kept, width, size, bold=bold, after=after) > height:
        counts = [len(wrapped(each, width, size, bold=bold)) for each in kept]
        most = max(counts, default=1)
        if most == 1:
            if len(kept) <= 1:
                break
            kept.pop()
            kept[-1] = cut_lines(f"{kept[-1]} {'…' * 400}", width, size, 1, bold=bold)
            continue
        index = counts.index(most)
        kept[index] = cut_lines(kept[index], width, size, most - 1, bold=bold)
    return kept, size


def _prefix(text: str, room: float) -> str:
    """As much of the beginning as takes that many em; one character at least."""
    taken = 0.0
    for index, character in enumerate(text):
        taken += _em(character)
        if taken > room and index:
            return text[:index]
    return text


def _whole(text: str) -> str:
    """Text that does not end within a joined sign, such as a family of emoji."""
    return text.rstrip("\u200d\ufe0f")


@cache
def _em(character: str) -> float:
    """Width of a character in em."""
    if character.isascii():
        return float(_face().getlength(character)) / _EM
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0.0
    if unicodedata.east_asian_width(character) in ("W", "F"):
        return 1.0
    plain = unicodedata.normalize("NFKD" if character == "\N{NO-BREAK SPACE}" else "NFD", character)[0]
    return _em(plain) if plain.isascii() else 1.0 if character == _ELLIPSIS else _OTHER


@cache
def _face() -> "ImageFont.FreeTypeFont | ImageFont.ImageFont":
    return ImageFont.load_default(size=_EM)
