"""Chapter navigation: do visitors find from where they enter to what earns, and do they use the links there are?"""

import pandas as pd

from linkkit.checks.found import Rows, graded
from linkkit.checks.registry import Facts, check
from linkkit.metrics.navigation import BASIS_WORDS, UNLINKED
from linkkit.schema import Effort, Severity
from linkkit.thresholds import Thresholds
from linkkit.wording import count, percent


@check(
    id="entrance-without-path",
    chapter="navigation",
    severity=Severity.MEDIUM,
    unit="of visits",
    needs=("is_money_page",),
    needs_visits="entrances",
    thresholds=("min_money_chance", "min_entrances", "max_journey_clicks"),
    title="Entrance pages from which hardly a visit reaches a money page",
    why="Visitors and backlinks that land here lead to nothing that earns, and more of either will not change that.",
    fix="Link from its text, where readers decide what to do next, to the money page closest to its subject.",
)
def entrances_without_path(facts: Facts, t: Thresholds) -> Rows:
    """Live pages with visits that begin on them, from which too few reach a money page; value = the share that does.

    Within ``t.max_journey_clicks`` clicks, by the reader model and visitors' steps where known (`linkkit.metrics.reader`).
    High where no chain of links or steps leads there at all. Legal texts, accounts and search results are left out. Related: the
    next page on the likeliest way.
    """
    n = facts.navigation
    assert n is not None, "needs_visits"  # noqa: S101 - what run_check has made sure of
    value = n.reach[:, t.max_journey_clicks]
    columns = ["next_page", "money_chance", "entrances", "observed"]
    seen = n.pages["should_lead"] & (n.pages["entrances"] >= t.min_entrances) & (value < t.min_money_chance)
    rows = n.pages.loc[seen, columns].assign(
        page=facts.metrics["page_id"].to_numpy()[seen], value=value[seen],
        related=n.pages["next_page"][seen].where(n.pages["next_page"] >= 0).astype("float64"),
        severity=graded(n.pages["money_chance"][seen] > 0, Severity.MEDIUM, Severity.HIGH),
    )  # fmt: skip

    def told(rows: pd.DataFrame) -> list[str]:
        return [
            f"{count(entrances, 'visit')} ({BASIS_WORDS[n.basis]}); {percent(value, 1)} of them reach a money page within "
            f"{count(t.max_journey_clicks, 'click')}, "
            + (f"{percent(chance, 1)} at all" if chance > 0 else "none at all")
            + _rests_on(observed)
            for entrances, value, chance, observed in zip(
                rows["entrances"], rows["value"], rows["money_chance"], rows["observed"], strict=True
            )
        ]

    return Rows(rows, evidence=told)


@check(
    id="missing-shortcut",
    chapter="navigation",
    severity=Severity.MEDIUM,
    unit="visitors, estimated",
    needs_visits="steps",
    thresholds=("min_shortcut_steps", "min_shortcut_share"),
    title="Ways that visitors take over another page for want of a link",
    why="Each page between loses some of them; and where people go next is what the page should link to.",
    fix="Link from the text of the page straight to the one that its readers go on to.",
)
def missing_shortcuts(facts: Facts, t: Thresholds) -> pd.DataFrame:
    """Pages whose visitors go on over another page to a third that the page has no link to; value = estimated visitors.

    Estimated from pairs of steps, as if those who come from the page went on like everybody (`linkkit.metrics.navigation`); the
    evidence gives the bounds that hold without that.
    """
    assert facts.navigation is not None, "needs_visits"  # noqa: S101 - what run_check has made sure of
    ways = facts.navigation.shortcuts
    ways = ways[ways["share"] >= t.min_shortcut_share]
    totals = ways.groupby(["source", "target"], as_index=False).agg(
        steps=("steps", "sum"), least=("least", "sum"), most=("most", "sum"),
        via=("via", "first"), share=("share", "first"), ways=("via", "size"),
    )  # fmt: skip
    rows = totals[totals["steps"] >= t.min_shortcut_steps]
    urls = facts.metrics["url"]
    return pd.DataFrame(
        {
            "page": rows["source"],
            "related": rows["target"],
            "value": rows["steps"],
            "evidence": [
                f"over {urls[via]}"
                + (f" and {ways - 1:,} other page{'s' if ways > 2 else ''}" if ways > 1 else "")
                + f", from where {percent(share)} go on to the page; estimated from pairs of steps ({_bounds(least, most)})"
                for via, ways, share, least, most in zip(
                    rows["via"], rows["ways"], rows["share"], rows["least"], rows["most"], strict=True
                )
            ],
        }
    )


