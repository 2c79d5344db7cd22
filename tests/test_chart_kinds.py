"""The kinds of charts that an audit has: each states its finding, units and source, has words for who cannot see it, and fits a slide."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd
import pytest
from lxml import etree
from PIL import Image

import linkkit as lk
from linkkit import charts
from linkkit.comparison.history import HISTORY
from linkkit.deck.images import export_charts
from linkkit.network import depth_rings
from linkkit.widgets.display import picture_chart
from tests.site_factory import build
from tests.small_site import build_small_site, with_signals
from tests.test_clusters import LINKS as CLUSTER_LINKS
from tests.test_clusters import PAGES as CLUSTER_PAGES


def _chapter(chapter: str, name: str) -> Callable[[lk.Audit], alt.Chart]:
    return lambda audit: charts.chapter_charts(audit, chapter)[name]


def _history(audit: lk.Audit) -> alt.Chart:
    rows = [
        {"audit": f"2026-0{month}-01", "high": high, "captured": 0.1 * month, "is_complete": True, "settings_changed": False, "fault": ""}
        for month, high in ((1, 9), (2, 4))
    ]  # fmt: skip
    shown = rows if len(audit.metrics) > 1 else []
    table = pd.DataFrame(shown, columns=list(HISTORY)).astype({"high": "Int64", "medium": "Int64"})
    return charts.history_chart(table, source=charts.source_note(audit))


def _clusters(audit: lk.Audit) -> alt.Chart:
    """Of a site with clusters, which the small site has none of."""
    made = lk.run_audit(build(CLUSTER_PAGES, CLUSTER_LINKS)) if len(audit.metrics) > 1 else audit
    return charts.cluster_links_chart(charts.cluster_links_table(made), source=charts.source_note(made))


KINDS: dict[str, Callable[[lk.Audit], alt.Chart]] = {
    "depth by section": _chapter("depth", "depth_by_section"),
    "orphans": _chapter("discovery", "orphan_states"),
    "orphan sources": _chapter("discovery", "found_in_matrix"),
    "anchor mix": _chapter("anchors", "anchor_kinds"),
    "authority ledger, waterfall": _chapter("authority", "authority_ledger"),
    "flow from landing to end": _chapter("authority", "authority_journeys"),
    "flow between sections": _chapter("authority", "section_flow"),
    "quadrant": _chapter("authority", "link_balance"),
    "heat map": _chapter("architecture", "section_links"),
    "icicle": _chapter("architecture", "sections"),
    "rings": lambda audit: picture_chart(depth_rings(audit), source=charts.source_note(audit)),
    "cluster cards": _clusters,
    "readiness card": lambda audit: charts.gates_card(audit.readiness),
    "before and after": lambda audit: charts.before_after(audit.readiness),
    "history": _history,
    "findings": lambda audit: charts.findings_chart(charts.findings_table(audit), source=charts.source_note(audit)),
}  # fmt: skip


PANELS = ("cluster cards", "history")
"""Each of their panels has what it measures as its title."""


@pytest.fixture(scope="module")
def audit(tmp_path_factory: pytest.TempPathFactory) -> lk.Audit:
    return lk.run_audit(with_signals(build_small_site(), tmp_path_factory.mktemp("signals")))


@pytest.fixture(scope="module")
def one_page() -> lk.Audit:
    return lk.run_audit(build([{"path": "/"}], []))


def parts(spec: Any) -> list[dict[str, Any]]:
    """Every part of a specification that is an object."""
    if isinstance(spec, list):
        return [each for item in spec for each in parts(item)]
    return [spec, *(each for item in spec.values() for each in parts(item))] if isinstance(spec, dict) else []


def words(text: str | list[str]) -> str:
    return text if isinstance(text, str) else " ".join(text)


@pytest.mark.parametrize("kind", KINDS)
def test_it_says_what_it_shows(audit: lk.Audit, kind: str) -> None:
    spec = KINDS[kind](audit).to_dict()
    title, notes = words(spec["title"]["text"]), words(spec["title"]["subtitle"])
    assert len(title.split()) >= 4, title
    assert not title.endswith(".")
    assert "Source: " in notes
    # Alternative in words: the finding first, and more than that.
    assert spec["description"].startswith(title)
    assert len(spec["description"]) > len(title) + 20
    # Numbers along an axis that is drawn have their unit there; layers share the axis of their first.
    drawn = parts({key: value for key, value in spec.items() if key not in ("datasets", "config")})
    for channel in ("x", "y"):
        axes = [each[channel] for each in drawn if isinstance(each.get(channel), dict)]
        numbers = [each for each in axes if each.get("type") == "quantitative" and each.get("axis", {})]
        assert not numbers or any(each.get("title") for each in numbers) or kind in PANELS, channel


@pytest.mark.parametrize("kind", KINDS)
def test_without_data_it_says_so(one_page: lk.Audit, kind: str) -> None:
    spec = KINDS[kind](one_page).to_dict()
    assert len(words(spec["title"]["text"]).split()) >= 3
    assert len(spec["description"]) > 20
    assert "nan" not in spec["description"].lower().split()


def test_all_of_them_fit_a_slide(audit: lk.Audit, tmp_path: Path) -> None:
    made = {kind: make(audit) for kind, make in KINDS.items()}
    files = export_charts(made, tmp_path, scale=1, formats=("png", "svg", "pdf"))
    assert len(files) == 3 * len(KINDS)
    for file in files:
        content = file.read_bytes()
        if file.suffix == ".png":
            width, height = Image.open(io.BytesIO(content)).size
            assert width <= 961, file.name
            assert height <= 541, file.name
            assert abs(width - 960) <= 1 or abs(height - 540) <= 1
        elif file.suffix == ".svg":
            assert etree.fromstring(content).tag == "{http://www.w3.org/2000/svg}svg"
        else:
            assert content.startswith(b"%PDF")


def test_of_many_checks_the_worst_are_drawn(audit: lk.Audit) -> None:
    table = charts.findings_table(audit)
    first = table.iloc[:1]
    many = pd.concat([first.assign(title=f"Check {number}", check_id=f"c{number}") for number in range(31)])
    spec = charts.findings_chart(many).to_dict()
    each = int(first["findings"].iloc[0])
    noun = "finding" if 11 * each == 1 else "findings"
    assert words(spec["title"]["subtitle"]) == f"11 more checks with {11 * each:,} {noun} are not drawn."
    drawn = {row["title"] for rows in spec["datasets"].values() for row in rows}
    assert drawn == {f"Check {number}" for number in range(20)}
