"""How well the random reader foretells what people click next, on a public data set of human paths.

Run as ``python tests/bench/bench_reader.py FOLDER``, with the folder of Wikispeedia's paths (SNAP: ``links.tsv`` and
``paths_finished.tsv`` or ``paths_unfinished.tsv``): a game in which people go from one article to another by links alone
(West & Leskovec 2012). Position of links and text are not in these files, so only what the links tell can be judged.

Protocol: a click counts where the article has that link; the way back (``<``) steps back in the path and is left out. Paths
are split at random, 80 to 20, by path. Readers: ``uniform`` (every link alike: the link model here, where every link stands
in the content), ``popular`` (links by the linking pages of their target), ``pagerank``, ``observed`` (steps of the 80 % with 20
of the uniform reader's at each page: `linkkit.metrics.reader.reader_of`). Measured on the other 20 %: mean log-likelihood of a
click in nats, perplexity (as good as choosing among so many links alike), and how often the click is the reader's first choice or
among its five. The first-order assumption is tested by the share of two-step ways A -> X -> C that pairs of steps
foretell: estimate against count, for ways without a link A -> C and with at least ten estimated.
"""

import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.sparse import coo_array, csr_array

from linkkit.metrics.reader import reader_of

SEED, HELD_OUT, TOP, LEAST = 7, 0.2, 5, 10


def read(folder: Path) -> tuple[dict[str, int], csr_array, list[list[int]]]:
    """Articles, links and paths: each path as page ids, a click back as the path up to there and a new one from it."""
    links = pd.read_csv(
        folder / "links.tsv", sep="\t", comment="#", header=None, names=["source", "target"], dtype="str"
    )
    names = sorted(set(links["source"]) | set(links["target"]))
    ids = {name: place for place, name in enumerate(names)}
    places = (links["source"].map(ids).to_numpy(), links["target"].map(ids).to_numpy())
    matrix = csr_array(coo_array((np.ones(len(links)), places), shape=(len(ids), len(ids))))
    matrix.data[:] = 1.0
    paths: list[list[int]] = []
    for name in ("paths_finished.tsv", "paths_unfinished.tsv"):
        if (folder / name).is_file():
            for line in (folder / name).read_text("utf-8").splitlines():
                cells = line.split("\t")
                if len(cells) >= 5 and not line.startswith("#"):
                    paths.append([ids.get(each, -1) for each in _forward(cells[3].split(";"))])
    return ids, matrix, paths


def _forward(articles: list[str]) -> list[str]:
    """The articles in the order seen, with a gap (empty) before one that was gone back to."""
    seen: list[str] = []
    stack: list[str] = []
    for article in articles:
        if article == "<":
            if len(stack) > 1:
                stack.pop()
                seen += ["", stack[-1]]
        else:
            stack.append(article)
            seen.append(article)
    return seen


def clicks(paths: list[list[int]], matrix: csr_array) -> np.ndarray:
    """Every click along a link, one row per click: source, target."""
    pairs = [(a, b) for path in paths for a, b in pairwise(path) if a >= 0 and b >= 0 and a != b]
    found = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return found[np.asarray(matrix[found[:, 0], found[:, 1]]).ravel() > 0]


def normalised(weights: csr_array) -> csr_array:
    """Rows that sum to 1; empty ones stay."""
    total = np.asarray(weights.sum(axis=1))
    return csr_array(
        weights.multiply(np.divide(1.0, total, out=np.zeros_like(total), where=total > 0)[:, None])
    )


def judged(reader: csr_array, held: np.ndarray) -> dict[str, float]:
    """How well a reader foretells the held-out clicks; ties of rank count as the middle of their places."""
    rows = normalised(reader)
    logs, first, among = [], 0.0, 0.0
    for source, target in held.tolist():
        begin, end = rows.indptr[source], rows.indptr[source + 1]
        values, own = rows.data[begin:end], rows.data[begin:end][rows.indices[begin:end] == target][0]
        better, equal = int((values > own).sum()), int((values == own).sum())
        logs.append(np.log(own))
        first += max(0.0, min(1.0, (1 - better) / equal))
        among += max(0.0, min(1.0, (TOP - better) / equal))
    mean = float(np.mean(logs))
    return {
        "log_likelihood": mean,
        "perplexity": float(np.exp(-mean)),
        "top_1": first / len(held),
        f"top_{TOP}": among / len(held),
    }


