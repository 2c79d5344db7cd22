"""Panel: put a chapter's findings and charts into the client's exports."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import ipywidgets
from IPython.display import HTML, display

from linkkit import deck
from linkkit.audit import Audit
from linkkit.charts import chapter_charts
from linkkit.charts.words import count
from linkkit.client import Client
from linkkit.widgets.basket import FIRST, SlidePicker, spoken_for
from linkkit.widgets.display import is_headless
from linkkit.widgets.errors import ErrorBox, Panel, guarded
from linkkit.widgets.layout import note_html
from linkkit.widgets.tuning import StillTuning, Tuned, TuningPanel, audit_of


def export_chapter(audit: Audit, client: Client, chapter: str | None = None) -> tuple[Path, ...]:
    """Write a chapter's findings and charts below the client's ``exports``; everything without a chapter.

    Returns
    -------
    tuple of Path
        The files written.
    """
    charts = chapter_charts(audit, chapter)
    if chapter is None:
        files = deck.export_findings(audit, client.exports, **spoken_for(client))
        return (*files, *deck.export_charts(charts, client.exports / "charts"))
    return tuple(deck.export_chapter(audit, chapter, charts, client.exports, **spoken_for(client)))


def export_words(files: tuple[Path, ...], client: Client) -> str:
    """What was written and where, in a line."""
    names = ", ".join(
        str(file.relative_to(client.folder)) if file.is_relative_to(client.folder) else str(file)
        for file in files
    )
    return f"Wrote {count(len(files), 'file')} to {client.folder}: {names}"


class ExportButton(Panel):
    """A button that writes files, and says which or what went wrong.

    Parameters
    ----------
    write : callable
        Writes what is shown when the button is clicked; the files.
    client : Client
        In whose folder they lie.
    tooltip : str
        What is written, for the button.
    beside : sequence of widget
        Further buttons in its line.
    slides : SlidePicker, optional
        Slides to choose for the client's deck; the button keeps what is ticked.

    Attributes
    ----------
    files : tuple of Path
        Those written last.
    """

    def __init__(
        self,
        write: Callable[[], tuple[Path, ...]],
        client: Client,
        tooltip: str,
        beside: Sequence[ipywidgets.Widget] = (),
        slides: SlidePicker | None = None,
    ) -> None:
        self._files, self._client, self.slides = write, client, slides
        self.files: tuple[Path, ...] = ()
        self.write = ipywidgets.Button(
            description="Add to deck", icon="download", button_style="primary", tooltip=tooltip
        )
        self.told, self.errors = ipywidgets.HTML(), ErrorBox()
        self.write.on_click(guarded(self._write, self.errors))
        first = ipywidgets.HBox([self.write, *beside]) if beside else self.write
        super().__init__([*([slides] if slides is not None else []), first, self.told, self.errors])

    def _write(self, button: Any = None) -> None:
        self.told.value = note_html("Writing …")
        try:
            if self.slides is not None:
                self.slides.keep()
            self.files = self._files()
        except Exception:
            self.told.value = ""
            raise
        self.told.value = note_html(export_words(self.files, self._client))


class ExportPanel(ExportButton):
    """A button that writes the exports under the thresholds that the sliders show."""

    def __init__(self, source: Audit | TuningPanel, client: Client, chapter: str | None = None) -> None:
        super().__init__(
            lambda: export_chapter(audit_of(source), client, chapter),
            client,
            "Keeps the ticked slides for the client's deck; writes findings as CSV and charts as PNG and SVG into its exports folder",
            slides=SlidePicker(source, client, FIRST if chapter is None else (chapter,)),
        )


def export_panel(source: Tuned, client: Client, chapter: str | None = None) -> ExportPanel | None:
    """The button; an unattended run writes the exports at once and says what they are."""
    if not is_headless() and not isinstance(source, StillTuning):
        return ExportPanel(source, client, chapter)
    written = export_chapter(audit_of(source), client, chapter)
    display(HTML(note_html(export_words(written, client))))
    return None
