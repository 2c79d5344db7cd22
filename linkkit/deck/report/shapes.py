"""The marks of each kind of chart: what stands where, in which colour and with which words."""

import textwrap
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import altair as alt

from linkkit.charts.theme import GREY, INK, PALE, PAPER, SKY
from linkkit.deck.brand import Brand
from linkkit.deck.language import Language
from linkkit.deck.story.parts import Chart, Role, Series, ValueKind
from linkkit.deck.story.writing import is_near, mixed, role_colours, text_colour, value_text

LETTER = 7.0
"""Width of a letter, px: an average that no common font exceeds by much."""
LINE = 15.0
"""Height of a line of a name, px."""
_SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "stroke")
_PATHS = {
    "circle": "M5 6a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z",
    "square": "M5 2h8v8h-8z",
    "triangle-up": "M9 1l5 9h-10z",
    "diamond": "M9 0l5 6l-5 6l-5 -6z",
    "cross": "M7 1h4v3h3v4h-3v3h-4v-3h-3v-4h3z",
    "triangle-down": "M9 11l-5 -9h10z",
    "stroke": "M3 5h12v2h-12z",
}
_DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [12, 4])
_ROLES: tuple[Role, ...] = ("main", "second", "quiet", "good", "warn", "money", "bad")

Layers = list[Any]
Row = dict[str, Any]


@dataclass(frozen=True)
class Axis:
    """The value axis as drawn: which channel, from where to where."""

    channel: str
    low: float
    high: float


