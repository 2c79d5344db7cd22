"""A presentation to put slides into: linkkit's own template or the agency's, with its layouts, geometry and colours."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree
from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.exc import PythonPptxError
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml import parse_xml
from pptx.oxml.ns import qn
from pptx.presentation import Presentation as Deck
from pptx.slide import SlideLayout

from linkkit.deck.brand import Brand
from linkkit.deck.files import ExportError
from linkkit.deck.slides.geometry import OWN_PAGE, Box, Page, box_of
from linkkit.deck.slides.logo import add_logo, checked_logo, place_logo
from linkkit.deck.slides.look import Palette
from linkkit.deck.slides.template import COVER_SIZE, LOGO, LOGO_COVER, TITLE_SIZE, own_deck

_TITLES = (PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE)
_TEXTS = (PP_PLACEHOLDER.BODY, PP_PLACEHOLDER.OBJECT)
_FOOTERS = (PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER)
_EMU = 12700


@dataclass(frozen=True)
class Stage:
    """A presentation to put slides into.

    Attributes
    ----------
    deck : Presentation
        Without slides.
    page : Page
    palette : Palette
    cover, content : SlideLayout
        Of the first slide; of slides with a title and whatever is placed below it.
    text : SlideLayout or None
        Of slides of text: a title and one placeholder for text.
    title_size, cover_size : float
        Points of titles as the template has them.
    is_own : bool
        Whether it is linkkit's own template.
    """

    deck: Deck
    page: Page
    palette: Palette
    cover: SlideLayout
    content: SlideLayout
    text: SlideLayout | None
    title_size: float
    cover_size: float
    is_own: bool


def open_stage(brand: Brand) -> Stage:
    """The presentation that a brand asks for: on the agency's template if there is one, else on linkkit's own.

    The agency's slides, sections and shows are taken out; its masters, layouts and theme stay. A logo is put on an agency's template
    where that has none of its own, or as the brand says (`linkkit.deck.slides.logo`).

    Raises
    ------
    ExportError
        If the template or the logo cannot be used.
    """
    return _agency_stage(brand, brand.template) if brand.template is not None else _own_stage(brand)


def _own_stage(brand: Brand) -> Stage:
    deck = own_deck(brand)
    cover, content, text = deck.slide_layouts
    if brand.logo is not None:
        logo = checked_logo(brand.logo)
        add_logo(cover, logo, LOGO_COVER, brand.name, align="left")
        add_logo(deck.slide_master, logo, LOGO, brand.name, align="right")
    return Stage(
        deck, OWN_PAGE, Palette.own(brand), cover, content, text, TITLE_SIZE, COVER_SIZE, is_own=True
    )


# The agency's template


def _agency_stage(brand: Brand, path: Path) -> Stage:
    with _usable(path):
        return _stage_on(brand, path, _opened(path))


def _stage_on(brand: Brand, path: Path, deck: Deck) -> Stage:
    _drop_slides(deck)
    layouts = [layout for master in deck.slide_masters for layout in master.slide_layouts]
    ranked = sorted(
        (score, index) for index, layout in enumerate(layouts) if (score := _content_score(layout)) is not None
    )  # fmt: skip
    if not ranked:
        raise ExportError(
            f"brand: template {path} has no layout with a title: add a layout 'Title Only' to its slide master"
        )
    content = layouts[ranked[0][1]]
    same = list(content.slide_master.slide_layouts)
    covers = [layout for layout in same if _is_cover(layout)]
    texts = [layout for layout in same if _is_text(layout)]
    cover = covers[0] if covers else content
    page = _page(deck, content)
    if brand.logo is not None:
        page = place_logo(brand, checked_logo(brand.logo), page, cover, [content, *texts[:1]])
    return Stage(
        deck=deck,
        page=page,
        palette=Palette.agency(brand, _theme(content)),
        cover=cover,
        content=content,
        text=texts[0] if texts else None,
        title_size=_title_size(content),
        cover_size=_title_size(cover),
        is_own=False,
    )


@contextmanager
def _usable(path: Path) -> Iterator[None]:
    """What a damaged template raises, while it is opened or looked through, is told as such."""
    try:
        yield
    except ExportError:
        raise
    except (PythonPptxError, zipfile.BadZipFile, zlib.error, etree.LxmlError, LookupError, ValueError, AttributeError, TypeError,
            NotImplementedError, EOFError, AssertionError, OSError) as error:  # fmt: skip
        why = (isinstance(error, OSError) and error.strerror) or str(error) or type(error).__name__
        raise ExportError(
            f"brand: template {path} cannot be used ({why}): a PowerPoint presentation (.pptx) is expected; "
            "open it in PowerPoint and save it as such again"
        ) from error


def _opened(path: Path) -> Deck:
    deck = Presentation(io.BytesIO(path.read_bytes()))
    if not len(deck.slide_masters) or not deck.slide_width or not deck.slide_height:
        raise ValueError("there is no slide master or no slide size in it")
    return deck


def _drop_slides(deck: Deck) -> None:
    """Take out every slide, and whatever names one: sections, shows, jumps of layouts."""
    root = deck.element
    for entry in list(deck.slides._sldIdLst):
        deck.part.drop_rel(entry.rId)
        deck.slides._sldIdLst.remove(entry)
    for name in ("p:custShowLst", "p:extLst"):  # sections stand in the extensions
        for element in root.findall(qn(name)):
            root.remove(element)
    for part in list(deck.part.package.iter_parts()):
        for identifier, relation in list(part.rels.items()):
            if relation.is_external or relation.reltype != RELATIONSHIP_TYPE.SLIDE:
                continue
            holder: Any = part
            for element in holder._element.xpath(f"//*[@r:id = '{identifier}']"):
                element.getparent().remove(element)
            part.rels.pop(identifier)


def _kinds(layout: Any) -> list[PP_PLACEHOLDER]:
    """Kinds of a layout's placeholders, those of the footer left out."""
    return [
        each.placeholder_format.type
        for each in layout.placeholders
        if each.placeholder_format.type not in _FOOTERS
    ]


