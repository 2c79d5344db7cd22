"""The verdict as files: gates, variants and pages to build backlinks to first, as CSV, and as a sheet of the workbook."""

from collections.abc import Mapping
from pathlib import Path

import altair as alt

from linkkit.deck.about import about
from linkkit.deck.definitions import (
    FIRST_TARGET_COLUMNS,
    READINESS_COLUMNS,
    READINESS_VARIANT_COLUMNS,
)
from linkkit.deck.files import export_folder
from linkkit.deck.gates import readiness_export, variants_export
from linkkit.deck.images import export_charts
from linkkit.deck.language import language as language_of
from linkkit.deck.tables import write_about, write_tables
from linkkit.readiness import Readiness, first_targets

GATES, VARIANTS, TARGETS = "readiness", "readiness-variants", "first-targets"


def export_readiness(
    readiness: Readiness,
    folder: Path | str,
    *,
    charts: Mapping[str, alt.TopLevelMixin] | None = None,
    client: str = "",
    language: str = "en",
) -> list[Path]:
    """Write ``readiness.csv``, ``readiness-variants.csv``, ``first-targets.csv``, ``about.txt`` and charts.

    Parameters
    ----------
    readiness : Readiness
    folder : path
        Made if it is missing. Files of the same names are replaced, other files left alone.
    charts : mapping of name to Altair chart, optional
    client : str
        Name of the client.
    language : str
        Of what stands in the tables as a sentence; names of columns and codes stay English.

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
        GATES: (readiness_export(readiness, lang), READINESS_COLUMNS),
        VARIANTS: (variants_export(readiness, lang), READINESS_VARIANT_COLUMNS),
        TARGETS: (first_targets(readiness), FIRST_TARGET_COLUMNS),
    }
    told = write_about(about(readiness.audit, lang, client=client).text(lang), target)
    return [*write_tables(target, tables), told, *export_charts(charts or {}, target / "charts")]
