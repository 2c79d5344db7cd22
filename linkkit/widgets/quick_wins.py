"""Panel of quick wins: what to do first, by chapter and kind of work, and the weeks that it takes."""

from collections.abc import Iterator, Mapping
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
    effort_chart,
    effort_table,
    model_note,
    quick_wins_charts,
    source_note,
    wins_answer,
    work_chart,
)
from linkkit.charts.findings import SEVERITY_MARKS
from linkkit.charts.words import count, entry_words, shorten
from linkkit.client import Client
from linkkit.plan import EffortModel, ImpactWeights, QuickWins, WorkPlan, quick_wins, work_plan
from linkkit.plan.effort import WORK_WORDS, Work
from linkkit.plan.quick_wins import CHAPTER_TITLES
from linkkit.plan.work_plan import HOURS_PER_WEEK
from linkkit.widgets.basket import spoken_for
from linkkit.widgets.display import is_headless, panel_table_html, setup, show, show_live
from linkkit.widgets.errors import ErrorBox, Panel, guarded
from linkkit.widgets.exporting import ExportButton, export_words
from linkkit.widgets.folding import Folds
from linkkit.widgets.later import Later
from linkkit.widgets.layout import answer_html, heading_html, note_html, text_html
from linkkit.widgets.live_chart import LiveChart, Next, Pictures
from linkkit.widgets.slider import Slider
from linkkit.widgets.tuning import LIVE_PAGES
from linkkit.wording import signed

TOP = 15
"""Wins that the table shows."""
MOST_HOURS = 80
EVERY = ""
_VIEW = ("No.", "What to do", "Why", "Brings, units of 100", "Hours", "To be confirmed")
_PAUSE = 0.15
"""Seconds without a change after which the weeks follow."""
_WEEKS = ("Week", "Pieces of work", "Hours", "More for money pages so far, units of 100", "Done in it")


def wins_view(wins: QuickWins, top: int = TOP) -> pd.DataFrame:
    """The best wins as people read them.

    Returns
    -------
    DataFrame
        One row per win, best first: ``No.``, ``What to do``, ``Why`` (severity and chapter), ``Brings, units of 100``, ``Hours``,
        ``To be confirmed``.
    """
    rows = wins.table.head(top)
    return pd.DataFrame(
        {
            "No.": rows["win"].tolist(),
            "What to do": rows["title"].tolist(),
            "Why": [
                f"{SEVERITY_MARKS[severity]} {severity}; {CHAPTER_TITLES.get(chapter, chapter)}"
                for severity, chapter in zip(rows["severity"], rows["chapter"], strict=True)
            ],
            "Brings, units of 100": ["not known" if gain != gain else signed(gain) for gain in rows["gain"]],  # noqa: PLR0124 - NaN
            "Hours": [f"{hours:g}" for hours in rows["hours"]],
            "To be confirmed": rows["unsure"].tolist(),
        },
        columns=list(_VIEW),
    )


def weeks_view(plan: WorkPlan) -> pd.DataFrame:
    """The weeks of work as people read them.

    Returns
    -------
    DataFrame
        One row per week: ``Week``, ``Pieces of work``, ``Hours``, ``More for money pages so far, units of 100`` (against today, all work so far
        together), ``Done in it`` (the first three).
    """
    rows = plan.weeks[plan.weeks["week"] > 0]
    done = []
    for titles in rows["titles"]:
        lines = [line for line in str(titles).split("\n") if line]
        rest = f" and {len(lines) - 3:,} more" if len(lines) > 3 else ""
        done.append("; ".join(shorten(line, 110) for line in lines[:3]) + rest)
    return pd.DataFrame(
        {
            "Week": rows["week"].tolist(),
            "Pieces of work": rows["wins"].tolist(),
            "Hours": [f"{hours:g}" for hours in rows["hours"]],
            "More for money pages so far, units of 100": [signed(gain) for gain in rows["gain"]],
            "Done in it": done,
        },
        columns=list(_WEEKS),
    )


