"""The pages of the sample site as data: written content, planted pages, planted edits."""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
CONTENT = HERE / "content"
PLANTED = HERE / "planted"

CATEGORIES = (
    "tents",
    "sleeping-bags",
    "rucksacks",
    "stoves",
    "footwear",
    "waterproofs",
    "navigation",
    "packrafts",
)
TOPICS = ("wild-camping", "waterproofing-care", "navigation-skills", "packrafting", "footwear-fit")
POSTS_PER_PAGE = 10


@dataclass(frozen=True)
class Page:
    """One page before it becomes HTML.

    `canonical` is the path the page names as canonical (its own by default, None for no canonical element);
    `file` is where the HTML goes when that is not the URL's folder.
    """

    url: str
    kind: str
    title: str
    h1: str
    description: str
    body: str
    source: str
    meta: dict[str, Any] = field(default_factory=dict)
    listed: bool = True
    sitemap: bool = True
    canonical: str | None = None
    robots: str | None = None
    file: str | None = None

    @property
    def slug(self) -> str:
        """Last part of the path."""
        return self.url.rstrip("/").rsplit("/", 1)[-1]

    def __getattr__(self, name: str) -> Any:
        """Front matter by name, so that templates read ``page.price``."""
        if name.startswith("_") or name == "meta":
            raise AttributeError(name)
        return self.meta.get(name)


class ContentError(ValueError):
    """A content file or a planted edit is not what it should be."""


def front_matter(path: Path) -> tuple[dict[str, Any], str]:
    """Split a content file into its TOML front matter and its Markdown."""
    text = path.read_text(encoding="utf-8")
    parts = text.split("+++\n", 2)
    if len(parts) != 3 or parts[0].strip():
        raise ContentError(f"{path}: no front matter between two +++ lines")
    try:
        return tomllib.loads(parts[1]), parts[2].strip()
    except tomllib.TOMLDecodeError as error:
        raise ContentError(f"{path}: front matter is no TOML: {error}") from error


def _address(path: Path, meta: dict[str, Any]) -> tuple[str, str]:
    """URL and template of a written page, from its place in content/."""
    collection, name = path.parent.name, path.stem
    if collection == "pages":
        url = str(meta["url"])
        return url, {"/": "home", "/shop/": "shop", "/blog/": "blog-index"}.get(url, "static")
    if name == "index":
        url = {"services": "/services/", "guides": "/guides/", "team": "/about/team/"}[collection]
        return url, {"services": "services", "guides": "guide-index", "team": "static"}[collection]
    if collection == "products":
        return f"/shop/{meta['category']}/{name}/", "product"
    if collection == "guides":
        topic, _, guide = name.partition("--")
        return (f"/guides/{topic}/{guide}/", "guide") if guide else (f"/guides/{topic}/", "pillar")
    prefix, kind = {
        "categories": ("/shop/", "category"),
        "services": ("/services/", "service"),
        "blog": ("/blog/", "post"),
        "team": ("/about/team/", "author"),
    }[collection]
    return f"{prefix}{name}/", kind


_OWN = ("title", "h1", "description", "url", "kind", "listed", "sitemap", "canonical", "robots", "file")


def _page(path: Path, meta: dict[str, Any], body: str, url: str, kind: str, **own: Any) -> Page:
    missing = [name for name in ("title", "h1", "description") if not meta.get(name)]
    if missing:
        raise ContentError(f"{path}: front matter lacks {', '.join(missing)}")
    rest = {name: value for name, value in meta.items() if name not in _OWN}
    return Page(
        url=url,
        kind=kind,
        title=meta["title"],
        h1=meta["h1"],
        description=meta["description"],
        body=body,
        source=path.relative_to(HERE).as_posix(),
        meta=rest,
        **{"canonical": url, **own},
    )


def written_pages() -> list[Page]:
    """The clean site, one page for each file of content/ and each tag."""
    pages = []
    for path in sorted(CONTENT.glob("*/*.md")):
        meta, body = front_matter(path)
        url, kind = _address(path, meta)
        pages.append(_page(path, meta, body, url, kind))
    tags_file = CONTENT / "tags.toml"
    for tag, meta in tomllib.loads(tags_file.read_text(encoding="utf-8")).items():
        pages.append(_page(tags_file, meta, meta["intro"], f"/blog/tag/{tag}/", "tag"))
    return pages


def planted_pages() -> list[Page]:
    """Pages that exist only to carry a defect; never listed by a template."""
    pages = []
    for path in sorted((PLANTED / "pages").glob("*.md")):
        meta, body = front_matter(path)
        url = meta["url"]
        own = {name: meta[name] for name in ("sitemap", "robots", "file") if name in meta}
        canonical = meta.get("canonical", url) or None
        pages.append(
            _page(path, meta, body, url, meta.get("kind", "static"), listed=False, canonical=canonical, **own)
        )
    return pages


def planted_edits(pages: list[Page]) -> tuple[list[Page], dict[str, list[dict[str, str]]]]:
    """Apply planted/edits.toml; gives the edited pages and the links planted into header and footer.

    Raises
    ------
    ContentError
        If an edit names an unknown page, or a text that does not stand exactly once in it.
    """
    path = PLANTED / "edits.toml"
    plan = tomllib.loads(path.read_text(encoding="utf-8"))
    by_url = {page.url: page for page in pages}
    faults = []
    for edit in plan.get("edit", []):
        for url in edit.get("pages", [edit.get("page")]):
            page = by_url.get(url)
            if page is None:
                faults.append(f"{edit['plant']}: no page {url}")
                continue
            try:
                by_url[url] = _edited(page, edit)
            except ContentError as error:
                faults.append(f"{edit['plant']}: {url}: {error}")
    if faults:
        raise ContentError(f"{path}:\n  " + "\n  ".join(faults))
    chrome: dict[str, list[dict[str, str]]] = {"header": [], "footer": []}
    for link in plan.get("chrome", []):
        chrome[link["place"]].append(link)
    return list(by_url.values()), chrome


def _edited(page: Page, edit: dict[str, Any]) -> Page:
    if "old" in edit:
        found = page.body.count(edit["old"])
        if found != 1:
            raise ContentError(f"{edit['old']!r} stands {found} times in {page.source}, expected once")
        return replace(page, body=page.body.replace(edit["old"], edit["new"]))
    if "append" in edit:
        return replace(page, body=f"{page.body}\n\n{edit['append'].strip()}")
    if "set" in edit:
        changes: dict[str, Any] = {name: value or None for name, value in edit["set"].items()}
        return replace(page, **changes)
    raise ContentError("an edit needs old and new, append, or set")


def last_change(page: Page) -> dt.date:
    """Date for the sitemap."""
    return page.meta.get("updated") or page.meta.get("date") or dt.date(2026, 3, 4)
