"""Folding: which page a URL counts for once redirects and canonicals are followed, and why one counts for none."""

from enum import StrEnum

import numpy as np
import numpy.typing as npt
import pandas as pd

from linkkit.linkmodel import LinkModel
from linkkit.schema import Indexability
from linkkit.urls import origin, sibling_origins

Ints = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]


class Leak(StrEnum):
    """Why authority does not arrive at, or does not go on from, a live page of the site."""

    EXTERNAL = "external"
    NOFOLLOW = "nofollow"
    BROKEN = "broken"
    REDIRECT_LOOP = "redirect_loop"
    BLOCKED = "blocked"
    OFF_SITE_CANONICAL = "off_site_canonical"
    NOT_CRAWLED = "not_crawled"
    DEAD_END = "dead_end"


def fold_pages(pages: pd.DataFrame, model: LinkModel | None = None) -> tuple[Ints, npt.NDArray[np.object_]]:
    """Where a link to each page ends.

    A link to a redirect counts for the page it ends at; a page whose canonical names, over redirects, another page
    that is itself indexable, for that one.

    Parameters
    ----------
    pages : DataFrame
        Pages of a Site.
    model : LinkModel, optional
        Its ``canonicals`` tell whether canonicals fold; the default model without it.

    Returns
    -------
    fold : int32 array
        Final page of each page; -1 where it leads to no live page of the site.
    leak : object array of str
        `Leak` of the pages with -1; the empty string for others.
    """
    count = len(pages)
    own = np.arange(count, dtype=np.int64)
    reason = pages["indexability_reason"].to_numpy(dtype=object)
    ids = pd.Series(own, index=pages["url"].to_numpy())
    leak = np.full(count, "", dtype=object)
    leak[
        np.isin(reason, [Indexability.CLIENT_ERROR, Indexability.SERVER_ERROR, Indexability.NO_RESPONSE])
    ] = Leak.BROKEN
    leak[reason == Indexability.BLOCKED_BY_ROBOTS] = Leak.BLOCKED

    redirects = reason == Indexability.REDIRECT
    named = pages["redirect_to"].astype(object).where(pages["redirect_to"].notna(), None)
    hop = named.map(ids).to_numpy(dtype=float)
    leak[redirects & np.isnan(hop)] = Leak.EXTERNAL
    leak[redirects & named.isna().to_numpy()] = Leak.BROKEN
    following = np.where(redirects & ~np.isnan(hop), np.nan_to_num(hop, nan=-1), own).astype(np.int64)
    final, looped = _follow(following)
    looped |= redirects & (hop == own)
    looped |= looped[final]
    leak[looped] = Leak.REDIRECT_LOOP

    if (model or LinkModel()).canonicals == "fold":
        canonicalised = reason == Indexability.CANONICALISED
        canonical = (
            pages["canonical"].astype(object).where(canonicalised, None).map(ids).to_numpy(dtype=float)
        )
        known = np.flatnonzero(~np.isnan(canonical))
        into = final[canonical[known].astype(np.int64)]
        sound = pages["is_indexable"].to_numpy(dtype=bool)[into]
        following = own.copy()
        following[known[sound]] = into[sound]
        final = following[final]

    leak[leak[final] != ""] = leak[final][leak[final] != ""]
    return np.where(leak == "", final, -1).astype(np.int32), leak


def link_origins(pages: pd.DataFrame, fold: Ints) -> Ints:
    """The page that each page's own links count for: as `fold`, but -1 for redirects, which show no links."""
    redirect = (pages["indexability_reason"] == Indexability.REDIRECT).to_numpy()
    return np.where(redirect, -1, fold).astype(np.int32)


def off_site_canonicals(pages: pd.DataFrame, start_url: str) -> Bools:
    """Which pages answer but name a page of another site as their canonical."""
    own = set(sibling_origins(start_url))
    named = pages["canonical"].where(pages["indexability_reason"] == Indexability.CANONICALISED)
    return np.array([isinstance(url, str) and origin(url) not in own for url in named], dtype=bool)


