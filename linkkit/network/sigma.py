"""A graph above the cap of a readable picture, drawn by the browser's graphics card: for looking around, not for decks."""

from typing import TYPE_CHECKING, Any

import numpy as np

from linkkit.audit import Audit
from linkkit.errors import LinkkitError
from linkkit.network.labels import distinct_labels, plain
from linkkit.network.page import MONEY_BORDER, ROLES
from linkkit.network.rings import ring_places
from linkkit.wording import readable

if TYPE_CHECKING:
    import networkx as nx

SIGMA_NODES, SIGMA_EDGES = 10_000, 50_000
"""Pages and links at most: what a browser draws while it stays quick."""
_MISSING = (
    "graphs of more than 300 pages need ipysigma: pip install 'linkkit[sigma]', then restart JupyterLab"
)


def sigma_view(audit: Audit, *, max_nodes: int = 2_000, max_edges: int = 10_000, height: int = 620) -> Any:
    """Reachable pages in rings of clicks, with the links among them, to zoom, search and click through in a notebook.

    Places are computed here and fixed (rings by crawl depth, every subtree a slice), so that no layout has to settle in the browser.
    Of larger sites the pages shown are the money pages, then those of the highest PageRank, each with the pages on its path.

    Parameters
    ----------
    audit : Audit
    max_nodes, max_edges : int
        At most 10,000 and 50,000. The path to each page is always drawn; of the other links content links come first.
    height : int
        Pixels.

    Returns
    -------
    ipysigma.Sigma
        A widget; its name says how much of the site is in it.

    Raises
    ------
    LinkkitError
        If the extra ``sigma`` is not installed.
    """
    try:
        from ipysigma import Sigma  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise LinkkitError(_MISSING) from error
    graph, words = sigma_graph(audit, max_nodes=max_nodes, max_edges=max_edges)
    # No pictograms: ipysigma would fetch them from elsewhere.
    return Sigma(
        graph,
        name=words,
        height=height,
        raw_node_color="color",
        raw_node_size="size",
        raw_node_label="label",
        raw_edge_color="color",
        node_border_color_from="node",
        default_edge_type="line",
        label_density=1.5,
        start_layout=False,
    )


def sigma_graph(
    audit: Audit, *, max_nodes: int = 2_000, max_edges: int = 10_000
) -> tuple["nx.DiGraph[int]", str]:
    """What `sigma_view` draws, and how much of the site that is.

    Returns
    -------
    DiGraph
        Nodes are page ids with ``label``, ``title``, ``address``, ``clicks`` (from the start page), ``linking_pages``, ``money_page``, ``color``,
        ``size``, ``x``, ``y``; edges have ``kind`` (``content`` or ``template``) and ``color``. Text is plain: nothing in it can become markup.
    str
        For instance ``300 of 41,200 indexable pages, 900 of 2,310 links among them``.
    """
    import networkx as nx  # noqa: PLC0415 - takes a second to import

    places = ring_places(audit, room=min(max_nodes, SIGMA_NODES))
    x, y = places.x, places.y
    pages, metrics, limit = audit.site.pages, audit.metrics, audit.thresholds.max_crawl_depth
    drawn: nx.DiGraph[int] = nx.DiGraph()
    labels = distinct_labels([str(pages["url"][page]) for page in places.pages])
    for page, label in zip(places.pages, labels, strict=True):
        money = bool(metrics["is_money_page"][page])
        start = page == audit.graph.start
        deep = metrics["crawl_depth"][page] > limit
        title = pages["title"][page]
        drawn.add_node(
            int(page),
            label=_harmless("Start page" if start else label, 40),
            title=_harmless(title if isinstance(title, str) else "(no title)", 90),
            address=_harmless(readable(str(pages["url"][page])), 140),
            clicks=int(metrics["crawl_depth"][page]),
            linking_pages=int(metrics["linking_pages"][page]),
            money_page=money,
            color=MONEY_BORDER if money else ROLES["start" if start else "beyond" if deep else "within"][0],
            size=14 if start else 8 if money else 4,
            x=x[page],
            # sigma's y points up.
            y=-y[page],
        )
    graph = audit.graph
    shown = np.zeros(len(graph), dtype=bool)
    shown[places.pages] = True
    among = shown[graph.source] & shown[graph.target]
    source, target, content = graph.source[among], graph.target[among], graph.is_content[among]
    path = places.parent[target] == source
    order = np.lexsort((target, source, ~content, ~path))[: min(max_edges, SIGMA_EDGES)]
    for one, other, is_content in zip(
        source[order].tolist(), target[order].tolist(), content[order].tolist(), strict=True
    ):
        drawn.add_edge(
            one,
            other,
            kind="content" if is_content else "template",
            color="#9AA5AC" if is_content else "#DDE2E5",
        )
    words = f"{len(places.pages):,} of {len(places.reachable):,} reachable indexable pages, {len(order):,} of {int(among.sum()):,} links among them"
    return drawn, words


def _harmless(text: str, letters: int) -> str:
    """Text of a page without the signs that markup is made of: ipysigma's search box takes HTML."""
    return (
        plain(text, letters)
        .replace("<", "\u2039")
        .replace(">", "\u203a")
        .replace("&", "+")
        .replace('"', "\u201d")
    )
