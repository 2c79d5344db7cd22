"""Panels of the plan: pages to build backlinks to, and the new links that make each backlink worth most."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import ipywidgets
import pandas as pd
from IPython.display import HTML, display

from linkkit import deck
from linkkit.audit import Audit
from linkkit.charts import plan_answer, plan_charts, targets_table
from linkkit.charts.plan import FLIPS, group_words, holds_words
from linkkit.charts.proposals import proposal_comparison, proposal_plan, proposal_robustness, proposal_targets
from linkkit.charts.words import entry_words, shorten, units
from linkkit.checks import CHECKS
from linkkit.client import Client
from linkkit.errors import LinkkitError
from linkkit.plan import Planning, PlanSettings, Proposal
from linkkit.plan.choosing import MONEY_PAGES, PILLARS
from linkkit.plan.link_plan import ORPHANS_FIRST
from linkkit.plan.robustness import TOP
from linkkit.urls import origin
from linkkit.widgets.basket import SlidePicker, spoken_for
from linkkit.widgets.display import is_headless, panel_table_html, setup, show, show_live
from linkkit.widgets.errors import ErrorBox, NotebookStopError, Panel, guarded
from linkkit.widgets.exporting import ExportButton, export_words
from linkkit.widgets.layout import answer_html, heading_html, note_html
from linkkit.widgets.live_chart import LiveChart, Next, Pictures
from linkkit.widgets.slider import Slider
from linkkit.widgets.tuning import LIVE_PAGES
from linkkit.wording import fine

DOMAINS = 10
MOST_LINKS, MOST_DOMAINS = 100, 100
_SECTIONS = 20
_LETTERS = 160
_OUTSIDE = f"not among the {TOP} with the highest yield"


def plan_view(proposal: Proposal) -> pd.DataFrame:
    """A plan's links as an editor works through them.

    Returns
    -------
    DataFrame
        One row per link, best first: ``No.``, ``Put a link on``, ``It leads to`` (paths), ``Words to link, and where they stand``,
        ``Fit``, ``Brings, units of 100`` (after the links above it), ``Under other models`` (least and most, alone), ``Holds in (models)``;
        ``For`` (orphans or money pages) where a plan serves both.
    """
    links, held = proposal.links, proposal.holds
    if links.empty or held is None:
        return pd.DataFrame(columns=_PLAN_VIEW)
    home = origin(proposal.audit.site.start_url)
    rows: list[Iterable[object]] = [
        range(1, len(links) + 1),
        [url.removeprefix(home) for url in links["source"]],
        [url.removeprefix(home) for url in links["target"]],
        [_words(phrase, sentence) for phrase, sentence in zip(links["phrase"], links["sentence"], strict=True)],
        [strength.split(", ")[0] for strength in links["strength"]],
        [fine(gain) for gain in links["gain"]],
        [f"{fine(low)} to {fine(high)}" for low, high in zip(held["gain_low"], held["gain_high"], strict=True)],
        [_holds(n, m) for n, m in zip(held["holds_in"], held["variants"], strict=True)],
    ]  # fmt: skip
    view = pd.DataFrame({name: list(column) for name, column in zip(_PLAN_VIEW, rows, strict=True)})
    return view.assign(For=links["goal"].to_numpy()) if links["goal"].nunique() > 1 else view


_PLAN_VIEW = ("No.", "Put a link on", "It leads to", "Words to link, and where they stand", "Fit", "Brings, units of 100", "Under other models", "Holds in (models)")  # fmt: skip


def _words(phrase: str, sentence: str) -> str:
    """The words that can become the link and where they stand, or where to write some."""
    around = f"“{shorten(sentence, _LETTERS)}”"
    if phrase:
        return f"{phrase}: {around}"
    return f"(needs a new sentence, next to: {around})" if sentence else "(needs a new sentence)"


def targets_view(proposal: Proposal, domains: float = DOMAINS, *, top: int = 8) -> pd.DataFrame:
    """Pages to build backlinks to, as people read them.

    Returns
    -------
    DataFrame
        One row per page, others before those of the goal: ``Kind``, ``Page`` (path), ``Of 100 units, reach the goal``, ``Rank (under other
        models)``, ``Holds in (models)``, ``Domains today``, ``Would bring``, ``Topical fit``, ``Why``.
    """
    pages = proposal.best_targets(domains, top=top)
    if pages is None:
        return pd.DataFrame(columns=_TARGETS_VIEW)
    table = targets_table(pages, proposal.robustness, top=top)
    goal = proposal.plan.goal if proposal.plan else MONEY_PAGES
    home = origin(proposal.audit.site.start_url)
    known = proposal.audit.authority.entry.basis != "start page"
    rows: list[Iterable[object]] = [
        [group_words(group, goal).split(":")[0] for group in table["group"]],
        [url.removeprefix(home) for url in table["url"]],
        [units(share) for share in table["landing_yield"]],
        [f"{rank:,} ({low:,.0f} to {high:,.0f})" for rank, low, high in zip(table["rank"], table["rank_low"], table["rank_high"], strict=True)],
        [_OUTSIDE if pd.isna(n) else _holds(n, m) for n, m in zip(table["holds_in"], table["variants"], strict=True)],
        [f"{number:,.0f}" if known else "not known" for number in table["referring_domains"]],
        [f"+{gain * 100:.1f} %" for gain in table["gain"]],
        ["" if pd.isna(fit) else f"{fit:.2f}" for fit in table["topical_fit"]],
        # The columns before it tell what the first sentence says.
        [reason.partition(". ")[2] for reason in table["reason"]],
    ]  # fmt: skip
    return pd.DataFrame({name: list(column) for name, column in zip(_TARGETS_VIEW, rows, strict=True)})


_TARGETS_VIEW = ("Kind", "Page", "Of 100 units, reach the goal", "Rank (under other models)", "Holds in (models)", "Domains today", "Would bring", "Topical fit", "Why")  # fmt: skip


def flips_view(proposal: Proposal) -> pd.DataFrame:
    """Findings on authority that are not the same under every model.

    Returns
    -------
    DataFrame
        One row per finding that flips, those reported now first: ``Finding``, ``Page``, ``Reported now``, ``Holds in (models)``.
    """
    known, home = proposal.robustness, origin(proposal.audit.site.start_url)
    rows = known.findings[known.findings["flips"]].sort_values(
        ["reported", "holds_in", "url"], ascending=[False, False, True]
    )
    titles = {check.id: check.title for check in CHECKS.values()}
    return pd.DataFrame(
        {
            "Finding": rows["check_id"].map(titles),
            "Page": [url.removeprefix(home) for url in rows["url"]],
            "Reported now": rows["reported"].map({True: "yes", False: ""}),
            "Holds in (models)": [
                _holds(n, m) for n, m in zip(rows["holds_in"], rows["variants"], strict=True)
            ],
        }
    ).reset_index(drop=True)


def _holds(number: float, of: float) -> str:
    return f"{number:.0f} of {of:.0f}" + (f"\u00a0{FLIPS}" if number < of else "")


def show_robustness(source: "PlanPanel | StillPlan") -> None:
    """Show how far plan, targets and findings depend on the model, and which findings flip."""
    proposal = source.proposal
    show(proposal_robustness(proposal))
    flips = flips_view(proposal)
    head = "Findings on authority that are not the same under every model"
    display(HTML(heading_html(head if len(flips) else "Every finding on authority is the same under every model")))  # fmt: skip
    if len(flips):
        show(flips, top=12)


def show_plan_answer(source: "PlanPanel | StillPlan") -> None:
    """Show what the plan brings, under which model, and how sure that is."""
    display(HTML(_answer(source.proposal)))


def _answer(proposal: Proposal) -> str:
    return answer_html(plan_answer(proposal, entry_words(proposal.audit)))


def plan_goals(audit: Audit) -> list[str]:
    """Goals that fit a site: money pages, orphans first, pillars, its topic clusters and largest sections."""
    pages = audit.site.pages
    goals = [MONEY_PAGES, ORPHANS_FIRST]
    if pages["is_pillar"].fillna(False).any():
        goals.append(PILLARS)
    sections = audit.metrics.loc[audit.graph.indexable & audit.graph.stands, "section"].value_counts()
    return [*goals, *sorted(pages["cluster"].dropna().unique()), *map(str, sections.index[:_SECTIONS])]


class PlanPanel(Panel):
    """Goal and limits of the plan; answer, charts and the list of links follow.

    Parameters
    ----------
    planning : Planning
    settings : PlanSettings, optional

    Attributes
    ----------
    proposal : Proposal
        The plan that is shown.
    """

    def __init__(self, planning: Planning, settings: PlanSettings | None = None) -> None:
        setup()
        self.planning = planning
        self.proposal = planning.propose(settings)
        self._listeners: list[Callable[[Proposal], object]] = []
        chosen = self.proposal.settings
        wide = {"description_width": "190px"}
        room = ipywidgets.Layout(width="480px")
        self.goal = ipywidgets.Combobox(
            value=chosen.goal if isinstance(chosen.goal, str) else ", ".join(chosen.goal),
            options=plan_goals(planning.audit), ensure_option=False, description="Goal", layout=room, style=wide,
            placeholder="money pages, a section, a cluster, /path/*",
        )  # fmt: skip
        self.links = _number("New links at most", chosen.links, 1, MOST_LINKS)
        self.per_page = _number("On one page at most", chosen.per_page, 1, 20)
        self.per_target = _number("To one page at most", chosen.per_target, 1, 50)
        self.sources = ipywidgets.Text(
            value=chosen.sources if isinstance(chosen.sources, str) else ", ".join(chosen.sources or ()),
            description="Only from these pages", placeholder="all that can be edited; or /blog/*",
            layout=room, style=wide,
        )  # fmt: skip
        self.need_phrase = _tick("Only where words for the link stand there already", chosen.need_phrase)
        self.from_money = _tick("Also on pages that earn money", chosen.from_money_pages)
        self.make = ipywidgets.Button(
            description="Plan again", icon="refresh", button_style="primary", tooltip="Choose the links anew under these limits"
        )  # fmt: skip
        self.working = ipywidgets.HTML()
        self.errors = ErrorBox()
        self.make.on_click(guarded(self._make, self.errors))
        self.sure = ipywidgets.HTML()
        self.stairs = LiveChart(proposal_plan(self.proposal))
        self.against = LiveChart(proposal_comparison(self.proposal))
        self.table = ipywidgets.HTML()
        controls = [self.goal, self.links, self.per_page, self.per_target, self.sources, self.need_phrase, self.from_money]  # fmt: skip
        super().__init__(
            [*controls, ipywidgets.HBox([self.make, self.working], layout=ipywidgets.Layout(margin="4px 0 4px 194px")), self.errors, self.stairs, self.sure, self.table, self.against]
        )  # fmt: skip
        self._tell()

    def _ipython_display_(self) -> None:
        show_live(self, proposal_plan(self.proposal))

    def on_change(self, listener: Callable[[Proposal], object]) -> None:
        """Call `listener` with the proposal whenever another plan was made."""
        self._listeners.append(listener)

    @property
    def settings(self) -> PlanSettings:
        """What the controls show."""
        return PlanSettings(
            links=self.links.value,
            goal=self._goal(),
            per_page=self.per_page.value,
            per_target=self.per_target.value,
            sources=_chosen(self.sources.value),
            from_money_pages=self.from_money.value,
            need_phrase=self.need_phrase.value,
        )

    def _goal(self) -> str | tuple[str, ...]:
        typed = self.goal.value.strip()
        # A cluster's name may hold a comma.
        return typed if typed in self.goal.options else _chosen(typed) or MONEY_PAGES

    def _make(self, button: Any = None) -> None:
        self.working.value = note_html("Working …")
        try:
            self.proposal = self.planning.propose(self.settings)
            self.stairs.draw(lambda: proposal_plan(self.proposal))
            self.against.draw(lambda: proposal_comparison(self.proposal))
            self._tell()
        finally:
            self.working.value = ""
        for listener in self._listeners:
            listener(self.proposal)

    def _tell(self) -> None:
        self.sure.value = note_html(holds_words(self.proposal))
        self.table.value = panel_table_html(plan_view(self.proposal))


class StillPlan:
    """What a plan panel shows before anybody changes anything; stands in its place in an unattended run."""

    def __init__(self, planning: Planning, settings: PlanSettings | None = None) -> None:
        self.planning = planning
        self.proposal = planning.propose(settings)

    def _ipython_display_(self) -> None:
        show(proposal_plan(self.proposal))
        view = plan_view(self.proposal)
        if len(view):
            show(view, top=len(view))
        show(proposal_comparison(self.proposal))


def plan_panel(audit: Audit, settings: PlanSettings | None = None, **chosen: Any) -> PlanPanel | StillPlan:
    """The panel of the plan; in an unattended run the same numbers without controls.

    Parameters
    ----------
    audit : Audit
    settings : PlanSettings, optional
    **chosen
        Single settings in their place, such as ``links=10``.

    Raises
    ------
    NotebookStopError
        If the goal or the sources fit no page; the message says which.
    """
    made = (settings or PlanSettings()).replace(**chosen)
    try:
        return (StillPlan if is_headless() else PlanPanel)(Planning(audit), made)
    except LinkkitError as error:
        raise NotebookStopError(str(error)) from error


Planned = PlanPanel | StillPlan


class TargetsPanel(Panel):
    """Pages to build backlinks to, for a number of new domains; follows the goal of a plan panel."""

    def __init__(self, source: PlanPanel, domains: int = DOMAINS) -> None:
        setup()
        self.proposal = source.proposal
        live = len(source.planning.audit.site.pages) <= LIVE_PAGES
        self.slider = Slider(
            "New referring domains", domains, min=1, max=MOST_DOMAINS, unit="domains", live=live
        )
        self.box = _number("New referring domains", domains, 1, MOST_DOMAINS)
        ipywidgets.link((self.slider, "value"), (self.box, "value"))
        self.errors = ErrorBox()
        self.chart = LiveChart(proposal_targets(self.proposal, domains))
        self._pictures = Pictures(self.chart, self._beside, self.errors)
        if live:
            self._pictures.look_ahead()
        self.table = ipywidgets.HTML()
        self.box.observe(guarded(self._changed, self.errors), "value")
        source.on_change(guarded(self.follow, self.errors))
        about = note_html(
            "As many for each page, one page at a time. The first domains of a page bring most, each further one a little less "
            "(unless the link model counts them alike)."
        )
        super().__init__(
            [
                ipywidgets.HBox([self.box, self.slider]),
                ipywidgets.HTML(about),
                self.errors,
                self.chart,
                self.table,
            ]
        )
        self._tell()

    def _ipython_display_(self) -> None:
        show_live(self, proposal_targets(self.proposal, self.box.value))

    def follow(self, proposal: Proposal) -> None:
        """Show the pages for another plan's goal."""
        self.proposal = proposal
        self._pictures.clear()
        self._changed()

    def _changed(self, change: Any = None) -> None:
        domains = self.box.value
        self._pictures.show(domains, lambda: proposal_targets(self.proposal, domains))
        self._tell()

    def _beside(self) -> Iterator[Next]:
        """The pages for a domain more and less."""
        for domains in (self.box.value + 1, self.box.value - 1):
            if self.box.min <= domains <= self.box.max:
                yield domains, partial(proposal_targets, self.proposal, domains)

    def _tell(self) -> None:
        self.table.value = panel_table_html(targets_view(self.proposal, self.box.value))