def two_steps(paths: list[list[int]], matrix: csr_array) -> dict[str, float]:
    """Ways A -> X -> C without a link A -> C: what pairs of steps estimate, against what was counted."""
    count = matrix.shape[0]
    passes, pairs, ways = np.zeros(count), {}, {}
    for path in paths:
        for place, here in enumerate(path):
            passes[here] += here >= 0
            after = path[place + 1] if place + 1 < len(path) else -1
            if here < 0 or after < 0:
                continue
            pairs[here, after] = pairs.get((here, after), 0) + 1
            third = path[place + 2] if place + 2 < len(path) else -1
            if third >= 0 and third != here:
                ways[here, after, third] = ways.get((here, after, third), 0) + 1
    onward: dict[int, list[tuple[int, float]]] = {}
    for (here, after), steps in pairs.items():
        onward.setdefault(here, []).append((after, steps / passes[here]))
    estimates, counted = [], []
    for (first, via), steps in pairs.items():
        for third, share in onward.get(via, []):
            if third != first and share >= 0.05 and steps * share >= LEAST and matrix[first, third] == 0:
                estimates.append(steps * share)
                counted.append(ways.get((first, via, third), 0))
    if not estimates:
        return {"ways": 0}
    one, two = np.array(estimates), np.array(counted)
    ratio = two / one
    return {
        "ways": len(one), "counted_over_estimated": float(two.sum() / one.sum()),
        "ratio_p10": float(np.quantile(ratio, 0.1)), "ratio_median": float(np.median(ratio)), "ratio_p90": float(np.quantile(ratio, 0.9)),
        "correlation": float(np.corrcoef(np.log1p(one), np.log1p(two))[0, 1]) if len(one) > 2 else float("nan"),
    }  # fmt: skip


def measure(folder: Path) -> tuple[pd.DataFrame, dict[str, float]]:
    """Every reader's figures on the held-out clicks, and those of the first-order estimate."""
    ids, matrix, paths = read(folder)
    held_out = np.random.default_rng(SEED).random(len(paths)) < HELD_OUT
    known = clicks([path for path, out in zip(paths, held_out, strict=True) if not out], matrix)
    held = clicks([path for path, out in zip(paths, held_out, strict=True) if out], matrix)
    uniform = normalised(matrix)
    inlinks = np.asarray(matrix.sum(axis=0))
    popular = normalised(csr_array(matrix.multiply(inlinks[None, :])))
    rank = np.full(len(ids), 1 / len(ids))
    for _ in range(100):
        rank = 0.15 / len(ids) + 0.85 * (
            uniform.T @ rank + rank[np.diff(matrix.indptr) == 0].sum() / len(ids)
        )
    steps = csr_array(coo_array((np.ones(len(known)), (known[:, 0], known[:, 1])), shape=matrix.shape))
    steps.sum_duplicates()
    passes = np.asarray(steps.sum(axis=1))
    nowhere = np.zeros(len(ids), dtype=bool)
    readers = {
        "uniform": reader_of(uniform, nowhere, 0.85).moves,
        "popular": popular,
        "pagerank": normalised(csr_array(matrix.multiply(rank[None, :]))),
        "observed": reader_of(uniform, nowhere, 0.85, steps=steps, passes=passes).moves,
    }
    table = pd.DataFrame({name: judged(reader, held) for name, reader in readers.items()}).T
    return table.assign(clicks=len(held)), two_steps(paths, matrix)


if __name__ == "__main__":
    figures, ways = measure(Path(sys.argv[1]))
    print(figures.round(3).to_string())
    print({name: round(value, 3) for name, value in ways.items()})
