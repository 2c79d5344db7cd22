"""Quick wins: one piece of work for each thing to do, a template's faults in one, ranked by a formula that can be checked by hand."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import linkkit as lk
from linkkit.errors import SettingsError
from linkkit.plan import EffortModel, ImpactWeights, QuickWins, quick_wins, simulate, work_plan
from linkkit.plan.effort import SEVERITY_WORTH, Work
from linkkit.plan.pieces import RELINK, Piece
from linkkit.plan.quick_wins import COLUMNS, SOLVED, _merged
from linkkit.plan.repairs import Repair, Trial, Trials, together
from linkkit.plan.work_plan import _ordered, depends
from linkkit.schema import PAGES
from tests.site_factory import ORIGIN, build

PRODUCTS = [f"/shop/tent-{number}" for number in range(14)]
POSTS = [f"/blog/post-{number}" for number in range(12)]


def _pages() -> list[dict[str, Any]]:
    pages: list[dict[str, Any]] = [
        {"path": "/", "referring_domains": 9},
        {"path": "/shop/", "title": "Shop"},
        {"path": "/blog/", "title": "Blog"},
        {"path": "/size-guide/", "title": "Size guide for tents"},
        {"path": "/old-sizes/", "status": 301, "redirect_to": "/size-guide/"},
        {"path": "/sizes-of-tents/", "status": 404},
        {"path": "/hidden/", "title": "Hidden"},
        {"path": "/orphan/", "found_in": ["sitemap"], "title": "Orphan"},
        {"path": "/canvas-care-2019/", "status": 410, "referring_domains": 7},
        {"path": "/care-of-canvas/", "title": "Care of canvas"},
    ]
    pages += [{"path": path, "title": f"Tent {path[-2:]}", "page_type": "product"} for path in PRODUCTS]
    pages += [
        {"path": path, "title": f"Post {path[-2:]}", "page_type": "post", "clicks": 10} for path in POSTS
    ]
    pages[10]["is_money_page"] = pages[11]["is_money_page"] = True
    pages[10]["sessions"] = 300
    return pages


def _links() -> list[Any]:
    links: list[Any] = [
        "/ -> /shop/",
        "/ -> /blog/",
        "/ -> /size-guide/",
        "/size-guide/ -> /",
        "/blog/ -> /care-of-canvas/",
        f"/care-of-canvas/ -> {PRODUCTS[0]}",
    ]
    links += [f"/shop/ -> {path}" for path in PRODUCTS]
    links += [f"/blog/ -> {path}" for path in POSTS]
    for path in PRODUCTS:
        links.append({"source": path, "target": "/old-sizes/", "position": "footer", "anchor": "Sizes"})
        links.append({"source": path, "target": "/shop/", "position": "breadcrumb", "anchor": "Shop"})
    for path in POSTS:
        links.append(
            {"source": path, "target": "/sizes-of-tents/", "position": "footer", "anchor": "Sizes of tents"}
        )
        links.append(
            {"source": path, "target": "/hidden/", "position": "footer", "nofollow": True, "anchor": "Hidden"}
        )
        links.append({"source": path, "target": "/blog/", "position": "breadcrumb", "anchor": "Blog"})
    links.append({"source": POSTS[0], "target": PRODUCTS[0], "anchor": "a tent"})
    links.append({"source": POSTS[2], "target": PRODUCTS[3], "nofollow": True, "anchor": "another tent"})
    links.append({"source": "/blog/", "target": "/old-sizes/", "anchor": "old sizes"})
    return links


@pytest.fixture(scope="module")
def audit() -> lk.Audit:
    return lk.run_audit(build(_pages(), _links()))


@pytest.fixture(scope="module")
def wins(audit: lk.Audit) -> QuickWins:
    return quick_wins(audit)


def _row(wins: QuickWins, words: str) -> tuple[pd.Series, Piece]:
    """The one win with these words in its title."""
    found = wins.table[wins.table["title"].str.contains(words, regex=False)]
    assert len(found) == 1, found["title"].tolist()
    return found.iloc[0], wins.pieces[int(found.index[0])]


def test_a_fault_of_a_template_is_one_change_for_all_its_pages(wins: QuickWins) -> None:
    row, piece = _row(wins, "The footer links to /old-sizes/")
    assert (row["fixes"], row["work"], row["action"]) == (14, "template", "point links elsewhere")
    assert row["hours"] == 3.25
    assert "“Sizes” to https://shop.example/old-sizes/ stands on 14 pages" in row["instructions"]
    assert "change it to https://shop.example/size-guide/" in row["instructions"]
    # Folding counts the links for the final page already.
    assert (row["gain"], row["gain_note"], row["confidence"]) == (0.0, SOLVED, "high")
    assert len(piece.pages) == 15
    single, _ = _row(wins, "Point 1 link to /old-sizes/ straight at /size-guide/")
    assert single["work"] == "reword"
    assert "On https://shop.example/blog/: link “old sizes”" in single["instructions"]


def test_what_rounding_leaves_is_no_gain(audit: lk.Audit, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing brings anything, the order is that of the other measures."""
    noise = iter(range(1, 10_000))
    monkeypatch.setattr(Trials, "tried", lambda self, repair: Trial(next(noise) * 1e-16, 0.0, 0))
    found = quick_wins(audit).table
    assert found["gain"].fillna(0.0).eq(0.0).all()
    weights = ImpactWeights().shares()
    expected = weights["traffic"] * found["traffic"].fillna(0.0) / found["traffic"].max()
    expected += weights["severity"] * found["severity"].map(SEVERITY_WORTH)
    assert np.allclose(found["value"], expected)


