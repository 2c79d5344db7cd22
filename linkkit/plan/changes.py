"""Changes an analyst tries out, one by one, and the site with all of them: what a panel and a script share."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from linkkit.audit import Audit
from linkkit.errors import SettingsError
from linkkit.plan.choosing import link_block
from linkkit.plan.simulation import Outcome, Simulation, simulate


@dataclass(frozen=True)
class Change:
    """One change on paper.

    Attributes
    ----------
    action : str
        One of `ACTIONS`.
    source : str
        Page that the change is made on: an address or path; for a block of links what `choose_pages` takes.
    target : str
        Page that a link or redirect leads to; for a block what `link_block` takes.
    domains : float
        New referring domains.

    Raises
    ------
    SettingsError
        If the action is unknown or something it needs is not given.
    """

    action: str
    source: str
    target: str = ""
    domains: float = 0.0

    def __post_init__(self) -> None:
        if self.action not in ACTIONS:
            raise SettingsError(f"unknown change {self.action!r}; known are {', '.join(ACTIONS)}")
        needs_target, first, second = ACTIONS[self.action][1:]
        missing = [first] if not self.source else []
        missing += [second] if needs_target and not self.target else []
        if missing:
            raise SettingsError(f"{self.action}: still to be given: {' and '.join(missing)}")
        if self.action == BACKLINKS and not self.domains > 0:
            raise SettingsError(
                f"{self.action}: {self.domains!r}: a number of new referring domains above 0 is expected"
            )

    def __str__(self) -> str:
        return ACTIONS[self.action][0](self)


ADD, REMOVE, NOFOLLOW, BLOCK = "add a link", "take a link out", "mark a link nofollow", "add a block of links"
REDIRECT, DELETE, BACKLINKS = "redirect a page", "delete a page", "new referring domains"
_PAGE, _TO = "the page that holds the link", "the page it leads to"
ACTIONS: Mapping[str, tuple[Callable[[Change], str], bool, str, str]] = {
    ADD: (lambda c: f"Link from {c.source} to {c.target}", True, _PAGE, _TO),
    REMOVE: (lambda c: f"No link from {c.source} to {c.target}", True, _PAGE, _TO),
    NOFOLLOW: (lambda c: f"Nofollow on the link from {c.source} to {c.target}", True, _PAGE, _TO),
    BLOCK: (lambda c: f"Every page of {c.source} links to {c.target}", True, "the pages that get the links", "where they lead"),
    REDIRECT: (lambda c: f"{c.source} redirects to {c.target}", True, "the page to redirect", "the page it leads to"),
    DELETE: (lambda c: f"{c.source} is deleted", False, "the page to delete", ""),
    BACKLINKS: (lambda c: f"{c.domains:g} new referring domain{'' if c.domains == 1 else 's'} for {c.source}", False, "the page they link to", ""),
}  # fmt: skip
"""Action -> the change in words, whether it needs a target, what source and target are."""


def simulate_changes(
    audit: Audit,
    changes: Iterable[Change],
    *,
    planned: pd.DataFrame | None = None,
    before: Outcome | None = None,
) -> Simulation:
    """The site with all changes at once; their order does not matter, but of two redirects of one page the last one counts.

    Parameters
    ----------
    audit : Audit
    changes : iterable of Change
    planned : DataFrame, optional
        Links to add beside them: ``source``, ``target`` (URLs), such as the first links of a plan.
    before : Outcome, optional
        Of this audit, from an earlier simulation, to save its computation.

    Raises
    ------
    SettingsError
        If an address is unknown, a link is not there or a block adds none.
    """
    parts = [planned[["source", "target"]]] if planned is not None and len(planned) else []
    links: dict[str, list[tuple[str, str]]] = {ADD: [], REMOVE: [], NOFOLLOW: []}
    redirect: dict[str, str] = {}
    delete: list[str] = []
    backlinks: dict[str, float] = {}
    for change in changes:
        if change.action in links:
            links[change.action].append((change.source, change.target))
        elif change.action == BLOCK:
            parts.append(_block(audit, change))
        elif change.action == REDIRECT:
            redirect[change.source] = change.target
        elif change.action == DELETE:
            delete.append(change.source)
        else:
            backlinks[change.source] = backlinks.get(change.source, 0.0) + change.domains
    added = pd.DataFrame(links[ADD], columns=["source", "target"], dtype="str")
    return simulate(
        audit,
        add_links=pd.concat([*parts, added]),
        remove_links=links[REMOVE],
        nofollow=links[NOFOLLOW],
        redirect=redirect,
        delete=delete,
        backlinks=backlinks,
        before=before,
    )


def _block(audit: Audit, change: Change) -> pd.DataFrame:
    block = link_block(audit, change.source, change.target)
    if block.empty:
        raise SettingsError(
            f"{change.action}: every page of {change.source!r} links to {change.target!r} already"
        )
    return block
