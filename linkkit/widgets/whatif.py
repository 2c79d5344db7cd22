"""Panel: changes tried on paper, and the site before and after them."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import altair as alt
import ipywidgets
import numpy as np
import numpy.typing as npt
import pandas as pd
from IPython.display import HTML, display

from linkkit.audit import Audit
from linkkit.charts import (
    model_note,
    source_note,
    summary_view,
    whatif_chart,
    whatif_headline,
    whatif_table,
)
from linkkit.charts.words import count, entry_words
from linkkit.plan import Proposal
from linkkit.plan.changes import ACTIONS, ADD, BACKLINKS, BLOCK, Change, simulate_changes
from linkkit.plan.choosing import MONEY_PAGES
from linkkit.plan.simulation import Outcome, Simulation
from linkkit.urls import origin
from linkkit.widgets.display import panel_table_html, setup, show, show_live
from linkkit.widgets.errors import ErrorBox, Panel, guarded
from linkkit.widgets.explorer import notable_pages
from linkkit.widgets.layout import heading_html, note_html, text_html
from linkkit.widgets.live_chart import LiveChart, Next, Pictures
from linkkit.widgets.planning import Planned, PlanPanel, plan_goals
from linkkit.widgets.slider import Slider
from linkkit.widgets.tuning import LIVE_PAGES
from linkkit.wording import fine

FIRST = 10
"""Links of the plan that the panel begins with."""
ITS_PILLAR, ITS_SECTION = "its pillar", "its section"
LEAST = 5e-5
"""Share of all authority below which a page's change is not worth a row."""
_KEPT = 200


