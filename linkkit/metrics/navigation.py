"""Visitors' ways through the site: what they were seen to do (GA4), and where that is not known what the reader model says.

Steps are pairs: from one page to the next. Ways of more than one step are chains of such pairs, as if what people do on
a page did not depend on where they came from (first order). Each number that rests on this says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
from scipy.sparse import coo_array, csr_array

from linkkit.graph import LinkGraph
from linkkit.metrics.authority import Authority
from linkkit.metrics.importance import fold_signals
from linkkit.metrics.reader import Floats, Ints, Reader, reader_of
from linkkit.metrics.roles import Role, page_role
from linkkit.schema import OUTSIDE, Indexability
from linkkit.site import Site
from linkkit.steps import step

NO_ENTRANCES = (Role.LEGAL, Role.ACCOUNT, Role.SEARCH)
"""Pages that nobody need be led on from."""
MAX_CLICKS = 10
"""Clicks up to which the chance to reach a money page is kept, one column each."""
LEAST_SHARE = 0.05
"""Shortcuts are sought where at least this share of those who pass the page between go on to the third."""
LEAST_STEPS = 1.0
"""Estimated steps, and steps that an unused link should have seen, below which nothing is kept."""

Basis = Literal["entrances", "sessions", "none"]
BASIS_WORDS: dict[Basis, str] = {
    "entrances": "visits by the page they began on",
    "sessions": "sessions that saw a page stand for visits that began there",
    "none": "no visits are known: every indexable page counts alike",
}
CONTENT, TEMPLATE, SEARCH, BACK, HOME, UNLINKED, UNKNOWN = (
    "content link",
    "menu or template link",
    "site search",
    "way back",
    "start page, no link found",
    "no link found",
    "links of the page unknown",
)
WAYS = (CONTENT, TEMPLATE, SEARCH, BACK, HOME, UNLINKED, UNKNOWN)
"""How visitors can have taken a step, by the links that were crawled; the first that holds."""


@dataclass(frozen=True, eq=False)
class Navigation:
    """Visitors' ways, page by page and step by step.

    Attributes
    ----------
    pages : DataFrame
        One row per page: ``entrances`` (visits that began there, after folding; by `basis`), ``passes`` (how often the page was
        passed: steps and entrances in, or steps out where those are more; sessions only where no entrances are counted), ``steps_out``; of these ``to_search``, ``to_start``
        and ``unlinked`` (no crawled link, no way back, no search); ``money_chance`` (to reach a money page before leaving),
        ``money_clicks`` (of those who do), ``next_page`` (page id on the likeliest way; -1 for none), ``observed`` (share of
        all this that rests on steps); ``should_lead`` (live, with visits that begin there, no legal text, account or search).
    steps : DataFrame
        One row per pair of pages that visitors went between: ``source``, ``target`` (page ids after folding), ``steps``, ``way``
        (of `WAYS`), ``unexplained`` (steps without a crawled link that search and the way back cannot be; else 0).
    shortcuts : DataFrame
        One row per way of two steps without a direct link: ``source``, ``via``, ``target``; ``share`` (of those who pass the
        page between, that go on to the target), ``steps`` (estimate), ``least`` and ``most`` (bounds that hold
        whatever people remember).
    unused : DataFrame
        One row per content link that nobody was seen to take: ``source``, ``target``, ``expected`` (steps by its weight), ``missed`` (of
        these those that a file cut short could not have hidden).
    reach : float64 array, page x clicks 0 .. `MAX_CLICKS`
        Chance to have reached a money page.
    reader : Reader
        What ``reach`` and the ``money_`` columns come from.
    basis : str
        What ``entrances`` are, a key of `BASIS_WORDS`.
    """

    pages: pd.DataFrame
    steps: pd.DataFrame
    shortcuts: pd.DataFrame
    unused: pd.DataFrame
    reach: Floats
    reader: Reader
    basis: Basis

    @property
    def has_steps(self) -> bool:
        """Whether visitors' steps from page to page are known."""
        return len(self.steps) > 0


