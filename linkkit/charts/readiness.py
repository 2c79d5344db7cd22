"""Charts of the verdict: the gates on one card, what reaches money pages before and after the plan, and how firm the verdict is."""

import textwrap

import altair as alt
import pandas as pd

from linkkit.charts.answers import Answer
from linkkit.charts.theme import (
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
)
from linkkit.charts.words import model_note, source_note, units
from linkkit.metrics.authority import LEAKS, MONEY, NON_INDEXABLE, OTHER
from linkkit.readiness import Readiness, State, Verdict
from linkkit.readiness.view import CRAWL, ENTRY, MODEL, SIGNAL

STATES = {
    State.PASS: ("holds", GREEN, "\u2713"),
    State.FAIL: ("does not hold", VERMILLION, "\u25b2"),
    State.UNJUDGED: ("cannot be judged", MUTED, "?"),
}
"""State of a gate -> words, colour, sign."""
VERDICTS = {
    Verdict.READY: ("ready", GREEN, "\u2713"),
    Verdict.FIX_FIRST: ("fix first", ORANGE, "\u25b2"),
    Verdict.NOT_READY: ("not ready", VERMILLION, "\u2715"),
    Verdict.INCONCLUSIVE: ("inconclusive", GREY, "?"),
}
"""Verdict -> words, colour, sign."""
_ANSWERS = {
    Verdict.READY: "good",
    Verdict.FIX_FIRST: "fix",
    Verdict.NOT_READY: "fix",
    Verdict.INCONCLUSIVE: "unknown",
}
_SHAPES = {State.PASS: "circle", State.FAIL: "triangle-up", State.UNJUDGED: "diamond"}
_BAR, _ROW, _LETTERS, _LINES = 150, 64, 62, 4
_CELL = 112


def readiness_answer(readiness: Readiness) -> Answer:
    """The answer of the notebook on readiness: the verdict, what decides it, what could not be judged."""
    return Answer(_ANSWERS[readiness.verdict], readiness.sentence, readiness.caveat)


def readiness_title(readiness: Readiness) -> str:
    """The verdict and how many gates hold, for a title."""
    held = sum(gate.state is State.PASS for gate in readiness.gates)
    open_ = len(readiness.unjudged)
    more = f", {open_:,} cannot be judged" if open_ else ""
    return f"{str(readiness.verdict).capitalize()}: {held:,} of {len(readiness.gates):,} gates hold{more}"


def gates_table(readiness: Readiness) -> pd.DataFrame:
    """The gates as people read them.

    Returns
    -------
    DataFrame
        One row per gate: ``gate`` (id), ``title``, ``state``, ``sign``, ``words`` (of the state), ``value``, ``limit`` (shares 0-1; value NaN
        where nothing is counted), ``note`` (both in words), ``said`` (evidence, and what to do), ``decides`` (bool).
    """
    rows = readiness.table
    looks = [STATES[State(state)] for state in rows["state"]]
    return pd.DataFrame(
        {
            "gate": rows["gate"],
            "title": rows["title"],
            "state": rows["state"],
            "sign": [sign for _, _, sign in looks],
            "words": [words for words, _, _ in looks],
            "value": rows["value"],
            "limit": rows["limit"],
            "note": [_note(value, limit) for value, limit in zip(rows["value"], rows["limit"], strict=True)],
            "said": [_said(evidence, distance) for evidence, distance in zip(rows["evidence"], rows["distance"], strict=True)],
            "decides": rows["decides"],
        }
    )  # fmt: skip


def _note(value: float, limit: float) -> str:
    known = "not known" if pd.isna(value) else fine_percent(value)
    return f"{known} (limit {fine_percent(limit)})"


def fine_percent(share: float) -> str:
    """A share as percent, with a digit behind the point where the limit may lie between two whole ones.

    Examples
    --------
    >>> fine_percent(0.9987), fine_percent(0.95), fine_percent(0.8333), fine_percent(1), fine_percent(0.99999)
    ('99.9 %', '95 %', '83.3 %', '100 %', '> 99.9 %')
    """
    if 0.9995 <= share < 1:
        return "> 99.9 %"
    return f"{f'{share * 100:.1f}'.removesuffix('.0')} %"


