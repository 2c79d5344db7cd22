"""LinkGraph: the site's followed links after folding, one edge per pair of pages.

Folding (`linkkit.folding`): a link to a redirect counts for the page it ends at; a page whose canonical names another
indexable page is that page, as a source and as a target. What leads to no live page is not an edge but a leak with a
cause. What stands on a redirect (the text beside an instant meta refresh) is no link of the page it leads to.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from scipy.sparse import csr_array

from linkkit.engine import Place
from linkkit.errors import SettingsError
from linkkit.folding import Bools, Ints, Leak, fold_pages, link_origins, off_site_canonicals
from linkkit.linkmodel import LinkModel, WeightModel
from linkkit.schema import Indexability, Position
from linkkit.site import Site
from linkkit.steps import step
from linkkit.wording import count

if TYPE_CHECKING:
    import networkx as nx

Floats = npt.NDArray[np.float64]

CLICK_PRIOR = 20.0
"""Steps that the reasonable surfer is worth against observed ones: what few visitors did decides little."""
ONE_A_PAGE = 1.2
"""Links of one name in one place, a page on average, up to which they are the template's (next, up), not a list's."""
_EDGE_COLUMNS = pa.schema(
    [
        ("source", pa.int32()),
        ("target", pa.int32()),
        ("weight", pa.float64()),
        ("is_content", pa.bool_()),
        ("is_boilerplate", pa.bool_()),
    ]
)


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
        For each page with ``fold == -1`` the `Leak`, and for live pages whose canonical hands them to another site;
        the empty string for others. Authority that reaches such a page is lost by that cause.
    source, target : int32 arrays
        Edges, sorted by source and target; never from a page to itself.
    weight : float64 array
        Weight of each edge under `model`.
    is_content : bool array
        Whether at least one of the edge's links stands in the content.
    is_boilerplate : bool array
        Whether the template repeats all of the edge's links from page to page.
    leaks : DataFrame
        One row per page and cause: ``page_id``, ``cause`` (`Leak`), ``weight`` in the unit of `weight`.
    indexable : bool array
        Whether each page can stand in an index.
    crawled : bool array
        Whether each page was requested, so that its links are known.
    model : LinkModel
        The choices that weights rest on.
    """

    urls: npt.NDArray[np.object_]
    start: int
    fold: Ints
    leak: npt.NDArray[np.object_]
    source: Ints
    target: Ints
    weight: Floats
    is_content: Bools
    is_boilerplate: Bools
    leaks: pd.DataFrame
    indexable: Bools
    crawled: Bools
    model: LinkModel

    def __len__(self) -> int:
        return len(self.urls)

    def __repr__(self) -> str:
        return f"LinkGraph({count(len(self), 'page')}, {count(len(self.source), 'edge')})"

    @classmethod
    def from_site(
        cls, site: Site, *, weights: WeightModel | None = None, model: LinkModel | None = None
    ) -> "LinkGraph":
        """Build the graph of a Site.

        Parameters
        ----------
        site : Site
        weights : {"reasonable_surfer", "uniform", "observed_clicks"}, optional
            Weight model, in place of the one `model` names.
        model : LinkModel, optional
            Every other choice; the default model without it.

        Raises
        ------
        SettingsError
            If the weight model is unknown.
        """
        chosen = model or LinkModel()
        chosen = chosen.replace(weights=weights) if weights else chosen

        def edges(sql: str, tables: dict[str, pa.Table]) -> pa.Table:
            found = site.engine.arrow(f"{sql} ORDER BY origin, final", **tables)
            # In SQL, "different pages" may become a join of every page with every other.
            return found.filter(pa.compute.not_equal(found["source"], found["target"]))

        return cls._built(site, chosen, edges)

    @classmethod
    def with_stored_edges(cls, site: Site, place: Place, *, model: LinkModel | None = None) -> "LinkGraph":
        """The graph of a Site whose edges are too many for this process: they are written, the rest is here.

        What needs no edges works as usual: `fold`, `leak`, `leaks`, `stands`, ... `source`, `target` and `weight` are empty.

        Parameters
        ----------
        site : Site
        place : path or URI
            Where the edges go, as Parquet: ``source``, ``target``, ``weight``, ``is_content``, ``is_boilerplate``, in no order. Pages
            that link to themselves are among them.
        model : LinkModel, optional

        Raises
        ------
        SettingsError
            If the model weighs links by observed clicks: that is done with the edges at hand.
        """
        chosen = model or LinkModel()
        if chosen.weights == "observed_clicks":
            raise SettingsError(
                "weights 'observed_clicks' need the edges in memory; known here: reasonable_surfer, uniform"
            )

        def edges(sql: str, tables: dict[str, pa.Table]) -> pa.Table:
            site.engine.write(sql, place, **tables)
            return _EDGE_COLUMNS.empty_table()

        return cls._built(site, chosen, edges)

    @classmethod
    @step("link graph")
    def _built(
        cls, site: Site, chosen: LinkModel, edges_of: Callable[[str, dict[str, pa.Table]], pa.Table]
    ) -> "LinkGraph":
        fold, leak = fold_pages(site.pages, chosen)
        tables = _link_tables(site, chosen, fold, leak)
        counted = "sum" if chosen.duplicates == "sum" else "max"
        with step("edges"):
            edges = edges_of(_EDGES.format(counted=counted), tables)
        lost = _LEAKS.format(counted=counted, external="links" if chosen.duplicates == "sum" else "targets")
        with step("leaks"):
            leaks = site.engine.arrow(lost, **tables).to_pandas()
        if chosen.nofollow == "drop":
            leaks = leaks[leaks["cause"] != Leak.NOFOLLOW]
        if chosen.external == "ignore":
            leaks = leaks[leaks["cause"] != Leak.EXTERNAL]
        if chosen.off_site_canonicals == "leak":
            leak[off_site_canonicals(site.pages, site.start_url) & (leak == "")] = Leak.OFF_SITE_CANONICAL
        start = site.page_id(site.start_url)
        weight = edges["weight"].to_numpy()
        if chosen.weights == "observed_clicks":
            weight = _by_observed_clicks(site, fold, edges, weight)
        return cls(
            urls=site.pages["url"].to_numpy(dtype=object),
            start=int(fold[start]) if fold[start] >= 0 else start,
            fold=fold,
            leak=leak,
            source=edges["source"].to_numpy(),
            target=edges["target"].to_numpy(),
            weight=weight,
            is_content=edges["is_content"].to_numpy(),
            is_boilerplate=edges["is_boilerplate"].to_numpy(),
            leaks=leaks.reset_index(drop=True),
            indexable=site.pages["is_indexable"].to_numpy(dtype=bool),
            crawled=(site.pages["indexability_reason"] != Indexability.NOT_CRAWLED).to_numpy(),
            model=chosen,
        )

    @cached_property
    def stands(self) -> Bools:
        """Which pages are live and stand for themselves: those that authority can settle on."""
        return (self.fold == np.arange(len(self))) & (self.leak == "")

    @cached_property
    def final(self) -> Ints:
        """The page each page counts for, and itself where it leads to none."""
        return np.where(self.fold >= 0, self.fold, np.arange(len(self), dtype=np.int32))

    @cached_property
    def followed(self) -> csr_array:
        """Followed links, source x target, with their weights."""
        return self._matrix(self.weight, slice(None))

    @cached_property
    def content(self) -> csr_array:
        """Followed content links, source x target, with their weights."""
        return self._matrix(self.weight[self.is_content], self.is_content)

    @cached_property
    def editorial(self) -> csr_array:
        """Followed content links that no template repeats, source x target, with their weights."""
        kept = self.is_content & ~self.is_boilerplate
        return self._matrix(self.weight[kept], kept)

    def _matrix(self, data: Floats, kept: slice | Bools) -> csr_array:
        shape = (len(self), len(self))
        # Edges are sorted: the rows' beginnings are all that is missing.
        return csr_array((data, self.target[kept], row_starts(self.source[kept], len(self))), shape=shape)

    def to_networkx(self) -> "nx.DiGraph":
        """The graph for networkx: nodes are page ids with ``url``, edges carry ``weight`` and ``is_content``.

        Pages that fold into another are left out; pages without links are in. For bounded graphs: networkx needs
        some 400 bytes an edge.
        """
        import networkx as nx  # noqa: PLC0415 - half a second that most runs need not pay

        graph = nx.DiGraph(start=self.start, model=self.model.weights)
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


