"""Rendering one page after the other with scrapy-playwright's download handler; each page in a context of its own."""

import asyncio
import logging
from contextlib import suppress
from itertools import count
from typing import Any

from scrapy.http import HtmlResponse, Request

from linkkit.crawler.render.browser import LAUNCH_ARGUMENTS, find_chromium, has_sandbox
from linkkit.crawler.render.fetch import Assets, passed_headers
from linkkit.crawler.render.policy import Verdict, judge
from linkkit.urls import origin

logger = logging.getLogger(__name__)

MAX_CONTEXTS = 4
"""Pages rendered at a time: each takes a process of Chromium, and a processor while its scripts run."""

QUIET_SECONDS, POLL_SECONDS = 0.5, 0.1
"""A page is ready once it has asked for nothing, and its links have not changed, for so long."""

START_SECONDS, ANSWER_SECONDS, CLOSE_SECONDS = 60.0, 3.0, 5.0
"""How long Chromium may take to start, a page to say what it holds, and to be closed, beside the time that the page has itself."""

MAX_REQUESTS = 500
"""Requests that one page may make."""

MAX_HTML = 16 << 20
"""Characters of a rendered page; what the crawler loads of one as served (DOWNLOAD_MAXSIZE) is as much."""

# Tall, as search engines' renderers are: what loads when it comes into view is in view.
_VIEWPORT = {"width": 1280, "height": 8000}
_BEFORE = """for (const name of ['WebSocket', 'WebTransport', 'RTCPeerConnection', 'webkitRTCPeerConnection', 'EventSource'])
  try { delete window[name]; } catch {}
window.open = () => null;"""
_COUNT = "() => [document.links.length, document.readyState]"
# Shadow trees are opened, as search engines do; what is there for browsers without scripts goes; addresses become absolute
# where a router has changed the page's own.
_AFTER = """address => {
  const open = root => { for (const each of [...root.querySelectorAll('*')])
    if (each.shadowRoot) { open(each.shadowRoot); each.append(...each.shadowRoot.childNodes); } };
  open(document);
  for (const each of document.querySelectorAll('noscript')) each.remove();
  if (location.href.split('#')[0] !== address.split('#')[0])
    for (const each of document.querySelectorAll('a[href], area[href], link[href]'))
      if (/^https?:/.test(each.href)) each.setAttribute('href', each.href);
  return document.documentElement.outerHTML.length;
}"""


class RenderUnavailableError(Exception):
    """Chromium cannot be started: no page can be rendered."""


class RenderFault(Exception):  # noqa: N818 - holds a code, not a message
    """Why one page could not be rendered: timeout, too_large, crashed, or ``other: ...``."""


