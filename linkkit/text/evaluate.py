"""How good are the suggestions on this very site? Hide some of its own editorial links and see whether they come back.

Three questions: **targets** - a fifth of the links hidden, which targets are suggested for a page; **sources** - the same
links, which sources are suggested for a target; **orphans** - every link to some targets hidden, which sources are suggested
for them. A hidden link counts as right; other good ideas count as wrong, so the shares are lower bounds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from linkkit.text.holdout import Pairs, editorial_pairs, hide, split_pairs
from linkkit.text.scores import FEATURES, Floats, Relevance, Weights, entries, fit_weights

Protocol = Literal["targets", "sources", "orphans"]
PROTOCOLS: tuple[Protocol, ...] = ("targets", "sources", "orphans")
CUTS = (1, 5, 10)

HIDDEN_SHARE = 0.2
ORPHAN_SHARE, ORPHAN_MAX_SOURCES = 0.25, 10
"""Share of the targets made orphans, of those that at most this many pages link to."""
MAX_CASES, MIN_CASES, MAX_SCORES = 500, 100, 5_000_000
"""Pages asked about per protocol and seed, of more a random choice; each is scored against all pages, and beyond so many scores
fewer are asked about, so that a large site does not take longer than one of 10,000 pages until only the least are left."""
NEGATIVES = 60
REFIT_GAIN = 0.01
"""Fitted weights must find this much more (hit@10) of links they never saw; less is noise."""
RESAMPLES = 1_000


def only(**weights: float) -> Weights:
    """Weights that rank by the named features alone."""
    return Weights.from_vector(0.0, np.array([weights.get(name, 0.0) for name in FEATURES]))


METHODS: dict[str, Weights] = {"linkkit": Weights(), "tf-idf alone": only(tfidf=1.0)}
"""What is compared, beside popularity (most linked, or most linking, first) and chance."""


@dataclass(frozen=True, eq=False)
class Cases:
    """Ranks of hidden links under each method.

    Attributes
    ----------
    query : int array
        The page asked about, one number per seed and page: cases of one query are not independent.
    ranks : dict of method to float array
        Rank of each hidden link among what could be suggested, ties at their mean; for orphans the best of a target.
    """

    query: npt.NDArray[np.int64]
    ranks: dict[str, npt.NDArray[np.float64]]


@dataclass(frozen=True)
class Refit:
    """Weights fitted to a site's own links, and whether they may be used.

    Attributes
    ----------
    weights : Weights
    is_better : bool
        Whether they found more of a second hidden fifth than the fixed ones: hit@10 by `REFIT_GAIN`, MRR no worse.
    fixed, fitted : tuple of float
        hit@10 and MRR on that second fifth.
    """

    weights: Weights
    is_better: bool
    fixed: tuple[float, float]
    fitted: tuple[float, float]


def evaluate(
    relevance: Relevance,
    *,
    pairs: Pairs | None = None,
    seeds: Sequence[int] = (0, 1, 2),
    methods: Mapping[str, Weights] = METHODS,
    protocols: Sequence[Protocol] = PROTOCOLS,
) -> pd.DataFrame:
    """Hold-out evaluation on the site's own editorial links.

    Candidates are the site's indexable pages, without the page itself, pages it is linked with already, and lists of
    links as sources. Other hidden links of the same query are neither right nor wrong. Orphans: pages that link the
    target from a list or menu are left out, being right in another way.

    Parameters
    ----------
    relevance : Relevance
        Of the whole site.
    pairs : int array, pair x 2, optional
        The links to hide from (rows); every contextual link without it.
    seeds : sequence of int
        One hold-out each; results are pooled.
    methods : mapping of name to Weights
        Rankings to compare, beside ``popularity`` and ``chance``.
    protocols : sequence of {"targets", "sources", "orphans"}

    Returns
    -------
    DataFrame
        One row per protocol and method: ``protocol``, ``method``, ``cases``, ``hit1``, ``hit5``, ``hit10`` (share of hidden
        links at this rank or better, 0-1), ``mrr`` (mean of 1 / rank), and 95 % bootstrap intervals over queries
        ``hit10_low``, ``hit10_high``, ``mrr_low``, ``mrr_high``. Empty where the site has too few links to hide.
    """
    known = editorial_pairs(relevance) if pairs is None else pairs
    most = _most_cases(relevance)
    rows = []
    for protocol in protocols:
        cases = pool([_cases(relevance, known, protocol, seed, methods, most) for seed in seeds])
        if len(cases.query):
            rows += [{"protocol": protocol, **row} for row in summarise(cases)]
    return pd.DataFrame(rows, columns=["protocol", *_COLUMNS])


def refit(relevance: Relevance, *, pairs: Pairs | None = None, seed: int = 0) -> Refit:
    """Fit the weights to the site's own links; they count as better only if they win on links they never saw.

    A fifth of the links is hidden to fit on (against random pages), another fifth to compare.

    Parameters
    ----------
    relevance : Relevance
        Of the whole site, or of one with links hidden: those stay unseen.
    pairs : int array, pair x 2, optional
        The links to hide from; every contextual link without it.
    seed : int
    """
    chance = np.random.default_rng([seed, 17])
    known = editorial_pairs(relevance) if pairs is None else pairs
    fitting, rest = split_pairs(known, HIDDEN_SHARE, chance)
    proving, _ = split_pairs(rest, HIDDEN_SHARE / (1 - HIDDEN_SHARE), chance)
    features, is_link = training_pairs(hide(relevance, fitting), fitting, chance)
    weights = fit_weights(features, is_link) if is_link.any() else relevance.weights
    methods = {"fixed": relevance.weights, "fitted": weights}
    cases = _held_out(relevance, proving, "targets", methods, _most_cases(relevance), chance)
    measured = (
        {row["method"]: (row["hit10"], row["mrr"]) for row in summarise(cases)} if len(cases.query) else {}
    )
    fixed, fitted = (measured.get(name, (0.0, 0.0)) for name in methods)
    is_better = fitted[0] >= fixed[0] + REFIT_GAIN and fitted[1] >= fixed[1]
    return Refit(weights, is_better, fixed, fitted)


def _most_cases(relevance: Relevance) -> int:
    """Pages asked about: `MAX_CASES`, on large sites fewer."""
    return int(np.clip(MAX_SCORES // max(len(relevance.corpus), 1), MIN_CASES, MAX_CASES))


def training_pairs(
    relevance: Relevance, hidden: Pairs, chance: np.random.Generator
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Features of hidden links and of `NEGATIVES` random pages per link that its source does not link to."""
    sources = np.repeat(hidden[:, 0], NEGATIVES)
    targets = chance.integers(0, max(1, len(relevance.corpus)), len(sources))
    size = len(relevance.corpus)
    taken = np.isin(sources * size + targets, hidden[:, 0] * size + hidden[:, 1])
    linked = entries(relevance.linked, sources, targets) > 0
    free = ~taken & ~linked & (sources != targets)
    pairs = np.concatenate([hidden, np.column_stack([sources, targets])[free]])
    return relevance.at(pairs[:, 0], pairs[:, 1]), np.arange(len(pairs)) < len(hidden)


