"""Panel: links worth adding, for the pages the analyst chooses, each with the words to turn into the link."""

from pathlib import Path
from typing import Any

import ipywidgets
import pandas as pd
from IPython.display import HTML, display

from linkkit import deck
from linkkit.audit import Audit
from linkkit.charts.words import count
from linkkit.client import Client
from linkkit.plan import suggest_links
from linkkit.plan.choosing import MONEY_PAGES, ORPHANS, PILLARS
from linkkit.plan.link_targets import DEEP, LIMITS, WEAK, WEAK_MONEY, WEAK_PILLARS, new_pages
from linkkit.plan.suggestions import FAINT, empty_suggestions
from linkkit.site import Site
from linkkit.text.candidates import STRONG, WORTH_A_LOOK
from linkkit.urls import origin
from linkkit.widgets.display import is_headless
from linkkit.widgets.errors import ErrorBox, Panel, guarded
from linkkit.widgets.later import Later
from linkkit.widgets.layout import QUIET, note_html, text_html
from linkkit.widgets.tuning import StillTuning, Tuned, audit_of

URGENT, NEW, NAMED = "most urgent first", "new pages", "pages named below"
GROUPS = {
    "Most urgent first: orphans, deep, weak money and pillar pages": URGENT,
    "Orphans": ORPHANS,
    "Deep pages": DEEP,
    "Money pages with few links in text": WEAK_MONEY,
    "Pillar pages with few links in text": WEAK_PILLARS,
    "All money pages": MONEY_PAGES,
    "All pillar pages": PILLARS,
    "Any page with few links in text": WEAK,
    "Pages that the crawl before did not know": NEW,
    "Pages named below": NAMED,
}
STRENGTHS = {"Strong only": STRONG, "Worth a look and better": WORTH_A_LOOK, "Long shots too": FAINT}
TOP = 40
FILE = "link-suggestions.csv"
_PAUSE = 0.5
"""Seconds that a slider stands before links are found anew: a second or two of work on a site of 10,000 pages."""


def suggestions_for(
    audit: Audit,
    group: str = URGENT,
    *,
    named: str = "",
    older: Site | None = None,
    per_target: int = 5,
    per_source: int = 3,
    min_score: float = WORTH_A_LOOK,
    need_phrase: bool = False,
) -> pd.DataFrame:
    """`linkkit.plan.suggest_links` for one of the groups that the panel offers; without rows where the group is empty.

    Parameters
    ----------
    audit : Audit
    group : str
        A value of `GROUPS`, or a group of `linkkit.plan.link_targets.link_targets`.
    named : str
        Addresses, sections (``/guides/``) or patterns (``/guides/*``), for `NAMED`; separated by spaces, commas or lines.
    older : Site, optional
        The crawl before, for `NEW`.
    per_target, per_source, min_score, need_phrase
        As `linkkit.plan.suggest_links` has them.
    """
    targets: str | list[str] | None = None if group == URGENT else group
    if group == NAMED:
        targets = named.replace(",", " ").split()
    elif group == NEW:
        targets = [] if older is None else new_pages(audit, older)
    elif (group == MONEY_PAGES and not audit.authority.money.any()) or (
        group == PILLARS and not audit.site.pages["is_pillar"].fillna(False).any()
    ):
        targets = []
    if targets is not None and not targets:
        return empty_suggestions()
    return suggest_links(
        audit,
        targets=targets,
        per_target=per_target,
        per_source=per_source,
        min_score=min_score,
        need_phrase=need_phrase,
    )


def suggestions_view(audit: Audit, suggestions: pd.DataFrame) -> pd.DataFrame:
    """Suggestions as people read them, and as the export has them.

    Returns
    -------
    DataFrame
        One row per new link: ``Why this target``, ``Link to``, ``From`` (paths), ``Words to link`` (empty where a new sentence is needed),
        ``Sentence`` (that they stand in, or after which to write), ``Other words``, ``Strength``, ``Score``, ``Reason``, ``Clicks from start`` (before and after).
    """
    home = origin(audit.site.start_url)
    return pd.DataFrame(
        {
            "Why this target": suggestions["group"],
            "Link to": [url.removeprefix(home) for url in suggestions["target"]],
            "From": [url.removeprefix(home) for url in suggestions["source"]],
            "Words to link": suggestions["phrase"],
            "Sentence": suggestions["sentence"],
            "Other words": [" | ".join(each) for each in suggestions["alternatives"]],
            "Strength": suggestions["strength"],
            "Score": suggestions["score"].round(2),
            "Reason": suggestions["reason"],
            "Clicks from start": [
                _clicks(before, after)
                for before, after in zip(suggestions["depth_before"], suggestions["depth_after"], strict=True)
            ],
        }
    )


