"""Thresholds as sliders whose result follows: checks run again, nothing is computed anew."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import altair as alt
import ipywidgets

from linkkit.audit import Audit
from linkkit.charts import (
    answer,
    authority_charts,
    depth_chart,
    depth_table,
    findings_chart,
    findings_table,
    linking_pages_chart,
    linking_pages_table,
    single_links_chart,
    single_links_table,
    source_note,
    top_anchors_chart,
    top_anchors_table,
)
from linkkit.charts.chapters import anchor_verdicts, entrance_chances
from linkkit.charts.words import quantity
from linkkit.checks import CHECKS
from linkkit.checks.registry import CHAPTERS
from linkkit.client import Client
from linkkit.presets import usual
from linkkit.thresholds import Thresholds, knobs
from linkkit.widgets.display import is_headless, setup, show, show_live
from linkkit.widgets.errors import guarded
from linkkit.widgets.folding import Folds
from linkkit.widgets.later import Later
from linkkit.widgets.layout import answer_html, heading_html, note_html
from linkkit.widgets.live_chart import LiveChart, Next, Pictures
from linkkit.widgets.tuning import (
    LIVE_PAGES,
    KnobRow,
    StillTuning,
    Tuned,
    TuningPanel,
    audit_of,
    chapter_of,
    keep_button,
)

_PAUSE = 0.15
"""Seconds without a move of the panel that it follows after which a panel follows."""


def chapter_thresholds(chapter: str | None = None) -> tuple[str, ...]:
    """Names of the thresholds that the checks of a chapter read, in the order of `Thresholds`; all without one."""
    read = {
        name for check in CHECKS.values() if chapter in {None, check.chapter} for name in check.thresholds
    }
    return tuple(name for name in knobs() if name in read)


def section_words(audit: Audit, chapter: str | None = None) -> list[str]:
    """Sections whose values of a chapter's thresholds are their own, a sentence each, and those in which no page lies."""
    names = set(chapter_thresholds(chapter))
    values: dict[str, list[str]] = {}
    for prefix, name, value, _ in audit.thresholds.section_values():
        if name in names:
            values.setdefault(prefix, []).append(
                f"{name.replace('_', ' ')} {quantity(value, knobs()[name].unit)}"
            )
    own = [
        f"{prefix} has its own values, whatever the sliders say: {', '.join(each)}."
        for prefix, each in values.items()
    ]
    if own:
        own.append(
            "Values of sections stand in client.toml, under [sections]. Lines in charts show the whole site's."
        )
    return [*own, *(f"{words[0].upper()}{words[1:]}." for words in audit.warnings)]


def retuned(audit: Audit, thresholds: Thresholds) -> Audit:
    """The audit under other thresholds: only the checks that read one that moved run again."""
    return audit.with_thresholds(thresholds)


@dataclass(frozen=True)
class ChapterChart:
    """Draws a chapter's chart under the thresholds of an audit; what does not depend on them was counted before.

    Attributes
    ----------
    draw : callable
    reads : tuple of str or None
        The thresholds that change it, by its lines or by the findings it marks: while others move it stays. None where it shows
        every finding.
    needs_checks : bool
        Whether it marks findings; else it can be drawn before any check has run.
    """

    draw: Callable[[Audit], alt.Chart]
    reads: tuple[str, ...] | None = None
    needs_checks: bool = False

    def __call__(self, audit: Audit) -> alt.Chart:
        """The chart."""
        return self.draw(audit)


