"""Every notebook on a large site: ``python -m tests.bench.bench_notebooks [PAGES [NUMBER ...]]``, with numbers as in 03.

A generated site (`bench_sliders.site_of`; 50,000 pages without a number) as a client. It is loaded and audited once; then the
cells of each notebook run in this process with that audit, with live panels as Run All has them, but no browser. Printed for each: CPU seconds to
the first output and of all cells (to which a run of its own adds the audit), the slowest cell, MB of output, and the most
memory that the process ever took.
"""

import os
import sys
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

from linkkit.audit import Audit
from linkkit.client import Client
from tests.bench.bench_sliders import site_of
from tests.conftest import ROOT
from tests.notebook_cells import run_cells


def measure(notebook: Path, client: Client) -> None:
    """Print one notebook's figures."""
    began = time.process_time()
    run = run_cells(notebook, client, stop=False)
    used = time.process_time() - began
    slowest = max(run.cells, key=lambda cell: cell.seconds)
    size = sum(len(str(value)) for cell in run.cells for output in cell.outputs for value in output.values())
    errors = [f"{type(cell.error).__name__}: {cell.error}" for cell in run.cells if cell.error is not None]
    # Cells are timed by the wall; on a busy machine CPU time says more.
    share = used / run.seconds if run.seconds else 1.0
    print(
        f"{notebook.stem:26} first output {run.first_output * share:6.1f} s, whole {used:6.1f} s CPU ({run.seconds:.0f} s by the clock); "
        f"slowest {slowest.seconds * share:5.1f} s: {slowest.source.strip().splitlines()[-1][:60]}; output {size / 1e6:.1f} MB; "
        f"memory {run.memory / 1000:.1f} GB; load {os.getloadavg()[0]:.0f}",
        *errors, sep="\n  ", flush=True,
    )  # fmt: skip


def main(pages: int, names: list[str]) -> None:
    """Measure on a site of so many pages."""
    with tempfile.TemporaryDirectory() as folder:
        client = Client.new("sample", site_of(1).start_url, clients=Path(folder))
        site_of(pages).save(client.folder / "crawls" / "2026-01-01" / "site")
        audit_of = Client.audit

        @cache
        def audited() -> Audit:
            began = time.process_time()
            audit = audit_of(client)
            print(
                f"{pages:,} pages, {audit.manifest.rows['links']:,} links, {len(audit.found()):,} findings: "
                f"loaded and audited in {time.process_time() - began:.0f} s CPU",
                flush=True,
            )
            return audit

        def once(client: Client, *arguments: Any, **named: Any) -> Audit:
            return audited()

        Client.audit = once  # type: ignore[method-assign]
        audited()
        every = {path.stem[:2]: path for path in sorted((ROOT / "notebooks").glob("*.ipynb"))}
        # Cells are run as in an unattended run, but for the panels, which are live.
        with patch("tests.notebook_cells.HEADLESS", "LINKKIT_BENCH"):
            for name in names or every:
                measure(every[name], client)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000, sys.argv[2:])