def targets_panel(source: Planned, domains: int = DOMAINS) -> TargetsPanel | None:
    """The panel of pages to build backlinks to; chart and table alone in an unattended run."""
    if isinstance(source, PlanPanel):
        return TargetsPanel(source, domains)
    show(proposal_targets(source.proposal, domains))
    view = targets_view(source.proposal, domains)
    if len(view):
        show(view)
    return None


def export_planned(proposal: Proposal, client: Client, domains: float = DOMAINS) -> tuple[Path, ...]:
    """Write plan, targets and their charts into the client's exports; the files."""
    charts = plan_charts(proposal, domains=domains)
    return tuple(
        deck.export_plan(proposal, client.exports, domains=domains, charts=charts, **spoken_for(client))
    )


def keep_plan(proposal: Proposal, client: Client, *, is_accepted: bool = True) -> str:
    """Keep a plan in the client's folder, so that later crawls can be held against it; what was kept, in a line.

    Raises
    ------
    LinkkitError
        If there is no plan in the proposal, or no crawl that it rests on.
    """
    file = client.save_plan(proposal, is_accepted=is_accepted)
    what = "Accepted" if is_accepted else "Kept as this run's proposal"
    return f"{what}: {len(proposal.links):,} links in {file.relative_to(client.folder)}. Notebook 12_compare says later which were made."


