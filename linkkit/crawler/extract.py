"""One HTML page -> what a link audit needs of it: links with name, position and rel, title, robots, canonical.

Pure: no network, no crawler. The crawler hands in the parsed document it has anyway; tests hand in text.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import ada_url
from lxml import etree

from linkkit.crawler.breadcrumbs import breadcrumb_trail
from linkkit.crawler.directives import ROBOTS_NAMES, header_directives, parse_directives, unique
from linkkit.crawler.document import parse_html
from linkkit.crawler.names import MAX_NAME_LENGTH, accessible_name, clean, is_hidden, is_image_link
from linkkit.crawler.plain import plain_addresses
from linkkit.crawler.positions import Position
from linkkit.crawler.render.shell import looks_like_shell
from linkkit.crawler.walk import NAMED, REL, Anchor, Walk, walk
from linkkit.sources.breadcrumbs import Step

INSTANT_REFRESH_SECONDS = 1.0
"""A meta refresh after at most this many seconds is a redirect; a slower one is a page that reloads itself."""

MAX_TEXT = 2_000
"""Characters kept of title, h1 and description."""

_REFRESH = re.compile(r"(\d*\.?\d*)[\s;,]*(?:url\s*=)?(.*)", re.IGNORECASE | re.DOTALL)
_LINK_HEADER = re.compile(r"<([^>]*)>([^<]*)")
_CANONICAL_REL = re.compile(r";\s*rel\s*=\s*(?:\"[^\"]*\bcanonical\b[^\"]*\"|canonical\b)", re.IGNORECASE)
_text_content = etree.XPath("string()")


class Link(NamedTuple):
    """One ``<a href>`` or ``<area href>`` of a page, in document order.

    Attributes
    ----------
    url : str
        Absolute target, fragment kept.
    name : str
        Accessible name, empty where the link has none.
    position : str
        content, navigation, header, footer, sidebar or breadcrumb.
    rel : str
        Tokens of the rel attribute, lower case, joined by a space.
    is_image : bool
        The link shows an image and no text of its own.
    container : str
        Signature of the ancestors below ``<body>``.
    """

    url: str
    name: str
    position: Position
    rel: str
    is_image: bool
    container: str


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What one page says about itself; strings are whitespace-collapsed, None where the page says nothing.

    `robots` holds the lower-case directives of meta robots and X-Robots-Tag; `refresh_to` the absolute target of an
    instant meta refresh; `frames` how many ``<frame>`` elements the page has (a frameset has no links of its own), `scripts` how many
    ``<script>`` elements that run; `is_shell` whether the page looks like the empty shell of an application. `linkable` (blocks of running text) and
    `headings` hold one a line, and are empty where the page has none. `breadcrumb` holds the steps of structured data, name and
    address each; `rel_next` and `rel_prev` the neighbours in a paginated series, as ``<link>`` or ``<a>`` names them; `body_text` is advertools' column.
    """

    title: str | None = None
    h1: str | None = None
    meta_description: str | None = None
    canonical: str | None = None
    robots: tuple[str, ...] = ()
    lang: str | None = None
    refresh_to: str | None = None
    word_count: int | None = None
    frames: int = 0
    scripts: int = 0
    is_shell: bool = False
    linkable: str | None = None
    headings: str | None = None
    breadcrumb: tuple[Step, ...] = ()
    rel_next: str | None = None
    rel_prev: str | None = None
    links: tuple[Link, ...] = ()
    body_text: str | None = None


def extract_page(url: str, document: Any, headers: Mapping[str, Iterable[str]] | None = None) -> PageFacts:
    """Read one page.

    Parameters
    ----------
    url : str
        Address the page was requested under; relative addresses start from it, or from ``<base href>``.
    document : str, bytes, lxml element or None
        The HTML, or its parsed root. None: there is no HTML (a PDF, a redirect), only the headers are read.
    headers : mapping of str to list of str, optional
        Response headers, any case; ``X-Robots-Tag``, ``Link`` and ``Content-Language`` are read.

    Returns
    -------
    PageFacts
        Links in document order, with repeated targets, with nofollow links, internal and external; only http(s).
    """
    by_name = {name.lower(): list(values) for name, values in (headers or {}).items()}
    robots = header_directives(by_name.get("x-robots-tag", ()))
    canonical = _header_canonical(url, by_name.get("link", ()))
    languages = by_name.get("content-language", [])
    language = languages[0] if len(languages) == 1 and "," not in languages[0] else None
    root = parse_html(document) if isinstance(document, str | bytes) else document
    if root is None:
        return PageFacts(canonical=canonical, robots=unique(robots), lang=clean(language).lower() or None)
    return _Reader(url, root).read(robots, canonical, language)


def absolute(url: str, base: str) -> str | None:
    """The http(s) address a reference leads to, fragment kept; None for any other scheme or a malformed one."""
    try:
        joined = ada_url.join_url(base, url)
    except (ValueError, UnicodeError):
        return None
    return joined if joined.startswith(("http://", "https://")) else None


def _runs(script: Any) -> bool:
    """Whether a script element holds code; structured data and templates are scripts by name only."""
    kind = (script.get("type") or "").strip().lower()
    return not kind or kind == "module" or "javascript" in kind or "ecmascript" in kind


