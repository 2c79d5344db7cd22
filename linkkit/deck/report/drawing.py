"""Charts of a story as pictures: each kind drawn with Altair, in the brand's colours and the language's numbers.

Every place and every text is computed here, from the story's numbers alone: labels agree with tables and slides to the
letter, and no text of a crawled site becomes part of an expression.
"""

import textwrap
from dataclasses import dataclass, replace
from typing import Any

import altair as alt
from altair.utils.schemapi import debug_mode
from babel import Locale

from linkkit.charts.theme import GREY, INK, MUTED, PALE, PAPER
from linkkit.deck.brand import Brand
from linkkit.deck.language import SPACE, Language
from linkkit.deck.report import shapes
from linkkit.deck.report.shapes import LETTER, Plot, wrapped
from linkkit.deck.story.parts import Chart, ChartKind

FALLBACK_FONTS = "Arial, Liberation Sans, Helvetica, DejaVu Sans, sans-serif"
_FLAT: dict[ChartKind, ChartKind] = {"columns": "bars", "stacked_columns": "stacked_bars"}


@dataclass(frozen=True)
class Look:
    """How a picture is to look.

    Attributes
    ----------
    language : Language
    brand : Brand
    width : int
        Of the whole picture, px.
    height : int or None
        Of the whole picture; None for what the chart needs.
    is_titled : bool
        Whether title, note and legend stand in the picture; a page writes them beside it.
    source : str
        Last line below the title, where there is one: whose numbers these are.
    """

    language: Language
    brand: Brand
    width: int = 760
    height: int | None = None
    is_titled: bool = False
    source: str = ""


def draw(chart: Chart, look: Look) -> alt.LayerChart:
    """The chart as a picture.

    Columns whose names do not fit below them are laid down as bars. A chart without numbers says so.

    Parameters
    ----------
    chart : Chart
        Of a story.
    look : Look
    """
    # Altair checks every part of a chart against the whole grammar as it is made, again and again; ours are checked by tests.
    with debug_mode(False):
        plot = _plot(chart, look)
        if chart.is_empty:
            text = plot.marks([{"text": look.language.text("There are no numbers to show.")}])
            words = text.mark_text(align="left", fontSize=14, color=MUTED, x=0, y=20).encode(text="text:N")
            return _finished([words], replace(plot, height=look.height or 60), look)
        draw_kind = {
            "bars": shapes.bars,
            "columns": shapes.bars,
            "stacked_bars": shapes.stacked,
            "stacked_columns": shapes.stacked,
            "waterfall": shapes.waterfall,
            "heat_map": shapes.heat_map,
            "scatter": shapes.scatter,
            "line": shapes.lines,
        }[chart.kind]
        layers, axis = draw_kind(plot)
        if chart.line is not None and chart.kind != "heat_map":
            layers += shapes.threshold(plot, axis)
        return _finished(layers, plot, look)


def _plot(chart: Chart, look: Look) -> Plot:
    """Standing or lying, and how large: what the names of the categories ask for."""
    legend = 34 if look.is_titled and len(chart.series) > 1 and chart.kind != "heat_map" else 0
    below = (24 if chart.value_title or chart.category_title else 0) + (28 if chart.line is not None else 0)
    count = max(len(chart.categories), 1)
    wide = look.width - (90 if chart.value_title else 60)
    stands = chart.kind in ("columns", "stacked_columns", "waterfall", "line")
    fitting = int(wide / count / LETTER)
    words = max((len(word) for each in chart.categories for word in each.split()), default=0)
    longest = max((len(each) for each in chart.categories), default=0)
    lies = stands and chart.kind != "line" and (words > fitting or longest > 3 * fitting)
    base = Plot(
        chart=chart, lang=look.language, brand=look.brand, width=look.width, height=0, is_flat=True, has_legend=look.is_titled
    )  # fmt: skip
    if chart.kind == "heat_map":
        rows = [wrapped(each.name, int(look.width * 0.3 / LETTER), 1) for each in chart.series]
        heads = [wrapped(each, max(int(look.width * 0.7 / count / 6.4), 5), 3) for each in chart.categories]
        height = 34 * len(rows) + 15 * max(map(len, heads)) + below + 12
        return replace(base, names=heads, rows=rows, height=look.height or height)
    if (stands and not lies) or chart.kind == "scatter":
        names = [wrapped(each, max(fitting, 4), 3) for each in chart.categories]
        height = min(360, max(240, int(look.width * 0.55))) + legend + below
        return replace(base, names=names, is_flat=False, height=look.height or height)
    kind = _FLAT.get(chart.kind, chart.kind)
    names = [wrapped(each, int(look.width * 0.36 / LETTER), 3) for each in chart.categories]
    beside = len(chart.series) if kind == "bars" else 1
    step = max(28, 22 * beside + 8, 15 * max(map(len, names), default=1) + 8)
    axis = 0 if kind in ("bars", "waterfall") and beside == 1 else 24
    return replace(base, names=names, height=look.height or step * count + legend + below + axis + 10)


