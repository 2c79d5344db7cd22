"""Panels and charts of the verdict: sliders move it at once, the plain twins say the same, nothing of a page runs."""

import csv
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

import linkkit as lk
from linkkit import charts, widgets
from linkkit.audit import Audit, run_audit
from linkkit.client import Client
from linkkit.metrics.authority import LEAKS
from linkkit.readiness import GATE_THRESHOLDS, Readiness, State, Verdict, first_targets
from linkkit.readiness.verdict import RULES
from linkkit.widgets.display import HEADLESS
from linkkit.widgets.errors import STRICT
from tests.site_factory import build
from tests.small_site import make_client


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


def _text(captured: Any) -> str:
    return "".join(str(output.data.get("text/html", "")) for output in captured.outputs)


def test_a_slider_moves_verdict_and_card_at_once(audit: Audit, monkeypatch: pytest.MonkeyPatch) -> None:
    panel = widgets.ReadinessPanel(audit)
    assert list(panel.knobs) == list(GATE_THRESHOLDS)
    before = panel.readiness
    told: list[Readiness] = []
    panel.on_change(told.append)
    # Neither the plan nor a check: moving a slider judges, and nothing else.
    monkeypatch.setattr("linkkit.readiness.view.link_plan", lambda *a, **k: pytest.fail("planned again"))
    monkeypatch.setattr("linkkit.audit.run_checks", lambda *a, **k: pytest.fail("a check ran"))
    assert before.gates[0].state is State.FAIL
    spec = json.dumps(panel.chart.chart.to_dict())
    panel.knobs["max_crawl_depth"].slider.value = 10
    assert panel.readiness.gates[0].state is State.PASS
    assert told == [panel.readiness]
    assert panel.readiness.sentence != before.sentence
    assert charts.readiness_answer(panel.readiness).sentence.split("<")[0][:40] in panel.answer.value
    assert json.dumps(panel.chart.chart.to_dict()) != spec
    assert panel.readiness.gates == widgets.retuned_gates(audit, panel.thresholds).gates
    panel.knobs["max_crawl_depth"].reset.click()
    assert panel.readiness.gates == before.gates


def test_values_are_kept_for_the_client(tmp_path: Path) -> None:
    client = make_client(tmp_path)
    panel = widgets.ReadinessPanel(client.audit(), client=client)
    panel.knobs["min_money_in_reach"].box.value = 0.8
    panel.keep.click()
    assert Client.open("small", clients=tmp_path).settings.thresholds.min_money_in_reach == 0.8
    assert "Kept" in panel.kept.value


