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
    some,
    unique,
)
from linkkit.plan.repairs import Repair
from linkkit.schema import Effort, Position
from linkkit.wording import count

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
NO_WORDS = "cannot be simulated: in the link model words weigh nothing; what they say counts in search"
NO_LINK = "cannot be simulated: it changes no link"
NO_MODEL = "cannot be simulated: what is to be done is for a person to decide"
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
            title = KNOWN[check].title
            steps = (
                f"In the template, in {_place(own)}: “{text or 'no text'}” is the text of links to {count(targets, 'page')} on {count(pages, 'page')}, such as {example}.",
                f"{KNOWN[check].fix} Let the template write the name of the page that each link leads to.",
            )
            pieces.append(
                Piece(
                    ("words", check, int(str(container)), str(text)), REWORD, f"{title}: one change of the template, {count(pages, 'page')}",
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
            where = (
                f"On {desk.urls[row.related]}"
                if row.related >= 0 and check != "ambiguous-anchor"
                else "Wherever it stands"
            )
            more = (
                f" and {count(int(row.value) - 1, 'more page')}"
                if row.unit == "linking pages" and row.value > 1
                else ""
            )
            steps.append(f"{where}{more}: the link to {desk.urls[row.page]}: {row.evidence}. {row.fix}")
        edits = int(sum(max(value, 1) if unit == "linking pages" else 1 for value, unit in zip(part["value"], part["unit"], strict=True)))  # fmt: skip
        title = KNOWN[check].title
        where = f" to {desk.path(int(part['page'].iloc[0]))}" if len(part) == 1 else ""
        return Piece(
            ("words", check, number), REWORD, f"{title}: reword {count(edits, 'link')}{where}", tuple(steps), ((Work.REWORD, edits),),
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
        titles = {SITEMAP[0]: "Take {n} out of the sitemap", SITEMAP[1]: "Add {n} to the sitemap"}
        for check in SITEMAP:
            found = self.desk.of_checks(check)
            if len(found):
                title = titles[check].format(n=count(len(found), "address", "addresses"))
                yield self._listed(check, found, title, LISTED, Work.FILE)
        waste = self.desk.of_checks(ROBOTS)
        if len(waste):
            title = f"Let search engines' robots forget {count(len(waste), 'address')}"
            yield self._listed(ROBOTS, waste, title, SET, Work.SETTING)

    def _listed(self, check: str, found: pd.DataFrame, title: str, action: str, work: Work) -> Piece:
        desk = self.desk
        lines = [f"{desk.urls[row.page]}: {row.evidence}" for row in desk.each(found.head(BATCH))]
        rest = (
            [f"... and {len(found) - BATCH:,} more, in the list of affected pages"]
            if len(found) > BATCH
            else []
        )
        stake = () if check == ROBOTS else tuple((int(page), 0.1) for page in found["page"])
        return Piece(
            ("list", check), action, title, (str(found["fix"].iloc[0]), *lines, *rest), ((work, 1),), findings=desk.rows(found),
            pages=unique(found["page"]), stake=stake if check == SITEMAP[1] else (), unsure=NO_LINK, fixes=len(found),
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
                ("canonical", page), SET, f"Let the canonical of {desk.path(page)} name the page itself",
                (f"{desk.urls[page]}: {row.evidence}.", f"Set its canonical to {desk.urls[page]}, or to the indexable page that it is a copy of."),
                ((Work.SETTING, 1),), findings=(row.row, *also), pages=unique((page, row.related)), stake=((page, 1.0),),
                repair=Repair(indexable=np.array([page])) if simulated else None,
                unsure="simulated with its own address as canonical" if simulated else "cannot be simulated: the page is kept out of the index",
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
                f"Redirect {desk.path(page)} to {desk.path(other)}, the same page"
                if twin
                else f"Merge {desk.path(page)} into {desk.path(other)}"
            )
            steps = (f"{desk.urls[page]} and {desk.urls[other]}: {row.evidence}.", row.fix)
            yield Piece(
                ("merge", page), REDIRECT if twin else MERGE, title, steps, ((Work.SETTING if twin else Work.CONTENT, 1),),
                findings=(row.row,), pages=unique((page, other)), stake=((page, 1.0),),
                repair=Repair(redirect={page: other}) if can else None,
                unsure="" if twin and can else "simulated as a redirect; which of the two stays is for a person to decide" if can else NO_MODEL,
            )  # fmt: skip

    # Everything else

    def _by_template(self, check: str, found: pd.DataFrame) -> Iterator[Piece]:
        templates, rest = self._kinds(check, found)
        yield from templates
        desk = self.desk
        for row in desk.each(rest):
            page = row.page
            about = KNOWN.get(check)
            title = about.title if about else check
            yield Piece(
                ("decide", check, page, row.related), DECIDE, f"{title}: {desk.path(page)}",
                (f"{desk.urls[page]}: {row.evidence}.", row.fix), ((_JOBS.get(row.effort, Work.DECISION), 1),),
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
            about = KNOWN.get(check)
            title = about.title if about else check
            steps = (
                f"In the template of {kind} pages: {own['fix'].iloc[0]}",
                f"{count(len(own), 'page')} of {sizes.get(kind, 0):,} share the fault. Examples: {some([desk.urls[int(page)] for page in own['page']])}.",
                f"Seen there: {own['evidence'].iloc[0]}.",
            )
            pieces.append(
                Piece(
                    ("template", check, str(kind)), SET, f"{title}: one change of the template of {kind} pages, {count(len(own), 'page')}", steps,
                    ((Work.TEMPLATE, 1),), findings=desk.rows(own), pages=unique(own["page"]),
                    stake=tuple((int(page), 1.0) for page in own["page"]), unsure=NO_MODEL, fixes=len(own),
                )
            )  # fmt: skip
        return pieces, found.drop(index=taken)


def _place(own: pd.DataFrame) -> str:
    return PLACES[Position(int(own["position"].iloc[0]))]
