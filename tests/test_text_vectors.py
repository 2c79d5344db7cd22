"""TF-IDF and neighbours against scikit-learn; weights, contextual links, names."""

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

import linkkit as lk
from linkkit.text import vectors as vectors_module
from linkkit.text.contextual import SiteLinks
from linkkit.text.corpus import Corpus, Words, slug_words
from linkkit.text.language import page_language, primary_languages
from linkkit.text.names import is_descriptive, title_labels, title_parts
from linkkit.text.scores import FEATURES, Relevance, Weights, fit_weights
from linkkit.text.vectors import Vectors, heaviest, nearest
from tests.text_site import prose_site


def corpus_of(texts: list[str], language: str = "en") -> Corpus:
    site = prose_site(
        {f"/{place}": f"<p>{text}</p>" for place, text in enumerate(texts)}, start="/0", language=language
    )
    return Corpus.from_site(site, lk.LinkGraph.from_site(site), stemming=False)


def test_vectors_equal_those_of_scikit_learn() -> None:
    chance = np.random.default_rng(3)
    words = [f"word{number}" for number in range(80)]
    texts = [" ".join(words[min(79, number)] for number in chance.zipf(1.3, 60) - 1) for _ in range(60)]
    theirs = TfidfVectorizer(sublinear_tf=True, min_df=2, max_df=0.4, token_pattern=r"\w+").fit_transform(
        texts
    )
    ours = Vectors.of(corpus_of(texts)).pages
    assert ours.shape == theirs.shape
    assert np.allclose((ours @ ours.T).toarray(), (theirs @ theirs.T).toarray(), atol=1e-5)


def test_characters_of_scripts_without_spaces_count_in_pairs() -> None:
    ours = Vectors.of(corpus_of(["軽量テント", "テント用品", "登山靴"], "ja")).pages.toarray()
    assert np.isclose(ours[0] @ ours[1], 2 * _share(ours))
    assert ours[0] @ ours[2] == 0


def _share(ours: np.ndarray) -> float:
    # Both texts have four pairs, of which two (テン, ント) are shared and weigh alike.
    shared = (ours[0] > 0) & (ours[1] > 0)
    assert shared.sum() == 2
    return float((ours[0] * ours[1])[shared][0])


def test_other_texts_are_encoded_in_the_same_space() -> None:
    corpus = corpus_of(["red tents for hikers", "blue boots", "green stoves"])
    made = Vectors.of(corpus)
    query = Words.of([corpus.vocabulary.encode("red tents"), corpus.vocabulary.encode("unheard words")])
    cosines = (made.encode(query, corpus) @ made.pages.T).toarray()
    assert cosines[0].argmax() == 0
    assert cosines[0, 0] > 0.6
    assert not cosines[1].any()


