"""Edits of a link graph: links added, taken out or marked nofollow, pages redirected or deleted -> another LinkGraph."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from linkkit.folding import Bools, Ints, Leak
from linkkit.graph import LinkGraph
from linkkit.linkmodel import LinkModel
from linkkit.schema import Position

Pairs = npt.NDArray[np.int64]
NO_PAIRS: Pairs = np.empty((0, 2), dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Edits:
    """What changes on a site, by page ids.

    Attributes
    ----------
    add : int array, n x 2
        Links to add: source, target.
    position : Position
        Where added links stand.
    remove, nofollow : int arrays, n x 2
        Pairs of pages whose links are taken out, or marked nofollow.
    fold, leak, indexable : arrays, optional
        Of the site with pages redirected or deleted, as in `LinkGraph` (`linkkit.folding.fold_pages`).
    lost : DataFrame, optional
        Links that passed nothing on and are taken out (``is_gone``), or whose URLs led to no live page and lead somewhere now
        (`linkkit.graph.links_not_followed`).
    """

    add: Pairs = field(default_factory=NO_PAIRS.copy)
    position: Position = Position.CONTENT
    remove: Pairs = field(default_factory=NO_PAIRS.copy)
    nofollow: Pairs = field(default_factory=NO_PAIRS.copy)
    fold: Ints | None = None
    leak: npt.NDArray[np.object_] | None = None
    indexable: Bools | None = None
    lost: pd.DataFrame | None = None


def added_weight(model: LinkModel, position: Position = Position.CONTENT) -> float:
    """Weight of a new link that stands at `position`."""
    return 1.0 if position is Position.CONTENT or model.weights == "uniform" else model.chrome_weight


def edited(graph: LinkGraph, edits: Edits) -> LinkGraph:
    """The graph after the edits: pages first, then links taken out, marked nofollow, and added.

    Ends are folded. A link to add that is there already becomes the stronger of the two, or both count, as the model's
    ``duplicates`` say; one that leads to no live page, or stays on its page, changes nothing. What folded into a page
    that is redirected or deleted goes with it.
    """
    if edits.fold is not None and edits.leak is not None and edits.indexable is not None:
        graph = _refolded(graph, edits.fold, edits.leak, edits.indexable)
    if edits.lost is not None and len(edits.lost):
        graph = _led_on(graph, edits.lost)
    if len(edits.remove):
        graph = _without(graph, _places(graph, _folded(graph, edits.remove)))
    if len(edits.nofollow) and graph.model.nofollow != "keep":
        hidden = _places(graph, _folded(graph, edits.nofollow))
        rows = _leak_rows(graph.source[hidden], str(Leak.NOFOLLOW), graph.weight[hidden])
        leaks = _sum_leaks([graph.leaks, rows]) if graph.model.nofollow == "evaporate" else graph.leaks
        graph = replace(_without(graph, hidden), leaks=leaks)
    if len(edits.add):
        pairs = _folded(graph, edits.add)
        weight = np.full(len(pairs), added_weight(graph.model, edits.position))
        content = np.full(len(pairs), edits.position is Position.CONTENT)
        graph = _with_edges(graph, pairs, weight, content, np.zeros(len(pairs), dtype=bool))
    return graph


def relinked(
    graph: LinkGraph,
    places: pd.DataFrame,
    *,
    gone: npt.NDArray[np.int64],
    follow: npt.NDArray[np.int64],
    moved: Mapping[int, int],
) -> LinkGraph:
    """The graph where some of the links of `linkkit.graph.links_to` are taken out, lose their nofollow, or lead elsewhere.

    Parameters
    ----------
    graph : LinkGraph
        Edited before, or not.
    places : DataFrame
        Of the same site, with all links to every URL that counts for the same page as one that changes.
    gone, follow : int arrays
        Rows of `places`. What is gone needs no freeing. A page that asks by its robots directives not to follow any of its
        links still does.
    moved : mapping of row to page id
        Rows of `places` and where they lead now. Links to those pages are to be in `places` too.

    Notes
    -----
    Where weights rest on observed clicks, a pair of pages that stays linked keeps its weight.
    """
    every = places["page_id"].to_numpy(dtype=np.int64)
    touched = np.unique(every[np.concatenate((gone, follow, np.fromiter(moved, dtype=np.int64)))])
    touched = touched[graph.fold[touched] == touched]
    # Most repairs change a few pages of many: only their links are looked at.
    near = np.flatnonzero(np.isin(every, touched))
    rows = places.iloc[near].reset_index(drop=True)
    at = np.full(len(places), -1, dtype=np.int64)
    at[near] = np.arange(len(near))
    gone, follow = at[gone][at[gone] >= 0], at[follow][at[follow] >= 0]
    led = {int(at[place]): page for place, page in moved.items() if at[place] >= 0}
    pages, named = rows["page_id"].to_numpy(dtype=np.int64), rows["target_id"].to_numpy(dtype=np.int64)
    target = named.copy()
    target[list(led)] = list(led.values())
    changed = np.zeros(len(rows), dtype=bool)
    changed[gone] = changed[follow] = changed[list(led)] = True
    key, onward = _pair_keys(graph, pages, named), _pair_keys(graph, pages, target)
    kept = np.isin(key, np.union1d(key[changed], onward[changed]))
    before = rows.assign(end=graph.fold[named])[kept]
    stays, freed = np.ones(len(rows), dtype=bool), rows["nofollow"].to_numpy(dtype=bool).copy()
    stays[gone] = False
    freed[follow] &= rows["page_nofollow"].to_numpy(dtype=bool)[follow]
    after = rows.assign(nofollow=freed, target_id=target, end=graph.fold[target])[kept & stays]
    was, now = _own_edges(graph, before), _own_edges(graph, after)
    if graph.model.weights == "observed_clicks":
        known = np.asarray(graph.followed[now["page_id"].to_numpy(), now["end"].to_numpy()]).ravel()
        now = now.assign(weight=np.where(known > 0, known, now["weight"]))
    lost = _own_leaks(graph, before)
    own = np.isin(graph.leaks["page_id"].to_numpy(), touched)
    mine = _sum_leaks([graph.leaks[own], lost.assign(weight=-lost["weight"]), _own_leaks(graph, after)])
    leaks = (
        pd.concat([graph.leaks[~own], mine], ignore_index=True)
        if len(mine)
        else graph.leaks[~own].reset_index(drop=True)
    )
    bare = _without(
        replace(graph, leaks=leaks), _places(graph, was[["page_id", "end"]].to_numpy(dtype=np.int64))
    )
    if now.empty:
        return bare
    return _with_edges(
        bare,
        now[["page_id", "end"]].to_numpy(dtype=np.int64),
        now["weight"].to_numpy(dtype=np.float64),
        now["is_content"].to_numpy(dtype=bool),
        now["is_boilerplate"].to_numpy(dtype=bool),
    )


def _pair_keys(
    graph: LinkGraph, pages: npt.NDArray[np.int64], targets: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """One number for each pair of pages: links to one live page share an edge, whichever of its URLs they name."""
    whole = np.where(graph.fold[targets] >= 0, graph.fold[targets], targets).astype(np.int64)
    return pages * len(graph) + whole


def _own_edges(graph: LinkGraph, rows: pd.DataFrame) -> pd.DataFrame:
    """Edges that these links make: ``page_id``, ``end``, ``weight``, ``is_content``, ``is_boilerplate``, sorted."""
    end, page = rows["end"].to_numpy(dtype=np.int64), rows["page_id"].to_numpy(dtype=np.int64)
    kept = ~rows["nofollow"].to_numpy(dtype=bool) & (end >= 0) & (end != page)
    order, first = _runs(page[kept], end[kept])
    at = np.flatnonzero(kept)[order]
    content, boilerplate = (rows[name].to_numpy(dtype=bool)[at] for name in ("is_content", "is_boilerplate"))
    return pd.DataFrame(
        {
            "page_id": page[at][first],
            "end": end[at][first],
            "weight": _totals(graph, rows, at, first),
            "is_content": np.logical_or.reduceat(content, first) if len(first) else content,
            "is_boilerplate": np.logical_and.reduceat(boilerplate, first) if len(first) else boilerplate,
        }
    )


def _own_leaks(graph: LinkGraph, rows: pd.DataFrame) -> pd.DataFrame:
    """What these links lose: ``page_id``, ``cause``, ``weight``; one row per page and target."""
    end, page = rows["end"].to_numpy(dtype=np.int64), rows["page_id"].to_numpy(dtype=np.int64)
    nofollow, target = rows["nofollow"].to_numpy(dtype=bool), rows["target_id"].to_numpy(dtype=np.int64)
    hidden = nofollow & (graph.model.nofollow != "drop")
    kept = (hidden | (~nofollow & (end < 0))) & (end != page)
    order, first = _runs(page[kept], nofollow[kept], target[kept])
    at = np.flatnonzero(kept)[order]
    one = at[first]
    cause = np.where(nofollow[one], str(Leak.NOFOLLOW), graph.leak[target[one]].astype(str)).astype(object)
    return pd.DataFrame({"page_id": page[one], "cause": cause, "weight": _totals(graph, rows, at, first)})


def _runs(*keys: npt.NDArray[np.generic]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """An order that puts equal keys side by side, and where each run of them begins."""
    order = np.lexsort(keys[::-1])
    if not len(order):
        return order, order
    new = np.zeros(len(order), dtype=bool)
    new[0] = True
    for key in keys:
        new[1:] |= key[order][1:] != key[order][:-1]
    return order, np.flatnonzero(new)


def _totals(
    graph: LinkGraph, rows: pd.DataFrame, at: npt.NDArray[np.int64], first: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """What the links of each run weigh together, as the model's ``duplicates`` say."""
    weight = rows["weight"].to_numpy(dtype=np.float64)[at]
    if not len(first):
        return weight
    if graph.model.duplicates == "sum":
        return np.asarray(np.add.reduceat(weight * rows["links"].to_numpy()[at], first), dtype=np.float64)
    return np.asarray(np.maximum.reduceat(weight, first), dtype=np.float64)


