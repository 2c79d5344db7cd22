"""Pieces of work: what is to be done, where, for which findings; and the facts that they are drawn up from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from urllib.parse import urlsplit

import numpy as np
import numpy.typing as npt
import pandas as pd

from linkkit.audit import Audit
from linkkit.plan.effort import Work
from linkkit.plan.gains import Ids
from linkkit.plan.repairs import Repair
from linkkit.schema import Position
from linkkit.sentence import Note, Sentence, plural, sentence
from linkkit.text.scores import Relevance

BATCH = 20
"""Edits of one kind that stand in one piece of work at most: more cannot be checked in one go."""
SHOWN = 10
"""Pages named in an instruction; the list of affected pages names all."""

PLACES = {
    Position.CONTENT: "a block that the template repeats in the content",
    Position.NAVIGATION: "the menu",
    Position.HEADER: "the header",
    Position.FOOTER: "the footer",
    Position.SIDEBAR: "the sidebar",
    Position.BREADCRUMB: "the breadcrumb",
}
"""Where a link stands, in words."""

ADD, REDIRECT, RELINK, FREE, FEWER, REWORD = "add links", "redirect", "point links elsewhere", "remove nofollow", "take links out", "reword links"  # fmt: skip
SET, LISTED, MERGE, DECIDE = "change a setting", "correct the sitemap", "merge pages", "decide"
ACTIONS = (ADD, REDIRECT, RELINK, FREE, FEWER, REWORD, SET, LISTED, MERGE, DECIDE)
"""What a piece of work does."""


@dataclass(frozen=True, eq=False)
class Piece:
    """One piece of work.

    Attributes
    ----------
    key : tuple
        What makes it one: findings that lead to the same key are settled by the same work.
    action : str
        One of `ACTIONS`.
    title : str
        What to do, in a line; a `linkkit.sentence.Sentence`, as all its words are, so that exports can say it in another language.
    steps : tuple of str
        Exact instructions, one a line.
    jobs : tuple of (Work, int)
        Kinds of work and how often; the first one names the class of effort.
    findings : tuple of int
        Rows of the audit's findings that it settles.
    pages : tuple of int
        Pages (ids) that it changes or helps.
    stake : tuple of (page id, share)
        Pages whose traffic is at stake, and how much of it.
    repair : Repair, optional
        What it does to the link graph; None where that cannot be simulated.
    unsure : str
        Why it cannot be simulated, or what a person must confirm.
    fixes : int
        Pages that the change puts right: of a template change, those that the template makes.
    """

    key: tuple[str | int, ...]
    action: str
    title: str
    steps: tuple[str, ...]
    jobs: tuple[tuple[Work, int], ...]
    findings: tuple[int, ...] = ()
    pages: tuple[int, ...] = ()
    stake: tuple[tuple[int, float], ...] = ()
    repair: Repair | None = None
    unsure: str = ""
    fixes: int = 1

    def settling(self, findings: Iterable[int]) -> "Piece":
        """The same work, for further findings."""
        return replace(self, findings=tuple(dict.fromkeys((*self.findings, *findings))))


@dataclass(frozen=True)
class Found:
    """One finding, with its row in the audit's findings and the ids of its pages (-1 where a URL is none)."""

    row: int
    check_id: str
    page: int
    related: int
    value: float
    unit: str
    effort: str
    evidence: str
    fix: str


@dataclass(frozen=True, eq=False)
class Desk:
    """What pieces of work are drawn up from.

    Attributes
    ----------
    audit : Audit
    findings : DataFrame
        Those to be settled, with their row as index, ``page`` and ``related`` (page ids; -1 where the URL is none).
    """

    audit: Audit
    findings: pd.DataFrame

    @classmethod
    def of(cls, audit: Audit, findings: pd.DataFrame) -> "Desk":
        """The desk of an audit, for some of its findings."""
        ids = pd.Series(np.arange(len(audit.graph)), index=audit.metrics["url"].to_numpy())
        known = {
            name: findings[column].map(ids).fillna(-1).astype("int64")
            for name, column in (("page", "url"), ("related", "related_url"))
        }
        return cls(audit, findings.assign(**known))

    @property
    def metrics(self) -> pd.DataFrame:
        """Metrics of the audit."""
        return self.audit.metrics

    @cached_property
    def urls(self) -> list[str]:
        """URL of each page."""
        return [str(url) for url in self.audit.graph.urls]

    @cached_property
    def live(self) -> npt.NDArray[np.bool_]:
        """Indexable pages that stand for themselves."""
        graph = self.audit.graph
        return np.asarray(graph.indexable & graph.stands, dtype=bool)

    @cached_property
    def relevance(self) -> Relevance | None:
        """Of the site's pages for each other; None where no text is known."""
        has_text = self.audit.facts.words is not None and len(self.audit.facts.words.corpus) > 1
        return self.audit.relevance if has_text else None

    def of_checks(self, *checks: str) -> pd.DataFrame:
        """Findings of some checks, worst first."""
        return self.findings[self.findings["check_id"].isin(checks)]

    def each(self, table: pd.DataFrame) -> list[Found]:
        """Findings one by one."""
        columns = [table[name].tolist() for name in (each.name for each in fields(Found)) if name != "row"]
        found = [
            Found(int(row), *values) for row, *values in zip(table.index.tolist(), *columns, strict=True)
        ]
        return [
            replace(
                each,
                evidence=Note(each.evidence, "evidence", each.check_id),
                fix=Note(each.fix, "fix", each.check_id),
            )
            for each in found
        ]

    def path(self, page: int) -> str:
        """Path of a page, as people read it."""
        return path_of(self.urls[page])

    def rows(self, table: pd.DataFrame) -> tuple[int, ...]:
        """Rows of the audit's findings that these are."""
        return tuple(int(row) for row in table.index)


def path_of(url: str) -> str:
    """Path and query of a URL."""
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def some(names: Sequence[str], most: int = SHOWN) -> str:
    """Names in a line, the first ones where there are many.

    Examples
    --------
    >>> some(["/a/", "/b/"]), some([f"/{n}/" for n in range(13)], 2)
    ('/a/, /b/', '/0/, /1/ and 11 more')
    """
    rest = len(names) - most
    if rest <= 0:
        return ", ".join(names)
    return sentence("{names} and {number} more", names=", ".join(names[:most]), number=rest)


def page_count(number: int) -> Sentence:
    """So many pages, as part of a sentence."""
    return plural("{number} page", "{number} pages", number)


def quoted(text: str) -> Sentence:
    """Words of a link in quotation marks, or that there are none."""
    return sentence("“{text}”", text=text) if text else sentence("“no text”")


def batches(table: pd.DataFrame, size: int = BATCH) -> list[pd.DataFrame]:
    """A table in parts of at most `size` rows."""
    return [table.iloc[begin : begin + size] for begin in range(0, len(table), size)]


def unique(pages: Iterable[int]) -> tuple[int, ...]:
    """Page ids, each once, in order; what is no page left out."""
    return tuple(dict.fromkeys(int(page) for page in pages if page >= 0))


def as_ids(rows: Iterable[int]) -> Ids:
    """Whole numbers as an array."""
    return np.fromiter(rows, dtype=np.int64)
