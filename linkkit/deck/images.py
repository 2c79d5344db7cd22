"""Charts as pictures for slides: PNG, SVG and PDF, drawn without a browser and without a network."""

import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, get_args

import altair as alt
import vl_convert
from lxml import etree

from linkkit.deck.cells import clean_text
from linkkit.deck.files import ExportError, export_folder, replacing, safe_names

Format = Literal["png", "svg", "pdf"]
SLIDE = (960, 540)
"""Width and height of a picture before scaling: a 16:9 slide in points, so that 12 px type is 12 pt there."""

_MULTIPLE = {"facet", "row", "column"}
_REFERENCE = re.compile(r"url\(#([^)]*)\)")


def export_charts(
    charts: Mapping[str, alt.TopLevelMixin],
    folder: Path | str,
    *,
    scale: float = 2,
    formats: Sequence[Format] = ("png", "svg"),
) -> list[Path]:
    """Write each chart as ``<name>.png`` and ``<name>.svg``, at slide size, or in the formats asked for.

    A single or layered chart is laid out on 960 x 540 px, whatever its size in the notebook; one made of several views
    keeps its layout and its PNG is scaled to fit. Text is escaped; links that a chart carries are left out. The same chart
    gives the same bytes, but for a PDF.

    Parameters
    ----------
    charts : mapping of name to Altair chart
        Names become file names, made safe for every system.
    folder : path
        Made if it is missing and there is a chart.
    scale : float
        Pixels of the PNG per px; 2 gives 1920 x 1080.
    formats : sequence of {"png", "svg", "pdf"}
        A PDF has one page of the picture's size.

    Returns
    -------
    list of Path
        The files of each chart, in the order of the formats.

    Raises
    ------
    ExportError
        If a file cannot be written, a format is unknown, or a chart cannot be drawn or would read a file or an address.
    """
    unknown = [each for each in formats if each not in get_args(Format)]
    if unknown:
        raise ExportError(f"formats = {unknown}: pictures are written as {', '.join(get_args(Format))}")
    if not charts:
        return []
    if not (math.isfinite(scale) and 0 < scale <= 10):
        raise ExportError(
            f"scale = {scale!r}: a number above 0, at most 10, is expected; 2 gives 1920 x 1080 pixels"
        )
    target = export_folder(folder)
    files = safe_names(charts, fallback="chart")
    written = []
    for name, chart in charts.items():
        drawn = _draw(slide_spec(chart, name), name, scale, formats)
        for kind in formats:
            path = target / f"{files[name]}.{kind}"
            with replacing(path) as partial:
                partial.write_bytes(drawn[kind])
            written.append(path)
    return written


def safe_spec(chart: alt.TopLevelMixin, name: str, *, is_checked: bool = False) -> dict[str, Any]:
    """The chart's Vega-Lite specification, with nothing in it that runs, leads or fetches.

    `is_checked`: the chart is known to be valid and need not be held against the grammar again, which takes most of the time.

    Raises
    ------
    ExportError
        As `slide_spec`.
    """
    try:
        # Whatever the notebook has set: rows in the specification itself, however many.
        with alt.data_transformers.enable("default", max_rows=None):
            raw = chart.to_dict(validate=not is_checked)
    except Exception as error:
        raise ExportError(f"chart {name!r} is not valid: {error}") from error
    spec: dict[str, Any] = _safe(raw, name)
    return spec


def slide_spec(chart: alt.TopLevelMixin, name: str) -> dict[str, Any]:
    """The chart's Vega-Lite specification, at slide size, with nothing in it that runs, leads or fetches.

    Raises
    ------
    ExportError
        If the chart is not valid, or reads data or images from a file or an address.
    """
    spec = safe_spec(chart, name)
    single = "mark" in spec or "layer" in spec
    if single and not _MULTIPLE & set(spec.get("encoding", {})):
        spec["width"], spec["height"] = SLIDE
        spec["autosize"] = {"type": "fit", "contains": "padding"}
    return spec


def draw_svg(spec: dict[str, Any], name: str) -> etree._Element:
    """A specification of `safe_spec` as SVG, without the running numbers that the renderer gives its ids.

    Raises
    ------
    ExportError
        If it cannot be drawn.
    """
    try:
        svg = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
        root = etree.fromstring(
            str(svg).encode(), etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
        )
    except (ValueError, etree.XMLSyntaxError) as error:
        raise ExportError(f"chart {name!r} could not be drawn: {error}") from error
    rename_ids(root)
    return root


def rename_ids(svg: etree._Element, prefix: str = "") -> None:
    """Number the ids of a picture in the order in which they stand, behind a prefix, and mend what refers to them."""
    found = svg.iterfind(".//*[@id]")
    names = {each.get("id"): f"{prefix}part{number}" for number, each in enumerate(found, 1)}
    for element in svg.iter():
        for attribute, value in element.attrib.items():
            if attribute == "id":
                element.set("id", names[value])
            elif "url(#" in value:
                element.set(
                    attribute, _REFERENCE.sub(lambda match: f"url(#{names.get(match[1], '')})", value)
                )


def _draw(spec: dict[str, Any], name: str, scale: float, formats: Sequence[Format]) -> dict[Format, bytes]:
    svg = draw_svg(spec, name)
    drawn: dict[Format, bytes] = {"svg": etree.tostring(svg, encoding="unicode").encode()}
    try:
        if "png" in formats:
            width, height = (
                float(svg.get(side) or size) for side, size in zip(("width", "height"), SLIDE, strict=True)
            )
            fit = min(SLIDE[0] / max(width, 1.0), SLIDE[1] / max(height, 1.0))
            drawn["png"] = vl_convert.vegalite_to_png(spec, scale=scale * fit, allowed_base_urls=[])
        if "pdf" in formats:
            drawn["pdf"] = vl_convert.vegalite_to_pdf(spec, allowed_base_urls=[])
    except ValueError as error:
        raise ExportError(f"chart {name!r} could not be drawn: {error}") from error
    return drawn


def _safe(part: Any, name: str, inside: str = "") -> Any:
    """A copy without control characters (one of them aborts the whole process in the renderer) and links."""
    if isinstance(part, str):
        return clean_text(part)
    if isinstance(part, list):
        return [_safe(each, name, inside) for each in part]
    if not isinstance(part, dict):
        return part
    if inside == "data" and "url" in part:
        raise ExportError(f"chart {name!r} reads its data from {part['url']}; give it a table instead")
    if inside == "mark" and part.get("type") == "image":
        raise ExportError(f"chart {name!r} draws images from addresses; exports fetch nothing")
    if inside in ("values", "datasets"):
        return {clean_text(key): _safe(value, name, "values") for key, value in part.items()}
    kept = {
        key: value for key, value in part.items() if not (inside in ("encoding", "mark") and key == "href")
    }
    if kept.get("mark") == "image":
        raise ExportError(f"chart {name!r} draws images from addresses; exports fetch nothing")
    return {clean_text(key): _safe(value, name, key) for key, value in kept.items()}
