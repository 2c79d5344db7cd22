"""Small pieces of HTML that panels and notebooks share; every text is escaped here and nowhere else."""

import html
import re

import pandas as pd

from linkkit.charts import Answer

VERDICTS = {
    "good": ("In order", "#009E73", "\u2713"),
    "look": ("Worth a look", "#0072B2", "\u25cf"),
    "fix": ("Fix before building backlinks", "#D55E00", "\u25b2"),
    "unknown": ("Cannot be judged fully", "#5A6870", "?"),
}
"""Verdict -> words, colour, sign."""


QUIET = "color-mix(in srgb, var(--jp-content-font-color1, #222) 74%, transparent)"
"""Colour of notes, of the theme's own text: 6.7 : 1 on white, 9.6 : 1 in the dark theme."""

_RTL = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"
_OPENING, _CLOSING = "([{\"'\u201c\u2018", ")]},.;:!?\"'\u201d\u2019\u2026"
_RIGHT_TO_LEFT = re.compile(rf"\S*[{_RTL}]\S*(?:\s+\S*[{_RTL}]\S*)*")


def text_html(text: str) -> str:
    """Text escaped, with what is written from right to left kept to itself: numbers and words beside it stay where they are.

    Examples
    --------
    >>> text_html("<b> & more")
    '&lt;b&gt; &amp; more'
    >>> text_html("3 links to /\u05d3\u05d9\u05d5/, 2 others")
    '3 links to <bdi dir="ltr">/\u05d3\u05d9\u05d5/</bdi>, 2 others'
    """
    parts, at = [], 0
    for found in _RIGHT_TO_LEFT.finditer(text):
        run = found.group()
        begin = found.start() + len(run) - len(run.lstrip(_OPENING))
        end = found.end() - (len(run) - len(run.rstrip(_CLOSING)))
        # An address reads from the left whatever stands in it.
        way = "ltr" if "/" in text[begin:end].split(maxsplit=1)[0] else "auto"
        parts += [html.escape(text[at:begin]), f'<bdi dir="{way}">{html.escape(text[begin:end])}</bdi>']
        at = end
    return "".join([*parts, html.escape(text[at:])])


def answer_html(answer: Answer) -> str:
    """An answer as a box: verdict in words and sign as well as colour, the sentence, the caveat."""
    words, colour, sign = VERDICTS[answer.verdict]
    caveat = (
        f"<div style='color:{QUIET};margin-top:4px'>{text_html(answer.caveat)}</div>" if answer.caveat else ""
    )
    return (
        f"<div class='lk-answer' style='border-left:5px solid {colour};padding:8px 14px;margin:6px 0;max-width:62em;"
        f"line-height:1.45'><div style='font-weight:600'><span aria-hidden='true' style='color:{colour}'>{sign}</span> "
        f"{words}</div><div style='font-size:1.1em'>{text_html(answer.sentence)}</div>{caveat}</div>"
    )


def advice_html(advice: pd.DataFrame) -> str:
    """Advice as a numbered list: what, how often, why, what to do."""
    if advice.empty:
        return note_html("Nothing to do here.")
    items = "".join(
        f"<li style='margin:8px 0'><b>{text_html(row['What'])}</b> ({row['Findings']:,}; {text_html(row['Effort'])} effort each)"
        f"<div style='color:{QUIET}'>{text_html(row['Why it matters'])}</div>"
        f"<div><b>Do:</b> {text_html(row['What to do'])}</div></li>"
        for row in advice.to_dict("records")
    )
    return f"<ol style='max-width:62em;line-height:1.45'>{items}</ol>"


def note_html(text: str) -> str:
    """A quiet line."""
    return f"<div style='color:{QUIET};line-height:1.4;max-width:70em'>{text_html(text)}</div>"


def heading_html(text: str) -> str:
    """A label in bold."""
    return f"<div style='font-weight:600;margin-top:4px'>{text_html(text)}</div>"
