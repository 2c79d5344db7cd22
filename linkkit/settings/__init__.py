"""A client's settings: what ``client.toml`` may say, how it is read and how it is written."""

from linkkit.settings.reading import SIGNAL_FILES, ClientSettings

__all__ = ["SIGNAL_FILES", "ClientSettings"]
