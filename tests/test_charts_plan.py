"""Charts, words and exports of the plan: numbers by hand, every case said, nothing of a page run."""

import csv
import json
from pathlib import Path
from typing import Any

import altair as alt
import openpyxl
import pandas as pd
import pytest

import linkkit as lk
from linkkit import charts, deck
from linkkit.charts.plan import GOAL, OTHERS, holds_words
from linkkit.charts.robust import CRAWLS, MODELS, OWN
from linkkit.deck.definitions import PLAN_COLUMNS, TARGET_COLUMNS
from linkkit.plan import Change, Planning, PlanSettings, Proposal, plan_links, simulate, simulate_changes
from linkkit.plan.headline import goal_words
from linkkit.plan.link_plan import Constraints
from linkkit.wording import fine
from tests.site_factory import build
from tests.small_site import HOSTILE_URL, small_site, with_signals


@pytest.fixture(scope="module")
def audit(tmp_path_factory: pytest.TempPathFactory) -> lk.Audit:
    return lk.run_audit(with_signals(small_site(), tmp_path_factory.mktemp("signals")))


@pytest.fixture(scope="module")
def proposal(audit: lk.Audit) -> Proposal:
    return Planning(audit).propose(PlanSettings(links=6))


@pytest.fixture(scope="module")
def poor() -> Proposal:
    """No money pages, no backlinks."""
    return Planning(lk.run_audit(small_site())).propose()


def _title(chart: alt.TopLevelMixin) -> str:
    return " ".join(chart.to_dict()["title"]["text"])


def _notes(chart: alt.TopLevelMixin) -> str:
    return " ".join(chart.to_dict()["title"].get("subtitle", []))


def _planned(pages: list[Any], links: list[Any], pairs: list[tuple[int, int]], k: int = 3, **more: Any) -> lk.plan.LinkPlan:  # fmt: skip
    audit = lk.run_audit(build(pages, links))
    table = pd.DataFrame(pairs, columns=["source_id", "target_id"])
    return plan_links(audit, table, constraints=Constraints(k), **more)


def test_headlines_of_plans_by_hand() -> None:
    pages = [{"path": "/", "referring_domains": 1}, "/a", {"path": "/buy", "is_money_page": True}]
    plan = _planned(pages, ["/ -> /a", "/ -> /buy"], [(1, 2)])
    # Half of 0.85 moves on to the money page, which keeps 0.15 of it; with the link a hands on all it passes.
    before, after = 0.85 / 2 * 0.15, (0.85 / 2 + 0.85**2 / 2) * 0.15
    assert (plan.before, plan.after) == pytest.approx((before, after))
    words = "authority that backlinks bring"
    assert charts.plan_headline(plan) == (
        f"Of every 100 units of {words}, 6.4 reach money pages today, 11.8 after this link: each backlink is worth 1.85 times as much"
    )
    none = _planned(pages, ["/ -> /a"], [(0, 2), (1, 2)])
    assert charts.plan_headline(none) == (
        f"Nothing of the {words} reaches money pages today; {fine(none.after)} of every 100 units do after these 2 links"
    )
    full = _planned(pages, ["/ -> /a", "/ -> /buy", "/a -> /buy"], [(1, 2)])
    assert charts.plan_headline(full).startswith("No link that is missing and relevant would bring more to money pages: 11.8 of every 100")  # fmt: skip
    start = charts.plan_headline(plan, "authority that enters at the start page")
    assert start.endswith("whatever enters there is worth 1.85 times as much")
    lost = _planned([*pages, "/lost"], ["/ -> /a", "/ -> /buy"], [(1, 3), (1, 2)], goal="orphans first")
    assert charts.plan_headline(lost).startswith("1 page that no path leads to gets a link; of every 100 units")  # fmt: skip


def test_goals_in_words() -> None:
    goals = ("money pages", "orphans first", "orphans", "pillars", "/shop/", "3 chosen pages")
    assert [goal_words(goal) for goal in goals] == [
        "money pages", "money pages", "pages out of reach", "pillar pages", "“/shop/”", "3 chosen pages"
    ]  # fmt: skip


def test_the_answer_says_model_and_how_sure(proposal: Proposal, poor: Proposal) -> None:
    answer = charts.plan_answer(proposal)
    assert answer.verdict == "fix"
    assert "(model: reasonable surfer weights, damping 0.85)." in answer.sentence
    assert proposal.holds is not None
    held = int((~proposal.holds["flips"]).sum())
    assert f"{'All 6' if held == 6 else held} " in answer.caveat
    assert "10 models tried" in answer.caveat
    missing = charts.plan_answer(poor)
    assert missing.verdict == "unknown"
    assert missing.sentence.startswith("No money pages are known")
    assert "notebook 01" in missing.sentence
    assert holds_words(poor) == ""


