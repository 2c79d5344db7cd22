"""Texts of pages as a Site holds them, a few thousand pages at a time: all at once would fill the memory."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from linkkit.site import Site

PAGES_AT_ONCE = 5_000


def page_texts(site: Site, *columns: str, wanted: Sequence[int] | None = None) -> Iterator[tuple[Any, ...]]:
    """Page id and the given columns of the text table, by ascending page id.

    Parameters
    ----------
    site : Site
    columns : str
        Of `linkkit.schema.TEXT`.
    wanted : sequence of page id, optional
        Pages to read; all that have a text without it.
    """
    ids = np.arange(len(site.pages)) if wanted is None else np.unique(np.array(wanted, dtype=np.int64))
    for begin in np.arange(0, len(ids), PAGES_AT_ONCE):
        chosen = ids[begin : begin + PAGES_AT_ONCE]
        table = site.engine.arrow(
            f"""SELECT page_id, {", ".join(columns)} FROM text SEMI JOIN chosen USING (page_id)
            WHERE page_id BETWEEN {chosen[0]} AND {chosen[-1]} ORDER BY page_id""",
            chosen=pa.table({"page_id": pa.array(chosen, pa.int32())}),
        )
        yield from zip(*(table[name].to_pylist() for name in ("page_id", *columns)), strict=True)
