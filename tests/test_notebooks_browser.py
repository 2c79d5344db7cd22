"""The notebooks as an analyst meets them: Run All in a real JupyterLab, a slider moved, a hostile page on board."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

import linkkit as lk
from linkkit.lab import lab_environment
from tests.conftest import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

TOKEN = "for-the-tests"
SETTINGS = "@jupyterlab/notebook-extension/tracker.jupyterlab-settings"
CHAPTERS = {
    "01_crawl_or_import": ("links", "too_many_links_ratio", 10),
    "02_discovery_and_orphans": ("discovery", "weak_linking_pages", 2),
    "03_link_depth": ("depth", "max_crawl_depth", 4),
    "04_anchor_text": ("anchors", "ambiguous_anchor_targets", 3),
    "05_authority_flow": ("authority", "under_linked_ratio", 80),
    "06_architecture": ("architecture", "min_hanging_pages", 4),
    "07_topic_clusters": ("clusters", "near_duplicate_similarity", 0.95),
    "08_visitor_navigation": ("navigation", "min_money_chance", 0.05),
}
PICTURES = {
    "00_start_here",
    "02_discovery_and_orphans",
    "03_link_depth",
    "04_anchor_text",
    "05_authority_flow",
    "06_architecture",
    "07_topic_clusters",
    "08_visitor_navigation",
}
SECONDS = 1_000


@dataclass
class Lab:
    address: str
    client: lk.Client


@pytest.fixture(scope="module")
def lab(sample_client: lk.Client, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A JupyterLab over copies of the notebooks and of the sample client."""
    root = tmp_path_factory.mktemp("lab")
    shutil.copytree(ROOT / "notebooks", root / "notebooks")
    shutil.copytree(sample_client.folder, root / "clients" / "sample")
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
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        "--no-browser",
        "--allow-root",
        f"--ServerApp.root_dir={root}",
    ]
    command += [f"--ServerApp.port={port}", "--ServerApp.ip=127.0.0.1", "--LabApp.expose_app_in_browser=True"]
    log = (root / "jupyter.log").open("wb")
    process = subprocess.Popen(command, env=environment, cwd=root, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
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
        yield Lab(address, lk.Client.open("sample", clients=root / "clients"))
    finally:
        process.terminate()
        process.wait(timeout=30)
        log.close()


def run_all(page: "Page", lab: Lab, notebook: str) -> None:
    """Open a notebook, run all its cells, and wait until the last one is done."""
    page.goto(f"{lab.address}/lab/tree/notebooks/{notebook}.ipynb?token={TOKEN}&reset")
    page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=120 * SECONDS)
    # Only now is there a kernel to run the cells; before, JupyterLab would ask which one.
    idle = page.get_by_text("Python 3 (ipykernel) | Idle")
    idle.wait_for(timeout=120 * SECONDS)
    state = """() => {
        const prompts = [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].map(p => p.innerText.trim());
        if (document.querySelector('[data-mime-type="application/vnd.jupyter.error"]')) return 'failed';
        if (prompts.length && prompts.every(text => /^\\[\\d+\\]:$/.test(text))) return 'done';
        return prompts.includes('[*]:') ? 'running' : 'waiting';
    }"""
    deadline, waiting = time.monotonic() + 150, 5
    while (now := page.evaluate(state)) not in {"done", "failed"}:
        assert time.monotonic() < deadline, page.locator(".jp-InputPrompt").all_inner_texts()
        # JupyterLab drops what it was asked to run while it connects to the kernel a second time.
        waiting = waiting + 1 if now == "waiting" else 0
        if waiting > 5:
            page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells') }")
            waiting = 0
        page.wait_for_timeout(1 * SECONDS)
    idle.wait_for(timeout=120 * SECONDS)
    page.wait_for_timeout(2 * SECONDS)


def outputs(page: "Page", mime_type: str) -> list[str]:
    return page.locator(f'[data-mime-type="{mime_type}"]').all_inner_texts()


