"""The notebooks as an analyst meets them: Run All in a real JupyterLab, every slider moved, a hostile site on board."""

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import nbformat
import pytest

import linkkit as lk
from linkkit.deck import Basket
from linkkit.headless import chapter_notebooks
from linkkit.linkmodel import model_settings
from linkkit.readiness import GATE_THRESHOLDS
from linkkit.thresholds import Knob, knobs
from linkkit.widgets import chapter_thresholds
from tests import odd_sites
from tests.jupyterlab import SECONDS, Lab, running_lab

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator

pytestmark = pytest.mark.browser

NOTEBOOKS = {path.stem[:2]: path.stem for path in chapter_notebooks()}
CHAPTERS = {
    "01": "links",
    "02": "discovery",
    "03": "depth",
    "04": "anchors",
    "05": "authority",
    "06": "architecture",
    "07": "clusters",
    "08": "navigation",
}


@pytest.fixture(scope="module")
def lab(
    browser: "Browser", sample_client: lk.Client, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Lab]:
    """JupyterLab over the sample client, which has an older crawl of the same site, and a hostile one."""
    made = tmp_path_factory.mktemp("made")
    sample = made / "sample"
    shutil.copytree(sample_client.folder, sample)
    (latest,) = (sample / "crawls").iterdir()
    shutil.copytree(latest, sample / "crawls" / "2026-01-15")
    hostile = odd_sites.hostile(made).folder
    with running_lab(browser, tmp_path_factory.mktemp("lab"), [sample, hostile]) as started:
        yield started


@pytest.fixture(scope="module")
def audit(lab: Lab) -> lk.Audit:
    """The sample's, as plain functions give it."""
    return lab.client().audit()


@pytest.fixture
def kept(lab: Lab) -> Iterator[None]:
    """The sample's settings and deck are afterwards what they were before."""
    folder = lab.client().folder
    settings = (folder / "client.toml").read_text("utf-8")
    yield
    (folder / "client.toml").write_text(settings, "utf-8")
    shutil.rmtree(folder / "deck", ignore_errors=True)


def slider(lab: Lab, name: str) -> "Locator":
    return lab.page.get_by_role("slider", name=name, exact=True).first


def move(handle: "Locator", key: str) -> float:
    """Press a key on a slider; the value that it then shows, which its number box must take over."""
    from playwright.sync_api import expect

    before = handle.input_value()
    handle.press(key)
    value = handle.input_value()
    assert value != before
    row = handle.page.locator(".widget-hbox", has=handle).last
    expect(row.get_by_role("spinbutton").first).to_have_value(value)
    assert str(handle.get_attribute("aria-valuetext")).startswith(f"{float(value):,g}")
    return float(value)


def open_all(lab: Lab) -> None:
    """Every fold that is closed, by keys."""
    folds = lab.page.locator("button[title^='Show: ']")
    while count := folds.count():
        folds.first.press("Enter")
        lab.page.wait_for_function(
            "count => document.querySelectorAll(\"button[title^='Show: ']\").length < count", arg=count
        )


def end_that_tells(audit: lk.Audit, name: str, outcome: Callable[[lk.Audit], Any]) -> str:
    """The end of a threshold's range under which the audit says something else; the upper one where neither does."""
    knob = knobs()[name]
    for key, value in (("End", knob.high), ("Home", knob.low)):
        if outcome(under(audit, name, value)) != outcome(audit):
            return key
    return "End" if getattr(audit.thresholds, name) != knob.high else "Home"


def under(audit: lk.Audit, name: str, value: float) -> lk.Audit:
    usual = getattr(lk.Thresholds(), name)
    return audit.with_thresholds(audit.thresholds.replace(**{name: type(usual)(value)}))


