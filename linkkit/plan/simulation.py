"""What if: links, pages and backlinks changed on paper, and what that does to authority, depth and orphans."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from linkkit.audit import Audit
from linkkit.errors import SettingsError
from linkkit.folding import fold_pages
from linkkit.graph import LinkGraph, links_not_followed
from linkkit.metrics.authority import LEDGER, Authority, Entry, Flow, entry_from
from linkkit.metrics.depth import clicks_from
from linkkit.plan.choosing import page_ids
from linkkit.plan.edits import NO_PAIRS, Edits, Pairs, edited, fold_after
from linkkit.schema import Indexability, Position
from linkkit.wording import count

Links = pd.DataFrame | Iterable[Sequence[str]]
TOLERANCE = 1e-10
"""Error of a simulated share: a hundred times finer than what is shown."""


@dataclass(frozen=True, eq=False)
class Outcome:
    """A link graph and what follows from it.

    Attributes
    ----------
    graph : LinkGraph
    authority : Authority
    """

    graph: LinkGraph
    authority: Authority

    @cached_property
    def depth(self) -> npt.NDArray[np.float64]:
        """Clicks from the start page to each page; NaN where unreachable."""
        return clicks_from(self.graph.followed, [self.graph.start])

    @cached_property
    def linking_pages(self) -> npt.NDArray[np.int64]:
        """Distinct other pages with a followed link to each page."""
        return np.bincount(self.graph.target, minlength=len(self.graph))

    @property
    def units(self) -> float:
        """Authority that reaches money pages, in units of what a page's first referring domain brings.

        Where no backlinks are known, of the one domain that is assumed for the start page.
        """
        return self.authority.captured * self.authority.entry.total


@dataclass(frozen=True, eq=False)
class Simulation:
    """A site before and after changes.

    Attributes
    ----------
    before, after : Outcome
    changes : DataFrame
        One row per change: ``action``, ``source``, ``target`` (URLs), ``detail``.
    max_crawl_depth : int
        Clicks beyond which a page counts as deep.
    """

    before: Outcome
    after: Outcome
    changes: pd.DataFrame
    max_crawl_depth: int

    def __repr__(self) -> str:
        was, now = self.before.authority.captured, self.after.authority.captured
        return f"Simulation({count(len(self.changes), 'change')}: {was:.1%} of the authority reaches money pages before, {now:.1%} after)"

    @property
    def multiple(self) -> float:
        """How many times as much of what backlinks bring reaches money pages; NaN where nothing did, or none were known, before."""
        was, basis = self.before.units, self.before.authority.entry.basis
        if basis != self.after.authority.entry.basis:
            return float("nan")
        return self.after.units / was if was > 0 else float("nan")

    @property
    def summary(self) -> pd.DataFrame:
        """The change in numbers: ``what``, ``unit``, ``before``, ``after``, ``change``."""
        rows = []
        for name, unit, measure in _MEASURES:
            was, now = measure(self.before, self.max_crawl_depth), measure(self.after, self.max_crawl_depth)
            rows.append((name, unit, was, now, now - was))
        return pd.DataFrame(rows, columns=["what", "unit", "before", "after", "change"])

    @property
    def ledger(self) -> pd.DataFrame:
        """Where authority ends: one row for each of `LEDGER`: ``before``, ``after``, ``change`` (shares 0-1)."""
        was, now = self.before.authority.ledger, self.after.authority.ledger
        return pd.DataFrame({"before": was, "after": now, "change": now - was}, index=list(LEDGER))

    @cached_property
    def pages(self) -> pd.DataFrame:
        """One row per page: ``url``; ``authority``, ``landing_yield``, ``crawl_depth``, ``linking_pages`` each with ``_before``, ``_after``."""
        columns: dict[str, object] = {"url": self.before.graph.urls}
        for name, values in _PAGE_VALUES.items():
            columns[f"{name}_before"] = values(self.before)
            columns[f"{name}_after"] = values(self.after)
        return pd.DataFrame(columns)


def simulate(
    audit: Audit,
    *,
    add_links: Links = (),
    remove_links: Links = (),
    nofollow: Links = (),
    reanchor: Links = (),
    redirect: Mapping[str, str] | None = None,
    delete: Iterable[str] = (),
    backlinks: Mapping[str, float] | None = None,
    position: Position = Position.CONTENT,
    before: Outcome | None = None,
) -> Simulation:
    """What changes to a site would do; the audit stays as it is.

    Parameters
    ----------
    audit : Audit
    add_links, remove_links, nofollow : frames with ``source`` and ``target``, or pairs
        Addresses or paths. All links from the one page to the other are taken out or marked nofollow.
    reanchor : frame with ``source``, ``target`` and ``anchor``, or triples
        Links that get another text; in the link model text weighs nothing, so that only the list of changes shows it.
    redirect : mapping of address to address
        Pages, or dead addresses, that redirect from now on; not those that count for another page already.
    delete : addresses
        Pages that answer 404 from now on; likewise.
    backlinks : mapping of address to number
        New referring domains, beside those there are. Where none are known, these are the entry alone.
    position : Position
        Where added links stand.
    before : Outcome, optional
        Of this audit, from an earlier simulation: what was computed of the site as it is need not be computed again.

    Returns
    -------
    Simulation

    Raises
    ------
    SettingsError
        If an address is unknown, a link to add leads to no live page (once pages are redirected and deleted), a link to change
        is not there, a page to redirect or delete counts for another, or a number is negative or infinite; each with what was found.
    """
    start = before or Outcome(audit.graph, audit.authority)
    pairs = {
        name: _pairs(audit, links, name)
        for name, links in {
            "add_links": add_links,
            "remove_links": remove_links,
            "nofollow": nofollow,
            "reanchor": reanchor,
        }.items()
    }
    redirects = _redirects(audit, redirect or {})
    deleted = page_ids(audit, delete, "delete")
    _check_pages(audit, redirects, deleted)
    edits = _edits(audit, pairs, redirects, deleted, position)
    _check(audit, pairs, edits)
    domains = _new_domains(audit, backlinks or {})
    entry = start.authority.entry
    graph = edited(audit.graph, edits)
    if domains.any() and entry.basis == "start page":
        entry = entry_from(graph, domains)
    elif domains.any() or edits.fold is not None:
        entry = entry_from(graph, entry.domains + domains, entry.basis)
    after = outcome(start, graph, entry=entry, money=audit.metrics["is_money_page"])
    return Simulation(start, after, _changes(audit, pairs, redirects, deleted, backlinks or {}, reanchor), audit.thresholds.max_crawl_depth)  # fmt: skip


def redirect_edits(audit: Audit, redirects: Mapping[int, int]) -> Edits:
    """The edits of a site where pages, or dead addresses, redirect: page id -> page id. None may count for another already."""
    none = dict.fromkeys(("add_links", "remove_links", "nofollow"), NO_PAIRS)
    return _edits(audit, none, redirects, np.array([], dtype=np.int64), Position.CONTENT)


def outcome(
    before: Outcome,
    graph: LinkGraph,
    *,
    entry: Entry,
    money: npt.ArrayLike,
    tolerance: float = TOLERANCE,
) -> Outcome:
    """What follows from an edited graph, solved from where it was before.

    Parameters
    ----------
    before : Outcome
    graph : LinkGraph
        The edited graph.
    entry : Entry
        Where authority enters now.
    money : bool array
        Pages meant to earn, live or not, as `linkkit.metrics.authority.authority_of`.
    tolerance : float
        Error of a share.
    """
    was = before.authority
    flow = Flow.from_graph(graph)
    # A money page that redirects hands its calling on.
    earns = np.zeros(len(graph), dtype=bool)
    earns[graph.final[np.asarray(money, dtype=bool)]] = True
    earns &= graph.indexable & graph.stands
    authority = Authority(
        graph=graph,
        flow=flow,
        entry=entry,
        money=earns,
        visits=flow.visits(entry.shares, tolerance=tolerance, start=was.visits.values),
        yields=flow.landing_yield(earns.astype(np.float64), tolerance=tolerance, start=was.yields.values),
    )
    return Outcome(graph, authority)


def _pairs(audit: Audit, links: Links, what: str) -> Pairs:
    if isinstance(links, pd.DataFrame):
        missing = {"source", "target"} - set(links.columns)
        if missing:
            raise SettingsError(
                f"{what}: no column {', '.join(sorted(missing))}; found {', '.join(map(str, links.columns))}"
            )
        rows: list[Sequence[str]] = list(links[["source", "target"]].itertuples(index=False))
    else:
        rows = list(links)
    if not rows:
        return NO_PAIRS
    flat = page_ids(audit, [str(end) for row in rows for end in row[:2]], what)
    return flat.reshape(-1, 2)


def _redirects(audit: Audit, redirect: Mapping[str, str]) -> dict[int, int]:
    sources = page_ids(audit, redirect, "redirect")
    targets = page_ids(audit, redirect.values(), "redirect to")
    return dict(zip(sources.tolist(), targets.tolist(), strict=True))


def _edits(audit: Audit, pairs: Mapping[str, Pairs], redirects: Mapping[int, int], deleted: npt.NDArray[np.int64], position: Position) -> Edits:  # fmt: skip
    graph = audit.graph
    edits = Edits(
        add=pairs["add_links"], position=position, remove=pairs["remove_links"], nofollow=pairs["nofollow"]
    )
    pages, fold, leak = audit.site.pages, None, None
    if redirects or len(deleted):
        pages = _changed(pages, redirects, deleted)
        fold, leak = fold_pages(pages, graph.model)
    after = fold_after(graph, fold)
    # With a dead address, those that redirect to it lead on again; nofollow links to a page from where it leads to now are none.
    revived = np.flatnonzero((graph.fold < 0) & (after >= 0))
    moved = np.flatnonzero((graph.fold >= 0) & (after >= 0) & (after != graph.fold))
    lost = None
    if len(edits.remove) or len(revived) or len(moved):
        lost = _lost_links(audit, edits.remove, revived, moved, after[moved])
    indexable = None if fold is None else pages["is_indexable"].to_numpy(dtype=bool)
    return replace(edits, fold=fold, leak=leak, indexable=indexable, lost=lost)


def _changed(pages: pd.DataFrame, redirects: Mapping[int, int], deleted: npt.NDArray[np.int64]) -> pd.DataFrame:  # fmt: skip
    """The pages of the site, some of them redirected or gone."""
    pages = pages.copy()
    sources = list(redirects)
    pages.loc[sources, "indexability_reason"] = str(Indexability.REDIRECT)
    pages.loc[sources, "redirect_to"] = pages["url"].to_numpy()[list(redirects.values())]
    pages.loc[list(deleted), "indexability_reason"] = str(Indexability.CLIENT_ERROR)
    pages.loc[[*sources, *deleted], "is_indexable"] = False
    return pages


def _lost_links(
    audit: Audit, remove: Pairs, dead: npt.NDArray[np.int64], live: npt.NDArray[np.int64], ends: npt.NDArray[np.int32]
) -> pd.DataFrame:  # fmt: skip
    """Links that pass nothing on and are to be taken out, lead to dead URLs, or to live ones from the pages where those end.

    ``page_id``, ``target_id``, ``cause``, ``weight``, ``is_content``, ``is_gone`` (taken out).
    """
    fold = audit.graph.fold
    asked = ", ".join(map(str, dead.tolist())) or "-1"
    sources = audit.site.engine.arrow(f"SELECT DISTINCT source_id FROM links WHERE target_id IN ({asked})")
    pages = np.unique(np.concatenate((fold[sources["source_id"].to_numpy()], fold[remove[:, 0]], ends)))
    rows = links_not_followed(audit.site, audit.graph, pages[pages >= 0].tolist())
    rows = rows[rows["target_id"] >= 0]
    # A link to any URL that counts for the page is one to the page; a dead URL is meant itself.
    whole = np.where(fold >= 0, fold, np.arange(len(fold)))
    pairs = zip(rows["page_id"], whole[rows["target_id"]], strict=True)
    wanted = set(zip(fold[remove[:, 0]].tolist(), whole[remove[:, 1]].tolist(), strict=True))
    is_gone = np.array([pair in wanted for pair in pairs], dtype=bool)
    onward = rows["target_id"].isin(np.concatenate((dead, live))).to_numpy()
    rows = rows.assign(is_content=rows["position"] == Position.CONTENT, is_gone=is_gone)
    return rows[is_gone | onward]


def _check_pages(audit: Audit, redirects: Mapping[int, int], deleted: npt.NDArray[np.int64]) -> None:
    """Faults of pages to redirect or delete, named at once."""
    graph = audit.graph
    faults = [
        f"redirect, delete: {graph.urls[page]} counts for {graph.urls[graph.fold[page]]} already, by a redirect or its canonical: "
        "what links to it cannot be told apart here"
        for page in (*redirects, *deleted)
        if graph.fold[page] not in (page, -1)
    ]
    faults += [
        f"redirect, delete: {graph.urls[page]} can be one of them only"
        for page in deleted
        if page in redirects
    ]
    if faults:
        raise SettingsError("\n".join(dict.fromkeys(faults)))


def _check(audit: Audit, pairs: Mapping[str, Pairs], edits: Edits) -> None:
    """Faults that would make a simulation say nothing, named at once."""
    graph, faults = audit.graph, []
    fold = fold_after(graph, edits.fold)
    for page in pairs["add_links"].ravel():
        if fold[page] < 0:
            why = graph.leak[page] if graph.fold[page] < 0 else "redirected or deleted here"
            faults.append(f"add_links: {graph.urls[page]} leads to no live page ({why})")
    for name in ("remove_links", "nofollow", "reanchor"):
        for source, target in pairs[name]:
            ends = graph.fold[[source, target]]
            lost = (
                edits.lost is not None
                and ((edits.lost["target_id"] == target) & (edits.lost["page_id"] == ends[0])).any()
            )
            if not lost and ((ends < 0).any() or graph.followed[ends[0], ends[1]] == 0):
                faults.append(
                    f"{name}: no followed link leads from {graph.urls[source]} to {graph.urls[target]}"
                )
    if faults:
        raise SettingsError("\n".join(dict.fromkeys(faults)))


def _new_domains(audit: Audit, backlinks: Mapping[str, float]) -> npt.NDArray[np.float64]:
    faults = [
        f"backlinks: {url} = {count!r}: a number of referring domains, 0 or more, is expected"
        for url, count in backlinks.items()
        if not 0 <= count < np.inf
    ]
    if faults:
        raise SettingsError("\n".join(faults))
    pages = page_ids(audit, backlinks, "backlinks")
    counts = np.fromiter(backlinks.values(), dtype=np.float64)
    found = np.bincount(audit.graph.final[pages], weights=counts, minlength=len(audit.graph))
    return np.asarray(found, dtype=np.float64)


def _changes(
    audit: Audit, pairs: Mapping[str, Pairs], redirects: Mapping[int, int], deleted: npt.NDArray[np.int64],
    backlinks: Mapping[str, float], reanchor: Links,
) -> pd.DataFrame:  # fmt: skip
    urls = audit.graph.urls
    texts = (
        reanchor["anchor"].tolist()
        if isinstance(reanchor, pd.DataFrame) and "anchor" in reanchor
        else [
            str(row[2]) if len(row) > 2 else ""
            for row in ([] if isinstance(reanchor, pd.DataFrame) else reanchor)
        ]
    )
    rows = [("add link", urls[s], urls[t], "") for s, t in pairs["add_links"]]
    rows += [("take link out", urls[s], urls[t], "") for s, t in pairs["remove_links"]]
    rows += [("nofollow", urls[s], urls[t], "") for s, t in pairs["nofollow"]]
    rows += [
        ("new anchor", urls[s], urls[t], text) for (s, t), text in zip(pairs["reanchor"], texts, strict=True)
    ]
    rows += [("redirect", urls[s], urls[t], "") for s, t in redirects.items()]
    rows += [("delete", urls[page], "", "") for page in deleted]
    rows += [("backlinks", "", url, f"{count:g} referring domain{'' if count == 1 else 's'}") for url, count in backlinks.items()]  # fmt: skip
    return pd.DataFrame(rows, columns=["action", "source", "target", "detail"], dtype="str")


def _reachable(outcome: Outcome) -> npt.NDArray[np.bool_]:
    return outcome.graph.indexable & outcome.graph.stands


def _orphans(outcome: Outcome, _: int) -> float:
    linked = outcome.linking_pages > 0
    linked[outcome.graph.start] = True
    return float((_reachable(outcome) & ~linked).sum())


_MEASURES: tuple[tuple[str, str, Callable[[Outcome, int], float]], ...] = (
    ("Authority that reaches money pages", "share", lambda o, _: o.authority.captured),
    ("The same in first referring domains", "units", lambda o, _: o.units),
    ("Authority lost", "share", lambda o, _: float(o.authority.ledger.iloc[3:].sum())),
    ("Indexable pages no followed link leads to", "pages", _orphans),
    (
        "Indexable pages out of reach of the start page",
        "pages",
        lambda o, _: float((_reachable(o) & np.isnan(o.depth)).sum()),
    ),
    (
        "Indexable pages deeper than the limit",
        "pages",
        lambda o, limit: float((_reachable(o) & (o.depth > limit)).sum()),
    ),
    (
        "Money pages deeper than the limit, or out of reach",
        "pages",
        lambda o, limit: float((o.authority.money & ~(o.depth <= limit)).sum()),
    ),
)
_PAGE_VALUES: dict[str, Callable[[Outcome], npt.NDArray[np.generic]]] = {
    "authority": lambda o: o.authority.settled,
    "landing_yield": lambda o: o.authority.landing_yield,
    "crawl_depth": lambda o: o.depth[o.graph.final],
    "linking_pages": lambda o: o.linking_pages,
}
