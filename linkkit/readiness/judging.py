"""The seven gates judged: each a function of the audit and of what may vary (`View`)."""

import math

import numpy as np
import numpy.typing as npt
import pandas as pd

from linkkit.audit import Audit
from linkkit.checks import CHECKS
from linkkit.checks.architecture import sections_that_need_a_hub
from linkkit.folding import Bools
from linkkit.graph import LinkGraph
from linkkit.metrics.importance import SIGNAL_WORDS
from linkkit.plan.link_plan import LinkPlan
from linkkit.plan.pieces import some
from linkkit.readiness.gates import (
    ANCHORS,
    CAPTURED,
    DATA,
    EXACT,
    HUBS,
    IMPORTANT,
    KINDS,
    LINKS,
    MONEY,
    WORST,
    Because,
    Gate,
    State,
    counted,
    unjudged,
)
from linkkit.readiness.view import NEVER_LINKED, View, found_elsewhere
from linkkit.schema import CheckState, Indexability, OrphanState
from linkkit.sentence import Figure, Sentence, joined, plural, sentence
from linkkit.text.kinds import POOR
from linkkit.thresholds import Thresholds
from linkkit.wording import units


def gates_of(audit: Audit, view: View, plan: LinkPlan | None, t: Thresholds, *, lacks: str = "") -> tuple[Gate, ...]:  # fmt: skip
    """Judge every gate, in the order of `KINDS`.

    Parameters
    ----------
    audit : Audit
        For what does not vary; its own thresholds are not read.
    view : View
        For what does.
    plan : LinkPlan, optional
        Whose first links are named where authority falls short.
    t : Thresholds
    lacks : str
        Why there is no plan.
    """
    if audit.site.pages["status"].isna().all():
        reason = sentence("no page of the site was crawled")
        rest = (unjudged(each, t, reason, Because.DATA) for each in KINDS if each != DATA)
        return (*rest, _data(audit, view, t))
    return (
        _money(audit, view, t),
        _important(audit, view, t),
        _anchors(audit, view, t),
        _links(audit, view, t),
        _captured(view, plan, t, lacks, closed=_closed(audit, view, t)),
        _hubs(audit, view, t),
        _data(audit, view, t),
    )


def failed_gates(audit: Audit, chapter: str | None = None) -> tuple[str, ...]:
    """Ids of the gates on what a chapter asks, or on every chapter's, that the site fails; what needs a plan is not among them."""
    if audit.site.pages["status"].isna().all():
        return ()
    own = _OF_CHAPTERS.values() if chapter is None else [_OF_CHAPTERS[chapter]] if chapter in _OF_CHAPTERS else []  # fmt: skip
    gates = (judge(audit, audit.readiness_basis.unplanned, audit.thresholds) for judge in own)
    return tuple(gate.id for gate in gates if gate.state is State.FAIL)


def _money(audit: Audit, view: View, t: Thresholds) -> Gate:
    metrics, graph, pages = audit.metrics, audit.graph, audit.site.pages
    money = (metrics["is_money_page"] & metrics["folds_into"].isna()).to_numpy(dtype=bool)
    total = int(money.sum())
    if not total:
        return unjudged(MONEY, t, _NO_MONEY)
    live = graph.indexable & graph.stands
    limit = np.full(len(graph), float(t.max_crawl_depth))
    limit[money] = t.limits("max_crawl_depth", graph.urls[money])
    near = money & live & (view.depth <= limit)
    unseen = (pages["indexability_reason"] == Indexability.NOT_CRAWLED).to_numpy()
    unknown = money & ~near & (unseen | (live if view.stopped_by else False))
    dead, deep = money & ~live & ~unknown, money & live & ~near & ~np.isnan(view.depth) & ~unknown
    lost = money & live & np.isnan(view.depth) & ~unknown
    clicks = _with_parts(plural("{number} click", "{number} clicks", t.max_crawl_depth), t, "max_crawl_depth")
    far, wrong = [int(each.sum()) for each in (deep, lost, dead, unknown)], total - int(near.sum())
    parts = (
        sentence("{number} deeper than {clicks}", number=far[0], clicks=clicks) if far[0] else "",
        sentence("{number} out of reach", number=far[1]) if far[1] else "",
        sentence("{number} not indexable or gone", number=far[2]) if far[2] else "",
        sentence("{number} not seen closer", number=far[3]) if far[3] else "",
    )
    head = (
        plural("{number} of {all} is not within reach ({parts})", "{number} of {all} are not within reach ({parts})", wrong, all=_money_pages(total), parts=joined(parts, ", "))
        if wrong
        else plural("the only money page is within {clicks}", "all {number} money pages are within {clicks}", total, clicks=clicks)
    )  # fmt: skip

    def fix(needed: int, all_of_them: int) -> Sentence:
        if needed < all_of_them:
            return sentence("move {needed} of these {all} to within {clicks} of the start page", needed=needed, all=all_of_them, clicks=clicks)  # fmt: skip
        return plural("move this one to within {clicks} of the start page", "move these {number} to within {clicks} of the start page", all_of_them, clicks=clicks)  # fmt: skip

    depth = np.where(np.isnan(view.depth) | ~live, np.inf, view.depth)
    return counted(
        MONEY,
        t,
        right=int(near.sum()),
        unknown=int(unknown.sum()),
        total=total,
        evidence=head,
        fix=fix,
        pages=_worst(audit, money & ~near, depth),
        doubt=_stopped(view, int(unknown.sum()), _money_pages(int(unknown.sum()))),
    )


