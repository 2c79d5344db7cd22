"""Link suggestions: what is suggested, what never is, and that every phrase stands where it is said to stand."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import linkkit as lk
from linkkit.plan import new_pages, plan_links, suggest_links
from linkkit.plan.gains import LinkGains
from linkkit.plan.suggestions import AT_LEAST, COLUMNS, FAINT, _within_limits
from linkkit.text.candidates import link_scores, score_pairs
from linkkit.text.duplicates import similar_pages
from linkkit.text.scores import Relevance
from tests.site_factory import build
from tests.text_site import prose_site, url

MENU = "<nav><a href=/>Home</a> <a href=/boots>Boots</a></nav>"
SHOP = {
    "/": f"{MENU}<h1>Fell and Ford</h1><p>We sell boots and stoves. <a href=/guide>Camping guide</a>",
    "/guide": f"""{MENU}<h1>Camping guide</h1><p>A trip begins at home. Geodesic tents stand up to wind. Pack
        <a href=/stoves>stoves</a> last.</p><h2>Why geodesic tents</h2><p>Weight matters.""",
    "/boots": f"{MENU}<h1>Boots</h1><p>Boots carry you. <a href=/guide>Our geodesic tents page</a> is elsewhere.",
    "/stoves": f"{MENU}<h1>Stoves</h1><p>Never cook in tents, geodesic or not.</p><footer>Geodesic tents inc.</footer>",
    "/tents": "<h1>Geodesic tents</h1><p>Tents with crossed poles.",
    "/care": f"{MENU}<h1>Care</h1><p>Dry your tent; and geodesic\n <b>tents</b> first of all.",
    "/old": "<h1>Geodesic tents</h1><p>Geodesic tents were here.",
}


def audit_of(pages: dict[str, str], **facts: dict) -> lk.Audit:
    return lk.run_audit(prose_site(pages, facts=facts.get("facts"), language=facts.get("language", "en")))


@pytest.fixture(scope="module")
def shop() -> lk.Audit:
    return audit_of(SHOP, facts={"/old": {"robots_noindex": True}})


def test_the_orphan_gets_the_exact_words_of_running_text(shop: lk.Audit) -> None:
    rows = suggest_links(shop, targets=url("/tents"), need_phrase=True).set_index("source")
    assert set(rows.index) == {url("/guide"), url("/care")}
    assert rows.loc[url("/guide"), "phrase"] == "Geodesic tents"
    assert rows.loc[url("/guide"), "sentence"] == "Geodesic tents stand up to wind"
    assert rows.loc[url("/care"), "phrase"] == "geodesic tents"
    assert rows["reason"].str.startswith("the words are the title of the target").all()


def test_no_phrase_from_headings_links_chrome_or_across_a_comma(shop: lk.Audit) -> None:
    rows = suggest_links(shop, targets=url("/tents"), min_score=-99).set_index("source")["phrase"]
    assert rows.get(url("/boots"), "") == ""
    assert rows.get(url("/stoves"), "") in {"", "tents"}
    assert url("/old") not in rows.index


def test_pairs_that_are_linked_anywhere_are_never_suggested(shop: lk.Audit) -> None:
    scores = link_scores(shop.site, shop.graph)
    pairs = set(zip(scores["source_id"].tolist(), scores["target_id"].tolist(), strict=True))
    links = shop.site.engine.arrow("SELECT source_id, target_id FROM links").to_pydict()
    assert pairs
    assert not pairs & set(zip(links["source_id"], links["target_id"], strict=True))
    assert all(source != target for source, target in pairs)
    assert scores.groupby("target_id")["score"].is_monotonic_decreasing.all()


def test_depth_before_and_after(shop: lk.Audit) -> None:
    row = suggest_links(shop, targets=url("/tents"), need_phrase=True).set_index("source").loc[url("/guide")]
    assert pd.isna(row["depth_before"])
    assert row["depth_after"] == 2
    assert pd.isna(row["depth_change"])
    stoves = suggest_links(shop, targets=url("/stoves")).set_index("source").loc[url("/")]
    assert (stoves["depth_before"], stoves["depth_after"], stoves["depth_change"]) == (2, 1, -1)


def test_limits_per_target_and_per_source(shop: lk.Audit) -> None:
    rows = suggest_links(shop, targets="weak pages", per_target=2, per_source=1, min_score=-99)
    assert rows["target"].value_counts().max() <= 2
    assert rows["source"].value_counts().max() == 1
    with pytest.raises(lk.SettingsError, match="per_target = 0: at least 1"):
        suggest_links(shop, per_target=0)


def test_orphans_and_pages_asked_for_get_their_best_two_whatever_they_score(shop: lk.Audit) -> None:
    for targets in (None, "weak pages"):
        strict, every = (
            suggest_links(shop, targets=targets, min_score=least, per_source=9) for least in (99, -99)
        )
        place = every.groupby("target")["score"].rank(ascending=False, method="first")
        expected = every[(every["score"] >= FAINT) | (place <= AT_LEAST)]
        pd.testing.assert_frame_equal(strict, expected.reset_index(drop=True))
        assert 0 < len(strict) < len(every)


def test_each_page_gives_and_gets_as_many_links_as_are_asked_for() -> None:
    one, many = np.zeros(5, dtype=np.int64), np.arange(1, 6)
    assert _within_limits(one, many, 3, 9).tolist() == _within_limits(many, one, 9, 3).tolist() == [0, 1, 2]
    assert _within_limits(np.array([1, 1, 2]), np.array([3, 4, 4]), 1, 1).tolist() == [0, 2]


def test_pages_in_need_get_no_link_below_the_limit() -> None:
    pages = {path: html for path, html in SHOP.items() if path != "/old"}
    pages["/boots"] += " <a href=/tents>Tents</a> <a href=/care>Care</a>"
    site = prose_site(pages)
    money = site.pages.assign(is_money_page=site.pages["url"] == url("/tents"))
    audit = lk.run_audit(site.with_pages(money))
    assert set(suggest_links(audit, min_score=-99)["group"]) == {"weak money pages"}
    assert suggest_links(audit, min_score=99).empty
    some = suggest_links(audit, min_score=-99)
    line = float(some["score"].median())
    assert suggest_links(audit, min_score=line)["score"].tolist() == [
        each for each in some["score"] if each >= line
    ]


def test_pairs_alike_come_in_the_order_of_their_pages() -> None:
    pages = {"/": "<h1>Shop</h1><p>Everything for hills.", "/z": "<h1>Canvas</h1><p>Canvas of tents."}
    pages |= {path: f"<h1>Care {path[1]}</h1><p>How canvas is washed and dried." for path in ("/d", "/c")}
    audit = audit_of(pages)
    group = suggest_links(audit, targets="weak pages", min_score=-99, per_source=9)
    same = group[(group["source"] == url("/z")) & group["target"].isin([url("/d"), url("/c")])]
    assert same["target"].tolist() == [url("/d"), url("/c")]
    assert same["score"].nunique() == 1
    rows = suggest_links(audit, targets=["/d", "/c", "/z"], min_score=-99, per_source=9)
    scores = rows["score"].round(6)
    twins = rows[rows["target"] == url("/z")]
    assert twins["source"].tolist()[:2] == [url("/d"), url("/c")]
    assert twins["score"].iloc[0] == twins["score"].iloc[1]
    assert scores.groupby(rows["group"]).is_monotonic_decreasing.all()


def test_gains_of_few_sources_are_exact(shop: lk.Audit, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = shop.site.pages.assign(is_money_page=shop.site.pages["url"] == url("/tents"))
    audit = lk.run_audit(shop.site.with_pages(pages))
    sources = suggest_links(audit, targets="/tents", min_score=-99)["source"].nunique()
    monkeypatch.setattr(LinkGains, "near", lambda self, sources, targets: np.full(len(sources), 9.0))
    for limit, is_exact in ((sources, True), (sources - 1, False)):
        monkeypatch.setattr("linkkit.plan.suggestions.EXACT_SOURCES", limit)
        gains = suggest_links(audit, targets="/tents", min_score=-99)["gain"]
        assert (gains < 1).all() == is_exact


def test_default_targets_are_pages_in_need_and_unknown_ones_are_named(shop: lk.Audit) -> None:
    rows = suggest_links(shop)
    assert set(rows["group"]) == {"orphans"}
    assert set(rows["target"]) == {url("/tents"), url("/care")}
    with pytest.raises(lk.SettingsError, match="nowhere"):
        suggest_links(shop, targets=["/nowhere"])
    with pytest.raises(lk.SettingsError, match="no indexable page"):
        suggest_links(shop, targets=[url("/old")])


def test_columns_and_types_are_the_same_with_and_without_rows(shop: lk.Audit) -> None:
    empty = lk.run_audit(build(["/"]))
    for table in (suggest_links(shop), suggest_links(empty), suggest_links(shop, targets=[])):
        assert {name: str(kind) for name, kind in table.dtypes.items()} == COLUMNS
    assert len(suggest_links(empty)) == 0


def test_the_same_site_gives_the_same_bytes(shop: lk.Audit, tmp_path: Path) -> None:
    first = suggest_links(shop, targets="weak pages", min_score=-99).to_csv()
    saved = shop.site.save(tmp_path / "site")
    assert suggest_links(lk.run_audit(saved), targets="weak pages", min_score=-99).to_csv() == first


def test_given_pairs_keep_their_order_and_say_what_cannot_be_scored(shop: lk.Audit) -> None:
    ids = {path: shop.site.page_id(url(path)) for path in SHOP}
    pairs = score_pairs(
        shop.site,
        shop.graph,
        [ids["/guide"], ids["/old"], ids["/"]],
        [ids["/tents"], ids["/tents"], ids["/boots"]],
    )
    assert pairs["source_id"].tolist() == [ids["/guide"], ids["/old"], ids["/"]]
    assert pairs["score"].isna().tolist() == [False, True, False]
    assert pairs["phrase"].tolist()[:2] == ["Geodesic tents", ""]
    assert pairs["relevance"].between(0, 1).sum() == 2
    with pytest.raises(lk.SettingsError, match="1 sources but 2 targets"):
        score_pairs(shop.site, shop.graph, [1], [1, 2])


def test_the_link_plan_takes_scored_pairs_as_candidates(shop: lk.Audit) -> None:
    plan = plan_links(shop, link_scores(shop.site, shop.graph, top=5), goal=["/tents"])
    assert plan.after > plan.before == 0
    assert {"phrase", "relevance", "reason"} <= set(plan.links)


def test_an_anchor_in_use_comes_with_its_count() -> None:
    pages = {"/": "<h1>Home</h1><p>Hello there, friend.", "/t": "<h1>Geodesic</h1><p>Poles cross."}
    for number in range(4):
        pages[f"/a{number}"] = (
            f"<h1>Trip {number}</h1><p>Day {number}: the <a href=/t>dome tent</a> held in storm {number}."
        )
    pages["/b"] = "<h1>Night</h1><p>Our dome tents were wet by number nine."
    rows = suggest_links(audit_of(pages), targets=url("/t"), need_phrase=True)
    assert rows["source"].tolist() == [url("/b")]
    assert rows["phrase"].tolist() == ["dome tents"]
    assert rows["reason"].str.startswith("used as anchor for this page on 4 of 5 pages that contain it").all()


@pytest.mark.parametrize(
    ("own", "sentence", "phrase"),
    [
        # The page itself writes its name with a capital: so must the others.
        ("Nights are warm in the Moss bag.", "Pitch on dry moss, never on wet stones.", ""),
        ("Nights are warm in the Moss bag.", "We slept in the Moss, on dry stones.", "Moss"),
        ("Nights are warm in the Moss bag.", "The shop in Moss Road has stones.", ""),
        ("Nights are warm in the Moss bag.", "Moss grows on wet stones.", ""),
        ("Nights are warm in the Moss bag.", "Moss keeps you warm on wet stones.", "Moss"),
        # It writes the word small: a word like any other.
        ("How moss grows, and where.", "Pitch on dry moss, never on wet stones.", "moss"),
        # It does not tell: what is typical of it must stand beside the word.
        ("Warm nights, and little weight.", "Pitch on dry moss, never on wet stones.", ""),
        ("Warm nights, and little weight.", "Sleep on moss: warm, with little weight.", "moss"),
    ],
)
def test_a_proper_name_is_looked_for_as_a_name(own: str, sentence: str, phrase: str) -> None:
    pages = {
        "/": "<h1>Home</h1><p>Shop. <a href=/a>A walk</a> <a href=/moss>More</a>",
        "/moss": f"<h1>Moss</h1><p>{own}",
        "/a": f"<h1>A walk</h1><p>It rained. {sentence}",
    }
    audit = audit_of(pages, facts={"/moss": {"title": "Moss synthetic bag"}})
    rows = suggest_links(audit, targets=url("/moss"), min_score=-99).set_index("source")
    assert rows.loc[url("/a"), "phrase"] == phrase


def test_german_nouns_have_capitals_and_are_names_all_the_same() -> None:
    pages = {
        "/": "<h1>Start</h1><p>Laden. <a href=/a>Eine Tour</a> <a href=/moos>Mehr</a>",
        "/moos": "<h1>Moos</h1><p>Warm liegt man im Moos.",
        "/a": "<h1>Eine Tour</h1><p>Es regnete. Moos wächst auf nassen Steinen.",
    }
    rows = suggest_links(audit_of(pages, language="de"), targets=url("/moos"), min_score=-99)
    assert rows.set_index("source").loc[url("/a"), "phrase"] == "Moos"


def test_links_left_out_for_want_of_words_take_no_place() -> None:
    pages = {
        "/": "<h1>Home</h1><p>Shop. <a href=/a>A walk</a> <a href=/tents>More</a>",
        "/a": "<h1>A walk</h1><p>We rowed over lakes with boats and paddles. She carried geodesic tents for two.",
        "/lost": "<h1>Harbour ferries</h1><p>Boats and paddles on lakes, rowed over lakes with boats.",
        "/tents": "<h1>Geodesic tents</h1><p>Crossed poles.",
    }
    audit = audit_of(pages)
    wanted = {"targets": ["orphans", url("/tents")], "per_source": 1, "min_score": -99}
    every = suggest_links(audit, **wanted).set_index("source")
    assert every.loc[url("/a"), "target"] == url("/lost")
    worded = suggest_links(audit, need_phrase=True, **wanted)
    assert worded[["source", "target", "phrase"]].to_numpy().tolist() == [
        [url("/a"), url("/tents"), "geodesic tents"]
    ]


def test_sentences_of_the_template_offer_no_phrase() -> None:
    pages = {
        f"/{number}": f"<h1>Page {number}</h1><p>We also rent geodesic tents.</p><p>Own words {number}."
        for number in range(4)
    }
    pages["/own"] = "<h1>Own</h1><p>She bought geodesic tents for two."
    pages["/tents"] = "<h1>Geodesic tents</h1><p>Crossed poles."
    rows = suggest_links(lk.run_audit(prose_site(pages, start="/0")), targets=url("/tents"), min_score=-99)
    assert rows.loc[rows["phrase"] != "", "source"].tolist() == [url("/own")]


@pytest.mark.parametrize(
    ("language", "title", "sentence", "phrase"),
    [
        ("de", "Wanderschuhe", "Mit guten Wanderschuhen läuft man weiter", "Wanderschuhen"),
        ("ru", "Летние палатки", "Возьмите летнюю палатку на озеро", "летнюю палатку"),
        ("ar", "خيام التخييم", "نبيع خِيَام التخييم هنا", "خِيَام التخييم"),
        ("ja", "軽量テント", "山では軽量テントを使います", "軽量テント"),
        ("zh", "户外帐篷", "我们推荐户外帐篷给您", "户外帐篷"),
        ("ko", "경량 텐트", "산에서 경량 텐트를 씁니다", "경량 텐트"),
        ("th", "เต็นท์เดินป่า", "เราขายเต็นท์เดินป่าราคาดี", "เต็นท์เดินป่า"),
    ],
)
def test_phrases_in_many_scripts(language: str, title: str, sentence: str, phrase: str) -> None:
    pages = {"/": f"<p>{sentence}.", "/t": f"<h1>{title}</h1><p>xyz 1.", "/other": "<p>qqq www eee."}
    rows = suggest_links(audit_of(pages, language=language), targets=url("/t"), need_phrase=True)
    assert rows["source"].tolist() == [url("/")]
    assert rows["phrase"].tolist() == [phrase]


def test_pages_of_another_language_and_near_duplicates_are_left_out() -> None:
    words = " ".join(f"word{number}" for number in range(60))
    pages = {
        "/": "<h1>Home</h1><p>Geodesic tents are here.",
        "/tents": f"<h1>Geodesic tents</h1><p>{words}",
        "/twin": f"<h1>Geodesic tents for two</h1><p>{words}",
        "/de": "<h1>Zelte</h1><p>Die geodesic tents sind da.",
    }
    audit = audit_of(pages, facts={"/de": {"language": "de"}})
    rows = suggest_links(audit, targets=url("/tents"), min_score=-99)
    assert rows["source"].tolist() == [url("/")]
    twins = similar_pages(audit.words)
    assert twins[["page_id", "other_id"]].to_numpy().tolist() == [[1, 2]]
    assert twins["similarity"].item() > 0.8


def test_new_pages_that_nobody_went_back_to_link(shop: lk.Audit) -> None:
    older = prose_site({path: html for path, html in SHOP.items() if path not in {"/tents", "/guide"}})
    assert new_pages(shop, older) == [url("/tents")]


def test_a_list_of_links_alone_works_from_addresses_and_names_no_phrase() -> None:
    site = build([], ["/ -> /red-tents", "/ -> /blue-boots", "/blue-boots -> /", "/red-tents -> /tents-care"])
    audit = lk.run_audit(site)
    known = Relevance.from_site(site, audit.graph)
    assert known.corpus.basis in {"addresses", "nothing"}
    rows = suggest_links(audit, targets="weak pages", min_score=-99, relevance=known)
    assert (rows["phrase"] == "").all()
    assert set(rows["strength"]) <= {"topic match, needs a new sentence"}


HOSTILE = (
    "x" * 200_000,
    "\x00\x01\x02 nul \ufffe",
    "((((( [a-z]+ \\d{9} $^ .*? |||",
    "&lt;script&gt;alert(1)&lt;/script&gt; <b>bold",
    "\ufff9never closed, \ufffb\ufffb closed twice",
    "a" + "\u0301" * 5_000,
    "\u202eright to left\u202c",
    "😀😀 geodesic 😀 tents and trousers",
    " ".join(["geodesic trousers"] * 3_000),
)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_breaks_nothing(text: str) -> None:
    pages = {
        "/": f"<h1>{text[:300]}</h1><p>{text}</p><p>Then geodesic tents.",
        "/tents": "<h1>Geodesic tents</h1><p>Poles.",
        "/x": f"<h1>Plain</h1><p>See <a href=/>{text[:500]}</a> and more words than that.",
    }
    audit = audit_of(pages)
    rows = suggest_links(audit, targets="weak pages", min_score=-99)
    assert_phrases_stand(audit, rows)
    assert "geodesic tents" in set(rows["phrase"].str.lower())


def assert_phrases_stand(audit: lk.Audit, rows: pd.DataFrame) -> None:
    """Every phrase stands in its source's running text, unlinked, at word boundaries."""
    table = audit.site.engine.arrow("SELECT page_id, linkable FROM text").to_pydict()
    linkable = dict(zip(table["page_id"], table["linkable"], strict=True))
    for row in rows[rows["phrase"] != ""].itertuples():
        free = re.sub("\ufff9[^\ufffb]*\ufffb", "\n", linkable[row.source_id])
        for phrase in (row.phrase, *row.alternatives):
            assert re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", free), (phrase, row.source)
            assert phrase in linkable[row.source_id]
        # A sentence is shown without the marks around its links.
        assert row.phrase in row.sentence
        shown, plain = row.sentence, re.sub("[\ufff9-\ufffb]", "", linkable[row.source_id])
        # Where it is cut, no word is.
        if shown.endswith(" …") and " " in shown[:-2].removeprefix("… "):
            assert f"{shown[:-2].removeprefix('… ')} " in plain


def test_every_phrase_of_the_sample_site_stands_in_running_text(sample_client: lk.Client) -> None:
    audit = sample_client.audit()
    rows = suggest_links(audit, targets="/*")
    assert (rows["phrase"] != "").sum() > 40
    assert_phrases_stand(audit, rows)
    linked = audit.site.engine.arrow("SELECT DISTINCT source_id, target_id FROM links").to_pydict()
    assert not set(zip(linked["source_id"], linked["target_id"], strict=True)) & set(
        zip(rows["source_id"].tolist(), rows["target_id"].tolist(), strict=True)
    )
