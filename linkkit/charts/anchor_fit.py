"""Charts of how well anchor texts fit their targets: verdicts, and what the line between weak and good is worth."""

import altair as alt
import numpy as np
import pandas as pd

from linkkit.audit import Audit
from linkkit.charts.theme import (
    BLUE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PURPLE,
    ROW,
    SKY,
    VERMILLION,
    WIDTH,
    check_rows,
    empty_chart,
    finish,
    palette,
)
from linkkit.charts.words import count, percent, verb
from linkkit.metrics.anchors import anchor_mix
from linkkit.text.anchors import (
    ADDRESS,
    DEFAULT_LINE,
    DESCRIPTIVE,
    EMPTY,
    EXACT,
    GENERIC,
    IRRELEVANT,
    PAGINATION,
    PARTIAL,
    REFERENCE,
    REVIEW,
    UNJUDGED,
    VERDICTS,
    WEAK,
)
from linkkit.urls import origin

LABELS = {
    EXACT: "Title of the page, or a part of it",
    PARTIAL: "Half or more of it in the title",
    DESCRIPTIVE: "In the page's own or others' words",
    REFERENCE: "Reference by number",
    PAGINATION: "Page number",
    REVIEW: "Worth a look",
    WEAK: "Weak - review",
    IRRELEVANT: "Irrelevant: names another page",
    GENERIC: "Generic (“read more”)",
    ADDRESS: "An address",
    EMPTY: "Empty (no text, no alt)",
    UNJUDGED: "Target without text",
}
"""Verdict -> what it is called in charts and tables."""
_COLOURS = {
    EXACT: GREEN, PARTIAL: GREEN, DESCRIPTIVE: GREEN, REFERENCE: GREY, PAGINATION: GREY, REVIEW: SKY, WEAK: ORANGE,
    IRRELEVANT: PURPLE, GENERIC: VERMILLION, ADDRESS: VERMILLION, EMPTY: VERMILLION, UNJUDGED: GREY,
}  # fmt: skip
_POOR = (WEAK, IRRELEVANT, GENERIC, ADDRESS, EMPTY)
TRUE, SHUFFLED = "The site's own links", "The same words, shuffled over its pages"
_STEPS = 100


def anchor_verdicts_table(audit: Audit) -> pd.DataFrame:
    """Links in running text by verdict on their words; empty where the pages' text is not known.

    Returns
    -------
    DataFrame
        One row per verdict that occurs, in the order of `linkkit.text.anchors.VERDICTS`: ``verdict``, ``label``, ``links``
        (linking pages, once per text and target), ``texts`` (different ones), ``share`` (0-1 of links).
    """
    judged = audit.facts.anchors
    columns = ["verdict", "label", "links", "texts", "share"]
    if judged is None or judged.pairs.empty:
        return pd.DataFrame(columns=columns)
    pairs = judged.pairs.assign(verdict=judged.verdicts(audit.thresholds.weak_anchor_caught))
    table = pairs.groupby("verdict").agg(links=("sources", "sum"), texts=("normalised", "nunique"))
    table = table.reindex([each for each in VERDICTS if each in table.index]).reset_index()
    table["label"] = table["verdict"].map(LABELS)
    table["share"] = table["links"] / table["links"].sum()
    return table[columns]


def anchor_verdicts_chart(table: pd.DataFrame, *, why: str = "", source: str = "") -> alt.Chart:
    """Bars: share of links in running text by verdict on their words."""
    if table.empty:
        return empty_chart(
            why or "No page links to another one in running text.",
            title="Anchor texts cannot be held against their targets",
            notes=(source,),
        )
    shown = check_rows(table).copy()
    shown["note"] = [
        f"{percent(share)}  ({links:,})" for share, links in zip(shown["share"], shown["links"], strict=True)
    ]
    base = alt.Chart(shown).encode(
        y=alt.Y("label:N", sort=list(shown["label"]), title=None, axis=alt.Axis(domain=False, tickSize=0, labelPadding=8)),
        x=alt.X("share:Q", title="Share of links in running text", axis=alt.Axis(format="%", tickCount=5),
                scale=alt.Scale(domain=[0, min(1.0, float(shown["share"].max()) * 1.25)], nice=False)),
    )  # fmt: skip
    colours = {LABELS[verdict]: colour for verdict, colour in _COLOURS.items()}
    bars = base.mark_bar(height=alt.RelativeBandSize(0.62)).encode(
        color=alt.Color("label:N", scale=palette(list(shown["label"]), colours), legend=None),
        tooltip=[alt.Tooltip("label:N", title="Verdict"), alt.Tooltip("links:Q", title="Links", format=","),
                 alt.Tooltip("texts:Q", title="Different texts", format=","), alt.Tooltip("share:Q", title="Share", format=".1%")],
    )  # fmt: skip
    numbers = base.mark_text(align="left", dx=6, color=INK, fontSize=12).encode(text=alt.Text("note:N"))
    return finish(
        alt.layer(bars, numbers).properties(width=WIDTH - 200, height=ROW * len(shown)),
        title=verdicts_headline(table),
        notes=("Links in running text only, each held against its target's title, headings and text and against what other pages call it. "
               "Green says it; yellow, pink and orange do not.", source),
        description="; ".join(f"{label}: {note}" for label, note in zip(shown["label"], shown["note"], strict=True)),
    )  # fmt: skip


