"""Work that is neither a link to add nor a link to change: words of links, settings, the sitemap, pages to merge; and all the rest."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from linkkit.checks import CHECKS as KNOWN
from linkkit.plan.effort import Work
from linkkit.plan.pieces import (
    BATCH,
    DECIDE,
    LISTED,
    MERGE,
    PLACES,
    REDIRECT,
    REWORD,
    SET,
    Desk,
    Piece,
    batches,
    page_count,
    quoted,
    some,
    unique,
)
from linkkit.plan.repairs import Repair
from linkkit.schema import Effort, Position
from linkkit.sentence import Sentence, plural, sentence

ANCHORS = (
    "empty-anchor",
    "generic-anchor",
    "url-anchor",
    "misleading-anchor",
    "weak-anchor",
    "ambiguous-anchor",
)
SITEMAP = ("sitemap-not-indexable", "missing-from-sitemap")
ROBOTS = "bot-waste"
CANONICAL, TWIN, DUPLICATE = "canonical-conflict", "url-twin", "near-duplicate-pages"
NO_WORDS = sentence(
    "cannot be simulated: in the link model words weigh nothing; what they say counts in search"
)
NO_LINK = sentence("cannot be simulated: it changes no link")
NO_MODEL = sentence("cannot be simulated: what is to be done is for a person to decide")
_JOBS = {str(Effort.SMALL): Work.REWORD, str(Effort.MEDIUM): Work.DECISION, str(Effort.LARGE): Work.CONTENT}


@dataclass(frozen=True, eq=False)
class Decisions:
    """What is left to do on one audit.

    Attributes
    ----------
    desk : Desk
    """

    desk: Desk

    def pieces(self, settled: tuple[str, ...]) -> Iterator[Piece]:
        """The work for all findings but those of the checks that are settled otherwise."""
        yield from self._anchors()
        yield from self._sitemap()
        yield from self._canonicals()
        yield from self._merges()
        own = (*ANCHORS, *SITEMAP, ROBOTS, CANONICAL, TWIN, DUPLICATE)
        yield from self.others(self.desk.findings[~self.desk.findings["check_id"].isin((*settled, *own))])

    def others(self, findings: pd.DataFrame) -> Iterator[Piece]:
        """Findings that no other work settles: a template's together, the others one by one."""
        for check, found in findings.groupby("check_id", sort=False):
            yield from self._by_template(str(check), found)

    # Words of links

    def _anchors(self) -> Iterator[Piece]:
        for check in ANCHORS:
            found = self.desk.of_checks(check)
            templates, rest = self._repeated(check, found)
            yield from templates
            for number, part in enumerate(batches(rest)):
                yield self._rewording(check, number, part)

    def _repeated(self, check: str, found: pd.DataFrame) -> tuple[list[Piece], pd.DataFrame]:
        """Texts that a template writes: one container, one text, on many pages or for many targets."""
        desk, least = self.desk, self.desk.audit.graph.model.boilerplate_min_pages
        if len(found) == 0:
            return [], found
        uses = self._uses(found)
        # Few texts stand on as many pages as a template needs.
        uses = uses[uses.groupby(["container_id", "anchor"])["source_id"].transform("size") >= least]
        pieces: list[Piece] = []
        taken: set[int] = set()
        for (container, text), own in uses.groupby(["container_id", "anchor"], sort=True):
            pages, targets = own["source_id"].nunique(), own["target_id"].nunique()
            # Editors write in one container too: only what stands in the chrome, or once a page, is the template's.
            repeated = (own["position"] != Position.CONTENT).all() or (targets >= least and pages >= least)
            rows = own["finding"].unique()
            if pages < least or not repeated or taken & set(rows.tolist()):
                continue
            taken |= set(rows.tolist())
            mended = found.loc[rows]
            example = desk.urls[int(own["source_id"].iloc[0])]
            steps = (
                sentence("In the template, in {place}: {text} is the text of links to {targets} on {pages}, such as {example}.",
                         place=_place(own), text=quoted(str(text)), targets=page_count(targets), pages=page_count(pages), example=example),
                sentence("{fix} Let the template write the name of the page that each link leads to.", fix=sentence(KNOWN[check].fix)),
            )  # fmt: skip
            pieces.append(
                Piece(
                    ("words", check, int(str(container)), str(text)), REWORD, plural("{title}: one change of the template, {number} page", "{title}: one change of the template, {number} pages", pages, title=sentence(KNOWN[check].title)),
                    steps, ((Work.TEMPLATE, 1),), findings=desk.rows(mended), pages=unique((*mended["page"], *own["source_id"])),
                    stake=self._stake(mended), unsure=NO_WORDS, fixes=pages,
                )
            )  # fmt: skip
        return pieces, found.drop(index=[row for row in found.index if row in taken])

    def _uses(self, found: pd.DataFrame) -> pd.DataFrame:
        """Occurrences of the texts that findings are about, with the finding's row."""
        targets = ", ".join(str(int(page)) for page in found["page"].unique())
        links = self.desk.audit.site.engine.arrow(
            f"""SELECT l.source_id, l.target_id, l.container_id, l.position, a.text AS anchor, count(*) AS links
            FROM links l JOIN anchors a USING (anchor_id) WHERE l.target_id IN ({targets}) GROUP BY ALL ORDER BY ALL NULLS LAST"""
        ).to_pandas()
        rows = found.reset_index(names="finding")[["finding", "page", "evidence"]]
        joined = links.merge(rows, left_on="target_id", right_on="page")
        named = [
            evidence.startswith(f'"{anchor[:110]}')
            if anchor
            else evidence in ("no text", "an image without alt text")
            for anchor, evidence in zip(joined["anchor"].fillna(""), joined["evidence"], strict=True)
        ]
        return joined[np.array(named, dtype=bool)]

    def _rewording(self, check: str, number: int, part: pd.DataFrame) -> Piece:
        desk = self.desk
        steps = []
        for row in desk.each(part):
            others = int(row.value) - 1 if row.unit == "linking pages" else 0
            told = {"url": desk.urls[row.page], "evidence": row.evidence, "fix": row.fix}
            if row.related < 0 or check == "ambiguous-anchor":
                steps.append(sentence("Wherever it stands: the link to {url}: {evidence}. {fix}", **told))
            elif others > 0:
                steps.append(plural("On {page} and {number} more page: the link to {url}: {evidence}. {fix}", "On {page} and {number} more pages: the link to {url}: {evidence}. {fix}", others, page=desk.urls[row.related], **told))  # fmt: skip
            else:
                steps.append(sentence("On {page}: the link to {url}: {evidence}. {fix}", page=desk.urls[row.related], **told))  # fmt: skip
        edits = int(sum(max(value, 1) if unit == "linking pages" else 1 for value, unit in zip(part["value"], part["unit"], strict=True)))  # fmt: skip
        title = sentence(KNOWN[check].title)
        if len(part) == 1:
            what = plural("{title}: reword {number} link to {page}", "{title}: reword {number} links to {page}", edits, title=title, page=desk.path(int(part["page"].iloc[0])))  # fmt: skip
        else:
            what = plural("{title}: reword {number} link", "{title}: reword {number} links", edits, title=title)  # fmt: skip
        return Piece(
            ("words", check, number), REWORD, what, tuple(steps), ((Work.REWORD, edits),),
            findings=desk.rows(part), pages=unique((*part["page"], *part["related"])), stake=self._stake(part), unsure=NO_WORDS, fixes=edits,
        )  # fmt: skip

    def _stake(self, part: pd.DataFrame) -> tuple[tuple[int, float], ...]:
        """Traffic of the pages that links name, by the share of the pages that link to them so."""
        every = self.desk.metrics["linked_from_others"].to_numpy(dtype=float)
        counts = np.where(part["unit"] == "linking pages", part["value"], 1.0)
        return tuple(
            (int(page), float(min(own / max(every[page], 1.0), 1.0)))
            for page, own in zip(part["page"], counts, strict=True)
        )

    # One file

    def _sitemap(self) -> Iterator[Piece]:
        wrong, missing, waste = (self.desk.of_checks(check) for check in (*SITEMAP, ROBOTS))
        if len(wrong):
            title = plural("Take {number} address out of the sitemap", "Take {number} addresses out of the sitemap", len(wrong))  # fmt: skip
            yield self._listed(SITEMAP[0], wrong, title, LISTED, Work.FILE)
        if len(missing):
            title = plural("Add {number} address to the sitemap", "Add {number} addresses to the sitemap", len(missing))  # fmt: skip
            yield self._listed(SITEMAP[1], missing, title, LISTED, Work.FILE)
        if len(waste):
            title = plural("Let search engines' robots forget {number} address", "Let search engines' robots forget {number} addresses", len(waste))  # fmt: skip
            yield self._listed(ROBOTS, waste, title, SET, Work.SETTING)

    def _listed(self, check: str, found: pd.DataFrame, title: str, action: str, work: Work) -> Piece:
        desk = self.desk
        rows = desk.each(found.head(BATCH))
        lines = [
            sentence("{url}: {evidence}", url=desk.urls[row.page], evidence=row.evidence) for row in rows
        ]
        if len(found) > BATCH:
            lines.append(sentence("... and {number} more, in the list of affected pages", number=len(found) - BATCH))  # fmt: skip
        # Only a page that search engines are to find has anything at stake.
        stake = tuple((int(page), 0.1) for page in found["page"]) if check == SITEMAP[1] else ()
        return Piece(
            ("list", check), action, title, (rows[0].fix, *lines), ((work, 1),), findings=desk.rows(found),
            pages=unique(found["page"]), stake=stake, unsure=NO_LINK, fixes=len(found),
        )  # fmt: skip

    # Settings and merges

    def _canonicals(self) -> Iterator[Piece]:
        desk = self.desk
        found = desk.of_checks(CANONICAL)
        templates, rest = self._kinds(CANONICAL, found)
        yield from templates
        graph, pages = desk.audit.graph, desk.audit.site.pages
        # Links to such a page name no copy any more once it stands for itself.
        linked = desk.of_checks("link-to-canonicalised")
        for row in desk.each(rest):
            page = row.page
            also = desk.rows(linked[linked["page"] == page])
            blocked = bool(pages["robots_noindex"].iloc[page])
            simulated = not blocked and graph.fold[page] == page and graph.leak[page] == ""
            yield Piece(
                ("canonical", page), SET, sentence("Let the canonical of {page} name the page itself", page=desk.path(page)),
                (sentence("{url}: {evidence}.", url=desk.urls[page], evidence=row.evidence), sentence("Set its canonical to {url}, or to the indexable page that it is a copy of.", url=desk.urls[page])),
                ((Work.SETTING, 1),), findings=(row.row, *also), pages=unique((page, row.related)), stake=((page, 1.0),),
                repair=Repair(indexable=np.array([page])) if simulated else None,
                unsure=sentence("simulated with its own address as canonical") if simulated else sentence("cannot be simulated: the page is kept out of the index"),
            )  # fmt: skip

    def _merges(self) -> Iterator[Piece]:
        desk, graph = self.desk, self.desk.audit.graph
        for row in desk.each(desk.of_checks(TWIN, DUPLICATE)):
            page, other = row.page, row.related
            can = (
                other >= 0
                and graph.fold[page] == page
                and graph.fold[other] == other
                and graph.leak[page] == ""
            )
            twin = row.check_id == TWIN
            title = (
                sentence(
                    "Redirect {page} to {other}, the same page", page=desk.path(page), other=desk.path(other)
                )
                if twin
                else sentence("Merge {page} into {other}", page=desk.path(page), other=desk.path(other))
            )
            steps = (sentence("{url} and {other}: {evidence}.", url=desk.urls[page], other=desk.urls[other], evidence=row.evidence), row.fix)  # fmt: skip
            yield Piece(
                ("merge", page), REDIRECT if twin else MERGE, title, steps, ((Work.SETTING if twin else Work.CONTENT, 1),),
                findings=(row.row,), pages=unique((page, other)), stake=((page, 1.0),),
                repair=Repair(redirect={page: other}) if can else None,
                unsure="" if twin and can else sentence("simulated as a redirect; which of the two stays is for a person to decide") if can else NO_MODEL,
            )  # fmt: skip

    # Everything else

    def _by_template(self, check: str, found: pd.DataFrame) -> Iterator[Piece]:
        templates, rest = self._kinds(check, found)
        yield from templates
        desk = self.desk
        for row in desk.each(rest):
            page = row.page
            yield Piece(
                ("decide", check, page, row.related), DECIDE, sentence("{title}: {page}", title=_title(check), page=desk.path(page)),
                (sentence("{url}: {evidence}.", url=desk.urls[page], evidence=row.evidence), row.fix), ((_JOBS.get(row.effort, Work.DECISION), 1),),
                findings=(row.row,), pages=unique((page,)), stake=((page, 1.0),), unsure=NO_MODEL,
            )  # fmt: skip

    def _kinds(self, check: str, found: pd.DataFrame) -> tuple[list[Piece], pd.DataFrame]:
        """Faults that half of the pages of a kind share: the template makes them."""
        desk, least = self.desk, self.desk.audit.graph.model.boilerplate_min_pages
        kinds = desk.audit.site.pages["page_type"].fillna("").astype(str)
        sizes = kinds[desk.audit.site.pages["status"].notna()].value_counts()
        pieces, taken = [], []
        for kind, own in found.groupby(kinds.iloc[found["page"].to_numpy()].to_numpy(), sort=True):
            if not kind or len(own) < least or len(own) * 2 < sizes.get(kind, 0):
                continue
            taken += own.index.tolist()
            first = desk.each(own.head(1))[0]
            steps = (
                sentence("In the template of {kind} pages: {fix}", kind=str(kind), fix=first.fix),
                plural("{number} page of {all} shares the fault. Examples: {pages}.", "{number} pages of {all} share the fault. Examples: {pages}.",
                       len(own), all=int(sizes.get(kind, 0)), pages=some([desk.urls[int(page)] for page in own["page"]])),
                sentence("Seen there: {evidence}.", evidence=first.evidence),
            )  # fmt: skip
            pieces.append(
                Piece(
                    ("template", check, str(kind)), SET, plural("{title}: one change of the template of {kind} pages, {number} page", "{title}: one change of the template of {kind} pages, {number} pages", len(own), title=_title(check), kind=str(kind)), steps,
                    ((Work.TEMPLATE, 1),), findings=desk.rows(own), pages=unique(own["page"]),
                    stake=tuple((int(page), 1.0) for page in own["page"]), unsure=NO_MODEL, fixes=len(own),
                )
            )  # fmt: skip
        return pieces, found.drop(index=taken)


def _place(own: pd.DataFrame) -> Sentence:
    return sentence(PLACES[Position(int(own["position"].iloc[0]))])


def _title(check: str) -> str:
    """What a check calls its defect; its id where it is none of linkkit's own."""
    return sentence(KNOWN[check].title) if check in KNOWN else check
