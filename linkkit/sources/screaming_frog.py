"""Exports of crawlers: Screaming Frog's ``internal_all`` with ``all_inlinks`` or ``all_outlinks``, Sitebulb's and alike.

Columns are found under the names that the tools' versions and languages give them (``crawl_headers.toml``).
"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import pandas as pd

from linkkit.errors import SourceError
from linkkit.schema import FoundIn, Position, SeenIn
from linkkit.site import Manifest, Site
from linkkit.sources.backlinks import DOMAINS
from linkkit.sources.builder import SiteBuilder
from linkkit.sources.columns import cells, find, is_url, keys, share
from linkkit.sources.reading import header_key, number
from linkkit.sources.tabular import Table, open_tables
from linkkit.urls import host, try_normalise

COUNTS = ("inlinks", "unique_inlinks", "outlinks", "unique_outlinks", "crawl_depth")
"""What the tool counts itself, beside what is read from its links."""
NOT_FOUND = "columns not found"
"""Setting of the manifest that names what an export does not tell: pages are judged without it."""
_WEIGHTY = {"canonical": "canonicals", "meta_robots": "meta robots", "redirect_url": "redirect targets"}
_NO = frozenset(("false", "no", "0", "faux", "non", "falsch", "nein", "falso"))
_YES = frozenset(("true", "yes", "1", "vrai", "oui", "wahr", "ja", "verdadero", "si", "vero"))
_COUNTED = re.compile(r"\[\d+\]")
_RENDERED = re.compile("rend|レンダ", re.IGNORECASE)
_NOT_PASSED = frozenset(("nofollow", "ugc", "sponsored"))
_HTML = ("text/html", "application/xhtml+xml", "html")
# Order of columns since the first versions; holds in every language.
_LINK_ORDER = ("type", "source", "target", "size", "alt", "anchor", "status_code", "status", "follow")


def is_url_list(table: Table) -> bool:
    """Whether a table lists crawled URLs with their status."""
    places = _places(table, "pages")
    about = {"indexability", "crawl_depth", "inlinks"}
    if find(table.header, DOMAINS) is None:
        # Backlink tools list pages with their status and title as well.
        about |= {"content_type", "title", "redirect_url"}
    return (
        "address" in places
        and "status_code" in places
        and bool(about & places.keys())
        and not is_link_list(table)
        and share(table.column(places["address"]), is_url) >= 0.5
        and share(
            table.column(places["status_code"]), lambda text: not text or text[:3].isdigit() or text == "0"
        )
        >= 0.9
    )


def is_link_list(table: Table) -> bool:
    """Whether a table lists links from a source to a destination, as crawlers export them."""
    places = _link_places(table)
    told = {"type", "follow", "path"} & places.keys()
    if not told or not {"source", "target"} <= places.keys():
        return False
    pairs = [
        (host(row[places["source"]].strip()), host(row[places["target"]].strip()))
        for row in table.head
        if len(row) > max(places["source"], places["target"])
    ]
    # A backlink export has a source and a target as well, on two sites, and every link on the same target site.
    inside = sum(source.removeprefix("www.") == target.removeprefix("www.") for source, target in pairs)
    few_sources = len({source for source, _ in pairs}) <= 3
    is_known = "follow" in places and [places.get(name) for name in _LINK_ORDER[:3]] == [0, 1, 2]
    return share([source for source, _ in pairs], bool) >= 0.9 and (
        (few_sources and (inside > 0 or is_known)) or inside * 2 >= len(pairs)
    )


def read_screaming_frog(
    internal: Path | str | None,
    *,
    inlinks: Path | str | None = None,
    outlinks: Path | str | None = None,
    start_url: str | None = None,
    folder: Path | str | None = None,
    complete: bool | None = None,
    hosts: Iterable[str] = (),
    folders: Iterable[str] = (),
) -> Site:
    """Read the exports of a crawl by Screaming Frog, Sitebulb or a like tool into a Site.

    Parameters
    ----------
    internal : path
        URL list: ``internal_all`` (CSV or spreadsheet, any version and language).
    inlinks, outlinks : path
        Link list, either will do: ``all_inlinks``, ``all_outlinks``. They hold the same links: of both, the first is read.
    start_url : str, optional
        Start page; without it, the URL list's first page of crawl depth 0.
    folder : path, optional
        Where the Site is saved; a temporary folder without it.
    complete : bool, optional
        Whether the crawl followed every internal link. Without it: if every page that a followed link leads to is in the URL list;
        say so yourself where the crawl left some out on purpose.
    hosts, folders : iterable of str, optional
        Other hosts of the site, and the folders that narrow it (`linkkit.scope.SiteScope.of`); rows outside are counted.

    Raises
    ------
    SourceError
        If a file is missing, damaged or something else, or no row belongs to the site.

    Notes
    -----
    Files that are no pages (images, styles) become pages only where a hyperlink leads to them, as in linkkit's own crawl.
    Search Console columns of the URL list fill ``clicks`` and ``impressions``.
    """
    given = inlinks if inlinks is not None else outlinks
    if internal is None and given is None:
        raise SourceError("no export named; expected internal_all with all_inlinks or all_outlinks")
    pages = _table(Path(internal), "pages") if internal is not None else None
    links = _table(Path(given), "links") if given is not None else None
    start = start_url or (_start(pages) if pages else None)
    if start is None:
        raise SourceError(f"{internal or given}: does not tell where the site starts; give start_url")
    builder = SiteBuilder(start, hosts=hosts, folders=folders, folder=Path(folder) if folder else None)
    clicks: Counter[str] = Counter()
    try:
        later = _add_pages(builder, pages, clicks) if pages else []
        sources = _add_links(builder, links) if links else 0
        _add_linked(builder, later, with_links=links is not None)
        if pages is None:
            builder.fill_missing({"status": 200, "content_type": "text/html"})
        elif not builder.described():
            raise SourceError(
                f"{internal}: no row belongs to the site of {start}; is this the right start URL?"
            )
        if links and not sources:
            raise SourceError(f"{given}: no link starts on the site of {start}; is this the right start URL?")
    except BaseException:
        builder.abandon()
        raise
    why = _stopped_by(builder, complete, is_described=pages is not None)
    if links is None:
        why = "the export holds no links; add all_inlinks or all_outlinks"
    manifest = Manifest(
        start_url=builder.start_url,
        tool="Screaming Frog or alike",
        complete=why is None,
        stopped_by=why,
        settings={"files": [Path(file).name for file in (internal, given) if file is not None]}
        | _without(pages, links),
        rejected=dict(builder.rejected),
        signals={"search_console": dict(clicks)} if clicks else {},
    )
    return builder.finish(manifest)


def _stopped_by(builder: SiteBuilder, complete: bool | None, *, is_described: bool) -> str | None:
    if complete is False:
        return "said to be partial when it was read"
    missing = builder.unseen_pages() if complete is None and is_described else 0
    return f"{missing:,} linked URLs have no row in the file" if missing else builder.leads_nowhere()


def tool_counts(internal: Path | str) -> pd.DataFrame:
    """What the tool itself counted, for comparing: ``url`` (as written) and `COUNTS`, of pages that are HTML.

    Returns
    -------
    DataFrame
        Counts as float64, NaN where the export does not tell.
    """
    table = _table(Path(internal), "pages")
    places = _page_places(table)
    wanted = {"url": places["address"]} | {
        name: places[name] for name in ("content_type", *COUNTS) if name in places
    }
    frame = cells(table, wanted)
    if "content_type" in frame:
        frame = frame[frame["content_type"].str.lower().str.startswith(_HTML)]
    counts = {name: frame[name].map(number) if name in frame else None for name in COUNTS}
    return (
        pd.DataFrame({"url": frame["url"], **counts})
        .astype(dict.fromkeys(COUNTS, "float64"))
        .reset_index(drop=True)
    )


def _without(pages: Table | None, links: Table | None) -> dict[str, list[str]]:
    """Columns that weigh on the result and that the exports lack, in words, as a setting of the manifest."""
    lacking = []
    if pages is not None:
        places = _page_places(pages)
        lacking = [words for name, words in _WEIGHTY.items() if name not in places]
    if links is not None and "anchor" not in _with_likely(links, "links", _link_places(links)):
        lacking.append("anchor texts")
    return {NOT_FOUND: lacking} if lacking else {}


@cache
def _names(group: str) -> Mapping[str, tuple[str, ...]]:
    stored = tomllib.loads((files("linkkit.sources") / "crawl_headers.toml").read_text("utf-8"))
    return {name: tuple(names) for name, names in stored[group].items()}


@cache
def _likely(group: str) -> Mapping[str, re.Pattern[str]]:
    stored = tomllib.loads((files("linkkit.sources") / "crawl_headers.toml").read_text("utf-8"))
    return {name: re.compile(expression) for name, expression in stored[f"likely_{group}"].items()}


def _places(table: Table, group: str) -> dict[str, int]:
    found = {name: find(table.header, names) for name, names in _names(group).items()}
    return {name: place for name, place in found.items() if place is not None}


def _with_likely(table: Table, group: str, places: Mapping[str, int]) -> dict[str, int]:
    """Columns, and of those that go by none of the known names the ones whose name gives them away."""
    found, free = dict(places), list(enumerate(map(header_key, table.header)))
    for name, expression in _likely(group).items():
        taken = set(found.values())
        place = next((at for at, text in free if at not in taken and expression.search(text)), None)
        if name not in found and place is not None:
            found[name] = place
    return found


def _page_places(table: Table) -> dict[str, int]:
    return _with_likely(table, "pages", _places(table, "pages"))


def _link_places(table: Table) -> dict[str, int]:
    """Columns of a link list; those of a language nobody knows by Screaming Frog's order, where the cells bear it out."""
    places = _places(table, "links")
    ordered = {name: place for place, name in enumerate(_LINK_ORDER)}
    if "target" in places and "source" in places and places["source"] != places["target"]:
        in_order = len(table.header) >= len(_LINK_ORDER) and all(
            places.get(name) == ordered[name] for name in ("type", "source", "target")
        )
        return ({name: ordered[name] for name in ("alt", "anchor", "follow")} if in_order else {}) | places
    if len(table.header) < len(_LINK_ORDER):
        # An edge list that a crawl's URL list comes with.
        at = find(table.header, ("target",))
        return places | {"target": at} if at is not None and "source" in places else places
    flags = {text.casefold() for text in table.column(ordered["follow"])}
    fits = (
        share(table.column(1), is_url) >= 0.9
        and share(table.column(2), is_url) >= 0.9
        and flags <= _YES | _NO | {""}
    )
    rest = {name: place for name, place in places.items() if name in ("rel", "position", "path", "origin")}
    return rest | ordered if fits else places


