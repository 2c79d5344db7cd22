"""What an engine can do: answer SQL over a Site's tables."""

from pathlib import Path
from typing import Protocol

import pyarrow as pa


class Engine(Protocol):
    """SQL over the tables of one Site, by their names in `linkkit.schema.TABLES`.

    Link rows stay inside; what comes out is page-sized, or the edges of the graph.
    """

    def arrow(self, sql: str, **tables: pa.Table) -> pa.Table:
        """Answer a query; `tables` are page-sized tables that the query may name beside the Site's own."""
        ...

    def write(self, sql: str, path: Path, **tables: pa.Table) -> None:
        """Write a query's rows to a Parquet file without bringing them into this process' tables."""
        ...