@dataclass(frozen=True)
class Plot:
    """A chart, and the room it is drawn in.

    Attributes
    ----------
    chart, lang, brand
        What is drawn, in which language and for whom.
    width, height : int
        Of the whole picture, px.
    is_flat : bool
        Whether values run to the right; else they rise.
    has_legend : bool
        Whether the picture says what its colours are; a page says it beside the picture.
    data : dict of name to list of rows
        What the marks are drawn from, by the names that they know it by; filled by `marks`.
    names, rows : list of list of str
        Lines of each category's name; of each row's name in a heat map.
    """

    chart: Chart
    lang: Language
    brand: Brand
    width: int
    height: int
    is_flat: bool
    has_legend: bool = True
    data: dict[str, list["Row"]] = field(default_factory=dict)
    names: list[list[str]] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)

    @property
    def params(self) -> dict[str, Any]:
        """Texts that axes and legend look up by number: text of a site never stands in an expression."""
        series = [[each] for each in _series_names(self.chart)]
        return {
            "names": self.names or [[""]],
            "rowNames": self.rows or [[""]],
            "seriesNames": series or [[""]],
        }

    def marks(self, rows: list["Row"]) -> Any:
        """A chart of rows, which it knows by name alone: Altair copies a chart, and all that is in it, at every step.

        Channels are chosen by name here, which Altair's types cannot follow.
        """
        name = f"rows{len(self.data) + 1}"
        self.data[name] = rows
        return alt.Chart(alt.NamedData(name=name))

    @cached_property
    def colours(self) -> dict[Role, str]:
        """Colour of each role; two that the brand paints alike differ where the chart uses both, as on a slide."""
        colours = role_colours(self.brand)
        used = {each.role for each in self.chart.series} | set(self.chart.roles)
        near = is_near(colours["second"], (colours[role] for role in used if role != "second"))
        return {**colours, "second": SKY} if near else colours

    def text(self, value: float | None) -> str:
        """A value as the language writes it."""
        return value_text(value, self.chart.value_kind, self.lang)

    def series_colours(self) -> list[str]:
        """A colour for each series: its role's; series of one role are told apart by lightness."""
        seen: dict[Role, int] = {}
        chosen = []
        for each in self.chart.series:
            seen[each.role] = seen.get(each.role, 0) + 1
            chosen.append(mixed(self.colours[each.role], PAPER, max(1 - 0.3 * (seen[each.role] - 1), 0.25)))
        return chosen

    def value_axis(self, *, is_bare: bool = False) -> alt.Axis:
        """Ticks in the language's numbers; bare where every mark carries its number."""
        if is_bare:
            return alt.Axis(
                labels=False, ticks=False, grid=False, domain=False, title=self.chart.value_title or None
            )
        least: dict[str, Any] = {"tickMinStep": 1} if self.chart.value_kind == "whole" else {}
        return alt.Axis(format=self.format, tickCount=5, domain=False, ticks=False, title=self.chart.value_title or None, **least)  # fmt: skip

    @property
    def format(self) -> str:
        """The axis's numbers, as d3 writes formats."""
        values = [abs(value) for each in self.chart.series for value in each.values if value is not None]
        return number_format(self.chart.value_kind, max(values, default=0))

    def across(self, key: str = "at") -> dict[str, Any]:
        """The channel of the categories."""
        scale = alt.Scale(domain=list(range(len(self.names))), paddingInner=0.28, paddingOuter=0.14)
        channel = alt.Y if self.is_flat else alt.X
        return {"y" if self.is_flat else "x": channel(f"{key}:O", sort=None, scale=scale, axis=None)}

    def category_names(self) -> Layers:
        """An axis for names of one line, one for those of two and so on: Vega centres the first line alone."""
        by_lines: dict[int, list[int]] = {}
        for at, name in enumerate(self.names):
            by_lines.setdefault(len(name) if self.is_flat else 1, []).append(at)
        longest = max(
            by_lines,
            key=lambda lines: max(map(len, (line for at in by_lines[lines] for line in self.names[at]))),
        )
        layers = []
        for lines, places in sorted(by_lines.items()):
            axis = alt.Axis(
                labelExpr="names[datum.value]", values=places, ticks=False, labelPadding=8, labelOverlap=False,
                domain=False, orient="left" if self.is_flat else "bottom", labelOffset=-(lines - 1) * LINE / 2,
                title=(self.chart.category_title or None) if lines == longest else None,
                labelAngle=0,
            )  # fmt: skip
            encoding = self.across()
            encoding["y" if self.is_flat else "x"].axis = axis
            layers.append(self.marks([{"at": 0}]).mark_rule(opacity=0).encode(**encoding))
        return layers

    def along(
        self, axis: Axis, start: str, end: str | None = None, *, is_bare: bool = False
    ) -> dict[str, Any]:
        """The channel of the values."""
        channel = alt.X if self.is_flat else alt.Y
        scale = alt.Scale(domain=[axis.low, axis.high], nice=False, zero=False)
        found: dict[str, Any] = {
            axis.channel: channel(f"{start}:Q", scale=scale, axis=self.value_axis(is_bare=is_bare))
        }
        if end:
            found[f"{axis.channel}2"] = alt.X2(f"{end}:Q") if self.is_flat else alt.Y2(f"{end}:Q")
        return found

    def axis(self, values: list[float], labels: list[str]) -> Axis:
        """From 0 or less to the largest value, with room for the words at the ends."""
        if self.chart.line is not None:
            values = [*values, self.chart.line]
        low, high = min([0.0, *values]), max([0.0, *values])
        span = (high - low) or 1.0
        room = max(map(len, labels), default=0) * LETTER + 10 if self.is_flat else 22
        plot = self.width * (0.58 if self.is_flat else 1) if self.is_flat else self.height * 0.62
        share = min(room / max(plot, 1), 0.45)
        has_label = bool(labels)
        top = high + (span * share if has_label and high > 0 else 0)
        bottom = low - (span * share if has_label and low < 0 else 0)
        return Axis("x" if self.is_flat else "y", bottom, top if top > bottom else bottom + 1)

    @property
    def legend(self) -> alt.Legend | None:
        """Names of the series, where there is more than one."""
        shown = self.has_legend and len(self.chart.series) > 1
        return alt.Legend(labelExpr="seriesNames[datum.value]") if shown else None

    def legend_colour(self) -> dict[str, Any]:
        """Colour by series."""
        scale = alt.Scale(domain=list(range(len(self.chart.series))), range=self.series_colours())
        return {"color": alt.Color("series:N", scale=scale, legend=self.legend)}


