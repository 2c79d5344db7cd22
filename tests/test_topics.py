"""Topics proposed from words and links, and pages that say nearly the same: against plain sums, scikit-learn and dense products."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array
from sklearn.metrics import v_measure_score

import linkkit as lk
from linkkit.metrics.anchors import anchor_uses
from linkkit.metrics.duplicates import DUPLICATES, near_duplicates
from linkkit.metrics.groups import topic_clusters
from linkkit.text.duplicates import similar_pages
from linkkit.text.site_words import NEIGHBOURS, SiteWords
from linkkit.text.topics import (
    UNCLUSTERED,
    Topics,
    TopicSpace,
    communities,
    distinct_names,
    kept_mates,
    nmi,
)
from tests.site_factory import build, paths

WORDS = {
    "tents": "tent pole peg flysheet porch guyline groundsheet pitch tunnel geodesic",
    "stoves": "stove gas boil pan canister flame simmer fuel windshield lighter",
    "boots": "boot sole leather lace heel ankle toe insole gaiter sock",
}


def themed(each: int = 8, *, text: bool = True) -> lk.Site:
    """Three themes, each page with seven of its theme's ten words; every page links the next of its theme."""
    chance = np.random.default_rng(3)
    pages: list[dict[str, object]] = [{"path": "/"} | ({"text": "welcome to every walker"} if text else {})]
    links = []
    for theme, words in WORDS.items():
        for number in range(each):
            own = " ".join(chance.permutation(words.split())[:7])
            page: dict[str, object] = {"path": f"/{theme}/{number}", "title": f"{theme} {number}"}
            pages.append(page | ({"text": f"{own} walker hill shop number{number}"} if text else {}))
            links.append(f"/{theme}/{number} -> /{theme}/{(number + 1) % each}")
        links += [f"/ -> /{theme}/0", *(f"/{theme}/0 -> /{theme}/{number}" for number in range(2, each))]
    return build(pages, links)


def test_themes_are_found_named_and_the_same_every_time() -> None:
    site = themed()
    graph = lk.LinkGraph.from_site(site)
    topics = TopicSpace.of(SiteWords.from_site(site, graph), graph).propose(1.0)
    again = TopicSpace.of(SiteWords.from_site(site, graph), graph).propose(1.0)
    np.testing.assert_array_equal(topics.labels, again.labels)
    assert (topics.names, topics.agreement) == (again.names, again.agreement)
    urls = paths(site.pages["url"].iloc[topics.pages])
    theme = {path: path.split("/")[1] for path in urls if path != "/"}
    found = {path: label for path, label in zip(urls, topics.labels.tolist(), strict=True) if path in theme}
    assert v_measure_score(list(theme.values()), [found[path] for path in theme]) == 1
    assert len(topics) == 3
    for label, terms in enumerate(topics.terms):
        of = next(theme[path] for path in theme if found[path] == label)
        assert set(terms[:3]) <= {*WORDS[of].split(), of}
    assert topics.basis == "page text"


def test_without_text_titles_and_links_are_what_it_rests_on() -> None:
    site = themed(text=False)
    graph = lk.LinkGraph.from_site(site)
    depth = lk.run_audit(site).metrics["crawl_depth"]
    grouping = topic_clusters(
        site, graph, depth, TopicSpace.of(SiteWords.from_site(site, graph), graph).propose(1.0)
    )
    assert "titles alone, for the crawl holds no page text" in grouping.note
    assert grouping.is_proposal
    assert len(grouping.names) == 3


def test_pages_between_topics_are_marked() -> None:
    site = build(["/", "/a", "/b", "/c", "/d", "/e"])
    topics = Topics(
        pages=np.array([1, 2, 3, 5], dtype=np.int32),
        labels=np.array([0, 0, 0, UNCLUSTERED]),
        stability=np.array([1.0, 0.2, 1.0, np.nan]),
        names=("tents",),
        terms=(("tent",),),
        resolution=1.0,
        agreement=0.75,
        basis="page text",
    )
    found = topic_clusters(site, lk.LinkGraph.from_site(site), pd.Series([0.0] + [np.nan] * 5), topics)
    assert found.cluster.notna().tolist() == [False, True, True, True, False, False]
    assert found.between.tolist() == [False, False, True, False, False, False]
    assert "other runs agree to 75 %" in found.note
    assert found.pillars["cluster"].tolist() == ["tents"]


def test_a_site_without_links_and_words_gives_no_topic() -> None:
    site = build([{"path": "/", "crawled": False}])
    graph = lk.LinkGraph.from_site(site)
    topics = TopicSpace.of(SiteWords.from_site(site, graph), graph).propose()
    assert (len(topics), topics.names, len(topics.labels)) == (0, (), 0)


def test_communities_of_cliques_are_the_cliques() -> None:
    rings = nx.to_scipy_sparse_array(nx.connected_caveman_graph(4, 6), format="csr", dtype=float)
    labels = communities(csr_array(rings), 1.0, 0)
    assert nmi(labels, np.repeat(np.arange(4), 6)) > 0.85
    assert len(set(labels.tolist())) == 4


