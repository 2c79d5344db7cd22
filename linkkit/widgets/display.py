"""Showing charts, pictures and tables: live in JupyterLab, as PNG and plain tables where nobody runs the notebook."""

import base64
import html
import os
import re
import struct
from typing import Any
from urllib.parse import unquote

import altair as alt
import ipywidgets
import pandas as pd
import vl_convert
from IPython.display import HTML, display

from linkkit.charts import network_chart
from linkkit.deck.images import safe_spec
from linkkit.environment import HEADLESS
from linkkit.network import Picture
from linkkit.widgets.layout import QUIET, text_html
from linkkit.wording import one_line

_SCALE = 2
_CELL = "<{cell} style='text-align:left;vertical-align:top;max-width:26em;overflow-wrap:break-word;padding:3px 10px 3px 6px{more}'>"
_ADDRESS = re.compile(r"(?:https?://|/)\S*%[0-9A-Fa-f]{2}\S*")
_LONG = re.compile(r"<td>(?=[^<]{60,}(?:<bdi|</td>))")
"""Cells of a sentence or more: beside wide numbers a browser would make them a word wide."""
_PHRASE = re.compile(r"<td>(?=[^</]{24,59}</td>)")
"""Cells of some words: beside sentences and addresses they would be a word wide as well."""
_SHORT = re.compile(r"<td>(?=[^<>/]{1,17}</td>)")
# The still of a live output is for the day when the notebook is opened again and no kernel runs: it is shown only where
# the output holds no live widget. An untrusted notebook loses the rule, and so shows the still, which is right as well.
_STILL_RULE = (
    "<style>.lk-still{display:none} .jp-OutputArea .lk-still{display:block}"
    " .jp-OutputArea:has(.vega-embed) .lk-still,.jp-OutputArea:has(.lk-live) .lk-still"
    "{display:none}</style>"
)


def is_headless() -> bool:
    """Whether the notebook runs unattended (``LINKKIT_HEADLESS`` is set), so that outputs must stand for themselves."""
    return os.environ.get(HEADLESS, "") not in {"", "0"}


def setup() -> None:
    """Make live charts work without a network. Called by everything here that shows a chart."""
    if not is_headless():
        alt.JupyterChart.enable_offline(True)


def show(item: alt.TopLevelMixin | Picture | pd.DataFrame, *, top: int = 20) -> None:
    """Show a chart, a network picture, or the first rows of a table, in the way that suits the notebook.

    Parameters
    ----------
    item : chart, picture or table
    top : int
        Rows of a table; how many there are in all is said below it.
    """
    if isinstance(item, Picture):
        _show_picture(item)
    elif isinstance(item, pd.DataFrame):
        _show_table(item, top)
    elif is_headless():
        _show_png(item)
    else:
        setup()
        display(alt.JupyterChart(item, embed_options={"actions": False}))  # type: ignore[arg-type]
        display(HTML(still(item)))


def show_live(widget: ipywidgets.Widget, *stills: alt.TopLevelMixin) -> None:
    """Show a panel of widgets, with stills of its charts for the day when no kernel runs."""
    widget.add_class("lk-live")
    # The bundle itself: display(widget) would come back here where a panel shows itself by this function.
    display(ipywidgets.DOMWidget._repr_mimebundle_(widget), raw=True)
    if stills:
        display(HTML("".join(still(chart) for chart in stills)))


def png(chart: alt.TopLevelMixin) -> bytes:
    """The chart as PNG, at twice its size; what a page says can neither stop the renderer nor make it fetch anything."""
    spec = safe_spec(chart, "chart", is_checked=True)
    data: bytes = vl_convert.vegalite_to_png(spec, scale=_SCALE, allowed_base_urls=[])
    return data


def still(chart: alt.TopLevelMixin) -> str:
    """HTML of the chart's PNG that shows only where the output has no live widget."""
    return f"{_STILL_RULE}{_img(chart, 'lk-still')}"


def picture_chart(picture: Picture, *, source: str = "") -> alt.Chart:
    """A network picture as a static chart."""
    return network_chart(
        picture.nodes,
        picture.edges,
        title=picture.title,
        caption=picture.caption,
        rings=picture.rings,
        source=source,
    )


