"""A comparison as files: findings, pages and links that came and went, as CSV and as a workbook."""

from collections.abc import Mapping
from pathlib import Path

import altair as alt
import pandas as pd

from linkkit.charts.changes_words import basis_words, comparison_answer, comparison_source
from linkkit.comparison import Comparison
from linkkit.comparison.comparison import changed_pages
from linkkit.comparison.findings import REMAINING
from linkkit.comparison.pages import ABSENT, GAINED, LOST, SAME, STAYED
from linkkit.deck.about import about
from linkkit.deck.cells import map_unique
from linkkit.deck.definitions import DEFINITION_COLUMNS, Column, defined
from linkkit.deck.evidence import findings_in
from linkkit.deck.files import export_folder, replacing
from linkkit.deck.images import export_charts
from linkkit.deck.language import Language
from linkkit.deck.language import language as language_of
from linkkit.deck.saying import say
from linkkit.deck.sentences import Sentences, as_it_is, form, one_of
from linkkit.deck.sheets import Grid, about_grid, open_book, write_grid
from linkkit.deck.tables import write_tables
from linkkit.schema import Severity

NAME = "comparison"
PAGE_REASONS = Sentences(
    (form(one_of(*ABSENT, "redirects to nowhere", "answers {status}", "redirects to {url}")),),
    {"status": as_it_is, "url": as_it_is},
)
"""Why an address is no page of the index, as `linkkit.comparison.pages` words it."""

SUMMARY_COLUMNS = (
    Column("what", "What", 34, "text", "What is counted."),
    Column("old", "Then", 16, "number", "In the old crawl, judged as the new one is."),
    Column("new", "Now", 16, "number", "In the new crawl."),
    Column("change", "Change", 12, "number", "Now minus then."),
    Column(
        "note",
        "In words",
        80,
        "text",
        "The comparison in words and what it rests on; these lines do not belong to the numbers beside them.",
    ),
)
SETTING_COLUMNS = (
    Column("kind", "What", 18, "word", "Threshold, link model, signal, topic cluster, crawl, version or check definition."),
    Column("name", "Which", 36, "text", "Its name."),
    Column("old", "Then", 28, "text", "What it was."),
    Column("new", "Now", 28, "text", "What it is."),
    Column("is_evened_out", "Evened out", 10, "flag", "Whether judging the old crawl anew takes the effect away."),
    Column("effect", "What it does", 70, "text", "What it does to this comparison."),
)  # fmt: skip
FINDING_CHANGE_COLUMNS = (
    Column("status", "Since then", 12, "word", "New, gone or remaining, both crawls judged alike."),
    Column("reason", "Why", 26, "phrase", "Fixed, or why it is gone or new although nobody worked on it."),
    Column("as_reported", "Against the report", 14, "word", "The same, held against what was reported in its day; empty where that is not known or was never reported."),
    Column("severity", "Severity", 10, "severity", "How much it matters before backlinks are built."),
    Column("title", "What is wrong", 30, "phrase", "The check that found it, in words."),
    Column("url", "Page", 48, "text", "The page to act on, under its new address."),
    Column("related_url", "Related page", 40, "text", "A second page: an example of a linking page, the pillar, the twin."),
    Column("evidence", "Evidence", 36, "text", "What was seen; of findings that are gone, then."),
    Column("old_value", "Value then", 10, "number", "What was measured in the old crawl."),
    Column("value", "Value now", 10, "number", "What was measured; of findings that are gone, then."),
    Column("unit", "Unit", 15, "phrase", "Unit of the values."),
    Column("fix", "What to do", 42, "text", "The change that settles it."),
    Column("check_id", "Check", 26, "text", "Short name of the check."),
)  # fmt: skip
PAGE_CHANGE_COLUMNS = (
    Column("url", "Page", 60, "text", "Its address, mapped where the site moved."),
    Column("old_url", "Old address", 40, "text", "What the old crawl called it."),
    Column("change", "Change", 12, "word", "Gained, lost, or stayed."),
    Column("why", "Why", 34, "text", "Why it is no page of the index on the other side."),
    Column("is_money_page", "Money page", 9, "flag", "Whether the analyst listed it as a page that earns money."),
    Column("what_changed", "What changed", 26, "text", "Status, indexability, title, clicks."),
    Column("old_status", "Status then", 8, "whole", "HTTP status."),
    Column("new_status", "Status now", 8, "whole", "HTTP status."),
    Column("old_crawl_depth", "Clicks then", 8, "whole", "Fewest clicks from the start page; empty where unreachable."),
    Column("new_crawl_depth", "Clicks now", 8, "whole", "Fewest clicks from the start page; empty where unreachable."),
    Column("drift", "Drift", 14, "word", "Deeper, nearer, out of reach, back in reach."),
    Column("old_authority", "Authority then", 10, "fine", "Share of all authority that settled here."),
    Column("new_authority", "Authority now", 10, "fine", "Share of all authority that settles here."),
    Column("old_landing_yield", "Yield then", 10, "share", "Of authority landing here, the share that reached money pages."),
    Column("new_landing_yield", "Yield now", 10, "share", "The same now."),
    Column("old_title", "Title then", 32, "text", "Its title element."),
    Column("new_title", "Title now", 32, "text", "Its title element."),
)  # fmt: skip
LINK_COUNT_COLUMNS = (
    Column("change", "Change", 10, "word", "Gained or lost."),
    Column("section", "Section", 24, "text", "Of the linking page."),
    Column("position", "Place", 14, "word", "Where on the page the link stands."),
    Column("why", "Why", 34, "phrase", "The link alone, or a page that came or went."),
    Column("links", "Links", 10, "whole", "Distinct links."),
    Column("nofollow", "Of them nofollow", 10, "whole", "Links marked nofollow."),
)
LINK_COLUMNS = (
    Column("change", "Change", 10, "word", "Gained or lost."),
    Column("source", "On", 56, "text", "The linking page."),
    Column("target", "Leads to", 56, "text", "What it links to; money pages first."),
    Column("position", "Place", 14, "word", "Where on the page the link stands."),
    Column("nofollow", "nofollow", 9, "flag", "Whether it is marked nofollow."),
    Column("is_money_page", "Money page", 9, "flag", "Whether it leads to a page that earns money."),
    Column("why", "Why", 34, "phrase", "The link alone, or a page that came or went."),
)
PLANNED_COLUMNS = (
    Column("state", "State", 28, "phrase", "What became of the planned link."),
    Column("source", "Put a link on", 48, "text", "Page that was to get it."),
    Column("target", "It leads to", 48, "text", "Page that it leads to."),
    Column("phrase", "Words to link", 26, "text", "Words that were to become the link."),
    Column("gain", "Was to bring", 10, "fine", "Share of all authority that it was to bring to the goal."),
)


