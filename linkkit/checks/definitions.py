"""What a check was when an audit was saved: a fingerprint, so that a later comparison can name definitions that changed."""

import hashlib
import inspect
from functools import cache

from linkkit.checks.registry import CHECKS, Check

_STATED = ("chapter", "severity", "unit", "needs", "needs_source", "needs_importance", "needs_complete",
           "needs_requested", "needs_anchors", "needs_text", "thresholds")  # fmt: skip
_STATED_WHERE_SET = ("needs_rendering", "needs_visits")
"""Came later: checks that need neither keep the fingerprint that older audits hold."""


@cache
def definitions() -> dict[str, str]:
    """Fingerprint of each check: of its rule's source and of what it needs; blank space does not count.

    What a rule calls is not in it: linkkit's version stands for that.
    """
    return {name: _fingerprint(check) for name, check in CHECKS.items()}


def _fingerprint(check: Check) -> str:
    try:
        source = "".join(inspect.getsource(check.rule).split())
    except (OSError, TypeError):
        # Installed without its source.
        source = ""
    names = (*_STATED, *(name for name in _STATED_WHERE_SET if getattr(check, name)))
    stated = "|".join(f"{name}={getattr(check, name)}" for name in names)
    return hashlib.sha256(f"{stated}\n{source}".encode()).hexdigest()[:16]
