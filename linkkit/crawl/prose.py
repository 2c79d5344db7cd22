"""What an editor could turn into a link: the running text of a page's content, and its headings.

Text in headings, navigation, header, footer, sidebar, code and controls is left out; text that is a link already is
kept between two marks (`linkkit.schema.LINK_START`, ``LINK_END``), so that a sentence stays whole. One block a line.
"""

import re
from typing import Any

from linkkit.crawl.names import BLOCKS, SKIPPED, clean, is_hidden
from linkkit.crawl.positions import Places
from linkkit.schema import LINK_END, LINK_START

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
# Nobody puts a link into code or a control; a term or a table's head is a heading of its own kind.
_CLOSED = frozenset({"button", "caption", "dt", "label", "legend", "math", "option", "pre", "svg", "th"})
_SILENT = SKIPPED | _CLOSED
_LINKED = re.compile(f"{LINK_START}[^{LINK_END}]*{LINK_END}")
_MARKS = str.maketrans(dict.fromkeys((LINK_START, LINK_END), " "))


def linkable_text(root: Any, places: Places) -> str:
    """Running text of a document's content, one block a line, whitespace collapsed; links stand between marks.

    Parameters
    ----------
    root : lxml element
        The document.
    places : Places
        Positions of the same document; only what stands in the content counts.
    """
    bodies = [root] if root.tag == "body" else list(root.iter("body"))
    parts: list[str] = []
    for body in bodies[:1]:
        _collect(body, places, parts)
    lines = (_whole(line) for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line)


def heading_texts(root: Any) -> str:
    """Texts of the headings ``h1`` to ``h6`` in document order, one a line; what is hidden or empty left out."""
    found = (clean("".join(heading.itertext())) for heading in root.iter(*HEADINGS) if not is_hidden(heading))
    return "\n".join(text for text in found if text)


def _whole(line: str) -> str:
    text = clean(line)
    # A block that is nothing but a link holds nothing that could become one.
    return text if _LINKED.sub("", text).strip() else ""


def _collect(body: Any, places: Places, parts: list[str]) -> None:
    """Append what can be linked, in reading order; an explicit stack, because real pages nest deeply."""
    # An entry: the element, whether it is being left, and whether a heading or link encloses it.
    stack: list[tuple[Any, bool, bool, bool]] = [(body, False, False, False)]
    while stack:
        node, leaving, in_heading, in_link = stack.pop()
        named = isinstance(node.tag, str)
        is_block = named and (node.tag in BLOCKS or node.tag in HEADINGS)
        is_link = named and node.tag == "a" and "href" in node.attrib and not in_link
        if leaving:
            if is_link:
                parts.append(LINK_END)
            if is_block:
                parts.append("\n")
            if node is not body:
                _say(node.tail, node.getparent(), places, parts, silent=in_heading)
            continue
        stack.append((node, True, in_heading, in_link))
        if is_block or (named and node.tag in _CLOSED):
            parts.append("\n" if is_block else " ")
        if not named or node.tag in _SILENT or is_hidden(node):
            continue
        inside = in_heading or node.tag in HEADINGS
        if is_link:
            parts.append(LINK_START)
        _say(node.text, node, places, parts, silent=inside)
        stack.extend((child, False, inside, in_link or is_link) for child in reversed(node))


def _say(text: str | None, place: Any, places: Places, parts: list[str], *, silent: bool) -> None:
    if text and not silent:
        if text.isspace():
            parts.append(" ")
        elif places.part(place) == "content":
            parts.append(text.replace("\n", " ").translate(_MARKS))
