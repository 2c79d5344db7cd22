"""The sample site: the planted reasons, and the same site mended in its HTML and crawled again, which is ready as predicted."""

import shutil
from collections import defaultdict
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

import linkkit as lk
from linkkit.deck.gates import readiness_export
from linkkit.demo import sample_folder, serve
from linkkit.plan import simulate
from linkkit.readiness.gates import CAPTURED, HUBS, IMPORTANT, MONEY
from linkkit.readiness.view import CRAWL

HOME = "https://www.fellandford.example"
FIXES = [
    # Money pages too deep or without a link get one from the page of all services, which the menu leads to.
    *(("/services/", page) for page in ("/hire/packraft-weekend/", "/hire/group-river-day/", "/hire/schools-programme/", "/services/corporate-days/")),
    # The orphan with backlinks.
    ("/about/", "/press/fort-william-opening/"),
    # A section without a page at its address gets one that all of its pages link up to.
    *((f"/lab/{page}/", "/lab/how-we-test/") for page in ("fabric-glossary", "hydrostatic-head-tests", "stove-boil-times", "tent-pole-snap-test")),
]  # fmt: skip
"""Links that mend what the verdict names."""


@pytest.fixture(scope="module")
def audit(sample_client: lk.Client) -> lk.Audit:
    return sample_client.audit()


def test_the_sample_site_gets_fix_first_for_the_planted_reasons(audit: lk.Audit) -> None:
    r = audit.readiness
    assert (str(r.verdict), r.ruling.decided_by) == ("fix first", (MONEY, IMPORTANT, HUBS))
    pages = {gate.id: {url.removeprefix(HOME) for url in gate.pages} for gate in r.decided_by}
    assert pages[MONEY] == {"/hire/packraft-weekend/", "/hire/group-river-day/", "/hire/schools-programme/", "/services/corporate-days/"}  # fmt: skip
    assert pages[IMPORTANT] == {"/services/corporate-days/", "/press/fort-william-opening/"}
    assert pages[HUBS] == {"/lab/"}
    # These pages are planted, each with a finding of its own.
    found = audit.findings
    for check, names in (("deep-page", pages[MONEY] - {"/services/corporate-days/"}), ("orphan-page", pages[IMPORTANT])):  # fmt: skip
        assert {HOME + page for page in names} <= set(found.loc[found["check_id"] == check, "url"])
    assert (found["check_id"] == "section-without-hub").sum() == 1
    assert r.caveat == ""
    sheet = readiness_export(r).set_index("gate")
    assert sheet.loc[MONEY, ["right", "total"]].tolist() == [16, 20]
    assert sheet.loc[CAPTURED, ["right", "total"]].isna().all(), (
        "a share of authority is none of things: not 0 of 0"
    )
    flips = r.robustness[r.robustness["flips"]]
    assert set(flips["kind"]) == {CRAWL}
    assert set(flips["verdict"]) == {"inconclusive"}


def _with_links(site: Path, links: list[tuple[str, str]], titles: dict[str, str]) -> None:
    """Write links into the HTML of the pages that are to hold them, at the end of their content."""
    by_page: dict[str, list[str]] = defaultdict(list)
    for source, target in dict.fromkeys(links):
        by_page[source].append(target)
    for source, targets in by_page.items():
        file = site / unquote(source).strip("/") / "index.html"
        html = file.read_text("utf-8")
        assert html.count("</main>") == 1, source
        added = "".join(f'<p>See <a href="{each}">{titles[each]}</a>.</p>\n' for each in targets)
        file.write_text(html.replace("</main>", f"{added}</main>"), "utf-8")


def test_the_mended_site_with_the_plan_is_ready_and_gains_what_was_predicted(
    audit: lk.Audit, sample_client: lk.Client, tmp_path: Path
) -> None:
    plan = audit.readiness.basis.plan
    assert plan is not None
    planned = [(urlsplit(s).path, urlsplit(t).path) for s, t in zip(plan.links["source"], plan.links["target"], strict=True)]  # fmt: skip
    only = simulate(audit, add_links=planned)
    assert only.after.authority.captured == pytest.approx(audit.readiness.after, abs=1e-9)
    predicted = simulate(audit, add_links=[*FIXES, *planned])
    site = tmp_path / "site"
    shutil.copytree(sample_folder() / "site", site)
    # Names no two of which are alike: a name on every page would be taken for the template's.
    named = {page: f"{page.strip('/').replace('/', ' ').replace('-', ' ')} in detail" for _, page in [*FIXES, *planned]}  # fmt: skip
    _with_links(site, [*FIXES, *planned], named)
    clients = tmp_path / "clients"
    shutil.copytree(sample_client.folder / "signals", clients / "mended" / "signals")
    shutil.copyfile(sample_client.folder / "client.toml", clients / "mended" / "client.toml")
    mended = lk.Client.open("mended", clients=clients)
    with serve(site, public_url=HOME + "/") as address:
        mended.crawl(crawl_url=address, delay=0)
    again = mended.audit()
    assert again.manifest.complete, again.manifest.stopped_by
    assert again.authority.captured == pytest.approx(predicted.after.authority.captured, abs=1e-9)
    assert again.ledger.to_numpy() == pytest.approx(predicted.ledger["after"].to_numpy(), abs=1e-9)
    r = again.readiness
    assert str(r.verdict) == "ready", r.sentence
    assert r.sentence == "Ready: all 7 gates hold."
    assert r.captured > audit.readiness.captured