def _said(evidence: str, distance: str) -> str:
    first = evidence[:1].upper() + evidence[1:]
    return f"{first}\nTo pass: {distance}" if distance else first


def gates_chart(table: pd.DataFrame, *, title: str, notes: tuple[str, ...] = ()) -> alt.Chart:
    """The card: one row per gate with state, value against limit, evidence and distance.

    Parameters
    ----------
    table : DataFrame
        `gates_table`.
    title : str
        `readiness_title`.
    """
    shown = check_rows(table).copy()
    shown["percent"], shown["line"] = shown["value"] * 100, shown["limit"] * 100
    shown["lines"] = [
        "\n".join(line for part in text.split("\n") for line in _wrapped(part)) for text in shown["said"]
    ]
    order = list(shown["title"])
    height = _ROW * len(order)
    words = [name for name, _, _ in STATES.values()]
    colours = alt.Scale(domain=words, range=[colour for _, colour, _ in STATES.values()])
    base = alt.Chart(shown)
    named = alt.Y("title:N", sort=order, title=None, axis=alt.Axis(domain=False, tickSize=0, labelPadding=8, labelLimit=240))  # fmt: skip
    bare = alt.Y("title:N", sort=order, title=None, axis=None)
    place = alt.X("place:Q", axis=None, scale=alt.Scale(domain=[0, 1]))
    tips = [alt.Tooltip("title:N", title="Gate"), alt.Tooltip("words:N", title="State"), alt.Tooltip("note:N", title="Value"), alt.Tooltip("said:N", title="Evidence")]  # fmt: skip
    shapes = alt.Scale(domain=words, range=list(_SHAPES.values()))
    look = {"color": alt.Color("words:N", scale=colours), "shape": alt.Shape("words:N", scale=shapes)}
    state = (
        base.transform_calculate(place="0.5")
        .mark_point(filled=True, size=260, opacity=1)
        .encode(y=named, x=place, tooltip=tips, **look)
        .properties(width=34, height=height)
    )
    across = alt.X("percent:Q", title="Share that is right, in % (line: limit)", scale=alt.Scale(domain=[0, 100]), axis=alt.Axis(values=[0, 50, 100], grid=False))  # fmt: skip
    tracks = base.transform_calculate(whole="100").mark_bar(height=10, color=PALE).encode(y=bare, x=alt.X("whole:Q", scale=alt.Scale(domain=[0, 100])))  # fmt: skip
    bars = base.mark_bar(height=10).encode(y=bare, x=across, color=look["color"], tooltip=tips)
    ticks = base.mark_tick(color=INK, thickness=2.5, size=22).encode(y=bare, x=alt.X("line:Q", scale=alt.Scale(domain=[0, 100])))  # fmt: skip
    value = base.transform_calculate(start="0").mark_text(align="left", baseline="bottom", dy=-9, fontSize=11, color=MUTED).encode(y=bare, x=alt.X("start:Q"), text=alt.Text("note:N"))  # fmt: skip
    middle = alt.layer(tracks, bars, ticks, value).properties(width=_BAR, height=height)
    said = base.transform_calculate(place="0").mark_text(align="left", fontSize=11.5, dy=-19, lineHeight=14, color=INK, lineBreak="\n", limit=400).encode(y=bare, x=place, text=alt.Text("lines:N"), tooltip=tips)  # fmt: skip
    right = said.properties(width=WIDTH - _BAR - 150, height=height)
    return finish(
        alt.hconcat(state, middle, right, spacing=14),
        title=title,
        notes=("A gate that cannot be judged is no all-clear.", *notes),
        description="; ".join(
            f"{title}: {words}, {note}, {said}"
            for title, words, note, said in zip(shown["title"], shown["words"], shown["note"], shown["said"], strict=True)
        ),
    )  # fmt: skip