def export_comparison(
    comparison: Comparison,
    folder: Path | str,
    *,
    charts: Mapping[str, alt.TopLevelMixin] | None = None,
    client: str = "",
    language: str = "en",
) -> list[Path]:
    """Write ``comparison-findings.csv``, ``comparison-pages.csv``, ``comparison-links.csv``, a workbook ``comparison.xlsx``, and charts.

    Parameters
    ----------
    comparison : Comparison
    folder : path
        Made if it is missing. Files of the same names are replaced, other files left alone.
    charts : mapping of name to Altair chart, optional
    client : str
        Name of the client.
    language : str
        Of the workbook, and of what stands in the CSV files as a sentence.

    Returns
    -------
    list of Path
        Every file written.

    Raises
    ------
    SettingsError
        If there is no such language.
    ExportError
        If a file cannot be written or a chart not drawn.
    """
    lang, target = language_of(language), export_folder(folder)
    tables = {
        f"{NAME}-findings": (findings_export(comparison, lang), FINDING_CHANGE_COLUMNS),
        f"{NAME}-pages": (pages_export(comparison, lang), PAGE_CHANGE_COLUMNS),
        f"{NAME}-links": (comparison.links.sample, LINK_COLUMNS),
    }
    written = write_tables(target, tables)
    book = target / f"{NAME}.xlsx"
    with replacing(book) as partial:
        _write_book(comparison, client, lang, partial)
    return [*written, book, *export_charts(charts or {}, target / "charts")]


def findings_export(comparison: Comparison, lang: Language | None = None) -> pd.DataFrame:
    """Every finding of either audit, new ones first, with the title of its check."""
    titles = comparison.checks.set_index("check_id")["title"]
    rows = findings_in(lang or Language("en"), comparison.findings)
    return rows.assign(title=rows["check_id"].map(titles).fillna(rows["check_id"]))


def pages_export(comparison: Comparison, lang: Language | None = None) -> pd.DataFrame:
    """Pages that came, went, or changed in any way, money pages first."""
    said = lang or Language("en")
    what = {
        "status": said.text("status"),
        "indexability": said.text("indexability"),
        "title": said.text("title"),
    }
    changes = changed_pages(comparison)
    changed = changes.assign(what=changes["what"].map(what)).groupby("url")["what"].agg(", ".join)
    pages = comparison.pages
    drifted = ~pages["drift"].isin(["", SAME])
    told = pages["url"].map(changed).fillna("")
    moved = pages["old_url"].notna() & (pages["old_url"] != pages["url"])
    kept = (
        pages["change"].isin([GAINED, LOST]) | (told != "") | drifted | (moved & (pages["change"] == STAYED))
    )
    both = told.where(~drifted | (told == ""), told + ", ") + drifted.map(
        {True: said.text("clicks"), False: ""}
    )
    rows = pages.assign(what_changed=both)[kept]
    texts = ["old_url", "why", "old_title", "new_title"]
    rows = rows.assign(**{name: rows[name].fillna("").astype(str) for name in texts})
    rows["why"] = map_unique(rows["why"], lambda why: PAGE_REASONS.said(said, str(why)) or str(why))
    return rows.sort_values(["is_money_page", "change", "url"], ascending=[False, True, True], kind="stable")


