"""Tables of clusters: which page belongs to which topic, one page or pattern a row; what of them a site has."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from urllib.parse import urlsplit

import pandas as pd

from linkkit.errors import SourceError
from linkkit.site import Site
from linkkit.sources.clusters import Cluster, assigned, page_of
from linkkit.sources.columns import cells, find
from linkkit.sources.reading import rejects
from linkkit.sources.tabular import Table, open_tables
from linkkit.urls import try_normalise

Clusters = tuple[Cluster, ...]

MAX_COLUMNS = 4
"""A table of more columns that names no pillar is an inventory in which topics are noted, not a table of clusters."""

_PAGES = (
    "url",
    "page",
    "address",
    "pattern",
    "path",
    "url or pattern",
    "page url",
    "landing page",
    "seite",
    "adresse",
)
_NAMES = ("cluster", "topic", "group", "topic cluster", "hub", "silo", "thema")
_PILLARS = ("pillar", "is pillar", "pillar page", "is_pillar", "pillar flag", "hub page")
_YES = frozenset("yes y true 1 x pillar ja oui si sí wahr vrai ✓ ✔".split())
_NO = frozenset("no n false 0 nein non falsch faux cluster".split()) | {"", "-"}


@dataclass(frozen=True, eq=False)
class ClusterFile:
    """Rows of a table of clusters.

    Attributes
    ----------
    path : Path
    name : str
        The file and, in a zip or workbook, the part; for messages.
    rows : DataFrame
        One row per page or pattern: ``row`` (its number in the file), ``entry``, ``cluster``, ``is_pillar``.
    rejects : DataFrame
        Rows that could not be used (`linkkit.sources.reading.REJECTS`).
    """

    path: Path
    name: str
    rows: pd.DataFrame
    rejects: pd.DataFrame

    @property
    def clusters(self) -> Clusters:
        """The clusters that the rows make, in the order of first mention."""
        made = []
        for name, own in self.rows.groupby("cluster", sort=False):
            pillar = next(iter(own.loc[own["is_pillar"], "entry"]), "")
            pages = dict.fromkeys(own.loc[~own["is_pillar"], "entry"])
            made.append(Cluster(str(name), pillar, tuple(pages)))
        return tuple(made)


def is_clusters(table: Table) -> bool:
    """Whether a table is one of clusters: it has a column of pages and one of topics, and a pillar's or few others."""
    places = _places(table)
    return places is not None and (places[2] is not None or len(table.header) <= MAX_COLUMNS)


def read_table(table: Table) -> ClusterFile:
    """Read a table of clusters; rows that cannot be used become rejects."""
    page, name, pillar = _places(table) or (0, 1, None)
    places = {"entry": page, "cluster": name} | ({} if pillar is None else {"flag": pillar})
    rows = cells(table, places)
    rows["flag"] = rows["flag"].str.casefold() if pillar is not None else ""
    rows = rows[(rows[["entry", "cluster", "flag"]] != "").any(axis=1)]
    kept, refused, pillars = [], [], dict[str, str]()
    for row, entry, cluster, flag in rows[["row", "entry", "cluster", "flag"]].itertuples(index=False):
        fault = _fault(entry, cluster, flag, pillars)
        if fault:
            refused.append((int(row), entry or cluster, fault))
            continue
        if flag in _YES:
            pillars[cluster] = entry
        kept.append((row, entry, cluster, flag in _YES))
    frame = pd.DataFrame(kept, columns=["row", "entry", "cluster", "is_pillar"])
    frame = frame.astype({"row": "Int64", "entry": "str", "cluster": "str", "is_pillar": "bool"})
    return ClusterFile(table.path, table.name, frame, rejects(refused))


def _fault(entry: str, cluster: str, flag: str, pillars: dict[str, str]) -> str:
    if not entry or not cluster:
        return "no cluster" if entry else "no address"
    if flag not in _YES | _NO:
        return f"pillar = {flag!r}; yes or nothing is expected"
    if flag in _YES and "*" in entry:
        return f"a pattern ({entry}) cannot be the pillar"
    if flag in _YES and pillars.get(cluster, entry) != entry:
        return f"{cluster!r} has a pillar already ({pillars[cluster]})"
    return ""


def read_clusters(path: Path | str) -> Clusters:
    """Read clusters from a CSV or spreadsheet with the columns url (or pattern), cluster and, if wanted, pillar (yes or nothing).

    Raises
    ------
    SourceError
        If the file is missing or damaged, lacks a column, or holds rows that cannot be used; all of them are named.
    """
    file = Path(path)
    tables = open_tables(file)
    table = next((each for each in tables if _places(each)), None)
    if table is None:
        found = "; ".join(", ".join(each.header) for each in tables)
        raise SourceError(
            f"{file}: columns url and cluster are expected, and pillar where one is known; found {found or 'nothing'}"
        )
    read = read_table(table)
    faults = [
        f"row {row}: {reason}" for row, reason in read.rejects[["row", "reason"]].itertuples(index=False)
    ]
    if faults:
        raise SourceError(f"{file}:\n  " + "\n  ".join(faults[:20]) + ("\n  ..." if len(faults) > 20 else ""))
    if read.rows.empty:
        raise SourceError(f"{file}: no row below the header")
    return read.clusters


