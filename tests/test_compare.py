"""Comparisons of small sites: every kind of change by hand, and what holds for any two sites."""

import itertools
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import linkkit as lk
from linkkit.audit import Audit
from linkkit.checks import CHECKS
from linkkit.comparison import (
    Comparison,
    Judged,
    Rule,
    changed_pages,
    compare,
    map_urls,
    read_rules,
    setting_changes,
    suggest_mapping,
    totals,
)
from linkkit.comparison.choosing import pair_of
from linkkit.comparison.findings import EXAMPLES, REASONS
from linkkit.comparison.mapping import Moves
from linkkit.errors import SettingsError, SiteError
from tests.site_factory import ORIGIN, build, paths

BASE_PAGES = [
    {"path": "/", "title": "Home"},
    {"path": "/a/", "title": "A"},
    {"path": "/b/", "title": "B"},
    {"path": "/c/", "title": "C", "is_money_page": True},
    {"path": "/d/", "title": "D"},
]
BASE_LINKS = ["/ -> /a/", "/ -> /b/", "/a/ -> /c/", "/b/ -> /c/", "/c/ -> /", "/c/ -> /d/", "/d/ -> /"]


def audit(pages=BASE_PAGES, links=BASE_LINKS, thresholds=None, model=None, **options) -> Audit:
    return lk.run_audit(build(pages, links, **options), thresholds, model=model)


def of(comparison: Comparison, change: str) -> dict[str, str]:
    pages = comparison.pages[comparison.pages["change"] == change]
    return dict(zip(paths(pages["url"]), pages["why"], strict=True))


def keys(findings: pd.DataFrame) -> set[tuple[str, str, str]]:
    return set(zip(findings["check_id"], findings["status"], findings["reason"], strict=True))


# Pages


def test_pages_gained_and_lost_say_why() -> None:
    later = [
        {"path": "/", "title": "Home"},
        {"path": "/a/", "status": 301, "redirect_to": "/e/"},
        {"path": "/b/", "status": 404},
        {"path": "/c/", "title": "C", "robots": ["noindex"], "is_money_page": True},
        {"path": "/e/", "title": "E"},
    ]
    found = compare(audit(), audit(later, ["/ -> /a/", "/ -> /b/", "/ -> /c/", "/ -> /e/", "/e/ -> /"]))
    assert of(found, "lost") == {
        "/a/": f"redirects to {ORIGIN}/e/",
        "/b/": "answers 404",
        "/c/": "noindex",
        "/d/": "no longer found",
    }
    assert of(found, "gained") == {"/e/": "not known before"}


def test_a_page_that_an_incomplete_crawl_did_not_reach_is_not_called_gone() -> None:
    found = compare(audit(), audit(BASE_PAGES[:4], BASE_LINKS[:5], complete=False))
    assert of(found, "lost") == {"/d/": "not crawled (incomplete)"}
    row = found.settings[found.settings["name"] == "completeness"].iloc[0]
    assert (row["old"], row["new"], row["is_evened_out"]) == ("complete", "incomplete: page limit", False)


def test_status_title_and_indexability_changes_are_listed() -> None:
    later = [dict(page) for page in BASE_PAGES]
    later[1]["title"] = "Another A"
    later[4]["status"] = 500
    found = changed_pages(compare(audit(), audit(later)))
    told = {
        (row["what"], row["url"].removeprefix(ORIGIN), row["old"], row["new"]) for _, row in found.iterrows()
    }
    assert told == {
        ("title", "/a/", "A", "Another A"),
        ("status", "/d/", "200", "500"),
        ("indexability", "/d/", "indexable", "server_error"),
    }


def test_drift_of_depth() -> None:
    before = audit()
    after = audit(links=["/ -> /b/", "/b/ -> /a/", "/ -> /c/", "/c/ -> /", "/b/ -> /"])
    pages = compare(before, after).pages.set_index("url")["drift"]
    assert dict(zip(paths(pages.index), pages, strict=True)) == {
        "/": "same", "/a/": "deeper", "/b/": "same", "/c/": "nearer", "/d/": "out of reach",
    }  # fmt: skip


