"""Pages that clicking never reaches: orphans alone, islands with the links among them, nofollow-only pages."""

import numpy as np
import pandas as pd
from scipy.sparse.csgraph import connected_components

from linkkit.audit import Audit
from linkkit.network.labels import name_pages, page_row, words_row
from linkkit.network.picture import Picture, edges_frame, nodes_frame
from linkkit.schema import OrphanState

_COLUMNS = {
    OrphanState.ORPHAN: "Orphans",
    OrphanState.ISLAND: "Islands",
    OrphanState.NOFOLLOW_ONLY: "Nofollow only",
    OrphanState.NON_INDEXABLE_SOURCES_ONLY: "Sources not in the index",
}
_WIDTH, _ROW = 300.0, 46.0
_HEAD = -1
_MORE = -101


def orphan_map(audit: Audit, *, each: int = 14) -> Picture:
    """Pages without a path from the start page, in columns by state, with the links among those shown.

    Parameters
    ----------
    audit : Audit
    each : int
        Pages of each state at most: those with referring domains, clicks and sessions first. An island is kept together
        where it fits.
    """
    metrics = audit.metrics
    states = [state for state in _COLUMNS if (metrics["orphan_state"] == state).any()]
    rows: list[dict[str, object]] = []
    shown: list[int] = []
    total = 0
    for column, state in enumerate(states):
        members = _ordered(audit, metrics.index[metrics["orphan_state"] == state].to_numpy())
        total += len(members)
        kept = members[:each]
        x = (column - (len(states) - 1) / 2) * _WIDTH
        rows.append(
            words_row(_HEAD - column, f"{_COLUMNS[state]} ({len(members):,})", "heading", x, -_ROW * 1.3)
        )
        for place, page in enumerate(kept):
            is_money = bool(metrics["is_money_page"][page])
            rows.append(page_row(audit, page, page, "lost", x, place * _ROW, is_money_page=is_money))
        shown += kept
        if len(members) > len(kept):
            label = f"… and {len(members) - len(kept):,} more"
            rows.append(words_row(_MORE - column, label, "more", x, len(kept) * _ROW))
    name_pages(rows)
    longest = max(
        (min(each + 1, int((metrics["orphan_state"] == state).sum())) for state in states), default=1
    )
    return Picture(
        nodes=nodes_frame(rows),
        edges=edges_frame(_links_among(audit, shown)),
        title=f"{total:,} {'page has' if total == 1 else 'pages have'} no usable link path from the start page",
        caption=(
            f"Showing {len(shown):,} of {total:,} pages, those with backlinks, clicks and sessions first. Lines are "
            "followed links among the pages shown. Gold border (diamond in the still): money page; hover for details."
        ),
        height=int(min(760, max(200, (longest + 2) * _ROW))),
    )


def _ordered(audit: Audit, members: np.ndarray) -> list[int]:
    """The pages that earn most first; members of one island stand together."""
    metrics = audit.metrics.loc[members]
    worth = metrics[["referring_domains", "clicks", "sessions"]].fillna(0.0)
    inner = audit.graph.followed[members][:, members]
    _, group = connected_components(inner, directed=True, connection="weak")
    table = pd.DataFrame(
        {
            "page": members,
            "group": group,
            "domains": worth["referring_domains"].to_numpy(),
            "visits": (worth["clicks"] + worth["sessions"]).to_numpy(),
        }
    )
    for name in ("domains", "visits"):
        table[f"group_{name}"] = table.groupby("group")[name].transform("sum")
    keys = ["group_domains", "group_visits", "group", "domains", "visits", "page"]
    ordered = table.sort_values(keys, ascending=[False, False, True, False, False, True])
    return [int(page) for page in ordered["page"]]


def _links_among(audit: Audit, shown: list[int]) -> list[dict[str, object]]:
    graph = audit.graph
    inside = np.zeros(len(graph), dtype=bool)
    inside[shown] = True
    both = inside[graph.source] & inside[graph.target]
    return [
        {"source": int(s), "target": int(t), "kind": "content" if content else "template", "anchor": ""}
        for s, t, content in zip(graph.source[both], graph.target[both], graph.is_content[both], strict=True)
    ]
