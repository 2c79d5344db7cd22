"""Accessible names: the words a link is announced with, which is what its anchor text is.

Order of precedence (a subset of the W3C accessible name computation): ``aria-labelledby``, ``aria-label``, the text
inside the link including image alternatives, ``title``. Hidden parts do not count.
"""

import re
from typing import Any

MAX_NAME_LENGTH = 1_000
"""Characters kept of one name: a card wrapped in a link can hold a whole article."""

_SURROGATES = re.compile("[\ud800-\udfff]")
SKIPPED = frozenset(
    {"script", "style", "template", "noscript", "head", "object", "iframe", "select", "textarea"}
)
BLOCKS = frozenset(
    "address article aside blockquote br dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header"
    " hr li main nav ol p pre section table tbody td tfoot th thead tr ul".split()
)


# Words in other type: neither blocks nor skipped, and without an attribute that hides or names them.
_PLAIN = frozenset(
    "abbr b bdi bdo cite code data em font i kbd mark q s samp small span strong sub sup time tt u var".split()
)
_HARMLESS = frozenset(("class", "id", "lang"))


def clean(text: str | None) -> str:
    """Whitespace runs to one space, ends trimmed, lone surrogates (which no table can hold) replaced."""
    if not text:
        return ""
    collapsed = " ".join(text.split())
    return collapsed if collapsed.isascii() else _SURROGATES.sub("\N{REPLACEMENT CHARACTER}", collapsed)


def accessible_name(link: Any, root: Any, ids: dict[str, Any]) -> str:
    """The accessible name of a link or area element; the empty string where it has none.

    Parameters
    ----------
    link : lxml element
        An ``<a>`` or ``<area>``.
    root : lxml element
        The document, searched for the targets of ``aria-labelledby``.
    ids : dict
        Cache of id -> element for this document; filled on first need.
    """
    name = _labelled_by(link, root, ids) or clean(link.get("aria-label"))
    if not name and link.tag == "area":
        name = clean(link.get("alt"))
    if not name and link.tag != "area":
        name = _inner_text(link)
    return (name or clean(link.get("title")))[:MAX_NAME_LENGTH]


def is_image_link(link: Any) -> bool:
    """Whether the link shows pictures and no words of its own (an ``<area>`` is part of a picture)."""
    if link.tag == "area":
        return True
    if next(link.iter("img", "svg", "picture", "input"), None) is None:
        return False
    return not _inner_text(link, images=False)


def _labelled_by(link: Any, root: Any, ids: dict[str, Any]) -> str:
    references = link.get("aria-labelledby")
    if not references:
        return ""
    if not ids:
        for element in root.iter():
            if isinstance(element.tag, str) and element.get("id"):
                ids.setdefault(element.get("id"), element)
    targets = [ids[reference] for reference in references.split() if reference in ids]
    return clean(" ".join(clean(each.get("aria-label")) or _inner_text(each) for each in targets))


def _inner_text(element: Any, *, images: bool = True) -> str:
    if not len(element):
        return clean(element.text) if element.tag not in SKIPPED else ""
    # Mostly a link holds words in other type.
    below = element.iterdescendants()
    if element.tag == "a" and all(node.tag in _PLAIN and _HARMLESS.issuperset(node.keys()) for node in below):
        return clean("".join(element.itertext()))
    parts: list[str] = []
    _collect(element, parts, images=images, top=True)
    return clean("".join(parts))


def _collect(element: Any, parts: list[str], *, images: bool, top: bool = False) -> None:
    """Append the text of an element in reading order; an explicit stack, because real pages nest deeply."""
    stack: list[tuple[Any, bool]] = [(element, False)]
    while stack:
        node, leaving = stack.pop()
        if leaving:
            if node.tag in BLOCKS:
                parts.append(" ")
            if node is not element:
                parts.append(node.tail or "")
            continue
        stack.append((node, True))
        if not isinstance(node.tag, str) or node.tag in SKIPPED:
            continue
        if not (node is element and top) and is_hidden(node):
            continue
        if node.tag in BLOCKS:
            parts.append(" ")
        own = _own_name(node, images=images) if not (node is element and top) else None
        if own is not None:
            parts.append(own)
            continue
        parts.append(node.text or "")
        stack.extend((child, False) for child in reversed(node))


def _own_name(node: Any, *, images: bool) -> str | None:
    """The name a nested element brings along instead of its content, None where its content counts."""
    if node.tag in {"img", "input"}:
        if not images or (node.tag == "input" and node.get("type", "").lower() != "image"):
            return ""
        alt = node.get("alt")
        # alt="" marks a decoration; only a missing alt lets the title speak.
        return clean(node.get("aria-label")) or clean(alt if alt is not None else node.get("title"))
    if node.tag == "svg":
        if not images:
            return ""
        label = clean(node.get("aria-label"))
        title = next(node.iter("title"), None)
        words = [
            *(each for each in ([label] if label else [])),
            *([] if title is None else [title.text or ""]),
        ]
        return words[0] if words else clean("".join(text.text or "" for text in node.iter("text")))
    return clean(node.get("aria-label")) or None


def is_hidden(node: Any) -> bool:
    """Whether an element is hidden by attribute or inline style, as far as the markup alone tells."""
    if node.get("aria-hidden", "").strip().lower() == "true" or "hidden" in node.attrib:
        return True
    style = node.get("style")
    return bool(style) and "display:none" in style.replace(" ", "").lower()
