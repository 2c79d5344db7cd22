"""Tables and charts of authority on sites small enough to work out by hand, at damping one half."""

import json
import re
from pathlib import Path
from typing import Any

import altair as alt
import pytest

import linkkit as lk
from linkkit import charts
from linkkit.audit import Audit, run_audit
from linkkit.charts.authority import ENDS
from linkkit.charts.balance import EVEN, MOST_POINTS, OVER, UNDER
from linkkit.charts.chapters import authority_charts
from linkkit.charts.flow import REST
from linkkit.charts.stalls import BEST, WORST
from linkkit.charts.words import distinct, units
from linkkit.deck import export_chapter
from linkkit.deck.language import language
from linkkit.deck.story.writing import value_text
from linkkit.linkmodel import LinkModel
from linkkit.metrics.authority import LEAKS, LEDGER
from linkkit.metrics.journeys import carried, clicks_from_landing, section_journeys
from linkkit.metrics.leaks import OTHER_SITES, costliest_links, leaking_links
from tests.site_factory import build, url
from tests.small_site import build_small_site, with_signals

HALF = LinkModel(damping=0.5)
PAGES = [
    {"path": "/", "referring_domains": 3},
    "/blog/a",
    {"path": "/shop/money", "is_money_page": True},
    {"path": "/gone", "status": 404},
]
LINKS = ["/ -> /blog/a", "/ -> /gone", "/blog/a -> /shop/money"]


@pytest.fixture(scope="module")
def chain() -> Audit:
    """The start page hands half of its half to a post and half to an error page; the post all of its half to money."""
    return run_audit(build(PAGES, LINKS), model=HALF)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Audit:
    return run_audit(with_signals(build_small_site(), tmp_path_factory.mktemp("signals")))


def _title(chart: alt.Chart) -> str:
    text = chart.to_dict()["title"]["text"]
    return text if isinstance(text, str) else " ".join(text)


def _notes(chart: alt.Chart) -> str:
    return " ".join(chart.to_dict()["title"].get("subtitle", []))


def test_ledger_rows_follow_each_other(chain: Audit) -> None:
    table = charts.ledger_table(chain)
    assert table["outcome"].tolist() == ["money_pages", "other_indexable", "broken", "dead_end"]
    assert table["share"].tolist() == pytest.approx([0.0625, 0.625, 0.25, 0.0625])
    assert table["start"].tolist() == pytest.approx([0, 0.0625, 0.6875, 0.9375])
    assert table["stop"].iloc[-1] == pytest.approx(1)
    assert table["end"].tolist() == [ENDS["money_pages"], ENDS["other_indexable"], ENDS["lost"], ENDS["lost"]]
    chart = charts.chapter_charts(chain, "authority")["authority_ledger"]
    assert _title(chart) == (
        "Of every 100 units of authority that backlinks bring, 6.2 reach money pages, 62.5 settle elsewhere, 31.2 are lost"
    )


def test_answer_tells_the_ledger_the_cause_the_model_and_the_best_landing(chain: Audit) -> None:
    sentence = charts.answer(chain, "authority").sentence
    assert sentence.startswith(
        "Of every 100 units of authority that backlinks bring, 6.2 reach money pages, 62.5 settle elsewhere, 31.2 are lost, "
        "most of it through links to error pages (model: reasonable surfer weights, damping 0.5"
    )
    assert "50 would reach money pages if it led to /shop/money, 25 if it led to /blog/a" in sentence


def test_landing_pages_have_their_own_ledgers(chain: Audit) -> None:
    table = charts.landing_table(chain)
    assert table["url"].tolist() == [url("/")]
    assert table.loc[
        0, ["entry_share", "referring_domains", "money_pages", "broken"]
    ].tolist() == pytest.approx([1, 3, 0.0625, 0.25])
    assert table[list(LEDGER)].sum(axis=1).tolist() == pytest.approx([1])


def test_a_backlink_to_a_dead_page_lands_and_is_lost() -> None:
    pages = [*PAGES[:3], {"path": "/gone", "status": 404, "referring_domains": 3}]
    audit = run_audit(build(pages, LINKS), model=HALF)
    landing = charts.landing_table(audit).set_index("url")
    assert landing.loc[url("/gone"), ["entry_share", "broken"]].tolist() == pytest.approx([0.5, 1])
    leaks = charts.leaks_table(audit)
    assert leaks[["url", "cause", "is_landing"]].iloc[0].tolist() == [url("/gone"), "broken", True]
    assert leaks["share"].sum() == pytest.approx(audit.ledger[list(LEAKS)].sum())
    chart = charts.leaks_chart(leaks)
    assert "backlinks land on it: links to error pages" in json.dumps(chart.to_dict(), ensure_ascii=False)


