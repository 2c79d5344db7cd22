"""What an engine can do: answer SQL over a Site's tables."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

import pyarrow as pa

Place = Path | str
"""Where a table lies: a Parquet file or a folder of them, on this machine; for Spark also the URI of one."""


class Engine(Protocol):
    """SQL over the tables of one Site, by their names in `linkkit.schema.TABLES`.

    Link rows stay inside; what comes out is page-sized, or the edges of the graph. A query is one text for every engine: what
    DuckDB and Spark both understand and both understand alike (`docs/spark.md` says what that leaves out).
    """

    def arrow(self, sql: str, **tables: pa.Table) -> pa.Table:
        """Answer a query; `tables` are page-sized tables that the query may name beside the Site's own.

        Rows come in the order the query asks for. Numbers may come in a wider type than the file has.
        """
        ...

    def write(self, sql: str, place: Place, **tables: pa.Table) -> None:
        """Write a query's rows to Parquet without bringing them into this process' tables."""
        ...

    def copy(self, source: Place, target: Place) -> None:
        """Copy a file or folder as it is, in place of what is there, also to and from where only the engine reaches."""
        ...

    def exists(self, place: Place) -> bool:
        """Whether there is a file or folder."""
        ...

    def over(self, places: Mapping[str, Place]) -> "Engine":
        """The same machinery over other tables."""
        ...


Engines = Callable[[Mapping[str, Place]], Engine]
"""Makes an engine over named tables: what a Site keeps of the choice, so that whatever is derived from it runs there as well."""
