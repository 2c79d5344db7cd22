"""Chapter architecture: do the links follow the sections, and what hangs on a single link?"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from linkkit.checks.found import Rows, graded
from linkkit.checks.registry import Facts, check, kept
from linkkit.metrics.hierarchy import Hierarchy
from linkkit.schema import Effort, Indexability, Severity
from linkkit.thresholds import Thresholds
from linkkit.wording import count

_AT_ADDRESS = {
    "no known page": "no page is known at {address}",
    Indexability.NOT_CRAWLED: "{address} was never requested",
    Indexability.BLOCKED_BY_ROBOTS: "{address} is blocked by robots.txt",
    Indexability.NO_RESPONSE: "{address} does not answer",
    Indexability.REDIRECT: "{address} redirects, and not to a page that can be its hub",
    Indexability.CLIENT_ERROR: "{address} answers with an error",
    Indexability.SERVER_ERROR: "{address} answers with a server error",
    Indexability.NOT_HTML: "{address} is no HTML page",
    Indexability.NOINDEX: "{address} is noindex",
    Indexability.CANONICALISED: "{address} names another page as its canonical",
    Indexability.INDEXABLE: "{address} leads to the start page",
}


def sections_that_need_a_hub(hierarchy: Hierarchy, least: npt.ArrayLike) -> pd.DataFrame:
    """Rows of `Hierarchy.sections` that have an address of their own and at least so many pages, the same for all or one number a row."""
    sections = hierarchy.sections
    return sections[(sections["pages"] >= np.asarray(least)) & (sections["address"] != "")]


@check(
    id="section-without-hub",
    chapter="architecture",
    severity=Severity.MEDIUM,
    unit="pages",
    effort=Effort.LARGE,
    needs_complete=True,
    thresholds=("min_section_pages",),
    title="Sections without a hub page",
    why="A hub gathers what its section earns and hands it on to every page of it; without one, a backlink to a page of the section "
    "helps that page alone, and nothing ranks for the subject as a whole.",
    fix="Make an indexable page at the section's address that names and links its pages, and link to it from the menu or the start page.",
)
def sections_without_hub(facts: Facts, t: Thresholds) -> pd.DataFrame:
    """Sections of at least ``t.min_section_pages`` pages without a hub; `url` is what stands at the address, else an entry page."""
    assert facts.hierarchy is not None, "gather_facts"  # noqa: S101 - every site has one
    judged = sections_that_need_a_hub(facts.hierarchy, t.min_section_pages)
    bare = judged[judged["hub_id"].isna()]
    known, entry = _ways_in(facts)
    rows = []
    for row in bare.to_dict("records"):
        address = f"{row['address']}/"
        at = known.get(address, known.get(row["address"]))
        said = _AT_ADDRESS.get(str(row["at_address"]), "nothing that can be a hub stands at {address}")
        rows.append(
            {
                "page": entry[row["section"]] if at is None else at,
                "value": row["pages"],
                "evidence": f"section {row['section']}: {count(row['pages'], 'page')}; {said.format(address=address)}, and no page "
                "stands out that the others link up to",
            }
        )
    return pd.DataFrame(rows, columns=["page", "value", "evidence"])


@kept
def _ways_in(facts: Facts) -> tuple[dict[str, int], pd.Series]:
    """Page of each address; and the page that visitors meet first in each section, for one whose address is no known page."""
    m = facts.metrics
    known = dict(zip(m["url"], m["page_id"], strict=True))
    placed = m.loc[m["is_placed"], ["site_section", "crawl_depth", "linking_pages", "url", "page_id"]]
    first = placed.sort_values(
        ["crawl_depth", "linking_pages", "url"], ascending=[True, False, True], na_position="last"
    )
    return known, first.drop_duplicates("site_section").set_index("site_section")["page_id"]


@check(
    id="page-without-link-up",
    chapter="architecture",
    severity=Severity.LOW,
    unit="links up",
    title="Pages that link neither to the page above them nor to their section's hub",
    why="What the page earns, a backlink's authority included, never reaches the page that stands for the subject; and a visitor who "
    "landed here finds no way to the rest of it.",
    fix="Add a breadcrumb to the template, or a link in the text to the page above.",
)
def pages_without_link_up(facts: Facts, t: Thresholds) -> pd.DataFrame:
    """Reachable pages without a followed link to their parent (`related_url`) or hub; pages with backlinks weigh more."""
    m = facts.metrics
    own = m["is_placed"] & m["crawl_depth"].notna() & m["parent_id"].notna()
    mute = m[own & (m["up_by"] == "none")]
    domains = mute["referring_domains"].fillna(0)
    return pd.DataFrame(
        {
            "page": mute["page_id"],
            "related": mute["parent_id"],
            "value": 0.0,
            "severity": [str(Severity.MEDIUM if each > 0 else Severity.LOW) for each in domains],
            "evidence": [
                f"section {section}; {_BY[source]}"
                + (f"; {count(each, 'referring domain')}" if each > 0 else "")
                for section, source, each in zip(
                    mute["site_section"], mute["parent_source"], domains, strict=True
                )
            ],
        }
    )


_BY = {
    "breadcrumb": "its breadcrumb names the page above",
    "folder": "its folder tells the page above",
    "series": "the list it belongs to stands above",
    "menu": "the menu's entry stands above",
    "hub": "its section's hub stands above",
    "start": "only the start page stands above",
    "": "only the start page stands above",
}


@check(
    id="single-link-page",
    chapter="architecture",
    severity=Severity.LOW,
    unit="pages that hang on the link",
    needs_complete=True,
    thresholds=("min_hanging_pages",),
    title="Parts of the site that hang on a single link",
    why="Every way to these pages passes one link. Whoever edits the page it stands on can cut all of them off without noticing, and "
    "all that they can ever receive flows through it.",
    fix="Link to the page from at least one more place that does not lie behind it, best from its section's hub.",
)
def single_link_pages(facts: Facts, t: Thresholds) -> pd.DataFrame:
    """Pages behind one link from `related_url` with at least ``t.min_hanging_pages`` indexable pages behind it, themselves included.

    Of links one behind the other the first is named. High where a money page hangs on it, medium where sessions or backlinks do.
    """
    m = facts.metrics
    alone = _on_one_link(facts)
    chosen = alone[alone["hanging_pages"] >= t.min_hanging_pages]
    outer = chosen[~_behind(chosen, m)]
    return pd.DataFrame(
        {
            "page": outer["page_id"],
            "related": outer["dominator_id"],
            "value": outer["hanging_pages"],
            "severity": [
                str(Severity.HIGH if money else Severity.MEDIUM if sessions or domains else Severity.LOW)
                for money, sessions, domains in zip(
                    outer["hanging_money_pages"],
                    outer["hanging_sessions"],
                    outer["hanging_domains"],
                    strict=True,
                )
            ],
            "evidence": [
                f"without the link {pages:,} pages could not be reached"
                + (f", {count(money, 'of them a money page', 'of them money pages')}" if money else "")
                + (f"; {count(sessions, 'session')}" if sessions else "")
                + (f"; {count(domains, 'referring domain')}" if domains else "")
                for pages, money, sessions, domains in zip(
                    outer["hanging_pages"],
                    outer["hanging_money_pages"],
                    outer["hanging_sessions"],
                    outer["hanging_domains"],
                    strict=True,
                )
            ],
        }
    )


@kept
def _on_one_link(facts: Facts) -> pd.DataFrame:
    """Pages that hang on one link, and what hangs there with them."""
    m = facts.metrics
    columns = ["page_id", "dominator_id", *(name for name in m.columns if str(name).startswith("hanging_"))]
    return m.loc[m["on_one_link"] & (m["page_kind"] == "page"), columns]


def _behind(chosen: pd.DataFrame, metrics: pd.DataFrame) -> pd.Series:
    """Whether another of the chosen pages stands somewhere on every way to each."""
    above = metrics["dominator_id"]
    step = chosen["dominator_id"]
    behind = pd.Series(False, index=chosen.index)
    while step.notna().any():
        behind |= step.isin(chosen["page_id"])
        step = step.map(above)
    return behind


@check(
    id="page-beside-hub",
    chapter="architecture",
    severity=Severity.LOW,
    unit="clicks from the hub",
    needs_complete=True,
    thresholds=("max_hub_clicks",),
    title="Pages that their section's hub does not lead to",
    why="No shortest way from the start page passes the section's hub or comes from the page above, and the hub leads there late or never: the page lives on "
    "chance links from elsewhere, and gets no share of what the hub receives.",
    fix="List it on the section's hub, or on the page between them.",
)
def pages_beside_hub(facts: Facts, t: Thresholds) -> Rows:
    """Pages below their hub's depth that no shortest path reaches over the hub (`related_url`) or from the parent, nor ``t.max_hub_clicks`` clicks from it.

    Value: clicks from the hub within the section, none where it does not lead there at all. Money pages weigh more.
    """
    beside = _beside_hub(facts)
    late = beside[~(beside["hub_clicks"] <= t.max_hub_clicks)]
    rows = late.rename(columns={"page_id": "page", "hub_id": "related", "hub_clicks": "value"})
    return Rows(
        rows.assign(severity=graded(rows["is_money_page"], Severity.MEDIUM, Severity.LOW)), evidence=_how_late
    )


@kept
def _beside_hub(facts: Facts) -> pd.DataFrame:
    """Pages below their hub's depth that no shortest path reaches over it or from the parent."""
    m = facts.metrics
    own = m["is_placed"] & ~m["passes_hub"]
    lower = m["crawl_depth"] > m["hub_id"].map(m["crawl_depth"])
    return m.loc[
        own & lower, ["page_id", "hub_id", "hub_clicks", "site_section", "crawl_depth", "is_money_page"]
    ]


def _how_late(rows: pd.DataFrame) -> list[str]:
    return [
        f"section {section}; {count(depth, 'click')} from the start page; "
        + (
            "the hub does not lead here within the section"
            if np.isnan(clicks)
            else f"{clicks:.0f} clicks from the hub within the section"
        )
        + ("; money page" if money else "")
        for section, depth, clicks, money in zip(
            rows["site_section"], rows["crawl_depth"], rows["value"], rows["is_money_page"], strict=True
        )
    ]
