"""One page and its links: who links here on the left, where it links on the right."""

import numpy as np
import pandas as pd
import pyarrow as pa

from linkkit.audit import Audit
from linkkit.network.labels import describe, distinct_labels
from linkkit.network.picture import Picture, edges_frame, nodes_frame
from linkkit.wording import readable

_ROW, _SIDE = 46, 430


def ego_network(audit: Audit, url: str, *, each_side: int = 15) -> Picture:
    """A page with the pages that link to it and the pages it links to.

    Followed links after folding, as depth and PageRank see them; a page on both sides is drawn twice. On each side
    content links come first, then the highest PageRank.

    Parameters
    ----------
    audit : Audit
    url : str
        A page of the site; one that folds into another shows that other page.
    each_side : int
        Pages shown on each side at most; the caption says how many there are.

    Raises
    ------
    SiteError
        If the site has no such page.
    """
    graph, pages, metrics = audit.graph, audit.site.pages, audit.metrics
    asked = audit.site.page_id(url)
    page = int(graph.fold[asked]) if graph.fold[asked] >= 0 else asked
    rank = metrics["pagerank"].to_numpy()
    into, out = graph.target == page, graph.source == page
    sides = {
        "source": _strongest(graph.source[into], graph.is_content[into], rank),
        "target": _strongest(graph.target[out], graph.is_content[out], rank),
    }
    shown = {role: side.head(each_side) for role, side in sides.items()}
    anchors = _anchors(audit, page)
    rows = [_node(audit, page, node=0, role="page", x=0.0, y=0.0)]
    edges = []
    for role, side in shown.items():
        left = role == "source"
        for place, (other, each) in enumerate(zip(side["page"].astype(int), side.itertuples(), strict=True)):
            node = len(rows)
            y = (place - (len(side) - 1) / 2) * _ROW
            rows.append(_node(audit, other, node=node, role=role, x=-_SIDE if left else _SIDE, y=y))
            ends = (node, 0) if left else (0, node)
            edges.append(
                {
                    "source": ends[0],
                    "target": ends[1],
                    "kind": "content" if each.is_content else "template",
                    "anchor": anchors.get((other, page) if left else (page, other), ""),
                }
            )
    labels = distinct_labels([str(row["url"]) for row in rows])
    nodes = nodes_frame([{**row, "label": label} for row, label in zip(rows, labels, strict=True)])
    longest = max((len(side) for side in shown.values()), default=1)
    return Picture(
        nodes=nodes,
        edges=edges_frame(edges),
        title=_title(pages["url"][page], len(sides["source"]), len(sides["target"])),
        caption=_caption(sides, shown),
        height=int(min(760, max(220, longest * _ROW * 0.86 + 60))),
    )


def _strongest(others: np.ndarray, is_content: np.ndarray, rank: np.ndarray) -> pd.DataFrame:
    side = pd.DataFrame({"page": others, "is_content": is_content, "rank": rank[others]})
    return side.sort_values(["is_content", "rank", "page"], ascending=[False, False, True]).reset_index(
        drop=True
    )


def _node(audit: Audit, page: int, *, node: int, role: str, x: float, y: float) -> dict[str, object]:
    return {
        "node": node,
        "url": audit.site.pages["url"][page],
        "title": str(audit.site.pages["title"].fillna("")[page]),
        "label": "",
        "detail": describe(audit, page),
        "role": role,
        "shape": "box",
        "size": 20.0,
        "is_money_page": bool(audit.metrics["is_money_page"][page]),
        "x": x,
        "y": y,
    }


def _anchors(audit: Audit, page: int) -> dict[tuple[int, int], str]:
    """The most used anchor text between each two pages of the picture."""
    fold = pa.table({"page_id": audit.site.pages["page_id"].to_numpy(), "final": audit.graph.fold})
    table = audit.site.engine.arrow(
        f"""SELECT source, target, text FROM (
            SELECT s.final AS source, t.final AS target, a.text, count(*) AS links
            FROM links l JOIN fold s ON s.page_id = l.source_id JOIN fold t ON t.page_id = l.target_id
            JOIN anchors a ON a.anchor_id = l.anchor_id
            WHERE NOT l.nofollow AND a.text <> '' AND (s.final = {page} OR t.final = {page})
            GROUP BY ALL ORDER BY links, text DESC)""",
        fold=fold,
    )
    columns = (table[name].to_pylist() for name in ("source", "target", "text"))
    # The last of a pair wins: the most used.
    return {(source, target): text for source, target, text in zip(*columns, strict=True)}


def _title(url: str, sources: int, targets: int) -> str:
    pages = "No page links" if not sources else "1 page links" if sources == 1 else f"{sources:,} pages link"
    return f"{pages} to {readable(url)}, which links to {f'{targets:,}' if targets else 'no'} {'other' if targets == 1 else 'others'}"


def _caption(sides: dict[str, pd.DataFrame], shown: dict[str, pd.DataFrame]) -> str:
    parts = [
        f"showing {len(shown[role]):,} of {len(sides[role]):,} {words}"
        for role, words in (
            ("source", "pages that link here (left)"),
            ("target", "pages it links to (right)"),
        )
    ]
    return (
        f"{'; '.join(parts).capitalize()}. Content links first (solid lines), then template links (dashed), each strongest by "
        "PageRank. Followed links only, redirects and canonicals folded. Gold border (diamond in the still): money page."
    )
