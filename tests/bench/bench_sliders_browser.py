"""From a slider's move to the picture, in a browser: ``python -m tests.bench.bench_sliders_browser [PAGES [NOTEBOOK ...]]``.

A generated site of so many pages (`bench_sliders.site_of`; 10,000 without a number) as a client; each notebook is opened in
JupyterLab with Chromium and run, and each of its sliders moved step by step, as often as `MOVES`. The time runs from the
input event until a new picture is in the page and a frame was drawn; where a slider moves no picture (its chart does not
read it), until the panel's words or findings changed. Printed for each panel: median and 90 % of its moves in ms, and
until everything that follows the slider (findings, graph) stood still; then the median of each slider. CPU seconds of kernel and browser
together are printed beside, for a machine that has other work to do.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any

import linkkit as lk
from linkkit.lab import lab_environment
from tests.bench.bench_sliders import site_of
from tests.browser import chromium
from tests.conftest import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Page

NOTEBOOKS = (
    "02_discovery_and_orphans",
    "03_link_depth",
    "04_anchor_text",
    "05_authority_flow",
    "06_architecture",
    "07_topic_clusters",
    "08_visitor_navigation",
    "09_link_plan",
    "10_readiness",
)
MOVES = 6
TOKEN = "bench"
QUIET = 600
"""Milliseconds without a change after which a move is over."""

_WATCH = f"""() => {{
  const state = window.lkBench = {{ began: 0, picture: 0, first: 0, last: 0 }};
  const isPicture = (node) => node.nodeType === 1 && (node.matches('canvas, svg.marks') || node.querySelector('canvas, svg.marks'));
  document.addEventListener('input', (event) => {{
    if (event.target.type === 'range') Object.assign(state, {{ began: performance.now(), picture: 0, first: 0, last: 0 }});
  }}, true);
  new MutationObserver((records) => {{
    records = records.filter(({{ target }}) => (target.closest ? target : target.parentElement)?.closest('.jp-OutputArea-output'));
    if (!state.began || !records.length) return;
    const drawn = records.some((record) => [...record.addedNodes].some(isPicture));
    requestAnimationFrame(() => {{
      state.last = performance.now();
      state.first ||= state.last;
      if (drawn) state.picture ||= state.last;
    }});
  }}).observe(document.querySelector('.jp-Notebook'), {{ childList: true, subtree: true, characterData: true }});
  state.isOver = () => state.began && performance.now() - Math.max(state.began, state.last) > (state.last ? {QUIET} : 5000);
}}"""


_MOVE = """(slider, value) => {
  slider.value = value;
  for (const name of ['input', 'change']) slider.dispatchEvent(new Event(name, { bubbles: true }));
}"""
"""As a slider that is moved a step and let go."""


@contextmanager
def lab(root: Path) -> Iterator[str]:
    """A JupyterLab on a folder; its address."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = root / "settings" / "@jupyterlab/notebook-extension/tracker.jupyterlab-settings"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text('{"windowingMode": "none"}', "utf-8")
    names = {name: value for name, value in os.environ.items() if name != "LINKKIT_HEADLESS"}
    environment = lab_environment(
        {
            **names,
            "JUPYTERLAB_SETTINGS_DIR": str(root / "settings"),
            "JUPYTER_TOKEN": TOKEN,
            "HOME": str(root),
        }
    )
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--ServerApp.root_dir={root}",
        f"--ServerApp.port={port}", "--ServerApp.ip=127.0.0.1", "--LabApp.expose_app_in_browser=True",
    ]  # fmt: skip
    with (root / "jupyter.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, cwd=root, stdout=log, stderr=log)
    try:
        while process.poll() is None:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/api?token={TOKEN}", timeout=10):
                    break
            except OSError:
                time.sleep(0.5)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=60)


def run_all(page: "Page", address: str, notebook: str) -> dict[str, float]:
    """Open a notebook, run it; seconds from Run All to the first answer, and to the last cell."""
    page.goto(f"{address}/lab/tree/notebooks/{notebook}.ipynb?token={TOKEN}&reset")
    page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=300_000)
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=300_000)
    state = """() => {
        const prompts = [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].map(p => p.innerText.trim());
        if (document.querySelector('[data-mime-type="application/vnd.jupyter.error"]')) return 'failed';
        if (prompts.length && prompts.every(text => /^\\[\\d+\\]:$/.test(text))) return 'done';
        return prompts.includes('[*]:') ? 'running' : 'waiting';
    }"""
    times, waited, began = {}, 5, time.monotonic()
    while (now := page.evaluate(state)) not in {"done", "failed"}:
        waited = waited + 1 if now == "waiting" else 0
        if waited > 5:
            page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells') }")
            waited, began = 0, time.monotonic()
        if "first" not in times and page.locator(".jp-OutputArea-output").count() > 1:
            times["first"] = time.monotonic() - began
        page.wait_for_timeout(500)
    if now == "failed":
        raise RuntimeError(
            page.locator('[data-mime-type="application/vnd.jupyter.error"]').first.inner_text()
        )
    return {**times, "all": time.monotonic() - began}


