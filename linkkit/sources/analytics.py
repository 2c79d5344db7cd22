"""GA4 exports: pages and screens, landing pages, and steps from page to page."""

from collections.abc import Iterator
from itertools import chain, islice

import pandas as pd

from linkkit.sources.columns import cells, chunks, find, is_url, share
from linkkit.sources.reading import Reading, number, rejects
from linkkit.sources.tabular import Row, Table

# Names in en, de, fr, es, it, ja; accents and marks do not count (`linkkit.sources.columns.find`).
_PAGE = (
    "page path and screen class", "page path + query string", "page path + query string and screen class", "page path", "page location",
    "full page url", "page url", "seitenpfad und bildschirmklasse", "seitenpfad", "chemin de la page et classe de l ecran",
    "chemin de la page et classe d ecran", "chemin de la page", "ruta de pagina y clase de pantalla", "ruta de la pagina y clase de pantalla",
    "ruta de pagina", "percorso pagina e classe schermata", "percorso pagina", "ページパスとスクリーン クラス", "ページ パスとスクリーン クラス",
)  # fmt: skip
_LANDING = (
    "landing page", "landing page + query string", "landingpage", "landingpage abfragestring", "zielseite", "page de destination",
    "page de destination chaine de requete", "pagina de destino", "pagina di destinazione", "ランディング ページ",
)  # fmt: skip
_HOST = ("hostname", "host name", "nom d hote", "nombre de host", "nome host", "ホスト名")
_METRICS = {
    "sessions": ("sessions", "sitzungen", "sesiones", "sessioni", "セッション"),
    "views": ("views", "screen page views", "pageviews", "aufrufe", "vues", "vistas", "visualizzazioni", "表示回数"),
    "active users": (
        "active users", "total users", "users", "aktive nutzer", "utilisateurs actifs", "usuarios activos", "utenti attivi",
        "アクティブ ユーザー",
    ),
    "conversions": (
        "key events", "conversions", "schlusselereignisse", "conversionereignisse", "evenements cles", "eventos clave", "eventi chiave",
        "conversiones", "conversioni", "キーイベント", "キー イベント", "コンバージョン",
    ),
    "engagement_rate": (
        "engagement rate", "interaktionsrate", "taux d engagement", "porcentaje de interacciones",
        "tasa de interaccion", "tasso di coinvolgimento", "エンゲージメント率",
    ),
}  # fmt: skip
_VISITS = ("sessions", "views", "active users")
_PREVIOUS = (
    "previous page path", "previous page path + query string", "previous page", "previous page url", "page referrer", "from page",
    "from", "previous page path and screen class", "vorheriger seitenpfad", "seitenpfad der vorherigen seite",
    "chemin de la page precedente", "ruta de la pagina anterior", "ruta de pagina anterior", "percorso pagina precedente",
    "percorso della pagina precedente", "前のページのパス", "前のページパス",
)  # fmt: skip
_NEXT = (*_PAGE, "next page path", "next page", "to page", "to", "page")
_STEPS = (
    "transitions", *_METRICS["views"], "event count", *_METRICS["sessions"], *_METRICS["active users"], "count",
)  # fmt: skip
_ENTRANCES = ("(entrance)", "(not set)", "(direct)", "")
LANDING_PAGES = "GA4 landing pages"
"""What a report is called whose sessions are those that began on the page."""
_LOOK_ROWS = 5000


def is_pages(table: Table) -> bool:
    """Whether one of the table's blocks lists pages or landing pages with a known metric.

    In a language whose names nobody wrote down, the comments above the table and its first two columns tell.
    """
    return any(_layout(header) for header in _headers(table)) or _is_unnamed(table)


def read_pages(table: Table) -> Reading:
    """Read pages and screens, or landing pages; of several blocks, a metric is taken from the first that has it.

    Returns
    -------
    Reading
        Signal ``analytics``: ``url``, ``sessions``, ``conversions``, ``engagement_rate``, as far as there.
    """
    if not any(_layout(header) for header in _headers(table)):
        return _read_by_position(table)
    frames: list[pd.DataFrame] = []
    short: list[tuple[int | None, str, str]] = []
    kinds: list[str] = []
    taken: set[str] = set()
    for (_, header), body in _blocks(table):
        layout = _layout(header)
        if not layout or set(layout[1]) - {"url", "host"} <= taken:
            continue
        kind, places = layout
        whole = [row for row in body if len(row[1]) == len(header)]
        short += [
            (at, ",".join(row)[:200], f"{len(row)} of {len(header)} columns")
            for at, row in body
            if len(row) != len(header)
        ]
        frame = cells(table, places, whole)
        if "host" in frame:
            is_path = frame["url"].str.startswith("/") & frame["host"].str.contains(".", regex=False)
            frame["url"] = frame["url"].where(~is_path, frame.pop("host") + frame["url"])
        for name in set(places) - {"url", "host"}:
            frame[name] = frame[name].map(number).astype("float64")
        frames.append(frame.drop(columns=[name for name in frame if name in taken]))
        taken |= set(places) - {"url", "host"}
        kinds.append(kind)
    rows = pd.concat(frames, ignore_index=True)
    return Reading("analytics", kinds[0], rows, table.path, rejects(short))


