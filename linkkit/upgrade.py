"""Tables of Sites that an older linkkit wrote, brought into today's form."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from linkkit.schema import ADDED, TABLES


def add_columns(old: Path, new: Path, table: str, version: int) -> bool:
    """Write a table of schema version `version` with the columns that came since; False where none did.

    A row group is read at a time: a link table need not fit into memory.
    """
    added = {
        name: value
        for each, tables in sorted(ADDED.items())
        if each > version
        for name, value in tables.get(table, {}).items()
    }
    if not added:
        return False
    schema = TABLES[table]
    with pq.ParquetFile(old) as file, pq.ParquetWriter(new, schema, compression="zstd") as writer:
        for number in range(file.num_row_groups):
            rows = file.read_row_group(number)
            for name, value in added.items():
                kind = schema.field(name).type
                rows = rows.append_column(
                    name, pa.array(np.full(len(rows), value, dtype=kind.to_pandas_dtype()))
                )
            writer.write_table(rows.select(schema.names).cast(schema))
    return True