@step("visitors")
def navigation_of(site: Site, graph: LinkGraph, authority: Authority) -> Navigation:
    """Everything on visitors' ways that checks and charts read; depends on no threshold.

    Parameters
    ----------
    site : Site
    graph : LinkGraph
    authority : Authority
        Of the same graph: its flow is the model's reader, its money pages are the goal.
    """
    counted = observed_steps(site, graph)
    entering = counted["source"] == OUTSIDE
    steps = counted[~entering].reset_index(drop=True)
    entrances, basis = _entrances(site, graph, counted[entering])
    pages = _passes(site, graph, steps, counted, basis)
    pages.insert(0, "entrances", entrances)
    leading = np.flatnonzero(graph.stands & (entrances > 0))
    leading = leading[~_chosen(graph, leading, NO_ENTRANCES)]
    pages["should_lead"] = np.isin(np.arange(len(graph)), leading)
    searches = _search_pages(graph, steps)
    steps["unexplained"] = _beyond_back(steps, len(graph))
    steps["way"] = _ways(site, graph, steps, searches)
    steps.loc[steps["way"] != UNLINKED, "unexplained"] = 0.0
    for name, counts in (
        ("to_search", steps["steps"].where(np.isin(steps["target"], searches), 0.0)),
        ("to_start", steps["steps"].where(steps["target"] == graph.start, 0.0)),
        ("unlinked", steps["unexplained"]),
    ):
        pages[name] = _summed(steps["source"], counts, len(graph))
    reader = reader_of(
        authority.flow.moves,
        authority.money,
        authority.flow.damping,
        steps=_matrix(steps, len(graph)),
        passes=pages["passes"].to_numpy(),
        hidden=_hidden(steps),
    )
    known = authority.money.any()
    pages["money_chance"] = reader.chance if known else np.nan
    pages["money_clicks"] = reader.clicks if known else np.nan
    pages["next_page"] = reader.next_page
    pages["observed"] = reader.observed
    return Navigation(
        pages=pages,
        steps=steps,
        shortcuts=_shortcuts(site, graph, steps, pages["passes"].to_numpy(), searches),
        unused=_unused(site, graph, steps, pages["steps_out"].to_numpy(), searches),
        reach=reader.within(MAX_CLICKS),
        reader=reader,
        basis=basis,
    )


def observed_steps(site: Site, graph: LinkGraph) -> pd.DataFrame:
    """Visitors' steps between pages after folding, and their entrances.

    Returns
    -------
    DataFrame
        One row per pair: ``source`` (`linkkit.schema.OUTSIDE` for entrances), ``target``, ``steps``; sorted. Steps from a page to
        itself are left out.
    """
    finals = pa.table(
        {
            "page_id": np.append(np.arange(len(graph), dtype=np.int32), np.int32(OUTSIDE)),
            "final": np.append(graph.final.astype(np.int32), np.int32(OUTSIDE)),
        }
    )
    found = site.engine.arrow(_STEPS, finals=finals).to_pandas()
    return found.astype({"source": "int64", "target": "int64", "steps": "float64"})


def _entrances(site: Site, graph: LinkGraph, counted: pd.DataFrame) -> tuple[Floats, Basis]:
    """Visits that began on each page; NaN where nothing tells."""
    if len(counted):
        return _summed(counted["target"], counted["steps"], len(graph)), "entrances"
    sessions = fold_signals(site.pages, graph.fold)["sessions"].astype("float64")
    # What folds into another page counts there.
    own = np.where(graph.final == np.arange(len(graph)), sessions.to_numpy(dtype=np.float64), np.nan)
    return np.asarray(own, dtype=np.float64), "none" if np.isnan(own).all() else "sessions"


def _passes(
    site: Site, graph: LinkGraph, steps: pd.DataFrame, counted: pd.DataFrame, basis: Basis
) -> pd.DataFrame:
    """How often each page was passed and left. Sessions are of another file and may be of other days: only if need be."""
    came = _summed(counted["target"], counted["steps"], len(graph))
    gone = _summed(steps["source"], steps["steps"], len(graph))
    passes = np.maximum(came, gone)
    if basis != "entrances":
        sessions = fold_signals(site.pages, graph.fold)["sessions"].fillna(0.0).to_numpy()
        passes = np.maximum(passes, sessions)
    return pd.DataFrame({"passes": passes, "steps_out": gone})


def _chosen(graph: LinkGraph, pages: Ints, roles: Sequence[Role]) -> "np.typing.NDArray[np.bool_]":
    """Whether the address of each page tells one of the roles, however important the page may be."""
    return np.array([page_role(str(graph.urls[page])) in roles for page in pages.tolist()], dtype=np.bool_)


