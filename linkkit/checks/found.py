"""Findings as numbers, worst first; they are put into words only for the rows that somebody reads.

A check of a site of a million pages may find half a million things, and a slider asks for them again with every move: counts
and the worst few come from the numbers alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from linkkit.schema import FINDINGS, Severity

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

SEVERITIES = tuple(str(each) for each in Severity)
"""Severities by their codes, worst first."""
NO_PAGE = -1


def graded(worse: npt.ArrayLike, yes: Severity, no: Severity) -> Ints:
    """Severities by their codes: one where something holds, another where it does not."""
    return np.where(np.asarray(worse, dtype=bool), SEVERITIES.index(yes), SEVERITIES.index(no)).astype(
        np.int64
    )


@dataclass(frozen=True, eq=False)
class Rows:
    """What a rule found, with the words left for later.

    Attributes
    ----------
    rows : DataFrame
        One row per finding: ``page`` (page id), and optionally ``related`` (page id), ``value``, ``severity``; any other column is
        for the words.
    evidence, fix : callable, optional
        Some of the rows -> a text for each; without, the column of that name.
    """

    rows: pd.DataFrame
    evidence: Callable[[pd.DataFrame], Sequence[str]] | None = None
    fix: Callable[[pd.DataFrame], Sequence[str]] | None = None

    def words(self, name: str, rows: pd.DataFrame, default: str) -> pd.Series:
        """Evidence or fix of some of the rows."""
        write = self.evidence if name == "evidence" else self.fix
        if write is None:
            return rows[name] if name in rows else pd.Series(default, index=rows.index, dtype="str")
        return pd.Series(list(write(rows)), index=rows.index, dtype="str")


@dataclass(frozen=True, eq=False)
class Found:
    """Findings in an order, worst first.

    Attributes
    ----------
    page, related : array of int
        Page ids; `NO_PAGE` where there is none.
    severity : array of int
        Place in `SEVERITIES`.
    value, impact : array of float
    source : array of int
        Which of `sources` each finding comes from.
    place : array of int
        Its row there.
    sources : tuple of callable
        Rows of a source -> findings table (`linkkit.schema.FINDINGS`) of these rows, in that order.
    checks : tuple of str
        Check of each source.
    """

    page: Ints
    related: Ints
    severity: Ints
    value: Floats
    impact: Floats
    source: Ints
    place: Ints
    sources: tuple[Callable[[Ints], pd.DataFrame], ...] = ()
    checks: tuple[str, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.page)

    def take(self, rows: npt.NDArray[np.bool_] | Ints | slice) -> "Found":
        """Some of them, in the order given."""
        return replace(
            self, page=self.page[rows], related=self.related[rows], severity=self.severity[rows], value=self.value[rows],
            impact=self.impact[rows], source=self.source[rows], place=self.place[rows],
        )  # fmt: skip

    def head(self, rows: int) -> "Found":
        """The first ones."""
        return self.take(slice(0, rows))

    def of_checks(self, *checks: str) -> "Found":
        """Those of some checks."""
        wanted = [place for place, check in enumerate(self.checks) if check in checks]
        return self.take(np.isin(self.source, wanted))

    def of_severities(self, *severities: str) -> "Found":
        """Those of some severities."""
        return self.take(np.isin(self.severity, [SEVERITIES.index(each) for each in severities]))

    @cached_property
    def numbers(self) -> dict[str, int]:
        """How many each check has; checks without any are left out."""
        counted: dict[str, int] = {}
        for check, number in zip(self.checks, np.bincount(self.source, minlength=len(self.checks)), strict=True):  # fmt: skip
            if number:
                counted[check] = counted.get(check, 0) + int(number)
        return counted

    @cached_property
    def severities(self) -> dict[str, int]:
        """How many there are of each severity, worst first; 0 where there are none."""
        counted = np.bincount(self.severity, minlength=len(SEVERITIES))
        return dict(zip(SEVERITIES, counted.tolist(), strict=True))

    def table(self) -> pd.DataFrame:
        """The findings in words (`linkkit.schema.FINDINGS`), in their order."""
        parts, order = [], []
        for number, source in enumerate(self.sources):
            rows = np.flatnonzero(self.source == number)
            if len(rows):
                parts.append(source(self.place[rows]))
                order.append(rows)
        if not parts:
            return empty_findings()
        if len(parts) == 1:
            return parts[0].reset_index(drop=True)
        back = np.argsort(np.concatenate(order), kind="stable")
        return pd.concat(parts).take(back).reset_index(drop=True)

    @classmethod
    def told(cls, table: pd.DataFrame, page: Ints | None = None) -> "Found":
        """Findings that are in words already, in the order of the table."""
        kept = table.reset_index(drop=True)
        number = len(kept)
        checks = tuple(dict.fromkeys(kept["check_id"].tolist()))
        codes = {name: code for code, name in enumerate(SEVERITIES)}
        nothing = np.full(number, NO_PAGE, dtype=np.int64)

        def told(rows: Ints) -> pd.DataFrame:
            return kept.iloc[rows]

        return cls(
            page=nothing if page is None else page, related=nothing,
            severity=np.array(kept["severity"].map(codes), dtype=np.int64),
            value=kept["value"].to_numpy(dtype=float), impact=kept["impact"].to_numpy(dtype=float),
            source=np.array(kept["check_id"].map({name: place for place, name in enumerate(checks)}), dtype=np.int64),
            place=np.arange(number), sources=(told,) * len(checks), checks=checks,
        )  # fmt: skip

    @classmethod
    def together(cls, parts: Sequence["Found"]) -> "Found":
        """All of them in one order: by severity, then impact, then as the parts and their rows stand."""
        filled = [part for part in parts if len(part)]
        if not filled:
            return nothing_found()
        if len(filled) == 1:
            return filled[0]
        starts = np.cumsum([0, *(len(part.sources) for part in filled)])
        columns = {name: np.concatenate([getattr(part, name) for part in filled]) for name in _NUMBERS}
        source = np.concatenate([part.source + start for part, start in zip(filled, starts[:-1], strict=True)])  # fmt: skip
        whole = cls(
            **columns, source=source, sources=tuple(each for part in filled for each in part.sources),
            checks=tuple(each for part in filled for each in part.checks),
        )  # fmt: skip
        return whole.take(np.lexsort((-whole.impact, whole.severity)))


_NUMBERS = ("page", "related", "severity", "value", "impact", "place")


@cache
def nothing_found() -> Found:
    """No findings."""
    ints, floats = np.empty(0, dtype=np.int64), np.empty(0)
    return Found(ints, ints, ints, floats, floats, ints, ints)


def empty_findings() -> pd.DataFrame:
    """A findings table without rows, with the full typed schema."""
    return _no_findings().copy()


@cache
def _no_findings() -> pd.DataFrame:
    # Built once: most checks of most runs find nothing.
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in FINDINGS.items()})
