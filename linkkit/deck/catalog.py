"""Every text that an export can show, collected for translation: ``make translations`` brings ``locales/*.po`` up to date.

Texts stand in four places: as literal arguments of `Language.text` and `Language.plural` in `linkkit.deck`, of `linkkit.sentence.sentence`
and `plural` where the plan and the verdict are made, as constants that `linkkit.deck.constants` names, and as columns of sheets. A literal is found by reading the source, so that a text is never
missed because no run came by.
"""

import ast
import importlib
import pkgutil
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

import linkkit.deck
from linkkit.deck.comparison import PAGE_REASONS
from linkkit.deck.constants import constants
from linkkit.deck.definitions import Column
from linkkit.deck.evidence import templates
from linkkit.deck.language import LOCALES
from linkkit.deck.saying import LINK_REASONS

MessageId = str | tuple[str, str]
_ROOT = Path(linkkit.deck.__file__).parent
_SAYING = ("deck", "plan", "readiness", "comparison", "charts")
"""Packages whose literals are collected."""
_TEXT, _PLURAL = ("text", "sentence"), "plural"


class CatalogError(ValueError):
    """A text that cannot be collected."""


def messages() -> dict[MessageId, tuple[str, ...]]:
    """Every text in English, or its forms for one and many -> where it stands, constants first.

    Raises
    ------
    CatalogError
        If a text is put together instead of being written down, or has two plurals.
    """
    found: dict[MessageId, dict[str, None]] = {}
    declared: tuple[tuple[str, Iterable[MessageId]], ...] = (
        ("constants", constants()),
        ("columns", _columns()),
        ("evidence", (*templates(), *LINK_REASONS.templates(), *PAGE_REASONS.templates())),
    )
    for place, texts in declared:
        for text in texts:
            found.setdefault(text, {})[place] = None
    for path in sorted(path for name in _SAYING for path in _ROOT.with_name(name).rglob("*.py")):
        for text in literals(path):
            found.setdefault(text, {})[path.relative_to(_ROOT.parents[1]).as_posix()] = None
    _check_plurals(found)
    return {text: tuple(places) for text, places in found.items()}


def literals(path: Path) -> Iterator[MessageId]:
    """Texts that a module gives to ``.text(...)`` and ``.plural(...)``, or to ``sentence(...)`` and ``plural(...)``, in their order.

    A first argument that is a name is taken for a constant of `linkkit.deck.constants`; one that is put together is a fault.

    Raises
    ------
    CatalogError
        If there is such a fault; where it stands is told.
    """
    calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
    for node in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
        if not isinstance(node.func, ast.Attribute | ast.Name) or not node.args:
            continue
        where = f"{path}:{node.lineno}"
        name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
        if name in _TEXT:
            yield from _written(node.args[0], where)
        elif name == _PLURAL and len(node.args) > 1:
            yield from zip(_written(node.args[0], where), _written(node.args[1], where), strict=True)


def updated(stored: bytes, code: str, texts: dict[MessageId, tuple[str, ...]]) -> bytes:
    """A ``.po`` file with all texts and no others, in their order; translations that are there stay, its heading too."""
    head, _, _ = stored.partition(b"\n\n")
    old = read_po(BytesIO(stored), locale=code)
    new = Catalog(locale=code)
    for text, places in texts.items():
        known = old.get(text)
        kept = known.string if known is not None and known.pluralizable == isinstance(text, tuple) else None
        new.add(
            text,
            kept,
            locations=[(place, 0) for place in places],
            flags=known.flags - {"python-brace-format", "python-format"} if known else (),
            user_comments=known.user_comments if known else (),
        )
    for each in new:
        each.flags -= {"python-brace-format", "python-format"}
    out = BytesIO()
    write_po(out, new, omit_header=True, include_lineno=False, width=120)
    return head.rstrip() + b"\n\n" + out.getvalue().strip() + b"\n"


def update_translations(folder: Path = LOCALES) -> list[Path]:
    """Bring every ``.po`` file of a folder up to date; those that changed."""
    changed, texts = [], messages()
    for path in sorted(folder.glob("*.po")):
        stored = path.read_bytes()
        fresh = updated(stored, path.stem, texts)
        if fresh != stored:
            path.write_bytes(fresh)
            changed.append(path)
    return changed


def _columns() -> Iterator[str]:
    """Headings and meanings of every column that a module of `linkkit.deck` declares."""
    names = [each.name for each in pkgutil.walk_packages([str(_ROOT)], "linkkit.deck.")]
    for name in sorted(names):
        if name == __name__:
            continue
        for value in vars(importlib.import_module(name)).values():
            for each in value if isinstance(value, tuple) else ():
                if isinstance(each, Column):
                    yield from (text for text in (each.heading, each.meaning) if text)


def _written(node: ast.expr, where: str) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _written(node.body, where)
        yield from _written(node.orelse, where)
    elif isinstance(node, ast.JoinedStr | ast.BinOp):
        raise CatalogError(
            f"{where}: a text is put together: write the whole sentence, with {{names}} for its values"
        )


def _check_plurals(texts: Iterable[MessageId]) -> None:
    """One form for one has one form for many: files of translations are sorted by the first."""
    seen: dict[str, MessageId] = {}
    for text in texts:
        one = text if isinstance(text, str) else text[0]
        if seen.setdefault(one, text) != text:
            raise CatalogError(
                f"{one!r} is asked for as {seen[one]!r} and as {text!r}: say one of them otherwise"
            )