def win_html(wins: QuickWins, name: str) -> str:
    """One win to the letter: instructions, what it brings, how that is known; nothing where there is no such win."""
    rows = wins.table[wins.table["win"] == name]
    if rows.empty:
        return ""
    row = rows.iloc[0]
    steps = "".join(
        f"<li style='margin:3px 0'>{text_html(line)}</li>" for line in row["instructions"].split("\n")
    )
    facts = [
        f"Takes {row['hours']:g} hours: {row['effort']}.",
        f"Authority: {row['gain_note']}." + (f" To be confirmed: {row['unsure']}." if row["unsure"] and row["gain_note"] != row["unsure"] else ""),
    ]  # fmt: skip
    if row["clicks_saved"]:
        saved = row["clicks_saved"]
        facts.append(f"Clicks saved over all pages: {saved:,.0f}." if saved == saved else "")  # noqa: PLR0124 - NaN
    return heading_html(f"{name}: {row['title']}") + f"<ol style='max-width:70em;line-height:1.4;overflow-wrap:anywhere'>{steps}</ol>" + note_html(" ".join(facts))  # fmt: skip


class WinsPanel(Panel):
    """Chapter, kind of work and hours a week; the matrix, the list, one win to the letter and the weeks follow.

    Parameters
    ----------
    wins : QuickWins
    hours_per_week : float

    Attributes
    ----------
    wins : QuickWins
        Those that are shown.
    """

    def __init__(self, wins: QuickWins, hours_per_week: float = HOURS_PER_WEEK) -> None:
        setup()
        self._all = wins
        wide = {"description_width": "150px"}
        room = ipywidgets.Layout(width="440px")
        self.chapter = ipywidgets.Dropdown(
            options=_chapters(wins), value=EVERY, description="Chapter", layout=room, style=wide
        )
        self.work = ipywidgets.Dropdown(
            options=_works(wins), value=EVERY, description="Kind of work", layout=room, style=wide
        )
        self.hours = ipywidgets.BoundedFloatText(
            value=hours_per_week, min=1, max=MOST_HOURS, step=1, description="Hours a week", tooltip="Hours that people can work on it in a week",
            layout=ipywidgets.Layout(width="250px"), style=wide,
        )  # fmt: skip
        self.slider = Slider("Hours a week", hours_per_week, min=1, max=MOST_HOURS, unit="hours", live=False)
        ipywidgets.link((self.slider, "value"), (self.hours, "value"))
        self.weights = {
            name: _knob(name, knob, getattr(wins.weights, name))
            for name, knob in wins.weights.knobs().items()
        }
        self.effort = {
            name: _knob(name, knob, getattr(wins.effort, name)) for name, knob in wins.effort.knobs().items()
        }
        self.knobs = Folds(
            [_explained(self.weights, wins.weights.knobs()), _explained(self.effort, wins.effort.knobs())],
            titles=("What each measure counts for", "Hours that work takes")
        )  # fmt: skip
        self.one = ipywidgets.Dropdown(
            description="To the letter", layout=ipywidgets.Layout(width="640px"), style=wide
        )
        self.told, self.table, self.letter, self.weeks = (ipywidgets.HTML() for _ in range(4))
        self.errors = ErrorBox()
        for control in (self.chapter, self.work, *self.weights.values(), *self.effort.values()):
            control.observe(guarded(self._changed, self.errors), "value")
        self.hours.observe(guarded(self._tell_weeks, self.errors), "value")
        self.one.observe(guarded(self._chosen, self.errors), "value")
        self._plans: dict[float, WorkPlan] = {}
        self._following = Later(guarded(self._tell_weeks, self.errors), _PAUSE)
        self._work_out()
        self.matrix, self.stairs = LiveChart(self._matrix()), LiveChart(self._stairs(self.hours.value))
        self._pictures = Pictures(self.stairs, self._beside, self.errors)
        super().__init__(
            [
                self.chapter, self.work, self.knobs, self.errors, self.matrix, self.told, self.table, self.one, self.letter,
                ipywidgets.HBox([self.hours, self.slider]), self.stairs, self.weeks,
            ]
        )  # fmt: skip
        self._tell()
        self.weeks.value = panel_table_html(weeks_view(self.plan))
        self._pictures.look_ahead()

    def _ipython_display_(self) -> None:
        show_live(self, self._matrix(), self._stairs(self.hours.value))

    @property
    def plan(self) -> WorkPlan:
        """The order of work of the wins that are shown."""
        return self._plan(self.hours.value)

    def _plan(self, hours: float) -> WorkPlan:
        """The order of work for so many hours a week; a slider that comes back finds it made."""
        if hours not in self._plans:
            self._plans[hours] = work_plan(self.wins, hours_per_week=hours)
        return self._plans[hours]

    def _work_out(self) -> None:
        weights = ImpactWeights(**{name: box.value for name, box in self.weights.items()})
        effort = EffortModel(**{name: box.value for name, box in self.effort.items()})
        if (weights, effort) != (self._all.weights, self._all.effort):
            self._all = self._all.ranked(weights=weights, effort=effort)
        self.wins = self._all.only(
            chapters=[self.chapter.value] if self.chapter.value else None, work=[self.work.value] if self.work.value else None
        )  # fmt: skip
        self._plans.clear()

    def _changed(self, change: Any = None) -> None:
        self._work_out()
        self._pictures.clear()
        self.matrix.draw(self._matrix)
        self._tell()
        # The weeks take solving the site again and again: after what is nearer to the choice.
        self._following.ask(at_once=True)

    def _tell_weeks(self, change: Any = None) -> None:
        hours = self.hours.value
        self._pictures.show(hours, lambda: self._stairs(hours))
        self.weeks.value = panel_table_html(weeks_view(self.plan))

    def _beside(self) -> Iterator[Next]:
        """The weeks with an hour more and less; on large sites they take too long to be planned unasked."""
        if len(self.wins.audit.site.pages) <= LIVE_PAGES:
            for hours in (self.hours.value + self.hours.step, self.hours.value - self.hours.step):
                if self.hours.min <= hours <= self.hours.max:
                    yield hours, partial(self._stairs, hours)

    def _tell(self) -> None:
        shown = min(TOP, len(self.wins.table))
        self.told.value = note_html(f"The best {shown} of {count(len(self.wins.table), 'piece of work', 'pieces of work')}. {' '.join(self.wins.notes)}")  # fmt: skip
        self.table.value = panel_table_html(wins_view(self.wins))
        rows = self.wins.table[["win", "title"]].head(200)
        self.one.options = [
            (f"{win}: {shorten(title, 80)}", win) for win, title in rows.itertuples(index=False)
        ]
        self._chosen()

    def _chosen(self, change: Any = None) -> None:
        self.letter.value = win_html(self.wins, self.one.value or "")

    def _matrix(self) -> alt.Chart:
        audit = self.wins.audit
        return effort_chart(
            effort_table(self.wins),
            formula=self.wins.weights.formula(),
            model=model_note(audit),
            source=source_note(audit),
        )

    def _stairs(self, hours: float) -> alt.Chart:
        audit = self.wins.audit
        return work_chart(
            self._plan(hours), enters=entry_words(audit), model=model_note(audit), source=source_note(audit)
        )


