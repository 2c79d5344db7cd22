"""Links of two sites: what was gained and lost, counted inside the engine; only counts and bounded samples come out."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from linkkit.comparison.pages import GAINED, LOST, Paired
from linkkit.engine import Engine
from linkkit.schema import Position
from linkkit.site import Site, joint_engine

SAMPLE = 500
"""Links of each kind that come with their addresses."""
WHY = ("the link alone", "the linking page is new", "the page it leads to is new",
       "the linking page is gone", "the page it leads to is gone")  # fmt: skip
_POSITIONS = {int(position): position.name.lower() for position in Position}
_SOURCE, _TARGET = 1, 2
_REASONS = {
    (GAINED, 0): WHY[0], (LOST, 0): WHY[0],
    (GAINED, _SOURCE): WHY[1], (GAINED, _TARGET): WHY[2],
    (LOST, _SOURCE): WHY[3], (LOST, _TARGET): WHY[4],
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class LinkChanges:
    """Links that one audit has and the other has not: distinct by linking page, target and position, nothing folded.

    Links on error pages, redirects and pages that stand for another are not counted: nobody follows them.

    Attributes
    ----------
    counts : DataFrame
        One row per change, section of the linking page, position and reason: ``change`` (gained, lost), ``section``,
        ``position``, ``why`` (`WHY`), ``links``, ``nofollow`` (of them).
    sample : DataFrame
        Links with their addresses, at most `SAMPLE` of each change: those to money pages and other important pages first,
        links in content first: ``change``, ``source``, ``target``, ``position``, ``nofollow``, ``why``, ``importance``,
        ``is_money_page`` (of the target).
    important : DataFrame
        The same for links in content to money pages, or to the most important pages where none are known; bounded alike.
    old_links, new_links : int
        Distinct links in all.
    """

    counts: pd.DataFrame
    sample: pd.DataFrame
    important: pd.DataFrame
    old_links: int
    new_links: int

    def total(self, change: str) -> int:
        """Links gained, or lost, in all."""
        return int(self.counts.loc[self.counts["change"] == change, "links"].sum())


def link_changes(old: Site, new: Site, paired: Paired, *, sample: int = SAMPLE) -> LinkChanges:
    """Compare the links of two sites.

    Parameters
    ----------
    old, new : Site
    paired : Paired
        Their addresses, matched.
    sample : int
        Links of each change that are listed at most.
    """
    tables = _tables(paired)
    with tempfile.TemporaryDirectory(prefix="linkkit-") as folder:
        # Worked out once: each of the tables below is a small question about it.
        file = Path(folder) / "pairs.parquet"
        joint = joint_engine(old, new)
        joint.write(_LINKS, file, **tables)
        engine = joint.over({"pairs": file})
        counts = _counts(engine, tables)
        both = engine.arrow(
            "SELECT count(*) FILTER (WHERE was) AS a, count(*) FILTER (WHERE stands) AS b FROM pairs"
        )
        listed = _listed(engine, tables, paired, "TRUE", sample)
        vital = _listed(engine, tables, paired, f"position = {int(Position.CONTENT)} AND t.is_vital", sample)
        return LinkChanges(counts, listed, vital, int(both["a"][0].as_py()), int(both["b"][0].as_py()))


def _tables(paired: Paired) -> dict[str, pa.Table]:
    pages = paired.pages
    worth = pages["new_importance"].fillna(pages["old_importance"]).fillna(0.0)
    money = pages["is_money_page"].to_numpy(dtype=bool)
    # Without money pages those count that hold more than their share.
    vital = money if money.any() else ((worth > 0) & (worth > worth.mean())).to_numpy()
    return {
        "then_ids": _ids(paired.old_ids, paired.old_lives),
        "now_ids": _ids(paired.new_ids, paired.new_lives),
        "joint": pa.table(
            {
                "place": np.arange(len(pages), dtype=np.int32),
                "was": pages["old_stands"].to_numpy(dtype=bool),
                "stands": pages["new_stands"].to_numpy(dtype=bool),
                "section": pa.array(pages["section"].astype(str).tolist(), pa.string()),
                "importance": worth.to_numpy(dtype=float),
                "is_money": money,
                "is_vital": vital,
            }
        ),
    }


def _ids(joint: np.ndarray, lives: np.ndarray) -> pa.Table:
    return pa.table(
        {"page_id": np.arange(len(joint), dtype=np.int32), "place": joint.astype(np.int32), "lives": lives}
    )


# One aggregate over both sides: a full join of two large tables would need both of them at once.
_LINKS = """
    SELECT source, target, position, bool_or(side = 0) AS was, bool_or(side = 1) AS stands, bool_or(nofollow) AS nofollow
    FROM (
        SELECT s.place AS source, t.place AS target, l.position, l.nofollow, 0 AS side
        FROM old_links l JOIN then_ids s ON s.page_id = l.source_id JOIN then_ids t ON t.page_id = l.target_id
        WHERE s.lives
        UNION ALL
        SELECT s.place AS source, t.place AS target, l.position, l.nofollow, 1 AS side
        FROM new_links l JOIN now_ids s ON s.page_id = l.source_id JOIN now_ids t ON t.page_id = l.target_id
        WHERE s.lives
    ) GROUP BY source, target, position"""

_LISTED = "source, target, position, nofollow, stands, reason, section, importance, is_money"

_CHANGED = f"""
    SELECT d.source, d.target, d.position, d.nofollow, d.stands,
        CASE WHEN (d.stands AND NOT s.was) OR (d.was AND NOT s.stands) THEN {_SOURCE}
             WHEN t.was <> t.stands AND d.stands = t.stands THEN {_TARGET} ELSE 0 END AS reason,
        s.section, t.importance, t.is_money, t.is_vital
    FROM pairs d JOIN joint s ON s.place = d.source JOIN joint t ON t.place = d.target
    WHERE NOT (d.was AND d.stands)"""


def _counts(engine: Engine, tables: dict[str, pa.Table]) -> pd.DataFrame:
    rows = engine.arrow(
        f"""SELECT stands, section, position, reason, count(*) AS links, count(*) FILTER (WHERE nofollow) AS nofollow
        FROM ({_CHANGED}) GROUP BY ALL ORDER BY links DESC, section, position, reason, stands""",
        **tables,
    ).to_pandas()
    return _worded(rows)[["change", "section", "position", "why", "links", "nofollow"]]


def _listed(
    engine: Engine, tables: dict[str, pa.Table], paired: Paired, condition: str, most: int
) -> pd.DataFrame:
    rows = engine.arrow(
        f"""SELECT {_LISTED} FROM (
            SELECT t.*, row_number() OVER (PARTITION BY stands ORDER BY t.is_money DESC, t.position > 0, t.importance DESC,
                t.target, t.source, t.position) AS place
            FROM ({_CHANGED}) t WHERE {condition}
        ) WHERE place <= {int(most)} ORDER BY stands, place""",
        **tables,
    ).to_pandas()
    urls = paired.pages["url"].to_numpy(dtype=object)
    told = _worded(rows).assign(
        source=urls[rows["source"].to_numpy(dtype=np.int64)],
        target=urls[rows["target"].to_numpy(dtype=np.int64)],
    )
    names = ["change", "source", "target", "position", "nofollow", "why", "importance", "is_money"]
    return told[names].rename(columns={"is_money": "is_money_page"}).reset_index(drop=True)


def _worded(rows: pd.DataFrame) -> pd.DataFrame:
    change = np.where(rows["stands"].to_numpy(dtype=bool), GAINED, LOST)
    why = [_REASONS[each] for each in zip(change.tolist(), rows["reason"].tolist(), strict=True)]
    return rows.assign(
        change=pd.Series(change, index=rows.index, dtype="object"),
        position=rows["position"].map(_POSITIONS).astype("object"),
        why=pd.Series(why, index=rows.index, dtype="object"),
    )