_NO_MONEY = sentence("no money pages are known: list them in notebook 01")


def _money_pages(number: int) -> Sentence:
    return plural("{number} money page", "{number} money pages", number)


def _with_parts(limit: Sentence, t: Thresholds, name: str) -> Sentence:
    """A threshold in words, with a remark where it differs in parts of the site."""
    others = [
        sentence("{value} in {section}", value=Figure(f"{value:g}"), section=prefix)
        for prefix, other, value, _ in t.section_values()
        if other == name
    ]
    return sentence("{limit} ({others})", limit=limit, others=joined(others, ", ")) if others else limit


def _stopped(view: View, number: int, pages: Sentence) -> Sentence:
    """That some pages are not known well enough, and why."""
    why = sentence("the crawl is incomplete ({stopped})", stopped=view.stopped_by) if view.stopped_by else sentence("they were never requested")  # fmt: skip
    return plural("{pages} is not known well enough: {why}", "{pages} are not known well enough: {why}", number, pages=pages, why=why)  # fmt: skip


def _worst(audit: Audit, chosen: Bools, key: npt.NDArray[np.float64]) -> list[str]:
    """Addresses of the chosen pages by falling key, then importance."""
    ids = np.flatnonzero(chosen)
    worth = audit.metrics["importance"].to_numpy(dtype=np.float64)
    order = np.lexsort((ids, -worth[ids], -key[ids]))
    return [str(url) for url in audit.graph.urls[ids[order][:WORST]]]


def important_pages(audit: Audit, view: View, t: Thresholds) -> Bools:
    """Pages that matter: money pages, pages with backlinks, and those of at least ``t.important_page_ratio`` x the average importance.

    Only indexable pages that stand for themselves, and that the view knows. Where nothing tells importance, none.
    """
    graph, metrics = audit.graph, audit.metrics
    own = graph.indexable & graph.stands & view.known
    average = 1.0 / max(int(own.sum()), 1)
    worth = np.nan_to_num(view.importance)
    chosen = (worth > 0) & (worth >= t.important_page_ratio * average - EXACT)
    chosen |= metrics["is_money_page"].to_numpy(dtype=bool)
    chosen |= view.domains >= _limits(t, "min_referring_domains", graph)
    return np.asarray(own & chosen)


def _limits(t: Thresholds, name: str, graph: LinkGraph) -> npt.NDArray[np.float64]:
    """A threshold for each page; sections cost a pass over all addresses only where there are any."""
    if not t.sections:
        return np.full(len(graph), float(getattr(t, name)))
    return t.limits(name, graph.urls)


