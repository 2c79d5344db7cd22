"""Pages to build backlinks to: each number is what a simulation of those backlinks finds."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

import linkkit as lk
from linkkit.linkmodel import LinkModel
from linkkit.plan.simulation import simulate
from linkkit.plan.targets import Landings, backlink_targets
from tests.site_factory import build, paths

PAGES: list[Any] = [
    {"path": "/", "referring_domains": 40},
    {"path": "/guide", "referring_domains": 3},
    "/list",
    {"path": "/buy", "is_money_page": True},
    {"path": "/old", "status": 301, "redirect_to": "/guide", "referring_domains": 2},
    {"path": "/gone", "status": 404, "referring_domains": 4},
    {"path": "/n", "robots": ["noindex"]},
    "/lost",
]
LINKS = ["/ -> /guide", "/ -> /n", "/guide -> /list", "/list -> /buy", "/buy -> /", "/n -> /buy"]


def _audit(pages: list[Any] = PAGES, **model: Any) -> lk.Audit:
    return lk.run_audit(build(pages, LINKS), model=LinkModel(**model))


@pytest.mark.parametrize("entry", ["log", "additive"])
def test_the_gain_is_what_a_simulation_of_the_backlinks_finds(entry: str) -> None:
    audit = _audit(entry=entry)
    table = backlink_targets(audit, domains=7)
    assert sorted(paths(table["url"])) == ["/", "/buy", "/guide", "/list", "/lost"]
    for row in table.itertuples():
        simulated = simulate(audit, backlinks={row.url: 7})
        won = simulated.after.units / simulated.before.units - 1
        assert row.gain == pytest.approx(won, abs=1e-8)
        assert row.gain_per_domain == pytest.approx(won / 7, abs=1e-8)
    assert table["gain"].is_monotonic_decreasing
    # What lands on pages that take no backlinks reaches nothing here: the shares are whole.
    assert table["captured"].sum() == pytest.approx(1.0)
    assert table.set_index("url").loc["https://shop.example/guide", "referring_domains"] == 5


def test_the_best_of_each_kind_are_those_of_the_whole_list() -> None:
    landings = Landings.of(_audit())
    for domains in (1, 7):
        whole, best = landings.targets(domains), landings.best(domains, top=2)
        kept = whole.groupby("is_goal", sort=False).cumcount() < 2
        pd.testing.assert_frame_equal(
            best.drop(columns="average"), whole[kept.to_numpy()].reset_index(drop=True)
        )
        assert best["average"].tolist() == pytest.approx([whole["landing_yield"].mean()] * 3)
        assert len(best) == 3


def test_another_goal_is_aimed_at() -> None:
    audit = _audit()
    table = backlink_targets(audit, goal="/list").set_index("url")
    weights = np.zeros(len(audit.graph))
    weights[audit.site.page_id("https://shop.example/list")] = 1.0
    value = audit.authority.flow.landing_yield(weights).values
    for url, row in table.iterrows():
        assert row["landing_yield"] == pytest.approx(value[audit.site.page_id(str(url))])
    assert table.index[table["is_goal"]].tolist() == ["https://shop.example/list"]
    assert table["direct_links"].to_dict() == {url: int(url.endswith("/guide")) for url in table.index}


def test_without_backlinks_gains_are_in_first_domains() -> None:
    plain = [{k: v for k, v in p.items() if k != "referring_domains"} if isinstance(p, dict) else p for p in PAGES]  # fmt: skip
    audit = _audit(plain)
    table = backlink_targets(audit, domains=1)
    assert (table["captured"] == 0).all()
    assert (table["referring_domains"] == 0).all()
    # One domain is one unit: of it the yield arrives.
    assert table["gain"].to_numpy() == pytest.approx(table["landing_yield"].to_numpy())


def test_pages_alike_stand_in_the_order_of_their_addresses() -> None:
    twins = [f"/t{number}" for number in range(6)]
    links = [*(f"/{twin[1:]} -> /buy" for twin in twins), *(f"/ -> {twin}" for twin in twins)]
    audit = lk.run_audit(build(["/", *reversed(twins), {"path": "/buy", "is_money_page": True}], links))
    table = backlink_targets(audit)
    assert [path for path in paths(table["url"]) if path in twins] == twins
    assert table.loc[table["url"].str.contains("/t"), "rank"].nunique() == 1


@pytest.mark.parametrize("domains", [0, -1, float("nan"), float("inf")])
def test_no_number_of_domains_is_named(domains: float) -> None:
    with pytest.raises(lk.SettingsError, match="a finite number of new referring domains above 0"):
        backlink_targets(_audit(), domains=domains)