def row_starts(source: Ints, pages: int) -> npt.NDArray[np.integer]:
    """Where the edges of each page begin, and where the last ones end, in edges sorted by source.

    In 32 bits where they suffice: with 64 SciPy would copy the targets to 64 bits as well.
    """
    starts = np.searchsorted(source, np.arange(pages + 1))
    return starts.astype(np.int32) if len(source) < 2**31 else starts


def scaled_rows(matrix: csr_array, factors: Floats) -> csr_array:
    """Each row times its factor. Where its entries stand is the matrix' own, and not to be changed in place."""
    data = matrix.data * np.repeat(factors, np.diff(matrix.indptr))
    return csr_array((data, matrix.indices, matrix.indptr), shape=matrix.shape)


def repeated_links(site: Site, model: LinkModel | None = None) -> pd.DataFrame:
    """Links that a template repeats from page to page, whatever the markup calls their place.

    A link is boilerplate where, on at least ``boilerplate_share`` of the pages of a template group, the same
    container holds a link to the same target, or one link of the same name (next, up, contents). Templates of fewer
    than ``boilerplate_min_pages`` pages are judged together, and not at all where they are too few even so.

    Parameters
    ----------
    site : Site
    model : LinkModel, optional

    Returns
    -------
    DataFrame
        One row per pattern: ``group`` (template group; empty for the small ones together), ``container_id``, ``target_id``
        (-1 where the name repeats, not the target), ``anchor_id`` (-1 where the target does), ``pages`` (distinct),
        ``share`` of the group's pages. Sorted by group and pages, most first.
    """
    chosen = model or LinkModel()
    fold, leak = fold_pages(site.pages, chosen)
    tables, groups = _pattern_tables(site, chosen, fold, leak)
    found = site.engine.arrow(_PATTERNS.format(only=""), **tables).to_pandas()
    sizes = tables["template"].to_pandas().set_index("group_id")["pages"]
    found.insert(0, "group", found["group_id"].map(groups))
    found["share"] = found["pages"] / found["group_id"].map(sizes)
    ordered = found.sort_values(
        ["group", "pages", "container_id", "target_id", "anchor_id"],
        ascending=[True, False, True, True, True],
    )
    return ordered.drop(columns="group_id").reset_index(drop=True)


