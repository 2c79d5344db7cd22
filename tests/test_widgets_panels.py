"""Every panel's controls, faults and outputs: live, in an unattended run, and when no kernel runs any more."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from linkkit import charts, network, widgets
from linkkit.audit import Audit, run_audit
from linkkit.checks import CHECKS
from linkkit.client import Client
from linkkit.crawler.progress import CrawlProgress
from linkkit.crawler.status import CrawlStatus
from linkkit.errors import LinkkitError, SourceError
from linkkit.plan.suggestions import empty_suggestions
from linkkit.site import Site
from linkkit.thresholds import Thresholds, knobs
from linkkit.widgets import suggestions, topics
from linkkit.widgets.display import HEADLESS
from linkkit.widgets.errors import STRICT, ErrorBox, guarded
from linkkit.widgets.slider import Slider
from tests.site_factory import build
from tests.small_site import HOSTILE_URL, ORPHANS, START, build_small_site, make_client

READ = {name for check in CHECKS.values() for name in check.thresholds}
"""Thresholds of checks; those of gates have their panel in notebook 10."""


@pytest.fixture
def shell() -> Iterator[InteractiveShell]:
    """Outputs can be captured only where IPython runs."""
    made = InteractiveShell.instance()
    yield made
    InteractiveShell.clear_instance()


@pytest.fixture(autouse=True)
def strict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(STRICT, "1")
    monkeypatch.delenv(HEADLESS, raising=False)


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("clients")


@pytest.fixture(scope="module")
def client(clients: Path) -> Client:
    return make_client(clients)


@pytest.fixture(scope="module")
def audit(client: Client) -> Audit:
    return client.audit()


def _outputs(captured: Any) -> list[dict[str, Any]]:
    return [output.data for output in captured.outputs]


def _title(panel: widgets.ThresholdPanel) -> str:
    return " ".join(panel.chart.chart.to_dict()["title"]["text"])


# Thresholds


@pytest.mark.parametrize(
    ("chapter", "names"),
    [
        ("discovery", ["weak_linking_pages", "rendered_only_share", "bot_waste_hits"]),
        ("depth", ["max_crawl_depth"]),
        (
            "anchors",
            [
                "ambiguous_anchor_targets",
                "weak_anchor_caught",
                "single_anchor_pages",
                "max_anchor_wordings",
            ],
        ),
        ("clusters", ["near_duplicate_similarity"]),
        (
            "navigation",
            [
                "min_entrances",
                "max_journey_clicks",
                "min_money_chance",
                "min_shortcut_steps",
                "min_shortcut_share",
                "min_unlinked_steps",
                "min_missed_steps",
                "max_search_share",
                "min_search_steps",
            ],
        ),
        (None, [name for name in knobs() if name in READ]),
    ],
)
def test_panel_has_the_sliders_of_its_chapter(audit: Audit, chapter: str | None, names: list[str]) -> None:
    panel = widgets.ThresholdPanel(audit, chapter)
    assert list(panel.knobs) == names
    for name, row in panel.knobs.items():
        knob = knobs()[name]
        assert (row.slider.min, row.slider.max, row.box.min, row.box.max) == (knob.low, knob.high) * 2
        assert row.value == getattr(Thresholds(), name)
        assert "Default: " in row.about.value
        assert row.box.description != ""


def test_slider_moves_box_answer_and_chart(audit: Audit) -> None:
    panel = widgets.ThresholdPanel(audit, "depth")
    row = panel.knobs["max_crawl_depth"]
    assert "4 of 34 reachable pages lie deeper than 3 clicks" in panel.answer.value
    row.slider.value = 5
    assert row.box.value == 5
    assert panel.thresholds.max_crawl_depth == 5
    assert "2 of 34 reachable pages lie deeper than 5 clicks" in panel.answer.value
    assert _title(panel).startswith("2 pages lie deeper than 5 clicks, 1 of them a money page")
    row.box.value = 6
    assert row.slider.value == 6
    assert "All 34 reachable pages lie within 6 clicks" in panel.answer.value
    row.reset.click()
    assert (row.slider.value, row.reset.disabled) == (3, True)
    assert "4 of 34" in panel.answer.value


def test_listeners_hear_of_changes_only(audit: Audit) -> None:
    panel = widgets.ThresholdPanel(audit, "depth")
    heard: list[int] = []
    panel.on_change(lambda changed: heard.append(changed.thresholds.max_crawl_depth))
    panel.knobs["max_crawl_depth"].slider.value = 4
    panel.knobs["max_crawl_depth"].slider.value = 4
    panel.knobs["max_crawl_depth"].slider.value = 2
    assert heard == [4, 2]


def test_keep_writes_only_this_chapter(tmp_path: Path) -> None:
    client = make_client(tmp_path)
    audit = client.audit()
    depth = widgets.ThresholdPanel(audit, "depth", client=client)
    weak = widgets.ThresholdPanel(audit, "discovery", client=client)
    depth.knobs["max_crawl_depth"].slider.value = 5
    depth.keep.click()
    weak.knobs["weak_linking_pages"].slider.value = 3
    weak.keep.click()
    stored = Client.open("small", clients=tmp_path).settings.thresholds
    assert (stored.max_crawl_depth, stored.weak_linking_pages) == (5, 3)
    assert "Kept" in weak.kept.value


def test_a_failing_handler_is_shown_and_raised(audit: Audit, monkeypatch: pytest.MonkeyPatch) -> None:
    panel = widgets.ThresholdPanel(audit, "depth")

    def broken(audit: Audit) -> None:
        raise RuntimeError("<b>no</b> chart today")

    panel.on_change(broken)
    with pytest.raises(RuntimeError, match="chart today"):
        panel.knobs["max_crawl_depth"].slider.value = 5
    assert "RuntimeError: &lt;b&gt;no&lt;/b&gt; chart today" in panel.errors.value
    monkeypatch.delenv(STRICT)
    panel.knobs["max_crawl_depth"].slider.value = 6
    assert "RuntimeError" in panel.errors.value


def test_errors_made_for_people_come_without_their_type() -> None:
    box = ErrorBox()

    def fail() -> None:
        raise SourceError("crawl.jl: no such file")

    with pytest.raises(SourceError):
        guarded(fail, box)()
    assert "crawl.jl: no such file" in box.value
    assert "SourceError" not in box.value
    guarded(lambda: None, box)()
    assert box.value == ""


# Findings


def test_findings_view_reads_like_a_report(audit: Audit) -> None:
    view = widgets.findings_view(audit.findings, check_id="deep-page")
    assert len(view) == 4
    assert view.loc[0, "Severity"] == "▲ high"
    assert view.loc[0, "Page"] == f"{START}shop/tents/deep-tent/"
    assert view.loc[0, "Measured"] == "6 clicks (limit 3)"
    assert "hub page" in view.loc[0, "What to do"]


def test_findings_are_searched_as_text(audit: Audit) -> None:
    assert len(widgets.findings_view(audit.findings, search="ORPHANS/LOST")) == (
        audit.findings["url"].str.contains("orphans/lost").sum()
    )
    assert len(widgets.findings_view(audit.findings, search="(")) == (
        audit.findings[["url", "related_url", "evidence"]]
        .apply(lambda c: c.str.contains("(", regex=False))
        .any(axis=1)
        .sum()
    )


def test_browser_filters_and_counts(audit: Audit) -> None:
    browser = widgets.FindingsBrowser(audit, "discovery", top=5)
    total = int((audit.findings["chapter"] == "discovery").sum())
    assert f"Showing 5 of {total} findings" in browser.count.value
    assert len(browser.table.df) == 5
    for name in ("medium", "low", "info"):
        browser.severities[name].value = False
    assert f"Showing 5 of 5 findings, worst first (filtered from {total})." in browser.count.value
    browser.check.value = "orphan-page"
    assert set(browser.table.df["Page"]) == {f"/{path}" for path in ORPHANS}
    browser.severities["high"].value = False
    assert "Showing 0 of 0 findings" in browser.count.value


def test_browser_follows_the_sliders(audit: Audit) -> None:
    panel = widgets.ThresholdPanel(audit, "depth")
    browser = widgets.FindingsBrowser(panel)
    browser.check.value = "deep-page"
    assert len(browser.table.df) == 4
    panel.knobs["max_crawl_depth"].slider.value = 5
    assert len(browser.table.df) == 2
    panel.knobs["max_crawl_depth"].slider.value = 9
    assert browser.check.value == "", "a check without findings is no longer offered"


def test_findings_are_filtered_by_section_and_chapter(audit: Audit) -> None:
    browser = widgets.FindingsBrowser(audit)
    assert browser.chapters.layout.display is None
    browser.chapters.value = "depth"
    assert len(browser.chosen) == int((audit.findings["chapter"] == "depth").sum())
    browser.section.value = "/blog/"
    sections = audit.metrics.set_index("url")["section"]
    wanted = audit.findings[audit.findings["chapter"] == "depth"]
    wanted = wanted[wanted["url"].map(sections) == "/blog/"]
    assert 0 < len(wanted) == len(browser.chosen)
    assert f"of {len(wanted)} findings" in browser.count.value
    assert widgets.FindingsBrowser(audit, "depth").chapters.layout.display == "none"


def test_chosen_findings_are_exported(audit: Audit, client: Client) -> None:
    browser = widgets.FindingsBrowser(audit, "discovery", client=client)
    everything = len(browser.chosen)
    assert browser.write.description == f"Export {everything} findings (CSV)"
    browser.table.selected_rows = [0, 2]
    assert browser.write.description == "Export 2 chosen findings (CSV)"
    chosen = browser.chosen
    assert list(chosen["url"]) == list(audit.found("discovery").table()["url"][[0, 2]])
    browser.write.click()
    written = pd.read_csv(client.exports / "chosen-findings-discovery.csv")
    assert list(written["url"]) == list(chosen["url"])
    assert "chosen-findings-discovery.csv" in browser.told.value
    browser.severities["high"].value = False
    assert browser.table.selected_rows == [], "rows that are gone are not chosen any more"
    assert widgets.FindingsBrowser(audit).write.layout.display == "none"


def test_browser_escapes_what_was_crawled(audit: Audit) -> None:
    browser = widgets.FindingsBrowser(audit)
    browser.search.value = "pwned"
    assert len(browser.table.df) > 0
    assert "<script" not in json.dumps(browser.table._dt_args)
    assert "<img src=x" not in json.dumps(browser.table._dt_args)


def test_advice_counts_findings(shell: InteractiveShell, audit: Audit) -> None:
    rows = widgets.advice(audit, "depth")
    assert dict(zip(rows["What"], rows["Findings"], strict=True)) == {
        "Pages too many clicks from the start page": 4,
        "Pages whose content leads nowhere": 12,
    }
    with capture_output() as captured:
        widgets.show_advice(audit, top=2)
    page = _outputs(captured)[0]["text/html"]
    assert page.count("<li") == 2
    assert f"And {len(widgets.advice(audit)) - 2} more kinds of findings" in page


# Pages


def test_pages_are_found_by_what_people_type(audit: Audit) -> None:
    tent = f"{START}shop/tents/corrie/"
    assert widgets.find_pages(audit, tent) == widgets.find_pages(audit, "/shop/tents/corrie/") == [tent]
    assert widgets.find_pages(audit, "CORRIE") == [tent]
    assert len(widgets.find_pages(audit, "post-")) == 8
    assert widgets.find_pages(audit, "nowhere") == []


def test_a_page_is_told_whole(audit: Audit) -> None:
    tent = f"{START}shop/tents/corrie/"
    said = widgets.page_words(audit, tent)
    assert said.startswith("/shop/tents/corrie/: Corrie. Path from the start page: /  →  ")
    assert "13 pages link here, 13 of them in the content" in said
    assert "A money page." in said
    assert "settles here" in said
    around = network.ego_network(audit, tent).title
    assert around.endswith("which links to 5 others")
    assert "it links to 5 other pages" in said
    assert "This is the start page." in widgets.page_words(audit, START)
    lost = widgets.page_words(audit, f"{START}{ORPHANS[0]}")
    assert "to this page. No other page links here; it links to" in lost
    links = audit.site.sample_links(START, limit=1_000)
    others = widgets.page_outlinks(audit, START)
    assert len(others) == (links["target"] != START).sum()
    assert START not in {*others["To"], *widgets.page_inlinks(audit, START)["From"]}, (
        "links to itself count nowhere"
    )
    out = widgets.page_outlinks(audit, f"{START}guides/guide-2/")
    assert out.loc[out["To"] == f"{START}gone/", "State"].tolist() == ["client error"]
    assert set(out.loc[out["To"] == tent, "State"]) == {""}
    found = widgets.page_findings(audit, f"{START}{ORPHANS[0]}")
    assert found["Severity"].iloc[0] == "▲ high"


def test_graph_explorer_shows_the_page_that_is_clicked(audit: Audit) -> None:
    explorer = widgets.GraphExplorer(audit, "depth")
    assert "Showing" in explorer.caption.value
    tent = f"{START}shop/tents/corrie/"
    node = next(node for node, url in explorer.picture._urls.items() if url == tent)
    explorer.picture._hear(None, {"node": node}, [])
    assert explorer.page.value == tent
    assert "Corrie tent" in explorer.about.value
    assert not explorer.around.disabled
    explorer.around.click()
    assert explorer.view.value == "ego"
    assert "/shop/tents/corrie/" in explorer.title.value
    for view in widgets.graph.VIEWS:
        explorer.view.value = view
        assert explorer.picture.page.startswith("<!DOCTYPE html>")
        assert explorer.picture.name == f"{explorer._drawn.title}. {explorer._drawn.caption}"
    explorer.picture._hear(None, {"node": 10**9}, [])
    explorer.page.value = "post-"
    assert "8 pages with" in explorer.about.value
    assert len(explorer.page.options) == 8
    explorer.page.value = "<b>nowhere"
    assert "no pages with &#x27;&lt;b&gt;nowhere&#x27;" in explorer.about.value


def test_graph_explorer_follows_the_sliders(audit: Audit) -> None:
    panel = widgets.ThresholdPanel(audit, "depth")
    explorer = widgets.GraphExplorer(panel, "depth")
    before = explorer.title.value
    panel.knobs["max_crawl_depth"].slider.value = 5
    assert explorer.title.value != before


def test_the_picture_stands_before_the_checks_run(audit: Audit, monkeypatch: pytest.MonkeyPatch) -> None:
    panel = widgets.ThresholdPanel(audit, "depth")
    before = _title(panel)
    seen: list[str] = []
    checked = Audit.with_thresholds
    monkeypatch.setattr(
        Audit, "with_thresholds", lambda self, t: (seen.append(_title(panel)), checked(self, t))[1]
    )
    panel.knobs["max_crawl_depth"].slider.value = 5
    assert seen
    assert seen[0] == _title(panel) != before


def test_controls_have_names(audit: Audit, client: Client) -> None:
    """What a screen reader says of each control: a description, a tooltip, or both."""
    import ipywidgets
    from ipywidgets.widgets.widget_description import DescriptionWidget

    panels = [
        widgets.ThresholdPanel(audit, client=client), widgets.FindingsBrowser(audit, client=client), widgets.GraphExplorer(audit),
        widgets.PageExplorer(audit), widgets.CrawlPanel(client), widgets.ImportPanel(client), widgets.ClientPanel(client.folder.parent),
    ]  # fmt: skip
    others = (ipywidgets.Label, ipywidgets.HTML)
    nameless = [
        type(widget).__name__
        for panel in panels
        for widget in _inside(panel)
        if isinstance(widget, DescriptionWidget | ipywidgets.Button) and not isinstance(widget, others)
        and not (widget.description or widget.tooltip)
    ]  # fmt: skip
    assert nameless == []
    inside = [widget for panel in panels for widget in _inside(panel)]
    sliders = [widget for widget in inside if isinstance(widget, Slider)]
    assert {slider.name for slider in sliders} >= {"Max crawl depth", "Max leaked share"}
    assert all(slider.name and slider.unit for slider in sliders)
    # The handle of ipywidgets' own sliders has no name.
    assert not [each for each in inside if isinstance(each, ipywidgets.IntSlider | ipywidgets.FloatSlider)]


def test_a_slider_keeps_to_its_range() -> None:
    slider = Slider("Clicks", 9, min=1, max=5)
    assert slider.value == 5
    slider.value = -2
    assert slider.value == 1
    slider.min = 3
    assert slider.value == 3


def _inside(widget: Any) -> Iterator[Any]:
    yield widget
    for child in getattr(widget, "children", ()):
        yield from _inside(child)


def test_pages_with_findings_are_offered_first(audit: Audit) -> None:
    offered = widgets.notable_pages(audit, "depth")
    assert offered[0] == f"{START}shop/tents/deep-tent/"
    assert len(offered) == len(set(offered))
    assert START in offered


def test_explorer_shows_the_chosen_page(audit: Audit) -> None:
    explorer = widgets.PageExplorer(audit, "depth")
    assert "/shop/tents/deep-tent/" in explorer.path.value
    drawn = explorer.picture.page
    assert drawn.startswith("<!DOCTYPE html>")
    assert "The same as a table" in explorer.about.value
    node, near = next((node, url) for node, url in explorer.picture._urls.items() if "deep-tent" not in url)
    explorer.picture._hear(None, {"node": node}, [])
    assert explorer.page.value == near
    assert explorer.picture.page != drawn
    explorer.page.value = START + ORPHANS[0]
    assert "No path of clicks" in explorer.path.value
    explorer.page.value = f"{START}nowhere/"
    assert "no pages with" in explorer.path.value
    assert "nowhere" in explorer.path.value
    explorer.page.value = "post-"
    assert "8 pages with" in explorer.path.value
    assert len(explorer.page.options) == 8
    explorer.page.value = "deep-te"
    assert explorer.page.value == f"{START}shop/tents/deep-tent/"
    assert "/shop/tents/deep-tent/" in explorer.path.value


def test_picture_table_is_its_text_alternative(audit: Audit) -> None:
    table = widgets.picture_table(network.ego_network(audit, f"{START}shop/tents/corrie/"))
    assert len(table) == 19
    assert table.loc[0, "Line to"].count(START) >= 5


# Client, crawl, import, export


def test_new_client(tmp_path: Path) -> None:
    panel = widgets.ClientPanel(tmp_path)
    panel.name.value, panel.url.value = "acme", "www.acme.example"
    panel.make.click()
    assert Client.open("acme", clients=tmp_path).settings.start_url == "https://www.acme.example/"
    assert widgets.client_list(tmp_path).to_dict("records") == [
        {
            "Client": "acme",
            "Name": "acme",
            "Start page": "https://www.acme.example/",
            "Crawls": 0,
            "Latest": "none yet",
        }
    ]
    # A button catches what its handlers raise: the panel is where it shows.
    panel.make.click()
    assert "exists already" in panel.errors.value
    panel.name.value, panel.url.value = "other", "not an address"
    panel.make.click()
    assert "not an address" in panel.errors.value
    assert not (tmp_path / "other").exists()


def test_missing_client_stops_the_notebook_with_a_message(tmp_path: Path) -> None:
    with pytest.raises(widgets.NotebookStopError, match="no client 'nobody'") as caught:
        widgets.open_client("nobody", tmp_path)
    assert "Traceback" not in "".join(caught.value._render_traceback_())


def test_client_without_a_crawl_stops_the_notebook(tmp_path: Path) -> None:
    client = widgets.new_client("fresh", START, tmp_path)
    with pytest.raises(widgets.NotebookStopError, match="01_crawl_or_import"):
        widgets.load_audit(client)


def test_knowledge_names_what_is_missing(audit: Audit) -> None:
    known = widgets.knowledge(audit.site).set_index("Source")["State"]
    assert known["Crawl (advertools)"] == "there"
    assert known["Backlinks"] == "there"
    assert known["Server logs"] == "missing"
    assert widgets.knowledge(build_small_site(complete=False)).loc[0, "State"] == "incomplete"


class _FakeCrawl:
    """Stands for `Client.crawl`: reports progress, then waits to be let go or cancelled."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.options: dict[str, Any] = {}
        self.started, self.proceed = threading.Event(), threading.Event()
        self.error: Exception | None = None

    def run(self, *, progress: Any, cancel: threading.Event, **options: Any) -> Site:
        self.options = options
        progress(CrawlProgress(pages=12, queued=30, errors=1, seconds=2.0, pages_per_second=6.0))
        self.started.set()
        while not self.proceed.wait(0.01) and not cancel.is_set():
            pass
        if self.error:
            raise self.error
        return replace(self.site, manifest=replace(self.site.manifest, complete=not cancel.is_set()))


