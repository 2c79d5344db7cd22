"""Panel: look at one page, its path from the start page, who links to it and where it links."""

from typing import Any
from urllib.parse import quote

import ipywidgets
import numpy as np
import numpy.typing as npt
import pandas as pd
from IPython.display import HTML, display

from linkkit.audit import Audit
from linkkit.checks.registry import kept
from linkkit.errors import LinkkitError
from linkkit.metrics.depth import path_to
from linkkit.network import Picture, ego_network
from linkkit.urls import origin
from linkkit.widgets.display import (
    is_headless,
    panel_table_html,
    picture_chart,
    picture_details_html,
    show,
    show_live,
)
from linkkit.widgets.errors import ErrorBox, Panel, guarded
from linkkit.widgets.findings import findings_view
from linkkit.widgets.later import Later
from linkkit.widgets.layout import heading_html, note_html
from linkkit.widgets.picture_view import PictureView
from linkkit.widgets.tuning import TuningPanel, audit_of
from linkkit.wording import count, one_line, percent, readable, short_url, units, verb

_OFFERED = 500
_PAUSE = 0.3
"""Seconds that a slider stands before page and picture follow it."""


def notable_pages(audit: Audit, chapter: str | None = None, *, top: int = _OFFERED) -> list[str]:
    """Pages worth opening first: those with findings in the chapter, worst first, then money pages, then by PageRank."""
    urls = audit.metrics["url"]
    found, pages = audit.found(chapter), np.empty(0, dtype=np.int64)
    # A page may have many findings: more rows are looked at only where the first ones name too few pages.
    for rows in (4 * top, len(found)):
        pages = pd.unique(found.head(rows).page)
        if len(pages) >= top:
            break
    return list(dict.fromkeys([*urls.iloc[pages[:top]], *urls.iloc[_by_rank(audit)[:top]]]))[:top]


@kept
def _by_rank(audit: Audit) -> npt.NDArray[np.int64]:
    """Rows of indexable pages: money pages first, then by PageRank."""
    metrics = audit.metrics
    own = np.flatnonzero(audit.site.pages["is_indexable"].to_numpy(dtype=bool))
    money, rank = (metrics[name].to_numpy(dtype=float)[own] for name in ("is_money_page", "pagerank"))
    return own[np.lexsort((-rank, -money))]


def click_path(audit: Audit, url: str) -> list[str]:
    """URLs of one shortest path of clicks from the start page to a page; empty where there is none.

    Raises
    ------
    SiteError
        If the site has no such page.
    """
    asked = audit.site.page_id(url)
    page = int(audit.graph.fold[asked]) if audit.graph.fold[asked] >= 0 else asked
    path = path_to(audit.graph.followed, audit.metrics["crawl_depth"].to_numpy(dtype=float), page)
    return [str(audit.graph.urls[each]) for each in path]


def path_words(audit: Audit, url: str) -> str:
    """`click_path` in a line of addresses without the host."""
    path = click_path(audit, url)
    if len(path) == 1:
        return "This is the start page"
    if not path:
        return "No path of clicks leads from the start page to this page"
    home = origin(audit.site.start_url)
    return f"Path from the start page: {'  →  '.join(readable(each.removeprefix(home)) for each in path)}"


def page_inlinks(audit: Audit, url: str, *, top: int = 1_000) -> pd.DataFrame:
    """Links to exactly this URL as they stand in other pages, at most `top`; content links first.

    Returns
    -------
    DataFrame
        One row per link: ``From``, ``Anchor text``, ``Place``, ``Nofollow``.
    """
    links = _content_first(audit.site.sample_links(url, limit=top, incoming=True))
    return pd.DataFrame(
        {
            "From": links["source"],
            "Anchor text": links["anchor"].where(links["anchor"] != "", "(no text)"),
            "Place": links["position"],
            "Nofollow": links["nofollow"].map({True: "nofollow", False: ""}),
        }
    )


def page_outlinks(audit: Audit, url: str, *, top: int = 1_000) -> pd.DataFrame:
    """Links from a page to others as they stand in it, at most `top`; content links first.

    Returns
    -------
    DataFrame
        One row per link: ``To``, ``Anchor text``, ``Place``, ``Nofollow``, ``State`` of the page it leads to (empty where it can
        stand in an index).
    """
    links = _content_first(audit.site.sample_links(url, limit=top))
    pages = audit.site.pages.set_index("url")
    state = links["target"].map(pages["indexability_reason"].astype("object")).fillna("").astype(str)
    live = links["target"].map(pages["is_indexable"]).fillna(False).astype(bool)
    return pd.DataFrame(
        {
            "To": links["target"],
            "Anchor text": links["anchor"].where(links["anchor"] != "", "(no text)"),
            "Place": links["position"],
            "Nofollow": links["nofollow"].map({True: "nofollow", False: ""}),
            "State": state.str.replace("_", " ").where(~live, ""),
        }
    )