def number_format(kind: ValueKind, largest: float) -> str:
    """Numbers of an axis that reaches so far, as d3 writes formats."""
    if kind == "share":
        return ".0%" if largest >= 0.05 else ".1%"
    return ",d" if kind == "whole" else ",.2~f"


@dataclass(frozen=True)
class Swatch:
    """What a series looks like, for a legend beside the picture: the path of its sign (18 x 12 px), colour, dashes."""

    name: str
    colour: str
    path: str
    dashes: str = ""


def swatches(chart: Chart, brand: Brand, lang: Language) -> list[Swatch]:
    """The legend of a chart; empty where there is one series, or every cell carries its number."""
    if len(chart.series) < 2 or chart.kind == "heat_map":
        return []
    colours = Plot(chart=chart, lang=lang, brand=brand, width=0, height=0, is_flat=False).series_colours()
    found = []
    for number, (series, colour) in enumerate(zip(chart.series, colours, strict=True)):
        path = (
            _PATHS[_SHAPES[number % len(_SHAPES)]] if chart.kind in ("scatter", "line") else "M3 0h12v12h-12z"
        )
        dashes = " ".join(map(str, _DASHES[number % len(_DASHES)])) if chart.kind == "line" else ""
        found.append(Swatch(series.name, colour, path, dashes))
    return found


def wrapped(text: str, letters: int, lines: int) -> list[str]:
    """The text in at most so many lines; what does not fit ends in an ellipsis."""
    return textwrap.wrap(text, max(letters, 4), max_lines=lines, placeholder=" …") or [""]


def bars(plot: Plot) -> tuple[Layers, Axis]:
    """Bars or columns; several series side by side."""
    chart = plot.chart
    several = len(chart.series) > 1
    rows: list[Row] = [
        {
            "at": at,
            "series": number,
            "start": 0,
            "end": value,
            "colour": _category_colour(plot, at, series),
            "label": plot.text(value),
        }
        for number, series in enumerate(chart.series)
        for at, value in enumerate(series.values)
        if value is not None
    ]
    axis = plot.axis([row["end"] for row in rows], [row["label"] for row in rows])
    colour = plot.legend_colour() if several else {"color": alt.Color("colour:N", scale=None)}
    order = alt.Scale(domain=list(range(len(chart.series))), paddingInner=0.08)
    offset: dict[str, Any] = {}
    if several:
        offset = {"yOffset": alt.YOffset("series:N", scale=order)} if plot.is_flat else {"xOffset": alt.XOffset("series:N", scale=order)}  # fmt: skip
    base = plot.marks(rows).encode(**plot.across(), **offset)
    marks = base.mark_bar(cornerRadiusEnd=2).encode(
        **plot.along(axis, "start", "end", is_bare=True), **colour
    )
    return [*plot.category_names(), marks, *_end_labels(plot, base, axis), _zero(plot, axis)], axis


def stacked(plot: Plot) -> tuple[Layers, Axis]:
    """Bars or columns of parts; a part carries its number where there is room for it."""
    chart, colours = plot.chart, plot.series_colours()
    ends = [0.0] * len(chart.categories)
    rows: list[Row] = []
    for number, series in enumerate(chart.series):
        for at, value in enumerate(series.values):
            if value:
                rows.append({"at": at, "series": number, "start": ends[at], "end": ends[at] + value, "label": plot.text(value)})  # fmt: skip
                ends[at] += value
    axis = plot.axis(ends, [])
    pixels = (plot.width * 0.6 if plot.is_flat else plot.height * 0.7) / ((axis.high - axis.low) or 1)
    inside: list[Row] = []
    for row in rows:
        room = (row["end"] - row["start"]) * pixels
        needs = len(row["label"]) * LETTER + 8 if plot.is_flat else 18
        if room >= needs:
            inside.append({**row, "middle": (row["start"] + row["end"]) / 2, "ink": text_colour(colours[row["series"]])})  # fmt: skip
    marks = (
        plot.marks(rows)
        .mark_bar(stroke=PAPER, strokeWidth=1)
        .encode(**plot.across(), **plot.along(axis, "start", "end"), **plot.legend_colour())
    )
    words = (
        plot.marks(inside)
        .mark_text()
        .encode(
            **plot.across(),
            **plot.along(axis, "middle"),
            text="label:N",
            color=alt.Color("ink:N", scale=None),
        )
    )
    return [*plot.category_names(), marks, *([words] if inside else []), _zero(plot, axis)], axis


