"""Where things stand on a slide, in points: boxes, and the page that a template gives."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pptx.util import Pt

EMU = 12700
"""What a point is in the file."""
GAP = 16.0
"""Points between two things on a slide."""


@dataclass(frozen=True)
class Box:
    """A rectangle on a slide: left, top, width and height in points."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.y + self.height

    @property
    def emu(self) -> tuple[Pt, Pt, Pt, Pt]:
        """Left, top, width and height as the file holds them."""
        return Pt(self.x), Pt(self.y), Pt(max(self.width, 0)), Pt(max(self.height, 0))

    def meets(self, other: "Box") -> bool:
        """Whether the two share some room."""
        return (
            self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom
        )

    def top(self, height: float) -> "Box":
        """Its upper part of that height, or all of it."""
        return Box(self.x, self.y, self.width, min(height, self.height))

    def below(self, height: float, *, gap: float = GAP) -> "Box":
        """What is left of it under a part of that height."""
        cut = min(height + gap, self.height) if height else 0.0
        return Box(self.x, self.y + cut, self.width, self.height - cut)

    def above(self, height: float, *, gap: float = GAP) -> "Box":
        """What is left of it over a part of that height at its bottom."""
        cut = min(height + gap, self.height) if height else 0.0
        return Box(self.x, self.y, self.width, self.height - cut)

    def foot(self, height: float) -> "Box":
        """Its lowest part of that height."""
        return Box(self.x, self.bottom - height, self.width, height)

    def columns(self, shares: Sequence[float], *, gap: float = GAP) -> list["Box"]:
        """Parts side by side, as wide as their shares, with a gap between them."""
        room = self.width - gap * (len(shares) - 1)
        boxes, x = [], self.x
        for share in shares:
            width = room * share / sum(shares)
            boxes.append(Box(x, self.y, width, self.height))
            x += width + gap
        return boxes


def box_of(shape: Any) -> Box | None:
    """Where a shape or a placeholder stands; None where neither it nor its layout or master says so."""
    try:
        places = (shape.left, shape.top, shape.width, shape.height)
    except (AttributeError, KeyError):
        return None
    if any(each is None for each in places):
        return None
    x, y, width, height = (each / EMU for each in places)
    return Box(x, y, width, height) if width > 0 and height > 0 else None


@dataclass(frozen=True)
class Page:
    """Geometry of the slides of a deck.

    Attributes
    ----------
    width, height : float
        Size of a slide in points.
    kicker, title, body, footer : Box
        Where the line above the title, the title, the content and the footer stand.
    """

    width: float
    height: float
    kicker: Box
    title: Box
    body: Box
    footer: Box


MARGIN = 44.0
OWN_PAGE = Page(
    width=960,
    height=540,
    kicker=Box(MARGIN, 26, 640, 18),
    title=Box(MARGIN, 44, 872, 68),
    body=Box(MARGIN, 124, 872, 366),
    footer=Box(MARGIN, 502, 872, 26),
)
"""linkkit's own template: 16:9, as wide as PowerPoint's own wide slides."""