def test_targets_keep_goal_pages_and_others_apart(proposal: Proposal) -> None:
    pages = proposal.targets(10)
    assert pages is not None
    table = charts.targets_table(pages, proposal.robustness, top=3)
    assert table["group"].tolist() == [OTHERS] * 3 + [GOAL] * 2
    assert (table["is_goal"] == (table["group"] == GOAL)).all()
    assert table["average"].iloc[0] == pytest.approx(pages["landing_yield"].mean())
    assert ((table["rank_low"] <= table["rank"]) & (table["rank"] <= table["rank_high"])).all()
    assert (table["variants"] == 12).all()
    assert table[table["group"] == GOAL]["holds_in"].tolist() == [12, 12]
    best = pages[~pages["is_goal"]].iloc[0]
    chart = charts.targets_chart(table, domains=10)
    assert f"{100 * best['gain']:.1f}\xa0% more" in _title(chart)
    assert "Outside the money pages" in _title(chart)
    assert "Not among the best of its kind under every model" in _notes(chart)
    bare = charts.targets_table(pages)
    assert bare[["rank_low", "holds_in"]].isna().all().all()


def test_the_stairs_rise_by_each_gain(proposal: Proposal) -> None:
    steps = proposal.steps
    assert steps["gain"].iloc[1:].tolist() == pytest.approx(proposal.links["gain"].tolist())
    assert (steps["gain"].iloc[1:] > 0).all()
    chart = charts.plan_chart(steps, title="T")
    rows = next(iter(each for each in chart.to_dict()["datasets"].values() if len(each) == 7))
    assert [row["number"] for row in rows] == list(range(7))
    assert "Half of the gain comes from the first" in _notes(chart)
    assert "no link to add" in json.dumps(charts.plan_chart(steps.head(1)).to_dict())


def test_the_comparison_counts_all_ways_alike(proposal: Proposal) -> None:
    chart = charts.comparison_chart(proposal.plan)
    assert "chooses 6 links from the same" in _notes(chart)
    labels = {row["label"] for rows in chart.to_dict()["datasets"].values() for row in rows}
    assert labels == {"This plan", "From the strongest pages", "By hand-set weights", "At random (mean)"}
    assert charts.comparison_chart(None).to_dict()["title"]["text"] == ["No link plan"]


def test_every_variant_is_a_row(proposal: Proposal) -> None:
    table = charts.robustness_table(proposal.robustness)
    assert table["kind"].tolist() == [OWN, *[MODELS] * 9, *[CRAWLS] * 2]
    assert table["label"].tolist()[:2] == ["reasonable surfer, damping 0.85", "reasonable surfer, damping 0.5"]  # fmt: skip
    assert table["label"].tolist()[-2:] == ["90 % of the pages crawled", "75 % of the pages crawled"]
    chart = charts.robustness_chart(table)
    assert _title(chart).startswith(
        "Under 10 models 1.1 to 2.8 of 100 units reach money pages; at least 75 %"
    )


def test_before_and_after_are_the_ledgers(audit: lk.Audit) -> None:
    add = [("/guides/guide-8/", "/shop/tents/corrie/"), ("/", "/shop/tents/deep-tent/")]
    simulated = simulate(audit, add_links=add[1:])
    table = charts.whatif_table(simulated).set_index("outcome")
    assert table["before"].sum() == pytest.approx(1.0, abs=1e-9)
    assert table["after"].sum() == pytest.approx(1.0, abs=1e-9)
    assert table.loc["money_pages", "after"] == pytest.approx(simulated.after.authority.captured)
    assert list(table.index[:2]) == ["money_pages", "other_indexable"]
    title = charts.whatif_headline(simulated, 1)
    now, then = (each.authority.captured for each in (simulated.before, simulated.after))
    assert title.startswith(f"With this change {100 * then:.2f} of every 100 units of authority that backlinks bring reach money pages instead of {100 * now:.2f}")  # fmt: skip
    chart = charts.whatif_chart(charts.whatif_table(simulated), title=title, model="M", source="S")
    assert _notes(chart).endswith("M S")
    assert charts.whatif_headline(simulate(audit), 0).startswith("Nothing is changed yet")
    more = simulate_changes(audit, [Change("new referring domains", "/", domains=5)])
    assert "times as much as today, what" in charts.whatif_headline(more, 1)
    view = charts.summary_view(simulated).set_index("Measure")
    assert view.loc["Indexable pages out of reach of the start page", "Today"] == "5 pages"
    assert view.loc["Indexable pages out of reach of the start page", "Change"] == "as today"
    assert view.loc["Authority that reaches money pages", "Change"] == f"{100 * (then - now):+.2f}"


def test_without_money_pages_each_chart_says_what_to_add(poor: Proposal) -> None:
    made = charts.plan_charts(poor)
    assert list(made) == ["backlink_targets", "link_plan", "link_plan_comparison", "plan_robustness"]
    for chart in made.values():
        assert "List them in notebook 01" in _notes(chart)
        assert "cannot be said" in _title(chart) or "no plan" in _title(chart)
    simulated = simulate(poor.audit, add_links=[("/", "/guides/guide-3/")])
    assert charts.whatif_headline(simulated, 1).endswith("no money pages are known")
    assert not charts.summary_view(simulated)["Measure"].str.contains("oney pages").any()


