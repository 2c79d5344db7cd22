"""Where time goes: steps inside steps add up, memory is told, and nothing is measured unasked."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from linkkit.steps import COLUMNS, Profile, profiled, step, told


@step("inner")
def _inner(megabytes: int) -> int:
    return int(np.ones(megabytes * 125_000).sum())


def _measured() -> Profile:
    with profiled() as profile:
        with step("outer"):
            _inner(1)
            _inner(80)
        with pytest.raises(ValueError, match="breaks"), step("outer"):
            raise ValueError("breaks")
        with step("last"):
            pass
    return profile


def test_steps_are_told_under_those_they_are_part_of() -> None:
    table = _measured().table()
    assert {name: str(kind) for name, kind in table.dtypes.items()} == COLUMNS
    assert table[["step", "level", "runs"]].to_numpy().tolist() == [
        ["outer", 0, 2],
        ["inner", 1, 2],
        ["last", 0, 1],
    ]
    outer, inner, last = table.itertuples()
    assert 0 < inner.cpu_seconds <= outer.cpu_seconds
    assert outer.own_cpu_seconds == pytest.approx(outer.cpu_seconds - inner.cpu_seconds)
    assert 0 <= last.wall_seconds < outer.wall_seconds


@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="only Linux tells the peak of a stretch of time"
)
def test_the_peak_of_a_step_is_its_own_and_of_those_above() -> None:
    outer, inner, last = _measured().table()["peak_mb"]
    assert 60 < inner < 120
    assert inner <= outer + 1
    assert last < 10


def test_text_leaves_out_what_takes_next_to_nothing_and_the_file_does_not(tmp_path: Path) -> None:
    profile = _measured()
    assert [line.split()[0] for line in profile.lines(0.2)] == ["step", "outer", "inner"]
    stored = pd.read_csv(profile.save(tmp_path / "profile.csv"))
    assert stored["step"].tolist() == ["outer", "inner", "last"]
    assert stored.columns.tolist() == list(COLUMNS)


def test_nothing_is_measured_unless_somebody_asks() -> None:
    profile = _measured()
    before = profile.table()
    assert _inner(1) == 125_000
    pd.testing.assert_frame_equal(profile.table(), before)


def test_steps_are_told_as_they_begin() -> None:
    heard: list[str] = []
    with told(heard.append):
        with step("outer"), step("inner"):
            pass
        assert heard == ["outer", "inner"]
    with step("unheard"):
        pass
    assert heard == ["outer", "inner"]
