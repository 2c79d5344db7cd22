"""A client's folder: settings, signals, crawls and exports, and the audit that belongs to them."""

import filecmp
import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
import tomlkit

from linkkit.audit import Audit, run_audit
from linkkit.comparison.client_past import ClientPast
from linkkit.crawler.progress import ProgressCallback
from linkkit.crawler.site import crawl
from linkkit.crawler.status import CrawlStatus
from linkkit.engine import check_engine
from linkkit.errors import SettingsError, SiteError
from linkkit.folders import MANIFEST
from linkkit.linkmodel import LinkModel
from linkkit.presets import changed as differing
from linkkit.settings import ClientSettings, client_toml, defaults_of, with_values
from linkkit.site import Site, load
from linkkit.sources.cluster_files import merge_clusters, moved_pages
from linkkit.sources.clusters import Cluster, add_clusters, assigned
from linkkit.sources.importing import Imported, read
from linkkit.sources.reading import Reading
from linkkit.sources.recognise import is_named_list
from linkkit.sources.signals import LISTS, as_list, merge, read_file, read_signal, seeds
from linkkit.thresholds import Thresholds

SETTINGS = "client.toml"
_NAME = re.compile(r"[\w][\w .-]{0,63}")


@dataclass(frozen=True)
class Client(ClientPast):
    """One client: a folder under ``clients/`` and what lies in it.

    Attributes
    ----------
    folder : Path
        ``client.toml``, ``signals/``, ``crawls/<date>/``, ``audits/<date>/``, ``plans/``, ``notebooks/``, ``exports/``, ``deck/``.
    settings : ClientSettings
    """

    folder: Path
    settings: ClientSettings

    @classmethod
    def open(cls, name: str, *, clients: Path | str = "clients") -> "Client":
        """Open a client by the name of its folder.

        Raises
        ------
        SettingsError
            If there is no such client (those there are get listed), or its ``client.toml`` has faults.
        """
        folder = _folder(name, Path(clients))
        if not (folder / SETTINGS).is_file():
            known = sorted(path.parent.name for path in Path(clients).glob(f"*/{SETTINGS}"))
            raise SettingsError(
                f"no client {name!r} in {Path(clients)}; known: {', '.join(known) or 'none yet'}. "
                "Make one with `linkkit new-client NAME --url ...` or Client.new(name, start_url), "
                "the sample client with `make audit`."
            )
        return cls(folder, ClientSettings.read(folder / SETTINGS))

    @classmethod
    def new(
        cls,
        name: str,
        start_url: str,
        *,
        clients: Path | str = "clients",
        crawl_url: str | None = None,
        preset: str = "",
        hosts: Iterable[str] = (),
        folders: Iterable[str] = (),
    ) -> "Client":
        """Make a client's folder with a ``client.toml`` that shows every setting.

        Parameters
        ----------
        name : str
            Name of the folder.
        start_url : str
            Public start page.
        clients : path
            Folder of all clients.
        crawl_url : str, optional
            Copy of the site (staging host) that is crawled instead.
        preset : str
            Kind of site whose usual thresholds and link model hold (`linkkit.presets.presets`).
        hosts, folders : iterable of str
            Other hosts of the site, and the folders that narrow it (`linkkit.scope.SiteScope.of`).

        Raises
        ------
        SettingsError
            If the client exists already, the name is no folder name, or a setting has a fault; nothing is made then. If the
            folder cannot be made.
        """
        folder = _folder(name, Path(clients))
        if (folder / SETTINGS).exists():
            raise SettingsError(f"client {name!r} exists already: {folder / SETTINGS}")
        text = client_toml(
            name, start_url, crawl_url=crawl_url, preset_name=preset, hosts=hosts, folders=folders
        )
        settings = ClientSettings.parse(text)
        try:
            for each in ("signals", "crawls", "exports"):
                (folder / each).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SettingsError(
                f"{folder}: the client's folder cannot be made ({error.strerror}). Name a folder of clients that you may write to."
            ) from error
        return cls(folder, settings)._with_settings(text)

    def on(self, engine: str) -> "Client":
        """The same client with its crawls on another engine (`linkkit.engine.engines_of`); ``client.toml`` stays as it is.

        Raises
        ------
        SettingsError
            If there is no such engine.
        """
        check_engine(engine)
        return replace(self, settings=replace(self.settings, engine=engine))

    @property
    def exports(self) -> Path:
        """Folder for what leaves the building."""
        return self.folder / "exports"

    @property
    def deck(self) -> Path:
        """Folder for what the client gets."""
        return self.folder / "deck"

    @property
    def crawls(self) -> tuple[Path, ...]:
        """Crawl folders, oldest first."""
        return tuple(sorted(path for path in (self.folder / "crawls").glob("*") if path.is_dir()))

    def signal_files(self) -> dict[Path, str | None]:
        """Files in ``signals/``, each with the signal it is said to be: by ``client.toml``, or, for lists, by its name.

        What a file without such a signal is, its content tells.
        """
        folder = self.folder / "signals"
        files: dict[Path, str | None] = {folder / file: name for name, file in self.settings.signals.items()}
        for file in sorted(folder.iterdir()) if folder.is_dir() else ():
            if file.is_file() and not file.name.startswith("."):
                stem = file.name.split(".", 1)[0]
                files.setdefault(file, next((name for name in LISTS if stem.startswith(name)), None))
        return files

    def signals(self) -> list[Reading]:
        """What the files in ``signals/`` say.

        Raises
        ------
        SourceError
            If a file is missing, damaged or not understood.
        """
        readings: list[Reading] = []
        for file, name in self.signal_files().items():
            told = file.stat() if file.is_file() else None
            certain = file.name in self.settings.signals.values()
            verify = self.settings.verify_bots
            readings += _readings(
                file, name, certain, verify, (told.st_mtime_ns, told.st_size) if told else None
            )
        return readings

    def crawl(
        self,
        *,
        progress: ProgressCallback | None = None,
        anew: bool = False,
        **options: Any,
    ) -> Site:
        """Crawl the client's site into ``crawls/<date>``; a crawl that was interrupted goes on where it stopped.

        URLs that only the signal files name are requested as well, so that an orphan can be told from a dead address.

        Parameters
        ----------
        progress : callable, optional
            Told about twice a second how far the crawl is.
        anew : bool
            Begin a new crawl even if the last one was interrupted; that one stays as it is.
        **options
            Options of `linkkit.crawl`; they win over those of ``client.toml``. Credentials go here.
        """
        public = self.settings.start_url
        address = options.pop("crawl_url", None) or self.settings.crawl_url or public
        crawl(
            address,
            self._free_folder() if anew else self._crawl_folder(),
            seeds=seeds(self.signals(), self.settings.scope),
            hosts=self.settings.scope.hosts,
            folders=self.settings.scope.folders,
            public_url=public if address != public else None,
            progress=progress,
            **{**self.settings.crawl, **options},
        )
        return self.site()

    def import_files(
        self,
        *paths: Path | str,
        lists: str = "urls",
        complete: bool | None = None,
        columns: Mapping[str, str] | None = None,
    ) -> Imported:
        """Take in files of any kind: a crawl becomes the latest of ``crawls/``, signals are copied into ``signals/``.

        Clusters are added to those in ``client.toml``: open the client again to have them in its settings.

        Parameters
        ----------
        *paths : files or folders
        lists : str
            What a plain list of addresses stands for: ``urls``, ``money_pages`` or ``sitemap``.
        complete : bool, optional
            Whether a crawl among the files followed every internal link.
        columns : mapping, optional
            Columns of an edge list that go by names of their own (`linkkit.read`).

        Returns
        -------
        Imported
            What each file was recognised as, and what became of its rows, on the site as it is now.

        Raises
        ------
        SourceError
            If a file is missing, damaged or not understood; nothing is taken in then.
        """
        folder = self._free_folder()
        before = self._crawled()
        try:
            imported = read(
                *paths,
                site=load(before) if before else None,
                start_url=self.settings.start_url,
                folder=folder / "site",
                complete=complete,
                lists=lists,
                verify_bots=self.settings.verify_bots,
                columns=columns,
                hosts=self.settings.scope.hosts,
                folders=self.settings.scope.folders,
            )
            if imported.clusters:
                imported = self._keep_clusters(imported)
        except BaseException:
            if folder.is_dir():
                shutil.rmtree(folder)
            raise
        for file, signal in imported.signal_files.items():
            self._keep(file, signal)
        return imported

    def _keep_clusters(self, imported: Imported) -> Imported:
        """Add clusters to those in ``client.toml``, by name; what that did is noted in the report."""
        stored = Client.open(self.folder.name, clients=self.folder.parent)
        before = stored.settings.clusters
        merged, said = merge_clusters(before, imported.clusters, stored.settings.start_url)
        if merged != before:
            stored.save_clusters(merged)
        site = imported.site
        if site is not None:
            said += moved_pages(site, before, merged)
            site = add_clusters(site, merged)
        report = imported.report.copy()
        row = report.index[report["feeds"] == "clusters"][-1]
        report.loc[row, "notes"] += f"; {SETTINGS}: {'; '.join(said) or 'has all of it already'}"
        return replace(imported, site=site, report=report, clusters=merged)

    def _keep(self, file: Path, signal: str) -> None:
        """Copy a signal file; it takes the place of one of its name, which moves to ``signals/replaced/``."""
        folder = self.folder / "signals"
        folder.mkdir(exist_ok=True)
        # A plain list does not tell what it is: its name does.
        name = file.name if signal not in LISTS or file.name.startswith(signal) else f"{signal}-{file.name}"
        kept = folder / name
        if kept.exists() and (kept.samefile(file) or filecmp.cmp(file, kept, shallow=False)):
            return
        if kept.exists():
            now = datetime.now(UTC).strftime("%Y-%m-%d-%H%M%S-%f")
            (folder / "replaced").mkdir(exist_ok=True)
            kept.rename(folder / "replaced" / f"{now}-{name}")
        shutil.copyfile(file, kept)

    def site(self, crawl: str | None = None) -> Site:
        """The latest crawl, or an older one by its name, with the client's signals and clusters of today.

        Clusters that do not fit an older crawl, because their pages were not there yet, are left out of it.

        Parameters
        ----------
        crawl : str, optional
            One of `crawl_names`.

        Raises
        ------
        SiteError
            If nothing was crawled or imported yet, or there is no such crawl.
        """
        site = merge(self._latest() if crawl is None else self.raw_site(crawl), self.signals()).site
        clusters = self.settings.clusters
        if crawl is not None and crawl != self.crawl_names[-1]:
            clusters = tuple(each for each in clusters if not assigned(site, (each,))[2])
        return add_clusters(site, clusters) if clusters else site

    def scope_note(self, site: Site) -> str:
        """That a site was collected under another scope than ``client.toml`` has now, in words; empty where it was not."""
        wanted = self.settings.scope
        if wanted.to_json() == site.scope.to_json():
            return ""
        now, then = (scope.words() or "the start page's host" for scope in (wanted, site.scope))
        return f"client.toml says that the site is {now}; this crawl was made of {then}: crawl or import anew"

    def rejects(self) -> pd.DataFrame:
        """Rows of the files in ``signals/`` that found no page: ``signal``, ``file``, ``row``, ``value``, ``reason``."""
        return merge(self._latest(), self.signals()).rejects

    def audit(
        self,
        thresholds: Thresholds | None = None,
        *,
        model: LinkModel | None = None,
        crawl: str | None = None,
    ) -> Audit:
        """Audit the latest crawl, or an older one, under the client's thresholds and link model, or others."""
        return run_audit(
            self.site(crawl), thresholds or self.settings.thresholds, model=model or self.settings.model
        )

    def save_thresholds(self, thresholds: Thresholds) -> "Client":
        """Write thresholds into ``client.toml``; only those that differ from the preset's or the default, the rest untouched.

        Thresholds of sections stay as they are in the file.
        """
        began = self.settings.began
        changed = differing(thresholds, began.thresholds if began else Thresholds())
        return self._save("thresholds", changed)

    def save_model(self, model: LinkModel) -> "Client":
        """Write the link model into ``client.toml``; only what differs from the preset's or the default, the rest untouched."""
        began = self.settings.began
        return self._save("model", differing(model, began.model if began else LinkModel()))

    def save_language(self, code: str) -> "Client":
        """Write the language of exports into ``client.toml``, the rest untouched."""
        defaults = defaults_of("brand")
        value = None if code == defaults["language"] else code
        return self._with_settings(with_values(self._text(), "brand", {"language": value}, defaults))

    def _save(self, table: str, changed: Mapping[str, tuple[Any, Any]]) -> "Client":
        defaults = defaults_of(table, self.settings.began)
        values = {name: changed[name][0] if name in changed else None for name in defaults}
        return self._with_settings(with_values(self._text(), table, values, defaults))

    def save_clusters(self, clusters: Iterable[Cluster]) -> "Client":
        """Write the clusters into ``client.toml``, the rest untouched.

        Raises
        ------
        SettingsError
            If they do not fit the latest crawl, or two have one name; nothing is written then.
        """
        given = tuple(clusters)
        if self._crawled() is not None:
            faults = assigned(self._latest(), given)[2]
            if faults:
                raise SettingsError("clusters:\n  " + "\n  ".join(faults))
        document = tomlkit.parse(self._text())
        tables = tomlkit.aot()
        for cluster in given:
            tables.append(_cluster_table(cluster))
        if given:
            document["clusters"] = tables
        elif "clusters" in document:
            del document["clusters"]
        return self._with_settings(tomlkit.dumps(document))

    def _text(self) -> str:
        return (self.folder / SETTINGS).read_bytes().decode("utf-8-sig")

    def _with_settings(self, text: str) -> "Client":
        """The client with another ``client.toml``; one with faults never takes the place of the old one."""
        path = self.folder / SETTINGS
        partial = path.with_suffix(".partial")
        partial.write_bytes(text.encode("utf-8"))
        try:
            settings = ClientSettings.read(partial)
        except SettingsError:
            partial.unlink()
            raise
        partial.replace(path)
        return Client(self.folder, settings)

    def _latest(self) -> Site:
        folder = self._crawled()
        if folder is None:
            raise SiteError(
                f"client {self.settings.name!r} has no crawl yet: run notebook 01_crawl_or_import, "
                f"or `python -m linkkit crawl --client {self.folder.name}`"
            )
        return load(folder, engine=self.settings.engine)

    def _crawled(self) -> Path | None:
        return next(
            (path / "site" for path in reversed(self.crawls) if (path / "site" / MANIFEST).is_file()), None
        )

    def _crawl_folder(self) -> Path:
        """The latest crawl folder if its crawl can be taken up again, else a new one."""
        if self.crawls:
            status = CrawlStatus.load(self.crawls[-1] / "crawl" / "status.json")
            if status and status.stopped_by in {"interrupted", "killed", "running"}:
                return self.crawls[-1]
        return self._free_folder()

    def _free_folder(self) -> Path:
        today = datetime.now(UTC).strftime("%Y-%m-%d")
        taken = {path.name for path in self.crawls}
        names: Iterable[str] = [today, *(f"{today}-{count:02d}" for count in range(2, 1000))]
        return self.folder / "crawls" / next(name for name in names if name not in taken)


@lru_cache(maxsize=64)
def _readings(
    file: Path, name: str | None, certain: bool, verify_bots: bool, _version: tuple[int, int] | None
) -> list[Reading]:
    """What a file says, read again only when it changed: a log of ten million lines takes its time."""
    if name is not None and (certain or (name in LISTS and is_named_list(file))):
        return read_signal(name, file, verify_bots=verify_bots)
    return [
        as_list(each, name) if name and each.signal in LISTS else each
        for each in read_file(file, verify_bots=verify_bots)
    ]


def _cluster_table(cluster: Cluster) -> Any:
    """A cluster as TOML: empty keys left out, long lists one entry a line."""
    table = tomlkit.table()
    table.add("name", cluster.name)
    if cluster.pillar:
        table.add("pillar", cluster.pillar)
    for key, entries in (("pages", cluster.pages), ("without", cluster.without)):
        if entries:
            array = tomlkit.array()
            array.extend(entries)
            table.add(key, array.multiline(len(entries) > 1))
    return table


def _folder(name: str, clients: Path) -> Path:
    if not _NAME.fullmatch(name):
        raise SettingsError(
            f"{name!r} is no client name: letters, digits, space, dot, dash and underscore, 64 at most"
        )
    return clients / name
