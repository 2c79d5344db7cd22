"""What every native chart shares: its axes, type, colours, and the workbook behind it."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

import xlsxwriter
from lxml import etree
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LEGEND_POSITION,
    XL_MARKER_STYLE,
    XL_TICK_LABEL_POSITION,
    XL_TICK_MARK,
)
from pptx.oxml.ns import qn
from pptx.oxml.xmlchemy import OxmlElement
from pptx.slide import Slide
from pptx.util import Pt

from linkkit.deck.cells import sheet_text
from linkkit.deck.language import Language
from linkkit.deck.slides.fitting import LINE, cut_lines, cut_middle, one_line
from linkkit.deck.slides.geometry import Box
from linkkit.deck.slides.look import Paint, Palette
from linkkit.deck.slides.numbers import format_code
from linkkit.deck.story import Chart
from linkkit.deck.story.parts import Role

LYING = ("bars", "stacked_bars")
"""Kinds of chart whose bars lie, a row each."""
LABEL_SIZE, SMALLEST_LABEL = 12.0, 9.0
"""Points of the type of a chart."""
_AXIS_TITLE_SIZE = 11.0


@dataclass(frozen=True)
class Drawing:
    """What every part of drawing one chart needs to know."""

    chart: Chart
    box: Box
    palette: Palette
    paints: Mapping[Role, Paint]
    lang: Language
    digits: int

    @property
    def lies(self) -> bool:
        """Whether its bars lie."""
        return self.chart.kind in LYING

    @property
    def stacks(self) -> bool:
        """Whether its series stand one upon the other."""
        return self.chart.kind.startswith("stacked")

    def format(self, *, hide_below: float = 0.0) -> str:
        """Number format of its labels; see `format_code`."""
        values = [value for each in self.chart.series for value in each.values]
        return format_code(
            self.chart.value_kind, self.lang, self.digits, hide_below=hide_below, values=values
        )


def add_native(
    slide: Slide,
    box: Box,
    kind: XL_CHART_TYPE,
    categories: Sequence[str],
    rows: Sequence[tuple[str, Sequence[float | None]]],
    code: str,
) -> Any:
    """A native chart of categories, its numbers in a workbook of our own."""
    data: Any = CategoryChartData(number_format=escape(code))  # which python-pptx writes as it is
    data.categories = categories
    for name, values in rows:
        data.add_series(name, values)
    frame: Any = slide.shapes.add_chart(kind, *box.emu, data)
    table: list[list[str | float | None]] = [[None, *(name for name, _ in rows)]]
    for index, category in enumerate(categories):
        table.append([category, *(values[index] for _, values in rows)])
    frame.chart.part.chart_workbook.update_from_xlsx_blob(workbook(table, code))
    return frame


def workbook(table: Sequence[Sequence[str | float | None]], code: str) -> bytes:
    """A workbook of one sheet; texts are strings whatever they begin with, never formulas or links."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(
        content, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )  # fmt: skip
    book.set_properties({"created": datetime(2000, 1, 1)})  # the same chart, the same bytes
    sheet = book.add_worksheet("Sheet1")
    number = book.add_format({"num_format": code})
    sheet.set_column(0, 0, 32)
    sheet.set_column(1, 12, 16)
    for row, cells in enumerate(table):
        for column, cell in enumerate(cells):
            if isinstance(cell, str):
                sheet.write_string(row, column, sheet_text(cell))
            elif cell is not None:
                sheet.write_number(row, column, cell, number)
    book.close()
    return content.getvalue()


def set_type(native: Any, drawing: Drawing) -> None:
    """Type, no title of its own, no round corners."""
    native.has_title = False
    native.font.size = Pt(LABEL_SIZE)
    drawing.palette.ink.apply(native.font.color)
    # Numbers of axes have no sign in the standard; python-pptx gives them one.
    for axis in native._chartSpace.xpath(".//c:axId | .//c:crossAx"):
        axis.set("val", axis.get("val").lstrip("-"))
    # Corners and style as drawn, whatever the program's default.
    space = native._chartSpace
    if space.find(qn("c:roundedCorners")) is None:
        rounded = element("c:roundedCorners", "0")
        date = space.find(qn("c:date1904"))
        space.insert(0 if date is None else space.index(date) + 1, rounded)


def set_legend(native: Any, *, several: bool) -> None:
    """A legend above the chart where there are several series."""
    native.has_legend = several
    if several:
        native.legend.position = XL_LEGEND_POSITION.TOP
        native.legend.include_in_layout = False
        native.legend.font.size = Pt(LABEL_SIZE)


def category_labels(drawing: Drawing) -> list[str]:
    """Names of the categories, short enough for the room that a chart has beside or under its bars."""
    names = [one_line(each) for each in drawing.chart.categories]
    size = axis_size(drawing)
    if drawing.lies:
        lines = 2 if drawing.box.height * 0.8 / max(len(names), 1) > 2 * size * LINE else 1
        width = drawing.box.width * (0.34 if lines == 2 else 0.45)
        return [
            cut_middle(each, width, size)
            if "/" in each and " " not in each
            else cut_lines(each, width, size, lines)
            for each in names
        ]
    width = drawing.box.width * 0.85 / max(len(names), 1)
    return [cut_lines(each, max(width, 40), size, 4) for each in names]