@pytest.mark.parametrize("number", ["00", *CHAPTERS])
def test_run_all_then_move_every_slider(lab: Lab, audit: lk.Audit, number: str) -> None:
    """Answer and count of findings follow each threshold as the plain functions say, and come back by its reset."""
    from playwright.sync_api import expect

    chapter = CHAPTERS.get(number)
    lab.run(NOTEBOOKS[number])
    page = lab.page
    assert page.locator(".vega-embed canvas, .vega-embed svg").count() >= 1
    assert page.locator("iframe[sandbox]").count() >= 1
    sentence = lk.charts.answer(audit, chapter).sentence
    assert sentence in lab.text()
    lab.shot(f"{number}-light")
    assert lab.nameless() == []
    assert lab.faint() == []

    def outcome(judged: lk.Audit) -> tuple[str, int]:
        findings = judged.findings
        mine = findings if chapter is None else findings[findings["chapter"] == chapter]
        return lk.charts.answer(judged, chapter).sentence, len(mine)

    told = outcome(audit)
    assert f"of {told[1]:,} findings" in lab.text()
    moved = []
    # Notebook 00 has the thresholds of all chapters in folds: one of each.
    names = (
        [chapter_thresholds(each)[0] for each in CHAPTERS.values()]
        if number == "00"
        else chapter_thresholds(chapter)
    )
    if number == "00":
        open_all(lab)
    for name in names:
        handle = slider(lab, name.replace("_", " ").capitalize())
        panel = lab.panel(handle)
        value = move(handle, end_that_tells(audit, name, outcome))
        after = outcome(under(audit, name, value))
        moved.append(after != told)
        expect(panel).to_contain_text(after[0])
        lab.told(f"of {after[1]:,} findings")
        page.locator(".widget-hbox", has=handle).last.get_by_role(
            "button", name=re.compile("^Reset to")
        ).click()
        expect(panel).to_contain_text(told[0])
        lab.told(f"of {told[1]:,} findings")
    if number == "03":
        click_the_middle(lab)
    assert any(moved), "no slider of this notebook changes what it says of the sample"
    assert page.locator("[role=alert]").all_inner_texts() == []
    lab.nothing_got_out()
    if number == "05":
        move_the_model(lab, audit)
    if number == "07":
        move_the_fineness(lab)


def click_the_middle(lab: Lab) -> None:
    """The start page lies in the middle of its picture; what is known of it then stands below."""
    from playwright.sync_api import TimeoutError as NotInTime

    frame = lab.page.locator("iframe[sandbox]").first
    known = lab.page.get_by_text("Links out of it:").first
    # The picture is drawn again a moment after the last slider stands: a click meanwhile meets a frame that goes.
    for _ in range(10):
        frame.scroll_into_view_if_needed()
        size = frame.bounding_box()
        assert size is not None
        frame.click(position={"x": size["width"] / 2, "y": size["height"] / 2})
        with suppress(NotInTime):
            known.wait_for(timeout=5 * SECONDS)
            return
    raise AssertionError("ten clicks on the start page, and nothing is told of it")


def move_the_model(lab: Lab, audit: lk.Audit) -> None:
    """Every number of the link model, one after the other, those in the fold as well: the answer is that of the model."""
    from playwright.sync_api import expect

    lab.page.get_by_role("button", name="Weights of menus").press("Enter")
    model = audit.graph.model
    for name in [name for name, about in model_settings().items() if isinstance(about, Knob)]:
        handle = slider(lab, name.replace("_", " ").capitalize())
        value = move(handle, "Home")
        model = replace(model, **{name: type(getattr(model, name))(value)})
        panel = lab.panel(handle)
        expect(panel).to_contain_text(lk.charts.answer(audit.with_model(model), "authority").sentence)
    panel.get_by_role("button", name="Reset all").click()
    expect(panel).to_contain_text(lk.charts.answer(audit, "authority").sentence)
    lab.nothing_got_out()


def move_the_fineness(lab: Lab) -> None:
    """Other clusters are proposed."""
    handle = slider(lab, "Fineness")
    panel = lab.panel(handle)
    few = panel.get_by_role("listbox").locator("option").count()
    move(handle, "End")
    lab.page.wait_for_function(
        "([list, few]) => list.options.length !== few",
        arg=[panel.get_by_role("listbox").element_handle(), few],
    )


def test_the_verdict_follows_its_sliders(lab: Lab, audit: lk.Audit) -> None:
    """Notebook 10: each limit of the gates moves verdict and card at once; hours a week move the weeks."""
    from playwright.sync_api import expect

    lab.run(NOTEBOOKS["10"])
    lab.told(audit.readiness.sentence)
    lab.told(audit.readiness.holds)
    assert lab.nameless() == []
    assert lab.faint() == []
    lab.page.get_by_role("button", name="What the gates count").press("Enter")
    moved = set()
    for name in GATE_THRESHOLDS:
        knob = knobs()[name]
        handle = slider(lab, name.replace("_", " ").capitalize())
        row = lab.page.locator(".widget-hbox", has=handle).last
        value = move(handle, "Home" if getattr(audit.thresholds, name) != knob.low else "End")
        after = audit.readiness.under(under(audit, name, value).thresholds).sentence
        moved.add(after)
        expect(lab.panel(handle)).to_contain_text(after)
        row.get_by_role("button", name=re.compile("^Reset to")).click()
        expect(lab.panel(handle)).to_contain_text(audit.readiness.sentence)
    assert len(moved - {audit.readiness.sentence}) >= 1
    hours = slider(lab, "Hours a week")
    weeks = lab.panel(hours).locator("table").last
    before = weeks.inner_text()
    move(hours, "End")
    expect(weeks).not_to_have_text(before)
    assert weeks.locator("tbody tr").count() >= 1
    lab.nothing_got_out()


