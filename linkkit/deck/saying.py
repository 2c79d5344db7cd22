"""Sentences of plan and readiness said in the client's language: the same message, the same values, written the way of the language."""

from collections.abc import Iterable

import pandas as pd

from linkkit.deck.cells import map_unique
from linkkit.deck.crawl_words import stopped_text
from linkkit.deck.evidence import evidence_text, fix_text
from linkkit.deck.language import Language
from linkkit.deck.sentences import Sentences, form, maybe, one_of
from linkkit.plan import QuickWins
from linkkit.plan.quick_wins import effort_words
from linkkit.sentence import Figure, Note, Sentence
from linkkit.text.candidates import NO_REASON
from linkkit.wording import capitalised

LINK_REASONS = Sentences(
    (
        form(NO_REASON),
        form(
            one_of(
                "used as anchor for this page on {uses} of {holders} pages that contain it",
                'both pages speak of "{text}"',
                "the words are the title of the target",
                "the words are part of the title of the target",
            ),
            maybe("pages like this one link to the target"),
            maybe("this page links to pages like the target"),
            maybe("similarity of the two texts {similarity}"),
        ),
        form(
            "pages like this one link to the target",
            maybe("this page links to pages like the target"),
            maybe("similarity of the two texts {similarity}"),
        ),
        form("this page links to pages like the target", maybe("similarity of the two texts {similarity}")),
        form("similarity of the two texts {similarity}"),
    ),
    {"text": lambda language, value: value},
)
"""Why a link fits, as `linkkit.text.candidates` words it, a million times where a site is large."""


def say(lang: Language, text: str) -> str:
    """A sentence in a language; what is no sentence of linkkit's own stands as it is."""
    if lang.code == "en":
        return str(text)
    if isinstance(text, Figure):
        return lang.localised(text)
    if isinstance(text, Note):
        return _noted(lang, text)
    if not isinstance(text, Sentence):
        return text
    values = {name: say(lang, value) for name, value in text.values.items()}
    if text.parts:
        said = text.between.join(say(lang, part) for part in text.parts)
    elif isinstance(text.message, str):
        said = lang.text(text.message, **values)
    else:
        one, many = text.message
        del values["number"]
        said = lang.plural(one, many, text.number, **values)
    return capitalised(said) if text.is_capital else said


def _noted(lang: Language, note: Note) -> str:
    if note.kind == "evidence":
        return evidence_text(lang, note.check, note)
    if note.kind == "fix":
        return fix_text(lang, note.check, note)
    return stopped_text(lang, note)


def said_all(lang: Language, texts: Iterable[str], between: str) -> str:
    """Sentences in a language, one after the other."""
    return between.join(say(lang, text) for text in texts)


def wins_in(lang: Language, wins: QuickWins) -> pd.DataFrame:
    """`QuickWins.table` with ``title``, ``instructions``, ``effort``, ``gain_note`` and ``unsure`` in a language; codes stay."""
    table = wins.table
    if lang.code == "en":
        return table
    return table.assign(
        title=[say(lang, piece.title) for piece in wins.pieces],
        instructions=[said_all(lang, piece.steps, "\n") for piece in wins.pieces],
        effort=[say(lang, effort_words(piece)) for piece in wins.pieces],
        gain_note=map_unique(table["gain_note"], lambda text: lang.text(str(text)) if text else ""),
        unsure=[say(lang, piece.unsure) for piece in wins.pieces],
    )


def links_in(lang: Language, links: pd.DataFrame) -> pd.DataFrame:
    """Links of a plan with ``strength`` and ``reason`` in a language."""
    if lang.code == "en" or links.empty:
        return links
    return links.assign(
        strength=map_unique(links["strength"], lambda text: lang.text(str(text)) if text else ""),
        reason=map_unique(links["reason"], lambda text: LINK_REASONS.said(lang, str(text)) or str(text)),
    )
