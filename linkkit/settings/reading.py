"""What a ``client.toml`` says, read and checked: every fault is named at once."""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from linkkit.comparison import read_rules
from linkkit.engine import check_engine
from linkkit.errors import LinkkitError, SettingsError
from linkkit.linkmodel import LinkModel
from linkkit.plan import EffortModel, ImpactWeights
from linkkit.plan.work_plan import HOURS_PER_WEEK
from linkkit.presets import Preset, preset
from linkkit.scope import SiteScope
from linkkit.settings.declared import (
    BRAND,
    COMPARE,
    CRAWL,
    EFFORT,
    IMPACT,
    MAIN,
    SCOPE,
    SIGNALS,
    WORK,
    Setting,
)
from linkkit.settings.lines import at_line
from linkkit.sources.clusters import Cluster
from linkkit.thresholds import Thresholds

SIGNAL_FILES = tuple(SIGNALS)
TABLES = (
    "scope",
    "crawl",
    "signals",
    "thresholds",
    "sections",
    "model",
    "clusters",
    "compare",
    "work",
    "impact",
    "brand",
)
_NAMED = re.compile(r"^\s*(?:unknown [a-z ]+ )?(\w+)(?: = |;|, )")
_IN_SECTION = re.compile(r'^\s*(sections\."[^"]*"): (?:unknown threshold )?(\w+)?')
_Made = TypeVar("_Made")


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
        Options of `linkkit.crawl`; credentials are never among them.
    signals : mapping of signal to file
        Relative to the client's ``signals`` folder.
    thresholds : Thresholds
        Those of the preset, where the file says nothing else; sections have theirs in it.
    model : LinkModel
        What link weights and authority rest on; of the preset, where the file says nothing else.
    clusters : tuple of Cluster
    brand : mapping
        Name and colours for exports.
    verify_bots : bool
        Whether the DNS is asked if robots in access logs are what they claim to be: the only use of the network beside
        the crawl itself.
    preset : str
        Name of the preset; empty where there is none.
    hosts, folders : tuple of str
        What belongs to the site beside the start page's host, as written (`linkkit.scope.SiteScope.of`).
    url_mapping : tuple of str
        Rules by which a comparison takes old addresses for new ones (`linkkit.comparison.read_rules`).
    hours_per_week : float
        For the order of work in weeks.
    effort : EffortModel
    impact : ImpactWeights
    engine : str
        Where link-sized work is done (`linkkit.engine.engines_of`).
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
    preset: str = ""
    hosts: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    url_mapping: tuple[str, ...] = ()
    hours_per_week: float = HOURS_PER_WEEK
    effort: EffortModel = field(default_factory=EffortModel)
    impact: ImpactWeights = field(default_factory=ImpactWeights)
    engine: str = "embedded"

    @property
    def scope(self) -> SiteScope:
        """Which addresses belong to the site."""
        return SiteScope.of(self.start_url, self.hosts, self.folders)

    @property
    def began(self) -> Preset | None:
        """The preset that thresholds and link model began from."""
        return preset(self.preset) if self.preset else None

    @classmethod
    def read(cls, path: Path) -> "ClientSettings":
        """Read a ``client.toml``.

        Raises
        ------
        SettingsError
            If the file is no TOML, or holds unknown names or wrong types; all faults are named at once, with their line
            where it is found.
        """
        try:
            return cls.parse(path.read_bytes().decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            raise SettingsError(f"{path}: {error}; save the file as UTF-8") from error
        except SettingsError as error:
            raise SettingsError(f"{path}:\n  " + str(error).replace("\n", "\n  ")) from error

    @classmethod
    def parse(cls, text: str) -> "ClientSettings":
        """Settings of the text of a ``client.toml``.

        Raises
        ------
        SettingsError
            As `read`.
        """
        try:
            stored = tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            hint = (
                "; write its settings below the one that is there" if "Cannot declare" in str(error) else ""
            )
            raise SettingsError(f"{error}{hint}") from error
        reader = _Reader(text, stored)
        settings = reader.settings()
        if reader.faults:
            raise SettingsError("\n".join(reader.faults))
        return settings


class _Reader:
    """Reads the parts of a settings file one by one and collects what is wrong with them."""

    def __init__(self, text: str, stored: Mapping[str, Any]) -> None:
        self.faults: list[str] = []
        self._text = text
        self._stored = stored

    def settings(self) -> ClientSettings:
        """The settings; of use only where there are no `faults`."""
        known = (*MAIN, *TABLES)
        for name in self._stored:
            if name not in known:
                self._fault("", name, f"unknown setting {name!r}; known are {', '.join(known)}")
        for name in ("name", "start_url"):
            if not isinstance(self._stored.get(name), str):
                self.faults.append(f"{name!r} is missing")
        top = {name: value for name, value in self._stored.items() if name in MAIN}
        main = self._checked("", "", MAIN, top)
        crawl = self._table("crawl", "crawl option", CRAWL)
        scope = self._table("scope", "scope setting", SCOPE)
        signals = self._table("signals", "signal", SIGNALS)
        brand = self._stored.get("brand", {})
        if not isinstance(brand, Mapping):
            self._fault("brand", "", f"brand = {brand!r}: a table is expected")
            brand = {}
        self._checked("brand", "brand setting", BRAND, {name: brand[name] for name in brand if name in BRAND})
        began = self._try("", "preset", lambda: preset(main["preset"])) if main.get("preset") else None
        thresholds = self._thresholds(began)
        model = self._try(
            "model",
            "",
            lambda: LinkModel.from_mapping(self._stored.get("model", {}), began.model if began else None),
        )
        start = main.get("start_url", "")
        hosts, folders = (tuple(scope.get(name, ())) for name in ("hosts", "folders"))
        if (hosts or folders) and start:
            self._try("scope", "", lambda: SiteScope.of(start, hosts, folders))
        mapping = tuple(self._table("compare", "compare setting", COMPARE).get("url_mapping", ()))
        engine = main.get("engine", "embedded")
        self._try("", "engine", lambda: check_engine(engine))
        self._try("compare", "url_mapping", lambda: read_rules(mapping))
        work = self._table("work", "work setting", WORK)
        hours = {name: value for name, value in work.items() if name in EFFORT}
        weights = self._table("impact", "impact weight", IMPACT)
        return ClientSettings(
            name=main.get("name", ""),
            start_url=start,
            crawl_url=main.get("crawl_url") or None,
            crawl={name: value for name, value in crawl.items() if value != CRAWL[name].default},
            signals={name: file for name, file in signals.items() if file},
            thresholds=thresholds or Thresholds(),
            model=model or LinkModel(),
            clusters=self._clusters(),
            brand={name: value for name, value in brand.items() if value != ""},
            verify_bots=main.get("verify_bots", False),
            preset=main.get("preset", ""),
            hosts=hosts,
            folders=folders,
            url_mapping=mapping,
            hours_per_week=work.get("hours_per_week", HOURS_PER_WEEK),
            effort=EffortModel(**hours),
            impact=self._try("impact", "", lambda: ImpactWeights(**weights)) or ImpactWeights(),
            engine=engine,
        )

    def _thresholds(self, began: Preset | None) -> Thresholds | None:
        found = self._try(
            "thresholds",
            "",
            lambda: Thresholds.from_mapping(
                self._stored.get("thresholds", {}), began.thresholds if began else None
            ),
        )
        given = self._stored.get("sections", {})
        if not isinstance(given, Mapping):
            self._fault("sections", "", f"sections = {given!r}: a table of folders is expected")
            return found
        values: dict[str, Any] = {}
        for prefix, table in given.items():
            place = f'sections."{prefix}"'
            if not isinstance(table, Mapping) or not set(table) <= {"thresholds"}:
                self._fault(
                    place,
                    "",
                    f"{place}: only thresholds are known there: [{place}.thresholds]; found {table!r}",
                )
                continue
            values[prefix] = table.get("thresholds", {})
        base = found or Thresholds()
        return self._try("sections", "", lambda: base.with_sections(values)) if values else found

    def _clusters(self) -> tuple[Cluster, ...]:
        found: list[Cluster] = []
        given = self._stored.get("clusters", [])
        # What is no list counts as a single, faulty entry.
        for each in given if isinstance(given, list) else [given]:
            made = self._try("clusters", "", partial(Cluster.from_mapping, each))
            found += [] if made is None else [made]
        names = [cluster.name for cluster in found]
        self.faults += [
            f"two clusters are called {name!r}" for name in sorted({n for n in names if names.count(n) > 1})
        ]
        return tuple(found)

    def _table(self, name: str, what: str, known: Mapping[str, Setting]) -> dict[str, Any]:
        given = self._stored.get(name, {})
        if not isinstance(given, Mapping):
            self._fault("", name, f"{name} = {given!r}: a table [{name}] is expected")
            return {}
        return self._checked(name, what, known, given)

    def _checked(
        self, table: str, what: str, known: Mapping[str, Setting], given: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Those of the given values that are sound; what is wrong with the others becomes a fault."""
        sound = {}
        for name, value in given.items():
            if name not in known:
                self._fault(table, name, f"unknown {what} {name!r}; known are {', '.join(known)}")
            elif fault := known[name].fault(value):
                if name in ("name", "start_url"):
                    continue
                self._fault(table, name, f"{what} {name!r} = {value!r}: {fault}".strip())
            else:
                sound[name] = value
        return sound

    def _try(self, table: str, key: str, make: Callable[[], _Made]) -> _Made | None:
        try:
            return make()
        except LinkkitError as error:
            self.faults += [self._placed(table, key, line) for line in str(error).split("\n")]
            return None

    def _placed(self, table: str, key: str, line: str) -> str:
        """A line of a message with the line of the file that it is about."""
        section, named = _IN_SECTION.match(line), _NAMED.match(line)
        if section:
            inside = at_line(self._text, f"{section[1]}.thresholds", section[2] or "", line)
            return at_line(self._text, f"{section[1]}.thresholds", "", line) if inside == line else inside
        if key or named:
            return at_line(self._text, table, key or str(named and named[1]), line.strip())
        return line

    def _fault(self, table: str, key: str, fault: str) -> None:
        self.faults.append(at_line(self._text, table, key, fault) if key or table else fault)
