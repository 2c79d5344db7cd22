"""Work that adds links: to pages that lack them, and from pages that lead nowhere; each with a page, words and a sentence."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse.csgraph import connected_components

from linkkit.folding import Leak
from linkkit.plan.effort import Work
from linkkit.plan.gains import Ids
from linkkit.plan.pieces import ADD, Desk, Piece, quoted, some, unique
from linkkit.plan.repairs import Repair, Trials
from linkkit.sentence import Sentence, joined, plural, sentence
from linkkit.text.candidates import WORTH_A_LOOK, link_scores, score_pairs

ORPHAN, ISLAND, DEEP, SINGLE, ISOLATED = "orphan-page", "island-page", "deep-page", "single-link-page", "isolated-cluster-page"  # fmt: skip
TO_PAGE = (ORPHAN, ISLAND, "non-indexable-sources-only", "chrome-only-page", "weak-page", DEEP, "under-linked-page", SINGLE, ISOLATED)  # fmt: skip
"""Checks that a link to the page settles."""
FROM_HUB = ("page-beside-hub", "missing-cluster-link")
"""Checks that a link from the related page settles."""
FROM_PAGE = ("dead-end", "stalled-landing-page", "entrance-without-path")
"""Checks that a link from the page to one that earns settles."""
STEP = "step-without-link"
TO_RELATED = ("missing-pillar-link", "page-without-link-up", "missing-shortcut", STEP)
"""Checks that a link from the page to the related page settles."""
UP = "page-without-link-up"
LEAK = "authority-leak"
CHECKS = (*TO_PAGE, *FROM_HUB, *FROM_PAGE, *TO_RELATED, LEAK)
"""Checks whose findings this module settles; of leaks those for want of any link."""

SOURCES = 12
"""Most relevant pages looked at for each page that needs a link."""
PER_SOURCE = 2
"""New links on one page at most; the plan's limit."""
PER_TARGET = 5
"""New links to one page that earns, as long as another fits; the plan's limit."""
ORPHAN_LINKS = 2
"""Links for a page without any: one edit elsewhere would orphan it again."""
WITH_TEXT = 400
"""Pages, worst first, for which links are looked for by text; the others are offered their hub."""
LISTED, UPWARDS = "listed", "upwards"
"""How a link stands that needs no sentence: on the page that gathers its section, or leading up."""
_LISTED = {FROM_HUB[0]: LISTED, UP: UPWARDS}
LOOK = sentence(
    "open the page in a browser first: where a menu or form leads there already, make that a plain link"
)
NO_PAGE = sentence("cannot be simulated: no page could be found that fits, a person must choose one")


