"""Report and pictures: everything of a story is in them, nothing of a crawled site runs in them, nothing leaves them."""

import csv
import re
import struct
from dataclasses import replace
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from lxml import etree, html

from linkkit.deck import ExportError
from linkkit.deck.brand import Brand
from linkkit.deck.language import language
from linkkit.deck.pictures import write_pictures
from linkkit.deck.report import Look, draw, report_html, write_report
from linkkit.deck.report.inline import inline_svg
from linkkit.deck.report.rendering import link
from linkkit.deck.story import Slide, Table, TableColumn
from linkkit.deck.story.writing import cell_text, contrast, dark_enough, role_colours, text_colour, value_text
from tests.example_story import CHARTS, HOSTILE, TABLE, example_story

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

EN = language("en")


@pytest.mark.parametrize(
    ("value", "kind", "written"),
    [
        (1204.0, "whole", "1,204"),
        (-0.2, "whole", "0"),
        (1204.44, "number", "1,204"),
        (12.345, "number", "12.3"),
        (0.1234, "number", "0.12"),
        (0.004, "share", EN.percent(0.004)),
        (41.66, "units", "41.7"),
        (0.01, "units", "< 0.1"),
        (100.0, "units", "100"),
        (None, "number", ""),
        (float("nan"), "share", ""),
    ],
)
def test_values_are_never_rounded_to_a_false_zero(value: float, kind: str, written: str) -> None:
    assert value_text(value, kind, EN) == written  # type: ignore[arg-type]


def test_cells_are_written_by_their_kind() -> None:
    assert cell_text("high", "severity", EN) == "▲ High"
    assert cell_text("other", "severity", EN) == "other"
    assert cell_text("<b>", "url", EN) == "<b>"
    assert cell_text(3, "whole", EN) == "3"
    assert cell_text(None, "text", EN) == ""