class _Reader:
    """What one document says."""

    def __init__(self, url: str, root: Any) -> None:
        self.url = url
        self.root = root
        self.base = url
        self.plain = plain_addresses(url)
        self.ids: dict[str, Any] = {}

    def read(self, robots: list[str], canonical: str | None, language: str | None) -> PageFacts:
        met = walk(self.root)
        by_tag = met.by_tag
        if by_tag["base"]:
            self.base = self._base(by_tag["base"])
            self.plain = plain_addresses(self.base)
        refresh, description, meta_language = None, None, None
        for meta in by_tag["meta"]:
            name, content = meta.get("name", "").strip().lower(), meta.get("content") or ""
            equivalent = meta.get("http-equiv", "").strip().lower()
            if name in ROBOTS_NAMES and not _inside(meta, "noscript"):
                robots = [*robots, *parse_directives(content)]
            elif name == "description" and description is None:
                description = clean(content)
            elif equivalent == "content-language" and meta_language is None and "," not in content:
                meta_language = content
            elif equivalent == "refresh" and refresh is None and not _inside(meta, "noscript"):
                refresh = self._refresh(content)
        lang = next((clean(each.get("lang") or each.get("xml:lang")) for each in by_tag["html"]), "")
        titles = (element for element in by_tag["title"] if not _inside(element, "svg"))
        scripts = sum(_runs(script) for script in by_tag["script"])
        names = (accessible_name(h1, self.root, self.ids) for h1 in by_tag["h1"])
        related = [*by_tag["link"], *(each.element for each in met.anchors if each.says & REL)]
        return PageFacts(
            title=next((text for text in map(_text, titles) if text), None),
            h1=next((text for text in names if text), None),
            meta_description=(description or "")[:MAX_TEXT] or None,
            canonical=self._canonical(by_tag["link"]) or canonical,
            robots=unique(robots),
            lang=(lang or clean(meta_language) or clean(language)).lower() or None,
            refresh_to=refresh,
            word_count=met.words,
            frames=len(by_tag["frame"]),
            scripts=scripts,
            is_shell=looks_like_shell(self.root, words=met.words, scripts=scripts, links=len(met.anchors)),
            linkable=met.linkable,
            headings=_headings(met),
            breadcrumb=breadcrumb_trail(by_tag["script"], met.typed, lambda url: absolute(url, self.base)),
            rel_next=self._neighbour(related, "next"),
            rel_prev=self._neighbour(related, "prev", "previous"),
            links=tuple(link for link in map(self._link, met.anchors) if link is not None),
            body_text=met.body_text,
        )

    def _base(self, elements: list[Any]) -> str:
        for element in elements:
            href = element.get("href")
            if href is not None:
                return absolute(href, self.url) or self.url
        return self.url

    def _refresh(self, content: str) -> str | None:
        match = _REFRESH.match(content.strip())
        target = match[2].strip().strip("\"'").strip() if match else ""
        if match is None or not target or match[1] in {"", "."}:
            return None
        found = absolute(target, self.base) if float(match[1]) <= INSTANT_REFRESH_SECONDS else None
        # A page that loads itself anew is no redirect.
        return None if found is None or found.split("#")[0] == self.url else found

    def _canonical(self, elements: list[Any]) -> str | None:
        for element in elements:
            if "canonical" in element.get("rel", "").lower().split() and (element.get("href") or "").strip():
                return absolute(element.get("href"), self.base)
        return None

    def _neighbour(self, elements: list[Any], *rels: str) -> str | None:
        for element in elements:
            if element.get("href") and not set(rels).isdisjoint(element.get("rel", "").lower().split()):
                return absolute(element.get("href"), self.base)
        return None

    def _link(self, anchor: Anchor) -> Link | None:
        element, says, spot, outer = anchor
        href = element.get("href")
        if href is None or outer.is_inert:
            return None
        url = self.plain.joined(href) or absolute(href, self.base)
        if url is None:
            return None
        if says & NAMED or len(element) or element.tag == "area":
            name, is_image = accessible_name(element, self.root, self.ids), is_image_link(element)
        else:
            name, is_image = clean(element.text)[:MAX_NAME_LENGTH], False
        return Link(
            url=url,
            name=name,
            # A link may carry the class hint itself (``<a class="breadcrumb-item">``), but never be a landmark.
            position="breadcrumb" if spot.is_breadcrumb else outer.position or "content",
            rel=" ".join(element.get("rel").lower().split()) if says & REL else "",
            is_image=is_image,
            container=outer.signature,
        )


def _headings(met: Walk) -> str:
    """Texts of the headings in document order, one a line; what is hidden or empty left out."""
    found = (clean(_text_content(heading)) for heading in met.headings if not is_hidden(heading))
    return "\n".join(text for text in found if text)


def _inside(element: Any, *tags: str) -> bool:
    return next(element.iterancestors(*tags), None) is not None


def _text(element: Any) -> str:
    return clean("".join(element.itertext()))[:MAX_TEXT]


def _header_canonical(url: str, values: Iterable[str]) -> str | None:
    for value in values:
        for target, parameters in _LINK_HEADER.findall(value):
            if _CANONICAL_REL.search(parameters):
                return absolute(target, url)
    return None