def _wrapped(text: str) -> list[str]:
    lines = textwrap.wrap(text, _LETTERS)
    return lines if len(lines) <= _LINES else [*lines[: _LINES - 1], textwrap.shorten(" ".join(lines[_LINES - 1 :]), _LETTERS, placeholder=" …")]  # fmt: skip


TODAY, AFTER = "Today", "After the plan"
_ENDS = {"Reach money pages": GREEN, "Settle on other pages": SKY, "Lost": VERMILLION}


def before_after_table(readiness: Readiness) -> pd.DataFrame:
    """Where a hundred units of authority end, today and with the plan's links.

    Returns
    -------
    DataFrame
        One row per state (`TODAY`, `AFTER`) and end: ``when``, ``end``, ``share`` (0-1; together 1). Empty where no money pages are known.
    """
    rows = []
    planned = readiness.basis.planned
    if planned is not None:
        for when, ledger in ((TODAY, readiness.audit.ledger), (AFTER, planned.ledger)):
            ends = (ledger[MONEY], ledger[[OTHER, NON_INDEXABLE]].sum(), ledger[list(LEAKS)].sum())
            rows += [(when, end, float(share)) for end, share in zip(_ENDS, ends, strict=True)]
    return pd.DataFrame(rows, columns=["when", "end", "share"]).astype({"share": "float64"})


def before_after_chart(table: pd.DataFrame, *, title: str, model: str = "", source: str = "") -> alt.Chart:
    """Two bars of a hundred units each: today and after the plan.

    Parameters
    ----------
    table : DataFrame
        `before_after_table`.
    title : str
        `Readiness.headline`.
    """
    if table.empty:
        return empty_chart("List money pages in notebook 01.", title=title, notes=(source,))
    shown = check_rows(table).copy()
    shown["units"] = shown["share"] * 100
    shown["note"] = [units(share) if share >= 0.03 else "" for share in shown["share"]]
    shown["order"] = shown["end"].map({end: place for place, end in enumerate(_ENDS)})
    ends = list(_ENDS)
    base = alt.Chart(shown).encode(
        y=alt.Y("when:N", sort=[TODAY, AFTER], title=None, axis=alt.Axis(domain=False, tickSize=0, labelPadding=8, labelFontSize=13)),
        order=alt.Order("order:Q"),
    )  # fmt: skip
    across = alt.X("units:Q", stack="zero", title="Units of 100", scale=alt.Scale(domain=[0, 100]))
    bars = base.mark_bar(height=alt.RelativeBandSize(0.66), stroke="white", strokeWidth=1.5).encode(
        x=across, color=alt.Color("end:N", scale=alt.Scale(domain=ends, range=list(_ENDS.values())), sort=ends),
        tooltip=[alt.Tooltip("when:N", title="When"), alt.Tooltip("end:N", title="End"), alt.Tooltip("units:Q", title="Units of 100", format=".2f")],
    )  # fmt: skip
    said = base.mark_text(fontSize=14, fontWeight=600, color=INK).encode(
        x=alt.X("units:Q", stack="zero", bandPosition=0.5),
        text=alt.Text("note:N"),
        detail=alt.Detail("end:N"),
    )
    return finish(
        alt.layer(bars, said).properties(width=WIDTH - 110, height=112),
        title=title,
        notes=(model, source),
        description="; ".join(f"{when}, {end}: {units(share)}" for when, end, share in zip(shown["when"], shown["end"], shown["share"], strict=True)),
    )  # fmt: skip


_STRIP = {ENTRY: "What domains are worth", CRAWL: "Less of the site crawled", SIGNAL: "A file missing"}