def waterfall(plot: Plot) -> tuple[Layers, Axis]:
    """Steps from one sum to the next."""
    chart = plot.chart
    rows: list[Row] = []
    level = 0.0
    for at, (name, value) in enumerate(zip(chart.categories, chart.series[0].values, strict=True)):
        is_total = name in chart.totals
        start = 0.0 if is_total else level
        level = (level if at else value or 0.0) if is_total else level + (value or 0.0)
        change = level if is_total else value or 0.0
        role: Role = (
            chart.roles[at]
            if chart.roles
            else "main"
            if is_total or not at
            else "good"
            if change >= 0
            else "bad"
        )
        sign = "+" if change > 0 and at and not is_total else ""
        # Words stand at the end that is farther from zero: they never lie on the bar of a fall.
        rows.append({"at": at, "next": at + 1, "start": start, "level": level, "end": max(start, level), "colour": plot.colours[role], "label": sign + plot.text(change)})  # fmt: skip
    axis = plot.axis(
        [each for row in rows for each in (row["start"], row["level"])], [row["label"] for row in rows]
    )
    base = plot.marks(rows).encode(**plot.across())
    marks = base.mark_bar(cornerRadius=1).encode(
        **plot.along(axis, "start", "level", is_bare=True), color=alt.Color("colour:N", scale=None)
    )
    across = "y2" if plot.is_flat else "x2"
    steps = (
        plot.marks(rows[:-1])
        .mark_rule(color=GREY, strokeDash=[2, 2])
        .encode(**plot.across(), **{across: "next"}, **plot.along(axis, "level", is_bare=True))
    )
    return [
        *plot.category_names(),
        *([steps] if len(rows) > 1 else []),
        marks,
        *_end_labels(plot, base, axis),
        _zero(plot, axis),
    ], axis


def heat_map(plot: Plot) -> tuple[Layers, Axis]:
    """A coloured table: the darker, the more; every cell carries its number."""
    chart = plot.chart
    largest = max(abs(value) for each in chart.series for value in each.values if value is not None) or 1.0
    rows: list[Row] = []
    for row, series in enumerate(chart.series):
        for at, value in enumerate(series.values):
            colour = (
                PALE
                if value is None
                else mixed(plot.colours[series.role], PAPER, 0.06 + 0.9 * abs(value) / largest)
            )
            rows.append({"at": at, "row": row, "colour": colour, "ink": text_colour(colour), "label": plot.text(value) or "–"})  # fmt: skip
    heads = alt.Axis(
        orient="top", labelExpr="names[datum.value]", labelAngle=0, ticks=False, domain=False, labelOverlap=False,
        title=chart.category_title or None, labelPadding=6 + LINE * (max(map(len, plot.names)) - 1),
    )  # fmt: skip
    # What cells hold stands in the corner, where it meets no row's name however wide the reader's font.
    sides = alt.Axis(
        labelExpr="rowNames[datum.value]", ticks=False, domain=False, labelPadding=8, title=chart.value_title or None,
        titleAngle=0, titleAlign="right", titleBaseline="bottom", titleX=-8, titleY=-6,
    )  # fmt: skip
    base = plot.marks(rows).encode(
        x=alt.X("at:O", sort=None, axis=heads, scale=alt.Scale(padding=0.03)),
        y=alt.Y("row:O", sort=None, axis=sides, scale=alt.Scale(padding=0.05)),
    )
    cells = base.mark_rect(cornerRadius=2).encode(color=alt.Color("colour:N", scale=None))
    words = base.mark_text().encode(text="label:N", color=alt.Color("ink:N", scale=None))
    return [cells, words], Axis("y", 0, 1)


