"""The seven gates judged: each a function of the audit and of what may vary (`View`)."""

import math

import numpy as np
import numpy.typing as npt
import pandas as pd

from linkkit.audit import Audit
from linkkit.checks.architecture import sections_that_need_a_hub
from linkkit.folding import Bools
from linkkit.graph import LinkGraph
from linkkit.metrics.importance import SIGNAL_WORDS
from linkkit.plan.link_plan import LinkPlan
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
    these,
    unjudged,
)
from linkkit.readiness.view import NEVER_LINKED, View, found_elsewhere
from linkkit.schema import CheckState, Indexability, OrphanState
from linkkit.text.kinds import POOR
from linkkit.thresholds import Thresholds
from linkkit.wording import count, units, verb


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
        reason = "no page of the site was crawled"
        rest = (unjudged(each, t, reason, Because.DATA) for each in KINDS if each != DATA)
        return (*rest, _data(audit, view, t))
    return (
        _money(audit, view, t),
        _important(audit, view, t),
        _anchors(audit, view, t),
        _links(audit, view, t),
        _captured(view, plan, t, lacks),
        _hubs(audit, view, t),
        _data(audit, view, t),
    )


def _money(audit: Audit, view: View, t: Thresholds) -> Gate:
    metrics, graph, pages = audit.metrics, audit.graph, audit.site.pages
    money = (metrics["is_money_page"] & metrics["folds_into"].isna()).to_numpy(dtype=bool)
    total = int(money.sum())
    if not total:
        return unjudged(MONEY, t, "no money pages are known: list them in notebook 01")
    live = graph.indexable & graph.stands
    limit = np.full(len(graph), float(t.max_crawl_depth))
    limit[money] = t.limits("max_crawl_depth", graph.urls[money])
    near = money & live & (view.depth <= limit)
    unseen = (pages["indexability_reason"] == Indexability.NOT_CRAWLED).to_numpy()
    unknown = money & ~near & (unseen | (live if view.stopped_by else False))
    dead, deep = money & ~live & ~unknown, money & live & ~near & ~np.isnan(view.depth) & ~unknown
    lost = money & live & np.isnan(view.depth) & ~unknown
    clicks = count(t.max_crawl_depth, "click") + _parts(t, "max_crawl_depth")
    parts = [
        (int(deep.sum()), f"deeper than {clicks}"),
        (int(lost.sum()), "out of reach"),
        (int(dead.sum()), "not indexable or gone"),
        (int(unknown.sum()), "not seen closer"),
    ]
    said = ", ".join(f"{number:,} {words}" for number, words in parts if number)
    head = f"{total - int(near.sum()):,} of {count(total, 'money page')} {verb(total - int(near.sum()), 'is')} not within reach: {said}" if said else f"all {count(total, 'money page')} {verb(total, 'is')} within {clicks}"  # fmt: skip
    depth = np.where(np.isnan(view.depth) | ~live, np.inf, view.depth)
    return counted(
        MONEY,
        t,
        right=int(near.sum()),
        unknown=int(unknown.sum()),
        total=total,
        evidence=head,
        fix=lambda needed, wrong: f"move {these(needed, wrong)} to within {clicks} of the start page",
        pages=_worst(audit, money & ~near, depth),
        doubt=_stopped(view, unknown, "money page"),
    )


def _parts(t: Thresholds, name: str) -> str:
    """A remark where a threshold differs in parts of the site; else nothing."""
    others = [f"{value:g} in {prefix}" for prefix, other, value, _ in t.section_values() if other == name]
    return f" ({', '.join(others)})" if others else ""


def _stopped(view: View, unknown: Bools, noun: str) -> str:
    number = int(unknown.sum())
    why = f"the crawl is incomplete ({view.stopped_by})" if view.stopped_by else "they were never requested"
    return f"{count(number, noun)} {verb(number, 'is')} not known well enough: {why}"