def _important(audit: Audit, view: View, t: Thresholds) -> Gate:
    graph = audit.graph
    chosen = important_pages(audit, view, t)
    if not view.signals:
        chosen = graph.indexable & graph.stands & view.known
    total = int(chosen.sum())
    if not total:
        return unjudged(IMPORTANT, t, sentence("no page that matters is known and can stand in an index"))
    lost = chosen & np.isin(view.states, [str(state) for state in NEVER_LINKED])
    unknown = chosen & (view.states == OrphanState.INCONCLUSIVE)
    wrong, bare = int(lost.sum()), int((lost & (view.states == OrphanState.ORPHAN)).sum())
    pages = _important_words(view, total)
    if not wrong:
        head = sentence("none of {pages} is known to be without a link", pages=pages)
    elif bare == wrong:
        head = plural("{number} of {pages} has no link at all", "{number} of {pages} have no link at all", wrong, pages=pages)  # fmt: skip
    else:
        head = plural("{number} of {pages} has no followed link from a page in reach", "{number} of {pages} have no followed link from a page in reach", wrong, pages=pages)  # fmt: skip
    more = sentence("{number} of them no link at all", number=bare) if 0 < bare < wrong else ""
    said = joined((head, more), ", ")
    if view.signals:
        basis = joined([sentence(SIGNAL_WORDS[name]) for name in view.signals], ", ")
        said = sentence("{said} (importance by {signals})", said=said, signals=basis)

    def fix(needed: int, all_of_them: int) -> Sentence:
        if needed < all_of_them:
            return sentence("link to {needed} of these {all} from a related page", needed=needed, all=all_of_them)  # fmt: skip
        return plural("link to this one from a related page", "link to these {number} from a related page", all_of_them)  # fmt: skip

    gate = counted(
        IMPORTANT,
        t,
        right=total - wrong - int(unknown.sum()),
        unknown=int(unknown.sum()),
        total=total,
        evidence=said,
        fix=fix,
        pages=_worst(audit, lost, np.zeros(len(graph))),
        doubt=_stopped(view, int(unknown.sum()), _important_words(view, int(unknown.sum()))),
    )
    if gate.state is not State.FAIL and not found_elsewhere(audit.site.pages):
        return unjudged(IMPORTANT, t, sentence("only links tell of pages, so that a page without one cannot be seen: add the sitemap, Search Console or analytics"))  # fmt: skip
    if not view.signals and wrong:
        return unjudged(IMPORTANT, t, plural("no signal tells which pages matter, and {number} page has no link: add money pages, Search Console, analytics or backlinks", "no signal tells which pages matter, and {number} pages have no link: add money pages, Search Console, analytics or backlinks", wrong))  # fmt: skip
    return gate


def _important_words(view: View, number: int) -> Sentence:
    """So many pages that matter; so many indexable ones where nothing tells which matter."""
    if not view.signals:
        return plural("{number} indexable page", "{number} indexable pages", number)
    return plural("{number} important page", "{number} important pages", number)


def _anchors(audit: Audit, view: View, t: Thresholds) -> Gate:
    links = view.content_links
    total = int(links.sum())
    if not total:
        reason = sentence("no link in the content of one page to another whose text is known")
        return unjudged(ANCHORS, t, reason)
    poor = int(links.reindex(list(POOR)).fillna(0).sum())
    counts = {kind: int(links.get(kind, 0)) for kind in POOR}
    said = {
        "generic": sentence("{number} generic", number=counts["generic"]),
        "empty": sentence("{number} without any text", number=counts["empty"]),
        "url": sentence("{number} an address", number=counts["url"]),
    }
    named = _checked(audit, "misleading-anchor")
    misled = 0 if named is None else len(named)
    more = plural("{number} text names another page", "{number} texts name another page", misled) if misled else ""  # fmt: skip
    every = plural("{number} content link", "{number} content links", total)
    head = (
        plural("{number} of {links} does not say where it leads ({parts})", "{number} of {links} do not say where they lead ({parts})", poor, links=every, parts=joined([said[kind] for kind in POOR if counts[kind]], ", "))
        if poor
        else plural("the only content link has words that can describe its target", "all {number} content links have words that can describe their target", total)
    )  # fmt: skip

    def fix(needed: int, wrong: int) -> Sentence:
        if needed < wrong:
            return sentence("write better words for {needed} of these {all} links", needed=needed, all=wrong)
        return plural("write better words for this link", "write better words for these {number} links", wrong)  # fmt: skip

    return counted(
        ANCHORS,
        t,
        right=total - poor,
        unknown=0,
        total=total,
        evidence=joined((head, more), ", "),
        fix=fix,
        pages=_poorly_named(audit),
        doubt="",
    )


