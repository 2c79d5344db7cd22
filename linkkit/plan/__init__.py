"""What to do: which links to add, where to build backlinks, and what a change would bring."""

from linkkit.plan.advice import link_plan
from linkkit.plan.candidates import plan_candidates, topical_fit
from linkkit.plan.changes import Change, simulate_changes
from linkkit.plan.choosing import choose_pages, link_block
from linkkit.plan.effort import EffortModel, ImpactWeights
from linkkit.plan.link_plan import Constraints, LinkPlan, plan_links
from linkkit.plan.link_targets import link_targets, new_pages
from linkkit.plan.planning import Planning, PlanSettings, Proposal, plan_steps
from linkkit.plan.quick_wins import QuickWins, quick_wins
from linkkit.plan.robustness import Robustness, plan_robustness, robustness
from linkkit.plan.simulation import Simulation, simulate
from linkkit.plan.suggestions import suggest_links
from linkkit.plan.targets import backlink_targets
from linkkit.plan.verifying import Verification, verify_suggestions
from linkkit.plan.work_plan import WorkPlan, work_plan

__all__ = [
    "Change",
    "Constraints",
    "EffortModel",
    "ImpactWeights",
    "LinkPlan",
    "PlanSettings",
    "Planning",
    "Proposal",
    "QuickWins",
    "Robustness",
    "Simulation",
    "Verification",
    "WorkPlan",
    "backlink_targets",
    "choose_pages",
    "link_block",
    "link_plan",
    "link_targets",
    "new_pages",
    "plan_candidates",
    "plan_links",
    "plan_robustness",
    "plan_steps",
    "quick_wins",
    "robustness",
    "simulate",
    "simulate_changes",
    "suggest_links",
    "topical_fit",
    "verify_suggestions",
    "work_plan",
]
