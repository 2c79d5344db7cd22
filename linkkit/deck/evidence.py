"""What checks say of a finding, in the client's language: evidence, what to do, and why a check could not be judged.

The forms below follow the words in `linkkit.checks`; `tests/test_language.py` holds that every check's words fit one.
"""

import logging
import re
from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from linkkit.checks import CHECKS
from linkkit.deck.cells import map_unique
from linkkit.deck.crawl_words import LIMITS, NOTES, REJECTED, STOPPED, stopped_text
from linkkit.deck.language import Language
from linkkit.deck.sentences import (
    Message,
    Say,
    Sentences,
    all_templates,
    as_it_is,
    each_of,
    form,
    maybe,
    nested,
    one_of,
    vocabulary,
)
from linkkit.metrics.importance import SIGNAL_WORDS
from linkkit.metrics.navigation import BASIS_WORDS
from linkkit.metrics.roles import ROLE_WORDS
from linkkit.schema import FoundIn

logger = logging.getLogger(__name__)

_QUOTED = re.compile(r'"(.*?)"(?=, "|$)', re.DOTALL)
_DOMAINS = ("{number} referring domain", "{number} referring domains")
_SESSIONS = ("{number} session", "{number} sessions")
_LINKING = ("{number} linking page", "{number} linking pages")
_PER_HUNDRED = "{earned} of every 100 units landing here reach money pages"
_BALANCE = "{share} of the link weight, {worth} of the importance (by {signals})"
_QUOTE = '"{text}"'
COLUMNS = {
    "is_money_page": "money pages",
    "referring_domains": "referring domains",
    "bot_hits": "robots' requests in the access log",
    "cluster": "topic clusters",
    "is_pillar": "pillar pages",
}
"""Columns of pages that checks need, in words."""
_LISTS = tuple(f"the {str(source.name).lower().replace('_', ' ')}" for source in FoundIn)


def _chain(language: Language, value: str) -> str:
    """Addresses on the way of a redirect, the last of which may be the word that it is a loop."""
    way, arrow, last = value.rpartition(" -> ")
    return f"{way}{arrow}{language.text('loop')}" if arrow and last == "loop" else value


def _texts(language: Language, value: str) -> str:
    """Texts in quotation marks between commas."""
    return _QUOTED.sub(lambda found: language.quoted(found[1]), value)


def _columns(language: Language, value: str) -> str | None:
    parts = value.split(", ")
    if not all(part in COLUMNS or part in _LISTS for part in parts):
        return None
    return language.listed([language.text(COLUMNS.get(part, part)) for part in parts])


def _error(language: Language, value: str) -> str:
    return language.text("no reason noted") if value == "no reason noted" else value