def test_what_one_notebook_keeps_the_next_ones_hold(lab: Lab, kept: None) -> None:
    """A limit kept in 03 stands in 10; a slide that 03 added with a comment stands in 11, is moved there, left out, and all is written."""

    page = lab.page
    lab.run(NOTEBOOKS["03"])
    depth = slider(lab, "Max crawl depth")
    before = depth.input_value()
    value = move(depth, "ArrowRight")
    assert value == float(before) + 1
    page.get_by_role("button", name="Keep for this client").first.click()
    lab.told("Kept in client.toml.")
    assert lab.client().settings.thresholds.max_crawl_depth == value
    comment = page.get_by_label("Comment").first
    comment.fill("Said in <b>notebook 03</b>.")
    comment.press("Tab")
    page.get_by_role("button", name="Add to deck").click()
    lab.told("findings-depth.csv")
    assert Basket.load(lab.client().folder).comments == {"depth": "Said in <b>notebook 03</b>."}

    lab.run(NOTEBOOKS["10"])
    page.get_by_role("button", name="What the gates count").press("Enter")
    assert float(slider(lab, "Max crawl depth").input_value()) == value

    arrange_and_write(lab)
    (report,) = lab.client().deck.glob("*.html")
    assert "Said in &lt;b&gt;notebook 03&lt;/b&gt;." in report.read_text("utf-8")


def arrange_and_write(lab: Lab) -> None:
    """Notebook 11: the slide that has a comment goes up, down, out and in again; then every format is written."""
    from playwright.sync_api import expect

    page = lab.page
    lab.run(NOTEBOOKS["11"])
    assert lab.nameless() == []
    assert lab.faint() == []
    lab.told("1 comment")
    slides = page.get_by_label("Slides", exact=True)
    names = slides.locator("option").all_inner_texts()
    title = next(each for each in names if ("clicks" in each and "reach" in each) or "deeper" in each)
    slides.select_option(label=title)
    said = page.get_by_label("Comment")
    expect(said).to_have_value("Said in <b>notebook 03</b>.")
    place = names.index(title)
    page.get_by_role("button", name=re.compile(r"\bUp$")).click()
    expect(slides.locator("option").nth(place - 1)).to_contain_text(title.split(maxsplit=1)[1])
    page.get_by_role("button", name=re.compile(r"\bDown$")).click()
    expect(slides.locator("option").nth(place)).to_contain_text(title.split(maxsplit=1)[1])
    page.get_by_role("checkbox", name="In the deck").uncheck()
    lab.told("1 left out")
    assert Basket.load(lab.client().folder).left_out == ("depth",)
    page.get_by_role("checkbox", name="In the deck").check()
    expect(lab.panel(slides)).not_to_contain_text("left out")
    expect(said).to_have_value("Said in <b>notebook 03</b>.")
    preview = lab.panel(slides).locator("img").last
    assert str(preview.get_attribute("src")).startswith("data:image/png")
    page.get_by_role("button", name="Write all").click()
    page.get_by_text(re.compile(r"Wrote \d+ files\.")).wait_for()
    written = {file.suffix for file in lab.client().deck.rglob("*") if file.is_file()}
    assert {".pptx", ".xlsx", ".html", ".png", ".svg", ".csv"} <= written
    assert page.locator("[role=alert]").all_inner_texts() == []
    lab.nothing_got_out()


def test_two_crawls_are_compared_and_told(lab: Lab, kept: None) -> None:
    """Notebook 12: another view shows another table, the crawls change places, its slide goes into the deck."""
    page = lab.page
    lab.run(NOTEBOOKS["12"])
    assert lab.nameless() == []
    assert lab.faint() == []
    lab.told("0 new")
    page.get_by_label("Show", exact=True).select_option("Pages deeper or nearer")
    lab.told("Nothing to list here.")
    page.get_by_label("Newer crawl").select_option("2026-01-15")
    page.get_by_role("button", name="Compare").click()
    lab.told("with itself")
    page.get_by_role("button", name="Add to deck").click()
    lab.told("comparison.xlsx")
    lab.nothing_got_out()


