"""Panel: read a crawl that another tool made."""

from pathlib import Path
from typing import Any

import ipywidgets

from linkkit.charts.words import count
from linkkit.client import Client
from linkkit.errors import SourceError
from linkkit.site import Site
from linkkit.widgets.display import is_headless
from linkkit.widgets.errors import ErrorBox, Panel, guarded
from linkkit.widgets.layout import heading_html, note_html

KINDS = (("advertools crawl (.jl)", "advertools"), ("Edge list: source, target (.csv, .parquet)", "edges"))


def import_file(client: Client, path: str, kind: str = "advertools") -> Site:
    """Read a crawl file into the client's folder.

    Parameters
    ----------
    client : Client
    path : str
        As typed or pasted: quotes and blanks around it are taken off, ``~`` is the home folder, a relative path is looked
        for in the client's folder first.
    kind : str
        ``advertools`` or ``edges``.

    Raises
    ------
    SourceError
        If there is no such file, or it is not what it should be.
    """
    text = path.strip().strip("\"'")
    if not text:
        raise SourceError("no file named; type or paste the path of the crawl file")
    file = Path(text).expanduser()
    beside = client.folder / file
    chosen = beside if not file.is_absolute() and beside.is_file() else file
    if not chosen.is_file():
        raise SourceError(f"{text}: no such file, neither in {client.folder} nor in {Path.cwd()}")
    return client.import_crawl(chosen.resolve(), kind=kind)


class ImportPanel(Panel):
    """A path, what kind of file it is, and a button.

    Attributes
    ----------
    site : Site or None
        The imported site, once it is there.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self.site: Site | None = None
        style = {"description_width": "60px"}
        self.path = ipywidgets.Text(
            description="File",
            placeholder="path of the file",
            style=style,
            layout=ipywidgets.Layout(width="560px"),
        )
        self.kind = ipywidgets.Dropdown(
            description="Kind", options=KINDS, style=style, layout=ipywidgets.Layout(width="400px")
        )
        self.read = ipywidgets.Button(description="Import", icon="upload")
        self.told = ipywidgets.HTML()
        self.errors = ErrorBox()
        self.read.on_click(guarded(self._read, self.errors))
        title = ipywidgets.HTML(heading_html("Or import a crawl that another tool made"))
        super().__init__([title, self.path, self.kind, self.read, self.told, self.errors])

    def _read(self, button: Any = None) -> None:
        self.told.value = note_html("Reading …")
        try:
            self.site = import_file(self._client, self.path.value, self.kind.value)
        except Exception:
            self.told.value = ""
            raise
        rejected = sum(self.site.manifest.rejected.values())
        self.told.value = note_html(
            f"Read {count(len(self.site.pages), 'URL')} and {count(self.site.manifest.rows['links'], 'link')}"
            + (f"; {count(rejected, 'row')} could not be used, see the table below." if rejected else ".")
            + " Run the cells below again."
        )


def import_panel(client: Client) -> ImportPanel | None:
    """The panel; nothing in an unattended run."""
    return None if is_headless() else ImportPanel(client)
