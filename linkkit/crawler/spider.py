"""advertools' spider with its columns read in one look at each page."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from advertools.spider import SEOSitemapSpider
from scrapy.http import Headers, HtmlResponse, Response
from scrapy.spiders import Spider
from scrapy.utils.response import get_base_url

from linkkit.crawler.columns import page_columns
from linkkit.crawler.document import document_of


class AuditSpider(SEOSitemapSpider):
    """One row a page with advertools' columns; what to request, the middleware decides.

    advertools' own constructor evaluates its arguments as code; this one takes a list of hosts, joined by commas.
    """

    def __init__(self, allowed_domains: str, **arguments: Any) -> None:
        Spider.__init__(self, **arguments)
        self.allowed_domains = allowed_domains.split(",")

    def parse(self, response: Response) -> Iterator[dict[str, Any]]:
        """The row of one answer."""
        row: dict[str, Any] = {"url": response.request.url if response.request else response.url}
        if isinstance(response, HtmlResponse):
            row |= page_columns(
                response.url, document_of(response), get_base_url(response), response.encoding
            )
        row["size"] = len(response.body)
        row |= {
            name: "@@".join(map(str, value)) if isinstance(value, list) else value
            for name, value in response.meta.items()
        }
        row["status"] = response.status
        row["ip_address"] = str(response.ip_address)
        row["crawl_time"] = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
        row |= _headers("resp_headers_", response.headers)
        if response.request is not None:
            row |= _headers("request_headers_", response.request.headers)
        yield row


def _headers(prefix: str, headers: Headers) -> dict[str, str]:
    # The names are texts, whatever Scrapy's annotation says.
    return {prefix + str(name): value for name, value in headers.to_unicode_dict().items()}