def fold_after(graph: LinkGraph, fold: Ints | None) -> Ints:
    """Where each URL ends once pages fold so: what folded into a page that is redirected or deleted goes with it."""
    if fold is None:
        return graph.fold
    return np.where(graph.fold >= 0, fold[graph.fold], fold).astype(np.int32)


def _refolded(graph: LinkGraph, fold: Ints, leak: npt.NDArray[np.object_], indexable: Bools) -> LinkGraph:
    """The graph where some pages redirect or are gone: their links are no more, links to them lead on or are lost."""
    fold = fold_after(graph, fold)
    leak = np.where(graph.fold >= 0, leak[graph.fold], leak)
    leak = np.where((fold >= 0) & (leak == ""), np.where(fold == np.arange(len(fold)), graph.leak, ""), leak)
    stays, end = fold[graph.source] == graph.source, fold[graph.target]
    kept = stays & (end == graph.target)
    lost = np.flatnonzero(stays & (end < 0))
    onward = np.flatnonzero(stays & ~kept & (end >= 0) & (end != graph.source))
    rows = _leak_rows(graph.source[lost], leak[graph.target[lost]], graph.weight[lost])
    own = graph.leaks["page_id"].to_numpy(dtype=np.int64)
    changed = replace(
        _keep(graph, kept),
        fold=fold,
        leak=leak,
        leaks=_sum_leaks([graph.leaks[fold[own] == own], rows]),
        indexable=indexable,
        start=int(fold[graph.start]) if fold[graph.start] >= 0 else graph.start,
    )
    ends = np.column_stack((graph.source[onward], end[onward])).astype(np.int64)
    return _merged(
        changed, ends, graph.weight[onward], graph.is_content[onward], graph.is_boilerplate[onward]
    )


