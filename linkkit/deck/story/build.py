"""An audit as a story: every slide, in the order in which a client is told."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pandas as pd

from linkkit.audit import Audit
from linkkit.deck.brand import Brand
from linkkit.deck.language import Language
from linkkit.deck.language import language as language_of
from linkkit.deck.story.anchors import anchors_slides
from linkkit.deck.story.appendix import appendix_slides
from linkkit.deck.story.architecture import architecture_slides
from linkkit.deck.story.authority import authority_slides
from linkkit.deck.story.clusters import clusters_slides
from linkkit.deck.story.depth import depth_slides
from linkkit.deck.story.differences import setting_lines
from linkkit.deck.story.discovery import discovery_slides
from linkkit.deck.story.findings import findings_slide
from linkkit.deck.story.frame import (
    client_name,
    cover,
    crawl_date,
    limit_lines,
    made_with,
    scope_lines,
    summary,
)
from linkkit.deck.story.history import history_slide
from linkkit.deck.story.links import links_slides
from linkkit.deck.story.navigation import navigation_slides
from linkkit.deck.story.parts import Slide, Story
from linkkit.deck.story.plan import plan_slides
from linkkit.deck.story.readiness import after_slide, readiness_slide
from linkkit.deck.story.telling import Telling
from linkkit.errors import SettingsError
from linkkit.plan import QuickWins

CHAPTERS: dict[str, Callable[[Telling], Iterator[Slide]]] = {
    "discovery": discovery_slides,
    "depth": depth_slides,
    "anchors": anchors_slides,
    "links": links_slides,
    "authority": authority_slides,
    "architecture": architecture_slides,
    "clusters": clusters_slides,
    "navigation": navigation_slides,
}
"""Chapter -> what tells it, in the order of `linkkit.checks.registry.CHAPTERS`."""


def build_story(
    audit: Audit,
    *,
    client: str = "",
    brand: Brand | None = None,
    language: str | Language | None = None,
    today: date | None = None,
    history: pd.DataFrame | None = None,
    wins: QuickWins | None = None,
) -> Story:
    """Tell an audit: cover, summary, readiness, a slide for each chapter, the plan, the appendix with the chapters' details.

    Nothing is computed that the audit does not know: numbers are those of its tables, of its readiness, and of the plan behind
    it. What text there is of the site stands in the story as it was found; who draws it escapes it.

    Parameters
    ----------
    audit : Audit
    client : str
        Name of the client; the site's host without one.
    brand : Brand, optional
        The plain one without it.
    language : str or Language, optional
        That of the brand without it.
    today : date, optional
        Day of the export; the current one (UTC) without it.
    history : DataFrame, optional
        One row per saved audit (`linkkit.comparison.history`), as ``Client.history`` gives it; with two or more there is a slide.
    wins : QuickWins, optional
        The order of work where it is at hand already; `linkkit.plan.quick_wins` without it, which takes most of the time.

    Returns
    -------
    Story
        Names of slides are unique and lasting. A chapter that could not be judged says so; a chart without numbers is left out.

    Raises
    ------
    SettingsError
        If exports cannot be written in the language.
    """
    chosen = brand or Brand()
    code = language or chosen.language
    lang = code if isinstance(code, Language) else language_of(code)
    t = Telling(audit, lang, wins)
    name = client_name(client, audit.manifest.start_url)
    day = crawl_date(audit.manifest)
    told = {chapter: tuple(_chapter(t, chapter)) for chapter in CHAPTERS}
    slides = (
        cover(t, name, chosen.name),
        summary(t),
        readiness_slide(t),
        *(own[0] for own in told.values()),
        *plan_slides(t),
        *(each for each in (after_slide(t),) if each is not None),
        *(each for each in (history_slide(t, history) if history is not None else None,) if each is not None),
        *(_detail(lang, slide) for own in told.values() for slide in own[1:]),
        *appendix_slides(t),
    )
    return Story(
        client=name,
        site=audit.manifest.start_url,
        date=lang.date(day) if day is not None else "",
        title=lang.text("Internal link audit: {client}", client=name),
        slides=slides,
        scope=scope_lines(t),
        limits=limit_lines(t),
        thresholds=tuple(f"{name}: {text}" for name, text in setting_lines(audit, lang)),
        made_with=made_with(t, today or datetime.now(UTC).date()),
        language=lang,
        brand=chosen,
        is_complete=t.audit.manifest.complete,
    )


def chapter_slides(audit: Audit, chapter: str, language: str | Language = "en") -> tuple[Slide, ...]:
    """One chapter of the story alone, as `build_story` tells it, without making a plan.

    Parameters
    ----------
    audit : Audit
    chapter : str
        One of `CHAPTERS`.
    language : str or Language

    Raises
    ------
    SettingsError
        If there is no such chapter, or exports cannot be written in the language.
    """
    if chapter not in CHAPTERS:
        raise SettingsError(f"unknown chapter {chapter!r}; known are {', '.join(CHAPTERS)}")
    lang = language if isinstance(language, Language) else language_of(language)
    return tuple(_chapter(Telling(audit, lang), chapter))


def over_time(audit: Audit, history: pd.DataFrame, language: str | Language = "en") -> Slide | None:
    """The slide on how the site did in the audits so far, as `build_story` tells it; None with fewer than two of them.

    Parameters
    ----------
    audit : Audit
        Of the latest crawl.
    history : DataFrame
        One row per saved audit (`linkkit.comparison.history`).
    language : str or Language

    Raises
    ------
    SettingsError
        If exports cannot be written in the language.
    """
    lang = language if isinstance(language, Language) else language_of(language)
    return history_slide(Telling(audit, lang), history)


def _detail(lang: Language, slide: Slide) -> Slide:
    return replace(slide, kicker=lang.text("Appendix: {chapter}", chapter=slide.kicker), is_detail=True)


def _chapter(t: Telling, chapter: str) -> Iterator[Slide]:
    yield from CHAPTERS[chapter](t)
    found = findings_slide(t, chapter)
    if found is not None:
        yield found
