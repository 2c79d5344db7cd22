"""Read whatever files an analyst holds: tell what each is, make a Site of crawls, join the rest with its pages."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from linkkit.errors import SourceError
from linkkit.site import Site
from linkkit.sources.advertools import read_crawl
from linkkit.sources.cluster_files import ClusterFile, Clusters, found_on, merge_clusters
from linkkit.sources.clusters import add_clusters
from linkkit.sources.edges import read_edges
from linkkit.sources.reading import Reading
from linkkit.sources.recognise import Part, read_part, recognise
from linkkit.sources.screaming_frog import NOT_FOUND, read_screaming_frog
from linkkit.sources.signals import LISTS, as_list, merge

REPORT = {
    "file": "str",
    "recognised": "str",
    "feeds": "str",
    "rows": "Int64",
    "matched": "Int64",
    "not_crawled": "Int64",
    "outside": "Int64",
    "rejected": "Int64",
    "notes": "str",
}
"""Columns of `Imported.report`."""

_SHOWN = 3
"""Places told of rows that could not be used; all that were kept stand in the manifest."""


@dataclass(frozen=True, eq=False)
class Imported:
    """What files were, and what became of their rows.

    Attributes
    ----------
    site : Site or None
        The crawl among the files, or the given site, with the signals; None where there is neither.
    readings : list of Reading
        The signals, one a part of a file.
    report : DataFrame
        One row per part of a file (`REPORT`): what it was recognised as, which signal it feeds, how many rows it has, how
        many name a crawled page, how many pages were not crawled, how many rows lie outside the site or could not be used.
    rejects : DataFrame
        ``signal``, ``file``, ``row``, ``value``, ``reason`` of each row that found no page.
    clusters : tuple of Cluster
        Topic clusters among the files, without rows that name no page of the site where there is one. Pages of `site`
        know theirs.
    """

    site: Site | None
    readings: list[Reading]
    report: pd.DataFrame
    rejects: pd.DataFrame
    clusters: Clusters = ()

    @property
    def signal_files(self) -> dict[Path, str]:
        """Files that hold signals, each with the (first) one."""
        return {reading.path: reading.signal for reading in reversed(self.readings) if reading.path}


def read(
    *paths: Path | str,
    site: Site | None = None,
    start_url: str | None = None,
    folder: Path | str | None = None,
    complete: bool | None = None,
    lists: str = "urls",
    verify_bots: bool = False,
    columns: Mapping[str, str] | None = None,
    hosts: Iterable[str] = (),
    folders: Iterable[str] = (),
) -> Imported:
    """Read files, or all files of a folder; what they are is told by their content.

    Parameters
    ----------
    *paths : files or folders
    site : Site, optional
        Site whose pages the signals describe; a crawl among the files takes its place.
    start_url : str, optional
        Start page; needed where a crawl is given as a table.
    folder : path, optional
        Where a Site made of a crawl is saved; a temporary folder without it.
    lists : str
        What a plain list of addresses stands for, which it does not tell itself: ``urls`` (pages that should exist),
        ``money_pages`` or ``sitemap``.
    complete : bool, optional
        Whether a crawl among the files followed every internal link, where it does not tell itself. A list of links alone is
        taken for complete, a crawler's lists if every page that a followed link leads to is in the list of URLs.
    verify_bots : bool
        Ask the DNS whether robots in access logs are what they claim to be. The only thing here that uses the network.
    columns : mapping, optional
        Columns of an edge list that go by names of their own: ``{"source": "Page", "target": "Links to"}``
        (`linkkit.sources.edges.read_edges`).
    hosts, folders : iterable of str, optional
        Other hosts of the site, and the folders that narrow it (`linkkit.scope.SiteScope.of`); what lies outside is counted, not audited.

    Raises
    ------
    SourceError
        If a file is missing, damaged or not understood, or two crawls are given.

    Examples
    --------
    >>> lk.read("internal_all.csv", "all_inlinks.csv", start_url="https://client.example/").site  # doctest: +SKIP
    >>> lk.read("exports/", site=site).report  # doctest: +SKIP
    """
    if lists not in LISTS:
        raise SourceError(f"lists={lists!r}: a list of addresses is one of {', '.join(LISTS)}")
    parts: list[Part] = []
    faults: list[str] = []
    for file in _files(paths):
        try:
            parts += recognise(file, columns)
        except SourceError as error:
            faults.append(str(error))
    if faults:
        raise SourceError("\n".join(faults))
    pairs = [(part, _reading(part, lists, verify_bots)) for part in parts if part.read]
    made = read_crawl_parts(
        [part for part in parts if part.crawl],
        start_url=start_url,
        folder=folder,
        complete=complete,
        columns=columns,
        hosts=hosts,
        folders=folders,
    )
    target = made or site
    readings = [reading for _, reading in pairs]
    rows = [_row(part, made) for part in parts if not part.read and not part.clusters]
    tables = [(part, part.clusters()) for part in parts if part.clusters]
    if target is None:
        rows += [_row(part, None, reading) for part, reading in pairs]
        refused = [reading.rejects.assign(signal=reading.signal, file=part.name) for part, reading in pairs]
        return _with_clusters(None, readings, rows, refused, tables)
    merged = merge(target, readings)
    rows += [
        _row(part, None, reading, account)
        for (part, reading), account in zip(pairs, merged.accounts, strict=True)
    ]
    return _with_clusters(merged.site, readings, rows, [merged.rejects], tables)


def _with_clusters(
    site: Site | None,
    readings: list[Reading],
    rows: list[dict[str, object]],
    refused: list[pd.DataFrame],
    tables: Sequence[tuple[Part, ClusterFile]],
) -> Imported:
    """What was read, and the clusters among the files; rows that name no page of the site are rejects."""
    clusters: Clusters = ()
    for part, table in tables:
        found, pages = (table, None) if site is None else found_on(site, table)
        clusters, said = merge_clusters(clusters, found.clusters, "" if site is None else site.start_url)
        told = [f"{len(found.clusters):,} clusters"] + ([] if pages is None else [f"{pages:,} pages"])
        rows.append(
            {
                "file": part.name,
                "recognised": part.kind,
                "feeds": "clusters",
                "rows": len(table.rows) + len(table.rejects),
                "matched": pd.NA if site is None else len(found.rows),
                "rejected": len(found.rejects),
                "notes": "; ".join([*told, *(each for each in said if "new cluster" not in each)]),
            }
        )
        refused.append(found.rejects.assign(signal="clusters", file=part.name))
    rejects = [each for each in refused if len(each)] or refused[:1]
    if site is not None and clusters:
        site = add_clusters(site, clusters)
    return Imported(
        site,
        readings,
        _report(rows),
        pd.concat(rejects, ignore_index=True) if rejects else pd.DataFrame(),
        clusters,
    )


def read_crawl_parts(
    parts: Sequence[Part],
    *,
    start_url: str | None = None,
    folder: Path | str | None = None,
    complete: bool | None = None,
    columns: Mapping[str, str] | None = None,
    hosts: Iterable[str] = (),
    folders: Iterable[str] = (),
) -> Site | None:
    """The Site that the crawl parts among files make; None where there is none.

    Raises
    ------
    SourceError
        If the parts belong to more than one crawl, or a table is given without the start page.
    """
    kinds = {part.crawl for part in parts}
    if not parts:
        return None
    names = ", ".join(dict.fromkeys(f"{part.path.name} ({part.kind})" for part in parts))
    paths = {kind: list(dict.fromkeys(part.path for part in parts if part.crawl == kind)) for kind in kinds}
    links = paths.get("links", []) + paths.get("edges", [])
    tables = kinds - {"rows"}
    # all_inlinks and all_outlinks hold the same links, so that both may be given.
    crowded = len(paths.get("pages", [])) > 1 or len(links) > 1 + ("pages" in kinds) or len(links) > 2
    if ("rows" in kinds and tables) or crowded:
        raise SourceError(f"more than one crawl: {names}; read them one by one")
    if not tables:
        return read_crawl(
            paths["rows"], start_url=start_url, folder=folder, complete=complete, hosts=hosts, folders=folders
        )
    if kinds == {"edges"}:
        if start_url is None:
            raise SourceError(f"{names}: a list of links does not tell where the site starts; give start_url")
        return read_edges(
            links[0],
            start_url=start_url,
            folder=folder,
            complete=complete is not False,
            columns=columns,
            hosts=hosts,
            folders=folders,
        )
    return read_screaming_frog(
        next(iter(paths.get("pages", [])), None),
        inlinks=next(iter(links), None),
        start_url=start_url,
        folder=folder,
        complete=complete,
        hosts=hosts,
        folders=folders,
    )


def _files(paths: Iterable[Path | str]) -> list[Path]:
    files: list[Path] = []
    for given in map(Path, paths):
        if given.is_dir():
            inside = sorted(
                file for file in given.iterdir() if file.is_file() and not file.name.startswith(".")
            )
            if not inside:
                raise SourceError(f"{given}: the folder holds no file")
            files += inside
        else:
            files.append(given)
    if not files:
        raise SourceError("no file named; give at least one path")
    return files


def _reading(part: Part, lists: str, verify_bots: bool) -> Reading:
    reading = read_part(part, verify_bots=verify_bots)
    # A pattern names money pages; what a plain address is for, the analyst says.
    return as_list(reading, lists) if part.signal == "urls" and lists != "urls" else reading


def _row(
    part: Part, site: Site | None, reading: Reading | None = None, account: Mapping[str, int] | None = None
) -> dict[str, object]:
    feeds = part.signal or ("crawl" if part.crawl else "nothing")
    row: dict[str, object] = {"file": part.name, "recognised": part.kind, "feeds": feeds}
    if reading is None:
        if part.crawl and site is not None:
            row |= _crawl_row(part, site)
        return row
    told = dict(account or {"rows": len(reading.rows) + len(reading.rejects), **reading.notes})
    row |= {"recognised": reading.kind, "feeds": reading.signal, "rows": told.pop("rows")}
    if account is not None:
        names = {
            "matched": "matched",
            "not crawled": "not_crawled",
            "outside the site": "outside",
            "not used": "rejected",
        }
        row |= {column: told.pop(words, 0) for words, column in names.items()}
    return row | {"notes": "; ".join(f"{words}: {count:,}" for words, count in told.items())}


def _crawl_row(part: Part, site: Site) -> dict[str, object]:
    """Pages or links that a part of a crawl gave; what it lacks, and which rows could not be used, is told once."""
    manifest = site.manifest
    links = manifest.rows["links"]
    used = manifest.settings.get("files")
    if used is not None and part.path.name not in used:
        return {"rows": 0, "notes": "not read: another file holds the same links"}
    if part.crawl == "links" and used and len(used) > 1:
        return {"rows": links, "notes": "internal hyperlinks"}
    lacking = manifest.settings.get(NOT_FOUND, ())
    told = [f"{links:,} links"]
    for why, number in manifest.rejected.items():
        places = list(manifest.rejected_at.get(why, ()))
        at = f" ({', '.join(places[:_SHOWN])}{', ...' if number > _SHOWN else ''})" if places else ""
        told.append(f"{why}: {number:,}{at}")
    told += [f"{NOT_FOUND}: {', '.join(lacking)}"] if lacking else []
    return {"rows": len(site.pages), "rejected": sum(manifest.rejected.values()), "notes": "; ".join(told)}


def _report(rows: Sequence[dict[str, object]]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=list(REPORT)).astype(REPORT)
