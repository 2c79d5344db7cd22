"""Which network addresses the crawler may connect to: none inside a network, unless the start page is there.

A site can name any host: in a redirect of its robots.txt, in its sitemaps, or by letting its own name lead to 127.0.0.1
(DNS rebinding). So it is not names that are judged but the addresses they lead to, at the moment of connecting.
"""

import http.client
import ipaddress
import socket
import threading
import urllib.request
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit

PUBLIC = "public"
MAX_REQUEST_SECONDS = 60.0
"""How long urllib may take for a file."""

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


class ForbiddenAddressError(OSError):
    """A host leads to an address that the crawl may not connect to."""

    def __init__(self, host: str, address: str) -> None:
        super().__init__(
            f"{host} leads to the {kind_of(address)} address {address}, where the crawl did not start"
        )


def kind_of(address: str) -> str:
    """What kind of network an address lies in: public, loopback, link-local, private or reserved.

    An IPv6 address that stands for an IPv4 one is of that one's kind. Cloud metadata services answer on link-local, private or
    reserved addresses.

    Examples
    --------
    >>> [kind_of(each) for each in ("93.184.216.34", "127.0.0.2", "::ffff:10.0.0.1", "169.254.169.254", "100.100.100.200")]
    ['public', 'loopback', 'private', 'link-local', 'reserved']
    """
    ip = _unwrapped(ipaddress.ip_address(address.partition("%")[0]))
    # 0.0.0.0 reaches this machine as 127.0.0.1 does.
    if ip.is_loopback or ip.is_unspecified:
        return "loopback"
    if ip.is_link_local:
        return "link-local"
    if ip.is_multicast or ip.is_reserved:
        return "reserved"
    if ip.is_global:
        return PUBLIC
    return "private" if ip.is_private else "reserved"


def _unwrapped(ip: _IPAddress) -> _IPAddress:
    """The IPv4 address that an IPv6 address carries (mapped, 6to4, Teredo, NAT64), or the address itself."""
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return ip.ipv4_mapped
        if ip.sixtofour is not None:
            return ip.sixtofour
        if ip.teredo is not None:
            return ip.teredo[1]
        if ip in _NAT64:
            return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip


@dataclass(frozen=True)
class Reach:
    """What a crawl may connect to.

    Public addresses always; others only under the names of the crawl's own hosts, and only of the kind that the start page
    is at: a staging host in the office network is crawled there, and its redirects to 169.254.169.254 are not followed.

    Attributes
    ----------
    hosts : frozenset of str
        Names of the crawl's hosts.
    kinds : frozenset of str
        Kinds of address that the start page's host leads to (`kind_of`).
    proxies : frozenset of str
        Hosts of the proxies that the environment sets; the user chose them, wherever they are.
    """

    hosts: frozenset[str]
    kinds: frozenset[str] = frozenset({PUBLIC})
    proxies: frozenset[str] = frozenset()

    @classmethod
    def of(cls, start_url: str, hosts: Iterable[str]) -> Self:
        """The reach of a crawl, by asking the DNS where its start page is; a host it does not know is taken for public."""
        name = urlsplit(start_url).hostname or ""
        kinds = {kind_of(address) for *_, (address, *_) in _resolve(name)}
        return cls(frozenset(hosts), frozenset(kinds or {PUBLIC}), frozenset(_proxy_hosts()))

    def check(self, host: str, address: str) -> None:
        """Let an address pass.

        Raises
        ------
        ForbiddenAddressError
            If the crawl may not connect to it.
        """
        if host in self.proxies:
            return
        kind = kind_of(address)
        if kind != PUBLIC and not (kind in self.kinds and host in self.hosts):
            raise ForbiddenAddressError(host, address)

    def check_url(self, url: str) -> None:
        """Let a URL pass whose host is a name, or an address that may be connected to.

        Raises
        ------
        ForbiddenAddressError
            As `check`.
        """
        name = urlsplit(url).hostname or ""
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return
        self.check(name, name)


def _resolve(host: str, port: int = 0) -> list[tuple[Any, ...]]:
    try:
        return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    except (OSError, UnicodeError):
        return []


def _proxy_hosts() -> set[str]:
    named = [url for name, url in urllib.request.getproxies().items() if name != "no"]
    hosts = {urlsplit(url if "://" in url else f"http://{url}").hostname for url in named}
    return {each for each in hosts if each}


def guarded_handlers(reach: Reach) -> tuple[urllib.request.BaseHandler, ...]:
    """Handlers of http and https for urllib that connect only where the crawl may."""

    class Connection(http.client.HTTPConnection):
        """Connects to the address that was checked, not to the name once more."""

        def connect(self) -> None:
            self._create_connection = _connector(reach)
            super().connect()
            _hang_up_later(self.sock)

    class SecureConnection(http.client.HTTPSConnection):
        """The same with TLS."""

        def connect(self) -> None:
            self._create_connection = _connector(reach)
            super().connect()
            _hang_up_later(self.sock)

    class Handler(urllib.request.HTTPHandler):
        def http_open(self, req: urllib.request.Request) -> Any:
            return self.do_open(Connection, req)

    class SecureHandler(urllib.request.HTTPSHandler):
        def https_open(self, req: urllib.request.Request) -> Any:
            return self.do_open(SecureConnection, req)

    return Handler(), SecureHandler()


def _hang_up_later(sock: socket.socket) -> None:
    """Let no answer take for ever, however slowly its headers drip in."""

    def hang_up() -> None:
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(MAX_REQUEST_SECONDS + 1, hang_up)
    timer.daemon = True
    timer.start()


def _connector(reach: Reach) -> Any:
    """`socket.create_connection` for checked addresses."""

    def create_connection(address: tuple[str, int], *options: Any) -> socket.socket:
        host, port = address
        fault: OSError = OSError(f"{host}: name not known")
        for *_, found in _resolve(host, port):
            try:
                reach.check(host, found[0])
                return socket.create_connection(found[:2], *options)
            except OSError as error:
                fault = error
        raise fault

    return create_connection
