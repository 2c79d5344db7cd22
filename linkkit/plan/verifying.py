"""How good are the suggestions on the client's own site: hide some of its editorial links and see whether they come back."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from linkkit.audit import Audit
from linkkit.text.evaluate import HIDDEN_SHARE, PROTOCOLS, Protocol, evaluate
from linkkit.text.holdout import editorial_pairs
from linkkit.text.scores import Relevance
from linkkit.wording import count, percent

MIN_LINKS = 50
"""With fewer editorial links than this, too few can be hidden to say anything."""


@dataclass(frozen=True, eq=False)
class Verification:
    """What came back of a site's own hidden links.

    Attributes
    ----------
    table : DataFrame
        `linkkit.text.evaluate.evaluate`; empty where the site has too few links.
    links : int
        Pairs of pages that an editor linked in running text.
    reason : str
        Why there is no table; empty where there is one.
    """

    table: pd.DataFrame
    links: int
    reason: str = ""


def verify_suggestions(
    audit: Audit,
    *,
    seeds: Sequence[int] = (0, 1, 2),
    protocols: Sequence[Protocol] = PROTOCOLS,
    relevance: Relevance | None = None,
) -> Verification:
    """Hide a fifth of the site's own editorial links, some seeds in turn, and rank all pages for what is missing.

    Beside linkkit stand plain text similarity, popularity (most linked, or most linking, first) and chance. A hidden link counts
    as right and any other good idea as wrong, so that the shares are lower bounds.

    Parameters
    ----------
    audit : Audit
    seeds : sequence of int
    protocols : sequence of {"targets", "sources", "orphans"}
    relevance : Relevance, optional
        Of the audit's site, to save its computation.
    """
    known = relevance or audit.relevance
    links = len(editorial_pairs(known))
    if not links:
        return Verification(
            pd.DataFrame(),
            0,
            "no page links to another in running text, so nothing can be hidden and found again",
        )
    if links < MIN_LINKS:
        return Verification(
            pd.DataFrame(),
            links,
            f"only {count(links, 'link')} in running text: hiding {percent(HIDDEN_SHARE)} of them would leave {round(links * HIDDEN_SHARE):,} "
            f"to find, too few to tell skill from luck (at least {MIN_LINKS} are needed)",
        )
    return Verification(evaluate(known, seeds=seeds, protocols=protocols), links)
