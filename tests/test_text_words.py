"""Words of any script, their numbers, and phrases found among them."""

import ahocorasick
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkkit.text.corpus import Words, closed_links, opened
from linkkit.text.phrases import MAX_CHARACTERS, find_phrases, phrase_hashes
from linkkit.text.words import (
    LINK_CLOSES,
    LINK_OPENS,
    STOP,
    UNKNOWN,
    Vocabulary,
    is_character,
    normal_word,
    token_spans,
    tokens,
)

MARKED = "see \ufff9red tents\ufffb here"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Red tents, and os.path.join()!", ["Red", "tents", ",", "and", "os", "path", "join", "(", ")", "!"]),
        ("Section 30.5. Done 3.11.2", ["Section", "30.5", ".", "Done", "3.11.2"]),
        ("Zeltstoff\u00adpflege für draußen.", ["Zeltstoff\u00adpflege", "für", "draußen", "."]),
        ("Палатки для похода", ["Палатки", "для", "похода"]),
        ("خِيَام التخييم؟", ["خِيَام", "التخييم", "؟"]),
        ("東京テント、買う。", ["東", "京", "テ", "ン", "ト", "、", "買", "う", "。"]),
        ("텐트 2인용", ["텐", "트", "2", "인", "용"]),
        ("เต็นท์", ["เ", "ต็", "น", "ท์"]),
        ("हिन्दी भाषा।", ["हिन्दी", "भाषा", "।"]),
        (MARKED, ["see", "\ufff9", "red", "tents", "\ufffb", "here"]),
        ("", []),
        ("\x00\x01 $^.*[]\\ \ufffd", ["*", "[", "]"]),
    ],
)
def test_tokens(text: str, expected: list[str]) -> None:
    assert tokens(text) == expected
    assert [text[begin:end] for _, begin, end in token_spans(text)] == expected


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["tent", "tents", "TENTS", "ｔｅｎｔｓ"]),
        ("de", ["Wanderschuh", "Wanderschuhe", "Wanderschuhen", "Wander\u00adschuhe"]),
        ("de", ["Straße", "STRASSE", "straße"]),
        ("ru", ["палатка", "палатки", "палатку", "Палатке"]),
        ("ru", ["ёлка", "елка"]),
        ("ar", ["خيام", "خِيَام", "خيـام"]),
        ("tr", ["çadır", "ÇADIR".replace("I", "ı")]),
        ("ja", ["ﾃ", "テ"]),
    ],
)
def test_forms_of_one_word_are_one(language: str, words: list[str]) -> None:
    assert len({normal_word(word, language) for word in words}) == 1


def test_names_in_code_and_unknown_languages_are_not_stemmed() -> None:
    assert normal_word("max_connections", "en") == "max_connections"
    assert normal_word("pg15s", "en") == "pg15s"
    assert normal_word("tents", "xx") == "tents"
    assert len(normal_word("x" * 100_000, "en")) == 80


def test_the_plain_pattern_and_the_general_one_agree() -> None:
    from linkkit.text import words

    plain = "Café, naïve — “quoted” 30.5 x_y.\n\ufff9Link text\ufffb € 5"
    assert words._PLAIN_TEXT.fullmatch(plain)
    assert words._PLAIN.findall(plain) == words._ANY.findall(plain)


def test_numbers_are_given_in_order_of_use_and_unknown_words_have_none() -> None:
    vocabulary = Vocabulary()
    assert vocabulary.learn("Red tents\nred tent.", "en").tolist() == [0, 1, STOP, 0, 1, 2]
    assert vocabulary.encode("tents blue", "en").tolist() == [1, UNKNOWN]
    assert vocabulary.learn(MARKED, "en").tolist() == [3, LINK_OPENS, 0, 1, LINK_CLOSES, 4]
    assert [vocabulary.word(number) for number in (0, 1, 2)] == ["red", "tents", "."]
    assert Vocabulary(stemming=False).learn("tent tents", "en").tolist() == [0, 1]


