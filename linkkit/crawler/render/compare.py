"""One page in two forms, as served and as rendered: which of its links stand in which."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from linkkit.crawler.extract import Link, PageFacts

HTML, RENDERED = 1, 2
"""Values of `linkkit.schema.SeenIn`; the crawler process does without the tables' libraries."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What rendering a page came to.

    Attributes
    ----------
    raw : PageFacts
        The page as served.
    is_rendered : bool
        Whether the response holds the page as rendered; else it is as served, and `error` says why.
    error : str or None
        timeout, too_large, crashed, or ``other: ...``.
    leaves_to : str or None
        Address that a script of the page sent the visitor to.
    """

    raw: PageFacts
    is_rendered: bool = False
    error: str | None = None
    leaves_to: str | None = None


def merged_links(raw: Sequence[Link], rendered: Sequence[Link]) -> list[tuple[Link, int]]:
    """All links of a page, each with the forms in which its target is linked (`HTML`, `RENDERED`, or their sum).

    What counts is the target, without fragment: a script that moves a link or words it anew does not make it another one. Links of
    the rendered page come first and in its order; then those served links whose target the scripts took away.
    """
    served, shown = (targets(links) for links in (raw, rendered))
    both = [(link, RENDERED | (HTML if _target(link) in served else 0)) for link in rendered]
    return both + [(link, HTML) for link in raw if _target(link) not in shown]


def targets(links: Iterable[Link]) -> set[str]:
    """Addresses that links lead to, without fragments."""
    return {_target(link) for link in links}


def _target(link: Link) -> str:
    return link.url.split("#", 1)[0]


def rendered_parts(facts: PageFacts, outcome: Outcome) -> dict[str, Any]:
    """What a row says otherwise, or beside, because its page was rendered, or was to be.

    Directives of either form hold, as they do for search engines; the canonical is the rendered one where there is one.
    """
    raw = outcome.raw
    if not outcome.is_rendered:
        return {"render_error": outcome.error or "other: not rendered"}
    links = [
        [link.url, link.name, link.position, link.rel, int(link.is_image), link.container, seen]
        for link, seen in merged_links(raw.links, facts.links)
    ]
    parts: dict[str, Any] = {
        "rendered": True,
        "raw_words": raw.word_count,
        "canonical": facts.canonical or raw.canonical,
        "robots": list(dict.fromkeys((*raw.robots, *facts.robots))),
        "links": links,
    }
    if outcome.leaves_to:
        parts["redirect_to"] = outcome.leaves_to
    return parts