def _table(path: Path, group: str) -> Table:
    recognised = is_url_list if group == "pages" else is_link_list
    tables = open_tables(path)
    found = next((table for table in tables if recognised(table)), None)
    if found is None and group == "links":
        found = next((table for table in tables if {"source", "target"} <= _link_places(table).keys()), None)
    if found is not None:
        return found
    wanted = "Address and Status Code" if group == "pages" else "Type, Source and Destination"
    what = "a list of URLs" if group == "pages" else "a list of links"
    if not tables[0].head:
        raise SourceError(f"{path}: no row below the header; {what} is expected, with {wanted}")
    raise SourceError(
        f"{path}: not {what} of a crawler: found the columns {', '.join(tables[0].header[:12])}; expected {wanted}, in any "
        "language of the tool"
    )


def _start(table: Table) -> str | None:
    places = _page_places(table)
    if "crawl_depth" not in places:
        return None
    for _, row in table.rows():
        if (
            len(row) > max(places["address"], places["crawl_depth"])
            and row[places["crawl_depth"]].strip() == "0"
        ):
            return row[places["address"]].strip()
    return None


def _add_pages(
    builder: SiteBuilder, table: Table, clicks: "Counter[str]"
) -> list[tuple[str, dict[str, Any]]]:
    """Add the pages; gives the rows that are no HTML page, which only a link makes part of the site."""
    places = _page_places(table)
    later = []
    for number_, row in table.rows():
        cell = {name: row[place].strip() if place < len(row) else "" for name, place in places.items()}
        if not is_url(cell["address"]):
            builder.rejected[f"row without a URL in {table.path.name}"] += 1
            continue
        if len(row) < len(table.header) // 2:
            builder.rejected[f"row cut short in {table.path.name} (the first is row {number_})"] += 1
        facts = _facts(cell)
        status = facts["status"]
        kind = cell.get("content_type", "").lower()
        is_file = bool(kind) and not kind.startswith(_HTML)
        # A page without a depth was named by a sitemap or another file, and reached by no link.
        by_crawl = "crawl_depth" not in cell or cell["crawl_depth"] != ""
        failed = facts["error"] is not None or (status is not None and status >= 300)
        if is_file or (failed and by_crawl):
            later.append((cell["address"], facts))
            continue
        page = builder.add_page(cell["address"], facts, found_by_crawl=by_crawl)
        if page is not None and "clicks" in facts:
            clicks["rows"] += 1
            clicks["matched"] += 1
            builder.mark_found(page, FoundIn.SEARCH_CONSOLE)
    return later


