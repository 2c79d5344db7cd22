"""Topic clusters as bubbles with the links between them; and one cluster's pages around its pillar."""

import math

import numpy as np
import pandas as pd

from linkkit.audit import Audit
from linkkit.errors import SettingsError
from linkkit.metrics.clusters import NO_CLUSTER, cluster_flow, cluster_measures
from linkkit.metrics.groups import Grouping
from linkkit.metrics.pillars import editorial
from linkkit.network.labels import describe, distinct_labels, plain
from linkkit.network.picture import Picture, edges_frame, nodes_frame
from linkkit.wording import percent

MAX_BUBBLES, MAX_MEMBERS = 15, 24
STRONGEST = 3
"""Lines drawn from each bubble at most."""
_ROW = 46
_ROLES = {(True, True): "mutual", (True, False): "upward", (False, True): "downward", (False, False): "apart"}
_ORDER = ("apart", "upward", "downward", "mutual")


def cluster_map(audit: Audit, grouping: Grouping | None = None) -> Picture:
    """The largest clusters as bubbles, with lines along which most content links lead.

    Parameters
    ----------
    audit : Audit
    grouping : Grouping, optional
        The analyst's clusters without it.
    """
    chosen = grouping or audit.facts.clusters
    if chosen is None or chosen.pillars.empty:
        return _nothing("No topic clusters are defined")
    measures = cluster_measures(chosen, audit.graph)
    shown = measures.head(MAX_BUBBLES)
    flow = cluster_flow(chosen, audit.graph)
    flow = flow[flow["from_cluster"] != flow["to_cluster"]]
    place = {name: number for number, name in enumerate(shown["cluster"])}
    rows = []
    largest = float(shown["pages"].max())
    for number, each in enumerate(shown.to_dict("records")):
        turn = 2 * math.pi * (number + 0.5) / len(shown) - math.pi / 2
        out = flow[flow["from_cluster"] == each["cluster"]].nlargest(5, "links")
        said = ", ".join(f"{row.to_cluster} ({row.links:,})" for row in out.itertuples())
        rows.append(
            {
                "node": number,
                "url": each["pillar"],
                "title": each["cluster"],
                "label": f"{plain(each['cluster'], 26)} ({each['pages']:,})",
                "detail": (
                    f"{plain(each['cluster'], 90)}\n{each['pages']:,} pages; pillar {plain(each['pillar'], 120)}\n"
                    f"{_percent(each['inside_share'])} of its content links stay inside\nlinks lead to: {plain(said, 300) or 'nowhere else'}"
                ),
                "role": "topic",
                "shape": "dot",
                "size": 12 + 22 * math.sqrt(each["pages"] / largest),
                "is_money_page": False,
                "x": 330 * math.cos(turn) * (1.35 if len(shown) > 3 else 1),
                "y": 230 * math.sin(turn),
            }
        )
    between = flow[flow["from_cluster"].isin(place) & flow["to_cluster"].isin(place)]
    between = between.sort_values(["from_cluster", "links", "to_cluster"], ascending=[True, False, True])
    drawn = between.groupby("from_cluster").head(STRONGEST)
    strong = drawn["links"].quantile(0.5) if len(drawn) else 0
    edges = [
        {
            "source": place[one],
            "target": place[other],
            "kind": "content" if links >= strong else "template",
            "anchor": "",
            "detail": f"{links:,} content link{'' if links == 1 else 's'} from {plain(one, 60)} to {plain(other, 60)}",
        }
        for one, other, links in zip(drawn["from_cluster"], drawn["to_cluster"], drawn["links"], strict=True)
    ]
    outside = int(flow.loc[flow["to_cluster"] == NO_CLUSTER, "links"].sum())
    word = "proposed cluster" if chosen.is_proposal else "cluster"
    return Picture(
        nodes=nodes_frame(rows),
        edges=edges_frame(edges),
        title=f"{len(measures):,} {word}{'' if len(measures) == 1 else 's'} and where their links lead",
        caption=(
            f"Showing the {len(shown):,} largest of {len(measures):,}; bubble size: pages. From each the {STRONGEST} strongest "
            "lines to others: solid, the stronger half of those drawn. Content links, those that the template repeats left "
            f"out. {outside:,} links lead to pages of no cluster. {chosen.note}"
        ),
        height=600,
    )


