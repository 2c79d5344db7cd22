"""What gates are judged by: numbers that do not depend on thresholds, of the audit itself or of a variant of it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from linkkit.audit import MAX_JUDGED_PAGES, Audit
from linkkit.folding import Bools, Leak
from linkkit.graph import LinkGraph
from linkkit.metrics.anchors import anchor_kinds
from linkkit.metrics.authority import LEAKS, Entry, Flow, authority_entry, entry_from
from linkkit.metrics.depth import clicks_from
from linkkit.metrics.importance import importance
from linkkit.plan.advice import link_plan
from linkkit.plan.edits import Edits, edited
from linkkit.plan.link_plan import LinkPlan
from linkkit.plan.planning import NO_MONEY_PAGES, PlanSettings
from linkkit.plan.robustness import COVERAGES, other_models, partly_crawled
from linkkit.schema import FoundIn, OrphanState
from linkkit.sentence import Figure, Note, Sentence, sentence
from linkkit.wording import percent

Floats = npt.NDArray[np.float64]

NEVER_LINKED = (
    OrphanState.ORPHAN,
    OrphanState.ISLAND,
    OrphanState.NOFOLLOW_ONLY,
    OrphanState.NON_INDEXABLE_SOURCES_ONLY,
)
"""States of pages that no followed link of an indexable page in reach leads to."""
MODEL, ENTRY, CRAWL, SIGNAL = "model", "entry", "crawl", "signal"
KINDS = (MODEL, ENTRY, CRAWL, SIGNAL)
"""What variants vary: damping and link weights, what domains are worth, how much was crawled, which files there are."""
_SIGNALS: dict[str, tuple[tuple[str, ...], FoundIn]] = {
    "backlinks": (("referring_domains", "backlinks"), FoundIn.BACKLINKS),
    "Search Console": (("clicks", "impressions"), FoundIn.SEARCH_CONSOLE),
    "analytics": (("sessions", "conversions"), FoundIn.ANALYTICS),
}


@dataclass(frozen=True, eq=False)
class View:
    """One site as gates see it.

    Attributes
    ----------
    stopped_by : str
        Why the crawl is incomplete; empty where it is complete.
    depth : float64 array
        Clicks from the start page to each page; NaN where unreachable.
    states : object array
        `OrphanState` of each page.
    importance : float64 array
        Share (0-1) of each page; NaN everywhere without a signal.
    signals : tuple of str
        What importance rests on.
    domains : float64 array
        Referring domains of each page.
    known : bool array
        Pages that are known at all.
    basis : str
        What the entry of authority rests on (`Entry.basis`).
    captured, after : float
        Share of all authority that reaches money pages today, and with the plan's links; NaN without money pages or plan.
    unseen : float
        Share of all authority that moves on to pages that nobody crawled.
    content_links : Series
        Links in the content by kind of text (`linkkit.metrics.anchors.anchor_kinds`).
    """

    stopped_by: str
    depth: Floats
    states: npt.NDArray[np.object_]
    importance: Floats
    signals: tuple[str, ...]
    domains: Floats
    known: Bools
    basis: str
    captured: float
    after: float
    unseen: float
    content_links: pd.Series


@dataclass(frozen=True, eq=False)
class Basis:
    """What readiness rests on, computed once for all thresholds.

    Attributes
    ----------
    audit : Audit
        Its thresholds are not read.
    """

    audit: Audit

    @cached_property
    def lacks(self) -> str:
        """Why there is no plan; empty where there is one."""
        if not self.audit.authority.money.any():
            return NO_MONEY_PAGES
        if len(self.audit.site.pages) > MAX_JUDGED_PAGES:
            return sentence("Sites of more than {number} pages are not planned as a whole: plan a section in notebook 09.", number=MAX_JUDGED_PAGES)  # fmt: skip
        return ""

    @cached_property
    def plan(self) -> LinkPlan | None:
        """The link plan for money pages under the default limits; None where there is none (`lacks`)."""
        return None if self.lacks else link_plan(self.audit, PlanSettings().links)

    @cached_property
    def planned(self) -> Audit | None:
        """The audit with the plan's links made: authority is solved again, what was counted from links stays."""
        if self.plan is None:
            return None
        return self.audit.with_graph(self._with_plan(self.audit.graph), chapters=())

    @cached_property
    def unplanned(self) -> View:
        """The audit as it is, without the plan: `after` is NaN."""
        audit, metrics = self.audit, self.audit.metrics
        kinds = anchor_kinds(audit.facts.anchor_uses)
        return View(
            stopped_by=""
            if audit.manifest.complete
            else Note(audit.manifest.stopped_by or "for an unknown reason", "stopped"),
            depth=metrics["crawl_depth"].to_numpy(dtype=np.float64),
            states=metrics["orphan_state"].to_numpy(dtype=object),
            importance=metrics["importance"].to_numpy(dtype=np.float64),
            signals=audit.facts.importance_signals,
            domains=metrics["referring_domains"].fillna(0.0).to_numpy(dtype=np.float64),
            known=np.ones(len(metrics), dtype=bool),
            basis=audit.authority.entry.basis,
            captured=audit.captured,
            after=np.nan,
            unseen=float(audit.ledger[str(Leak.NOT_CRAWLED)]),
            content_links=kinds[kinds["in_content"]].set_index("kind")["links"],
        )

    @cached_property
    def view(self) -> View:
        """The audit as it is."""
        return self.unplanned if self.plan is None else replace(self.unplanned, after=self.plan.after)

    @cached_property
    def variants(self) -> tuple[tuple[str, str, View], ...]:
        """Label, kind (`KINDS`) and view of every variant; the audit itself is not among them."""
        return tuple(self._variants())

    def _variants(self) -> Iterator[tuple[str, str, View]]:
        audit, view = self.audit, self.view
        for graph in other_models(audit):
            words = sentence("{weights}, damping {damping}", weights=sentence(graph.model.weights.replace("_", " ")), damping=Figure(f"{graph.model.damping:g}"))  # fmt: skip
            yield words, MODEL, self._under(graph, audit.authority.entry)
        entry = audit.authority.entry
        if entry.basis != "start page":
            other = "additive" if audit.graph.model.entry == "log" else "log"
            graph = replace(audit.graph, model=audit.graph.model.replace(entry=other))
            words = sentence("every domain counts alike") if other == "additive" else sentence("further domains count less")  # fmt: skip
            yield words, ENTRY, self._under(graph, entry_from(graph, entry.domains, entry.basis))
        for share in COVERAGES:
            yield _crawled(share), CRAWL, self._partly(share)
        for name, (columns, source) in _SIGNALS.items():
            if self._has(columns):
                words = sentence("without {signal}", signal=sentence(name))
                yield words, SIGNAL, self._without(view, columns, source)

    def _with_plan(self, graph: LinkGraph) -> LinkGraph:
        if self.plan is None or self.plan.links.empty:
            return graph
        return edited(graph, Edits(add=self.plan.links[["source_id", "target_id"]].to_numpy(dtype=np.int64)))

    def _under(self, graph: LinkGraph, entry: Entry) -> View:
        """The view where authority walks another graph, or enters elsewhere."""
        captured, unseen = self._reach(graph, entry)
        after = np.nan if self.plan is None else self._reach(self._with_plan(graph), entry)[0]
        return replace(self.view, basis=entry.basis, captured=captured, after=after, unseen=unseen)

    def _reach(self, graph: LinkGraph, entry: Entry) -> tuple[float, float]:
        """Share of all authority that settles on money pages, and that moves on to pages that nobody crawled."""
        money = self.audit.authority.money
        flow, place = Flow.from_graph(graph), LEAKS.index(str(Leak.NOT_CRAWLED))
        visits = flow.visits(entry.shares, start=self.audit.authority.visits.values).values
        captured = float((1 - flow.damping) * visits[money].sum()) if money.any() else np.nan
        landed = float(entry.lost[graph.leak == Leak.NOT_CRAWLED].sum())
        return captured, float(flow.damping * visits @ flow.lost[:, place]) + landed

    def _partly(self, share: float) -> View:
        """The view of a crawl that stopped after this share of the pages: what it did not see is not known."""
        graph = partly_crawled(self.audit, share)
        view = self._under(graph, self.audit.authority.entry)
        depth = clicks_from(graph.followed, [graph.start])[graph.final]
        from_index = graph.target[graph.indexable[graph.source]]
        linked = (np.bincount(from_index, minlength=len(graph)) > 0) & ~np.isnan(depth)
        linked[graph.start] = True
        judged = view.states != OrphanState.NOT_INDEXABLE
        states = np.where(judged & ~linked, str(OrphanState.INCONCLUSIVE), view.states)
        return replace(view, stopped_by=view.stopped_by or _crawled(share), depth=depth, states=states)

    def _has(self, columns: tuple[str, ...]) -> bool:
        pages = self.audit.site.pages
        return any(bool((pages[name].fillna(0) > 0).any()) for name in columns)

    def _without(self, view: View, columns: tuple[str, ...], source: FoundIn) -> View:
        """The view of an audit that was never given a file: what only the file knows is not known."""
        metrics, pages = self.audit.metrics, self.audit.site.pages
        shares, names = importance(metrics.assign(**dict.fromkeys(columns, np.nan)))
        given = pages["importance"].astype("float64")
        only = (pages["found_in"] == int(source)).to_numpy()
        if source is FoundIn.BACKLINKS:
            blank = pages.assign(referring_domains=np.nan, backlinks=np.nan)
            view = self._under(self.audit.graph, authority_entry(blank, self.audit.graph))
            view = replace(view, domains=np.zeros(len(pages)))
        return replace(
            view,
            importance=np.asarray(given.where(given.notna(), shares), dtype=np.float64),
            signals=names,
            known=~only,
        )


def _crawled(share: float) -> Sentence:
    return sentence("{share} of the pages crawled", share=Figure(percent(share)))


def found_elsewhere(pages: pd.DataFrame) -> bool:
    """Whether anything but links tells of pages, so that one without a link can be seen."""
    return bool(((pages["found_in"] & ~int(FoundIn.CRAWL)) > 0).any())
