"""A chart in a panel that is drawn anew while somebody waits for it."""

import math
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import traitlets
from altair.utils.schemapi import debug_mode

from linkkit.widgets.errors import ErrorBox, guarded
from linkkit.widgets.later import Later

_PICTURES = 100
"""Pictures kept for a chart, about 10 kB each."""
_PAUSE = 0.15
"""Seconds without a move after which the next pictures are drawn ahead."""
_ONCE = "linkkit, each table once"


@dataclass(frozen=True, eq=False)
class Drawn:
    """A chart with its Vega-Lite specification."""

    chart: alt.Chart
    spec: dict[str, Any]

    @classmethod
    def by(cls, make: Callable[[], alt.Chart]) -> "Drawn":
        """What `make` draws.

        The shape of linkkit's charts is what the tests know, and a move changes only their numbers: they are not held against
        Vega-Lite's schema, which takes longer than to draw them.
        """
        # To tell the layers of a chart apart, Altair writes out the table of each: as short as it may.
        with debug_mode(False), pd.option_context("display.max_rows", 1, "display.max_columns", 1):
            chart = make()
        with _tables_once():
            return cls(chart, chart.to_dict(validate=False))


@contextmanager
def _tables_once() -> Iterator[None]:
    """Let Altair turn a table into rows once for all the layers and parts of a chart that draw it, and not for each."""
    known: dict[int, Any] = {}

    def rows(data: Any) -> Any:
        if id(data) not in known:
            # With the table itself: its id is nobody else's as long as it lives.
            known[id(data)] = data, {"values": _rows(data)}
        return known[id(data)][1]

    alt.data_transformers.register(_ONCE, rows)
    with alt.data_transformers.enable(_ONCE):
        yield


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The table's rows as Altair would write them, where its columns hold numbers and words only; any other table by Altair."""
    columns: dict[str, list[Any]] = {}
    for name, column in table.items():
        if column.dtype.kind in "iub" and isinstance(column.dtype, np.dtype):
            columns[str(name)] = column.tolist()
        elif column.dtype == np.float64:
            columns[str(name)] = [each if math.isfinite(each) else None for each in column.tolist()]
        elif column.dtype == object or isinstance(column.dtype, pd.StringDtype):
            missing = column.isna().tolist()
            columns[str(name)] = [
                None if gone else each for each, gone in zip(column.tolist(), missing, strict=True)
            ]
        else:
            return list(alt.default_data_transformer(table)["values"])
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


class LiveChart(alt.JupyterChart):
    """A chart whose picture can be drawn again and again.

    Parameters
    ----------
    chart : Chart
        The first picture.
    """

    def __init__(self, chart: alt.Chart) -> None:
        self._drawn: Drawn | None = None
        super().__init__(chart, embed_options={"actions": False})

    def draw(self, make: Callable[[], alt.Chart]) -> None:
        """Show what `make` draws in place of the picture before."""
        self.show(Drawn.by(make))

    def show(self, drawn: Drawn) -> None:
        """Show a picture in place of the one before."""
        self._drawn = drawn
        self.chart = drawn.chart

    @traitlets.observe("chart")
    def _on_change_chart(self, change: Any) -> None:
        # In place of Altair's own, which looks for selections and parameters as well: these charts have none.
        known = self._drawn is not None and self._drawn.chart is change.new
        self.spec = self._drawn.spec if known and self._drawn else change.new.to_dict(validate=False)


Next = tuple[Hashable, Callable[[], alt.Chart]]
"""Values that may be asked for next, and what draws them."""


class Pictures:
    """What a chart has shown, by the values it was drawn under, and what it may be asked for next, drawn while nobody asks.

    Parameters
    ----------
    chart : LiveChart
    beside : callable
        What to draw ahead, the likeliest first; told anew whenever nothing was asked for a moment.
    errors : ErrorBox
        Of the panel.

    Attributes
    ----------
    known : dict of values to Drawn
    """

    def __init__(self, chart: LiveChart, beside: Callable[[], Iterable[Next]], errors: ErrorBox) -> None:
        self._chart, self._beside = chart, beside
        self.known: dict[Hashable, Drawn] = {}
        self._ahead = Later(guarded(self._draw_next, errors), _PAUSE)

    def show(self, values: Hashable, make: Callable[[], alt.Chart]) -> None:
        """Show the picture of these values; it is drawn where it was not yet."""
        self._chart.show(self._drawn(values, make))
        self.look_ahead()

    def look_ahead(self) -> None:
        """Draw what may be asked for next, one picture at a time, once nothing was asked for a moment."""
        self._ahead.ask()

    def clear(self) -> None:
        """Forget all pictures: what they show has changed."""
        self.known.clear()

    def _drawn(self, values: Hashable, make: Callable[[], alt.Chart]) -> Drawn:
        if values not in self.known:
            if len(self.known) >= _PICTURES:
                self.known.clear()
            self.known[values] = Drawn.by(make)
        return self.known[values]

    def _draw_next(self) -> None:
        for values, make in self._beside():
            if values not in self.known:
                self._drawn(values, make)
                self.look_ahead()
                return
