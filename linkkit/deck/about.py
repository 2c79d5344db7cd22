"""What every export says of itself: for whom it is, what was looked at and when, under which thresholds, and what it cannot show."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from linkkit.audit import Audit
from linkkit.deck.cells import clean_text
from linkkit.deck.crawl_words import NOTES, REJECTED
from linkkit.deck.definitions import WORDS, spoken
from linkkit.deck.language import Language
from linkkit.deck.story import terms
from linkkit.deck.story.differences import bare, setting_lines
from linkkit.deck.story.frame import client_name, crawl_date, limit_lines, made_with
from linkkit.deck.story.telling import Telling
from linkkit.linkmodel import LinkModel
from linkkit.site import Manifest

_NOT_TOLD = frozenset({"start_url", "started", "finished", "limits", "rendering"})
"""Of a crawl's own record: the address of a staging host, and times that stand elsewhere."""


@dataclass(frozen=True)
class About:
    """What an export says of itself, in the client's language.

    Attributes
    ----------
    title : str
        What it is.
    client, site : str
        Name of the client; address of the start page.
    day : date or None
        On which the site was crawled; None where the source does not say.
    said_day : str
        That day as the language writes it.
    scope : tuple of (label, text)
        What was looked at, how, and what was added to it.
    thresholds : tuple of (name, text)
        What differs from the default, and what of it has no effect.
    limits : tuple of str
        What the data cannot show.
    made_with : str
        Tool and version, and when.
    """

    title: str
    client: str
    site: str
    day: date | None
    said_day: str
    scope: tuple[tuple[str, str], ...]
    thresholds: tuple[tuple[str, str], ...]
    limits: tuple[str, ...]
    made_with: str

    @property
    def footer(self) -> str:
        """Client, site and day in a line."""
        return " \N{MIDDLE DOT} ".join(each for each in (self.client, self.site, self.said_day) if each)

    def properties(self, lang: Language) -> Iterator[tuple[str, str]]:
        """Name and text of what a document's properties tell."""
        yield lang.text("Client"), self.client
        yield lang.text("Site"), self.site
        yield lang.text("Crawled"), self.said_day
        yield lang.text("Thresholds that differ from the default"), "; ".join(f"{name}: {text}" for name, text in self.thresholds)  # fmt: skip

    def text(self, lang: Language) -> str:
        """All of it as plain text, one line each, for a file beside tables."""
        return about_text(
            self.title,
            lang,
            scope=[f"{label}: {text}" for label, text in self.scope],
            thresholds=[f"{name}: {text}" for name, text in self.thresholds],
            limits=self.limits,
        )


def about_text(
    title: str,
    lang: Language,
    *,
    scope: Iterable[str],
    thresholds: Sequence[str],
    limits: Iterable[str],
    end: str = "",
) -> str:
    """What was looked at, which thresholds differ and what the data cannot show, as plain text for a file beside others."""
    lines = [title, "=" * len(title), "", *scope]
    lines += ["", lang.text("Thresholds that differ from the default"), ""]
    lines += [f"- {each}" for each in thresholds or [none_differs(lang)]]
    lines += ["", lang.text("Limits of the data"), "", *(f"- {each}" for each in limits)]
    lines += ["", end] if end else []
    return "".join(f"{' '.join(clean_text(line).split())}\n" for line in lines)


def about(audit: Audit, lang: Language, *, client: str = "", title: str = "") -> About:
    """What exports of an audit say of themselves.

    Parameters
    ----------
    audit : Audit
    lang : Language
    client : str
        Name of the client; the site's host without it.
    title : str
        What the export is; the audit without it.
    """
    day = crawl_date(audit.manifest)
    told = Telling(audit, lang)
    return About(
        title=title or lang.text("Internal link audit"),
        client=client_name(client, audit.manifest.start_url),
        site=audit.manifest.start_url,
        day=day,
        said_day=lang.date(day) if day else lang.text("date not known"),
        scope=tuple(_scope(told, client, day)),
        thresholds=tuple(setting_lines(audit, lang)),
        limits=limit_lines(told),
        made_with=made_with(told, datetime.now(UTC).date()),
    )


