"""The verdict told: which gates hold, and what the plan would change."""

from collections.abc import Iterator

import pandas as pd

from linkkit.charts.readiness import TODAY, before_after_table
from linkkit.deck.story import terms
from linkkit.deck.story.parts import Chart, Role, Slide, Table, TableColumn, Tone
from linkkit.deck.story.telling import Telling, described, described_columns, series
from linkkit.readiness import KINDS, Gate, State, Verdict
from linkkit.readiness.gates import ANCHORS, CAPTURED, DATA, HUBS, IMPORTANT, LINKS, MONEY

CHAPTER = "readiness"
_TONES: dict[Verdict, Tone] = {
    Verdict.READY: "good",
    Verdict.FIX_FIRST: "fix",
    Verdict.NOT_READY: "fix",
    Verdict.INCONCLUSIVE: "unknown",
}
_ROLES: dict[State, Role] = {State.PASS: "good", State.FAIL: "bad", State.UNJUDGED: "quiet"}


def readiness_slide(t: Telling) -> Slide:
    """The readiness card: gates with state, value and limit."""
    lang, readiness = t.lang, t.audit.readiness
    gates = readiness.gates
    return Slide(
        name="readiness",
        chapter=CHAPTER,
        title=_held(t),
        kicker=lang.text("Readiness for backlinks"),
        lines=tuple(_lines(t))[:4],
        chart=_chart(t),
        table=Table(
            "readiness",
            lang.text("Gates"),
            (
                TableColumn(lang.text("What must hold"), "text", 2.6),
                TableColumn(lang.text("State"), "text", 1.5),
                TableColumn(lang.text("Value"), "text", 1.0),
                TableColumn(lang.text("Limit"), "text", 1.0),
                TableColumn(lang.text("Counted"), "text", 2.8),
            ),
            tuple(
                (
                    lang.text(gate.title),
                    state_name(t, gate.state),
                    terms.fine_percent(lang, gate.value) if terms.is_known(gate.value) else lang.text("not known"),
                    terms.fine_percent(lang, gate.limit),
                    counted(t, gate),
                )
                for gate in gates
            ),
            len(gates),
            lang.text("A gate that cannot be judged is no all-clear."),
        ),
        tone=verdict_tone(t),
        notes="\n\n".join(_notes(t)),
    )  # fmt: skip


def verdict_tone(t: Telling) -> Tone:
    """Whether the verdict is good news."""
    return _TONES[t.audit.readiness.verdict]


def verdict_sentence(t: Telling) -> str:
    """The verdict in a sentence."""
    lang, readiness = t.lang, t.audit.readiness
    deciding, every = len(readiness.ruling.decided_by), lang.number(len(readiness.gates))
    if readiness.verdict is Verdict.READY:
        if readiness.unjudged:
            return lang.text("Ready for backlinks as far as it can be judged: every judged gate holds")
        return lang.text("Ready for backlinks: all {all} gates hold", all=every)
    if readiness.verdict is Verdict.FIX_FIRST:
        return lang.plural(
            "Fix first, then build backlinks: {number} of {all} gates does not hold",
            "Fix first, then build backlinks: {number} of {all} gates do not hold",
            deciding,
            all=every,
        )
    if readiness.verdict is Verdict.NOT_READY:
        return lang.plural(
            "Not ready for backlinks: {number} of {all} gates is far from its limit",
            "Not ready for backlinks: {number} of {all} gates are far from their limits",
            deciding,
            all=every,
        )
    if readiness.ruling.rule == 1:
        return lang.text("No verdict yet: the site's links are not known well enough")
    return lang.text("No verdict yet: where money pages lie, or what reaches them, is not known")


def _held(t: Telling) -> str:
    """How many gates hold, and how many nobody can judge."""
    lang, readiness = t.lang, t.audit.readiness
    held = lang.number(sum(gate.state is State.PASS for gate in readiness.gates))
    every, unjudged = lang.number(len(readiness.gates)), len(readiness.unjudged)
    if unjudged:
        return lang.text("{held} of {all} gates hold, {unjudged} cannot be judged", held=held, all=every, unjudged=lang.number(unjudged))  # fmt: skip
    return lang.text("{held} of {all} gates hold", held=held, all=every)


