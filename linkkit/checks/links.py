"""Chapter links: do links lead where they should?"""

from collections.abc import Callable

import pandas as pd

from linkkit.checks.found import Rows
from linkkit.checks.registry import Facts, check, kept
from linkkit.folding import off_site_canonicals
from linkkit.schema import Effort, Indexability, Severity
from linkkit.thresholds import Thresholds
from linkkit.urls import twin_key
from linkkit.wording import quantity


@check(
    id="link-to-broken",
    chapter="links",
    severity=Severity.HIGH,
    unit="linking pages",
    title="Links to pages that answer with an error",
    why="The link's share of authority is lost, and the visitor meets an error.",
    fix="Point the links at the page that replaced it, or remove them.",
)
def links_to_broken(facts: Facts, t: Thresholds) -> pd.DataFrame:
    """Linked URLs that answer 4xx or 5xx or not at all, or redirect to such a page; value = linking pages."""
    broken = _broken(facts.pages)
    chains = _redirect_chains(facts)
    ids = dict(zip(facts.pages["url"], facts.pages["page_id"], strict=True))
    leading = [page for page, chain in chains.items() if broken.get(ids.get(chain[-1], -1), False)]
    error, status = facts.pages["error"].fillna("no reason noted"), facts.pages["status"].astype("float64")

    def answer(page: int) -> str:
        if page in chains and len(chains[page]) > 1:
            return f"{' -> '.join(chains[page])}, which {answer(ids[chains[page][-1]])}"
        if not status[page] >= 100:
            return f"gives no answer: {error[page]}"
        return f"answers {status[page]:.0f}" + (" and does not say where to" if page in chains else "")

    return _linked(facts, broken | facts.pages["page_id"].isin(leading), answer)


@check(
    id="link-to-redirect",
    chapter="links",
    severity=Severity.LOW,
    unit="linking pages",
    thresholds=("max_redirect_hops",),
    title="Links to redirects",
    why="Each hop is a detour for visitors and crawlers, and the next change on the way breaks the link.",
    fix="Point the links straight at the final page.",
)
def links_to_redirects(facts: Facts, t: Thresholds) -> pd.DataFrame:
    """Linked URLs that redirect to a page, medium where in more than ``t.max_redirect_hops`` hops.

    Redirects that end at an error are among `links_to_broken` instead.
    """
    chains = _redirect_chains(facts)
    dead = set(facts.pages["url"][_broken(facts.pages)])
    ending = [page for page, chain in chains.items() if chain[-1] != "loop" and chain[-1] not in dead]
    found = _linked(facts, facts.pages["page_id"].isin(ending), lambda page: " -> ".join(chains[page]))
    hops = found["page"].map(lambda page: len(chains[page]) - 1)
    severity = [str(Severity.MEDIUM if each > t.max_redirect_hops else Severity.LOW) for each in hops]
    ends = [f"Point the links straight at {chains[page][-1]}" for page in found["page"]]
    return found.assign(severity=severity, fix=ends)


@check(
    id="redirect-loop",
    chapter="links",
    severity=Severity.HIGH,
    unit="linking pages",
    title="Links into redirect loops",
    why="The link leads to no page at all: browsers give up, and its authority is lost.",
    fix="Mend the redirect rules, then point the links at the final page.",
)
def redirect_loops(facts: Facts, t: Thresholds) -> pd.DataFrame:
    """Linked URLs whose redirects never end at a page; value = linking pages."""
    chains = _redirect_chains(facts)
    looping = [page for page, chain in chains.items() if chain[-1] == "loop"]
    return _linked(facts, facts.pages["page_id"].isin(looping), lambda page: " -> ".join(chains[page]))


@check(
    id="link-to-noindex",
    chapter="links",
    severity=Severity.MEDIUM,
    unit="linking pages",
    title="Links to pages that are kept out of the index",
    why="Authority is spent on a page that can never rank, and pages it links to are followed less and less.",
    fix="Link to an indexable page instead, or allow the page into the index if it should rank.",
)
def links_to_noindex(facts: Facts, t: Thresholds) -> pd.DataFrame:
    """Linked pages with noindex; value = linking pages."""
    return _linked(facts, facts.pages["indexability_reason"] == Indexability.NOINDEX, lambda page: "noindex")


