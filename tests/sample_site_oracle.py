"""A second opinion on the sample site: reads sample_data/ directly and applies the checks' definitions plainly.

Nothing of linkkit is used: files are parsed with lxml, the hosting rules of ``_redirects`` and ``_headers`` are read
here again, depth comes from networkx. Slow and simple on purpose.
"""

import json
import re
import tomllib
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote, urlsplit

import networkx as nx
import numpy as np
from lxml import etree, html

from tests.sample_signals_oracle import START, Signals, norm

ORIGIN = START.rstrip("/")
ROOT = Path(__file__).resolve().parent.parent / "sample_data"
GENERIC = {
    *(
        "click here",
        "click this",
        "go",
        "here",
        "information",
        "learn more",
        "more",
        "more info",
        "more information",
    ),
    *(
        "right here",
        "read more",
        "see more",
        "start",
        "this",
        "details",
        "view",
        "shop now",
        "download",
        "this page",
    ),
    *("link", "website", "find out more", "this link", "this guide"),
}
MAX_DEPTH, MAX_LINKS, LINKS_FACTOR, OVER, OVER_MIN, UNDER, CHROME = 3, 100, 3, 5, 0.01, 10, 0.1
BOT_HITS = 5
DAMPING, LEAK_SHARE, MIN_DRAIN, HUB = 0.85, 0.01, 0.0001, 3
LOW_VALUE = re.compile(
    r"/(?:privacy|terms|cookies|accessibility|affiliate-disclosure)/|/blog/(?:tag|page)/.*"
)
ALIKE = 0.8
SECTION_PAGES, HUB_CLICKS, HANGING = 5, 2, 2
MONOTONOUS, WORDINGS = 15, 3
ENTRANCES, JOURNEY, CHANCE, SHORTCUT, CROSSROADS, UNLINKED, MISSED = 50, 3, 0.015, 30, 0.3, 20, 15
SEARCH_SHARE, SEARCH_STEPS, PRIOR = 0.2, 20, 20
LITTLE = frozenset(
    "the and for with from our your its that this what who how are about into which one two".split()
)


@dataclass
class Link:
    target: str
    name: str
    position: str
    nofollow: bool
    image: bool


@dataclass
class Page:
    url: str
    status: int
    redirect: str | None = None
    canonical: str | None = None
    noindex: bool = False
    blocked: bool = False
    title: str = ""
    h1: str = ""
    text: str = ""
    links: list[Link] = field(default_factory=list)
    trail: list[str] = field(default_factory=list)


