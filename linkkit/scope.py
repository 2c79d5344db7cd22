"""What counts as the site: the start page's host, other hosts that belong to it, and where only parts count, folders.

Without more, a site is the start page's host with and without ``www.``, over http and https, on one port. Links that leave
the scope are external: they take their share of authority, and the page behind them is not audited.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self
from urllib.parse import urlsplit

from linkkit.errors import SettingsError
from linkkit.urls import UrlError, folder, host, lies_in, normalise, origin, section, sibling_origins


@dataclass(frozen=True)
class SiteScope:
    """Which addresses belong to a site. Use `SiteScope.of` to make one of what people write.

    Attributes
    ----------
    start_url : str
        Normalised start page; it always belongs to the site.
    hosts : tuple of str
        Origins of further hosts, each with its siblings (`linkkit.urls.sibling_origins`).
    folders : tuple of str
        Where there are any, only pages in one of them belong (`linkkit.urls.folder`). A folder of one host narrows that
        host; one without a host narrows every host that has none of its own.
    """

    start_url: str
    hosts: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()

    @classmethod
    def of(cls, start_url: str, hosts: Iterable[str] = (), folders: Iterable[str] = ()) -> Self:
        """The scope of a start page, hosts (``shop.client.example``, with a port or scheme if need be) and folders.

        Raises
        ------
        SettingsError
            If an entry is no host or no folder, or a folder lies on a host that is not of the site; all faults at once.
        """
        start = normalise(start_url)
        own = set(sibling_origins(start))
        scheme = start.partition("://")[0]
        faults: list[str] = []
        more: dict[str, None] = {}
        for entry in _texts("hosts", hosts, faults):
            found = _host(entry, scheme)
            if found is None:
                faults.append(
                    f"hosts: {entry!r} is no host; expected one such as shop.client.example, without a path or *"
                )
            elif found not in own:
                more[found] = None
                own |= set(sibling_origins(found))
        parts: dict[str, None] = {}
        for entry in _texts("folders", folders, faults):
            bare = not entry.startswith("/") and "://" not in entry and "." in entry.partition("/")[0]
            try:
                part = folder(f"{scheme}://{entry}" if bare else entry)
            except UrlError as error:
                faults.append(f"folders: {error}")
                continue
            if "://" in part and origin(part) not in own:
                faults.append(f"folders: {entry!r} lies on {host(part)}, which is not among the hosts")
            parts[part] = None
        if faults:
            raise SettingsError("scope:\n  " + "\n  ".join(faults))
        return cls(start, tuple(more), tuple(parts))

    @cached_property
    def groups(self) -> tuple[tuple[str, ...], ...]:
        """Origins that are taken for one host each; the start page's first."""
        return tuple(sibling_origins(each) for each in (self.start_url, *self.hosts))

    @cached_property
    def origins(self) -> Mapping[str, int]:
        """Every origin of the site, with the number of its host in ``groups``."""
        return {each: place for place, group in reversed([*enumerate(self.groups)]) for each in group}

    @cached_property
    def _folders(self) -> tuple[tuple[str, ...], ...]:
        """Folders that narrow each host."""
        general = tuple(each for each in self.folders if each.startswith("/"))
        return tuple(
            tuple(each for each in self.folders if "://" in each and origin(each) in group) or general
            for group in self.groups
        )

    def siblings(self, found: str) -> tuple[str, ...]:
        """Origins of the host that an origin belongs to; none for a foreign one."""
        place = self.origins.get(found)
        return () if place is None else self.groups[place]

    def contains(self, url: str) -> bool:
        """Whether a normalised URL belongs to the site."""
        own = origin(url)
        place = self.origins.get(own)
        if place is None:
            return False
        folders = self._folders[place]
        if not folders or any(lies_in(url, each) for each in folders):
            return True
        return place == 0 and url[len(own) :] == self.start_url[len(origin(self.start_url)) :]

    def why_outside(self, url: str) -> str:
        """Why a URL does not belong to the site, in a few words."""
        place = self.origins.get(origin(url))
        return host(url) if place is None else f"not in {', '.join(self._folders[place])}"

    def path(self, url: str) -> str:
        """Path of a URL; on another host than the start page's with that host before it, so that paths tell pages apart."""
        return self._host_before(url) + urlsplit(url).path

    def section(self, url: str) -> str:
        """The page's section (`linkkit.urls.section`); on another host than the start page's with that host before it.

        Examples
        --------
        >>> scope = SiteScope.of("https://www.client.example/", ["shop.client.example"])
        >>> scope.section("https://www.client.example/tents/a"), scope.section("https://shop.client.example/tents/a")
        ('/tents/', 'shop.client.example/tents/')
        """
        return self._host_before(url) + section(url)

    def _host_before(self, url: str) -> str:
        if not self.hosts:
            return ""
        own = origin(url)
        return own.partition("://")[2] if self.origins.get(own) else ""

    def words(self) -> str:
        """The scope in one line; empty where it is the start page's host and no more.

        Examples
        --------
        >>> SiteScope.of("https://www.client.example/", ["shop.client.example"], ["/en"]).words()
        'hosts www.client.example, shop.client.example; only /en/'
        """
        names = [each.partition("://")[2] for each in (origin(self.start_url), *self.hosts)]
        said = [f"hosts {', '.join(names)}"] if self.hosts else []
        return "; ".join([*said, f"only {', '.join(self.folders)}"] if self.folders else said)

    def to_json(self) -> dict[str, Any]:
        """Hosts and folders as plain JSON types; nothing where there are none."""
        parts = {"hosts": list(self.hosts), "folders": list(self.folders)}
        return {name: each for name, each in parts.items() if each}

    @classmethod
    def from_json(cls, start_url: str, data: Mapping[str, Any]) -> Self:
        """Read back what `to_json` gave."""
        return cls(start_url, tuple(data.get("hosts", ())), tuple(data.get("folders", ())))


def _texts(name: str, given: Iterable[str], faults: list[str]) -> list[str]:
    if isinstance(given, str) or not isinstance(given, Iterable):
        faults.append(f"{name} = {given!r}: a list of texts is expected")
        return []
    listed = list(given)
    faults += [f"{name}: {each!r} is no text" for each in listed if not isinstance(each, str)]
    return [each.strip() for each in listed if isinstance(each, str)]


def _host(entry: str, scheme: str) -> str | None:
    """Origin of an entry of ``hosts``; None where it is none."""
    try:
        url = normalise(entry if "://" in entry else f"{scheme}://{entry}/")
    except UrlError:
        return None
    is_bare = url.removeprefix(origin(url)) in {"", "/"} and "*" not in url and "@" not in entry
    return origin(url) if is_bare and host(url) else None
