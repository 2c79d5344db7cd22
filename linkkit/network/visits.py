"""Where visitors of one page come from and where they go on: as seen, or by the reader model where nothing was."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from linkkit.audit import Audit
from linkkit.metrics.navigation import CONTENT, UNLINKED, Navigation
from linkkit.network.labels import name_pages, page_label, page_row, words_row
from linkkit.network.picture import Picture, edges_frame, nodes_frame

_COLUMN, _ROW, _WIDEST = 460.0, 44.0, 14.0
_CENTRE, _BEGIN, _LEAVE = 0, -1, -2


def visitor_flow(audit: Audit, url: str, *, each: int = 10) -> Picture:
    """The pages before and after a page, by visitors' steps, the most on top.

    Parameters
    ----------
    audit : Audit
    url : str
        A page of the site; one that folds into another shows that other page.
    each : int
        Pages a side at most; the others stand together below them.

    Raises
    ------
    SiteError
        If the site has no such page.
    """
    n = audit.facts.navigation
    page = int(audit.graph.final[audit.site.page_id(url)])
    if n is None or not n.has_steps:
        return _modelled(audit, n, page, each)
    before = n.steps[n.steps["target"] == page].rename(columns={"source": "page"})
    after = n.steps[n.steps["source"] == page].rename(columns={"target": "page"})
    row = n.pages.iloc[page]
    begin = float(row["entrances"]) if n.basis == "entrances" else 0.0
    left = max(float(row["passes"] - row["steps_out"]), 0.0)
    sides = [
        _side(before, begin, "begin their visit here", each),
        _side(after, left, "leave, or were not counted on", each),
    ]
    most = max([float(amount) for side in sides for _, amount, _ in side] or [1.0])
    passes = f"{row['passes']:,.0f}"
    title = f"Of about {passes} times that visitors passed {page_label(str(audit.graph.urls[page]))}, they went on {row['steps_out']:,.0f} times"
    unlinked = float(row["unlinked"])
    more = f" {unlinked:,.0f} of these steps follow no link that was found." if unlinked else ""
    caption = (
        f"The {each} strongest pages a side, the others together. Steps (GA4); dark: content link, dashed: menu or template, orange: no link found, "
        f"pale: other ways.{more} Gold border (diamond in the still): money page."
    )
    return _drawn(audit, page, sides, most, title, caption, lambda amount: f"{amount:,.0f}")


_Side = list[tuple[int, float, str]]


def _side(rows: pd.DataFrame, rest: float, rest_words: str, each: int) -> _Side:
    """Pages of one side with amount and kind of line; what has no page is negative: -1 the rest in words, -3 more pages."""
    ordered = rows.sort_values(["steps", "page"], ascending=[False, True])
    side: _Side = [
        (int(page), float(steps), _KINDS.get(way, "template"))
        for page, steps, way in zip(
            ordered["page"][:each], ordered["steps"][:each], ordered["way"][:each], strict=True
        )
    ]
    hidden = ordered["steps"][each:]
    if len(hidden):
        side.append((-len(hidden) - 10, float(hidden.sum()), "rest"))
    if rest > 0:
        side.append((_BEGIN if rest_words.startswith("begin") else _LEAVE, rest, "rest"))
    return side


_KINDS = {CONTENT: "content", UNLINKED: "lost", "menu or template link": "template"}


def _modelled(audit: Audit, n: Navigation | None, page: int, each: int) -> Picture:
    name = page_label(str(audit.graph.urls[page]))
    if n is None:
        return _drawn(audit, page, [[], []], 1.0, f"Nothing is known of visits to {name}", "", str)
    row = n.reader.moves[[page]].tocoo()
    kinds = np.where(audit.graph.is_content, "content", "template")
    first, last = np.searchsorted(audit.graph.source, [page, page + 1])
    known = dict(zip(audit.graph.target[first:last].tolist(), kinds[first:last].tolist(), strict=True))
    order = np.lexsort((row.col, -row.data))
    pairs = [(int(row.col[at]), float(row.data[at])) for at in order]
    side: _Side = [(target, share, known.get(target, "template")) for target, share in pairs[:each]]
    rest = sum(share for _, share in pairs[each:])
    side += [(-len(pairs[each:]) - 10, rest, "rest")] if rest > 0 else []
    left = max(1 - float(row.data.sum()), 0.0)
    side += [(_LEAVE, left, "rest")] if left > 0 else []
    path = n.reader.path(page) if audit.authority.money.any() else []
    way = " → ".join(page_label(str(audit.graph.urls[each_page])) for each_page, _ in path)
    words = f" Likeliest way to a money page: {way}." if len(path) > 1 else ""
    title = f"By the reader model, {100 * (1 - left):.0f} of 100 visitors of {name} go on to another page"
    caption = (
        f"A model, no measurement: no steps of visitors are known. The {each} likeliest pages; dark: content link, dashed: menu or template.{words} "
        f"{audit.graph.model.words()}. Gold border (diamond in the still): money page."
    )
    most = max([share for _, share, _ in side] or [1.0])
    return _drawn(audit, page, [[], side], most, title, caption, lambda share: f"{100 * share:.1f} of 100")


def _drawn(
    audit: Audit,
    page: int,
    sides: list[_Side],
    most: float,
    title: str,
    caption: str,
    words: Callable[[float], str],
) -> Picture:
    money = audit.authority.money
    rows = [page_row(audit, page, _CENTRE, "page", 0.0, 0.0, is_money_page=bool(money[page]))]
    edges: list[dict[str, object]] = []
    for direction, side in zip((-1, 1), sides, strict=True):
        top = -(len(side) - 1) / 2
        if side:
            heading = "come from" if direction < 0 else "go on to"
            longest = max(len(each) for each in sides)
            rows.append(
                words_row(
                    len(rows), heading, "heading", direction * _COLUMN, (-(longest - 1) / 2 - 1.4) * _ROW
                )
            )
        for place, (other, amount, kind) in enumerate(side):
            x, y = direction * _COLUMN, (top + place) * _ROW
            node = len(rows)
            if other >= 0:
                role, told = "source" if direction < 0 else "target", words(amount)
                rows.append(
                    page_row(
                        audit,
                        other,
                        node,
                        role,
                        x,
                        y,
                        is_money_page=bool(money[other]),
                        detail=told,
                        label=told,
                    )
                )
            else:
                label = {_BEGIN: "begin here", _LEAVE: "leave"}.get(other, f"{-other - 10:,} more pages")
                rows.append(words_row(node, f"{label}  {words(amount)}", "more", x, y, shape="box"))
            ends = (node, _CENTRE) if direction < 0 else (_CENTRE, node)
            edges.append(
                {
                    "source": ends[0], "target": ends[1], "kind": kind, "anchor": "",
                    "width": max(1.0, _WIDEST * amount / most), "detail": words(amount),
                }
            )  # fmt: skip
    name_pages(rows)
    height = int((max((len(side) for side in sides), default=1) + 3) * _ROW * 0.85 + 60)
    return Picture(
        nodes=nodes_frame(rows),
        edges=edges_frame(edges),
        title=title,
        caption=caption,
        height=max(height, 260),
    )
