"""The linkable part of a page's text where the crawl did not keep it: the text without the page's own links and headings."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import accumulate, islice, takewhile

import ahocorasick

from linkkit.marks import LINK_END, LINK_START

_LONGEST = 300
"""A link's or heading's words beyond this length wrap whole cards and stand in no running text as they are."""
_LETTERS, _HITS = 1_000_000, 200_000
"""What is looked for on one page at most, and found: beyond what pages hold, within what one page may cost."""
_LATIN = bytes(code if chr(code).isascii() and chr(code).isalnum() else ord(" ") for code in range(256))
"""Leaves Latin letters and digits of an ASCII text."""


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
    collapsed = _replaced(collapsed, headings, lambda _: "\n")
    # What is a heading and a link at once is gone already.
    collapsed = _replaced(collapsed, filter(None, anchors), lambda link: f"{LINK_START}{link}{LINK_END}")
    return "\n".join(line.strip() for line in collapsed.split("\n") if line.strip())


@lru_cache(maxsize=1 << 16)
def _phrase(text: str) -> tuple[str, bytes]:
    """Words as they would stand in running text, none where there are too many; and the longest of its Latin words."""
    phrase = " ".join(text.split())
    return (phrase, max(_latin(phrase), key=len, default=b"")) if len(phrase) <= _LONGEST else ("", b"")


def _latin(text: str) -> list[bytes]:
    return text.encode("ascii", "replace").translate(_LATIN).split()


def _replaced(text: str, sought: Iterable[str], replace: Callable[[str], str]) -> str:
    """The text with each occurrence of a phrase replaced, the first and longest of those that overlap."""
    tried = list(map(_phrase, sought))
    # Most of a page's links stand in no sentence.
    words = {b"", *_latin(text)} if tried else ()
    phrases = {phrase for phrase, word in tried if word in words and phrase}
    automaton = ahocorasick.Automaton()
    shortest_first = sorted(phrases, key=lambda each: (len(each), each))
    for phrase, _ in takewhile(
        lambda each: each[1] <= _LETTERS,
        zip(shortest_first, accumulate(map(len, shortest_first)), strict=True),
    ):
        automaton.add_word(phrase, len(phrase))
    if not len(automaton):
        return text
    automaton.make_automaton()
    hits = ((last + 1 - length, last + 1) for last, length in islice(automaton.iter(text), _HITS))
    done, parts = 0, list[str]()
    for first, end in sorted((hit for hit in hits if _whole(text, *hit)), key=lambda hit: (hit[0], -hit[1])):
        if first >= done:
            parts += [text[done:first], replace(text[first:end])]
            done = end
    return "".join([*parts, text[done:]])


def _whole(text: str, first: int, end: int) -> bool:
    """Whether what stands here is not cut out of a longer word, where it begins or ends with a Latin letter or a digit."""
    return not (
        (_is_latin(text[first]) and _goes_on(text[first - 1 : first]))
        or (_is_latin(text[end - 1]) and _goes_on(text[end : end + 1]))
    )


def _is_latin(sign: str) -> bool:
    return sign.isascii() and sign.isalnum()


def _goes_on(sign: str) -> bool:
    return sign.isalnum() or sign == "_"
