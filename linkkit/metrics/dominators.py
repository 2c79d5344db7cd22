"""Pages that hang on one page or one link: what every path from the start page must pass."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from linkkit.metrics.depth import clicks_from
from linkkit.steps import step

Ids = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

_FEW = 20_000
"""Links that are settled page by page rather than in rounds."""
_SHRINKING = 0.8
"""Rounds go on while each leaves at most this share of the links unsettled."""


@dataclass(frozen=True, eq=False)
class Dominators:
    """The dominator tree of a link graph.

    Attributes
    ----------
    dominator : int64 array
        For each page the last page that every path from the start page to it passes (its immediate dominator); -1 for the
        start page and for pages that no path leads to.
    on_one_link : bool array
        Whether every path to the page ends in one and the same link, from its dominator: without that link the page, and all that
        hangs on it, could not be reached.
    order, place, size : int64 arrays
        The tree as a list of pages in which what hangs on a page follows it: ``order[place[p]:place[p] + size[p]]``.
        Unreachable pages come last, with size 0.
    """

    dominator: Ids
    on_one_link: Bools
    order: Ids
    place: Ids
    size: Ids

    def hanging(self, values: npt.ArrayLike) -> Floats:
        """Sum of `values`, one a page, over each page and all that hangs on it; 0 for unreachable pages."""
        summed = np.concatenate(([0.0], np.cumsum(np.asarray(values, dtype=np.float64)[self.order])))
        return np.asarray(summed[self.place + self.size] - summed[self.place], dtype=np.float64)

    def pages_below(self, page: int) -> Ids:
        """The page and all pages that hang on it, those that hang on one another next to each other."""
        return self.order[self.place[page] : self.place[page] + self.size[page]]


@step("dominators")
def dominators(links: csr_array, start: int) -> Dominators:
    """Dominator tree over followed links from the start page.

    Begins with the tree of a breadth-first search. In a round every page moves up to the lowest page above its parent and
    all pages that link to it; pages that have come to hang on the start page are done, which on a site with a menu are nearly
    all after a round or two. What rounds do not settle soon, long chains of pages above all, is left to a search for
    semidominators, page by page.

    Parameters
    ----------
    links : csr_array, source x target
        Followed, folded links without links from a page to itself.
    start : int

    References
    ----------
    Georgiadis, Tarjan (2016), Dominator Tree Certification and Divergent Spanning Trees, section 2: the tree that no round
    changes is the dominator tree, whatever tree the rounds began with. Georgiadis (2005), Linear-Time Algorithms for
    Dominators and Related Problems, section 2.3: semi-NCA.
    """
    depth = clicks_from(links, [start])
    count = links.shape[0]
    source = np.repeat(np.arange(count, dtype=np.int64), np.diff(links.indptr))
    target = links.indices.astype(np.int64)
    reached = ~np.isnan(depth)
    kept = reached[source] & (target != start)
    source, target = source[kept], target[kept]
    tree = _first_tree(source, target, depth, count)
    # Grouped by target: the lowest common page of a whole group is one reduction.
    order = np.argsort(target, kind="stable")
    by_source, by_target = source[order], target[order]
    settled = False
    while not settled:
        before = len(by_target)
        unsettled = tree[by_target] != start
        by_source, by_target = by_source[unsettled], by_target[unsettled]
        if before <= _FEW or len(by_target) > _SHRINKING * before:
            break
        settled = not _one_round(tree, by_source, by_target, start)
    if by_target.size and not settled:
        _by_semidominators(tree, by_source, by_target, start)
    return _finished(tree, source, target, start, reached)


def _one_round(tree: Ids, source: Ids, target: Ids, start: int) -> bool:
    """Move pages up, in place; whether any moved."""
    if not target.size:
        return False
    level = _levels(tree, np.unique(target), start)
    meeting = _lowest_common(tree, level, source, tree[target], start)
    first = np.flatnonzero(np.concatenate(([True], target[1:] != target[:-1])))
    pages = target[first]
    # All meeting points lie on one way up to the start page: the one nearest to it is the common one.
    nearest = np.minimum.reduceat(level[meeting] * len(tree) + meeting, first) % len(tree)
    moved = tree[pages] != nearest
    tree[pages[moved]] = nearest[moved]
    return bool(moved.any())


def _by_semidominators(tree: Ids, source: Ids, target: Ids, start: int) -> None:
    """Settle the rest, in place: pages that links of `target` name, over all links into them.

    Pages that hang on the start page already may be taken for linked from it directly: that changes nothing for those below.
    """
    members = np.unique(np.concatenate(([start], source, target)))
    local = np.empty(len(tree), dtype=np.int64)
    local[members] = np.arange(len(members))
    inner = np.unique(target)
    outer = np.setdiff1d(members, np.concatenate((inner, [start])))
    tails = np.concatenate((np.full(len(outer), local[start]), local[source]))
    heads = np.concatenate((local[outer], local[target]))
    found = _semi_nca(len(members), tails, heads, int(local[start]))
    tree[inner] = members[found[local[inner]]]


def _semi_nca(count: int, source: Ids, target: Ids, root: int) -> Ids:
    """Immediate dominators of a small graph all of whose pages can be reached."""
    out_order, in_order = np.argsort(source, kind="stable"), np.argsort(target, kind="stable")
    out, out_first = (
        target[out_order].tolist(),
        np.searchsorted(source[out_order], np.arange(count + 1)).tolist(),
    )
    into, in_first = (
        source[in_order].tolist(),
        np.searchsorted(target[in_order], np.arange(count + 1)).tolist(),
    )
    number, vertex, parent = [-1] * count, [root], [0] * count
    number[root] = 0
    stack = [(root, out_first[root])]
    while stack:
        page, at = stack.pop()
        while at < out_first[page + 1]:
            child, at = out[at], at + 1
            if number[child] < 0:
                number[child] = len(vertex)
                parent[number[child]] = number[page]
                vertex.append(child)
                stack.append((page, at))
                stack.append((child, out_first[child]))
                break
    semi, label, ancestor = list(range(len(vertex))), list(range(len(vertex))), [-1] * len(vertex)
    for w in range(len(vertex) - 1, 0, -1):
        page = vertex[w]
        for at in range(in_first[page], in_first[page + 1]):
            v = number[into[at]]
            semi[w] = min(semi[w], semi[_lowest_label(v, semi, label, ancestor)])
        ancestor[w] = parent[w]
    above = parent[:]
    for w in range(1, len(vertex)):
        while above[w] > semi[w]:
            above[w] = above[above[w]]
    found = np.full(count, root, dtype=np.int64)
    found[vertex] = np.array(vertex, dtype=np.int64)[above]
    return found


def _lowest_label(v: int, semi: list[int], label: list[int], ancestor: list[int]) -> int:
    """The page of least semidominator on the way up from `v`; the way is shortened for the next time."""
    if ancestor[v] < 0:
        return v
    path, u = [], v
    while ancestor[ancestor[u]] >= 0:
        path.append(u)
        u = ancestor[u]
    for each in reversed(path):
        above = ancestor[each]
        if semi[label[above]] < semi[label[each]]:
            label[each] = label[above]
        ancestor[each] = ancestor[above]
    return label[v]


def _first_tree(source: Ids, target: Ids, depth: Floats, count: int) -> Ids:
    """Each reachable page's lowest parent one click nearer; -1 for others."""
    tree = np.full(count, -1, dtype=np.int64)
    nearer = depth[target] == depth[source] + 1
    # Sources ascend: written in reverse, the lowest stays.
    tree[target[nearer][::-1]] = source[nearer][::-1]
    return tree


