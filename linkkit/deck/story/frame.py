"""What holds a story together: cover, executive summary, and the lines that every export carries."""

from collections.abc import Iterator
from datetime import date, datetime

from linkkit.checks import CHECKS
from linkkit.deck.crawl_words import LEFT_OUT, crawl_limits, limit_text
from linkkit.deck.story import terms
from linkkit.deck.story.depth import too_deep
from linkkit.deck.story.discovery import lost_pages
from linkkit.deck.story.parts import Card, Slide
from linkkit.deck.story.readiness import deciding_sentences, plan_sentence, verdict_sentence, verdict_tone
from linkkit.deck.story.telling import Telling
from linkkit.readiness import State
from linkkit.readiness.gates import CAPTURED
from linkkit.schema import Severity
from linkkit.site import Manifest
from linkkit.urls import host
from linkkit.wording import shorten

_LETTERS, _ADDRESS, _LIMIT = 50, 70, 160
_CHECKS = 2
"""Kinds of findings that the summary names."""


def cover(t: Telling, client: str, agency: str) -> Slide:
    """The first slide; site, day and scope are the story's own, and stand on it too."""
    lang = t.lang
    return Slide(
        name="cover",
        chapter="cover",
        title=lang.text("Is {client} ready for backlinks?", client=shorten(client, _LETTERS)),
        kicker=lang.text("Internal link audit"),
        lines=(lang.text("By {agency}", agency=shorten(agency, _LETTERS)),) if agency else (),
        notes=lang.text(
            "Backlinks bring authority to the pages they land on. Internal links decide whether it reaches the pages that earn money, stalls, or leaks."
        ),
    )


def summary(t: Telling) -> Slide:
    """The executive summary: the verdict, four numbers, what matters most."""
    lang = t.lang
    return Slide(
        name="summary",
        chapter="summary",
        title=verdict_sentence(t),
        kicker=lang.text("Summary"),
        cards=tuple(_cards(t)),
        lines=tuple(_most(t))[:4],
        tone=verdict_tone(t),
        notes="\n\n".join([*scope_lines(t), *limit_lines(t)]),
    )


def _cards(t: Telling) -> Iterator[Card]:
    lang, audit = t.lang, t.audit
    now, after = audit.readiness.captured, audit.readiness.after
    if terms.is_known(now):
        gate = next((each for each in audit.readiness.gates if each.id == CAPTURED), None)
        yield Card(
            lang.text("Reaches money pages"),
            lang.text("{units} of 100", units=t.units(now)),
            lang.text("of authority; {units} with the link plan", units=t.units(after)) if terms.is_known(after) else "",
            None if gate is None else "good" if gate.state is State.PASS else "fix" if gate.state is State.FAIL else "unknown",
        )  # fmt: skip
    else:
        yield Card(
            lang.text("Reaches money pages"),
            lang.text("not known"),
            lang.text("no money pages are known"),
            "unknown",
        )
    lost, judged = lost_pages(t)
    unsure = not audit.manifest.complete
    yield Card(
        lang.text("Pages cut off from links"),
        lang.text("not known") if unsure and not lost else lang.number(lost),
        lang.plural("of {number} indexable page", "of {number} indexable pages", judged),
        "fix" if lost else "unknown" if unsure or not judged else "good",
    )
    deep, far, _ = too_deep(t)
    yield Card(
        lang.text("Pages too deep"),
        lang.number(deep),
        lang.text("beyond {limit}; money pages too far: {far}", limit=t.clicks_limit, far=lang.number(far)),
        "fix" if far else "look" if deep else "unknown" if unsure else "good",
    )  # fmt: skip
    high = int((audit.findings["severity"] == Severity.HIGH).sum())
    yield Card(
        lang.text("Findings of high severity"),
        lang.number(high),
        lang.plural("of {number} finding", "of {number} findings", len(audit.findings)),
        "fix" if high else "good" if len(audit.findings) == 0 else "look",
    )


