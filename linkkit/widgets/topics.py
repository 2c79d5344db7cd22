"""Panel: proposals for topic clusters, to look at, and to accept one by one."""

from collections.abc import Sequence
from typing import Any

import ipywidgets
import numpy as np
import numpy.typing as npt
import pandas as pd
from IPython.display import HTML, display

from linkkit.audit import Audit
from linkkit.charts.clusters import cluster_links_chart, cluster_links_table
from linkkit.charts.words import count, percent, short_url, source_note
from linkkit.checks.registry import kept as remembered
from linkkit.client import Client
from linkkit.errors import SettingsError
from linkkit.metrics.clusters import cluster_measures
from linkkit.metrics.groups import (
    BASES,
    MAX_LEVEL,
    Basis,
    Grouping,
    breadcrumb_clusters,
    folder_clusters,
    section_clusters,
    topic_clusters,
)
from linkkit.sources.cluster_edits import from_pages
from linkkit.text.topics import RESOLUTION, nmi
from linkkit.widgets.display import is_headless, show, table_html
from linkkit.widgets.errors import ErrorBox, Panel, guarded
from linkkit.widgets.later import Later
from linkkit.widgets.layout import heading_html, note_html
from linkkit.widgets.slider import Slider
from linkkit.widgets.tuning import LIVE_PAGES

PROPOSALS: tuple[Basis, ...] = ("text and links", "folders", "sections", "breadcrumbs")
_SHOWN = 25
_PAUSE = 0.3
"""Seconds without a move after which the next proposal is made ahead."""


def propose_clusters(
    audit: Audit,
    basis: Basis = "text and links",
    *,
    resolution: float = RESOLUTION,
    level: int = 2,
) -> Grouping:
    """A proposal for the site's topic clusters.

    Parameters
    ----------
    audit : Audit
    basis : str
        One of `PROPOSALS`.
    resolution : float
        Text and links: higher gives more and smaller topics.
    level : int
        Folders: how deep.

    Raises
    ------
    SettingsError
        If there is no such basis.
    """
    site, graph, depth = audit.site, audit.graph, audit.metrics["crawl_depth"]
    if basis == "folders":
        return folder_clusters(site, graph, depth, level=level)
    if basis == "sections":
        return section_clusters(site, graph, depth)
    if basis == "breadcrumbs":
        return breadcrumb_clusters(site, graph, depth)
    if basis != "text and links":
        raise SettingsError(f"no proposal from {basis!r}; known are {', '.join(PROPOSALS)}")
    return topic_clusters(site, graph, depth, audit.topics.propose(resolution))


