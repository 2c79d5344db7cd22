"""The logo on a template: linkkit's own has places for it, an agency's is looked through for one that is free."""

import io
import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from PIL import Image, UnidentifiedImageError
from pptx.enum.shapes import PP_PLACEHOLDER

from linkkit.deck.brand import Brand
from linkkit.deck.files import ExportError
from linkkit.deck.slides.geometry import EMU, Box, Page, box_of

logger = logging.getLogger(__name__)

Logo = tuple[bytes, tuple[int, int]]
"""The bytes of a picture, its width and height in pixels."""

_MAX_PIXELS = 40_000_000
_BACKGROUND = 0.4
"""Share of a slide from which on what stands there is its background: no logo, and nothing in the way of one."""
_HIGHEST = 30.0
"""Points of a logo beside the footer, at most."""
_FREE = (PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.PICTURE)
"""Placeholders that no slide of linkkit fills."""


def checked_logo(path: Path) -> Logo:
    """A PNG or JPEG that can be drawn whole.

    Raises
    ------
    ExportError
        If it is none, is damaged or is too large.
    """
    expected = "a PNG or JPEG picture is expected; save the logo anew in a picture program"
    try:
        content = path.read_bytes()
        with Image.open(io.BytesIO(content)) as picture:
            kind, size = picture.format, picture.size
            if kind not in ("PNG", "JPEG"):
                raise ExportError(f"brand: logo {path} is {kind}: {expected}")
            if size[0] * size[1] > _MAX_PIXELS:
                raise ExportError(
                    f"brand: logo {path} has {size[0]} x {size[1]} pixels: save it smaller, 2,000 pixels wide will do"
                )
            picture.load()
    except (UnidentifiedImageError, Image.DecompressionBombError, SyntaxError, ValueError) as error:
        raise ExportError(f"brand: logo {path} cannot be read as a picture: {expected}") from error
    except ExportError:
        raise
    except OSError as error:
        raise ExportError(f"brand: logo {path} cannot be read ({error}): {expected}") from error
    return content, size


def add_logo(holder: Any, logo: Logo, room: Box, name: str, *, align: str) -> None:
    """Put a picture on a layout or master, in proportion, as large as the room lets it be."""
    content, (width, height) = logo
    scale = min(room.width / width, room.height / height)
    wide, high = width * scale, height * scale
    x = room.x if align == "left" else room.right - wide
    _, relation = holder.part.get_or_add_image_part(io.BytesIO(content))
    tree = holder.shapes._spTree
    number = max(int(each) for each in tree.xpath("//@id") if each.isdigit()) + 1
    picture = tree.add_pic(
        number, "Logo", name or "Logo", relation,
        *(round(each * EMU) for each in (x, room.y + (room.height - high) / 2, wide, high)),
    )  # fmt: skip
    picture.nvPicPr.nvPr.set("userDrawn", "1")


def place_logo(brand: Brand, logo: Logo, page: Page, cover: Any, layouts: Sequence[Any]) -> Page:
    """Put a logo on the layouts of an agency's template, where they have room for it.

    On the cover into a placeholder for pictures or an upper corner, on the others into such a placeholder or beside the footer. A
    template that shows a picture of its own is left as it is, unless the brand's `logo_on_template` says otherwise.

    Returns
    -------
    Page
        With a footer that keeps clear of the logo.
    """
    if brand.logo_on_template == "never":
        return page
    if brand.logo_on_template != "always" and any(_has_own(each, page) for each in (cover, *layouts)):
        return page
    margin, wide, high = page.width * 0.05, page.width * 0.22, page.height * 0.1
    upper = [Box(x, page.height * 0.05, wide, high) for x in (page.width - margin - wide, margin)]
    room = None if cover in layouts else _room(cover, page, upper)
    if room is not None:
        add_logo(cover, logo, room, brand.name, align="left" if room.x < page.width / 2 else "right")
    foot, wide = page.footer, page.width * 0.12
    high = min(max(foot.height, 14.0), _HIGHEST)
    y = foot.y + (foot.height - high) / 2
    rooms = [_room(each, page, _beside_footer(each, page, Box(0, y, wide, high))) for each in layouts]
    for layout, place in zip(layouts, rooms, strict=True):
        if place is None:
            logger.warning("brand: layout %r of the template has no room for the logo: give it a placeholder for a picture", layout.name)  # fmt: skip
            continue
        is_left = place.x < page.width / 2
        add_logo(layout, logo, place, brand.name, align="left" if is_left else "right")
        if place.meets(foot):
            begin, end = (place.right + 8, foot.right) if is_left else (foot.x, place.x - 8)
            foot = Box(begin, foot.y, end - begin, foot.height)
    return replace(page, footer=foot)


def _has_own(layout: Any, page: Page) -> bool:
    """Whether a layout shows a picture, or a shape that is called a logo."""
    return any(
        (shape._element.tag.endswith("}pic") or "logo" in str(shape.name).casefold())
        and not shape.is_placeholder
        and not _is_background(box, page)
        for shape, box in _drawn(layout)
    )


def _drawn(layout: Any) -> Iterator[tuple[Any, Box]]:
    """What a layout shows: its own shapes, and those of its master that are no placeholders."""
    shown = layout._element.get("showMasterSp") != "0"
    inherited = (each for each in layout.slide_master.shapes if not each.is_placeholder) if shown else ()
    for each in (*layout.shapes, *inherited):
        if (box := box_of(each)) is not None:
            yield each, box


def _is_background(box: Box, page: Page) -> bool:
    return box.width * box.height > _BACKGROUND * page.width * page.height


def _room(layout: Any, page: Page, corners: Iterable[Box]) -> Box | None:
    """A placeholder for a picture, else the first corner that nothing stands in."""
    taken = []
    for shape, box in _drawn(layout):
        kind = shape.placeholder_format.type if shape.is_placeholder else None
        if kind == PP_PLACEHOLDER.PICTURE and not _is_background(box, page):
            return box
        if kind not in _FREE and not (kind is None and _is_background(box, page)):
            taken.append(box)
    return next((each for each in corners if not any(each.meets(other) for other in taken)), None)


def _beside_footer(layout: Any, page: Page, size: Box) -> Iterator[Box]:
    """Places in the line of the footer: at its left, at its right, before the number of the slide."""
    foot = page.footer
    yield replace(size, x=foot.x)
    yield replace(size, x=foot.right - size.width)
    for shape, box in _drawn(layout):
        if shape.is_placeholder and shape.placeholder_format.type == PP_PLACEHOLDER.SLIDE_NUMBER:
            yield replace(size, x=box.x - size.width - 8)
