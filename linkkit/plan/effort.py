"""What work costs and what impact is worth: every number that the ranking of quick wins rests on, declared once."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from dataclasses import replace as dataclass_replace
from enum import StrEnum
from typing import Any, Self

from linkkit.errors import SettingsError
from linkkit.thresholds import Knob


class Work(StrEnum):
    """Kinds of work, cheapest first as a rule."""

    REWORD = "reword"
    LINK = "link"
    SENTENCE = "sentence"
    SETTING = "setting"
    FILE = "file"
    TEMPLATE = "template"
    DECISION = "decision"
    CONTENT = "content"


WORK_WORDS: Mapping[str, str] = {
    Work.REWORD: "edit of a link that is there",
    Work.LINK: "one link, nothing to write",
    Work.SENTENCE: "one link with a new sentence",
    Work.SETTING: "setting of the server or the CMS",
    Work.FILE: "change of one file or list",
    Work.TEMPLATE: "one change of the template",
    Work.DECISION: "decision and edits",
    Work.CONTENT: "content to write or merge",
}
"""Kind of work -> as people read it."""


def _hours(default: float, high: float, text: str, *, step: float = 0.05) -> Any:
    about = Knob(0.0, high, step, "hours", text, "linkkit's own; ask the people who do the work")
    return field(default=default, metadata={"knob": about})


def _weight(default: float, text: str) -> Any:
    return field(default=default, metadata={"knob": Knob(0.0, 1.0, 0.05, "share", text, "linkkit's own")})


class _Knobs:
    """Numbers within their ranges; what `EffortModel` and `ImpactWeights` share."""

    def __post_init__(self) -> None:
        faults = []
        for name, knob in self.knobs().items():
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
                faults.append(f"{name} = {value!r}: a number is expected")
            elif not knob.low <= value <= knob.high:
                faults.append(
                    f"{name} = {value!r}: must lie between {knob.low:g} and {knob.high:g} {knob.unit}"
                )
        if faults:
            raise SettingsError(f"{type(self).__name__}:\n  " + "\n  ".join(faults))

    @classmethod
    def knobs(cls) -> dict[str, Knob]:
        """Every number's name and description, in order."""
        return {each.name: each.metadata["knob"] for each in fields(cls)}  # type: ignore[arg-type]

    def replace(self, **values: float) -> Self:
        """The same with some numbers changed.

        Raises
        ------
        SettingsError
            If a name is unknown (the known ones are listed) or a value out of range.
        """
        if unknown := [name for name in values if name not in self.knobs()]:
            raise SettingsError(f"unknown: {', '.join(unknown)}; known are {', '.join(self.knobs())}")
        return dataclass_replace(self, **values)  # type: ignore[type-var]


@dataclass(frozen=True)
class EffortModel(_Knobs):
    """Hours that work takes. Immutable; use `replace` for the hours of a client's own team.

    Raises
    ------
    SettingsError
        If a value is not a number within its range; all faults are named at once.
    """

    start: float = _hours(0.25, 4, "To begin with one piece of work: find the page, agree on it, check it when it is live.")  # fmt: skip
    reword: float = _hours(0.1, 4, "To change the words, address or attribute of one link, or take it out.")
    link: float = _hours(0.15, 4, "To turn words of a text into a link, or to add a page to a list.")
    sentence: float = _hours(0.5, 8, "To write a sentence that carries a link, and place it.")
    setting: float = _hours(0.25, 8, "To set one redirect, canonical or robots directive.")
    file: float = _hours(1.0, 16, "To change one file or list that many pages stand in, such as a sitemap.")
    template: float = _hours(3.0, 40, "To change a template, test it on a copy of the site and publish it.", step=0.5)  # fmt: skip
    decision: float = _hours(
        1.0, 16, "To settle a question that data cannot, and do what follows on one page."
    )
    content: float = _hours(6.0, 80, "To write a page, or merge two.", step=0.5)

    def hours(self, work: Work, times: int = 1) -> float:
        """Hours of one piece of work in which something is done so many times.

        Examples
        --------
        >>> EffortModel().hours(Work.LINK, 2), EffortModel().hours(Work.TEMPLATE)
        (0.55, 3.25)
        """
        return round(self.start + float(getattr(self, work)) * times, 4)


@dataclass(frozen=True)
class ImpactWeights(_Knobs):
    """What the measures of impact count for against each other. Only their proportions matter.

    Raises
    ------
    SettingsError
        If a value is not a number from 0 to 1, or all are 0.
    """

    gain: float = _weight(0.55, "Authority that money pages gain, against the largest gain of any win.")
    traffic: float = _weight(0.2, "Search clicks and sessions at stake, against the most of any win.")
    depth: float = _weight(0.1, "Clicks that visitors save, against the most of any win.")
    severity: float = _weight(0.15, "How much the findings behind it matter before backlinks are built: what no number measures.")  # fmt: skip

    def __post_init__(self) -> None:
        super().__post_init__()
        if not any(getattr(self, name) > 0 for name in self.knobs()):
            raise SettingsError("ImpactWeights: at least one weight must be above 0")

    def shares(self) -> dict[str, float]:
        """The weights as shares of 1."""
        total = sum(getattr(self, name) for name in self.knobs())
        return {name: getattr(self, name) / total for name in self.knobs()}

    def formula(self) -> str:
        """The formula behind the ranking, in a line."""
        parts = [f"{share:.2f} x {MEASURES[name]}" for name, share in self.shares().items() if share > 0]
        return f"Value per hour = ({' + '.join(parts)}) / hours; each measure against the largest of any win."


MEASURES = {
    "gain": "gain of money pages",
    "traffic": "traffic at stake",
    "depth": "clicks saved",
    "severity": "severity",
}
"""The measures of impact, in words."""
SEVERITY_WORTH = {"high": 1.0, "medium": 0.5, "low": 0.2, "info": 0.0}
"""What a finding counts for by its severity, 0-1."""
