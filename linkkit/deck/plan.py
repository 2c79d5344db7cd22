"""The plan as files: links to make and pages to build backlinks to, as CSV and as a workbook."""

from collections.abc import Mapping
from pathlib import Path

import altair as alt
import pandas as pd

from linkkit.deck.about import about, model_words
from linkkit.deck.definitions import (
    DEFINITION_COLUMNS,
    PLAN_COLUMNS,
    TARGET_COLUMNS,
    VARIANT_COLUMNS,
    WORDS,
    Column,
    defined,
    spoken,
    worded,
)
from linkkit.deck.files import export_folder, replacing
from linkkit.deck.images import export_charts
from linkkit.deck.language import Language
from linkkit.deck.language import language as language_of
from linkkit.deck.saying import links_in, say
from linkkit.deck.sheets import Grid, about_grid, open_book, write_grid
from linkkit.deck.tables import write_tables
from linkkit.plan import Proposal

LINKS, TARGETS = "link-plan", "backlink-targets"


def export_plan(
    proposal: Proposal,
    folder: Path | str,
    *,
    domains: float = 10,
    charts: Mapping[str, alt.TopLevelMixin] | None = None,
    client: str = "",
    language: str = "en",
) -> list[Path]:
    """Write ``link-plan.csv``, ``backlink-targets.csv``, a workbook ``link-plan.xlsx`` with both, and charts.

    Parameters
    ----------
    proposal : Proposal
        Without a plan the tables are empty, and the workbook says why.
    folder : path
        Made if it is missing. Files of the same names are replaced, other files left alone.
    domains : float
        New referring domains that the gains of backlink targets are for.
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
    lang = language_of(language)
    target = export_folder(folder)
    links, pages = plan_export(proposal, lang), targets_export(proposal, domains, lang)
    written = write_tables(target, {LINKS: (links, PLAN_COLUMNS), TARGETS: (pages, TARGET_COLUMNS)})
    book = target / f"{LINKS}.xlsx"
    with replacing(book) as partial:
        _write_book(proposal, links, pages, domains, client, lang, partial)
    return [*written, book, *export_charts(charts or {}, target / "charts")]


def plan_export(proposal: Proposal, lang: Language | None = None) -> pd.DataFrame:
    """One row per link of a plan, in its order, with the columns of `PLAN_COLUMNS`."""
    said = lang or Language("en")
    if proposal.links.empty or proposal.holds is None:
        return _empty(PLAN_COLUMNS)
    links, held = links_in(said, proposal.links), proposal.holds
    table = links.assign(
        number=range(1, len(links) + 1),
        alternatives=[" | ".join(others or ()) for others in links["alternatives"]],
        gain_low=held["gain_low"].to_numpy(),
        gain_high=held["gain_high"].to_numpy(),
        holds_in=[_models(said, n, m) for n, m in zip(held["holds_in"], held["variants"], strict=True)],
    )
    return table[[column.name for column in PLAN_COLUMNS]]


def targets_export(proposal: Proposal, domains: float, lang: Language | None = None) -> pd.DataFrame:
    """One row per page that could take backlinks, best first, with the columns of `TARGET_COLUMNS`."""
    said = lang or Language("en")
    pages = proposal.targets(domains)
    if pages is None:
        return _empty(TARGET_COLUMNS)
    known = proposal.robustness
    ranks = known.pages.set_index("page_id")
    best = known.targets.set_index("page_id")["holds_in"]
    held = pages["page_id"].map(best)
    table = pages.assign(
        new_domains=float(domains),
        rank_low=pages["page_id"].map(ranks["yield_rank_low"]),
        rank_high=pages["page_id"].map(ranks["yield_rank_high"]),
        holds_in=["" if pd.isna(n) else _models(said, n, len(known.variants)) for n in held],
    )
    if said.code != "en":
        table = table.assign(reason=[say(said, why) for why in proposal.target_reasons(pages)])
    return table[[column.name for column in TARGET_COLUMNS]]


def _models(lang: Language, held: float, of: float) -> str:
    return lang.plural("{held} of {number} model", "{held} of {number} models", of, held=lang.number(held))


def _empty(columns: tuple[Column, ...]) -> pd.DataFrame:
    return pd.DataFrame(
        {column.name: pd.Series(dtype="float64" if column.is_number else "object") for column in columns}
    )


def _write_book(
    proposal: Proposal, links: pd.DataFrame, pages: pd.DataFrame, domains: float, client: str, lang: Language, path: Path
) -> None:  # fmt: skip
    variants = proposal.robustness.variants
    variants = variants.assign(weights=[spoken(str(name)) for name in variants["weights"]])
    carried = about(proposal.audit, lang, client=client, title=lang.text("Link plan"))
    grids = (
        Grid(lang.text("Link plan"), PLAN_COLUMNS, links, tab="#009E73"),
        Grid(lang.text("Backlink targets"), TARGET_COLUMNS, pages, tab="#0072B2"),
        Grid(lang.text("Models"), VARIANT_COLUMNS, variants, tab="#E69F00"),
        Grid(lang.text("Definitions"), DEFINITION_COLUMNS, _definitions(proposal, domains, lang), tab="#7F7F7F"),
        about_grid(carried, lang),
    )  # fmt: skip
    with open_book(path, lang.text("Link plan of {site}", site=carried.site), carried, lang=lang) as book:
        for grid in grids:
            write_grid(book, grid)


def _definitions(proposal: Proposal, domains: float, lang: Language) -> pd.DataFrame:
    plan, settings = proposal.plan, proposal.settings
    goal = lang.text(settings.goal) if isinstance(settings.goal, str) else ", ".join(settings.goal)
    about_it = [
        (lang.text("Goal: {goal}", goal=goal), "goal", lang.text("Pages that authority should reach.")),
        (lang.text("Limit: {number} links", number=settings.links), "links", lang.text("At most {per_page} new links on one page, {per_target} to one page.", per_page=settings.per_page, per_target=settings.per_target)),
        (lang.text("New domains: {number}", number=lang.decimal(domains)), "new_domains", lang.text("New referring domains that the gains of backlink targets are for, one page at a time.")),
    ]  # fmt: skip
    model = proposal.audit.graph.model
    weights = lang.text(model.weights.replace("_", " "))
    if plan is None:
        about_it.append((lang.text("There is no plan"), "", say(lang, proposal.lacks)))
    else:
        about_it += [
            (lang.text("Today: {units} of 100", units=lang.number(100 * plan.before, 2)), "before", lang.text("Units of all authority that reach the goal today.")),
            (lang.text("With the plan: {units} of 100", units=lang.number(100 * plan.after, 2)), "after", lang.text("The same with every link of the plan.")),
            (lang.text("{name}: {meaning}", name=lang.text("Model"), meaning="; ".join((weights, model_words(lang, model)))), "model", lang.text("What the numbers rest on; no search engine has confirmed it.")),
        ]  # fmt: skip
    rows: list[tuple[str, str, str, str]] = [(lang.text("This plan"), *row) for row in about_it]
    for sheet, columns in (
        (lang.text("Link plan"), PLAN_COLUMNS),
        (lang.text("Backlink targets"), TARGET_COLUMNS),
        (lang.text("Models"), VARIANT_COLUMNS),
    ):
        rows += defined(sheet, columns, lang)
    rows += worded("Link model", WORDS["Link model"], lang)
    return pd.DataFrame(rows, columns=[column.name for column in DEFINITION_COLUMNS])