def cluster_network(audit: Audit, cluster: str | None = None, grouping: Grouping | None = None) -> Picture:
    """One cluster's pages around its pillar, coloured by which of the two links the other.

    Parameters
    ----------
    audit : Audit
    cluster : str, optional
        Its name; without it the one with most missing links to or from its pillar.
    grouping : Grouping, optional
        The analyst's clusters without it.

    Raises
    ------
    SettingsError
        If there is no such cluster.
    """
    chosen = grouping or audit.facts.clusters
    if chosen is None or chosen.pillars.empty:
        return _nothing("No topic clusters are defined")
    graph = audit.graph
    measures = cluster_measures(chosen, graph).set_index("cluster")
    missing = 2 * measures["members"] - measures["to_pillar"] - measures["from_pillar"]
    name = str(missing.sort_index().idxmax()) if cluster is None else cluster
    if name not in measures.index:
        raise SettingsError(f"no cluster {name!r}; known are {', '.join(map(str, measures.index))}")
    hub = int(measures["pillar_id"][name])
    members = np.flatnonzero((chosen.cluster == name).to_numpy(dtype=bool))
    members = members[members != hub]
    up = np.asarray(graph.content[members][:, [hub]].toarray()).ravel() > 0
    down = np.asarray(graph.content[[hub]].toarray()).ravel()[members] > 0
    table = pd.DataFrame(
        {
            "page": members,
            "role": [_ROLES[bool(a), bool(b)] for a, b in zip(up, down, strict=True)],
            "rank": audit.metrics["pagerank"].to_numpy()[members],
            "up": up,
            "down": down,
        }
    )
    table["order"] = table["role"].map({role: place for place, role in enumerate(_ORDER)})
    shown = table.sort_values(["order", "rank", "page"], ascending=[True, False, True]).head(MAX_MEMBERS)
    spots = _around(len(shown))
    urls = audit.site.pages["url"]
    labels = distinct_labels([str(urls[hub]), *(str(urls[page]) for page in shown["page"])])
    rows = [_node(audit, hub, "pillar", labels[0], 0.0, 0.0)]
    rows += [
        _node(audit, int(page), role, label, x, y)
        for page, role, label, (x, y) in zip(shown["page"], shown["role"], labels[1:], spots, strict=True)
    ]
    edges = [
        {"source": source, "target": target, "kind": "content", "anchor": ""}
        for page, a, b in zip(shown["page"].tolist(), shown["up"], shown["down"], strict=True)
        for source, target, there in ((page, hub, a), (hub, page, b))
        if there
    ]
    inside = np.zeros(len(graph), dtype=bool)
    inside[shown["page"]] = True
    both = editorial(graph) & inside[graph.source] & inside[graph.target]
    edges += [
        {"source": int(s), "target": int(t), "kind": "template", "anchor": ""}
        for s, t in zip(graph.source[both], graph.target[both], strict=True)
    ]
    lacking = int((table["role"] != "mutual").sum())
    kind = "proposed pillar" if not measures["pillar_is_given"][name] else "pillar"
    return Picture(
        nodes=nodes_frame(rows),
        edges=edges_frame(edges),
        title=(
            f"{name}: {lacking:,} of {len(table):,} pages and the {kind} do not link each other both ways"
            if lacking
            else f"{name}: all {len(table):,} pages and the {kind} link each other"
        ),
        caption=(
            f"Showing {len(shown):,} of {len(table):,} pages around the {kind}, those that lack a link first. Solid: content "
            "links with the pillar; dashed: content links between the pages. Gold border (diamond in the still): money page."
        ),
        height=int(min(760, max(260, 60 + _ROW * 1.1 * (len(shown) + 1) / 2))),
    )


def _around(count: int) -> list[tuple[float, float]]:
    """Places on two arcs, right and left, each on a line of its own, so that no box or label covers another."""
    spots = []
    for place in range(count):
        right = place < (count + 1) // 2
        size = (count + 1) // 2 if right else count // 2
        step = (place if right else count - 1 - place) - (size - 1) / 2
        wide = 250 + 170 * math.cos(math.pi * step / (size + 1))
        spots.append((wide if right else -wide, _ROW * step))
    return spots


def _node(audit: Audit, page: int, role: str, label: str, x: float, y: float) -> dict[str, object]:
    return {
        "node": page, "url": audit.site.pages["url"][page], "title": str(audit.site.pages["title"].fillna("")[page]),
        "label": label, "detail": describe(audit, page), "role": role, "shape": "box", "size": 20.0,
        "is_money_page": bool(audit.metrics["is_money_page"][page]), "x": x, "y": y,
    }  # fmt: skip


def _nothing(title: str) -> Picture:
    return Picture(
        nodes_frame([]), edges_frame([]), title, "Define clusters, or accept a proposal.", height=60
    )


def _percent(share: float) -> str:
    return "none" if math.isnan(share) else percent(share)
