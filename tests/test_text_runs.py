"""The text chapter as a whole: one reading, the same results in every run."""

import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

import linkkit as lk
from linkkit.plan import suggestions as suggestions_module
from linkkit.plan.suggestions import suggest_links
from linkkit.text.corpus import Corpus
from linkkit.text.scores import Relevance
from linkkit.text.words import Vocabulary, tokens
from tests.text_site import prose_site

TOPICS = {
    "tent": "tent pole peg flysheet porch guyline groundsheet pitch tunnel geodesic",
    "stove": "stove gas boil pan canister flame simmer fuel windshield lighter",
    "boot": "boot sole leather lace heel ankle toe insole gaiter sock",
}


def prose(each: int = 8) -> lk.Site:
    """Pages of three topics; every page links the next of its topic, and names the one after that."""
    chance = np.random.default_rng(3)
    pages = {
        "/": "<h1>Home</h1>"
        + "".join(f"<p><a href=/{topic}-0>All about the {topic}</a>.</p>" for topic in TOPICS)
    }
    for topic, words in TOPICS.items():
        for number in range(each):
            own = " ".join(chance.choice(words.split(), 30))
            other = (number + 1) % each
            pages[f"/{topic}-{number}"] = (
                f"<h1>The {topic} number {number}</h1><p>{own}. See <a href=/{topic}-{other}>{topic} {other}</a> and the "
                f"{topic} number {(number + 2) % each} too.</p>"
            )
    return prose_site(pages)


def digest() -> str:
    """Everything that the text chapter says of `prose`."""
    audit = lk.run_audit(prose())
    assert audit.facts.anchors is not None
    assert audit.facts.near_duplicates is not None
    assert audit.facts.better_anchors is not None
    uses = audit.facts.anchor_uses
    topics = audit.topics.propose()
    tables = [
        audit.facts.anchors.pairs.assign(words=[sorted(each) for each in audit.facts.anchors.pairs["words"]]),
        pd.DataFrame(audit.facts.better_anchors.of(uses["normalised"].tolist(), uses["target_id"].tolist())),
        audit.facts.near_duplicates,
        audit.findings,
        suggest_links(audit, targets="/*", min_score=-99),
    ]
    return "\n".join(
        [*(table.to_csv() for table in tables), repr(topics.labels.tolist()), repr(topics.names)]
    )


@pytest.fixture(scope="module")
def audit() -> lk.Audit:
    return lk.run_audit(prose())


def test_two_runs_give_the_same_bytes_whatever_python_hashes_by() -> None:
    code = "from tests.test_text_runs import digest; import sys; sys.stdout.write(digest())"
    runs = [
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert len(runs[0]) > 10_000
    assert runs[0] == runs[1]


def test_an_audit_reads_its_text_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read = []
    plain = Corpus.from_site.__func__

    def counted(cls: type[Corpus], *given: object, **named: object) -> Corpus:
        read.append(cls)
        return plain(cls, *given, **named)

    monkeypatch.setattr(Corpus, "from_site", classmethod(counted))
    audit = lk.run_audit(prose())
    assert "relevance" not in audit.__dict__
    suggest_links(audit, targets="/*")
    audit.topics.propose()
    assert lk.plan.link_plan(audit, 2, goal="/tent-*").links is not None
    assert audit.with_thresholds(audit.thresholds).relevance is audit.relevance
    assert audit.topics.words is audit.words
    assert len(read) == 1


def test_suggestions_are_those_of_looking_for_words_in_every_pair(audit: lk.Audit) -> None:
    known = audit.relevance
    found = suggest_links(audit, targets="/*", per_target=3, per_source=2, min_score=-99)
    every = suggestions_module.link_scores(audit.site, audit.graph, None, 18, relevance=known)
    every = every.sort_values(["score", "target_id", "source_id"], ascending=[False, True, True])
    assert found[["source_id", "target_id", "phrase"]].to_numpy().tolist() == greedy(every)
    assert (found["phrase"] != "").any()
    assert (found["phrase"] == "").any()


def greedy(pairs: pd.DataFrame) -> list[list[object]]:
    """At most two of a source and three of a target, of pairs whose words are all known: those with a phrase first."""
    rows = pairs[["source_id", "target_id", "phrase"]].to_numpy().tolist()
    sources: dict[int, int] = {}
    targets: dict[int, int] = {}
    kept = []
    for source, target, phrase in sorted(rows, key=lambda row: row[2] == ""):
        if sources.get(source, 0) < 2 and targets.get(target, 0) < 3:
            sources[source], targets[target] = sources.get(source, 0) + 1, targets.get(target, 0) + 1
            kept.append([source, target, phrase])
    return kept


def test_only_the_first_pages_are_asked_for_at_once(audit: lk.Audit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suggestions_module, "MAX_TARGETS", 2)
    audit = audit.with_thresholds(lk.Thresholds(max_crawl_depth=2))
    assert suggest_links(audit)["target"].nunique() == 2
    assert suggest_links(audit, targets="/*", min_score=-99)["target"].nunique() > 2
    monkeypatch.setattr(suggestions_module, "LARGE_SITE", 10)
    with pytest.raises(lk.SettingsError, match="at most 2 on a site of more than 10"):
        suggest_links(audit, targets="/*")


TEXTS = (
    'Plain words, a number 30.5 and os.path.join(); "quoted" -- dash\nNext line.  Two spaces\tand a tab.',
    "Über groß ﬁne e\u0301tude, n\u0303 a\u20dd b; soft\u00adhyphen \u200c.",
    "軽量テント。用品 and text ภาษาไทย، عربي: ok",
    "\ufff9link text\ufffb, after. (\ufff9x\ufffb)\n\ufff9\ufffb",
    "x" * 100 + " " + "y" * 39 + ". " + "軽" * 60,
    "",
    " \n ",
)


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_read_in_pieces_has_the_same_words(text: str) -> None:
    vocabulary = Vocabulary()
    numbers = vocabulary.learn(text, "en")
    assert numbers.tolist() == vocabulary.encode(text, "en").tolist() == vocabulary.learn(text, "en").tolist()
    assert len(numbers) == len(tokens(text))


def test_relevance_of_an_audit_is_that_of_its_site(audit: lk.Audit) -> None:
    anew = Relevance.from_site(audit.site, audit.graph)
    every = np.arange(len(anew.corpus))
    assert np.array_equal(anew.scores(every), audit.relevance.scores(every))
