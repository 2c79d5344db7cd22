"""Which pages to build backlinks to: those from which most of what a backlink brings reaches the pages that earn."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from linkkit.audit import Audit
from linkkit.errors import SettingsError
from linkkit.metrics.authority import entry_worth
from linkkit.metrics.solver import Floats
from linkkit.plan.candidates import topical_fit
from linkkit.plan.choosing import MONEY_PAGES, Ids
from linkkit.plan.link_plan import goal_weights
from linkkit.sentence import Figure, Sentence, joined, plural, sentence
from linkkit.text.scores import Relevance

MANY = 20
"""Referring domains of one page from which on, under ``log``, the reason says that more bring less."""


def backlink_targets(
    audit: Audit,
    *,
    domains: float = 10,
    goal: str | Sequence[str] = MONEY_PAGES,
    relevance: Relevance | None = None,
) -> pd.DataFrame:
    """Every page that could take backlinks, best first.

    Parameters
    ----------
    audit : Audit
    domains : float
        New referring domains to compare pages by: as many for each page, one page at a time.
    goal : str or sequence of str
        Pages that authority should reach (`linkkit.plan.choosing.choose_pages`).
    relevance : Relevance, optional
        Of the audit's site; with it the topical fit is told.

    Returns
    -------
    DataFrame
        One row per live indexable page, by `gain`, then URL: ``page_id``, ``url``, ``title``, ``landing_yield`` (share of a unit
        landing there that settles on the goal), ``rank`` (by yield, 1 is best), ``referring_domains`` (today),
        ``captured`` (share of all that reaches the goal today that this page's own backlinks bring), ``gain`` (how much more
        would reach the goal with the new domains, as a share of what reaches it today; of the whole entry where nothing does),
        ``gain_per_domain``, ``topical_fit`` (cosine with the closest page
        of the goal, 0-1; NaN where not known), ``is_goal``, ``direct_links`` (content links straight to
        pages of the goal), ``reason`` in words.

    Raises
    ------
    SettingsError
        If the number of domains is not above 0 and finite, or the goal fits no page.

    Notes
    -----
    Exact under the link model: what reaches the goal is linear in where authority enters, so that no page needs a solve
    of its own. Domains count by the model's ``entry``: under ``log`` the first ones of a page bring most.
    """
    return Landings.of(audit, goal=goal, relevance=relevance).targets(domains)


@dataclass(frozen=True, eq=False)
class Landings:
    """Pages that could take backlinks, with all that is the same however many new domains they are compared by.

    Attributes
    ----------
    audit : Audit
    pages : DataFrame
        The columns of `backlink_targets` but for ``gain``, ``gain_per_domain`` and ``reason``; by page id.
    base : float
        What gains are shares of.
    goal : str
        The goal in words.
    """

    audit: Audit
    pages: pd.DataFrame
    base: float
    goal: str

    @classmethod
    def of(
        cls, audit: Audit, *, goal: str | Sequence[str] = MONEY_PAGES, relevance: Relevance | None = None
    ) -> "Landings":
        """Measure every live indexable page; parameters and errors as of `backlink_targets`."""
        graph, authority = audit.graph, audit.authority
        goal_pages, words = goal_weights(audit, goal)
        is_money = np.array_equal(goal_pages > 0, authority.money)
        yields = authority.yields if is_money else authority.flow.landing_yield(goal_pages)
        chosen = np.flatnonzero(graph.stands & graph.indexable)
        y = yields.values[chosen]
        known = authority.entry.basis != "start page"
        now = authority.entry.domains[chosen] if known else np.zeros(len(chosen))
        total = authority.entry.total if known else 1.0
        reached = float((1 - authority.flow.damping) * authority.visits.values @ goal_pages) * total
        worth = entry_worth(now, graph.model.entry)
        pages = pd.DataFrame(
            {
                "page_id": chosen,
                "url": graph.urls[chosen],
                "title": audit.site.pages["title"].iloc[chosen].fillna("").to_numpy(dtype=object),
                "landing_yield": y,
                # Rounded: what differs by less than the solver's error is a tie.
                "rank": pd.Series(-y.round(9)).rank(method="min").astype(int).to_numpy(),
                "referring_domains": now,
                "captured": worth * y / reached if known and reached > 0 else np.zeros(len(chosen)),
                "topical_fit": np.nan
                if relevance is None
                else topical_fit(audit, relevance, goal_pages).to_numpy()[chosen],
                "is_goal": goal_pages[chosen] > 0,
                "direct_links": _direct(audit, goal_pages)[chosen],
            }
        )
        return cls(audit, pages, reached if known and reached > 0 else total, words)

    @cached_property
    def average(self) -> float:
        """Mean landing yield of all pages (0-1)."""
        return float(self.pages["landing_yield"].mean()) if len(self.pages) else 0.0

    def targets(self, domains: float) -> pd.DataFrame:
        """Every page, best first (`backlink_targets`)."""
        gains, order = self._ranked(domains)
        return self._told(gains, order, domains)

    def best(self, domains: float, top: int) -> pd.DataFrame:
        """The first `top` pages of the goal and the first `top` others of `targets`, with ``average``; only theirs are put into words.

        Raises
        ------
        SettingsError
            If the number of domains is not above 0 and finite.
        """
        gains, order = self._ranked(domains)
        of_goal = self.pages["is_goal"].to_numpy(dtype=bool)[order]
        kept = np.sort(np.concatenate([np.flatnonzero(each)[:top] for each in (of_goal, ~of_goal)]))
        return self._told(gains, order[kept], domains).assign(average=self.average)

    def _ranked(self, domains: float) -> tuple[Floats, Ids]:
        """What the new domains bring to each page, as shares of `base`; and the pages' order."""
        if not 0 < domains < np.inf:
            raise SettingsError(
                f"domains = {domains!r}: a finite number of new referring domains above 0 is expected"
            )
        entry, now = self.audit.graph.model.entry, self.pages["referring_domains"].to_numpy()
        more = entry_worth(now + domains, entry) - entry_worth(now, entry)
        gains = more * self.pages["landing_yield"].to_numpy() / self.base
        places = self.audit.facts.url_place[self.pages["page_id"].to_numpy()]
        return gains, np.lexsort((places, -gains.round(9)))

    def _told(self, gains: Floats, rows: Ids, domains: float) -> pd.DataFrame:
        table = self.pages.iloc[rows].reset_index(drop=True)
        names = list(table.columns)
        names[names.index("topical_fit") : 0] = ["gain", "gain_per_domain"]
        table = table.assign(gain=gains[rows], gain_per_domain=gains[rows] / domains)[names]
        reasons = target_reasons(self.audit, table, self.goal, average=self.average)
        return table.assign(reason=[str(reason) for reason in reasons])


