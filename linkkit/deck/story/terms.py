"""Words that are declared elsewhere in English and told in a story: where they come from, and how they are written.

`terms` lists them, so that a catalog of another language can hold each of them.
"""

import math
from collections.abc import Callable, Iterator
from typing import TypeGuard

from linkkit.charts.anchor_fit import LABELS
from linkkit.charts.anchors import KINDS as ANCHOR_KINDS
from linkkit.charts.architecture import NO_SECTION, OTHER, TOP_LABEL, WITH_HUB, WITHOUT_HUB
from linkkit.charts.authority import CAUSES
from linkkit.charts.discovery import (
    NOT_REACHED,
    OUTSIDE,
    REACHED,
    SOURCES,
    STATE_NAMES,
    UNSEEN,
    UNSURE,
)
from linkkit.charts.reach import ALL_LINKS, CONTENT_LINKS, ELSEWHERE, LANDED, LATER, LEFT, NEXT, SEEN
from linkkit.checks import CHECKS
from linkkit.checks.registry import CHAPTERS
from linkkit.deck.crawl_words import stopped_text
from linkkit.deck.definitions import PAGE_COLUMNS, WORDS
from linkkit.deck.evidence import COLUMNS, reason_text
from linkkit.deck.language import Language
from linkkit.linkmodel import Choice, model_settings
from linkkit.metrics.clusters import NO_CLUSTER
from linkkit.metrics.navigation import BASIS_WORDS, WAYS
from linkkit.plan.effort import WORK_WORDS
from linkkit.presets import presets
from linkkit.readiness import KINDS
from linkkit.schema import Severity
from linkkit.thresholds import Knob, knobs
from linkkit.wording import capitalised, shorten

SIGNALS = {
    "is_money_page": "money pages",
    "conversions": "conversions",
    "clicks": "search clicks",
    "impressions": "search impressions",
    "sessions": "sessions",
    "engagement_rate": "engagement",
    "referring_domains": "referring domains",
    "backlinks": "backlinks",
    "bot_hits": "server logs",
    "cluster": "topic clusters",
    "importance": "importance",
    "is_pillar": "pillar pages",
    "search_console": "Search Console",
    "analytics": "analytics",
    "logs": "server logs",
    "sitemap": "sitemap",
    "money_pages": "money pages",
    "transitions": "visitors' steps",
    "urls": "list of addresses",
    "clusters": "topic clusters",
}
"""Column or signal -> as people call it."""
OTHER_SECTIONS = tuple(dict.fromkeys((OTHER, TOP_LABEL, "(other sections)", NO_CLUSTER)))
"""Names that stand for what has none."""


def terms() -> Iterator[str]:
    """Every English text that a story looks up without its words standing in the story's own modules; some come twice."""
    yield from CHAPTERS.values()
    for check in CHECKS.values():
        yield from (check.title, check.why, check.fix)
    for kind in KINDS.values():
        yield from (kind.title, kind.why)
    yield from (str(severity) for severity in Severity)
    yield from (str(severity).capitalize() for severity in Severity)
    yield from CAUSES.values()
    yield from STATE_NAMES.values()
    yield from SOURCES.values()
    yield from (REACHED, NOT_REACHED, UNSURE, OUTSIDE, UNSEEN)
    yield from ANCHOR_KINDS.values()
    yield from LABELS.values()
    yield from (WITH_HUB, WITHOUT_HUB, NO_SECTION)
    yield from OTHER_SECTIONS
    yield from (LANDED, NEXT, LATER, ELSEWHERE, LEFT, SEEN, ALL_LINKS, CONTENT_LINKS)
    yield from WAYS
    yield from BASIS_WORDS.values()
    yield from WORK_WORDS.values()
    yield from SIGNALS.values()
    for knob in knobs().values():
        yield from (knob.help, knob.unit)
    for setting in model_settings().values():
        yield setting.help
        yield from setting.options.values() if isinstance(setting, Choice) else (setting.unit,)
    for each in presets().values():
        yield from (each.title, each.about, *each.reasons.values())
    for column in PAGE_COLUMNS:
        yield from (column.heading, column.meaning)
    for meanings in WORDS.values():
        yield from meanings.values()


# Numbers with their unit

