"""Pages of two audits, one row per address: gained, lost, changed, deeper or nearer, and what each receives."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from linkkit.audit import Audit
from linkkit.comparison.mapping import Moves, Rules, merged_pages
from linkkit.schema import Indexability

GAINED, LOST, STAYED, ELSEWHERE = "gained", "lost", "stayed", "not a page"
"""``change`` of an address: indexable only now, only then, both times, or neither time (redirects, errors)."""
MOVED = "redirected"
NO_LONGER_FOUND = "no longer found"
NOT_CRAWLED = "not crawled"
NEW = "not known before"
SAME = "same"
DEEPER, NEARER, OUT_OF_REACH, BACK_IN_REACH = "deeper", "nearer", "out of reach", "back in reach"

_WHY = {
    Indexability.REDIRECT: MOVED,
    Indexability.NOINDEX: "noindex",
    Indexability.CANONICALISED: "canonical names another page",
    Indexability.BLOCKED_BY_ROBOTS: "blocked by robots.txt",
    Indexability.CLIENT_ERROR: "answers with an error",
    Indexability.SERVER_ERROR: "answers with an error",
    Indexability.NO_RESPONSE: "no answer",
    Indexability.NOT_HTML: "no HTML page",
    Indexability.NOT_CRAWLED: NOT_CRAWLED,
}
"""Why an address is no page of the index, in the words of a comparison."""
ABSENT = tuple(dict.fromkeys((*_WHY.values(), NO_LONGER_FOUND, NEW, f"{NOT_CRAWLED} (incomplete)")))
"""All of these words; an error also by its status, a redirect by where it leads."""

_FACTS = ("status", "title", "indexability_reason", "is_indexable", "redirect_to", "section", "found_in")
_METRICS = ("crawl_depth", "content_depth", "linking_pages", "content_inlinks", "authority", "landing_yield",
            "is_money_page", "importance", "orphan_state")  # fmt: skip


@dataclass(frozen=True, eq=False)
class Paired:
    """The addresses of two audits, matched.

    Attributes
    ----------
    pages : DataFrame
        One row per address of either (`page_changes`), sorted by it; its place is the address' joint id.
    old_ids, new_ids : int arrays
        Joint id of each page id of the old and of the new site.
    old_lives, new_lives : bool arrays
        Whether each page is live and stands for itself (`linkkit.graph.LinkGraph.stands`).
    merged : DataFrame
        Old addresses that become one (`linkkit.comparison.mapping.merged_pages`).
    moves : Moves
        The URL mapping.
    """

    pages: pd.DataFrame
    old_ids: np.ndarray
    new_ids: np.ndarray
    old_lives: np.ndarray
    new_lives: np.ndarray
    merged: pd.DataFrame
    moves: Moves


def pair_pages(old: Audit, new: Audit, rules: Rules) -> Paired:
    """Match the addresses of two audits, the old ones mapped.

    Of several old addresses that become one, the page that can stand in the index counts, then the one most pages link to.
    """
    then, now = _facts(old), _facts(new)
    then["old_url"] = then["url"]
    moves = Moves(rules, frozenset(now["url"]))
    then["url"] = moves(then["url"])
    every = pd.Index(then["url"]).union(pd.Index(now["url"])).unique().sort_values()
    old_ids, new_ids = every.get_indexer(then["url"]), every.get_indexer(now["url"])
    one_each = then.sort_values(
        ["is_indexable", "linking_pages", "old_url"], ascending=[False, False, True], kind="stable"
    ).drop_duplicates("url")
    left = (
        one_each.set_index("url").reindex(every).add_prefix("old_").rename(columns={"old_old_url": "old_url"})
    )
    right = now.set_index("url").reindex(every).add_prefix("new_")
    pages = left.join(right).rename_axis("url").reset_index()
    return Paired(
        pages=_told(pages, old, new),
        old_ids=old_ids,
        new_ids=new_ids,
        old_lives=old.graph.stands,
        new_lives=new.graph.stands,
        merged=merged_pages(list(then["old_url"]), list(then["url"])),
        moves=moves,
    )


def _facts(audit: Audit) -> pd.DataFrame:
    pages, metrics = audit.site.pages, audit.metrics
    table = pages[["url", *_FACTS]].join(metrics[list(_METRICS)]).reset_index(drop=True)
    numbers = ("status", "found_in", "crawl_depth", "content_depth", "linking_pages", "content_inlinks",
               "authority", "landing_yield", "importance")  # fmt: skip
    words = ("url", "title", "indexability_reason", "redirect_to", "section", "orphan_state")
    kinds: dict[str, str] = dict.fromkeys(numbers, "float64") | dict.fromkeys(words, "object")
    table = table.astype(kinds | {"is_indexable": "bool", "is_money_page": "bool"})
    # Nobody counted a click to what is no page of its own.
    table["stands"] = audit.graph.stands
    return table


def _told(pages: pd.DataFrame, old: Audit, new: Audit) -> pd.DataFrame:
    """Changes in words, from the two sides."""
    for side in ("old", "new"):
        for name in ("is_indexable", "is_money_page", "stands"):
            pages[f"{side}_{name}"] = pages[f"{side}_{name}"].eq(True)
    was, stands = pages["old_is_indexable"].to_numpy(), pages["new_is_indexable"].to_numpy()
    pages["change"] = np.select(
        [was & stands, stands, was], [STAYED, GAINED, LOST], default=ELSEWHERE
    ).astype(object)
    pages["why"] = np.select(
        [pages["change"] == LOST, pages["change"] == GAINED],
        [_why(pages, "new", new, NO_LONGER_FOUND), _why(pages, "old", old, NEW)],
        default="",
    ).astype(object)
    both = pages["old_status"].notna() & pages["new_status"].notna()
    pages["status_changed"] = both & (pages["old_status"] != pages["new_status"])
    reasons = pages["old_indexability_reason"].notna() & pages["new_indexability_reason"].notna()
    requested = ~pages[["old_indexability_reason", "new_indexability_reason"]].isin([str(Indexability.NOT_CRAWLED)]).any(axis=1)  # fmt: skip
    pages["indexability_changed"] = (
        reasons & requested & (pages["old_indexability_reason"] != pages["new_indexability_reason"])
    )
    stayed = pages["change"] == STAYED
    pages["title_changed"] = stayed & (pages["old_title"].fillna("") != pages["new_title"].fillna(""))
    pages["is_money_page"] = pages["new_is_money_page"] | (pages["old_is_money_page"] & ~pages["new_stands"])
    pages["section"] = pages["new_section"].fillna(pages["old_section"]).fillna("/")
    pages["depth_change"] = pages["new_crawl_depth"] - pages["old_crawl_depth"]
    pages["drift"] = _drift(pages, stayed.to_numpy())
    pages["authority_change"] = pages["new_authority"].fillna(0.0) - pages["old_authority"].fillna(0.0)
    return pages


def _why(pages: pd.DataFrame, side: str, audit: Audit, absent: str) -> pd.Series:
    """Why an address is no page of the index on this side."""
    reason = pages[f"{side}_indexability_reason"]
    known = reason.map({str(each): words for each, words in _WHY.items()})
    status = pages[f"{side}_status"]
    failed = known == "answers with an error"
    known = known.mask(failed, "answers " + status.fillna(0).astype("int64").astype(str))
    moved = known == MOVED
    known = known.mask(moved, "redirects to " + pages[f"{side}_redirect_to"].fillna("nowhere"))
    unknown = absent if audit.manifest.complete else f"{NOT_CRAWLED} (incomplete)"
    return known.where(reason.notna(), unknown)


def _drift(pages: pd.DataFrame, stayed: np.ndarray) -> np.ndarray:
    """How the clicks from the start page changed, of pages that stayed."""
    was, now = pages["old_crawl_depth"], pages["new_crawl_depth"]
    counts = stayed & pages["old_stands"].to_numpy() & pages["new_stands"].to_numpy()
    return np.select(
        [~counts, was.notna() & now.isna(), was.isna() & now.notna(), now > was, now < was],
        ["", OUT_OF_REACH, BACK_IN_REACH, DEEPER, NEARER],
        default=np.where(counts, SAME, ""),
    ).astype(object)
