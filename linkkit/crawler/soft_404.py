"""Soft 404s: what a site shows for a page that does not exist, found under addresses that seem to exist."""

from collections.abc import Iterable
from typing import Any

from linkkit.crawler.scope import Scope
from linkkit.crawler.traps import content_key

_EXAMPLES = 3


def soft_404_limits(unknown: dict[str, Any], rows: Iterable[dict[str, Any]], scope: Scope) -> list[str]:
    """What the answer for a page that does not exist means for a crawl; nothing where it is an error, as it should be.

    Parameters
    ----------
    unknown : dict
        The ``linkkit`` object of that answer.
    rows : iterable of dict
        Those of the crawl; read only where the site shows a page.
    scope : Scope
        For public addresses.
    """
    if unknown["redirect_to"]:
        return [
            f"the site redirects addresses that do not exist to {scope.to_public(unknown['redirect_to'])}: broken links cannot be"
            " told from moved pages"
        ]
    if unknown["status"] != 200:
        return []
    key = content_key(unknown)
    same = [
        scope.to_public(row["url"])
        for row in rows
        if row.get("status") == 200 and not row.get("redirect_to") and content_key(row) == key
    ]
    said = ["the site answers status 200 for addresses that do not exist: broken links may be missed"]
    if same:
        shown = ", ".join(same[:_EXAMPLES])
        said.append(
            f"crawled addresses that show what the site shows for one that does not exist (soft 404): {len(same)}, such as {shown}"
        )
    return said
