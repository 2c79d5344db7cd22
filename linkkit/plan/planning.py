"""Planning on one audit: what all its plans share is computed once, and what a site lacks for a plan is said in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from linkkit.audit import Audit
from linkkit.metrics.authority import Flow
from linkkit.plan.advice import link_plan
from linkkit.plan.choosing import MONEY_PAGES
from linkkit.plan.edits import Edits, edited
from linkkit.plan.link_plan import ORPHANS_FIRST, LinkPlan, goal_weights
from linkkit.plan.robustness import Robustness, plan_robustness, robustness
from linkkit.plan.targets import Landings, target_reasons
from linkkit.sentence import Sentence, sentence
from linkkit.text.scores import Relevance

NO_MONEY_PAGES = sentence(
    "No money pages are known, so that nothing can be said to reach them. List them in notebook 01 (a file with one address, path or "
    "pattern such as /shop/* a line), or choose a section, a topic cluster or a path pattern as the goal."
)


@dataclass(frozen=True)
class PlanSettings:
    """What an analyst chooses for a plan; the names are those of `linkkit.plan.link_plan`.

    Attributes
    ----------
    links : int
        New links at most.
    goal : str or sequence of str
        Pages that authority should reach.
    per_page, per_target : int
        New links on one page, and to one page, at most.
    sources : str or sequence of str, optional
        Pages that can be edited; every live page of no low-value role without it.
    from_money_pages, need_phrase : bool
        Whether pages that earn may get new links; whether words that can become the link must stand there already.
    """

    links: int = 20
    goal: str | Sequence[str] = MONEY_PAGES
    per_page: int = 2
    per_target: int = 5
    sources: str | Sequence[str] | None = None
    from_money_pages: bool = False
    need_phrase: bool = False

    def replace(self, **values: Any) -> "PlanSettings":
        """The same with some values changed."""
        return replace(self, **values)


@dataclass(frozen=True, eq=False)
class Planning:
    """One audit to plan on.

    Attributes
    ----------
    audit : Audit
    """

    audit: Audit
    _robust: dict[str | tuple[str, ...], Robustness] = field(default_factory=dict)
    _proposed: "dict[str, Proposal]" = field(default_factory=dict)
    _landings: dict[str | tuple[str, ...], Landings] = field(default_factory=dict)

    @cached_property
    def relevance(self) -> Relevance:
        """Of the site's pages for each other, by text."""
        return self.audit.relevance

    def robustness(self, goal: str | Sequence[str] = MONEY_PAGES) -> Robustness:
        """How far results for a goal depend on the link model and on the crawl."""
        aim = MONEY_PAGES if goal == ORPHANS_FIRST else goal if isinstance(goal, str) else tuple(goal)
        if aim not in self._robust:
            self._robust[aim] = robustness(self.audit, goal=aim)
        return self._robust[aim]

    def lacks(self, goal: str | Sequence[str]) -> str:
        """What must be known before anything can be planned for a goal; empty where nothing is missing."""
        needs_money = goal in (MONEY_PAGES, ORPHANS_FIRST)
        return NO_MONEY_PAGES if needs_money and not self.audit.authority.money.any() else ""

    def targets(self, domains: float = 10, goal: str | Sequence[str] = MONEY_PAGES) -> pd.DataFrame | None:
        """`linkkit.plan.backlink_targets` with the topical fit; None where the goal's pages are not known.

        Raises
        ------
        SettingsError
            If the goal fits no page.
        """
        landings = self.landings(goal)
        return None if landings is None else landings.targets(domains)

    def landings(self, goal: str | Sequence[str] = MONEY_PAGES) -> Landings | None:
        """What `targets` are chosen from, measured once for each goal; None where the goal's pages are not known.

        Raises
        ------
        SettingsError
            If the goal fits no page.
        """
        if self.lacks(goal):
            return None
        aim = MONEY_PAGES if goal == ORPHANS_FIRST else goal if isinstance(goal, str) else tuple(goal)
        if aim not in self._landings:
            self._landings[aim] = Landings.of(self.audit, goal=aim, relevance=self.relevance)
        return self._landings[aim]

    def propose(self, settings: PlanSettings | None = None) -> "Proposal":
        """The link plan under these settings; none, with the reason, where the goal's pages are not known.

        Raises
        ------
        SettingsError
            If the goal or the sources fit no page, or a limit is below 1.
        """
        chosen = settings or PlanSettings()
        if repr(chosen) not in self._proposed:
            self._proposed[repr(chosen)] = self._propose(chosen)
        return self._proposed[repr(chosen)]

    def _propose(self, chosen: PlanSettings) -> "Proposal":
        lacks = self.lacks(chosen.goal)
        if lacks:
            return Proposal(self, chosen, None, lacks)
        plan = link_plan(
            self.audit,
            chosen.links,
            goal=chosen.goal,
            per_page=chosen.per_page,
            per_target=chosen.per_target,
            sources=chosen.sources,
            from_money_pages=chosen.from_money_pages,
            need_phrase=chosen.need_phrase,
            relevance=self.relevance,
        )
        return Proposal(self, chosen, plan)