def scatter(plot: Plot) -> tuple[Layers, Axis]:
    """Points; series differ in shape as well as colour, and names stand where no other name stands."""
    chart = plot.chart
    rows: list[Row] = [
        {
            "x": x,
            "y": y,
            "series": number,
            "name": series.labels[place] if place < len(series.labels) else "",
        }
        for number, series in enumerate(chart.series)
        for place, (x, y) in enumerate(zip(series.x, series.values, strict=True))
        if y is not None
    ]
    wide = _span([row["x"] for row in rows])
    tall = _span([row["y"] for row in rows] + ([chart.line] if chart.line is not None else []))
    axis = Axis("y", *tall)
    across = {
        "x": alt.X(
            "x:Q",
            scale=alt.Scale(domain=list(wide), nice=False),
            axis=alt.Axis(
                format=number_format(chart.x_kind, wide[1]),
                tickCount=5,
                title=chart.category_title or None,
                domain=True,
                ticks=False,
            ),
        )
    }
    shape = alt.Shape("series:N", scale=alt.Scale(domain=list(range(len(chart.series))), range=[_SHAPES[number % len(_SHAPES)] for number in range(len(chart.series))]), legend=plot.legend)  # fmt: skip
    points = (
        plot.marks(rows)
        .mark_point(filled=True, size=80, opacity=0.85, stroke=PAPER, strokeWidth=0.7)
        .encode(**across, **plot.along(axis, "y"), **plot.legend_colour(), shape=shape)
    )
    layers = [points]
    placed = _placed(rows, wide, tall, plot.width * 0.88, plot.height * 0.78)
    for align in ("left", "right"):
        words = [row for row in placed if row["align"] == align]
        if words:
            dx = 9 if align == "left" else -9
            layers += _haloed(
                plot.marks(words).encode(**across, **plot.along(axis, "y"), text="name:N"),
                align=align,
                dx=dx,
                baseline="middle",
            )
    return layers, axis


def lines(plot: Plot) -> tuple[Layers, Axis]:
    """Lines over the categories in order; series differ in dashes and shape as well as colour."""
    chart = plot.chart
    rows: list[Row] = [
        {"at": at, "series": number, "value": value, "label": plot.text(value), "end": value}
        for number, series in enumerate(chart.series)
        for at, value in enumerate(series.values)
    ]
    known = [row["value"] for row in rows if row["value"] is not None]
    axis = plot.axis(known, [row["label"] for row in rows])
    domain = list(range(len(chart.series)))
    several = len(chart.series) > 1
    dash = alt.StrokeDash("series:N", scale=alt.Scale(domain=domain, range=[_DASHES[n % len(_DASHES)] for n in domain]), legend=None)  # fmt: skip
    shape = alt.Shape("series:N", scale=alt.Scale(domain=domain, range=[_SHAPES[n % len(_SHAPES)] for n in domain]), legend=plot.legend)  # fmt: skip
    base = plot.marks(rows).encode(**plot.across(), **plot.along(axis, "value"), **plot.legend_colour())
    drawn = [base.mark_line(strokeWidth=2.5).encode(strokeDash=dash)]
    drawn.append(base.mark_point(filled=True, size=70, opacity=1).encode(shape=shape))
    shown = _labelled(
        rows, len(chart.categories), (axis.high - axis.low) / (plot.height * 0.7), several=several
    )
    layers = [*plot.category_names(), *drawn]
    for dy in (-12, 14):
        words = [row for row in shown if row["dy"] == dy]
        if words:
            base = plot.marks(words).encode(**plot.across(), **plot.along(axis, "value"), text="label:N")
            layers += _haloed(base, align="center", baseline="middle", dy=dy)
    return [*layers, _zero(plot, axis)], axis


