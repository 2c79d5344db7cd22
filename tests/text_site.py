"""Small sites of prose for tests of text: pages as HTML bodies, read by the same extraction as a crawl."""

from collections.abc import Mapping

import linkkit as lk
from linkkit.crawler.extract import extract_page
from linkkit.schema import Position
from linkkit.site import Manifest
from linkkit.sources.builder import SiteBuilder

ORIGIN = "https://shop.example"


def prose_site(
    pages: Mapping[str, str],
    *,
    language: str = "en",
    start: str = "/",
    facts: Mapping[str, dict] | None = None,
) -> lk.Site:
    """A Site of ``path -> HTML`` (a whole document, or what stands in its body; ``<h1>`` is the title too).

    `facts` overrides page columns by path.
    """
    builder = SiteBuilder(ORIGIN + start)
    for path, html in pages.items():
        read = extract_page(ORIGIN + path, f"<html lang={language}><body>{html}</body></html>")
        text = " ".join(" ".join(part.split()) for part in _body_text(html))
        known = {
            "status": 200,
            "content_type": "text/html",
            "title": read.title or read.h1,
            "h1": read.h1,
            "language": read.lang,
        } | (facts or {}).get(path, {})
        page = builder.add_page(
            ORIGIN + path, known, text=text, linkable=read.linkable, headings=read.headings
        )
        assert page is not None
        builder.add_links(
            page,
            [
                (
                    link.url,
                    link.name,
                    Position[link.position.upper()],
                    "nofollow" in link.rel,
                    link.is_image,
                    "",
                )
                for link in read.links
            ],
        )
    return builder.finish(Manifest(start_url=builder.start_url, tool="test"))


def _body_text(html: str) -> list[str]:
    from lxml import html as parser

    return [str(text) for text in parser.fromstring(f"<div>{html}</div>").itertext()]


def url(path: str) -> str:
    """Absolute URL of a path."""
    return ORIGIN + path
