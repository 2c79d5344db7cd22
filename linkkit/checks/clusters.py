"""Chapter clusters: do the pages of a topic hold together?"""

import pandas as pd

from linkkit.checks.registry import Facts, check
from linkkit.schema import Severity
from linkkit.thresholds import Thresholds


@check(
    id="missing-pillar-link",
    chapter="clusters",
    severity=Severity.MEDIUM,
    unit="links",
    needs=("cluster", "is_pillar"),
    title="Cluster pages that do not link to their pillar",
    why="What the page earns does not reach the page that is meant to rank for the topic.",
    fix="Link from its text to the pillar page.",
)
def missing_pillar_links(facts: Facts, t: Thresholds) -> pd.DataFrame:
    """Pages of a cluster without a content link to its pillar (`related_url`)."""
    return _missing(facts, "links_to_pillar")


@check(
    id="missing-cluster-link",
    chapter="clusters",
    severity=Severity.MEDIUM,
    unit="links",
    needs=("cluster", "is_pillar"),
    title="Pillars that do not link to a page of their cluster",
    why="The pillar is where authority for the topic arrives; pages it does not link to get none of it.",
    fix="Link from the pillar's text to the page.",
)
def missing_cluster_links(facts: Facts, t: Thresholds) -> pd.DataFrame:
    """Pages of a cluster that its pillar (`related_url`) has no content link to."""
    return _missing(facts, "linked_from_pillar")


def _missing(facts: Facts, link: str) -> pd.DataFrame:
    m = facts.metrics
    alive = facts.pages["is_indexable"] & m["folds_into"].isna()
    lacking = m[alive & m["pillar_id"].notna() & ~m[link]]
    return pd.DataFrame(
        {
            "page": lacking["page_id"],
            "related": lacking["pillar_id"],
            "value": 0.0,
            "evidence": [f"cluster: {name}" for name in lacking["cluster"]],
        }
    )
