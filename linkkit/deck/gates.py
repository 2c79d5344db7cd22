"""The verdict and its gates as the rows of a sheet."""

import pandas as pd

from linkkit.deck.definitions import READINESS_COLUMNS
from linkkit.readiness import Readiness


def readiness_export(readiness: Readiness) -> pd.DataFrame:
    """The verdict, what a backlink brings, every gate, and how firm the verdict is: one row each, the columns of `READINESS_COLUMNS`."""
    gates = readiness.table.assign(
        pages=["\n".join(gate.pages) for gate in readiness.gates],
        decides=["yes" if each else "" for each in readiness.table["decides"]],
    )
    said = [
        ("Verdict", str(readiness.verdict), f"{readiness.sentence} {readiness.caveat}".strip()),
        ("What a backlink brings", "", readiness.headline),
    ]
    columns = [column.name for column in READINESS_COLUMNS]
    above = pd.DataFrame(said, columns=["title", "state", "evidence"])
    below = pd.DataFrame([("Does it hold", "", readiness.holds)], columns=["title", "state", "evidence"])
    rows = pd.concat([above, gates, below], ignore_index=True).reindex(columns=columns)
    text = [column.name for column in READINESS_COLUMNS if column.kind == "text"]
    return rows.fillna(dict.fromkeys(text, ""))
