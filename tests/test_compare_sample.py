"""Two versions of the sample site, both crawled: a comparison finds exactly the planted differences, also from the command line."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from typer.testing import CliRunner

import linkkit as lk
from linkkit.charts import comparison_answer, comparison_lines
from linkkit.cli import EXIT_NEW_FINDINGS, app
from linkkit.comparison import Comparison, Judged
from linkkit.demo import serve
from linkkit.headless import compare_client, needs_crawl
from linkkit.plan.saved import SavedPlan
from tests.second_sample import HOME, MAPPING, RETITLED, build_second_version

MADE = ("/size-guide/", "/services/reproofing/")
NOT_MADE = ("/returns/", "/services/tent-repair/")
GONE = ("/events/kendal-film-night/", "/services/gear-hire/")


def planned(crawl: str) -> SavedPlan:
    pairs = [MADE, NOT_MADE, GONE]
    links = pd.DataFrame(
        {
            "source": [HOME + source for source, _ in pairs],
            "target": [HOME + target for _, target in pairs],
            "goal": "money pages",
            "phrase": "",
            "sentence": '</script> "quoted"\n\ttab = [x]',
            "gain": [0.003, 0.002, 0.001],
            "goal_after": [0.203, 0.205, 0.206],
            "relevance": [0.5, 0.4, float("nan")],
        }
    )
    return SavedPlan(
        "2026-03-01T10:00:00+00:00", crawl, True, ("money pages",), 0.2, 0.206, {}, "referring domains", links
    )


@pytest.fixture(scope="module")
def client(sample_client: lk.Client, tmp_path_factory: pytest.TempPathFactory) -> Iterator[lk.Client]:
    """The sample client with a saved audit of its first crawl, a plan, and a second crawl of the later version."""
    clients = tmp_path_factory.mktemp("later")
    shutil.copytree(sample_client.folder, clients / "sample", ignore=shutil.ignore_patterns("exports"))
    made = lk.Client.open("sample", clients=clients)
    (first,) = made.crawl_names
    made.audit().save(made.audits / first)
    planned(first).save(made.folder / "plans")
    made = made.save_thresholds(lk.Thresholds(max_crawl_depth=4))
    site = build_second_version(tmp_path_factory.mktemp("version"))
    with serve(site, public_url=made.settings.start_url) as address:
        made.crawl(crawl_url=address, delay=0, anew=True)
    return made


@pytest.fixture(scope="module")
def comparison(client: lk.Client) -> Comparison:
    return client.compare(url_mapping=MAPPING)


def short(urls: pd.Series) -> list[str]:
    return [url.removeprefix(HOME) for url in urls]


def test_exactly_the_planted_findings_came_and_went(comparison: Comparison) -> None:
    found = comparison.findings
    moved = found[(found["status"] != "remaining") | (found["as_reported"] != "remaining")]
    told = set(zip(moved["check_id"], short(moved["url"]), moved["status"], moved["reason"], strict=True))
    assert told == {
        ("link-to-broken", "/lost-property/", "new", "appeared"),
        ("orphan-page", "/events/map-quiz/", "new", "page is new"),
        # The log still names the address that moved.
        ("bot-waste", "/archive/2019-catalogue-notes/", "new", "appeared"),
        ("orphan-page", "/events/kendal-film-night/", "gone", "page is gone"),
        ("generic-anchor", "/delivery/", "gone", "fixed"),
        ("url-anchor", "/size-guide/", "gone", "fixed"),
        ("url-anchor", "/returns/", "gone", "fixed"),
        ("deep-page", "/hire/packraft-weekend/", "gone", "settings or definition changed"),
        ("deep-page", "/records/tent-fabric-notebook/", "gone", "settings or definition changed"),
        ("deep-page", "/records/founders-letter/", "gone", "settings or definition changed"),
    }
    assert (found["status"] == "remaining").sum() == len(comparison.new.findings) - 3


def test_exactly_the_planted_pages_changed(comparison: Comparison) -> None:
    pages = comparison.pages
    moved = pages[pages["change"].isin(["gained", "lost"])]
    assert set(zip(short(moved["url"]), moved["change"], moved["why"], strict=True)) == {
        ("/events/map-quiz/", "gained", "not known before"),
        ("/events/kendal-film-night/", "lost", "no longer found"),
    }
    titled = pages[pages["title_changed"]]
    assert (short(titled["url"]), list(titled["new_title"])) == (
        ["/returns/"],
        [f"{RETITLED[1]} | Fell & Ford"],
    )
    # The one moved page that got no redirect: it was kept out of the index before, and is gone now.
    assert short(pages.loc[pages["status_changed"], "url"]) == ["/archive/heather-column/"]
    assert set(pages["drift"]) == {"", "same"}


def test_exactly_the_planted_links_changed(comparison: Comparison) -> None:
    sample = comparison.links.sample
    alone = sample[sample["why"] == "the link alone"]
    assert set(zip(alone["change"], short(alone["source"]), short(alone["target"]), strict=True)) == {
        ("gained", "/contact/", "/lost-property/"),
        ("gained", *MADE),
        ("lost", "/shop/tents/bothy-4-family/", "/delivery/"),
        ("lost", "/blog/camping-with-a-toddler/", "/size-guide/"),
        ("lost", "/shop/footwear/torrent-trail-shoe/", "/returns/"),
    }
    others = sample[sample["why"] != "the link alone"]
    assert set(short(others["source"])) == {"/events/map-quiz/", "/events/kendal-film-night/"}
    important = comparison.links.important
    assert ("gained", *MADE) in set(zip(important["change"], short(important["source"]), short(important["target"]), strict=True))  # fmt: skip


def test_only_the_threshold_differs_beside_the_site(comparison: Comparison) -> None:
    rows = comparison.settings
    assert list(
        zip(rows["kind"], rows["name"], rows["old"], rows["new"], rows["is_evened_out"], strict=True)
    ) == [("threshold", "max_crawl_depth", "3", "4", True)]


def test_the_plan_is_held_against_the_crawl(comparison: Comparison) -> None:
    outcome = comparison.plan
    assert outcome is not None
    assert list(outcome.links["state"]) == ["made", "not made", "one of its pages is gone"]
    assert outcome.before == pytest.approx(comparison.old.authority.captured)
    assert outcome.after == pytest.approx(comparison.new.authority.captured)
    by_hand = lk.plan.simulate(comparison.old, add_links=pd.DataFrame([MADE], columns=["source", "target"]))
    assert outcome.with_made == pytest.approx(by_hand.after.authority.captured, abs=1e-9)
    assert outcome.with_all > outcome.with_made > outcome.before
    assert outcome.elsewhere == pytest.approx(outcome.after - outcome.with_made)


def test_without_the_mapping_the_move_is_suggested_and_nothing_is_called_fixed(client: lk.Client) -> None:
    plain = client.compare()
    assert [rule.replacement for rule in plain.suggested] == [rf"{HOME}/records/\1"]
    lost = plain.pages[plain.pages["change"] == "lost"]
    assert set(lost["why"]) >= {f"redirects to {HOME}/records/founders-letter/", "no longer found"}
    fixed = plain.findings[plain.findings["reason"] == "fixed"]
    assert not fixed["url"].str.contains("/records/|/archive/f").any()


def test_a_plan_survives_its_file(tmp_path: Path) -> None:
    before = planned("2026-03-01")
    after = SavedPlan.load(before.save(tmp_path))
    pd.testing.assert_frame_equal(after.links, before.links, check_dtype=False)
    assert (after.goal, after.before, after.is_accepted) == (before.goal, before.before, True)
    assert not list(tmp_path.glob("*.partial"))


def test_the_summary_says_what_happened(comparison: Comparison) -> None:
    answer = comparison_answer(comparison)
    assert answer.verdict == "fix"
    assert answer.sentence.startswith("3 findings fixed, 3 new, ")
    assert "1 page gained, 1 lost" in answer.sentence
    assert "1 of 3 planned links was made" in answer.sentence
    lines = "\n".join(comparison_lines(comparison))
    assert "differs: threshold max_crawl_depth: 3 -> 4" in lines
    assert "new, high: link-to-broken" in lines


def test_the_export_holds_the_same(client: lk.Client, comparison: Comparison) -> None:
    run = compare_client(client, url_mapping=MAPPING, audit=comparison.new)
    table = pd.read_csv(client.exports / "comparison-findings.csv")
    assert table["status"].value_counts()["new"] == 3
    book = openpyxl.load_workbook(client.exports / "comparison.xlsx", read_only=True)
    assert book.sheetnames[:3] == ["Summary", "What else differs", "New and gone"]
    assert "Link plan" in book.sheetnames
    assert {path.name for path in run.exports} >= {"comparison-pages.csv", "comparison-links.csv"}


def test_a_history_of_two_audits(client: lk.Client, comparison: Comparison) -> None:
    comparison.new.save(client.audits / client.crawl_names[-1], overwrite=True)
    (client.audits / "2020-01-01").mkdir(exist_ok=True)
    (client.audits / "2020-01-01" / "manifest.json").write_text("{}", "utf-8")
    first_about, about = (client.audits / name / "manifest.json" for name in client.crawl_names)
    # An audit of a version that knew no verdict.
    told = json.loads(about.read_text("utf-8"))
    verdict = json.loads(first_about.read_text("utf-8"))["readiness"]["verdict"]
    about.write_text(
        json.dumps({name: told[name] for name in told if name not in ("readiness", "checksum")}), "utf-8"
    )
    rows = client.history()
    assert list(rows["audit"]) == ["2020-01-01", *client.crawl_names]
    assert "names no thresholds" in rows["fault"].iloc[0]
    first, last = rows.iloc[1], rows.iloc[2]
    reported = Judged.load(client.audits / client.crawl_names[0])
    assert first["high"] == (reported.findings["severity"] == "high").sum()
    assert (first["settings_changed"], last["settings_changed"]) == (False, True)
    assert last["captured"] == pytest.approx(comparison.new.authority.captured)
    assert (first["orphans"], last["orphans"]) == (7, 7)
    assert first["verdict"] == verdict != ""
    assert pd.isna(last["verdict"])
    assert last["pages"] == comparison.new.site.pages["is_indexable"].sum()


# The command line


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, list(arguments))
    return done.exit_code, done.output


def test_exit_codes_of_a_scheduled_comparison(client: lk.Client) -> None:
    own = ("--client", "sample", "--clients", str(client.folder.parent))
    code, told = run("compare", *own, "--map", MAPPING[0], "--fail-on", "high")
    assert code == EXIT_NEW_FINDINGS == 4, told
    assert "3 findings fixed, 3 new" in told
    assert "New findings of severity high or worse: 2" in told
    code, told = run("compare", *own, "--map", MAPPING[0], "--from", client.crawl_names[0], "--to", "last")
    assert code == 0, told
    code, told = run("compare", *own, "--from", "2020-01-01")
    assert (code, "no crawl '2020-01-01'" in told) == (1, True)
    code, told = run("compare", *own, "--map", "(a => b")
    assert (code, "rule 1" in told) == (1, True)
    code, told = run("compare", *own, "--fail-on", "terrible")
    assert code == 2, told


def test_when_a_run_that_compares_crawls_first(client: lk.Client, tmp_path: Path) -> None:
    latest = client.audits / client.crawl_names[-1]
    shutil.rmtree(latest, ignore_errors=True)
    assert not needs_crawl(client, compares=True)
    client.audit().save(latest)
    assert needs_crawl(client, compares=True)
    assert not needs_crawl(client, compares=False)


def test_an_older_crawl_is_named_and_new_pages_are_those_it_did_not_reach(client: lk.Client) -> None:
    assert client.crawl_before() == client.crawl_names[0]
    assert client.crawl_before(client.crawl_names[0]) is None
    with pytest.raises(lk.SiteError, match="known: "):
        client.site(crawl="2020-01-01")
    audit = client.audit()
    older = client.raw_site(client.crawl_names[0])
    fresh = set(lk.plan.new_pages(audit, older))
    assert f"{HOME}/events/map-quiz/" in fresh
    # With the signals of today the older site knows the page from the sitemap of today: that makes it no older.
    assert f"{HOME}/events/map-quiz/" in set(
        lk.plan.new_pages(audit, client.site(crawl=client.crawl_names[0]))
    )