def _poorly_named(audit: Audit) -> list[str]:
    """Targets of links without a telling text, by the checks' findings: most linking pages first."""
    found = audit.found("anchors").of_checks("generic-anchor", "empty-anchor", "url-anchor")
    urls = audit.site.pages["url"].to_numpy(dtype=object)
    per_page = pd.Series(found.value).groupby(urls[found.page]).sum()
    return [str(url) for url in per_page.sort_values(ascending=False, kind="stable").index[:WORST]]


def _checked(audit: Audit, check: str) -> pd.DataFrame | None:
    """Findings of one check; None where it did not run or could not be judged."""
    result = next((each for each in audit.results if each.check.id == check), None)
    if result is None or result.state in (CheckState.ERROR, CheckState.NOT_APPLICABLE):
        return None
    return result.findings


_AMISS = ("link-to-broken", "link-to-redirect", "redirect-loop")
"""Checks on links that do not lead straight to a live page."""


def _links(audit: Audit, view: View, t: Thresholds) -> Gate:
    linked = audit.metrics["linked_from_others"]
    total = int(linked.sum())
    if not total:
        return unjudged(LINKS, t, sentence("no link from one page to another is known"), Because.DATA)
    found = {check: _checked(audit, check) for check in _AMISS}
    broke = [check for check, rows in found.items() if rows is None]
    if broke:
        return unjudged(LINKS, t, sentence("could not be run: {checks}", checks=joined([sentence(CHECKS[check].title) for check in broke])), Because.DATA)  # fmt: skip
    amiss = {check: int(rows["value"].sum()) for check, rows in found.items() if rows is not None}
    wrong = sum(amiss.values())
    unseen = (audit.site.pages["indexability_reason"] == Indexability.NOT_CRAWLED).to_numpy()
    unknown = int(linked[unseen].sum())
    errors, detours, loops = amiss.values()
    parts = (
        sentence("{number} to an error", number=errors) if errors else "",
        sentence("{number} over a redirect", number=detours) if detours else "",
        sentence("{number} into a redirect loop", number=loops) if loops else "",
    )
    every = plural("{number} link", "{number} links", total)
    head = (
        plural("{number} of {links} does not lead straight to a live page ({parts})", "{number} of {links} do not lead straight to a live page ({parts})", wrong, links=every, parts=joined(parts, ", "))
        if wrong
        else sentence("none of {links} leads to an error or over a redirect", links=every)
    )  # fmt: skip
    doubt = plural("{number} of {links} leads to pages that nobody requested", "{number} of {links} lead to pages that nobody requested", unknown, links=every)  # fmt: skip
    if view.stopped_by:
        doubt = sentence("{said} ({stopped})", said=doubt, stopped=view.stopped_by)

    def fix(needed: int, all_of_them: int) -> Sentence:
        if needed < all_of_them:
            return sentence("point {needed} of these {all} links at live pages", needed=needed, all=all_of_them)  # fmt: skip
        return plural("point this link at live pages", "point these {number} links at live pages", all_of_them)  # fmt: skip

    rows = pd.concat([rows for rows in found.values() if rows is not None], ignore_index=True)
    worst = rows.sort_values("value", ascending=False, kind="stable")["url"]
    return counted(
        LINKS,
        t,
        right=total - wrong - unknown,
        unknown=unknown,
        total=total,
        evidence=joined((head, plural("{number} leads to pages that nobody requested", "{number} lead to pages that nobody requested", unknown) if unknown else "")),
        fix=fix,
        pages=[str(url) for url in worst],
        doubt=doubt,
    )  # fmt: skip


def _closed(audit: Audit, view: View, t: Thresholds) -> Sentence:
    """That no page can be indexed, and why; empty where one can, or where that many are unseen that it is not known.

    A lone page may be one that keeps crawlers out: of a single page nothing is said.
    """
    if view.stopped_by or audit.graph.indexable.any():
        return joined(())
    reasons = audit.site.pages["indexability_reason"]
    noindex, elsewhere, unseen = (
        int(reasons.isin(each).sum())
        for each in ([Indexability.NOINDEX], [Indexability.CANONICALISED], [Indexability.NOT_CRAWLED, Indexability.NO_RESPONSE])
    )  # fmt: skip
    total = noindex + elsewhere
    if total < 2 or unseen / (total + unseen) >= t.min_reached_pages - EXACT:
        return joined(())
    parts = (
        plural("{number} is noindex", "{number} are noindex", noindex) if noindex else "",
        plural("{number} names another canonical", "{number} name another canonical", elsewhere) if elsewhere else "",
    )  # fmt: skip
    return sentence("no page can be indexed: of {total} pages {parts}", total=total, parts=joined(parts, ", "))  # fmt: skip


