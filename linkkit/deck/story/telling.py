"""What every chapter of a story needs: the audit, the language, and how pages, shares and findings are written in it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from linkkit.audit import Audit
from linkkit.charts.answers import verdict_on
from linkkit.checks import CHECKS
from linkkit.checks.registry import CHAPTERS
from linkkit.deck.language import Language
from linkkit.deck.story import terms
from linkkit.deck.story.parts import Chart, Role, Series, Slide, Tone
from linkkit.plan import LinkPlan, QuickWins, quick_wins
from linkkit.schema import CheckState, Severity
from linkkit.thresholds import knobs
from linkkit.wording import distinct, short_url, shorten

MOST_ROWS = 10
"""Rows of a table on a slide."""
MOST_CATEGORIES = 12
"""Categories of a chart."""
UNJUDGED = (str(CheckState.NOT_APPLICABLE), str(CheckState.ERROR))
"""States of a check that came to no judgement."""
_RANK = {str(severity): place for place, severity in enumerate(Severity)}


@dataclass(frozen=True, eq=False)
class Telling:
    """One audit to be told in one language.

    Attributes
    ----------
    audit : Audit
    lang : Language
    given_wins : QuickWins or None
        Quick wins, where they are at hand already.
    """

    audit: Audit
    lang: Language
    given_wins: QuickWins | None = None

    @property
    def plan(self) -> LinkPlan | None:
        """The link plan that the verdict rests on; None where none can be made."""
        return self.audit.readiness.basis.plan

    @cached_property
    def wins(self) -> QuickWins:
        """The order of work."""
        return self.given_wins or quick_wins(self.audit, plan=self.plan)

    # Names

    def chapter(self, chapter: str) -> str:
        """Name of a chapter."""
        return self.lang.text(CHAPTERS[chapter])

    def page(self, url: str, letters: int = 44) -> str:
        """Path of a page, short enough for a sentence or an axis."""
        return short_url(url, letters)

    def pages(self, urls: Iterable[str], letters: int = 34) -> tuple[str, ...]:
        """Paths of pages as categories of a chart, none twice."""
        return tuple(distinct([short_url(url, letters) for url in urls]))

    def names(self, names: Iterable[str], letters: int = 30) -> tuple[str, ...]:
        """Sections or clusters as categories of a chart, none twice."""
        return tuple(distinct([self.name(name, letters) for name in names]))

    def name(self, name: str, letters: int = 30) -> str:
        """A section or a cluster; what stands for none of them in the language."""
        if name in terms.OTHER_SECTIONS:
            return self.lang.text(name)
        return shorten(name, letters)

    # Numbers

    def units(self, share: float) -> str:
        """A share of all authority as units of a hundred, with a digit behind the point where it tells something."""
        return self.lang.units(share)

    def tenths(self, value: float) -> str:
        """A number with one digit behind the point."""
        return self.lang.number(value, 1)

    @property
    def clicks_limit(self) -> str:
        """The deepest that a page may lie."""
        return terms.quantity(self.lang, self.audit.thresholds.max_crawl_depth, "clicks")

    # Findings and checks

    def findings(self, chapter: str | None = None) -> pd.DataFrame:
        """Findings of a chapter or of all, worst first."""
        found = self.audit.findings
        return found if chapter is None else found[found["chapter"] == chapter]

    def number(self, *checks: str) -> int:
        """Findings of some checks together."""
        return int(self.audit.findings["check_id"].isin(checks).sum())

    def by_check(self, chapter: str | None = None) -> pd.DataFrame:
        """``check_id``, ``severity`` (worst) and ``findings`` of each check that found something, worst first."""
        found = self.findings(chapter)
        ranked = found.assign(rank=found["severity"].map(_RANK))
        table = ranked.groupby("check_id", sort=False).agg(
            rank=("rank", "min"), findings=("url", "size"), impact=("impact", "max")
        )
        table = table.sort_values(["rank", "impact", "findings"], ascending=[True, False, False], kind="stable")  # fmt: skip
        worst = [str(list(Severity)[int(rank)]) for rank in table["rank"]]
        return table.assign(severity=worst).reset_index()[["check_id", "severity", "findings"]]

    def tone(self, chapter: str) -> Tone:
        """Whether what a chapter found is good news."""
        return verdict_on(self.audit, chapter)

    def todo(self, chapter: str) -> str:
        """What to do about the worst that a chapter found."""
        table = self.by_check(chapter)
        if table.empty:
            return ""
        check = CHECKS.get(str(table["check_id"].iloc[0]))
        if check is None:
            return ""
        title, fix = self.lang.text(check.title), self.lang.text(check.fix)
        return self.lang.text("{title}. For each one: {fix}", title=title, fix=fix)

    def unjudged(self, chapter: str | None = None) -> list[tuple[str, str]]:
        """Checks that could not be judged: title and reason."""
        checks = self.audit.checks
        rows = checks[checks["state"].isin(UNJUDGED)]
        if chapter is not None:
            rows = rows[rows["chapter"] == chapter]
        return [
            (self.lang.text(str(row["title"])), self._reason(str(row["state"]), str(row["reason"])))
            for row in rows.to_dict("records")
        ]

    def _reason(self, state: str, given: str) -> str:
        if state == str(CheckState.ERROR):
            return self.lang.text("The check itself broke: {error}", error=shorten(given, 120))
        return terms.reason(self.lang, given)

    def main_slide(
        self, chapter: str, title: str, lines: Iterable[str], chart: Chart | None, *method: str
    ) -> Slide:
        """A chapter's first slide: what it found, what to do about the worst of it, and how that was measured."""
        return Slide(
            name=chapter,
            chapter=chapter,
            title=title,
            kicker=self.chapter(chapter),
            lines=tuple(lines)[:4],
            chart=chart,
            todo=self.todo(chapter),
            tone=self.tone(chapter),
            notes=self.notes(chapter, *method),
        )

    def notes(self, chapter: str, *method: str) -> str:
        """Speaker notes of a chapter: method, thresholds in force, what could not be judged."""
        lang = self.lang
        parts = [*method]
        limits = self._limits(chapter)
        if limits:
            parts.append("\n".join([lang.text("Limits in force:"), *limits]))
        open_ones = self.unjudged(chapter)
        if open_ones:
            said = [lang.text("{title}: {reason}", title=title, reason=why) for title, why in open_ones]
            parts.append("\n".join([lang.text("Not judged, and no all-clear:"), *said]))
        if not self.audit.manifest.complete:
            why = terms.stopped(lang, self.audit.manifest.stopped_by)
            parts.append(lang.text("The crawl is incomplete: {why}. What was not found may still be there.", why=why))  # fmt: skip
        return "\n\n".join(parts)

    def _limits(self, chapter: str) -> list[str]:
        lang, known, t = self.lang, knobs(), self.audit.thresholds
        names = dict.fromkeys(
            name for check in CHECKS.values() if check.chapter == chapter for name in check.thresholds
        )
        return [
            lang.text(
                "{meaning} Limit: {value}.",
                meaning=lang.text(known[name].help),
                value=terms.quantity(lang, float(getattr(t, name)), known[name].unit),
            )
            for name in names
        ]

    @property
    def damping(self) -> str:
        """Damping of the model behind every number on authority."""
        return self.lang.number(self.audit.graph.model.damping, 2)

    @property
    def model(self) -> str:
        """The model behind every number on authority, and where authority enters: a note below a chart."""
        lang, authority = self.lang, self.audit.authority
        landing = int(((authority.entry.shares + authority.entry.lost) > 0).sum())
        if authority.entry.basis == "start page":
            return lang.text(
                "100 units: all authority. No backlinks are known, so it is taken to enter at the start page. A model with damping {damping}, not confirmed by search engines.",
                damping=self.damping,
            )
        return lang.plural(
            "100 units: all authority that enters, by backlinks on {number} page. A model with damping {damping}, not confirmed by search engines.",
            "100 units: all authority that enters, by backlinks on {number} pages. A model with damping {damping}, not confirmed by search engines.",
            landing,
            damping=self.damping,
        )