def _pattern_tables(
    site: Site, model: LinkModel, fold: Ints, leak: npt.NDArray[np.object_]
) -> tuple[dict[str, pa.Table], dict[int, str]]:
    """Tables that link-sized queries join: pages with their fold and template group, and the groups' limits."""
    pages = site.pages
    origins = link_origins(pages, fold)
    showing = (origins >= 0) & pages["status"].notna().to_numpy()
    names = pages["page_type"].fillna("").astype(str).to_numpy(dtype=object)
    sizes = pd.Series(names[showing]).value_counts()
    large = sizes.index[sizes >= model.boilerplate_min_pages]
    codes = {name: place for place, name in enumerate(sorted(large), start=1)}
    group = np.array([codes.get(name, 0) for name in names], dtype=np.int32)
    counted = np.bincount(group[showing], minlength=len(codes) + 1)
    judged = np.flatnonzero(counted >= model.boilerplate_min_pages)
    nofollow = pages["robots_nofollow"].to_numpy() & (model.nofollow != "keep")
    tables = {
        "fold": pa.table(
            {
                "page_id": np.arange(len(fold), dtype=np.int32),
                "final": fold,
                "origin": origins,
                "cause": leak.astype(str),
                "nofollow": nofollow,
                "group_id": group,
            }
        ),
        "template": pa.table(
            {
                "group_id": judged.astype(np.int32),
                "pages": counted[judged],
                "needed": np.ceil(counted[judged] * model.boilerplate_share).astype(np.int64),
            }
        ),
    }
    return tables, {0: ""} | {code: name for name, code in codes.items()}


