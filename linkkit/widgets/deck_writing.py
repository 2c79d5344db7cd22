"""Panel: write the client's deck, each format alone or all, while the notebook stays usable."""

import html
import os
import threading
import time
from collections.abc import Collection
from pathlib import Path
from urllib.parse import quote

import ipywidgets
from IPython.display import HTML, display

from linkkit.charts.words import count
from linkkit.deck import FORMATS
from linkkit.widgets.client_deck import DeckDraft, DeckPanel, Drafted
from linkkit.widgets.errors import ErrorBox, Panel, guarded
from linkkit.widgets.layout import note_html

FORMAT_WORDS = {
    "pptx": ("PowerPoint", "slides with native, editable charts and tables, and speaker notes"),
    "html": ("Report (HTML)", "one file that needs no network and prints well"),
    "xlsx": ("Workbook (XLSX)", "every page, finding, planned link and piece of work, with definitions"),
    "pictures": ("Pictures", "each chart of the deck as PNG and SVG, slide size"),
    "csv": ("Tables (CSV)", "the tables as plain text, for programs"),
}
"""Format -> what it is called, and what it holds."""
_SETTLED = 0.5
"""Seconds before the basket is read. JupyterLab sends a button's press at once, but holds back the second change of one control until
the kernel has answered the first: of two quick ticks before the press, the second comes behind it."""
_KINDS = {
    ".pptx": "slides",
    ".html": "report",
    ".xlsx": "workbook",
    ".csv": "table",
    ".png": "picture",
    ".svg": "picture",
}


def written_html(files: Collection[Path], base: Path) -> str:
    """What was written as a list with sizes and links; many files of one folder as one line.

    Parameters
    ----------
    files : collection of Path
    base : Path
        Folder of the notebook that shows it: links are relative to it.
    """
    folders: dict[Path, list[Path]] = {}
    for file in files:
        folders.setdefault(file.parent, []).append(file)
    rows = []
    top = min(folders, key=lambda folder: len(folder.parts)) if folders else base
    for folder, inside in folders.items():
        if folder == top:
            rows += [
                (file.name, _KINDS.get(file.suffix, "file"), file, file.stat().st_size) for file in inside
            ]
        else:
            kinds = ", ".join(sorted({file.suffix.removeprefix(".").upper() for file in inside}))
            size = sum(file.stat().st_size for file in inside)
            rows.append(
                (f"{folder.relative_to(top)}/", f"{count(len(inside), 'file')}: {kinds}", folder, size)
            )
    items = "".join(
        f"<tr><td style='text-align:left'><a href=\"{html.escape(_relative(path, base), quote=True)}\" target='_blank'>{html.escape(name)}</a>"
        f"</td><td style='text-align:left'>{html.escape(kind)}</td><td>{_size(size)}</td></tr>"
        for name, kind, path, size in rows
    )
    return f"{note_html(f'In {top}:')}<table>{items}</table>"


class DeckExport(Panel):
    """Buttons that write the deck, each format alone or all; a thread does it, so that the notebook stays usable.

    Parameters
    ----------
    source : DeckPanel

    Attributes
    ----------
    files : tuple of Path
        Those written last.
    """

    def __init__(self, source: DeckPanel) -> None:
        self._source = source
        self._thread: threading.Thread | None = None
        self.files: tuple[Path, ...] = ()
        self.failure: BaseException | None = None
        self.errors, self.told, self.list = ErrorBox(), ipywidgets.HTML(), ipywidgets.Output()
        self.all = ipywidgets.Button(
            description="Write all",
            icon="download",
            button_style="primary",
            tooltip="Writes the deck in every format",
        )
        self.all.on_click(guarded(lambda _: self.start(FORMATS), self.errors))
        self.buttons = {name: self._button(name) for name in FORMATS}
        self.bar = ipywidgets.IntProgress(
            value=0,
            max=1,
            description="Steps",
            layout=ipywidgets.Layout(width="420px"),
            style={"bar_color": "#0072B2"},
        )
        line = ipywidgets.HBox(
            [self.all, *self.buttons.values()], layout=ipywidgets.Layout(flex_flow="row wrap")
        )
        super().__init__([line, self.bar, self.told, self.errors, self.list])

    def _button(self, name: str) -> ipywidgets.Button:
        title, words = FORMAT_WORDS.get(name, (name, name))
        button = ipywidgets.Button(
            description=title, tooltip=f"Writes only: {words}", layout=ipywidgets.Layout(width="auto")
        )
        button.on_click(guarded(lambda _: self.start([name]), self.errors))
        return button

    def start(self, formats: Collection[str]) -> None:
        """Begin to write; does nothing while it is still writing."""
        if self._thread is not None and self._thread.is_alive():
            return
        self.failure = None
        self._running(True, len(formats))
        # What the panel shows now: it can be changed while the files are written.
        draft, base = self._source.draft, Path.cwd()
        self._thread = threading.Thread(
            target=self._work, args=(draft, tuple(formats), base), name="linkkit-deck", daemon=True
        )
        self._thread.start()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for the files; for scripts and tests. True if it has ended."""
        if self._thread is not None:
            self._thread.join(seconds)
        return self._thread is None or not self._thread.is_alive()

    def _work(self, draft: DeckDraft, formats: tuple[str, ...], base: Path) -> None:
        # A thread has no cell to print to: whatever happens must end up in the panel.
        try:
            time.sleep(_SETTLED)
            self.files = draft.write(formats, step=self._step)
        except Exception as error:
            self.failure = error
            self.errors.tell(error)
            self.bar.bar_style, self.told.value = "danger", ""
        else:
            self.bar.value, self.bar.bar_style = self.bar.max, "success"
            self.told.value = note_html(f"Wrote {count(len(self.files), 'file')}.")
            page = written_html(self.files, base)
            self.list.outputs = (
                {
                    "output_type": "display_data",
                    "metadata": {},
                    "data": {"text/html": page, "text/plain": self.told.value},
                },
            )
        finally:
            self._running(False)

    def _step(self, words: str) -> None:
        self.bar.value = min(self.bar.value + 1, self.bar.max - 1)
        self.told.value = note_html(f"{words[:1].upper()}{words[1:]} … The notebook stays usable meanwhile.")

    def _running(self, running: bool, steps: int = 0) -> None:
        for button in (self.all, *self.buttons.values()):
            button.disabled = running
        if running:
            self.bar.max, self.bar.value, self.bar.bar_style = steps + 2, 0, ""
            self.list.outputs = ()
            self.told.value = note_html("Beginning …")


def deck_export_panel(source: Drafted, *, formats: Collection[str] = FORMATS) -> DeckExport | None:
    """The buttons; an unattended run writes the deck at once and says what and where."""
    if isinstance(source, DeckPanel):
        return DeckExport(source)
    files = source.draft.write(formats)
    display(HTML(written_html(files, source.draft.client.folder / "notebooks")))
    return None


def _relative(path: Path, base: Path) -> str:
    """A link from a notebook in `base`."""
    return quote(Path(os.path.relpath(path, base)).as_posix())


def _size(size: int) -> str:
    return f"{size / 1e6:,.1f} MB" if size >= 1e6 else f"{max(size / 1e3, 0.1):,.1f} kB"
