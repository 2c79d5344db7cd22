"""Anchor texts as they are used: one row per text and target, and the mix of them per target."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa

from linkkit.folding import link_origins
from linkkit.graph import LinkGraph
from linkkit.site import Site
from linkkit.steps import step
from linkkit.text.anchors import GOOD, VERDICTS, AnchorVerdicts
from linkkit.text.generic import normalise_anchor
from linkkit.text.kinds import classify_anchors
from linkkit.text.language import primary_languages


@step("anchor texts in use")
def anchor_uses(site: Site, graph: LinkGraph, languages: Sequence[str] | None = None) -> pd.DataFrame:
    """Every (accessible name, final target) pair in use between two different live pages.

    Links are folded as in the graph; nofollow links count, for their text is read all the same. Spellings that
    normalise alike are one name. A page that uses a name for a target both in its content and elsewhere counts as
    content only, so that ``source_pages`` may be added up. Links whose text the source does not tell are left out.

    Parameters
    ----------
    site : Site
    graph : LinkGraph
    languages : sequence of str, optional
        ISO 639-1 code of each page (`linkkit.text.language.page_language`); what the pages declare without it.

    Returns
    -------
    DataFrame
        One row per name, target, position group and language of the source: ``anchor`` (as first written),
        ``normalised`` (`normalise_anchor`), ``target_id`` (folded), ``target_url_id`` (lowest id among the URLs linked to),
        ``in_content`` (bool), ``position`` (code, lowest), ``is_image`` (all of them), ``language`` (primary subtag of
        the source's language, empty where unknown), ``links`` (occurrences), ``source_pages`` (distinct),
        ``example_source`` (lowest page id), ``kind`` (`linkkit.text.kinds.classify_anchors`). Sorted by first use of the name, target,
        position group and language. ``language`` and ``kind`` are categories: a large site has ten million rows of them.
    """
    told = primary_languages(site.pages["language"]) if languages is None else languages
    languages_told = _by_number(pd.Series(list(told), dtype="str"))
    fold = pa.table(
        {
            "page_id": site.pages["page_id"].to_numpy(),
            "final": graph.fold,
            "origin": link_origins(site.pages, graph.fold),
            "language": pa.array(languages_told.codes, pa.int16()),
        }
    )
    texts = site.engine.arrow("SELECT anchor_id, text FROM anchors ORDER BY anchor_id").to_pandas()
    texts["normalised"] = pd.Series([normalise_anchor(text) for text in texts["text"].tolist()], dtype="str")
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
    place = np.searchsorted(texts["anchor_id"].to_numpy(), uses.pop("name_id").to_numpy())
    uses.insert(0, "anchor", texts["text"].array.take(place))
    uses.insert(1, "normalised", texts["normalised"].array.take(place))
    # A name is of one kind in a language, however many pages it leads to.
    language = uses["language"].to_numpy()
    uses["language"] = pd.Categorical.from_codes(language, dtype=languages_told.dtype)
    pair, _ = pd.factorize(place * (len(languages_told.categories) + 1) + language)
    first = uses[~pd.Series(pair).duplicated().to_numpy()]
    return uses.assign(kind=_by_number(classify_anchors(first)).take(pair))


def _by_number(words: pd.Series) -> pd.Categorical:
    """A few words as categories, in their order."""
    codes, known = pd.factorize(words, sort=True)
    return pd.Categorical.from_codes(codes, known)


def anchor_kinds(uses: pd.DataFrame) -> pd.DataFrame:
    """Links between different live pages by kind of text.

    Parameters
    ----------
    uses : DataFrame
        `anchor_uses`.

    Returns
    -------
    DataFrame
        One row per place and kind that occurs: ``in_content``, ``kind`` (`linkkit.text.kinds.classify_anchors`), ``links``
        (occurrences, nofollow included).
    """
    return uses.groupby(["in_content", "kind"])["links"].sum().reset_index().astype({"kind": "str"})


MIX: dict[str, str] = {
    "target_id": "int64",
    "pages": "int64",
    "anchors": "int64",
    "wordings": "int64",
    "top_anchor": "str",
    "top_share": "float64",
    "good_share": "float64",
    **dict.fromkeys(VERDICTS, "int64"),
}
"""Columns of `anchor_mix`, with their pandas types."""


def anchor_mix(judged: AnchorVerdicts, verdicts: pd.Series) -> pd.DataFrame:
    """What editors call each page: the mix of anchor texts of links in running text.

    Parameters
    ----------
    judged : AnchorVerdicts
    verdicts : Series
        ``judged.verdicts(...)``.

    Returns
    -------
    DataFrame
        One row per target with such a link, most linked first: ``target_id`` (page id), ``pages`` (linking pages, once per text),
        ``anchors`` (different texts), ``wordings`` (groups of good texts that share no word with each other), ``top_anchor``,
        ``top_share`` (0-1 of ``pages``), ``good_share`` (exact, partial or descriptive; 0-1 of ``pages``), and the pages of each
        verdict (`linkkit.text.anchors.VERDICTS`).
    """
    pairs = judged.pairs.assign(verdict=verdicts)
    if pairs.empty:
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in MIX.items()})
    counts = pairs.pivot_table(
        index="target_id", columns="verdict", values="sources", aggfunc="sum", fill_value=0
    ).reindex(columns=list(VERDICTS), fill_value=0)
    ordered = pairs.sort_values(["sources", "normalised"], ascending=[False, True])
    first = ordered.drop_duplicates("target_id").set_index("target_id")
    pages = pairs.groupby("target_id")["sources"].sum()
    good = pairs[pairs["verdict"].isin(GOOD)]
    mix = counts.assign(
        pages=pages,
        anchors=pairs.groupby("target_id")["normalised"].nunique(),
        wordings=good.groupby("target_id")["words"].agg(_groups),
        top_anchor=first["anchor"],
        top_share=first["sources"] / pages,
        good_share=counts[list(GOOD)].sum(axis=1) / pages,
    ).fillna({"wordings": 0})
    mix = mix.reset_index().sort_values(["pages", "target_id"], ascending=[False, True], ignore_index=True)
    return mix[list(MIX)].astype(MIX)


def _groups(texts: pd.Series) -> int:
    """Number of groups of texts that share no word with another group's."""
    groups: list[set[int]] = []
    for words in texts:
        own, apart = set(words), []
        for group in groups:
            if group & own:
                own |= group
            else:
                apart.append(group)
        groups = [*apart, own]
    return len(groups)
