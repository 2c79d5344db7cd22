"""Anchor texts against their targets: features, the line a site draws itself, verdicts, better words, the mix per target."""

import numpy as np
import pandas as pd
import pytest

import linkkit as lk
from linkkit.audit import gather_facts
from linkkit.checks import CHECKS, run_check
from linkkit.marks import LINK_END, LINK_START
from linkkit.metrics.anchors import anchor_mix
from linkkit.text.anchors import (
    DEFAULT_LINE,
    DESCRIPTIVE,
    EXACT,
    GENERIC,
    IRRELEVANT,
    PARTIAL,
    REFERENCE,
    VERDICTS,
    WEAK,
    Calibration,
)
from linkkit.text.fit import WordParts, split_names
from linkkit.text.kinds import is_reference
from linkkit.text.language import text_language
from linkkit.text.words import Vocabulary
from tests.site_factory import build, paths

FILLER = "Nothing more is said here than the weather allows, and the weather allows little at this time of the year."


MUCH = " ".join(
    f"{a}{b}{c}" for a in "bdfglm" for b in ("ando", "ilka", "urso") for c in ("ra", "lin", "tov")
)


def _page(path: str, title: str, text: str = "", language: str = "en", **more: object) -> dict[str, object]:
    return {
        "path": path,
        "title": title,
        "language": language,
        "text": f"{text} {FILLER if language == 'en' else ''}",
        **more,
    }


def _link(source: str, target: str, anchor: str) -> dict[str, object]:
    return {"source": source, "target": target, "anchor": anchor}


def _facts(pages: list[object], links: list[object]) -> lk.Audit:
    return lk.run_audit(build(pages, links))  # type: ignore[arg-type]


def _verdicts(pages: list[object], links: list[object]) -> dict[str, str]:
    audit = _facts(pages, links)
    judged = audit.facts.anchors
    assert judged is not None
    return dict(zip(judged.pairs["anchor"], judged.verdicts(0.8), strict=True))


def _many(pairs: int = 60) -> tuple[list[object], list[object]]:
    """A site of plain links: each page named by words of its own, linked from the page before it."""
    names = [
        f"{a}{b}{c}"
        for a in "bdfglm"
        for b in ("ando", "ilka", "urso", "epto", "imba")
        for c in ("ra", "lin", "tov")
    ]
    words = [(names[place], names[(place * 7 + 3) % len(names)]) for place in range(pairs)]
    pages = [
        _page(
            f"/{place}",
            f"{first} {second}",
            f"About {first} {second} and {words[(place + 1) % pairs][0]} there.",
        )
        for place, (first, second) in enumerate(words)
    ]
    links = [
        _link(f"/{place}", f"/{(place + 1) % pairs}", f"the {words[(place + 1) % pairs][0]}")
        for place in range(pairs)
    ]
    return [_page("/", "Home"), *pages], [_link("/", "/0", "Home of the first"), *links]


def test_the_line_is_the_sites_own_where_it_has_enough_pairs() -> None:
    pages, links = _many()
    audit = _facts(pages, [*links[1:], _link("/5", "/40", "a matter of weather and little more")])
    calibration = audit.facts.anchors.calibration  # type: ignore[union-attr]
    assert calibration.is_own
    assert calibration.tells
    assert calibration.auc > 0.95
    line = calibration.line(0.8)
    flagged, caught = calibration.rates(line)
    assert caught == pytest.approx(0.8, abs=0.06)
    assert flagged <= 0.05
    found = audit.findings[audit.findings["check_id"] == "weak-anchor"]
    assert paths(found["url"]) == ["/40"]
    assert found["value"].iloc[0] < found["threshold"].iloc[0] == 0.8
    assert "of anchors drawn at random" in found["evidence"].iloc[0]
    # A lower share draws the line lower: never more findings.
    counts = [
        len(run_check(CHECKS["weak-anchor"], audit.facts, lk.Thresholds(weak_anchor_caught=share)).findings)
        for share in (0.3, 0.6, 0.8, 0.95, 0.99)
    ]
    assert counts == sorted(counts)


def test_tiny_sites_use_the_default_and_say_so() -> None:
    audit = _facts([_page("/", "Home"), _page("/t", "Tents")], [_link("/", "/t", "what she heard in spring")])
    calibration = audit.facts.anchors.calibration  # type: ignore[union-attr]
    assert not calibration.is_own
    assert {calibration.line(share) for share in (0.3, 0.99)} == {DEFAULT_LINE}
    assert np.isnan(calibration.rank(np.array([0.1]))).all()
    assert "too few links" in audit.findings.set_index("check_id").loc["weak-anchor", "evidence"]
    assert "too few to place the line" in lk.charts.anchor_line_words(audit)


