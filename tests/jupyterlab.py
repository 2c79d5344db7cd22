"""A JupyterLab with Chromium in front of it: notebooks run one after the other in one kernel, and what a reader meets in them."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from linkkit.client import Client
from linkkit.lab import lab_environment
from tests.conftest import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page, ViewportSize

TOKEN = "for-the-tests"
SETTINGS = "@jupyterlab/notebook-extension/tracker.jupyterlab-settings"
SECONDS = 1_000
_PATIENCE = 150 * SECONDS
_WINDOW: "ViewportSize" = {"width": 1400, "height": 1000}

# This connection knows no widgets and would close each that the kernel opens: only the notebook's own may listen.
_START = """async () => {
    const kernel = await window.jupyterapp.serviceManager.kernels.startNew({ name: 'python3' });
    const id = kernel.id;
    kernel.dispose();
    return id;
}"""
# Else the next notebook would fetch the widgets of all before it, and the kernel would go on moving them.
_CLOSE = """async () => {
    if (!window.shownNotebook) return;
    const code = 'import ipywidgets; ipywidgets.Widget.close_all()\\n%reset -f';
    await window.shownNotebook.sessionContext.session.kernel.requestExecute({ code, store_history: false }).done;
    window.shownNotebook.dispose();
    delete window.shownNotebook;
}"""
_OPEN = """async ([path, id]) => {
    const shown = await window.jupyterapp.commands.execute('docmanager:open', { path, factory: 'Notebook', kernel: { id } });
    await shown.context.ready;
    await shown.sessionContext.ready;
    await shown.revealed;
    window.shownNotebook = shown;
    return shown.sessionContext.session.kernel.id;
}"""
_NAME_CLIENT = """client => {
    const cells = window.shownNotebook.content.widgets.map(cell => cell.model.sharedModel);
    const cell = cells.find(each => each.getSource().startsWith('CLIENT ='));
    cell.setSource(cell.getSource().replace(/^CLIENT = ".*?"/, `CLIENT = "${client}"`));
}"""
_RUN = "() => window.jupyterapp.commands.execute('notebook:run-all-cells').then(() => true)"
_NOT_RUN = """() => window.shownNotebook.content.widgets
    .filter(cell => cell.model.type === 'code' && cell.model.executionCount === null).map(cell => cell.model.sharedModel.getSource())"""
# A widget is there once it has drawn something in place of its "Loading widget".
_DRAWN = """() => [...document.querySelectorAll('.jp-OutputArea-output[data-mime-type*="widget-view"]')]
    .every(each => each.querySelector('.jupyter-widgets, .vega-embed') && !each.innerText.includes('Loading widget'))"""
_FAINT = r"""() => {
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const colour = words => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = words;
        canvas.fillRect(0, 0, 1, 1);
        const [red, green, blue, opacity] = canvas.getImageData(0, 0, 1, 1).data;
        return { parts: [red, green, blue], opacity: opacity / 255 };
    };
    const over = (upper, lower) => upper.parts.map((part, at) => part * upper.opacity + lower[at] * (1 - upper.opacity));
    const luminance = parts => parts
        .map(part => part / 255).map(part => part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
        .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
    const ground = element => {
        const layers = [];
        for (let each = element; each; each = each.parentElement) {
            const layer = colour(getComputedStyle(each).backgroundColor);
            if (layer.opacity > 0) layers.push(layer);
            if (layer.opacity >= 1) break;
        }
        return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255]);
    };
    const faint = new Set();
    for (const area of document.querySelectorAll('.jp-OutputArea-output')) {
        const walker = document.createTreeWalker(area, NodeFilter.SHOW_TEXT);
        for (let node; (node = walker.nextNode());) {
            const element = node.parentElement, style = getComputedStyle(element), box = element.getBoundingClientRect();
            // What is disabled may be faint; charts are pictures, and measured as such elsewhere.
            if (!node.textContent.trim() || !box.width || !box.height || element.closest('style, script, option, svg, [disabled], [aria-disabled=true]')) continue;
            const text = colour(style.color), below = ground(element);
            text.opacity *= Number(style.opacity);
            const [dark, light] = [luminance(over(text, below)), luminance(below)].sort((one, other) => one - other);
            const size = parseFloat(style.fontSize), large = size >= 24 || (size >= 18.6 && Number(style.fontWeight) >= 700);
            // A sign beside words that say the same is a graphic.
            const least = large || element.getAttribute('aria-hidden') ? 3 : 4.5;
            const ratio = (light + 0.05) / (dark + 0.05);
            if (ratio < least) faint.add(`${ratio.toFixed(1)} : 1  ${style.color}  ${node.textContent.trim().slice(0, 40)}`);
        }
    }
    return [...faint];
}"""
_FOREIGN = "[onerror], [onload], form:not(.vega-bindings), object, embed, img[src=x], link, base"
_OUTER = "all => all.map(each => each.outerHTML.slice(0, 200))"
CONTROLS = {"button", "checkbox", "combobox", "link", "listbox", "radio", "slider", "spinbutton", "textbox"}


@dataclass
class Lab:
    """A running JupyterLab, one page in which it is open, and one kernel for every notebook.

    Attributes
    ----------
    asked : list of str
        Addresses that the page asked for.
    dialogs : list of str
        Of ``alert`` and the like.
    """

    address: str
    root: Path
    page: "Page"
    kernel: str = ""
    asked: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def open(self) -> None:
        """Open JupyterLab and start the kernel."""
        from playwright.sync_api import expect

        page = self.page
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("websocket", lambda socket: self.asked.append(socket.url))
        page.on("dialog", lambda dialog: (self.dialogs.append(dialog.message), dialog.dismiss()))
        page.set_default_timeout(_PATIENCE)
        expect.set_options(timeout=_PATIENCE)
        page.goto(f"{self.address}/lab?token={TOKEN}&reset")
        page.wait_for_function("() => window.jupyterapp?.commands.hasCommand('notebook:run-all-cells')")
        page.evaluate("() => window.jupyterapp.restored.then(() => true)")
        self.kernel = page.evaluate(_START)

    def client(self, name: str = "sample") -> Client:
        """The client as its folder is now."""
        return Client.open(name, clients=self.root / "clients")

    def run(self, notebook: str, client: str = "sample") -> None:
        """Open a notebook in place of the one before, name its client, run all cells, and wait until every widget is drawn."""
        page = self.page
        page.evaluate(_CLOSE)
        assert page.evaluate(_OPEN, [f"notebooks/{notebook}.ipynb", self.kernel]) == self.kernel
        page.evaluate(_NAME_CLIENT, client)
        page.evaluate(_RUN)
        assert self.texts("application/vnd.jupyter.error") == []
        assert self.texts("application/vnd.jupyter.stderr") == []
        assert page.evaluate(_NOT_RUN) == []
        page.wait_for_function(_DRAWN)
        assert "Error displaying widget" not in self.text()

    def texts(self, mime_type: str) -> list[str]:
        """Of the outputs of a type."""
        return self.page.locator(f'.jp-Notebook [data-mime-type="{mime_type}"]').all_inner_texts()

    def text(self) -> str:
        """All that the notebook says."""
        return self.page.locator(".jp-Notebook").inner_text()

    def shot(self, name: str) -> None:
        """A picture of the whole notebook, for people, into the folder that LINKKIT_SHOTS names."""
        folder = os.environ.get("LINKKIT_SHOTS")
        if not folder:
            return
        height = self.page.evaluate(
            "() => Math.max(...[...document.querySelectorAll('.jp-Notebook *')].map(each => each.scrollHeight))"
        )
        self.page.set_viewport_size({"width": 1400, "height": min(int(height) + 160, 15_000)})
        self.page.evaluate(
            "() => document.querySelectorAll('.jp-WindowedPanel-outer').forEach(each => each.scrollTo(0, 0))"
        )
        self.page.wait_for_timeout(2 * SECONDS)
        self.page.screenshot(path=f"{folder}/{name}.png")
        self.page.set_viewport_size(_WINDOW)

    def told(self, words: str) -> None:
        """Wait until the notebook says something."""
        self.page.wait_for_function(
            "words => document.querySelector('.jp-Notebook').innerText.includes(words)", arg=words
        )

    def panel(self, control: "Locator") -> "Locator":
        """The output in which a control stands."""
        return self.page.locator(".jp-Cell-outputWrapper", has=control).last

    def dark(self, is_dark: bool) -> None:
        """Change JupyterLab's theme."""
        theme = "JupyterLab Dark" if is_dark else "JupyterLab Light"
        self.page.evaluate(
            "theme => window.jupyterapp.commands.execute('apputils:change-theme', { theme }).then(() => true)",
            theme,
        )
        # The body itself has no height, and so counts as hidden.
        self.page.wait_for_selector(
            f"body[data-jp-theme-light={'false' if is_dark else 'true'}]", state="attached"
        )

    def nameless(self) -> list[str]:
        """Roles of controls in the outputs that a screen reader would call nothing: by Chromium's accessibility tree."""
        devtools = self.page.context.new_cdp_session(self.page)
        found = []
        for place in range(self.page.locator(".jp-OutputArea").count()):
            area = f"document.querySelectorAll('.jp-OutputArea')[{place}]"
            held = devtools.send("Runtime.evaluate", {"expression": area})["result"]
            nodes = devtools.send("Accessibility.queryAXTree", {"objectId": held["objectId"]})["nodes"]
            found += [(_of(node, "role"), _of(node, "name").strip()) for node in nodes if not node["ignored"]]
        devtools.detach()
        assert any(role in CONTROLS for role, _ in found)
        return [role for role, name in found if role in CONTROLS and not name]

    def faint(self) -> list[str]:
        """Text of outputs whose contrast with its ground is below 4.5 : 1 (large text and signs: 3 : 1)."""
        return list(self.page.evaluate(_FAINT))

    def foreign(self) -> list[str]:
        """Elements in outputs, and in the pictures that stand there in frames, that no notebook has: text of a page became markup."""
        from playwright.sync_api import Error

        found = self.page.locator(
            f".jp-OutputArea-output :is({_FOREIGN}, meta, iframe:not([sandbox]))"
        ).evaluate_all(_OUTER)
        for frame in self.page.frames[1:]:
            with suppress(Error):  # A frame may go while it is asked.
                found += frame.locator(f":is({_FOREIGN}, iframe)").evaluate_all(_OUTER)
        return list(found)

    def nothing_got_out(self) -> None:
        """No request left the machine, no dialog opened, and no text of a page ran."""
        from playwright.sync_api import Error

        local = (self.address, self.address.replace("http", "ws"), "data:", "blob:", "about:")
        assert [url for url in self.asked if not url.startswith(local)] == []
        assert self.dialogs == []
        ran = []
        for frame in self.page.frames:
            with suppress(Error):  # A frame may go while it is asked.
                ran.append(frame.evaluate("() => window.pwned ?? null"))
        assert len(ran) >= 1
        assert set(ran) == {None}