_Say = Callable[[Language, int, str], str]
_UNITS: dict[str, _Say] = {
    "clicks": lambda lang, n, v: lang.plural("{value} click", "{value} clicks", n, value=v),
    "content clicks": lambda lang, n, v: lang.plural("{value} click in the content", "{value} clicks in the content", n, value=v),
    "clicks from the hub": lambda lang, n, v: lang.plural("{value} click from the hub", "{value} clicks from the hub", n, value=v),
    "links": lambda lang, n, v: lang.plural("{value} link", "{value} links", n, value=v),
    "links up": lambda lang, n, v: lang.plural("{value} link up", "{value} links up", n, value=v),
    "nofollow links": lambda lang, n, v: lang.plural("{value} nofollow link", "{value} nofollow links", n, value=v),
    "content links out": lambda lang, n, v: lang.plural("{value} link in its content", "{value} links in its content", n, value=v),
    "linking pages": lambda lang, n, v: lang.plural("{value} linking page", "{value} linking pages", n, value=v),
    "unique outlinks": lambda lang, n, v: lang.plural("{value} linked page", "{value} linked pages", n, value=v),
    "pages": lambda lang, n, v: lang.plural("{value} page", "{value} pages", n, value=v),
    "pages that hang on the link": lambda lang, n, v: lang.plural("{value} page hangs on the link", "{value} pages hang on the link", n, value=v),
    "targets": lambda lang, n, v: lang.plural("{value} page it leads to", "{value} pages it leads to", n, value=v),
    "wordings": lambda lang, n, v: lang.plural("{value} wording", "{value} wordings", n, value=v),
    "requests": lambda lang, n, v: lang.plural("{value} request", "{value} requests", n, value=v),
    "referring domains": lambda lang, n, v: lang.plural("{value} referring domain", "{value} referring domains", n, value=v),
    "domains": lambda lang, n, v: lang.plural("{value} domain", "{value} domains", n, value=v),
    "hops": lambda lang, n, v: lang.plural("{value} redirect in a row", "{value} redirects in a row", n, value=v),
    "redirects": lambda lang, n, v: lang.plural("{value} redirect", "{value} redirects", n, value=v),
    "steps": lambda lang, n, v: lang.plural("{value} step of visitors", "{value} steps of visitors", n, value=v),
    "steps missed": lambda lang, n, v: lang.plural("{value} step missed", "{value} steps missed", n, value=v),
    "visitors, estimated": lambda lang, n, v: lang.plural("about {value} visitor", "about {value} visitors", n, value=v),
    "status": lambda lang, n, v: lang.text("status {value}", value=v),
    "x its importance": lambda lang, n, v: lang.text("{value} times its importance", value=v),
    "x its link weight": lambda lang, n, v: lang.text("{value} times its link weight", value=v),
    "of all authority": lambda lang, n, v: lang.text("{value} of all authority", value=v),
    "of visits": lambda lang, n, v: lang.text("{value} of the visits", value=v),
    "of steps": lambda lang, n, v: lang.text("{value} of the steps", value=v),
    "similarity": lambda lang, n, v: lang.text("{value} alike", value=v),
    "share": lambda lang, n, v: v,
}  # fmt: skip
_ESTIMATES = ("visitors, estimated", "steps missed")
"""Units of numbers that a model reckons: a digit behind the point would feign that they were counted."""
_SHARES = ("share", "of all authority", "of visits", "of steps", "similarity")


def quantity(lang: Language, value: float, unit: str) -> str:
    """A value with its unit: ``3 clicks``, ``12 % of the visits``; the number alone where the unit is not known by name."""
    number = amount(lang, value, unit)
    say = _UNITS.get(unit)
    if say is None:
        return lang.text("{value} {unit}", value=number, unit=lang.text(unit)) if unit else number
    return say(lang, 1 if value == 1 else 2, number)


def amount(lang: Language, value: float, unit: str) -> str:
    """The number of a value without its unit."""
    if unit == "status":
        return str(int(value))
    if unit in _SHARES:
        return fine_percent(lang, value)
    whole = unit in _ESTIMATES or float(value).is_integer() or abs(value) >= 100
    digits = 0 if whole else 1
    return lang.number(value, digits)


def fine_percent(lang: Language, share: float) -> str:
    """A share (0-1) as percent, with a digit behind the point where it tells something; never a false 0 or 100."""
    percent = round(share * 100, 1)
    return lang.percent(share, 0 if percent.is_integer() else 1)


# What could not be judged, and why

_LETTERS = 110
_NO_DATA = "no data on "


def reason(lang: Language, given: str) -> str:
    """Why something could not be judged, as the words of a cell."""
    said = reason_text(lang, given)
    if lang.code == "en" and given.startswith(_NO_DATA):
        # Checks name columns of pages; clients read what stands in them.
        said = _NO_DATA + ", ".join(
            COLUMNS.get(name, name) for name in given.removeprefix(_NO_DATA).split(", ")
        )
    return capitalised(shorten(said, _LETTERS))


def stopped(lang: Language, given: str | None) -> str:
    """Why a crawl is incomplete, as the end of a sentence."""
    return shorten(stopped_text(lang, given), _LETTERS) if given else lang.text("the reason is not known")


def signal_name(lang: Language, name: str) -> str:
    """A signal or page column as people call it."""
    return lang.text(SIGNALS.get(name, name.replace("_", " ")))


def is_known(value: float | None) -> TypeGuard[float]:
    """Whether there is a number."""
    return value is not None and not math.isnan(value)


# Settings of the link model


def model_setting(name: str) -> Knob | Choice:
    """What a setting of the link model means."""
    return model_settings()[name]


def setting_value(lang: Language, name: str, value: object) -> str:
    """A value of a setting of the link model as people read it."""
    setting = model_setting(name)
    if isinstance(setting, Choice):
        return lang.text(setting.options.get(str(value), str(value)))
    return quantity(lang, float(str(value)), setting.unit)
