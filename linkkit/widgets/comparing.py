"""Panel: two crawls of a client side by side, and what changed between them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import altair as alt
import ipywidgets
import pandas as pd
from IPython.display import HTML, display

from linkkit import deck
from linkkit.audit import Audit
from linkkit.charts import changes_chart, comparison_answer, comparison_charts
from linkkit.charts import changes_words as words
from linkkit.client import Client
from linkkit.comparison import Comparison, changed_pages
from linkkit.comparison.choosing import pair_of
from linkkit.errors import LinkkitError
from linkkit.plan import new_pages
from linkkit.site import Site
from linkkit.widgets.basket import HISTORY, SlidePicker, spoken_for
from linkkit.widgets.display import is_headless, panel_table_html, setup, show, show_live
from linkkit.widgets.errors import ErrorBox, NotebookStopError, Panel, guarded
from linkkit.widgets.exporting import ExportButton, export_words
from linkkit.widgets.layout import answer_html, heading_html, note_html
from linkkit.widgets.live_chart import LiveChart

TOP = 40
BASES = {
    "both crawls judged alike, by today's settings": "rejudged",
    "what was reported in its day": "as_reported",
}
ONE_CRAWL = (
    "A comparison needs two crawls. Crawl the site again after the changes went live, or in a month: in notebook 01 (Start "
    "crawl), or with `linkkit audit --client {name} --recrawl`. Then run this notebook again: it shows what was fixed, what came "
    "back, which pages and links came and went, and whether the link plan was made and brought what it was to bring."
)


def changed_view(comparison: Comparison) -> pd.DataFrame:
    """Pages whose status, indexability or title changed: ``Page``, ``What``, ``Then``, ``Now``, ``Money page``."""
    rows = changed_pages(comparison)
    return pd.DataFrame(
        {
            "Page": words.paths(comparison, rows["url"]),
            "What": rows["what"],
            "Then": rows["old"],
            "Now": rows["new"],
            "Money page": rows["is_money_page"].map({True: "yes", False: ""}),
        }
    )


def important_links_view(comparison: Comparison) -> pd.DataFrame:
    """Links in running text to money pages, or the most important pages: ``Change``, ``On``, ``Leads to``, ``Why``."""
    rows = comparison.links.important
    return pd.DataFrame(
        {
            "Change": rows["change"],
            "On": words.paths(comparison, rows["source"]),
            "Leads to": words.paths(comparison, rows["target"]),
            "Why": rows["why"],
        }
    )


VIEWS: dict[str, tuple[str, Callable[[Comparison], pd.DataFrame]]] = {
    "Findings: new, fixed, gone": ("changes_findings", words.findings_view),
    "Pages gained and lost": ("changes_pages", words.pages_view),
    "Pages whose status, indexability or title changed": ("", changed_view),
    "Pages deeper or nearer": ("", words.drift_view),
    "Links gained and lost, by section and place": ("", words.links_view),
    "Links in text to important pages, gained and lost": ("", important_links_view),
    "Authority": ("changes_authority", words.authority_view),
    "The link plan": ("changes_plan", words.planned_view),
    "What else differs beside the site": ("", words.settings_view),
}
"""What a panel can show: words -> chart (empty where there is none) and table."""


def compare_crawls(
    client: Client,
    audit: Audit | None = None,
    *,
    old: str | None = None,
    new: str | None = None,
    **options: Any,
) -> Comparison | None:
    """`linkkit.client.Client.compare`; None where there are no two crawls yet.

    Parameters
    ----------
    client : Client
    audit : Audit, optional
        Of the latest crawl, where it is at hand.
    old, new : str, optional
        Names of crawls.
    **options
        Of `linkkit.compare`.
    """
    names = client.crawl_names
    if len(names) < 2:
        return None
    is_latest = new in (None, "last", names[-1])
    return client.compare(old, new, audit=audit if is_latest else None, **options)


def one_crawl_words(client: Client) -> str:
    """Why there is nothing to compare, and what to do."""
    names = client.crawl_names
    there = f"There is one crawl of {client.settings.name} so far, {names[0]}. " if names else ""
    return there + ONE_CRAWL.format(name=client.folder.name)


class ComparePanel(Panel):
    """Choose two crawls and, where the site moved, how its addresses changed; the comparison follows.

    Parameters
    ----------
    client : Client
        With two crawls at least.
    audit : Audit
        Of its latest crawl.
    old, new : str, optional
        Crawls to begin with.
    mapping : sequence of str
        Rules of a URL mapping; found by itself without any.

    Attributes
    ----------
    comparison : Comparison
    latest : Audit
        Of the client's latest crawl, whichever two are compared.
    """

    def __init__(
        self,
        client: Client,
        audit: Audit,
        old: str | None = None,
        new: str | None = None,
        mapping: tuple[str, ...] = (),
    ) -> None:
        setup()
        self._client, self.latest = client, audit
        names = list(reversed(client.crawl_names))
        # Each crawl is judged once, however often it is chosen.
        self._audits = {names[0]: audit}
        self.comparison = self._compared(old, new, **({"url_mapping": mapping} if mapping else {}))
        style, wide = {"description_width": "150px"}, ipywidgets.Layout(width="420px")
        self.old = ipywidgets.Dropdown(options=names, value=self.comparison.old_name, description="Older crawl", style=style, layout=wide)  # fmt: skip
        self.new = ipywidgets.Dropdown(options=names, value=self.comparison.new_name, description="Newer crawl", style=style, layout=wide)  # fmt: skip
        self.mapping = ipywidgets.Textarea(
            value="\n".join(str(rule) for rule in self.comparison.rules), description="Addresses moved", rows=2, style=style,
            placeholder=r"^https://old\.example/(.*)$ => https://new.example/\1   (one rule a line; empty: nothing moved)",
            layout=ipywidgets.Layout(width="760px"),
        )  # fmt: skip
        self.basis = ipywidgets.Dropdown(options=list(BASES.items()), description="Findings against", style=style, layout=ipywidgets.Layout(width="560px"))  # fmt: skip
        self.make = ipywidgets.Button(description="Compare", icon="exchange", button_style="primary")
        self.working, self.errors = ipywidgets.HTML(), ErrorBox()
        self.answer, self.about = ipywidgets.HTML(), ipywidgets.HTML()
        self.view = ipywidgets.Dropdown(options=list(VIEWS), description="Show", style=style, layout=ipywidgets.Layout(width="560px"))  # fmt: skip
        self.chart = LiveChart(self._drawn())
        self.table = ipywidgets.HTML()
        self.make.on_click(guarded(self._make, self.errors))
        self.view.observe(guarded(self._on_view, self.errors), "value")
        button = ipywidgets.HBox(
            [self.make, self.working], layout=ipywidgets.Layout(margin="4px 0 4px 154px")
        )
        super().__init__(
            [self.old, self.new, self.mapping, self.basis, button, self.errors, self.answer, self.about, self.view, self.chart, self.table]
        )  # fmt: skip
        self._tell()

    def _ipython_display_(self) -> None:
        show_live(self, self._drawn())

    def _drawn(self) -> alt.Chart:
        return changes_chart(self.comparison, VIEWS[self.view.value][0] or "changes_findings")

    def _make(self, button: Any = None) -> None:
        self.working.value = note_html("Working …")
        rules = [line.strip() for line in self.mapping.value.splitlines() if line.strip()]
        try:
            self.comparison = self._compared(
                self.old.value, self.new.value, url_mapping=rules, basis=self.basis.value
            )
        finally:
            self.working.value = ""
        self._tell()
        self.chart.draw(self._drawn)

    def _compared(self, old: str | None, new: str | None, **options: Any) -> Comparison:
        before, after = pair_of(self._client.crawl_names, old, new, self._client.settings.name)
        own = self.latest
        for crawl in (before, after):
            if crawl not in self._audits:
                self._audits[crawl] = self._client.audit(own.thresholds, model=own.graph.model, crawl=crawl)
        audits = {"audit": self._audits[after], "old_audit": self._audits[before]}
        return self._client.compare(before, after, **audits, **options)

    def _on_view(self, change: Any = None) -> None:
        has_chart = bool(VIEWS[self.view.value][0])
        self.chart.layout.display = None if has_chart else "none"
        if has_chart:
            self.chart.draw(self._drawn)
        self._table()

    def _tell(self) -> None:
        self.answer.value = answer_html(comparison_answer(self.comparison))
        self.about.value = _about_html(self.comparison)
        self._table()

    def _table(self) -> None:
        table = VIEWS[self.view.value][1](self.comparison)
        self.table.value = _table_html(table)


def _about_html(comparison: Comparison) -> str:
    """What the comparison rests on, and what is worth knowing before it is believed."""
    lines: list[str] = [words.comparison_source(comparison), words.basis_words(comparison)]
    lines += [
        f"Addresses moved: {rule}" + (f" ({rule.why})" if rule.why else "") for rule in comparison.rules
    ]
    lines += [f"Worth a rule: {rule} ({rule.why})" for rule in comparison.suggested]
    lines += [
        f"Differs beside the site: {row['What'].lower()} {row['Which']}, {row['Then']} then, {row['Now']} now; {row['What it does']}."
        for row in words.settings_view(comparison).head(10).to_dict("records")
    ]
    if len(comparison.merged):
        lines.append(f"The rules make one of several pages, {comparison.merged['url'].nunique():,} times: is a pattern too wide?")  # fmt: skip
    return "".join(note_html(line) for line in lines)


def _table_html(table: pd.DataFrame) -> str:
    if table.empty:
        return note_html("Nothing to list here.")
    rest = (
        note_html(f"Showing {TOP:,} of {len(table):,} rows; the export has all.") if len(table) > TOP else ""
    )
    return panel_table_html(table.head(TOP)) + rest


class StillComparison:
    """What a compare panel shows before anybody changes anything; also where there is only one crawl."""

    def __init__(self, client: Client, comparison: Comparison | None) -> None:
        self.client, self.comparison = client, comparison

    def _ipython_display_(self) -> None:
        if self.comparison is None:
            display(HTML(note_html(one_crawl_words(self.client))))
            return
        display(HTML(answer_html(comparison_answer(self.comparison)) + _about_html(self.comparison)))
        drawn = comparison_charts(self.comparison)
        for title, (chart, table) in VIEWS.items():
            display(HTML(heading_html(title)))
            if chart:
                show(drawn[chart])
            rows = table(self.comparison)
            display(HTML(_table_html(rows)))


Compared = ComparePanel | StillComparison


def compare_panel(
    client: Client, audit: Audit, *, old: str = "", new: str = "", mapping: tuple[str, ...] = ()
) -> Compared:
    """The panel; in an unattended run the same numbers without controls, and with one crawl only a sentence on what to do.

    Parameters
    ----------
    client : Client
    audit : Audit
        Of its latest crawl.
    old, new : str
        Names of crawls; the last two without them.
    mapping : tuple of str
        Rules of a URL mapping, such as ``"^http://(.*)$ => https://$1"``.

    Raises
    ------
    NotebookStopError
        If there is no such crawl, or the mapping is faulty.
    """
    try:
        if is_headless() or len(client.crawl_names) < 2:
            given: dict[str, Any] = {"url_mapping": mapping} if mapping else {}
            found = compare_crawls(client, audit, old=old or None, new=new or None, **given)
            return StillComparison(client, found)
        return ComparePanel(client, audit, old or None, new or None, tuple(mapping))
    except LinkkitError as error:
        raise NotebookStopError(str(error)) from error


def older_site(client: Client) -> Site | None:
    """The crawl before the latest, as it was; None where there is none that can be read, which is then said."""
    name = client.crawl_before()
    if name is None:
        return None
    try:
        return client.raw_site(name)
    except LinkkitError as error:
        display(HTML(note_html(f"The crawl before cannot be read: {error}")))
        return None


def new_pages_view(audit: Audit, older: Site | None) -> pd.DataFrame:
    """Pages that the crawl before did not come to and that hardly anybody links to in text: ``Page``, ``Links in text``, ``Clicks from start``."""
    pages = [] if older is None else new_pages(audit, older)
    rows = audit.metrics[audit.metrics["url"].isin(pages)].sort_values(["content_inlinks", "url"])
    return pd.DataFrame(
        {
            "Page": rows["url"],
            "Links in text": rows["content_inlinks"].astype("int64"),
            "Clicks from start": [
                "unreachable" if pd.isna(each) else f"{each:.0f}" for each in rows["crawl_depth"]
            ],
        }
    ).reset_index(drop=True)


def export_compared(comparison: Comparison, client: Client) -> tuple[Path, ...]:
    """Write a comparison and its charts into the client's exports; the files."""
    return tuple(
        deck.export_comparison(
            comparison, client.exports, charts=comparison_charts(comparison), **spoken_for(client)
        )
    )


class CompareExport(ExportButton):
    """A button that writes the comparison that is shown into the client's exports, and keeps the ticked slide."""

    def __init__(self, source: ComparePanel, client: Client) -> None:
        super().__init__(
            lambda: export_compared(source.comparison, client),
            client,
            "Keeps the ticked slide for the client's deck; writes the comparison as CSV and XLSX, and its charts as PNG and SVG, into its exports folder",
            slides=SlidePicker(source.latest, client, [HISTORY]),
        )


def compare_export_panel(source: Compared, client: Client) -> CompareExport | None:
    """The button; an unattended run writes the files at once, and with one crawl there is nothing to write."""
    if isinstance(source, ComparePanel):
        return CompareExport(source, client)
    told = "There is nothing to write yet."
    if source.comparison is not None:
        told = export_words(export_compared(source.comparison, client), client)
    display(HTML(note_html(told)))
    return None
