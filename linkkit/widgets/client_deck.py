"""Panels of the client's deck: what is in it, in which order and with which words, how it looks, and writing it."""

import html
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import ipywidgets
import pandas as pd
from IPython.display import HTML, display

from linkkit import deck
from linkkit.audit import Audit
from linkkit.charts.words import count
from linkkit.client import Client
from linkkit.deck import FORMATS, Basket, Work, languages
from linkkit.deck.basket import ALWAYS
from linkkit.deck.language import language as language_of
from linkkit.deck.story import Slide, Story, build_story
from linkkit.widgets.basket import brand_of
from linkkit.widgets.deck_preview import brand_html, chart_img, drawn, language_name, slide_html
from linkkit.widgets.display import is_headless, setup, show
from linkkit.widgets.errors import ErrorBox, Panel, guarded
from linkkit.widgets.layout import note_html


@dataclass(frozen=True, eq=False)
class DeckDraft:
    """What a client's deck is made of: the audit, what is to be done, and the language it is told in.

    Attributes
    ----------
    audit : Audit
    client : Client
    language : str
        Code of the language of exports.
    work : Work
        Link plan and order of work, by the client's hours and weights.
    """

    audit: Audit
    client: Client
    language: str
    work: Work

    @classmethod
    def of(cls, audit: Audit, client: Client, language: str = "") -> "DeckDraft":
        """The draft in a language, or in that of ``client.toml``; plans links and ranks work, which takes its time.

        Raises
        ------
        SettingsError
            If ``[brand]`` has a fault, or exports cannot be written in the language.
        """
        chosen = language_of(language or brand_of(client).language).code
        settings = client.settings
        work = Work.of(
            audit, hours_per_week=settings.hours_per_week, weights=settings.impact, effort=settings.effort
        )
        return cls(audit, client, chosen, work)

    @cached_property
    def story(self) -> Story:
        """The whole story, before the basket."""
        return build_story(
            self.audit,
            client=self.client.settings.name,
            brand=brand_of(self.client),
            language=self.language,
            history=self.client.history(),
            wins=self.work.wins,
        )

    def in_language(self, language: str) -> "DeckDraft":
        """The same in another language; nothing is planned again."""
        return replace(self, language=language_of(language).code)

    def write(
        self,
        formats: Collection[str] = FORMATS,
        *,
        folder: Path | None = None,
        step: Callable[[str], None] = lambda words: None,
    ) -> tuple[Path, ...]:
        """Write the deck with the slides of the client's basket, into the client's ``deck`` folder without another.

        Returns
        -------
        tuple of Path
            Every file written.

        Raises
        ------
        SettingsError
            If a format is unknown, or brand or basket have faults.
        ExportError
            If a file cannot be written; what was there before stays.
        """
        return tuple(
            deck.export(
                self.audit,
                folder or self.client.deck,
                brand=brand_of(self.client),
                language=self.language,
                client=self.client.settings.name,
                work=self.work,
                basket=Basket.load(self.client.folder),
                history=self.client.history(),
                formats=formats,
                step=step,
            )
        )


def deck_outline(story: Story, basket: Basket | None = None) -> pd.DataFrame:
    """The deck as text.

    Returns
    -------
    DataFrame
        One row per slide of the deck, in its order: ``No.``, ``Slide`` (name), ``Title``, ``Shows`` (chart, table, words), ``Comment``.
    """
    told = (basket or Basket()).arrange(story)
    rows = [
        (number, slide.name, slide.title, _shows(slide), slide.comment)
        for number, slide in enumerate(told.slides, start=1)
    ]
    return pd.DataFrame(rows, columns=["No.", "Slide", "Title", "Shows", "Comment"])