def _led_on(graph: LinkGraph, lost: pd.DataFrame) -> LinkGraph:
    """The graph where links that were lost are taken out, or lead to a page now; nofollow ones to others stay lost."""
    pages, ends = lost["page_id"].to_numpy(), graph.fold[lost["target_id"].to_numpy()]
    hidden = (ends >= 0) & (ends != pages) & (lost["cause"] == Leak.NOFOLLOW).to_numpy()
    lost = lost[(graph.fold[pages] == pages) & (lost["is_gone"].to_numpy() | ~hidden)]
    pages, ends = lost["page_id"].to_numpy(dtype=np.int64), graph.fold[lost["target_id"].to_numpy()]
    graph = replace(graph, leaks=_sum_leaks([graph.leaks, lost.assign(weight=-lost["weight"])]))
    alive = (ends >= 0) & (ends != pages) & ~lost["is_gone"].to_numpy()
    pairs = np.column_stack((pages, ends)).astype(np.int64)[alive]
    weight, content = lost["weight"].to_numpy()[alive], lost["is_content"].to_numpy(dtype=bool)[alive]
    return _merged(graph, pairs, weight, content, np.zeros(len(pairs), dtype=bool))


def _merged(
    graph: LinkGraph,
    pairs: Pairs,
    weight: npt.NDArray[np.float64],
    content: Bools,
    boilerplate: Bools,
) -> LinkGraph:
    """The graph with these links, some of which may join the same pages."""
    if not len(pairs):
        return graph
    rows = pd.DataFrame(
        {"s": pairs[:, 0], "t": pairs[:, 1], "weight": weight, "content": content, "boilerplate": boilerplate}
    )
    total = "sum" if graph.model.duplicates == "sum" else "max"
    unique = rows.groupby(["s", "t"], as_index=False, sort=True).agg(
        {"weight": total, "content": "any", "boilerplate": "all"}
    )
    return _with_edges(
        graph,
        unique[["s", "t"]].to_numpy(dtype=np.int64),
        unique["weight"].to_numpy(dtype=np.float64),
        unique["content"].to_numpy(dtype=bool),
        unique["boilerplate"].to_numpy(dtype=bool),
    )