def _captured(view: View, plan: LinkPlan | None, t: Thresholds, lacks: str, *, closed: Sentence) -> Gate:  # fmt: skip
    """Today's share against that with the plan; what moves on to pages that nobody crawled may end either way."""
    limit = float(t.min_captured_of_plan)
    if closed:
        return Gate(CAPTURED, State.FAIL, 0.0, limit, evidence=closed, distance=sentence("let the pages be indexed: take noindex away, and name each page as its own canonical"))  # fmt: skip
    if math.isnan(view.captured):
        return unjudged(CAPTURED, t, _NO_MONEY)
    if plan is None:
        return unjudged(CAPTURED, t, sentence("no plan was made ({why})", why=lacks))
    at_start = view.basis == "start page"
    if view.after <= EXACT:
        if view.unseen > EXACT:
            return unjudged(CAPTURED, t, _unseen_words(view), Because.DATA)
        head = (
            sentence("nothing of what enters at the start page, for want of backlinks, reaches money pages, and no relevant link would bring any there")
            if at_start
            else sentence("nothing of what backlinks bring reaches money pages, and no relevant link would bring any there")
        )  # fmt: skip
        return Gate(CAPTURED, State.FAIL, 0.0, limit, evidence=head, distance=sentence("link to money pages from pages that have backlinks; new content may be needed"))  # fmt: skip
    value = view.captured / view.after
    low, high = view.captured / (view.after + view.unseen), (view.captured + view.unseen) / (view.after + view.unseen)  # fmt: skip
    state = State.PASS if low >= limit - EXACT else State.FAIL if high < limit - EXACT else State.UNJUDGED
    now, then = Figure(units(view.captured)), Figure(units(view.after))
    of = (
        sentence("{now} of 100 units that enter at the start page, for want of backlinks, reach money pages", now=now)
        if at_start
        else sentence("{now} of 100 units that backlinks bring reach money pages", now=now)
    )  # fmt: skip
    links = len(plan.links)
    more = plural("{units} would with the {number} link of the plan", "{units} would with the {number} links of the plan", links, units=then) if links else sentence("no relevant link that is missing would bring more")  # fmt: skip
    steps = _steps(plan, limit) if state is State.FAIL else 0
    return Gate(
        CAPTURED,
        state,
        value,
        limit,
        evidence=joined((of, more), ", "),
        distance=plural("make the first link of the plan", "make the first {number} links of the plan", steps) if steps else "",
        pages=tuple(dict.fromkeys(plan.links["source"].tolist()))[:WORST],
        reason=_unseen_words(view) if state is State.UNJUDGED else "",
        because=Because.DATA if state is State.UNJUDGED else Because.NOTHING,
    )  # fmt: skip


def _steps(plan: LinkPlan, limit: float) -> int:
    """Links of the plan after which the limit is met; all of them where rounding says none."""
    enough = plan.links["goal_after"].to_numpy(dtype=np.float64) >= limit * plan.after - EXACT
    return int(enough.argmax()) + 1 if enough.any() else len(enough)


def _unseen_words(view: View) -> Sentence:
    said = sentence("{units} of 100 units move on to pages that nobody crawled", units=Figure(units(view.unseen)))  # fmt: skip
    return sentence("{said} ({stopped})", said=said, stopped=view.stopped_by) if view.stopped_by else said


