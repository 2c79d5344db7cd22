"""Two audits of one client -> what changed on the site, and what only seems to have changed."""

from linkkit.comparison.comparison import Comparison, changed_pages, compare, totals
from linkkit.comparison.findings import check_changes, finding_changes
from linkkit.comparison.history import history
from linkkit.comparison.links import LinkChanges, link_changes
from linkkit.comparison.mapping import Rule, map_urls, origin_rules, read_rules, suggest_mapping
from linkkit.comparison.pages import pair_pages
from linkkit.comparison.planned import PlanOutcome, plan_outcome
from linkkit.comparison.saved import Judged
from linkkit.comparison.settings import setting_changes

__all__ = [
    "Comparison",
    "Judged",
    "LinkChanges",
    "PlanOutcome",
    "Rule",
    "changed_pages",
    "check_changes",
    "compare",
    "finding_changes",
    "history",
    "link_changes",
    "map_urls",
    "origin_rules",
    "pair_pages",
    "plan_outcome",
    "read_rules",
    "setting_changes",
    "suggest_mapping",
    "totals",
]