def _search_pages(graph: LinkGraph, steps: pd.DataFrame) -> Ints:
    """Pages of the site's own search results among those that visitors stepped on."""
    seen = np.unique(np.concatenate([steps["source"], steps["target"]])).astype(np.int64)
    return seen[_chosen(graph, seen, [Role.SEARCH])]


def _ways(site: Site, graph: LinkGraph, steps: pd.DataFrame, searches: Ints) -> "pd.Series[str]":
    source, target = steps["source"].to_numpy(), steps["target"].to_numpy()
    linked, in_content = linked_pairs(site, graph, source, target)
    conditions = [
        np.isin(target, searches) | np.isin(source, searches),
        in_content,
        linked,
        ~_links_known(graph)[source],
        steps["unexplained"] == 0,
        target == graph.start,
    ]
    ways = np.select(conditions, [SEARCH, CONTENT, TEMPLATE, UNKNOWN, BACK, HOME], default=UNLINKED)
    return pd.Series(ways, index=steps.index, dtype="str")


def _beyond_back(steps: pd.DataFrame, count: int) -> Floats:
    """Steps that the browser's way back cannot be: nobody goes back to a page more often than they came from it."""
    key = steps["source"].to_numpy() * count + steps["target"].to_numpy()
    reverse = steps["target"].to_numpy() * count + steps["source"].to_numpy()
    came = steps.set_index(key)["steps"].reindex(reverse).fillna(0.0).to_numpy()
    return np.maximum(steps["steps"].to_numpy() - came, 0.0)


def _links_known(graph: LinkGraph) -> "np.typing.NDArray[np.bool_]":
    """Pages whose links were read: requested, live, and with at least one link to tell that they were."""
    known = np.zeros(len(graph), dtype=bool)
    known[graph.source] = True
    known[graph.leaks["page_id"].to_numpy(dtype=np.int64)] = True
    return known & graph.crawled & graph.stands


def linked_pairs(
    site: Site, graph: LinkGraph, source: Ints, target: Ints
) -> "tuple[np.typing.NDArray[np.bool_], np.typing.NDArray[np.bool_]]":
    """Whether a link leads from one page to the other, and whether one stands in the content.

    People follow nofollow links and links to pages outside the index: all count, redirects and canonicals folded.
    """
    linked = np.zeros((2, len(source)), dtype=bool)
    if not len(source):
        return linked[0], linked[1]
    finals = pa.table(
        {"page_id": np.arange(len(graph), dtype=np.int32), "final": graph.final.astype(np.int32)}
    )
    asked = pa.table(
        {
            "place": np.arange(len(source)),
            "source": source.astype(np.int32),
            "target": target.astype(np.int32),
        }
    )
    found = site.engine.arrow(_LINKED, finals=finals, asked=asked)
    place, content = found["place"].to_numpy(), found["in_content"].to_numpy(zero_copy_only=False)
    linked[0, place] = True
    linked[1, place] = content
    return linked[0], linked[1]


def _shortcuts(
    site: Site, graph: LinkGraph, steps: pd.DataFrame, passes: Floats, searches: Ints
) -> pd.DataFrame:
    """Ways A -> X -> C without a link from A to C.

    Estimate ``n(A,X) n(X,C) / V(X)``: those who come from A go on as everybody does. Without that assumption between
    ``n(A,X) + n(X,C) - V(X)`` and the smaller of the two counts (Frechet 1935). The start page and search results are
    no way in between: from there people go everywhere.
    """
    columns = ["source", "via", "target", "share", "steps", "least", "most"]
    source, target, count = (steps[name].to_numpy() for name in ("source", "target", "steps"))
    share = count / np.maximum(passes[source], 1.0)
    between = ~np.isin(source, searches) & (source != graph.start)
    ends = graph.indexable & graph.stands
    second = np.flatnonzero(between & (share >= LEAST_SHARE) & ends[target] & (target != graph.start))
    first = np.flatnonzero(_links_known(graph)[source] & ~np.isin(source, searches))
    # Every first step with every second that begins where it ends.
    one, two = _joined(target[first], source[second], len(graph))
    one, two = first[one], second[two]
    kept = source[one] != target[two]
    one, two = one[kept], two[kept]
    estimate = count[one] * share[two]
    kept = estimate >= LEAST_STEPS
    one, two, estimate = one[kept], two[kept], estimate[kept]
    linked, _ = linked_pairs(site, graph, source[one], target[two])
    one, two, estimate = one[~linked], two[~linked], estimate[~linked]
    via = target[one]
    rows = pd.DataFrame(
        {
            "source": source[one],
            "via": via,
            "target": target[two],
            "share": share[two],
            "steps": estimate,
            "least": np.maximum(count[one] + count[two] - passes[via], 0.0),
            "most": np.minimum(count[one], count[two]),
        },
        columns=columns,
    )
    return rows.sort_values(
        ["steps", "source", "via", "target"], ascending=[False, True, True, True], ignore_index=True
    )


