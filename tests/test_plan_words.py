"""What a plan says and keeps: its headline, hours and weights, words of pieces of work, and the file that a later crawl is held against."""

import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import linkkit as lk
from linkkit.plan import EffortModel, ImpactWeights, Planning, verify_suggestions
from linkkit.plan.effort import Work
from linkkit.plan.headline import entry_words, goal_words, plan_headline
from linkkit.plan.pieces import Desk, batches, path_of, quoted, some, unique
from linkkit.plan.replacements import Replacements
from linkkit.plan.saved import SavedPlan, last_plan, stored_number
from linkkit.plan.verifying import MIN_LINKS
from tests.site_factory import ORIGIN, build


def _plan(before: float, after: float, goal: str = "money pages", chosen: tuple[str, ...] = ("money pages",)) -> Any:  # fmt: skip
    """A link plan as far as its headline reads it."""
    links = pd.DataFrame({"goal": chosen})
    return SimpleNamespace(links=links, before=before, after=after, goal=goal, multiple=after / before if before else np.nan)  # fmt: skip


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        (_plan(0.01, 0.01, chosen=()), "No link that is missing and relevant would bring more to money pages: 1 of every 100 units of authority that backlinks bring reaches them today"),
        (_plan(0.1, 0.1, chosen=()), "No link that is missing and relevant would bring more to money pages: 10 of every 100 units of authority that backlinks bring reach them today"),
        (_plan(0.0, 0.1), "Nothing of the authority that backlinks bring reaches money pages today; 10.00 of every 100 units do after this link"),
        (_plan(0.1, 0.15), "Of every 100 units of authority that backlinks bring, 10 reach money pages today, 15 after this link: each backlink is worth 1.50 times as much"),
        (_plan(0.1, 0.2, "Tents", ("Tents",) * 2), "Of every 100 units of authority that backlinks bring, 10 reach “Tents” today, 20 after these 2 links: each backlink is worth 2.0 times as much"),
        (_plan(0.1, 0.1001), "Of every 100 units of authority that backlinks bring, 10.01 reach money pages after this link, hardly more than today (10.00)"),
        (_plan(0.1, 0.2, "orphans first", ("orphans", "money pages")), "1 page that no path leads to gets a link; of every 100 units of authority that backlinks bring, 20 reach money pages then, 10 today"),
        (_plan(0.1, 0.2, "orphans first"), "Of every 100 units of authority that backlinks bring, 10 reach money pages today, 20 after this link: each backlink is worth 2.0 times as much"),
    ],
)  # fmt: skip
def test_a_headline_says_what_a_plan_brings(plan: Any, said: str) -> None:
    assert plan_headline(plan) == said


def test_whose_links_and_what_enters_is_said() -> None:
    told = plan_headline(_plan(0.1, 0.2), "authority that enters at the start page", whose="the plan's")
    assert told.endswith("20 after the plan's link: whatever enters there is worth 2.0 times as much")
    assert goal_words("3 chosen pages") == "3 chosen pages"
    assert goal_words("pillars") == "pillar pages"
    for domains, words in ((2.0, "authority that backlinks bring"), (0.0, "authority that enters at the start page")):  # fmt: skip
        audit = lk.run_audit(build([{"path": "/", "referring_domains": domains}]))
        assert entry_words(audit) == words


def test_hours_and_weights_are_numbers_from_end_to_end_of_their_range() -> None:
    model = EffortModel(link=0, template=40)
    assert (model.hours(Work.LINK, 9), model.hours(Work.TEMPLATE)) == (0.25, 40.25)
    assert EffortModel().hours(Work.REWORD, 3) == 0.55
    assert EffortModel().replace(link=1, file=2) == EffortModel(link=1, file=2)
    with pytest.raises(lk.SettingsError, match="unknown: sleep; known are start, reword"):
        EffortModel().replace(sleep=1)
    equal = ImpactWeights(gain=0.5, traffic=0.5, depth=0.5, severity=0.5)
    assert equal.shares() == dict.fromkeys(("gain", "traffic", "depth", "severity"), 0.25)
    one = ImpactWeights(gain=1, traffic=0, depth=0, severity=0)
    assert one.formula() == "Value per hour = (1.00 x gain of money pages) / hours; each measure against the largest of any win."  # fmt: skip
    for wrong in (True, "2", float("inf")):
        with pytest.raises(lk.SettingsError, match="a number is expected"):
            EffortModel(link=wrong)  # type: ignore[arg-type]


def test_words_of_pieces() -> None:
    assert [path_of(url) for url in (ORIGIN, f"{ORIGIN}/a", f"{ORIGIN}/a?b=1")] == ["/", "/a", "/a?b=1"]
    assert [some(["a", "b", "c"], most) for most in (1, 2, 3)] == ["a and 2 more", "a, b and 1 more", "a, b, c"]  # fmt: skip
    assert [quoted(text) for text in ("here", "")] == ["“here”", "“no text”"]
    table = pd.DataFrame({"n": range(5)})
    assert [part["n"].tolist() for part in batches(table, 2)] == [[0, 1], [2, 3], [4]]
    assert unique([3, -1, 3, 0]) == (3, 0)


