"""The checks, one chapter a file. Importing this package registers them all."""

from linkkit.checks import anchors, architecture, authority, clusters, depth, discovery, links, navigation
from linkkit.checks.registry import CHECKS, Check, CheckResult, Facts, run_check
from linkkit.checks.sections import empty_sections, run_by_section

__all__ = [
    "CHECKS",
    "Check",
    "CheckResult",
    "Facts",
    "anchors",
    "architecture",
    "authority",
    "clusters",
    "depth",
    "discovery",
    "empty_sections",
    "links",
    "navigation",
    "run_by_section",
    "run_check",
]