def _joined(left: Ints, right: Ints, count: int) -> tuple[Ints, Ints]:
    """Positions of every pair of equal values, one in each array."""
    places = np.arange(len(left))
    one = csr_array(coo_array((np.ones_like(places), (left, places)), shape=(count, len(left))))
    lengths = np.diff(one.indptr)[right]
    two = np.repeat(np.arange(len(right)), lengths)
    begins = one.indptr[right]
    offsets = np.arange(len(two)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return one.indices[np.repeat(begins, lengths) + offsets].astype(np.int64), two


def _unused(
    site: Site, graph: LinkGraph, steps: pd.DataFrame, steps_out: Floats, searches: Ints
) -> pd.DataFrame:
    """Content links that nobody was seen to take, and how many steps their weight would give them.

    A file that was cut short hides no pair with more steps than the smallest it lists. Nobody counts views of files, and
    who searches wants the results, not the links around them.
    """
    key = graph.source.astype(np.int64) * len(graph) + graph.target
    taken = steps["source"].to_numpy() * len(graph) + steps["target"].to_numpy()
    total = _summed(graph.source.astype(np.int64), graph.weight, len(graph))
    expected = steps_out[graph.source] * graph.weight / np.maximum(total[graph.source], 1e-300)
    missed = expected - _hidden(steps)
    chosen = graph.is_content & ~graph.is_boilerplate & (missed >= LEAST_STEPS)
    is_page = graph.stands & (site.pages["indexability_reason"] != Indexability.NOT_HTML).to_numpy()
    chosen &= ~np.isin(key, taken) & is_page[graph.target] & ~np.isin(graph.source, searches)
    rows = pd.DataFrame(
        {
            "source": graph.source[chosen].astype(np.int64),
            "target": graph.target[chosen].astype(np.int64),
            "expected": expected[chosen],
            "missed": missed[chosen],
        }
    )
    return rows.sort_values(["missed", "source", "target"], ascending=[False, True, True], ignore_index=True)


def _hidden(steps: pd.DataFrame) -> float:
    """Steps that a pair of pages may have although the file does not list it: fewer than the smallest count it lists."""
    return max(float(steps["steps"].min()) - 1.0, 0.0) if len(steps) else 0.0


def _matrix(steps: pd.DataFrame, count: int) -> csr_array:
    places = (steps["source"].to_numpy(), steps["target"].to_numpy())
    return csr_array(coo_array((steps["steps"].to_numpy(), places), shape=(count, count)))


def _summed(keys: "pd.Series[int] | Ints", values: "pd.Series[float] | Floats", count: int) -> Floats:
    sums = np.bincount(np.asarray(keys, dtype=np.int64), weights=np.asarray(values), minlength=count)
    return np.asarray(sums, dtype=np.float64)


_STEPS = """
SELECT s.final AS source, t.final AS target, sum(x.transitions) AS steps
FROM transitions x JOIN finals s ON s.page_id = x.source_id JOIN finals t ON t.page_id = x.target_id
WHERE s.final <> t.final AND x.transitions > 0
GROUP BY s.final, t.final
ORDER BY s.final, t.final
"""

_LINKED = """
SELECT a.place, bool_or(l.position = 0) AS in_content
FROM links l
JOIN finals s ON s.page_id = l.source_id
JOIN finals t ON t.page_id = l.target_id
JOIN asked a ON a.source = s.final AND a.target = t.final
GROUP BY a.place
ORDER BY a.place
"""
