"""The default engine: DuckDB inside this process, over Parquet files."""

import tempfile
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pyarrow as pa


class EmbeddedEngine:
    """DuckDB over Parquet files. Memory stays bounded: DuckDB spills to disk.

    Parameters
    ----------
    files : mapping of table name to Parquet file
        The tables that queries may name.
    """

    def __init__(self, files: Mapping[str, Path]) -> None:
        # What does not fit into memory goes to the system's temporary folder, not to the working directory.
        spill = str(Path(tempfile.gettempdir()) / "linkkit-spill")
        self._connection = duckdb.connect(config={"temp_directory": spill})
        for name, path in files.items():
            self._connection.execute(f'CREATE VIEW "{name}" AS SELECT * FROM read_parquet({_quoted(path)})')

    def arrow(self, sql: str, **tables: pa.Table) -> pa.Table:
        """Answer a query as an Arrow table; rows come in the order the query asks for."""
        with self._connection.cursor() as cursor:
            for name, table in tables.items():
                cursor.register(name, table)
            return cursor.sql(sql).to_arrow_table()

    def write(self, sql: str, path: Path, **tables: pa.Table) -> None:
        """Write a query's rows to a Parquet file."""
        with self._connection.cursor() as cursor:
            for name, table in tables.items():
                cursor.register(name, table)
            cursor.execute(f"COPY ({sql}) TO {_quoted(path)} (FORMAT parquet, COMPRESSION zstd)")


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