def _write_book(comparison: Comparison, client: str, lang: Language, path: Path) -> None:
    findings = findings_export(comparison, lang)
    came, stayed = findings[findings["status"] != REMAINING], findings[findings["status"] == REMAINING]
    grids = [
        Grid(lang.text("Summary"), SUMMARY_COLUMNS, _summary(comparison, lang), tab="#22394D"),
        Grid(lang.text("What else differs"), SETTING_COLUMNS, _settings(comparison, lang), tab="#E69F00"),
        Grid(lang.text("New and gone"), FINDING_CHANGE_COLUMNS, came, tab="#D55E00"),
        Grid(lang.text("Remaining"), FINDING_CHANGE_COLUMNS, stayed, tab="#9AA5AC"),
        Grid(lang.text("Pages"), PAGE_CHANGE_COLUMNS, pages_export(comparison, lang), tab="#009E73", wrap=False),
        Grid(lang.text("Links by section"), LINK_COUNT_COLUMNS, comparison.links.counts, tab="#0072B2"),
        Grid(lang.text("Links"), LINK_COLUMNS, comparison.links.sample, tab="#0072B2", wrap=False),
    ]  # fmt: skip
    if comparison.plan is not None:
        grids.append(Grid(lang.text("Link plan"), PLANNED_COLUMNS, comparison.plan.links, tab="#CC79A7"))
    meanings = [row for grid in grids for row in defined(grid.name, grid.columns, lang)]
    table = pd.DataFrame(meanings, columns=[column.name for column in DEFINITION_COLUMNS])
    grids.append(Grid(lang.text("Definitions"), DEFINITION_COLUMNS, table, tab="#7F7F7F"))
    carried = about(comparison.new, lang, client=client, title=lang.text("Comparison"))
    grids.append(about_grid(carried, lang))
    title = lang.text("Comparison of {site}", site=comparison.new.manifest.start_url)
    with open_book(path, title, carried, lang=lang) as book:
        for grid in grids:
            write_grid(book, grid)


def _settings(comparison: Comparison, lang: Language) -> pd.DataFrame:
    """What else differs, in words."""
    table = comparison.settings
    told = {name: [say(lang, text) for text in table[name]] for name in ("name", "old", "new", "effect")}
    return table.assign(**told)


def _summary(comparison: Comparison, lang: Language) -> pd.DataFrame:
    """The numbers of both sides, and in words what they rest on."""
    old, new, links = comparison.old, comparison.new, comparison.links
    both = (old, new)
    counted: dict[str, list[float]] = {
        lang.text("Pages that can stand in an index"): [
            each.site.pages["is_indexable"].sum() for each in both
        ],
        lang.text("Links (distinct by page, target and place)"): [links.old_links, links.new_links],
        lang.text("Findings, judged alike"): [len(each.findings) for each in both],
    }
    for name in Severity:
        counted[lang.text("of them {severity}", severity=lang.text(str(name)))] = [
            (each.findings["severity"] == name).sum() for each in both
        ]
    counted[lang.text("Of 100 units of authority, reach money pages")] = [
        100 * share for share in comparison.captured
    ]
    table = pd.DataFrame(
        [(what, float(then), float(now)) for what, (then, now) in counted.items()],
        columns=["what", "old", "new"],
    )
    answer = comparison_answer(comparison)
    told = [answer.sentence, answer.caveat, basis_words(comparison), comparison_source(comparison)]
    notes = [say(lang, each) for each in told]
    notes += [
        lang.text("URL mapping: {rule} ({why})", rule=rule, why=say(lang, rule.why))
        if rule.why
        else lang.text("URL mapping: {rule}", rule=rule)
        for rule in comparison.rules
    ]
    notes += [
        lang.text("Worth a mapping: {rule} ({why})", rule=rule, why=say(lang, rule.why))
        for rule in comparison.suggested
    ]
    if comparison.reported is not None:
        number = len(comparison.reported.findings)
        notes.insert(3, lang.plural("Reported on {day}: {number} finding.", "Reported on {day}: {number} findings.", number, day=comparison.old_name))  # fmt: skip
    notes = [note for note in notes if note]
    blank = pd.DataFrame({"what": [""] * max(len(notes) - len(table), 0)})
    whole = pd.concat([table.assign(change=table["new"] - table["old"]), blank], ignore_index=True)
    return whole.assign(note=[*notes, *([""] * (len(whole) - len(notes)))])
