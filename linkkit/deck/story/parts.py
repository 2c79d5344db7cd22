"""What a deck tells, apart from how it is drawn: slides, charts and tables as plain values, in the client's language.

Slides and report are drawn from the same story, so that they cannot disagree. Every text in here is finished: translated,
numbers written the way the language writes them. Text of a crawled site stands in it as it was found; each renderer escapes it.
"""

from dataclasses import dataclass, field
from typing import Literal

from linkkit.deck.brand import Brand
from linkkit.deck.language import Language

ChartKind = Literal[
    "bars", "columns", "stacked_bars", "stacked_columns", "waterfall", "heat_map", "scatter", "line"
]
"""``bars`` lie, ``columns`` stand. A waterfall's first series holds what each step adds or takes; see `Chart`."""
Role = Literal["main", "second", "good", "warn", "bad", "quiet", "money"]
"""What a colour says: the brand's main and second colour, right, to look at, wrong, background, money pages."""
ValueKind = Literal["whole", "number", "share", "units"]
"""Whole numbers, numbers with a fraction, shares (0-1, shown as percent), units of a hundred (given as 0-100)."""
CellKind = Literal["text", "url", "severity", "whole", "number", "share", "units"]
Tone = Literal["good", "look", "fix", "unknown"]
"""As `linkkit.charts.Answer.verdict`."""


@dataclass(frozen=True)
class Series:
    """One row of numbers of a chart.

    Attributes
    ----------
    name : str
        As the legend says it.
    values : tuple of float or None
        One per category; None where there is no number. For a scatter the vertical place of each point.
    role : str
        Which colour; see `Role`.
    x : tuple of float
        For a scatter only: the horizontal place of each point.
    labels : tuple of str
        For a scatter only: name of each point; empty for points without one.
    """

    name: str
    values: tuple[float | None, ...]
    role: Role = "main"
    x: tuple[float, ...] = ()
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Chart:
    """A chart as numbers: native and editable on a slide, an inline picture in the report.

    Attributes
    ----------
    name : str
        Short, unique in a story; file name of its picture.
    kind : str
        See `ChartKind`. ``heat_map``: categories are columns, each series is a row; drawn as a coloured table on slides.
        ``waterfall``: one series of changes, positive or negative; categories listed in `totals` are sums of what stands before.
    title : str
        The finding, as a sentence.
    categories : tuple of str
        Empty for a scatter.
    series : tuple of Series
    value_kind : str
        See `ValueKind`.
    value_title, category_title : str
        Titles of the axes, with the unit.
    note : str
        What was counted, and where the numbers come from.
    alt : str
        Text alternative: the title and the numbers that a reader of the chart would take from it.
    roles : tuple of Role
        Colour of each category where a single series has more than one colour; empty otherwise.
    totals : tuple of str
        Categories of a waterfall that are sums.
    line : float or None
        A threshold drawn across the chart, on the value axis.
    line_title : str
        What that line is.
    x_kind : str
        For a scatter only: what its horizontal numbers are; see `ValueKind`.
    """

    name: str
    kind: ChartKind
    title: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    value_kind: ValueKind = "whole"
    value_title: str = ""
    category_title: str = ""
    note: str = ""
    alt: str = ""
    roles: tuple[Role, ...] = ()
    totals: tuple[str, ...] = ()
    line: float | None = None
    line_title: str = ""
    x_kind: ValueKind = "number"

    @property
    def is_empty(self) -> bool:
        """Whether there is no number to draw."""
        return not any(value is not None for each in self.series for value in each.values)


@dataclass(frozen=True)
class TableColumn:
    """A column: its heading, how its cells are written, and its width against the others'."""

    heading: str
    kind: CellKind = "text"
    width: float = 1.0


@dataclass(frozen=True)
class Table:
    """Rows that a slide or the report shows.

    Attributes
    ----------
    name : str
        Short, unique in a story; file name of its CSV.
    title : str
        What it lists.
    columns : tuple of TableColumn
    rows : tuple of tuple
        Text, or a number for columns of numbers, or None. Severities are the codes ``high`` to ``info``.
    total : int
        How many there are in all; more than there are rows where the table was cut.
    note : str
        What was left out, or where the rest is to be found.
    fewer : str
        The note of an excerpt where only its first rows have room, ``{shown}`` in place of their number; empty where every row is to be
        shown.
    """

    name: str
    title: str
    columns: tuple[TableColumn, ...]
    rows: tuple[tuple[str | float | None, ...], ...]
    total: int
    note: str = ""
    fewer: str = ""


@dataclass(frozen=True)
class Card:
    """One number or state in large letters: what it is called, the number in words, a line of explanation."""

    label: str
    value: str
    detail: str = ""
    tone: Tone | None = None


@dataclass(frozen=True)
class Slide:
    """One thing said: a slide of the deck, a part of the report.

    Attributes
    ----------
    name : str
        Unique and lasting, such as ``depth`` or ``depth.findings``: what the deck basket keeps.
    chapter : str
        Chapter of the audit it belongs to, or ``cover``, ``summary``, ``plan``, ``readiness``, ``appendix``.
    title : str
        The finding, as a sentence; the slide's headline.
    kicker : str
        A few words above the title: the chapter's name.
    lines : tuple of str
        Text, a sentence or two each; four at most.
    cards : tuple of Card
    chart : Chart or None
    table : Table or None
    todo : str
        What to do about it; empty where there is nothing to do.
    tone : str or None
        Whether it is good news; see `Tone`.
    notes : str
        Speaker notes: method, definitions, thresholds, what could not be judged. Paragraphs by blank lines.
    comment : str
        What the analyst added by hand.
    is_detail : bool
        Whether it shows more of what a chapter's first slide has said: in the appendix of a deck, in its chapter in the report.
    """

    name: str
    chapter: str
    title: str
    kicker: str = ""
    lines: tuple[str, ...] = ()
    cards: tuple[Card, ...] = ()
    chart: Chart | None = None
    table: Table | None = None
    todo: str = ""
    tone: Tone | None = None
    notes: str = ""
    comment: str = ""
    is_detail: bool = False


@dataclass(frozen=True)
class Story:
    """Everything that a client is told, in order.

    Attributes
    ----------
    client, site : str
        Name of the client; address of the start page.
    date : str
        Day of the crawl, written the way the language writes it.
    title : str
        Of the deck.
    slides : tuple of Slide
        Cover first.
    scope, limits, thresholds : tuple of str
        Lines that every export carries: what was looked at, what the data cannot show, which thresholds differ from the default.
    made_with : str
        Tool and version, and day of the export.
    language : Language
    brand : Brand
    is_complete : bool
        Whether the crawl saw all it should; slides of a story that is not carry its limits.
    """

    client: str
    site: str
    date: str
    title: str
    slides: tuple[Slide, ...]
    scope: tuple[str, ...]
    limits: tuple[str, ...]
    thresholds: tuple[str, ...]
    made_with: str
    language: Language
    brand: Brand = field(default_factory=Brand)
    is_complete: bool = True

    @property
    def footer(self) -> str:
        """Client, site and day in a line."""
        return f"{self.client} · {self.site} · {self.date}"
