"""Notebook 11's panels: what is in the deck, in which order and language, and writing it."""

import html
from collections.abc import Iterator
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

import linkkit as lk
from linkkit import widgets
from linkkit.deck import FORMATS, Basket
from linkkit.widgets.client_deck import DeckDraft, DeckPanel, StillDeck, deck_outline
from linkkit.widgets.deck_preview import brand_html, slide_html
from linkkit.widgets.deck_writing import DeckExport, written_html
from linkkit.widgets.errors import STRICT
from tests.small_site import HOSTILE, START, build_small_site


@pytest.fixture(scope="module")
def draft(tmp_path_factory: pytest.TempPathFactory) -> DeckDraft:
    client = lk.Client.new("shop", START, clients=tmp_path_factory.mktemp("clients"))
    build_small_site(client.folder / "crawls" / "2026-03-12" / "site")
    return DeckDraft.of(client.audit(), client)


@pytest.fixture
def panel(draft: DeckDraft, monkeypatch: pytest.MonkeyPatch) -> Iterator[DeckPanel]:
    monkeypatch.setenv(STRICT, "1")
    yield DeckPanel(draft)
    basket_file(draft).unlink(missing_ok=True)


def basket_file(draft: DeckDraft) -> Path:
    return draft.client.folder / "deck" / "basket.toml"


def listed(panel: DeckPanel) -> list[str]:
    return [name for _, name in panel.slides.options]


def test_the_list_is_the_story_until_something_is_changed(panel: DeckPanel, draft: DeckDraft) -> None:
    assert listed(panel) == [slide.name for slide in draft.story.slides]
    assert panel.story == draft.story
    assert panel.slides.options[0][0].endswith(draft.story.slides[0].title)
    assert not basket_file(draft).exists()
    assert f"The deck has {len(draft.story.slides)} slides." in panel.told.value


def test_every_change_is_kept_at_once(panel: DeckPanel, draft: DeckDraft) -> None:
    names = listed(panel)
    panel.slides.value = "depth"
    panel.up.click()
    panel.comment.value = "Ask the <shop> team."
    assert panel.slides.value == "depth"
    place = names.index("depth")
    expected = [*names[: place - 1], "depth", names[place - 1], *names[place + 1 :]]
    assert listed(panel) == expected
    panel.slides.value = "anchors"
    panel.tick.value = False
    assert dict(map(reversed, panel.slides.options))["anchors"].endswith("(left out)")
    stored = Basket.load(draft.client.folder)
    assert stored == panel.basket
    assert stored.left_out == ("anchors",)
    assert [slide.name for slide in panel.story.slides] == [name for name in expected if name != "anchors"]
    assert panel.comment.value == ""
    panel.slides.value = "depth"
    assert panel.comment.value == "Ask the <shop> team."
    assert "1 left out; 1 comment" in panel.told.value
    outline = deck_outline(draft.story, stored)
    assert outline.loc[outline["Slide"] == "depth", "Comment"].tolist() == ["Ask the <shop> team."]
    panel.standard.click()
    assert listed(panel) == names
    assert Basket.load(draft.client.folder) == Basket(comments={"depth": "Ask the <shop> team."})


def test_ends_and_the_appendix_are_held(panel: DeckPanel) -> None:
    panel.slides.value = listed(panel)[0]
    assert (panel.up.disabled, panel.down.disabled) == (True, False)
    panel.slides.value = listed(panel)[-1]
    assert (panel.up.disabled, panel.down.disabled) == (False, True)
    panel.slides.value = "appendix.limits"
    assert panel.tick.value is True
    assert panel.tick.disabled
    assert "in every deck" in panel.tick.tooltip


def test_what_another_notebook_wrote_meanwhile_stays(panel: DeckPanel, draft: DeckDraft) -> None:
    widgets.add_to_deck(draft.client, ["links"], {"links": "Later."}, offered=["links", "links.findings"])
    panel.slides.value = "depth"
    panel.tick.value = False
    stored = Basket.load(draft.client.folder)
    assert stored.left_out == ("links.findings", "depth")
    assert stored.comments == {"links": "Later."}


