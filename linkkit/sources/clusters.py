"""Topic clusters that the analyst defines."""

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

from linkkit.errors import SettingsError
from linkkit.site import Site


@dataclass(frozen=True)
class Cluster:
    """A topic: its pillar page and the patterns of its pages.

    Attributes
    ----------
    name : str
    pillar : str
        Path or URL of the pillar page.
    pages : tuple of str
        Paths of the cluster's pages; ``*`` stands for any characters.
    """

    name: str
    pillar: str
    pages: tuple[str, ...]


def add_clusters(site: Site, clusters: Iterable[Cluster]) -> Site:
    """A Site whose pages know their cluster: a pillar its own, another page the first that matches it.

    Raises
    ------
    SettingsError
        If a pillar is no page of the site, or a cluster has no page; all faults at once.
    """
    pages = site.pages.copy()
    paths = pages["url"].map(lambda url: urlsplit(url).path)
    crawled = pages["is_indexable"]
    faults = []
    pages["is_pillar"] = pages["is_pillar"].fillna(False)
    without_query = ~pages["url"].str.contains("?", regex=False)
    given = tuple(clusters)
    pillars = {cluster: (paths == urlsplit(cluster.pillar).path) & without_query for cluster in given}
    for cluster, is_pillar in pillars.items():
        pages.loc[is_pillar, "cluster"] = cluster.name
        pages.loc[is_pillar, "is_pillar"] = True
    for cluster, is_pillar in pillars.items():
        matches = (
            paths.map(lambda path, c=cluster: any(fnmatchcase(path, pattern) for pattern in c.pages))
            & crawled
        )
        if not is_pillar.any():
            faults.append(
                f"cluster {cluster.name!r}: the pillar {cluster.pillar} is no page of {site.start_url}"
            )
        if not matches.any():
            faults.append(f"cluster {cluster.name!r}: no page matches {', '.join(cluster.pages)}")
        pages.loc[pages["cluster"].isna() & matches, "cluster"] = cluster.name
    if faults:
        raise SettingsError("clusters:\n  " + "\n  ".join(faults))
    return site.with_pages(pages)
