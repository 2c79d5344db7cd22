"""What a check is: metadata and one pure function; and how it is run."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, wraps
from typing import Literal, Protocol, TypeVar
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt
import pandas as pd

from linkkit.checks.found import NO_PAGE, SEVERITIES, Floats, Found, Ints, Rows, nothing_found
from linkkit.metrics.authority import Authority
from linkkit.metrics.groups import Grouping
from linkkit.metrics.hierarchy import Hierarchy
from linkkit.metrics.navigation import Navigation
from linkkit.schema import FINDINGS, CheckState, Effort, FoundIn, OrphanState, Severity
from linkkit.site import Manifest
from linkkit.text.anchors import AnchorVerdicts
from linkkit.text.better_anchors import BetterAnchors
from linkkit.text.site_words import SiteWords
from linkkit.thresholds import Thresholds

logger = logging.getLogger(__name__)

CHAPTERS = {
    "discovery": "Discovery and orphaned pages",
    "depth": "Link depth",
    "anchors": "Anchor text",
    "links": "Links that lead nowhere good",
    "authority": "Authority flow",
    "architecture": "Site architecture",
    "clusters": "Topic clusters",
    "navigation": "Visitor navigation",
}


@dataclass(frozen=True, eq=False)
class Facts:
    """What checks read: page-sized tables and how the data came about.

    Attributes
    ----------
    pages : DataFrame
        Pages of the Site, indexed by page id.
    metrics : DataFrame
        `linkkit.metrics.compute_metrics`, indexed alike.
    anchor_uses : DataFrame
        `linkkit.metrics.anchors.anchor_uses`.
    manifest : Manifest
    importance_signals : tuple of str
        The signals that ``metrics.importance`` rests on; empty where there are none.
    authority : Authority, optional
        What the authority columns of ``metrics`` come from.
    clusters : Grouping, optional
        The analyst's clusters with their pillars, given or proposed; None where none are defined.
    near_duplicates : DataFrame, optional
        `linkkit.metrics.duplicates.near_duplicates`; None where no text of any page is known.
    hierarchy : Hierarchy, optional
        Sections, hubs and parents, which the columns of ``metrics`` rest on.
    anchors : AnchorVerdicts, optional
        Editorial anchors held against their targets; None where the pages' text is not known.
    better_anchors : BetterAnchors, optional
        Better words for links.
    no_text : str
        Why anchors are not judged by their target's text; empty where they are.
    words : SiteWords, optional
        The text that they are judged by.
    navigation : Navigation, optional
        Visitors' ways, seen or modelled.
    """

    pages: pd.DataFrame
    metrics: pd.DataFrame
    anchor_uses: pd.DataFrame
    manifest: Manifest
    importance_signals: tuple[str, ...] = ()
    authority: Authority | None = None
    clusters: Grouping | None = None
    near_duplicates: pd.DataFrame | None = None
    hierarchy: Hierarchy | None = None
    anchors: AnchorVerdicts | None = None
    better_anchors: BetterAnchors | None = None
    no_text: str = "no data on page text"
    words: SiteWords | None = None
    navigation: Navigation | None = None

    @cached_property
    def impact(self) -> Floats:
        """Importance of each page against the site's most important one (0-1); PageRank where there is no signal."""
        basis = self.metrics["importance"] if self.importance_signals else self.metrics["pagerank"]
        values: Floats = np.array(basis.astype("float64").fillna(0.0), dtype=np.float64)
        top = values.max(initial=0.0)
        if top > 0:
            values /= top
        return values

    @cached_property
    def url_place(self) -> Ints:
        """Place of each page in the order of the addresses."""
        return _places(np.array(self.metrics["url"].argsort(), dtype=np.int64))

    @cached_property
    def worst_first(self) -> Ints:
        """Place of each page in the order of findings of one severity: by impact, then by address."""
        return _places(np.lexsort((self.url_place, -self.impact)))

    def rows_of(self, page_ids: pd.Series) -> Ints:
        """Where pages stand in the tables.

        Raises
        ------
        KeyError
            If one of them does not.
        """
        index = self.metrics.index
        ids = page_ids.to_numpy(dtype=np.int64)
        if isinstance(index, pd.RangeIndex) and index.start == 0 and index.step == 1:
            rows = ids
        else:
            rows = index.get_indexer(pd.Index(ids)).astype(np.int64)
        if len(rows) and (rows.min() < 0 or rows.max() >= len(index)):
            raise KeyError("a finding on a page that the site does not have")
        return rows


