"""Panel: set up a new client."""

from pathlib import Path
from typing import Any

import ipywidgets

from linkkit.client import Client
from linkkit.errors import SettingsError
from linkkit.urls import try_normalise
from linkkit.widgets.display import is_headless
from linkkit.widgets.errors import ErrorBox, Panel, guarded
from linkkit.widgets.layout import note_html
from linkkit.widgets.workspace import clients_folder


def new_client(name: str, start_url: str, clients: str | Path = "clients") -> Client:
    """Make a client's folder.

    Parameters
    ----------
    name : str
        Name of the folder; also what `open_client` opens.
    start_url : str
        Public start page; ``https://`` is added where no scheme is given.
    clients : path

    Raises
    ------
    SettingsError
        If the address is none, the name is no folder name, or the client exists.
    """
    address = start_url.strip()
    url = try_normalise(address if "://" in address else f"https://{address}")
    if not address or url is None:
        raise SettingsError(
            f"{start_url!r} is no web address; expected something like https://www.client.example/"
        )
    return Client.new(name.strip(), url, clients=clients_folder(clients))


class ClientPanel(Panel):
    """A form for a new client.

    Parameters
    ----------
    clients : path
        Folder of all clients.
    """

    def __init__(self, clients: str | Path = "clients") -> None:
        self._clients = clients
        wide = ipywidgets.Layout(width="420px")
        style = {"description_width": "90px"}
        self.name = ipywidgets.Text(description="Short name", placeholder="acme", layout=wide, style=style)
        self.url = ipywidgets.Text(
            description="Start page", placeholder="https://www.acme.example/", layout=wide, style=style
        )
        self.make = ipywidgets.Button(description="Set up client", icon="plus", button_style="primary")
        self.told = ipywidgets.HTML()
        self.errors = ErrorBox()
        self.make.on_click(guarded(self._make, self.errors))
        super().__init__([self.name, self.url, self.make, self.told, self.errors])

    def _make(self, button: Any = None) -> None:
        self.told.value = ""
        client = new_client(self.name.value, self.url.value, self._clients)
        self.told.value = note_html(
            f"Made {client.folder}. Put the client's signal files into its folder 'signals'; then write "
            f'CLIENT = "{client.folder.name}" into the first cell of the notebooks, and go on with 01_crawl_or_import.'
        )


def client_panel(clients: str | Path = "clients") -> ClientPanel | None:
    """The form for a new client; nothing in an unattended run."""
    return None if is_headless() else ClientPanel(clients)
