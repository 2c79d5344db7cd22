"""Decks and reports of sites in other languages: nothing is cut, what runs from right to left is set so, dark templates can be read."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from pptx import Presentation
from pptx.oxml.ns import qn
from pptx.presentation import Presentation as Deck

from linkkit.deck.brand import Brand
from linkkit.deck.report import write_report
from linkkit.deck.slides import write_slides
from linkkit.deck.slides.fitting import runs_to_left
from linkkit.deck.slides.look import Palette
from linkkit.deck.slides.stage import open_stage
from linkkit.deck.story import build_story
from linkkit.deck.story.writing import contrast
from tests import odd_sites
from tests.agency_template import write_dark_template


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A German deck of the German and Japanese site on a dark 4:3 template; deck and report of the one that runs from right to left."""
    folder = tmp_path_factory.mktemp("odd")
    template = write_dark_template(folder / "dark.pptx")
    german = odd_sites.german_japanese(folder / "clients").audit()
    story = build_story(
        german, client="Buchbinderei", brand=Brand("Agentur", language="de", template=template)
    )
    write_slides(story, folder / "german.pptx")
    story = build_story(odd_sites.right_to_left(folder / "clients").audit(), client="خط", language="de")
    write_slides(story, folder / "rtl.pptx")
    write_report(story, folder / "rtl.html")
    return folder


def paragraphs(deck: Deck) -> Iterator[tuple[str, Any]]:
    """Text and element of every paragraph on the slides, tables included."""
    for slide in deck.slides:
        for paragraph in slide._element.iter(qn("a:p")):
            yield "".join(each.text or "" for each in paragraph.iter(qn("a:t"))), paragraph


@pytest.mark.parametrize("name", ["german", "rtl"])
def test_no_sentence_is_cut(made: Path, name: str) -> None:
    said = [text for text, _ in paragraphs(Presentation(str(made / f"{name}.pptx"))) if text]
    assert len(said) > 100
    assert [text for text in said if "…" in text and "/" not in text] == []


def test_slides_set_what_runs_from_right_to_left(made: Path) -> None:
    seen = 0
    for text, paragraph in paragraphs(Presentation(str(made / "rtl.pptx"))):
        if not runs_to_left(text) or text.startswith("/"):  # addresses run from left to right
            continue
        seen += 1
        assert paragraph.find(qn("a:pPr")).get("rtl") == "1", text
    assert seen


def test_the_report_lets_each_text_of_the_site_run_its_own_way(made: Path) -> None:
    page = html.fromstring((made / "rtl.html").read_text("utf-8"))
    seen = 0
    for node in page.find("body").iter():
        if not isinstance(node.tag, str) or node.tag in ("script", "style", "text", "tspan", "title"):
            continue
        if runs_to_left(node.text or "") and not node.text.startswith("/"):
            seen += 1
            around = [node, *node.iterancestors()]
            assert any(each.tag == "bdi" or each.get("dir") == "auto" for each in around), node.text
    assert seen


def test_a_dark_template_can_be_read(made: Path) -> None:
    palette = open_stage(Brand(template=made / "dark.pptx")).palette
    assert isinstance(palette, Palette)
    ground = palette.paper.shown
    assert ground == "#10161C"
    assert contrast(palette.ink.shown, ground) >= 7
    assert min(contrast(each.shown, ground) for each in (palette.muted, palette.ink)) >= 4.5
    assert contrast(palette.ink.shown, palette.pale.shown) >= 7
    for role, paint in palette.roles.items():
        assert contrast(paint.shown, ground) >= 3, role
        assert contrast(palette.on(paint).shown, paint.shown) >= 4, role
    # A heat map's lowest number is next to the ground, its highest stands out.
    strengths = [contrast(palette.shade("main", each / 4).shown, ground) for each in range(5)]
    assert strengths == sorted(strengths)
    assert strengths[0] < 1.5
    for each in range(5):
        shade = palette.shade("main", each / 4)
        assert contrast(palette.on(shade).shown, shade.shown) >= 4
