"""Tables to Altair charts: each ``*_table`` aggregates an audit, each ``*_chart`` draws such a table and nothing else."""

from linkkit.charts.anchors import (
    anchor_kinds_chart,
    anchor_kinds_table,
    top_anchors_chart,
    top_anchors_table,
)
from linkkit.charts.answers import Answer, answer
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
    hubs_table,
    importance_words,
    link_balance_chart,
    link_balance_table,
)
from linkkit.charts.chapters import authority_charts, chapter_charts
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
from linkkit.charts.flow import (
    section_flow_chart,
    section_flow_table,
    section_journeys_chart,
    section_journeys_table,
)
from linkkit.charts.network import network_chart
from linkkit.charts.plan import (
    comparison_chart,
    plan_answer,
    plan_chart,
    plan_headline,
    targets_chart,
    targets_table,
)
from linkkit.charts.proposals import plan_charts
from linkkit.charts.robust import robustness_chart, robustness_table
from linkkit.charts.stalls import (
    landing_yield_chart,
    landing_yield_table,
    leaks_chart,
    leaks_table,
    stalls_chart,
    stalls_table,
)
from linkkit.charts.whatif import summary_view, whatif_chart, whatif_headline, whatif_table
from linkkit.charts.words import model_note, short_url, source_note

__all__ = [
    "Answer",
    "anchor_kinds_chart",
    "anchor_kinds_table",
    "answer",
    "authority_charts",
    "bot_hits_chart",
    "bot_hits_table",
    "chapter_charts",
    "cluster_authority_chart",
    "cluster_flow_chart",
    "cluster_flow_table",
    "cluster_links_chart",
    "cluster_links_table",
    "comparison_chart",
    "concentration_chart",
    "concentration_table",
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
    "hubs_table",
    "importance_words",
    "indexability_chart",
    "indexability_table",
    "landing_chart",
    "landing_table",
    "landing_yield_chart",
    "landing_yield_table",
    "leaks_chart",
    "leaks_table",
    "ledger_chart",
    "ledger_table",
    "link_balance_chart",
    "link_balance_table",
    "linking_pages_chart",
    "linking_pages_table",
    "model_note",
    "network_chart",
    "orphan_states_chart",
    "orphan_states_table",
    "plan_answer",
    "plan_chart",
    "plan_charts",
    "plan_headline",
    "robustness_chart",
    "robustness_table",
    "section_flow_chart",
    "section_flow_table",
    "section_journeys_chart",
    "section_journeys_table",
    "section_ledgers_chart",
    "section_ledgers_table",
    "short_url",
    "sitemap_state_chart",
    "sitemap_state_table",
    "source_note",
    "stalls_chart",
    "stalls_table",
    "summary_view",
    "targets_chart",
    "targets_table",
    "top_anchors_chart",
    "top_anchors_table",
    "whatif_chart",
    "whatif_headline",
    "whatif_table",
]
