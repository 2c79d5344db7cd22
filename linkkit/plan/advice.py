"""The link plan from nothing but an audit: candidates by text, choice by exact gain, words to carry each link."""

from collections.abc import Sequence
from dataclasses import replace

from linkkit.audit import Audit
from linkkit.plan.candidates import described, plan_candidates
from linkkit.plan.choosing import MONEY_PAGES
from linkkit.plan.link_plan import Constraints, LinkPlan, plan_links
from linkkit.text.candidates import WORTH_A_LOOK
from linkkit.text.scores import Relevance


def link_plan(
    audit: Audit,
    k: int = 20,
    *,
    goal: str | Sequence[str] = MONEY_PAGES,
    per_page: int = 2,
    per_target: int = 5,
    sources: str | Sequence[str] | None = None,
    from_money_pages: bool = False,
    min_score: float = WORTH_A_LOOK,
    need_phrase: bool = False,
    relevance: Relevance | None = None,
) -> LinkPlan:
    """The `k` new links that bring most of what backlinks bring to the goal, each relevant, each with words to carry it.

    Parameters
    ----------
    audit : Audit
    k : int
        New links at most; fewer where no more gain.
    goal : str or sequence of str
        ``"money pages"``, ``"orphans first"``, a cluster, a section, a path pattern or addresses
        (`linkkit.plan.choosing.choose_pages`).
    per_page, per_target : int
        New links on one page, and to one page, at most.
    sources : str or sequence of str, optional
        Pages that can be edited; every live page but those of a low-value role without it.
    from_money_pages : bool
        Whether pages that earn may get new links.
    min_score : float
        Lowest relevance of a link (z; 0 is strong, -2 worth a look).
    need_phrase : bool
        Whether every link must find its words in the source as it is; without it some need a new sentence.
    relevance : Relevance, optional
        Of the audit's site, to save its computation.

    Returns
    -------
    LinkPlan
        Its ``links`` also carry ``relevance`` (0-1), ``score``, ``phrase``, ``sentence``, ``alternatives``, ``strength``, ``reason``.

    Raises
    ------
    SettingsError
        If the goal or the sources fit no page, or a limit is below 1.
    """
    limits = Constraints(k, per_page, per_target)
    known = relevance or audit.relevance
    candidates = plan_candidates(
        audit,
        goal=goal,
        sources=sources,
        from_money_pages=from_money_pages,
        min_score=min_score,
        need_phrase=need_phrase,
        relevance=known,
    )
    plan = plan_links(audit, candidates, goal=goal, constraints=limits)
    return replace(plan, links=described(audit, plan.links, known))
