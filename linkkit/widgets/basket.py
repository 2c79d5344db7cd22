"""What a notebook has for the client's deck: its chapter's slides, to tick and to comment on."""

from collections.abc import Iterable, Mapping
from typing import Any

import ipywidgets

from linkkit.audit import Audit
from linkkit.charts.words import count
from linkkit.client import Client
from linkkit.deck import Basket
from linkkit.deck.basket import ALWAYS
from linkkit.deck.brand import Brand
from linkkit.deck.story import Slide, build_story, chapter_slides
from linkkit.deck.story.build import CHAPTERS, over_time
from linkkit.widgets.errors import ErrorBox, Panel, guarded
from linkkit.widgets.layout import heading_html, note_html
from linkkit.widgets.tuning import TuningPanel, audit_of

FIRST = ("cover", "summary")
"""What the whole audit has to tell, before any chapter."""
HISTORY = "history"
"""What the audits so far have to tell; needs two of them."""
_LIGHT = (*CHAPTERS, HISTORY)
"""Told without planning links."""
AT_ONCE = 5_000
"""Pages up to which a chapter is told as soon as its panel stands; telling it takes some tenths of a second, more above."""

_MOVED = " It is told under the limits in client.toml, which are not those that the sliders show: Keep for this client makes them so."


def slides_of(audit: Audit, client: Client, chapters: Iterable[str]) -> tuple[Slide, ...]:
    """What a story has in some chapters, in the language of the client's exports.

    A chapter alone is told in some tenths of a second; what rests on the plan (summary, readiness, plan) takes as long as it.
    """
    wanted, lang = tuple(chapters), brand_of(client).language
    if all(each in _LIGHT for each in wanted):
        return tuple(slide for each in wanted for slide in _light(audit, client, each, lang))
    story = build_story(audit, client=client.settings.name, language=lang)
    return tuple(slide for slide in story.slides if slide.chapter in wanted)


def _light(audit: Audit, client: Client, chapter: str, lang: str) -> tuple[Slide, ...]:
    if chapter != HISTORY:
        return chapter_slides(audit, chapter, lang)
    slide = over_time(audit, client.history(), lang)
    return () if slide is None else (slide,)


def brand_of(client: Client) -> Brand:
    """How the client's exports look, by ``[brand]`` of its ``client.toml``."""
    return Brand.of(client.settings.brand, client.folder)


def spoken_for(client: Client) -> dict[str, str]:
    """Whom exports are for: ``client`` (name) and ``language``, as every export takes them."""
    return {"client": client.settings.name, "language": brand_of(client).language}


def add_to_deck(
    client: Client,
    names: Iterable[str],
    comments: Mapping[str, str] | None = None,
    *,
    offered: Iterable[str] | None = None,
) -> Basket:
    """Put slides into the client's deck, by their names.

    Parameters
    ----------
    client : Client
    names : iterable of str
        Slides that the deck is to have.
    comments : mapping of str to str, optional
        What is said to a slide; an empty text takes the comment away.
    offered : iterable of str, optional
        Slides among which was chosen: those of them that are not in `names` leave the deck.

    Returns
    -------
    Basket
        As it is written to ``deck/basket.toml`` now.

    Raises
    ------
    SettingsError
        If that file has faults, or a comment is too long.
    """
    ticked = tuple(names)
    basket = Basket.load(client.folder).decided(ticked if offered is None else offered, ticked, comments)
    basket.save(client.folder)
    return basket


def basket_words(basket: Basket, slides: Iterable[Slide]) -> str:
    """What the deck has of some slides, in a sentence or two."""
    told = tuple(slides)
    if not told:
        return "This notebook has no slide for the client's deck yet."
    kept = [slide for slide in told if basket.has(slide)]
    said = sum(1 for slide in kept if slide.name in basket.comments)
    words = f"The client's deck has {len(kept)} of {count(len(told), 'slide')} of this notebook"
    words += f", {said} with a comment." if said else "."
    rest = sum(1 for name in basket.left_out if name not in {slide.name for slide in told})
    others = f" Of other notebooks {count(rest, 'slide is', 'slides are')} left out." if rest else ""
    return f"{words}{others} Notebook 11 shows the whole deck, and writes it."


