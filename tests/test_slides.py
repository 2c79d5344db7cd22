"""Decks: native charts with the story's numbers, every row of a table once, nothing of a crawled site that runs or leads away."""

from pathlib import Path

import pytest
from pptx import Presentation
from pptx.presentation import Presentation as Deck

from linkkit.deck.slides import write_slides
from tests.slides_story import charts, example_story


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A deck of the example story on linkkit's own template."""
    return write_slides(example_story(), tmp_path_factory.mktemp("deck") / "deck.pptx")


@pytest.fixture(scope="module")
def deck(path: Path) -> Deck:
    return Presentation(str(path))


def native(deck: Deck, title: str):
    """The chart of that title."""
    return next(
        shape.chart
        for slide in deck.slides
        for shape in slide.shapes
        if shape.has_chart and shape.name == title
    )


@pytest.mark.parametrize("name", ["depth", "anchors", "mix", "two", "history", "lines"])
def test_native_charts_have_the_numbers_of_the_story(deck: Deck, name: str) -> None:
    chart = charts()[name]
    plots = native(deck, chart.title).plots
    drawn = [series for plot in plots for series in plot.series]
    assert [tuple(series.values) for series in drawn[: len(chart.series)]] == [s.values for s in chart.series]
