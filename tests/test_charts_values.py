"""Charts and answers of a small site, number by number."""

import re
from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd
import pytest

from linkkit import charts
from linkkit.audit import Audit, run_audit
from linkkit.charts.anchors import CONTENT
from linkkit.charts.depth import DEEPEST, GROUPS, UNREACHABLE
from linkkit.charts.discovery import NOT_REACHED, REACHED, UNSEEN, UNSURE
from linkkit.charts.theme import check_rows, count_ticks
from linkkit.charts.words import count, percent, shorten
from linkkit.schema import Severity
from linkkit.sources.edges import read_edges
from linkkit.sources.signals import add_signals
from linkkit.thresholds import Thresholds
from tests.site_factory import build
from tests.small_site import START, build_small_site, small_site, with_signals


@pytest.fixture(scope="module")
def audit(tmp_path_factory: pytest.TempPathFactory) -> Audit:
    return run_audit(with_signals(small_site(), tmp_path_factory.mktemp("signals")))


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Audit:
    """A site of one page, without any signal."""
    file = tmp_path_factory.mktemp("tiny") / "edges.csv"
    file.write_text(f"source,target\n{START},{START}\n", "utf-8")
    return run_audit(read_edges(file, start_url=START))


def _title(chart: alt.Chart) -> str:
    text = chart.to_dict()["title"]["text"]
    return text if isinstance(text, str) else " ".join(text)


def _notes(chart: alt.Chart) -> str:
    return " ".join(chart.to_dict()["title"].get("subtitle", []))


def _strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for each in value.values() for text in _strings(each)]
    if isinstance(value, list):
        return [text for each in value for text in _strings(each)]
    return [value] if isinstance(value, str) else []


def test_depth_counts_pages_and_money_pages(audit: Audit) -> None:
    table = charts.depth_table(audit)
    everything = table[table["group"] == GROUPS[0]].set_index("depth")["pages"]
    assert everything.to_dict() == {UNREACHABLE: 5, 0: 1, 1: 6, 2: 16, 3: 7, 4: 1, 5: 1, 6: 2}
    money = table[table["group"] == GROUPS[1]].set_index("depth")["pages"]
    assert money.to_dict() == {2: 1, 6: 1}
    linked = table[table["group"] == GROUPS[2]]
    assert linked["pages"].sum() == 3


def test_depth_title_follows_the_limit(audit: Audit) -> None:
    table = charts.depth_table(audit)
    assert _title(charts.depth_chart(table, max_depth=3)) == (
        "4 pages lie deeper than 3 clicks, 1 of them a money page; 5 pages cannot be reached at all"
    )
    assert _title(charts.depth_chart(table, max_depth=6)) == (
        "Every page that can be reached lies within 6 clicks; 5 pages cannot be reached at all"
    )
    assert "limit of 6 clicks" in _notes(charts.depth_chart(table, max_depth=6))


def test_deep_pages_share_a_bar() -> None:
    table = pd.DataFrame({"group": GROUPS[0], "depth": range(200), "pages": 1})
    chart = charts.depth_chart(table, max_depth=3).to_dict()
    rows = next(iter(chart["datasets"].values()))
    assert len(rows) == DEEPEST + 1
    assert max(row["pages"] for row in rows) == 200 - DEEPEST
    assert {row["clicks"] for row in rows} >= {"0", f"{DEEPEST}+"}


def test_depth_by_section_names_the_worst_section(audit: Audit) -> None:
    table = charts.depth_by_section_table(audit)
    assert table["pages"].sum() == charts.depth_table(audit).query("group == @GROUPS[0]")["pages"].sum() == 39
    assert _title(charts.depth_by_section_chart(table, max_depth=3)) == (
        "/blog/ holds 75 % of the 4 pages deeper than 3 clicks"
    )


def test_small_sections_stand_together(audit: Audit) -> None:
    table = charts.depth_by_section_table(audit, sections=2)
    assert (
        set(table["section"]) == {"/guides/", "/blog/", "other sections"} or len(set(table["section"])) == 3
    )
    assert table["pages"].sum() == 39