def _link_tables(
    site: Site, model: LinkModel, fold: Ints, leak: npt.NDArray[np.object_], *, only: str = ""
) -> dict[str, pa.Table]:
    tables, _ = _pattern_tables(site, model, fold, leak)
    is_uniform = model.weights == "uniform"
    chrome = 1.0 if is_uniform else model.chrome_weight
    with step("repeated links"):
        patterns = site.engine.arrow(_PATTERNS.format(only=only), **tables)
    by_target = pa.compute.greater_equal(patterns["target_id"], 0)
    return tables | {
        "position_weight": pa.table(
            {
                "position": pa.array([int(position) for position in Position], pa.uint8()),
                "weight": [1.0 if position is Position.CONTENT else chrome for position in Position],
            }
        ),
        "rule": pa.table(
            {
                "boilerplate_weight": [1.0 if is_uniform else model.boilerplate_weight],
                "keeps_nofollow": [model.nofollow == "keep"],
            }
        ),
        "repeated_target": patterns.filter(by_target),
        "repeated_anchor": patterns.filter(pa.compute.invert(by_target)),
    }


def links_not_followed(site: Site, graph: LinkGraph, pages: Iterable[int]) -> pd.DataFrame:
    """Links of some pages that carry nothing on to another page of the site: nofollow, or to what is no live page.

    Those of the URLs that fold into a page count as its own, as in the graph. Links to other sites are known by number
    only, by their place on the page.

    Parameters
    ----------
    site : Site
    graph : LinkGraph
        Of the same site.
    pages : iterable of int
        Page ids, after folding.

    Returns
    -------
    DataFrame
        One row per page, target and cause: ``page_id``, ``target_id`` (-1 for other sites), ``cause`` (`Leak`), ``anchor``
        (of the strongest link; missing where not told), ``position`` (likewise), ``links`` (occurrences), ``weight``: in the
        unit of `LinkGraph.weight`, together those of `LinkGraph.leaks`.
    """
    own_leak = np.where(graph.fold < 0, graph.leak, "")
    asked = ", ".join(str(int(page)) for page in pages) or "-1"
    # Of all that the template repeats only what these pages show matters.
    shown = f"SELECT l.container_id FROM links l JOIN fold s ON s.page_id = l.source_id WHERE s.origin IN ({asked})"
    tables = _link_tables(site, graph.model, graph.fold, own_leak, only=f"AND l.container_id IN ({shown})")
    is_sum = graph.model.duplicates == "sum"
    sql = _LEAKING.format(
        pages=asked, counted="sum" if is_sum else "max", external="links" if is_sum else "targets"
    )
    rows = site.engine.arrow(sql, **tables).to_pandas()
    if graph.model.nofollow == "drop":
        rows = rows[rows["cause"] != Leak.NOFOLLOW]
    if graph.model.external == "ignore":
        rows = rows[rows["cause"] != Leak.EXTERNAL]
    return rows.reset_index(drop=True)


def links_to(site: Site, graph: LinkGraph, targets: Iterable[int]) -> pd.DataFrame:
    """Every link that leads to some URLs, as the graph weighs it: what a repair takes out, sets free or points elsewhere.

    Parameters
    ----------
    site : Site
    graph : LinkGraph
        Of the same site.
    targets : iterable of int
        Page ids of URLs as links name them, before folding.

    Returns
    -------
    DataFrame
        One row per kind of occurrence, by page and target: ``page_id`` (the page it counts for), ``source_id``, ``target_id``, ``anchor_id``,
        ``anchor`` (missing where not told), ``container_id``, ``position``, ``nofollow`` (by link or page, as the model has it),
        ``page_nofollow`` (by the page's robots directives), ``is_content``, ``is_boilerplate``, ``weight`` (of one of them),
        ``links`` (how many alike).
    """
    own_leak = np.where(graph.fold < 0, graph.leak, "")
    tables = _link_tables(site, graph.model, graph.fold, own_leak)
    asked = pa.table({"target_id": np.unique(np.fromiter(targets, dtype=np.int64)).astype(np.int32)})
    return site.engine.arrow(_PLACES, asked=asked, **tables).to_pandas()


