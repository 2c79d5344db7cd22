"""A network picture as a static chart, for decks and for notebooks that nobody runs."""

from collections.abc import Sequence
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from linkkit.charts.theme import (
    BLUE,
    GREEN,
    GREY,
    INK,
    MUTED,
    ORANGE,
    PALE,
    SKY,
    VERMILLION,
    WIDTH,
    check_rows,
    empty_chart,
    finish,
    palette,
)
from linkkit.charts.words import shorten

_ROLES = {
    "page": "this page", "start": "start page", "source": "links here", "target": "is linked to",
    "within": "within the limit", "beyond": "beyond the limit", "lost": "no link path", "passed": "authority passes", "leaked": "lost",
    "topic": "cluster", "pillar": "pillar page", "mutual": "linked both ways", "upward": "links to the pillar only",
    "downward": "linked from the pillar only", "apart": "no link with the pillar",
    "hub": "hub page", "part": "page with others below it", "missing": "no hub page",
}  # fmt: skip
_COLOURS = {
    "this page": INK, "start page": INK, "links here": BLUE, "is linked to": GREEN, "within the limit": SKY,
    "beyond the limit": VERMILLION, "no link path": VERMILLION, "authority passes": GREEN, "lost": VERMILLION,
    "cluster": SKY, "pillar page": INK, "linked both ways": GREEN, "links to the pillar only": ORANGE,
    "linked from the pillar only": BLUE, "no link with the pillar": VERMILLION,
    "hub page": BLUE, "page with others below it": GREEN, "no hub page": VERMILLION,
}  # fmt: skip

_INKS = {"nofollow": VERMILLION, "lost": VERMILLION, "rest": PALE}


def network_chart(
    nodes: pd.DataFrame,
    edges: pd.DataFrame,
    *,
    title: str,
    caption: str,
    rings: Sequence[tuple[float, str]] = (),
    source: str = "",
) -> alt.Chart:
    """Nodes and edges at their places.

    Parameters
    ----------
    nodes, edges : DataFrame
        Of a network picture (`linkkit.network.Picture`): at most 300 nodes and 1,500 edges.
    title, caption, rings
        Of the same picture.
    """
    if nodes.empty:
        return empty_chart(caption, title=title, notes=(source,))
    shown = check_rows(nodes).copy()
    shown["role_name"] = shown["role"].map(_ROLES).fillna("")
    shown["side"] = _sides(shown)
    shown["area"] = np.where(shown["is_money_page"], 150.0, 80.0)
    # Only bubbles differ in size.
    shown["area"] = shown["area"].where(shown["role"] != "topic", shown["size"] ** 2)
    places = shown.set_index("node")[["x", "y"]]
    lines = check_rows(edges).assign(
        x=edges["source"].map(places["x"]), y=edges["source"].map(places["y"]),
        x2=edges["target"].map(places["x"]), y2=edges["target"].map(places["y"]),
        width=edges["width"].where(edges["width"] > 0, 1.0), ink=edges["kind"].map(_INKS).fillna(GREY),
    )  # fmt: skip
    reach = max((radius for radius, _ in rings), default=0.0)
    left, right = min(shown["x"].min(), -reach), max(shown["x"].max(), reach)
    top, bottom = min(shown["y"].min(), -reach), max(shown["y"].max(), reach)
    wide, tall = max(float(right - left), 1.0), max(float(bottom - top), 1.0)
    boxes = bool((shown["shape"] == "box").mean() > 0.5)
    height = (
        int(min(640, max(120, 27 * shown["y"].nunique()))) if boxes else int(min(WIDTH, WIDTH * tall / wide))
    )
    margin = 0.28 if boxes or (shown["role"] == "topic").any() else 0.08
    x_scale = alt.Scale(domain=[left - wide * margin, right + wide * margin], nice=False, zero=False)
    y_scale = alt.Scale(domain=[bottom + tall * 0.07, top - tall * 0.07], nice=False, zero=False)
    x = alt.X("x:Q", axis=None, scale=x_scale)
    y = alt.Y("y:Q", axis=None, scale=y_scale)
    rules = (
        alt.Chart(lines)
        .mark_rule(opacity=0.6)
        .encode(
            x=x, y=y, x2=alt.X2("x2:Q"), y2=alt.Y2("y2:Q"),
            color=alt.Color("ink:N", scale=None, legend=None),
            strokeWidth=alt.StrokeWidth("width:Q", scale=None),
            strokeDash=alt.condition("indexof(['content', 'lost', 'rest'], datum.kind) >= 0", alt.value([1, 0]), alt.value([4, 3])),
        )
    )  # fmt: skip
    roles = [name for name in shown["role_name"] if name]
    points = (
        alt.Chart(shown[shown["role_name"] != ""])
        .mark_point(filled=True, opacity=1, strokeWidth=1)
        .encode(
            x=x, y=y,
            color=alt.Color("role_name:N", scale=palette(roles, _COLOURS), legend=alt.Legend(columns=4)),
            shape=alt.Shape("is_money_page:N", scale=alt.Scale(domain=[False, True], range=["circle", "diamond"]), legend=None),
            size=alt.Size("area:Q", scale=None, legend=None),
            tooltip=[alt.Tooltip("url:N", title="Page"), alt.Tooltip("title:N", title="Title")],
        )
    )  # fmt: skip
    return finish(
        alt.layer(
            *_circles(rings, x, y),
            rules,
            points,
            *_labels(
                shown,
                x,
                y,
                letters=19 if boxes and shown["x"].nunique() > 3 else 34,
                halo=bool((edges["width"] > 0).any()),
            ),
        ).properties(width=WIDTH, height=height),
        title=title,
        notes=(caption, source),
        description=caption,
    )


