"""Quick wins: one ranked list over all chapters and the link plan, by what each piece of work brings for an hour of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from linkkit.audit import Audit
from linkkit.checks.registry import CHAPTERS
from linkkit.plan import decisions, faults, linking
from linkkit.plan.advice import link_plan
from linkkit.plan.effort import SEVERITY_WORTH, WORK_WORDS, EffortModel, ImpactWeights, Work
from linkkit.plan.link_plan import LinkPlan
from linkkit.plan.pieces import BATCH, SHOWN, Desk, Piece, page_count
from linkkit.plan.repairs import Trial, Trials, together
from linkkit.schema import Severity
from linkkit.sentence import Note, Sentence, capital, joined, plural, sentence

PLAN_CHAPTER = "plan"
CHAPTER_TITLES = {**CHAPTERS, PLAN_CHAPTER: "Link plan"}
"""Chapters that wins come from, in their order."""
LISTED_SEVERITIES = (Severity.HIGH, Severity.MEDIUM, Severity.LOW)
EXACT = 200
"""Repairs that are solved; of more the rest is told to first order, or not at all, and says so."""
PLAN_LINKS = 20
TRAFFIC = ("clicks", "sessions")
"""Signals that tell traffic; each as a share of the site's own, their mean counts."""
_GAIN_DIGITS = 12
"""What rounding leaves of a change that brings nothing is none: else it would be the largest gain where all others are 0."""
SOLVED = sentence("exact: the site solved again with the change")
FIRST_ORDER = sentence("to first order")
UNSOLVED = sentence("not solved: more wins than are solved at once")

COLUMNS: dict[str, str] = {
    "win": "str",
    "rank": "int64",
    "action": "str",
    "title": "str",
    "instructions": "str",
    "chapter": "str",
    "checks": "str",
    "findings": "int64",
    "severity": "str",
    "gain": "float64",
    "gain_note": "str",
    "traffic": "float64",
    "clicks": "float64",
    "sessions": "float64",
    "clicks_saved": "float64",
    "reached": "int64",
    "pages": "int64",
    "fixes": "int64",
    "work": "str",
    "effort": "str",
    "hours": "float64",
    "confidence": "str",
    "unsure": "str",
    "value": "float64",
    "per_hour": "float64",
    "examples": "str",
}
"""Columns of `QuickWins.table`, with their pandas types; the same when there is nothing to do."""


@dataclass(frozen=True, eq=False)
class QuickWins:
    """The ranked list and what it rests on.

    Attributes
    ----------
    table : DataFrame
        One row per win, best first: ``win`` (short name), ``rank``, ``action``, ``title``, ``instructions`` (lines), ``chapter`` (of its worst
        finding; ``plan`` where only the link plan asks for it), ``checks``, ``findings`` (count), ``severity`` (the worst); ``gain``
        (change of the share of all authority that reaches the goal, alone; NaN where it is not known), ``gain_note`` (how it is known),
        ``traffic`` (share of the site's clicks and sessions at stake, 0-1; NaN without signals), ``clicks``, ``sessions`` (at stake),
        ``clicks_saved`` (over all indexable pages), ``reached`` (pages that come into reach), ``pages`` (that it changes or helps),
        ``fixes`` (pages put right by one change), ``work``, ``effort`` (in words), ``hours``, ``confidence``, ``unsure`` (what must be
        confirmed, or why it cannot be simulated), ``value`` (0-1), ``per_hour``, ``examples`` (URLs, one a line).
    pieces : tuple of Piece
        The work behind each row.
    trials : Trials
        What gains are solved with.
    weights : ImpactWeights
    effort : EffortModel
    notes : tuple of str
        What is left out, and what weakens the list.
    """

    table: pd.DataFrame
    pieces: tuple[Piece, ...]
    trials: Trials
    weights: ImpactWeights
    effort: EffortModel
    notes: tuple[str, ...] = ()

    @property
    def audit(self) -> Audit:
        """The audit they are drawn up from."""
        return self.trials.audit

    @property
    def affected(self) -> pd.DataFrame:
        """One row per win and page that it changes or helps: ``win``, ``url``."""
        urls = self.audit.graph.urls
        rows = [
            (win, str(urls[page]))
            for win, piece in zip(self.table["win"], self.pieces, strict=True)
            for page in piece.pages
        ]
        return pd.DataFrame(rows, columns=["win", "url"], dtype="str")

    def only(
        self,
        *,
        chapters: Iterable[str] | None = None,
        work: Iterable[str] | None = None,
        most: int | None = None,
    ) -> "QuickWins":
        """The wins of some chapters, or kinds of work, the best `most` of them; ranks stay."""
        kept = pd.Series(True, index=self.table.index)
        if chapters is not None:
            kept &= self.table["chapter"].isin(list(chapters))
        if work is not None:
            kept &= self.table["work"].isin([str(each) for each in work])
        chosen = self.table[kept].head(most if most is not None else len(self.table))
        pieces = tuple(self.pieces[place] for place in chosen.index)
        return QuickWins(
            chosen.reset_index(drop=True), pieces, self.trials, self.weights, self.effort, self.notes
        )

    def ranked(
        self, *, weights: ImpactWeights | None = None, effort: EffortModel | None = None
    ) -> "QuickWins":
        """The same wins under other weights or hours: nothing is solved again."""
        return _ranked(
            self.table, self.pieces, self.trials, weights or self.weights, effort or self.effort, self.notes
        )


