"""Changes of the analyst's clusters: pages moved, clusters renamed, merged, taken away; accepted proposals.

Each function gives new clusters and leaves the old ones alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

import pandas as pd

from linkkit.errors import SettingsError
from linkkit.site import Site
from linkkit.sources.clusters import Cluster, assigned
from linkkit.urls import origin, try_normalise

Clusters = tuple[Cluster, ...]


def from_pages(site: Site, cluster: pd.Series, pillars: Mapping[str, int]) -> Clusters:
    """Clusters that name each page by its address, as an accepted proposal is written down.

    Parameters
    ----------
    site : Site
    cluster : Series
        Cluster of each page, indexed by page id; missing where it is in none.
    pillars : mapping of cluster to page id
        Clusters without an entry get no pillar.
    """
    rows = cluster.dropna()
    made = []
    for name, own in rows.groupby(rows, sort=True):
        pillar = pillars.get(str(name))
        urls = site.pages["url"][own.index[own.index != pillar]]
        made.append(
            Cluster(
                str(name),
                "" if pillar is None else as_entry(site, site.pages["url"][pillar]),
                tuple(as_entry(site, url) for url in urls),
            )
        )
    return tuple(made)


def as_entry(site: Site, url: str) -> str:
    """How a page's address is written down: its path and query where that leads back to it, else the whole URL."""
    home = origin(site.start_url)
    short = url.removeprefix(home) if url.startswith(home + "/") else url
    return short if try_normalise(short, site.start_url) == url and not short.startswith("//") else url


def move_pages(site: Site, clusters: Iterable[Cluster], urls: Sequence[str], to: str | None) -> Clusters:
    """Put pages into another cluster, or into none.

    Patterns stay: a page that one still matches is written down as left out (``without``). A pillar that moves leaves
    its cluster without one. A cluster that has nothing left goes.

    Parameters
    ----------
    site : Site
    clusters : iterable of Cluster
    urls : sequence of str
        Pages of the site.
    to : str or None
        Name of the cluster; a new one is made where there is none of that name. None: no cluster.

    Raises
    ------
    SettingsError
        If an address is no page of the site, or the name is empty.
    """
    moved = {site.pages["url"][site.page_id(url)] for url in urls}
    if to is not None and not to.strip():
        raise SettingsError("a cluster needs a name")
    name = None if to is None else to.strip()
    entries = {as_entry(site, url) for url in moved}
    made = [_without(site, each, moved) for each in clusters if each.name != name]
    target = next((each for each in clusters if each.name == name), None)
    made = [each for each in made if each.pages or each.pillar]
    if name is not None:
        kept = target or Cluster(name)
        entries -= {as_entry(site, _absolute(site, kept.pillar))} if kept.pillar else set()
        there = {_absolute(site, each) for each in kept.pages}
        new = sorted(entry for entry in entries if _absolute(site, entry) not in there)
        without = tuple(each for each in kept.without if _absolute(site, each) not in moved)
        changed = replace(kept, pages=(*kept.pages, *new), without=without)
        order = [each.name for each in clusters]
        place = order.index(name) if name in order else len(made)
        made.insert(min(place, len(made)), changed)
    return tuple(made)


def rename_cluster(clusters: Iterable[Cluster], old: str, new: str) -> Clusters:
    """Give a cluster another name; where one of that name exists, the two become one, with that one's pillar if it has one.

    Raises
    ------
    SettingsError
        If there is no such cluster, or the new name is empty.
    """
    given = tuple(clusters)
    name = new.strip()
    _find(given, old)
    if not name:
        raise SettingsError("a cluster needs a name")
    other = next((each for each in given if each.name == name and name != old), None)
    if other is None:
        return tuple(replace(each, name=name) if each.name == old else each for each in given)
    gone = _find(given, old)
    pillar = other.pillar or gone.pillar
    more = [*gone.pages, *([gone.pillar] if gone.pillar and gone.pillar != pillar else [])]
    pages = tuple(dict.fromkeys([*other.pages, *more]))
    merged = replace(
        other, pillar=pillar, pages=pages, without=tuple(dict.fromkeys([*other.without, *gone.without]))
    )
    return tuple(merged if each is other else each for each in given if each is not gone)


def set_pillar(site: Site, clusters: Iterable[Cluster], name: str, url: str | None) -> Clusters:
    """Name the pillar of a cluster; the one before stays a page of it. Another cluster's page moves over.

    Raises
    ------
    SettingsError
        If there is no such cluster, or the address is no page of the site.
    """
    given = tuple(clusters)
    cluster = _find(given, name)
    if url is None:
        pages = tuple(dict.fromkeys([*cluster.pages, *([cluster.pillar] if cluster.pillar else [])]))
        return tuple(replace(each, pillar="", pages=pages) if each is cluster else each for each in given)
    page = site.pages["url"][site.page_id(url)]
    entry = as_entry(site, page)
    made = []
    for each in given:
        if each is not cluster:
            made.append(_without(site, each, {page}))
            continue
        before = [] if not each.pillar or _absolute(site, each.pillar) == page else [each.pillar]
        kept = [other for other in each.pages if _absolute(site, other) != page]
        left = tuple(other for other in each.without if _absolute(site, other) != page)
        made.append(replace(each, pillar=entry, pages=tuple(dict.fromkeys([*kept, *before])), without=left))
    return tuple(each for each in made if each.pages or each.pillar)


def remove_cluster(clusters: Iterable[Cluster], name: str) -> Clusters:
    """The clusters without one of them.

    Raises
    ------
    SettingsError
        If there is no such cluster.
    """
    given = tuple(clusters)
    gone = _find(given, name)
    return tuple(each for each in given if each is not gone)


def _find(clusters: Clusters, name: str) -> Cluster:
    found = next((each for each in clusters if each.name == name), None)
    if found is None:
        known = ", ".join(each.name for each in clusters) or "none"
        raise SettingsError(f"no cluster {name!r}; known are {known}")
    return found


def _without(site: Site, cluster: Cluster, urls: set[str]) -> Cluster:
    """A cluster that holds none of these pages."""
    pages = tuple(each for each in cluster.pages if _absolute(site, each) not in urls)
    pillar = "" if cluster.pillar and _absolute(site, cluster.pillar) in urls else cluster.pillar
    left = replace(cluster, pages=pages, pillar=pillar)
    names, _, _ = assigned(site, [left])
    still = sorted(set(site.pages["url"][names.notna()]) & urls)
    return replace(left, without=(*left.without, *(as_entry(site, url) for url in still)))


def _absolute(site: Site, entry: str) -> str:
    """URL of an entry; patterns and odd ones as they are."""
    return entry if "*" in urlsplit(entry).path else try_normalise(entry, site.start_url) or entry
