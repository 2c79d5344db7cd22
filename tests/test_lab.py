"""`linkkit start`: JupyterLab with the checkout as its folder, the first notebook in front and no news prompt."""

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from linkkit.errors import SettingsError
from linkkit.lab import CONFIG_FOLDER, lab_command, lab_environment

NEWS = "@jupyterlab/apputils-extension:announcements"
TOKEN = "a-token-of-this-test"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "a checkout"
    (folder / "notebooks").mkdir(parents=True)
    notebook = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (folder / "notebooks" / "00_start_here.ipynb").write_text(json.dumps(notebook))
    return folder


def test_command_names_folder_and_first_notebook(checkout: Path) -> None:
    command = lab_command(checkout, port=9123, open_browser=False)
    assert command[:3] == [sys.executable, "-m", "jupyterlab"]
    assert f"--ServerApp.root_dir={checkout}" in command
    assert "--LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb" in command
    assert "--ServerApp.port=9123" in command
    assert "--no-browser" in command


def test_browser_opens_unless_told_otherwise(checkout: Path) -> None:
    assert "--no-browser" not in lab_command(checkout)


def test_a_folder_without_notebooks_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"no notebooks/00_start_here\.ipynb in this folder"):
        lab_command(tmp_path)


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_a_port_out_of_range_is_an_error(checkout: Path, port: int) -> None:
    with pytest.raises(SettingsError, match=f"port {port}: expected a number from 1 to 65535"):
        lab_command(checkout, port=port)


def test_own_settings_and_programs_come_first() -> None:
    given = {"PATH": "/bin", "JUPYTER_CONFIG_PATH": "/mine", "OTHER": "kept"}
    changed = lab_environment(given)
    assert changed["JUPYTER_CONFIG_PATH"].split(os.pathsep) == [str(CONFIG_FOLDER), "/mine"]
    assert changed["PATH"].split(os.pathsep) == [str(Path(sys.executable).parent), "/bin"]
    assert changed["OTHER"] == "kept"
    assert given["PATH"] == "/bin"


def test_settings_switch_the_news_prompt_off() -> None:
    settings = json.loads((CONFIG_FOLDER / "labconfig" / "page_config.json").read_text())
    assert settings["disabledExtensions"] == {NEWS: True}


def _get(address: str) -> str:
    with urllib.request.urlopen(f"{address}?token={TOKEN}", timeout=10) as answer:
        return answer.read().decode()


@pytest.fixture
def lab(checkout: Path, tmp_path: Path) -> Iterator[str]:
    """Address of a JupyterLab that `linkkit.lab.start` started from another folder."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    code = f"from pathlib import Path; from linkkit.lab import start; start(Path({str(checkout)!r}), port={port}, open_browser=False)"
    # A home of its own: the settings of whoever runs the tests stay out of it.
    home = {"HOME": str(tmp_path), "JUPYTER_TOKEN": TOKEN, "JUPYTER_CONFIG_DIR": str(tmp_path / "config")}
    log = tmp_path / "jupyter.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", code], cwd=tmp_path, env=os.environ | home, stdout=output, stderr=output
        )
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 60
        while True:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, (
                f"JupyterLab did not answer within a minute: {log.read_text()}"
            )
            try:
                _get(f"{address}/api/status")
                break
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.2)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=30)


@pytest.mark.skipif(
    os.name == "nt", reason="start() waits for JupyterLab on Windows; terminate() would leave it running"
)
def test_jupyterlab_shows_the_checkout_without_the_news_prompt(lab: str) -> None:
    page = _get(f"{lab}/lab/tree/notebooks/00_start_here.ipynb")
    config = re.search(
        r'<script id="jupyter-config-data" type="application/json">(.*?)</script>', page, re.DOTALL
    )
    assert config is not None
    assert NEWS in json.loads(config[1])["disabledExtensions"]
    assert [entry["name"] for entry in json.loads(_get(f"{lab}/api/contents/"))["content"]] == ["notebooks"]