def found_on(site: Site, file: ClusterFile) -> tuple[ClusterFile, int]:
    """The rows that name a page of a site, the others among the rejects; and how many pages they name.

    A pattern names the indexable pages whose path it matches.
    """
    by_url = {url: page for page, url in enumerate(site.pages["url"])}
    paths = [
        (page, urlsplit(url).path)
        for page, (url, is_open) in enumerate(zip(site.pages["url"], site.pages["is_indexable"], strict=True))
        if is_open
    ]
    pages: set[int] = set()
    kept, lost = [], []
    for row, entry in file.rows[["row", "entry"]].itertuples(index=False):
        page = page_of(entry, by_url, site.start_url)
        named = {page} if page is not None else {each for each, path in paths if fnmatchcase(path, entry)}
        kept.append(bool(named))
        pages |= named
        if not named:
            lost.append(
                (int(row), entry, "the pattern matches no page" if "*" in entry else "no page of the crawl")
            )
    rows = file.rows[pd.Series(kept, index=file.rows.index, dtype=bool)]
    every = pd.concat([file.rejects, rejects(lost)], ignore_index=True).sort_values("row", kind="stable")
    return replace(file, rows=rows, rejects=every.reset_index(drop=True)), len(pages)


def merge_clusters(
    clusters: Iterable[Cluster], new: Iterable[Cluster], start_url: str = ""
) -> tuple[Clusters, list[str]]:
    """Clusters with more of them, by name; nothing that is there is taken away.

    Pages are added; a pillar is taken over where there is none yet, else the new one becomes a page. A page that another
    cluster names by its address stays there.

    Parameters
    ----------
    clusters, new : iterables of Cluster
    start_url : str
        Of the site: by it a path and a URL are known to be the same page.

    Returns
    -------
    tuple of Cluster, list of str
        The clusters, those that were there first; what was added, and what was not taken over, in words.
    """
    made = {each.name: each for each in clusters}
    home = {_key(entry, start_url): each.name for each in made.values() for entry in _entries(each)}
    said = []
    for each in new:
        free: dict[str, str] = {}
        taken: dict[str, str] = {}
        for entry in _entries(each):
            key = _key(entry, start_url)
            (free if home.get(key, each.name) == each.name else taken).setdefault(key, entry)
        if taken:
            homes = ", ".join(sorted({repr(home[key]) for key in taken}))
            shown = ", ".join([*list(taken.values())[:3], *(["..."] if len(taken) > 3 else [])])
            said.append(f"{len(taken):,} named for {each.name!r} stayed in {homes} ({shown})")
        if not free:
            continue
        pillar = free.get(_key(each.pillar, start_url), "") if each.pillar else ""
        known = made.get(each.name)
        made[each.name], words = _with_pages(known or Cluster(each.name), free, pillar, each, start_url)
        said += words if known else [f"new cluster {each.name!r}"]
        home |= dict.fromkeys(free, each.name)
    return tuple(made.values()), said


def _with_pages(
    old: Cluster, free: dict[str, str], pillar: str, new: Cluster, start_url: str
) -> tuple[Cluster, list[str]]:
    """A cluster with more pages (normal form: as written), and what that did to it."""
    said = []
    here = {_key(entry, start_url) for entry in _entries(old)}
    kept = old.pillar or pillar
    if pillar and _key(pillar, start_url) != _key(kept, start_url):
        said.append(f"the pillar of {old.name!r} stays {kept}; {pillar} is a page of it")
    kept_key = _key(kept, start_url) if kept else ""
    added = [entry for key, entry in free.items() if key not in here and key != kept_key]
    count = len(added) + bool(kept and kept_key not in here)
    if count:
        said.append(f"{count:,} added to cluster {old.name!r}")
    if kept and not old.pillar:
        said.append(f"{kept} is its pillar now")
    without = (
        *(entry for entry in old.without if _key(entry, start_url) not in free),
        *(entry for entry in new.without if entry not in old.without and _key(entry, start_url) not in here),
    )
    pages = (*(entry for entry in old.pages if _key(entry, start_url) != kept_key), *added)
    return Cluster(old.name, kept, pages, without), said


def moved_pages(site: Site, before: Iterable[Cluster], after: Iterable[Cluster]) -> list[str]:
    """Pages that other clusters would hold than before, in words: an address goes before a pattern."""
    old, new = assigned(site, before)[0], assigned(site, after)[0]
    moved = old.notna() & (old != new)
    pairs = Counter(zip(old[moved].astype(str), new[moved].fillna("none").astype(str), strict=True))
    return [
        f"{count:,} {'page' if count == 1 else 'pages'} that a pattern of {one!r} matches {'is' if count == 1 else 'are'} now in {other!r}"
        for (one, other), count in pairs.items()
    ]


def _entries(cluster: Cluster) -> list[str]:
    return [entry for entry in (cluster.pillar, *cluster.pages) if entry]


def _key(entry: str, start_url: str) -> str:
    """One form for a page that is written as a path or as a URL; patterns as they are."""
    return entry if "*" in entry or not start_url else try_normalise(entry, start_url) or entry


def _places(table: Table) -> tuple[int, int, int | None] | None:
    page, name = find(table.header, _PAGES), find(table.header, _NAMES)
    return None if page is None or name is None else (page, name, find(table.header, _PILLARS))