@dataclass(frozen=True, eq=False)
class Proposal:
    """A link plan and what there is to say about it.

    Attributes
    ----------
    planning : Planning
    settings : PlanSettings
    plan : LinkPlan, optional
        None where it could not be made.
    lacks : str
        Why there is no plan, and what to do.
    """

    planning: Planning
    settings: PlanSettings
    plan: LinkPlan | None
    lacks: str = ""

    @property
    def audit(self) -> Audit:
        """The audit it was made for."""
        return self.planning.audit

    @property
    def links(self) -> pd.DataFrame:
        """The plan's links; an empty table with ``source`` and ``target`` where there is no plan."""
        if self.plan is None:
            return pd.DataFrame({"source": pd.Series(dtype="str"), "target": pd.Series(dtype="str")})
        return self.plan.links

    @cached_property
    def holds(self) -> pd.DataFrame | None:
        """Under how many models each link gains (`plan_robustness`); None where there is no plan."""
        if self.plan is None:
            return None
        return plan_robustness(self.audit, self.plan, goal=self.settings.goal)

    @cached_property
    def steps(self) -> pd.DataFrame:
        """Share that reaches the goal after each link (`plan_steps`); empty where there is no plan."""
        if self.plan is None:
            return pd.DataFrame(columns=["number", "source", "target", "goal_share", "gain"])
        return plan_steps(self.audit, self.plan, goal=self.settings.goal)

    @property
    def robustness(self) -> Robustness:
        """How far results for the plan's goal depend on the link model and on the crawl."""
        return self.planning.robustness(self.settings.goal)

    def targets(self, domains: float = 10) -> pd.DataFrame | None:
        """Pages to build backlinks to, for the plan's goal; None where its pages are not known."""
        return self.planning.targets(domains, self.settings.goal)

    def best_targets(self, domains: float = 10, *, top: int) -> pd.DataFrame | None:
        """The best `top` pages of the plan's goal and of all others (`linkkit.plan.targets.Landings.best`); None as in `targets`."""
        landings = self.planning.landings(self.settings.goal)
        return None if landings is None else landings.best(domains, top)

    def target_reasons(self, targets: pd.DataFrame) -> Iterator[Sentence]:
        """What the ``reason`` of every row of `targets` says, as sentences (`linkkit.plan.targets.target_reasons`)."""
        goal = self.settings.goal
        aim = MONEY_PAGES if goal == ORPHANS_FIRST else goal
        return target_reasons(self.audit, targets, goal_weights(self.audit, aim)[1])


def plan_steps(audit: Audit, plan: LinkPlan, *, goal: str | Sequence[str] = MONEY_PAGES) -> pd.DataFrame:
    """Share of all authority that reaches the goal after each link of a plan.

    Under ``"orphans first"`` the goal are the money pages: also the links to pages out of reach change what arrives there.

    Returns
    -------
    DataFrame
        One row for the site as it is and one per link: ``number`` (links made, from 0), ``source``, ``target`` (URLs; empty in the
        first row), ``goal_share`` (0-1), ``gain`` (against the row before).
    """
    links = plan.links
    if goal == ORPHANS_FIRST:
        weights, _ = goal_weights(audit, MONEY_PAGES)
        pairs = links[["source_id", "target_id"]].to_numpy(dtype=np.int64)
        shares, entry = [plan.before], audit.authority.entry.shares
        visits = audit.authority.visits.values
        for number in range(1, len(pairs) + 1):
            flow = Flow.from_graph(edited(audit.graph, Edits(add=pairs[:number])))
            visits = flow.visits(entry, start=visits).values
            shares.append(float((1 - flow.damping) * visits @ weights))
    else:
        shares = [plan.before, *links["goal_after"]]
    return pd.DataFrame(
        {
            "number": range(len(shares)),
            "source": ["", *links["source"]],
            "target": ["", *links["target"]],
            "goal_share": shares,
            "gain": np.diff(shares, prepend=shares[0]),
        }
    )
