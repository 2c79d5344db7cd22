"""Signals: what an analyst's files say about pages, beside the links. Each reader gives one row per URL."""

import csv
import gzip
import io
import json
import re
import tempfile
import warnings
from collections.abc import Callable, Iterable, Mapping
from contextlib import redirect_stdout
from functools import cache
from pathlib import Path

import pandas as pd
import pyarrow as pa
import tldextract
from lxml import etree

from linkkit.errors import SourceError
from linkkit.schema import PAGES, FoundIn, Indexability
from linkkit.site import Site, pages_frame
from linkkit.urls import host, origin, section, sibling_origins, template_group, try_normalise

SignalFile = Path | str
_BOTS = r"Googlebot|bingbot|YandexBot|Baiduspider|DuckDuckBot|Applebot"
_ASSET = r"\.(?:css|js|mjs|png|jpe?g|gif|svg|webp|avif|ico|woff2?|ttf|map|json|xml|txt|mp4|webm)(?:\?|$)"
_FOUND = {
    "sitemap": FoundIn.SITEMAP,
    "search_console": FoundIn.SEARCH_CONSOLE,
    "analytics": FoundIn.ANALYTICS,
    "backlinks": FoundIn.BACKLINKS,
    "logs": FoundIn.LOGS,
    "money_pages": FoundIn.LIST,
    "urls": FoundIn.LIST,
}


def read_signals(start_url: str, files: Mapping[str, SignalFile | Iterable[str]]) -> dict[str, pd.DataFrame]:
    """Read signal files.

    Parameters
    ----------
    start_url : str
        Public start page; paths without a host belong to its origin.
    files : mapping
        Signal name (``sitemap``, ``search_console``, ``analytics``, ``backlinks``, ``logs``, ``money_pages``,
        ``urls``) to a file, or for ``sitemap``, ``money_pages`` and ``urls`` to the URLs themselves.

    Returns
    -------
    dict of DataFrame
        For each signal one row per URL: ``url`` (normalised) and the page columns that the signal fills.

    Raises
    ------
    SourceError
        If a signal is unknown, or a file is missing or not what it should be; it says what was expected.
    """
    unknown = sorted(set(files) - set(_READERS))
    if unknown:
        raise SourceError(f"unknown signal {', '.join(unknown)}; known are {', '.join(_READERS)}")
    tables = {}
    for name, file in files.items():
        if isinstance(file, str | Path) and not Path(file).is_file():
            raise SourceError(f"{name}: {file}: no such file")
        rows = _READERS[name](file)
        rows["url"] = [_absolute(str(url), start_url) for url in rows["url"]]
        tables[name] = rows
    return tables


def add_signals(
    site: Site,
    *,
    sitemap: SignalFile | Iterable[str] | None = None,
    search_console: SignalFile | None = None,
    analytics: SignalFile | None = None,
    backlinks: SignalFile | None = None,
    logs: SignalFile | None = None,
    money_pages: SignalFile | Iterable[str] | None = None,
    urls: SignalFile | Iterable[str] | None = None,
) -> Site:
    """A Site that also knows what the analyst's files say about its pages.

    URLs are matched as they are, then under http/https and with/without ``www.``, then with or without the trailing
    slash. URLs of the site that the crawl does not have become pages that were not crawled.

    Parameters
    ----------
    site : Site
    sitemap : file (XML, or JSON from a crawl) or URLs
    search_console : file
        Pages sheet of a performance export, CSV.
    analytics : file
        GA4 pages-and-screens export, CSV.
    backlinks : file
        Backlink list, CSV: source and target page a row (lost and nofollow rows are left out), or
        ``target,referring_domains``.
    logs : file
        Access log in the combined format.
    money_pages, urls : file or URLs
        One URL or path a line; ``#`` starts a comment.

    Returns
    -------
    Site
        Its manifest says for each signal how many rows there were, how many name a page that was crawled
        (``matched``), how many pages are known but were not crawled, and how many rows lie outside the site.
    """
    given = {
        "sitemap": sitemap,
        "search_console": search_console,
        "analytics": analytics,
        "backlinks": backlinks,
        "logs": logs,
        "money_pages": money_pages,
        "urls": urls,
    }
    tables = read_signals(site.start_url, {name: file for name, file in given.items() if file is not None})
    pages = site.pages.copy()
    described = dict(site.manifest.signals)
    for name, rows in tables.items():
        pages, described[name] = _merge(pages, rows, name, site.start_url)
    return site.with_pages(pages, signals=described)