def _add_linked(builder: SiteBuilder, later: list[tuple[str, dict[str, Any]]], *, with_links: bool) -> None:
    """Add redirects, errors and files that a link, or a redirect that a link leads to, names."""
    waiting = later
    while waiting:
        rest = []
        for url, facts in waiting:
            if builder.knows(url) or (not with_links and facts["status"] != 200):
                builder.add_page(url, facts)
            else:
                rest.append((url, facts))
        if len(rest) == len(waiting):
            return
        waiting = rest


def _facts(cell: Mapping[str, str]) -> dict[str, Any]:
    code = number(cell["status_code"])
    robots = " ".join(
        cell.get(name, "") for name in ("meta_robots", "meta_robots_2", "x_robots", "x_robots_2")
    ).lower()
    words = set(robots.replace(",", " ").split())
    told = f"{cell.get('status', '')} {cell.get('indexability_status', '')}".lower()
    blocked = not code and "robots.txt" in told
    facts: dict[str, Any] = {
        "status": int(code) if code else None,
        "error": None if code or blocked else cell.get("status") or "no response",
        "content_type": cell.get("content_type") or None,
        "word_count": number(cell.get("word_count", "")),
        "redirect_to": try_normalise(cell["redirect_url"], cell["address"])
        if cell.get("redirect_url")
        else None,
        "robots_noindex": bool(words & {"noindex", "none"}),
        "robots_nofollow": bool(words & {"nofollow", "none"}),
        "blocked_by_robots": blocked,
        "discovered_depth": number(cell.get("crawl_depth", "")),
    }
    canonical = cell.get("canonical") or cell.get("http_canonical")
    facts["canonical"] = try_normalise(canonical, cell["address"]) if canonical else None
    for name in ("title", "h1", "meta_description", "language"):
        facts[name] = cell.get(name) or None
    for name in ("clicks", "impressions"):
        value = number(cell.get(name, ""))
        if value is not None:
            facts[name] = value
    return facts