def proposal_table(audit: Audit, grouping: Grouping) -> pd.DataFrame:
    """A proposal as an analyst reads it, the largest cluster first.

    Returns
    -------
    DataFrame
        One row per cluster: ``Proposed cluster``, ``Pages``, ``Between`` (pages that another run puts elsewhere), ``Proposed pillar``, ``Why``,
        ``Link to it``, ``Linked from it``, ``Stays inside`` (of its content links), ``Examples``.
    """
    # Without authority: what passes on would take a solve for each cluster.
    table = cluster_measures(grouping, audit.graph)
    between = grouping.between & grouping.cluster.notna()
    moving = grouping.cluster[between].value_counts()
    urls = audit.site.pages["url"]
    strongest = _strongest(audit, grouping)
    rows = []
    for row in table.to_dict("records"):
        rows.append(
            {
                "Proposed cluster": row["cluster"],
                "Pages": row["pages"],
                "Between": int(moving.get(row["cluster"], 0)),
                "Proposed pillar": short_url(row["pillar"]),
                "Why": row["pillar_reason"],
                "Link to it": f"{row['to_pillar']:,} of {row['members']:,}",
                "Linked from it": f"{row['from_pillar']:,} of {row['members']:,}",
                "Stays inside": "" if np.isnan(row["inside_share"]) else percent(row["inside_share"]),
                "Examples": ", ".join(
                    short_url(urls[page], 40) for page in strongest.get(row["cluster"], ())
                ),
            }
        )
    columns = ["Proposed cluster", "Pages", "Between", "Proposed pillar", "Why", "Link to it", "Linked from it", "Stays inside", "Examples"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _strongest(audit: Audit, grouping: Grouping, *, top: int = 3) -> dict[str, list[int]]:
    """The pages of each cluster with the highest PageRank, its pillar left out."""
    pages = _by_rank(audit)
    cluster = grouping.cluster.iloc[pages]
    hubs = dict(zip(grouping.pillars["pillar_id"], grouping.pillars["cluster"], strict=True))
    kept = cluster[cluster.notna() & (cluster.index.map(hubs) != cluster.to_numpy())]
    best = kept.groupby(kept, sort=False).head(top)
    named: dict[str, list[int]] = {}
    for page, name in zip(best.index.to_numpy(dtype=np.int64).tolist(), best, strict=True):
        named.setdefault(str(name), []).append(page)
    return named


@remembered
def _by_rank(audit: Audit) -> npt.NDArray[np.int64]:
    """Rows of all pages by PageRank."""
    return np.argsort(-audit.metrics["pagerank"].to_numpy(dtype=float), kind="stable")


@remembered
def _folders(audit: Audit) -> Grouping:
    """The proposal that others are compared with."""
    return propose_clusters(audit, "folders")


def proposal_words(audit: Audit, grouping: Grouping) -> str:
    """What a proposal holds, what it rests on, and how far it agrees with other groupings of the same pages."""
    inside = int(grouping.cluster.notna().sum())
    open_ = int(audit.graph.indexable.sum())
    between = int((grouping.between & grouping.cluster.notna()).sum())
    basis = "" if grouping.note.startswith("Proposed from") else f", {BASES[grouping.basis]}"
    said = [
        f"{count(len(grouping.pillars), 'proposed cluster')} of {inside:,} of {count(open_, 'indexable page')}{basis}.",
        grouping.note,
    ]
    if between:
        said.append(f"{count(between, 'page')} between topics: another run puts them elsewhere.")
    others = [_folders(audit)] if grouping.basis != "folders" else []
    others += [audit.facts.clusters] if audit.facts.clusters is not None else []
    for other in others:
        both = grouping.cluster.notna() & other.cluster.notna()
        if both.sum() > 1:
            shared = nmi(*(pd.factorize(each.cluster[both])[0] for each in (grouping, other)))
            name = "your clusters" if other.basis == "defined" else "the folders"
            said.append(
                f"Agreement with {name} {shared:.2f} (1: the same, 0: none; {int(both.sum()):,} pages)."
            )
    return " ".join(said)


def accept_proposals(client: Client, audit: Audit, grouping: Grouping, names: Sequence[str]) -> Client:
    """Write chosen clusters of a proposal into ``client.toml``, beside those defined; pages in one of these stay there.

    Raises
    ------
    SettingsError
        If nothing is chosen, or nothing is left of what was.
    """
    if not names:
        raise SettingsError("no cluster is chosen: mark those to accept in the list")
    stored = Client.open(client.folder.name, clients=client.folder.parent)
    taken = audit.facts.clusters.cluster.notna() if audit.facts.clusters is not None else False
    free = grouping.cluster.where(grouping.cluster.isin(list(names)) & ~np.asarray(taken, dtype=bool))
    pillars = grouping.pillars.set_index("cluster")["pillar_id"].to_dict()
    there = {str(name): int(page) for name, page in pillars.items() if pd.notna(free[page])}
    known = {each.name for each in stored.settings.clusters}
    new = from_pages(audit.site, free, there)
    double = sorted(known & {each.name for each in new})
    if double:
        raise SettingsError(f"there is a cluster of that name already: {', '.join(double)}; rename it first")
    if not new:
        raise SettingsError("every page of these proposals is in one of your clusters already")
    return stored.save_clusters((*stored.settings.clusters, *new))


class ProposalPanel(Panel):
    """Choose what proposals rest on and how fine they are; accept those that hold.

    Attributes
    ----------
    grouping : Grouping
        The proposal that is shown.
    """

    def __init__(self, audit: Audit, client: Client) -> None:
        self._audit, self._client = audit, client
        style = {"description_width": "90px"}
        self.basis = ipywidgets.Dropdown(
            description="Propose by", options=[(BASES[each], each) for each in PROPOSALS], style=style,
            layout=ipywidgets.Layout(width="520px"),
        )  # fmt: skip
        self.resolution = ipywidgets.BoundedFloatText(
            value=RESOLUTION, min=1, max=4, step=0.5, description="Fineness", style=style,
            tooltip="1: few and large, 4: many and small", layout=ipywidgets.Layout(width="180px"),
        )  # fmt: skip
        self.slider = Slider("Fineness", RESOLUTION, min=1, max=4, step=0.5, live=False, width="300px")
        self.level = ipywidgets.BoundedIntText(
            value=2, min=1, max=MAX_LEVEL, description="Levels", style=style, layout=ipywidgets.Layout(width="180px")
        )  # fmt: skip
        ipywidgets.link((self.resolution, "value"), (self.slider, "value"))
        self.told = ipywidgets.HTML()
        self.chosen = ipywidgets.SelectMultiple(
            description="Accept", rows=8, style=style, layout=ipywidgets.Layout(width="520px")
        )
        self.accept = ipywidgets.Button(
            description="Accept chosen", icon="check", tooltip="Write them into client.toml as your clusters"
        )
        self.kept = ipywidgets.HTML()
        self.errors = ErrorBox()
        self._known: dict[tuple[Basis, float, int], tuple[Grouping, str]] = {}
        self._ahead = Later(guarded(self._propose_next, self.errors), _PAUSE)
        refresh = guarded(self.refresh, self.errors)
        for each in (self.basis, self.resolution, self.level):
            each.observe(refresh, "value")
        self.accept.on_click(guarded(self._accept, self.errors))
        fine = ipywidgets.HBox([self.resolution, self.slider, self.level])
        take = ipywidgets.HBox([self.chosen, ipywidgets.VBox([self.accept, self.kept])])
        super().__init__([self.basis, fine, self.errors, self.told, take])
        self.refresh()

    def refresh(self, change: Any = None) -> None:
        """Show the proposal that the choices ask for."""
        is_text = self.basis.value == "text and links"
        self.resolution.layout.display = self.slider.layout.display = None if is_text else "none"
        self.level.layout.display = None if self.basis.value == "folders" else "none"
        self.grouping, told = self._proposed(self.basis.value, self.resolution.value, self.level.value)
        self.kept.value = ""
        self.told.value = f"<div style='line-height:1.35;max-height:460px;overflow:auto'>{told}</div>"
        self.chosen.options = self.grouping.names
        if is_text and len(self._audit.site.pages) <= LIVE_PAGES:
            self._ahead.ask()

    def _proposed(self, basis: Basis, resolution: float, level: int) -> tuple[Grouping, str]:
        """A proposal and what is said of it; made once."""
        asked = (basis, resolution, level)
        if asked not in self._known:
            grouping = propose_clusters(self._audit, basis, resolution=resolution, level=level)
            self._known[asked] = grouping, _told(self._audit, grouping)
        return self._known[asked]

    def _propose_next(self) -> None:
        """Have the proposal of another fineness made that was not asked for yet, the nearest one, and then the next."""
        low, high, step = self.resolution.min, self.resolution.max, self.resolution.step
        finer = [low + step * place for place in range(round((high - low) / step) + 1)]
        unknown = [each for each in finer if ("text and links", each, self.level.value) not in self._known]
        if unknown:
            nearest = min(unknown, key=lambda each: abs(each - self.resolution.value))
            self._proposed("text and links", nearest, self.level.value)
            self._ahead.ask()

    def _accept(self, button: Any = None) -> None:
        names = self.chosen.value
        self._client = accept_proposals(self._client, self._audit, self.grouping, names)
        self.kept.value = note_html(
            f"{count(len(names), 'cluster')} written to client.toml. Run the notebook again to see them measured."
        )


def _told(audit: Audit, grouping: Grouping) -> str:
    table = proposal_table(audit, grouping)
    parts = [heading_html("Proposals, not facts"), note_html(proposal_words(audit, grouping))]
    parts.append(
        table_html(table.head(_SHOWN)) if len(table) else note_html("Nothing to propose on this basis.")
    )
    if len(table) > _SHOWN:
        parts.append(note_html(f"Showing the {_SHOWN} largest of {len(table):,}."))
    return "".join(parts)


def proposal_panel(audit: Audit, client: Client) -> ProposalPanel | None:
    """The panel; in an unattended run the proposal it would begin with, and its chart where no clusters are defined."""
    if not is_headless():
        return ProposalPanel(audit, client)
    grouping = propose_clusters(audit)
    display(HTML(_told(audit, grouping)))
    if audit.facts.clusters is None and len(grouping.pillars):
        show(cluster_links_chart(cluster_links_table(audit, grouping), source=source_note(audit)))
    return None
