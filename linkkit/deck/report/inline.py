"""Drawn charts as part of a page: SVG with nothing in it but shapes and text, and with ids that no other picture has."""

import re

import altair as alt
from lxml import etree
from markupsafe import Markup

from linkkit.deck.files import ExportError
from linkkit.deck.images import draw_svg, rename_ids, safe_spec

SVG = "http://www.w3.org/2000/svg"
_TAGS = frozenset("svg g rect path line text tspan defs clipPath linearGradient stop".split())
_ATTRIBUTES = frozenset(
    "viewBox id d x y x1 y1 x2 y2 dx dy cx cy r rx ry width height transform fill fill-opacity stroke stroke-width stroke-opacity "
    "stroke-dasharray stroke-dashoffset stroke-linejoin stroke-linecap stroke-miterlimit opacity text-anchor font-family font-size "
    "font-weight font-style clip-path offset stop-color stop-opacity gradientUnits".split()
)
_FRACTION = re.compile(r"(\d+\.\d{2})\d+")


def inline_svg(chart: alt.TopLevelMixin, name: str, alt_text: str, kind: str = "") -> Markup:
    """The chart for a page: an image with a text alternative, as wide as there is room.

    Parameters
    ----------
    chart : Altair chart
    name : str
        Unique in the page, of letters, digits and ``-``: the ids in the picture begin with it.
    alt_text : str
    kind : str
        Class of the element.

    Raises
    ------
    ExportError
        If it cannot be drawn.
    """
    root = _clean(draw_svg(safe_spec(chart, name, is_checked=True), name), name)
    for size in ("width", "height"):
        root.attrib.pop(size, None)
    first = root[0] if len(root) else None
    if first is not None and first.tag == f"{{{SVG}}}rect":
        root.remove(first)  # the paper
    if kind:
        root.set("class", kind)
    root.set("role", "img")
    root.set("aria-label", alt_text)
    return Markup(etree.tostring(root, encoding="unicode"))  # noqa: S704 - serialised from a cleaned tree


def _clean(svg: etree._Element, name: str) -> etree._Element:
    """Only shapes and text: no class, role, style, event, link or anything invisible."""
    rename_ids(svg, f"{name}-")
    for element in list(svg.iter()):
        tag = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
        if tag not in _TAGS or element.get("display") == "none":
            parent = element.getparent()
            if parent is None:
                raise ExportError(
                    f"chart {name!r} could not be drawn: the renderer gave {tag!r}, not a picture"
                )
            parent.remove(element)
            continue
        for attribute in list(element.attrib):
            if attribute not in _ATTRIBUTES:
                del element.attrib[attribute]
            elif attribute in ("d", "transform"):
                element.set(attribute, _FRACTION.sub(r"\1", element.get(attribute) or ""))
    return svg
