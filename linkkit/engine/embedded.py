"""The default engine: DuckDB inside this process, over Parquet files."""

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pyarrow as pa

from linkkit.engine.base import Place
from linkkit.errors import EngineError

MEMORY = "2GB"
"""What DuckDB takes before it spills: pages, edges and matrices need the rest. A hundred million links are no slower with it than with 6 GB."""


class EmbeddedEngine:
    """DuckDB over Parquet files. Memory stays bounded: DuckDB spills to disk.

    Parameters
    ----------
    places : mapping of table name to Parquet file, or folder of Parquet files
        The tables that queries may name.

    Raises
    ------
    EngineError
        If a place is a URI of another machine.
    """

    def __init__(self, places: Mapping[str, Place]) -> None:
        # What does not fit into memory goes to the system's temporary folder, not to the working directory.
        spill = str(Path(tempfile.gettempdir()) / "linkkit-spill")
        self._connection = duckdb.connect(config={"temp_directory": spill, "memory_limit": MEMORY})
        # Spark's names for them, and what they mean there: queries are one text for both.
        self._connection.execute("CREATE MACRO explode(list) AS unnest(list)")
        self._connection.execute("CREATE MACRO split(text, pattern) AS string_split_regex(text, pattern)")
        for name, place in places.items():
            self._connection.execute(
                f'CREATE VIEW "{name}" AS SELECT * FROM read_parquet({_quoted(_files(place))})'
            )

    def arrow(self, sql: str, **tables: pa.Table) -> pa.Table:
        """Answer a query as an Arrow table; rows come in the order the query asks for."""
        with self._connection.cursor() as cursor:
            for name, table in tables.items():
                cursor.register(name, table)
            return cursor.sql(sql).to_arrow_table()

    def write(self, sql: str, place: Place, **tables: pa.Table) -> None:
        """Write a query's rows to a Parquet file; its folder is made, as Spark does."""
        _local(place).parent.mkdir(parents=True, exist_ok=True)
        with self._connection.cursor() as cursor:
            for name, table in tables.items():
                cursor.register(name, table)
            cursor.execute(f"COPY ({sql}) TO {_quoted(_local(place))} (FORMAT parquet, COMPRESSION zstd)")

    def copy(self, source: Place, target: Place) -> None:
        """Copy a file or folder of this machine, in place of what is there."""
        old, new = _local(source), _local(target)
        if new.is_dir():
            shutil.rmtree(new)
        if old.is_dir():
            shutil.copytree(old, new)
        else:
            shutil.copyfile(old, new)

    def exists(self, place: Place) -> bool:
        """Whether there is a file or folder of this machine."""
        return _local(place).exists()

    def over(self, places: Mapping[str, Place]) -> "EmbeddedEngine":
        """Another one over other tables."""
        return EmbeddedEngine(places)


def _files(place: Place) -> Path:
    """What Spark writes is a folder of files."""
    path = _local(place)
    return path / "*.parquet" if path.is_dir() else path


def _local(place: Place) -> Path:
    if "://" in str(place):
        raise EngineError(
            f"{place}: the embedded engine reads files of this machine only. Open the site with engine='spark' "
            "(docs/spark.md), or copy it here."
        )
    return Path(place)


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
