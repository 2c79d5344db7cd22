"""Chapter authority: does link weight go where it matters?"""

import numpy as np
import pandas as pd

from linkkit.checks.registry import Facts, check
from linkkit.schema import Effort, Severity
from linkkit.thresholds import Thresholds

_LABELS = {
    "is_money_page": "money pages",
    "conversions": "conversions",
    "clicks": "search clicks",
    "sessions": "sessions",
    "referring_domains": "referring domains",
}


@check(
    id="over-linked-page",
    chapter="authority",
    severity=Severity.MEDIUM,
    unit="x its importance",
    effort=Effort.MEDIUM,
    needs_importance=True,
    thresholds=("over_linked_ratio", "over_linked_min_share"),
    title="Pages that get far more links than they are worth",
    why="Every link to such a page is weight that a more important page does not get.",
    fix="Take links to it out of texts and templates; one or two from where readers need it are enough.",
)
def over_linked_pages(facts: Facts, t: Thresholds) -> pd.DataFrame:
    """Pages whose share of link weight exceeds a multiple of their share of importance; the start page is exempt."""
    share, worth = facts.metrics["link_share"], facts.metrics["importance"]
    start = facts.metrics["crawl_depth"] == 0
    over = (share >= t.over_linked_min_share) & (share > t.over_linked_ratio * worth) & ~start
    return _rows(facts, over, share[over] / worth[over].where(worth[over] > 0))


@check(
    id="under-linked-page",
    chapter="authority",
    severity=Severity.HIGH,
    unit="x its link weight",
    needs=("is_money_page",),
    thresholds=("under_linked_ratio",),
    title="Money pages that get far fewer links than they are worth",
    why="The pages that earn money are those that should profit most from the site's own links.",
    fix="Link to it from the pages that receive most and are related to it.",
)
def under_linked_pages(facts: Facts, t: Thresholds) -> pd.DataFrame:
    """Money pages whose share of importance exceeds a multiple of their share of link weight."""
    share, worth = facts.metrics["link_share"], facts.metrics["importance"]
    alive = facts.pages["is_indexable"] & facts.metrics["folds_into"].isna()
    under = alive & facts.metrics["is_money_page"] & (worth > t.under_linked_ratio * share)
    return _rows(facts, under, worth[under] / share[under].where(share[under] > 0))


@check(
    id="stalled-landing-page",
    chapter="authority",
    severity=Severity.HIGH,
    unit="content clicks",
    needs=("referring_domains", "is_money_page"),
    thresholds=("max_landing_clicks", "min_referring_domains"),
    title="Pages with backlinks whose links lead to no money page",
    why="The authority that backlinks bring stays on the page, or seeps away before it reaches a page that earns.",
    fix="Link from its text to the money page closest to its subject.",
)
def stalled_landing_pages(facts: Facts, t: Thresholds) -> pd.DataFrame:
    """Pages with backlinks from which no money page is within reach; value = clicks to the nearest, if any."""
    m = facts.metrics
    domains = m["referring_domains"].fillna(0)
    alive = facts.pages["is_indexable"] & m["folds_into"].isna()
    near = m["clicks_to_money"] <= t.max_landing_clicks
    stalled = m[alive & (domains >= t.min_referring_domains) & ~near]
    return pd.DataFrame(
        {
            "page": stalled["page_id"],
            "value": stalled["clicks_to_money"],
            "evidence": [
                f"{count:,.0f} referring domains; "
                + (
                    "no money page within reach of its content links"
                    if np.isnan(clicks)
                    else f"nearest money page {clicks:.0f} clicks away"
                )
                for count, clicks in zip(domains[stalled.index], stalled["clicks_to_money"], strict=True)
            ],
        }
    )


def _rows(facts: Facts, chosen: pd.Series, ratio: pd.Series) -> pd.DataFrame:
    """One row per chosen page; the ratio is left out where it would divide by nothing."""
    m = facts.metrics[chosen]
    named = ", ".join(_LABELS[name] for name in facts.importance_signals)
    return pd.DataFrame(
        {
            "page": m["page_id"],
            "related": m["example_linking_page"],
            "value": ratio,
            "evidence": [
                f"{share:.2%} of the link weight, {worth:.2%} of the importance (by {named}); {pages:,} linking pages"
                for share, worth, pages in zip(
                    m["link_share"], m["importance"], m["linking_pages"], strict=True
                )
            ],
        }
    )