class HasFacts(Protocol):
    """An audit, as far as `kept` is concerned."""

    @property
    def facts(self) -> Facts:
        """What its checks read."""


_About = TypeVar("_About", bound="Facts | HasFacts")
_Result = TypeVar("_Result")


def kept(count: Callable[[_About], _Result]) -> Callable[[_About], _Result]:
    """Let a function of facts, or of an audit, count only once for the same facts: for what no threshold changes.

    While a slider moves, the audits that follow one another share their facts. What is kept is gone with them.
    """
    known: WeakKeyDictionary[Facts, _Result] = WeakKeyDictionary()

    @wraps(count)
    def once(about: _About) -> _Result:
        facts = about if isinstance(about, Facts) else about.facts
        if facts not in known:
            known[facts] = count(about)
        return known[facts]

    return once


def _places(order: npt.NDArray[np.int64]) -> Ints:
    places = np.empty(len(order), dtype=np.int64)
    places[order] = np.arange(len(order))
    return places


Rule = Callable[[Facts, Thresholds], pd.DataFrame | Rows]
Visits = Literal["", "entrances", "steps"]


@dataclass(frozen=True)
class Check:
    """One check's metadata and rule.

    Attributes
    ----------
    id, chapter, title : str
        The id names the defect (``orphan-page``).
    severity : Severity
        Of findings that do not carry their own.
    unit : str
        Unit of a finding's value and threshold.
    why, fix : str
        For the analyst: why it matters before backlinks are built, and what to do.
    needs : tuple of str
        Page columns that some page must have a value in; else the check is not applicable.
    needs_source : FoundIn or None
        Source that must name some page, such as the sitemap.
    needs_importance : bool
        Whether it compares with the importance of pages, for which some signal must be present.
    needs_complete : bool
        Whether an incomplete crawl makes the check not applicable.
    needs_requested : bool
        Whether known pages that nobody requested keep the check from passing.
    needs_anchors : bool
        Whether it reads the texts of links, which not every source tells.
    needs_text : bool
        Whether it reads the text of pages, which not every source keeps.
    needs_rendering : bool
        Whether it tells links that only rendering shows from others, for which pages have to have been rendered.
    needs_visits : {"", "entrances", "steps"}
        What it reads of visitors: where their visits begin, or their steps from page to page.
    thresholds : tuple of str
        The `Thresholds` it reads; the first is printed with each finding.
    effort : Effort
        What one fix costs.
    rule : callable
        ``rule(facts, thresholds)`` -> one row per finding: ``page`` (page id), and optionally ``related`` (page id),
        ``value``, ``evidence``, ``fix``, ``severity`` (word, or place in `linkkit.checks.found.SEVERITIES`); as `Rows` where the words
        are left for later.
    """

    id: str
    chapter: str
    title: str
    severity: Severity
    unit: str
    why: str
    fix: str
    rule: Rule
    needs: tuple[str, ...] = ()
    needs_source: FoundIn | None = None
    needs_importance: bool = False
    needs_complete: bool = False
    needs_requested: bool = False
    needs_anchors: bool = False
    needs_text: bool = False
    needs_rendering: bool = False
    needs_visits: Visits = ""
    thresholds: tuple[str, ...] = ()
    effort: Effort = Effort.SMALL


@dataclass(frozen=True, eq=False)
class CheckResult:
    """Outcome of one check: state, the reason where it could not be judged, and what it found."""

    check: Check
    state: CheckState
    reason: str = ""
    found: Found = field(default_factory=nothing_found)

    @cached_property
    def findings(self) -> pd.DataFrame:
        """What was found, in words (`linkkit.schema.FINDINGS`), worst first."""
        return self.found.table()