class Renderer:
    """Renders pages that the crawler has fetched.

    Parameters
    ----------
    crawler : scrapy Crawler
    assets : Assets
    primary : str
        Origin that the start page answers on.
    user_agent : str
    seconds : float
        How long one page may take.
    with_others : bool
        Whether pages get scripts, styles and data of other public hosts.
    """

    def __init__(
        self,
        crawler: Any,
        assets: Assets,
        *,
        primary: str,
        user_agent: str,
        seconds: float,
        with_others: bool,
    ) -> None:
        self.crawler = crawler
        self.assets = assets
        self.primary = primary
        self.user_agent = user_agent
        self.seconds = seconds
        self.with_others = with_others
        self._numbers = count()
        self._turns = asyncio.Semaphore(MAX_CONTEXTS)
        self._handler: Any = None

    async def render(self, response: HtmlResponse) -> tuple[HtmlResponse, str | None]:
        """The page after its scripts have run; or as it was served, and the address that they sent the visitor to.

        Raises
        ------
        RenderFault
            If the page cannot be rendered.
        RenderUnavailableError
            If no page can.
        """
        async with self._turns:
            handler = self._open()
            view = _View(self, response)
            name = f"page-{next(self._numbers)}"
            limit = (
                self.seconds
                + ANSWER_SECONDS
                + CLOSE_SECONDS
                + (0 if hasattr(handler, "browser") else START_SECONDS)
            )
            work = asyncio.ensure_future(handler.download_request(self._request(response, view, name)))
            leaving = asyncio.ensure_future(view.leaving.wait())
            try:
                await asyncio.wait({work, leaving}, timeout=limit, return_when=asyncio.FIRST_COMPLETED)
                if leaving.done():
                    return response, view.leaves_to
                if not work.done():
                    raise RenderFault("timeout")
                rendered = work.result()
            except (RenderUnavailableError, RenderFault):
                raise
            except Exception as error:
                raise RenderFault(_code(error)) from error
            finally:
                for each in (work, leaving):
                    each.cancel()
                await self._close_context(name)
                # Whatever it still had to say is of no use.
                await asyncio.gather(work, leaving, return_exceptions=True)
        if not isinstance(rendered, HtmlResponse):
            raise RenderFault("other: not HTML once it was rendered")
        # Status and headers stay those of the page as served.
        body = rendered.text.encode("utf-8", "replace")
        return HtmlResponse(
            response.url,
            status=response.status,
            headers=response.headers,
            body=body,
            encoding="utf-8",
            request=response.request,
            ip_address=response.ip_address,
            flags=["rendered"],
        ), None

    async def close(self) -> None:
        """End the browser."""
        if self._handler is not None:
            with suppress(Exception):
                await asyncio.wait_for(self._handler.close(), CLOSE_SECONDS)

    def _open(self) -> Any:
        if self._handler is None:
            # Here and not above: a crawl that renders nothing need not load it.
            from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler  # noqa: PLC0415

            self._handler = ScrapyPlaywrightDownloadHandler.from_crawler(self.crawler)
            self._handler.browser_provider = Chromium()
        return self._handler

    def _request(self, response: HtmlResponse, view: "_View", name: str) -> Request:
        from scrapy_playwright.page import PageMethod  # noqa: PLC0415

        return Request(
            response.url,
            headers={"User-Agent": self.user_agent},
            dont_filter=True,
            meta={
                "playwright": True,
                "playwright_context": name,
                "playwright_context_kwargs": {
                    "accept_downloads": False,
                    "permissions": [],
                    "service_workers": "block",
                    "user_agent": self.user_agent,
                    "viewport": _VIEWPORT,
                },
                "playwright_page_init_callback": view.prepare,
                "playwright_page_goto_kwargs": {"wait_until": "commit", "timeout": self.seconds * 1000},
                "playwright_page_methods": [PageMethod(view.settle)],
            },
        )

    async def _close_context(self, name: str) -> None:
        wrapper = self._handler.context_wrappers.get(name) if self._handler is not None else None
        if wrapper is None:
            return
        try:
            await asyncio.wait_for(wrapper.context.close(), CLOSE_SECONDS)
        except Exception:
            logger.info("A page does not let itself be closed; Chromium is started anew")
            browser = getattr(self._handler, "browser", None)
            if browser is not None:
                with suppress(Exception):
                    await asyncio.wait_for(browser.close(), CLOSE_SECONDS)


class Chromium:
    """Starts the machine's Chromium when the first page is to be rendered (scrapy-playwright's BrowserProvider)."""

    def __init__(self, config: Any = None) -> None:
        self._playwright: Any = None

    async def start(self) -> None:
        """Nothing yet."""

    async def launch_browser(self) -> Any:
        """A new browser with a profile that lasts as long as it does."""
        from playwright.async_api import Error, async_playwright  # noqa: PLC0415

        path = find_chromium()
        try:
            if self._playwright is None:
                self._playwright = await async_playwright().start()
            return await self._playwright.chromium.launch(
                executable_path=path,
                args=list(LAUNCH_ARGUMENTS),
                headless=True,
                chromium_sandbox=has_sandbox(),
                handle_sigint=False,
                handle_sigterm=False,
                handle_sighup=False,
            )
        except (Error, OSError) as error:
            first = next((line for line in str(error).splitlines() if line.strip()), "no reason given")
            raise RenderUnavailableError(f"Chromium ({path}) could not be started: {first}") from error

    async def launch_persistent_context(self, context_kwargs: dict[str, Any]) -> Any:
        """Pages share nothing: there are no lasting contexts."""
        raise RenderUnavailableError("no page is rendered in a lasting profile")

    async def close(self) -> None:
        """End playwright."""
        if self._playwright is not None:
            await self._playwright.stop()


