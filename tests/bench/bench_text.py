"""Link suggestions: what comes back of hidden links, and what all of text costs: ``python -m tests.bench.bench_text [quality|scale] ...``.

``quality [python postgresql]`` crawls Debian's documentation sites over loopback, hides links that the HTML itself shows to be
contextual, and prints hit rates of every method tried. ``scale [pages ...]`` prints CPU and wall seconds
and memory of the whole text chapter on invented sites. Nothing is asserted.
"""

import hashlib
import inspect
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from unittest.mock import patch
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import lxml.html
import numpy as np
import numpy.typing as npt
import pandas as pd

import linkkit as lk
from linkkit import audit as audit_module
from linkkit.marks import LINK_END, LINK_START
from linkkit.metrics.groups import topic_clusters
from linkkit.plan import suggestions
from linkkit.schema import Position
from linkkit.site import Manifest
from linkkit.sources.builder import SiteBuilder
from linkkit.text.contextual import SiteLinks
from linkkit.text.evaluate import METHODS, Refit, evaluate, only, refit
from linkkit.text.holdout import hide, split_pairs
from linkkit.text.scores import Relevance
from linkkit.text.site_words import SiteWords
from tests.conftest import _QuietHandler, _Server, find_docs

T = TypeVar("T")

MAIN = {"python": "//div[@class='body' or @role='main']", "postgresql": "//body"}
SKIPPED = {
    "python": {"toctree-wrapper", "contents", "topic", "headerlink", "sphinxsidebar", "related"},
    "postgresql": {
        "navheader",
        "navfooter",
        "toc",
        "index",
        "list-of-tables",
        "list-of-figures",
        "list-of-examples",
    },
}
INDEXES = {"python": ("genindex", "py-modindex", "search", "contents.html"), "postgresql": ("bookindex",)}

TRIED = METHODS | {
    "title in the text": only(title_phrase=1.0, title_ngram=1.0),
    "anchors in use": only(anchor=1.0),
    "links of like pages": only(knn_links=1.0, knn_targets=1.0),
    "all text features": replace(METHODS["linkkit"], anchor=0.0, knn_links=0.0, knn_targets=0.0),
}


def contextual_truth(name: str) -> set[tuple[str, str]]:
    """Pairs of paths linked in the main block of the HTML files, outside lists of contents, menus and indexes."""
    folder = find_docs(name)
    assert folder is not None, f"install Debian's documentation of {name}"
    pairs = set()
    for file in sorted(folder.rglob("*.html")):
        source = "/" + file.relative_to(folder).as_posix()
        if any(word in source for word in INDEXES[name]):
            continue
        for main in lxml.html.fromstring(file.read_bytes()).xpath(MAIN[name])[:1]:
            for link in main.iter("a"):
                around = [set(each.get("class", "").split()) for each in (link, *link.iterancestors())]
                if link.get("href") and not any(classes & SKIPPED[name] for classes in around):
                    url = urljoin(f"http://site{source}", link.get("href").strip())
                    target = _path(url) if urlsplit(url).netloc == "site" else ""
                    if target and target != source and (folder / target.lstrip("/")).is_file():
                        pairs.add((source, target))
    return pairs


def _path(url: str) -> str:
    parts = urlsplit(urldefrag(url).url)
    path = unquote(parts.path)
    path = path + "index.html" if path.endswith("/") else path
    return path if parts.scheme.startswith("http") and path.endswith(".html") else ""