def test_links_are_closed_to_phrases_and_opened_again() -> None:
    vocabulary = Vocabulary()
    vocabulary.learn("red tents", "en")
    text = closed_links(vocabulary.learn(MARKED, "en"))
    phrase = Words.of([vocabulary.encode("red tents", "en")])
    assert find_phrases(Words.of([text]), phrase).df.tolist() == [0]
    free = opened(text, [vocabulary.encode("red tents", "en")])
    assert find_phrases(Words.of([free]), phrase).df.tolist() == [1]
    assert opened(text, [vocabulary.encode("tents", "en")]).tolist() == text.tolist()


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("red tent", "A red tent.", 1),
        ("red tent", "Red tents, red tents", 2),
        ("red tent", "A red. Tent", 0),
        ("red tent", "A red\ntent", 0),
        ("red tent", "A red 😀 tent, a red (tent)", 0),
        ("red, tent", "red, tent and red tent", 1),
        ("tent", "contents tentative", 0),
        ("テント", "軽量テントを買う", 1),
        ("텐트", "이 텐트를 산다", 1),
        ("เต็นท์", "ซื้อเต็นท์ใหม่", 1),
        ("帐篷", "户外帐篷，轻便。", 1),
        ("帐篷", "户外帐。篷", 0),
        ("палатка", "в новой палатке тепло", 1),
    ],
)
def test_phrases_respect_words_and_breaks(phrase: str, text: str, found: int) -> None:
    language = "ru" if phrase[0] == "п" else "en"
    vocabulary = Vocabulary()
    texts = Words.of([vocabulary.learn(text, language)])
    vocabulary.learn(phrase, language)
    hits = find_phrases(texts, Words.of([vocabulary.encode(phrase, language)]))
    assert hits.pages.sum() == found


def test_a_phrase_never_runs_from_one_text_into_the_next() -> None:
    texts = Words.of([np.array([1, 2], np.int32), np.array([3, 4], np.int32), np.array([], np.int32)])
    phrases = Words.of(
        [np.array(each, np.int32) for each in ([2, 3], [1, 2], [4], [], [-1], [5] * (MAX_CHARACTERS + 1))]
    )
    hits = find_phrases(texts, phrases)
    numbers = hits.numbers(phrase_hashes(phrases))
    assert (numbers >= 0).tolist() == [True, True, True, False, False, False]
    assert hits.df[numbers[:3]].tolist() == [0, 1, 1]
    assert [hits.words[number].tolist() for number in numbers[:3]] == [[2, 3], [1, 2], [4]]


@settings(max_examples=60, deadline=None)
@given(
    texts=st.lists(st.lists(st.integers(-2, 6), max_size=30), max_size=5),
    phrases=st.lists(
        st.lists(st.integers(0, 6), min_size=1, max_size=4), min_size=1, max_size=8, unique_by=tuple
    ),
)
def test_the_scan_finds_what_an_automaton_finds(texts: list[list[int]], phrases: list[list[int]]) -> None:
    automaton = ahocorasick.Automaton()
    for place, phrase in enumerate(phrases):
        automaton.add_word("".join(chr(97 + number) for number in phrase), (place, len(phrase)))
    automaton.make_automaton()
    expected = np.zeros((len(texts), len(phrases)), dtype=int)
    for row, text in enumerate(texts):
        for _, (place, _) in automaton.iter(
            "".join(chr(97 + number) if number >= 0 else " " for number in text)
        ):
            expected[row, place] += 1
    words = Words.of([np.array(each, np.int32) for each in phrases])
    hits = find_phrases(Words.of([np.array(each, np.int32) for each in texts]), words)
    found = hits.pages.toarray()[:, hits.numbers(phrase_hashes(words))]
    assert (found == expected).all()


@given(st.text(max_size=200))
def test_any_text_has_tokens_that_stand_in_it(text: str) -> None:
    vocabulary = Vocabulary()
    numbers = vocabulary.learn(text, "en")
    assert len(numbers) == len(tokens(text)) == len(list(token_spans(text)))
    assert vocabulary.encode(text, "en").tolist() == numbers.tolist()
    assert all(is_character(token) <= (len(token) >= 1) for token in tokens(text))
