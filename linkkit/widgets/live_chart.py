"""A chart in a panel that is drawn anew while somebody waits for it."""

from collections.abc import Callable
from typing import Any

import altair as alt
import traitlets
from altair.utils.schemapi import debug_mode


class LiveChart(alt.JupyterChart):
    """A chart whose picture can be drawn again and again.

    The shape of linkkit's charts is what the tests know, and a move changes only their numbers: they are not held against
    Vega-Lite's schema, which takes longer than to draw them.

    Parameters
    ----------
    chart : Chart
        The first picture.
    """

    def __init__(self, chart: alt.Chart) -> None:
        super().__init__(chart, embed_options={"actions": False})

    def draw(self, make: Callable[[], alt.Chart]) -> None:
        """Show what `make` draws in place of the picture before."""
        with debug_mode(False):
            self.chart = make()

    @traitlets.observe("chart")
    def _on_change_chart(self, change: Any) -> None:
        # In place of Altair's own, which looks for selections and parameters as well: these charts have none.
        self.spec = change.new.to_dict(validate=False)
