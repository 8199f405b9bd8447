"""Row numbers for sources that carry none: Parquet files, whose first record is row 1."""

from __future__ import annotations

from sqlglot import exp

from dq.engines.base import Engine
from dq.files import workspace
from dq.sql import portable as f
from dq.tables import ROW, RawTable

__all__ = ["load_numbered"]


def load_numbered(engine: Engine, raw: RawTable) -> None:
    """`raw.<name>`: the file's columns and `_row`, in the order of the file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with workspace() as folder:
        path = folder / "numbered.parquet"
        with pq.ParquetFile(raw.path) as file:
            schema = file.schema_arrow
            if ROW in schema.names:
                engine.load(f"raw.{raw.name}", raw)
                return
            numbered = schema.append(pa.field(ROW, pa.int64())).remove_metadata()
            first = 1
            with pq.ParquetWriter(path, numbered, compression="lz4") as writer:
                for batch in file.iter_batches():
                    rows = pa.array(range(first, first + batch.num_rows), pa.int64())
                    first += batch.num_rows
                    writer.write_batch(
                        pa.RecordBatch.from_arrays([*batch.columns, rows], schema=numbered)
                    )
        name = f"work.numbering_{raw.name}"
        engine.load(name, path)
        columns = [f.col(n) for n in numbered.names]
        engine.create(f"raw.{raw.name}", exp.select(*columns).from_(f.table(name)))
        engine.drop(name)
