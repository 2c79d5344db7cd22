"""The parsed document of an answer; parsed once, for whoever asks."""

from functools import lru_cache
from typing import Any

from lxml import etree


def parse_html(document: str | bytes) -> Any:
    """The root element of an HTML document; an empty one where there is nothing to parse.

    Plain elements, not those of ``lxml.html``: making one of the latter costs a Python call each.
    """
    parser = etree.HTMLParser(
        recover=True, huge_tree=True, encoding=None if isinstance(document, bytes) else "utf-8"
    )
    body = (
        document if isinstance(document, bytes) else document.replace("\x00", "").encode("utf-8", "replace")
    )
    root = etree.fromstring(body.strip() or b"<html/>", parser=parser)
    return root if root is not None else etree.fromstring(b"<html/>", parser=parser)


# The spider and the middleware ask for the same answer, one right after the other.
@lru_cache(maxsize=1)
def document_of(response: Any) -> Any:
    """Root element of a Scrapy answer that holds HTML."""
    return parse_html(response.text)
