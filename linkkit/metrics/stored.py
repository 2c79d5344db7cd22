"""Depth and authority of sites whose edges are too many for this process: the edges stay in the engine, pages come out.

Each step of a walk is a join of the edges with one number a page, and a sum. The solver, and the bound on its error, are those of
every other site (`linkkit.metrics.solver`); only the product of matrix and vector is worked out elsewhere.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import count

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from linkkit.engine import Engine, Place
from linkkit.errors import EngineError
from linkkit.folding import Leak
from linkkit.graph import LinkGraph
from linkkit.linkmodel import LinkModel
from linkkit.metrics.authority import Authority, Flow, authority_entry, authority_metrics, shares
from linkkit.metrics.importance import fold_signals
from linkkit.metrics.links import links_from_others
from linkkit.metrics.orphans import orphan_states
from linkkit.metrics.solver import Floats, Watch
from linkkit.site import Site


@dataclass(frozen=True, eq=False)
class StoredWalks:
    """What walks over stored edges tell of each page.

    Attributes
    ----------
    metrics : DataFrame
        One row per page, indexed by page id: ``page_id``, ``url``, ``crawl_depth``, ``content_depth``, ``linking_pages``,
        ``indexable_linking_pages``, ``content_inlinks``, ``content_outlinks``, the columns of
        `linkkit.metrics.links.links_from_others` and `linkkit.metrics.authority.authority_metrics`, ``orphan_state``: as in
        `linkkit.metrics.compute_metrics`, with the same meaning.
    authority : Authority
        With its ledger, landing yields and losses. What needs edges at hand (`linkkit.metrics.authority.section_flow`) is not
        there: its flow's ``moves`` lie in the engine.
    products : int
        Products of matrix and vector that the walks took: what the time went into.
    """

    metrics: pd.DataFrame
    authority: Authority
    products: int


class StoredMatrix:
    """A page x page matrix in an engine's table ``moves``: ``source``, ``target``, ``share``. Only products are known."""

    def __init__(self, engine: Engine, pages: int, *, row: str = "source", column: str = "target") -> None:
        self.shape = (pages, pages)
        self._engine, self._row, self._column = engine, row, column

    @property
    def T(self) -> "StoredMatrix":  # noqa: N802 - as NumPy has it
        """The matrix the other way round."""
        return StoredMatrix(self._engine, self.shape[0], row=self._column, column=self._row)

    def __matmul__(self, vector: Floats) -> Floats:
        """Product with one number a page."""
        held = np.flatnonzero(vector)
        found = self._engine.arrow(
            f"""SELECT m.{self._row} AS page, sum(m.share * v.value) AS value
            FROM moves m JOIN vector v ON v.page = m.{self._column} GROUP BY m.{self._row}""",
            vector=_vector(held, vector[held]),
        )
        product = np.zeros(len(vector))
        product[found["page"].to_numpy()] = found["value"].to_numpy()
        return product


