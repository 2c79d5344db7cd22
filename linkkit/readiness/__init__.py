"""Is the site ready for backlinks? Gates, the verdict, how firm it is, and where to build first."""

from linkkit.readiness.gates import KINDS, Because, Gate, Kind, State
from linkkit.readiness.judging import failed_gates, gates_of, important_pages
from linkkit.readiness.targets import THEMES, anchor_themes, first_targets
from linkkit.readiness.verdict import (
    GATE_THRESHOLDS,
    Readiness,
    Ruling,
    Verdict,
    readiness_of,
    rule,
)
from linkkit.readiness.view import Basis, View

__all__ = [
    "GATE_THRESHOLDS",
    "KINDS",
    "THEMES",
    "Basis",
    "Because",
    "Gate",
    "Kind",
    "Readiness",
    "Ruling",
    "State",
    "Verdict",
    "View",
    "anchor_themes",
    "failed_gates",
    "first_targets",
    "gates_of",
    "important_pages",
    "readiness_of",
    "rule",
]
