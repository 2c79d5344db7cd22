"""A chart in a panel that is drawn anew while somebody waits for it."""

from typing import Any

import altair as alt
import traitlets
from altair.utils.schemapi import debug_mode

_EMBED = {"actions": False}


class LiveChart(alt.JupyterChart):
    """A chart whose picture can be set again and again.

    The shape of a chart is what the tests know, and only its numbers are new: it is not held against Vega-Lite's schema with
    every move, which takes longer than to draw it.

    Parameters
    ----------
    chart : Chart
    """

    def __init__(self, chart: alt.Chart) -> None:
        super().__init__(chart, embed_options=_EMBED)

    @traitlets.observe("chart")
    def _on_change_chart(self, change: Any) -> None:
        # In place of Altair's own, which looks for selections and parameters as well: these charts have none.
        self.spec = spec_of(change.new)


def spec_of(chart: alt.Chart) -> dict[str, Any]:
    """The Vega-Lite specification of a chart of linkkit's, not checked."""
    with debug_mode(False):
        spec: dict[str, Any] = chart.to_dict(validate=False)
    return spec
