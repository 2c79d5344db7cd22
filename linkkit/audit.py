"""Run every check over a Site -> Audit: metrics, findings, and what could not be judged."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import pandas as pd

from linkkit.checks import CHECKS, CheckResult, Facts, empty_sections, run_by_section
from linkkit.checks.definitions import definitions
from linkkit.checks.found import Found
from linkkit.checks.registry import CHAPTERS
from linkkit.folders import checksums, new_folder, seal
from linkkit.folding import folding_audit
from linkkit.graph import LinkGraph
from linkkit.linkmodel import LinkModel, WeightModel
from linkkit.metrics import compute_metrics
from linkkit.metrics.anchors import anchor_uses
from linkkit.metrics.authority import AUTHORITY_COLUMNS, Authority, authority_metrics, authority_of
from linkkit.metrics.duplicates import near_duplicates
from linkkit.metrics.groups import defined_clusters
from linkkit.metrics.hierarchy import hierarchy_of
from linkkit.metrics.importance import fold_signals, importance
from linkkit.metrics.links import link_share
from linkkit.metrics.navigation import navigation_of
from linkkit.schema import CheckState, Severity
from linkkit.site import AUDIT_FILE, Manifest, Site, linkkit_version
from linkkit.steps import step
from linkkit.text.anchors import judge_anchors
from linkkit.text.better_anchors import BetterAnchors
from linkkit.text.language import primary_languages
from linkkit.text.scores import Relevance
from linkkit.text.site_words import SiteWords
from linkkit.text.topics import TopicSpace
from linkkit.thresholds import Thresholds
from linkkit.wording import count

if TYPE_CHECKING:
    from linkkit.readiness import Basis, Readiness


AUDIT_FILES = ("metrics.parquet", AUDIT_FILE, "checks.parquet")
"""Tables of a saved audit."""


@dataclass(frozen=True, eq=False)
class Audit:
    """Everything that is known after all checks ran over one Site.

    Attributes
    ----------
    site : Site
    graph : LinkGraph
    facts : Facts
        Page-sized tables the checks read; they do not depend on thresholds.
    results : tuple of CheckResult
        One per check, in the order of the chapters.
    thresholds : Thresholds
    """

    site: Site
    graph: LinkGraph
    facts: Facts
    results: tuple[CheckResult, ...]
    thresholds: Thresholds

    def __repr__(self) -> str:
        unjudged = sum(result.state is CheckState.NOT_APPLICABLE for result in self.results)
        return f"Audit({self.site!r}: {count(len(self.found()), 'finding')} of {count(len(self.results), 'check')}, {unjudged} not judged)"

    @property
    def metrics(self) -> pd.DataFrame:
        """One row per page (`linkkit.metrics.compute_metrics`), indexed by page id."""
        return self.facts.metrics

    @property
    def manifest(self) -> Manifest:
        """Where the data came from and how far it can be trusted."""
        return self.site.manifest

    @cached_property
    def authority(self) -> Authority:
        """Where the authority that enters the site settles and leaks, page by page."""
        return self.facts.authority or authority_of(
            self.graph, self.site.pages, self.metrics["is_money_page"]
        )

    @cached_property
    def folding(self) -> pd.DataFrame:
        """URLs that redirect or have another canonical, and what became of them (`linkkit.folding.folding_audit`)."""
        return folding_audit(self.site.pages, self.site.start_url, self.graph.model)

    @cached_property
    def words(self) -> SiteWords:
        """The words of the pages, read once; without page text, those of titles and addresses."""
        return self.facts.words or SiteWords.from_site(self.site, self.graph)

    @cached_property
    def relevance(self) -> Relevance:
        """What link suggestions rest on; computed when first asked for."""
        return Relevance.of(self.words)

    @cached_property
    def topics(self) -> TopicSpace:
        """What proposals for topic clusters rest on; computed when first asked for."""
        return TopicSpace.of(self.words, self.graph)

    @property
    def ledger(self) -> pd.Series:
        """Where all authority ends: cause -> share (0-1), together 1 (`linkkit.metrics.authority.LEDGER`)."""
        return self.authority.ledger

    @property
    def captured(self) -> float:
        """Share of all authority that settles on money pages (0-1); NaN where none are known."""
        return self.authority.captured if self.authority.money.any() else math.nan

    @cached_property
    def findings(self) -> pd.DataFrame:
        """One row per thing to fix (`linkkit.schema.FINDINGS`), worst first."""
        with step("findings in words"):
            return self.found().table()

    def found(self, chapter: str | None = None) -> Found:
        """`findings` of a chapter, or of all, as numbers: for what is shown with every move of a slider."""
        kept: dict[str | None, Found] = vars(self).setdefault("_found", {})
        if chapter not in kept:
            own = [result for result in self.results if chapter in {None, result.check.chapter}]
            # Each check's findings are in order already: a stable sort by numbers puts them together.
            kept[chapter] = Found.together(
                [result.found for result in sorted(own, key=lambda each: each.check.id)]
            )
        return kept[chapter]

    @cached_property
    def checks(self) -> pd.DataFrame:
        """One row per check: ``check_id``, ``chapter``, ``title``, ``state``, ``reason``, ``findings`` (count)."""
        return pd.DataFrame(
            {
                "check_id": [result.check.id for result in self.results],
                "chapter": [result.check.chapter for result in self.results],
                "title": [result.check.title for result in self.results],
                "state": [str(result.state) for result in self.results],
                "reason": [result.reason for result in self.results],
                "findings": [len(result.found) for result in self.results],
            }
        )

    @cached_property
    def readiness(self) -> "Readiness":
        """May backlinks be built now: gates, verdict, and what decides it (`linkkit.readiness`)."""
        # The verdict stands above the audit; it is imported only when it is asked for.
        from linkkit.readiness import readiness_of  # noqa: PLC0415

        return readiness_of(self)

    @cached_property
    def readiness_basis(self) -> "Basis":
        """What the verdict rests on whatever the thresholds are: the link plan, and variants of the model and the crawl."""
        from linkkit.readiness import Basis  # noqa: PLC0415 - as above

        return Basis(self)

    def with_thresholds(self, thresholds: Thresholds) -> "Audit":
        """The same audit under other thresholds: only checks that read one that changed run again, nothing else does."""
        changed = {
            name for name, value in vars(thresholds).items() if value != getattr(self.thresholds, name)
        }
        return self.with_results(
            tuple(
                run_by_section(result.check, self.facts, thresholds)
                if "sections" in changed or changed & set(result.check.thresholds)
                else result
                for result in self.results
            ),
            thresholds,
        )

    def with_results(self, results: tuple[CheckResult, ...], thresholds: Thresholds) -> "Audit":
        """The same audit with checks that ran under other thresholds; what was computed without them is kept."""
        other = replace(self, results=results, thresholds=thresholds)
        vars(other).update({name: vars(self)[name] for name in _WITHOUT_THRESHOLDS if name in vars(self)})
        return other

    def with_model(self, model: LinkModel) -> "Audit":
        """The same audit under another link model: damping and entry in a moment, anything else builds the graph anew."""
        if model == self.graph.model:
            return self
        if not self.keeps_graph(model):
            return run_audit(self.site, self.thresholds, model=model)
        return self.with_graph(replace(self.graph, model=model))

    def keeps_graph(self, model: LinkModel) -> bool:
        """Whether a link model differs in damping and entry only, so that the same graph is walked."""
        own = self.graph.model
        return model.replace(damping=own.damping, entry=own.entry) == own

    def walked(self, graph: LinkGraph) -> Authority:
        """Where authority ends that walks another graph of the same pages."""
        return authority_of(graph, self.site.pages, self.metrics["is_money_page"])

    def with_graph(
        self, graph: LinkGraph, *, chapters: Iterable[str] | None = None, authority: Authority | None = None
    ) -> "Audit":
        """The same audit where authority walks another graph of the same pages; what was counted from links stays.

        With `chapters`, only their checks are in it. Checks of chapters that authority does not change do not run again. `authority`
        saves solving where it is known (`walked`).
        """
        authority = authority or self.walked(graph)
        metrics = self.metrics.assign(link_share=link_share(graph))
        metrics[list(AUTHORITY_COLUMNS)] = authority_metrics(authority)[list(AUTHORITY_COLUMNS)]
        facts = replace(self.facts, metrics=metrics, authority=authority)
        if chapters is None or "navigation" in (chapters := tuple(chapters)):
            facts = replace(facts, navigation=navigation_of(self.site, graph, authority))
        known = {result.check.id: result for result in self.results if result.check.chapter not in WALKED}
        results = run_checks(facts, self.thresholds, chapters=chapters, known=known)
        return Audit(self.site, graph, facts, results, self.thresholds)

    @property
    def warnings(self) -> list[str]:
        """What in the settings has no effect on this site, in words; usually nothing."""
        empty = [
            f"thresholds are set for {prefix}, but no page lies there: check how it is spelt"
            for prefix in empty_sections(self.facts, self.thresholds)
        ]
        read = {name for check in CHECKS.values() for name in check.thresholds}
        return empty + [
            f"{name} is judged for the whole site only: its value for {prefix} changes nothing"
            for prefix, name, *_ in self.thresholds.section_values()
            if name not in read
        ]

    def headlines(self) -> list[str]:
        """The audit in a few sentences: the verdict, what a backlink brings, then findings, worst first; what is uncertain comes with its reason."""
        pages = self.site.pages
        lines = [
            self.readiness.sentence,
            self.readiness.headline,
            *([caveat] if (caveat := self.readiness.caveat) else []),
            f"{count(len(pages), 'URL')} known, {count(int(pages['is_indexable'].sum()), 'page')} can stand in an index, "
            f"{count(self.manifest.rows['links'], 'internal link')}",
        ]
        if not self.manifest.complete:
            lines.append(
                f"the crawl is incomplete ({self.manifest.stopped_by}): some checks cannot be judged"
            )
        lines += self.warnings
        counts = self.findings.groupby(["check_id", "severity"], sort=False).size().reset_index(name="count")
        titles = {check.id: check.title for check in CHECKS.values()}
        lines += [
            f"{row.severity}: {row.count:,} x {titles[str(row.check_id)]}"
            for row in _worst_first(counts).itertuples()
        ]
        return lines

    def save(self, folder: Path | str, *, overwrite: bool = False) -> Path:
        """Write metrics, findings and check states as Parquet, and ``manifest.json``, to `folder`, all or nothing.

        Raises
        ------
        SiteError
            If `folder` exists and `overwrite` is not set, or is not an audit.
        """
        target = Path(folder)
        with new_folder(target, overwrite=overwrite, foreign="links.parquet") as partial:
            for name, table in zip(AUDIT_FILES, (self.metrics, self.findings, self.checks), strict=True):
                table.to_parquet(partial / name, index=False)
            about = {
                "written": datetime.now(UTC).isoformat(timespec="seconds"),
                "thresholds": self.thresholds.to_json(),
                "weight_model": self.graph.model.weights,
                "link_model": asdict(self.graph.model),
                "importance_signals": self.facts.importance_signals,
                "readiness": self.readiness.summary(),
                **self._kept_for_comparisons(),
                "site": asdict(self.manifest),
                "checksums": checksums(partial, AUDIT_FILES),
            }
            seal(partial, about)
        return target

    def _kept_for_comparisons(self) -> dict[str, object]:
        """What tells a later audit whether the site changed or the way it was judged (`linkkit.comparison`)."""
        indexable = int(self.site.pages["is_indexable"].sum())
        return {
            "linkkit": linkkit_version(),
            "definitions": definitions(),
            "pages": {"known": len(self.site.pages), "indexable": indexable},
            "entry": self.authority.entry.basis,
            "ledger": {cause: float(share) for cause, share in self.ledger.items()},
            "captured": None if math.isnan(self.captured) else self.captured,
        }


WALKED = ("authority", "navigation")
"""Chapters whose checks read how authority walks, or the reader who walks like it; all others judge links and pages."""

_WITHOUT_THRESHOLDS = ("authority", "folding", "words", "relevance", "topics", "readiness_basis")
"""What an audit computes when it is asked for, and no threshold changes."""


def run_audit(
    site: Site,
    thresholds: Thresholds | None = None,
    *,
    weights: WeightModel | None = None,
    model: LinkModel | None = None,
) -> Audit:
    """Build the graph, compute every metric and run every check.

    Parameters
    ----------
    site : Site
    thresholds : Thresholds, optional
        Where checks draw their lines; the defaults without it.
    weights : {"reasonable_surfer", "uniform", "observed_clicks"}, optional
        Link weight model, in place of the one `model` names.
    model : LinkModel, optional
        What link weights and authority rest on; the default model without it.
    """
    chosen = thresholds or Thresholds()
    graph = LinkGraph.from_site(site, weights=weights, model=model)
    facts = gather_facts(site, graph)
    return Audit(site, graph, facts, run_checks(facts, chosen), chosen)


MAX_JUDGED_PAGES = 200_000
"""Pages above which no text is read: 100,000 pages take 2.7 GB with their anchors judged, and it grows with the pages."""


@step("facts")
def gather_facts(site: Site, graph: LinkGraph) -> Facts:
    """Compute everything that checks read; none of it depends on thresholds."""
    words, no_text = _site_words(site, graph)
    judged = None if words is None else judge_anchors(site, words)
    languages = primary_languages(site.pages["language"])
    if words is not None:
        for page, language in zip(words.corpus.pages.tolist(), words.corpus.names["language"], strict=True):
            languages[page] = language
    uses = anchor_uses(site, graph, languages)
    money = fold_signals(site.pages, graph.fold)["is_money_page"]
    authority = authority_of(graph, site.pages, money)
    hierarchy = hierarchy_of(site, graph)
    metrics = compute_metrics(site, graph, authority, hierarchy)
    has_clusters = site.pages["cluster"].notna().any()
    return Facts(
        pages=site.pages,
        metrics=metrics,
        authority=authority,
        anchor_uses=uses,
        clusters=defined_clusters(site, graph, metrics["crawl_depth"]) if has_clusters else None,
        near_duplicates=None if words is None else near_duplicates(site, words, uses),
        hierarchy=hierarchy,
        manifest=site.manifest,
        importance_signals=importance(metrics)[1],
        anchors=judged,
        better_anchors=BetterAnchors(site, uses, None if judged is None else judged.pairs, languages),
        no_text=no_text,
        words=words,
        navigation=navigation_of(site, graph, authority),
    )


@step("words")
def _site_words(site: Site, graph: LinkGraph) -> tuple[SiteWords | None, str]:
    """The words of a site's pages, or why they are not read."""
    kept = site.engine.arrow("SELECT count(*) AS pages FROM text WHERE text <> ''")["pages"][0].as_py()
    if not kept:
        return None, "no data on page text (the source kept none)"
    if kept > MAX_JUDGED_PAGES:
        return (
            None,
            f"no data on page text: more than {MAX_JUDGED_PAGES:,} pages do not fit into memory at once",
        )
    return SiteWords.from_site(site, graph), ""


@step("checks")
def run_checks(
    facts: Facts,
    thresholds: Thresholds,
    *,
    chapters: Iterable[str] | None = None,
    known: Mapping[str, CheckResult] = MappingProxyType({}),
) -> tuple[CheckResult, ...]:
    """Run the checks of some chapters, or of all, in the order of the chapters; sections under their own thresholds.

    Those whose result is `known` do not run.
    """
    wanted = set(chapters) if chapters is not None else set(CHAPTERS)
    order = {chapter: place for place, chapter in enumerate(CHAPTERS)}
    chosen = sorted(
        (check for check in CHECKS.values() if check.chapter in wanted), key=lambda c: order[c.chapter]
    )
    return tuple(known.get(check.id) or run_by_section(check, facts, thresholds) for check in chosen)


def _worst_first(counts: pd.DataFrame) -> pd.DataFrame:
    rank = {str(severity): place for place, severity in enumerate(Severity)}
    return counts.assign(rank=counts["severity"].map(rank)).sort_values(
        ["rank", "count"], ascending=[True, False]
    )