def folding_audit(pages: pd.DataFrame, start_url: str, model: LinkModel | None = None) -> pd.DataFrame:
    """Every URL that redirects or names another page as its canonical, and what became of it.

    Parameters
    ----------
    pages : DataFrame
        Pages of a Site.
    start_url : str
        Tells which canonicals leave the site.
    model : LinkModel, optional

    Returns
    -------
    DataFrame
        One row per URL: ``page_id``, ``url``, ``kind`` (redirect, canonical), ``names`` (URL it redirects to or names),
        ``counts_for`` (URL; empty where authority that lands there is lost), ``outcome`` (folded, lost, kept), ``reason``
        in words. Sorted by kind, outcome and URL.
    """
    chosen = model or LinkModel()
    fold, leak = fold_pages(pages, chosen)
    off_site = off_site_canonicals(pages, start_url)
    urls, reasons = pages["url"].to_numpy(dtype=object), pages["indexability_reason"].astype(str)
    by_url = dict(zip(urls, reasons, strict=True))
    redirects = (reasons == Indexability.REDIRECT).to_numpy()
    elsewhere = (
        (pages["canonical"].notna() & (pages["canonical"] != pages["url"])).to_numpy()
        & ~redirects
        & ~reasons.isin([str(Indexability.NOT_CRAWLED), str(Indexability.BLOCKED_BY_ROBOTS)]).to_numpy()
    )
    rows = []
    for page in np.flatnonzero(redirects | elsewhere):
        kind = "redirect" if redirects[page] else "canonical"
        names = pages["redirect_to" if redirects[page] else "canonical"].iloc[page]
        final = int(fold[page])
        leaves = off_site[page] and chosen.off_site_canonicals == "leak"
        if final < 0:
            outcome, why = "lost", _LOST[leak[page]]
        elif final != page:
            outcome, why = "folded", _folded(kind, str(names), str(urls[final]))
        elif leaves:
            outcome, why = "lost", "the canonical names another site, which gets what arrives here"
        else:
            outcome, why = "kept", _kept(reasons.iloc[page], str(names), by_url, off_site[page], chosen)
        rows.append(
            (int(page), urls[page], kind, names, "" if outcome == "lost" else urls[final], outcome, why)
        )
    columns = ["page_id", "url", "kind", "names", "counts_for", "outcome", "reason"]
    table = pd.DataFrame(rows, columns=columns)
    return table.sort_values(["kind", "outcome", "url"], ascending=[False, False, True]).reset_index(
        drop=True
    )


_LOST = {
    str(Leak.EXTERNAL): "it leads to another site",
    str(Leak.BROKEN): "it ends at an error, or names no address",
    str(Leak.REDIRECT_LOOP): "the redirects run in a circle",
    str(Leak.BLOCKED): "it ends at a page that robots.txt blocks",
}


def _folded(kind: str, names: str, final: str) -> str:
    if kind == "redirect":
        return (
            "the redirect ends there" if names == final else "the redirects end there, over more than one hop"
        )
    return "the canonical names it" if names == final else "the canonical names it, over a redirect"


def _kept(reason: str, names: str, by_url: dict[str, str], is_off_site: bool, model: LinkModel) -> str:
    """Why a page with another canonical stands for itself all the same."""
    named = by_url.get(names, "")
    cases = (
        (reason == Indexability.INDEXABLE, "the canonical leads back to the page itself"),
        (
            reason != Indexability.CANONICALISED,
            f"conflict: the page itself is {reason.replace('_', ' ')}, which goes before its canonical",
        ),
        (is_off_site, "the canonical names another site; the link model keeps such pages"),
        (model.canonicals == "keep", "the link model lets pages stand for themselves"),
        (not named, "conflict: the canonical names a URL that nothing else knows"),
        (named == Indexability.CANONICALISED, "conflict: the page it names has another canonical itself"),
        (True, f"conflict: the page it names is {named.replace('_', ' ')}"),
    )
    return next(words for holds, words in cases if holds)


def _follow(following: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], Bools]:
    """Ends of the chains in `following` (ends point at themselves), and which pages run into a loop."""
    final = following
    for _ in range(max(1, int(np.ceil(np.log2(len(following) + 1))))):
        final = final[final]
    return final, following[final] != final