def _finished(layers: shapes.Layers, plot: Plot, look: Look) -> alt.LayerChart:
    """Size, type, colours of axes, numbers of the language; title and note where the picture stands alone."""
    chart, large = plot.chart, look.height is not None
    letters = int(look.width / (10.2 if large else 8))
    given: dict[str, Any] = {}
    if look.is_titled:
        notes = [*textwrap.wrap(chart.note, int(letters * 1.5)), *([look.source] if look.source else [])]
        given["title"] = alt.TitleParams(text=textwrap.wrap(chart.title, letters) or [""], subtitle=notes)
    if chart.kind not in ("scatter", "heat_map"):
        # Names of one line and of two stand on axes of their own.
        given["resolve"] = {"axis": {"y" if plot.is_flat else "x": "independent"}}
    return alt.LayerChart(
        layer=layers,
        datasets=plot.data,
        params=[alt.VariableParameter(name=name, value=value) for name, value in plot.params.items()],
        width=look.width,
        height=plot.height,
        background=PAPER,
        description=chart.alt or chart.title,
        autosize=alt.AutoSizeParams(type="fit", contains="padding"),
        config=_config(chart, look, large=large),
        **given,
    )


def _config(chart: Chart, look: Look, *, large: bool) -> dict[str, Any]:
    """The theme of every picture, for a slide or for a page."""
    size = 14 if large else 12.5
    margin = (24, 20, 28, 18) if large else (2, 4, 10, 4)
    return {
        "font": fonts(look.brand),
        "padding": dict(zip(("left", "top", "right", "bottom"), margin, strict=True)),
        "locale": {"number": number_locale(look.language)},
        "aria": False,
        "view": {"stroke": None},
        "text": {"fontSize": size, "color": INK},
        "title": {
            "anchor": "start", "frame": "bounds", "fontSize": 20, "fontWeight": 600, "color": INK, "lineHeight": 26, "offset": 18,
            "subtitleFontSize": 13, "subtitleColor": MUTED, "subtitleLineHeight": 18, "subtitlePadding": 8,
        },
        "axis": {
            "domainColor": GREY, "tickColor": GREY, "gridColor": PALE, "labelColor": INK, "titleColor": MUTED,
            "labelFontSize": size, "titleFontSize": size, "titleFontWeight": "normal", "titlePadding": 8, "labelFlush": False,
            "labelLimit": int(look.width * 0.42), "labelLineHeight": size * 1.2, "maxExtent": int(look.width * 0.5),
        },
        "legend": {
            "orient": "top", "title": None, "labelFontSize": size, "labelColor": INK, "symbolSize": 120,
            "labelLimit": look.width - 60, "offset": 30 if chart.line is not None and chart.kind != "line" else 12,
            "columns": legend_columns(chart, look.width), "rowPadding": 4, "columnPadding": 16, "symbolStrokeWidth": 2,
        },
    }  # fmt: skip


def fonts(brand: Brand) -> str:
    """The brand's font and those that stand in for it, as CSS lists them."""
    own = "".join(each for each in brand.font if each.isalnum() or each in " -_").strip()
    return f"{own}, {FALLBACK_FONTS}" if own else FALLBACK_FONTS


def number_locale(lang: Language) -> dict[str, Any]:
    """How the language writes numbers, as d3 and Vega want it told; percent as `Language.percent` writes it."""
    symbols = Locale.parse(lang.code).number_symbols["latn"]
    return {
        "decimal": symbols["decimal"],
        "thousands": symbols["group"],
        "grouping": [3],
        "currency": ["", ""],
        "percent": f"{SPACE}%",
    }


def legend_columns(chart: Chart, width: int) -> int:
    """How many names of series fit side by side."""
    longest = max((len(each.name) for each in chart.series), default=1)
    return max(1, min(len(chart.series) or 1, int(width / (longest * LETTER + 40))))
