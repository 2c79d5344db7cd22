"""Chapters of documentation sites as their own tables of contents tell them: what clusters are compared with."""

from collections import Counter
from pathlib import Path
from urllib.parse import urldefrag

import lxml.html

MIN_PAGES = 3
_POSTGRESQL_CHAPTERS = {"preface", "chapter", "appendix", "reference"}


def chapters(name: str, folder: Path) -> dict[str, str]:
    """Path of each page -> path of its chapter; chapters of fewer than `MIN_PAGES` pages are left out."""
    found = python_chapters(folder) if name == "python" else postgresql_chapters(folder)
    sizes = Counter(found.values())
    return {page: chapter for page, chapter in found.items() if sizes[chapter] >= MIN_PAGES}


def python_chapters(folder: Path) -> dict[str, str]:
    """Every page belongs to the page above it in contents.html; a page with pages below it, to itself."""
    tree = lxml.html.fromstring((folder / "contents.html").read_bytes())
    above: dict[str, str] = {}
    for item in tree.xpath("//div[contains(@class, 'toctree-wrapper')]//li"):
        page = item.xpath("./a/@href")[0]
        if "#" in page:
            continue
        parents = item.xpath("./ancestor::li[1]/a/@href")
        if parents:
            above.setdefault(f"/{page}", f"/{urldefrag(parents[0]).url}")
    # Above its own pages, and below another: the lower of the two is what its pages share a subject with.
    for chapter in set(above.values()):
        above[chapter] = chapter
    return above


def postgresql_chapters(folder: Path) -> dict[str, str]:
    """Every page belongs to the chapter, appendix or reference that its "up" links lead to."""
    contents = lxml.html.fromstring((folder / "index.html").read_bytes())
    tops = {
        f"/{link.get('href')}"
        for link in contents.xpath("//dl//a[@href]")
        if link.getparent().get("class") in _POSTGRESQL_CHAPTERS
    }
    up: dict[str, str] = {}
    for file in sorted(folder.glob("*.html")):
        links = lxml.html.fromstring(file.read_bytes()).xpath("//a[@accesskey='u']/@href")
        if links:
            up[f"/{file.name}"] = f"/{links[0]}"
    found: dict[str, str] = {}
    for page in up:
        here, seen = page, set()
        while here not in tops and here in up and here not in seen:
            seen.add(here)
            here = up[here]
        if here in tops:
            found[page] = here
    return found
