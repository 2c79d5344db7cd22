"""Numbers and sources in words, the same in every chart, sentence and table."""

from datetime import datetime

from linkkit.audit import Audit
from linkkit.plan.headline import entry_words
from linkkit.urls import host
from linkkit.wording import (
    capitalised,
    count,
    distinct,
    every,
    percent,
    quantity,
    readable,
    short_url,
    shorten,
    units,
    verb,
)

__all__ = [
    "capitalised",
    "count",
    "distinct",
    "entry_words",
    "every",
    "incomplete_words",
    "model_note",
    "percent",
    "quantity",
    "readable",
    "short_url",
    "shorten",
    "source_note",
    "units",
    "verb",
]


def model_note(audit: Audit) -> str:
    """The model behind every number on authority, and where authority enters: for the foot of a chart."""
    entry = audit.authority.entry
    landing = int(((entry.shares + entry.lost) > 0).sum())
    if entry.basis == "start page":
        enters = "No backlinks are known: everything is taken to enter at the start page."
    else:
        enters = f"Enters by {entry.basis} ({count(landing, 'page')})."
    return f"{enters} {audit.graph.model.words()}; unconfirmed by Google."


def incomplete_words(audit: Audit) -> str:
    """Why the crawl is incomplete, and what to do about it."""
    why = audit.manifest.stopped_by or "for an unknown reason"
    do = next(advice for part, advice in _ADVICE.items() if part in why)
    return f"the crawl is incomplete ({why}). {do}"


# Part of the reason a crawl is incomplete -> what to do; the first that holds.
_ADVICE = {
    "JavaScript": "Crawl the site with a tool that renders JavaScript, such as Screaming Frog, and import its exports in notebook 01.",
    "frameset": "Crawl from the frame that holds the menu: give its address as the start page.",
    "neither links to other pages of the site nor scripts": "Is it a holding page or a log-in? Give the page that holds the menu as the start page.",
    "holds no links": "Export all_inlinks as well, and read both files together in notebook 01.",
    "have no row": "Let the tool crawl the whole site, or crawl it in notebook 01. If they were left out on purpose, say so when you import it.",
    "include and exclude": "Loosen include and exclude in client.toml, and crawl again.",
    "limit": "Crawl on without the limit in notebook 01: it goes on where it stopped.",
    "interrupted": "Start the crawl again in notebook 01: it goes on where it stopped.",
    "killed": "Start the crawl again in notebook 01: it goes on where it stopped.",
    "": "Crawl the rest of the site in notebook 01.",
}


def source_note(audit: Audit) -> str:
    """Where the numbers come from: host, tool, date, and whether the crawl is complete."""
    manifest = audit.manifest
    try:
        date = datetime.fromisoformat(manifest.collected or manifest.written)
        when = f", {date.day} {date:%B %Y}"
    except ValueError:
        when = ""
    state = "complete" if manifest.complete else f"INCOMPLETE ({manifest.stopped_by})"
    return f"Source: {manifest.tool} crawl of {host(manifest.start_url)}{when}, {state}."
