"""Panel: read whatever files the analyst holds, and say what became of them."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import ipywidgets
import pandas as pd
from IPython.display import HTML, display

from linkkit.charts.words import count
from linkkit.client import Client
from linkkit.errors import SourceError
from linkkit.sources.importing import Imported
from linkkit.widgets.display import is_headless, table_html
from linkkit.widgets.dropzone import DropZone
from linkkit.widgets.errors import ErrorBox, Panel, guarded
from linkkit.widgets.layout import heading_html, note_html

LISTS = (
    ("pages that should exist", "urls"),
    ("money pages", "money_pages"),
    ("a sitemap", "sitemap"),
)
_HEADINGS = {
    "file": "File",
    "recognised": "Recognised as",
    "feeds": "Feeds",
    "rows": "Rows",
    "matched": "Match a crawled page",
    "not_crawled": "Pages not crawled",
    "outside": "Outside the site",
    "rejected": "Not used",
    "notes": "Notes",
}
_SHOWN = 15


def import_file(client: Client, path: str, lists: str = "urls", complete: bool | None = None) -> Imported:
    """Read a file, or every file of a folder, into the client's folder; what it is, its content tells.

    Parameters
    ----------
    client : Client
    path : str
        As typed or pasted: quotes and blanks around it are taken off, ``~`` is the home folder, a relative path is looked
        for in the client's folder first.
    lists : str
        What a plain list of addresses stands for: ``urls``, ``money_pages`` or ``sitemap``.
    complete : bool, optional
        Whether a crawl followed every internal link, where the files do not tell.

    Raises
    ------
    SourceError
        If there is no such file, or it is not understood.
    """
    text = path.strip().strip("\"'")
    if not text:
        raise SourceError("no file named; drop one, or type or paste its path")
    file = Path(text).expanduser()
    beside = client.folder / file
    chosen = beside if not file.is_absolute() and beside.exists() else file
    if not chosen.exists():
        raise SourceError(f"{text}: no such file, neither in {client.folder} nor in {Path.cwd()}")
    return client.import_files(chosen.resolve(), lists=lists, complete=complete)


def import_report(imported: Imported) -> pd.DataFrame:
    """What each file was recognised as and what became of its rows, under headings to read."""
    report = imported.report.assign(
        file=[_short(name) for name in imported.report["file"]],
        feeds=imported.report["feeds"].str.replace("_", " "),
    )
    return _readable(report.rename(columns=_HEADINGS))


def import_rejects(imported: Imported) -> pd.DataFrame:
    """Rows that found no page: file, row, what stood there, why."""
    return _rejects(imported.rejects)


def signal_rejects(client: Client) -> pd.DataFrame:
    """Rows of the client's signal files that found no page of the latest crawl: file, row, what stood there, why."""
    return _rejects(client.rejects())


def _rejects(rejects: pd.DataFrame) -> pd.DataFrame:
    return _readable(
        pd.DataFrame(
            {
                "File": [Path(file).name for file in rejects["file"]],
                "Row": rejects["row"],
                "What stood there": rejects["value"],
                "Why": rejects["reason"],
            }
        )
    )


class ImportPanel(Panel):
    """A place to drop files on, a path for large ones, and what became of them.

    Attributes
    ----------
    imported : Imported or None
        What was read last.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self.imported: Imported | None = None
        self.errors = ErrorBox()
        self.drop = DropZone(guarded(self._take, self.errors))
        self.path = ipywidgets.Text(
            description="or a path",
            placeholder="of a file or a folder; best for large files",
            style={"description_width": "70px"},
            layout=ipywidgets.Layout(width="500px"),
        )
        self.read = ipywidgets.Button(
            description="Read", icon="upload", layout=ipywidgets.Layout(width="110px")
        )
        self.lists = ipywidgets.Dropdown(
            description="A plain list of addresses holds",
            options=LISTS,
            style={"description_width": "210px"},
            layout=ipywidgets.Layout(width="430px"),
        )
        self.whole = ipywidgets.Checkbox(
            description="An imported crawl left pages out on purpose only: take it for complete",
            indent=False,
            layout=ipywidgets.Layout(width="560px"),
        )
        self.told = ipywidgets.HTML()
        self.read.on_click(guarded(self._read, self.errors))
        title = ipywidgets.HTML(
            heading_html("Bring in what you hold: crawls, exports, sitemaps, logs, lists")
        )
        help_ = ipywidgets.HTML(
            note_html(
                "Crawls of Screaming Frog, Sitebulb or advertools, link lists; Search Console, GA4, backlink exports, access "
                "logs, sitemaps, page lists, topic clusters (url, cluster, pillar). What a file is, its content tells. Files stay on this machine; e-mail addresses "
                "and tokens in query strings are masked. A Screaming Frog crawl is two files: drop them together."
            )
        )
        row = ipywidgets.HBox([self.path, self.read])
        super().__init__([title, help_, self.drop, row, self.lists, self.whole, self.told, self.errors])

    def _take(self, files: Sequence[Path]) -> None:
        try:
            self._tell(
                lambda: self._client.import_files(*files, lists=self.lists.value, complete=self._complete)
            )
        except SourceError as error:
            # Where a dropped file lay for a moment means nothing to the analyst.
            raise SourceError(str(error).replace(f"{files[0].parent}{os.sep}", "")) from error

    def _read(self, button: Any = None) -> None:
        self._tell(lambda: import_file(self._client, self.path.value, self.lists.value, self._complete))

    @property
    def _complete(self) -> bool | None:
        # Unticked, the files tell themselves as far as they can.
        return True if self.whole.value else None

    def _tell(self, work: Any) -> None:
        self.told.value = note_html("Reading …")
        try:
            self.imported = work()
        except Exception:
            self.told.value = ""
            raise
        self.told.value = _told(self.imported)


def _told(imported: Imported) -> str:
    report, rejects = import_report(imported), import_rejects(imported)
    parts = [table_html(report)]
    if imported.site is None:
        parts.append(note_html("There is no crawl yet: the rows find their pages once the site is crawled."))
    if len(rejects):
        more = f", the first {_SHOWN} of them" if len(rejects) > _SHOWN else ""
        parts.append(heading_html(f"{count(len(rejects), 'row')} not used{more}"))
        parts.append(table_html(rejects.head(_SHOWN)))
    again = "Run the cells below again."
    if imported.clusters:
        again = "The clusters are kept in client.toml: run the notebook again from its first cell to see them measured."
    parts.append(note_html(again))
    return "".join(parts)


def _readable(table: pd.DataFrame) -> pd.DataFrame:
    return table.astype("object").where(table.notna(), "")


def _short(name: str) -> str:
    """The file's name without its folder; the part of a zip or workbook stays."""
    path, bracket, part = name.partition(" (")
    return Path(path).name + bracket + part


def import_panel(client: Client) -> ImportPanel | None:
    """The panel; in an unattended run only which files the client has."""
    if not is_headless():
        return ImportPanel(client)
    files = [file.name for file in client.signal_files()]
    words = f"Files of this client: {', '.join(files)}." if files else "No files besides the crawl."
    display(HTML(note_html(words)))
    return None