@pytest.mark.parametrize("seed", range(5))
def test_nmi_is_the_v_measure(seed: int) -> None:
    chance = np.random.default_rng(seed)
    one, other = chance.integers(0, 4, 60), chance.integers(0, 7, 60)
    assert nmi(one, other) == pytest.approx(v_measure_score(one, other))
    assert nmi(one, one) == pytest.approx(1)
    assert nmi([], []) == 1


def test_mates_that_stay_are_counted() -> None:
    labels, other = np.array([0, 0, 0, 0, 1, UNCLUSTERED]), np.array([5, 5, 5, 6, 6, 7])
    assert kept_mates(labels, [other]).round(3).tolist() == [0.667, 0.667, 0.667, 0.0, 1.0, 1.0]
    assert kept_mates(labels, []).tolist() == [1.0] * 6


def test_names_never_repeat() -> None:
    assert distinct_names([("a", "b", "c"), ("a", "b", "c"), ("a", "b", "c", "d"), ()]) == (
        "a, b, c",
        "a, b, c 2",
        "a, b, c, d",
        "topic 4",
    )


@pytest.mark.parametrize("floor", [0.2, 0.4, 0.9])
def test_similar_pages_are_those_of_the_dense_product(floor: float) -> None:
    site = themed(20)
    words = SiteWords.from_site(site, lk.LinkGraph.from_site(site))
    dense = (words.vectors.pages @ words.vectors.pages.T).toarray()
    np.fill_diagonal(dense, 0)
    limit = np.sort(dense, axis=1)[:, -NEIGHBOURS]
    among = dense >= np.minimum(limit[:, None], limit[None, :])
    one, other = np.nonzero((np.triu(dense, 1) >= floor) & among)
    pages = words.corpus.pages
    expected = {(int(pages[a]), int(pages[b])) for a, b in zip(one, other, strict=True)}
    table = similar_pages(words, floor=floor)
    found = set(table[["page_id", "other_id"]].itertuples(index=False, name=None))
    # What equals a page's last neighbour may be left out.
    tied = {pair for pair in expected - found if np.isclose(dense[pair], limit[list(pair)]).any()}
    assert found == expected - tied
    assert len(tied) <= len(expected) / 4
    assert expected or floor == 0.9


def test_what_competes_is_told_by_titles_and_anchors() -> None:
    site = build(
        [
            {"path": "/", "text": "welcome"},
            {"path": "/a", "title": "Tents", "h1": "Pitching", "text": WORDS["tents"]},
            {"path": "/b", "title": "More tents", "h1": "Pitching!", "text": WORDS["tents"]},
            {"path": "/A", "title": "Tents", "text": WORDS["tents"]},
        ],
        [
            {"source": "/", "target": "/a", "anchor": "How to pitch"},
            {"source": "/", "target": "/b", "anchor": "how to pitch"},
            {"source": "/b", "target": "/a", "anchor": "read more"},
            {"source": "/a", "target": "/b", "anchor": "read more"},
        ],
    )
    audit = lk.run_audit(site)
    pairs = audit.facts.near_duplicates
    assert pairs is not None
    urls = site.pages["url"]
    said = {
        (*paths([urls[r.page_id], urls[r.other_id]]), r.same_title, r.shared_anchor)
        for r in pairs.itertuples()
    }
    # /a and /A are one page under two addresses.
    assert said == {("/a", "/b", True, "how to pitch"), ("/b", "/A", False, "")}
    assert lk.run_audit(build(["/"])).facts.near_duplicates is None


def test_the_anchor_that_most_pages_use_for_both_is_named() -> None:
    """Whichever of the two pages more links name so; not what only one of them is called, nor what menus say."""
    names = {"tents": ("/a", "/b"), "stoves": ("/d", "/e"), "boots": ("/f", "/g")}
    site = build(
        [
            "/",
            "/x",
            *(
                {"path": path, "text": WORDS[theme], "title": title}
                for (theme, pair), titles in zip(
                    names.items(), (("Tents", "tents!"), ("", ""), ("Boots", "")), strict=True
                )
                for path, title in zip(pair, titles, strict=True)
            ),
        ],
        [
            {"source": source, "target": target, "anchor": anchor, "position": position}
            for anchor, sources, position in (
                ("alpine gear", {"/": "abde", "/x": ""}, "content"),
                ("winter gear", {"/": "abde", "/x": "bd"}, "content"),
                ("summer gear", {"/": "bf", "/x": "bf"}, "content"),
                ("all our gear", {"/": "abdefg", "/x": "abdefg"}, "navigation"),
            )
            for source, ends in sources.items()
            for target in (f"/{end}" for end in ends)
        ],
    )
    graph = lk.LinkGraph.from_site(site)
    pairs = near_duplicates(site, SiteWords.from_site(site, graph), anchor_uses(site, graph))
    assert {name: str(kind) for name, kind in pairs.dtypes.items()} == DUPLICATES
    assert pairs.index.equals(pd.RangeIndex(3))
    urls = site.pages["url"]
    assert {
        (*paths([urls[row.page_id], urls[row.other_id]]), row.same_title, row.shared_anchor)
        for row in pairs.itertuples()
    } == {("/a", "/b", True, "winter gear"), ("/d", "/e", False, "winter gear"), ("/f", "/g", False, "")}
