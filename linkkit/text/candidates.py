"""Candidates for new links: the best sources of each target, or given pairs, with score, phrase and reason.

What `linkkit.plan` builds on: `link_scores` finds pairs, `score_pairs` judges pairs that somebody else chose.
"""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd

from linkkit.errors import SettingsError
from linkkit.graph import LinkGraph
from linkkit.site import Site
from linkkit.text.placement import Phrase, Places
from linkkit.text.scores import FEATURES, Floats, Relevance

NEAR_DUPLICATE = 0.8
"""Two pages whose cosine is above this say the same: to be merged or told apart, not linked."""

STRONG, WORTH_A_LOOK = 0.0, -2.0
"""Scores from which a suggestion with a phrase is called strong, or worth a look."""

STRENGTHS = ("strong", "worth a look", "long shot", "topic match, needs a new sentence")
"""What a suggestion is called by its score and its phrase."""
NO_REASON = "nothing much: no page of the site fits better"

_WORTH_SAYING = 0.1
"""Features below this are no reason."""

COLUMNS: dict[str, str] = {
    "source_id": "int64",
    "target_id": "int64",
    "score": "float64",
    "relevance": "float64",
    "similarity": "float64",
    "phrase": "str",
    "sentence": "str",
    "alternatives": "object",
    "reason": "str",
    "strength": "str",
}
"""Columns of `link_scores` and `score_pairs`, with their pandas types."""


def link_scores(
    site: Site,
    graph: LinkGraph,
    targets: Iterable[int] | None = None,
    top: int = 50,
    *,
    relevance: Relevance | None = None,
    phrases: bool = True,
) -> pd.DataFrame:
    """The best pages to link to each target from, that do not link there yet.

    Left out: the target itself, sources that link it already in any position (nofollow included), lists of links
    (indexes, contents pages), pages of another language where both languages are known, near-duplicates
    (`linkkit.text.duplicates.similar_pages`). Sources and targets are indexable pages that fold into no other.

    Parameters
    ----------
    site : Site
    graph : LinkGraph
        Of the same Site.
    targets : iterable of page id, optional
        All pages without it. Ids that fold into another page stand for that one; what cannot be linked is left out.
    top : int
        Sources per target.
    relevance : Relevance, optional
        Of the same Site, to save its computation.
    phrases : bool
        Whether to look for the words that could become the link; without it those columns are empty, and cheap.

    Returns
    -------
    DataFrame
        One row per pair, best first within each target, targets in the order given: ``source_id``, ``target_id`` (page
        ids); ``score`` (z of `linkkit.text.scores`), ``relevance`` (1 / (1 + exp(-z)), 0-1: orders pairs, not calibrated to
        this site), ``similarity`` (cosine of the two pages), ``phrase`` (exact words of the source, empty where there are
        none), ``sentence`` (around the phrase; without one, the sentence to write next to), ``alternatives`` (tuple of further phrases), ``reason`` (in words), ``strength``
        (strong / worth a look / long shot / topic match, needs a new sentence). Ties go to the lower source id.
    """
    known = relevance or Relevance.from_site(site, graph)
    rows = _target_rows(known, targets)
    weights = known.weights.vector().astype(np.float32)
    pairs, features = [np.empty((0, 2), dtype=np.int64)], [np.empty((0, len(FEATURES)), dtype=np.float32)]
    for block in known.blocks(rows):
        values = list(known.features(block))
        scores = sum(weight * value for weight, value in zip(weights, values, strict=True))
        scores = np.ascontiguousarray(np.where(_closed(known, block), -np.inf, scores).T)
        for column, target in enumerate(block.tolist()):
            best = _top(scores[column], top)
            pairs.append(np.column_stack([best, np.full(len(best), target)]))
            features.append(np.column_stack([value[best, column] for value in values]))
    chosen = np.concatenate(pairs)
    table = _table(known, chosen[:, 0], chosen[:, 1], np.concatenate(features))
    return with_phrases(table, Places(site, known), known) if phrases else table


def score_pairs(
    site: Site,
    graph: LinkGraph,
    sources: Iterable[int],
    targets: Iterable[int],
    *,
    relevance: Relevance | None = None,
    phrases: bool = True,
) -> pd.DataFrame:
    """Scores of given pairs, in the order given, linked or not.

    Parameters
    ----------
    sources, targets : iterables of page id
        Pair by pair; pages that fold into another stand for that one.

    Returns
    -------
    DataFrame
        As `link_scores`; pairs with a page that cannot be linked (not indexable, unknown) have a missing score.

    Raises
    ------
    SettingsError
        If there are not as many sources as targets.
    """
    ids = np.array(list(sources), dtype=np.int64), np.array(list(targets), dtype=np.int64)
    if len(ids[0]) != len(ids[1]):
        raise SettingsError(f"{len(ids[0]):,} sources but {len(ids[1]):,} targets: a pair needs one of each")
    known = relevance or Relevance.from_site(site, graph)
    rows = [_rows_of(known, each) for each in ids]
    sound = np.flatnonzero((rows[0] >= 0) & (rows[1] >= 0))
    pair = rows[0][sound], rows[1][sound]
    table = _table(known, *pair, known.at(*pair))
    if phrases:
        table = with_phrases(table, Places(site, known), known)
    table.index = pd.Index(sound)
    table = table.reindex(range(len(ids[0])))
    table["source_id"], table["target_id"] = ids
    text = ["phrase", "sentence", "reason", "strength"]
    table[text] = table[text].fillna("")
    table["alternatives"] = [each if isinstance(each, tuple) else () for each in table["alternatives"]]
    return table.astype(COLUMNS)


