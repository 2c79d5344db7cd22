"""Every chart of a chapter at once: what a notebook shows and what the deck gets."""

import altair as alt

from linkkit.audit import Audit
from linkkit.charts.anchors import (
    anchor_kinds_chart,
    anchor_kinds_table,
    top_anchors_chart,
    top_anchors_table,
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
from linkkit.charts.words import source_note


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
            "anchor_kinds": anchor_kinds_chart(anchor_kinds_table(audit), source=source),
            "top_anchors": top_anchors_chart(
                top_anchors_table(audit), ambiguous=t.ambiguous_anchor_targets, source=source
            ),
        }
    checks = audit.checks if chapter is None else audit.checks[audit.checks["chapter"] == chapter]
    found = findings_chart(findings_table(audit, chapter), checks=checks, source=source)
    if chapter is not None:
        return {f"{chapter}_findings": found}
    return {
        "findings": found,
        "indexability": indexability_chart(indexability_table(audit), source=source),
        "found_in": found_in_chart(found_in_table(audit), source=source),
    }
