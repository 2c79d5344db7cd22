"""The verdict and its gates as the rows of a sheet."""

import pandas as pd

from linkkit.deck.definitions import READINESS_COLUMNS
from linkkit.deck.language import Language
from linkkit.deck.saying import say
from linkkit.deck.story.readiness import plan_sentence
from linkkit.deck.story.telling import Telling
from linkkit.readiness import Readiness


def readiness_export(readiness: Readiness, lang: Language | None = None) -> pd.DataFrame:
    """The verdict, what a backlink brings, every gate, and how firm the verdict is: one row each, the columns of `READINESS_COLUMNS`."""
    said = lang or Language("en")
    gates = readiness.table.assign(
        title=[said.text(title) for title in readiness.table["title"]],
        evidence=[say(said, gate.evidence) for gate in readiness.gates],
        distance=[say(said, gate.distance) for gate in readiness.gates],
        pages=["\n".join(gate.pages) for gate in readiness.gates],
        right=readiness.table["right"].where(readiness.table["total"] > 0),
        total=readiness.table["total"].where(readiness.table["total"] > 0),
        decides=[said.text("yes") if each else "" for each in readiness.table["decides"]],
    )
    verdict = " ".join(say(said, each) for each in (readiness.sentence, readiness.caveat) if each)
    brings = readiness.headline if said.code == "en" else plan_sentence(Telling(readiness.audit, said, None))
    about = [
        (said.text("Verdict"), str(readiness.verdict), verdict),
        (said.text("What a backlink brings"), "", brings),
    ]
    columns = [column.name for column in READINESS_COLUMNS]
    above = pd.DataFrame(about, columns=["title", "state", "evidence"])
    firm = [(said.text("Does it hold"), "", say(said, readiness.holds))]
    below = pd.DataFrame(firm, columns=["title", "state", "evidence"])
    rows = pd.concat([above, gates, below], ignore_index=True).reindex(columns=columns)
    return rows.fillna(dict.fromkeys((each.name for each in READINESS_COLUMNS if not each.is_number), ""))


def variants_export(readiness: Readiness, lang: Language | None = None) -> pd.DataFrame:
    """`Readiness.robustness` as people read it: what is varied and what decides there, in a language."""
    said = lang or Language("en")
    table = readiness.robustness
    return table.assign(
        **{name: [say(said, text) for text in table[name]] for name in ("variant", "because")}
    )
