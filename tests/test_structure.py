"""House rules that no linter holds: sizes, docstrings, a case file for every check, notebooks' shape, nothing of a machine."""

import ast
import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "linkkit"
MODULES = sorted(PACKAGE.rglob("*.py"))
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))

MAX_MODULE_LINES = 600
MAX_FUNCTION_LINES = 100
MAX_NOTEBOOK_LINES = 140


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


# Modules


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_module_and_functions_are_short(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= MAX_MODULE_LINES, (
        f"{_name(path)} has {lines} lines: split it, the limit is {MAX_MODULE_LINES}"
    )
    long = {
        f"{_name(path)}:{function.lineno} {function.name}": size
        for function in _functions(_tree(path))
        if (size := (function.end_lineno or 0) - function.lineno + 1) > MAX_FUNCTION_LINES
    }
    assert long == {}, f"functions over {MAX_FUNCTION_LINES} lines"


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_public_names_have_docstrings(path: Path) -> None:
    tree = _tree(path)
    missing = [] if ast.get_docstring(tree) else [f"{_name(path)}: the module"]
    missing += [
        f"{_name(path)}:{node.lineno} {node.name}"
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert missing == []


def test_library_code_never_prints() -> None:
    calls = [
        f"{_name(path)}:{node.lineno}"
        for path in MODULES
        if path.relative_to(PACKAGE).parts[0] not in ("cli.py", "cli", "__main__.py")
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert calls == []


def test_importing_linkkit_touches_no_network() -> None:
    code = (
        "import importlib, os, pkgutil, sys\n"
        "def hook(event, arguments):\n"
        "    if event in ('socket.connect', 'socket.getaddrinfo', 'socket.gethostbyname', 'socket.sendto'):\n"
        "        os.write(2, f'{event} {arguments}'.encode())\n"
        "        os._exit(3)\n"
        "sys.addaudithook(hook)\n"
        "import linkkit\n"
        "for module in pkgutil.walk_packages(linkkit.__path__, 'linkkit.'):\n"
        "    if not module.name.endswith('__main__'):\n"
        "        importlib.import_module(module.name)\n"
        "sys.stdout.write('quiet')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "quiet"), done.stderr


# Checks


def _case_kinds(path: Path) -> str:
    """What the cases of a file are about: their ``kind`` (or name), in one string."""
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    cases = content.get("case", content.get("cases", []))
    assert cases, f"{_name(path)}: no [[case]] in it"
    return " ".join(str(case.get("kind", case.get("name", ""))).lower() for case in cases)


def test_every_check_has_its_cases() -> None:
    import linkkit  # noqa: F401  registers every chapter
    from linkkit.checks.registry import CHECKS

    assert CHECKS, "no check is registered"
    faults = []
    for identifier, check in CHECKS.items():
        path = ROOT / "tests" / "cases" / f"{identifier}.toml"
        if not path.is_file():
            faults.append(f"{identifier}: no {_name(path)}")
            continue
        kinds = _case_kinds(path)
        wanted = ["pass", "fail", "empty"]
        wanted += ["limit"] if check.thresholds else []
        wanted += ["missing"] if check.needs else []
        faults += [f"{_name(path)}: no case of kind '{kind}'" for kind in wanted if kind not in kinds]
    assert faults == []


def test_every_case_file_belongs_to_a_check() -> None:
    import linkkit  # noqa: F401  registers every chapter
    from linkkit.checks.registry import CHECKS

    strays = {path.stem for path in (ROOT / "tests" / "cases").glob("*.toml")} - set(CHECKS)
    assert strays == set(), "case files of checks that do not exist"


def test_every_threshold_is_used() -> None:
    from linkkit.thresholds import knobs

    readers = [
        path for folder in ("checks", "metrics", "readiness") for path in (PACKAGE / folder).rglob("*.py")
    ]
    text = "\n".join(path.read_text(encoding="utf-8") for path in readers)
    unused = [name for name in knobs() if not re.search(rf"\b{name}\b", text)]
    assert unused == [], "thresholds that no check, no metric and no gate reads"


# Notebooks


def _code_cells(path: Path) -> list[dict]:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in cells if cell["cell_type"] == "code"]


def _source(cell: dict) -> str:
    source = cell["source"]
    text = source if isinstance(source, str) else "".join(source)
    return "\n".join("" if line.startswith(("%", "!")) else line for line in text.splitlines())


def test_the_first_notebook_is_there() -> None:
    assert (ROOT / "notebooks" / "00_start_here.ipynb") in NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=_name)
def test_notebook_is_committed_clean(path: Path) -> None:
    assert re.fullmatch(r"\d\d_[a-z_]+\.ipynb", path.name)
    dirty = [
        f"code cell {number}"
        for number, cell in enumerate(_code_cells(path), start=1)
        if cell["outputs"] or cell["execution_count"] is not None
    ]
    assert dirty == [], f"{_name(path)} holds outputs: run 'make format'"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=_name)
def test_notebook_begins_with_parameters(path: Path) -> None:
    assert "parameters" in _code_cells(path)[0]["metadata"].get("tags", [])


@pytest.mark.parametrize("path", NOTEBOOKS, ids=_name)
def test_notebook_calls_and_does_not_define(path: Path) -> None:
    sources = [_source(cell) for cell in _code_cells(path)]
    defined = [
        f"code cell {number}: {node.name}"
        for number, source in enumerate(sources, start=1)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    ]
    assert defined == [], "what a notebook needs is a function of linkkit"
    lines = sum(1 for source in sources for line in source.splitlines() if line.strip())
    assert lines <= MAX_NOTEBOOK_LINES


# What is committed


def _files_to_commit() -> list[Path]:
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: nothing tells which files are committed")
    # Files not yet added count as well, so that a fault shows before the commit.
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def test_nothing_committed_names_a_machine() -> None:
    # Put together from pieces, so that this file passes its own test.
    folders = [
        "/ro" + "ot/",
        "/wor" + "k/main",
        "/wor" + "k/shared",
        "/wor" + "k/.",
        "/opt/" + "wheels",
        "/opt/" + "pypi",
    ]
    users = [r"/ho" + r"me/\w+/", r"/Use" + r"rs/\w+/", r"C:\\Use" + r"rs\\\w+"]
    words = [r"\bfar" + r"m-[a-z]+\d", "/tmp/" + "spec"]
    pattern = re.compile("|".join([*map(re.escape, folders), *users, *words]).encode())
    found = [
        f"{_name(path)}:{number}: {line.strip()[:120].decode(errors='replace')}"
        for path in _files_to_commit()
        for number, line in enumerate(path.read_bytes().splitlines(), start=1)
        if pattern.search(line)
    ]
    assert found == []


def test_no_client_is_committed() -> None:
    committed = [_name(path) for path in _files_to_commit()]
    assert [name for name in committed if name.startswith(("clients/", ".venv/"))] == []
    assert max((ROOT / name).stat().st_size for name in committed) < 5_000_000, (
        "no file over 5 MB belongs in the repository"
    )