class StillWins:
    """What the panel shows before anybody changes anything; stands in its place in an unattended run."""

    def __init__(self, wins: QuickWins, hours_per_week: float = HOURS_PER_WEEK) -> None:
        self.wins = wins
        self.plan = work_plan(wins, hours_per_week=hours_per_week)

    def _ipython_display_(self) -> None:
        drawn = quick_wins_charts(self.wins, self.plan, enters=entry_words(self.wins.audit))
        show(drawn["quick_wins"])
        if len(self.wins.table):
            show(wins_view(self.wins, len(self.wins.table)), top=TOP)
            for name in self.wins.table["win"].head(3):
                display(HTML(win_html(self.wins, name)))
        show(drawn["work_plan"])
        if len(self.plan.weeks) > 1:
            show(weeks_view(self.plan))


def wins_panel(
    audit: Audit,
    hours_per_week: float | None = None,
    *,
    client: Client | None = None,
    weights: ImpactWeights | None = None,
    effort: EffortModel | None = None,
) -> WinsPanel | StillWins:  # fmt: skip
    """The panel of quick wins; in an unattended run the same numbers without controls.

    Parameters
    ----------
    audit : Audit
    hours_per_week : float, optional
        Hours that people can work on it.
    client : Client, optional
        Whose ``client.toml`` tells hours and weights that are not given.
    weights : ImpactWeights, optional
    effort : EffortModel, optional
    """
    said = client.settings if client else None
    if said:
        weights, effort = weights or said.impact, effort or said.effort
    wins = quick_wins(audit, weights=weights, effort=effort)
    hours = hours_per_week or (said.hours_per_week if said else HOURS_PER_WEEK)
    return (StillWins if is_headless() else WinsPanel)(wins, hours)


