"""Chapter authority: does link weight go where it matters?"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from linkkit.checks.found import Rows, graded
from linkkit.checks.registry import Facts, check
from linkkit.folding import Leak
from linkkit.metrics.importance import SIGNAL_WORDS
from linkkit.metrics.roles import ROLE_WORDS
from linkkit.schema import Effort, Indexability, Severity
from linkkit.thresholds import Thresholds
from linkkit.wording import count, percent, quantity


@check(
    id="over-linked-page",
    chapter="authority",
    severity=Severity.LOW,
    unit="x its importance",
    effort=Effort.MEDIUM,
    needs_importance=True,
    thresholds=("over_linked_ratio", "over_linked_min_share", "over_linked_min_drain"),
    title="Pages that get far more links than they are worth",
    why="Every link to such a page is weight that a more important page does not get.",
    fix="Take links to it out of texts and templates; one or two from where readers need it are enough.",
)
def over_linked_pages(facts: Facts, t: Thresholds) -> Rows:
    """Pages whose share of link weight exceeds a multiple of their share of importance.

    Medium where the address tells a page of little value for links (`linkkit.metrics.roles`), low for others: signals
    may be missing. Rightly central pages are none: the start page, hubs of their section that have no such role, and pages
    whose links pass on to money pages what the links beside them would (``drain``); 0 exactly says that nothing is known
    of that, for want of money pages or of authority on the way.
    """
    m = facts.metrics
    share, worth, drain = m["link_share"], m["importance"], m["drain"]
    passes_on = (drain != 0) & (drain <= t.over_linked_min_drain)
    central = (m["crawl_depth"] == 0) | (m["is_hub"] & (m["role"] == "")) | passes_on
    over = (share >= t.over_linked_min_share) & (share > t.over_linked_ratio * worth) & ~central
    rows = m.loc[over, ["page_id", "example_linking_page", "role", "drain", *_BALANCE]]
    ratio = share[over] / worth[over].where(worth[over] > 0)

    def told(rows: pd.DataFrame) -> list[str]:
        return [
            (f"{ROLE_WORDS[role]}; " if role else "")
            + balance
            + (
                f"; links to it keep {percent(drained, 2)} of all authority from money pages"
                if drained > 0
                else ""
            )
            for role, balance, drained in zip(rows["role"], _balance(facts, rows), rows["drain"], strict=True)
        ]

    return Rows(
        rows.rename(columns=_NAMES).assign(
            value=ratio, severity=graded(rows["role"] != "", Severity.MEDIUM, Severity.LOW)
        ),
        evidence=told,
    )


@check(
    id="under-linked-page",
    chapter="authority",
    severity=Severity.HIGH,
    unit="x its link weight",
    needs=("is_money_page",),
    thresholds=("under_linked_ratio",),
    title="Money pages that get far fewer links than they are worth",
    why="The pages that earn money are those that should profit most from the site's own links.",
    fix="Link to it from the pages that receive most and are related to it.",
)
def under_linked_pages(facts: Facts, t: Thresholds) -> Rows:
    """Money pages whose share of importance exceeds a multiple of their share of link weight."""
    share, worth = facts.metrics["link_share"], facts.metrics["importance"]
    alive = facts.pages["is_indexable"] & facts.metrics["folds_into"].isna()
    under = alive & facts.metrics["is_money_page"] & (worth > t.under_linked_ratio * share)
    rows = facts.metrics.loc[
        under, ["page_id", "example_linking_page", "authority", "landing_yield", *_BALANCE]
    ]

    def told(rows: pd.DataFrame) -> list[str]:
        return [
            f"{balance}; {percent(settled, 2)} of all authority settles here, and {_per_hundred(earned)} units landing here reach "
            "money pages"
            for balance, settled, earned in zip(
                _balance(facts, rows), rows["authority"], rows["landing_yield"], strict=True
            )
        ]

    ratio = worth[under] / share[under].where(share[under] > 0)
    return Rows(rows.rename(columns=_NAMES).assign(value=ratio), evidence=told)


@check(
    id="stalled-landing-page",
    chapter="authority",
    severity=Severity.HIGH,
    unit="content clicks",
    needs=("referring_domains", "is_money_page"),
    thresholds=("max_landing_clicks", "min_referring_domains"),
    title="Pages with backlinks whose links lead to no money page",
    why="The authority that backlinks bring stays on the page, or seeps away before it reaches a page that earns.",
    fix="Link from its text to the money page closest to its subject.",
)
def stalled_landing_pages(facts: Facts, t: Thresholds) -> pd.DataFrame:
    """Pages with backlinks from which no money page is within reach; value = clicks to the nearest, if any."""
    m = facts.metrics
    domains = m["referring_domains"].fillna(0)
    alive = facts.pages["is_indexable"] & m["folds_into"].isna()
    near = m["clicks_to_money"] <= t.max_landing_clicks
    stalled = m[alive & (domains >= t.min_referring_domains) & ~near]
    average = m.loc[alive, "landing_yield"].mean()
    return pd.DataFrame(
        {
            "page": stalled["page_id"],
            "value": stalled["clicks_to_money"],
            "evidence": [
                f"{count(each, 'referring domain')}; {_how_far(clicks, earned, average)}"
                for each, clicks, earned in zip(
                    domains[stalled.index], stalled["clicks_to_money"], stalled["landing_yield"], strict=True
                )
            ],
        }
    )


def _how_far(clicks: float, earned: float, average: float) -> str:
    """How far the nearest money page is from a landing page, and what gets there."""
    if np.isnan(earned):
        return "no money page can stand in an index"
    near = "no money page within reach of its content links"
    if not np.isnan(clicks):
        near = f"nearest money page {count(clicks, 'click')} away"
    return (
        f"{near}; {_per_hundred(earned)} units landing here reach money pages (the site's average indexable page: "
        f"{average * 100:.1f})"
    )


@check(
    id="authority-leak",
    chapter="authority",
    severity=Severity.HIGH,
    unit="of all authority",
    thresholds=("max_leaked_share",),
    title="Pages at which much of the site's authority is lost",
    why="What backlinks bring leaves the site here, or ends at an error, before it reaches a page that earns.",
    fix="Point the links at live pages of the site.",
)
def authority_leaks(facts: Facts, t: Thresholds) -> pd.DataFrame:
    """Pages whose links lose more than ``t.max_leaked_share`` of all authority; value = the share, related = an example.

    The largest cause decides on severity and fix. Links to pages that were never requested are no loss: nothing is known
    of those pages.
    """
    m = facts.metrics
    known = m["leaked"].where(m["leak_cause"] != Leak.NOT_CRAWLED, 0.0)
    rows = m[known > t.max_leaked_share]
    causes = [_LEAKS[Leak(cause)] for cause in rows["leak_cause"]]
    entry = "" if facts.authority is None else f"; it enters {_ENTERS[facts.authority.entry.basis]}"
    return pd.DataFrame(
        {
            "page": rows["page_id"],
            "related": rows["leak_example"],
            "value": rows["leaked"],
            "severity": [str(cause.severity) for cause in causes],
            "fix": [cause.fix for cause in causes],
            "evidence": [
                f"{percent(leaked, 2)} of all authority is lost here, mostly {cause.words}{entry}"
                for leaked, cause in zip(rows["leaked"], causes, strict=True)
            ],
        }
    )


@check(
    id="backlinks-lost",
    chapter="authority",
    severity=Severity.HIGH,
    unit="referring domains",
    needs=("referring_domains",),
    needs_requested=True,
    thresholds=("min_referring_domains",),
    title="Backlinks that land on no live page",
    why="Everything these backlinks bring is lost on landing. Winning it back is cheaper than any new backlink.",
    fix="Redirect the address (301) to the live page closest to its subject, or bring the page back.",
)
def lost_backlinks(facts: Facts, t: Thresholds) -> pd.DataFrame:
    """URLs with backlinks that lead to no live page of the site; value = referring domains.

    A redirect is named itself where it ends nowhere. Medium where robots.txt or the site's own choice of another site is
    the reason.
    """
    m, pages = facts.metrics, facts.pages
    rows = m[(m["entry_lost"] > 0) & (m["referring_domains"] >= t.min_referring_domains)]
    chosen = rows["landing_leak"].isin([str(Leak.EXTERNAL), str(Leak.OFF_SITE_CANONICAL), str(Leak.BLOCKED)])
    onward = pages["redirect_to"][rows.index]
    ids = pages[pages["url"].isin(onward.dropna())].set_index("url")["page_id"]
    return pd.DataFrame(
        {
            "page": rows["page_id"],
            "related": onward.map(ids),
            "value": rows["referring_domains"],
            "severity": np.where(chosen, str(Severity.MEDIUM), str(Severity.HIGH)),
            "evidence": [
                f"{count(domains, 'referring domain')}, {percent(share, 2)} of all authority that backlinks bring; "
                + _landing_words(pages, int(page), Leak(cause))
                for page, domains, share, cause in zip(
                    rows["page_id"],
                    rows["referring_domains"],
                    rows["entry_lost"],
                    rows["landing_leak"],
                    strict=True,
                )
            ],
        }
    )


@dataclass(frozen=True)
class _LeakWords:
    """A cause of loss: in words, how bad it is, and what helps."""

    words: str
    severity: Severity
    fix: str


_LEAKS = {
    Leak.EXTERNAL: _LeakWords(
        "through links to other sites",
        Severity.LOW,
        "Keep the links to other sites that help readers, and set links to the site's own pages beside them.",
    ),
    Leak.NOFOLLOW: _LeakWords(
        "through internal or external links with nofollow",
        Severity.HIGH,
        "Remove nofollow from links to the site's own pages; where it must stay, link less.",
    ),
    Leak.BROKEN: _LeakWords(
        "through links to pages that answer with an error",
        Severity.HIGH,
        "Point the links at the pages that replaced them, or remove them.",
    ),
    Leak.REDIRECT_LOOP: _LeakWords(
        "through links into redirects that run in a circle",
        Severity.HIGH,
        "Mend the redirect rules, then point the links at the final page.",
    ),
    Leak.BLOCKED: _LeakWords(
        "through links to pages that robots.txt blocks",
        Severity.LOW,
        "Keep such links few; if the page should rank, allow it in robots.txt.",
    ),
    Leak.OFF_SITE_CANONICAL: _LeakWords(
        "through links to pages whose canonical names another site",
        Severity.HIGH,
        "Let the linked page name itself as its canonical, or link to one of the site's own.",
    ),
    Leak.DEAD_END: _LeakWords(
        "because the page has no link at all",
        Severity.HIGH,
        "Link from its text to the money page closest to its subject.",
    ),
}


def _landing_words(pages: pd.DataFrame, page: int, cause: Leak) -> str:
    """Why what lands on a URL is lost."""
    if cause == Leak.OFF_SITE_CANONICAL:
        return f"its canonical is {pages['canonical'][page]}, on another site"
    if pages["indexability_reason"][page] == Indexability.REDIRECT:
        onward = pages["redirect_to"][page]
        return (
            "it redirects to no address"
            if pd.isna(onward)
            else f"it redirects to {onward}{_ENDS.get(cause, '')}"
        )
    status = pages["status"][page]
    if cause == Leak.BLOCKED:
        return "robots.txt blocks it"
    return "it does not answer" if pd.isna(status) else f"it answers {int(status)}"


_ENTERS = {
    "referring domains": "by referring domains",
    "backlinks": "by backlinks",
    "start page": "at the start page, for want of backlinks",
}

_ENDS = {
    Leak.EXTERNAL: ", which is another site or leads there",
    Leak.BROKEN: ", which ends at an error",
    Leak.REDIRECT_LOOP: ", and so on in a circle",
    Leak.BLOCKED: ", which ends at a page that robots.txt blocks",
}


def _per_hundred(share: float) -> str:
    return f"{share * 100:.1f} of every 100"


_NAMES = {"page_id": "page", "example_linking_page": "related"}
_BALANCE = ("link_share", "importance", "linking_pages")


def _balance(facts: Facts, rows: pd.DataFrame) -> list[str]:
    """Link weight against importance of each page, and what importance rests on."""
    named = ", ".join(SIGNAL_WORDS[name] for name in facts.importance_signals)
    return [
        f"{percent(share, 2)} of the link weight, {percent(worth, 2)} of the importance (by {named}); {quantity(pages, 'linking pages')}"
        for share, worth, pages in zip(
            rows["link_share"], rows["importance"], rows["linking_pages"], strict=True
        )
    ]
