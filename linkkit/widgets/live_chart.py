"""A chart in a panel that is drawn anew while somebody waits for it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import altair as alt
import traitlets
from altair.utils.schemapi import debug_mode


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
        with debug_mode(False):
            chart = make()
        return cls(chart, chart.to_dict(validate=False))


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
