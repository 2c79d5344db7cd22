"""Words that are declared elsewhere in linkkit and shown in exports beside a story: codes, meanings, settings and their sources."""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from linkkit.checks import CHECKS
from linkkit.checks.registry import CHAPTERS
from linkkit.comparison.findings import GONE, NEW, REASONS, REMAINING
from linkkit.comparison.links import WHY as LINK_REASONS
from linkkit.comparison.pages import BACK_IN_REACH, DEEPER, GAINED, LOST, NEARER, OUT_OF_REACH, SAME, STAYED
from linkkit.comparison.planned import STATES
from linkkit.comparison.settings import KINDS as SETTING_KINDS
from linkkit.deck.definitions import WORDS, spoken
from linkkit.deck.language import Language
from linkkit.deck.story.terms import terms
from linkkit.folding import Leak
from linkkit.linkmodel import Choice, model_settings
from linkkit.metrics.authority import MONEY, NON_INDEXABLE, OTHER
from linkkit.metrics.importance import SIGNAL_WORDS
from linkkit.metrics.navigation import BASIS_WORDS
from linkkit.metrics.roles import ROLE_WORDS
from linkkit.plan.effort import MEASURES, WORK_WORDS, EffortModel, ImpactWeights
from linkkit.plan.pieces import ACTIONS, PLACES
from linkkit.presets import presets
from linkkit.readiness import KINDS, State
from linkkit.readiness.verdict import RULES, Verdict
from linkkit.schema import CheckState, Effort, FoundIn, Indexability, OrphanState, Position, Severity
from linkkit.text.candidates import STRENGTHS
from linkkit.thresholds import Knob, knobs

_CODES: tuple[type[StrEnum], ...] = (
    Severity,
    Effort,
    CheckState,
    OrphanState,
    Indexability,
    Leak,
    State,
    Verdict,
)


def word(language: Language, code: object) -> str:
    """A code of the tables as people read it, in their language: ``not_applicable`` -> ``Nicht beurteilbar``."""
    return language.text(spoken(str(code)))


def constants() -> tuple[str, ...]:
    """Every constant that an export may show, in English, each once: those of the story, and more."""
    return tuple(dict.fromkeys(text for text in (*terms(), *_constants()) if text))


def source_name(source: FoundIn) -> str:
    """Where a page is known from, in words: ``search console``."""
    return str(source.name).lower().replace("_", " ")


def _constants() -> Iterator[str]:
    yield from CHAPTERS.values()
    for check in CHECKS.values():
        yield from (check.title, check.why, check.fix)
    for codes in _CODES:
        yield from (spoken(str(code)) for code in codes)
    yield from (spoken(ending) for ending in (MONEY, OTHER, NON_INDEXABLE))
    for kind in KINDS.values():
        yield from (kind.title, kind.why)
    yield from RULES
    yield from (str(verdict) for verdict in Verdict)
    for group, words in WORDS.items():
        yield group
        for code, meaning in words.items():
            yield from (spoken(str(code)), meaning)
    for settings in (knobs(), model_settings(), EffortModel.knobs(), ImpactWeights.knobs()):
        yield from _settings(settings)
    for preset in presets().values():
        yield from (preset.title, preset.about, *preset.reasons.values())
    yield from (*SIGNAL_WORDS.values(), *ROLE_WORDS.values(), *BASIS_WORDS.values())
    yield from (*WORK_WORDS.values(), *MEASURES.values(), *PLACES.values())
    yield from ACTIONS
    for vocabulary in (
        (NEW, GONE, REMAINING),
        (GAINED, LOST, STAYED),
        (SAME, DEEPER, NEARER, OUT_OF_REACH, BACK_IN_REACH),
    ):
        yield from (spoken(each) for each in vocabulary)
    yield from (*REASONS, *LINK_REASONS, *STATES)
    yield from (text for kind in SETTING_KINDS for text in (kind, spoken(kind)))
    yield from STRENGTHS
    yield from (spoken(position.name.lower()) for position in Position)
    yield from (source_name(source) for source in FoundIn)
    yield from (check.unit for check in CHECKS.values())


def _settings(settings: Mapping[str, Knob | Choice]) -> Iterator[str]:
    for name, about in settings.items():
        yield from (spoken(name), about.help, about.source, about.unit if isinstance(about, Knob) else "")
        if isinstance(about, Choice):
            for option, meaning in about.options.items():
                yield from (spoken(option), option.replace("_", " "), meaning)