def quick_wins(
    audit: Audit,
    *,
    plan: LinkPlan | None = None,
    weights: ImpactWeights | None = None,
    effort: EffortModel | None = None,
    severities: Sequence[str] = LISTED_SEVERITIES,
    exact: int = EXACT,
) -> QuickWins:
    """What to do first: every finding and every link of the plan as a piece of work, by value for an hour of it.

    Findings that the same work settles are one win: what concerns one page, and what one change of a template puts right on
    many. Value is a weighted sum of four measures, each against the largest of any win: authority that money pages gain (the site
    solved again with the change), traffic at stake, clicks saved, severity (`ImpactWeights.formula`).

    Parameters
    ----------
    audit : Audit
    plan : LinkPlan, optional
        Made with the default settings without it; left out where no money pages are known or no text was kept.
    weights : ImpactWeights, optional
    effort : EffortModel, optional
        Hours of each kind of work.
    severities : sequence of str
        Findings that count; those of severity info are remarks, not work.
    exact : int
        Repairs solved at most, the most promising first.

    Returns
    -------
    QuickWins
        Ties go to the worse severity, then the larger gain, then the title.

    Notes
    -----
    Gains are those of each win alone; what several bring together is the work plan's to tell (`linkkit.plan.work_plan`).
    """
    every = audit.findings
    kept = every[every["severity"].isin([str(each) for each in severities])]
    desk = Desk.of(audit, kept)
    broken = faults.Faults(desk)
    trials = Trials.of(audit, broken.targets)
    links, why = _plan_links(audit, desk, plan)
    rest = decisions.Decisions(desk)
    drawn = [
        *broken.pieces(trials),
        *linking.Linking(desk, trials, links).pieces(),
        *rest.pieces((*faults.CHECKS, *linking.CHECKS)),
    ]
    told = {row for piece in drawn for row in piece.findings}
    pieces = _merged([*drawn, *rest.others(desk.findings[~desk.findings.index.isin(told)])])
    notes = _notes(audit, every, kept, trials, why)
    table = _measured(desk, trials, pieces, exact)
    return _ranked(table, tuple(pieces), trials, weights or ImpactWeights(), effort or EffortModel(), notes)


def _plan_links(audit: Audit, desk: Desk, plan: LinkPlan | None) -> tuple[pd.DataFrame, str]:
    """Links of the plan, with words; and why there are none."""
    none = pd.DataFrame({"source_id": pd.Series(dtype="int64"), "target_id": pd.Series(dtype="int64")})
    if plan is not None:
        return plan.links, ""
    if not audit.authority.money.any():
        return none, sentence("No money pages are known: the link plan adds nothing to the list, and gains are measured at all indexable pages.")  # fmt: skip
    if desk.relevance is None:
        return none, sentence("The text of the pages is not known: links to add are offered from hubs only, without words.")  # fmt: skip
    return link_plan(audit, PLAN_LINKS, relevance=desk.relevance).links, ""


def _merged(pieces: Iterable[Piece]) -> list[Piece]:
    """Each key once, with the findings of all its pieces; losses go to the work that mends the link they go through."""
    merged: dict[tuple[str | int, ...], Piece] = {}
    alias: dict[tuple[str | int, ...], tuple[str | int, ...]] = {}
    for piece in pieces:
        key = piece.key if piece.key in merged else alias.get(piece.key, piece.key)
        if key in merged:
            merged[key] = merged[key].settling(piece.findings)
            continue
        merged[key] = piece
        if len(key) == 4 and isinstance(key[1], int):  # one template's links to one page
            for kind in ("dead", "nofollow"):
                alias.setdefault((kind, key[1]), key)
    return _batched(list(merged.values()))