@check(
    id="link-to-canonicalised",
    chapter="links",
    severity=Severity.LOW,
    unit="linking pages",
    title="Links to pages whose canonical is another page",
    why="The links name a copy; search engines must guess that the original is meant, and may not.",
    fix="Point the links at the canonical page.",
)
def links_to_canonicalised(facts: Facts, t: Thresholds) -> pd.DataFrame:
    """Linked pages whose canonical names another URL; value = linking pages."""
    canonical = facts.pages["canonical"]
    return _linked(
        facts,
        facts.pages["indexability_reason"] == Indexability.CANONICALISED,
        lambda page: f"canonical: {canonical[page]}",
    )


@check(
    id="canonical-conflict",
    chapter="links",
    severity=Severity.MEDIUM,
    unit="linking pages",
    title="Canonicals that name no page of the index",
    why="A canonical that cannot be followed is ignored or believed by chance: the page, the one it names, or both may drop "
    "out of the index, and nobody can say where links and backlinks to them count.",
    fix="Let the canonical name an indexable page, or the page itself.",
)
def canonical_conflicts(facts: Facts, t: Thresholds) -> pd.DataFrame:
    """Pages whose canonical names a page that is no canonical one, or contradicts their own noindex; value = linking pages.

    High where the page it names is kept out of the index or does not answer. Canonicals to other sites are a choice, and
    one that names a page over a redirect is understood: neither is a conflict. URLs that nobody requested are not judged.
    """
    pages, m = facts.pages, facts.metrics
    reason = pages["indexability_reason"]
    elsewhere = pages["canonical"].notna() & (pages["canonical"] != pages["url"])
    own = elsewhere & (reason == Indexability.NOINDEX)
    copies = pages[elsewhere & (reason == Indexability.CANONICALISED)]
    if copies.empty and not own.any():
        return pd.DataFrame({"page": []})
    copies = copies[~off_site_canonicals(copies, facts.manifest.start_url)]
    ids = pd.Series(pages["page_id"].to_numpy(dtype=float), index=pages["url"].to_numpy())
    redirect = reason == Indexability.REDIRECT
    following = dict(zip(pages["url"][redirect], pages["redirect_to"][redirect], strict=True))
    into = copies["canonical"].map(lambda url: _redirect_end(following, url)).map(ids)
    sound = into.map(pages["is_indexable"]).eq(True)
    unseen = into.map(reason) == Indexability.NOT_CRAWLED
    # What nothing knows may exist all the same where the crawl was stopped.
    unseen |= into.isna() & (not facts.manifest.complete)
    wrong = into[~sound & ~unseen]
    faults = [
        (page, *_named_page(reason.get(into[page]), pages["canonical"][page] in following))
        for page in wrong.index
    ]
    faults += [(page, _OWN_NOINDEX, Severity.MEDIUM) for page in pages.index[own]]
    found = pd.DataFrame(faults, columns=["page", "what", "severity"])
    names = found["page"].map(pages["canonical"])
    return pd.DataFrame(
        {
            "page": found["page"],
            "related": names.map(ids),
            "value": found["page"].map(m["linked_from_others"]),
            "severity": found["severity"],
            "evidence": [f"canonical: {url}, {what}" for url, what in zip(names, found["what"], strict=True)],
        }
    )


@check(
    id="link-to-blocked",
    chapter="links",
    severity=Severity.INFO,
    unit="linking pages",
    effort=Effort.MEDIUM,
    title="Links to pages that robots.txt blocks",
    why="Crawlers may not look at the page, so what links pass to it goes no further. Usual for baskets and logins.",
    fix="Keep such links few; if the page should rank, allow it in robots.txt.",
)
def links_to_blocked(facts: Facts, t: Thresholds) -> pd.DataFrame:
    """Linked URLs that robots.txt disallows; value = linking pages."""
    blocked = facts.pages["indexability_reason"] == Indexability.BLOCKED_BY_ROBOTS
    return _linked(facts, blocked, lambda page: "disallowed by robots.txt")


