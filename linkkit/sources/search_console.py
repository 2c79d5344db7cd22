"""Search Console exports: performance by page, and the links report.

Names of sheets and columns are localised, their order is not: columns are read by position.
"""

import re

from linkkit.sources.columns import cells, find, is_url, share, without_short_rows
from linkkit.sources.reading import Reading, header_key, number
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
    frame = cells(table, {"url": 0, "clicks": 1, "impressions": 1 + step}, rows)
    for name in ("clicks", "impressions"):
        frame[name] = frame[name].map(_count).astype("float64")
    notes = {"rows, where Search Console cuts an export": EXPORT_LIMIT} if len(frame) == EXPORT_LIMIT else {}
    kind = "Search Console pages" + (" (first of two periods)" if step == 2 else "")
    return Reading("search_console", kind, frame, table.path, short, notes)


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
    frame = cells(table, {"url": 0, "backlinks": 1, "referring_domains": 2}, rows)
    for name in ("backlinks", "referring_domains"):
        frame[name] = frame[name].map(_count).astype("float64")
    notes = {"rows, where Search Console cuts an export": EXPORT_LIMIT} if len(frame) == EXPORT_LIMIT else {}
    return Reading("backlinks", "Search Console links report", frame, table.path, short, notes)


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


def _is_percent(text: str) -> bool:
    return text.endswith(("%", "\uff05")) or text.startswith("%")


def _count(text: str) -> float | None:
    """A whole number, whatever separates its thousands."""
    digits = re.sub(r"\D", "", text)
    return float(digits) if digits else None
