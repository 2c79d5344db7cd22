"""Folders of tables that are written whole or not at all, and that say when something of them is damaged."""

import hashlib
import json
import os
import shutil
import tempfile
import uuid
import weakref
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from linkkit.errors import SiteError

MANIFEST = "manifest.json"
_OWN = "checksum"


class TemporaryFolder:
    """A folder that goes when nothing holds this object any more, or the program ends.

    `tempfile.TemporaryDirectory` warns when it goes so, for it is made to be closed; a Site is not closed.

    Attributes
    ----------
    path : Path
    """

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="linkkit-"))
        weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)


def new_folder(target: Path, *, overwrite: bool, foreign: str) -> "_NewFolder":
    """Context manager: a temporary folder beside `target` that becomes `target` if the block ends well.

    A folder that holds the file `foreign` is of another kind (an audit where a site is written, and the other way
    round) and is never overwritten.

    Raises
    ------
    SiteError
        If `target` is there and may not be replaced.
    """
    if target.exists() and not overwrite:
        raise SiteError(f"{target} exists already; choose another folder or pass overwrite=True")
    if target.exists() and not target.is_dir():
        raise SiteError(f"{target} is a file; it is left alone. Choose another folder.")
    ours = (target / MANIFEST).exists() and not (target / foreign).exists()
    if target.exists() and any(target.iterdir()) and not ours:
        raise SiteError(
            f"{target} exists and is not what is to be written; it is left alone. Choose another folder."
        )
    return _NewFolder(target)


class _NewFolder:
    def __init__(self, target: Path) -> None:
        self._target = target
        self._partial = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}.partial")

    def __enter__(self) -> Path:
        self._partial.mkdir(parents=True)
        return self._partial

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is not None:
            shutil.rmtree(self._partial, ignore_errors=True)
            return
        old = self._partial.with_suffix(".old")
        try:
            if self._target.exists():
                os.replace(self._target, old)
            os.replace(self._partial, self._target)
        except OSError:
            # What stood there before comes back.
            if old.exists():
                os.replace(old, self._target)
            shutil.rmtree(self._partial, ignore_errors=True)
            raise
        shutil.rmtree(old, ignore_errors=True)


def seal(folder: Path, about: Mapping[str, Any]) -> None:
    """Write ``manifest.json``: what is said about a folder, with a checksum of its own.

    Parameters
    ----------
    folder : Path
    about : mapping
        What JSON can hold; ``checksums`` among it, as `checksums` gives them.
    """
    stored = {**about, _OWN: _digest_of(about)}
    text = json.dumps(stored, indent=1, ensure_ascii=False)
    # Half a surrogate pair, as in a file name that is no UTF-8, becomes the escape that JSON has for it.
    (folder / MANIFEST).write_bytes(text.encode("utf-8", "backslashreplace"))


def checksums(folder: Path, files: Iterable[str], known: Mapping[str, str] | None = None) -> dict[str, str]:
    """SHA-256 of each of the files that lie in a folder; one that is `known` is not read again."""
    given = known or {}
    return {name: given.get(name) or _checksum(folder / name) for name in files if (folder / name).is_file()}


def read_manifest(folder: Path) -> dict[str, Any]:
    """What ``manifest.json`` says.

    Raises
    ------
    OSError
        If it cannot be read.
    SiteError
        If it is no JSON object.
    """
    content = (folder / MANIFEST).read_bytes()
    try:
        stored = json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise SiteError(f"{folder / MANIFEST} is damaged ({error})") from error
    return stored if isinstance(stored, dict) else {}


def damage(folder: Path, stored: Mapping[str, Any], files: Iterable[str]) -> dict[str, str]:
    """What of a folder is not as it was written: file name -> fault, in words.

    What an earlier linkkit wrote has no checksums, and nothing to be held against.

    Parameters
    ----------
    folder : Path
    stored : mapping
        What ``manifest.json`` says.
    files : iterable of str
        Names of the files to look at; each is read once in the life of a process, as long as it is not written anew.
    """
    if _OWN in stored and stored[_OWN] != _digest_of({k: v for k, v in stored.items() if k != _OWN}):
        return {MANIFEST: "is not what was written: a part of it changed since"}
    given = stored.get("checksums")
    wanted = given if isinstance(given, Mapping) else {}
    faults = {}
    for name in files:
        try:
            if name in wanted and _checksum(folder / name) != wanted[name]:
                faults[name] = "is not what was written: its bytes changed since"
        except OSError as error:
            faults[name] = error.strerror or str(error)
    return faults


def _digest_of(about: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()


def _checksum(path: Path) -> str:
    told = path.stat()
    return _file_digest(path.resolve(), told.st_size, told.st_mtime_ns, told.st_ino)


@lru_cache(maxsize=512)
def _file_digest(path: Path, _size: int, _written: int, _number: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