def cpu_seconds() -> float:
    """CPU seconds of this process's children and theirs, as long as they live."""
    total, parents = 0.0, {os.getpid()}
    stats: dict[int, tuple[int, float]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        stats[int(folder.name)] = (
            int(fields[1]),
            (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"),
        )
    grown = True
    while grown:
        more = {pid for pid, (parent, _) in stats.items() if parent in parents} - parents
        parents |= more
        grown = bool(more)
    for pid in parents - {os.getpid()}:
        total += stats[pid][1] if pid in stats else 0.0
    return total


def moves(page: "Page", place: int) -> list[tuple[float, float, float]]:
    """For each move of a slider: ms to the picture, to the end of all that follows, and CPU ms."""
    slider = page.locator(".jp-Notebook input[type=range]:visible").nth(place)
    slider.scroll_into_view_if_needed()
    times, way = [], 1.0
    for _ in range(MOVES):
        value, top, low, step = (
            float(slider.evaluate(f"each => each.{name}")) for name in ("value", "max", "min", "step")
        )
        way = -1.0 if value >= top else 1.0 if value <= low else way
        used = cpu_seconds()
        slider.evaluate(_MOVE, value + way * step)
        page.wait_for_function("() => window.lkBench.isOver()", timeout=120_000, polling=100)
        seen: dict[str, Any] = page.evaluate("() => window.lkBench")
        if seen["last"]:
            drawn = seen["picture"] or seen["first"]
            times.append(
                (drawn - seen["began"], seen["last"] - seen["began"], 1_000 * (cpu_seconds() - used))
            )
    return times


def measure(page: "Page", address: str, notebook: str) -> None:
    """Print a notebook's times."""
    run = run_all(page, address, notebook)
    page.wait_for_timeout(3_000)
    page.evaluate(_WATCH)
    count = page.locator(".jp-Notebook input[type=range]:visible").count()
    every: list[tuple[float, float, float]] = []
    each_of: dict[str, float] = {}
    for place in range(count):
        name = str(
            page.locator(".jp-Notebook input[type=range]:visible").nth(place).get_attribute("aria-label")
        )
        times = moves(page, place)
        every += times
        if times:
            each_of[name] = median(each[0] for each in times)
    if not every:
        print(f"{notebook:28} no slider moves anything; Run All {run['all']:.0f} s", flush=True)
        return
    pictures = [each[0] for each in every]
    print(
        f"{notebook:28} {count:2} sliders, {len(every):3} moves: median {median(pictures):5.0f} ms, 90 % {quantiles(pictures, n=10)[-1]:5.0f} ms; "
        f"all that follows {median(each[1] for each in every):5.0f} ms; "
        f"CPU {median(each[2] for each in every):5.0f} ms; Run All first {run.get('first', 0):.0f} s, whole {run['all']:.0f} s; load {os.getloadavg()[0]:.1f}",
        flush=True,
    )  # fmt: skip
    print("    " + ", ".join(f"{name} {ms:.0f}" for name, ms in each_of.items()), flush=True)


def main(pages: int, notebooks: list[str]) -> None:
    """Measure on a site of so many pages."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        shutil.copytree(ROOT / "notebooks", root / "notebooks")
        site = site_of(pages)
        client = lk.Client.new("sample", site.start_url, clients=root / "clients")
        site.save(client.folder / "crawls" / "2026-01-01" / "site")
        del site
        with lab(root) as address, chromium() as browser:
            for notebook in notebooks:
                page = browser.new_page(viewport={"width": 1400, "height": 1000})
                try:
                    measure(page, address, notebook)
                except Exception as error:
                    print(f"{notebook}: {type(error).__name__}: {str(error)[:400]}", flush=True)
                finally:
                    page.evaluate("() => window.jupyterapp?.serviceManager.sessions.shutdownAll()")
                    page.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000, sys.argv[2:] or list(NOTEBOOKS))
