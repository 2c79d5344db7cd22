"""Links worth adding: for each target the best pages, the words to turn into the link, and why."""

import logging
from collections import Counter
from collections.abc import Iterable

import numpy as np
import pandas as pd

from linkkit.audit import Audit
from linkkit.errors import SettingsError
from linkkit.metrics.solver import Floats
from linkkit.plan.choosing import ORPHANS
from linkkit.plan.edits import added_weight
from linkkit.plan.gains import Ids, LinkGains
from linkkit.plan.link_targets import link_targets
from linkkit.text.candidates import WORTH_A_LOOK, link_scores, with_phrases
from linkkit.text.placement import Places
from linkkit.text.scores import Relevance

_log = logging.getLogger(__name__)

COLUMNS: dict[str, str] = {
    "group": "str",
    "source_id": "int64",
    "target_id": "int64",
    "source": "str",
    "target": "str",
    "phrase": "str",
    "sentence": "str",
    "alternatives": "object",
    "strength": "str",
    "score": "float64",
    "relevance": "float64",
    "similarity": "float64",
    "reason": "str",
    "depth_before": "float64",
    "depth_after": "float64",
    "depth_change": "float64",
    "gain": "float64",
}
"""Columns of `suggest_links`, with their pandas types; the same when there are no suggestions."""

FAINT, AT_LEAST = -4.0, 2
"""Lowest score of a suggestion for an orphan, or a page asked for by name; and how many are shown in any case."""
LARGE_SITE, MAX_TARGETS = 20_000, 2_000
"""Links are suggested for so many of the most urgent pages at once; others may be asked for by name, but for no more than that on a
site of more pages than the first: every target is held against every page."""
EXACT_SOURCES = 200
"""Gains of links on more pages than this are told to a thousandth (`LinkGains.near`): each page would take a solve."""
_MORE = 6
"""Candidates looked at per suggestion wanted: some lose their source to a better target."""


def suggest_links(
    audit: Audit,
    *,
    targets: str | Iterable[str] | None = None,
    per_target: int = 5,
    per_source: int = 3,
    min_score: float = WORTH_A_LOOK,
    need_phrase: bool = False,
    relevance: Relevance | None = None,
) -> pd.DataFrame:
    """New internal links, most urgent targets first, then the best pairs first.

    Never suggested: a pair that is linked already, in any position; a page to itself; targets or sources that are not
    indexable or fold into another page; pages of different languages; near-duplicates
    (`linkkit.text.duplicates.similar_pages`); lists of links as sources. A phrase stands, exactly so, in the source's
    running text: not in a heading, a link, the page's chrome or a sentence that the template repeats.

    Parameters
    ----------
    audit : Audit
    targets : str or iterable of str, optional
        Groups, sections, patterns and addresses in order of urgency (`linkkit.plan.link_targets.link_targets`); without it
        orphans, deep pages, and money and pillar pages with few content links. The first `MAX_TARGETS` of
        them: nobody works through more, and the next call finds those that are left.
    per_target, per_source : int
        Most suggestions for one target, and from one page.
    min_score : float
        Lowest score (z) of a suggestion. For orphans, and for targets that were asked for, `FAINT` takes its place, and
        their best `AT_LEAST` sources are shown whatever they score.
    need_phrase : bool
        Whether to leave out pairs that need a new sentence. They are often right, and are listed after the others.
    relevance : Relevance, optional
        Of the audit's site, to save its computation.

    Returns
    -------
    DataFrame
        One row per suggestion: ``group`` (why the target is here), ``source_id``, ``target_id``, ``source``, ``target``
        (URLs), ``phrase`` (empty where a new sentence is needed), ``sentence`` (around it, or the one to write next to), ``alternatives`` (tuple of up to three other
        phrases), ``strength``, ``score``, ``relevance``, ``similarity``, ``reason`` (`linkkit.text.candidates.link_scores`),
        ``depth_before``, ``depth_after`` (clicks of the target from the start page, NaN where unreachable), ``depth_change``
        (clicks, at most 0; NaN where the target was unreachable), ``gain`` (share of all authority, 0-1, that the link alone would
        bring to money pages, exact under the audit's link model, to a thousandth for more than `EXACT_SOURCES` sources; negative where it leads away from them, NaN where none are known).
        Without page text no phrases can be named.

    Raises
    ------
    SettingsError
        If a target is unknown or cannot be linked to, a limit is below 1, or more than `MAX_TARGETS` pages of a site of
        more than `LARGE_SITE` are asked for.
    """
    for name, limit in (("per_target", per_target), ("per_source", per_source)):
        if limit < 1:
            raise SettingsError(f"{name} = {limit}: at least 1 is expected")
    chosen = link_targets(audit, targets)
    if chosen.empty:
        return empty_suggestions()
    if len(chosen) > MAX_TARGETS:
        if targets is not None and len(audit.graph) > LARGE_SITE:
            raise SettingsError(
                f"{len(chosen):,} pages to find links for: at most {MAX_TARGETS:,} on a site of more than {LARGE_SITE:,}; name a "
                "section, a pattern or a group that holds fewer"
            )
        if targets is None:
            _log.warning(
                "links are suggested for the first %d of %d pages that need some", MAX_TARGETS, len(chosen)
            )
            chosen = chosen.head(MAX_TARGETS)
    known = relevance or audit.relevance
    pairs = link_scores(
        audit.site, audit.graph, chosen["page_id"], per_target * _MORE, relevance=known, phrases=False
    ).merge(chosen.rename(columns={"page_id": "target_id"}), on="target_id")
    place = pairs.groupby("target_id").cumcount()
    is_exempt = (pairs["group"] == ORPHANS) | (targets is not None)
    pairs = pairs[
        (pairs["score"] >= min_score) | (is_exempt & ((pairs["score"] >= FAINT) | (place < AT_LEAST)))
    ]
    groups = chosen["group"].unique().tolist()
    places = Places(audit.site, known)
    return _described(
        audit, _chosen(pairs, groups, places, known, per_target, per_source, need_phrase=need_phrase)
    )