def test_a_desk_knows_the_pages_of_findings_and_whether_there_is_text() -> None:
    texts = ["Canvas tents and boots.", "Boots of leather.", ""]
    pages = [{"path": path, "text": text} for path, text in zip(("/", "/a", "/b"), texts, strict=True)]
    audit = lk.run_audit(build([*pages, {"path": "/gone", "status": 404}], ["/ -> /a", "/ -> /gone"]))
    desk = Desk.of(audit, audit.findings)
    found = {each.check_id: each for each in desk.each(desk.findings)}
    assert (found["link-to-broken"].page, found["link-to-broken"].related) == (3, 0)
    assert (found["dead-end"].related, desk.path(3)) == (-1, "/gone")
    assert desk.metrics is audit.metrics
    assert desk.live.tolist() == [True, True, True, False]
    assert desk.relevance is audit.relevance
    two = lk.run_audit(build(pages[:2]))
    assert Desk.of(two, two.findings).relevance is two.relevance
    lone = lk.run_audit(build(pages[:1]))
    assert Desk.of(lone, lone.findings).relevance is None
    bare = lk.run_audit(build(["/", "/a"]))
    assert Desk.of(bare, bare.findings).relevance is None


def _closest(gone: str, titles: dict[str, str], texts: tuple[str, ...] = (), *, start: str = "/") -> str | None:  # fmt: skip
    pages = [{"path": start}, {"path": gone, "status": 404}]
    pages += [{"path": path, "title": title} for path, title in titles.items()]
    audit = lk.run_audit(build(pages, [f"{start} -> {page['path']}" for page in pages[1:]], start=start))
    found = Replacements(Desk.of(audit, audit.findings)).closest(1, texts)
    return None if found is None else str(audit.graph.urls[found[0]]).removeprefix(ORIGIN)


@pytest.mark.parametrize(
    ("gone", "titles", "closest"),
    [
        ("/size-of-tents/", {"/sizes/": "Size guide for tents", "/boots/": "Boots"}, "/sizes/"),
        # What most pages say tells little: the one with the rare word is meant.
        ("/shop/canvas/", {"/shop/a/": "A", "/shop/b/": "B", "/c/": "Canvas"}, "/c/"),
        # Nothing comes close but the folder; without one, and where only a word in three is the same, nothing.
        ("/shop/marl-peat-tarn-fell/", {"/shop/": "Everything", "/boots/": "Boots"}, "/shop/"),
        ("/shop/marl-peat/tarn-fell/", {"/shop": "Everything", "/boots/": "Boots"}, "/shop"),
        ("/marl/", {"/shop/": "Everything", "/boots/": "Boots"}, None),
        ("/marl-peat-tents/", {"/tents/": "Tents"}, "/tents/"),
        ("/marl-peat-tarn-fell-beck-tents/", {"/tents/": "Tents", "/boots/": "Boots"}, None),
        # Letters alone, and words of every address, are no subject.
        ("/x-y-index.html", {"/x/": "X", "/y/": "Index"}, None),
        ("/bus/", {"/bu/": "Bu"}, None),
        ("/bags/", {"/bag/": "Bag", "/boots/": "Boots"}, "/bag/"),
        # Four pages of five speak of tents: of that word and one that is gone the other one is meant.
        ("/tents-marl/", {"/a/": "Tents", "/b/": "Tents", "/c/": "Tents", "/d/": "Tents boots"}, None),
        ("/tents-marl/", {"/a/": "Tents", "/b/": "Peat", "/c/": "Fell", "/d/": "Boots"}, "/a/"),
    ],
)  # fmt: skip
def test_what_stands_in_for_an_address_that_is_gone(gone: str, titles: dict[str, str], closest: str | None) -> None:  # fmt: skip
    assert _closest(gone, titles) == closest


def test_the_start_page_stands_in_for_nothing() -> None:
    assert _closest("/en/marl-peat/", {"/en/boots/": "Boots"}, start="/en/") is None
    assert _closest("/en/shop/marl-peat-tarn/", {"/en/shop/": "Shop"}, start="/en/") == "/en/shop/"
    assert _closest("/tents", {"/b/": "Boots"}, ("en",), start="/en/") is None
    # Nor does the root of a site that starts below it.
    assert _closest("/marl-peat", {"/": "Welcome"}, start="/en/") is None


def test_words_of_links_to_a_page_tell_what_it_was() -> None:
    titles = {"/c/": "Care of canvas", "/boots/": "Boots"}
    assert _closest("/p?id=7", titles) is None
    assert _closest("/p?id=7", titles, ("canvas care",)) == "/c/"


# The file