def _content_first(links: pd.DataFrame) -> pd.DataFrame:
    """Links between different pages, those in the content first."""
    others = links[links["source"] != links["target"]]
    return others.sort_values(
        "position", key=lambda names: names != "content", kind="stable", ignore_index=True
    )


def page_findings(audit: Audit, url: str) -> pd.DataFrame:
    """Findings on a page, worst first: ``Severity``, ``What``, ``Measured``, ``Evidence``, ``What to do``."""
    found = audit.found()
    rows = findings_view(found.take(found.page == audit.site.page_id(url)).table())
    return rows[["Severity", "What", "Measured", "Evidence", "What to do"]]


def page_words(audit: Audit, url: str) -> str:
    """What is known of a page in a few sentences: title, path from the start page, links, authority, signals.

    Raises
    ------
    SiteError
        If the site has no such page.
    """
    asked = audit.site.page_id(url)
    facts, page = audit.metrics.loc[asked].to_dict(), audit.site.pages.loc[asked].to_dict()
    title = page["title"] if isinstance(page["title"], str) and page["title"] else "(no title)"
    authority, final = audit.authority, int(audit.graph.fold[asked])
    said = [f"{short_url(url, 90)}: {one_line(title)}.", f"{path_words(audit, url)}."]
    linking, links = facts["linking_pages"], facts["content_inlinks"]
    inward = (
        f"{count(linking, 'page')} {verb(linking, 'links')} here, {links:,} of them in the content"
        if linking
        else "No other page links here"
    )
    # As in the picture: followed links, redirects and canonicals folded.
    out = int((audit.graph.source == (final if final >= 0 else asked)).sum())
    said.append(f"{inward}; it links to {count(out, 'other page')}.")
    if not page["is_indexable"]:
        said.append(f"It cannot stand in an index: {str(page['indexability_reason']).replace('_', ' ')}.")
    if final >= 0:
        said.append(f"Of all authority, {percent(float(authority.settled[final]), 2)} settles here.")
        if authority.money.any():
            said.append(
                f"Of 100 units landing here, {units(float(authority.landing_yield[final]))} reach money pages."
            )
    signals = [
        count(facts[name], noun)
        for name, noun in (
            ("referring_domains", "referring domain"),
            ("clicks", "search click"),
            ("sessions", "session"),
        )
        if facts[name] > 0
    ]
    said += [f"{'; '.join(signals)}."] if signals else []
    said += ["A money page."] if facts["is_money_page"] else []
    return " ".join(said)


def page_html(audit: Audit, url: str, *, top: int = 10) -> str:
    """What is known of a page for a panel: words, findings, links to it with their texts, links out of it."""
    known = audit.site.pages["url"].iloc[audit.site.page_id(url)]
    parts = [note_html(page_words(audit, str(known)))]
    for title, table in (
        ("Findings", page_findings(audit, str(known))),
        ("Links to it", page_inlinks(audit, str(known))),
        ("Links out of it", page_outlinks(audit, str(known))),
    ):
        parts.append(
            heading_html(
                f"{title}: {min(top, len(table))} of {len(table):,}" if len(table) else f"{title}: none"
            )
        )
        parts.append(panel_table_html(table.head(top)))
    return "".join(parts)


def find_pages(audit: Audit, text: str) -> list[str]:
    """Pages that are meant: the one at this address (whole, or without the host), else those with the text in their address.

    What people write (``größe``) is found as it stands in addresses (``gr%C3%B6%C3%9Fe``).
    """
    asked = text.strip()
    whole = asked if "://" in asked else f"{origin(audit.site.start_url)}/{asked.lstrip('/')}"
    try:
        return [str(audit.site.pages["url"].iloc[audit.site.page_id(whole)])]
    except LinkkitError:
        urls = audit.site.pages["url"].astype(str)
        found = urls.str.contains(asked, case=False, regex=False)
        found |= urls.str.contains(quote(asked, safe="/:?&=%#+"), case=False, regex=False)
        return [str(url) for url in urls[found]]


