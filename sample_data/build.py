"""Build the sample site: content/ and planted/ through templates/ into site/.

Run as ``python sample_data/build.py [--out FOLDER] [--clean]``. The result is the same to the byte on every run.
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections import defaultdict
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup
from sitepages import (
    CATEGORIES,
    CONTENT,
    HERE,
    PLANTED,
    POSTS_PER_PAGE,
    TOPICS,
    Page,
    last_change,
    planted_edits,
    planted_pages,
    written_pages,
)

ORIGIN = "https://www.fellandford.example"
BRAND = "Fell & Ford"
# Planted: the sitemap still lists a sale that is noindex by now, and an address that moved.
STALE_ENTRIES = ("/shop/last-season/", "/hire/")

# Category -> the topic whose guides its products point to.
GUIDES_FOR = {
    "tents": "wild-camping",
    "sleeping-bags": "wild-camping",
    "rucksacks": "navigation-skills",
    "stoves": "wild-camping",
    "footwear": "footwear-fit",
    "waterproofs": "waterproofing-care",
    "navigation": "navigation-skills",
    "packrafts": "packrafting",
}
# Three permutations of the categories: every product is in three related blocks, so none hangs on one link.
RELATED_CATEGORIES = (
    ("sleeping-bags", "stoves", "footwear", "tents", "waterproofs", "navigation", "packrafts", "rucksacks"),
    ("stoves", "tents", "waterproofs", "sleeping-bags", "rucksacks", "packrafts", "footwear", "navigation"),
    ("rucksacks", "footwear", "navigation", "packrafts", "sleeping-bags", "tents", "waterproofs", "stoves"),
)
HOME_PRODUCTS = (
    "corrie-1",
    "corrie-2",
    "squall-jacket",
    "bracken-leather-boot",
    "otter-solo-raft",
    "ember-500-down",
    "packhorse-65",
    "wick-canister-stove",
)
NO_CHROME: dict[str, list[dict[str, str]]] = {"header": [], "footer": []}
HOME_GUIDES = ("choosing-a-pitch", "measuring-your-feet", "map-and-compass-basics")


class Shop:
    """All pages of the site and the blocks that templates draw from them."""

    def __init__(self, *, planted: bool = True) -> None:
        pages, self.chrome = written_pages(), NO_CHROME
        if planted:
            pages, self.chrome = planted_edits([*pages, *planted_pages()])
        self.pages = {page.url: page for page in pages}
        if len(self.pages) != len(pages):
            raise ValueError("two content files have the same URL")
        listed = [page for page in pages if page.listed]
        self.categories = [self.pages[f"/shop/{name}/"] for name in CATEGORIES]
        self.pillars = [self.pages[f"/guides/{topic}/"] for topic in TOPICS]
        self.services = sorted((p for p in listed if p.kind == "service"), key=lambda p: p.url)
        self.authors = sorted((p for p in listed if p.kind == "author"), key=lambda p: p.url)
        self.tags = {p.slug: p for p in listed if p.kind == "tag"}
        self.posts = sorted(
            (p for p in listed if p.kind == "post"), key=lambda p: (p.date, p.url), reverse=True
        )
        self.products: dict[str, list[Page]] = defaultdict(list)
        self.guides: dict[str, list[Page]] = defaultdict(list)
        for page in sorted(listed, key=lambda p: p.url):
            if page.kind == "product":
                self.products[page.category].append(page)
            elif page.kind == "guide":
                self.guides[page.topic].append(page)
        self.by_slug = {p.slug: p for p in listed if p.kind in {"product", "guide"}}
        self.last_blog_page = -(-len(self.posts) // POSTS_PER_PAGE)

    def blocks(self, page: Page) -> dict[str, Any]:
        """What the template of `page` lists besides the page's own prose."""
        make = getattr(self, "_" + page.kind.replace("-", "_"), None)
        return make(page) if make else {}

    def _home(self, page: Page) -> dict[str, Any]:
        return {
            "products": [self.by_slug[slug] for slug in HOME_PRODUCTS],
            "guides": [self.by_slug[slug] for slug in HOME_GUIDES],
            "posts": self.posts[:4],
        }

    def _category(self, page: Page) -> dict[str, Any]:
        return {"products": self.products[page.slug]}

    def _product(self, page: Page) -> dict[str, Any]:
        place = CATEGORIES.index(page.category)
        siblings = self.products[page.category]
        index = siblings.index(page) if page in siblings else 3
        related = [siblings[(index + 1) % len(siblings)]]
        for shift, others in enumerate(RELATED_CATEGORIES):
            pool = self.products[others[place]]
            related.append(pool[(index + 2 * shift) % len(pool)])
        guides = self.guides[GUIDES_FOR[page.category]]
        picked = [guides[index % len(guides)], guides[(index + 2) % len(guides)]]
        return {"category": self.pages[f"/shop/{page.category}/"], "related": related, "guides": picked}

    def _guide(self, page: Page) -> dict[str, Any]:
        topic = TOPICS.index(page.topic)
        own = self.guides[page.topic]
        related = []
        for step in (1, 2, 3):
            others = self.guides[TOPICS[(topic + step) % len(TOPICS)]]
            related.append(others[(own.index(page) + step) % len(others)])
        return {
            "pillar": self.pages[f"/guides/{page.topic}/"],
            "siblings": [each for each in own if each is not page],
            "related": related,
            "author": self.pages[f"/about/team/{page.meta['author']}/"],
        }

    def _pillar(self, page: Page) -> dict[str, Any]:
        return {
            "siblings": self.guides[page.topic],
            "author": self.pages[f"/about/team/{page.meta['author']}/"],
        }

    def _guide_index(self, page: Page) -> dict[str, Any]:
        return {"topics": [(pillar, self.guides[pillar.slug]) for pillar in self.pillars]}

    def _post(self, page: Page) -> dict[str, Any]:
        related: list[Page] = []
        if page.listed:
            at = self.posts.index(page)
            older_first = self.posts[at + 1 :] + self.posts[:at]
            for tag in page.tags:
                related += [post for post in older_first if tag in post.tags and post not in related]
        return {
            "author": self.pages[f"/about/team/{page.meta['author']}/"],
            "tags": [self.tags[tag] for tag in page.tags],
            "related": related[:3],
        }

    def _tag(self, page: Page) -> dict[str, Any]:
        return {"posts": [post for post in self.posts if page.slug in post.tags]}

    def _author(self, page: Page) -> dict[str, Any]:
        guides = [g for topic in TOPICS for g in self.guides[topic] if g.meta["author"] == page.slug]
        return {"guides": guides, "posts": [post for post in self.posts if post.meta["author"] == page.slug]}

    def _blog_index(self, page: Page) -> dict[str, Any]:
        number = page.meta.get("number", 1)
        first = (number - 1) * POSTS_PER_PAGE
        return {
            "posts": self.posts[first : first + POSTS_PER_PAGE],
            "number": number,
            "pages": [(n, blog_url(n)) for n in range(1, self.last_blog_page + 1)],
        }

    def _a_to_z(self, page: Page) -> dict[str, Any]:
        every = [each for each in self.pages.values() if each.listed]
        return {"every": sorted(every, key=lambda each: each.title.casefold())}

    def all_pages(self) -> list[Page]:
        """Every page, the later pages of the journal included."""
        blog = self.pages["/blog/"]
        later = [
            replace(
                blog,
                url=blog_url(number),
                canonical=blog_url(number),
                title=f"{blog.title}, page {number}",
                h1=f"{blog.h1}, page {number}",
                description=f"{blog.description} Page {number} of {self.last_blog_page}.",
                body="",
                meta={**blog.meta, "number": number},
            )
            for number in range(2, self.last_blog_page + 1)
        ]
        return [*self.pages.values(), *later]

    def trail(self, page: Page) -> list[tuple[str, str]]:
        """Breadcrumb as (name, URL), start page first, the page itself left out."""
        if page.url == "/" or page.kind == "bare":
            return []
        trail = [("Home", "/")]
        for url in page.breadcrumb if page.breadcrumb is not None else _parents(page.url):
            if url in self.pages:
                parent = self.pages[url]
                trail.append((parent.name or parent.h1, url))
        return trail


