"""A place to drop files on, of any size."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget

_HERE = Path(__file__).parent


class DropZone(anywidget.AnyWidget):
    """Takes files over from the browser and hands their paths on.

    Parameters
    ----------
    taken : callable
        Told the paths of the files that were dropped, once all of them are there; they are deleted after it returns.
    """

    _esm = _HERE / "dropzone.js"
    _css = _HERE / "dropzone.css"

    def __init__(self, taken: Callable[[list[Path]], object]) -> None:
        super().__init__()
        self._taken = taken
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self.on_msg(self._hear)

    def _hear(self, _: Any, content: dict[str, Any], buffers: list[memoryview]) -> None:
        if content.get("kind") == "slice":
            self._keep(
                str(content["name"]), int(content["start"]), buffers[0] if buffers else memoryview(b"")
            )
            self.send({"kind": "heard"})
        elif content.get("kind") == "done" and self._folder is not None:
            folder, self._folder = self._folder, None
            with folder:
                self._taken([Path(folder.name) / Path(name).name for name in content["names"]])

    def _keep(self, name: str, start: int, part: memoryview) -> None:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="linkkit-dropped-")
        # The last part of the name alone: a name cannot lead out of the folder.
        with (Path(self._folder.name) / Path(name).name).open("r+b" if start else "wb") as file:
            file.seek(start)
            file.write(part)