class DeckPanel(Panel):
    """The deck's slides as a list: which are in it, their order, what is said to each, and how each will read.

    Every change is written into the client's ``deck/basket.toml`` at once.

    Parameters
    ----------
    draft : DeckDraft

    Attributes
    ----------
    draft : DeckDraft
        In the language that is chosen.
    basket : Basket
        As it stands in the file.
    """

    def __init__(self, draft: DeckDraft) -> None:
        setup()
        self.draft, self.basket = draft, Basket.load(draft.client.folder)
        self._quiet = False
        self.errors, self.told, self.preview = ErrorBox(), ipywidgets.HTML(), ipywidgets.HTML()
        self.language = ipywidgets.Dropdown(
            description="Language", value=draft.language, tooltip="Language of the deck",
            options=[(language_name(code), code) for code in languages()],
            layout=ipywidgets.Layout(width="260px"), style={"description_width": "70px"},
        )  # fmt: skip
        self.keep = ipywidgets.Button(
            description="Keep for this client", icon="save", layout=ipywidgets.Layout(width="auto"),
            tooltip="Write the language into client.toml; runs without Jupyter then use it",
        )  # fmt: skip
        self.slides = ipywidgets.Select(
            description="Slides", rows=20, tooltip="Slides of the deck, in their order",
            layout=ipywidgets.Layout(width="480px"), style={"description_width": "50px"},
        )  # fmt: skip
        self.tick = ipywidgets.Checkbox(
            description="In the deck", indent=False, layout=ipywidgets.Layout(width="120px")
        )
        self.up = _button("Up", "arrow-up", "This slide one place towards the beginning")
        self.down = _button("Down", "arrow-down", "This slide one place towards the end")
        self.standard = _button("Whole story again", "undo", "Every slide in its usual place; comments stay")
        self.comment = ipywidgets.Textarea(
            description="Comment", placeholder="what you say to this slide", continuous_update=False, rows=2,
            layout=ipywidgets.Layout(width="97%"), style={"description_width": "70px"},
        )  # fmt: skip
        self._wire()
        left = ipywidgets.VBox([self.slides, self.standard], layout=ipywidgets.Layout(flex="0 0 auto"))
        buttons = ipywidgets.HBox(
            [self.tick, self.up, self.down], layout=ipywidgets.Layout(flex_flow="row wrap")
        )
        right = ipywidgets.VBox(
            [buttons, self.comment, self.preview],
            layout=ipywidgets.Layout(flex="1 1 420px", min_width="420px"),
        )
        body = ipywidgets.HBox([left, right], layout=ipywidgets.Layout(flex_flow="row wrap"))
        super().__init__([ipywidgets.HBox([self.language, self.keep]), self.told, self.errors, body])
        self._redraw(self._ordered()[0].name)

    @property
    def story(self) -> Story:
        """The deck as it will be written: the slides that are in it, in their order, with comments."""
        return self.basket.arrange(self.draft.story)

    def _wire(self) -> None:
        self.language.observe(guarded(self._on_language, self.errors), "value")
        self.keep.on_click(guarded(self._on_keep, self.errors))
        self.slides.observe(guarded(self._on_slide, self.errors), "value")
        self.tick.observe(guarded(self._on_tick, self.errors), "value")
        self.comment.observe(guarded(self._on_comment, self.errors), "value")
        self.up.on_click(guarded(lambda _: self._move(-1), self.errors))
        self.down.on_click(guarded(lambda _: self._move(1), self.errors))
        self.standard.on_click(guarded(self._on_standard, self.errors))

    def _ordered(self) -> tuple[Slide, ...]:
        return self.basket.ordered(self.draft.story)

    def _chosen(self) -> Slide:
        return next(slide for slide in self._ordered() if slide.name == self.slides.value)

    def _changed(self, change: Callable[[Basket], Basket]) -> None:
        """Change what the file holds now: another notebook may have added to it."""
        name = str(self.slides.value)
        try:
            changed = change(Basket.load(self.draft.client.folder))
            changed.save(self.draft.client.folder)
            self.basket = changed
        finally:
            # Where it failed the controls go back to what the file holds.
            self._redraw(name)

    def _on_slide(self, change: Any = None) -> None:
        if not self._quiet:
            self._show_slide()

    def _on_tick(self, change: Any = None) -> None:
        if self._quiet:
            return
        name, kept = str(self.slides.value), bool(self.tick.value)
        self._changed(lambda basket: basket.with_slide(name) if kept else basket.without(name))

    def _on_comment(self, change: Any = None) -> None:
        if self._quiet:
            return
        slide, said = self._chosen(), str(self.comment.value)
        self._changed(
            lambda basket: basket.decided(
                [slide.name], [slide.name] if basket.has(slide) else [], {slide.name: said}
            )
        )

    def _move(self, step: int) -> None:
        name = str(self.slides.value)
        self._changed(
            lambda basket: basket.moved(name, step, [each.name for each in basket.ordered(self.draft.story)])
        )

    def _on_standard(self, button: Any = None) -> None:
        self._changed(lambda basket: Basket(comments=basket.comments))

    def _on_language(self, change: Any = None) -> None:
        self.told.value = note_html("Telling it in another language …")
        self.draft = self.draft.in_language(self.language.value)
        self._redraw(str(self.slides.value))

    def _on_keep(self, button: Any = None) -> None:
        client = self.draft.client
        stored = Client.open(client.folder.name, clients=client.folder.parent)
        self.draft = replace(self.draft, client=stored.save_language(self.language.value))
        self.told.value = note_html("Kept in client.toml.")

    def _redraw(self, name: str) -> None:
        """List, controls and preview as the basket is now, with a slide chosen."""
        ordered = self._ordered()
        options, number = [], 0
        for slide in ordered:
            kept = self.basket.has(slide)
            number += kept
            options.append(
                (f"{number:>2}  {slide.title}" if kept else f"–   {slide.title} (left out)", slide.name)
            )
        names = [slide.name for slide in ordered]
        self._quiet = True
        try:
            self.slides.options = options
            self.slides.value = name if name in names else names[0]
        finally:
            self._quiet = False
        self.told.value = note_html(self._words(ordered))
        self._show_slide()

    def _show_slide(self) -> None:
        slide = self._chosen()
        place = [each.name for each in self._ordered()].index(slide.name)
        self._quiet = True
        try:
            self.tick.value = self.basket.has(slide)
            self.comment.value = self.basket.comments.get(slide.name, "")
        finally:
            self._quiet = False
        self.tick.disabled = slide.chapter == ALWAYS
        self.tick.tooltip = (
            "Scope and limits of the data are in every deck"
            if slide.chapter == ALWAYS
            else "Whether the deck has this slide"
        )
        self.up.disabled, self.down.disabled = place == 0, place == len(self.slides.options) - 1
        self.preview.value = slide_html(slide, self.draft.story)

    def _words(self, ordered: tuple[Slide, ...]) -> str:
        kept = sum(1 for slide in ordered if self.basket.has(slide))
        said = sum(1 for slide in ordered if slide.comment and self.basket.has(slide))
        words = f"The deck has {count(kept, 'slide')}"
        words += f"; {len(ordered) - kept} left out" if kept < len(ordered) else ""
        words += f"; {count(said, 'comment')}" if said else ""
        words += ". Changes are kept in deck/basket.toml at once."
        if lost := self.basket.unknown(self.draft.story):
            words += f" The basket also names {', '.join(lost)}, which this audit does not tell: kept for the day when one does."
        return words