def _folded(graph: LinkGraph, pairs: Pairs) -> Pairs:
    """The pairs of pages that these pairs of URLs stand for: different, live, each once, sorted."""
    ends = graph.fold[pairs].astype(np.int64)
    return np.unique(ends[(ends >= 0).all(axis=1) & (ends[:, 0] != ends[:, 1])], axis=0)


def _places(graph: LinkGraph, pairs: Pairs) -> npt.NDArray[np.int64]:
    """Places of the edges between these pairs, those that exist."""
    key = graph.source.astype(np.int64) * len(graph) + graph.target
    asked = pairs[:, 0] * len(graph) + pairs[:, 1]
    place = np.searchsorted(key, asked)
    found = place < len(key)
    found[found] = key[place[found]] == asked[found]
    return np.unique(place[found])


def _without(graph: LinkGraph, places: npt.NDArray[np.int64]) -> LinkGraph:
    kept = np.ones(len(graph.source), dtype=bool)
    kept[places] = False
    return _keep(graph, kept)


def _keep(graph: LinkGraph, kept: Bools) -> LinkGraph:
    return replace(
        graph,
        source=graph.source[kept],
        target=graph.target[kept],
        weight=graph.weight[kept],
        is_content=graph.is_content[kept],
        is_boilerplate=graph.is_boilerplate[kept],
    )


def _with_edges(
    graph: LinkGraph,
    pairs: Pairs,
    weight: npt.NDArray[np.float64],
    content: Bools,
    boilerplate: Bools,
) -> LinkGraph:
    """The graph with these edges (distinct, sorted) joined to those there are."""
    count = len(graph)
    key = graph.source.astype(np.int64) * count + graph.target
    asked = pairs[:, 0] * count + pairs[:, 1]
    place = np.searchsorted(key, asked)
    there = place < len(key)
    there[there] = key[place[there]] == asked[there]
    at = place[there]
    weights, contents, boilerplates = (
        graph.weight.copy(),
        graph.is_content.copy(),
        graph.is_boilerplate.copy(),
    )
    both = np.add if graph.model.duplicates == "sum" else np.maximum
    weights[at] = both(weights[at], weight[there])
    contents[at] |= content[there]
    boilerplates[at] &= boilerplate[there]
    new = ~there
    where = place[new]
    return replace(
        graph,
        source=np.insert(graph.source, where, pairs[new, 0].astype(np.int32)),
        target=np.insert(graph.target, where, pairs[new, 1].astype(np.int32)),
        weight=np.insert(weights, where, weight[new]),
        is_content=np.insert(contents, where, content[new]),
        is_boilerplate=np.insert(boilerplates, where, boilerplate[new]),
    )


def _leak_rows(
    pages: npt.NDArray[np.int32], cause: str | npt.NDArray[np.object_], weight: npt.NDArray[np.float64]
) -> pd.DataFrame:
    return pd.DataFrame({"page_id": pages.astype(np.int64), "cause": cause, "weight": weight})


def _sum_leaks(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """One row per page and cause; what is taken out leaves no rest of rounding behind."""
    filled = [part[["page_id", "cause", "weight"]] for part in parts if len(part)]
    if not filled:
        return parts[0]
    joined = pd.concat(filled)
    total = joined.groupby(["page_id", "cause"], as_index=False, sort=True)["weight"].sum()
    return total[total["weight"] > 1e-9].reset_index(drop=True)
