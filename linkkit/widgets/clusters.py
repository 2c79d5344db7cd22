"""Panel: the analyst's topic clusters, to look at and to change; written to client.toml when they are right."""

from pathlib import Path
from typing import Any

import ipywidgets
import pandas as pd
from IPython.display import HTML, display

from linkkit.audit import Audit
from linkkit.charts.words import count, short_url
from linkkit.client import Client
from linkkit.errors import SettingsError
from linkkit.network import cluster_network
from linkkit.sources.cluster_edits import (
    move_pages,
    remove_cluster,
    rename_cluster,
    set_pillar,
)
from linkkit.sources.cluster_files import read_clusters
from linkkit.sources.clusters import Cluster, assigned
from linkkit.widgets.display import is_headless, picture_chart, picture_details_html, show, show_live
from linkkit.widgets.errors import ErrorBox, Panel, guarded
from linkkit.widgets.layout import heading_html, note_html
from linkkit.widgets.picture_view import PictureView

NOWHERE = "(no cluster)"
_NO_PILLAR = "(none)"
_OFFERED = 500


def cluster_members(audit: Audit, clusters: tuple[Cluster, ...]) -> pd.DataFrame:
    """Pages of clusters on the audited site, whether or not they are saved.

    Returns
    -------
    DataFrame
        One row per page, by cluster, the pillar first, then by address: ``cluster``, ``url``, ``title``, ``is_pillar``.
    """
    names, pillars, _ = assigned(audit.site, clusters)
    rows = audit.site.pages.loc[names.notna(), ["url", "title"]]
    table = rows.assign(
        cluster=names[rows.index], is_pillar=rows.index.isin(pillars), title=rows["title"].fillna("")
    )
    order = {cluster.name: place for place, cluster in enumerate(clusters)}
    table = table.assign(order=table["cluster"].map(order), later=~table["is_pillar"])
    table = table.sort_values(["order", "later", "url"], ignore_index=True)
    return table[["cluster", "url", "title", "is_pillar"]]


def cluster_overview(audit: Audit, clusters: tuple[Cluster, ...]) -> pd.DataFrame:
    """Clusters as they are defined: ``Cluster``, ``Pages``, ``Pillar``, ``Defined by``, ``Left out``."""
    members = cluster_members(audit, clusters)
    sizes = members["cluster"].value_counts()
    return pd.DataFrame(
        {
            "Cluster": [each.name for each in clusters],
            "Pages": [int(sizes.get(each.name, 0)) for each in clusters],
            "Pillar": [each.pillar or "none yet" for each in clusters],
            "Defined by": [
                ", ".join(each.pages[:3])
                + (f" and {len(each.pages) - 3:,} more" if len(each.pages) > 3 else "")
                for each in clusters
            ],
            "Left out": [", ".join(each.without[:3]) for each in clusters],
        }
    )