def test_a_panel_is_walked_by_the_tab_key(lab: Lab) -> None:
    """From the number box of a limit to its slider, its reset, and on to the deck's button: nothing is left out, nothing catches."""
    lab.run(NOTEBOOKS["03"])
    page = lab.page
    move(slider(lab, "Max crawl depth"), "ArrowRight")
    box = page.get_by_role("spinbutton", name="Max crawl depth").first
    box.focus()
    walked = []
    for _ in range(60):
        walked.append(
            page.evaluate(
                "() => { const e = document.activeElement; return e.labels?.[0]?.innerText || e.ariaLabel || e.innerText || e.title; }"
            )
        )
        if walked[-1].strip() == "Add to deck":
            break
        page.keyboard.press("Tab")
    said = [words.strip() for words in walked]
    assert said[:4] == ["Max crawl depth", "Max crawl depth", "Reset to 3", "Keep for this client"]
    assert said[-1] == "Add to deck"
    for control in ("View", "Search", "Comment"):
        assert any(words.startswith(control) for words in said), said


def test_the_plan_follows_its_controls(lab: Lab, audit: lk.Audit) -> None:
    """Notebook 09: the slider makes links, changes are tried, a fault is told in the panel, another goal makes another plan."""
    from playwright.sync_api import expect

    page = lab.page
    lab.run(NOTEBOOKS["09"])
    assert lab.nameless() == []
    assert lab.faint() == []

    proposal = lk.plan.Planning(audit).propose()
    assert proposal.plan is not None
    lab.told(lk.charts.plan_answer(proposal).sentence)
    lab.told(str(proposal.links["phrase"].replace("", "(needs a new sentence").iloc[0]))
    box = page.get_by_label("First links of the plan", exact=True).first
    box.fill("7")
    box.press("Enter")
    lab.told("The first 7 links of the plan")
    simulated = lk.plan.simulate(proposal.audit, add_links=proposal.links.head(7))
    lab.told(lk.charts.summary_view(simulated)["With the changes"].iloc[0])
    assert move(slider(lab, "First links of the plan"), "ArrowRight") == 8
    lab.told("The first 8 links of the plan")
    domains = slider(lab, "New referring domains")
    targets = lab.panel(domains).locator("table").first
    before = targets.inner_text()
    move(domains, "End")
    expect(targets).not_to_have_text(before)

    page.get_by_label("The page that holds the link", exact=True).first.fill("/nowhere/")
    page.get_by_label("The page it leads to", exact=True).first.fill("/book/")
    page.get_by_role("button", name="Try it").click()
    lab.told("not known on this site: '/nowhere/'")
    page.get_by_label("The page that holds the link", exact=True).first.fill("/guides/")
    page.get_by_role("button", name="Try it").click()
    lab.told("Link from /guides/ to /book/")
    page.get_by_role("button", name="Undo the last").click()

    page.get_by_label("Goal", exact=True).first.fill("/services/")
    page.get_by_label("Goal", exact=True).first.press("Tab")
    page.get_by_label("New links at most", exact=True).first.fill("3")
    page.get_by_label("New links at most", exact=True).first.press("Enter")
    page.get_by_role("button", name="Plan again").click()
    lab.told("The first 3 links of the plan")
    page.get_by_role("button", name="Add to deck").click()
    lab.told("exports/link-plan.xlsx")
    assert page.locator("[role=alert]").all_inner_texts() == []
    lab.nothing_got_out()


def test_a_dropped_file_is_told_and_read(lab: Lab) -> None:
    """A file dropped on notebook 01 goes over in slices, is recognised, and says what became of its rows."""
    page = lab.page
    lab.run(NOTEBOOKS["01"])
    text = "Top pages,Clicks,Impressions,CTR,Position\n" + "".join(
        f"https://www.fellandford.example/never-{number}/{'x' * 900},1,2,50%,3\n" for number in range(3000)
    )
    text += "https://other.example/<script>window.pwned=1</script>,1,2,50%,3\n"
    drop = """(zone, text) => {
        const files = new DataTransfer();
        files.items.add(new File([text], 'pages from console.csv'));
        zone.dispatchEvent(new DragEvent('drop', { dataTransfer: files, bubbles: true, cancelable: true }));
    }"""
    zone = page.locator(".lk-drop label")
    assert "Drop files here" in zone.inner_text()
    zone.evaluate(drop, text)
    kept = lab.client().folder / "signals" / "pages from console.csv"
    try:
        lab.told("outside the site (other.example)")
        assert "Search Console pages" in lab.text()
        assert kept.read_text("utf-8") == text
        lab.nothing_got_out()
    finally:
        kept.unlink(missing_ok=True)