@dataclass(frozen=True, eq=False)
class Linking:
    """Links to add on one audit.

    Attributes
    ----------
    desk : Desk
    trials : Trials
    plan : DataFrame
        Links of the link plan: ``source_id``, ``target_id``, ``phrase``, ``sentence``; may be empty.
    """

    desk: Desk
    trials: Trials
    plan: pd.DataFrame

    def pieces(self) -> Iterator[Piece]:
        """The work, one piece for each page that needs links, or leads nowhere."""
        used: Counter[int] = Counter()
        done: set[tuple[int, int]] = set()
        yield from self._explicit(used, done)
        yield from self._to_pages(used, done)
        yield from self._from_pages(used, done)
        yield from self._planned(done)

    # Links whose ends the finding names

    def _explicit(self, used: Counter[int], done: set[tuple[int, int]]) -> Iterator[Piece]:
        desk = self.desk
        named = desk.of_checks(*FROM_HUB, *TO_RELATED)
        named = named[named["related"] >= 0]
        forward = named["check_id"].isin(TO_RELATED)
        ends = named.assign(source=named["page"].where(forward, named["related"]), target=named["related"].where(forward, named["page"]))  # fmt: skip
        done.update(zip(ends["source"].tolist(), ends["target"].tolist(), strict=True))
        templates, rest = self._by_template(ends)
        yield from templates
        lists, rest = self._by_hub(rest)
        yield from lists
        listed = [_LISTED.get(check, "") for check in rest["check_id"]]
        words = self._words(
            rest["source"].to_numpy(), rest["target"].to_numpy(), [not each for each in listed]
        )
        pairs = zip(rest["source"].tolist(), rest["target"].tolist(), strict=True)
        for row, pair, how, phrase in zip(desk.each(rest), pairs, listed, words, strict=True):
            used[pair[0]] += 1
            piece = self._piece(("link", *pair), [pair], [phrase], (row.row,), row.page, listed=how)
            yield replace(piece, unsure=LOOK) if row.check_id == STEP else piece

    def _by_hub(self, ends: pd.DataFrame) -> tuple[list[Piece], pd.DataFrame]:
        """Hubs and pillars that lack many pages: their list is to be mended, not one link after the other."""
        desk = self.desk
        pieces, taken = [], []
        for source, own in ends[ends["check_id"].isin(FROM_HUB)].groupby("source", sort=True):
            if (page := int(str(source))) not in self._hubs:
                continue
            taken += own.index.tolist()
            targets = unique(own["target"])
            pairs = np.array([(page, target) for target in targets], dtype=np.int64)
            steps = (
                plural("{url} does not lead to {number} page that it stands for: {pages}.", "{url} does not lead to {number} pages that it stands for: {pages}.",
                       len(targets), url=desk.urls[page], pages=some([desk.urls[each] for each in targets])),
                sentence("Mend the rule or the list by which it names its pages, so that it links to each of them."),
            )  # fmt: skip
            pieces.append(
                Piece(
                    ("hub", page), ADD, plural("List {number} page on {page}: one change of its list", "List {number} pages on {page}: one change of its list", len(targets), page=desk.path(page)), steps,
                    ((Work.FILE, 1),), findings=desk.rows(own), pages=unique((page, *targets)),
                    stake=tuple((target, 1.0) for target in targets), repair=Repair(add=pairs), fixes=len(targets),
                )
            )  # fmt: skip
        return pieces, ends.drop(index=taken)

    @cached_property
    def _hubs(self) -> set[int]:
        """Hubs and pillars that lack at least as many pages as a template needs."""
        hub = self.desk.of_checks(*FROM_HUB)
        sizes = hub.groupby("related")["page"].nunique()
        return {
            int(page)
            for page in sizes.index[sizes >= self.desk.audit.graph.model.boilerplate_min_pages]
            if page >= 0
        }

    def _by_template(self, ends: pd.DataFrame) -> tuple[list[Piece], pd.DataFrame]:
        """Pages of one kind that all lack the link up: a breadcrumb in their template sets it."""
        desk, least = self.desk, self.desk.audit.graph.model.boilerplate_min_pages
        up = ends[ends["check_id"] == UP]
        kinds = desk.audit.site.pages["page_type"].fillna("").astype(str)
        sizes = kinds[desk.live].value_counts()
        pieces, taken = [], []
        for kind, own in up.groupby(kinds.iloc[up["source"]].to_numpy(), sort=True):
            if len(own) < least or len(own) * 2 < sizes.get(kind, 0):
                continue
            pairs = own[["source", "target"]].to_numpy(dtype=np.int64)
            named, examples = str(kind), [sentence("{url} to {end}", url=desk.urls[s], end=desk.urls[t]) for s, t in pairs[:5].tolist()]  # fmt: skip
            steps = (
                sentence("In the template of {kind} pages: add a breadcrumb, so that each page links to the page above it.", kind=named) if kind
                else sentence("In the template of these pages: add a breadcrumb, so that each page links to the page above it."),
                plural("One change of the template sets {number} link. Examples: {examples}.", "One change of the template sets {number} links. Examples: {examples}.", len(own), examples=joined(examples)),
            )  # fmt: skip
            title = (
                plural("Add a breadcrumb to the template of {kind} pages: {number} page", "Add a breadcrumb to the template of {kind} pages: {number} pages", len(own), kind=named) if kind
                else plural("Add a breadcrumb to the template of these pages: {number} page", "Add a breadcrumb to the template of these pages: {number} pages", len(own))
            )  # fmt: skip
            pieces.append(
                Piece(
                    ("breadcrumb", named), ADD, title,
                    steps, ((Work.TEMPLATE, 1),), findings=desk.rows(own), pages=unique(pairs.ravel().tolist()),
                    stake=tuple((int(s), 1.0) for s in pairs[:, 0]), repair=Repair(up=pairs), fixes=len(own),
                )
            )  # fmt: skip
            taken += own.index.tolist()
        return pieces, ends.drop(index=taken)

    @cached_property
    def _asked(self) -> dict[int, list[int]]:
        """Links whose ends a finding names and that stand in the text: target -> sources."""
        hub, pillar = self.desk.of_checks(*FROM_HUB), self.desk.of_checks(TO_RELATED[0])
        pairs = [
            *zip(hub["related"], hub["page"], strict=True),
            *zip(pillar["page"], pillar["related"], strict=True),
        ]
        found: dict[int, list[int]] = {}
        for source, target in pairs:
            if source >= 0 and target >= 0:
                found.setdefault(int(target), []).append(int(source))
        return found

    # Pages that need links to them

    def _to_pages(self, used: Counter[int], done: set[tuple[int, int]]) -> Iterator[Piece]:
        desk = self.desk
        found = self._without_islands(desk.of_checks(*TO_PAGE))
        found = found[desk.live[found["page"].to_numpy()]]
        groups = {int(str(page)): own for page, own in found.groupby("page", sort=False)}
        candidates = self._candidates(groups)
        for page, own in groups.items():
            checks = set(own["check_id"])
            asked = [s for s in self._asked.get(page, ()) if self._fits(page, np.array([s]), checks)[0]]
            if asked and ORPHAN not in checks:
                # A link that another finding asks for settles these as well.
                key = ("hub", asked[0]) if asked[0] in self._hubs else ("link", asked[0], page)
                yield self._piece(key, [(asked[0], page)], [None], desk.rows(own), page)
                continue
            wanted = ORPHAN_LINKS if ORPHAN in checks else 1
            pairs, words = self._chosen(page, checks, wanted, candidates.get(page, []), used, done)
            listed = ""
            if not pairs:
                pairs, words = self._fallback(page, done)
                listed = LISTED
            yield self._piece(("to", page), pairs, words, desk.rows(own), page, listed=listed)

    def _without_islands(self, found: pd.DataFrame) -> pd.DataFrame:
        """One page of each island stands for all of it: a link to it brings the others into reach.

        The findings of the others are counted with it.
        """
        graph = self.desk.audit.graph
        lost = found[found["check_id"] == ISLAND]
        if lost.empty:
            return found
        pages = lost["page"].to_numpy()
        _, island = connected_components(graph.followed[pages][:, pages], directed=False)
        links = self.desk.metrics["linking_pages"].to_numpy()[pages]
        worth = self.desk.metrics["importance"].fillna(0.0).to_numpy()[pages]
        order = pd.DataFrame({"island": island, "worth": worth, "links": links, "page": pages}).sort_values(
            ["island", "worth", "links", "page"], ascending=[True, False, False, True]
        )
        first = order.drop_duplicates("island").set_index("island")["page"]
        return found.assign(page=found["page"].where(found["check_id"] != ISLAND, pd.Series(first[island].to_numpy(), index=lost.index)).astype("int64"))  # fmt: skip

    def _candidates(self, groups: dict[int, pd.DataFrame]) -> dict[int, list[Any]]:
        """Pages that could link to each, with words, best by text first."""
        desk = self.desk
        if desk.relevance is None or not groups:
            return {}
        targets = list(groups)[:WITH_TEXT]
        pairs = link_scores(desk.audit.site, desk.audit.graph, targets, SOURCES, relevance=desk.relevance)
        pairs = pairs.assign(gain=self.trials.first_orders(pairs["source_id"].to_numpy(), pairs["target_id"].to_numpy()))  # fmt: skip
        found: dict[int, list[Any]] = {}
        for row in _rows(pairs):
            found.setdefault(int(row.target_id), []).append(row)
        return found

    def _chosen(
        self, page: int, checks: set[str], wanted: int, known: list[Any], used: Counter[int], done: set[tuple[int, int]],
    ) -> tuple[list[tuple[int, int]], list[Any]]:  # fmt: skip
        """The sources that bring most, of those that fit: relevant, reachable, with words for the link if there are any."""
        fits = self._fits(page, np.array([row.source_id for row in known], dtype=np.int64), checks)
        rows = [
            row
            for row, each in zip(known, fits, strict=True)
            if each and used[row.source_id] < PER_SOURCE and (row.source_id, page) not in done
        ]
        good = [row for row in rows if row.score >= WORTH_A_LOOK] or rows[:wanted]
        good.sort(
            key=lambda row: (
                (row.source_id, page) not in self._plan,
                row.phrase == "",
                -row.gain,
                row.source_id,
            )
        )
        good = good[:wanted]
        pairs = [(int(row.source_id), page) for row in good]
        used.update(source for source, _ in pairs)
        done.update(pairs)
        return pairs, good

    def _fits(self, page: int, sources: Ids, checks: set[str]) -> npt.NDArray[np.bool_]:
        """Which pages may link to a page so that the link settles its findings."""
        fits = self._may_link[sources]
        if DEEP in checks:
            fits &= self._depth[sources] < self._deepest(page)
        if SINGLE in checks:
            fits &= ~self._behind(page, sources)
        if ISOLATED in checks:
            own = self.desk.audit.site.pages["cluster"].to_numpy(dtype=object)
            alike = np.array([own[s] == own[page] for s in sources], dtype=bool)
            fits = fits & alike if (fits & alike).any() else fits
        return np.asarray(fits, dtype=bool)

    def _deepest(self, page: int) -> float:
        """Depth that the page may have, where it lies."""
        t = self.desk.audit.thresholds
        return float(t.limits("max_crawl_depth", [self.desk.urls[page]])[0])

    @cached_property
    def _depth(self) -> npt.NDArray[np.float64]:
        return self.desk.metrics["crawl_depth"].to_numpy(dtype=float)

    @cached_property
    def _may_link(self) -> npt.NDArray[np.bool_]:
        """Pages in reach, requested, of no low-value role, and not meant to earn themselves."""
        audit = self.desk.audit
        return ~np.isnan(self._depth) & audit.graph.crawled & (self._roles == "") & ~audit.authority.money

    @cached_property
    def _roles(self) -> npt.NDArray[np.object_]:
        return self.desk.metrics["role"].to_numpy(dtype=object)

    @cached_property
    def _plan(self) -> set[tuple[int, int]]:
        return {(int(row.source_id), int(row.target_id)) for row in _rows(self.plan)}

    def _behind(self, page: int, sources: Ids) -> npt.NDArray[np.bool_]:
        """Which pages hang on a page, itself and the one whose link leads to it included."""
        above = self.desk.metrics["dominator_id"].fillna(-1).to_numpy(dtype=np.int64)
        behind = (sources == page) | (sources == above[page])
        step = sources
        while (step >= 0).any():
            step = np.where(step >= 0, above[step], -1)
            behind |= step == page
        return behind

    def _fallback(self, page: int, done: set[tuple[int, int]]) -> tuple[list[tuple[int, int]], list[object]]:
        """The page's hub, or the page above it, where text tells nothing."""
        m, graph = self.desk.metrics, self.desk.audit.graph
        for name in ("hub_id", "parent_id"):
            other = m[name].iloc[page]
            if pd.isna(other):
                continue
            source = int(other)
            reached = (
                not np.isnan(m["crawl_depth"].iloc[source]) and graph.stands[source] and graph.crawled[source]
            )
            if source != page and reached and graph.content[source, page] == 0 and (source, page) not in done:
                done.add((source, page))
                return [(source, page)], [None]
        return [], []

    # Pages that lead nowhere

    def _from_pages(self, used: Counter[int], done: set[tuple[int, int]]) -> Iterator[Piece]:
        desk = self.desk
        found = desk.of_checks(*FROM_PAGE, LEAK)
        dead_end = (
            desk.metrics["leak_cause"].to_numpy(dtype=object)[found["page"].to_numpy()] == Leak.DEAD_END
        )
        found = found[(found["check_id"] != LEAK) | dead_end]
        found = found[desk.live[found["page"].to_numpy()]]
        groups = {int(str(page)): own for page, own in found.groupby("page", sort=False)}
        best = self._onward(list(groups), done)
        for page, own in groups.items():
            pair, words = best.get(page, ((), None))
            pairs = [(page, int(pair[1]))] if pair else []
            done.update(pairs)
            yield self._piece(("from", page), pairs, [words] if pairs else [], desk.rows(own), page)

    def _onward(
        self, pages: list[int], done: set[tuple[int, int]]
    ) -> dict[int, tuple[tuple[int, int], object]]:
        """For each page the page that earns (or, where none is known, any) closest to its subject, with words."""
        desk = self.desk
        if desk.relevance is None or not pages:
            return {}
        goal = desk.audit.authority.money if self.trials.has_money else desk.live & (self._roles == "")
        rows = desk.relevance.corpus.rows
        ends = np.flatnonzero(goal & (rows >= 0))
        vectors, graph = desk.relevance.vectors.pages, desk.audit.graph
        pairs: list[tuple[int, int]] = []
        for page in pages[:WITH_TEXT]:
            if rows[page] < 0 or not len(ends):
                continue
            alike = np.asarray((vectors[rows[page]].reshape(1, -1) @ vectors[rows[ends]].T).todense()).ravel()
            order = ends[np.lexsort((ends, -alike))]
            open_ = [
                int(end)
                for end in order[:30]
                if end != page and graph.content[page, end] == 0 and (page, int(end)) not in done
            ]
            pairs += [(page, end) for end in open_[:5]]
        if not pairs:
            return {}
        source, target = np.array(pairs).T
        scored = score_pairs(desk.audit.site, graph, source, target, relevance=desk.relevance)
        # A text that never comes near any page that earns still needs a link: then the closest.
        scored = scored.assign(place=range(len(scored))).sort_values(["source_id", "score", "place"], ascending=[True, False, True])  # fmt: skip
        taken: Counter[int] = Counter()
        found: dict[int, tuple[tuple[int, int], object]] = {}
        for source_id, own in scored.groupby("source_id", sort=False):
            rows_of = _rows(own)
            row = next((each for each in rows_of if taken[each.target_id] < PER_TARGET), rows_of[0])
            taken[row.target_id] += 1
            found[int(str(source_id))] = ((int(row.source_id), int(row.target_id)), row)
        return found

    # Links of the plan that no finding asks for

    def _planned(self, done: set[tuple[int, int]]) -> Iterator[Piece]:
        for row in _rows(self.plan):
            pair = (int(row.source_id), int(row.target_id))
            if pair not in done:
                done.add(pair)
                yield self._piece(("link", *pair), [pair], [row], (), pair[1])

    # Words

    def _words(self, sources: Ids, targets: Ids, wanted: list[bool]) -> list[object]:
        """Words that could carry each link; None where none are wanted, or no text is known."""
        found: list[object] = [None] * len(sources)
        places = [place for place, each in enumerate(wanted) if each][:WITH_TEXT]
        if self.desk.relevance is None or not places:
            return found
        scored = score_pairs(
            self.desk.audit.site,
            self.desk.audit.graph,
            sources[places],
            targets[places],
            relevance=self.desk.relevance,
        )
        for place, row in zip(places, _rows(scored), strict=True):
            found[place] = row
        return found

    def _piece(
        self, key: tuple[str | int, ...], pairs: list[tuple[int, int]], words: Iterable[object], rows: tuple[int, ...], page: int, *, listed: str = "",
    ) -> Piece:  # fmt: skip
        """The links as a piece of work for what is wrong with `page`; `listed` says how a link stands that needs no sentence."""
        desk = self.desk
        if not pairs:
            what = (
                sentence("Link to {page} from a page that fits", page=desk.path(page))
                if key[0] == "to"
                else sentence("Link on from {page}", page=desk.path(page))
            )
            fix = desk.each(desk.findings.loc[[rows[0]]])[0].fix
            return Piece(key, ADD, what, (sentence("{url}: {fix}", url=desk.urls[page], fix=fix),), ((Work.SENTENCE, 1),), findings=rows, pages=(page,),
                         stake=((page, 1.0),), unsure=NO_PAGE)  # fmt: skip
        steps: list[Sentence] = []
        jobs = Counter[Work]()
        for (source, target), row in zip(pairs, words, strict=True):
            phrase, place = str(getattr(row, "phrase", "")), str(getattr(row, "sentence", ""))
            jobs[Work.LINK if phrase or listed else Work.SENTENCE] += 1
            if listed:
                ends = {"url": desk.urls[source], "end": self._with_name(target)}
                steps.append(
                    sentence(
                        "On {url}: add a breadcrumb, or a line at its head, that leads up to {end}.", **ends
                    )
                    if listed == UPWARDS
                    else sentence("On {url}: as the page that gathers its section, list {end}.", **ends)
                )
            else:
                steps.append(self._step(source, target, phrase, place))
        if key[0] == "from":
            title = sentence("Link from {page} to {end}", page=desk.path(page), end=desk.path(pairs[0][1]))
        else:
            names = [desk.path(source) for source, _ in pairs]
            from_pages = names[0] if len(names) == 1 else sentence("{names} and {last}", names=", ".join(names[:-1]), last=names[-1])  # fmt: skip
            title = sentence("Link to {page} from {pages}", page=desk.path(pairs[0][1]), pages=from_pages)
        unsure = "" if Work.SENTENCE not in jobs else sentence("needs a new sentence: read both pages first")
        return Piece(
            key, ADD, title, tuple(steps), tuple(jobs.items()), findings=rows, pages=unique(end for pair in pairs for end in (pair[1], pair[0])),
            stake=((page, 1.0),), unsure=unsure,
            repair=Repair(up=np.array(pairs, dtype=np.int64)) if listed == UPWARDS else Repair(add=np.array(pairs, dtype=np.int64)),
        )  # fmt: skip

    def _step(self, source: int, target: int, phrase: str, place: str) -> Sentence:
        """What to do on the source; `place` is the sentence around the phrase, or the one to write next to."""
        urls = self.desk.urls
        if phrase:
            return sentence(
                "On {url}: turn the words {phrase} into a link to {end}. They stand in: {place}",
                url=urls[source], phrase=quoted(phrase), end=urls[target], place=quoted(_line(place)),
            )  # fmt: skip
        write = sentence("On {url}: write a sentence that links to {end}.", url=urls[source], end=self._with_name(target))  # fmt: skip
        near = sentence("A fitting place is next to: {place}.", place=quoted(_line(place))) if place else ""
        return joined((write, near), " ")

    def _with_name(self, page: int) -> str:
        """Address of a page, and words for a link to it: its main heading, else its title."""
        pages = self.desk.audit.site.pages
        names = (pages[column].iloc[page] for column in ("h1", "title"))
        name = next((str(each) for each in names if isinstance(each, str) and each.strip()), "")
        url = self.desk.urls[page]
        return sentence("{url} ({name})", url=url, name=quoted(_line(name))) if name else url


def _rows(table: pd.DataFrame) -> list[Any]:
    return list(table.itertuples())


def _line(text: str, most: int = 240) -> str:
    """A text in one line, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
