"""Chapter clusters: do the pages of a topic hold together?"""

import pandas as pd

from linkkit.checks.registry import Facts, check, kept
from linkkit.schema import Effort, Severity
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


@check(
    id="cluster-without-pillar",
    chapter="clusters",
    severity=Severity.MEDIUM,
    unit="pages",
    needs=("cluster",),
    effort=Effort.MEDIUM,
    title="Clusters without a pillar page",
    why="Without one page that stands for the topic, backlinks and links spread over all of them and none gets strong.",
    fix="Make one page the pillar (the one named here is a proposal), link it with every page of the cluster, or write it.",
)
def clusters_without_pillar(facts: Facts, t: Thresholds) -> pd.DataFrame:
    """Clusters whose pillar is not given, or cannot stand in an index; the page is the proposed one, value = pages."""
    assert facts.clusters is not None, "needs cluster"  # noqa: S101 - what run_check has made sure of
    pillars = facts.clusters.pillars
    lacking = pillars[~pillars["is_given"]]
    sizes = facts.clusters.cluster.value_counts()
    given = facts.pages[facts.pages["is_pillar"].fillna(False)].groupby("cluster")["url"].first()
    return pd.DataFrame(
        {
            "page": lacking["pillar_id"],
            "value": [float(sizes[name]) for name in lacking["cluster"]],
            "evidence": [
                f"cluster: {name}; "
                + (f"its pillar {given[name]} cannot stand in an index; " if name in given.index else "")
                + f"proposed: {reason}"
                for name, reason in zip(lacking["cluster"], lacking["reason"], strict=True)
            ],
        }
    )


@check(
    id="isolated-cluster-page",
    chapter="clusters",
    severity=Severity.MEDIUM,
    unit="linking pages",
    needs=("cluster",),
    title="Cluster pages that no page of their cluster links to",
    why="What the other pages of the topic earn does not reach it, and its subject is not confirmed by links around it.",
    fix="Link to it from the text of the pillar and of the page of the cluster that is closest to it in subject.",
)
def isolated_cluster_pages(facts: Facts, t: Thresholds) -> pd.DataFrame:
    """Pages of a cluster, the pillar aside, without a content link from any other page of it; value = 0."""
    assert facts.clusters is not None, "needs cluster"  # noqa: S101 - what run_check has made sure of
    cluster, pillars = facts.clusters.cluster, facts.clusters.pillars.set_index("cluster")["pillar_id"]
    sizes = cluster.map(cluster.value_counts())
    lone = cluster.notna() & (facts.metrics["cluster_inlinks"] == 0) & (sizes > 1)
    rows = facts.metrics[lone & ~cluster.index.isin(pillars)]
    return pd.DataFrame(
        {
            "page": rows["page_id"],
            "related": cluster[rows.index].map(pillars),
            "value": 0.0,
            "evidence": [f"cluster: {name}" for name in cluster[rows.index]],
        }
    )


@check(
    id="near-duplicate-pages",
    chapter="clusters",
    severity=Severity.LOW,
    unit="similarity",
    needs_text=True,
    thresholds=("near_duplicate_similarity",),
    effort=Effort.LARGE,
    title="Pages that say nearly the same",
    why="They compete for the same searches: links and backlinks are split between them, and either may rank, or neither.",
    fix="Merge the weaker page into the other and redirect it, or rewrite it for a question of its own.",
)
def near_duplicate_pages(facts: Facts, t: Thresholds) -> pd.DataFrame:
    """Pages nearly the same as one with more importance (then linking pages); value = likeness of the texts.

    One finding a page: the likest of the stronger ones is related. Medium where more than the text speaks for one intent:
    the same title, the same words in links, searches that lead to both.
    """
    assert facts.near_duplicates is not None, "needs_text"  # noqa: S101 - what run_check has made sure of
    pairs = facts.near_duplicates
    pairs = pairs[pairs["similarity"] >= t.near_duplicate_similarity]
    m, rank = facts.metrics, _strongest_first(facts)
    first = rank[pairs["page_id"]].to_numpy() < rank[pairs["other_id"]].to_numpy()
    weaker = pairs["other_id"].where(first, pairs["page_id"])
    stronger = pairs["page_id"].where(first, pairs["other_id"])
    rows = pairs.assign(page=weaker, related=stronger, place=rank[stronger].to_numpy())
    rows = rows.sort_values(["similarity", "place"], ascending=[False, True])
    rows = rows.drop_duplicates("page")
    clicks = m["clicks"].fillna(0.0)
    searched = (clicks[rows["page"]].to_numpy() > 0) & (clicks[rows["related"]].to_numpy() > 0)
    evidence = [
        _why_they_compete(same, anchor, (clicks[page], clicks[related]) if both else None)
        for page, related, same, anchor, both in zip(
            rows["page"], rows["related"], rows["same_title"], rows["shared_anchor"], searched, strict=True
        )
    ]
    compete = rows["same_title"] | (rows["shared_anchor"] != "") | searched
    return pd.DataFrame(
        {
            "page": rows["page"],
            "related": rows["related"],
            "value": rows["similarity"],
            "evidence": evidence,
            "severity": [str(Severity.MEDIUM if each else Severity.LOW) for each in compete],
        }
    )


@kept
def _strongest_first(facts: Facts) -> pd.Series:
    """Place of each page by importance, then linking pages."""
    m = facts.metrics[["importance", "linking_pages", "page_id"]]
    order = m.sort_values(list(m.columns), ascending=[False, False, True])
    return pd.Series(range(len(order)), index=order.index)


def _why_they_compete(same_title: bool, anchor: str, clicks: tuple[float, float] | None) -> str:
    said = ["the same title"] if same_title else []
    said += [f'both are linked as "{anchor}"'] if anchor else []
    said += [f"searches lead to both (clicks: {clicks[0]:,.0f} and {clicks[1]:,.0f})"] if clicks else []
    return "; ".join(said) or "the texts alone"


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
