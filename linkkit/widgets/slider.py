"""A slider with a name, in place of ipywidgets' own, whose handle is nameless to a screen reader."""

from pathlib import Path
from typing import Any

import anywidget
import ipywidgets
import traitlets

_HERE = Path(__file__).parent


class Slider(anywidget.AnyWidget):
    """A number of a range, chosen by mouse, touch or keys (arrows, page up and down, home, end).

    Parameters
    ----------
    name : str
        What a screen reader calls it.
    value, min, max, step : float
        A value outside the range becomes the nearest end of it.
    unit : str
        Read aloud behind the value.
    live : bool
        Whether the value is told while the handle moves, and not only when it is let go.
    width : str
        Of the whole, in CSS.

    Attributes
    ----------
    value : float
        Also of whole numbers; a number box linked to it holds them as such.
    """

    _esm = _HERE / "slider.js"
    _css = _HERE / "slider.css"
    name = traitlets.Unicode().tag(sync=True)
    unit = traitlets.Unicode().tag(sync=True)
    min = traitlets.CFloat(0.0).tag(sync=True)
    max = traitlets.CFloat(1.0).tag(sync=True)
    step = traitlets.CFloat(1.0).tag(sync=True)
    value = traitlets.CFloat(0.0).tag(sync=True)
    live = traitlets.Bool(True).tag(sync=True)

    def __init__(
        self,
        name: str,
        value: float,
        *,
        min: float,
        max: float,
        step: float = 1,
        unit: str = "",
        live: bool = True,
        width: str = "340px",
    ) -> None:
        super().__init__(
            name=name, unit=unit, min=min, max=max, step=step, value=value, live=live, layout=ipywidgets.Layout(width=width),
        )  # fmt: skip

    @traitlets.validate("value")
    def _within(self, proposal: Any) -> float:
        low, high = self.min, self.max
        return sorted((low, float(proposal["value"]), high))[1]

    @traitlets.observe("min", "max")
    def _still_within(self, change: Any) -> None:
        # Judged anew by the range as it is now.
        self.value = self.value
