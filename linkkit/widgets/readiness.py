"""Panels of the verdict: sliders for the gates with the verdict following, how firm it is, where to build first."""

import html
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import altair as alt
import ipywidgets
import pandas as pd
from IPython.display import HTML, display

from linkkit import deck
from linkkit.audit import Audit
from linkkit.charts import (
    before_after,
    gates_card,
    gates_view,
    readiness_answer,
    readiness_charts,
    readiness_targets_view,
)
from linkkit.charts.words import quantity
from linkkit.client import Client
from linkkit.presets import usual
from linkkit.readiness import GATE_THRESHOLDS, KINDS, Readiness, first_targets
from linkkit.readiness.targets import DOMAINS
from linkkit.readiness.verdict import RULES
from linkkit.thresholds import Thresholds, knobs
from linkkit.urls import origin
from linkkit.widgets.basket import SlidePicker, spoken_for
from linkkit.widgets.display import is_headless, setup, show, show_live, table_html
from linkkit.widgets.errors import ErrorBox, Panel, guarded
from linkkit.widgets.exporting import ExportButton, export_words
from linkkit.widgets.folding import Folds
from linkkit.widgets.layout import answer_html, heading_html, note_html
from linkkit.widgets.live_chart import LiveChart, Next, Pictures
from linkkit.widgets.tuning import LIVE_PAGES, KnobRow, keep_button

_MORE = 8


def retuned_gates(audit: Audit, thresholds: Thresholds) -> Readiness:
    """The verdict under other thresholds; the plan is not made again, and no check runs."""
    return audit.readiness.under(thresholds)


class ReadinessPanel(Panel):
    """Sliders of every threshold that the gates read; verdict and card follow at once.

    Parameters
    ----------
    audit : Audit
    client : Client, optional
        Whose ``client.toml`` the values can be kept in; without it there is no button for that.

    Attributes
    ----------
    readiness : Readiness
        Under the thresholds that the sliders show.
    knobs : dict of name to KnobRow
    """

    def __init__(self, audit: Audit, *, client: Client | None = None) -> None:
        setup()
        self.readiness = audit.readiness
        self._client = client
        self._listeners: list[Callable[[Readiness], object]] = []
        self.errors = ErrorBox()
        self.answer = ipywidgets.HTML()
        self.chart = LiveChart(gates_card(self.readiness))
        self._pictures = Pictures(self.chart, self._beside, self.errors)
        self._moved = ""
        live = len(audit.site.pages) <= LIVE_PAGES
        changed = guarded(self._changed, self.errors)
        self.knobs = {
            name: KnobRow(name, knobs()[name], getattr(audit.thresholds, name), getattr(usual(audit.thresholds), name), changed, live=live)
            for name in GATE_THRESHOLDS
        }  # fmt: skip
        first = [self.knobs[kind.threshold] for kind in KINDS.values()]
        rest = [row for row in self.knobs.values() if row not in first]
        groups = Folds(
            [ipywidgets.VBox(first), ipywidgets.VBox(rest)],
            titles=["Limits of the gates", "What the gates count"],
            opened=0,
        )
        self.keep = keep_button("these thresholds", shown=client is not None)
        self.kept = ipywidgets.HTML()
        self.keep.on_click(guarded(self._keep, self.errors))
        buttons = ipywidgets.HBox([self.keep, self.kept])
        super().__init__([groups, self.errors, self.answer, self.chart, buttons])
        self._redraw()

    def _ipython_display_(self) -> None:
        show_live(self, gates_card(self.readiness))

    def on_change(self, listener: Callable[[Readiness], object]) -> None:
        """Call `listener` with the verdict whenever a slider has changed it."""
        self._listeners.append(listener)

    @property
    def thresholds(self) -> Thresholds:
        """What the sliders show; all others as in the audit."""
        return self.readiness.thresholds

    def _changed(self) -> None:
        thresholds = self.thresholds.replace(**{name: row.value for name, row in self.knobs.items()})
        if thresholds == self.thresholds:
            return
        self._moved = next(name for name in self.knobs if getattr(thresholds, name) != getattr(self.thresholds, name))  # fmt: skip
        self.kept.value = ""
        self.readiness = self.readiness.under(thresholds)
        self._pictures.show(thresholds, lambda: gates_card(self.readiness))
        self._redraw()
        for listener in self._listeners:
            listener(self.readiness)

    def _beside(self) -> Iterator[Next]:
        """The card a step to either side of the slider that moved last."""
        if self._moved:
            for value in self.knobs[self._moved].beside():
                thresholds = self.thresholds.replace(**{self._moved: value})
                yield thresholds, partial(self._card_under, thresholds)

    def _card_under(self, thresholds: Thresholds) -> alt.Chart:
        return gates_card(self.readiness.under(thresholds))

    def _redraw(self) -> None:
        self.answer.value = answer_html(readiness_answer(self.readiness))

    def _keep(self, button: Any = None) -> None:
        if self._client is None:
            return
        # Another panel may have kept its own values since this one was opened.
        stored = type(self._client).open(self._client.folder.name, clients=self._client.folder.parent)
        own = {name: row.value for name, row in self.knobs.items()}
        self._client = stored.save_thresholds(stored.settings.thresholds.replace(**own))
        self.kept.value = note_html("Kept in client.toml.")


