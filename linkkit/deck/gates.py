"""The verdict and its gates as the rows of a sheet."""

import pandas as pd

from linkkit.deck.definitions import READINESS_COLUMNS
from linkkit.deck.language import Language
from linkkit.readiness import Readiness


def readiness_export(readiness: Readiness, lang: Language | None = None) -> pd.DataFrame:
    """The verdict, what a backlink brings, every gate, and how firm the verdict is: one row each, the columns of `READINESS_COLUMNS`."""
    said = lang or Language("en")
    gates = readiness.table.assign(
        title=[said.text(title) for title in readiness.table["title"]],
        pages=["\n".join(gate.pages) for gate in readiness.gates],
        decides=[said.text("yes") if each else "" for each in readiness.table["decides"]],
    )
    about = [
        (said.text("Verdict"), str(readiness.verdict), f"{readiness.sentence} {readiness.caveat}".strip()),
        (said.text("What a backlink brings"), "", readiness.headline),
    ]
    columns = [column.name for column in READINESS_COLUMNS]
    above = pd.DataFrame(about, columns=["title", "state", "evidence"])
    firm = [(said.text("Does it hold"), "", readiness.holds)]
    below = pd.DataFrame(firm, columns=["title", "state", "evidence"])
    rows = pd.concat([above, gates, below], ignore_index=True).reindex(columns=columns)
    return rows.fillna(dict.fromkeys((each.name for each in READINESS_COLUMNS if not each.is_number), ""))
