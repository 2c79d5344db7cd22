"""Which settings of an audit are not at their default: thresholds, those of sections, and the link model."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from linkkit.audit import Audit
from linkkit.deck.language import Language
from linkkit.deck.story import terms
from linkkit.linkmodel import LinkModel, model_settings
from linkkit.presets import preset, usual
from linkkit.thresholds import Thresholds, knobs
from linkkit.wording import capitalised


@dataclass(frozen=True)
class Difference:
    """A setting that is not at its default, or not at the value of the preset.

    Attributes
    ----------
    name : str
        As ``client.toml`` has it; with the section where it holds for one.
    meaning : str
        What it sets, in a sentence.
    value, default : str
        With units.
    text : str
        Value, default, preset and meaning, or the preset's reason, in a sentence.
    """

    name: str
    meaning: str
    value: str
    default: str
    text: str


def differences(t: Thresholds, model: LinkModel, lang: Language) -> Iterator[Difference]:
    """Each threshold that differs from the default, then those of sections, then settings of the link model."""
    told = _Telling(lang, t.preset)
    began, first = usual(t), Thresholds()
    for name, knob in knobs().items():
        values = (getattr(t, name), getattr(began, name), getattr(first, name))
        yield from told.difference(name, knob.help, values, _with_unit(lang, knob.unit))
    for prefix, name, there, elsewhere in t.section_values():
        knob = knobs()[name]
        label = lang.text("{threshold} in {section}", threshold=name, section=prefix)
        meaning = lang.text("In {section}: {meaning}", section=prefix, meaning=lang.text(knob.help))
        said = _with_unit(lang, knob.unit)
        text = lang.text(
            "{value} instead of {default}. {help}",
            value=said(there),
            default=bare(lang, elsewhere),
            help=lang.text(knob.help),
        )
        yield Difference(label, meaning, said(there), said(elsewhere), text)
    begun, plain = preset(t.preset).model if t.preset else LinkModel(), LinkModel()
    for name, setting in model_settings().items():
        values = (getattr(model, name), getattr(begun, name), getattr(plain, name))
        yield from told.difference(name, setting.help, values, lambda value: bare(lang, value), name)


def setting_lines(audit: Audit, lang: Language) -> Iterator[tuple[str, str]]:
    """What every export says of the settings of an audit: name and text of the preset, of each difference, and of what has no effect."""
    chosen = audit.thresholds.preset
    if chosen:
        yield "preset", lang.text("{name}. {about}", name=chosen, about=lang.text(preset(chosen).about))
    for each in differences(audit.thresholds, audit.graph.model, lang):
        yield each.name, each.text
    for warning in audit.warnings:
        yield lang.text("Without effect"), capitalised(warning)


@dataclass(frozen=True)
class _Telling:
    lang: Language
    preset: str

    def difference(
        self,
        name: str,
        meaning: str,
        values: tuple[Any, Any, Any],
        said: Callable[[Any], str],
        setting: str = "",
    ) -> Iterator[Difference]:
        """The difference of a setting whose value, value of the preset and default are given; none where the three are the same."""
        lang, (value, base, default) = self.lang, values
        if value == base == default:
            return
        words = {
            "value": said(value),
            "base": bare(lang, base),
            "default": bare(lang, default),
            "preset": self.preset,
            "help": lang.text(meaning),
        }
        if value == base:
            words["reason"] = lang.text(preset(self.preset).reasons[name])
            text = lang.text("{value} instead of {default}, by the preset {preset}: {reason}.", **words)
        elif value == default:
            text = lang.text("{value}, the default (preset {preset}: {base}). {help}", **words)
        elif base != default:
            text = lang.text("{value} instead of {default} (preset {preset}: {base}). {help}", **words)
        else:
            text = lang.text("{value} instead of {default}. {help}", **words)
        shown, usually = (
            terms.setting_value(lang, setting, each) if setting else said(each) for each in (value, default)
        )
        yield Difference(name, words["help"], shown, usually, text)


def _with_unit(lang: Language, unit: str) -> Callable[[Any], str]:
    return lambda value: terms.quantity(lang, float(value), unit)


def bare(lang: Language, value: Any) -> str:
    """A number with as many digits as it has, four at most; a choice by its name."""
    if not isinstance(value, int | float):
        return lang.text(str(value).replace("_", " "))
    digits = next((each for each in range(4) if round(value, each) == value), 4)
    return lang.number(float(value), digits)
