"""Scatter charts: points with names beside them."""

from dataclasses import replace
from typing import Any
from xml.sax.saxutils import escape

from pptx.chart.data import XyChartData
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
    XL_MARKER_STYLE,
)
from pptx.slide import Slide
from pptx.util import Pt

from linkkit.deck.slides.fitting import LINE, cut_middle, one_line, text_width
from linkkit.deck.slides.geometry import Box
from linkkit.deck.slides.native import (
    Drawing,
    paint_marker,
    set_axis_title,
    set_legend,
    set_type,
    set_value_axis,
    workbook,
)
from linkkit.deck.slides.numbers import digits_of, format_code
from linkkit.deck.slides.thresholds import dash
from linkkit.deck.story import Series

_NAME_SIZE = 10.0


def add_scatter(slide: Slide, drawing: Drawing) -> Any:
    """Put a scatter on a slide; a threshold is a series of two points."""
    # The largest series first: it lies below the others, and LibreOffice draws no shorter one before a longer.
    ordered = tuple(sorted(drawing.chart.series, key=lambda each: -len(each.values)))
    chart = replace(drawing.chart, series=ordered)
    drawing = replace(drawing, chart=chart)
    data: Any = XyChartData(number_format=escape(drawing.format()))
    for each in chart.series:
        series = data.add_series(one_line(each.name))
        for x, y in _points(each):
            series.add_data_point(x, y)
    if chart.line is not None:
        ends = [x for each in chart.series for x, _ in _points(each)]
        series = data.add_series(one_line(chart.line_title))
        for x in (min(ends), max(ends)):
            series.add_data_point(x, chart.line)
    frame: Any = slide.shapes.add_chart(XL_CHART_TYPE.XY_SCATTER, *drawing.box.emu, data)
    native = frame.chart
    set_type(native, drawing)
    plot = native.plots[0]
    for each, series in zip(chart.series, plot.series, strict=False):
        series.format.line.fill.background()
        paint_marker(series.marker, drawing.paints[each.role], 9 if len(each.values) <= 40 else 6)
    _name_points(plot, drawing)
    if chart.line is not None:
        threshold = plot.series[-1]
        threshold.marker.style = XL_MARKER_STYLE.NONE
        dash(threshold.format.line, drawing)
    set_value_axis(native.value_axis, drawing, bare=False)
    across = native.category_axis
    set_value_axis(across, drawing, bare=False)
    set_axis_title(across, chart.category_title, drawing)
    xs = [x for each in chart.series for x, _ in _points(each)]
    across.tick_labels.number_format = format_code(chart.x_kind, drawing.lang, digits_of(xs, chart.x_kind))
    native.part.chart_workbook.update_from_xlsx_blob(_scatter_book(drawing))
    set_legend(native, several=len(plot.series) > 1)
    return frame


def _points(series: Series) -> list[tuple[float, float]]:
    return [(x, y) for x, y in zip(series.x, series.values, strict=True) if y is not None]


def _name_points(plot: Any, drawing: Drawing) -> None:
    """Names beside their points: to the right, else to the left, above or below; over dots without a name where there is no other room, never over another name."""
    chart, box = drawing.chart, drawing.box
    points = [(x, y) for each in chart.series for x, y in _points(each)]
    xs, ys = [x for x, _ in points], [y for _, y in points] + [0.0]
    wide, high = box.width * 0.82 / ((max(xs) - min(xs)) or 1), box.height * 0.75 / ((max(ys) - min(ys)) or 1)
    dots = [Box((x - min(xs)) * wide - 4, -y * high - 4, 8, 8) for x, y in points]
    taken: list[Box] = []
    for each, native in zip(chart.series, plot.series, strict=False):
        names = [
            n for n, y in zip(each.labels or ("",) * len(each.x), each.values, strict=True) if y is not None
        ]
        for index, ((x, y), name) in enumerate(zip(_points(each), names, strict=True)):
            if not name:
                continue
            text = cut_middle(one_line(name), box.width * 0.34, _NAME_SIZE)
            at_x, at_y, length = (x - min(xs)) * wide, -y * high, text_width(text, _NAME_SIZE)
            line = _NAME_SIZE * LINE
            places = {
                XL_LABEL_POSITION.RIGHT: Box(at_x + 6, at_y - line / 2, length, line),
                XL_LABEL_POSITION.LEFT: Box(at_x - 6 - length, at_y - line / 2, length, line),
                XL_LABEL_POSITION.ABOVE: Box(at_x - length / 2, at_y - 6 - line, length, line),
                XL_LABEL_POSITION.BELOW: Box(at_x - length / 2, at_y + 6, length, line),
            }
            free = [
                (position, place) for position, place in places.items()
                if place.x > -20 and place.right < box.width * 0.92 and place.bottom < 4 and not any(place.meets(other) for other in taken)
            ]  # fmt: skip
            if not free:
                continue
            position, place = min(free, key=lambda each: sum(each[1].meets(dot) for dot in dots))
            taken.append(place)
            _name_point(native.points[index].data_label, text, position, drawing)


def _name_point(label: Any, text: str, position: XL_LABEL_POSITION, drawing: Drawing) -> None:
    frame = label.text_frame
    frame.text = text
    label.position = position
    font = frame.paragraphs[0].runs[0].font
    font.size = Pt(_NAME_SIZE)
    drawing.palette.ink.apply(font.color)


def _scatter_book(drawing: Drawing) -> bytes:
    """As python-pptx lays it out: the series one below the other, across in column A, up in B; names of points in C."""
    table: list[list[str | float | None]] = []
    for each in drawing.chart.series:
        names = each.labels or ("",) * len(each.x)
        table.append([None, one_line(each.name)])
        table += [
            [x, y, one_line(name)] for x, y, name in zip(each.x, each.values, names, strict=True) if y is not None
        ]  # fmt: skip
        table.append([])
    if drawing.chart.line is not None:
        ends = [x for each in drawing.chart.series for x, _ in _points(each)]
        table.append([None, one_line(drawing.chart.line_title)])
        table += [[min(ends), drawing.chart.line], [max(ends), drawing.chart.line]]
    return workbook(table, drawing.format())