def test_orphan_states(audit: Audit) -> None:
    table = charts.orphan_states_table(audit).set_index("state")
    assert table["pages"].to_dict() == {
        "orphan": 2,
        "island": 2,
        "nofollow_only": 1,
        "non_indexable_sources_only": 0,
        "chrome_only": 4,
        "inconclusive": 0,
    }
    assert table.loc["orphan", "with_signals"] == 2
    assert (
        _title(charts.orphan_states_chart(table.reset_index()))
        == "5 of 39 indexable pages cannot be reached by following links"
    )


def test_an_incomplete_crawl_is_never_an_all_clear() -> None:
    audit = run_audit(build_small_site(complete=False))
    title = _title(charts.orphan_states_chart(charts.orphan_states_table(audit)))
    assert "cannot be judged" in title
    assert "INCOMPLETE (page limit 40)" in charts.source_note(audit)
    assert charts.answer(audit, "discovery").verdict == "unknown"
    assert "page limit 40" in str(charts.answer(audit, "discovery"))


def test_found_in_tells_what_each_source_knows(audit: Audit) -> None:
    table = charts.found_in_table(audit)
    sitemap = table[table["source"] == "Sitemap"].set_index("state")["pages"]
    assert sitemap.to_dict() == {REACHED: 33, NOT_REACHED: 5}
    assert set(table["source"]) == {"Sitemap", "Search Console", "Backlinks", "Lists (money pages)"}


def test_without_a_second_source_the_chart_says_so(tiny: Audit) -> None:
    chart = charts.found_in_chart(charts.found_in_table(tiny))
    assert "orphans cannot be found" in _title(chart)


def test_linking_pages(audit: Audit) -> None:
    table = charts.linking_pages_table(audit)
    counts = table.set_index("linking_pages")["pages"]
    assert counts.sum() == 39
    assert counts[["0", "1", "2", "26–100"]].tolist() == [3, 19, 10, 5]
    chart = charts.linking_pages_chart(table, weak=1)
    assert _title(chart) == "22 pages (56 %) hang on 1 linking page or fewer"
    assert _title(charts.linking_pages_chart(table, weak=0)) == "3 pages have no linking page"


def test_anchor_kinds(audit: Audit) -> None:
    table = charts.anchor_kinds_table(audit)
    content = table[table["place"] == CONTENT].set_index("kind")
    assert content["links"].to_dict() == {"descriptive": 50, "generic": 4, "empty": 1, "url": 1}
    assert content.index.tolist() == ["descriptive", "generic", "empty", "url"], (
        "as they are told, not by letters"
    )
    assert content["share"].sum() == pytest.approx(1)
    assert _title(charts.anchor_kinds_chart(table)) == "11 % of 56 content links do not say where they lead"


def test_texts_for_several_pages_come_first(audit: Audit) -> None:
    table = charts.top_anchors_table(audit)
    assert table["anchor"].tolist()[:2] == ["our guide", "the other shore"]
    assert table["targets"].tolist()[:2] == [12, 2]
    assert table["links"].tolist()[:3] == [12, 2, 12]
    assert (
        _title(charts.top_anchors_chart(table, ambiguous=2))
        == "2 descriptive texts lead to 2 or more different pages"
    )
    assert (
        _title(charts.top_anchors_chart(table, ambiguous=3))
        == "1 descriptive text leads to 3 or more different pages"
    )


def test_findings_count_what_the_audit_found(audit: Audit) -> None:
    table = charts.findings_table(audit)
    assert table["findings"].sum() == len(audit.findings)
    assert table.iloc[0]["severity"] == "high"
    only = charts.findings_table(audit, "depth")
    assert set(only["chapter"]) == {"depth"}
    assert only["findings"].sum() == (audit.findings["chapter"] == "depth").sum()


def test_unjudged_checks_are_named_below_the_title(audit: Audit) -> None:
    chart = charts.chapter_charts(audit)["findings"]
    assert (
        "15 checks could not be judged: pages were not rendered: their links are those of the HTML as served; no data on bot_hits; no data on page text (the source kept none); no data on cluster, is_pillar; no data on cluster"
        in _notes(chart)
    )


def test_indexability_covers_every_url(audit: Audit) -> None:
    table = charts.indexability_table(audit)
    assert table.set_index("reason")["urls"].to_dict() == {"indexable": 39, "redirect": 1, "client_error": 1}
    assert _title(charts.indexability_chart(table)) == "39 of 41 known URLs can stand in a search index"