class SlideRow(Panel):
    """A slide to tick, and a field for what is said to it."""

    def __init__(self, slide: Slide, basket: Basket) -> None:
        self.slide = slide
        self.tick = ipywidgets.Checkbox(
            value=basket.has(slide), description=slide.title, indent=False, disabled=slide.chapter == ALWAYS,
            tooltip=f"Slide {slide.name}", layout=ipywidgets.Layout(width="auto", max_width="62em"),
        )  # fmt: skip
        self.comment = ipywidgets.Text(
            value=basket.comments.get(slide.name, ""), description="Comment", placeholder="what you say to this slide",
            tooltip=f"Comment to: {slide.title}", layout=ipywidgets.Layout(width="46em", margin="0 0 6px 22px"),
            style={"description_width": "70px"},
        )  # fmt: skip
        super().__init__([self.tick, self.comment])


class SlidePicker(Panel):
    """The slides that some chapters have for the deck, each to tick and to comment on.

    Parameters
    ----------
    source : Audit or TuningPanel
        Titles are told under what its sliders show.
    client : Client
        Whose basket it is.
    chapters : iterable of str
        Of the story: chapters of the audit, ``cover``, ``summary``, ``readiness``, ``plan``, ``history``.

    Attributes
    ----------
    rows : tuple of SlideRow
        Empty while the slides were not asked for.
    """

    def __init__(self, source: Audit | TuningPanel, client: Client, chapters: Iterable[str]) -> None:
        self._source, self._client, self._chapters = source, client, tuple(chapters)
        self.rows: tuple[SlideRow, ...] = ()
        self.told, self.errors = ipywidgets.HTML(), ErrorBox()
        self.list = ipywidgets.VBox([])
        self.tell = ipywidgets.Button(
            description="Show the slides", icon="list", layout=ipywidgets.Layout(width="max-content"),
            tooltip="Shows what this notebook has for the client's deck, to tick and to comment on",
        )  # fmt: skip
        self.tell.on_click(guarded(self.show, self.errors))
        super().__init__(
            [
                ipywidgets.HTML(heading_html("Slides for the client's deck")),
                self.tell,
                self.list,
                self.errors,
                self.told,
            ]
        )
        if isinstance(source, TuningPanel):
            source.on_change(self._outdated)
        light = all(each in _LIGHT for each in self._chapters)
        if light and len(audit_of(source).site.pages) <= AT_ONCE:
            guarded(self.show, self.errors)()

    def show(self, button: Any = None) -> None:
        """Tell the slides as the sliders are now; ticks and comments that were not kept yet stay."""
        basket = Basket.load(self._client.folder)
        ticks = {row.slide.name: row.tick.value for row in self.rows}
        comments = {row.slide.name: row.comment.value for row in self.rows}
        slides = slides_of(audit_of(self._source), self._client, self._chapters)
        rows = tuple(SlideRow(slide, basket) for slide in slides)
        for row in rows:
            if row.slide.name in ticks:
                row.tick.value = ticks[row.slide.name] or row.tick.disabled
                row.comment.value = comments[row.slide.name]
        self.rows, self.list.children = rows, rows
        self.tell.description, self.tell.icon = "Tell the titles anew", "refresh"
        # There is nothing to tell anew before a slider moves.
        self.tell.layout.display = "none"
        self.told.value = note_html(basket_words(basket, slides))

    def keep(self) -> None:
        """Write ticks and comments into the basket; without slides that were shown there is nothing to decide."""
        if not self.rows:
            return
        # Another notebook may have changed the basket meanwhile: only what is offered here is decided here.
        names = [row.slide.name for row in self.rows]
        ticked = [row.slide.name for row in self.rows if row.tick.value]
        comments = {row.slide.name: row.comment.value for row in self.rows}
        basket = add_to_deck(self._client, ticked, comments, offered=names)
        kept = Client.open(self._client.folder.name, clients=self._client.folder.parent).settings
        moved = audit_of(self._source).thresholds != kept.thresholds
        self.told.value = note_html(
            basket_words(basket, [row.slide for row in self.rows]) + (_MOVED if moved else "")
        )

    def _outdated(self, audit: Audit) -> None:
        if self.rows:
            self.tell.layout.display = None
