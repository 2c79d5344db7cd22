"""A language that marks every text of the catalog, so that what an export says without it stands out: what it was not asked to translate.

Each stretch of a message that linkkit wrote stands between ``⟦`` and ``⟧``; what fills it does not. What is left of a file when these are
taken away are numbers, texts of the site, and English that no catalog knows.
"""

import csv
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import openpyxl
import pytest
from lxml import etree, html

from linkkit.audit import Audit
from linkkit.deck import language

CODE = "fr"
"""A language that babel knows and linkkit does not: nothing that is kept for German is mixed up with it."""
_NAME = re.compile(r"\{\w+\}")
_MARKED = re.compile(r"⟦[^⟦⟧]*⟧")
_CUT = re.compile(r"⟦[^⟧]*$|^[^⟦]*⟧")
_WORDS = re.compile(r"[A-Za-z][A-Za-z'-]*(?: [A-Za-z][A-Za-z'-]*)+")
_PARTS = re.compile(r"ppt/(slides|charts|notesSlides)/[^/]+\.xml")
_A, _C = (f"{{http://schemas.openxmlformats.org/drawingml/2006/{name}}}" for name in ("main", "chart"))
_UNSAID = frozenset({"script", "style", "title"})
_ATTRIBUTES = ("alt", "aria-label", "title", "placeholder")


class _Messages(dict[str, str]):
    def get(self, message: str, default: object = None) -> str:  # type: ignore[override]
        return marked(message)


class _Plurals(dict[tuple[str, str], tuple[str, str]]):
    def get(self, forms: tuple[str, str], default: object = None) -> tuple[str, str]:  # type: ignore[override]
        return marked(forms[0]), marked(forms[1])


def marked(message: str) -> str:
    """A message with marks around what is its own."""
    return f"⟦{_NAME.sub(lambda name: f'⟧{name[0]}⟦', message)}⟧"


def mark_everything(monkeypatch: pytest.MonkeyPatch) -> str:
    """Let exports be written in the marked language; its code."""
    known, plurals = language._messages, language._plurals
    monkeypatch.setattr(language, "languages", lambda: ("en", "de", CODE))
    monkeypatch.setattr(language, "_messages", lambda code: _Messages() if code == CODE else known(code))
    monkeypatch.setattr(language, "_plurals", lambda code: _Plurals() if code == CODE else plurals(code))
    return CODE


def unmarked(files: list[Path], audit: Audit, *known: str) -> list[str]:
    """Rows of two words and more in files that are neither marked nor words of the site, each once.

    Parameters
    ----------
    files : list of path
    audit : Audit
        Its site's titles, addresses, link texts and so on may stand there.
    known : str
        Further texts that may.
    """
    site = " ".join((_site_words(audit), *known)).casefold()
    site = " ".join(site.split())
    found: dict[str, None] = {}
    for file in files:
        for text in _texts(file):
            left = _CUT.sub("\n", _MARKED.sub("\n", text))
            for run in _WORDS.findall(left):
                if run.casefold() not in site:
                    found[f"{file.name}: {run} | {text[:160]}"] = None
    return list(found)


def _site_words(audit: Audit) -> str:
    """Everything that the site says, and the addresses as people write them."""
    tables = (
        (audit.site.pages, ("url", "title", "h1", "meta_description", "page_type", "language")),
        (audit.metrics, ("section", "cluster")),
        (audit.facts.anchor_uses, ("normalised",)),
        (audit.site.engine.arrow("SELECT text FROM anchors").to_pandas(), ("text",)),
        (audit.site.engine.arrow("SELECT text FROM text").to_pandas(), ("text",)),
    )
    words = [str(text) for table, names in tables for name in names for text in table[name].dropna()]
    return " ".join((*words, *(unquote(url) for url in audit.site.pages["url"])))


def _texts(file: Path) -> Iterator[str]:
    if file.suffix == ".pptx":
        yield from _slides(file)
    elif file.suffix == ".xlsx":
        book = openpyxl.load_workbook(file, read_only=True)
        yield from (str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str))  # fmt: skip
    elif file.suffix == ".html":
        for node in html.fromstring(file.read_text("utf-8")).iter():
            if not isinstance(node.tag, str) or node.tag in _UNSAID:
                continue
            yield from (node.get(name, "") for name in _ATTRIBUTES)
            # Charts break a label into lines; its text alternative has it whole.
            if not any(above.tag == "svg" for above in node.iterancestors()):
                yield from (text for text in (node.text, *(child.tail for child in node)) if text)
    elif file.suffix == ".csv":
        with file.open(encoding="utf-8-sig", newline="") as lines:
            yield from (cell for row in list(csv.reader(lines))[1:] for cell in row)
    else:
        yield from file.read_text("utf-8-sig").splitlines()


def _slides(file: Path) -> Iterator[str]:
    with zipfile.ZipFile(file) as parts:
        for name in filter(_PARTS.fullmatch, parts.namelist()):
            tree = etree.fromstring(parts.read(name))
            for paragraph in tree.iter(f"{_A}p"):
                yield "".join(run.text or "" for run in paragraph.iter(f"{_A}t"))
            yield from (value.text or "" for value in tree.iter(f"{_C}v"))
            yield from (shape.get("descr", "") for shape in tree.iter("{*}cNvPr"))
