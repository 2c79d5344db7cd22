"""Rows a second of the findings export, against pandas' own writers on the same table.

Run: ``python -m tests.bench.bench_export [rows]``. The workbook has more in it than the table that pandas writes (heights,
colours, the other sheets), and text that cannot run.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from linkkit.audit import run_audit
from linkkit.deck.tables import write_csv
from linkkit.deck.workbook import write_workbook
from linkkit.schema import FINDINGS
from linkkit.sources.edges import read_edges
from tests.test_deck import START, findings_of, with_findings


def _seconds(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def main(rows: int) -> None:
    """Print CPU seconds, rows a second and the ratio to pandas."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "edges.csv").write_text(f"source,target\n{START},{START}a\n", "utf-8")
        texts = [f"{START}section-{number % 50}/page-{number}" for number in range(rows)]
        site = read_edges(folder / "edges.csv", start_url=START)
        audit = with_findings(run_audit(site), findings_of(texts))
        table = audit.findings
        # Without this pandas makes every URL a link, which is slower still and ends at 65,530.
        plain = {"options": {"strings_to_formulas": False, "strings_to_urls": False}}
        pairs = {
            "csv": (
                lambda: write_csv(table, FINDINGS, folder / "a.csv"),
                lambda: table.to_csv(folder / "b.csv", index=False),
            ),
            "xlsx": (
                lambda: write_workbook(audit, folder / "a.xlsx"),
                lambda: table.to_excel(
                    folder / "b.xlsx", index=False, engine="xlsxwriter", engine_kwargs=plain
                ),
            ),
        }
        for kind, (ours, theirs) in pairs.items():
            mine, pandas = _seconds(ours), _seconds(theirs)
            sys.stdout.write(
                f"{kind}: {rows:,} rows; linkkit {mine:.2f} s ({rows / mine:,.0f} rows/s), "
                f"pandas {pandas:.2f} s ({rows / pandas:,.0f} rows/s); ratio {pandas / mine:.2f}\n"
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000)
