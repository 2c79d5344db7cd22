"""What a gate is: a share of something that is right, against a threshold, with evidence and the distance to pass."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from linkkit.thresholds import Thresholds

WORST = 20
"""Pages that a gate names at most."""
EXACT = 1e-9
"""Shares that differ by less than this are equal: the solver's error."""


class State(StrEnum):
    """Outcome of one gate. *Cannot be judged* always carries the reason and is never an all-clear."""

    PASS = "pass"  # noqa: S105 - no password
    FAIL = "fail"
    UNJUDGED = "cannot be judged"


class Because(StrEnum):
    """What keeps a gate from being judged."""

    NOTHING = ""
    DATA = "the links are not known well enough"
    SIGNAL = "a file is missing"


MONEY, IMPORTANT, ANCHORS = "money-pages-in-reach", "important-pages-linked", "descriptive-anchors"
LINKS, CAPTURED, HUBS, DATA = "straight-links", "authority-captured", "sections-with-hub", "data-complete"


@dataclass(frozen=True)
class Kind:
    """What one gate asks, whatever a site answers.

    Attributes
    ----------
    title, why : str
        What must hold, and why before backlinks.
    threshold : str
        The field of `Thresholds` that is its limit.
    others : tuple of str
        Further fields that it reads.
    """

    title: str
    why: str
    threshold: str
    others: tuple[str, ...] = ()


KINDS: dict[str, Kind] = {
    MONEY: Kind(
        "Money pages lie within reach",
        "What backlinks bring thins out with every click; a page out of reach gets nothing of it.",
        "min_money_in_reach",
        ("max_crawl_depth",),
    ),
    IMPORTANT: Kind(
        "Important pages have links",
        "A page without a link is outside everything that backlinks to other pages do.",
        "min_important_linked",
        ("important_page_ratio", "min_referring_domains"),
    ),
    ANCHORS: Kind(
        "Link texts say where they lead",
        "The words of internal links tell what a page is about; no campaign buys them as cheaply.",
        "min_descriptive_anchors",
    ),
    LINKS: Kind(
        "Links lead straight to live pages",
        "What a broken link hands on is lost; a redirect is a detour that breaks with the next change.",
        "min_straight_links",
    ),
    CAPTURED: Kind(
        "Authority reaches money pages",
        "While a few links would bring much more of it there, every backlink is worth less than it could be.",
        "min_captured_of_plan",
    ),
    HUBS: Kind(
        "Sections have a hub page",
        "A hub hands what its section earns to all pages of it, and is the page that others would link to.",
        "min_sections_with_hub",
        ("min_section_pages",),
    ),
    DATA: Kind(
        "The data suffices",
        "What a crawl did not see cannot be judged, and what nobody told cannot be weighed.",
        "min_reached_pages",
    ),
}
"""Every gate by its id, in the order in which they are shown."""


@dataclass(frozen=True)
class Gate:
    """One gate and what the site answers.

    Attributes
    ----------
    id : str
        Of `KINDS`.
    state : State
    value : float
        Share (0-1) that is right; NaN where nothing could be counted.
    limit : float
        The share that is asked.
    right, total : int
        What was counted; 0 where the value is no share of things.
    evidence : str
        The numbers, in words; a `linkkit.sentence.Sentence`, as distance and reason are, so that exports can say it in another language.
    distance : str
        What to do to pass; empty where it passes.
    pages : tuple of str
        Addresses to work on, worst first, `WORST` at most.
    reason : str
        Why it cannot be judged; empty where it can.
    because : Because
        What kind of reason that is.
    """

    id: str
    state: State
    value: float
    limit: float
    right: int = 0
    total: int = 0
    evidence: str = ""
    distance: str = ""
    pages: tuple[str, ...] = ()
    reason: str = ""
    because: Because = Because.NOTHING

    @property
    def title(self) -> str:
        """What must hold."""
        return KINDS[self.id].title

    @property
    def missed_by(self) -> float:
        """How far the value lies below the limit, 0 where it does not or is not known."""
        return 0.0 if math.isnan(self.value) else max(self.limit - self.value, 0.0)


def unjudged(id: str, t: Thresholds, reason: str, because: Because = Because.SIGNAL) -> Gate:
    """A gate that cannot be judged, and why."""
    limit = float(getattr(t, KINDS[id].threshold))
    return Gate(id, State.UNJUDGED, math.nan, limit, evidence=reason, reason=reason, because=because)


def counted(
    id: str,
    t: Thresholds,
    *,
    right: int,
    unknown: int,
    total: int,
    evidence: str,
    fix: Callable[[int, int], str],
    pages: Sequence[str],
    doubt: str,
) -> Gate:
    """A gate on a share of things: judged where it comes out the same whatever the unknown ones are.

    Parameters
    ----------
    fix : callable
        What to do, of how many must be put right and how many are wrong.
    doubt : str
        Why some are unknown.
    """
    limit = float(getattr(t, KINDS[id].threshold))
    value, best = right / total, (right + unknown) / total
    state = State.PASS if value >= limit - EXACT else State.FAIL if best < limit - EXACT else State.UNJUDGED
    needed = math.ceil(limit * total - right - EXACT)
    wrong = total - right - unknown
    is_open = state is State.UNJUDGED
    return Gate(
        id,
        state,
        value,
        limit,
        right=right,
        total=total,
        evidence=evidence,
        distance=fix(needed, wrong) if state is State.FAIL else "",
        pages=tuple(pages[:WORST]),
        reason=doubt if is_open else "",
        because=Because.DATA if is_open else Because.NOTHING,
    )
