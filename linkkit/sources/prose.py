"""The linkable part of a page's text where the crawl did not keep it: the text without the page's own links and headings."""

import re
from collections.abc import Callable, Iterable

from linkkit.marks import LINK_END, LINK_START

_LONGEST = 300
"""A link's or heading's words beyond this length wrap whole cards and stand in no running text as they are."""
# How a phrase can begin: with a word of Latin letters and digits that is not the end of another, or with any other sign.
_START = re.compile(r"((?<!\w)[A-Za-z0-9]+|[^A-Za-z0-9\s])")


def linkable_by_subtraction(text: str, *, anchors: Iterable[str | None], headings: Iterable[str]) -> str:
    """Body text with every occurrence of the page's own anchors marked as a link, and of its headings taken out.

    Careful rather than complete: where a page links the words "tents" once, all its "tents" count as linked.

    Parameters
    ----------
    text : str
        Body text of one page, blocks unknown.
    anchors : iterable of str or None
        Texts of its links; None where the source does not tell one.
    headings : iterable of str
        Its headings.

    Returns
    -------
    str
        As `linkkit.schema.TEXT` has it in ``linkable``, whitespace collapsed; a line break where a heading stood.
    """
    collapsed = " ".join(text.replace(LINK_START, " ").replace(LINK_END, " ").split())
    collapsed = _replaced(collapsed, _phrases(headings), lambda _: "\n")
    # What is a heading and a link at once is gone already.
    collapsed = _replaced(
        collapsed, _phrases(each for each in anchors if each), lambda link: f"{LINK_START}{link}{LINK_END}"
    )
    return "\n".join(line.strip() for line in collapsed.split("\n") if line.strip())


def _phrases(texts: Iterable[str]) -> list[str]:
    found = {" ".join(text.split()) for text in texts}
    # Longest first, so that a link's words are not cut by those of a shorter one.
    return sorted(
        (each for each in found if each and len(each) <= _LONGEST), key=lambda each: (-len(each), each)
    )


def _replaced(text: str, phrases: list[str], replace: Callable[[str], str]) -> str:
    """The text with each occurrence of a phrase replaced; phrases that begin or end with a letter or digit match whole words only.

    Looked up by how they begin, for an alternative of a thousand phrases would be tried at each character.
    """
    by_start: dict[str, list[str]] = {}
    for phrase in phrases:
        if begins := _START.match(phrase):
            by_start.setdefault(begins[0], []).append(phrase)
    done, place, parts = 0, 0, list[str]()
    pieces = _START.split(text) if by_start else []
    for gap, start in zip(pieces[::2], pieces[1::2], strict=False):
        place += len(gap)
        if start in by_start and place >= done:
            for phrase in by_start[start]:
                if text.startswith(phrase, place) and _ends(text, place + len(phrase)):
                    parts += [text[done:place], replace(phrase)]
                    done = place + len(phrase)
                    break
        place += len(start)
    return "".join([*parts, text[done:]])


def _ends(text: str, place: int) -> bool:
    """Whether a phrase that ends here is not cut out of a longer word."""
    last, following = text[place - 1], text[place : place + 1]
    return not (last.isascii() and last.isalnum() and (following.isalnum() or following == "_"))
