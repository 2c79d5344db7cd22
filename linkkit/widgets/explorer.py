"""Panel: look at one page, its path from the start page, who links to it and where it links."""

from typing import Any

import ipywidgets
import pandas as pd
from IPython.display import HTML, display

from linkkit.audit import Audit
from linkkit.metrics.depth import path_to
from linkkit.network import Picture, ego_network
from linkkit.urls import origin
from linkkit.widgets.display import is_headless, show
from linkkit.widgets.errors import ErrorBox, Panel, guarded
from linkkit.widgets.layout import note_html
from linkkit.widgets.tuning import TuningPanel, audit_of

_OFFERED = 500


def notable_pages(audit: Audit, chapter: str | None = None, *, top: int = _OFFERED) -> list[str]:
    """Pages worth opening first: those with findings in the chapter, worst first, then money pages, then by PageRank."""
    findings = audit.findings if chapter is None else audit.findings[audit.findings["chapter"] == chapter]
    metrics = audit.metrics[audit.site.pages["is_indexable"]].sort_values(
        ["is_money_page", "pagerank", "page_id"], ascending=[False, False, True]
    )
    return list(dict.fromkeys([*findings["url"], *metrics["url"].head(top)]))[:top]


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
    if not path:
        return "No path of clicks leads from the start page to this page."
    home = origin(audit.site.start_url)
    return f"Path from the start page: {'  →  '.join(each.removeprefix(home) for each in path)}"


def page_inlinks(audit: Audit, url: str, *, top: int = 1_000) -> pd.DataFrame:
    """Links to exactly this URL as they stand in the pages, at most `top`; content links first.

    Returns
    -------
    DataFrame
        One row per link: ``From``, ``Anchor text``, ``Place``, ``Nofollow``.
    """
    links = audit.site.sample_links(url, limit=top, incoming=True)
    links = (
        links.assign(later=links["position"] != "content")
        .sort_values("later", kind="stable")
        .reset_index(drop=True)
    )
    return pd.DataFrame(
        {
            "From": links["source"],
            "Anchor text": links["anchor"].where(links["anchor"] != "", "(no text)"),
            "Place": links["position"],
            "Nofollow": links["nofollow"].map({True: "nofollow", False: ""}),
        }
    )


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

    def __init__(
        self, source: Audit | TuningPanel, chapter: str | None = None, *, url: str | None = None
    ) -> None:
        self._audit = audit_of(source)
        self._chapter = chapter
        offered = self._offered()
        self.page = ipywidgets.Combobox(
            value=url or (offered[0] if offered else self._audit.site.start_url), options=offered, ensure_option=False,
            description="Page", continuous_update=False, placeholder="choose, or paste a URL",
            layout=ipywidgets.Layout(width="760px"), style={"description_width": "50px"},
        )  # fmt: skip
        self.path = ipywidgets.HTML()
        self.picture = ipywidgets.Output()
        self.errors = ErrorBox()
        self.page.observe(guarded(self.refresh, self.errors), "value")
        super().__init__([self.page, self.errors, self.path, self.picture])
        self.refresh()
        if isinstance(source, TuningPanel):
            source.on_change(guarded(self.follow, self.errors))

    def follow(self, audit: Audit) -> None:
        """Show the chosen page in another audit of the same site."""
        self._audit = audit
        self.page.options = self._offered()
        self.refresh()

    def refresh(self, change: Any = None) -> None:
        """Show the chosen page."""
        url = self.page.value.strip()
        if not url:
            return
        words, shown = self._about(url)
        self.path.value = note_html(words)
        self.picture.clear_output(wait=True)
        with self.picture:
            for item in shown:
                show(item, top=10)

    def _offered(self) -> list[str]:
        return notable_pages(self._audit, self._chapter)

    def _about(self, url: str) -> tuple[str, list[Picture | pd.DataFrame]]:
        """What is said of a page, and what is shown below it."""
        return path_words(self._audit, url), [ego_network(self._audit, url), page_inlinks(self._audit, url)]


def page_explorer(audit: Audit, chapter: str | None = None, *, url: str | None = None) -> PageExplorer | None:
    """The panel; in an unattended run the page it would begin with."""
    if not is_headless():
        return PageExplorer(audit, chapter, url=url)
    page = url or next(iter(notable_pages(audit, chapter, top=1)), audit.site.start_url)
    display(HTML(note_html(path_words(audit, page))))
    show(ego_network(audit, page))
    show(page_inlinks(audit, page), top=10)
    return None