def suggestions_html(audit: Audit, suggestions: pd.DataFrame, *, top: int = TOP) -> str:
    """The first suggestions as a table, the words to link marked in their sentence; everything of the site is escaped."""
    view = suggestions_view(audit, suggestions).head(top)
    cell = "text-align:left;vertical-align:top;padding:6px 14px 6px 6px;overflow-wrap:anywhere"
    widths = {"Link to": "20%", "From": "20%", "Words to link, in their sentence": "34%", "Why": "26%"}
    head = "".join(
        f"<th style='{cell};width:{width};border-bottom:2px solid #9AA5AC'>{name}</th>"
        for name, width in widths.items()
    )
    rows = "".join(
        "<tr style='border-bottom:1px solid #9AA5AC55'>"
        f"<td style='{cell}'>{text_html(row['Link to'])}<div style='color:{QUIET}'>{text_html(row['Why this target'])}; clicks from start: "
        f"{text_html(row['Clicks from start'])}</div></td>"
        f"<td style='{cell}'>{text_html(row['From'])}</td>"
        f"<td style='{cell}'>{_marked(row['Sentence'], row['Words to link'])}{_others(row['Other words'])}</td>"
        f"<td style='{cell}'><b>{text_html(row['Strength'])}</b><div style='color:{QUIET}'>{text_html(row['Reason'])}</div></td></tr>"
        for row in view.to_dict("records")
    )
    return (
        f"<table style='border-collapse:collapse;width:100%;max-width:1180px;table-layout:fixed;line-height:1.4'><thead><tr>{head}</tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )


def suggestions_words(suggestions: pd.DataFrame, *, top: int = TOP) -> str:
    """How many suggestions there are, for how many pages, and how many need a new sentence."""
    if suggestions.empty:
        return (
            "No link worth adding was found: the group has no pages, or no page fits it within these limits."
        )
    found = int((suggestions["phrase"] != "").sum())
    ready = f"{found:,}" if found else "none"
    shown = f"Showing the first {top:,} of " if len(suggestions) > top else ""
    new = len(suggestions) - found
    more = f"; {new:,} fit by subject and need a new sentence" if new else ""
    return (
        f"{shown}{count(len(suggestions), 'link')} to {count(suggestions['target'].nunique(), 'page')}: {ready} with words that stand in the "
        f"page already{more}."
    )


class SuggestionsPanel(Panel):
    """Choose the pages that need links and the limits; the suggestions follow, and can be exported.

    Parameters
    ----------
    source : Audit or panel
        A panel's audit is followed when it changes.
    client : Client, optional
        Whose ``exports`` the CSV goes into; without it there is no button.
    older : Site, optional
        The crawl before: what it did not know is new.
    """

    def __init__(self, source: Tuned, client: Client | None = None, *, older: Site | None = None) -> None:
        self._audit, self._client, self._older = audit_of(source), client, older
        self.suggestions = empty_suggestions()
        wide, narrow = {"description_width": "130px"}, ipywidgets.Layout(width="230px")
        offered = [(name, group) for name, group in GROUPS.items() if group != NEW or older is not None]
        self.group = ipywidgets.Dropdown(
            options=offered,
            description="Pages to link to",
            style=wide,
            layout=ipywidgets.Layout(width="620px"),
        )
        self.named = ipywidgets.Text(
            placeholder="/guides/a-guide/ or /guides/*", description="Named pages", continuous_update=False, style=wide,
            layout=ipywidgets.Layout(width="620px", display="none"),
        )  # fmt: skip
        self.per_target = ipywidgets.BoundedIntText(
            value=5, min=1, max=50, description="Links per target", style=wide, layout=narrow
        )
        self.per_source = ipywidgets.BoundedIntText(
            value=3, min=1, max=50, description="Links per source", style=wide, layout=narrow
        )
        self.strength = ipywidgets.Dropdown(
            options=list(STRENGTHS.items()), value=WORTH_A_LOOK, description="Strength", layout=ipywidgets.Layout(width="290px"),
            style={"description_width": "70px"},
        )  # fmt: skip
        self.phrase = ipywidgets.Checkbox(
            value=False,
            description="Only where the words stand already",
            indent=False,
            layout=ipywidgets.Layout(width="300px"),
        )
        self.write = ipywidgets.Button(
            description="Export as CSV", icon="download", tooltip="All suggestions, into the client's exports folder",
            layout=ipywidgets.Layout(width="150px", display=None if client else "none"),
        )  # fmt: skip
        self.words, self.told, self.table = ipywidgets.HTML(), ipywidgets.HTML(), ipywidgets.HTML()
        self.errors = ErrorBox()
        refresh = guarded(self.refresh, self.errors)
        for control in (self.group, self.named, self.per_target, self.per_source, self.strength, self.phrase):
            control.observe(refresh, "value")
        self.write.on_click(guarded(self._write, self.errors))
        limits = ipywidgets.HBox([self.per_target, self.per_source, self.strength, self.phrase])
        limits.layout.flex_flow = "row wrap"
        super().__init__(
            [
                self.group,
                self.named,
                limits,
                self.errors,
                self.words,
                self.table,
                ipywidgets.HBox([self.write, self.told]),
            ]
        )
        self._finding = Later(refresh, _PAUSE)
        self.refresh()
        if not isinstance(source, Audit | StillTuning):
            source.on_change(guarded(self.follow, self.errors))

    def follow(self, audit: Audit) -> None:
        """Take over another audit of the same site; links are found anew only where pages may be in other groups."""
        stays = audit.facts is self._audit.facts and _limits(audit) == _limits(self._audit)
        self._audit = audit
        if not stays:
            self._finding.ask(at_once=True)

    def refresh(self, change: Any = None) -> None:
        """Find the links that the controls ask for."""
        self.named.layout.display = None if self.group.value == NAMED else "none"
        self.told.value = ""
        self.suggestions = suggestions_for(
            self._audit,
            self.group.value,
            named=self.named.value,
            older=self._older,
            per_target=self.per_target.value,
            per_source=self.per_source.value,
            min_score=self.strength.value,
            need_phrase=self.phrase.value,
        )
        self.words.value = note_html(suggestions_words(self.suggestions))
        self.table.value = suggestions_html(self._audit, self.suggestions)

    def _write(self, button: Any = None) -> None:
        if self._client is not None:
            file = export_suggestions(self._audit, self.suggestions, self._client)
            self.told.value = note_html(f"Wrote {count(len(self.suggestions), 'link')} to {file}")


def export_suggestions(audit: Audit, suggestions: pd.DataFrame, client: Client) -> Path:
    """Write all suggestions below the client's ``exports`` as a CSV file; gives the file."""
    return deck.export_table(suggestions_view(audit, suggestions), client.exports, FILE)


def suggestions_panel(
    source: Tuned, client: Client | None = None, *, older: Site | None = None
) -> SuggestionsPanel | None:
    """The panel; an unattended run shows the most urgent suggestions and writes them."""
    if not is_headless() and not isinstance(source, StillTuning):
        return SuggestionsPanel(source, client, older=older)
    audit = audit_of(source)
    suggestions = suggestions_for(audit, older=older)
    told = f" Wrote {export_suggestions(audit, suggestions, client).name}." if client is not None else ""
    display(
        HTML(
            note_html(suggestions_words(suggestions, top=TOP // 2) + told)
            + suggestions_html(audit, suggestions, top=TOP // 2)
        )
    )
    return None


def _limits(audit: Audit) -> tuple[object, ...]:
    return (audit.thresholds.sections, *(getattr(audit.thresholds, name) for name in LIMITS))


def _marked(sentence: str, phrase: str) -> str:
    if not phrase:
        return (
            f"<i>Write one, for instance after:</i> {text_html(sentence)}"
            if sentence
            else "<i>Write one.</i>"
        )
    place = sentence.find(phrase)
    if place < 0:
        return f"<mark style='padding:0 2px'>{text_html(phrase)}</mark>"
    end = place + len(phrase)
    return f"{text_html(sentence[:place])}<mark style='padding:0 2px;font-weight:600'>{text_html(phrase)}</mark>{text_html(sentence[end:])}"


def _others(words: str) -> str:
    return f"<div style='color:{QUIET}'>or: {text_html(words)}</div>" if words else ""


def _clicks(before: float, after: float) -> str:
    old, new = ("unreachable" if clicks != clicks else f"{clicks:.0f}" for clicks in (before, after))  # noqa: PLR0124 - NaN
    return old if old == new else f"{old} → {new}"
