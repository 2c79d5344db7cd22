"""advertools' columns of one page, read from a document that is parsed already.

``advertools.crawl`` walks a page some thirty times: four link extractors, an XPath a column, two data frames. The columns here
are the same, name by name and value by value (the tests hold them against advertools' own), from one look at each element.
"""

import json
import logging
import math
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urljoin

from lxml import etree
from scrapy.linkextractors import IGNORED_EXTENSIONS
from w3lib.html import strip_html5_whitespace
from w3lib.url import safe_url_string

from linkkit.crawler.plain import plain_addresses

logger = logging.getLogger(__name__)

_TAGS = ("a", "area", "img", "link", "meta", "script", "title", "h1", "h2", "h3", "h4", "h5", "h6")
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_PARTS = (("nav_links", "nav"), ("header_links", "header"), ("footer_links", "footer"))
_IMAGE_ATTRIBUTES = frozenset(
    "align alt border crossorigin decoding fetchpriority height hspace ismap loading longdesc name referrerpolicy sizes src srcset"
    " usemap vspace width".split()
)
_text_content = etree.XPath("string()")
_SEPARATOR = "@@"
_IGNORED = frozenset(IGNORED_EXTENSIONS)
MAX_JSON_LD = 2_000_000
"""Characters of one JSON-LD element that are read."""


def page_columns(url: str, root: Any, base: str, encoding: str) -> dict[str, Any]:
    """Columns that advertools reads from the document itself.

    Parameters
    ----------
    url : str
        Address of the answer.
    root : lxml element
        The document.
    base : str
        Address that relative ones start from.
    encoding : str
        Of the document, in which queries of addresses are written.

    Returns
    -------
    dict of str to str
        Values of a column joined by ``@@``; a column that has none is left out.
    """
    by_tag: dict[str, list[Any]] = {tag: [] for tag in _TAGS}
    hyperlinks = []
    for element in root.iter(*_TAGS):
        if element.tag in {"a", "area"}:
            hyperlinks.append(element)
        else:
            by_tag[element.tag].append(element)
    links = _Links(url, base, encoding)
    columns = _joined(
        {
            "title": [text for title in by_tag["title"] for text in _own_text(title)],
            "meta_desc": _named(by_tag["meta"], "description"),
            "viewport": _named(by_tag["meta"], "viewport"),
            "charset": _values(by_tag["meta"], "charset"),
        }
    )
    for tag in _HEADINGS:
        text = _SEPARATOR.join(map(_text_content, by_tag[tag]))
        if text:
            columns[tag] = text
    relations = [(element, element.get("rel")) for element in by_tag["link"]]
    alternates = [element for element, rel in relations if rel == "alternate"]
    columns |= _joined(
        {
            "canonical": _values((element for element, rel in relations if rel == "canonical"), "href"),
            "alt_href": _values(alternates, "href"),
            "alt_hreflang": _values(alternates, "hreflang"),
        }
    )
    columns |= _open_graph(by_tag["meta"]) | _cards(by_tag["meta"]) | _json_ld(by_tag["script"])
    columns |= links.columns("links", hyperlinks)
    for name, tag in _PARTS:
        inside = [link for part in root.iter(tag) for link in part.iter("a", "area")]
        columns |= links.columns(name, inside)
    return columns | _images(by_tag["img"], base)


class _Links:
    """Links of one page as Scrapy's link extractor gives them, each read once."""

    def __init__(self, url: str, base: str, encoding: str) -> None:
        self._url = url
        self._base = base
        self._encoding = encoding
        # With a base of its own, addresses are not joined to the page's.
        self._plain = plain_addresses(base) if base == url else None
        self._addresses: dict[str, str | None] = {}
        self._read: dict[Any, tuple[str, str, str] | None] = {}

    def columns(self, name: str, elements: list[Any]) -> dict[str, str]:
        read = [link for link in map(self._link, elements) if link is not None]
        if not read:
            return {}
        urls, texts, nofollow = zip(*read, strict=True)
        return {
            f"{name}_url": _SEPARATOR.join(urls),
            f"{name}_text": _SEPARATOR.join(texts),
            f"{name}_nofollow": _SEPARATOR.join(nofollow),
        }

    def _link(self, element: Any) -> tuple[str, str, str] | None:
        if element in self._read:
            return self._read[element]
        href = element.get("href")
        link = None
        if href is not None:
            if href not in self._addresses:
                self._addresses[href] = self._address(href)
            url = self._addresses[href]
            if url is not None:
                rel = element.get("rel")
                is_nofollow = rel is not None and "nofollow" in rel.lower().replace(",", " ").split()
                text = _text_content(element) if len(element) else element.text or ""
                link = (url, text, "True" if is_nofollow else "False")
        self._read[element] = link
        return link

    def _address(self, href: str) -> str | None:
        url = self._absolute(href)
        if url is None:
            return None
        scheme, _, rest = url.partition("://")
        path = rest.split("#", 1)[0].split("?", 1)[0].partition("/")[2].rpartition("/")[2].split(";", 1)[0]
        is_followed = scheme in {"http", "https", "file", "ftp"} and not _is_ignored(path.lower())
        return url if is_followed else None

    def _absolute(self, href: str) -> str | None:
        plain = self._plain.joined(href) if self._plain is not None else None
        if plain is not None:
            return plain
        try:
            joined = urljoin(self._base, strip_html5_whitespace(href))
            return urljoin(self._url, safe_url_string(joined, encoding=self._encoding))
        except ValueError:
            return None