# Links


def test_links_by_section_position_and_reason() -> None:
    before = audit(links=[*BASE_LINKS, {"source": "/d/", "target": "/b/", "position": "footer"}])
    pages = [*BASE_PAGES[:4], {"path": "/x/y/", "title": "XY"}]
    after = audit(
        pages,
        [*BASE_LINKS[:5], "/ -> /c/", {"source": "/x/y/", "target": "/c/", "nofollow": True}, "/ -> /x/y/"],
    )
    links = compare(before, after).links
    rows = {tuple(row) for row in links.counts.itertuples(index=False)}
    assert rows == {
        ("gained", "/", "content", "the link alone", 1, 0),
        ("gained", "/", "content", "the page it leads to is new", 1, 0),
        ("gained", "/x/", "content", "the linking page is new", 1, 1),
        ("lost", "/c/", "content", "the page it leads to is gone", 1, 0),
        ("lost", "/d/", "content", "the linking page is gone", 1, 0),
        ("lost", "/d/", "footer", "the linking page is gone", 1, 0),
    }
    assert (links.old_links, links.new_links) == (8, 8)
    assert (links.total("gained"), links.total("lost")) == (3, 3)
    important = {(row.change, *paths([row.source, row.target])) for row in links.important.itertuples()}
    assert important == {("gained", "/", "/c/"), ("gained", "/x/y/", "/c/")}


def test_the_sample_of_links_is_bounded_and_starts_with_money_pages() -> None:
    many = [{"path": f"/p{number}/"} for number in range(700)]
    links = [f"/ -> /p{number}/" for number in range(700)]
    found = compare(audit(), audit([*BASE_PAGES, *many], [*BASE_LINKS, *links, "/ -> /c/"]))
    assert found.links.total("gained") == 701
    assert len(found.links.sample) == 500
    assert paths(found.links.sample["target"])[0] == "/c/"


# Findings


def test_new_fixed_and_remaining_findings() -> None:
    before = audit([*BASE_PAGES, {"path": "/gone/", "status": 404}], [*BASE_LINKS, "/a/ -> /gone/"])
    after = audit([*BASE_PAGES, {"path": "/lost/", "status": 404}], [*BASE_LINKS, "/a/ -> /lost/"])
    found = compare(before, after).findings
    broken = found[found["check_id"] == "link-to-broken"]
    assert set(zip(paths(broken["url"]), broken["status"], broken["reason"], strict=True)) == {
        ("/gone/", "gone", "fixed"),
        ("/lost/", "new", "appeared"),
    }
    assert (found.loc[found["check_id"] == "weak-page", "status"] == "remaining").all()


def test_a_finding_whose_page_is_gone_is_not_called_fixed() -> None:
    pages = [*BASE_PAGES, {"path": "/deep/", "title": "Deep"}]
    before = audit(pages, [*BASE_LINKS, "/d/ -> /deep/", "/deep/ -> /"])
    found = compare(before, audit()).findings
    deep = found[(found["url"] == f"{ORIGIN}/deep/")]
    assert len(deep)
    assert set(deep["reason"]) == {"page is gone"}
    assert totals(compare(before, audit()).findings)["fixed"] == 0 or "fixed" in set(found["reason"])


def test_a_finding_whose_check_cannot_be_judged_any_more_is_not_called_fixed() -> None:
    orphan = [*BASE_PAGES, {"path": "/orphan/", "title": "O", "found_in": ["sitemap"]}]
    before, after = audit(orphan), audit(orphan, complete=False)
    found = compare(before, after).findings
    rows = found[found["check_id"] == "orphan-page"]
    assert set(zip(rows["status"], rows["reason"], strict=True)) == {
        ("gone", "check could not be judged now")
    }
    back = compare(after, before).findings
    rows = back[back["check_id"] == "orphan-page"]
    assert set(zip(rows["status"], rows["reason"], strict=True)) == {
        ("new", "check could not be judged before")
    }


