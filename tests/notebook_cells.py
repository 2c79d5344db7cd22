"""Code cells of notebooks run in this process, as an unattended run shows them: many clients in the time of one kernel."""

import json
import os
import resource
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from linkkit.client import Client
from linkkit.headless import HEADLESS


@dataclass
class CellRun:
    """One code cell: its source, what it showed, how long it took, and the error it ended with."""

    source: str
    outputs: list[dict[str, Any]] = field(default_factory=list)
    printed: str = ""
    seconds: float = 0.0
    error: BaseException | None = None

    @property
    def html(self) -> str:
        """HTML and plain text that the cell showed; pictures by their alternative text."""
        return "\n".join(str(each.get("text/html") or each.get("text/plain", "")) for each in self.outputs)


@dataclass
class NotebookRun:
    """A notebook's cells, and the most memory that this process ever took (MB)."""

    name: str
    cells: list[CellRun]
    memory: float

    @property
    def seconds(self) -> float:
        """Of all cells."""
        return sum(cell.seconds for cell in self.cells)

    @property
    def first_output(self) -> float:
        """Seconds until the first cell that shows something is done."""
        passed = 0.0
        for cell in self.cells:
            passed += cell.seconds
            if cell.outputs:
                break
        return passed

    @property
    def html(self) -> str:
        """Everything that the notebook showed."""
        return "\n".join(cell.html for cell in self.cells)


def run_cells(notebook: Path, client: Client, *, stop: bool = True) -> NotebookRun:
    """Run a notebook's code cells for a client, with ``LINKKIT_HEADLESS`` set and a namespace of their own.

    With `stop` the first error is raised; without, it stands in its cell and the next one runs.
    """
    shell = InteractiveShell.instance()
    before = os.environ.get(HEADLESS)
    os.environ[HEADLESS] = "1"
    shell.reset(new_session=False)
    cells = []
    try:
        for cell in json.loads(notebook.read_text("utf-8"))["cells"]:
            if cell["cell_type"] != "code":
                continue
            source = "".join(cell["source"])
            if "parameters" in cell["metadata"].get("tags", []):
                source += (
                    f"\nCLIENT, CLIENTS = {client.folder.name!r}, {str(client.folder.parent.resolve())!r}"
                )
            cells.append(_run_cell(shell, source))
            if stop and cells[-1].error is not None:
                raise cells[-1].error
    finally:
        shell.reset(new_session=False)
        os.environ.pop(HEADLESS) if before is None else os.environ.update({HEADLESS: before})
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return NotebookRun(notebook.stem, cells, memory)


def _run_cell(shell: InteractiveShell, source: str) -> CellRun:
    run = CellRun(source)
    began = time.perf_counter()
    with capture_output() as captured:
        result = shell.run_cell(source)
    run.seconds = time.perf_counter() - began
    run.outputs = [output.data for output in captured.outputs]
    run.printed = captured.stdout + captured.stderr
    run.error = result.error_before_exec or result.error_in_exec
    return run
