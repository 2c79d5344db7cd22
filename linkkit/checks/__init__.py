"""The checks, one chapter a file. Importing this package registers them all."""

from linkkit.checks import anchors, architecture, authority, clusters, depth, discovery, links, navigation
from linkkit.checks.registry import CHECKS, Check, CheckResult, Facts, run_check

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
    "links",
    "navigation",
    "run_check",
]
