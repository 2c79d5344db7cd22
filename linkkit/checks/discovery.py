"""Chapter discovery: can every page be found by following links?"""

import pandas as pd

from linkkit.checks.found import Rows, graded
from linkkit.checks.registry import Facts, check, kept
from linkkit.schema import FoundIn, Indexability, OrphanState, Severity
from linkkit.thresholds import Thresholds
from linkkit.urls import is_pagination, twin_key
from linkkit.wording import count, percent

_WASTE = {"clicks": "search click", "sessions": "session", "referring_domains": "referring domain"}


@check(
    id="orphan-page",
    chapter="discovery",
    severity=Severity.HIGH,
    unit="links",
    needs_complete=True,
    needs_requested=True,
    title="Pages no other page links to",
    why="Visitors cannot reach the page by clicking, and no authority of the site reaches it: a backlink to it stays "
    "there alone, a backlink elsewhere never helps it.",
    fix="Link to it in the content of at least two related pages, or redirect it to the page that replaced it.",
)
def orphan_pages(facts: Facts, t: Thresholds) -> pd.DataFrame:
    """Indexable pages known from another source, without any internal link from another page."""
    return _in_state(facts, OrphanState.ORPHAN)


@check(
    id="island-page",
    chapter="discovery",
    severity=Severity.HIGH,
    unit="linking pages",
    needs_complete=True,
    title="Pages linked only from pages that cannot be reached",
    why="The pages link to one another, but no path leads to them from the start page: to visitors and crawlers that "
    "start there they do not exist.",
    fix="Link to at least one page of the group from a page that is reachable.",
)
def island_pages(facts: Facts, t: Thresholds) -> pd.DataFrame:
    """Pages with followed links that cannot be reached from the start page; value = linking pages."""
    return _in_state(facts, OrphanState.ISLAND)


@check(
    id="nofollow-only-page",
    chapter="discovery",
    severity=Severity.HIGH,
    unit="nofollow links",
    needs_complete=True,
    title="Pages linked by nofollow links only",
    why="Every internal link to the page asks search engines not to follow it, so the site passes it nothing.",
    fix="Remove nofollow from the internal links to it, or take it out of the index if it should not be found.",
)
def nofollow_only_pages(facts: Facts, t: Thresholds) -> pd.DataFrame:
    """Pages all of whose internal links are nofollow; value = their number."""
    return _in_state(facts, OrphanState.NOFOLLOW_ONLY, value="nofollow_links_in")


@check(
    id="non-indexable-sources-only",
    chapter="discovery",
    severity=Severity.MEDIUM,
    unit="linking pages",
    needs_complete=True,
    title="Pages linked only from pages outside the index",
    why="Links on pages that stay out of the index are followed less and less, and in the end not at all.",
    fix="Link to it from an indexable page as well.",
)
def non_indexable_sources_only(facts: Facts, t: Thresholds) -> pd.DataFrame:
    """Pages with followed links, all of them from non-indexable pages; value = linking pages."""
    return _in_state(facts, OrphanState.NON_INDEXABLE_SOURCES_ONLY)


@check(
    id="chrome-only-page",
    chapter="discovery",
    severity=Severity.LOW,
    unit="linking pages",
    needs_complete=True,
    title="Pages linked only from menus, footers and sidebars",
    why="Nothing the site says leads to the page; links in the template carry no context and, it is thought, less "
    "weight (a model, not confirmed by search engines).",
    fix="Link to it in the text of a related page.",
)
def chrome_only_pages(facts: Facts, t: Thresholds) -> pd.DataFrame:
    """Pages with followed links, none in the content; money pages weigh more; value = linking pages."""
    found = _in_state(facts, OrphanState.CHROME_ONLY)
    money = facts.metrics["is_money_page"].loc[found["page"]]
    return found.assign(severity=[str(Severity.MEDIUM if each else Severity.LOW) for each in money])


@check(
    id="weak-page",
    chapter="discovery",
    severity=Severity.LOW,
    unit="linking pages",
    needs_complete=True,
    thresholds=("weak_linking_pages",),
    title="Pages that hang on a single linking page",
    why="One edit elsewhere orphans the page, and one link passes it little authority.",
    fix="Link to it in the content of more related pages.",
)
def weak_pages(facts: Facts, t: Thresholds) -> Rows:
    """Pages in no worse state with at most ``t.weak_linking_pages`` linking pages; value = linking pages."""
    m = facts.metrics
    weak = m.loc[
        _linked_below_start(facts) & (m["linking_pages"] <= t.weak_linking_pages),
        ["page_id", "example_linking_page", "linking_pages", "is_money_page", "referring_domains"],
    ]
    names = {"page_id": "page", "example_linking_page": "related", "linking_pages": "value"}
    grave = weak["is_money_page"] | (weak["referring_domains"] > 0)
    return Rows(
        weak.rename(columns=names).assign(severity=graded(grave, Severity.MEDIUM, Severity.LOW)),
        evidence=lambda rows: _known_from(facts, rows["page"]).tolist(),
    )


