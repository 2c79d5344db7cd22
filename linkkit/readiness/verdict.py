"""The verdict: may backlinks be built to this site now, and what decides it.

The first of these rules that holds gives the verdict (`RULES` says them to people, with the gates that decide):

1. inconclusive: the data gate fails, or a gate cannot be judged because the links are not known well enough.
2. not ready: a gate is missed by more than ``not_ready_gap`` of all that it counts.
3. fix first: a gate is missed.
4. inconclusive: none is missed, but one of the two gates on money pages (`NEEDED`) cannot be judged.
5. ready: every gate that can be judged holds.

A gate that could not be judged for want of a file never counts as held: the verdict names it. A gate is only judged where it comes out
the same whatever the unseen pages hold, so that an incomplete crawl decides where it matters, and only there.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

import pandas as pd

from linkkit.audit import Audit
from linkkit.plan.headline import entry_words, plan_headline
from linkkit.readiness.gates import CAPTURED, DATA, KINDS, MONEY, Because, Gate, State
from linkkit.readiness.judging import gates_of
from linkkit.readiness.view import Basis
from linkkit.sentence import Sentence, joined, plural, sentence
from linkkit.thresholds import Thresholds


class Verdict(StrEnum):
    """May backlinks be built now."""

    READY = "ready"
    FIX_FIRST = "fix first"
    NOT_READY = "not ready"
    INCONCLUSIVE = "inconclusive"


WHOSE = "the plan's"
RULES = (
    "inconclusive: the links cannot be seen (too few pages reached, links that need JavaScript, nothing crawled, a single page), or a gate "
    "cannot be judged because they are not known well enough (an incomplete crawl, pages that nobody requested). These gates decide.",
    "not ready: a gate is missed by more than the limit Not ready gap (a quarter, unless changed) of all that it counts. These gates decide.",
    "fix first: a gate is missed. All that are missed decide.",
    "inconclusive: no gate is missed, but where money pages lie, or what reaches them, cannot be judged.",
    "ready: every gate that can be judged holds, the two on money pages among them.",
)
"""The rules in their order: the first that holds gives the verdict."""
NEEDED = (MONEY, CAPTURED)
"""Gates without which no site is called ready."""
GATE_THRESHOLDS = (*dict.fromkeys(name for kind in KINDS.values() for name in (kind.threshold, *kind.others)), "not_ready_gap")  # fmt: skip
"""Every threshold that gates and rules read, in the order of the gates."""


@dataclass(frozen=True)
class Ruling:
    """What the rules make of the gates.

    Attributes
    ----------
    verdict : Verdict
    rule : int
        Number of the rule that gave it.
    decided_by : tuple of str
        Ids of the gates that decide; none for ``ready``.
    """

    verdict: Verdict
    rule: int
    decided_by: tuple[str, ...]


def rule(gates: tuple[Gate, ...], t: Thresholds) -> Ruling:
    """Apply the rules of this module to judged gates."""
    unseen = [gate.id for gate in gates if _is_unseen(gate)]
    if unseen:
        return Ruling(Verdict.INCONCLUSIVE, 1, tuple(unseen))
    failed = [gate for gate in gates if gate.state is State.FAIL]
    far = [gate.id for gate in failed if gate.missed_by > t.not_ready_gap + 1e-9]
    if far:
        return Ruling(Verdict.NOT_READY, 2, tuple(far))
    if failed:
        return Ruling(Verdict.FIX_FIRST, 3, tuple(gate.id for gate in failed))
    lacking = [gate.id for gate in gates if gate.id in NEEDED and gate.state is State.UNJUDGED]
    if lacking:
        return Ruling(Verdict.INCONCLUSIVE, 4, tuple(lacking))
    return Ruling(Verdict.READY, 5, ())


def _is_unseen(gate: Gate) -> bool:
    if gate.id == DATA:
        return gate.state is State.FAIL
    return gate.state is State.UNJUDGED and gate.because is Because.DATA


@dataclass(frozen=True, eq=False)
class Readiness:
    """The verdict on one audit, the gates it rests on, and how firm it is.

    Attributes
    ----------
    audit : Audit
    basis : Basis
        What does not depend on thresholds, the link plan among it.
    thresholds : Thresholds
    gates : tuple of Gate
        In the order of `linkkit.readiness.gates.KINDS`.
    ruling : Ruling
    """

    audit: Audit
    basis: Basis
    thresholds: Thresholds
    gates: tuple[Gate, ...]
    ruling: Ruling

    def __repr__(self) -> str:
        return f"Readiness({self.audit.site.start_url}: {self.ruling.verdict}, decided by {', '.join(self.ruling.decided_by) or 'all gates'})"

    @classmethod
    def of(cls, audit: Audit, basis: Basis, thresholds: Thresholds | None = None) -> "Readiness":
        """Judge an audit, under its own thresholds or others."""
        t = thresholds or audit.thresholds
        gates = gates_of(audit, basis.view, basis.plan, t, lacks=basis.lacks)
        return cls(audit, basis, t, gates, rule(gates, t))

    def under(self, thresholds: Thresholds) -> "Readiness":
        """The same site judged under other thresholds; plan and metrics stay, and no check runs again."""
        return Readiness.of(self.audit, self.basis, thresholds)

    @property
    def verdict(self) -> Verdict:
        """``ready``, ``fix first``, ``not ready`` or ``inconclusive``, by the rules of this module."""
        return self.ruling.verdict

    @property
    def decided_by(self) -> tuple[Gate, ...]:
        """The gates that decide."""
        return tuple(gate for gate in self.gates if gate.id in self.ruling.decided_by)

    @property
    def unjudged(self) -> tuple[Gate, ...]:
        """Gates that could not be judged."""
        return tuple(gate for gate in self.gates if gate.state is State.UNJUDGED)

    @property
    def captured(self) -> float:
        """Share of all authority that reaches money pages today; NaN where none are known."""
        return self.basis.view.captured

    @property
    def after(self) -> float:
        """The same with the plan's links; NaN where there is no plan."""
        return self.basis.view.after

    @property
    def headline(self) -> str:
        """What a backlink brings today and after the plan, in a sentence; or why that cannot be said."""
        if self.basis.plan is None:
            return joined((sentence("What a backlink brings to money pages cannot be said."), self.basis.lacks), " ")  # fmt: skip
        assumed = self.audit.authority.entry.basis == "start page"
        more = " No backlinks are known: everything is taken to enter at the start page." if assumed else ""
        # Exports say it by `linkkit.deck.story.readiness.plan_sentence`.
        return f"{plan_headline(self.basis.plan, entry_words(self.audit), whose=WHOSE)}.{more}"

    @property
    def sentence(self) -> Sentence:
        """The verdict and what decides it, in a sentence."""
        deciding = self.decided_by
        number, judged = len(deciding), len(self.gates) - len(self.unjudged)
        if self.verdict is Verdict.READY:
            if self.unjudged:
                return plural("Ready as far as it can be judged: the only gate that can be judged holds.", "Ready as far as it can be judged: the {number} gates that can be judged hold.", judged)  # fmt: skip
            return plural("Ready: the only gate holds.", "Ready: all {number} gates hold.", judged)
        if self.ruling.rule == 1:
            certain = [sentence(gate.title) for gate in self.gates if gate.state is State.FAIL and gate.id != DATA]  # fmt: skip
            said = sentence("Inconclusive: {reasons}.", reasons=_reasons(deciding))
            more = sentence("What is missed already: {gates}.", gates=joined(certain)) if certain else ""
            return joined((said, more), " ")
        if self.verdict is Verdict.INCONCLUSIVE:
            return sentence("Inconclusive: no gate that can be judged is missed, but {reasons}.", reasons=_reasons(deciding))  # fmt: skip
        said = joined([gate.evidence for gate in deciding])
        if self.verdict is Verdict.NOT_READY:
            return plural("Not ready: {number} gate is far from its limit: {said}.", "Not ready: {number} gates are far from their limits: {said}.", number, said=said)  # fmt: skip
        return plural("Fix first: {number} of {all} gates does not hold: {said}.", "Fix first: {number} of {all} gates do not hold: {said}.", number, all=len(self.gates), said=said)  # fmt: skip

    @property
    def caveat(self) -> str:
        """What could not be judged and why; empty where everything was."""
        rest = [gate for gate in self.unjudged if gate.id not in self.ruling.decided_by]
        if not rest:
            return ""
        named = [
            sentence("{gate} ({reason})", gate=sentence(gate.title), reason=gate.reason) for gate in rest
        ]
        return sentence("Not judged, and no all-clear: {gates}.", gates=joined(named))

    @property
    def table(self) -> pd.DataFrame:
        """One row per gate: ``gate`` (id), ``title``, ``state``, ``value``, ``limit`` (shares 0-1; value NaN where nothing is counted), ``right``, ``total``, ``evidence``, ``distance``, ``decides`` (bool), ``threshold`` (name)."""
        return pd.DataFrame(
            {
                "gate": [gate.id for gate in self.gates],
                "title": [gate.title for gate in self.gates],
                "state": [str(gate.state) for gate in self.gates],
                "value": [gate.value for gate in self.gates],
                "limit": [gate.limit for gate in self.gates],
                "right": [gate.right for gate in self.gates],
                "total": [gate.total for gate in self.gates],
                "evidence": [gate.evidence for gate in self.gates],
                "distance": [gate.distance for gate in self.gates],
                "decides": [gate.id in self.ruling.decided_by for gate in self.gates],
                "threshold": [KINDS[gate.id].threshold for gate in self.gates],
            }
        ).astype({"value": "float64", "limit": "float64"})

    @cached_property
    def robustness(self) -> pd.DataFrame:
        """Whether the verdict holds where nobody can prove the model, the crawl or the files.

        Returns
        -------
        DataFrame
            One row per variant: ``variant``, ``kind`` (`linkkit.readiness.view.KINDS`), ``verdict``, ``flips`` (another than the
            audit's own), ``captured``, ``after`` (shares 0-1 of all authority, today and with the plan's links), ``because`` (what
            decides there; empty where it does not flip).
        """
        rows = []
        for label, kind, view in self.basis.variants:
            gates = gates_of(self.audit, view, self.basis.plan, self.thresholds, lacks=self.basis.lacks)
            ruling = rule(gates, self.thresholds)
            flips = ruling.verdict is not self.verdict
            rows.append((label, kind, str(ruling.verdict), flips, view.captured, view.after, _because(gates, ruling) if flips else ""))  # fmt: skip
        columns = ["variant", "kind", "verdict", "flips", "captured", "after", "because"]
        # Sentences stay sentences in columns of objects; as texts they could not be said in another language.
        return pd.DataFrame(rows, columns=columns, dtype="object").astype({"kind": "str", "verdict": "str", "flips": "bool", "captured": "float64", "after": "float64"})  # fmt: skip

    @property
    def holds(self) -> Sentence:
        """Under how many variants the verdict is the same, and under which it is not, in a sentence or two."""
        table = self.robustness
        flips = table[table["flips"]]
        if flips.empty:
            return plural("The verdict is the same under the only variant tried.", "The verdict is the same under all {number} variants tried (damping, link weights, what domains are worth, less of the site crawled, one file missing).", len(table))  # fmt: skip
        said = joined(
            sentence("{verdict} ({variants})", verdict=sentence(str(verdict)), variants=joined(rows["variant"], ", "))
            for verdict, rows in flips.groupby("verdict", sort=False)
        )  # fmt: skip
        return plural("The verdict is the same under {same} of {number} variant tried. It would be {said}.", "The verdict is the same under {same} of {number} variants tried. It would be {said}.", len(table), same=len(table) - len(flips), said=said)  # fmt: skip

    def summary(self) -> dict[str, Any]:
        """The verdict for a manifest, in types that JSON knows; None where a number is not known."""
        return {
            "verdict": str(self.verdict),
            "sentence": self.sentence,
            "headline": self.headline,
            "decided_by": list(self.ruling.decided_by),
            "captured": _number(self.captured),
            "after_plan": _number(self.after),
            "gates": {
                gate.id: {
                    "state": str(gate.state),
                    "value": _number(gate.value),
                    "limit": gate.limit,
                    "right": gate.right,
                    "total": gate.total,
                    "evidence": gate.evidence,
                    "distance": gate.distance,
                    "reason": gate.reason,
                }
                for gate in self.gates
            },
        }


def readiness_of(audit: Audit) -> Readiness:
    """The verdict on an audit; what does not depend on thresholds is taken from ``audit.readiness_basis``."""
    return Readiness.of(audit, audit.readiness_basis)


def _because(gates: tuple[Gate, ...], ruling: Ruling) -> Sentence:
    deciding = [gate for gate in gates if gate.id in ruling.decided_by]
    return _reasons(deciding) or sentence("every gate that can be judged holds")


def _reasons(gates: Iterable[Gate]) -> Sentence:
    """Why gates cannot be judged, else what they counted; what several say is said once."""
    return joined(dict.fromkeys(gate.reason or gate.evidence for gate in gates))


def _number(value: float) -> float | None:
    return None if pd.isna(value) else float(value)