def test_a_site_that_the_score_cannot_read_is_not_judged() -> None:
    same = np.sort(np.linspace(0, 1, 100))
    assert not Calibration(same, same).tells
    assert Calibration(same, same).auc == pytest.approx(0.5)
    assert Calibration(same + 2, same).auc == 1.0
    assert np.isnan(Calibration().auc)


def test_shuffling_is_seeded() -> None:
    pages, links = _many()
    first, second = (_facts(pages, links).facts.anchors for _ in range(2))
    assert first is not None
    assert second is not None
    pd.testing.assert_frame_equal(first.pairs, second.pairs)
    np.testing.assert_array_equal(first.calibration.shuffled, second.calibration.shuffled)


def test_verdicts() -> None:
    pages = [
        _page("/", "Home", f"See the tents, 30.5 and poles of alloy, in the yard. {MUCH}"),
        _page("/t", "Mountain tents | Fell and Ford", "Poles of alloy and a flysheet.", h1="Mountain tents"),
        _page("/s", "Stoves and pots", "Burners of brass."),
    ]
    links = [
        _link("/", "/t", text)
        for text in (
            "Mountain tents",
            "tents for a mountain",
            "alloy poles",
            "Section 30.5",
            "it is",
            "stoves and pots",
        )
    ]
    found = _verdicts(pages, links)
    assert found == {
        "Mountain tents": EXACT,
        "tents for a mountain": PARTIAL,
        "alloy poles": DESCRIPTIVE,
        "Section 30.5": REFERENCE,
        "it is": GENERIC,
        "stoves and pots": IRRELEVANT,
    }
    assert set(found.values()) <= set(VERDICTS)


def test_irrelevant_only_where_another_page_is_called_so() -> None:
    pages = [
        _page("/", "Home"),
        _page("/t", "Tents"),
        _page("/s", "Shop", "Every stove we sell burns spirit."),
    ]
    assert _verdicts(pages, [_link("/", "/t", "spirit stove")]) == {"spirit stove": WEAK}


@pytest.mark.parametrize(
    ("language", "title", "text", "anchor"),
    [
        ("de", "Wanderstiefel richtig pflegen", "Der Wanderstiefel braucht Wachs und Pflege nach jedem Weg.", "Wanderstiefelpflege"),
        ("de", "Kinderschlafsäcke", "Ein Schlafsack für Kinder und der Schlafsack für Große.", "Schlafsack"),
        ("de", "Wanderschuhe für Damen", "Unsere Wanderschuhe halten auch im Regen dicht und sitzen auf langen Wegen gut.", "Schuhe"),
        ("de", "Schuhe", "Für den Berg und für die Stadt: Schuhe mit fester Sohle, die man lange trägt.", "Wanderschuhe"),
        ("nl", "Wandelschoenen", "Onze wandelschoenen blijven droog in de regen, ook wie graag lang wandelt.", "Schoenen"),
        ("ru", "Палатки для гор", "Лёгкие палатки с дугами из алюминия для ветра и снега.", "горная палатка"),
        ("ar", "الخيام الجبلية", "نبيع خيام خفيفة للجبال مع أعمدة من الألومنيوم", "خيام خفيفة للجبل"),
        ("zh", "登山帐篷", "我们的帐篷轻便防水，适合高山露营。", "轻便的帐篷"),
        ("ja", "登山用テント", "軽くて風に強いテントを取り揃えています。", "軽いテント"),
        ("ko", "등산용 텐트", "가볍고 바람에 강한 텐트를 판매합니다.", "바람에 강한 텐트"),
        ("th", "เต็นท์ภูเขา", "เต็นท์น้ำหนักเบาสำหรับภูเขาและหิมะ", "เต็นท์เบา"),
        ("en", "http.server", "Class HTTPServer serves requests of do_GET.", "HTTPServer.serve()"),
    ],
)  # fmt: skip
def test_scripts_and_compounds(language: str, title: str, text: str, anchor: str) -> None:
    other = {"de": "Kocher mit Gas", "nl": "Branders op gas", "ru": "Горелки", "ar": "مواقد", "zh": "炉具", "ja": "コンロ", "ko": "버너", "th": "เตา", "en": "Stoves"}  # fmt: skip
    pages = [
        _page("/", "x", f"{anchor}. {MUCH}", language),
        _page("/t", title, text, language),
        _page("/s", other[language], other[language] * 2, language),
    ]
    audit = _facts(pages, [_link("/", "/t", anchor), _link("/", "/s", anchor)])
    pairs = audit.facts.anchors.pairs  # type: ignore[union-attr]
    scores = dict(zip(paths(pairs["target_id"].map(audit.metrics["url"])), pairs["score"], strict=True))
    assert scores["/t"] > 0.4
    assert scores["/s"] < DEFAULT_LINE


