"""Report and pictures: everything of a story is in them, nothing of a crawled site runs in them, nothing leaves them."""

from itertools import pairwise
from pathlib import Path

import pytest
from lxml import etree, html

from linkkit.deck.brand import Brand
from linkkit.deck.language import language
from linkkit.deck.report import write_report
from linkkit.deck.story.writing import cell_text, contrast, dark_enough, role_colours, text_colour, value_text
from tests.example_story import CHARTS, HOSTILE, TABLE, example_story

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


def test_every_chart_has_a_text_alternative_and_its_numbers(tree: etree._Element) -> None:
    figures = tree.xpath("//figure")
    assert len(figures) == len(CHARTS)
    for chart, figure in zip(CHARTS, figures, strict=True):
        for picture in figure.xpath(".//*[local-name()='svg']"):
            assert picture.get("role") == "img"
            assert picture.get("aria-label") == (chart.alt or chart.title)
        assert len(figure.xpath(".//*[local-name()='svg']")) == 2
        rows = [texts(row.xpath("./td")) for row in figure.xpath(".//details//tbody/tr")]
        if chart.kind == "scatter":
            assert rows[0] == ["/shop/tents", "Money pages", "8.20", "3"]
            assert len(rows) == 8
        else:
            written = [
                [value_text(s.values[at], chart.value_kind, EN) for s in chart.series]
                for at in range(len(chart.categories))
            ]
            assert [row[1:] for row in rows] == written
    words = texts(figures[0].xpath(".//*[local-name()='svg'][1]//*[local-name()='text']"))
    assert {"1,204", "Links to redirects", HOSTILE[1], "Last month: 600", "Findings"} <= set(words)


def test_tables_say_what_they_list_and_what_is_missing(tree: etree._Element) -> None:
    tables = tree.xpath("//table[not(ancestor::details)]")
    assert texts([each.find("caption") for each in tables]) == [TABLE.title, TABLE.title]
    rows = [texts(row.xpath("./td")) for row in tables[0].xpath(".//tbody/tr")]
    assert [row[0] for row in rows] == ["▲ High", "■ Medium", "● Low", "○ For information"]
    assert [row[3] for row in rows] == ["7", "1,204", "", "0"]
    assert set(tables[0].xpath(".//th/@scope")) == {"col"}
    assert TABLE.note in tree.text_content()