class PlanExport(ExportButton):
    """A button that writes the plan that is shown into the client's exports, and one that keeps it for later crawls."""

    def __init__(self, source: PlanPanel, client: Client, domains: Callable[[], float]) -> None:
        self.accept = ipywidgets.Button(
            description="Accept this plan", icon="check",
            tooltip="Keeps the plan in the client's folder: later crawls are held against it in notebook 12_compare",
            layout=ipywidgets.Layout(width="160px"),
        )  # fmt: skip
        self._source = source
        super().__init__(
            lambda: export_planned(source.proposal, client, domains()),
            client,
            "Keeps the ticked slides for the client's deck; writes plan and backlink targets as CSV and XLSX, and charts, into its exports folder",
            beside=[self.accept],
            slides=SlidePicker(source.proposal.audit, client, ["plan"]),
        )
        self.accept.on_click(guarded(self._accept, self.errors))

    def _accept(self, button: Any = None) -> None:
        self.told.value = ""
        self.told.value = note_html(keep_plan(self._source.proposal, self._client))


def plan_export_panel(
    source: Planned, client: Client, *, targets: TargetsPanel | None = None, domains: float = DOMAINS
) -> PlanExport | None:
    """The button; an unattended run writes the files at once and says what they are.

    Parameters
    ----------
    targets : TargetsPanel, optional
        Whose number of domains counts; `domains` without it.
    """
    if isinstance(source, PlanPanel):
        return PlanExport(source, client, lambda: targets.box.value if targets else domains)
    told = export_words(export_planned(source.proposal, client, domains), client)
    if source.proposal.plan is not None and client.crawl_names:
        told += f" {keep_plan(source.proposal, client, is_accepted=False)}"
    display(HTML(note_html(told)))
    return None


def _number(title: str, value: int, low: int, high: int) -> ipywidgets.BoundedIntText:
    return ipywidgets.BoundedIntText(
        value=value, min=low, max=high, description=title, tooltip=title, continuous_update=False,
        layout=ipywidgets.Layout(width="290px"), style={"description_width": "190px"},
    )  # fmt: skip


def _tick(title: str, value: bool) -> ipywidgets.Checkbox:
    return ipywidgets.Checkbox(value=value, description=title, indent=False, layout=ipywidgets.Layout(width="auto", margin="0 0 0 194px"))  # fmt: skip


def _chosen(text: str) -> str | tuple[str, ...] | None:
    """What was typed: one name, several behind commas, or nothing."""
    parts: Sequence[str] = [part.strip() for part in text.split(",") if part.strip()]
    return None if not parts else parts[0] if len(parts) == 1 else tuple(parts)