def test_a_cluster_is_edited_saved_and_a_proposal_accepted(lab: Lab, kept: None) -> None:
    """Pages are moved and a pillar is named in the editor; the rest of client.toml stays; a proposal becomes a cluster."""
    from playwright.sync_api import expect

    page = lab.page
    lab.run(NOTEBOOKS["07"])
    move_to = page.get_by_label("Move to", exact=True)
    editor = lab.panel(move_to)
    pages = editor.get_by_label("Pages", exact=True)
    editor.get_by_label("Cluster", exact=True).select_option("Repairs")
    expect(editor.get_by_label("Name", exact=True)).to_have_value("Repairs")
    count = pages.locator("option").count()
    pages.select_option(index=0)
    move_to.fill("Workshop")
    move_to.press("Enter")
    editor.get_by_role("button", name="Move marked pages").click()
    expect(pages.locator("option")).to_have_count(count - 1)
    expect(editor).to_contain_text("Changes are not saved yet.")
    editor.get_by_label("Pillar", exact=True).select_option(index=1)
    expect(pages.locator("option").first).to_contain_text("★")
    editor.get_by_role("button", name="Save for this client").click()
    expect(editor).to_contain_text("Saved in client.toml")
    assert "# Empty: the defaults hold." in (lab.client().folder / "client.toml").read_text("utf-8")
    saved = {each.name: each for each in lab.client().settings.clusters}
    assert len(saved["Workshop"].pages) == 1
    assert saved["Repairs"].pillar
    proposals = page.get_by_label("Accept", exact=True)
    proposals.select_option(index=0)
    page.get_by_role("button", name="Accept chosen").click()
    lab.told("1 cluster written to client.toml")
    assert len(lab.client().settings.clusters) == len(saved) + 1
    lab.nothing_got_out()


@pytest.mark.parametrize("number", list(NOTEBOOKS))
def test_a_hostile_site_runs_nothing(lab: Lab, number: str) -> None:
    """Every notebook on a site whose texts and addresses are programs, in the dark theme: all is text, readable, and stays here."""
    lab.dark(True)
    try:
        lab.run(NOTEBOOKS[number], "hostile")
        lab.shot(f"{number}-dark")
        assert "hostile.example" in lab.text()
        assert lab.faint() == []
        assert lab.nameless() == []
        # What is opened by hand as well.
        open_all(lab)
        if number == "11":
            lab.page.get_by_label("Slides", exact=True).press("End")
            lab.page.get_by_role("button", name="Report (HTML)").click()
            lab.told("Wrote 1 file.")
        # Nothing tells that nothing ran: an image that fails, say, does so a moment later.
        lab.page.wait_for_timeout(1 * SECONDS)
        lab.nothing_got_out()
        assert lab.foreign() == []
        links = lab.page.locator(".jp-OutputArea-output a[href]").evaluate_all(
            "all => all.map(each => each.href)"
        )
        assert [href for href in links if href.startswith("javascript:") or "elsewhere" in href] == []
    finally:
        lab.dark(False)


def test_the_search_of_a_large_graph_runs_nothing(lab: Lab) -> None:
    """The view of the extra ``sigma`` on the hostile site: titles stand in its search box, and are found, as text."""
    pytest.importorskip("ipysigma", reason="needs the extra: pip install 'linkkit[sigma]'")
    cells = (
        'CLIENT = "sample"',
        "from linkkit import network, widgets\nnetwork.sigma_view(widgets.load_audit(widgets.open_client(CLIENT, 'clients')))",
    )
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    nbformat.write(made, lab.root / "notebooks" / "sigma.ipynb")
    lab.run("sigma", "hostile")
    page = lab.page
    page.locator(".choices").first.click()
    page.locator("input[aria-label^='Search a node']").press_sequentially("onerror")
    page.locator("[role=option]", has_text="onerror").first.click()
    told = page.locator(".ipysigma-information-contents")
    told.get_by_text("onerror").first.wait_for()
    assert lab.foreign() == []
    lab.nothing_got_out()