def _hubs(audit: Audit, view: View, t: Thresholds) -> Gate:
    if audit.facts.hierarchy is None:
        return unjudged(HUBS, t, sentence("the site's sections are not known"))
    known = audit.facts.hierarchy
    limits = t.limits("min_section_pages", known.sections["address"] + "/")
    sections = sections_that_need_a_hub(known, limits)
    limit = float(t.min_sections_with_hub)
    least = _with_parts(plural("{number} page", "{number} pages", t.min_section_pages), t, "min_section_pages")  # fmt: skip
    if sections.empty:
        return Gate(HUBS, State.PASS, 1.0, limit, evidence=sentence("no section has as many as {least}: none needs a hub", least=least))  # fmt: skip
    bare = sections[sections["hub_id"].isna()]
    unknown = len(bare) if view.stopped_by else 0
    every = plural("{number} section", "{number} sections", len(sections))
    head = (
        plural("{number} of {sections} of at least {least} has no hub page ({names})", "{number} of {sections} of at least {least} have no hub page ({names})", len(bare), sections=every, least=least, names=some(bare["section"].tolist(), 5))
        if len(bare)
        else plural("the only section of at least {least} has a hub page", "all {number} sections of at least {least} have a hub page", len(sections), least=least)
    )  # fmt: skip

    def fix(needed: int, wrong: int) -> Sentence:
        if needed < wrong:
            return sentence("make a hub page for {needed} of these {all}", needed=needed, all=wrong)
        return plural("make a hub page for this one", "make a hub page for these {number}", wrong)

    return counted(
        HUBS,
        t,
        right=len(sections) - len(bare),
        unknown=unknown,
        total=len(sections),
        evidence=head,
        fix=fix,
        pages=[f"{address}/" for address in bare["address"]],
        doubt=plural(
            "the hub of {number} section may not be crawled yet ({stopped})",
            "the hubs of {number} sections may not be crawled yet ({stopped})",
            unknown,
            stopped=view.stopped_by,
        ),
    )


def missing_signals(audit: Audit, view: View) -> tuple[Sentence, ...]:
    """What nobody told of the site, in words: files that would make the verdict firmer."""
    missing: list[Sentence] = []
    if not audit.metrics["is_money_page"].any():
        missing.append(sentence("money pages"))
    if view.basis == "start page":
        missing.append(sentence("backlinks"))
    if not {"clicks", "sessions", "conversions"} & set(view.signals):
        missing.append(sentence("Search Console or analytics"))
    if not found_elsewhere(audit.site.pages):
        missing.append(sentence("a sitemap or another list of pages"))
    return tuple(missing)


def _data(audit: Audit, view: View, t: Thresholds) -> Gate:
    """Whether the links were seen: fails where they were not; what is only incomplete, or not told, is left open."""
    graph, limit = audit.graph, float(t.min_reached_pages)
    live = graph.indexable & graph.stands & graph.crawled
    total = int(live.sum())
    reached = int((live & ~np.isnan(view.depth)).sum())
    value = reached / total if total else math.nan
    crawled = plural("links lead to {reached} of {number} known indexable page", "links lead to {reached} of {number} known indexable pages", total, reached=reached)  # fmt: skip
    why = view.stopped_by
    closed = _closed(audit, view, t)
    if closed:
        crawled = closed
    elif not total:
        head = sentence("no live indexable page is known")
        return Gate(DATA, State.FAIL, math.nan, limit, evidence=joined((head, why), ": "), distance=sentence("crawl or import the site again"))  # fmt: skip
    if not len(graph.source) and not closed:
        head = sentence("the site has one page, and no links to judge") if total == 1 and not why else joined((plural("no link from one page to another was seen, {number} page known", "no link from one page to another was seen, {number} pages known", total), why), ": ")  # fmt: skip
        return Gate(DATA, State.FAIL, value, limit, reached, total, head, "" if total == 1 and not why else _SEE_LINKS)  # fmt: skip
    if "JavaScript" in why or value < limit - EXACT:
        head = (
            joined((crawled, why))
            if why
            else joined((crawled, sentence("the others are rather not seen than not linked")), ": ")
        )
        return Gate(DATA, State.FAIL, value, limit, reached, total, head, _SEE_LINKS)
    missing = missing_signals(audit, view)
    lacking = [sentence("the crawl is incomplete ({stopped})", stopped=why)] if why else []
    lacking += [sentence("not known: {missing}", missing=joined(missing, ", "))] if missing else []
    if not lacking:
        head = joined((crawled, sentence("the crawl is complete, and money pages, backlinks and visits are known")))  # fmt: skip
        return Gate(DATA, State.PASS, value, limit, reached, total, head)
    because = Because.DATA if why else Because.SIGNAL
    reason = joined(lacking)
    return Gate(DATA, State.UNJUDGED, value, limit, reached, total, joined((crawled, *lacking)), reason=reason, because=because)  # fmt: skip


_SEE_LINKS = sentence(
    "crawl with a tool that renders JavaScript and import its exports, or check that the crawl was let in"
)

_OF_CHAPTERS = {"discovery": _important, "depth": _money, "anchors": _anchors, "links": _links, "architecture": _hubs}  # fmt: skip
"""Chapter -> the gate on what it asks."""