def picture_table(picture: Picture) -> pd.DataFrame:
    """Text alternative of a network picture: one row per page shown, with the pages it has lines from and to."""
    nodes = picture.nodes[picture.nodes["url"] != ""]
    urls = picture.nodes.set_index("node")["url"]
    links = picture.edges.assign(
        source_url=picture.edges["source"].map(urls), target_url=picture.edges["target"].map(urls)
    )
    into = links.groupby("target")["source_url"].agg(", ".join)
    out = links.groupby("source")["target_url"].agg(", ".join)
    return pd.DataFrame(
        {
            "Page": nodes["url"],
            "Title": nodes["title"],
            "Place": nodes["role"],
            "Line from": nodes["node"].map(into).astype("object").fillna(""),
            "Line to": nodes["node"].map(out).astype("object").fillna(""),
        }
    ).reset_index(drop=True)


def table_html(table: pd.DataFrame) -> str:
    """A table as HTML, everything in it escaped, text to the left."""
    shown = table.apply(lambda column: column.map(_cell_html))
    heads = [text_html(str(name)) for name in table.columns]
    with pd.option_context("display.max_colwidth", None):
        page = shown.set_axis(heads, axis=1).to_html(index=False, border=0, escape=False)
    # Numbers, states, ids (QW-001) and a few short words never break; paths and sentences do. Cells hold no tags: they are escaped.
    page = _LONG.sub(_CELL.format(cell="td", more=";min-width:16em"), page)
    page = _PHRASE.sub(_CELL.format(cell="td", more=";min-width:11em"), page)
    page = _SHORT.sub(_CELL.format(cell="td", more=";white-space:nowrap"), page)
    for cell in ("td", "th"):
        page = page.replace(
            f"<{cell}>",
            _CELL.format(cell=cell, more=""),
        )
    return page


def _cell_html(value: object) -> object:
    """A cell's text escaped; addresses as people write them, in the direction they are written in."""
    if not isinstance(value, str):
        return value
    readable = unquote(value) if _ADDRESS.fullmatch(value) else value
    return text_html(one_line(readable))


def panel_table_html(table: pd.DataFrame) -> str:
    """A table for a panel: lines as close as in the notebook, wide ones scroll; nothing where there is no row."""
    if table.empty:
        return ""
    return f"<div style='overflow-x:auto;max-width:100%;line-height:1.35'>{table_html(table)}</div>"


def picture_details_html(picture: Picture, *, top: int = 50) -> str:
    """`picture_table` behind a line to open it."""
    rest = f" (first {top} of {len(picture.nodes)})" if len(picture.nodes) > top else ""
    table = panel_table_html(picture_table(picture).head(top))
    return f"<details><summary>The same as a table{rest}</summary>{table}</details>"


def _show_picture(picture: Picture) -> None:
    """The drawing for a trusted notebook, its still for any other, the caption, and the table behind it."""
    title, caption = text_html(picture.title), text_html(picture.caption)
    # In an untrusted notebook rule and iframe are taken out, and the still is left.
    rule = "<style>.lk-drawn{display:none}</style>"
    image = _img(picture_chart(picture), "lk-drawn")
    display(
        HTML(
            f"{rule}<figure style='margin:0'><p style='font-weight:600;font-size:1.15em;margin:.2em 0'>{title}</p>{image}"
            f"{picture.iframe()}<figcaption style='max-width:60em;color:{QUIET}'>{caption}</figcaption>"
            f"{picture_details_html(picture)}</figure>"
        )
    )


def _show_png(chart: alt.TopLevelMixin) -> None:
    data = png(chart)
    width, height = _size(data)
    words = _alt_text(chart)
    display(
        {"image/png": base64.b64encode(data).decode(), "text/plain": words},
        metadata={"image/png": {"width": width, "height": height, "alt": words}},
        raw=True,
    )


def _show_table(table: pd.DataFrame, top: int) -> None:
    rest = f"<p style='color:{QUIET}'>Showing {top:,} of {len(table):,} rows.</p>" if len(table) > top else ""
    none = f"<p style='color:{QUIET}'>Nothing to list here.</p>" if table.empty else ""
    display(HTML(table_html(table.head(top)) + rest + none))


def _img(chart: alt.TopLevelMixin, css: str) -> str:
    data = png(chart)
    width, _ = _size(data)
    words = html.escape(_alt_text(chart), quote=True)
    source = base64.b64encode(data).decode()
    return f'<img class="{css}" width="{width}" alt="{words}" src="data:image/png;base64,{source}">'


def _size(data: bytes) -> tuple[int, int]:
    width, height = struct.unpack(">II", data[16:24])
    return width // _SCALE, height // _SCALE


def _alt_text(chart: Any) -> str:
    words = getattr(chart, "description", None)
    return words if isinstance(words, str) else "chart"