def series(name: str, values: Iterable[float | None], role: Role = "main") -> Series:
    """A row of numbers; NaN is no number."""
    return Series(name, tuple(float(value) if terms.is_known(value) else None for value in values), role)


def described(title: str, names: Iterable[str], values: Iterable[str]) -> str:
    """Text alternative of a chart with one number a category."""
    return f"{title}: {'; '.join(f'{name}: {value}' for name, value in zip(names, values, strict=True))}"


def described_rows(
    title: str,
    names: Sequence[str],
    rows: Iterable[Series],
    spell: Callable[[float], str],
    *,
    between: str = ", ",
) -> str:
    """Text alternative of a chart with several numbers a category, series by series; what is empty or 0 is left out."""
    parts = [
        f"{row.name}{between}{name}: {spell(value)}"
        for row in rows
        for name, value in zip(names, row.values, strict=True)
        if value
    ]
    return "; ".join([title, *parts])


def described_columns(
    title: str, names: Sequence[str], drawn: Sequence[Series], spell: Callable[[float], str]
) -> str:
    """Text alternative of a chart with several numbers a category, category by category."""
    parts = [
        f"{name}, {each.name}: {spell(value)}"
        for place, name in enumerate(names)
        for each in drawn
        if (value := each.values[place]) is not None
    ]
    return "; ".join([title, *parts])
