"""Proposed topics against the docs' own chapters, ``python -m tests.bench.bench_clusters [python postgresql]``.

Crawls Debian's documentation sites over loopback (or takes folders of an earlier crawl) and compares proposals, folders and pillars
with the chapters of their tables of contents. Nothing is asserted.
"""

import sys
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pandas as pd
from sklearn.metrics import adjusted_rand_score, v_measure_score

import linkkit as lk
from linkkit.metrics.depth import clicks_from
from linkkit.metrics.groups import folder_clusters
from linkkit.metrics.pillars import propose_pillars
from linkkit.text.site_words import SiteWords
from linkkit.text.topics import Topics, TopicSpace
from tests.bench.bench_text import crawled
from tests.bench.chapters import chapters
from tests.conftest import find_docs

RESOLUTIONS = (1.0, 2.0, 3.0, 4.0)
BARS = {"postgresql": (2.0, 0.63), "python": (4.0, 0.62)}


def quality(*names: str) -> None:
    """Agreement with the chapters, how firm proposals are, and how often the chapter's own page is the pillar."""
    for given in names or ("python", "postgresql"):
        site = lk.load(given) if (Path(given) / "manifest.json").exists() else crawled(given)
        name = Path(given).name
        folder = find_docs(name)
        assert folder is not None, f"install Debian's documentation of {name}"
        graph = lk.LinkGraph.from_site(site)
        truth = pd.Series([urlsplit(url).path for url in site.pages["url"]]).map(chapters(name, folder))
        print(f"\n{name}: {len(site.pages):,} URLs, {truth.notna().sum():,} in {truth.nunique():,} chapters")
        space = TopicSpace.of(SiteWords.from_site(site, graph), graph)
        for resolution in RESOLUTIONS:
            topics = space.propose(resolution)
            bar = BARS[name][1] if BARS[name][0] == resolution else None
            print(
                f"  fineness {resolution:g}: {_agreement(topics, truth)}" + (f"   bar {bar}" if bar else "")
            )
        depth = pd.Series(clicks_from(graph.followed, [graph.start]))
        folders = folder_clusters(site, graph, depth).cluster
        both = truth.notna() & folders.notna()
        if both.any():
            print(
                f"  folders: V {v_measure_score(truth[both], folders[both]):.3f} ({folders.nunique()} folders)"
            )
        pillars = propose_pillars(site.pages, graph, truth, depth)
        own = [urlsplit(site.pages["url"][page]).path for page in pillars["pillar_id"]]
        right = np.mean([one == other for one, other in zip(own, pillars["cluster"], strict=True)])
        print(f"  pillar proposed is the chapter's own page: {right:.2f} of {len(pillars)}")


def _agreement(topics: Topics, truth: pd.Series) -> str:
    chapter = truth.iloc[topics.pages].to_numpy(dtype=object)
    known = ~pd.isna(chapter)
    # A page that is in no topic is one of its own.
    alone = np.where(topics.labels < 0, len(topics) + np.arange(len(topics.labels)), topics.labels)
    v = v_measure_score(chapter[known].astype(str), alone[known])
    ari = adjusted_rand_score(chapter[known].astype(str), alone[known])
    return (
        f"V (= NMI) {v:.3f}  ARI {ari:.3f}  {len(topics)} topics, {int((topics.labels < 0).sum())} pages in none, "
        f"{int(topics.between.sum())} between; other seeds agree {topics.agreement:.3f}"
    )


if __name__ == "__main__":
    quality(*sys.argv[1:])