def chapter_chart(audit: Audit, chapter: str | None = None) -> ChapterChart:
    """What draws the chapter's chart under thresholds; what does not depend on them is counted only once."""
    source = source_note(audit)
    if chapter == "discovery":
        links = linking_pages_table(audit)
        return ChapterChart(
            lambda a: linking_pages_chart(links, weak=a.thresholds.weak_linking_pages, source=source),
            ("weak_linking_pages",),
        )
    if chapter == "depth":
        depths = depth_table(audit)
        return ChapterChart(
            lambda a: depth_chart(depths, max_depth=a.thresholds.max_crawl_depth, source=source),
            ("max_crawl_depth",),
        )
    if chapter == "architecture":
        alone = single_links_table(audit)
        return ChapterChart(
            lambda a: single_links_chart(alone, least=a.thresholds.min_hanging_pages, source=source),
            ("min_hanging_pages",),
        )
    if chapter == "anchors" and audit.facts.anchors is None:
        texts = top_anchors_table(audit)
        return ChapterChart(
            lambda a: top_anchors_chart(
                texts, ambiguous=a.thresholds.ambiguous_anchor_targets, source=source
            ),
            ("ambiguous_anchor_targets",),
        )
    if chapter in _OWN_CHARTS:
        return _OWN_CHARTS[chapter]
    checks = audit.checks if chapter is None else audit.checks[audit.checks["chapter"] == chapter]
    return ChapterChart(lambda a: findings_chart(findings_table(a, chapter), checks=checks, source=source))


_OWN_CHARTS: dict[str | None, ChapterChart] = {
    "anchors": ChapterChart(anchor_verdicts, ("weak_anchor_caught",)),
    "authority": ChapterChart(
        authority_charts()["link_balance"][1],
        ("over_linked_ratio", "over_linked_min_share", "over_linked_min_drain", "under_linked_ratio"),
        needs_checks=True,
    ),
    "navigation": ChapterChart(entrance_chances, ("max_journey_clicks", "min_money_chance", "min_entrances")),
}