def pool(parts: Sequence[Cases]) -> Cases:
    """Cases of several seeds as one; the same page under two seeds is two queries."""
    offset, queries = 0, []
    for part in parts:
        queries.append(part.query + offset)
        offset += int(part.query.max(initial=-1)) + 1
    names = parts[0].ranks if parts else {}
    ranks = {name: np.concatenate([part.ranks[name] for part in parts]) for name in names}
    return Cases(np.concatenate([np.empty(0, dtype=np.int64), *queries]), ranks)


_COLUMNS = [
    "method",
    "cases",
    *(f"hit{cut}" for cut in CUTS),
    "mrr",
    "hit10_low",
    "hit10_high",
    "mrr_low",
    "mrr_high",
]


def summarise(cases: Cases, *, seed: int = 0) -> list[dict[str, Any]]:
    """One row per method: shares found, mean reciprocal rank, and their bootstrap intervals over queries."""
    _, group = np.unique(cases.query, return_inverse=True)
    groups = int(group.max(initial=-1)) + 1
    draws = np.random.default_rng(seed).multinomial(groups, np.full(groups, 1 / groups), size=RESAMPLES)
    sizes = np.bincount(group, minlength=groups)
    rows: list[dict[str, Any]] = []
    for method, ranks in cases.ranks.items():
        row: dict[str, Any] = {"method": method, "cases": len(ranks)}
        row |= {f"hit{cut}": float(np.mean(ranks <= cut)) for cut in CUTS}
        row["mrr"] = float(np.mean(1 / ranks))
        for name, values in (("hit10", ranks <= CUTS[-1]), ("mrr", 1 / ranks)):
            sums = np.bincount(group, weights=values.astype(float), minlength=groups)
            low, high = np.quantile((draws @ sums) / (draws @ sizes), [0.025, 0.975])
            row |= {f"{name}_low": float(low), f"{name}_high": float(high)}
        rows.append(row)
    return rows


