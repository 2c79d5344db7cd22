"""Contextual links: those an editor put into running text, told from what templates repeat.

The rule works on any crawl, with or without positions. Measured on two documentation sites against what their HTML shows to be
contextual (links in the main block, outside lists of contents, previous / next / up, and index pages): precision / recall of the pairs
of pages 1.00 / 1.00 (PostgreSQL) and 0.94 / 0.99 (Python), by ``tests.bench.bench_text``.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from linkkit.folding import link_origins
from linkkit.graph import LinkGraph
from linkkit.site import Site
from linkkit.text.corpus import Corpus
from linkkit.text.words import Ints

PAIR_SHARE = 0.2
"""A (target, anchor) pair that at least this share of pages holds is the template's."""
TEXT_SHARE = 0.5
"""An anchor text that at least this share of pages holds, whatever it leads to (next, up), is the template's."""
MIN_REPEATS = 5
"""Fewer pages than this repeat nothing."""
LIST_SHARE = 0.5
"""A page of whose text at least this share is the text of its content links is a list of links (an index, a contents page)."""
MIN_RUNNING_SHARE = 0.1
"""So is one of whose words less than this share is running text outside links."""


@dataclass(frozen=True, eq=False)
class SiteLinks:
    """Links between rows of a corpus, after folding, self-links left out.

    Attributes
    ----------
    source, target : int32 arrays
        Every linked pair once, in any position, nofollow included; sorted.
    uses : DataFrame
        One row per contextual link's source, target and anchor: ``source``, ``target`` (rows), ``anchor_id``
        (-1 where the source of the data does not tell it); sorted.
    anchors : dict
        Text of every ``anchor_id`` in `uses`.
    is_list : bool array
        For each row, whether the page is a list of links (`list_pages`): no place for a link in a sentence.
    """

    source: Ints
    target: Ints
    uses: pd.DataFrame
    anchors: dict[int, str]
    is_list: npt.NDArray[np.bool_]

    @classmethod
    def from_site(cls, site: Site, graph: LinkGraph, corpus: Corpus) -> "SiteLinks":
        """Read the links of a Site between the pages of a corpus."""
        fold = _rows_table(site, graph, corpus)
        pairs = site.engine.arrow(_PAIRS, fold=fold)
        is_list = list_pages(site, graph, corpus)
        uses = contextual_links(site, graph, corpus, is_list)
        chosen = np.unique(uses["anchor_id"].to_numpy())
        texts = site.engine.arrow(
            "SELECT a.anchor_id, a.text FROM anchors a JOIN chosen c USING (anchor_id)",
            chosen=pa.table({"anchor_id": chosen}),
        )
        anchors = dict(zip(texts["anchor_id"].to_pylist(), texts["text"].to_pylist(), strict=True))
        return cls(pairs["source"].to_numpy(), pairs["target"].to_numpy(), uses, anchors, is_list)


def contextual_links(
    site: Site, graph: LinkGraph, corpus: Corpus, is_list: npt.NDArray[np.bool_]
) -> pd.DataFrame:
    """Links in running text, one row per source, target and anchor.

    A link counts if its page is no list (`list_pages`), its position is content, its (target, anchor) pair stands on fewer than `PAIR_SHARE` of the pages,
    and its anchor text on fewer than `TEXT_SHARE`, whatever it leads to. Shares are of the pages that link at all;
    fewer than `MIN_REPEATS` pages repeat nothing. Redirects and canonicals are folded; nofollow links count, for an
    editor set them all the same.

    Returns
    -------
    DataFrame
        ``source``, ``target`` (rows of the corpus), ``anchor_id`` (-1 where not told); sorted.
    """
    table = site.engine.arrow(
        _CONTEXTUAL,
        fold=_rows_table(site, graph, corpus),
        rule=pa.table(
            {"pair_share": [PAIR_SHARE], "text_share": [TEXT_SHARE], "min_repeats": [float(MIN_REPEATS)]}
        ),
    )
    uses = table.to_pandas()
    return uses[~is_list[uses["source"].to_numpy()]].reset_index(drop=True)


def list_pages(site: Site, graph: LinkGraph, corpus: Corpus) -> npt.NDArray[np.bool_]:
    """Which pages are lists of links: indexes, contents pages, tables of modules, archives.

    Told by `LIST_SHARE` and, where the crawl kept running text, by `MIN_RUNNING_SHARE`. Pages without text are none.
    """
    table = site.engine.arrow(_LINKED_TEXT, fold=_rows_table(site, graph, corpus))
    share = np.zeros(len(corpus))
    share[table["row"].to_numpy()] = table["share"].to_numpy()
    sparse = corpus.running.sizes() < MIN_RUNNING_SHARE * corpus.bodies.sizes()
    return np.asarray(corpus.names["has_text"].to_numpy(dtype=bool) & ((share >= LIST_SHARE) | sparse))


def _rows_table(site: Site, graph: LinkGraph, corpus: Corpus) -> pa.Table:
    origins = link_origins(site.pages, graph.fold)
    return pa.table(
        {
            "page_id": np.arange(len(graph), dtype=np.int32),
            "row": corpus.rows,
            "stands": graph.fold == np.arange(len(graph)),
            "source_row": np.where(origins >= 0, corpus.rows, -1).astype(np.int32),
        }
    )


# Materialised, because the engine otherwise pairs all sources with all targets before it looks at the links.
_FOLDED = """
from_rows AS MATERIALIZED (
    SELECT s.source_row AS source, l.target_id, l.anchor_id, l.position
    FROM links l JOIN fold s ON s.page_id = l.source_id WHERE s.source_row >= 0
),
told AS MATERIALIZED (
    SELECT DISTINCT f.source, t.row AS target, coalesce(f.anchor_id, -1) AS anchor_id, f.position
    FROM from_rows f JOIN fold t ON t.page_id = f.target_id WHERE t.row >= 0 AND f.source <> t.row
)
"""

_PAIRS = f"WITH {_FOLDED} SELECT DISTINCT source, target FROM told ORDER BY source, target"

_LINKED_TEXT = """
WITH linked AS (
    SELECT l.source_id, sum(length(a.text)) AS letters
    FROM links l JOIN anchors a USING (anchor_id) WHERE l.position = 0 AND l.source_id <> l.target_id
    GROUP BY l.source_id
)
SELECT f.row, linked.letters / greatest(length(t.text), 1) AS share
FROM text t JOIN linked ON linked.source_id = t.page_id JOIN fold f ON f.page_id = t.page_id
WHERE f.source_row >= 0 AND f.stands AND t.text IS NOT NULL
ORDER BY f.row
"""

_CONTEXTUAL = f"""
WITH {_FOLDED},
pages AS (SELECT count(DISTINCT source) AS linking FROM told),
pairs AS (
    SELECT target, anchor_id, count(DISTINCT source) AS pages FROM told WHERE anchor_id >= 0 GROUP BY ALL
),
texts AS (SELECT anchor_id, count(DISTINCT source) AS pages FROM told WHERE anchor_id >= 0 GROUP BY ALL)
SELECT DISTINCT told.source, told.target, told.anchor_id
FROM told CROSS JOIN pages CROSS JOIN rule
LEFT JOIN pairs ON pairs.target = told.target AND pairs.anchor_id = told.anchor_id
LEFT JOIN texts ON texts.anchor_id = told.anchor_id
WHERE told.position = 0
    AND coalesce(pairs.pages, 0) < greatest(pair_share * linking, min_repeats)
    AND coalesce(texts.pages, 0) < greatest(text_share * linking, min_repeats)
ORDER BY told.source, told.target, told.anchor_id
"""
