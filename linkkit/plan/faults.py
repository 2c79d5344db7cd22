"""Work on links that are there: dead addresses, detours, nofollow, links to the wrong page; a template's links in one go."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from linkkit.folding import Leak
from linkkit.plan.effort import Work
from linkkit.plan.pieces import (
    BATCH,
    FEWER,
    FREE,
    PLACES,
    REDIRECT,
    RELINK,
    SET,
    Desk,
    Piece,
    as_ids,
    page_count,
    quoted,
    some,
    unique,
)
from linkkit.plan.repairs import Repair, Trials
from linkkit.plan.replacements import Replacements
from linkkit.schema import Indexability, Position
from linkkit.sentence import Figure, Sentence, capital, joined, plural, sentence

DEAD = ("link-to-broken", "redirect-loop", "backlinks-lost")
DETOUR = ("link-to-redirect", "link-to-canonicalised")
HIDDEN = ("nofollow-link", "nofollow-only-page")
LEAK = "authority-leak"
OVER, NOINDEX = "over-linked-page", "link-to-noindex"
CHECKS = (*DEAD, *DETOUR, *HIDDEN, LEAK, OVER, NOINDEX)
"""Checks whose findings this module settles."""
KEPT = 2
"""Links to an over-linked page that stay: those nearest to the start page."""
MENDED = sentence("cannot be simulated: where the page would lead once it answers is not known")
CHOICE = sentence("cannot be simulated: where the address leads is the site's own choice")
WANTED = sentence("check first whether visitors need these links")
_OUTSIDE = (Leak.EXTERNAL, Leak.OFF_SITE_CANONICAL, Leak.BLOCKED)
_DOWN = (Indexability.SERVER_ERROR, Indexability.NO_RESPONSE)


@dataclass(frozen=True, eq=False)
class Faults:
    """Faulty links of one audit.

    Attributes
    ----------
    desk : Desk
    """

    desk: Desk

    @cached_property
    def targets(self) -> list[int]:
        """Every URL that some work changes links to, and those that links are led to instead."""
        found = self.desk.of_checks(*DEAD, *DETOUR, *HIDDEN, OVER, NOINDEX)["page"]
        dead = set(self.desk.of_checks(*DEAD)["page"])
        graph = self.desk.audit.graph
        ends = [end[0] for page in dead if (end := self._instead.get(int(page)))]
        ends += [
            int(graph.fold[page]) for page in self.desk.of_checks(*DETOUR)["page"] if graph.fold[page] >= 0
        ]
        return sorted({int(page) for page in found} | set(ends))

    @cached_property
    def _instead(self) -> dict[int, tuple[int, str] | None]:
        """What may replace each dead address, and why."""
        known = Replacements(self.desk)
        uses = self.desk.audit.facts.anchor_uses
        dead = sorted({int(page) for page in self.desk.of_checks(*DEAD)["page"]})
        texts = uses[uses["target_id"].isin(dead)].groupby("target_id")["normalised"].agg(set)
        return {page: known.closest(page, sorted(texts.get(page, ()))) for page in dead}

    def pieces(self, trials: Trials) -> Iterator[Piece]:
        """The work, one piece for each address, and one for each template that repeats links to it."""
        links = _Links(self.desk, trials)
        yield from self._dead(links)
        yield from self._detours(links)
        yield from self._hidden(links)
        yield from self._fewer(links)
        yield from self._leaks()

    # Addresses that lead to no page

    def _dead(self, links: "_Links") -> Iterator[Piece]:
        for page, own in self.desk.of_checks(*DEAD).groupby("page", sort=False):
            yield from self._dead_address(int(str(page)), own, links)

    def _dead_address(self, page: int, own: pd.DataFrame, links: "_Links") -> Iterator[Piece]:
        desk, rows = self.desk, self.desk.rows(own)
        reason = desk.audit.site.pages["indexability_reason"].iloc[page]
        seen = links.sources(links.rows(page))
        first = desk.each(own.head(1))[0]
        said = first.evidence
        shared: dict[str, object] = {"findings": rows, "pages": (page,), "stake": ((page, 1.0),)}
        if desk.audit.graph.leak[page] in _OUTSIDE and "backlinks-lost" in set(own["check_id"]):
            yield Piece(("dead", page), SET, sentence("Decide where {page} should lead: its backlinks are lost", page=desk.path(page)),
                (sentence("{url}: {evidence}.", url=desk.urls[page], evidence=said), first.fix), ((Work.SETTING, 1),), unsure=CHOICE, **shared)  # type: ignore[arg-type]  # fmt: skip
            return
        if reason in _DOWN:
            yield Piece(("dead", page), SET, sentence("Mend {page}: {evidence}", page=desk.path(page), evidence=said),
                (sentence("{url}: {evidence}.", url=desk.urls[page], evidence=said),
                 joined((sentence("Bring the page back, or redirect it to the page that replaced it."), links.stand(seen)), " ")),
                ((Work.DECISION, 1),), unsure=MENDED, fixes=max(len(seen), 1), **shared)  # type: ignore[arg-type]  # fmt: skip
            return
        instead = self._instead.get(page)
        template, singles = links.split(page)
        for part in template:
            yield self._template_dead(page, part, instead, links, rows)
        has_backlinks = "backlinks-lost" in set(own["check_id"])
        if has_backlinks and instead:
            yield self._redirect(page, instead, singles, links, own)
        elif len(singles):
            yield self._single_dead(page, instead, singles, links, rows, lost=said if has_backlinks else "")
        elif not template or has_backlinks:
            step = sentence("{url}: {evidence}. {fix}", url=desk.urls[page], evidence=said, fix=first.fix)
            yield Piece(("dead", page), REDIRECT, sentence("Find a page for {page} to redirect to", page=desk.path(page)), (step,), ((Work.SETTING, 1),),
                unsure=sentence("cannot be simulated: no live page comes close, a person must choose one"), **shared)  # type: ignore[arg-type]  # fmt: skip

    def _redirect(self, page: int, instead: tuple[int, str], singles: pd.DataFrame, links: "_Links", own: pd.DataFrame) -> Piece:  # fmt: skip
        desk, (end, why) = self.desk, instead
        sources = links.sources(singles)
        steps = [
            sentence("Set a permanent redirect (301) from {url} to {end} ({why}; check that it serves the same visitors).", url=desk.urls[page], end=desk.urls[end], why=why),
            sentence("Today: {evidence}.", evidence=desk.each(own.head(1))[0].evidence),
        ]  # fmt: skip
        if sources:
            steps.append(plural("Then point the link of {number} page straight at it: {pages}.", "Then point the links of {number} pages straight at it: {pages}.", len(sources), pages=links.named(sources)))  # fmt: skip
        jobs = ((Work.SETTING, 1), *(((Work.REWORD, len(sources)),) if sources else ()))
        return Piece(
            ("dead", page), REDIRECT, sentence("Redirect {page} to {end}", page=desk.path(page), end=desk.path(end)), tuple(steps), jobs,
            findings=desk.rows(own), pages=unique((page, end, *sources)), stake=((page, 1.0),),
            repair=Repair(redirect={page: end}), unsure=self._proposed(end, why), fixes=max(len(sources), 1),
        )  # fmt: skip

    def _template_dead(self, page: int, part: "_Part", instead: tuple[int, str] | None, links: "_Links", rows: tuple[int, ...]) -> Piece:  # fmt: skip
        desk = self.desk
        if instead:
            end, why = instead
            todo = sentence("change it to {end} ({why}; check that it serves the same visitors)", end=desk.urls[end], why=why)  # fmt: skip
            repair, unsure = Repair(moved=dict.fromkeys(part.rows, end)), self._proposed(end, why)
        else:
            todo, repair, unsure = sentence("take it out, or put the page that replaced it there"), Repair(gone=as_ids(part.rows)), sentence("simulated as taken out")  # fmt: skip
        return links.template(
            part, page, RELINK, sentence("{place} links to {page}, which leads to no page", place=part.place, page=desk.path(page)),
            todo, repair, rows, unsure,
        )  # fmt: skip

    def _single_dead(self, page: int, instead: tuple[int, str] | None, singles: pd.DataFrame, links: "_Links", rows: tuple[int, ...], *, lost: str) -> Piece:  # fmt: skip
        desk, sources = self.desk, links.sources(singles)
        where = links.lines(singles)
        if instead:
            end, why = instead
            first = plural("Change the address of {number} link from {url} to {end} ({why}; check that it serves the same visitors):", "Change the address of {number} links from {url} to {end} ({why}; check that it serves the same visitors):",
                           len(singles), url=desk.urls[page], end=desk.urls[end], why=why)  # fmt: skip
            title = plural("Point {number} link to {page} at {end}", "Point {number} links to {page} at {end}", len(singles), page=desk.path(page), end=desk.path(end))  # fmt: skip
            repair, unsure = Repair(moved=dict.fromkeys(singles.index.tolist(), end)), self._proposed(end, why)  # fmt: skip
        else:
            first = plural("Take out {number} link to {url}, or point it at the page that replaced it:", "Take out {number} links to {url}, or point them at the page that replaced it:", len(singles), url=desk.urls[page])  # fmt: skip
            title = plural("Take out {number} link to {page}, which leads to no page", "Take out {number} links to {page}, which leads to no page", len(singles), page=desk.path(page))  # fmt: skip
            repair, unsure = (
                Repair(gone=as_ids(singles.index)),
                sentence("simulated as taken out; no live page comes close"),
            )
        jobs: tuple[tuple[Work, int], ...] = ((Work.REWORD, len(singles)),)
        if lost:
            title = sentence("Find a page for {page} to redirect to: its backlinks are lost", page=desk.path(page))  # fmt: skip
            first = plural("{url}: {evidence}. Set a permanent redirect (301) to the page that replaced it, and point {number} link straight at that page:", "{url}: {evidence}. Set a permanent redirect (301) to the page that replaced it, and point {number} links straight at that page:",
                           len(singles), url=desk.urls[page], evidence=lost)  # fmt: skip
            unsure = sentence("simulated with its links taken out; what its backlinks would bring depends on the page that is chosen")  # fmt: skip
            jobs = ((Work.SETTING, 1), *jobs)
        return Piece(
            ("dead", page), REDIRECT if lost else RELINK, title, (first, *where), jobs, findings=rows,
            pages=unique((page, *sources)), stake=((page, 1.0),), repair=repair, unsure=unsure, fixes=len(sources),
        )  # fmt: skip

    def _proposed(self, end: int, why: str) -> Sentence:
        return sentence("{page} is a proposal: {why}", page=self.desk.path(end), why=why)

    # Detours: the model counts them for the final page already

    def _detours(self, links: "_Links") -> Iterator[Piece]:
        graph, desk = self.desk.audit.graph, self.desk
        for check in DETOUR:
            found = desk.of_checks(check)
            rest = []
            for row in desk.each(found):
                page = row.page
                end = int(graph.fold[page])
                if end < 0 or end == page:
                    # The model, or another site, has the canonical lead elsewhere.
                    continue
                template, singles = links.split(page)
                for part in template:
                    ends = {"place": part.place, "page": desk.path(page), "end": desk.path(end)}
                    title = sentence("{place} links to {page}, a redirect to {end}", **ends) if check == DETOUR[0] else sentence("{place} links to {page}, a copy of {end}", **ends)  # fmt: skip
                    todo = sentence("change it to {end}", end=desk.urls[end])
                    yield links.template(part, page, RELINK, title, todo, Repair(moved=dict.fromkeys(part.rows, end)), (row.row,), "")  # fmt: skip
                if len(singles):
                    rest.append((row.row, page, end, singles))
            for begin in range(0, len(rest), BATCH):
                yield self._straight(check, begin, rest[begin : begin + BATCH], links)

    def _straight(self, check: str, begin: int, rest: list[tuple[int, int, int, pd.DataFrame]], links: "_Links") -> Piece:  # fmt: skip
        desk = self.desk
        singles = pd.concat([rows for *_, rows in rest])
        moved = {place: end for _, _, end, rows in rest for place in rows.index.tolist()}
        ends = {page: end for _, page, end, _ in rest}
        steps = [
            sentence("On {url}: link {text}: change {page} to {end}", url=desk.urls[source], text=quoted(text), page=desk.urls[page], end=desk.urls[ends[page]])
            for source, page, text in zip(singles["source_id"], singles["target_id"], links.texts(singles), strict=True)
        ]  # fmt: skip
        if len(rest) == 1:
            title = plural("Point {number} link to {page} straight at {end}", "Point {number} links to {page} straight at {end}", len(singles), page=desk.path(rest[0][1]), end=desk.path(rest[0][2]))  # fmt: skip
        elif check == DETOUR[0]:
            title = plural("Point {number} link to redirects straight at the final page", "Point {number} links to redirects straight at the final page", len(singles))  # fmt: skip
        else:
            title = plural("Point {number} link to copies straight at the final page", "Point {number} links to copies straight at the final page", len(singles))  # fmt: skip
        return Piece(
            ("detour", check, begin), RELINK, title, tuple(steps), ((Work.REWORD, len(singles)),),
            findings=tuple(row for row, *_ in rest), pages=unique((*links.sources(singles), *ends)),
            stake=tuple((end, links.share_of(rows, end)) for _, _, end, rows in rest), repair=Repair(moved=moved),
            fixes=len(links.sources(singles)),
        )  # fmt: skip

    # Nofollow on the site's own links

    def _hidden(self, links: "_Links") -> Iterator[Piece]:
        desk = self.desk
        for key, own in desk.of_checks(*HIDDEN).groupby("page", sort=False):
            page, rows = int(str(key)), desk.rows(own)
            asked = links.rows(page)
            asked = asked[asked["nofollow"]]
            by_link = asked[~asked["page_nofollow"]]
            template, singles = links.split(page, by_link)
            for part in template:
                title = sentence("{place} links to {page} with nofollow", place=part.place, page=desk.path(page))  # fmt: skip
                yield links.template(part, page, FREE, title, sentence("remove rel=nofollow (ugc, sponsored) from it"), Repair(follow=as_ids(part.rows)), rows, "")  # fmt: skip
            if len(singles):
                first = plural("Remove rel=nofollow (ugc, sponsored) from {number} link to {url}:", "Remove rel=nofollow (ugc, sponsored) from {number} links to {url}:", len(singles), url=desk.urls[page])  # fmt: skip
                yield Piece(
                    ("nofollow", page), FREE, plural("Remove nofollow from {number} link to {page}", "Remove nofollow from {number} links to {page}", len(singles), page=desk.path(page)),
                    (first, *links.lines(singles)), ((Work.REWORD, len(singles)),), findings=rows,
                    pages=unique((page, *links.sources(singles))), stake=((page, links.share_of(singles, page)),),
                    repair=Repair(follow=as_ids(singles.index)), fixes=len(links.sources(singles)),
                )  # fmt: skip
            if not template and not len(singles):
                sources = links.sources(asked)
                step = sentence("{pages}: the page's robots directives say nofollow for all its links. Take that out, if the page may be followed.", pages=links.named(sources))  # fmt: skip
                yield Piece(
                    ("nofollow", page), SET, sentence("Let search engines follow the links to {page}", page=desk.path(page)), (step,),
                    ((Work.SETTING, max(len(sources), 1)),), findings=rows, pages=unique((page, *sources)), stake=((page, 1.0),),
                    unsure=sentence("cannot be simulated: it would set free every link of these pages"),
                )  # fmt: skip

    # Links that give too much, or to the wrong page

    def _fewer(self, links: "_Links") -> Iterator[Piece]:
        desk = self.desk
        for row in desk.each(desk.of_checks(OVER, NOINDEX)):
            page, rows = row.page, (row.row,)
            over = row.check_id == OVER
            asked = links.rows(page)
            asked = asked[~asked["nofollow"] & (asked["page_id"] != desk.audit.graph.fold[page])]
            kept = links.nearest(asked, KEPT) if over else []
            asked = asked[~asked["page_id"].isin(kept)]
            why = (
                sentence("which gets {times} times the link weight that it is worth", times=Figure(f"{row.value:,.0f}"))
                if over and row.value == row.value
                else sentence("which gets more link weight than it is worth") if over else sentence("which is kept out of the index")
            )  # fmt: skip
            stays = (sentence("it stays on {pages}", pages=links.named(kept)),) if kept else ()
            template, singles = links.split(page, asked)
            for part in template:
                title = sentence("{place} links to {page}, {why}", place=part.place, page=desk.path(page), why=why)  # fmt: skip
                todo = joined((sentence("take it out where visitors do not need it"), *stays))
                yield links.template(part, page, FEWER, title, todo, Repair(gone=as_ids(part.rows)), rows, WANTED)  # fmt: skip
            if len(singles):
                first = plural("Take out {number} link to {url}, {why}:", "Take out {number} links to {url}, {why}:", len(singles), url=desk.urls[page], why=joined((why, *stays)))  # fmt: skip
                yield Piece(
                    ("fewer", page), FEWER, plural("Take out {number} link to {page}, {why}", "Take out {number} links to {page}, {why}", len(singles), page=desk.path(page), why=why),
                    (first, *links.lines(singles)), ((Work.REWORD, len(singles)),), findings=rows,
                    pages=unique((page, *links.sources(singles))), repair=Repair(gone=as_ids(singles.index)), unsure=WANTED,
                    fixes=len(links.sources(singles)),
                )  # fmt: skip

    def _leaks(self) -> Iterator[Piece]:
        """Pages that lose much: by a link that other work mends (same key), or by one that only a person can judge."""
        desk = self.desk
        for row in desk.each(desk.of_checks(LEAK)):
            page, cause = row.page, str(desk.metrics["leak_cause"].iloc[row.page])
            if cause == Leak.DEAD_END:
                continue
            keys = {Leak.BROKEN: "dead", Leak.REDIRECT_LOOP: "dead", Leak.NOFOLLOW: "nofollow"}
            other = keys.get(Leak(cause))
            key = (other, row.related) if other and row.related >= 0 else ("leak", page)
            unsure = (
                sentence("cannot be simulated: links to other sites help readers; which of them could go is for a person to judge")
                if cause == Leak.EXTERNAL
                else sentence("cannot be simulated: which of these links could go is for a person to judge")
            )  # fmt: skip
            yield Piece(
                key, RELINK, sentence("Stem the loss of authority on {page}", page=desk.path(page)),
                (sentence("{url}: {evidence}.", url=desk.urls[page], evidence=row.evidence), row.fix),
                ((Work.DECISION, 1),), findings=(row.row,), pages=(page,), unsure=unsure,
            )  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Part:
    """Links to one URL that a template repeats."""

    rows: list[int]
    position: Position
    container: int
    sources: list[int]

    @property
    def place(self) -> Sentence:
        """Where they stand, as the beginning of a sentence."""
        return capital(sentence(PLACES[self.position]))


@dataclass(frozen=True, eq=False)
class _Links:
    """Occurrences of links, and how to speak of them."""

    desk: Desk
    trials: Trials

    @cached_property
    def _by_target(self) -> dict[int, pd.DataFrame]:
        places = self.trials.places
        return {int(str(target)): rows for target, rows in places.groupby("target_id")}

    def rows(self, page: int) -> pd.DataFrame:
        """Links to exactly this URL from other pages."""
        found = self._by_target.get(page)
        if found is None:
            return self.trials.places.iloc[:0]
        return found[found["source_id"] != page]

    def split(self, page: int, rows: pd.DataFrame | None = None) -> tuple[list[_Part], pd.DataFrame]:
        """Links that a template repeats, container by container, and the others, one by one."""
        rows = self.rows(page) if rows is None else rows
        least = self.desk.audit.graph.model.boilerplate_min_pages
        if len(rows) < least:
            return [], rows
        parts, single = [], np.ones(len(rows), dtype=bool)
        repeated = rows["is_boilerplate"] | (rows["position"] != Position.CONTENT)
        for key, own in rows[repeated].groupby(["container_id", "position"], sort=True):
            sources = self.sources(own)
            if len(sources) >= least:
                container, position = (int(str(each)) for each in key)
                parts.append(_Part(own.index.tolist(), Position(position), container, sources))
                single &= ~rows.index.isin(own.index)
        return parts, rows[single]

    def template(
        self, part: _Part, page: int, action: str, title: str, todo: str, repair: Repair, rows: tuple[int, ...], unsure: str,
    ) -> Piece:  # fmt: skip
        """The one change of a template that puts all its links right."""
        desk, place = self.desk, sentence(PLACES[part.position])
        kinds = self.desk.audit.site.pages["page_type"].iloc[part.sources].fillna("").value_counts()
        named = [str(kind) for kind in kinds.index if kind]
        texts = sorted({text for text in self.texts(self.trials.places.loc[part.rows]) if text})
        on: Sentence = page_count(len(part.sources))
        if named:
            on = sentence("{pages} ({kinds})", pages=on, kinds=some(named, 4))
        steps = (
            sentence("In the template, in {place}: the link {text} to {url} stands on {pages}: {todo}.", place=place, text=quoted(some(texts, 3)), url=desk.urls[page], pages=on, todo=todo),
            sentence("One change of the template puts all of them right. Examples: {pages}.", pages=self.named(part.sources)),
        )  # fmt: skip
        return Piece(
            (action, page, part.container, int(part.position)), action, plural("{title}: one change of the template, {number} page", "{title}: one change of the template, {number} pages", len(part.sources), title=title),
            steps, ((Work.TEMPLATE, 1),), findings=rows, pages=unique((page, *part.sources)),
            stake=((page, self.share_of(self.trials.places.loc[part.rows], page)),), repair=repair, unsure=unsure, fixes=len(part.sources),
        )  # fmt: skip

    def sources(self, rows: pd.DataFrame) -> list[int]:
        """Pages that hold these links, each once."""
        return [int(page) for page in np.unique(rows["source_id"].to_numpy())]

    def nearest(self, rows: pd.DataFrame, most: int) -> list[int]:
        """Of the pages that hold these links those nearest to the start page."""
        pages = np.unique(rows["page_id"].to_numpy()).astype(np.int64)
        depth = self.desk.metrics["crawl_depth"].to_numpy(dtype=float)[pages]
        return [int(page) for page in pages[np.lexsort((pages, np.nan_to_num(depth, nan=np.inf)))][:most]]

    def texts(self, rows: pd.DataFrame) -> list[str]:
        """Words of these links; empty where they have none."""
        return [str(text) if isinstance(text, str) else "" for text in rows["anchor"]]

    def lines(self, rows: pd.DataFrame) -> tuple[str, ...]:
        """One line a link: which page, which words, which place."""
        shown = rows.head(BATCH)
        lines = [
            sentence("On {url}: link {text} in {place}", url=self.desk.urls[source], text=quoted(text), place=_plain(Position(int(position))))
            for source, text, position in zip(shown["source_id"], self.texts(shown), shown["position"], strict=True)
        ]  # fmt: skip
        if len(rows) > BATCH:
            lines.append(plural("... and {number} more link; the list of affected pages names all pages.", "... and {number} more links; the list of affected pages names all pages.", len(rows) - BATCH))  # fmt: skip
        return tuple(lines)

    def named(self, pages: list[int]) -> str:
        """Addresses of pages, the first ones where there are many."""
        return some([self.desk.urls[page] for page in pages])

    def stand(self, sources: list[int]) -> str:
        """Where the links stand, in a sentence."""
        return plural("{number} page links to it: {pages}.", "{number} pages link to it: {pages}.", len(sources), pages=self.named(sources)) if sources else ""  # fmt: skip

    def share_of(self, rows: pd.DataFrame, page: int) -> float:
        """Share of all pages that link to a page that hold these links."""
        every = max(int(self.desk.metrics["linked_from_others"].iloc[page]), 1)
        return min(len(self.sources(rows)) / every, 1.0)


def _plain(position: Position) -> Sentence:
    return sentence("the text") if position is Position.CONTENT else sentence(PLACES[position])