def _add_links(builder: SiteBuilder, table: Table) -> int:
    """Add the hyperlinks; gives the number of pages they start on."""
    sources, types = 0, Counter[str]()
    # Links of one page mostly stand together; they need not.
    for source, rows in groupby(_hyperlinks(builder, table, types), key=itemgetter(0)):
        page = builder.target_id(source)
        if page is None:
            builder.rejected["link whose source is outside the site"] += sum(1 for _ in rows)
            continue
        sources += 1
        builder.add_links(page, (row[1:] for row in rows))
    if types and not types["hyperlink"]:
        seen = ", ".join(name for name, _ in types.most_common(8))
        raise SourceError(f"{table.path}: no row is a hyperlink; its types are {seen}. Export all links")
    return sources


def _hyperlinks(builder: SiteBuilder, table: Table, types: "Counter[str]") -> Iterator[tuple[Any, ...]]:
    """Rows that are hyperlinks: (source, url, name, position, nofollow, is image, container)."""
    places = _with_likely(table, "links", _link_places(table))
    kinds = {key: kind for kind, names in _names("types").items() for key in keys(names)}
    by_name = {
        key: Position[name.upper()] for name, names in _names("positions").items() for key in keys(names)
    }
    need = max(places["source"], places["target"])
    memo: dict[str, str] = {}
    for _, row in table.rows():
        if len(row) <= need:
            builder.rejected[f"row cut short in {table.path.name}"] += 1
            continue
        cell = {name: row[place].strip() if place < len(row) else "" for name, place in places.items()}
        if "type" in cell:
            text = cell["type"]
            kind = memo.get(text) or memo.setdefault(text, kinds.get(header_key(text), text))
            types[kind] += 1
            if kind == "sitemap":
                page = builder.target_id(cell["target"])
                if page is not None:
                    builder.mark_found(page, FoundIn.SITEMAP)
            if kind != "hyperlink":
                continue
        nofollow = (
            cell.get("follow", "").casefold() in _NO
            or cell.get("nofollow", "").casefold() in _YES | {"nofollow"}
            or not _NOT_PASSED.isdisjoint(cell.get("rel", "").lower().split())
        )
        anchor, alt = cell.get("anchor"), cell.get("alt", "")
        path = cell.get("path", "")
        place = by_name.get(header_key(cell["position"]) if cell.get("position") else "", Position.CONTENT)
        # The path's last step is the link itself; what it stands in is the container. How many elements come before it differs
        # from page to page of one template and is left out.
        container = _COUNTED.sub("", path.rsplit("/", 1)[0]) if path else ""
        yield (
            cell["source"],
            cell["target"],
            anchor or alt or anchor,
            place,
            nofollow,
            bool(alt) and not anchor,
            container,
            _seen_in(cell.get("origin", "")),
        )


def _seen_in(origin: str) -> SeenIn:
    """What the tool says of a link's origin: "HTML", "Rendered HTML" or "HTML & Rendered HTML", in any of its languages."""
    forms = origin.upper().count("HTML")
    is_rendered = forms > 0 and _RENDERED.search(origin) is not None
    return (SeenIn.HTML if forms > is_rendered else SeenIn(0)) | (
        SeenIn.RENDERED if is_rendered else SeenIn(0)
    )