def chain(length: int) -> Audit:
    names = ["/", *(f"/n{number}/" for number in range(length))]
    links = [f"{a} -> {b}" for a, b in itertools.pairwise(names)]
    return audit([{"path": name, "title": name} for name in names], [*links, f"{names[-1]} -> /"])


def test_a_threshold_that_changed_makes_no_finding_new_or_fixed() -> None:
    strict = lk.Thresholds(max_crawl_depth=2)
    before = chain(5)
    after = before.with_thresholds(strict)
    found = compare(before, after)
    deep = found.findings[found.findings["check_id"] == "deep-page"]
    assert (deep["status"] == "remaining").all()
    assert deep["as_reported"].value_counts().to_dict() == {"remaining": 2, "new": 1}
    row = found.settings.iloc[0]
    assert (row["kind"], row["name"], row["old"], row["new"], row["is_evened_out"]) == (
        "threshold", "max_crawl_depth", "3", "2", True,
    )  # fmt: skip
    looser = compare(after, before)
    gone = looser.findings[looser.findings["as_reported"] == "gone"]
    assert keys(gone) == {("deep-page", "gone", "settings or definition changed")}
    assert totals(looser.findings)["fixed"] == 0
    assert not len(looser.new_findings("info"))


def test_against_the_report_a_changed_threshold_is_named_as_the_reason() -> None:
    before = chain(5)
    after = before.with_thresholds(lk.Thresholds(max_crawl_depth=2))
    found = compare(before, after, basis="as_reported")
    new = found.findings[found.findings["status"] == "new"]
    assert keys(new) == {("deep-page", "new", "settings or definition changed")}
    assert found.basis == "as_reported"
    # A schedule must not fail for it.
    assert not len(found.new_findings("info"))


def test_a_finding_that_was_there_under_both_thresholds_stays_against_the_report() -> None:
    before = chain(4).with_thresholds(lk.Thresholds(max_crawl_depth=3))
    after = chain(7).with_thresholds(lk.Thresholds(max_crawl_depth=3))
    found = compare(before, after).findings
    deep = found[found["check_id"] == "deep-page"]
    assert deep["status"].value_counts().to_dict() == {"new": 3, "remaining": 1}


def test_another_link_model_is_evened_out_and_named() -> None:
    uniform = lk.LinkModel(weights="uniform", damping=0.7)
    found = compare(audit(), audit(model=uniform))
    assert found.old.graph.model == uniform
    assert set(found.settings["name"]) == {"weights", "damping"}
    assert not found.has_differences


def test_findings_whose_example_page_changed_remain() -> None:
    links = [*BASE_LINKS, "/a/ -> /gone/"]
    pages = [*BASE_PAGES, {"path": "/gone/", "status": 404}]
    before, after = audit(pages, links), audit(pages, [*BASE_LINKS, "/b/ -> /gone/"])
    found = compare(before, after).findings
    row = found[found["check_id"] == "link-to-broken"].iloc[0]
    assert (row["status"], row["related_url"]) == ("remaining", f"{ORIGIN}/b/")


def test_checks_with_examples_exist() -> None:
    assert EXAMPLES - set(CHECKS) <= {"deep-money-page"}


# URL mapping


def test_a_mapping_follows_a_move() -> None:
    moved = [{**page, "path": page["path"].replace("/a/", "/new/a/")} for page in BASE_PAGES]
    links = [link.replace("/a/", "/new/a/") for link in BASE_LINKS]
    plain = compare(audit(), audit(moved, links))
    assert of(plain, "gained") == {"/new/a/": "not known before"}
    mapped = compare(audit(), audit(moved, links), url_mapping=[rf"^{ORIGIN}/a/(.*)$ => {ORIGIN}/new/a/\1"])
    assert of(mapped, "gained") == of(mapped, "lost") == {}
    assert not len(mapped.links.counts)
    assert set(mapped.findings["status"]) <= {"remaining"}


