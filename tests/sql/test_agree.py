"""Every portable function gives the same on DuckDB, on Spark and on a Python row."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlglot import exp

from dq.engines.base import Engine
from dq.sql import function, portable
from tests.sql import edges
from tests.sql.machines import differences, on_engine, on_rows


@pytest.mark.parametrize("domain", edges.DOMAINS)
def test_rows_give_what_duckdb_gives(domain: str, duck_engine: Engine, tmp_path: Path) -> None:
    make, functions = edges.DOMAINS[domain]
    table, expressions = make(), functions()
    duck = on_engine(duck_engine, table, expressions, tmp_path / "given.parquet")
    found = differences(table, duck.to_pydict(), on_rows(table, expressions), loose=edges.LOOSE)
    assert found == []


@pytest.mark.parametrize("domain", edges.DOMAINS)
def test_spark_gives_what_duckdb_gives(
    domain: str, duck_engine: Engine, spark_engine: Engine, tmp_path: Path
) -> None:
    make, functions = edges.DOMAINS[domain]
    table, expressions = make(), functions()
    duck = on_engine(duck_engine, table, expressions, tmp_path / "given.parquet")
    spark = on_engine(spark_engine, table, expressions, tmp_path / "given.parquet")
    assert dict(zip(duck.schema.names, duck.schema.types, strict=True)) == dict(
        zip(spark.schema.names, spark.schema.types, strict=True)
    )
    found = differences(table, duck.to_pydict(), spark.to_pydict(), loose=edges.LOOSE)
    assert found == []


def test_every_scalar_function_is_compared() -> None:
    used = {
        str(node.this)
        for _, functions in edges.DOMAINS.values()
        for expression in functions().values()
        for node in expression.find_all(exp.Anonymous)
    }
    declared = {
        value.name
        for value in vars(portable).values()
        if isinstance(value, function.Function) and value.kind is function.Kind.SCALAR
    }
    assert declared - used == set()
