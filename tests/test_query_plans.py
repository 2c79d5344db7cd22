"""Queries over links never compare every page with every other: that is what makes a site of 10,000 pages slow."""

import pyarrow as pa
import pytest

import linkkit as lk
from linkkit.engine import EmbeddedEngine
from tests.site_factory import build


def test_no_query_joins_pages_with_pages_in_a_nested_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    plans: list[str] = []
    answer = EmbeddedEngine.arrow

    def explained(self: EmbeddedEngine, sql: str, **tables: pa.Table) -> pa.Table:
        plan = answer(self, f"EXPLAIN {sql}", **tables).column(1).to_pylist()
        plans.append("".join(plan).casefold().replace("_", " "))
        return answer(self, sql, **tables)

    # Enough links a page for the plan to pay off that the first one on a real site had.
    paths = [f"/{number}" for number in range(300)]
    steps = [(place, paths[(place * step) % 300]) for place in range(300) for step in range(2, 32)]
    site = build(["/", *paths], [f"/{place} -> {target}" for place, target in steps])
    monkeypatch.setattr(EmbeddedEngine, "arrow", explained)
    lk.run_audit(site)
    assert len(plans) >= 8
    assert [plan for plan in plans if "nested loop" in plan] == []
