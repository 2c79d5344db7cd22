"""One Site of several: crawls that each took a part of a site, by host, by section or on another machine."""

import re
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from linkkit.engine import Engine, Place
from linkkit.errors import SiteError
from linkkit.folders import MANIFEST, TemporaryFolder, new_folder
from linkkit.schema import OUTSIDE, SIGNALS, TABLES, Indexability
from linkkit.scope import SiteScope
from linkkit.site import AUDIT_FILE, Manifest, Site, load, write_manifest
from linkkit.sources.builder import looks_like_a_page
from linkkit.urls import origin

_SIZED = ("links", "anchors", "text", "external_links")
"""Tables that the engine puts together; the others are page-sized."""
_NULLABLE = (*SIGNALS, "bot_hits", "is_money_page", "importance", "cluster", "is_pillar")
# What a crawl left over may have been fetched by another one.
_LEFT_OVER = re.compile(
    r"(?:page|time|depth) limit|interrupted|killed|were left over|have no row in the file"
)


def merge_sites(
    sites: Sequence[Site],
    *,
    folder: Path | str | None = None,
    overwrite: bool = False,
    start_url: str | None = None,
) -> Site:
    """Make one Site of the parts that several crawls took, each of them with links into all the others.

    An address is one page, whichever part knows it. A page that more than one part requested is taken from the first of them, its
    links and text as well: no link counts twice. Signals of the parts are kept, the first number wins; those of the whole site are better
    added afterwards. Link-sized tables are written by the first Site's engine.

    Parameters
    ----------
    sites : sequence of Site
        All of one scope (the same hosts, the same folders), for a crawl only counts links to what it takes for another site: where they lead
        is not kept. What a crawl requests of that scope is narrowed by ``include``, ``exclude`` and its start page.
    folder : path or URI, optional
        Where the Site goes; a temporary folder without it. A URI where the engine of the first Site reaches it.
    overwrite : bool
        Whether it may take the place of a Site in `folder`.
    start_url : str, optional
        Page of the whole that depth is counted from; the first Site's without it.

    Returns
    -------
    Site
        Complete if every page-like address that a followed link leads to was requested by some part, and no part was incomplete for
        another reason than what it left over.

    Raises
    ------
    SiteError
        If there is no Site, their scopes differ, `start_url` is a page of none, or `folder` is in the way.

    Examples
    --------
    >>> parts = [lk.load(folder) for folder in ("crawls/www/site", "crawls/shop/site")]  # doctest: +SKIP
    >>> site = lk.merge_sites(parts, folder="crawls/whole/site")  # doctest: +SKIP
    """
    parts = tuple(sites)
    if not parts:
        raise SiteError("no site to merge: at least one is expected")
    scope = _scope(parts, start_url or parts[0].start_url)
    pages, rows = _pages(parts, scope)
    if not (pages["url"] == scope.start_url).any():
        raise SiteError(f"start_url {scope.start_url} is a page of none of the sites")
    if "://" in str(folder or ""):
        return _merged_far(parts, scope, pages, rows, str(folder).rstrip("/"), overwrite=overwrite)
    temporary = None if folder else TemporaryFolder()
    target = Path(folder) if folder else temporary.path / "site"  # type: ignore[union-attr]
    with new_folder(target, overwrite=overwrite, foreign=AUDIT_FILE) as partial:
        _write(parts, scope, pages, rows, partial, partial)
    site = load(target, engine=parts[0].engines)
    return replace(site, _temporary=temporary)


def _merged_far(
    parts: Sequence[Site],
    scope: SiteScope,
    pages: pd.DataFrame,
    rows: Sequence[pd.DataFrame],
    uri: str,
    *,
    overwrite: bool,
) -> Site:
    engine = parts[0].engine
    if engine.exists(uri) and not (overwrite and engine.exists(f"{uri}/{MANIFEST}")):
        raise SiteError(
            f"{uri} exists already; choose another folder, or pass overwrite=True where it is a site"
        )
    with tempfile.TemporaryDirectory(prefix="linkkit-") as near:
        _write(parts, scope, pages, rows, Path(near), uri)
        for name in ("pages.parquet", "transitions.parquet", MANIFEST):
            engine.copy(Path(near) / name, f"{uri}/{name}")
    return load(uri, engine=parts[0].engines)


