"""The table of faults in ``docs/faults.md``: written by a run of the tests that provoke them, never by hand."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "faults.md"
VARIABLE = "LINKKIT_FAULT_TABLE"
"""Environment variable that makes a run write the page (``make faults``)."""

_ROW = re.compile(r"^\| (.+?) \| (\d+) \| (.+) \|$", re.MULTILINE)
_HEAD = """\
# Faults

What a crawl does on a server, a network or a disk that misbehaves. Each row is a test: the fault was provoked so many times on
loopback, and the outcome stands in the test's assertions. Written by `make faults`.
In every crawl of the table each address has exactly one row: none lost, none twice.
"""


@dataclass
class FaultTable:
    """What a test run provoked: for each fault how often, and what came of it."""

    rows: dict[str, tuple[int, str]] = field(default_factory=dict)

    def note(self, fault: str, tries: int, outcome: str) -> None:
        """Note a fault that was provoked, by a test that has asserted the outcome."""
        assert tries > 0
        self.rows[fault] = (tries, outcome)

    def write(self) -> None:
        """Write the page; rows that this run did not provoke stay as an earlier one wrote them."""
        rows = written_rows() | self.rows
        lines = [_HEAD]
        for title, names in fault_groups():
            lines += [f"## {title}", "", "| fault | tried | outcome |", "| --- | --- | --- |"]
            lines += ["| {} | {} | {} |".format(name, *rows[name]) for name in names if name in rows]
            lines.append("")
        PAGE.write_text("\n".join(lines), encoding="utf-8")


def written_rows() -> dict[str, tuple[int, str]]:
    """The rows of the page as it stands."""
    text = PAGE.read_text(encoding="utf-8") if PAGE.is_file() else ""
    return {name: (int(tries), outcome) for name, tries, outcome in _ROW.findall(text)}


def fault_groups() -> Iterator[tuple[str, list[str]]]:
    """Each test module of faults: its title, and the faults that its tests note, as they stand in the code."""
    for path in sorted(Path(__file__).parent.glob("test_faults_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        title = (ast.get_docstring(tree) or "").split("\n")[0].rstrip(".")
        calls = [
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in {"fault", "Fault"}
        ]
        named = [each.args[0] for each in sorted(calls, key=lambda call: call.lineno) if each.args]
        names = [
            each.value for each in named if isinstance(each, ast.Constant) and isinstance(each.value, str)
        ]
        yield title, names
