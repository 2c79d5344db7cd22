"""Link position: in which part of the page a link stands.

The nearest ancestor that says what it is decides: a landmark element, an ARIA role, or, for pages made of ``<div>``, a
class or id whose whole name is one of the usual ones (``site-header``, ``main-nav``, ``sidebar``). Everything else is
content: a wrong "content" is the milder mistake, because the boilerplate detector sees the page's siblings too.
"""

import re
from functools import lru_cache
from typing import Any, Literal

from lxml import etree

Position = Literal["content", "navigation", "header", "footer", "sidebar", "breadcrumb"]

_ROLES: dict[str, Position] = {
    "navigation": "navigation",
    "menu": "navigation",
    "menubar": "navigation",
    "banner": "header",
    "contentinfo": "footer",
    "complementary": "sidebar",
    "main": "content",
}
_TAGS: dict[str, Position] = {
    "nav": "navigation",
    "header": "header",
    "footer": "footer",
    "aside": "sidebar",
    "main": "content",
}
_SCOPING = frozenset({"article", "aside", "main", "nav", "section"})
"""Elements inside which a ``<header>`` or ``<footer>`` belongs to that part, not to the page (HTML, 4.3.8)."""

_PREFIX = r"(?:(?:site|main|primary|secondary|global|top|bottom|page|left|right|side|sub|mobile|desktop|mega|sphinx|wp|the|js|l|c)[-_]?)*"
_SUFFIX = r"(?:[-_]{0,2}(?:wrapper|wrap|container|inner|outer|area|bar|main|top|bottom|left|right|section|content|column|col|row|list|items?|links?|primary|secondary|fixed|sticky|block|box|widget|\d++))*"
# A list of contents is a menu of the parts below a page; a layout that merely has one ("with-toc", "toc-main") is none.
_CONTENTS = (
    r"^(?:(?:ez|lwp|wp-block|rank-math|simple|easy|doc|docs|article|page|post|book|chapter|local|the|js)[-_]?)*"
    r"(?:toc|table-?of-?contents|list-?of-?(?:contents|tables|figures|examples|chapters))"
    r"(?:[-_]{0,2}(?:wrapper|wrap|container|inner|outer|box|block|widget|list|items?|links?|entry|menu|\d++))*$"
)
_HINTS: tuple[tuple[re.Pattern[str], Position], ...] = (
    (re.compile(r"^(?:.*[-_])?bread-?crumbs?(?:[-_].*)?$|^(?:bread)?crumb-?trail$|^crumbs$"), "breadcrumb"),
    (
        re.compile(
            rf"^(?:(?:header|footer|user|social|quick|utility|local|category|doc|docs)[-_]?)*{_PREFIX}"
            rf"(?:nav|navi|navbar|navigation|menu|menubar|pagination|pager|paging|toctree|nav-?header|nav-?footer){_SUFFIX}$"
        ),
        "navigation",
    ),
    (re.compile(_CONTENTS), "navigation"),
    (re.compile(rf"^{_PREFIX}(?:side-?bar|widget-?area){_SUFFIX}$"), "sidebar"),
    (
        re.compile(rf"^(?:(?:site|main|global|top|primary|the)[-_]?)*(?:header|masthead|top-?bar){_SUFFIX}$"),
        "header",
    ),
    (re.compile(rf"^{_PREFIX}(?:footer|colophon){_SUFFIX}$"), "footer"),
)
_NOT_A_HINT = frozenset({"page-header", "page_header", "pageheader", "page-footer-note"})
# Inline elements and list plumbing say nothing about the place and would only split equal containers.
_PLUMBING = frozenset(
    "a abbr b bdi bdo big cite code dd dt em font i label li mark q s small span strong sub sup tbody td tfoot th thead tr u".split()
)
_CLASS_WORD = re.compile(r"^[A-Za-z][A-Za-z_-]*$")
_LABELLED = etree.XPath("descendant-or-self::*[@role or @aria-label or @itemtype or @typeof]")
_SAYS_NOTHING = frozenset({"article", "p", "h1", "h2", "h3", "h4", "h5", "h6"})
MAX_CONTAINER_LEVELS = 12


