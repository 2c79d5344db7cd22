"""Plain addresses of links, joined to that of their page by hand.

Nearly all links of a site are paths of a few harmless characters. For those every standard's way to an absolute address comes to
the same text: folders are left for each ``../``, and what remains is appended. All else goes the long way.
"""

import re
from functools import lru_cache
from urllib.parse import urljoin

import ada_url
from w3lib.url import safe_url_string

_NAME = "[A-Za-z0-9_~-]+"
_PART = r"#(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})+"
_REST = rf"(?:\?[A-Za-z0-9._~&=-]+)?(?:{_PART})?\Z"
_PATH = rf"{_NAME}(?:[./]{_NAME})*/?"
_BELOW = re.compile(f"{_PATH}{_REST}")
_BESIDE = re.compile(rf"((?:\.\./)+)({_PATH}{_REST})")
_FROM_ROOT = re.compile(f"/(?:{_PATH})?{_REST}")
_FRAGMENT = re.compile(rf"{_PART}\Z")
# A host in letters: numbers may be an address, and two hyphens a name in another script.
_LABEL = "[a-z0-9]+(?:-[a-z0-9]+)*"
_ELSEWHERE = re.compile(rf"https?://(?:{_LABEL}\.)+[a-z]+/(?:{_PATH})?{_REST}")
_BASE = re.compile(rf"https?://[A-Za-z0-9.-]+(?::\d+)?/(?:{_PATH})?(?:\?[A-Za-z0-9._~&=-]+)?\Z")


class PlainAddresses:
    """Joins plain references to an address.

    Parameters
    ----------
    base : str
        Where relative references start from. Where it is not plain itself, nothing is joined here.
    """

    def __init__(self, base: str) -> None:
        self._page = base.split("#", 1)[0]
        self._folders = _folders(self._page)
        self._known: dict[str, str | None] = {}

    def joined(self, reference: str) -> str | None:
        """The absolute address, fragment kept; None where reference or base are not plain."""
        if reference not in self._known:
            self._known[reference] = self._joined(reference)
        return self._known[reference]

    def _joined(self, reference: str) -> str | None:
        folders = self._folders
        if not folders:
            return None
        if _BELOW.match(reference):
            return folders[-1] + reference
        if _FRAGMENT.match(reference):
            return self._page + reference
        found = _BESIDE.match(reference)
        if found is not None:
            # The root has no folder above it: there ``../`` stays where it is.
            return folders[max(len(folders) - 1 - len(found[1]) // 3, 0)] + found[2]
        if _FROM_ROOT.match(reference):
            return folders[0] + reference[1:]
        return reference if _ELSEWHERE.match(reference) else None


@lru_cache(maxsize=4)
def plain_addresses(base: str) -> PlainAddresses:
    """Those of the page that is being read: more than one reader of it joins the same references."""
    return PlainAddresses(base)


@lru_cache(maxsize=4_096)
def _folders(page: str) -> tuple[str, ...]:
    """The folders that an address lies in, the root first, each with a slash at its end; none where it is not plain."""
    if not _BASE.match(page):
        return ()
    try:
        is_same = ada_url.join_url(page, "") == page == urljoin(page, safe_url_string(page))
    except ValueError:
        return ()
    if not is_same:
        return ()
    path = page.split("?", 1)[0]
    root = path.index("/", path.index("://") + 3)
    return tuple(path[: at + 1] for at, letter in enumerate(path) if letter == "/" and at >= root)