def _worst(audit: Audit, chosen: Bools, key: npt.NDArray[np.float64]) -> list[str]:
    """Addresses of the chosen pages by falling key, then importance."""
    ids = np.flatnonzero(chosen)
    worth = audit.metrics["importance"].fillna(0.0).to_numpy(dtype=np.float64)
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
    by = "by " + ", ".join(SIGNAL_WORDS[name] for name in view.signals)
    noun = "important page"
    if not view.signals:
        chosen, by, noun = graph.indexable & graph.stands & view.known, "", "indexable page"
    total = int(chosen.sum())
    if not total:
        return unjudged(IMPORTANT, t, "no page that matters is known and can stand in an index")
    lost = chosen & np.isin(view.states, [str(state) for state in NEVER_LINKED])
    unknown = chosen & (view.states == OrphanState.INCONCLUSIVE)
    wrong, bare = int(lost.sum()), int((lost & (view.states == OrphanState.ORPHAN)).sum())
    basis = f" (importance {by})" if by else ""
    what = "no link at all" if bare == wrong else "no followed link from a page in reach"
    more = f", {bare:,} of them no link at all" if 0 < bare < wrong else ""
    head = (
        f"{wrong:,} of {count(total, noun)} {verb(wrong, 'has')} {what}{more}{basis}"
        if wrong
        else f"none of {count(total, noun)} is known to be without a link{basis}"
    )
    gate = counted(
        IMPORTANT,
        t,
        right=total - wrong - int(unknown.sum()),
        unknown=int(unknown.sum()),
        total=total,
        evidence=head,
        fix=lambda needed, all_of_them: f"link to {these(needed, all_of_them)} from a related page",
        pages=_worst(audit, lost, np.zeros(len(graph))),
        doubt=_stopped(view, unknown, noun),
    )
    if gate.state is not State.FAIL and not found_elsewhere(audit.site.pages):
        return unjudged(IMPORTANT, t, "only links tell of pages, so that a page without one cannot be seen: add the sitemap, Search Console or analytics")  # fmt: skip
    if not view.signals and wrong:
        return unjudged(IMPORTANT, t, f"no signal tells which pages matter, and {count(wrong, 'page')} {verb(wrong, 'has')} no link: add money pages, Search Console, analytics or backlinks")  # fmt: skip
    return gate


def _anchors(audit: Audit, view: View, t: Thresholds) -> Gate:
    links = view.content_links
    total = int(links.sum())
    if not total:
        reason = "no link in the content of one page to another whose text is known"
        return unjudged(ANCHORS, t, reason)
    poor = int(links.reindex(list(POOR)).fillna(0).sum())
    words = {"generic": "generic", "empty": "without any text", "url": "an address"}
    parts = ", ".join(f"{int(links[kind]):,} {words[kind]}" for kind in POOR if links.get(kind, 0))
    named = _checked(audit, "misleading-anchor")
    more = f"; {count(len(named), 'text')} {verb(len(named), 'names')} another page" if named is not None and len(named) else ""  # fmt: skip
    head = f"{poor:,} of {count(total, 'content link')} {verb(poor, 'does')} not say where {'it leads' if poor == 1 else 'they lead'}: {parts}" if poor else f"all {count(total, 'content link')} have words that can describe their target"  # fmt: skip
    return counted(
        ANCHORS,
        t,
        right=total - poor,
        unknown=0,
        total=total,
        evidence=head + more,
        fix=lambda needed, wrong: f"write better words for {these(needed, wrong)} links".replace("this one links", "this link"),
        pages=_poorly_named(audit),
        doubt="",
    )  # fmt: skip


def _poorly_named(audit: Audit) -> list[str]:
    """Targets of links without a telling text, by the checks' findings: most linking pages first."""
    found = audit.findings
    rows = found[found["check_id"].isin(["generic-anchor", "empty-anchor", "url-anchor"])]
    per_page = rows.groupby("url")["value"].sum()
    return [str(url) for url in per_page.sort_values(ascending=False, kind="stable").index[:WORST]]


def _checked(audit: Audit, check: str) -> pd.DataFrame | None:
    """Findings of one check; None where it did not run or could not be judged."""
    result = next((each for each in audit.results if each.check.id == check), None)
    if result is None or result.state in (CheckState.ERROR, CheckState.NOT_APPLICABLE):
        return None
    return result.findings


_AMISS = {
    "link-to-broken": "to an error",
    "link-to-redirect": "over a redirect",
    "redirect-loop": "into a redirect loop",
}