def _saved(**changed: Any) -> SavedPlan:
    links = pd.DataFrame({
        "source": ["https://a.example/"], "target": ["https://a.example/b"], "goal": ["money pages"], "phrase": ["tents"],
        "sentence": ["All tents."], "gain": [0.1], "goal_after": [0.3], "relevance": [np.nan],
    })  # fmt: skip
    plan = SavedPlan("2026-03-01T10:00:00+00:00", "2026-03", True, ("Tents",), 0.2, 0.3, {"damping": 0.5}, "referring domains", links)  # fmt: skip
    return replace(plan, **changed)


def test_a_plan_comes_back_from_its_file(tmp_path: Path) -> None:
    plan = _saved()
    file = plan.save(tmp_path / "new" / "plans")
    assert file.name == "2026-03-accepted-20260301T100000.toml"
    back = SavedPlan.load(file)
    pd.testing.assert_frame_equal(back.links, plan.links.astype(back.links.dtypes.to_dict()))
    assert replace(back, links=plan.links).__dict__ == plan.__dict__
    # Another one lies beside it; the proposal of an unattended run takes the place of the last.
    again = [_saved(is_accepted=False, after=after).save(file.parent) for after in (0.3, 0.4)]
    assert (again[0], SavedPlan.load(again[0]).after) == (again[1], 0.4)
    assert len(list(file.parent.iterdir())) == 2


@pytest.mark.parametrize(
    "links", ["links = 3", 'links = ["a"]', "links = [{source = 'a'}]", "links = [{source = 'a', target = 'b'}, {target = 'c'}]"]
)  # fmt: skip
def test_what_is_no_plan_is_refused(tmp_path: Path, links: str) -> None:
    file = tmp_path / "plan.toml"
    file.write_text(links, "utf-8")
    with pytest.raises(lk.SettingsError, match=r"source and target are expected"):
        SavedPlan.load(file)


def test_a_plan_that_says_little_is_read(tmp_path: Path) -> None:
    file = tmp_path / "plan.toml"
    file.write_text('goal = "money pages"\nlinks = [{source = "a", target = "b"}]', "utf-8")
    plan = SavedPlan.load(file)
    assert (plan.is_accepted, plan.goal, plan.crawl) == (False, ("money pages",), "")
    assert np.isnan(plan.before)
    assert plan.links[["source", "target", "phrase"]].iloc[0].tolist() == ["a", "b", ""]
    assert [stored_number(value) for value in (1, 0.5)] == [1.0, 0.5]
    assert np.isnan([stored_number(value) for value in (True, "1", None)]).all()


def test_a_crawl_is_held_against_the_last_plan_before_it() -> None:
    plans = [
        _saved(crawl="2026-01", made="a"),
        _saved(crawl="2026-02", made="a"),
        _saved(crawl="2026-02", made="b"),
        _saved(crawl="2026-03", is_accepted=False),
        _saved(crawl="2026-04"),
    ]
    found = last_plan(plans, "2026-04")
    assert found is plans[2]
    assert last_plan(plans[3:], "2026-04") is plans[3]
    assert last_plan(plans, "2026-01") is None


def test_a_proposal_is_kept_where_there_is_one() -> None:
    audit = lk.run_audit(build(["/", "/a"], ["/ -> /a"]))
    with pytest.raises(lk.SettingsError, match="there is no plan to keep: "):
        SavedPlan.of(Planning(audit).propose(), "2026-03")
    earning = lk.run_audit(build(["/", {"path": "/a", "is_money_page": True}], ["/ -> /a"]))
    proposal = Planning(earning).propose()
    kept = SavedPlan.of(proposal, "2026-03", is_accepted=False)
    assert proposal.plan is not None
    assert (kept.before, kept.goal, kept.is_accepted) == (proposal.plan.before, ("money pages",), False)
    assert tomllib.loads(kept._toml())["entry"] == "start page"


@pytest.mark.parametrize(
    ("links", "reason"),
    [
        (0, "no page links to another in running text, so nothing can be hidden and found again"),
        (1, "only 1 link in running text: hiding 20 % of them would leave 0 to find"),
        (MIN_LINKS - 1, "only 49 links in running text: hiding 20 % of them would leave 10 to find"),
        (MIN_LINKS, ""),
    ],
)
def test_too_few_links_are_not_verified(monkeypatch: pytest.MonkeyPatch, links: int, reason: str) -> None:
    replaced: dict[str, Callable[..., Any]] = {
        "editorial_pairs": lambda known: range(links),
        "evaluate": lambda known, **chosen: pd.DataFrame({"known": [known]}),
    }
    for name, stub in replaced.items():
        monkeypatch.setattr(f"linkkit.plan.verifying.{name}", stub)
    found = verify_suggestions(SimpleNamespace(relevance="own"))  # type: ignore[arg-type]
    assert found.links == links
    assert found.reason.startswith(reason)
    assert bool(found.reason) == bool(reason)
    assert found.table.to_dict("list") == ({} if reason else {"known": ["own"]})
    given = verify_suggestions(None, relevance="given")  # type: ignore[arg-type]
    assert given.table.get("known", pd.Series()).tolist() == ([] if reason else ["given"])
