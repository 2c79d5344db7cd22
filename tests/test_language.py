"""Exports in the client's language: German is complete, numbers are written as Germans write them, and hostile text stays text."""

import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from babel import Locale
from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from hypothesis import given, settings
from hypothesis import strategies as st

from linkkit.deck.catalog import CatalogError, literals, messages, updated
from linkkit.deck.crawl_words import stopped_text
from linkkit.deck.evidence import EVIDENCE, evidence_text, findings_in, fix_text, reason_text
from linkkit.deck.language import LOCALES, Language, language, languages
from linkkit.errors import SettingsError

GERMAN = LOCALES / "de.po"
SAME_IN_GERMAN = frozenset(
    "Backlinks|Breadcrumb|Canonicals|Cluster|Conversions|Footer|Header|Link|Links|Name|Navigation|Nofollow|Noindex|Page et al. 1999|"
    "PageRank|Publisher|Search Console|Shop|Sitemap|Status|Traffic|nofollow|noindex|robots.txt|"
    "Crawl|Signal|Version|{threshold} in {section}|{value} in {section}|Signal: {name}|Team|In {section}: {meaning}".split(
        "|"
    )
)
"""Names and terms of the field; messages without a word of their own, which only put others together, are not asked for."""
NAME = re.compile(r"\{\w+\}")


@cache
def _entries() -> list[Message]:
    with GERMAN.open("rb") as file:
        return [each for each in read_po(file, locale="de") if each.id]


def _pairs() -> Iterator[tuple[str, str]]:
    for each in _entries():
        if each.pluralizable:
            yield from zip(each.id, each.string, strict=True)
        else:
            yield str(each.id), str(each.string)


def test_german_holds_every_text_and_no_other() -> None:
    stored = GERMAN.read_bytes()
    assert updated(stored, "de", messages()) == stored, "run make translations, then translate what is new"
    fuzzy = [each.id for each in _entries() if each.fuzzy]
    missing = [english for english, german in _pairs() if not german]
    assert (fuzzy, missing) == ([], [])


def test_german_fills_in_the_same_values() -> None:
    other = [pair for pair in _pairs() if sorted(NAME.findall(pair[0])) != sorted(NAME.findall(pair[1]))]
    assert other == []


def test_german_is_german() -> None:
    same = {
        english
        for english, german in _pairs()
        if english == german and any(each.isalpha() for each in NAME.sub("", english))
    }
    assert same <= SAME_IN_GERMAN, same - SAME_IN_GERMAN
    # Quotation marks in pairs, none of them straight or English; no line break between a number and its sign.
    assert [text for _, text in _pairs() if '"' in text or "”" in text] == []
    assert [text for _, text in _pairs() if text.count("„") != text.count("“")] == []
    assert [text for _, text in _pairs() if re.search(r"[\d}] %", text)] == []
    assert [text for _, text in _pairs() if "  " in text or text != text.strip()] == []


def test_texts_are_written_down_whole(tmp_path: Path) -> None:
    source = tmp_path / "module.py"
    source.write_text(
        'lang.text("One" if few else "Many")\nlang.plural("{number} page", "{number} pages", n)\nlang.text(NAME)\n'
    )
    assert list(literals(source)) == ["One", "Many", ("{number} page", "{number} pages")]
    source.write_text('lang.text(f"{count} pages")\n')
    with pytest.raises(CatalogError, match=r"module\.py:1: a text is put together"):
        list(literals(source))


def test_what_is_translated_stays() -> None:
    head = b'# Heading\nmsgid ""\nmsgstr ""\n"Language: de\\n"\n\n'
    stored = head + b'msgid "Gone"\nmsgstr "Weg"\n\nmsgid "Page"\nmsgstr "Seite"\n'
    fresh = updated(
        stored, "de", {"New": ("a.py",), "Page": ("b.py",), ("{number} row", "{number} rows"): ()}
    )
    assert fresh.startswith(head)
    assert b"Gone" not in fresh
    assert 'msgid "Page"\nmsgstr "Seite"' in fresh.decode()
    assert fresh.index(b'"New"') < fresh.index(b'"Page"') < fresh.index(b"msgid_plural")
    assert (
        updated(fresh, "de", {"New": ("a.py",), "Page": ("b.py",), ("{number} row", "{number} rows"): ()})
        == fresh
    )


def test_unknown_language() -> None:
    assert languages() == ("en", "de")
    with pytest.raises(SettingsError, match="exports are written in en, de"):
        language("fr")


# Above, a float has no four digits behind the point that two ways of writing it could agree on.
@given(st.floats(-1e10, 1e10), st.integers(0, 4))
@settings(max_examples=60)
def test_numbers_are_babels(value: float, digits: int) -> None:
    shape = "#,##0." + "0" * digits if digits else "#,##0"
    for code in languages():
        expected = format_decimal(round(value, digits) + 0, format=shape, locale=Locale.parse(code))
        assert Language(code).number(value, digits) == expected


