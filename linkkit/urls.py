"""URL identity: when two spellings are one page.

Parsing follows the WHATWG URL standard through the `ada-url` library. On top of it three rules that every crawler's
user expects: the fragment is dropped, tracking parameters are dropped, and percent-encoding is written one way.
``/a`` and ``/a/`` stay two pages: only the site itself (a redirect, a canonical) can say that they are one.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import unquote, urlsplit

import ada_url

from linkkit.errors import LinkkitError

TRACKING_PARAMETERS = frozenset(
    (
        "_ga _gl _hsenc _hsmi dclid epik fbclid gad_source gbraid gclid gclsrc igshid li_fat_id mc_cid mc_eid mkt_tok"
        " msclkid oly_anon_id oly_enc_id s_cid ttclid twclid vero_id wbraid wickedid yclid ysclid srsltid"
    ).split()
)
"""Query parameters that name a campaign, never a page. ``utm_*`` counts as well."""

SEARCH_PARAMETERS = frozenset(
    (
        "s q query search search_query searchterm search_term keyword keywords suche suchbegriff recherche busca buscar"
        " szukaj zoek"
    ).split()
)
"""Query parameters that hold what a visitor typed into the site's own search."""

_PERCENT = re.compile(r"%([0-9A-Fa-f]{2})")
# A parsed address: user and password are left behind here, so that no table ever holds them.
_HREF = re.compile(r"(https?)://(?:[^/?#]*@)?([^/?#]*)([^?#]*)\??([^#]*)")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_PAGE_PARAMETER = re.compile(r"(?:page|paged|p|pg|start|offset|seite|pagina)=\d", re.IGNORECASE)
_PAGE_FOLDER = re.compile(r"/(?:page|seite|pagina)/\d+/?$", re.IGNORECASE)
_TWIN_INDEX_FILE = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?)$", re.IGNORECASE)


class UrlError(LinkkitError, ValueError):
    """The text is not an http(s) URL."""


def _one_percent_form(text: str) -> str:
    """Percent-encoding with upper-case digits, and only where it is needed (RFC 3986, 6.2.2)."""

    def one(match: re.Match[str]) -> str:
        char = chr(int(match[1], 16))
        return char if char in _UNRESERVED else match[0].upper()

    return _PERCENT.sub(one, text) if "%" in text else text


def _is_tracking(pair: str) -> bool:
    name = unquote(pair.split("=", 1)[0]).casefold()
    return name.startswith("utm_") or name in TRACKING_PARAMETERS


@lru_cache(maxsize=1 << 16)
def normalise(url: str, base: str | None = None) -> str:
    """The one spelling under which linkkit knows a page.

    Scheme and host in lower case (international names as punycode), default port and fragment dropped, dot segments
    resolved, percent-encoding normalised, tracking parameters removed, the rest of the query kept in its order.
    Idempotent: ``normalise(normalise(u)) == normalise(u)``.

    Parameters
    ----------
    url : str
        An absolute http(s) URL, or one relative to `base`.
    base : str, optional
        The address that relative URLs start from.

    Raises
    ------
    UrlError
        If the text is not a URL, or not http(s).

    Examples
    --------
    >>> normalise("HTTP://Example.com:80/a/../b%7Ec?utm_source=x&id=1#top")
    'http://example.com/b~c?id=1'
    """
    text = url.strip()
    try:
        href = ada_url.join_url(base, text) if base else ada_url.normalize_url(text)
    except (ValueError, UnicodeError) as error:
        raise UrlError(f"{url!r} is not a URL" + (f" relative to {base!r}" if base else "")) from error
    parts = _HREF.match(href)
    if parts is None:
        raise UrlError(f"{url!r} is not an http or https URL")
    scheme, host_, path, query = parts.groups()
    normal = f"{scheme}://{host_}{_one_percent_form(path)}"
    if query:
        pairs = [pair for pair in query.split("&") if pair and not _is_tracking(pair)]
        normal += "?" + _one_percent_form("&".join(pairs)) if pairs else ""
    # Decoding can bring up a dot segment (%2E%2E); a second pass settles it.
    return normal if "%" not in href or normal == url else normalise(normal)


