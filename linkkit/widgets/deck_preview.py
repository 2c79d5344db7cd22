"""How the client's deck will look: its brand, and each slide as a preview."""

import base64
import html

import altair as alt
import pandas as pd
from babel import Locale

from linkkit.charts.words import count
from linkkit.client import Client
from linkkit.deck import Brand
from linkkit.deck.report import Look, draw
from linkkit.deck.report.shapes import swatches
from linkkit.deck.story import Slide, Story
from linkkit.deck.story.parts import Chart, Table
from linkkit.deck.story.writing import cell_text
from linkkit.errors import LinkkitError
from linkkit.widgets.basket import brand_of
from linkkit.widgets.display import panel_table_html, png
from linkkit.widgets.errors import ErrorBox
from linkkit.widgets.layout import note_html

_ROWS = 5
# A slide is white whatever theme the notebook has, and what stands on it is dark.
_PAPER = (
    "background:#fff;color:#222;--jp-content-font-color1:#222;--jp-ui-font-color1:#222;--jp-layout-color0:#fff;"
    "--jp-rendermime-table-row-background:#f4f6f7;--jp-rendermime-table-row-hover-background:#e6edf2;"
)


def brand_html(client: Client) -> str:
    """How exports look: colours, font, logo and template, and what to write into ``client.toml`` for another look."""
    try:
        brand = brand_of(client)
    except LinkkitError as error:
        box = ErrorBox()
        box.tell(error)
        return str(box.value) + BRAND_HELP
    swatches = "".join(
        f"<span style='display:inline-flex;align-items:center;margin-right:22px'><span style='width:44px;height:28px;border-radius:4px;"
        f"background:{colour};margin-right:8px'></span>{words} {colour}</span>"
        for words, colour in (("Main", brand.primary), ("Second", brand.accent))
    )
    said = [
        f"Name on exports: {brand.name or 'none beside the client’s'}.",
        f"Font: {brand.font}.",
        f"PowerPoint template: {brand.template.name if brand.template else 'linkkit’s own (16:9)'}.",
        f"Logo: {brand.logo.name if brand.logo else 'none'}.",
        f"Language: {language_name(brand.language)}.",
    ]
    logo = _logo_html(brand)
    return f"<div style='line-height:1.9'>{swatches}{logo}</div>" + note_html(" ".join(said)) + BRAND_HELP


def slide_html(slide: Slide, story: Story) -> str:
    """A slide as a preview: what it says, its chart as a picture, the first rows of its table; all of it escaped."""
    brand = story.brand
    parts = [
        f"<div style='color:{brand.primary};font-size:.9em'>{html.escape(slide.kicker)}</div>",
        f"<div style='font-size:1.25em;font-weight:600;line-height:1.3;margin-bottom:6px'>{html.escape(slide.title)}</div>",
    ]
    parts += [f"<p style='margin:4px 0;line-height:1.4'>{html.escape(line)}</p>" for line in slide.lines]
    if slide.cards:
        cards = "".join(
            f"<div style='border-left:4px solid {brand.primary};padding:2px 14px 2px 10px;margin:4px 8px 4px 0'>"
            f"<div style='font-size:1.3em;font-weight:600'>{html.escape(card.value)}</div><div>{html.escape(card.label)}</div></div>"
            for card in slide.cards
        )
        parts.append(f"<div style='display:flex;flex-wrap:wrap'>{cards}</div>")
    if slide.chart is not None:
        parts.append(chart_img(slide, story))
    if slide.table is not None:
        parts.append(panel_table_html(_table(slide.table, story).head(_ROWS)))
        if slide.table.total > _ROWS:
            parts.append(note_html(f"The first {_ROWS} of {count(slide.table.total, 'row')}."))
    if slide.todo:
        parts.append(f"<p style='margin:6px 0;line-height:1.4'><b>{html.escape(slide.todo)}</b></p>")
    return f"<div style='{_PAPER}border:1px solid #8888;border-radius:6px;padding:12px 16px'>{''.join(parts)}</div>"


def chart_img(slide: Slide, story: Story, width: int = 560) -> str:
    """A slide's chart as report and pictures draw it: an image, so that nothing in it can run."""
    if slide.chart is None:
        return ""
    # As PNG: the reader's machine may lack the font, and wider letters would be cut off at the edge of an image.
    source = base64.b64encode(png(drawn(slide, story, width))).decode()
    words = html.escape(slide.chart.alt or slide.chart.title, quote=True)
    return (
        f"{_legend_html(slide.chart, story)}"
        f"<img alt=\"{words}\" style='max-width:100%' width='{width}' src='data:image/png;base64,{source}'>"
        f"<div style='font-size:.9em;line-height:1.4'>{html.escape(slide.chart.note)}</div>"
    )


def _legend_html(chart: Chart, story: Story) -> str:
    """What the colours of a chart mean; nothing where there is one."""
    signs = "".join(
        f"<span style='margin-right:14px'><span style='display:inline-block;width:11px;height:11px;margin-right:5px;"
        f"background:{each.colour}'></span>{html.escape(each.name)}</span>"
        for each in swatches(chart, story.brand, story.language)
    )
    return f"<div style='font-size:.9em'>{signs}</div>" if signs else ""


def language_name(code: str) -> str:
    """A language as its speakers call it: English, Deutsch."""
    name = str(Locale.parse(code).get_display_name() or code)
    return name[:1].upper() + name[1:]


def drawn(slide: Slide, story: Story, width: int, *, is_titled: bool = False) -> alt.LayerChart:
    """A slide's chart in the deck's brand and language; only for slides that have one."""
    assert slide.chart is not None  # noqa: S101 - told apart by those who call
    return draw(slide.chart, Look(story.language, story.brand, width=width, is_titled=is_titled))


def _table(table: Table, story: Story) -> pd.DataFrame:
    """A slide's table as it is shown: cells as text, in the deck's language."""
    kinds = [column.kind for column in table.columns]
    return pd.DataFrame(
        [
            [cell_text(cell, kind, story.language) for cell, kind in zip(row, kinds, strict=True)]
            for row in table.rows
        ],
        columns=[column.heading for column in table.columns],
    )


def _logo_html(brand: Brand) -> str:
    if brand.logo is None:
        return ""
    kind = "png" if brand.logo.suffix.lower() == ".png" else "jpeg"
    source = base64.b64encode(brand.logo.read_bytes()).decode()
    return f"<img alt='Logo' style='max-height:40px;vertical-align:middle' src='data:image/{kind};base64,{source}'>"


BRAND_HELP = (
    "<details><summary>How to change it</summary>"
    + note_html(
        "In the client's client.toml; the files lie in the client's folder. Then run this notebook again."
    )
    + """<pre style="margin:6px 0;padding:8px 12px;border:1px solid #8884;border-radius:4px">[brand]
name = "Northlight Search"            # who speaks
primary_colour = "#22382d"
accent_colour = "#a9561b"
font = "Arial"                        # the reader's machine needs it
logo = "brand/logo.png"               # PNG or JPEG
template = "brand/template.pptx"      # your agency's own
language = "de"                       # en or de</pre></details>"""
)