def test_numbers_in_german() -> None:
    de = language("de")
    assert [de.number(-1234.5, 1), de.number(-0.4), de.number(float("nan"))] == ["-1.234,5", "0", "–"]
    assert [de.percent(each) for each in (0.043, 0.001, 0.999, 0, 1)] == ["4\xa0%", "<\xa01\xa0%", ">\xa099\xa0%", "0\xa0%", "100\xa0%"]  # fmt: skip
    assert [de.percent(-0.5), de.percent(0.1234, 1), de.percent(float("nan"))] == [
        "-50\xa0%",
        "12,3\xa0%",
        "–",
    ]
    assert [de.decimal(each) for each in (3, 2.5, 0.0123456, 1204, 0)] == ["3", "2,5", "0,0123", "1.204", "0"]
    assert [de.localised(each) for each in ("1,204.5", "12.3%", "< 1 %", "404")] == ["1.204,5", "12,3\xa0%", "<\xa01\xa0%", "404"]  # fmt: skip
    assert de.date(date(2026, 3, 9)) == "9. März 2026"
    assert language("en").date(date(2026, 3, 9)) == "9 March 2026"
    assert [de.span("3", "5"), de.span("3", "3"), de.listed(["A", "B"])] == ["3–5", "3", "A und B"]
    assert de.plural("{number} ewe", "{number} ewes", 1) == "1 ewe", "what is not translated stays English"


HOSTILE = st.text() | st.sampled_from(
    ["{number}", "{0.__class__}", "{{}}", "%s %(x)s %", "\\g<0>", "{", "}{url}"]
)


@given(HOSTILE)
@settings(max_examples=60)
def test_values_mean_nothing(value: str) -> None:
    for code in languages():
        lang = Language(code)
        assert lang.text("{title}: {why}", title=value, why="x") == f"{value}: x"
        assert (
            value in lang.plural("{number} linking page", "{number} linking pages", 2, unused=value) + value
        )
        assert lang.text("Build backlinks to {page} first", page=value).count(value) >= 1


@given(HOSTILE, HOSTILE)
@settings(max_examples=60)
def test_evidence_keeps_what_the_site_says(text: str, other: str) -> None:
    de = language("de")
    assert (
        evidence_text(de, "misleading-anchor", f'"{text}" fits https://x.example/')
        == f"„{text}“ passt zu https://x.example/"
    )
    assert evidence_text(de, "deep-page", text) == text or "Klicks" in evidence_text(de, "deep-page", text)
    said = evidence_text(
        de, "page-without-link-up", f"section {text}; only the start page stands above; 3 referring domains"
    )
    assert said == f"Bereich {text}; nur die Startseite steht darüber; 3 verweisende Domains"
    assert evidence_text(language("en"), "weak-anchor", other) == other


def test_evidence_in_german() -> None:
    de = language("de")
    assert evidence_text(de, "stalled-landing-page", "1,204 referring domains; nearest money page 3 clicks away; 5.5 of every 100 units landing here reach money pages (the site's average indexable page: 10.2)") == (
        "1.204 verweisende Domains; nächste Money Page 3 Klicks entfernt; von je 100 hier eintreffenden Einheiten erreichen 5,5 die Money Pages "
        "(durchschnittliche indexierbare Seite der Website: 10,2)"
    )  # fmt: skip
    assert fix_text(de, "link-to-redirect", "Point the links straight at https://x.example/") == (
        "Lassen Sie die Links direkt auf https://x.example/ zeigen"
    )
    assert (
        reason_text(de, "no data on is_money_page, the search console")
        == "keine Daten zu: Money Pages und die Search Console"
    )
    assert (
        reason_text(de, "the crawl is incomplete: page limit 500")
        == "der Crawl ist unvollständig: Seitenlimit 500"
    )
    assert stopped_text(de, "somebody pulled the plug") == "somebody pulled the plug"


def test_findings_in_german(caplog: pytest.LogCaptureFixture) -> None:
    rows = {
        "check_id": ["deep-page", "weak-anchor", "deep-page"],
        "evidence": [
            "4 clicks from the start page",
            "no such words",
            "5 clicks from the start page; money page",
        ],
        "fix": [
            "Link to it from its section's hub page or another page at most two clicks from the start page."
        ]
        * 3,
        "why": ["x"] * 3,
        "unit": ["clicks"] * 3,
    }
    findings = pd.DataFrame(rows, index=[7, 3, 5])
    told = findings_in(language("de"), findings)
    assert told["evidence"].tolist() == [
        "4 Klicks von der Startseite",
        "no such words",
        "5 Klicks von der Startseite; Money Page",
    ]
    assert told["unit"].tolist() == ["Klicks"] * 3
    assert told.index.tolist() == [7, 3, 5]
    assert "evidence of 1 findings and advice of 1 have no de words" in caplog.text
    assert findings_in(language("en"), findings) is findings


def test_every_check_words_its_evidence() -> None:
    from linkkit.checks import CHECKS

    assert EVIDENCE.keys() == CHECKS.keys()