@pytest.mark.parametrize(
    "notebook",
    ["00_start_here", *CHAPTERS],
)
def test_run_all_then_move_a_slider(page: "Page", lab: Lab, notebook: str) -> None:
    requested: list[str] = []
    dialogs: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    run_all(page, lab, notebook)

    assert outputs(page, "application/vnd.jupyter.error") == []
    assert outputs(page, "application/vnd.jupyter.stderr") == []
    assert page.locator(".vega-embed canvas, .vega-embed svg").count() >= 1
    assert (page.locator("iframe[srcdoc]").count() >= 1) == (
        notebook in PICTURES or notebook.startswith("01")
    )
    audit = lab.client.audit()
    chapter = CHAPTERS.get(notebook, (None,))[0]
    before = lk.charts.answer(audit, chapter).sentence
    assert before in page.locator(".jp-Notebook").inner_text()

    if notebook in CHAPTERS:
        _, threshold, value = CHAPTERS[notebook]
        changed = audit.with_thresholds(audit.thresholds.replace(**{threshold: value}))
        after = lk.charts.answer(changed, chapter).sentence
        counts = [int((each.findings["chapter"] == chapter).sum()) for each in (audit, changed)]
        assert counts[0] != counts[1]
        assert f"of {counts[0]} findings" in page.locator(".jp-Notebook").inner_text()
        label = threshold.replace("_", " ").capitalize()
        row = page.locator(".jp-OutputArea .widget-hbox", has=page.get_by_text(label, exact=True)).last
        box = row.locator("input[type=number]").first
        box.fill(f"{value:g}")
        box.press("Enter")
        for words in (after, f"of {counts[1]} findings"):
            page.wait_for_function(
                "text => document.querySelector('.jp-Notebook').innerText.includes(text)",
                arg=words,
                timeout=30 * SECONDS,
            )
        handle = row.get_by_role("slider").first
        handle.focus()
        handle.press("ArrowLeft")
        page.wait_for_timeout(1 * SECONDS)
        assert float(box.input_value()) < value

    if notebook == "03_link_depth":
        # The start page lies in the middle of its picture; what is known of it then stands below.
        frame = page.locator("iframe[sandbox]").first
        frame.scroll_into_view_if_needed()
        size = frame.bounding_box()
        assert size is not None
        frame.click(position={"x": size["width"] / 2, "y": size["height"] / 2})
        page.get_by_text("Links out of it:").first.wait_for(timeout=30 * SECONDS)

    local = (lab.address, lab.address.replace("http", "ws"), "data:", "blob:", "about:")
    assert [url for url in requested if not url.startswith(local)] == []
    assert dialogs == []
    assert [frame.evaluate("window.pwned") for frame in page.frames if not frame.is_detached()] == [
        None
    ] * len(page.frames)


def test_the_verdict_follows_its_sliders(page: "Page", lab: Lab) -> None:
    """Notebook 10: the verdict stands in it, a slider moves it at once, a reset brings it back."""
    run_all(page, lab, "10_readiness")
    assert outputs(page, "application/vnd.jupyter.error") == []
    assert outputs(page, "application/vnd.jupyter.stderr") == []

    def told(words: str) -> None:
        page.wait_for_function(
            "text => document.querySelector('.jp-Notebook').innerText.includes(text)",
            arg=words,
            timeout=30 * SECONDS,
        )

    audit = lab.client.audit()
    told(audit.readiness.sentence)
    told(audit.readiness.holds)
    other = audit.readiness.under(audit.thresholds.replace(min_money_in_reach=0.8))
    assert other.sentence != audit.readiness.sentence
    box = page.get_by_label("Min money in reach", exact=True).first
    box.fill("0.8")
    box.press("Enter")
    told(other.sentence)
    row = page.locator(".jp-OutputArea .widget-hbox", has=page.get_by_label("Min money in reach")).last
    row.get_by_role("button", name="Reset to 0.95").click()
    page.wait_for_function(
        "text => !document.querySelector('.jp-Notebook').innerText.includes(text)",
        arg=other.sentence,
        timeout=30 * SECONDS,
    )


def test_the_plan_follows_its_controls(page: "Page", lab: Lab) -> None:
    """Notebook 09: the slider makes links, changes are tried, a fault is told in the panel, another goal makes another plan."""
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    run_all(page, lab, "09_link_plan")
    assert outputs(page, "application/vnd.jupyter.error") == []
    assert outputs(page, "application/vnd.jupyter.stderr") == []

    def told(words: str) -> None:
        page.wait_for_function(
            "text => document.querySelector('.jp-Notebook').innerText.includes(text)",
            arg=words,
            timeout=30 * SECONDS,
        )

    proposal = lk.plan.Planning(lab.client.audit()).propose()
    assert proposal.plan is not None
    told(lk.charts.plan_answer(proposal).sentence)
    told(str(proposal.links["phrase"].replace("", "(needs a new sentence").iloc[0]))
    box = page.get_by_label("First links of the plan", exact=True).first
    box.fill("7")
    box.press("Enter")
    told("The first 7 links of the plan")
    simulated = lk.plan.simulate(proposal.audit, add_links=proposal.links.head(7))
    told(lk.charts.summary_view(simulated)["With the changes"].iloc[0])
    row = page.locator(".jp-OutputArea .widget-hbox", has=page.get_by_label("First links of the plan")).last
    handle = row.get_by_role("slider").first
    handle.focus()
    handle.press("ArrowRight")
    told("The first 8 links of the plan")

    page.get_by_label("The page that holds the link", exact=True).first.fill("/nowhere/")
    page.get_by_label("The page it leads to", exact=True).first.fill("/book/")
    page.get_by_role("button", name="Try it").click()
    told("not known on this site: '/nowhere/'")
    page.get_by_label("The page that holds the link", exact=True).first.fill("/guides/")
    page.get_by_role("button", name="Try it").click()
    told("Link from /guides/ to /book/")
    page.get_by_role("button", name="Undo the last").click()

    page.get_by_label("Goal", exact=True).first.fill("/services/")
    page.get_by_label("Goal", exact=True).first.press("Tab")
    page.get_by_label("New links at most", exact=True).first.fill("3")
    page.get_by_label("New links at most", exact=True).first.press("Enter")
    page.get_by_role("button", name="Plan again").click()
    told("The first 3 links of the plan")
    page.get_by_role("button", name="Add to deck").click()
    told("exports/link-plan.xlsx")
    assert page.locator("[role=alert]").all_inner_texts() == []
    local = (lab.address, lab.address.replace("http", "ws"), "data:", "blob:", "about:")
    assert [url for url in requested if not url.startswith(local)] == []


