"""Anchor verdicts: true pairs against shuffled ones, and what judging costs: ``python -m tests.bench.bench_anchors [python postgresql]``.

Crawls Debian's documentation sites over loopback (or reads a saved crawl from a folder of that name) and prints how well the score
tells their own anchors from shuffled ones. Nothing is asserted.
"""

import sys
from pathlib import Path

import numpy as np

import linkkit as lk
from linkkit.text.anchors import Calibration, judge_anchors
from linkkit.text.site_words import SiteWords
from tests.bench.bench_text import crawled

SEEDS = (0, 1, 2)


def quality(*names: str) -> None:
    """AUC, false alarms and caught shuffled pairs of the documentation sites, three shuffles each."""
    for given in names or ("python", "postgresql"):
        folder = Path(given)
        site = lk.load(folder) if (folder / "manifest.json").exists() else crawled(given)
        words = SiteWords.from_site(site, lk.LinkGraph.from_site(site))
        runs = [judge_anchors(site, words, seed=seed).calibration for seed in SEEDS]
        print(
            f"\n{folder.name}: {len(runs[0].true):,} descriptive pairs, {len(runs[0].shuffled):,} shuffled ones a seed"
        )
        print(f"  AUC {_spread([run.auc for run in runs])}")
        for line in (0.1, 0.2, 0.5):
            _print(runs, f"score < {line}", [line] * len(runs))
        for caught in (0.7, 0.8, 0.9):
            _print(runs, f"line at {caught:.0%} of shuffled", [run.line(caught) for run in runs])
        judged = judge_anchors(site, words)
        print("  verdicts:", judged.verdicts(0.8).value_counts().to_dict())


def _print(runs: list[Calibration], name: str, lines: list[float]) -> None:
    rates = np.array([run.rates(line) for run, line in zip(runs, lines, strict=True)])
    print(
        f"  {name:<28} line {_spread(lines)}  true pairs flagged {_spread(rates[:, 0])}  shuffled caught {_spread(rates[:, 1])}"
    )


def _spread(values: "list[float] | np.ndarray") -> str:
    return f"{np.mean(values):.4f} ({np.min(values):.4f}-{np.max(values):.4f})"


if __name__ == "__main__":
    quality(*sys.argv[1:])