def _links(audit: Audit, view: View, t: Thresholds) -> Gate:
    linked = audit.metrics["linked_from_others"]
    total = int(linked.sum())
    if not total:
        return unjudged(LINKS, t, "no link from one page to another is known", Because.DATA)
    found = {check: _checked(audit, check) for check in _AMISS}
    broke = [check for check, rows in found.items() if rows is None]
    if broke:
        return unjudged(LINKS, t, f"the check {', '.join(broke)} could not be run", Because.DATA)
    amiss = {check: int(rows["value"].sum()) for check, rows in found.items() if rows is not None}
    wrong = sum(amiss.values())
    unseen = (audit.site.pages["indexability_reason"] == Indexability.NOT_CRAWLED).to_numpy()
    unknown = int(linked[unseen].sum())
    said = ", ".join(f"{number:,} {_AMISS[check]}" for check, number in amiss.items() if number)
    head = f"{wrong:,} of {count(total, 'link')} {verb(wrong, 'does')} not lead straight to a live page: {said}" if wrong else f"none of {count(total, 'link')} leads to an error or over a redirect"  # fmt: skip
    rows = pd.concat([rows for rows in found.values() if rows is not None], ignore_index=True)
    worst = rows.sort_values("value", ascending=False, kind="stable")["url"]
    return counted(
        LINKS,
        t,
        right=total - wrong - unknown,
        unknown=unknown,
        total=total,
        evidence=head + (f"; {unknown:,} {verb(unknown, 'leads')} to pages that nobody requested" if unknown else ""),
        fix=lambda needed, amount: f"point {these(needed, amount)} links at live pages".replace("this one links", "this link"),
        pages=[str(url) for url in worst],
        doubt=f"{unknown:,} of {total:,} links {verb(unknown, 'leads')} to pages that nobody requested" + (f" ({view.stopped_by})" if view.stopped_by else ""),
    )  # fmt: skip


def _captured(view: View, plan: LinkPlan | None, t: Thresholds, lacks: str) -> Gate:
    """Today's share against that with the plan; what moves on to pages that nobody crawled may end either way."""
    limit = float(t.min_captured_of_plan)
    if math.isnan(view.captured):
        return unjudged(CAPTURED, t, "no money pages are known: list them in notebook 01")
    if math.isnan(view.after):
        return unjudged(CAPTURED, t, f"no plan was made: {lacks[:1].lower()}{lacks[1:]}".rstrip("."))
    enters = "enters at the start page, for want of backlinks," if view.basis == "start page" else "backlinks bring"  # fmt: skip
    if view.after <= EXACT:
        if view.unseen > EXACT:
            return unjudged(CAPTURED, t, _unseen_words(view), Because.DATA)
        head = f"nothing of what {enters} reaches money pages, and no relevant link would bring any there"
        return Gate(CAPTURED, State.FAIL, 0.0, limit, evidence=head, distance="link to money pages from pages that have backlinks; new content may be needed")  # fmt: skip
    value = view.captured / view.after
    low, high = view.captured / (view.after + view.unseen), (view.captured + view.unseen) / (view.after + view.unseen)  # fmt: skip
    state = State.PASS if low >= limit - EXACT else State.FAIL if high < limit - EXACT else State.UNJUDGED
    of = f"{units(view.captured)} of 100 units that {enters} reach money pages"
    links = 0 if plan is None else len(plan.links)
    head = f"{of}; {units(view.after)} would with the {count(links, 'link')} of the plan" if links else f"{of}; no relevant link that is missing would bring more"  # fmt: skip
    steps = 0 if plan is None or state is not State.FAIL else _steps(plan, limit)
    return Gate(
        CAPTURED,
        state,
        value,
        limit,
        evidence=head,
        distance=(f"make the first {steps:,} links of the plan" if steps > 1 else "make the first link of the plan") if steps else "",
        pages=() if plan is None else tuple(dict.fromkeys(plan.links["source"].tolist()))[:WORST],
        reason=_unseen_words(view) if state is State.UNJUDGED else "",
        because=Because.DATA if state is State.UNJUDGED else Because.NOTHING,
    )  # fmt: skip


def _steps(plan: LinkPlan, limit: float) -> int:
    """Links of the plan after which the limit is met; all of them where rounding says none."""
    enough = plan.links["goal_after"].to_numpy(dtype=np.float64) >= limit * plan.after - EXACT
    return int(enough.argmax()) + 1 if enough.any() else len(enough)


def _unseen_words(view: View) -> str:
    why = f" ({view.stopped_by})" if view.stopped_by else ""
    return f"{units(view.unseen)} of 100 units move on to pages that nobody crawled{why}"