class StillDeck:
    """What the panel says before anybody changes anything: how many slides, what is left out, the comments."""

    def __init__(self, draft: DeckDraft) -> None:
        self.draft, self.basket = draft, Basket.load(draft.client.folder)

    @property
    def story(self) -> Story:
        """The deck as it will be written."""
        return self.basket.arrange(self.draft.story)

    def _ipython_display_(self) -> None:
        told = self.story.slides
        left = [slide.title for slide in self.draft.story.slides if not self.basket.has(slide)]
        lines = [f"The deck has {count(len(told), 'slide')}, in {language_name(self.draft.language)}."]
        lines += [f"Left out: {title}" for title in left]
        lines += [f"{slide.title}: {slide.comment}" for slide in told if slide.comment]
        display(HTML("".join(note_html(line) for line in lines)))


Drafted = DeckPanel | StillDeck
"""Where the deck's content comes from."""


def deck_panel(audit: Audit, client: Client, language: str = "") -> Drafted:
    """The panel of the deck's content; in an unattended run what it says of the deck, whose titles `show_outline` lists.

    Parameters
    ----------
    audit : Audit
    client : Client
    language : str
        Code of the language of exports; that of ``client.toml`` without it.
    """
    draft = DeckDraft.of(audit, client, language)
    return StillDeck(draft) if is_headless() else DeckPanel(draft)


def show_brand(client: Client) -> None:
    """Show how the client's exports look, and how to change it."""
    display(HTML(brand_html(client)))


def show_outline(source: Drafted) -> None:
    """Show the deck as a list of titles."""
    outline = deck_outline(source.draft.story, source.basket)
    show(outline, top=len(outline))


def show_deck_charts(source: Drafted, *, top: int = 4) -> None:
    """Show the charts of the deck's first slides that have one, as report and pictures draw them."""
    story = source.story
    shown = [slide for slide in story.slides if slide.chart is not None]
    if is_headless():
        for slide in shown[:top]:
            show(drawn(slide, story, 760, is_titled=True))
    else:
        pictures = "".join(
            f"<figure style='margin:0;flex:1 1 420px;max-width:560px'><figcaption style='font-weight:600'>{html.escape(slide.title)}"
            f"</figcaption>{chart_img(slide, story)}</figure>"
            for slide in shown[:top]
        )
        display(HTML(f"<div style='display:flex;flex-wrap:wrap;gap:24px'>{pictures}</div>"))
    if len(shown) > top:
        display(HTML(note_html(f"{top} of {count(len(shown), 'chart')} of the deck.")))


def _button(words: str, icon: str, tooltip: str) -> ipywidgets.Button:
    return ipywidgets.Button(
        description=words, icon=icon, tooltip=tooltip, layout=ipywidgets.Layout(width="auto")
    )


def _shows(slide: Slide) -> str:
    shown = [name for name, part in (("chart", slide.chart), ("table", slide.table)) if part is not None]
    return " and ".join(shown) or "words"
