"""How authority travels from the page it lands on: one column for each click, lines as wide as what they carry."""

import numpy as np

from linkkit.audit import Audit
from linkkit.metrics.journeys import Step, carried, clicks_from_landing
from linkkit.network.labels import name_pages, page_label, page_row, words_row
from linkkit.network.picture import Picture, edges_frame, nodes_frame

_COLUMN, _ROW = 330.0, 46.0
_WIDEST = 14.0
_LEAST = 0.003
"""Share below which no line is drawn: the caption says so."""


def authority_journey(audit: Audit, url: str, *, each: int = 8, clicks: int = 3) -> Picture:
    """Where a unit of authority that lands on a page goes, click by click.

    Parameters
    ----------
    audit : Audit
    url : str
        A page of the site; one that folds into another shows that other page.
    each : int
        Pages shown for each click at most, those that most arrives at first; the others stand together below them.
    clicks : int
        Columns beside the landing page; the title says what is still on its way.

    Raises
    ------
    SiteError
        If the site has no such page.
    """
    authority, graph = audit.authority, audit.graph
    page = int(graph.final[audit.site.page_id(url)])
    if not graph.stands[page]:
        return _lost_at_once(audit, page)
    steps = clicks_from_landing(authority, page, clicks=clicks)
    shown = [_strongest(step.arrives, each) for step in steps]
    rows: list[dict[str, object]] = []
    node: list[dict[int, int]] = []
    for click, (step, pages) in enumerate(zip(steps, shown, strict=True)):
        node.append({})
        x = (click - clicks / 2) * _COLUMN
        rest = int((step.arrives > 0).sum()) - len(pages)
        place = -(len(pages) + (rest > 0) + (step.lost > 0) - 1) / 2
        top = -(each + 1) / 2 - 1.2
        rows.append(words_row(len(rows), _heading(click, step), "heading", x, top * _ROW))
        for each_page in pages:
            node[click][each_page] = len(rows)
            rows.append(_node(audit, each_page, step, click, len(rows), x, place * _ROW))
            place += 1
        if rest > 0:
            node[click][_REST] = len(rows)
            left = float(step.arrives.sum() - step.arrives[pages].sum())
            label = f"{rest:,} more: {_units(left)}"
            rows.append(words_row(len(rows), label, "more", x, place * _ROW, shape="box"))
            place += 1
        if step.lost > 0:
            node[click][_LOST] = len(rows)
            rows.append(_lost(len(rows), step.lost, x, place * _ROW))
    name_pages(rows)
    edges = [
        edge
        for click in range(1, clicks + 1)
        for edge in _edges(audit, steps[click - 1], steps[click], node[click - 1], node[click])
    ]
    return Picture(
        nodes=nodes_frame(rows),
        edges=edges_frame(edges),
        title=_title(audit, page, steps),
        caption=_caption(audit, steps, shown),
        height=int((each + 3.5) * _ROW * 0.8 + 60),
        arrows=False,
    )


_REST, _LOST = -1, -2


def _strongest(arrives: np.ndarray, each: int) -> list[int]:
    order = np.lexsort((np.arange(len(arrives)), -arrives))[:each]
    return [int(page) for page in order if arrives[page] > 0]


def _edges(
    audit: Audit, before: Step, step: Step, sources: dict[int, int], targets: dict[int, int]
) -> list[dict[str, object]]:
    """Lines from one column to the next; pages not shown and what is lost count together."""
    authority = audit.authority
    pages = [page for page in targets if page >= 0]
    every: list[tuple[int, int, float]] = []
    # What the pages that are not shown hand on is what no other line brings.
    left = {page: float(step.arrives[page]) for page in pages}
    left[_REST] = float(step.arrives.sum()) - sum(left.values())
    left[_LOST] = step.lost
    leaks = authority.flow.damping * before.arrives * authority.flow.lost.sum(axis=1)
    for source in (page for page in sources if page >= 0):
        linked, share = carried(authority, before, source)
        known = np.isin(linked, pages)
        amounts = dict(zip(linked[known].tolist(), share[known].tolist(), strict=True))
        amounts |= {_REST: float(share[~known].sum()), _LOST: float(leaks[source])}
        for target, amount in amounts.items():
            left[target] -= amount
            every.append((source, target, amount))
    every += [(_REST, target, amount) for target, amount in left.items()]
    return [
        {
            "source": sources[source],
            "target": targets[target],
            "kind": _kind(audit, source, target),
            "anchor": "",
            "width": max(1.0, min(_WIDEST, share * 100)),
            "detail": f"{_units(share)} of 100 units",
        }
        for source, target, share in every
        if share >= _LEAST and source in sources and target in targets
    ]