def test_names_in_code_and_compounds_are_widened() -> None:
    vocabulary = Vocabulary()
    vocabulary.learn("Die Stiefel zum Wandern, die Pflege und die Arbeit", "de")
    parts = WordParts(vocabulary)
    assert parts.widened("Wanderstiefel im Berg", "de") == "Wanderstiefel im Berg\nwander stiefel"
    assert parts.widened("Wanderstiefel", "en") == "Wanderstiefel"
    assert parts.widened("os.path_join()", "en") == "os.path_join()\nos path join"
    assert split_names("os.path_join()") == "os path join"


def test_references_are_told_from_names() -> None:
    yes = ["section 30.5", "12", "kapitel 4", "appendix b", "§ 12", "第3章", "глава 7", "30.5.2"]
    no = ["python 3", "top 10 tents", "corrie 2", "b1 boots", "section on tents", "9 tents"]
    assert [each for each in yes if not is_reference(each)] == []
    assert [each for each in no if is_reference(each)] == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "This is how we look after your tent when you are out in the hills and it has been raining for days, as it will."),
        ("de", "Wir zeigen Ihnen, wie Sie Ihr Zelt bei Regen aufbauen und worauf Sie bei der Auswahl achten, damit es nicht nass wird."),
        ("fr", "Nous vous montrons comment monter votre tente sous la pluie et ce qui est important dans le choix de votre matériel pour la montagne."),
        ("es", "Mostramos cómo montar su tienda cuando llueve y lo que hay que tener en cuenta al elegir el equipo para la montaña y no mojarse."),
        ("pl", "Pokażemy, jak rozbić namiot w deszczu i na co zwrócić uwagę przy wyborze sprzętu w góry, żeby nie zmoknąć w nocy i nie być tam samemu."),
        ("ru", "Мы покажем, как поставить палатку в дождь и на что обратить внимание при выборе снаряжения для гор, чтобы не промокнуть ночью."),
        ("", "def main int void return x y z class object method value type list tuple dict set str bytes none true false import"),
        ("en", "Tents that stand up to the wind of the hills"),
        ("de", "Jacken für die Berge, die wir in Kendal nähen und reparieren"),
        ("fi", "Ompelemme ne Kendalissa ja korjaamme ne niin kauan kuin sinulla on sellainen, ja se on hyvä."),
        ("id", "Kami menjahit semuanya di Kendal dan memperbaikinya untuk Anda dengan benang yang kuat"),
        ("tr", "Bir tane olduğu sürece onarıyoruz, bu bizim için çok önemli"),
        ("hi", "पहाड़ों के लिए जैकेट। हम इन्हें केंडल में सिलते हैं और इसे ठीक करते हैं।"),
        ("he", "מעילים עמידים במים"),
        ("", "Tents and stoves"),
        ("", "Kendal, Fort William, Corrie 2, Gale, Moss, Otter Solo"),
    ],
)  # fmt: skip
def test_language_by_function_words(language: str, text: str) -> None:
    assert text_language(text) == language


def test_a_page_that_declares_nothing_is_judged_in_the_language_it_is_written_in() -> None:
    german = "Wir zeigen Ihnen, wie Sie das Zelt bei Regen aufbauen und worauf Sie bei der Auswahl der Stangen achten, damit es nicht nass wird."
    pages = [
        {"path": "/", "title": "Start", "text": german},
        {"path": "/z", "title": "Zelte", "text": german},
    ]
    site = build(pages, [_link("/", "/z", "Les mer"), _link("/", "/z", "Mehr erfahren")])
    facts = gather_facts(site, lk.LinkGraph.from_site(site))
    found = run_check(CHECKS["generic-anchor"], facts, lk.Thresholds()).findings
    assert found["evidence"].tolist() == ['"Mehr erfahren"']


def _better(pages: list[object], links: list[object], text: str = "") -> dict[str, tuple[str, str]]:
    """Better words by text, or for one text by the path of its target."""
    facts = _facts(pages, links).facts
    uses = facts.anchor_uses[facts.anchor_uses["normalised"].str.contains(text)]
    assert facts.better_anchors is not None
    said = facts.better_anchors.of(uses["normalised"].tolist(), uses["target_id"].tolist())
    keys = paths(uses["target_id"].map(facts.pages["url"])) if text else uses["normalised"].tolist()
    return {key: each for key, each in zip(keys, said, strict=True) if each}


def test_better_words_stand_beside_the_link() -> None:
    sentence = f"For gear hire in Kendal {LINK_START}click here{LINK_END} before Friday."
    pages = [
        _page("/", "Home", sentence, linkable=sentence),
        _page("/hire", "Gear hire in Kendal | Fell and Ford"),
    ]
    assert _better(pages, [_link("/", "/hire", "click here")]) == {
        "click here": ("gear hire in Kendal", "stands beside the link")
    }


