"""Presets: named starting points for a kind of site, and in what a client's values differ from them."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import replace as dataclass_replace
from functools import cache
from importlib.resources import files
from typing import Any

from linkkit.errors import SettingsError
from linkkit.linkmodel import LinkModel
from linkkit.thresholds import Thresholds, knobs


@dataclass(frozen=True)
class Preset:
    """Thresholds and link model for one kind of site (``presets.toml``).

    Attributes
    ----------
    name : str
        As ``client.toml`` and the command line name it.
    title, about : str
        What an analyst reads: the kind of site in two words, and in a sentence.
    thresholds : Thresholds
    model : LinkModel
    reasons : mapping of threshold or setting to text
        Why a value differs from the default; one for each that does.
    """

    name: str
    title: str
    about: str
    thresholds: Thresholds
    model: LinkModel
    reasons: Mapping[str, str]


@cache
def presets() -> dict[str, Preset]:
    """Every preset by its name."""
    stored = tomllib.loads(files("linkkit").joinpath("presets.toml").read_text("utf-8"))
    return {name: _preset(name, table) for name, table in stored.items()}


def preset(name: str) -> Preset:
    """One preset.

    Raises
    ------
    SettingsError
        If there is none of that name; the known ones are listed.

    Examples
    --------
    >>> preset("shop").thresholds.max_crawl_depth
    4
    """
    if not isinstance(name, str) or name not in presets():
        raise SettingsError(f"unknown preset {name!r}; known are {', '.join(presets())}")
    return presets()[name]


def usual(thresholds: Thresholds) -> Thresholds:
    """What thresholds began from: their preset's values, else the defaults."""
    return preset(thresholds.preset).thresholds if thresholds.preset else Thresholds()


def changed(values: Thresholds | LinkModel, base: Thresholds | LinkModel) -> dict[str, tuple[Any, Any]]:
    """Thresholds, or settings of the link model, that differ from another set's: name -> (value, the other's)."""
    names = knobs() if isinstance(values, Thresholds) else values.__dataclass_fields__
    return {
        name: (getattr(values, name), getattr(base, name))
        for name in names
        if getattr(values, name) != getattr(base, name)
    }


def _preset(name: str, table: Mapping[str, Any]) -> Preset:
    limits, model = table.get("thresholds", {}), table.get("model", {})
    thresholds = Thresholds.from_mapping({key: each["value"] for key, each in limits.items()})
    return Preset(
        name=name,
        title=table["title"],
        about=table["about"],
        thresholds=dataclass_replace(thresholds, preset=name),
        model=LinkModel.from_mapping({key: each["value"] for key, each in model.items()}),
        reasons={key: each["reason"] for key, each in (limits | model).items()},
    )