class SampleSite:
    """The site as a visitor with every URL list would see it."""

    def __init__(self, folder: Path = ROOT / "site", root: Path = ROOT) -> None:
        self.folder = folder
        self.rules, self.headers = self._rules(), self._headers()
        self.client = tomllib.loads((root / "client.toml").read_text(encoding="utf-8"))
        self.signals = Signals(root / "signals")
        self.sitemap = [
            norm(e.text) or "" for e in etree.parse(self.folder / "sitemap.xml").iter("{*}loc") if e.text
        ]
        self.known: dict[str, set[str]] = defaultdict(set)
        for source, urls in {"sitemap": self.sitemap, **self.signals.known}.items():
            for url in urls:
                self.known[url].add(source)
        self.pages: dict[str, Page] = {}
        queue = [START, *sorted(self.known)]
        while queue:
            url = queue.pop()
            if url in self.pages:
                continue
            page = self.pages[url] = self.fetch(url)
            queue += [link.target for link in page.links if link.target.startswith(ORIGIN + "/")]
            queue += [page.redirect] if page.redirect else []

    # --- hosting -------------------------------------------------------------------------------------------------

    def _lines(self, name: str) -> list[str]:
        file = self.folder / name
        return file.read_text(encoding="utf-8").splitlines() if file.exists() else []

    def _rules(self) -> dict[str, tuple[str, int]]:
        rules = {}
        for line in self._lines("_redirects"):
            if line.strip() and not line.startswith("#"):
                source, target, status = line.split()
                rules[unquote(source)] = (target, int(status))
        return rules

    def _headers(self) -> dict[str, list[tuple[str, str]]]:
        found: dict[str, list[tuple[str, str]]] = defaultdict(list)
        path = ""
        for line in self._lines("_headers"):
            if line.startswith("/"):
                path = line.strip()
            elif line.strip() and not line.startswith("#"):
                name, _, value = line.strip().partition(":")
                found[path].append((name.lower(), value.strip()))
        return found

    def fetch(self, url: str) -> Page:  # noqa: PLR0911 - one return a kind of answer
        if not url.startswith(ORIGIN + "/"):
            return Page(url, 0)
        path = unquote(urlsplit(url).path)
        if path.startswith("/checkout/"):
            return Page(url, 0, blocked=True)
        file = self.folder / path.lstrip("/")
        status = 200
        if path.endswith("/"):
            file = file / "index.html"
        if not file.is_file():
            if path in self.rules:
                target, status = self.rules[path]
                if 300 <= status < 400:
                    return Page(url, status, redirect=norm(target))
                if status >= 400:
                    return Page(url, status)
                file = self.folder / target.lstrip("/")
            elif (file / "index.html").is_file():
                return Page(url, 301, redirect=norm(path + "/"))
            else:
                return Page(url, 404)
        if file.suffix != ".html":
            return Page(url, 0)
        return self._parse(url, path, file)

    def _parse(self, url: str, path: str, file: Path) -> Page:
        tree = html.fromstring(file.read_bytes(), parser=html.HTMLParser(encoding="utf-8"))
        page = Page(url, 200)
        page.title = (tree.findtext(".//title") or "").strip()
        main = tree.find(".//main")
        page.text = " ".join((main if main is not None else tree).text_content().split())
        h1 = tree.find(".//h1")
        page.h1 = " ".join(h1.text_content().split()) if h1 is not None else ""
        for meta in tree.iter("meta"):
            if (meta.get("name") or "").lower() == "robots":
                page.noindex |= "noindex" in (meta.get("content") or "")
            if (meta.get("http-equiv") or "").lower() == "refresh":
                page.redirect = norm((meta.get("content") or "").split("url=")[-1], url)
        for link in tree.xpath("//link[@rel='canonical']"):
            page.canonical = norm(link.get("href"))
        for name, value in self.headers.get(path, []):
            if name == "x-robots-tag":
                page.noindex |= "noindex" in value
            if name == "link" and 'rel="canonical"' in value:
                page.canonical = norm(value.split(">")[0].lstrip("<"))
        for script in tree.xpath("//script[@type='application/ld+json']"):
            data = json.loads(script.text)
            steps = sorted(data.get("itemListElement", []), key=lambda step: step["position"])
            page.trail = [step["item"] for step in steps if step["item"] not in {url, START}]
        for a in tree.iter("a"):
            target = norm(a.get("href"), url) if a.get("href") is not None else None
            if target is None:
                continue
            rel = set((a.get("rel") or "").split())
            image = not a.text_content().strip() and a.find(".//img") is not None
            page.links.append(
                Link(
                    target, _name(a, tree), _position(a), bool(rel & {"nofollow", "ugc", "sponsored"}), image
                )
            )
        return page

    # --- graph ---------------------------------------------------------------------------------------------------

    def indexable(self, url: str) -> bool:
        page = self.pages.get(url)
        return bool(
            page
            and page.status == 200
            and not page.redirect
            and not page.noindex
            and not page.blocked
            and page.canonical in {None, url}
        )

    def hops(self, url: str) -> list[str] | None:
        """The redirects after `url`; None for a loop."""
        seen = [url]
        while (page := self.pages.get(seen[-1])) and page.redirect:
            if page.redirect in seen:
                return None
            seen.append(page.redirect)
        return seen[1:]

    def fold(self, url: str) -> str:
        hops = self.hops(url)
        final = hops[-1] if hops else url
        page = self.pages.get(final)
        if (
            page
            and page.status == 200
            and page.canonical
            and page.canonical != final
            and not page.noindex
            and self.indexable(page.canonical)
        ):
            return page.canonical
        return final

    def live(self, url: str) -> bool:
        page = self.pages.get(url)
        return bool(page and page.status == 200 and not page.redirect)

    @cached_property
    def edges(self) -> list[tuple[str, str, Link]]:
        """(source, target, link): internal, folded, not to itself."""
        found = []
        for page in self.pages.values():
            for link in page.links:
                if link.target.startswith(ORIGIN + "/"):
                    source, target = self.fold(page.url), self.fold(link.target)
                    if source != target:
                        found.append((source, target, link))
        return found

    def sources(self, *, content: bool = False, indexable: bool = False) -> dict[str, set[str]]:
        """Target -> distinct pages with a followed link to it."""
        found: dict[str, set[str]] = defaultdict(set)
        for source, target, link in self.edges:
            if link.nofollow or (content and link.position != "content"):
                continue
            if indexable and not self.indexable(source):
                continue
            found[target].add(source)
        return found

    @cached_property
    def depth(self) -> dict[str, int]:
        graph = nx.DiGraph()
        graph.add_node(START)
        graph.add_edges_from(
            (s, t) for s, t, link in self.edges if not link.nofollow and self.live(s) and self.live(t)
        )
        return dict(nx.single_source_shortest_path_length(graph, START))

    @cached_property
    def content_graph(self) -> nx.DiGraph:
        graph = nx.DiGraph()
        graph.add_nodes_from(self.pages)
        graph.add_edges_from(
            (s, t)
            for s, t, link in self.edges
            if not link.nofollow and link.position == "content" and self.live(s) and self.live(t)
        )
        return graph

    @cached_property
    def weight_share(self) -> dict[str, float]:
        """Share of all link weight a page receives: every page hands out 1, chrome links count a tenth."""
        out: dict[str, dict[str, float]] = defaultdict(dict)
        for source, target, link in self.edges:
            if not link.nofollow and self.indexable(source):
                weight = 1.0 if link.position == "content" else CHROME
                out[source][target] = max(weight, out[source].get(target, 0.0))
        received: Counter[str] = Counter()
        for targets in out.values():
            total = sum(targets.values())
            for target, weight in targets.items():
                received[target] += weight / total
        everything = sum(received.values())
        return {url: received[url] / everything for url in self.pages}

    def off_site(self, url: str) -> bool:
        """Whether a page answers but names a page of another site as its canonical."""
        page = self.pages[url]
        return bool(self.live(url) and page.canonical and not page.canonical.startswith(ORIGIN + "/"))

    def lands(self, url: str) -> str | None:
        """The page of the site that authority which arrives at `url` counts for; None where it is lost."""
        final = self.fold(url)
        return final if self.live(final) and not self.off_site(final) else None

    @cached_property
    def flow(self) -> tuple[list[str], np.ndarray, np.ndarray]:
        """Pages, share that each hands to each other, and share that each loses; dense, from every link again."""
        names = [url for url in self.pages if self.lands(url) == url]
        place = {url: number for number, url in enumerate(names)}
        moves: dict[tuple[int, int], float] = {}
        lost: dict[tuple[int, str], float] = {}
        for page in self.pages.values():
            source = place.get(self.lands(page.url) or "")
            if page.redirect or source is None:
                continue
            for link in page.links:
                weight = 1.0 if link.position == "content" else CHROME
                own = link.target.startswith(ORIGIN + "/")
                target = self.lands(link.target) if own else None
                if target == names[source]:
                    continue
                if target is None or link.nofollow:
                    # Links to other sites count once in each place of the page, those within the site once.
                    key = (source, f"{link.target} {link.nofollow}" + ("" if own else f" {link.position}"))
                    lost[key] = max(weight, lost.get(key, 0.0))
                else:
                    edge = (source, place[target])
                    moves[edge] = max(weight, moves.get(edge, 0.0))
        matrix, gone = np.zeros((len(names), len(names))), np.zeros(len(names))
        for edge, weight in moves.items():
            matrix[edge] = weight
        for (source, _), weight in lost.items():
            gone[source] += weight
        total = matrix.sum(axis=1) + gone
        assert (total > 0).all(), "a page without any link"
        return names, matrix / total[:, None], gone / total

    @cached_property
    def landing(self) -> dict[str, float]:
        """Share of all authority that lands on each URL, after folding, lost or not: ln(1 + referring domains)."""
        domains: Counter[str] = Counter()
        for url, value in self.signals.values["referring_domains"].items():
            final = self.fold(url)
            domains[final if self.live(final) else url] += int(value)
        worth = {url: np.log1p(value) for url, value in domains.items()}
        return {url: value / sum(worth.values()) for url, value in worth.items()}

    def passing(self, moves: np.ndarray) -> np.ndarray:
        """Authority that passes each page of `flow`."""
        entry = np.array([self.landing.get(url, 0.0) for url in self.flow[0]])
        return np.linalg.solve(np.eye(len(entry)) - DAMPING * moves.T, entry)

    def drain(self, url: str) -> float:
        """What money pages would win if every link to `url` were taken out, its share going to the links beside it."""
        names, moves, lost = self.flow
        without = moves.copy()
        without[:, names.index(url)] = 0.0
        left = without.sum(axis=1) + lost
        without = np.divide(without, left[:, None], out=without, where=left[:, None] > 0)
        money = np.isin(names, [self.lands(each) or "" for each in self.signals.values["money"]])
        return float((1 - DAMPING) * (self.passing(without) - self.passing(moves))[money].sum())

    def hub(self, url: str) -> bool:
        below = [target for target in self.content_graph.successors(url) if target.startswith(url)]
        return len(below) >= HUB and not LOW_VALUE.fullmatch(urlsplit(url).path)

    @cached_property
    def importance(self) -> dict[str, float]:
        shares: Counter[str] = Counter()
        signals = [s for s in self.signals.values.values() if sum(s.values())]
        for signal in signals:
            folded: Counter[str] = Counter()
            for url, value in signal.items():
                folded[self.fold(url)] += value
            total = sum(folded.values())
            for url, value in folded.items():
                shares[url] += value / total / len(signals)
        return dict(shares)

    # --- findings ------------------------------------------------------------------------------------------------

    def findings(self) -> set[tuple[str, str, str]]:
        """Every (check, url, related URL) that the definitions give."""
        found = {
            *self._discovery(),
            *self._depth(),
            *self._anchors(),
            *self._links(),
            *self._authority(),
            *self._clusters(),
            *self._architecture(),
            *self._navigation(),
        }
        return {(check, url, related) for check, url, related in found}

    def _discovery(self) -> set[tuple[str, str, str]]:
        found = set()
        any_link = {t for _, t, _ in self.edges}
        followed, indexable = self.sources(), self.sources(indexable=True)
        content = self.sources(content=True, indexable=True)
        for url in self.pages:
            if not self.indexable(url) or url == START:
                continue
            if url not in any_link:
                found.add(("orphan-page", url, ""))
            elif not followed[url]:
                found.add(("nofollow-only-page", url, ""))
            elif not indexable[url]:
                found.add(("non-indexable-sources-only", url, ""))
            elif url not in self.depth:
                found.add(("island-page", url, ""))
            elif not content[url]:
                found.add(("chrome-only-page", url, ""))
            elif len(followed[url]) == 1:
                found.add(("weak-page", url, ""))
        listed = {url.split("?")[0].rstrip("/") for url in self.sitemap}
        for url, page in self.pages.items():
            if self.indexable(url) and url.split("?")[0].rstrip("/") not in listed:
                found.add(("missing-from-sitemap", url, ""))
            fails = page.status >= 300 or page.redirect or page.blocked or page.noindex
            if fails and url in self.sitemap:
                found.add(("sitemap-not-indexable", url, ""))
            if fails and self.signals.bot_hits[url] >= BOT_HITS:
                found.add(("bot-waste", url, ""))
        return found

    def _depth(self) -> set[tuple[str, str, str]]:
        found = set()
        for url in self.pages:
            if self.indexable(url):
                if self.depth.get(url, 0) > MAX_DEPTH:
                    found.add(("deep-page", url, ""))
                if not self.content_graph.out_degree(url):
                    found.add(("dead-end", url, ""))
        return found

    def _anchors(self) -> set[tuple[str, str, str]]:
        found = set()
        content: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        names = {page.url: _plain(page.h1) for page in self.pages.values() if page.status == 200}
        titles = {page.url: _plain(page.title.removesuffix(" | Fell & Ford")) for page in self.pages.values()}
        for source, target, link in self.edges:
            text = _plain(link.name)
            if not link.name:
                found.add(("empty-anchor", target, ""))
            elif text.strip(" »…→") in GENERIC:
                found.add(("generic-anchor", target, ""))
            elif re.match(r"(https?://|www\.)\S+$", text):
                found.add(("url-anchor", target, ""))
            elif link.position == "content" and self.live(target):
                content[text][target].add(source)
        for text, targets in content.items():
            if len(targets) > 1:
                ranked = sorted(targets, key=lambda t: (-len(targets[t]), t))
                found.add(("ambiguous-anchor", ranked[0], ranked[1]))
            owners = {u for u in self.pages if self.live(u) and text in {names.get(u), titles.get(u)}}
            for target in targets:
                words = set(re.findall(r"\w+", f"{names[target]} {titles[target]}"))
                if owners - {target} and target not in owners and not words & set(re.findall(r"\w+", text)):
                    found.add(("misleading-anchor", target, ""))
        return found | self._names(content)

    def _names(self, content: dict[str, dict[str, set[str]]]) -> set[tuple[str, str, str]]:
        """Anchors against what their targets say, by words alone; not one in common is the plain case."""
        found = set()
        calls: dict[str, dict[str, set[str]]] = defaultdict(dict)
        for text, targets in content.items():
            for target, sources in targets.items():
                if self.indexable(target):
                    calls[target][text] = sources
        titles = {u: _stems(f"{p.title} {p.h1}") for u, p in self.pages.items() if self.indexable(u)}
        for target, texts in calls.items():
            page = self.pages[target]
            told = {text: sources for text, sources in texts.items() if _stems(text)}
            if len(told) == 1 and sum(map(len, told.values())) >= MONOTONOUS:
                found.add(("anchor-monotony", target, ""))
            if _groups([_stems(text) for text in told]) > WORDINGS:
                found.add(("anchor-variety", target, ""))
            for text in told:
                own = _stems(f"{page.title} {page.h1} {page.text}").union(
                    *(_stems(other) for other in told if other != text)
                )
                if own & _stems(text) or len(_stems(text)) == 1:
                    continue
                elsewhere = [u for u, words in titles.items() if u != target and _stems(text) <= words]
                found.add(("misleading-anchor" if elsewhere else "weak-anchor", target, ""))
        return found

    def _links(self) -> set[tuple[str, str, str]]:  # noqa: PLR0912 - one branch a check
        found = set()
        for page in self.pages.values():
            for link in page.links:
                target = self.pages.get(link.target)
                if target is None or target.url == page.url or not link.target.startswith(ORIGIN):
                    continue
                if target.blocked:
                    found.add(("link-to-blocked", target.url, ""))
                elif target.redirect:
                    check = "redirect-loop" if self.hops(target.url) is None else "link-to-redirect"
                    found.add((check, target.url, ""))
                elif target.status >= 400:
                    found.add(("link-to-broken", target.url, ""))
                elif target.noindex:
                    found.add(("link-to-noindex", target.url, ""))
                elif target.canonical and target.canonical != target.url:
                    found.add(("link-to-canonicalised", target.url, ""))
                if link.nofollow:
                    found.add(("nofollow-link", target.url, ""))
        found |= self._canonicals()
        twins: dict[str, list[str]] = defaultdict(list)
        sources = self.sources()
        groups: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for url, page in self.pages.items():
            if self.indexable(url):
                path = urlsplit(url).path
                twins[re.sub(r"/index\.html$", "", path).rstrip("/").lower()].append(url)
                parts = [part for part in path.split("/") if part]
                group = (parts[0] if parts else "", len(parts))
                unique = {link.target for link in page.links if link.target.startswith(ORIGIN)}
                groups[str(group)].append((len(unique), url))
        for urls in twins.values():
            if len(urls) == 2:
                less, more = sorted(urls, key=lambda u: len(sources[u]))
                found.add(("url-twin", less, more))
        for rows in groups.values():
            median = sorted(count for count, _ in rows)[len(rows) // 2]
            found |= {
                ("too-many-links", url, "") for n, url in rows if n > MAX_LINKS and n > LINKS_FACTOR * median
            }
        return found

    def _canonicals(self) -> set[tuple[str, str, str]]:
        found = set()
        for url, page in self.pages.items():
            named = page.canonical
            if not self.live(url) or named in {None, url} or self.off_site(url):
                continue
            end = (self.hops(named) or [named])[-1] if named in self.pages else named
            if page.noindex or not self.indexable(end):
                found.add(("canonical-conflict", url, named if named in self.pages else ""))
        return found

    def _authority(self) -> set[tuple[str, str, str]]:
        found = set()
        money = set(self.signals.values["money"])
        refs = Counter[str]()
        for url, value in self.signals.values["referring_domains"].items():
            refs[self.fold(url)] += int(value)
        for url in self.pages:
            if not self.indexable(url):
                continue
            share, importance = self.weight_share[url], self.importance.get(url, 0.0)
            over = url != START and share >= OVER_MIN and share > OVER * importance
            if over and not self.hub(url) and self.drain(url) > MIN_DRAIN:
                found.add(("over-linked-page", url, ""))
            if url in money and share < importance / UNDER:
                found.add(("under-linked-page", url, ""))
            if refs[url]:
                near = nx.single_source_shortest_path_length(self.content_graph, url, cutoff=2)
                if not money & set(near):
                    found.add(("stalled-landing-page", url, ""))
        names, moves, lost = self.flow
        through_links = DAMPING * self.passing(moves) * lost
        found |= {
            ("authority-leak", u, "") for u, s in zip(names, through_links, strict=True) if s > LEAK_SHARE
        }
        found |= {("backlinks-lost", url, "") for url in self.landing if url not in names}
        return found

    def _clusters(self) -> set[tuple[str, str, str]]:
        found = set()
        for cluster in self.client["clusters"]:
            pillar = norm(cluster["pillar"]) if "pillar" in cluster else None
            patterns = [re.escape(glob).replace(r"\*", "[^/]+") for glob in cluster["pages"]]
            members = [
                url
                for url in self.pages
                if url != pillar
                and self.indexable(url)
                and any(re.fullmatch(pattern, urlsplit(url).path) for pattern in patterns)
            ]
            inside = self.content_graph.subgraph([*members, *([pillar] if pillar else [])])
            if not pillar:
                # Nobody may be first by chance: the proposal is the one page that links to most of the others.
                most = sorted(members, key=inside.out_degree)
                assert inside.out_degree(most[-1]) > inside.out_degree(most[-2])
                found.add(("cluster-without-pillar", most[-1], ""))
            for url in members:
                if pillar and not self.content_graph.has_edge(url, pillar):
                    found.add(("missing-pillar-link", url, pillar))
                if pillar and not self.content_graph.has_edge(pillar, url):
                    found.add(("missing-cluster-link", url, pillar))
                if not inside.in_degree(url) and (pillar or url != most[-1]):
                    found.add(("isolated-cluster-page", url, pillar or most[-1]))
        return found | self._near_duplicates()

    def _near_duplicates(self) -> set[tuple[str, str, str]]:
        """Pages whose texts are at least `ALIKE`; of the two the one that matters less."""
        from sklearn.feature_extraction.text import TfidfVectorizer

        urls = [url for url in self.pages if self.indexable(url)]
        vectors = TfidfVectorizer(sublinear_tf=True, min_df=2, max_df=0.4).fit_transform(
            self.pages[url].text for url in urls
        )
        near = (vectors @ vectors.T).tocoo()
        sources = self.sources()
        found = set()
        for a, b, cosine in zip(near.row, near.col, near.data, strict=True):
            pair = (urls[a], urls[b])
            if a < b and cosine >= ALIKE and len({re.sub(r"/?(\?.*)?$", "", url) for url in pair}) == 2:
                weaker, stronger = sorted(pair, key=lambda u: (self.importance.get(u, 0.0), len(sources[u])))
                found.add(("near-duplicate-pages", weaker, stronger))
        return found

    # --- architecture ----------------------------------------------------------------------------------------------

    @cached_property
    def followed_graph(self) -> nx.DiGraph:
        graph = nx.DiGraph()
        graph.add_nodes_from([START])
        graph.add_edges_from(
            (s, t) for s, t, link in self.edges if not link.nofollow and self.live(s) and self.live(t)
        )
        return graph

    def _own_page(self, url: str) -> bool:
        return self.indexable(url) and "?" not in url and "/page/" not in url

    def _above(self, url: str) -> list[str]:
        """Addresses above a page: its breadcrumb, else its folders."""
        parts = [part for part in urlsplit(url).path.split("/") if part][:-1]
        folders = [f"{ORIGIN}/{'/'.join(parts[: n + 1])}/" for n in range(len(parts))]
        return self.pages[url].trail or folders

    @cached_property
    def sections(self) -> dict[str, set[str]]:
        """Address of each section -> its pages, the one at the address included; three at least."""
        found: dict[str, set[str]] = defaultdict(set)
        own = [url for url in self.pages if self._own_page(url) and url != START]
        for url in own:
            if above := self._above(url):
                found[above[0]].add(url)
        for address, members in found.items():
            if address in own:
                members.add(address)
        return {address: members for address, members in found.items() if len(members) >= 3}

    def _architecture(self) -> set[tuple[str, str, str]]:
        graph, found = self.followed_graph, set()
        section = {url: address for address, members in self.sections.items() for url in members}
        sources = self.sources()
        for address, members in self.sections.items():
            if self.indexable(address):
                found |= self._beside_hub(address, members)
            elif len(members) >= SECTION_PAGES:
                first = min(members, key=lambda u: (self.depth.get(u, 99), -len(sources[u]), u))
                found.add(("section-without-hub", first, ""))
        for url in self.depth:
            if self._own_page(url) and url != START:
                above = [each for each in self._above(url) if self.live(each)]
                parent = above[-1] if above else START
                if not ({parent, section.get(url)} & set(graph[url])):
                    found.add(("page-without-link-up", url, parent))
        return found | self._single_links()

    def _beside_hub(self, hub: str, members: set[str]) -> set[tuple[str, str, str]]:
        graph = self.followed_graph
        inside = graph.subgraph({*members, *(u for u in self.pages if u.startswith(hub))})
        near = nx.single_source_shortest_path_length(inside, hub)
        anywhere = nx.single_source_shortest_path_length(graph, hub)
        return (
            {
                ("page-beside-hub", url, hub)
                for url in members - {hub}
                if self.depth.get(url, 0) > self.depth[hub]
                and self.depth[hub] + anywhere.get(url, 99) > self.depth[url]
                and near.get(url, 99) > HUB_CLICKS
                and not self._from_parent(url)
            }
            if hub in self.depth
            else set()
        )

    def _from_parent(self, url: str) -> bool:
        parent = next((each for each in reversed(self._above(url)) if self.live(each)), START)
        near = self.depth.get(parent, 99) + 1 == self.depth[url]
        return near and self.followed_graph.has_edge(parent, url)

    def _single_links(self) -> set[tuple[str, str, str]]:
        """Links whose removal cuts off two pages or more; of those one behind the other the first."""
        graph = self.followed_graph
        lost: dict[tuple[str, str], set[str]] = {}
        for target in sorted(set(self.depth) - {START}):
            # Only a link that some shortest path takes can be the only one.
            for source in list(graph.predecessors(target)):
                if self.depth.get(source, 99) + 1 != self.depth[target]:
                    continue
                left = nx.restricted_view(graph, [], [(source, target)])
                if nx.has_path(left, START, target):
                    break
                reached = nx.descendants(left, START) | {START}
                behind = {url for url in self.depth if url not in reached and self.indexable(url)}
                if len(behind) >= HANGING:
                    lost[source, target] = behind
        return {
            ("single-link-page", target, source)
            for (source, target), behind in lost.items()
            if not any(behind < other for other in lost.values())
        }

    # --- visitors ------------------------------------------------------------------------------------------------

    @cached_property
    def steps(self) -> Counter[tuple[str, str]]:
        """Visitors' steps between pages as they count after folding; from "" where a visit begins."""
        folded: Counter[tuple[str, str]] = Counter()
        for (source, target), count in self.signals.steps.items():
            pair = (self.fold(source) if source else "", self.fold(target))
            folded[pair] += count if pair[0] != pair[1] else 0
        return folded

    @cached_property
    def passes(self) -> Counter[str]:
        came, gone = Counter[str](), Counter[str]()
        for (source, target), count in self.steps.items():
            came[target] += count
            gone[source] += count
        return Counter({url: max(came[url], gone[url]) for url in self.pages})

    @cached_property
    def anyhow_linked(self) -> set[tuple[str, str]]:
        """Pairs of pages with any link at all, nofollow ones included."""
        return {
            (self.fold(page.url), self.fold(link.target))
            for page in self.pages.values()
            if not page.redirect
            for link in page.links
            if link.target in self.pages
        }

    def money_chance(self) -> dict[str, float]:
        """Chance to be on a money page within some clicks, by the steps and 20 of the model's at each page; dense."""
        names, moves, _ = self.flow
        place = {url: number for number, url in enumerate(names)}
        seen = np.zeros_like(moves)
        for (source, target), count in self.steps.items():
            if source in place and target in place:
                seen[place[source], place[target]] += count
        passed = np.array([self.passes[url] for url in names])[:, None]
        chances = (seen + PRIOR * DAMPING * moves) / (passed + PRIOR)
        chances *= np.minimum(1, 0.999 / np.maximum(chances.sum(axis=1), 1e-9))[:, None]
        money = np.isin(names, [self.fold(url) for url in self.signals.values["money"]])
        money &= np.array([self.indexable(url) for url in names])
        reached = money * 1.0
        for _ in range(JOURNEY):
            reached = np.where(money, 1.0, chances @ reached)
        return dict(zip(names, reached, strict=True))

    def _navigation(self) -> set[tuple[str, str, str]]:
        found, steps, chance = set(), self.steps, self.money_chance()
        legal = re.compile(
            r"/(?:privacy|terms|cookies|accessibility|affiliate-disclosure)/|/checkout/.*|/search/"
        )
        gone, searching = Counter[str](), Counter[str]()
        for (source, target), count in steps.items():
            gone[source] += count
            searching[source] += count * ("?q=" in target)
            if source == "" and count >= ENTRANCES and chance.get(target, 1.0) < CHANCE:
                found |= (
                    {("entrance-without-path", target, "")}
                    if not legal.fullmatch(urlsplit(target).path)
                    else set()
                )
            inside = source and "?q=" not in source + target
            unlinked = inside and (source, target) not in self.anyhow_linked and target != START
            if unlinked and count - steps[target, source] >= UNLINKED and self.indexable(target):
                found.add(("step-without-link", source, target))
        for url, count in gone.items():
            if url and searching[url] >= SEARCH_STEPS and searching[url] / count > SEARCH_SHARE:
                found.add(("search-dependence", url, ""))
        return found | self._shortcuts() | self._untaken(gone)

    def _shortcuts(self) -> set[tuple[str, str, str]]:
        estimates: Counter[tuple[str, str]] = Counter()
        for (between, last), second in self.steps.items():
            share = second / max(self.passes.get(between, 0), 1)
            if not between or between == START or "?q=" in between or share < CROSSROADS or last == START:
                continue
            for (first, over), count in self.steps.items():
                if first and over == between and first != last and "?q=" not in first:
                    estimates[first, last] += count * share
        return {
            ("missing-shortcut", first, last)
            for (first, last), count in estimates.items()
            if count >= SHORTCUT and (first, last) not in self.anyhow_linked and self.indexable(last)
        }

    def _untaken(self, gone: Counter[str]) -> set[tuple[str, str, str]]:
        weights: dict[str, dict[str, float]] = defaultdict(dict)
        for source, target, link in self.edges:
            if not link.nofollow and self.live(source) and self.live(target):
                weight = 1.0 if link.position == "content" else CHROME
                weights[source][target] = max(weight, weights[source].get(target, 0.0))
        return {
            ("unused-link", source, target)
            for source, targets in weights.items()
            for target, weight in targets.items()
            if weight == 1 and not self.steps[source, target] and "?q=" not in source
            if gone[source] * weight / sum(targets.values()) >= MISSED
        }


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _stems(text: str) -> set[str]:
    """First five letters of the words of three letters and more that mean something; bothy as in bothies."""
    words = (word for word in re.findall(r"\w{3,}", _plain(text)) if word not in LITTLE)
    return {re.sub("y$", "i", word)[:5] for word in words}


def _groups(texts: list[set[str]]) -> int:
    """Groups of texts, no word of one in another."""
    graph = nx.Graph()
    graph.add_nodes_from(range(len(texts)))
    graph.add_edges_from((i, j) for i, a in enumerate(texts) for j, b in enumerate(texts[:i]) if a & b)
    return nx.number_connected_components(graph)


def _name(a: html.HtmlElement, tree: html.HtmlElement) -> str:
    if ids := (a.get("aria-labelledby") or "").split():
        label = " ".join(e.text_content() for i in ids for e in tree.xpath("//*[@id=$i]", i=i))
        if label.strip():
            return " ".join(label.split())
    alts = " ".join(img.get("alt") or "" for img in a.iter("img"))
    for text in (a.get("aria-label"), a.text_content(), alts, a.get("title")):
        if text and text.strip():
            return " ".join(text.split())
    return ""


def _position(a: html.HtmlElement) -> str:
    for parent in a.iterancestors():
        if parent.tag == "nav":
            return "breadcrumb" if parent.get("aria-label") == "Breadcrumb" else "navigation"
        if parent.tag in {"header", "footer"}:
            return parent.tag
        if parent.tag == "aside":
            return "sidebar"
    return "content"
