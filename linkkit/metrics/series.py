"""Pages that are no pages of their own: further pages of a list, and filtered or sorted views of one."""

import re
from collections import defaultdict
from urllib.parse import parse_qsl

import numpy as np
import numpy.typing as npt
import pandas as pd

from linkkit.folding import Ints
from linkkit.urls import address_parts, is_pagination

PAGE, PAGINATION, FACET = "page", "pagination", "facet"
"""Values of ``page_kind``."""

FACET_PARAMETERS = frozenset(
    (
        "sort sortby sort_by sort-by order orderby order_by direction filter filters f facet facets limit per_page perpage size sizes color colour colors colours farbe couleur brand brands marke material"
        " price price_min price_max min_price max_price minprice maxprice rating discount sale availability in_stock instock"
        " stock gender fit style variant q query search s keyword"
    ).split()
)
"""Query parameters that sort, filter or search a list; their names are a custom of the field, none is a standard."""

FAMILY = 3
"""Views of one address from which on an unknown parameter is a family, where they all show the same title."""

_FOLDER = re.compile(r"/(?:page|seite|pagina)/\d+/?$", re.IGNORECASE)
_TURNING = re.compile(r"^(?:page|paged|p|pg|start|offset|seite|pagina)$", re.IGNORECASE)
_DIGITS = re.compile(r"\d+")


def page_kinds(pages: pd.DataFrame, final: Ints) -> pd.DataFrame:
    """Which pages continue a list (``?page=2``, ``/page/2/``, ``rel=prev``) or filter one (``?sort=price``).

    ``rel=prev`` alone is not enough, for chapters of a book have it too: address and title must be those of the page before,
    but for their numbers. A parameter is a filter if it is called like one (`FACET_PARAMETERS`), or if at least `FAMILY`
    views of one address differ in it and all bear the title of that address.

    Parameters
    ----------
    pages : DataFrame
        Pages of a Site.
    final : int array
        The page each page counts for (`LinkGraph.final`).

    Returns
    -------
    DataFrame
        One row per page: ``page_kind`` (page, pagination, facet; a filtered view's further page is a facet), ``series_id``
        (page id of the list it belongs to, NaN where it is a page of its own, or where that list is no known page).
    """
    urls = pages["url"].to_numpy(dtype=object)
    ids = {str(url): place for place, url in enumerate(urls)}
    families = _families(pages, urls)
    previous = pages["rel_prev"].astype(object).where(pages["rel_prev"].notna(), None).to_numpy()
    titles = pages["title"].astype(object).where(pages["title"].notna(), "").to_numpy()
    kinds = np.full(len(urls), PAGE, dtype=object)
    series = np.full(len(urls), np.nan)
    for place, url in enumerate(urls):
        root, path, query = address_parts(str(url))
        names = [name.lower() for name, _ in parse_qsl(query, keep_blank_values=True)] if query else []
        filtering = any(_is_filter(name) or (root + path, name) in families for name in names)
        # ``/?p=12`` is how a blog numbers its posts.
        numbered = is_pagination(url) and not (path in {"/", "/index.php"} and "p" in names)
        turning = numbered or _continues(url, previous[place], titles, ids, place)
        if not filtering and not turning:
            continue
        kinds[place] = FACET if filtering else PAGINATION
        base = _base(root, path, "" if filtering else query)
        found = next((ids[each] for each in base if each != url and each in ids), None)
        if found is None and turning and previous[place]:
            found = _first(ids[previous[place]], previous, ids) if previous[place] in ids else None
        if found is not None and final[found] != place:
            series[place] = final[found]
    return pd.DataFrame({"page_kind": pd.Series(kinds, dtype="str"), "series_id": series}, index=pages.index)


def _is_filter(name: str) -> bool:
    stem = name.split("[", maxsplit=1)[0].removeprefix("filter_").removeprefix("filter.").removeprefix("pa_")
    return stem in FACET_PARAMETERS or name.startswith(("filter", "facet"))


def _families(pages: pd.DataFrame, urls: npt.NDArray[np.object_]) -> set[tuple[str, str]]:
    """(address without query, parameter) where views differ in the parameter and all look like the plain address."""
    seen: dict[tuple[str, str], list[int]] = defaultdict(list)
    plain: dict[str, int] = {}
    for place, url in enumerate(urls):
        path, mark, query = str(url).partition("?")
        if not mark:
            plain[path] = place
        for name, _ in parse_qsl(query, keep_blank_values=True) if mark else ():
            if not _TURNING.match(name):
                seen[path, name.lower()].append(place)
    titles = pages["title"].astype(object).where(pages["title"].notna(), None).to_numpy()
    return {
        (path, name)
        for (path, name), places in seen.items()
        if len(places) >= FAMILY
        and path in plain
        and titles[plain[path]] is not None
        and {titles[place] for place in places} == {titles[plain[path]]}
    }


def _continues(
    url: str, previous: str | None, titles: npt.NDArray[np.object_], ids: dict[str, int], place: int
) -> bool:
    """Whether the page before is the same list: the address differs in numbers only, or adds one, and so does the title."""
    if not previous or previous not in ids or previous == url:
        return False
    before, here = _plain_title(titles[ids[previous]]), _plain_title(titles[place])
    same_title = here.startswith(before) or before.startswith(here)
    masked = (_DIGITS.sub("#", previous).rstrip("/"), _DIGITS.sub("#", url).rstrip("/"))
    adds_number = masked[1].startswith(masked[0]) and "#" in masked[1][len(masked[0]) :]
    return same_title and (masked[0] == masked[1] or adds_number)


def _plain_title(title: object) -> str:
    return " ".join(_DIGITS.sub("", str(title)).split()).casefold()


def _base(root: str, path: str, query: str) -> list[str]:
    """Addresses under which the list's first page may be known, best first."""
    folder = _FOLDER.sub("/", path)
    kept = "&".join(pair for pair in query.split("&") if pair and not _TURNING.match(pair.split("=")[0]))
    spellings = [folder] if folder == "/" else [folder, folder.rstrip("/")]
    return [f"{root}{each}?{kept}" if kept else root + each for each in spellings]


def _first(page: int, previous: npt.NDArray[np.object_], ids: dict[str, int]) -> int:
    seen = {page}
    while previous[page] in ids and (before := ids[previous[page]]) not in seen:
        seen.add(before)
        page = before
    return page
