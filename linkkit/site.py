"""Site: what is known of one client's site, as a folder of Parquet tables and a manifest."""

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow.dataset import dataset

from linkkit.engine import EmbeddedEngine, Engine, EngineChoice, Engines, Place, engines_of
from linkkit.errors import SiteError
from linkkit.folders import MANIFEST, TemporaryFolder, checksums, damage, new_folder, read_manifest, seal
from linkkit.schema import OLDEST_VERSION, SCHEMA_VERSION, TABLES, Position, schema_of
from linkkit.scope import SiteScope
from linkkit.steps import step
from linkkit.upgrade import add_columns
from linkkit.urls import try_normalise
from linkkit.wording import count

AUDIT_FILE = "findings.parquet"
"""A folder that holds it is an audit, and never overwritten by a site."""
_FILES = tuple(f"{name}.parquet" for name in TABLES)
_PLAIN_BOOLEANS = ("robots_noindex", "robots_nofollow", "blocked_by_robots", "is_indexable")
_NULLABLE = {pa.int16(): pd.Int16Dtype(), pa.int32(): pd.Int32Dtype(), pa.bool_(): pd.BooleanDtype()}


def linkkit_version() -> str:
    """Version of the installed package."""
    try:
        return version("linkkit")
    except PackageNotFoundError:
        return "unknown"


@dataclass(frozen=True)
class Manifest:
    """Where a Site came from and how far it can be trusted; every verdict carries it.

    Attributes
    ----------
    start_url : str
        The address that depth is counted from.
    tool : str
        What collected the pages: ``linkkit``, ``advertools``, ``edge list``, ...
    complete : bool
        Whether every internal link was followed to its end.
    stopped_by : str or None
        What kept the crawl from being complete.
    settings : mapping
        Settings of the crawl, ``hosts`` and ``folders`` of its scope among them (`linkkit.scope.SiteScope`); never
        credentials.
    rejected : mapping of reason to count
        Rows of the source that could not be used.
    rejected_at : mapping of reason to places
        File and line (``crawl.jl:17``) of the first hundred of each, where the source has lines.
    signals : mapping of signal to a description
        What was added beside the links, and how much of it matched a page.
    rows : mapping of table name to row count
    checksums : mapping of file name to SHA-256
        Of the tables that are one file each, as they were written; `load` holds the files against them.
    """

    start_url: str
    tool: str
    complete: bool = True
    stopped_by: str | None = None
    collected: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    rejected: Mapping[str, int] = field(default_factory=dict)
    rejected_at: Mapping[str, Sequence[str]] = field(default_factory=dict)
    signals: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    rows: Mapping[str, int] = field(default_factory=dict)
    checksums: Mapping[str, str] = field(default_factory=dict)
    schema_version: int = SCHEMA_VERSION
    linkkit: str = field(default_factory=linkkit_version)
    written: str = ""


