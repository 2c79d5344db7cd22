"""Tables to Altair charts: each ``*_table`` aggregates an audit, each ``*_chart`` draws such a table and nothing else."""

from linkkit.charts.anchors import (
    anchor_kinds_chart,
    anchor_kinds_table,
    top_anchors_chart,
    top_anchors_table,
)
from linkkit.charts.answers import Answer, answer
from linkkit.charts.chapters import chapter_charts
from linkkit.charts.coverage import (
    bot_hits_chart,
    bot_hits_table,
    found_in_matrix_chart,
    found_in_matrix_table,
    found_in_overlap_table,
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
from linkkit.charts.network import network_chart
from linkkit.charts.words import short_url, source_note

__all__ = [
    "Answer",
    "anchor_kinds_chart",
    "anchor_kinds_table",
    "answer",
    "bot_hits_chart",
    "bot_hits_table",
    "chapter_charts",
    "depth_by_section_chart",
    "depth_by_section_table",
    "depth_chart",
    "depth_table",
    "findings_chart",
    "findings_table",
    "found_in_chart",
    "found_in_matrix_chart",
    "found_in_matrix_table",
    "found_in_overlap_table",
    "found_in_table",
    "indexability_chart",
    "indexability_table",
    "linking_pages_chart",
    "linking_pages_table",
    "network_chart",
    "orphan_states_chart",
    "orphan_states_table",
    "short_url",
    "sitemap_state_chart",
    "sitemap_state_table",
    "source_note",
    "top_anchors_chart",
    "top_anchors_table",
]
