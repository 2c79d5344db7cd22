"""LinkGraph: the site's followed links after folding, one edge per pair of pages.

Folding: a link to a redirect counts for the page it ends at; a page whose canonical names another indexable page is
that page, as a source and as a target. What leads to no live page is not an edge but a leak with a cause. What stands
on a redirect (the text beside an instant meta refresh) is no link of the page it leads to.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from scipy.sparse import csr_array

from linkkit.errors import SettingsError
from linkkit.schema import Indexability, Position
from linkkit.site import Site

if TYPE_CHECKING:
    import networkx as nx

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
WeightModel = Literal["uniform", "reasonable_surfer"]

POSITION_WEIGHTS: dict[WeightModel, dict[Position, float]] = {
    "uniform": dict.fromkeys(Position, 1.0),
    # A model, not a fact: Google has not confirmed that placement changes what a link passes.
    "reasonable_surfer": {position: 1.0 if position is Position.CONTENT else 0.1 for position in Position},
}
"""Weight of a link by where it stands, for each model; a page shares out its whole weight whatever the sum."""


class Leak(StrEnum):
    """Why a link's weight does not arrive at a live page of the site."""

    EXTERNAL = "external"
    NOFOLLOW = "nofollow"
    BROKEN = "broken"
    REDIRECT_LOOP = "redirect_loop"
    BLOCKED = "blocked"


@dataclass(frozen=True, eq=False)
class LinkGraph:
    """Folded, de-duplicated, weighted followed links between the pages of a Site.

    Attributes
    ----------
    urls : array of str
        URL of each page; the position is the ``page_id``. Pages without links are in it as well.
    start : int
        Page id that depth is counted from, after folding.
    fold : int32 array
        For each page the page it counts for: itself, its redirect's or canonical's target, or -1 where it leads to
        no live page.
    leak : array of str
        For each page with ``fold == -1`` the `Leak`; the empty string for others.
    source, target : int32 arrays
        Edges, sorted by source and target; never from a page to itself.
    weight : float64 array
        Weight of each edge under `model`: the strongest link between the two pages.
    is_content : bool array
        Whether at least one of the edge's links stands in the content.
    leaks : DataFrame
        One row per page and cause: ``page_id``, ``cause`` (`Leak`), ``weight`` in the unit of `weight`.
    indexable : bool array
        Whether each page can stand in an index.
    model : str
        Name of the weight model.
    """

    urls: npt.NDArray[np.object_]
    start: int
    fold: Ints
    leak: npt.NDArray[np.object_]
    source: Ints
    target: Ints
    weight: Floats
    is_content: Bools
    leaks: pd.DataFrame
    indexable: Bools
    model: WeightModel

    def __len__(self) -> int:
        return len(self.urls)

    @classmethod
    def from_site(
        cls,
        site: Site,
        *,
        weights: WeightModel = "reasonable_surfer",
        position_weights: Mapping[Position, float] | None = None,
    ) -> "LinkGraph":
        """Build the graph of a Site.

        Parameters
        ----------
        site : Site
        weights : {"uniform", "reasonable_surfer"}
            Weight model; named wherever a number depends on it.
        position_weights : mapping of Position to weight, optional
            Other weights than the model's own; all positions must be given and be above 0.

        Raises
        ------
        SettingsError
            If the model is unknown, or a weight is missing or not above 0.
        """
        if weights not in POSITION_WEIGHTS:
            raise SettingsError(f"unknown weight model {weights!r}; known are {', '.join(POSITION_WEIGHTS)}")
        by_position = dict(position_weights or POSITION_WEIGHTS[weights])
        if set(by_position) != set(Position) or min(by_position.values()) <= 0:
            raise SettingsError("position_weights needs a weight above 0 for every Position")
        fold, leak = fold_pages(site.pages)
        tables = {
            "fold": pa.table(
                {
                    "page_id": np.arange(len(fold), dtype=np.int32),
                    "final": fold,
                    "origin": link_origins(site.pages, fold),
                    "cause": leak.astype(str),
                    "nofollow": site.pages["robots_nofollow"].to_numpy(),
                }
            ),
            "position_weight": pa.table(
                {
                    "position": pa.array([int(position) for position in by_position], pa.uint8()),
                    "weight": list(by_position.values()),
                }
            ),
        }
        edges = site.engine.arrow(_EDGES, **tables)
        start = site.page_id(site.start_url)
        return cls(
            urls=site.pages["url"].to_numpy(dtype=object),
            start=int(fold[start]) if fold[start] >= 0 else start,
            fold=fold,
            leak=leak,
            source=edges["source"].to_numpy(),
            target=edges["target"].to_numpy(),
            weight=edges["weight"].to_numpy(),
            is_content=edges["is_content"].to_numpy(),
            leaks=site.engine.arrow(_LEAKS, **tables).to_pandas(),
            indexable=site.pages["is_indexable"].to_numpy(dtype=bool),
            model=weights,
        )

    @cached_property
    def followed(self) -> csr_array:
        """Followed links, source x target, with their weights."""
        return self._matrix(self.weight, slice(None))

    @cached_property
    def content(self) -> csr_array:
        """Followed content links, source x target, with their weights."""
        return self._matrix(self.weight[self.is_content], self.is_content)

    def _matrix(self, data: Floats, kept: slice | Bools) -> csr_array:
        shape = (len(self), len(self))
        return csr_array((data, (self.source[kept], self.target[kept])), shape=shape)

    def to_networkx(self) -> "nx.DiGraph":
        """The graph for networkx: nodes are page ids with ``url``, edges carry ``weight`` and ``is_content``.

        Pages that fold into another are left out; pages without links are in. For bounded graphs: networkx needs
        some 400 bytes an edge.
        """
        import networkx as nx  # noqa: PLC0415 - half a second that most runs need not pay

        graph = nx.DiGraph(start=self.start, model=self.model)
        alive = np.flatnonzero(self.fold == np.arange(len(self)))
        graph.add_nodes_from((int(page), {"url": str(self.urls[page])}) for page in alive)
        graph.add_edges_from(
            (source, target, {"weight": weight, "is_content": content})
            for source, target, weight, content in zip(
                self.source.tolist(),
                self.target.tolist(),
                self.weight.tolist(),
                self.is_content.tolist(),
                strict=True,
            )
        )
        return graph


