"""Anchor texts as they are used: one row per text and target."""

import pandas as pd
import pyarrow as pa

from linkkit.folding import link_origins
from linkkit.graph import LinkGraph
from linkkit.site import Site
from linkkit.text.generic import normalise_anchor


def anchor_uses(site: Site, graph: LinkGraph) -> pd.DataFrame:
    """Every (accessible name, final target) pair in use between two different live pages.

    Links are folded as in the graph; nofollow links count, for their text is read all the same. Spellings that
    normalise alike are one name. A page that uses a name for a target both in its content and elsewhere counts as
    content only, so that ``source_pages`` may be added up. Links whose text the source does not tell are left out.

    Returns
    -------
    DataFrame
        One row per name, target, position group and language of the source: ``anchor`` (as first written),
        ``normalised`` (`normalise_anchor`), ``target_id`` (folded), ``target_url_id`` (lowest id among the URLs linked to),
        ``in_content`` (bool), ``position`` (code, lowest), ``is_image`` (all of them), ``language`` (primary subtag of
        the source's declared language, empty where none), ``links`` (occurrences), ``source_pages`` (distinct),
        ``example_source`` (lowest page id). Sorted by first use of the name, target, position group and language.
    """
    languages = (
        site.pages["language"].fillna("").astype(str).str.casefold().str.split(r"[-_]", regex=True).str[0]
    )
    fold = pa.table(
        {
            "page_id": site.pages["page_id"].to_numpy(),
            "final": graph.fold,
            "origin": link_origins(site.pages, graph.fold),
            "language": languages.to_numpy(dtype=object),
        }
    )
    texts = site.engine.arrow("SELECT anchor_id, text FROM anchors ORDER BY anchor_id").to_pandas()
    texts["normalised"] = pd.Series([normalise_anchor(text) for text in texts["text"]], dtype="str")
    # A name of symbols alone normalises to nothing as well, but it is not an empty one.
    alike = texts.groupby(["normalised", texts["text"] == ""], sort=False)["anchor_id"]
    table = site.engine.arrow(
        """WITH uses AS (
            SELECT n.name_id, t.final AS target_id, l.source_id, s.language, min(l.target_id) AS target_url_id,
                bool_or(l.position = 0) AS in_content, min(l.position) AS position,
                bool_and(l.is_image) AS is_image, count(*) AS links
            FROM links l JOIN fold s ON s.page_id = l.source_id JOIN fold t ON t.page_id = l.target_id
            JOIN names n ON n.anchor_id = l.anchor_id
            WHERE s.origin >= 0 AND t.final >= 0 AND s.origin - t.final <> 0
            GROUP BY n.name_id, t.final, l.source_id, s.language
        )
        SELECT name_id, target_id, min(target_url_id) AS target_url_id, in_content, min(position) AS position,
            bool_and(is_image) AS is_image, language, CAST(sum(links) AS BIGINT) AS links,
            count(*) AS source_pages, min(source_id) AS example_source
        FROM uses GROUP BY name_id, target_id, in_content, language
        ORDER BY name_id, target_id, in_content, language""",
        fold=fold,
        names=pa.table(
            {"anchor_id": texts["anchor_id"].to_numpy(), "name_id": alike.transform("min").to_numpy()}
        ),
    )
    uses = table.to_pandas()
    written = texts.set_index("anchor_id")
    uses.insert(0, "anchor", uses["name_id"].map(written["text"]).astype("str"))
    uses.insert(1, "normalised", uses["name_id"].map(written["normalised"]).astype("str"))
    return uses.drop(columns="name_id").astype({"language": "str"})
