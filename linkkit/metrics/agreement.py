"""Whether linkkit counts what the tool that made the crawl counted itself."""

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from linkkit.metrics.depth import clicks_from
from linkkit.metrics.links import crawler_counts
from linkkit.site import Site
from linkkit.urls import try_normalise

COUNTS = ("inlinks", "unique_inlinks", "outlinks", "unique_outlinks", "crawl_depth")


def agreement(site: Site, counts: pd.DataFrame) -> pd.DataFrame:
    """Compare counts of a tool with linkkit's, page by page.

    Depth is counted as crawlers do: over followed links of exactly each URL, a redirect being a step of its own.

    Parameters
    ----------
    site : Site
    counts : DataFrame
        ``url`` and, of the tool, `COUNTS` (`linkkit.sources.screaming_frog.tool_counts`).

    Returns
    -------
    DataFrame
        One row per count and page where the tool tells it: ``count``, ``url``, ``tool``, ``linkkit``.
    """
    ids = dict(zip(site.pages["url"], site.pages["page_id"], strict=True))
    pages = counts["url"].map(lambda url: ids.get(try_normalise(url) or ""))
    known = counts[pages.notna()]
    own = crawler_counts(site)
    own["crawl_depth"] = _crawl_depth(site, ids)
    own = own.loc[pages.dropna().astype("int64")]
    parts = []
    for name in COUNTS:
        part = pd.DataFrame(
            {
                "count": name,
                "url": known["url"].to_numpy(),
                "tool": known[name].to_numpy(dtype="float64"),
                "linkkit": own[name].to_numpy(dtype="float64"),
            }
        )
        parts.append(part[part["tool"].notna()])
    return pd.concat(parts, ignore_index=True)


def _crawl_depth(site: Site, ids: dict[str, int]) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    links = site.engine.arrow(
        "SELECT DISTINCT source_id, target_id FROM links WHERE NOT nofollow"
    ).to_pandas()
    moved = site.pages[site.pages["redirect_to"].notna()]
    steps = pd.DataFrame({"source_id": moved["page_id"], "target_id": moved["redirect_to"].map(ids)}).dropna()
    whole = pd.concat([links, steps.astype("int64")]).drop_duplicates()
    size = len(site.pages)
    matrix = csr_array(
        (np.ones(len(whole)), (whole["source_id"].to_numpy(), whole["target_id"].to_numpy())),
        shape=(size, size),
    )
    return clicks_from(matrix, [site.page_id(site.start_url)])
