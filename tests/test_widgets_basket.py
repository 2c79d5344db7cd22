"""The panel that puts a chapter's slides into the client's deck, and the function beside it."""

from collections.abc import Iterator
from pathlib import Path

import ipywidgets
import pytest

import linkkit as lk
from linkkit import widgets
from linkkit.deck import Basket
from linkkit.widgets.basket import SlidePicker, add_to_deck, basket_words, slides_of
from linkkit.widgets.errors import STRICT
from tests.small_site import START, build_small_site


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> lk.Client:
    client = lk.Client.new("shop", START, clients=tmp_path_factory.mktemp("clients"))
    build_small_site(client.folder / "crawls" / "2026-03-12" / "site")
    return client


@pytest.fixture(scope="module")
def audit(made: lk.Client) -> lk.Audit:
    return made.audit()


@pytest.fixture
def client(made: lk.Client, monkeypatch: pytest.MonkeyPatch) -> Iterator[lk.Client]:
    monkeypatch.setenv(STRICT, "1")
    yield made
    (made.folder / "deck" / "basket.toml").unlink(missing_ok=True)


def test_slides_are_ticked_commented_and_kept(client: lk.Client, audit: lk.Audit) -> None:
    panel = SlidePicker(audit, client, ["depth"])
    expected = slides_of(audit, client, ["depth"])
    assert [row.tick.description for row in panel.rows] == [slide.title for slide in expected]
    assert all(row.tick.value for row in panel.rows)
    assert not (client.folder / "deck").exists()
    first, last = panel.rows[0], panel.rows[-1]
    first.comment.value = "Ask the <b>shop</b> team.\x00"
    last.tick.value = False
    panel.keep()
    assert Basket.load(client.folder) == Basket(
        left_out=(last.slide.name,), comments={first.slide.name: "Ask the <b>shop</b> team."}
    )
    assert f"{len(panel.rows) - 1} of {len(panel.rows)} slides" in panel.told.value
    assert "1 with a comment" in panel.told.value
    again = SlidePicker(audit, client, ["depth"])
    assert [row.tick.value for row in again.rows] == [row.tick.value for row in panel.rows]
    assert again.rows[0].comment.value == "Ask the <b>shop</b> team."


def test_what_another_notebook_keeps_meanwhile_stays(client: lk.Client, audit: lk.Audit) -> None:
    panel = SlidePicker(audit, client, ["depth"])
    add_to_deck(client, ["plan"], {"plan": "By June."}, offered=["plan", "plan.order"])
    panel.rows[0].tick.value = False
    panel.keep()
    basket = Basket.load(client.folder)
    assert basket.left_out == ("plan.order", "depth")
    assert basket.comments == {"plan": "By June."}
    assert "Of other notebooks 1 slide is left out" in panel.told.value


def test_titles_follow_the_sliders_when_they_are_told_anew(client: lk.Client, audit: lk.Audit) -> None:
    limits = widgets.ThresholdPanel(audit, "depth")
    panel = SlidePicker(limits, client, ["depth"])
    panel.rows[-1].tick.value = False
    panel.rows[0].comment.value = "Not yet kept"
    before = panel.rows[0].tick.description
    assert panel.tell.layout.display == "none"
    limits.knobs["max_crawl_depth"].box.value = 1
    assert panel.tell.layout.display is None
    panel.tell.click()
    assert panel.rows[0].tick.description == slides_of(limits.audit, client, ["depth"])[0].title != before
    assert panel.rows[-1].tick.value is False
    assert panel.rows[0].comment.value == "Not yet kept"
    panel.keep()
    assert "limits in client.toml" in panel.told.value


def test_what_rests_on_the_plan_is_told_only_when_asked_for(client: lk.Client, audit: lk.Audit) -> None:
    panel = SlidePicker(audit, client, ["readiness"])
    assert panel.rows == ()
    panel.keep()
    assert not (client.folder / "deck" / "basket.toml").exists()
    panel.tell.click()
    assert "readiness" in [row.slide.name for row in panel.rows]
    assert {row.slide.chapter for row in panel.rows} == {"readiness"}


def test_every_control_can_be_reached_and_has_a_name(client: lk.Client, audit: lk.Audit) -> None:
    panel = SlidePicker(audit, client, ["depth"])
    for row in panel.rows:
        assert row.tick.description
        assert not row.tick.description_allow_html
        assert row.comment.description == "Comment"
        assert row.slide.title in row.comment.tooltip
    assert isinstance(panel.tell, ipywidgets.Button)


def test_the_button_writes_the_files_and_keeps_the_slides(client: lk.Client, audit: lk.Audit) -> None:
    panel = widgets.export_panel(audit, client, "depth")
    assert panel is not None
    assert panel.slides is not None
    panel.slides.rows[0].tick.value = False
    panel.write.click()
    assert Basket.load(client.folder).left_out == ("depth",)
    assert "findings-depth.csv" in {file.name for file in panel.files}


def test_a_faulty_basket_is_told_in_the_panel(
    client: lk.Client, audit: lk.Audit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(STRICT)
    panel = SlidePicker(audit, client, ["depth"])
    file: Path = client.folder / "deck" / "basket.toml"
    file.parent.mkdir(exist_ok=True)
    file.write_text("left_out = 3\n", "utf-8")
    button = widgets.export_panel(audit, client, "depth")
    assert button is not None
    assert button.slides is not None
    assert "line 1: left_out" in button.slides.errors.value
    with pytest.raises(lk.LinkkitError, match="line 1: left_out"):
        panel.keep()
    assert file.read_text("utf-8") == "left_out = 3\n"


def test_slides_are_added_and_taken_by_function(client: lk.Client, audit: lk.Audit) -> None:
    slides = slides_of(audit, client, ["depth"])
    names = [slide.name for slide in slides]
    basket = add_to_deck(client, names[:1], {names[0]: "First."}, offered=names)
    assert basket.left_out == tuple(names[1:])
    assert f"1 of {len(names)} slides of this notebook, 1 with a comment" in basket_words(basket, slides)
    assert add_to_deck(client, names).left_out == ()
