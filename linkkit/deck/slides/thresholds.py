"""A threshold across a native chart: a series of its own where that can be, else a line drawn into the chart."""

import copy
from collections.abc import Sequence
from typing import Any

from lxml import etree
from pptx.enum.chart import (
    XL_MARKER_STYLE,
)
from pptx.enum.dml import MSO_LINE
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.opc.package import Part
from pptx.opc.packuri import PackURI
from pptx.oxml.ns import qn
from pptx.util import Pt

from linkkit.deck.slides.fitting import one_line, text_width
from linkkit.deck.slides.geometry import Box
from linkkit.deck.slides.native import Drawing, axis_size, element, set_inner

_SHAPES = "http://schemas.openxmlformats.org/drawingml/2006/chartDrawing"
_RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def line_of_its_own(native: Any, drawing: Drawing) -> None:
    """Turn the last series of standing columns, or of lines, into a dashed line on the same axes."""
    plot = native._chartSpace.xpath(".//c:plotArea/*[self::c:barChart or self::c:lineChart]")[0]
    series = plot.findall(qn("c:ser"))[-1]
    if plot.tag == qn("c:barChart"):
        plot.remove(series)
        for name in ("c:invertIfNegative", "c:dLbls", "c:spPr"):
            for shape in series.findall(qn(name)):
                series.remove(shape)
        lines = element("c:lineChart")
        etree.SubElement(lines, qn("c:grouping"), val="standard")
        etree.SubElement(lines, qn("c:varyColors"), val="0")
        lines.append(series)
        etree.SubElement(lines, qn("c:marker"), val="1")
        for axis in plot.findall(qn("c:axId")):
            lines.append(copy.deepcopy(axis))
        plot.addnext(lines)
        etree.SubElement(series, qn("c:smooth"), val="0")
    threshold = native.plots[-1].series[-1]
    threshold.marker.style = XL_MARKER_STYLE.NONE
    threshold.smooth = False
    dash(threshold.format.line, drawing)


def dash(line: Any, drawing: Drawing) -> None:
    """Make a line a dashed one."""
    line.width, line.dash_style = Pt(1.5), MSO_LINE.DASH
    drawing.palette.ink.apply(line.color)


def line_across(native: Any, drawing: Drawing, labels: Sequence[str]) -> None:
    """Draw a dashed line into a chart of lying bars: a part of the chart, so that it moves with it.

    Where it has to stand is known because the place of the bars and the ends of the axis are set.
    """
    chart, box = drawing.chart, drawing.box
    line = chart.line or 0.0
    sums = [
        sum(value or 0.0 for value in column) if drawing.stacks else max((value or 0.0 for value in column), default=0.0)
        for column in zip(*(each.values for each in chart.series), strict=True)
    ]  # fmt: skip
    low, high = min(0.0, line, *sums), max(line, *sums) * (1.0 if drawing.stacks else 1.12) or 1.0
    axis = native.value_axis
    axis.minimum_scale, axis.maximum_scale = low, high
    size = axis_size(drawing)
    left = (
        max(text_width(each, size) for each in labels) + 14 + (20 if chart.category_title else 0)
    ) / box.width
    left = min(left, 0.45)
    top = (44 if len(chart.series) > 1 else 20) / box.height
    bottom = (26 if chart.value_title else 8) / box.height
    inner = Box(left, top, 0.98 - left, 1 - top - bottom)
    set_inner(native, inner)
    at = inner.x + inner.width * (line - low) / (high - low)
    title = one_line(chart.line_title)
    wide = min(text_width(title, 11) / box.width, 0.5)
    start = min(max(at - wide / 2, 0.0), 1 - wide)
    words = Box(start, inner.y - 18 / box.height, wide, 16 / box.height)
    _user_shapes(native, (at, inner.y, inner.bottom), title, words, drawing)


def _user_shapes(
    native: Any, line: tuple[float, float, float], title: str, words: Box, drawing: Drawing
) -> None:
    """Put a standing line (place, upper and lower end as shares) and its words into a chart as shapes of its own."""
    x, y, bottom = line
    a, c, cdr = "http://schemas.openxmlformats.org/drawingml/2006/main", qn("c:x")[1:-2], _SHAPES
    root = etree.Element(f"{{{c}}}userShapes", nsmap={"c": c, "a": a, "cdr": cdr})
    ink = drawing.palette.ink.shown[1:]

    def anchored(start: tuple[float, float], end: tuple[float, float]) -> Any:
        anchor = etree.SubElement(root, f"{{{cdr}}}relSizeAnchor")
        for name, (across, down) in (("from", start), ("to", end)):
            point = etree.SubElement(anchor, f"{{{cdr}}}{name}")
            etree.SubElement(point, f"{{{cdr}}}x").text = f"{across:.5f}"
            etree.SubElement(point, f"{{{cdr}}}y").text = f"{down:.5f}"
        return anchor

    width, height = drawing.box.width * 12700, drawing.box.height * 12700
    stroke = (
        f'<cdr:cxnSp xmlns:cdr="{cdr}" xmlns:a="{a}" macro=""><cdr:nvCxnSpPr><cdr:cNvPr id="2" name="Threshold"/>'
        f'<cdr:cNvCxnSpPr/></cdr:nvCxnSpPr><cdr:spPr><a:xfrm><a:off x="{x * width:.0f}" y="{y * height:.0f}"/>'
        f'<a:ext cx="0" cy="{(bottom - y) * height:.0f}"/></a:xfrm><a:prstGeom prst="line"><a:avLst/></a:prstGeom>'
        f'<a:ln w="19050"><a:solidFill><a:srgbClr val="{ink}"/></a:solidFill><a:prstDash val="dash"/></a:ln></cdr:spPr></cdr:cxnSp>'
    )
    anchored((x, y), (x, bottom)).append(etree.fromstring(stroke))
    if title:
        text = (
            f'<cdr:sp xmlns:cdr="{cdr}" xmlns:a="{a}" macro="" textlink=""><cdr:nvSpPr><cdr:cNvPr id="3" name="Threshold words"/>'
            f'<cdr:cNvSpPr txBox="1"/></cdr:nvSpPr><cdr:spPr><a:xfrm><a:off x="{words.x * width:.0f}" y="{words.y * height:.0f}"/>'
            f'<a:ext cx="{words.width * width:.0f}" cy="{words.height * height:.0f}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/>'
            '</a:prstGeom><a:noFill/></cdr:spPr><cdr:txBody><a:bodyPr wrap="square" lIns="0" tIns="0" rIns="0" bIns="0" anchor="b"/>'
            f'<a:lstStyle/><a:p><a:pPr algn="ctr"/><a:r><a:rPr sz="1100"><a:solidFill><a:srgbClr val="{ink}"/></a:solidFill><a:latin typeface="+mn-lt"/></a:rPr>'
            "<a:t/></a:r></a:p></cdr:txBody></cdr:sp>"
        )
        shape = etree.fromstring(text)
        shape.find(f".//{{{a}}}t").text = title
        anchored((words.x, words.y), (words.right, words.bottom)).append(shape)
    package = native.part.package
    part = Part(
        PackURI(str(package.next_partname("/ppt/drawings/drawing%d.xml"))),
        "application/vnd.openxmlformats-officedocument.drawingml.chartshapes+xml",
        package,
        etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True),
    )
    relation = native.part.relate_to(part, RELATIONSHIP_TYPE.CHART_USER_SHAPES)
    shapes = etree.SubElement(native._chartSpace, qn("c:userShapes"))
    shapes.set(f"{{{_RELATIONSHIPS}}}id", relation)
