"""A client's settings: what ``client.toml`` may say, how it is read and how it is written."""

from linkkit.settings.reading import SIGNAL_FILES, ClientSettings
from linkkit.settings.template import client_toml, defaults_of, settings_page
from linkkit.settings.writing import with_values

__all__ = [
    "SIGNAL_FILES",
    "ClientSettings",
    "client_toml",
    "defaults_of",
    "settings_page",
    "with_values",
]
