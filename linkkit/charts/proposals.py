"""Every chart of a proposal at once: what the notebook on the plan shows and what the deck gets."""

import altair as alt

from linkkit.charts.plan import (
    EACH,
    comparison_chart,
    plan_chart,
    targets_chart,
    targets_table,
)
from linkkit.charts.robust import robustness_chart, robustness_table
from linkkit.charts.theme import empty_chart
from linkkit.charts.words import entry_words, model_note, source_note
from linkkit.plan import Proposal
from linkkit.plan.headline import plan_headline


def plan_charts(proposal: Proposal, *, domains: float = 10) -> dict[str, alt.Chart]:
    """Charts of a proposal by name: backlink targets, plan, comparison, robustness."""
    return {
        "backlink_targets": proposal_targets(proposal, domains),
        "link_plan": proposal_plan(proposal),
        "link_plan_comparison": proposal_comparison(proposal),
        "plan_robustness": proposal_robustness(proposal),
    }


def proposal_targets(proposal: Proposal, domains: float = 10) -> alt.Chart:
    """The best pages for backlinks, or what is missing to tell them."""
    audit, pages = proposal.audit, proposal.best_targets(domains, top=EACH)
    notes = {"model": model_note(audit), "source": source_note(audit)}
    if pages is None:
        return _lacking(proposal, "Which page to build backlinks to cannot be said")
    goal = proposal.plan.goal if proposal.plan else ""
    table = targets_table(pages, proposal.robustness)
    return targets_chart(table, domains=domains, goal=goal, basis=audit.authority.entry.basis, **notes)


def proposal_plan(proposal: Proposal) -> alt.Chart:
    """What the plan's links bring one after the other, or what is missing to plan."""
    audit, plan = proposal.audit, proposal.plan
    if plan is None:
        return _lacking(proposal, "Which links to add cannot be said")
    return plan_chart(
        proposal.steps,
        goal=plan.goal,
        title=plan_headline(plan, entry_words(audit)),
        model=model_note(audit),
        source=source_note(audit),
    )


def proposal_comparison(proposal: Proposal) -> alt.Chart:
    """The plan beside other ways to choose as many links, or what is missing to plan."""
    if proposal.plan is None:
        return _lacking(proposal, "There is no plan to compare")
    audit = proposal.audit
    return comparison_chart(proposal.plan, model=model_note(audit), source=source_note(audit))


def proposal_robustness(proposal: Proposal) -> alt.Chart:
    """How far the choice of pages depends on the model and the crawl, or what is missing to tell."""
    if proposal.plan is None:
        return _lacking(proposal, "How sure the plan is cannot be said")
    table = robustness_table(proposal.robustness)
    return robustness_chart(table, goal=proposal.plan.goal, source=source_note(proposal.audit))


def _lacking(proposal: Proposal, title: str) -> alt.Chart:
    reason, _, advice = proposal.lacks.partition(". ")
    return empty_chart(f"{reason}.", title=title, notes=(advice, source_note(proposal.audit)))
