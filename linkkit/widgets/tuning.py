"""What panels that change an audit share: rows of controls, and telling those that follow."""

from collections.abc import Callable
from typing import Any

import ipywidgets

from linkkit.audit import Audit
from linkkit.charts.words import quantity
from linkkit.linkmodel import Choice
from linkkit.thresholds import Knob
from linkkit.widgets.errors import ErrorBox, Panel
from linkkit.widgets.layout import note_html
from linkkit.widgets.slider import Slider

_DIGITS = 9
"""A slider counts its steps from its lower end, and so may answer 0.8 with 0.7999999999999999."""

LIVE_PAGES = 20_000
"""Up to this size the result follows while the slider moves; above, when it is let go."""


def _amount(value: float, unit: str) -> str:
    """A default with its unit; a share as its box shows it, and in per cent."""
    return f"{value:g} ({100 * value:g} %)" if unit == "share" else quantity(value, unit)


class TuningPanel(Panel):
    """A panel that holds an audit and changes it; others follow it through `on_change`.

    Attributes
    ----------
    audit : Audit
        As the controls show it.
    chapter : str or None
    """

    def __init__(self, audit: Audit, chapter: str | None) -> None:
        self.audit = audit
        self.chapter = chapter
        self.errors = ErrorBox()
        self._listeners: list[Callable[[Audit], object]] = []
        super().__init__([])

    def on_change(self, listener: Callable[[Audit], object]) -> None:
        """Call `listener` with the audit whenever the panel has changed it."""
        self._listeners.append(listener)

    def _changed_to(self, audit: Audit) -> None:
        self.audit = audit
        self._redraw()
        for listener in self._listeners:
            listener(audit)

    def _redraw(self) -> None:
        """Show the audit as it is now."""


class StillTuning:
    """What a tuning panel shows before anybody touches it; stands in its place in an unattended run."""

    def __init__(self, audit: Audit, chapter: str | None = None) -> None:
        self.audit = audit
        self.chapter = chapter


Tuned = Audit | TuningPanel | StillTuning
"""Where a panel gets its audit from."""


def audit_of(source: Tuned) -> Audit:
    """The audit that a source holds now."""
    return source if isinstance(source, Audit) else source.audit


def chapter_of(source: Tuned, chapter: str | None = None) -> str | None:
    """The chapter asked for, else the source's own."""
    return chapter or (None if isinstance(source, Audit) else source.chapter)


class KnobRow(Panel):
    """One number: its meaning, a slider and a number box that agree, the default and its source, a reset button.

    With a preset (name, value) the button leads back to that value.
    """

    def __init__(
        self,
        name: str,
        knob: Knob,
        value: float,
        default: float,
        changed: Callable[[], None],
        *,
        live: bool,
        preset: tuple[str, float] | None = None,
    ) -> None:
        usual = f"Default: {_amount(default, knob.unit)}."
        if preset is not None and preset[1] != default:
            usual, default = (
                f"Preset {preset[0]}: {_amount(preset[1], knob.unit)}. {usual}",
                type(default)(preset[1]),
            )
        self.default = default
        self._whole = isinstance(default, int)
        number, box = (
            (int, ipywidgets.BoundedIntText) if self._whole else (float, ipywidgets.BoundedFloatText)
        )
        limits = {"min": number(knob.low), "max": number(knob.high), "step": number(knob.step)}
        title = name.replace("_", " ").capitalize()
        self.slider = Slider(
            title, value, min=knob.low, max=knob.high, step=knob.step, unit=knob.unit, live=live
        )
        self.box = box(
            value=value, **limits, description=title, tooltip=f"{title}, in {knob.unit}",
            layout=ipywidgets.Layout(width="330px"), style={"description_width": "220px"},
        )  # fmt: skip
        self.reset = ipywidgets.Button(
            description=f"Reset to {default:g}", tooltip=f"{title}: back to {quantity(default, knob.unit)}",
            layout=ipywidgets.Layout(width="120px"),
        )  # fmt: skip
        self.about = ipywidgets.HTML(note_html(f"{knob.help} {usual} Source: {knob.source}."))
        ipywidgets.link((self.slider, "value"), (self.box, "value"))
        self._changed = changed
        self.box.observe(self._on_value, "value")
        self.reset.on_click(self._on_reset)
        self._mark()
        unit = ipywidgets.Label(knob.unit, layout=ipywidgets.Layout(width="96px"))
        super().__init__([ipywidgets.HBox([self.box, unit, self.slider, self.reset]), self.about])

    @property
    def value(self) -> float:
        """The value that slider and box show."""
        return int(self.box.value) if self._whole else round(float(self.box.value), _DIGITS)

    def beside(self) -> list[float]:
        """The values a step above and below, where there are any."""
        kind = int if self._whole else float
        steps = (kind(round(self.value + way * self.box.step, _DIGITS)) for way in (1, -1))
        return [value for value in steps if self.box.min <= value <= self.box.max]

    def _on_value(self, change: Any = None) -> None:
        if self.box.value != self.value:
            # Comes back here with the tidy number.
            self.box.value = self.value
            return
        self._mark()
        self._changed()

    def _on_reset(self, button: Any = None) -> None:
        self.box.value = self.default

    def _mark(self) -> None:
        self.reset.disabled = self.value == self.default


class ChoiceRow(Panel):
    """One word of a few: a drop-down, what each word means, the default and its source, a reset button."""

    def __init__(
        self, name: str, choice: Choice, value: str, default: str, changed: Callable[[], None]
    ) -> None:
        self.default = default
        self._choice = choice
        self._changed = changed
        title = name.replace("_", " ").capitalize()
        self.box = ipywidgets.Dropdown(
            description=title, value=value, options=[(word.replace("_", " "), word) for word in choice.options],
            tooltip=title, layout=ipywidgets.Layout(width="430px"), style={"description_width": "220px"},
        )  # fmt: skip
        self.reset = ipywidgets.Button(
            description=f"Reset to {default.replace('_', ' ')}", tooltip=f"{title}: back to the default",
            layout=ipywidgets.Layout(width="220px"),
        )  # fmt: skip
        self.about = ipywidgets.HTML()
        self.box.observe(self._on_value, "value")
        self.reset.on_click(self._on_reset)
        self._mark()
        super().__init__([ipywidgets.HBox([self.box, self.reset]), self.about])

    @property
    def value(self) -> str:
        """The word that is chosen."""
        return str(self.box.value)

    def _on_value(self, change: Any = None) -> None:
        self._mark()
        self._changed()

    def _on_reset(self, button: Any = None) -> None:
        self.box.value = self.default

    def _mark(self) -> None:
        self.reset.disabled = self.value == self.default
        self.about.value = note_html(
            f"{self._choice.help} {self.value.replace('_', ' ').capitalize()}: {self._choice.options[self.value]}. "
            f"Default: {self.default.replace('_', ' ')}. Source: {self._choice.source}."
        )


def keep_button(what: str, *, shown: bool) -> ipywidgets.Button:
    """The button that writes what a panel shows into ``client.toml``."""
    return ipywidgets.Button(
        description="Keep for this client", icon="save", disabled=not shown,
        tooltip=f"Write {what} into client.toml; every notebook and export then uses it",
        layout=ipywidgets.Layout(width="auto", display=None if shown else "none"),
    )  # fmt: skip