def test_charts_render_without_a_browser(audit: Audit, tmp_path: Path) -> None:
    for name, chart in charts.chapter_charts(audit, "depth").items():
        chart.save(tmp_path / f"{name}.svg")
        text = (tmp_path / f"{name}.svg").read_text("utf-8")
        assert "<text" in text, name
        assert "deeper than 3 clicks" in re.sub("<[^>]+>", "", text), name


def test_hostile_text_stays_text(audit: Audit, tmp_path: Path) -> None:
    chart = charts.top_anchors_chart(charts.top_anchors_table(audit, top=40))
    assert any(text.startswith("<img src=x") for text in _strings(chart.to_dict()))
    chart.save(tmp_path / "anchors.svg")
    text = (tmp_path / "anchors.svg").read_text("utf-8")
    assert "<script" not in text
    assert "<img" not in text
    assert "&lt;img src=x" in text


def test_large_tables_are_refused() -> None:
    with pytest.raises(ValueError, match="aggregate to at most 5,000"):
        check_rows(pd.DataFrame({"x": range(5_001)}))


def test_answers_say_the_numbers(audit: Audit) -> None:
    assert charts.answer(audit, "discovery").sentence == (
        "5 of 39 indexable pages cannot be reached by following links: 2 pages have no internal link at all; 2 are linked "
        "only from pages that cannot be reached either; 1 has only nofollow links. 1 of them holds backlinks. 17 pages hang "
        "on 1 linking page; 4 pages are linked only from menus, footers or sidebars."
    )
    assert charts.answer(audit, "depth").sentence.startswith(
        "4 of 34 reachable pages lie deeper than 3 clicks, 1 of them a money page; the deepest is 6 clicks away."
    )
    assert charts.answer(audit, "anchors").sentence.startswith(
        "6 of 56 content links (11 %) do not say where they lead: 4 generic, 1 without any text, 1 an address."
    )
    assert charts.answer(audit, "links").sentence == (
        "Internal links point to 2 addresses they should not: 1 broken, 1 redirected."
    )
    assert charts.answer(audit, "depth").verdict == "fix"


def test_answers_follow_the_thresholds(audit: Audit) -> None:
    relaxed = audit.with_thresholds(Thresholds(max_crawl_depth=10))
    assert charts.answer(relaxed, "depth").sentence.startswith(
        "All 34 reachable pages lie within 10 clicks of the start page."
    )


def test_a_verdict_says_what_findings_and_gate_say(audit: Audit) -> None:
    """Findings of medium severity are worth a look as long as the gate on what they are about holds."""
    assert not audit.found("anchors").severities[Severity.HIGH]
    said = {
        share: charts.answer(
            audit.with_thresholds(Thresholds(min_descriptive_anchors=share)), "anchors"
        ).verdict
        for share in (0.5, 1.0)
    }
    assert said == {0.5: "look", 1.0: "fix"}


def test_a_clean_site_gets_a_clean_answer(tiny: Audit) -> None:
    assert charts.answer(tiny, "links").verdict == "good"
    assert charts.answer(tiny, "depth").sentence.startswith("All 1 reachable page lies within 3 clicks")


def test_unknown_chapter_is_refused(audit: Audit) -> None:
    with pytest.raises(KeyError, match="known are discovery"):
        charts.answer(audit, "weather")


def test_words() -> None:
    assert [count(n, "page") for n in (0, 1, 1_000)] == ["no pages", "1 page", "1,000 pages"]
    assert [percent(share) for share in (0, 0.0004, 0.5, 0.9999, 1)] == [
        "0 %",
        "< 1 %",
        "50 %",
        "> 99 %",
        "100 %",
    ]
    assert len(shorten("x" * 500, 20)) == 20
    assert shorten("a\u202eb", 20) == "a\ufffdb"
    assert count_ticks(3) == [0, 1, 2, 3]
    assert count_ticks(1_234_567, ticks=3)[-1] <= 1_234_567