def set_axes(native: Any, drawing: Drawing) -> None:
    """Both axes of a chart of categories; the first category is on top where bars lie."""
    chart = drawing.chart
    across, along = native.category_axis, native.value_axis
    across.format.line.width = Pt(1)
    drawing.palette.muted.lighter(0.4).apply(across.format.line.color)
    across.major_tick_mark = XL_TICK_MARK.NONE
    across.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    across.has_major_gridlines = False
    size = axis_size(drawing)
    across.tick_labels.font.size = Pt(size)
    # Never aslant; and LibreOffice leaves names out of lying bars too, where it is not told so.
    for properties in across._element.xpath("./c:txPr/a:bodyPr"):
        properties.set("rot", "0")
        properties.set("vert", "horz")
    if len(chart.categories) <= 40:
        add_before(across._element, "c:tickLblSkip", "1", ("c:tickMarkSkip", "c:noMultiLvlLbl", "c:extLst"))
    if drawing.lies:
        across.reverse_order = True  # the first category on top
        set_values(across._element, "c:crosses", "autoZero")
        set_values(along._element, "c:crosses", "max")
    labelled = bool(native.plots[0]._element.xpath(".//c:ser/c:dLbls"))
    if chart.kind != "line":
        along.minimum_scale = None if any((v or 0) < 0 for each in chart.series for v in each.values) else 0
    set_value_axis(along, drawing, bare=labelled and chart.kind != "line")
    set_axis_title(across, chart.category_title, drawing)


def axis_size(drawing: Drawing) -> float:
    """Points of the categories' names: smaller where there are many."""
    count = max(len(drawing.chart.categories), 1)
    if drawing.lies:
        return min(max(drawing.box.height * 0.8 / count / LINE, SMALLEST_LABEL), LABEL_SIZE)
    return LABEL_SIZE if count <= 8 else LABEL_SIZE - 1 if count <= 14 else SMALLEST_LABEL + 1


def set_value_axis(axis: Any, drawing: Drawing, *, bare: bool) -> None:
    """The axis of the numbers: without numbers and grid where every bar carries its own."""
    axis.major_tick_mark = axis.minor_tick_mark = XL_TICK_MARK.NONE
    axis.format.line.fill.background()
    axis.has_major_gridlines = not bare
    if bare:
        axis.tick_label_position = XL_TICK_LABEL_POSITION.NONE
    else:
        axis.major_gridlines.format.line.width = Pt(0.75)
        drawing.palette.hairline.apply(axis.major_gridlines.format.line.color)
        axis.tick_labels.font.size = Pt(LABEL_SIZE - 1)
        axis.tick_labels.number_format = format_code(
            drawing.chart.value_kind, drawing.lang, 0 if _largest(drawing.chart) >= 5 else drawing.digits
        )
        axis.tick_labels.number_format_is_linked = False
    set_axis_title(axis, drawing.chart.value_title, drawing)


def _largest(chart: Chart) -> float:
    return max(
        (abs(value) for each in chart.series for value in each.values if value is not None), default=0.0
    )


def set_axis_title(axis: Any, title: str, drawing: Drawing) -> None:
    """Title of an axis, on two lines at most; none where it is empty."""
    if not title:
        axis.has_title = False
        return
    axis.has_title = True
    frame = axis.axis_title.text_frame
    frame.text = cut_lines(one_line(title), drawing.box.width * 0.6, _AXIS_TITLE_SIZE, 2)
    font = frame.paragraphs[0].runs[0].font
    font.size, font.bold = Pt(_AXIS_TITLE_SIZE), False
    drawing.palette.muted.apply(font.color)


def set_inner(native: Any, inner: Box) -> None:
    """Fix where the bars are, axes and labels around it, as shares of the chart."""
    area = native._chartSpace.xpath(".//c:plotArea")[0]
    layout = area.find(qn("c:layout"))
    if layout is None:
        layout = element("c:layout")
        area.insert(0, layout)
    for child in list(layout):
        layout.remove(child)
    manual = etree.SubElement(layout, qn("c:manualLayout"))
    for name, value in (
        ("layoutTarget", "inner"), ("xMode", "edge"), ("yMode", "edge"),
        ("x", f"{inner.x:.4f}"), ("y", f"{inner.y:.4f}"), ("w", f"{inner.width:.4f}"), ("h", f"{inner.height:.4f}"),
    ):  # fmt: skip
        etree.SubElement(manual, qn(f"c:{name}"), val=value)


def paint_marker(marker: Any, paint: Paint, size: int) -> None:
    """Give a point its shape, colour and size."""
    marker.style, marker.size = XL_MARKER_STYLE.CIRCLE, size
    marker.format.fill.solid()
    paint.apply(marker.format.fill.fore_color)
    marker.format.line.fill.background()


def element(name: str, value: str | None = None) -> Any:
    """A new element of the kind that python-pptx gives its own methods."""
    element = OxmlElement(name)
    if value is not None:
        element.set("val", value)
    return element


def set_values(parent: Any, name: str, value: str) -> None:
    """Set the value of an element that is there."""
    for element in parent.findall(qn(name)):
        element.set("val", value)


def add_before(parent: Any, name: str, value: str, before: Sequence[str]) -> None:
    """Add an element ahead of those of its followers that are there."""
    added = element(name, value)
    follower = next((each for each in parent if each.tag in {qn(other) for other in before}), None)
    if follower is None:
        parent.append(added)
    else:
        follower.addprevious(added)
