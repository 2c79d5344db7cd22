"""Scrapy's resolver of host names, with each answer checked before anything connects to it (`linkkit.crawler.reach`)."""

from collections.abc import Sequence
from functools import cache
from typing import Any, Self

from scrapy.resolver import CachingThreadedResolver
from twisted.internet.defer import Deferred
from twisted.internet.error import DNSLookupError

from linkkit.crawler.reach import ForbiddenAddressError, Reach

refused: dict[str, str] = {}
"""Hosts that were not connected to, and why: to Scrapy they are unknown names."""


@cache
def reach_of(start_url: str, hosts: str) -> Reach:
    """The reach of this process' crawl; the DNS is asked once where the start page is."""
    return Reach.of(start_url, hosts.split())


def crawl_reach(settings: Any) -> Reach:
    """The reach by Scrapy's settings (`linkkit.crawler.options.scrapy_settings`)."""
    return reach_of(settings["LINKKIT_START"], settings["LINKKIT_HOSTS"])


class GuardedResolver(CachingThreadedResolver):
    """Resolves names to IPv4 addresses that the crawl may connect to.

    What connects gets the address that was checked: a name cannot lead elsewhere a moment later.
    """

    def __init__(self, reactor: Any, cache_size: int, timeout: float, reach: Reach) -> None:
        super().__init__(reactor, cache_size, timeout)
        self._reach = reach

    @classmethod
    def from_crawler(cls, crawler: Any, reactor: Any) -> Self:
        """Scrapy's constructor."""
        plain = CachingThreadedResolver.from_crawler(crawler, reactor)
        limit = (
            crawler.settings.getint("DNSCACHE_SIZE") if crawler.settings.getbool("DNSCACHE_ENABLED") else 0
        )
        return cls(reactor, limit, plain.timeout, crawl_reach(crawler.settings))

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> "Deferred[str]":  # noqa: N802  (Twisted's name)
        """The address of a host; an unknown name where the crawl may not connect to it."""
        return super().getHostByName(name, timeout).addCallback(self._checked, name)

    def _checked(self, address: str, name: str) -> str:
        try:
            self._reach.check(name, address)
        except ForbiddenAddressError as error:
            refused[name] = str(error)
            raise DNSLookupError(str(error)) from error
        return address