@pytest.fixture
def crawl(audit: Audit, monkeypatch: pytest.MonkeyPatch) -> _FakeCrawl:
    fake = _FakeCrawl(audit.site)
    monkeypatch.setattr(Client, "crawl", fake.run)
    return fake


def test_crawl_runs_beside_the_notebook(client: Client, crawl: _FakeCrawl) -> None:
    panel = widgets.CrawlPanel(client)
    panel.user.value, panel.password.value = "me", "secret"
    panel.max_pages.value, panel.delay.value, panel.render.value = 500, 1.0, "always"
    panel.start.click()
    assert crawl.started.wait(10)
    assert (panel.start.disabled, panel.stop.disabled) == (True, False)
    assert (panel.bar.value, panel.bar.max) == (12, 42)
    assert "12 URLs done, 30 waiting, 1 error, 6.0 pages a second" in panel.status.value
    assert crawl.options == {
        "max_pages": 500, "delay": 1.0, "render": "always", "basic_auth": ("me", "secret")
    }  # fmt: skip
    assert panel.password.value == "", "a saved notebook must not hold it"
    panel.start.click()
    crawl.proceed.set()
    assert panel.wait(10)
    assert panel.site is not None
    assert panel.bar.bar_style == "success"
    assert (panel.start.disabled, panel.stop.disabled) == (False, True)