def _coverage() -> Audit:
    pages = [
        {"path": "/", "found_in": ["crawl", "sitemap", "logs"], "bot_hits": 30},
        {"path": "/a", "found_in": ["crawl", "sitemap", "logs"], "bot_hits": 4},
        {"path": "/b", "found_in": ["crawl"], "bot_hits": 0},
        {"path": "/c", "found_in": ["crawl", "sitemap"], "bot_hits": 0},
        {"path": "/lost", "found_in": ["sitemap"], "clicks": 12, "sessions": 5, "referring_domains": 2},
        {"path": "/unseen", "found_in": ["logs"], "crawled": False, "bot_hits": 1},
        {"path": "/old", "status": 301, "redirect_to": "/a", "found_in": ["sitemap"], "bot_hits": 6},
        {"path": "/gone", "status": 404, "found_in": ["sitemap"]},
    ]
    return run_audit(build(pages, ["/ -> /a", "/a -> /b", "/b -> /c", "/ -> /gone"]))


def test_the_matrix_counts_each_page_once_by_the_sources_that_know_it() -> None:
    table = charts.found_in_matrix_table(_coverage())
    assert {int(row.found_in): int(row.pages) for row in table.itertuples()} == {
        35: 2,
        1: 1,
        3: 1,
        2: 1,
        32: 1,
    }
    assert table["pages"].sum() == 6
    chart = charts.found_in_matrix_chart(table)
    assert _title(chart) == "2 of 6 pages are known from other sources only, not from links"
    assert "Crawl (links) and Sitemap and Server logs: 2" in chart.to_dict()["description"]
    overlap = charts.found_in_overlap_table(table).set_index("Known from")
    assert overlap.loc["Sitemap"].to_dict() == {"Crawl (links)": 3, "Sitemap": 4, "Server logs": 2}
    assert overlap.loc["Crawl (links)", "Crawl (links)"] == 4


def test_the_matrix_needs_a_second_source(tiny: Audit) -> None:
    chart = charts.found_in_matrix_chart(charts.found_in_matrix_table(tiny))
    assert _title(chart) == "The crawl is the only source, so that nothing can be compared"


def test_lost_pages_are_drawn_however_few_they_are() -> None:
    """Sixteen combinations of sources hold more pages than the one that no link leads to."""
    linked = [
        {"path": f"/{place}-{copy}", "found_in": ["crawl", *(name for bit, name in enumerate(("sitemap", "search_console", "analytics", "backlinks")) if place >> bit & 1)]}
        for place in range(16) for copy in range(2)
    ]  # fmt: skip
    lost = {"path": "/lost", "found_in": ["list"], "is_money_page": True}
    table = charts.found_in_matrix_table(run_audit(build(["/", lost, *linked], ["/ -> /0-0"])))
    drawn = charts.found_in_matrix_chart(table).to_dict()
    assert "Lists: 1" in drawn["description"].split("; ")
    assert len(drawn["description"].split("; ")) == 14


def test_narrow_segments_are_told_at_the_end_of_the_bar() -> None:
    linked = [{"path": f"/{place}", "found_in": ["crawl", "sitemap"]} for place in range(60)]
    pages = ["/", *linked, {"path": "/lost", "found_in": ["sitemap"]}]
    table = charts.found_in_table(run_audit(build(pages, [f"/ -> /{place}" for place in range(60)])))
    data = charts.found_in_chart(table).to_dict()["datasets"].values()
    assert [row["note"] for rows in data for row in rows if "note" in row] == ["1 no path"]


def test_coverage_of_an_incomplete_crawl_is_no_all_clear() -> None:
    pages = [
        "/",
        {"path": "/a", "found_in": ["crawl", "sitemap"]},
        {"path": "/asked", "found_in": ["sitemap"]},
        {"path": "/not-asked", "found_in": ["sitemap"], "crawled": False},
    ]
    audit = run_audit(build(pages, ["/ -> /a"], complete=False, stopped_by="page limit 3"))
    table = charts.found_in_table(audit)
    assert dict(zip(table["state"], table["pages"], strict=True)) == {REACHED: 1, UNSURE: 1, UNSEEN: 1}
    assert _title(charts.found_in_chart(table)) == (
        "The sitemap lists 2 URLs that cannot be judged: the crawl did not reach them"
    )
    matrix = charts.found_in_matrix_chart(charts.found_in_matrix_table(audit))
    assert "known from other sources only; the crawl is incomplete" in " ".join(_title(matrix).split())


