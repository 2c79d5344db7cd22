"""Rows of a source that could not be used: counted by reason, and where the first of each stand."""

from collections import Counter

MOST_PLACES = 100
"""Places kept of one reason; the rest is only counted."""


class Rejected(Counter[str]):
    """Reason -> number of rows, with the places of the first `MOST_PLACES` of each.

    Attributes
    ----------
    here : str
        File and line that is being read (``crawl.jl:17``, lines from 1); empty where the source has no lines.
    places : dict
        Reason -> where, in the order of the files.
    """

    def __init__(self) -> None:
        super().__init__()
        self.here = ""
        self.places: dict[str, list[str]] = {}

    def note(self, reason: str) -> None:
        """Count one more, at the place that is being read."""
        self[reason] += 1
        if self.here and len(known := self.places.setdefault(reason, [])) < MOST_PLACES:
            known.append(self.here)