def verdicts_table(readiness: Readiness) -> pd.DataFrame:
    """The verdict under every variant, as cells of a strip.

    Returns
    -------
    DataFrame
        One row per variant, the audit's own model first: ``row`` (what is varied), ``column`` (place in the row, from 0), ``cell`` (what it
        is varied to), ``verdict``, ``sign``, ``is_own`` (bool), ``flips`` (bool), ``captured``, ``after`` (shares), ``because``.
    """
    own = readiness.audit.graph.model
    rows = [(_weights(own.weights), f"{own.damping:g}", str(readiness.verdict), True, False, readiness.captured, readiness.after, "this audit")]  # fmt: skip
    for each in readiness.robustness.itertuples(index=False):
        name = str(each.variant)
        if each.kind == MODEL:
            weights, _, damping = name.partition(", damping ")
            row, cell = _weights(weights), damping
        else:
            row, cell = _STRIP[str(each.kind)], _CELLS.get(name, name.removeprefix("without ").replace(" of the pages crawled", ""))  # fmt: skip
        rows.append((row, cell, str(each.verdict), False, bool(each.flips), each.captured, each.after, str(each.because)))  # type: ignore[arg-type] # fmt: skip
    table = pd.DataFrame(rows, columns=["row", "cell", "verdict", "is_own", "flips", "captured", "after", "because"])  # fmt: skip
    first = table["row"].drop_duplicates().tolist()
    # The dampings of each weight model in order; the rest as it comes.
    number = pd.to_numeric(table["cell"], errors="coerce").where(table["row"].str.startswith("Damping"))
    table = table.assign(_row=table["row"].map({row: place for place, row in enumerate(first)}), _cell=number.fillna(0.0))  # fmt: skip
    table = table.sort_values(["_row", "_cell"], kind="stable").drop(columns=["_row", "_cell"])
    table["column"] = table.groupby("row", sort=False).cumcount()
    table["sign"] = [VERDICTS[Verdict(verdict)][2] for verdict in table["verdict"]]
    return table.reset_index(drop=True)


_CELLS = {"every domain counts alike": "all alike", "further domains count less": "ever less"}


def _weights(name: str) -> str:
    return f"Damping, {name.replace('_', ' ')}"


def verdicts_chart(table: pd.DataFrame, *, title: str, model: str = "", source: str = "") -> alt.Chart:
    """The strip: a cell for every variant with the verdict's colour and sign, this audit's own framed.

    Parameters
    ----------
    table : DataFrame
        `verdicts_table`.
    title : str
        What it shows (`Readiness.holds`, first sentence).
    """
    shown = check_rows(table).copy()
    shown["label"] = [f"{sign} {verdict}" for sign, verdict in zip(shown["sign"], shown["verdict"], strict=True)]  # fmt: skip
    shown["captured_units"], shown["after_units"] = shown["captured"] * 100, shown["after"] * 100
    shown["ink"] = [INK if verdict != Verdict.NOT_READY else "white" for verdict in shown["verdict"]]
    order = list(shown["row"].drop_duplicates())
    columns = int(shown["column"].max()) + 1
    names = [str(verdict) for verdict in VERDICTS]
    scale = alt.Scale(domain=names, range=[_PALE[verdict] for verdict in VERDICTS])
    base = alt.Chart(shown).encode(
        y=alt.Y("row:N", sort=order, title=None, scale=alt.Scale(paddingInner=0.1), axis=alt.Axis(domain=False, tickSize=0, labelPadding=8, labelLimit=240)),
        x=alt.X("column:O", axis=None, scale=alt.Scale(domain=list(range(columns)), paddingInner=0.06)),
    )  # fmt: skip
    cells = base.mark_rect(cornerRadius=3).encode(
        color=alt.Color("verdict:N", scale=scale, legend=None),
        tooltip=[alt.Tooltip("row:N", title="Varied"), alt.Tooltip("cell:N", title="To"), alt.Tooltip("verdict:N", title="Verdict"),
                 alt.Tooltip("captured_units:Q", title="Reach money pages, of 100", format=".2f"),
                 alt.Tooltip("after_units:Q", title="With the plan", format=".2f"), alt.Tooltip("because:N", title="Why")],
    )  # fmt: skip
    frame = base.transform_filter("datum.is_own").mark_rect(cornerRadius=3, filled=False, stroke=INK, strokeWidth=2.5)  # fmt: skip
    top = base.mark_text(dy=-8, fontSize=12, fontWeight=600, color=INK, limit=_CELL - 6).encode(text=alt.Text("cell:N"))  # fmt: skip
    below = base.mark_text(dy=9, fontSize=11.5, color=INK, limit=_CELL - 6).encode(text=alt.Text("label:N"))
    return finish(
        alt.layer(cells, frame, top, below).properties(width=_CELL * columns, height=alt.Step(46)),
        title=title,
        notes=("Framed: this audit. Less crawled: as if the crawl had stopped after so many pages; a file missing: as if nobody had given it.", model, source),
        description="; ".join(f"{row} {cell}: {verdict}" for row, cell, verdict in zip(shown["row"], shown["cell"], shown["verdict"], strict=True)),
    )  # fmt: skip