@kept
def _linked_below_start(facts: Facts) -> pd.Series:
    """Pages in no worse state than being linked, the start page aside."""
    return (facts.metrics["orphan_state"] == OrphanState.LINKED) & (facts.metrics["crawl_depth"] > 0)


@check(
    id="rendered-only-links",
    chapter="discovery",
    severity=Severity.MEDIUM,
    unit="share",
    needs_rendering=True,
    thresholds=("rendered_only_share",),
    title="Pages whose links need JavaScript",
    why="The links to the page are not in the HTML that the server sends; scripts add them. Search engines that run scripts find "
    "them later, and none if a script fails; most other robots, those of AI assistants among them, never do.",
    fix="Write the links into the HTML that the server sends: a menu or list that scripts only open or refine.",
)
def rendered_only_links(facts: Facts, t: Thresholds) -> pd.DataFrame:
    """Pages with at least ``t.rendered_only_share`` of their linking pages showing the link only once rendered; value = that share.

    Where it is all of them, the page is an orphan to whoever runs no script: high for money pages and pages with backlinks.
    """
    m = facts.metrics
    share = m["rendered_only_pages"] / m["sources_followed"]
    hanging = facts.pages["is_indexable"] & m["folds_into"].isna() & (m["crawl_depth"] != 0)
    found = m[hanging & (share >= t.rendered_only_share)]
    money, linked = found["is_money_page"], found["referring_domains"] > 0
    whole = found["rendered_only_pages"] == found["sources_followed"]
    ranks = (Severity.LOW, Severity.MEDIUM, Severity.HIGH)
    return pd.DataFrame(
        {
            "page": found["page_id"],
            "related": found["example_rendered_only"],
            "value": share.loc[found.index],
            "severity": [
                str(ranks[int(all_of_them) + int(weighs)])
                for all_of_them, weighs in zip(whole, money | linked, strict=True)
            ],
            "evidence": [
                f"{own:,} of {every:,} linking {'page shows' if every == 1 else 'pages show'} the link only after rendering"
                + ("; money page" if is_money else "")
                + ("; has backlinks" if has_backlinks else "")
                for own, every, is_money, has_backlinks in zip(
                    found["rendered_only_pages"], found["sources_followed"], money, linked, strict=True
                )
            ],
        }
    )


_UNFIT = {
    Indexability.REDIRECT: "redirects",
    Indexability.CLIENT_ERROR: "is not found",
    Indexability.SERVER_ERROR: "answers with a server error",
    Indexability.NO_RESPONSE: "does not answer",
    Indexability.NOINDEX: "is noindex",
    Indexability.CANONICALISED: "names another page as its canonical",
    Indexability.BLOCKED_BY_ROBOTS: "is blocked by robots.txt",
}


@check(
    id="sitemap-not-indexable",
    chapter="discovery",
    severity=Severity.MEDIUM,
    unit="status",
    needs_source=FoundIn.SITEMAP,
    title="Sitemap entries that cannot stand in an index",
    why="The sitemap asks search engines to index the page, the page itself refuses or is gone. Search engines trust a "
    "sitemap the less for it, and every such entry costs them a request.",
    fix="Take the entry out of the sitemap, or put the address it leads to in its place.",
)
def sitemap_not_indexable(facts: Facts, t: Thresholds) -> pd.DataFrame:
    """Pages of the sitemap that redirect, fail, are noindex, canonicalised or blocked; value = HTTP status."""
    pages = facts.pages
    listed = pages[_in_sitemap(pages) & pages["indexability_reason"].isin([str(reason) for reason in _UNFIT])]
    ids = dict(zip(pages["url"], pages["page_id"], strict=True))
    moved = listed["indexability_reason"] == Indexability.REDIRECT
    towards = listed["redirect_to"].where(moved, listed["canonical"]).map(ids)
    return pd.DataFrame(
        {
            "page": listed["page_id"],
            "related": towards.where(towards != listed["page_id"]),
            "value": listed["status"].astype("float64"),
            "evidence": [
                f"in the sitemap, but {_UNFIT[Indexability(reason)]}"
                for reason in listed["indexability_reason"]
            ],
        }
    )


