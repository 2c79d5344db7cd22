"""The deck basket: what of the story the deck has, its order, its comments, and the file that keeps it."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import linkkit as lk
from linkkit.deck import Basket
from linkkit.deck.language import language
from linkkit.deck.story import Slide, Story

NAMES = ("cover", "summary", "depth", "depth.findings", "anchors", "plan", "appendix.limits")
STORY = Story(
    client="Fell & Ford",
    site="https://www.fellandford.example/",
    date="2 March 2026",
    title="Internal links",
    slides=tuple(Slide(name=name, chapter=name.split(".", 1)[0], title=name.title()) for name in NAMES),
    scope=("The whole site.",),
    limits=("No backlinks are known.",),
    thresholds=(),
    made_with="linkkit",
    language=language("en"),
)


def names(basket: Basket, story: Story = STORY) -> list[str]:
    return [slide.name for slide in basket.arrange(story).slides]


def file(folder: Path) -> Path:
    return folder / "deck" / "basket.toml"


def write(folder: Path, text: str) -> None:
    file(folder).parent.mkdir(exist_ok=True)
    file(folder).write_text(text, "utf-8")


def test_without_a_file_the_deck_is_the_whole_story(tmp_path: Path) -> None:
    basket = Basket.load(tmp_path)
    assert basket == Basket()
    assert basket.arrange(STORY) == STORY
    assert list(tmp_path.iterdir()) == []


def test_slides_leave_and_come_back_with_their_comment() -> None:
    basket = Basket().with_slide("depth", "Ask the shop team.").without("depth").without("depth")
    assert names(basket) == [name for name in NAMES if name != "depth"]
    assert basket.left_out == ("depth",)
    back = basket.with_slide("depth")
    assert names(back) == list(NAMES)
    assert back.arrange(STORY).slides[2].comment == "Ask the shop team."
    assert back.with_slide("depth", " ").comments == {}


def test_the_appendix_is_in_every_deck() -> None:
    basket = Basket()
    for name in NAMES:
        basket = basket.without(name)
    assert names(basket) == ["appendix.limits"]


def test_slides_move_and_stop_at_the_ends() -> None:
    basket = Basket().moved("anchors", -2, NAMES)
    assert names(basket) == [
        "cover",
        "summary",
        "anchors",
        "depth",
        "depth.findings",
        "plan",
        "appendix.limits",
    ]
    assert names(Basket().moved("depth", -99, NAMES))[0] == "depth"
    assert names(Basket().moved("depth", 99, NAMES))[-1] == "depth"
    with pytest.raises(lk.LinkkitError, match="no slide 'blog' to move; there are cover, summary"):
        Basket().moved("blog", 1, NAMES)


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        # What is not named stays behind the slide that it follows in the story; the cover comes first unless it was moved.
        (("anchors",), list(NAMES)),
        (("depth", "cover"), ["depth", "depth.findings", "anchors", "plan", "appendix.limits", "cover", "summary"]),
        (("anchors", "depth"), ["cover", "summary", "anchors", "plan", "appendix.limits", "depth", "depth.findings"]),
        (("gone", "plan", "gone-too"), list(NAMES)),
    ],
)  # fmt: skip
def test_slides_that_the_order_does_not_name_keep_their_place(
    order: tuple[str, ...], expected: list[str]
) -> None:
    assert names(Basket(order=order)) == expected


def test_a_slide_that_is_new_in_the_story_is_in_the_deck() -> None:
    basket = Basket().moved("plan", -9, NAMES).without("anchors")
    added = Slide(name="depth.by_section", chapter="depth", title="New")
    slides = (*STORY.slides[:3], added, *STORY.slides[3:])
    found = names(basket, replace(STORY, slides=slides))
    assert found[0] == "plan"
    assert found.index("depth.by_section") == found.index("depth") + 1


def test_names_of_another_day_are_kept_and_said(tmp_path: Path) -> None:
    basket = Basket().without("visits").with_slide("clusters", "Later.").moved("plan", -1, NAMES)
    basket.save(tmp_path)
    loaded = Basket.load(tmp_path)
    assert loaded == basket
    assert loaded.unknown(STORY) == ("visits", "clusters")
    assert loaded.moved("depth", 1, NAMES).unknown(STORY) == ("visits", "clusters")
    without_plan = replace(STORY, slides=STORY.slides[:5])
    moved = loaded.moved("depth", 1, NAMES[:5])
    assert "plan" in moved.unknown(without_plan)
    assert "plan" in names(moved)


def test_what_the_analyst_wrote_beside_it_stays(tmp_path: Path) -> None:
    write(
        tmp_path,
        "# for the board meeting\nleft_out = [\n    'anchors', # they know\n    \"plan\",\n]\n\n"
        '[comments] # mine\n# ask first\ndepth = "Ask the shop team."\n',
    )
    basket = Basket.load(tmp_path)
    assert basket == Basket(left_out=("anchors", "plan"), comments={"depth": "Ask the shop team."})
    basket.with_slide("plan").without("summary").with_slide("anchors.mix", "One\nTwo").moved(
        "depth", 1, NAMES
    ).save(tmp_path)
    text = file(tmp_path).read_text("utf-8")
    for remark in ("# for the board meeting", "# they know", "# mine", "# ask first"):
        assert text.count(remark) == 1
    assert '"anchors",  # they know' in text
    assert Basket.load(tmp_path).left_out == ("anchors", "summary")
    assert Basket.load(tmp_path).comments == {"depth": "Ask the shop team.", "anchors.mix": "One\nTwo"}


def test_faults_are_named_with_their_line_and_the_file_is_left_alone(tmp_path: Path) -> None:
    faulty = 'left_out = "depth"\norder = [1]\nslides = []\n[comments]\ndepth.findings = "x"\nplan = 3\n'
    write(tmp_path, faulty)
    with pytest.raises(lk.LinkkitError) as told:
        Basket.load(tmp_path)
    for words in (
        "basket.toml",
        "line 3: unknown setting 'slides'; known are left_out, order, comments",
        "line 1: left_out: a list of names of slides",
        "line 2: order: a list",
        'comments: depth: a text is expected; a name with a dot stands in quotes: "depth.',
        "line 6: comments: plan: a text is expected",
    ):
        assert words in str(told.value)
    with pytest.raises(lk.LinkkitError, match="line 1: left_out"):
        Basket().without("depth").save(tmp_path)
    assert file(tmp_path).read_text("utf-8") == faulty
    write(tmp_path, "left_out = [\n  'a'\n  'b'\n]\n")
    with pytest.raises(lk.LinkkitError, match=r"at line 3.*delete the file for the whole story"):
        Basket.load(tmp_path)
    file(tmp_path).write_bytes(b"# \xff\n")
    with pytest.raises(lk.LinkkitError, match="save the file as UTF-8"):
        Basket.load(tmp_path)


def test_a_comment_too_long_for_a_slide_is_refused() -> None:
    assert len(Basket().with_slide("depth", "x" * 2_000).comments["depth"]) == 2_000
    with pytest.raises(lk.LinkkitError, match="2,001 characters; a slide has room for 2,000"):
        Basket().with_slide("depth", "x" * 2_001)


def test_slides_are_decided_on_together() -> None:
    basket = Basket().with_slide("depth", "Old.").without("plan")
    decided = basket.decided(["depth", "depth.findings"], ["depth"], {"depth": "New."})
    assert decided == Basket(left_out=("plan", "depth.findings"), comments={"depth": "New."})
    assert basket.decided(["depth"], ["depth"]).comments == {"depth": "Old."}


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.text(max_size=12), st.text(max_size=30), st.booleans()), max_size=5),
    st.permutations(NAMES),
)
def test_whatever_is_written_reads_back(
    tmp_path_factory: pytest.TempPathFactory, said: list, order: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("basket", numbered=True)
    basket = Basket(order=tuple(order))
    for name, comment, kept in said:
        clean = name.encode("utf-8", "ignore").decode()
        basket = basket.with_slide(clean, comment)
        basket = basket if kept else basket.without(clean)
    basket.save(folder)
    assert Basket.load(folder) == basket
    later = basket.without("depth").with_slide("plan", 'quo"te \\ """\n= x').moved("plan", -1, order)
    later.save(folder)
    assert Basket.load(folder) == later
    assert {*NAMES} - {*names(later)} == {*later.left_out} & {*NAMES[:-1]}
