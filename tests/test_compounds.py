"""Words written as one are taken apart into words of the site, and nothing else is."""

import pytest

from linkkit.text.compounds import LANGUAGES, Compounds
from linkkit.text.words import Vocabulary
from tests.bench.bench_compounds import verdicts


def _compounds(*texts: str, language: str = "de") -> Compounds:
    vocabulary = Vocabulary()
    for text in texts:
        vocabulary.learn(text, language)
    return Compounds(vocabulary)


@pytest.mark.parametrize(
    ("language", "recall"), [("de", 0.8), ("nl", 0.9), ("sv", 0.5), ("da", 0.66), ("fi", 0.8)]
)
def test_lists_made_by_hand(language: str, recall: float) -> None:
    right, wrong, missed = verdicts(language)
    assert wrong == []
    assert len(right) / (len(right) + len(missed)) >= recall


def test_parts_and_what_links_them() -> None:
    compounds = _compounds(
        "Zum Wandern die Stiefel aus Wolle, zur Arbeit der Rucksack; Pflege mit Kindern, der Ruck am Sack."
    )
    parts = {
        "Wanderstiefel": ("wander", "stiefel"),
        "Wanderstiefelpflege": ("wander", "stiefel", "pflege"),
        "Arbeitsstiefel": ("arbeit", "stiefel"),
        "Wollstiefel": ("woll", "stiefel"),
        "Arbeitsrucksäcke": ("arbeit", "rucksäcke"),
        # A word of the site stays whole within a longer one, but can be taken apart itself.
        "Arbeitsrucksack": ("arbeit", "rucksack"),
        "Rucksack": ("ruck", "sack"),
        # A long head is enough; a short one is not.
        "Damenstiefel": ("damen", "stiefel"),
        "Damensack": (),
    }
    assert {word: compounds.parts(word, "de") for word in parts} == parts


@pytest.mark.parametrize(
    "word",
    [
        "Stiefel",
        "wandern",
        "Bergschuh",
        "Wandern7",
        "WanderStiefel",
        "Stiefelchen",
        "",
        "die",
        "wanderpflege",
    ],
)
def test_what_is_no_compound(word: str) -> None:
    # A word that the site writes with a small letter only is no noun; "-chen" ends words without being one.
    compounds = _compounds("Das Wandern in Stiefeln, kein Chen, die Pflege; er nennt es wanderpflege.")
    assert compounds.parts(word, "de") == ()


def test_other_languages_have_none() -> None:
    english = _compounds("The foot and the path, a hand, a book.", language="en")
    assert "en" not in LANGUAGES
    assert english.parts("footpath", "en") == english.parts("handbook", "") == ()
    assert _compounds(language="nb").parts("vinterjakke", "nb") == ()
    norwegian = _compounds("En jakke til vinteren, som er lang. Vinter!", language="nb")
    assert norwegian.parts("vinterjakke", "nb") == ("vinter", "jakke")


def test_an_empty_site_has_none() -> None:
    assert Compounds(Vocabulary()).parts("Wanderschuhe", "de") == ()
