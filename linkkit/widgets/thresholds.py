"""Thresholds as sliders whose result follows: checks run again, nothing is computed anew."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import altair as alt
import ipywidgets

from linkkit.audit import Audit, run_checks
from linkkit.charts import (
    answer,
    depth_chart,
    depth_table,
    findings_chart,
    findings_table,
    linking_pages_chart,
    linking_pages_table,
    source_note,
    top_anchors_chart,
    top_anchors_table,
)
from linkkit.charts.words import quantity
from linkkit.checks import CHECKS
from linkkit.checks.registry import CHAPTERS
from linkkit.client import Client
from linkkit.thresholds import Thresholds, knobs
from linkkit.widgets.display import is_headless, setup, show, show_live
from linkkit.widgets.errors import ErrorBox, Panel, guarded
from linkkit.widgets.layout import answer_html, heading_html, note_html

_LIVE_PAGES = 20_000
"""Up to this size the result follows while the slider moves; above, when it is let go."""


def chapter_thresholds(chapter: str | None = None) -> tuple[str, ...]:
    """Names of the thresholds that the checks of a chapter read, in the order of `Thresholds`; all without one."""
    read = {
        name for check in CHECKS.values() if chapter in {None, check.chapter} for name in check.thresholds
    }
    return tuple(name for name in knobs() if name in read)


def retuned(audit: Audit, thresholds: Thresholds, chapter: str | None = None) -> Audit:
    """The audit with the checks of one chapter run again under other thresholds; of all chapters without one."""
    if chapter is None:
        return audit.with_thresholds(thresholds)
    fresh = {result.check.id: result for result in run_checks(audit.facts, thresholds, chapters=[chapter])}
    results = tuple(fresh.get(result.check.id, result) for result in audit.results)
    return replace(audit, results=results, thresholds=thresholds)


def chapter_chart(audit: Audit, chapter: str | None = None) -> Callable[[Audit], alt.Chart]:
    """A function that draws the chapter's chart under thresholds; what does not depend on them is counted only once."""
    source = source_note(audit)
    if chapter == "discovery":
        links = linking_pages_table(audit)
        return lambda a: linking_pages_chart(links, weak=a.thresholds.weak_linking_pages, source=source)
    if chapter == "depth":
        depths = depth_table(audit)
        return lambda a: depth_chart(depths, max_depth=a.thresholds.max_crawl_depth, source=source)
    if chapter == "anchors":
        texts = top_anchors_table(audit)
        return lambda a: top_anchors_chart(
            texts, ambiguous=a.thresholds.ambiguous_anchor_targets, source=source
        )
    checks = audit.checks if chapter is None else audit.checks[audit.checks["chapter"] == chapter]
    return lambda a: findings_chart(findings_table(a, chapter), checks=checks, source=source)


class ThresholdPanel(Panel):
    """Sliders of a chapter's thresholds; answer and chart follow them.

    Parameters
    ----------
    audit : Audit
    chapter : str, optional
        All chapters without it.
    client : Client, optional
        Whose ``client.toml`` the values can be kept in; without it there is no button for that.

    Attributes
    ----------
    audit : Audit
        Under the thresholds that the sliders show.
    knobs : dict of name to KnobRow
    """

    def __init__(self, audit: Audit, chapter: str | None = None, *, client: Client | None = None) -> None:
        setup()
        self.chapter = chapter
        self.audit = audit
        self._client = client
        self._draw = chapter_chart(audit, chapter)
        self._listeners: list[Callable[[Audit], object]] = []
        self.errors = ErrorBox()
        self.answer = ipywidgets.HTML(answer_html(answer(audit, chapter)))
        self.chart = alt.JupyterChart(self._draw(audit), embed_options={"actions": False})
        live = len(audit.site.pages) <= _LIVE_PAGES
        changed = guarded(self._changed, self.errors)
        self.knobs = {
            name: KnobRow(name, getattr(audit.thresholds, name), changed, live=live)
            for name in chapter_thresholds(chapter)
        }
        self.keep = ipywidgets.Button(
            description="Keep for this client", icon="save", disabled=client is None,
            tooltip="Write these thresholds into client.toml; every notebook and export then uses them",
            layout=ipywidgets.Layout(width="auto", display=None if client else "none"),
        )  # fmt: skip
        self.kept = ipywidgets.HTML()
        self.keep.on_click(guarded(self._keep, self.errors))
        buttons = ipywidgets.HBox([self.keep, self.kept])
        sliders = self._by_chapter() if chapter is None else ipywidgets.VBox(list(self.knobs.values()))
        super().__init__([sliders, self.errors, self.answer, self.chart, buttons])

    def _ipython_display_(self) -> None:
        show_live(self, self._draw(self.audit))

    @property
    def thresholds(self) -> Thresholds:
        """What the sliders show; thresholds of other chapters as in the audit."""
        return self.audit.thresholds

    def on_change(self, listener: Callable[[Audit], object]) -> None:
        """Call `listener` with the audit whenever a slider has changed it."""
        self._listeners.append(listener)

    def _by_chapter(self) -> ipywidgets.Accordion:
        groups = {title: chapter_thresholds(name) for name, title in CHAPTERS.items()}
        filled = {title: [self.knobs[name] for name in names] for title, names in groups.items() if names}
        return ipywidgets.Accordion(
            [ipywidgets.VBox(rows) for rows in filled.values()], titles=list(filled), selected_index=None
        )

    def _changed(self) -> None:
        values = {name: row.value for name, row in self.knobs.items()}
        thresholds = self.audit.thresholds.replace(**values)
        if thresholds == self.audit.thresholds:
            return
        self.audit = retuned(self.audit, thresholds, self.chapter)
        self.kept.value = ""
        self.answer.value = answer_html(answer(self.audit, self.chapter))
        self.chart.chart = self._draw(self.audit)
        for listener in self._listeners:
            listener(self.audit)

    def _keep(self, button: Any = None) -> None:
        if self._client is None:
            return
        # Another chapter's panel may have kept its own values since this one was opened.
        stored = type(self._client).open(self._client.folder.name, clients=self._client.folder.parent)
        own = {name: row.value for name, row in self.knobs.items()}
        self._client = stored.save_thresholds(stored.settings.thresholds.replace(**own))
        self.kept.value = note_html("Kept in client.toml.")


