"""The link model panel: what follows it, what it keeps, and what an unattended run shows of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

import linkkit.audit
from linkkit import charts, widgets
from linkkit.audit import Audit, run_audit
from linkkit.client import Client
from linkkit.errors import SettingsError
from linkkit.linkmodel import Choice, LinkModel, model_settings
from linkkit.metrics.leaks import leaking_links
from linkkit.thresholds import Thresholds
from linkkit.widgets.display import HEADLESS
from linkkit.widgets.errors import STRICT
from tests.site_factory import build
from tests.small_site import GUIDES, HOSTILE_URL, START, make_client


@pytest.fixture(autouse=True)
def strict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(STRICT, "1")
    monkeypatch.delenv(HEADLESS, raising=False)


@pytest.fixture
def shell() -> Iterator[InteractiveShell]:
    made = InteractiveShell.instance()
    yield made
    InteractiveShell.clear_instance()


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Client:
    return make_client(tmp_path_factory.mktemp("clients"))


@pytest.fixture(scope="module")
def audit(client: Client) -> Audit:
    return client.audit()


def _title(chart: Any) -> str:
    return " ".join(chart.to_dict()["title"]["text"])


def test_every_setting_has_its_control_default_and_source(audit: Audit) -> None:
    panel = widgets.ModelPanel(audit)
    assert list(panel.rows) == list(model_settings())
    assert "Default: 0.85 (85 %). " in panel.rows["damping"].about.value
    for name, row in panel.rows.items():
        about = model_settings()[name]
        assert row.value == getattr(LinkModel(), name)
        assert row.reset.disabled
        assert "Default: " in row.about.value
        if isinstance(about, Choice):
            assert [word for _, word in row.box.options] == list(about.options)
    assert panel.model == LinkModel()


def test_damping_moves_answer_chart_and_listeners(audit: Audit) -> None:
    panel = widgets.ModelPanel(audit)
    heard: list[LinkModel] = []
    panel.on_change(lambda changed: heard.append(changed.graph.model))
    before = _title(panel.chart.chart)
    panel.rows["damping"].slider.value = 0.5
    assert panel.rows["damping"].box.value == 0.5
    assert heard == [LinkModel(damping=0.5)]
    expected = run_audit(audit.site, model=LinkModel(damping=0.5))
    assert panel.audit.ledger.tolist() == pytest.approx(expected.ledger.tolist(), abs=1e-9)
    assert charts.answer(expected, "authority").sentence[:60] in panel.answer.value
    assert "damping 0.5" in panel.answer.value
    assert _title(panel.chart.chart) != before
    assert not panel.rows["damping"].reset.disabled


def test_words_build_the_graph_anew(audit: Audit) -> None:
    panel = widgets.ModelPanel(audit)
    panel.rows["weights"].box.value = "uniform"
    assert panel.audit.graph.model == LinkModel(weights="uniform")
    expected = run_audit(audit.site, model=LinkModel(weights="uniform"))
    assert panel.audit.ledger.tolist() == pytest.approx(expected.ledger.tolist(), abs=1e-9)
    assert "every link of a page weighs the same" in panel.rows["weights"].about.value


def test_reset_changes_everything_at_once(audit: Audit) -> None:
    panel = widgets.ModelPanel(audit)
    panel.rows["damping"].box.value = 0.6
    panel.rows["nofollow"].box.value = "keep"
    heard: list[LinkModel] = []
    panel.on_change(lambda changed: heard.append(changed.graph.model))
    panel.reset.click()
    assert heard == [LinkModel()]
    assert panel.audit.ledger.tolist() == pytest.approx(audit.ledger.tolist(), abs=1e-9)


def test_the_chart_is_chosen(audit: Audit) -> None:
    panel = widgets.ModelPanel(audit)
    for name, (_, draw) in charts.authority_charts().items():
        panel.view.value = name
        assert _title(panel.chart.chart) == _title(draw(audit))
    panel.rows["damping"].box.value = 0.7
    assert _title(panel.chart.chart) == _title(draw(panel.audit))


def test_thresholds_findings_explorer_and_export_follow_the_model(client: Client, audit: Audit) -> None:
    model = widgets.model_panel(audit, client=client)
    assert isinstance(model, widgets.ModelPanel)
    panel = widgets.threshold_panel(model, client=client)
    assert isinstance(panel, widgets.ThresholdPanel)
    assert panel.chapter == "authority"
    browser = widgets.findings_browser(panel)
    explorer = widgets.authority_explorer(model)
    export = widgets.export_panel(panel, client, "authority")
    assert browser is not None
    assert explorer is not None
    assert export is not None
    panel.knobs["under_linked_ratio"].box.value = 2.0
    model.rows["weights"].box.value = "uniform"
    expected = run_audit(audit.site, Thresholds(under_linked_ratio=2.0), model=LinkModel(weights="uniform"))
    assert panel.thresholds.under_linked_ratio == 2.0
    assert panel.audit.graph.model.weights == "uniform"
    own = expected.findings[expected.findings["chapter"] == "authority"]
    assert f"of {len(own)} findings" in browser.count.value
    assert charts.answer(expected, "authority").sentence[:60] in panel.answer.value
    assert widgets.landing_words(expected, explorer.page.value) in explorer.path.value.replace("&#x27;", "'")
    export.write.click()
    assert "authority_ledger.png" in {file.name for file in export.files}
    svg = (client.exports / "charts" / "authority_ledger.svg").read_text("utf-8")
    assert "uniform weights" in svg


def test_the_model_is_kept_for_the_client(tmp_path: Path) -> None:
    client = make_client(tmp_path)
    panel = widgets.ModelPanel(client.audit(), client=client)
    panel.rows["damping"].box.value = 0.7
    panel.rows["entry"].box.value = "additive"
    panel.keep.click()
    assert "Kept" in panel.kept.value
    stored = Client.open("small", clients=tmp_path)
    assert stored.settings.model == LinkModel(damping=0.7, entry="additive")
    assert stored.audit().graph.model == stored.settings.model
    assert stored.save_thresholds(Thresholds(max_crawl_depth=4)).settings.model == stored.settings.model
    assert "[model]" in (client.folder / "client.toml").read_text("utf-8")


def test_faults_of_the_model_are_told_with_those_of_thresholds(tmp_path: Path) -> None:
    client = make_client(tmp_path)
    text = (
        (client.folder / "client.toml")
        .read_text("utf-8")
        .replace("[thresholds]", "[thresholds]\nmax_depth = 3")
        .replace("[model]", '[model]\ndamping = 2\nweights = "heavy"')
    )
    (client.folder / "client.toml").write_text(text, "utf-8")
    with pytest.raises(SettingsError) as caught:
        Client.open("small", clients=tmp_path)
    for words in ("unknown threshold max_depth", "damping = 2", "weights = 'heavy'"):
        assert words in str(caught.value)


def test_the_picture_of_a_model_stands_before_the_checks_run(
    audit: Audit, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = widgets.ModelPanel(audit)
    titles, seen = [_title(panel.chart.chart)], []
    run = linkkit.audit.run_checks

    def watched(facts: Any, thresholds: Thresholds, **chosen: Any) -> Any:
        if chosen.get("chapters") is None:
            seen.append(_title(panel.chart.chart))
        return run(facts, thresholds, **chosen)

    monkeypatch.setattr(linkkit.audit, "run_checks", watched)
    panel.rows["damping"].box.value = 0.6
    titles.append(_title(panel.chart.chart))
    assert titles[0] != titles[1]
    assert seen == titles[1:]
    panel.view.value = "link_balance"
    before = _title(panel.chart.chart)
    panel.rows["damping"].box.value = 0.7
    # It marks findings, and so waits for them.
    assert seen[1:] == [before] != [_title(panel.chart.chart)]


def test_an_unattended_run_shows_the_settings(
    shell: InteractiveShell, client: Client, audit: Audit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(HEADLESS, "1")
    changed = audit.with_model(LinkModel(damping=0.7))
    still = widgets.model_panel(changed, client=client)
    panel = widgets.threshold_panel(still, client=client)
    assert isinstance(still, widgets.StillModel)
    assert isinstance(panel, widgets.StillPanel)
    assert panel.audit is changed
    assert panel.chapter == "authority"
    with capture_output() as captured:
        still._ipython_display_()
        widgets.authority_explorer(changed)
    text = " ".join(str(output.data.get("text/html", "")) for output in captured.outputs)
    assert "Damping: 0.7 share. Default: 0.85." in text
    assert "Weights: reasonable surfer" in text
    assert "of every 100 units land on" in text
    assert not any("application/vnd.jupyter.widget-view+json" in output.data for output in captured.outputs)


def test_landing_pages_are_offered_first(audit: Audit) -> None:
    offered = widgets.flow_pages(audit)
    assert set(offered[:2]) <= {START, START + GUIDES[8], f"{START}orphans/lost-guide/"}
    assert len(offered) == len(set(offered))


def test_the_repair_list_puts_repeated_links_in_one_row() -> None:
    pages = ["/", "/a", "/b", {"path": "/gone", "status": 404}]
    links = ["/ -> /a", "/ -> /b", "/a -> /", "/b -> /"]
    links += [
        {"source": each, "target": "/gone", "anchor": "old sale", "position": "footer"}
        for each in ("/", "/a", "/b")
    ]
    links += [{"source": "/a", "target": "https://other.example/"}]
    table = widgets.repair_list(run_audit(build(pages, links)))
    assert len(table) == 1
    assert table.loc[0, ["Lost through", "Leads to", "Anchor text", "Place", "On pages"]].tolist() == [
        "links to error pages", "/gone", "old sale", "footer", 3,
    ]  # fmt: skip


def test_the_leaks_of_one_page_and_why_there_are_none(audit: Audit) -> None:
    view = widgets.leaks_view(audit, f"{START}{GUIDES[2]}")
    assert view.loc[0, ["Lost through", "Leads to"]].tolist() == ["links to error pages", "/gone/"]
    explorer = widgets.AuthorityExplorer(audit, url=f"{START}gone/")
    assert "no live page of the site" in explorer.path.value
    explorer.page.value = HOSTILE_URL
    assert "<script" not in explorer.path.value


def test_the_leaks_of_a_page_are_searched_for_once_for_a_graph(
    audit: Audit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Damping prices them anew and finds the same ones; other weights, or another page, have them searched for again."""
    asked: list[int] = []

    def counted(site: Any, graph: Any, page: int, limit: int) -> pd.DataFrame:
        asked.append(page)
        return leaking_links(site, graph, page, limit)

    monkeypatch.setattr("linkkit.widgets.journeys.leaking_links", counted)
    url = f"{START}{GUIDES[2]}"
    explorer = widgets.AuthorityExplorer(audit, url=url)
    first = explorer.about.value
    assert len(asked) == 1
    damped = audit.with_model(LinkModel(damping=0.5))
    explorer.follow(damped)
    assert len(asked) == 1
    assert explorer.about.value != first
    assert explorer.about.value == widgets.AuthorityExplorer(damped, url=url).about.value
    asked.clear()
    explorer.follow(audit.with_model(LinkModel(weights="uniform")))
    explorer.page.value = f"{START}{GUIDES[1]}"
    assert len(asked) == 2


def test_hubs_read_like_a_table(audit: Audit) -> None:
    view = widgets.hubs_view(audit, top=3)
    assert len(view) == 3
    assert list(view)[:2] == ["Hub", "Pages it leads to"]