def _merge(
    pages: pd.DataFrame, rows: pd.DataFrame, name: str, start_url: str
) -> tuple[pd.DataFrame, dict[str, int]]:
    scope = sibling_origins(start_url)
    ids = dict(zip(pages["url"], pages["page_id"], strict=True))
    inside = pd.Series(
        [bool(url) and origin(url) in scope for url in rows["url"]], index=rows.index, dtype=bool
    )
    internal = rows[inside]
    new: list[str] = []
    page_of: dict[str, int] = {}
    for url in dict.fromkeys(internal["url"]):
        page = _match(url, ids, scope)
        if page is None:
            page = ids[url] = len(pages) + len(new)
            new.append(url)
        page_of[url] = page
    if new:
        pages = pd.concat([pages, _uncrawled(new, len(pages))])
    matched = internal["url"].map(page_of).astype("int64")
    by_page = internal.assign(page=matched).groupby("page")
    hits = pd.Index(matched.drop_duplicates())
    pages.loc[hits, "found_in"] = pages.loc[hits, "found_in"] | int(_FOUND[name])
    for column in (column for column in rows.columns if column != "url"):
        if column == "is_money_page":
            pages[column] = pages[column].fillna(False)
            pages.loc[hits, column] = True
        else:
            values = by_page[column].agg("mean" if column == "engagement_rate" else "sum")
            pages.loc[values.index, column] = values.astype("float64")
    crawled = pages["indexability_reason"] != Indexability.NOT_CRAWLED
    summary = {
        "rows": len(rows),
        "matched": int(crawled[matched].sum()),
        "not crawled": int((~crawled[hits]).sum()),
        "outside the site": len(rows) - len(internal),
    }
    unreadable = int(rows.attrs.get("unreadable", 0))
    return pages, summary | ({"unreadable": unreadable} if unreadable else {})


def _match(url: str, ids: Mapping[str, int], scope: tuple[str, ...]) -> int | None:
    """Page of a URL: as it is, on a sibling origin, then as its slash twin."""
    path, mark, query = url[len(origin(url)) :].partition("?")
    twin = path[:-1] if path.endswith("/") else f"{path}/"
    for form in (path, twin):
        for each in (origin(url), *scope):
            found = ids.get(each + form + mark + query)
            if found is not None:
                return found
    return None


def _uncrawled(urls: list[str], first: int) -> pd.DataFrame:
    rows = [
        {
            "page_id": first + place,
            "url": url,
            "robots_noindex": False,
            "robots_nofollow": False,
            "blocked_by_robots": False,
            "is_indexable": False,
            "indexability_reason": str(Indexability.NOT_CRAWLED),
            "section": section(url),
            "page_type": template_group(url),
            "found_in": 0,
        }
        for place, url in enumerate(urls)
    ]
    return pages_frame(pa.Table.from_pylist(rows, schema=PAGES))


def _absolute(url: str, start_url: str) -> str:
    """Normalised absolute URL of a row; empty where the row names no page, as ``(not set)``."""
    if url.startswith("//"):
        # GA4 writes doubled slashes where a tag joined paths badly; they are no hosts.
        url = "/" + url.lstrip("/")
    if not url or url.startswith("("):
        return ""
    # Some exports write the host without a scheme.
    if url.split("/", 1)[0].casefold() in {each.partition("://")[2] for each in sibling_origins(start_url)}:
        url = f"{start_url.partition('://')[0]}://{url}"
    return try_normalise(url, origin(start_url) + "/") or ""


def _read_sitemap(file: SignalFile | Iterable[str]) -> pd.DataFrame:
    if not isinstance(file, str | Path):
        return pd.DataFrame({"url": list(file)})
    path = Path(file)
    if path.suffix == ".json":
        return pd.DataFrame({"url": [row["url"] for row in json.loads(path.read_text("utf-8"))]})
    body = path.read_bytes()
    body = gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body
    if not body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return _read_list(path)
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=True)
    root = etree.fromstring(body.lstrip(), parser=parser)
    if root is not None and etree.QName(root).localname == "sitemapindex":
        raise SourceError(
            f"sitemap: {path}: an index of {len(root)} sitemaps, which lists no page; give the sitemaps themselves, "
            "or let the crawl read them"
        )
    # Images and videos of a page have a loc of their own, in another namespace than the page's.
    own = [each for each in ([] if root is None else root.iterfind("{*}url/{*}loc")) if each.text]
    if not own:
        raise SourceError(f"sitemap: {path}: no <loc> found; expected an XML sitemap or one URL a line")
    return pd.DataFrame({"url": [str(each.text).strip() for each in own]}, dtype="str")