_PLAIN: dict[str, Say] = dict.fromkeys(
    ("text", "url", "address", "section", "name", "status", "prefix"), as_it_is
)
_EARNED = Sentences(
    (form(one_of(("{number} search click", "{number} search clicks"), _SESSIONS, _DOMAINS)),), _PLAIN
)
_ANSWER = Sentences(
    (
        form("gives no answer: {error}"),
        form("answers {status} and does not say where to"),
        form("answers {status}"),
    ),
    _PLAIN | {"error": _error},
)
_FAULTS = (
    "which is noindex",
    "which answers with an error",
    "which does not answer",
    "which redirects to no address, or in a circle",
    "whose own canonical is another page",
    "which robots.txt blocks",
    "which is no HTML page",
)
_FAULT = Sentences(
    (
        form(
            one_of(
                "but the page itself is noindex: the two contradict each other",
                "which redirects to another site",
                "which no link, sitemap or file knows",
                *_FAULTS,
                "which redirects to a page which is noindex",
                "which redirects to a page which answers with an error",
                "which redirects to a page which does not answer",
                "which redirects to a page whose own canonical is another page",
                "which redirects to a page which robots.txt blocks",
                "which redirects to a page which is no HTML page",
            )
        ),
    ),
    _PLAIN,
)
_REACH = one_of(
    "the closest to the start page ({number} click from the start page)",
    "the closest to the start page ({number} clicks from the start page)",
    "the closest to the start page",
    "the likeliest by its title",
)
_LINKS_TO = ("links to {number} of the {others} other page", "links to {number} of the {others} other pages")
_PILLAR = Sentences(
    (
        form(
            one_of(
                "the only page",
                "named by the analyst",
                "the page that the breadcrumbs of the others name",
                "the page at the address of the others' folder",
            )
        ),
        form("no page links to another of the cluster", _REACH),
        *(
            form(
                one_of(
                    f"{links}, more than any other page",
                    f"{links}, as another page does, and lies closer to the start page",
                    f"{links}, as another page does, and lies closer to the start page ({{clicks}} click from the start page)",
                    f"{links}, as another page does, and lies closer to the start page ({{clicks}} clicks from the start page)",
                )
            )
            for links in _LINKS_TO
        ),
        *(
            form(f"{links}, as another page does", "its title shares most with the others'")
            for links in _LINKS_TO
        ),
    ),
    _PLAIN,
)
_FILLINGS: dict[str, Say] = _PLAIN | {
    "signals": vocabulary(*SIGNAL_WORDS.values()),
    "sources": vocabulary(*(str(source.name).lower().replace("_", " ") for source in FoundIn)),
    "role": vocabulary(*ROLE_WORDS.values()),
    "basis": vocabulary(*BASIS_WORDS.values()),
    "earned_there": each_of(_EARNED),
    "chain": _chain,
    "error": _error,
    "answer": nested(lambda: _ANSWER),
    "fault": nested(lambda: _FAULT),
    "pillar": nested(lambda: _PILLAR),
    "texts": _texts,
}

_KNOWN_FROM = (
    form(
        one_of("known from links of pages that cannot be reached", "known from {sources}"),
        maybe("{earned_there}"),
    ),
)
_UNFIT = (
    "redirects",
    "is not found",
    "answers with a server error",
    "does not answer",
    "is noindex",
    "names another page as its canonical",
    "is blocked by robots.txt",
)
_CHAIN = (form("{chain}"),)
_CLUSTER = "cluster: {name}"
_LOST = "{share} of all authority is lost here, mostly "

