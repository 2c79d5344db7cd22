"""Which pages stand above a page: by its breadcrumb, by the folders of its address, or by the menu that leads to it."""

import re
from typing import Literal
from urllib.parse import urlsplit

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from linkkit.folding import Bools
from linkkit.graph import LinkGraph
from linkkit.schema import Position
from linkkit.site import Site
from linkkit.sources.breadcrumbs import unpacked
from linkkit.urls import address_parts

SectionSource = Literal["breadcrumbs", "folders", "menu"]
Trail = tuple[str, ...]
"""Places above a page, top first, the start page and the page itself left out."""

MENU_SHARE = 0.5
"""A link of the menu is one that stands in navigation or header on at least this share of the pages."""
_INDEX_FILE = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?)$", re.IGNORECASE)
_PAGE_FOLDER = re.compile(r"/(?:page|seite|pagina)/\d+/?$", re.IGNORECASE)
_DATE_PART = re.compile(r"^\d{1,4}$")
_LOCALE = re.compile(r"^[a-z]{2}(?:[-_][a-z]{2,4})?$", re.IGNORECASE)


def place_of(url: str) -> str:
    """What an address and its spellings share: no slash at the end, no index file, the query kept.

    Examples
    --------
    >>> place_of("https://client.example/shop/"), place_of("https://client.example/shop/index.html")
    ('https://client.example/shop', 'https://client.example/shop')
    """
    root, path, query = address_parts(url)
    path = _INDEX_FILE.sub("/", path).rstrip("/")
    return f"{root}{path}?{query}" if query else f"{root}{path}"


def place_label(place: str) -> str:
    """A place as people read it: its path with a slash at the end; the words of a breadcrumb step without an address."""
    if "://" not in place:
        return place
    parts = urlsplit(place)
    return f"{parts.path}?{parts.query}" if parts.query else f"{parts.path.rstrip('/')}/"


def folder_trail(url: str) -> Trail:
    """Folders above an address, without those that are a date or number a list's pages.

    Examples
    --------
    >>> folder_trail("https://client.example/blog/2024/05/a-storm/")
    ('https://client.example/blog',)
    """
    root, own, query = address_parts(url)
    path = _PAGE_FOLDER.sub("/", own)
    turned = path != own or query
    names = [name for name in _INDEX_FILE.sub("/", path).split("/") if name]
    # A view of a list (page 2, sorted) lies below the list itself.
    above = names if turned else names[:-1]
    trail, folder = [], root
    for name in above:
        folder += f"/{name}"
        if not _DATE_PART.match(name):
            trail.append(folder)
    return tuple(trail)


def breadcrumb_trails(site: Site, graph: LinkGraph) -> list[Trail]:
    """Trail of each page by its breadcrumb; empty where it has none, or one that only names the start page.

    An address that redirects, or folds otherwise, stands for where it ends.
    """
    if site.pages["breadcrumb"].isna().all():
        return [()] * len(graph)
    start = place_of(str(graph.urls[graph.start]))
    ends = {str(url): str(graph.urls[end]) for url, end in zip(graph.urls, graph.final, strict=True)}
    own_start = place_of(site.start_url)
    trails: list[Trail] = []
    for url, packed in zip(graph.urls, site.pages["breadcrumb"].tolist(), strict=True):
        here = place_of(ends[str(url)])
        places = [place_of(ends.get(link, link)) if link else name for name, link in unpacked(packed)]
        trails.append(tuple(dict.fromkeys(each for each in places if each not in {start, own_start, here})))
    return trails


