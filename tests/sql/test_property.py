"""Any predicate says the same of a row as a closure and as SQL."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlglot import exp

from dq.engines.base import Engine
from tests.sql.machines import differences, on_engine, on_rows
from tests.sql.strategies import predicates, rows


def _differences(engine: Engine, table: pa.Table, found: list[exp.Expr], path: Path) -> list[str]:
    expressions = {f"p{i}": predicate for i, predicate in enumerate(found)}
    made = on_engine(engine, table, expressions, path)
    return [
        f"{expressions[line.partition(' ')[0]].sql()}: {line}"
        for line in differences(table, made.to_pydict(), on_rows(table, expressions))
    ]


@given(table=rows, found=st.lists(predicates, min_size=1, max_size=8))
def test_closure_is_duckdb(
    duck_engine: Engine, tmp_path: Path, table: pa.Table, found: list[exp.Expr]
) -> None:
    assert _differences(duck_engine, table, found, tmp_path / "given.parquet") == []


def test_closure_is_spark(spark_engine: Engine, tmp_path: Path) -> None:
    """One query for all predicates: each query costs Spark a second."""
    found: list[exp.Expr] = []
    tables: list[pa.Table] = []

    @settings(max_examples=40, phases=[Phase.generate], database=None, derandomize=True)
    @given(table=rows, predicate=predicates)
    def collect(table: pa.Table, predicate: exp.Expr) -> None:
        tables.append(table)
        found.append(predicate)

    collect()
    table = pa.concat_tables(tables).slice(0, 200)
    assert _differences(spark_engine, table, found, tmp_path / "given.parquet") == []