class KnobRow(Panel):
    """One threshold: its meaning, a slider and a number box that agree, the default and its source, a reset button.

    A slider's handle has no accessible name in JupyterLab; the number box has one and takes the same values.
    """

    def __init__(self, name: str, value: float, changed: Callable[[], None], *, live: bool) -> None:
        knob = knobs()[name]
        self.default = getattr(Thresholds(), name)
        self._whole = isinstance(self.default, int)
        kinds = (
            (ipywidgets.IntSlider, ipywidgets.BoundedIntText)
            if self._whole
            else (ipywidgets.FloatSlider, ipywidgets.BoundedFloatText)
        )
        number = int if self._whole else float
        limits = {"min": number(knob.low), "max": number(knob.high), "step": number(knob.step)}
        title = name.replace("_", " ").capitalize()
        extra: dict[str, Any] = {} if self._whole else {"readout_format": ".3f" if knob.step < 0.1 else ".1f"}
        self.slider = kinds[0](
            value=value, **limits, readout=False, continuous_update=live,
            layout=ipywidgets.Layout(width="340px"), **extra,
        )  # fmt: skip
        self.box = kinds[1](
            value=value, **limits, description=title, tooltip=f"{title}, in {knob.unit}",
            layout=ipywidgets.Layout(width="330px"), style={"description_width": "220px"},
        )  # fmt: skip
        self.reset = ipywidgets.Button(
            description=f"Reset to {self.default:g}", tooltip=f"{title}: back to the default, {quantity(self.default, knob.unit)}",
            layout=ipywidgets.Layout(width="120px"),
        )  # fmt: skip
        self.about = ipywidgets.HTML(
            note_html(f"{knob.help} Default: {quantity(self.default, knob.unit)}. Source: {knob.source}.")
        )
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
        return int(self.box.value) if self._whole else float(self.box.value)

    def _on_value(self, change: Any = None) -> None:
        self._mark()
        self._changed()

    def _on_reset(self, button: Any = None) -> None:
        self.box.value = self.default

    def _mark(self) -> None:
        self.reset.disabled = self.value == self.default


def threshold_panel(
    audit: Audit, chapter: str | None = None, *, client: Client | None = None
) -> "ThresholdPanel | StillPanel":
    """The panel of a chapter's thresholds; in an unattended run the same numbers without sliders."""
    return StillPanel(audit, chapter) if is_headless() else ThresholdPanel(audit, chapter, client=client)


class StillPanel:
    """What a threshold panel shows before anybody moves a slider: thresholds, answer and chart, as plain output."""

    def __init__(self, audit: Audit, chapter: str | None = None) -> None:
        self.audit = audit
        self.chapter = chapter

    def _ipython_display_(self) -> None:
        from IPython.display import HTML, display  # noqa: PLC0415 - only where there is a notebook

        defaults = Thresholds()
        lines = []
        for name in chapter_thresholds(self.chapter):
            value, default = getattr(self.audit.thresholds, name), getattr(defaults, name)
            changed = "" if value == default else f" (default {default:g})"
            lines.append(
                note_html(
                    f"{name.replace('_', ' ').capitalize()}: {quantity(value, knobs()[name].unit)}{changed}"
                )
            )
        display(HTML(heading_html("Thresholds of this run") + "".join(lines)))
        show(chapter_chart(self.audit, self.chapter)(self.audit))
