"""Files of an export: safe names, and writing that never leaves half a file."""

import filecmp
import os
import re
import shutil
import unicodedata
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path

from linkkit.errors import LinkkitError

_UNSAFE = re.compile(r"[^\w]+")
_LONGEST = 80
EARLIER = "earlier"
"""Folder of files that were replaced; it may be deleted at any time."""
_FORCE: ContextVar[bool] = ContextVar("force", default=False)
# Names that Windows keeps for devices, whatever the extension.
_DEVICES = frozenset(
    {
        "con",
        "prn",
        "aux",
        "nul",
        *(f"{port}{number}" for port in ("com", "lpt") for number in "0123456789¹²³"),
    }
)


class ExportError(LinkkitError, OSError):
    """A file could not be written, or a chart not drawn; what was there before is untouched."""


def safe_name(name: str, *, fallback: str = "export") -> str:
    """A file name without extension that every system accepts, from any text.

    Lower case; letters and digits of any script and ``_`` stay, everything else (spaces, slashes, dots, quotes)
    becomes one ``-``; at most 80 characters. `fallback` where nothing is left.
    """
    plain = unicodedata.normalize("NFKC", name).lower()
    cut = _UNSAFE.sub("-", plain).strip("-_")
    while len(cut) > _LONGEST or len(cut.encode()) > 2 * _LONGEST:
        cut = cut[: min(_LONGEST, len(cut) - 1)].rstrip("-_")
    if not cut:
        return fallback
    return f"{cut}-{fallback}" if cut in _DEVICES else cut


def safe_names(names: Iterable[str], *, fallback: str) -> dict[str, str]:
    """`safe_name` of each name; names that would fall together are numbered (``depth``, ``depth-2``)."""
    taken: set[str] = set()
    chosen = {}
    for name in names:
        base = safe_name(name, fallback=fallback)
        candidate, number = base, 1
        while candidate in taken:
            number += 1
            candidate = f"{base}-{number}"
        taken.add(candidate)
        chosen[name] = candidate
    return chosen


def export_folder(folder: Path | str) -> Path:
    """The folder, made if it is missing.

    Raises
    ------
    ExportError
        If it cannot be made, or a file stands in its place.
    """
    path = Path(folder)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise ExportError(f"{path} is a file, not a folder; name another folder for the export") from error
    except OSError as error:
        raise ExportError(
            f"{path}: the folder cannot be made ({_reason(error)}). Name a folder that you may write to."
        ) from error
    return path


@contextmanager
def replaced_for_good(force: bool = True) -> Iterator[None]:
    """Files that `replacing` replaces inside the block are not kept, where `force` is set."""
    before = _FORCE.set(force)
    try:
        yield
    finally:
        _FORCE.reset(before)


def is_forced() -> bool:
    """Whether what is there may be replaced without being kept (`replaced_for_good`)."""
    return _FORCE.get()


@contextmanager
def replacing(target: Path, *, keeps: bool = True) -> Iterator[Path]:
    """A temporary path beside `target`; it becomes `target` when the block ends well, else it is removed.

    A file of that name that says something else is kept in the folder ``earlier/`` beside it, under the time it was written: it may
    have been worked on. Inside `replaced_for_good`, or without `keeps`, it is not.

    Raises
    ------
    ExportError
        If the folder or the file cannot be written to; the message says what to do.
    """
    partial = target.with_name(f".{uuid.uuid4().hex[:12]}.partial")
    try:
        if target.is_dir():
            raise ExportError(
                f"{target} is a folder, a file of that name was to be written. Rename the folder or export elsewhere."
            )
        yield partial
        differs = target.exists() and not filecmp.cmp(partial, target, shallow=False)
        kept = keep_earlier(target) if keeps and differs and not is_forced() else None
        try:
            os.replace(partial, target)
        except OSError:
            if kept is not None:
                _forget(kept)
            raise
    except ExportError:
        raise
    except OSError as error:
        raise ExportError(_cannot_write(target, error)) from error
    finally:
        partial.unlink(missing_ok=True)


def keep_earlier(target: Path) -> Path:
    """Keep a copy of a file in ``earlier/<time it was written>/`` beside it; gives the copy."""
    written = datetime.fromtimestamp(target.stat().st_mtime, UTC).strftime("%Y-%m-%d-%H%M%S")
    number, folder = 1, target.parent / EARLIER / written
    while (folder / target.name).exists() and not filecmp.cmp(folder / target.name, target, shallow=False):
        number += 1
        folder = folder.with_name(f"{written}-{number}")
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy2(target, folder / target.name)
    return folder / target.name


def _forget(kept: Path) -> None:
    """Take a copy away again, with the folders made for it."""
    kept.unlink()
    for folder in (kept.parent, kept.parent.parent):
        with suppress(OSError):
            folder.rmdir()


def check_free(targets: Iterable[Path]) -> None:
    """Hold that files can be replaced, before the work that fills them begins.

    Raises
    ------
    ExportError
        If one is open in a program that locks it, may not be written to, or is a folder; all of them are named at once.
    """
    faults = []
    for target in targets:
        try:
            if target.exists():
                with target.open("r+b"):
                    pass
        except IsADirectoryError:
            faults.append(
                f"{target} is a folder, a file of that name was to be written. Rename the folder or export elsewhere."
            )
        except OSError as error:
            faults.append(_cannot_write(target, error))
    if faults:
        raise ExportError("\n".join(faults))


def _cannot_write(target: Path, error: OSError) -> str:
    kept = "; the file that is there was left as it is" if target.exists() else ""
    if isinstance(error, PermissionError):
        remedy = (
            "If it is open in Excel, PowerPoint or another program, close it there; if the folder is read-only, name another. "
            "Then export again."
        )
    else:
        remedy = "Make room or name another folder, then export again."
    return f"{target} cannot be written ({_reason(error)}){kept}. {remedy}"


def _reason(error: OSError) -> str:
    return error.strerror or str(error) or type(error).__name__
