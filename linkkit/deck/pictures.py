"""Charts of a story as picture files at slide size, and their numbers and the tables as CSV."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from linkkit.deck.about import about_text
from linkkit.deck.cells import csv_text, number_text
from linkkit.deck.files import export_folder, replacing, safe_names
from linkkit.deck.images import SLIDE, Format, export_charts
from linkkit.deck.report.drawing import Look, draw
from linkkit.deck.report.rendering import chart_table
from linkkit.deck.report.words import report_words
from linkkit.deck.story.parts import Story, Table
from linkkit.deck.tables import write_about

FORMATS: tuple[Format, ...] = ("png", "svg", "pdf")


def write_pictures(story: Story, folder: Path | str, formats: Sequence[Format] = FORMATS) -> list[Path]:
    """Write each chart of a story as pictures and each chart's and table's numbers as CSV, in the client's language.

    Pictures fill a 16:9 slide and carry title, note, client, site and day; the PNG has 1920 x 1080 pixels, SVG and PDF can be
    scaled. ``about.txt`` says what was looked at, which thresholds differ from the default and what the data cannot show.

    Parameters
    ----------
    story : Story
    folder : path
        Made if it is missing. Files of the same name are replaced, other files left alone.
    formats : sequence of {"png", "svg", "pdf"}

    Returns
    -------
    list of Path
        The files: each chart's pictures, then the CSV files, then ``about.txt``.

    Raises
    ------
    ExportError
        If a file cannot be written, a chart cannot be drawn, or a format is none of the three.
    """
    target = export_folder(folder)
    charts = {slide.chart.name: slide.chart for slide in story.slides if slide.chart is not None}
    look = Look(
        story.language, story.brand, width=SLIDE[0], height=SLIDE[1], is_titled=True, source=story.footer
    )
    written = export_charts(
        {name: draw(each, look) for name, each in charts.items()}, target, formats=formats
    )
    words = report_words(story.language, story.site)
    tables = {name: chart_table(each, words) for name, each in charts.items()}
    for slide in story.slides:
        if slide.table is not None:
            taken = slide.table.name in tables
            tables[f"{slide.table.name} table" if taken else slide.table.name] = slide.table
    files = safe_names(tables, fallback="chart")
    for name, table in tables.items():
        written.append(_replaced(target / f"{files[name]}.csv", _csv(table)))
    about = about_text(
        story.title, story.language, scope=(story.footer, *story.scope), thresholds=story.thresholds, limits=story.limits, end=story.made_with
    )  # fmt: skip
    return [*written, write_about(about, target)]


def _csv(table: Table) -> str:
    """A table as `linkkit.deck.findings.export_findings` writes them: text is guarded, numbers are plain ones."""
    lines = io.StringIO()
    rows = csv.writer(lines, lineterminator="\r\n")
    rows.writerow([csv_text(column.heading) for column in table.columns])
    for row in table.rows:
        rows.writerow(
            [csv_text(cell) if isinstance(cell, str) or cell is None else number_text(cell) for cell in row]
        )
    return lines.getvalue()


def _replaced(path: Path, text: str) -> Path:
    """The file, with a byte order mark: what spreadsheets and editors of Windows know UTF-8 by."""
    with replacing(path) as partial:
        partial.write_text(text, encoding="utf-8-sig", newline="")
    return path