def empty_suggestions() -> pd.DataFrame:
    """A table of suggestions without rows, with all columns typed."""
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in COLUMNS.items()})


def _chosen(
    pairs: pd.DataFrame,
    groups: list[str],
    places: Places,
    relevance: Relevance,
    per_target: int,
    per_source: int,
    *,
    need_phrase: bool,
) -> pd.DataFrame:
    """The best pairs of each group in turn, at most so many per target and per source; those with a phrase first, or alone.

    Words are looked for only in the pairs that would be chosen if they had some, until all that are chosen have: most pairs lose
    to others whatever their words.
    """
    pairs = pairs.assign(urgency=pairs["group"].map({name: place for place, name in enumerate(groups)}))
    pairs = pairs.sort_values(
        ["urgency", "score", "target_id", "source_id"], ascending=[True, False, True, True], ignore_index=True
    )
    sources, targets = (relevance.corpus.rows[pairs[name].to_numpy()] for name in ("source_id", "target_id"))
    needs_sentence = ~places.may_name(sources, targets)
    urgency = pairs["urgency"].to_numpy()
    named = with_phrases(pairs.iloc[:0], places, relevance)
    while True:
        order = np.lexsort((np.arange(len(pairs)), needs_sentence, urgency))
        if need_phrase:
            # What is left out must not take the place of another group's link.
            order = order[~needs_sentence[order]]
        kept = order[_within_limits(sources[order], targets[order], per_source, per_target)]
        asked = pairs.loc[kept].index.difference(named.index)
        asked = asked[~needs_sentence[asked]]
        if asked.empty:
            break
        named = pd.concat([named, with_phrases(pairs.loc[asked], places, relevance)])
        needs_sentence[asked] = named.loc[asked, "phrase"] == ""
    rest = pairs.loc[kept].index.difference(named.index)
    return pd.concat([named, with_phrases(pairs.loc[rest], places, relevance)]).loc[kept]


def _within_limits(sources: Ids, targets: Ids, per_source: int, per_target: int) -> Ids:
    """Places of the pairs that stay, the first ones first, at most so many of each source and of each target."""
    from_page, to_page = Counter[int](), Counter[int]()
    kept = []
    for place, (source, target) in enumerate(zip(sources.tolist(), targets.tolist(), strict=True)):
        if from_page[source] < per_source and to_page[target] < per_target:
            from_page[source] += 1
            to_page[target] += 1
            kept.append(place)
    return np.array(kept, dtype=np.int64)


def _described(audit: Audit, pairs: pd.DataFrame) -> pd.DataFrame:
    urls, depth = audit.metrics["url"], audit.metrics["crawl_depth"].to_numpy(dtype=float)
    before = depth[pairs["target_id"].to_numpy()]
    after = np.fmin(before, depth[pairs["source_id"].to_numpy()] + 1)
    table = pairs.assign(
        source=pairs["source_id"].map(urls),
        target=pairs["target_id"].map(urls),
        depth_before=before,
        depth_after=after,
        depth_change=after - before,
        gain=_gains(audit, pairs),
    )
    return table[list(COLUMNS)].astype(COLUMNS).reset_index(drop=True)


def _gains(audit: Audit, pairs: pd.DataFrame) -> Floats:
    """What each link alone would bring to money pages."""
    authority = audit.authority
    if not authority.money.any():
        return np.full(len(pairs), np.nan)
    gains = LinkGains(
        authority.flow, authority.visits.values, authority.yields.values, added_weight(audit.graph.model)
    )
    ids = pairs["source_id"].to_numpy(), pairs["target_id"].to_numpy()
    return gains.exact(*ids) if len(np.unique(ids[0])) <= EXACT_SOURCES else gains.near(*ids)
