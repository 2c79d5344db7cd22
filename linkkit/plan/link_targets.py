"""Which pages need links first."""

from collections.abc import Callable, Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd

from linkkit.audit import Audit
from linkkit.errors import SettingsError
from linkkit.plan.choosing import ORPHANS, choose_pages
from linkkit.schema import Indexability, OrphanState
from linkkit.site import Site

DEEP, WEAK_MONEY, WEAK_PILLARS, WEAK = "deep pages", "weak money pages", "weak pillars", "weak pages"
DEFAULT_TARGETS = (ORPHANS, DEEP, WEAK_MONEY, WEAK_PILLARS)
"""Order of urgency: a page belongs to the first group that it fits."""

LIMITS = ("max_crawl_depth", "weak_linking_pages")
"""Thresholds that groups are made by."""

_UNLINKED = (
    OrphanState.ORPHAN,
    OrphanState.ISLAND,
    OrphanState.NOFOLLOW_ONLY,
    OrphanState.NON_INDEXABLE_SOURCES_ONLY,
    OrphanState.INCONCLUSIVE,
)


def link_targets(audit: Audit, targets: str | Iterable[str] | None = None) -> pd.DataFrame:
    """Pages to find links for, most urgent first.

    Parameters
    ----------
    audit : Audit
    targets : str or iterable of str, optional
        Groups in order of urgency; `DEFAULT_TARGETS` without it. ``"orphans"``: pages that no indexable page links to
        by a followed link, or out of reach. ``"deep pages"``: more than ``max_crawl_depth`` clicks down. ``"weak money pages"``,
        ``"weak pillars"``, ``"weak pages"``: such pages, or any, with at most ``weak_linking_pages`` content inlinks. What else
        `linkkit.plan.choosing.choose_pages` takes: money pages, a cluster, a section, a path pattern, an address.

    Returns
    -------
    DataFrame
        One row per indexable page that stands for itself: ``page_id``, ``group`` (as given). Groups may be empty.

    Raises
    ------
    SettingsError
        If a name is neither a group nor a page of the site, or none of its pages can be indexed.
    """
    wanted = (
        DEFAULT_TARGETS if targets is None else (targets,) if isinstance(targets, str) else tuple(targets)
    )
    linkable = _linkable(audit)
    parts = [pd.DataFrame({"page_id": pd.Series(dtype="int64"), "group": pd.Series(dtype="str")})]
    for name in wanted:
        group = _GROUPS.get(name)
        pages = np.flatnonzero(group(audit)) if group else choose_pages(audit, name)
        pages = pages[linkable[pages]]
        if not group and not len(pages):
            raise SettingsError(
                f"targets: {name!r} holds no indexable page, so that no link to it would help"
            )
        parts.append(pd.DataFrame({"page_id": pages, "group": name}))
    every = pd.concat(parts).astype({"page_id": "int64", "group": "str"})
    return every.drop_duplicates("page_id", ignore_index=True)


def new_pages(audit: Audit, older: Site) -> list[str]:
    """URLs of pages that an older crawl did not come to and that nobody went back to link in running text.

    Pages with at most ``weak_linking_pages`` content inlinks count; give them to `suggest_links` as targets. What the older
    crawl knew from a file alone, and never requested, counts as new.
    """
    requested = older.pages["indexability_reason"] != Indexability.NOT_CRAWLED
    is_new = ~audit.site.pages["url"].isin(older.pages["url"][requested]).to_numpy()
    return audit.site.pages["url"][is_new & _weak(audit) & _linkable(audit)].tolist()


def _linkable(audit: Audit) -> npt.NDArray[np.bool_]:
    return np.asarray(audit.graph.indexable & (audit.graph.fold == np.arange(len(audit.graph))))


def _unlinked(audit: Audit) -> npt.NDArray[np.bool_]:
    return audit.metrics["orphan_state"].isin([str(state) for state in _UNLINKED]).to_numpy()


def _deep(audit: Audit) -> npt.NDArray[np.bool_]:
    return (audit.metrics["crawl_depth"] > _limits(audit, "max_crawl_depth")).to_numpy()


def _weak(audit: Audit) -> npt.NDArray[np.bool_]:
    return (audit.metrics["content_inlinks"] <= _limits(audit, "weak_linking_pages")).to_numpy()


def _limits(audit: Audit, name: str) -> npt.NDArray[np.float64]:
    """A threshold for each page: sections may have their own."""
    return audit.thresholds.limits(name, audit.metrics["url"])


def _weak_money(audit: Audit) -> npt.NDArray[np.bool_]:
    return audit.metrics["is_money_page"].to_numpy(dtype=bool) & _weak(audit)


def _weak_pillars(audit: Audit) -> npt.NDArray[np.bool_]:
    return audit.site.pages["is_pillar"].fillna(False).to_numpy(dtype=bool) & _weak(audit)


_GROUPS: dict[str, Callable[[Audit], npt.NDArray[np.bool_]]] = {
    ORPHANS: _unlinked,
    DEEP: _deep,
    WEAK_MONEY: _weak_money,
    WEAK_PILLARS: _weak_pillars,
    WEAK: _weak,
}