def state_name(t: Telling, state: State) -> str:
    """State of a gate as people read it."""
    if state is State.PASS:
        return t.lang.text("holds")
    if state is State.FAIL:
        return t.lang.text("does not hold")
    return t.lang.text("cannot be judged")


def counted(t: Telling, gate: Gate) -> str:
    """What a gate counted; empty where nothing could be."""
    lang, readiness = t.lang, t.audit.readiness
    right, all_of_them = lang.number(gate.right), gate.total
    if gate.id == CAPTURED and terms.is_known(readiness.after) and terms.is_known(readiness.captured):
        return lang.text(
            "{now} of 100 units reach money pages, {after} with the plan",
            now=t.units(readiness.captured),
            after=t.units(readiness.after),
        )
    if not gate.total:
        return ""
    said = {
        MONEY: lang.plural("{right} of {number} money page within {limit}", "{right} of {number} money pages within {limit}", all_of_them, right=right, limit=t.clicks_limit),
        IMPORTANT: lang.plural("{right} of {number} page that matters has links", "{right} of {number} pages that matter have links", all_of_them, right=right),
        ANCHORS: lang.plural("{right} of {number} link in the content says where it leads", "{right} of {number} links in the content say where they lead", all_of_them, right=right),
        LINKS: lang.plural("{right} of {number} link leads straight to a live page", "{right} of {number} links lead straight to a live page", all_of_them, right=right),
        HUBS: lang.plural("{right} of {number} section that needs a hub page has one", "{right} of {number} sections that need a hub page have one", all_of_them, right=right),
        DATA: lang.plural("Links lead to {right} of {number} known page", "Links lead to {right} of {number} known pages", all_of_them, right=right),
    }  # fmt: skip
    return said.get(gate.id, "")


def _lines(t: Telling) -> Iterator[str]:
    lang, readiness = t.lang, t.audit.readiness
    yield from deciding_sentences(t)
    yield plan_sentence(t)
    rest = [gate for gate in readiness.unjudged if gate not in readiness.decided_by]
    if rest:
        names = "; ".join(lang.text(gate.title) for gate in rest[:3])
        yield lang.text("Not judged, and no all-clear: {gates}.", gates=names)


def deciding_sentences(t: Telling) -> Iterator[str]:
    """The gates that decide, and why: their names alone say what should hold, not that it does not."""
    lang, deciding = t.lang, t.audit.readiness.decided_by[:3]
    names = [
        "; ".join(lang.text(gate.title) for gate in deciding if (gate.state is State.FAIL) == failed)
        for failed in (True, False)
    ]
    if names[0]:
        yield lang.text("Decided by what does not hold: {gates}.", gates=names[0])
    if names[1]:
        yield lang.text("Decided by what cannot be judged: {gates}.", gates=names[1])


def plan_sentence(t: Telling) -> str:
    """What the plan's links bring, in a sentence."""
    lang, readiness = t.lang, t.audit.readiness
    now, after = readiness.captured, readiness.after
    if not terms.is_known(now):
        return lang.text("What a backlink brings to money pages cannot be said: no money pages are known.")
    if t.plan is None or not terms.is_known(after):
        return lang.text("Of every 100 units of authority that enter the site, {now} reach money pages today; no link plan was made.", now=t.units(now))  # fmt: skip
    if t.plan.links.empty:
        return lang.text("Of every 100 units of authority that enter the site, {now} reach money pages today; no missing link would bring more.", now=t.units(now))  # fmt: skip
    return lang.plural(
        "Of every 100 units of authority that enter the site, {now} reach money pages today, {after} with {number} new link.",
        "Of every 100 units of authority that enter the site, {now} reach money pages today, {after} with {number} new links.",
        len(t.plan.links),
        now=t.units(now),
        after=t.units(after),
    )