def _read_list(file: SignalFile | Iterable[str]) -> pd.DataFrame:
    lines = _text(Path(file)).splitlines() if isinstance(file, str | Path) else list(file)
    # A comment begins at the line's start or after a space; a # within an address is its fragment.
    kept = [re.split(r"(?:^|\s)#", line, maxsplit=1)[0].strip() for line in lines]
    return pd.DataFrame({"url": [line for line in kept if line]}, dtype="str")


def _read_money_pages(file: SignalFile | Iterable[str]) -> pd.DataFrame:
    return _read_list(file).assign(is_money_page=True)


def _read_search_console(file: SignalFile | Iterable[str]) -> pd.DataFrame:
    path, rows = _csv_rows(file)
    header, body = rows[0], rows[1:]
    if len(header) < 5:
        raise SourceError(
            f"search_console: {path}: {len(header)} columns ({', '.join(header)}); expected the five of a Pages "
            "sheet: page, clicks, impressions, CTR, position"
        )
    _refuse_ragged("search_console", path, header, body)
    # Headers and file names are localised; the order of the columns is not.
    return pd.DataFrame(
        {
            "url": [row[0] for row in body],
            "clicks": [_number(row[1]) for row in body],
            "impressions": [_number(row[2]) for row in body],
        }
    )


def _read_analytics(file: SignalFile | Iterable[str]) -> pd.DataFrame:
    path, rows = _csv_rows(file)
    rows = [row for row in rows if not row[0].startswith("#")]
    header = [name.casefold() for name in rows[0]] if rows else []
    if not header or not header[0].startswith(("page path", "landing page")):
        raise SourceError(
            f"analytics: {path}: the first column is {header[:1]}; expected a GA4 export whose first column is "
            "'Page path and screen class' or 'Landing page'"
        )
    body = [row for row in rows[1:] if len(row) == len(header) and row[0]]
    columns: dict[str, list[float]] = {}
    for target, names in {
        "sessions": ("sessions", "views", "active users"),
        "conversions": ("key events", "conversions"),
        "engagement_rate": ("engagement rate",),
    }.items():
        for name in names:
            if name in header:
                columns[target] = [_number(row[header.index(name)]) for row in body]
                break
    return pd.DataFrame({"url": [row[0] for row in body], **columns})


def _read_backlinks(file: SignalFile | Iterable[str]) -> pd.DataFrame:
    path, rows = _csv_rows(file)
    header = [name.casefold().strip() for name in rows[0]]
    _refuse_ragged("backlinks", path, header, rows[1:])
    frame = pd.DataFrame(rows[1:], columns=header, dtype="str")
    target = _column(header, "target", "target url", "target page", "url")
    domains = _column(header, "referring_domains", "referring domains", "linking sites")
    if domains and target:
        counts = {"url": frame[target], "referring_domains": frame[domains].map(_number)}
        links = _column(header, "backlinks", "incoming links")
        return pd.DataFrame(counts | ({"backlinks": frame[links].map(_number)} if links else {}))
    source = _column(header, "referring page url", "source url", "source page", "linking page")
    if not target or not source:
        raise SourceError(
            f"backlinks: {path}: columns {', '.join(header)}; expected the linking page and its target "
            "('Referring page URL', 'Target URL'), or 'target,referring_domains'"
        )
    # One spelling a page before domains are counted, so that a domain is not counted once for each spelling.
    frame[target] = [try_normalise(url) or url for url in frame[target]]
    lost = frame.get("lost status", pd.Series("", index=frame.index)).str.strip() != ""
    nofollow = (
        frame.get("nofollow", pd.Series("", index=frame.index)).str.casefold().isin(["true", "1", "yes"])
    )
    kept = frame[~lost & ~nofollow]
    counted = pd.DataFrame(
        # Tracking parameters are dropped before domains are counted, or one domain would count for each variant.
        {
            "url": kept[target].map(lambda url: try_normalise(url) or url),
            "domain": kept[source].map(_domain),
            "source": kept[source],
        }
    ).groupby("url", sort=False)
    return counted.agg(backlinks=("source", "size"), referring_domains=("domain", "nunique")).reset_index()


