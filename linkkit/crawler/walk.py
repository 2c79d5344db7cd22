"""One walk over a page: its text, its links with where they stand, and the elements that say something about it.

Text is read three times at once: what an editor could turn into a link, how many words there are, and advertools' body text.
What could become a link is the running text of the page's content. Text in headings, navigation, header, footer, sidebar, code and
controls is left out; text that is a link already is kept between two marks (`linkkit.marks.LINK_START`, ``LINK_END``), so
that a sentence stays whole. One block a line.

Pages of a site are made from few templates, so what an element is, within what it stands in, is worked out once: a `Spot` knows
the spots that its children come to, by their tag and the few attributes that decide.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import filterfalse
from typing import Any, NamedTuple

from lxml import etree

from linkkit.crawler.names import BLOCKS, SKIPPED, clean, is_hidden
from linkkit.crawler.positions import SCOPING, Container, Position, hint_of, label_of, position_of_tag
from linkkit.marks import LINK_END, LINK_START

HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
MAX_SPOTS = 20_000
"""Spots that are remembered; where more have been met (pages with classes of their own), they are forgotten."""

# Nobody puts a link into code or a control; a term or a table's head is a heading of its own kind.
_CLOSED = frozenset({"button", "caption", "dt", "label", "legend", "math", "option", "pre", "svg", "th"})
_LINKED = re.compile(f"{LINK_START}[^{LINK_END}]*{LINK_END}")
_MARKS = str.maketrans(dict.fromkeys((LINK_START, LINK_END), " "))
_WORD = re.compile(r"\w")

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
_KEPT = frozenset(("base", "frame", "html", "link", "meta", "script", "title"))
_ANCHORS = frozenset(("a", "area"))
_NOTED = _KEPT | _ANCHORS | HEADINGS
_LISTS = frozenset({"div", "nav", "ol", "ul"})

# What happens to the running text: a new line, a space, a link.
_LINE, _GAP, _LINK = 1, 2, 4

# What an element is, as bits; those of the second line pass on to all that stands in it.
_TELLS, _BLOCK, _BARRIER, _ANCHOR = 1, 2, 4, 8
_IN_BODY, _WORDS_OFF, _TOLD_OFF, _SILENT, _IN_HEADING, _IN_LINK, _INERT, _SCOPED = (
    1 << n for n in range(4, 12)
)
_INHERITED = _IN_BODY | _WORDS_OFF | _TOLD_OFF | _SILENT | _IN_HEADING | _IN_LINK | _INERT | _SCOPED

# What the text of a spot is for.
_COUNTED, _IS_TOLD, _PROSE, _SPACE = 1, 2, 4, 8

# What an element's attributes say, by their names.
CLASS, ID, LABEL, HIDES, HREF, REL, NAMED, TYPED = (1 << n for n in range(8))
_LOOK = LABEL | HIDES | HREF
_DECIDING = CLASS | ID | _LOOK
_SAYS = {
    "class": CLASS,
    "id": ID,
    "role": LABEL,
    "aria-label": LABEL | NAMED,
    "itemtype": LABEL | TYPED,
    "typeof": LABEL | TYPED,
    "aria-hidden": HIDES,
    "hidden": HIDES,
    "style": HIDES,
    "href": HREF,
    "rel": REL,
    "aria-labelledby": NAMED,
    "title": NAMED,
    "alt": NAMED,
}


def _traits(tag: str) -> int:
    silent = tag in SKIPPED or tag in _CLOSED or tag in {"nav", "footer"}
    return (
        _TELLS * (tag in _TOLD)
        | _BLOCK * (tag in BLOCKS)
        | _BARRIER * (tag in _CLOSED)
        | _ANCHOR * (tag == "a")
        | _IN_BODY * (tag == "body")
        | _WORDS_OFF * (tag in _WORDLESS)
        | _TOLD_OFF * (tag in _UNTOLD)
        | _SILENT * silent
        | _IN_HEADING * (tag in HEADINGS)
        | _INERT * (tag == "template")
        | _SCOPED * (tag in SCOPING)
    )


_TRAITS = {
    tag: _traits(tag) for tag in _TOLD | _UNTOLD | _WORDLESS | _CLOSED | BLOCKS | SKIPPED | SCOPING | {"body"}
}


class Spot:
    """What an element is within all that it stands in.

    Attributes
    ----------
    position : str or None
        Part of the page; None where nothing says so, which is its content.
    container : Container
        Path from the body; `signature` is its short form.
    is_breadcrumb : bool
        Whether the element's own class or id calls it one.
    is_inert : bool
        Whether it stands in a template.
    opening, closing : int
        What happens to the running text where the element begins and ends: `_LINE`, `_GAP`, `_LINK`.
    purpose : int
        What its text is for: `_COUNTED`, `_IS_TOLD`, `_PROSE` or `_SPACE`.
    steps : dict
        Spots of the elements below, by what decides.
    """

    __slots__ = (
        "_bits", "_children", "closing", "container", "is_breadcrumb", "is_inert", "opening", "position", "purpose", "signature",
        "steps",
    )  # fmt: skip

    def __init__(self, bits: int, outer: int, position: Position | None, container: Container) -> None:
        self._bits = bits
        self._children: dict[Any, Spot] = {}
        self.steps: dict[Any, Spot] = {}
        self.position = position
        self.container = container
        self.signature = str(container)
        self.is_breadcrumb = False
        self.is_inert = bool(bits & _INERT)
        self.opening = 0
        if not outer & _SILENT:
            self.opening = _LINE if bits & _BLOCK else _GAP if bits & _BARRIER else 0
            self.opening |= _LINK if bits & ~outer & _IN_LINK else 0
        self.closing = self.opening & ~_GAP
        self.purpose = 0
        if bits & _IN_BODY:
            if not bits & _WORDS_OFF:
                self.purpose |= _COUNTED
            if bits & _TELLS and not bits & _TOLD_OFF:
                self.purpose |= _IS_TOLD
            if not bits & (_SILENT | _IN_HEADING):
                self.purpose |= _PROSE if position in {None, "content"} else _SPACE

    def step(self, element: Any, says: int, key: Any) -> "Spot":
        """The spot of an element below, which is met for the first time; `key` is what `_key` said of it."""
        tag, classes, identity = element.tag, element.get("class"), element.get("id")
        bits = _TRAITS.get(tag, 0) | (self._bits & _INHERITED)
        label = label_of(element) if says & LABEL else None
        if label is not None and label.is_main:
            bits |= _SCOPED
        if says & HIDES and is_hidden(element):
            bits |= _SILENT
        if bits & _ANCHOR and says & HREF and not bits & (_IN_LINK | _SILENT):
            bits |= _IN_LINK
        hint = hint_of(tag, classes, identity)
        position = self.position
        if tag not in {"html", "body"}:
            by_tag = position_of_tag(tag, is_scoped=bool(self._bits & _SCOPED))
            by_label = label.position if label is not None else None
            position = ("breadcrumb" if hint == "breadcrumb" else by_label or by_tag or hint) or position
        container = self.container.below(tag, classes)
        form = (bits, position, container, hint == "breadcrumb")
        spot = self._children.get(form)
        if spot is None:
            spot = self._children[form] = Spot(bits, self._bits, position, container)
            spot.is_breadcrumb = hint == "breadcrumb"
        self.steps[key] = spot
        return spot


class _Memory:
    """The spots met so far, from the one that every document begins at."""

    def __init__(self) -> None:
        self.steps = 0
        self._start = Spot(0, 0, None, Container())

    def start(self) -> Spot:
        """Where a document begins; forgets the rest where there are too many."""
        if self.steps > MAX_SPOTS:
            self.steps, self._start = 0, Spot(0, 0, None, Container())
        return self._start


_memory = _Memory()


@lru_cache(maxsize=8_192)
def _says(names: tuple[str, ...]) -> int:
    said = 0
    for name in names:
        said |= _SAYS.get(name, 0)
    return said


def _key(element: Any, says: int) -> Any:
    """All of an element that decides on its spot, where class and id are not all."""
    return (
        element.tag,
        element.get("class") if says & CLASS else None,
        element.get("id") if says & ID else None,
        label_of(element) if says & LABEL else None,
        says & HREF,
        bool(says & HIDES and is_hidden(element)),
    )


class Anchor(NamedTuple):
    """An ``<a>`` or ``<area>``, what its attributes say, its own spot and that of what it stands in."""

    element: Any
    says: int
    spot: Spot
    outer: Spot


@dataclass
class Walk:
    """What one walk over a document has met.

    Attributes
    ----------
    by_tag : dict of str to list of lxml elements
        Elements that say something about the page: ``base``, ``frame``, ``h1``, ``html``, ``link``, ``meta``, ``script``, ``title``.
    headings : list of lxml elements
        ``h1`` to ``h6``, in document order.
    anchors : list of Anchor
        Links, in document order.
    typed : list of lxml elements
        Lists that may be a breadcrumb trail in structured data.
    linkable : str
        Running text of the content, one block a line, whitespace collapsed; links stand between marks.
    words : int
        Words of the body without navigation and footer.
    body_text : str
        advertools' ``body_text``.
    """

    by_tag: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    headings: list[Any] = field(default_factory=list)
    anchors: list[Anchor] = field(default_factory=list)
    typed: list[Any] = field(default_factory=list)
    linkable: str = ""
    words: int = 0
    body_text: str = ""


def walk(root: Any) -> Walk:  # noqa: PLR0912, PLR0915  (one pass, once for each element of each page)
    """Walk over a document once."""
    found = Walk()
    by_tag, anchors = found.by_tag, found.anchors
    lines: list[str] = []
    line: list[str] = []
    counted: list[str] = []
    told: list[str] = []
    spot = _memory.start()
    above: list[Spot] = []
    for event, node in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        if event == "start":
            outer = spot
            above.append(outer)
            names = node.keys()
            says = _says(tuple(names)) if names else 0
            key = tag = node.tag
            if says & _DECIDING:
                key = _key(node, says) if says & _LOOK else (tag, node.get("class"), node.get("id"))
            found_spot = outer.steps.get(key)
            if found_spot is None:
                found_spot = outer.step(node, says, key)
                _memory.steps += 1
            spot = found_spot
            if tag in _NOTED:
                if tag in _ANCHORS:
                    anchors.append(Anchor(node, says, spot, outer))
                elif tag in HEADINGS:
                    found.headings.append(node)
                else:
                    by_tag[tag].append(node)
            if says & TYPED and tag in _LISTS:
                found.typed.append(node)
            change = spot.opening
            if change:
                if change & _LINE and line:
                    lines.append("".join(line))
                    line = []
                elif change & _GAP:
                    line.append(" ")
                if change & _LINK:
                    line.append(LINK_START)
            purpose = spot.purpose
            text = node.text if purpose else None
        else:
            if event == "end":
                change = spot.closing
                spot = above.pop()
                if change:
                    if change & _LINK:
                        line.append(LINK_END)
                    if change & _LINE and line:
                        lines.append("".join(line))
                        line = []
            purpose = spot.purpose
            text = node.tail if purpose else None
        if text:
            if purpose & _COUNTED:
                counted.append(text)
            if purpose & _IS_TOLD:
                told.append(text)
            if purpose & (_PROSE | _SPACE):
                if text.isspace():
                    line.append(" ")
                elif purpose & _PROSE:
                    line.append(text if text.isascii() else text.translate(_MARKS))
    lines.append("".join(line))
    by_tag["h1"] = [heading for heading in found.headings if heading.tag == "h1"]
    found.linkable = "\n".join(filter(None, map(_whole, lines)))
    found.words = _count_words(" ".join(counted))
    found.body_text = " ".join(told)
    return found


def _whole(line: str) -> str:
    if line.isspace():
        return ""
    text = clean(line)
    # A block that is nothing but a link holds nothing that could become one.
    if text.startswith(LINK_START) and not _LINKED.sub("", text).strip():
        return ""
    return text


def _count_words(text: str) -> int:
    words = text.split()
    marked = list(filterfalse(str.isalnum, words))
    return len(words) - len(marked) + sum(map(bool, map(_WORD.search, marked)))
