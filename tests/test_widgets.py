"""Panels: every slider and filter gives what its plain function gives; errors show in the panel."""

from pathlib import Path

import pytest

import linkkit as lk
from linkkit import widgets
from linkkit.charts import answer
from linkkit.thresholds import knobs
from linkkit.widgets.errors import STRICT, ErrorBox, guarded
from linkkit.widgets.findings import advice, findings_view
from tests.small_site import HOSTILE_URL, START, build_small_site, with_signals


@pytest.fixture(scope="module")
def audit(tmp_path_factory: pytest.TempPathFactory) -> lk.Audit:
    return lk.run_audit(with_signals(build_small_site(), tmp_path_factory.mktemp("signals")))


@pytest.fixture(autouse=True)
def strict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(STRICT, "1")
    monkeypatch.delenv("LINKKIT_HEADLESS", raising=False)


@pytest.fixture
def client(tmp_path: Path) -> lk.Client:
    made = lk.Client.new("shop", START, clients=tmp_path)
    build_small_site(made.folder / "crawls" / "2026-03-12" / "site")
    return made


@pytest.mark.parametrize("chapter", ["discovery", "depth", "anchors", "links", "authority", "clusters"])
def test_a_slider_gives_what_the_audit_gives_under_that_threshold(audit: lk.Audit, chapter: str) -> None:
    panel = widgets.threshold_panel(audit, chapter)
    heard: list[lk.Audit] = []
    panel.on_change(heard.append)
    for name, row in panel.knobs.items():
        value = type(row.value)(round(min(knobs()[name].high, row.value + 2 * knobs()[name].step), 9))
        row.slider.value = value
        assert row.box.value == row.slider.value == value
        expected = audit.with_thresholds(panel.audit.thresholds)
        assert getattr(panel.thresholds, name) == value
        wanted = expected.checks[expected.checks["chapter"] == chapter]
        found = panel.audit.checks.set_index("check_id").loc[wanted["check_id"], ["state", "findings"]]
        assert found.reset_index().equals(wanted[["check_id", "state", "findings"]].reset_index(drop=True))
        assert answer(expected, chapter).sentence.split(";")[0][:30] in panel.answer.value
    assert len(heard) == len(panel.knobs) > 0


def test_reset_gives_the_default_back(audit: lk.Audit) -> None:
    panel = widgets.threshold_panel(audit, "depth")
    row = panel.knobs["max_crawl_depth"]
    assert row.reset.disabled
    row.box.value = 5
    assert not row.reset.disabled
    row.reset.click()
    assert row.slider.value == lk.Thresholds().max_crawl_depth == panel.thresholds.max_crawl_depth


def test_thresholds_can_be_kept_for_the_client(client: lk.Client) -> None:
    panel = widgets.threshold_panel(client.audit(), "depth", client=client)
    panel.knobs["max_crawl_depth"].box.value = 2
    panel.keep.click()
    again = lk.Client.open("shop", clients=client.folder.parent)
    assert again.settings.thresholds == lk.Thresholds(max_crawl_depth=2)


def test_findings_view_filters_and_says_the_whole(audit: lk.Audit) -> None:
    everything = findings_view(audit.findings)
    assert len(everything) == len(audit.findings) > 10
    high = findings_view(audit.findings, severities=["high"])
    assert len(high) == (audit.findings["severity"] == "high").sum() > 0
    one = findings_view(audit.findings, search="LOST-guide")
    assert set(one["Page"]) | set(one["Related page"]) >= {f"{START}orphans/lost-guide/"}
    assert 0 < len(one) < len(everything)
    assert len(findings_view(audit.findings, search="(((no such text")) == 0


def test_the_browser_follows_the_panel(audit: lk.Audit) -> None:
    panel = widgets.threshold_panel(audit, "depth")
    browser = widgets.findings_browser(panel)
    before = len(panel.audit.findings[panel.audit.findings["check_id"] == "deep-page"])
    panel.knobs["max_crawl_depth"].box.value = 1
    after = len(panel.audit.findings[panel.audit.findings["check_id"] == "deep-page"])
    assert after > before
    chapter = panel.audit.findings[panel.audit.findings["chapter"] == "depth"]
    assert any(f"{len(chapter)} findings" in getattr(child, "value", "") for child in browser.children)


def test_advice_counts_every_finding_once(audit: lk.Audit) -> None:
    assert advice(audit)["Findings"].sum() == len(audit.findings)
    assert advice(audit, "anchors")["Findings"].sum() == (audit.findings["chapter"] == "anchors").sum()


def test_the_path_to_a_page_is_a_path_of_clicks(audit: lk.Audit) -> None:
    depth = audit.metrics.set_index("url")["crawl_depth"]
    for url in (START, f"{START}shop/tents/", HOSTILE_URL):
        path = widgets.click_path(audit, url)
        assert path[0] == START
        assert path[-1] == url
        assert len(path) - 1 == depth[url]
    assert widgets.click_path(audit, f"{START}orphans/lost-guide/") == []


def test_exports_are_written_under_the_sliders_thresholds(client: lk.Client) -> None:
    panel = widgets.threshold_panel(client.audit(), "depth")
    panel.knobs["max_crawl_depth"].box.value = 1
    export = widgets.export_panel(panel, client, "depth")
    assert export is not None
    export.write.click()
    written = {file.relative_to(client.exports).as_posix() for file in export.files}
    assert {"findings-depth.csv", "checks-depth.csv", "charts/depth.png", "charts/depth.svg"} <= written
    lines = (client.exports / "findings-depth.csv").read_text("utf-8-sig").count("deep-page")
    assert lines == (panel.audit.findings["check_id"] == "deep-page").sum() > 0


def test_errors_show_in_the_panel_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(STRICT)
    box = ErrorBox()

    def fails(*_: object) -> None:
        raise lk.SettingsError("no <script>client</script>")

    guarded(fails, box)()
    assert "no &lt;script&gt;client&lt;/script&gt;" in box.value
    guarded(lambda: None, box)()
    assert box.value == ""


def test_an_unknown_client_stops_the_notebook_with_a_plain_message(tmp_path: Path) -> None:
    with pytest.raises(lk.LinkkitError, match="no client 'nobody'"):
        widgets.open_client("nobody", tmp_path)


def test_what_is_missing_is_said(audit: lk.Audit) -> None:
    known = widgets.knowledge(audit.site).set_index("Source")["State"]
    assert known["Sitemap"] == known["Backlinks"] == "there"
    assert known["Server logs"] == known["Analytics (GA4)"] == "missing"
