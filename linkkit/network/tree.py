"""The site as a tree: start page, hub of each section, hubs of its parts; lines tell which links there really are."""

import numpy as np
import pandas as pd

from linkkit.audit import Audit
from linkkit.metrics.hierarchy import TOP, Hierarchy, hierarchy_of
from linkkit.network.labels import describe, plain
from linkkit.network.picture import Picture, edges_frame, nodes_frame
from linkkit.wording import shorten

_COLUMN, _ROW = 330.0, 44.0
_WORDS = -1


def section_tree(audit: Audit, *, sections: int = 12, parts: int = 6) -> Picture:
    """The largest sections with their hub pages, and below each the largest pages that others hang on in the hierarchy.

    A solid line: the upper page links to the lower one in its content; dashed: by its template only; orange: not at all.

    Parameters
    ----------
    audit : Audit
    sections, parts : int
        How many at most; of each section the pages with most pages below them.
    """
    hierarchy = audit.facts.hierarchy or hierarchy_of(audit.site, audit.graph)
    own = hierarchy.sections[hierarchy.sections["section"] != TOP]
    below = _pages_below(hierarchy)
    rows: list[dict[str, object]] = []
    edges: list[dict[str, object]] = []
    y = 0.0
    shown = own.head(sections)
    for place, row in enumerate(shown.to_dict("records")):
        has_hub = not np.isnan(row["hub_id"])
        node = int(row["hub_id"]) if has_hub else _WORDS - place
        children = _children(hierarchy, below, node, parts) if has_hub else []
        middle = y + max(0, len(children) - 1) * _ROW / 2
        label = f"{shorten(row['section'], 26)} ({row['pages']:,})"
        if has_hub and node != audit.graph.start and node not in {each["node"] for each in rows}:
            rows.append(_page(audit, node, label, "hub", _COLUMN, middle))
            edges.append(_line(audit, audit.graph.start, node))
        else:
            words = (
                f"{shorten(row['section'], 80)}: {row['pages']:,} pages, no hub page"
                if not has_hub
                else f"{shorten(row['section'], 80)}: its hub stands above"
            )
            rows.append(_bare(_WORDS - place, label, words, _COLUMN, middle))
        for step, child in enumerate(children):
            if child in {each["node"] for each in rows}:
                continue
            name = f"{plain(_tail(audit, child), 26)} ({below[child] + 1:,})"
            rows.append(_page(audit, child, name, "part", 2 * _COLUMN, y + step * _ROW))
            edges.append(_line(audit, node, child))
        y += max(1, len(children)) * _ROW + _ROW / 2
    start = _page(audit, audit.graph.start, "Start page", "start", 0.0, max(0.0, (y - _ROW) / 2))
    bare = int(own["hub_id"].isna().sum())
    return Picture(
        nodes=nodes_frame([start, *rows]),
        edges=edges_frame(edges),
        title=f"{len(own):,} {'section' if len(own) == 1 else 'sections'}"
        + (
            f", {bare:,} of them without a hub page" if bare else ", each with a hub page" if len(own) else ""
        ),
        caption=(
            f"Showing {len(shown):,} of {len(own):,} sections, the largest, with the number of their pages, and of each at most {parts} "
            "pages that have others below them. Solid line: a link in the content leads down; dashed: only the template's; orange dashed: no link. "
            "Orange box: nothing stands at the section's address."
        ),
        height=int(min(900, max(220, y + 60))),
        arrows=False,
    )


def _pages_below(hierarchy: Hierarchy) -> pd.Series:
    """Placed pages that hang on each page in the hierarchy, at any depth."""
    parent, placed = hierarchy.parent, hierarchy.pages["is_placed"].to_numpy()
    counts = np.zeros(len(parent), dtype=np.int64)
    step = parent[placed]
    while (step >= 0).any():
        step = step[step >= 0]
        counts += np.bincount(step, minlength=len(parent))
        step = parent[step]
    return pd.Series(counts, index=hierarchy.pages.index)


def _children(hierarchy: Hierarchy, below: pd.Series, page: int, most: int) -> list[int]:
    own = np.flatnonzero(
        (hierarchy.parent == page) & hierarchy.pages["is_placed"].to_numpy() & (below.to_numpy() > 0)
    )
    return sorted(own.tolist(), key=lambda each: (-below[each], each))[:most]


def _tail(audit: Audit, page: int) -> str:
    return "/".join(str(audit.site.pages["url"][page]).rstrip("/").split("/")[-2:])


def _line(audit: Audit, upper: int, lower: int) -> dict[str, object]:
    graph = audit.graph
    kind = (
        "content"
        if graph.content[upper, lower]
        else "template"
        if graph.followed[upper, lower]
        else "nofollow"
    )
    return {"source": upper, "target": lower, "kind": kind, "anchor": ""}


def _page(audit: Audit, page: int, label: str, role: str, x: float, y: float) -> dict[str, object]:
    return {
        "node": page, "url": audit.site.pages["url"][page], "title": str(audit.site.pages["title"].fillna("")[page]),
        "label": label, "detail": describe(audit, page), "role": role, "shape": "box", "size": 20.0,
        "is_money_page": bool(audit.metrics["is_money_page"][page]), "x": x, "y": y,
    }  # fmt: skip


def _bare(node: int, label: str, words: str, x: float, y: float) -> dict[str, object]:
    return {
        "node": node, "url": "", "title": "", "label": label, "detail": plain(words, 140), "role": "missing", "shape": "box",
        "size": 20.0, "is_money_page": False, "x": x, "y": y,
    }  # fmt: skip