def blog_url(number: int) -> str:
    """URL of a page of the journal."""
    return "/blog/" if number == 1 else f"/blog/page/{number}/"


def _parents(url: str) -> list[str]:
    parts = url.strip("/").split("/")[:-1]
    return ["/" + "/".join(parts[: n + 1]) + "/" for n in range(len(parts))]


def _breadcrumb_json(trail: list[tuple[str, str]], page: Page) -> str:
    steps = [*trail, (page.h1, page.url)]
    data = {
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": name, "item": ORIGIN + url}
            for place, (name, url) in enumerate(steps, 1)
        ],
    }
    # A page's own words must not end the script element.
    return json.dumps(data, ensure_ascii=False).replace("<", "\\u003c").replace(">", "\\u003e")


def _target(site: Path, page: Page) -> Path:
    if page.file:
        return site / page.file
    return site / unquote(page.url).strip("/") / "index.html"


def _environment(shop: Shop) -> Environment:
    markdown = MarkdownIt("commonmark", {"html": True}).enable("table")
    env = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    env.filters["markdown"] = lambda text: Markup(markdown.render(text))
    env.filters["long_date"] = lambda day: f"{day.day} {day:%B %Y}"
    env.filters["pounds"] = lambda price: f"£{price:,.2f}".removesuffix(".00")
    env.globals.update(origin=ORIGIN, brand=BRAND, shop=shop, chrome=shop.chrome)
    return env


