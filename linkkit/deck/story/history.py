"""How the site did in the audits so far."""

import pandas as pd

from linkkit.deck.story.parts import Chart, Slide
from linkkit.deck.story.telling import MOST_CATEGORIES, Telling, series

CHAPTER = "readiness"


def history_slide(t: Telling, history: pd.DataFrame) -> Slide | None:
    """Findings of high and medium severity over the audits (`linkkit.comparison.history`); None with fewer than two."""
    lang = t.lang
    rows = history[history["fault"].fillna("") == ""].tail(MOST_CATEGORIES) if len(history) else history
    if len(rows) < 2:
        return None
    first, last = rows.iloc[0], rows.iloc[-1]
    before, now = int(first["high"]), int(last["high"])
    names = tuple(str(name) for name in rows["audit"])
    if now < before:
        title = lang.text("Findings of high severity fell from {before} to {now}", before=lang.number(before), now=lang.number(now))  # fmt: skip
    elif now > before:
        title = lang.text("Findings of high severity rose from {before} to {now}", before=lang.number(before), now=lang.number(now))  # fmt: skip
    else:
        title = lang.plural(
            "{number} finding of high severity, as many as in the first audit",
            "{number} findings of high severity, as many as in the first audit",
            now,
        )
    drawn = (
        series(lang.text("High severity"), rows["high"].astype("float64"), "bad"),
        series(lang.text("Medium severity"), rows["medium"].astype("float64"), "warn"),
    )
    lines = []
    if pd.notna(first["captured"]) and pd.notna(last["captured"]):
        lines.append(
            lang.text(
                "Reach money pages: {now} of 100 units, {before} in the first audit.",
                now=t.units(float(last["captured"])),
                before=t.units(float(first["captured"])),
            )
        )
    if rows["settings_changed"].any():
        lines.append(lang.text("Limits, link model or version changed between audits: not every step is one of the site."))  # fmt: skip
    if not rows["is_complete"].all():
        lines.append(lang.text("Not every crawl was complete."))
    chart = Chart(
        name="history",
        kind="line",
        title=title,
        categories=names,
        series=drawn,
        value_title=lang.text("Findings"),
        note=lang.text("Findings as each audit reported them."),
        alt="; ".join(
            [title, *(f"{name}, {each.name}: {lang.number(value)}" for each in drawn for name, value in zip(names, each.values, strict=True) if value is not None)]
        ),
    )  # fmt: skip
    return Slide(
        name="history",
        chapter=CHAPTER,
        title=title,
        kicker=lang.text("Over time"),
        lines=tuple(lines),
        chart=chart,
        tone="good" if now < before else "fix" if now > before else "look",
        notes=lang.text("One point for each saved audit, the first at the left."),
    )
