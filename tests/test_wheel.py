"""What is installed is whole: every file that linkkit reads beside its code, the sample client and the notebooks."""

import ast
import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest

import linkkit as lk

BUNDLED = ("sample_data/client.toml", "sample_data/signals", "sample_data/site", "notebooks")


def beside_code(root: Path) -> set[str]:
    """Files of the package that are no Python, by their path in the repository."""
    return {
        str(path.relative_to(root))
        for path in (root / "linkkit").rglob("*")
        if path.is_file() and path.suffix not in (".py", ".pyc") and not any(each.startswith((".", "__")) for each in path.parts)
    }  # fmt: skip


@pytest.fixture(scope="module")
def wheel(root: Path) -> dict[str, Any]:
    """How the wheel is told to be built."""
    settings = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    return settings["tool"]["hatch"]["build"]["targets"]["wheel"]


def test_every_file_beside_the_code_is_installed(root: Path, wheel: dict[str, Any]) -> None:
    files = beside_code(root)
    assert {
        "linkkit/deck/locales/de.po", "linkkit/deck/report/templates/report.html.j2", "linkkit/deck/report/templates/report.css",
        "linkkit/jupyter/dashboard.ipynb", "linkkit/jupyter/voila/templates/linkkit/index.html.j2", "linkkit/py.typed",
        "linkkit/text/generic_anchors.toml", "linkkit/widgets/picture_view.js", "linkkit/widgets/slider.css",
    } <= files  # fmt: skip
    # hatch takes a package whole but for what git ignores and what is excluded by name.
    assert wheel["packages"] == ["linkkit"]
    assert set(wheel) == {"packages", "force-include"}
    command = ["git", "check-ignore", "--no-index", "--stdin"]
    asked = subprocess.run(command, cwd=root, input="\n".join(files), capture_output=True, text=True, check=False)  # fmt: skip
    assert asked.returncode in (1, 128), f"git ignores {asked.stdout}"


def test_sample_and_notebooks_are_installed(root: Path, wheel: dict[str, Any]) -> None:
    assert wheel["force-include"] == {each: f"linkkit/bundled/{each}" for each in BUNDLED}
    assert all((root / each).exists() for each in BUNDLED)


def test_the_wheels_own_list_of_files_holds_them(root: Path) -> None:
    builder = pytest.importorskip("hatchling.builders.wheel").WheelBuilder(str(root))
    listed = {each.distribution_path for each in builder.recurse_included_files()}
    assert beside_code(root) <= listed
    assert {f"linkkit/bundled/{each}" for each in ("sample_data/client.toml", "sample_data/site/index.html", "notebooks/00_start_here.ipynb")} <= listed  # fmt: skip


def test_what_the_top_level_offers_is_there_and_comes_when_it_is_asked_for() -> None:
    stub = ast.parse(Path(lk.__file__).with_suffix(".pyi").read_text("utf-8"))
    (declared,) = (ast.literal_eval(each.value) for each in stub.body if isinstance(each, ast.Assign))
    assert sorted(declared) == sorted(lk.__all__)
    for name in lk.__all__:
        assert getattr(lk, name).__name__.rpartition(".")[2] == name
    heavy = {"pandas", "scipy", "scrapy", "altair", "duckdb"}
    code = f"import sys, linkkit.crawler.run, linkkit.cli; print(*{heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.split() == []


@pytest.fixture(scope="module")
def installed(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built and unpacked where nobody may write, at a path with spaces and letters that are no ASCII."""
    builder = pytest.importorskip("hatchling.builders.wheel").WheelBuilder(str(root))
    (built,) = builder.build(directory=str(tmp_path_factory.mktemp("dist")), versions=["standard"])
    folder = tmp_path_factory.mktemp("Büro Süd") / "site packages"
    with zipfile.ZipFile(built) as archive:
        archive.extractall(folder)
    for each in (folder, *folder.rglob("*")):
        each.chmod(0o555 if each.is_dir() else 0o444)
    return folder


def _stand(folder: Path) -> dict[Path, int]:
    return {each: each.stat().st_mtime_ns for each in folder.rglob("*") if each.name != "__pycache__"}


def run(installed: Path, folder: Path, *arguments: str) -> str:
    """What an installed linkkit prints, run in another folder with warnings as errors, or the test fails."""
    folder.mkdir(exist_ok=True)
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(installed), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONWARNINGS": "error"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    # Of a warning in a finaliser only the traceback is seen.
    assert "Warning" not in done.stderr, done.stderr
    return done.stdout


def test_an_installed_linkkit_audits_from_any_folder(installed: Path, tmp_path: Path) -> None:
    before = _stand(installed)
    elsewhere = tmp_path / "Kunden & Söhne 2026"
    told = run(installed, elsewhere, "-c", "import linkkit.cli; print(linkkit.__file__)").strip()
    assert Path(told) == installed / "linkkit" / "__init__.py"
    command = ("-m", "linkkit", "demo", "--no-notebooks", "--no-deck", "--clients", "Büro/clients")
    told = run(installed, elsewhere, *command)
    made = elsewhere / "Büro" / "clients" / "sample"
    assert f"Exports    {Path('Büro/clients/sample/exports')}" in told
    assert (made / "exports" / "quick-wins.xlsx").is_file()
    assert len(lk.load(next((made / "crawls").iterdir()) / "site").pages) > 200
    assert {each.name for each in elsewhere.iterdir()} == {"Büro"}
    assert _stand(installed) == before


USER = """
import linkkit as lk

site: lk.Site = lk.read_edges("edges.csv", start_url="https://shop.example/")
audit = lk.run_audit(site, lk.Thresholds(max_crawl_depth=4))
worst: str = audit.findings["severity"].max()
reveal_type(lk.LinkGraph.from_site(site))
lk.load(3)
"""


# Nothing but linkkit's own modules is read: the types of all that it rests on take most of a minute.
MYPY = """
[mypy]
strict = True
follow_imports = skip

[mypy-linkkit.*]
follow_imports = silent
"""


def test_types_reach_those_who_use_the_package(installed: Path, tmp_path: Path) -> None:
    pytest.importorskip("mypy")
    for name, text in (("script.py", USER), ("mypy.ini", MYPY)):
        (tmp_path / name).write_text(text, "utf-8")
    # Types of an installed package count only where it says that it is typed.
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file", "mypy.ini", "--cache-dir", "cache", "script.py"],
        cwd=tmp_path, env={**os.environ, "MYPYPATH": "", "PYTHONPATH": str(installed)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout.splitlines() == [
        'script.py:7: note: Revealed type is "linkkit.graph.LinkGraph"',
        'script.py:8: error: Argument 1 to "load" has incompatible type "int"; expected "Path | str"  [arg-type]',
        "Found 1 error in 1 file (checked 1 source file)",
    ], done.stdout + done.stderr