def build(out: Path, *, planted: bool = True) -> int:
    """Write the whole site to `out` (replaced if it is there); gives the number of HTML pages."""
    shop = Shop(planted=planted)
    env = _environment(shop)
    if out.exists():
        shutil.rmtree(out)
    pages = sorted(shop.all_pages(), key=lambda page: page.url)
    for page in pages:
        trail = shop.trail(page)
        html = env.get_template(f"{page.kind}.html").render(
            page=page, trail=trail, breadcrumb_json=_breadcrumb_json(trail, page), **shop.blocks(page)
        )
        _write(
            _target(out, page), "\n".join(line.rstrip() for line in html.splitlines() if line.strip()) + "\n"
        )
    for folder in (HERE / "static", *([PLANTED / "files"] if planted else [])):
        for source in sorted(folder.rglob("*")):
            if source.is_file():
                _write(out / source.relative_to(folder), source.read_text(encoding="utf-8"))
    _write(
        out / "404.html",
        env.get_template("404.html").render(page=_not_found(), trail=[], breadcrumb_json="{}"),
    )
    _write(out / "sitemap.xml", _sitemap(pages, STALE_ENTRIES if planted else ()))
    return len(pages)


def _not_found() -> Page:
    return Page(
        url="/404.html",
        kind="404",
        title="Page not found",
        h1="Off the edge of the map",
        description="There is no page at this address.",
        body="",
        source="templates/404.html",
        robots="noindex",
    )


def _sitemap(pages: list[Page], stale: tuple[str, ...]) -> str:
    rows = [
        f"  <url><loc>{escape(ORIGIN + page.url)}</loc><lastmod>{last_change(page):%Y-%m-%d}</lastmod></url>"
        for page in pages
        if page.sitemap and page.canonical in {page.url, None} and not page.robots
    ]
    rows += [
        f"  <url><loc>{escape(ORIGIN + path)}</loc><lastmod>2024-03-01</lastmod></url>" for path in stale
    ]
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    return head + "\n".join(rows) + "\n</urlset>\n"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE / "site", help="folder to write (replaced)")
    parser.add_argument("--clean", action="store_true", help="leave out everything that is planted")
    given = parser.parse_args()
    if given.clean and given.out == HERE / "site":
        parser.error("--clean needs an --out of its own: sample_data/site is the site with the plants")
    print(f"{build(given.out, planted=not given.clean)} pages in {given.out}")


if __name__ == "__main__":
    if not CONTENT.is_dir():
        raise SystemExit(f"{CONTENT} is missing: run from a complete checkout")
    main()