def _cases(
    relevance: Relevance,
    known: Pairs,
    protocol: Protocol,
    seed: int,
    methods: Mapping[str, Weights],
    max_cases: int,
) -> Cases:
    chance = np.random.default_rng(seed)
    if protocol == "orphans":
        return _orphans(relevance, known, methods, max_cases, chance)
    hidden, _ = split_pairs(known, HIDDEN_SHARE, chance)
    return _held_out(relevance, hidden, protocol, methods, max_cases, chance)


def _held_out(
    relevance: Relevance,
    hidden: Pairs,
    protocol: Protocol,
    methods: Mapping[str, Weights],
    max_cases: int,
    chance: np.random.Generator,
) -> Cases:
    site = hide(relevance, hidden)
    asked, other = (0, 1) if protocol == "targets" else (1, 0)
    queries = _choice(np.unique(hidden[:, asked]), max_cases, chance)
    scores = _scores(site, queries, protocol, methods, chance)
    pairs = hidden[np.isin(hidden[:, asked], queries)]
    place = np.searchsorted(queries, pairs[:, asked])
    links = site.linked if protocol == "targets" else site.linked.T.tocsr()
    closed = links[queries].toarray() > 0
    closed[np.arange(len(queries)), queries] = True
    if protocol == "sources":
        closed |= relevance.links.is_list[None, :]
    closed[place, pairs[:, other]] = True
    ranks = {name: _ranks(values, closed, place, pairs[:, other]) for name, values in scores.items()}
    return Cases(place.astype(np.int64), ranks)


def _orphans(
    relevance: Relevance,
    known: Pairs,
    methods: Mapping[str, Weights],
    max_cases: int,
    chance: np.random.Generator,
) -> Cases:
    counts = np.bincount(known[:, 1], minlength=len(relevance.corpus))
    few = np.flatnonzero((counts > 0) & (counts <= ORPHAN_MAX_SOURCES))
    targets = _choice(few, min(max_cases, round(ORPHAN_SHARE * len(few))), chance)
    pairs = known[np.isin(known[:, 1], targets)]
    every = relevance.linked.tocsc()[:, targets].tocoo()
    site = hide(relevance, np.column_stack([every.row, targets[every.col]]))
    scores = _scores(site, targets, "orphans", methods, chance)
    place = np.searchsorted(targets, pairs[:, 1])
    closed = np.zeros((len(targets), len(relevance.corpus)), dtype=np.bool_)
    closed[every.col, every.row] = True
    closed[np.arange(len(targets)), targets] = True
    closed |= relevance.links.is_list[None, :]
    ranks = {}
    for name, values in scores.items():
        best = np.full(len(targets), np.inf)
        np.minimum.at(best, place, _ranks(values, closed, place, pairs[:, 0]))
        ranks[name] = best
    return Cases(np.arange(len(targets)), ranks)


def _choice(
    pages: npt.NDArray[np.integer], most: int, chance: np.random.Generator
) -> npt.NDArray[np.integer]:
    return pages if len(pages) <= most else np.sort(chance.choice(pages, most, replace=False))


def _scores(
    site: Relevance,
    queries: npt.NDArray[np.integer],
    protocol: Protocol,
    methods: Mapping[str, Weights],
    chance: np.random.Generator,
) -> dict[str, Floats]:
    """Scores of every page for each query (row), by each method, popularity and chance."""
    size = len(site.corpus)
    scores = {
        name: np.full((len(queries), size), w.constant, dtype=np.float32) for name, w in methods.items()
    }
    targets, sources = (np.arange(size), site.sources(queries)) if protocol == "targets" else (queries, None)
    for block in site.blocks(np.arange(len(targets)), sources):
        part = np.s_[:, block] if protocol == "targets" else np.s_[block, :]
        for feature, values in zip(FEATURES, site.features(targets[block], sources), strict=True):
            wanted = values if protocol == "targets" else values.T
            for name, weights in methods.items():
                scores[name][part] += np.float32(getattr(weights, feature)) * wanted
    degree = np.asarray(site.contextual.sum(axis=0 if protocol == "targets" else 1)).ravel()
    scores["popularity"] = np.broadcast_to(degree.astype(np.float32), (len(queries), size))
    scores["chance"] = chance.random((len(queries), size), dtype=np.float32)
    return scores


def _ranks(
    scores: Floats,
    closed: npt.NDArray[np.bool_],
    place: npt.NDArray[np.integer],
    hidden: npt.NDArray[np.integer],
) -> npt.NDArray[np.float64]:
    """Rank of each hidden page among the open ones of its query; ties at their mean."""
    others = np.where(closed, -np.inf, scores)
    own = scores[place, hidden]
    ranks = np.empty(len(place))
    for case, (row, score) in enumerate(zip(place.tolist(), own.tolist(), strict=True)):
        ranks[case] = 1 + np.sum(others[row] > score) + np.sum(others[row] == score) / 2
    return ranks
