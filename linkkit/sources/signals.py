"""Signals: what an analyst's files say about pages, beside the links. Here their rows find their pages."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pandas as pd
import pyarrow as pa

from linkkit.errors import SourceError
from linkkit.schema import OUTSIDE as ENTRANCE
from linkkit.schema import PAGES, TRANSITIONS, FoundIn, Indexability
from linkkit.scope import SiteScope
from linkkit.site import Site, pages_frame
from linkkit.sources.analytics import LANDING_PAGES
from linkkit.sources.joining import OUTSIDE, Joiner, is_file
from linkkit.sources.lists import is_pattern, pattern, read_list
from linkkit.sources.privacy import mask_urls
from linkkit.sources.reading import Reading, rejects
from linkkit.sources.recognise import inventories, is_named_list, plain_list, read_part, recognise
from linkkit.urls import template_group, without_search_terms

SignalFile = Path | str
FOUND = {
    "sitemap": FoundIn.SITEMAP,
    "search_console": FoundIn.SEARCH_CONSOLE,
    "analytics": FoundIn.ANALYTICS,
    "transitions": FoundIn.ANALYTICS,
    "backlinks": FoundIn.BACKLINKS,
    "logs": FoundIn.LOGS,
    "money_pages": FoundIn.LIST,
    "urls": FoundIn.LIST,
}
"""Signals there are, and where they say that a page is known from."""
LISTS = ("sitemap", "money_pages", "urls")
"""Signals that a plain list of addresses may stand for."""
_EXPECTED = {
    "sitemap": "an XML sitemap, or one address a line",
    "search_console": "the zip of a performance export, its Pages sheet (page, clicks, impressions, CTR, position), or query, page, clicks, impressions",
    "analytics": "a GA4 export with 'Page path and screen class' or 'Landing page', and sessions, views or active users",
    "transitions": "a GA4 table with 'Previous page path', 'Page path' and a count",
    "backlinks": "the linking page and its target ('Referring page URL', 'Target URL'), or target and referring_domains",
    "logs": "an access log in the combined, CloudFront or IIS format",
    "money_pages": "one address, path or pattern a line, or a table with a column of addresses",
    "urls": "one address or path a line, or a table with a column of addresses",
}
IN_VAIN = "requests of search engines' robots that went to them"
"""What the account of a log calls requests of addresses that were never answered with a page."""
_NEVER_ANSWERED = "only ever answered with an error or a redirect"
_LISTED = 1000
_VISITED = ("analytics", "transitions")
_SUMS = ("clicks", "impressions", "sessions", "conversions", "bot_hits")


def read_signal(name: str, source: SignalFile | Iterable[str], *, verify_bots: bool = False) -> list[Reading]:
    """Read one file (or, for lists, the addresses themselves) as a signal.

    Parameters
    ----------
    name : str
        ``sitemap``, ``search_console``, ``analytics``, ``transitions``, ``backlinks``, ``logs``, ``money_pages`` or
        ``urls``.
    source : file, or addresses
    verify_bots : bool
        Ask the DNS whether robots in a log are what they claim to be.

    Returns
    -------
    list of Reading
        One for each part of the file that feeds the signal.

    Raises
    ------
    SourceError
        If the signal is unknown, or the file is missing, damaged or something else; it says what was recognised.
    """
    if name not in FOUND:
        raise SourceError(f"unknown signal {name}; known are {', '.join(FOUND)}")
    if not isinstance(source, str | Path):
        return [read_list(source, name)]
    path = Path(source)
    if not path.is_file():
        raise SourceError(f"{name}: {path}: no such file")
    try:
        parts = recognise(path)
    except SourceError as error:
        if name not in LISTS or not is_named_list(path):
            raise SourceError(f"{name}: {error}; for {name} {_EXPECTED[name]} is expected") from error
        parts = [plain_list(path, name)]
    if name in LISTS and any(part.clusters for part in parts):
        # Asked for as a list of pages, a table is one, even where topics are noted in it.
        parts = inventories(path) or parts
    if name in LISTS and all(part.signal in ("urls", "money_pages") for part in parts):
        if parts[0].kind == "list of addresses":
            parts = [plain_list(path, name)]
        readings = [part.read() for part in parts if part.read]
        return [as_list(reading, name) for reading in readings]
    found = [read_part(part, verify_bots=verify_bots) for part in parts if part.signal == name]
    if not found:
        seen = ", ".join(dict.fromkeys(part.kind for part in parts))
        raise SourceError(f"{name}: {path}: recognised as {seen}; expected {_EXPECTED[name]}")
    return found


def read_file(path: Path, *, verify_bots: bool = False) -> list[Reading]:
    """Read whatever signals a file holds.

    Raises
    ------
    SourceError
        If the file is missing, damaged, not understood, or holds no signal.
    """
    parts = recognise(path)
    readings = [read_part(part, verify_bots=verify_bots) for part in parts if part.read]
    if not readings:
        seen = ", ".join(dict.fromkeys(part.kind for part in parts))
        if any(part.clusters for part in parts):
            raise SourceError(
                f"{path}: recognised as {seen}, which are kept in client.toml: import the file, and take it out of the folder"
            )
        raise SourceError(
            f"{path}: recognised as {seen}, which says nothing about pages beside their links; import it as a crawl, or "
            "take it out of the folder"
        )
    return readings


def as_list(reading: Reading, signal: str) -> Reading:
    """The same addresses as another of the signals that are lists of pages."""
    rows = reading.rows.filter(["url", "row"])
    if signal == "money_pages":
        rows = rows.assign(is_money_page=True)
    return Reading(signal, reading.kind, rows, reading.path, reading.rejects, reading.notes)


def add_signals(
    site: Site,
    *,
    sitemap: SignalFile | Iterable[str] | None = None,
    search_console: SignalFile | None = None,
    analytics: SignalFile | None = None,
    transitions: SignalFile | None = None,
    backlinks: SignalFile | None = None,
    logs: SignalFile | None = None,
    money_pages: SignalFile | Iterable[str] | None = None,
    urls: SignalFile | Iterable[str] | None = None,
) -> Site:
    """A Site that also knows what the analyst's files say about its pages.

    How rows find their pages: `linkkit.sources.joining`. URLs of the site that the crawl does not have become pages that
    were not crawled.

    Parameters
    ----------
    site : Site
    sitemap : file (XML, plain text, or JSON from a crawl) or URLs
    search_console : file
        Performance export: zip, or the CSV of its Pages sheet, in any language.
    analytics : file
        GA4 export of pages and screens, or of landing pages.
    transitions : file
        GA4 export of previous page path and page path.
    backlinks : file
        Backlinks of Ahrefs, Semrush, Majestic, Moz or Search Console, or ``target,referring_domains``.
    logs : file
        Access log: combined, CloudFront or IIS.
    money_pages, urls : file or URLs
        One URL, path or (money pages) pattern a line; ``#`` starts a comment. Or a page inventory of a CMS.

    Returns
    -------
    Site
        Its manifest says for each signal how many rows there were, how many name a page that was crawled
        (``matched``), how many pages are known but were not crawled, how many rows lie outside the site, and what else
        happened to rows.
    """
    given = {
        "sitemap": sitemap,
        "search_console": search_console,
        "analytics": analytics,
        "transitions": transitions,
        "backlinks": backlinks,
        "logs": logs,
        "money_pages": money_pages,
        "urls": urls,
    }
    readings = [
        reading
        for name, source in given.items()
        if source is not None
        for reading in read_signal(name, source)
    ]
    return merge(site, readings).site


def seeds(readings: Sequence[Reading], scope: SiteScope) -> list[str]:
    """Addresses of the site that files name, for a crawl to ask for; none that was never answered, or holds personal data."""
    joiner = Joiner(pages_frame(PAGES.empty_table()), scope)
    found: dict[str, None] = {}
    for reading in readings:
        rows = reading.rows
        if "ok_hits" in rows:
            rows = rows[rows["ok_hits"] > 0]
        given = rows["url"].map(without_search_terms) if reading.signal in _VISITED else rows["url"]
        masked, _ = mask_urls(given)
        for address in given[masked == given]:
            url = None if is_pattern(address) else joiner.absolute(address)
            if url is not None and scope.contains(url) and not is_file(url):
                found[url] = None
    return list(found)


@dataclass(frozen=True, eq=False)
class Merged:
    """A Site with signals, and what became of their rows.

    Attributes
    ----------
    site : Site
    accounts : list of dict
        For each reading, in order: ``rows``, ``matched``, ``not crawled`` (pages), ``outside the site``, and what else
        happened to rows.
    rejects : DataFrame
        Rows that found no page: ``signal``, ``file``, ``row``, ``value``, ``reason``.
    """

    site: Site
    accounts: list[dict[str, int]]
    rejects: pd.DataFrame


def merge(site: Site, readings: Sequence[Reading]) -> Merged:
    """Join readings with the pages of a site; readings of one signal are added up."""
    pages = site.pages.copy()
    joiner = Joiner(pages, site.scope)
    joined = [_joined(joiner, pages, reading) for reading in readings]
    if joiner.new:
        pages = pd.concat([pages, _uncrawled(joiner.new, len(pages), site.scope)])
    described = dict(site.manifest.signals)
    steps = _steps(site, readings, joined)
    for name in dict.fromkeys(reading.signal for reading in readings):
        own = [each for each, reading in zip(joined, readings, strict=True) if reading.signal == name]
        rows = pd.concat(
            [each.rows.assign(reading=place) for place, each in enumerate(own)], ignore_index=True
        )
        pages = _merged(pages, _each_visit_once(rows, [each.is_landing for each in own]), name)
        told = sum((each.told for each in own), Counter())
        if len(own) > 1:
            told["files added up"] = len(own)
        described[name] = _account(pages, rows, told)
    accounts = [_account(pages, each.rows, each.told) for each in joined]
    refused = [
        each.rejects.assign(signal=reading.signal, file=str(reading.path or ""))
        for each, reading in zip(joined, readings, strict=True)
        if len(each.rejects)
    ]
    merged = site.with_pages(pages, transitions=steps, signals=described) if readings else site
    return Merged(merged, accounts, _rejected(refused))


@dataclass(frozen=True, eq=False)
class _Joined:
    rows: pd.DataFrame
    rejects: pd.DataFrame
    told: "Counter[str]"
    is_landing: bool = False


def _joined(joiner: Joiner, pages: pd.DataFrame, reading: Reading) -> _Joined:
    """Rows of a reading with their ``page``, and those that have none."""
    told = Counter({"rows": len(reading.rows) + len(reading.rejects)}) + Counter(dict(reading.notes))
    rows, lost = _expanded(reading, pages)
    told["pages that patterns name"] = len(rows) - rows["entry"].nunique()
    refused_by_reader = reading.rejects.assign(value=mask_urls(reading.rejects["value"])[0])
    failed = [each for each in (refused_by_reader, lost) if len(each)]
    asked_in_vain = rejects([])
    for column, name in (("url", "page"), ("previous", "previous")):
        if column not in rows:
            continue
        entering = rows["previous"] == "" if column == "previous" else None
        urls, masked = _private(joiner, rows[column])
        told["addresses whose personal data was masked"] += masked
        if reading.signal in _VISITED:
            urls, folded = _one_search(joiner, urls)
            told["searches counted as one page"] += folded
        if "ok_hits" in rows:
            # Bots ask for much that never was; only what was once answered is a page for certain.
            silent = (rows["ok_hits"] == 0) & urls.map(lambda url: joiner.find(url) is None)
            told[f"addresses that {_NEVER_ANSWERED}"] += int(silent.sum())
            told[IN_VAIN] += int(rows.loc[silent, "bot_hits"].sum())
            asked_in_vain = _asked_in_vain(urls[silent], rows.loc[silent, "bot_hits"])
            rows, urls = rows[~silent], urls[~silent]
        found = joiner.join(urls if entering is None else urls[~entering])
        page, unfound = found.page.reindex(urls.index), found.rejects
        if entering is not None:
            # Whoever comes from another site enters here.
            outside = unfound["reason"].astype("str").str.startswith(OUTSIDE)
            told["rows of entrances from other sites"] += int(outside.sum())
            page[entering | page.index.isin(unfound["place"][outside])] = ENTRANCE
            unfound = unfound[~outside]
        if len(unfound):
            lines = rows["row"] if "row" in rows else pd.Series(pd.NA, index=rows.index, dtype="Int64")
            numbers = lines.reindex(unfound["place"]).to_numpy()
            failed.append(unfound.drop(columns="place").assign(row=numbers))
        rows = rows.assign(**{name: page})
        rows = rows[page.notna()]
    refused = pd.concat(failed, ignore_index=True) if failed else rejects([])
    elsewhere = refused["reason"].astype("str").str.startswith(OUTSIDE)
    told += Counter({OUTSIDE: int(elsewhere.sum()), "not used": int((~elsewhere).sum())})
    if len(asked_in_vain):
        refused = pd.concat([refused, asked_in_vain], ignore_index=True)
    return _Joined(rows, refused, told, reading.kind.startswith(LANDING_PAGES))


def _asked_in_vain(urls: pd.Series, hits: pd.Series) -> pd.DataFrame:
    """Addresses that were never answered and that search engines' robots ask for nevertheless, most requests first."""
    table = pd.DataFrame({"url": urls.astype("str"), "hits": hits.astype("float64")})
    most = table[table["hits"] > 0].sort_values("hits", ascending=False, kind="stable").head(_LISTED)
    return rejects(
        [
            (None, url, f"{_NEVER_ANSWERED}; requests of search engines' robots: {count:,.0f}")
            for url, count in zip(most["url"], most["hits"], strict=True)
        ]
    )