class PageBox(ipywidgets.Combobox):
    """A page of a site, by its address or a part of it, typed or chosen from those offered.

    Parameters
    ----------
    offered : list of str
        URLs.
    value : str
    placeholder, width : str
    """

    value: str

    def __init__(self, offered: list[str], value: str = "", *, placeholder: str, width: str) -> None:
        super().__init__(
            value=value, options=offered, ensure_option=False, description="Page", continuous_update=False,
            placeholder=placeholder, layout=ipywidgets.Layout(width=width), style={"description_width": "50px"},
        )  # fmt: skip

    @property
    def asked(self) -> str:
        """What stands in the box."""
        return str(self.value).strip()

    def meant(self, audit: Audit) -> tuple[str | None, str]:
        """The page that is meant, or why none is; neither where nothing is asked for.

        Where only one page has the text in its address, the whole address takes the text's place; this calls those who observe the
        value, and so there is no page left to tell. Where several have it, they are offered.
        """
        if not self.asked:
            return None, ""
        found = find_pages(audit, self.asked)
        if len(found) != 1:
            self.options = found[:_OFFERED]
            said = f"{count(len(found), 'page')} with '{self.asked}' in the address"
            return None, f"{said}: choose one from the list." if found else f"{said}."
        if found[0] != self.value:
            self.value = found[0]
            return None, ""
        return found[0], ""


class PageExplorer(Panel):
    """Choose or type a page; its network and path follow.

    Parameters
    ----------
    source : Audit or TuningPanel
        A panel's audit is followed when it changes.
    chapter : str, optional
        Pages with findings in it are offered first.
    url : str, optional
        Page to begin with; the first one offered without it.
    """

    _tells_findings = True
    """Whether what is shown changes with thresholds."""

    def __init__(
        self, source: Audit | TuningPanel, chapter: str | None = None, *, url: str | None = None
    ) -> None:
        self._audit = audit_of(source)
        self._chapter = chapter
        offered = self._offered()
        self.page = PageBox(
            offered, url or (offered[0] if offered else self._audit.site.start_url),
            placeholder="choose, or type a part of an address", width="760px",
        )  # fmt: skip
        # Not an output widget: what it holds would go into the notebook twice, and an unattended run waits for it in vain.
        self.path, self.title, self.about = (ipywidgets.HTML() for _ in range(3))
        self.errors = ErrorBox()
        self.picture = PictureView(guarded(self.choose, self.errors))
        self._drawn: Picture | None = None
        self.page.observe(guarded(self.refresh, self.errors), "value")
        super().__init__([self.page, self.errors, self.path, self.title, self.picture, self.about])
        self.refresh()
        if isinstance(source, TuningPanel):
            following = Later(guarded(lambda: self.follow(source.audit), self.errors), _PAUSE)
            source.on_change(lambda _: following.ask(at_once=True))

    def _ipython_display_(self) -> None:
        show_live(self, *([] if self._drawn is None else [picture_chart(self._drawn)]))

    def choose(self, url: str) -> None:
        """Show a page that was clicked in the picture."""
        self.page.value = url

    def follow(self, audit: Audit) -> None:
        """Show the chosen page in another audit of the same site."""
        is_same = audit.facts is self._audit.facts
        self._audit = audit
        self.page.options = self._offered()
        if self._tells_findings or not is_same:
            self.refresh()

    def refresh(self, change: Any = None) -> None:
        """Show the chosen page."""
        url, why = self.page.meant(self._audit)
        if why:
            self.path.value = note_html(why)
        if url is None:
            return
        words, shown = self._about(url)
        self.path.value = note_html(words)
        tables = [item for item in shown if isinstance(item, pd.DataFrame)]
        self._drawn = next((item for item in shown if isinstance(item, Picture)), None)
        if self._drawn is not None:
            self.picture.draw(self._drawn)
            self.title.value = heading_html(self._drawn.title)
        drawn = note_html(self._drawn.caption) + picture_details_html(self._drawn) if self._drawn else ""
        self.about.value = drawn + "".join(_first_rows_html(table) for table in tables if len(table))

    def _offered(self) -> list[str]:
        return notable_pages(self._audit, self._chapter)

    def _about(self, url: str) -> tuple[str, list[Picture | pd.DataFrame]]:
        """What is said of a page, and what is shown below it."""
        tables = (
            page_inlinks(self._audit, url),
            page_outlinks(self._audit, url),
            page_findings(self._audit, url),
        )
        return page_words(self._audit, url), [
            ego_network(self._audit, url),
            *(each for each in tables if len(each)),
        ]


def _first_rows_html(table: pd.DataFrame, *, top: int = 10) -> str:
    rest = note_html(f"Showing {top} of {len(table):,} rows.") if len(table) > top else ""
    return panel_table_html(table.head(top)) + rest


def page_explorer(audit: Audit, chapter: str | None = None, *, url: str | None = None) -> PageExplorer | None:
    """The panel; in an unattended run the page it would begin with."""
    if not is_headless():
        return PageExplorer(audit, chapter, url=url)
    page = url or next(iter(notable_pages(audit, chapter, top=1)), audit.site.start_url)
    display(HTML(note_html(page_words(audit, page))))
    show(ego_network(audit, page))
    for table in (page_inlinks(audit, page), page_outlinks(audit, page)):
        if len(table):
            show(table, top=10)
    return None
