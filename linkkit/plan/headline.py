"""What a plan brings, in a sentence that charts, answers and the verdict share."""

from linkkit.audit import Audit
from linkkit.plan.choosing import MONEY_PAGES, ORPHANS, PILLARS
from linkkit.plan.link_plan import ORPHANS_FIRST, LinkPlan
from linkkit.wording import count, fine, times, units, verb


def entry_words(audit: Audit) -> str:
    """What enters the site, for a title: authority that backlinks bring, or that enters at the start page."""
    if audit.authority.entry.basis == "start page":
        return "authority that enters at the start page"
    return "authority that backlinks bring"


def goal_words(goal: str) -> str:
    """A plan's goal as the object of a sentence: what authority should reach."""
    named = {MONEY_PAGES: "money pages", ORPHANS_FIRST: "money pages", ORPHANS: "pages out of reach", PILLARS: "pillar pages"}  # fmt: skip
    if goal in named:
        return named[goal]
    return goal if goal.endswith("chosen pages") else f"“{goal}”"


def plan_headline(plan: LinkPlan, enters: str = "authority that backlinks bring", *, whose: str = "") -> str:
    """What a plan brings, in a sentence; its links are "these", or said to be somebody's (``the plan's``)."""
    to = goal_words(plan.goal)
    made = len(plan.links)
    if not made:
        return f"No link that is missing and relevant would bring more to {to}: {units(plan.before)} of every 100 units of {enters} {_reach(plan.before)} them today"
    after = f"after {whose or 'this'} link" if made == 1 else f"after {whose or 'these'} {made:,} links"
    if plan.before <= 0:
        return f"Nothing of the {enters} reaches {to} today; {fine(plan.after)} of every 100 units do {after}"
    now, then = units(plan.before), units(plan.after)
    if now.removesuffix(".0") == then.removesuffix(".0"):
        now, then = fine(plan.before), fine(plan.after)
    worth = (
        "each backlink is worth" if enters.endswith("backlinks bring") else "whatever enters there is worth"
    )
    if plan.goal == ORPHANS_FIRST and (won := int((plan.links["goal"] == ORPHANS).sum())):
        link = f"{count(won, 'page')} that no path leads to {verb(won, 'gets')} a link"
        return f"{link}; of every 100 units of {enters}, {then} {_reach(plan.after)} {to} then, {now} today"
    if abs(plan.multiple - 1) < 0.005:
        return f"Of every 100 units of {enters}, {then} {_reach(plan.after)} {to} {after}, hardly more than today ({now})"
    return f"Of every 100 units of {enters}, {now} {_reach(plan.before)} {to} today, {then} {after}: {worth} {times(plan.multiple)} times as much"


def _reach(share: float) -> str:
    return "reaches" if units(share) == "1" else "reach"