def _hubs(audit: Audit, view: View, t: Thresholds) -> Gate:
    if audit.facts.hierarchy is None:
        return unjudged(HUBS, t, "the site's sections are not known")
    known = audit.facts.hierarchy
    limits = t.limits("min_section_pages", known.sections["address"] + "/")
    sections = sections_that_need_a_hub(known, limits)
    limit = float(t.min_sections_with_hub)
    least = count(t.min_section_pages, "page") + _parts(t, "min_section_pages")
    if sections.empty:
        return Gate(HUBS, State.PASS, 1.0, limit, evidence=f"no section has as many as {least}: none needs a hub")  # fmt: skip
    bare = sections[sections["hub_id"].isna()]
    unknown = len(bare) if view.stopped_by else 0
    named = ", ".join(bare["section"].head(5)) + (f" and {len(bare) - 5:,} more" if len(bare) > 5 else "")
    head = f"{len(bare):,} of {count(len(sections), 'section')} of at least {least} {verb(len(bare), 'has')} no hub page: {named}" if len(bare) else f"all {count(len(sections), 'section')} of at least {least} {verb(len(sections), 'has')} a hub page"  # fmt: skip
    return counted(
        HUBS,
        t,
        right=len(sections) - len(bare),
        unknown=unknown,
        total=len(sections),
        evidence=head,
        fix=lambda needed, wrong: f"make a hub page for {these(needed, wrong)}",
        pages=[f"{address}/" for address in bare["address"]],
        doubt=f"the hub of {count(unknown, 'section')} may not be crawled yet ({view.stopped_by})",
    )


def missing_signals(audit: Audit, view: View) -> tuple[str, ...]:
    """What nobody told of the site, in words: files that would make the verdict firmer."""
    missing = []
    if not audit.metrics["is_money_page"].any():
        missing.append("money pages")
    if view.basis == "start page":
        missing.append("backlinks")
    if not {"clicks", "sessions", "conversions"} & set(view.signals):
        missing.append("Search Console or analytics")
    if not found_elsewhere(audit.site.pages):
        missing.append("a sitemap or another list of pages")
    return tuple(missing)


def _data(audit: Audit, view: View, t: Thresholds) -> Gate:
    """Whether the links were seen: fails where they were not; what is only incomplete, or not told, is left open."""
    graph, limit = audit.graph, float(t.min_reached_pages)
    live = graph.indexable & graph.stands & graph.crawled
    total = int(live.sum())
    reached = int((live & ~np.isnan(view.depth)).sum())
    value = reached / total if total else math.nan
    crawled = f"links lead to {reached:,} of {count(total, 'known indexable page')}"
    why = view.stopped_by
    if not total:
        head = f"no live indexable page is known{f': {why}' if why else ''}"
        return Gate(
            DATA, State.FAIL, math.nan, limit, evidence=head, distance="crawl or import the site again"
        )
    if not len(graph.source):
        head = "the site has one page, and no links to judge" if total == 1 and not why else f"no link from one page to another was seen, {count(total, 'page')} known{f': {why}' if why else ''}"  # fmt: skip
        return Gate(DATA, State.FAIL, value, limit, reached, total, head, "" if total == 1 and not why else _SEE_LINKS)  # fmt: skip
    if "JavaScript" in why or value < limit - EXACT:
        head = (
            f"{crawled}: the others are rather not seen than not linked" if not why else f"{crawled}; {why}"
        )
        return Gate(DATA, State.FAIL, value, limit, reached, total, head, _SEE_LINKS)
    missing = missing_signals(audit, view)
    lacking = [f"the crawl is incomplete ({why})"] if why else []
    lacking += [f"not known: {', '.join(missing)}"] if missing else []
    if not lacking:
        head = f"{crawled}; the crawl is complete, and money pages, backlinks and visits are known"
        return Gate(DATA, State.PASS, value, limit, reached, total, head)
    because = Because.DATA if why else Because.SIGNAL
    reason = "; ".join(lacking)
    return Gate(DATA, State.UNJUDGED, value, limit, reached, total, f"{crawled}; {reason}", reason=reason, because=because)  # fmt: skip


_SEE_LINKS = (
    "crawl with a tool that renders JavaScript and import its exports, or check that the crawl was let in"
)
