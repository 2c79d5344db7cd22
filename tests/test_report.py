"""Report and pictures: everything of a story is in them, nothing of a crawled site runs in them, nothing leaves them."""

import pytest

from linkkit.deck.brand import Brand
from linkkit.deck.language import language
from linkkit.deck.story.writing import cell_text, contrast, dark_enough, role_colours, text_colour, value_text

EN = language("en")


@pytest.mark.parametrize(
    ("value", "kind", "written"),
    [
        (1204.0, "whole", "1,204"),
        (-0.2, "whole", "0"),
        (1204.44, "number", "1,204"),
        (12.345, "number", "12.3"),
        (0.1234, "number", "0.12"),
        (0.004, "share", EN.percent(0.004)),
        (41.66, "units", "41.7"),
        (0.01, "units", "< 0.1"),
        (100.0, "units", "100"),
        (None, "number", ""),
        (float("nan"), "share", ""),
    ],
)
def test_values_are_never_rounded_to_a_false_zero(value: float, kind: str, written: str) -> None:
    assert value_text(value, kind, EN) == written  # type: ignore[arg-type]


def test_cells_are_written_by_their_kind() -> None:
    assert cell_text("high", "severity", EN) == "▲ High"
    assert cell_text("other", "severity", EN) == "other"
    assert cell_text("<b>", "url", EN) == "<b>"
    assert cell_text(3, "whole", EN) == "3"
    assert cell_text(None, "text", EN) == ""


def test_colours_can_be_read_and_told_apart() -> None:
    assert text_colour("#1F4E5F") == "#FFFFFF"
    assert text_colour("#FFE900") == "#1F2A30"
    assert contrast("#FFFFFF", "#000000") == pytest.approx(21)
    for colour in ("#FFE900", "#FFFFFF", "#E69F00", "#1F4E5F"):
        assert contrast(dark_enough(colour), "#FFFFFF") >= 4.5
    assert dark_enough("#1F4E5F") == "#1F4E5F"
    for accent in ("#D55E00", "#0072B2", "#A3201B"):
        colours = role_colours(Brand(accent=accent))
        assert colours["second"] == accent
        assert colours["bad"] != accent
