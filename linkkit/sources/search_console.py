"""Search Console exports: performance by page, by query and page, and the links report.

Names of sheets and columns are localised, their order is not: columns are read by position. Only tables of queries and pages, which come
from the API or a reporting tool, have an order of their own: their columns are found by name.
"""

import re

import pandas as pd

from linkkit.sources.columns import cells, find, is_url, share, without_copies, without_short_rows
from linkkit.sources.reading import Reading, header_key, number, rejects
from linkkit.sources.tabular import Table

EXPORT_LIMIT = 1000
"""Rows at which Search Console cuts an export."""
_TARGET_PAGE = (
    "target page", "zielseite", "page cible", "pagina de destino", "pagina di destinazione", "doelpagina", "strona docelowa",
    "целевая страница", "リンク先ページ", "対象ページ", "ターゲット ページ",
)  # fmt: skip
_LINKING_PAGE = (
    "linking page", "verweisende seite", "page de provenance du lien", "pagina de enlace", "pagina contenente il link",
    "pagina collegante", "リンク元ページ", "リンク元のページ",
)  # fmt: skip
_QUERY = (
    "query", "queries", "top queries", "search query", "suchanfrage", "suchanfragen", "haufigste suchanfragen", "requete", "requetes",
    "consulta", "consultas", "クエリ", "検索キーワード",
)  # fmt: skip
_PAGE = ("page", "pages", "top pages", "landing page", "url", "address", "seite", "zielseite", "page de destination", "pagina", "pagina de destino", "pagina di destinazione", "ページ")  # fmt: skip
_CLICKS = ("clicks", "url clicks", "klicks", "url klicks", "clics", "clic", "クリック数")
_IMPRESSIONS = ("impressions", "url impressions", "impressionen", "impresiones", "impressioni", "表示回数")


def is_performance(table: Table) -> bool:
    """Whether a table is the Pages sheet of a performance export: page, clicks, impressions, CTR, position."""
    return _is_performance_sheet(table) and share(table.column(0), is_url) >= 0.5


def read_performance(table: Table) -> Reading:
    """Read a Pages sheet; of one that compares two periods, the first.

    Returns
    -------
    Reading
        Signal ``search_console``: ``url``, ``clicks``, ``impressions``.
    """
    step = 2 if _is_comparison(table) else 1
    rows, short = without_short_rows(table, 1 + 2 * step)
    rows, copies = without_copies(rows, [0])
    frame = cells(table, {"url": 0, "clicks": 1, "impressions": 1 + step}, rows)
    for name in ("clicks", "impressions"):
        frame[name] = frame[name].map(_count).astype("float64")
    notes = {"rows, where Search Console cuts an export": EXPORT_LIMIT} if len(frame) == EXPORT_LIMIT else {}
    kind = "Search Console pages" + (" (first of two periods)" if step == 2 else "")
    return Reading("search_console", kind, frame, table.path, short, notes | copies)


def is_queries_of_pages(table: Table) -> bool:
    """Whether a table has the clicks and impressions of each query and page, as the API and reporting tools give them."""
    places = _places(table)
    return (
        find(table.header, _QUERY) is not None
        and len(places) == 3
        and share(table.column(places["url"]), is_url) >= 0.5
        and all(share(table.column(places[name]), _is_number) > 0.5 for name in ("clicks", "impressions"))
    )