def test_an_unattended_run_shows_the_same(
    audit: Audit, client: Client, shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(HEADLESS, "1")
    still = widgets.readiness_panel(audit, client=client)
    assert isinstance(still, widgets.StillReadiness)
    with capture_output() as captured:
        still._ipython_display_()
        widgets.show_verdict(still)
        widgets.show_rules()
        widgets.show_gates(still)
        widgets.show_deciding(still)
        widgets.show_headline(still)
        widgets.show_firmness(still)
        widgets.show_readiness_targets(still)
        assert widgets.readiness_export_panel(still, client) is None
    said = _text(captured)
    r = audit.readiness
    assert "Min money in reach: 0.95 share" in said
    assert r.sentence[:30] in said
    assert RULES[2] in said
    for gate in r.gates:
        assert gate.evidence.split("&")[0][:50] in said
    for url in r.decided_by[0].pages:
        assert url.removeprefix("https://shop.example") in said
    assert sum("image/png" in output.data for output in captured.outputs) == 3
    assert "<script" not in said
    written = {path.name for path in client.exports.iterdir()}
    assert {"readiness.csv", "readiness-variants.csv", "first-targets.csv", "charts"} <= written
    with (client.exports / "readiness.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["gate"] for row in rows[2:-1]] == [gate.id for gate in r.gates]
    assert [rows[0]["state"], rows[-1]["evidence"]] == [str(r.verdict), r.holds]


def test_the_button_writes_what_the_sliders_show(audit: Audit, tmp_path: Path) -> None:
    client = make_client(tmp_path)
    panel = widgets.ReadinessPanel(audit)
    panel.knobs["min_money_in_reach"].box.value = 0.51
    export = widgets.ReadinessExport(panel, client)
    export.write.click()
    with (client.exports / "readiness.csv").open(encoding="utf-8-sig", newline="") as file:
        limits = {row["gate"]: row["limit"] for row in csv.DictReader(file)}
    assert limits["money-pages-in-reach"] == "0.51"
    assert "10 files" in export.told.value


def test_tables_of_charts_say_what_the_verdict_says(audit: Audit) -> None:
    r = audit.readiness
    gates = charts.gates_table(r)
    assert gates["value"].tolist() == pytest.approx([gate.value for gate in r.gates], nan_ok=True)
    assert gates["words"].map({"holds": "pass", "does not hold": "fail", "cannot be judged": "cannot be judged"}).tolist() == [str(gate.state) for gate in r.gates]  # fmt: skip
    units = charts.before_after_table(r)
    assert units.groupby("when")["share"].sum().tolist() == pytest.approx([1.0, 1.0])
    reach = units[units["end"] == "Reach money pages"].set_index("when")["share"]
    assert reach["Today"] == pytest.approx(r.captured, abs=1e-12)
    assert reach["After the plan"] == pytest.approx(r.after, abs=1e-9)
    lost = units[(units["end"] == "Lost") & (units["when"] == "Today")]["share"].iloc[0]
    assert lost == pytest.approx(audit.ledger[list(LEAKS)].sum())
    strip = charts.verdicts_table(r)
    assert len(strip) == len(r.robustness) + 1
    assert strip["is_own"].sum() == 1
    assert Counter(strip["verdict"]) == Counter([str(r.verdict), *r.robustness["verdict"]])
    dampings = strip[strip["row"] == "Damping, reasonable surfer"]["cell"].tolist()
    assert dampings == ["0.5", "0.65", "0.75", "0.85", "0.95"]


@pytest.mark.parametrize(
    "pages",
    [
        [{"path": "/", "crawled": False}],
        ["/"],
        ["/", "/a", "/b"],
        [{"path": "/", "referring_domains": 2.0}, {"path": "/m", "is_money_page": True}],
    ],
)
def test_every_chart_and_view_of_an_odd_site(pages: list[Any], shell: InteractiveShell) -> None:
    links = ["/ -> /m"] if len(pages) == 2 else []
    audit = run_audit(build(pages, links))
    for name, chart in charts.readiness_charts(audit.readiness).items():
        spec = chart.to_dict()
        assert spec["title"]["text"], name
        assert spec["description"], name
        assert "NaN" not in json.dumps(spec, allow_nan=True).replace("NaN", "null"), name
    panel = widgets.ReadinessPanel(audit)
    with capture_output():
        widgets.show_deciding(panel)
        widgets.show_firmness(panel)
        widgets.show_readiness_targets(panel)
    assert len(widgets.readiness_targets(panel)) == len(first_targets(audit.readiness))
    assert panel.readiness.verdict is audit.readiness.verdict


def test_each_verdict_has_its_look(audit: Audit) -> None:
    r = audit.readiness
    answers = {}
    for verdict in Verdict:
        other = replace(r, ruling=replace(r.ruling, verdict=verdict, rule=3))
        answers[str(verdict)] = charts.readiness_answer(other).verdict
        assert charts.readiness_title(other).startswith(str(verdict).capitalize())
    assert answers == {
        "ready": "good",
        "fix first": "fix",
        "not ready": "fix",
        "inconclusive": "unknown",
    }


def test_hostile_texts_stay_text(shell: InteractiveShell) -> None:
    bad = "<script>window.pwned=1</script>"
    pages = [
        {"path": "/", "title": f"Start | {bad}", "referring_domains": 3.0},
        *({"path": f"/p{n}", "title": f"{bad} {n} | {bad}", "h1": bad, "is_money_page": n == 1} for n in range(4)),
    ]  # fmt: skip
    links = [{"source": "/", "target": f"/p{n}", "anchor": f"{bad} {n}"} for n in range(4)]
    audit = lk.run_audit(build(pages, [*links, "/p0 -> /p1"]))
    panel = widgets.ReadinessPanel(audit)
    with capture_output() as captured:
        widgets.show_verdict(panel)
        widgets.show_deciding(panel)
        widgets.show_readiness_targets(panel)
    said = _text(captured)
    assert "&lt;script&gt;window.pwned=1" in said
    assert "<script" not in said
    assert "<script" not in panel.answer.value