def test_a_dropped_file_is_told_and_read(page: "Page", lab: Lab) -> None:
    """A file dropped on notebook 01 goes over in slices, is recognised, and says what became of its rows."""
    run_all(page, lab, "01_crawl_or_import")
    text = "Top pages,Clicks,Impressions,CTR,Position\n" + "".join(
        f"https://www.fellandford.example/never-{number}/{'x' * 900},1,2,50%,3\n" for number in range(3000)
    )
    text += "https://other.example/<script>window.pwned=1</script>,1,2,50%,3\n"
    drop = """([zone, text]) => {
        const files = new DataTransfer();
        files.items.add(new File([text], 'pages from console.csv'));
        zone.dispatchEvent(new DragEvent('drop', { dataTransfer: files, bubbles: true, cancelable: true }));
    }"""
    zone = page.locator(".lk-drop label")
    assert "Drop files here" in zone.inner_text()
    zone.evaluate("(zone, text) => (" + drop + ")([zone, text])", text)
    page.get_by_text("Search Console pages").first.wait_for(timeout=60 * SECONDS)
    told = page.locator(".jp-Notebook").inner_text()
    assert "outside the site (other.example)" in told
    assert (lab.client.folder / "signals" / "pages from console.csv").read_text("utf-8") == text
    (lab.client.folder / "signals" / "pages from console.csv").unlink()
    assert page.evaluate("window.pwned") is None


def test_a_cluster_is_edited_saved_and_a_proposal_accepted(page: "Page", lab: Lab) -> None:
    """Pages are moved and a pillar is named in the editor; the rest of client.toml stays; a proposal becomes a cluster."""
    run_all(page, lab, "07_topic_clusters")
    before = (lab.client.folder / "client.toml").read_text("utf-8")
    editor = page.locator(".lk-live", has=page.get_by_text("Dissolve cluster")).last
    chosen = editor.locator("select")
    chosen.nth(0).select_option("Repairs")
    page.wait_for_timeout(1 * SECONDS)
    editor.locator("select[multiple]").select_option(index=0)
    editor.get_by_placeholder("a cluster, or a new name").fill("Workshop")
    editor.get_by_placeholder("a cluster, or a new name").press("Enter")
    editor.get_by_text("Move marked pages").click()
    editor.get_by_text("Changes are not saved yet.").wait_for(timeout=30 * SECONDS)
    chosen.nth(2).select_option(index=1)
    page.wait_for_timeout(1 * SECONDS)
    editor.get_by_text("Save for this client").click()
    editor.get_by_text("Saved in client.toml").wait_for(timeout=30 * SECONDS)
    after = (lab.client.folder / "client.toml").read_text("utf-8")
    assert "# Empty: the defaults hold." in after
    saved = {
        each.name: each
        for each in lk.Client.open("sample", clients=lab.client.folder.parent).settings.clusters
    }
    assert len(saved["Workshop"].pages) == 1
    assert saved["Repairs"].pillar
    proposals = page.locator(".lk-live", has=page.get_by_text("Accept chosen")).last
    told = ""
    for _ in range(6):
        # JupyterLab may redraw the output while it scrolls into view, and the click is lost.
        proposals.locator("select[multiple]").select_option(index=0)
        page.wait_for_timeout(2 * SECONDS)
        proposals.get_by_role("button", name="Accept chosen").click()
        page.wait_for_timeout(8 * SECONDS)
        told = proposals.inner_text()
        if "written to client.toml" in told:
            break
    assert "1 cluster written to client.toml" in told, told[-600:]
    assert len(lk.Client.open("sample", clients=lab.client.folder.parent).settings.clusters) == len(saved) + 1
    if shots := os.environ.get("LINKKIT_SHOTS"):
        page.screenshot(path=f"{shots}/clusters.png")
    (lab.client.folder / "client.toml").write_text(before, "utf-8")