def test_gains_of_template_changes_are_those_of_the_changed_site(wins: QuickWins, audit: lk.Audit) -> None:
    dead, piece = _row(wins, "The footer links to /sizes-of-tents/, which leads to no page")
    assert dead["fixes"] == 12
    assert piece.repair is not None
    assert set(piece.repair.moved.values()) == {audit.site.page_id(f"{ORIGIN}/size-guide/")}
    led = [
        {**link, "target": "/size-guide/"}
        if isinstance(link, dict) and link["target"] == "/sizes-of-tents/"
        else link
        for link in _links()
    ]
    after = lk.run_audit(build(_pages(), led)).authority.captured
    assert dead["gain"] == pytest.approx(after - audit.authority.captured, abs=1e-9)
    assert dead["gain"] != 0
    free, _ = _row(wins, "The footer links to /hidden/ with nofollow")
    freed = [
        {**link, "nofollow": False} if isinstance(link, dict) and link["target"] == "/hidden/" else link
        for link in _links()
    ]
    after = lk.run_audit(build(_pages(), freed)).authority.captured
    assert free["gain"] == pytest.approx(after - audit.authority.captured, abs=1e-9)
    assert "nofollow-only-page" in free["checks"]


def test_lost_backlinks_are_led_to_the_page_that_comes_closest(wins: QuickWins, audit: lk.Audit) -> None:
    row, piece = _row(wins, "Redirect /canvas-care-2019/ to /care-of-canvas/")
    simulated = simulate(audit, redirect={"/canvas-care-2019/": "/care-of-canvas/"})
    assert row["gain"] == pytest.approx(
        simulated.after.authority.captured - audit.authority.captured, abs=1e-9
    )
    assert row["gain"] > 0.001
    assert row["confidence"] == "medium"
    assert "is a proposal" in row["unsure"]
    assert piece.jobs == ((Work.SETTING, 1),)


def test_the_ranking_is_the_formula(wins: QuickWins) -> None:
    table = wins.table
    assert list(table.columns) == list(COLUMNS)
    parts = {
        "gain": (table["gain"] / table["gain"].max()).fillna(0).clip(lower=-1),
        "traffic": (table["traffic"] / table["traffic"].max()).fillna(0),
        "depth": (table["clicks_saved"] / table["clicks_saved"].max()).fillna(0).clip(lower=-1),
        "severity": table["severity"].map(SEVERITY_WORTH),
    }
    value = sum(share * parts[name] for name, share in wins.weights.shares().items())
    np.testing.assert_allclose(table["value"], value)
    np.testing.assert_allclose(table["per_hour"], value / table["hours"])
    assert (table["per_hour"].round(9).diff().dropna() <= 0).all()
    assert table["rank"].tolist() == list(range(1, len(table) + 1))
    assert table["win"].iloc[0] == "QW-001"
    assert "0.55 x gain of money pages" in wins.weights.formula()