@dataclass(frozen=True, eq=False)
class Site:
    """Pages, links and a manifest of one crawled or imported site.

    A Site is a folder and never changes: what adds to it gives a new one. Link-sized tables stay in their files and
    are reached through `engine`; `pages` is a data frame.

    Attributes
    ----------
    folder : Path
        Where it lies; of a Site in an object store, the pages and the manifest.
    manifest : Manifest
    engines : callable
        What made `engine`, and makes those of all Sites that are derived from this one.
    far : mapping of table name to URI
        Tables that only the engine reaches.
    """

    folder: Path
    manifest: Manifest
    _temporary: TemporaryFolder | None = field(default=None, repr=False)
    engines: Engines = field(default=EmbeddedEngine, repr=False)
    far: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        rows = self.manifest.rows
        sizes = (count(rows[name], name[:-1]) for name in ("pages", "links") if name in rows)
        return f"Site({', '.join([self.start_url, *sizes])})"

    @property
    def start_url(self) -> str:
        """The address that depth is counted from."""
        return self.manifest.start_url

    @cached_property
    def scope(self) -> SiteScope:
        """Which addresses belong to the site."""
        return SiteScope.from_json(self.start_url, self.manifest.settings)

    @cached_property
    def pages(self) -> pd.DataFrame:
        """One row per URL (`linkkit.schema.PAGES`), indexed by ``page_id`` 0..n-1. Do not change it in place."""
        with step("pages"):
            return pages_frame(pq.read_table(self.folder / "pages.parquet", schema=TABLES["pages"]))

    @cached_property
    def engine(self) -> Engine:
        """SQL over this Site's tables."""
        return self.engines(self.places)

    @property
    def places(self) -> dict[str, Place]:
        """Where each table lies."""
        return {name: self.far.get(name, self.folder / f"{name}.parquet") for name in TABLES}

    def on(self, engine: EngineChoice) -> "Site":
        """The same Site on another engine (`linkkit.engine.engines_of`): all that is derived from it runs there as well."""
        return replace(self, engines=engines_of(engine))

    def page_id(self, url: str) -> int:
        """Id of the page with this URL, in any spelling that `linkkit.urls.normalise` takes for the same.

        Raises
        ------
        SiteError
            If the Site has no such page.
        """
        found = self.pages.index[self.pages["url"] == (try_normalise(url) or url)]
        if len(found) == 0:
            raise SiteError(f"{url} is not a page of this site ({self.start_url}, {len(self.pages):,} URLs)")
        return int(found[0])

    def sample_links(self, url: str, *, limit: int = 100, incoming: bool = False) -> pd.DataFrame:
        """Links out of (or into) one page, in page order, at most `limit`.

        Returns
        -------
        DataFrame
            One row per link occurrence: ``source``, ``target`` (URLs), ``anchor`` (accessible name), ``position``,
            ``nofollow``, ``is_image``; ``anchor`` is missing where the source does not tell it.
        """
        side = "target_id" if incoming else "source_id"
        rows = self.engine.arrow(
            f"""SELECT source_id, target_id, anchor_id, position, nofollow, is_image
            FROM links WHERE {side} = {self.page_id(url)} LIMIT {int(limit)}"""
        ).to_pandas()
        texts = self.engine.arrow(
            "SELECT a.anchor_id, a.text FROM anchors a JOIN chosen c ON c.anchor_id = a.anchor_id",
            chosen=pa.table({"anchor_id": pa.array(rows["anchor_id"].dropna().unique(), pa.int32())}),
        )
        names = dict(zip(texts["anchor_id"].to_pylist(), texts["text"].to_pylist(), strict=True))
        urls = self.pages["url"].to_numpy(dtype=object)
        return pd.DataFrame(
            {
                "source": urls[rows["source_id"].to_numpy()],
                "target": urls[rows["target_id"].to_numpy()],
                "anchor": rows["anchor_id"].map(names).astype("str"),
                "position": rows["position"].map({p.value: p.name.lower() for p in Position}),
                "nofollow": rows["nofollow"],
                "is_image": rows["is_image"],
            }
        )

    def save(self, folder: Path | str, *, overwrite: bool = False) -> "Site":
        """Copy this Site to `folder`, all or nothing.

        `folder` may be a URI (``s3a://bucket/client``) where the engine reaches it; the manifest is written last there, and
        without it there is no Site.

        Raises
        ------
        SiteError
            If `folder` exists and `overwrite` is not set, or is not a Site.
        EngineError
            If the engine does not reach it.
        """
        if "://" in str(folder):
            return self._save_far(str(folder).rstrip("/"), overwrite=overwrite)
        target = Path(folder)
        if target.resolve() == self.folder.resolve():
            return self
        with new_folder(target, overwrite=overwrite, foreign=AUDIT_FILE) as partial:
            for name, place in self.places.items():
                self.engine.copy(place, partial / f"{name}.parquet")
            write_manifest(partial, self.manifest)
        return load(target, engine=self.engines)

    def _save_far(self, uri: str, *, overwrite: bool) -> "Site":
        engine, manifest = self.engine, f"{uri}/{MANIFEST}"
        if engine.exists(uri) and not engine.exists(manifest):
            raise SiteError(f"{uri} exists and is no site; it is left alone. Choose another folder.")
        if engine.exists(uri) and not overwrite:
            raise SiteError(f"{uri} exists already; choose another folder or pass overwrite=True")
        for name, place in self.places.items():
            engine.copy(place, f"{uri}/{name}.parquet")
        engine.copy(self.folder / MANIFEST, manifest)
        return load(uri, engine=self.engines)

    def with_pages(
        self, pages: pd.DataFrame, *, transitions: pa.Table | None = None, **manifest: Any
    ) -> "Site":
        """The same Site with other page columns (signals, clusters); the link tables are shared, not copied.

        Visitors' steps between pages stay what they were unless `transitions` are given.
        """
        temporary = TemporaryFolder()
        partial = temporary.path
        fresh = {"pages"} if transitions is None else {"pages", "transitions"}
        far = {name: uri for name, uri in self.far.items() if name not in fresh}
        for name in set(TABLES) - fresh - set(far):
            _link_or_copy(self.folder / f"{name}.parquet", partial / f"{name}.parquet")
        table = pa.Table.from_pandas(pages, schema=TABLES["pages"], preserve_index=False)
        pq.write_table(table, partial / "pages.parquet", compression="zstd")
        if transitions is not None:
            pq.write_table(transitions, partial / "transitions.parquet", compression="zstd")
        known = {
            file: digest
            for file, digest in self.manifest.checksums.items()
            if file.removesuffix(".parquet") not in fresh | set(far)
        }
        stored = write_manifest(partial, replace(self.manifest, **manifest), known=known)
        return Site(partial, stored, temporary, self.engines, far)


