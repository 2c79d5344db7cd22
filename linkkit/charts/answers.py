"""The answer of each chapter in a sentence or two, computed from the audit under its thresholds."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from linkkit.audit import Audit
from linkkit.charts.anchors import CONTENT, anchor_kinds_table
from linkkit.charts.architecture import link_kinds_table, sections_table, sections_words, tangle_words
from linkkit.charts.authority import CAUSES, ledger_headline, ledger_table
from linkkit.charts.visits import navigation_sentence
from linkkit.charts.words import (
    capitalised,
    count,
    entry_words,
    every,
    incomplete_words,
    percent,
    short_url,
    units,
    verb,
)
from linkkit.checks import CHECKS
from linkkit.checks.found import Found
from linkkit.checks.registry import CHAPTERS, kept
from linkkit.folding import Leak
from linkkit.metrics.authority import LEAKS
from linkkit.metrics.clusters import cluster_measures
from linkkit.readiness import failed_gates
from linkkit.schema import CheckState, Severity
from linkkit.text.kinds import POOR

VerdictWord = Literal["good", "look", "fix", "unknown"]


@dataclass(frozen=True)
class Answer:
    """What a chapter found.

    Attributes
    ----------
    verdict : str
        ``good`` (nothing found), ``look`` (nothing of high severity, and the gate on it holds), ``fix`` (of high severity, or the
        gate fails), or ``unknown`` (something could not be judged, for another reason than a file that nobody gave, and nothing
        worse than low was found).
    sentence : str
        The finding, with its numbers.
    caveat : str
        What could not be judged and why; empty where everything was.
    """

    verdict: str
    sentence: str
    caveat: str = ""

    def __str__(self) -> str:
        return f"{self.sentence} {self.caveat}".strip()


def answer(audit: Audit, chapter: str | None = None) -> Answer:
    """The answer of one chapter, or of the whole audit.

    Raises
    ------
    KeyError
        If there is no such chapter.
    """
    if chapter is not None and chapter not in CHAPTERS:
        raise KeyError(f"no chapter {chapter!r}; known are {', '.join(CHAPTERS)}")
    sentences = {
        "discovery": _discovery,
        "depth": _depth,
        "anchors": _anchors,
        "links": _links,
        "authority": _authority,
        "clusters": _clusters,
        "architecture": _architecture,
        "navigation": navigation_sentence,
        None: _overall,
    }
    found, checks = audit.found(chapter), _of_chapter(audit.checks, chapter)
    return Answer(
        verdict_on(audit, chapter), sentences.get(chapter, _by_check)(audit, found), _caveat(checks)
    )


def verdict_on(audit: Audit, chapter: str | None = None) -> VerdictWord:
    """The verdict of `Answer` on one chapter, or on the whole audit, without the sentence."""
    found = audit.found(chapter)
    if found.severities[Severity.HIGH] or failed_gates(audit, chapter):
        return "fix"
    if found.severities[Severity.MEDIUM]:
        return "look"
    if _is_in_doubt(_of_chapter(audit.checks, chapter)):
        return "unknown"
    return "look" if len(found) else "good"


def _of_chapter(table: pd.DataFrame, chapter: str | None) -> pd.DataFrame:
    return table if chapter is None else table[table["chapter"] == chapter]


def _overall(audit: Audit, found: Found) -> str:
    pages = audit.site.pages
    indexable = int(pages["is_indexable"].sum())
    head = f"{indexable:,} of {count(len(pages), 'known URL')} can stand in a search index. "
    high = found.severities[Severity.HIGH]
    if not len(found):
        return head + "No check has a finding."
    if not high:
        return head + f"{count(len(found), 'finding')}, none of high severity."
    chapters: dict[str, int] = {}
    for check, number in found.of_severities(Severity.HIGH).numbers.items():
        chapters[CHECKS[check].chapter] = chapters.get(CHECKS[check].chapter, 0) + number
    most = max(chapters, key=lambda name: chapters[name])
    worst = CHAPTERS[most].lower()
    where = f"all in {worst}" if len(chapters) == 1 else f"most in {worst} ({chapters[most]:,})"
    return head + f"{high:,} of {count(len(found), 'finding')} {verb(high, 'is')} of high severity, {where}."


def _discovery(audit: Audit, found: Found) -> str:
    numbers = found.numbers
    orphans, islands, nofollow = (
        int(numbers.get(check, 0)) for check in ("orphan-page", "island-page", "nofollow-only-page")
    )
    judged, linked = _reachable(audit)
    lost = orphans + islands + nofollow
    weak, chrome = int(numbers.get("weak-page", 0)), int(numbers.get("chrome-only-page", 0))
    if not audit.manifest.complete:
        return f"Whether {every(judged, 'indexable page')} can be reached cannot be said: {incomplete_words(audit)}"
    if not lost:
        head = f"{capitalised(every(judged, 'indexable page'))} can be reached by following links."
    else:
        kinds = [
            (orphans, f"{count(orphans, 'page')} {verb(orphans, 'has')} no internal link at all"),
            (
                islands,
                f"{islands:,} {verb(islands, 'is')} linked only from pages that cannot be reached either",
            ),
            (nofollow, f"{nofollow:,} {verb(nofollow, 'has')} only nofollow links"),
        ]
        head = f"{lost:,} of {count(judged, 'indexable page')} cannot be reached by following links: "
        head += "; ".join(words for number, words in kinds if number) + "."
        head += f" {linked:,} of them {verb(linked, 'holds')} backlinks." if linked else ""
    more = []
    if weak:
        limit = audit.thresholds.weak_linking_pages
        hang = "on no more than" if limit > 1 else "on"
        own = _sections(audit, "weak_linking_pages")
        more.append(f"{count(weak, 'page')} {verb(weak, 'hangs')} {hang} {count(limit, 'linking page')}{own}")
    if chrome:
        more.append(
            f"{count(chrome, 'page')} {verb(chrome, 'is')} linked only from menus, footers or sidebars"
        )
    return f"{head} {'; '.join(more)}." if more else head


@kept
def _reachable(audit: Audit) -> tuple[int, int]:
    """Pages judged by discovery, and those with backlinks that cannot be reached."""
    state = audit.metrics["orphan_state"]
    lost = state.isin(["orphan", "island", "nofollow_only"]) & (audit.metrics["referring_domains"] > 0)
    # Where the crawl stopped early the answer is about all of them.
    left_out = ["not_indexable", "inconclusive"] if audit.manifest.complete else ["not_indexable"]
    return int((~state.isin(left_out)).sum()), int(lost.sum())


def _sections(audit: Audit, name: str) -> str:
    """In which sections another limit holds, in brackets; empty where it is the same everywhere."""
    own = [
        f"{value:g} in {prefix}"
        for prefix, each, value, elsewhere in audit.thresholds.section_values()
        if each == name and value != elsewhere
    ]
    return f" ({', '.join(own)})" if own else ""


def _depth(audit: Audit, found: Found) -> str:
    reached, median, deepest = _depths(audit)
    limit = count(audit.thresholds.max_crawl_depth, "click") + _sections(audit, "max_crawl_depth")
    deep = found.of_checks("deep-page")
    if not reached:
        return "No indexable page can be reached from the start page."
    if not audit.manifest.complete:
        return f"Depth cannot be judged: {incomplete_words(audit)}"
    if not len(deep):
        head = f"All {count(reached, 'reachable page')} {verb(reached, 'lies')} within {limit} of the start page."
    else:
        money = int(audit.metrics["is_money_page"].to_numpy(dtype=bool)[deep.page].sum())
        head = f"{len(deep):,} of {count(reached, 'reachable page')} {verb(len(deep), 'lies')} deeper than {limit}"
        head += f", {money:,} of them {'a money page' if money == 1 else 'money pages'}" if money else ""
        head += f"; the deepest is {count(deepest, 'click')} away."
    ends = found.numbers.get("dead-end", 0)
    more = f" {count(ends, 'page')} {verb(ends, 'leads')} nowhere from the content." if ends else ""
    return f"{head} Half of all pages lie within {count(math.floor(median), 'click')}.{more}"


@kept
def _depths(audit: Audit) -> tuple[int, float, float]:
    """Indexable pages that can be reached, the median of their depths, and the largest."""
    metrics = audit.metrics
    standing = audit.site.pages["is_indexable"] & metrics["folds_into"].isna()
    depths = metrics["crawl_depth"][standing].dropna()
    return len(depths), float(depths.median()), float(depths.max())


def _anchors(audit: Audit, found: Found) -> str:
    table = _anchor_kinds(audit)
    if table.empty:
        return "No page links to another one, so there is no anchor text to judge."
    rows = table[table["place"] == CONTENT]
    where = "content link"
    if rows.empty:
        rows, where = table, "link"
    total = int(rows["links"].sum())
    by_kind = rows.set_index("kind")["links"]
    poor = int(by_kind.reindex(POOR).fillna(0).sum())
    if poor:
        words = {"generic": "generic", "empty": "without any text", "url": "an address"}
        parts = [f"{int(by_kind[kind]):,} {words[kind]}" for kind in POOR if by_kind.get(kind, 0)]
        head = f"{poor:,} of {count(total, where)} ({percent(poor / total)}) {verb(poor, 'does')} not say where they lead: {', '.join(parts)}."
        if poor == 1:
            head = head.replace("where they lead", "where it leads")
    else:
        head = f"All {count(total, where)} have a text that can describe their target."
    numbers = found.numbers
    ambiguous, misleading = int(numbers.get("ambiguous-anchor", 0)), int(numbers.get("misleading-anchor", 0))
    if ambiguous:
        limit = audit.thresholds.ambiguous_anchor_targets
        head += f" {count(ambiguous, 'text')} {verb(ambiguous, 'leads')} to {limit} or more different pages{_sections(audit, 'ambiguous_anchor_targets')}."
    weak = int(numbers.get("weak-anchor", 0))
    if weak:
        head += f" {count(weak, 'text')} {verb(weak, 'has')} hardly a word in common with the page behind {'it' if weak == 1 else 'them'}."
    if misleading:
        head += (
            f" {count(misleading, 'text')} {verb(misleading, 'names')} another page than the one behind it."
        )
    return head


@kept
def _anchor_kinds(audit: Audit) -> pd.DataFrame:
    return anchor_kinds_table(audit)


def _links(audit: Audit, found: Found) -> str:
    numbers = found.numbers
    kinds = {
        "link-to-broken": "broken",
        "link-to-redirect": "redirected",
        "redirect-loop": "in a redirect loop",
        "link-to-noindex": "noindex",
        "link-to-canonicalised": "with a canonical that names another page",
    }
    parts = [f"{int(numbers[check]):,} {words}" for check, words in kinds.items() if numbers.get(check, 0)]
    if not parts:
        return "Every internal link leads straight to a live page that can stand in an index."
    total = sum(int(numbers.get(check, 0)) for check in kinds)
    return (
        f"Internal links point to {count(total, 'address', 'addresses')} they should not: {', '.join(parts)}."
    )


def _authority(audit: Audit, found: Found) -> str:
    authority = audit.authority
    head = ledger_headline(ledger_table(audit), entry_words(audit))
    lost = audit.ledger[list(LEAKS)]
    if lost.sum() > 0:
        cause = Leak(str(lost.idxmax()))
        all_of_it = "all of it" if (lost > 0).sum() == 1 else "most of it"
        head += (
            f", {all_of_it} {'for want of links' if cause is Leak.DEAD_END else 'through ' + CAUSES[cause]}"
        )
    head += f" ({audit.graph.model.words()[0].lower()}{audit.graph.model.words()[1:]})."
    if authority.entry.basis == "start page":
        head += " No backlinks are known: add them in notebook 01, and the numbers are those of the pages they land on."
    if authority.money.any():
        standing = authority.graph.indexable & authority.graph.stands
        yields = np.where(standing, authority.landing_yield, -1.0)
        others = np.where(authority.money, -1.0, yields)
        best, other = int(yields.argmax()), int(others.argmax())
        head += f" Of 100 units that a new backlink brings, {units(yields[best])} would reach money pages if it led to {_path(audit, best)}"
        if others[other] >= 0:
            head += f", {units(others[other])} if it led to {_path(audit, other)}, the best page that is none itself"
        head += "."
    if not audit.manifest.complete:
        head += " The crawl is incomplete: what moves on to pages that nobody crawled counts as lost there."
    high = found.severities[Severity.HIGH]
    return head + (f" {count(len(found), 'finding')}, {high:,} of high severity." if len(found) else "")


def _path(audit: Audit, page: int) -> str:
    return short_url(str(audit.site.pages["url"][page]), 60)


def _clusters(audit: Audit, found: Found) -> str:
    grouping = audit.facts.clusters
    numbers = found.numbers
    alike = int(numbers.get("near-duplicate-pages", 0))
    more = (
        f" {count(alike, 'page')} {verb(alike, 'says')} nearly the same as another and {verb(alike, 'competes')} with it."
        if alike
        else ""
    )
    if grouping is None or grouping.pillars.empty:
        return f"No topic clusters are defined for this client: notebook 07 proposes some.{more}"
    table = _cluster_links(audit)
    wanted = int(2 * table["members"].sum())
    missing = wanted - int(table["to_pillar"].sum() + table["from_pillar"].sum())
    head = f"{count(len(table), 'cluster')} of {count(table['pages'].sum(), 'page')}. "
    if missing:
        head += (
            f"{missing:,} of {wanted:,} links between pillars and their pages {verb(missing, 'is')} missing."
        )
    else:
        head += "Every page and its pillar link each other."
    without, lone = (
        int(numbers.get(check, 0)) for check in ("cluster-without-pillar", "isolated-cluster-page")
    )
    head += f" {count(without, 'cluster')} {verb(without, 'has')} no pillar." if without else ""
    head += (
        f" {count(lone, 'page')} {verb(lone, 'has')} no link from the rest of the cluster." if lone else ""
    )
    return head + more


@kept
def _cluster_links(audit: Audit) -> pd.DataFrame:
    assert audit.facts.clusters is not None, "asked only where there are clusters"  # noqa: S101
    return cluster_measures(audit.facts.clusters, audit.graph)


def _architecture(audit: Audit, found: Found) -> str:
    numbers = found.numbers
    head = _layout(audit)
    single = int(numbers.get("single-link-page", 0))
    if single:
        lost = int(found.of_checks("single-link-page").value.sum())
        head += f" {count(lost, 'page')} {verb(lost, 'hangs')} on {'a single link' if single == 1 else f'{single:,} single links'}."
    beside, mute = int(numbers.get("page-beside-hub", 0)), int(numbers.get("page-without-link-up", 0))
    parts = []
    if beside:
        parts.append(
            f"{count(beside, 'page')} {verb(beside, 'is')} not led to by their section's hub"
            if beside > 1
            else "1 page is not led to by its section's hub"
        )
    if mute:
        parts.append(f"{count(mute, 'page')} {verb(mute, 'links')} neither to the page above nor to the hub")
    return f"{head} {'; '.join(parts)}." if parts else head


@kept
def _layout(audit: Audit) -> str:
    return f"{sections_words(sections_table(audit), audit)}. {tangle_words(link_kinds_table(audit))}"


def _by_check(audit: Audit, found: Found) -> str:
    if not len(found):
        return "No check of this chapter has a finding."
    return f"{count(len(found), 'finding')}, {found.severities[Severity.HIGH]:,} of high severity."


def _is_in_doubt(checks: pd.DataFrame) -> bool:
    """Whether what was not judged could change the verdict: a file that nobody has, such as a log, does not."""
    unjudged = checks["state"].isin([CheckState.NOT_APPLICABLE, CheckState.ERROR])
    optional = checks["reason"].astype("str").str.startswith("no data on")
    return bool(unjudged.all() or (unjudged & ~optional).any())


def _caveat(checks: pd.DataFrame) -> str:
    open_ones = checks[checks["state"].isin([CheckState.NOT_APPLICABLE, CheckState.ERROR])]
    if open_ones.empty:
        return ""
    reasons = "; ".join(dict.fromkeys(str(reason) for reason in open_ones["reason"]))
    return f"Not judged: {count(len(open_ones), 'check')} ({reasons})."
