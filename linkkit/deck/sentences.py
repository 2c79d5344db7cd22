"""Sentences that the analysis writes in English, said in the client's language: each is recognised by its form, part by part.

Checks and gates write what they saw as a finished English sentence, by the million where a site is large. A form describes how
such sentences are built: clauses one after the other, each one of a few messages with ``{names}`` for what is filled in. One
regular expression for all forms of a group finds which messages a sentence was made of and what stands in it; the messages
are looked up in the catalog like any other text. What no form fits stays English: nothing is guessed.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from linkkit.deck.language import Language

Message = str | tuple[str, str]
"""A text, or its forms for one and for many of ``{number}``."""
Say = Callable[[Language, str], str | None]
"""How what fills a name is said in a language; None where it is not recognised."""

_NUMBER = r"(?:[<>] )?[+-]?(?:\d[\d,]*(?:\.\d+)?(?:e[+-]\d+)?|nan|inf)(?: ?%)?"
_NAME = re.compile(r"\{(\w+)\}")
_KEPT = 4096


@dataclass(frozen=True)
class Clause:
    """One part of a sentence.

    Attributes
    ----------
    messages : tuple of Message
        One of these it is.
    is_optional : bool
        Whether it may be missing.
    """

    messages: tuple[Message, ...]
    is_optional: bool = False


def one_of(*messages: Message) -> Clause:
    """A clause that is one of these messages."""
    return Clause(messages)


def maybe(*messages: Message) -> Clause:
    """A clause that is one of these messages, or is missing."""
    return Clause(messages, is_optional=True)


@dataclass(frozen=True)
class Form:
    """How a sentence is built: clauses in order, at least one of which always stands, with a text between them."""

    clauses: tuple[Clause, ...]
    between: str = "; "


def form(*clauses: Clause | Message, between: str = "; ") -> Form:
    """A form of these clauses; a message stands for itself."""
    return Form(tuple(each if isinstance(each, Clause) else Clause((each,)) for each in clauses), between)


@dataclass(frozen=True, eq=False)
class Sentences:
    """Forms of the sentences of one kind.

    Attributes
    ----------
    forms : tuple of Form
        The first that fits counts.
    fillings : mapping of name to Say
        How what fills these names is said; every other name holds a number.
    """

    forms: tuple[Form, ...]
    fillings: Mapping[str, Say]

    def said(self, language: Language, sentence: str) -> str | None:
        """The sentence in a language; None where no form fits."""
        if language.code == "en" or not sentence:
            return sentence
        return self._said(language, sentence)

    def knows(self, sentence: str) -> bool:
        """Whether a form fits, and everything that fills it is recognised."""
        return not sentence or self._said(Language("de"), sentence) is not None

    def templates(self) -> Iterator[Message]:
        """Every message, to be translated."""
        for each in self.forms:
            for clause in each.clauses:
                yield from (message for message in clause.messages if not _is_bare(message))

    @cached_property
    def _said(self) -> Callable[[Language, str], str | None]:
        # Sentences repeat: most findings of a check say one of a few things.
        return lru_cache(maxsize=_KEPT)(self._recognised)

    def _recognised(self, language: Language, sentence: str) -> str | None:
        for pattern, slots, between in self._patterns:
            found = pattern.fullmatch(sentence)
            if found is None:
                continue
            clauses = [self._clause(language, slot, found) for slot in slots if found[slot.group] is not None]
            if None not in clauses:
                return between.join(clause for clause in clauses if clause is not None)
        return None

    def _clause(self, language: Language, slot: "_Slot", found: re.Match[str]) -> str | None:
        values = {}
        for name, group in slot.names:
            say = self.fillings.get(name)
            value = language.localised(found[group]) if say is None else say(language, found[group])
            if value is None:
                return None
            values[name] = value
        if isinstance(slot.message, str):
            return (
                values[slot.names[0][0]] if _is_bare(slot.message) else language.text(slot.message, **values)
            )
        one, many = slot.message
        del values["number"]
        return language.plural(one, many, float(found[dict(slot.names)["number"]].replace(",", "")), **values)

    @cached_property
    def _patterns(self) -> tuple[tuple[re.Pattern[str], tuple["_Slot", ...], str], ...]:
        return tuple(self._compiled(each) for each in self.forms)

    def _compiled(self, each: Form) -> tuple[re.Pattern[str], tuple["_Slot", ...], str]:
        slots: list[_Slot] = []
        firm = next(place for place, clause in enumerate(each.clauses) if not clause.is_optional)
        between, parts = re.escape(each.between), []
        for place, clause in enumerate(each.clauses):
            alternatives = "|".join(self._alternative(message, slots) for message in clause.messages)
            before, after = (between, "") if place > firm else ("", "" if place == firm else between)
            parts.append(f"(?:{before}(?:{alternatives}){after}){'?' if clause.is_optional else ''}")
        return re.compile("".join(parts), re.DOTALL), tuple(slots), each.between

    def _alternative(self, message: Message, slots: list["_Slot"]) -> str:
        """Pattern of one message; forms for one and many stand in two places, and mean the same message."""
        patterns = []
        for text in (message,) if isinstance(message, str) else message:
            slot = _Slot(f"m{len(slots)}", message, ())
            names, pattern, end = [], "", 0
            for place, name in enumerate(_NAME.finditer(text)):
                group = f"{slot.group}_{place}"
                names.append((name[1], group))
                pattern += re.escape(text[end : name.start()])
                pattern += f"(?P<{group}>{'.*?' if name[1] in self.fillings else _NUMBER})"
                end = name.end()
            slots.append(_Slot(slot.group, message, tuple(names)))
            patterns.append(f"(?P<{slot.group}>{pattern}{re.escape(text[end:])})")
        return "|".join(patterns)


@dataclass(frozen=True)
class _Slot:
    """Where one message may stand in a pattern: its group, and the groups of what fills it."""

    group: str
    message: Message
    names: tuple[tuple[str, str], ...]


def as_it_is(language: Language, value: str) -> str:
    """A filling of the site: addresses, titles, names."""
    return value


def vocabulary(*words: str) -> Say:
    """Fillings that are one of some words, or several between commas; each is a message of its own."""
    known = frozenset(words)

    def say(language: Language, value: str) -> str | None:
        # A word may hold a comma of its own.
        parts = [value] if value in known else value.split(", ")
        return ", ".join(map(language.text, parts)) if known.issuperset(parts) else None

    return say


def each_of(sentences: Sentences) -> Say:
    """Fillings that are several short sentences between commas."""

    def say(language: Language, value: str) -> str | None:
        parts = [sentences.said(language, part) for part in value.split(", ")]
        return None if None in parts else ", ".join(part for part in parts if part is not None)

    return say


def nested(sentences: Callable[[], Sentences]) -> Say:
    """Fillings that are sentences of another kind."""

    def say(language: Language, value: str) -> str | None:
        return sentences().said(language, value)

    return say


def all_templates(kinds: Iterable[Sentences]) -> Iterator[Message]:
    """Messages of several kinds of sentences."""
    for each in kinds:
        yield from each.templates()


def _is_bare(message: Message) -> bool:
    """Whether a message is nothing but a name."""
    return isinstance(message, str) and _NAME.fullmatch(message) is not None