CHECKS: dict[str, Check] = {}
"""Every check by its id, in the order of the chapters."""


def check(
    *,
    id: str,
    chapter: str,
    title: str,
    severity: Severity,
    unit: str,
    why: str,
    fix: str,
    needs: tuple[str, ...] = (),
    needs_source: FoundIn | None = None,
    needs_importance: bool = False,
    needs_complete: bool = False,
    needs_requested: bool = False,
    needs_anchors: bool = False,
    needs_text: bool = False,
    needs_rendering: bool = False,
    needs_visits: Visits = "",
    thresholds: tuple[str, ...] = (),
    effort: Effort = Effort.SMALL,
) -> Callable[[Rule], Rule]:
    """Register the decorated rule as a check; see `Check` for the fields."""

    def register(rule: Rule) -> Rule:
        if id in CHECKS:
            raise ValueError(f"two checks are called {id}")
        if chapter not in CHAPTERS:
            raise ValueError(f"{id}: unknown chapter {chapter}")
        CHECKS[id] = Check(
            id=id,
            chapter=chapter,
            title=title,
            severity=severity,
            unit=unit,
            why=why,
            fix=fix,
            rule=rule,
            needs=needs,
            needs_source=needs_source,
            needs_importance=needs_importance,
            needs_complete=needs_complete,
            needs_requested=needs_requested,
            needs_anchors=needs_anchors,
            needs_text=needs_text,
            needs_rendering=needs_rendering,
            needs_visits=needs_visits,
            thresholds=thresholds,
            effort=effort,
        )
        return rule

    return register


def run_check(check: Check, facts: Facts, thresholds: Thresholds) -> CheckResult:
    """Run one check; a fault in it becomes the state *error*, so that one check never stops an audit."""
    reason = _not_applicable(check, facts)
    if reason:
        return CheckResult(check, CheckState.NOT_APPLICABLE, reason)
    try:
        raw = check.rule(facts, thresholds)
        found = _as_found(check, raw if isinstance(raw, Rows) else Rows(raw), facts, thresholds)
    except Exception as error:
        logger.exception("check %s failed", check.id)
        return CheckResult(check, CheckState.ERROR, f"{type(error).__name__}: {error}")
    doubt = _never_requested(facts) if check.needs_requested else ""
    if len(found):
        return CheckResult(check, CheckState.FAILED, doubt, found)
    return CheckResult(check, CheckState.NOT_APPLICABLE if doubt else CheckState.PASSED, doubt)


def _not_applicable(check: Check, facts: Facts) -> str:
    """Why the check cannot be judged; empty where it can."""
    missing = [name for name in check.needs if not _has_signal(facts.pages, name)]
    if check.needs_source is not None and not (facts.pages["found_in"] & int(check.needs_source)).any():
        missing.append(f"the {str(check.needs_source.name).lower().replace('_', ' ')}")
    if missing:
        return f"no data on {', '.join(missing)}"
    if check.needs_importance and not facts.importance_signals:
        return "no signal tells which pages matter: add money pages, Search Console, analytics or backlinks"
    if check.needs_complete and not facts.manifest.complete:
        return f"the crawl is incomplete: {facts.manifest.stopped_by}"
    if facts.pages["status"].isna().all():
        return "no page of the site was crawled"
    return _no_anchors(check, facts)


def _never_requested(facts: Facts) -> str:
    unknown = int((facts.metrics["orphan_state"] == OrphanState.INCONCLUSIVE).sum())
    if unknown == 1:
        return "1 known page was never requested, so that nothing can be said of it"
    return (
        f"{unknown:,} known pages were never requested, so that nothing can be said of them"
        if unknown
        else ""
    )


def _no_anchors(check: Check, facts: Facts) -> str:
    if check.needs_anchors and facts.anchor_uses.empty:
        return "no link between two pages whose text is known"
    if check.needs_text and facts.words is None:
        return facts.no_text
    if check.needs_rendering and not facts.metrics["rendered_linking_pages"].any():
        return _not_rendered(facts.manifest)
    return _no_visits(check, facts.navigation)