def _of(node: dict[str, Any], name: str) -> str:
    return str(node.get(name, {}).get("value", ""))


@contextmanager
def running_lab(browser: "Browser", root: Path, clients: list[Path]) -> Iterator[Lab]:
    """A JupyterLab over copies of the notebooks and of some clients' folders, open in a page of its own."""
    shutil.copytree(ROOT / "notebooks", root / "notebooks")
    for folder in clients:
        shutil.copytree(folder, root / "clients" / folder.name)
    # Cells outside the window are drawn as well, so that all of them can be looked at.
    settings = root / "settings" / SETTINGS
    settings.parent.mkdir(parents=True)
    settings.write_text('{"windowingMode": "none"}', "utf-8")
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = lab_environment(
        {
            **{name: value for name, value in os.environ.items() if name != "LINKKIT_HEADLESS"},
            "JUPYTERLAB_SETTINGS_DIR": str(root / "settings"),
            "JUPYTER_TOKEN": TOKEN,
            "HOME": str(root),
        }
    )
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += [f"--ServerApp.root_dir={root}", f"--ServerApp.port={port}", "--ServerApp.ip=127.0.0.1"]
    command += ["--LabApp.expose_app_in_browser=True"]
    log = (root / "jupyter.log").open("wb")
    process = subprocess.Popen(command, env=environment, cwd=root, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    context = browser.new_context(viewport=_WINDOW)
    try:
        deadline = time.monotonic() + 120
        while True:
            assert process.poll() is None, (root / "jupyter.log").read_text()
            assert time.monotonic() < deadline, (root / "jupyter.log").read_text()
            try:
                with urllib.request.urlopen(f"{address}/api?token={TOKEN}", timeout=10):
                    break
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.3)
        lab = Lab(address, root, context.new_page())
        lab.open()
        yield lab
    finally:
        context.close()
        process.terminate()
        process.wait(timeout=30)
        log.close()