def _scope(parts: Sequence[Site], start_url: str) -> SiteScope:
    """The one scope of all parts, as seen from the start page."""
    first = parts[0].scope
    others = [each.scope for each in parts[1:]]
    faults = [
        f"{other.start_url}: {other.words() or 'the host of its start page'}"
        for other in others
        if set(other.origins) != set(first.origins) or set(other.folders) != set(first.folders)
    ]
    if faults:
        raise SiteError(
            f"the sites are not parts of one: {first.start_url}: {first.words() or 'the host of its start page'}; "
            + "; ".join(faults)
            + ". Crawl or read each part with the same hosts and folders; include and exclude narrow what is requested. "
            "A crawl does not keep where links to other sites lead, so that they cannot be put together afterwards."
        )
    hosts = dict.fromkeys(
        origin(url) for scope in (first, *others) for url in (scope.start_url, *scope.hosts)
    )
    return SiteScope.of(start_url, hosts, first.folders)


def _pages(parts: Sequence[Site], scope: SiteScope) -> tuple[pd.DataFrame, list[pd.DataFrame]]:
    """Pages of the whole; for each part the page that each of its pages is, and whether it is the one taken (``is_taken``)."""
    every = pd.concat(
        [site.pages.assign(part=number) for number, site in enumerate(parts)], ignore_index=True
    )
    codes, _ = pd.factorize(every["url"])
    unknown = (every["indexability_reason"] == Indexability.NOT_CRAWLED).to_numpy()
    # The first part that requested the page, else the first that names it; pages in the order in which they are met.
    order = np.lexsort((every["part"], unknown, codes))
    taken = order[np.unique(codes[order], return_index=True)[1]]
    pages = every.iloc[taken].reset_index(drop=True)
    pages["page_id"] = np.arange(len(pages), dtype=np.int32)
    found = np.zeros(len(pages), dtype=np.int16)
    np.bitwise_or.at(found, codes, every["found_in"].to_numpy(dtype=np.int16))
    pages["found_in"] = found
    pages["section"] = pd.Series([scope.section(url) for url in pages["url"]], dtype="str")
    known = every[list(_NULLABLE)].groupby(codes).first()
    for name in _NULLABLE:
        pages[name] = known[name].astype(pages[name].dtype)
    is_taken = np.isin(np.arange(len(every)), taken)
    table = pd.DataFrame(
        {
            "page_id": every["page_id"],
            "page": codes.astype(np.int32),
            "is_taken": is_taken,
            "part": every["part"],
        }
    )
    split = [table[table["part"] == number].drop(columns="part") for number in range(len(parts))]
    return pages[TABLES["pages"].names], split


def _write(
    parts: Sequence[Site],
    scope: SiteScope,
    pages: pd.DataFrame,
    rows: Sequence[pd.DataFrame],
    near: Path,
    place: Place,
) -> None:
    """Write pages, steps and manifest to `near`, what is link-sized to `place`."""
    pages_table = pa.Table.from_pandas(pages, schema=TABLES["pages"], preserve_index=False)
    pq.write_table(pages_table, near / "pages.parquet", compression="zstd")
    pq.write_table(_steps(parts, rows), near / "transitions.parquet", compression="zstd")
    files = {name: f"{place}/{name}.parquet" for name in _SIZED}
    given = {
        f"pages_{number}": pa.Table.from_pandas(part, preserve_index=False)
        for number, part in enumerate(rows)
    }
    inside = {f"{name}_{number}": site.places[name] for number, site in enumerate(parts) for name in _SIZED}
    engine = parts[0].engine.over(inside)
    engine.write(_ANCHORS.format(every=_united(_ANCHOR, len(parts))), files["anchors"])
    engine = engine.over({**inside, "merged": files["anchors"]})
    for name, sql in (("links", _LINKS), ("text", _TEXT), ("external_links", _EXTERNAL)):
        engine.write(_united(sql, len(parts)), files[name], **given)
    written = engine.over(
        {**files, "pages": near / "pages.parquet", "transitions": near / "transitions.parquet"}
    )
    counts = {
        name: written.arrow(f"SELECT count(*) AS number FROM {name}")["number"][0].as_py() for name in TABLES
    }
    why = _stopped_by(parts, pages, written)
    manifest = Manifest(
        start_url=scope.start_url,
        tool=" + ".join(dict.fromkeys(site.manifest.tool for site in parts)),
        complete=why is None,
        stopped_by=why,
        collected=max(site.manifest.collected for site in parts),
        settings={
            "parts": [
                {
                    "start_url": site.start_url,
                    "tool": site.manifest.tool,
                    "collected": site.manifest.collected,
                    "pages": int(part["is_taken"].sum()),
                    "stopped_by": site.manifest.stopped_by,
                }
                for site, part in zip(parts, rows, strict=True)
            ],
            **scope.to_json(),
        },
        rejected=dict(sum((Counter(site.manifest.rejected) for site in parts), Counter())),
        signals={name: told for site in reversed(parts) for name, told in site.manifest.signals.items()},
        rows=counts,
    )
    write_manifest(near, manifest)


