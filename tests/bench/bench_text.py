"""Link suggestions: what comes back of hidden links, and what it costs: ``python -m tests.bench.bench_text [quality|cost] ...``.

``quality [python postgresql]`` crawls Debian's documentation sites over loopback, hides links that the HTML itself shows to be
contextual, and prints hit rates of every method tried. ``cost [pages ...]`` prints CPU seconds and memory on invented sites.
Nothing is asserted.
"""

import resource
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import lxml.html
import numpy as np
import numpy.typing as npt
import pandas as pd

import linkkit as lk
from linkkit.schema import LINK_END, LINK_START, Position
from linkkit.site import Manifest
from linkkit.sources.builder import SiteBuilder
from linkkit.text.candidates import link_scores
from linkkit.text.contextual import SiteLinks
from linkkit.text.corpus import Corpus
from linkkit.text.evaluate import METHODS, Refit, evaluate, only, refit
from linkkit.text.holdout import hide, split_pairs
from linkkit.text.scores import Relevance
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
        corpus = Corpus.from_site(site, graph)
        links = SiteLinks.from_site(site, graph, corpus)
        row = {_path(url): place for place, url in enumerate(corpus.names["url"])}
        truth = {
            (row[a], row[b]) for a, b in contextual_truth(name) if a in row and b in row and row[a] != row[b]
        }
        print(f"\n{name}: {len(corpus):,} pages")
        _print_rule(name, truth, links)
        pairs = np.array(sorted(truth))
        relevance = Relevance.of(corpus, links)
        _print(evaluate(relevance, pairs=pairs, methods=TRIED))
        plain = replace(relevance, corpus=replace(corpus, running=corpus.bodies))
        anywhere = replace(plain, anchors=type(relevance.anchors).of(plain.corpus, links))
        print("anchors looked for anywhere in the body, linked or not (as in the trial):")
        _print(evaluate(anywhere, pairs=pairs), only_method="linkkit")
        whole = Corpus.from_site(site, graph, stemming=False)
        print("without stemming:")
        _print(evaluate(Relevance.of(whole, links), pairs=pairs), only_method="linkkit")
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


def invented(pages: int, *, links: int = 10, words: int = 600, seed: int = 1) -> lk.Site:
    """A site of random prose: word use as in language (Zipf), a title of rarer words each, links with the target's words."""
    chance = np.random.default_rng(seed)
    names = [f"{a}{b}{c}" for a in "bdfgklmnprst" for b in _SYLLABLES for c in _SYLLABLES]
    common = np.minimum(chance.zipf(1.25, size=(pages, words)) - 1, len(names) - 1)
    titles = chance.integers(200, len(names), size=(pages, 5))
    builder = SiteBuilder("https://bench.example/")
    url = [f"https://bench.example/{page}" for page in range(pages)]
    for page in range(pages):
        targets = chance.choice(pages, size=links)
        prose = [[names[word] for word in line] for line in common[page].reshape(12, -1)]
        anchors = []
        for place, target in enumerate(targets.tolist()):
            begin = int(chance.integers(0, 3))
            anchors.append(" ".join(names[word] for word in titles[target][begin : begin + 3]))
            prose[place % 12].insert(7, f"{LINK_START}{anchors[-1]}{LINK_END}")
            other = titles[chance.integers(pages)]
            prose[(place + 5) % 12].insert(3, " ".join(names[word] for word in other[1:4]))
        linkable = "\n".join(" ".join(line).capitalize() + "." for line in prose)
        text = linkable.replace(LINK_START, "").replace(LINK_END, "")
        title = " ".join(names[word] for word in titles[page]).capitalize()
        facts = {"status": 200, "content_type": "text/html", "title": title, "h1": title, "language": "en"}
        number = builder.add_page(url[page], facts, text=text, linkable=linkable)
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
    """Result; prints CPU seconds and the peak of memory so far."""
    start = time.process_time()
    result = work()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"  {name:<34}{time.process_time() - start:8.2f} s   peak {peak:5.2f} GB", flush=True)
    return result


def cost(*sizes: int) -> None:
    """CPU seconds of each step on invented sites."""
    for pages in sizes or (1_000, 10_000):
        site = invented(pages)
        start = time.process_time()
        print(f"{pages:,} pages, {site.manifest.rows['links']:,} links")
        graph = timed("graph", lambda s=site: lk.LinkGraph.from_site(s))
        corpus = timed("words", lambda s=site, g=graph: Corpus.from_site(s, g))
        links = timed("links", lambda s=site, g=graph, c=corpus: SiteLinks.from_site(s, g, c))
        known = timed("vectors, neighbours, phrases", lambda c=corpus, k=links: Relevance.of(c, k))
        targets = list(_every(pages, 5_000))
        scored = timed(
            f"scores, {len(targets):,} targets x 20",
            lambda s=site, g=graph, r=known, t=targets: link_scores(s, g, t, 20, relevance=r, phrases=False),
        )
        some = targets[:500]
        timed(
            f"with phrases, {len(some):,} targets x 5",
            lambda s=site, g=graph, r=known, t=some: link_scores(s, g, t, 5, relevance=r),
        )
        print(f"  total {time.process_time() - start:.1f} s for {len(scored):,} candidates")


def _every(pages: int, most: int) -> Iterator[int]:
    return iter(range(0, pages, max(1, pages // most)))


if __name__ == "__main__":
    kind, *rest = sys.argv[1:] or ["cost"]
    cost(*map(int, rest)) if kind == "cost" else quality(*rest)
