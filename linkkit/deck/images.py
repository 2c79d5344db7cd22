"""Charts as pictures for slides: PNG and SVG, drawn without a browser and without a network."""

import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import altair as alt
import vl_convert

from linkkit.deck.cells import clean_text
from linkkit.deck.files import ExportError, export_folder, replacing, safe_names

SLIDE = (960, 540)
"""Width and height of a picture before scaling: a 16:9 slide in points, so that 12 px type is 12 pt there."""

_MULTIPLE = {"facet", "row", "column"}
_SIZE = re.compile(r'<svg[^>]*? width="([\d.]+)" height="([\d.]+)"')


def export_charts(
    charts: Mapping[str, alt.TopLevelMixin], folder: Path | str, *, scale: float = 2
) -> list[Path]:
    """Write each chart as ``<name>.png`` and ``<name>.svg``, at slide size.

    A single or layered chart is laid out on 960 x 540 px, whatever its size in the notebook; one made of several views
    keeps its layout and its PNG is scaled to fit. Text is escaped; links that a chart carries are left out.

    Parameters
    ----------
    charts : mapping of name to Altair chart
        Names become file names, made safe for every system.
    folder : path
        Made if it is missing and there is a chart.
    scale : float
        Pixels of the PNG per px; 2 gives 1920 x 1080.

    Returns
    -------
    list of Path
        PNG, SVG of each chart, in order.

    Raises
    ------
    ExportError
        If a file cannot be written, or a chart cannot be drawn or would read a file or an address.
    """
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
        spec = slide_spec(chart, name)
        svg, png = _draw(spec, name, scale)
        for path, content in (
            (target / f"{files[name]}.png", png),
            (target / f"{files[name]}.svg", svg.encode()),
        ):
            with replacing(path) as partial:
                partial.write_bytes(content)
            written.append(path)
    return written


def safe_spec(chart: alt.TopLevelMixin, name: str) -> dict[str, Any]:
    """The chart's Vega-Lite specification, with nothing in it that runs, leads or fetches.

    Raises
    ------
    ExportError
        As `slide_spec`.
    """
    try:
        # Whatever the notebook has set: rows in the specification itself, however many.
        with alt.data_transformers.enable("default", max_rows=None):
            raw = chart.to_dict()
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


def _draw(spec: dict[str, Any], name: str, scale: float) -> tuple[str, bytes]:
    try:
        svg = str(vl_convert.vegalite_to_svg(spec, allowed_base_urls=[]))
        size = _SIZE.search(svg)
        width, height = (float(size[1]), float(size[2])) if size else SLIDE
        fit = min(SLIDE[0] / max(width, 1.0), SLIDE[1] / max(height, 1.0))
        png = vl_convert.vegalite_to_png(spec, scale=scale * fit, allowed_base_urls=[])
    except ValueError as error:
        raise ExportError(f"chart {name!r} could not be drawn: {error}") from error
    return svg, png


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
