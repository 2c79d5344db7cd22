"""Whether the start page can be crawled from, and what to tell the user if not."""

from dataclasses import asdict, dataclass
from typing import Any

from linkkit.crawler.resume import CrawlState
from linkkit.crawler.scope import Scope

MAX_START_REDIRECTS = 20
HTML_TYPES = frozenset({"text/html", "application/xhtml+xml", "application/vnd.wap.xhtml+xml"})

_REASONS = {
    "dns": "its host name is not known (DNS)",
    "timeout": "it did not answer in time",
    "refused": "it refused the connection",
    "reset": "it closed the connection before the page was complete",
    "too_large": "it is larger than the crawler loads",
    "forbidden": "its name leads into a network where the crawl did not start",
}


@dataclass(frozen=True)
class StartFailure:
    """Why a crawl cannot begin.

    `kind` is unreachable, browser, robots, robots_unread, redirect, loop, cookies, refused, missing, server or not_html; `url` the last address of the
    start page's redirects, `detail` what was found there.
    """

    kind: str
    url: str
    status: int | None = None
    detail: str = ""

    def to_json(self) -> dict[str, Any]:
        """The failure as plain JSON types."""
        return asdict(self)

    def message(self, start_url: str) -> str:
        """What happened, where, and what to do next."""
        where = start_url if self.url == start_url else f"{start_url} (redirected to {self.url})"
        return f"{where}: {self._what()}"

    def _what(self) -> str:
        status = f"status {self.status}"
        return {
            "unreachable": (
                f"the start page could not be reached: {_REASONS.get(self.detail, self.detail)}."
                " Check the address, that the site is up, and that this computer may reach it."
            ),
            "browser": (
                f"its pages cannot be rendered: {self.detail}. Put that right, or crawl with render='auto' or 'never'."
            ),
            "robots": (
                "robots.txt forbids the start page to this crawler. Ask the site's owner to allow it, or, if you are"
                " the owner or have their permission, crawl with obey_robots=False."
            ),
            "robots_unread": (
                f"robots.txt could not be read ({_REASONS.get(self.detail, self.detail)}), and until it can a crawler has to take"
                " everything for forbidden (RFC 9309). Try again later, or, if you are the owner or have their permission, crawl with"
                " obey_robots=False."
            ),
            "redirect": f"the start page redirects to another site, {self.detail}. Crawl that address instead.",
            "loop": f"the start page ends in a redirect loop ({self.detail}). Crawl an address that shows a page.",
            "cookies": (
                f"the start page sets a cookie and redirects to where it was ({self.detail}), so that only visitors with that cookie"
                " get on. Pass the cookies of a browser that does with cookies=..., or ask the owner to let the crawler in."
            ),
            "refused": (
                f"the site blocks us: {status} for the start page. If it is protected, pass basic_auth, cookies or"
                " headers; else ask the owner to let the crawler in, or try user_agent=... and a longer delay."
            ),
            "missing": f"the start page does not exist: {status}. Crawl an address that shows a page.",
            "server": f"the site answers with an error: {status} for the start page. Try again when it is up.",
            "not_html": (
                f"the start page is not an HTML page but {self.detail or 'of unknown type'}. Crawl the address of an"
                " HTML page; a sitemap or a list of addresses can be passed as seeds."
            ),
        }[self.kind]


def judge_start(row: dict[str, Any], state: CrawlState, scope: Scope, hops: int) -> StartFailure | None:
    """Judge the row of a start address: None if it can be crawled from, or is a redirect to be followed.

    Parameters
    ----------
    row : dict
        The ``linkkit`` object of the row, not yet noted in `state`.
    state : CrawlState
        Tells where the start page's redirects have led and which addresses were seen.
    scope : Scope
        Tells which redirects stay on the site.
    hops : int
        Redirects followed so far.
    """
    url, status = row["url"], row["status"]
    if row["redirect_to"]:
        target = scope.address(row["redirect_to"], state.primary, url)
        if target is None:
            return StartFailure("redirect", url, status, row["redirect_to"])
        is_loop = state.frontier.is_seen(target) or hops >= MAX_START_REDIRECTS
        how = "cookies" if row.get("sets_cookie") else "loop"
        return StartFailure(how, url, status, f"{url} leads back to {target}") if is_loop else None
    kind, detail = None, ""
    if row["blocked_by_robots"]:
        kind = "robots"
    elif status is None:
        kind, detail = "unreachable", row["error"] or ""
        if row.get("robots_unread"):
            kind = "robots_unread"
        if detail.startswith("render: "):
            kind, detail = "browser", detail.removeprefix("render: ")
    elif status in {401, 403, 407, 429}:
        kind = "refused"
    elif status >= 300:
        kind = "server" if status >= 500 else "missing"
    elif row["content_type"] not in HTML_TYPES:
        kind, detail = "not_html", row["content_type"] or ""
    return StartFailure(kind, url, status, detail) if kind else None
