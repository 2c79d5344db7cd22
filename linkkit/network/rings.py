"""The site in rings of clicks around the start page: one line to each page, from the page it is reached by."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from linkkit.audit import Audit
from linkkit.checks.registry import kept
from linkkit.network.labels import describe, distinct_labels
from linkkit.network.picture import MAX_NODES, Picture, edges_frame, nodes_frame

_REACH = 310.0
"""Radius of the outermost ring: the picture then fills its frame at its own size, and labels can be read."""
_SPACING, _ARC = 40.0, 14.0
_GAP = 0.3
"""Radians kept free at the top on both sides, where the rings have their labels."""
_LETTER, _LINE = 6.3, 15.0
"""Pixels that a letter and a line of a label take."""


@dataclass(frozen=True, eq=False)
class RingPlaces:
    """Pages of a site and where they lie in rings of clicks.

    Attributes
    ----------
    pages : list of int
        Page ids, ascending.
    parent : int64 array
        Of every page of the site, the page it is reached by; -1 without one.
    parent_content : bool array
        Whether by a link in the content.
    angle, radius : dict of page id to float
        Radians (0 is right, growing downwards); pixels.
    reachable : int64 array
        Indexable pages that can be reached, shown or not.
    """

    pages: list[int]
    parent: npt.NDArray[np.int64]
    parent_content: npt.NDArray[np.bool_]
    angle: dict[int, float]
    radius: dict[int, float]
    reachable: npt.NDArray[np.int64]

    @property
    def x(self) -> dict[int, float]:
        """Pixels to the right of the start page."""
        return {page: float(self.radius[page] * np.cos(self.angle[page])) for page in self.pages}

    @property
    def y(self) -> dict[int, float]:
        """Pixels below the start page."""
        return {page: float(self.radius[page] * np.sin(self.angle[page])) for page in self.pages}


def ring_places(audit: Audit, *, room: int) -> RingPlaces:
    """Where pages lie: money pages and those of the highest PageRank with the pages on their paths, at most `room`."""
    depth = audit.metrics["crawl_depth"].to_numpy(dtype=float)
    parent, parent_content = _parents(audit, depth)
    own = audit.graph.fold == np.arange(len(depth))
    indexable = audit.site.pages["is_indexable"].to_numpy()
    reachable = np.flatnonzero(~np.isnan(depth) & own & indexable)
    shown = _chosen(audit, reachable, parent, room)
    return RingPlaces(
        shown, parent, parent_content, _angles(shown, parent, depth), _radii(shown, depth), reachable
    )


def depth_rings(audit: Audit, *, max_nodes: int = MAX_NODES, max_depth: int | None = None) -> Picture:
    """Reachable pages by crawl depth, with one shortest path to each.

    Of larger sites the pages shown are the money pages, then those of the highest PageRank, each with the pages on its
    path.

    Parameters
    ----------
    audit : Audit
    max_nodes : int
        At most 300.
    max_depth : int, optional
        Pages beyond it are coloured; the audit's threshold without it.
    """
    limit = audit.thresholds.max_crawl_depth if max_depth is None else max_depth
    depth = audit.metrics["crawl_depth"].to_numpy(dtype=float)
    places = _places(audit) if max_nodes >= MAX_NODES else ring_places(audit, room=max_nodes)
    shown, reachable, parent = places.pages, places.reachable, places.parent
    angle, radius, parent_content = places.angle, places.radius, places.parent_content
    rows = []
    titles = dict(zip(shown, audit.site.pages["title"].iloc[shown].fillna("").astype(str), strict=True))
    labels = distinct_labels([str(audit.site.pages["url"][page]) for page in shown])
    labels[shown.index(audit.graph.start)] = "Start page"
    dot = 7.0 if len(shown) <= 80 else 4.5
    named = _named(audit, shown, dict(zip(shown, labels, strict=True)), depth, parent, angle, radius)
    for page, label in zip(shown, labels, strict=True):
        money = bool(audit.metrics["is_money_page"][page])
        start = page == audit.graph.start
        rows.append(
            {
                "node": page,
                "url": audit.site.pages["url"][page],
                "title": titles[page],
                "label": label if page in named else "",
                "detail": describe(audit, page),
                "role": "start" if start else "beyond" if depth[page] > limit else "within",
                "shape": "box" if start else "diamond" if money else "dot",
                "size": 20.0 if start else dot + 4 if money else dot,
                "is_money_page": money,
                "x": float(radius[page] * np.cos(angle[page])),
                "y": float(radius[page] * np.sin(angle[page])),
            }
        )
    edges = [
        {
            "source": int(parent[page]),
            "target": page,
            "kind": "content" if parent_content[page] else "template",
            "anchor": "",
        }
        for page in shown
        if page != audit.graph.start
    ]
    reach = sorted({(radius[page], int(depth[page])) for page in shown if depth[page] > 0})
    return Picture(
        nodes=nodes_frame(rows),
        edges=edges_frame(edges),
        title=_title(depth[reachable], limit),
        caption=_caption(int(np.isin(shown, reachable).sum()), len(reachable), limit),
        height=640,
        arrows=False,
        rings=tuple((float(r), "1 click" if clicks == 1 else f"{clicks} clicks") for r, clicks in reach),
    )


@kept
def _places(audit: Audit) -> RingPlaces:
    return ring_places(audit, room=MAX_NODES)


def _parents(
    audit: Audit, depth: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """For each page the page one click nearer that it is reached by: by a content link if there is one, lowest id."""
    graph = audit.graph
    nearer = depth[graph.target] == depth[graph.source] + 1
    source, target, content = graph.source[nearer], graph.target[nearer], graph.is_content[nearer]
    order = np.lexsort((source, ~content, target))
    targets, first = np.unique(target[order], return_index=True)
    parent = np.full(len(depth), -1, dtype=np.int64)
    parent[targets] = source[order][first]
    by_content = np.zeros(len(depth), dtype=bool)
    by_content[targets] = content[order][first]
    return parent, by_content


def _chosen(
    audit: Audit, reachable: npt.NDArray[np.int64], parent: npt.NDArray[np.int64], room: int
) -> list[int]:
    """Pages to show: money pages and the strongest, with the paths to them, as many as fit."""
    metrics = audit.metrics[["page_id", "is_money_page", "pagerank"]].iloc[reachable]
    order = metrics.assign(first=~metrics["is_money_page"]).sort_values(
        ["first", "pagerank", "page_id"], ascending=[True, False, True]
    )
    kept: dict[int, None] = {audit.graph.start: None}
    for page in order["page_id"].astype(int):
        path = []
        each = int(page)
        while each not in kept and each >= 0:
            path.append(each)
            each = int(parent[each])
        if len(kept) + len(path) <= room:
            kept |= dict.fromkeys(path)
        if len(kept) >= room:
            break
    return sorted(kept)


def _angles(
    shown: list[int], parent: npt.NDArray[np.int64], depth: npt.NDArray[np.float64]
) -> dict[int, float]:
    """An angle for each page: every subtree has a slice as wide as the number of its leaves."""
    children: dict[int, list[int]] = {page: [] for page in shown}
    for page in shown:
        if depth[page] > 0:
            children[int(parent[page])].append(page)
    leaves: dict[int, int] = {}
    for page in sorted(shown, key=lambda each: -depth[each]):
        leaves[page] = max(1, sum(leaves[child] for child in children[page]))
    angle: dict[int, float] = {}
    begin = {page: (_GAP, 2 * np.pi - _GAP) for page in shown if depth[page] == 0}
    for page in sorted(shown, key=lambda each: depth[each]):
        low, high = begin[page]
        angle[page] = (low + high) / 2 - np.pi / 2
        at = low
        for child in sorted(children[page], key=lambda each: (-leaves[each], each)):
            width = (high - low) * leaves[child] / leaves[page]
            begin[child] = (at, at + width)
            at += width
    return angle


def _radii(shown: list[int], depth: npt.NDArray[np.float64]) -> dict[int, float]:
    """A radius for each page: rings with many pages lie further out."""
    per_ring = np.bincount([int(depth[page]) for page in shown])
    radius = [0.0]
    for pages in per_ring[1:]:
        radius.append(max(radius[-1] + _SPACING, pages * _ARC / (2 * np.pi)))
    scale = _REACH / radius[-1] if radius[-1] else 1.0
    return {page: radius[int(depth[page])] * scale for page in shown}


def _named(
    audit: Audit,
    shown: list[int],
    labels: dict[int, str],
    depth: npt.NDArray[np.float64],
    parent: npt.NDArray[np.int64],
    angle: dict[int, float],
    radius: dict[int, float],
) -> set[int]:
    """Pages whose label is written out: the start page, money pages and hubs, as far as labels find room."""
    reached = np.bincount([int(parent[page]) for page in shown if depth[page] > 0], minlength=len(depth))
    money = audit.metrics["is_money_page"].to_numpy()
    named: set[int] = set()
    taken: list[tuple[float, float, float, float]] = []
    for page in sorted(shown, key=lambda each: (depth[each] > 0, not money[each], -reached[each], each)):
        if depth[page] > 0 and not money[page] and reached[page] == 0:
            continue
        half = len(labels[page]) * _LETTER / 2
        x, y = radius[page] * np.cos(angle[page]), radius[page] * np.sin(angle[page])
        # vis.js writes the label below a dot, and inside a box.
        y += 0 if depth[page] == 0 else _LINE * 1.4
        box = (x - half, y - _LINE / 2, x + half, y + _LINE / 2)
        if not any(box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in taken):
            named.add(page)
            taken.append(box)
    return named


def _title(depths: npt.NDArray[np.float64], limit: int) -> str:
    beyond = int((depths > limit).sum())
    clicks = "1 click" if limit == 1 else f"{limit} clicks"
    if not beyond:
        return f"All {len(depths):,} reachable indexable pages lie within {clicks}"
    return f"{beyond:,} of {len(depths):,} reachable indexable pages {'lies' if beyond == 1 else 'lie'} beyond {clicks}"


def _caption(shown: int, total: int, limit: int) -> str:
    size = f"Showing {shown:,} of {total:,} indexable pages"
    chosen = ", money pages and strongest by PageRank, with the paths to them" if shown < total else ""
    return (
        f"{size}{chosen}. One line to each page: a shortest path (solid: content link, dashed: template link). "
        f"Orange: deeper than {limit}; diamond: money page; hover for details."
    )
