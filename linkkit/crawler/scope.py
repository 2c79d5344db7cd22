"""Which addresses belong to the crawl, and under which address each is requested.

A site is its host with and without ``www.``, over http and https, on one port. It may be crawled on a copy (a staging
host, a loopback port) while its canonicals, sitemap and signals name the public host: addresses on the public host are
then requested on the crawl's origin. Other hosts may belong to the site, and folders may narrow it (`linkkit.scope`); those
hosts are requested where they are, also when the start page's is crawled on a copy.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

from linkkit.errors import SettingsError
from linkkit.scope import SiteScope
from linkkit.urls import address_parts, origin, rebase, sibling_origins, try_normalise


@dataclass(frozen=True)
class Scope:
    """The addresses of one crawl.

    Attributes
    ----------
    start_url : str
        Normalised start address, on the crawl's origin.
    public_url : str or None
        An address on the public origin, where that differs from the crawl's.
    include, exclude : tuple of str
        Regular expressions, searched anywhere in the address (the crawl's or the public one). With `include`, only
        matching pages are requested; `exclude` wins. The start page is always requested.
    more_hosts, folders : tuple of str
        Origins of other hosts of the site, and the folders that narrow it, as public addresses.
    """

    start_url: str
    public_url: str | None = None
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    more_hosts: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()

    @cached_property
    def site(self) -> SiteScope:
        """What belongs to the site, by public addresses."""
        return SiteScope(self.to_public(self.start_url), self.more_hosts, self.folders)

    @cached_property
    def _own(self) -> tuple[str, ...]:
        return sibling_origins(self.start_url)

    @cached_property
    def _public(self) -> tuple[str, ...]:
        named = sibling_origins(self.public_url) if self.public_url else ()
        return tuple(each for each in named if each not in self._own)

    @cached_property
    def _patterns(self) -> tuple[list[re.Pattern[str]], list[re.Pattern[str]]]:
        return [re.compile(each) for each in self.include], [re.compile(each) for each in self.exclude]

    @property
    def hosts(self) -> tuple[str, ...]:
        """Host names the crawl may send requests to."""
        more = (each for group in self.site.groups[1:] for each in group)
        names = (each.split("://", 1)[1] for each in (*self._own, *more))
        return tuple(dict.fromkeys(re.sub(r":\d+$", "", name).strip("[]") for name in names))

    @property
    def secret_origins(self) -> tuple[str, ...]:
        """Origins that may see secrets: the crawl's own, and never http where the crawl started on https."""
        secure = self.start_url.startswith("https://")
        return tuple(each for each in self._own if each.startswith("https://") or not secure)

    def to_crawl(self, url: str, primary: str, base: str | None = None) -> str | None:
        """Normalised address under which a reference to a page of the site is requested; None if it leads elsewhere.

        The parameters are those of `address`.
        """
        found = self.address(url, primary, base)
        return (
            found if found is None or not self.folders or self.site.contains(self.to_public(found)) else None
        )

    def address(self, url: str, primary: str, base: str | None = None) -> str | None:
        """Normalised address under which a reference to a host of the site is requested, whatever its folder.

        Parameters
        ----------
        url : str
            A reference as found.
        primary : str
            Origin that the start page finally answered on; addresses on the public host are requested there.
        base : str, optional
            Where relative references start from.
        """
        normal = try_normalise(url, base)
        if normal is None:
            return None
        found, _, _ = address_parts(normal)
        if found in self._own:
            return normal
        if self.site.origins.get(found, 0) > 0:
            return normal
        return rebase(normal, self._public, primary) if found in self._public else None

    def to_public(self, url: str) -> str:
        """The public address of an address on the crawl's site; other addresses stay."""
        return rebase(url, self._own, origin(self.public_url)) if self.public_url else url

    def allows(self, url: str) -> bool:
        """Whether the include and exclude patterns let an address through."""
        include, exclude = self._patterns
        if not include and not exclude:
            return True
        forms = {url, self.to_public(url)}
        if any(pattern.search(form) for pattern in exclude for form in forms):
            return False
        return not include or any(pattern.search(form) for pattern in include for form in forms)

    def seeds(self, urls: Iterable[str], primary: str) -> list[str]:
        """Addresses on the site among those given, as requested, each once and let through by the patterns."""
        mapped = (self.to_crawl(url, primary, f"{primary}/") for url in urls)
        return list(dict.fromkeys(url for url in mapped if url is not None and self.allows(url)))

    def to_json(self) -> dict[str, Any]:
        """The scope as plain JSON types."""
        return {
            "start_url": self.start_url,
            "public_url": self.public_url,
            "include": list(self.include),
            "exclude": list(self.exclude),
            "hosts": list(self.more_hosts),
            "folders": list(self.folders),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Read back what `to_json` gave."""
        lists = (tuple(data.get(name, ())) for name in ("include", "exclude", "hosts", "folders"))
        return cls(data["start_url"], data["public_url"], *lists)


def check_patterns(name: str, patterns: Iterable[str] | str) -> tuple[str, ...]:
    """The patterns as a tuple, each one a valid regular expression.

    Raises
    ------
    SettingsError
        Naming every pattern that does not compile, with the reason.
    """
    listed = (patterns,) if isinstance(patterns, str) else tuple(patterns)
    faults = []
    for pattern in listed:
        try:
            re.compile(pattern)
        except (re.error, TypeError) as error:
            faults.append(f"{pattern!r}: {error}")
    if faults:
        raise SettingsError(f"{name} takes regular expressions; not valid: " + "; ".join(faults))
    return listed


def follow_ups(
    scope: Scope, row: dict[str, Any], primary: str, more: Iterable[str] = ()
) -> list[tuple[str, int]]:
    """Addresses that a crawled page leads to, in scope, each once: (address, clicks away: a redirect is none).

    A page that answers on another origin than the start page does (http instead of https, without ``www.``) is a
    duplicate of the site: its links are followed only back to the start page's origin, so that the duplicate is
    noticed and not crawled a second time in full. The same goes for other hosts of the site, whose first page to answer
    tells the origin; `more` holds those.
    """
    homes = {primary, *more}
    found: dict[str, int] = {}
    if row.get("redirect_to"):
        target = scope.to_crawl(row["redirect_to"], primary, row["url"])
        if target is not None and scope.allows(target):
            found[target] = 0
    home = origin(row["url"]) in homes
    # Most links of a page lead to itself or repeat a target with another fragment: cut before parsing.
    for url in dict.fromkeys(link[0].split("#", 1)[0] for link in row.get("links") or ()):
        target = scope.to_crawl(url, primary)
        if target is None or target in found or not (home or origin(target) in homes):
            continue
        if scope.allows(target):
            found[target] = 1
    found.pop(row["url"], None)
    return list(found.items())
