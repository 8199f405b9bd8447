"""What reading the files left behind, as a table that rules can query."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from sqlglot import exp

from dq.engines.base import Engine
from dq.files import workspace
from dq.sql import portable as f
from dq.tables import RawTable

__all__ = ["load_problems"]


def load_problems(engine: Engine, raws: Sequence[RawTable], tables: Mapping[str, str]) -> None:
    """`work.problems`: table, _source, row, column, value, problem, detail, kept, rows_read.

    `tables` tells the canonical table of a source (else the source's own name stands).
    Without problems there is no such table.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = [
        {
            "table": tables.get(raw.name, raw.name),
            "_source": raw.name,
            "row": problem.row,
            "column": problem.column,
            "value": problem.value,
            "problem": problem.code.removeprefix("problem."),
            "detail": json.dumps(dict(problem.args), ensure_ascii=False, default=str),
            "kept": problem.kept,
            "rows_read": raw.rows_read,
        }
        for raw in raws
        for problem in raw.problems
    ]
    if not rows:
        return
    schema = pa.schema(
        [
            ("table", pa.string()),
            ("_source", pa.string()),
            ("row", pa.int64()),
            ("column", pa.string()),
            ("value", pa.string()),
            ("problem", pa.string()),
            ("detail", pa.string()),
            ("kept", pa.bool_()),
            ("rows_read", pa.int64()),
        ]
    )
    with workspace() as folder:
        path = folder / "problems.parquet"
        pq.write_table(pa.Table.from_pylist(rows, schema=schema), path)
        engine.load("work.problems_read", path)
        columns = [f.col(n) for n in schema.names]
        engine.create("work.problems", exp.select(*columns).from_(f.table("work.problems_read")))
        engine.drop("work.problems_read")
