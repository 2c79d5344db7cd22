"""Panels of comparisons and of kept plans: what follows what, what they refuse, what an unattended run shows."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from linkkit import widgets
from linkkit.client import Client
from linkkit.deck import Basket
from linkkit.errors import SettingsError
from linkkit.plan import Planning, PlanSettings
from linkkit.widgets.basket import HISTORY, slides_of
from linkkit.widgets.comparing import VIEWS
from linkkit.widgets.display import HEADLESS
from linkkit.widgets.errors import STRICT, NotebookStopError
from linkkit.widgets.planning import PlanExport, keep_plan
from tests.small_site import LIVE, START, build_small_site, make_client
from tests.test_compare import audit as small_audit


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
    """A client with two crawls: the small site, and the same without one of its pages' titles."""
    made = make_client(tmp_path_factory.mktemp("clients"))
    later = build_small_site()
    pages = later.pages.copy()
    pages.loc[later.page_id(START + LIVE[5]), "title"] = "<script>window.pwned=1</script>"
    later.with_pages(pages).save(made.folder / "crawls" / "2026-04-12" / "site")
    return made


@pytest.fixture(scope="module")
def panel(client: Client) -> Any:
    return widgets.ComparePanel(client, client.audit())


def said(outputs: list[Any]) -> str:
    return "\n".join(str(output.data.get("text/html", "")) for output in outputs)


def test_the_panel_shows_the_last_two_crawls_and_every_view(panel: Any) -> None:
    assert (panel.old.value, panel.new.value) == ("2026-03-12", "2026-04-12")
    assert "0 new" in panel.answer.value
    for view in VIEWS:
        panel.view.value = view
        assert "Nothing to list" in panel.table.value or "<table" in panel.table.value
    panel.view.value = "Pages whose status, indexability or title changed"
    assert "&lt;script&gt;" in panel.table.value
    assert "<script>" not in panel.table.value
    assert panel.chart.layout.display == "none"


def test_a_faulty_mapping_says_why_and_changes_nothing(panel: Any) -> None:
    before = panel.comparison
    panel.mapping.value = "(a => b"
    with pytest.raises(SettingsError, match="rule 1"):
        panel._make()
    assert panel.comparison is before
    assert panel.working.value == ""
    panel.mapping.value = ""


def test_other_crawls_and_the_other_basis_follow_the_button(panel: Any) -> None:
    panel.old.value, panel.new.value = "2026-04-12", "2026-03-12"
    panel._make()
    assert (panel.comparison.old_name, panel.comparison.new_name) == ("2026-04-12", "2026-03-12")
    panel.old.value = panel.new.value
    with pytest.raises(Exception, match="with itself"):
        panel._make()
    panel.old.value, panel.new.value = "2026-03-12", "2026-04-12"
    panel._make()


def test_one_crawl_says_what_to_do(
    tmp_path: Path, shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    lonely = make_client(tmp_path)
    audit = lonely.audit()
    for headless in ("", "1"):
        monkeypatch.setenv(HEADLESS, headless)
        still = widgets.compare_panel(lonely, audit)
        with capture_output() as captured:
            shell.display_formatter.format(still)
            still._ipython_display_()
            widgets.compare_export_panel(still, lonely)
        text = said(captured.outputs)
        assert "There is one crawl of small so far, 2026-03-12." in text
        assert "nothing to write yet" in text
    assert widgets.older_site(lonely) is None
    assert widgets.new_pages_view(audit, None).empty


def test_an_unattended_run_shows_everything_and_writes_it(
    client: Client, shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(HEADLESS, "1")
    still = widgets.compare_panel(client, client.audit())
    assert isinstance(still, widgets.StillComparison)
    with capture_output() as captured:
        still._ipython_display_()
        widgets.compare_export_panel(still, client)
    text = said(captured.outputs)
    assert all(re.sub("<.*?>", "", title) in text for title in VIEWS)
    assert "<script>" not in text
    assert (client.exports / "comparison.xlsx").is_file()
    assert sum("image/png" in output.data for output in captured.outputs) == 4


def test_crawls_and_rules_that_do_not_exist_stop_the_notebook(client: Client) -> None:
    with pytest.raises(NotebookStopError, match="no crawl '1999-01-01'"):
        widgets.compare_panel(client, client.audit(), old="1999-01-01")
    with pytest.raises(NotebookStopError, match="look-ahead"):
        widgets.compare_panel(client, client.audit(), mapping=("^a(?=b) => c",))


def test_an_accepted_plan_is_found_by_a_later_comparison(tmp_path: Path) -> None:
    client = make_client(tmp_path)
    panel = widgets.PlanPanel(Planning(client.audit()), PlanSettings(links=3))
    button = PlanExport(panel, client, lambda: 10)
    button.accept.click()
    assert "Accepted: 3 links in plans/2026-03-12-accepted-" in button.told.value
    keep_plan(panel.proposal, client, is_accepted=False)
    keep_plan(panel.proposal, client, is_accepted=False)
    assert [plan.is_accepted for plan in client.plans()] == [True, False]
    build_small_site().save(client.folder / "crawls" / "2026-05-01" / "site")
    outcome = client.compare().plan
    assert outcome is not None
    assert outcome.plan.is_accepted
    assert set(outcome.links["state"]) == {"not made"}
    assert outcome.after == pytest.approx(outcome.before)
    assert outcome.with_all == pytest.approx(panel.proposal.plan.after)
    assert outcome.predicted_after == pytest.approx(outcome.with_all)


def test_an_audit_of_a_site_without_money_pages_compares_in_words() -> None:
    from linkkit.charts import comparison_answer, comparison_charts
    from linkkit.comparison import compare

    bare = small_audit(pages=["/", "/a/"], links=["/ -> /a/"])
    found = compare(bare, bare)
    assert "money pages" not in comparison_answer(found).sentence
    title = " ".join(comparison_charts(found)["changes_authority"].to_dict()["title"]["text"])
    assert "cannot be said: none are known" in title


def test_the_slide_over_time_is_ticked_in_notebook_12(client: Client, panel: Any) -> None:
    """With two saved audits there is a slide; with one there is none, and the panel says so."""
    audit = client.audit()
    assert slides_of(audit, client, [HISTORY]) == ()
    lonely = widgets.compare_export_panel(panel, client)
    assert lonely is not None
    assert lonely.slides is not None
    assert "has no slide for the client" in lonely.slides.told.value
    for crawl in client.crawl_names:
        client.audit(crawl=crawl).save(client.folder / "audits" / crawl)
    export = widgets.compare_export_panel(panel, client)
    assert export is not None
    assert export.slides is not None
    (row,) = export.slides.rows
    assert row.slide.name == HISTORY
    assert "as many as in the first audit" in row.tick.description
    row.comment.value = "As agreed."
    export.write.click()
    basket = Basket.load(client.folder)
    assert basket.comments == {HISTORY: "As agreed."}
    assert basket.left_out == ()
    assert (client.exports / "comparison.xlsx").is_file()