def test_rules_are_read_as_people_write_them() -> None:
    rule = Rule(r"^http://(.*)$", r"https://\1")
    assert (
        read_rules([r"^http://(.*)$ => https://\1"]) == read_rules(["^http://(.*)$ -> https://$1"]) == (rule,)
    )
    assert (
        read_rules({"^http://(.*)$": "https://$1"})
        == read_rules([(rule.pattern, rule.replacement)])
        == (rule,)
    )
    assert read_rules(r"^http://(.*)$ => https://\1") == (rule,)
    assert map_urls(["http://x.example/a?b", "https://x.example/"], (rule,)) == [
        "https://x.example/a?b", "https://x.example/",
    ]  # fmt: skip


def test_the_first_rule_that_fits_counts() -> None:
    rules = read_rules(
        [r"^https://x\.example/a/ => https://x.example/b/", r"^https://x\.example/b/ => https://x.example/c/"]
    )
    assert map_urls(["https://x.example/a/1", "https://x.example/b/1"], rules) == [
        "https://x.example/b/1", "https://x.example/c/1",
    ]  # fmt: skip


def test_all_faults_of_a_mapping_are_told_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        read_rules(["(a => b", r"^(a) => \2", "nothing", "a(?=b) => c"])
    text = str(caught.value)
    assert all(
        part in text for part in ("rule 1", "missing )", "rule 2", "'nothing'", "rule 4", "look-ahead")
    )


def test_a_replacement_that_makes_no_address_is_refused() -> None:
    with pytest.raises(SettingsError, match="no web address"):
        map_urls(["https://x.example/a"], read_rules(["^https => gopher"]))


def test_a_hostile_pattern_takes_no_time() -> None:
    rules = read_rules([r"^(a+)+$ => https://x.example/", r"(x*)*y => https://x.example/"])
    began = time.perf_counter()
    map_urls([f"https://x.example/{'a' * 2000}!"] * 100, rules)
    # Backtracking would take longer than the universe lasts.
    assert time.perf_counter() - began < 5


def test_old_addresses_that_become_one_are_reported() -> None:
    found = compare(audit(), audit(), url_mapping=[rf"^{ORIGIN}/[ab]/$ => {ORIGIN}/a/"])
    assert list(found.merged.itertuples(index=False, name=None)) == [
        (f"{ORIGIN}/a/", f"{ORIGIN}/a/"), (f"{ORIGIN}/a/", f"{ORIGIN}/b/"),
    ]  # fmt: skip
    assert of(found, "gained") == {"/b/": "not known before"}


def absolute(origin: str, path: str) -> str:
    return origin + path


@pytest.mark.parametrize(
    "origin", ["http://shop.example", "https://www.shop.example", "https://new-shop.example"]
)
def test_a_move_of_the_whole_site_is_found(origin: str) -> None:
    pages = [{**page, "url": origin + page["path"]} for page in BASE_PAGES]
    for page in pages:
        page.pop("path")
    links = [
        {"source": origin + a.strip(), "target": origin + b.strip(), "anchor": b.strip()}
        for a, b in (link.split("->") for link in BASE_LINKS)
    ]
    before = audit(links=[{"source": a.strip(), "target": b.strip(), "anchor": b.strip()} for a, b in (link.split("->") for link in BASE_LINKS)])  # fmt: skip
    after = audit(pages, links, start=f"{origin}/")
    found = compare(before, after)
    assert [rule.replacement for rule in found.rules] == [rf"{origin}\1"]
    assert set(found.pages["change"]) == {"stayed"}
    assert not len(found.links.counts)
    nothing = compare(before, after, url_mapping=[])
    assert (nothing.pages["change"] == "gained").sum() == 5


