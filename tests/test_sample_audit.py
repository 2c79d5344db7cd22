"""The sample client from a real crawl over HTTP: every planted finding, and nothing else; killed and resumed alike."""

import csv
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import linkkit as lk
from linkkit.demo import sample_folder, serve

KILLED_AFTER = (5, 60, 150)
CRAWL = """
import sys
import linkkit as lk
lk.crawl(sys.argv[1], sys.argv[2], delay=0.01, concurrency=4, public_url=sys.argv[3])
"""


def expected_findings() -> list[dict[str, str]]:
    with (sample_folder() / "expected_findings.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_everything_that_enters_the_sample_site_is_in_the_ledger(sample_client: lk.Client) -> None:
    audit = sample_client.audit()
    assert audit.ledger.sum() == pytest.approx(1.0, abs=1e-9)
    assert np.abs(audit.authority.landing_ledgers.sum(axis=1) - 1).max() < 1e-9
    assert audit.authority.entry.basis == "referring domains"
    assert 0.05 < audit.authority.captured < 0.5
    plan = lk.plan.link_plan(audit, 20)
    assert len(plan.links) == 20
    methods = plan.comparison.set_index("method")["after"]
    assert methods.idxmax() == "this plan"
    assert plan.after > audit.authority.captured


def test_the_planted_findings_and_nothing_else(sample_client: lk.Client) -> None:
    audit = sample_client.audit()
    assert audit.manifest.complete, audit.manifest.stopped_by
    # Without a script on the site nothing is rendered.
    unjudged = audit.checks[audit.checks["state"].isin(["error", "not_applicable"])]
    assert list(zip(unjudged["check_id"], unjudged["state"], strict=True)) == [
        ("rendered-only-links", "not_applicable")
    ], audit.checks.to_string()
    expected = expected_findings()
    found = Counter(zip(audit.findings["check_id"], audit.findings["url"], strict=True))
    assert found == Counter((row["check_id"], row["url"]) for row in expected)
    pairs = set(
        zip(audit.findings["check_id"], audit.findings["url"], audit.findings["related_url"], strict=True)
    )
    assert {
        (row["check_id"], row["url"], row["related_url"]) for row in expected if row["related_url"]
    } <= pairs


def test_every_check_is_planted(sample_client: lk.Client) -> None:
    planted = {row["check_id"] for row in expected_findings()}
    # The sample is served without scripts: what only rendering shows cannot be planted in it.
    assert planted | {"rendered-only-links"} == set(sample_client.audit().checks["check_id"])


def test_addresses_are_the_public_ones(sample_client: lk.Client) -> None:
    site = sample_client.site()
    assert site.start_url == "https://www.fellandford.example/"
    assert site.manifest.tool == "linkkit"
    assert site.pages["url"].str.startswith("https://www.fellandford.example/").all()
    assert not site.pages["canonical"].fillna("").str.contains("127.0.0.1").any()


def tables(site: lk.Site) -> dict[str, pd.DataFrame]:
    """Everything a Site says, with URLs and texts in place of ids, in an order of its own."""
    pages = site.pages.drop(columns=["page_id", "discovered_depth"]).sort_values("url").reset_index(drop=True)
    links = site.engine.arrow(
        """SELECT s.url AS source, t.url AS target, a.text, l.position, l.nofollow, l.is_image
        FROM links l JOIN pages s ON s.page_id = l.source_id JOIN pages t ON t.page_id = l.target_id
        JOIN anchors a USING (anchor_id) ORDER BY ALL"""
    ).to_pandas()
    external = site.engine.arrow(
        """SELECT s.url AS source, e.position, e.nofollow, e.links, e.targets FROM external_links e
        JOIN pages s ON s.page_id = e.source_id ORDER BY ALL"""
    ).to_pandas()
    text = site.engine.arrow(
        "SELECT p.url, t.text FROM text t JOIN pages p USING (page_id) ORDER BY p.url"
    ).to_pandas()
    return {"pages": pages, "links": links, "external": external, "text": text}


def rows_on_disk(folder: Path) -> int:
    return sum(part.read_bytes().count(b"\n") for part in folder.glob("crawl/part-*.jl"))


@pytest.mark.skipif(os.name == "nt", reason="kill -9 is of POSIX")
def test_a_crawl_killed_again_and_again_gives_the_same_site(tmp_path: Path) -> None:
    public = "https://www.fellandford.example/"
    with serve(sample_folder() / "site") as address:
        undisturbed = lk.crawl(address, tmp_path / "undisturbed", delay=0, public_url=public)
        folder = tmp_path / "killed"
        for limit in KILLED_AFTER:
            arguments = [sys.executable, "-c", CRAWL, address, str(folder), public]
            process = subprocess.Popen(arguments, start_new_session=True, stderr=subprocess.DEVNULL)
            deadline = time.monotonic() + 60
            while rows_on_disk(folder) < limit and process.poll() is None and time.monotonic() < deadline:
                time.sleep(0.02)
            assert process.poll() is None, "the crawl ended before it could be killed"
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        before = rows_on_disk(folder)
        assert before < len(undisturbed.pages)
        resumed = lk.crawl(address, folder, delay=0.01, concurrency=4, public_url=public)
    assert resumed.manifest.complete
    assert resumed.manifest.rejected.get("second row of the same URL", 0) == 0
    one, other = tables(undisturbed), tables(resumed)
    for name, table in one.items():
        pd.testing.assert_frame_equal(table, other[name], obj=name)
