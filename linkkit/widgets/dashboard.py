"""What the dashboard needs beside the notebooks' panels: whose it is, and a title."""

import html
import os
from urllib.parse import parse_qs

from IPython.display import HTML, display

from linkkit.client import Client
from linkkit.environment import CLIENT, CLIENTS
from linkkit.widgets.errors import NotebookStopError
from linkkit.widgets.workspace import open_client

QUERY = "QUERY_STRING"
"""Where Voila puts what stands behind the question mark of the page's address."""


def dashboard_client() -> Client:
    """The client that the page is asked for: ``?client=name`` in its address, else the one that it was started for.

    Only names of folders directly below the clients' folder are taken; that folder cannot be chosen in the address.

    Raises
    ------
    NotebookStopError
        If there is no such client, or none is named.
    """
    asked = parse_qs(os.environ.get(QUERY, "")).get("client", [""])[-1].strip()
    name = asked or os.environ.get(CLIENT, "")
    if not name:
        raise NotebookStopError(
            "Name a client: `linkkit dashboard NAME`, or ?client=NAME behind the page's address."
        )
    return open_client(name, os.environ.get(CLIENTS, "clients"))


def show_dashboard_title(client: Client) -> None:
    """Show whose site it is."""
    name, url = html.escape(client.settings.name), html.escape(client.settings.start_url)
    display(
        HTML(f"<h1 style='margin:8px 0 0'>{name}</h1><div style='opacity:.75'>Internal links of {url}</div>")
    )
