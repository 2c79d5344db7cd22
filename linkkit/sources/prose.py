"""The linkable part of a page's text where the crawl did not keep it: the text without the page's own links and headings."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, islice, takewhile

import ahocorasick

from linkkit.marks import LINK_END, LINK_START

_LONGEST = 300
"""A link's or heading's words beyond this length wrap whole cards and stand in no running text as they are."""
_LETTERS, _HITS = 1_000_000, 200_000
"""What is looked for on one page at most, and found: beyond what pages hold, within what one page may cost."""
_LETTER = frozenset(chr(code) for code in range(128) if chr(code).isalnum())
_LATIN = bytes(code if chr(code) in _LETTER else ord(" ") for code in range(256))
"""Leaves Latin letters and digits of an ASCII text."""


def linkable_by_subtraction(
    words: Sequence[str], *, anchors: Iterable[str | None], headings: Iterable[str]
) -> str:
    """Body text with every occurrence of the page's own anchors marked as a link, and of its headings taken out.

    Careful rather than complete: where a page links the words "tents" once, all its "tents" count as linked.

    Parameters
    ----------
    words : sequence of str
        Body text of one page, split at whitespace; blocks unknown.
    anchors : iterable of str or None
        Texts of its links; None where the source does not tell one.
    headings : iterable of str
        Its headings.

    Returns
    -------
    str
        As `linkkit.schema.TEXT` has it in ``linkable``, whitespace collapsed; a line break where a heading stood.
    """
    text = " ".join(words)
    if LINK_START in text or LINK_END in text:
        words = text.replace(LINK_START, " ").replace(LINK_END, " ").split()
        text = " ".join(words)
    # Most of a page's links stand in no sentence: only what shares a word with the text is looked for.
    latin = {b"", *_latin(" ".join(set(words)))}
    text = _replaced(text, _phrases(headings, latin), lambda _: "\n")
    # What is a heading and a link at once is gone already.
    text = _replaced(
        text, _phrases(filter(None, anchors), latin), lambda link: f"{LINK_START}{link}{LINK_END}"
    )
    return "\n".join(line.strip() for line in text.split("\n") if line.strip())


def _phrases(texts: Iterable[str], latin: set[bytes]) -> set[str]:
    """Phrases whose longest Latin word stands in the text, as does that of each phrase that stands there."""
    short = (text for text in texts if len(text) <= 4 * _LONGEST)
    return {phrase for phrase, word in map(_phrase, short) if word in latin and phrase}


@lru_cache(maxsize=1 << 14)
def _phrase(text: str) -> tuple[str, bytes]:
    """Words as they would stand in running text, none where there are too many; and the longest of its Latin words."""
    phrase = " ".join(text.split())
    return (phrase, max(_latin(phrase), key=len, default=b"")) if len(phrase) <= _LONGEST else ("", b"")


def _latin(text: str) -> list[bytes]:
    return text.encode("ascii", "replace").translate(_LATIN).split()


def _replaced(text: str, phrases: set[str], replace: Callable[[str], str]) -> str:
    """The text with each occurrence of a phrase replaced, the first and longest of those that overlap."""
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
    done, parts = 0, list[str]()
    for first, before_end in sorted(_spans(text, islice(automaton.iter(text), _HITS))):
        if first >= done:
            end = -before_end
            parts += [text[done:first], replace(text[first:end])]
            done = end
    return "".join([*parts, text[done:]])


def _spans(text: str, hits: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Of phrases that end at a place and have a length: where they begin, and their negative end, which puts longer ones first.

    Left out is what is cut out of a longer word where it begins or ends with a Latin letter or a digit.
    """
    after = f"{text} "
    for last, length in hits:
        first = last + 1 - length
        if text[first] in _LETTER and first and ((sign := text[first - 1]).isalnum() or sign == "_"):
            continue
        if text[last] in _LETTER and ((sign := after[last + 1]).isalnum() or sign == "_"):
            continue
        yield first, -last - 1
