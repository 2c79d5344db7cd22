"""The linkable part of a page's text where the crawl did not keep it: the text without the page's own links and headings."""

import re
from collections.abc import Iterable

from linkkit.marks import LINK_END, LINK_START

_LONGEST = 300
"""A link's or heading's words beyond this length wrap whole cards and stand in no running text as they are."""


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
    heads, links = _phrases(headings), _phrases(each for each in anchors if each)
    if heads:
        collapsed = _any_of(heads).sub("\n", collapsed)
    # What is a heading and a link at once is gone already.
    if links:
        collapsed = _any_of(links).sub(lambda match: f"{LINK_START}{match[0]}{LINK_END}", collapsed)
    return "\n".join(line.strip() for line in collapsed.split("\n") if line.strip())


def _phrases(texts: Iterable[str]) -> list[str]:
    found = {" ".join(text.split()) for text in texts}
    # Longest first, so that a link's words are not cut by those of a shorter one.
    return sorted(
        (each for each in found if each and len(each) <= _LONGEST), key=lambda each: (-len(each), each)
    )


def _any_of(phrases: list[str]) -> re.Pattern[str]:
    def bounded(phrase: str) -> str:
        before = r"(?<!\w)" if phrase[0].isascii() and phrase[0].isalnum() else ""
        after = r"(?!\w)" if phrase[-1].isascii() and phrase[-1].isalnum() else ""
        return f"{before}{re.escape(phrase)}{after}"

    return re.compile("|".join(map(bounded, phrases)))
