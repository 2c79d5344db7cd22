"""What is installed is whole: every file that linkkit reads beside its code, the sample client and the notebooks."""

import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

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
