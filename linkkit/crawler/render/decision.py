"""Whether a site's pages have to be rendered: a sample of pages, each as served and as rendered, and the verdict for the crawl."""

import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, Self

from linkkit.crawler.files import read_record, write_json
from linkkit.urls import template_group

Asked = Literal["auto", "always", "never"]
MODES = ("auto", "always", "never")

FIRST, SPREAD = 4, 20
"""Pages of the sample beside the start page: the first that it links to, and more, spread over kinds of pages."""

CHANGED_SHARE = 0.1
"""From this share of pages on that rendering changes, the whole crawl is rendered; too much costs time, too little hides links."""

GROWN, GROWN_WORDS = 1.5, 50
"""Rendering changes a page's text if it has so many times the words, and so many more."""

SHELL_SHARE = 0.5
"""From this share of pages on that look like empty shells, a crawl that rendered none is incomplete."""

FAILED_SHARE = 0.1
"""From this share of pages on that could not be rendered, a crawl that renders its pages is incomplete."""

_SEED = 20_260_101


@dataclass(frozen=True)
class SampledPage:
    """One page of the sample.

    Attributes
    ----------
    url : str
    served, rendered : frozenset of str
        Addresses of the site that it links to, in either form.
    words_served, words_rendered : int
    error : str or None
        Why it could not be rendered.
    """

    url: str
    served: frozenset[str] = frozenset()
    rendered: frozenset[str] = frozenset()
    words_served: int = 0
    words_rendered: int = 0
    error: str | None = None

    @property
    def has_grown(self) -> bool:
        """Whether much of its text is there only after rendering."""
        more = self.words_rendered - self.words_served
        return more >= GROWN_WORDS and self.words_rendered >= GROWN * self.words_served


@dataclass(frozen=True)
class Rendering:
    """Whether a crawl renders its pages, and why; kept beside the crawl and in the manifest.

    Attributes
    ----------
    asked : str
        auto, always or never.
    mode : str or None
        always or never; None while the sample is being taken.
    why : str
        In a few words.
    sampled, wanted : int
        Pages rendered for the sample so far, and to be rendered.
    changed, grown, failed : int
        Pages of the sample with links that only rendering shows; with text that only rendering shows; that could not be rendered.
    links_served, links_rendered, links_added : int
        Links to different pages of the site, summed over the sample's pages: as served, as rendered, only as rendered.
    hidden : int
        Pages of the site that no page of the sample links to as served, and some does as rendered.
    words_served, words_rendered : int
    """

    asked: str = "auto"
    mode: str | None = None
    why: str = ""
    sampled: int = 0
    wanted: int = 0
    changed: int = 0
    grown: int = 0
    failed: int = 0
    links_served: int = 0
    links_rendered: int = 0
    links_added: int = 0
    hidden: int = 0
    words_served: int = 0
    words_rendered: int = 0

    @property
    def words(self) -> str:
        """The decision in a sentence, for those who watch the crawl."""
        if self.mode is None:
            return "Rendering a sample of pages to see whether links need JavaScript"
        return f"Pages are {'rendered' if self.mode == 'always' else 'not rendered'}: {self.why}"

    def save(self, path: Path) -> None:
        """Write it."""
        write_json(path, asdict(self))

    @classmethod
    def load(cls, path: Path) -> Self | None:
        """Read it; None if there is none, or it is damaged."""
        return read_record(path, cls)


def pick(candidates: Iterable[str], taken: Mapping[str, int], number: int) -> list[str]:
    """At most `number` addresses, spread over kinds of pages: by `template_group`, rarest among those taken first.

    The same addresses give the same choice, in whatever order they come.

    Parameters
    ----------
    candidates : iterable of str
        Addresses to choose from.
    taken : mapping of template group to count
        Pages of each kind that the sample holds already.
    number : int
    """
    groups: dict[str, list[str]] = {}
    for url in sorted(set(candidates)):
        groups.setdefault(template_group(url), []).append(url)
    chance = random.Random(_SEED)  # noqa: S311 - a sample, no secret
    for urls in groups.values():
        chance.shuffle(urls)
    counts = Counter(taken)
    chosen: list[str] = []
    while groups and len(chosen) < number:
        group = min(groups, key=lambda name: (counts[name], name))
        chosen.append(groups[group].pop())
        counts[group] += 1
        if not groups[group]:
            del groups[group]
    return chosen


def decide(pages: Sequence[SampledPage]) -> Rendering:
    """Judge a sample: rendering is needed where it shows pages, or for many pages links or text, that the HTML does not.

    A page that no served page of the sample links to may be one that only scripts lead to, and one is enough. Where no page could be
    rendered, nothing is known: the crawl goes on without.
    """
    told = [page for page in pages if page.error is None]
    served = frozenset().union(*(page.served for page in pages))
    hidden = frozenset().union(*(page.rendered for page in told)) - served - {page.url for page in pages[:1]}
    changed = sum(bool(page.rendered - page.served) for page in told)
    grown = sum(page.has_grown for page in told)
    is_much = bool(told) and max(changed, grown) >= CHANGED_SHARE * len(told)
    mode = "always" if hidden or is_much else "never"
    of = f"of {len(told)} sampled pages"
    if not told:
        why = (
            f"none of {len(pages)} sampled pages could be rendered ({pages[0].error if pages else 'no page'})"
        )
    elif mode == "never":
        why = f"scripts change next to nothing on {len(told)} sampled pages"
    elif hidden or changed >= grown:
        why = f"{changed} {of} have links that only scripts show"
    else:
        why = f"{grown} {of} have text that only scripts show"
    return Rendering(
        mode=mode,
        why=why,
        sampled=len(pages),
        wanted=len(pages),
        changed=changed,
        grown=grown,
        failed=len(pages) - len(told),
        links_served=sum(len(page.served) for page in told),
        links_rendered=sum(len(page.rendered) for page in told),
        links_added=sum(len(page.rendered - page.served) for page in told),
        hidden=len(hidden),
        words_served=sum(page.words_served for page in told),
        words_rendered=sum(page.words_rendered for page in told),
    )


def limits_of(rendering: Mapping[str, Any], counts: Mapping[str, int], pages: int) -> list[str]:
    """What an analyst should know of how a crawl's pages were rendered, or were not.

    Parameters
    ----------
    rendering : mapping
        A `Rendering` as written to the manifest.
    counts : mapping
        ``rendered``, ``failed``, ``shells``: pages of the crawl.
    pages : int
        Pages that answered.
    """
    said = []
    if rendering.get("mode") == "always" and counts.get("failed"):
        said.append(
            f"{counts['failed']:,} of {counts['failed'] + counts.get('rendered', 0):,} pages could not be rendered: "
            "their links are those of the HTML as served"
        )
    if rendering.get("mode") == "never" and counts.get("shells"):
        said.append(
            f"{counts['shells']:,} of {pages:,} pages look like empty shells of an application, whose links scripts add; "
            "they were not rendered"
        )
    return said