def target_reasons(
    audit: Audit, targets: pd.DataFrame, goal: str, *, average: float | None = None
) -> Iterator[Sentence]:
    """Why each page of a whole `backlink_targets` stands where it does: what its ``reason`` says, for another language.

    Parameters
    ----------
    audit : Audit
    targets : DataFrame
        Every row, or `average` has to be given.
    goal : str
        The goal in words.
    average : float, optional
        Mean landing yield of all pages.
    """
    if average is None:
        average = float(targets["landing_yield"].mean()) if len(targets) else 0.0
    rows = targets[["landing_yield", "direct_links", "referring_domains", "is_goal"]]
    for row in rows.itertuples(index=False):
        yield _reason(*row, average=average, words=goal, entry=audit.graph.model.entry)


def _direct(audit: Audit, goal_pages: Floats) -> Ids:
    """Pages of the goal that each page links to in its content."""
    content = audit.graph.is_content
    hits = content & (goal_pages[audit.graph.target] > 0)
    return np.bincount(audit.graph.source[hits], minlength=len(audit.graph))


def _reason(
    y: float, direct: int, now: float, is_goal: bool, *, average: float, words: str, entry: str
) -> Sentence:
    """Why the page stands where it does, in a sentence or two."""
    own, usual = Figure(f"{100 * y:.1f}"), Figure(f"{100 * average:.1f}")
    first = sentence(
        "Of every 100 units landing here {own} reach {goal}; of the average page {usual}.",
        own=own, usual=usual, goal=sentence(words),
    )  # fmt: skip
    if is_goal:
        second = sentence("It is one of them itself.")
    elif direct:
        second = plural("It links straight to {number} of them in its text.", "It links straight to {number} of them in its text.", direct)  # fmt: skip
    elif y > 0:
        second = sentence("It leads to them over other pages only: a link in its text would raise this.")
    else:
        second = sentence("No path of followed links leads from it to them.")
    third = sentence("With {domains} referring domains already, more bring less.", domains=Figure(f"{now:,.0f}")) if entry == "log" and now >= MANY else ""  # fmt: skip
    return joined((first, second, third), " ")
