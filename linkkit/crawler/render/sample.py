"""Taking the sample by which a crawl decides whether it renders its pages."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any

from linkkit.crawler.plan import CrawlPlan
from linkkit.crawler.render.compare import Outcome
from linkkit.crawler.render.decision import FIRST, SPREAD, SampledPage, pick
from linkkit.urls import origin, template_group

AT_A_TIME = 4


@dataclass(frozen=True)
class Forms:
    """A page's answer as served and as rendered; the same where it was not rendered, and `outcome` None where it is no page."""

    served: Any
    shown: Any
    outcome: Outcome | None = None
    words: int = 0
    links: tuple[str, ...] = ()


class Sampler:
    """Fetches and renders pages around the start page: the first that it links to, then others, spread over kinds of pages.

    Parameters
    ----------
    plan : CrawlPlan
        Its scope, patterns and limits hold for the sample as well.
    fetch : callable
        Gives the `Forms` of an address; None where it does not answer.
    progress : callable
        Told how many pages are done, and how many there will be, as far as is known.
    """

    def __init__(
        self,
        plan: CrawlPlan,
        fetch: Callable[[str], Awaitable[Forms | None]],
        progress: Callable[[int, int], object],
    ) -> None:
        self.plan = plan
        self.kept: dict[str, Forms] = {}
        """Answers by address, the start page's left out: no page is requested a second time."""
        self._fetch = fetch
        self._progress = progress
        self._pages: list[SampledPage] = []
        self._tried: set[str] = set()
        self._done = 1

    async def take(self, start_url: str, start: Forms) -> list[SampledPage]:
        """The sampled pages, the start page first.

        Parameters
        ----------
        start_url : str
            As the crawl requests it.
        start : Forms
            The start page's answer.
        """
        primary = origin(start_url)
        self._tried.add(start_url)
        self._pages.append(self._judged(start_url, start, primary))
        depth = self.plan.state.frontier.max_depth
        if depth is None or depth > 0:
            near = list(dict.fromkeys(self._targets([*self._raw(start), *start.links], primary)))
            await self._wave(near[:FIRST], primary)
            await self._wave(self._spread(near), primary)
        if depth is None or depth > 1:
            # Behind the pages that the start page links to lie kinds of pages that it does not.
            far = [url for page in self._pages for url in sorted(page.served | page.rendered)]
            await self._wave(self._spread(far), primary)
        return self._pages

    def _spread(self, urls: Iterable[str]) -> list[str]:
        kinds = Counter(map(template_group, self._tried))
        return pick(set(urls) - self._tried, kinds, SPREAD // 2)

    async def _wave(self, urls: Iterable[str], primary: str) -> None:
        limit = self.plan.max_pages
        room = None if limit is None else max(limit - self.plan.state.rows - len(self._tried), 0)
        wanted = [url for url in urls if url not in self._tried][:room]
        self._tried.update(wanted)
        turns = asyncio.Semaphore(AT_A_TIME)

        async def take(url: str) -> SampledPage | None:
            async with turns:
                forms = await self._fetch(url)
            self._done += 1
            self._progress(self._done, len(self._tried))
            if forms is None:
                return None
            self.kept[url] = forms
            return None if forms.outcome is None else self._judged(url, forms, primary)

        self._progress(self._done, len(self._tried))
        # In the order of the addresses, whichever came first.
        self._pages += [page for page in await asyncio.gather(*map(take, wanted)) if page is not None]

    def _judged(self, url: str, forms: Forms, primary: str) -> SampledPage:
        outcome = forms.outcome
        assert outcome is not None  # noqa: S101
        own = {url}
        return SampledPage(
            url=url,
            served=frozenset(self._targets(self._raw(forms), primary)) - own,
            rendered=frozenset(self._targets(forms.links, primary)) - own,
            words_served=outcome.raw.word_count or 0,
            words_rendered=forms.words,
            error=outcome.error,
        )

    @staticmethod
    def _raw(forms: Forms) -> list[str]:
        return [] if forms.outcome is None else [link.url for link in forms.outcome.raw.links]

    def _targets(self, links: Iterable[str], primary: str) -> Iterable[str]:
        scope = self.plan.scope
        for link in links:
            url = scope.to_crawl(link.split("#", 1)[0], primary)
            if url is not None and scope.allows(url):
                yield url