def _read_logs(file: SignalFile | Iterable[str]) -> pd.DataFrame:
    import advertools  # noqa: PLC0415 - takes seconds, and sets up logging for the whole process

    if Path(str(file)).stat().st_size == 0:
        raise SourceError(f"logs: {file}: the file is empty")
    # advertools prints its progress; a library keeps quiet.
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings(), redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        parsed, errors = Path(folder) / "log.parquet", Path(folder) / "errors.txt"
        # Any byte is a Latin-1 character: one odd agent string does not cost the file.
        advertools.logs_to_df(str(file), str(parsed), str(errors), log_format="combined", encoding="latin-1")
        log = pd.read_parquet(parsed)
        unreadable = len(errors.read_text("utf-8", "replace").splitlines()) if errors.exists() else 0
    if log.empty:
        raise SourceError(
            f"logs: {file}: none of its {unreadable:,} lines is in the combined log format "
            "(address, user, time, request, status, size, referrer, agent); unpack it first if it is compressed"
        )
    pages = log[(log["status"].astype(str) == "200") & (log["method"] == "GET")]
    path = pages["request"].astype(str).str.split(" ").str[0]
    pages = pages.assign(url=path, bot_hits=pages["user_agent"].astype(str).str.contains(_BOTS, case=False))
    pages = pages[~path.str.contains(_ASSET, case=False, regex=True)]
    hits = pages.groupby("url", sort=False)["bot_hits"].sum().astype("float64").reset_index()
    hits.attrs["unreadable"] = unreadable
    return hits


_READERS: dict[str, Callable[[SignalFile | Iterable[str]], pd.DataFrame]] = {
    "sitemap": _read_sitemap,
    "search_console": _read_search_console,
    "analytics": _read_analytics,
    "backlinks": _read_backlinks,
    "logs": _read_logs,
    "money_pages": _read_money_pages,
    "urls": _read_list,
}


def _csv_rows(file: SignalFile | Iterable[str]) -> tuple[Path, list[list[str]]]:
    path = Path(str(file))
    text = _text(path)
    # Ahrefs separates by tabs, spreadsheets of some countries by semicolons; GA4 begins with comment lines.
    header = next((line for line in text.splitlines() if line.strip() and not line.startswith("#")), "")
    delimiter = max(",\t;", key=header.count)
    try:
        rows = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if row]
    except csv.Error as error:
        raise SourceError(f"{path}: not a CSV file ({error})") from error
    if not rows:
        raise SourceError(f"{path}: the file is empty")
    return path, rows


def _text(path: Path) -> str:
    """A text file in UTF-8, or in UTF-16 with a byte order mark."""
    body = path.read_bytes()
    try:
        return body.decode("utf-16" if body[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceError(f"{path}: not UTF-8 ({error}); export it as CSV in UTF-8") from error


def _refuse_ragged(name: str, path: Path, header: list[str], body: list[list[str]]) -> None:
    ragged = [place for place, row in enumerate(body, start=2) if len(row) != len(header)]
    if ragged:
        raise SourceError(
            f"{name}: {path}: {len(ragged):,} rows do not have the header's {len(header)} columns, the first is row "
            f"{ragged[0]} with {len(body[ragged[0] - 2])}; was the file edited or cut short? Export it again"
        )


def _column(header: list[str], *names: str) -> str | None:
    return next((name for name in names if name in header), None)


def _number(text: str) -> float:
    """A count or share as exports write it: ``1,234``, ``4.86%``; what is no number counts 0."""
    cleaned = text.replace(",", "").replace("\u00a0", "").strip()
    try:
        return float(cleaned.removesuffix("%")) / (100 if cleaned.endswith("%") else 1)
    except ValueError:
        return 0.0


@cache
def _suffixes() -> tldextract.TLDExtract:
    # The list of public suffixes that the package ships: nothing is asked over the network.
    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


def _domain(url: str) -> str:
    """Registrable domain; the bare host where its suffix is no public one (intranets, reserved names)."""
    name = host(url if "//" in url else f"//{url}")
    return _suffixes()(name).top_domain_under_public_suffix or name.removeprefix("www.") or url
