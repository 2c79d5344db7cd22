"""Nodes and edges -> one HTML page by pyvis, made safe: no request leaves it, nothing that was crawled can run in it."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from pyvis.network import Network

ROLES: Mapping[str, tuple[str, str, str]] = {
    # role: (fill, border, text). Fill and shape both tell roles apart.
    "page": ("#1F2A30", "#1F2A30", "#FFFFFF"),
    "start": ("#1F2A30", "#1F2A30", "#FFFFFF"),
    "source": ("#E3F0F8", "#0072B2", "#1F2A30"),
    "target": ("#E1F3ED", "#009E73", "#1F2A30"),
    "within": ("#56B4E9", "#0072B2", "#1F2A30"),
    "beyond": ("#D55E00", "#8F3F00", "#1F2A30"),
    "hub": ("#E3F0F8", "#0072B2", "#1F2A30"),
    "part": ("#E1F3ED", "#009E73", "#1F2A30"),
    "missing": ("#FBE9DF", "#D55E00", "#1F2A30"),
    "lost": ("#FBE9DF", "#D55E00", "#1F2A30"),
    "passed": ("#E1F3ED", "#009E73", "#1F2A30"),
    "leaked": ("#FBE9DF", "#D55E00", "#1F2A30"),
    "pillar": ("#1F2A30", "#1F2A30", "#FFFFFF"),
    "topic": ("#E3F0F8", "#0072B2", "#1F2A30"),
    "mutual": ("#E1F3ED", "#009E73", "#1F2A30"),
    "upward": ("#FDF1DC", "#E69F00", "#1F2A30"),
    "downward": ("#E3F0F8", "#0072B2", "#1F2A30"),
    "apart": ("#FBE9DF", "#D55E00", "#1F2A30"),
    "heading": ("#FFFFFF", "#FFFFFF", "#1F2A30"),
    "more": ("#FFFFFF", "#9AA5AC", "#5A6870"),
}
EDGE_STYLES: Mapping[str, tuple[str, bool]] = {
    # kind: (colour, dashed)
    "content": ("#5A6870", False),
    "template": ("#B4BDC3", True),
    "nofollow": ("#D55E00", True),
    "lost": ("#E8A47A", False),
    "rest": ("#D5DBDF", True),
}
MONEY_BORDER = "#B8860B"

# Nothing may be loaded, whatever a page's title manages to become.
_POLICY = (
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src 'unsafe-inline'; "
    "style-src 'unsafe-inline'; img-src data:; font-src data:\">"
)
_BOOTSTRAP = re.compile(
    r"<link\b[^>]*?https?://[^>]*?>|<script\b[^>]*?\bsrc=[^>]*?>\s*</script>", re.IGNORECASE | re.DOTALL
)
# The one line by which pyvis shows tooltips as HTML; it does so for all of them as soon as one holds "href".
_HTML_TOOLTIP = "popup.innerHTML = nodeData[0].title;"
_TEXT_TOOLTIP = "popup.innerText = nodeData[0].title;"
_OPTIONS: dict[str, Any] = {
    "physics": {"enabled": False},
    "layout": {"improvedLayout": False},
    "edges": {"smooth": False, "hoverWidth": 0.5},
    "interaction": {
        "hover": True, "tooltipDelay": 120, "dragNodes": False, "zoomView": False, "navigationButtons": True,
        "keyboard": {"enabled": True, "bindToWindow": False},
    },
}  # fmt: skip
_STYLE = """<style>
html, body { margin: 0; background: #fff; font-family: "Helvetica Neue", Arial, sans-serif; }
h1, center { display: none; }
.card { width: 100%; } #mynetwork { border: 1px solid #E4E9EC !important; float: none !important; box-sizing: border-box; }
div.vis-tooltip, div.popup { white-space: pre-wrap; unicode-bidi: plaintext; max-width: 420px; font: 13px/1.45 Arial, sans-serif;
 color: #1F2A30; background: #fff; border: 1px solid #9AA5AC; padding: 8px 10px; box-shadow: 0 2px 8px rgba(0,0,0,.15);
 overflow-wrap: anywhere; }
div.vis-network div.vis-navigation div.vis-button { filter: grayscale(1); opacity: .6; }
div.vis-network div.vis-navigation div.vis-button:hover { opacity: 1; box-shadow: none; }
div.vis-network div.vis-navigation div.vis-button:is(.vis-up, .vis-down, .vis-left, .vis-right) { display: none; }
</style>"""
# vis.js fits the picture once, at once; in a panel the frame gets its size later, and again when the window changes.
_FIT = """
function wholePicture() {
  var box = document.getElementById("mynetwork");
  if (!box.clientWidth || !box.clientHeight) return;
  network.fit({animation: false});
  if (network.getScale() > 1) network.moveTo({scale: 1});
}
wholePicture();
// vis.js puts back its old view, grown with the width, once it has told of a new size.
network.on("resize", function () { setTimeout(wholePicture, 0); });
"""
# All that may leave the frame: the number of a node that was clicked. Who shows the page knows what it stands for.
_CLICK = """
network.on("click", function (about) {
  if (about.nodes.length && window.parent !== window) window.parent.postMessage({linkkitNode: about.nodes[0]}, "*");
});
"""
# Circles behind the nodes; numbers and labels come in as JSON that holds no markup.
_RINGS = """
function wholeRings() {
  var box = document.getElementById("mynetwork"), size = Math.min(box.clientHeight, box.clientWidth);
  // A frame that is not laid out yet has no size.
  if (size > 0) network.moveTo({position: {x: 0, y: 0}, scale: Math.min(1, size / (2 * __REACH__ + 60))});
}
wholeRings();
network.on("resize", function () { setTimeout(wholeRings, 0); });
network.on("beforeDrawing", function (ctx) {
  ctx.save(); ctx.font = "12px Arial, sans-serif"; ctx.textAlign = "center";
  __RINGS__.forEach(function (ring) {
    ctx.beginPath(); ctx.arc(0, 0, ring[0], 0, 2 * Math.PI); ctx.setLineDash([6, 6]);
    ctx.strokeStyle = "#C5CDD2"; ctx.lineWidth = 1; ctx.stroke();
    ctx.fillStyle = "#fff"; ctx.fillRect(-26, -ring[0] - 8, 52, 16);
    ctx.fillStyle = "#5A6870"; ctx.fillText(ring[1], 0, -ring[0] + 4);
  });
  ctx.restore();
});
"""


def render(
    nodes: pd.DataFrame,
    edges: pd.DataFrame,
    *,
    height: int,
    rings: Sequence[tuple[float, str]] = (),
    arrows: bool = True,
) -> str:
    """A self-contained HTML page that draws the nodes at their places.

    Parameters
    ----------
    nodes, edges : DataFrame
        As in `linkkit.network.picture.Picture`.
    height : int
        Pixels.
    rings : sequence of (radius, label)
    arrows : bool

    Raises
    ------
    RuntimeError
        If pyvis' own page is not the one that this module knows how to make safe.
    """
    drawn = Network(height=f"{height}px", width="100%", directed=True, cdn_resources="in_line")
    for number, node in zip(nodes["node"].astype(int), nodes.itertuples(), strict=True):
        drawn.add_node(int(number), **_node_style(node))
    drawn.edges = [_edge_style(edge) for edge in edges.itertuples()]
    tip = {"to": {"enabled": arrows, "scaleFactor": 0.45}}
    drawn.options = {**_OPTIONS, "edges": {**_OPTIONS["edges"], "arrows": tip}}
    return _made_safe(drawn.generate_html(), rings)


def _node_style(node: Any) -> dict[str, Any]:
    fill, border, ink = ROLES[node.role]
    money = bool(node.is_money_page)
    inside = node.shape in {"box", "text"}
    return {
        # pyvis takes an empty label for none and shows the id instead.
        "label": str(node.label) or " ",
        "title": str(node.detail),
        "shape": str(node.shape),
        "size": float(node.size),
        "color": {
            "background": fill, "border": MONEY_BORDER if money else border,
            "highlight": {"background": fill, "border": "#000000"}, "hover": {"background": fill, "border": "#000000"},
        },
        "borderWidth": 3 if money else 1,
        "font": {"color": ink if inside else "#1F2A30", "size": 14 if inside else 12, "face": "Arial, Liberation Sans, sans-serif",
            "strokeWidth": 0 if inside else 3, "strokeColor": "#FFFFFF",
        },
        "x": float(node.x),
        "y": float(node.y),
        "fixed": True,
        "physics": False,
    }  # fmt: skip


def _edge_style(edge: Any) -> dict[str, Any]:
    colour, dashed = EDGE_STYLES[edge.kind]
    style: dict[str, Any] = {
        "from": int(edge.source),
        "to": int(edge.target),
        "color": {"color": colour, "highlight": "#000000", "hover": "#000000"},
        "dashes": dashed,
        "width": float(edge.width) or (1.0 if dashed else 1.4),
    }
    said = [f"anchor text: {edge.anchor}"] if edge.anchor else []
    said += [edge.detail] if edge.detail else []
    if said:
        style["title"] = "\n".join(said)
    return style


def _made_safe(page: str, rings: Sequence[tuple[float, str]]) -> str:
    """The page that pyvis makes, without requests, HTML tooltips and rules against both should anything be left."""
    if "innerHTML = nodeData" in page and _HTML_TOOLTIP not in page:
        raise RuntimeError("pyvis shows tooltips in a way that linkkit does not know; install pyvis 0.3.2")
    # Bootstrap stands in the head; what follows holds vis.js and the data, which must stay as they are.
    head, mark, rest = page.partition("<body>")
    if not mark or "drawGraph();" not in rest:
        raise RuntimeError("pyvis wrote a page that linkkit does not know; install pyvis 0.3.2")
    pieces = re.split(r"(<script>.*?</script>|<style>.*?</style>)", head, flags=re.DOTALL)
    head = "".join(piece if place % 2 else _BOOTSTRAP.sub("", piece) for place, piece in enumerate(pieces))
    head = head.replace("<head>", f"<head>{_POLICY}", 1).replace("</head>", f"{_STYLE}</head>", 1)
    if _POLICY not in head or _STYLE not in head:
        raise RuntimeError("pyvis wrote a page without a head; install pyvis 0.3.2")
    rest = rest.replace(_HTML_TOOLTIP, _TEXT_TOOLTIP)
    before, call, after = rest.rpartition("drawGraph();")
    call += _CLICK
    if not rings:
        rest = before + call + _FIT + after
    else:
        circles = json.dumps([[float(radius), str(label)] for radius, label in rings]).replace("<", "\\u003c")
        rest = (
            before
            + call
            + _RINGS.replace("__RINGS__", circles).replace("__REACH__", f"{max(r for r, _ in rings):.0f}")
            + after
        )
    return f"<!DOCTYPE html>{head}{mark}{rest}"
