"""The same expressions on three machines: DuckDB, Spark and a Python row."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from sqlglot import exp

from dq.engines.base import Engine
from dq.sql import portable as f
from dq.sql.row import compile_value

Columns = dict[str, list[object]]


def with_place(table: pa.Table) -> pa.Table:
    """The table with a column `_i` that keeps the order of its rows."""
    return table.append_column("_i", pa.array(range(table.num_rows), pa.int64()))


def on_engine(
    engine: Engine, table: pa.Table, expressions: Mapping[str, exp.Expr], path: Path
) -> pa.Table:
    """Each expression as a column, rows in the table's order."""
    pq.write_table(with_place(table), path)
    engine.load("raw.given", path)
    plan = exp.select(f.col("_i"), *(f.alias(e, name) for name, e in expressions.items())).from_(
        f.table("raw.given")
    )
    engine.create("work.made", plan)
    result = engine.query(exp.select("*").from_(f.table("work.made")).order_by(f.col("_i")))
    return result.drop_columns(["_i"])


def on_rows(table: pa.Table, expressions: Mapping[str, exp.Expr]) -> Columns:
    """Each expression's closure over the rows."""
    closures = {name: compile_value(e) for name, e in expressions.items()}
    rows = table.to_pylist()
    return {name: [closure(row) for row in rows] for name, closure in closures.items()}


def same(a: object, b: object, *, loose: bool = False) -> bool:
    """Equality as the tests mean it: NaN is NaN, 1 is Decimal("1.0000") but not 1.0 nor True."""
    if isinstance(a, float) and isinstance(b, float):
        if math.isnan(a) or math.isnan(b):
            return math.isnan(a) and math.isnan(b)
        return math.isclose(a, b, rel_tol=1e-12) if loose else a == b
    numbers = {type(a), type(b)} == {int, Decimal}
    return a == b and (type(a) is type(b) or numbers)


def differences(
    table: pa.Table, left: Columns, right: Columns, *, loose: frozenset[str] = frozenset()
) -> list[str]:
    """One line a cell where two machines differ."""
    rows = table.to_pylist()
    return [
        f"{name} of {rows[i]}: {a!r} or {b!r}"
        for name in left
        for i, (a, b) in enumerate(zip(left[name], right[name], strict=True))
        if not same(a, b, loose=name in loose)
    ]