def _most(t: Telling) -> Iterator[str]:
    lang = t.lang
    yield from deciding_sentences(t)
    yield plan_sentence(t)
    table = t.by_check()
    for row in table[table["severity"].isin([str(Severity.HIGH), str(Severity.MEDIUM)])].head(_CHECKS).to_dict("records"):  # fmt: skip
        check = CHECKS.get(str(row["check_id"]))
        if check is not None:
            yield lang.plural(
                "{title}: {number} finding.",
                "{title}: {number} findings.",
                int(row["findings"]),
                title=lang.text(check.title),
            )
    if not len(t.audit.findings):
        yield lang.text("No check has a finding.")
    if not t.audit.manifest.complete:
        yield lang.text(
            "The crawl is incomplete: {why}", why=terms.stopped(lang, t.audit.manifest.stopped_by)
        )


# Lines of every export


def start_page(t: Telling) -> str:
    """Address of the start page, short enough for a line."""
    return shorten(t.audit.manifest.start_url, _ADDRESS)


def crawl_date(manifest: Manifest) -> date | None:
    """Day of the crawl; the day it was saved where its own is not known, None where neither is."""
    for given in (manifest.collected, manifest.written):
        try:
            return datetime.fromisoformat(given).date()
        except (ValueError, TypeError):
            continue
    return None


def scope_lines(t: Telling) -> tuple[str, ...]:
    """What was looked at."""
    lang, audit = t.lang, t.audit
    pages, manifest = audit.site.pages, audit.manifest
    lines = [
        lang.plural(
            "{number} address known, {indexable} of them can stand in a search index; {links}.",
            "{number} addresses known, {indexable} of them can stand in a search index; {links}.",
            len(pages),
            indexable=lang.number(int(pages["is_indexable"].sum())),
            links=lang.plural(
                "{number} internal link", "{number} internal links", int(manifest.rows.get("links", 0))
            ),
        )
    ]
    day = crawl_date(manifest)
    if day is not None:
        lines.append(
            lang.text(
                "Start page {page}, collected on {day} with {tool}.",
                page=start_page(t),
                day=lang.date(day),
                tool=shorten(manifest.tool, _LETTERS),
            )
        )
    else:
        lines.append(
            lang.text(
                "Start page {page}, collected with {tool}.",
                page=start_page(t),
                tool=shorten(manifest.tool, _LETTERS),
            )
        )
    if manifest.signals:
        names = lang.listed(list(dict.fromkeys(terms.signal_name(lang, name) for name in manifest.signals)))
        lines.append(lang.text("Known beside the links: {signals}.", signals=names))
    else:
        lines.append(lang.text("Nothing is known beside the links: no sitemap, visits, clicks or backlinks."))
    if audit.facts.importance_signals:
        names = lang.listed([terms.signal_name(lang, name) for name in audit.facts.importance_signals])
        lines.append(lang.text("What pages are worth rests on: {signals}.", signals=names))
    return tuple(lines)


def limit_lines(t: Telling) -> tuple[str, ...]:
    """What the data cannot show."""
    lang, manifest = t.lang, t.audit.manifest
    lines = []
    limits = crawl_limits(manifest.settings)
    if manifest.complete and any(each.startswith(LEFT_OUT) for each in limits):
        lines.append(lang.text("The crawl came to its end; links that lead on without end were left out."))
    elif manifest.complete:
        lines.append(lang.text("The data is complete: every internal link that was found was followed."))
    else:
        why = terms.stopped(lang, manifest.stopped_by)
        lines.append(lang.text("The crawl is incomplete: {why}", why=why))
        lines.append(lang.text("What was not found may still be there: nothing here is an all-clear."))
    said = (shorten(limit_text(lang, limit), _LIMIT) for limit in limits)
    lines += [f"{each[:1].upper()}{each[1:]}." for each in said]
    rejected = sum(int(number) for number in manifest.rejected.values() if isinstance(number, int))
    if rejected:
        lines.append(
            lang.plural(
                "{number} row of the source could not be used.",
                "{number} rows of the source could not be used.",
                rejected,
            )
        )
    open_ones = len(t.unjudged())
    if open_ones:
        lines.append(
            lang.plural(
                "{number} check could not be judged, which is no all-clear.",
                "{number} checks could not be judged, which is no all-clear.",
                open_ones,
            )
        )
    lines.append(t.model)
    return tuple(lines)


def client_name(given: str, start_url: str) -> str:
    """The client as the deck names it: as given, else the site's host."""
    return given or host(start_url) or start_url


def made_with(t: Telling, today: date) -> str:
    """Tool, version and day of the export."""
    return t.lang.text(
        "Made with linkkit {version} on {day}",
        version=t.audit.manifest.linkkit,
        day=t.lang.date(today),
    )
