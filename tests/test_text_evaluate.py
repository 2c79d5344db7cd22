"""Hold-out: hidden links are gone from everything but the words, ranks are counted right, nothing moves by chance."""

import numpy as np
import pandas as pd
import pytest

import linkkit as lk
from linkkit.text.evaluate import PROTOCOLS, Cases, evaluate, only, pool, refit, summarise
from linkkit.text.holdout import editorial_pairs, hide, split_pairs
from linkkit.text.scores import Relevance
from tests.text_site import prose_site

THINGS = "anorak boot compass dinghy ember flask gaiter harness icepick jacket kettle lantern mitten nylon oar paddle".split()


def shop(pages: int = 16) -> lk.Site:
    """Every page is about one thing and links the next three things by their names."""
    made = {}
    for number, thing in enumerate(THINGS[:pages]):
        others = [THINGS[(number + step) % pages] for step in (1, 2, 3)]
        sentences = " ".join(
            f"Take a good <a href=/{other}>{other} guide</a> with it {number}." for other in others
        )
        made[f"/{thing}"] = (
            f"<h1>The {thing} guide</h1><p>Every {thing} needs care. Your {thing} lasts {number} years. {sentences}"
        )
    return prose_site(made, start="/anorak")


@pytest.fixture(scope="module")
def known() -> Relevance:
    site = shop()
    return Relevance.from_site(site, lk.LinkGraph.from_site(site))


def test_hidden_links_leave_their_words_and_nothing_else(known: Relevance) -> None:
    pairs = editorial_pairs(known)
    assert len(pairs) == 48
    gone = np.array([[0, 1]])
    without = hide(known, gone)
    assert without.contextual[0, 1] == without.linked[0, 1] == 0
    assert without.contextual.sum() == 47
    before = known.at(np.array([0]), np.array([1]))[0]
    after = without.at(np.array([0]), np.array([1]))[0]
    # "boot guide" stands unlinked on the page now, and two other pages use it as an anchor for the target.
    assert before[4] == 0 < after[4]
    assert np.isclose(after[4], 2 / 3)
    assert known.anchors.hits.pages.sum() == 0
    assert hide(known, pairs[:0]).contextual.sum() == 48


def test_split_is_a_partition() -> None:
    pairs = np.column_stack([np.arange(10), np.arange(10)])
    hidden, rest = split_pairs(pairs, 0.2, np.random.default_rng(1))
    assert len(hidden) == 2
    assert sorted(np.concatenate([hidden, rest])[:, 0].tolist()) == list(range(10))


def test_linkkit_beats_its_baselines_on_a_site_of_named_links(known: Relevance) -> None:
    table = evaluate(known, seeds=(0, 1)).set_index(["protocol", "method"])
    for protocol in PROTOCOLS:
        rows = table.loc[protocol]
        assert rows.loc["linkkit", "mrr"] > rows.loc["popularity", "mrr"]
        assert rows.loc["linkkit", "mrr"] > rows.loc["chance", "mrr"]
        assert (rows["hit1"] <= rows["hit5"]).all()
        assert (rows["hit5"] <= rows["hit10"]).all()
        assert ((rows["mrr_low"] <= rows["mrr"]) & (rows["mrr"] <= rows["mrr_high"])).all()
    assert table.loc[("targets", "linkkit"), "hit1"] > 0.9


def test_the_same_seeds_give_the_same_bytes(known: Relevance) -> None:
    first, second = (evaluate(known, seeds=(3,)).to_csv() for _ in range(2))
    assert first == second
    assert refit(known, seed=1) == refit(known, seed=1)


def test_ranks_and_intervals_of_known_cases() -> None:
    cases = Cases(np.array([0, 0, 1, 2]), {"m": np.array([1.0, 2.0, 5.5, 11.0])})
    (row,) = summarise(cases)
    assert (row["cases"], row["hit1"], row["hit5"], row["hit10"]) == (4, 0.25, 0.5, 0.75)
    assert np.isclose(row["mrr"], (1 + 1 / 2 + 1 / 5.5 + 1 / 11) / 4)
    assert row["hit10_low"] < 0.75 < row["hit10_high"]
    assert pool([cases, cases]).query.tolist() == [0, 0, 1, 2, 3, 3, 4, 5]


def test_ties_stand_at_their_mean_rank(known: Relevance) -> None:
    # Weights of nothing: beside the hidden page, a source's twelve pages without a link tie.
    row = (
        evaluate(known, seeds=(0,), methods={"none": only()}, protocols=["targets"])
        .set_index("method")
        .loc["none"]
    )
    assert np.isclose(row["mrr"], 1 / 7)
    assert row["hit5"] == 0


def test_a_site_without_links_gives_an_empty_table() -> None:
    site = prose_site({"/": "<h1>Home</h1><p>Words.", "/a": "<h1>A</h1><p>Others."})
    known = Relevance.from_site(site, lk.LinkGraph.from_site(site))
    table = evaluate(known)
    assert table.empty
    assert "hit10_low" in table
    assert not refit(known).is_better


def test_refit_needs_a_real_gain(known: Relevance) -> None:
    result = refit(known)
    assert result.is_better == (
        result.fitted[0] >= result.fixed[0] + 0.01 and result.fitted[1] >= result.fixed[1]
    )
    assert isinstance(evaluate(known, protocols=[]), pd.DataFrame)