class ThresholdPanel(TuningPanel):
    """Sliders of a chapter's thresholds; answer and chart follow them.

    Parameters
    ----------
    source : Audit or TuningPanel
        A panel's audit (under another link model, say) is followed when it changes.
    chapter : str, optional
        Of the panel without it; all chapters of an audit.
    client : Client, optional
        Whose ``client.toml`` the values can be kept in; without it there is no button for that.

    Attributes
    ----------
    audit : Audit
        Under the thresholds that the sliders show.
    knobs : dict of name to KnobRow
    """

    def __init__(
        self, source: Audit | TuningPanel, chapter: str | None = None, *, client: Client | None = None
    ) -> None:
        setup()
        audit, chapter = audit_of(source), chapter_of(source, chapter)
        super().__init__(audit, chapter)
        self._client = client
        self._draw = chapter_chart(audit, chapter)
        self._drawn: tuple[float, ...] | None = self._read(audit.thresholds)
        self.answer = ipywidgets.HTML(answer_html(answer(audit, chapter)))
        self.chart = LiveChart(self._draw(audit))
        self._pictures = Pictures(self.chart, self._beside, self.errors)
        self._moved = ""
        live = len(audit.site.pages) <= LIVE_PAGES
        changed = guarded(self._changed, self.errors)
        began = usual(audit.thresholds)
        self.knobs = {
            name: KnobRow(
                name, knobs()[name], getattr(audit.thresholds, name), getattr(Thresholds(), name), changed, live=live,
                preset=(audit.thresholds.preset, getattr(began, name)) if audit.thresholds.preset else None,
            )
            for name in chapter_thresholds(chapter)
        }  # fmt: skip
        self.keep = keep_button("these thresholds", shown=client is not None)
        self.kept = ipywidgets.HTML()
        self.keep.on_click(guarded(self._keep, self.errors))
        buttons = ipywidgets.HBox([self.keep, self.kept])
        sliders = self._by_chapter() if chapter is None else ipywidgets.VBox(list(self.knobs.values()))
        own = [ipywidgets.HTML(note_html(words)) for words in section_words(audit, chapter)]
        self.children = (sliders, *own, self.errors, self.answer, self.chart, buttons)
        if live:
            self._pictures.look_ahead()
        if isinstance(source, TuningPanel):
            # Its own picture comes first.
            following = Later(guarded(lambda: self.follow(source.audit), self.errors), _PAUSE)
            source.on_change(lambda _: following.ask(at_once=True))

    def _ipython_display_(self) -> None:
        show_live(self, self._draw(self.audit))

    @property
    def thresholds(self) -> Thresholds:
        """What the sliders show; thresholds of other chapters as in the audit."""
        return self.audit.thresholds

    def follow(self, audit: Audit) -> None:
        """Take over another audit of the same site, under the thresholds that the sliders show."""
        self._draw = chapter_chart(audit, self.chapter)
        self._drawn = None
        self._pictures.clear()
        self._changed_to(audit.with_thresholds(self.thresholds))

    def _by_chapter(self) -> Folds:
        groups = {title: chapter_thresholds(name) for name, title in CHAPTERS.items()}
        filled = {title: [self.knobs[name] for name in names] for title, names in groups.items() if names}
        return Folds([ipywidgets.VBox(rows) for rows in filled.values()], titles=list(filled))

    def _changed(self) -> None:
        values = {name: row.value for name, row in self.knobs.items()}
        thresholds = self.audit.thresholds.replace(**values)
        if thresholds == self.audit.thresholds:
            return
        self._moved = next(name for name in values if values[name] != getattr(self.audit.thresholds, name))
        self.kept.value = ""
        is_drawn = self._read(thresholds) in self._pictures.known
        if self._draw.reads is not None and (is_drawn or not self._draw.needs_checks):
            # The picture first, where it needs the thresholds only or was drawn ahead: it stands before the checks have run.
            self._show(self.audit.with_results(self.audit.results, thresholds))
        self._changed_to(retuned(self.audit, thresholds))

    def _redraw(self) -> None:
        if self._draw.reads is None or self._drawn != self._read(self.audit.thresholds):
            self._show(self.audit)
        self.answer.value = answer_html(answer(self.audit, self.chapter))

    def _show(self, audit: Audit) -> None:
        self._drawn = self._read(audit.thresholds)
        if self._draw.reads is None:
            self.chart.draw(lambda: self._draw(audit))
            return
        self._pictures.show(self._read(audit.thresholds), lambda: self._draw(audit))

    def _read(self, thresholds: Thresholds) -> tuple[float, ...]:
        return tuple(getattr(thresholds, name) for name in self._draw.reads or ())

    def _beside(self) -> Iterator[Next]:
        """Pictures a step to either side, those of the slider that moved last first."""
        for name in sorted(self._draw.reads or (), key=lambda name: name != self._moved):
            row = self.knobs[name]
            for value in row.beside():
                thresholds = self.audit.thresholds.replace(**{name: value})
                yield self._read(thresholds), partial(self._drawn_under, thresholds)

    def _drawn_under(self, thresholds: Thresholds) -> alt.Chart:
        audit = self.audit
        return self._draw(
            retuned(audit, thresholds)
            if self._draw.needs_checks
            else audit.with_results(audit.results, thresholds)
        )

    def _keep(self, button: Any = None) -> None:
        if self._client is None:
            return
        # Another chapter's panel may have kept its own values since this one was opened.
        stored = type(self._client).open(self._client.folder.name, clients=self._client.folder.parent)
        own = {name: row.value for name, row in self.knobs.items()}
        self._client = stored.save_thresholds(stored.settings.thresholds.replace(**own))
        self.kept.value = note_html("Kept in client.toml.")


def threshold_panel(
    source: Tuned, chapter: str | None = None, *, client: Client | None = None
) -> "ThresholdPanel | StillPanel":
    """The panel of a chapter's thresholds; in an unattended run the same numbers without sliders."""
    if is_headless() or isinstance(source, StillTuning):
        return StillPanel(audit_of(source), chapter_of(source, chapter))
    return ThresholdPanel(source, chapter, client=client)


class StillPanel(StillTuning):
    """What a threshold panel shows before anybody moves a slider: thresholds, answer and chart, as plain output."""

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
        lines += [note_html(words) for words in section_words(self.audit, self.chapter)]
        display(HTML(heading_html("Thresholds of this run") + "".join(lines)))
        show(chapter_chart(self.audit, self.chapter)(self.audit))
