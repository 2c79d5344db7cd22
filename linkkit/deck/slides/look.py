"""Colours of a deck: what each role looks like, and which of two inks can be read on it."""

import colorsys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pptx.dml.color import RGBColor
from pptx.enum.dml import MSO_THEME_COLOR

from linkkit.charts.theme import GREY, INK, MUTED, PALE, PAPER, SKY
from linkkit.deck.brand import Brand
from linkkit.deck.story import Chart
from linkkit.deck.story.parts import Role, Tone
from linkkit.deck.story.writing import contrast, is_near, rgb_of, role_colours

_STANDS_OUT = 3.0
"""Contrast with the ground at which a mark of a chart can be seen (WCAG 1.4.11)."""


@dataclass(frozen=True)
class Paint:
    """A colour: a slot of the deck's theme, so that it changes with the theme, or a fixed one.

    Attributes
    ----------
    rgb : str
        ``#rrggbb``; of a slot, what the theme holds when the deck is made.
    slot : MSO_THEME_COLOR or None
        None for a fixed colour.
    brightness : float
        0 for the colour itself, up to 1 for white.
    """

    rgb: str
    slot: MSO_THEME_COLOR | None = None
    brightness: float = 0.0

    def lighter(self, brightness: float) -> "Paint":
        """The same colour, so much nearer to white."""
        return Paint(self.rgb, self.slot, brightness)

    @property
    def shown(self) -> str:
        """What is seen, ``#RRGGBB``."""
        hue, light, saturation = colorsys.rgb_to_hls(*(part / 255 for part in rgb_of(self.rgb)))
        # As a drawing program does it: lumMod and lumOff.
        light = light * (1 - self.brightness) + self.brightness
        return "#" + "".join(
            f"{round(part * 255):02X}" for part in colorsys.hls_to_rgb(hue, light, saturation)
        )

    def apply(self, target: Any) -> None:
        """Give a fill, a line or a font this colour; `target` is its colour."""
        if self.slot is not None:
            target.theme_color = self.slot
            if self.brightness:
                target.brightness = self.brightness
        else:
            target.rgb = RGBColor.from_string(self.shown[1:])


@dataclass(frozen=True)
class Palette:
    """What each role looks like in one deck.

    Attributes
    ----------
    ink, muted, paper, pale, hairline : Paint
        Text, less important text, background, tinted background, thin lines.
    roles : mapping of Role to Paint
    """

    ink: Paint
    muted: Paint
    paper: Paint
    pale: Paint
    hairline: Paint
    roles: Mapping[Role, Paint]

    def role(self, role: Role) -> Paint:
        """What a role looks like."""
        return self.roles[role]

    def of_chart(self, chart: Chart) -> dict[Role, Paint]:
        """Colours of a chart's roles; two roles that a brand paints alike differ where both are used."""
        used = {each.role for each in chart.series} | set(chart.roles)
        paints = dict(self.roles)
        others = [paints[role].shown for role in used if role != "second"]
        if "second" in used and is_near(paints["second"].shown, others):
            paints["second"] = Paint(SKY)
        return paints

    def shade(self, role: Role, strength: float) -> Paint:
        """A role's colour, 1 as it is, 0 next to nothing of it: nearer to the background, which may be dark."""
        paint, rest = self.role(role), round(0.92 * (1 - strength), 3)
        return (
            Paint(mixed(paint.shown, self.paper.shown, rest)) if _is_dark(self.paper) else paint.lighter(rest)
        )

    def tone(self, tone: Tone) -> Paint:
        """Colour of good news and bad."""
        return self.role({"good": "good", "look": "warn", "fix": "bad", "unknown": "quiet"}[tone])  # type: ignore[arg-type]

    def on(self, ground: Paint) -> Paint:
        """The ink, or white, whichever can be read better on that ground."""
        return max(self.ink, self.paper, key=lambda ink: contrast(ink.shown, ground.shown))

    @classmethod
    def own(cls, brand: Brand) -> "Palette":
        """Colours of linkkit's own template: every one is a slot of its theme."""
        theme = MSO_THEME_COLOR
        accents = zip(_ROLES, _ACCENTS, theme_accents(brand), strict=True)
        return cls(
            ink=Paint(INK, theme.TEXT_1),
            muted=Paint(MUTED, theme.TEXT_2),
            paper=Paint(PAPER, theme.BACKGROUND_1),
            pale=Paint(PALE, theme.BACKGROUND_2, 0.45),
            hairline=Paint(PALE, theme.BACKGROUND_2),
            roles={
                **{role: Paint(rgb, slot) for role, slot, rgb in accents},
                "quiet": Paint(MUTED, theme.TEXT_2, 0.4),
            },
        )

    @classmethod
    def agency(cls, brand: Brand, theme: Mapping[str, str]) -> "Palette":
        """Colours on an agency's template: its theme for text and brand, fixed ones where a colour says good or bad.

        Parameters
        ----------
        theme : mapping of str to str
            ``dk1``, ``lt1``, ``dk2``, ``lt2``, ``accent1`` to ``accent6`` to ``#rrggbb``, as the slides' text and background see them.
        """
        slot = MSO_THEME_COLOR
        ink = Paint(theme.get("dk1", INK), slot.TEXT_1)
        paper = Paint(theme.get("lt1", PAPER), slot.BACKGROUND_1)
        dark = _is_dark(paper)
        return cls(
            ink=ink,
            muted=ink if dark else Paint(MUTED),
            paper=paper,
            pale=Paint("#33404A" if dark else "#F1F4F5"),
            hairline=Paint(MUTED if dark else PALE),
            roles={
                **{role: Paint(_seen_on(paper, rgb)) for role, rgb in role_colours(brand).items()},
                "main": Paint(theme.get("accent1", brand.primary), slot.ACCENT_1),
                "second": Paint(theme.get("accent2", brand.accent), slot.ACCENT_2),
                "quiet": Paint(GREY),
            },
        )


def theme_accents(brand: Brand) -> list[str]:
    """The six accents of linkkit's theme: the brand's two, and colours that people of every colour vision tell apart."""
    colours = role_colours(brand)
    return [colours[role] for role in _ROLES]


_ACCENTS = (
    MSO_THEME_COLOR.ACCENT_1, MSO_THEME_COLOR.ACCENT_2, MSO_THEME_COLOR.ACCENT_3,
    MSO_THEME_COLOR.ACCENT_4, MSO_THEME_COLOR.ACCENT_5, MSO_THEME_COLOR.ACCENT_6,
)  # fmt: skip
_ROLES: tuple[Role, ...] = ("main", "second", "good", "warn", "bad", "money")


def mixed(one: str, other: str, share: float) -> str:
    """A colour with so much (0-1) of another in it."""
    parts = zip(rgb_of(one), rgb_of(other), strict=True)
    return "#" + "".join(f"{round(a * (1 - share) + b * share):02X}" for a, b in parts)


def _is_dark(paper: Paint) -> bool:
    return contrast(paper.shown, "#000000") < contrast(paper.shown, "#FFFFFF")


def _seen_on(paper: Paint, rgb: str) -> str:
    """A colour, on a dark ground as light as it takes to stand out from it."""
    if not _is_dark(paper):
        return rgb
    lighter = (mixed(rgb, "#FFFFFF", step / 20) for step in range(20))
    return next((each for each in lighter if contrast(each, paper.shown) >= _STANDS_OUT), "#FFFFFF")