def test_stalls_leave_money_pages_out(chain: Audit) -> None:
    table = charts.stalls_table(chain)
    assert table["url"].tolist() == [url("/"), url("/blog/a")]
    assert table["authority"].tolist() == pytest.approx([0.5, 0.125])
    assert table["to_money_share"].tolist() == pytest.approx([0.125, 0.5])


def test_leaks_name_page_and_cause(chain: Audit) -> None:
    table = charts.leaks_table(chain)
    assert table[["url", "cause"]].to_numpy().tolist() == [
        [url("/"), "broken"],
        [url("/shop/money"), "dead_end"],
    ]
    assert table["share"].tolist() == pytest.approx([0.25, 0.0625])
    assert _title(charts.leaks_chart(table)) == (
        "/ loses most, 25 of every 100 units, through links to error pages above all"
    )


def test_links_that_leak_cost_what_the_flow_says() -> None:
    links = [
        {"source": "/", "target": "/a"},
        {"source": "/", "target": "/gone", "anchor": "sale", "times": 2},
        {"source": "/", "target": "/b", "nofollow": True, "anchor": "later"},
        {"source": "/", "target": "https://other.example/", "position": "footer"},
        {"source": "/a", "target": "/"},
    ]
    site = build(["/", "/a", "/b", {"path": "/gone", "status": 410}], links)
    audit = run_audit(site)
    table = leaking_links(site, audit.graph, site.page_id(url("/")))
    assert table[["target", "anchor", "position", "links", "cause"]].fillna("").to_numpy().tolist() == [
        [url("/b"), "later", "content", 1, "nofollow"],
        [url("/gone"), "sale", "content", 2, "broken"],
        [OTHER_SITES, "", "footer", 1, "external"],
    ]
    # A content link weighs 1, the one in the footer 0.1; the two to /gone count once.
    assert table["share"].tolist() == pytest.approx([1 / 3.1, 1 / 3.1, 0.1 / 3.1])
    assert leaking_links(site, audit.graph, site.page_id(url("/")), limit=1)["cause"].tolist() == ["nofollow"]
    assert leaking_links(site, audit.graph, site.page_id(url("/a"))).empty


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"weights": "uniform"},
        {"duplicates": "sum"},
        {"nofollow": "drop"},
        {"nofollow": "keep"},
        {"external": "ignore"},
        {"canonicals": "keep"},
    ],
)
def test_links_that_leak_add_up_to_the_leaks_of_every_page(shop: Audit, changed: dict[str, str]) -> None:
    audit = shop.with_model(LinkModel().replace(**changed))
    flow = audit.authority.flow
    for page in range(len(audit.graph)):
        rows = leaking_links(audit.site, audit.graph, page, limit=10_000)
        if audit.graph.stands[page] and len(rows):
            assert rows["share"].sum() == pytest.approx(flow.lost[page].sum())
    every = costliest_links(audit.site, audit.authority, pages=1_000, limit=100_000)
    dead_ends = audit.ledger["dead_end"] + audit.ledger["not_crawled"]
    assert every["lost"].sum() + dead_ends == pytest.approx(audit.ledger[list(LEAKS)].sum())


def test_links_to_pages_that_belong_to_another_site_leak() -> None:
    pages = ["/", "/a", {"path": "/copy", "canonical": "https://other.example/x"}]
    site = build(pages, ["/ -> /a", "/ -> /copy", "/a -> /"])
    audit = run_audit(site)
    table = leaking_links(site, audit.graph, 0)
    assert table[["target", "anchor", "cause"]].to_numpy().tolist() == [
        [url("/copy"), "copy", "off_site_canonical"]
    ]
    assert table["share"].tolist() == pytest.approx([0.5])


def test_section_journeys_are_those_of_the_chain(chain: Audit) -> None:
    table = charts.section_journeys_table(chain).set_index(["from_section", "to_section", "end"])["share"]
    sections = chain.metrics.set_index("url")["section"]
    start, blog, shop = (str(sections[url(path)]) for path in ("/", "/blog/a", "/shop/money"))
    assert table.to_dict() == pytest.approx(
        {
            (start, start, ENDS["other_indexable"]): 0.5,
            (start, start, ENDS["lost"]): 0.25,
            (start, blog, ENDS["other_indexable"]): 0.125,
            (start, shop, ENDS["money_pages"]): 0.0625,
            (start, shop, ENDS["lost"]): 0.0625,
        }
    )
    flow = charts.section_flow_table(chain).set_index(["from_section", "to_section"])["share"]
    assert flow.to_dict() == pytest.approx({(start, blog): 0.25, (blog, shop): 0.125})


def test_section_journeys_sum_to_one_and_agree_with_the_ledger(shop: Audit) -> None:
    rows = section_journeys(shop.authority, shop.metrics["section"])
    assert rows["share"].sum() == pytest.approx(1)
    assert rows.groupby("outcome")["share"].sum().reindex(list(LEDGER)).fillna(0).to_dict() == pytest.approx(
        shop.ledger.to_dict()
    )


