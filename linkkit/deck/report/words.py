"""Words of the report itself, in the client's language; all else is said by the story."""

from dataclasses import dataclass

from linkkit.deck.about import none_differs
from linkkit.deck.language import Language


@dataclass(frozen=True)
class Words:
    """What headings, buttons and notes of the report are called."""

    skip: str
    contents: str
    client: str
    site: str
    crawled: str
    by: str
    todo: str
    comment: str
    method: str
    numbers: str
    about: str
    scope: str
    thresholds: str
    no_thresholds: str
    limits: str
    addresses: str
    tables: str
    category: str
    name: str
    group: str
    empty_table: str
    filter: str
    matching: str
    page: str


def report_words(lang: Language, site: str) -> Words:
    """The report's words in a language."""
    return Words(
        skip=lang.text("Skip to the report"),
        contents=lang.text("Contents"),
        client=lang.text("Client"),
        site=lang.text("Site"),
        crawled=lang.text("Crawled on"),
        by=lang.text("Prepared by"),
        todo=lang.text("What to do"),
        comment=lang.text("Comment"),
        method=lang.text("How this was measured"),
        numbers=lang.text("The numbers of this chart"),
        about=lang.text("About this report"),
        scope=lang.text("What was looked at"),
        thresholds=lang.text("Thresholds that differ from the default"),
        no_thresholds=none_differs(lang),
        limits=lang.text("What the data cannot show"),
        addresses=lang.text("Addresses that begin with / are pages of {site}.", site=site),
        tables=lang.text("Tables"),
        category=lang.text("Category"),
        name=lang.text("Name"),
        group=lang.text("Group"),
        empty_table=lang.text("There is nothing to list."),
        filter=lang.text("Show only rows that contain"),
        # The script of the page fills these in.
        matching=lang.text("{shown} of {total} rows", shown="{shown}", total="{total}"),
        page=lang.text("Page {page} of {pages}", page="\0", pages="\0"),
    )