def fold_pages(pages: pd.DataFrame) -> tuple[Ints, npt.NDArray[np.object_]]:
    """Where a link to each page ends.

    Parameters
    ----------
    pages : DataFrame
        Pages of a Site.

    Returns
    -------
    fold : int32 array
        Final page of each page; -1 where it leads to no live page of the site.
    leak : object array of str
        `Leak` of the pages with -1; the empty string for others.
    """
    count = len(pages)
    own = np.arange(count, dtype=np.int64)
    reason = pages["indexability_reason"].to_numpy(dtype=object)
    ids = pd.Series(own, index=pages["url"].to_numpy())
    leak = np.full(count, "", dtype=object)
    leak[
        np.isin(reason, [Indexability.CLIENT_ERROR, Indexability.SERVER_ERROR, Indexability.NO_RESPONSE])
    ] = Leak.BROKEN
    leak[reason == Indexability.BLOCKED_BY_ROBOTS] = Leak.BLOCKED

    redirects = reason == Indexability.REDIRECT
    named = pages["redirect_to"].astype(object).where(pages["redirect_to"].notna(), None)
    hop = named.map(ids).to_numpy(dtype=float)
    leak[redirects & np.isnan(hop)] = Leak.EXTERNAL
    leak[redirects & named.isna().to_numpy()] = Leak.BROKEN
    following = np.where(redirects & ~np.isnan(hop), np.nan_to_num(hop, nan=-1), own).astype(np.int64)
    final, looped = _follow(following)
    looped |= redirects & (hop == own)
    looped |= looped[final]
    leak[looped] = Leak.REDIRECT_LOOP

    # A canonical counts only where it ends, over redirects, at another page that is itself indexable.
    canonicalised = reason == Indexability.CANONICALISED
    canonical = pages["canonical"].astype(object).where(canonicalised, None).map(ids).to_numpy(dtype=float)
    known = np.flatnonzero(~np.isnan(canonical))
    into = final[canonical[known].astype(np.int64)]
    sound = pages["is_indexable"].to_numpy(dtype=bool)[into]
    following = own.copy()
    following[known[sound]] = into[sound]
    final = following[final]

    leak[leak[final] != ""] = leak[final][leak[final] != ""]
    return np.where(leak == "", final, -1).astype(np.int32), leak


def link_origins(pages: pd.DataFrame, fold: Ints) -> Ints:
    """The page that each page's own links count for: as `fold`, but -1 for redirects, which show no links."""
    redirect = (pages["indexability_reason"] == Indexability.REDIRECT).to_numpy()
    return np.where(redirect, -1, fold).astype(np.int32)


def _follow(following: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], Bools]:
    """Ends of the chains in `following` (ends point at themselves), and which pages run into a loop."""
    final = following
    for _ in range(max(1, int(np.ceil(np.log2(len(following) + 1))))):
        final = final[final]
    return final, following[final] != final


_EDGES = """
SELECT s.origin AS source, t.final AS target, max(w.weight) AS weight, bool_or(l.position = 0) AS is_content
FROM links l
JOIN fold s ON s.page_id = l.source_id
JOIN fold t ON t.page_id = l.target_id
JOIN position_weight w ON w.position = l.position
WHERE NOT l.nofollow AND NOT s.nofollow AND s.origin >= 0 AND t.final >= 0 AND s.origin <> t.final
GROUP BY s.origin, t.final
ORDER BY s.origin, t.final
"""

_LEAKS = """
WITH lost AS (
    SELECT s.origin AS page_id, CASE WHEN l.nofollow OR s.nofollow THEN 'nofollow' ELSE t.cause END AS cause,
        l.target_id, max(w.weight) AS weight
    FROM links l
    JOIN fold s ON s.page_id = l.source_id
    JOIN fold t ON t.page_id = l.target_id
    JOIN position_weight w ON w.position = l.position
    WHERE s.origin >= 0 AND (l.nofollow OR s.nofollow OR t.final < 0) AND (t.final < 0 OR t.final <> s.origin)
    GROUP BY ALL
    UNION ALL
    SELECT s.origin, CASE WHEN e.nofollow OR s.nofollow THEN 'nofollow' ELSE 'external' END, -1,
        sum(e.targets * w.weight)
    FROM external_links e
    JOIN fold s ON s.page_id = e.source_id
    JOIN position_weight w ON w.position = e.position
    WHERE s.origin >= 0
    GROUP BY ALL
)
SELECT page_id, cause, sum(weight) AS weight FROM lost GROUP BY page_id, cause ORDER BY page_id, cause
"""