def test_another_goal_needs_no_money_pages(poor: Proposal) -> None:
    guides = poor.planning.propose(PlanSettings(goal="/guides/", links=2))
    assert guides.plan is not None
    made = charts.plan_charts(guides)
    assert "“/guides/”" in _title(made["link_plan"])
    assert "“/guides/”" in _title(made["plan_robustness"])
    assert "Outside the “/guides/”" in _title(made["backlink_targets"])


def test_every_chart_is_whole_and_names_its_model(proposal: Proposal) -> None:
    for name, chart in charts.plan_charts(proposal).items():
        spec = chart.to_dict()
        assert spec["description"], name
        assert "Source: " in _notes(chart), name
        assert name == "plan_robustness" or "Model: reasonable surfer" in _notes(chart), name
        assert sum(map(len, spec["datasets"].values())) < 500, name


def test_hostile_addresses_stay_data(audit: lk.Audit) -> None:
    planning = Planning(audit)
    proposal = planning.propose(PlanSettings(links=3, goal=HOSTILE_URL))
    assert len(proposal.links)
    for chart in charts.plan_charts(proposal).values():
        text = json.dumps(chart.to_dict())
        assert "datum.<script" not in text
        titles = json.dumps([each for each in _walk(chart.to_dict()) if each.startswith("datum")])
        assert "script" not in titles


def _walk(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for each in value.values() for text in _walk(each)]
    if isinstance(value, list):
        return [text for each in value for text in _walk(each)]
    return [value] if isinstance(value, str) else []


# Exports


def test_the_plan_and_its_targets_as_files(proposal: Proposal, tmp_path: Path) -> None:
    written = deck.export_plan(proposal, tmp_path, domains=5, charts={"link_plan": charts.plan_charts(proposal)["link_plan"]})  # fmt: skip
    assert [path.name for path in written] == [
        "link-plan.csv", "backlink-targets.csv", "link-plan.xlsx", "link_plan.png", "link_plan.svg"
    ]  # fmt: skip
    rows = list(csv.DictReader(written[0].open(encoding="utf-8-sig")))
    assert list(rows[0]) == [column.name for column in PLAN_COLUMNS]
    assert [row["source"] for row in rows] == proposal.links["source"].tolist()
    assert [float(row["gain"]) for row in rows] == pytest.approx(proposal.links["gain"].tolist())
    assert rows[0]["holds_in"].endswith("of 10 models")
    pages = list(csv.DictReader(written[1].open(encoding="utf-8-sig")))
    assert list(pages[0]) == [column.name for column in TARGET_COLUMNS]
    assert {row["new_domains"] for row in pages} == {"5"}
    assert len(pages) == len(proposal.robustness.pages)
    assert sum(row["holds_in"] != "" for row in pages) == len(proposal.robustness.targets)
    book = openpyxl.load_workbook(written[2])
    assert book.sheetnames == ["Link plan", "Backlink targets", "Models", "Definitions", "About this file"]
    assert book["Link plan"].max_row == 7
    assert book["Models"].max_row == 13
    terms = [row[1].value for row in book["Definitions"].iter_rows(min_row=2)]
    assert any(str(term).startswith("Model: reasonable surfer") for term in terms)
    assert {column.heading for column in (*PLAN_COLUMNS, *TARGET_COLUMNS)} <= set(terms)


def test_texts_of_pages_are_no_formulas(proposal: Proposal, tmp_path: Path) -> None:
    from dataclasses import replace

    assert proposal.plan is not None
    evil = '=HYPERLINK("http://x")'
    links = proposal.plan.links.assign(phrase=evil, sentence=f"+{evil}", alternatives=[(evil, "b")] * 6)
    hostile = replace(proposal, plan=replace(proposal.plan, links=links))
    table, _, book = deck.export_plan(hostile, tmp_path)
    row = next(csv.DictReader(table.open(encoding="utf-8-sig")))
    assert row["phrase"] == f"'{evil}"
    assert row["sentence"].startswith("'+")
    assert row["alternatives"].startswith("'=")
    sheet = openpyxl.load_workbook(book)["Link plan"]
    kinds = {cell.data_type for cells in sheet.iter_rows(min_row=2) for cell in cells}
    assert "f" not in kinds


def test_without_a_plan_the_files_are_empty_and_say_why(poor: Proposal, tmp_path: Path) -> None:
    links, pages, book = deck.export_plan(poor, tmp_path)
    assert links.read_text("utf-8-sig").splitlines() == [",".join(column.name for column in PLAN_COLUMNS)]
    assert len(pages.read_text("utf-8-sig").splitlines()) == 1
    meanings = [row[3].value for row in openpyxl.load_workbook(book)["Definitions"].iter_rows(min_row=2)]
    assert any("No money pages are known" in str(each) for each in meanings)
