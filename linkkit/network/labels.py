"""Short names and tooltips of pages in pictures: plain text, whatever the site wrote."""

import math
from collections import Counter
from collections.abc import Sequence
from urllib.parse import unquote, urlsplit

import pandas as pd

from linkkit.audit import Audit
from linkkit.wording import one_line

_LETTERS = 30


def plain(text: str, letters: int) -> str:
    """One line of at most so many characters; what does not print becomes a replacement sign."""
    line = one_line(text)
    return line if len(line) <= letters else f"{line[: letters - 1]}…"


def page_label(url: str, parts: int = 1) -> str:
    """The last parts of a URL's path, which is what tells pages apart at a glance; the host for the start page."""
    split = urlsplit(url)
    folders = [unquote(part) for part in split.path.split("/") if part]
    if not folders and not split.query:
        return split.hostname or "/"
    tail = "/".join(folders[-parts:]) or "/"
    label = f"{tail}?{split.query}" if split.query else tail
    return plain(label if len(folders) <= parts else f"…/{label}", _LETTERS)


def distinct_labels(urls: Sequence[str]) -> list[str]:
    """A label for each URL; those that would read alike get more of the path."""
    labels = [page_label(url) for url in urls]
    for parts in (2, 3):
        seen = Counter(dict(Counter(label for label, _ in set(zip(labels, urls, strict=True)))))
        labels = [
            page_label(url, parts) if seen[label] > 1 else label
            for label, url in zip(labels, urls, strict=True)
        ]
    return labels


def click_words(depth: float) -> str:
    """Crawl depth in words."""
    if math.isnan(depth):
        return "no path of clicks from the start page"
    return "1 click from the start page" if depth == 1 else f"{depth:.0f} clicks from the start page"


def describe(audit: Audit, page: int) -> str:
    """Tooltip of a page: title, URL, and the numbers one asks for first."""
    metrics = audit.metrics.loc[page].to_dict()
    title = audit.site.pages["title"][page]
    lines = [
        plain(str(title), 90) if pd.notna(title) else "(no title)",
        plain(str(metrics["url"]), 140),
        click_words(metrics["crawl_depth"]),
        f"{metrics['linking_pages']:,} linking pages, {metrics['content_inlinks']:,} of them in the content",
    ]
    if metrics["is_money_page"]:
        lines.append("money page")
    if metrics["referring_domains"] > 0:
        lines.append(f"{metrics['referring_domains']:,.0f} referring domains")
    if metrics["clicks"] > 0:
        lines.append(f"{metrics['clicks']:,.0f} search clicks")
    return "\n".join(lines)


def page_row(
    audit: Audit,
    page: int,
    node: int,
    role: str,
    x: float,
    y: float,
    *,
    is_money_page: bool,
    detail: str = "",
    label: str = "",
) -> dict[str, object]:
    """A page as a box of a picture (`linkkit.network.picture.NODE_COLUMNS`); `detail` stands below what describes the page."""
    pages = audit.site.pages
    return {
        "node": node,
        "url": str(pages["url"][page]),
        "title": str(pages["title"].fillna("")[page]),
        "label": label,
        "detail": describe(audit, page) + (f"\n{detail}" if detail else ""),
        "role": role,
        "shape": "box",
        "size": 20.0,
        "is_money_page": is_money_page,
        "x": x,
        "y": y,
    }


def words_row(
    node: int, label: str, role: str, x: float, y: float, *, shape: str = "text"
) -> dict[str, object]:
    """Words of a picture that stand for no page: a heading, "12 more", what is lost."""
    return {
        "node": node, "url": "", "title": "", "label": label, "detail": label, "role": role,
        "shape": shape, "size": 20.0, "is_money_page": False, "x": x, "y": y,
    }  # fmt: skip


def name_pages(rows: Sequence[dict[str, object]]) -> None:
    """Put each page's name before what its label says."""
    pages = [row for row in rows if row["url"]]
    for row, label in zip(pages, distinct_labels([str(row["url"]) for row in pages]), strict=True):
        row["label"] = f"{label}  {row['label']}".strip()