def _batched(pieces: list[Piece]) -> list[Piece]:
    """Edits of single links, where there are many of one kind, in batches: nobody wants a ticket for each."""
    kinds: dict[tuple[str, str], list[Piece]] = {}
    for piece in pieces:
        if len(piece.jobs) == 1 and piece.jobs[0][0] is Work.REWORD and piece.repair is not None:
            kinds.setdefault((piece.action, str(piece.key[0])), []).append(piece)
    crowd = {id(piece) for own in kinds.values() if len(own) > BATCH for piece in own}
    kept = [piece for piece in pieces if id(piece) not in crowd]
    for (action, kind), own in kinds.items():
        if len(own) > BATCH:
            ordered = sorted(own, key=lambda piece: piece.findings)
            kept += [
                _batch(action, kind, ordered[begin : begin + BATCH]) for begin in range(0, len(own), BATCH)
            ]
    return kept


def _batch(action: str, kind: str, pieces: list[Piece]) -> Piece:
    edits = sum(times for piece in pieces for _, times in piece.jobs)
    title = plural("{action}: {number} link to {pages}", "{action}: {number} links to {pages}", edits, action=capital(sentence(action)), pages=page_count(len(pieces)))  # fmt: skip
    repairs = [piece.repair for piece in pieces if piece.repair is not None]
    return Piece(
        key=("batch", kind, *pieces[0].key[1:]),
        action=action,
        title=title,
        steps=tuple(step for piece in pieces for step in piece.steps),
        jobs=((Work.REWORD, edits),),
        findings=tuple(dict.fromkeys(row for piece in pieces for row in piece.findings)),
        pages=tuple(dict.fromkeys(page for piece in pieces for page in piece.pages)),
        stake=tuple(each for piece in pieces for each in piece.stake),
        repair=together(repairs),
        unsure=joined(dict.fromkeys(piece.unsure for piece in pieces)),
        fixes=sum(piece.fixes for piece in pieces),
    )


def _notes(
    audit: Audit, every: pd.DataFrame, kept: pd.DataFrame, trials: Trials, why: str
) -> tuple[str, ...]:
    notes: list[str] = [sentence("Gains are of {goal}, each win alone.", goal=sentence(trials.goal))]
    if not audit.manifest.complete:
        stopped = Note(str(audit.manifest.stopped_by), "stopped")
        notes.append(sentence("The crawl is incomplete ({why}): work on pages that were not seen is missing.", why=stopped))  # fmt: skip
    notes += [why] if why else []
    unknown = [name for name in TRAFFIC if audit.metrics[name].fillna(0.0).sum() <= 0]
    if unknown:
        notes.append(
            sentence("No data on search clicks and sessions: traffic does not count.")
            if len(unknown) == len(TRAFFIC)
            else sentence("No data on search clicks: traffic rests on sessions.")
            if unknown == [TRAFFIC[0]]
            else sentence("No data on sessions: traffic rests on search clicks.")
        )
    unjudged = audit.checks[audit.checks["state"].isin(["not_applicable", "error"])]
    if len(unjudged):
        notes.append(plural("{number} check could not be judged; what it would find is missing here.", "{number} checks could not be judged; what they would find is missing here.", len(unjudged)))  # fmt: skip
    if left := len(every) - len(kept):
        notes.append(plural("{number} finding of a severity that is not asked for is left out.", "{number} findings of a severity that is not asked for are left out.", left))  # fmt: skip
    return tuple(notes)


# Measures


def _measured(desk: Desk, trials: Trials, pieces: Sequence[Piece], exact: int) -> pd.DataFrame:
    """All columns but those of the ranking."""
    columns = [desk.findings[name].astype(str).tolist() for name in ("severity", "chapter", "check_id")]
    facts = dict(zip(desk.findings.index.tolist(), zip(*columns, strict=True), strict=True))
    order = list(Severity)
    rows = []
    for piece, (trial, note) in zip(pieces, _tried(trials, pieces, exact), strict=True):
        own = [facts[row] for row in piece.findings]
        worst = min((Severity(each[0]) for each in own), key=order.index, default=Severity.INFO)
        chapter = next((each[1] for each in own if each[0] == worst), PLAN_CHAPTER)
        rows.append(
            {
                "action": piece.action,
                "title": piece.title,
                "instructions": "\n".join(piece.steps),
                "chapter": chapter,
                "checks": ", ".join(dict.fromkeys(each[2] for each in own)),
                "findings": len(own),
                "severity": str(worst),
                "gain": round(trial.gain, _GAIN_DIGITS),
                "gain_note": note,
                "clicks_saved": trial.clicks_saved,
                "reached": trial.reached,
                "pages": len(piece.pages),
                "fixes": piece.fixes,
                "work": str(piece.jobs[0][0]),
                "effort": effort_words(piece),
                "confidence": "low" if piece.repair is None else "medium" if piece.unsure else "high",
                "unsure": piece.unsure,
                "examples": "\n".join(desk.urls[page] for page in piece.pages[:SHOWN]),
            }
        )
    table = pd.DataFrame(rows, columns=[name for name in COLUMNS if name not in (*TRAFFIC, "traffic")])
    return pd.concat([table, _traffic(desk, pieces)], axis=1)