_FORMS = {
    "orphan-page": _KNOWN_FROM,
    "island-page": _KNOWN_FROM,
    "nofollow-only-page": _KNOWN_FROM,
    "non-indexable-sources-only": _KNOWN_FROM,
    "chrome-only-page": _KNOWN_FROM,
    "weak-page": _KNOWN_FROM,
    "missing-from-sitemap": _KNOWN_FROM,
    "sitemap-not-indexable": (form(one_of(*(f"in the sitemap, but {each}" for each in _UNFIT))),),
    "bot-waste": (
        form(
            one_of(
                *(
                    f"{each}; {{share}} of all {{requests}} requests of search engines' robots"
                    for each in _UNFIT
                ),
                *(f"{each}; the only request of search engines' robots" for each in _UNFIT),
            )
        ),
    ),
    "rendered-only-links": (
        form(
            (
                "{part} of {number} linking page shows the link only after rendering",
                "{part} of {number} linking pages show the link only after rendering",
            ),
            maybe("money page"),
            maybe("has backlinks"),
        ),
    ),
    "deep-page": (form("{depth} clicks from the start page", maybe("money page"), maybe("has backlinks")),),
    "dead-end": (
        form(
            (
                "{number} internal link, not a followed content link to another live page",
                "{number} internal links, none of them a followed content link to another live page",
            ),
            maybe(_DOMAINS),
            maybe(_SESSIONS),
        ),
    ),
    "empty-anchor": (form(one_of("an image without alt text", "no text")),),
    "generic-anchor": (form(_QUOTE),),
    "url-anchor": (form(_QUOTE),),
    "ambiguous-anchor": (form('"{text}" leads to {pages} pages'),),
    "misleading-anchor": (form(one_of('"{text}" is the name of {url}', '"{text}" fits {url}')),),
    "weak-anchor": (
        form(
            ('"{text}" on {number} page', '"{text}" on {number} pages'),
            one_of(
                "fits better than {share} of anchors drawn at random",
                "score {score}, below {line}: this site has too few links in running text to place the line itself",
            ),
        ),
    ),
    "anchor-monotony": (form('"{text}" in all of them'),),
    "anchor-variety": (form("{count} texts, such as {texts}"),),
    "link-to-broken": (form("{chain}, which {answer}"), *_ANSWER.forms),
    "link-to-redirect": _CHAIN,
    "redirect-loop": _CHAIN,
    "link-to-noindex": (form("noindex"),),
    "link-to-canonicalised": (form("canonical: {url}"),),
    "canonical-conflict": (form("canonical: {url}, {fault}"),),
    "link-to-blocked": (form("disallowed by robots.txt"),),
    "nofollow-link": (
        form(("{part} of {number} internal link to it", "{part} of {number} internal links to it")),
    ),
    "url-twin": (
        form(
            one_of("both answer and are indexable and have the same title", "both answer and are indexable")
        ),
    ),
    "too-many-links": (form("the median page like it has {median}"),),
    "over-linked-page": (
        form(
            maybe("{role}"),
            _BALANCE,
            _LINKING,
            maybe("links to it keep {share} of all authority from money pages"),
        ),
    ),
    "under-linked-page": (
        form(
            _BALANCE,
            _LINKING,
            "{settled} of all authority settles here, and {earned} of every 100 units landing here reach money pages",
        ),
    ),
    "stalled-landing-page": (
        form(
            _DOMAINS,
            one_of(
                "no money page within reach of its content links",
                ("nearest money page {number} click away", "nearest money page {number} clicks away"),
            ),
            f"{_PER_HUNDRED} (the site's average indexable page: {{average}})",
        ),
        form(_DOMAINS, "no money page can stand in an index"),
    ),
    "authority-leak": (
        form(
            one_of(
                f"{_LOST}through links to other sites",
                f"{_LOST}through internal or external links with nofollow",
                f"{_LOST}through links to pages that answer with an error",
                f"{_LOST}through links into redirects that run in a circle",
                f"{_LOST}through links to pages that robots.txt blocks",
                f"{_LOST}through links to pages whose canonical names another site",
                f"{_LOST}because the page has no link at all",
            ),
            maybe(
                "it enters by referring domains",
                "it enters by backlinks",
                "it enters at the start page, for want of backlinks",
            ),
        ),
    ),
    "backlinks-lost": (
        form(
            (
                "{number} referring domain, {share} of all authority that backlinks bring",
                "{number} referring domains, {share} of all authority that backlinks bring",
            ),
            one_of(
                "its canonical is {url}, on another site",
                "it redirects to no address",
                "it redirects to {url}, which is another site or leads there",
                "it redirects to {url}, which ends at an error",
                "it redirects to {url}, and so on in a circle",
                "it redirects to {url}, which ends at a page that robots.txt blocks",
                "it redirects to {url}",
                "robots.txt blocks it",
                "it does not answer",
                "it answers {status}",
            ),
        ),
    ),
    "section-without-hub": (
        form(
            ("section {section}: {number} page", "section {section}: {number} pages"),
            one_of(
                *(
                    f"{{address}} {each}, and no page stands out that the others link up to"
                    for each in (
                        "was never requested",
                        "is blocked by robots.txt",
                        "does not answer",
                        "redirects, and not to a page that can be its hub",
                        "answers with an error",
                        "answers with a server error",
                        "is no HTML page",
                        "is noindex",
                        "names another page as its canonical",
                        "leads to the start page",
                    )
                ),
                "no page is known at {address}, and no page stands out that the others link up to",
                "nothing that can be a hub stands at {address}, and no page stands out that the others link up to",
            ),
        ),
    ),
    "page-without-link-up": (
        form(
            "section {section}",
            one_of(
                "its breadcrumb names the page above",
                "its folder tells the page above",
                "the list it belongs to stands above",
                "the menu's entry stands above",
                "its section's hub stands above",
                "only the start page stands above",
            ),
            maybe(_DOMAINS),
        ),
    ),
    "single-link-page": (
        form(
            one_of(
                (
                    "without the link {pages} pages could not be reached, {number} of them a money page",
                    "without the link {pages} pages could not be reached, {number} of them money pages",
                ),
                "without the link {pages} pages could not be reached",
            ),
            maybe(_SESSIONS),
            maybe(_DOMAINS),
        ),
    ),
    "page-beside-hub": (
        form(
            "section {section}",
            ("{number} click from the start page", "{number} clicks from the start page"),
            one_of(
                "the hub does not lead here within the section",
                (
                    "{number} click from the hub within the section",
                    "{number} clicks from the hub within the section",
                ),
            ),
            maybe("money page"),
        ),
    ),
    "missing-pillar-link": (form(_CLUSTER),),
    "missing-cluster-link": (form(_CLUSTER),),
    "isolated-cluster-page": (form(_CLUSTER),),
    "cluster-without-pillar": (
        form(_CLUSTER, maybe("its pillar {url} cannot stand in an index"), "proposed: {pillar}"),
    ),
    "near-duplicate-pages": (
        form(
            maybe("the same title"),
            maybe('both are linked as "{text}"'),
            "searches lead to both (clicks: {first} and {second})",
        ),
        form(maybe("the same title"), 'both are linked as "{text}"'),
        form(one_of("the same title", "the texts alone")),
    ),
    "entrance-without-path": (
        form(
            ("{number} visit ({basis})", "{number} visits ({basis})"),
            one_of(
                (
                    "{share} of them reach a money page within {number} click, {chance} at all",
                    "{share} of them reach a money page within {number} clicks, {chance} at all",
                ),
                (
                    "{share} of them reach a money page within {number} click, none at all",
                    "{share} of them reach a money page within {number} clicks, none at all",
                ),
            ),
            one_of(
                "by the reader model, no steps of visitors are known",
                "{share} by visitors' steps one by one, the rest by the reader model",
            ),
        ),
    ),
    "missing-shortcut": (
        form(
            one_of(
                (
                    "over {url} and {number} other page, from where {share} go on to the page",
                    "over {url} and {number} other pages, from where {share} go on to the page",
                ),
                "over {url}, from where {share} go on to the page",
            ),
            one_of(
                "estimated from pairs of steps (at least {least}, at most {most})",
                "estimated from pairs of steps (at most {most})",
            ),
        ),
    ),
    "step-without-link": (
        form(
            "{part} of {whole} steps out of the page, and no link was found",
            maybe("{back} of them may be the way back"),
        ),
    ),
    "unused-link": (
        form("none of {steps} steps out of the page", "by its weight {expected} were to be expected"),
    ),
    "search-dependence": (form("{part} of {whole} steps out of the page go to search results"),),
}
EVIDENCE = {check: Sentences(forms, _FILLINGS) for check, forms in _FORMS.items()}
"""How each check words its evidence."""