def _kind(audit: Audit, source: int, target: int) -> str:
    if target == _LOST:
        return "lost"
    if _REST in (source, target):
        return "rest"
    graph = audit.graph
    first, last = np.searchsorted(graph.source, [source, source + 1])
    at = first + int(np.searchsorted(graph.target[first:last], target))
    return "content" if graph.is_content[at] else "template"


def _units(share: float) -> str:
    return "< 0.1" if 0 < share < 0.0005 else f"{share * 100:.1f}"


def _heading(click: int, step: Step) -> str:
    if click == 0:
        return "lands: 100 units"
    return f"{click} click{'' if click == 1 else 's'}: {_units(float(step.arrives.sum()))} arrive"


def _node(
    audit: Audit, page: int, step: Step, click: int, number: int, x: float, y: float
) -> dict[str, object]:
    amount = _units(float(step.arrives[page]))
    return page_row(
        audit,
        page,
        number,
        "page" if click == 0 else "passed",
        x,
        y,
        is_money_page=bool(audit.authority.money[page]),
        detail=f"{amount} of 100 units arrive at this click",
        label=amount,
    )


def _lost(number: int, share: float, x: float, y: float) -> dict[str, object]:
    return words_row(number, f"lost  {_units(share)}", "leaked", x, y, shape="box")


def _title(audit: Audit, page: int, steps: list[Step]) -> str:
    authority = audit.authority
    name = page_label(str(audit.graph.urls[page]))
    head = f"Of 100 units that land on {name},"
    lost = f"{_units(float(authority.landing_lost[page]))} are lost in the end"
    if not authority.money.any():
        return f"{head} {lost}; no money pages are known"
    return f"{head} {_units(float(authority.landing_yield[page]))} reach money pages in the end; {lost}"


def _caption(audit: Audit, steps: list[Step], shown: list[list[int]]) -> str:
    sizes = ", ".join(
        f"{len(pages):,} of {int((step.arrives > 0).sum()):,}"
        for step, pages in zip(steps[1:], shown[1:], strict=True)
    )
    damping = audit.graph.model.damping
    left = damping * float(steps[-1].arrives.sum())
    return (
        f"Strongest pages of each click, showing {sizes}; the others stand together. Line width: units carried, from "
        f"{_units(_LEAST)} on (dark: content link, dashed: template link, pale: several, orange: lost). Each page keeps {100 * (1 - damping):g} % of what arrives; "
        f"{_units(left)} units go on after the last column. Gold border (diamond in the still): money page. {audit.graph.model.words()}."
    )


def _lost_at_once(audit: Audit, page: int) -> Picture:
    url = str(audit.graph.urls[page])
    row = {
        "node": 0, "url": url, "title": "", "label": page_label(url), "detail": url, "role": "leaked", "shape": "box",
        "size": 20.0, "is_money_page": False, "x": 0.0, "y": 0.0,
    }  # fmt: skip
    return Picture(
        nodes=nodes_frame([row]),
        edges=edges_frame([]),
        title=f"Whatever lands on {page_label(url)} is lost at once",
        caption=f"It leads to no live page of the site ({audit.graph.leak[page] or 'lost'}). {audit.graph.model.words()}.",
        height=160,
    )
