"""Panel: the site as a graph from several sides; a click on a page shows the page."""

from collections.abc import Callable
from typing import Any

import ipywidgets
from IPython.display import HTML, display

from linkkit.audit import Audit
from linkkit.network import (
    Picture,
    cluster_map,
    depth_rings,
    ego_network,
    orphan_map,
    section_tree,
)
from linkkit.widgets.display import (
    is_headless,
    panel_table_html,
    picture_chart,
    picture_table,
    show,
    show_live,
)
from linkkit.widgets.errors import ErrorBox, Panel, guarded
from linkkit.widgets.explorer import PageBox, find_pages, notable_pages, page_html, page_words
from linkkit.widgets.folding import Folds
from linkkit.widgets.later import Later
from linkkit.widgets.layout import heading_html, note_html
from linkkit.widgets.picture_view import PictureView
from linkkit.widgets.tuning import StillTuning, Tuned, TuningPanel, audit_of

EGO, RINGS, SECTIONS, CLUSTERS, LOST = "ego", "rings", "sections", "clusters", "lost"
VIEWS = {
    RINGS: "Rings of clicks around the start page",
    SECTIONS: "Sections and their hubs",
    EGO: "One page and its links",
    CLUSTERS: "Topic clusters",
    LOST: "Orphans and islands",
}
"""Name of a view -> what it is called where one is chosen."""
_ROWS = 50
_PAUSE = 0.3
"""Seconds that a slider stands before the picture follows it."""


def graph_view(audit: Audit, view: str = RINGS, *, url: str | None = None) -> Picture:
    """One of the views as a picture; its caption says how much of the site is in it.

    Parameters
    ----------
    audit : Audit
    view : str
        A key of `VIEWS`.
    url : str, optional
        The page of the view ``ego``; the start page without it.

    Raises
    ------
    KeyError
        If there is no such view.
    SiteError
        If the site has no such page.
    """
    draw: dict[str, Callable[[], Picture]] = {
        RINGS: lambda: depth_rings(audit),
        SECTIONS: lambda: section_tree(audit),
        EGO: lambda: ego_network(audit, url or audit.site.start_url),
        CLUSTERS: lambda: cluster_map(audit),
        LOST: lambda: orphan_map(audit),
    }
    return draw[view]()


class GraphExplorer(Panel):
    """Choose a view; click a page in it, or type one, and what is known of the page stands below.

    Parameters
    ----------
    source : Audit or TuningPanel
        A panel's audit is followed when it changes.
    chapter : str, optional
        Pages with findings in it are offered first.
    view : str
        The view to begin with, of `VIEWS`.
    """

    def __init__(self, source: Audit | TuningPanel, chapter: str | None = None, *, view: str = RINGS) -> None:
        self._audit = audit_of(source)
        self._chapter = chapter
        self.view = ipywidgets.Dropdown(
            description="View", options=[(words, name) for name, words in VIEWS.items()], value=view,
            layout=ipywidgets.Layout(width="400px"), style={"description_width": "50px"},
        )  # fmt: skip
        self.page = PageBox(
            self._offered(),
            placeholder="click one in the picture, or type a part of its address",
            width="640px",
        )
        self.around = ipywidgets.Button(
            description="Show its links", tooltip="Draw this page with the pages that link to it and those it links to",
            disabled=True, layout=ipywidgets.Layout(width="auto"),
        )  # fmt: skip
        self.title, self.caption, self.table, self.about = (ipywidgets.HTML() for _ in range(4))
        self.errors = ErrorBox()
        # A message from the browser, not a trait: the same page may be clicked twice.
        self.picture = PictureView(guarded(self.choose, self.errors))
        alternative = Folds([self.table], titles=["The same as a table"])
        self.view.observe(guarded(self.refresh, self.errors), "value")
        self.page.observe(guarded(self._typed, self.errors), "value")
        self.around.on_click(guarded(self._on_around, self.errors))
        super().__init__(
            [
                self.view, self.title, self.picture, self.caption, alternative,
                ipywidgets.HBox([self.page, self.around]), self.errors, self.about,
            ]
        )  # fmt: skip
        # A picture takes a browser longer than a chart: it is drawn once the slider stands.
        self._following = Later(guarded(self._follow, self.errors), _PAUSE)
        self._redrawing = Later(guarded(self.refresh, self.errors), _PAUSE)
        self.refresh()
        if isinstance(source, TuningPanel):
            source.on_change(guarded(self.follow, self.errors))

    def _ipython_display_(self) -> None:
        show_live(self, picture_chart(self._drawn))

    @property
    def url(self) -> str | None:
        """The page that is chosen; None without one."""
        return self.page.asked or None

    def choose(self, url: str) -> None:
        """Show what is known of a page, and draw it where the view is of one page."""
        if self.page.value == url:
            self._about(url)
        self.page.value = url

    def follow(self, audit: Audit) -> None:
        """Show the same view of another audit of the same site."""
        # Only the rings have a line that a threshold draws: where nothing else moved, the other pictures stay.
        stays = audit.facts is self._audit.facts and self.view.value != RINGS
        self._audit = audit
        self._following.ask(at_once=True)
        if not stays:
            self._redrawing.ask(at_once=True)

    def _follow(self) -> None:
        self.page.options = self._offered()
        self._typed()

    def refresh(self, change: Any = None) -> None:
        """Draw the chosen view."""
        known = find_pages(self._audit, self.url) if self.url else []
        self._drawn = graph_view(self._audit, self.view.value, url=known[0] if len(known) == 1 else None)
        self.picture.draw(self._drawn)
        self.title.value = heading_html(self._drawn.title)
        self.caption.value = note_html(self._drawn.caption)
        rows = picture_table(self._drawn)
        more = note_html(f"The first {_ROWS} of {len(rows):,}.") if len(rows) > _ROWS else ""
        self.table.value = panel_table_html(rows.head(_ROWS)) + more

    def _typed(self, change: Any = None) -> None:
        self.around.disabled = True
        url, why = self.page.meant(self._audit)
        if url is not None:
            self._about(url)
        elif why or not self.url:
            self.about.value = note_html(why) if why else ""

    def _about(self, url: str) -> None:
        self.around.disabled = False
        self.about.value = page_html(self._audit, url)
        if self.view.value == EGO:
            self.refresh()

    def _on_around(self, button: Any = None) -> None:
        if self.view.value == EGO:
            self.refresh()
        self.view.value = EGO

    def _offered(self) -> list[str]:
        return notable_pages(self._audit, self._chapter)


def graph_explorer(source: Tuned, chapter: str | None = None, *, view: str = RINGS) -> GraphExplorer | None:
    """The panel; in an unattended run its first view, and the page that is offered first."""
    if not is_headless() and not isinstance(source, StillTuning):
        return GraphExplorer(source, chapter, view=view)
    audit = audit_of(source)
    page = next(iter(notable_pages(audit, chapter, top=1)), audit.site.start_url)
    show(graph_view(audit, view, url=page))
    display(HTML(note_html(page_words(audit, page))))
    return None