def test_better_words_are_what_others_say_then_the_name_of_the_page_and_nobody_elses() -> None:
    pages = [
        _page("/", "Home"),
        _page("/a", "Home"),
        _page("/b", "Home"),
        _page("/hire", "Gear hire", h1="Gear hire"),
        _page("/twin", "Tent wash", h1="Tent wash"),
        _page("/twin2", "Tent wash", h1="Tent wash by hand"),
        _page(
            "/long",
            "A very long title that goes on and on about how we wash tents in spring",
            h1="Wash: how we do it in spring and at any other time",
        ),
    ]
    bad = [_link("/", target, "read more") for target in ("/hire", "/twin", "/twin2", "/long")]
    found = _better(
        pages, [*bad, _link("/a", "/hire", "hire tents"), _link("/b", "/hire", "hire tents")], "read more"
    )
    assert found["/hire"] == ("hire tents", "2 pages use it")
    assert "/twin" not in found
    assert found["/twin2"] == ("Tent wash by hand", "from its heading")
    assert found["/long"] == ("Wash", "from its heading")


def test_fixes_carry_the_better_words() -> None:
    audit = _facts([_page("/", "Home"), _page("/hire", "Gear hire")], [_link("/", "/hire", "read more")])
    fix = audit.findings.set_index("check_id").loc["generic-anchor", "fix"]
    assert fix.endswith('Suggested: "Gear hire" (from its title).')


def test_without_text_better_words_come_from_names_alone() -> None:
    audit = _facts(["/", {"path": "/hire", "title": "Gear hire"}], [_link("/", "/hire", "read more")])
    assert audit.facts.anchors is None
    assert audit.facts.better_anchors is not None
    assert audit.facts.better_anchors.of(["read more"], [1]) == [("Gear hire", "from its title")]
    states = audit.checks.set_index("check_id")["state"]
    assert {str(states[each]) for each in ("weak-anchor", "anchor-monotony", "anchor-variety")} == {
        "not_applicable"
    }
    assert lk.charts.anchor_mix_view(audit).empty
    assert lk.charts.better_anchors_view(audit).empty
    assert "no data on page text" in lk.charts.chapter_charts(audit, "anchors")["anchor_verdicts"].to_json()


def test_the_mix_of_a_target() -> None:
    pages = [
        _page("/", "Home"),
        _page("/a", "A"),
        _page("/b", "B"),
        _page("/t", "Tents", "A tick remover and zinc tape."),
    ]
    links = [
        _link("/", "/t", "Tents"),
        _link("/a", "/t", "tents"),
        _link("/b", "/t", "zinc tape"),
        _link("/", "/t", "what she heard"),
    ]
    judged = _facts(pages, links).facts.anchors
    assert judged is not None
    mix = anchor_mix(judged, judged.verdicts(0.8)).iloc[0]
    assert (mix["pages"], mix["anchors"], mix["wordings"]) == (4, 3, 2)
    assert (mix["top_anchor"], mix["top_share"], mix["good_share"]) == ("Tents", 0.5, 0.75)
    assert (mix[EXACT], mix[WEAK]) == (2, 1)
    assert mix[list(VERDICTS)].sum() == 4


def test_hostile_anchors_are_escaped_in_the_suggestions() -> None:
    hostile = "<script>window.pwned=1</script> tents"
    sentence = f"Those who love {hostile} and rain should read on about poles."
    pages = [
        _page("/", "Home", sentence, linkable=sentence),
        _page("/t", hostile, "Poles <img src=x onerror=alert(1)> of alloy."),
        _page("/a", "A"),
    ]
    audit = _facts(pages, [_link("/a", "/t", hostile)])
    suggestions = lk.widgets.suggestions_for(audit, lk.widgets.suggestions.NAMED, named="/t")
    assert len(suggestions)
    shown = lk.widgets.suggestions.suggestions_html(audit, suggestions)
    assert "<script" not in shown
    assert "<img" not in shown
    assert "<mark" in shown


def test_verification_says_why_it_is_missing() -> None:
    audit = _facts([_page("/", "Home"), _page("/t", "Tents")], [_link("/", "/t", "Tents")])
    verified = lk.plan.verify_suggestions(audit)
    assert verified.table.empty
    assert verified.links == 1
    assert "only 1 link in running text" in verified.reason
    assert "only" in lk.charts.holdout_chart(verified.table, why=verified.reason).to_json().lower()


def test_verification_finds_what_editors_linked() -> None:
    pages, links = _many()
    verified = lk.plan.verify_suggestions(_facts(pages, links), seeds=[0], protocols=["targets"])
    own = verified.table.set_index("method")
    assert own.loc["linkkit", "hit10"] > own.loc["chance", "hit10"]
    assert lk.charts.holdout_view(verified.table)["Ranked by"].tolist() == [
        "linkkit",
        "similar text alone",
        "most linked first",
        "chance",
    ]