def _is_ignored(name: str) -> bool:
    """Whether Scrapy's link extractor leaves files of that name alone."""
    return "." in name and (name.rpartition(".")[2] in _IGNORED or ".".join(name.split(".")[-2:]) in _IGNORED)


def _own_text(element: Any) -> Iterator[str]:
    """Text nodes of the element itself."""
    if element.text:
        yield element.text
    for child in element:
        if child.tail:
            yield child.tail


def _values(elements: Iterable[Any], attribute: str) -> list[str]:
    return [value for value in (element.get(attribute) for element in elements) if value is not None]


def _named(metas: list[Any], name: str) -> list[str]:
    return _values((meta for meta in metas if meta.get("name") == name), "content")


def _joined(columns: dict[str, list[str]]) -> dict[str, str]:
    joined = {name: _SEPARATOR.join(values) for name, values in columns.items()}
    return {name: text for name, text in joined.items() if text}


def _open_graph(metas: list[Any]) -> dict[str, str]:
    found = [(meta.get("property"), meta) for meta in metas if (meta.get("property") or "").startswith("og:")]
    contents = _values((meta for _, meta in found), "content")
    return dict(zip(_numbered([name for name, _ in found]), contents, strict=False)) if contents else {}


def _cards(metas: list[Any]) -> dict[str, str]:
    found = [(meta.get("name"), meta) for meta in metas if (meta.get("name") or "").startswith("twitter:")]
    contents = _values((meta for _, meta in found), "content")
    return dict(zip((name for name, _ in found), contents, strict=False)) if contents else {}


def _numbered(names: list[str]) -> list[str]:
    """Names with the second and later of equal ones numbered: og:image, og:image_1."""
    counts: dict[str, int] = {}
    numbered = []
    for name in names:
        count = counts.get(name, 0)
        counts[name] = count + 1
        numbered.append(f"{name}_{count}" if count else name)
    return numbered


def _images(images: list[Any], base: str) -> dict[str, str]:
    names = dict.fromkeys(name for image in images for name in image.keys() if name in _IMAGE_ATTRIBUTES)  # noqa: SIM118
    columns = {}
    for name in names:
        values = (image.get(name) for image in images)
        if name == "src":
            values = (_image_address(base, value) for value in values)
        columns[f"img_{name}"] = _SEPARATOR.join(value or "" for value in values)
    return columns


def _image_address(base: str, source: str | None) -> str | None:
    if source is None:
        return None
    try:
        return urljoin(base, source)
    except ValueError:
        return source


def _json_ld(scripts: list[Any]) -> dict[str, Any]:
    texts = [
        text
        for script in scripts
        if script.get("type") == "application/ld+json"
        for text in _own_text(script)
    ]
    try:
        if any(len(text) > MAX_JSON_LD for text in texts):
            raise ValueError(f"JSON-LD of more than {MAX_JSON_LD} characters")
        data = [json.loads(text.replace("\r", "").replace("\n", " ")) for text in texts]
    except (ValueError, RecursionError) as error:
        return {"jsonld_errors": str(error)}
    if len(data) == 1:
        return _flat(data[0], "jsonld_")
    columns: dict[str, Any] = {}
    for number, each in enumerate(data):
        # As advertools counts: the first has no number.
        columns |= _flat(each, f"jsonld_{number}_" if number else "jsonld_")
    return columns


def _flat(data: Any, prefix: str) -> dict[str, Any]:
    """The first record of JSON-LD data as columns, nested objects joined by a point; what it lacks of the others' is None."""
    records = data if isinstance(data, list) else [data]
    if not all(isinstance(record, dict) for record in records):
        return {}
    flat: list[dict[str, Any]] = []
    for record in records:
        columns: dict[str, Any] = {}
        _flatten(record, "", columns)
        flat.append(columns)
    names = dict.fromkeys(name for columns in flat for name in columns)
    return {prefix + name: _number(flat[0].get(name)) for name in names}


def _flatten(record: dict[str, Any], prefix: str, columns: dict[str, Any]) -> None:
    for name, value in record.items():
        if isinstance(value, dict):
            _flatten(value, f"{prefix}{name}.", columns)
        else:
            columns[prefix + name] = value


def _number(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