def _not_rendered(manifest: Manifest) -> str:
    crawl = manifest.settings.get("crawl")
    told = crawl.get("rendering") if isinstance(crawl, Mapping) else None
    sampled = told.get("sampled", 0) - told.get("failed", 0) if isinstance(told, Mapping) else 0
    if sampled > 0:
        return f"pages were not rendered, but for a sample of {sampled:,}, in which scripts change next to nothing"
    return "pages were not rendered: their links are those of the HTML as served"


def _no_visits(check: Check, navigation: Navigation | None) -> str:
    if check.needs_visits == "entrances" and (navigation is None or navigation.basis == "none"):
        return "no data on visits (GA4 landing pages, or pages and screens)"
    if check.needs_visits == "steps" and (navigation is None or not navigation.has_steps):
        return "no data on visitors' steps from page to page (GA4 page transitions)"
    return ""


def _has_signal(pages: pd.DataFrame, name: str) -> bool:
    values = pages[name]
    if values.dtype == "boolean":
        return bool(values.fillna(False).any())
    return bool(values.notna().any())


def _as_found(check: Check, raw: Rows, facts: Facts, thresholds: Thresholds) -> Found:
    rows = raw.rows
    if rows.empty:
        return nothing_found()
    number = len(rows)
    page = facts.rows_of(rows["page"])
    related = np.full(number, NO_PAGE, dtype=np.int64)
    if "related" in rows:
        known = rows["related"].notna().to_numpy()
        related[known] = facts.rows_of(rows["related"][known])
    codes = {name: code for code, name in enumerate(SEVERITIES)}
    severity = np.full(number, codes[str(check.severity)], dtype=np.int64)
    if "severity" in rows:
        given = rows["severity"]
        severity = np.array(
            given if given.dtype.kind == "i" else given.astype(str).map(codes), dtype=np.int64
        )
    value = (
        rows["value"].to_numpy(dtype=float, na_value=np.nan) if "value" in rows else np.full(number, np.nan)
    )
    key = severity * len(facts.metrics) + facts.worst_first[page]
    order = np.argsort(key)
    if (np.diff(key[order]) == 0).any():
        order = np.lexsort((np.where(related == NO_PAGE, NO_PAGE, facts.url_place[related]), key))
    threshold = float(getattr(thresholds, check.thresholds[0])) if check.thresholds else np.nan

    def told(chosen: Ints) -> pd.DataFrame:
        of = rows.iloc[chosen]
        near = related[chosen]
        urls = facts.metrics["url"]
        # Page -1 is the last one: it stands for no page, and its address is taken out again.
        other = urls.take(near).reset_index(drop=True).mask(pd.Series(near == NO_PAGE), "")
        return pd.DataFrame(
            {
                "check_id": check.id,
                "chapter": check.chapter,
                "severity": np.array(SEVERITIES, dtype=object)[severity[chosen]],
                "url": urls.take(page[chosen]).to_numpy(),
                "related_url": other.to_numpy(),
                "value": value[chosen],
                "threshold": threshold,
                "unit": check.unit,
                "impact": facts.impact[page[chosen]],
                "effort": str(check.effort),
                "why": check.why,
                "evidence": raw.words("evidence", of, "").to_numpy(),
                "fix": raw.words("fix", of, check.fix).to_numpy(),
            }
        ).astype(FINDINGS)

    whole = Found(
        page=page, related=related, severity=severity, value=value, impact=facts.impact[page],
        source=np.zeros(number, dtype=np.int64), place=np.arange(number), sources=(told,), checks=(check.id,),
    )  # fmt: skip
    return whole.take(order)


def sort_findings(findings: pd.DataFrame) -> pd.DataFrame:
    """Worst first: by severity, then impact; then by URL, so that the order never changes by chance."""
    rank = {str(severity): place for place, severity in enumerate(Severity)}
    ordered = findings.assign(_rank=findings["severity"].map(rank)).sort_values(
        ["_rank", "impact", "check_id", "url", "related_url"],
        ascending=[True, False, True, True, True],
        kind="stable",
    )
    return ordered.drop(columns="_rank").reset_index(drop=True)