def _private(joiner: Joiner, urls: pd.Series) -> tuple[pd.Series, int]:
    """Addresses with personal data masked; what the crawl itself requested stays as it is, or it would not match."""
    masked, count = mask_urls(urls)
    if not count:
        return urls, 0
    changed = urls.index[(masked != urls).to_numpy()]
    unknown = [place for place in changed if joiner.find(urls[place]) is None]
    result = urls.copy()
    result[unknown] = masked[unknown]
    return result, len(unknown)


def _one_search(joiner: Joiner, urls: pd.Series) -> tuple[pd.Series, int]:
    """Addresses of the site's own search under one each, unless the crawl knows them; nobody needs what was typed."""
    plain = urls.map(without_search_terms)
    changed = [place for place in urls.index[(plain != urls).to_numpy()] if joiner.find(urls[place]) is None]
    result = urls.copy()
    result[changed] = plain[changed]
    return result, len(changed)


def _each_visit_once(rows: pd.DataFrame, is_landing: list[bool]) -> pd.DataFrame:
    """Rows without those of landing pages that another report counts as well: its numbers hold theirs."""
    if all(is_landing) or not any(is_landing):
        return rows
    landing = rows["reading"].map(dict(enumerate(is_landing))).astype(bool)
    return rows[~(landing & rows["page"].isin(rows["page"][~landing]))]


