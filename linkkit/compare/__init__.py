"""Two audits of one client -> what changed on the site, and what only seems to have changed."""

from linkkit.compare.comparison import Comparison, changed_pages, compare, totals
from linkkit.compare.findings import check_changes, finding_changes
from linkkit.compare.history import history
from linkkit.compare.links import LinkChanges, link_changes
from linkkit.compare.mapping import Rule, map_urls, origin_rules, read_rules, suggest_mapping
from linkkit.compare.pages import pair_pages
from linkkit.compare.planned import PlanOutcome, plan_outcome
from linkkit.compare.saved import Judged
from linkkit.compare.settings import setting_changes

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
