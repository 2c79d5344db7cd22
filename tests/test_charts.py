"""Charts draw what their tables say; the tables say what the audit says."""

import json
import re

import altair as alt
import pandas as pd
import pytest

import linkkit as lk
from linkkit import charts
from linkkit.checks.registry import CHAPTERS
from linkkit.deck.images import draw_svg, slide_spec
from linkkit.deck.language import SPACE, language, languages
from linkkit.deck.report.drawing import number_locale
from linkkit.wording import percent
from tests.small_site import HOSTILE, build_small_site, with_signals


@pytest.fixture(scope="module")
def audit(tmp_path_factory: pytest.TempPathFactory) -> lk.Audit:
    return lk.run_audit(with_signals(build_small_site(), tmp_path_factory.mktemp("signals")))


@pytest.fixture(scope="module")
def standing(audit: lk.Audit) -> pd.DataFrame:
    """Metrics of the indexable pages that stand for themselves."""
    return audit.metrics[audit.site.pages["is_indexable"] & audit.metrics["folds_into"].isna()]


def test_depth_counts_every_standing_page_once(audit: lk.Audit, standing: pd.DataFrame) -> None:
    table = charts.depth_table(audit)
    every = table[table["group"] == table["group"].iloc[0]].set_index("depth")["pages"]
    expected = standing["crawl_depth"].value_counts()
    assert every.sum() == len(standing)
    for depth, pages in expected.items():
        assert every[int(depth)] == pages
    assert charts.depth_by_section_table(audit)["pages"].sum() == len(standing)


def test_orphan_states_are_those_of_the_metrics(audit: lk.Audit, standing: pd.DataFrame) -> None:
    table = charts.orphan_states_table(audit).set_index("state")["pages"]
    counted = standing["orphan_state"].value_counts()
    for state, pages in table.items():
        assert counted.get(str(state), 0) == pages
    assert table["orphan"] == 2
    assert table["island"] == 2


def test_linking_pages_and_findings_add_up(audit: lk.Audit, standing: pd.DataFrame) -> None:
    assert charts.linking_pages_table(audit)["pages"].sum() == len(standing)
    assert charts.indexability_table(audit)["urls"].sum() == len(audit.site.pages)
    assert charts.anchor_kinds_table(audit)["links"].sum() > 0


@pytest.mark.parametrize("chapter", [None, *CHAPTERS])
def test_every_chart_of_a_chapter_is_whole(audit: lk.Audit, chapter: str | None) -> None:
    for name, chart in charts.chapter_charts(audit, chapter).items():
        spec = chart.to_dict()
        title = spec["title"]["text"]
        assert title, name
        assert "Source: " in json.dumps(spec["title"]), name
        assert spec["description"], name
        assert sum(map(len, spec["datasets"].values())) < 5_000, name
        assert "http" not in "".join(spec.get("usermeta", {})), name


@pytest.mark.parametrize("chapter", [None, *CHAPTERS])
def test_a_site_of_one_page_gives_empty_charts_that_say_so(chapter: str | None) -> None:
    from tests.site_factory import build

    audit = lk.run_audit(build([{"path": "/"}], []))
    for name, chart in charts.chapter_charts(audit, chapter).items():
        assert isinstance(chart, alt.TopLevelMixin), name
        assert chart.to_dict()["title"], name


def test_titles_change_with_the_threshold(audit: lk.Audit) -> None:
    def title(a: lk.Audit) -> str:
        text = charts.chapter_charts(a, "depth")["depth"].to_dict()["title"]["text"]
        return text if isinstance(text, str) else " ".join(text)

    assert title(audit) != title(audit.with_thresholds(lk.Thresholds(max_crawl_depth=1)))


def test_axes_write_shares_as_texts_do(audit: lk.Audit) -> None:
    """No "50%" on an axis beside "50 %" in a sentence, in the notebook or in a picture of either language."""
    drawn = draw_svg(
        slide_spec(charts.anchor_kinds_chart(charts.anchor_kinds_table(audit)), "anchors"), "anchors"
    )
    words = "|".join(str(each) for each in drawn.itertext())
    assert f"50{SPACE}%|" in words
    assert not re.search(r"\d%", words)
    assert {number_locale(language(code))["percent"] for code in languages()} == {f"{SPACE}%"}
    assert language("de").percent(0.5) == percent(0.5).replace(" ", SPACE) == f"50{SPACE}%"


def test_hostile_texts_stay_data(audit: lk.Audit) -> None:
    spec = json.dumps(charts.chapter_charts(audit, "anchors")["top_anchors"].to_dict())
    assert json.dumps(HOSTILE)[1:40] in spec or "onerror" in spec
    expressions = [each for each in json.loads(spec).get("layer", []) if "onerror" in json.dumps(each)]
    assert expressions == []


@pytest.mark.parametrize("chapter", [None, *CHAPTERS])
def test_the_answer_of_an_incomplete_crawl_is_no_all_clear(chapter: str | None) -> None:
    audit = lk.run_audit(build_small_site(complete=False))
    given = charts.answer(audit, chapter)
    assert given.verdict in {"fix", "look", "unknown"}
    if chapter in {None, "discovery", "depth"}:
        assert "incomplete" in given.caveat