@check(
    id="nofollow-link",
    chapter="links",
    severity=Severity.MEDIUM,
    unit="nofollow links",
    title="Internal links with nofollow",
    why="nofollow on the site's own links does not save authority for others, it throws it away.",
    fix="Remove rel=nofollow (ugc, sponsored) from internal links.",
)
def nofollow_links(facts: Facts, t: Thresholds) -> pd.DataFrame:
    """Pages that internal links with nofollow, ugc or sponsored lead to; value = such links."""
    m = facts.metrics[facts.metrics["nofollow_inlinks"] > 0]
    return pd.DataFrame(
        {
            "page": m["page_id"],
            "related": m["example_nofollow_source"],
            "value": m["nofollow_inlinks"],
            "evidence": [
                f"{part:,} of {quantity(whole, 'internal links')} to it"
                for part, whole in zip(m["nofollow_inlinks"], m["inlinks"], strict=True)
            ],
        }
    )


@check(
    id="url-twin",
    chapter="links",
    severity=Severity.MEDIUM,
    unit="linking pages",
    effort=Effort.MEDIUM,
    title="Two addresses for one page",
    why="Links and backlinks are split between the two, and either may be the one that ranks.",
    fix="Choose one address, redirect the other to it (or name it as canonical), and link to the one only.",
)
def url_twins(facts: Facts, t: Thresholds) -> pd.DataFrame:
    """Indexable URLs apart only by slash, case, index file or query, and of one title; value = linking pages."""
    alive = facts.pages["is_indexable"] & facts.metrics["folds_into"].isna()
    pages = facts.pages.loc[alive, ["page_id", "url", "title"]].assign(
        # Of those pages alone: a longer column would fill up a table without rows.
        links=facts.metrics.loc[alive, "linking_pages"],
        key=lambda frame: frame["url"].map(twin_key),
        # Without a title (an edge list has none) nothing tells a filter from a page: the query must be the same.
        same=lambda frame: frame["title"].where(
            frame["title"].fillna("") != "", ["?" + url.partition("?")[2] for url in frame["url"]]
        ),
    )
    # Pagination and filters share a path as well, but not the title: they are pages of their own.
    pages = pages.sort_values(["links", "page_id"], ascending=[False, True], kind="stable")
    groups = pages.groupby(["key", "same"], sort=False)
    first = groups["page_id"].transform("first")
    twins = pages[first != pages["page_id"]]
    return pd.DataFrame(
        {
            "page": twins["page_id"],
            "related": first[twins.index],
            "value": twins["links"],
            "evidence": [
                "both answer and are indexable" + (" and have the same title" if titled else "")
                for titled in twins["title"].fillna("") != ""
            ],
        }
    )


@check(
    id="too-many-links",
    chapter="links",
    severity=Severity.LOW,
    unit="unique outlinks",
    effort=Effort.MEDIUM,
    thresholds=("too_many_links_min", "too_many_links_ratio"),
    title="Pages with far more links than their template",
    why="Each link passes on a smaller share, and neither readers nor crawlers can tell which matter.",
    fix="Split the list, or link to hub pages that lead on.",
)
def too_many_links(facts: Facts, t: Thresholds) -> Rows:
    """Pages with more unique outlinks than the floor and than a multiple of their template group's median."""
    m = _against_template(facts)
    many = m[(m["value"] > t.too_many_links_min) & (m["value"] > t.too_many_links_ratio * m["median"])]
    return Rows(
        many, evidence=lambda rows: [f"the median page like it has {each:.0f}" for each in rows["median"]]
    )


