"""The verdict and its gates as the rows of a sheet."""

import math
from collections.abc import Iterator

import pandas as pd

from linkkit.deck.crawl_words import stopped_text
from linkkit.deck.definitions import READINESS_COLUMNS
from linkkit.deck.language import Language
from linkkit.deck.sentences import Message, Sentences, form, maybe, one_of, vocabulary
from linkkit.deck.story.readiness import counted, plan_sentence
from linkkit.deck.story.telling import Telling
from linkkit.readiness import Gate, Readiness, State

_REASONS = Sentences(
    (
        form(
            one_of(
                "no money pages are known: list them in notebook 01",
                "no page of the site was crawled",
                "no page that matters is known and can stand in an index",
                "only links tell of pages, so that a page without one cannot be seen: add the sitemap, Search Console or analytics",
                "no link in the content of one page to another whose text is known",
                "no link from one page to another is known",
                "the site's sections are not known",
            )
        ),
        form(maybe("the crawl is incomplete ({stopped})"), "not known: {missing}"),
        form("the crawl is incomplete ({stopped})"),
        form(
            (
                "no signal tells which pages matter, and {number} page has no link: add money pages, Search Console, analytics or "
                "backlinks",
                "no signal tells which pages matter, and {number} pages have no link: add money pages, Search Console, analytics or "
                "backlinks",
            )
        ),
    ),
    {
        "stopped": stopped_text,
        "missing": vocabulary(
            "money pages", "backlinks", "Search Console or analytics", "a sitemap or another list of pages"
        ),
    },
)


def readiness_export(readiness: Readiness, lang: Language | None = None) -> pd.DataFrame:
    """The verdict, what a backlink brings, every gate, and how firm the verdict is: one row each, the columns of `READINESS_COLUMNS`."""
    said = lang or Language("en")
    gates = readiness.table.assign(
        title=[said.text(title) for title in readiness.table["title"]],
        pages=["\n".join(gate.pages) for gate in readiness.gates],
        decides=[said.text("yes") if each else "" for each in readiness.table["decides"]],
    )
    verdict, brings, holds = (
        f"{readiness.sentence} {readiness.caveat}".strip(),
        readiness.headline,
        readiness.holds,
    )
    if said.code != "en":
        telling = Telling(readiness.audit, said, None)
        gates["evidence"] = [_evidence(telling, gate) for gate in readiness.gates]
        gates["distance"] = [_distance(said, gate) for gate in readiness.gates]
        verdict, brings, holds = (
            " ".join(_decides(said, readiness)),
            plan_sentence(telling),
            _holds(said, readiness),
        )
    about = [
        (said.text("Verdict"), str(readiness.verdict), verdict),
        (said.text("What a backlink brings"), "", brings),
    ]
    columns = [column.name for column in READINESS_COLUMNS]
    above = pd.DataFrame(about, columns=["title", "state", "evidence"])
    firm = [(said.text("Does it hold"), "", holds)]
    below = pd.DataFrame(firm, columns=["title", "state", "evidence"])
    rows = pd.concat([above, gates, below], ignore_index=True).reindex(columns=columns)
    return rows.fillna(dict.fromkeys((each.name for each in READINESS_COLUMNS if not each.is_number), ""))


def gate_messages() -> Iterator[Message]:
    """Reasons of gates, to be translated."""
    yield from _REASONS.templates()
    yield from ("Search Console or analytics", "a sitemap or another list of pages")


def _evidence(t: Telling, gate: Gate) -> str:
    """What a gate counted, and why it cannot be judged, in a language; the numbers are those of the English sentence."""
    reason = (_REASONS.said(t.lang, gate.reason) or gate.reason) if gate.reason else ""
    return "; ".join(part for part in (counted(t, gate), reason) if part)


def _distance(lang: Language, gate: Gate) -> str:
    if gate.state is not State.FAIL or not gate.total:
        return ""
    needed = max(math.ceil(gate.limit * gate.total - gate.right - 1e-9), 0)
    return lang.text(
        "Still to be put right: {number} of {wrong}",
        number=lang.number(needed),
        wrong=lang.number(gate.total - gate.right),
    )


def _decides(lang: Language, readiness: Readiness) -> Iterator[str]:
    deciding = readiness.decided_by
    if deciding:
        yield lang.text("What decides: {gates}.", gates="; ".join(lang.text(gate.title) for gate in deciding))
    rest = [gate for gate in readiness.unjudged if gate not in deciding]
    if rest:
        yield lang.text(
            "Not judged, and no all-clear: {gates}.", gates="; ".join(lang.text(gate.title) for gate in rest)
        )


def _holds(lang: Language, readiness: Readiness) -> str:
    table = readiness.robustness
    return lang.text(
        "The verdict is the same under {same} of {all} variants tried: other dampings and link weights, less of the site crawled, one file missing.",
        same=lang.number(int((~table["flips"]).sum())),
        all=lang.number(len(table)),
    )