class ClusterEditor(Panel):
    """Clusters one at a time: members, pillar, name; pages moved, added, taken out. Nothing is written before it is saved.

    Attributes
    ----------
    clusters : tuple of Cluster
        As edited so far.
    """

    def __init__(self, audit: Audit, client: Client) -> None:
        self._audit, self._client = audit, client
        self.clusters = client.settings.clusters
        self._refreshing = False
        style, wide = {"description_width": "90px"}, ipywidgets.Layout(width="560px")
        button = ipywidgets.Layout(width="170px")
        self.cluster = ipywidgets.Dropdown(description="Cluster", layout=wide, style=style)
        self.members = ipywidgets.SelectMultiple(description="Pages", rows=9, layout=wide, style=style)
        self.pillar = ipywidgets.Dropdown(description="Pillar", layout=wide, style=style)
        self.name = ipywidgets.Text(description="Name", layout=wide, style=style)
        self.rename = ipywidgets.Button(description="Rename or merge", layout=button)
        self.to = ipywidgets.Combobox(
            description="Move to", placeholder="a cluster, or a new name", ensure_option=False, layout=wide, style=style
        )  # fmt: skip
        self.move = ipywidgets.Button(description="Move marked pages", layout=button)
        urls = audit.metrics[audit.site.pages["is_indexable"]].nlargest(_OFFERED, "pagerank")["url"]
        self.page = ipywidgets.Combobox(
            description="Add page", placeholder="choose, or paste a URL", options=list(urls), ensure_option=False,
            layout=wide, style=style,
        )  # fmt: skip
        self.add = ipywidgets.Button(description="Add to this cluster", layout=button)
        self.remove = ipywidgets.Button(description="Dissolve cluster", layout=button)
        self.file = ipywidgets.Text(
            description="From a file", placeholder="CSV: url (or pattern), cluster, pillar (yes)", layout=wide, style=style
        )  # fmt: skip
        self.read = ipywidgets.Button(description="Read", layout=button)
        self.save = ipywidgets.Button(description="Save for this client", icon="save", button_style="primary", layout=button)  # fmt: skip
        self.told = ipywidgets.HTML()
        self.errors = ErrorBox()
        for widget, work in (
            (self.rename, self._rename), (self.move, self._move), (self.add, self._add), (self.remove, self._remove),
            (self.read, self._read), (self.save, self._save),
        ):  # fmt: skip
            widget.on_click(guarded(work, self.errors))
        self.cluster.observe(guarded(self._chosen, self.errors), "value")
        self.pillar.observe(guarded(self._set_pillar, self.errors), "value")
        rows = [
            [self.cluster, self.remove], [self.members], [self.to, self.move], [self.page, self.add],
            [self.pillar], [self.name, self.rename], [self.file, self.read], [self.save, self.told],
        ]  # fmt: skip
        super().__init__([*(ipywidgets.HBox(row) for row in rows), self.errors])
        self.refresh()
        self._say()

    def refresh(self, name: str | None = None) -> None:
        """Show the clusters as edited, that of this name first."""
        self._refreshing = True
        try:
            names = [each.name for each in self.clusters]
            wanted = name if name in names else self.cluster.value if self.cluster.value in names else None
            self.cluster.options = names
            self.cluster.value = wanted or (names[0] if names else None)
            members = cluster_members(self._audit, self.clusters)
            own = members[members["cluster"] == self.cluster.value]
            options = [
                (
                    f"{'★ ' if row['is_pillar'] else ''}{short_url(row['url'], 48)}  {row['title'][:60]}",
                    row["url"],
                )
                for row in own.to_dict("records")
            ]
            self.members.options = options
            self.members.value = ()
            self.pillar.options = [(_NO_PILLAR, ""), *((short_url(url, 64), url) for url in own["url"])]
            pillar = own.loc[own["is_pillar"], "url"]
            self.pillar.value = pillar.iloc[0] if len(pillar) else ""
            self.name.value = self.cluster.value or ""
            self.to.options = [*(each for each in names if each != self.cluster.value), NOWHERE]
            self.to.value = ""
        finally:
            self._refreshing = False

    def _say(self, words: str = "") -> None:
        changed = self.clusters != self._client.settings.clusters
        state = (
            "Changes are not saved yet."
            if changed
            else words or f"{count(len(self.clusters), 'cluster')} in client.toml."
        )
        self.told.value = note_html(state)

    def _change(self, clusters: tuple[Cluster, ...], name: str | None = None) -> None:
        self.clusters = clusters
        self.refresh(name)
        self._say()

    def _current(self) -> str:
        if not self.cluster.value:
            raise SettingsError("there is no cluster yet: add a page under a new name, or read a file")
        return str(self.cluster.value)

    def _chosen(self, change: Any = None) -> None:
        if not self._refreshing:
            self.refresh(self.cluster.value)

    def _set_pillar(self, change: Any = None) -> None:
        if not self._refreshing:
            name = self._current()
            self._change(set_pillar(self._audit.site, self.clusters, name, self.pillar.value or None), name)

    def _rename(self, button: Any = None) -> None:
        self._change(rename_cluster(self.clusters, self._current(), self.name.value), self.name.value.strip())

    def _move(self, button: Any = None) -> None:
        if not self.members.value:
            raise SettingsError("no page is marked: mark those to move in the list of pages")
        if not self.to.value.strip():
            raise SettingsError(f"choose the cluster to move to, type a new name, or choose {NOWHERE}")
        to = None if self.to.value.strip() == NOWHERE else self.to.value
        self._change(move_pages(self._audit.site, self.clusters, self.members.value, to), self.cluster.value)

    def _add(self, button: Any = None) -> None:
        name = self.cluster.value or self.name.value
        self._change(
            move_pages(self._audit.site, self.clusters, [self.page.value.strip()], name), name.strip()
        )
        self.page.value = ""

    def _remove(self, button: Any = None) -> None:
        self._change(remove_cluster(self.clusters, self._current()))

    def _read(self, button: Any = None) -> None:
        text = self.file.value.strip().strip("\"'")
        if not text:
            raise SettingsError("no file named; type or paste its path")
        file = Path(text).expanduser()
        beside = self._client.folder / file
        new = read_clusters(beside if not file.is_absolute() and beside.exists() else file)
        replaced = {each.name for each in new}
        self._change((*(each for each in self.clusters if each.name not in replaced), *new), new[0].name)

    def _save(self, button: Any = None) -> None:
        # Thresholds, or a proposal, may have been kept since the panel was opened: only the clusters are ours.
        stored = Client.open(self._client.folder.name, clients=self._client.folder.parent)
        if stored.settings.clusters != self._client.settings.clusters:
            self._client = stored
            raise SettingsError(
                "client.toml holds other clusters than when this panel was opened (was a proposal accepted?). Save again to "
                "replace them by what stands here, or run the cell again to begin from them."
            )
        self._client = stored.save_clusters(self.clusters)
        self._say("Saved in client.toml. Run the notebook again to see them measured.")