def test_a_fault_is_told_and_the_controls_go_back(
    panel: DeckPanel, draft: DeckDraft, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(STRICT)
    panel.slides.value = "depth"
    panel.comment.value = "x" * 3_000
    assert "room for 2,000" in panel.errors.value
    assert panel.comment.value == ""
    basket_file(draft).parent.mkdir(exist_ok=True)
    basket_file(draft).write_text("order = 1\n", "utf-8")
    panel.tick.value = False
    assert "line 1: order" in panel.errors.value
    assert panel.tick.value is True
    assert basket_file(draft).read_text("utf-8") == "order = 1\n"


def test_another_language_tells_the_same_slides(panel: DeckPanel, draft: DeckDraft) -> None:
    names = listed(panel)
    panel.language.value = "de"
    assert listed(panel) == names
    assert panel.draft.story.language.code == "de"
    assert panel.draft.work is draft.work
    settings = draft.client.folder / "client.toml"
    before = settings.read_text("utf-8")
    try:
        panel.keep.click()
        assert lk.Client.open("shop", clients=draft.client.folder.parent).settings.brand["language"] == "de"
        panel.language.value = "en"
        panel.keep.click()
        assert (
            lk.Client.open("shop", clients=draft.client.folder.parent).settings.brand.get("language", "en")
            == "en"
        )
    finally:
        settings.write_text(before, "utf-8")


def test_previews_run_nothing_of_the_site(draft: DeckDraft) -> None:
    pages = "".join(slide_html(slide, draft.story) for slide in draft.story.slides)
    assert HOSTILE[:10] == "<img src=x"
    assert "<img src=x" not in pages
    assert "<script" not in pages
    assert "<svg" not in pages
    assert "src='data:image/png;base64," in pages
    assert "src='http" not in pages


def test_previews_say_what_colours_mean(draft: DeckDraft) -> None:
    drawn = [(slide, slide.chart) for slide in draft.story.slides if slide.chart is not None]
    several = [each for each in drawn if len(each[1].series) > 1 and each[1].kind != "heat_map"]
    assert several
    for slide, chart in several:
        page = slide_html(slide, draft.story)
        assert [
            name
            for name in (each.name for each in chart.series)
            if f"</span>{html.escape(name)}</span>" not in page
        ] == []
        assert html.escape(chart.note) in page


def test_the_brand_is_shown_and_its_faults_told(draft: DeckDraft) -> None:
    page = brand_html(draft.client)
    assert "#1F4E5F" in page
    assert "primary_colour = " in page
    settings = draft.client.folder / "client.toml"
    before = settings.read_text("utf-8")
    assert "\n[brand]\n" in before
    faulty = before.replace("\n[brand]\n", '\n[brand]\nlogo = "../logo.png"\n')
    try:
        settings.write_text(faulty, "utf-8")
        client = lk.Client.open("shop", clients=draft.client.folder.parent)
        assert "lies outside" in brand_html(client)
    finally:
        settings.write_text(before, "utf-8")


def test_everything_is_written_in_a_thread_and_told(panel: DeckPanel, draft: DeckDraft) -> None:
    panel.slides.value = "depth"
    panel.tick.value = False
    export = DeckExport(panel)
    assert list(export.buttons) == list(FORMATS)
    export.all.click()
    assert all(button.disabled for button in export.buttons.values())
    assert export.wait(300)
    assert export.failure is None
    kinds = {file.suffix for file in export.files}
    assert {".pptx", ".html", ".xlsx"} <= kinds
    assert all(file.is_relative_to(draft.client.deck) and file.stat().st_size > 50 for file in export.files)
    assert not any(button.disabled for button in export.buttons.values())
    page = export.list.outputs[0]["data"]["text/html"]
    report = next(file for file in export.files if file.suffix == ".html")
    assert report.name in page
    assert export.bar.value == export.bar.max


def test_a_tick_that_comes_behind_the_press_is_written_too(
    panel: DeckPanel, draft: DeckDraft, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The browser holds the second of two quick ticks back until the first is answered, a press it does not.
    read: list[bool] = []

    def write(self: DeckDraft, formats: object, step: object) -> tuple[Path, ...]:
        read.append(
            Basket.load(self.client.folder).has(next(s for s in self.story.slides if s.name == "depth"))
        )
        return ()

    monkeypatch.setattr(DeckDraft, "write", write)
    panel.slides.value = "depth"
    panel.tick.value = True
    export = DeckExport(panel)
    export.start(["html"])
    panel.tick.value = False
    assert export.wait(60)
    assert read == [False]


def test_a_file_that_cannot_be_written_is_told_in_the_panel(
    panel: DeckPanel, draft: DeckDraft, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(STRICT)
    basket_file(draft).parent.mkdir(exist_ok=True)
    basket_file(draft).write_text("order = 1\n", "utf-8")
    export = DeckExport(panel)
    export.start(["html"])
    assert export.wait(60)
    assert "line 1: order" in export.errors.value
    assert not export.all.disabled
    assert export.files == ()


def test_links_are_relative_and_folders_are_told_as_one(tmp_path: Path) -> None:
    folder = tmp_path / "clients" / "a b" / "deck"
    (folder / "csv").mkdir(parents=True)
    files = []
    for name, size in (("x & y.pptx", 2_500_000), ("csv/a.csv", 900), ("csv/b.csv", 1_100)):
        (folder / name).write_bytes(b"x" * size)
        files.append(folder / name)
    page = written_html(files, tmp_path / "notebooks")
    assert 'href="../clients/a%20b/deck/x%20%26%20y.pptx"' in page
    assert "2.5 MB" in page
    assert "csv/</a>" in page
    assert "2 files: CSV" in page
    assert "2.0 kB" in page


def test_an_unattended_run_shows_the_outline_and_writes(
    draft: DeckDraft, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINKKIT_HEADLESS", "1")
    InteractiveShell.instance()
    try:
        with capture_output() as shown:
            widgets.add_to_deck(
                draft.client, ["links"], {"links": "Ask the <shop> team."}, offered=["links", "depth"]
            )
            still = StillDeck(draft)
            still._ipython_display_()
            widgets.show_outline(still)
            assert widgets.deck_export_panel(still, formats=["csv"]) is None
    finally:
        InteractiveShell.clear_instance()
        basket_file(draft).unlink(missing_ok=True)
    titles = {slide.name: html.escape(slide.title, quote=False) for slide in draft.story.slides}
    said = "\n".join(str(each.data.get("text/html", "")) for each in shown.outputs)
    assert f"The deck has {len(draft.story.slides) - 1} slides, in English" in said
    assert f"Left out: {titles['depth']}" in html.unescape(said)
    assert f"{titles['links']}: Ask the &lt;shop&gt; team." in said
    assert said.count("What this audit rests on") == 1, "the titles stand once"
    assert "csv/" in said
    assert (draft.client.deck / "csv" / "findings.csv").is_file()