def verdicts_headline(table: pd.DataFrame) -> str:
    """What the verdicts say, in a sentence."""
    total = int(table["links"].sum())
    poor = int(table.loc[table["verdict"].isin(_POOR), "links"].sum())
    if not poor:
        return f"The words of all {count(total, 'link')} in running text fit their targets, or are close"
    return f"{poor:,} of {count(total, 'link')} in running text {verb(poor, 'says')} little or nothing of the target"


def anchor_line_table(audit: Audit) -> pd.DataFrame:
    """How the scores of the site's own and of shuffled pairs spread.

    Returns
    -------
    DataFrame
        One row per kind of pair and step of the score: ``kind`` (`TRUE` or `SHUFFLED`), ``score`` (0-1), ``share`` (0-1 of
        the kind's pairs that score lower). Empty without pairs.
    """
    judged = audit.facts.anchors
    if judged is None or not len(judged.calibration.true) or not len(judged.calibration.shuffled):
        return pd.DataFrame({"kind": pd.Series(dtype="str"), "score": [], "share": []})
    steps = np.linspace(0, 1, _STEPS + 1)
    rates = np.array([judged.calibration.rates(step) for step in steps])
    parts = [
        pd.DataFrame({"kind": kind, "score": steps, "share": rates[:, place]})
        for place, kind in enumerate((TRUE, SHUFFLED))
    ]
    return pd.concat(parts, ignore_index=True)


def anchor_line_words(audit: Audit) -> str:
    """Where the line lies, where it comes from, and its error rates, in a sentence or two."""
    judged = audit.facts.anchors
    if judged is None:
        return f"The line cannot be drawn: {audit.facts.no_text}."
    calibration = judged.calibration
    line = calibration.line(audit.thresholds.weak_anchor_caught)
    if not calibration.is_own:
        return (
            f"This site has only {count(len(calibration.true), 'anchor text')} in running text to compare, too few to place the line "
            f"itself. The default is used: a score of {DEFAULT_LINE:g}. Take every “weak” with care."
        )
    flagged, caught = calibration.rates(line)
    if not calibration.tells:
        return (
            f"On this site the score tells a true pair from a shuffled one in only {percent(calibration.auc)} of cases: its anchors "
            "share too few words with its pages, and none is called weak."
        )
    return (
        f"A score below {line:.2f} is weak. Below it lie {percent(caught)} of shuffled pairs (caught) and {percent(flagged)} of the site's own: "
        f"at most that many false alarms. A true pair scores above a shuffled one in {percent(calibration.auc, 1)} of cases."
    )


def anchor_line_chart(table: pd.DataFrame, *, line: float, words: str = "", source: str = "") -> alt.Chart:
    """Lines: share of true and of shuffled pairs that score below each value, and the line between weak and good."""
    if table.empty:
        return empty_chart(
            words or "There are no pairs to compare.",
            title="No line can be drawn on this site",
            notes=(source,),
        )
    rates = {
        kind: float(np.interp(line, own["score"], own["share"]))
        for kind, own in check_rows(table).groupby("kind")
    }
    lines = alt.Chart(table).mark_line(strokeWidth=2.5).encode(
        x=alt.X("score:Q", title="Score of a link's words against its target", scale=alt.Scale(domain=[0, 1])),
        y=alt.Y("share:Q", title="Share of pairs that score lower", axis=alt.Axis(format="%", tickCount=5), scale=alt.Scale(domain=[0, 1])),
        color=alt.Color("kind:N", scale=palette([TRUE, SHUFFLED], {TRUE: BLUE, SHUFFLED: ORANGE})),
        strokeDash=alt.StrokeDash("kind:N", scale=alt.Scale(domain=[TRUE, SHUFFLED], range=[[1, 0], [6, 3]]), legend=None),
        tooltip=[alt.Tooltip("kind:N", title="Pairs"), alt.Tooltip("score:Q", title="Score", format=".2f"), alt.Tooltip("share:Q", title="Score lower", format=".1%")],
    )  # fmt: skip
    at = alt.Chart(pd.DataFrame({"score": [line], "note": [f"weak below {line:.2f}"]}))
    rule = at.mark_rule(color=VERMILLION, strokeWidth=1.5).encode(x=alt.X("score:Q"))
    named = at.mark_text(align="left", dx=6, color=VERMILLION, fontSize=12, y=8).encode(
        x=alt.X("score:Q"), text=alt.Text("note:N")
    )
    title = f"The line catches {percent(rates[SHUFFLED])} of shuffled pairs and {percent(rates[TRUE])} of the site's own"
    return finish(
        alt.layer(lines, rule, named).properties(width=WIDTH - 60, height=260),
        title=title,
        notes=(words, source),
        description=f"Below a score of {line:.2f} lie {percent(rates[SHUFFLED])} of shuffled and {percent(rates[TRUE])} of true pairs.",
    )  # fmt: skip


