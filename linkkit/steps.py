"""Where the time of a run goes: named steps, measured or told only while somebody asks."""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

COLUMNS = {
    "step": "str",
    "level": "int64",
    "runs": "int64",
    "wall_seconds": "float64",
    "cpu_seconds": "float64",
    "own_cpu_seconds": "float64",
    "peak_mb": "float64",
}
"""Columns of `Profile.table`, with their pandas types."""


@dataclass
class _Measured:
    """What one step took, all its runs inside the same step above together."""

    level: int
    runs: int = 0
    wall: float = 0.0
    cpu: float = 0.0
    inner_cpu: float = 0.0
    peak: float = float("nan")


class _Memory:
    """Peak of resident memory by step: Linux keeps the peak since it was last asked to forget it."""

    def __init__(self) -> None:
        self._peaks: list[float] = []
        self._known = self._forget()

    def begin(self) -> float:
        """MB in use now; a peak is watched from here on."""
        if not self._known:
            return 0.0
        now, peak = _resident()
        if self._peaks:
            self._peaks[-1] = max(self._peaks[-1], peak)
        self._peaks.append(now)
        self._forget()
        return now

    def end(self) -> float:
        """Peak, MB, since the matching `begin`."""
        if not self._known:
            return float("nan")
        peak = max(self._peaks.pop(), _resident()[1])
        if self._peaks:
            self._peaks[-1] = max(self._peaks[-1], peak)
        self._forget()
        return peak

    def _forget(self) -> bool:
        try:
            Path("/proc/self/clear_refs").write_text("5")
            _resident()
        except (OSError, KeyError):
            # Not Linux, or not allowed to.
            return False
        return True


def _resident() -> tuple[float, float]:
    """Resident memory of this process now, and its peak, MB."""
    told = dict(
        line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines() if ":" in line
    )
    now, peak = (int(told[name].split()[0]) * 1024 / 1e6 for name in ("VmRSS", "VmHWM"))
    return now, peak


@dataclass
class Profile:
    """Steps of a run, as they were measured."""

    _measured: dict[tuple[str, ...], _Measured] = field(default_factory=dict)
    _open: list[str] = field(default_factory=list)
    _memory: _Memory = field(default_factory=_Memory)

    @contextmanager
    def measure(self, name: str) -> Iterator[None]:
        """Measure what happens inside as a step of the one that is under way."""
        self._open.append(name)
        path = tuple(self._open)
        here = self._measured.setdefault(path, _Measured(len(path) - 1))
        before = self._memory.begin()
        wall, cpu = time.perf_counter(), time.process_time()
        try:
            yield
        finally:
            here.wall += time.perf_counter() - wall
            here.cpu += (spent := time.process_time() - cpu)
            here.runs += 1
            here.peak = max(self._memory.end() - before, here.peak)
            self._open.pop()
            if self._open:
                self._measured[path[:-1]].inner_cpu += spent

    def table(self) -> pd.DataFrame:
        """What each step took.

        Returns
        -------
        DataFrame
            One row per step, each followed by the steps it is made of: ``step``, ``level`` (0 for steps of the whole run), ``runs``,
            ``wall_seconds``, ``cpu_seconds`` (of all threads of this process; 4 s of CPU in 2 s of time are 2 cores),
            ``own_cpu_seconds`` (without the steps it is made of), ``peak_mb`` (most memory at a time above what was in use when the
            step began, in millions of bytes; NaN where the system does not tell).
        """
        rows = [
            (path[-1], one.level, one.runs, one.wall, one.cpu, max(one.cpu - one.inner_cpu, 0.0), one.peak)
            for path, one in sorted(self._measured.items(), key=lambda each: self._places(each[0]))
        ]
        return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)

    def _places(self, path: tuple[str, ...]) -> list[int]:
        """Where a step and those above it stand in the order in which they first began."""
        order = {each: place for place, each in enumerate(self._measured)}
        return [order[path[: depth + 1]] for depth in range(len(path))]

    def lines(self, least: float = 0.01) -> list[str]:
        """The table as text; steps that took less than this share (0-1) of the CPU and wall time of the whole are left out."""
        table = self.table()
        top = table[table["level"] == 0]
        goal = [least * max(top[name].sum(), 1e-9) for name in ("cpu_seconds", "wall_seconds")]
        shown = table[(table["cpu_seconds"] >= goal[0]) | (table["wall_seconds"] >= goal[1])]
        lines = [f"{'step':<58}{'wall s':>10}{'CPU s':>10}{'own CPU s':>11}{'peak MB':>10}"]
        for name, level, runs, wall, cpu, own, peak in zip(
            *(shown[each].tolist() for each in COLUMNS), strict=True
        ):
            text = f"{'  ' * level}{name}" + (f" (x{runs})" if runs > 1 else "")
            memory = "" if math.isnan(peak) else f"{peak:,.0f}"
            lines.append(f"{text:<58}{wall:>10.2f}{cpu:>10.2f}{own:>11.2f}{memory:>10}")
        return lines

    def save(self, file: Path) -> Path:
        """Write the table as CSV."""
        self.table().round(4).to_csv(file, index=False)
        return file


_running: ContextVar[Callable[[str], AbstractContextManager[None]] | None] = ContextVar(
    "linkkit_steps", default=None
)
"""What stands around each step, by its name."""


@contextmanager
def profiled() -> Iterator[Profile]:
    """Measure every `step` that runs inside."""
    profile = Profile()
    with _heard_by(profile.measure):
        yield profile


@contextmanager
def told(tell: Callable[[str], object]) -> Iterator[None]:
    """Tell the name of every `step` that begins inside, to whoever waits for it; nothing is measured meanwhile."""

    @contextmanager
    def around(name: str) -> Iterator[None]:
        tell(name)
        yield

    with _heard_by(around):
        yield


@contextmanager
def _heard_by(around: Callable[[str], AbstractContextManager[None]]) -> Iterator[None]:
    token = _running.set(around)
    try:
        yield
    finally:
        _running.reset(token)


@contextmanager
def step(name: str) -> Iterator[None]:
    """A named step of a run; costs nothing unless it is `profiled` or `told`. Also a decorator."""
    around = _running.get()
    if around is None:
        yield
        return
    with around(name):
        yield
