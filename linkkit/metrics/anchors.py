"""Anchor texts as they are used: one row per text and target."""

import unicodedata

import pandas as pd
import pyarrow as pa

from linkkit.graph import LinkGraph
from linkkit.site import Site


def anchor_uses(site: Site, graph: LinkGraph) -> pd.DataFrame:
    """Every (accessible name, final target) pair in use between two different live pages.

    Links are folded as in the graph; nofollow links count, for their text is read all the same.

    Returns
    -------
    DataFrame
        One row per name, target, position group and language of the source: ``anchor`` (as written), ``normalised``
        (`normalise_anchor`), ``target_id`` (folded), ``target_url_id`` (lowest id among the URLs linked to),
        ``in_content`` (bool), ``position`` (code, lowest), ``is_image``, ``language`` (primary subtag of the source's
        declared language, empty where none), ``links`` (occurrences), ``source_pages`` (distinct),
        ``example_source`` (lowest page id). Sorted by these.
    """
    languages = (
        site.pages["language"].fillna("").astype(str).str.casefold().str.split(r"[-_]", regex=True).str[0]
    )
    fold = pa.table(
        {
            "page_id": site.pages["page_id"].to_numpy(),
            "final": graph.fold,
            "language": languages.to_numpy(dtype=object),
        }
    )
    table = site.engine.arrow(
        """SELECT l.anchor_id, t.final AS target_id, min(l.target_id) AS target_url_id,
            l.position = 0 AS in_content, min(l.position) AS position, bool_and(l.is_image) AS is_image,
            s.language, count(*) AS links, count(DISTINCT l.source_id) AS source_pages,
            min(l.source_id) AS example_source
        FROM links l JOIN fold s ON s.page_id = l.source_id JOIN fold t ON t.page_id = l.target_id
        WHERE s.final >= 0 AND t.final >= 0 AND s.final <> t.final
        GROUP BY l.anchor_id, t.final, l.position = 0, s.language
        ORDER BY l.anchor_id, t.final, in_content, s.language""",
        fold=fold,
    )
    uses = site.engine.arrow(
        "SELECT a.text AS anchor, u.* FROM uses u JOIN anchors a USING (anchor_id) "
        "ORDER BY anchor_id, target_id, in_content, language",
        uses=table,
    ).to_pandas()
    texts = uses["anchor"].drop_duplicates()
    normalised = dict(zip(texts, map(normalise_anchor, texts), strict=True))
    uses.insert(1, "normalised", uses["anchor"].map(normalised).astype("str"))
    return uses.drop(columns="anchor_id")


def normalise_anchor(text: str) -> str:
    """Anchor text for comparing: case-folded, width and ligatures unified, outer punctuation and symbols gone.

    Examples
    --------
    >>> normalise_anchor("  Read  MORE »")
    'read more'
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    begin, end = 0, len(folded)
    while begin < end and not _is_word(folded[begin]):
        begin += 1
    while end > begin and not _is_word(folded[end - 1]):
        end -= 1
    return " ".join(folded[begin:end].split())


def _is_word(char: str) -> bool:
    return unicodedata.category(char)[0] in "LNM"