def _by_observed_clicks(site: Site, fold: Ints, edges: pa.Table, weight: Floats) -> Floats:
    """Weights of each page's edges by the steps visitors took along them, the model standing in where few did.

    A page's edges together keep their weight, so that its leaks keep their share.
    """
    fold_table = pa.table({"page_id": np.arange(len(fold), dtype=np.int32), "final": fold})
    taken = site.engine.arrow(_STEPS, fold=fold_table)
    if taken.num_rows == 0:
        return weight
    source, target = edges["source"].to_numpy().astype(np.int64), edges["target"].to_numpy()
    key = source * len(fold) + target
    asked = taken["source"].to_numpy().astype(np.int64) * len(fold) + taken["target"].to_numpy()
    place = np.minimum(np.searchsorted(key, asked), max(len(key) - 1, 0))
    linked = key[place] == asked if len(key) else np.zeros(len(asked), dtype=bool)
    steps = np.zeros(len(key))
    steps[place[linked]] = taken["steps"].to_numpy()[linked]
    sums = np.bincount(source, weights=weight, minlength=len(fold))[source]
    seen = np.bincount(source, weights=steps, minlength=len(fold))[source]
    return np.asarray((steps * sums + CLICK_PRIOR * weight) / (seen + CLICK_PRIOR), dtype=np.float64)


# Each page is counted once by grouping twice: a distinct count in one go takes half as long again.
_PATTERNS = f"""
SELECT p.group_id, p.container_id, p.target_id, CAST(-1 AS INTEGER) AS anchor_id, count(*) AS pages
FROM (
    SELECT s.group_id, l.container_id, l.source_id, l.target_id
    FROM links l JOIN fold s ON s.page_id = l.source_id
    WHERE s.origin >= 0 {{only}}
    GROUP BY s.group_id, l.container_id, l.source_id, l.target_id
) p JOIN template g ON g.group_id = p.group_id
GROUP BY p.group_id, p.container_id, p.target_id
HAVING count(*) >= min(g.needed)
UNION ALL
SELECT p.group_id, p.container_id, CAST(-1 AS INTEGER), p.anchor_id, count(*)
FROM (
    SELECT s.group_id, l.container_id, l.source_id, l.anchor_id, count(*) AS links
    FROM links l JOIN fold s ON s.page_id = l.source_id JOIN anchors a ON a.anchor_id = l.anchor_id
    WHERE s.origin >= 0 AND a.text <> '' {{only}}
    GROUP BY s.group_id, l.container_id, l.source_id, l.anchor_id
) p JOIN template g ON g.group_id = p.group_id
GROUP BY p.group_id, p.container_id, p.anchor_id
HAVING count(*) >= min(g.needed) AND sum(p.links) <= {ONE_A_PAGE} * count(*)
"""

_JUDGED = """
WITH judged AS (
    SELECT s.origin, t.final, t.cause, l.target_id, (l.nofollow OR s.nofollow) AND NOT r.keeps_nofollow AS nofollow,
        l.position = 0 AS is_content, rt.pages IS NOT NULL OR ra.pages IS NOT NULL AS is_boilerplate,
        CASE WHEN rt.pages IS NOT NULL OR ra.pages IS NOT NULL THEN least(w.weight, r.boilerplate_weight)
            ELSE w.weight END AS weight
    FROM links l
    JOIN fold s ON s.page_id = l.source_id
    JOIN fold t ON t.page_id = l.target_id
    JOIN position_weight w ON w.position = l.position
    CROSS JOIN rule r
    LEFT JOIN repeated_target rt
        ON rt.group_id = s.group_id AND rt.container_id = l.container_id AND rt.target_id = l.target_id
    LEFT JOIN repeated_anchor ra
        ON ra.group_id = s.group_id AND ra.container_id = l.container_id AND ra.anchor_id = l.anchor_id
    WHERE s.origin >= 0
)"""

