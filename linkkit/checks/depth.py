"""Chapter depth: how many clicks away is it, and does the page lead on?"""

import pandas as pd

from linkkit.checks.found import Rows, graded
from linkkit.checks.registry import Facts, check, kept
from linkkit.schema import Indexability, Severity
from linkkit.thresholds import Thresholds
from linkkit.wording import count, quantity


@check(
    id="deep-page",
    chapter="depth",
    severity=Severity.INFO,
    unit="clicks",
    needs_complete=True,
    thresholds=("max_crawl_depth",),
    title="Pages too many clicks from the start page",
    why="Authority thins out with every click, and few visitors click that far. No search engine names a limit; for "
    "pages that earn money or hold backlinks, three clicks is the field's rule of thumb.",
    fix="Link to it from its section's hub page or another page at most two clicks from the start page.",
)
def deep_pages(facts: Facts, t: Thresholds) -> Rows:
    """Indexable pages deeper than ``t.max_crawl_depth``; high for money pages and pages with backlinks."""
    m = facts.metrics
    deep = m.loc[
        _standing(facts) & (m["crawl_depth"] > t.max_crawl_depth),
        ["page_id", "example_linking_page", "crawl_depth", "is_money_page", "referring_domains"],
    ]
    names = {"page_id": "page", "example_linking_page": "related", "crawl_depth": "value"}
    rows = deep.rename(columns=names).assign(has_backlinks=deep["referring_domains"] > 0)
    grave = rows["is_money_page"] | rows["has_backlinks"]
    return Rows(rows.assign(severity=graded(grave, Severity.HIGH, Severity.INFO)), evidence=_how_deep)


def _how_deep(rows: pd.DataFrame) -> list[str]:
    return [
        f"{depth:.0f} clicks from the start page"
        + ("; money page" if is_money else "")
        + ("; has backlinks" if has_backlinks else "")
        for depth, is_money, has_backlinks in zip(
            rows["value"], rows["is_money_page"], rows["has_backlinks"], strict=True
        )
    ]


@kept
def _standing(facts: Facts) -> pd.Series:
    """Indexable pages that do not fold into another."""
    return facts.pages["is_indexable"] & facts.metrics["folds_into"].isna()


@check(
    id="dead-end",
    chapter="depth",
    severity=Severity.LOW,
    unit="content links out",
    title="Pages whose content leads nowhere",
    why="Whatever authority reaches the page, a backlink's included, can only leave it through the template; and "
    "the visitor has nowhere to go next.",
    fix="Link from its text to the related pages that should profit, money pages first.",
)
def dead_ends(facts: Facts, t: Thresholds) -> pd.DataFrame:
    """Indexable pages without a followed content link to another live page; pages with backlinks weigh more."""
    m = facts.metrics
    own = (facts.pages["indexability_reason"] == Indexability.INDEXABLE) & m["folds_into"].isna()
    ends = m[own & (m["content_outlinks"] == 0)]
    domains = ends["referring_domains"].fillna(0)
    return pd.DataFrame(
        {
            "page": ends["page_id"],
            "value": ends["content_outlinks"],
            "severity": [str(Severity.MEDIUM if each > 0 else Severity.LOW) for each in domains],
            "evidence": [
                f"{quantity(outlinks, 'internal links')}, {'not' if outlinks == 1 else 'none of them'} a followed content link to another live page"
                + (f"; {count(each, 'referring domain')}" if each > 0 else "")
                + (f"; {count(visits, 'session')}" if visits > 0 else "")
                for outlinks, each, visits in zip(
                    ends["outlinks"], domains, ends["sessions"].fillna(0), strict=True
                )
            ],
        }
    )
