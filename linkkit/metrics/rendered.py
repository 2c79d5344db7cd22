"""Links that stand in a page only after its scripts have run."""

import numpy as np
import pandas as pd
import pyarrow as pa

from linkkit.graph import LinkGraph
from linkkit.schema import SeenIn
from linkkit.site import Site
from linkkit.steps import step


@step("rendered links")
def rendered_links(site: Site, graph: LinkGraph) -> pd.DataFrame:
    """How many other pages link to each page once they are rendered, and how many only then; after folding.

    Returns
    -------
    DataFrame
        One row per page: ``rendered_linking_pages`` (distinct other pages with a followed link that stands in the rendered page),
        ``rendered_only_pages`` (those none of whose followed links to the page stands in the HTML as served, as far as the source
        tells), ``example_rendered_only`` (lowest id of one, NaN where none). Pages that fold into another have 0, and so has every
        page of a site that was not rendered.
    """
    pages = len(graph)
    counts = pd.DataFrame(
        {
            "rendered_linking_pages": np.zeros(pages, dtype="int64"),
            "rendered_only_pages": np.zeros(pages, dtype="int64"),
            "example_rendered_only": np.full(pages, np.nan),
        }
    )
    rendered = site.engine.arrow(
        f"SELECT 1 AS one FROM links WHERE seen_in >= {int(SeenIn.RENDERED)} LIMIT 1"
    )
    if not rendered.num_rows:
        return counts
    own = np.arange(pages, dtype=np.int32)
    fold = pa.table(
        {
            "page_id": own,
            "final": np.where(graph.fold >= 0, graph.fold, own),
            "nofollow": site.pages["robots_nofollow"].to_numpy(),
        }
    )
    both = int(SeenIn.HTML | SeenIn.RENDERED)
    found = site.engine.arrow(
        f"""WITH pairs AS (
            SELECT t.final AS page, s.final AS source,
                bool_or(l.seen_in IN ({int(SeenIn.RENDERED)}, {both})) AS is_rendered,
                bool_or(l.seen_in <> {int(SeenIn.RENDERED)}) AS is_served, min(l.source_id) AS example
            FROM links l JOIN fold s ON s.page_id = l.source_id JOIN fold t ON t.page_id = l.target_id
            WHERE NOT (l.nofollow OR s.nofollow)
            GROUP BY t.final, s.final
        )
        SELECT page, count(*) FILTER (WHERE source <> page AND is_rendered) AS rendered_linking_pages,
            count(*) FILTER (WHERE source <> page AND NOT is_served) AS rendered_only_pages,
            min(example) FILTER (WHERE source <> page AND NOT is_served) AS example_rendered_only
        FROM pairs GROUP BY page""",
        fold=fold,
    ).to_pandas()
    found = found.set_index("page").reindex(counts.index)
    whole = ["rendered_linking_pages", "rendered_only_pages"]
    found[whole] = found[whole].fillna(0).astype("int64")
    return found.astype({"example_rendered_only": "float64"}).rename_axis(None)
