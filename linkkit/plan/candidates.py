"""Links that could be added: relevant by text, on pages that can be edited, to pages that help the goal."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from linkkit.audit import Audit
from linkkit.folding import Bools
from linkkit.metrics.solver import Floats
from linkkit.plan.choosing import Ids, choose_pages
from linkkit.plan.link_plan import ORPHANS_FIRST, goal_weights
from linkkit.text.candidates import WORTH_A_LOOK, link_scores, score_pairs
from linkkit.text.scores import Relevance

HUBS = 100
"""Pages beside the goal's own that lead on to it best, and so are worth linking to."""
SOURCES = 60
"""Most relevant pages looked at for each target."""
FOR_ORPHANS = 3
"""Of these, pages offered for a target out of reach whatever their relevance."""


def plan_candidates(
    audit: Audit,
    *,
    goal: str | Sequence[str],
    sources: str | Sequence[str] | None = None,
    from_money_pages: bool = False,
    min_score: float = WORTH_A_LOOK,
    need_phrase: bool = False,
    relevance: Relevance | None = None,
) -> pd.DataFrame:
    """Links that a plan may choose from.

    Targets are the goal's indexable pages and the `HUBS` others that hand most on to them; sources the pages most relevant
    to each by text. Pairs that are linked in any position, near-duplicates, lists of links, pages in another language and
    pages of a low-value role (legal, account, ...) are left out.

    Parameters
    ----------
    audit : Audit
    goal : str or sequence of str
        As `linkkit.plan.link_plan.plan_links`.
    sources : str or sequence of str, optional
        Pages that can be edited (`choose_pages`); every live page without it.
    from_money_pages : bool
        Whether pages that earn may get new links: these lead visitors on.
    min_score : float
        Lowest relevance (z of `linkkit.text.scores`).
    need_phrase : bool
        Whether only pairs count whose source holds words that can become the link.
    relevance : Relevance, optional
        Of the audit's site, to save its computation.

    Returns
    -------
    DataFrame
        One row per pair: ``source_id``, ``target_id``, ``relevance`` (0-1), ``score`` (z); with `need_phrase` the other columns
        of `linkkit.text.candidates.link_scores` too.
    """
    known = relevance or audit.relevance
    pairs = link_scores(
        audit.site, audit.graph, _targets(audit, goal), SOURCES, relevance=known, phrases=need_phrase
    ).rename(columns={"probability": "relevance"})
    # Nothing leads to these pages: their best sources are worth a look whatever they score.
    place = pairs.groupby("target_id").cumcount()
    is_lost = _out_of_reach(audit)[pairs["target_id"]] if goal == ORPHANS_FIRST else False
    pairs = pairs[(pairs["score"] >= min_score) | (is_lost & (place < FOR_ORPHANS))]
    if need_phrase:
        pairs = pairs[pairs["phrase"] != ""]
    allowed = _editable(audit, sources, from_money_pages=from_money_pages)
    pairs = pairs[allowed[pairs["source_id"]]].reset_index(drop=True)
    return pairs if need_phrase else pairs[["source_id", "target_id", "relevance", "score"]]


def described(audit: Audit, links: pd.DataFrame, relevance: Relevance) -> pd.DataFrame:
    """Links with the words that could carry them: ``phrase``, ``sentence``, ``alternatives``, ``strength``, ``reason``."""
    if not len(links):
        return links.assign(phrase="", sentence="", alternatives=None, strength="", reason="")
    found = score_pairs(audit.site, audit.graph, links["source_id"], links["target_id"], relevance=relevance)
    names = ["phrase", "sentence", "alternatives", "strength", "reason"]
    return links.assign(**{name: found[name].to_numpy() for name in names})


def topical_fit(audit: Audit, relevance: Relevance, goal: Floats) -> pd.Series:
    """How close each page's subject is to that of the goal's pages: the largest cosine of their texts (0-1), by page id.

    A page of the goal is compared with the others of it; pages without text, and everything where only one page is left,
    are missing.
    """
    rows = relevance.corpus.rows
    own = rows[np.flatnonzero(goal > 0)]
    own = own[own >= 0]
    fit = np.full(len(audit.graph), np.nan)
    vectors = relevance.vectors.pages
    if len(own):
        across = vectors[own].T.tocsr()
        for begin in range(0, len(relevance.corpus), _BLOCK):
            block = np.arange(begin, min(begin + _BLOCK, len(relevance.corpus)))
            alike = (vectors[block] @ across).toarray()
            itself = block[:, None] == own[None, :]
            best = np.where(itself, -1.0, alike).max(axis=1)
            fit[relevance.corpus.pages[block]] = np.where(best < 0, np.nan, best)
    return pd.Series(fit, name="topical_fit")


_BLOCK = 2_000


def _targets(audit: Audit, goal: str | Sequence[str]) -> Ids:
    """Pages of the goal first, then those that lead to it best."""
    lost = _out_of_reach(audit) & (goal == ORPHANS_FIRST)
    weights, _ = goal_weights(audit, "money pages" if goal == ORPHANS_FIRST else goal)
    value = audit.authority.flow.landing_yield(weights).values
    standing = audit.graph.stands & audit.graph.indexable
    others = np.flatnonzero(standing & (weights == 0) & ~lost)
    average = value[standing].mean()
    hubs = others[np.argsort(-value[others], kind="stable")][:HUBS]
    return np.concatenate(
        (np.flatnonzero(lost), np.flatnonzero((weights > 0) & ~lost), hubs[value[hubs] > average])
    ).astype(np.int64)


def _out_of_reach(audit: Audit) -> Bools:
    """Live indexable pages that no followed link leads to from the start page."""
    return np.asarray(
        audit.metrics["crawl_depth"].isna() & audit.graph.indexable & audit.graph.stands, dtype=bool
    )


def _editable(audit: Audit, sources: str | Sequence[str] | None, *, from_money_pages: bool) -> Bools:
    allowed = audit.graph.stands.copy()
    if sources is not None:
        allowed[:] = False
        allowed[choose_pages(audit, sources)] = True
    else:
        allowed &= (audit.metrics["role"] == "").to_numpy()
    if not from_money_pages:
        allowed &= ~audit.authority.money
    return allowed
