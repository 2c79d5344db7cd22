"""Panel: set up a new client."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import ipywidgets

from linkkit.client import Client
from linkkit.errors import SettingsError
from linkkit.presets import preset, presets
from linkkit.urls import UrlError, web_address
from linkkit.widgets.display import is_headless
from linkkit.widgets.errors import ErrorBox, Panel, guarded
from linkkit.widgets.folding import Folds
from linkkit.widgets.layout import note_html
from linkkit.widgets.workspace import clients_folder

_NO_PRESET = "Thresholds and link model at their defaults."


def new_client(
    name: str,
    start_url: str,
    clients: str | Path = "clients",
    *,
    crawl_url: str = "",
    preset: str = "",
    hosts: Iterable[str] = (),
    folders: Iterable[str] = (),
) -> Client:
    """Make a client's folder, with a ``client.toml`` that explains every setting.

    Parameters
    ----------
    name : str
        Name of the folder; also what `open_client` opens.
    start_url : str
        Public start page; ``https://`` is added where no scheme is given.
    clients : path
    crawl_url : str
        Copy of the site (staging host) that is crawled instead.
    preset : str
        Kind of site whose usual thresholds hold (`linkkit.presets.presets`).
    hosts, folders : iterable of str
        Other hosts of the site, and the folders that narrow it (`linkkit.scope.SiteScope.of`).

    Raises
    ------
    SettingsError
        If an address is none, the name is no folder name, the client exists, or another setting has a fault.
    """
    try:
        url, copy = web_address(start_url), web_address(crawl_url) if crawl_url.strip() else None
    except UrlError as error:
        raise SettingsError(str(error)) from error
    return Client.new(
        name.strip(), url, clients=clients_folder(clients), crawl_url=copy, preset=preset, hosts=hosts, folders=folders
    )  # fmt: skip


class ClientPanel(Panel):
    """A form for a new client.

    Parameters
    ----------
    clients : path
        Folder of all clients.
    """

    def __init__(self, clients: str | Path = "clients") -> None:
        self._clients = clients
        self.name = _field("Short name", "acme")
        self.url = _field("Start page", "https://www.acme.example/")
        kinds = {"Any (defaults)": "", **{each.title: name for name, each in presets().items()}}
        self.preset = ipywidgets.Dropdown(
            description="Kind of site", options=list(kinds.items()), tooltip="Kind of site",
            layout=_WIDE, style=_STYLE,
        )  # fmt: skip
        self.about = ipywidgets.HTML(note_html(_NO_PRESET))
        self.preset.observe(guarded(self._describe, ErrorBox()), "value")
        self.hosts = _field("Other hosts", "shop.acme.example, blog.acme.example")
        self.folders = _field("Folders", "/en/, /shop/")
        self.crawl_url = _field("Crawl a copy", "https://staging.acme.example/")
        hint = (
            "Other hosts belong to the site as the start page's does. With folders, only pages in them are audited. A copy "
            "is crawled in the site's stead. Each may stay empty, and be changed in client.toml later."
        )
        more = Folds(
            [ipywidgets.VBox([self.hosts, self.folders, self.crawl_url, ipywidgets.HTML(note_html(hint))])],
            titles=["Several hosts, a part of the site, a staging copy"]
        )  # fmt: skip
        self.make = ipywidgets.Button(description="Set up client", icon="plus", button_style="primary")
        self.told = ipywidgets.HTML()
        self.errors = ErrorBox()
        self.make.on_click(guarded(self._make, self.errors))
        super().__init__(
            [self.name, self.url, self.preset, self.about, more, self.make, self.told, self.errors]
        )

    def _describe(self, change: Any = None) -> None:
        self.about.value = note_html(preset_words(self.preset.value))

    def _make(self, button: Any = None) -> None:
        self.told.value = ""
        client = new_client(
            self.name.value, self.url.value, self._clients, crawl_url=self.crawl_url.value,
            preset=self.preset.value, hosts=_listed(self.hosts.value), folders=_listed(self.folders.value),
        )  # fmt: skip
        scope = client.settings.scope.words()
        self.told.value = note_html(
            f"Made {client.folder}{f' for {scope}' if scope else ''}. Put the client's signal files into its folder 'signals'; then "
            f'write CLIENT = "{client.folder.name}" into the first cell of the notebooks, and go on with 01_crawl_or_import. '
            "Every other setting is explained in its client.toml."
        )


def preset_words(name: str) -> str:
    """What a preset is for and which values it sets, in a paragraph; the empty name is none."""
    if not name:
        return _NO_PRESET
    chosen = preset(name)
    differing = chosen.thresholds.non_default() | chosen.model.non_default()
    values = "; ".join(
        f"{each.replace('_', ' ')} {value:g} instead of {default:g}"
        for each, (value, default) in differing.items()
    )
    return f"{chosen.about} Sets {values}."


def client_panel(clients: str | Path = "clients") -> ClientPanel | None:
    """The form for a new client; nothing in an unattended run."""
    return None if is_headless() else ClientPanel(clients)


_WIDE = {"width": "420px"}
_STYLE = {"description_width": "90px"}


def _field(title: str, example: str) -> ipywidgets.Text:
    return ipywidgets.Text(description=title, placeholder=example, layout=_WIDE, style=_STYLE)


def _listed(text: str) -> list[str]:
    """Entries of a field, separated by commas or spaces."""
    return text.replace(",", " ").split()
