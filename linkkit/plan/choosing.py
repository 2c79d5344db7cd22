"""Which pages an analyst means: addresses, path patterns, sections, clusters; and rules that make blocks of links."""

from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

import numpy as np
import numpy.typing as npt
import pandas as pd

from linkkit.audit import Audit
from linkkit.errors import SettingsError
from linkkit.urls import try_normalise

Ids = npt.NDArray[np.int64]
MONEY_PAGES, ORPHANS, PILLARS, START = "money pages", "orphans", "pillars", "start page"


def page_ids(audit: Audit, urls: Iterable[str], what: str = "page") -> Ids:
    """Ids of pages by their address, or by their path; each in the order given.

    Raises
    ------
    SettingsError
        If some are no pages of the site; all of them are named.
    """
    asked = list(urls)
    home = urlsplit(audit.site.start_url)
    whole = [f"{home.scheme}://{home.netloc}{url}" if url.startswith("/") else url for url in asked]
    wanted = [try_normalise(url) or url for url in whole]
    known = audit.site.pages["url"]
    # One pass for the few that are asked for: an index of all pages would take longer than most simulations.
    places = np.flatnonzero(known.isin(wanted)) if wanted else np.array([], dtype=np.int64)
    by_url = dict(zip(known.iloc[places], places.tolist(), strict=True))
    if unknown := [given for given, url in zip(asked, wanted, strict=True) if url not in by_url]:
        shown = ", ".join(repr(url) for url in unknown[:10]) + (" ..." if len(unknown) > 10 else "")
        raise SettingsError(
            f"{what}: {len(unknown):,} not known on this site: {shown}. An address of this site is expected, or its path, such as /guides/."
        )
    return np.array([by_url[url] for url in wanted], dtype=np.int64)


def choose_pages(audit: Audit, chosen: str | Sequence[str]) -> Ids:
    """Ids of the live pages that a word, pattern or list stands for, each page once, in order of id.

    Parameters
    ----------
    audit : Audit
    chosen : str or sequence of str
        ``"money pages"``, ``"orphans"`` (no followed link leads to them from the start page), ``"pillars"``,
        ``"start page"``; the name of a topic cluster; a section such as ``/guides/``; a path pattern such as
        ``/guides/*``; an address. Of a list, all together.

    Raises
    ------
    SettingsError
        If one of them fits no live page.
    """
    if not isinstance(chosen, str):
        parts = [choose_pages(audit, each) for each in chosen]
        return np.unique(np.concatenate(parts)) if parts else np.array([], dtype=np.int64)
    metrics, stands = audit.metrics, audit.graph.stands
    found = _named(audit, chosen)
    if found is None and "*" in chosen:
        paths = [urlsplit(url).path for url in metrics["url"]]
        found = np.array([fnmatchcase(path, chosen) for path in paths], dtype=bool)
    if found is None and chosen in set(metrics["section"]):
        found = (metrics["section"] == chosen).to_numpy()
    if found is None:
        found = np.isin(np.arange(len(stands)), audit.graph.final[page_ids(audit, [chosen], "pages")])
    ids = np.flatnonzero(found & stands)
    if not len(ids):
        hint = (
            "; give a list of money pages to lk.add_signals, or another goal" if chosen == MONEY_PAGES else ""
        )
        raise SettingsError(f"{chosen!r} fits no live page of this site{hint}")
    return ids


def _named(audit: Audit, chosen: str) -> npt.NDArray[np.bool_] | None:
    metrics, pages = audit.metrics, audit.site.pages
    every = np.arange(len(metrics))
    if chosen == MONEY_PAGES:
        return audit.authority.money
    if chosen == ORPHANS:
        return (metrics["crawl_depth"].isna().to_numpy()) & audit.graph.indexable
    if chosen == PILLARS:
        return pages["is_pillar"].fillna(False).to_numpy(dtype=bool)
    if chosen == START:
        return every == audit.graph.start
    if chosen in set(pages["cluster"].dropna()):
        return (pages["cluster"] == chosen).fillna(False).to_numpy(dtype=bool)
    return None


def link_block(
    audit: Audit, sources: str | Sequence[str], target: str, *, most: int | None = None
) -> pd.DataFrame:
    """Links by a rule, such as every guide to its pillar: what one change of a template adds.

    Parameters
    ----------
    audit : Audit
    sources : str or sequence of str
        Pages that get the link (`choose_pages`).
    target : str
        ``"its pillar"`` (the pillar of each page's cluster), ``"its section"`` (the page at the address of each page's
        section), or what `choose_pages` takes: then each source gets a link to each of the pages.
    most : int, optional
        Links that a page gets at most, the targets with most authority first.

    Returns
    -------
    DataFrame
        One row per link that is not there yet as a content link: ``source``, ``target`` (URLs).

    Raises
    ------
    SettingsError
        If no page is chosen, or none has a pillar or section page.
    """
    own = choose_pages(audit, sources)
    urls = audit.graph.urls
    if target in {"its pillar", "its section"}:
        ends = _own_targets(audit, own, target)
        pairs = np.column_stack((own, ends))[ends >= 0]
        if not len(pairs):
            raise SettingsError(f"none of the {len(own):,} pages chosen has {target.replace('its', 'a')}")
    else:
        to = choose_pages(audit, target)
        to = to[np.argsort(-audit.authority.settled[to], kind="stable")]
        pairs = np.column_stack((np.repeat(own, len(to)), np.tile(to, len(own))))
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    if len(pairs):
        there = np.asarray(audit.graph.content[pairs[:, 0], pairs[:, 1]]).ravel() > 0
        pairs = pairs[~there]
    if most is not None and len(pairs):
        rank = pd.Series(pairs[:, 0]).groupby(pairs[:, 0]).cumcount().to_numpy()
        pairs = pairs[rank < most]
    return pd.DataFrame({"source": urls[pairs[:, 0]], "target": urls[pairs[:, 1]]}, dtype="str")


def _own_targets(audit: Audit, own: Ids, target: str) -> Ids:
    if target == "its pillar":
        pillar = audit.metrics["pillar_id"].fillna(-1).to_numpy(dtype=np.int64)[own]
        return np.where(pillar >= 0, audit.graph.final[pillar], -1)
    by_path: Mapping[str, int] = {
        audit.site.scope.path(str(url)): page
        for page, url in enumerate(audit.graph.urls)
        if audit.graph.stands[page]
    }
    return np.array(
        [by_path.get(str(name), -1) for name in audit.metrics["section"].iloc[own]], dtype=np.int64
    )
