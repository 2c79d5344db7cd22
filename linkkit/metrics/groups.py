"""Groupings of pages into clusters: the analyst's own, by folder, section or breadcrumb, or proposed from text and links.

Only the analyst's own is a fact about the site; every other one is a proposal and says so.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

import numpy as np
import pandas as pd
import pyarrow as pa

from linkkit.folding import Bools
from linkkit.graph import LinkGraph
from linkkit.metrics.pillars import PILLARS, given_pillars, propose_pillars
from linkkit.schema import Position
from linkkit.site import Site
from linkkit.steps import step
from linkkit.text.topics import MIN_PAGES, UNCLUSTERED, Topics
from linkkit.wording import percent

Basis = Literal["defined", "folders", "sections", "breadcrumbs", "text and links"]

BASES: dict[Basis, str] = {
    "defined": "as the analyst defined them",
    "folders": "by folders of the addresses",
    "sections": "by sections of the site",
    "breadcrumbs": "by the page that breadcrumbs name last",
    "text and links": "from the pages' words and the links between them",
}
"""Where a grouping comes from, in words."""
MAX_LEVEL = 4


@dataclass(frozen=True, eq=False)
class Grouping:
    """Which pages belong together, and the pillar of each cluster.

    Attributes
    ----------
    basis : str
        One of `BASES`.
    cluster : Series of str
        Cluster of each page, indexed by page id; missing where it is in none.
    pillars : DataFrame
        One row per cluster with a page that can be linked: ``cluster``, ``pillar_id``, ``is_given``, ``reason``.
    between : bool Series
        Pages that stand between clusters: another run of the proposal puts them elsewhere.
    note : str
        What the grouping rests on, and how firm it is, in a sentence.
    """

    basis: Basis
    cluster: pd.Series
    pillars: pd.DataFrame
    between: pd.Series
    note: str

    @property
    def is_proposal(self) -> bool:
        """Whether nobody has said that these pages belong together."""
        return self.basis != "defined"

    @property
    def names(self) -> tuple[str, ...]:
        """Clusters, the largest first; ties by name."""
        sizes = Counter(self.cluster.dropna())
        return tuple(sorted(sizes, key=lambda name: (-sizes[name], name)))


@step("clusters")
def defined_clusters(site: Site, graph: LinkGraph, depth: pd.Series) -> Grouping:
    """The clusters that the analyst defined; where one has no pillar that can be linked, a pillar is proposed."""
    cluster = site.pages["cluster"].where(site.pages["cluster"] != "").copy()
    # A pillar or page that moved is the page it leads to.
    for page in cluster.index[cluster.notna() & (graph.final != np.arange(len(graph)))]:
        final = int(graph.final[page])
        if pd.isna(cluster[final]):
            cluster[final] = cluster[page]
        cluster[page] = None
    cluster = cluster.where(linkable(graph))
    proposed = propose_pillars(site.pages, graph, cluster, depth)
    given = given_pillars(site.pages, graph, cluster)
    rest = proposed[~proposed["cluster"].isin(given["cluster"])]
    pillars = pd.concat([given, rest]).sort_values("cluster", ignore_index=True)
    note = "Clusters as they stand in client.toml."
    return Grouping("defined", cluster, pillars.astype(PILLARS), _nobody(site), note)


def folder_clusters(site: Site, graph: LinkGraph, depth: pd.Series, *, level: int = 2) -> Grouping:
    """Pages by folder: the deepest one of at most `level` parts that holds at least `MIN_PAGES` pages.

    The pillar is the page at the folder's own address, where there is one.
    """
    open_ = linkable(graph)
    paths = [urlsplit(url).path for url in site.pages["url"]]
    folders = [_folders(path, level) if ok else [] for path, ok in zip(paths, open_, strict=True)]
    sizes = Counter(folder for own in folders for folder in own)
    names = [
        next((folder for folder in reversed(own) if sizes[folder] >= MIN_PAGES), None) for own in folders
    ]
    cluster = _large(pd.Series(names, index=site.pages.index, dtype="object"))
    note = f"Folders of the addresses, {level} deep at most. A folder is often a kind of page, not a topic."
    return _at_address("folders", site, graph, cluster, depth, note)


def section_clusters(site: Site, graph: LinkGraph, depth: pd.Series) -> Grouping:
    """Pages by the section that the crawl or import gave them; the pillar is the page at the section's address."""
    cluster = _large(site.pages["section"].astype("object").where(linkable(graph)))
    note = "The site's sections. A section is often a kind of page, not a topic."
    return _at_address("sections", site, graph, cluster, depth, note)


