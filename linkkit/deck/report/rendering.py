"""A story as one HTML file that needs no network, no script and no other file."""

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from babel import Locale
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from linkkit.charts.theme import INK
from linkkit.deck.brand import Brand
from linkkit.deck.cells import clean_text
from linkkit.deck.files import ExportError, export_folder, replacing, safe_names
from linkkit.deck.report.drawing import Look, draw, fonts
from linkkit.deck.report.inline import inline_svg
from linkkit.deck.report.shapes import Swatch, swatches
from linkkit.deck.report.words import Words, report_words
from linkkit.deck.story.parts import Chart, Role, Slide, Story, Table, TableColumn, Tone
from linkkit.deck.story.writing import (
    SEVERITY_SIGNS,
    TONE_SIGNS,
    cell_text,
    dark_enough,
    mixed,
    role_colours,
    text_colour,
    tone_word,
)

WIDE, NARROW = 760, 350
"""Widths for which each chart is drawn, px: a page's column, and a phone."""
TEMPLATES = files("linkkit.deck.report") / "templates"
_LONGEST_LINK = 2_000
# Marks that turn the order of what follows: an address or a name must not reorder the sentence that it stands in.
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_LOGOS = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


@dataclass(frozen=True)
class Cell:
    """A cell of a table as the page writes it: text, kind, what it is sorted by, where it leads."""

    text: str
    kind: str
    order: str = ""
    link: str = ""


