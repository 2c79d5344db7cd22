"""What is installed: pinned to the version, fitting together, free to use."""

import importlib.metadata
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests import licences


def test_every_package_is_pinned(root: Path) -> None:
    for name in ("requirements.txt", "requirements-test.txt"):
        lines = [
            line for line in (root / name).read_text("utf-8").splitlines() if line[:1] not in ("", "#", " ")
        ]
        assert len(lines) > 100
        loose = [line for line in lines if not re.match(r"^[a-z0-9-]+==[^ *]+( ;|$)", line)]
        assert loose == []


def test_what_is_installed_is_what_is_asked_for(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [Requirement(each) for each in project["dependencies"]]
    assert len(wanted) > 30
    for each in wanted:
        # A lower bound is a promise (`make test-lowest`); without one it would be whatever there ever was.
        assert [part.operator for part in each.specifier] == [">="], each
        assert each.specifier.contains(importlib.metadata.version(each.name), prereleases=True), each


def test_no_licence_binds_those_who_use_it() -> None:
    found = licences.licences()
    assert len(found) > 120
    assert {name: words for name, words in found.items() if not licences.is_permissive(words)} == {}


@pytest.mark.parametrize("words", ["GPL-3.0-or-later", "GNU Lesser General Public License v3 (LGPLv3)", "AGPL-3.0", "MIT AND GPL-2.0", "", "Proprietary"])  # fmt: skip
def test_what_binds_is_seen(words: str) -> None:
    assert not licences.is_permissive(words)