def _steps(parts: Sequence[Site], rows: Sequence[pd.DataFrame]) -> pa.Table:
    """Visitors' steps of the first part that knows any: files of visits are of the whole site."""
    for site, part in zip(parts, rows, strict=True):
        known = site.engine.arrow("SELECT source_id, target_id, transitions FROM transitions").to_pandas()
        if len(known):
            ids = {
                **dict(zip(part["page_id"].tolist(), part["page"].tolist(), strict=True)),
                OUTSIDE: OUTSIDE,
            }
            moved = known.assign(source_id=known["source_id"].map(ids), target_id=known["target_id"].map(ids))
            return pa.Table.from_pandas(moved, schema=TABLES["transitions"], preserve_index=False)
    return TABLES["transitions"].empty_table()


def _stopped_by(parts: Sequence[Site], pages: pd.DataFrame, written: Engine) -> str | None:
    """What keeps the whole from being complete, in words."""
    for site in parts:
        why = site.manifest.stopped_by
        if why and not _LEFT_OVER.search(why):
            return f"{site.start_url}: {why}"
    unknown = pages.index[pages["indexability_reason"] == Indexability.NOT_CRAWLED]
    open_ids = [page for page in unknown if looks_like_a_page(pages["url"].iloc[page])]
    linked = written.arrow(
        "SELECT DISTINCT l.target_id FROM links l JOIN open_pages o ON o.page_id = l.target_id WHERE NOT l.nofollow",
        open_pages=pa.table({"page_id": pa.array(open_ids, pa.int32())}),
    ).num_rows
    return f"{linked:,} linked pages were requested by no part" if linked else None


def _united(sql: str, parts: int) -> str:
    return " UNION ALL ".join(sql.format(n=number) for number in range(parts))


# Texts keep the order in which they were first met.
_ANCHOR = "SELECT text, CAST({n} AS BIGINT) * 4294967296 + anchor_id AS place FROM anchors_{n}"
_ANCHORS = """
SELECT CAST(row_number() OVER (ORDER BY place) - 1 AS INTEGER) AS anchor_id, text
FROM (SELECT text, min(place) AS place FROM ({every}) every_text GROUP BY text) first_met
"""
_LINKS = f"""
SELECT s.page AS source_id, t.page AS target_id, a.anchor_id, {", ".join(f"l.{name}" for name in TABLES["links"].names[3:])}
FROM links_{{n}} l
JOIN pages_{{n}} s ON s.page_id = l.source_id
JOIN pages_{{n}} t ON t.page_id = l.target_id
LEFT JOIN (
    SELECT own.anchor_id AS own_id, m.anchor_id FROM anchors_{{n}} own JOIN merged m ON m.text = own.text
) a ON a.own_id = l.anchor_id
WHERE s.is_taken
"""
_TEXT = """
SELECT p.page AS page_id, x.text, x.linkable, x.headings
FROM text_{n} x JOIN pages_{n} p ON p.page_id = x.page_id WHERE p.is_taken
"""
_EXTERNAL = """
SELECT p.page AS source_id, x.position, x.nofollow, x.links, x.targets
FROM external_links_{n} x JOIN pages_{n} p ON p.page_id = x.source_id WHERE p.is_taken
"""