def stored_walks(
    site: Site,
    place: Place | None = None,
    *,
    model: LinkModel | None = None,
    every: int = 10,
    resume: bool = False,
) -> StoredWalks:
    """Depth, links and authority of every page, without the graph's edges in this process.

    For sites beyond `linkkit.run_audit`, which takes some 25 bytes an edge here. What comes here is page-sized: about 400 bytes a page.

    Parameters
    ----------
    site : Site
        On any engine; `Site.on` chooses one.
    place : path or URI, optional
        Folder for the edges, the shares they hand on, and the two solutions as far as they are, all Parquet: ``edges.parquet``,
        ``moves.parquet``, ``visits.parquet``, ``yields.parquet``. On a cluster it has to be one that all workers reach. A temporary
        folder of this machine without it.
    model : LinkModel, optional
    every : int
        Steps from checkpoint to checkpoint.
    resume : bool
        Begin with the checkpoints in `place`: those of an interrupted run, or of last month's crawl of the same pages. A bad guess
        costs time, never truth.

    Raises
    ------
    SettingsError
        If the model weighs links by observed clicks.
    EngineError
        If `resume` is set and there is no checkpoint.
    """
    with tempfile.TemporaryDirectory(prefix="linkkit-") as temporary:
        folder = str(place or temporary).rstrip("/")
        graph = LinkGraph.with_stored_edges(site, f"{folder}/edges.parquet", model=model)
        edges = site.engine.over({"edges": f"{folder}/edges.parquet"})
        flow = _flow(graph, edges, f"{folder}/moves.parquet")
        moves = site.engine.over({"moves": f"{folder}/moves.parquet"})
        authority = _authority(site, graph, flow, moves, folder, every=every, resume=resume)
        depth, content_depth = (
            clicks_along_stored_edges(edges, len(graph), graph.start, content=content)
            for content in (False, True)
        )
        counts = pd.concat([links_from_others(site, graph), _folded_counts(graph, edges)], axis=1)
        metrics = pd.DataFrame(
            {
                "page_id": site.pages["page_id"],
                "url": site.pages["url"],
                "crawl_depth": depth[graph.final],
                "content_depth": content_depth[graph.final],
                "orphan_state": pd.Series(
                    orphan_states(
                        graph, counts, depth, crawled=graph.crawled, complete=site.manifest.complete
                    ),
                    index=site.pages.index,
                    dtype="str",
                ),
            }
        )
        drain = _drained(authority, moves)
    products = authority.visits.products + authority.yields.products
    return StoredWalks(
        pd.concat([metrics, counts, authority_metrics(authority, drain)], axis=1), authority, products
    )


def clicks_along_stored_edges(engine: Engine, pages: int, start: int, *, content: bool = False) -> Floats:
    """Fewest clicks to each page, as `linkkit.metrics.depth.clicks_from`; NaN where no path leads. One query a click.

    Parameters
    ----------
    engine : Engine
        Knows the table ``edges``.
    pages : int
        Number of pages.
    start : int
        Page id.
    content : bool
        Along content links only.
    """
    depth = np.full(pages, np.nan)
    depth[start] = 0
    frontier, clicks = np.array([start]), 0
    while len(frontier):
        clicks += 1
        reached = engine.arrow(
            f"""SELECT DISTINCT e.target AS page FROM edges e JOIN frontier f ON f.page = e.source
            {"WHERE e.is_content" if content else ""}""",
            frontier=pa.table({"page": pa.array(frontier, pa.int32())}),
        )["page"].to_numpy()
        frontier = np.sort(reached[np.isnan(depth[reached])])
        depth[frontier] = clicks
    return depth


def _flow(graph: LinkGraph, edges: Engine, place: Place) -> Flow:
    """As `Flow.from_graph`; the shares are written to `place`."""
    pages = len(graph)
    ends = pa.table(
        {
            "page": np.arange(pages, dtype=np.int32),
            "hands_off": (graph.leak == Leak.OFF_SITE_CANONICAL).astype(bool),
        }
    )
    found = edges.arrow(
        """SELECT e.source AS page, coalesce(sum(e.weight) FILTER (WHERE NOT t.hands_off), 0e0) AS handed_on,
            coalesce(sum(e.weight) FILTER (WHERE t.hands_off), 0e0) AS handed_off
        FROM edges e JOIN ends t ON t.page = e.target WHERE e.source <> e.target GROUP BY e.source""",
        ends=ends,
    )
    sums = {name: np.zeros(pages) for name in ("handed_on", "handed_off")}
    for name, values in sums.items():
        values[found["page"].to_numpy()] = found[name].to_numpy()
    lost, scale, total = shares(graph, sums["handed_on"], sums["handed_off"])
    edges.write(
        """SELECT e.source, e.target, e.weight * s.scale AS share
        FROM edges e JOIN ends s ON s.page = e.source JOIN ends t ON t.page = e.target
        WHERE e.source <> e.target AND s.scale > 0 AND NOT t.hands_off""",
        place,
        ends=ends.append_column("scale", pa.array(scale)),
    )
    return Flow(StoredMatrix(edges.over({"moves": place}), pages), lost, graph.model.damping, total)


