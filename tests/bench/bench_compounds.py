"""Compounds taken apart: right and wrong on lists made by hand, and what it does to anchors: ``python -m tests.bench.bench_compounds [folder]``.

Without a folder: precision and recall on ``tests/data/compounds.toml``. With the folder of a saved Site in a language of compounds (the German help of
LibreOffice, as Debian packages it, is one of 2,561 pages): a random sample of its words to judge by eye, the time, and how well
anchors are told from shuffled ones with and without. Nothing is asserted.
"""

import sys
import time
import tomllib
from pathlib import Path

import numpy as np

import linkkit as lk
from linkkit.text import fit
from linkkit.text.anchors import judge_anchors
from linkkit.text.compounds import LANGUAGES, Compounds
from linkkit.text.scores import SiteWords
from linkkit.text.words import Vocabulary

LISTS = Path(__file__).parents[1] / "data" / "compounds.toml"


def verdicts(language: str) -> tuple[list[str], list[str], list[str]]:
    """Words of the list taken apart rightly, wrongly (with what came out), and compounds that were not taken apart."""
    listed = tomllib.loads(LISTS.read_text("utf-8"))[language]
    vocabulary = Vocabulary()
    for text in listed["texts"]:
        vocabulary.learn(text, language)
    compounds = Compounds(vocabulary)
    right, wrong, missed = [], [], []
    for line in listed["compounds"]:
        word, parts = line.split("=")
        found = compounds.parts(word, language)
        # Parts of the list stand in the word without what links them; what is found may still have it.
        same = len(found) == parts.count("|") + 1 and all(
            one.startswith(other) or other.startswith(one)
            for one, other in zip(found, parts.split("|"), strict=True)
        )
        (missed if not found else right if same else wrong).append(
            word if same or not found else f"{word}: {'|'.join(found)}"
        )
    for word in listed["simple"]:
        if found := compounds.parts(word, language):
            wrong.append(f"{word}: {'|'.join(found)}")
    return right, wrong, missed


def table() -> None:
    """Precision and recall of each list."""
    for language, listed in tomllib.loads(LISTS.read_text("utf-8")).items():
        right, wrong, missed = verdicts(language)
        print(
            f"{language}: {len(listed['compounds'])} compounds, {len(listed['simple'])} other words: precision "
            f"{len(right) / max(1, len(right) + len(wrong)):.2f}, recall {len(right) / len(listed['compounds']):.2f}; wrong {wrong}; "
            f"missed {missed}"
        )


def on_site(folder: str) -> None:
    """A sample to judge by eye, time, and anchors with and without compounds taken apart."""
    site = lk.load(folder)
    words = SiteWords.from_site(site, lk.LinkGraph.from_site(site))
    language = words.corpus.names["language"].mode().iat[0]
    forms = words.corpus.vocabulary.forms(language)
    start = time.process_time()
    compounds = Compounds(words.corpus.vocabulary)
    found = {form: "|".join(compounds.parts(form, language)) for form in forms}
    print(
        f"{language}: {sum(map(bool, found.values())):,} of {len(forms):,} words, {time.process_time() - start:.1f} s"
    )
    long = [form for form in forms if form.isalpha() and len(form) >= 8 and form[1:] == form[1:].lower()]
    sample = np.random.default_rng(1).choice(long, 100).tolist()
    print("  apart:", [found[form] for form in sample if found[form]])
    print("  whole:", [form for form in sample if not found[form]])
    for name, languages in (("whole words", frozenset[str]()), ("compounds apart", LANGUAGES)):
        fit.LANGUAGES = languages
        runs = [
            judge_anchors(site, words.corpus, words.links, words.vectors, seed=seed).calibration
            for seed in (0, 1, 2)
        ]
        rates = np.mean([run.rates(0.2) for run in runs], axis=0)
        print(
            f"  {name}: AUC {np.mean([run.auc for run in runs]):.4f}; of {len(runs[0].true):,} true pairs {rates[0]:.3f} score < 0.2, "
            f"of shuffled ones {rates[1]:.3f}"
        )


if __name__ == "__main__":
    on_site(sys.argv[1]) if len(sys.argv) > 1 else table()
