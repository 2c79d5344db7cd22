"""What a page may ask for while it is rendered: pure decisions on one request at a time."""

from enum import StrEnum

ALLOWED_KINDS = frozenset({"script", "stylesheet", "xhr", "fetch"})
"""Scripts, the data they load, and styles, for which scripts wait. Images, media, fonts, frames, streams and beacons show no link."""

_DATA = frozenset({"xhr", "fetch"})


class Verdict(StrEnum):
    """What becomes of a request."""

    DOCUMENT = "document"
    """The page itself: answered with what the crawler has already."""
    FETCH = "fetch"
    """The crawler fetches it for the page."""
    LEAVE = "leave"
    """A script sends the visitor to another page: noted, not followed."""
    ABORT = "abort"


def judge(
    *, method: str, kind: str, is_page: bool, is_first: bool, is_own: bool, with_others: bool
) -> Verdict:
    """Judge one request of a page.

    Parameters
    ----------
    method : str
        HTTP method.
    kind : str
        The browser's word for what it wants: document, script, stylesheet, image, xhr, fetch, websocket, ...
    is_page : bool
        Whether it would replace the page itself, not a frame in it.
    is_first : bool
        Whether the page itself has still to be loaded.
    is_own : bool
        Whether it goes to the site's own hosts.
    with_others : bool
        Whether scripts, styles and data of other public hosts may be fetched.
    """
    if kind == "document":
        if not is_page:
            return Verdict.ABORT
        return Verdict.DOCUMENT if is_first else Verdict.LEAVE
    if kind not in ALLOWED_KINDS or not (is_own or with_others):
        return Verdict.ABORT
    # A form is never sent; data of one's own site is asked for by POST where it is served by GraphQL.
    is_asked_for = method in {"GET", "HEAD"} or (method == "POST" and kind in _DATA and is_own)
    return Verdict.FETCH if is_asked_for else Verdict.ABORT
