"""JupyterLab on the first notebook, and the dashboard, with everything they need set: `linkkit start`, `linkkit dashboard`."""

import importlib.util
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from linkkit.environment import CLIENT, CLIENTS
from linkkit.errors import SettingsError

FIRST_NOTEBOOK = "notebooks/00_start_here.ipynb"
# Holds labconfig/page_config.json, which switches JupyterLab's news prompt off.
CONFIG_FOLDER = Path(__file__).resolve().parent / "jupyter"
DASHBOARD = CONFIG_FOLDER / "dashboard.ipynb"

log = logging.getLogger(__name__)


def start(root: Path, *, port: int | None = None, open_browser: bool = True) -> int:
    """Open JupyterLab on the first notebook and stay until it is shut down.

    Parameters
    ----------
    root
        The checkout: the folder that holds ``notebooks/``. JupyterLab can see it and nothing above it.
    port
        Port on loopback; None takes JupyterLab's own (8888, or the next one that is free).
    open_browser
        False only prints the address.

    Returns
    -------
    int
        Exit code of JupyterLab. Outside Windows the process becomes JupyterLab and the call never returns.

    Raises
    ------
    SettingsError
        If ``root`` holds no notebooks, or ``port`` is not a port.
    """
    return _become(lab_command(root, port=port, open_browser=open_browser), lab_environment(os.environ))


def dashboard(client: str, clients: Path, *, port: int | None = None, open_browser: bool = True) -> int:
    """Show a client's panels as a page of their own, without code, until it is stopped with Ctrl-C.

    Parameters
    ----------
    client
        Name of its folder below ``clients``.
    clients
        Folder of all clients.
    port
        Port on loopback; None takes Voila's own (8866, or the next one that is free).
    open_browser
        False only prints the address; it holds the token without which nobody gets in.

    Returns
    -------
    int
        Exit code of Voila. Outside Windows the process becomes Voila and the call never returns.

    Raises
    ------
    SettingsError
        If Voila is not installed, or ``port`` is not a port.
    """
    command = dashboard_command(port=port, open_browser=open_browser)
    return _become(command, dashboard_environment(os.environ, client, clients))


def dashboard_command(*, port: int | None = None, open_browser: bool = True) -> list[str]:
    """Command line of the dashboard: loopback only, behind a token.

    Raises
    ------
    SettingsError
        If Voila is not installed, or ``port`` is not a port.
    """
    if importlib.util.find_spec("voila") is None:
        raise SettingsError(
            "the dashboard needs Voila, which is not installed: `pip install 'linkkit[dashboard]'`, or in a checkout "
            "`.venv/bin/pip install voila`. The same panels are in the notebooks."
        )
    _check_port(port)
    command = [sys.executable, "-m", "voila", str(DASHBOARD), "--template=linkkit", "--Voila.ip=127.0.0.1"]
    # Errors made for people are told as their message alone; see `linkkit.widgets.errors`.
    command += ["--Voila.auto_token=True", "--VoilaConfiguration.show_tracebacks=True"]
    # Nothing of a folder is served but the page itself.
    command += ["--VoilaConfiguration.file_denylist=.*"]
    if port is not None:
        command += [f"--port={port}", "--Voila.port_retries=0"]
    if not open_browser:
        command.append("--no-browser")
    return command


def dashboard_environment(environment: Mapping[str, str], client: str, clients: Path) -> dict[str, str]:
    """`lab_environment`, with the page's template on the path, and whose dashboard it is."""
    changed = lab_environment(environment)
    rest = environment.get("JUPYTER_PATH", "")
    changed["JUPYTER_PATH"] = f"{CONFIG_FOLDER}{os.pathsep}{rest}" if rest else str(CONFIG_FOLDER)
    return {**changed, CLIENT: client, CLIENTS: str(clients.resolve())}


def _become(command: list[str], environment: Mapping[str, str]) -> int:
    log.info("starting %s", " ".join(command))
    if os.name != "nt":
        # Becoming the server hands it Ctrl-C and kill directly: no parent has to pass them on.
        os.execve(command[0], command, environment)  # noqa: S606
    # Windows has no exec that keeps the console. Ctrl-C reaches both processes there, and is the server's to answer.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return subprocess.run(command, env=environment, check=False).returncode
    finally:
        signal.signal(signal.SIGINT, before)


def lab_command(root: Path, *, port: int | None = None, open_browser: bool = True) -> list[str]:
    """Command line that opens JupyterLab with ``root`` as its folder and the first notebook in front.

    Raises
    ------
    SettingsError
        If ``root`` holds no notebooks, or ``port`` is not a port.
    """
    root = root.resolve()
    notebook = root / FIRST_NOTEBOOK
    if not notebook.is_file():
        raise SettingsError(
            f"{root}: no {FIRST_NOTEBOOK} in this folder. The notebooks come with a checkout of linkkit, not with the "
            "installed package: run the command in the checkout, or name the checkout."
        )
    _check_port(port)
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        f"--ServerApp.root_dir={root}",
        f"--LabApp.default_url=/lab/tree/{FIRST_NOTEBOOK}",
    ]
    if port is not None:
        command.append(f"--ServerApp.port={port}")
    if not open_browser:
        command.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        # Containers often have no other user; the server still listens on loopback only and asks for its token.
        command.append("--allow-root")
    return command


def lab_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """``environment`` with linkkit's JupyterLab settings first and this Python's own programs on the PATH.

    A kernel whose environment was never activated finds no ``scrapy``, which advertools calls by its bare name.
    """
    changed = dict(environment)
    for name, first in (("JUPYTER_CONFIG_PATH", CONFIG_FOLDER), ("PATH", Path(sys.executable).parent)):
        rest = environment.get(name, "")
        changed[name] = f"{first}{os.pathsep}{rest}" if rest else str(first)
    return changed


def _check_port(port: int | None) -> None:
    if port is not None and not 0 < port < 65536:
        raise SettingsError(f"port {port}: expected a number from 1 to 65535.")