def pages_frame(table: pa.Table) -> pd.DataFrame:
    """Rows of the pages table as a data frame indexed by page id, nullable columns as pandas' nullable types."""
    frame: pd.DataFrame = table.to_pandas(types_mapper=_NULLABLE.get)
    kinds = dict.fromkeys(_PLAIN_BOOLEANS, "bool") | {"page_id": "int32", "found_in": "int16"}
    text = [field.name for field in table.schema if pa.types.is_string(field.type)]
    return frame.astype(kinds | dict.fromkeys(text, "str")).set_index("page_id", drop=False).rename_axis(None)


def load(folder: Path | str, *, engine: EngineChoice = None) -> Site:
    """Open a Site that was saved to `folder`.

    A Site of an older schema version is opened as a copy in a temporary folder, with what has come since left unknown;
    `folder` stays as it is. Save it to keep the copy.

    Parameters
    ----------
    folder : path or URI
        A URI (``s3a://bucket/client``) where the engine reaches it: pages and manifest are copied here, the rest stays there.
    engine : str, SparkSession or callable, optional
        Where link-sized work is done: ``embedded`` (DuckDB, the default), ``spark``, ``spark:<master>`` or a session
        (`linkkit.engine.engines_of`).

    Raises
    ------
    SiteError
        If the folder is not a Site, a file of it is missing or not what was written (each is named), or it was written by a
        newer linkkit.
    SettingsError
        If there is no such engine.
    EngineError
        If the engine cannot be started, or does not reach the folder.
    """
    engines = engines_of(engine)
    if "://" in str(folder):
        return _load_far(str(folder).rstrip("/"), engines)
    path = Path(folder)
    manifest = _manifest(path, str(path))
    damaged = damage(path, read_manifest(path), _FILES)
    faults = []
    for name in TABLES:
        file = path / f"{name}.parquet"
        try:
            rows, columns = _told(file)
        except (OSError, pa.ArrowException, UnicodeDecodeError) as error:
            faults.append(f"{file.name}: {error}")
            continue
        found = _faults(name, rows, columns, manifest)
        faults += found or ([f"{file.name}: {damaged[file.name]}"] if file.name in damaged else [])
    if faults:
        raise SiteError(f"{path} is damaged; crawl or import the site again:\n  " + "\n  ".join(faults))
    if manifest.schema_version == SCHEMA_VERSION:
        return Site(path, manifest, engines=engines)
    return _upgraded(path, manifest, engines)


def _upgraded(folder: Path, manifest: Manifest, engines: Engines) -> Site:
    """A Site of an older schema version in the form of today's."""
    temporary = TemporaryFolder()
    new = temporary.path
    for name in TABLES:
        file = f"{name}.parquet"
        if not add_columns(folder / file, new / file, name, manifest.schema_version):
            _link_or_copy(folder / file, new / file)
    stored = write_manifest(new, replace(manifest, schema_version=SCHEMA_VERSION))
    return Site(new, stored, temporary, engines)


def _load_far(uri: str, engines: Engines) -> Site:
    temporary = TemporaryFolder()
    near, here = temporary.path, engines({})
    if not here.exists(f"{uri}/{MANIFEST}"):
        raise SiteError(f"{uri} holds no site: {MANIFEST} is missing. Save one there with Site.save.")
    for file in (MANIFEST, "pages.parquet"):
        here.copy(f"{uri}/{file}", near / file)
    manifest = _manifest(near, uri)
    if manifest.schema_version != SCHEMA_VERSION:
        raise SiteError(
            f"{uri} was written with schema version {manifest.schema_version}; open it where it was saved from, with this linkkit, "
            "and save it there again"
        )
    far = {name: f"{uri}/{name}.parquet" for name in TABLES if name != "pages"}
    site = Site(near, manifest, temporary, engines, far)
    faults = _faults("pages", *_told(near / "pages.parquet"), manifest)
    for name in far:
        # No row is read for it: the columns' types alone, and the number of rows.
        columns = site.engine.arrow(f"SELECT * FROM {name} WHERE 1 = 0").schema
        rows = site.engine.arrow(f"SELECT count(*) AS number FROM {name}")["number"][0].as_py()
        faults += _faults(name, rows, columns, manifest)
    if faults:
        raise SiteError(f"{uri} is damaged; save the site there again:\n  " + "\n  ".join(faults))
    return site


