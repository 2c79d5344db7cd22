"""Every chart of a chapter at once: what a notebook shows and what the deck gets."""

from collections.abc import Callable

import altair as alt

from linkkit.audit import Audit
from linkkit.charts.anchor_fit import (
    anchor_line_chart,
    anchor_line_table,
    anchor_line_words,
    anchor_verdicts_chart,
    anchor_verdicts_table,
)
from linkkit.charts.anchors import (
    anchor_kinds_chart,
    anchor_kinds_table,
    top_anchors_chart,
    top_anchors_table,
)
from linkkit.charts.architecture import architecture_charts
from linkkit.charts.authority import (
    landing_chart,
    landing_table,
    ledger_chart,
    ledger_table,
    section_ledgers_chart,
    section_ledgers_table,
)
from linkkit.charts.balance import (
    concentration_chart,
    concentration_table,
    importance_words,
    link_balance_chart,
    link_balance_table,
)
from linkkit.charts.clusters import (
    cluster_authority_chart,
    cluster_flow_chart,
    cluster_flow_table,
    cluster_links_chart,
    cluster_links_table,
)
from linkkit.charts.coverage import (
    bot_hits_chart,
    bot_hits_table,
    found_in_matrix_chart,
    found_in_matrix_table,
    sitemap_state_chart,
    sitemap_state_table,
)
from linkkit.charts.depth import depth_by_section_chart, depth_by_section_table, depth_chart, depth_table
from linkkit.charts.discovery import (
    found_in_chart,
    found_in_table,
    indexability_chart,
    indexability_table,
    linking_pages_chart,
    linking_pages_table,
    orphan_states_chart,
    orphan_states_table,
)
from linkkit.charts.findings import findings_chart, findings_table
from linkkit.charts.flow import (
    section_flow_chart,
    section_flow_table,
    section_journeys_chart,
    section_journeys_table,
)
from linkkit.charts.reach import (
    entrance_chance_chart,
    entrance_chance_table,
    entrance_outcomes_chart,
    entrance_outcomes_table,
    navigation_of_audit,
    reach_curve_chart,
    reach_curve_table,
    reader_words,
    related_reach_chart,
    related_reach_table,
)
from linkkit.charts.readiness import before_after, gates_card
from linkkit.charts.stalls import (
    landing_yield_chart,
    landing_yield_table,
    leaks_chart,
    leaks_table,
    stalls_chart,
    stalls_table,
)
from linkkit.charts.visits import (
    engagement_chart,
    engagement_table,
    shortcuts_chart,
    shortcuts_table,
    start_share,
    visitor_ways_chart,
    visitor_ways_table,
)
from linkkit.charts.words import entry_words, model_note, source_note
from linkkit.metrics.navigation import BASIS_WORDS
from linkkit.text.anchors import DEFAULT_LINE


def chapter_charts(audit: Audit, chapter: str | None = None) -> dict[str, alt.Chart]:
    """Charts of one chapter under the audit's thresholds, by name, the main one first; of the whole audit without one.

    Chapters without charts of their own give their findings.
    """
    t, source = audit.thresholds, source_note(audit)
    if chapter == "discovery":
        return {
            "orphan_states": orphan_states_chart(orphan_states_table(audit), source=source),
            "linking_pages": linking_pages_chart(
                linking_pages_table(audit), weak=t.weak_linking_pages, source=source
            ),
            "found_in": found_in_chart(found_in_table(audit), source=source),
            "found_in_matrix": found_in_matrix_chart(found_in_matrix_table(audit), source=source),
            "sitemap_state": sitemap_state_chart(sitemap_state_table(audit), source=source),
            "bot_hits_by_depth": bot_hits_chart(bot_hits_table(audit), source=source),
        }
    if chapter == "depth":
        return {
            "depth": depth_chart(depth_table(audit), max_depth=t.max_crawl_depth, source=source),
            "depth_by_section": depth_by_section_chart(
                depth_by_section_table(audit), max_depth=t.max_crawl_depth, source=source
            ),
        }
    if chapter == "anchors":
        return {
            "anchor_verdicts": anchor_verdicts(audit),
            "anchor_line": anchor_line(audit),
            "anchor_kinds": anchor_kinds_chart(anchor_kinds_table(audit), source=source),
            "top_anchors": top_anchors_chart(
                top_anchors_table(audit), ambiguous=t.ambiguous_anchor_targets, source=source
            ),
        }
    if chapter == "authority":
        return {name: draw(audit) for name, (_, draw) in authority_charts().items()}
    if chapter == "navigation":
        return _navigation(audit, source)
    return (
        _clusters(audit, source)
        if chapter == "clusters" and audit.facts.clusters
        else _findings(audit, chapter, source)
    )


def _clusters(audit: Audit, source: str) -> dict[str, alt.Chart]:
    table = cluster_links_table(audit)
    return {
        "cluster_links": cluster_links_chart(table, source=source),
        "cluster_flow": cluster_flow_chart(cluster_flow_table(audit), source=source),
        "cluster_authority": cluster_authority_chart(table, source=source),
    }