def test_a_folder_that_redirects_is_suggested_and_not_used_unasked() -> None:
    old = [{"path": "/"}, *({"path": f"/blog/{name}/"} for name in "abcd")]
    new = [{"path": "/"}, *({"path": f"/guides/{name}/"} for name in "abcd")]
    new += [{"path": f"/blog/{name}/", "status": 301, "redirect_to": f"/guides/{name}/"} for name in "abc"]
    before = audit(old, [f"/ -> /blog/{name}/" for name in "abcd"])
    after = audit(
        new, [f"/ -> /guides/{name}/" for name in "abcd"] + [f"/ -> /blog/{name}/" for name in "abc"]
    )
    (rule,) = suggest_mapping(before.site, after.site)
    assert (rule.replacement, rule.why) == (rf"{ORIGIN}/guides/\1", "3 of its pages redirect there")
    found = compare(before, after)
    assert found.rules == ()
    assert found.suggested == (rule,)
    assert of(compare(before, after, url_mapping=[rule]), "lost") == {}


# Any two sites

NAMES = [f"/{name}/" for name in "abcdefgh"]
page_sets = st.sets(st.sampled_from(NAMES), min_size=1)
edges = st.sets(st.tuples(st.sampled_from(["/", *NAMES]), st.sampled_from(["/", *NAMES])), max_size=24)
broken = st.sets(st.sampled_from(NAMES), max_size=3)
sites = st.tuples(page_sets, edges, broken, st.booleans())


def random_audit(drawn: tuple[set[str], set[tuple[str, str]], set[str], bool]) -> Audit:
    names, links, gone, complete = drawn
    pages = [{"path": "/", "title": "Home"}]
    pages += [{"path": name, "title": name, "status": 404 if name in gone else 200} for name in sorted(names)]
    there = {"/", *names}
    return audit(pages, [f"{a} -> {b}" for a, b in sorted(links) if a in there], complete=complete)


MIRRORED = {
    "appeared": "fixed",
    "page is new": "page is gone",
    "related page is new": "related page is gone",
    "page was not crawled before": "page was not crawled now",
    "check could not be judged before": "check could not be judged now",
    "settings or definition changed": "settings or definition changed",
    "": "",
}


def check_mirror(there: Comparison, back: Comparison) -> None:
    """A comparison the other way round says the opposite."""
    swap = {"gained": "lost", "lost": "gained", "stayed": "stayed", "not a page": "not a page"}
    assert [swap[change] for change in there.pages["change"]] == list(back.pages["change"])
    drift = {"deeper": "nearer", "nearer": "deeper", "out of reach": "back in reach", "back in reach": "out of reach", "same": "same", "": ""}  # fmt: skip
    assert [drift[each] for each in there.pages["drift"]] == list(back.pages["drift"])
    np.testing.assert_allclose(there.pages["authority_change"], -back.pages["authority_change"], atol=1e-12)

    def told(comparison: Comparison, mirror: bool) -> list[tuple[str, ...]]:
        status = {"new": "gone", "gone": "new", "remaining": "remaining"}
        other = MIRRORED | {value: key for key, value in MIRRORED.items()}
        return sorted(
            (row.check_id, row.url, status[row.status] if mirror else row.status, other[row.reason] if mirror else row.reason)
            for row in comparison.findings.itertuples()
        )  # fmt: skip

    assert told(there, mirror=True) == told(back, mirror=False)
    assert set(there.findings["reason"]) <= {*REASONS, ""}
    counts = [
        sorted(zip(c.links.counts["section"], c.links.counts["position"], c.links.counts["links"], strict=True))
        for c in (replace(there, links=replace(there.links, counts=there.links.counts[there.links.counts["change"] == "gained"])),
                  replace(back, links=replace(back.links, counts=back.links.counts[back.links.counts["change"] == "lost"])))
    ]  # fmt: skip
    assert counts[0] == counts[1]


