"""One look for every chart: colours, type, titles that state the finding, alt text."""

import textwrap
from collections.abc import Sequence
from typing import Any, cast

import altair as alt
import pandas as pd

# Okabe and Ito's colours, which people of every colour vision tell apart; their yellow is too pale for white paper.
BLUE = "#0072B2"
SKY = "#56B4E9"
GREEN = "#009E73"
ORANGE = "#E69F00"
VERMILLION = "#D55E00"
PURPLE = "#CC79A7"
INK = "#1F2A30"
MUTED = "#5A6870"
GREY = "#9AA5AC"
PALE = "#E4E9EC"
PAPER = "#FFFFFF"

WIDTH = 640
ROW = 28
_LEAST_GAIN = 0.01
"""Units of 100: less is next to nothing, and written as 0.00."""
MAX_ROWS = 5_000
"""Rows that a chart may hold; Altair refuses more, and nobody could read them."""

# Axes and tooltips write shares as texts do (`linkkit.wording.percent`): "50 %".
_NUMBERS = {
    "decimal": ".",
    "thousands": ",",
    "grouping": [3],
    "currency": ["", ""],
    "percent": "\N{NO-BREAK SPACE}%",
}

_FONT = "Helvetica Neue, Arial, Liberation Sans, DejaVu Sans, sans-serif"
_TITLE_LETTERS, _SUBTITLE_LETTERS = 76, 112


def finish(chart: alt.TopLevelMixin, *, title: str, notes: Sequence[str] = (), description: str) -> alt.Chart:
    """The chart itself, with linkkit's look, its finding as the title, and an alt text.

    Parameters
    ----------
    chart : Altair chart
        Of any shape: single, layered, concatenated or faceted.
    title : str
        What the chart shows, as a sentence computed from the data.
    notes : sequence of str
        Lines below the title: what was counted, number of pages, source. Empty ones are left out.
    description : str
        Alt text: title and the numbers that a reader of the chart would take from it.
    """
    subtitle = [line for note in notes if note for line in textwrap.wrap(note, _SUBTITLE_LETTERS)]
    heading = alt.TitleParams(text=textwrap.wrap(title, _TITLE_LETTERS) or [""], subtitle=subtitle)
    # In place, for the chart was just made: Altair's `properties` and `configure_` copy all of it, layer by layer.
    look: dict[str, Any] = {
        "title": heading,
        "description": f"{title}. {description}".strip(),
        "background": PAPER,
        "config": _CONFIG,
    }
    for name, value in look.items():
        setattr(chart, name, value)
    return cast(alt.Chart, chart)


_CONFIG = alt.Config(
    font=_FONT,
    padding={"left": 8, "top": 8, "right": 16, "bottom": 8},
    locale={"number": _NUMBERS},
    title=alt.TitleConfig(
        anchor="start", frame="bounds", fontSize=17, fontWeight=600, color=INK, lineHeight=22, offset=16,
        subtitleFontSize=12.5, subtitleColor=MUTED, subtitleLineHeight=17, subtitlePadding=6,
    ),
    view=alt.ViewConfig(stroke=None),
    axis=alt.AxisConfig(
        domainColor=GREY, tickColor=GREY, gridColor=PALE, labelColor=INK, titleColor=MUTED, labelFontSize=12,
        titleFontSize=12, titleFontWeight="normal", titlePadding=8, labelLimit=300,
        # Vega's own 200 pixels let the title of an axis run into its longer labels.
        maxExtent=400,
    ),
    legend=alt.LegendConfig(
        orient="top", title=None, labelFontSize=12, labelColor=INK, symbolSize=110, offset=12, labelLimit=260
    ),
    header=alt.HeaderConfig(labelFontSize=12.5, labelColor=INK, labelFontWeight=600, title=None),
)  # fmt: skip


def empty_chart(message: str, *, title: str, notes: Sequence[str] = ()) -> alt.Chart:
    """A chart that says why there is nothing to draw, or that nothing is wrong."""
    text = (
        alt.Chart(pd.DataFrame({"message": [message]}))
        .mark_text(align="left", fontSize=14, color=MUTED, x=0, limit=WIDTH, lineBreak="\n")
        .encode(text=alt.Text("message:N"))
        .properties(width=WIDTH, height=48)
    )
    return finish(text, title=title, notes=notes, description=message)


def check_rows(table: pd.DataFrame) -> pd.DataFrame:
    """The table itself.

    Raises
    ------
    ValueError
        If it has more rows than a chart may hold: it was not aggregated.
    """
    if len(table) > MAX_ROWS:
        raise ValueError(f"{len(table):,} rows in a chart's table; aggregate to at most {MAX_ROWS:,} first")
    return table


def count_scale(largest: float, *, room: float = 0.08) -> alt.Scale:
    """A scale for counts: from 0, with `room` (a share of the longest bar) for the words at its end."""
    return alt.Scale(domain=[0, max(largest * (1 + room), 1)], nice=False)


def gain_scale(low: float, high: float, *, room: float = 0.08) -> alt.Scale:
    """A scale for units of 100 gained (or lost): it reaches a hundredth at least, else rounding of 1e-12 would look like a result.

    Examples
    --------
    >>> gain_scale(-2e-13, 1.2e-12).domain, gain_scale(-0.5, 2.0, room=0).domain
    ([0, 0.01], [-0.5, 2.0])
    """
    return alt.Scale(domain=[low if low <= -_LEAST_GAIN else 0, max(high * (1 + room), _LEAST_GAIN)], nice=False)  # fmt: skip


def count_ticks(largest: float, *, ticks: int = 5) -> list[int]:
    """Whole numbers for the axis of `count_scale`.

    Examples
    --------
    >>> count_ticks(1), count_ticks(26), count_ticks(1900)
    ([0, 1], [0, 5, 10, 15, 20, 25], [0, 500, 1000, 1500])
    """
    steps = (factor * 10**power for power in range(12) for factor in (1, 2, 5))
    step = next(each for each in steps if largest / each < ticks + 1)
    return list(range(0, int(max(largest, 1)) + 1, step))


def palette(names: Sequence[str], colours: dict[str, str]) -> alt.Scale:
    """A colour scale for those of the names that occur, in the order of `colours`."""
    present = [name for name in colours if name in set(names)]
    return alt.Scale(domain=present, range=[colours[name] for name in present])