def test_small_sections_stand_together(shop: Audit) -> None:
    names = set(charts.section_flow_table(shop, sections=2)["from_section"])
    assert REST in names
    assert len(names) == 3
    assert charts.section_journeys_table(shop, sections=2)["share"].sum() == pytest.approx(1)


def test_a_click_moves_half_and_loses_what_the_links_lose(chain: Audit) -> None:
    steps = clicks_from_landing(chain.authority, chain.site.page_id(url("/")), clicks=2)
    assert [float(step.arrives.sum()) for step in steps] == pytest.approx([1, 0.25, 0.125])
    assert [step.lost for step in steps] == pytest.approx([0, 0.25, 0])
    pages, share = carried(chain.authority, steps[1], chain.site.page_id(url("/blog/a")))
    assert pages.tolist() == [chain.site.page_id(url("/shop/money"))]
    assert share.tolist() == pytest.approx([0.125])


def test_section_ledgers_mark_what_is_assumed(chain: Audit) -> None:
    table = charts.section_ledgers_table(chain).set_index("section")
    sections = chain.metrics.set_index("url")["section"]
    assert not table.loc[sections[url("/")], "is_assumed"]
    assert table.loc[sections[url("/blog/a")], ["is_assumed", "money_pages"]].tolist() == [True, 0.25]
    chart = charts.section_ledgers_chart(table.reset_index())
    assert "no backlinks°" in json.dumps(chart.to_dict(), ensure_ascii=False)
    assert "° No backlink lands there" in _notes(chart)


def test_landing_yield_ranks_pages_that_are_no_money_pages(chain: Audit) -> None:
    table = charts.landing_yield_table(chain)
    best, worst = table[table["group"] == BEST], table[table["group"] == WORST]
    assert best["url"].tolist() == [url("/blog/a")]
    assert worst["url"].tolist() == [url("/")]
    assert [*best["landing_yield"], *worst["landing_yield"]] == pytest.approx([0.25, 0.0625])
    assert worst["referring_domains"].tolist() == [3]
    assert table.loc[table["group"] == "all", "pages"].sum() == 3
    assert _title(charts.landing_yield_chart(table)) == (
        "Beside money pages themselves, /blog/a lands best: 25 of 100 units reach money pages; / worst, 6.2"
    )


def test_balance_shows_what_the_checks_found(shop: Audit) -> None:
    table = charts.link_balance_table(shop)
    found = shop.findings.groupby("check_id")["url"].nunique()
    states = table["state"].value_counts()
    assert states.get(OVER, 0) == found.get("over-linked-page", 0)
    assert states.get(UNDER, 0) == found.get("under-linked-page", 0) > 0
    strict = shop.with_thresholds(lk.Thresholds(under_linked_ratio=100.0))
    assert (charts.link_balance_table(strict)["state"] == UNDER).sum() < states[UNDER]
    assert "Importance: mean share of money pages, search clicks, referring domains." in _notes(
        charts.chapter_charts(shop, "authority")["link_balance"]
    )


def test_balance_shows_three_hundred_pages_and_says_so() -> None:
    pages = [{"path": "/", "clicks": 5}, *({"path": f"/p{n}", "clicks": 1 + n} for n in range(400))]
    audit = run_audit(build(pages, [f"/ -> /p{n}" for n in range(400)]))
    table = charts.link_balance_table(audit)
    assert len(table) == MOST_POINTS
    assert table["pages"].unique().tolist() == [401]
    assert "Showing 300 of 401 indexable pages" in _notes(charts.link_balance_chart(table))
    assert set(table["state"]) <= {OVER, UNDER, EVEN}


def test_concentration_of_a_hundred_even_pages() -> None:
    pages = ["/", *(f"/p{n}" for n in range(99))]
    audit = run_audit(build(pages, [f"/ -> /p{n}" for n in range(99)]), model=HALF)
    table = charts.concentration_table(audit)
    assert set(table["group"]) == {"authority"}
    # The start page holds a half; 99 others share a quarter.
    assert table["top_share"].iloc[0] == pytest.approx(0.5 / 0.75)
    assert table["pages"].iloc[0] == 100
    assert _title(charts.concentration_chart(table)).startswith(
        "The page that holds most holds 67 % of all authority on indexable pages"
    )


def test_hubs_lead_to_many_pages() -> None:
    links = ["/ -> /hub", *(f"/hub -> /p{n}" for n in range(5)), "/p0 -> /p1"]
    audit = run_audit(build(["/", "/hub", *(f"/p{n}" for n in range(5))], links))
    table = charts.hubs_table(audit)
    assert table["url"].iloc[0] == url("/hub")
    assert table["content_outlinks"].iloc[0] == 5