def _authority(
    site: Site, graph: LinkGraph, flow: Flow, engine: Engine, folder: str, *, every: int, resume: bool
) -> Authority:
    entry = authority_entry(site.pages, graph)
    earning = fold_signals(site.pages, graph.fold)["is_money_page"].to_numpy(dtype=bool)
    money = earning & graph.indexable & graph.stands
    goal = money.astype(np.float64)
    files = {name: f"{folder}/{name}.parquet" for name in ("visits", "yields")}
    begun = {name: _checkpoint(engine, file, len(graph)) if resume else None for name, file in files.items()}
    if resume and all(each is None for each in begun.values()):
        raise EngineError(f"{folder}: no checkpoint to resume from")
    solved = {}
    for name, solve in (
        ("visits", partial(flow.visits, entry.shares)),
        ("yields", partial(flow.landing_yield, goal)),
    ):
        solved[name] = solve(start=begun[name], watch=_every(every, partial(_keep, engine, files[name])))
        _keep(engine, files[name], solved[name].values)
    return Authority(graph=graph, flow=flow, entry=entry, money=money, **solved)


def _every(steps: int, work: Callable[[Floats], None]) -> Watch:
    """Do some work at every so-manieth step."""
    counter = count(1)

    def watch(values: Floats) -> None:
        if next(counter) % steps == 0:
            work(values)

    return watch


def _keep(engine: Engine, place: str, values: Floats) -> None:
    held = np.flatnonzero(values)
    engine.write("SELECT page, value FROM vector", place, vector=_vector(held, values[held]))


def _checkpoint(engine: Engine, place: str, pages: int) -> Floats | None:
    """What `_keep` left at a place, None where nothing lies; pages that are gone are left out."""
    if not engine.exists(place):
        return None
    found = engine.over({"vector": place}).arrow("SELECT page, value FROM vector")
    page, value = found["page"].to_numpy(), found["value"].to_numpy()
    values = np.zeros(pages)
    values[page[page < pages]] = value[page < pages]
    return values


def _folded_counts(graph: LinkGraph, edges: Engine) -> pd.DataFrame:
    """The counts of `linkkit.metrics.links.folded_counts`."""
    pages = pa.table({"page": np.arange(len(graph), dtype=np.int32), "indexable": graph.indexable})
    into = edges.arrow(
        """SELECT e.target AS page, count(*) AS linking_pages, count(*) FILTER (WHERE s.indexable) AS indexable_linking_pages,
            count(*) FILTER (WHERE e.is_content) AS content_inlinks
        FROM edges e JOIN pages s ON s.page = e.source WHERE e.source <> e.target GROUP BY e.target""",
        pages=pages,
    )
    out = edges.arrow(
        """SELECT source AS page, count(*) FILTER (WHERE is_content) AS content_outlinks
        FROM edges WHERE source <> target GROUP BY source"""
    )
    counted = (each.to_pandas().set_index("page") for each in (into, out))
    counts = pd.concat(counted, axis=1).reindex(pd.RangeIndex(len(graph)))
    return counts.fillna(0).astype("int64").rename_axis(None)


def _drained(authority: Authority, moves: Engine) -> Floats:
    """The numbers of `linkkit.metrics.authority.drained`."""
    pages, flow = len(authority.graph), authority.flow
    if not authority.money.any():
        return np.zeros(pages)
    brings = authority.yields.values
    known = pa.table(
        {
            "page": np.arange(pages, dtype=np.int32),
            "passed": flow.damping * authority.visits.values,
            "brings": brings,
            "onward": flow.moves @ brings,
        }
    )
    found = moves.arrow(
        """SELECT m.target AS page,
            sum(CASE WHEN m.share > 1e0 - 1e-9 THEN -s.passed * t.brings
                ELSE s.passed * m.share / (1e0 - m.share) * (s.onward - t.brings) END) AS won
        FROM moves m JOIN known s ON s.page = m.source JOIN known t ON t.page = m.target GROUP BY m.target""",
        known=known,
    )
    won = np.zeros(pages)
    won[found["page"].to_numpy()] = found["won"].to_numpy()
    return won


def _vector(pages: npt.NDArray[np.int64], values: Floats) -> pa.Table:
    return pa.table({"page": pages.astype(np.int32), "value": values})
