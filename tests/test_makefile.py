"""What the Makefile hands to linkkit, and when it makes an environment: tried on a copy whose Python only notes its arguments."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

pytestmark = pytest.mark.skipif(
    shutil.which("make") is None or os.name == "nt", reason="no make here; README has the commands without it"
)

RECORDER = """#!{python}
import json, pathlib, sys
if sys.argv[1] not in ("-c", "--version"):
    with open({notes!r}, "a") as notes:
        notes.write(json.dumps(sys.argv[1:]) + "\\n")
if sys.argv[1:3] == ["-m", "venv"]:
    binaries = pathlib.Path(sys.argv[-1], "bin")
    binaries.mkdir(parents=True, exist_ok=True)
    (binaries / "python").write_text(pathlib.Path(__file__).read_text())
    (binaries / "python").chmod(0o755)
"""


class Checkout:
    """A folder with the real Makefile and a Python that writes its arguments down."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.notes = folder / "notes.jsonl"
        self.python = folder / "python-recorder"
        folder.mkdir()
        shutil.copy(ROOT / "Makefile", folder)
        for name in ("requirements.txt", "requirements-test.txt", "pyproject.toml"):
            (folder / name).touch()
        self.python.write_text(RECORDER.format(python=sys.executable, notes=str(self.notes)))
        self.python.chmod(0o755)

    def make(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        # What an outer `make test ARGS=...` exports must not reach the make under test.
        inherited = {
            name: value
            for name, value in os.environ.items()
            if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "URL", "CLIENT", "ARGS", "PYTHON", "UPGRADE")
        }
        return subprocess.run(
            ["make", f"PYTHON=./{self.python.name}", *arguments],
            cwd=self.folder,
            env=inherited | environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def calls(self) -> list[list[str]]:
        """Arguments of every call since the last time, without the options that only steer pip's output."""
        lines = self.notes.read_text().splitlines() if self.notes.exists() else []
        self.notes.write_text("")
        return [
            [word for word in json.loads(line) if word != "--disable-pip-version-check"] for line in lines
        ]


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path / "a checkout")


@pytest.fixture
def ready(checkout: Checkout) -> Checkout:
    assert checkout.make("setup").returncode == 0
    checkout.calls()
    return checkout


INSTALLED = [["-m", "venv", "--clear", ".venv"], ["-m", "pip", "install", "-r", "requirements.txt"]]
EDITABLE = ["-m", "pip", "install", "--quiet", "--no-deps", "--editable", "."]


def test_audit_makes_the_environment_once(checkout: Checkout) -> None:
    assert checkout.make("audit").returncode == 0
    assert checkout.calls() == [*INSTALLED, EDITABLE, ["-m", "linkkit", "demo"]]
    assert checkout.make("audit").returncode == 0
    assert checkout.calls() == [["-m", "linkkit", "demo"]]


def test_test_adds_the_test_tools_to_the_environment(ready: Checkout) -> None:
    assert ready.make("test", "ARGS=-k depth").returncode == 0
    assert ready.calls() == [
        ["-m", "pip", "install", "-r", "requirements-test.txt"],
        EDITABLE,
        "-m pytest --numprocesses auto --maxprocesses 4 --dist loadfile -k depth".split(),
    ]
    ready.make("audit")
    assert ready.calls() == [["-m", "linkkit", "demo"]]


def test_changed_requirements_are_installed_in_place(ready: Checkout) -> None:
    stamp = (ready.folder / ".venv" / ".linkkit-run").stat().st_mtime
    os.utime(ready.folder / "requirements.txt", (stamp + 10, stamp + 10))
    ready.make("setup")
    assert ready.calls() == [INSTALLED[1], EDITABLE]


def test_an_interrupted_environment_is_made_anew(ready: Checkout) -> None:
    (ready.folder / ".venv" / ".linkkit-run").unlink()
    ready.make("setup")
    assert ready.calls() == [*INSTALLED, EDITABLE]


def test_a_failed_installation_leaves_no_stamp(ready: Checkout) -> None:
    stamp = ready.folder / ".venv" / ".linkkit-run"
    os.utime(ready.folder / "requirements.txt", (stamp.stat().st_mtime + 10,) * 2)
    python = ready.folder / ".venv" / "bin" / "python"
    python.write_text('#!/bin/sh\n[ "$1" = -c ]\n')
    assert ready.make("audit").returncode != 0
    assert not stamp.exists()


def test_an_environment_of_another_folder_is_made_anew(ready: Checkout) -> None:
    (ready.folder / ".venv" / ".linkkit-home").write_text("/elsewhere\n")
    ready.make("setup")
    assert ready.calls() == [*INSTALLED, EDITABLE]


@pytest.mark.parametrize(
    "url",
    [
        "https://client.example/",
        "https://client.example/?a=1&b=2",
        'https://client.example/it\'s/"quoted"/a b',
        "https://client.example/$HOME/$(id)/`id`;id|id>x#fragment",
    ],
)
def test_an_address_reaches_linkkit_as_typed(ready: Checkout, url: str) -> None:
    ready.make("audit", f"URL={url}", "CLIENT=Smith & Sons' shop")
    assert ready.calls() == [["-m", "linkkit", "audit", "--url", url, "--client", "Smith & Sons' shop"]]


def test_lab_starts_jupyterlab(ready: Checkout) -> None:
    ready.make("lab", "ARGS=--port 9999")
    assert ready.calls() == [["-m", "linkkit", "start", "--port", "9999"]]


def test_an_old_python_is_named(checkout: Checkout) -> None:
    old = checkout.folder / "python-old"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.9.2\nexit 1\n')
    old.chmod(0o755)
    done = checkout.make("audit", "PYTHON=./python-old")
    assert done.returncode != 0
    assert "linkkit needs Python 3.11 or newer; './python-old' is Python 3.9.2." in done.stderr
    assert not (checkout.folder / ".venv").exists()
