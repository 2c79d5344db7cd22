"""One request's outcome -> one row of the crawl file: advertools' columns and the ``linkkit`` object beside them."""

import logging
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from scrapy.http import HtmlResponse, Response

from linkkit.crawler.document import document_of
from linkkit.crawler.extract import PageFacts, absolute, extract_page
from linkkit.crawler.frontier import Entry
from linkkit.crawler.render.compare import Outcome, rendered_parts

logger = logging.getLogger(__name__)

ROW_VERSION = 1
META = "linkkit"
"""Key under which a request carries its `Entry`; advertools copies all keys into its row, there it is replaced."""

OUTCOME = "linkkit_outcome"
"""Key under which a request carries what rendering its page came to, where the crawl renders pages."""

_PRIVATE_META = ("is_start_request", "dont_redirect", "handle_httpstatus_all", OUTCOME)
_SECRET_COLUMNS = frozenset(
    {
        "request_headers_authorization",
        "request_headers_proxy-authorization",
        "request_headers_cookie",
        "resp_headers_set-cookie",
        "resp_headers_www-authenticate",
    }
)
# Matched against the names of an exception's classes: Scrapy and Twisted have renamed them over the versions.
_ERRORS = (
    ("forbidden", ("ForbiddenAddress",)),
    ("dns", ("CannotResolveHost", "DNSLookup", "gaierror")),
    ("timeout", ("Timeout", "TimedOut")),
    ("too_large", ("DownloadCancelled", "Cancelled")),
    ("refused", ("ConnectionRefused", "ConnectionRefusedError", "NoRoute")),
    ("reset", ("DataLoss", "ConnectionLost", "ConnectionDone", "ResponseNeverReceived", "ConnectionReset")),
)
_MAX_CAUSES = 9

NOT_THERE = frozenset({"dns", "refused", "forbidden"})
"""Codes of hosts that cannot be connected to at all, be it for robots.txt or for a page."""


def error_code(error: BaseException) -> str:
    """Short code of a failed request: dns, timeout, refused, reset, too_large, forbidden, ``render: ...`` or ``other: ...``."""
    if type(error).__name__ == "RenderUnavailableError":
        return f"render: {' '.join(str(error).split())}"
    chain: list[BaseException] = []
    waiting: list[BaseException] = [error]
    while waiting and len(chain) < _MAX_CAUSES:
        each = waiting.pop(0)
        chain.append(each)
        waiting += [
            reason.value for reason in getattr(each, "reasons", None) or () if hasattr(reason, "value")
        ]
        waiting += [each.__cause__] if each.__cause__ is not None else []
    if any("DOWNLOAD_MAXSIZE" in str(each) for each in chain):
        return "too_large"
    names = [cls.__name__ for each in chain for cls in type(each).__mro__]
    for code, parts in _ERRORS:
        if any(part in name for name in names for part in parts):
            return code
    if any("ResponseFailed" in name or "DownloadFailed" in name for name in names):
        # TLS faults and broken answers come wrapped; what is wrapped says more.
        inner = next((each for each in reversed(chain) if str(each)), error)
        return "reset" if "lost" in str(inner).lower() else f"other: {_short(inner)}"
    return f"other: {_short(error)}"


def _short(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:200]


def response_row(response: Response, entry: Entry) -> tuple[dict[str, Any], dict[str, Any]]:
    """The ``linkkit`` object of an answered request, and columns of advertools' that come with reading the page."""
    url = entry.url
    headers = header_lists(response)
    content_type = (headers.get("content-type") or [""])[0].split(";")[0].strip().lower()
    is_html = is_page(response)
    facts = _facts(response, url, headers, is_page=is_html)
    location = next(iter(headers.get("location") or ()), None)
    is_redirect = 300 <= response.status < 400 and bool(location)
    redirect_to = absolute(location, url) if is_redirect and location else facts.refresh_to
    row: dict[str, Any] = {
        "v": ROW_VERSION,
        "url": url,
        "status": response.status,
        "error": None,
        "content_type": content_type or ("text/html" if is_html else None),
        "redirect_to": redirect_to,
        "title": facts.title,
        "h1": facts.h1,
        "meta_description": facts.meta_description,
        "canonical": facts.canonical,
        "robots": list(facts.robots),
        "blocked_by_robots": False,
        "lang": facts.lang,
        "depth": entry.depth,
        "seed": entry.is_seed,
        "word_count": facts.word_count,
        "linkable": facts.linkable,
        "headings": facts.headings,
        "links": [
            [link.url, link.name, link.position, link.rel, int(link.is_image), link.container]
            for link in facts.links
        ],
    }
    if "set-cookie" in headers:
        row["sets_cookie"] = True
    if facts.breadcrumb:
        row["breadcrumb"] = [list(step) for step in facts.breadcrumb]
    if facts.rel_next:
        row["rel_next"] = facts.rel_next
    if facts.rel_prev:
        row["rel_prev"] = facts.rel_prev
    if facts.frames:
        row["frames"] = facts.frames
    if facts.scripts:
        row["scripts"] = facts.scripts
    outcome = response.meta.get(OUTCOME)
    if isinstance(outcome, Outcome):
        row |= rendered_parts(facts, outcome)
    elif facts.is_shell and response.status == 200:
        row["shell"] = True
    return _with_origin(row, entry), {} if facts.body_text is None else {"body_text": facts.body_text}