def test_every_finding_that_counts_is_settled_by_some_win(wins: QuickWins, audit: lk.Audit) -> None:
    settled = {row for piece in wins.pieces for row in piece.findings}
    asked = audit.findings[audit.findings["severity"] != "info"]
    assert settled <= set(asked.index)
    missing = asked.loc[sorted(set(asked.index) - settled), ["check_id", "url"]]
    assert missing.empty, missing.to_string()
    assert not wins.table["win"].duplicated().any()


def test_the_same_again_and_other_weights_or_hours(wins: QuickWins, audit: lk.Audit) -> None:
    pd.testing.assert_frame_equal(quick_wins(audit).table, wins.table)
    severe = wins.ranked(weights=ImpactWeights(gain=0, traffic=0, depth=0, severity=1))
    assert severe.table["value"].tolist() == severe.table["severity"].map(SEVERITY_WORTH).tolist()
    # Of equal value for an hour and equal severity the larger gain comes first.
    alike = severe.table.fillna({"gain": 0.0}).groupby(["per_hour", "severity"])["gain"]
    assert (alike.nunique() > 1).any()
    assert alike.apply(lambda gain: gain.is_monotonic_decreasing).all()
    pd.testing.assert_frame_equal(severe.ranked(weights=wins.weights).table, wins.table)
    cheap = wins.ranked(effort=EffortModel(template=0.1))
    assert _row(cheap, "The footer links to /old-sizes/")[0]["hours"] == 0.35
    only = wins.only(work=[Work.TEMPLATE], most=2)
    assert list(only.table.columns) == list(COLUMNS)
    assert set(only.table["work"]) == {"template"}
    assert [piece.jobs[0][0] for piece in only.pieces] == [Work.TEMPLATE] * 2
    assert set(wins.affected["win"]) == set(wins.table["win"])


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: EffortModel(link=-1), "link = -1: must lie between"),
        (lambda: EffortModel(link=float("nan"), start=99), "start = 99(.|\n)*link = nan: a number"),
        (lambda: EffortModel().replace(sleep=1), "unknown: sleep; known are start"),
        (lambda: ImpactWeights(gain=0, traffic=0, depth=0, severity=0), "at least one weight"),
    ],
)
def test_numbers_out_of_range_are_refused(make: Any, words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        make()


def test_beyond_what_is_solved_the_list_says_so(audit: lk.Audit) -> None:
    few = quick_wins(audit, exact=1)
    notes = set(few.table["gain_note"])
    # The one that is solved puts most pages right.
    (solved,) = few.table.loc[few.table["gain_note"] == SOLVED, "title"]
    assert solved.startswith("The footer links to /old-sizes/")
    assert {"to first order", "not solved: more wins than are solved at once"} & notes


def test_without_signals_and_money_pages_it_says_so() -> None:
    pages = [
        {name: value for name, value in page.items() if name in PAGES.names or name == "path"}
        for page in _pages()
    ]
    bare = [
        {
            k: v
            for k, v in page.items()
            if k not in ("is_money_page", "sessions", "clicks", "referring_domains")
        }
        for page in pages
    ]
    wins = quick_wins(lk.run_audit(build(bare, _links())))
    assert wins.trials.goal == "indexable pages (no money pages are known)"
    assert wins.table["traffic"].isna().all()
    told = " ".join(wins.notes)
    assert "No data on search clicks and sessions: traffic does not count" in told
    assert "No money pages are known" in told
    assert _row(wins, "The footer links to /sizes-of-tents/")[0]["gain"] > 0


@pytest.mark.parametrize(
    ("known", "note"),
    [
        ({"clicks": 1, "sessions": 1}, ""),
        ({"clicks": 1}, "No data on sessions: traffic rests on search clicks."),
        ({"sessions": 1}, "No data on search clicks: traffic rests on sessions."),
        ({"sessions": 0}, "No data on search clicks and sessions: traffic does not count."),
    ],
)
def test_it_is_said_what_traffic_rests_on(known: dict[str, Any], note: str) -> None:
    wins = quick_wins(lk.run_audit(build(["/", {"path": "/a", **known}], ["/ -> /a"])))
    assert [each for each in wins.notes if "traffic" in each] == ([note] if note else [])


def _edit(page: int, *, findings: tuple[int, ...] = ()) -> Piece:
    """One link reworded, a repair that can be simulated."""
    repair = Repair(add=np.array([[0, page]]))
    return Piece(
        ("dead", page),
        RELINK,
        f"Mend /{page}",
        ("step",),
        ((Work.REWORD, 1),),
        findings,
        (page,),
        repair=repair,
    )


def test_losses_are_counted_with_the_template_that_makes_them() -> None:
    template = replace(_edit(3, findings=(1,)), key=(RELINK, 3, 7, 2), jobs=((Work.TEMPLATE, 1),))
    (merged,) = _merged([template, _edit(3, findings=(1, 2))])
    assert (merged.key, merged.findings) == (template.key, (1, 2))
    assert len(_merged([template, _edit(7)])) == 2


def test_more_than_twenty_edits_of_a_kind_are_done_in_batches() -> None:
    assert [piece.title for piece in _merged(map(_edit, range(1, 21)))] == [
        f"Mend /{n}" for n in range(1, 21)
    ]
    many, last = _merged(_edit(n, findings=(30 - n,)) for n in range(1, 22))
    assert many.title == "Point links elsewhere: 20 links to 20 pages"
    assert last.title == "Point links elsewhere: 1 link to 1 page"
    # In the order of their findings: the worst are done first.
    assert many.pages == tuple(range(21, 1, -1))
    assert last.pages == (1,)
    assert many.jobs == ((Work.REWORD, 20),)
    assert (many.fixes, len(many.steps)) == (20, 20)


@pytest.mark.parametrize("pages", [[], ["/"]], ids=["empty", "one page"])
def test_a_site_without_work(pages: list[str]) -> None:
    wins = quick_wins(lk.run_audit(build(pages)))
    assert {name: str(kind) for name, kind in wins.table.dtypes.items()} == {
        name: str(pd.Series(dtype=kind).dtype) for name, kind in COLUMNS.items()
    } or len(wins.table)
    plan = work_plan(wins)
    assert plan.weeks["week"].iloc[0] == 0
    assert len(plan.steps) == len(wins.table)


# The order of work


def test_weeks_hold_their_hours_and_gains_are_those_of_all_work_so_far(wins: QuickWins) -> None:
    plan = work_plan(wins, hours_per_week=5, weeks=100)
    assert plan.steps["hours_done"].tolist() == pytest.approx(np.cumsum(plan.steps["hours"]).tolist())
    assert (np.ceil((plan.steps["hours_done"] / 5).round(9)) == plan.steps["week"]).all()
    assert plan.weeks["hours"].sum() == pytest.approx(wins.table["hours"].sum())
    assert plan.weeks["wins"].sum() == len(wins.table)
    assert plan.weeks["reached"].iloc[0] == wins.trials.before
    whole = together([piece.repair for piece in wins.pieces if piece.repair is not None])
    assert plan.weeks["reached"].iloc[-1] == pytest.approx(
        wins.trials.reached(wins.trials.repaired(whole)), abs=1e-9
    )
    short = work_plan(wins, hours_per_week=1, weeks=2)
    assert short.later == len(wins.table) - len(short.steps) > 0
    assert short.weeks["week"].max() == short.steps["week"].max() == 2
    assert plan.multiple == plan.weeks["reached"].iloc[-1] / wins.trials.before
    for bad in ({"hours_per_week": 0}, {"hours_per_week": float("nan")}, {"weeks": 0}):
        with pytest.raises(SettingsError, match="above 0"):
            work_plan(wins, **bad)  # type: ignore[arg-type]


def test_what_depends_on_other_work_comes_after_it(wins: QuickWins, audit: lk.Audit) -> None:
    ids = {url.removeprefix(ORIGIN): page for page, url in enumerate(audit.graph.urls)}
    orphan, post = ids["/orphan/"], ids[POSTS[0]]
    piece = next(each for each in wins.pieces if each.repair is not None and each.key[0] == "to")
    opens = replace(
        piece,
        key=("to", orphan),
        pages=(orphan,),
        repair=replace(piece.repair, add=np.array([[post, orphan]])),
    )  # type: ignore[type-var]
    uses = replace(
        piece,
        key=("link", orphan, post),
        pages=(post,),
        repair=replace(piece.repair, add=np.array([[orphan, post]])),
    )  # type: ignore[type-var]
    assert depends((uses, opens), [orphan]) == [{1}, set()]
    assert depends((uses, opens), []) == [set(), set()]
    moved = replace(
        piece,
        key=("merge", post),
        repair=replace(piece.repair, add=np.empty((0, 2), dtype=np.int64), redirect={post: orphan}),
    )  # type: ignore[type-var]
    needs = depends((uses, opens, moved), [orphan])
    assert needs == [{1, 2}, {2}, set()]
    # Only work for the page itself brings it into reach; of two that need each other the first waits for the second.
    other = replace(opens, key=("decide", "weak-page", orphan, post))
    assert depends((other, uses), [orphan]) == [set(), set()]
    assert _ordered(2, [{1}, {0}]) == [1, 0]
    assert _ordered(4, [set(), {3}, set(), {2}]) == [0, 2, 3, 1]
    table = pd.concat([wins.table.head(3).assign(win=["a", "b", "c"])], ignore_index=True)
    plan = work_plan(replace(wins, table=table, pieces=(uses, opens, moved)))
    assert plan.steps["win"].tolist() == ["c", "b", "a"]
    assert plan.steps["after"].tolist() == ["", "c", "b, c"]


def test_ways_of_visitors_without_a_link_are_links_to_add() -> None:
    links = [
        "/ -> /post",
        "/ -> /x",
        "/post -> /x",
        "/post -> /end",
        "/x -> /buy",
        "/x -> /",
        "/buy -> /",
        "/end -> /",
    ]
    pages = ["/", "/post", "/x", "/end", {"path": "/buy", "is_money_page": True}]
    steps = ["-> / 400", "-> /post 200", "/post -> /x 120", "/x -> /buy 100", "/end -> /buy 60"]
    audit = lk.run_audit(build(pages, links, steps=steps))
    table = quick_wins(audit).table.set_index("title")
    shortcut, step = (table.loc[f"Link to /buy from {source}"] for source in ("/post", "/end"))
    assert "missing-shortcut" in shortcut["checks"]
    assert "step-without-link" in step["checks"]
    for found, source in ((shortcut, "/post"), (step, "/end")):
        changed = simulate(audit, add_links=[(f"{ORIGIN}{source}", f"{ORIGIN}/buy")])
        assert found["gain"] == pytest.approx(
            changed.after.authority.captured - changed.before.authority.captured, rel=1e-6
        )
    assert step["unsure"].startswith("open the page in a browser first")


def test_a_link_to_a_deep_page_comes_from_where_its_section_allows() -> None:
    """The limit of the page's own section tells which pages are near enough to link to it."""
    care = "Canvas care for tents: how canvas is washed, dried and proofed against rain."
    texts = {
        "/": "Walks and weather.",
        "/a": "Walks in hills.",
        "/a/b": care,
        "/a/d": "Drying canvas after rain keeps tents alive; proofed canvas dries faster.",
        "/care/canvas": care,
    }
    pages = [
        {"path": path, "text": text, "title": text[:12], "is_money_page": "care" in path}
        for path, text in texts.items()
    ]
    links = ["/ -> /a", "/a -> /a/b", "/a/b -> /care/canvas", "/a -> /a/d", "/a/d -> /"]
    usual = lk.run_audit(build(pages, links), lk.Thresholds(max_crawl_depth=2))
    tight = usual.with_thresholds(
        lk.Thresholds(max_crawl_depth=3).with_sections({"/care/": {"max_crawl_depth": 2}})
    )
    titles = [
        [str(row.title) for row in quick_wins(each).table.itertuples() if "deep-page" in str(row.checks)]
        for each in (usual, tight)
    ]
    assert titles[0] == titles[1] != []
    assert "/a/d" not in titles[0][0]