class StillReadiness:
    """What the panel shows before anybody moves a slider: thresholds, verdict and card, as plain output."""

    def __init__(self, audit: Audit) -> None:
        self.readiness = audit.readiness

    def _ipython_display_(self) -> None:
        t, lines = self.readiness.thresholds, []
        defaults = usual(t)
        for name in GATE_THRESHOLDS:
            value, default = getattr(t, name), getattr(defaults, name)
            changed = "" if value == default else f" (default {default:g})"
            words = quantity(value, knobs()[name].unit)
            lines.append(note_html(f"{name.replace('_', ' ').capitalize()}: {words}{changed}"))
        display(HTML(heading_html("Thresholds of this run") + "".join(lines)))
        show(gates_card(self.readiness))


Judged = Audit | ReadinessPanel | StillReadiness
"""Where a panel gets its verdict from."""


def readiness_panel(audit: Audit, *, client: Client | None = None) -> ReadinessPanel | StillReadiness:
    """The panel of the gates; in an unattended run the same numbers without sliders."""
    return StillReadiness(audit) if is_headless() else ReadinessPanel(audit, client=client)


def readiness_in(source: Judged) -> Readiness:
    """The verdict that a source holds now."""
    return source.readiness


def show_verdict(source: Judged) -> None:
    """Show the verdict in one sentence, and what could not be judged."""
    display(HTML(answer_html(readiness_answer(readiness_in(source)))))


def show_rules() -> None:
    """Show the rules that give the verdict, folded away."""
    items = "".join(f"<li>{html.escape(words)}</li>" for words in RULES)
    display(
        HTML(
            "<details><summary>The rules, in their order; the first that holds gives the verdict</summary>"
            f"<ol style='max-width:62em;line-height:1.45'>{items}</ol></details>"
        )
    )


def show_gates(source: Judged) -> None:
    """Show the gates with their evidence and the distance to pass as a table, folded away below the card."""
    table = table_html(gates_view(readiness_in(source)))
    display(HTML(f"<details><summary>The gates as a table</summary>{table}</details>"))


def deciding_pages(readiness: Readiness) -> pd.DataFrame:
    """Pages to work on, gate by gate: ``Gate``, ``To pass``, ``Page`` (path; of the gates that decide, worst first)."""
    home = origin(readiness.audit.site.start_url)
    rows = [
        (gate.title, gate.distance, url.removeprefix(home))
        for gate in readiness.decided_by
        for url in gate.pages[:_MORE]
    ]
    return pd.DataFrame(rows, columns=["Gate", "To pass", "Page"])


def show_deciding(source: Judged) -> None:
    """Show what decides: the gates, and their pages."""
    pages = deciding_pages(readiness_in(source))
    if len(pages):
        show(pages, top=40)
    else:
        display(HTML(note_html("No gate with pages to work on decides.")))


def show_firmness(source: Judged) -> None:
    """Show under which variants the verdict would be another."""
    readiness = readiness_in(source)
    display(HTML(note_html(readiness.holds)))
    show(readiness_charts(readiness)["readiness_variants"])
    flips = readiness.robustness[readiness.robustness["flips"]]
    if len(flips):
        view = flips[["variant", "verdict", "because"]]
        show(view.rename(columns={"variant": "Variant", "verdict": "Verdict", "because": "Because"}))


def show_headline(source: Judged) -> None:
    """Show what a backlink brings today and after the plan."""
    show(before_after(readiness_in(source)))


def readiness_targets(source: Judged, domains: float = DOMAINS) -> pd.DataFrame:
    """Pages to build backlinks to first, now and after the plan, as people read them."""
    readiness = readiness_in(source)
    known = readiness.audit.authority.entry.basis != "start page"
    view = readiness_targets_view(first_targets(readiness, domains=domains), known=known)
    home = origin(readiness.audit.site.start_url)
    return view.assign(Page=[url.removeprefix(home) for url in view["Page"]])


def show_readiness_targets(source: Judged, domains: float = DOMAINS) -> None:
    """Show the pages to build backlinks to first; or what is missing to tell them."""
    readiness = readiness_in(source)
    if readiness.basis.planned is None:
        display(HTML(note_html(readiness.basis.lacks)))
        return
    show(readiness_targets(source, domains), top=40)


def export_readiness(readiness: Readiness, client: Client) -> tuple[Path, ...]:
    """Write the verdict's gates, variants and first targets (CSV) and charts below the client's ``exports``."""
    return tuple(
        deck.export_readiness(
            readiness, client.exports, charts=readiness_charts(readiness), **spoken_for(client)
        )
    )


class ReadinessExport(ExportButton):
    """A button that writes the verdict under the thresholds that the sliders show."""

    def __init__(self, source: Audit | ReadinessPanel, client: Client) -> None:
        super().__init__(
            lambda: export_readiness(readiness_in(source), client),
            client,
            "Keeps the ticked slides for the client's deck; writes gates, variants and targets as CSV, and charts as PNG and SVG, into its exports folder",
            slides=SlidePicker(
                source.readiness.audit if isinstance(source, ReadinessPanel) else source,
                client,
                ["readiness"],
            ),
        )


def readiness_export_panel(source: Judged, client: Client) -> ReadinessExport | None:
    """The button; an unattended run writes the exports at once and says what they are."""
    if not is_headless() and not isinstance(source, StillReadiness):
        return ReadinessExport(source, client)
    written = export_readiness(readiness_in(source), client)
    display(HTML(note_html(export_words(written, client))))
    return None