def _levels(tree: Ids, pages: Ids, start: int) -> Ids:
    """Steps up to the start page for `pages`, which must hold all above them that are not the start page's own; 1 for the rest."""
    level = np.ones(len(tree), dtype=np.int64)
    level[start] = 0
    local = np.full(len(tree), -1, dtype=np.int64)
    local[pages] = np.arange(len(pages))
    up = local[tree[pages]]
    steps = np.where(tree[pages] == start, 1, 2)
    steps[up >= 0] = 1
    # By doubling: each page adds what the page above has, and looks twice as far.
    while (up >= 0).any():
        inner = np.flatnonzero(up >= 0)
        steps[inner] += steps[up[inner]]
        up[inner] = up[up[inner]]
    level[pages] = steps
    return level


def _lowest_common(tree: Ids, level: Ids, one: Ids, other: Ids, start: int) -> Ids:
    """For each pair of pages the lowest page that both hang on, or are."""
    one, other = one.copy(), other.copy()
    apart = np.flatnonzero(one != other)
    while apart.size:
        a, b = one[apart], other[apart]
        lower_a, lower_b = level[a] >= level[b], level[b] >= level[a]
        one[apart] = np.where(lower_a & (a != start), tree[a], a)
        other[apart] = np.where(lower_b & (b != start), tree[b], b)
        apart = apart[one[apart] != other[apart]]
    return one


def _finished(tree: Ids, source: Ids, target: Ids, start: int, reached: Bools) -> Dominators:
    count = len(tree)
    members = np.flatnonzero(reached)
    level = _levels(tree, members[members != start], start)
    size = np.zeros(count, dtype=np.int64)
    size[members] = 1
    by_level = members[np.argsort(level[members], kind="stable")]
    cuts = np.searchsorted(level[by_level], np.arange(int(level[members].max(initial=0)) + 2))
    for low, high in reversed(list(pairwise(cuts[1:]))):
        pages = by_level[low:high]
        np.add.at(size, tree[pages], size[pages])
    place = np.zeros(count, dtype=np.int64)
    for low, high in pairwise(cuts[1:]):
        pages = by_level[low:high]
        pages = pages[np.argsort(tree[pages], kind="stable")]
        before = np.cumsum(size[pages]) - size[pages]
        first = np.concatenate(([True], tree[pages][1:] != tree[pages][:-1]))
        group = np.maximum.accumulate(np.where(first, np.arange(len(pages)), 0))
        place[pages] = place[tree[pages]] + 1 + before - before[group]
    order = np.empty(count, dtype=np.int64)
    order[place[members]] = members
    lost = np.flatnonzero(~reached)
    order[len(members) :] = lost
    place[lost] = np.arange(len(members), count)
    # A link into a page counts for nothing where its source hangs on the page itself.
    behind = (place[source] >= place[target]) & (place[source] < place[target] + size[target])
    ways = np.bincount(target[~behind], minlength=count)
    dominator = tree.copy()
    dominator[~reached] = -1
    return Dominators(dominator, reached & (ways == 1), order, place, size)
