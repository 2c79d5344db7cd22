"""Link position: in which part of the page a link stands.

The nearest ancestor that says what it is decides: a landmark element, an ARIA role, or, for pages made of ``<div>``, a
class or id whose whole name is one of the usual ones (``site-header``, ``main-nav``, ``sidebar``). Everything else is
content: a wrong "content" is the milder mistake, because the boilerplate detector sees the page's siblings too.
"""

import re
from functools import lru_cache
from typing import Any, Literal, NamedTuple

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
SCOPING = frozenset({"article", "aside", "main", "nav", "section"})
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
_SAYS_NOTHING = frozenset({"article", "p", "h1", "h2", "h3", "h4", "h5", "h6"})
MAX_CONTAINER_LEVELS = 12


class Label(NamedTuple):
    """What an element's ARIA role, label and structured data say of its position; `is_main`: it is the page's main part."""

    position: Position | None
    is_main: bool


def label_of(element: Any) -> Label | None:
    """What an element with a role, a label or structured data says; None where that is nothing."""
    role = element.get("role") or ""
    labels = (element.get(name) or "" for name in ("aria-label", "itemtype", "typeof"))
    if "breadcrumb" in " ".join(labels).lower():
        position: Position | None = "breadcrumb"
    else:
        position = next((_ROLES[each] for each in role.lower().split() if each in _ROLES), None)
    return Label(position, role == "main") if position is not None or role == "main" else None


def position_of_tag(tag: str, *, is_scoped: bool) -> Position | None:
    """What a landmark element says by its name; `is_scoped`: it stands in one of `SCOPING`, or in the main part."""
    return None if is_scoped and tag in {"header", "footer"} else _TAGS.get(tag)


def hint_of(tag: str, classes: str | None, identity: str | None) -> Position | None:
    """What the usual names of classes and ids say."""
    if tag in _SAYS_NOTHING:
        return None
    return (_hint_of(classes) if classes else None) or (_hint_of_name(identity) if identity else None)


class Container(NamedTuple):
    """The path from ``<body>`` to an element; of a long one the first and the last steps.

    `first` holds at most `MAX_CONTAINER_LEVELS` steps, `last` as many as are written behind an asterisk, `levels` counts them all.
    """

    first: tuple[str, ...] = ()
    last: tuple[str, ...] = ()
    levels: int = 0

    def below(self, tag: str, classes: str | None) -> "Container":
        """The path to a child."""
        if tag in {"html", "body"}:
            return Container()
        if tag in _PLUMBING:
            return self
        step = _signature(tag, classes or "")
        first = self.first if self.levels >= MAX_CONTAINER_LEVELS else (*self.first, step)
        return Container(first, (*self.last[3 - MAX_CONTAINER_LEVELS + 1 :], step), self.levels + 1)

    def __str__(self) -> str:
        """Short signature, such as ``main>div.related>ul``."""
        if self.levels <= MAX_CONTAINER_LEVELS:
            return ">".join(self.first)
        return ">".join((*self.first[:3], "*", *self.last))


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