def test_nearest_rows_are_those_of_the_full_product(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = np.random.default_rng(5)
    dense = chance.random((50, 30)) * (chance.random((50, 30)) < 0.3)
    rows = csr_array((dense / np.linalg.norm(dense, axis=1, keepdims=True)).astype(np.float32))
    full = (rows @ rows.T).toarray()
    np.fill_diagonal(full, 0)
    expected = np.sort(full, axis=1)[:, ::-1][:, :4]
    found = nearest(rows, 4)
    assert np.allclose(np.sort(found.toarray(), axis=1)[:, ::-1][:, :4], expected)
    monkeypatch.setattr(vectors_module, "PRUNE_ABOVE", 10)
    assert np.allclose(nearest(rows, 4).toarray(), found.toarray())


def test_on_a_large_site_a_common_term_leads_to_the_pages_in_which_it_weighs_most(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # All rows share the first term; each two neighbours (0 and 1, 2 and 3, ...) have a term of their own as well.
    common = np.linspace(0.3, 0.6, 12)
    dense = np.zeros((12, 7))
    dense[:, 0] = common
    dense[np.arange(12), 1 + np.arange(12) // 2] = np.sqrt(1 - common**2)
    monkeypatch.setattr(vectors_module, "PRUNE_ABOVE", 10)
    monkeypatch.setattr(vectors_module, "TERM_PAGES", 2)
    found = nearest(csr_array(dense.astype(np.float32)), 5).toarray()
    for row in range(12):
        partner = row ^ 1
        assert set(np.flatnonzero(found[row])) == {partner, 10, 11} - {row}
        assert np.isclose(found[row, partner], dense[row] @ dense[partner])


def test_ties_go_to_the_lower_column() -> None:
    values = np.array([[0.5, 0.5, 0.5, 0.0], [0.1, 0.9, 0.1, 0.1]], dtype=np.float32)
    expected = [[0.5, 0.5, 0, 0], [0.1, 0.9, 0, 0]]
    assert np.allclose(heaviest(csr_array(values), 2).toarray(), expected)
    assert np.allclose(heaviest(csr_array(values), 9).toarray(), values)


def test_fitted_weights_equal_those_of_scikit_learn() -> None:
    chance = np.random.default_rng(2)
    features = chance.random((400, len(FEATURES))).astype(np.float32)
    is_link = chance.random(400) < 1 / (1 + np.exp(-(features @ np.array([5, 0, 1, 2, 0, 0, -3]) - 2)))
    theirs = LogisticRegression(C=1.0, tol=1e-10, max_iter=1000).fit(features, is_link)
    ours = fit_weights(features, is_link)
    assert np.allclose(ours.vector(), theirs.coef_[0], atol=1e-3)
    assert np.isclose(ours.constant, theirs.intercept_[0], atol=1e-3)
    assert Weights.from_vector(ours.constant, ours.vector()) == ours


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Tents | Fell & Ford", ["Tents | Fell & Ford", "Tents", "Fell & Ford"]),
        ("30.5. Tents", ["Tents"]),
        ("Chapter 4. Boots — Guide", ["Boots — Guide", "Boots", "Guide"]),
        ("Zelte: leicht, dicht", ["Zelte: leicht, dicht", "Zelte", "leicht, dicht"]),
        ("テント：軽い", ["テント：軽い", "テント", "軽い"]),
        ("5 ways to pitch", ["5 ways to pitch"]),
        ("  ", []),
        ("4.", ["4."]),
    ],
)
def test_title_parts(title: str, expected: list[str]) -> None:
    assert list(title_parts(title)) == expected


def test_a_numbered_page_goes_by_its_number_only_with_the_sites_own_word() -> None:
    assert title_labels("30.5. Tents", ["Section"]) == ["Section 30.5"]
    assert title_labels("30.5. Tents") == []
    assert title_labels("Kapitel 8. Zelte") == ["Kapitel 8"]
    assert title_labels("Boots for 30.5 francs", ["Section"]) == []


@pytest.mark.parametrize("anchor", ["click here", "hier", "30.5", "→", "x", "こちら", "подробнее", "y" * 81])
def test_anchors_that_say_nothing_are_no_phrases(anchor: str) -> None:
    assert not is_descriptive(anchor)
    assert is_descriptive("red tents")


def test_slugs_and_languages() -> None:
    assert slug_words("https://shop.example/a-b/c_d.html?x=y") == "a b c d"
    assert slug_words("https://shop.example/%E3%83%86%E3%83%B3%E3%83%88/") == "テント"
    declared = primary_languages(pd.Series(["en-GB", None, None, None]))
    titles = ("テント", "テント", "텐트", "")
    found = [page_language(code, title, "", "") for code, title in zip(declared, titles, strict=True)]
    assert found == ["en", "ja", "ko", ""]


def test_a_word_that_a_short_page_repeats_tells_no_language() -> None:
    text = "Washing canvas. Canvas care keeps tents dry."
    assert page_language("", "Canvas care", "Canvas care", text) == ""
    assert (
        page_language("", "Canvas care", "Canvas care", f"{text} This is what the care of a tent is.") == "en"
    )


def test_links_of_templates_and_lists_are_not_contextual() -> None:
    pages = {
        f"/{number}": f"<h1>Page {number}</h1><p>Words of page number {number} about <a href=/{(number + 1) % 20}>boot {number}</a>"
        "s and tents.</p><p>More of it. <a href=/0>Start page of all</a> and <a href=/1>Next</a></p>"
        for number in range(20)
    }
    items = "".join(f"<li><a href=/{number}>Page {number}</a>" for number in range(20))
    pages["/list"] = f"<h1>All</h1><ul>{items}</ul>"
    site = prose_site(pages, start="/0")
    graph = lk.LinkGraph.from_site(site)
    corpus = Corpus.from_site(site, graph)
    links = SiteLinks.from_site(site, graph, corpus)
    expected = {(number, (number + 1) % 20) for number in range(20)}
    assert set(links.uses[["source", "target"]].itertuples(index=False, name=None)) == expected
    assert set(links.anchors.values()) == {f"boot {number}" for number in range(20)}
    assert np.flatnonzero(links.is_list).tolist() == [20]
    assert len(links.source) == len(set(zip(links.source.tolist(), links.target.tolist(), strict=True)))
    assert len(links.source) > len(links.uses)


def test_features_at_pairs_are_those_of_the_blocks() -> None:
    site = prose_site(
        {
            "/": "<h1>Home</h1><p>All about <a href=/tents>red tents</a> and boots.",
            "/tents": "<h1>Red tents</h1><p>Tents keep you dry. See <a href=/boots>boots</a>.",
            "/boots": "<h1>Boots</h1><p>Boots go with red tents, and red tents with boots.",
            "/stoves": "<h1>Stoves</h1><p>A stove in red tents is dangerous.",
        }
    )
    known = Relevance.from_site(site, lk.LinkGraph.from_site(site))
    every = np.arange(4)
    full = np.stack(list(known.features(every)), axis=-1)
    sources, targets = np.divmod(np.arange(16), 4)
    assert np.allclose(known.at(sources, targets), full.reshape(16, -1))
    assert np.allclose(known.scores(every), known.score(full.reshape(16, -1)).reshape(4, 4), atol=1e-5)
    by_name = dict(zip(FEATURES, known.at(np.array([3]), np.array([1]))[0], strict=True))
    # One page uses "red tents" for the target, two hold the words unlinked: 1 / (2 + 1).
    assert np.isclose(by_name["anchor"], 1 / 3)
    assert by_name["title_phrase"] > 0
    assert by_name["knn_targets"] == 0