def check_sums(found: Comparison, a: Audit, b: Audit) -> None:
    """Findings add up, and links gained and lost are those of plain sets."""
    counted = totals(found.findings)
    assert counted["new"] + counted["remaining"] == len(b.findings)
    assert counted["fixed"] + counted["otherwise gone"] + counted["remaining"] == len(a.findings)
    links = [
        set(zip(*(each.site.engine.arrow(
            "SELECT s.url AS a, t.url AS b FROM links l JOIN pages s ON s.page_id = source_id JOIN pages t ON t.page_id = target_id WHERE s.status = 200"
        ).to_pandas()[name] for name in "ab"), strict=True))
        for each in (a, b)
    ]  # fmt: skip
    assert found.links.total("gained") == len(links[1] - links[0])
    assert found.links.total("lost") == len(links[0] - links[1])


@settings(max_examples=6, deadline=None)
@given(sites, sites)
def test_what_holds_for_any_two_sites(first, second) -> None:
    a, b = random_audit(first), random_audit(second)
    there, back, same = compare(a, b), compare(b, a), compare(a, a)
    assert not same.has_differences
    assert same.settings[same.settings["name"] != "completeness"].empty
    assert len(same.findings) == len(a.findings)
    check_mirror(there, back)
    check_sums(there, a, b)


# Saved audits, odd sites


def test_a_saved_audit_says_the_same_as_the_live_one(tmp_path: Path) -> None:
    one = audit()
    stored, live = Judged.load(one.save(tmp_path / "audit")), Judged.of(one)
    pd.testing.assert_frame_equal(
        stored.findings.astype("object"), live.findings.astype("object"), check_dtype=False
    )
    assert (dict(stored.thresholds), dict(stored.model), dict(stored.definitions), stored.linkkit) == (
        dict(live.thresholds), dict(live.model), dict(live.definitions), live.linkkit,
    )  # fmt: skip
    assert stored.captured == pytest.approx(live.captured)
    found = compare(one, one, reported=stored)
    assert found.settings.empty
    assert set(found.findings["as_reported"]) == {"remaining"}


def test_a_check_that_was_defined_otherwise_is_named(tmp_path: Path) -> None:
    one = audit()
    then = replace(
        Judged.of(one), definitions={**Judged.of(one).definitions, "deep-page": "another"}, linkkit="0.0.9"
    )
    found = compare(one, one, reported=then).settings
    assert set(zip(found["kind"], found["is_evened_out"], strict=True)) == {
        ("version", True),
        ("check definition", True),
    }
    assert found["name"].str.startswith("deep-page").sum() == 1


def test_whatever_else_differs_is_named() -> None:
    judged = Judged.of(audit())
    site = dict(judged.site)
    then = replace(
        judged,
        site=site
        | {
            "tool": "Screaming Frog", "linkkit": "0.0.1", "signals": {"backlinks": {"matched": 3}, "logs": {"matched": 100}},
            "settings": {"max_pages": 500, "exclude": ["/shop/"], "include": []},
        },
        clusters=("Tents",),
    )  # fmt: skip
    now = replace(
        judged,
        site=site | {"signals": {"logs": {"matched": 20}}, "settings": {"max_pages": None, "exclude": []}},
        clusters=("Tents", "Boots"),
    )
    rows = setting_changes(then, then, now)
    assert not rows["is_evened_out"].any()
    assert set(zip(rows["kind"], rows["name"], rows["old"], rows["new"], strict=True)) == {
        ("signal", "backlinks", "there", "missing"),
        ("signal", "logs", "100 rows match a page", "20 rows match a page"),
        ("topic cluster", "Boots", "missing", "there"),
        ("crawl", "tool", "Screaming Frog", "test"),
        ("crawl", "max_pages", "500", "none"),
        ("crawl", "exclude", '["/shop/"]', "[]"),
        ("version", "linkkit, of the crawl", "0.0.1", str(site["linkkit"])),
    }
    # A signal that the old audit lacked in its day, and that both have now, is evened out.
    lacked = setting_changes(replace(judged, site=site | {"signals": {}}), now, now)
    assert next(zip(lacked["name"], lacked["is_evened_out"], strict=True)) == ("logs", True)


