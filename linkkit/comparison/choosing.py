"""Which two crawls are compared, from what people say."""

from collections.abc import Sequence

from linkkit.errors import SiteError

LAST, FIRST = "last", "first"


def pair_of(names: Sequence[str], old: str | None, new: str | None, client: str) -> tuple[str, str]:
    """The two crawls that are meant.

    Parameters
    ----------
    names : sequence of str
        Crawls there are, oldest first.
    old : str, optional
        A name, ``first``, or ``last``: the one before `new`, which is what is taken without it.
    new : str, optional
        A name, or ``last``: the latest, which is what is taken without it.
    client : str
        Whose crawls they are, for the message.

    Raises
    ------
    SiteError
        If there are not two crawls, one is not known, or both are the same.

    Examples
    --------
    >>> pair_of(["2026-01-05", "2026-02-05", "2026-03-05"], None, None, "acme")
    ('2026-02-05', '2026-03-05')
    >>> pair_of(["2026-01-05", "2026-02-05", "2026-03-05"], "first", "2026-02-05", "acme")
    ('2026-01-05', '2026-02-05')
    """
    if len(names) < 2:
        there = f"only one, {names[0]}" if names else "none yet"
        raise SiteError(
            f"client {client!r} has no two crawls to compare ({there}). Crawl the site again, with "
            "`linkkit audit --client ... --recrawl` or in notebook 01."
        )
    after = names[-1] if new in (None, LAST) else str(new)
    unknown = [each for each in (after, old) if each not in (None, LAST, FIRST) and each not in names]
    if unknown:
        raise SiteError(
            f"client {client!r} has no crawl {' and no crawl '.join(map(repr, unknown))}; known: {', '.join(names)}"
        )
    earlier = [name for name in names if name < after]
    if old in (None, LAST) and not earlier:
        raise SiteError(f"client {client!r} has no crawl before {after}; known: {', '.join(names)}")
    before = earlier[-1] if old in (None, LAST) else names[0] if old == FIRST else str(old)
    if before == after:
        raise SiteError(f"a crawl cannot be compared with itself: {after}; known: {', '.join(names)}")
    return before, after
