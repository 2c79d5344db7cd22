"""Chapter seven told: how the pages on one subject hang together."""

from collections.abc import Iterator

import pandas as pd

from linkkit.charts.clusters import cluster_flow_table, cluster_links_table
from linkkit.deck.story import terms
from linkkit.deck.story.parts import Chart, Slide
from linkkit.deck.story.telling import MOST_CATEGORIES, Telling, described_columns, described_rows, series
from linkkit.metrics.clusters import NO_CLUSTER

CHAPTER = "clusters"
_SHOWN = 8


def clusters_slides(t: Telling) -> Iterator[Slide]:
    """The chapter's slides, the main one first."""
    lang, grouping = t.lang, t.audit.facts.clusters
    if grouping is None or grouping.pillars.empty:
        alike = t.number("near-duplicate-pages")
        yield Slide(
            name="clusters",
            chapter=CHAPTER,
            title=lang.text("Topic clusters could not be judged: none are defined for this site"),
            kicker=t.chapter(CHAPTER),
            lines=(
                lang.text("A topic cluster is a group of pages on one subject, with a pillar page that leads to all of them."),
                *([_alike(t, alike)] if alike else []),
            ),
            todo=lang.text("Name the subjects that the site should be found for, and the pages that belong to each."),
            tone="unknown",
            notes=t.notes(CHAPTER),
        )  # fmt: skip
        return
    table = cluster_links_table(t.audit)
    yield _main(t, table)
    flow = _flow(t)
    if flow is not None:
        yield flow


def _alike(t: Telling, alike: int) -> str:
    return t.lang.plural(
        "{number} page says nearly the same as another and competes with it.",
        "{number} pages say nearly the same as another and compete with it.",
        alike,
    )


def _main(t: Telling, table: pd.DataFrame) -> Slide:
    lang = t.lang
    wanted = int(2 * table["members"].sum())
    missing = wanted - int(table["to_pillar"].sum() + table["from_pillar"].sum())
    if missing:
        title = lang.plural(
            "{number} of {all} links between pillars and their pages is missing",
            "{number} of {all} links between pillars and their pages are missing",
            missing,
            all=lang.number(wanted),
        )
    else:
        title = lang.text("Every page of a topic cluster and its pillar link to each other")
    shown = table.head(MOST_CATEGORIES)
    names = t.names(shown["cluster"])
    drawn = (
        series(lang.text("Pages that link to their pillar"), shown["to_pillar_share"]),
        series(lang.text("Pages that their pillar links to"), shown["from_pillar_share"], "second"),
    )
    chart = None
    if len(shown):
        chart = Chart(
            name="clusters",
            kind="bars",
            title=title,
            categories=names,
            series=drawn,
            value_kind="share",
            value_title=lang.text("Share of the cluster's pages"),
            note=lang.plural(
                "{number} cluster; links in the content.", "{number} clusters, the largest first; links in the content.", len(table)
            ),
            alt=described_columns(title, names, drawn, lang.percent),
        )  # fmt: skip
    return t.main_slide(
        CHAPTER,
        title,
        _lines(t, table),
        chart,
        lang.text(
            "Method: clusters are those that were defined for this client; proposals are not counted. A pillar and each page of its cluster should link to each other in their text."
        ),
    )


def _lines(t: Telling, table: pd.DataFrame) -> Iterator[str]:
    lang = t.lang
    yield lang.plural(
        "{number} cluster holds {pages}.",
        "{number} clusters hold {pages}.",
        len(table),
        pages=terms.quantity(lang, int(table["pages"].sum()), "pages"),
    )
    without, lone, alike = (
        t.number(check)
        for check in ("cluster-without-pillar", "isolated-cluster-page", "near-duplicate-pages")
    )
    if without:
        yield lang.plural(
            "{number} cluster has no pillar page.", "{number} clusters have no pillar page.", without
        )
    if lone:
        yield lang.plural(
            "{number} page has no link from the rest of its cluster.",
            "{number} pages have no link from the rest of their cluster.",
            lone,
        )
    if alike:
        yield _alike(t, alike)


def _flow(t: Telling) -> Slide | None:
    lang, table = t.lang, cluster_flow_table(t.audit, most=_SHOWN)
    found = dict.fromkeys(map(str, [*table["from_cluster"], *table["to_cluster"]])) if len(table) else {}
    order = sorted(found, key=lambda name: name == NO_CLUSTER)
    if len(order) < 2:
        return None
    names = t.names(order, 18)
    links = {
        (str(row["from_cluster"]), str(row["to_cluster"])): float(row["links"])
        for row in table.to_dict("records")
    }
    # Pages of no cluster are most of a site: their own links would drown all others.
    links.pop((NO_CLUSTER, NO_CLUSTER), None)
    rows = tuple(
        series(name, [links.get((source, target)) for target in order])
        for source, name in zip(order, names, strict=True)
    )
    title = lang.text("Links in the content from cluster to cluster")
    own = [name for name in order if name != NO_CLUSTER]
    inside = sum(links.get((name, name), 0.0) for name in own)
    leaving = sum(number for (source, _), number in links.items() if source in own)
    if leaving:
        title = lang.text(
            "{share} of the links of cluster pages stay in their cluster", share=lang.percent(inside / leaving)
        )  # fmt: skip
    chart = Chart(
        name="clusters.links",
        kind="heat_map",
        title=title,
        categories=names,
        series=rows,
        value_title=lang.text("Links in the content"),
        category_title=lang.text("Cluster that links lead to"),
        note=lang.text("Rows: cluster that links stand in. Pages of no cluster, and of smaller ones, together; links between these are left out."),
        alt=described_rows(title, names, rows, lang.number, between=" → "),
    )  # fmt: skip
    return Slide(
        name="clusters.links",
        chapter=CHAPTER,
        title=title,
        kicker=t.chapter(CHAPTER),
        chart=chart,
        notes=t.notes(CHAPTER),
    )
