"""Small pieces of HTML that panels and notebooks share; every text is escaped here and nowhere else."""

import html

import pandas as pd

from linkkit.charts import Answer

VERDICTS = {
    "good": ("In order", "#009E73", "\u2713"),
    "look": ("Worth a look", "#0072B2", "\u25cf"),
    "fix": ("Fix before building backlinks", "#D55E00", "\u25b2"),
    "unknown": ("Cannot be judged fully", "#5A6870", "?"),
}
"""Verdict -> words, colour, sign."""


def answer_html(answer: Answer) -> str:
    """An answer as a box: verdict in words and sign as well as colour, the sentence, the caveat."""
    words, colour, sign = VERDICTS[answer.verdict]
    caveat = (
        f"<div style='opacity:.75;margin-top:4px'>{html.escape(answer.caveat)}</div>" if answer.caveat else ""
    )
    return (
        f"<div class='lk-answer' style='border-left:5px solid {colour};padding:8px 14px;margin:6px 0;max-width:62em;"
        f"line-height:1.45'><div style='font-weight:600'><span aria-hidden='true' style='color:{colour}'>{sign}</span> "
        f"{words}</div><div style='font-size:1.1em'>{html.escape(answer.sentence)}</div>{caveat}</div>"
    )


def advice_html(advice: pd.DataFrame) -> str:
    """Advice as a numbered list: what, how often, why, what to do."""
    if advice.empty:
        return note_html("Nothing to do here.")
    items = "".join(
        f"<li style='margin:8px 0'><b>{html.escape(row['What'])}</b> ({row['Findings']:,}; {html.escape(row['Effort'])} effort each)"
        f"<div style='opacity:.8'>{html.escape(row['Why it matters'])}</div>"
        f"<div><b>Do:</b> {html.escape(row['What to do'])}</div></li>"
        for row in advice.to_dict("records")
    )
    return f"<ol style='max-width:62em;line-height:1.45'>{items}</ol>"


def note_html(text: str) -> str:
    """A quiet line."""
    return f"<div style='opacity:.75;line-height:1.4;max-width:70em'>{html.escape(text)}</div>"


def heading_html(text: str) -> str:
    """A label in bold."""
    return f"<div style='font-weight:600;margin-top:4px'>{html.escape(text)}</div>"
