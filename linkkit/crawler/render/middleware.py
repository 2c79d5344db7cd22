"""Downloader middleware that renders pages on their way from the server to the spider, and first decides whether to."""

import logging
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

from scrapy import signals
from scrapy.http import HtmlResponse, Request, Response

from linkkit.crawler.document import document_of
from linkkit.crawler.extract import PageFacts, extract_page
from linkkit.crawler.files import CrawlFiles
from linkkit.crawler.frontier import Entry
from linkkit.crawler.plan import CrawlPlan, shared_plan
from linkkit.crawler.render.compare import Outcome
from linkkit.crawler.render.decision import Rendering, decide
from linkkit.crawler.render.fetch import ASSET, Assets
from linkkit.crawler.render.renderer import Renderer, RenderFault, RenderUnavailableError
from linkkit.crawler.render.sample import Forms, Sampler
from linkkit.crawler.rows import META, OUTCOME, header_lists, is_page
from linkkit.urls import origin

logger = logging.getLogger(__name__)


class RenderMiddleware:
    """Stands next to the engine: a page comes here last, as the spider will get it.

    With ``render="auto"`` the start page's answer is held back until a sample of the pages around it has been fetched and rendered.
    Those answers are kept for the crawl, which is of one kind from its first page on.
    """

    def __init__(self, crawler: Any, plan: CrawlPlan, files: CrawlFiles) -> None:
        self.crawler = crawler
        self.plan = plan
        self.files = files
        self.rendering = Rendering.load(files.rendering) or Rendering(asked=plan.render)
        self.assets = Assets(crawler, plan.scope)
        self._renderer: Renderer | None = None
        self._kept: dict[str, Forms] = {}
        self._has_rendered = False

    @classmethod
    def from_crawler(cls, crawler: Any) -> Self:
        """Scrapy's constructor."""
        files = CrawlFiles(Path(crawler.settings["LINKKIT_FOLDER"]))
        middleware = cls(crawler, shared_plan(files.plan), files)
        crawler.signals.connect(middleware.engine_stopped, signal=signals.engine_stopped)
        return middleware

    async def process_request(self, request: Request, spider: Any = None) -> Response | None:
        """Refuse what a page may not ask for; answer for pages of the sample, which are there already."""
        if request.meta.get(ASSET):
            self.assets.check(request)
        entry = request.meta.get(META)
        forms = self._kept.pop(entry.url, None) if isinstance(entry, Entry) else None
        return None if forms is None else self._as_decided(request, forms).replace(request=request)

    async def process_response(self, request: Request, response: Response, spider: Any = None) -> Response:
        """The page, rendered where the crawl renders its pages."""
        entry = request.meta.get(META)
        if not isinstance(entry, Entry) or OUTCOME in request.meta or self.rendering.mode == "never":
            return response
        facts = _facts(response)
        if facts is None:
            return response
        if self.rendering.mode is None:
            forms = await self._decide(entry.url, response, facts)
        else:
            forms = await self._rendered(response, facts)
        return self._as_decided(request, forms)

    async def engine_stopped(self) -> None:
        """End the browser."""
        if self._renderer is not None:
            await self._renderer.close()

    def _as_decided(self, request: Request, forms: Forms) -> Any:
        if self.rendering.mode != "always":
            return forms.served
        if forms.outcome is not None:
            request.meta[OUTCOME] = forms.outcome
        return forms.shown

    async def _rendered(self, response: Any, facts: PageFacts) -> Forms:
        links = tuple(link.url for link in facts.links)
        as_served = Forms(response, response, Outcome(facts, is_rendered=True), facts.word_count or 0, links)
        if not facts.scripts:
            # Nothing can change it: rendered, it is what it is.
            return as_served
        if self._renderer is None:
            self._renderer = Renderer(
                self.crawler,
                self.assets,
                primary=origin(response.url),
                user_agent=self.plan.user_agent,
                seconds=self.plan.render_seconds,
                with_others=self.plan.render_external,
            )
        try:
            shown, leaves_to = await self._renderer.render(response)
        except (RenderFault, RenderUnavailableError) as fault:
            if isinstance(fault, RenderUnavailableError) and not self._has_rendered:
                raise
            logger.info("Not rendered: %s (%s)", response.url, fault)
            return replace(as_served, outcome=Outcome(facts, error=str(fault)))
        self._has_rendered = True
        # The row is made of the rendered page once more; only the sample needs these here.
        after = facts if self.rendering.mode == "always" else _facts(shown) or PageFacts()
        return Forms(
            response,
            shown,
            Outcome(facts, is_rendered=True, leaves_to=leaves_to),
            after.word_count or 0,
            tuple(link.url for link in after.links),
        )

    async def _decide(self, url: str, response: Response, facts: PageFacts) -> Forms:
        """Decide for the crawl at its start page, which is given back in both forms."""
        if not facts.scripts:
            self._note(Rendering(mode="never", why="the start page runs no script"))
            return Forms(response, response)
        sampler = Sampler(
            self.plan,
            self._sampled,
            lambda done, wanted: self._note(Rendering(sampled=done, wanted=wanted)),
        )
        try:
            start = await self._rendered(response, facts)
            pages = await sampler.take(url, start)
        except RenderUnavailableError as error:
            logger.warning("%s", error)
            self._note(Rendering(mode="never", why=str(error)))
            return Forms(response, response)
        self._kept = sampler.kept
        self._note(decide(pages))
        logger.info("%s", self.rendering.words)
        return start

    async def _sampled(self, url: str) -> Forms | None:
        request = Request(
            url, meta={META: None, "dont_redirect": True, "handle_httpstatus_all": True}, dont_filter=True
        )
        try:
            response = await self.crawler.engine.download_async(request)
        except Exception as error:
            logger.debug("A page of the sample does not answer: %s (%s)", url, error)
            return None
        if response.status >= 400:
            return None
        facts = _facts(response)
        return Forms(response, response) if facts is None else await self._rendered(response, facts)

    def _note(self, rendering: Rendering) -> None:
        self.rendering = replace(rendering, asked=self.plan.render)
        self.rendering.save(self.files.rendering)


def _facts(response: Response) -> PageFacts | None:
    """What an answer says as a page; None for what cannot be rendered, or would lead elsewhere if it were."""
    if not isinstance(response, HtmlResponse) or response.status != 200 or not is_page(response):
        return None
    try:
        facts = extract_page(response.url, document_of(response), header_lists(response))
    except Exception:
        logger.exception("Page could not be read, it is not rendered: %s", response.url)
        return None
    return None if facts.refresh_to else facts
