"""What a ``client.toml`` says, read and checked."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from linkkit.errors import SettingsError
from linkkit.linkmodel import LinkModel
from linkkit.sources.clusters import Cluster
from linkkit.sources.signals import FOUND
from linkkit.thresholds import Thresholds

SIGNAL_FILES = tuple(FOUND)
_CRAWL_OPTIONS = {
    "max_pages": int,
    "max_seconds": float,
    "max_depth": int,
    "delay": float,
    "concurrency": int,
    "obey_robots": bool,
    "user_agent": str,
    "include": list,
    "exclude": list,
    "sitemap": bool,
}


@dataclass(frozen=True)
class ClientSettings:
    """What ``client.toml`` says.

    Attributes
    ----------
    name : str
        As it stands on exports.
    start_url : str
        Public start page.
    crawl_url : str or None
        Where a copy is crawled instead (staging host); pages keep their public address.
    crawl : mapping
        Options of `linkkit.crawl.crawl`; credentials are never among them.
    signals : mapping of signal to file
        Relative to the client's ``signals`` folder.
    thresholds : Thresholds
    model : LinkModel
        What link weights and authority rest on.
    clusters : tuple of Cluster
    brand : mapping
        Name and colours for exports.
    verify_bots : bool
        Whether the DNS is asked if robots in access logs are what they claim to be: the only use of the network beside
        the crawl itself.
    """

    name: str
    start_url: str
    crawl_url: str | None = None
    crawl: Mapping[str, Any] = field(default_factory=dict)
    signals: Mapping[str, str] = field(default_factory=dict)
    thresholds: Thresholds = field(default_factory=Thresholds)
    model: LinkModel = field(default_factory=LinkModel)
    clusters: tuple[Cluster, ...] = ()
    brand: Mapping[str, str] = field(default_factory=dict)
    verify_bots: bool = False

    @classmethod
    def read(cls, path: Path) -> "ClientSettings":
        """Read a ``client.toml``.

        Raises
        ------
        SettingsError
            If the file is no TOML, or holds unknown names or wrong types; all faults are named at once.
        """
        try:
            stored = tomllib.loads(path.read_text("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise SettingsError(f"{path}: {error}") from error
        faults = [
            f"unknown setting {name!r}; known are {', '.join(cls.__dataclass_fields__)}"
            for name in stored
            if name not in cls.__dataclass_fields__
        ]
        faults += [
            f"{name!r} is missing" for name in ("name", "start_url") if not isinstance(stored.get(name), str)
        ]
        faults += _unknown(stored.get("signals", {}), SIGNAL_FILES, "signal")
        if not isinstance(stored.get("verify_bots", False), bool):
            faults.append(f"'verify_bots' = {stored['verify_bots']!r}: expected true or false")
        options = stored.get("crawl", {})
        faults += _unknown(options, _CRAWL_OPTIONS, "crawl option")
        faults += [
            f"crawl option {name!r} = {value!r}: expected {_CRAWL_OPTIONS[name].__name__}"
            for name, value in options.items()
            if name in _CRAWL_OPTIONS and not _fits(value, _CRAWL_OPTIONS[name])
        ]
        thresholds, model = Thresholds(), LinkModel()
        clusters: tuple[Cluster, ...] = ()
        try:
            thresholds = Thresholds.from_mapping(stored.get("thresholds", {}))
        except SettingsError as error:
            faults.append(str(error))
        try:
            model = LinkModel.from_mapping(stored.get("model", {}))
        except SettingsError as error:
            faults.append(str(error))
        for each in _listed(stored.get("clusters", [])):
            try:
                clusters = (*clusters, Cluster.from_mapping(each))
            except SettingsError as error:
                faults.append(str(error))
        names = [cluster.name for cluster in clusters]
        faults += [
            f"two clusters are called {name!r}" for name in sorted({n for n in names if names.count(n) > 1})
        ]
        if faults:
            raise SettingsError(f"{path}:\n  " + "\n  ".join(faults))
        return cls(
            name=stored["name"],
            start_url=stored["start_url"],
            crawl_url=stored.get("crawl_url"),
            crawl=options,
            signals=stored.get("signals", {}),
            thresholds=thresholds,
            model=model,
            clusters=clusters,
            brand=stored.get("brand", {}),
            verify_bots=stored.get("verify_bots", False),
        )


def _listed(value: object) -> list[Any]:
    """Entries of a list in the settings; what is none counts as a single, faulty entry."""
    return value if isinstance(value, list) else [value]


def _unknown(given: Mapping[str, Any], known: Iterable[str], what: str) -> list[str]:
    return [
        f"unknown {what} {name!r}; known are {', '.join(known)}" for name in given if name not in set(known)
    ]


def _fits(value: object, kind: type) -> bool:
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, kind) and not (kind is int and isinstance(value, bool))