def test_an_address_that_stayed_where_a_rule_says_it_moved_is_not_mapped() -> None:
    rules = read_rules(["^https://x.example/a/ => https://x.example/b/"])
    moves = Moves(rules, frozenset({"https://x.example/a/1", "https://x.example/b/2"}))
    assert moves([f"https://x.example/a/{number}" for number in (1, 2, 3)]) == [
        "https://x.example/a/1", "https://x.example/b/2", "https://x.example/b/3",
    ]  # fmt: skip


def test_a_folder_that_is_no_audit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match="holds no audit"):
        Judged.load(tmp_path)
    (tmp_path / "manifest.json").write_text("{", "utf-8")
    with pytest.raises(SiteError, match="damaged"):
        Judged.load(tmp_path)


@pytest.mark.parametrize("pages", [[], ["/"]])
def test_empty_and_one_page_sites_compare(pages: list[str]) -> None:
    small = audit(pages or [{"path": "/", "crawled": False}], [])
    found = compare(small, audit())
    assert len(of(found, "gained")) == 5 - len(pages)
    assert not compare(small, small).has_differences


def test_which_crawls_are_meant() -> None:
    names = ["2026-01-05", "2026-02-05", "2026-03-05"]
    assert pair_of(names, "last", "last", "acme") == ("2026-02-05", "2026-03-05")
    assert pair_of(names, "2026-01-05", None, "acme") == ("2026-01-05", "2026-03-05")
    for old, new, message in (
        ("2025-01-01", None, "no crawl '2025-01-01'"),
        ("2026-03-05", None, "with itself"),
        (None, "2026-01-05", "no crawl before"),
    ):
        with pytest.raises(SiteError, match=message):
            pair_of(names, old, new, "acme")
    with pytest.raises(SiteError, match="only one, 2026-01-05"):
        pair_of(names[:1], None, None, "acme")


def test_a_client_keeps_its_mapping(tmp_path: Path) -> None:
    client = lk.Client.new("acme", f"{ORIGIN}/", clients=tmp_path)
    for path in ("/a/", "/new/a/"):
        edges = tmp_path / "edges.csv"
        edges.write_text(f"source,target\n{ORIGIN}/,{ORIGIN}{path}\n{ORIGIN}{path},{ORIGIN}/\n", "utf-8")
        client.import_files(edges)
    assert of(client.compare(), "gained") != {}
    said = rf"url_mapping = ['^{ORIGIN}/a/(.*)$ => {ORIGIN}/new/a/\1']"
    settings = client.folder / "client.toml"
    settings.write_text(settings.read_text("utf-8").replace("#url_mapping = []", said), "utf-8")
    again = lk.Client.open("acme", clients=tmp_path)
    assert of(again.compare(), "gained") == of(again.compare(), "lost") == {}
    assert of(again.compare(url_mapping=[]), "gained") != {}


def test_a_threshold_of_a_section_is_held_against_what_held_there_before() -> None:
    limits = lk.Thresholds(max_crawl_depth=2)
    before = audit().with_thresholds(limits)
    tight = before.with_thresholds(limits.with_sections({"/a/": {"max_crawl_depth": 5}}))
    for old, new, said in ((before, tight, ("2", "5")), (tight, before, ("5", "2"))):
        rows = compare(old, new).settings
        (row,) = rows[rows["name"] == "max_crawl_depth in /a/"].itertuples()
        assert (row.old, row.new) == said