@check(
    id="missing-from-sitemap",
    chapter="discovery",
    severity=Severity.LOW,
    unit="linking pages",
    needs_source=FoundIn.SITEMAP,
    title="Indexable pages missing from the sitemap",
    why="The sitemap is the site's own list of the pages it wants found. What is not in it is found by links alone, or, as an "
    "orphan, not at all.",
    fix="Add the page to the sitemap, or take it out of the index if it should not be found.",
)
def missing_from_sitemap(facts: Facts, t: Thresholds) -> pd.DataFrame:
    """Indexable pages outside the sitemap, further pages of lists and twins of listed pages aside; value = linking pages."""
    pages = facts.pages
    listed = set(pages.loc[_in_sitemap(pages), "url"].map(twin_key))
    outside = pages[pages["is_indexable"] & ~_in_sitemap(pages)]
    is_own = ~outside["url"].map(twin_key).isin(listed) & ~outside["url"].map(is_pagination).astype(bool)
    wanted = outside[is_own]
    metrics = facts.metrics.loc[wanted.index]
    return pd.DataFrame(
        {
            "page": wanted["page_id"],
            "value": metrics["linking_pages"],
            "evidence": _known_from(facts, wanted["page_id"]),
            "severity": [
                str(Severity.MEDIUM if money else Severity.LOW) for money in metrics["is_money_page"]
            ],
        }
    )


@check(
    id="bot-waste",
    chapter="discovery",
    severity=Severity.LOW,
    unit="requests",
    needs=("bot_hits",),
    thresholds=("bot_waste_hits",),
    title="Pages that search engines' robots visit in vain",
    why="Robots that keep asking for redirects, errors and pages outside the index have fewer requests left for the pages that "
    "count. It matters on large sites (search engines speak of a million pages, or ten thousand that change daily); on small "
    "ones it shows where old links and entries still lead.",
    fix="Remove the links, sitemap entries and redirects that lead there; let what is gone for good answer 410.",
)
def bot_waste(facts: Facts, t: Thresholds) -> pd.DataFrame:
    """Pages outside the index with at least ``t.bot_waste_hits`` requests of search engines' robots; value = requests."""
    pages = facts.pages
    unfit = pages["indexability_reason"].isin([str(reason) for reason in _UNFIT])
    wasted = pages[unfit & (pages["bot_hits"] >= t.bot_waste_hits)]
    total = pages["bot_hits"].sum()
    return pd.DataFrame(
        {
            "page": wasted["page_id"],
            "value": wasted["bot_hits"],
            "evidence": [
                f"{_UNFIT[Indexability(reason)]}; {_part_of_requests(hits, total)}"
                for reason, hits in zip(wasted["indexability_reason"], wasted["bot_hits"], strict=True)
            ],
        }
    )


def _part_of_requests(hits: float, total: float) -> str:
    if total == 1:
        return "the only request of search engines' robots"
    return f"{percent(hits / total, 1)} of all {total:,.0f} requests of search engines' robots"


def _in_sitemap(pages: pd.DataFrame) -> pd.Series:
    return (pages["found_in"] & int(FoundIn.SITEMAP)) != 0


def _in_state(facts: Facts, state: OrphanState, value: str = "linking_pages") -> pd.DataFrame:
    m = facts.metrics[facts.metrics["orphan_state"] == state]
    return pd.DataFrame(
        {
            "page": m["page_id"],
            "related": m["example_linking_page"].fillna(m["example_source_any"]),
            "value": m[value],
            "evidence": _known_from(facts, m["page_id"]),
        }
    )


def _known_from(facts: Facts, ids: pd.Series) -> pd.Series:
    """In words: where the page is known from, and what it earns there."""
    # By column, and each set of sources once: a site may have as many weak pages as it has pages.
    flags = facts.pages["found_in"].loc[ids].to_numpy()
    names = {each: _source_names(int(each)) for each in set(flags.tolist())}
    said = [f"known from {names[each]}" for each in flags.tolist()]
    for name, noun in _WASTE.items():
        earned = facts.metrics[name].loc[ids].fillna(0).to_numpy(dtype=float)
        # The first that a page earns stands behind a semicolon, the others behind commas.
        for place in (earned > 0).nonzero()[0].tolist():
            glue = ", " if "; " in said[place] else "; "
            said[place] += f"{glue}{count(earned[place], noun)}"
    return pd.Series(said, index=ids.index, dtype="str")


def _source_names(found_in: int) -> str:
    sources = [str(flag.name).lower().replace("_", " ") for flag in FoundIn if found_in & flag]
    return ", ".join(sources) or "links of pages that cannot be reached"