def effort_words(piece: Piece) -> Sentence:
    """What a piece of work takes, in words: each kind, and how often."""
    return joined(
        sentence(WORK_WORDS[work]) if times == 1 else sentence("{times} x {work}", times=times, work=sentence(WORK_WORDS[work]))
        for work, times in piece.jobs
    )  # fmt: skip


def _tried(trials: Trials, pieces: Sequence[Piece], exact: int) -> list[tuple[Trial, str]]:
    """What each brings, and how that is known."""
    first = [trials.first_order(piece.repair) if piece.repair is not None else np.nan for piece in pieces]
    order = sorted(
        (place for place, piece in enumerate(pieces) if piece.repair is not None),
        key=lambda place: (_promise(pieces[place], first[place]), place),
    )
    solved = set(order[:exact])
    found = []
    for place, piece in enumerate(pieces):
        if piece.repair is None:
            found.append((_UNKNOWN, piece.unsure or sentence("cannot be simulated")))
        elif place in solved:
            found.append((trials.tried(piece.repair), SOLVED))
        else:
            note = UNSOLVED if np.isnan(first[place]) else FIRST_ORDER
            found.append((Trial(first[place], np.nan, 0), note))
    return found


_UNKNOWN = Trial(float("nan"), float("nan"), 0)


def _promise(piece: Piece, first: float) -> tuple[bool, float]:
    """What is solved first, the smallest first: repairs of many pages, then links that bring much to first order."""
    return (not np.isnan(first), -piece.fixes if np.isnan(first) else -abs(first))


def _traffic(desk: Desk, pieces: Sequence[Piece]) -> pd.DataFrame:
    """Traffic at stake: ``clicks``, ``sessions`` (NaN where none are known) and ``traffic`` (mean share of the site's own)."""
    columns = {}
    for name in TRAFFIC:
        values = desk.metrics[name].fillna(0.0).to_numpy(dtype=float)
        known = values.sum() > 0
        columns[name] = [
            sum(values[page] * share for page, share in piece.stake) if known else np.nan for piece in pieces
        ]
    table = pd.DataFrame(columns, index=range(len(pieces)), dtype="float64")
    totals = desk.metrics[list(TRAFFIC)].fillna(0.0).sum()
    shares = table / totals.where(totals > 0)
    return table.assign(traffic=shares.mean(axis=1, skipna=True))


# Ranking


def _ranked(
    table: pd.DataFrame, pieces: tuple[Piece, ...], trials: Trials, weights: ImpactWeights, effort: EffortModel, notes: tuple[str, ...],
) -> QuickWins:  # fmt: skip
    hours = [
        effort.start + sum(effort.hours(work, times) - effort.start for work, times in piece.jobs)
        for piece in pieces
    ]
    shares = weights.shares()
    worth = table["severity"].map(SEVERITY_WORTH).astype("float64")
    value = (
        shares["gain"] * _against_most(table["gain"])
        + shares["traffic"] * _against_most(table["traffic"])
        + shares["depth"] * _against_most(table["clicks_saved"])
        + shares["severity"] * worth
    )
    scored = table.assign(hours=np.round(np.array(hours, dtype=float), 4), value=value)
    scored["per_hour"] = scored["value"] / scored["hours"].where(scored["hours"] > 0, 1e-3)
    rank = {str(each): place for place, each in enumerate(Severity)}
    order = scored.assign(
        by=-scored["per_hour"].round(9),
        bad=scored["severity"].map(rank),
        less=-scored["gain"].fillna(0.0),
    ).sort_values(["by", "bad", "less", "title", "instructions"], kind="stable")
    ranked = scored.loc[order.index].assign(rank=range(1, len(scored) + 1))
    width = max(3, len(str(len(ranked))))
    ranked["win"] = [f"QW-{number:0{width}d}" for number in ranked["rank"]]
    done = ranked[list(COLUMNS)].astype(COLUMNS).reset_index(drop=True)
    return QuickWins(done, tuple(pieces[place] for place in order.index), trials, weights, effort, notes)


def _against_most(values: pd.Series) -> pd.Series:
    """Each value against the largest, at least -1; 0 where it is not known or nothing is above 0."""
    most = values.max()
    if not most > 0:
        return pd.Series(0.0, index=values.index)
    return (values / most).fillna(0.0).clip(lower=-1.0)