def _navigation(audit: Audit, source: str) -> dict[str, alt.Chart]:
    n, t, model = navigation_of_audit(audit), audit.thresholds, reader_words(audit)
    basis = BASIS_WORDS[n.basis]
    return {
        "entrance_outcomes": entrance_outcomes_chart(
            entrance_outcomes_table(audit),
            clicks=t.max_journey_clicks,
            basis=basis,
            model=model,
            source=source,
        ),
        "reach_curve": reach_curve_chart(reach_curve_table(audit), basis=basis, model=model, source=source),
        "missing_shortcuts": shortcuts_chart(
            shortcuts_table(audit), least=t.min_shortcut_steps, has_steps=n.has_steps, source=source
        ),
        "visitor_ways": visitor_ways_chart(
            visitor_ways_table(audit), to_start=start_share(audit), source=source
        ),
        "engagement_by_links": engagement_chart(engagement_table(audit), source=source),
        "related_reach": related_reach_chart(related_reach_table(audit), source=source),
        "entrance_chances": entrance_chances(audit),
    }


def entrance_chances(audit: Audit) -> alt.Chart:
    """Entrance pages that lead to money pages least, under the audit's thresholds."""
    t = audit.thresholds
    return entrance_chance_chart(
        entrance_chance_table(audit), clicks=t.max_journey_clicks, least=t.min_money_chance, entrances=t.min_entrances,
        source=source_note(audit),
    )  # fmt: skip


def _findings(audit: Audit, chapter: str | None, source: str) -> dict[str, alt.Chart]:
    """Charts of chapters without any of their own, and of the whole audit."""
    if chapter == "architecture":
        return architecture_charts(audit)
    checks = audit.checks if chapter is None else audit.checks[audit.checks["chapter"] == chapter]
    found = findings_chart(findings_table(audit, chapter), checks=checks, source=source)
    return (
        {f"{chapter}_findings": found}
        if chapter is not None
        else {
            "readiness": gates_card(audit.readiness),
            "before_after": before_after(audit.readiness),
            "findings": found,
            "indexability": indexability_chart(indexability_table(audit), source=source),
            "found_in": found_in_chart(found_in_table(audit), source=source),
        }
    )


def anchor_verdicts(audit: Audit) -> alt.Chart:
    """Verdicts on the words of links in running text, under the audit's line."""
    return anchor_verdicts_chart(
        anchor_verdicts_table(audit), why=audit.facts.no_text, source=source_note(audit)
    )


def anchor_line(audit: Audit) -> alt.Chart:
    """The line between weak and good anchors, and its error rates."""
    judged = audit.facts.anchors
    line = DEFAULT_LINE if judged is None else judged.calibration.line(audit.thresholds.weak_anchor_caught)
    return anchor_line_chart(
        anchor_line_table(audit), line=line, words=anchor_line_words(audit), source=source_note(audit)
    )


def authority_charts() -> dict[str, tuple[str, Callable[[Audit], alt.Chart]]]:
    """Charts of the chapter on authority: name -> what it is called where one is chosen, and what draws it; the main one first."""
    return {
        "authority_ledger": ("Where it ends", _ledger),
        "authority_landing_pages": ("Landing pages", _landing),
        "authority_journeys": ("From section to end", _journeys),
        "authority_stalls": ("Where it stalls", _stalls),
        "authority_leaks": ("Where it leaks", _leaks),
        "landing_yield": ("What would land better", _yields),
        "link_balance": ("Links against importance", link_balance),
        "section_flow": ("From section to section", _flow),
        "section_ledgers": ("What each section does with it", _sections),
        "authority_concentration": ("How few pages hold how much", _concentration),
    }


def link_balance(audit: Audit) -> alt.Chart:
    """Links against importance, with the lines of the audit's thresholds."""
    t = audit.thresholds
    return link_balance_chart(
        link_balance_table(audit), over=t.over_linked_ratio, under=t.under_linked_ratio,
        importance=importance_words(audit), **_notes(audit),
    )  # fmt: skip


def _notes(audit: Audit) -> dict[str, str]:
    return {"model": model_note(audit), "source": source_note(audit)}


def _ledger(audit: Audit) -> alt.Chart:
    return ledger_chart(ledger_table(audit), enters=entry_words(audit), **_notes(audit))


def _landing(audit: Audit) -> alt.Chart:
    return landing_chart(landing_table(audit), basis=audit.authority.entry.basis, **_notes(audit))


def _journeys(audit: Audit) -> alt.Chart:
    known = bool(audit.metrics["is_money_page"].any())
    return section_journeys_chart(section_journeys_table(audit), money_known=known, **_notes(audit))


def _stalls(audit: Audit) -> alt.Chart:
    return stalls_chart(stalls_table(audit), enters=entry_words(audit), **_notes(audit))


def _leaks(audit: Audit) -> alt.Chart:
    return leaks_chart(leaks_table(audit), enters=entry_words(audit), **_notes(audit))


def _yields(audit: Audit) -> alt.Chart:
    return landing_yield_chart(landing_yield_table(audit), **_notes(audit))


def _flow(audit: Audit) -> alt.Chart:
    return section_flow_chart(section_flow_table(audit), **_notes(audit))


def _sections(audit: Audit) -> alt.Chart:
    return section_ledgers_chart(section_ledgers_table(audit), **_notes(audit))


def _concentration(audit: Audit) -> alt.Chart:
    return concentration_chart(
        concentration_table(audit), importance=importance_words(audit), **_notes(audit)
    )