def _rows_of(relevance: Relevance, ids: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    known = (ids >= 0) & (ids < len(relevance.corpus.rows))
    return np.where(known, relevance.corpus.rows[np.where(known, ids, 0)], -1).astype(np.int64)


def _target_rows(relevance: Relevance, targets: Iterable[int] | None) -> npt.NDArray[np.int64]:
    if targets is None:
        return np.arange(len(relevance.corpus))
    rows = _rows_of(relevance, np.array(list(targets), dtype=np.int64))
    return np.array(list(dict.fromkeys(rows[rows >= 0].tolist())), dtype=np.int64)


def _closed(relevance: Relevance, targets: npt.NDArray[np.integer]) -> npt.NDArray[np.bool_]:
    """Sources (rows) that are no candidates for each target (columns)."""
    closed = relevance.linked[:, targets].toarray() > 0
    closed |= relevance.links.is_list[:, None]
    closed[targets, np.arange(len(targets))] = True
    languages = pd.factorize(relevance.corpus.names["language"].replace("", np.nan))[0]
    own = languages[targets]
    closed |= (languages[:, None] != own) & (languages[:, None] >= 0) & (own >= 0)
    alike = relevance.neighbours[targets].tocoo()
    same = alike.data > NEAR_DUPLICATE
    closed[alike.col[same], alike.row[same]] = True
    return closed


def _top(scores: Floats, count: int) -> npt.NDArray[np.int64]:
    limit = np.partition(scores, -count)[-count] if len(scores) > count else -np.inf
    open_ = np.flatnonzero((scores >= limit) & np.isfinite(scores))
    return open_[np.lexsort((open_, -scores[open_]))][:count]


def _table(
    relevance: Relevance,
    sources: npt.NDArray[np.integer],
    targets: npt.NDArray[np.integer],
    features: Floats,
) -> pd.DataFrame:
    """Pairs without phrases."""
    scores = relevance.score(features)
    table = pd.DataFrame(
        {
            "source_id": relevance.corpus.pages[sources],
            "target_id": relevance.corpus.pages[targets],
            "score": scores,
            "relevance": 1 / (1 + np.exp(-scores)),
            "similarity": features[:, FEATURES.index("tfidf")],
            "phrase": "",
            "sentence": "",
            "alternatives": pd.Series([()] * len(sources), dtype=object),
            "reason": [_reason(values) for values in features.tolist()],
            "strength": "",
        }
    )
    return table.astype(COLUMNS)


def with_phrases(pairs: pd.DataFrame, places: Places, relevance: Relevance) -> pd.DataFrame:
    """Pairs of `link_scores` with the words that could become the link, and what these say for it."""
    found = places.find(*(_rows_of(relevance, pairs[name].to_numpy()) for name in ("source_id", "target_id")))
    firsts = [place[0] if place else None for place in found]
    named = [first is not None and first.kind != "topic" for first in firsts]
    every = zip(found, firsts, named, pairs["reason"], pairs["score"], strict=True)
    rows = [
        (
            first.text if first and is_named else "",
            first.sentence if first else "",
            tuple(each.text for each in place[1:]) if is_named else (),
            "; ".join([_naming(first), *([reason] if reason != NO_REASON else [])]) if first else reason,
            _strength(score, has_phrase=is_named),
        )
        for place, first, is_named, reason, score in every
    ]
    columns = ["phrase", "sentence", "alternatives", "reason", "strength"]
    told = pd.DataFrame(rows, columns=columns, index=pairs.index, dtype=object)
    return pairs.assign(**{name: told[name] for name in columns}).astype(
        {name: COLUMNS[name] for name in columns}
    )


def _strength(score: float, *, has_phrase: bool) -> str:
    strong, look, shot, topic = STRENGTHS
    if not has_phrase:
        return topic
    return strong if score >= STRONG else look if score >= WORTH_A_LOOK else shot


def _naming(phrase: Phrase) -> str:
    """What a phrase says for a pair."""
    if phrase.kind == "anchor":
        return f"used as anchor for this page on {phrase.uses:,} of {phrase.holders:,} pages that contain it"
    if phrase.kind == "topic":
        return f'both pages speak of "{phrase.text}"'
    return f"the words are {'the title' if phrase.kind == 'title' else 'part of the title'} of the target"


def _reason(values: list[float]) -> str:
    """Why the pair fits, whatever its phrase."""
    by_name = dict(zip(FEATURES, values, strict=True))
    said = []
    if by_name["knn_links"] >= _WORTH_SAYING:
        said.append("pages like this one link to the target")
    if by_name["knn_targets"] >= _WORTH_SAYING:
        said.append("this page links to pages like the target")
    if by_name["tfidf"] >= _WORTH_SAYING:
        said.append(f"similarity of the two texts {by_name['tfidf']:.2f}")
    return "; ".join(said) or NO_REASON
