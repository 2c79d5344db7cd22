"""A story as a PowerPoint deck."""

import io
import uuid
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from babel import Locale
from babel.core import get_global
from lxml import etree
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml.ns import qn

from linkkit.deck.files import replacing
from linkkit.deck.slides.composing import Composer
from linkkit.deck.slides.fitting import (
    one_line,
)
from linkkit.deck.slides.stage import open_stage
from linkkit.deck.story import Story

_SECTIONS = "http://schemas.microsoft.com/office/powerpoint/2010/main"
_FIXED = (1980, 1, 1, 0, 0, 0)


def write_slides(story: Story, path: Path) -> Path:
    """Write a story as a PowerPoint deck with native, editable charts and tables.

    One slide or more of the deck per slide of the story: tables that are too long for one go on on further slides. The same story gives
    the same bytes, but for the time in the document's properties. Nothing in it is a link, and nothing is fetched when it is opened.

    Parameters
    ----------
    story : Story
        Its brand says colours, font, logo, and the agency's template if there is one.
    path : Path
        ``.pptx``; replaced if it is there.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ExportError
        If the template or the logo cannot be used, or the file cannot be written.
    """
    writer = Composer(story, open_stage(story.brand), _tag(story.language.code))
    chapters: list[tuple[str, str, int]] = []
    for slide in story.slides:
        first = len(writer.stage.deck.slides)
        writer.add(slide)
        for native in list(writer.stage.deck.slides)[first:]:
            chapters.append((slide.chapter, one_line(slide.kicker or slide.title), native.slide_id))
    _add_sections(writer.stage.deck, chapters)
    _set_properties(writer.stage.deck, story, writer.tag)
    package = io.BytesIO()
    writer.stage.deck.save(package)
    with replacing(path) as partial:
        partial.write_bytes(_without_times(package))
    return path


def _tag(code: str) -> str:
    """A language with its most likely country, as Office wants it: ``de-DE``."""
    locale = Locale.parse(get_global("likely_subtags").get(code, code))
    return f"{locale.language}-{locale.territory}" if locale.territory else locale.language


def _add_sections(deck: Any, chapters: Sequence[tuple[str, str, int]]) -> None:
    """The chapters as sections of the slide sorter."""
    root = deck.element
    names = etree.Element(f"{{{_SECTIONS}}}sectionLst", nsmap={"p14": _SECTIONS})
    for index, (_, group) in enumerate(groupby(chapters, key=lambda each: each[0])):
        slides = list(group)
        identifier = str(uuid.uuid5(uuid.NAMESPACE_URL, f"section {index}")).upper()
        section = etree.SubElement(
            names, f"{{{_SECTIONS}}}section", name=slides[0][1][:60], id=f"{{{identifier}}}"
        )
        entries = etree.SubElement(section, f"{{{_SECTIONS}}}sldIdLst")
        for _, _, number in slides:
            etree.SubElement(entries, f"{{{_SECTIONS}}}sldId", id=str(number))
    extensions = etree.SubElement(root, qn("p:extLst"))
    etree.SubElement(extensions, qn("p:ext"), uri="{521415D9-36F7-43E2-AB2F-B90AF26B5E84}").append(names)
    notes = [
        identifier
        for identifier, relation in deck.part.rels.items()
        if relation.reltype == RELATIONSHIP_TYPE.NOTES_MASTER
    ]
    if notes and root.find(qn("p:notesMasterIdLst")) is None:
        masters = etree.Element(qn("p:notesMasterIdLst"))
        etree.SubElement(masters, qn("p:notesMasterId")).set(qn("r:id"), notes[0])
        root.find(qn("p:sldMasterIdLst")).addnext(masters)


def _set_properties(deck: Any, story: Story, tag: str) -> None:
    properties = deck.core_properties
    properties.title = one_line(story.title)[:255]
    properties.subject = one_line(f"{story.client} · {story.site}")[:255]
    properties.author = properties.last_modified_by = one_line(story.brand.name or story.made_with)[:255]
    properties.language = tag
    properties.comments = one_line(story.made_with)[:255]
    properties.keywords = ""
    properties.revision = 1
    properties.created = properties.modified = datetime.now(UTC).replace(tzinfo=None, microsecond=0)


def _without_times(package: io.BytesIO) -> bytes:
    """The same package with every file dated alike: a deck made twice is the same."""
    done = io.BytesIO()
    with zipfile.ZipFile(package) as old, zipfile.ZipFile(done, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            info = zipfile.ZipInfo(entry.filename, _FIXED)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            new.writestr(info, old.read(entry))
    return done.getvalue()
