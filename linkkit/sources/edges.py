"""Read a plain edge list (source, target[, anchor, position, nofollow]) into a Site."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from linkkit.errors import SourceError
from linkkit.schema import Position
from linkkit.site import Manifest, Site
from linkkit.sources.builder import SiteBuilder

_POSITIONS = {position.name.lower(): position for position in Position}
_TRUE = frozenset({"1", "true", "yes", "nofollow"})
_COLUMNS = ("source", "target", "anchor", "position", "nofollow")


def read_edges(
    path: Path | str, *, start_url: str, folder: Path | str | None = None, complete: bool = True
) -> Site:
    """Read a list of links from CSV or Parquet.

    Parameters
    ----------
    path : path
        ``.csv`` (comma, header row) or ``.parquet`` with the columns ``source`` and ``target`` (absolute URLs) and,
        if known, ``anchor``, ``position`` (content, navigation, header, footer, sidebar, breadcrumb) and
        ``nofollow`` (true/false). Other columns are ignored.
    start_url : str
        Start page.
    folder : path, optional
        Where the Site is saved; a temporary folder without it.
    complete : bool
        Whether the list holds every internal link. Targets are taken for live pages: an edge list knows no status.

    Raises
    ------
    SourceError
        If the file is missing, lacks a column, or holds no link of the site.
    """
    file = Path(path)
    table = _read_table(file)
    table = table.rename_columns([name.strip().casefold() for name in table.column_names])
    faults = [name for name in ("source", "target") if name not in table.column_names]
    if faults:
        raise SourceError(
            f"{file}: column {' and '.join(faults)} missing; found {', '.join(table.column_names)}, expected at "
            "least source and target (and optionally anchor, position, nofollow)"
        )
    frame = table.select([name for name in _COLUMNS if name in table.column_names]).to_pandas()
    frame = frame.astype("str").fillna("")
    unknown = sorted(set(frame.get("position", pd.Series(dtype=str)).str.lower()) - set(_POSITIONS) - {""})
    if unknown:
        raise SourceError(
            f"{file}: position {', '.join(unknown)} is unknown; known are {', '.join(_POSITIONS)}"
        )
    builder = SiteBuilder(start_url, folder=Path(folder) if folder else None)
    try:
        _add_edges(builder, frame, file, start_url)
    except BaseException:
        builder.abandon()
        raise
    manifest = Manifest(
        start_url=builder.start_url,
        tool="edge list",
        complete=complete,
        stopped_by=None if complete else "said to be partial when it was read",
        settings={"file": file.name},
        rejected=dict(builder.rejected),
    )
    return builder.finish(manifest)


def _read_table(file: Path) -> pa.Table:
    if not file.is_file():
        raise SourceError(f"{file}: no such file")
    try:
        if file.suffix.lower() == ".parquet":
            return pq.read_table(file)
        with file.open(encoding="utf-8-sig") as lines:
            header = [name.strip().strip('"') for name in lines.readline().split(",")]
        every_text = pacsv.ConvertOptions(
            column_types=dict.fromkeys(header, pa.string()), strings_can_be_null=False
        )
        return pacsv.read_csv(
            file, convert_options=every_text, parse_options=pacsv.ParseOptions(newlines_in_values=True)
        )
    except (pa.ArrowInvalid, UnicodeDecodeError) as error:
        raise SourceError(f"{file}: not a CSV or Parquet file of links ({error})") from error


def _add_edges(builder: SiteBuilder, frame: pd.DataFrame, file: Path, start_url: str) -> None:
    sources = 0
    for name, rows in frame.groupby("source", sort=False):
        source = builder.target_id(str(name))
        if source is None:
            builder.rejected["link whose source is outside the site"] += len(rows)
            continue
        sources += 1
        blank = [""] * len(rows)
        columns = zip(
            rows["target"],
            rows["anchor"] if "anchor" in rows else [None] * len(rows),
            rows.get("position", pd.Series(blank)),
            rows.get("nofollow", pd.Series(blank)),
            strict=True,
        )
        builder.add_links(
            source,
            (
                (
                    target,
                    anchor,
                    _POSITIONS.get(position.lower(), Position.CONTENT),
                    flag.lower() in _TRUE,
                    False,
                    "",
                )
                for target, anchor, position, flag in columns
            ),
        )
    if not sources:
        raise SourceError(f"{file}: no link starts on the site of {start_url}; is this the right start URL?")
    builder.fill_missing({"status": 200, "content_type": "text/html"})