def test_crawl_is_stopped(client: Client, crawl: _FakeCrawl) -> None:
    panel = widgets.CrawlPanel(client)
    panel.start.click()
    assert crawl.started.wait(10)
    panel.stop.click()
    assert panel.wait(10)
    assert panel.bar.bar_style == "warning"
    assert panel.errors.value == ""


def test_crawl_is_paused_and_resumed(client: Client, crawl: _FakeCrawl) -> None:
    panel = widgets.CrawlPanel(client)
    assert panel.resume.disabled
    panel.start.click()
    assert crawl.started.wait(10)
    panel.pause.click()
    assert panel.wait(10)
    assert "Paused." in panel.status.value
    states = {name: getattr(panel, name).disabled for name in ("start", "pause", "resume", "stop")}
    assert states == {"start": False, "pause": True, "resume": False, "stop": False}
    crawl.started.clear()
    panel.anew.value = True
    panel.resume.click()
    assert crawl.started.wait(10)
    assert "anew" not in crawl.options, "to resume never begins anew"
    panel.pause.click()
    assert panel.wait(10)
    panel.stop.click()
    assert (panel.resume.disabled, panel.stop.disabled) == (True, True)
    crawl.started.clear()
    panel.start.click()
    assert crawl.started.wait(10)
    assert crawl.options["anew"] is True
    crawl.proceed.set()
    assert panel.wait(10)