_BECAUSE = Sentences(
    (
        form(
            one_of(
                "stands beside the link",
                ("{number} page uses it", "{number} pages use it"),
                "from its heading",
                "from its title",
                "a page uses it",
            )
        ),
    ),
    _PLAIN,
)
_SUGGESTED = ('Suggested: "{text}" ({because}).', 'Suggested for the other page: "{text}" ({because}).')
_LEAK_FIXES = (
    "Keep the links to other sites that help readers, and set links to the site's own pages beside them.",
    "Remove nofollow from links to the site's own pages; where it must stay, link less.",
    "Point the links at the pages that replaced them, or remove them.",
    "Mend the redirect rules, then point the links at the final page.",
    "Keep such links few; if the page should rank, allow it in robots.txt.",
    "Let the linked page name itself as its canonical, or link to one of the site's own.",
    "Link from its text to the money page closest to its subject.",
)
_FIXES = {
    check.id: Sentences(
        (
            form(
                one_of(
                    check.fix,
                    *(_LEAK_FIXES if check.id == "authority-leak" else ()),
                    *(("Point the links straight at {url}",) if check.id == "link-to-redirect" else ()),
                ),
                maybe(*_SUGGESTED),
                between=" ",
            ),
        ),
        _PLAIN | {"because": nested(lambda: _BECAUSE)},
    )
    for check in CHECKS.values()
}
REASONS = Sentences(
    (
        form(
            one_of(
                (
                    "{number} known page was never requested, so that nothing can be said of it",
                    "{number} known pages were never requested, so that nothing can be said of them",
                ),
                "no data on page text (the source kept none)",
                "no data on page text: more than {number} pages do not fit into memory at once",
                "no data on page text",
                "pages were not rendered: their links are those of the HTML as served",
                "pages were not rendered, but for a sample of {number}, in which scripts change next to nothing",
                "no data on visits (GA4 landing pages, or pages and screens)",
                "no data on visitors' steps from page to page (GA4 page transitions)",
                "no data on {columns}",
                "no signal tells which pages matter: add money pages, Search Console, analytics or backlinks",
                "the crawl is incomplete: {stopped}",
                "no page of the site was crawled",
                "no link between two pages whose text is known",
                "no reason given",
            )
        ),
    ),
    _PLAIN | {"columns": _columns, "stopped": stopped_text},
)
"""Why a check could not be judged."""


