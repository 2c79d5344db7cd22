"""Parts of a panel that open and close."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import ipywidgets


class Folds(ipywidgets.VBox):
    """Parts, each below a button that opens and closes it by mouse and keys; an ipywidgets Accordion hears the mouse alone.

    Parameters
    ----------
    parts : sequence of widget
    titles : sequence of str
        One for each part.
    opened : int, optional
        Place of the part that is open to begin with; none without it.

    Attributes
    ----------
    buttons : tuple of ToggleButton
        Pressed where the part is open.
    parts : tuple of widget
    """

    def __init__(
        self, parts: Sequence[ipywidgets.Widget], titles: Sequence[str], opened: int | None = None
    ) -> None:
        self.parts = tuple(parts)
        self.buttons = tuple(
            ipywidgets.ToggleButton(
                value=place == opened, description=title, layout=ipywidgets.Layout(width="auto", margin="4px 0")
            )
            for place, title in enumerate(titles)
        )  # fmt: skip
        for button, part in zip(self.buttons, self.parts, strict=True):
            fold = partial(_fold, button, part)
            button.observe(fold, "value")
            fold()
        left = ipywidgets.Layout(align_items="flex-start")
        rows = [
            each
            for pair in zip(self.buttons, self.parts, strict=True)
            for each in (ipywidgets.HBox([pair[0]], layout=left), pair[1])
        ]
        super().__init__(rows)


def _fold(button: ipywidgets.ToggleButton, part: ipywidgets.Widget, change: Any = None) -> None:
    part.layout.display = None if button.value else "none"
    button.icon = "chevron-down" if button.value else "chevron-right"
    button.tooltip = f"{'Hide' if button.value else 'Show'}: {button.description}"