def _manifest(path: Path, shown: str) -> Manifest:
    try:
        stored = read_manifest(path)
    except SiteError as error:
        raise SiteError(f"{error}. Crawl or import the site again.") from error
    except OSError as error:
        why = "is missing" if isinstance(error, FileNotFoundError) else f"cannot be read ({error.strerror})"
        raise SiteError(f"{shown} holds no site: {MANIFEST} {why}. Crawl or import one first.") from error
    if not isinstance(stored.get("start_url"), str):
        raise SiteError(f"{shown} holds no site: {MANIFEST} names no start_url. Crawl or import one first.")
    version = stored.get("schema_version")
    if not isinstance(version, int) or not OLDEST_VERSION <= version <= SCHEMA_VERSION:
        raise SiteError(
            f"{shown} was written with schema version {version}, this linkkit reads versions {OLDEST_VERSION} to "
            f"{SCHEMA_VERSION}. Read the crawl again with `linkkit import`."
        )
    known = {name: value for name, value in stored.items() if name in Manifest.__dataclass_fields__}
    empty = Manifest("", "")
    wrong = [
        f"{name}: a table is expected"
        for name, value in known.items()
        if isinstance(getattr(empty, name), Mapping) and not isinstance(value, Mapping)
    ]
    if wrong or MANIFEST in (changed := damage(path, stored, ())):
        raise SiteError(
            f"{shown} is damaged; crawl or import the site again:\n  {MANIFEST}: {'; '.join(wrong) or changed[MANIFEST]}"
        )
    return Manifest(**{**known, "tool": collected_with(stored) or "unknown"})


def collected_with(stored: Mapping[str, Any]) -> str | None:
    """The tool of a stored manifest; linkkit where one of its crawls is still named by the spider in it."""
    tool = stored.get("tool")
    return "linkkit" if tool == "advertools" and "crawl" in stored.get("settings", {}) else tool


def _told(file: Path) -> tuple[int, pa.Schema]:
    """Number of rows and columns of a Parquet file, or of a folder of them as Spark writes it."""
    if not file.is_dir():
        return pq.read_metadata(file).num_rows, pq.read_schema(file)
    parts = dataset(file, format="parquet")
    return parts.count_rows(), parts.schema


def _faults(name: str, rows: int, columns: pa.Schema, manifest: Manifest) -> list[str]:
    faults = []
    wanted = schema_of(name, manifest.schema_version)
    # Spark has no unsigned numbers.
    same = columns.names == wanted.names and all(
        found == kind or (kind, found) == (pa.uint8(), pa.int16())
        for found, kind in zip(columns.types, wanted.types, strict=True)
    )
    if not same:
        faults.append(
            f"{name}.parquet: its columns are not those of schema version {manifest.schema_version}"
        )
    if rows != manifest.rows.get(name):
        faults.append(f"{name}.parquet: {rows:,} rows, the manifest says {manifest.rows.get(name)}")
    return faults


def joint_engine(old: Site, new: Site) -> Engine:
    """SQL over the link-sized tables of two Sites at once, on the engine of the new one: ``old_links`` and ``new_links``."""
    return new.engine.over(
        {f"{side}_links": site.places["links"] for side, site in (("old", old), ("new", new))}
    )


def write_manifest(folder: Path, manifest: Manifest, *, known: Mapping[str, str] | None = None) -> Manifest:
    """Write the manifest of the tables that lie in `folder`; gives it with their row counts, checksums and the time.

    Checksums that are `known` are taken as they are.

    Of a table that lies elsewhere the manifest given tells the number of rows.
    """
    files = {name: folder / f"{name}.parquet" for name in TABLES}
    rows = {name: _told(file)[0] if file.exists() else manifest.rows[name] for name, file in files.items()}
    stamped = replace(
        manifest,
        rows=rows,
        checksums=checksums(folder, _FILES, known),
        written=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    seal(folder, asdict(stamped))
    return stamped


def _link_or_copy(given: Path | str, wanted: Path | str) -> None:
    source, target = Path(given), Path(wanted)
    if source.is_dir():
        shutil.copytree(source, target, copy_function=_link_or_copy)
        return
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
