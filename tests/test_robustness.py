"""Robustness: what is told of each variant is what auditing the site under it finds."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import linkkit as lk
from linkkit.linkmodel import LinkModel
from linkkit.plan.link_plan import Constraints, plan_links
from linkkit.plan.robustness import CHAPTER, plan_robustness, robustness
from linkkit.plan.simulation import simulate
from tests.site_factory import build, paths

PAGES = [
    {"path": "/", "referring_domains": 5},
    {"path": "/guide", "referring_domains": 9},
    "/list",
    {"path": "/buy", "is_money_page": True},
    {"path": "/old", "referring_domains": 2},
    {"path": "/gone", "status": 404},
    "/lost",
]
LINKS = [
    "/ -> /guide",
    "/ -> /list",
    {"source": "/guide", "target": "/list", "position": "footer"},
    "/guide -> /gone",
    "/list -> /buy",
    "/list -> /",
    "/buy -> /",
    {"source": "/old", "target": "/buy", "position": "footer"},
    "/old -> /gone",
]


@pytest.fixture(scope="module")
def audit() -> lk.Audit:
    return lk.run_audit(build(PAGES, LINKS))


def test_every_variant_is_an_audit_under_its_model(audit: lk.Audit) -> None:
    found = robustness(audit, dampings=(0.5, 0.85), coverages=(0.5,), top=2)
    assert len(found.variants) == 5
    first = found.variants.iloc[0]
    assert (first["weights"], first["damping"], first["coverage"]) == ("reasonable_surfer", 0.85, 1.0)
    assert first["captured"] == pytest.approx(audit.authority.captured)
    assert (first["rank_correlation"], first["top_kept"]) == (pytest.approx(1.0), 1.0)
    counts: dict[tuple[str, str], int] = {}
    ranks = []
    for row in found.variants[found.variants["coverage"] == 1].itertuples():
        other = lk.run_audit(audit.site, model=LinkModel(weights=row.weights, damping=row.damping))
        assert row.captured == pytest.approx(other.authority.captured, abs=1e-9)
        assert row.lost == pytest.approx(other.ledger.iloc[3:].sum(), abs=1e-9)
        yields = pd.Series(other.authority.yields.values[found.pages["page_id"]]).round(9)
        ranks.append(yields.rank(ascending=False, method="min"))
        rows = other.findings[other.findings["chapter"] == CHAPTER]
        for key in set(zip(rows["check_id"], rows["url"], strict=True)):
            counts[key] = counts.get(key, 0) + 1
    assert (found.pages["yield_rank_low"] <= pd.concat(ranks, axis=1).min(axis=1)).all()
    assert (found.pages["yield_rank_high"] >= pd.concat(ranks, axis=1).max(axis=1)).all()
    told = {(row.check_id, row.url): row.holds_in for row in found.findings.itertuples()}
    assert all(told[key] in (count, count + 1) for key, count in counts.items())
    assert (found.findings["flips"] == (found.findings["holds_in"] < 5)).all()


def test_less_of_the_crawl_leaves_less_to_know(audit: lk.Audit) -> None:
    partly = robustness(audit, dampings=(), weights=(), coverages=(0.01,)).variants.iloc[1]
    # Only the start page's links are known: it hands on to two pages of which nothing is.
    assert partly["captured"] == 0.0
    assert partly["lost"] == pytest.approx(1 - 0.15 - 0.85 * 0.15 * _share(audit, "/"), abs=1e-9)


def _share(audit: lk.Audit, path: str) -> float:
    """Share of authority that enters at a page and moves on; what enters elsewhere settles once alike."""
    entry = audit.authority.entry.shares
    return float(entry[audit.site.page_id(f"https://shop.example{path}")])


def test_the_best_pages_and_what_flips(audit: lk.Audit) -> None:
    found = robustness(audit, top=2)
    # The goal's best pages and the best others are counted apart.
    assert paths(found.targets["url"]) == ["/buy", "/list", "/"]
    assert found.targets["variants"].tolist() == [12] * 3
    assert (found.targets["flips"] == (found.targets["holds_in"] < 12)).all()


def test_without_money_pages_there_are_no_best_pages() -> None:
    found = robustness(lk.run_audit(build(["/", "/a"], ["/ -> /a"])))
    assert found.targets.empty
    assert found.variants["top_kept"].isna().all()
    assert (found.variants["captured"] == 0).all()


def test_links_of_a_plan_gain_alone_what_a_simulation_finds(audit: lk.Audit) -> None:
    every = pd.DataFrame([(s, t) for s in range(7) for t in range(7)], columns=["source_id", "target_id"])
    plan = plan_links(audit, every, constraints=Constraints(links=3, per_page=1))
    table = plan_robustness(audit, plan, dampings=(0.5, 0.85), weights=("uniform",))
    assert table["variants"].tolist() == [3] * 3
    for row in table.itertuples():
        gains = []
        for model in (LinkModel(), *(LinkModel(weights="uniform", damping=d) for d in (0.5, 0.85))):
            simulated = simulate(audit.with_model(model), add_links=[(row.source, row.target)])
            gains.append(simulated.after.authority.captured - simulated.before.authority.captured)
        assert (row.gain_low, row.gain_high) == (
            pytest.approx(min(gains), abs=1e-9),
            pytest.approx(max(gains), abs=1e-9),
        )
        assert row.holds_in == sum(gain > 1e-9 for gain in gains)
    assert plan_robustness(audit, replace(plan, links=plan.links.head(0))).empty


def test_orphans_first_is_judged_by_what_each_link_is_for(audit: lk.Audit) -> None:
    every = pd.DataFrame([(s, t) for s in range(7) for t in range(7)], columns=["source_id", "target_id"])
    plan = plan_links(audit, every, goal="orphans first", constraints=Constraints(links=4, per_page=1))
    assert plan.links["goal"].nunique() == 2
    table = plan_robustness(audit, plan, goal="orphans first")
    assert not table["flips"][plan.links["goal"] == "orphans"].any()
    assert np.isfinite(table[["gain_low", "gain_high"]].to_numpy()).all()