def anchor_mix_view(audit: Audit) -> pd.DataFrame:
    """What editors call each page, most linked first, as people read it; empty where the pages' text is not known.

    Returns
    -------
    DataFrame
        One row per target of links in running text: ``Page`` (path), ``Links`` (linking pages, once per text), ``Texts`` (different ones),
        ``Unrelated`` (good wordings without a word in common), ``Most used``, ``Its share``, ``Good`` (share that says what the page is),
        and the links of ``Exact``, ``Partial``, ``Descriptive``, ``Review`` (weak ones included) and ``Poor`` (irrelevant, generic, empty, address).
    """
    judged = audit.facts.anchors
    if judged is None:
        return pd.DataFrame()
    mix = anchor_mix(judged, judged.verdicts(audit.thresholds.weak_anchor_caught))
    home = origin(audit.site.start_url)
    return pd.DataFrame(
        {
            "Page": [str(url).removeprefix(home) for url in mix["target_id"].map(audit.metrics["url"])],
            "Links": mix["pages"],
            "Texts": mix["anchors"],
            "Unrelated": mix["wordings"],
            "Most used": mix["top_anchor"].where(mix["top_anchor"] != "", "(no text)"),
            "Its share": [percent(share) for share in mix["top_share"]],
            "Good": [percent(share) for share in mix["good_share"]],
            "Exact": mix[EXACT],
            "Partial": mix[PARTIAL],
            "Descriptive": mix[DESCRIPTIVE],
            "Review": mix[[REVIEW, WEAK]].sum(axis=1),
            "Poor": mix[[IRRELEVANT, GENERIC, EMPTY, ADDRESS]].sum(axis=1),
        }
    )


def better_anchors_view(audit: Audit) -> pd.DataFrame:
    """Anchors of links in running text that should be better, with words to use instead, worst verdict and score first.

    Returns
    -------
    DataFrame
        One row per text and target: ``Verdict``, ``Link text``, ``Leads to`` (path), ``Stands on`` (path of one page), ``Pages``, ``Use
        instead``, ``Because``. Without page text only generic, empty and address anchors have a verdict.
    """
    judged, better = audit.facts.anchors, audit.facts.better_anchors
    if judged is None or better is None:
        return pd.DataFrame()
    verdicts = judged.verdicts(audit.thresholds.weak_anchor_caught)
    order = {name: place for place, name in enumerate((EMPTY, GENERIC, IRRELEVANT, ADDRESS, WEAK, REVIEW))}
    rows = judged.pairs.assign(verdict=verdicts, rank=verdicts.map(order))
    rows = rows[rows["rank"].notna()].sort_values(["rank", "score", "target_id", "normalised"], kind="stable")
    advice = better.of(rows["normalised"].tolist(), rows["target_id"].tolist())
    home, urls = origin(audit.site.start_url), audit.metrics["url"]
    return pd.DataFrame(
        {
            "Verdict": rows["verdict"].str.capitalize(),
            "Link text": rows["anchor"].where(rows["anchor"] != "", "(no text)"),
            "Leads to": [str(url).removeprefix(home) for url in rows["target_id"].map(urls)],
            "Stands on": [str(url).removeprefix(home) for url in rows["example_source"].map(urls)],
            "Pages": rows["sources"],
            "Use instead": [each[0] if each else "" for each in advice],
            "Because": [each[1] if each else "" for each in advice],
        }
    )
