"""Anchor verdicts: true pairs against shuffled ones, and what judging costs: ``python -m tests.bench.bench_anchors [quality|cost] ...``.

``quality [python postgresql]`` crawls Debian's documentation sites over loopback (or reads a saved crawl from a folder of that
name) and prints how well the score tells their own anchors from shuffled ones. ``cost [pages ...]`` prints CPU seconds of judging and of
the suggestions for better words on invented sites. Nothing is asserted.
"""

import sys
import time
from pathlib import Path

import numpy as np

import linkkit as lk
from linkkit.audit import _better_anchors
from linkkit.metrics.anchors import anchor_uses
from linkkit.text.anchors import Calibration, judge_anchors
from linkkit.text.language import primary_languages
from linkkit.text.scores import SiteWords
from tests.bench.bench_text import crawled, invented, timed

SEEDS = (0, 1, 2)


def quality(*names: str) -> None:
    """AUC, false alarms and caught shuffled pairs of the documentation sites, three shuffles each."""
    for given in names or ("python", "postgresql"):
        folder = Path(given)
        site = lk.load(folder) if (folder / "manifest.json").exists() else crawled(given)
        words = SiteWords.from_site(site, lk.LinkGraph.from_site(site))
        runs = [
            judge_anchors(site, words.corpus, words.links, words.vectors, seed=seed).calibration
            for seed in SEEDS
        ]
        print(
            f"\n{folder.name}: {len(runs[0].true):,} descriptive pairs, {len(runs[0].shuffled):,} shuffled ones a seed"
        )
        print(f"  AUC {_spread([run.auc for run in runs])}")
        for line in (0.1, 0.2, 0.5):
            _print(runs, f"score < {line}", [line] * len(runs))
        for caught in (0.7, 0.8, 0.9):
            _print(runs, f"line at {caught:.0%} of shuffled", [run.line(caught) for run in runs])
        judged = judge_anchors(site, words.corpus, words.links, words.vectors)
        print("  verdicts:", judged.verdicts(0.8).value_counts().to_dict())


def _print(runs: list[Calibration], name: str, lines: list[float]) -> None:
    rates = np.array([run.rates(line) for run, line in zip(runs, lines, strict=True)])
    print(
        f"  {name:<28} line {_spread(lines)}  true pairs flagged {_spread(rates[:, 0])}  shuffled caught {_spread(rates[:, 1])}"
    )


def _spread(values: "list[float] | np.ndarray") -> str:
    return f"{np.mean(values):.4f} ({np.min(values):.4f}-{np.max(values):.4f})"


def cost(*sizes: int) -> None:
    """CPU seconds of each step on invented sites."""
    for pages in sizes or (1_000, 10_000):
        site = invented(pages)
        graph = lk.LinkGraph.from_site(site)
        start = time.process_time()
        print(f"{pages:,} pages, {site.manifest.rows['links']:,} links")
        words = timed("words, links, vectors", lambda s=site, g=graph: SiteWords.from_site(s, g))
        judged = timed(
            "anchors judged, shuffled",
            lambda s=site, w=words: judge_anchors(s, w.corpus, w.links, w.vectors),
        )
        uses = timed("anchor uses", lambda s=site, g=graph: anchor_uses(s, g))
        languages = primary_languages(site.pages["language"])
        timed(
            "better words",
            lambda s=site, u=uses, j=judged, k=languages: _better_anchors(s, u, j, _series(k)),
        )
        timed("verdicts (a slider's move)", lambda j=judged: j.verdicts(0.8))
        print(f"  total {time.process_time() - start:.1f} s for {len(judged.pairs):,} pairs")


def _series(languages: list[str]) -> "lk.Audit | object":
    import pandas as pd

    return pd.Series(languages)


if __name__ == "__main__":
    kind, *rest = sys.argv[1:] or ["quality"]
    cost(*map(int, rest)) if kind == "cost" else quality(*rest)
