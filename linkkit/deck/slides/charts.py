"""Native charts: an editor changes their numbers in PowerPoint, and finds as text whatever came from a crawled site."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
)
from pptx.slide import Slide
from pptx.util import Pt

from linkkit.deck.language import Language
from linkkit.deck.slides.fitting import LINE, one_line
from linkkit.deck.slides.geometry import Box
from linkkit.deck.slides.look import Palette
from linkkit.deck.slides.native import (
    LABEL_SIZE,
    SMALLEST_LABEL,
    Drawing,
    add_native,
    category_labels,
    paint_marker,
    set_axes,
    set_legend,
    set_type,
)
from linkkit.deck.slides.numbers import digits_of
from linkkit.deck.slides.scatter import add_scatter
from linkkit.deck.slides.shapes import describe
from linkkit.deck.slides.thresholds import line_across, line_of_its_own
from linkkit.deck.slides.waterfall import add_waterfall
from linkkit.deck.story import Chart, Series

_KINDS = {
    "bars": XL_CHART_TYPE.BAR_CLUSTERED,
    "columns": XL_CHART_TYPE.COLUMN_CLUSTERED,
    "stacked_bars": XL_CHART_TYPE.BAR_STACKED,
    "stacked_columns": XL_CHART_TYPE.COLUMN_STACKED,
    "line": XL_CHART_TYPE.LINE_MARKERS,
}
_MAX_LABELS = 60
"""Labels in a chart from which on they would hide the chart."""
_SHAPES = "http://schemas.openxmlformats.org/drawingml/2006/chartDrawing"
_CHART_2012 = "http://schemas.microsoft.com/office/drawing/2012/chart"
_RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def add_chart(slide: Slide, box: Box, chart: Chart, palette: Palette, lang: Language) -> Any:
    """Put a chart on a slide as a native one; of every kind but a heat map, which is a table.

    Parameters
    ----------
    chart : Chart
        With numbers; see `Chart.is_empty`.

    Returns
    -------
    GraphicFrame
    """
    chart = replace(chart, series=tuple(replace(each, values=_finite(each.values)) for each in chart.series))
    values = [value for each in chart.series for value in each.values]
    drawing = Drawing(chart, box, palette, palette.of_chart(chart), lang, digits_of(values, chart.value_kind))
    if chart.kind == "scatter":
        frame = add_scatter(slide, drawing)
    elif chart.kind == "waterfall":
        frame = add_waterfall(slide, drawing)
    else:
        frame = _add_categories(slide, drawing)
    describe(frame, chart.title, chart.alt or chart.title)
    return frame


def _finite(values: Sequence[float | None]) -> tuple[float | None, ...]:
    return tuple(value if value is not None and math.isfinite(value) else None for value in values)


# Charts of categories


def _add_categories(slide: Slide, drawing: Drawing) -> Any:
    chart = drawing.chart
    rows = [(one_line(each.name), each.values) for each in chart.series]
    with_line = chart.line is not None and not drawing.lies
    if with_line:
        rows.append((one_line(chart.line_title), (chart.line,) * len(chart.categories)))
    labels = category_labels(drawing)
    frame = add_native(slide, drawing.box, _KINDS[chart.kind], labels, rows, drawing.format())
    native = frame.chart
    set_type(native, drawing)
    plot = native.plots[0]
    single = len(chart.series) == 1
    if chart.kind != "line":
        plot.gap_width = 45 if single or drawing.stacks else 60
        plot.overlap = 100 if drawing.stacks else 0
    for each, series in zip(chart.series, plot.series, strict=False):
        _paint_series(series, each, drawing)
    _label_values(native, drawing)
    set_axes(native, drawing)
    if with_line:
        line_of_its_own(native, drawing)
    elif chart.line is not None:
        line_across(native, drawing, labels)
    set_legend(native, several=not single or with_line)
    return frame


def _paint_series(native: Any, series: Series, drawing: Drawing) -> None:
    paint = drawing.paints[series.role]
    if drawing.chart.kind == "line":
        native.smooth = False
        native.format.line.width = Pt(2.25)
        paint.apply(native.format.line.color)
        paint_marker(native.marker, paint, 6)
        return
    native.invert_if_negative = False
    native.format.fill.solid()
    paint.apply(native.format.fill.fore_color)
    if drawing.stacks:  # a gap that tells neighbours apart without colour
        native.format.line.width = Pt(1)
        drawing.palette.paper.apply(native.format.line.color)
    if len(drawing.chart.series) == 1 and drawing.chart.roles:
        for index, role in enumerate(drawing.chart.roles[: len(series.values)]):
            if role != series.role:
                fill = native.points[index].format.fill
                fill.solid()
                drawing.paints[role].apply(fill.fore_color)


def _label_values(native: Any, drawing: Drawing) -> None:
    chart, plot = drawing.chart, native.plots[0]
    count = len(chart.series) * len(chart.categories)
    if count > _MAX_LABELS or (chart.kind == "line" and len(chart.series) > 1):
        return
    for each, series in zip(chart.series, plot.series, strict=False):
        labels = series.data_labels
        labels.show_value = True
        labels.number_format_is_linked = False
        labels.font.size = Pt(_value_size(drawing))
        if drawing.stacks:
            labels.number_format = drawing.format(hide_below=_smallest_labelled(drawing))
            labels.position = XL_LABEL_POSITION.CENTER
            drawing.palette.on(drawing.paints[each.role]).apply(labels.font.color)
        else:
            labels.number_format = drawing.format()
            labels.position = (
                XL_LABEL_POSITION.ABOVE if chart.kind == "line" else XL_LABEL_POSITION.OUTSIDE_END
            )
            drawing.palette.ink.apply(labels.font.color)


def _smallest_labelled(drawing: Drawing) -> float:
    """The smallest number whose segment is as long as its label."""
    chart = drawing.chart
    sums = [
        sum(abs(value) for value in column if value)
        for column in zip(*(each.values for each in chart.series), strict=True)
    ]
    length = (drawing.box.width * 0.7) if drawing.lies else drawing.box.height * 0.7
    return max(sums, default=0.0) * (30.0 if drawing.lies else 15.0) / max(length, 1.0)


def _value_size(drawing: Drawing) -> float:
    """Points of the numbers at the bars: smaller where bars are thin."""
    count = len(drawing.chart.categories) * (1 if drawing.stacks else len(drawing.chart.series))
    room = (drawing.box.height if drawing.lies else drawing.box.width / 2.6) * 0.8 / max(count, 1)
    return min(max(room / LINE, SMALLEST_LABEL), LABEL_SIZE)
