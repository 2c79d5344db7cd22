"""The link model as controls whose result follows: every number on authority rests on these choices."""

from dataclasses import replace
from typing import Any

import altair as alt
import ipywidgets
from IPython.display import HTML, display

from linkkit.audit import Audit
from linkkit.charts import answer, authority_charts
from linkkit.charts.words import quantity
from linkkit.client import Client
from linkkit.linkmodel import Choice, LinkModel, model_settings
from linkkit.widgets.display import is_headless, setup, show, show_live
from linkkit.widgets.errors import guarded
from linkkit.widgets.folding import Folds
from linkkit.widgets.layout import answer_html, heading_html, note_html
from linkkit.widgets.live_chart import LiveChart
from linkkit.widgets.tuning import (
    LIVE_PAGES,
    ChoiceRow,
    KnobRow,
    StillTuning,
    TuningPanel,
    keep_button,
)

MAIN = ("damping", "weights", "entry", "nofollow", "external", "duplicates", "canonicals")
"""Settings in sight; the others are behind a click."""
CHAPTER = "authority"
_OF_FINDINGS = "link_balance"
"""The view that marks findings; the others can be drawn before any check has run."""


def model_lines(model: LinkModel) -> list[str]:
    """Every setting of a link model in words, with its default where it differs."""
    default = LinkModel()
    lines = []
    for name, about in model_settings().items():
        value, usual = getattr(model, name), getattr(default, name)
        if isinstance(about, Choice):
            said, instead = f"{value.replace('_', ' ')} ({about.options[value]})", usual.replace("_", " ")
        else:
            said, instead = quantity(value, about.unit), f"{usual:g}"
        changed = "" if value == usual else f" Default: {instead}."
        lines.append(f"{name.replace('_', ' ').capitalize()}: {said}.{changed}")
    return lines


class ModelPanel(TuningPanel):
    """Choices of the link model; answer and a chart of the chapter follow them.

    Parameters
    ----------
    audit : Audit
    chapter : str, optional
        Whose answer is shown.
    client : Client, optional
        Whose ``client.toml`` the model can be kept in; without it there is no button for that.

    Attributes
    ----------
    audit : Audit
        Under the model that the controls show.
    rows : dict of name to KnobRow or ChoiceRow
    view : Dropdown
        Which chart is shown.
    """

    def __init__(self, audit: Audit, chapter: str = CHAPTER, *, client: Client | None = None) -> None:
        setup()
        super().__init__(audit, chapter)
        self._client = client
        self._draws = authority_charts()
        self._quiet = False
        changed = guarded(self._changed, self.errors)
        self.rows: dict[str, KnobRow | ChoiceRow] = {
            name: self._row(name, about, changed) for name, about in model_settings().items()
        }
        self.view = ipywidgets.Dropdown(
            description="Show", options=[(words, name) for name, (words, _) in self._draws.items()],
            layout=ipywidgets.Layout(width="330px"), style={"description_width": "60px"},
        )  # fmt: skip
        self.view.observe(guarded(self._on_view, self.errors), "value")
        self.answer = ipywidgets.HTML(answer_html(answer(audit, chapter)))
        self.chart = LiveChart(self._drawn())
        self._shown = audit.authority
        self.reset = ipywidgets.Button(
            description="Reset all", icon="undo", tooltip="The whole link model back to its defaults",
            layout=ipywidgets.Layout(width="auto"),
        )  # fmt: skip
        self.reset.on_click(guarded(self._reset, self.errors))
        self.keep = keep_button("this link model", shown=client is not None)
        self.keep.on_click(guarded(self._keep, self.errors))
        self.kept = ipywidgets.HTML()
        self.working = ipywidgets.HTML()
        more = Folds(
            [ipywidgets.VBox([row for name, row in self.rows.items() if name not in MAIN])],
            titles=["Weights of menus and repeated links, canonicals to other sites"],
        )
        main = ipywidgets.VBox([self.rows[name] for name in MAIN])
        buttons = ipywidgets.HBox([self.reset, self.keep, self.kept, self.working])
        self.children = (main, more, self.errors, buttons, self.answer, self.view, self.chart)

    def _ipython_display_(self) -> None:
        show_live(self, self._drawn())

    @property
    def model(self) -> LinkModel:
        """What the controls show."""
        return LinkModel(**{name: row.value for name, row in self.rows.items()})  # type: ignore[arg-type]

    def _row(self, name: str, about: Any, changed: Any) -> KnobRow | ChoiceRow:
        value, default = getattr(self.audit.graph.model, name), getattr(LinkModel(), name)
        if isinstance(about, Choice):
            return ChoiceRow(name, about, value, default, changed)
        # Damping leaves the graph as it is and can follow the slider; the others build it anew.
        live = name == "damping" and len(self.audit.site.pages) <= LIVE_PAGES
        return KnobRow(name, about, value, default, changed, live=live)

    def _drawn(self) -> alt.Chart:
        return self._draws[self.view.value][1](self.audit)

    def _changed(self) -> None:
        model = self.model
        if self._quiet or model == self.audit.graph.model:
            return
        self.kept.value = ""
        self.working.value = note_html("Working …")
        try:
            self._changed_to(self._under(model))
        finally:
            self.working.value = ""

    def _under(self, model: LinkModel) -> Audit:
        audit = self.audit
        if not audit.keeps_graph(model):
            return audit.with_model(model)
        graph = replace(audit.graph, model=model)
        authority = audit.walked(graph)
        if self.view.value != _OF_FINDINGS:
            # The picture first: it shows where authority ends, and stands before the checks have run.
            self._show(audit.with_graph(graph, chapters=(), authority=authority))
        return audit.with_graph(graph, authority=authority)

    def _redraw(self) -> None:
        if self._shown is not self.audit.authority:
            self._show(self.audit)
        self.answer.value = answer_html(answer(self.audit, self.chapter))

    def _show(self, audit: Audit) -> None:
        self._shown = audit.authority
        self.chart.draw(lambda: self._draws[self.view.value][1](audit))

    def _on_view(self, change: Any = None) -> None:
        self._show(self.audit)

    def _reset(self, button: Any = None) -> None:
        # One change, not one for each setting: each would build the graph anew.
        self._quiet = True
        try:
            for row in self.rows.values():
                row.box.value = row.default
        finally:
            self._quiet = False
        self._changed()

    def _keep(self, button: Any = None) -> None:
        if self._client is None:
            return
        stored = type(self._client).open(self._client.folder.name, clients=self._client.folder.parent)
        self._client = stored.save_model(self.model)
        self.kept.value = note_html("Kept in client.toml.")


def model_panel(
    audit: Audit, chapter: str = CHAPTER, *, client: Client | None = None
) -> "ModelPanel | StillModel":
    """The panel of the link model; in an unattended run the same numbers without controls."""
    return StillModel(audit, chapter) if is_headless() else ModelPanel(audit, chapter, client=client)


class StillModel(StillTuning):
    """What a model panel shows before anybody changes anything: the settings in words."""

    def _ipython_display_(self) -> None:
        lines = "".join(note_html(line) for line in model_lines(self.audit.graph.model))
        display(HTML(heading_html("Link model of this run") + lines))
        name = next(iter(authority_charts()))
        show(authority_charts()[name][1](self.audit))