def test_colours_can_be_read_and_told_apart() -> None:
    assert text_colour("#1F4E5F") == "#FFFFFF"
    assert text_colour("#FFE900") == "#1F2A30"
    assert contrast("#FFFFFF", "#000000") == pytest.approx(21)
    for colour in ("#FFE900", "#FFFFFF", "#E69F00", "#1F4E5F"):
        assert contrast(dark_enough(colour), "#FFFFFF") >= 4.5
    assert dark_enough("#1F4E5F") == "#1F4E5F"
    for accent in ("#D55E00", "#0072B2", "#A3201B"):
        colours = role_colours(Brand(accent=accent))
        assert colours["second"] == accent
        assert colours["bad"] != accent


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a story with every kind of chart and hostile text."""
    return write_report(
        example_story(), tmp_path_factory.mktemp("report") / "sub" / "report.html", tables=[TABLE]
    )


@pytest.fixture(scope="module")
def tree(page: Path) -> etree._Element:
    return html.parse(str(page), html.HTMLParser(encoding="utf-8")).getroot()


def texts(elements: list[etree._Element]) -> list[str]:
    return [" ".join(each.text_content().split()) for each in elements]


def test_nothing_is_fetched_and_nothing_hostile_is_markup(tree: etree._Element, page: Path) -> None:
    policy = tree.xpath("string(//meta[@http-equiv='Content-Security-Policy']/@content)")
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert "http" not in policy
    assert not tree.xpath(
        "//@src | //link | //iframe | //object | //embed | //form | //base | //*[local-name()='image' or local-name()='use']"
    )
    assert {each for each in tree.xpath("//@href") if not each.startswith("#")} == {
        "https://shop.example/",
        TABLE.rows[0][1],
        TABLE.rows[3][1],
    }
    assert not [
        name
        for each in tree.iter()
        if isinstance(each.tag, str)
        for name in each.attrib
        if name.startswith("on") or name == "style"
    ]
    assert len(tree.xpath("//script")) == 1
    content = page.read_text("utf-8")
    assert not set("\x00\x07\u202e\u202c") & set(content)
    assert "{{ 7 * 7 }} {% raw %} ]]> <!-- &lt;b&gt;" in tree.text_content()


def test_every_slide_stands_in_order_below_headings_in_order(tree: etree._Element) -> None:
    story = example_story()
    headings = [each for each in tree.iter() if each.tag in ("h1", "h2", "h3", "h4")]
    levels = [int(each.tag[1]) for each in headings]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    titles = [text for text in texts(tree.xpath("//h3")) if text in {slide.title for slide in story.slides}]
    assert titles == [slide.title for slide in story.slides if slide.chapter != "cover"]
    everything = " ".join(tree.text_content().split())
    for slide in story.slides:
        for part in (*slide.lines, slide.todo, *(card.value for card in slide.cards)):
            assert (
                " ".join(
                    part.replace("\u202e", "")
                    .replace("\u202c", "")
                    .replace("\x00", "")
                    .replace("\x07", "")
                    .split()
                )
                in everything
            )
    for line in (*story.limits, *story.thresholds, story.scope[0], story.made_with, story.date):
        assert line in everything
    assert texts(tree.xpath("//nav//a")) == [
        "Summary",
        "Link depth",
        "Anchor text",
        "Authority flow",
        "Plan",
        "Appendix",
        "About this report",
        "Tables",
    ]
    targets = {each[1:] for each in tree.xpath("//@href") if each.startswith("#")}
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert targets <= set(ids)


def test_a_chapter_says_how_it_was_measured_once() -> None:
    limits = "Limits in force:\nDeepest page. Limit: 3 clicks."
    slides = [Slide(name, "depth", name, "Depth", notes=notes) for name, notes in (("One", f"Method: one.\n\n{limits}"), ("Two", f"Method: two.\n\n{limits}"), ("Three", limits))]  # fmt: skip
    page = html.fromstring(report_html(replace(example_story(), slides=tuple(slides))))
    methods = [[p.text for p in each.findall("p")] for each in page.iter("details") if each.get("class") == "method"]  # fmt: skip
    assert methods == [["Method: one.", limits], ["Method: two."]]


def test_every_chart_has_a_text_alternative_and_its_numbers(tree: etree._Element) -> None:
    figures = tree.xpath("//figure")
    assert len(figures) == len(CHARTS)
    for chart, figure in zip(CHARTS, figures, strict=True):
        for picture in figure.xpath("./*[local-name()='svg']"):
            assert picture.get("role") == "img"
            assert picture.get("aria-label") == (chart.alt or chart.title)
        assert len(figure.xpath("./*[local-name()='svg']")) == 2
        rows = [texts(row.xpath("./td")) for row in figure.xpath(".//details//tbody/tr")]
        if chart.kind == "scatter":
            assert rows[0] == ["/shop/tents", "Money pages", "8.20", "3"]
            assert len(rows) == 8
        else:
            written = [
                [" ".join(value_text(s.values[at], chart.value_kind, EN).split()) for s in chart.series]
                for at in range(len(chart.categories))
            ]
            assert [row[1:] for row in rows] == written
    words = texts(figures[0].xpath("./*[local-name()='svg'][1]//*[local-name()='text']"))
    assert {"1,204", "Links to redirects", HOSTILE[1], "Last month: 600", "Findings"} <= set(words)


def test_tables_say_what_they_list_and_what_is_missing(tree: etree._Element) -> None:
    tables = tree.xpath("//table[not(ancestor::details)]")
    assert texts([each.find("caption") for each in tables]) == [TABLE.title, TABLE.title]
    rows = [texts(row.xpath("./td")) for row in tables[0].xpath(".//tbody/tr")]
    assert [row[0] for row in rows] == ["▲ High", "■ Medium", "● Low", "○ For information"]
    assert [row[3] for row in rows] == ["7", "1,204", "", "0"]
    assert set(tables[0].xpath(".//th/@scope")) == {"col"}
    assert TABLE.note in tree.text_content()


def test_each_picture_is_valid_and_carries_the_numbers_of_its_language() -> None:
    look = Look(language("de"), Brand(), width=960, height=540, is_titled=True, source="S")
    for chart in CHARTS:
        drawn = draw(chart, look)
        assert drawn.to_dict()["width"] == 960
        words = texts(
            html.fromstring(str(inline_svg(drawn, "a", "b"))).xpath(
                "//*[local-name()='text' or local-name()='tspan']"
            )
        )
        assert chart.title in " ".join(words)
        if chart.kind == "waterfall":
            assert {"-12,3", "41,7"} <= set(words)
        if chart.name == "bars":
            assert "1.204" in words
        if len(chart.series) > 1 and chart.kind != "heat_map":
            assert chart.series[0].name in words


def test_the_report_is_written_in_the_clients_language() -> None:
    story = replace(example_story("de"), slides=(example_story().slides[2],))
    root = html.fromstring(report_html(story))
    assert root.get("lang") == "de"
    assert "1.204" in texts(root.xpath("//figure//td"))
    assert "1.204" in texts(root.xpath("//figure//*[local-name()='text']"))


def test_text_of_the_site_runs_the_way_it_is_written() -> None:
    table = Table("t", "T", (TableColumn("Text"), TableColumn("Page", "url"), TableColumn("Links", "whole")), (("אוהלים", "https://shop.example/א/", 3.0),), 1)  # fmt: skip
    slide = Slide("a", "depth", "خيام", lines=("مرحبا",), table=table, todo="שלום")
    root = html.fromstring(report_html(replace(example_story(), slides=(slide,))))
    assert root.get("dir") == "ltr"
    for text in ("خيام", "مرحبا", "שלום"):
        assert {each.get("dir") for each in root.xpath(f"//main//*[text() = '{text}']")} == {"auto"}
    row = root.xpath("//main//tbody/tr")[0]
    assert [cell.get("dir") for cell in row] == ["auto", None, None]
    assert [cell.find("bdi").get("dir") for cell in row] == [None, "ltr", None]


def test_logo_font_and_footer_cannot_break_out(tmp_path: Path) -> None:
    logo = tmp_path / "logo.png"
    logo.write_bytes(b"\x89PNG\r\n\x1a\n<script>")
    brand = Brand(name='A"><script>', font="</style><script>x</script>", primary="#FFE900", logo=logo)
    story = replace(example_story(brand=brand), client='"}</style><script>alert(1)</script>\n\\', slides=())
    root = html.fromstring(report_html(story))
    assert len(root.xpath("//script")) == 1
    (style,) = root.xpath("//style")
    assert 'content:"\\000022 \\00007d \\00003c \\00002f style' in style.text
    assert "font:stylescriptxscript, Arial" in style.text
    assert root.xpath("string(//img/@src)").startswith("data:image/png;base64,")
    assert root.xpath("string(//img/@alt)") == 'A"><script>'
    logo.write_bytes(b"<svg onload=alert(1)>")
    with pytest.raises(ExportError, match="neither PNG nor JPEG"):
        report_html(story)


@pytest.mark.parametrize(
    ("address", "leads"),
    [
        ("https://shop.example/a?b=1#c", True),
        ("http://shop.example", True),
        ("javascript:alert(1)", False),
        (" https://shop.example/", False),
        ("https://shop.example/\u202e", False),
        ("https://bank.example@evil.example/", False),
        ("data:text/html,x", False),
        ("//shop.example/", False),
        ("https://[", False),
        ("https://shop.example/" + "x" * 3000, False),
    ],
)
def test_only_plain_addresses_of_the_web_lead_anywhere(address: str, leads: bool) -> None:
    assert link(address) == (address if leads else "")


def test_templates_are_part_of_the_package(root: Path) -> None:
    found = {path.name for path in (root / "linkkit" / "deck" / "report" / "templates").iterdir()}
    assert found == {"report.html.j2", "report.css", "report.js"}
    assert {each.name for each in (files("linkkit.deck.report") / "templates").iterdir()} == found
    assert 'packages = ["linkkit"]' in (root / "pyproject.toml").read_text("utf-8")


def test_pictures_have_slide_size_and_their_numbers_beside_them(tmp_path: Path) -> None:
    story = example_story("de")
    shown = [slide for slide in story.slides if slide.name in ("chapter.bars", "chapter.heat map", "plan")]
    written = write_pictures(replace(story, slides=tuple(shown)), tmp_path / "pictures")
    assert [path.name for path in written] == [
        "bars.png", "bars.svg", "bars.pdf", "heat-map.png", "heat-map.svg", "heat-map.pdf",
        "bars.csv", "heat-map.csv", "findings.csv", "about.txt",
    ]  # fmt: skip
    for path in written:
        content = path.read_bytes()
        if path.suffix == ".png":
            assert struct.unpack(">II", content[16:24]) == (1920, 1080)
        if path.suffix == ".svg":
            picture = etree.fromstring(content)
            assert (picture.get("width"), picture.get("height")) == ("960", "540")
            assert not picture.xpath(
                "//@href | //*[local-name()='image' or local-name()='script' or local-name()='style']"
            )
        if path.suffix == ".pdf":
            assert content.startswith(b"%PDF-")
            assert re.findall(rb"/Count (\d+)", content) == [b"1"]
            assert b"/MediaBox [0 0 960 540]" in content
    rows = list(csv.reader((tmp_path / "pictures" / "bars.csv").read_text("utf-8-sig").splitlines()))
    assert rows[1] == ["Pages too many clicks from the start page", "1204"]
    rows = list(csv.reader((tmp_path / "pictures" / "findings.csv").open(encoding="utf-8-sig", newline="")))
    assert len(rows) == 5
    assert rows[3][2] == "'" + HOSTILE[4]
    assert rows[2][3:] == ["1204", ""]
    about = (tmp_path / "pictures" / "about.txt").read_text("utf-8-sig")
    assert all(line in about for line in (*story.thresholds, *story.limits, story.scope[0], story.made_with))


def test_the_same_chart_gives_the_same_bytes(tmp_path: Path) -> None:
    story = replace(example_story(), slides=(example_story().slides[2],))
    first = [path.read_bytes() for path in write_pictures(story, tmp_path / "a", ("png", "svg"))]
    assert [path.read_bytes() for path in write_pictures(story, tmp_path / "b", ("png", "svg"))] == first
    assert report_html(story) == report_html(story)
    with pytest.raises(ExportError, match="png, svg, pdf"):
        write_pictures(story, tmp_path, formats=("gif",))  # type: ignore[arg-type]


@pytest.mark.browser
def test_a_browser_asks_for_nothing_and_runs_nothing_but_the_pages_own_script(
    page: Path, context: "BrowserContext"
) -> None:
    tab = context.new_page()
    asked: list[str] = []
    said: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("dialog", lambda dialog: said.append(dialog.message))
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.goto(page.as_uri())
    for width, shown in ((1280, "wide"), (390, "narrow")):
        tab.set_viewport_size({"width": width, "height": 800})
        assert tab.evaluate("document.documentElement.scrollWidth") == width
        assert tab.locator("figure svg:visible:not(.swatch)").count() == len(CHARTS)
        assert tab.locator(f"figure svg.{shown}:visible").count() == len(CHARTS)
    tab.set_viewport_size({"width": 1280, "height": 800})
    # The script may run, so the policy's hash fits: the chart of eight columns can be sorted by its numbers.
    numbers = tab.locator("details.numbers").nth(2)
    numbers.locator("summary").click()
    numbers.get_by_role("button", name="Pages").click()
    assert numbers.locator("tbody tr").first.locator("td").all_inner_texts() == ["0", "1"]
    numbers.get_by_role("button", name="Pages").press("Enter")
    assert numbers.locator("tbody tr").first.locator("td").all_inner_texts() == ["4", "410"]
    assert tab.evaluate("getComputedStyle(document.querySelector('main h2')).color") == "rgb(31, 78, 95)"
    assert tab.evaluate("window.ran") is None
    printed = tab.pdf(format="A4")
    assert printed.startswith(b"%PDF-")
    assert asked == [page.as_uri()]
    assert said == []