def try_normalise(url: str, base: str | None = None) -> str | None:
    """`normalise`, or None where the text is no http(s) URL."""
    try:
        return normalise(url, base)
    except UrlError:
        return None


def web_address(text: str) -> str:
    """The URL that somebody typed, normalised; ``https://`` is added where no scheme is given.

    Raises
    ------
    UrlError
        If it is no web address.

    Examples
    --------
    >>> web_address("www.client.example")
    'https://www.client.example/'
    """
    address = text.strip()
    url = try_normalise(address if "://" in address else f"https://{address}")
    if not address or url is None:
        raise UrlError(f"{text!r} is no web address; expected something like https://www.client.example/")
    return url


def origin(url: str) -> str:
    """Scheme, host and port, without a trailing slash.

    Examples
    --------
    >>> origin("https://example.com:8443/a?b")
    'https://example.com:8443'
    """
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def host(url: str) -> str:
    """Host without port, lower case; the empty string where there is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def rebase(url: str, from_origins: Iterable[str], to_origin: str) -> str:
    """Move a URL from any of some origins to another origin, path and query untouched; other URLs stay.

    Examples
    --------
    >>> rebase("http://127.0.0.1:8000/a?b", ["http://127.0.0.1:8000"], "https://www.client.example")
    'https://www.client.example/a?b'
    """
    for known in from_origins:
        if url == known or url.startswith((known + "/", known + "?")):
            return to_origin + url[len(known) :]
    return url


def sibling_origins(url: str) -> tuple[str, ...]:
    """The origins that are taken for one site: http and https, with and without ``www.``, on the same port.

    Examples
    --------
    >>> sibling_origins("https://www.client.example/")
    ('https://www.client.example', 'http://www.client.example', 'https://client.example', 'http://client.example')
    """
    parts = urlsplit(url)
    name = parts.hostname or ""
    port = f":{parts.port}" if parts.port else ""
    twin = name.removeprefix("www.") if name.startswith("www.") else f"www.{name}"
    schemes = (parts.scheme, "http" if parts.scheme == "https" else "https")
    bracket = "[{}]" if ":" in name else "{}"
    names = (name,) if _is_address(name) else (name, twin)
    return tuple(f"{scheme}://{bracket.format(each)}{port}" for each in names for scheme in schemes)


def _is_address(name: str) -> bool:
    return ":" in name or name.replace(".", "").isdigit() or "." not in name


def section(url: str) -> str:
    """First folder of a normalised URL's path as ``/folder/``; ``/`` for the start page and for pages that lie in no folder.

    Examples
    --------
    >>> section("https://client.example/shop/tents/corrie-1/"), section("https://client.example/about")
    ('/shop/', '/')
    """
    first, slash, _ = address_parts(url)[1].lstrip("/").partition("/")
    return f"/{first}/" if slash else "/"


def template_group(url: str) -> str:
    """Pattern of a normalised URL's path that stands for the page's template: first folder kept, deeper parts as ``*``.

    Examples
    --------
    >>> template_group("https://client.example/shop/tents/corrie-1/")
    '/shop/*/*/'
    """
    path = address_parts(url)[1]
    parts = [part for part in path.split("/") if part]
    if not parts:
        return "/"
    folders = parts if path.endswith("/") else parts[:-1]
    kept = [folders[0], *["*"] * (len(folders) - 1)] if folders else []
    leaf = (
        ""
        if path.endswith("/")
        else ("*" if "." not in parts[-1] else "*." + parts[-1].rsplit(".", 1)[1].lower())
    )
    return "/" + "".join(f"{part}/" for part in kept) + leaf


def folder(text: str) -> str:
    """The one spelling of a folder, on whatever host it lies, or of a folder of one host; it ends with a slash.

    Raises
    ------
    UrlError
        If the text is neither a path from the root nor an http(s) URL, or holds a query.

    Examples
    --------
    >>> folder("/blog"), folder("https://Shop.client.example/en/")
    ('/blog/', 'https://shop.client.example/en/')
    """
    path = text.strip()
    if "?" in path or "#" in path:
        raise UrlError(f"{text!r} is no folder: it holds ? or #")
    is_path = path.startswith("/") and not path.startswith("//")
    if not is_path and "://" not in path:
        raise UrlError(
            f"{text!r} is no folder: expected one such as /blog/ or https://www.client.example/blog/"
        )
    normal = normalise(f"https://any.example{path}") if is_path else normalise(path)
    whole = normal if normal.endswith("/") else f"{normal}/"
    return whole[len(origin(whole)) :] if is_path else whole


def lies_in(url: str, place: str) -> bool:
    """Whether a normalised URL lies in a folder as `folder` spells it; the folder without its slash lies in it too.

    A folder of one host is one of its sibling origins as well (`sibling_origins`).

    Examples
    --------
    >>> [lies_in(f"https://client.example{path}", "/blog/") for path in ("/blog", "/blog/a?b", "/blogger/")]
    [True, True, False]
    """
    path = url.split("?", 1)[0]
    path += "" if path.endswith("/") else "/"
    if place.startswith("/"):
        return path.startswith(place, path.find("/", len("https://")))
    return any(path.startswith(form) for form in _sibling_folders(place))


@lru_cache(maxsize=256)
def _sibling_folders(place: str) -> tuple[str, ...]:
    own = origin(place)
    return tuple(each + place[len(own) :] for each in sibling_origins(place))


def address_parts(url: str) -> tuple[str, str, str]:
    """Origin, path and query of a URL; those of normalised ones several times faster than by `urllib.parse.urlsplit`.

    Examples
    --------
    >>> address_parts("https://client.example/a/b?c=d")
    ('https://client.example', '/a/b', 'c=d')
    """
    head, _, query = url.partition("?")
    begin = head.find("://")
    end = head.find("/", begin + 3)
    if begin > 0 and end > 0 and "#" not in url:
        return head[:end], head[end:], query
    parts = urlsplit(url)
    return origin(url), parts.path, parts.query


def is_pagination(url: str) -> bool:
    """Whether a URL is a further page of a list: ``?page=2``, ``/page/2/``.

    Examples
    --------
    >>> is_pagination("https://client.example/blog/page/2/"), is_pagination("https://client.example/page/")
    (True, False)
    """
    _, path, query = address_parts(url)
    return _PAGE_FOLDER.search(path) is not None or any(map(_PAGE_PARAMETER.match, query.split("&")))


def without_search_terms(url: str) -> str:
    """An address of the site's own search without what was typed into it: all its results are one page.

    The other parameters go as well: filters and the page of the results. What is no search stays as it is.

    Examples
    --------
    >>> without_search_terms("/search/?q=down+jacket&page=2"), without_search_terms("/?s=tent"), without_search_terms("/a?b=1")
    ('/search/?q=', '/?s=', '/a?b=1')
    """
    head, mark, tail = url.partition("?")
    if not mark:
        return url
    names = [unquote(pair.partition("=")[0]) for pair in tail.partition("#")[0].split("&") if "=" in pair]
    name = next((each for each in names if each.casefold() in SEARCH_PARAMETERS), None)
    return url if name is None else f"{head}?{name}="


def twin_key(url: str) -> str:
    """What two URLs share that probably show one page: path without slash, case, index file, and most of the query.

    Parameters that turn pages (``page=2``) stay, for they lead to other content.

    Examples
    --------
    >>> twin_key("https://client.example/Gifts/") == twin_key("https://client.example/gifts?colour=red")
    True
    """
    root, path, query = address_parts(url)
    place = _TWIN_INDEX_FILE.sub("/", path).rstrip("/").casefold()
    turning = sorted(pair for pair in query.split("&") if _PAGE_PARAMETER.match(pair))
    return f"{host(root).removeprefix('www.')}{place}?{'&'.join(turning)}"