@dataclass(frozen=True)
class Grid:
    """A table as the page writes it."""

    id: str
    title: str
    columns: tuple[TableColumn, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""


@dataclass(frozen=True)
class Figure:
    """A chart as the page shows it: for a page and for a phone, and its numbers."""

    title: str
    note: str
    legend: tuple[Swatch, ...]
    wide: Markup
    narrow: Markup
    grid: Grid


@dataclass(frozen=True)
class Part:
    """A slide as a part of the page."""

    id: str
    slide: Slide
    figure: Figure | None
    grid: Grid | None


@dataclass(frozen=True)
class Chapter:
    """Slides of one chapter that follow each other, under the chapter's name."""

    id: str
    title: str
    listed: str
    parts: tuple[Part, ...]


def write_report(story: Story, path: Path | str, *, tables: Sequence[Table] = ()) -> Path:
    """Write a story as a page that can be sent by mail, opened without a network and printed.

    Every slide becomes a part of the page, speaker notes what can be unfolded below it. Each chart stands in it twice, for a
    page and for a phone, beside its numbers as a table. The page's own policy forbids every request; a small script filters
    and sorts tables, nothing else needs it. Text of a crawled site is text; addresses lead somewhere only where they are
    ``http`` or ``https``.

    Parameters
    ----------
    story : Story
    path : path
        Of the file; its folder is made if it is missing.
    tables : sequence of Table
        Further tables, whole, behind everything else.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ExportError
        If it cannot be written, a chart cannot be drawn, or the logo is neither PNG nor JPEG.
    """
    target = Path(path)
    page = report_html(story, tables=tables)
    export_folder(target.parent)
    with replacing(target) as partial:
        partial.write_text(page, encoding="utf-8", newline="\n")
    return target


def report_html(story: Story, *, tables: Sequence[Table] = ()) -> str:
    """The page that `write_report` writes."""
    style, script = _style(story), (TEMPLATES / "report.js").read_text("utf-8")
    ids = safe_names(
        [*(each.name for each in story.slides), *(f"all {each.name}" for each in tables)], fallback="part"
    )
    words = report_words(story.language, story.site)
    cover = next((each for each in story.slides if each.chapter == "cover"), None)
    rest = [each for each in story.slides if each is not cover]
    return _environment().get_template("report.html.j2").render(
        story=story,
        words=words,
        cover=_part(replace(cover, lines=_cover_lines(story, cover)), ids[cover.name], story, words) if cover else None,
        about=_about(story),
        chapters=_chapters(rest, ids, story, words),
        tables=[_grid(each, ids[f"all {each.name}"], story) for each in tables],
        logo=_logo(story.brand),
        direction="rtl" if Locale.parse(story.language.code).text_direction == "rtl" else "ltr",
        tone_signs=TONE_SIGNS,
        tone_words={tone: tone_word(tone, story.language) for tone in TONE_SIGNS},
        site_link=link(story.site),
        style=Markup(style),  # noqa: S704 - our own file, colours and escaped strings
        script=Markup(script),  # noqa: S704 - our own file
        policy=policy(style, script),
    )  # fmt: skip


def policy(style: str, script: str) -> str:
    """What the page may do: use this style and this script, show pictures that it holds itself, and nothing else."""
    return (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def link(address: str) -> str:
    """The address where a click may lead there: a plain one of the web; else empty."""
    if len(address) > _LONGEST_LINK or _inert(address) != address or any(each.isspace() for each in address):
        return ""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return address if parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc else ""


def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("linkkit.deck.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_inert,
    )


def _inert(value: Any) -> Any:
    """Text without control characters and without marks that turn the order of the rest."""
    return (
        _TURNING.sub("", clean_text(value))
        if isinstance(value, str) and not hasattr(value, "__html__")
        else value
    )


def _chapters(slides: Sequence[Slide], ids: dict[str, str], story: Story, words: Words) -> list[Chapter]:
    """Slides of a chapter together; a chapter that is taken up again is listed by what it says then."""
    found: list[Chapter] = []
    for number, (_, group) in enumerate(groupby(_by_chapter(slides), key=lambda each: each.chapter), 1):
        members = list(_with_news(group))
        parts = tuple(_part(each, ids[each.name], story, words) for each in members)
        title = members[0].kicker or members[0].title
        is_again = title in {each.title for each in found}
        found.append(Chapter(f"chapter-{number}", title, members[0].title if is_again else title, parts))
    return found


def _with_news(slides: Iterable[Slide]) -> Iterator[Slide]:
    """Slides whose notes leave out what those before have said: a speaker needs it on each, who reads a page does not."""
    said: set[str] = set()
    for slide in slides:
        notes = [each for each in slide.notes.split("\n\n") if each not in said]
        said.update(notes)
        yield replace(slide, notes="\n\n".join(notes))


def _by_chapter(slides: Sequence[Slide]) -> list[Slide]:
    """The slides, details behind what they belong to."""
    details = [each for each in slides if each.is_detail]
    mains = [each for each in slides if not each.is_detail]
    last = {each.chapter: place for place, each in enumerate(mains)}
    behind: dict[int, list[Slide]] = {}
    for each in details:
        behind.setdefault(last.get(each.chapter, len(mains) - 1), []).append(each)
    return [each for place, main in enumerate(mains) for each in (main, *behind.get(place, ()))]


def _about(story: Story) -> dict[str, tuple[str, ...]]:
    """Scope, limits and thresholds that no slide of the appendix has said already."""
    said = {line for slide in story.slides if slide.chapter == "appendix" for line in slide.lines}
    named = {"scope": story.scope, "thresholds": story.thresholds, "limits": story.limits}
    return {name: tuple(line for line in lines if line not in said) for name, lines in named.items()}


def _cover_lines(story: Story, cover: Slide | None) -> tuple[str, ...]:
    """What the cover says beyond client, site, day and agency, which stand beside it."""
    known = [each for each in (story.site, story.date, story.brand.name) if each]
    return tuple(line for line in cover.lines if not any(each in line for each in known)) if cover else ()


def _part(slide: Slide, ident: str, story: Story, words: Words) -> Part:
    figure = _figure(slide.chart, f"{ident}-chart", story, words) if slide.chart else None
    grid = _grid(slide.table, f"{ident}-table", story) if slide.table else None
    return Part(ident, slide, figure, grid)


def _figure(chart: Chart, ident: str, story: Story, words: Words) -> Figure:
    drawn = [
        inline_svg(
            draw(chart, Look(story.language, story.brand, width=width)),
            f"{ident}-{kind}",
            _inert(chart.alt or chart.title),
            kind,
        )
        for width, kind in ((WIDE, "wide"), (NARROW, "narrow"))
    ]
    legend = tuple(swatches(chart, story.brand, story.language))
    grid = _grid(chart_table(chart, words), f"{ident}-numbers", story)
    return Figure(chart.title, chart.note, legend, drawn[0], drawn[1], grid)


def chart_table(chart: Chart, words: Words) -> Table:
    """The numbers of a chart as a table: one row per category, or per point of a scatter."""
    kind = chart.value_kind
    if chart.kind == "scatter":
        columns: tuple[TableColumn, ...] = (
            TableColumn(words.name),
            TableColumn(words.group),
            TableColumn(chart.category_title or "x", chart.x_kind),
            TableColumn(chart.value_title or "y", kind),
        )
        rows: list[tuple[str | float | None, ...]] = [
            (series.labels[place] if place < len(series.labels) else "", series.name, x, y)
            for series in chart.series
            for place, (x, y) in enumerate(zip(series.x, series.values, strict=True))
        ]
    else:
        columns = (
            TableColumn(chart.category_title or words.category),
            *(TableColumn(each.name or chart.value_title, kind) for each in chart.series),
        )
        rows = [
            (category, *(series.values[at] for series in chart.series))
            for at, category in enumerate(chart.categories)
        ]
    return Table(chart.name, chart.title, columns, tuple(rows), len(rows))


def _grid(table: Table, ident: str, story: Story) -> Grid:
    rows = tuple(
        tuple(_cell(value, column, story) for value, column in zip(row, table.columns, strict=True))
        for row in table.rows
    )
    return Grid(ident, table.title, table.columns, rows, table.note)


def _cell(value: str | float | None, column: TableColumn, story: Story) -> Cell:
    text = cell_text(value, column.kind, story.language)
    if column.kind == "url":
        return Cell(_short(text, story.site), "url", link=link(text))
    if column.kind == "severity":
        places = list(SEVERITY_SIGNS)
        return Cell(text, f"severity {value}" if value in places else "text", str(places.index(value)) if value in places else "")  # fmt: skip
    if isinstance(value, str) or value is None:
        return Cell(text, "text" if column.kind == "text" else "number")
    return Cell(text, "number", repr(float(value)))


def _short(address: str, site: str) -> str:
    """An address of the site from its first slash on, any other whole."""
    parts = urlsplit(site)
    start = f"{parts.scheme}://{parts.netloc}/"
    return address[len(start) - 1 :] if address.startswith(start) else address


def _style(story: Story) -> str:
    """The page's style: the brand's colours and font, the footer of printed pages, then what is always the same."""
    brand, colours = story.brand, role_colours(story.brand)
    primary = dark_enough(brand.primary)
    variables = {
        "primary": primary,
        "primary-text": text_colour(primary),
        "band": brand.primary,
        "accent": brand.accent,
        "link": primary,
        "tint": mixed(brand.primary, "#FFFFFF", 0.06),
        "ink": INK,
        "font": fonts(brand),
        **{f"tone-{tone}": colours[role] for tone, role in _TONE_ROLES},
    }
    root = "".join(f"--{name}:{value};" for name, value in variables.items())
    # Chromium prints these in the margin; other browsers print their own footer.
    before, between, after = (
        _css_text(each) for each in report_words(story.language, story.site).page.split("\0")
    )
    margin = (
        f"@page{{@bottom-left{{content:{_css_text(story.footer)}}}"
        f"@bottom-right{{content:{before} counter(page) {between} counter(pages) {after}}}}}"
    )
    return f":root{{{root}}}\n{margin}\n{(TEMPLATES / 'report.css').read_text('utf-8')}"


_TONE_ROLES: tuple[tuple[Tone, Role], ...] = (
    ("good", "good"),
    ("look", "warn"),
    ("fix", "bad"),
    ("unknown", "quiet"),
)


def _css_text(text: str) -> str:
    """Text as a string of CSS; whatever is no letter or digit as a number, so that nothing ends the string or the style."""
    return (
        '"'
        + "".join(each if each.isalnum() or each == " " else f"\\{ord(each):06x} " for each in _inert(text))
        + '"'
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _logo(brand: Brand) -> str:
    """The logo as part of the page; empty without one.

    Raises
    ------
    ExportError
        If it cannot be read, or is neither PNG nor JPEG.
    """
    if brand.logo is None:
        return ""
    try:
        content = brand.logo.read_bytes()
    except OSError as error:
        raise ExportError(f"{brand.logo}: the logo cannot be read ({error.strerror or error})") from error
    kind = next((kind for start, kind in _LOGOS.items() if content.startswith(start)), None)
    if kind is None:
        raise ExportError(f"{brand.logo}: the logo is neither PNG nor JPEG; save it as one of them")
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"
