"""Text and blocks on a slide: everything that is neither chart nor table."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from lxml import etree
from pptx.enum.shapes import MSO_SHAPE, PP_PLACEHOLDER
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.slide import Slide
from pptx.util import Pt

from linkkit.deck.slides.fitting import fitted, one_line, runs_to_left, wrapped
from linkkit.deck.slides.geometry import Box, box_of
from linkkit.deck.slides.look import Paint
from linkkit.deck.slides.stage import Stage, footers

_DECORATIVE = "http://schemas.microsoft.com/office/drawing/2017/decorative"
_ALIGN = {"left": PP_ALIGN.LEFT, "right": PP_ALIGN.RIGHT, "center": PP_ALIGN.CENTER}
_ANCHOR = {"top": MSO_ANCHOR.TOP, "middle": MSO_ANCHOR.MIDDLE, "bottom": MSO_ANCHOR.BOTTOM}
_SMALLEST_FOOTER = 8.0


@dataclass(frozen=True)
class Paragraph:
    """A paragraph and its type."""

    text: str
    size: float
    paint: Paint
    bold: bool = False
    after: float = 0.0


def add_text(
    slide: Slide,
    box: Box,
    paragraphs: Sequence[Paragraph],
    *,
    name: str,
    tag: str,
    align: Literal["left", "right", "center"] = "left",
    anchor: Literal["top", "middle", "bottom"] = "top",
    fill: Paint | None = None,
    inset: float = 0.0,
) -> Any:
    """Put a text box on a slide; the text is as it is to be, nothing in it is fitted any more.

    Parameters
    ----------
    tag : str
        Language of the text, for spelling and screen readers, such as ``en-US``.
    """
    shape = slide.shapes.add_textbox(*box.emu)
    shape.name = name
    if fill is not None:
        shape.fill.solid()
        fill.apply(shape.fill.fore_color)
    frame = shape.text_frame
    frame.word_wrap, frame.auto_size = True, MSO_AUTO_SIZE.NONE
    frame.vertical_anchor = _ANCHOR[anchor]
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = Pt(inset)
    for index, each in enumerate(paragraphs):
        paragraph = frame.paragraphs[0] if index == 0 else frame.add_paragraph()
        paragraph.alignment = _ALIGN[align]
        paragraph.space_after = Pt(each.after)
        write_run(paragraph, each, tag)
        set_direction(paragraph, each.text)
    return shape


def write_run(paragraph: Any, text: Paragraph, tag: str) -> None:
    """Put text into a paragraph of any shape."""
    run = paragraph.add_run()
    run.text = one_line(text.text)
    run.font.size, run.font.bold = Pt(text.size), text.bold
    text.paint.apply(run.font.color)
    run._r.get_or_add_rPr().set("lang", tag)


def set_direction(paragraph: Any, text: str) -> None:
    """Let a paragraph run from right to left where its text begins so; one that stood at the left then stands at the right."""
    if not runs_to_left(text):
        return
    properties = paragraph._p.get_or_add_pPr()
    properties.set("rtl", "1")
    if properties.get("algn", "l") == "l":
        properties.set("algn", "r")


def add_block(slide: Slide, box: Box, paint: Paint, *, name: str) -> Any:
    """Put a rectangle of colour on a slide; it says nothing, and tells screen readers so."""
    shape = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, *box.emu)
    shape.name = name
    # A template's style would give it shadows and lines.
    for style in shape._element.xpath("./p:style"):
        shape._element.remove(style)
    shape.fill.solid()
    paint.apply(shape.fill.fore_color)
    shape.line.fill.background()
    named = shape._element.nvSpPr.cNvPr
    extensions = etree.SubElement(named, qn("a:extLst"))
    extension = etree.SubElement(extensions, qn("a:ext"), uri="{C183D7F6-B498-43B3-948B-1728B52AA6E4}")
    etree.SubElement(
        extension, f"{{{_DECORATIVE}}}decorative", nsmap={"adec": _DECORATIVE}, attrib={"val": "1"}
    )
    return shape


def describe(shape: Any, name: str, alt: str) -> None:
    """Give a chart, a table or a picture its name and its text alternative."""
    named = shape._element.xpath(".//p:cNvPr")[0]
    named.set("name", one_line(name))
    named.set("descr", one_line(alt))


def fill_placeholder(
    shape: Any,
    box: Box,
    paragraphs: Sequence[str],
    *,
    largest: float,
    smallest: float,
    bold: bool,
    tag: str,
    is_layouts: bool = True,
) -> list[str]:
    """Write paragraphs into a placeholder of that size, smaller than `largest` only where they would not fit.

    Parameters
    ----------
    is_layouts : bool
        Whether `largest` is the size that the layout gives: it is left to the layout then.

    Returns
    -------
    list of str
        What was written: shorter than what was given where it was cut.
    """
    kept, size = fitted(
        [one_line(each) for each in paragraphs], box.width, box.height,
        largest=largest, smallest=smallest, bold=bold, after=8 if len(paragraphs) > 1 else 0,
    )  # fmt: skip
    frame = shape.text_frame
    frame.word_wrap, frame.auto_size = True, MSO_AUTO_SIZE.NONE
    for index, each in enumerate(kept):
        paragraph = frame.paragraphs[0] if index == 0 else frame.add_paragraph()
        run = paragraph.add_run()
        run.text = each
        run._r.get_or_add_rPr().set("lang", tag)
        if size != largest or not is_layouts:
            run.font.size = Pt(size)
        set_direction(paragraph, each)
    return kept


def place(shape: Any, box: Box) -> None:
    """Move a placeholder away from where its layout has it."""
    shape.left, shape.top, shape.width, shape.height = box.emu


def add_footer(slide: Slide, stage: Stage, lines: Sequence[str], tag: str) -> None:
    """Put footer and slide number on a slide: into the layout's placeholders where it has them."""
    layout = slide.slide_layout
    numbers = [box for each in footers(layout, PP_PLACEHOLDER.SLIDE_NUMBER) if (box := box_of(each))]
    number_at = [box.x for box in numbers if box.x > stage.page.width / 2]
    right = min(*(number_at or [stage.page.footer.right - 48]), stage.page.footer.right)
    wide = Box(
        stage.page.footer.x, stage.page.footer.y, right - 8 - stage.page.footer.x, stage.page.footer.height
    )
    given = next(footers(layout, PP_PLACEHOLDER.FOOTER), None)
    box = box_of(given) if given is not None else None
    if given is not None and box is not None:
        shape = _cloned(slide, given)
        size = 9.0
        texts, size = _footer_text(lines, box, size)
        broken = sum(len(wrapped(each, box.width - 16, size)) for each in texts) > len(lines)
        cut = texts != [one_line(each) for each in lines]
        if not stage.is_own and (cut or broken) and wide.width > box.width:
            box = replace(wide, y=box.y, height=box.height)
            texts, size = _footer_text(lines, box, 9.0)
            place(shape, box)
        _write_footer(shape, texts, size, tag)
    else:
        texts, size = _footer_text(lines, wide, 9.0)
        add_text(
            slide, wide, [Paragraph(each, size, stage.palette.muted) for each in texts], name="Footer", tag=tag,
            anchor="middle",
        )  # fmt: skip
    number = next(footers(layout, PP_PLACEHOLDER.SLIDE_NUMBER), None)
    if number is not None:
        _cloned(slide, number)
    else:
        _add_number(slide, stage, tag)


