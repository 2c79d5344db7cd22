"""Random LinkGraphs straight from edges, with leaks, folded and dead pages: no Site is built."""

from typing import Any

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from linkkit.folding import Leak
from linkkit.graph import LinkGraph
from linkkit.linkmodel import LinkModel


def graph_of(
    edges: list[tuple[int, int]],
    indexable: list[bool],
    *,
    fold: list[int] | None = None,
    leak: list[str] | None = None,
    leaks: list[tuple[int, str, float]] = (),  # type: ignore[assignment]
    crawled: list[bool] | None = None,
    weights: dict[tuple[int, int], float] | None = None,
    model: LinkModel | None = None,
    start: int = 0,
) -> LinkGraph:
    """A graph of these edges; weights and places follow from the ends unless `weights` are given."""
    pages = len(indexable)
    folds = np.arange(pages, dtype=np.int32) if fold is None else np.array(fold, dtype=np.int32)
    alive = {page for page in range(pages) if folds[page] == page}
    unique = sorted({(s, t) for s, t in edges if s != t and s in alive and t in alive})
    ends = np.array(unique, dtype=np.int32).reshape(-1, 2)
    content = np.array([bool((s + t) % 3) for s, t in unique], dtype=bool)
    rows = [row for row in leaks if row[0] in alive]
    return LinkGraph(
        urls=np.array([f"https://shop.example/p{page}" for page in range(pages)], dtype=object),
        start=start,
        fold=folds,
        leak=np.array(leak if leak is not None else [""] * pages, dtype=object),
        source=ends[:, 0],
        target=ends[:, 1],
        weight=np.array(
            [(weights or {}).get(pair, 1.0 if sum(pair) % 3 else 0.1) for pair in unique], dtype=float
        ),
        is_content=content,
        is_boilerplate=np.zeros(len(unique), dtype=bool),
        leaks=pd.DataFrame(
            {
                "page_id": np.array([row[0] for row in rows], dtype=np.int64),
                "cause": [row[1] for row in rows],
                "weight": np.array([row[2] for row in rows], dtype=float),
            }
        ),
        indexable=np.array(indexable, dtype=bool),
        crawled=np.ones(pages, dtype=bool) if crawled is None else np.array(crawled, dtype=bool),
        model=model or LinkModel(),
    )


@st.composite
def link_graphs(draw: Any, *, most: int = 12, leaky: bool = True) -> LinkGraph:
    """Graphs of 1 to `most` pages: any edges, leaks by every cause, redirects, dead URLs, off-site canonicals."""
    pages = draw(st.integers(1, most))
    page = st.integers(0, pages - 1)
    edges = draw(st.lists(st.tuples(page, page), max_size=5 * pages))
    damping = draw(st.sampled_from([0.5, 0.85, 0.95]))
    indexable = draw(st.lists(st.booleans(), min_size=pages, max_size=pages))
    if not leaky:
        return graph_of(edges, indexable, model=LinkModel(damping=damping))
    causes = st.sampled_from([Leak.EXTERNAL, Leak.NOFOLLOW, Leak.BROKEN, Leak.REDIRECT_LOOP, Leak.BLOCKED])
    leaks = draw(
        st.lists(
            st.tuples(page, causes.map(str), st.sampled_from([0.1, 1.0, 3.0])),
            max_size=pages,
            unique_by=lambda r: r[:2],
        )
    )
    kinds = draw(
        st.lists(st.sampled_from(["page"] * 6 + ["dead", "redirect", "off"]), min_size=pages, max_size=pages)
    )
    live = [each for each, kind in enumerate(kinds) if kind == "page"]
    fold, leak = list(range(pages)), [""] * pages
    for each, kind in enumerate(kinds):
        if kind == "dead" or (kind == "redirect" and not live):
            fold[each], leak[each] = -1, str(draw(causes))
        elif kind == "redirect":
            fold[each] = draw(st.sampled_from(live))
        elif kind == "off":
            leak[each] = str(Leak.OFF_SITE_CANONICAL)
    return graph_of(
        edges,
        [flag and kind == "page" for flag, kind in zip(indexable, kinds, strict=True)],
        fold=fold,
        leak=leak,
        leaks=leaks,
        crawled=draw(st.lists(st.booleans(), min_size=pages, max_size=pages)),
        model=LinkModel(damping=damping),
        start=draw(page),
    )