def failure_row(entry: Entry, error: str | None) -> dict[str, Any]:
    """The ``linkkit`` object of a request without an answer; `error` None means blocked by robots.txt."""
    row: dict[str, Any] = {
        "v": ROW_VERSION,
        "url": entry.url,
        "status": None,
        "error": error,
        "content_type": None,
        "redirect_to": None,
        "title": None,
        "h1": None,
        "meta_description": None,
        "canonical": None,
        "robots": [],
        "blocked_by_robots": error is None,
        "lang": None,
        "depth": entry.depth,
        "seed": entry.is_seed,
        "word_count": None,
        "links": [],
    }
    return _with_origin(row, entry)


def _with_origin(row: dict[str, Any], entry: Entry) -> dict[str, Any]:
    if entry.rank.by_seed:
        # Clicks from the nearest seed: a resumed crawl needs them where there is no depth.
        row["from_seed"] = entry.rank.clicks
    return row


def complete_item(item: dict[str, Any], row: dict[str, Any], secret_names: frozenset[str]) -> dict[str, Any]:
    """Advertools' item with the ``linkkit`` object in, and secrets, cookies and internal columns out."""
    kept = {
        key: _plain(value)
        for key, value in item.items()
        if key not in _PRIVATE_META and not _is_secret(key, secret_names)
    }
    kept["depth"] = row["depth"]
    kept[META] = row
    return kept


def _plain(value: Any) -> Any:
    """A value JSON can hold: advertools' JSON-LD columns bring NaN and numpy numbers, which would cost the row."""
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if value is None or isinstance(value, str | int | list | dict):
        return value
    return value.item() if hasattr(value, "item") else str(value)


def bare_item(row: dict[str, Any], response: Response | None = None) -> dict[str, Any]:
    """An item with advertools' basic columns, for outcomes advertools gives no row for."""
    item: dict[str, Any] = {"url": row["url"]}
    if row["error"] is not None:
        item["errors"] = row["error"]
    if response is not None:
        item |= {
            "status": response.status,
            "size": len(response.body),
            "ip_address": str(response.ip_address),
        }
        item |= {f"resp_headers_{name}": ",".join(values) for name, values in header_lists(response).items()}
    return item | {"crawl_time": datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")}


def header_lists(response: Response) -> dict[str, list[str]]:
    """Response headers, names in lower case, every value of each."""
    return {
        name.decode("latin-1").lower(): [
            value.decode("utf-8", "replace") for value in response.headers.getlist(name)
        ]
        for name in response.headers
    }


def is_page(response: Response) -> bool:
    """Whether an answer is an HTML page."""
    content_type = next(iter(header_lists(response).get("content-type") or ()), "")
    return isinstance(response, HtmlResponse) and not _is_other_type(
        content_type.split(";")[0].strip().lower()
    )


def _is_other_type(content_type: str) -> bool:
    # Scrapy takes any text for HTML once it looks like it; the server's word counts where there is one.
    return content_type not in {"", "text/html", "application/xhtml+xml", "application/vnd.wap.xhtml+xml"}


def _facts(response: Any, url: str, headers: Mapping[str, list[str]], *, is_page: bool) -> PageFacts:
    if not is_page or 300 <= response.status < 400:
        return extract_page(url, None, headers)
    try:
        return extract_page(url, document_of(response), headers)
    except Exception:
        # One page that cannot be read must not cost the crawl; its row stays, and the log says why.
        logger.exception("Page could not be read, its links are missing: %s", url)
        return extract_page(url, None, headers)


def _is_secret(column: str, secret_names: frozenset[str]) -> bool:
    name = column.lower()
    return name in _SECRET_COLUMNS or name.removeprefix("request_headers_") in secret_names
