"""An agency's own PowerPoint template: 4:3, other fonts and colours, a logo, example slides that are not to be kept."""

import io
from pathlib import Path

from lxml import etree
from PIL import Image, ImageDraw
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml.ns import qn
from pptx.util import Inches

SECTIONS = "http://schemas.microsoft.com/office/powerpoint/2010/main"
FONT = "Georgia"
DARK = {
    "dk1": "10161C",
    "lt1": "FFFFFF",
    "dk2": "1E2A36",
    "lt2": "C9D3DC",
    "accent1": "5BC0EB",
    "accent2": "F6AE2D",
}
"""Colours of the dark template: dark ground, white type, light accents."""


def logo(width: int = 320, height: int = 120, kind: str = "PNG") -> bytes:
    """A picture with a disc and a bar in it."""
    picture = Image.new("RGB", (width, height), "#7A1F5C")
    ImageDraw.Draw(picture).ellipse((10, 10, height - 10, height - 10), fill="white")
    content = io.BytesIO()
    picture.save(content, kind)
    return content.getvalue()


def write_template(path: Path, *, with_logo: bool = True) -> Path:
    """A template made of python-pptx's own: two slides, a section, a show, a logo on the master."""
    deck = Presentation()
    master = deck.slide_master
    theme = master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    root = etree.fromstring(theme.blob)
    for kind in ("a:majorFont", "a:minorFont"):
        root.find(f".//{qn(kind)}/{qn('a:latin')}").set("typeface", FONT)
    for slot, rgb in (("a:accent1", "7A1F5C"), ("a:accent2", "2A7F9E")):
        root.find(f".//{qn(slot)}/{qn('a:srgbClr')}").set("val", rgb)
    theme._blob = etree.tostring(root)
    if with_logo:
        _, relation = master.part.get_or_add_image_part(io.BytesIO(logo()))
        master.shapes._spTree.add_pic(
            90, "Mark", "Agency", relation, Inches(0.2), Inches(7.1), Inches(0.8), Inches(0.3)
        )
    first = deck.slides.add_slide(deck.slide_layouts[0])
    first.shapes.title.text = "Example that nobody may see"
    first.notes_slide.notes_text_frame.text = "Secret note"
    data = CategoryChartData()
    data.categories = ["a"]
    data.add_series("s", [1])
    second = deck.slides.add_slide(deck.slide_layouts[5])
    second.shapes.add_chart(XL_CHART_TYPE.PIE, 0, 0, Inches(3), Inches(3), data)
    second.shapes.add_picture(io.BytesIO(logo(60, 60)), 0, 0)
    link = second.shapes.add_textbox(0, 0, Inches(1), Inches(1)).text_frame.paragraphs[0].add_run()
    link.text, link.hyperlink.address = "jump", "https://agency.example/"
    # A layout that jumps to a slide, as agencies' menus do.
    layout = deck.slide_layouts[6]
    jump = layout.part.relate_to(second.part, RELATIONSHIP_TYPE.SLIDE)
    named = layout.slide_master.slide_layouts[1].placeholders[0]._element.nvSpPr.cNvPr
    assert named is not None
    button = layout.placeholders[0]._element.nvSpPr.cNvPr
    etree.SubElement(button, qn("a:hlinkClick")).set(qn("r:id"), jump)
    extensions = etree.SubElement(deck.element, qn("p:extLst"))
    extension = etree.SubElement(extensions, qn("p:ext"), uri="{521415D9-36F7-43E2-AB2F-B90AF26B5E84}")
    sections = etree.SubElement(extension, f"{{{SECTIONS}}}sectionLst", nsmap={"p14": SECTIONS})
    section = etree.SubElement(
        sections, f"{{{SECTIONS}}}section", name="Old", id="{6F6F6F6F-0000-4000-8000-000000000000}"
    )
    entries = etree.SubElement(section, f"{{{SECTIONS}}}sldIdLst")
    for slide in deck.slides:
        etree.SubElement(entries, f"{{{SECTIONS}}}sldId", id=str(slide.slide_id))
    deck.save(str(path))
    return path


def write_dark_template(path: Path) -> Path:
    """A dark 4:3 template: white type on a nearly black ground, light accents; its colours come about by the master's colour map."""
    deck = Presentation()
    master = deck.slide_master
    theme = master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    root = etree.fromstring(theme.blob)
    for slot, rgb in DARK.items():
        colour = root.find(f".//a:clrScheme/a:{slot}", {"a": root.nsmap["a"]})
        for child in list(colour):
            colour.remove(child)
        etree.SubElement(colour, qn("a:srgbClr"), val=rgb)
    theme._blob = etree.tostring(root)
    mapping = master._element.find(qn("p:clrMap"))
    for name, slot in (("bg1", "dk1"), ("tx1", "lt1"), ("bg2", "dk2"), ("tx2", "lt2")):
        mapping.set(name, slot)
    deck.save(str(path))
    return path