def menu_trails(site: Site, graph: LinkGraph, judged: Bools) -> list[Trail]:
    """Trail of each page by the menu: the entry that the fewest clicks lead from, over links no template repeats.

    A page that several entries reach equally soon belongs to the one that most of the pages before it belong to.
    """
    entries = menu_entries(site, graph, judged)
    label = np.full(len(graph), -1, dtype=np.int64)
    label[entries] = np.arange(len(entries))
    label[graph.start] = len(entries)
    kept = ~graph.is_boilerplate & (graph.source != graph.start) & (graph.target != graph.start)
    source, target = graph.source[kept], graph.target[kept]
    while True:
        fresh = (label[source] >= 0) & (label[target] < 0)
        if not fresh.any():
            break
        votes = pd.DataFrame({"page": target[fresh], "label": label[source[fresh]]})
        counted = votes.groupby(["page", "label"]).size().rename("votes").reset_index()
        best = counted.sort_values(["page", "votes", "label"], ascending=[True, False, True])
        best = best.drop_duplicates("page")
        label[best["page"].to_numpy()] = best["label"].to_numpy()
    named = [place_of(str(graph.urls[entry])) for entry in entries]
    own = set(entries.tolist())
    return [
        (named[each],) if 0 <= each < len(named) and page not in own else ()
        for page, each in enumerate(label.tolist())
    ]


def menu_entries(site: Site, graph: LinkGraph, judged: Bools) -> npt.NDArray[np.int64]:
    """Pages that the site's menu leads to, in the order of their page ids; the start page is none."""
    counted = site.engine.arrow(
        """SELECT t.final AS page, count(DISTINCT s.final) AS pages
        FROM links l JOIN fold s ON s.page_id = l.source_id JOIN fold t ON t.page_id = l.target_id
        WHERE l.position IN (SELECT position FROM menu) AND NOT l.nofollow AND s.judged
        GROUP BY t.final ORDER BY t.final""",
        fold=pa.table(
            {"page_id": np.arange(len(graph), dtype=np.int32), "final": graph.final, "judged": judged}
        ),
        menu=pa.table({"position": pa.array([int(Position.NAVIGATION), int(Position.HEADER)], pa.uint8())}),
    )
    page, pages = counted["page"].to_numpy(), counted["pages"].to_numpy()
    wide = (pages >= MENU_SHARE * judged.sum()) & (page != graph.start)
    return np.asarray(page[wide & judged[page]], dtype=np.int64)


def without_locale(trails: list[Trail], languages: pd.Series, judged: Bools) -> list[Trail]:
    """Trails without a first folder that is the language of most of its pages (``/en/``), which is no section."""
    tops = {trail[0] for trail in trails if trail}
    may_be = {top for top in tops if "://" in top and _LOCALE.match(urlsplit(top).path.strip("/"))}
    folders: dict[str, list[int]] = {}
    for page, trail in enumerate(trails) if may_be else ():
        if judged[page] and trail and trail[0] in may_be:
            folders.setdefault(trail[0], []).append(page)
    spoken = languages.astype(object).where(languages.notna(), "").to_numpy()
    locales = set()
    for folder, members in folders.items():
        parts = set(re.split(r"[-_]", urlsplit(folder).path.strip("/").lower()))
        fits = sum(bool(parts & set(re.split(r"[-_]", str(spoken[page]).lower()))) for page in members)
        if fits * 2 > len(members):
            locales.add(folder)
    return [trail[1:] if trail and trail[0] in locales else trail for trail in trails] if locales else trails


def one_step_down(trails: list[Trail], judged: Bools, share: float) -> list[Trail]:
    """Trails without a top place that holds nearly the whole site: its parts are the sections then."""
    while True:
        tops = pd.Series(
            [trail[0] for page, trail in enumerate(trails) if judged[page] and trail]
        ).value_counts()
        # The start page and the top place itself lie in no section.
        if tops.empty or tops.iloc[0] < share * (judged.sum() - 2):
            return trails
        top = str(tops.index[0])
        below = {
            trail[1]
            for page, trail in enumerate(trails)
            if judged[page] and len(trail) > 1 and trail[0] == top
        }
        if len(below) < 2:
            return trails
        trails = [trail[1:] if trail and trail[0] == top else trail for trail in trails]