@check(
    id="step-without-link",
    chapter="navigation",
    severity=Severity.LOW,
    unit="steps",
    needs_visits="steps",
    thresholds=("min_unlinked_steps",),
    title="Pages that visitors go to from a page without a link to them",
    why="They help themselves: by typing, from bookmarks, through a menu that only scripts show. Crawlers have no such way.",
    fix="Open the page in a browser: if a menu or form leads there, let it be a plain link; if nothing does, link from the text.",
)
def steps_without_link(facts: Facts, t: Thresholds) -> pd.DataFrame:
    """Steps to an indexable page that no crawled link explains, nor search, nor the way back; value = steps."""
    assert facts.navigation is not None, "needs_visits"  # noqa: S101 - what run_check has made sure of
    steps = facts.navigation.steps
    own = facts.pages["is_indexable"].to_numpy() & facts.metrics["folds_into"].isna().to_numpy()
    rows = steps[
        (steps["way"] == UNLINKED) & (steps["unexplained"] >= t.min_unlinked_steps) & own[steps["target"]]
    ]
    gone = facts.navigation.pages["steps_out"]
    return pd.DataFrame(
        {
            "page": rows["source"],
            "related": rows["target"],
            "value": rows["unexplained"],
            "evidence": [
                f"{steps:,.0f} of {gone[page]:,.0f} steps out of the page, and no link was found"
                + (f"; {steps - left:,.0f} of them may be the way back" if left < steps else "")
                for page, steps, left in zip(rows["source"], rows["steps"], rows["unexplained"], strict=True)
            ],
        }
    )


@check(
    id="unused-link",
    chapter="navigation",
    severity=Severity.LOW,
    unit="steps missed",
    needs_visits="steps",
    thresholds=("min_missed_steps",),
    title="Content links that nobody takes",
    why="A link that readers pass over is probably no help to them, or cannot be seen; the reasonable surfer passes little over it.",
    fix="Look at it: move it up, say better what lies behind it, or take it out.",
)
def unused_links(facts: Facts, t: Thresholds) -> pd.DataFrame:
    """Content links without a step, where the page's steps would give them some; value = those by the link's weight."""
    assert facts.navigation is not None, "needs_visits"  # noqa: S101 - what run_check has made sure of
    rows = facts.navigation.unused
    rows = rows[rows["missed"] >= t.min_missed_steps]
    gone = facts.navigation.pages["steps_out"]
    return pd.DataFrame(
        {
            "page": rows["source"],
            "related": rows["target"],
            "value": rows["missed"],
            "evidence": [
                f"none of {gone[page]:,.0f} steps out of the page; by its weight {expected:,.0f} were to be expected"
                for page, expected in zip(rows["source"], rows["expected"], strict=True)
            ],
        }
    )


@check(
    id="search-dependence",
    chapter="navigation",
    severity=Severity.LOW,
    unit="of steps",
    needs_visits="steps",
    thresholds=("max_search_share", "min_search_steps"),
    effort=Effort.MEDIUM,
    title="Pages from which many visitors turn to the site's search",
    why="Who searches has not found a link to what they want; crawlers and authority cannot search at all.",
    fix="Look up what is searched for after this page (GA4: search term by previous page), and link to it from the text.",
)
def search_dependence(facts: Facts, t: Thresholds) -> pd.DataFrame:
    """Pages from which more than ``t.max_search_share`` of the steps lead into internal search; value = the share.

    Where analytics tell no search at all nothing is found: a file of paths without their queries may hide it.
    """
    assert facts.navigation is not None, "needs_visits"  # noqa: S101 - what run_check has made sure of
    pages = facts.navigation.pages
    share = pages["to_search"] / pages["steps_out"]
    rows = pages[(pages["to_search"] >= t.min_search_steps) & (share > t.max_search_share)]
    return pd.DataFrame(
        {
            "page": rows.index,
            "value": share[rows.index],
            "evidence": [
                f"{searches:,.0f} of {steps:,.0f} steps out of the page go to search results"
                for searches, steps in zip(rows["to_search"], rows["steps_out"], strict=True)
            ],
        }
    )


def _bounds(least: float, most: float) -> str:
    return f"at least {least:,.0f}, at most {most:,.0f}" if least > 0 else f"at most {most:,.0f}"


def _rests_on(observed: float) -> str:
    if observed == 0:
        return "; by the reader model, no steps of visitors are known"
    return f"; {percent(observed)} by visitors' steps one by one, the rest by the reader model"