def _is_unnamed(table: Table) -> bool:
    """Whether comments stand above the table, paths in its first column alone, and counts in the second."""
    are_paths = [share(table.column(place), _is_path) >= 0.9 for place in range(len(table.header))]
    return (
        any(line.startswith("#") for line in table.preamble)
        and len(are_paths) >= 2
        and are_paths[0]
        and not any(are_paths[1:])
        and find(table.header, _PREVIOUS) is None
        and share(table.column(1), lambda text: number(text) is not None) == 1
    )


def _read_by_position(table: Table) -> Reading:
    frame = cells(table, {"url": 0, "sessions": 1}, next(chunks(table.rows(), "#"), []))
    frame["sessions"] = frame["sessions"].map(number).astype("float64")
    kind = f"GA4 pages, by position ({table.header[1][:40]!r} stands for sessions)"
    return Reading("analytics", kind, frame, table.path)


def _is_path(text: str) -> bool:
    return text.startswith("/") or is_url(text)


def is_transitions(table: Table) -> bool:
    """Whether a table tells how often visitors went from one page to another."""
    return _steps(table.header) is not None


def read_transitions(table: Table) -> Reading:
    """Read steps from page to page; reloads are left out, and counted.

    Returns
    -------
    Reading
        Signal ``transitions``: ``previous`` (empty where the visit begins), ``url``, ``transitions``.
    """
    places = _steps(table.header)
    assert places is not None  # noqa: S101 - the caller asked `is_transitions`
    body = next(chunks(table.rows(), "#"), [])
    frame = cells(table, places, body)
    frame["transitions"] = frame["transitions"].map(number).astype("float64")
    entrance = frame["previous"].str.casefold().isin(_ENTRANCES)
    same = ~entrance & (frame["previous"] == frame["url"])
    frame["previous"] = frame["previous"].mask(entrance, "")
    unknown = ~same & frame["transitions"].isna()
    refused = rejects(
        [
            (row, f"{previous or '(entrance)'} > {url}", "no count")
            for row, previous, url in zip(
                *(frame[unknown][name].tolist() for name in ("row", "previous", "url")), strict=True
            )
        ]
    )
    notes = {"rows of entrances": int((entrance & ~unknown).sum()), "reloads left out": int(same.sum())}
    return Reading(
        "transitions",
        "GA4 page transitions",
        frame[~same & ~unknown],
        table.path,
        refused,
        {words: count for words, count in notes.items() if count},
    )


def _layout(header: list[str]) -> tuple[str, dict[str, int]] | None:
    """What a block is and where its columns are; None where it lists no pages."""
    page, landing = find(header, _PAGE), find(header, _LANDING)
    place = landing if landing is not None else page
    if place is None or find(header, _PREVIOUS) is not None:
        return None
    found = {name: at for name, names in _METRICS.items() if (at := find(header, names)) is not None}
    visits = next((name for name in _VISITS if name in found), None)
    if visits is None:
        return None
    kind = LANDING_PAGES if landing is not None else "GA4 pages and screens"
    if visits != "sessions":
        kind += f" ({visits} stand for sessions)"
    places = {"url": place, "sessions": found[visits]}
    places |= {name: at for name, at in found.items() if name not in _VISITS}
    at = find(header, _HOST)
    return kind, places | ({"host": at} if at is not None else {})


def _steps(header: tuple[str, ...]) -> dict[str, int] | None:
    places = {
        "previous": find(header, _PREVIOUS),
        "url": find(header, _NEXT),
        "transitions": find(header, _STEPS),
    }
    found = {name: place for name, place in places.items() if place is not None}
    return found if len(found) == len(places) and len(set(found.values())) == len(places) else None


def _blocks(table: Table) -> Iterator[tuple[Row, list[Row]]]:
    """Header and rows of each block; comment lines stand between blocks."""
    first: Row = (table.header_row, list(table.header))
    for block in chunks(chain([first], table.rows()), "#"):
        header, *body = block
        yield (header[0], [cell.strip() for cell in header[1]]), body


def _headers(table: Table) -> Iterator[list[str]]:
    if any(line.startswith("#") for line in table.preamble):
        first: Row = (table.header_row, list(table.header))
        for block in chunks(islice(chain([first], table.rows()), _LOOK_ROWS), "#"):
            yield block[0][1]
    else:
        yield list(table.header)