class WhatIfPanel(Panel):
    """Links of the plan by a slider, and any other change one by one; before and after follow.

    Parameters
    ----------
    source : PlanPanel
        Its plan is what the slider takes links from; another plan is followed.
    first : int
        Links of the plan to begin with.

    Attributes
    ----------
    changes : list of Change
        Beside the links of the plan, in the order they were added.
    simulated : Simulation
        What is shown.
    """

    def __init__(self, source: PlanPanel, *, first: int = FIRST) -> None:
        setup()
        self.proposal = source.proposal
        self.changes: list[Change] = []
        self._known: dict[tuple[int, tuple[Change, ...]], Simulation] = {}
        self._today: Outcome | None = None
        audit = self.proposal.audit
        live = len(audit.site.pages) <= LIVE_PAGES
        wide = {"description_width": "190px"}
        most = len(self.proposal.links)
        self.first = ipywidgets.BoundedIntText(
            value=min(first, most), min=0, max=most, description="First links of the plan", style=wide,
            tooltip="First links of the plan that are made", layout=ipywidgets.Layout(width="290px"),
        )  # fmt: skip
        self.slider = Slider(
            "First links of the plan", self.first.value, min=0, max=most, unit="links", live=live
        )
        ipywidgets.link((self.slider, "value"), (self.first, "value"))
        self.action = ipywidgets.Dropdown(
            options=[(name.capitalize(), name) for name in ACTIONS], value=ADD, description="Another change",
            layout=ipywidgets.Layout(width="480px"), style=wide,
        )  # fmt: skip
        home = origin(audit.site.start_url)
        self._pages = [url.removeprefix(home) for url in notable_pages(audit)]
        self.page = _combobox(self._pages)
        self.to = _combobox(self._pages)
        self.domains = ipywidgets.BoundedFloatText(
            value=10, min=1, max=100_000, description="How many", tooltip="How many new referring domains",
            layout=ipywidgets.Layout(width="290px"), style=wide,
        )  # fmt: skip
        self.add = ipywidgets.Button(description="Try it", icon="plus", button_style="primary", tooltip="Add this change to the list")  # fmt: skip
        self.undo = ipywidgets.Button(description="Undo the last", icon="undo", tooltip="Take the last change off the list")  # fmt: skip
        self.clear = ipywidgets.Button(description="Clear all", icon="trash", tooltip="Take every change off the list, and every link of the plan")  # fmt: skip
        self.listed, self.summary, self.moved = ipywidgets.HTML(), ipywidgets.HTML(), ipywidgets.HTML()
        self.errors = ErrorBox()
        for button, handler in ((self.add, self._add), (self.undo, self._undo), (self.clear, self._clear)):
            button.on_click(guarded(handler, self.errors))
        self.first.observe(guarded(self._show, self.errors), "value")
        self.action.observe(guarded(self._on_action, self.errors), "value")
        source.on_change(guarded(self.follow, self.errors))
        self.simulated = self._simulate()
        self.chart = LiveChart(self._drawn())
        self._pictures = Pictures(self.chart, self._beside, self.errors)
        if live:
            self._pictures.look_ahead()
        super().__init__(
            [
                ipywidgets.HBox([self.first, self.slider]),
                self.action, self.page, self.to, self.domains,
                ipywidgets.HBox([self.add, self.undo, self.clear], layout=ipywidgets.Layout(margin="4px 0 4px 194px")),
                self.errors, self.listed, self.chart, self.summary, self.moved,
            ]
        )  # fmt: skip
        self._on_action()
        self._tell()

    def _ipython_display_(self) -> None:
        show_live(self, self._drawn())

    def follow(self, proposal: Proposal) -> None:
        """Take the links of another plan; the other changes stay."""
        self.proposal = proposal
        self._known.clear()
        self._pictures.clear()
        most = len(proposal.links)
        with self.first.hold_trait_notifications(), self.slider.hold_trait_notifications():
            self.slider.max = self.first.max = most
        self._show()

    def try_out(self, change: Change) -> None:
        """Add a change; one that cannot be made is not kept.

        Raises
        ------
        SettingsError
            If it cannot be made on this site.
        """
        with self._or_back():
            self.changes.append(change)
            self._show()

    @contextmanager
    def _or_back(self) -> Iterator[None]:
        kept = list(self.changes)
        try:
            yield
        except Exception:
            self.changes = kept
            raise

    def _add(self, button: Any = None) -> None:
        needs_target = ACTIONS[self.action.value][1]
        self.try_out(
            Change(
                self.action.value,
                self.page.value.strip(),
                self.to.value.strip() if needs_target else "",
                float(self.domains.value) if self.action.value == BACKLINKS else 0.0,
            )
        )
        self.page.value = self.to.value = ""

    def _undo(self, button: Any = None) -> None:
        if self.changes:
            self.changes.pop()
            self._show()

    def _clear(self, button: Any = None) -> None:
        self.changes = []
        self.first.value = 0
        self._show()

    def _on_action(self, change: Any = None) -> None:
        """Ask only for what the chosen change needs, in its words."""
        action = self.action.value
        _, needs_target, first, second = ACTIONS[action]
        self.page.description, self.to.description = first.capitalize(), second.capitalize()
        self.to.layout.display = None if needs_target else "none"
        self.domains.layout.display = None if action == BACKLINKS else "none"
        goals = [goal for goal in plan_goals(self.proposal.audit) if goal != "orphans first"]
        self.page.options = goals if action == BLOCK else self._pages
        self.to.options = [ITS_PILLAR, ITS_SECTION, MONEY_PAGES, *self._pages] if action == BLOCK else self._pages  # fmt: skip

    def _simulate(self, first: int | None = None) -> Simulation:
        """The site with the changes, and with the first so many links of the plan: as many as the slider says without a number."""
        first = self.first.value if first is None else first
        key = (first, tuple(self.changes))
        if key not in self._known:
            if len(self._known) >= _KEPT:
                self._known.clear()
            self._known[key] = simulate_changes(
                self.proposal.audit,
                self.changes,
                planned=self.proposal.links.head(first),
                before=self._today,
            )
            self._today = self._known[key].before
        return self._known[key]

    def _show(self, change: Any = None) -> None:
        self.simulated = self._simulate()
        first = self.first.value
        self._pictures.show((first, tuple(self.changes)), lambda: self._drawn(first))
        self._tell()

    def _drawn(self, first: int | None = None) -> alt.Chart:
        first = self.first.value if first is None else first
        return simulation_chart(self.proposal.audit, self._simulate(first), first + len(self.changes))

    def _beside(self) -> Iterator[Next]:
        """The site with a link of the plan more and less."""
        for first in (self.first.value + 1, self.first.value - 1):
            if self.first.min <= first <= self.first.max:
                yield (first, tuple(self.changes)), partial(self._drawn, first)

    def _tell(self) -> None:
        self.summary.value = panel_table_html(summary_view(self.simulated))
        self.moved.value = moved_html(self.simulated)
        self.undo.disabled = not self.changes
        self.listed.value = changes_html(self.first.value, self.changes)