def none_differs(lang: Language) -> str:
    """That no threshold differs from its default."""
    return lang.text("None: every threshold is at its default.")


def _scope(told: Telling, client: str, day: date | None) -> Iterator[tuple[str, str]]:
    audit, lang = told.audit, told.lang
    manifest, pages = audit.manifest, audit.site.pages
    if client:
        yield lang.text("Client"), client
    yield lang.text("Start page"), manifest.start_url
    when = lang.date(day) if day else lang.text("date not known")
    yield lang.text("Collected"), lang.text("{day}, with {tool}", day=when, tool=manifest.tool)
    yield lang.text("Exported"), lang.text("{day}, with linkkit {version}", day=lang.date(datetime.now(UTC).date()), version=manifest.linkkit)  # fmt: skip
    yield (
        lang.text("Scope"),
        lang.text(
            "{known} URLs known, {indexable} of them can stand in a search index; {links} internal links",
            known=lang.number(len(pages)),
            indexable=lang.number(int(pages["is_indexable"].sum())),
            links=lang.number(manifest.rows.get("links", 0)),
        ),
    )
    if audit.site.scope.words():
        yield lang.text("Part of the site"), audit.site.scope.words()
    yield lang.text("Settings of the crawl"), "; ".join(_flat(_told(manifest), lang)) or lang.text("none recorded")  # fmt: skip
    yield lang.text("Complete"), limit_lines(told)[0]
    if manifest.rejected:
        refused = {REJECTED.said(lang, why) or why: count for why, count in manifest.rejected.items()}
        yield lang.text("Rows not used"), "; ".join(_flat(refused, lang))
    for name, said in manifest.signals.items():
        label = terms.signal_name(lang, name)
        yield lang.text("Signal: {name}", name=label), "; ".join(_flat(said, lang)) or lang.text("added")
    if not manifest.signals:
        yield lang.text("Signals"), lang.text("None: pages that nothing links to, and what pages are worth, cannot be known.")  # fmt: skip
    named = ", ".join(terms.signal_name(lang, name) for name in audit.facts.importance_signals)
    yield lang.text("Importance rests on"), named or lang.text("no signal; impact is PageRank")
    weights = audit.graph.model.weights
    meaning = WORDS["Link weight model"].get(weights, "")
    yield lang.text("Link weight model"), lang.text("{name}: {meaning}", name=lang.text(weights.replace("_", " ")), meaning=lang.text(meaning) if meaning else "")  # fmt: skip
    yield lang.text("Link model"), model_words(lang, audit.graph.model)


def _told(manifest: Manifest) -> dict[str, Any]:
    """Settings of a crawl that a client may read."""
    crawl = manifest.settings.get("crawl")
    if not isinstance(crawl, Mapping):
        return dict(manifest.settings)
    return {**manifest.settings, "crawl": {name: crawl[name] for name in crawl if name not in _NOT_TOLD}}


def _flat(values: Mapping[str, Any], lang: Language, before: str = "") -> Iterator[str]:
    """``name: value`` of everything that says something, nested tables included."""
    for name, value in values.items():
        plain = str(name).replace("_", " ")
        label = f"{before}{NOTES.said(lang, plain) or plain}"
        if isinstance(value, Mapping):
            yield from _flat(value, lang, f"{label}, ")
        elif value is not None and value not in ("", [], ()):
            yield f"{label}: {_said(value, lang)}"


def _said(value: Any, lang: Language) -> str:
    if isinstance(value, bool):
        return lang.text("yes") if value else lang.text("no")
    if isinstance(value, int):
        return lang.number(value)
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(map(str, value))
    return str(value)


def model_words(lang: Language, model: LinkModel) -> str:
    """The link model in a line."""
    parts = [lang.text("damping {value}", value=bare(lang, model.damping))]
    for name, (value, default) in model.non_default().items():
        parts.append(
            lang.text(
                "{name}: {value} (default {default})",
                name=lang.text(spoken(name)),
                value=bare(lang, value),
                default=bare(lang, default),
            )
        )
    return "; ".join([*parts, lang.text("no search engine has confirmed such a model")])