@kept
def _against_template(facts: Facts) -> pd.DataFrame:
    """Indexable pages with their unique outlinks, and the ``median`` of their template group."""
    m = facts.metrics.loc[facts.pages["is_indexable"], ["page_id", "unique_outlinks", "page_type"]]
    groups = m.groupby("page_type")["unique_outlinks"]
    # A group of one or two has no median worth the name; the site's own stands in.
    median = groups.transform("median").where(groups.transform("size") > 2, m["unique_outlinks"].median())
    return pd.DataFrame({"page": m["page_id"], "value": m["unique_outlinks"], "median": median})


_OWN_NOINDEX = "but the page itself is noindex: the two contradict each other"
_NOT_CANONICAL = {
    Indexability.NOINDEX: ("which is noindex", Severity.HIGH),
    Indexability.CLIENT_ERROR: ("which answers with an error", Severity.HIGH),
    Indexability.SERVER_ERROR: ("which answers with an error", Severity.HIGH),
    Indexability.NO_RESPONSE: ("which does not answer", Severity.HIGH),
    Indexability.REDIRECT: ("which redirects to no address, or in a circle", Severity.HIGH),
    Indexability.CANONICALISED: ("whose own canonical is another page", Severity.MEDIUM),
    Indexability.BLOCKED_BY_ROBOTS: ("which robots.txt blocks", Severity.MEDIUM),
    Indexability.NOT_HTML: ("which is no HTML page", Severity.MEDIUM),
}


def _named_page(reason: str | None, is_redirect: bool) -> tuple[str, Severity]:
    """What is wrong with the page that a canonical names, or ends at over redirects, and how bad that is."""
    if reason is None:
        nowhere = "which redirects to another site" if is_redirect else "which no link, sitemap or file knows"
        return nowhere, Severity.MEDIUM
    words, severity = _NOT_CANONICAL[Indexability(reason)]
    is_detour = is_redirect and reason != Indexability.REDIRECT
    return f"which redirects to a page {words}" if is_detour else words, severity


def _broken(pages: pd.DataFrame) -> pd.Series:
    """Pages that answer with an error or not at all, and redirects that name no address."""
    reasons = (Indexability.CLIENT_ERROR, Indexability.SERVER_ERROR, Indexability.NO_RESPONSE)
    nowhere = (pages["indexability_reason"] == Indexability.REDIRECT) & pages["redirect_to"].isna()
    return pages["indexability_reason"].isin([str(reason) for reason in reasons]) | nowhere


def _linked(facts: Facts, chosen: pd.Series, evidence: Callable[[int], str]) -> pd.DataFrame:
    """One row per chosen page that another page links to, with the number of pages that do."""
    m = facts.metrics[chosen & (facts.metrics["linked_from_others"] > 0)]
    return pd.DataFrame(
        {
            "page": m["page_id"],
            "related": m["example_source"],
            "value": m["linked_from_others"],
            "evidence": [evidence(int(page)) for page in m["page_id"]],
        }
    )


def _redirect_end(following: dict[str, str], url: str) -> str:
    """Where redirects from a URL end: itself for a page, any URL of the circle for a loop."""
    seen = {url}
    while isinstance(onward := following.get(url), str) and onward not in seen:
        seen.add(onward)
        url = onward
    return url


@kept
def _redirect_chains(facts: Facts) -> dict[int, list[str]]:
    """For each linked redirect the URLs on its way, the last one the final page or the word ``loop``."""
    redirect = facts.pages["indexability_reason"] == Indexability.REDIRECT
    following = dict(zip(facts.pages["url"][redirect], facts.pages["redirect_to"][redirect], strict=True))
    chains = {}
    for page in facts.pages.index[redirect & (facts.metrics["linked_from_others"] > 0)]:
        chain = [facts.pages["url"][page]]
        seen = {chain[0]}
        while isinstance(following.get(chain[-1]), str):
            chain.append(following[chain[-1]])
            if chain[-1] in seen:
                chain.append("loop")
                break
            seen.add(chain[-1])
        chains[int(page)] = chain
    return chains
