"""The text of a page, in one walk: what an editor could turn into a link, how many words, and advertools' body text.

What could become a link is the running text of the page's content. Text in headings, navigation, header, footer, sidebar, code and
controls is left out; text that is a link already is kept between two marks (`linkkit.marks.LINK_START`, ``LINK_END``), so
that a sentence stays whole. One block a line.
"""

import re
from dataclasses import dataclass
from typing import Any

from lxml import etree

from linkkit.crawl.names import BLOCKS, SKIPPED, clean
from linkkit.crawl.positions import Places
from linkkit.marks import LINK_END, LINK_START

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
# Nobody puts a link into code or a control; a term or a table's head is a heading of its own kind.
_CLOSED = frozenset({"button", "caption", "dt", "label", "legend", "math", "option", "pre", "svg", "th"})
_LINKED = re.compile(f"{LINK_START}[^{LINK_END}]*{LINK_END}")
_MARKS = str.maketrans(dict.fromkeys((LINK_START, LINK_END, "\n"), " "))
_WORD = re.compile(r"\S*?\w\S*")
_text_content = etree.XPath("string()")

# As analysts' crawlers count: the visible text of the body without navigation and footer.
_WORDLESS = frozenset(
    {"footer", "nav", "noscript", "script", "select", "style", "svg", "template", "textarea"}
)
# advertools' body_text: text that stands directly in one of these elements and in none of those, however deep.
_TOLD = frozenset(
    "a abbr address article b bdi bdo blockquote caption cite code data dd del details dfn div dl dt em figcaption figure h1 h2 h3"
    " h4 h5 h6 i ins kbd li main mark menu ol p pre q rp rt ruby s samp section small span strong sub summary sup table tbody td"
    " th thead time tr u ul var".split()
)
_UNTOLD = frozenset(
    "area aside audio base br button canvas col colgroup datalist embed fieldset footer form head header iframe img input label"
    " legend link map meta nav noscript object optgroup option output param picture script search select source style svg textarea"
    " tfoot title track video".split()
)
_EMPTY = (_WORDLESS & _UNTOLD & (SKIPPED | _CLOSED)) | {"nav", "footer"}
"""What no text comes out of at all."""

# What an element is, as bits; those of the second line pass on to all that stands in it.
_TELLS, _BLOCK, _BARRIER, _ANCHOR, _MUTE = 1, 2, 4, 8, 16
_WORDS_OFF, _TOLD_OFF, _SILENT, _IN_HEADING, _IN_LINK = 32, 64, 128, 256, 512
_INHERITED = _WORDS_OFF | _TOLD_OFF | _SILENT | _IN_HEADING | _IN_LINK


def _traits(tag: str) -> int:
    return (
        _TELLS * (tag in _TOLD)
        | _BLOCK * (tag in BLOCKS or tag in HEADINGS)
        | _BARRIER * (tag in _CLOSED)
        | _ANCHOR * (tag == "a")
        | _MUTE * (tag in _EMPTY)
        | _WORDS_OFF * (tag in _WORDLESS)
        | _TOLD_OFF * (tag in _UNTOLD)
        | _SILENT * (tag in SKIPPED or tag in _CLOSED)
        | _IN_HEADING * (tag in HEADINGS)
    )


_TRAITS = {tag: _traits(tag) for tag in _TOLD | _UNTOLD | _WORDLESS | _CLOSED | BLOCKS | HEADINGS | SKIPPED}


@dataclass(frozen=True, slots=True)
class PageText:
    """The text of one page.

    Attributes
    ----------
    linkable : str
        Running text of the content, one block a line, whitespace collapsed; links stand between marks.
    words : int
        Words of the body without navigation and footer.
    body : str
        advertools' ``body_text``.
    """

    linkable: str
    words: int
    body: str


def page_text(root: Any, places: Places, hidden: set[Any]) -> PageText:
    """Read the text of a document.

    Parameters
    ----------
    root : lxml element
        The document.
    places : Places
        Positions of the same document; only what stands in the content can become a link.
    hidden : set of lxml elements
        `linkkit.crawl.names.hidden_elements` of the same document.
    """
    body = root if root.tag == "body" else next(root.iter("body"), None)
    parts: list[str] = []
    counted: list[str] = []
    told: list[str] = []
    if body is not None:
        _walk(body, places, hidden, parts, counted, told)
    lines = map(_whole, "".join(parts).split("\n"))
    return PageText(
        "\n".join(line for line in lines if line), len(_WORD.findall(" ".join(counted))), " ".join(told)
    )


def heading_texts(root: Any, hidden: set[Any]) -> str:
    """Texts of the headings ``h1`` to ``h6`` in document order, one a line; what is hidden or empty left out."""
    found = (clean(_text_content(heading)) for heading in root.iter(*HEADINGS) if heading not in hidden)
    return "\n".join(text for text in found if text)


def _whole(line: str) -> str:
    text = clean(line)
    # A block that is nothing but a link holds nothing that could become one.
    return text if text and _LINKED.sub("", text).strip() else ""


def _walk(  # noqa: PLR0912  (one pass, once for each element of each page)
    body: Any, places: Places, hidden: set[Any], parts: list[str], counted: list[str], told: list[str]
) -> None:
    """Append the body's text in reading order: what can be linked, what is counted, what advertools tells."""
    # Bits of the elements that the walk is in; text counts for what encloses it, so an element's tail for its parent.
    open_elements: list[int] = []
    bits = 0
    walk = etree.iterwalk(body, events=("start", "end", "comment", "pi"))
    for event, node in walk:
        if event == "start":
            outer = bits
            open_elements.append(outer)
            own = _TRAITS.get(node.tag, 0)
            bits = own | (outer & _INHERITED)
            if own & _MUTE:
                walk.skip_subtree()
            if not outer & _SILENT:
                if own & (_BLOCK | _BARRIER):
                    parts.append("\n" if own & _BLOCK else " ")
                if node in hidden:
                    bits |= _SILENT
                elif own & _ANCHOR and not bits & (_IN_LINK | _SILENT) and "href" in node.attrib:
                    bits |= _IN_LINK
                    parts.append(LINK_START)
            if own & _MUTE:
                continue
            text, place = node.text, node
        else:
            if event == "end":
                inner, bits = bits, open_elements.pop()
                if not bits & _SILENT:
                    if inner & ~bits & _IN_LINK:
                        parts.append(LINK_END)
                    if inner & _BLOCK:
                        parts.append("\n")
                if not open_elements:
                    break
            text, place = node.tail, None
        if text:
            if not bits & _WORDS_OFF:
                counted.append(text)
            if bits & _TELLS and not bits & _TOLD_OFF:
                told.append(text)
            if not bits & (_SILENT | _IN_HEADING):
                if text.isspace():
                    parts.append(" ")
                elif places.part(node.getparent() if place is None else place) == "content":
                    parts.append(text.translate(_MARKS))