_EDGES = (
    _JUDGED
    + """
SELECT origin AS source, final AS target, {counted}(weight) AS weight, bool_or(is_content) AS is_content,
    bool_and(is_boilerplate) AS is_boilerplate
FROM judged
WHERE NOT nofollow AND final >= 0
GROUP BY origin, final
"""
)

_LEAKS = (
    _JUDGED
    + """,
lost AS (
    SELECT origin AS page_id, CASE WHEN nofollow THEN 'nofollow' ELSE cause END AS cause, target_id,
        {counted}(weight) AS weight
    FROM judged
    WHERE (nofollow OR final < 0) AND (final < 0 OR final <> origin)
    GROUP BY ALL
    UNION ALL
    SELECT s.origin, CASE WHEN (e.nofollow OR s.nofollow) AND NOT r.keeps_nofollow THEN 'nofollow' ELSE 'external' END, -1,
        sum(e.{external} * w.weight)
    FROM external_links e
    JOIN fold s ON s.page_id = e.source_id
    JOIN position_weight w ON w.position = e.position
    CROSS JOIN rule r
    WHERE s.origin >= 0
    GROUP BY ALL
)
SELECT page_id, cause, sum(weight) AS weight FROM lost GROUP BY page_id, cause ORDER BY page_id, cause
"""
)

_LEAKING = (
    _JUDGED.replace("l.target_id, (l", "l.target_id, l.anchor_id, l.position, (l")
    + """
SELECT origin AS page_id, target_id, CASE WHEN nofollow THEN 'nofollow' ELSE cause END AS cause, max_by(a.text, weight) AS anchor,
    max_by(position, weight) AS position, count(*) AS links, {counted}(weight) AS weight
FROM judged j LEFT JOIN anchors a ON a.anchor_id = j.anchor_id
WHERE origin IN ({pages}) AND (nofollow OR final < 0) AND (final < 0 OR final <> origin)
GROUP BY ALL
UNION ALL
SELECT s.origin, -1, CASE WHEN (e.nofollow OR s.nofollow) AND NOT r.keeps_nofollow THEN 'nofollow' ELSE 'external' END, NULL,
    e.position, CAST(sum(e.links) AS BIGINT), sum(e.{external} * w.weight)
FROM external_links e
JOIN fold s ON s.page_id = e.source_id
JOIN position_weight w ON w.position = e.position
CROSS JOIN rule r
WHERE s.origin IN ({pages})
GROUP BY ALL
ORDER BY page_id, weight DESC, target_id, cause, position
"""
)

_PLACES = (
    _JUDGED.replace(
        "l.target_id, (l",
        "l.source_id, l.target_id, l.anchor_id, l.container_id, l.position, s.nofollow AND NOT r.keeps_nofollow AS page_nofollow, (l",
    )
    + """
SELECT j.origin AS page_id, j.source_id, j.target_id, j.anchor_id, any_value(a.text) AS anchor, j.container_id, j.position,
    j.nofollow, j.page_nofollow, j.is_content, j.is_boilerplate, j.weight, count(*) AS links
FROM judged j JOIN asked USING (target_id) LEFT JOIN anchors a ON a.anchor_id = j.anchor_id
GROUP BY ALL
ORDER BY ALL NULLS LAST
"""
)

_STEPS = """
SELECT s.final AS source, t.final AS target, sum(x.transitions) AS steps
FROM transitions x JOIN fold s ON s.page_id = x.source_id JOIN fold t ON t.page_id = x.target_id
WHERE s.final >= 0 AND t.final >= 0 AND s.final <> t.final AND x.transitions > 0
GROUP BY s.final, t.final
ORDER BY s.final, t.final
"""