def evidence_text(language: Language, check_id: str, evidence: str) -> str:
    """What a check saw, in a language; as it stands where its form is not known."""
    known = EVIDENCE.get(check_id)
    return (known.said(language, evidence) if known else None) or evidence


def fix_text(language: Language, check_id: str, fix: str) -> str:
    """What to do about a finding of a check, in a language; as it stands where its form is not known."""
    known = _FIXES.get(check_id)
    return (known.said(language, fix) if known else None) or fix


def reason_text(language: Language, reason: str) -> str:
    """Why a check could not be judged, in a language; as it stands where its form is not known."""
    return REASONS.said(language, reason) or reason


def findings_in(language: Language, findings: pd.DataFrame) -> pd.DataFrame:
    """Findings (`linkkit.schema.FINDINGS`) with ``evidence``, ``fix``, ``why`` and ``unit`` in a language; codes stay.

    What has no known form stays English; how many findings that are is logged.
    """
    if language.code == "en" or findings.empty:
        return findings
    evidence, unknown = _column_in(language, findings, "evidence", EVIDENCE)
    fixes, others = _column_in(language, findings, "fix", _FIXES)
    if unknown or others:
        logger.warning(
            "evidence of %d findings and advice of %d have no %s words", unknown, others, language.code
        )
    said = {
        name: map_unique(findings[name], lambda text: language.text(str(text)))
        for name in ("why", "unit")
        if name in findings
    }
    return findings.assign(evidence=evidence, fix=fixes, **said)


def unknown_words(findings: pd.DataFrame) -> list[str]:
    """Evidence and advice of findings that no known form fits, each once: what stays English in every export."""
    unknown: dict[str, None] = {}
    for column, kinds in (("evidence", EVIDENCE), ("fix", _FIXES)):
        for check, text in findings[["check_id", column]].drop_duplicates().itertuples(index=False):
            if check not in kinds or not kinds[check].knows(text):
                unknown[f"{check}: {text}"] = None
    return list(unknown)


def _column_in(
    language: Language, findings: pd.DataFrame, column: str, kinds: Mapping[str, Sentences]
) -> tuple[pd.Series, int]:
    """A column of findings in a language, and how many rows stay as they are."""
    said, unknown = findings[column].astype("object"), 0
    for check, own in findings.groupby("check_id", sort=False)[column]:
        codes, texts = pd.factorize(own)
        known = kinds.get(str(check))
        words = [known.said(language, str(text)) if known else None for text in texts]
        unknown += int(np.isin(codes, [place for place, each in enumerate(words) if each is None]).sum())
        told = [text if each is None else each for each, text in zip(words, texts, strict=True)]
        said.loc[own.index] = np.array(told, dtype=object)[codes]
    return said, unknown


def templates() -> Iterator[Message]:
    """Every message of this module, to be translated."""
    kinds = (_EARNED, _ANSWER, _FAULT, _PILLAR, _BECAUSE, STOPPED, LIMITS, REASONS, REJECTED, NOTES)
    yield from all_templates((*EVIDENCE.values(), *kinds))
    for each in _FIXES.values():
        yield from (text for text in each.templates() if text not in _SUGGESTED)
    yield from _SUGGESTED
    yield from (*COLUMNS.values(), *_LISTS)
