"""Panels of the plan: what follows what, what they refuse, what an unattended run shows, nothing of a page run."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from linkkit import charts, widgets
from linkkit.audit import Audit, run_audit
from linkkit.client import Client
from linkkit.errors import SettingsError
from linkkit.plan import Change, Planning, PlanSettings, simulate
from linkkit.plan.changes import ADD, BACKLINKS, BLOCK, DELETE, REDIRECT, REMOVE
from linkkit.widgets.display import HEADLESS
from linkkit.widgets.errors import STRICT, NotebookStopError
from linkkit.widgets.planning import plan_goals
from tests.small_site import HOSTILE, HOSTILE_URL, make_client, small_site


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


@pytest.fixture(scope="module")
def planning(audit: Audit) -> Planning:
    return Planning(audit)


@pytest.fixture
def panel(planning: Planning) -> widgets.PlanPanel:
    return widgets.PlanPanel(planning, PlanSettings(links=6))


def _title(chart: Any) -> str:
    return " ".join(chart.to_dict()["title"]["text"])


def _said(captured: Any) -> str:
    return "\n".join(str(output.data.get("text/html", output.data.get("text/plain", ""))) for output in captured.outputs)  # fmt: skip


# The plan


def test_the_panel_shows_the_plan_of_the_plain_function(panel: widgets.PlanPanel, planning: Planning) -> None:
    proposal = planning.propose(PlanSettings(links=6))
    assert _title(panel.stairs.chart) == charts.plan_headline(proposal.plan)  # type: ignore[arg-type]
    view = widgets.plan_view(proposal)
    assert view["No."].tolist() == [1, 2, 3, 4, 5, 6]
    assert view["Put a link on"].iloc[0] == "/shop/"
    assert view["It leads to"].iloc[0] == "/shop/tents/corrie/"
    assert view["Words to link, and where they stand"].iloc[0].startswith("(needs a new sentence")
    assert view["Holds in (models)"].str.match(r"\d+ of 10(\xa0≈)?$").all()
    assert "/shop/tents/corrie/" in panel.table.value
    assert "10 models tried" in panel.sure.value


def test_another_goal_makes_another_plan_and_the_others_follow(panel: widgets.PlanPanel) -> None:
    targets, whatif = widgets.TargetsPanel(panel), widgets.WhatIfPanel(panel)
    assert whatif.first.max == 6
    panel.goal.value, panel.links.value, panel.per_page.value = "/guides/", 3, 1
    panel.sources.value = "/blog/, /shop/"
    panel.make.click()
    assert panel.proposal.settings == PlanSettings(3, "/guides/", 1, 5, ("/blog/", "/shop/"))
    assert panel.proposal.plan is not None
    assert panel.proposal.plan.goal == "/guides/"
    assert "“/guides/”" in _title(targets.chart.chart)
    assert whatif.first.max == whatif.first.value == whatif.slider.value == len(panel.proposal.links) <= 3
    assert "“/guides/”" in panel.stairs.chart.to_dict()["layer"][0]["encoding"]["y"]["title"]


def test_a_goal_that_fits_nothing_is_told_in_the_panel(panel: widgets.PlanPanel, planning: Planning) -> None:
    before = panel.proposal
    panel.goal.value = "/nowhere/"
    panel.make.click()
    assert "not known on this site" in panel.errors.value
    assert panel.proposal is before
    assert panel.working.value == ""
    with pytest.raises(NotebookStopError, match="'/nowhere/'"):
        widgets.plan_panel(planning.audit, goal="/nowhere/")


def test_a_plan_for_orphans_and_money_pages_says_which_link_is_for_which(planning: Planning) -> None:
    view = widgets.plan_view(planning.propose(PlanSettings(links=8, goal="orphans first")))
    assert set(view["For"]) == {"orphans", "money pages"}
    assert "For" not in widgets.plan_view(planning.propose(PlanSettings(links=6)))


def test_goals_on_offer_fit(audit: Audit, planning: Planning) -> None:
    goals = plan_goals(audit)
    assert goals[:2] == ["money pages", "orphans first"]
    assert "/guides/" in goals
    for goal in goals:
        assert planning.lacks(goal) == ""


# Backlink targets


def test_the_slider_of_new_domains_moves_gains_and_nothing_else(panel: widgets.PlanPanel) -> None:
    targets = widgets.TargetsPanel(panel)
    before = widgets.targets_view(panel.proposal, 10)
    targets.slider.value = 40
    assert targets.box.value == 40
    assert "40 new domains" in _title(targets.chart.chart)
    after = widgets.targets_view(panel.proposal, 40)
    assert after["Of 100 units, reach the goal"].tolist()[0] == before["Of 100 units, reach the goal"].tolist()[0]  # fmt: skip
    gains = [float(each.strip("+ %")) for each in (before["Would bring"].iloc[0], after["Would bring"].iloc[0])]  # fmt: skip
    assert gains[1] > gains[0] > 0
    assert after["Would bring"].iloc[0] in targets.table.value
    assert set(after["Kind"]) == {"Other pages", "Money pages"}


# What if


def test_the_slider_makes_the_first_links_of_the_plan(panel: widgets.PlanPanel, audit: Audit) -> None:
    whatif = widgets.WhatIfPanel(panel, first=2)
    for number in (0, 1, 6):
        whatif.slider.value = number
        expected = simulate(audit, add_links=panel.proposal.links.head(number))
        assert whatif.simulated.after.authority.captured == pytest.approx(expected.after.authority.captured)
        assert _title(whatif.chart.chart) == charts.whatif_headline(expected, number)
    assert "The first 6 links of the plan" in whatif.listed.value
    known = whatif.simulated
    whatif.slider.value = 1
    assert "The first link of the plan" in whatif.listed.value
    whatif.slider.value = 6
    assert whatif.simulated is known


def test_changes_are_listed_undone_and_cleared(panel: widgets.PlanPanel, audit: Audit) -> None:
    whatif = widgets.WhatIfPanel(panel, first=0)
    assert whatif.undo.disabled
    for action, page, to in (
        (ADD, "/", "/shop/tents/deep-tent/"),
        (REMOVE, "/shop/", "/shop/boots/"),
        (BLOCK, "/blog/", "/shop/tents/corrie/"),
        (REDIRECT, "/gone/", "/shop/"),
        (DELETE, "/guides/guide-11/", ""),
        (BACKLINKS, "/guides/", ""),
    ):
        whatif.action.value = action
        assert whatif.to.layout.display == ("none" if not to else None)
        assert whatif.domains.layout.display == (None if action == BACKLINKS else "none")
        whatif.page.value, whatif.to.value = page, to
        whatif.add.click()
    assert [str(each) for each in whatif.changes][-2:] == [
        "/guides/guide-11/ is deleted", "10 new referring domains for /guides/"
    ]  # fmt: skip
    assert whatif.listed.value.count("<li>") == 6
    assert whatif.page.value == ""
    assert _title(whatif.chart.chart).startswith("With these 6 changes money pages get")
    assert "/shop/tents/deep-tent/" in whatif.moved.value
    whatif.undo.click()
    assert len(whatif.changes) == 5
    whatif.slider.value = 3
    whatif.clear.click()
    assert whatif.changes == []
    assert whatif.first.value == 0
    assert _title(whatif.chart.chart).startswith("Nothing is changed yet")


def test_a_change_that_cannot_be_made_is_told_and_not_kept(panel: widgets.PlanPanel) -> None:
    whatif = widgets.WhatIfPanel(panel, first=1)
    for action, page, to, words in (
        (ADD, "/", "", "still to be given: the page it leads to"),
        (ADD, "/", "/<b>nowhere</b>", "not known on this site"),
        (REMOVE, "/about/", "/shop/tents/corrie/", "no followed link leads from"),
        (BLOCK, "/blog/", "its pillar", "has a pillar"),
    ):
        whatif.action.value = action
        whatif.page.value, whatif.to.value = page, to
        whatif.add.click()
        assert words in whatif.errors.value
        assert "<b>nowhere" not in whatif.errors.value
        assert whatif.changes == []
    whatif.action.value = ADD
    whatif.page.value, whatif.to.value = "/", "/shop/tents/deep-tent/"
    whatif.add.click()
    assert whatif.errors.value == ""
    assert len(whatif.changes) == 1


def test_hostile_addresses_are_text(panel: widgets.PlanPanel) -> None:
    whatif = widgets.WhatIfPanel(panel, first=0)
    whatif.try_out(Change(ADD, "/", HOSTILE_URL))
    evil = "<img src=x onerror=alert(1)>"
    with pytest.raises(SettingsError):
        whatif.try_out(Change(ADD, "/", evil))
    for html in (whatif.listed.value, whatif.moved.value, whatif.summary.value, whatif.errors.value):
        assert "<script" not in html
        assert "<img" not in html
    assert HOSTILE not in widgets.PlanPanel(panel.planning, PlanSettings(links=2, goal=HOSTILE_URL)).table.value  # fmt: skip


# Unattended, and without money pages


def test_an_unattended_run_shows_the_same_numbers(
    client: Client, audit: Audit, planning: Planning, monkeypatch: pytest.MonkeyPatch, shell: InteractiveShell
) -> None:
    monkeypatch.setenv(HEADLESS, "1")
    still = widgets.plan_panel(audit, links=6)
    assert isinstance(still, widgets.StillPlan)
    with capture_output() as captured:
        widgets.show_plan_answer(still)
        assert widgets.targets_panel(still) is None
        still._ipython_display_()
        assert widgets.whatif_panel(still, first=4) is None
        widgets.show_robustness(still)
        assert widgets.plan_export_panel(still, client) is None
    said = _said(captured)
    simulated = simulate(audit, add_links=still.proposal.links.head(4))
    assert "The first 4 links of the plan" in said
    assert f"{100 * simulated.after.authority.captured:.2f} of 100 units" in said
    assert charts.plan_headline(still.proposal.plan) in said  # type: ignore[arg-type]
    assert sum("image/png" in output.data for output in captured.outputs) == 5
    assert "exports/link-plan.xlsx" in said
    assert (client.exports / "backlink-targets.csv").is_file()
    assert "<script" not in re.sub(r"&lt;script", "", said)


def test_the_export_button_writes_what_is_shown(panel: widgets.PlanPanel, client: Client) -> None:
    targets = widgets.TargetsPanel(panel, 25)
    button = widgets.plan_export_panel(panel, client, targets=targets)
    assert button is not None
    button.write.click()
    assert "Wrote 11 files" in button.told.value
    rows = (client.exports / "backlink-targets.csv").read_text("utf-8-sig").splitlines()
    assert rows[1].split(",").count("25") >= 1


def test_without_money_pages_the_panels_say_what_to_add(
    monkeypatch: pytest.MonkeyPatch, shell: InteractiveShell, tmp_path: Path
) -> None:
    audit = run_audit(small_site())
    panel = widgets.PlanPanel(Planning(audit))
    targets, whatif = widgets.TargetsPanel(panel), widgets.WhatIfPanel(panel)
    assert "cannot be said" in _title(panel.stairs.chart)
    assert panel.table.value == targets.table.value == ""
    assert whatif.first.max == 0
    whatif.try_out(Change(ADD, "/", "/guides/guide-3/"))
    assert "no money pages are known" in _title(whatif.chart.chart)
    monkeypatch.setenv(HEADLESS, "1")
    still = widgets.plan_panel(audit)
    with capture_output() as captured:
        widgets.show_plan_answer(still)
        widgets.targets_panel(still)
        still._ipython_display_()
        widgets.whatif_panel(still)
        widgets.show_robustness(still)
    assert "notebook 01" in _said(captured)