def read_queries_of_pages(table: Table) -> Reading:
    """Read a table of queries and pages; what a page has for all its queries is added up.

    Google leaves rare queries out, for they might tell who searched: the sums are too low, which is noted.

    Returns
    -------
    Reading
        Signal ``search_console``; one row per page: ``url``, ``clicks``, ``impressions``, ``row`` (the first that names the page).
    """
    places = _places(table)
    rows, short = without_short_rows(table, max(places.values()) + 1)
    told_apart_by = [place for place in range(len(table.header)) if share(table.column(place), _is_number) < 1]  # fmt: skip
    rows, copies = without_copies(rows, told_apart_by)
    frame = cells(table, places, rows)
    wrong = pd.Series(False, index=frame.index)
    for name in ("clicks", "impressions"):
        wrong |= ~frame[name].map(_is_number).astype(bool)
        frame[name] = frame[name].map(number).astype("float64")
    refused = [
        (row, url, "no number of clicks or impressions")
        for row, url in frame.loc[wrong, ["row", "url"]].itertuples(index=False)
    ]
    summed = (
        frame[~wrong]
        .groupby("url", sort=False)
        .agg({"clicks": "sum", "impressions": "sum", "row": "first"})
        .reset_index()
    )
    notes = {"rows of a query each (Google leaves out rare queries, so that clicks and impressions are too low)": len(frame)}  # fmt: skip
    return Reading(
        "search_console",
        "Search Console queries and pages",
        summed,
        table.path,
        pd.concat([short, rejects(refused)]),
        notes | copies,
    )


def is_links_report(table: Table) -> bool:
    """Whether a table lists the site's pages with the number of links and of sites that lead to them."""
    return (
        len(table.header) >= 3
        and find(table.header[:1], _TARGET_PAGE) == 0
        and share(table.column(0), is_url) >= 0.5
        and all(share(table.column(place), _is_count) == 1 for place in (1, 2))
    )


def read_links_report(table: Table) -> Reading:
    """Read the report of most linked pages.

    Returns
    -------
    Reading
        Signal ``backlinks``: ``url``, ``backlinks``, ``referring_domains``.
    """
    rows, short = without_short_rows(table, 3)
    rows, copies = without_copies(rows, [0])
    frame = cells(table, {"url": 0, "backlinks": 1, "referring_domains": 2}, rows)
    for name in ("backlinks", "referring_domains"):
        frame[name] = frame[name].map(_count).astype("float64")
    notes = {"rows, where Search Console cuts an export": EXPORT_LIMIT} if len(frame) == EXPORT_LIMIT else {}
    return Reading("backlinks", "Search Console links report", frame, table.path, short, notes | copies)


def is_other_sheet(table: Table) -> bool:
    """Whether a table belongs to a Search Console export but says nothing about pages of the site."""
    first = header_key(table.header[0])
    return (
        _is_performance_sheet(table)
        or (len(table.header) == 2 and first.startswith(("filt", "フィルタ")))
        or find(table.header[:1], _LINKING_PAGE) == 0
        or (find(table.header[:1], _TARGET_PAGE) == 0 and len(table.header) == 2)
        or (first == "site" and find(table.header, ("linking pages",)) is not None)
    )


def _places(table: Table) -> dict[str, int]:
    names = {"url": _PAGE, "clicks": _CLICKS, "impressions": _IMPRESSIONS}
    found = {name: find(table.header, known) for name, known in names.items()}
    return {name: place for name, place in found.items() if place is not None}


def _is_performance_sheet(table: Table) -> bool:
    comparison = _is_comparison(table)
    if len(table.header) != 5 and not comparison:
        return False
    step = 2 if comparison else 1
    rates = table.column(1 + 2 * step)
    return (
        share(table.column(1), _is_count) == 1
        and share(table.column(1 + step), _is_count) == 1
        and ("ctr" in header_key(table.header[1 + 2 * step]).split() or share(rates, _is_percent) >= 0.9)
        and share(table.column(1 + 3 * step), lambda text: not text or number(text) is not None) == 1
    )


def _is_comparison(table: Table) -> bool:
    return len(table.header) == 9 and all("ctr" in header_key(name).split() for name in table.header[5:7])


def _is_count(text: str) -> bool:
    return not text or re.fullmatch(r"[\d.,\s\u00a0\u202f'\u2019]+", text) is not None


def _is_number(text: str) -> bool:
    value = number(text) if text else 0.0
    return value is not None and value >= 0


def _is_percent(text: str) -> bool:
    return text.endswith(("%", "\uff05")) or text.startswith("%")


def _count(text: str) -> float | None:
    """A whole number, whatever separates its thousands."""
    digits = re.sub(r"\D", "", text)
    return float(digits) if digits else None