def _circles(rings: Sequence[tuple[float, str]], x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """Dashed circles behind the nodes, each with its label at the top."""
    if not rings:
        return []
    turn = np.linspace(0, 2 * np.pi, 61)
    lines = pd.DataFrame(
        [(r, step, r * np.cos(t), r * np.sin(t)) for r, _ in rings for step, t in enumerate(turn)],
        columns=["ring", "step", "x", "y"],
    )
    names = pd.DataFrame([(label, 0.0, -r) for r, label in rings], columns=["label", "x", "y"])
    circle = alt.Chart(lines).mark_line(strokeDash=[4, 4], strokeWidth=1, color=PALE)
    text = alt.Chart(names).mark_text(fontSize=11, color=MUTED, dy=-5)
    return [
        circle.encode(x=x, y=y, detail=alt.Detail("ring:N"), order=alt.Order("step:Q")),
        text.encode(x=x, y=y, text=alt.Text("label:N")),
    ]


def _sides(nodes: pd.DataFrame) -> pd.Series:
    """Where a node's label goes: outwards for neighbours, above for dots."""
    side = pd.Series("above", index=nodes.index, dtype="str")
    side[nodes["role"] == "source"] = "left"
    outward = ["target", "lost", "passed", "leaked", "more", "part", "missing"]
    side[nodes["role"].isin(outward) & (nodes["shape"] != "text")] = "right"
    if (nodes["role"] == "source").any():
        side[(nodes["role"] == "more") & (nodes["shape"] != "text") & (nodes["x"] < 0)] = "left"
    outwards = nodes["role"].isin(["topic", "mutual", "upward", "downward", "apart"])
    side[outwards] = np.where(nodes["x"] < 0, "left", "right")[outwards]
    side[outwards & (nodes["role"] == "topic")] += " of the bubble"
    side[nodes["shape"] == "text"] = "middle"
    return side


def _labels(nodes: pd.DataFrame, x: alt.X, y: alt.Y, *, letters: int, halo: bool) -> list[alt.Chart]:
    styles = {
        "left": {"align": "right", "dx": -9, "baseline": "middle"},
        "right": {"align": "left", "dx": 9, "baseline": "middle"},
        "above": {"align": "center", "dy": -12},
        "left of the bubble": {"align": "right", "dx": -24, "baseline": "middle"},
        "right of the bubble": {"align": "left", "dx": 24, "baseline": "middle"},
        "middle": {"align": "center", "fontWeight": 600, "color": MUTED},
    }
    layers = []
    for side, style in styles.items():
        rows = nodes[(nodes["side"] == side) & (nodes["label"].str.strip() != "")]
        if len(rows):
            most = max(letters, 34) if side == "middle" else letters
            text = rows.assign(label=[shorten(label, most) for label in rows["label"]])
            mark: dict[str, Any] = {"fontSize": 11.5, "color": INK, **style}
            # Wide lines would run through the letters.
            behind = {
                **mark,
                "color": "white",
                "stroke": "white",
                "strokeWidth": 4,
                "strokeOpacity": 0.85,
                "strokeJoin": "round",
            }
            for each in (behind, mark) if halo else (mark,):
                layers.append(alt.Chart(text).mark_text(**each).encode(x=x, y=y, text=alt.Text("label:N")))
    return layers
