"""Picture: a bounded piece of the link graph, laid out: what the pyvis page, the static chart and the tables show."""

import html as _html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import pandas as pd

from linkkit.network.page import render

MAX_NODES = 300
MAX_EDGES = 1_500

NODE_COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "node": "int64", "url": "str", "title": "str", "label": "str", "detail": "str", "role": "str",
        "shape": "str", "size": "float64", "is_money_page": "bool", "x": "float64", "y": "float64",
    }
)  # fmt: skip
EDGE_COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "source": "int64",
        "target": "int64",
        "kind": "str",
        "anchor": "str",
        "width": "float64",
        "detail": "str",
    }
)
_EDGE_DEFAULTS: Mapping[str, object] = MappingProxyType({"width": 0.0, "detail": ""})


@dataclass(frozen=True, eq=False)
class Picture:
    """Nodes and edges with fixed places, and the words that belong to them.

    Attributes
    ----------
    nodes : DataFrame
        One row per box or dot: ``node`` (page id; negative for headings and "and 12 more"), ``url``, ``title``,
        ``label``, ``detail`` (tooltip text), ``role`` (decides the colour, see `linkkit.network.page.ROLES`), ``shape``
        (``box``, ``dot``, ``diamond``, ``text``), ``size``, ``is_money_page``, ``x`` (right), ``y`` (down).
    edges : DataFrame
        One row per link drawn: ``source``, ``target`` (nodes), ``kind`` (``content``, ``template``, ``nofollow``;
        of amounts also ``lost`` and ``rest``), ``anchor`` (an anchor text in use, empty where not looked up), ``width``
        (pixels; 0: as wide as its kind), ``detail`` (tooltip text beside the anchor).
    title, caption : str
        What it shows; how much of the site is in it and how that was chosen.
    height : int
        Pixels.
    rings : tuple of (radius, label)
        Circles drawn behind the nodes, around (0, 0).
    arrows : bool
        Whether lines show their direction.
    """

    nodes: pd.DataFrame
    edges: pd.DataFrame
    title: str
    caption: str
    height: int = 520
    rings: tuple[tuple[float, str], ...] = field(default=())
    arrows: bool = True

    def __post_init__(self) -> None:
        if len(self.nodes) > MAX_NODES or len(self.edges) > MAX_EDGES:
            raise ValueError(
                f"{len(self.nodes):,} nodes and {len(self.edges):,} edges; a readable picture holds at most "
                f"{MAX_NODES} and {MAX_EDGES:,}"
            )

    def html(self) -> str:
        """A whole page of its own: nothing in it is loaded from anywhere, nothing crawled in it can run."""
        return render(self.nodes, self.edges, height=self.height, rings=self.rings, arrows=self.arrows)

    def iframe(self) -> str:
        """The page as a sandboxed ``<iframe>``, for notebooks and reports."""
        page = _html.escape(self.html(), quote=True)
        name = _html.escape(f"{self.title}. {self.caption}", quote=True)
        return (
            f'<iframe title="{name}" sandbox="allow-scripts" referrerpolicy="no-referrer" loading="eager" '
            f'style="width:100%;height:{self.height + 12}px;border:0" srcdoc="{page}"></iframe>'
        )

    def _repr_html_(self) -> str:
        title, caption = _html.escape(self.title), _html.escape(self.caption)
        return f"<figure style='margin:0'><strong>{title}</strong>{self.iframe()}<figcaption>{caption}</figcaption></figure>"


def nodes_frame(rows: Sequence[Mapping[str, object]]) -> pd.DataFrame:
    """Nodes with every column of a picture, typed; also for no rows."""
    return pd.DataFrame(
        {name: pd.Series([row[name] for row in rows], dtype=kind) for name, kind in NODE_COLUMNS.items()}
    )


def edges_frame(rows: Sequence[Mapping[str, object]]) -> pd.DataFrame:
    """Edges with every column of a picture, typed; also for no rows. Width and detail may be left out."""
    full = [{**_EDGE_DEFAULTS, **row} for row in rows]
    return pd.DataFrame(
        {name: pd.Series([row[name] for row in full], dtype=kind) for name, kind in EDGE_COLUMNS.items()}
    )