def cluster_editor(audit: Audit, client: Client) -> ClusterEditor | None:
    """The panel; in an unattended run the clusters as they are defined."""
    if not is_headless():
        return ClusterEditor(audit, client)
    clusters = client.settings.clusters
    if clusters:
        display(HTML(heading_html("Clusters in client.toml")))
        show(cluster_overview(audit, clusters))
    else:
        display(HTML(note_html("No clusters are defined in client.toml.")))
    return None


class ClusterExplorer(Panel):
    """Choose a cluster; its pages around its pillar follow."""

    def __init__(self, audit: Audit) -> None:
        self._audit = audit
        grouping = audit.facts.clusters
        self.cluster = ipywidgets.Dropdown(
            description="Cluster", options=grouping.names if grouping else (), layout=ipywidgets.Layout(width="560px")
        )  # fmt: skip
        self.title, self.caption = ipywidgets.HTML(), ipywidgets.HTML()
        self.errors = ErrorBox()
        self.picture = PictureView(lambda url: None)
        self.cluster.observe(guarded(self.refresh, self.errors), "value")
        super().__init__([self.cluster, self.errors, self.title, self.picture, self.caption])
        self.refresh()

    def _ipython_display_(self) -> None:
        show_live(self, picture_chart(self._drawn))

    def refresh(self, change: Any = None) -> None:
        """Show the chosen cluster."""
        self._drawn = drawn = cluster_network(self._audit, self.cluster.value)
        self.picture.draw(drawn)
        self.title.value = heading_html(drawn.title)
        self.caption.value = note_html(drawn.caption) + picture_details_html(drawn)


def cluster_explorer(audit: Audit) -> ClusterExplorer | None:
    """The panel; in an unattended run the cluster with most missing links; a note where none is defined."""
    if audit.facts.clusters is None:
        display(HTML(note_html("No clusters are defined: there is nothing to show yet.")))
        return None
    if not is_headless():
        return ClusterExplorer(audit)
    show(cluster_network(audit))
    return None