def _steps(site: Site, readings: Sequence[Reading], joined: Sequence[_Joined]) -> pa.Table | None:
    """Visitors' steps and entrances with what was known of either before; None where the files tell neither.

    A report of landing pages counts entrances better than rows without a previous page do.
    """
    columns = {"previous": "Int64", "page": "Int64", "transitions": "float64"}
    parts = {
        True: [each.rows for each in joined if each.is_landing],
        False: [each.rows for each, own in zip(joined, readings, strict=True) if own.signal == "transitions"],
    }
    if not parts[True] and not parts[False]:
        return None
    if not parts[False]:
        known = site.engine.arrow("SELECT source_id, target_id, transitions FROM transitions").to_pandas()
        parts[False] = [known.set_axis(list(columns), axis=1)]
    rows = pd.concat([each[list(columns)].astype(columns) for each in parts[False]], ignore_index=True)
    if parts[True]:
        landed = [
            each.assign(previous=ENTRANCE, transitions=each["sessions"])[list(columns)]
            .astype(columns)
            .dropna()
            for each in parts[True]
        ]
        rows = pd.concat([rows[rows["previous"] != ENTRANCE], *landed], ignore_index=True)
    return _transitions(rows)


def _expanded(reading: Reading, pages: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows with patterns replaced by the pages that match them, and the patterns that none matches."""
    rows = reading.rows.reset_index(drop=True).assign(entry=range(len(reading.rows)))
    if reading.signal != "money_pages":
        return rows, rejects([])
    given = rows["url"].map(is_pattern)
    if not given.any():
        return rows, rejects([])
    paths = pages["url"].map(lambda url: urlsplit(url)._replace(scheme="", netloc="").geturl())
    indexable = pages["is_indexable"].to_numpy()
    found, lost = [rows[~given]], []
    for place in rows.index[given]:
        row = rows.loc[[place]]
        expression = pattern(row["url"].iloc[0])
        hits = [
            url
            for url, path, ok in zip(pages["url"], paths, indexable, strict=True)
            if ok and (expression.fullmatch(path) or expression.fullmatch(url))
        ]
        if hits:
            found.append(row.loc[row.index.repeat(len(hits))].assign(url=hits))
        else:
            number = row["row"].iloc[0]
            lost.append(
                (None if pd.isna(number) else int(number), row["url"].iloc[0], "no indexable page matches")
            )
    return pd.concat(found, ignore_index=True), rejects(lost)


def _merged(pages: pd.DataFrame, rows: pd.DataFrame, name: str) -> pd.DataFrame:
    hits = pd.Index(rows["page"].drop_duplicates().astype("int64"))
    pages.loc[hits, "found_in"] = pages.loc[hits, "found_in"] | int(FOUND[name])
    if "is_money_page" in rows or name == "money_pages":
        pages["is_money_page"] = pages["is_money_page"].fillna(False)
        pages.loc[hits, "is_money_page"] = True
    for column in (name for name in _SUMS if name in rows):
        _set(pages, column, rows.groupby("page")[column].sum())
    for column, values in _link_counts(rows).items():
        _set(pages, column, values)
    if "engagement_rate" in rows:
        # A rate of many sessions weighs more than one of few.
        weight = rows["sessions"].fillna(0) if "sessions" in rows else pd.Series(1.0, index=rows.index)
        weight = weight.where(rows["engagement_rate"].notna(), 0.0)
        by_page = (
            pd.DataFrame(
                {"page": rows["page"], "part": rows["engagement_rate"].fillna(0) * weight, "weight": weight}
            )
            .groupby("page")[["part", "weight"]]
            .sum()
        )
        by_page = by_page[by_page["weight"] > 0]
        _set(pages, "engagement_rate", by_page["part"] / by_page["weight"])
    return pages


def _link_counts(rows: pd.DataFrame) -> dict[str, pd.Series]:
    """Backlinks and referring domains of each page: exact where the links are listed, else the largest count of a file.

    Tools see overlapping parts of the web: what two of them count of one page is not added up, domains that they name are.
    """
    parts: dict[str, list[pd.Series]] = {"backlinks": [], "referring_domains": []}
    for column, found in parts.items():
        if column in rows:
            counted = rows[rows[column].notna()]
            found.append(counted.groupby(["reading", "page"])[column].sum().groupby("page").max())
    if "domain" in rows:
        listed = rows[rows["domain"].notna()]
        parts["backlinks"].append(listed.groupby(["reading", "page"]).size().groupby("page").max())
        parts["referring_domains"].append(listed.groupby("page")["domain"].nunique())
    return {
        column: pd.concat(found).astype("float64").groupby(level="page").max()
        for column, found in parts.items()
        if found
    }


def _set(pages: pd.DataFrame, column: str, values: pd.Series) -> None:
    pages.loc[pd.Index(values.index.astype("int64")), column] = values.astype("float64").to_numpy()


def _account(pages: pd.DataFrame, rows: pd.DataFrame, told: "Counter[str]") -> dict[str, int]:
    crawled = pages["indexability_reason"] != Indexability.NOT_CRAWLED
    matched = rows["page"].astype("int64")
    # A pattern is one row, however many pages it names.
    entries = rows.loc[crawled[matched].to_numpy()].drop_duplicates(
        [name for name in ("reading", "entry") if name in rows]
    )
    counts = {
        "rows": told["rows"],
        "matched": len(entries),
        "not crawled": int((~crawled[matched.drop_duplicates()]).sum()),
        "outside the site": told["outside the site"],
    }
    return counts | {words: count for words, count in told.items() if words not in counts and count}


def _transitions(rows: pd.DataFrame) -> pa.Table:
    summed = rows.groupby(["previous", "page"], sort=True)["transitions"].sum().reset_index()
    return pa.table(
        {
            "source_id": summed["previous"].to_numpy("int32"),
            "target_id": summed["page"].to_numpy("int32"),
            "transitions": summed["transitions"].to_numpy("float64"),
        },
        schema=TRANSITIONS,
    )


def _rejected(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    columns = {"signal": "str", "file": "str", "row": "Int64", "value": "str", "reason": "str"}
    whole = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=list(columns))
    return whole[list(columns)].astype(columns)


def _uncrawled(urls: Sequence[str], first: int, scope: SiteScope) -> pd.DataFrame:
    rows = [
        {
            "page_id": first + place,
            "url": url,
            "robots_noindex": False,
            "robots_nofollow": False,
            "blocked_by_robots": False,
            "is_indexable": False,
            "indexability_reason": str(Indexability.NOT_CRAWLED),
            "section": scope.section(url),
            "page_type": template_group(url),
            "found_in": 0,
        }
        for place, url in enumerate(urls)
    ]
    return pages_frame(pa.Table.from_pylist(rows, schema=PAGES))