def test_without_money_pages_every_chart_says_so() -> None:
    audit = run_audit(
        build([{"path": "/", "referring_domains": 3}, "/a"], ["/ -> /a", "/a -> /"]), model=HALF
    )
    made = charts.chapter_charts(audit, "authority")
    said = {name: f"{_title(chart)} {_notes(chart)}" for name, chart in made.items()}
    for name in (
        "authority_ledger",
        "authority_landing_pages",
        "authority_stalls",
        "landing_yield",
        "section_ledgers",
    ):
        assert re.search("money pages are known|which pages earn money is not known", said[name]), name
    assert charts.ledger_table(audit)["share"].isna().tolist()[0]
    assert charts.answer(audit, "authority").sentence.startswith(
        "Of every 100 units of authority that backlinks bring, 100 settle on pages, 0 are lost; which pages earn money is not known"
    )


def test_without_backlinks_the_start_page_stands_in_and_says_so() -> None:
    audit = run_audit(build(["/", {"path": "/m", "is_money_page": True}], ["/ -> /m"]), model=HALF)
    made = charts.chapter_charts(audit, "authority")
    for name, chart in made.items():
        assert "No backlinks are known: everything is taken to enter at the start page" in _notes(chart), name
    assert "enters at the start page" in _title(made["authority_ledger"])
    assert "No backlinks are known" in charts.answer(audit, "authority").sentence
    assert "taking the start page" in _title(made["authority_landing_pages"])


def test_the_model_is_named_under_every_chart(shop: Audit) -> None:
    for name, chart in charts.chapter_charts(shop, "authority").items():
        assert shop.graph.model.words() in _notes(chart), name
    other = shop.with_model(LinkModel(weights="uniform", damping=0.7))
    for name, chart in charts.chapter_charts(other, "authority").items():
        assert "uniform weights, damping 0.7" in _notes(chart), name


@pytest.mark.parametrize(
    "pages", [[{"path": "/"}], [{"path": "/", "status": 500}], [{"path": "/", "robots": ["noindex"]}]]
)
def test_corner_sites_draw(pages: list[dict[str, object]]) -> None:
    audit = run_audit(build(pages, []))
    for name, chart in charts.chapter_charts(audit, "authority").items():
        assert _title(chart), name
    assert charts.answer(audit, "authority").sentence


def test_exports_write_every_chart_and_no_markup(shop: Audit, tmp_path: Path) -> None:
    made = charts.chapter_charts(shop, "authority")
    assert list(made) == list(authority_charts())
    files = export_chapter(shop, "authority", made, tmp_path)
    assert {f"{name}.png" for name in made} | {f"{name}.svg" for name in made} <= {
        file.name for file in files
    }
    for file in tmp_path.rglob("*.svg"):
        text = file.read_text("utf-8")
        assert "<script" not in text
        assert "<img" not in text


def test_hostile_addresses_stay_data(shop: Audit) -> None:
    every = "\n".join(
        json.dumps(chart.to_dict()) for chart in charts.chapter_charts(shop, "authority").values()
    )
    assert "<script>pwned</script>" in every
    for chart in charts.chapter_charts(shop, "authority").values():
        spec = chart.to_dict()
        for part in ("datasets", "title", "description"):
            spec.pop(part, None)
        # The order of an axis names its labels, which Vega quotes; nothing else may hold them.
        assert "<script" not in json.dumps(_without_sort(spec))


def _without_sort(part: Any) -> Any:
    if isinstance(part, dict):
        return {name: _without_sort(value) for name, value in part.items() if name != "sort"}
    return [_without_sort(each) for each in part] if isinstance(part, list) else part


def test_addresses_full_of_quotes_draw(tmp_path: Path) -> None:
    nasty = "/x/a'b\"c\\d`${e}{{7*7}}/"
    audit = run_audit(
        build(
            [{"path": "/", "referring_domains": 1}, {"path": nasty, "is_money_page": True}, "/b"],
            [f"/ -> {nasty}", f"{nasty} -> /b"],
        )
    )
    for name, chart in charts.chapter_charts(audit, "authority").items():
        chart.save(tmp_path / f"{name}.svg")
        assert "<text" in (tmp_path / f"{name}.svg").read_text("utf-8"), name


def test_words_of_amounts() -> None:
    assert [units(share) for share in (0, 0.0001, 0.0123, 0.5, 1)] == ["0", "< 0.1", "1.2", "50", "100"]
    # Beside "25.6" a number that only rounds to 25 is "25.0", in notebooks and in exports.
    assert units(0.25021) == language("en").units(0.25021) == value_text(25.021, "units", language("en")) == "25.0"  # fmt: skip
    assert distinct(["a", "a", "b", "a"]) == ["a", "a (2)", "b", "a (3)"]
