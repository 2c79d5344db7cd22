"""Files of an export: safe names, and writing that never leaves half a file."""

import os
import re
import unicodedata
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from linkkit.errors import LinkkitError

_UNSAFE = re.compile(r"[^\w]+")
_LONGEST = 80
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
def replacing(target: Path) -> Iterator[Path]:
    """A temporary path beside `target`; it becomes `target` when the block ends well, else it is removed.

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
        os.replace(partial, target)
    except ExportError:
        raise
    except OSError as error:
        raise ExportError(_cannot_write(target, error)) from error
    finally:
        partial.unlink(missing_ok=True)


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