def breadcrumb_clusters(site: Site, graph: LinkGraph, depth: pd.Series) -> Grouping:
    """Pages by the most particular page that their breadcrumb links to; that page is the pillar.

    The most particular one is the one that the fewest pages name; ties go to the deeper page. The start page is none.
    """
    fold = pa.table({"page_id": np.arange(len(graph), dtype=np.int32), "final": graph.final})
    links = site.engine.arrow(
        f"""SELECT DISTINCT s.final AS source, t.final AS target
        FROM links l JOIN fold s ON s.page_id = l.source_id JOIN fold t ON t.page_id = l.target_id
        WHERE l.position = {int(Position.BREADCRUMB)} ORDER BY source, target""",
        fold=fold,
    ).to_pandas()
    open_ = linkable(graph)
    links = links[
        open_[links["source"]] & open_[links["target"]] & (links["target"] != graph.start)
        & (links["source"] != links["target"])
    ]  # fmt: skip
    links["named"] = links.groupby("target")["source"].transform("size")
    links["depth"] = -depth.to_numpy()[links["target"]]
    links = links.sort_values(["source", "named", "depth", "target"], kind="stable")
    parent = links.drop_duplicates("source").set_index("source")["target"]
    names = _page_names(site, parent.unique())
    cluster = pd.Series(None, index=site.pages.index, dtype="object")
    cluster[parent.index] = parent.map(names)
    for target in parent.unique():
        # The page that the others name stands with them, whatever its own breadcrumb says.
        cluster[target] = names[target]
    cluster = _large(cluster)
    hubs = pd.DataFrame({"pillar_id": list(names), "cluster": list(names.values())})
    hubs = hubs[hubs["cluster"].isin(set(cluster.dropna()))]
    pillars = hubs.assign(is_given=False, reason="the page that the breadcrumbs of the others name")
    note = (
        "The page that breadcrumbs name last."
        if len(parent)
        else "No breadcrumb of this site links to a page beside the start page."
    )
    ordered = pillars.sort_values("cluster", ignore_index=True)[list(PILLARS)].astype(PILLARS)
    return Grouping("breadcrumbs", cluster, ordered, _nobody(site), note)


def topic_clusters(site: Site, graph: LinkGraph, depth: pd.Series, topics: Topics) -> Grouping:
    """A proposal from words and links as a grouping, with a proposed pillar for each topic."""
    cluster = pd.Series(None, index=site.pages.index, dtype="object")
    inside = topics.labels != UNCLUSTERED
    names = np.array(topics.names, dtype=object)
    cluster.iloc[topics.pages[inside]] = names[topics.labels[inside]]
    between = _nobody(site)
    between.iloc[topics.pages[topics.between]] = True
    pillars = propose_pillars(site.pages, graph, cluster, depth)
    basis = {
        "page text": "the pages' words",
        "titles": "titles alone, for the crawl holds no page text,",
        "addresses": "words of the addresses alone, for the crawl holds neither page text nor titles,",
        "nothing": "no words at all",
    }[topics.basis]
    note = (
        f"Proposed from {basis} and the links between the pages; other runs agree to {percent(topics.agreement)}. "
        "Check them before you rely on them."
    )
    return Grouping("text and links", cluster, pillars, between, note)


def linkable(graph: LinkGraph) -> Bools:
    """Which pages can be members: live, indexable, standing for themselves."""
    return np.asarray(graph.indexable & graph.stands)


def _at_address(
    basis: Basis, site: Site, graph: LinkGraph, cluster: pd.Series, depth: pd.Series, note: str
) -> Grouping:
    """A grouping whose names are addresses: the page there is the pillar, else one is proposed."""
    own = cluster.dropna()
    paths = site.pages["url"].map(site.scope.path)[own.index]
    stems = paths.str.replace(r"(?:index\.(?:html?|php))?$", "", regex=True).str.rstrip("/")
    at_home = own.index[stems == own.astype(str).str.rstrip("/")]
    hubs = pd.DataFrame({"cluster": own[at_home], "pillar_id": at_home}).drop_duplicates("cluster")
    hubs = hubs.assign(is_given=False, reason="the page at the address of the others' folder")
    rest = propose_pillars(site.pages, graph, cluster, depth)
    pillars = pd.concat([hubs, rest[~rest["cluster"].isin(hubs["cluster"])]])
    ordered = pillars.sort_values("cluster", ignore_index=True)[list(PILLARS)].astype(PILLARS)
    return Grouping(basis, cluster, ordered, _nobody(site), note)


def _folders(path: str, level: int) -> list[str]:
    """Folders that a path lies in, from the top: ``/a/b/c`` -> ``/a/``, ``/a/b/``."""
    parts = path.split("/")[1:-1]
    return ["/" + "/".join(parts[:size]) + "/" for size in range(1, min(level, len(parts)) + 1)]


def _large(cluster: pd.Series) -> pd.Series:
    """The grouping without groups of fewer than `MIN_PAGES` pages."""
    sizes = cluster.value_counts()
    return cluster.where(cluster.isin(sizes.index[sizes >= MIN_PAGES]))


def _page_names(site: Site, pages: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> dict[int, str]:
    """A name for each page, no two alike: its h1, else its path; the path is added where names repeat."""
    own = site.pages.loc[pages]
    paths = own["url"].map(lambda url: urlsplit(url).path)
    names = own["h1"].where(own["h1"].fillna("") != "", paths)
    repeated = names.duplicated(keep=False)
    names = names.where(~repeated, names + " (" + paths + ")")
    return dict(zip(own.index.tolist(), names.tolist(), strict=True))


def _nobody(site: Site) -> pd.Series:
    return pd.Series(False, index=site.pages.index)