Won = WinsPanel | StillWins


def show_wins_answer(source: Won) -> None:
    """Show what to do first, what the first week brings, and what is uncertain."""
    display(HTML(answer_html(wins_answer(source.wins, source.plan, entry_words(source.wins.audit)))))


def export_wins(wins: QuickWins, plan: WorkPlan, client: Client) -> tuple[Path, ...]:
    """Write tickets, work list and charts into the client's exports; the files."""
    drawn = quick_wins_charts(wins, plan, enters=entry_words(wins.audit))
    return tuple(deck.export_tickets(wins, client.exports, plan=plan, charts=drawn, **spoken_for(client)))


class WinsExport(ExportButton):
    """A button that writes the wins that are shown into the client's exports."""

    def __init__(self, source: WinsPanel, client: Client) -> None:
        super().__init__(
            lambda: export_wins(source.wins, source.plan, client),
            client,
            "Writes tickets for Jira, Asana and Trello, the work list as XLSX and the charts into the client's exports folder",
        )
        self.write.description = "Write tickets and work list"
        self.write.layout.width = "max-content"


def wins_export_panel(source: Won, client: Client) -> WinsExport | None:
    """The button; an unattended run writes the files at once and says what they are."""
    if isinstance(source, WinsPanel):
        return WinsExport(source, client)
    display(HTML(note_html(export_words(export_wins(source.wins, source.plan, client), client))))
    return None


def _chapters(wins: QuickWins) -> list[tuple[str, str]]:
    counts = wins.table["chapter"].value_counts()
    known = [(name, title) for name, title in CHAPTER_TITLES.items() if name in counts]
    return [("All chapters", EVERY), *((f"{title} ({counts[name]:,})", name) for name, title in known)]


def _works(wins: QuickWins) -> list[tuple[str, str]]:
    counts = wins.table["work"].value_counts()
    return [
        ("All kinds", EVERY),
        *((f"{WORK_WORDS[work]} ({counts[work]:,})", str(work)) for work in Work if work in counts),
    ]


def _explained(boxes: dict[str, ipywidgets.BoundedFloatText], known: Mapping[str, Any]) -> ipywidgets.VBox:
    """Number boxes below each other, each with what it means beside it."""
    return ipywidgets.VBox(
        [ipywidgets.HBox([box, ipywidgets.HTML(note_html(known[name].help))]) for name, box in boxes.items()]
    )


def _knob(name: str, knob: Any, value: float) -> ipywidgets.BoundedFloatText:
    return ipywidgets.BoundedFloatText(
        value=value, min=knob.low, max=knob.high, step=knob.step, description=f"{name.capitalize()}, {knob.unit}", tooltip=f"{knob.help} Source: {knob.source}.",
        layout=ipywidgets.Layout(width="290px"), style={"description_width": "150px"},
    )  # fmt: skip
