"""`linkkit dashboard`: the panels as a page of their own, on loopback behind a token, fetching nothing from elsewhere."""

import importlib.util
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

import linkkit as lk
from linkkit.environment import CLIENT, CLIENTS
from linkkit.errors import SettingsError
from linkkit.lab import DASHBOARD, dashboard_command, dashboard_environment
from linkkit.widgets import dashboard_client
from linkkit.widgets.errors import NotebookStopError
from tests import odd_sites
from tests.small_site import START, build_small_site

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

START_SECONDS = 180


@pytest.fixture
def clients(tmp_path: Path) -> Path:
    made = lk.Client.new("shop", START, clients=tmp_path)
    build_small_site(made.folder / "crawls" / "2026-03-12" / "site")
    return tmp_path


def test_it_is_served_on_loopback_behind_a_token() -> None:
    command = dashboard_command(port=9123, open_browser=False)
    assert command[:4] == [sys.executable, "-m", "voila", str(DASHBOARD)]
    assert DASHBOARD.is_file()
    assert {"--Voila.ip=127.0.0.1", "--Voila.auto_token=True", "--port=9123", "--no-browser"} <= set(command)


def test_a_missing_extra_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SettingsError, match=r"pip install 'linkkit\[dashboard\]'"):
        dashboard_command()


def test_the_address_may_name_another_client(clients: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CLIENT, "nobody")
    monkeypatch.setenv(CLIENTS, str(clients))
    monkeypatch.setenv("QUERY_STRING", "client=shop&client=shop")
    assert dashboard_client().folder == clients / "shop"


@pytest.mark.parametrize("asked", ["../shop", "/etc", "shop/../shop", "..", "nobody", "%2e%2e%2fshop"])
def test_only_clients_of_the_folder_are_shown(
    clients: Path, monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    monkeypatch.setenv(CLIENTS, str(clients))
    monkeypatch.setenv("QUERY_STRING", f"client={asked}")
    with pytest.raises(NotebookStopError):
        dashboard_client()


@pytest.mark.browser
def test_a_limit_moves_the_verdict_and_nothing_is_fetched_from_elsewhere(
    tmp_path: Path, context: "BrowserContext"
) -> None:
    """Of a site whose every text is a program: none of them runs."""
    pytest.importorskip("voila")
    hostile = odd_sites.hostile(tmp_path)
    environment = dashboard_environment(os.environ, hostile.folder.name, tmp_path)
    command = [*dashboard_command(open_browser=False), "--Voila.port_retries=50"]
    server = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        assert server.stderr is not None
        address = next(
            found[0] for line in server.stderr if (found := re.search(r"http://\S+token=\w+", line))
        )
        page, asked, dialogs = context.new_page(), [], []
        page.on("request", lambda request: asked.append(urlsplit(request.url).hostname))
        page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        page.goto(address, timeout=START_SECONDS * 1000, wait_until="commit")
        page.wait_for_function(
            "document.querySelector('.jupyter-widgets input') && document.body.innerText.includes('The link plan')",
            timeout=START_SECONDS * 1000,
        )
        page.get_by_text("The verdict").wait_for()
        assert "Traceback" not in page.inner_text("body")
        box = page.locator("input[type=number]").first
        reset = page.get_by_role("button", name="Reset to").first
        assert reset.is_disabled()
        box.fill("0.5")
        box.press("Enter")
        end = time.monotonic() + 30
        while reset.is_disabled() and time.monotonic() < end:
            page.wait_for_timeout(200)
        assert reset.is_enabled()
        assert "hostile.example" in page.inner_text("body")
        assert {host for host in asked if host} == {"127.0.0.1"}
        assert dialogs == []
        assert page.evaluate("window.pwned ?? null") is None
    finally:
        server.terminate()
        server.wait(30)