def test_the_panel_says_what_rendering_lacks(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = client.folder / "client.toml"
    monkeypatch.setenv("LINKKIT_CHROMIUM", str(tmp_path / "<none>"))
    panel = widgets.CrawlPanel(client)
    assert panel.render.value == "auto"
    assert f"LINKKIT_CHROMIUM names {tmp_path}/&lt;none&gt;, which is no file" in panel.render_note.value
    monkeypatch.setenv("LINKKIT_CHROMIUM", str(file))
    assert widgets.CrawlPanel(client).render_note.value == ""


def test_the_log_is_shown_escaped(client: Client, tmp_path: Path) -> None:
    fresh = widgets.new_client("logged", START, tmp_path)
    assert widgets.crawl_log(fresh) == ""
    folder = fresh.folder / "crawls" / "2026-03-12" / "crawl"
    folder.mkdir(parents=True)
    (folder / "crawl.log").write_text("".join(f"line {n} <script>{'x' * 400}\n" for n in range(30)), "utf-8")
    lines = widgets.crawl_log(fresh).splitlines()
    assert (len(lines), lines[0][:7], max(map(len, lines))) == (12, "line 18", 220)
    assert "<script>" not in widgets.CrawlPanel(fresh).log_lines.value


def test_crawl_that_fails_says_why(client: Client, crawl: _FakeCrawl) -> None:
    crawl.error = LinkkitError("the host shop.example does not exist")
    crawl.proceed.set()
    panel = widgets.CrawlPanel(client)
    panel.start.click()
    assert panel.wait(10)
    assert "the host shop.example does not exist" in panel.errors.value
    assert panel.start.disabled is False


def test_how_far_a_crawl_is(client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from linkkit.widgets import crawl as module

    assert widgets.crawl_words(client) == "The latest data, 2026-03-12, was imported."
    status = CrawlStatus(complete=False, stopped_by="interrupted", pages=40, queued=7)
    monkeypatch.setattr(module, "read_status", lambda folder: status)
    assert widgets.crawl_words(client) == (
        "The crawl of 2026-03-12 was interrupted after 40 URLs; 7 are waiting. Start goes on there."
    )
    monkeypatch.setattr(module, "read_status", lambda folder: CrawlStatus(True, None, 41, errors=1))
    assert widgets.crawl_words(client) == "The crawl of 2026-03-12 is complete: 41 URLs, 1 error."
    assert widgets.crawl_words(widgets.new_client("fresh", START, tmp_path)) == "No crawl yet."


def test_import_reads_an_edge_list(tmp_path: Path) -> None:
    client = widgets.new_client("fresh", START, tmp_path)
    (client.folder / "edges.csv").write_text(
        f"source,target\n{START},{START}a/\n{START}a/,{START}\n", "utf-8"
    )
    panel = widgets.ImportPanel(client)
    panel.path.value = ' "edges.csv" '
    panel.read.click()
    assert panel.imported is not None
    assert "edge list" in panel.told.value
    assert "2 links" in panel.told.value
    panel.path.value = "nowhere.jl"
    panel.read.click()
    assert "nowhere.jl: no such file" in panel.errors.value
    assert panel.told.value == ""


def test_export_uses_the_thresholds_of_the_sliders(tmp_path: Path) -> None:
    client = make_client(tmp_path)
    thresholds = widgets.ThresholdPanel(client.audit(), "depth")
    panel = widgets.ExportPanel(thresholds, client, "depth")
    thresholds.knobs["max_crawl_depth"].slider.value = 5
    panel.write.click()
    names = {file.name for file in panel.files}
    assert {"findings-depth.csv", "depth.png", "depth.svg", "depth_by_section.png"} <= names
    table = pd.read_csv(next(file for file in panel.files if file.name == "findings-depth.csv"))
    assert (table["check_id"] == "deep-page").sum() == 2
    assert all(file.stat().st_size > 100 for file in panel.files)
    assert f"Wrote {len(panel.files)} files" in panel.told.value


# Unattended runs and closed kernels


def test_charts_are_png_in_an_unattended_run(
    shell: InteractiveShell, audit: Audit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(HEADLESS, "1")
    chart = charts.chapter_charts(audit, "depth")["depth"]
    with capture_output() as captured:
        widgets.show(chart)
    (output,) = captured.outputs
    assert set(output.data) == {"image/png", "text/plain"}
    assert output.data["text/plain"].startswith("4 pages lie deeper than 3 clicks")
    assert output.metadata["image/png"]["width"] > 500


def test_live_charts_have_a_still_beside_them(shell: InteractiveShell, audit: Audit) -> None:
    with capture_output() as captured:
        widgets.show(charts.chapter_charts(audit, "depth")["depth"])
    live, still = _outputs(captured)
    assert "application/vnd.jupyter.widget-view+json" in live
    assert 'class="lk-still"' in still["text/html"]
    assert "data:image/png;base64," in still["text/html"]
    assert 'alt="4 pages lie deeper than 3 clicks' in still["text/html"]


def test_panels_leave_plain_outputs_in_an_unattended_run(
    shell: InteractiveShell, audit: Audit, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(HEADLESS, "1")
    panel = widgets.threshold_panel(audit, "depth", client=client)
    assert isinstance(panel, widgets.StillPanel)
    with capture_output() as captured:
        panel._ipython_display_()
        widgets.findings_browser(panel)
        widgets.page_explorer(audit, "depth")
        widgets.crawl_panel(client)
        widgets.import_panel(client)
        widgets.client_panel()
    outputs = _outputs(captured)
    assert not any("application/vnd.jupyter.widget-view+json" in output for output in outputs)
    text = " ".join(str(output.get("text/html", "")) for output in outputs)
    assert "Max crawl depth: 3 clicks" in text
    assert "/shop/tents/deep-tent/" in text
    assert any("image/png" in output for output in outputs)


def test_tables_escape_and_say_how_much_is_left(shell: InteractiveShell, audit: Audit) -> None:
    table = pd.DataFrame({"Page": [HOSTILE_URL, "<script>window.pwned=1</script>"] * 20})
    with capture_output() as captured:
        widgets.show(table, top=3)
    page = _outputs(captured)[0]["text/html"]
    assert "<script" not in page
    assert page.count("<tr") == 4
    assert "Showing 3 of 40 rows." in page


def test_files_dropped_in_slices_are_read_and_told(tmp_path: Path) -> None:
    client = make_client(tmp_path)
    panel = widgets.ImportPanel(client)
    text = b"Page path and screen class,Sessions\n/shop/,7\n/<script>pwned</script>,2\n(not set),1\n"
    messages: list[object] = []
    panel.drop.send = lambda content, buffers=None: messages.append(content)  # type: ignore[method-assign]
    for start in range(0, len(text), 30):
        content = {"kind": "slice", "name": "../../ga4.csv", "start": start}
        panel.drop._hear(panel.drop, content, [memoryview(text[start : start + 30])])
    panel.drop._hear(panel.drop, {"kind": "done", "names": ["../../ga4.csv"]}, [])
    assert messages == [{"kind": "heard"}] * len(range(0, len(text), 30))
    assert panel.imported is not None
    assert panel.imported.report["matched"].tolist() == [1]
    assert "GA4 pages and screens" in panel.told.value
    assert "1 row not used" in panel.told.value
    assert "names no page" in panel.told.value
    assert "<script" not in panel.told.value
    assert (client.folder / "signals" / "ga4.csv").read_bytes() == text
    assert not list(tmp_path.glob("ga4.csv"))
    panel.drop._hear(
        panel.drop, {"kind": "slice", "name": "x.bin", "start": 0}, [memoryview(b"Day,Weather\n1,rain\n")]
    )
    with pytest.raises(SourceError):
        panel.drop._hear(panel.drop, {"kind": "done", "names": ["x.bin"]}, [])
    assert "</strong> x.bin: not understood" in panel.errors.value
    assert panel.told.value == ""


def test_a_crawl_that_left_pages_out_on_purpose_can_be_taken_for_complete(tmp_path: Path) -> None:
    client = make_client(tmp_path)
    start = client.settings.start_url
    (tmp_path / "crawl").mkdir()
    (tmp_path / "crawl" / "pages.csv").write_text(
        f"Address,Content Type,Status Code,Indexability,Crawl Depth\n{start},text/html,200,Indexable,0\n"
    )
    (tmp_path / "crawl" / "links.csv").write_text(
        f"Type,Source,Destination,Anchor,Follow\nHyperlink,{start},{start}filter/red,Red,true\n"
    )
    panel = widgets.ImportPanel(client)
    panel.path.value = str(tmp_path / "crawl")
    for is_whole in (False, True):
        panel.whole.value = is_whole
        panel.read.click()
        assert panel.imported is not None
        assert panel.imported.site is not None
        assert panel.imported.site.manifest.complete is is_whole


# Topic clusters


@pytest.fixture
def own(tmp_path: Path) -> Client:
    made = make_client(tmp_path)
    text = (made.folder / "client.toml").read_text("utf-8")
    (made.folder / "client.toml").write_text(f"# kept\n{text}", "utf-8")
    return Client.open(made.folder.name, clients=tmp_path)


def test_a_proposal_is_shown_and_accepted_beside_what_is_defined(own: Client) -> None:
    audit = own.audit()
    panel = widgets.ProposalPanel(audit, own)
    assert "Proposals, not facts" in panel.told.value
    panel.basis.value = "folders"
    assert panel.slider.layout.display == "none"
    assert "/blog/" in panel.chosen.options
    assert "<script>" not in panel.told.value
    assert widgets.proposal_table(audit, panel.grouping)["Proposed cluster"].tolist() == list(
        panel.grouping.names
    )
    panel.accept.click()
    assert "no cluster is chosen" in panel.errors.value
    panel.chosen.value = ("/blog/",)
    panel.accept.click()
    stored = Client.open(own.folder.name, clients=own.folder.parent)
    assert [(each.name, each.pillar, len(each.pages)) for each in stored.settings.clusters] == [
        ("/blog/", "/blog/", 8)
    ]
    assert "# kept" in (own.folder / "client.toml").read_text("utf-8")
    grouping = stored.audit().facts.clusters
    assert grouping is not None
    assert grouping.names == ("/blog/",)
    with pytest.raises(LinkkitError, match=r"of that name already|one of your clusters already"):
        widgets.accept_proposals(stored, stored.audit(), panel.grouping, ["/blog/"])


def test_a_proposal_is_made_once_and_others_of_its_kind_ahead(
    own: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = widgets.ProposalPanel(own.audit(), own)
    first, made = panel.told.value, []
    monkeypatch.setattr(
        topics, "propose_clusters", lambda *a, resolution, **k: (made.append(resolution), panel.grouping)[1]
    )
    monkeypatch.setattr(topics, "_told", lambda audit, grouping: f"proposal {made[-1]}")
    for _ in range(9):
        panel._propose_next()
    assert made == [1.5, 2.5, 1.0, 3.0, 3.5, 4.0]
    for value, told in ((3.5, "proposal 3.5"), (2.0, first)):
        panel.slider.value = value
        assert told in panel.told.value
    assert len(made) == 6


def test_links_are_found_anew_only_for_thresholds_that_choose_their_pages(
    audit: Audit, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Thresholds] = []
    monkeypatch.setattr(
        suggestions, "suggestions_for", lambda audit, *a, **k: (asked.append(audit.thresholds), empty_suggestions())[1]
    )  # fmt: skip
    anchors, depth = (widgets.ThresholdPanel(audit, chapter) for chapter in ("anchors", "depth"))
    for panel in (anchors, depth):
        widgets.SuggestionsPanel(panel)
    anchors.knobs["ambiguous_anchor_targets"].box.value += 1
    assert len(asked) == 2
    depth.knobs["max_crawl_depth"].box.value = 5
    assert [each.max_crawl_depth for each in asked] == [3, 3, 5]


def test_clusters_are_edited_and_saved_only_when_told(own: Client, tmp_path: Path) -> None:
    audit = own.audit()
    editor = widgets.ClusterEditor(audit, own)
    assert editor.cluster.value is None
    editor.name.value, editor.page.value = "Guides", f"{START}guides/"
    editor.add.click()
    editor.page.value = HOSTILE_URL
    editor.add.click()
    assert [url for _, url in editor.members.options] == sorted([f"{START}guides/", HOSTILE_URL])
    editor.pillar.value = f"{START}guides/"
    assert editor.members.options[0][0].startswith("★ /guides/")
    assert "not saved" in editor.told.value
    assert "\n[[clusters]]" not in (own.folder / "client.toml").read_text("utf-8")
    editor.members.value, editor.to.value = (HOSTILE_URL,), "Odd ones"
    editor.move.click()
    assert [each.name for each in editor.clusters] == ["Guides", "Odd ones"]
    editor.save.click()
    stored = Client.open(own.folder.name, clients=tmp_path)
    assert stored.settings.clusters == editor.clusters
    assert "# kept" in (own.folder / "client.toml").read_text("utf-8")
    editor.cluster.value = "Odd ones"
    editor.name.value = "Guides"
    editor.rename.click()
    assert [each.name for each in editor.clusters] == ["Guides"]
    table = tmp_path / "clusters.csv"
    table.write_text("url,cluster,pillar\n/blog/,Blog,yes\n/blog/*,Blog,\n", "utf-8")
    editor.file.value = str(table)
    editor.read.click()
    assert widgets.cluster_overview(audit, editor.clusters)["Pages"].tolist() == [2, 9]
    editor.remove.click()
    editor.page.value = f"{START}nowhere/"
    editor.name.value = "New"
    editor.add.click()
    assert "is not a page of this site" in editor.errors.value
    # Somebody else changed them meanwhile: nothing is lost without a word.
    stored.save_clusters([])
    editor.save.click()
    assert "holds other clusters" in editor.errors.value


def test_unattended_runs_show_clusters_as_tables(
    own: Client, monkeypatch: pytest.MonkeyPatch, shell: InteractiveShell
) -> None:
    monkeypatch.setenv(HEADLESS, "1")
    audit = own.audit()
    with capture_output() as captured:
        assert widgets.cluster_editor(audit, own) is None
        assert widgets.proposal_panel(audit, own) is None
        assert widgets.cluster_explorer(audit) is None
    said = "".join(str(data.get("text/html", "")) for data in _outputs(captured))
    assert "No clusters are defined in client.toml." in said
    assert "Proposals, not facts" in said
    assert any("image/png" in data for data in _outputs(captured))


def test_a_page_that_links_to_itself_only_has_no_links_to_list() -> None:
    audit = run_audit(build(["/", "/a"], ["/ -> /", "/a -> /a"]))
    assert widgets.page_outlinks(audit, audit.site.start_url).empty
    assert widgets.page_inlinks(audit, audit.site.start_url).empty