def simulation_chart(audit: Audit, simulated: Simulation, changes: int) -> alt.Chart:
    """The chart of a simulation with its sentence, model and source."""
    return whatif_chart(
        whatif_table(simulated),
        title=whatif_headline(simulated, changes, enters=entry_words(audit)),
        model=model_note(audit),
        source=source_note(audit),
    )


def changes_html(planned: int, changes: list[Change]) -> str:
    """The list of changes, escaped: links of the plan in a line, then each other change."""
    lines = [f"The first {count(planned, 'link') if planned > 1 else 'link'} of the plan"] if planned else []
    lines += [str(change) for change in changes]
    if not lines:
        return note_html("No change yet: move the slider, or choose one below it.")
    items = "".join(f"<li>{text_html(line)}</li>" for line in lines)
    return f"{heading_html('Changes')}<ol style='margin:2px 0 8px;max-width:62em;overflow-wrap:anywhere'>{items}</ol>"


def whatif_panel(source: Planned, *, first: int = FIRST) -> WhatIfPanel | None:
    """The panel; in an unattended run what the first links of the plan would do."""
    if isinstance(source, PlanPanel):
        return WhatIfPanel(source, first=first)
    proposal = source.proposal
    links = proposal.links.head(first)
    simulated = simulate_changes(proposal.audit, [], planned=links)
    display(HTML(changes_html(len(links), [])))
    show(simulation_chart(proposal.audit, simulated, len(links)))
    show(summary_view(simulated))
    display(HTML(moved_html(simulated)))
    return None


def moved_html(simulated: Simulation) -> str:
    """`simulated_pages` with its heading; nothing where no page moves."""
    rows = simulated_pages(simulated)
    return "" if rows.empty else heading_html("Pages that move most") + panel_table_html(rows)


def simulated_pages(simulated: Simulation, *, top: int = 10) -> pd.DataFrame:
    """Pages that the changes move most, as people read them.

    Returns
    -------
    DataFrame
        One row per page, the largest change of authority first: ``Page``, ``Authority, units of 100``, ``Change``, ``Clicks from the
        start`` (before and after where they differ), ``Linking pages``.
    """
    before, after = simulated.before, simulated.after
    change = after.authority.settled - before.authority.settled
    pages = np.argsort(-np.abs(change), kind="stable")[:top]
    pages = pages[np.abs(change[pages]) > LEAST]
    home = origin(str(after.graph.urls[after.graph.start]))
    return pd.DataFrame(
        {
            "Page": [str(url).removeprefix(home) for url in after.graph.urls[pages]],
            "Authority, units of 100": [fine(share) for share in after.authority.settled[pages]],
            "Change": [f"{100 * step:+.2f}" for step in change[pages]],
            "Clicks from the start": _moved(before.depth[pages], after.depth[pages], "no path"),
            "Linking pages": _moved(before.linking_pages[pages], after.linking_pages[pages], ""),
        }
    )


def _moved(before: npt.NDArray[Any], after: npt.NDArray[Any], missing: str) -> list[str]:
    said = [[missing if np.isnan(value) else f"{value:,.0f}" for value in side] for side in (before, after)]
    return [then if was == then else f"{was} → {then}" for was, then in zip(*said, strict=True)]


def _combobox(options: list[str]) -> ipywidgets.Combobox:
    return ipywidgets.Combobox(
        value="", options=options, ensure_option=False, placeholder="choose, or paste an address or path",
        layout=ipywidgets.Layout(width="760px"), style={"description_width": "190px"},
    )  # fmt: skip