def _chart(t: Telling) -> Chart | None:
    lang, gates = t.lang, [gate for gate in t.audit.readiness.gates if terms.is_known(gate.value)]
    if not gates:
        return None
    names = tuple(lang.text(gate.title) for gate in gates)
    title = _held(t)
    return Chart(
        name="readiness",
        kind="bars",
        title=title,
        categories=names,
        series=(series(lang.text("Share that is right"), [min(gate.value, 1.0) for gate in gates]),),
        roles=tuple(_ROLES[gate.state] for gate in gates),
        value_kind="share",
        value_title=lang.text("Share that is right"),
        note=lang.text("Green: holds. Red: does not hold. Grey: cannot be judged. Each gate has its own limit."),
        alt=described(title, names, [terms.fine_percent(lang, gate.value) for gate in gates]),
    )  # fmt: skip


def _notes(t: Telling) -> Iterator[str]:
    lang = t.lang
    yield lang.text(
        "Method: seven gates, each a share of something that is right, held against a limit. A gate that is missed by far makes a site not ready, any other missed gate asks for a fix first."
    )
    for gate in t.audit.readiness.gates:
        kind = KINDS[gate.id]
        yield lang.text("{title}: {why}", title=lang.text(kind.title), why=lang.text(kind.why))
    flips = t.audit.readiness.robustness
    same = int((~flips["flips"]).sum())
    if len(flips):
        yield lang.text(
            "The verdict is the same under {same} of {all} variants tried: other dampings and link weights, less of the site crawled, one file missing.",
            same=lang.number(same),
            all=lang.number(len(flips)),
        )
    yield t.model


def after_slide(t: Telling) -> Slide | None:
    """Where a hundred units end today and with the plan; None where no money pages are known."""
    lang, table = t.lang, before_after_table(t.audit.readiness)
    if table.empty:
        return None
    now, after = t.audit.readiness.captured, t.audit.readiness.after
    more = after / now if now > 0 else float("nan")
    if terms.is_known(more) and more >= 1.005:
        title = lang.text(
            "With the planned links, each backlink is worth {times} times as much", times=lang.number(more, 2)
        )  # fmt: skip
    elif after > now:
        title = lang.text(
            "With the planned links, {after} of 100 units reach money pages, today {now}",
            after=t.units(after),
            now=t.units(now),
        )
    else:
        title = lang.text("No missing link would bring more to money pages")
    chart = _before_after(t, table, title)
    return Slide(
        name="readiness.after",
        chapter=CHAPTER,
        title=title,
        kicker=lang.text("Readiness for backlinks, with the plan"),
        lines=(plan_sentence(t),),
        chart=chart,
        tone="look" if after > now else None,
        notes="\n\n".join(
            [
                lang.text("Method: the site is solved again with the plan's links made; nothing else is changed."),
                t.model,
            ]
        ),
    )  # fmt: skip


def _before_after(t: Telling, table: pd.DataFrame, title: str) -> Chart:
    lang = t.lang
    ends = list(dict.fromkeys(table["end"]))
    words: list[tuple[str, Role]] = [
        (lang.text("Reach money pages"), "money"),
        (lang.text("Settle on other pages"), "quiet"),
        (lang.text("Lost"), "bad"),
    ]
    names = (lang.text("Today"), lang.text("With the plan"))
    drawn = []
    for end, (name, role) in zip(ends, words, strict=True):
        rows = table[table["end"] == end]
        first = rows.loc[rows["when"] == TODAY, "share"].iloc[0]
        second = rows.loc[rows["when"] != TODAY, "share"].iloc[0]
        drawn.append(series(name, [100 * first, 100 * second], role))
    return Chart(
        name="readiness.after",
        kind="stacked_bars",
        title=title,
        categories=names,
        series=tuple(drawn),
        value_kind="units",
        value_title=lang.text("Units of 100"),
        note=t.model,
        alt=described_columns(title, names, drawn, t.tenths),
    )  # fmt: skip