class Places:
    """Position and container of elements of one document, remembered per ancestor: siblings share both.

    Parameters
    ----------
    root : lxml element
        The document.
    """

    def __init__(self, root: Any) -> None:
        self._labelled = set(_LABELLED(root))
        self._positions: dict[Any, Position | None] = {}
        self._containers: dict[Any, tuple[str, ...]] = {}
        self._signatures: dict[Any, str] = {}

    def position(self, link: Any) -> Position:
        """Where a link stands; ``content`` where nothing says otherwise."""
        # A link may carry the class hint itself (``<a class="breadcrumb-item">``), but never be a landmark.
        own = _hint(link)
        return own if own == "breadcrumb" else self._of(link.getparent()) or "content"

    def part(self, element: Any) -> Position:
        """Part of the page that an element belongs to; ``content`` where nothing says otherwise."""
        return self._of(element) or "content"

    def container(self, link: Any) -> str:
        """Short signature of the path from ``<body>`` to the link, such as ``main>div.related>ul``."""
        parent = link.getparent()
        signature = self._signatures.get(parent)
        if signature is None:
            path = self._path(parent)
            if len(path) > MAX_CONTAINER_LEVELS:
                path = (*path[:3], "*", *path[3 - MAX_CONTAINER_LEVELS :])
            signature = self._signatures[parent] = ">".join(path)
        return signature

    def _of(self, element: Any) -> Position | None:
        unknown = []
        found: Position | None = None
        while element is not None:
            if element in self._positions:
                found = self._positions[element]
                break
            unknown.append(element)
            found = self._says(element)
            if found is not None:
                break
            element = element.getparent()
        for each in unknown:
            self._positions[each] = found
        return found

    def _says(self, element: Any) -> Position | None:
        tag = element.tag
        if tag in {"html", "body"}:
            return None
        hint = _hint(element)
        by_role = None
        if element in self._labelled:
            labels = (element.get(name) or "" for name in ("aria-label", "itemtype", "typeof"))
            if hint == "breadcrumb" or "breadcrumb" in " ".join(labels).lower():
                return "breadcrumb"
            roles = (element.get("role") or "").lower().split()
            by_role = next((_ROLES[role] for role in roles if role in _ROLES), None)
        if hint == "breadcrumb" or by_role is not None:
            return by_role or "breadcrumb"
        by_tag = _TAGS.get(tag)
        if by_tag in {"header", "footer"} and any(
            ancestor.tag in _SCOPING or ancestor.get("role") == "main" for ancestor in element.iterancestors()
        ):
            by_tag = None
        return by_tag or hint

    def _path(self, element: Any) -> tuple[str, ...]:
        unknown = []
        path: tuple[str, ...] = ()
        while element is not None and element.tag not in {"body", "html"}:
            if element in self._containers:
                path = self._containers[element]
                break
            unknown.append(element)
            element = element.getparent()
        for each in reversed(unknown):
            if each.tag not in _PLUMBING:
                path = (*path, _signature(str(each.tag), each.get("class") or ""))
            self._containers[each] = path
        return path


def _hint(element: Any) -> Position | None:
    if element.tag in _SAYS_NOTHING:
        return None
    classes, identity = element.get("class"), element.get("id")
    return (_hint_of(classes) if classes else None) or (_hint_of_name(identity) if identity else None)


@lru_cache(maxsize=16_384)
def _hint_of(classes: str) -> Position | None:
    return next(filter(None, map(_hint_of_name, classes.split())), None)


@lru_cache(maxsize=65_536)
def _hint_of_name(word: str) -> Position | None:
    # "block__element--modifier": the modifier does not change what the block is.
    name = word.lower().split("--")[0]
    if not name or name in _NOT_A_HINT or len(name) > 60:
        return None
    return next((position for pattern, position in _HINTS if pattern.match(name)), None)


@lru_cache(maxsize=16_384)
def _signature(tag: str, classes: str) -> str:
    for word in classes.split():
        # Numbered and hashed classes differ from page to page ("post-123", "css-1x2y3z").
        if _CLASS_WORD.match(word) and len(word) <= 40:
            return f"{tag}.{word}"
    return tag