def _footer_text(lines: Sequence[str], box: Box, largest: float) -> tuple[list[str], float]:
    """Lines of a footer in a box whose inner margins nobody knows: 8 points at each side are left free."""
    return fitted(
        [one_line(each) for each in lines], box.width - 16, max(box.height, _SMALLEST_FOOTER * 1.3),
        largest=largest, smallest=_SMALLEST_FOOTER,
    )  # fmt: skip


def _write_footer(shape: Any, texts: Sequence[str], size: float, tag: str) -> None:
    frame = shape.text_frame
    frame.clear()
    for index, each in enumerate(texts):
        paragraph = frame.paragraphs[0] if index == 0 else frame.add_paragraph()
        run = paragraph.add_run()
        run.text = each
        run.font.size = Pt(size)
        run._r.get_or_add_rPr().set("lang", tag)
        set_direction(paragraph, each)


def _cloned(slide: Slide, placeholder: Any) -> Any:
    """A layout's footer placeholder on a slide, where the layout has it."""
    element = copy.deepcopy(placeholder._element)
    tree = slide.shapes._spTree
    number = max((int(each) for each in tree.xpath(".//p:cNvPr/@id")), default=1) + 1
    element.nvSpPr.cNvPr.set("id", str(number))
    for child in list(element.spPr):
        element.spPr.remove(child)
    styles = element.find(f"{qn('p:txBody')}/{qn('a:lstStyle')}")
    for child in list(styles) if styles is not None else ():
        styles.remove(child)
    tree.append(element)
    return next(shape for shape in slide.placeholders if shape._element is element)


def _add_number(slide: Slide, stage: Stage, tag: str) -> None:
    foot = stage.page.footer
    box = Box(foot.right - 40, foot.y, 40, foot.height)
    shape = add_text(
        slide, box, [Paragraph("", 10, stage.palette.muted)], name="Slide number", tag=tag, align="right", anchor="middle"
    )  # fmt: skip
    run = shape._element.xpath(".//a:r")[0]
    field = etree.SubElement(
        run.getparent(), qn("a:fld"), id="{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}", type="slidenum"
    )
    field.extend(run)
    run.getparent().replace(run, field)
