"""A waterfall as stacked columns: what each step adds or takes stands on an invisible base."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
)
from pptx.oxml.ns import qn
from pptx.slide import Slide
from pptx.util import Pt

from linkkit.deck.slides.fitting import LINE, wrapped
from linkkit.deck.slides.geometry import Box
from linkkit.deck.slides.look import Paint
from linkkit.deck.slides.native import (
    LABEL_SIZE,
    Drawing,
    add_native,
    axis_size,
    category_labels,
    element,
    set_axes,
    set_inner,
    set_type,
)
from linkkit.deck.story import Chart
from linkkit.deck.story.parts import Role

_OF_ALL_LABELS = tuple(qn(f"c:{name}") for name in ("dLbl", "showLeaderLines", "leaderLines", "extLst"))
"""What labels of a series have that one of them has not."""
_CHART_2012 = "http://schemas.microsoft.com/office/drawing/2012/chart"


@dataclass(frozen=True)
class Step:
    """One column of a waterfall.

    Attributes
    ----------
    low, high : float
        From where to where it reaches.
    value : float or None
        What it adds, or the sum for a total; None where the story has no number.
    kind : str
        ``rise``, ``fall`` or ``total``.
    """

    low: float
    high: float
    value: float | None
    kind: str

    @property
    def base(self) -> float:
        """What is left empty between nought and the column."""
        return max(self.low, 0.0) + min(self.high, 0.0)

    @property
    def above(self) -> float:
        """Its part over nought."""
        return max(self.high, 0.0) - max(self.low, 0.0)

    @property
    def below(self) -> float:
        """Its part under nought, as a negative number."""
        return min(self.low, 0.0) - min(self.high, 0.0)


def waterfall_steps(chart: Chart) -> list[Step]:
    """The columns of a waterfall, in order.

    A total is drawn from nought to the sum of the steps before it; so is the first step, before which nothing stands, to its own value.
    A step without a number changes nothing.

    Examples
    --------
    >>> from linkkit.deck.story import Chart, Series
    >>> chart = Chart("w", "waterfall", "", ("All", "Lost", "Left"), (Series("", (100.0, -30.0, 70.0)),), totals=("All", "Left"))
    >>> [(step.base, step.above, step.kind) for step in waterfall_steps(chart)]
    [(0.0, 100.0, 'total'), (70.0, 30.0, 'fall'), (0.0, 70.0, 'total')]
    """
    values = chart.series[0].values
    steps: list[Step] = []
    level = 0.0
    for index, (category, value) in enumerate(zip(chart.categories, values, strict=True)):
        if index == 0 or category in chart.totals:
            level = (value or 0.0) if index == 0 else level
            steps.append(Step(min(level, 0.0), max(level, 0.0), level, "total"))
            continue
        after = level + (value or 0.0)
        kind = "fall" if after < level else "rise"
        steps.append(Step(min(level, after), max(level, after), value, kind))
        level = after
    return steps


def add_waterfall(slide: Slide, drawing: Drawing) -> Any:
    """Stacked columns: an invisible base, and a series each for what rises, what falls and what sums up."""
    chart, lang = drawing.chart, drawing.lang
    steps = waterfall_steps(chart)
    parts: list[tuple[str, str, list[float | None]]] = [
        ("base", lang.text("Base"), [step.base for step in steps])
    ]
    names = {"total": lang.text("Total"), "rise": lang.text("Gain"), "fall": lang.text("Loss")}
    for kind, name in names.items():
        for side in ("above", "below"):
            values = [getattr(step, side) if step.kind == kind else None for step in steps]
            if any(values) or (side == "above" and any(step.kind == kind for step in steps)):
                parts.append((kind, name, [value or (0.0 if value == 0 and side == "above" else None) for value in values]))  # fmt: skip
    labels = category_labels(drawing)
    rows = [(name, tuple(values)) for _, name, values in parts]
    frame = add_native(slide, drawing.box, XL_CHART_TYPE.COLUMN_STACKED, labels, rows, drawing.format())
    native = frame.chart
    set_type(native, drawing)
    plot = native.plots[0]
    plot.gap_width, plot.overlap = 40, 100
    low = min(0.0, *(step.low for step in steps))
    high = max(0.0, *(step.high for step in steps)) * 1.08 or 1.0
    axis_lines = max(
        len(wrapped(each, drawing.box.width / len(labels) * 0.9, axis_size(drawing))) for each in labels
    )
    bottom = (
        axis_lines * axis_size(drawing) * LINE + 10 + (20 if chart.category_title else 0)
    ) / drawing.box.height
    left = (24 if chart.value_title else 4) / drawing.box.width
    inner = Box(left, 0.02, 0.99 - left, 0.98 - bottom)
    for (kind, _, _), series in zip(parts, plot.series, strict=True):
        series.invert_if_negative = False
        if kind == "base":
            series.format.fill.background()
            series.format.line.fill.background()
            continue
        series.format.fill.solid()
        _step_paint(kind, drawing).apply(series.format.fill.fore_color)
        _label_steps(series, kind, steps, drawing, inner.height / (high - low))
    set_axes(native, drawing)
    native.value_axis.minimum_scale, native.value_axis.maximum_scale = low, high
    set_inner(native, inner)
    _paint_steps(plot, parts, drawing)
    native.has_legend = False
    return frame


def _step_paint(kind: str, drawing: Drawing) -> Paint:
    roles: dict[str, Role] = {"total": "main", "rise": "good", "fall": "bad"}
    return drawing.palette.role(roles[kind])


def _paint_steps(plot: Any, parts: Sequence[tuple[str, str, list[float | None]]], drawing: Drawing) -> None:
    """Colours that the story gives single steps."""
    for index, role in enumerate(drawing.chart.roles[: len(drawing.chart.categories)]):
        for (kind, _, values), series in zip(parts, plot.series, strict=True):
            if kind != "base" and values[index] is not None:
                fill = series.points[index].format.fill
                fill.solid()
                drawing.paints[role].apply(fill.fore_color)


def _label_steps(
    series: Any, kind: str, steps: Sequence[Step], drawing: Drawing, share_of_unit: float
) -> None:
    """Numbers over the columns: the series' own, so that they follow an editor's changes, moved up from the middle."""
    plain = drawing.format()
    if drawing.chart.value_kind == "share":
        plain = plain.rsplit(";", 1)[-1]
    sign = {"rise": "+", "fall": "−", "total": ""}[kind]
    signed = plain.replace("]", f']"{sign}"', 1) if plain.startswith("[$") else f'"{sign}"{plain}'
    code = f"{signed};{signed}" if sign else plain
    labels = series.data_labels
    labels.show_value = True
    labels.number_format, labels.number_format_is_linked = code, False
    labels.font.size = Pt(LABEL_SIZE)
    labels.font.bold = True
    drawing.palette.ink.apply(labels.font.color)
    labels.position = XL_LABEL_POSITION.CENTER
    for index, step in enumerate(steps):
        if step.kind != kind:
            continue
        value = (step.above or step.below) if step.above * step.below == 0 else step.high - step.low
        up = (step.above or abs(value)) * share_of_unit / 2 + 10 / drawing.box.height
        _moved_label(series, index, up)
    _without_leaders(series)


def _moved_label(series: Any, index: int, up: float) -> None:
    """Move the label of one point up by a share of the chart; it says all that the series' labels say, and inherits nothing."""
    parent = series._element.find(qn("c:dLbls"))
    label = element("c:dLbl")
    label.append(element("c:idx", str(index)))
    manual = etree.SubElement(etree.SubElement(label, qn("c:layout")), qn("c:manualLayout"))
    etree.SubElement(manual, qn("c:x"), val="0")
    etree.SubElement(manual, qn("c:y"), val=f"{-up:.5f}")
    for child in parent:
        if child.tag not in _OF_ALL_LABELS:
            label.append(copy.deepcopy(child))
    parent.insert(len(parent.findall(qn("c:dLbl"))), label)


def _without_leaders(series: Any) -> None:
    """No lines from labels that were moved to their columns."""
    extensions = etree.SubElement(series._element.find(qn("c:dLbls")), qn("c:extLst"))
    extension = etree.SubElement(extensions, qn("c:ext"), uri="{CE6537A1-D6FC-4f65-9D91-7224C49458BB}")
    etree.SubElement(
        extension, f"{{{_CHART_2012}}}showLeaderLines", nsmap={"c15": _CHART_2012}, attrib={"val": "0"}
    )