def test_the_sitemap_by_what_its_entries_are() -> None:
    table = charts.sitemap_state_table(_coverage())
    assert dict(zip(table["state"], table["pages"], strict=True)) == {
        "Listed and indexable": 4,
        "Listed, redirects": 1,
        "Listed, not found (4xx)": 1,
        "Indexable, missing from the sitemap": 1,
    }
    chart = charts.sitemap_state_chart(table)
    assert (
        _title(chart) == "The sitemap lists 2 URLs that cannot stand in an index and lacks 1 indexable page"
    )
    good = table[table["state"] == "Listed and indexable"]
    assert (
        _title(charts.sitemap_state_chart(good)) == "The sitemap lists every indexable page, and nothing else"
    )


def test_robots_by_depth_count_what_folds_into_a_page() -> None:
    table = charts.bot_hits_table(_coverage()).set_index("label")
    assert table["pages"].to_dict() == {"0": 1, "1": 1, "2": 1, "3": 1, "no path": 1}
    assert table["hits"].to_dict() == {"0": 30, "1": 10, "2": 0, "3": 0, "no path": 0}
    assert table["unvisited"].to_dict() == {"0": 0, "1": 0, "2": 1, "3": 1, "no path": 1}
    chart = charts.bot_hits_chart(table.reset_index())
    assert _title(chart) == "Robots never asked for 3 of 5 indexable pages in the time of the log"
    assert table["elsewhere"].tolist() == [1] * 5
    assert "40 requests of them by search engines' robots. 1 more request went to addresses" in str(
        chart.to_dict()["title"]
    )


def test_a_log_that_nobody_verified_says_so(tmp_path: Path) -> None:
    line = '1.2.3.4 - - [10/Oct/2026:13:55:36 +0000] "GET /{} HTTP/1.1" {} 9 "-" "Googlebot/2.1"\n'
    log = tmp_path / "log"
    log.write_text(line.format("a", 200) + line.format("never", 404) * 2)
    site = add_signals(build(["/", "/a"], ["/ -> /a"]), logs=log)
    table = charts.bot_hits_table(run_audit(site))
    assert (table["elsewhere"].tolist(), table["claimed"].tolist()) == ([2, 2], [True, True])
    title = str(charts.bot_hits_chart(table).to_dict()["title"])
    assert "2 more requests went to addresses" in title
    assert "claim, not verified" in title


def test_without_sitemap_and_log_their_charts_say_so(tiny: Audit) -> None:
    assert _title(charts.sitemap_state_chart(charts.sitemap_state_table(tiny))) == "No sitemap to judge"
    assert "crawl priority is unknown" in _title(charts.bot_hits_chart(charts.bot_hits_table(tiny)))


def test_orphans_name_what_they_waste() -> None:
    audit = _coverage()
    table = charts.orphan_states_table(audit).set_index("state")
    assert table.loc["orphan", ["pages", "clicks", "sessions", "referring_domains"]].tolist() == [1, 12, 5, 2]
    chart = charts.orphan_states_chart(table.reset_index())
    assert "1  (12 clicks, 5 sessions, 2 ref. domains)" in chart.to_dict()["description"]


@pytest.mark.parametrize(
    ("reason", "advice"),
    [
        ("the start page has no links to the site's pages: it holds 3 scripts and no link to a page of the site, so that its "
         "links need JavaScript", "Crawl the site with a tool that renders JavaScript"),
        ("only the start page was found: it is a frameset, and its links are in the frames", "Crawl from the frame"),
        ("only the start page was found: it holds neither links to other pages of the site nor scripts", "Is it a holding page or a log-in?"),
        ("page limit 40", "Crawl on without the limit"),
        ("the export holds no links; add all_inlinks or all_outlinks", "Export all_inlinks as well"),
        ("4 linked URLs have no row in the file", "Let the tool crawl the whole site"),
        ("interrupted", "it goes on where it stopped"),
        ("something else", "Crawl the rest of the site"),
    ],
)  # fmt: skip
def test_an_incomplete_crawl_comes_with_advice(reason: str, advice: str) -> None:
    audit = run_audit(build(["/", "/a"], ["/ -> /a"], complete=False, stopped_by=reason))
    for chapter in ("discovery", "depth"):
        told = charts.answer(audit, chapter)
        assert told.verdict == "unknown"
        assert f"the crawl is incomplete ({reason})" in told.sentence
        assert advice in told.sentence