def crawled(name: str) -> lk.Site:
    """The documentation site, crawled over loopback."""
    folder = find_docs(name)
    assert folder is not None, f"install Debian's documentation of {name}"
    server = _Server(("127.0.0.1", 0), partial(_QuietHandler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        return lk.crawl(f"http://127.0.0.1:{server.server_port}/index.html", tempfile.mkdtemp(), delay=0)
    finally:
        server.shutdown()


def quality(*names: str) -> None:
    """Hold-out tables of the documentation sites."""
    for given in names or ("python", "postgresql"):
        folder = Path(given)
        # A folder of that name may hold the crawl of an earlier run.
        site = lk.load(folder) if (folder / "manifest.json").exists() else crawled(given)
        name = folder.name
        graph = lk.LinkGraph.from_site(site)
        words = SiteWords.from_site(site, graph)
        corpus, links = words.corpus, words.links
        row = {_path(url): place for place, url in enumerate(corpus.names["url"])}
        truth = {
            (row[a], row[b]) for a, b in contextual_truth(name) if a in row and b in row and row[a] != row[b]
        }
        print(f"\n{name}: {len(corpus):,} pages")
        _print_rule(name, truth, links)
        pairs = np.array(sorted(truth))
        relevance = Relevance.of(words)
        _print(evaluate(relevance, pairs=pairs, methods=TRIED))
        plain = replace(relevance, corpus=replace(corpus, running=corpus.bodies))
        anywhere = replace(plain, anchors=type(relevance.anchors).of(plain.corpus, links))
        print("anchors looked for anywhere in the body, linked or not (as in the trial):")
        _print(evaluate(anywhere, pairs=pairs), only_method="linkkit")
        whole = SiteWords.from_site(site, graph, stemming=False)
        print("without stemming:")
        _print(evaluate(Relevance.of(whole), pairs=pairs), only_method="linkkit")
        _print_refit(relevance, pairs)


BARS = {"python": (0.90, 0.97), "postgresql": (0.98, 0.98)}
"""Precision and recall that the contextual rule should reach."""


def _print_rule(name: str, truth: set[tuple[int, int]], links: SiteLinks) -> None:
    """How the contextual links of a crawl compare with those that the HTML shows, and what the rule is made of."""
    found = set(links.uses[["source", "target"]].itertuples(index=False, name=None))
    every = set(zip(links.source.tolist(), links.target.tolist(), strict=True))
    print(
        f"contextual in the HTML: linked in the main block ({MAIN[name]}), outside elements of the classes {', '.join(sorted(SKIPPED[name]))}, "
        f"not on {', '.join(INDEXES[name])}: {len(truth):,} pairs of pages"
    )
    for what, pairs in (("all internal links", every), ("contextual by the rule", found)):
        right = len(truth & pairs)
        print(
            f"  {what}: {len(pairs):,} pairs, precision {right / len(pairs):.3f}, recall {right / len(truth):.3f}"
        )
    wanted = BARS[name]
    print(f"  wanted: {wanted[0]:.2f} / {wanted[1]:.2f}")


def _print_refit(relevance: Relevance, pairs: npt.NDArray[np.int64]) -> None:
    """Weights fitted on what a first hold-out leaves, measured on the hold-out that the fit never saw."""
    for seed in range(3):
        hidden, rest = split_pairs(pairs, 0.2, np.random.default_rng(seed))
        known = hide(relevance, hidden)
        fit: Refit = refit(known, pairs=rest, seed=seed)
        methods = {"fixed": relevance.weights, "fitted": fit.weights}
        table = evaluate(relevance, pairs=pairs, seeds=[seed], methods=methods, protocols=["targets"])
        shown = table.set_index("method")[["hit10", "mrr"]].round(3)
        print(
            f"re-fit, seed {seed}: {'accepted' if fit.is_better else 'refused'} (second hold-out {fit.fixed[0]:.3f} -> "
            f"{fit.fitted[0]:.3f}); on unseen links hit@10 {shown.loc['fixed', 'hit10']} -> {shown.loc['fitted', 'hit10']}"
        )


def _print(table: pd.DataFrame, *, only_method: str | None = None) -> None:
    shown = table if only_method is None else table[table["method"] == only_method]
    print(shown.round(3).to_string(index=False))


def invented(
    pages: int, *, links: int = 10, words: int = 528, seed: int = 1, folder: Path | None = None
) -> lk.Site:
    """A site of random prose, about 3.7 kB a page: word use as in language (Zipf), a third of it a topic's own; a title of rarer
    words each; links, most to the same topic, with the target's words; every fiftieth page nearly another's text, every hundredth
    earns money, every two hundredth no page links to.
    """
    chance = np.random.default_rng(seed)
    names = np.array(
        [f"{a}{b}{c}" for a in "bdfgklmnprst" for b in _SYLLABLES for c in _SYLLABLES], dtype=object
    )
    topics = chance.integers(500, len(names), size=(max(1, pages // 100), 300))
    topic = chance.integers(len(topics), size=pages)
    members = [np.flatnonzero(topic == each) for each in range(len(topics))]
    titles = np.column_stack(
        [
            topics[topic[:, None], chance.integers(300, size=(pages, 3))],
            chance.integers(200, len(names), size=(pages, 2)),
        ]
    )
    builder = SiteBuilder("https://bench.example/0", folder=folder)
    url = [f"https://bench.example/{page}" for page in range(pages)]
    prose = np.empty(0)
    for page in range(pages):
        if page % 50 or not page:
            prose = np.minimum(chance.zipf(1.25, size=words) - 1, len(names) - 1)
            own = chance.random(words) < 1 / 3
            # The first words of a topic are the ones it uses most.
            prose[own] = topics[topic[page], np.minimum(chance.zipf(1.25, size=own.sum()), 300) - 1]
        else:
            # The page before, a few words changed.
            prose = np.where(chance.random(words) < 0.05, chance.integers(len(names), size=words), prose)
        near = chance.choice(members[topic[page]], size=links)
        targets = np.where(chance.random(links) < 0.7, near, chance.integers(pages, size=links))
        targets = targets[(targets % 200 > 0) | (targets == 0)]
        lines = [names[line].tolist() for line in prose.reshape(12, -1)]
        anchors = []
        for place, target in enumerate(targets.tolist()):
            begin = int(chance.integers(0, 3))
            anchors.append(" ".join(names[titles[target][begin : begin + 3]]))
            lines[place % 12].insert(7, f"{LINK_START}{anchors[-1]}{LINK_END}")
            other = titles[chance.integers(pages)]
            lines[(place + 5) % 12].insert(3, " ".join(names[other[1:4]]))
        linkable = "\n".join(" ".join(line).capitalize() + "." for line in lines)
        text = linkable.replace(LINK_START, "").replace(LINK_END, "")
        title = " ".join(names[titles[page]]).capitalize()
        facts = {
            "status": 200,
            "content_type": "text/html",
            "title": title,
            "h1": title,
            "language": "en",
            "is_money_page": page % 100 == 50,
        }
        headings = "\n".join(" ".join(line[:4]) for line in lines[::4])
        number = builder.add_page(
            url[page], facts, text=f"{title}\n{text}", linkable=linkable, headings=headings
        )
        assert number is not None
        builder.add_links(
            number,
            [
                (url[target], anchor, Position.CONTENT, False, False, "")
                for target, anchor in zip(targets.tolist(), anchors, strict=True)
            ],
        )
    return builder.finish(Manifest(start_url=builder.start_url, tool="bench"))


_SYLLABLES = [f"{a}{b}" for a in "bdfghklmnprstvz" for b in ("a", "e", "i", "o", "u", "ar", "en")]


def timed(name: str, work: Callable[[], T]) -> T:
    """Result; prints CPU and wall seconds, and the peak of memory so far."""
    start, begun = time.process_time(), time.perf_counter()
    result = work()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(
        f"  {name:<44}{time.process_time() - start:8.1f} CPU s{time.perf_counter() - begun:8.1f} s   peak {peak:5.2f} GB",
        flush=True,
    )
    return result


def scale(*sizes: int) -> None:
    """The whole text chapter in one audit of an invented site: each size in a process of its own, so that peaks are its own."""
    for pages in sizes or (10_000, 100_000):
        folder = Path(tempfile.gettempdir()) / "linkkit-bench" / f"text-{pages}-{_code()}"
        for step in ("invent", "chapter"):
            if step == "chapter" or not (folder / "manifest.json").exists():
                subprocess.run(
                    [sys.executable, "-m", "tests.bench.bench_text", step, str(pages), str(folder)],
                    check=True,
                )


def _code() -> str:
    return hashlib.sha256(inspect.getsource(invented).encode()).hexdigest()[:8]


def invent(pages: str, folder: str) -> None:
    """Write an invented site to a folder."""
    Path(folder).parent.mkdir(exist_ok=True)
    invented(int(pages), folder=Path(folder))


def chapter(pages: str, folder: str) -> None:
    """CPU seconds of each part of the text chapter as an audit runs it: anchors, near-duplicates, topics, suggestions, plan."""
    site = lk.load(folder)
    print(f"{int(pages):,} pages, {site.manifest.rows['links']:,} links")
    timed("(to compare machines: ten million additions)", _additions)
    parts = {
        (audit_module, "_site_words"): "reading, words, vectors",
        (audit_module, "judge_anchors"): "anchor verdicts",
        (audit_module, "near_duplicates"): "near-duplicates, with the neighbours of all",
        (suggestions, "link_scores"): "  of these: scores",
        (suggestions, "_chosen"): "  of these: words and places",
        (suggestions, "_gains"): "  of these: gains",
    }
    with ExitStack() as watched:
        for (module, name), label in parts.items():
            watched.enter_context(patch.object(module, name, partial(_watched, label, getattr(module, name))))
        start, begun = time.process_time(), time.perf_counter()
        audit = timed("audit, all chapters", lambda: lk.run_audit(site))
        timed("phrases of titles and anchors", lambda: audit.relevance)
        table = timed("suggestions", lambda: lk.plan.suggest_links(audit))
        timed(
            "plan candidates, topical fit",
            lambda: (
                lk.plan.link_plan(audit, 1) and lk.plan.backlink_targets(audit, relevance=audit.relevance)
            ),
        )
        depth = audit.metrics["crawl_depth"]
        topics = timed("topics", lambda: topic_clusters(site, audit.graph, depth, audit.topics.propose()))
    print(
        f"  total {time.process_time() - start:.1f} CPU s, {time.perf_counter() - begun:.1f} s; {len(audit.facts.anchors.pairs):,} anchors, "
        f"{len(audit.facts.near_duplicates):,} near-duplicates, {len(topics.names):,} topics, {len(table):,} suggestions for "
        f"{table['target'].nunique():,} pages"
    )


def _additions() -> int:
    total = 0
    for each in range(10_000_000):
        total += each
    return total


def _watched(label: str, work: Callable[..., T], *given: Any, **named: Any) -> T:
    return timed(label, lambda: work(*given, **named))


if __name__ == "__main__":
    kind, *rest = sys.argv[1:] or ["scale"]
    if kind == "scale":
        scale(*map(int, rest))
    else:
        {"quality": quality, "invent": invent, "chapter": chapter}[kind](*rest)