def threshold(plot: Plot, axis: Axis) -> Layers:
    """The threshold across the chart, and what it is."""
    chart = plot.chart
    row = {"value": chart.line, "label": chart.line_title or plot.text(chart.line)}
    base = plot.marks([row]).encode(
        **plot.along(axis, "value", is_bare=chart.kind in ("bars", "columns", "waterfall"))
    )
    rule = base.mark_rule(color=INK, strokeDash=[5, 4], strokeWidth=1.4)
    words = base.encode(text="label:N")
    if axis.channel == "x":
        is_far = ((chart.line or 0) - axis.low) / ((axis.high - axis.low) or 1) > 0.5
        return [rule, *_haloed(words, align="right" if is_far else "left", y=-9, dx=4 if is_far else -4)]
    return [rule, *_haloed(words, align="right", x="width", dy=-8)]


def _end_labels(plot: Plot, base: Any, axis: Axis) -> Layers:
    """Each mark's number, beyond its end."""
    sides = (("datum.end >= 0", 1), ("datum.end < 0", -1))
    found = []
    for test, side in sides:
        place: dict[str, Any] = (
            {"align": "left" if side > 0 else "right", "dx": 5 * side} if plot.is_flat
            else {"baseline": "bottom" if side > 0 else "top", "dy": -4 * side}
        )  # fmt: skip
        words = base.transform_filter(test).mark_text(**place)
        found.append(words.encode(**plot.along(axis, "end", is_bare=True), text="label:N"))
    return found


def _zero(plot: Plot, axis: Axis) -> Any:
    """The line that bars start from."""
    rule = plot.marks([{"zero": 0}]).mark_rule(color=GREY)
    return rule.encode(alt.X("zero:Q") if axis.channel == "x" else alt.Y("zero:Q"))


def _haloed(words: Any, **place: Any) -> Layers:
    """Text that can be read on whatever lies below it."""
    return [words.mark_text(stroke=PAPER, strokeWidth=4, strokeJoin="round", color=PAPER, **place), words.mark_text(color=INK, **place)]  # fmt: skip


def _labelled(rows: list[Row], count: int, pixel: float, *, several: bool) -> list[Row]:
    """Every point of a short single line; else the last of each, above or below it so that they do not meet."""
    known = [row for row in rows if row["value"] is not None]
    if not several and count <= 12:
        return [{**row, "dy": -12} for row in known]
    last = sorted({row["series"]: row for row in known}.values(), key=lambda row: -row["value"])
    found: list[Row] = []
    free = float("inf")
    for row in last:
        above, below = row["value"] + 20 * pixel, row["value"] - 22 * pixel
        dy = -12 if above <= free else 14 if row["value"] <= free else None
        if dy is not None:
            found.append({**row, "dy": dy})
            free = row["value"] - 6 * pixel if dy < 0 else below
    return found


def _placed(
    rows: list[Row],
    wide: tuple[float, float],
    tall: tuple[float, float],
    width: float,
    height: float,
) -> list[Row]:
    """Points whose names find room, right or left of them; the first in the story's order have the first choice."""
    places = [
        (
            (row["x"] - wide[0]) / (wide[1] - wide[0]) * width,
            (row["y"] - tall[0]) / (tall[1] - tall[0]) * height,
        )
        for row in rows
    ]
    taken = [(x - 5, y - 5, x + 5, y + 5) for x, y in places]
    found = []
    for row, (x, y) in zip(rows, places, strict=True):
        if not row["name"]:
            continue
        name = wrapped(row["name"], 34, 1)[0]
        length = len(name) * LETTER + 12
        for align, left in (("left", x + 6), ("right", x - 6 - length)):
            box = (left, y - 9, left + length, y + 9)
            free = not any(
                box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]
                for other in taken
            )
            if free and left >= 0 and left + length <= width:
                taken.append(box)
                found.append({**row, "name": name, "align": align})
                break
    return found


def _span(values: list[float]) -> tuple[float, float]:
    """From 0 (or less) to beyond the largest."""
    low, high = min([0.0, *values]), max([0.0, *values])
    room = ((high - low) or 1.0) * 0.06
    return (low - room if low < 0 else 0.0), high + room


def _category_colour(plot: Plot, at: int, series: Series) -> str:
    roles = plot.chart.roles
    return plot.colours[roles[at] if roles and len(plot.chart.series) == 1 else series.role]


def _series_names(chart: Chart) -> list[str]:
    return [each.name for each in chart.series]