def _content_score(layout: SlideLayout) -> tuple[bool, bool, int] | None:
    """How far a layout is from "a title and nothing else", which is best; None without a title."""
    kinds = _kinds(layout)
    titles = [kind for kind in kinds if kind in _TITLES]
    if not titles:
        return None
    declared = layout._element.get("type")
    return PP_PLACEHOLDER.CENTER_TITLE in titles, len(kinds) != 1, len(kinds) + (declared != "titleOnly")


def _is_cover(layout: SlideLayout) -> bool:
    kinds = _kinds(layout)
    return PP_PLACEHOLDER.CENTER_TITLE in kinds or (
        PP_PLACEHOLDER.TITLE in kinds and PP_PLACEHOLDER.SUBTITLE in kinds
    )


def _is_text(layout: SlideLayout) -> bool:
    kinds = _kinds(layout)
    return len(kinds) == 2 and PP_PLACEHOLDER.TITLE in kinds and any(kind in _TEXTS for kind in kinds)


def footers(layout: Any, kind: PP_PLACEHOLDER) -> Iterator[Any]:
    """Placeholders of a kind of the footer in a layout."""
    return (each for each in layout.placeholders if each.placeholder_format.type == kind)


def _page(deck: Deck, layout: Any) -> Page:
    """Where things may stand on a layout: below its title, above its footer, within the master's text area."""
    width, height = (deck.slide_width or 0) / _EMU, (deck.slide_height or 0) / _EMU
    margin = width * 0.05
    title = next(
        (box for each in layout.placeholders if each.placeholder_format.type in _TITLES and (box := box_of(each))),
        None,
    )  # fmt: skip
    usable = title and title.y < height * 0.35 and title.width > width * 0.45 and title.bottom < height * 0.5
    if title is None or not usable:
        title = Box(margin, height * 0.06, width - 2 * margin, height * 0.14)
    low = [
        box
        for kind in _FOOTERS
        for each in footers(layout, kind)
        if (box := box_of(each)) and box.y > height * 0.75
    ]
    foot = min((box.y for box in low), default=height * 0.93)
    area = next(
        (
            box
            for each in layout.slide_master.placeholders
            if each.placeholder_format.type in _TEXTS and (box := box_of(each)) and box.width > width * 0.5
        ),
        Box(title.x, title.bottom, title.width, height),
    )
    kicker = Box(area.x, title.y - 16, area.width * 0.7, 16)
    top = max(area.y if usable else 0, title.bottom + 6)
    if kicker.y < 6 or not usable:
        kicker = Box(area.x, title.bottom + 2, area.width * 0.7, 16)
        top = max(top, kicker.bottom + 8)
    if top > height * 0.4:
        top = title.bottom + 8
    body = Box(area.x, top, area.width, min(max(area.bottom, height * 0.85), foot - 8, height * 0.95) - top)
    high = max((box.height for box in low), default=height * 0.05)
    return Page(width, height, kicker, title, body, Box(area.x, foot, area.width, high))


def _title_size(layout: Any) -> float:
    """Points of a layout's title, as it, its master's title, or the master's styles say."""
    path = "./p:txBody/a:lstStyle/a:lvl1pPr/a:defRPr/@sz"
    for holder in (layout, layout.slide_master):
        for each in holder.placeholders:
            if each.placeholder_format.type in _TITLES and (found := each._element.xpath(path)):
                return int(found[0]) / 100
    found = layout.slide_master._element.xpath("./p:txStyles/p:titleStyle/a:lvl1pPr/a:defRPr/@sz")
    return int(found[0]) / 100 if found else 32.0


def _theme(layout: SlideLayout) -> dict[str, str]:
    """Colours of a layout's theme: ``dk1`` is what its text has, ``lt1`` what is behind it."""
    master = layout.slide_master
    root = parse_xml(master.part.part_related_by(RELATIONSHIP_TYPE.THEME).blob)
    scheme = root.find(f".//{qn('a:clrScheme')}")
    colours = {}
    for slot in scheme if scheme is not None else ():
        fixed, system = slot.find(qn("a:srgbClr")), slot.find(qn("a:sysClr"))
        found = (
            fixed.get("val") if fixed is not None else system.get("lastClr") if system is not None else None
        )
        if found and len(found) == 6:
            colours[etree.QName(slot).localname] = f"#{found}"
    mapping = master._element.find(qn("p:clrMap"))
    mapped = dict(mapping.attrib) if mapping is not None else {}
    names = {"dk1": "tx1", "lt1": "bg1", "dk2": "tx2", "lt2": "bg2"}
    names |= {f"accent{number}": f"accent{number}" for number in range(1, 7)}
    seen = {
        slot: colours[source] for slot, name in names.items() if (source := mapped.get(name, slot)) in colours
    }
    for holder in (layout, master):
        fixed = holder._element.xpath("./p:cSld/p:bg/p:bgPr/a:solidFill/a:srgbClr/@val")
        named = holder._element.xpath(
            "./p:cSld/p:bg/p:bgPr/a:solidFill/a:schemeClr/@val | ./p:cSld/p:bg/p:bgRef/a:schemeClr/@val"
        )
        if fixed:
            return {**seen, "lt1": f"#{fixed[0]}"}
        if named:
            return {**seen, "lt1": colours.get(mapped.get(named[0], named[0]), seen.get("lt1", "#FFFFFF"))}
    return seen
