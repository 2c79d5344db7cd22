"""Topic clusters that the analyst defines: which pages, by address or pattern, and which of them is the pillar."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pandas as pd

from linkkit.errors import SettingsError
from linkkit.site import Site
from linkkit.urls import try_normalise

_KEYS = ("name", "pillar", "pages", "without")


@dataclass(frozen=True)
class Cluster:
    """A topic: its pillar page and its pages.

    Attributes
    ----------
    name : str
    pillar : str
        Path or URL of the pillar page; empty where none is named yet.
    pages : tuple of str
        Paths or URLs of the cluster's pages; in a path ``*`` stands for any characters.
    without : tuple of str
        Paths or URLs of pages that a pattern matches but that are not of the cluster.
    """

    name: str
    pillar: str = ""
    pages: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    @classmethod
    def from_mapping(cls, values: Any) -> "Cluster":
        """A cluster from a table of ``client.toml``.

        Raises
        ------
        SettingsError
            If the name is missing, a key is unknown or a value of the wrong type; all faults at once.
        """
        if not isinstance(values, Mapping):
            raise SettingsError(f"a cluster is a table of {', '.join(_KEYS)}; found {values!r}")
        name = values.get("name")
        faults = [] if isinstance(name, str) and name.strip() else [f"name = {name!r}: a text is expected"]
        faults += [f"unknown key {key!r}; known are {', '.join(_KEYS)}" for key in values if key not in _KEYS]
        if not isinstance(values.get("pillar", ""), str):
            faults.append(f"pillar = {values['pillar']!r}: a path or URL is expected")
        for key in ("pages", "without"):
            given = values.get(key, [])
            if not isinstance(given, list) or not all(isinstance(each, str) for each in given):
                faults.append(f"{key} = {given!r}: a list of paths is expected")
        if not faults and not values.get("pages") and not values.get("pillar"):
            faults.append("neither pages nor a pillar are given")
        if faults:
            raise SettingsError(f"cluster {name!r}: " + "; ".join(faults))
        return cls(
            str(name).strip(),
            values.get("pillar", ""),
            tuple(values.get("pages", ())),
            tuple(values.get("without", ())),
        )


def add_clusters(site: Site, clusters: Iterable[Cluster]) -> Site:
    """A Site whose pages know their cluster.

    A pillar is of its own, a page named by its address of the one that names it, any other of the first whose pattern
    matches it.

    Raises
    ------
    SettingsError
        If a pillar is no page of the site, or a cluster has no page; all faults at once.
    """
    given = tuple(clusters)
    names, pillars, faults = assigned(site, given)
    if faults:
        raise SettingsError("clusters:\n  " + "\n  ".join(faults))
    pages = site.pages.copy()
    pages["is_pillar"] = pages["is_pillar"].fillna(False)
    pages.loc[pillars, "is_pillar"] = True
    pages.loc[names.notna(), "cluster"] = names[names.notna()]
    return site.with_pages(pages)


def assigned(site: Site, clusters: Iterable[Cluster]) -> tuple[pd.Series, list[int], list[str]]:
    """Cluster of each page (missing where none), page ids of the pillars, and what does not fit the site, in words."""
    given, pages = tuple(clusters), site.pages
    by_url = dict(zip(pages["url"], range(len(pages)), strict=True))
    # A page is meant by its path without regard to http, https and www. only as far as its own address says so.
    paths = [urlsplit(url).path for url in pages["url"]]
    names = pd.Series(None, index=pages.index, dtype="object")
    pillars: list[int] = []
    named: set[int] = set()
    faults = []
    for cluster in given:
        pillar = page_of(cluster.pillar, by_url, site.start_url) if cluster.pillar else None
        if pillar is not None:
            names.iloc[pillar] = cluster.name
            pillars.append(pillar)
            named.add(pillar)
        elif cluster.pillar:
            faults.append(
                f"cluster {cluster.name!r}: the pillar {cluster.pillar} is no page of {site.start_url}"
            )
    matches: list[set[int]] = []
    for cluster in given:
        exact = {
            page for each in cluster.pages if (page := page_of(each, by_url, site.start_url)) is not None
        }
        left_out = {page_of(each, by_url, site.start_url) for each in cluster.without}
        for page in exact - named:
            names.iloc[page] = cluster.name
        named |= exact
        wild = [each for each in cluster.pages if page_of(each, by_url, site.start_url) is None]
        found = _matching(wild, paths, pages["is_indexable"].to_numpy(dtype=bool))
        matches.append(found - left_out)
        if cluster.pages and not exact and not found:
            faults.append(f"cluster {cluster.name!r}: no page matches {', '.join(cluster.pages)}")
    for cluster, found in zip(given, matches, strict=True):
        for page in found - named:
            names.iloc[page] = cluster.name
        named |= found
    return names, pillars, faults


def page_of(entry: str, by_url: Mapping[str, int], start_url: str) -> int | None:
    """Page that a path or URL names; None where there is none, as for a pattern."""
    return by_url.get(try_normalise(entry, start_url) or entry, by_url.get(entry))


def _matching(
    patterns: list[str], paths: list[str], open_: "np.ndarray[tuple[int], np.dtype[np.bool_]]"
) -> set[int]:
    """Indexable pages whose path a pattern matches."""
    return {
        page
        for page, path in enumerate(paths)
        if open_[page] and any(fnmatchcase(path, pattern) for pattern in patterns)
    }