class _View:
    """One page while it is rendered: what it may ask for, and when it is ready."""

    def __init__(self, renderer: Renderer, response: HtmlResponse) -> None:
        self.renderer = renderer
        self.response = response
        self.leaves_to: str | None = None
        self.leaving = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._until = 0.0
        self._is_loaded = self._is_over = False
        self._pending = self._made = 0
        self._last = self._loop.time()
        self._page: Any = None

    async def prepare(self, page: Any, request: Any) -> None:
        """Shut the page in; called before it is loaded. Its own route is asked before any other."""
        self._page = page
        self._until = self._loop.time() + self.renderer.seconds
        page.on("dialog", _dismiss)
        page.context.on("page", self._close_other)
        await page.add_init_script(_BEFORE)
        await page.context.route("**/*", lambda route: route.abort())
        await page.route_web_socket("**/*", lambda socket: socket.close())
        await page.route("**/*", self._route)

    async def settle(self, page: Any) -> None:
        """Wait until the page asks for nothing any more, or its time is up."""
        with suppress(Exception):
            await page.wait_for_load_state("domcontentloaded", timeout=max(self._left(), 0.001) * 1000)
        seen, since = None, self._loop.time()
        with suppress(TimeoutError):
            while self._left() > 0:
                now = await asyncio.wait_for(page.evaluate(_COUNT), self._left())
                if now != seen or self._pending:
                    seen, since = now, self._loop.time()
                elif now[1] == "complete" and self._loop.time() - max(since, self._last) >= QUIET_SECONDS:
                    break
                await asyncio.sleep(POLL_SECONDS)
        # What is still asked for is refused, so that nothing keeps the page from being complete.
        self._is_over = True
        try:
            size = await asyncio.wait_for(page.evaluate(_AFTER, self.response.url), ANSWER_SECONDS)
        except TimeoutError:
            # A script that never ends: the page answers nothing.
            raise RenderFault("timeout") from None
        if not isinstance(size, int) or size > MAX_HTML:
            raise RenderFault("too_large")

    def _left(self) -> float:
        return self._until - self._loop.time()

    async def _route(self, route: Any, request: Any) -> None:
        url = request.url
        if url.startswith(("data:", "blob:")):
            await route.continue_()
            return
        own = self.renderer.assets.own_address(url, self.renderer.primary)
        is_page = request.resource_type == "document" and request.frame == self._page.main_frame
        verdict = judge(
            method=request.method,
            kind=request.resource_type,
            is_page=is_page,
            is_first=not self._is_loaded,
            is_own=own is not None,
            with_others=self.renderer.with_others,
        )
        if verdict is Verdict.DOCUMENT:
            self._is_loaded = True
            headers = passed_headers(self.response)
            await route.fulfill(status=self.response.status, headers=headers, body=self.response.body)
        elif verdict is Verdict.FETCH and not self._is_over and self._made < MAX_REQUESTS:
            await self._fetch(route, request, own or url)
        else:
            if verdict is Verdict.LEAVE:
                self._leave(url)
            await route.abort("aborted" if verdict is Verdict.LEAVE else "blockedbyclient")

    async def _fetch(self, route: Any, request: Any, url: str) -> None:
        self._made += 1
        self._pending += 1
        try:
            answer = await asyncio.wait_for(
                self.renderer.assets.get(
                    url, method=request.method, headers=request.headers, body=request.post_data_buffer
                ),
                max(self._left(), 0.001),
            )
        except TimeoutError:
            answer = None
        finally:
            self._pending -= 1
            self._last = self._loop.time()
        # The page may have gone meanwhile.
        with suppress(Exception):
            if answer is None:
                await route.abort("failed")
            else:
                await route.fulfill(status=answer.status, headers=answer.headers, body=answer.body)

    def _leave(self, url: str) -> None:
        """Note where a script sends the visitor: the first address counts, and the page itself (a reload) does not."""
        here = self.response.url.split("#", 1)[0]
        if self.leaves_to is None and url.split("#", 1)[0] != here and origin(url):
            self.leaves_to = url
            self.leaving.set()

    async def _close_other(self, other: Any) -> None:
        if other is not self._page:
            with suppress(Exception):
                await other.close()


async def _dismiss(dialog: Any) -> None:
    with suppress(Exception):
        await dialog.dismiss()


def _code(error: BaseException) -> str:
    if isinstance(error, TimeoutError) or type(error).__name__ == "TimeoutError":
        return "timeout"
    words = " ".join(str(error).split())
    if "crashed" in words or "closed" in words:
        return "crashed"
    return f"other: {type(error).__name__}: {words}"[:200]