_PALE = {Verdict.READY: "#A6DBC9", Verdict.FIX_FIRST: "#F6D79A", Verdict.NOT_READY: "#F0AE86", Verdict.INCONCLUSIVE: "#D3D9DD"}  # fmt: skip
"""Pale enough for dark words on them."""


def gates_card(readiness: Readiness) -> alt.Chart:
    """`gates_chart` of an audit."""
    return gates_chart(
        gates_table(readiness), title=readiness_title(readiness), notes=(source_note(readiness.audit),)
    )


def readiness_charts(readiness: Readiness) -> dict[str, alt.Chart]:
    """Charts of the verdict by name: the card of gates, before and after, the strip of variants."""
    audit = readiness.audit
    source, model = source_note(audit), model_note(audit)
    return {
        "readiness": gates_card(readiness),
        "before_after": before_after(readiness),
        "readiness_variants": verdicts_chart(verdicts_table(readiness), title=readiness.holds.split(". ")[0].rstrip("."), model=model, source=source),
    }  # fmt: skip


def before_after(readiness: Readiness) -> alt.Chart:
    """`before_after_chart` of an audit."""
    return before_after_chart(
        before_after_table(readiness), title=readiness.headline.rstrip("."), model=model_note(readiness.audit), source=source_note(readiness.audit)
    )  # fmt: skip


def gates_view(readiness: Readiness) -> pd.DataFrame:
    """The gates as a table to read: ``Gate``, ``State``, ``Value``, ``Limit``, ``Evidence``, ``To pass``, ``Decides``."""
    rows = readiness.table
    return pd.DataFrame(
        {
            "Gate": rows["title"],
            "State": [f"{STATES[State(state)][2]} {STATES[State(state)][0]}" for state in rows["state"]],
            "Value": ["not known" if pd.isna(value) else fine_percent(value) for value in rows["value"]],
            "Limit": [fine_percent(limit) for limit in rows["limit"]],
            "Evidence": rows["evidence"],
            "To pass": rows["distance"],
            "Decides": ["yes" if each else "" for each in rows["decides"]],
        }
    )


def readiness_targets_view(targets: pd.DataFrame, *, known: bool = True) -> pd.DataFrame:
    """`linkkit.readiness.first_targets` as a table to read.

    Parameters
    ----------
    targets : DataFrame
    known : bool
        Whether backlinks are known; referring domains of today else are not.

    Returns
    -------
    DataFrame
        ``Kind``, ``Page`` (address), ``Place now``, ``Place after``, ``Of 100 units, reach money pages`` (now, then after the plan),
        ``Domains today``, ``Brand``, ``Exact``, ``Partial``, ``Topical``.
    """
    return pd.DataFrame(
        {
            "Kind": targets["is_goal"].map({True: "Money page", False: "Other page"}),
            "Page": targets["url"],
            "Place now": targets["place"],
            "Place after": targets["place_after"],
            "Of 100 units, reach money pages": [
                f"{units(now)} → {units(then)}"
                for now, then in zip(targets["landing_yield"], targets["landing_yield_after"], strict=True)
            ],
            "Domains today": [f"{number:,.0f}" if known else "not known" for number in targets["referring_domains"]],
            **{name.capitalize(): targets[name] for name in ("brand", "exact", "partial", "topical")},
        }
    )  # fmt: skip
